"""What conditions remember of each entity: values some time ago, since when something holds, for how much of the time, and trends.

All of it stands in arrays by entity index, of a size that does not grow with time.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from itertools import combinations
from typing import Any, ClassVar, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["HISTORIES", "History", "Portion", "Rate", "Since", "Trend", "as_span"]

Indices = NDArray[np.intp]
Floats = NDArray[np.float64]
H = TypeVar("H", bound="History")

_NEVER = -1
_RATE_SLOTS = 4
_TREND_SLOTS = 12
_PORTION_SLOTS = 12
_CHUNK = 16_384
_MOST_SLOPES = 4 * _CHUNK
_TREND_PAIRS = np.array(list(combinations(range(_TREND_SLOTS), 2))).T


class History(Protocol):
    """Something that is remembered of each entity.

    Attributes
    ----------
    columns
        Names of the arrays by entity index, and what stands in them where nothing is known.
    scalars
        Names of what is the same for all.
    """

    columns: ClassVar[Mapping[str, Any]]
    scalars: ClassVar[tuple[str, ...]]

    def forget(self, indices: Indices) -> None:
        """Indices that are another's now."""

    def copy(self: H) -> H:
        """To go on with in a fork."""

    def taken(self, indices: Indices) -> dict[str, NDArray[Any]]:
        """The arrays, of some indices."""

    def put(self, indices: Indices, arrays: Mapping[str, NDArray[Any]]) -> None:
        """What `taken` gave, for indices that these are now."""


class _Told:
    """What is remembered can be told and brought back."""

    columns: ClassVar[Mapping[str, Any]] = {}
    scalars: ClassVar[tuple[str, ...]] = ()

    def taken(self, indices: Indices) -> dict[str, NDArray[Any]]:
        return {name: _grown(getattr(self, name), indices, empty)[..., indices] for name, empty in self.columns.items()}

    def put(self, indices: Indices, arrays: Mapping[str, NDArray[Any]]) -> None:
        for name, empty in self.columns.items():
            column = _grown(getattr(self, name), indices, empty)
            column[..., indices] = arrays[name]
            setattr(self, name, column)


