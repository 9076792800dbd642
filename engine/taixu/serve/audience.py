"""Who watches: what each needs to hear of a scene, encoded once for all who look at the same place.

Viewers say where they look and how far; places are rounded so that many share one *stand*, which knows what lies within it. A frame
is encoded once a stand. A viewer who does not keep up is left out until he has, and then hears everything anew: he slows nobody.

Messages to viewers are JSON texts, ``{"looks": {"3": {...}}}`` (what things look like, told once) and ``{"gone": [slots]}``, and
binary ones. A look has some of ``mesh`` (a hash: ``/scene/meshes/HASH`` is the GLB), ``paint`` (nine numbers for each of its
primitives, `taixu.serve.paints`), ``tint`` (sRGB, 0 to 255, and alpha), ``shadow`` (false: casts none), ``light`` (as the
component) and ``kind`` (of the device that it is a part of); its number may be given to another look when nothing has it any more.
An id is that of what the thing is a part of. Binary messages, little-endian, begin with 40 bytes::

    0   4  b"TXS1"
    4   u32  frame
    8   u32  number of things, n
    12  u32  flags: 1 = this is everything, forget what was before; 2 = looks and ids are told; 4 = scales are told
    16  f64 x 3  origin, metres
    40  u32[n] slots, f32[3][n] places from the origin, i16[4][n] rotations (32767 is 1), then where told:
        u32[n] looks, u64[n] ids, f32[3][n] scales; each padded with zeros to a multiple of 8

Poses of people and other bent things come as texts and messages of their own (`taixu.serve.pose_book`), after the things.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, floor, isfinite, log2
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.serve.pose_book import PoseBook, Told
from taixu.serve.poses import PoseFrame
from taixu.serve.sight import SceneFrame

__all__ = ["Audience", "Viewer"]

_HEAD = struct.Struct("<4sIII3d")
_ALL, _WITH_LOOKS, _WITH_SCALES = 1, 2, 4
_IN_FLIGHT = 6
_SMALLEST_M, _LARGEST_M = 16.0, float(1 << 24)
_NO_LOOK = 0xFFFFFFFF
_SQUARE_M = 64.0
_MOST_RUNS = 64
_MANY_LOOKS = 1024


@dataclass(slots=True, eq=False)
class Viewer:
    """Somebody who watches. `send` takes texts and bytes and must not wait."""

    send: Callable[[str | bytes], None]
    stand: _Stand | None = None
    sent: int = 0
    """Binary messages so far."""
    seen: int = 0
    is_behind: bool = False
    has_poses: bool = False
    """Whether he has heard all poses of where he looks, so that news suffice."""
    told_looks: int = 0
    """How much of the news of looks he has heard."""
    told_bodies: int = 0

    def give(self, message: bytes) -> None:
        """Send a binary message."""
        self.send(message)
        self.sent += 1

    @property
    def is_full(self) -> bool:
        """Whether so much is under way that he hears nothing until he has shown some."""
        return self.sent - self.seen >= _IN_FLIGHT

    def acknowledge(self, frames: int) -> None:
        """So many frames have been shown by now."""
        self.seen = max(self.seen, min(frames, self.sent))


@dataclass(slots=True, eq=False)
class _Stand:
    """A place to look at, and who does."""

    middle: tuple[float, float, float]
    reach_m: float
    members: NDArray[np.bool_]
    viewers: list[Viewer] = field(default_factory=list)
    poses: Told = field(default_factory=Told)


def _inside(stand: _Stand, places: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which places ``[3, n]`` belong to a stand."""
    x, y, z = stand.middle
    reach = stand.reach_m
    return (np.abs(places[0] - x) <= reach) & (np.abs(places[1] - y) <= reach) & (np.abs(places[2] - z) <= reach)


