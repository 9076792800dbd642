"""Lights of a world, as arrays and as rows on the GPU.

Units are those of KHR_lights_punctual: lux for directional lights, candela for the others (areas: straight ahead of them).
Directional lights come first in the rows, so that a shader loops over them without asking, and the others are found through
clusters.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.gpu import StructLayout
from taixu.scene import CELL_M, Light, WorldTransforms

__all__ = ["AREA_M", "KINDS", "LIGHT_ROW", "LIMIT", "Lights", "gather_lights", "light_rows", "radii", "reach_spheres"]

LIMIT = 16384
"""Lights of a world that are drawn with; further ones are left out, and the log says so."""
KINDS = {"directional": 0, "point": 1, "spot": 2, "area": 3}
AREA_M = 1.0
"""Width and height of areas that are said to have none."""
SUN_RADIUS = 0.00465
"""Tangent of the half angle under which the sun is seen: 0.53 degrees across."""

_log = logging.getLogger(__name__)

LIGHT_ROW = StructLayout(
    "LightRow",
    [
        ("position", "f4", (3,)),
        ("inverse_range_squared", "f4"),  # 0: no range
        ("color", "f4", (3,)),
        ("kind", "u4"),  # lux or candela
        ("direction", "f4", (3,)),
        ("spot_scale", "f4"),  # the way it shines
        ("spot_offset", "f4"),
        ("shadow", "i4"),
        ("shadow_count", "u4"),  # `shadow`: first row of `shadows`, or -1
        ("radius", "f4"),  # of what shines: metres, of directional lights the tangent of the angle
        ("across", "f4", (3,)),  # of areas, half their width
        ("half_height", "f4"),  # negative where they are round
    ],
)


@dataclass(frozen=True)
class Lights:
    """Lights of a world, directional ones first. Arrays have a light in each row.

    Attributes
    ----------
    entities : uint64[n]
    kinds : int[n]
        As in `KINDS`.
    positions : float64[n, 3]
        Relative to `cells`.
    cells : int32[n, 3]
    directions : float64[n, 3]
        Unit, the way they shine.
    colors : float64[n, 3]
        Linear Rec.709 times intensity.
    ranges : float64[n]
        Metres; 0 is endless.
    angles : float64[n, 2]
        Inner and outer half angle, radians.
    shadows : bool[n]
    across : float64[n, 3]
        Unit, the way in which `sizes` has the width.
    sizes : float64[n, 2]
        Width and height of what shines, metres; the height is negative where it is round.
    """

    entities: NDArray[np.uint64]
    kinds: NDArray[np.intp]
    positions: NDArray[np.float64]
    cells: NDArray[np.int32]
    directions: NDArray[np.float64]
    colors: NDArray[np.float64]
    ranges: NDArray[np.float64]
    angles: NDArray[np.float64]
    shadows: NDArray[np.bool_]
    across: NDArray[np.float64]
    sizes: NDArray[np.float64]

    @classmethod
    def none(cls) -> Lights:
        """No lights at all."""
        vectors, numbers = np.zeros((0, 3)), np.zeros(0)
        return cls(
            np.zeros(0, np.uint64), np.zeros(0, np.intp), vectors, np.zeros((0, 3), np.int32), vectors, vectors, numbers,
            np.zeros((0, 2)), np.zeros(0, bool), vectors, np.zeros((0, 2)),
        )  # fmt: skip

    @property
    def count(self) -> int:
        """Number of lights."""
        return len(self.kinds)

    @property
    def directional_count(self) -> int:
        """Number of directional lights."""
        return int((self.kinds == 0).sum())

    def positions_from(self, cell: NDArray[np.int32] | tuple[int, int, int]) -> NDArray[np.float64]:
        """Positions relative to a cell: [n, 3]."""
        return self.positions + (self.cells - np.asarray(cell, np.int32)) * CELL_M

    def with_sun(self, direction: NDArray[np.float64], color: NDArray[np.float64]) -> Lights:
        """These lights and, before them, a sun towards `direction` of this irradiance; it casts shadows."""
        one = Lights(
            np.zeros(1, np.uint64),
            np.zeros(1, np.intp),
            np.zeros((1, 3)),
            np.zeros((1, 3), np.int32),
            -direction[None],
            color[None],
            np.zeros(1),
            np.zeros((1, 2)),
            np.ones(1, bool),
            np.array([[1.0, 0.0, 0.0]]),
            np.zeros((1, 2)),
        )
        return Lights(*(np.concatenate([getattr(one, n), getattr(self, n)]) for n in Lights.__dataclass_fields__))

    def taking(self, rows: NDArray[Any]) -> Lights:
        """Only these rows."""
        return replace(self, **{name: getattr(self, name)[rows] for name in Lights.__dataclass_fields__})


def gather_lights(world: World) -> Lights:
    """All lights of a world after its transforms were propagated; dark ones are left out."""
    parts: list[tuple[NDArray[Any], ...]] = []
    if world.has_resource(WorldTransforms):
        places = world.resource(WorldTransforms)
        for table in world.query(Light):
            index = indices_of(table.entities)
            matrices = places.matrices[index].reshape(-1, 3, 4).astype(np.float64)
            axes, across = _unit(-matrices[:, :, 2]), _unit(matrices[:, :, 0])
            color = table.read(Light, "color").T.astype(np.float64) * table.read(Light, "intensity")[:, None]
            kind = table.read(Light, "kind")
            kinds = np.select([kind == name for name in KINDS], list(KINDS.values()), 0).astype(np.intp)
            sizes = np.stack([table.read(Light, "width_m"), table.read(Light, "height_m")], 1).astype(np.float64)
            sizes = np.where(np.isfinite(sizes), np.clip(sizes, 0.0, 1e4), 0.0)
            sizes[(sizes <= 0) & (kinds == KINDS["area"])[:, None]] = AREA_M
            sizes[table.read(Light, "round"), 1] *= -1
            angles = np.stack([table.read(Light, "inner_angle_rad"), table.read(Light, "outer_angle_rad")], 1)
            parts.append(
                (
                    np.asarray(table.entities),
                    kinds,
                    matrices[:, :, 3],
                    places.cells[index],
                    axes,
                    color,
                    table.read(Light, "range_m").astype(np.float64),
                    angles.astype(np.float64),
                    table.read(Light, "shadows"),
                    across,
                    sizes,
                )
            )
    if not parts:
        return Lights.none()
    lights = Lights(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    bright = np.flatnonzero((lights.colors > 0).any(1))
    order = bright[np.argsort(lights.kinds[bright] != 0, kind="stable")]
    if len(order) > LIMIT:
        _log.warning("of %d lights the first %d are drawn with", len(order), LIMIT)
    return lights.taking(order[:LIMIT])


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)


def light_rows(lights: Lights, cell: tuple[int, int, int], shadows: NDArray[np.int32] | None = None) -> NDArray[Any]:
    """Rows for the GPU, positions relative to the camera's cell; `shadows` [n, 2] holds first shadow row and count."""
    rows = LIGHT_ROW.zeros(lights.count)
    rows["position"] = lights.positions_from(cell)
    far = (lights.ranges > 0) & (lights.kinds != 0)
    rows["inverse_range_squared"][far] = 1.0 / lights.ranges[far] ** 2
    rows["color"], rows["kind"], rows["direction"] = lights.colors, lights.kinds, lights.directions
    inner, outer = np.cos(lights.angles[:, 0]), np.cos(lights.angles[:, 1])
    scale = 1.0 / np.maximum(inner - outer, 1e-3)  # KHR_lights_punctual, "Inner and Outer Cone Angles"
    rows["spot_scale"], rows["spot_offset"] = scale, -outer * scale
    rows["across"] = lights.across * (0.5 * lights.sizes[:, :1])
    rows["half_height"] = 0.5 * lights.sizes[:, 1]
    rows["radius"] = radii(lights)
    rows["shadow"] = -1
    if shadows is not None:
        rows["shadow"], rows["shadow_count"] = shadows[:, 0], shadows[:, 1]
    return rows


