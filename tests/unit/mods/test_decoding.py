"""What comes out of a sandbox is read as something that somebody else wrote."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.mods.decoding import MOST_ANSWER_BYTES, decode_answer
from taixu.script.api import COMMANDS

ALL = {"spawn", "ui", "audio", "input"}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


def _decode(*commands: Any, capabilities: set[str] = ALL) -> Any:
    return decode_answer(json.dumps({"commands": list(commands)}).encode(), capabilities=capabilities)


@given(st.binary(max_size=300))
def test_no_bytes_raise(payload: bytes) -> None:
    decode_answer(payload, capabilities=ALL)


@given(JSON)
def test_no_answer_raises(facts: Any) -> None:
    decode_answer(json.dumps(facts).encode(), capabilities=ALL)


@given(st.sampled_from(sorted(COMMANDS)), st.data())
def test_no_argument_raises(name: str, data: st.DataObject) -> None:
    given_ = {item.name: data.draw(JSON, item.name) for item in COMMANDS[name].arguments}
    answer = _decode([name, given_])
    assert len(answer.orders) + answer.refused == 1


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["rm", {}], "no command"),
        (["spawn"], "a command that is none"),
        ([1, {}], "a command that is none"),
        (["despawn", {}], "lacks entity"),
        (["despawn", {"entity": 0}], "takes an entity"),
        (["despawn", {"entity": -5}], "takes an entity"),
        (["despawn", {"entity": 1 << 70}], "takes an entity"),
        (["despawn", {"entity": True}], "takes an entity"),
        (["despawn", {"entity": 5, "more": 1}], "takes no 'more'"),
        (["apply_force", {"entity": 5, "force": [1, 2]}], "three finite numbers"),
        (["apply_force", {"entity": 5, "force": [1, 2, 1e300]}], "three finite numbers"),
        (["apply_force", {"entity": 5, "force": "abc"}], "three finite numbers"),
        (["play_sound", {"sound": "a", "volume": 1e6}], "from 0 to 16"),
        (["play_sound", {"sound": "a" * 400}], "at most 300 characters"),
        (["show_text", {"name": "a", "text": "b" * 501}], "at most 500 characters"),
        (["show_text", {"name": "\x00", "text": "b"}], "takes a name"),
        (["show_bar", {"name": "a", "value": 2}], "from 0 to 1"),
        (["listen", {"kind": "everything"}], "takes one of"),
        (["raycasts", {"batch": 1, "origins": [[0, 0, 0]] * 10_001, "directions": [], "max_distance": 1, "mask": 1}], "at most"),
        (["send", {"name": "a", "to": None, "data": {"deep": [[[[[[[[[[[[[[1]]]]]]]]]]]]]]}}], "more than crosses"),
        (["send", {"name": "a", "to": None, "data": {"many": list(range(5000))}}], "more than crosses"),
    ],
)
def test_what_is_wrong_is_refused(command: Any, reason: str) -> None:
    answer = _decode(command)
    assert answer.orders == []
    assert answer.refused == 1
    assert reason in answer.refusals[0]


def test_numbers_that_are_none_are_refused() -> None:
    for text in ("NaN", "Infinity", "-Infinity"):
        answer = decode_answer(b'{"commands": [["show_bar", {"name": "a", "value": %s}]]}' % text.encode(), capabilities=ALL)
        assert answer.refused == 1
        assert not answer.orders


def test_capabilities_are_asked_for_each_command() -> None:
    for name, entry in COMMANDS.items():
        if entry.capability:
            answer = _decode([name, {}], capabilities=ALL - {entry.capability})
            assert f"needs the capability {entry.capability!r}" in answer.refusals[0]


def test_floods_are_cut() -> None:
    answer = _decode(*[["play_sound", {"sound": "a"}]] * 100)
    assert len(answer.orders) == COMMANDS["play_sound"].per_step
    assert answer.refused == 100 - COMMANDS["play_sound"].per_step
    assert len(answer.refusals) == 20
    answer = _decode(*[["hide", {"name": ""}]] * 11_000)
    assert len(answer.orders) == COMMANDS["hide"].per_step
    assert answer.refused == 11_000 - COMMANDS["hide"].per_step
    assert decode_answer(b" " * (MOST_ANSWER_BYTES + 1), capabilities=ALL).refused == 1
    assert decode_answer(b"[" * 100_000, capabilities=ALL).refused == 1


def test_a_fault_is_one_short_line() -> None:
    facts = {"error": {"where": "on_tick\n" * 100, "line": "x", "text": "a\nb" * 5000}}
    fault = decode_answer(json.dumps(facts).encode(), capabilities=ALL).fault
    assert fault is not None
    assert (len(fault.where), fault.line, len(fault.text)) == (80, 0, 2000)
    assert "\n" not in fault.text
    assert decode_answer(b'{"error": 3}', capabilities=ALL).fault is not None
