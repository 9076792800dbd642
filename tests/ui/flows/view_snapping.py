"""Drags by handles, corners and keys: what they keep to, and what they say."""

from __future__ import annotations

from math import degrees
from typing import Any

import numpy as np
from desk import CRATES, DESK, DOOR
from editor_flows import Hand, flow
from imgui_bundle import imgui

from taixu.render import visible_bounds
from taixu.scene import Node
from taixu_editor.settings import Settings
from taixu_editor.view import Screen
from taixu_editor.view.vertices import world_corners


def open_view(hand: Hand, *, preset: str = "taixu") -> Any:
    """The first view with a crate before it; nothing else moves."""
    window = hand.window
    if preset != "taixu":
        window.shell.use_settings(Settings(key_preset=preset))
    for panel in window.panels:
        panel.is_open = panel.id in ("hierarchy", "viewport")
    window.shell.toasts.clear()
    hand.wait(3)
    tree = next(panel for panel in window.panels if panel.id == "hierarchy")
    hand.click_at(*tree.center_of(CRATES[1]))
    view = window.panels[0]
    hand.wait(2)
    return view


def crate(hand: Hand) -> Node:
    """The one that is moved."""
    return Node(hand.session.world, hand.session.entity(CRATES[1]))


def place_of(view: Any, point: Any) -> tuple[float, float]:
    """Where a point of the world is on the window."""
    places, _ = Screen(view.camera, view.origin, view.extent).project(np.asarray(point, float)[None])
    return float(places[0, 0]), float(places[0, 1])


def upright_handle(hand: Hand, view: Any) -> tuple[float, float]:
    """On the shaft of the arrow that points up."""
    x, y = place_of(view, crate(hand).world_position)
    return x, y - 45


@flow(DESK)
def a_number_typed_while_an_arrow_is_dragged_is_the_distance(hand: Hand) -> None:
    view = open_view(hand)
    start, before, steps = upright_handle(hand, view), crate(hand).position[1], len(hand.session.history._done)
    hand.move(*start)
    hand.context.mouse_down(0)
    hand.move(start[0], start[1] - 30)
    hand.wait(1)
    for key in ("1", ".", "5"):
        hand.keys(key)
    hand.context.mouse_up(0)
    hand.wait()
    assert abs(crate(hand).position[1] - before - 1.5) < 1e-5
    assert len(hand.session.history._done) == steps + 1
    hand.keys("Ctrl+Z")
    assert abs(crate(hand).position[1] - before) < 1e-6


@flow(DESK)
def with_ctrl_an_arrow_ends_on_the_grid_and_escape_gives_it_up(hand: Hand) -> None:
    view = open_view(hand)
    start, before, steps = upright_handle(hand, view), crate(hand).position.copy(), len(hand.session.history._done)
    hand.context.key_down(imgui.Key.mod_ctrl)
    hand.drag(start, (start[0], start[1] - 47))
    hand.context.key_up(imgui.Key.mod_ctrl)
    height = crate(hand).position[1]
    assert height > before[1] + 0.1 and abs(height / 0.25 - round(height / 0.25)) < 1e-4
    hand.keys("Ctrl+Z")
    hand.move(*upright_handle(hand, view))
    hand.context.mouse_down(0)
    hand.move(start[0], start[1] - 60)
    hand.wait(2)
    assert crate(hand).position[1] > before[1] + 0.1
    hand.keys("Escape")
    hand.context.mouse_up(0)
    hand.wait(2)
    np.testing.assert_allclose(crate(hand).position, before, atol=1e-6)
    assert len(hand.session.history._done) == steps, "a drag that was given up never was"


