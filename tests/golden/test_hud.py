"""What stands over pictures looks as it did: in stills, in frames of a window, at twice the dots."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from gpu_device import shared_device

import taixu as tx
from golden import assert_golden
from taixu.render.hud import Screen
from taixu.script.chat import Chat
from taixu.script.widgets import Widget, Widgets

SIZE = (640, 360)


@pytest.fixture(scope="module")
def app() -> Iterator[tx.App]:
    with tx.App.headless(size=SIZE) as made:
        made.drawing.attach(shared_device())
        world = made.scene
        world.spawn("Floor", tx.Shape("box", size=(20, 0.2, 20)), tx.Material(base_color=(0.35, 0.4, 0.42, 1)), position=(0, -1, 0))
        world.spawn("Ball", tx.Shape("sphere"), tx.Material(base_color=(0.8, 0.2, 0.1, 1)))
        widgets = made.resource(Widgets)
        for widget in (
            Widget("taixu.racing_timer", "lap", "text", "Lap 3    12.4 s", size=1.3, color=(1.0, 0.6, 0.2)),
            Widget("taixu.racing_timer", "times", "text", "last 12.51 s\nbest 11.98 s"),
            Widget("taixu.score_board", "board", "text", "   3  Car\n  12  Garden\n 104  Goals", "top_right"),
            Widget("taixu.score_board", "again", "button", "New game", "top_right", offset=(0, 0.06)),
            Widget(77, "health", "bar", "Health", "bottom", value=0.7, color=(0.9, 0.1, 0.1)),
            Widget("ann.places", "name", "input", corner="left", hint="Name a place"),
            Widget("ann.places", "map", "map", corner="bottom_right", size=0.6,
                   dots=((0.5, 0.5, 0.08), (0.2, 0.3, 0.05), (0.9, 0.1, 0.05)), colors=((1, 1, 1), (1, 0, 0), (0, 0.5, 1))),
            Widget(77, "title", "text", "Level 4", "center", size=2.0),
        ):  # fmt: skip
            widgets.show(widget)
        chat = made.resource(Chat)
        chat.say("Is anybody here?", who="Ann", role="player", now_secs=0)
        chat.say("I am Pim.", owner="taixu.chat_bot", who="taixu.chat_bot", role="mod", now_secs=0)
        yield made


def test_a_still(app: tx.App) -> None:
    assert_golden(app.picture(samples=1).pixels, "hud/still")


def test_a_still_without(app: tx.App) -> None:
    app.drawing.hud = False
    plain = app.picture(samples=1).pixels
    app.drawing.hud = True
    shown = app.picture(samples=1).pixels
    assert np.abs(plain.astype(int) - shown).max(-1)[10:30, 10:100].max() > 50, "a card stands there"
    assert (plain[40:60, 250:400] == shown[40:60, 250:400]).all(), "nothing does here"


def test_a_frame_of_a_window_at_twice_the_dots(app: tx.App) -> None:
    screen = Screen(interactive=True)
    app.insert_resource(screen)
    screen.draft.over = ("taixu.score_board", "again")
    screen.draft.focus, screen.draft.text, screen.draft.caret = ("ann.places", "name"), "The old well", 7
    app.drawing.size = (1280, 720)
    view = app.drawing.frame(app.world)
    assert_golden(app.drawing.read(view), "hud/window")
