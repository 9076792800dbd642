"""Stacks of modifiers in the inspector: steps are added, switched off, put in another order and taken away; undone, all is back."""

from __future__ import annotations

from typing import Any

import numpy as np
from assets import open_copy, wait_until
from editor_flows import Hand, flow
from twin_fences import at, from_above, ground_at

from taixu.generate.modifiers import HeightBrush, Modifier
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


@flow()
def a_brush_paints_strokes_into_its_step(hand: Hand) -> None:
    stack = open_stack(hand)
    press(hand, "add")
    press(hand, "add height_brush")
    (brush,) = steps_of(hand.host.session, stack)
    session, world = hand.host.session, hand.host.session.world
    hand.host.do("selection.set", entities=[brush])
    from_above(hand)
    wait_until(hand, lambda: "brush" in inspector(hand).places)
    hand.click_at(*inspector(hand).places["brush"])
    wait_until(hand, lambda: hand.window.brush.is_on)
    goal = ground_at(hand, 0.6, 0.75)
    hand.drag(at(hand, 0.35, 0.75), at(hand, 0.6, 0.75), steps=12)
    wait_until(hand, lambda: len(world.get(session.entity(brush), HeightBrush).strokes) == 1)
    stroke = world.get(session.entity(brush), HeightBrush).strokes[0]
    ends = np.array(stroke["points"])
    assert np.abs(ends[0] - ground_at(hand, 0.35, 0.75)).max() < 1.0 and np.abs(ends[-1] - goal).max() < stroke["radius_m"]
    assert (stroke["kind"], stroke["amount"]) == ("raise", 1.0) and len(ends) < 40
    hand.move(*at(hand, 0.5, 0.6))
    hand.keys("]")
    wait_until(hand, lambda: hand.window.brush.radius_m > stroke["radius_m"])
    hand.picture("brush_in_hand")
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: not world.get(session.entity(brush), HeightBrush).strokes)
    hand.move(*at(hand, 0.5, 0.6))
    hand.keys("Escape")
    wait_until(hand, lambda: not hand.window.brush.is_on)
