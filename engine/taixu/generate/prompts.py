"""What people write: cleaned, measured, and refused where it asks for what must not be made."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from taixu.errors import TaixuError, UsageError

__all__ = ["MOST_LETTERS", "clean_prompt", "find_refusal", "need_harmless"]

MOST_LETTERS = 4000
"""The longest prompt that is read."""

_LEET = str.maketrans("013457@$!", "oieastasi")
_INVISIBLE = {"Cf", "Mn"}
_HAN = re.compile(r"[㐀-鿿]")
_WORDS = re.compile(r"[^\W_]+")


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
    text, words, dense = _forms(prompt)
    for rule in _rules():
        if all(any(_has(term, text, words, dense) for term in group) for group in rule.groups):
            return rule.reason
    return ""


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


def _forms(prompt: str) -> tuple[str, frozenset[str], str]:
    """A prompt as rules look at it: plain letters, its words, and without anything between them (letters spaced out, Chinese)."""
    plain = "".join(
        each for each in unicodedata.normalize("NFKD", prompt) if unicodedata.category(each) not in _INVISIBLE
    ).casefold()
    words = _WORDS.findall(plain)
    spaced = re.sub(r"\b(\w)(?:[\W_]+(?=\w\b))", r"\1", plain)
    all_words = frozenset(words) | frozenset(_WORDS.findall(plain.translate(_LEET))) | frozenset(_WORDS.findall(spaced))
    return f" {' '.join(words)} ", all_words, "".join(words)


def _has(term: str, text: str, words: frozenset[str], dense: str) -> bool:
    if _HAN.search(term):
        return term in dense
    return f" {term} " in text if " " in term else term in words


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    table = tomllib.loads(Path(__file__).with_name("refusals.toml").read_text("utf-8"))
    lists: dict[str, list[str]] = table["lists"]
    return tuple(
        _Rule(rule["reason"], tuple(tuple(term for name in group for term in lists[name]) for group in rule["all_of"]))
        for rule in table["rules"]
    )