@flow(DESK)
def with_v_a_corner_is_dragged_onto_a_corner(hand: Hand) -> None:
    view = open_view(hand)
    world = hand.session.world
    own = world_corners(world, hand.window.selected_family())
    other = hand.session.entity(CRATES[0])
    goals = world_corners(world, [other, *(node.entity for node in Node(world, other).walk())])
    screen = Screen(view.camera, view.origin, view.extent)
    top = goals[goals[:, 1] > goals[:, 1].max() - 1e-4]
    _, away = screen.project(top)
    goal = top[np.argmin(away)]
    held = own[np.argmin(screen.project(own)[1])]
    hand.move(*place_of(view, held))
    hand.context.key_down(imgui.Key.v)
    hand.wait(2)
    hand.drag(place_of(view, held), place_of(view, goal), steps=8)
    hand.context.key_up(imgui.Key.v)
    now = world_corners(world, hand.window.selected_family())
    assert np.linalg.norm(now - goal, axis=1).min() < 1e-4, "a corner lies on a corner"


@flow(DESK)
def like_in_blender_g_x_2_enter_moves_by_two_metres(hand: Hand) -> None:
    view = open_view(hand, preset="blender")
    before, turn = crate(hand).position.copy(), crate(hand).rotation.copy()
    hand.move(*place_of(view, before))
    for key in ("G", "X", "2", "Enter"):
        hand.keys(key)
    np.testing.assert_allclose(crate(hand).position - before, (2, 0, 0), atol=1e-5)
    for key in ("R", "Y", "9", "0", "Enter"):
        hand.keys(key)
    cosine = abs(float(crate(hand).rotation @ turn))
    assert abs(degrees(2 * np.arccos(min(cosine, 1.0))) - 90) < 0.1
    for key in ("S", "2"):
        hand.keys(key)
    hand.keys("Escape")
    assert abs(crate(hand).scale - 1).max() < 1e-5, "Escape gave it up"
    for key in ("G", "Shift+X", "0", "Tab", "1", ".", "5"):
        hand.keys(key)
    hand.move(*place_of(view, before))
    hand.wait(1)
    hand.picture("view_drag_plate", panel="viewport")
    hand.wait(3)
    hand.keys("Escape")
    count = len(hand.session.world)
    hand.keys("Shift+D")
    for key in ("Z", "-", "1", "Enter"):
        hand.keys(key)
    assert len(hand.session.world) > count
    copy = Node(hand.session.world, hand.session.entity(hand.session.current.selection[-1]))
    assert abs(copy.position[2] - crate(hand).position[2] + 1) < 1e-5


@flow(DESK)
def what_rests_on_surfaces_may_stand_upright_on_them(hand: Hand) -> None:
    view = open_view(hand)
    world = hand.session.world
    hand.click("//###toolbar/###steps")
    hand.click("//$FOCUSED/###snap.align")
    hand.keys("Escape")
    assert view.gizmo.snap.align
    door = Node(world, hand.session.entity(DOOR))
    start = place_of(view, crate(hand).world_position)
    low, high = visible_bounds(world, np.array([door.entity], np.uint64))
    goal = place_of(view, (low + high) / 2)
    hand.context.key_down(imgui.Key.mod_shift)
    hand.drag(start, goal, steps=8)
    hand.context.key_up(imgui.Key.mod_shift)
    up = crate(hand).world_matrix[:3, 1]
    assert abs(up[1] / np.linalg.norm(up)) < 0.2, "it stands out from the door's face"
    hand.keys("End")
    hand.wait(2)
    assert visible_bounds(world, np.array([crate(hand).entity], np.uint64))[0, 1] > -1e-3


@flow(DESK)
def steps_are_chosen_or_typed_in_the_bar(hand: Hand) -> None:
    open_view(hand)
    snap, settings = hand.window.panels[0].gizmo.snap, hand.window.shell.settings
    hand.click("//###toolbar/###steps")
    hand.click("//$FOCUSED/snap_angle_deg/###45")
    hand.wait(2)
    assert (settings.snap_angle_deg, snap.angle_deg) == (45.0, 45.0)
    hand.input("//$FOCUSED/snap_move_m/##step", "0.3")
    hand.wait(2)
    assert abs(snap.move_m - 0.3) < 1e-6
    hand.click("//$FOCUSED/###snap.to_grid")
    hand.wait(2)
    assert not snap.to_grid, "the menu stays open, and the entry is off"
