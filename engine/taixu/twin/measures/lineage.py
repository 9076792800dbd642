"""Lineage: each part's way through places, with times, and what it was joined with. Bounded: the oldest is forgotten."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.twin.measures.crossings import NOWHERE, Crossed

__all__ = ["Joined", "Lineage", "Passage"]

_KEPT = 200_000
_KEPT_JOINED = 50_000
_FOUND = 1000
_COLUMNS = ("parts", "zone", "entered", "left")
Ids = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Passage:
    """That a part was somewhere. `left_ns` is 0 while it is."""

    part: int
    zone: str
    entered_ns: int
    left_ns: int

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON."""
        return {"zone": self.zone, "entered_ns": self.entered_ns, "left_ns": self.left_ns}


@dataclass(frozen=True, slots=True)
class Joined:
    """That a part became part of another."""

    part: str
    into: str
    time_ns: int


class Lineage:
    """Ways of parts through zones.

    Parameters
    ----------
    zones
        What places are called, by number.
    """

    def __init__(self, zones: Sequence[str], *, kept: int = _KEPT) -> None:
        self.zones = list(zones)
        self._parts: Ids = np.zeros(kept, np.uint64)
        self._zone = np.full(kept, NOWHERE, np.int32)
        self._entered = np.zeros(kept, np.int64)
        self._left = np.zeros(kept, np.int64)
        self._count = 0
        self._open: NDArray[np.intp] = np.empty(0, np.intp)
        """By entity index the number of the passage that has not ended."""
        self._awaited: dict[int, int] = {}
        """The same by id, of those who were there before a restart."""
        self._keys: OrderedDict[int, str] = OrderedDict()
        self._joined: deque[Joined] = deque(maxlen=_KEPT_JOINED)

    def cross(self, crossed: Crossed, keys: Sequence[str]) -> None:
        """Take in who went where; keys say what the parts are called."""
        kept = len(self._parts)
        top = int(crossed.indices.max()) + 1 if len(crossed.indices) else 0
        if top > len(self._open):
            self._open = np.concatenate([self._open, np.full(max(top - len(self._open), len(self._open) // 2), NOWHERE)])
        numbers = self._open[crossed.indices]
        for row in np.flatnonzero((numbers == NOWHERE) & (crossed.left != NOWHERE)).tolist() if self._awaited else ():
            numbers[row] = self._awaited.pop(int(crossed.ids[row]), NOWHERE)
        left = (crossed.left != NOWHERE) & (numbers >= max(self._count - kept, 0))
        self._left[numbers[left] % kept] = crossed.times_ns[left]
        self._open[crossed.indices] = NOWHERE
        entered = np.flatnonzero(crossed.entered != NOWHERE)[-kept:]
        numbers = self._count + np.arange(len(entered))
        at = numbers % kept
        self._parts[at], self._zone[at] = crossed.ids[entered], crossed.entered[entered]
        self._entered[at], self._left[at] = crossed.times_ns[entered], 0
        self._open[crossed.indices[entered]] = numbers
        self._count += len(entered)
        for part, key in zip(crossed.ids.tolist(), keys):
            if key:
                self._keys[part] = key
                self._keys.move_to_end(part)
        while len(self._keys) > kept:
            self._keys.popitem(last=False)

    def join(self, part: str, into: str, *, time_ns: int) -> Joined | None:
        """A part became part of another; both by key. Gives None where that was the last thing that was said."""
        if self._joined and (self._joined[-1].part, self._joined[-1].into) == (part, into):
            return None
        self._joined.append(Joined(part, into, time_ns))
        return self._joined[-1]

    def key_of(self, part: int) -> str:
        """What a part is called; nothing where it was forgotten."""
        return self._keys.get(part, "")

    def way(self, part: int) -> list[Passage]:
        """Where a part has been, in order."""
        return self._passages(np.flatnonzero(self._parts[: self._used] == np.uint64(part)))

    def who_passed(self, zone: str, *, from_ns: int, to_ns: int) -> list[Passage]:
        """Which parts were in a zone at any time between two moments; the first thousand by when they came."""
        if zone not in self.zones:
            return []
        used = slice(0, self._used)
        here = (self._zone[used] == self.zones.index(zone)) & (self._entered[used] <= to_ns)
        here &= (self._left[used] == 0) | (self._left[used] >= from_ns)
        return self._passages(np.flatnonzero(here))[:_FOUND]

    def joined(self, key: str) -> list[Joined]:
        """What was joined with a part, and what it was joined into, in order."""
        return [each for each in self._joined if key in (each.part, each.into)]

    def ancestors(self, key: str) -> list[str]:
        """Keys of all parts that are in one, however deep, in the order in which they are found."""
        parts: dict[str, list[str]] = {}
        for each in self._joined:
            parts.setdefault(each.into, []).append(each.part)
        found: dict[str, None] = {}
        left = deque(parts.get(key, ()))
        while left and len(found) < _FOUND:
            part = left.popleft()
            if part not in found and part != key:
                found[part] = None
                left.extend(parts.get(part, ()))
        return list(found)

    @property
    def _used(self) -> int:
        return min(self._count, len(self._parts))

    def _passages(self, rows: NDArray[np.intp]) -> list[Passage]:
        rows = rows[np.argsort(self._entered[rows], kind="stable")]
        return [
            Passage(part, self.zones[zone], entered, left)
            for part, zone, entered, left in zip(
                self._parts[rows].tolist(), self._zone[rows].tolist(), self._entered[rows].tolist(), self._left[rows].tolist()
            )
        ]

    def state(self) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
        """All of it: plain JSON, and arrays."""
        said = {
            "count": self._count, "keys": list(self._keys.items()),
            "joined": [[each.part, each.into, each.time_ns] for each in self._joined],
        }  # fmt: skip
        return said, {name: getattr(self, f"_{name}")[: self._used].copy() for name in _COLUMNS}

    def restore(self, said: Any, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Go on with what `state` gave."""
        used = min(int(said["count"]), len(self._parts))
        for name in _COLUMNS:
            getattr(self, f"_{name}")[:used] = arrays[name]
        if len(self.zones) <= int(self._zone[:used].max(initial=NOWHERE)) or int(self._zone[:used].min(initial=0)) < 0:
            raise ValueError("zone")
        self._count = int(said["count"])
        self._keys = OrderedDict((int(part), str(key)) for part, key in said["keys"])
        self._joined = deque((Joined(str(part), str(into), int(at)) for part, into, at in said["joined"]), maxlen=_KEPT_JOINED)
        rows = np.flatnonzero(self._left[:used] == 0)
        oldest = max(self._count - len(self._parts), 0)
        numbers = oldest + (rows - oldest) % len(self._parts)  # of a passage, by where it stands in the ring
        order = np.argsort(numbers)
        self._awaited = dict(zip(self._parts[rows[order]].tolist(), numbers[order].tolist()))

    def copy(self) -> Lineage:
        """To go on with in a fork."""
        other = Lineage(self.zones, kept=len(self._parts))
        other._parts, other._zone = self._parts.copy(), self._zone.copy()
        other._entered, other._left, other._count = self._entered.copy(), self._left.copy(), self._count
        other._open, other._keys = self._open.copy(), OrderedDict(self._keys)
        other._awaited = dict(self._awaited)
        other._joined = deque(self._joined, maxlen=_KEPT_JOINED)
        return other
