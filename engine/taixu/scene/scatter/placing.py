"""Entities with a `Scatter` get what their squares show."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData, Primitive
from taixu.ecs import World
from taixu.ecs.entity import mix64
from taixu.errors import TaixuError
from taixu.scene.components import FromModel, MeshInstance, Parent, Transform
from taixu.scene.details import Eye
from taixu.scene.following import Follower, sweep_made
from taixu.scene.impostors import cards, impostor_levels
from taixu.scene.library import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLevels, MeshLibrary
from taixu.scene.models import ModelState
from taixu.scene.scatter.components import Scatter
from taixu.scene.scatter.files import read_places
from taixu.scene.scatter.squares import HIDDEN, Squares, merged, with_levers
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.terrain.components import Terrain
from taixu.scene.terrain.heights import HeightField, height_on_triangles
from taixu.scene.terrain.placing import TerrainState, local_eyes
from taixu.scene.transforms import propagate_transforms
from taixu.scene.visibility import update_visibility

__all__ = ["ScatterState", "model_levels", "model_now", "place_scatters", "show_scatters"]

_log = logging.getLogger(__name__)
_CHILD_NUMBERS = np.uint64(0x5CA7_7E40_0000_0001)
_FEW_VERTICES = 48
"""Forms of no more vertices are merged at every level: a blade of grass is not worth a transform."""
_PX_PER_RAD = 900.0
"""Of the pictures that distances in components are meant for."""
_NEAR_SQUARE_M, _FAR_SQUARE_M = 20.0, 64.0
_SHORT_REACH_M = 120.0
"""What is seen no farther than this lies in the small squares: large ones would be near with all that they hold."""
_BLOCKS_BEYOND_M = 160.0
"""Squares are gathered to blocks beyond this, past the shadows: a block that a shadow map touches is drawn there whole."""
_LOD = re.compile(r".*lod(\d)$")


@dataclass(slots=True)
class _Spread:
    look: tuple[Any, ...]
    squares: Squares
    levels: list[LibraryMesh]
    library: MeshLibrary
    ground: int
    heights: object
    shown: NDArray[np.uint8]
    version: int = 0
    """Of the heights that it stands on."""
    scales: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """As they were sown, once the ground was bare somewhere; where the ground is bare they are shown with 0."""
    entities: dict[int, NDArray[np.uint64]] = field(default_factory=dict)
    meshes: dict[tuple[int, int], int] = field(default_factory=dict)
    asked: tuple[Any, ...] = ()
    is_given: bool = False
    casts_far: bool = False
    largest: float = 1.0
    """The greatest scale among its places."""
    form: MeshLevels | None = None
    """Of what stands alone, where it ends in an impostor."""


class ScatterState:
    """What `place_scatters` remembers (a resource)."""

    def __init__(self) -> None:
        self.follower = Follower(Scatter)
        self.failures: dict[str, str] = {}
        self.spreads: dict[int, _Spread] = {}
        self._given: dict[int, NDArray[np.float32]] = {}
        self._fresh: set[int] = set()

    def give(self, entity: int, places: NDArray[np.float32]) -> None:
        """Let a scatter have these places (float32[n, 5]) in place of its file's."""
        self._given[entity] = places
        self._fresh.add(entity)

    def fork(self, world: World) -> ScatterState:
        return ScatterState()


def place_scatters(world: World) -> None:
    """Follow scattered things that came, changed or went, and terrains below them."""
    state = world.resource(ScatterState)
    news = state.follower.follow(world)
    fresh, state._fresh = state._fresh, set()
    if news.anew:
        for spread in state.spreads.values():
            _clear(world, spread)
        state.spreads.clear()
        sweep_made(world, Scatter)
    for entity in news.gone:
        state._given.pop(entity, None)
    terrains = world.resource(TerrainState)
    moved = {one for one, spread in state.spreads.items() if spread.ground and terrains.field(spread.ground) is not spread.heights}
    for entity in [one for one in moved if one not in fresh and one not in dict(news.changed)]:
        if _lift(world, state.spreads[entity], terrains):
            moved.discard(entity)
    again = {one: state.follower.looks[one] for one in sorted(fresh | moved) if one in state.follower.looks}
    changed = {**again, **dict(news.changed)}
    for entity in (*news.gone, *changed):
        if entity in state.spreads:
            _clear(world, state.spreads.pop(entity))
    for entity, look in changed.items():
        _add(world, state, entity, look[0])


