"""One `game`, two tiers: the same scripts give the same results natively and as mods."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest
from both_tiers import run_mod, run_native
from native_box import NativeGuest, open_natively, open_plainly

from taixu.mods.guest_sources import guest_sources
from taixu.mods.host import OpenBox
from taixu.script.api import API, CALLBACKS, ENTITY_API, EVENT_KINDS, Crossing
from taixu.script.game import Game

SCRIPTS = Path(__file__).parent / "scripts"
CASES = sorted(path.stem for path in SCRIPTS.glob("*.py"))
STEPS = {"routines": 20}
FAULTS = {
    "a vector": "game.entity.position = (1, 2)",
    "not finite": "game.entity.position = (1, 2, float('nan'))",
    "a scale": "game.entity.scale = (1, 2)",
    "a component": "game.query('no_such_thing')",
    "a field": "game.find('Lamp').light.brightness = 2",
    "a choice": "game.find('Lamp').light.kind = 'round'",
    "no component": "game.entity.light.intensity = 1",
    "an attribute": "game.entity.colour = 1",
    "no attribute": "game.log(game.entity.colour)",
    "a time": "game.wait('soon')",
    "a timer": "game.timer(float('inf'))",
    "a kind": "game.listen('sunrise')",
    "a routine": "game.start(3)",
    "a yield": "game.start(x for x in [3])",
    "a column": "game.columns('light', 'intensity').range_m",
    "a column's field": "game.columns('light', 'glow')",
    "infinite": "c = game.columns('light', 'intensity'); c.intensity[0] = float('inf'); c.write()",
    "both": "bool(game.columns('light').intensity > 1 and 1)",
    "a corner": "game.show_text('a', 'b', corner='north')",
    "a bar": "game.show_bar('a', 3.0)",
    "a text": "game.show_text('a', 'b' * 600)",
    "a name": "game.show_button('', 'b')",
    "a field's corner": "game.show_input('a', corner='north')",
    "a map": "game.show_map('a', [(1, 2)])",
    "what is said": "game.chat('b' * 301)",
    "what is kept": "game.store('a', object)",
    "too much": "game.store('a', ['b' * 20000] * 60)",
    "no page": "game.request('a', 'https://example.com', method='PUT')",
    "rays": "game.raycasts([(0, 0)], [(0, 1, 0)])",
    "many": "game.set([game.entity], 'transform', scale=[1, 2])",
    "an event's fact": "game.start(iter([])) if False else setattr(game, '_e', 0) or game.Event('timer').impulse",
    "mistake": "undefined + 1",
    "gone": "def on_tick(dt):\n    if game.tick == 2: game.log(made.position)\n    elif game.tick == 0: game.despawn(made)\n"
    "made = game.spawn()",
}


@pytest.fixture(scope="module")
def open_boxed() -> Iterator[OpenBox]:
    """The real box: one helper process for all of this file's mods."""
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    from taixu.mods.box.client import Box

    box = Box()
    box.start(timeout_secs=300)
    yield lambda name, sources, config, limits: box.open(name, sources, config, limits=limits)
    box.stop()


@pytest.mark.parametrize("case", CASES)
def test_a_script_gives_the_same_in_the_box(case: str, open_boxed: OpenBox, tmp_path: Path) -> None:
    compare(case, open_boxed, tmp_path)


@pytest.mark.parametrize("open_in", [open_natively, open_plainly], ids=["host", "plain"])
@pytest.mark.parametrize("case", CASES)
def test_a_script_gives_the_same_in_both_tiers(case: str, open_in: OpenBox, tmp_path: Path) -> None:
    compare(case, open_in, tmp_path)


def compare(case: str, open_in: OpenBox, tmp_path: Path) -> None:
    source = (SCRIPTS / f"{case}.py").read_text()
    steps, keep_after = STEPS.get(case, 6), 3 if case == "keeping" else 0
    native = run_native(tmp_path, source, steps=steps, keep_after=keep_after)
    early = max(0, keep_after - 1)  # the step that is under way counts
    mod = run_mod(tmp_path, source, open_in, steps=steps, keep_after=early)
    assert native.fault == mod.fault == ""
    assert native.lines
    assert mod.lines == native.lines
    assert mod.calls == native.calls
    assert mod.places == native.places
    assert mod.screen == native.screen


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS.keys())
def test_mistakes_are_told_in_the_same_sentence(fault: str, tmp_path: Path) -> None:
    lines = fault if "def " in fault else f"def on_tick(dt):\n    if game.tick == 1:\n        {fault}\n"
    source = f"import game\n{lines}\n"
    native, mod = run_native(tmp_path, source), run_mod(tmp_path, source, open_natively)
    assert native.fault
    assert mod.fault == native.fault
    assert mod.lines == native.lines


def test_mistakes_are_told_in_the_same_sentence_in_the_box(open_boxed: OpenBox, tmp_path: Path) -> None:
    for name in ("a vector", "an attribute", "no attribute", "a column's field", "infinite", "mistake"):
        source = f"import game\ndef on_tick(dt):\n    if game.tick == 1:\n        {FAULTS[name]}\n"
        native, mod = run_native(tmp_path, source), run_mod(tmp_path, source, open_boxed)
        assert mod.fault == native.fault


def test_every_name_of_the_table_is_in_a_script() -> None:
    used: set[str] = set()
    texts: set[str] = set()
    for case in CASES:
        for node in ast.walk(ast.parse((SCRIPTS / f"{case}.py").read_text())):
            if isinstance(node, ast.Attribute):
                used.add(f"game.{node.attr}" if isinstance(node.value, ast.Name) and node.value.id == "game" else node.attr)
            elif isinstance(node, ast.FunctionDef):
                used.add(node.name)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts.add(node.value)
    missing = [item.name for item in API if f"game.{item.name}" not in used and item.crossing is not Crossing.NATIVE]
    missing += [item.name for item in ENTITY_API if item.name not in used]
    missing += [item.name for item in CALLBACKS if item.name not in used and not item.native_only]
    assert missing == []
    assert set(EVENT_KINDS) - texts <= {"input", "timer", "message", "button"}  # those come without being asked for


def test_what_is_only_native_says_what_to_use_instead(tmp_path: Path) -> None:
    for entry in API:
        if entry.crossing is Crossing.NATIVE:
            source = f"import game\ndef on_tick(dt): game.{entry.name}((0, 0, 0), (0, 1, 0))\n"
            assert "game.raycasts" in run_mod(tmp_path, source, open_natively).fault


def test_the_guests_binding_is_the_table_too() -> None:
    game = NativeGuest(guest_sources(), bulk=False)._import("game")
    names = {name for name in vars(game) if not name.startswith("_")} - {"annotations"}
    assert names | {"entity", "time", "dt", "tick", "random"} == {entry.name for entry in API}
    assert set(game.__all__) == names
    for entry in API:
        if entry.is_function:
            own, native = (inspect.signature(getattr(where, entry.name)) for where in (game, Game))
            told = [(item.name, item.kind, item.default) for item in native.parameters.values() if item.name != "self"]
            assert [(item.name, item.kind, item.default) for item in own.parameters.values()] == told, entry.name
    members = {name for name in vars(game.Entity) if not name.startswith("_")} - {"row"}
    assert members == {entry.name for entry in ENTITY_API}
