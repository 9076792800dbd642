"""Animation: keys on a timeline, looked at without changing the world."""

from __future__ import annotations

from typing import Any

from desk import CRATES, DESK, node, open_desk, select, steps
from editor_flows import Hand, flow

from taixu_editor.keyframes import tracks_of


def open_panel(hand: Hand) -> Any:
    """The animation panel in front, with a crate selected."""
    open_desk(hand)
    select(hand, CRATES[0])
    hand.window.shell.toasts.clear()
    hand.keys("Ctrl+P")
    hand.type("Show Animation", enter=True)
    hand.wait(4)
    return next(panel for panel in hand.window.panels if panel.id == "animation")


def at_time(panel: Any, seconds: float) -> tuple[float, float]:
    """A place of the ruler."""
    left, scale, y = panel.timeline.ruler
    return (left + seconds * scale, y)


def two_keys(hand: Hand, panel: Any) -> None:
    """A key at the beginning, and one at a second."""
    hand.click("//###animation/###key")
    hand.click_at(*at_time(panel, 1.0))
    hand.click("//###animation/###key")
    hand.wait(3)


@flow(DESK)
def keys_are_set_at_times_and_undone(hand: Hand) -> None:
    panel = open_panel(hand)
    before, start = hand.session.world.state_hash(), steps(hand)
    two_keys(hand, panel)
    track = tracks_of(hand.session, CRATES[0])["transform.position"]
    assert track["times"][0] == 0 and abs(track["times"][1] - 1.0) < 0.05
    assert steps(hand) == start + 2
    hand.move(*at_time(panel, 0.45))
    hand.picture("animation_dark", panel="animation")
    hand.keys("Ctrl+Z")
    hand.keys("Ctrl+Z")
    assert hand.session.world.state_hash() == before


@flow(DESK)
def looking_at_a_time_leaves_the_world_as_it_is(hand: Hand) -> None:
    panel = open_panel(hand)
    two_keys(hand, panel)
    before = hand.session.world.state_hash()
    hand.drag(at_time(panel, 0.2), at_time(panel, 0.8))
    assert panel.is_previewing and abs(panel.time_secs - 0.8) < 0.05
    assert hand.session.world.state_hash() == before
    hand.click("//###animation/###run")
    hand.wait(10)
    assert panel.is_running
    hand.click("//###animation/###leave")
    assert not panel.is_previewing and not panel.is_running
    assert hand.session.world.state_hash() == before


@flow(DESK)
def a_key_is_dragged_to_another_time_and_deleted(hand: Hand) -> None:
    panel = open_panel(hand)
    two_keys(hand, panel)
    start = steps(hand)
    x, y = panel.timeline.places["transform.position", 1]
    hand.drag((x, y), (at_time(panel, 0.5)[0], y))
    track = tracks_of(hand.session, CRATES[0])["transform.position"]
    assert abs(track["times"][1] - 0.5) < 0.08
    assert steps(hand) == start + 1
    hand.click("//###animation/###delete key")
    hand.wait(2)
    assert len(tracks_of(hand.session, CRATES[0])["transform.position"]["times"]) == 1


@flow(DESK)
def an_edit_ends_the_look_at_a_time(hand: Hand) -> None:
    panel = open_panel(hand)
    two_keys(hand, panel)
    hand.click_at(*at_time(panel, 0.4))
    assert panel.is_previewing
    hand.keys("Ctrl+D")
    hand.wait(3)
    assert not panel.is_previewing
    assert node(hand, CRATES[0]) is not None
