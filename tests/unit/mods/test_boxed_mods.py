"""Mods in the real box, through the engine: loops, bombs and traps cost one mod its life, and the world nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from mod_worlds import STEP, add_mod, hosts, mod_app, mod_lines

from taixu.app import App
from taixu.mods import stepping
from taixu.mods.host import OpenBox
from taixu.scene import Name, Node, Shape, Transform

pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")


@pytest.fixture(scope="module")
def open_boxed() -> Iterator[OpenBox]:
    from taixu.mods.box import Box

    box = Box()
    box.start(timeout_secs=300)
    yield lambda name, sources, config, limits: box.open(name, sources, config, limits=limits)
    box.stop()


@pytest.fixture
def app(open_boxed: OpenBox, monkeypatch: pytest.MonkeyPatch) -> Iterator[App]:
    monkeypatch.setattr(stepping, "FIRST_FUEL", 300_000_000)  # what never ends is ended sooner, each time that it begins again
    made = mod_app(open_boxed)
    made.world.spawn(Transform(), Name("It"), stable_id=7)
    yield made
    made.close()


def _frames(app: App, count: int) -> None:
    for _ in range(count):
        app.frame(STEP)


GOOD = "import game\ndef on_tick(dt):\n    for e in game.query('transform'): e.x += 1\n"


@pytest.mark.parametrize(
    "attack",
    [
        "while True: pass",
        "while True:\n            try:\n                while True: pass\n            except BaseException: pass",
        "x = [0] * 10**9",
        "x = []\n        while True: x.append('a' * 1_000_000)",
        "9 ** 9 ** 9",
        "import re\n        re.match(r'(a+)+$', 'a' * 40 + 'b')",
        "def f(): return f()\n        f()",
        "import _box\n        _box.colop(0x111101, 1 << 31, 8, 8, 1 << 20, 1.0)",
        "import os\n        os.system('true')",
        "open('/etc/passwd')",
        "import socket\n        socket.create_connection(('127.0.0.1', 80))",
    ],
    ids=["loop", "swallow", "list", "memory", "power", "regex", "recursion", "pointer", "process", "file", "network"],
)
def test_an_attack_ends_the_mod_or_its_step_and_nothing_else(app: App, attack: str) -> None:
    add_mod(app, GOOD, "a.good", write=["transform"])
    bad = add_mod(app, f"import game\ndef on_tick(dt):\n    if game.tick >= 2:\n        {attack}\n", "b.bad", fuel=2_000_000)
    _frames(app, 8)
    assert Node(app.world, app.world.find(7)).position[0] == 8
    assert hosts(app).mods["a.good"].status == "running"
    assert bad.fault or bad.cost.traps, "it was contained"
    assert any("b.bad" in line for line in mod_lines(app))


def test_a_mod_that_is_trapped_goes_on_from_where_it_was_and_is_off_in_the_end(app: App) -> None:
    source = (
        "import game\nran = 0\n"
        "def on_tick(dt):\n"
        "    global ran\n    ran += 1\n"
        "    game.log(ran, [e.name for e in game.query('name')])\n"
        "    if game.tick % 3 == 2:\n        while True: pass\n"
    )
    mod = add_mod(app, source, read=["name"], fuel=2_000_000)
    _frames(app, 4)
    app.world.spawn(Name("New"), stable_id=8)
    _frames(app, 20)
    said = mod_lines(app)
    assert mod.cost.traps == 3
    assert mod.status == "off"
    assert "1 ['It', 'New']" in said, "it began anew, and knows the world as it is"
    assert sum("goes on from its last good state" in line for line in said) == 2
    assert sum("it is off now" in line for line in said) == 1


def test_a_reload_in_the_box_keeps_state_and_a_bad_one_keeps_the_old(app: App) -> None:
    keeps = (
        "import game\ncount = 0\ndef on_tick(dt):\n    global count\n    count += STEP\n    game.log(count)\n"
        "def on_save(): return count\ndef on_load(state):\n    global count\n    count = state\n"
    )
    add_mod(app, keeps.replace("STEP", "1"))
    _frames(app, 3)
    assert hosts(app).reload("a.mod", {"main.py": keeps.replace("STEP", "100")})
    _frames(app, 2)
    assert [line for line in mod_lines(app) if line.isdigit()][-1] == "104"
    for broken in ("def broken(:\n", "1 / 0\n", "while True: pass\n"):
        assert not hosts(app).reload("a.mod", {"main.py": broken})
        assert "its last good version runs on" in mod_lines(app)[-1]
        _frames(app, 2)
    said = [line for line in mod_lines(app) if line.isdigit()]
    assert int(said[-1]) > 104


def test_the_same_seed_gives_the_same_world(open_boxed: OpenBox) -> None:
    source = (
        "import game\ndef on_tick(dt):\n"
        "    if game.random.random() < 0.2: game.spawn('box', position=(game.random.random(), 0, 0), light={'intensity': 2})\n"
        "    c = game.columns('transform', 'translation')\n"
        "    c.translation[0] += game.sin(c.translation[1] + game.time)\n    c.translation[1] += 0.01\n    c.write()\n"
        "    for e in game.query('shape'): e.y += hash('abc') % 7\n"
    )

    def run() -> tuple[str, Any]:
        app = mod_app(open_boxed)
        app.world.spawn_batch(50, {Transform: {"translation": np.linspace(0, 5, 150, dtype=np.float32).reshape(3, 50)}})
        mod = add_mod(app, source, read=["shape"], write=["transform"], capabilities=["spawn"])
        fuel = []
        for _ in range(120):
            app.frame(STEP)
            fuel.append(mod.cost.fuel)
        found = app.world.state_hash(), fuel
        assert mod.fault == ""
        assert len(app.world.query(Shape)) > 5
        app.close()
        return found

    assert run() == run()
