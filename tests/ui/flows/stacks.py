"""Stacks of modifiers in the inspector: steps are added, switched off, put in another order and taken away; undone, all is back."""

from __future__ import annotations

from typing import Any

import numpy as np
from assets import open_copy, wait_until
from editor_flows import Hand, flow
from imgui_bundle import imgui
from twin_fences import at, from_above, ground_at
from twins import twin_panel

from taixu.edit import id_text
from taixu.generate.modifiers import FlattenPath, HeightBrush, MadeBy, Modifier, Pins
from taixu.generate.places.props.modifiers import Props
from taixu.generate.places.roads.modifiers import RoadNetwork
from taixu.scene import Transform
from taixu_editor.modifier_operations import steps_of
from taixu_editor.view.screen import Screen


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
    hand.picture("stack_of_two", panel="inspector")
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
    hand.picture("brush_in_hand", panel="viewport")
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: not world.get(session.entity(brush), HeightBrush).strokes)
    hand.move(*at(hand, 0.5, 0.6))
    hand.keys("Escape")
    wait_until(hand, lambda: not hand.window.brush.is_on)


@flow()
def a_path_is_drawn_and_bent_by_handles(hand: Hand) -> None:
    stack = open_stack(hand)
    path = str(hand.host.do("modifier.add", stack=stack, kind="flatten_path"))
    hand.host.do("selection.set", entities=[path])
    from_above(hand)
    session, world = hand.host.session, hand.host.session.world

    def points() -> np.ndarray:  # type: ignore[type-arg]
        return np.array(world.get(session.entity(path), FlattenPath).points, float).reshape(-1, 3)[:, [0, 2]]

    places = [(0.3, 0.6), (0.6, 0.6), (0.6, 0.85)]
    for number, place in enumerate(places, 1):
        hand.move(*at(hand, *place))
        hand.context.key_down(imgui.Key.mod_ctrl)
        hand.click_at(*at(hand, *place))
        hand.context.key_up(imgui.Key.mod_ctrl)
        wait_until(hand, lambda number=number: len(points()) == number)  # type: ignore[misc]
        hand.wait(20)
    drawn = points()
    assert np.abs(drawn - [ground_at(hand, *place) for place in places]).max() < 0.5
    view = twin_panel(hand, "viewport")
    wait_until(hand, lambda: ("edge", 0) in view.curves.handles)
    hand.picture("path_in_hand", panel="viewport")
    steps = len(session.history._done)
    hand.drag(view.curves.handles["edge", 0], at(hand, 0.45, 0.7), steps=8)
    wait_until(hand, lambda: len(points()) == 4 and np.abs(points()[1] - ground_at(hand, 0.45, 0.7)).max() < 0.5)
    assert len(session.history._done) == steps + 1, "a drag is one step"
    hand.move(*at(hand, 0.1, 0.9))
    hand.wait(2)
    hand.drag(view.curves.handles["point", 1], view.curves.handles["point", 0], steps=8)
    wait_until(hand, lambda: len(points()) == 3)
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: len(points()) == 3 and np.abs(points() - drawn).max() < 1e-6)


@flow()
def roads_are_drawn_one_by_one(hand: Hand) -> None:
    stack = open_stack(hand)
    step = str(hand.host.do("modifier.add", stack=stack, kind="road_network"))
    hand.host.do("selection.set", entities=[step])
    from_above(hand)
    session, world = hand.host.session, hand.host.session.world

    def roads() -> list[list[list[float]]]:
        return [road["points"] for road in world.get(session.entity(step), RoadNetwork).roads]

    def click(place: tuple[float, float], *keys: imgui.Key) -> None:
        hand.move(*at(hand, *place))
        for key in keys:
            hand.context.key_down(key)
        hand.click_at(*at(hand, *place))
        for key in keys:
            hand.context.key_up(key)
        hand.wait(20)

    click((0.25, 0.6), imgui.Key.mod_ctrl)
    wait_until(hand, lambda: [len(each) for each in roads()] == [1])
    click((0.65, 0.6), imgui.Key.mod_ctrl)
    wait_until(hand, lambda: [len(each) for each in roads()] == [2])
    click((0.53, 0.6), imgui.Key.mod_ctrl, imgui.Key.mod_shift)
    click((0.53, 0.9), imgui.Key.mod_ctrl)
    wait_until(hand, lambda: [len(each) for each in roads()] == [2, 2])


@flow()
def a_made_thing_is_moved_deleted_and_let_go(hand: Hand) -> None:
    stack = open_stack(hand)
    step = str(hand.host.do("modifier.add", stack=stack, kind="props"))
    session, world = hand.host.session, hand.host.session.world
    hand.host.do("component.set", component="props", fields={"kind": "well", "points": [[6.0, 4.0]], "scale": 2.0}, entities=[step])
    hand.host.do("selection.set", entities=[])
    from_above(hand)
    wait_until(hand, lambda: len(world.query(MadeBy)) > 0)
    (well,) = [one for one in world.query(MadeBy).entities.tolist() if world.get(one, MadeBy).thing]
    view = twin_panel(hand, "viewport")

    def on_screen() -> tuple[float, float]:
        places, _ = Screen(view.camera, view.origin, view.extent).project(np.array([[*world.get(well, Transform).translation]]))
        return float(places[0][0]), float(places[0][1])

    hand.wait(5)
    hand.click_at(*on_screen())
    thing = id_text(world.stable_id(well))
    wait_until(hand, lambda: session.current.selection == (thing,))
    before, steps = on_screen(), len(session.history._done)
    hand.window.do("modal.move")
    hand.move(*before)
    hand.wait(2)
    hand.move(before[0] + 60, before[1] + 30)
    hand.wait(3)
    hand.click_at(before[0] + 60, before[1] + 30)
    wait_until(hand, lambda: world.has(session.entity(stack), Pins) and len(world.get(session.entity(stack), Pins).made) == 1)
    assert len(session.history._done) == steps + 1, "a drag is one step"
    there = np.array(world.get(well, Transform).translation)
    assert float(np.abs(there[[0, 2]] - (6.0, 4.0)).max()) > 0.2
    hand.host.do("component.set", component="props", fields={"turn_rad": 1.0}, entities=[step])
    hand.wait(5)
    assert np.allclose(world.get(session.entity(thing), Transform).translation, there, atol=1e-4), "it stays where the hand put it"
    hand.move(5, 5)
    wait_until(hand, lambda: "let go" in inspector(hand).places)
    hand.wait(3)
    hand.click_at(*inspector(hand).places["let go"])
    wait_until(hand, lambda: not world.get(session.entity(stack), Pins).made)
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: len(world.get(session.entity(stack), Pins).made) == 1)
    hand.move(*at(hand, 0.5, 0.5))
    hand.keys("Delete")
    wait_until(hand, lambda: not session.living((thing,)))
    assert world.get(session.entity(stack), Pins).made[0]["removed"]
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: bool(session.living((thing,))))


@flow()
def words_say_what_a_step_shall_be(hand: Hand) -> None:
    stack = open_stack(hand)
    step = str(hand.host.do("modifier.add", stack=stack, kind="props"))
    session, world = hand.host.session, hand.host.session.world
    hand.host.do("selection.set", entities=[step])
    places = inspector(hand).stack.places
    wait_until(hand, lambda: "words" in places)
    hand.wait(2)
    hand.click_at(*places["words"])
    hand.type("a large park bench", enter=True)
    wait_until(hand, lambda: world.get(session.entity(step), Props).kind == "bench")
    assert abs(world.get(session.entity(step), Props).scale - 1.4) < 1e-6
