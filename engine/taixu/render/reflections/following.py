"""What changed around reflection probes since the last frame, asked of change ticks: nothing is walked where nothing moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.context import FrameContext
from taixu.render.indirect import IndirectFeature
from taixu.render.lighting import LightingFeature
from taixu.scene import CELL_M, WorldTransforms

if TYPE_CHECKING:
    from taixu.render.extraction import WorldMirror
    from taixu.render.reflections.boxes import ProbeBox

__all__ = ["Surroundings"]



class Surroundings:
    """What is seen from a world's probes."""

    def __init__(self, lighting: LightingFeature, indirect: IndirectFeature) -> None:
        self.lighting, self.indirect = lighting, indirect
        self._tick = -1
        self._versions: tuple[Any, ...] = ()
        self._light: tuple[Any, ...] = ()
        self._was_settled = True
        self._inside: dict[int, NDArray[np.bool_]] = {}
        """By probe, which entities (by index) stood in its box."""

    def changed(self, frame: FrameContext, boxes: list[ProbeBox]) -> set[int]:
        """Probes (entities) that see something else now; asked once a frame."""
        world, mirror = frame.world, frame.renderer.mirror(frame.world)
        since, self._tick = self._tick, world.tick
        world.advance()  # what is written from now on is later
        versions = (mirror.renderables.version, frame.renderer.materials.version, mirror.pool.version)
        is_other = versions != self._versions or not self._is_same_light(frame)
        self._versions = versions
        all_of_them = {box.entity for box in boxes}
        if not world.has_resource(WorldTransforms):
            return all_of_them
        places = world.resource(WorldTransforms)
        drawn = mirror.mesh_numbers[: len(places.matrices)] > 0
        if since < 0 or is_other:
            rows = np.flatnonzero(drawn)
        else:
            moved = places.changed(since)
            rows = np.arange(*moved.indices(len(drawn))) if isinstance(moved, slice) else np.asarray(moved)
            rows = rows[rows < len(drawn)]
            rows = rows[drawn[rows]]
            if not len(rows):
                return set()
        found = set[int]()
        at, radii = _spheres(mirror, places, rows)
        for box in boxes:
            before = self._inside.get(box.entity)
            inside = np.zeros(len(drawn), bool)
            if before is not None:
                inside[: min(len(before), len(inside))] = before[: len(inside)]
            is_in = box.outside_m(at) <= radii
            if is_in.any() or inside[rows].any():
                found.add(box.entity)
            inside[rows] = is_in
            self._inside[box.entity] = inside
        return all_of_them if is_other else found

    def _is_same_light(self, frame: FrameContext) -> bool:
        lighting = self.lighting
        lights, environment = lighting.lights, lighting.environment
        field = self.indirect.field_of(frame.world)
        settled = field is None or field.lattice is None or field.is_settled
        came_to_rest, self._was_settled = settled and not self._was_settled, settled
        light = (
            *(getattr(lights, name) for name in lights.__dataclass_fields__), lighting.sky.maps.mean,
            float(environment.intensity), float(environment.rotation_rad),
        )  # fmt: skip
        is_same = len(light) == len(self._light) and all(map(np.array_equal, light, self._light)) and not came_to_rest
        self._light = light
        return is_same


def _spheres(
    mirror: WorldMirror, places: WorldTransforms, rows: NDArray[np.intp]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Around entities, by index: middles [n, 3] in metres of the world, and radii [n]; those that are drawn in parts by their first
    part's reach from the entity's own place.
    """
    slots = mirror.renderables.first_slots[rows]
    spheres = mirror.pool.rows["sphere"][mirror.renderables.rows["mesh"][np.maximum(slots, 0)]].astype(np.float64)
    matrices = places.matrices[rows].reshape(-1, 3, 4).astype(np.float64)
    middles = np.einsum("nij,nj->ni", matrices[:, :, :3], spheres[:, :3]) + matrices[:, :, 3]
    middles += places.cells[rows].astype(np.float64) * CELL_M
    scales = np.linalg.norm(matrices[:, :, :3], axis=1).max(1)
    return np.nan_to_num(middles, posinf=1e12, neginf=-1e12), np.nan_to_num(spheres[:, 3] * scales)
