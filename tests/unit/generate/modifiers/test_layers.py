"""Layers by key: kept on disk and in memory, made again where files are damaged, the same in any order and any process."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.app import App, Stage
from taixu.app.jobs import Jobs
from taixu.assets.model import Mesh, ModelData, Node, Primitive
from taixu.ecs import F32, World, component, field
from taixu.errors import TaixuError
from taixu.generate.modifiers import (
    Block,
    Bounds,
    EndlessTerrain,
    Evaluation,
    FlattenPath,
    Ground,
    HeightBrush,
    Inputs,
    MadeBy,
    MaskBrush,
    Modifier,
    ModifierKind,
    ModifierKinds,
    Modifiers,
    ModifiersPlugin,
    ModifierState,
    Pins,
    Places,
    ScatterRule,
    Stack,
    Step,
    Thing,
    Wood,
    pin_id,
    pinned,
    unpinned,
)
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.ground_kinds import GROUND_KINDS
from taixu.generate.modifiers.layers import Layers
from taixu.generate.modifiers.packing import pack_layers, unpack_layers
from taixu.generate.modifiers.working import make_blocks
from taixu.physics import Collider
from taixu.scene import Details, Eye, MeshInstance, Name, Parent, ScenePlugin, Terrain, Transform
from taixu.scene.shapes import shape_mesh

_KINDS = {kind.component: kind for kind in GROUND_KINDS}


@component("test_posts")
class _Posts:
    """One post in each cell."""

    height_m: F32 = field(default=2.0)


def make_posts(block: Block, inputs: Inputs, seed: int) -> Layers:
    """A post in the middle of a block, with a lamp on it."""
    x, z = block.x0 + 32.0, block.z0 + 32.0
    y = float(inputs.height_at(np.array([x]), np.array([z]))[0])
    arrays = shape_mesh("box", (0.2, float(inputs.parameters.height_m), 0.2))
    have = {name: arrays[name] for name in ("POSITION", "NORMAL", "TEXCOORD_0")}
    model = ModelData(name="post", nodes=[Node(name="post", mesh=0)], meshes=[Mesh("post", [Primitive(have, arrays["indices"])])])
    lamp = Thing(1, "lamp", (0.0, 2.0, 0.0), components={"light": {"kind": "point", "intensity": 3.0}})
    return {"things": [Thing(77, "post", (x, y, z), model=model, components={"collider": {"shape": "box"}}, children=(lamp,))]}


_POSTS = ModifierKind(_Posts, f"{__name__}:make_posts", reads=("heights",), writes=("things",), reach_m=2.0)


def _ground(size: float = 256.0, step: float = 1.0) -> Ground:
    count = round(size / step) + 1
    line = np.arange(count) / 17
    return Ground((3 * np.sin(line)[:, None] * np.cos(line)[None, :]).astype(np.float32), (size, size))


def _steps(*parameters: Any) -> tuple[Step, ...]:
    kinds = {**_KINDS, _Posts: _POSTS}
    return tuple(Step.of(kinds[type(one)], one, id=number + 1, seed=number) for number, one in enumerate(parameters))


_PATH = FlattenPath(points=[[-100, 1, -90], [0, 3, 10], [100, 1, 90]], width_m=6.0)
_RULE = ScatterRule(model="a.glb", spacing_m=7.0, share=0.9, cluster_m=40.0)
_BRUSH = HeightBrush(strokes=[
    {"points": [[-40, 20], [10, 30]], "radius_m": 22.0, "amount": 4.0, "kind": "raise"},
    {"points": [[50, 50]], "radius_m": 35.0, "amount": 1.0, "kind": "smooth"},
    {"points": [[-60, -60]], "radius_m": 20.0, "amount": 0.8, "kind": "level", "height_m": 2.0},
])  # fmt: skip


def _evaluation(folder: Path | None = None, *parameters: Any) -> Evaluation:
    area = Bounds(-128.0, -128.0, 128.0, 128.0)
    return Evaluation(Stack(_steps(*(parameters or (_BRUSH, _PATH, _RULE))), area, 1.0, _ground()), LayerCache(folder))


def _all(evaluation: Evaluation, cells: list[Any]) -> dict[Any, bytes]:
    found = {}
    for cell in cells:
        block = evaluation.stack.block_of(cell)
        rows = [item.rows.tobytes() + item.numbers.tobytes() for _, item in evaluation.standing("places", cell)]
        found[cell] = evaluation.grid("heights", block).tobytes() + evaluation.grid("mask.path", block).tobytes() + b"".join(rows)
    return found


def test_borders_agree_and_order_of_making_does_not_matter() -> None:
    first, second = _evaluation(), _evaluation()
    cells = first.stack.cells()
    assert len(cells) == 16
    assert _all(first, cells) == _all(second, cells[::-1])
    for _, i, j in cells:
        here = first.grid("heights", Block(0, i, j))
        if i < 1:
            assert np.array_equal(here[:, -1], first.grid("heights", Block(0, i + 1, j))[:, 0])
        if j < 1:
            assert np.array_equal(here[-1], first.grid("heights", Block(0, i, j + 1))[0])
    # Numbers that pins go by are each one's own.
    for cell in cells:
        for _, places in first.standing("places", cell):
            assert len(np.unique(places.numbers)) == len(places.numbers)


def test_a_worker_makes_the_same_and_the_disk_brings_it_back(tmp_path: Path) -> None:
    here = _evaluation()
    cells = here.stack.cells()
    wants = here.wants(cells)
    made, counts = make_blocks(here.stack, wants, "")
    assert counts.total >= len(wants)
    for number, block in wants:
        mine = here.layers(number, block)
        other = made[here.key(number, block)]
        assert pack_layers(mine) == pack_layers(other)
    cache = LayerCache(tmp_path)
    for number, block in wants:
        cache.write(here.key(number, block), here.layers(number, block))
    again = Evaluation(here.stack, LayerCache(tmp_path))
    assert _all(again, cells) == _all(here, cells)
    assert again.counts.total == 0 and again.counts.from_disk == len(wants)


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "gone", "other"])
def test_damaged_files_of_the_cache_are_made_again(tmp_path: Path, damage: str) -> None:
    here = _evaluation()
    number, block = here.wants([(0, 0, 0)])[0]
    cache = LayerCache(tmp_path)
    cache.write(here.key(number, block), here.layers(number, block))
    (file,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    data = file.read_bytes()
    flipped = data[:40] + bytes([data[40] ^ 1]) + data[41:]
    broken = {"cut": data[: len(data) // 2], "empty": b"", "flipped": flipped, "other": b"PNG" * 50}
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(broken[damage])
    again = Evaluation(here.stack, LayerCache(tmp_path))
    assert pack_layers(again.layers(number, block)) == pack_layers(here.layers(number, block))
    assert again.counts.made[here.stack.steps[number].kind.name] == 1


@settings(max_examples=60)
@given(st.binary(max_size=300), st.integers(0, 200))
def test_bytes_that_are_no_layers_are_refused(data: bytes, at: int) -> None:
    places = Places("a", np.zeros((1, 5), np.float32), np.array([1], np.uint32))
    good = pack_layers({"heights": np.zeros((3, 3), np.float32), "places": [places]})
    with pytest.raises(TaixuError):
        unpack_layers(data)
    with pytest.raises(TaixuError):
        unpack_layers(good[:at] + data + good[at + len(data) + 1 :])
    assert set(unpack_layers(good)) == {"heights", "places"}


def test_things_keep_models_and_children_through_the_cache() -> None:
    evaluation = _evaluation(None, _Posts())
    layers = evaluation.layers(0, Block(0, 0, 0))
    (thing,) = unpack_layers(pack_layers(layers))["things"]
    assert isinstance(thing, Thing) and thing.number == 77 and thing.model is not None
    assert thing.model.meshes[0].primitives[0].vertex_count == 24
    assert thing.children[0].components == {"light": {"kind": "point", "intensity": 3.0}}


@settings(max_examples=40, deadline=None)
@given(
    st.integers(-(2**63), 2**63 - 1),
    st.lists(st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 3), max_size=5),
    st.floats(allow_nan=True), st.one_of(st.none(), st.integers(), st.text(max_size=5)),
)  # fmt: skip
def test_hostile_parameters_are_a_sentence_or_land(seed: int, points: list[Any], number: float, other: Any) -> None:
    outline = [list(point[:2]) for point in points]
    for parameters in (
        FlattenPath(points=[list(point) for point in points], width_m=number, shoulder_m=number),
        Wood(outline=outline, plants=[{"model": "a", "share": number, "scale": number}], spacing_m=number),
        HeightBrush(strokes=[{"points": outline, "radius_m": number, "amount": number}]), MaskBrush(mask=str(other), strokes=other),
        ScatterRule(model="a", spacing_m=number, share=number, cluster_m=number), HeightBrush(strokes=other),
    ):  # fmt: skip
        try:
            step = Step.of(_KINDS[type(parameters)], parameters, id=1, seed=seed)
            evaluation = Evaluation(Stack((step,), Bounds(-64, -64, 64, 64), 4.0, _ground(128.0, 4.0)), LayerCache(None))
            heights = evaluation.grid("heights", evaluation.stack.block_of((0, 0, 0)))
            assert np.isfinite(heights).all()
            list(evaluation.standing("places", (0, 0, 0)))
        except TaixuError as error:
            assert 10 < len(str(error)) < 300


def test_stacks_have_limits() -> None:
    step = _steps(_BRUSH)[0]
    with pytest.raises(TaixuError, match="at most 256"):
        Stack((step,) * 300, Bounds(0, 0, 64, 64)).check()
    with pytest.raises(TaixuError, match="endless"):
        Stack((step,), Bounds(-1e9, -1e9, 1e9, 1e9)).check()
    with pytest.raises(TaixuError, match="points lie"):
        Stack((step,), Bounds(0, 0, 64, 64), 0.3).check()


def test_kinds_may_look_only_at_what_they_say() -> None:
    kind = replace(_POSTS, reads=(), reach_m=0.0)
    evaluation = Evaluation(Stack((Step.of(kind, _Posts(), id=1),), Bounds(0, 0, 64, 64), 1.0, _ground()), LayerCache(None))
    with pytest.raises(TaixuError, match="does not say"):
        evaluation.layers(0, Block(0, 0, 0))


def _app(*, background: bool = False) -> tuple[App, World, int]:
    app = App()
    app.add_plugin(ScenePlugin())
    app.add_plugin(ModifiersPlugin(on_disk=False, background=background))
    world = app.world
    world.resource(ModifierKinds).add(_POSTS)
    app.register_component(_Posts)
    app.register_component(Collider)
    stack = world.spawn(Transform(), Modifiers(spacing_m=4.0), Terrain(size=(128.0, 128.0)), stable_id=7)
    return app, world, stack


def test_things_stand_as_entities_and_keep_what_hands_changed() -> None:
    app, world, stack = _app()
    posts = world.spawn(Transform(), Parent(entity=stack), Modifier(), _Posts(), stable_id=21)
    app.run_stage(Stage.APPLY)
    state = world.resource(ModifierState)
    assert not state.failures and state.counts.made == {"test_posts": 4}

    def standing() -> dict[str, tuple[float, ...]]:
        found = {}
        for table in world.query(MadeBy, Name, Transform):
            things, places = table.read(MadeBy, "thing").tolist(), table.read(Transform, "translation").T.tolist()
            rows = zip(things, table.read(Name, "text").tolist(), places, strict=True)
            found |= {f"{name} {thing}": tuple(at) for thing, name, at in rows}
        return found

    assert len(standing()) == 8  # posts and lamps
    assert len(world.query(MeshInstance)) == 4
    moved, gone = pin_id(21, (0, 0), 77), pin_id(21, (-1, 0), 77)
    pins = pinned(pinned([], moved, position=[20.0, 1.0, 20.0]), gone, removed=True)
    world.insert(stack, Pins(made=pins))
    app.run_stage(Stage.APPLY)
    assert standing()[f"post {moved}"] == (20.0, 1.0, 20.0) and f"post {gone}" not in standing()
    world.set(posts, _Posts, height_m=3.0)  # all are made anew
    app.run_stage(Stage.APPLY)
    assert state.counts.made == {"test_posts": 8}
    assert standing()[f"post {moved}"] == (20.0, 1.0, 20.0) and len(standing()) == 6
    world.set(stack, Pins, made=unpinned(pins, [gone]))
    app.run_stage(Stage.APPLY)
    assert len(standing()) == 8
    world.set(stack, Pins, made=[{"thing": "nonsense"}])
    app.run_stage(Stage.APPLY)
    assert "names no made thing" in state.failures[stack] and len(standing()) == 8


def test_things_stand_on_endless_ground_near_an_eye_and_go_with_it() -> None:
    app, world, _ = _app()
    stack = world.spawn(Transform(), Modifiers(endless=True, spacing_m=16.0, reach_m=256.0), stable_id=8)
    world.spawn(Transform(), Parent(entity=stack), Modifier(), EndlessTerrain(), stable_id=30)
    world.spawn(Transform(), Parent(entity=stack), Modifier(order=1), _Posts(), stable_id=31)
    app.run_stage(Stage.APPLY)
    for x in (0.0, 3000.0):
        world.resource(Details).follow(world, [Eye(np.array([x, 30.0, 0.0]), 500.0)])
        assert not world.resource(ModifierState).failures
        found = [table.read(Transform, "translation")[0] for table in world.query(MadeBy, Name, Collider)]
        assert found and (np.abs(np.concatenate(found) - x) < 300).all()


def test_what_takes_long_is_made_in_the_background_while_the_former_stands() -> None:
    app, world, stack = _app(background=True)
    brush = world.spawn(Transform(), Parent(entity=stack), Modifier(), HeightBrush(strokes=[_BRUSH.strokes[0]]), stable_id=11)
    app.run_stage(Stage.APPLY)
    from taixu.scene.terrain import TerrainState

    before = world.resource(TerrainState).field(stack)
    assert before is not None
    state = world.resource(ModifierState)
    state.counts.secs["height_brush"] = 1e3  # as if it took long
    with Jobs(workers=1) as jobs:
        app.insert_resource(jobs)
        world.set(brush, HeightBrush, strokes=[{**_BRUSH.strokes[0], "amount": 8.0}])
        app.run_stage(Stage.APPLY)
        assert state.busy and world.resource(TerrainState).field(stack) is before
        assert jobs.wait()
        app.run_stage(Stage.APPLY)
    after = world.resource(TerrainState).field(stack)
    assert not state.busy and after is not None and after is not before
    assert float((after.heights - before.heights).max()) == pytest.approx(4.0, abs=0.2)
