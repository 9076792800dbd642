"""Extraction: the only crossing from the world to the renderer. Rows that changed since the last frame, packed.

What is asked: which transforms changed (by entity index), which entities came, went or changed their set of components,
and which `MeshInstance` rows changed. Nothing is walked that did not change, and nothing per entity runs in Python.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.strides import Strides
from taixu.ecs import Rows, World, indices_of, row_count
from taixu.gpu import Device
from taixu.render.bindings import FLAG_CAST_FAR, FLAG_CAST_SHADOW, FLAG_VISIBLE
from taixu.render.bins import DrawLists
from taixu.render.context import MaterialSource
from taixu.render.culling import Culler
from taixu.render.deforming import Deformer
from taixu.render.instances import NO_COMMAND, NOT_DEFORMED, Renderables
from taixu.render.lamps.kept import CasterChanges
from taixu.render.library import LibraryMirror
from taixu.render.meshes import MeshPool
from taixu.render.row_buffer import grown
from taixu.render.transforms import TransformBuffers
from taixu.scene import MeshInstance, WorldTransforms

__all__ = ["WorldMirror"]

Indices = NDArray[np.intp]
_FLAGS_OF_CASTS = np.array([0xFFFFFFFF, ~FLAG_CAST_FAR & 0xFFFFFFFF, FLAG_CAST_FAR], np.uint32)
_FIELDS = ("mesh", "tint", "layers", "visible", "cast_shadow")


class WorldMirror:
    """One world as the GPU knows it: transforms, renderables, commands.

    Attributes
    ----------
    handles : uint64 array
        Entity handle by entity index, of those that are drawn: picking turns indices into handles with it.
    blended : int array
        Slots of blended renderables.
    caster_changes : CasterChanges
        Where something changed, for maps of shadows.
    keeps_previous
        Keep where things were in the last frame though no view of the present one shows motion: one of the next does.
    """

    def __init__(self, device: Device, pool: MeshPool, materials: MaterialSource, library: LibraryMirror) -> None:
        self.pool, self.materials, self.library = pool, materials, library
        self.transforms = TransformBuffers(device)
        self.renderables = Renderables(device)
        self.lists = DrawLists()
        self.culler = Culler(device)
        self.deformer = Deformer(device, pool)
        self.handles = np.zeros(64, np.uint64)
        self.mesh_numbers = np.zeros(64, np.uint32)
        self.blended: Indices = np.zeros(0, np.intp)
        self.keeps_previous = False
        self.caster_changes = CasterChanges()
        self._moved: list[Rows] = []
        self._moments = np.zeros(0, np.uint32)
        self._tick = -1
        self._places: WorldTransforms | None = None
        self._material_version = -1
        self._blend_version = (-1, -1)

    def update(self, world: World, *, want_previous: bool) -> None:
        """Take over what changed, upload it, and bind the scene's storage."""
        since, want_previous = self._tick, want_previous or self.keeps_previous
        self._tick = world.tick
        self._reserve(world.index_capacity)
        replaced = self.library.update(world)
        structure = world.structure.since(since) if since >= 0 else None
        if structure is None:
            self._forget(np.flatnonzero(self.mesh_numbers))
            since = -1
            doubtful = np.zeros(0, np.intp)
        else:
            gone = structure.despawned
            indices = indices_of(gone)
            self._forget(indices[self.handles[indices] == gone])
            moved = indices_of(structure.moved)
            doubtful = moved[self.mesh_numbers[moved] > 0]
        if len(replaced):
            self._forget(np.flatnonzero(np.isin(self.mesh_numbers, replaced) & (self.mesh_numbers > 0)))
            since = -1  # so that those come again
        seen: list[Indices] = []
        for table in world.query(MeshInstance).tables():
            rows = table.changed((MeshInstance,), since=since) if since >= 0 else slice(0, table.count)
            if row_count(rows):
                entities = table.entities[rows]
                seen.append(indices_of(entities))
                self._take(world, entities, *(table.take(MeshInstance, name, rows) for name in _FIELDS))
        if len(doubtful):
            kept = np.concatenate(seen) if seen else np.zeros(0, np.intp)
            self._forget(doubtful[~np.isin(doubtful, kept)])
        self._follow_strides(world, since)
        self._follow_materials()
        self._deform(world, want_previous=want_previous)
        if world.has_resource(WorldTransforms):
            places = world.resource(WorldTransforms)
            rows = self._changed_places(places, -1 if places is not self._places else since)
            self._places = places
            if row_count(rows):
                self._moved.append(rows)
            self.transforms.update(places, rows, want_previous=want_previous)
        if self.lists.arrange(self.pool, self.materials):
            self.culler.update(self.lists)
        self._follow_blended()
        world.advance()

    def bind(self) -> None:
        """Bind transforms, renderables and meshes."""
        self.transforms.bind()
        marked = self.renderables.waiting
        if self._moved or marked:
            self.caster_changes.note(self.renderables, self.pool.rows["sphere"], self._places, self._moved, marked)
            self._moved.clear()
        self.renderables.upload()
        self.pool.bind()
        self.deformer.bind()

    def _changed_places(self, places: WorldTransforms, since: int) -> Rows:
        if since < 0:
            return slice(0, len(places.matrices))
        return places.changed(since)

    def _reserve(self, capacity: int) -> None:
        have = len(self.handles)
        if capacity > have:
            size = grown(have, capacity)
            handles, numbers = np.zeros(size, np.uint64), np.zeros(size, np.uint32)
            handles[:have], numbers[:have] = self.handles, self.mesh_numbers
            self.handles, self.mesh_numbers = handles, numbers
        self.renderables.reserve_entities(capacity)

    def _take(self, world: World, entities: NDArray[np.uint64], meshes: NDArray[np.uint32], tints: NDArray[np.uint32],
              layers: NDArray[np.uint32], visible: NDArray[np.bool_], shadows: NDArray[np.bool_]) -> None:  # fmt: skip
        indices = indices_of(entities)
        other = (self.mesh_numbers[indices] != meshes) | (self.handles[indices] != entities)
        if other.any():
            new, numbers = indices[other], meshes[other]
            self.library.meet(world, np.unique(numbers))
            self._forget(new[self.mesh_numbers[new] > 0])
            self.handles[new], self.mesh_numbers[new] = entities[other], numbers
            counts = self.library.counts[numbers]
            self.renderables.give(new, counts)
            self._fill(new, numbers, counts)
        drawn = self.renderables.first_slots[indices] >= 0
        if not drawn.all():
            indices, tints, layers = indices[drawn], tints[drawn], layers[drawn]
            visible, shadows = visible[drawn], shadows[drawn]
        slots = self.renderables.slots_of(indices)
        flags = visible * np.uint32(FLAG_VISIBLE) | shadows * np.uint32(FLAG_CAST_SHADOW)
        flags |= (visible & shadows) * np.uint32(FLAG_CAST_FAR)
        if len(slots) != len(indices):
            owner = np.repeat(np.arange(len(indices)), self.renderables.slot_counts[indices])
            flags, layers, tints = flags[owner], layers[owner], tints[owner]
        if self.library.has_casts and len(slots):
            flags = flags & _FLAGS_OF_CASTS[self._casts(indices)]
        rows = self.renderables.rows
        rows["flags"][slots], rows["layers"][slots], rows["tint"][slots] = flags, layers, tints
        self.renderables.mark(slots)

    def _fill(self, indices: Indices, numbers: NDArray[np.uint32], counts: NDArray[np.int32]) -> None:
        """Write the ids of new entities' rows."""
        have = counts > 0
        indices, numbers, counts = indices[have], numbers[have], counts[have]
        if len(indices) == 0:
            return
        slots = self.renderables.slots_of(indices)
        owner = np.repeat(np.arange(len(indices)), counts)
        nth = np.arange(len(slots)) - np.repeat(np.cumsum(counts) - counts, counts)
        primitives = self.library.starts[numbers][owner] + nth
        rows = self.renderables.rows
        rows["transform"][slots] = rows["entity"][slots] = indices[owner]
        rows["mesh"][slots] = self.library.meshes[primitives]
        rows["material"][slots] = self.library.materials[primitives]
        known = np.minimum(indices[owner], max(len(self._moments) - 1, 0))
        rows["stride"][slots] = np.where(indices[owner] < len(self._moments), self._moments[known], 0) if len(self._moments) else 0
        self._assign(slots)

    def _casts(self, indices: Indices) -> NDArray[np.int8]:
        """Where the slots of entities cast shadows: of `LibraryMirror.casts`."""
        counts = self.renderables.slot_counts[indices]
        nth = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
        found: NDArray[np.int8] = self.library.casts[np.repeat(self.library.starts[self.mesh_numbers[indices]], counts) + nth]
        return found

    def _assign(self, slots: Indices) -> None:
        """Give rows the command that their mesh and their material's draw key ask for."""
        rows = self.renderables.rows
        keys = self.materials.keys[rows["material"][slots]]
        blended = self._blends()[keys]
        commands = np.full(len(slots), NO_COMMAND, np.uint32)
        solid = ~blended
        if solid.any():
            drawn = slots[solid]
            commands[solid] = self.lists.assign(rows["mesh"][drawn], keys[solid], rows["deformed"][drawn] != NOT_DEFORMED)
            self.lists.count(commands[solid], 1)
        rows["command"][slots] = commands

    def _blends(self) -> NDArray[np.bool_]:
        return np.array([key.alpha == "blend" for key in self.materials.draw_keys], bool)

    def _uncount(self, slots: Indices) -> None:
        commands = self.renderables.rows["command"][slots]
        commands = commands[commands != NO_COMMAND]
        if len(commands):
            self.lists.count(commands, -1)

    def _forget(self, indices: Indices) -> None:
        """Entities that are drawn no more."""
        if len(indices) == 0:
            return
        indices = indices[self.mesh_numbers[indices] > 0]
        slots = self.renderables.free(indices)
        if len(slots):
            self._uncount(slots)
            self.renderables.clear_rows(slots)
        self.mesh_numbers[indices] = 0
        self.handles[indices] = 0

    def _deform(self, world: World, *, want_previous: bool) -> None:
        slots = self.deformer.follow(
            world, self.renderables, self.library, self.mesh_numbers, want_previous=want_previous
        )
        if len(slots):
            self._uncount(slots)
            self._assign(slots)
            self.renderables.mark(slots)
            self.renderables.version += 1
            self.deformer.acknowledge(self.renderables.version)

    def _follow_strides(self, world: World, since: int) -> None:
        """Cards of people show other moments of their strides."""
        if not world.has_resource(Strides):
            return
        strides = world.resource(Strides)
        rows = strides.changes.since(since, len(strides.moments)) if since >= 0 else slice(0, len(strides.moments))
        indices = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        indices = indices[indices < len(self.renderables.first_slots)]
        indices = indices[self.renderables.first_slots[indices] >= 0]
        if len(indices):
            slots = self.renderables.slots_of(indices)
            owners = np.repeat(indices, self.renderables.slot_counts[indices])
            self.renderables.rows["stride"][slots] = strides.moments[owners]
            self.renderables.mark(slots)
        self._moments = strides.moments

    def _follow_materials(self) -> None:
        """Materials changed: rows whose draw key is another now get another command."""
        if self._material_version == self.materials.version:
            return
        first, self._material_version = self._material_version < 0, self.materials.version
        rows = self.renderables.rows[: self.renderables.high]
        live = np.flatnonzero(rows["mesh"] > 0)
        if first or len(live) == 0:
            return
        keys = self.materials.keys[rows["material"][live]]
        commands = rows["command"][live]
        solid = commands != NO_COMMAND
        have = np.full(len(live), -1, np.int64)
        have[solid] = self.lists.keys[commands[solid]]
        stale = np.where(solid, have != keys, ~self._blends()[keys])
        slots = live[stale]
        if len(slots):
            self._uncount(slots)
            self._assign(slots)
            self.renderables.mark(slots)
            self.renderables.version += 1

    def _follow_blended(self) -> None:
        version = (self.renderables.version, self.materials.version)
        if version == self._blend_version:
            return
        self._blend_version = version
        if not self._blends().any():
            self.blended = np.zeros(0, np.intp)
            return
        rows = self.renderables.rows[: self.renderables.high]
        self.blended = np.flatnonzero((rows["command"] == NO_COMMAND) & (rows["mesh"] > 0))

    def handles_of(self, indices: NDArray[Any]) -> NDArray[np.uint64]:
        """Entity handles of entity indices that were drawn."""
        found: NDArray[np.uint64] = self.handles[indices]
        return found

    def release(self) -> None:
        """Give the memory back."""
        self.deformer.release()
        self.transforms.release()
        self.renderables.release()
        self.culler.release()
        self.library.release()
