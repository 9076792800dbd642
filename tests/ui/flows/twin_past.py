"""A recording in the view: scrubbed, played, its rules tried; and the world is as it was when it is closed."""

from __future__ import annotations

from pathlib import Path

from editor_flows import Hand, flow
from generating import until
from twins import CRATE, open_desk, press, record_desk, twin_panel

BINDINGS = [{"topic": "hall/{key}/pose", "from": ["x", "y", "z"], "to": "transform.position", "unit": "mm"}]
RULES = [{"name": "high", "when": "y > 1", "severity": "critical", "say": "{name} is {y:.1f} m up"}]


def open_past(hand: Hand) -> Path:
    """A recording of the desk is open, and its timeline in front."""
    root = open_desk(hand, settings={"bindings": BINDINGS, "rules": RULES}, also=("twin_timeline",))
    folder = record_desk(root / "morning", next((root / "worlds").glob("*.world.json")))
    hand.window.do("past.open", path=str(folder))
    hand.window.shell.show_panel("twin_timeline")
    past = hand.host.twin.past
    until(hand, lambda: past.is_open and not past.is_busy)
    hand.wait(3)
    return root


def height(hand: Hand) -> float:
    world = hand.host.twin.world
    return float(hand.host.twin.values_of(CRATE)["transform.position"]["value"][1]) if world is not None else -1.0


@flow()
def a_recording_is_scrubbed_and_the_world_comes_back(hand: Hand) -> None:
    open_past(hand)
    before = hand.session.world.state_hash()
    past, panel = hand.host.twin.past, twin_panel(hand, "twin_timeline")
    left, width, y = panel.ruler
    hand.click_at(left + width * 0.5, y)
    until(hand, lambda: abs(height(hand) - 1.0) < 0.1 and not past.is_busy)
    hand.drag((left + width * 0.5, y), (left + width - 1, y), steps=8)
    until(hand, lambda: height(hand) > 1.8 and not past.is_busy)
    assert any(mark.kind == "alarm" and "m up" in mark.text for mark in past.marks)
    press(hand, "start", panel="twin_timeline")
    until(hand, lambda: height(hand) < 0.1)
    press(hand, "play", panel="twin_timeline")
    until(hand, lambda: height(hand) > 0.15 and past.is_playing)
    press(hand, "play", panel="twin_timeline")
    until(hand, lambda: not past.is_playing)
    press(hand, "close", panel="twin_timeline")
    until(hand, lambda: hand.host.twin.world is None)
    hand.wait(2)
    assert hand.session.world.state_hash() == before


@flow()
def rules_are_written_and_tried_on_a_recording(hand: Hand) -> None:
    open_past(hand)
    hand.window.shell.show_panel("twin")
    hand.wait(3)
    panel = twin_panel(hand)
    press(hand, "tab rules")
    press(hand, "rule 0")
    press(hand, "rule when")
    hand.type("y > hight")
    until(hand, lambda: "hight" in panel.rules._problem)
    hand.wait(2)
    hand.type("y > 0.5")
    until(hand, lambda: panel.rules.draft["when"] == "y > 0.5" and not panel.rules._problem)
    hand.keys("Enter")
    until(hand, lambda: panel.items("rules")[0]["when"] == "y > 0.5")
    press(hand, "try rules")
    tried = hand.host.twin.past.tried
    until(hand, lambda: tried is not None and tried.alarms is not None)
    assert [alarm.rule for alarm in tried.alarms] == ["high"]
    until(hand, lambda: "alarm 0" in panel.places)
    press(hand, "alarm 0")
    until(hand, lambda: 0.4 < height(hand) < 0.8)
    hand.keys("Ctrl+Z")  # what the alarm selected
    hand.keys("Ctrl+Z")
    until(hand, lambda: panel.items("rules")[0]["when"] == "y > 1")


@flow()
def a_source_is_added_by_its_form(hand: Hand) -> None:
    open_desk(hand)
    panel = twin_panel(hand)
    press(hand, "add source")
    until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(3)
    dialog = hand.window.shell.dialogs.current
    hand.click_at(*dialog._form.places["source name"])
    hand.type("mill")
    hand.keys("Tab")
    until(hand, lambda: dialog.name == "mill")
    hand.click_at(*dialog._form.places["source url"])
    hand.type("mqtt://127.0.0.1:1")
    hand.click("//$FOCUSED/###Keep")
    until(hand, lambda: "mill" in panel._table("sources"))
    assert panel._table("sources")["mill"] == {"kind": "mqtt", "url": "mqtt://127.0.0.1:1"}
    until(hand, lambda: hand.window.shell.dialogs.current is None)
    hand.wait(3)
    press(hand, "remove carts")
    until(hand, lambda: "carts" not in panel._table("sources"))
    hand.keys("Ctrl+Z")
    until(hand, lambda: "carts" in panel._table("sources"))
