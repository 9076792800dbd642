"""Numbers, times, lengths, speeds and colours in words."""

from __future__ import annotations

import re
from collections.abc import Callable

from taixu.mods.authoring.verbs import COLORS
from taixu.mods.authoring.wish import Measures

__all__ = ["NUMBER", "SECS", "number_of", "secs_of", "take_color", "take_measures", "take_number"]

_ONES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_WORDS = {word: float(value) for value, word in enumerate(_ONES)} | {
    "fifteen": 15.0, "twenty": 20.0, "thirty": 30.0, "forty": 40.0, "fifty": 50.0, "sixty": 60.0, "ninety": 90.0, "hundred": 100.0,
    "a": 1.0, "an": 1.0, "half a": 0.5, "half an": 0.5, "a hundred": 100.0, "a few": 3.0, "some": 5.0, "a couple of": 2.0,
    "many": 20.0, "a dozen": 12.0,
}  # fmt: skip
_DIGITS = {sign: value for value, sign in enumerate("零一二三四五六七八九")} | {"两": 2, "半": 0}
NUMBER = rf"(?:\d+(?:\.\d+)?|{'|'.join(sorted(_WORDS, key=len, reverse=True))}|[零一二两三四五六七八九十百半]+)"
SECS = r"(?:s|secs?|seconds?|minutes?|mins?|hours?|秒钟?|分钟|小时)"
_METRES = r"(?:m|metres?|meters?|米)"
_SPEED = re.compile(
    rf"(?:at |with )?(?:a speed of )?(?<![\w.])({NUMBER}) ?(?:{_METRES}(?: ?/ ?s\b| per second| a second)|每秒|米/秒)"
)
_LENGTH = re.compile(rf"(?<![a-z\d.])({NUMBER})[ -]?{_METRES}(?![a-z])")
_TIME = re.compile(rf"(?<![a-z\d.])({NUMBER})[ -]?({SECS})(?![a-z])")
_FAST = re.compile(r"\b(?:very )?(?:fast(?:er)?|quick(?:ly)?|rapid(?:ly)?)\b|快速地?|飞快地?|快(?=地|$)")
_SLOW = re.compile(r"\b(?:very )?(?:slow(?:ly)?|gently|lazily)\b|缓慢地?|慢慢地?|缓缓地?")
_COLOR_SIGNS = "|".join(sorted((sign for _, sign in COLORS.values()), key=len, reverse=True))
_COLOR = re.compile(rf"\b({'|'.join(COLORS)})\b|({_COLOR_SIGNS})色?的?")
_PLAIN = re.compile(r"(?<![a-z\d.])(\d+(?:\.\d+)?)(?: ?(?:points?|health|hp|life|lives|damage|times|点|次))?(?![a-z\d])")


def number_of(text: str) -> float:
    """The value of a number that `NUMBER` matched."""
    text = text.strip()
    if text in _WORDS:
        return _WORDS[text]
    if text[:1].isdigit() and text.isascii():
        return min(float(text), 1e6)
    if text == "半":
        return 0.5
    hundreds, has_hundred, rest = text.rpartition("百")
    total = 100.0 * _DIGITS.get(hundreds or "一", 1) if has_hundred else 0.0
    tens, has_ten, ones = rest.rpartition("十")
    total += 10.0 * _DIGITS.get(tens or "一", 1) if has_ten else 0.0
    return total + (_DIGITS.get(ones[-1:], 0) if ones else 0)


def secs_of(number: str, unit: str) -> float:
    """Seconds of a number with a unit."""
    each = 60.0 if unit.startswith(("min", "分")) else 3600.0 if unit.startswith(("hour", "小")) else 1.0
    return max(0.05, number_of(number) * each)


def take_measures(text: str) -> tuple[Measures, str]:
    """The measures in a text, and the text without them."""
    found: dict[str, float] = {}

    def take(name: str, value: Callable[[re.Match[str]], float]) -> Callable[[re.Match[str]], str]:
        def put(match: re.Match[str]) -> str:
            found.setdefault(name, value(match))
            return " "

        return put

    text = _SPEED.sub(take("speed", lambda match: number_of(match[1])), text)
    text = _TIME.sub(take("secs", lambda match: secs_of(match[1], match[2])), text)
    text = _LENGTH.sub(take("metres", lambda match: number_of(match[1])), text)
    pace = 2.5 if _FAST.search(text) else 0.4 if _SLOW.search(text) else 1.0
    text = _SLOW.sub(" ", _FAST.sub(" ", text))
    return Measures(found.get("metres"), found.get("secs"), found.get("speed"), None, pace), text


def take_color(text: str) -> tuple[tuple[float, float, float] | None, str]:
    """The first colour in a text, and the text without colours."""
    match = _COLOR.search(text)
    if match is None:
        return None, text
    color = COLORS[match[1]][0] if match[1] else next(value for value, sign in COLORS.values() if sign == match[2])
    return color, _COLOR.sub(" ", text)


def take_number(text: str) -> tuple[float | None, str]:
    """The first plain number in a text, and the text without numbers."""
    match = _PLAIN.search(text)
    return (None, text) if match is None else (number_of(match[1]), _PLAIN.sub(" ", text))
