"""Fences are drawn corner by corner, shaped by handles, and undone."""

from __future__ import annotations

import numpy as np
from editor_flows import Hand, flow
from generating import until
from twins import open_desk, twin_panel

from taixu.twin.rules.fences import Fence
from taixu_editor.view.screen import Screen
from taixu_editor.view.surface import point_on_ground


def fences_of(hand: Hand) -> list[int]:
    return [int(each) for each in hand.session.world.query(Fence).entities]


def at(hand: Hand, x: float, y: float) -> tuple[float, float]:
    """A place of the view, by its share of the width and the height."""
    view = twin_panel(hand, "viewport")
    return (view.origin[0] + view.extent[0] * x, view.origin[1] + view.extent[1] * y)


def ground_at(hand: Hand, x: float, y: float) -> tuple[float, float]:
    """What of the ground is seen there."""
    view = twin_panel(hand, "viewport")
    found = point_on_ground(*Screen(view.camera, view.origin, view.extent).ray(np.array(at(hand, x, y))))
    assert found is not None
    return (float(found[0]), float(found[2]))


def from_above(hand: Hand) -> None:
    """Look down."""
    view = twin_panel(hand, "viewport")
    hand.window.do("view.top")
    until(hand, lambda: view.camera.back[1] > 0.99 and not view._is_moving)


@flow()
def a_fence_is_drawn_shaped_and_undone(hand: Hand) -> None:
    open_desk(hand)
    from_above(hand)
    view = twin_panel(hand, "viewport")
    hand.move(*at(hand, 0.5, 0.8))
    hand.keys("Shift+F")
    until(hand, lambda: hand.window.draws_fences)
    places = [(0.3, 0.6), (0.6, 0.6), (0.6, 0.85)]
    corners = [ground_at(hand, *place) for place in places]
    for number, place in enumerate(places, 1):
        hand.click_at(*at(hand, *place))
        until(hand, lambda number=number: len(view.fences.corners) == number)  # type: ignore[misc]
        hand.wait(20)  # two clicks in a row would be a double click, if they were in one place
    hand.click_at(*at(hand, 0.3, 0.8))
    until(hand, lambda: len(view.fences.corners) == 4)
    hand.keys("Backspace")
    until(hand, lambda: len(view.fences.corners) == 3)
    hand.keys("Enter")
    until(hand, lambda: len(fences_of(hand)) == 1 and not hand.window.draws_fences)
    world, entity = hand.session.world, fences_of(hand)[0]
    made = np.array(world.get(entity, Fence).points)
    until(hand, lambda: ("corner", 1) in view.fences.handles)
    place = view.fences.fences(world)[0].place[[0, 2]]
    assert np.abs(made + place - corners).max() < 0.3, "where it was clicked"
    goal = ground_at(hand, 0.7, 0.55)
    hand.drag(view.fences.handles["corner", 1], at(hand, 0.7, 0.55), steps=8)
    until(hand, lambda: np.abs(np.array(world.get(entity, Fence).points[1]) + place - goal).max() < 0.3)
    steps = len(hand.session.history._done)
    hand.move(*at(hand, 0.1, 0.9))
    hand.wait(2)
    hand.drag(view.fences.handles["edge", 2], at(hand, 0.25, 0.9), steps=8)
    until(hand, lambda: len(world.get(entity, Fence).points) == 4)
    assert len(hand.session.history._done) == steps + 1, "a drag is one step"
    hand.keys("Ctrl+Z")
    until(hand, lambda: len(world.get(entity, Fence).points) == 3)
    hand.keys("Ctrl+Z")
    until(hand, lambda: np.abs(np.array(world.get(entity, Fence).points) - made).max() < 1e-6)
    hand.keys("Ctrl+Z")
    until(hand, lambda: not fences_of(hand))


@flow()
def a_fence_gets_its_height_and_looks_like_walls(hand: Hand) -> None:
    open_desk(hand)
    view = twin_panel(hand, "viewport")
    twin_panel(hand).is_open = False
    hand.window.do("twin.fence", points=[[-4, -2], [3, -2], [3, 2], [0, 3], [-4, 2]], top_m=2.0, name="Yard")
    until(hand, lambda: ("top", 0) in view.fences.handles)
    world, entity = hand.session.world, fences_of(hand)[0]
    hand.window.do("view.all")
    hand.wait(40)
    x, y = view.fences.handles["top", 0]
    hand.drag((x, y), (x, y - 40), steps=8)
    until(hand, lambda: world.get(entity, Fence).top_m > 2.3)
    hand.move(560, 6)
    hand.wait(3)
    hand.picture("twin_fence", panel="viewport")
