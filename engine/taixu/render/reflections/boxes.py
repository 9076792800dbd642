"""Where reflection probes stand: the boxes of a world, the nearest first where there are too many, as shaders read them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.gpu import StructLayout
from taixu.render.bindings import UniformSlot
from taixu.scene import CELL_M, ReflectionProbe, WorldTransforms

__all__ = ["LEVELS_LEFT_OUT", "MOST_PROBES", "REFLECTION_ROW", "ProbeBox", "box_rows", "find_boxes", "reflections_glsl"]

MOST_PROBES = 16
LEVELS_LEFT_OUT = 3
"""The last levels of a cube's mip maps that hold nothing: its roughest picture has 8 texels along an edge."""

REFLECTION_ROW = StructLayout("ReflectionRow", [
    ("axes", "f4", (3, 4)),  # of the box: unit vectors, and minus its middle along them
    ("half_size", "f4", (4,)),  # metres; w: one over the metres that it fades over
    ("look", "f4", (4,)),  # intensity, which cube, whether what is mirrored stands at its walls, -
], rules="std140")  # fmt: skip


@dataclass(frozen=True, eq=False)
class ProbeBox:
    """A reflection probe of a world.

    Attributes
    ----------
    middle : float64[3]
        Metres of the world: where its pictures are taken.
    axes : float64[3, 3]
        Rows are the box's axes, unit vectors of the world.
    half_size : float64[3]
        Metres.
    """

    entity: int
    middle: NDArray[np.float64]
    axes: NDArray[np.float64]
    half_size: NDArray[np.float64]
    blend_m: float
    projects: bool
    intensity: float
    resolution: int
    follows: bool

    def outside_m(self, points: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
        """How far points [n, 3] of the world lie outside [n]; 0 within."""
        over = np.abs((points - self.middle) @ self.axes.T) - self.half_size
        found: NDArray[np.float64] = np.linalg.norm(np.maximum(over, 0.0), axis=1)
        return found

    def is_same_place(self, other: ProbeBox) -> bool:
        """Whether the other one's pictures are this one's, too."""
        return np.array_equal(self.middle, other.middle) and self.resolution == other.resolution


def find_boxes(world: World, eye: NDArray[np.float64]) -> list[ProbeBox]:
    """A world's probes that are in use, `MOST_PROBES` of them that are nearest to the eye, small ones first."""
    if not world.has_resource(WorldTransforms):
        return []
    places, found = world.resource(WorldTransforms), []
    for table in world.query(ReflectionProbe):
        for entity in table.entities.tolist():
            box = _box(world, places, int(entity))
            if box is not None:
                found.append(box)
    if len(found) > MOST_PROBES:
        found.sort(key=lambda box: (float(box.outside_m(eye[None])[0]), box.entity))
        del found[MOST_PROBES:]
    found.sort(key=lambda box: (float(np.prod(box.half_size)), box.entity))
    return found


def _box(world: World, places: WorldTransforms, entity: int) -> ProbeBox | None:
    probe, index = world.get(entity, ReflectionProbe), entity & 0xFFFFFFFF
    if not probe.enabled or index >= len(places.matrices):
        return None
    pose = places.matrices[index].reshape(3, 4).astype(np.float64)
    middle = pose[:, 3] + places.cells[index].astype(np.float64) * CELL_M
    scale = np.linalg.norm(pose[:, :3], axis=0)
    if not (np.isfinite(pose).all() and np.isfinite(middle).all() and scale.min() > 1e-6):
        return None
    # The nearest rotation, also of what is skewed.
    u, _, v = np.linalg.svd(pose[:, :3] / scale)
    size = np.clip(np.nan_to_num(np.asarray(probe.size_m, np.float64), nan=0.01), 0.01, 1e4) * np.clip(scale, 1e-3, 1e4)
    resolution = 1 << int(np.clip(int(probe.resolution), 16, 512)).bit_length() - 1
    return ProbeBox(
        entity, middle, (u @ v).T, size / 2, float(np.clip(np.nan_to_num(probe.blend_m), 0.0, 1e3)), bool(probe.box_projection),
        float(np.clip(np.nan_to_num(probe.intensity), 0.0, 100.0)), resolution, bool(probe.follows),
    )  # fmt: skip


def box_rows(boxes: list[tuple[ProbeBox, int]], cell: Any) -> NDArray[Any]:
    """Rows of boxes and their cubes' numbers, relative to a cell; `MOST_PROBES` rows, those that are left over empty."""
    rows = REFLECTION_ROW.zeros(MOST_PROBES)
    for row, (box, cube) in zip(rows, boxes, strict=False):
        row["axes"][:, :3] = box.axes
        row["axes"][:, 3] = -box.axes @ (box.middle - np.asarray(cell, np.float64) * CELL_M)
        row["half_size"] = (*box.half_size, 1.0 / max(box.blend_m, 1e-3))
        row["look"] = (box.intensity, cube, box.projects, 0.0)
    return rows


def reflections_glsl() -> str:
    """The rows, and numbers that shaders share."""
    return (
        f"#define MOST_REFLECTIONS {MOST_PROBES}\n#define REFLECTION_LEVELS_LEFT_OUT {LEVELS_LEFT_OUT}\n{REFLECTION_ROW.glsl}"
        f"layout(std140, binding = {UniformSlot.REFLECTIONS}) uniform Reflections {{\n"
        f"    ReflectionRow reflection_rows[{MOST_PROBES}];\n    uvec4 reflection_count;\n}};\n"
    )
