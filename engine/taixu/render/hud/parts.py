"""Parts of a card: a text, a button, a bar, a field, a map. Each knows its size, and gives its rows at a place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from numpy.typing import NDArray

from taixu.render.hud import style
from taixu.render.hud.quads import Color, boxes
from taixu.render.hud.style import Measures, mark_color, shown_color
from taixu.render.hud.texts import LINE, Text, Typesetter
from taixu.script.plain_text import plain_line, plain_lines
from taixu.script.widgets import Widget

__all__ = ["Draft", "Field", "Hot", "Key", "Mark", "Part", "Words", "part_of"]

Key = tuple["int | str", str]
"""Owner and name of a widget; the chat's field is ("", "chat")."""


@dataclass(frozen=True, slots=True)
class Hot:
    """A place that takes clicks: x, y, width, height in pixels."""

    key: Key
    kind: str
    rect: tuple[float, float, float, float]


@dataclass(slots=True)
class Draft:
    """What a player does at the moment.

    Attributes
    ----------
    over, down, focus
        What the pointer is over, holds, and what is written into.
    text, caret
        What was written so far, and how many characters of it stand before the caret.
    """

    over: Key | None = None
    down: Key | None = None
    focus: Key | None = None
    text: str = ""
    caret: int = 0
    texts: dict[Key, str] = field(default_factory=dict)


