"""Scripts that do not end are ended, and the world goes on."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from time import monotonic

import pytest
from waiting import ends

from taixu.app import App
from taixu.scene import SHARED_COMPONENTS, Hierarchy, Name, Transform
from taixu.script import Script, ScriptHost, ScriptPlugin
from taixu.script.alarm import end_alarms, use_alarms
from taixu.script.watchdog import ScriptTooLong, Watchdog

LOOP = """
import game
def on_tick(dt):
    if game.tick == 2:
        while True:
            pass
"""
COUNT = """
count = 0
def on_tick(dt):
    global count
    count += 1
"""


@pytest.fixture
def app(tmp_path: Path) -> App:
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "loop.py").write_text(LOOP)
    (tmp_path / "scripts" / "count.py").write_text(COUNT)
    return make_app(tmp_path)


def make_app(folder: Path) -> App:
    app = App()
    for cls in SHARED_COMPONENTS:
        app.register_component(cls)
    app.insert_resource(Hierarchy())
    app.add_plugin(ScriptPlugin(folder, trust=True))
    for name in ("loop", "count"):
        app.world.spawn(Name(name), Transform(), Script(f"scripts/{name}.py"))
    return app


def test_an_endless_loop_stops_one_script_and_names_its_line(app: App) -> None:
    host = app.resource(ScriptHost)
    host.watchdog.limit_secs = 0.2
    with ends():
        for _ in range(6):
            app.frame(1 / 60)
    loop, count = sorted(host.instances.values(), key=lambda instance: instance.path != "scripts/loop.py")
    assert "did not end within 0.2 s" in loop.error
    assert "scripts/loop.py:5" in loop.error or "scripts/loop.py:6" in loop.error
    assert count.running
    app.close()


WAITING = {
    "sleeps": "time.sleep(60)",
    "backtracks": "re.match('(a|a)*b', 'a' * 60)",  # holds the interpreter: no thread can do anything about it
    "reads a pipe": "os.read(os.pipe()[0], 1)",
}


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no alarm clock")
@pytest.mark.parametrize("code", WAITING.values(), ids=WAITING)
def test_what_waits_inside_c_is_ended_by_the_alarm_clock(tmp_path: Path, code: str) -> None:
    use_alarms()
    try:
        (tmp_path / "scripts").mkdir()
        (tmp_path / "scripts" / "loop.py").write_text(f"import os, re, time\n\ndef on_tick(dt):\n    {code}\n")
        (tmp_path / "scripts" / "count.py").write_text(COUNT)
        app = make_app(tmp_path)
        host = app.resource(ScriptHost)
        host.watchdog.limit_secs = 0.2
        for _ in range(6):
            app.frame(1 / 60)
        loop, count = sorted(host.instances.values(), key=lambda instance: instance.path != "scripts/loop.py")
        assert "did not end within 0.2 s" in loop.error
        assert "scripts/loop.py:4" in loop.error
        assert count.running
        app.close()
        time.sleep(1.0)  # nothing rings any more, or nobody is ended by it
    finally:
        end_alarms()


def test_the_alarm_clock_of_others_is_left_alone(tmp_path: Path) -> None:
    if hasattr(signal, "getitimer"):
        watchdog = Watchdog(limit_secs=5.0)
        watchdog.begin()
        assert signal.getitimer(signal.ITIMER_REAL)[0] == 0.0
        watchdog.end()
        watchdog.close()


def test_nothing_arrives_after_the_end_of_a_call() -> None:
    """However the end of a call and the limit meet, the exception is caught inside of it."""
    watchdog = Watchdog(limit_secs=0.05)
    caught = 0
    for turn in range(12):
        try:
            watchdog.begin()
            try:
                until = monotonic() + 0.02 + 0.005 * turn
                while monotonic() < until:
                    pass
            finally:
                watchdog.end()
        except ScriptTooLong:
            caught += 1
        until = monotonic() + 0.03
        while monotonic() < until:  # here nothing may be raised
            pass
    assert caught
    watchdog.close()


def test_calls_within_calls_are_one() -> None:
    watchdog = Watchdog(limit_secs=30.0)
    watchdog.begin()
    watchdog.begin()
    watchdog.end()
    assert watchdog._since
    watchdog.end()
    assert not watchdog._since
    watchdog.close()
