"""Avatars, as operations: panel, palette, scripts and agents make them, put them into the world and exchange them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from taixu.animation.motion import Face, Motion
from taixu.edit import Command, Group, Insert, Operation, Session, SetFields, Spawn
from taixu.edit.commands import Select
from taixu.edit.conditions import no_world
from taixu.errors import TaixuError, UsageError
from taixu.scene import Model
from taixu_editor.avatars.origin import made_avatar
from taixu_editor.generating.wish import Wish, chance

if TYPE_CHECKING:
    from taixu_editor.generating.history import Entry
    from taixu_editor.host import Host

__all__ = ["AVATAR_OPERATIONS"]

_ENDINGS = (".vrm", ".glb")


@dataclass(frozen=True, slots=True)
class MakeParameters:
    """Who to make, and where the avatar goes: to a position, or in place of an entity's model."""

    prompt: str = field(default="", metadata={"doc": 'words, English or Chinese: "a tall old sailor with a red beard"'})
    seed: int = field(default=-1, metadata={"doc": "below 0 one is chosen by chance", "minimum": -1})
    settings: dict[str, Any] = field(default_factory=dict, metadata={"doc": "kind, preset and choices that go before the words"})
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    entity: str = field(default="", metadata={"doc": "whose model is exchanged; empty for somebody new"})
    wait: bool = field(default=False, metadata={"doc": "whether to wait; then the entity's id is given"})


@dataclass(frozen=True, slots=True)
class PlaceParameters:
    """A file of the project that is an avatar, and where it stands."""

    path: str
    position: tuple[float, float, float] = (0.0, 0.0, 0.0)
    name: str = ""
    id: str = field(default="", metadata={"doc": "stable id; a fresh one where it is empty"})


@dataclass(frozen=True, slots=True)
class ReplaceParameters:
    """An entity, and the avatar that it becomes."""

    entity: str
    path: str


@dataclass(frozen=True, slots=True)
class EntityParameters:
    """An entity."""

    entity: str


def _make(host: Host, p: MakeParameters) -> dict[str, Any]:
    if p.entity:
        host.session.entity(p.entity)
    studio, done = host.studio, {}
    wish = Wish("avatar", _fitting(p.prompt, p.settings), chance() if p.seed < 0 else p.seed, dict(p.settings))
    session, world = host.session, host.session.current

    def put(paths: tuple[str, ...]) -> None:
        if host.session is not session or session.current is not world:
            return  # somebody has gone to another world: the file is kept, and goes nowhere
        if p.entity:
            done["entity"] = host.do("avatar.replace", entity=p.entity, path=paths[0])
        else:
            done["entity"] = host.do("avatar.place", path=paths[0], position=p.position)

    def made(entry: Entry) -> None:
        if not p.wait:
            studio.keep_soon(entry, put)

    task = studio.start(wish, then=made)
    if not p.wait:
        return {"task": task.id}
    studio.wait([task])
    if task.error:
        studio.cancel(task)
        raise TaixuError(task.error)
    assert task.entry is not None
    put(studio.keep(task.entry))
    return {"result": task.entry.id, **done}


def _fitting(prompt: str, settings: dict[str, Any]) -> str:
    """The words, where they mean the kind that is chosen; otherwise the choices say all."""
    kind = settings.get("kind", "")
    if not kind or not prompt:
        return prompt
    from taixu.generate.avatars.cartoon.words import is_cartoon

    return prompt if is_cartoon(prompt) == (kind == "cartoon") else ""


def _place(session: Session, p: PlaceParameters) -> Command:
    _need_avatar(session, p.path)
    name = p.name or PurePosixPath(p.path).name.partition(".")[0].replace("_", " ")
    block: dict[str, dict[str, Any]] = {
        "transform": {"position": [float(v) for v in p.position]}, "name": {"text": name}, "model": {"source": p.path},
        "motion": {}, "face": {},
    }  # fmt: skip
    return Group((Spawn({p.id: block}), Select((p.id,))))


def _settled(session: Session, p: PlaceParameters) -> PlaceParameters:
    return p if p.id else replace(p, id=session.new_id())


def _replace(session: Session, p: ReplaceParameters) -> Command:
    _need_avatar(session, p.path)
    world, handle = session.world, session.entity(p.entity)
    if world.has(handle, Model):
        steps: list[Command] = [SetFields(p.entity, "model", {"source": p.path})]
    else:
        steps = [Insert(p.entity, "model", {"source": p.path})]
    steps += [Insert(p.entity, name, {}) for cls, name in ((Motion, "motion"), (Face, "face")) if not world.has(handle, cls)]
    return Group((*steps, Select((p.entity,))))


def _need_avatar(session: Session, path: str) -> None:
    if not path.lower().endswith(_ENDINGS):
        raise UsageError(f"{path}: an avatar is a file that ends in {' or '.join(_ENDINGS)}")
    if not session.project.file(path).is_file():
        raise TaixuError(f"{path}: there is no such file in the project any more")


def _spec(host: Host, p: EntityParameters) -> dict[str, Any]:
    found = made_avatar(host.session, p.entity)
    if found is None:
        raise UsageError(f"the model of {p.entity} is no avatar that was made by Taixu's generator")
    return {"prompt": found.words, "seed": found.seed, "settings": {"kind": found.kind, **found.values}}


AVATAR_OPERATIONS = (
    Operation("avatar.make", "Make an avatar", run=_make, parameters=MakeParameters, blocked=no_world,
              doc="Makes a person or a cartoon of words and choices, keeps it in the project, and puts it into the world."),
    Operation("avatar.place", "Place an avatar", plan=_place, parameters=PlaceParameters, settle=_settled, blocked=no_world,
              gives=lambda _, p: p.id, doc="Puts an avatar of the project into the world, with what moves its body and its face."),
    Operation("avatar.replace", "Replace an avatar", plan=_replace, parameters=ReplaceParameters, blocked=no_world,
              gives=lambda _, p: p.entity, doc="Gives an entity another avatar; where it stands and what moves it stay."),
    Operation("avatar.spec", "What an avatar was made of", run=_spec, parameters=EntityParameters, blocked=no_world,
              doc="Gives words, seed and choices that `avatar.make` takes: change some of them, and make it again."),
)  # fmt: skip
"""What every host can do with avatars."""
