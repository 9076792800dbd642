"""What a mod may not do: what was not granted, what is somebody else's, numbers that are none, commands of any kind."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mod_worlds import STEP, add_mod, hosts, mod_app, mod_lines

from taixu.errors import TaixuError
from taixu.mods.decoding import decode_answer
from taixu.mods.hands import BROKEN, carry_out
from taixu.physics import RigidBody
from taixu.scene import Light, Name, Node, Shape, Transform
from taixu.script.api import COMMANDS

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
