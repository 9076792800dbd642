"""Letters as coverage: rasterised four times as large and averaged, at quarters of a pixel, so that they are even and sharp.

Sizes are chosen so that small letters are whole pixels high: their lower and upper edges fall between pixels, whatever
the size that was asked for.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

__all__ = ["FINE", "Fonts", "Raster"]

FINE = 4
"""Parts of a pixel, across and down."""
_MEASURED = 200
_BROUGHT = ("pylopdf_fonts_zh_cn", "NotoSansSC-Regular.otf")
"""A package of fonts that comes with the editor."""
_FOLDERS = {
    "linux": ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts"),
    "darwin": ("/System/Library/Fonts", "/Library/Fonts", "~/Library/Fonts"),
    "win32": ("C:/Windows/Fonts",),
}
_NAMES = (
    "NotoSansSC-Regular.otf", "NotoSansCJK-Regular.ttc", "NotoSansCJKsc-Regular.otf", "SourceHanSansSC-Regular.otf", "PingFang.ttc",
    "Hiragino Sans GB.ttc", "STHeiti Light.ttc", "msyh.ttc", "simhei.ttf", "wqy-microhei.ttc", "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf", "DroidSansFallback.ttf", "NotoSans-Regular.ttf", "DejaVuSans.ttf", "segoeui.ttf", "arial.ttf",
    "Helvetica.ttc", "Arial Unicode.ttf", "LiberationSans-Regular.ttf",
)  # fmt: skip
_MOST_FONTS = 4

Raster = tuple[NDArray[np.uint8], int, int]
"""Coverage [height, width], and how far it lies to the right of the pen and above the line (its top)."""


class _Font:
    """One font at any size."""

    def __init__(self, open_at: Callable[[float], Any]) -> None:
        self._open_at = open_at
        self._sizes: dict[float, Any] = {}
        large = open_at(_MEASURED)
        mask = large.getmask2("x", "L", anchor="ls")[0]
        self.x_height = max(0.3, mask.size[1] / _MEASURED)
        self._nothing = self._look(large, "\U0010ffff")
        self._large = large
        self._known: dict[str, bool] = {}

    def has(self, letter: str) -> bool:
        """Whether there is a glyph for it: what there is not looks as a character that never was."""
        found = self._known.get(letter)
        if found is None:
            found = self._known[letter] = letter.isspace() or self._look(self._large, letter) != self._nothing
        return found

    def at(self, size_px: float) -> Any:
        font = self._sizes.get(size_px)
        if font is None:
            font = self._sizes[size_px] = self._open_at(size_px * FINE)
        return font

    @staticmethod
    def _look(font: Any, letter: str) -> bytes:
        mask = font.getmask2(letter, "L", anchor="ls")[0]
        return bytes(mask) + bytes(str(mask.size), "ascii")


class Fonts:
    """Letters of the built-in font, and of the machine's where that has none."""

    def __init__(self) -> None:
        self._fonts: list[_Font] = [_built_in()]
        self._has_looked = False
        self._words: dict[str, tuple[int, str]] = {}

    def choose(self, word: str) -> tuple[int, str]:
        """The number of the font that has a whole word, and the word as it can be shown: accents go where nobody has them."""
        found = self._words.get(word)
        if found is None:
            if len(self._words) > 5000:
                self._words.clear()
            found = self._words[word] = self._choose(word)
        return found

    def _choose(self, word: str) -> tuple[int, str]:
        letters = set(word)
        if all(map(self._fonts[0].has, letters)):
            return 0, word
        self._look_around()
        for number, font in enumerate(self._fonts):
            if all(map(font.has, letters)):
                return number, word
        plain = normalize("NFKD", word)
        plain = "".join(letter for letter in plain if ord(letter) < 128) if plain.isascii() is False else plain
        if plain and all(map(self._fonts[0].has, plain)) and len(plain) >= len(word) // 2 + 1:
            return 0, plain
        most = max(range(len(self._fonts)), key=lambda number: sum(map(self._fonts[number].has, letters)))
        return most, word

    def size_px(self, number: int, height_px: float) -> float:
        """The size at which small letters are whole pixels high, near to the one that is wanted."""
        ratio = self._fonts[number].x_height
        return max(4.0, round(height_px * ratio)) / ratio

    def advance(self, number: int, letter: str, size_px: float) -> float:
        """How far the pen moves, in pixels."""
        return float(self._fonts[number].at(size_px).getlength(letter)) / FINE

    def raster(self, number: int, letter: str, size_px: float, phase: int) -> Raster:
        """A letter whose pen stands `phase` quarters of a pixel to the right of a pixel's edge."""
        mask, (left, top) = self._fonts[number].at(size_px).getmask2(letter, "L", anchor="ls")
        width, height = mask.size
        if width == 0 or height == 0:
            return np.zeros((0, 0), np.uint8), 0, 0
        fine = np.frombuffer(bytes(mask), np.uint8).reshape(height, width)
        left += phase
        first, highest = left // FINE, top // FINE
        padded = np.zeros(((-(-(top + height) // FINE) - highest) * FINE, (-(-(left + width) // FINE) - first) * FINE), np.uint16)
        padded[top - highest * FINE :, left - first * FINE :][:height, :width] = fine
        coarse = padded.reshape(padded.shape[0] // FINE, FINE, -1, FINE).sum((1, 3)) // (FINE * FINE)
        return coarse.astype(np.uint8), first, -highest

    def _look_around(self) -> None:
        if not self._has_looked:
            self._has_looked = True
            for file in _font_files():
                if len(self._fonts) > _MOST_FONTS:
                    break
                try:
                    self._fonts.append(_from_file(file))
                except (OSError, ValueError):
                    continue


def _built_in() -> _Font:
    from PIL import ImageFont

    return _Font(lambda size: ImageFont.load_default(size))


def _from_file(file: Path) -> _Font:
    from PIL import ImageFont

    return _Font(lambda size: ImageFont.truetype(str(file), size, layout_engine=ImageFont.Layout.BASIC))


@cache
def _font_files() -> tuple[Path, ...]:
    """Fonts of the machine, the best first."""
    found: dict[str, Path] = {}
    for name in _FOLDERS.get(sys.platform, ()):
        folder = Path(name).expanduser()
        if folder.is_dir():
            found.update({file.name: file for file in folder.rglob("*") if file.suffix.lower() in (".ttf", ".ttc", ".otf")})
    brought = find_spec(_BROUGHT[0])
    for place in brought.submodule_search_locations or () if brought is not None else ():
        if (Path(place) / _BROUGHT[1]).is_file():
            found[_BROUGHT[1]] = Path(place) / _BROUGHT[1]
    return tuple(found[name] for name in _NAMES if name in found)
