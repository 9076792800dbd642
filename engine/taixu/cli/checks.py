"""How each kind of file is validated: all findings, not only the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

from taixu.assets.findings import Finding
from taixu.assets.paths import find_sample
from taixu.cli.kinds import find_importers, kind_of, make_app
from taixu.errors import TaixuError

__all__ = ["Finding", "check_file", "look_at_model"]


def check_file(path: Path) -> list[Finding]:
    """All that is wrong with a file or a project folder; empty when it is good.

    Raises
    ------
    TaixuError
        When there is no such file.
    """
    path = find_sample(path)
    if not path.exists():
        raise TaixuError(f"{path}: there is no such file")
    check = _check_of(path)
    if check is None:
        ending = path.suffix or "nothing"
        return [Finding("error", "", f"this version reads no files that end in {ending}")]
    try:
        return check(path)
    except TaixuError as error:
        return [_refusal(path, error)]


def look_at_model(path: Path) -> list[Finding]:
    """What the gate sees on a model; nothing for other files. A model that is drawn wrongly is a good file: that is a warning."""
    path = find_sample(path)
    if kind_of(path) != "model":
        return []
    from taixu.assets.importers import import_model
    from taixu.generate.gate import inspect_model

    return [
        Finding("info" if each.severity == "hint" else "warning", each.where, each.message + _cure(each.repair))
        for each in inspect_model(import_model(path)).problems
    ]


def _cure(repair: str) -> str:
    return f" (taixu generate repair mends it: {repair})" if repair else ""


def _check_of(path: Path) -> Callable[[Path], list[Finding]] | None:
    checks = {
        "project": _check_project, "world": _check_document, "prefab": _check_document, "model": _check_model,
        "image": _check_asset, "audio": _check_asset, "recording": _check_recording,
        "mod": _check_mod,
    }  # fmt: skip
    return checks.get(kind_of(path) or "")


def _refusal(path: Path, error: TaixuError) -> Finding:
    """The finding of an error: its own, where it has one, or its sentence without the file's name."""
    found = getattr(error, "finding", None)
    if found is not None:
        return cast(Finding, found)
    message = str(error)
    for name in (str(path), path.name):
        message = message.removeprefix(f"{name}: ")
    return Finding("error", "", message)


def _check_project(path: Path) -> list[Finding]:
    """The manifest, then every file below that this version can read, and whether scripts are Python."""
    from taixu.edit.project import open_project

    root = path.parent if path.is_file() else path
    found: list[Finding] = []
    try:
        open_project(root)
    except TaixuError as error:
        found.append(_refusal(root, error))
    found += _check_installed(root / "mods")
    for file in sorted(root.rglob("*")):
        inside = file.relative_to(root)
        if not file.is_file() or any(part.startswith(".") or part in ("out", "__pycache__") for part in inside.parts):
            continue
        if file.name != "taixu.toml" and (kind_of(file) is not None or file.suffix == ".py"):
            findings = _check_script(file) if file.suffix == ".py" else check_file(file)
            found += [replace(one, where=f"{inside.as_posix()}: {one.where}".removesuffix(": ")) for one in findings]
    return found


def _check_document(path: Path) -> list[Finding]:
    from taixu.edit.check import check_world
    from taixu.edit.migrations import Migrations
    from taixu.edit.project import MANIFEST, read_project

    app = make_app()
    root = next((folder for folder in path.resolve().parents if (folder / MANIFEST).is_file()), None)
    if root is not None:
        app.components.declare(read_project(root).components)
    return check_world(path, app.components, migrations=app.resource(Migrations), root=root)


def _check_recording(path: Path) -> list[Finding]:
    from taixu.twin.memory.checking import recording_doubts

    return recording_doubts(path if path.is_dir() else path.parent)


def _check_mod(path: Path) -> list[Finding]:
    from taixu.mods.packages.checking import check_mod

    return check_mod(path, components={declared.name: declared.by_name for declared in make_app().components})


def _check_installed(folder: Path) -> list[Finding]:
    """Whether the packages of a project are those that its lock file names."""
    from taixu.mods.packages.lock import LOCK_FILE
    from taixu.mods.packages.project_mods import ProjectMods

    if not (folder / LOCK_FILE).exists():
        return []
    found = []
    try:
        project = ProjectMods(folder)
    except TaixuError as error:
        return [Finding("error", f"mods/{LOCK_FILE}", str(error).removeprefix(f"{folder / LOCK_FILE}: "))]
    for id in project.lock:
        try:
            project.signer(id)
            project.package(id)
        except TaixuError as error:
            found.append(Finding("error", f"mods/{LOCK_FILE}: {id}", str(error).removeprefix(f"{folder}/")))
    return found


def _check_script(path: Path) -> list[Finding]:
    """Whether a script is Python; it is not run."""
    try:
        compile(path.read_bytes(), str(path), "exec")
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return [Finding("error", f"line {line}" if line else "", str(getattr(error, "msg", error)))]
    return []


def _check_model(path: Path) -> list[Finding]:
    if path.suffix.lower() not in (".gltf", ".glb", ".vrm", ".vrma"):
        return _check_asset(path)
    from taixu.assets.gltf.check import check_gltf

    return check_gltf(path)


def _check_asset(path: Path) -> list[Finding]:
    """Reading is the check: importers look at every byte that they use."""
    kind = kind_of(path)
    assert kind is not None
    data = find_importers().find(path, kind).find()(path)
    return [Finding("warning", "", note) for note in getattr(data, "notes", [])]
