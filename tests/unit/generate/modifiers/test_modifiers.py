"""Stacks of modifiers in a world: what depends on a change is made again and nothing else, and hands keep what they changed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.app import App, Stage
from taixu.assets.gltf import read_gltf, write_gltf
from taixu.assets.model import Mesh, ModelData, Node, Primitive
from taixu.ecs import World
from taixu.generate.modifiers import (
    BaseTerrain,
    FlattenPath,
    HeightBrush,
    MadeBy,
    MaskBrush,
    Modifier,
    Modifiers,
    ModifiersPlugin,
    ModifierState,
    Pins,
    ScatterRule,
    Wood,
    pinned,
)
from taixu.scene import Parent, Scatter, ScenePlugin, Terrain, Transform
from taixu.scene.models import ModelState, ReadingStore
from taixu.scene.scatter import ScatterState
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.shapes import shape_mesh
from taixu.scene.terrain import TerrainState, height_on_triangles

SIZE = 512.0


def _app(folder: Path, *, on_disk: bool = False) -> App:
    random = np.random.default_rng(2)
    if not (folder / "h.npy").exists():
        waves = 4 * np.sin(np.arange(513) / 40)[:, None] + random.normal(0, 0.05, (513, 513))
        np.save(folder / "h.npy", waves.astype(np.float32))
        arrays = shape_mesh("box", (1.0, 3.0, 1.0))
        have = {name: arrays[name] for name in ("POSITION", "NORMAL", "TEXCOORD_0")}
        model = ModelData(nodes=[Node(name="lod0", mesh=0)], meshes=[Mesh("box", [Primitive(have, arrays["indices"])])])
        write_gltf(model, folder / "tree.glb")
    app = App()
    app.add_plugin(ScenePlugin())
    app.add_plugin(ModifiersPlugin(on_disk=on_disk))
    app.world.resource(ShapeState).resolve = lambda path: folder / path
    app.world.resource(ModelState).store = ReadingStore(lambda source: read_gltf(folder / source))
    return app


def _run(app: App) -> None:
    for stage in (Stage.APPLY, Stage.PROPAGATE):
        app.run_stage(stage)


def _stack(world: World, **fields: Any) -> int:
    return world.spawn(Transform(), Modifiers(seed=3, **fields), Terrain(source="h.npy", size=(SIZE, SIZE)), stable_id=7)


def _step(world: World, stack: int, order: float, kind: Any, *, number: int, at: tuple[float, float, float] = (0, 0, 0)) -> int:
    return world.spawn(Transform(translation=at), Parent(entity=stack), Modifier(order=order), kind, stable_id=number)


def _raise(x: float, z: float, radius: float = 20.0, amount: float = 5.0) -> dict[str, Any]:
    return {"points": [[x, z]], "radius_m": radius, "amount": amount, "kind": "raise"}


def _heights(world: World, stack: int) -> np.ndarray:  # type: ignore[type-arg]
    field = world.resource(TerrainState).field(stack)
    assert field is not None
    return field.heights


def test_a_stroke_raises_the_ground_and_remakes_only_its_cells(tmp_path: Path) -> None:
    app = _app(tmp_path)
    world = app.world
    stack = _stack(world)
    first = _step(world, stack, 1, HeightBrush(strokes=[_raise(-150, -150)]), number=11)
    _step(world, stack, 2, ScatterRule(model="tree.glb", spacing_m=6.0), number=12)
    _run(app)
    state = world.resource(ModifierState)
    assert not state.failures
    base = np.load(tmp_path / "h.npy")
    before = _heights(world, stack)
    assert before[512 // 2 - 150, 512 // 2 - 150] == pytest.approx(base[106, 106] + 5.0, abs=1e-3)
    assert np.array_equal(before[300:, 300:], base[300:, 300:])
    made = state.reset_counts().made
    assert made == {"height_brush": 1, "scatter_rule": 64}
    # One more stroke elsewhere: one cell of the brush, and the cells that sow within reach of it.
    world.set(first, HeightBrush, strokes=[_raise(-150, -150), _raise(96, 96)])
    _run(app)
    assert state.reset_counts().made == {"height_brush": 1, "scatter_rule": 9}
    after = _heights(world, stack)
    changed = np.argwhere(before != after)
    assert changed.min() >= 256 + 76 and changed.max() <= 256 + 116
    # And back: nothing is made.
    world.set(first, HeightBrush, strokes=[_raise(-150, -150)])
    _run(app)
    assert state.reset_counts().total == 0
    assert np.array_equal(_heights(world, stack), before)


def test_ground_larger_than_memory_is_made_once(tmp_path: Path) -> None:
    counts = []
    for memory_bytes in (1 << 30, 1 << 16):
        app = _app(tmp_path)
        cache = app.world.resource(ModifierState).cache
        cache.memory_bytes = memory_bytes
        stack = _stack(app.world)
        _step(app.world, stack, 1, HeightBrush(strokes=[_raise(0, 0, radius=300.0)]), number=11)
        _step(app.world, stack, 2, ScatterRule(model="tree.glb", spacing_m=6.0), number=12)
        _run(app)
        counts.append((dict(app.world.resource(ModifierState).counts.made), len(cache.kept())))
    assert counts[0][0] == counts[1][0]
    assert counts[1][1] < counts[0][1]  # what has been shown may go


def test_places_stand_on_the_ground_and_keep_off_paths(tmp_path: Path) -> None:
    app = _app(tmp_path)
    world = app.world
    stack = _stack(world)
    _step(world, stack, 1, FlattenPath(points=[[-200, 2, 0], [0, 4, 30], [200, 2, 0]], width_m=8.0), number=11)
    _step(world, stack, 2, ScatterRule(model="tree.glb", spacing_m=4.0, share=1.0), number=12)
    _run(app)
    state, heights = world.resource(ModifierState), _heights(world, stack)
    assert not state.failures
    spread = next(iter(world.resource(ScatterState).spreads.values()))
    places = spread.squares.places
    assert len(places) > 3000
    ground = height_on_triangles(heights, SIZE, places[:, 0], places[:, 2])
    assert (places[:, 1] <= ground + 1e-3).all() and (places[:, 1] > ground - 0.5).all()
    evaluation = state.evaluation(stack)
    assert evaluation is not None
    block = evaluation.stack.block_of((0, 0, 0))
    mask = evaluation.grid("mask.path", block)
    assert mask.max() == 1.0
    near = places[(places[:, 0] >= 0) & (places[:, 0] < 64) & (places[:, 2] >= 0) & (places[:, 2] < 64)]
    assert (height_on_triangles(mask, 64.0, near[:, 0] - 32, near[:, 2] - 32) < 0.6).all()
    # The path is level across: on it the ground is the curve's height.
    assert abs(float(heights[256 + 30, 256]) - 4.0) < 0.05


def test_moving_a_wood_remakes_what_it_left_and_reached(tmp_path: Path) -> None:
    app = _app(tmp_path)
    world = app.world
    stack = _stack(world)
    outline = [[-20, -20], [20, -20], [20, 20], [-20, 20]]
    wood = _step(world, stack, 1, Wood(outline=outline, plants=[{"model": "tree.glb"}]), number=11, at=(32, 0, 32))
    other = _step(world, stack, 2, Wood(outline=outline, plants=[{"model": "tree.glb"}]), number=12, at=(-96, 0, -96))
    _run(app)
    state = world.resource(ModifierState)
    assert state.reset_counts().total == 2
    world.set(wood, Transform, translation=(160.0, 0.0, 32.0))
    _run(app)
    assert state.reset_counts().total == 1
    places = [one.squares.places for one in world.resource(ScatterState).spreads.values()]
    assert sorted(round(float(rows[:, 0].mean()), -1) for rows in places) == [-100, 160]
    world.set(other, Modifier, enabled=False)
    _run(app)
    assert state.reset_counts().total == 0
    assert len(world.query(Scatter)) == 1
    world.despawn(np.array([wood], np.uint64))
    _run(app)
    assert len(world.query(Scatter)) == 0
    assert len(world.query(MadeBy)) == 0


def test_masks_lead_what_is_sown(tmp_path: Path) -> None:
    app = _app(tmp_path)
    world = app.world
    stack = _stack(world)
    _step(world, stack, 1, MaskBrush(mask="orchard", strokes=[{"points": [[100, 100]], "radius_m": 40.0}]), number=11)
    _step(world, stack, 2, ScatterRule(model="tree.glb", mask="orchard", spacing_m=4.0, share=1.0), number=12)
    _run(app)
    places = next(iter(world.resource(ScatterState).spreads.values())).squares.places
    assert 20 < len(places) < 400
    assert (np.hypot(places[:, 0] - 100, places[:, 2] - 100) < 40).all()


def test_pins_survive_being_made_anew_and_are_told_when_their_thing_goes(tmp_path: Path) -> None:
    app = _app(tmp_path)
    world = app.world
    stack = _stack(world)
    brush = _step(world, stack, 1, HeightBrush(strokes=[_raise(0, 0)]), number=11)
    rule = _step(world, stack, 2, ScatterRule(model="tree.glb", spacing_m=8.0, share=1.0), number=12)
    _run(app)
    state = world.resource(ModifierState)
    evaluation = state.evaluation(stack)
    assert evaluation is not None
    (_, places), = evaluation.standing("places", (0, 1, 1))
    gone, moved = (f"{12:016x}.1.1.{int(number):x}" for number in places.numbers[:2])
    pins = pinned(pinned([], gone, removed=True), moved, position=[100.0, 0.0, 100.0])
    state.reset_counts()
    world.insert(stack, Pins(made=pins))
    _run(app)
    assert state.counts.total == 0  # nothing is made for a pin

    def stands(x: float, z: float) -> bool:
        rows = next(iter(world.resource(ScatterState).spreads.values())).squares.places
        return bool((np.hypot(rows[:, 0] - x, rows[:, 2] - z) < 0.01).any())

    first, second = places.rows[0], places.rows[1]
    assert not stands(first[0], first[2]) and not stands(second[0], second[2]) and stands(100.0, 100.0)
    world.set(brush, HeightBrush, strokes=[_raise(0, 0), _raise(96, 96)])  # the cell is made anew
    _run(app)
    assert not stands(first[0], first[2]) and not stands(second[0], second[2]) and stands(100.0, 100.0)
    world.set(rule, ScatterRule, spacing_m=9.0)  # other places: the pins wait
    _run(app)
    assert set(state.lost_pins(stack)) <= {gone, moved} and state.lost_pins(stack)
    assert world.get(stack, Pins).made == pins
    world.set(rule, ScatterRule, spacing_m=8.0)
    _run(app)
    assert state.lost_pins(stack) == [] and stands(100.0, 100.0)


def test_a_wrong_parameter_leaves_what_stood_and_is_told(tmp_path: Path) -> None:
    app = _app(tmp_path)
    world = app.world
    stack = _stack(world)
    brush = _step(world, stack, 1, HeightBrush(strokes=[_raise(0, 0)]), number=11)
    _run(app)
    before, state = _heights(world, stack), world.resource(ModifierState)
    hostile: list[Any] = [
        7, [3], [{"points": []}], [{"points": [[0, float("nan")]]}], [{"points": [[0, 0]], "radius_m": -1}],
        [{"points": [[0, 0]], "radius_m": 1e30}], [{"points": [["a", "b"]]}], [{"points": [[0, 0]], "kind": "melt"}],
        [{"points": [[0, 0]], "amount": "much"}], [{}] * 30_000,
    ]  # fmt: skip
    for strokes in hostile:
        world.set(brush, HeightBrush, strokes=strokes)
        _run(app)
        assert stack in state.failures and state.failures[stack].count(". ") == 0
        assert _heights(world, stack) is before
    world.set(brush, HeightBrush, strokes=[_raise(0, 0, amount=6.0)])
    _run(app)
    assert not state.failures
    assert float((_heights(world, stack) - before).max()) == pytest.approx(1.0, abs=1e-3)


def test_what_is_made_is_not_saved_and_a_restored_world_makes_it_again(tmp_path: Path) -> None:
    app = _app(tmp_path)
    world = app.world
    stack = _stack(world)
    _step(world, stack, 1, ScatterRule(model="tree.glb", spacing_m=8.0), number=12)
    digest = world.state_hash()
    saved = world.snapshot()
    _run(app)
    assert world.state_hash() == digest
    world.restore(saved)
    _run(app)
    assert len(world.query(Scatter)) == 1
    assert len(next(iter(world.resource(ScatterState).spreads.values())).squares.places) > 500


def test_base_terrain_makes_all_ground_at_once(tmp_path: Path) -> None:
    app = _app(tmp_path)
    world = app.world
    stack = world.spawn(Transform(), Modifiers(seed=3, spacing_m=4.0), Terrain(size=(SIZE, SIZE)), stable_id=7)
    base = _step(world, stack, 0, BaseTerrain(style="hills", erosion=0.5), number=10)
    _step(world, stack, 1, HeightBrush(strokes=[_raise(0, 0, amount=20.0)]), number=11)
    _run(app)
    state = world.resource(ModifierState)
    assert not state.failures
    assert state.reset_counts().made == {"base_terrain": 1, "height_brush": 4}
    heights = _heights(world, stack)
    assert heights.shape == (129, 129) and np.ptp(heights) > 10
    world.set(base, BaseTerrain, roughness=2.0)
    _run(app)
    assert state.reset_counts().made == {"base_terrain": 1, "height_brush": 4}
