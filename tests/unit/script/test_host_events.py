"""What scripts hear: input, events, messages, timers, routines."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from script_apps import STEP, MakeApp, add, lines, maker

from taixu.app import GameEvents
from taixu.platform import Input, KeyEvent
from taixu.scene import Name
from taixu.script import Script


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    return maker(tmp_path)


def test_input_actions_arrive_as_events_and_as_state(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_event(event): game.log(event.kind, event.name, event.pressed)\n"
        "def on_tick(dt):\n    if game.action('jump').pressed: game.log('jumped')\n"
    )
    add(app, "A", "a")
    app.frame(STEP)
    app.resource(Input).inject(KeyEvent("space", True))
    app.frame(2 * STEP)
    app.resource(Input).inject(KeyEvent("space", False))
    app.frame(STEP)
    assert lines(app) == ["input jump True", "jumped", "input jump False"]



def test_published_events_reach_only_those_they_concern(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_event(event):\n"
        "    game.log(game.entity.name, event.kind, event.other.name, event.impulse, event.normal.y)\n"
    )
    one, two = add(app, "One", "a"), add(app, "Two", "a")
    floor = app.world.spawn(Name("Floor"))
    app.frame(STEP)
    pairs = np.array([two, floor], np.uint64), np.array([floor, two], np.uint64)
    normals = np.array([[0, 0], [1, -1], [0, 0]], np.float32)
    app.resource(GameEvents).publish("collision_begin", *pairs, impulse=np.array([2.5, 2.5]), normal=normals)
    app.frame(STEP)
    app.frame(STEP)
    assert lines(app) == ["Two collision_begin Floor 2.5 1.0"]
    assert one != two



def test_messages_arrive_in_the_next_step_whoever_runs_first(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start(): game.send('hello', value=7)\n"
        "def on_event(event):\n"
        "    game.log(game.entity.name, 'got', event.name, event.value, 'of', event.sender.name, game.tick)\n",
        b="import game\ndef on_event(event): game.log(game.entity.name, 'got', event.name, game.tick)\n"
        "def on_start(): game.send('to you', game.find('B'))\n",
    )
    app.world.spawn(Name("B"), Script("scripts/b.py"), stable_id=1)
    app.world.spawn(Name("A"), Script("scripts/a.py"), stable_id=2)
    app.frame(STEP)
    assert lines(app) == []
    app.frame(STEP)
    assert lines(app) == ["B got to you 1", "B got hello 1", "A got hello 7 of A 1"]



def test_timers_count_fixed_steps(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\n"
        "def on_start():\n    game.timer(0.05, lambda: game.log('once', game.tick))\n"
        "    global again\n    again = game.timer(0.1, tell, repeat=True)\n    game.timer(0.02, name='bell')\n"
        "def tell():\n    game.log('again', game.tick)\n    if game.tick > 10: again.cancel()\n"
        "def on_event(event): game.log(event.kind, event.name, game.tick)\n"
    )
    add(app, "A", "a")
    for _ in range(30):
        app.frame(STEP)
    assert lines(app) == ["timer bell 1", "once 3", "again 6", "again 12"]



def test_routines_wait_for_time_and_events(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\n"
        "def on_start():\n    game.log('a', game.tick)\n    yield game.wait(0.1)\n    game.log('b', game.tick)\n"
        "    event = yield game.wait_event('message', 'go')\n    game.log('c', event.speed, game.tick)\n"
        "    game.start(other())\n    yield\n    game.log('d', game.tick)\n"
        "def other():\n    game.log('other', game.entity.name)\n    yield\n",
        b="import game\ndef on_tick(dt):\n    if game.tick == 10: game.send('go', speed=3)\n"
        "    if game.tick == 8: game.send('no')\n",
    )
    add(app, "A", "a")
    add(app, "B", "b")
    for _ in range(20):
        app.frame(STEP)
    assert lines(app) == ["a 0", "b 6", "c 3 11", "other A", "d 12"]



def test_who_listens_hears_of_everybody_once(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start(): game.listen('collision_begin')\n"
        "def on_event(event): game.log(event.kind, event.entity.name, event.other.name)\n",
        b="import game\ndef on_start(): game.listen('sunrise')\n",
        c="import game\ndef on_event(event): game.log(event.kind, event.name)\n",
    )
    add(app, "A", "a")
    add(app, "B", "b")
    third = add(app, "C", "c")
    one, two = (app.world.spawn(Name(name)) for name in ("One", "Two"))
    app.frame(STEP)
    pair = np.array([one, two], np.uint64)
    events = app.resource(GameEvents)
    events.publish("collision_begin", pair, pair[::-1])
    events.publish("collision_end", pair, pair[::-1])
    events.publish("animation_end", np.array([third], np.uint64), name=np.array(["Wave"], object))
    app.frame(STEP)
    assert "there are no events of kind 'sunrise'" in lines(app)[0]
    assert lines(app)[1:] == ["collision_begin One Two", "animation_end Wave"]

