"""Selecting in the view: what is behind, and boxes that touch, hold, or go through."""

from __future__ import annotations

from typing import Any

import numpy as np
from assets import wait_until
from desk import CRATES, DESK, LAMP
from editor_flows import Hand, flow
from imgui_bundle import imgui

from taixu.scene import Node
from taixu_editor.view import Screen
from taixu_editor.view.vertices import world_corners


def open_view(hand: Hand) -> Any:
    """Only the first view."""
    for panel in hand.window.panels:
        panel.is_open = panel.id == "viewport"
    hand.window.shell.toasts.clear()
    hand.wait(6)
    return hand.window.panels[0]


def box_of(hand: Hand, view: Any, entity: str) -> tuple[Any, Any]:
    """Corners of the box around an entity, on the window."""
    node = Node(hand.session.world, hand.session.entity(entity))
    corners = world_corners(hand.session.world, [each.entity for each in node.walk()])
    places, _ = Screen(view.camera, view.origin, view.extent).project(corners)
    return places.min(0), places.max(0)


def choose(hand: Hand, title: str) -> None:
    """From the palette."""
    hand.keys("Ctrl+P")
    hand.type(title, enter=True)
    hand.wait(3)


@flow(DESK)
def a_second_click_selects_what_is_behind_and_ctrl_toggles(hand: Hand) -> None:
    view = open_view(hand)
    hand.keys("Num3")  # the crates stand in a row, one behind the other
    wait_until(hand, lambda: not view.camera.is_gliding)
    hand.wait(4)
    low, high = box_of(hand, view, CRATES[2])
    middle = tuple((low + high) / 2)
    hand.click_at(*middle)
    first = hand.session.current.selection
    assert len(first) == 1
    hand.wait(30)
    hand.click_at(*middle)
    second = hand.session.current.selection
    assert len(second) == 1 and second != first, "what is behind"
    assert (first, second) == ((CRATES[2],), (CRATES[1],))
    seen = [first, second]
    for _ in range(8):
        hand.wait(30)
        hand.click_at(*middle)
        seen.append(hand.session.current.selection)
        if seen[-1] == first:
            break
    assert seen[-1] == first, "behind the last comes the first again"
    hand.context.key_down(imgui.Key.mod_ctrl)
    hand.click_at(*middle)
    hand.context.key_up(imgui.Key.mod_ctrl)
    assert hand.session.current.selection == ()


@flow(DESK)
def a_box_touches_or_holds_what_it_selects(hand: Hand) -> None:
    view = open_view(hand)
    low, high = box_of(hand, view, CRATES[1])
    start, half = tuple(low - 12), tuple((low + high) / 2)
    hand.drag(start, half)
    assert CRATES[1] in hand.session.current.selection, "it was touched"
    choose(hand, "Boxes select only what is wholly inside")
    hand.drag(start, half)
    assert CRATES[1] not in hand.session.current.selection
    hand.drag(start, tuple(high + 12))
    assert CRATES[1] in hand.session.current.selection


@flow(DESK)
def a_box_may_go_through_and_takes_lamps_along(hand: Hand) -> None:
    view = open_view(hand)
    (x, y), (wide, tall) = view.origin, view.extent
    corners = (x + 140, y + 20), (x + wide - 30, y + tall - 30)
    hand.drag(*corners)
    seen = set(hand.session.current.selection)
    assert LAMP in seen, "what has a picture only is in the box as well"
    choose(hand, "Boxes select what is hidden too")
    hand.drag(*corners)
    assert set(hand.session.current.selection) >= seen
    assert np.all([hand.session.world.alive(hand.session.entity(text)) for text in hand.session.current.selection])
