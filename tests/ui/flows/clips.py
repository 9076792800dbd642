"""Animating: clips of a model, keys from the inspector, recording, keys in sets, curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from animation import at_time, open_panel, two_keys
from assets import wait_until
from desk import CRATES, DESK, field_at, inspector, node, open_desk, row, steps
from editor_flows import Hand, flow
from looks import area_of
from robot import ROBOT, robot_project

from taixu.animation import AnimationPlayer
from taixu.edit.ids import id_number
from taixu.scene import FromModel, Node
from taixu_editor.keyframes import tracks_of


def open_robot(hand: Hand) -> Any:
    """The robot selected, and the animation panel in front of the others below."""
    hand.host.open(robot_project())
    open_desk(hand)
    hand.click_at(*row(hand, ROBOT))
    hand.window.shell.toasts.clear()
    hand.keys("Ctrl+P")
    hand.type("Show Animation", enter=True)
    hand.wait(4)
    panel = next(each for each in hand.window.panels if each.id == "animation")
    wait_until(hand, lambda: panel.clips.names)
    return panel


def copied_part(hand: Hand, number: int) -> Node:
    """A node of the robot in the copy that is looked at."""
    world = hand.window.preview.world
    owner = world.find(id_number(ROBOT))
    for table in world.query(FromModel):
        found = (table.read(FromModel, "owner") == owner) & (table.read(FromModel, "node") == number)
        if found.any():
            return Node(world, int(table.entities[found][0]))
    raise AssertionError("the copy has no robot")


def key_count(hand: Hand, track: str, entity: str = CRATES[0]) -> int:
    return len(tracks_of(hand.session, entity).get(track, {"times": []})["times"])


@flow()
def clips_are_listed_scrubbed_mixed_and_given_to_the_entity(hand: Hand) -> None:
    panel = open_robot(hand)
    before = hand.session.world.state_hash()
    assert panel.clips.names == ["Hop", "Wave"]
    hand.click_at(*at_time(panel, 0.5))
    assert panel.is_previewing
    np.testing.assert_allclose(copied_part(hand, 0).position[1], 0.5, atol=0.03)
    hand.click("//###animation/###second clip")
    hand.click("//$FOCUSED/###second clip Wave")
    hand.wait(2)
    info = hand.context.item_info("//###animation/###mix")
    low, high = info.rect_full.min, info.rect_full.max
    middle = (low.y + high.y) / 2
    hand.drag((low.x + 4, middle), (high.x + 8, middle))
    assert panel.clips.mix == 1.0
    arm = copied_part(hand, 1)
    angle = 2 * np.arctan2(arm.rotation[2], arm.rotation[3])
    np.testing.assert_allclose(np.degrees(angle), 45, atol=3)  # in step: half of its two seconds
    np.testing.assert_allclose(copied_part(hand, 0).position[1], 0.0, atol=1e-4)
    hand.drag((high.x - 2, middle), ((low.x + high.x) / 2, middle))
    np.testing.assert_allclose(copied_part(hand, 0).position[1], 0.25, atol=0.04)
    assert hand.session.world.state_hash() == before, "looking changes nothing"
    hand.move(*at_time(panel, 1.6))
    hand.picture("clips_mixed", panel="animation")
    hand.click("//###animation/###give")
    hand.wait(3)
    player = node(hand, ROBOT)[AnimationPlayer]
    assert (player.clip, player.second_clip) == ("Hop", "Wave") and 0.4 < player.mix < 0.6
    hand.keys("Ctrl+Z")
    assert hand.session.world.state_hash() == before


@flow()
def a_clip_plays_in_a_loop_at_another_speed(hand: Hand) -> None:
    panel = open_robot(hand)
    hand.click("//###animation/###speed")
    hand.click("//$FOCUSED/2×")
    assert panel.speed == 2.0
    hand.click("//###animation/###run")
    wait_until(hand, lambda: panel.time_secs > 0.2)
    seen = panel.time_secs
    wait_until(hand, lambda: panel.time_secs < seen)  # it began anew
    assert panel.is_running
    hand.click("//###animation/###loop")
    wait_until(hand, lambda: not panel.is_running)
    assert panel.time_secs == panel.clips.length_secs


@flow(DESK)
def diamonds_beside_fields_and_the_key_of_the_keyboard_set_keys(hand: Hand) -> None:
    open_panel(hand)
    start = steps(hand)
    hand.click("**/material.roughness/key")
    hand.wait(3)
    assert key_count(hand, "material.roughness") == 1
    hand.click("**/material.roughness/key")
    hand.wait(3)
    assert key_count(hand, "material.roughness") == 0, "a second press takes it away"
    x, y = field_at(hand, "transform.scale/y")
    hand.move(x, y)
    hand.wait(2)
    hand.keys("I")
    hand.wait(3)
    assert key_count(hand, "transform.scale") == 1
    assert steps(hand) == start + 3
    assert not inspector(hand).form.errors


@flow(DESK)
def what_is_changed_while_it_records_becomes_keys_and_one_undo(hand: Hand) -> None:
    panel = open_panel(hand)
    next(each for each in hand.window.panels if each.id == "viewport").is_open = True
    hand.wait(5)
    before = hand.session.world.state_hash()
    hand.click("//###animation/###record")
    hand.click_at(*at_time(panel, 1.0))
    assert hand.window.animating.is_recording
    x, y = field_at(hand, "transform.position/y")
    hand.drag((x, y), (x + 60, y))
    wait_until(hand, lambda: key_count(hand, "transform.position") == 2)
    track = tracks_of(hand.session, CRATES[0])["transform.position"]
    np.testing.assert_allclose(track["times"], [0.0, 1.0], atol=0.02)
    assert track["values"][1][1] > track["values"][0][1] == 0.5
    hand.click_at(*at_time(panel, 0.5))
    halfway = (track["values"][0][1] + track["values"][1][1]) / 2
    np.testing.assert_allclose(node(hand, CRATES[0]).position[1], halfway, atol=0.05)
    hand.move(500, 8)
    hand.wait(20)
    x, y, wide, tall = area_of("###status")
    hand.picture("recording", hide=((x + wide - 200, y, 200, tall),))
    hand.keys("Ctrl+Z")  # the look at half a second
    hand.keys("Ctrl+Z")  # the drag and its keys
    assert key_count(hand, "transform.position") == 0
    hand.click("//###animation/###record")
    assert not hand.window.animating.is_recording
    assert hand.session.world.state_hash() == before


@flow(DESK)
def keys_are_boxed_moved_copied_pasted_and_deleted(hand: Hand) -> None:
    panel = open_panel(hand)
    two_keys(hand, panel)
    timeline = panel.timeline
    (x0, y0), (x1, y1) = timeline.places["transform.position", 0], timeline.places["transform.position", 1]
    hand.drag((x0 + 14, y0 + 16), (x1 + 12, y1 - 12))
    assert timeline.chosen == {("transform.position", 1)}
    hand.drag((x0 + (x1 - x0) / 2, y0 + 16), (x0 - 2, y0 - 12))
    assert timeline.chosen == {("transform.position", 0)}
    hand.keys("Ctrl+A")
    assert len(timeline.chosen) == 2
    start = steps(hand)
    hand.drag((x0, y0), (at_time(panel, 0.25)[0], y0))
    times = tracks_of(hand.session, CRATES[0])["transform.position"]["times"]
    np.testing.assert_allclose(times, [0.25, 1.25], atol=0.06)
    assert steps(hand) == start + 1 and len(timeline.chosen) == 2
    hand.keys("Ctrl+C")
    hand.click_at(*at_time(panel, 1.7))
    hand.click_at(x0, y0 + 40)  # the timeline has the keyboard again
    hand.keys("Ctrl+V")
    hand.wait(3)
    assert key_count(hand, "transform.position") == 4
    hand.keys("Delete")
    hand.wait(3)
    assert key_count(hand, "transform.position") == 2, "what was pasted is chosen"
    assert node(hand, CRATES[0]) is not None, "keys were deleted, and no entity"


@flow(DESK)
def a_curve_is_drawn_and_its_key_dragged_to_another_value(hand: Hand) -> None:
    panel = open_panel(hand)
    two_keys(hand, panel)
    hand.keys("Ctrl+A")
    hand.click("//###animation/###way")
    hand.click("//$FOCUSED/###way smooth")
    hand.wait(3)
    assert tracks_of(hand.session, CRATES[0])["transform.position"]["interpolation"] == "smooth"
    hand.click("//###animation/###curves")
    hand.wait(2)
    start = steps(hand)
    x, y = panel.timeline.curves.places[1, 1]
    hand.drag((x, y), (x, y - 18))
    values = tracks_of(hand.session, CRATES[0])["transform.position"]["values"]
    assert values[1][1] > values[0][1] and values[1][0] == values[0][0]
    assert steps(hand) == start + 1
    hand.move(500, 8)
    hand.picture("animation_curves", panel="animation")


@flow(DESK)
def keys_play_when_the_world_runs_and_it_comes_back(hand: Hand) -> None:
    panel = open_panel(hand)
    hand.click("//###animation/###record")
    hand.click_at(*at_time(panel, 1.0))
    x, y = field_at(hand, "transform.position/z")
    hand.drag((x, y), (x + 80, y))
    wait_until(hand, lambda: key_count(hand, "transform.position") == 2)
    hand.click("//###animation/###record")
    place = float(node(hand, CRATES[0]).position[2])
    hand.keys("F5")
    wait_until(hand, lambda: hand.host.play.is_playing)
    seen: list[float] = []

    def goes_on() -> bool:
        seen.append(float(node(hand, CRATES[0]).position[2]))
        return max(seen) - min(seen) > place * 0.4

    wait_until(hand, goes_on)
    hand.keys("Shift+F5")
    wait_until(hand, lambda: not hand.host.play.is_playing)
    assert float(node(hand, CRATES[0]).position[2]) == place
