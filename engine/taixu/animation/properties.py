"""Keyframes of any field of any component: what they are, and how a world follows them.

`PropertyAnimation.tracks` is data: ``{"light.intensity": {"times": [0, 1], "values": [[0], [80]], "interpolation": "linear"}}``.
Tracks of one field and one interpolation are sampled together, whatever the number of entities.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.app.app import Components
from taixu.ecs import F32, F64, Bool, ComponentType, Data, World, component, component_type, field, row_count
from taixu.errors import TaixuError
from taixu.math.quaternion import normalize, slerp
from taixu.scene import Parent, Transform, split_position

__all__ = [
    "INTERPOLATIONS", "MOST_KEYS", "PropertyAnimation", "PropertyAnimator", "PropertyTrack", "advance_properties",
    "pose_properties", "read_tracks", "value_at",
]  # fmt: skip

_log = logging.getLogger("taixu.animation")
INTERPOLATIONS = ("linear", "smooth", "step")
MOST_KEYS = 100_000
"""Of one entity's tracks together."""
Values = NDArray[np.float64]
_POSITION = "position"
"""Of a transform, as documents have it: cell and translation in one."""


@component("property_animation")
class PropertyAnimation:
    """Moves fields of the entity's own components along keyframes."""

    tracks: Data = field(default={}, doc="Keys by component.field: times, values, interpolation (linear, smooth or step).")
    time_secs: F64 = field(default=0.0, unit="s")
    duration_secs: F64 = field(default=0.0, unit="s", minimum=0.0, doc="Where it ends or begins anew; 0 is the last key.")
    speed: F32 = field(default=1.0, doc="Negative plays backwards.")
    loop: Bool = field(default=True)
    playing: Bool = field(default=True)


@dataclass(frozen=True, slots=True)
class PropertyTrack:
    """Keys of one field.

    Attributes
    ----------
    times : float64 [n]
        Rising seconds.
    values : float64 [n, width]
    interpolation
        One of `INTERPOLATIONS`; "smooth" leaves and reaches keys slowly.
    """

    component: str
    field: str
    times: Values
    values: Values
    interpolation: str = "linear"


def read_tracks(data: Any) -> list[PropertyTrack]:
    """Tracks from data.

    Raises
    ------
    TaixuError
        One sentence that names the track.
    """
    if not isinstance(data, Mapping):
        raise TaixuError("tracks of a property_animation are an object of tracks by component.field")
    found, count = [], 0
    for name, track in data.items():
        owner, _, part = str(name).partition(".")
        try:
            times, values = np.array(track["times"], np.float64), np.array(track["values"], np.float64)
        except (TypeError, KeyError, ValueError, OverflowError):
            raise TaixuError(f"track {name!r} of a property_animation needs times and values, lists of numbers") from None
        values = values[:, None] if values.ndim == 1 else values
        count += len(times) if times.ndim else 0
        how = track.get("interpolation", "linear")
        is_sound = times.ndim == 1 and values.ndim == 2 and len(times) == len(values) > 0 and np.isfinite(times).all()
        if not (is_sound and np.isfinite(values).all() and (np.diff(times) > 0).all() and how in INTERPOLATIONS and owner and part):
            raise TaixuError(
                f"track {name!r} of a property_animation needs rising times, as many values, and a known interpolation"
            )
        if count > MOST_KEYS:
            raise TaixuError(f"a property_animation has more than {MOST_KEYS} keys; split it over several entities")
        found.append(PropertyTrack(owner, part, times, values, how))
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Group:
    """Tracks of one field, width and interpolation; those of player i are sampled at its time."""

    component: type
    field: str
    interpolation: str
    rotates: bool
    rounds: bool
    handles: NDArray[np.uint64]
    players: NDArray[np.intp]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]
    times: Values
    values: Values

    def sample(self, seconds: Values) -> Values:
        """Values [n, width] at a time for each track."""
        # Keys by track and time: a track's number is the first criterion, so one search finds all.
        owners = np.repeat(np.arange(len(self.starts)), self.ends - self.starts)
        span = float(np.ptp(self.times)) + 1.0
        base = float(self.times.min())
        clamped = np.clip(seconds, self.times[self.starts], self.times[self.ends - 1])
        wanted = (clamped - base) + np.arange(len(self.starts)) * span * 2
        before = np.searchsorted((self.times - base) + owners * span * 2, wanted, side="right") - 1
        before = np.clip(before, self.starts, self.ends - 1)
        after = np.minimum(before + 1, self.ends - 1)
        if self.interpolation == "step":
            return self.values[before]
        length = self.times[after] - self.times[before]
        part = np.clip((clamped - self.times[before]) / np.where(length > 0, length, 1.0), 0.0, 1.0)
        if self.interpolation == "smooth":
            part = part * part * (3 - 2 * part)
        start, end = self.values[before], self.values[after]
        if self.rotates:
            return np.asarray(normalize(slerp(start.T, end.T, part)), np.float64).T
        return start + (end - start) * part[:, None]


