from __future__ import annotations

import json
from typing import Any

import pytest

from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.listeners import Listener, Listeners, hear

HERE = {"at": [0, 1.6, 5], "toward": [0, 0, 0]}


def somebody(listeners: Listeners, name: str = "eve") -> Listener:
    listener = Listener(Guest(name, Role.VIEW))
    listeners.enter(listener)
    return listener


def heard(listener: Listener) -> dict[str, Any]:
    """All that waits, as a socket would send it."""
    found: dict[str, Any] = {}
    while listener.waiting:
        found |= json.loads(listener.waiting.pop(next(iter(listener.waiting))))
    return found


def test_who_comes_late_hears_the_newest_of_everything() -> None:
    listeners = Listeners()
    for tick in range(3):
        listeners.tell("facts", {"tick": tick})
    listeners.tell("alarms", [])
    assert heard(somebody(listeners)) == {"facts": {"tick": 2}, "alarms": []}


def test_a_slow_listener_has_one_message_a_subject_waiting() -> None:
    listeners = Listeners()
    slow = somebody(listeners)
    listeners.follow(slow, ["00000000000000aa"])
    for tick in range(1000):
        listeners.tell("facts", {"tick": tick})
        listeners.tell_values({0xAA: {"id": "00000000000000aa", "time_ns": tick, "fields": {}}})
        listeners.look(slow, {"at": [tick, 0, 0], "toward": [0, 0, 0]})
        listeners.tell_presence()
    assert len(slow.waiting) == 3
    said = heard(slow)
    assert said["facts"]["tick"] == 999 and said["values"]["time_ns"] == 999 and said["presence"][0]["at"] == [999, 0, 0]


def test_values_go_to_those_who_follow_and_a_new_follower_hears_at_once() -> None:
    listeners = Listeners()
    first, other = somebody(listeners), somebody(listeners)
    listeners.follow(first, ["00000000000000aa", "00000000000000aa"])
    assert listeners.followed == {0xAA}
    listeners.tell_values({0xAA: {"id": "00000000000000aa"}})
    assert heard(first) == {"values": {"id": "00000000000000aa"}} and heard(other) == {}
    listeners.follow(other, ["00000000000000aa"])
    assert heard(other) == {"values": {"id": "00000000000000aa"}}
    listeners.follow(first, [])
    listeners.leave(other)
    assert listeners.followed == frozenset()


def test_everybody_hears_who_else_is_there_and_himself_first() -> None:
    listeners = Listeners()
    alice, bob = somebody(listeners, "alice"), somebody(listeners, "bob")
    listeners.look(alice, HERE)
    listeners.tell_presence()
    seen = heard(bob)
    assert [(each["name"], each["you"]) for each in seen["presence"]] == [("bob", True), ("alice", False)]
    assert seen["presence"][1]["at"] == [0, 1.6, 5] and seen["presence"][0]["at"] is None and seen["watching"] == 2
    assert heard(alice)["presence"][0]["name"] == "alice"
    listeners.tell_presence()
    listeners.look(alice, HERE)
    listeners.tell_presence()
    assert heard(bob) == {}, "nothing changed"


def test_a_crowd_is_told_of_some_only() -> None:
    listeners = Listeners()
    crowd = [somebody(listeners, f"guest {i}") for i in range(200)]
    listeners.tell_presence()
    said = heard(crowd[150])
    assert said["watching"] == 200 and len(said["presence"]) == 33 and said["presence"][0]["name"] == "guest 150"


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "1", "{", "[" * 4000, '{"follow": null}', '{"follow": "00000000000000aa"}', '{"follow": [1]}', '{"follow": [[]]}',
        '{"follow": ["-00000000000000a"]}', '{"follow": ["0x000000000000aa"]}', '{"follow": ["00000000000000AA"]}',
        json.dumps({"follow": ["00000000000000aa"] * 17}), '{"eye": 1}', '{"eye": {"at": [0, 0, 0]}}',
        '{"eye": {"at": [0, 0, NaN], "toward": [0, 0, 0]}}', '{"eye": {"at": [0, 0, 1e300], "toward": [0, 0, 0]}}',
        '{"eye": {"at": [0, 0, true], "toward": [0, 0, 0]}}', '{"eye": {"at": [0, 0], "toward": [0, 0, 0]}}',
        '{"eye": {"at": [0, 0, 1' + "0" * 400 + '], "toward": [0, 0, 0]}}', '{"eye": {"at": "abc", "toward": "abc"}}',
    ],
)  # fmt: skip
def test_what_nobody_understands_is_one_sentence(text: str) -> None:
    listeners = Listeners()
    with pytest.raises(TaixuError):
        hear(listeners, somebody(listeners), text)
    assert listeners.followed == frozenset() and listeners.all[0].eye is None


def test_all_together_follow_no_more_than_the_world_can_tell() -> None:
    listeners = Listeners()
    for i in range(128):
        listeners.follow(somebody(listeners), [f"{i * 16 + j:016x}" for j in range(16)])
    with pytest.raises(TaixuError, match="too many"):
        listeners.follow(somebody(listeners), [f"{1 << 40:016x}"])
    listeners.follow(somebody(listeners), [f"{5:016x}"])


def test_who_says_too_much_is_noticed() -> None:
    listener = somebody(Listeners())
    said = [listener.may_speak() for _ in range(100)]
    assert all(said[:50]) and not said[-1]
