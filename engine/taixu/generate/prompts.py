"""What people write: cleaned, measured, and refused where it asks for what must not be made."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError, UsageError
from taixu.generate.folding import Folded, fold, plain_letters

__all__ = ["MOST_LETTERS", "clean_prompt", "find_refusal", "need_harmless"]

MOST_LETTERS = 4000
"""The longest prompt that is read."""

_HAN = re.compile(r"[㐀-鿿]")


def clean_prompt(prompt: str) -> str:
    """A prompt in one line, composed (NFC), without spaces around it.

    Raises
    ------
    UsageError
        When it is too long, holds control characters, or nothing that is a word.
    """
    if len(prompt) > MOST_LETTERS:
        raise UsageError(f"the prompt has {len(prompt):,} letters, and at most {MOST_LETTERS:,} are read; say it shorter")
    bad = next((letter for letter in prompt if unicodedata.category(letter) in ("Cc", "Cs", "Co") and letter not in "\t\n\r"), "")
    if bad:
        raise UsageError(f"the prompt holds the character U+{ord(bad):04X}, which is no letter of any language; take it out")
    text = " ".join(unicodedata.normalize("NFC", prompt).split())
    if text and not any(unicodedata.category(letter)[0] == "L" for letter in text):
        raise UsageError("the prompt holds no word of any language; say in words what to make")
    return text


@dataclass(frozen=True, slots=True)
class _Rule:
    """Something refused: a prompt with one of each of these."""

    reason: str
    groups: tuple[tuple[str, ...], ...]


def find_refusal(prompt: str) -> str:
    """Why a prompt is refused, as ``refusals.toml`` has it; empty where it is not."""
    plain = plain_letters(prompt)
    # Each reading is asked alone: what is innocent with its spaces ("brown body") need not be so without.
    folded = fold(_innocent().sub(" . ", plain))
    dense = _innocent_dense().sub(".", folded.dense)
    folded = Folded(folded.text, folded.words, dense)
    for rule in _rules():
        if all(any(_has(term, folded) for term in group) for group in rule.groups):
            return rule.reason
    return next((reason for root, reason in _roots() if any(root in word for word in folded.words)), "")


def need_harmless(prompt: str) -> None:
    """See that a prompt does not ask for what must not be made.

    Raises
    ------
    TaixuError
        When it does; it says which kind of thing that is, not which word was found.
    """
    reason = find_refusal(prompt)
    if reason:
        raise TaixuError(f"this is not made: {reason}")


def _has(term: str, folded: Folded) -> bool:
    if _HAN.search(term):
        return term in folded.dense
    return f" {term} " in folded.text if " " in term else term in folded.words


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("refusals.toml").read_text("utf-8"))


@lru_cache(maxsize=1)
def _innocent() -> re.Pattern[str]:
    """Phrases with a harmless meaning, taken out before anything is compared."""
    return re.compile("|".join(rf"\b(?:{each})\b" for each in _table()["innocent"]["english"]))


@lru_cache(maxsize=1)
def _innocent_dense() -> re.Pattern[str]:
    return re.compile("|".join(_table()["innocent"]["chinese"]))


@lru_cache(maxsize=1)
def _roots() -> tuple[tuple[str, str], ...]:
    """Roots that no harmless word holds, with the reason for each."""
    return tuple((root, reason) for reason, roots in _table()["roots"].items() for root in roots)


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    table = _table()
    lists: dict[str, list[str]] = table["lists"]
    return tuple(
        _Rule(rule["reason"], tuple(tuple(term for name in group for term in lists[name]) for group in rule["all_of"]))
        for rule in table["rules"]
    )