def show_scatters(world: World, eyes: Sequence[Eye]) -> None:
    """Show in every square what these eyes need."""
    state = world.resource(ScatterState)
    changed = False
    for entity, spread in state.spreads.items():
        changed |= _show(world, entity, spread, local_eyes(world, entity, eyes))
    if changed:
        update_visibility(world)
        propagate_transforms(world)


def _add(world: World, state: ScatterState, entity: int, look: tuple[Any, ...]) -> None:
    _, source, model_source, ground, *_ = look
    given = state._given.get(entity)
    if (not source and given is None) or not model_source:
        return
    try:
        places = read_places(world.resource(ShapeState).resolve(source)) if given is None else given
        model = model_now(world, model_source)
    except TaixuError as error:
        if state.failures.get(source) != str(error):
            state.failures[source] = str(error)
            _log.warning("%s", error)
        return
    state.failures.pop(source, None)
    heights = None
    if ground and world.has(int(ground), Terrain):
        heights = world.resource(TerrainState).field(int(ground))
        if heights is not None:
            places = places.copy()
            places[:, 1] += height_on_triangles(heights.heights, heights.size, places[:, 0], places[:, 2])
    levels = model_levels(world, model, model_source, sways=bool(look[-1]))
    small = len(levels) and sum(part.vertex_count for part in levels[0].primitives) <= _FEW_VERTICES
    is_short = look[6] <= _SHORT_REACH_M
    squares = Squares.sort(places, _NEAR_SQUARE_M if small or is_short else _FAR_SQUARE_M)
    scales = np.zeros(0, np.float32)
    if heights is not None and heights.bare is not None and given is None:
        scales = squares.places[:, 4].copy()
        squares.places[_is_bare(heights, squares.places), 4] = 0.0
    state.spreads[entity] = _Spread(
        look, squares, levels, world.resource(MeshLibrary), int(ground) if heights is not None else 0, heights,
        np.full(squares.count, HIDDEN, np.uint8), world.resource(TerrainState).versions.get(int(ground), 0),
        scales, is_given=given is not None,
    )  # fmt: skip


