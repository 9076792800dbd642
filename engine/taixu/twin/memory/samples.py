"""Values over time, sorted, and made into so many points for charts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Samples", "in_buckets", "joined"]


@dataclass(frozen=True, slots=True)
class Samples:
    """What was told of one value.

    Attributes
    ----------
    times_ns
        ``int64[n]``, sorted: when it was so.
    values
        ``[n]`` or ``[width, n]``.
    every
        1 where these are all; k where only every k-th tick was looked at.
    """

    times_ns: NDArray[np.int64]
    values: NDArray[Any]
    every: int = 1

    def between(self, since_ns: int, until_ns: int) -> Samples:
        """Those of a range, and the last before it."""
        first = max(int(np.searchsorted(self.times_ns, since_ns, "right")) - 1, 0)
        last = int(np.searchsorted(self.times_ns, until_ns, "right"))
        return Samples(self.times_ns[first:last], self.values[..., first:last], self.every)


def in_buckets(samples: Samples, *, since_ns: int, until_ns: int, points: int) -> dict[str, list[Any]]:
    """The least, the greatest and the mean of each of so many equal parts of a range in which something was told.

    Returns
    -------
    dict
        ``times_ns`` (the middles of the parts), ``low``, ``high``, ``mean``. Numbers that are none are left out.
    """
    times, values = samples.times_ns, samples.values.astype(np.float64)
    good = (times >= since_ns) & (times <= until_ns) & np.isfinite(values)
    times, values = times[good], values[good]
    if not len(times):
        return {"times_ns": [], "low": [], "high": [], "mean": []}
    width = max(until_ns - since_ns, 1)
    bucket = np.minimum((times - since_ns).astype(np.float64) * points // width, points - 1).astype(np.int64)
    starts = np.flatnonzero(np.diff(bucket, prepend=-1))
    counts = np.diff(starts, append=len(times))
    middles = since_ns + ((bucket[starts] + 0.5) * (width / points)).astype(np.int64)
    if len(times) <= points:  # few enough to say when each was
        middles = times[starts]
    return {
        "times_ns": middles.tolist(), "low": np.minimum.reduceat(values, starts).tolist(),
        "high": np.maximum.reduceat(values, starts).tolist(), "mean": (np.add.reduceat(values, starts) / counts).tolist(),
    }  # fmt: skip


def joined(found: list[tuple[NDArray[np.int64], NDArray[Any]]], every: int) -> Samples:
    """Samples of times and values in any order; what is told twice counts once."""
    if not found:
        return Samples(np.empty(0, np.int64), np.empty(0), every)
    times = np.concatenate([each[0] for each in found])
    values = np.concatenate([each[1] for each in found], axis=-1)
    order = np.argsort(times, kind="stable")
    times, values = times[order], values[..., order]
    if len(times) > 1:  # keyframes say again what ticks said
        again = np.concatenate([[False], (times[1:] == times[:-1]) & _equal(values)])
        times, values = times[~again], values[..., ~again]
    return Samples(times, values, every)


def _equal(values: NDArray[Any]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = np.asarray(values[..., 1:] == values[..., :-1])
    return np.asarray(same.all(axis=0)) if same.ndim == 2 else same
