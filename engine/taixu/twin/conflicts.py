"""Which flights come too near each other: plans as lines in space and time, checked exactly, ten thousand at once.

A plan is a chain of places with times, flown straight in between. Two flights are in conflict while they are nearer than the
horizontal minimum *and* the vertical one at the same moment: a cylinder around each, as air traffic rules have it (ICAO Doc 4444,
chapter 5).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError

__all__ = ["Conflicts", "Plans", "find_conflicts", "predict_conflicts"]

_Floats = NDArray[np.float64]
_Indices = NDArray[np.int64]
_CHUNK = 1 << 20
"""Pairs that are looked at in one go: it bounds the memory."""
_MAX_PIECES = 50_000_000
_SLABS_A_MINIMUM = 4.0
"""A slab of time is as long as the fastest takes for so many horizontal minima."""


@dataclass(frozen=True, slots=True)
class Plans:
    """Flights, one after another.

    Attributes
    ----------
    starts
        ``int64[flights + 1]``: waypoints of flight i are ``starts[i]`` to ``starts[i + 1]``.
    times_secs
        ``float64[n]``, rising within a flight.
    places
        ``float64[3, n]``, metres, y up.
    """

    starts: _Indices
    times_secs: _Floats
    places: _Floats

    def __post_init__(self) -> None:
        inner = np.setdiff1d(np.arange(len(self.times_secs)), self.starts)
        if self.places.shape != (3, len(self.times_secs)) or self.starts[0] != 0 or self.starts[-1] != len(self.times_secs):
            raise TaixuError("plans take starts [flights + 1], times [n] and places [3, n] that fit each other")
        if (np.diff(self.starts) < 1).any() or (np.diff(self.times_secs)[inner - 1] <= 0).any():
            raise TaixuError("each plan has a waypoint at least, and its times rise")
        if not (np.isfinite(self.times_secs).all() and np.isfinite(self.places).all()):
            raise TaixuError("times and places of plans are finite")


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was found, by beginning: columns ``[n]``.

    Attributes
    ----------
    first, second
        Flights, the lower number first.
    begins_secs, ends_secs
        While both minima are broken.
    nearest_secs
        When they are horizontally nearest within that time.
    apart_m, above_m
        How near then, horizontally and vertically.
    """

    first: _Indices
    second: _Indices
    begins_secs: _Floats
    ends_secs: _Floats
    nearest_secs: _Floats
    apart_m: _Floats
    above_m: _Floats

    def __len__(self) -> int:
        return len(self.first)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Straight flights within one slab of time each."""

    flights: _Indices
    slabs: _Indices
    begins: _Floats
    ends: _Floats
    places: _Floats
    """Where they begin, ``[3, n]``."""
    velocities: _Floats

    def __getitem__(self, rows: _Indices) -> _Pieces:
        return _Pieces(
            self.flights[rows], self.slabs[rows], self.begins[rows], self.ends[rows], self.places[:, rows], self.velocities[:, rows]
        )


def find_conflicts(plans: Plans, *, horizontal_m: float, vertical_m: float) -> Conflicts:
    """All conflicts of all pairs of flights.

    Parameters
    ----------
    horizontal_m, vertical_m
        The minima: nearer than both is a conflict.

    Raises
    ------
    TaixuError
        When minima are not above zero, or plans last so long that they cannot be looked at.
    """
    if not (0 < horizontal_m < 1e6 and 0 < vertical_m < 1e6):
        raise TaixuError("separation minima are above zero, in metres")
    pieces, slab_secs = _cut(plans, horizontal_m)
    may_meet = _neighbours(pieces, slab_secs, horizontal_m, vertical_m)
    found = [_meetings(pieces, pairs, horizontal_m, vertical_m) for pairs in may_meet]
    columns = [np.concatenate(each) for each in zip(*found, strict=True)] if found else [np.zeros(0)] * 7
    return _merged(*columns)


def predict_conflicts(
    places: ArrayLike, velocities: ArrayLike, *, ahead_secs: ArrayLike, horizontal_m: float, vertical_m: float
) -> Conflicts:
    """Conflicts of things that go on as they do, from now (0) on.

    Parameters
    ----------
    places, velocities
        ``[3, n]``, metres and metres a second.
    ahead_secs
        How long they go on so, for all or for each; who says 0 is not looked at.
    """
    here, speed = np.asarray(places, np.float64), np.asarray(velocities, np.float64)
    ahead = np.broadcast_to(np.asarray(ahead_secs, np.float64), here.shape[1:])
    who = np.flatnonzero((ahead > 0) & np.isfinite(here).all(axis=0) & np.isfinite(speed).all(axis=0))
    here, speed, ahead = here[:, who], speed[:, who], ahead[who]
    ways = np.stack([here, here + speed * ahead], axis=2).reshape(3, 2 * len(who))
    plans = Plans(np.arange(len(who) + 1) * 2, np.stack([np.zeros(len(who)), ahead], axis=1).ravel(), ways)
    found = find_conflicts(plans, horizontal_m=horizontal_m, vertical_m=vertical_m)
    return replace(found, first=who[found.first], second=who[found.second])


def _cut(plans: Plans, horizontal_m: float) -> tuple[_Pieces, float]:
    """Plans as pieces of slabs of time. Who has one waypoint is nowhere: he has no time."""
    last = np.zeros(len(plans.times_secs), bool)
    last[plans.starts[1:] - 1] = True
    legs = np.flatnonzero(~last)
    flights = np.repeat(np.arange(len(plans.starts) - 1), np.diff(plans.starts))[legs]
    begins, ends = plans.times_secs[legs], plans.times_secs[legs + 1]
    velocities = (plans.places[:, legs + 1] - plans.places[:, legs]) / np.maximum(ends - begins, 1e-9)
    fastest = float(np.hypot(velocities[0], velocities[2]).max(initial=0.0))
    span = float(ends.max(initial=0.0) - begins.min(initial=0.0))
    slab_secs = max(_SLABS_A_MINIMUM * horizontal_m / max(fastest, 1e-3), span / 1e6, 1e-3)
    low, high = np.floor(begins / slab_secs).astype(np.int64), np.ceil(ends / slab_secs).astype(np.int64)
    counts = np.maximum(high - low, 1)
    if counts.sum() > _MAX_PIECES:
        raise TaixuError("plans are too many or too long to be checked at once; check them an hour at a time")
    rows = np.repeat(np.arange(len(legs)), counts)
    slabs = low[rows] + np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    begin, end = np.maximum(begins[rows], slabs * slab_secs), np.minimum(ends[rows], (slabs + 1) * slab_secs)
    places = plans.places[:, legs][:, rows] + velocities[:, rows] * (begin - begins[rows])
    return _Pieces(flights[rows], slabs, begin, end, places, velocities[:, rows]), slab_secs


def _neighbours(pieces: _Pieces, slab_secs: float, horizontal_m: float, vertical_m: float) -> Iterator[tuple[_Indices, _Indices]]:
    """Pairs of pieces that may meet: those in the same cell of space and time, or in the next.

    A cell is so wide that pieces whose middles are two cells apart cannot meet. Cells are numbered through x, then z, then y, then
    time, so that neighbours are five runs: the rest of the row, the next row, and three rows of the next layer.
    """
    if not len(pieces.flights):
        return
    reach = np.linalg.norm(pieces.velocities[[0, 2]], axis=0).max() * slab_secs, np.abs(pieces.velocities[1]).max() * slab_secs
    cell = np.array([horizontal_m + reach[0], vertical_m + reach[1], horizontal_m + reach[0]])
    middles = pieces.places + pieces.velocities * (pieces.ends - pieces.begins) / 2
    cells = np.floor(middles / cell[:, None]).astype(np.int64)
    cells -= cells.min(axis=1, keepdims=True) - 1  # a free one all around, so that no neighbour is another row's
    across = cells.max(axis=1) + 2
    slabs = pieces.slabs - pieces.slabs.min()
    if float(across[0]) * float(across[1]) * float(across[2]) * float(slabs.max() + 1) > 2**62:
        raise TaixuError("plans are too far apart to be checked at once")
    keys = ((slabs * across[1] + cells[1]) * across[2] + cells[2]) * across[0] + cells[0]
    order = np.argsort(keys, kind="stable")
    keys = keys[order]
    row, layer = int(across[0]), int(across[0] * across[2])
    own = np.arange(len(keys))
    runs = [(own + 1, np.searchsorted(keys, keys + 1, side="right"))]
    for step in (row, layer - row, layer, layer + row):
        runs.append((np.searchsorted(keys, keys + step - 1), np.searchsorted(keys, keys + step + 1, side="right")))
    for begins, ends in runs:
        counts = np.maximum(ends - begins, 0)
        sums = np.cumsum(counts)
        done = 0
        while done < len(keys):
            stop = max(int(np.searchsorted(sums, (sums[done - 1] if done else 0) + _CHUNK, side="right")), done + 1)
            some = counts[done:stop]
            first = np.repeat(own[done:stop], some)
            second = np.arange(len(first)) - np.repeat(np.cumsum(some) - some, some) + np.repeat(begins[done:stop], some)
            done = stop
            one, other = order[first], order[second]
            apart = np.abs(middles[:, one] - middles[:, other])
            near = (apart <= cell[:, None]).all(axis=0) & (pieces.flights[one] != pieces.flights[other])
            if near.any():
                yield one[near], other[near]


def _meetings(
    pieces: _Pieces, pairs: tuple[_Indices, _Indices], horizontal_m: float, vertical_m: float
) -> tuple[NDArray[np.float64] | _Indices, ...]:
    """When pairs of pieces are in conflict: both go straight, so that it is a quadratic and a linear inequality."""
    swap = pieces.flights[pairs[0]] > pieces.flights[pairs[1]]
    a, b = pieces[np.where(swap, pairs[1], pairs[0])], pieces[np.where(swap, pairs[0], pairs[1])]
    begin, end = np.maximum(a.begins, b.begins), np.minimum(a.ends, b.ends)
    apart = a.places + a.velocities * (begin - a.begins) - b.places - b.velocities * (begin - b.begins)
    speed = a.velocities - b.velocities
    length = end - begin
    square = speed[0] ** 2 + speed[2] ** 2
    half = apart[0] * speed[0] + apart[2] * speed[2]
    excess = apart[0] ** 2 + apart[2] ** 2 - horizontal_m**2
    root = half**2 - square * excess
    moves = square > 1e-12
    safe = np.where(moves, square, 1.0)
    width = np.sqrt(np.maximum(root, 0.0))
    never = np.where(moves, root <= 0, excess >= 0)
    low = np.where(moves, (-half - width) / safe, 0.0)
    high = np.where(moves, (-half + width) / safe, length)
    climbs = np.abs(speed[1]) > 1e-9
    rate = np.where(climbs, speed[1], 1.0)
    edges = np.stack([(-vertical_m - apart[1]) / rate, (vertical_m - apart[1]) / rate])
    never |= ~climbs & (np.abs(apart[1]) >= vertical_m)
    low = np.maximum(np.maximum(low, np.where(climbs, edges.min(axis=0), 0.0)), 0.0)
    high = np.minimum(np.minimum(high, np.where(climbs, edges.max(axis=0), length)), length)
    kept = ~never & (low < high)
    low, high = low[kept], high[kept]
    nearest = np.clip(np.where(moves, -half / safe, 0.0)[kept], low, high)
    then = apart[:, kept] + speed[:, kept] * nearest
    start = begin[kept]
    return (
        a.flights[kept], b.flights[kept], start + low, start + high, start + nearest, np.hypot(then[0], then[2]), np.abs(then[1])
    )  # fmt: skip


def _merged(
    first: NDArray[np.float64], second: NDArray[np.float64], begins: _Floats, ends: _Floats, nearest: _Floats, apart: _Floats,
    above: _Floats,
) -> Conflicts:  # fmt: skip
    """Conflicts that go on over a slab's end, or a waypoint, are one."""
    order = np.lexsort((begins, second, first))
    first, second, begins, ends, nearest, apart, above = (
        each[order] for each in (first, second, begins, ends, nearest, apart, above)
    )
    is_new = np.ones(len(first), bool)
    is_new[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1]) | (begins[1:] > ends[:-1] + 1e-6)
    heads = np.flatnonzero(is_new)
    if not len(heads):
        empty, none = np.zeros(0), np.zeros(0, np.int64)
        return Conflicts(none, none, empty, empty, empty, empty, empty)
    group = np.cumsum(is_new) - 1
    best = np.lexsort((apart, group))[np.concatenate([[0], np.cumsum(np.bincount(group))[:-1]])]
    found = [
        first[heads].astype(np.int64), second[heads].astype(np.int64), begins[heads], np.maximum.reduceat(ends, heads),
        nearest[best], apart[best], above[best],
    ]  # fmt: skip
    by_time = np.argsort(found[2], kind="stable")
    return Conflicts(*(each[by_time] for each in found))
