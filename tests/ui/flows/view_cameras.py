"""Cameras of views: several beside one another, looking at what has no surface, flying, the buttons of other editors."""

from __future__ import annotations

from typing import Any

import numpy as np
from assets import wait_until
from desk import CRATES, DESK, LAMP
from editor_flows import Hand, flow

from taixu.scene import Node
from taixu_editor.settings import Settings
from taixu_editor.view import Screen


def open_view(hand: Hand, *others: str) -> Any:
    """The first view, and some panels."""
    for panel in hand.window.panels:
        panel.is_open = panel.id in ("viewport", *others)
    hand.window.shell.toasts.clear()
    hand.wait(6)
    view = hand.window.panels[0]
    hand.move(view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] - 20)
    hand.wait(3)
    return view


@flow(DESK)
def four_views_each_with_its_own_mode(hand: Hand) -> None:
    open_view(hand)
    hand.keys("Ctrl+Alt+4")
    hand.wait(12)
    views = [panel for panel in hand.window.panels if hasattr(panel, "navigation")][:4]
    assert all(view.is_open and view.view is not None for view in views)
    middles = {tuple(np.round(np.add(view.origin, np.divide(view.extent, 2)) / 50)) for view in views}
    assert len(middles) == 4, "each has a place of its own"
    assert [view.camera.is_parallel for view in views] == [False, True, True, True]
    hand.click("//###viewport2/###shown")
    hand.click("//$FOCUSED/###wireframe")
    hand.click("//###viewport3/###shown")
    hand.click("//$FOCUSED/###normals")
    hand.wait(4)
    assert [view.shown.mode for view in views] == ["lit", "wireframe", "normals", "lit"]
    hand.move(5, 5)
    hand.picture("view_from_above", panel="viewport2")
    hand.wait(3)
    hand.move(views[0].origin[0] + 60, views[0].origin[1] + views[0].extent[1] - 20)
    hand.keys("Ctrl+Alt+1")
    hand.wait(6)
    assert [view.is_open for view in views] == [True, False, False, False]


@flow(DESK)
def a_lamp_is_looked_at_where_it_is(hand: Hand) -> None:
    view = open_view(hand, "hierarchy")
    tree = next(panel for panel in hand.window.panels if panel.id == "hierarchy")
    hand.click_at(*tree.center_of(LAMP))
    hand.move(view.origin[0] + 60, view.origin[1] + view.extent[1] - 20)
    hand.keys("F")
    hand.wait(60)
    lamp = Node(hand.session.world, hand.session.entity(LAMP))
    family = [node.world_position for node in lamp.walk()]
    assert min(np.linalg.norm(view.camera.pivot - place) for place in family) < 3.0
    assert np.isfinite(view.camera.key()).all()


@flow(DESK)
def the_wheel_changes_how_fast_one_flies(hand: Hand) -> None:
    view = open_view(hand)
    eye, speed = view.camera.eye.copy(), view.navigation.speed
    hand.move(view.origin[0] + 200, view.origin[1] + 200)
    hand.context.mouse_down(1)
    hand.context.mouse_wheel_y(3)
    wait_until(hand, lambda: view.navigation.speed > speed and view.navigation.says_speed)
    from imgui_bundle import imgui

    hand.context.key_down(imgui.Key.w)
    hand.wait(12)
    hand.context.key_up(imgui.Key.w)
    hand.context.mouse_up(1)
    hand.wait(2)
    assert np.linalg.norm(view.camera.eye - eye) > 0.01


@flow(DESK)
def the_middle_button_pans_like_in_unity(hand: Hand) -> None:
    view = open_view(hand)
    hand.window.shell.use_settings(Settings(key_preset="unity"))
    hand.wait(2)
    middle = (view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2)
    turn, pivot = view.camera.turn_rad, view.camera.pivot.copy()
    hand.drag(middle, (middle[0] + 80, middle[1]), button=2)
    assert view.camera.turn_rad == turn and np.linalg.norm(view.camera.pivot - pivot) > 0.1


@flow(DESK)
def handles_of_the_second_view_move_in_its_own_plane(hand: Hand) -> None:
    open_view(hand)
    hand.keys("Ctrl+Alt+2")
    hand.wait(12)
    first, second = (panel for panel in hand.window.panels if panel.id in ("viewport", "viewport2"))
    crate = Node(hand.session.world, hand.session.entity(CRATES[1]))
    x, y = (float(v) for v in Screen(second.camera, second.origin, second.extent).project(crate.world_position[None])[0][0])
    hand.click_at(x, y)
    assert hand.session.current.selection == (CRATES[1],)
    before, steps = crate.position.copy(), len(hand.session.history._done)
    hand.drag((x + 45, y), (x + 80, y))
    assert crate.position[0] > before[0] + 0.1 and np.allclose(crate.position[1:], before[1:], atol=1e-5)
    assert len(hand.session.history._done) == steps + 1
    assert first.gizmo.drag is None and second.gizmo.drag is None
