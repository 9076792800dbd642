"""Texts of strangers as they may stand on a screen: no control characters, nothing that turns or hides its neighbours."""

from __future__ import annotations

from unicodedata import category, combining

__all__ = ["plain_line", "plain_lines"]

_MOST_MARKS = 2
"""Accents over each other: more would climb out of the line."""
_HIDDEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_JOINER = "\u200d"


def plain_line(text: str) -> str:
    """One line: line breaks and tabs become spaces, what is not to be seen goes."""
    return _plain(" ".join(text.split("\n"))).strip()


def plain_lines(text: str, *, most: int) -> list[str]:
    """Its lines, `most` at the most; spaces at their beginnings stay."""
    return [_plain(line).rstrip() for line in text.split("\n", most)[:most]]


def _plain(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    kept: list[str] = []
    marks = 0
    for letter in text.replace("\t", "    "):
        if category(letter) in _HIDDEN and letter != _JOINER:
            kept.append(" ") if letter in "\r\v\f" else None
            continue
        marks = marks + 1 if combining(letter) else 0
        if marks <= _MOST_MARKS:
            kept.append(letter)
    return "".join(kept)