def _squares(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Squares of the ground that places ``[3, n]`` are in, ``[2, n]``."""
    return np.floor(places[[0, 2]] / _SQUARE_M).astype(np.int64)


class _Crowd:
    """What a frame speaks of, sorted by squares of the ground: each stand looks at those near it alone.

    Squares count on in x, then in z, so that a stand's squares are a few runs. Who was in a stand is near it still, or has come
    into another square: `strayed` are those.
    """

    def __init__(
        self, slots: NDArray[np.uint32], told: NDArray[np.uint32], strayed: NDArray[np.uint32], places: NDArray[np.float64]
    ) -> None:
        where = places[:, slots]
        squares = _squares(where)
        self._least = squares.min(axis=1, initial=0)
        self._most = squares.max(axis=1, initial=0)
        self._across = int(self._most[0] - self._least[0]) + 1
        keys = (squares[1] - self._least[1]) * self._across + squares[0] - self._least[0]
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self.slots = slots[order].astype(np.uint32)
        self.places = where[:, order]
        self.is_told = np.isin(self.slots, told)
        self.strayed = np.flatnonzero(np.isin(self.slots, strayed))
        self._marks = np.zeros(len(self.slots), bool)

    def left(self, stand: _Stand, near: NDArray[np.intp], here: NDArray[np.intp]) -> NDArray[np.uint32]:
        """Slots of a stand's members that are in it no more."""
        watched = np.concatenate([near, self.strayed])
        members = watched[stand.members[self.slots[watched]]]
        self._marks[here] = True
        found = self.slots[members[~self._marks[members]]]
        self._marks[here] = False
        return np.unique(found) if len(found) else found

    def near(self, stand: _Stand) -> NDArray[np.intp]:
        """Who may be inside of a stand, by place in `slots`."""
        middle = np.array([stand.middle[0], stand.middle[2]])
        low = np.maximum(np.floor((middle - stand.reach_m) / _SQUARE_M).astype(np.int64), self._least) - self._least
        high = np.minimum(np.floor((middle + stand.reach_m) / _SQUARE_M).astype(np.int64), self._most) - self._least
        if (high < low).any():
            return np.zeros(0, np.intp)
        if high[1] - low[1] >= _MOST_RUNS:
            return np.arange(len(self.slots))
        rows = np.arange(low[1], high[1] + 1) * self._across
        begins, ends = np.searchsorted(self._keys, rows + low[0]), np.searchsorted(self._keys, rows + high[0], side="right")
        return np.concatenate([np.arange(a, b) for a, b in zip(begins.tolist(), ends.tolist(), strict=True)])


class Audience:
    """All viewers of one scene (the network's thread)."""

    def __init__(self) -> None:
        self._places = np.zeros((3, 0))
        self._rotations: NDArray[np.int16] = np.zeros((4, 0), np.int16)
        self._scales: NDArray[np.float32] = np.zeros((3, 0), np.float32)
        self._looks_of: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self._ids: NDArray[np.uint64] = np.zeros(0, np.uint64)
        self._is_there: NDArray[np.bool_] = np.zeros(0, bool)
        self._looks: list[str] = []
        self._look_news: list[int] = []
        self._look_news_begin = 0
        self._stands: dict[tuple[float, ...], _Stand] = {}
        self._frame = 0
        self._poses = PoseBook()
        self.boxes = np.zeros((0, 4))
        """Where anybody looks, ``[k, 4]``: middles and how far they reach. Replaced whole, for any thread to read."""

    def __len__(self) -> int:
        return sum(len(stand.viewers) for stand in self._stands.values())

    def show(self, frame: SceneFrame) -> None:
        """Tell everybody what happened."""
        self._frame = frame.number
        self._forget(frame.gone)
        highest = max((int(slots.max()) for slots in (frame.moved, frame.told) if len(slots)), default=-1)
        self._reserve(highest + 1)
        for number, look in frame.looks.items():
            self._looks += ["{}"] * (number + 1 - len(self._looks))
            self._looks[number] = json.dumps(look, separators=(",", ":"))
            self._look_news.append(number)
        if len(self._look_news) > 2 * len(self._looks) + _MANY_LOOKS:  # who has not heard that much hears all of them
            self._look_news_begin += len(self._look_news)
            self._look_news = []
        self._looks_of[frame.told], self._ids[frame.told] = frame.told_looks, frame.told_ids
        moved, rescaled, strayed = self._move(frame)
        told = np.union1d(frame.told, rescaled)
        if self._stands:
            crowd = _Crowd(np.union1d(moved, told), told, strayed, self._places)
            for stand in list(self._stands.values()):
                self._serve(stand, frame.gone, crowd)

    def pose(self, frame: PoseFrame) -> None:
        """Tell everybody who moved how, after where all things are."""
        self._poses.show(frame)
        for stand in list(self._stands.values()):
            news = self._poses.near(stand.poses, stand.members, self._places, stand.middle, stand.reach_m)
            for viewer in list(stand.viewers):
                if viewer.is_full or viewer.is_behind:
                    viewer.has_poses = False
                elif not viewer.has_poses:
                    self._tell_poses(viewer)
                elif news is not None or viewer.told_bodies != self._poses.told:
                    self._tell_bodies(viewer)
                    if news is not None:
                        viewer.give(news)

    def look(self, viewer: Viewer, at: Any, reach_m: Any) -> None:
        """Somebody looks at a place from now on, and hears all that is there.

        Raises
        ------
        TaixuError
            When it is no place.
        """
        try:
            x, y, z = (float(each) for each in at)
            reach = float(reach_m)
        except (TypeError, ValueError, OverflowError):
            x = y = z = reach = float("nan")
        if not all(map(isfinite, (x, y, z, reach))) or reach <= 0 or max(abs(x), abs(y), abs(z)) > 1e9:
            raise TaixuError("look takes a place [x, y, z] in metres, and how far around it")
        # A power of two, and a grid of half of it: whoever looks nearly there sees all that he asked for, and shares it.
        reach = min(max(2.0 ** ceil(log2(reach)), _SMALLEST_M), _LARGEST_M)
        middle = tuple((floor(each / (reach / 2)) + 0.5) * (reach / 2) for each in (x, y, z))
        stand = self._stands.get((*middle, reach))
        if stand is None:
            stand = self._stands[(*middle, reach)] = _Stand((middle[0], middle[1], middle[2]), reach * 1.5, np.zeros(0, bool))
            stand.members = _inside(stand, self._places) & self._is_there
        if viewer.stand is not stand:
            self.leave(viewer)
            viewer.stand = stand
            stand.viewers.append(viewer)
            self._note_boxes()
        self._tell_all(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Somebody looks no more."""
        stand, viewer.stand = viewer.stand, None
        if stand is not None:
            stand.viewers.remove(viewer)
            if not stand.viewers:
                self._stands = {key: each for key, each in self._stands.items() if each is not stand}
                self._note_boxes()

    def tell_anew(self) -> None:
        """With the next frame everybody hears all that is there: what comes has nothing to do with what was."""
        for stand in self._stands.values():
            for viewer in stand.viewers:
                viewer.is_behind = True

    def tell(self, slot: int) -> dict[str, Any] | None:
        """What is known of a thing here: its id, where it is, and how it looks."""
        if not 0 <= slot < len(self._is_there) or not self._is_there[slot]:
            return None
        look = int(self._looks_of[slot])
        described = json.loads(self._looks[look]) if look < len(self._looks) else {}
        return {"id": f"{int(self._ids[slot]):016x}", "position": self._places[:, slot].tolist(), **described}

    def _serve(self, stand: _Stand, gone: NDArray[np.uint32], crowd: _Crowd) -> None:
        if len(stand.members) < len(self._is_there):
            stand.members = np.concatenate([stand.members, np.zeros(len(self._is_there) - len(stand.members), bool)])
        went = gone[stand.members[gone]]
        stand.members[went] = False
        near = crowd.near(stand)
        here = near[_inside(stand, crowd.places[:, near])]
        slots = crowd.slots[here]
        left = np.concatenate([went, crowd.left(stand, near, here)])
        is_fresh = crowd.is_told[here] | ~stand.members[slots]
        stand.members[left] = False
        stand.members[slots] = True
        retold, still = slots[is_fresh], slots[~is_fresh]
        parting = json.dumps({"gone": left.tolist()}) if len(left) else ""
        groups = ((retold, _WITH_LOOKS | _WITH_SCALES), (still, 0))
        messages = [self._packed(stand, slots, flags) for slots, flags in groups if len(slots)]
        for viewer in list(stand.viewers):
            if viewer.is_full:
                viewer.is_behind = True
            elif viewer.is_behind:
                self._tell_all(viewer)
            elif parting or messages:
                self._tell_looks(viewer)
                if parting:
                    viewer.send(parting)
                for message in messages:
                    viewer.give(message)

    def _tell_all(self, viewer: Viewer) -> None:
        stand = viewer.stand
        if stand is None:
            return
        self._tell_looks(viewer)
        viewer.give(self._packed(stand, np.flatnonzero(stand.members).astype(np.uint32), _ALL | _WITH_LOOKS | _WITH_SCALES))
        viewer.is_behind = False
        self._tell_poses(viewer)

    def _tell_poses(self, viewer: Viewer) -> None:
        """All poses of where somebody looks."""
        self._tell_bodies(viewer)
        message = self._poses.all(viewer.stand.members) if viewer.stand is not None else None
        if message is not None:
            viewer.give(message)
        viewer.has_poses = True

    def _tell_bodies(self, viewer: Viewer) -> None:
        said, viewer.told_bodies = self._poses.facts(viewer.told_bodies)
        if said is not None:
            viewer.send(said)

    def _note_boxes(self) -> None:
        self.boxes = np.array([(*each.middle, each.reach_m) for each in self._stands.values()]).reshape(-1, 4)

    def _tell_looks(self, viewer: Viewer) -> None:
        heard = viewer.told_looks - self._look_news_begin
        new = self._look_news[heard:] if heard >= 0 and viewer.told_looks else range(len(self._looks))
        viewer.told_looks = self._look_news_begin + len(self._look_news)
        if new:
            told = ",".join(f'"{number}":{self._looks[number]}' for number in dict.fromkeys(new))
            viewer.send(f'{{"looks":{{{told}}}}}')

    def _packed(self, stand: _Stand, slots: NDArray[np.uint32], flags: int) -> bytes:
        places = (self._places[:, slots] - np.array(stand.middle)[:, None]).astype("<f4")
        parts: list[NDArray[Any]] = [slots.astype("<u4"), places, self._rotations[:, slots]]
        if flags & _WITH_LOOKS:
            parts += [self._looks_of[slots], self._ids[slots]]
        if flags & _WITH_SCALES:
            parts.append(self._scales[:, slots])
        body = [_HEAD.pack(b"TXS1", self._frame, len(slots), flags, *stand.middle)]
        for part in parts:
            data = np.ascontiguousarray(part).tobytes()
            body += (data, bytes(-len(data) % 8))
        return b"".join(body)

    def _move(self, frame: SceneFrame) -> tuple[NDArray[np.uint32], NDArray[np.uint32], NDArray[np.uint32]]:
        """Take in where things are; gives slots that are elsewhere than they were, of another size, in another square.

        What hangs below something that moves within itself (a person's clothes) is said to have moved, and often has not.
        """
        rotations = np.rint(np.clip(frame.rotations, -1, 1) * 32767).astype(np.int16)
        moved = frame.moved
        is_resized = (self._scales[:, moved] != frame.scales).any(axis=0)
        is_other = is_resized | ~self._is_there[moved] | (self._rotations[:, moved] != rotations).any(axis=0)
        is_other |= (self._places[:, moved] != frame.places).any(axis=0)
        strayed = moved[(_squares(self._places[:, moved]) != _squares(frame.places)).any(axis=0)]
        self._places[:, moved], self._rotations[:, moved], self._scales[:, moved] = frame.places, rotations, frame.scales
        self._is_there[moved] = True
        return moved[is_other], moved[is_resized], strayed

    def _forget(self, gone: NDArray[np.uint32]) -> None:
        gone = gone[gone < len(self._is_there)]
        self._is_there[gone] = False
        self._looks_of[gone] = _NO_LOOK

    def _reserve(self, count: int) -> None:
        have = len(self._is_there)
        if count <= have:
            return
        more = max(count - have, have // 2, 64)
        self._places = np.concatenate([self._places, np.zeros((3, more))], axis=1)
        self._rotations = np.concatenate([self._rotations, np.zeros((4, more), np.int16)], axis=1)
        self._scales = np.concatenate([self._scales, np.ones((3, more), np.float32)], axis=1)
        self._looks_of = np.concatenate([self._looks_of, np.full(more, _NO_LOOK, np.uint32)])
        self._ids = np.concatenate([self._ids, np.zeros(more, np.uint64)])
        self._is_there = np.concatenate([self._is_there, np.zeros(more, bool)])
