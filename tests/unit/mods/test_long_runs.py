"""Ten thousand steps with several mods are the same in every run, also where the helper dies in between."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from mod_worlds import STEP, add_mod, hosts, mod_app
from waiting import until

from taixu.app import App
from taixu.edit.marks import Tags
from taixu.mods.box import Box
from taixu.mods.granting import grants_of
from taixu.mods.packages.package import read_package
from taixu.platform import Input
from taixu.platform.events import KeyEvent
from taixu.scene import Environment, Name, Shape, Transform

pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")

TICKS, EVERY, CRASH_AT = 10_000, 1_000, 4_500
FIELDS = {"taixu.weather": {"drops": 30, "spell_secs": 4.0}}
# Comes and goes by chance, listens to keys, waits in a routine, keeps timers: whatever a restoration could lose.
RESTLESS = """
import game
made, turns = [], 0

def on_start():
    game.timer(0.7, shift, repeat=True)
    game.start(wander())

def wander():
    while True:
        yield game.wait(0.3 + game.random.random())
        if len(made) < 20:
            made.append(game.spawn("box", position=(game.random.uniform(-9, 9), 0, 0), name=f"box {turns}"))
        yield game.wait_event("input", "jump")
        if made:
            game.despawn(made.pop(game.random.randrange(len(made))))

def shift():
    global turns
    turns += 1
    for entity in game.columns("transform", having=["shape"], own=True).entities:
        entity.position += (0, game.random.gauss(0, 0.1), 0.01)

def on_tick(dt):
    own = game.columns("transform", "translation", own=True)
    own.translation[2] = game.sin(own.translation[1] + game.time) + dt * len(made)
    own.write()
"""


def _open(box: Box, repository: Path) -> App:
    app = mod_app(lambda name, sources, config, limits: box.open(name, sources, config, limits=limits))
    app.register_component(Tags)
    app.world.spawn(Name("sky"), Environment())
    for bed in (1, 2):
        app.world.spawn(Transform(translation=(2.0 * bed, 0.2, 0.0)), Name(f"bed {bed}"), Shape("box"))
    for name in ("weather", "growing_plants"):
        package = read_package(repository / "samples" / "mods" / "mods" / name)
        id, entry, grants = package.manifest.id, package.manifest.entry, grants_of(package.manifest)
        hosts(app).load(id, package.sources, entry=entry, grants=grants, values=FIELDS.get(id))
    add_mod(app, RESTLESS, "a.restless", read=["shape", "name"], write=["transform"], capabilities=["spawn", "input"])
    return app


def _crash(app: App, box: Box) -> None:
    """Kill the helper between two steps, after all that it was asked was answered and kept."""
    mods = [mod.boxed for mod in hosts(app).mods.values()]
    until(lambda: (box.tend(), not any(mod.busy for mod in mods))[1], what="answers to the step that is under way")
    for mod in mods:
        mod.kept = None
        until(lambda mod=mod: (box.tend(), mod.snapshot())[1], what="room for a snapshot")
    until(lambda: (box.tend(), all(mod.kept is not None for mod in mods))[1], what="snapshots of all mods")
    before = box.restarts
    os.kill(box.pid, signal.SIGKILL)
    until(lambda: (box.tend(), box.restarts > before and box.ready)[1], what="another helper")
    until(lambda: (box.tend(), all(mod.state == "ready" for mod in mods))[1], what="mods that are back")


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the helper is killed by a signal")
def test_ten_thousand_steps_are_the_same_also_where_the_helper_dies(repository: Path) -> None:
    with Box() as first, Box() as second:
        boxes = (first, second)
        apps = [_open(box, repository) for box in boxes]
        for tick in range(1, TICKS + 1):
            for app in apps:  # in turns: while one is stepped, the other's mods run
                if tick % 97 in (0, 5):
                    app.resource(Input).inject([KeyEvent("space", tick % 97 == 0)])
                app.frame(STEP)
            if tick == CRASH_AT:
                _crash(apps[1], second)
            if tick % EVERY == 0:
                hashes = {app.world.state_hash() for app in apps}
                assert len(hashes) == 1, f"the runs differ at tick {tick}"
        assert (first.restarts, second.restarts) == (0, 1)
        for app in apps:
            steps = {mod.name: (mod.fault, mod.cost.steps) for mod in hosts(app).mods.values()}
            assert set(steps.values()) == {("", TICKS)}, steps
            app.close()
