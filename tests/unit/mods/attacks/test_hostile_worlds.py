"""Mods that attack the world they run in: each does its harm as a project's own script, and as a mod does none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_worlds import BALL, HARMS, LAMP, PLAYER, VICTIM, WORLD_ATTACKS, WorldAttack, heard_by
from mod_worlds import STEP, hosts, mod_app, mod_lines

from taixu.animation.properties import PropertyAnimation
from taixu.app import App, GameServices
from taixu.edit.prefab import PrefabInstance
from taixu.mods.grants import Grants
from taixu.mods.hands import BROKEN
from taixu.physics import RigidBody
from taixu.scene import Light, Name, Parent, Shape, Transform
from taixu.script import Script

ATTACKS = [(family, name) for family, attacks in WORLD_ATTACKS.items() for name in attacks]
READS = ("name", "transform", "light", "shape", "parent", "rigid_body")
GRANTS = Grants(
    read=frozenset(READS), write=frozenset({"transform", "rigid_body", "parent"}),
    capabilities={"spawn": 200, "ui": 0},
)  # fmt: skip
VICTIMS = Grants(read=frozenset({"name"}), write=frozenset({"transform"}), capabilities={"spawn": 9, "ui": 0})
FRAMES = 9
LEARNING = 2 * 10_000 * 1000
"""Fuel to learn anew who is there."""


@pytest.fixture(scope="module")
def stage() -> Iterator[App]:
    """A world with a good mod in it, for all attacks one after the other; a second one stands by for each that attacks."""
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    from taixu.mods.box import Box

    box = Box()
    box.start(timeout_secs=300)
    app = mod_app(lambda name, sources, config, limits: box.open(name, sources, config, limits=limits))
    fill(app)
    source = VICTIM.replace("def on_start():", "def on_start():\n    game.spawn('', name='Ball')")
    hosts(app).load("a.victim", {"main.py": source}, grants=VICTIMS)
    play(app, 2)
    yield app
    app.close()
    assert (box.restarts, box.complaints) == (0, "")
    box.stop()


def fill(app: App) -> None:
    """A player, whom no mod touches, and some things."""
    world = app.world
    for cls in (PropertyAnimation, PrefabInstance):
        app.register_component(cls)
    world.spawn(Name("Player"), Transform(), RigidBody(), Light(), stable_id=PLAYER)
    world.spawn(Name("Lamp"), Transform(), Light(intensity=1.0), stable_id=LAMP)
    world.spawn(Name("Crate"), Transform(), Shape(kind="box"), RigidBody(), stable_id=102)
    hosts(app).protected.add(PLAYER)
    app.resource(GameServices).provide("raycasts", lambda world, origins, directions, **limits: [None] * len(origins))
    app.resource(GameServices).provide("apply_force", lambda world, entity, force, **more: None)
    app.resource(GameServices).provide("apply_impulse", lambda world, entity, impulse, **more: None)


def play(app: App, frames: int = FRAMES) -> None:
    for _ in range(frames):
        app.frame(STEP)


def natively(attack: WorldAttack, folder: Path) -> App:
    """The world after it was a project's own script that did it."""
    (folder / "scripts").mkdir()
    for name, source in (("good", VICTIM), ("a", attack.natively or attack.code)):
        (folder / "scripts" / f"{name}.py").write_text(source)
    app = mod_app(None, root=folder, trust=True)
    fill(app)
    app.world.spawn(Name("Ball"), Transform(), stable_id=BALL)
    app.world.spawn(Transform(), Script("scripts/good.py"), stable_id=104)
    app.world.spawn(Transform(), Script("scripts/a.py"), stable_id=105)
    play(app)
    return app


HARMFUL = [(family, name) for family, name in ATTACKS if WORLD_ATTACKS[family][name].harm != "busy"]


@pytest.mark.parametrize(("family", "name"), HARMFUL)
def test_it_does_harm_as_a_script_of_the_project(family: str, name: str, tmp_path: Path) -> None:
    attack = WORLD_ATTACKS[family][name]
    app = natively(attack, tmp_path)
    assert HARMS[attack.harm](app), mod_lines(app)[-3:]
    app.close()


@pytest.mark.parametrize(("family", "name"), ATTACKS)
def test_it_does_none_as_a_mod(stage: App, family: str, name: str, request: pytest.FixtureRequest) -> None:
    attack, app, victim = WORLD_ATTACKS[family][name], stage, hosts(stage).mods["a.victim"]
    app.world.set(app.world.find(102) or 0, Transform, translation=(0.0, 0.0, 0.0), rotation=(0.0, 0.0, 0.0, 1.0))
    app.world.remove(app.world.find(102) or 0, Parent)
    hosts(app).log.messages.clear()
    count, steps, heard = hosts(app).log.count, victim.cost.steps, heard_by(app)
    request.addfinalizer(lambda: hosts(app).unload("b.bad"))
    bad = hosts(app).load("b.bad", {"main.py": attack.code}, grants=GRANTS)
    play(app)
    assert not HARMS[attack.harm](app)
    assert hosts(app).log.count - count < 250
    assert heard_by(app)[0] - heard[0] <= FRAMES * 64
    assert heard_by(app)[1] - heard[1] <= FRAMES << 14
    assert (victim.status, victim.budget.level, victim.cost.refused) == ("running", 0, 0)
    lines = mod_lines(app)
    assert not any(BROKEN in line for line in lines), lines
    about = [line for line in lines if "mod 'b.bad'" in line.split("\n")[0]]
    if attack.told:
        assert any(attack.told in line for line in about), lines
    assert len(about) == len(set(about)) <= 22, "nobody reads what is said in every step"
    assert victim.cost.steps == steps + FRAMES
    assert bad.cost.fuel <= 10 * GRANTS.fuel + LEARNING
