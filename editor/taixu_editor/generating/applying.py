"""What was made, in the world: maps onto a thing, sounds and scripts into one, everything else at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taixu.assets.sidecar import read_sidecar
from taixu.edit import Command, Group, Insert, SetFields
from taixu.edit.commands import Select
from taixu.errors import TaixuError
from taixu_editor.assets.kinds import asset_kind
from taixu_editor.generating.small import map_fields

if TYPE_CHECKING:
    from taixu.edit import Project, Session
    from taixu_editor.assets.operations import PlaceParameters

__all__ = ["maps_beside", "plan_apply"]

_MOST_BESIDE = 4000


def plan_apply(session: Session, p: PlaceParameters) -> Command | None:
    """The command that brings a file of the project into the world, in one step of history.

    Raises
    ------
    TaixuError
        When there is no such file, or it goes not onto such a thing.
    """
    from taixu_editor.assets.operations import place_asset, sky_command

    file = session.project.file(p.path)
    if not file.is_file():
        raise TaixuError(f"{p.path}: there is no such file in the project any more")
    kind = asset_kind(p.path)
    made = _kind_of(file)
    if made == "sky" and kind in ("texture", "sky"):
        return sky_command(session, p)
    fields = maps_beside(session.project, p.path) if kind == "texture" else {}
    if p.entity and kind == "sound":
        return _sounding(session, p)
    if fields and not p.entity:
        return _sample(session, p, fields)
    return place_asset(session, p)


def maps_beside(project: Project, path: str) -> dict[str, Any]:
    """What a material says that wears a file and the maps that were made with it; empty where it stands alone, and is no colour."""
    file = project.file(path)
    made = _result_of(file)
    if not made:
        return {}
    found = [(path, _role_of(file))]
    try:
        beside = sorted(each for each in file.parent.iterdir() if each.suffix == file.suffix and each != file)
    except OSError:
        return {}
    for each in beside[:_MOST_BESIDE]:
        if _result_of(each) == made:
            found.append((project.path_of(each), _role_of(each)))
    if len(found) == 1 and not found[0][1]:
        return {}
    return map_fields(found)


def _sample(session: Session, p: PlaceParameters, fields: dict[str, Any]) -> Command:
    """A material that is dropped on nothing lies there as a square to look at."""
    from pathlib import PurePosixPath

    from taixu.edit import Spawn

    name = PurePosixPath(p.path).name.partition(".")[0].removesuffix("_base_color")
    transform = {"position": [float(v) for v in p.position]}
    block: dict[str, dict[str, Any]] = {
        "transform": transform, "name": {"text": name}, "shape": {"kind": "plane", "size": [1.0, 0.0, 1.0]}, "material": fields,
    }  # fmt: skip
    return Group((Spawn({p.id: block}), Select((p.id,))))


def _sounding(session: Session, p: PlaceParameters) -> Command:
    from taixu.audio import AudioSource

    has = session.world.has(session.entity(p.entity), AudioSource)
    fields = {"clip": p.path}
    command: Command = (SetFields if has else Insert)(p.entity, "audio_source", fields)
    return Group((command, Select((p.entity,))))


def _result_of(file: Any) -> str:
    try:
        sidecar = read_sidecar(file)
    except TaixuError:
        return ""
    return "" if sidecar is None else sidecar.provenance.result


def _role_of(file: Any) -> str:
    sidecar = read_sidecar(file)
    return "" if sidecar is None else sidecar.provenance.role


def _kind_of(file: Any) -> str:
    try:
        sidecar = read_sidecar(file)
    except TaixuError:
        return ""
    return "" if sidecar is None else sidecar.provenance.kind
