"""Texts as rows of letters: words in a font that has them, lines broken at a width, figures all equally wide."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.hud.fonts import FINE
from taixu.render.hud.quads import QUADS, Color, GlyphAtlas

__all__ = ["LINE", "Text", "Typesetter"]

LINE = 1.32
"""Height of a line, in heights of text."""
_CAP = 0.72
_WHOLE = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef"
_PIECES = re.compile(rf"[ ]+|[{_WHOLE}]|[^ {_WHOLE}]+")
"""Spaces, words, and each character of scripts that know no spaces."""
_DIGITS = frozenset("0123456789")
_KEPT = 600
_LONGEST_LINE = 1000


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is set.

    Attributes
    ----------
    rows : array of QUADS
        From (0, 0), the upper left corner of its first line.
    width, height : float
        Pixels.
    line_widths : tuple of float
    """

    rows: NDArray[Any]
    width: float
    height: float
    line_widths: tuple[float, ...]
    line_of_row: NDArray[np.int32]

    def at(self, x: float, y: float, *, color: Color | None = None, align: float = 0.0, within: float = 0.0) -> NDArray[Any]:
        """The rows at a place; `align` 0.5 centres and 1 right-aligns its lines within a width."""
        rows = self.rows.copy()
        shifts = np.array([round((max(within, self.width) - width) * align) for width in self.line_widths] or [0], np.float32)
        rows["rect"][:, 0] += round(x) + shifts[self.line_of_row]
        rows["rect"][:, 1] += round(y)
        if color is not None:
            rows["fill"] = np.rint(np.clip(color, 0, 1) * np.float64(255)).astype(np.uint8)
        return rows


class Typesetter:
    """Sets texts; those that were set lately are kept."""

    def __init__(self, atlas: GlyphAtlas) -> None:
        self.atlas = atlas
        self._kept: dict[tuple[Any, ...], Text] = {}
        self._generation = 0

    def set(self, lines: list[str], *, px: float, most_width: float = 1e9, most_lines: int = 60) -> Text:
        """Set lines of text, broken where they are too wide; what is left after the last line ends in an ellipsis."""
        if self._generation != self.atlas.generation or len(self._kept) > _KEPT:
            self._kept.clear()
            self._generation = self.atlas.generation
        key = (tuple(lines), px, most_width, most_lines)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._set(lines, px, most_width, most_lines)
        return found

    def width(self, line: str, px: float) -> float:
        """How wide a line is."""
        return self._pen(self._placed(line, px))

    def _set(self, lines: list[str], px: float, most_width: float, most_lines: int) -> Text:
        broken: list[str] = []
        for line in lines:
            broken += self._broken(line[:_LONGEST_LINE], px, most_width)
            if len(broken) > most_lines:
                last = broken[most_lines - 1]
                broken = [*broken[: most_lines - 1], self._cut(last + " …", px, most_width)]
                break
        height = round(px * LINE)
        rows: list[tuple[Any, ...]] = []
        numbers: list[int] = []
        widths = []
        for number, line in enumerate(broken):
            placed = self._placed(line, px)
            widths.append(self._pen(placed))
            base = round(number * height + (height + px * _CAP) / 2)
            for font, letter, size, pen, _ in placed:
                quarter = round(pen * FINE)
                x, y, w, h, right, up = self.atlas.glyph(font, letter, size, quarter % FINE)
                if w:
                    rows.append(((quarter // FINE + right, base - up, w, h), (x, y, w, h), (0, 0, 0, 1), (255,) * 4, (0,) * 4))
                    numbers.append(number)
        made = np.array(rows, QUADS) if rows else np.zeros(0, QUADS)
        wide = float(ceil(max(widths, default=0.0)))
        return Text(made, wide, float(height * len(broken)), tuple(widths), np.array(numbers, np.int32))

    def _placed(self, line: str, px: float) -> list[tuple[int, str, float, float, float]]:
        """Font, letter, size, pen and advance of each letter of a line."""
        pen = 0.0
        placed: list[tuple[int, str, float, float, float]] = []
        for piece in _PIECES.findall(line):
            if piece[0] == " ":
                pen += self._space(piece, px, is_first=not placed)
                placed.append((0, " ", px, pen, 0.0))
                continue
            for font, letter, size, advance, wide in self._letters(piece, px):
                placed.append((font, letter, size, pen + (wide - advance) / 2, wide))
                pen += wide
        placed.append((0, " ", px, pen, 0.0))
        return placed

    def _letters(self, piece: str, px: float) -> Iterator[tuple[int, str, float, float, float]]:
        """Font, letter, size, its own advance and the one that it is given, of each letter of a word."""
        font, word = self.atlas.fonts.choose(piece)
        size, figure = self.atlas.fonts.size_px(font, px), self._figure(px)
        for letter in word:
            advance = self.atlas.advance(font, letter, size)
            yield font, letter, size, advance, figure if letter in _DIGITS and font == 0 else advance

    def _space(self, piece: str, px: float, *, is_first: bool) -> float:
        """Spaces that lay something out are as wide as figures."""
        return len(piece) * (self._figure(px) if len(piece) > 1 or is_first else px * 0.26)

    def _width_of(self, piece: str, px: float, *, is_first: bool) -> float:
        if piece[0] == " ":
            return self._space(piece, px, is_first=is_first)
        return sum(letter[4] for letter in self._letters(piece, px))

    def fitting(self, text: str, px: float, room: float, *, from_end: bool = False) -> int:
        """How many letters fit, counted from the beginning or the end; each is measured once."""
        letters = [letter for piece in _PIECES.findall(text) for letter in
                   ([px * 0.26] * len(piece) if piece[0] == " " else [each[4] for each in self._letters(piece, px)])]  # fmt: skip
        used = 0.0
        for count, wide in enumerate(reversed(letters) if from_end else letters):
            used += wide
            if used > room:
                return count
        return len(text)

    def _pen(self, placed: list[tuple[int, str, float, float, float]]) -> float:
        return placed[-1][3] if placed else 0.0

    def _figure(self, px: float) -> float:
        size = self.atlas.fonts.size_px(0, px)
        return max(self.atlas.advance(0, digit, size) for digit in "0468")

    def _broken(self, line: str, px: float, most_width: float) -> list[str]:
        found: list[str] = []
        current, used = "", 0.0
        for piece in _PIECES.findall(line):
            wide = self._width_of(piece, px, is_first=not current)
            if current and used + wide > most_width:
                found.append(current.rstrip())
                current, used = "", 0.0
                if piece[0] == " ":
                    continue
            while wide > most_width and len(piece) > 1:  # a word that is wider than the card
                fits = max(1, min(len(piece) - 1, self.fitting(piece, px, most_width)))
                found.append(piece[:fits])
                piece = piece[fits:]
                wide = self._width_of(piece, px, is_first=True)
            current, used = current + piece, used + wide
        return [*found, current] if current.strip() or not found else found

    def _cut(self, line: str, px: float, most_width: float) -> str:
        body = line.removesuffix(" …")
        return body[: self.fitting(body, px, most_width - self.width("…", px))].rstrip() + "…"
