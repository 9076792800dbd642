"""Villages and cities as modifiers: what hangs on a change is made again and nothing else; hands keep what they changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from taixu.app import App, Stage
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.generate.modifiers import (
    HeightBrush,
    MadeBy,
    Modifier,
    Modifiers,
    ModifiersPlugin,
    ModifierState,
    Pins,
    pinned,
    unpinned,
)
from taixu.generate.modifiers.cache import LayerCache
from taixu.generate.modifiers.evaluation import Evaluation
from taixu.generate.modifiers.pins import pin_id
from taixu.generate.modifiers.stacks import Step
from taixu.generate.places.settlements.modifiers import KINDS, City, Village
from taixu.physics import Collider
from taixu.physics.plugin import PhysicsPlugin
from taixu.scene import Name, Parent, ScenePlugin, Terrain, Transform
from taixu.scene.terrain import TerrainState, height_on_triangles

SIZE = 320.0
_HAMLET: dict[str, Any] = {"culture": "medieval", "houses": 5, "inside": False}


def _app(kind: Any, *, strokes: Any = ()) -> tuple[App, int, int, int]:
    app = App()
    app.add_plugin(ScenePlugin())
    app.add_plugin(PhysicsPlugin())
    app.add_plugin(ModifiersPlugin(on_disk=False))
    world = app.world
    stack = world.spawn(Transform(), Modifiers(seed=3, spacing_m=2.0), Terrain(size=(SIZE, SIZE)), stable_id=7)
    brush = world.spawn(
        Transform(), Parent(entity=stack), Modifier(order=0), HeightBrush(strokes=[_hill(-60, 40, 14.0), *strokes]), stable_id=8
    )
    step = world.spawn(Transform(), Parent(entity=stack), Modifier(order=1), kind, stable_id=9)
    _run(app)
    return app, stack, brush, step


def _hill(x: float, z: float, amount: float) -> dict[str, Any]:
    return {"points": [[x, z]], "radius_m": 50.0, "amount": amount, "kind": "raise"}


def _run(app: App) -> None:
    for stage in (Stage.APPLY, Stage.PROPAGATE):
        app.run_stage(stage)
    failures = app.world.resource(ModifierState).failures
    assert not failures, failures


def _things(world: World, *names: str) -> dict[str, int]:
    """Made entities below the stack by their thing."""
    found = {}
    for table in world.query(MadeBy, Name, Parent):
        columns = (table.read(MadeBy, "thing"), table.read(Name, "text"), table.read(Parent, "entity"))
        for entity, thing, name, above in zip(table.entities.tolist(), *columns, strict=True):
            if (not names or name in names) and not world.has(int(above), MadeBy):
                found[str(thing)] = entity
    return found


_HOUSES = ("half timbered", "shop house", "church", "barn")


@pytest.fixture(scope="module", autouse=True)
def _plain() -> Iterator[None]:
    """No pictures: what they show is looked at elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        for home in ("buildings.making_things", "settlements.layers"):
            patch.setattr(f"taixu.generate.places.{home}.PICTURE_PX", 0)
        yield


@pytest.fixture(scope="module")
def hamlet() -> tuple[App, int, int, int]:
    """A hamlet, whose tests leave it as it was."""
    return _app(Village(**_HAMLET))


def test_a_hamlet_stands_on_ground_that_was_levelled_for_it(hamlet: tuple[App, int, int, int]) -> None:
    app, stack, _, _ = hamlet
    world = app.world
    houses = _things(world, *_HOUSES)
    assert 4 <= len(houses) <= 8
    field = world.resource(TerrainState).field(stack)
    assert field is not None and field.bare is not None and field.bare.max() == 255
    for entity in houses.values():
        x, y, z = world.get(entity, Transform).translation
        ground = float(height_on_triangles(field.heights, field.size, np.array([x]), np.array([z]))[0])
        assert -0.3 < y - ground < 2.0, "a floor lies on its pad, or a plinth higher"
        assert world.has(entity, Collider)
    names = {world.get(entity, Name).text.partition(" ")[0] for entity in _things(world).values()}
    assert "junction" in names and names & {"village", "alley", "lane"}


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (lambda world, brush, step: world.set(brush, HeightBrush, strokes=[_hill(-60, 40, 14.0), _hill(-150, -150, 2.0)]), 0),
        (lambda world, brush, step: world.set(step, Village, houses=6), 2),
    ],
)
def test_only_what_hangs_on_a_change_is_made_again(
    hamlet: tuple[App, int, int, int], change: Callable[[World, int, int], None], again: int
) -> None:
    app, _, brush, step = hamlet
    world, state = app.world, app.world.resource(ModifierState)
    before = _things(world)
    state.reset_counts()
    change(world, brush, step)
    _run(app)
    counts = state.reset_counts()
    assert counts.parts.get("house", 0) <= again and counts.made.get("village", 0) < 25, "of 36 cells"
    after = _things(world)
    same = [thing for thing in before if after.get(thing) == before[thing]]
    assert len(same) >= 0.6 * len(before), "what stays is the same entity"
    world.set(brush, HeightBrush, strokes=[_hill(-60, 40, 14.0)])
    world.set(step, Village, **_HAMLET)
    _run(app)
    assert not state.reset_counts().parts, "and back, nothing is made"
    assert _things(world).keys() == before.keys()


