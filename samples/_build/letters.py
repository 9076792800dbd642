"""Words of small boxes: the gallery's labels, in a font of five by seven cells."""

from __future__ import annotations

__all__ = ["word"]

# Rows from the top, one digit a row, bits from the left; only the letters that labels need.
_FONT = {
    "a": "0e111f1111",
    "c": "0f1010100f",
    "e": "1f101e101f",
    "f": "1f101e1010",
    "g": "0f1013110f",
    "h": "11111f1111",
    "l": "101010101f",
    "m": "111b151111",
    "n": "1119151311",
    "o": "0e1111110e",
    "r": "1e111e1211",
    "s": "0f100e011e",
    "t": "1f04040404",
    "u": "111111110e",
}
_ROWS = 5

Box = tuple[tuple[float, float], tuple[float, float, float]]


def word(text: str, *, height_m: float) -> list[Box]:
    """Boxes (centre on the face, size) that spell a word, centred; runs of cells are one box."""
    cell = height_m / _ROWS
    width = (len(text) * 6 - 1) * cell
    boxes: list[Box] = []
    for place, letter in enumerate(text):
        code = _FONT[letter]
        for row in range(_ROWS):
            bits = int(code[2 * row : 2 * row + 2], 16)
            column = 0
            while column < 5:
                start = column
                while column < 5 and bits >> (4 - column) & 1:
                    column += 1
                if column > start:
                    x = -width / 2 + (place * 6 + (start + column) / 2) * cell
                    y = (_ROWS / 2 - row - 0.5) * cell
                    boxes.append(((x, y), ((column - start) * cell, cell, 0.03)))
                column += 1
    return boxes
