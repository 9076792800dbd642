"""Scripts run: callbacks, events, timers, routines, errors, trust."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from call_count import count_calls

from taixu.app import App, GameEvents, GameServices, Stage
from taixu.platform import HeadlessPlatform, Input, InputEvent, KeyEvent, PlatformPlugin
from taixu.scene import SHARED_COMPONENTS, Hierarchy, Name, Node, Parent, Transform
from taixu.script import Script, ScriptHost, ScriptPlugin

STEP = 1 / 60
MakeApp = Callable[..., App]


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    """A function of script sources by name that gives an app with the project they are in."""

    def make(trust: bool = True, recording: Sequence[tuple[int, InputEvent]] = (), **sources: str) -> App:
        (tmp_path / "scripts").mkdir(exist_ok=True)
        for name, source in sources.items():
            (tmp_path / "scripts" / f"{name}.py").write_text(source)
        app = App()
        for cls in SHARED_COMPONENTS:
            app.register_component(cls)
        app.insert_resource(Hierarchy())
        app.add_plugin(PlatformPlugin(HeadlessPlatform(recording)))
        app.add_plugin(ScriptPlugin(tmp_path, trust=trust))
        return app

    return make


def host_of(app: App) -> ScriptHost:
    return app.resource(ScriptHost)


def lines(app: App) -> list[str]:
    return [message.text for message in host_of(app).log.messages]


def add(app: App, name: str, script: str, **fields: object) -> int:
    return app.world.spawn(Name(name), Transform(), Script(f"scripts/{script}.py", fields=fields))


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


def test_an_exception_names_script_line_and_entity_and_stops_one_script(make_app: MakeApp) -> None:
    app = make_app(bad="import game\n\ndef on_tick(dt):\n    1 / 0\n", good="import game\ndef on_tick(dt): game.log('on')\n")
    bad, _ = add(app, "Door", "bad"), add(app, "B", "good")
    for _ in range(3):
        app.frame(STEP)
    errors = [message for message in host_of(app).log.messages if message.level == "error"]
    assert len(errors) == 1
    assert errors[0].text.startswith("scripts/bad.py:4: ZeroDivisionError: division by zero (in on_tick of 'Door'")
    assert errors[0].line == 4
    assert errors[0].entity == app.world.stable_id(bad)
    assert lines(app).count("on") == 3
    assert list(host_of(app).stopped()) == [bad]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def on_tick(dt)\n    pass\n", "scripts/a.py:1: expected ':'"),
        ("import no_such_module_here\n", "scripts/a.py:1: ModuleNotFoundError"),
        ("import game\ndef on_start(): game.entity.rigid_body\n", "scripts/a.py:2: AttributeError"),
        ("import game\ndef on_start(): game.query('nothing')\n", "there is no component 'nothing'"),
        ("import game\ndef on_start(): game.raycast((0, 0, 0), (0, 1, 0))\n", "game.raycast needs a plugin"),
        ("def on_start(): raise ValueError('one\\ntwo')\n", "scripts/a.py:1: ValueError: one two"),
        ("def on_start(): raise SystemExit\n", "scripts/a.py:1: SystemExit"),
        ("def on_start(): on_start()\n", "scripts/a.py:1: RecursionError"),
        ("import game\ndef on_start(): game.timer('soon')\n", "a time to wait is a number of seconds"),
        ("import game\ndef on_start():\n    yield 3\n", "a routine yields game.wait"),
        ("speed: float = 'fast'\n", "scripts/a.py:1: field 'speed' takes float, not 'fast'"),
        ("import game\nspeed: float = game.field(1.0, step=2)\n", "does not take 'step'"),
        ("\0", "null bytes"),
    ],
)
def test_every_mistake_is_one_sentence(make_app: MakeApp, source: str, said: str) -> None:
    app = make_app(a=source)
    add(app, "A", "a")
    for _ in range(3):
        app.frame(STEP)
    assert len(lines(app)) == 1
    assert said in lines(app)[0]
    assert "\n" not in lines(app)[0]


@pytest.mark.parametrize("path", ["../out.py", "/etc/passwd.py", "scripts/none.py", "scripts/a.txt", "a\0.py", "x" * 5000 + ".py"])
def test_a_path_that_is_no_script_of_the_project_is_refused(make_app: MakeApp, tmp_path: Path, path: str) -> None:
    (tmp_path.parent / "out.py").write_text("raise RuntimeError")
    app = make_app()
    app.world.spawn(Script(path))
    app.frame(STEP)
    assert len(lines(app)) == 1
    assert "script " in lines(app)[0]


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


def test_an_untrusted_project_is_listed_and_not_run(make_app: MakeApp) -> None:
    app = make_app(trust=False, a="raise RuntimeError('ran')\n", b="import game\ngame.log('ran')\n")
    add(app, "A", "a")
    add(app, "B", "b")
    for _ in range(3):
        app.frame(STEP)
    host = host_of(app)
    assert host.refused == ["scripts/a.py", "scripts/b.py"]
    assert lines(app) == ["scripts are not run, because this project is not trusted: scripts/a.py, scripts/b.py; --trust runs them"]
    host.trusted = True
    app.frame(STEP)
    assert host.refused == []
    assert "ran" in lines(app)


def test_scripts_spawn_and_despawn(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\nmade = []\n"
        "def on_start():\n"
        "    box = game.spawn('box', position=(1, 2, 3), name='Box', scale=2, material={'metallic': 1.0})\n"
        "    child = game.spawn(parent=box, position=(0, 1, 0))\n    made.append(box)\n"
        "    game.log(box.shape.kind, box.material.metallic, box.scale)\n"
        "    game.log(child.world_position, box.children == [child])\n"
        "    game.despawn(box)\n    game.log(box.alive)\n"
        "def on_tick(dt):\n    if game.tick == 1: game.log(made[0].alive, game.find('Box'))\n"
    )
    add(app, "A", "a")
    app.frame(STEP)
    app.frame(STEP)
    assert lines(app) == ["box 1.0 Vec3(2, 2, 2)", "Vec3(1, 4, 3) True", "True", "False None"]
    assert len(app.world) == 1


def test_what_a_script_spawns_may_have_a_script(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start(): game.spawn(script={'path': 'scripts/b.py', 'fields': {'text': 'hi'}})\n",
        b="import game\ntext: str = ''\ndef on_start(): game.log(text, game.tick)\n",
    )
    add(app, "A", "a")
    app.frame(STEP)
    app.frame(STEP)
    assert lines(app) == ["hi 1"]


def test_columns_move_thousands_at_once(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_tick(dt):\n    c = game.columns('transform', 'translation', without='script')\n"
        "    c.translation[1] += c.ids\n    c.write()\n    game.log(len(c))\n"
    )
    add(app, "A", "a")
    some = [app.world.spawn(Transform(), stable_id=stable) for stable in (5, 3)]
    other = app.world.spawn(Transform(), Name("x"), stable_id=4)
    app.frame(STEP)
    assert [Node(app.world, entity).position[1] for entity in (*some, other)] == [5, 3, 4]
    assert lines(app) == ["3"]


def test_columns_refuse_what_is_not_finite(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start():\n    c = game.columns('transform', 'translation')\n"
        "    c.translation[0] = float('nan')\n    c.write()\n"
    )
    entity = add(app, "A", "a")
    app.frame(STEP)
    assert "not finite" in lines(app)[0]
    assert Node(app.world, entity).position[0] == 0


def test_random_numbers_can_be_repeated(make_app: MakeApp) -> None:
    source = "import game\ndef on_start(): game.log(game.random.random())\n"
    said = []
    for _ in range(2):
        app = make_app(a=source)
        for stable in (1, 2):
            app.world.spawn(Script("scripts/a.py"), stable_id=stable)
        app.frame(STEP)
        said.append(lines(app))
    assert said[0] == said[1]
    assert said[0][0] != said[0][1]


def test_services_of_plugins_are_reached_by_name(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start():\n    hit = game.raycast((0, 1, 0), (0, -1, 0), ignore=game.entity)\n"
        "    game.log(hit.entity.name, hit.distance, hit.normal)\n    game.apply_impulse(hit.entity, (0, 1, 0))\n"
        "    game.play_sound('coin', at=hit.entity)\n    game.set_velocity(hit.entity, angular=(0, 2, 0))\n"
        "    game.log(game.velocity(hit.entity))\n"
    )
    me = add(app, "A", "a")
    floor = app.world.spawn(Name("Floor"), Transform())
    calls: list[object] = []
    services = app.resource(GameServices)

    def raycast(world: object, origin: object, direction: object, **options: object) -> dict[str, object]:
        assert options["ignore"] == me
        return {"entity": floor, "position": (0, 0, 0), "normal": (0, 1, 0), "distance": 1.0}

    services.provide("raycast", raycast)
    services.provide("apply_impulse", lambda world, entity, impulse, at: calls.append((entity, tuple(impulse), at)))
    services.provide("set_velocity", lambda world, entity, linear, angular: calls.append((entity, linear, tuple(angular))))
    services.provide("get_velocity", lambda world, entity: ((1, 0, 0), np.zeros(3)))
    services.provide("play_sound", lambda world, sound, **how: calls.append((sound, tuple(how["position"]))))
    app.frame(STEP)
    assert lines(app) == ["Floor 1.0 Vec3(0, 1, 0)", "(Vec3(1, 0, 0), Vec3(0, 0, 0))"]
    assert calls == [(floor, (0, 1, 0), None), ("coin", (0, 0, 0)), (floor, None, (0, 2, 0))]


def test_print_goes_to_the_console_and_not_to_standard_output(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    app = make_app(a="print('hello', 3)\n")
    add(app, "A", "a")
    app.frame(STEP)
    assert lines(app) == ["hello 3"]
    assert capsys.readouterr().out == ""


def test_helpers_beside_the_script_are_imported(make_app: MakeApp) -> None:
    app = make_app(
        a="import helper, math\nfrom game import log\ndef on_start(): log(helper.twice(math.pi), helper.who())\n",
        helper="import game\ndef twice(x): return round(2 * x, 2)\ndef who(): return game.entity.name\n",
    )
    add(app, "A", "a")
    app.frame(STEP)
    assert lines(app) == ["6.28 A"]


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
