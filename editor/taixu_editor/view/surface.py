"""What lies under the pointer: a point and a normal, read from the depth that was drawn, so of anything that is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.render import Renderer, View
from taixu.scene import CELL_M

__all__ = ["SurfacePoint", "point_on_ground", "point_under"]


@dataclass(frozen=True)
class SurfacePoint:
    """A place on what is seen: metres of the world, and the unit normal on the camera's side."""

    position: NDArray[np.float64]
    normal: NDArray[np.float64]


def point_under(renderer: Renderer, view: View, x: int, y: int) -> SurfacePoint | None:
    """The surface at a pixel (from the upper left) of the latest frame; None where the sky is. The view draws depth."""
    width, height = view.size
    if view.graph is None or "depth" not in view.graph.textures or not (0 <= x < width and 0 <= y < height):
        return None
    left, low = min(max(x - 1, 0), max(width - 3, 0)), min(max(height - 2 - y, 0), max(height - 3, 0))
    depths = renderer.device.read_pixels(view.graph.targets(renderer.device, (), "depth"), -1, (left, low, 3, 3))[..., 0]
    across, up = x - left, height - 1 - y - low
    if depths[up, across] <= 0.0:  # reversed: 0 is infinitely far
        return None
    camera = view.camera
    clip_from_view = camera.clip_from_view(width / height)
    world_from_clip = camera.world_from_camera @ np.linalg.inv(clip_from_view)
    columns, rows = np.meshgrid(left + np.arange(3) + 0.5, low + np.arange(3) + 0.5)
    clip = np.stack([columns / width * 2 - 1, rows / height * 2 - 1, depths.astype(np.float64), np.ones((3, 3))], -1)
    points = clip @ world_from_clip.T
    points = points[..., :3] / points[..., 3:] + np.array(camera.cell, float) * CELL_M
    here = points[up, across]
    # Towards the neighbours that lie nearer in depth: across an edge the other side says nothing about this one.
    right = _step(points, depths, up, across, axis=1)
    upwards = _step(points, depths, up, across, axis=0)
    normal = np.cross(right, upwards)
    length = float(np.linalg.norm(normal))
    towards = camera.world_from_camera[:3, 2]
    normal = normal / length if length > 1e-12 else towards
    return SurfacePoint(here, normal if normal @ towards >= 0 else -normal)


def point_on_ground(
    origin: NDArray[np.float64], direction: NDArray[np.float64], *, height_m: float = 0.0
) -> NDArray[np.float64] | None:
    """Where a ray meets the horizontal plane of a height; None where it does not, or too far away to be meant."""
    if abs(direction[1]) < 1e-6:
        return None
    distance = (height_m - origin[1]) / direction[1]
    return origin + direction * distance if 0 < distance < 1e4 else None


def _step(points: NDArray[np.float64], depths: NDArray[np.float32], row: int, column: int, *, axis: int) -> NDArray[np.float64]:
    before = (row - 1, column) if axis == 0 else (row, column - 1)
    after = (row + 1, column) if axis == 0 else (row, column + 1)
    found = []
    for sign, place in ((-1.0, before), (1.0, after)):
        if 0 <= place[0] < 3 and 0 <= place[1] < 3 and depths[place] > 0:
            change = abs(float(depths[place] - depths[row, column]))
            found.append((change, sign * (points[place] - points[row, column])))
    return min(found, key=lambda pair: pair[0])[1] if found else np.zeros(3)
