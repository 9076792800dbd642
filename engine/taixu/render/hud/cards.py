"""Cards: what one owner shows at one corner, on a ground of its own; the chat; and what went wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from taixu.render.hud import style
from taixu.render.hud.parts import Draft, Field, Hot, Key, Mark, Part, Words, part_of
from taixu.render.hud.quads import Color, boxes
from taixu.render.hud.style import Measures, mark_color
from taixu.render.hud.texts import Typesetter
from taixu.script.chat import Chat
from taixu.script.plain_text import plain_line
from taixu.script.widgets import Widget

__all__ = ["CHAT_KEY", "Card", "cards_of", "chat_card", "error_card"]

CHAT_KEY: Key = ("", "chat")
_APART = 0.05
"""Widgets of one owner that want to be further apart than this (in heights of the picture) stand on different cards."""
_HIGHEST = 0.7
"""Of a card, in heights of the picture: what is more begins another one."""
_MOST_LETTERS, _FEWEST_LETTERS = 8000, 600
"""Of all that is shown, and of each owner at least; a dot counts as two. Nobody reads more."""
_CHAT_LINES = 6
_CHAT_SECS = 30.0


@dataclass
class Card:
    """Parts below each other on one ground.

    Attributes
    ----------
    corner : str
        Where it wants to be: as of `taixu.script.widgets.Widget`.
    offset : (float, float)
        At least so far from there, in pixels to the right and down.
    """

    corner: str
    offset: tuple[float, float]
    m: Measures
    parts: list[Part] = field(default_factory=list)
    stripe: Color | None = None
    owner: int | str = ""

    @property
    def width(self) -> float:
        """Pixels."""
        return max((part.width for part in self.parts), default=0.0) + 2 * self.m.px(12)

    @property
    def height(self) -> float:
        """Pixels."""
        gaps = self.m.px(5) * max(0, len(self.parts) - 1)
        return sum(part.height for part in self.parts) + gaps + 2 * self.m.px(9)

    def draw(self, x: float, y: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        """Its rows at a place, and where it takes clicks."""
        m, width, height = self.m, self.width, self.height
        soft = m.px(10)
        rows = [
            boxes(x - soft / 2, y - soft / 4, width + soft, height + soft, fill=style.SHADOW, radius=m.px(14), soft_px=soft),
            boxes(x, y, width, height, fill=style.CARD, radius=m.px(10), edge=style.CARD_EDGE, edge_px=m.px(1)),
        ]
        if self.stripe:
            rows.append(boxes(x + m.px(5), y + m.px(7), m.px(3), height - 2 * m.px(7), fill=self.stripe, radius=m.px(1.5)))
        hot: list[Hot] = []
        at = y + m.px(9)
        for part in self.parts:
            more, places = part.draw(x + m.px(12), at, width - 2 * m.px(12))
            rows += more
            hot += places
            at += part.height + m.px(5)
        return rows, hot


def cards_of(
    widgets: Iterable[Widget], setter: Typesetter, m: Measures, draft: Draft, *, size: tuple[int, int]
) -> list[Card]:
    """The cards of widgets: by corner and owner as they came, from above to below."""
    by_place: dict[tuple[str, int | str], list[Widget]] = {}
    for widget in _affordable(list(widgets)):
        by_place.setdefault((widget.corner, widget.owner), []).append(widget)
    cards = []
    for (corner, owner), mine in by_place.items():
        mine.sort(key=lambda widget: widget.offset[1])
        middle = corner in ("top", "center", "bottom")
        most_width = size[0] * (0.62 if middle else 0.34) - 2 * m.px(12)
        card: Card | None = None
        reached = sideways = 0.0
        for widget in mine:
            right, down = (part * size[1] for part in widget.offset)
            part = part_of(
                widget, setter, m, draft, most=(most_width, _HIGHEST * size[1]), align=0.5 if middle else 0.0
            )  # fmt: skip
            is_full = card is not None and card.height + part.height > _HIGHEST * size[1] + 2 * m.px(9)
            if card is None or is_full or right != sideways or down - reached > _APART * size[1]:
                card = Card(corner, (right, down), m, owner=owner)
                if isinstance(owner, str):
                    card.parts.append(Mark.of(owner, setter, m))
                cards.append(card)
                reached, sideways = down, right
            card.parts.append(part)
            if corner.startswith("bottom"):
                card.offset = (right, max(card.offset[1], down))
            reached = max(reached, down) + part.height
    return cards


def _affordable(widgets: list[Widget]) -> list[Widget]:
    """Those that there is time to draw: all, but where somebody fills the screen with letters or dots."""
    share = max(_FEWEST_LETTERS, _MOST_LETTERS // max(1, len({widget.owner for widget in widgets})))
    left: dict[int | str, int] = {}
    found = []
    for widget in widgets:
        cost = 8 + len(widget.text) + len(widget.hint) + 2 * len(widget.dots)
        left[widget.owner] = left.get(widget.owner, share) - cost
        if left[widget.owner] >= 0:
            found.append(widget)
    return found


def chat_card(chat: Chat, setter: Typesetter, m: Measures, draft: Draft, *, now_secs: float, interactive: bool) -> Card | None:
    """The chat: its latest lines, and where somebody plays a field to write into."""
    focused = draft.focus == CHAT_KEY
    lines = [line for line in list(chat.lines)[-_CHAT_LINES:] if focused or now_secs - line.secs < _CHAT_SECS]
    if not lines and not (interactive and chat.open):
        return None
    card = Card("bottom_left", (0.0, 0.0), m)
    wide = m.px(300)
    for line in lines:
        color = mark_color(str(line.owner)) if line.role == "mod" else style.ACCENT if line.role == "player" else style.FAINT
        card.parts.append(_Said.of(line.who, line.text, color, line.role == "mod", setter, m, wide))
    if interactive:
        hint = "Write, and press Enter" if focused else "Enter: chat"
        card.parts.append(Field("", hint, CHAT_KEY, m, draft, setter))
    return card


@dataclass
class _Said:
    """A line of the chat: who in a colour of their own, with a dot where it is a mod; then what."""

    who: Words
    what: Words
    dot: Color | None
    m: Measures

    @classmethod
    def of(cls, who: str, what: str, color: Color, is_mod: bool, setter: Typesetter, m: Measures, wide: float) -> _Said:
        name = setter.set([who], px=m.small, most_width=wide, most_lines=1)
        text = setter.set([what], px=m.text, most_width=wide, most_lines=3)
        return cls(Words(name, color), Words(text, style.TEXT), color if is_mod else None, m)

    @property
    def width(self) -> float:
        return max(self.who.width + self.m.px(13), self.what.width)

    @property
    def height(self) -> float:
        return self.who.height + self.what.height

    def draw(self, x: float, y: float, width: float) -> tuple[list[NDArray[Any]], list[Hot]]:
        rows, dot, shift = [], self.m.px(7), 0.0
        if self.dot:
            rows.append(boxes(x, round(y + (self.who.height - dot) / 2), dot, dot, fill=self.dot, radius=dot / 2))
            shift = self.m.px(13)
        return [*rows, *self.who.draw(x + shift, y, width)[0], *self.what.draw(x, y + self.who.height, width)[0]], []


def error_card(texts: list[str], setter: Typesetter, m: Measures, *, size: tuple[int, int]) -> Card | None:
    """What went wrong, a line each: the engine's own card."""
    if not texts:
        return None
    card = Card("top", (0.0, 0.0), m, stripe=style.ERROR)
    for text in texts:
        words = setter.set([plain_line(text)[:400]], px=max(9.0, m.text * 0.85), most_width=size[0] * 0.8, most_lines=1)
        card.parts.append(Words(words, style.TEXT))
    return card
