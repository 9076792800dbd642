"""Punctual lights of a world, as arrays and as rows on the GPU.

Units are those of KHR_lights_punctual: lux for directional lights, candela for points and spots. Directional lights
come first in the rows, so that a shader loops over them without asking, and the others are found through clusters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.gpu import StructLayout
from taixu.scene import CELL_M, Light, WorldTransforms

__all__ = ["LIGHT_ROW", "LIMIT", "Lights", "gather_lights", "light_rows"]

LIMIT = 1024
"""Lights of a world that are drawn with; further ones are left out."""
KINDS = {"directional": 0, "point": 1, "spot": 2}

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
        ("shadow_count", "u4"),
        ("padding", "u4"),  # first row of `shadows`, or -1
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

    @classmethod
    def none(cls) -> Lights:
        """No lights at all."""
        vectors, numbers = np.zeros((0, 3)), np.zeros(0)
        return cls(
            np.zeros(0, np.uint64), np.zeros(0, np.intp), vectors, np.zeros((0, 3), np.int32), vectors, vectors, numbers,
            np.zeros((0, 2)), np.zeros(0, bool),
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
            axes = -matrices[:, :, 2]
            axes = axes / np.maximum(np.linalg.norm(axes, axis=1, keepdims=True), 1e-12)
            color = table.read(Light, "color").T.astype(np.float64) * table.read(Light, "intensity")[:, None]
            kinds = np.array([KINDS[kind] for kind in table.read(Light, "kind")], np.intp)
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
                )
            )
    if not parts:
        return Lights.none()
    lights = Lights(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
    bright = np.flatnonzero(lights.colors.max(1) > 0)
    order = bright[np.argsort(lights.kinds[bright] != 0, kind="stable")]
    return lights.taking(order[:LIMIT])


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
    rows["shadow"] = -1
    if shadows is not None:
        rows["shadow"], rows["shadow_count"] = shadows[:, 0], shadows[:, 1]
    return rows
