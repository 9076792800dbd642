"""World transforms: where everything is, by entity index, kept up to date for changed rows only.

Matrices are relative to the root's cell of 1,024 m, so a float32 is exact to a fraction of a millimetre wherever in a
planet-sized world an entity is; who compares two cells subtracts them as integers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ChangeLog, Rows, Table, World, indices_of, merge_rows, row_count
from taixu.math.affine import as_run, compose_rows, put_rows, put_translations, rows_from_trs, take_rows
from taixu.math.integers import distinct
from taixu.scene.bases import Bases
from taixu.scene.components import CELL_M, Parent, Transform
from taixu.scene.hierarchy import Hierarchy

__all__ = ["WorldTransforms", "propagate_transforms", "split_position"]

Indices = NDArray[np.intp]
_TRS = ("translation", "rotation", "scale")
_END_M = CELL_M * 2.0**30
_IDENTITY = np.eye(3, 4, dtype=np.float32).reshape(12)
_NONE: Indices = np.empty(0, np.intp)


class WorldTransforms:
    """World matrices and cells by entity index (a resource).

    Attributes
    ----------
    matrices : float32[capacity, 12]
        World-from-local 3x4 matrices in rows, relative to the cell; of those who are held, to their base (see `rows`).
    cells : int32[capacity, 3]
        The cell of the entity's root.
    changes : ChangeLog
        Which indices changed, by tick: ``changes.since(tick, len(matrices))``.
    bases : Bases
        Whose matrices are relative to another entity.
    """

    def __init__(self) -> None:
        self.matrices: NDArray[np.float32] = np.zeros((0, 12), np.float32)
        self.cells: NDArray[np.int32] = np.zeros((0, 3), np.int32)
        self.changes = ChangeLog()
        self.bases = Bases()
        self._tick = 0
        self._has_cells = False
        self._touched: NDArray[np.bool_] = np.zeros(0, bool)
        self._locals: NDArray[np.float32] = np.zeros((0, 12), np.float32)  # of children, by entity index; empty where all are roots
        self._shown: dict[str, Any] | None = None
        self._shown_before: Indices = _NONE

    def show(self, entities: NDArray[np.uint64], translations: NDArray[Any], rotations: NDArray[Any]) -> None:
        """Show entities elsewhere for the next propagation only (physics shows poses between two fixed steps).

        Their `Transform` stays as it is. Translations ``[3, n]`` and rotations ``[4, n]`` are as in `Transform`.
        """
        self._shown = {"entities": entities, "translation": translations, "rotation": rotations}

    def matrix(self, index: int) -> NDArray[np.float64]:
        """The world-from-local 4x4 of one entity in float64, cell included."""
        matrix = np.eye(4)
        (row,), (cell,) = self.rows(np.array([index]))
        matrix[:3] = row.reshape(3, 4)
        matrix[:3, 3] += cell * CELL_M
        return matrix

    def rows(self, indices: Indices) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
        """Matrices ``[n, 12]`` relative to cells ``[n, 3]``, also of those who are held."""
        matrices, cells = take_rows(self.matrices, indices), self.cells[indices]
        bases = self.bases.of[indices]
        held = np.flatnonzero(bases)
        if len(held):
            above = bases[held].astype(np.intp)
            matrices[held] = compose_rows(take_rows(self.matrices, above), matrices[held])
            cells[held] = self.cells[above]
        return matrices, cells

    @property
    def has_cells(self) -> bool:
        """Whether anything was ever outside the middle cell."""
        return self._has_cells

    def changed(self, since: int) -> Rows:
        """Entity indices whose matrix or cell changed after a tick."""
        return self.changes.since(since, len(self.matrices))

    def fork(self, world: World) -> WorldTransforms:
        return WorldTransforms()

    def _reserve(self, capacity: int) -> None:
        have = len(self.matrices)
        if have < capacity:
            matrices, cells = np.tile(_IDENTITY, (capacity, 1)), np.zeros((capacity, 3), np.int32)
            matrices[:have], cells[:have] = self.matrices, self.cells
            self.matrices, self.cells = matrices, cells
            self._touched = np.zeros(capacity, bool)
            self.bases.reserve(capacity)


def split_position(position: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Cells and offsets of positions ``[3]`` or ``[3, n]`` in metres; offsets lie within half a cell of zero.

    What lies beyond 2^40 m, the end of every world, is taken back to it.
    """
    metres = np.asarray(position, np.float64)
    if metres.size and float(metres.min()) > -CELL_M / 2 and float(metres.max()) < CELL_M / 2:  # most worlds fit into one cell
        return np.zeros(metres.shape, np.int32), metres.astype(np.float32) + np.float32(0.0)  # no minus zero, as below
    metres = np.clip(metres, -_END_M, _END_M)
    cells = np.rint(metres / CELL_M)
    return cells.astype(np.int32), (metres - cells * CELL_M).astype(np.float32)


