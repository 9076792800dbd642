"""Playing: what runs is a copy, one leaves the player and edits what runs, and keeps of it what one wants."""

from __future__ import annotations

from typing import Any

import numpy as np
from assets import wait_until
from desk import field_at, row
from editor_flows import Hand, flow

from taixu.scene import Node

YARD = "tests/ui/worlds/yard"
CRATE, POST = "00000000000000c1", "00000000000000c2"


def height(hand: Hand, entity: str = CRATE) -> float:
    """Of an entity of the active world, which is the played one while there is one."""
    return float(Node(hand.session.world, hand.session.entity(entity)).position[1])


def play(hand: Hand) -> None:
    hand.keys("F5")
    wait_until(hand, lambda: hand.host.play.is_playing)
    hand.wait(3)


def stop(hand: Hand) -> None:
    hand.keys("Shift+F5")
    wait_until(hand, lambda: not hand.host.play.is_playing)
    hand.wait(3)


def clock_of(hand: Hand) -> Any:
    return hand.session.current.app.clock


def type_height(hand: Hand, metres: str) -> None:
    """Into the inspector: the second number of the position of what is selected."""
    wait_until(hand, lambda: _place_of_height(hand) is not None)
    hand.context.mouse_move_to_pos(_place_of_height(hand))
    hand.context.mouse_double_click(0)
    hand.wait(2)
    hand.type(metres, enter=True)
    hand.wait(3)


def _place_of_height(hand: Hand) -> tuple[float, float] | None:
    try:
        return field_at(hand, "transform.position/y")
    except KeyError:
        return None


def toasts(hand: Hand) -> list[str]:
    return [toast.text for toast in hand.window.shell.toasts.shown]


@flow(YARD)
def stopping_brings_the_world_back_as_it_was(hand: Hand) -> None:
    view, edited = hand.window.panels[0], hand.session.current
    before, seen = hand.session.world.state_hash(), view.camera.key()
    play(hand)
    assert hand.session.current is not edited and view.is_game
    wait_until(hand, lambda: view.takes_keys)
    hand.keys("Tab")
    hand.keys("Alt+F")
    hand.keys("Space")
    assert view.takes_keys, "a player's keys walk through no menus"
    wait_until(hand, lambda: height(hand) < 0.6)
    stop(hand)
    assert hand.session.current is edited and hand.session.world.state_hash() == before
    assert height(hand) == 3.0 and edited.history.is_saved and not edited.history.undo_label
    assert view.camera.key() == seen and not view.is_game
    assert toasts(hand) == [], "what falls is no change of anybody's"


@flow(YARD)
def time_stands_goes_by_steps_and_slowly(hand: Hand) -> None:
    play(hand)
    hand.click("//###toolbar/###play.pause")
    wait_until(hand, lambda: clock_of(hand).paused)
    ticks = clock_of(hand).ticks
    hand.wait(4)
    assert clock_of(hand).ticks == ticks
    hand.keys("F7")
    wait_until(hand, lambda: clock_of(hand).ticks == ticks + 1)
    hand.click("//###toolbar/###play.step")
    wait_until(hand, lambda: clock_of(hand).ticks == ticks + 2)
    assert clock_of(hand).paused
    hand.click("//###toolbar/###speed")
    hand.click("//$FOCUSED/0.25×")
    assert clock_of(hand).speed == 0.25
    hand.keys("Escape")
    hand.keys("F6")
    wait_until(hand, lambda: clock_of(hand).ticks > ticks + 2)
    stop(hand)
    play(hand)
    assert clock_of(hand).speed == 0.25, "it stays from one play to the next, and is seen in the bar"
    hand.click("//###toolbar/###speed")
    hand.click("//$FOCUSED/1×")
    hand.keys("Escape")
    assert clock_of(hand).speed == 1.0
    stop(hand)