def test_a_house_that_hands_moved_stays_there_until_it_is_let_go(hamlet: tuple[App, int, int, int]) -> None:
    app, stack, brush, step = hamlet
    world, state = app.world, app.world.resource(ModifierState)
    houses = _things(world, *_HOUSES)
    moved, gone = sorted(houses)[:2]
    was = world.get(houses[moved], Transform).translation
    there = [float(was[0]) + 5.0, float(was[1]) + 1.0, float(was[2])]
    pins = pinned(pinned([], moved, position=there, scale=[1.5, 1.5, 1.5]), gone, removed=True)
    state.reset_counts()
    world.insert(stack, Pins(made=pins))
    _run(app)
    assert not state.counts.total and not state.counts.parts
    now = _things(world, *_HOUSES)
    assert gone not in now and np.allclose(world.get(now[moved], Transform).translation, there)
    world.set(brush, HeightBrush, strokes=[_hill(-60, 40, 14.5)])
    world.set(step, Village, gardens=0.65)
    _run(app)
    now = _things(world, *_HOUSES)
    assert gone not in now
    if moved in now:  # its lot is still there
        assert np.allclose(world.get(now[moved], Transform).translation, there)
    else:
        assert moved in state.lost_pins(stack)
    world.set(brush, HeightBrush, strokes=[_hill(-60, 40, 14.0)])
    world.set(step, Village, **_HAMLET)
    world.set(stack, Pins, made=unpinned(pins, [moved, gone]))
    _run(app)
    now = _things(world, *_HOUSES)
    assert now.keys() == houses.keys() and np.allclose(world.get(now[moved], Transform).translation, was)


def _step_of(kind: Any, *, seed: int = 5) -> Step:
    return Step.of(next(each for each in KINDS if each.component is type(kind)), kind, id=9, seed=seed)


def test_bounds_hold_all_that_changes(hamlet: tuple[App, int, int, int]) -> None:
    app, stack, _, _ = hamlet
    evaluation = app.world.resource(ModifierState).evaluation(stack)
    assert evaluation is not None
    for number, step in enumerate(evaluation.stack.steps):
        if step.kind.plan:
            assert step.bounds is not None
            boxes = evaluation.plan(number).pieces.boxes  # type: ignore[attr-defined]
            assert (boxes[:, :2] >= [step.bounds.x0, step.bounds.z0]).all()
            assert (boxes[:, 2:] <= [step.bounds.x1, step.bounds.z1]).all()
    far = Evaluation(evaluation.stack, LayerCache(None), plans=evaluation.plans)
    assert far.unplanned() is None, "a plan that came along is taken for what it is"
    assert pin_id(9, (0, 0), 3) == "0000000000000009.0.0.3"


def test_a_city_of_drawn_streets_fills_its_blocks_and_follows_them() -> None:
    streets: list[dict[str, Any]] = [
        {"points": [[-70, at], [70, at]], "kind": "street", "curved": False} for at in (-50, 50)
    ] + [{"points": [[at, -50], [at, 50]], "kind": "street", "curved": False} for at in (-70, 0, 70)]  # fmt: skip
    app, _, _, step = _app(City(roads=[*streets], district_m=200.0, parks=0.0))
    world, state = app.world, app.world.resource(ModifierState)
    first = state.reset_counts()
    assert first.parts["house"] >= 8 and first.parts["road"] >= 6
    houses = {entity for thing, entity in _things(world).items() if world.get(entity, Name).text not in ("garden", "junction")}
    streets[4] = {"points": [[70, -50], [78, 0], [70, 50]], "kind": "street"}
    world.set(step, City, roads=[*streets])
    _run(app)
    again = state.reset_counts()
    assert 0 < again.parts["house"] < first.parts["house"] * 0.75, "the block beyond the middle street stays"
    assert again.parts["road"] < first.parts["road"]
    left = [entity for entity in houses if world.alive(np.array([entity], np.uint64))[0]]
    assert len(left) > 4
    # A block that has no area has no lots, two streets on the same line are one.
    flat = [streets[0], {**streets[0], "name": "twin"}, {"points": [[-70, -50], [70, -49.6]], "kind": "street"}]
    world.set(step, City, roads=flat)
    _run(app)
    assert not state.reset_counts().parts.get("house")


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Village(culture="martian"), "culture"), (Village(houses=0), "houses"), (City(layout="spiral"), "layout"),
        (City(district_m=float("nan")), "district_m"), (Village(roads=[{"points": [[0, float("nan")], [1, 1]]}]), "parameters"),
        (City(roads="everywhere"), "roads are a list"), (City(parks=float("inf")), "parks"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_gets_one_sentence(kind: Any, said: str) -> None:
    with pytest.raises(TaixuError, match=said) as told:
        _step_of(kind)
    assert str(told.value).count(". ") == 0 and len(str(told.value)) < 300


def test_words_describe_settlements() -> None:
    village, city = KINDS
    assert village.described("a small fishing village, evening") == {"culture": "fishing", "houses": 18}
    assert city.described("现代城市，网格") == {"character": "modern", "layout": "grid"}
    with pytest.raises(TaixuError):
        village.described("a bowl of soup")
