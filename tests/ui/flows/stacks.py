"""Stacks of modifiers in the inspector: steps are added, switched off, put in another order and taken away; undone, all is back."""

from __future__ import annotations

from typing import Any

from assets import open_copy, wait_until
from editor_flows import Hand, flow

from taixu.generate.modifiers import Modifier
from taixu_editor.modifier_operations import steps_of


def open_stack(hand: Hand) -> str:
    """The desk with ground that is shaped by nothing yet, selected."""
    open_copy(hand)
    components = {"transform": {}, "modifiers": {"size": [64.0, 64.0], "spacing_m": 1.0}}
    stack = hand.host.do("entity.spawn", id="00000000000a11ce", name="Land", components=components)
    hand.host.do("selection.set", entities=[stack])
    wait_until(hand, lambda: "add" in inspector(hand).stack.places)
    return str(stack)


def inspector(hand: Hand) -> Any:
    """The panel."""
    return next(panel for panel in hand.window.panels if panel.id == "inspector")


def press(hand: Hand, key: str) -> None:
    """Click one of the things of the rows, once it is in sight."""
    places = inspector(hand).stack.places
    wait_until(hand, lambda: key in places)
    hand.wait(2)
    hand.click_at(*places[key])
    hand.wait(2)


@flow()
def steps_are_added_ordered_switched_off_and_removed(hand: Hand) -> None:
    stack = open_stack(hand)
    session, world = hand.host.session, hand.host.session.world
    for kind in ("height_brush", "mask_brush"):
        press(hand, "add")
        press(hand, f"add {kind}")
    wait_until(hand, lambda: len(steps_of(session, stack)) == 2)
    brush, paint = steps_of(session, stack)
    press(hand, f"{paint}/up")
    wait_until(hand, lambda: steps_of(session, stack) == [paint, brush])
    press(hand, f"{brush}/on")
    wait_until(hand, lambda: not world.get(session.entity(brush), Modifier).enabled)
    hand.move(5, 5)
    hand.wait(3)
    hand.picture("stack_of_two")
    press(hand, f"{paint}/remove")
    wait_until(hand, lambda: steps_of(session, stack) == [brush])
    for _ in range(3):
        hand.keys("Ctrl+Z")
        hand.wait(2)
    assert steps_of(session, stack) == [brush, paint] and world.get(session.entity(brush), Modifier).enabled


@flow()
def a_step_is_looked_at_and_left_again(hand: Hand) -> None:
    stack = open_stack(hand)
    press(hand, "add")
    press(hand, "add height_brush")
    (brush,) = steps_of(hand.host.session, stack)
    press(hand, f"{brush}/name")
    wait_until(hand, lambda: hand.host.session.current.selection == (brush,))
    wait_until(hand, lambda: "height_brush" in inspector(hand).places)
    inspector(hand).stack.places.clear()
    press(hand, "back")
    wait_until(hand, lambda: hand.host.session.current.selection == (stack,))
