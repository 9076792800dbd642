"""Mods in a world: what they may change, when, in which order, and what becomes of what they may not."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mod_worlds import STEP, add_mod, hosts, mod_app, mod_lines
from native_box import NativeBoxed, open_natively

from taixu.errors import TaixuError
from taixu.mods.budget import Budget
from taixu.mods.decoding import decode_answer
from taixu.mods.hands import BROKEN, carry_out
from taixu.physics import RigidBody
from taixu.scene import Light, Name, Node, Parent, Shape, Transform
from taixu.script import Script
from taixu.script.api import COMMANDS
from taixu.script.widgets import Widgets

MOVE = "import game\ndef on_tick(dt):\n    for e in game.query('transform'): e.x += 1\n"


def _place(app: Any, entity: int) -> float:
    return float(Node(app.world, entity).position[0])


def test_a_mod_changes_the_world_in_every_step() -> None:
    app = mod_app()
    entity = app.world.spawn(Transform())
    mod = add_mod(app, MOVE, write=["transform"])
    for step in range(4):
        app.frame(STEP)
        assert _place(app, entity) == step + 1
    assert mod.status == "running"
    assert mod.cost.steps == 4
    assert mod.cost.refused == 0


def test_only_what_changed_is_sent() -> None:
    app = mod_app()
    one, two = app.world.spawn(Transform(), Light()), app.world.spawn(Transform())
    mod = add_mod(app, "import game\ndef on_tick(dt): pass\n", read=["transform", "light"])
    app.frame(STEP)
    boxed = mod.boxed
    assert isinstance(boxed, NativeBoxed)
    boxed.sent.clear()
    app.frame(STEP)
    app.world.set(one, Light, intensity=5.0)
    app.frame(STEP)
    app.world.set(two, Transform, translation=(1, 2, 3))
    app.frame(STEP)
    assert [reads for _, _, reads in boxed.sent] == [(), ("f:1:light.intensity",), ("f:3:transform.translation",)]


def test_what_was_spawned_last_stands_where_it_was_put() -> None:
    source = (
        "import game\nmade = []\n"
        "def on_start(): made.extend(game.spawn('box', position=(5 + n, 0, 0)) for n in range(3))\n"
        "def on_tick(dt): game.log([e.x for e in made])\n"
    )
    app = mod_app()
    add_mod(app, source, read=["transform"], capabilities=["spawn"])
    for _ in range(3):
        app.frame(STEP)
    assert set(mod_lines(app)) == {"[5.0, 6.0, 7.0]"}


def test_entities_come_and_go_under_a_mod() -> None:
    source = (
        "import game\nseen = None\n"
        "def on_tick(dt):\n"
        "    global seen\n"
        "    seen = seen or game.find('First')\n"
        "    game.log([(e.name, round(e.x)) for e in game.query('transform', 'name')], seen.alive and seen.name)\n"
    )
    app = mod_app()
    first = app.world.spawn(Transform(translation=(1, 0, 0)), Name("First"), stable_id=50)
    add_mod(app, source, read=["transform", "name"])
    app.frame(STEP)
    more = [
        app.world.spawn(Transform(translation=(n, 0, 0)), Name(f"N{n}"), stable_id=stable) for n, stable in ((2, 60), (3, 40))
    ]
    app.frame(STEP)
    app.frame(STEP)
    app.world.remove(more[0], Name)
    app.world.insert(more[1], Shape())
    app.frame(STEP)
    app.frame(STEP)
    app.world.despawn(first)
    app.frame(STEP)
    app.frame(STEP)
    for number in range(400):
        app.world.spawn(Transform(), stable_id=1000 + number)
    app.frame(STEP)
    app.frame(STEP)
    said = mod_lines(app)
    assert said[0] == "[('First', 1)] First"
    assert said[2] == "[('N3', 3), ('First', 1), ('N2', 2)] First"
    assert said[4] == "[('N3', 3), ('First', 1)] First"
    assert said[6] == said[8] == "[('N3', 3)] False"


def test_names_follow_the_world() -> None:
    source = "import game\ndef on_tick(dt): game.log(*(found and found.id for found in map(game.find, 'ABC')))\n"
    app = mod_app()
    one, two = app.world.spawn(Name("A"), stable_id=5), app.world.spawn(Name("A"), stable_id=9)
    add_mod(app, source, read=["name"])
    app.frame(STEP)
    app.world.set(one, Name, text="B")
    app.world.despawn(two)
    app.world.spawn(Name("C"), stable_id=12)
    app.frame(STEP)
    app.world.remove(one, Name)
    app.frame(STEP)
    app.frame(STEP)
    assert mod_lines(app) == ["5 None None", "5 None None", "None 5 12", "None None 12"]


def test_values_of_entities_that_come_into_used_slots_are_theirs() -> None:
    source = "import game\ndef on_tick(dt): game.log([(round(e.x), e.light.kind) for e in game.query('light')])\n"
    app = mod_app()
    old = app.world.spawn(Transform(translation=(1, 0, 0)), Light(kind="spot"), stable_id=5)
    add_mod(app, source, read=["transform", "light"])
    app.frame(STEP)
    app.world.despawn(old)
    app.world.spawn(Transform(translation=(2, 0, 0)), Light(kind="point"), stable_id=5)
    app.frame(STEP)
    app.frame(STEP)
    assert mod_lines(app)[0] == "[(1, 'spot')]"
    assert mod_lines(app)[2] == "[(2, 'point')]"


def test_what_the_engine_changes_meanwhile_is_not_undone() -> None:
    app = mod_app()
    entity, other = app.world.spawn(Transform()), app.world.spawn(Transform())
    moved = f"if e.id == {app.world.stable_id(other)}: e.x += 1"
    source = f"import game\ndef on_tick(dt):\n    for e in game.query('transform'):\n        {moved}\n"
    add_mod(app, source, write=["transform"])
    app.frame(STEP)
    Node(app.world, entity).position = (7, 0, 0)  # after it was sent, before its answer is taken
    app.frame(STEP)
    assert _place(app, entity) == 7
    assert _place(app, other) == 2
    app.frame(STEP)
    assert _place(app, entity) == 7


def test_far_entities_and_children_move() -> None:
    app = mod_app()
    far, parent = app.world.spawn(Transform()), app.world.spawn(Transform())
    child = app.world.spawn(Transform(translation=(600, 0, 0)), Parent(parent))
    Node(app.world, far).position = (5000.5, 0, 0)
    add_mod(app, "import game\ndef on_tick(dt):\n    for e in game.query('transform'): e.x += 600\n", write=["transform"])
    app.frame(STEP)
    app.frame(STEP)
    assert _place(app, far) == 6200.5
    assert _place(app, parent) == 1200
    assert _place(app, child) == 1800


# What is not allowed


def _run(source: str, *, frames: int = 3, setup: Any = None, **grants: Any) -> tuple[Any, Any]:
    app = mod_app()
    entity = app.world.spawn(Transform(), Name("It"), Light(intensity=1.0), RigidBody(), stable_id=7)
    if setup is not None:
        setup(app, entity)
    mod = add_mod(app, source, **grants)
    for _ in range(frames):
        app.frame(STEP)
    return app, mod


def test_what_was_not_granted_cannot_be_read_or_written_in_the_sandbox() -> None:
    for line, sentence in (
        ("game.query('light')", "this mod may not read 'light'"),
        ("game.find('It').x = 1", "this mod may not write 'transform.translation'"),
        ("c = game.columns('transform', 'scale'); c.write('scale')", "this mod may not write 'transform.scale'"),
        ("game.spawn('box')", "game.spawn needs the capability 'spawn'"),
        ("game.show_text('a', 'b')", "game.show_text needs the capability 'ui'"),
        ("game.action('jump')", "game.action needs the capability 'input'"),
        ("game.play_sound('a')", "game.play_sound needs the capability 'audio'"),
        ("game.entity", "this mod belongs to no entity"),
    ):
        _, mod = _run(f"import game\ndef on_tick(dt): {line}\n", read=["transform", "name"])
        assert sentence in mod.fault, line


def _cheat(commands: str, writes: str = "") -> str:
    """A mod that reaches behind `game`, as any mod can."""
    head = "import game, _game_mirror\nm = _game_mirror.mirror\ndef on_tick(dt):\n    for key in m._places: m.mark(key)\n"
    return f"{head}    {writes or 'pass'}\n    m.commands += {commands or '[]'}\n"


SPAWN = {
    "entity": 12, "what": "", "position": [0, 0, 0], "rotation": None, "scale": 1, "name": "", "parent": None, "components": {}
}  # fmt: skip


@pytest.mark.parametrize(
    ("commands", "sentence"),
    [
        ("[['set', {'entities': [7], 'component': 'light', 'fields': {'intensity': 9.0}}]]", "may not write 'light.intensity'"),
        ("[['add', {'entity': 7, 'component': 'shape', 'fields': {}}]]", "may not write 'shape'"),
        ("[['add', {'entity': 7, 'component': 'script', 'fields': {'path': 'scripts/a.py'}}]]", "no mod may touch 'script'"),
        ("[['remove', {'entity': 7, 'component': 'rigid_body'}]]", "may not write 'rigid_body'"),
        ("[['despawn', {'entity': 7}]]", "despawns what it spawned itself"),
        ("[['apply_impulse', {'entity': 7, 'impulse': [0, 1, 0]}]]", "may not write 'rigid_body'"),
        ("[['despawn', {'entity': 12345}]]", "no longer alive"),
        ("[['set', {'entities': [99], 'component': 'transform', 'fields': {}}]]", "no longer alive"),
        ("[['set', {'entities': [7], 'component': 'transform', 'fields': {'glow': 1}}]]", "no field 'glow'"),
        ("[['set', {'entities': [7], 'component': 'transform', 'fields': {'scale': 'x'}}]]", "takes vec3"),
        ("[['set', {'entities': [7], 'component': 'transform', 'fields': {'scale': [1, 2]}}]]", "takes vec3"),
        ("[['set', {'entities': [7], 'component': 'nothing', 'fields': {}}]]", "no component 'nothing'"),
        (f"[['spawn', {SPAWN}]]", "not one that the mod was given"),
        ("[['play_sound', {'sound': '../../secret.wav'}]]", "outside of the project"),
        ("[['play_sound', {'sound': '/etc/passwd'}]]", "outside of the project"),
    ],
)  # fmt: skip
def test_commands_that_are_not_the_mods_to_give_are_refused(commands: str, sentence: str) -> None:
    app, mod = _run(_cheat(commands), read=["name"], write=["transform"], capabilities=["spawn", "audio"])
    assert mod.cost.refused > 0
    assert mod.fault == ""
    assert any(sentence in line for line in mod_lines(app)), mod_lines(app)
    assert app.world.get(app.world.find(7), Light).intensity == 1.0
    assert app.world.has(app.world.find(7), RigidBody)


@pytest.mark.parametrize(
    "value", ["float('nan')", "float('inf')", "-float('inf')"],
)  # fmt: skip
def test_numbers_that_are_none_do_not_come_back(value: str) -> None:
    writes = f"m.data['transform.translation'][0] = {value}; m.data['transform.rotation'][0] = {value}"
    app, mod = _run(_cheat("", writes), write=["transform"])
    place = app.world.get(app.world.find(7), Transform)
    assert place.translation == (0, 0, 0)
    assert place.rotation == (0, 0, 0, 1)
    assert mod.cost.refused >= 4
    assert any("out of range" in line for line in mod_lines(app))


def test_numbers_out_of_a_fields_range_do_not_come_back() -> None:
    app, mod = _run(_cheat("", "m.data['light.intensity'][0] = -1.0"), write=["light"])
    assert app.world.get(app.world.find(7), Light).intensity == 1.0
    app, mod = _run(_cheat("", "m.data['transform.rotation'][:] = type(m.data['transform.rotation'])('f', bytes(len(m.data["
                           "'transform.rotation']) * 4))"), write=["transform"])  # fmt: skip
    assert app.world.get(app.world.find(7), Transform).rotation == (0, 0, 0, 1)
    assert mod.cost.refused > 0


def test_protected_entities_stay_as_they_are() -> None:
    app, mod = _run(MOVE, write=["transform"], setup=lambda app, entity: hosts(app).protected.add(7))
    assert _place(app, app.world.find(7)) == 0
    assert mod.cost.refused == 3


def test_what_another_mod_spawned_is_its_own() -> None:
    app = mod_app()
    spawner = "import game\ndef on_start(): game.spawn('box', name='Mine')\n"
    first = add_mod(app, spawner, "a.first", read=["name"], write=["transform"], capabilities=["spawn"])
    second = add_mod(app, MOVE, "b.second", write=["transform"])
    for _ in range(4):
        app.frame(STEP)
    mine = app.world.find(next(iter(first.spawned)))
    assert _place(app, mine) == 0
    assert second.cost.refused > 0
    order = f"[['despawn', {{'entity': {next(iter(first.spawned))}}}]]"
    first_moves = add_mod(app, _cheat(order), "c.third", capabilities=["spawn"])
    app.frame(STEP)
    assert app.world.alive(mine)[0]
    assert first_moves.cost.refused > 0


def test_spawning_has_an_end() -> None:
    source = "import game\ndef on_tick(dt):\n    for _ in range(5): game.spawn('box')\n"
    app = mod_app()
    mod = hosts(app).load("a.mod", {"main.py": source}, grants=_spawner(12))
    for _ in range(6):
        app.frame(STEP)
    assert len(app.world.query(Shape)) == 12
    assert any("12 entities of the mod live already" in line or "may spawn" in line for line in mod_lines(app))
    hosts(app).unload("a.mod")
    assert len(app.world.query(Shape)) == 0
    assert mod.boxed.off


def _spawner(most: int) -> Any:
    from taixu.mods.grants import Grants

    return Grants(write=frozenset({"transform"}), capabilities={"spawn": most})


def test_a_spawned_entity_may_not_carry_code_or_reach_out() -> None:
    for components in ("script={'path': 'scripts/a.py'}", "what='../a.glb'", "model={'source': '/etc/passwd'}", "from_model={}"):
        app, mod = _run(
            f"import game\ndef on_tick(dt):\n    game.spawn({components})\n", capabilities=["spawn"], write=["transform"]
        )
        assert mod.fault or mod.cost.refused, components
        assert len(app.world) == 1, components


def test_components_that_no_mod_may_have_are_not_granted() -> None:
    app = mod_app()
    for name in ("script", "nothing", "light.glow"):
        with pytest.raises(TaixuError, match="mods cannot have"):
            add_mod(app, "", read=[name])
    for name in ("mesh_instance", "mesh_instance.mesh"):  # numbers of places in the engine's own tables
        assert add_mod(app, "", f"a.{name}", read=[name])
        with pytest.raises(TaixuError, match="mods cannot write"):
            add_mod(app, "", write=[name])


def test_what_the_engine_derives_is_not_a_mods_to_set_even_on_its_own() -> None:
    for order in ("['add', {'entity': n, 'component': 'mesh_instance', 'fields': {'mesh': 4294967295}}]",
                  "['set', {'entities': [n], 'component': 'mesh_instance', 'fields': {'mesh': 4294967295}}]"):  # fmt: skip
        source = (
            "import game, _game_mirror\nn = 0\ndef on_start():\n    global n\n    n = game.spawn('box').id\n"
            f"def on_tick(dt): _game_mirror.mirror.commands.append({order})\n"
        )
        app, mod = _run(source, capabilities=["spawn"])
        assert mod.cost.refused > 0
        assert any("no mod may touch 'mesh_instance'" in line for line in mod_lines(app))


# Life


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
        for _ in range(60):
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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats(allow_nan=False) | st.text(max_size=8)
    | st.sampled_from([7, 8, 9, [0, 0, 0], [0, 0, 0, 1], "light", "transform", "name", "box", {"$entity": 7}, {"$vec3": [1]}]),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["light", "transform", "name", "intensity", "text", "$quat"]), inner, max_size=3),
    max_leaves=12,
)  # fmt: skip


@given(st.data())
def test_no_command_breaks_the_engine(data: st.DataObject) -> None:
    app, mod = _fuzzed()
    name = data.draw(st.sampled_from(sorted(COMMANDS)))
    arguments = {item.name: data.draw(_likely(item.kind), item.name) for item in COMMANDS[name].arguments}
    answer = decode_answer(json.dumps({"commands": [[name, arguments]]}).encode(), capabilities=mod.grants.capabilities)
    carry_out(app.world, mod, answer)
    assert not [reason for reason in answer.refusals if reason.startswith(BROKEN)]
    app.world.state_hash()


def _likely(kind: str) -> st.SearchStrategy[Any]:
    """Mostly what an argument takes, so that commands get past the decoder."""
    name = kind.split()[0].rstrip("?")
    numbers = st.floats(-1e15, 1e15)
    good: dict[str, st.SearchStrategy[Any]] = {
        "entity": st.sampled_from([7, 8, 9]), "vector": st.lists(numbers, min_size=3, max_size=3), "number": st.floats(0, 1),
        "quat": st.lists(numbers, min_size=4, max_size=4), "size": numbers, "word": st.sampled_from(["light", "name", "a"]),
        "text": st.sampled_from(["", "box", "a.glb", "a.prefab.json", "x" * 50]), "entities": st.just([7, 8]), "place": st.just(7),
        "data": st.dictionaries(st.sampled_from(["light", "name", "intensity", "text", "kind", "script"]), JSON, max_size=3),
        "whole": st.integers(0, 100), "point": st.just([0, 0]), "color": st.just([1, 1, 1]), "vectors": st.just([[0, 1, 0]]),
    }  # fmt: skip
    return good.get(name, JSON) if name == "choice" else st.one_of(good[name], good[name], JSON)


@cache
def _fuzzed() -> tuple[Any, Any]:
    app = mod_app()
    for number in (7, 8, 9):
        app.world.spawn(Transform(), Name("It"), Light(), RigidBody(), stable_id=number)
    reads = ["name", "transform", "light", "rigid_body", "articulation", "shape"]
    mod = add_mod(app, "", write=reads, capabilities=["spawn", "ui", "audio", "input"])
    mod.claim = lambda number: None  # type: ignore[method-assign]
    return app, mod


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
