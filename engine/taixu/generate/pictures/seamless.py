"""Pictures that repeat: edges are laid over each other and cut along where they agree the most."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.generate.pictures.filters import Values, blur

__all__ = ["folded", "repeats", "seam_ratio", "seamless"]

_LEAST_PX = 4
_FEATHER_PX = 2.5
_LIKE_INSIDE = 1.2
_STEEP = 0.9


def seam_ratio(values: Values) -> float:
    """The step over the edges beside the steepest line within, the worse of both ways: above 1 the edge would be seen."""
    return max(_steps(values, axis)[0] / max(float(_steps(values, axis)[1].max()), 1e-6) for axis in (0, 1))


def repeats(values: Values) -> bool:
    """Whether a picture repeats already, both ways: the step over its edges is like that within, or like its steeper lines.

    It rather says no: what repeats and is closed once more still repeats, what does not and is not closed shows its edge.
    """
    both = (_steps(values, axis) for axis in (0, 1))
    return all(edge <= max(_LIKE_INSIDE * float(lines.mean()), float(np.quantile(lines, _STEEP))) + 1e-6 for edge, lines in both)


def _steps(values: Values, axis: int) -> tuple[float, NDArray[np.float32]]:
    """The mean step over the edge, and over each line within."""
    others = tuple(each for each in range(values.ndim) if each != axis)
    inside = np.abs(np.diff(values, axis=axis)).mean(axis=others)
    return float(np.abs(np.take(values, 0, axis=axis) - np.take(values, -1, axis=axis)).mean()), inside


def seamless(values: Values, overlap: float = 0.2) -> Values:
    """A picture [h, w, c] that repeats; it loses `overlap` of its width and height.

    What goes beyond the right edge is laid over what stands at the left one. Slow changes fade over all of the overlap. Fine ones
    change over at the cut where both agree the most (dynamic programming, as in Efros and Freeman, "Image Quilting for Texture
    Synthesis and Transfer", 2001), over a few pixels, with the contrast that both have (after Heitz and Neyret,
    "High-Performance By-Example Noise using a Histogram-Preserving Blending Operator", 2018: a sum's deviation is put right).
    """
    closed = _closed(values, overlap, wraps=False)
    return _begun_calmly(_closed(closed.swapaxes(0, 1), overlap, wraps=True).swapaxes(0, 1))


def folded(values: Values, margin: int) -> Values:
    """What was made of a picture that had been continued round its edges by a margin, [h, w, c], without that; it repeats.

    Each pixel near an edge was made twice, within and beyond the other edge: both count, half each at the edge itself.
    """
    for axis in (0, 1):
        moved = values.swapaxes(0, axis)
        count = len(moved) - 2 * margin
        inner = moved[margin : margin + count].copy()
        share = _smooth((0.5 + 0.5 * (np.arange(margin)[:, None, None] + 0.5) / margin).astype(np.float32))
        inner[:margin] = inner[:margin] * share + moved[margin + count :] * (1 - share)
        inner[count - margin :] = inner[count - margin :] * share[::-1] + moved[:margin] * (1 - share[::-1])
        values = inner.swapaxes(0, axis)
    return np.ascontiguousarray(values)


def _begun_calmly(values: Values) -> Values:
    """The same ring, cut open where it changes the least from line to line."""
    for axis in (0, 1):
        edge, inside = _steps(values, axis)
        first = int(np.append(inside, edge).argmin()) + 1
        values = np.roll(values, -first, axis)
    return np.ascontiguousarray(values)


def _closed(values: Values, overlap: float, *, wraps: bool) -> Values:
    """The picture closed from right to left; `wraps` says that its upper and lower edges meet already, and they still shall."""
    width = values.shape[1]
    shared = min(max(round(overlap * width), _LEAST_PX), width // 2)
    kept = width - shared
    slow = _slow(values, shared / 5.0, wraps=wraps)
    fine = values - slow
    cut = _best_cut(((values[:, :shared] - values[:, kept:]) ** 2).sum(axis=2), wraps=wraps)
    across = np.arange(shared, dtype=np.float32)
    fades = _smooth((across + 0.5) / shared)[None, :, None]
    changes = _smooth((np.float32(0.5) + (across[None, :] - cut[:, None]) / (2.0 * _FEATHER_PX)).astype(np.float32))[..., None]
    changes[:, 0], changes[:, -1] = 0.0, 1.0
    mixed_slow = slow[:, :shared] * fades + slow[:, kept:] * (1 - fades)
    mixed_fine = fine[:, :shared] * changes + fine[:, kept:] * (1 - changes)
    result = values[:, :kept].copy()
    result[:, :shared] = mixed_slow + mixed_fine / np.sqrt(changes * changes + (1 - changes) ** 2)
    return result


def _slow(values: Values, sigma: float, *, wraps: bool) -> Values:
    """What changes slowly: reflected at the open edges, right and left, and repeated over the others where those meet."""
    if not wraps:
        return blur(values, sigma, wraps=False)
    rows = len(values)
    margin = min(rows, int(np.ceil(3 * sigma)))
    tall = np.concatenate([values[rows - margin :], values, values[:margin]])
    return blur(tall, sigma, wraps=False)[margin : margin + rows]


def _smooth(share: NDArray[np.float32]) -> NDArray[np.float32]:
    clipped = np.clip(share, 0.0, 1.0)
    return np.asarray(clipped * clipped * (3.0 - 2.0 * clipped), np.float32)


def _best_cut(cost: NDArray[np.float32], *, wraps: bool) -> NDArray[np.int64]:
    """The column to cut at in each row, neighbours at most one apart; where rows wrap, the last beside the first, too."""
    free = cost.astype(np.float64).copy()
    margin = min(int(np.ceil(2 * _FEATHER_PX)) + 1, (cost.shape[1] - 1) // 2)
    free[:, :margin] = np.inf
    free[:, cost.shape[1] - margin :] = np.inf
    if not wraps:
        return _cheapest(free)
    # Cuts that begin at different columns soon run together: where one of two rounds passes the middle is where a ring may begin.
    rows = len(free)
    start = int(_cheapest(np.concatenate([free, free]))[rows])
    first = free[0].copy()
    free[0] = np.inf
    free[0, start] = first[start]
    return _cheapest(free, end=start)


def _cheapest(cost: NDArray[np.float64], *, end: int | None = None) -> NDArray[np.int64]:
    rows, columns = cost.shape
    totals = cost.copy()
    for row in range(1, rows):
        before = np.pad(totals[row - 1], 1, constant_values=np.inf)
        totals[row] += np.minimum(np.minimum(before[:-2], before[1:-1]), before[2:])
    last = totals[-1].copy()
    if end is not None:
        near = np.full(columns, np.inf)
        near[max(0, end - 1) : end + 2] = 0.0
        last = last + near if np.isfinite(last + near).any() else last
    path = np.empty(rows, np.int64)
    path[-1] = int(last.argmin())
    for row in range(rows - 2, -1, -1):
        low = max(0, int(path[row + 1]) - 1)
        path[row] = low + int(totals[row, low : path[row + 1] + 2].argmin())
    return path
