"""Text of strangers, as part of a line of ours."""

from __future__ import annotations

__all__ = ["one_line"]


def one_line(text: str, *, longest: int) -> str:
    """A text without what cannot be seen, no longer than so many letters."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text[: 4 * longest]).split())
    return line if len(line) <= longest else line[: longest - 1] + "…"