def propagate_transforms(world: World) -> None:
    """Bring `WorldTransforms` up to date: changed rows, and what hangs below them, level by level."""
    state, hierarchy = world.resource(WorldTransforms), world.resource(Hierarchy)
    hierarchy.update(world)
    state._reserve(world.index_capacity)
    since, state._tick = state._tick, world.tick
    rows = hierarchy.changes.since(since, len(hierarchy.parents))
    reparented = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
    rebased = state.bases.settle(world, hierarchy, since, reparented)
    changed = [_update_roots(state, table, since) for table in world.query(Transform, without=(Parent,))]
    changed += [_show(world, state), _clear_bare(world, state, since)]
    below = _follow_locals(world, state, hierarchy, since, reparented)
    if len(world.query(Parent)) > hierarchy.child_count:
        changed.append(_update_orphans(world, state, hierarchy, np.concatenate([*below, reparented])))
    if not hierarchy.is_flat:
        seeds = [*changed, *below, reparented, rebased]
        if state.bases:
            changed.append(_update_held(state, hierarchy, seeds))
            seeds = [part[state.bases.of[part] == 0] for part in seeds]
        changed.append(_update_children(state, hierarchy, seeds, len(seeds) - len(below) - 2))
    for indices in changed:
        state.changes.mark(indices, world.tick)
    world.advance()


def _indices(table: Table, rows: Rows) -> Indices:
    return indices_of(table.entities[rows])


def _update_roots(state: WorldTransforms, table: Table, since: int) -> Indices:
    moved = table.changed((Transform,), since=since, fields=("translation",))
    turned = table.changed((Transform,), since=since, fields=("rotation", "scale"))
    jumped = table.changed((Transform,), since=since, fields=("cell",))
    parts = []
    if row_count(jumped):
        cells = _part(table, "cell", jumped)
        state._has_cells = state._has_cells or bool(cells.any())
        indices = _indices(table, jumped)
        state.cells[indices] = cells.T
        parts.append(indices)
    if row_count(turned):
        rows = merge_rows([moved, turned], len(table))
        indices = _indices(table, rows)
        _write_rows(state, indices, [_part(table, name, rows) for name in _TRS])
        parts.append(indices)
    elif row_count(moved):
        # The commonest change of all touches a third of a matrix, and no column but one.
        indices = _indices(table, moved)
        put_translations(state.matrices, indices, _part(table, "translation", moved))
        parts.append(indices)
    return _join(parts)


def _write_rows(state: WorldTransforms, indices: Indices, columns: list[NDArray[Any]]) -> None:
    run = as_run(indices)
    if run is not None:
        rows_from_trs(*columns, out=state.matrices[run])
    else:
        put_rows(state.matrices, indices, rows_from_trs(*columns, out=np.empty((len(indices), 12), np.float32)))


def _join(parts: list[Indices]) -> Indices:
    if len(parts) < 2:
        return parts[0] if parts else _NONE
    longest = max(parts, key=len)
    if all(len(part) == len(longest) and np.array_equal(part, longest) for part in parts):
        return longest  # new rows: everything about them changed
    return np.concatenate(parts)


def _part(table: Table, name: str, rows: Rows) -> NDArray[Any]:
    # Not from the view that `read` gives: numpy takes from what is not contiguous by copying all of it.
    return table.read(Transform, name)[:, rows] if isinstance(rows, slice) else table.take(Transform, name, rows)


def _show(world: World, state: WorldTransforms) -> Indices:
    """Poses shown for this once; what was shown last time and is not now goes back to its `Transform`."""
    before, state._shown_before = state._shown_before, _NONE
    touched = [before] if len(before) else []
    if len(before):
        living = before[world._index.tables[before] >= 0]
        handles = world.entities_at(living)
        columns = world.gather_columns(handles, Transform, _TRS)
        put_rows(state.matrices, living, rows_from_trs(*columns, out=np.empty((len(living), 12), np.float32)))
    if state._shown is not None:
        shown, state._shown = state._shown, None
        indices = indices_of(shown["entities"])
        scales = world.gather(shown["entities"], Transform, "scale")
        packed = np.empty((len(indices), 12), np.float32)
        put_rows(state.matrices, indices, rows_from_trs(shown["translation"], shown["rotation"], scales, out=packed))
        state._shown_before = indices
        touched.append(indices)
    return np.concatenate(touched) if touched else _NONE


def _clear_bare(world: World, state: WorldTransforms, since: int) -> Indices:
    """Those who came or changed and have no `Transform` (any more): they add nothing to what hangs below them."""
    structure = world.structure.since(since)
    if structure is not None and not structure:
        return _NONE
    has_transform = np.array([Transform in table.types for table in world.tables] + [True])  # -1: nobody lives there
    if structure is None:
        indices = np.arange(world.index_capacity)
    else:
        indices = distinct(indices_of(np.concatenate([structure.spawned, structure.moved])))
    bare: Indices = indices[~has_transform[world._index.tables[indices]]]
    state.matrices[bare] = _IDENTITY
    state.cells[bare] = 0
    return bare