class Part(Protocol):
    """A part of a card."""

    @property
    def width(self) -> float:
        """At least so wide, in pixels."""

    @property
    def height(self) -> float:
        """So high, in pixels."""

    def draw(self, x: float, y: float, width: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        """Its rows, `width` wide, and where it takes clicks."""


@dataclass
class Words:
    """A text."""

    text: Text
    color: Color
    align: float = 0.0

    @property
    def width(self) -> float:
        return self.text.width

    @property
    def height(self) -> float:
        return self.text.height

    def draw(self, x: float, y: float, width: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        return [self.text.at(x, y, color=self.color, align=self.align, within=width)], []


@dataclass
class Mark:
    """Whose card it is: a dot in the mod's colour, and its id."""

    text: Text
    color: Color
    m: Measures

    @classmethod
    def of(cls, owner: str, setter: Typesetter, m: Measures) -> Mark:
        """The mark of a mod."""
        return cls(setter.set([plain_line(owner)], px=m.small, most_width=m.px(220), most_lines=1), mark_color(owner), m)

    @property
    def width(self) -> float:
        return self.text.width + self.m.px(13)

    @property
    def height(self) -> float:
        return self.text.height

    def draw(self, x: float, y: float, width: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        dot = self.m.px(7)
        rows = [boxes(x, round(y + (self.height - dot) / 2), dot, dot, fill=self.color, radius=dot / 2)]
        return [*rows, self.text.at(x + self.m.px(13), y, color=style.FAINT)], []


@dataclass
class _Button:
    text: Text
    key: Key
    m: Measures
    draft: Draft

    @property
    def width(self) -> float:
        return self.text.width + 2 * self.m.px(14)

    @property
    def height(self) -> float:
        return self.text.height + 2 * self.m.px(5)

    def draw(self, x: float, y: float, width: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        is_over, is_down = self.draft.over == self.key, self.draft.down == self.key
        fill = style.BUTTON_DOWN if is_down and is_over else style.BUTTON_OVER if is_over or is_down else style.BUTTON
        box = boxes(x, y, width, self.height, fill=fill, radius=self.m.px(7), edge=style.BUTTON_EDGE, edge_px=self.m.px(1))
        letters = self.text.at(x, y + self.m.px(5), color=style.TEXT, align=0.5, within=width)
        return [box, letters], [Hot(self.key, "button", (x, y, width, self.height))]


@dataclass
class _Bar:
    label: Text | None
    value: float
    color: Color
    m: Measures

    @property
    def width(self) -> float:
        return max(self.m.px(190), self.label.width if self.label else 0.0)

    @property
    def height(self) -> float:
        return self.m.px(10) + (self.label.height + self.m.px(2) if self.label else self.m.px(4))

    def draw(self, x: float, y: float, width: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        thick = self.m.px(10)
        top = y + self.height - thick
        rows = [boxes(x, top, width, thick, fill=style.TRACK, radius=thick / 2)]
        filled = width * max(0.0, min(1.0, self.value))
        if filled > 0.5:
            rows.append(boxes(x, top, max(filled, thick), thick, fill=self.color, radius=thick / 2))
        if self.label:
            rows.append(self.label.at(x, y, color=style.TEXT))
        return rows, []


@dataclass
class Field:
    """A field to write into."""

    widget_text: str
    hint: str
    key: Key
    m: Measures
    draft: Draft
    setter: Typesetter

    @property
    def width(self) -> float:
        return self.m.px(240)

    @property
    def height(self) -> float:
        return round(self.m.text * 1.32) + 2 * self.m.px(5)

    def draw(self, x: float, y: float, width: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        m, focused = self.m, self.draft.focus == self.key
        text = self.draft.text if focused else self.draft.texts.get(self.key, self.widget_text)
        edge = style.ACCENT if focused else style.FIELD_EDGE
        rows = [boxes(x, y, width, self.height, fill=style.FIELD, radius=m.px(7), edge=edge, edge_px=m.px(1))]
        room, left, caret = width - 2 * m.px(10), x + m.px(10), self.draft.caret if focused else 0
        # What was written last stays in sight.
        first = caret - self.setter.fitting(text[:caret], m.text, room, from_end=True) if focused else 0
        shown = text[first : first + self.setter.fitting(text[first:], m.text, room)]
        said = shown or (self.hint if not text else "")
        words = self.setter.set([said], px=m.text, most_width=room + 4, most_lines=1)
        rows.append(words.at(left, y + m.px(5), color=style.TEXT if shown else style.FAINT))
        if focused:
            at = left + round(self.setter.width(text[first:caret], m.text))
            rows.append(boxes(at, y + m.px(6), m.px(1.5), self.height - 2 * m.px(6), fill=style.ACCENT))
        return rows, [Hot(self.key, "input", (x, y, width, self.height))]


@dataclass
class _Map:
    widget: Widget
    m: Measures

    @property
    def width(self) -> float:
        return self.m.px(150 * self.widget.size)

    @property
    def height(self) -> float:
        return self.width

    def draw(self, x: float, y: float, width: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        m, side = self.m, self.width
        x = x + round((width - side) / 2)
        rows = [boxes(x, y, side, side, fill=style.FIELD, radius=m.px(8), edge=style.FIELD_EDGE, edge_px=m.px(1))]
        thin = m.px(1)
        for part in (0.25, 0.5, 0.75):
            at = round(side * part)
            rows.append(boxes(x + at, y + thin, thin, side - 2 * thin, fill=style.CARD_EDGE))
            rows.append(boxes(x + thin, y + at, side - 2 * thin, thin, fill=style.CARD_EDGE))
        colors = [shown_color(color) for color in self.widget.colors] or [style.ACCENT]
        for number, (right, down, wide) in enumerate(self.widget.dots):
            across = max(m.px(3), min(0.5, max(0.0, wide)) * side)
            left, top = (min(1.0, max(0.0, part)) * (side - across) for part in (right, down))
            color = colors[number] if number < len(colors) else colors[-1]
            edge = (0.0, 0.0, 0.0, 0.5)
            rows.append(boxes(x + left, y + top, across, across, fill=color, radius=across / 2, edge=edge, edge_px=thin))
        return rows, []


def part_of(
    widget: Widget, setter: Typesetter, m: Measures, draft: Draft, *, most: tuple[float, float], align: float
) -> Part:  # fmt: skip
    """A widget as a part of a card, at most so wide and high."""
    (most_width, most_height), key = most, (widget.owner, widget.name)
    match widget.kind:
        case "button":
            label = setter.set([plain_line(widget.text)], px=m.text, most_width=most_width - 2 * m.px(14), most_lines=1)
            return _Button(label, key, m, draft)
        case "bar":
            name = plain_line(widget.text)
            label_text = setter.set([name], px=m.text, most_width=most_width, most_lines=1) if name else None
            return _Bar(label_text, widget.value, shown_color(widget.color), m)
        case "input":
            return Field(plain_line(widget.text), plain_line(widget.hint), key, m, draft, setter)
        case "map":
            return _Map(widget, m)
        case _:
            px = min(m.text * widget.size, 200.0)
            most_lines = max(1, min(24, int(most_height / (px * LINE))))
            words = setter.set(plain_lines(widget.text, most=40), px=px, most_width=most_width, most_lines=most_lines)
            return Words(words, shown_color(widget.color), align)
