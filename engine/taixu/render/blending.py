"""Blended renderables: few, and back to front, so the CPU sorts them in packed arrays."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.math.projection import frustum_planes
from taixu.render.bindings import FLAG_VISIBLE
from taixu.render.bins import Bin
from taixu.render.extraction import WorldMirror
from taixu.render.meshes import MODES
from taixu.render.row_buffer import grown
from taixu.render.views import View
from taixu.scene import CELL_M, WorldTransforms

__all__ = ["BlendedRun", "BlendedRuns", "sort_blended"]


@dataclass(frozen=True, slots=True)
class BlendedRun:
    """Neighbours in the order that one pipeline draws: commands `first` to `first + count` of the list."""

    bin: Bin
    first: int
    count: int


@dataclass
class BlendedRuns:
    """A view's sorted blended renderables on the GPU."""

    runs: list[BlendedRun] = field(default_factory=list)
    commands: Buffer | None = None
    ids: Buffer | None = None

    def upload(self, device: Device, commands: NDArray[np.uint32], ids: NDArray[np.uint32]) -> None:
        """Write this frame's list."""
        if self.commands is None or self.commands.size < commands.nbytes:
            room = grown(0, len(ids))
            self.commands = device.buffer(room * 20, label="blended commands")
            self.ids = device.buffer(room * 4, label="blended ids")
        assert self.ids is not None
        self.commands.write(commands)
        self.ids.write(ids)


def sort_blended(
    mirror: WorldMirror, places: WorldTransforms, view: View
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], list[BlendedRun]]:
    """Commands [n, 5], object ids [n] and runs of the blended renderables in the view's frustum, far ones first."""
    slots = mirror.blended
    rows = mirror.renderables.rows[slots]
    wanted = ((rows["flags"] & FLAG_VISIBLE) != 0) & ((rows["layers"] & np.uint32(view.layers & 0xFFFFFFFF)) != 0)
    slots, rows = slots[wanted], rows[wanted]
    matrices = places.matrices[rows["transform"]].reshape(-1, 3, 4).astype(np.float64)
    spheres = mirror.pool.rows["sphere"][rows["mesh"]].astype(np.float64)
    offsets = (places.cells[rows["transform"]] - np.array(view.camera.cell, np.int32)) * CELL_M
    centers = np.einsum("nij,nj->ni", matrices[:, :, :3], spheres[:, :3]) + matrices[:, :, 3] + offsets
    radii = spheres[:, 3] * np.sqrt(np.square(matrices[:, :, :3]).sum((1, 2)))
    pose = view.camera.world_from_camera
    view_from_world = np.linalg.inv(pose)
    clip_from_world = view.camera.clip_from_view(view.size[0] / view.size[1]) @ view_from_world
    planes = frustum_planes(clip_from_world)
    inside = ((centers @ planes[:, :3].T + planes[:, 3]) >= -radii[:, None]).all(1)
    slots, rows, centers, matrices = slots[inside], rows[inside], centers[inside], matrices[inside]
    if len(slots) == 0:
        return np.zeros((0, 5), np.uint32), np.zeros(0, np.uint32), []
    depths = centers @ view_from_world[2, :3] + view_from_world[2, 3]  # along -Z: the smallest is farthest
    order = np.argsort(depths, kind="stable")
    slots, rows, mirrored = slots[order], rows[order], np.linalg.det(matrices[order][:, :, :3]) < 0
    meshes = rows["mesh"]
    commands = np.zeros((len(slots), 5), np.uint32)
    commands[:, 0], commands[:, 1] = mirror.pool.rows["index_count"][meshes], 1
    commands[:, 2], commands[:, 3] = mirror.pool.first_indices[meshes], mirror.pool.rows["first_vertex"][meshes]
    commands[:, 4] = np.arange(len(slots))
    keys, modes = mirror.materials.keys[rows["material"]], mirror.pool.modes[meshes]
    kinds = keys.astype(np.int64) * 8 + modes * 2 + mirrored
    starts = np.flatnonzero(np.concatenate([[True], kinds[1:] != kinds[:-1]]))
    runs = []
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(kinds)], strict=True):
        key, mode = mirror.materials.draw_keys[int(keys[start])], MODES[int(modes[start])]
        plain = "front" if mirrored[start] else "back"
        cull = "none" if key.double_sided or mode != "triangles" else plain
        runs.append(BlendedRun(Bin(key, int(keys[start]), mode, cull, start, stop - start), start, stop - start))
    return commands, slots.astype(np.uint32), runs
