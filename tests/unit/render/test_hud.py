"""What stands over the picture: where it stands, whose it is, and what clicks and keys come to. Nothing here needs a GPU."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np
import pytest

from taixu.app import App
from taixu.platform import (
    ChatEvent,
    FocusEvent,
    HeadlessPlatform,
    Input,
    InputEvent,
    InputRecorder,
    KeyEvent,
    MouseButtonEvent,
    MouseMoveEvent,
    PlatformPlugin,
    TextEvent,
    WidgetEvent,
)
from taixu.render.hud import Screen
from taixu.render.hud.cards import cards_of
from taixu.render.hud.parts import Draft, Mark
from taixu.render.hud.placing import place_cards
from taixu.render.hud.quads import ATLAS_PX, GlyphAtlas
from taixu.render.hud.style import Measures, mark_color
from taixu.render.hud.texts import Typesetter
from taixu.scene.plugin import ScenePlugin
from taixu.script import ScriptHost, ScriptMessage, ScriptPlugin
from taixu.script.chat import Chat
from taixu.script.plain_text import plain_line, plain_lines
from taixu.script.widgets import Widget, Widgets

SIZE = (1280, 720)
CORNERS = ("top_left", "top", "top_right", "left", "center", "right", "bottom_left", "bottom", "bottom_right")
Rect = tuple[float, float, float, float]


@pytest.fixture(scope="module")
def setter() -> Typesetter:
    return Typesetter(GlyphAtlas())


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    for plugin in (PlatformPlugin(HeadlessPlatform()), ScenePlugin(), ScriptPlugin()):
        made.add_plugin(plugin)
    screen = Screen(interactive=True)
    screen._rests = lambda size: False  # type: ignore[method-assign]  # as if no time were between the lines of a test
    made.insert_resource(screen)
    screen.wire(made.world)
    yield made
    made.close()


def show(app: App, owner: int | str, name: str, kind: str, **facts: Any) -> None:
    app.resource(Widgets).show(Widget(owner, name, kind, **facts))


def lay_out(app: App, size: tuple[int, int] = SIZE) -> Any:
    return app.resource(Screen).lay_out(app.world, size)


def middle(app: App, name: str) -> tuple[float, float]:
    found = next(hot for hot in app.resource(Screen)._hot if hot.key[1] == name)
    x, y, width, height = found.rect
    return x + width / 2, y + height / 2


def feed(app: App, *events: InputEvent) -> list[InputEvent]:
    """What arrives at the game of what the player did."""
    source = app.resource(Input)
    before = len(source.tick.events)
    source.inject(events)
    app.frame(0.0)
    return source.tick.events[before:]


def click(app: App, x: float, y: float) -> list[InputEvent]:
    return feed(app, MouseMoveEvent(x, y, 0, 0), MouseButtonEvent("left", True), MouseButtonEvent("left", False))[1:]


def placed(widgets: list[Widget], setter: Typesetter, size: tuple[int, int] = SIZE) -> list[Rect]:
    m = Measures.of(size)
    cards = cards_of(widgets, setter, m, Draft(), size=size)
    found = place_cards(cards, size=size, margin=m.px(16), gap=m.px(8))
    return [(x, y, card.width, card.height) for card, x, y in found]


def overlap(a: Rect, b: Rect) -> bool:
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


# Where things stand


@pytest.mark.parametrize("size", [(1280, 720), (640, 360), (2560, 1440), (400, 900), (200, 120)])
def test_cards_of_many_mods_never_cover_each_other(size: tuple[int, int], setter: Typesetter) -> None:
    kinds = ("text", "button", "bar", "input")
    widgets = [
        Widget(f"m.m{number}", f"{corner}{line}", kinds[line], f"Line {line} of {number}", corner, offset=(0.0, 0.05 * (line - 1)))
        for number in range(6) for corner in CORNERS for line in range(3)
    ]  # fmt: skip
    rects = placed(widgets, setter, size)
    assert rects
    assert not [pair for pair in combinations(rects, 2) if overlap(*pair)]
    for x, y, width, height in rects:
        assert x >= 0 and y >= 0 and x + width <= size[0] and y + height <= size[1]


@pytest.mark.parametrize("corner", CORNERS)
def test_a_card_stands_at_its_corner(corner: str, setter: Typesetter) -> None:
    ((x, y, width, height),) = placed([Widget(1, "a", "text", "Hello", corner)], setter)
    left, above, right, below = x, y, SIZE[0] - x - width, SIZE[1] - y - height
    assert (left == 16) == corner.endswith("left")
    assert (right == 16) == corner.endswith("right")
    assert (above == 16) == corner.startswith("top")
    assert (below == 16) == corner.startswith("bottom")


def test_offsets_are_kept_where_there_is_room(setter: Typesetter) -> None:
    near, far = placed([Widget("a.b", "x", "text", "x"), Widget("a.b", "y", "text", "y", offset=(0, 0.5))], setter)
    assert near[1] == 16
    assert far[1] == 16 + 360
    buttons = [Widget("a.b", str(n), "button", "Go", "bottom_left", offset=(0, -0.05 * n)) for n in range(4)]
    ((_, y, _, height),) = placed(buttons, setter)
    assert y + height == SIZE[1] - 16


def test_everything_grows_with_the_picture(setter: Typesetter) -> None:
    widgets = [Widget("a.b", "x", "text", "Hello"), Widget("a.b", "y", "bar", "Health", value=0.5)]
    ((_, _, width, height),) = placed(widgets, setter)
    ((_, _, wide, high),) = placed(widgets, setter, (2560, 1440))
    assert wide == pytest.approx(2 * width, rel=0.03)
    assert high == pytest.approx(2 * height, rel=0.06)


def test_every_card_of_a_mod_has_its_mark_and_the_worlds_own_have_none(setter: Typesetter) -> None:
    m = Measures.of(SIZE)
    widgets = [Widget("taixu.engine", "a", "text", "x"), Widget("taixu.engine", "b", "text", "x", offset=(0, 0.6)),
               Widget("b.other", "a", "text", "x", "right"), Widget(7, "a", "text", "x", "left")]  # fmt: skip
    cards = cards_of(widgets, setter, m, Draft(), size=SIZE)
    assert [isinstance(card.parts[0], Mark) for card in cards] == [True, True, True, False]
    assert mark_color("a.b") == mark_color("a.b") != mark_color("a.c")


# Texts


def test_texts_of_strangers_are_plain() -> None:
    assert plain_line("a\nb\tc\x00\x1b[31m\u202ed\u2066e\ufeff") == "a b    c[31mde"
    assert plain_lines("  1\n\x07 2\r\n3", most=2) == ["  1", " 2"]
    assert plain_line("e" + "\u0301" * 50) == "e" + "\u0301" * 2
    assert plain_line("太虚幻境 ß é") == "太虚幻境 ß é"


def test_long_texts_are_broken_and_cut(setter: Typesetter) -> None:
    text = setter.set(["word " * 50, "x" * 500], px=16, most_width=200, most_lines=4)
    assert len(text.line_widths) == 4
    assert max(text.line_widths) <= 201
    assert setter.set([], px=16).height == 0
    assert setter.set(["太虚" * 40], px=16, most_width=100).width <= 101


def test_figures_are_equally_wide_so_that_clocks_stand_still(setter: Typesetter) -> None:
    widths = {setter.width(f"{number:5.1f} s", 16) for number in (0.0, 1.1, 11.1, 47.8, 99.9)}
    assert len(widths) == 1


def test_a_full_picture_of_letters_begins_anew() -> None:
    atlas = GlyphAtlas()
    typesetter = Typesetter(atlas)
    for size in range(60, 160, 8):
        typesetter.set(["The quick brown fox jumps over the lazy dog 0123456789"], px=size)
    assert atlas.generation > 0
    rows = typesetter.set(["again"], px=33).rows
    x, y, width, height = rows["texels"].T
    assert len(rows) == 5
    assert ((x + width <= ATLAS_PX) & (y + height <= ATLAS_PX)).all()


def test_what_did_not_change_is_not_laid_out_anew(app: App) -> None:
    show(app, "a.b", "x", "text", text="Hello")
    first = lay_out(app)
    assert lay_out(app) is first
    show(app, "a.b", "x", "text", text="Hello!")
    assert lay_out(app) is not first
    assert np.isfinite(lay_out(app)["rect"]).all()


def test_a_screen_full_of_letters_and_dots_is_drawn_in_part_and_for_everybody(setter: Typesetter) -> None:
    m = Measures.of(SIZE)
    dots = ((0.5, 0.5, 0.1),) * 500
    widgets = [Widget(f"m.m{owner}", str(n), "text", "x" * 500, size=8.0) for owner in range(31) for n in range(64)]
    widgets += [Widget("m.map", str(n), "map", corner="right", dots=dots) for n in range(64)]
    widgets.append(Widget("a.b", "x", "text", "Hello"))
    cards = cards_of(widgets, setter, m, Draft(), size=SIZE)
    assert sum(len(card.parts) for card in cards) < 80
    assert any(card.parts[-1].width < 80 for card in cards if isinstance(card.parts[0], Mark)), "the modest one is among them"


def test_layout_rests_where_it_takes_long(app: App) -> None:
    screen = Screen(interactive=True)
    show(app, "a.b", "x", "text", text="Hello")
    first = screen.lay_out(app.world, SIZE)
    screen._rested = (screen._rested[0], 1e6, SIZE)
    show(app, "a.b", "x", "text", text="Hello!")
    assert screen.lay_out(app.world, SIZE) is first
    assert len(screen.lay_out(app.world, (640, 360))) == len(first) + 1, "another size is another picture"
    screen.interactive = False
    assert screen.lay_out(app.world, SIZE) is not first, "pictures and films are exact"


# People


def test_a_click_on_a_button_is_a_press_and_nothing_else(app: App) -> None:
    show(app, "a.b", "go", "button", text="Go")
    lay_out(app)
    assert click(app, *middle(app, "go")) == [WidgetEvent("a.b", "go", "")]
    assert click(app, 900, 500) == [MouseButtonEvent("left", True), MouseButtonEvent("left", False)]
    assert "mouse:left" not in app.resource(Input).held


def test_who_lets_go_elsewhere_presses_nothing(app: App) -> None:
    show(app, "a.b", "go", "button", text="Go")
    lay_out(app)
    x, y = middle(app, "go")
    moved = feed(app, MouseMoveEvent(x, y, 0, 0), MouseButtonEvent("left", True), MouseMoveEvent(900, 500, 0, 0),
                 MouseButtonEvent("left", False))  # fmt: skip
    assert all(isinstance(event, MouseMoveEvent) for event in moved)


def test_the_pointer_is_told_in_units_of_the_window(app: App) -> None:
    show(app, "a.b", "go", "button", text="Go")
    app.resource(Screen).pixels_per_unit = 2.0
    lay_out(app, (2560, 1440))
    x, y = middle(app, "go")
    assert click(app, x / 2, y / 2) == [WidgetEvent("a.b", "go", "")]
    app.resource(Screen).enabled = False  # the game holds the pointer
    assert len(click(app, x / 2, y / 2)) == 2


def test_a_field_takes_the_keyboard_until_enter(app: App) -> None:
    show(app, 0xAB, "name", "input", hint="Your name", text="Ann")
    lay_out(app)
    assert click(app, *middle(app, "name")) == []
    assert feed(app, KeyEvent("w", True), TextEvent("w"), KeyEvent("w", False)) == [KeyEvent("w", False)]
    feed(app, KeyEvent("backspace", True), KeyEvent("home", True), TextEvent("太\n"), KeyEvent("end", True), TextEvent("e!"))
    feed(app, KeyEvent("left", True), KeyEvent("delete", True))
    assert feed(app, KeyEvent("enter", True)) == [WidgetEvent("#ab", "name", "太Anne")]
    assert feed(app, KeyEvent("w", True)) == [KeyEvent("w", True)], "the game has the keyboard again"


def test_escape_and_clicks_elsewhere_leave_a_field_and_keep_what_was_written(app: App) -> None:
    show(app, "a.b", "name", "input")
    lay_out(app)
    click(app, *middle(app, "name"))
    feed(app, TextEvent("half"))
    assert feed(app, KeyEvent("escape", True)) == []
    click(app, *middle(app, "name"))
    feed(app, TextEvent(" done"))
    assert len(click(app, 900, 500)) == 2
    click(app, *middle(app, "name"))
    assert feed(app, KeyEvent("enter", True)) == [WidgetEvent("a.b", "name", "half done")]


def test_a_field_that_goes_lets_go_of_the_keyboard(app: App) -> None:
    show(app, "a.b", "name", "input")
    lay_out(app)
    click(app, *middle(app, "name"))
    app.resource(Widgets).hide("a.b")
    lay_out(app)
    assert feed(app, KeyEvent("w", True)) == [KeyEvent("w", True)]


def test_enter_opens_the_chat_where_there_is_one(app: App) -> None:
    assert feed(app, KeyEvent("enter", True), KeyEvent("enter", False)) == [KeyEvent("enter", True), KeyEvent("enter", False)]
    app.resource(Chat).open = True
    lay_out(app)
    feed(app, KeyEvent("enter", True), TextEvent("\n"), KeyEvent("enter", False))
    feed(app, TextEvent("Hello!"))
    assert feed(app, KeyEvent("enter", True)) == [ChatEvent("You", "Hello!")]
    assert feed(app, FocusEvent(False)) == [FocusEvent(False)]


def test_a_recording_has_the_press_and_replays_it(app: App) -> None:
    show(app, "a.b", "go", "button", text="Go")
    lay_out(app)
    app.insert_resource(InputRecorder())
    click(app, *middle(app, "go"))
    entries = InputRecorder.from_data(app.resource(InputRecorder).to_data())
    assert WidgetEvent("a.b", "go", "") in [event for _, event in entries]
    assert not [event for _, event in entries if isinstance(event, MouseButtonEvent)]


def test_errors_are_told_for_some_seconds_to_who_plays(app: App) -> None:
    log = app.resource(ScriptHost).log
    assert len(lay_out(app)) == 0
    log.add(ScriptMessage("info", "nothing"))
    assert len(lay_out(app)) == 0
    log.add(ScriptMessage("error", "main.py:3: NameError: name 'x' is not defined (in on_tick of mod 'a.b')"))
    shown = len(lay_out(app))
    assert shown > 20
    app.resource(Screen).interactive = False
    assert len(lay_out(app)) == 0, "pictures have none"
    app.resource(Screen).interactive = True
    for _ in range(9):
        app.clock.max_steps = None
        app.frame(1.0)
    assert len(lay_out(app)) == 0
