"""Ten thousand steps of installed mods are the same wherever the same lock file says so, also where the helper dies in between."""

from __future__ import annotations

import os
import shutil
import signal
from pathlib import Path

import pytest
from mod_installing import install
from mod_packages import manifest
from mod_worlds import STEP, hosts, mod_lines
from waiting import until

from taixu.app import App
from taixu.ecs import World
from taixu.edit.marks import Tags
from taixu.edit.settings import WorldSettings
from taixu.mods.box import Box
from taixu.mods.packages.lock import LOCK_FILE
from taixu.mods.packages.package import read_package
from taixu.mods.packages.secret_key import make_key, sign
from taixu.mods.packages.zip_writer import zip_bytes
from taixu.mods.playing import ModsPlugin
from taixu.physics import PHYSICS_COMPONENTS
from taixu.platform import Input, PlatformPlugin
from taixu.platform.events import KeyEvent
from taixu.scene import Environment, Name, Shape, Transform
from taixu.scene.plugin import ScenePlugin
from taixu.script import ScriptPlugin

pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")

TICKS, EVERY, CRASH_AT = 10_000, 1_000, 4_500
FEWER = (("field(8.0,", "field(4.0,"), ("field(250,", "field(30,"))
"""Of the weather: drops, and seconds of a spell."""
MORE = """
[access]
read = ["shape", "name"]
write = ["transform"]
[capabilities.spawn]
max = 200
why = "boxes that come and go"
[capabilities.input]
why = "a key sends one away"
"""
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


def _packed(folder: Path, repository: Path) -> list[Path]:
    """Three mods as their authors would give them to others: zips that are signed."""
    key, packed = make_key(), []
    mods = {"a.restless": {"mod.toml": manifest("a.restless", more=MORE), "main.py": RESTLESS.encode()}}
    for name in ("weather", "growing_plants"):
        package = read_package(repository / "samples" / "mods" / "mods" / name)
        source = package.sources["main.py"]
        for old, new in FEWER if name == "weather" else ():
            assert old in source
            source = source.replace(old, new)
        mods[package.id] = {**package.contents, "main.py": source.encode()}
    for id, files in mods.items():
        file, data = folder / f"{id}.zip", zip_bytes(files)
        file.write_bytes(data)
        file.with_name(f"{file.name}.minisig").write_text(sign(data, key, comment="for a test").file_text)
        file.with_name(f"{file.name}.pub").write_text(key.public.file_text)
        packed.append(file)
    return packed


def _opened(box: Box, mods: Path, *, seed: int = 0) -> App:
    """A world whose mods are those that the lock file of a folder names, as `taixu run` loads them."""
    app, plugin = App(World(seed=seed)), ModsPlugin(box=box)
    for made in (PlatformPlugin(), ScenePlugin(), ScriptPlugin(), plugin):
        app.add_plugin(made)
    for cls in (*PHYSICS_COMPONENTS, Tags):
        app.register_component(cls)
    app.insert_resource(WorldSettings())
    app.world.spawn(Name("sky"), Environment())
    for bed in (1, 2):
        app.world.spawn(Transform(translation=(2.0 * bed, 0.2, 0.0)), Name(f"bed {bed}"), Shape("box"))
    assert plugin.load_folder(app.world, mods) == {}
    assert list(hosts(app).mods) == ["a.restless", "taixu.growing_plants", "taixu.weather"]
    return app


def _step(app: App, tick: int) -> None:
    """One step, with what a player does in it."""
    if tick % 97 in (0, 5):
        app.resource(Input).inject([KeyEvent("space", tick % 97 == 0)])
    app.frame(STEP)


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


@pytest.fixture
def folders(tmp_path: Path, repository: Path) -> tuple[Path, Path]:
    """A project's mods, installed, and a copy of its lock file on which somebody else installed the same from it."""
    pytest.importorskip("cryptography", reason="signatures are made with it")
    zips = _packed(tmp_path, repository)
    one, other = tmp_path / "one" / "mods", tmp_path / "other" / "mods"
    install(one, *zips, accept="key")
    shutil.copytree(one, other)
    install(other, accept="key")  # after a checkout: what the lock file names, agreed to here
    assert (one / LOCK_FILE).read_bytes() == (other / LOCK_FILE).read_bytes()
    return one, other


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="the helper is killed by a signal")
def test_ten_thousand_steps_of_a_lock_file_are_the_same_also_where_the_helper_dies(folders: tuple[Path, Path]) -> None:
    with Box() as first, Box() as second:
        apps = [_opened(box, mods) for box, mods in zip((first, second), folders)]
        for tick in range(1, TICKS + 1):
            for app in apps:  # in turns: while one is stepped, the other's mods run
                _step(app, tick)
            if tick == CRASH_AT:
                _crash(apps[1], second)
            if tick % EVERY == 0:
                hashes = {app.world.state_hash() for app in apps}
                assert len(hashes) == 1, f"the runs differ at tick {tick}"
        assert (first.restarts, second.restarts) == (0, 1)
        for app in apps:
            steps = {mod.name: (mod.fault, mod.cost.steps) for mod in hosts(app).mods.values()}
            assert set(steps.values()) == {("", TICKS)}, steps
            assert not [line for line in mod_lines(app) if "refused" in line]
            app.close()


def test_another_seed_or_another_key_is_another_run(folders: tuple[Path, Path]) -> None:
    """So that an equal hash says something: chance counts, and so does what the player does."""
    with Box() as box:
        hashes = []
        for seed, is_there in ((0, True), (0, True), (1, True), (0, False)):  # nobody presses a key in the last
            app = _opened(box, folders[0], seed=seed)
            for tick in range(1, 150):
                _step(app, tick if is_there else 1)
            hashes.append(app.world.state_hash())
            app.close()
        assert hashes[0] == hashes[1]
        assert len(set(hashes)) == 3
