"""The view: picking, handles, cameras."""

from __future__ import annotations

from math import pi

import numpy as np
from desk import CRATES, DESK, DOOR, LAMP
from editor_flows import Hand, flow
from imgui_bundle import imgui
from waiting import until

from taixu.render import visible_bounds
from taixu.scene import Node
from taixu_editor.view import Screen
from taixu_editor.view.icons import _projected


@flow("samples/gallery")
def a_click_selects_and_undo_brings_the_former_selection_back(hand: Hand) -> None:
    view = hand.window.panels[0]
    middle = (view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2)
    hand.click_at(*middle)
    assert len(hand.session.current.selection) == 1
    hand.session.undo()
    assert hand.session.current.selection == ()


@flow("samples/gallery")
def the_middle_button_turns_the_camera(hand: Hand) -> None:
    view = hand.window.panels[0]
    middle = (view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2)
    before, eye = view.camera.turn_rad, view.camera.distance_m
    hand.drag(middle, (middle[0] + 100, middle[1]), button=2)
    assert abs(view.camera.turn_rad - before) > 0.1
    assert view.camera.distance_m == eye


@flow("samples/gallery")
def dragging_a_handle_moves_what_is_selected_in_one_step(hand: Hand) -> None:
    view = hand.window.panels[0]
    middle = (view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2)
    hand.click_at(*middle)
    view.frame_selected()
    hand.wait(40)
    node = Node(hand.session.world, hand.session.entity(hand.session.current.selection[-1]))
    before = node.position.copy()
    steps = len(hand.session.history._done)
    places, _ = Screen(view.camera, view.origin, view.extent).project(node.world_position[None])
    x, y = (float(v) for v in places[0])
    hand.drag((x, y - 40), (x, y - 100))
    assert node.position[1] > before[1] + 0.01, "the upright arrow was dragged upwards"
    assert len(hand.session.history._done) == steps + 1


def open_desk(hand: Hand) -> None:
    """The view and the hierarchy, and nothing that asks for attention."""
    for panel in hand.window.panels:
        panel.is_open = panel.id in ("hierarchy", "viewport")
    hand.window.shell.toasts.clear()
    hand.wait(3)


def show(hand: Hand, entry: str) -> None:
    """Choose an entry of the menu in the view's corner."""
    hand.click("//###viewport/###shown")
    hand.click(f"//$FOCUSED/###{entry}")
    hand.wait(3)


@flow(DESK)
def the_menu_in_the_corner_chooses_what_is_shown(hand: Hand) -> None:
    open_desk(hand)
    view = hand.window.panels[0]
    for mode in ("albedo", "normals", "depth", "wireframe", "overdraw"):
        show(hand, mode)
        assert view.shown.mode == mode
        hand.move(view.origin[0] + 5, view.origin[1] + view.extent[1] - 5)
        hand.picture(f"view_{mode}", panel="viewport")
        hand.wait(3)
    show(hand, "lit")
    assert view.shown.mode == "lit"


@flow(DESK)
def a_resting_view_is_shown_as_paths_of_light_see_it(hand: Hand) -> None:
    open_desk(hand)
    view = hand.window.panels[0]
    show(hand, "reference")
    until(lambda: (hand.wait(1), view.reference.samples >= 2)[1])
    first = view.reference.samples
    assert view.reference.texture.size == view.view.size
    until(lambda: (hand.wait(1), view.reference.samples > first)[1])
    view.camera.turn_rad += 0.3  # it begins anew
    hand.wait(2)
    assert view.reference.samples < first
    show(hand, "lit")
    assert view.reference.texture is None


@flow(DESK)
def layers_are_turned_on_and_off(hand: Hand) -> None:
    open_desk(hand)
    view = hand.window.panels[0]
    show(hand, "colliders")
    assert view.shown.colliders
    hand.keys("G")
    assert not view.shown.grid
    show(hand, "icons")
    assert not view.shown.icons and not view.icons.places


@flow(DESK)
def a_click_on_the_picture_of_a_lamp_selects_it(hand: Hand) -> None:
    open_desk(hand)
    view = hand.window.panels[0]
    hand.wait(3)
    (place,) = view.icons.places.values()
    hand.click_at(*place)
    assert hand.session.current.selection == (LAMP,)


@flow(DESK)
def an_end_of_the_axes_is_clicked_to_look_along_it(hand: Hand) -> None:
    open_desk(hand)
    view = hand.window.panels[0]
    hand.wait(3)
    hand.click_at(*view.compass.places["top"])
    hand.wait(40)
    assert abs(view.camera.height_rad - pi / 2) < 0.01
    assert hand.session.current.selection == ()


@flow(DESK)
def places_are_kept_and_gone_back_to(hand: Hand) -> None:
    open_desk(hand)
    view = hand.window.panels[0]
    hand.move(view.origin[0] + 50, view.origin[1] + view.extent[1] / 2)
    hand.wait(30)
    kept = view.camera.key()
    hand.keys("Ctrl+Shift+3")
    middle = (view.origin[0] + view.extent[0] / 2, view.origin[1] + view.extent[1] / 2)
    hand.drag(middle, (middle[0] + 90, middle[1] + 20), button=2)
    assert abs(view.camera.turn_rad - kept[3]) > 0.1
    hand.keys("Ctrl+3")
    hand.wait(60)
    np.testing.assert_allclose(view.camera.key(), kept, atol=1e-2)


@flow(DESK)
def a_second_view_has_its_own_camera(hand: Hand) -> None:
    open_desk(hand)
    first = hand.window.panels[0]
    before = first.camera.key()
    hand.keys("Ctrl+P")
    hand.type("Show View 2", enter=True)
    hand.wait(6)
    second = next(panel for panel in hand.window.panels if panel.id == "viewport2")
    assert second.is_open and second.view is not None
    middle = (second.origin[0] + second.extent[0] / 2, second.origin[1] + second.extent[1] / 2)
    turn = second.camera.turn_rad
    hand.drag(middle, (middle[0] + 60, middle[1]), button=2)
    assert abs(second.camera.turn_rad - turn) > 0.05
    assert first.camera.key() == before


@flow(DESK)
def with_shift_what_is_moved_rests_on_what_is_under_the_pointer(hand: Hand) -> None:
    open_desk(hand)
    view, world = hand.window.panels[0], hand.session.world
    hand.click_at(*next(p for p in hand.window.panels if p.id == "hierarchy").center_of(CRATES[1]))
    hand.wait(4)
    crate, door = hand.session.entity(CRATES[1]), hand.session.entity(DOOR)
    handles = np.array([crate, door], np.uint64)
    (start, end), _ = _projected(world, handles, view.camera.camera(), view.origin, view.extent)
    hand.context.key_down(imgui.Key.mod_shift)
    hand.drag(tuple(start), tuple(end), steps=8)
    hand.context.key_up(imgui.Key.mod_shift)
    low, _ = visible_bounds(world, np.array([crate], np.uint64))
    reach = np.linalg.norm(Node(world, crate).position - Node(world, door).world_position)
    assert reach < 2.0, "it lies at the door"
    steps = len(hand.session.history._done)
    hand.keys("Ctrl+Z")
    assert len(hand.session.history._done) == steps - 1
    assert np.isfinite(low).all()
