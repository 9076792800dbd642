"""A mod's life: order, failure, late answers, messages, reloads, budgets, buttons, the console."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from mod_worlds import STEP, add_mod, hosts, mod_app, mod_lines
from native_box import NativeBoxed, open_natively

from taixu.errors import TaixuError
from taixu.mods.budget import Budget
from taixu.physics import RigidBody
from taixu.scene import Light, Name, Node, Shape, Transform
from taixu.script import Script
from taixu.script.widgets import Widgets

MOVE = "import game\ndef on_tick(dt):\n    for e in game.query('transform'): e.x += 1\n"


def _place(app: Any, entity: int) -> float:
    return float(Node(app.world, entity).position[0])


def _run(source: str, *, frames: int = 3, setup: Any = None, **grants: Any) -> tuple[Any, Any]:
    app = mod_app()
    entity = app.world.spawn(Transform(), Name("It"), Light(intensity=1.0), RigidBody(), stable_id=7)
    if setup is not None:
        setup(app, entity)
    mod = add_mod(app, source, **grants)
    for _ in range(frames):
        app.frame(STEP)
    return app, mod


def test_mods_run_in_load_order_and_the_last_writer_wins() -> None:
    app = mod_app()
    entity = app.world.spawn(Transform())
    for number, name in enumerate(("z.one", "a.two")):
        source = f"import game\ndef on_tick(dt):\n    for e in game.query('transform'): e.x = game.tick * 10 + {number}\n"
        add_mod(app, source, name, write=["transform"])
    for step in range(3):
        app.frame(STEP)
        assert _place(app, entity) == step * 10 + 1


def test_without_a_box_mods_are_off_and_never_run_natively() -> None:
    app = mod_app(None)
    with pytest.raises(TaixuError, match="mods are off"):
        add_mod(app, MOVE)


def test_a_mod_that_fails_is_said_in_one_line_and_the_world_goes_on() -> None:
    app, mod = _run("import game\ndef on_tick(dt):\n    game.show_text('a', 'b')\n    1 / 0\n", capabilities=["ui"])
    assert mod.status == "stopped"
    assert [line for line in mod_lines(app) if "ZeroDivisionError" in line] == [
        "main.py:4: ZeroDivisionError: division by zero (in on_tick of mod 'a.mod'; stopped until it is loaded anew)"
    ]
    assert len(app.resource(Widgets)) == 0
    for source in ("def f(:\n", "import nothing_like_this\n", "raise SystemExit(3)\n"):
        _, mod = _run(source)
        assert mod.status == "stopped", source
        assert mod.fault.startswith("main.py:1: "), mod.fault


def test_what_a_mod_prints_is_cut() -> None:
    app, _ = _run("import game\ndef on_tick(dt):\n    for n in range(5000): game.log('x' * 5000)\n")
    assert all(len(line) <= 2100 for line in mod_lines(app))
    assert len(mod_lines(app)) < 700


def test_a_late_answer_counts_in_a_later_step_and_no_time_is_lost() -> None:
    held: list[Any] = []

    class Slow(NativeBoxed):
        def poll(self, timeout_secs: float = 0.0) -> Any:
            return None if held else super().poll(timeout_secs)

    app = mod_app(lambda name, sources, config, limits: Slow(name, sources, config), wait=False)
    entity = app.world.spawn(Transform())
    source = "import game\ndef on_tick(dt):\n    for e in game.query('transform'): e.x += dt * 60\n"
    mod = add_mod(app, source + "def on_event(event): game.log(event.name)\n", write=["transform"])
    app.frame(STEP)
    held.append(True)
    for number in range(3):
        mod.inbox.add("b.other", f"message {number}", {})
        app.frame(STEP)
    assert _place(app, entity) == 1
    assert mod.cost.late == 3
    held.clear()
    app.frame(STEP)
    app.frame(STEP)
    app.frame(STEP)
    assert _place(app, entity) == pytest.approx(7, abs=1e-4)
    assert mod_lines(app) == ["message 0", "message 1", "message 2"], "nothing was missed"


def test_messages_go_between_scripts_and_mods(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "a.py").write_text(
        "import game\ndef on_tick(dt):\n    if game.tick == 1: game.send('to mods', n=1, unfit=object() if False else None)\n"
        "def on_event(event): game.log('script heard', event.name, event.data.get('n'), event.sender)\n"
    )
    source = (
        "import game\ndef on_tick(dt):\n    if game.tick == 3: game.send('to all', n=game.Vec3(1, 2, 3))\n"
        "def on_event(event): game.log('mod heard', event.name, event.n)\n"
    )
    app = mod_app(root=tmp_path, trust=True)
    app.world.spawn(Transform(), Script("scripts/a.py"))
    add_mod(app, source, "a.one")
    add_mod(app, source.replace("== 3", "== 99"), "b.two")
    for _ in range(7):
        app.frame(STEP)
    said = mod_lines(app)
    assert said.count("mod heard to mods 1") == 2
    assert said.count("mod heard to all Vec3(1, 2, 3)") == 2
    assert said.count("script heard to all Vec3(1, 2, 3) None") == 1


KEEPS = (
    "import game\ncount = 0\n"
    "def on_tick(dt):\n    global count\n    count += STEP\n    game.log(count)\n"
    "def on_save(): return count\n"
    "def on_load(state):\n    global count\n    count = state\n"
)


def test_a_reload_keeps_state_place_and_entities() -> None:
    app = mod_app()
    add_mod(app, KEEPS.replace("STEP", "1") + "def on_start(): game.spawn('box')\n", capabilities=["spawn"])
    add_mod(app, "", "b.other")
    for _ in range(3):
        app.frame(STEP)
    assert hosts(app).reload("a.mod", {"main.py": KEEPS.replace("STEP", "100")})
    app.frame(STEP)
    app.frame(STEP)
    assert [line for line in mod_lines(app) if line.isdigit()] == ["1", "2", "3", "4", "104"]
    assert mod_lines(app)[-1] == "mod 'a.mod' is reloaded, its state is kept"
    assert list(hosts(app).mods) == ["a.mod", "b.other"]
    assert len(hosts(app).mods["a.mod"].spawned) == 1
    assert len(app.world.query(Shape)) == 1


def test_runs_repeat_exactly() -> None:
    source = (
        "import game\ndef on_tick(dt):\n"
        "    if game.random.random() < 0.2: game.spawn('box', position=(game.random.random(), 0, 0), light={'intensity': 2})\n"
        "    c = game.columns('transform', 'translation')\n"
        "    c.translation[0] += game.sin(c.translation[1] + game.time)\n"
        "    c.translation[1] += 0.01\n    c.write()\n"
    )

    def run() -> str:
        app = mod_app()
        app.world.spawn_batch(50, {Transform: {"translation": np.linspace(0, 5, 150, dtype=np.float32).reshape(3, 50)}})
        add_mod(app, source, write=["transform"], capabilities=["spawn"])
        for _ in range(30):
            app.frame(STEP)
        return app.world.state_hash()

    assert run() == run()


def test_a_budget_warns_then_slows_then_pauses() -> None:
    budget, said, ran = Budget(100), [], []
    for tick in range(400):
        if budget.is_due(tick):
            ran.append(tick)
            text = budget.note(200)
            if text:
                said.append(text.split(":")[0])
    assert said == ["takes longer than it may", "runs every second step now", "is paused"]
    assert budget.level == 3
    assert len(ran) == 30 + 60 + 90
    better = Budget(100)
    for _ in range(30):
        better.note(200)
    assert better.level == 1
    for _ in range(120):
        better.note(50)
    assert better.level == 0


def test_buttons_of_a_mod_come_back_to_it() -> None:
    app = mod_app(open_natively)
    source = "import game\ndef on_start(): game.show_button('go', 'Go')\ndef on_event(event): game.log(event.kind, event.name)\n"
    add_mod(app, source, capabilities=["ui"])
    add_mod(app, source.replace("on_start", "unused"), "b.other", capabilities=["ui"])
    app.frame(STEP)
    app.resource(Widgets).press("a.mod", "go")
    app.resource(Widgets).press("a.mod", "stop")
    app.frame(STEP)
    app.frame(STEP)
    assert mod_lines(app) == ["button go"]


def test_the_script_log_is_shared_with_mods() -> None:
    app, _ = _run("import game\ndef on_start(): game.log('hello', level='warning')\n")
    found = [message for message in hosts(app).log.messages if message.text == "hello"]
    assert [(item.level, item.script, item.line) for item in found] == [("warning", "a.mod/main.py", 2)]


def test_two_writers_of_the_same_rows_are_told_once_and_others_are_not() -> None:
    app = mod_app()
    for place in range(4):
        app.world.spawn(Transform(), Name(f"n{place}"), stable_id=10 + place)
    part = "import game\ndef on_tick(dt):\n    for e in game.query('transform'):\n        if e.name in NAMES: e.x += 1\n"
    for name, names in (("a.low", ("n0", "n1")), ("b.high", ("n2", "n3")), ("c.last", ("n3",))):
        add_mod(app, part.replace("NAMES", repr(names)), name, read=["name"], write=["transform"])
    for _ in range(5):
        app.frame(STEP)
    told = [line for line in mod_lines(app) if "both write" in line]
    assert told == ["mods 'b.high' and 'c.last' both write transform.translation of the same entities: 'c.last' has the last word"]
