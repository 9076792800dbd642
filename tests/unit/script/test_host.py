"""Scripts run: callbacks, variables, order, what stops and what stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from call_count import count_calls
from script_apps import STEP, MakeApp, add, host_of, lines, maker

from taixu.app import Stage
from taixu.platform import KeyEvent
from taixu.scene import Name, Node, Parent, Transform
from taixu.script import Script, ScriptHost


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    return maker(tmp_path)


def test_callbacks_run_in_their_stages(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start(): game.log('start')\ndef on_tick(dt): game.log('tick', game.tick, round(dt, 4))\n"
        "def on_frame(dt): game.log('frame')\n"
    )
    add(app, "A", "a")
    app.frame(2 * STEP)
    app.frame(0.0)
    assert lines(app) == ["start", "tick 0 0.0167", "tick 1 0.0167", "frame", "frame"]



def test_each_entity_has_variables_of_its_own(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ncount = 0\nstep: int = 1\n"
        "def on_tick(dt):\n    global count\n    count += step\n    game.entity.position = (count, 0, 0)\n"
    )
    one, two = add(app, "One", "a"), add(app, "Two", "a", step=10)
    for _ in range(3):
        app.frame(STEP)
    assert Node(app.world, one).position[0] == 3
    assert Node(app.world, two).position[0] == 30



def test_two_apps_in_one_process_have_a_game_each(make_app: MakeApp) -> None:
    source = "import game\ndef on_tick(dt): game.entity.name = f'at {game.tick}'\n"
    first, second = make_app(a=source), make_app(a=source)
    a, b = add(first, "A", "a"), add(second, "B", "a")
    first.frame(5 * STEP)
    second.frame(STEP)
    assert first.world.get(a, Name).text == "at 4"
    assert second.world.get(b, Name).text == "at 0"



def test_scripts_run_in_the_order_of_stable_ids(make_app: MakeApp) -> None:
    app = make_app(a="import game\ndef on_tick(dt): game.log(game.entity.id)\n")
    for stable in (30, 10, 20):
        app.world.spawn(Script("scripts/a.py"), stable_id=stable)
    app.frame(STEP)
    assert lines(app) == ["10", "20", "30"]



def test_disabled_scripts_wait(make_app: MakeApp) -> None:
    app = make_app(a="import game\ndef on_start(): game.log('start')\ndef on_tick(dt): game.log('tick')\n")
    entity = add(app, "A", "a")
    app.world.set(entity, Script, enabled=False)
    app.frame(STEP)
    assert lines(app) == []
    app.world.set(entity, Script, enabled=True)
    app.frame(STEP)
    app.world.set(entity, Script, enabled=False)
    app.frame(STEP)
    assert lines(app) == ["start", "tick"]



def test_a_dead_entity_takes_its_script_along(make_app: MakeApp) -> None:
    app = make_app(a="import game\ndef on_start(): game.timer(0.1, lambda: game.log('no'))\ndef on_tick(dt): game.log('tick')\n")
    entity = add(app, "A", "a")
    child = app.world.spawn(Parent(entity), Script("scripts/a.py"))
    app.frame(STEP)
    app.world.despawn([entity, child])
    for _ in range(10):
        app.frame(STEP)
    assert lines(app) == ["tick", "tick"]
    assert not host_of(app).instances
    assert not len(host_of(app).timers)



def test_paused_worlds_run_nothing(make_app: MakeApp) -> None:
    app = make_app(a="import game\ndef on_tick(dt): game.log('tick')\ndef on_frame(dt): game.log('frame')\n")
    add(app, "A", "a")
    app.clock.paused = True
    app.frame(STEP)
    assert lines(app) == []



def test_a_snapshot_takes_variables_along_and_stop_forgets_them(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\nhits: int = 0\nsecret = 0\n"
        "def on_tick(dt):\n    global hits, secret\n    hits += 1\n    secret += 2\n"
        "def on_save(): return {'secret': secret}\n"
        "def on_load(state):\n    global secret\n    secret = state['secret']\n    game.log('loaded', secret)\n"
    )
    entity = add(app, "A", "a")
    before = app.world.snapshot()
    for _ in range(3):
        app.frame(STEP)
    playing = app.world.snapshot()
    for _ in range(3):
        app.frame(STEP)
    host = host_of(app)
    assert host.values(entity) == {"hits": 6}
    app.world.restore(playing)
    app.frame(STEP)
    assert host.values(entity) == {"hits": 4}
    assert lines(app) == ["loaded 6"]
    app.world.restore(before)
    app.frame(STEP)
    assert host.values(entity) == {"hits": 1}
    fork = app.world.fork()
    assert fork.resource(ScriptHost) is not host
    assert json.dumps(host.values(entity)) == '{"hits": 1}'



def test_a_script_may_switch_another_one_off_in_the_same_step(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_tick(dt):\n    if game.tick == 1: game.find('B').script.enabled = False\n",
        b="import game\ndef on_tick(dt): game.log('on', game.tick)\n",
    )
    app.world.spawn(Name("B"), Script("scripts/b.py"), stable_id=1)
    app.world.spawn(Name("A"), Script("scripts/a.py"), stable_id=2)
    for _ in range(4):
        app.frame(STEP)
    assert lines(app) == ["on 0", "on 1"]



def test_worlds_without_scripts_cost_a_frame_nothing_per_entity(make_app: MakeApp) -> None:
    counts = []
    for entities in (1000, 20_000):
        app = make_app()
        app.world.spawn_batch(entities, {Transform: {}})
        app.frame(STEP)
        counts.append(count_calls(lambda app=app: app.frame(STEP)))
    assert counts[0] == counts[1]



def test_a_fork_runs_its_own_scripts_on_its_own_world(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\nhits: int = 0\ndef on_tick(dt):\n    global hits\n    hits += 1\n    game.entity.position = (hits, 0, 0)\n"
    )
    entity = add(app, "A", "a")
    for _ in range(3):
        app.frame(STEP)
    fork = app.world.fork()
    for _ in range(5):
        app.schedule.run(Stage.FIXED, fork)
    assert Node(fork, entity).position[0] == 8
    assert Node(app.world, entity).position[0] == 3
    app.frame(STEP)
    assert Node(app.world, entity).position[0] == 4



def test_two_runs_with_the_same_seed_and_input_are_equal(make_app: MakeApp) -> None:
    source = (
        "import game\n"
        "def on_start():\n    while True:\n        yield game.wait(0.05 + 0.1 * game.random.random())\n"
        "        game.spawn('box', position=(game.random.random(), game.tick, 0), name=f'made {game.tick}')\n"
        "def on_event(event):\n"
        "    if event.kind == 'input': game.entity.position += (1, 0, 0)\n"
    )
    hashes = []
    for frames in (60, 20):  # the same ticks, cut into frames differently
        app = make_app(recording=[(7, KeyEvent("space", True)), (31, KeyEvent("space", False))], a=source)
        for number in range(5):
            add(app, f"A{number}", "a")
        for _ in range(frames):
            app.frame(STEP * 60 / frames)
        assert app.clock.ticks == 60
        hashes.append(app.world.state_hash())
    assert hashes[0] == hashes[1]



def test_names_are_found_whatever_changed_since(make_app: MakeApp) -> None:
    app = make_app()
    game, world = host_of(app).game, app.world

    def found() -> int | None:
        entity = game.find("X")
        return None if entity is None else entity.id

    assert found() is None
    late = world.spawn(Name("X"), stable_id=9)
    assert found() == 9
    early = world.spawn(Name("X"), stable_id=5)
    assert found() == 5
    world.set(early, Name, text="Y")
    assert found() == 9
    world.set(late, Name, text="Z")
    world.set(early, Name, text="X")
    assert found() == 5
    world.despawn(early)
    assert found() is None
    snapshot = world.snapshot()
    world.set(late, Name, text="X")
    assert found() == 9
    world.restore(snapshot)
    assert found() is None

