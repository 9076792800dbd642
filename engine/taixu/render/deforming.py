"""Deforming: skins and morphs of a world, by one dispatch a frame.

Each deformed primitive of each entity draws a mesh of its own (`MeshPool.add_copy`), into whose vertices compute writes
where they are now, while last frame's positions go to a buffer for velocity. So depth, shadow and colour passes know
nothing of skins. A job whose joints or weights changed runs, and once more in the frame after (which makes its past
equal its present); the others cost nothing.

Bounds: a skinned vertex is a weighted mean of where its joints take it, so it lies in the box round the joints'
spheres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.components import Morph, Skin
from taixu.animation.morphs import MorphWeights
from taixu.animation.skins import SkinPalettes
from taixu.ecs import Rows, World, indices_of, row_count
from taixu.gpu import Buffer, Device, StructLayout
from taixu.render.deform_data import DeformData
from taixu.render.instances import Renderables
from taixu.render.meshes import MeshPool
from taixu.render.row_buffer import RowBuffer
from taixu.render.word_pool import WordPool
from taixu.scene import MeshInstance

__all__ = ["DEFORM_JOB", "Deformer"]

DEFORM_JOB = StructLayout("DeformJob", [
    ("base_vertex", "u4"), ("target_vertex", "u4"), ("vertex_count", "u4"), ("previous_vertex", "u4"),
    ("influence_first", "u4"), ("influence_sets", "u4"), ("palette_first", "u4"), ("palette_count", "u4"),
    ("delta_first", "u4"), ("delta_parts", "u4"), ("target_count", "u4"), ("weight_first", "u4"),
    ("is_fresh", "u4"),
])  # fmt: skip

_GROUP = 64
_MOST_GROUPS = 32768  # a side of a dispatch
_Indices = NDArray[np.intp]


@dataclass
class _Copy:
    """A deformed primitive: the slot that draws it, the meshes, and where its past lies."""

    base: int
    mesh: int
    previous: int
    count: int


class Deformer:
    """The deformed meshes of one world."""

    def __init__(self, device: Device, pool: MeshPool) -> None:
        self.device, self.pool = device, pool
        device.shaders.add_source("generated/deform.glsl", DEFORM_JOB.storage_block("Jobs", binding=11, array="jobs"))
        self._copies: dict[int, _Copy] = {}  # by render slot
        self._jobs = DEFORM_JOB.zeros(0)
        self._meshes = np.zeros(0, np.intp)
        self._data: list[DeformData] = []
        self._palette_owners = np.zeros(0, np.intp)
        self._palettes: RowBuffer | None = None
        self._weights: RowBuffer | None = None
        self._previous: WordPool | None = None
        self._job_buffer: Buffer | None = None
        self._group_buffer: Buffer | None = None
        self._last = np.zeros(0, bool)
        self._tick = -1
        self._seen: Any = None
        self._drawn = b""

    @property
    def previous_positions(self) -> Buffer | None:
        """Last frame's positions, where `MESH_ROW.previous_vertex` points to."""
        return None if self._previous is None else self._previous.buffer

    def update(self, world: World, renderables: Renderables) -> _Indices:
        """Follow the world; gives the slots whose mesh is another now."""
        since, self._tick = self._tick, world.tick
        if not self._copies and not len(world.query(Skin)) and not len(world.query(Morph)):
            return np.zeros(0, np.intp)
        palettes = world.resource(SkinPalettes) if world.has_resource(SkinPalettes) else SkinPalettes()
        weights = world.resource(MorphWeights) if world.has_resource(MorphWeights) else MorphWeights()
        changed_slots = np.zeros(0, np.intp)
        seen = (renderables.version, palettes.revision, weights.revision, len(palettes.matrices), len(weights.values))
        if seen != self._seen or self._components_changed(world, since):
            is_other = (
                self._seen is None or seen[1:] != self._seen[1:] or self._tables(world, renderables) != self._drawn
            )
            if is_other:
                changed_slots = self._rebuild(world, renderables)
                self._drawn = self._tables(world, renderables)
                since = -1
            self._seen = seen
        if len(self._jobs):
            self._run(palettes, weights, since)
        return changed_slots

    def acknowledge(self, version: int) -> None:
        """The renderables' version after the changed slots were taken over."""
        if self._seen is not None:
            self._seen = (version, *self._seen[1:])

    def _components_changed(self, world: World, since: int) -> bool:
        return any(row_count(table.changed((cls,), since=since)) > 0
                   for cls in (Skin, Morph) for table in world.query(MeshInstance, cls).tables())  # fmt: skip

    def _tables(self, world: World, renderables: Renderables) -> bytes:
        """What jobs depend on, to compare: who is deformed by which rows, and what their slots draw."""
        parts: list[NDArray[Any]] = []
        for cls in (Skin, Morph):
            for table in world.query(MeshInstance, cls):
                indices = indices_of(table.entities)
                slots = renderables.slots_of(indices[renderables.first_slots[indices] >= 0])
                parts += [
                    table.entities,
                    table.read(cls, "offset"),
                    table.read(cls, "count"),
                    slots,
                    renderables.rows["mesh"][slots],
                ]
        return b"".join(part.tobytes() for part in parts)

    def _rebuild(self, world: World, renderables: Renderables) -> _Indices:
        """Make the jobs anew: entities came, went, or changed what they draw. Copies that still fit are kept."""
        wanted = self._wanted(world)
        kept: dict[int, _Copy] = {}
        jobs, changed = [], []
        old, self._copies = self._copies, {}
        for index, (skin_offset, skin_count, weight_offset, weight_count) in wanted.items():
            first = int(renderables.first_slots[index]) if index < len(renderables.first_slots) else -1
            for slot in range(first, first + int(renderables.slot_counts[index])) if first >= 0 else ():
                shown = int(renderables.rows["mesh"][slot])
                base = self.pool.base_of(shown)
                data = self.pool.deforms.find(base)
                if data is None or not ((skin_count and data.influence_sets) or (weight_count and data.target_count)):
                    continue
                copy = old.get(slot)
                is_fresh = copy is None or copy.base != base or copy.mesh != shown
                if is_fresh:
                    copy = self._copy(base)
                    renderables.rows["mesh"][slot] = copy.mesh
                    changed.append(slot)
                assert copy is not None
                kept[slot] = copy
                job = DEFORM_JOB.zeros()
                rows = self.pool.rows
                job["base_vertex"], job["target_vertex"] = rows["first_vertex"][base], rows["first_vertex"][copy.mesh]
                job["vertex_count"], job["previous_vertex"] = copy.count, copy.previous
                if skin_count:
                    job["influence_first"], job["influence_sets"] = data.influence_first, data.influence_sets
                    job["palette_first"], job["palette_count"] = skin_offset, skin_count
                if weight_count:
                    job["delta_first"], job["delta_parts"] = data.delta_first, data.delta_parts
                    job["target_count"], job["weight_first"] = min(data.target_count, weight_count), weight_offset
                job["is_fresh"] = is_fresh
                jobs.append((job, copy.mesh, data))
        for slot, copy in old.items():
            if kept.get(slot) is not copy:
                self._drop(copy)
        self._copies = kept
        self._jobs = np.array([job for job, _, _ in jobs], DEFORM_JOB.dtype) if jobs else DEFORM_JOB.zeros(0)
        self._meshes = np.array([mesh for _, mesh, _ in jobs], np.intp)
        self._data = [data for _, _, data in jobs]
        self._last = np.zeros(len(jobs), bool)
        return np.array(changed, np.intp)

    def _wanted(self, world: World) -> dict[int, tuple[int, int, int, int]]:
        """By entity index: offset and count of its joints, and of its weights."""
        found: dict[int, tuple[int, int, int, int]] = {}
        for table in world.query(MeshInstance, Skin):
            columns = (indices_of(table.entities), table.read(Skin, "offset"), table.read(Skin, "count"))
            for index, offset, count in zip(*(c.tolist() for c in columns), strict=True):
                found[index] = (offset, count, 0, 0)
        for table in world.query(MeshInstance, Morph):
            columns = (indices_of(table.entities), table.read(Morph, "offset"), table.read(Morph, "count"))
            for index, offset, count in zip(*(c.tolist() for c in columns), strict=True):
                found[index] = (*found.get(index, (0, 0))[:2], offset, count)
        return found

    def _copy(self, base: int) -> _Copy:
        if self._previous is None:
            self._previous = WordPool(self.device, 3, label="previous positions")
        mesh = self.pool.add_copy(base)
        count = int(self.pool.rows["vertex_count"][base])
        previous = self._previous.allocate(count)
        self.pool.set_previous(mesh, previous)
        return _Copy(base, mesh, previous, count)

    def _drop(self, copy: _Copy) -> None:
        assert self._previous is not None
        self._previous.free(copy.previous, copy.count)
        self.pool.remove(copy.mesh)

    def _run(self, palettes: SkinPalettes, weights: MorphWeights, since: int) -> None:
        """Upload what changed, and deform the jobs that it touches."""
        device = self.device
        if self._palettes is None or self._weights is None:
            self._palettes, self._weights = (
                RowBuffer(device, 12, label="palettes"),
                RowBuffer(device, 1, label="morph weights"),
            )
        changed_rows: Rows = (
            palettes.changes.since(since, len(palettes.matrices)) if since >= 0 else slice(0, len(palettes.matrices))
        )
        changed_weights: Rows = (
            weights.changes.since(since, len(weights.values)) if since >= 0 else slice(0, len(weights.values))
        )
        if len(palettes.matrices):
            self._palettes.upload(palettes.matrices, changed_rows)
        if len(weights.values):
            self._weights.upload(weights.values, changed_weights)
        jobs = self._jobs
        active = (
            np.ones(len(jobs), bool)
            if since < 0
            else (
                _touched(
                    changed_rows,
                    len(palettes.matrices),
                    jobs["palette_first"],
                    jobs["palette_count"] * (jobs["influence_sets"] > 0),
                )
                | _touched(changed_weights, len(weights.values), jobs["weight_first"], jobs["target_count"])
            )
        )
        chosen = np.flatnonzero(active | self._last)
        self._last = active
        if len(chosen) == 0:
            return
        groups = -(-jobs["vertex_count"][chosen].astype(np.intp) // _GROUP)
        total = int(groups.sum())
        table = np.empty((total, 2), np.uint32)
        table[:, 0] = np.repeat(chosen, groups)
        table[:, 1] = (np.arange(total) - np.repeat(np.cumsum(groups) - groups, groups)) * _GROUP
        self._job_buffer = _written(device, self._job_buffer, jobs, "deform jobs")
        self._group_buffer = _written(device, self._group_buffer, table, "deform groups")
        assert self._previous is not None
        device.push_uniform(2, np.array((total, 0, 0, 0), np.uint32))
        for binding, buffer in (
            (7, self._group_buffer),
            (8, self.pool.positions),
            (9, self.pool.surfaces),
            (10, self._previous.buffer),
            (11, self._job_buffer),
            (12, self.pool.deforms.influences.buffer),
            (13, self.pool.deforms.deltas.buffer),
            (14, self._palettes.buffer),
            (15, self._weights.buffer),
        ):
            device.bind_storage(binding, buffer)
        device.barrier()
        x = min(total, _MOST_GROUPS)
        device.dispatch(device.compute_pipeline("compute/deform.comp"), x, -(-total // x))
        device.barrier()
        self._jobs["is_fresh"] = 0
        changed = np.flatnonzero(active)
        if len(changed):
            self.pool.set_bounds(self._meshes[changed], self._bounds(changed, palettes, weights))

    def _bounds(self, chosen: _Indices, palettes: SkinPalettes, weights: MorphWeights) -> NDArray[np.float32]:
        """Local spheres of these jobs' meshes, [n, 4]."""
        spheres = np.empty((len(chosen), 4), np.float32)
        for row, number in enumerate(chosen.tolist()):  # a handful of characters; their joints are one array each
            job, data = self._jobs[number], self._data[number]
            rest = self.pool.rows["sphere"][self.pool.base_of(int(self._meshes[number]))].astype(np.float64)
            grow = 0.0
            if job["target_count"]:
                first, count = int(job["weight_first"]), int(job["target_count"])
                grow = float(np.abs(weights.values[first : first + count]) @ data.reach[:count])
            if not job["influence_sets"]:
                spheres[row] = (*rest[:3], rest[3] + grow)
                continue
            count = min(len(data.joint_spheres), int(job["palette_count"]))
            held = np.flatnonzero(data.joint_spheres[:count, 3] >= 0)
            matrices = palettes.matrices[int(job["palette_first"]) + held].reshape(-1, 3, 4).astype(np.float64)
            centers = np.einsum("nij,nj->ni", matrices[:, :, :3], data.joint_spheres[held, :3]) + matrices[:, :, 3]
            radii = (data.joint_spheres[held, 3] + grow) * np.sqrt(np.square(matrices[:, :, :3]).sum((1, 2)))
            if len(held) == 0:
                spheres[row] = rest
                continue
            low, high = (centers - radii[:, None]).min(0), (centers + radii[:, None]).max(0)
            middle = (low + high) / 2
            spheres[row] = (*middle, (np.linalg.norm(centers - middle, axis=1) + radii).max())
        return spheres

    def release(self) -> None:
        """Give the copies back."""
        for copy in self._copies.values():
            self._drop(copy)
        self._copies.clear()
        for rows in (self._palettes, self._weights):
            if rows is not None:
                rows.release()


def _touched(rows: Rows, count: int, firsts: NDArray[np.uint32], counts: NDArray[np.uint32]) -> NDArray[np.bool_]:
    """Which ranges hold one of the changed rows."""
    if row_count(rows) == 0 or count == 0:
        return np.zeros(len(firsts), bool)
    mask = np.zeros(count + 1, np.int64)
    mask[rows] = 1
    sums = np.concatenate([[0], np.cumsum(mask)])
    low = np.minimum(firsts.astype(np.intp), count)
    high = np.minimum(low + counts.astype(np.intp), count)
    touched: NDArray[np.bool_] = sums[high] > sums[low]
    return touched


def _written(device: Device, buffer: Buffer | None, data: NDArray[Any], label: str) -> Buffer:
    if buffer is None or buffer.size < data.nbytes:
        buffer = device.buffer(1 << int(np.ceil(np.log2(data.nbytes))), label=label)
    buffer.write(data)
    return buffer