def radii(lights: Lights) -> NDArray[np.float64]:
    """Of the disk that stands for what shines where shadows are made soft: [n], as `LIGHT_ROW` has it."""
    wide, high = lights.sizes[:, 0], np.abs(lights.sizes[:, 1])
    radius = np.where(lights.kinds == KINDS["area"], np.sqrt(wide * high / np.pi), 0.5 * wide)
    return np.where(lights.kinds == 0, SUN_RADIUS, radius)


def reach_spheres(lights: Lights, cell: tuple[int, int, int]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Spheres around all that lights reach, relative to a cell: centres [n, 3] and radii [n], infinite where nothing ends them."""
    centers, ends = lights.positions_from(cell), (lights.ranges > 0) & (lights.kinds != 0)
    radius = np.where(ends, lights.ranges, np.inf)
    narrow = ends & (lights.kinds == KINDS["spot"])
    cosine, sine = np.cos(lights.angles[:, 1]), np.sin(lights.angles[:, 1])
    ahead = np.where(cosine > np.sqrt(0.5), 0.5 / np.maximum(cosine, 1e-6), cosine)  # of the smallest sphere around a cone of 1 m
    around = np.where(cosine > np.sqrt(0.5), ahead, sine)
    shift = np.where(narrow, ahead * lights.ranges, 0.0)
    return centers + lights.directions * shift[:, None], np.where(narrow, around * lights.ranges, radius)
