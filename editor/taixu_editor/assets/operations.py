"""Operations on a project's files, and on worlds by files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Literal

from taixu.assets.sidecar import Sidecar, read_sidecar, write_sidecar
from taixu.edit import Command, Group, Insert, Operation, Session, SetFields, Spawn
from taixu.edit.commands import Select
from taixu.edit.parameters import PathParameters
from taixu.errors import TaixuError, UsageError
from taixu.scene import Material, Shape
from taixu_editor.assets.bringing import copy_into
from taixu_editor.assets.following import reimport
from taixu_editor.assets.kinds import asset_kind
from taixu_editor.assets.moving import MoveAsset, TrashAsset
from taixu_editor.assets.usage import find_along, find_uses

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["ASSET_OPERATIONS", "PlaceParameters", "place_asset", "sky_command"]


@dataclass(frozen=True, slots=True)
class MoveParameters:
    """A file or a folder of the project, and its new path."""

    path: str
    to: str


@dataclass(frozen=True, slots=True)
class PathsParameters:
    """Files or folders of the project."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportParameters:
    """Files or folders of this machine, and where in the project they are copied to."""

    files: tuple[str, ...]
    folder: str = "assets"
    clash: Literal["rename", "replace", "skip"] = field(default="rename", metadata={"doc": "where a file has that name already"})


@dataclass(frozen=True, slots=True)
class PlaceParameters:
    """An asset, and where it is placed.

    ``entity`` is what it was dropped on: pictures and scripts go onto it, other things stand at ``position``.
    """

    path: str
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    entity: str = ""
    parent: str = ""
    id: str = field(default="", metadata={"doc": "stable id of what is made; a fresh one where it is empty"})


@dataclass(frozen=True, slots=True)
class TagParameters:
    """An asset, and the tags that it has from now on."""

    path: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SettingsParameters:
    """An asset, and the settings that its importer reads it with."""

    path: str
    settings: dict[str, Any]


def _move(session: Session, p: MoveParameters) -> Command | None:
    new = str(PurePosixPath(p.to))
    if not p.to or new in (".", ".."):
        raise UsageError("a file needs a name")
    if asset_kind(p.path) != asset_kind(new) and session.project.file(p.path).is_file():
        raise UsageError(f"{p.path}: its ending says what it is; {new} would be something else")
    if p.path == new:
        return None
    return MoveAsset(p.path, new, tuple(find_along(session.project.root, p.path, new)))


def _delete(session: Session, p: PathsParameters) -> Command | None:
    return Group(tuple(TrashAsset(path) for path in p.paths)) if p.paths else None


def place_asset(session: Session, p: PlaceParameters) -> Command | None:
    """The command that brings a file into the world."""
    if not session.project.file(p.path).is_file():
        raise TaixuError(f"{p.path}: there is no such file in the project any more")
    kind, name = asset_kind(p.path), PurePosixPath(p.path).name.partition(".")[0]
    if kind == "texture" and p.entity:
        return _dress(session, p)
    if kind == "sky":
        return sky_command(session, p)
    if kind == "script":
        if not p.entity:
            raise UsageError(f"{p.path}: drop a script on what it shall move")
        return Group((Insert(p.entity, "script", {"path": p.path}), Select((p.entity,))))
    blocks: Mapping[str, dict[str, Any]] = {
        "model": {"model": {"source": p.path}}, "prefab": {"prefab_instance": {"source": p.path}},
        "sound": {"audio_source": {"clip": p.path}},
        "texture": {"shape": {"kind": "plane", "size": [1.0, 0.0, 1.0]}, "material": {"base_color_texture": p.path}},
    }  # fmt: skip
    if kind not in blocks:
        raise UsageError(f"{p.path}: such a file cannot be placed in a world")
    transform = {"position": [float(v) for v in p.position]}
    block = {"transform": transform, "name": {"text": name}, **blocks[kind]}
    if p.parent:
        block["parent"] = {"entity": p.parent}
    return Group((Spawn({p.id: block}), Select((p.id,))))


def _dress(session: Session, p: PlaceParameters) -> Command:
    """A picture on a thing is its colour; one that was made as a material brings its other maps."""
    from taixu_editor.generating.applying import maps_beside

    world, handle = session.world, session.entity(p.entity)
    fields = maps_beside(session.project, p.path) or {"base_color_texture": p.path, "base_color": [1.0, 1.0, 1.0, 1.0]}
    if world.has(handle, Material):
        return Group((SetFields(p.entity, "material", fields), Select((p.entity,))))
    if not world.has(handle, Shape):
        raise UsageError(f"{p.path}: pictures go onto shapes; models have their own")
    return Group((Insert(p.entity, "material", fields), Select((p.entity,))))


