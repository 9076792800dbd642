"""`Screen`: what a world shows over its picture, laid out for a size; what lies under the pointer; and who writes where.

Clicks on buttons and fields, and what is typed while a field has the keyboard, never reach the game: `Screen.take` stands
as a sieve in front of it (`taixu.platform.Input.sieves`) and gives the acts of people in their place.
"""

from __future__ import annotations

from collections.abc import Iterable
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.ecs import World
from taixu.platform import (
    ChatEvent,
    FocusEvent,
    Input,
    InputEvent,
    KeyEvent,
    MouseButtonEvent,
    MouseMoveEvent,
    TextEvent,
    WidgetEvent,
)
from taixu.render.hud.cards import CHAT_KEY, cards_of, chat_card, error_card
from taixu.render.hud.parts import Draft, Hot, Key
from taixu.render.hud.placing import place_cards
from taixu.render.hud.quads import QUADS, GlyphAtlas
from taixu.render.hud.style import Measures
from taixu.render.hud.texts import Typesetter
from taixu.script import ScriptHost
from taixu.script.chat import MOST_SAID, Chat
from taixu.script.inbox import owner_text
from taixu.script.plain_text import plain_line
from taixu.script.widgets import MOST_WRITTEN, Widgets

__all__ = ["Screen"]

_ERROR_SECS = 8.0
_MOST_ERRORS = 3
_LOOKED_AT = 100
_REST = 9.0


