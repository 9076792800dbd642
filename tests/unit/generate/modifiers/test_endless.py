"""Endless ground: a function of place whose chunks meet, cover everything at speed, and are dropped behind."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.app import App, Stage
from taixu.app.jobs import Jobs
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.generate.modifiers import Modifier, Modifiers, ModifiersPlugin, ModifierState, Stack, Step
from taixu.generate.modifiers.blocks import CELL_M, Cell
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.chunk_meshes import chunk_of
from taixu.generate.modifiers.chunk_tree import children_of, cover, missing, parent_of, roots_around, wanted_chunks
from taixu.generate.modifiers.chunks import ChunkState
from taixu.generate.modifiers.evaluation import Evaluation
from taixu.generate.modifiers.ground_components import BiomePlants, EndlessTerrain, HeightBrush
from taixu.generate.modifiers.ground_kinds import GROUND_KINDS
from taixu.generate.places.biomes import BIOMES, Climate, biomes_of
from taixu.generate.places.endless import LOOKS, EndlessLand, EndlessSpec
from taixu.physics import Character
from taixu.physics.components import Collider
from taixu.scene import Details, Eye, MeshInstance, MeshLibrary, Parent, ScenePlugin, Transform
from taixu.scene.terrain.tiles import skirted_grid

_KINDS = {kind.component: kind for kind in GROUND_KINDS}
_MODELS = {"oak": "oak.glb", "pine": "pine.glb", "grass": "grass.glb"}


def _evaluation(*, spacing_m: float = 4.0, plants: bool = False, brush: HeightBrush | None = None) -> Evaluation:
    steps = [Step.of(_KINDS[EndlessTerrain], EndlessTerrain(mountains=0.7), id=1, seed=5)]
    if brush is not None:
        steps.append(Step.of(_KINDS[HeightBrush], brush, id=2, seed=6))
    if plants:
        steps.append(Step.of(_KINDS[BiomePlants], BiomePlants(models=_MODELS), id=3, seed=7))
    return Evaluation(Stack(tuple(steps), None, spacing_m), LayerCache(None))


@pytest.mark.parametrize("at", [0, 15_625, 1_562_500])  # 0, 1,000 and 100,000 km from the origin
def test_neighbours_meet_however_far_away(at: int) -> None:
    evaluation = _evaluation()
    here, right, below = (chunk_of(evaluation, (0, i, j)) for i, j in ((at, 3), (at + 1, 3), (at, 4)))
    assert np.array_equal(here.heights[:, -1], right.heights[:, 0])
    assert np.array_equal(here.heights[-1], below.heights[0])
    n = len(here.heights)
    normals, other = (one.ground.attributes["NORMAL"][: n * n].reshape(n, n, 3) for one in (here, right))
    assert np.abs(normals[:, -1] - other[:, 0]).max() < 2e-3
    assert np.isfinite(here.ground.attributes["POSITION"]).all()
    assert 0.0005 < float(np.abs(np.diff(here.heights, axis=0)).max()) < 40.0  # neither flat nor torn


def test_levels_are_the_same_land() -> None:
    evaluation = _evaluation()
    fine, coarse = chunk_of(evaluation, (0, 8, 4)), chunk_of(evaluation, (1, 4, 2))
    n = len(fine.heights)
    assert np.array_equal(fine.heights[::2, ::2], coarse.heights[: n // 2 + 1, : n // 2 + 1])


@pytest.mark.parametrize("seed", [5, 77])
def test_skirts_close_what_is_open_between_a_chunk_and_a_coarser_neighbour(seed: int) -> None:
    step = Step.of(_KINDS[EndlessTerrain], EndlessTerrain(mountains=1.0), id=1, seed=seed)
    evaluation = Evaluation(Stack((step,), None, 4.0), LayerCache(None))
    gaps = []
    for level, i, j in ((0, 7, 2), (0, 41, 18), (1, 5, 5)):
        # Its right neighbour is a chunk of the next level, which begins at an even column.
        fine, coarse = chunk_of(evaluation, (level, i, j)), chunk_of(evaluation, (level + 1, (i + 1) // 2, j // 2))
        n = len(fine.heights)
        first = 0 if j % 2 == 0 else n // 2
        theirs = coarse.heights[first : first + n // 2 + 1, 0]
        border = np.interp(np.arange(n), np.arange(0, n, 2), theirs)
        above = fine.heights[:, -1] - border
        gaps.append(np.abs(above).max())
        for chunk, open_m in ((fine, above.max()), (coarse, -above.min())):
            points = chunk.ground.attributes["POSITION"]
            skirt = float((points[skirted_grid(n)[0], 1] - points[n * n :, 1]).min())
            assert open_m <= skirt
    assert max(gaps) > 0.01, "there is something to close"


def test_order_of_making_does_not_matter() -> None:
    cells: list[Cell] = [(0, 4, 4), (0, 5, 4), (1, 2, 2), (0, 4, 5)]
    first, second = _evaluation(plants=True), _evaluation(plants=True)
    forwards = [chunk_of(first, cell) for cell in cells]
    backwards = [chunk_of(second, cell) for cell in cells[::-1]][::-1]
    for one, other in zip(forwards, backwards, strict=True):
        assert np.array_equal(one.heights, other.heights)
        assert np.array_equal(one.ground.attributes["NORMAL"], other.ground.attributes["NORMAL"])
        assert [places.kind for places in one.places] == [places.kind for places in other.places]
        for a, b in zip(one.places, other.places, strict=True):
            assert np.array_equal(a.rows, b.rows) and np.array_equal(a.numbers, b.numbers)


def test_plants_stand_in_their_chunk_on_its_ground_and_the_same_ones_far_away() -> None:
    evaluation = _evaluation(plants=True, spacing_m=2.0)
    fine = [chunk_of(evaluation, cell) for cell in children_of((1, 3, 3))]
    coarse = chunk_of(evaluation, (1, 3, 3))
    near: dict[str, list[np.ndarray]] = {"oak": [], "pine": []}  # type: ignore[type-arg]
    for chunk in fine:
        corner = ((chunk.cell[1] - 6) * 64.0, (chunk.cell[2] - 6) * 64.0)
        for places in chunk.places:
            if places.kind in near:
                near[places.kind].append(places.rows[:, [0, 2]] + corner)
    assert sum(len(rows) for parts in near.values() for rows in parts) > 20
    for places in coarse.places:
        assert (places.rows[:, 0] >= 0).all() and (places.rows[:, 0] < 128).all()
        if places.kind in near:
            gaps = np.linalg.norm(places.rows[:, None, [0, 2]] - np.concatenate(near[places.kind])[None], axis=-1).min(1)
            assert (gaps < 0.02).mean() > 0.9
    for chunk in fine:
        for places in chunk.places:
            cell = chunk.heights[places.rows[:, 2].astype(int) // 2, places.rows[:, 0].astype(int) // 2]
            assert np.abs(places.rows[:, 1] - cell).max() < 6.0


def test_brushes_work_on_endless_ground_and_leave_the_rest() -> None:
    stroke = {"points": [[100.0, 100.0]], "radius_m": 20.0, "amount": 9.0}
    plain, brushed = _evaluation(), _evaluation(brush=HeightBrush(strokes=[stroke]))
    assert np.array_equal(chunk_of(plain, (0, 5, 5)).heights, chunk_of(brushed, (0, 5, 5)).heights)
    raised = chunk_of(brushed, (0, 1, 1)).heights - chunk_of(plain, (0, 1, 1)).heights
    assert 8.0 < float(raised.max()) <= 9.001
    assert brushed.counts.made["height_brush"] == 1


def _covers(shown: list[Cell], root: Cell) -> bool:
    """Whether chunks cover a root once: their areas add up, and none lies in another."""
    area = sum(4 ** cell[0] for cell in shown)
    held = set(shown)
    for cell in shown:
        while cell[0] < root[0]:
            cell = parent_of(cell)
            if cell in held:
                return False
    return area == 4 ** root[0]


def test_ten_kilometres_at_speed_show_no_hole_while_chunks_come_late() -> None:
    made: dict[Cell, bool] = {}
    queue: list[Cell] = []
    most = 0
    for step in range(400):  # 25 m a picture, two chunks made in each
        eye = [np.array([step * 25.0, 2.0, 0.0])]
        roots = roots_around(eye, 4000.0)
        wanted = wanted_chunks(roots, eye, lambda cell: None)
        for root in roots:
            if cover(root, wanted, made) is None:
                made[root] = True
            shown = cover(root, wanted, made)
            assert shown is not None and _covers(shown, root)
        queue = list(missing(roots, wanted, made))
        for cell in queue[:2]:
            made[cell] = True
        keep = set(wanted) | set(roots)
        if len(made) > 500:
            for cell in [cell for cell in made if cell not in keep][:250]:
                del made[cell]
        most = max(most, len(made))
    assert most <= 760
    # Who stops sees all that is wanted.
    for cell in missing(roots, wanted, made):
        made[cell] = True
    assert sorted(cell for root in roots for cell in cover(root, wanted, made) or ()) == sorted(wanted)


def _world() -> tuple[App, World, int]:
    app = App()
    app.add_plugin(ScenePlugin())
    app.add_plugin(ModifiersPlugin(on_disk=False))
    world = app.world
    stack = world.spawn(Transform(), Modifiers(endless=True, spacing_m=16.0, reach_m=256.0), stable_id=9)
    world.spawn(Transform(), Parent(entity=stack), Modifier(), EndlessTerrain(), stable_id=10)
    app.run_stage(Stage.APPLY)
    return app, world, stack


def _look(world: World, x: float, z: float) -> None:
    world.resource(Details).follow(world, [Eye(np.array([x, 60.0, z]), 700.0)])


def test_chunks_come_and_go_with_eyes_and_memory_stays_bounded() -> None:
    app, world, stack = _world()
    digest = world.state_hash()
    state = world.resource(ChunkState)
    _look(world, 0.0, 0.0)
    assert not world.resource(ModifierState).failures
    first = len(world.query(MeshInstance))
    assert first >= 10
    entries = []
    for step in range(1, 7):
        _look(world, step * 1200.0, 0.0)
        entries.append(len(world.resource(MeshLibrary)))
    assert len(world.query(MeshInstance)) < 4 * first
    assert entries[-1] < entries[1] + 2 * first  # numbers of meshes are used again
    assert state.kept(stack) <= 760
    shown = {(cell[0], cell[1], cell[2]) for cell in state.shown(stack)}
    assert (0, int(7200 // CELL_M), 0) in shown
    assert world.state_hash() == digest
    world.despawn(np.array([stack], np.uint64))
    app.run_stage(Stage.APPLY)
    assert len(world.query(MeshInstance)) == 0


def test_walkers_have_ground_below_them_wherever_they_are() -> None:
    app, world, stack = _world()
    walker = world.spawn(Transform(translation=(10.0, 50.0, 10.0)), Character())
    app.run_stage(Stage.APPLY)
    assert 1 <= len(world.query(Collider)) <= 4
    world.set(walker, Transform, translation=(500.0, 50.0, 10.0), cell=(20, 0, 0))
    app.run_stage(Stage.APPLY)
    grounds = world.query(Collider)
    assert 1 <= len(grounds) <= 4
    places = np.concatenate([table.read(Transform, "translation").T for table in grounds])
    assert (np.abs(places[:, 0] - 20_980.0) <= 96.0).all()
    height = world.resource(ChunkState).height_at(stack, 20_980.0, 10.0)
    spec = EndlessSpec()
    assert height is not None and np.isfinite(height) and spec.check() is spec


def test_climates_have_their_biomes() -> None:
    def name(temperature: float, moisture: float, *, height: float = 100.0, above: float = 50.0, slope: float = 0.1) -> str:
        climate = Climate(np.array([temperature], np.float32), np.array([moisture], np.float32))
        one = {"water_m": np.array([500.0]), "slope": np.array([slope]), "above_water_m": np.array([above])}
        return BIOMES[int(biomes_of(climate, np.array([height]), **one)[0])].name

    found = {name(t, m) for t in (-15.0, -4.0, 4.0, 14.0, 26.0) for m in (0.05, 0.25, 0.5, 0.8)}
    assert found == {
        "ice", "tundra", "steppe", "taiga", "desert", "temperate forest", "temperate rainforest", "savanna", "rainforest"
    }  # fmt: skip
    assert name(18.0, 0.5, height=1.0, above=0.8) == "beach"
    assert name(14.0, 0.9, above=0.5, slope=0.01) == "swamp"
    x, z = np.meshgrid(np.linspace(-30_000, 30_000, 120), np.linspace(-30_000, 30_000, 120))
    land = EndlessLand.at(x, z, EndlessSpec(), 11)
    here = biomes_of(
        land.climate, land.heights, water_m=land.water_m, slope=np.full(x.shape, 0.1), above_water_m=land.heights - land.water
    )
    assert len(np.unique(here)) >= 6
    assert all(EndlessSpec(**look).check() for look in LOOKS.values())


@pytest.mark.parametrize(("field", "value"), [("relief_m", float("nan")), ("sea", 7.0), ("hills_m", -1.0), ("temperature", 1e9)])
def test_impossible_land_is_one_sentence(field: str, value: float) -> None:
    with pytest.raises(TaixuError, match=field):
        EndlessSpec(**{field: value}).check()


def test_in_the_background_chunks_come_by_and_by_and_end_as_if_made_at_once() -> None:
    app, world, stack = _world()
    world.resource(ModifierState).background = True
    state = world.resource(ChunkState)
    with Jobs(workers=1) as jobs:
        app.insert_resource(jobs)
        _look(world, 40.0, 40.0)
        first = set(state.shown(stack))
        assert first and state.busy(stack)
        for _ in range(400):
            assert jobs.wait()
            _look(world, 40.0, 40.0)
            if not state.busy(stack):
                break
    app, world, other = _world()
    _look(world, 40.0, 40.0)
    assert set(world.resource(ChunkState).shown(other)) == set(state.shown(stack))
    assert len(state.shown(stack)) > len(first)