def sky_command(session: Session, p: PlaceParameters) -> Command:
    """The world's sky is this picture from then on."""
    from taixu.edit.ids import id_text
    from taixu.scene import Environment

    world = session.world
    for table in world.query(Environment):
        for entity in table.entities.tolist():
            text = id_text(world.stable_id(entity))
            return Group((SetFields(text, "environment", {"sky": p.path}), Select((text,))))
    return Group((Spawn({p.id: {"environment": {"sky": p.path}, "transform": {}, "name": {"text": "Sky"}}}), Select((p.id,))))


def _settled(session: Session, p: PlaceParameters) -> PlaceParameters:
    from dataclasses import replace

    return p if p.id else replace(p, id=session.new_id())


def _placed(session: Session, p: PlaceParameters) -> str:
    return session.current.selection[-1]


def _import(host: Host, p: ImportParameters) -> dict[str, list[str]]:
    done = copy_into(host.session.project.root, p.files, folder=p.folder, clash=p.clash)
    if done.problems and not done.paths:
        raise TaixuError(done.problems[0])
    return {"paths": done.paths, "problems": done.problems}


def _uses(host: Host, p: PathsParameters) -> dict[str, list[str]]:
    return find_uses(host.session.project.root, p.paths)


def _tag(host: Host, p: TagParameters) -> None:
    file = _file(host, p.path)
    sidecar = read_sidecar(file) or Sidecar()
    tags = list(dict.fromkeys(tag.strip() for tag in p.tags if tag.strip()))
    if tags:
        sidecar.document["tags"] = tags
    elif "tags" in sidecar.document:
        del sidecar.document["tags"]
    write_sidecar(file, sidecar)


def _settings(host: Host, p: SettingsParameters) -> None:
    file = _file(host, p.path)
    sidecar = read_sidecar(file) or Sidecar()
    sidecar.settings = dict(p.settings)
    write_sidecar(file, sidecar)


def _reimport(host: Host, p: PathParameters) -> None:
    _file(host, p.path)
    reimport(host, p.path)


def _new_folder(host: Host, p: PathParameters) -> None:
    try:
        host.session.project.file(p.path).mkdir(parents=True)
    except FileExistsError:
        raise TaixuError(f"{p.path}: there is such a folder already") from None
    except OSError as error:
        raise TaixuError(f"{p.path}: cannot be made ({error.strerror or error})") from error


def _file(host: Host, path: str) -> Path:
    file = host.session.project.file(path)
    if not file.is_file():
        raise TaixuError(f"{path}: there is no such file in the project any more")
    return file


def _no_world(session: Session) -> str:
    return "" if session.worlds else "no world is open"


ASSET_OPERATIONS = (
    Operation(
        "asset.move", "Move file", plan=_move, parameters=MoveParameters, blocked=_no_world, touches_files=True,
        doc="Renames or moves a file or a folder of the project; all worlds and prefabs follow.",
    ),
    Operation(
        "asset.delete", "Delete file", plan=_delete, parameters=PathsParameters, blocked=_no_world, touches_files=True,
        doc="Puts files into the project's trash.",
    ),
    Operation(
        "asset.place", "Place", plan=place_asset, parameters=PlaceParameters, settle=_settled, blocked=_no_world, gives=_placed,
        doc="Puts a file of the project into the world; gives the id of what it made, or dressed.",
    ),
    Operation("asset.bring", "Import", run=_import, parameters=ImportParameters, blocked=_no_world,
              doc="Copies files into the project."),
    Operation("asset.uses", "Find uses", run=_uses, parameters=PathsParameters, blocked=_no_world,
              doc="Gives the worlds and prefabs that name some files."),
    Operation("asset.tag", "Tag", run=_tag, parameters=TagParameters, blocked=_no_world),
    Operation("asset.settings", "Import settings", run=_settings, parameters=SettingsParameters, blocked=_no_world),
    Operation("asset.reimport", "Read file again", run=_reimport, parameters=PathParameters, blocked=_no_world,
              doc="Reads a model, a picture or a prefab again, in all open worlds."),
    Operation("asset.new_folder", "New folder", run=_new_folder, parameters=PathParameters, blocked=_no_world),
)  # fmt: skip
"""Files of the project."""
