"""Values on a grid into the surface between those below zero and the others.

Naive surface nets (S. F. F. Gibson, "Constrained Elastic Surface Nets", 1998): one vertex in each cell that the surface crosses,
one quad for each edge that it crosses. Few triangles, and even ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["surface_net"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def surface_net(values: Floats) -> tuple[Floats, Ints]:
    """Vertices, in cells of the grid, [n, 3], and quads [f, 4] that face where values are above zero.

    Where two insides meet along an edge of the grid alone, four quads share an edge.
    """
    inside = values < 0.0
    points, number = _vertices(values, inside)
    return points, _quads(inside, number)


def _vertices(values: Floats, inside: NDArray[np.bool_]) -> tuple[Floats, Ints]:
    """One vertex in each cell that has both signs, in cells: the mean of where its edges are crossed. Their numbers by cell."""
    nx, ny, nz = values.shape
    total = np.zeros((nx - 1, ny - 1, nz - 1, 3))
    count = np.zeros((nx - 1, ny - 1, nz - 1))
    for axis in range(3):
        shape = [nx, ny, nz]
        shape[axis] -= 1
        low = tuple(slice(0, shape[a]) for a in range(3))
        high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        crossed = inside[low] != inside[high]
        at = np.nonzero(crossed)
        a, b = values[low][at], values[high][at]
        point = np.stack(at, 1).astype(np.float64)
        point[:, axis] += a / (a - b)
        others = [one for one in range(3) if one != axis]
        for i in (0, 1):
            for j in (0, 1):
                cell = [at[0].copy(), at[1].copy(), at[2].copy()]
                cell[others[0]] -= i
                cell[others[1]] -= j
                fits = np.all([(cell[k] >= 0) & (cell[k] < count.shape[k]) for k in range(3)], axis=0)
                where = tuple(one[fits] for one in cell)
                total[where] += point[fits]
                count[where] += 1.0
    cells = np.nonzero(count)
    number = np.full(count.shape, -1)
    number[cells] = np.arange(len(cells[0]))
    return total[cells] / count[cells][:, None], number


def _quads(inside: NDArray[np.bool_], number: Ints) -> Ints:
    found = []
    nx, ny, nz = inside.shape
    for axis in range(3):
        shape = [nx, ny, nz]
        shape[axis] -= 1
        low = tuple(slice(0, shape[a]) for a in range(3))
        high = tuple(slice(1, None) if a == axis else slice(None) for a in range(3))
        at = np.nonzero(inside[low] != inside[high])
        is_out = inside[low][at]  # from inside to outside along the axis
        b, c = (axis + 1) % 3, (axis + 2) % 3
        corners = []
        for i, j in ((1, 1), (0, 1), (0, 0), (1, 0)):
            cell = [at[0].copy(), at[1].copy(), at[2].copy()]
            cell[b] -= i
            cell[c] -= j
            corners.append(number[tuple(np.clip(one, 0, size - 1) for one, size in zip(cell, number.shape, strict=True))])
        quads = np.stack(corners, 1)
        found.append(np.where(is_out[:, None], quads, quads[:, ::-1]))
    return np.concatenate(found)
