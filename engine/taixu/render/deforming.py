"""Deforming: skins and morphs of a world, for those who are seen, by one dispatch a view.

A deformed primitive is drawn together with all others of its mesh; compute writes where its vertices are into a block of its
own (`deform_seats`), and shaders fetch them there: depth, shadow and colour passes pay for a skin once. Last frame's
positions go to a buffer for velocity, where somebody wants it. What did not move costs nothing, and neither does who is in
no frustum: neither a view's nor a shadow map's. A view whose settings say ``"thrift": True`` deforms small ones only in every
second or fourth frame; the world knows nothing of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.components import Morph, Skin
from taixu.animation.morphs import MorphWeights
from taixu.animation.skins import SkinPalettes
from taixu.ecs import Rows, World, indices_of, row_count
from taixu.gpu import Buffer, Device
from taixu.render.bindings import FLAG_CAST_SHADOW, FLAG_VISIBLE, StorageSlot
from taixu.render.deform_bounds import Form, JointBounds, measure_form, ranges
from taixu.render.deform_seats import NO_BLOCK, VERTEX_WORDS, Seats
from taixu.render.instances import NOT_DEFORMED, Renderables
from taixu.render.library import LibraryMirror
from taixu.render.meshes import MeshPool
from taixu.render.palettes import PaletteBuffers
from taixu.render.row_buffer import RowBuffer
from taixu.render.work_groups import GroupTable
from taixu.scene import CELL_M, MeshInstance, WorldTransforms

if TYPE_CHECKING:
    from taixu.render.views import View

__all__ = ["Deformer"]

_IS_FRESH, _SETTLES = 0x80000000, 0x40000000  # as in deform.comp
_FORGETS = 8
"""After so many frames out of sight there is no past."""
_KEPT_FRAMES, _SWEEP_FRAMES = 120, 64
_THRIFT_PX = ((150.0, 2), (40.0, 4))
"""Who is smaller than this is deformed in every so many frames, where thrift is asked for."""
_Indices = NDArray[np.intp]


class Deformer:
    """The deformed renderables of one world.

    Attributes
    ----------
    seats : Seats
        A row for each.
    jobs, vertices
        How many were deformed in the latest frame, and their vertices.
    """

    def __init__(self, device: Device, pool: MeshPool) -> None:
        self.device, self.pool = device, pool
        self.seats = Seats(device)
        self.jobs = self.vertices = 0
        self._bounds = JointBounds(*_nobody())
        self._palette_firsts = self._palette_counts = self._weight_firsts = self._weight_counts = np.zeros(0, np.intp)
        self._worked_out = np.zeros(0, np.intp)
        self._is_new = False
        self._forms: dict[tuple[int, int, int], Form] = {}
        self._palettes = PaletteBuffers(device)
        self._weights = RowBuffer(device, 1, label="morph weights")
        self._groups = GroupTable(device, label="deform groups")
        self._frame = 0
        self._tick = -1
        self._seen: Any = None
        self._pool_version = -1

    def follow(
        self, world: World, renderables: Renderables, library: LibraryMirror, numbers: NDArray[np.uint32], *, want_previous: bool
    ) -> _Indices:
        """Follow the world, before its transforms are uploaded; gives the slots that are deformed now and were not, or the
        other way round.

        Parameters
        ----------
        numbers
            Mesh number by entity index.
        """
        since, self._tick = self._tick, world.tick
        self._frame += 1
        self.jobs = self.vertices = 0
        if not len(self._bounds.entities) and not len(world.query(Skin)) and not len(world.query(Morph)):
            return np.zeros(0, np.intp)
        skins = world.resource(SkinPalettes) if world.has_resource(SkinPalettes) else SkinPalettes()
        weights = world.resource(MorphWeights) if world.has_resource(MorphWeights) else MorphWeights()
        changed = np.zeros(0, np.intp)
        seen = (renderables.version, skins.revision, weights.revision)
        if seen != self._seen or self._components_changed(world, since):
            changed = self._seat(world, renderables, library, numbers, skins)
            if self._seen is None or seen[1:] != self._seen[1:]:
                since = -1
            self._seen = seen
        self.seats.keep_past(wanted=want_previous)
        if skins.revision or len(world.query(Skin)):
            self._palettes.follow(skins, world.resource(WorldTransforms).bases)
        self._touch(world, skins, weights, since)
        if self._frame % _SWEEP_FRAMES == 0:
            self.seats.give_blocks_back(np.flatnonzero(self.seats.seen < self._frame - _KEPT_FRAMES))
        return changed

    def acknowledge(self, version: int) -> None:
        """The renderables' version after the changed slots were taken over."""
        if self._seen is not None:
            self._seen = (version, *self._seen[1:])

    def spheres_of(self, seats: NDArray[Any]) -> NDArray[np.float64]:
        """Spheres [n, 4] of deformed renderables, relative to the cells of their entities."""
        return self.seats.rows["sphere"][seats].astype(np.float64)

    def read_positions(self, seat: int) -> NDArray[np.float32]:
        """Where the vertices of a deformed renderable are in its mesh's space, [n, 3]; those at rest where nobody saw it.

        Waits for the device.
        """
        row = self.seats.rows[seat]
        count, first = int(row["vertex_count"]), int(row["first"])
        if first == NO_BLOCK:
            return self.pool.positions.read(np.float32, offset=12 * int(row["base_vertex"]), count=3 * count).reshape(-1, 3)
        size = 4 * VERTEX_WORDS
        found = self.seats.vertices.read(np.float32, offset=size * first, count=VERTEX_WORDS * count)
        return found.reshape(-1, VERTEX_WORDS)[:, :3]

    def bind(self) -> None:
        """Bind rows, for culling and for drawing."""
        self.seats.bind()

    @property
    def deformed_vertices(self) -> Buffer:
        """Where passes find the vertices of what is deformed."""
        return self.seats.vertices

    @property
    def previous_positions(self) -> Buffer | None:
        """Last frame's positions, vertex by vertex of `deformed_vertices`."""
        return self.seats.previous

    # -- following ---------------------------------------------------------------------------------------------------
    def _components_changed(self, world: World, since: int) -> bool:
        return any(row_count(table.changed((cls,), since=since)) > 0
                   for cls in (Skin, Morph) for table in world.query(MeshInstance, cls).tables())  # fmt: skip

    def _seat(
        self, world: World, renderables: Renderables, library: LibraryMirror, numbers: NDArray[np.uint32], skins: SkinPalettes
    ) -> _Indices:
        """Find out anew who is deformed, by what; seats that still fit are kept, with all that is known of them."""
        who, spans = _wanted(world)
        known = who < len(renderables.first_slots)
        known[known] = renderables.first_slots[who[known]] >= 0
        who, spans = who[known], spans[:, known]
        slots = renderables.slots_of(who)
        owners = np.repeat(np.arange(len(who)), renderables.slot_counts[who])
        meshes = renderables.rows["mesh"][slots]
        data = self.pool.deforms.rows[meshes]
        bends, morphs = (data["influence_sets"] > 0) & (spans[1][owners] > 0), (data["target_count"] > 0) & (spans[3][owners] > 0)
        chosen = np.flatnonzero(bends | morphs)
        slots, owners, meshes, data = slots[chosen], owners[chosen], meshes[chosen], data[chosen]
        bends, morphs = bends[chosen], morphs[chosen]
        seats, changed = self._take_seats(renderables, slots, meshes, who[owners])

        used, bodies = np.unique(owners, return_inverse=True)
        who, spans = who[used], spans[:, used]
        self.seats.bodies[seats] = bodies
        before = self.seats.rows[seats]
        rows = before.copy()
        rows["base_vertex"], rows["vertex_count"] = (self.pool.rows[name][meshes] for name in ("first_vertex", "vertex_count"))
        for name in ("influence_first", "influence_sets"):
            rows[name] = np.where(bends, data[name], 0)
        for name in ("delta_first", "delta_parts"):
            rows[name] = np.where(morphs, data[name], 0)
        rows["palette_first"], rows["palette_count"] = np.where(bends, spans[:2, bodies], 0)
        rows["target_count"] = np.where(morphs, np.minimum(data["target_count"], spans[3][bodies]), 0)
        rows["weight_first"] = np.where(morphs, spans[2][bodies], 0)
        self.seats.rows[seats] = rows
        self.seats.is_stale[seats[rows != before]] = True
        self.seats.is_dirty = True
        self._measure(who, spans, numbers[who], library, skins)
        return changed

    def _take_seats(
        self, renderables: Renderables, slots: _Indices, meshes: NDArray[np.uint32], entities: _Indices
    ) -> tuple[_Indices, _Indices]:
        """The seats of these slots, and the slots that got one or lost theirs."""
        seats = self.seats
        found = renderables.rows["deformed"][slots].astype(np.int64)
        have = np.flatnonzero(found != NOT_DEFORMED)
        fits = (seats.slots[found[have]] == slots[have]) & (seats.meshes[found[have]] == meshes[have]) & \
            (seats.entities[found[have]] == entities[have])  # fmt: skip
        kept = np.zeros(len(slots), bool)
        kept[have[fits]] = True
        stays = np.zeros(len(seats.rows), bool)
        stays[found[kept]] = True
        gone = np.flatnonzero(~stays & (seats.slots >= 0))
        old = seats.slots[gone]
        lost = old[renderables.rows["deformed"][old] == gone]
        renderables.rows["deformed"][lost] = NOT_DEFORMED
        seats.leave(gone)
        new = np.flatnonzero(~kept)
        found[new] = seats.take(len(new))
        seats.slots[found[new]], seats.meshes[found[new]], seats.entities[found[new]] = slots[new], meshes[new], entities[new]
        renderables.rows["deformed"][slots[new]] = found[new]
        return found.astype(np.intp), np.union1d(lost[renderables.rows["mesh"][lost] > 0], slots[new]).astype(np.intp)

    def _measure(
        self, who: _Indices, spans: _Indices, numbers: NDArray[np.uint32], library: LibraryMirror, skins: SkinPalettes
    ) -> None:
        if self._pool_version != self.pool.version:
            self._pool_version = self.pool.version
            self._forms.clear()
        firsts, counts = spans[0], spans[1]
        binds = np.where(counts > 0, skins.binds[np.minimum(firsts, max(len(skins.binds) - 1, 0))] if len(skins.binds) else 0, 0)
        kinds, of_kind = np.unique(np.stack([numbers.astype(np.intp), binds, counts], 1), axis=0, return_inverse=True)
        forms = []
        for number, bind, count in kinds.tolist():  # a handful, however many people there are
            form = self._forms.get((number, bind, count))
            if form is None:
                first = int(library.starts[number])
                meshes = library.meshes[first : first + int(library.counts[number])]
                form = measure_form(self.pool, meshes, skins.inverse_binds[bind : bind + count])
                self._forms[number, bind, count] = form
            forms.append(form)
        joints = skins.joints[ranges(firsts, counts)]
        self._bounds = JointBounds(who, forms, of_kind.reshape(-1), counts, joints, spans[2], spans[3])
        self._palette_firsts, self._palette_counts, self._weight_firsts, self._weight_counts = spans
        self._worked_out = np.full(len(who), -1)
        self._is_new = True

    def _touch(self, world: World, skins: SkinPalettes, weights: MorphWeights, since: int) -> None:
        """Whoever moved is stale, and somewhere else."""
        bodies = len(self._bounds.entities)
        if not bodies:
            return
        places, count = world.resource(WorldTransforms), len(weights.values)
        rows: Rows = weights.changes.since(since, count) if since >= 0 else slice(0, count)
        if count:
            self._weights.upload(weights.values, rows)
        if since < 0:
            changed, elsewhere = np.ones(bodies, bool), np.ones(bodies, bool)
        else:
            moved = _mask(places.changed(since), len(places.matrices))
            elsewhere = moved[self._bounds.entities]
            changed = self._bounds.touched(moved, places)
            if row_count(rows):
                changed |= _touched(_mask(rows, count), self._weight_firsts, self._weight_counts)
        self._bounds.follow(changed | self._is_new, elsewhere, places, weights.values)
        self._is_new = False
        live = np.flatnonzero(self.seats.slots >= 0)
        self.seats.is_stale[live] |= changed[self.seats.bodies[live]]
        if (changed | elsewhere).any() or self.seats.is_dirty:
            self.seats.rows["sphere"][live] = self._bounds.spheres[self.seats.bodies[live]]
            self.seats.is_dirty = True

    # -- deforming ---------------------------------------------------------------------------------------------------
    def show(
        self, world: World, view: View, renderables: Renderables, frusta: NDArray[np.floating[Any]],
        casting: NDArray[np.bool_],
    ) -> None:  # fmt: skip
        """Deform what is about to be drawn, if it is not as it should be. Transforms are bound.

        Parameters
        ----------
        frusta
            Planes [k, 6, 4] of all that will be drawn for the view, relative to its camera's cell.
        casting
            By frustum: whether only those are drawn that cast shadows, [k].
        """
        live = np.flatnonzero(self.seats.slots >= 0)
        if not len(live):
            return
        places, seats = world.resource(WorldTransforms), self.seats
        spheres = self._bounds.spheres
        apart = places.cells[self._bounds.entities] - np.asarray(view.camera.cell, np.int32)
        centers = spheres[:, :3] + apart * CELL_M
        rows = renderables.rows[seats.slots[live]]
        drawn = (rows["flags"] & FLAG_VISIBLE != 0) & (rows["layers"] & np.uint32(view.layers & 0xFFFFFFFF) != 0)
        if view.settings.get("traced"):
            seen = drawn  # rays meet what no frustum holds
        else:
            distances = np.einsum("kpi,ni->nkp", frusta[:, :, :3], centers) + frusta[:, :, 3]
            inside = (distances >= -(spheres[:, 3] * 1.001 + 1e-3)[:, None, None]).all(2)
            by_body = np.stack([inside[:, ~casting].any(1), inside[:, casting].any(1)])[:, seats.bodies[live]]
            seen = drawn & (by_body[0] | by_body[1] & (rows["flags"] & FLAG_CAST_SHADOW != 0))
        chosen = live[seen]
        away = np.linalg.norm(centers - view.camera.world_from_camera[:3, 3], axis=1)
        fresh = seats.seen[chosen] < self._frame - _FORGETS
        fresh |= self._find_room(chosen, away)
        seats.seen[chosen] = self._frame
        self._deform(chosen, fresh, self._is_due(view, away))

    def _find_room(self, chosen: _Indices, away: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Give those room for vertices who have none, near ones first; who got it."""
        bare = np.flatnonzero(self.seats.rows["first"][chosen] == NO_BLOCK)
        result = np.zeros(len(chosen), bool)
        if len(bare):
            order = bare[np.argsort(away[self.seats.bodies[chosen[bare]]], kind="stable")]
            self.seats.take_blocks(chosen[order])
            result[bare] = True
        return result

    def _is_due(self, view: View, away: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Which bodies are to be deformed in this frame, by their size in the view."""
        due = np.ones(len(away), bool)
        if view.settings.get("thrift"):
            radii, entities = self._bounds.spheres[:, 3], self._bounds.entities
            sizes = 2.0 * radii * view.eye().pixels_per_m(np.maximum(away - radii, 0.0))
            for size_px, frames in _THRIFT_PX:
                due &= (sizes >= size_px) | ((entities + self._frame) % frames == 0)
        return due

    def _deform(self, chosen: _Indices, fresh: NDArray[np.bool_], due: NDArray[np.bool_]) -> None:
        seats = self.seats
        keeps = seats.previous is not None
        has_room = seats.rows["first"][chosen] != NO_BLOCK
        moves = seats.is_stale[chosen] & (fresh | due[seats.bodies[chosen]])
        settles = ~moves & ~seats.is_settled[chosen] & keeps
        runs = has_room & (moves | settles) & (seats.ran[chosen] != self._frame)
        chosen, fresh, settles = chosen[runs], fresh[runs], settles[runs]
        if not len(chosen):
            return
        moving = chosen[~settles]
        self._work_palettes_out(moving)
        counts = seats.rows["vertex_count"][chosen].astype(np.intp)
        starts, owners = self._groups.spread(counts)
        table = np.empty((len(starts), 2), np.uint32)
        table[:, 0] = (chosen + fresh * np.int64(_IS_FRESH) + settles * np.int64(_SETTLES))[owners]
        table[:, 1] = starts
        seats.bind()
        bind = self.device.bind_storage
        bind(7, self.pool.positions)
        bind(8, self.pool.surfaces)
        bind(StorageSlot.PREVIOUS_POSITIONS, seats.previous or seats.vertices)
        bind(StorageSlot.DEFORMED_VERTICES, seats.vertices)
        for binding, buffer in ((12, self.pool.deforms.influences), (13, self.pool.deforms.deltas), (14, self._palettes),
                                (15, self._weights)):  # fmt: skip
            bind(binding, buffer.buffer)
        self._groups.dispatch("compute/deform.comp", table, binding=6, word=int(keeps))
        seats.ran[chosen] = self._frame
        seats.is_stale[moving] = False
        seats.is_settled[chosen] = settles | fresh
        self.jobs += len(moving)
        self.vertices += int(counts[~settles].sum())

    def _work_palettes_out(self, seats: _Indices) -> None:
        bodies = np.unique(self.seats.bodies[seats])
        bodies = bodies[(self._palette_counts[bodies] > 0) & (self._worked_out[bodies] != self._frame)]
        self._worked_out[bodies] = self._frame
        self._palettes.work_out(self._palette_firsts[bodies], self._palette_counts[bodies])

    def release(self) -> None:
        """Give the memory back."""
        self.seats.release()
        self._palettes.release()
        self._weights.release()
        self._groups.release()


def _wanted(world: World) -> tuple[_Indices, _Indices]:
    """Entity indices of skins and morphs, and [4, n]: offset and count of joints, offset and count of weights."""
    found = []
    for cls in (Skin, Morph):
        tables = list(world.query(MeshInstance, cls))
        none = np.zeros(0, np.intp)
        columns = [[indices_of(table.entities), table.read(cls, "offset"), table.read(cls, "count")] for table in tables]
        found.append([np.concatenate([none, *(column[k] for column in columns)]).astype(np.intp) for k in range(3)])
    who = np.union1d(found[0][0], found[1][0])
    spans = np.zeros((4, len(who)), np.intp)
    for part, (indices, offsets, counts) in enumerate(found):
        at = np.searchsorted(who, indices)
        spans[2 * part, at], spans[2 * part + 1, at] = offsets, counts
    return who, spans


def _mask(rows: Rows, count: int) -> NDArray[np.bool_]:
    mask = np.zeros(count, bool)
    mask[rows] = True
    return mask


def _touched(mask: NDArray[np.bool_], firsts: _Indices, counts: _Indices) -> NDArray[np.bool_]:
    """Which ranges hold a row of the mask."""
    sums = np.concatenate([[0], np.cumsum(mask)])
    low = np.minimum(firsts, len(mask))
    return np.asarray(sums[np.minimum(low + counts, len(mask))] > sums[low])


def _nobody() -> tuple[_Indices, list[Form], _Indices, _Indices, _Indices, _Indices, _Indices]:
    none = np.zeros(0, np.intp)
    return none, [], none, none, none, none, none
