"""Lines in the world that stand for what has no surface: the reach of lights, what cameras see, the ground's grid.

All of a kind are made at once: a few segments of unit size, times one matrix for each entity.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import log10, pi

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.render import LineBatch, line_rows
from taixu.render.lights import AREA_M
from taixu.scene import CELL_M, Camera, Light, WorldTransforms

__all__ = ["UNITS", "add_all_cameras", "add_all_lights", "add_camera_shapes", "add_grid", "add_light_shapes", "capsule_segments"]

Color = tuple[float, float, float, float]
Points = NDArray[np.float64]
_GRID_HALF, _GRID_PARTS = 40, 20
_PLANES = {0: (2, 1), 1: (0, 2), 2: (0, 1)}
"""Axes of a grid's plane, by the one that is square to it."""
_MOST = 500
"""Lights, and cameras, whose shapes are shown at most."""


def _ring(axis: int, height: float = 0.0, radius: float = 0.5, count: int = 32) -> Points:
    """Segments [n, 2, 3] of a circle around an axis."""
    angles = np.linspace(0, 2 * pi, count + 1)
    points = np.zeros((count + 1, 3))
    points[:, (axis + 1) % 3], points[:, (axis + 2) % 3] = np.cos(angles) * radius, np.sin(angles) * radius
    points[:, axis] = height
    return np.stack([points[:-1], points[1:]], 1)


def _struts(top: float, low: float = 0.5) -> Points:
    """Four lines from the lower circle to the upper one, whose radius is `top`."""
    around = np.array([[1, 0, 0], [-1, 0, 0], [0, 0, 1], [0, 0, -1]], float)
    return np.stack([around * low - [0, 0.5, 0], around * top + [0, 0.5, 0]], 1)


def _box() -> Points:
    corners = np.array([[i & 1, i >> 1 & 1, i >> 2] for i in range(8)], float) - 0.5
    edges = [(a, b) for a in range(8) for b in range(a + 1, 8) if bin(a ^ b).count("1") == 1]
    return corners[np.array(edges)]


UNITS: dict[str, Points] = {
    "box": _box(), "sphere": np.concatenate([_ring(axis) for axis in range(3)]),
    "cylinder": np.concatenate([_ring(1, -0.5), _ring(1, 0.5), _struts(0.5)]),
    "cone": np.concatenate([_ring(1, -0.5), _struts(0.0)]),
    "plane": np.array([ends for s in (-0.5, 0, 0.5) for ends in ([[-0.5, 0, s], [0.5, 0, s]], [[s, 0, -0.5], [s, 0, 0.5]])]),
}  # fmt: skip
"""Segments [k, 2, 3] of shapes of size 1, by kind."""


def capsule_segments(sizes: Points) -> Points:
    """Segments [n, k, 2, 3] of capsules of these sizes [n, 3]: the caps stay round whatever the height."""
    radius = np.maximum(sizes[:, 0], sizes[:, 2]) / 2
    straight = np.maximum(sizes[:, 1] / 2 - radius, 0.0)
    parts = [_ring(1), _ring(1), _struts(0.5), _ring(0), _ring(2)]
    lifts = [np.full(parts[0].shape[:2], -1.0), np.ones(parts[1].shape[:2]), np.sign(parts[2][..., 1]),
             np.sign(np.round(parts[3][..., 1], 6)), np.sign(np.round(parts[4][..., 1], 6))]  # fmt: skip
    parts[2] = parts[2] * [1, 0, 1]
    unit, lift = np.concatenate(parts), np.concatenate(lifts)
    found = unit[None] * (2 * radius)[:, None, None, None]
    found[..., 1] += lift[None] * straight[:, None, None]
    return found


def add_light_shapes(lines: LineBatch, world: World, entities: Sequence[int], *, color: Color) -> None:
    """How far lights reach: spheres, cones, and arrows for those that are everywhere."""
    for entity in entities:
        light = world.get(entity, Light)
        places, cells = _places(world, np.array([entity], np.uint64))
        places = places.copy()
        places[0, :, :3] /= np.maximum(np.linalg.norm(places[0, :, :3], axis=0), 1e-12)
        if light.kind == "directional":
            unit = np.concatenate([_ring(2, 0.0, 0.3, 24), np.array([[[x, y, 0], [x, y, -1.5]] for x, y in
                                   ((0.3, 0), (-0.3, 0), (0, 0.3), (0, -0.3))], float)])  # fmt: skip
        elif light.kind == "area":
            unit = _area(float(light.width_m) or AREA_M, float(light.height_m) or AREA_M, is_round=bool(light.round))
        else:
            reach = float(light.range_m) or 2.0
            if light.kind == "point":
                unit = UNITS["sphere"] * 2 * reach
            else:
                radius = reach * np.sin(float(light.outer_angle_rad))
                depth = -reach * np.cos(float(light.outer_angle_rad))
                ring = _ring(2, depth, radius)
                unit = np.concatenate([ring, np.stack([np.zeros((4, 3)), ring[::8, 0]], 1)])
        _add(lines, unit[None], places, cells, np.array([color]))


def _area(width: float, height: float, *, is_round: bool) -> Points:
    """The edge of an area and the way it shines."""
    if is_round:
        edge = _ring(2, 0.0, 0.5)
    else:
        corners = np.array([(-0.5, -0.5, 0), (0.5, -0.5, 0), (0.5, 0.5, 0), (-0.5, 0.5, 0)])
        edge = np.stack([corners, np.roll(corners, -1, 0)], 1)
    edge = edge * (width, height, 1.0)
    return np.concatenate([edge, [[(0, 0, 0), (0, 0, -max(width, height, 0.5) / 2)]]])