def _is_bare(field: HeightField, places: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Which places lie where nothing sown may stand."""
    if field.bare is None:
        return np.zeros(len(places), bool)
    rows, columns = field.bare.shape
    i = np.rint((places[:, 0] / field.size[0] + 0.5) * (columns - 1)).astype(np.intp).clip(0, columns - 1)
    j = np.rint((places[:, 2] / field.size[1] + 0.5) * (rows - 1)).astype(np.intp).clip(0, rows - 1)
    found: NDArray[np.bool_] = field.bare[j, i] > 127
    return found


def _lift(world: World, spread: _Spread, terrains: TerrainState) -> bool:
    """Stand on ground that changed in a few places; False where all of it is to be done anew."""
    areas, after = terrains.changed_since(spread.ground, spread.version), terrains.field(spread.ground)
    before = spread.heights
    if areas is None or after is None or not isinstance(before, HeightField) or before.size != after.size or len(areas) > 256:
        return False
    squares, places = spread.squares, spread.squares.places.copy()
    hit = np.zeros(len(places), bool)
    margin = max(after.spacing)
    for x0, z0, x1, z1 in areas:
        near = (squares.lows[:, 0] <= x1 + margin) & (squares.highs[:, 0] >= x0 - margin)
        near &= (squares.lows[:, 2] <= z1 + margin) & (squares.highs[:, 2] >= z0 - margin)
        for square in np.flatnonzero(near).tolist():
            hit[squares.starts[square] : squares.starts[square + 1]] = True
    at = np.flatnonzero(hit)
    if len(at):
        x, z = places[at, 0], places[at, 2]
        lift = height_on_triangles(after.heights, after.size, x, z) - height_on_triangles(before.heights, before.size, x, z)
        places[at, 1] += lift
        other = lift != 0
        if after.bare is not before.bare and not spread.is_given:
            if not len(spread.scales):
                spread.scales = squares.places[:, 4].copy()
            scales = np.where(_is_bare(after, places[at]), np.float32(0), spread.scales[at])
            other |= scales != places[at, 4]
            places[at, 4] = scales
        moved = np.unique(np.searchsorted(squares.starts, at[other], side="right") - 1)
        for square in moved.tolist():
            rows = places[squares.starts[square] : squares.starts[square + 1], 1]
            squares.lows[square, 1], squares.highs[square, 1] = float(rows.min()), float(rows.max())
        blocks = np.unique(np.searchsorted(squares.blocks, moved, side="right") - 1)
        moved = np.concatenate([moved, len(squares.lows) + blocks])
        gone = [spread.entities.pop(square) for square in moved.tolist() if square in spread.entities]
        if gone:
            world.despawn(world.living(np.concatenate(gone)))
        lost = set(moved.tolist())
        for key in [key for key in spread.meshes if key[0] in lost]:
            spread.library.replace(spread.meshes.pop(key), LibraryMesh((), ()))
        spread.shown[moved] = HIDDEN
        spread.asked = ()
    spread.squares = replace(squares, places=places)
    spread.heights, spread.version = after, terrains.versions.get(spread.ground, 0)
    return True


def model_now(world: World, source: str) -> ModelData:
    """A model, waited for.

    Raises
    ------
    TaixuError
        When it cannot be read.
    """
    store = world.resource(ModelState).store
    found = store.model(source)
    while found is None:
        store.wait()
        found = store.model(source)
    return found[0]


def model_levels(world: World, model: ModelData, source: str, *, sways: bool = False) -> list[LibraryMesh]:
    """Meshes by level of detail, materials by number; nodes without a level are all of the first.

    What sways says in its second texture coordinates how high it stands over its root; what uses them for textures stays stiff.
    """
    materials = world.resource(MaterialLibrary)
    parts: dict[int, list[tuple[Primitive, int]]] = {}
    for node in model.nodes:
        match = _LOD.fullmatch(node.name or "")
        if node.mesh is None:
            continue
        for primitive in model.meshes[node.mesh].primitives:
            number = 0
            if primitive.material is not None:
                bends = sways and "TEXCOORD_1" not in primitive.attributes
                key = (("scatter", source, bends), primitive.material)
                entry = LibraryMaterial(model.materials[primitive.material], model, sways=bends)
                number = materials.find(key) or materials.put(key, entry)
                primitive = with_levers(primitive) if bends else primitive
            parts.setdefault(int(match[1]) if match else 0, []).append((primitive, number))
    return [LibraryMesh(tuple(p for p, _ in one), tuple(m for _, m in one)) for _, one in sorted(parts.items())]


def _show(world: World, entity: int, spread: _Spread, eyes: Sequence[Eye]) -> bool:
    if not spread.levels or not len(spread.squares.lows):
        return False
    if spread.entities:
        first = next(iter(spread.entities.values()))
        if not world.alive(first).all():
            _clear(world, spread)
            spread.asked = ()
    if not spread.form and _ends_in_impostor(spread):
        _add_impostor(world, entity, spread)
    form, last = spread.form, len(spread.levels) - 1
    is_drawn = form is not None and form.impostor in spread.library.drawn_impostors and not any(each.wants_meshes for each in eyes)
    if is_drawn != spread.casts_far:  # cards cast shadows, what stands for them meanwhile does not
        spread.casts_far = is_drawn
        spread.shown[spread.shown == last] = HIDDEN
    asked = (is_drawn, *(tuple(np.round(eye.position * 0.5).tolist()) for eye in eyes))
    if asked == spread.asked:
        return False
    spread.asked = asked
    _, _, _, _, fine_m, coarse_m, reach_m, cast_shadow, _ = spread.look
    if form is not None and is_drawn:  # alone until nothing but the impostor is seen of it
        alone_m = _seen_from(form.sphere[3] * spread.largest, form.edges_px[-1] * 0.9)
        wanted = spread.squares.levels(eyes, (alone_m, float(reach_m)), by_pixels=True)
        wanted[wanted == 1] = last
    else:
        bands = (float(fine_m), max(float(coarse_m), float(fine_m)), float(reach_m))
        wanted = spread.squares.levels(eyes, bands)
        wanted = np.where(wanted == HIDDEN, HIDDEN, np.minimum(wanted, last)).astype(np.uint8)
        if form is not None:
            wanted[wanted < last] = 0  # each has its level by itself
    wanted = spread.squares.gathered(wanted, last, eyes=eyes, beyond_m=_BLOCKS_BEYOND_M)
    changed = np.flatnonzero(wanted != spread.shown)
    if not len(changed):
        return False
    gone = [spread.entities.pop(square) for square in changed.tolist() if square in spread.entities]
    if gone:
        world.despawn(np.concatenate(gone))
    one_by_one = [k for k in range(last + 1) if _is_single(spread, k)]
    for level in range(last + 1):
        here = changed[wanted[changed] == level]
        if len(here):
            if level in one_by_one:
                _spawn_singly(world, entity, spread, level, here, bool(cast_shadow))
            else:
                _spawn_merged(world, entity, spread, level, here, bool(cast_shadow) and (level < last or is_drawn))
    spread.shown = wanted
    return True


def _is_single(spread: _Spread, level: int) -> bool:
    return sum(part.vertex_count for part in spread.levels[level].primitives) > _FEW_VERTICES


def _ends_in_impostor(spread: _Spread) -> bool:
    """Where the last form is of a few triangles, and is not all that is ever seen far away: short grass has no use for pictures."""
    _, _, _, _, _, coarse_m, reach_m, *_ = spread.look
    is_seen_beyond = float(reach_m) > float(coarse_m)
    return is_seen_beyond and not _is_single(spread, len(spread.levels) - 1) and _is_single(spread, 0)


def _number_of(entity: int, spread: _Spread, level: int) -> int:
    """Of a form that stands alone."""
    if (-1, level) not in spread.meshes:
        spread.meshes[-1, level] = spread.library.put(("scatter", entity, id(spread), level), spread.levels[level])
    return spread.meshes[-1, level]


def _add_impostor(world: World, entity: int, spread: _Spread) -> None:
    """Let what stands alone end in an impostor, which comes where the forms of a few triangles came."""
    _, _, _, _, fine_m, coarse_m, *_ = spread.look
    alone = [level for level in range(len(spread.levels)) if _is_single(spread, level)]
    low, high = spread.levels[0].bounds().astype(np.float64)
    x, y, z = ((low + high) / 2.0).tolist()
    radius = float(np.linalg.norm(high - low)) / 2.0
    if not radius > 0.0:
        return
    bands = (float(fine_m), max(float(coarse_m), float(fine_m)))
    edges = [2.0 * radius * _PX_PER_RAD / max(band - radius, 0.5) for band in bands]
    numbers = tuple(_number_of(entity, spread, level) for level in alone)
    plain = MeshLevels(numbers, tuple(edges[: len(alone) - 1]), (x, y, z, radius), told=len(alone) - 1)
    spread.form = impostor_levels(spread.library, world.resource(MaterialLibrary), plain, at_px=edges[-1])
    spread.library.put_levels(spread.form)
    spread.largest = float(spread.squares.places[:, 4].max())


def _seen_from(radius: float, px: float) -> float:
    """From how far a sphere is so wide, metres at 900 pixels a radian."""
    return 2.0 * radius * _PX_PER_RAD / max(px, 1e-3) + radius


def _spawn_singly(world: World, entity: int, spread: _Spread, level: int, squares: NDArray[np.intp], cast_shadow: bool) -> None:
    first, last = spread.squares.spans(squares)  # far blocks, too, where the last form is not of a few triangles
    starts = spread.squares.starts[first]
    counts = spread.squares.starts[last] - starts
    total = int(counts.sum())
    rows = np.repeat(starts - np.concatenate([[0], np.cumsum(counts)[:-1]]), counts) + np.arange(total)
    places = spread.squares.places[rows]
    number = _number_of(entity, spread, level)
    rotations = np.zeros((4, total), np.float32)
    rotations[1], rotations[3] = np.sin(places[:, 3] / 2), np.cos(places[:, 3] / 2)
    made = world.spawn_batch(
        total,
        {
            Transform: {"translation": places[:, :3].T, "rotation": rotations, "scale": np.tile(places[:, 4], (3, 1))},
            FromModel: {"owner": entity, "node": -1}, Parent: {"entity": entity},
            MeshInstance: {"mesh": number, "cast_shadow": cast_shadow},
        },
        stable_ids=_ids(world, entity, rows.astype(np.uint64)),
    )  # fmt: skip
    for square, some in zip(squares.tolist(), np.split(made, np.cumsum(counts)[:-1]), strict=True):
        spread.entities[square] = some


def _spawn_merged(world: World, entity: int, spread: _Spread, level: int, squares: NDArray[np.intp], cast_shadow: bool) -> None:
    middles = spread.squares.middles(squares)
    numbers = []
    for square, middle in zip(squares.tolist(), middles, strict=True):
        number = spread.meshes.get((square, level))
        if number is None:
            form, rows = spread.levels[level], spread.squares.rows(square)
            parts = tuple(merged(part, rows, middle, sways=bool(spread.look[-1])) for part in form.primitives)
            entry = LibraryMesh(parts, form.materials)
            number = spread.meshes[square, level] = spread.library.put(("scatter", entity, id(spread), square, level), entry)
            if spread.form is not None:
                _put_cards(entity, spread, number, square, rows, middle)
        numbers.append(number)
    made = world.spawn_batch(
        len(squares),
        {
            Transform: {"translation": middles.T.astype(np.float32)}, FromModel: {"owner": entity, "node": -1},
            Parent: {"entity": entity}, MeshInstance: {"mesh": np.array(numbers, np.uint32), "cast_shadow": cast_shadow},
        },
        stable_ids=_ids(world, entity, squares.astype(np.uint64) + np.uint64(1 << 40)),
    )  # fmt: skip
    for square, one in zip(squares.tolist(), made, strict=True):
        spread.entities[square] = np.array([one], np.uint64)


def _put_cards(
    entity: int, spread: _Spread, number: int, square: int, rows: NDArray[np.float32], middle: NDArray[np.float64]
) -> None:
    """Let a merged mesh be one of cards as soon as there are pictures for them."""
    assert spread.form is not None
    x, y, z, radius = spread.form.sphere
    c, s, scale = np.cos(rows[:, 3]), np.sin(rows[:, 3]), rows[:, 4]
    offset = np.stack([c * x + s * z, np.full(len(rows), y), c * z - s * x], 1) * scale[:, None]
    places = rows.copy()
    places[:, :3] = rows[:, :3].astype(np.float64) + offset - middle
    card = Primitive(*cards(places, radius=radius))
    material = spread.library.impostors[spread.form.impostor]
    made = spread.library.put(("scatter cards", entity, id(spread), square), LibraryMesh((card,), (material,)))
    spread.meshes[square, -1] = made
    sphere = (0.0, 0.0, 0.0, 1.0)  # of no consequence: cards are shown as soon as they can be
    spread.library.put_levels(MeshLevels((number, made), (np.inf,), sphere, spread.form.impostor, 1))


def _ids(world: World, entity: int, numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    ids: NDArray[np.uint64] = mix64(mix64(numbers + _CHILD_NUMBERS) ^ np.uint64(world.stable_id(entity)))
    ids[ids == 0] = 1
    return ids


def _clear(world: World, spread: _Spread) -> None:
    if spread.entities:
        living = world.living(np.concatenate(list(spread.entities.values())))
        if len(living):
            world.despawn(living)
    spread.entities.clear()
    for number in spread.meshes.values():
        spread.library.replace(number, LibraryMesh((), ()))
    spread.meshes.clear()
    spread.form = None
    spread.shown[:] = HIDDEN
    spread.asked = ()