def _grown(array: NDArray[Any], indices: Indices, empty: Any) -> NDArray[Any]:
    """An array ``[..., n]`` with room for some indices."""
    top, have = (int(indices.max()) + 1 if len(indices) else 0), array.shape[-1]
    if top <= have:
        return array
    more = np.full((*array.shape[:-1], max(top - have, have // 2)), empty, array.dtype)
    return np.concatenate([array, more], axis=-1)


def as_span(indices: Indices) -> Indices | slice:
    """Indices that follow one another as a slice, which is read without a look-up."""
    count = len(indices)
    if count and int(indices[-1]) - int(indices[0]) == count - 1 and bool((indices[1:] > indices[:-1]).all()):
        return slice(int(indices[0]), int(indices[0]) + count)
    return indices


class Since(_Told):
    """Since when something holds of each."""

    columns: ClassVar[Mapping[str, Any]] = {"at_ns": _NEVER}

    def __init__(self) -> None:
        self.at_ns: NDArray[np.int64] = np.empty(0, np.int64)

    def secs(self, indices: Indices, holds: NDArray[np.bool_], now_ns: int) -> Floats:
        """For how long it has held, ``float64[n]``; 0 where it does not."""
        self.at_ns = _grown(self.at_ns, indices, _NEVER)
        since = self.at_ns[indices]
        since = np.where(holds, np.where(since == _NEVER, now_ns, since), _NEVER)
        self.at_ns[indices] = since
        return np.where(holds, (now_ns - since) * 1e-9, 0.0)

    def forget(self, indices: Indices) -> None:
        self.at_ns[indices[indices < len(self.at_ns)]] = _NEVER

    def copy(self) -> Since:
        other = Since()
        other.at_ns = self.at_ns.copy()
        return other


class Rate(_Told):
    """Values some time ago: a few snapshots spread over the time that is asked about."""

    columns: ClassVar[Mapping[str, Any]] = {"values": np.nan, "times_ns": 0}

    def __init__(self) -> None:
        self.values = np.full((_RATE_SLOTS + 1, 0), np.nan)
        self.times_ns = np.zeros((_RATE_SLOTS + 1, 0), np.int64)

    def change(self, indices: Indices, values: Floats, now_ns: int, secs: float) -> Floats:
        """Change a second since the oldest value within the time; NaN where there is none yet."""
        self.values, self.times_ns = _grown(self.values, indices, np.nan), _grown(self.times_ns, indices, 0)
        own = as_span(indices)
        oldest, at = self.values[-1, own], self.times_ns[-1, own]
        missing = np.isnan(oldest)
        if missing.any():  # until all slots are filled the oldest there is
            for slot in range(_RATE_SLOTS - 1, -1, -1):
                oldest = np.where(missing, self.values[slot, own], oldest)
                at = np.where(missing, self.times_ns[slot, own], at)
                missing = np.isnan(oldest)
        rate = (values - oldest) / np.maximum((now_ns - at) * 1e-9, 1e-9)
        due = now_ns - self.times_ns[0, own] >= secs * 1e9 / _RATE_SLOTS
        due |= np.isnan(self.values[0, own])
        if due.any():
            rows = indices[due]
            self.values[1:, rows], self.times_ns[1:, rows] = self.values[:-1, rows], self.times_ns[:-1, rows]
            self.values[0, rows], self.times_ns[0, rows] = values[due], now_ns
        return np.where(now_ns - at >= secs * 1e9 / 2, rate, np.nan)

    def forget(self, indices: Indices) -> None:
        self.values[:, indices[indices < self.values.shape[1]]] = np.nan

    def copy(self) -> Rate:
        other = Rate()
        other.values, other.times_ns = self.values.copy(), self.times_ns.copy()
        return other


class Portion(_Told):
    """For how much of the last seconds something held: time counted in buckets that are emptied in turn."""

    columns: ClassVar[Mapping[str, Any]] = {"held": 0, "seen": 0, "held_before": 0, "seen_before": 0, "known": False}
    scalars: ClassVar[tuple[str, ...]] = ("before_ns", "now_ns", "slot")

    def __init__(self) -> None:
        self.held = np.zeros((_PORTION_SLOTS, 0), np.float32)
        self.seen = np.zeros((_PORTION_SLOTS, 0), np.float32)
        self.held_before = np.zeros(0)
        """The sum of all buckets but the present one, and so is the next."""
        self.seen_before = np.zeros(0)
        self.known: NDArray[np.bool_] = np.empty(0, bool)
        self.before_ns = self.now_ns = self.slot = _NEVER

    def share(self, indices: Indices, holds: NDArray[np.bool_], now_ns: int, secs: float) -> Floats:
        """From 0 to 1, ``float64[n]``; NaN of whom nothing was seen yet."""
        self.held, self.seen = _grown(self.held, indices, 0), _grown(self.seen, indices, 0)
        self.held_before, self.seen_before = _grown(self.held_before, indices, 0), _grown(self.seen_before, indices, 0)
        self.known = _grown(self.known, indices, False)
        if now_ns != self.now_ns:  # several tables are asked about in one step
            self.before_ns, self.now_ns = self.now_ns, now_ns
            self._turn(now_ns // max(round(secs * 1e9 / _PORTION_SLOTS), 1))
        passed = (self.now_ns - self.before_ns) * 1e-9 if self.before_ns != _NEVER else 0.0
        at, own = self.slot % _PORTION_SLOTS, as_span(indices)
        grown = np.where(self.known[own], min(max(passed, 0.0), secs), 0.0).astype(np.float32)
        self.known[own] = True
        seen_now = self.seen[at, own] + grown
        held_now = self.held[at, own] + grown * holds
        self.seen[at, own], self.held[at, own] = seen_now, held_now
        seen, held = self.seen_before[own] + seen_now, self.held_before[own] + held_now
        return np.where(seen > 0, held / np.maximum(seen, 1e-12), np.nan)

    def _turn(self, slot: int) -> None:
        """Another bucket is the present one; those between are empty."""
        if slot == self.slot:
            return
        for stale in range(max(self.slot + 1, slot - _PORTION_SLOTS + 1), slot + 1):
            self.held[stale % _PORTION_SLOTS] = 0
            self.seen[stale % _PORTION_SLOTS] = 0
        self.slot = slot
        self.held_before = self.held.sum(axis=0, dtype=np.float64) - self.held[slot % _PORTION_SLOTS]
        self.seen_before = self.seen.sum(axis=0, dtype=np.float64) - self.seen[slot % _PORTION_SLOTS]

    def pause(self) -> None:
        """Time until the next look counts as not seen."""
        self.now_ns = _NEVER

    def forget(self, indices: Indices) -> None:
        here = indices[indices < self.held.shape[1]]
        self.held[:, here], self.seen[:, here], self.known[here] = 0, 0, False
        self.held_before[here], self.seen_before[here] = 0, 0

    def copy(self) -> Portion:
        return copy.deepcopy(self)


class Trend(_Told):
    """Slopes that single wrong readings do not bend: the median of the slopes between all pairs of a few samples spread over the
    time that is asked about (Theil 1950; Sen, Estimates of the regression coefficient based on Kendall's tau, 1968).
    """

    columns: ClassVar[Mapping[str, Any]] = {"values": np.nan, "slopes": np.nan, "due": False}
    scalars: ClassVar[tuple[str, ...]] = ("times_ns", "round_ns", "slot")

    def __init__(self) -> None:
        self.values = np.full((_TREND_SLOTS, 0), np.nan, np.float32)
        self.slopes = np.empty(0)
        self.due: NDArray[np.bool_] = np.empty(0, bool)
        """Whose slope is not of the newest sample yet."""
        self.times_ns = np.zeros(_TREND_SLOTS, np.int64)
        self.round_ns = _NEVER
        self.slot = 0

    def slope(self, indices: Indices, values: Floats, now_ns: int, secs: float) -> Floats:
        """Change a second, ``float64[n]``; NaN until samples span half of the time."""
        self.values, self.slopes = _grown(self.values, indices, np.nan), _grown(self.slopes, indices, np.nan)
        if self.round_ns == _NEVER or now_ns - self.round_ns >= secs * 1e9 / (_TREND_SLOTS - 1):
            self.slot = (self.slot + 1) % _TREND_SLOTS
            self.values[self.slot] = np.nan
            self.times_ns[self.slot] = self.round_ns = now_ns
        self.due = _grown(self.due, indices, False)
        if now_ns == self.round_ns:
            self.values[self.slot, indices] = values
            self.due[indices] = True
        rows = indices[self.due[indices]][:_MOST_SLOPES]  # very many are worked off over the next steps
        for start in range(0, len(rows), _CHUNK):
            part = rows[start : start + _CHUNK]
            self.slopes[part] = self._median_slopes(part, secs)
        self.due[rows] = False
        return self.slopes[indices]

    def _median_slopes(self, indices: Indices, secs: float) -> Floats:
        """Samples stand in a ring; whatever their order, a pair's slope is the same."""
        times = (self.times_ns - self.round_ns) * 1e-9
        sampled = self.values[:, indices].astype(np.float64)
        first, second = _TREND_PAIRS
        apart = times[second] - times[first]
        with np.errstate(invalid="ignore", divide="ignore"):
            slopes = (sampled[second] - sampled[first]) / apart[:, None]
        slopes.sort(axis=0)  # NaN comes last
        count = (~np.isnan(slopes)).sum(axis=0)
        rows = np.arange(len(indices))
        middle = 0.5 * (slopes[np.maximum(count - 1, 0) // 2, rows] + slopes[np.minimum(count // 2, len(slopes) - 1), rows])
        age = np.where(np.isnan(sampled), 0.0, -times[:, None]).max(axis=0)
        return np.where((count > 0) & (age >= secs / 2), middle, np.nan)

    def forget(self, indices: Indices) -> None:
        here = indices[indices < self.values.shape[1]]
        self.values[:, here], self.slopes[here] = np.nan, np.nan
        self.due[here] = False

    def copy(self) -> Trend:
        return copy.deepcopy(self)


HISTORIES: Mapping[str, type[Since] | type[Rate] | type[Portion] | type[Trend]] = {
    each.__name__: each for each in (Since, Rate, Portion, Trend)
}
"""All of them by name."""
