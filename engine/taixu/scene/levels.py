"""Which level of detail everything shows: as fine as the eyes that look can see, and no finer.

An entity whose mesh has coarser forms stays one entity; before each picture its `MeshInstance` gets the number of the form that
fits its size there. Where a model says how much of the screen each level is for, that counts; otherwise the coarsest level is taken
whose triangles are still about as small as pixels make worth drawing. A level is left only when it is clearly too fine, so that
nothing flickers between two.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.assets.levels import Levels
from taixu.assets.model import ModelData
from taixu.ecs import Table, World, indices_of, row_count
from taixu.scene.components import CELL_M, MeshInstance
from taixu.scene.details import Eye
from taixu.scene.library import LibraryMesh, MeshLevels, MeshLibrary
from taixu.scene.transforms import WorldTransforms

__all__ = ["LevelState", "put_model_levels", "show_levels"]

_PIXELS_A_TRIANGLE = 8.0
_SCREEN_PX = 1080.0
"""The height of the screen that models speak of when they say shares of one; finer screens show finer levels."""
_SLACK = 0.9


class LevelState:
    """What `show_levels` remembers (a resource): which rows have levels, and a table of them by mesh number."""

    def __init__(self) -> None:
        self.tick = -1
        self._library_seen = -1
        self._set_of_mesh = np.zeros(0, np.int32)
        self._level_of_mesh = np.zeros(0, np.int8)
        self._numbers = np.zeros((0, 0), np.uint32)
        self._edges = np.zeros((0, 0))
        self._spheres = np.zeros((0, 4))
        self._rows: dict[int, NDArray[np.intp]] = {}  # by the table's id: tables live as long as their world

    def fork(self, world: World) -> LevelState:
        return LevelState()

    def _learn(self, library: MeshLibrary) -> bool:
        """Take over what the library knows of levels; whether that is anything."""
        if self._library_seen != library.levels_version or len(self._set_of_mesh) < len(library):
            self._library_seen = library.levels_version
            self._set_of_mesh = np.full(len(library), -1, np.int32)
            self._level_of_mesh = np.zeros(len(library), np.int8)
            sets = list(library.levels.values())
            width = max((len(each.numbers) for each in sets), default=0)
            self._numbers = np.zeros((len(sets), width), np.uint32)
            self._edges = np.zeros((len(sets), width))
            self._spheres = np.array([each.sphere for each in sets]).reshape(-1, 4)
            for row, each in enumerate(sets):
                count = len(each.numbers)
                self._set_of_mesh[list(each.numbers)] = row
                self._level_of_mesh[list(each.numbers)] = np.arange(count)
                self._numbers[row] = [*each.numbers, *[each.numbers[-1]] * (width - count)]
                self._edges[row, : count - 1] = each.edges_px
            self._rows.clear()
            self.tick = -1
        return bool(len(self._numbers))


def show_levels(world: World, eyes: Sequence[Eye]) -> None:
    """Give everything that has levels of detail the one that these eyes need."""
    library, state = world.resource(MeshLibrary), world.resource(LevelState)
    if (not library.levels and not len(state._numbers)) or not state._learn(library) or not eyes:
        return
    places = world.resource(WorldTransforms)
    since, state.tick = state.tick, world.tick
    world.advance()
    wrote = False
    known, state._rows = state._rows, {}
    for table in world.query(MeshInstance).tables():
        rows = state._rows[id(table)] = _rows_of(state, table, known.get(id(table)), since)
        if not len(rows):
            continue
        shown = table.read(MeshInstance, "mesh")[rows]
        sets = state._set_of_mesh[shown]
        indices = indices_of(table.entities)[rows]
        wanted = state._numbers[sets, _levels(state, places, indices, sets, state._level_of_mesh[shown], eyes)]
        other = np.flatnonzero(wanted != shown)
        if len(other):
            table.set(MeshInstance, "mesh", wanted[other], rows=rows[other])
            wrote = True
    if wrote:
        world.advance()


def _rows_of(state: LevelState, table: Table, known: NDArray[np.intp] | None, since: int) -> NDArray[np.intp]:
    """Rows whose meshes have levels; looked up anew only where somebody came, went or got another mesh."""
    numbers = table.read(MeshInstance, "mesh")
    is_good = known is not None and since >= 0 and (not len(known) or known[-1] < len(numbers))
    if known is not None and is_good and not row_count(table.changed((MeshInstance,), since=since)):
        return known
    return np.flatnonzero(state._set_of_mesh[numbers] >= 0)


def _levels(
    state: LevelState, places: WorldTransforms, indices: NDArray[np.intp], sets: NDArray[np.int32], now: NDArray[np.int8],
    eyes: Sequence[Eye],
) -> NDArray[np.intp]:  # fmt: skip
    """The level of each row: how many of its set's edges its size in pixels is below."""
    matrices = places.matrices[indices].reshape(-1, 3, 4).astype(np.float64)
    spheres = state._spheres[sets]
    scale = np.sqrt(np.square(matrices[:, :, :3]).sum(1).max(1))
    middles = np.einsum("nij,nj->ni", matrices[:, :, :3], spheres[:, :3]) + matrices[:, :, 3] + places.cells[indices] * CELL_M
    radii = scale * spheres[:, 3]
    sizes = np.zeros(len(indices))
    for eye in eyes:
        distances = np.linalg.norm(middles - eye.position, axis=1) - radii
        sizes = np.maximum(sizes, 2.0 * radii * eye.pixels_per_m(np.maximum(distances, 0.0)))
    edges = state._edges[sets]
    coarser = sizes[:, None] < edges * np.where(np.arange(edges.shape[1]) >= now[:, None], _SLACK, 1.0)
    return np.asarray(np.cumprod(coarser, axis=1).sum(1), np.intp)


def put_model_levels(library: MeshLibrary, model: ModelData, found: Levels, number_of: Callable[[int], int]) -> None:
    """Make the levels of one place of a model known.

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
    for place, mesh in enumerate(members):
        # What the carrier shows from afar stands for all; the others show nothing then, each a nothing of its own.
        first = number_of(mesh)
        nothings = (library.put(("nothing", first, level), LibraryMesh((), ())) for level in range(len(coarser)))
        forms = [number_of(each) for each in coarser] if place == 0 else list(nothings)
        library.put_levels(MeshLevels((first, *forms), edges, sphere))


def _edges(library: MeshLibrary, coarser: Sequence[int], coverage: Sequence[float]) -> tuple[float, ...]:
    if coverage:
        return tuple((np.sqrt(np.asarray(coverage[: len(coarser)], np.float64)) * _SCREEN_PX).tolist())
    counts = [sum(len(each.triangles()) for each in library[number].primitives) for number in coarser]
    # The next level is fine enough while each of its triangles, half of them seen, covers so few pixels of the disc.
    edges = np.sqrt(np.maximum(counts, 1) * _PIXELS_A_TRIANGLE * 2.0 / np.pi)
    return tuple(np.minimum.accumulate(edges).tolist())