class Screen:
    """The screen of a world (a resource).

    Parameters
    ----------
    interactive
        Whether somebody sits before it: then it takes clicks and keys, has a field for the chat, and tells of errors.

    Attributes
    ----------
    scale
        Times the usual size.
    pixels_per_unit
        Pixels of the picture to the unit in which the pointer is told.
    enabled
        Whether it takes clicks: not while the game holds the pointer.
    version
        Goes up whenever it is laid out anew.
    """

    def __init__(self, *, interactive: bool = False) -> None:
        self.interactive = interactive
        self.scale = 1.0
        self.pixels_per_unit = 1.0
        self.enabled = True
        self.version = 0
        self.draft = Draft()
        self.atlas = GlyphAtlas()
        self._setter = Typesetter(self.atlas)
        self._laid_out: Any = None
        self._rows: NDArray[Any] = np.zeros(0, QUADS)
        self._hot: list[Hot] = []
        self._pointer = (-1.0, -1.0)
        self._rested = (0.0, 0.0, (0, 0))
        self._errors: tuple[int, list[tuple[float, str]]] = (0, [])

    def lay_out(self, world: World, size: tuple[int, int]) -> NDArray[Any]:
        """The rows (`taixu.render.hud.quads.QUADS`) of what is shown in a picture of a size; the same array until it changes."""
        if not world.has_resource(Widgets):
            return self._rows[:0]
        errors = self._error_texts(world) if self.interactive else []
        key = self._state(world, size, errors)
        if key != self._laid_out and not self._rests(size):
            began = monotonic()
            for _ in range(2):  # letters that had no room any more need a second round
                generation = self.atlas.generation
                self._rows, self._hot = self._draw(world, size, errors)
                if generation == self.atlas.generation:
                    break
            self._laid_out = self._state(world, size, errors)
            self.version += 1
            self._rested = (monotonic(), monotonic() - began, size)
        return self._rows

    def _rests(self, size: tuple[int, int]) -> bool:
        """Whether somebody plays and laying it out took so long that once more would cost frames: a tenth of the time is enough."""
        then, took, before = self._rested
        return self.interactive and size == before and monotonic() - then < _REST * took

    def hot_at(self, x: float, y: float) -> Hot | None:
        """What takes clicks at a place of the picture that was laid out last, in pixels."""
        for hot in self._hot:
            left, top, width, height = hot.rect
            if left <= x < left + width and top <= y < top + height:
                return hot
        return None

    def wire(self, world: World) -> None:
        """Stand in front of a world's input."""
        if world.has_resource(Input):
            world.resource(Input).sieves.append(lambda event: self.take(world, event))

    def take(self, world: World, event: InputEvent) -> Iterable[InputEvent]:
        """An event of the player's, or what it comes to."""
        draft = self.draft
        match event:
            case MouseMoveEvent(x, y):
                self._pointer = (x * self.pixels_per_unit, y * self.pixels_per_unit)
                hot = self.hot_at(*self._pointer) if self.enabled else None
                draft.over = None if hot is None else hot.key
            case MouseButtonEvent("left", True) if self.enabled:
                hot = self.hot_at(*self._pointer)
                if hot is None:
                    self._leave()
                    return (event,)
                draft.over = draft.down = hot.key
                if hot.kind == "input":
                    self._enter(world, hot.key)
                else:
                    self._leave()
                return ()
            case MouseButtonEvent("left", False) if draft.down is not None:
                down, draft.down = draft.down, None
                hot = self.hot_at(*self._pointer)
                if hot is not None and hot.key == down and hot.kind == "button":
                    return (WidgetEvent(owner_text(down[0]), down[1], ""),)
                return ()
            case KeyEvent(key, True) if draft.focus is not None:
                return self._key(key)
            case KeyEvent("enter" | "pad_enter", True) if self.interactive and world.resource(Chat).open:
                self._enter(world, CHAT_KEY)
                return ()
            case TextEvent(text) if draft.focus is not None:
                self._write("".join(letter for letter in text if letter.isprintable()))
                return ()
            case FocusEvent(False):
                draft.over = draft.down = None
            case _:
                pass
        return (event,)

    def fork(self, world: object) -> Screen:
        """A fork has a screen of its own."""
        return Screen()

    # Writing

    def _enter(self, world: World, key: Key) -> None:
        if self.draft.focus == key:
            return
        self._leave()
        widget = world.resource(Widgets).of(key[0]).get(key[1])
        self.draft.focus = key
        self.draft.text = self.draft.texts.pop(key, plain_line(widget.text) if widget is not None else "")
        self.draft.caret = len(self.draft.text)

    def _leave(self) -> None:
        draft = self.draft
        if draft.focus is not None:
            if draft.text and len(draft.texts) < 100:
                draft.texts[draft.focus] = draft.text
            draft.focus, draft.text, draft.caret = None, "", 0

    def _write(self, text: str) -> None:
        draft = self.draft
        most = MOST_SAID if draft.focus == CHAT_KEY else MOST_WRITTEN
        text = text[: max(0, most - len(draft.text))]
        draft.text = draft.text[: draft.caret] + text + draft.text[draft.caret :]
        draft.caret += len(text)

    def _key(self, key: str) -> Iterable[InputEvent]:
        draft = self.draft
        match key:
            case "enter" | "pad_enter":
                focus, text = draft.focus, draft.text
                assert focus is not None
                draft.text = ""
                self._leave()
                if focus == CHAT_KEY:
                    return (ChatEvent("You", text),) if text.strip() else ()
                return (WidgetEvent(owner_text(focus[0]), focus[1], text),)
            case "escape":
                self._leave()
            case "backspace" if draft.caret:
                draft.text = draft.text[: draft.caret - 1] + draft.text[draft.caret :]
                draft.caret -= 1
            case "delete":
                draft.text = draft.text[: draft.caret] + draft.text[draft.caret + 1 :]
            case "left":
                draft.caret = max(0, draft.caret - 1)
            case "right":
                draft.caret = min(len(draft.text), draft.caret + 1)
            case "home":
                draft.caret = 0
            case "end":
                draft.caret = len(draft.text)
            case _:
                pass
        return ()

    # Layout

    def _state(self, world: World, size: tuple[int, int], errors: list[str]) -> Any:
        widgets, draft = world.resource(Widgets), self.draft
        return (
            size, self.scale, self.interactive, id(widgets), widgets.version, self._chat_state(world), tuple(errors),
            draft.over, draft.down, draft.focus, draft.text, draft.caret, self.atlas.generation,
        )  # fmt: skip

    def _chat_state(self, world: World) -> Any:
        if not world.has_resource(Chat):
            return None
        chat, now = world.resource(Chat), _now_secs(world)
        return chat.count, chat.open, sum(1 for line in chat.lines if now - line.secs < 30.0)

    def _draw(self, world: World, size: tuple[int, int], errors: list[str]) -> tuple[NDArray[Any], list[Hot]]:
        m, widgets, draft = Measures.of(size, self.scale), world.resource(Widgets), self.draft
        shown = list(widgets.of_screen())
        known = {(widget.owner, widget.name) for widget in shown} | {CHAT_KEY}
        if draft.focus not in known:
            draft.focus, draft.text, draft.caret = None, "", 0
        cards = []
        made = error_card(errors, self._setter, m, size=size)
        cards += [] if made is None else [made]
        if world.has_resource(Chat):
            talk = chat_card(
                world.resource(Chat), self._setter, m, draft, now_secs=_now_secs(world), interactive=self.interactive
            )  # fmt: skip
            cards += [] if talk is None else [talk]
        cards += cards_of(shown, self._setter, m, draft, size=size)
        rows: list[NDArray[Any]] = []
        hot: list[Hot] = []
        for card, x, y in place_cards(cards, size=size, margin=m.px(16), gap=m.px(8)):
            more, places = card.draw(x, y)
            rows += more
            hot += places
        return (np.concatenate(rows) if rows else np.zeros(0, QUADS)), hot

    def _error_texts(self, world: World) -> list[str]:
        """The latest errors of scripts and mods, one line each."""
        if not world.has_resource(ScriptHost):
            return []
        log, now, rate = world.resource(ScriptHost).log, _now_secs(world), world.resource(Clock).steps_per_sec
        if log.count != self._errors[0]:
            new = min(log.count - self._errors[0], len(log.messages), _LOOKED_AT)
            latest = [log.messages[place - new] for place in range(new)]
            kept = [*self._errors[1], *((message.tick / rate, message.text) for message in latest if message.level == "error")]
            self._errors = (log.count, kept[-_MOST_ERRORS:])
        return [text for secs, text in self._errors[1] if 0.0 <= now - secs < _ERROR_SECS]


def _now_secs(world: World) -> float:
    return world.resource(Clock).now_secs if world.has_resource(Clock) else 0.0
