"""Framing: a camera that shows all of a world, or of some entities, from a pleasant side."""

from __future__ import annotations

from math import pi
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.ecs import World, indices_of
from taixu.math.integers import distinct
from taixu.render.views import ViewCamera
from taixu.scene import CELL_M, MeshInstance, MeshLibrary, WorldTransforms

__all__ = ["box_corners", "frame_camera", "visible_bounds"]

_ASIDE = (0.55, 0.38, 1.0)
"""From the front, a little from the right and above: where products are photographed from."""
_ROOM = 1.08
"""Free space around the thing."""


def visible_bounds(world: World, entities: NDArray[np.uint64] | None = None) -> NDArray[np.float64] | None:
    """Least and greatest corner of what is drawn, float64[2, 3] in metres; None when nothing is.

    Transforms have been propagated.
    """
    corners = _corners(world, entities)
    return None if corners is None else np.stack([corners.min(axis=0), corners.max(axis=0)])


def frame_camera(
    world: World, *, aspect: float, fov_y_rad: float = pi / 5, direction: ArrayLike = _ASIDE,
    entities: NDArray[np.uint64] | None = None,
) -> ViewCamera:
    """A camera that sees all that is drawn, as close as it can be.

    Parameters
    ----------
    aspect
        Width over height of the picture.
    direction
        From the thing to the camera.
    entities
        Only these; everything by default.
    """
    corners = _corners(world, entities)
    if corners is None:
        corners = np.array([[-1.0, -1.0, -1.0], [1.0, 1.0, 1.0]])
    back = np.asarray(direction, float) / np.linalg.norm(np.asarray(direction, float))
    right = np.cross((0.0, 1.0, 0.0), back)
    right = right / np.linalg.norm(right) if np.linalg.norm(right) > 1e-6 else np.array([1.0, 0.0, 0.0])
    up = np.cross(back, right)
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    seen = (corners - middle) @ np.stack([right, up, back], 1)
    slope_y = np.tan(fov_y_rad / 2) / _ROOM
    slope_x = slope_y * aspect
    # Each corner asks for a distance from which it is inside; shift the axis so that opposite sides ask alike.
    shift, distance = np.zeros(2), 0.0
    for _ in range(8):
        needs = [
            (np.abs(seen[:, 0] - shift[0]) / slope_x + seen[:, 2]).max(),
            (np.abs(seen[:, 1] - shift[1]) / slope_y + seen[:, 2]).max(),
        ]
        distance = max(*needs, 1e-3)
        depth = distance - seen[:, 2]
        for axis in range(2):
            angles = (seen[:, axis] - shift[axis]) / np.maximum(depth, 1e-6)
            shift[axis] += (angles.max() + angles.min()) / 2 * float(np.median(depth))
    target = middle + right * shift[0] + up * shift[1]
    size = float(np.linalg.norm(corners.max(axis=0) - corners.min(axis=0)))
    nearest = distance - float(seen[:, 2].max())
    near_m = float(np.clip(nearest * 0.5, max(size, 1e-3) * 1e-4, 0.1 * max(distance, 1e-3)))
    return ViewCamera.looking(target + back * distance, target, fov_y_rad=fov_y_rad, near_m=near_m)


def _corners(world: World, entities: NDArray[np.uint64] | None) -> NDArray[np.float64] | None:
    places, library = world.resource(WorldTransforms), world.resource(MeshLibrary)
    wanted = None if entities is None else distinct(indices_of(entities))
    boxes: dict[int, NDArray[Any]] = {}
    found = []
    for table in world.query(MeshInstance):
        indices, numbers = indices_of(table.entities), table.read(MeshInstance, "mesh")
        shown = table.read(MeshInstance, "visible") & (numbers > 0)
        if wanted is not None:
            shown = shown & np.isin(indices, wanted)
        for number in np.unique(numbers[shown]).tolist():
            if number not in boxes:
                boxes[number] = box_corners(library[number].bounds())
            rows = indices[shown & (numbers == number)]
            matrices = places.matrices[rows].reshape(-1, 3, 4).astype(np.float64)
            origin = matrices[:, :, 3] + places.cells[rows] * CELL_M
            if len(rows) > _MANY:
                outer = _outermost(matrices[:, :, :3], origin, boxes[number])
                matrices, origin = matrices[outer], origin[outer]
            points = np.einsum("nij,kj->nki", matrices[:, :, :3], boxes[number]) + origin[:, None]
            found.append(points.reshape(-1, 3))
    if not found:
        return None
    corners = np.concatenate(found)
    corners = corners[np.isfinite(corners).all(axis=1)]
    return corners if len(corners) else None


def _outermost(matrices: NDArray[np.float64], origins: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.intp]:
    """Of many boxes ``[n, 3, 3]``, ``[n, 3]`` those that reach farthest out: the others decide nothing that is seen.

    Along the axes exactly; in other directions by the spheres around them.
    """
    middle, half = box.mean(0), (box.max(0) - box.min(0)) / 2
    along = _DIRECTIONS.T @ (origins + matrices @ middle).T
    sizes = matrices * half
    radii = np.sqrt(np.einsum("nij,nij->n", sizes, sizes))
    reach = np.abs(sizes).sum(2).T
    is_finite = np.isfinite(along).all(0) & np.isfinite(radii)
    if not is_finite.any():
        return np.zeros(0, np.intp)
    found = []
    for sign in (1.0, -1.0):
        ends = sign * along
        ends[:-3] += radii
        ends[-3:] += reach
        ends[:, ~is_finite] = -np.inf
        found.append(ends.argmax(1))
    return distinct(np.concatenate(found))


def _spread(count: int) -> NDArray[np.float64]:
    """Directions over half the sphere, and the axes, [3, count + 3] (a Fibonacci lattice)."""
    turn, height = np.arange(count) * pi * (3 - 5**0.5), (np.arange(count) + 0.5) / count
    flat = np.sqrt(1 - height * height)
    return np.concatenate([np.stack([flat * np.cos(turn), height, flat * np.sin(turn)]), np.eye(3)], axis=1)


_MANY = 2048
_DIRECTIONS = _spread(24)


def box_corners(bounds: NDArray[Any]) -> NDArray[np.float64]:
    """The eight corners of a box [2, 3], [8, 3]."""
    low, high = bounds.astype(np.float64)
    picks = np.array([[(place >> axis) & 1 for axis in range(3)] for place in range(8)], bool)
    return np.where(picks, high, low)
