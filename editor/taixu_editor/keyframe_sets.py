"""Edits of many keys at once: a selection of the timeline, what was copied, what a recording found, a look at a time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from taixu.animation import read_tracks, value_at
from taixu.edit import Operation, Session
from taixu.edit.commands import Command, Group
from taixu.edit.set_many import set_fields
from taixu.errors import TaixuError
from taixu_editor.keyframes import Tracks, animatable, put_tracks, set_key, tracks_of, value_now

__all__ = ["KEY_SET_OPERATIONS"]


@dataclass(frozen=True, slots=True)
class KeysParameters:
    """Keys by their tracks and places in them; one place for each track's name."""

    entity: str
    tracks: tuple[str, ...]
    keys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class MoveKeysParameters:
    """Keys, and how many seconds later they shall be; the earliest stays at 0 at least."""

    entity: str
    tracks: tuple[str, ...]
    keys: tuple[int, ...]
    by_secs: float


@dataclass(frozen=True, slots=True)
class AddKeysParameters:
    """New keys: track, time and value of each; those at the same times give way."""

    entity: str
    tracks: tuple[str, ...]
    times_secs: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]


@dataclass(frozen=True, slots=True)
class TrackParameters:
    """A track of an entity."""

    entity: str
    track: str


@dataclass(frozen=True, slots=True)
class PoseParameters:
    """An entity's fields become what its tracks say at a time."""

    entity: str
    time_secs: float


def _chosen(tracks: Tracks, p: Any) -> list[tuple[str, float, list[float]]]:
    """Take the keys out of their tracks; gives track, time, value of each."""
    if len(p.tracks) != len(p.keys):
        raise TaixuError(f"there are {len(p.tracks)} names of tracks for {len(p.keys)} keys; give one for each")
    found = []
    for name, key in sorted(set(zip(p.tracks, p.keys, strict=True)), reverse=True):
        if name not in tracks or not 0 <= key < len(tracks[name]["times"]):
            raise TaixuError(f"there is no key {key} of {name!r}")
        track = tracks[name]
        found.append((name, track["times"].pop(key), track["values"].pop(key)))
    return found


def _move(session: Session, p: MoveKeysParameters) -> Command | None:
    tracks = tracks_of(session, p.entity)
    chosen = _chosen(tracks, p)
    if not chosen:
        return None
    by_secs = max(p.by_secs, -min(time for _, time, _ in chosen))
    for name, time, value in chosen:
        set_key(tracks[name], round(time + by_secs, 6), value)
    return put_tracks(session, p.entity, tracks)


def _delete(session: Session, p: KeysParameters) -> Command | None:
    tracks = tracks_of(session, p.entity)
    if not _chosen(tracks, p):
        return None
    return put_tracks(session, p.entity, {name: track for name, track in tracks.items() if track["times"]})


def _add(session: Session, p: AddKeysParameters) -> Command | None:
    if not len(p.tracks) == len(p.times_secs) == len(p.values):
        raise TaixuError("keys need a track, a time and a value each")
    tracks = tracks_of(session, p.entity)
    for name, time, value in zip(p.tracks, p.times_secs, p.values, strict=True):
        now = value_now(session, p.entity, name)
        if len(now) != len(value):
            raise TaixuError(f"{name} has {len(now)} numbers, and the key {len(value)}")
        set_key(tracks.setdefault(name, {"times": [], "values": [], "interpolation": "linear"}), max(time, 0.0), list(value))
    return put_tracks(session, p.entity, tracks) if p.tracks else None


def _delete_track(session: Session, p: TrackParameters) -> Command | None:
    tracks = tracks_of(session, p.entity)
    if p.track not in tracks:
        raise TaixuError(f"the entity has no track {p.track!r}")
    del tracks[p.track]
    return put_tracks(session, p.entity, tracks)


def _pose(session: Session, p: PoseParameters) -> Command | None:
    known = set(animatable(session, p.entity))
    wanted: dict[str, dict[str, Any]] = {}
    for track in read_tracks(tracks_of(session, p.entity)):
        name = f"{track.component}.{track.field}"
        if name not in known:
            continue
        value = value_at(track, p.time_secs, rotates=_rotates(session, track.component, track.field))
        now = value_now(session, p.entity, name)
        if len(now) == len(value) and any(abs(a - b) > 1e-6 for a, b in zip(now, value, strict=True)):
            wanted.setdefault(track.component, {})[track.field] = _plain(session, track.component, track.field, value)
    commands = [set_fields(session, component, {p.entity: fields}) for component, fields in sorted(wanted.items())]
    found = [command for command in commands if command is not None]
    return None if not found else found[0] if len(found) == 1 else Group(tuple(found))


def _declared(session: Session, component: str, name: str) -> Any:
    found = session.components.find(component)
    return None if found is None else found.by_name.get(name)


def _rotates(session: Session, component: str, name: str) -> bool:
    field = _declared(session, component, name)
    return field is not None and field.kind.name == "quat"


def _plain(session: Session, component: str, name: str, value: list[float]) -> Any:
    """As documents have it: a number, a list, a tick."""
    field = _declared(session, component, name)
    if field is None or field.kind.width > 1:
        return value
    if field.kind.name == "bool":
        return value[0] >= 0.5
    return round(value[0]) if field.kind.dtype[0] in "iu" else value[0]


KEY_SET_OPERATIONS = (
    Operation("animation.move_keys", "Move keys", plan=_move, parameters=MoveKeysParameters),
    Operation("animation.delete_keys", "Delete keys", plan=_delete, parameters=KeysParameters),
    Operation("animation.add_keys", "Set keys", plan=_add, parameters=AddKeysParameters),
    Operation("animation.delete_track", "Delete the track", plan=_delete_track, parameters=TrackParameters),
    Operation("animation.pose", "Look at a time", plan=_pose, parameters=PoseParameters),
)
