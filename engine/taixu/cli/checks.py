"""How each kind of file is validated: all findings, not only the first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from taixu.cli.kinds import find_importers, kind_of
from taixu.errors import TaixuError

__all__ = ["Finding", "check_file"]

@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a file: how bad, where in it, and what."""

    severity: str
    where: str
    message: str


def check_file(path: Path) -> list[Finding]:
    """All that is wrong with a file or a project folder; empty when it is good.

    Raises
    ------
    TaixuError
        When there is no such file.
    """
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


def _check_of(path: Path) -> Callable[[Path], list[Finding]] | None:
    return {"model": _check_model, "image": _check_asset, "audio": _check_asset}.get(kind_of(path) or "")


def _refusal(path: Path, error: TaixuError) -> Finding:
    """The finding of an error: its own, where it has one, or its sentence without the file's name."""
    found = getattr(error, "finding", None)
    if found is not None:
        return Finding(found.severity, found.where, found.message)
    message = str(error)
    for name in (str(path), path.name):
        message = message.removeprefix(f"{name}: ")
    return Finding("error", "", message)


def _check_model(path: Path) -> list[Finding]:
    if path.suffix.lower() not in (".gltf", ".glb", ".vrm"):
        return _check_asset(path)
    from taixu.assets.gltf.check import check_gltf

    return [Finding(found.severity, found.where, found.message) for found in check_gltf(path)]


def _check_asset(path: Path) -> list[Finding]:
    """Reading is the check: importers look at every byte that they use."""
    kind = kind_of(path)
    assert kind is not None
    find_importers().find(path, kind).find()(path)
    return []
