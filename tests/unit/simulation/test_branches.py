"""What if: branches that run ahead, their differences, ghosts, and adopting one."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest
from simulated_worlds import small_city
from waiting import until

from taixu.app import App
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene import MaterialLibrary, MeshInstance, MeshLibrary, Name, Transform
from taixu.simulation import Columns
from taixu.simulation.weather import Weather
from taixu.simulation.worlds import (
    Branches,
    Ghost,
    Prepared,
    Simulated,
    Simulation,
    Simulations,
    SimulatorKind,
    SimulatorKinds,
    find_differences,
)
from taixu.simulation.worlds.runs import step_copy


@pytest.fixture
def app(tmp_path: Path) -> App:
    app = small_city(tmp_path)
    app.frame(3.0)
    return app


def _flood(world: World) -> None:
    """Half a metre of water from now on."""
    for table in world.query(Simulation):
        settings = table.read(Simulation, "settings").copy()
        settings[table.read(Simulation, "kind") == "water"] = {"heights": [[0.0] * 20] * 4, "cell": 10.0, "depth": 0.5}
        table.set(Simulation, "settings", settings)


def test_a_branch_is_what_the_present_becomes(app: App) -> None:
    branches = app.resource(Branches)
    branch = branches.begin("as it is", seconds=5.0, share=1.0)
    assert branch.wait()
    assert branch.progress == 1.0
    assert not branch.reason
    assert app.clock.ticks == 30  # the present waits for nobody
    assert branches.differences("as it is")
    app.frame(5.0)
    assert branch.world.state_hash() == app.world.state_hash()
    assert branches.differences("as it is") == []
    app.close()
    assert not branch.is_running


def test_two_futures_are_told_apart_and_one_is_adopted(app: App) -> None:
    branches = app.resource(Branches)
    branches.begin("dry", seconds=8.0, share=1.0)
    branches.begin("wet", seconds=8.0, share=1.0, change=_flood)
    assert all(branch.wait() for branch in branches)
    found = {(each.component, each.field): each for each in branches.differences("wet", "dry")}
    moved = found["transform", "translation"]
    cars = [table for table in branches["dry"].world.query(Simulated) if table.count]
    driving = {int(each) for table in cars for each in branches["dry"].world.stable_ids(table.entities)}
    assert set(moved.ids.tolist()) <= driving
    assert moved.amount.max() > 5.0  # metres behind
    assert ("simulation", "settings") in found
    assert "translation" in moved.sentence()
    wet = branches["wet"].world.state_hash()
    branches.adopt("wet")
    assert app.world.state_hash() == wet
    app.frame(1.0)
    depth = app.resource(Simulations).conductor.column("water.depth")  # type: ignore[union-attr]
    assert depth is not None
    assert depth.max() > 0.3
    branches.discard("dry")
    assert [branch.name for branch in branches] == ["wet"]
    app.close()


def test_ghosts_stand_where_a_branch_is_and_are_translucent(app: App) -> None:
    branches, world = app.resource(Branches), app.world
    before, entities = world.state_hash(), len(world)
    app.frame(0.0)
    branch = branches.begin("later", seconds=4.0, share=1.0)
    branch.wait()
    branch.shown = True
    app.frame(0.0)
    ghosts = world.query(Ghost, MeshInstance)
    assert len(ghosts) == 3 + 1  # three cars that are elsewhere, and the water
    meshes, materials = app.resource(MeshLibrary), app.resource(MaterialLibrary)
    for table in ghosts:
        for number in table.read(MeshInstance, "mesh").tolist():
            assert {materials[each].material.alpha_mode for each in meshes[number].materials} == {"BLEND"}
    shown = np.sort(np.concatenate([table.read(Transform, "translation")[0] for table in ghosts]))
    there = np.concatenate([table.read(Transform, "translation")[0] for table in branch.world.query(Simulated)])
    assert shown == pytest.approx(np.sort(there))
    assert world.state_hash() == before  # they are nobody's state
    branch.shown = False
    app.frame(0.0)
    assert not len(world.query(Ghost))
    assert len(world) == entities
    app.close()


def test_who_is_adopted_takes_nothing_away_that_came_since(app: App) -> None:
    branches, world = app.resource(Branches), app.world
    branch = branches.begin("wet", seconds=3.0, share=1.0, change=_flood)
    branch.wait()
    (box,) = app.world.spawn_batch(1, {Name: {"text": np.array(["a reading since"], object)}}).tolist()
    app.frame(1.0)
    branches.adopt("wet")
    assert world.get(box, Name).text == "a reading since"
    assert app.clock.ticks == branch.ticks == 60
    cars = {int(each) for table in world.query(Simulated) for each in world.stable_ids(table.entities)}
    assert cars >= {int(each) for table in branch.world.query(Simulated) for each in branch.world.stable_ids(table.entities)}
    app.frame(1.0)
    assert app.clock.ticks == 70
    app.close()


def test_ghosts_are_moved_not_made_anew(app: App) -> None:
    branches, world = app.resource(Branches), app.world
    branch = branches.begin("later", seconds=2.0, share=1.0)
    branch.wait()
    branch.shown = True
    app.frame(0.0)
    before = {int(each) for each in world.query(Ghost).entities}
    step_copy(branch.world, steps=10)
    app.frame(0.0)
    assert {int(each) for each in world.query(Ghost).entities} == before
    shown = np.sort(np.concatenate([table.read(Transform, "translation")[0] for table in world.query(Ghost)]))
    there = np.concatenate([table.read(Transform, "translation")[0] for table in branch.world.query(Simulated)])
    assert shown == pytest.approx(np.sort(there))
    assert not any(each.component == "ghost" for each in branches.differences("later"))
    app.close()


class _Failing(Weather):
    """Says what it is told to say, or does what it is told to do, from the fifth second on."""

    what = "nothing"

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        if time_ns >= 5 * 10**9:
            if self.what == "hangs":
                _Failing.gate.wait()
            if self.what == "raises":
                raise MemoryError
            if self.what == "not a number":
                return {"wind": np.array([np.nan])}
        return super().step(time_ns, dt_ns, given)

    gate = threading.Event()


@pytest.mark.parametrize(
    ("what", "said"), [("raises", "MemoryError"), ("not a number", "wind holds a value that is not finite"), ("hangs", "it hangs")]
)
def test_a_branch_that_fails_ends_with_a_sentence_and_the_present_goes_on(
    app: App, monkeypatch: pytest.MonkeyPatch, what: str, said: str
) -> None:
    kinds = app.resource(SimulatorKinds)

    def make(name: str) -> Weather:
        return _Failing([0.0], {}, name=name, period_secs=1.0)

    kinds.add("failing", SimulatorKind(lambda settings, site: Prepared(make)))
    app.world.spawn(Simulation("failing", name="failing"))
    app.frame(0.5)
    branches = app.resource(Branches)
    branches.hang_secs = 0.2 if what == "hangs" else 60.0
    _Failing.gate.clear()
    monkeypatch.setattr(_Failing, "what", what)
    branch = branches.begin("bad", seconds=20.0, share=1.0)
    branch.shown = True

    def is_over() -> bool:
        app.frame(0.0)
        return not branch.is_running

    until(is_over)
    assert said in branch.reason
    if what == "hangs":
        with pytest.raises(TaixuError, match="in the middle of a long step"):
            branches.adopt("bad")
    monkeypatch.setattr(_Failing, "what", "nothing")
    branches.discard("bad")
    branches.hang_secs = 60.0
    app.frame(1.0)
    good = branches.begin("good", seconds=1.0, share=1.0)
    assert good.wait() and not good.reason
    _Failing.gate.set()
    app.close()


def test_memory_and_names_are_bounded_with_a_sentence(app: App) -> None:
    branches = app.resource(Branches)
    branches.most_bytes = 1000
    with pytest.raises(TaixuError, match="MB are left for more: discard one"):
        branches.begin("a", seconds=1.0)
    branches.most_bytes = 1 << 30
    branch = branches.begin("a", seconds=86400.0, share=1.0)
    with pytest.raises(TaixuError, match="a name of its own"):
        branches.begin("a", seconds=1.0)
    with pytest.raises(TaixuError, match="runs ahead for"):
        branches.begin("b", seconds=-1.0)
    with pytest.raises(TaixuError, match="no branch 'b'; there are a"):
        branches.discard("b")
    branches.most_bytes = 1
    until(lambda: not branch.is_running)
    assert "there is no more for branches; discard one" in branch.reason
    app.close()


def test_differences_of_all_kinds_of_columns() -> None:
    first, second = World(), World()
    for world, name, x, extra in ((first, "a", 500.0, False), (second, "b", 530.0, True)):
        cell, offset = (0, x) if x < 512 else (1, x - 1024.0)
        world.spawn(Name(name), Transform((offset, 0.0, 0.0), cell=(cell, 0, 0)), stable_id=7)
        world.spawn(Name("same"), stable_id=8)
        if extra:
            world.spawn(Name("new"), stable_id=9)
    found = {(each.component, each.field): each for each in find_differences(first, second)}
    assert found["transform", "translation"].amount.tolist() == pytest.approx([30.0])
    assert found["name", "text"].ids.tolist() == [7]
    assert (found["name", ""].ids.tolist(), found["name", ""].amount.tolist()) == ([9], [1.0])
    assert found["name", ""].sentence() == "name: 1 came, 0 went"
    assert len(found) == 3
    assert find_differences(first, first) == []


def test_differences_are_the_same_in_tables_that_are_alike_and_that_are_not() -> None:
    world = World()
    for number in range(5):
        world.spawn(Name(f"thing {number}"), Transform((float(number), 0.0, 0.0)), stable_id=number + 1)
    fork = world.fork()
    assert find_differences(world, fork) == []
    fork.set(fork.find(3), Transform, translation=(2.0, 7.0, 0.0))  # type: ignore[arg-type]
    fork.set(fork.find(4), Name, text="other")  # type: ignore[arg-type]
    alike = {(each.component, each.field): each for each in find_differences(world, fork)}
    fork.despawn([fork.find(1)])  # type: ignore[list-item]
    fork.spawn(Name("new"), Transform(), stable_id=9)
    unlike = {(each.component, each.field): each for each in find_differences(world, fork)}
    for key in (("transform", "translation"), ("name", "text")):
        assert alike[key].ids.tolist() == unlike[key].ids.tolist()
        assert alike[key].amount.tolist() == unlike[key].amount.tolist()
    assert alike["transform", "translation"].amount.tolist() == [7.0]
    assert (unlike["name", ""].ids.tolist(), unlike["name", ""].amount.tolist()) == ([1, 9], [-1.0, 1.0])
    assert len(alike) == 2 and len(unlike) == 4
