"""What is known of poses, and what of it is told to whom (the network's thread).

Who looks at the same place shares an encoding, and hears of a body what is another step than when it was last told there: near ones
each time, those farther off less often, faces of near ones alone. Who did not keep up hears all of it anew.

Texts are ``{"bodies": {"7": ["SKELETON'S HASH", nodes, weights, [slots]]}}``, or null for one that is gone. Binary messages,
little-endian, begin with 32 bytes::

    0   4  b"TXP1"
    4   u32  frame
    8   u32  number of bodies, m
    12  u32  bytes of masks, b
    16  u32 x 4  numbers of turns t, shifts s, sizes z, weights w
    32  u32[m] bodies, u16[m] their nodes, u16[m] their weights, u16[m] bytes of their masks, u8[b] masks, u32[t] turns,
        i16[s][3] shifts, f16[z][3] sizes, i16[w] weights; each padded with zeros to a multiple of 8

A mask's bits, lowest first, are a body's turns by node, then its shifts, its sizes and its weights; zeros at its end are left out.
Steps are explained in `taixu.serve.quantised`.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.serve.poses import BodyFacts, Change, PoseFrame
from taixu.serve.runs import spread

__all__ = ["PoseBook", "Told"]

_HEAD = struct.Struct("<4s7I")
_FACES_M, _NEAR_M, _MIDDLE_M = 16.0, 40.0, 96.0
_MIDDLE_EVERY, _FAR_EVERY = 3, 8
_WIDE_M = 512.0
"""Who sees so much at once is far from it."""
_MOST_BODIES = 1024
_NEVER = -1
_KINDS = ("turns", "shifts", "sizes", "weights")
_WIDTHS = {"turns": 0, "shifts": 3, "sizes": 3, "weights": 0}
_STORED = {"turns": "<u4", "shifts": "<i2", "sizes": "<f2", "weights": "<i2"}


@dataclass(slots=True, eq=False)
class Told:
    """In which frame a place's viewers last heard of each body's nodes, and of its weights: ``int64[2, bodies]``."""

    at: NDArray[np.int64] = field(default_factory=lambda: np.full((2, 0), _NEVER, np.int64))

    def reserve(self, count: int) -> None:
        """Make room for so many bodies."""
        more = count - self.at.shape[1]
        if more > 0:
            self.at = np.concatenate([self.at, np.full((2, more), _NEVER, np.int64)], axis=1)


@dataclass(slots=True, eq=False)
class _Column:
    """Values by row, and in which frame each became what it is; never, while it is as at rest."""

    values: NDArray[Any]
    changed: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))

    def reserve(self, count: int) -> None:
        have = len(self.changed)
        if count > have:
            more = max(count - have, have // 2, 64)
            self.changed = np.concatenate([self.changed, np.full(more, _NEVER, np.int64)])
            blank = np.zeros((*self.values.shape[:-1], more), self.values.dtype)
            self.values = np.concatenate([self.values, blank], axis=-1)

    def take(self, change: Change, frame: int) -> None:
        self.values[..., change.rows] = change.values
        self.changed[change.rows] = frame


class PoseBook:
    """Poses of one scene."""

    def __init__(self) -> None:
        self._columns = {
            name: _Column(np.zeros((_WIDTHS[name], 0) if _WIDTHS[name] else 0, _STORED[name])) for name in _KINDS
        }
        self._facts: list[str] = []
        self._nodes, self._weights = np.zeros((2, 0), np.intp), np.zeros((2, 0), np.intp)
        self._leads = np.zeros(0, np.intp)
        self._frame = 0
        self._came_at: NDArray[np.int64] = np.zeros(0, np.int64)
        self._news: list[int] = []
        self._news_begin = 0

    @property
    def told(self) -> int:
        """How many news of bodies there were."""
        return self._news_begin + len(self._news)

    def show(self, frame: PoseFrame) -> None:
        """Take in what happened."""
        self._frame += 1
        highest = max(frame.told, default=-1) + 1
        self._reserve(highest)
        for number, facts in frame.told.items():
            self._take_facts(number, facts)
        for name in _KINDS:
            self._columns[name].take(getattr(frame, name), self._frame)
        if len(self._news) > 2 * len(self._facts) + 1024:
            self._news_begin += len(self._news)
            self._news = []

    def facts(self, heard: int) -> tuple[str | None, int]:
        """What is to be told of bodies to somebody who has heard so many news, and how many he has heard then."""
        known = heard - self._news_begin
        new = self._news[known:] if known >= 0 and heard else [n for n, each in enumerate(self._facts) if each != "null"]
        if not new:
            return None, self.told
        told = ",".join(f'"{number}":{self._facts[number]}' for number in dict.fromkeys(new))
        return f'{{"bodies":{{{told}}}}}', self.told

    def near(
        self, told: Told, members: NDArray[np.bool_], places: NDArray[np.float64], middle: Sequence[float], reach_m: float
    ) -> bytes | None:
        """What viewers of a place are told now; None where that is nothing.

        Parameters
        ----------
        members
            Which slots belong to the place.
        places
            Of slots, ``[3, n]``, metres.
        """
        told.reserve(len(self._leads))
        told.at[:, : len(self._came_at)][:, told.at[0, : len(self._came_at)] < self._came_at] = _NEVER
        is_in = self._is_in(members)
        told.at[:, : len(is_in)][:, ~is_in] = _NEVER  # who comes back is told anew
        here = np.flatnonzero(is_in)
        if not len(here):
            return None
        # Eyes of a place are somewhere in the cell in its middle (`Audience.look`): a sixth of its reach to each side.
        apart = np.abs(places[:, self._leads[here]] - np.array(middle)[:, None]) - reach_m / 6
        apart = np.linalg.norm(np.maximum(apart, 0.0), axis=0)
        is_wide = reach_m > _WIDE_M
        every = np.where(apart <= _NEAR_M, 1, np.where(apart <= _MIDDLE_M, _MIDDLE_EVERY, _FAR_EVERY))
        every = np.full_like(every, _FAR_EVERY) if is_wide else every
        is_due = ((self._frame + here) % every == 0) | (told.at[0, here] == _NEVER)
        here, apart = here[is_due], apart[is_due]
        if len(here) > _MOST_BODIES:
            kept = np.argpartition(apart + 1e3 * (told.at[0, here] != _NEVER), _MOST_BODIES)[:_MOST_BODIES]
            here, apart = here[kept], apart[kept]
        faces = (apart <= _FACES_M) & (not is_wide) | (told.at[1, here] == _NEVER)
        message = self._packed(here, told.at[0, here], np.where(faces, told.at[1, here], self._frame))
        told.at[0, here] = self._frame
        told.at[1, here[faces]] = self._frame
        return message

    def all(self, members: NDArray[np.bool_]) -> bytes | None:
        """All that is known of the bodies of a place; None where there are none."""
        here = np.flatnonzero(self._is_in(members))
        never = np.full(len(here), _NEVER, np.int64)
        return self._packed(here, never, never)

    def _is_in(self, members: NDArray[np.bool_]) -> NDArray[np.bool_]:
        known = (self._leads >= 0) & (self._leads < len(members))
        return known & members[np.where(known, self._leads, 0)] if len(members) else np.zeros(len(self._leads), bool)

    def _take_facts(self, number: int, facts: BodyFacts | None) -> None:
        self._news.append(number)
        if facts is None:
            self._facts[number], self._leads[number] = "null", -1
            return
        (_, nodes), (_, weights) = facts.nodes, facts.weights
        self._facts[number] = json.dumps([facts.skeleton, nodes, weights, list(facts.slots)], separators=(",", ":"))
        self._leads[number] = facts.slots[0]
        self._nodes[:, number], self._weights[:, number] = facts.nodes, facts.weights
        self._came_at[number] = self._frame
        for name in _KINDS:
            first, count = facts.weights if name == "weights" else facts.nodes
            self._columns[name].reserve(first + count)
            self._columns[name].changed[first : first + count] = _NEVER

    def _reserve(self, count: int) -> None:
        more = count - len(self._leads)
        if more <= 0:
            return
        self._facts += ["null"] * more
        self._leads = np.concatenate([self._leads, np.full(more, -1, np.intp)])
        self._came_at = np.concatenate([self._came_at, np.zeros(more, np.int64)])
        blank = np.zeros((2, more), np.intp)
        self._nodes, self._weights = (np.concatenate([each, blank], axis=1) for each in (self._nodes, self._weights))

    def _packed(self, bodies: NDArray[np.intp], since: NDArray[np.int64], faces_since: NDArray[np.int64]) -> bytes | None:
        """A message of what changed in bodies since some frames, one for each; None where nothing did."""
        spans = {name: (self._weights if name == "weights" else self._nodes)[:, bodies] for name in _KINDS}
        changed: dict[str, NDArray[np.bool_]] = {}
        rows: dict[str, NDArray[np.intp]] = {}
        some = np.zeros(len(bodies), bool)
        of_body: dict[str, NDArray[np.intp]] = {}
        for name in _KINDS:
            rows[name], of_body[name] = spread(*spans[name]), np.repeat(np.arange(len(bodies)), spans[name][1])
            limits = (faces_since if name == "weights" else since)[of_body[name]]
            changed[name] = self._columns[name].changed[rows[name]] > limits
            some[of_body[name][changed[name]]] = True
        if not some.any():
            return None
        masks, sizes = _masks(spans, of_body, changed, len(bodies))
        kept = np.repeat(some, sizes)
        values = {name: self._columns[name].values[..., rows[name][changed[name]]] for name in _KINDS}
        parts = [
            bodies[some].astype("<u4"), spans["turns"][1][some].astype("<u2"), spans["weights"][1][some].astype("<u2"),
            sizes[some].astype("<u2"), masks[kept], *(values[name].T for name in _KINDS),
        ]  # fmt: skip
        counts = [values[name].shape[-1] for name in _KINDS]
        body = [_HEAD.pack(b"TXP1", self._frame & 0xFFFFFFFF, int(some.sum()), int(kept.sum()), *counts)]
        for part in parts:
            data = np.ascontiguousarray(part).tobytes()
            body += (data, bytes(-len(data) % 8))
        return b"".join(body)


def _masks(
    spans: dict[str, NDArray[np.intp]], of_body: dict[str, NDArray[np.intp]], changed: dict[str, NDArray[np.bool_]], count: int
) -> tuple[NDArray[np.uint8], NDArray[np.intp]]:
    """Bits of what is told, ``uint8[b]``, body after body, and how many bytes each has."""
    before = np.zeros(count, np.intp)  # bits of a body's kinds so far
    places: list[NDArray[np.intp]] = []
    lengths = sum(spans[name][1] for name in _KINDS)
    whole = -(-lengths // 8)
    begins = np.cumsum(whole) - whole
    for name in _KINDS:
        first = np.cumsum(spans[name][1]) - spans[name][1]
        within = np.arange(len(of_body[name])) - first[of_body[name]]
        bits = (8 * begins + before)[of_body[name]] + within
        places.append(bits[changed[name]])
        before = before + spans[name][1]
    flags = np.zeros(8 * int(whole.sum()), np.uint8)
    flags[np.concatenate(places)] = 1
    packed = np.packbits(flags, bitorder="little")
    of_byte = np.repeat(np.arange(count), whole)
    within = np.arange(len(packed)) - begins[of_byte]
    sizes = np.zeros(count, np.intp)
    used = packed != 0
    np.maximum.at(sizes, of_byte[used], within[used] + 1)
    return packed[within < sizes[of_byte]], sizes
