"""The samples look as they did, and what should happen in them happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from golden import assert_golden
from taixu.script import ScriptHost

SIZE = (480, 270)


@pytest.fixture
def app() -> Iterator[tx.App]:
    with tx.App.headless(size=SIZE, physics="rapier") as made:
        yield made


@pytest.mark.parametrize("name", ["playground", "gallery", "airspace", "city", "factory", "village"])
def test_looks_as_it_did(app: tx.App, repository: Path, name: str) -> None:
    app.open(repository / "samples" / name)
    assert_golden(app.picture(samples=2).pixels, f"samples/{name}")


def test_the_courtyard_looks_as_it_did_with_its_mods(app: tx.App, repository: Path) -> None:
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    app.open(repository / "samples" / "mods")
    app.run(ticks=150)
    assert_golden(app.picture(samples=2).pixels, "samples/mods")


@pytest.mark.parametrize("engine", ["pybullet", "rapier"])
def test_the_playground_plays(repository: Path, engine: str) -> None:
    if engine == "pybullet":
        pytest.importorskip("pybullet", reason="pybullet has no wheel for this machine")
    with tx.App.headless(size=SIZE, physics=engine) as app:
        world = app.open(repository / "samples" / "playground")

        def place(name: str) -> np.ndarray:
            node = world.find(name)
            assert node is not None, name
            return node.position

        def upright(name: str) -> float:
            node = world.find(name)
            assert node is not None, name
            return float(node.world_matrix[1, 1])

        start = {name: place(name) for name in ("robot", "wrecking ball", "flyer 1", "brick 30", "door", "marble 1")}
        opened = 0.0
        for _ in range(12):
            app.run(seconds=0.5)
            opened = max(opened, float(np.linalg.norm(place("door") - start["door"])))
        assert upright("domino 1") < 0.6, "the first domino fell"
        assert upright("domino 8") < 0.6, "and took others with it"
        assert upright("domino 100") > 0.9, "the last ones stand for some time"
        assert place("brick 30")[1] < start["brick 30"][1] - 1.0, "the ball broke the tower"
        assert np.linalg.norm(place("flyer 1") - start["flyer 1"]) > 2.0, "the seesaw threw"
        assert place("marble 1")[1] < start["marble 1"][1] - 0.3, "marbles roll"
        assert opened > 0.8, "the door opened for the robot"
        assert np.linalg.norm(place("robot") - start["robot"]) > 3.0, "the robot walked"
        ball = place("wrecking ball") - np.array([3.4, 6.9, -5.6])
        assert 4.5 < np.linalg.norm(ball) < 6.5, "the chain holds"
        broken = [found.path for found in app.resource(ScriptHost).instances.values() if getattr(found, "failed", False)]
        assert not broken


def test_people_of_the_village_walk_and_two_talk(app: tx.App, repository: Path) -> None:
    from taixu.navigation import Navigator

    world = app.open(repository / "samples" / "village")
    app.run(ticks=2)
    app.world.resource(Navigator).wait(app.world)
    people = [world.find(name) for name in ("person", "person 2", "person 3")]
    talker = world.find("somebody who talks")
    assert all(people) and talker is not None
    start = [np.array(person.position) for person in people if person is not None]
    stood = np.array(talker.position)
    app.run(seconds=4)
    moved = [float(np.linalg.norm(person.position - before)) for person, before in zip(people, start) if person is not None]
    assert max(moved) > 1.0, moved
    assert float(np.linalg.norm(talker.position - stood)) < 0.05