def _update_orphans(world: World, state: WorldTransforms, hierarchy: Hierarchy, candidates: Indices) -> Indices:
    """Roots with a `Parent` that counts as none: dead, nobody, or below themselves."""
    loose: Indices = distinct(candidates[hierarchy.parents[candidates] == 0])
    if not len(loose):
        return _NONE
    has_parent = np.array([Parent in table.types for table in world.tables] + [False])  # -1: nobody lives there
    loose = loose[has_parent[world._index.tables[loose]]]
    *columns, cells = world.gather_columns(world.entities_at(loose), Transform, (*_TRS, "cell"))
    put_rows(state.matrices, loose, rows_from_trs(*columns, out=np.empty((len(loose), 12), np.float32)))
    state._has_cells = state._has_cells or bool(cells.any())
    state.cells[loose] = cells.T
    return loose


def _update_children(state: WorldTransforms, hierarchy: Hierarchy, changed: list[Indices], roots: int) -> Indices:
    levels = _affected(state, hierarchy, changed, roots)
    for level in levels:
        above = hierarchy.parents_of(level)
        put_rows(state.matrices, level, compose_rows(take_rows(state.matrices, above), take_rows(state._locals, level)))
        if state._has_cells:
            state.cells[level] = state.cells[above]
    return np.concatenate(levels) if levels else _NONE


def _update_held(state: WorldTransforms, hierarchy: Hierarchy, changed: list[Indices]) -> Indices:
    """Matrices against their bases, of those who are held and changed, and of all below."""
    start = np.concatenate(changed)
    of = state.bases.of
    affected = _closure(state._touched, hierarchy, start[of[start] > 0])
    for level in _by_depth(hierarchy, affected):
        above, rows = hierarchy.parents_of(level), take_rows(state._locals, level)
        inner = np.flatnonzero(above != of[level])
        if len(inner):
            rows[inner] = compose_rows(take_rows(state.matrices, above[inner]), rows[inner])
        put_rows(state.matrices, level, rows)
    return affected


def _follow_locals(
    world: World, state: WorldTransforms, hierarchy: Hierarchy, since: int, reparented: Indices
) -> list[Indices]:
    """Bring the matrices of children against their parents up to date; gives, by table, who changed."""
    changed = []
    for table in world.query(Transform, Parent):
        rows = table.changed((Transform,), since=since)
        indices = _indices(table, rows)
        changed.append(indices)
        if len(indices) and not hierarchy.is_flat:
            _reserve_locals(state)
            packed = np.empty((len(indices), 12), np.float32)
            put_rows(state._locals, indices, rows_from_trs(*(_part(table, name, rows) for name in _TRS), out=packed))
    if hierarchy.is_flat:
        return changed
    _reserve_locals(state)
    structure = world.structure.since(since)
    doubtful = np.arange(len(hierarchy.parents))
    if structure is not None:  # who came, or has other components or another parent than before
        came = indices_of(np.concatenate([structure.spawned, structure.moved]))
        doubtful = distinct(np.concatenate([reparented, came[came < len(hierarchy.parents)]]))
    doubtful = doubtful[hierarchy.parents[doubtful] > 0]
    if len(doubtful):
        columns = world.gather_columns(world.entities_at(doubtful), Transform, _TRS)
        put_rows(state._locals, doubtful, rows_from_trs(*columns, out=np.empty((len(doubtful), 12), np.float32)))
    return changed


def _reserve_locals(state: WorldTransforms) -> None:
    have, capacity = len(state._locals), len(state.matrices)
    if have < capacity:
        grown = np.tile(_IDENTITY, (capacity, 1))
        grown[:have] = state._locals
        state._locals = grown


def _affected(state: WorldTransforms, hierarchy: Hierarchy, changed: list[Indices], roots: int) -> list[Indices]:
    """The children that are no longer right, by depth: those that changed and all below whatever changed.

    The first `roots` of what changed are roots, each once.
    """
    if sum(map(len, changed)) * 4 > len(state.matrices) or \
            2 * int(hierarchy.sizes[np.concatenate(changed[:roots])].sum()) > hierarchy.child_count:
        return state.bases.free_levels(hierarchy)  # finding out would cost more than doing all
    affected = _closure(state._touched, hierarchy, np.concatenate(changed), state.bases.of if state.bases else None)
    return _by_depth(hierarchy, affected[hierarchy.parents[affected] > 0])


def _by_depth(hierarchy: Hierarchy, affected: Indices) -> list[Indices]:
    depths = hierarchy.depths[affected]
    ends = np.cumsum(np.bincount(depths)) if len(depths) else _NONE
    return np.split(affected[np.argsort(depths, kind="stable")], ends[:-1])


def _closure(
    touched: NDArray[np.bool_], hierarchy: Hierarchy, start: Indices, bases: NDArray[np.int32] | None = None
) -> Indices:
    """`start` and all below, each once, but for those who have bases. `touched` is all False before and after."""
    touched[start] = True
    level = np.flatnonzero(touched)
    found = [level]
    while len(level):
        level = hierarchy.children_of(level)
        level = level[~touched[level] if bases is None else ~touched[level] & (bases[level] == 0)]
        touched[level] = True
        found.append(level)
    closure = np.concatenate(found)
    touched[closure] = False
    return closure
