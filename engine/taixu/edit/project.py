"""Projects: a folder with ``taixu.toml`` and ``worlds/ scripts/ assets/ mods/``."""

from __future__ import annotations

import hashlib
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from taixu.assets.atomic import write_atomic
from taixu.edit.declared import declared_components
from taixu.edit.json_text import MAX_TEXT_BYTES
from taixu.edit.paths import asset_file, path_doubt
from taixu.edit.reading import read_file
from taixu.errors import TaixuError
from taixu.platform import InputMap

__all__ = ["FOLDERS", "MANIFEST", "Project", "create_project", "open_project", "read_project", "write_project"]

MANIFEST = "taixu.toml"
FOLDERS = ("worlds", "scripts", "assets", "mods")

_VERSION = re.compile(r"\d+(\.\d+){0,3}([a-z+.-][0-9a-z+.-]*)?\Z", re.IGNORECASE)
_DEPENDENCY = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}\Z", re.IGNORECASE)
_MAX_MANIFEST_BYTES = 1 << 20


@dataclass(slots=True)
class Project:
    """A project's manifest and folder.

    Attributes
    ----------
    root
        The folder.
    first_world
        Path of the world that opens first, from the root.
    dependencies
        Mods that it needs, with the versions that do.
    actions
        Input actions: the usual ones and what the manifest's ``[input]`` says.
    components
        Components that the manifest's ``[components]`` declares.
    has_manifest
        False for a world that stands alone: its folder is the project.
    """

    root: Path
    name: str = ""
    version: str = "0.1.0"
    first_world: str = "worlds/main.world.json"
    licence: str = ""
    dependencies: dict[str, str] = field(default_factory=dict)
    actions: InputMap = field(default_factory=InputMap)
    components: tuple[type, ...] = ()
    has_manifest: bool = True
    _hashes: dict[str, tuple[tuple[int, int], str]] = field(default_factory=dict, repr=False)

    def file(self, path: str) -> Path:
        """The file of a path in the project; a path that leads out of it is refused with a `TaixuError`."""
        return asset_file(self.root, path)

    def read_asset(self, path: str) -> bytes:
        """The bytes of a text asset, such as a prefab."""
        return read_file(self.file(path), limit=MAX_TEXT_BYTES, what="an asset of this project")

    def path_of(self, file: Path) -> str:
        """The path that worlds call a file by.

        Raises
        ------
        TaixuError
            When it lies outside of the project.
        """
        try:
            return file.resolve().relative_to(self.root.resolve()).as_posix()
        except ValueError:
            raise TaixuError(f"{file} lies outside of the project {self.root}; copy it into its assets/") from None

    def hash_asset(self, path: str) -> str | None:
        """SHA-256 of an asset, or None where there is no such file; read again only when it changed."""
        try:
            file = self.file(path)
            facts = file.stat()
            stamp = (facts.st_mtime_ns, facts.st_size)
            known = self._hashes.get(path)
            if known is None or known[0] != stamp:
                with file.open("rb") as stream:
                    known = self._hashes[path] = (stamp, hashlib.file_digest(stream, "sha256").hexdigest())
        except (OSError, TaixuError):
            return None
        return known[1]


def open_project(path: Path | str) -> tuple[Project, Path]:
    """The project and the world that a user names: a project's folder, its manifest, or a ``*.world.json``.

    Raises
    ------
    TaixuError
        When there is nothing of the kind.
    """
    path = Path(path)
    if path.name == MANIFEST and path.is_file():
        path = path.parent
    if path.is_dir():
        project = read_project(path)
        world = project.file(project.first_world)
        if not world.is_file():
            raise TaixuError(f"{path / MANIFEST}: first_world: {project.first_world} does not exist; name a world")
        return project, world
    if not path.exists():
        raise TaixuError(f"{path} does not exist; taixu new makes a project with a world")
    if not path.name.endswith(".world.json"):
        raise TaixuError(f"{path} is neither a project's folder nor a *.world.json file")
    for folder in path.resolve().parents:
        if (folder / MANIFEST).is_file():
            return read_project(folder), path
    alone = path.name.removesuffix(".world.json")
    return Project(path.resolve().parent, name=alone, first_world=path.name, has_manifest=False), path


