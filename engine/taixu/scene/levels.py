"""Which level of detail everything shows: as fine as the eyes that look can see, and no finer.

An entity whose mesh has coarser forms stays one entity; before each picture its `MeshInstance` gets the number of the form that
fits its size there. Where a model says how much of the screen each level is for, that counts; otherwise the coarsest level is taken
whose triangles are still about as small as pixels make worth drawing. A level is left only when it is clearly too fine, so that
nothing flickers between two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from taixu.assets.levels import Levels
from taixu.assets.model import ModelData
from taixu.ecs import Table, World, indices_of, row_count
from taixu.scene.components import CELL_M, MeshInstance
from taixu.scene.details import Details, Eye
from taixu.scene.impostors import impostor_levels
from taixu.scene.library import LibraryMesh, MaterialLibrary, MeshLevels, MeshLibrary
from taixu.scene.transforms import WorldTransforms

__all__ = ["LevelState", "edges_px", "put_model_levels", "show_levels"]

_PIXELS_A_TRIANGLE = 8.0
_SCREEN_PX = 1080.0
"""The height of the screen that models speak of when they say shares of one; finer screens show finer levels."""
_SLACK = 0.9
_IMPOSTOR_PX = 64.0
"""Width on the screen at which a model's impostor comes: a person of then forty pixels moves arms and legs by a few."""
_FRAMES, _FRAME_PX = 8, 48
_WALKERS_FRAMES = 6
_FINEST_PX = 1e-6
_MOST_SHAPES = 1 << 14
"""So many shapes of a table are looked at before a picture; the others keep their forms for a picture more."""


class LevelState:
    """What `show_levels` remembers (a resource): which rows have levels, and a table of them by mesh number."""

    def __init__(self) -> None:
        self.tick = -1
        self._library_seen = self._forms_seen = -1
        self._set_of_mesh = np.zeros(0, np.int32)
        self._level_of_mesh = np.zeros(0, np.int8)
        self._numbers = np.zeros((0, 0), np.uint32)
        self._edges = np.zeros((0, 0))
        self._spheres = np.zeros((0, 4))
        self._last = self._plain = np.zeros(0, np.int8)
        self._impostors = np.zeros(0, np.uint32)
        self._exact = np.zeros(0, bool)
        self._rows: dict[int, _Rows] = {}  # by the table's id: tables live as long as their world
        self._has_coarse = False
        self._turn = 0

    def fork(self, world: World) -> LevelState:
        return LevelState()

    def _learn(self, library: MeshLibrary) -> bool:
        """Take over what the library knows of levels; whether that is anything."""
        if self._library_seen == library.levels_version and len(self._set_of_mesh) >= len(library):
            return bool(len(self._numbers))
        if self._forms_seen != library.forms_version or len(library.levels) < len(self._numbers):
            self._set_of_mesh, self._level_of_mesh = np.zeros(0, np.int32), np.zeros(0, np.int8)
            self._numbers, self._edges, self._spheres = np.zeros((0, 0), np.uint32), np.zeros((0, 0)), np.zeros((0, 4))
            self._last, self._plain, self._impostors = np.zeros(0, np.int8), np.zeros(0, np.int8), np.zeros(0, np.uint32)
            self._exact = np.zeros(0, bool)
        self._library_seen, self._forms_seen = library.levels_version, library.forms_version
        more = len(library) - len(self._set_of_mesh)
        self._set_of_mesh = np.concatenate([self._set_of_mesh, np.full(more, -1, np.int32)])
        self._level_of_mesh = np.concatenate([self._level_of_mesh, np.zeros(more, np.int8)])
        known = len(self._numbers)
        if len(library.levels) > known:
            self._add(list(islice(library.levels.values(), known, None)), library)
            self._rows.clear()
            self.tick = -1
        return bool(len(self._numbers))

    def _add(self, sets: Sequence[MeshLevels], library: MeshLibrary) -> None:
        """Take over some more."""
        known, had = self._numbers.shape
        width = max(had, *(len(each.numbers) for each in sets))
        numbers, edges = np.zeros((known + len(sets), width), np.uint32), np.zeros((known + len(sets), width))
        numbers[:known, :had], edges[:known, :had] = self._numbers, self._edges
        if had:
            numbers[:known, had:] = self._numbers[:, -1:]
        have = library.drawn_impostors
        waiting = np.array([0 if each.impostor in have else each.impostor for each in sets], np.uint32)
        plain = np.array([(each.plain or len(each.numbers)) - 1 for each in sets], np.int8)
        whole = np.array([len(each.numbers) - 1 for each in sets], np.int8)
        for row, (each, waits) in enumerate(zip(sets, waiting.tolist(), strict=True), known):
            count = len(each.numbers)
            for forms in (each.numbers, each.dressed):
                self._set_of_mesh[list(forms)] = row
                self._level_of_mesh[list(forms)] = np.arange(len(forms))
            numbers[row] = [*each.numbers, *[each.numbers[-1]] * (width - count)]
            if each.dressed and not waits:
                numbers[row, : len(each.dressed)] = each.dressed
            edges[row, : count - 1] = each.edges_px
        self._numbers, self._edges = numbers, edges
        self._exact = np.concatenate([self._exact, np.array([each.is_exact for each in sets], bool)])
        self._spheres = np.concatenate([self._spheres, np.array([each.sphere for each in sets]).reshape(-1, 4)])
        self._impostors = np.concatenate([self._impostors, waiting])
        self._plain = np.concatenate([self._plain, plain])
        # A form that waits for pictures is not shown yet.
        self._last = np.concatenate([self._last, np.where(waiting > 0, plain, whole)])


