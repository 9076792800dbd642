"""What a prompt says, looked up in tables of words, English and Chinese."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["read_prompt"]

_TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*|\d+")
_OF_A_SIGN = 3
"""A Chinese sign says as much as so many letters."""


def read_prompt(prompt: str) -> tuple[frozenset[str], Callable[[str], int]]:
    """The words of a prompt, and a function that says how much of a list of words, parted by spaces, is in it.

    English words are found whole, in the singular too; parts of what a hyphen joins count for themselves. Longer finds weigh more.
    """
    text = prompt.casefold()
    tokens = set(_TOKEN.findall(text))
    tokens |= {part for token in tokens for part in token.split("-")}
    tokens |= {token.removesuffix("s") for token in tokens}

    def score(words: str) -> int:
        return sum(
            len(word) * (1 if word.isascii() else _OF_A_SIGN)
            for word in words.split()
            if (word in tokens if word.isascii() else word in text)
        )

    return frozenset(tokens), score
