"""Names of mods: what is one, and which two could be taken for each other.

An id is a community's name and a mod's, ``alice.swarm``: ASCII alone, so that no letter of another script can pass for a Latin one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

__all__ = ["id_doubt", "look_alikes", "skeleton"]

MAX_ID_LETTERS = 64
_ID = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)+\Z", re.ASCII)
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{name}{number}" for name in ("com", "lpt") for number in range(10))]
)
"""Devices of Windows, which no folder can be called after."""

_SAME = (("rn", "m"), ("vv", "w"), ("cl", "d"), ("0", "o"), ("1", "l"), ("i", "l"), ("5", "s"), ("2", "z"), ("8", "b"), ("9", "g"))


def id_doubt(text: object) -> str:
    """Why a text is no id of a mod; empty where it is one."""
    if not isinstance(text, str):
        return f"{text!r:.40} is no text in quotes"
    if len(text) > MAX_ID_LETTERS:
        return f"an id of {len(text)} letters is too long; at most {MAX_ID_LETTERS} do"
    strange = next((letter for letter in text if not letter.isascii() or not letter.isprintable()), "")
    if strange:
        name = unicodedata.name(strange, "a control character")
        return f"it holds U+{ord(strange):04X} ({name}), which passes for something else; ids are lower-case ASCII"
    if not _ID.match(text):
        return f"{text!r} is no id such as alice.swarm: lower-case letters, digits and _, in two or more parts with dots between"
    reserved = next((part for part in text.split(".") if part in _RESERVED), "")
    if reserved:
        return f"{reserved!r} is a device of Windows; choose another name"
    return ""


def skeleton(text: str) -> str:
    """What an id looks like at a glance: two ids of one skeleton are easily taken for each other."""
    text = text.replace(".", "").replace("_", "")
    for pair, one in _SAME:
        text = text.replace(pair, one)
    return text


def look_alikes(text: str, known: Iterable[str]) -> list[str]:
    """Those among known ids that this one could be a misspelling, or a forgery, of; itself left out."""
    own = skeleton(text)
    return sorted(other for other in set(known) - {text} if skeleton(other) == own or _is_one_slip(text, other))


def _is_one_slip(left: str, right: str) -> bool:
    """Whether one letter was changed, left out, doubled, or two neighbours swapped (Damerau's four slips of a hand)."""
    if len(left) > len(right):
        left, right = right, left
    at = next((number for number, (one, other) in enumerate(zip(left, right)) if one != other), len(left))
    if len(left) == len(right):
        swapped = left[:at] + left[at : at + 2][::-1] + left[at + 2 :]
        return left[at + 1 :] == right[at + 1 :] or swapped == right
    return len(left) + 1 == len(right) and left[at:] == right[at + 1 :]
