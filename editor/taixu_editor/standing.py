"""What is seen below a thing: surfaces without colliders are something to stand on while one builds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.scene import CELL_M, MeshInstance, MeshLibrary, WorldTransforms

__all__ = ["visible_floor"]

_MOST_TRIANGLES = 3_000_000


def visible_floor(world: World, family: NDArray[np.uint64], points: NDArray[np.float64]) -> float | None:
    """Height of the highest surface below any of some points [n, 3], of what is drawn and is none of a family; None for nothing.

    Bounds are asked first, then triangles from above: a vertical ray meets one where its shadow on the ground covers the point.
    """
    places, library = world.resource(WorldTransforms), world.resource(MeshLibrary)
    own = indices_of(family)
    best: float | None = None
    asked = 0
    for table in world.query(MeshInstance):
        numbers = table.read(MeshInstance, "mesh")
        indices = indices_of(table.entities)
        rows = np.flatnonzero(table.read(MeshInstance, "visible") & (numbers > 0) & ~np.isin(indices, own))
        for row in rows.tolist():
            mesh = library[int(numbers[row])]
            matrix = np.asarray(places.matrices[indices[row]], np.float64).reshape(3, 4)
            origin = matrix[:, 3] + places.cells[indices[row]] * CELL_M
            if not _is_below(mesh.bounds().astype(np.float64), matrix[:, :3], origin, points, best):
                continue
            for primitive in mesh.primitives:
                corners = primitive.attributes.get("POSITION")
                if corners is None or int(primitive.mode) != 4 or not len(corners):
                    continue
                order = np.arange(len(corners)) if primitive.indices is None else np.asarray(primitive.indices)
                asked += len(order) // 3
                if asked > _MOST_TRIANGLES:
                    return best
                triangles = (corners @ matrix[:, :3].T + origin)[order[: len(order) // 3 * 3].reshape(-1, 3)]
                height = _highest(triangles, points)
                best = height if best is None else best if height is None else max(best, height)
    return best


def _is_below(box: Any, linear: Any, origin: Any, points: NDArray[np.float64], best: float | None) -> bool:
    """Whether a mesh's bounds [2, 3] may hold something higher than the best so far, below the points."""
    picks = np.array([[(place >> axis) & 1 for axis in range(3)] for place in range(8)])
    corners = np.stack([box[picks[:, axis], axis] for axis in range(3)], 1) @ linear.T + origin
    low, high = corners.min(0), corners.max(0)
    is_across = ((points[:, (0, 2)] >= low[[0, 2]]) & (points[:, (0, 2)] <= high[[0, 2]])).all(1).any()
    return bool(is_across and low[1] <= points[:, 1].max() and (best is None or high[1] > best))


def _highest(triangles: NDArray[np.float64], points: NDArray[np.float64]) -> float | None:
    best: float | None = None
    a, b, c = (triangles[:, k][:, (0, 2)] for k in range(3))
    area = _cross(b - a, c - a)
    with np.errstate(divide="ignore", invalid="ignore"):
        for point in points:
            p = point[[0, 2]]
            u, v = _cross(p - a, c - a) / area, _cross(b - a, p - a) / area
            covers = (u >= -1e-9) & (v >= -1e-9) & (u + v <= 1 + 1e-9)
            heights = ((1 - u - v) * triangles[:, 0, 1] + u * triangles[:, 1, 1] + v * triangles[:, 2, 1])[covers]
            heights = heights[np.isfinite(heights) & (heights <= point[1])]
            if len(heights):
                best = float(heights.max()) if best is None else max(best, float(heights.max()))
    return best


def _cross(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])
