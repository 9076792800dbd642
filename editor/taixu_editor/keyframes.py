"""Edits of keyframes: keys at times, on tracks of an entity's `property_animation`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from taixu.animation import PropertyAnimation, read_tracks
from taixu.ecs import component_type
from taixu.edit import Operation, Session
from taixu.edit.commands import Command, Insert
from taixu.edit.set_many import set_fields
from taixu.errors import TaixuError
from taixu.scene import Node, Transform

__all__ = ["KEYFRAME_OPERATIONS", "Tracks", "animatable", "put_tracks", "set_key", "tracks_of", "value_now"]

Tracks = dict[str, Any]
_SAME_SECS = 1e-4


@dataclass(frozen=True, slots=True)
class KeyParameters:
    """A key: which entity, which component.field, when; the value that it has now where none is given."""

    entity: str
    track: str
    time_secs: float
    value: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class MoveKeyParameters:
    """A key by its place in the track, and when it shall be; it takes the place of a key that is there."""

    entity: str
    track: str
    key: int
    time_secs: float


@dataclass(frozen=True, slots=True)
class DeleteKeyParameters:
    """A key by its place in the track; the last one takes the track along."""

    entity: str
    track: str
    key: int


@dataclass(frozen=True, slots=True)
class InterpolationParameters:
    """How a track goes from key to key."""

    entity: str
    track: str
    interpolation: Literal["linear", "smooth", "step"]


def tracks_of(session: Session, entity: str) -> Tracks:
    """A copy of the tracks of an entity; empty where it has none. What is no track, files may hold anything, is left out."""
    handle, world = session.entity(entity), session.world
    if not world.alive(handle).all() or not world.has(handle, PropertyAnimation):
        return {}
    data = world.get(handle, PropertyAnimation).tracks
    found = {}
    for name, track in data.items() if isinstance(data, Mapping) else ():
        try:
            (read,) = read_tracks({name: track})
        except TaixuError:
            continue
        found[str(name)] = {
            "times": read.times.tolist(), "values": read.values.tolist(), "interpolation": read.interpolation
        }  # fmt: skip
    return found


def animatable(session: Session, entity: str) -> list[str]:
    """Fields of numbers that an entity's components have, as tracks name them."""
    handle, world = session.entity(entity), session.world
    found = ["transform.position", "transform.rotation", "transform.scale"] if world.has(handle, Transform) else []
    for cls in world.types_of(handle):
        declared = component_type(cls)
        if cls in (Transform, PropertyAnimation) or session.components.find(declared.name) is None:
            continue
        found += [
            f"{declared.name}.{f.name}" for f in declared.by_name.values() if not f.kind.is_object and f.kind.name != "entity"
        ]
    return found


def value_now(session: Session, entity: str, track: str) -> list[float]:
    """What a field is now, as numbers.

    Raises
    ------
    TaixuError
        When the entity has no such field, or it holds no numbers.
    """
    if track not in animatable(session, entity):
        raise TaixuError(f"the entity has no field {track!r} that keys could move")
    handle, (owner, _, name) = session.entity(entity), track.partition(".")
    if track == "transform.position":
        return [float(v) for v in Node(session.world, handle).position]
    value = getattr(session.world.get(handle, session.component(owner)), name)
    return [float(v) for v in value] if hasattr(value, "__len__") else [float(value)]


def put_tracks(session: Session, entity: str, tracks: Tracks) -> Command | None:
    """The command that gives an entity these tracks."""
    if not session.world.has(session.entity(entity), PropertyAnimation):
        return Insert(entity, "property_animation", {"tracks": tracks})
    return set_fields(session, "property_animation", {entity: {"tracks": tracks}})


def set_key(track: Tracks, time_secs: float, value: list[float]) -> None:
    """Put a key into a track's lists; one that is at the same time gives way."""
    keys = [(t, v) for t, v in zip(track["times"], track["values"], strict=True) if abs(t - time_secs) > _SAME_SECS]
    keys = sorted([*keys, (time_secs, value)], key=lambda key: key[0])
    track["times"], track["values"] = [t for t, _ in keys], [v for _, v in keys]


def _key(session: Session, p: KeyParameters) -> Command | None:
    tracks, now = tracks_of(session, p.entity), value_now(session, p.entity, p.track)
    value = now if p.value is None else list(p.value)
    if len(value) != len(now):
        raise TaixuError(f"{p.track} has {len(now)} numbers, and the key {len(value)}")
    set_key(tracks.setdefault(p.track, {"times": [], "values": [], "interpolation": "linear"}), max(p.time_secs, 0.0), value)
    return put_tracks(session, p.entity, tracks)


def _track(tracks: Tracks, name: str, key: int = 0) -> Tracks:
    if name not in tracks or not 0 <= key < len(tracks[name]["times"]):
        raise TaixuError(f"there is no key {key} of {name!r}")
    track: Tracks = tracks[name]
    return track


def _move(session: Session, p: MoveKeyParameters) -> Command | None:
    tracks = tracks_of(session, p.entity)
    track = _track(tracks, p.track, p.key)
    del track["times"][p.key]
    set_key(track, max(p.time_secs, 0.0), track["values"].pop(p.key))
    return put_tracks(session, p.entity, tracks)


def _delete(session: Session, p: DeleteKeyParameters) -> Command | None:
    tracks = tracks_of(session, p.entity)
    track = _track(tracks, p.track, p.key)
    del track["times"][p.key], track["values"][p.key]
    if not track["times"]:
        del tracks[p.track]
    return put_tracks(session, p.entity, tracks)


def _interpolate(session: Session, p: InterpolationParameters) -> Command | None:
    tracks = tracks_of(session, p.entity)
    _track(tracks, p.track)["interpolation"] = p.interpolation
    return put_tracks(session, p.entity, tracks)


KEYFRAME_OPERATIONS = (
    Operation("animation.key", "Set a key", plan=_key, parameters=KeyParameters),
    Operation("animation.move_key", "Move a key", plan=_move, parameters=MoveKeyParameters),
    Operation("animation.delete_key", "Delete a key", plan=_delete, parameters=DeleteKeyParameters),
    Operation("animation.interpolation", "Interpolation", plan=_interpolate, parameters=InterpolationParameters),
)