@flow(YARD)
def one_leaves_the_player_edits_what_runs_and_keeps_it(hand: Hand) -> None:
    view, edited = hand.window.panels[0], hand.session.current
    before = hand.session.world.state_hash()
    play(hand)
    hand.click("//###toolbar/###play.eject")
    wait_until(hand, lambda: not view.is_game)
    assert np.allclose(view.camera.eye, (6, 4, 8), atol=1e-3), "one stands where the player's camera stands"
    wait_until(hand, lambda: height(hand) < 0.6)
    hand.click_at(*row(hand, POST))
    assert hand.session.current.selection == (POST,)
    type_height(hand, "2.5")
    assert height(hand, POST) == 2.5, "what runs is edited"
    assert Node(edited.app.world, edited.app.world.find(int(POST, 16))).position[1] == 1.0, "and nothing else"
    hand.keys("F6")
    hand.move(560, 690)
    hand.wait(3)
    hand.picture("play_bar", panel="toolbar", hide=((736, 28, 90, 36),))
    hand.keys("F6")
    hand.keys("F8")
    wait_until(hand, lambda: view.is_game)
    stop(hand)
    assert toasts(hand) == ["1 change made while playing"]
    assert hand.session.world.state_hash() == before and hand.session.current.selection == (POST,)
    hand.click("**/###act")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(3)
    hand.picture("play_keep", panel="dialog")
    hand.click("//###dialog/###Keep")
    wait_until(hand, lambda: height(hand, POST) == 2.5)
    assert height(hand) == 3.0, "the crate that fell was not chosen"
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: hand.session.world.state_hash() == before)


@flow(YARD)
def what_only_the_world_has_moved_can_be_chosen_as_well(hand: Hand) -> None:
    play(hand)
    wait_until(hand, lambda: height(hand) < 0.6)
    fallen = height(hand)
    stop(hand)
    assert toasts(hand) == []
    hand.menu("###Play/###play.offer")
    wait_until(hand, lambda: hand.window.shell.dialogs.current is not None)
    hand.wait(3)
    dialog = hand.window.shell.dialogs.current
    assert not dialog.chosen and {each.name for each in dialog.changes.items} == {"Crate"}
    hand.click(f"**/###world {CRATE} box")
    assert len(dialog.chosen) == len(dialog.changes.items)
    hand.click("//###dialog/###Keep")
    wait_until(hand, lambda: height(hand) < 1)
    assert abs(height(hand) - fallen) < 0.2
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: height(hand) == 3.0)


@flow(YARD)
def a_key_keeps_what_is_selected_while_it_plays_on(hand: Hand) -> None:
    edited = hand.session.current
    play(hand)
    hand.keys("F8")
    wait_until(hand, lambda: not hand.window.panels[0].is_game)
    wait_until(hand, lambda: height(hand) < 0.6)
    hand.click_at(*row(hand, CRATE))
    hand.move(560, 300)
    hand.keys("K")
    wait_until(hand, lambda: edited.history.undo_label == "Keep changes of play")
    assert hand.host.play.is_playing
    stop(hand)
    assert height(hand) < 0.7, "the rubble lies where it has come to rest"
    hand.keys("Ctrl+Z")
    wait_until(hand, lambda: height(hand) == 3.0)


@flow(YARD)
def pictures_of_what_is_played_take_its_time_and_those_of_what_is_edited_none(hand: Hand) -> None:
    renderer, taken = hand.window.renderer, []
    render = renderer.render

    def watched(world: Any, views: Any, **options: Any) -> None:
        if views[0].name == "viewport":
            taken.append(options["delta_secs"])
        render(world, views, **options)

    renderer.render = watched
    try:
        (panel,) = (each for each in hand.window.panels if each.id == "viewport")
        panel.camera.distance_m *= 1.1
        hand.wait(3)
        assert taken and not any(taken), taken
        play(hand)
        taken.clear()
        wait_until(hand, lambda: any(taken))
        assert all(0.0 <= secs < 1.0 for secs in taken), taken
        hand.host.play.pause(True)
        hand.wait(3)
        taken.clear()
        panel.camera.distance_m *= 1.1
        wait_until(hand, lambda: bool(taken))
        assert not any(taken), taken
        stop(hand)
    finally:
        renderer.render = render
