"""Where probes stand: a box of a lattice that is fixed to the world.

A probe belongs to a point of the lattice and keeps its place in memory, its slot, as long as the box holds the point: slots are
points modulo the box's counts, so that a box that moves keeps what it knows and only forgets what it leaves.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray

__all__ = ["Lattice", "fit_lattice"]

_MARGIN = 0.1
"""Of a spacing, that the outer probes stand beyond what is lit."""
_MOST_ALONG = 128
_COARSEST_M = 4.0
"""Where all there is would need coarser probes, they follow the eye."""
_FINEST_M = 0.25


@dataclass(frozen=True)
class Lattice:
    """A box of probes.

    Attributes
    ----------
    spacing_m
        Between neighbours.
    first, counts : int64[3]
        The lattice point of the low corner, and points along each axis (2 at least). Point 0 is the world's origin.
    """

    spacing_m: float
    first: tuple[int, int, int]
    counts: tuple[int, int, int]

    @property
    def count(self) -> int:
        """How many probes."""
        x, y, z = self.counts
        return x * y * z

    @property
    def origin(self) -> NDArray[np.float64]:
        """Where the low corner lies, metres of the world."""
        return np.asarray(self.first, np.float64) * self.spacing_m

    def points(self) -> NDArray[np.int64]:
        """The lattice point of each slot: int64[count, 3]."""
        counts, first = np.asarray(self.counts), np.asarray(self.first)
        x, y, z = self.counts
        slots = np.stack(np.meshgrid(np.arange(x), np.arange(y), np.arange(z), indexing="ij"), -1).transpose(2, 1, 0, 3)
        found: NDArray[np.int64] = first + np.mod(slots.reshape(-1, 3) - first, counts)
        return found

    def holds(self, low: NDArray[np.float64], high: NDArray[np.float64]) -> bool:
        """Whether a box of the world lies between its probes."""
        end = self.origin + (np.asarray(self.counts) - 1) * self.spacing_m
        return bool((low >= self.origin).all() and (high <= end).all())


def fit_lattice(
    low: NDArray[np.float64], high: NDArray[np.float64], *, spacing_m: float, most: int, eye: NDArray[np.float64] | None = None
) -> Lattice:
    """Probes for a box of the world (metres).

    `spacing_m` 0 takes the finest of which there are no more than `most`. Where even `_COARSEST_M` (or the spacing that was asked
    for) needs more, the box is cut about `eye` (its middle, where there is none).
    """
    extent = np.maximum(high - low, 0.0)
    step = spacing_m
    if step <= 0.0:
        step = max(_FINEST_M, float(np.prod(np.maximum(extent, 1.0)) / most) ** (1 / 3) * 0.5)
        while step < _COARSEST_M and _points(low, high, step)[1].prod() > most:
            step = min(step * 1.02, _COARSEST_M)
    first, counts = _points(low, high, step)
    if counts.prod() > most or counts.max() > _MOST_ALONG:
        first, counts = _cut(first, counts, (low + high) / 2 if eye is None else eye, step, most)
    return Lattice(step, (int(first[0]), int(first[1]), int(first[2])), (int(counts[0]), int(counts[1]), int(counts[2])))


def _points(low: NDArray[np.float64], high: NDArray[np.float64], step: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    margin = _MARGIN * step
    first = np.array([floor(v) for v in (low - margin) / step], np.int64)
    last = np.array([ceil(v) for v in (high + margin) / step], np.int64)
    return first, np.maximum(last - first + 1, 2)


def _cut(
    first: NDArray[np.int64], counts: NDArray[np.int64], about: NDArray[np.float64], step: float, most: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The longest sides are cut until the number fits."""
    cut = np.minimum(counts, _MOST_ALONG)
    while cut.prod() > most and cut.max() > 2:
        cut[int(cut.argmax())] -= 1
    middle = np.array([floor(v) for v in about / step], np.int64)
    start = np.clip(middle - cut // 2, first, first + counts - cut)
    return start, cut
