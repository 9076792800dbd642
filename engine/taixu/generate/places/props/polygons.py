"""Simple polygons cut into triangles."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cut_ears"]


def cut_ears(outline: NDArray[Any]) -> NDArray[np.int64]:
    """Triangles of a simple polygon that runs anticlockwise, int64[n - 2, 3]: one ear after the other (Meisters, 1975)."""
    left = list(range(len(outline)))
    found: list[tuple[int, int, int]] = []
    while len(left) > 3:
        for k in range(len(left)):
            a, b, c = left[k - 1], left[k], left[(k + 1) % len(left)]
            if _turn(outline[a], outline[b], outline[c]) <= 1e-12:
                continue
            others = [n for n in left if n not in (a, b, c)]
            if not any(_holds(outline[a], outline[b], outline[c], outline[n]) for n in others):
                found.append((a, b, c))
                del left[k]
                break
        else:  # what is left is flat
            found.append((left[-1], left[0], left[1]))
            del left[0]
    found.append((left[0], left[1], left[2]))
    return np.array(found, np.int64)


def _turn(a: NDArray[Any], b: NDArray[Any], c: NDArray[Any]) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def _holds(a: NDArray[Any], b: NDArray[Any], c: NDArray[Any], p: NDArray[Any]) -> bool:
    return _turn(a, b, p) >= -1e-12 and _turn(b, c, p) >= -1e-12 and _turn(c, a, p) >= -1e-12
