"""Mods that attack the world they run in: each does its harm as a project's own script, and as a mod does none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from call_count import count_calls
from hostile_worlds import BALL, HARMS, KEPT_KB, LAMP, PLAYER, VICTIM, WORLD_ATTACKS, Witness, WorldAttack, heard_by
from mod_worlds import STEP, hosts, mod_app, mod_lines

from taixu.animation.properties import PropertyAnimation
from taixu.app import App, GameServices
from taixu.edit.prefab import PrefabInstance
from taixu.mods.grants import Grants
from taixu.mods.hands import BROKEN
from taixu.physics import RigidBody
from taixu.scene import Light, Name, Parent, Shape, Transform
from taixu.script import Script
from taixu.script.chat import Chat
from taixu.script.storage import Storage

ATTACKS = [(family, name) for family, attacks in WORLD_ATTACKS.items() for name in attacks]
READS = ("name", "transform", "light", "shape", "parent", "rigid_body")
GRANTS = Grants(
    read=frozenset(READS), write=frozenset({"transform", "rigid_body", "parent"}),
    capabilities={"spawn": 200, "ui": 0},
)  # fmt: skip
VICTIMS = Grants(
    read=frozenset({"name"}), write=frozenset({"transform"}), capabilities={"spawn": 9, "ui": 0, "chat": 0, "storage": 1},
)  # fmt: skip
FRAMES = 9
LEARNING = 2 * 10_000 * 1000
"""Fuel to learn anew who is there."""


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """A world with a good mod in it, for all attacks one after the other; a second one stands by for each that attacks."""
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    from taixu.mods.box import Box

    box = Box()
    box.start(timeout_secs=300)
    app = mod_app(lambda name, sources, config, limits: box.open(name, sources, config, limits=limits))
    fill(app, tmp_path_factory.mktemp("kept") / "world")
    source = VICTIM.replace("def on_start():", "def on_start():\n    game.spawn('', name='Ball')")
    hosts(app).load("a.victim", {"main.py": source}, grants=VICTIMS)
    begin(app)
    yield app
    app.close()
    assert (box.restarts, box.complaints) == (0, "")
    box.stop()


def fill(app: App, kept: Path) -> None:
    """A player, whom no mod touches, and some things; `kept` is the folder of what anybody keeps."""
    world, seen = app.world, Witness()
    app.insert_resource(seen)
    for cls in (PropertyAnimation, PrefabInstance):
        app.register_component(cls)
    world.spawn(Name("Player"), Transform(), RigidBody(), Light(), stable_id=PLAYER)
    world.spawn(Name("Lamp"), Transform(), Light(intensity=1.0), stable_id=LAMP)
    world.spawn(Name("Crate"), Transform(), Shape(kind="box"), RigidBody(), stable_id=102)
    hosts(app).protected.add(PLAYER)
    kept.mkdir(parents=True, exist_ok=True)
    app.resource(Storage).folder = kept
    services = app.resource(GameServices)
    services.provide("raycasts", lambda world, origins, directions, **limits: [None] * len(origins))
    services.provide("apply_force", lambda world, entity, force, **more: None)
    services.provide("apply_impulse", lambda world, entity, impulse, **more: None)
    services.provide("play_sound", lambda world, sound, **more: seen.sounds.append(sound))
    services.provide("request", lambda world, owner, hosts, **facts: seen.asked.append(facts["url"]))


def begin(app: App) -> None:
    """What was there before anybody attacks, and what the good one keeps."""
    play(app, 2)
    app.resource(Storage).save()


def play(app: App, frames: int = FRAMES) -> None:
    for _ in range(frames):
        app.frame(STEP)


def attacked(app: App, attack: WorldAttack) -> bool:
    """Some steps, and whether it has done its harm in them."""
    if attack.harm == "busy":
        for _ in range(FRAMES):
            app.resource(Witness).calls += count_calls(lambda: play(app, 1))
            if HARMS["busy"](app):
                return True
    else:
        play(app)
    app.resource(Storage).save()
    return bool(HARMS[attack.harm](app))


def clean(app: App) -> None:
    """Nothing of an attack before is left."""
    world, storage = app.world, app.resource(Storage)
    world.set(world.find(102) or 0, Transform, translation=(0.0, 0.0, 0.0), rotation=(0.0, 0.0, 0.0, 1.0))
    world.remove(world.find(102) or 0, Parent)
    hosts(app).log.messages.clear()
    app.resource(Chat).clear()
    app.resource(Witness).forget()
    for file in storage.folder.parent.rglob("*") if storage.folder is not None else ():
        if file.is_file() and file.name != "a.victim.json":
            file.unlink()


def natively(attack: WorldAttack, folder: Path) -> App:
    """A world in which it is a project's own script that does it."""
    (folder / "scripts").mkdir()
    for name, source in (("good", VICTIM), ("a", attack.natively or attack.code)):
        (folder / "scripts" / f"{name}.py").write_text(source)
    app = mod_app(None, root=folder, trust=True)
    fill(app, folder / "kept" / "world")
    app.world.spawn(Name("Ball"), Transform(), stable_id=BALL)
    app.world.spawn(Transform(), Script("scripts/good.py"), stable_id=104)
    begin(app)
    app.world.spawn(Transform(), Script("scripts/a.py"), stable_id=105)
    return app


@pytest.mark.parametrize(("family", "name"), ATTACKS)
def test_it_does_harm_as_a_script_of_the_project(family: str, name: str, tmp_path: Path) -> None:
    attack = WORLD_ATTACKS[family][name]
    app = natively(attack, tmp_path)
    assert not HARMS[attack.harm](app), "it has been there before"
    assert attacked(app, attack), mod_lines(app)[-3:]
    app.close()


@pytest.mark.parametrize(("family", "name"), ATTACKS)
def test_it_does_none_as_a_mod(stage: App, family: str, name: str, request: pytest.FixtureRequest) -> None:
    attack, app, victim = WORLD_ATTACKS[family][name], stage, hosts(stage).mods["a.victim"]
    clean(app)
    count, steps, heard = hosts(app).log.count, victim.cost.steps, heard_by(app)
    bad = f"b.bad{ATTACKS.index((family, name))}"
    request.addfinalizer(lambda: hosts(app).unload(bad))
    grants = replace(GRANTS, capabilities={**GRANTS.capabilities, **dict.fromkeys(attack.asks, KEPT_KB)})
    mod = hosts(app).load(bad, {"main.py": attack.code}, grants=grants)
    assert not attacked(app, attack)
    assert hosts(app).log.count - count < 250
    assert heard_by(app)[0] - heard[0] <= FRAMES * 64
    assert heard_by(app)[1] - heard[1] <= FRAMES << 14
    assert (victim.status, victim.budget.level, victim.cost.refused) == ("running", 0, 0)
    lines = mod_lines(app)
    assert not any(BROKEN in line for line in lines), lines
    about = [line for line in lines if f"mod '{bad}'" in line.split("\n")[0]]
    if attack.told:
        assert any(attack.told in line for line in about), lines
    assert len(about) <= 22 and len(about) - len(set(about)) <= 1, "nobody reads what is said in every step"  # it may fall twice
    assert victim.cost.steps == steps + FRAMES
    assert mod.cost.fuel <= 10 * GRANTS.fuel + LEARNING
