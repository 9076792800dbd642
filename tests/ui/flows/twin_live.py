"""Readings into a copy of the world: connect, see what sources say, bind by dragging, and all is as it was afterwards."""

from __future__ import annotations

from editor_flows import Hand, flow
from generating import until
from twins import CRATE, into_view, open_desk, press, twin_panel


def settings_of(hand: Hand) -> object:
    from taixu.edit import WorldSettings

    return hand.session.world.resource(WorldSettings)


def bindings_of(hand: Hand) -> list[dict[str, object]]:
    return settings_of(hand).section("twin").get("bindings", [])  # type: ignore[attr-defined]


@flow()
def readings_are_bound_by_dragging_and_the_document_stays_as_it_was(hand: Hand) -> None:
    open_desk(hand)
    before = hand.session.world.state_hash()
    panel, desk = twin_panel(hand), hand.host.twin
    press(hand, "connect")
    until(hand, lambda: desk.is_live and len(desk.topics))
    press(hand, "tab topics")
    until(hand, lambda: "topic carts:hall/cart 7/pose x" in panel.places)
    hand.window.do("selection.set", entities=[CRATE])
    hand.wait(3)
    inspector = twin_panel(hand, "inspector")
    goal = into_view(hand, inspector, "transform.position")
    hand.drag(panel.places["topic carts:hall/cart 7/pose x"], goal, steps=12)
    until(hand, lambda: hand.window.shell.dialogs.current is not None)
    dialog = hand.window.shell.dialogs.current
    assert dialog.binding == {"topic": "hall/{key}/pose", "from": ["x", "y", "z"], "to": "transform.position"}
    hand.click_at(*dialog.places["unit"])
    hand.click("//$FOCUSED/###mm")
    hand.keys("Enter")
    until(hand, lambda: len(bindings_of(hand)) == 1)
    assert bindings_of(hand)[0]["unit"] == "mm"
    until(hand, lambda: "transform.position" in inspector.live.places)
    values = desk.values_of(CRATE)["transform.position"]
    assert values["age_secs"] < 5 and abs(values["value"][2] - 0.4) < 1e-3, "live at once"
    press(hand, "tab bindings")
    assert hand.session.world.state_hash() == before
    hand.keys("Ctrl+Z")
    until(hand, lambda: not bindings_of(hand))
    hand.keys("Ctrl+Shift+Z")
    until(hand, lambda: len(bindings_of(hand)) == 1)
    press(hand, "connect")
    until(hand, lambda: desk.world is None)
    hand.wait(2)
    assert hand.session.world.state_hash() == before


@flow()
def a_topic_is_dropped_on_what_is_seen_and_makes_it_a_device(hand: Hand) -> None:
    from generating import entity_at

    open_desk(hand, device=False)
    panel, desk = twin_panel(hand), hand.host.twin
    press(hand, "connect")
    until(hand, lambda: desk.is_live and len(desk.topics))
    press(hand, "tab topics")
    until(hand, lambda: "topic carts:hall/cart 7/pose" in panel.places)
    hand.drag(panel.places["topic carts:hall/cart 7/pose"], entity_at(hand, CRATE), steps=12)
    until(hand, lambda: hand.window.shell.dialogs.current is not None)
    dialog = hand.window.shell.dialogs.current
    assert (dialog.binding["to"], dialog.key) == ("transform.position", "cart 7")
    hand.wait(2)
    hand.keys("Enter")
    until(hand, lambda: len(bindings_of(hand)) == 1)
    until(hand, lambda: desk.values_of(CRATE).get("transform.position", {}).get("age_secs") is not None)
    steps = len(hand.session.history._done)
    hand.keys("Ctrl+Z")
    until(hand, lambda: not bindings_of(hand))
    assert len(hand.session.history._done) == steps - 1, "device and binding are one step"
    hand.keys("Shift+F9")
    until(hand, lambda: not desk.is_live)


@flow()
def a_field_is_dropped_on_a_row_of_the_hierarchy(hand: Hand) -> None:
    open_desk(hand)
    panel, desk, tree = twin_panel(hand), hand.host.twin, twin_panel(hand, "hierarchy")
    hand.keys("F9")
    until(hand, lambda: desk.is_live and len(desk.topics))
    press(hand, "tab topics")
    until(hand, lambda: "topic carts:hall/cart 7/pose x" in panel.places)
    hand.wait(5)
    hand.drag(panel.places["topic carts:hall/cart 7/pose x"], tree.center_of(CRATE), steps=16)
    until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(2)
    hand.keys("Enter")
    until(hand, lambda: len(bindings_of(hand)) == 1)
    until(hand, lambda: not desk.findings)
    press(hand, "tab bindings")
    press(hand, "edit binding 0")
    until(hand, lambda: hand.window.shell.dialogs.current is not None)
    dialog = hand.window.shell.dialogs.current
    hand.wait(2)
    hand.click_at(*dialog.places["from 2"])
    hand.click("//$FOCUSED/###temp")
    hand.keys("Enter")
    until(hand, lambda: bindings_of(hand)[0]["from"] == ["x", "y", "temp"])
    press(hand, "remove binding 0")
    until(hand, lambda: not bindings_of(hand))
    until(hand, lambda: any("no binding feeds" in each.message for each in desk.findings))
    press(hand, "tab problems")
    until(hand, lambda: "go 0" in panel.places)
    press(hand, "go 0")
    until(hand, lambda: hand.session.current.selection == (CRATE,))