class PropertyAnimator:
    """What `PropertyAnimation` components of a world mean (a resource)."""

    def __init__(self, components: Components | None = None) -> None:
        self.components = Components() if components is None else components
        self._tick = -1
        self._handles = np.zeros(0, np.uint64)
        self._lengths: Values = np.zeros(0)
        self._groups: list[_Group] = []
        self._shown: Values = np.zeros(0)
        self._complained: set[str] = set()

    def follow(self, world: World) -> None:
        """Compile anew when tracks or their players changed."""
        tables = world.query(PropertyAnimation).tables()
        structure = world.structure.since(self._tick)
        names = ("tracks", "duration_secs")
        changed = any(row_count(t.changed((PropertyAnimation,), since=self._tick, fields=names)) for t in tables)
        self._tick = world.tick
        if not changed and structure is not None and not structure:
            return
        world.advance()
        self._compile(world)

    def _compile(self, world: World) -> None:
        handles = world.query(PropertyAnimation).entities
        self._handles = handles[np.argsort(world.stable_ids(handles), kind="stable")]
        self._lengths, self._shown = np.zeros(len(handles)), np.full(len(handles), np.nan)
        found: dict[tuple[type, str, str, int], list[tuple[int, PropertyTrack]]] = {}
        for player, handle in enumerate(self._handles.tolist()):
            animation = world.get(handle, PropertyAnimation)
            try:
                for track in read_tracks(animation.tracks):
                    self._lengths[player] = max(self._lengths[player], float(track.times[-1]))
                    declared = self.components.find(track.component)
                    width = _width(declared, track.field)
                    if declared is None or width != track.values.shape[1]:
                        raise TaixuError(
                            f"track '{track.component}.{track.field}' names no field of {track.values.shape[1]} numbers"
                        )
                    found.setdefault((declared.cls, track.field, track.interpolation, width), []).append((player, track))
            except TaixuError as error:
                if str(error) not in self._complained:
                    self._complained.add(str(error))
                    _log.warning("%s", error)
            self._lengths[player] = float(animation.duration_secs) or self._lengths[player]
        self._groups = [self._group(key, members) for key, members in found.items()]

    def _group(self, key: tuple[type, str, str, int], members: list[tuple[int, PropertyTrack]]) -> _Group:
        cls, name, how, _ = key
        ends = np.cumsum([len(track.times) for _, track in members])
        players = np.array([player for player, _ in members], np.intp)
        kind = component_type(cls).by_name["translation" if name == _POSITION else name].kind
        return _Group(
            cls, name, how, kind.name == "quat", np.dtype(kind.dtype).kind in "iub", self._handles[players],
            players, np.concatenate([[0], ends[:-1]]), ends,
            np.concatenate([track.times for _, track in members]), np.concatenate([track.values for _, track in members]),
        )  # fmt: skip

    def advance(self, world: World) -> None:
        """Move players on by a fixed step; those that do not loop stop at their end."""
        self.follow(world)
        if not len(self._handles):
            return
        step = world.resource(Clock).step_secs
        names = ("time_secs", "speed", "loop", "playing")
        time, speed, loop, playing = (world.gather(self._handles, PropertyAnimation, name) for name in names)
        moved = np.where(playing, time + speed * step, time)
        over = playing & ~loop & np.where(speed < 0, moved <= 0.0, moved >= self._lengths)
        moved = np.where(over, np.clip(moved, 0.0, self._lengths), moved)
        if playing.any():
            world.scatter(self._handles[playing], PropertyAnimation, "time_secs", moved[playing])
        if over.any():
            world.scatter(self._handles[over], PropertyAnimation, "playing", False)

    def pose(self, world: World) -> None:
        """Write the fields of every player whose time changed since the last call."""
        self.follow(world)
        if not len(self._handles):
            return
        time, loop = (world.gather(self._handles, PropertyAnimation, name) for name in ("time_secs", "loop"))
        lengths = np.where(self._lengths > 0, self._lengths, 1.0)
        outside = loop & (self._lengths > 0) & ((time < 0) | (time > self._lengths))
        shown = np.where(outside, np.mod(time, lengths), np.clip(time, 0.0, np.maximum(self._lengths, 0.0)))
        due, self._shown = ~(shown == self._shown), shown
        for group in self._groups:
            rows = np.flatnonzero(due[group.players])
            if not len(rows):
                continue
            values = group.sample(shown[group.players])[rows]
            values = np.rint(values) if group.rounds else values
            column = values[:, 0] if values.shape[1] == 1 else values.T
            if group.field == _POSITION:
                _place(world, group.handles[rows], column)
            else:
                world.scatter(group.handles[rows], group.component, group.field, column)

    def fork(self, world: World) -> PropertyAnimator:
        """A fork compiles its own."""
        return PropertyAnimator(self.components)


def value_at(track: PropertyTrack, seconds: float, *, rotates: bool = False) -> list[float]:
    """What a track is at a time, as the world would follow it; `rotates` says that its values are quaternions."""
    none, start = np.zeros(1, np.uint64), np.zeros(1, np.intp)
    ends = np.array([len(track.times)], np.intp)
    group = _Group(Transform, track.field, track.interpolation, rotates, False, none, start, start, ends, track.times, track.values)
    return [float(v) for v in group.sample(np.array([seconds]))[0]]


def _width(declared: ComponentType | None, name: str) -> int:
    """Numbers in a field; 0 where it is none or holds no numbers."""
    if declared is not None and declared.cls is Transform and name == _POSITION:
        return 3
    found = None if declared is None else declared.by_name.get(name)
    return 0 if found is None or found.kind.is_object or found.kind.name == "entity" else found.kind.width


def _place(world: World, handles: NDArray[np.uint64], metres: Values) -> None:
    """Put entities at metres [3, n]: roots in the cell that these lie in, children within their parents."""
    is_child = world.gather(handles, Parent, "entity") != 0
    cells, offsets = split_position(metres)
    world.scatter(handles, Transform, "translation", np.where(is_child, metres, offsets))
    world.scatter(handles, Transform, "cell", np.where(is_child, 0, cells))


def advance_properties(world: World) -> None:
    """Move all property animations on by a fixed step (a system)."""
    world.resource(PropertyAnimator).advance(world)


def pose_properties(world: World) -> None:
    """Write what property animations show (a system)."""
    world.resource(PropertyAnimator).pose(world)