def read_project(root: Path | str) -> Project:
    """Read a project's manifest.

    Raises
    ------
    TaixuError
        When it lacks or something in it is wrong, in one sentence.
    """
    root = Path(root)
    file = root / MANIFEST
    if not file.is_file():
        raise TaixuError(f"{root} is no project: it has no {MANIFEST}; taixu new makes one")
    data = read_file(file, limit=_MAX_MANIFEST_BYTES, what="a manifest")
    try:
        raw = tomllib.loads(data.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise TaixuError(f"{file}: this is no TOML: {error}") from None
    return _project(root, file, raw)


def write_project(project: Project) -> None:
    """Write a project's manifest; comments and what it does not know stay as they are."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError

    file = project.root / MANIFEST
    try:
        text = file.read_text() if file.is_file() else ""
        document = tomlkit.parse(text)
    except (OSError, UnicodeDecodeError, TOMLKitError) as error:
        raise TaixuError(f"{file}: this is no TOML: {error}") from error
    wanted = {
        "project": {
            "name": project.name, "version": project.version, "first_world": project.first_world,
            "licence": project.licence,
        },
        "dependencies": dict(project.dependencies),
    }
    _check(file, wanted)
    for section, values in wanted.items():
        table: Any = document.setdefault(section, tomlkit.table())
        for key in [key for key in table if section == "dependencies" and key not in values]:
            del table[key]
        for key, value in values.items():
            if table.get(key) != value:
                table[key] = value
    write_atomic(file, tomlkit.dumps(document).encode())
    project.has_manifest = True


def create_project(root: Path | str, *, name: str = "", licence: str = "") -> Project:
    """Make a project's folders and manifest.

    Raises
    ------
    TaixuError
        When the folder is a project already.
    """
    root = Path(root)
    if (root / MANIFEST).exists():
        raise TaixuError(f"{root} is a project already")
    for folder in FOLDERS:
        (root / folder).mkdir(parents=True, exist_ok=True)
    project = Project(root, name=name or root.resolve().name, licence=licence)
    write_project(project)
    return project


def _project(root: Path, file: Path, raw: dict[str, Any]) -> Project:
    _check(file, raw)
    facts = raw.get("project", {})
    known = {key: facts[key] for key in ("name", "version", "first_world", "licence") if key in facts}
    try:
        components = declared_components(raw.get("components", {}))
    except TaixuError as error:
        raise TaixuError(f"{file}: {error}") from None
    return Project(
        root, **known, dependencies=dict(raw.get("dependencies", {})), actions=_actions(file, raw), components=components
    )


def _actions(file: Path, raw: dict[str, Any]) -> InputMap:
    """Lines such as ``jump = { positive = ["key:space", "pad:a"] }`` under ``[input]``."""
    actions = raw.get("input", {})
    if not isinstance(actions, dict):
        raise TaixuError(f"{file}: input takes lines such as jump = {{ positive = [\"key:space\"] }}")
    try:
        return InputMap.from_data(actions)
    except TaixuError as error:
        raise TaixuError(f"{file}: {error}") from None


def _check(file: Path, raw: dict[str, Any]) -> None:
    facts, dependencies = raw.get("project"), raw.get("dependencies", {})
    if not isinstance(facts, dict):
        raise TaixuError(f"{file}: [project] is missing; it has name, version, first_world and licence")
    for key in ("name", "version", "first_world", "licence"):
        if not isinstance(facts.get(key, ""), str):
            raise TaixuError(f"{file}: project.{key} takes text in quotes, not {facts[key]!r:.40}")
    if not facts.get("name", "").strip():
        raise TaixuError(f"{file}: project.name is missing; give the project a name")
    if not _VERSION.match(facts.get("version", "0.1.0")):
        raise TaixuError(f"{file}: project.version {facts['version']!r:.40} is no version such as 1.0.0")
    first = facts.get("first_world", "worlds/main.world.json")
    doubt = path_doubt(first) or ("" if first.endswith(".world.json") else "a world's name ends in .world.json")
    if doubt:
        raise TaixuError(f"{file}: project.first_world: {doubt}")
    if not isinstance(dependencies, dict):
        raise TaixuError(f"{file}: dependencies takes lines such as windmill = \">=1.2\"")
    for key, value in dependencies.items():
        if not _DEPENDENCY.match(key) or not isinstance(value, str):
            raise TaixuError(f"{file}: dependencies.{key!s:.60} takes a mod's name and its versions in quotes")
