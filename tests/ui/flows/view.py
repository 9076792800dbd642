"""The view: picking, handles, cameras."""

from __future__ import annotations

from editor_flows import Hand, flow

from taixu.scene import Node


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
    hand.drag((middle[0], middle[1] - 36), (middle[0], middle[1] - 96))
    assert node.position[1] > before[1] + 0.01, "the upright arrow was dragged upwards"
    assert len(hand.session.history._done) == steps + 1
