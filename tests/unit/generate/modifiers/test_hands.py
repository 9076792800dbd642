"""Hands on made things: what is moved, scaled and deleted is pinned in its stack, one step of history each."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from taixu.app import App, Stage
from taixu.edit import DocumentPlugin, Operations, Project, Session, id_text
from taixu.edit.entity_operations import ENTITY_OPERATIONS
from taixu.errors import TaixuError
from taixu.generate.modifiers import MadeBy, ModifiersPlugin, ModifierState, Pins
from taixu.generate.modifiers.hands import plan_hold, plan_release
from taixu.generate.modifiers.sown import sown_at
from taixu.physics.plugin import PhysicsPlugin
from taixu.scene import Name, Parent, ScenePlugin, Transform

STACK, STEP, BOX = (f"{number:016x}" for number in (0xA, 0xB, 0xC))


class Yard:
    """A session with a stack that makes benches, and a box that a person placed."""

    def __init__(self, root: Path) -> None:
        def make() -> App:
            app = App().add_plugin(ScenePlugin()).add_plugin(PhysicsPlugin()).add_plugin(DocumentPlugin())
            return app.add_plugin(ModifiersPlugin(on_disk=False))

        self.session = Session(Project(root), make)
        self.session.new()
        self.operations = Operations(self)
        self.operations.add(*ENTITY_OPERATIONS)
        stack = {"modifiers": {"size": [64.0, 64.0], "spacing_m": 2.0}, "transform": {"position": [5, 0, 0]}}
        self.do("entity.spawn", id=STACK, name="Yard", components=stack)
        props = {"kind": "barrel", "points": [[-20, 0], [0, 0], [20, 0]]}
        self.do("entity.spawn", id=STEP, name="Barrels", components={"modifier": {}, "props": props, "parent": {"entity": STACK}})
        self.do("entity.spawn", id=BOX, name="Box", components={"shape": {}})
        self.run()

    def do(self, operation: str, *, merge: Any = None, **parameters: object) -> object:
        found = self.operations.do(self.session, operation, parameters, merge=merge)
        self.run()
        return found

    def run(self) -> None:
        for stage in (Stage.APPLY, Stage.PROPAGATE):
            self.session.current.app.run_stage(stage)

    def barrels(self) -> dict[str, tuple[float, ...]]:
        """Places of the barrels by id, as the stack counts them."""
        world, found = self.session.world, {}
        for table in world.query(MadeBy, Name, Transform):
            for entity in table.entities.tolist():
                if world.get(entity, Name).text == "barrel":
                    found[id_text(world.stable_id(entity))] = world.get(entity, Transform).translation
        return dict(sorted(found.items(), key=lambda item: item[1]))

    def pins(self) -> list[dict[str, Any]]:
        entity = self.session.entity(STACK)
        return self.session.world.get(entity, Pins).made if self.session.world.has(entity, Pins) else []


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """A yard; its app is closed at the end."""
    made = Yard(tmp_path)
    yield made
    made.session.current.app.close()


def test_a_drag_pins_the_very_entity_and_is_one_step(yard: Yard) -> None:
    first = next(iter(yard.barrels()))
    handle, steps = yard.session.entity(first), len(yard.session.history._done)
    for x in (-19.0, -15.0, -10.5):
        yard.do("transform.set", merge=("drag", 1), transforms={first: {"position": [x, 0.0, 3.0]}})
    assert yard.session.entity(first) == handle and yard.barrels()[first] == pytest.approx((-10.5, 0.0, 3.0))
    assert len(yard.session.history._done) == steps + 1 and len(yard.pins()) == 1
    # The step is changed: it is made anew, and stays where the hand left it.
    yard.do("component.set", component="props", fields={"scale": 1.5}, entities=[STEP])
    assert yard.barrels()[first] == pytest.approx((-10.5, 0.0, 3.0))
    yard.session.undo()
    yard.session.undo()
    yard.run()
    assert yard.barrels()[first] == pytest.approx((-20.0, 0.0, 0.0)) and not yard.pins()
    yard.session.redo()
    yard.run()
    assert yard.barrels()[first][0] == pytest.approx(-10.5)


def test_made_and_placed_things_move_together_by_rows_and_by_columns(yard: Yard) -> None:
    first, second, _ = yard.barrels()
    transforms = {first: {"scale": [2, 2, 2]}, BOX: {"position": [1, 2, 3]}}
    yard.do("transform.set", transforms=transforms)
    yard.do("transform.place", entities=[second, BOX], position=[1.0, 0.5, 9.0, 4.0, 5.0, 6.0])
    world = yard.session.world
    assert np.allclose(world.get(yard.session.entity(first), Transform).scale, 2)
    assert np.allclose(yard.barrels()[second], (1.0, 0.5, 9.0))
    assert np.allclose(world.get(yard.session.entity(BOX), Transform).translation, (4, 5, 6))
    yard.do("component.set", component="transform", fields={"rotation": [0, 1, 0, 0]}, entities=[first])
    (pin,) = [pin for pin in yard.pins() if "rotation" in pin]
    assert pin["scale"] == [2, 2, 2] and pin["rotation"] == [0, 1, 0, 0]
    for _ in range(3):
        yard.session.undo()
    yard.run()
    assert not yard.pins() and np.allclose(world.get(yard.session.entity(BOX), Transform).translation, 0)


def test_what_is_deleted_stays_away_until_it_is_let_go(yard: Yard) -> None:
    first, second, third = yard.barrels()
    yard.do("selection.set", entities=[first, second, BOX])
    yard.do("entity.delete", entities=[first, second, BOX])
    assert list(yard.barrels()) == [third] and yard.session.current.selection == ()
    yard.do("component.set", component="props", fields={"turn_rad": 0.5}, entities=[STEP])
    assert list(yard.barrels()) == [third]
    pins = yard.pins()
    command = plan_release(yard.session, STACK, (pins[0]["thing"],))
    assert command is not None
    yard.session.do(command, label="Let go")
    yard.run()
    assert len(yard.barrels()) == 2 and len(yard.pins()) == 1
    everything = plan_release(yard.session, STACK, ())
    assert everything is not None
    yard.session.do(everything, label="Let go")
    yard.run()
    assert len(yard.barrels()) == 3 and plan_release(yard.session, STACK, ()) is None
    for _ in range(4):
        yard.session.undo()
    yard.run()
    assert len(yard.barrels()) == 3 and yard.session.living((BOX,)) == (BOX,)


def test_what_hands_may_not_do_is_said_in_one_sentence(yard: Yard) -> None:
    first = next(iter(yard.barrels()))
    refused: list[tuple[str, dict[str, Any]]] = [
        ("entity.rename", {"entity": first, "name": "Tub"}),
        ("entity.reparent", {"entities": [first], "parent": BOX}),
        ("entity.reparent", {"entities": [BOX], "parent": first}),
        ("entity.duplicate", {"entities": [first]}),
        ("component.add", {"component": "light", "entities": [first]}),
        ("component.set", {"component": "collider", "fields": {"friction": 0.1}, "entities": [first]}),
        ("component.remove", {"component": "collider", "entities": [first]}),
        ("transform.set", {"transforms": {first: {"cell": [1, 0, 0]}}}),
        ("transform.set", {"transforms": {first: {"position": [float("nan"), 0, 0]}}}),
        ("transform.set", {"transforms": {first: {"scale": [1, 1]}}}),
    ]
    before = yard.barrels()
    for operation, parameters in refused:
        with pytest.raises(TaixuError) as told:
            yard.do(operation, **parameters)
        assert str(told.value).count(". ") == 0, operation
    yard.run()
    assert yard.barrels() == before and not yard.pins()
    with pytest.raises(TaixuError, match="the step 'Barrels': it can be moved"):
        yard.do("entity.rename", entity=first, name="Tub")


def test_seeds_that_are_none_are_refused_in_one_sentence(yard: Yard) -> None:
    for seed in (float("nan"), float("inf"), "seven", None, 2**80, [1]):
        with pytest.raises(TaixuError) as told:
            yard.do("component.set", component="modifier", fields={"seed": seed}, entities=[STEP])
        assert str(told.value).count(". ") == 0
    yard.do("component.set", component="modifier", fields={"seed": -(2**63)}, entities=[STEP])
    assert len(yard.barrels()) == 3


def test_pins_are_saved_and_made_things_are_not(yard: Yard, tmp_path: Path) -> None:
    first = next(iter(yard.barrels()))
    yard.do("transform.set", transforms={first: {"position": [3.0, 0.0, 3.0]}})
    path = yard.session.save(tmp_path / "yard.world.json")
    text = path.read_text()
    assert '"pins"' in text and "made_by" not in text
    opened = yard.session.open(path)
    yard.session.close(opened)
    yard.session.open(path)
    yard.run()
    assert yard.barrels()[first] == pytest.approx((3.0, 0.0, 3.0))
    above = yard.session.world.get(yard.session.entity(first), Parent).entity
    assert id_text(yard.session.world.stable_id(above)) == STACK


def test_one_of_many_plants_is_held_by_where_it_stands(yard: Yard) -> None:
    rule = {"model": "tree.glb", "spacing_m": 8.0, "share": 1.0}
    yard.do("entity.spawn", id=f"{0xE:016x}", name="Trees", components={
        "modifier": {"order": 2.0}, "scatter_rule": rule, "parent": {"entity": STACK}})  # fmt: skip
    world, stack = yard.session.world, yard.session.entity(STACK)

    def trees() -> NDArray[np.float32]:
        (spread,) = (shown for shown in world.resource(ModifierState).standing[stack].shown._spreads.values())
        return np.concatenate(list(spread.rows.values()))

    before = trees()
    x, _, z = before[3, :3].tolist()
    here = (x + 5.2, 0.0, z + 0.1)  # the stack stands 5 m along x
    found = sown_at(world, stack, here, within_m=1.0)
    assert found is not None and np.array_equal(found.row, before[3])

    def hold(at: tuple[float, float, float], **what: Any) -> None:
        given = {"within_m": 1.0, "removed": False, "to": None, "turn_rad": None, "scale": None, **what}
        yard.session.do(plan_hold(yard.session, STACK, at, **given), label="Hold")
        yard.run()

    hold(here, to=(x + 7.0, 9.0, z), scale=2.0)
    after = trees()
    assert len(after) == len(before) and (np.abs(after[:, [0, 2, 4]] - (x + 2.0, z, 2.0)) < 1e-3).all(1).any()
    moved = sown_at(world, stack, (x + 7.0, 0.0, z), within_m=0.1)
    assert moved is not None and moved.thing == found.thing
    hold((x + 7.0, 0.0, z), removed=True)
    assert len(trees()) == len(before) - 1 and [pin["thing"] for pin in yard.pins()] == [found.thing]
    yard.session.undo()
    yard.run()
    assert len(trees()) == len(before)
    for at, what, sentence in (((900.0, 0.0, 0.0), {"removed": True}, "nothing that this stack has sown"), (here, {}, "say what")):
        with pytest.raises(TaixuError, match=sentence):
            hold(at, **({"within_m": 64.0} if not what else {}), **what)
    command = plan_release(yard.session, STACK, ())
    assert command is not None
    yard.session.do(command, label="Let go")
    yard.run()
    assert np.array_equal(trees(), before)


def test_a_plant_that_is_clicked_stands_for_the_step_that_sowed_it(yard: Yard) -> None:
    pytest.importorskip("imgui_bundle")
    from taixu.scene import FromModel, MeshInstance, Scatter
    from taixu_editor.view.picking import owner_of

    trees, herbs = f"{0xE:016x}", f"{0xF:016x}"
    for order, step in enumerate((trees, herbs)):
        rule = {"model": f"{step}.glb", "spacing_m": 8.0, "share": 1.0}
        yard.do("entity.spawn", id=step, name=step, components={
            "modifier": {"order": 2.0 + order}, "scatter_rule": rule, "parent": {"entity": STACK}})  # fmt: skip
    world, found = yard.session.world, set()
    for spread in world.query(Scatter).entities.tolist():
        owner = owner_of(world, spread)
        assert owner is not None
        found.add(id_text(world.stable_id(owner)))
        plant = world.spawn(Transform(), Parent(entity=spread), FromModel(owner=spread, node=-1), MeshInstance())
        assert owner_of(world, plant) == owner, "what a square shows is its spread's"
    assert found == {trees, herbs}
    barrel = yard.session.entity(next(iter(yard.barrels())))
    assert owner_of(world, barrel) == barrel, "a thing that hands can hold is itself"