def add_camera_shapes(lines: LineBatch, world: World, entities: Sequence[int], *, color: Color, aspect: float = 16 / 9) -> None:
    """What cameras see, to a few metres away."""
    for entity in entities:
        camera = world.get(entity, Camera)
        places, cells = _places(world, np.array([entity], np.uint64))
        places = places.copy()
        places[0, :, :3] /= np.maximum(np.linalg.norm(places[0, :, :3], axis=0), 1e-12)
        reach = min(float(camera.far_m) or 3.0, 3.0)
        half = float(camera.height_m) / 2 if camera.height_m > 0 else reach * np.tan(float(camera.fov_y_rad) / 2)
        far = np.array([[x * half * aspect, y * half, -reach] for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
        near = far * [1, 1, 0] if camera.height_m > 0 else np.zeros((4, 3))
        top = np.array(
            [
                [[-0.4 * half, 1.08 * half, -reach], [0, 1.4 * half, -reach]],
                [[0, 1.4 * half, -reach], [0.4 * half, 1.08 * half, -reach]],
            ]
        )
        unit = np.concatenate([np.stack([far, np.roll(far, -1, 0)], 1), np.stack([near, far], 1), top])
        _add(lines, unit[None], places, cells, np.array([color]))


def add_all_lights(lines: LineBatch, world: World, *, color: Color) -> bool:
    """How far every light reaches, those everywhere left out but for their arrow."""
    add_light_shapes(lines, world, world.query(Light).entities[:_MOST].tolist(), color=color)
    return True


def add_all_cameras(lines: LineBatch, world: World, *, color: Color) -> bool:
    """What every camera sees."""
    add_camera_shapes(lines, world, world.query(Camera).entities[:_MOST].tolist(), color=color)
    return True


def add_grid(
    lines: LineBatch, pivot: Points, distance_m: float, *, color: Color, axis_colors: tuple[Color, Color, Color], normal: int = 1
) -> None:
    """Lines around what is looked at, a power of ten apart; they fade with the distance.

    Parameters
    ----------
    axis_colors
        Of the lines through the world's origin, along x, y and z.
    normal
        The axis that is square to the grid: 1 for the ground, 0 or 2 for who looks along that one.
    """
    step = float(10.0 ** np.floor(log10(max(distance_m, 0.1) / 4)))
    across, along = _PLANES[normal]
    colors = axis_colors[across], axis_colors[along]
    for rows in _grid_rows(float(pivot[across]), float(pivot[along]), step, color, *colors, across, along):
        lines.add_rows(rows)


@lru_cache(maxsize=8)
def _grid_rows(
    x: float, z: float, step: float, color: Color, x_color: Color, z_color: Color, across: int, up: int
) -> list[NDArray[np.void]]:
    """Its lines; they stay the same while one turns around a place. The plane's axes are called x and z here."""
    center = np.round(np.array([x, z]) / (step * 10)) * step * 10
    reach = step * _GRID_HALF
    offsets = np.arange(-_GRID_HALF, _GRID_HALF + 1) * step
    along = np.linspace(-reach, reach, 2 * _GRID_PARTS + 1)
    found = []
    for axis in (0, 1):  # lines along x, then along z
        at, u = np.meshgrid(offsets + center[1 - axis], along + center[axis], indexing="ij")
        points = np.zeros((*at.shape, 3))
        points[..., across if axis == 0 else up], points[..., up if axis == 0 else across] = u, at
        middle = (points[:, :-1] + points[:, 1:]) / 2
        far = np.hypot(middle[..., across] - x, middle[..., up] - z) / reach
        is_axis, is_tenth = np.abs(at[:, 0]) < step / 2, np.abs(np.round(at[:, 0] / step) % 10) < 0.5
        colors = np.empty((*middle.shape[:2], 4))
        colors[:] = color
        colors[is_axis] = x_color if axis == 0 else z_color
        strength = np.where(is_axis, 0.9, np.where(is_tenth, 0.4, 0.16))
        colors[..., 3] *= strength[:, None] * np.clip(1 - far, 0, 1) ** 1.5
        kept = colors[..., 3] > 0.004
        found.append(line_rows(points[:, :-1][kept], points[:, 1:][kept], color=colors[kept]))
    return found


def _places(world: World, handles: NDArray[np.uint64]) -> tuple[Points, Points]:
    """Matrices [n, 3, 4] relative to cells [n, 3]."""
    transforms, index = world.resource(WorldTransforms), indices_of(handles)
    return transforms.matrices[index].reshape(-1, 3, 4).astype(np.float64), np.asarray(transforms.cells[index], float)


def _add(lines: LineBatch, local: Points, places: Points, cells: Points, colors: Points) -> None:
    """Segments [n, k, 2, 3] in each entity's frame."""
    points = np.einsum("nij,nkpj->nkpi", places[:, :, :3], local) + (places[:, :, 3] + cells * CELL_M)[:, None, None, :]
    shades = np.repeat(colors, points.shape[1], axis=0)
    flat = points.reshape(-1, 2, 3)
    lines.add(flat[:, 0], flat[:, 1], color=shades, on_top=True)