def show_levels(world: World, eyes: Sequence[Eye]) -> None:
    """Give everything that has levels of detail the one that these eyes need."""
    library, state = world.resource(MeshLibrary), world.resource(LevelState)
    if (not library.levels and not len(state._numbers)) or not state._learn(library) or not eyes:
        return
    since, state.tick = state.tick, world.tick
    world.advance()
    known, state._rows = state._rows, {}
    has_coarse, state._has_coarse = state._has_coarse, all(each.error_px > 0 for each in eyes)
    state._turn += 1
    wrote = False
    for table in world.query(MeshInstance).tables():
        rows = state._rows[id(table)] = _rows_of(state, table, known.get(id(table)), since)
        shapes = rows.shapes if has_coarse or state._has_coarse else rows.shapes[:0]
        if len(shapes) > _MOST_SHAPES and state._has_coarse and not world.resource(Details).patient:
            turns = -(-len(shapes) // _MOST_SHAPES)
            shapes = shapes[state._turn % turns :: turns]
        for some in (rows.things, shapes):
            if len(some):
                wrote |= _show(state, world, library, table, some, eyes)
    if wrote:
        world.advance()


def _show(
    state: LevelState, world: World, library: MeshLibrary, table: Table, rows: NDArray[np.intp], eyes: Sequence[Eye]
) -> bool:
    """Give some rows of a table their forms; whether any has another one now."""
    shown = table.read(MeshInstance, "mesh")[rows]
    sets = state._set_of_mesh[shown]
    indices = indices_of(table.entities)[rows]
    levels = _levels(state, world.resource(WorldTransforms), indices, sets, state._level_of_mesh[shown], eyes)
    if any(each.wants_meshes for each in eyes):
        levels = np.minimum(levels, state._plain[sets])
    early = levels > state._last[sets]
    if early.any():
        library.wanted_impostors.update(np.unique(state._impostors[sets[early]]).tolist())
        levels = np.minimum(levels, state._last[sets])
    wanted = state._numbers[sets, levels]
    other = np.flatnonzero(wanted != shown)
    if len(other):
        table.set(MeshInstance, "mesh", wanted[other], rows=rows[other])
    return bool(len(other))


@dataclass(frozen=True, slots=True)
class _Rows:
    """Rows of a table whose meshes have levels: shapes, whose forms are exact, and other things."""

    things: NDArray[np.intp]
    shapes: NDArray[np.intp]


def _rows_of(state: LevelState, table: Table, known: _Rows | None, since: int) -> _Rows:
    """Rows whose meshes have levels; looked up anew only where somebody came, went or got another mesh."""
    numbers = table.read(MeshInstance, "mesh")
    parts = () if known is None else (known.things, known.shapes)
    is_whole = since >= 0 and all(not len(each) or each[-1] < len(numbers) for each in parts)
    if known is not None and is_whole and not row_count(table.changed((MeshInstance,), since=since)):
        return known
    sets = state._set_of_mesh[numbers]
    found = np.flatnonzero(sets >= 0)
    exact = state._exact[sets[found]]
    return _Rows(found[~exact], found[exact])


def _levels(
    state: LevelState, places: WorldTransforms, indices: NDArray[np.intp], sets: NDArray[np.int32], now: NDArray[np.int8],
    eyes: Sequence[Eye],
) -> NDArray[np.intp]:  # fmt: skip
    """The level of each row: how many of its set's edges its size in pixels is below."""
    matrices = places.matrices[indices].reshape(-1, 3, 4).astype(np.float64)
    spheres, exact = state._spheres[sets], state._exact[sets]
    scale = np.sqrt(np.square(matrices[:, :, :3]).sum(1).max(1))
    middles = np.einsum("nij,nj->ni", matrices[:, :, :3], spheres[:, :3]) + matrices[:, :, 3] + places.cells[indices] * CELL_M
    radii = scale * spheres[:, 3]
    sizes = np.zeros(len(indices))
    for eye in eyes:
        distances = np.linalg.norm(middles - eye.position, axis=1) - radii
        widths = 2.0 * radii * eye.pixels_per_m(np.maximum(distances, 0.0))
        sizes = np.maximum(sizes, np.where(exact, widths / max(eye.error_px, _FINEST_PX), widths))
    edges = state._edges[sets]
    coarser = sizes[:, None] < edges * np.where(np.arange(edges.shape[1]) >= now[:, None], _SLACK, 1.0)
    return np.asarray(np.cumprod(coarser, axis=1).sum(1), np.intp)


def put_model_levels(
    library: MeshLibrary, materials: MaterialLibrary, model: ModelData, found: Levels, number_of: Callable[[int], int]
) -> None:
    """Make the levels of one place of a model known; the last is an impostor where the model says what that shows.

    Parameters
    ----------
    number_of
        Gives a model's mesh its number in the library.
    """
    members = [model.nodes[each].mesh or 0 for each in found.members(model)]
    coarser = [model.nodes[each].mesh or 0 for each in found.nodes[1:]]
    boxes = np.array([library[number_of(each)].bounds() for each in members], np.float64)
    low, high = boxes[:, 0].min(0), boxes[:, 1].max(0)
    x, y, z = ((low + high) / 2.0).tolist()
    sphere = (x, y, z, float(np.linalg.norm(high - low)) / 2.0)
    edges = _edges(library, [number_of(each) for each in coarser], found.coverage)
    forms = [number_of(each) for each in (members[0], *coarser)]
    levels = MeshLevels(tuple(forms), edges, sphere)
    if found.impostor is not None:
        is_posed = model.nodes[found.carrier].skin is not None
        walks = is_posed and model.avatar is not None and bool(model.avatar.humanoid)
        levels = impostor_levels(
            library, materials, levels, sphere=found.impostor[0], reach=found.impostor[1], at_px=_IMPOSTOR_PX,
            frames=_WALKERS_FRAMES if walks else _FRAMES, frame_px=_FRAME_PX, is_posed=is_posed, walks=walks,
        )  # fmt: skip
    library.put_levels(levels)
    for mesh in members[1:]:
        # What the carrier shows from afar stands for all; the others show nothing then, each a nothing of its own.
        first = number_of(mesh)
        nothings = [library.put(("nothing", first, level), LibraryMesh((), ())) for level in range(len(levels.numbers) - 1)]
        library.put_levels(replace(levels, numbers=(first, *nothings)))


def edges_px(counts: Sequence[int]) -> tuple[float, ...]:
    """How many pixels wide a thing is when it is left for each coarser form, by the triangles that these have.

    The next form is fine enough while each of its triangles, half of them seen, covers so few pixels of the disc.
    """
    edges = np.sqrt(np.maximum(counts, 1) * _PIXELS_A_TRIANGLE * 2.0 / np.pi)
    return tuple(np.minimum.accumulate(edges).tolist())


def _edges(library: MeshLibrary, coarser: Sequence[int], coverage: Sequence[float]) -> tuple[float, ...]:
    if coverage:
        return tuple((np.sqrt(np.asarray(coverage[: len(coarser)], np.float64)) * _SCREEN_PX).tolist())
    return edges_px([sum(len(each.triangles()) for each in library[number].primitives) for number in coarser])
