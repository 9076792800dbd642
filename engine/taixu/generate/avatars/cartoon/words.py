"""What words mean to cartoons, in English and Chinese. The words are in ``words.toml``.

A colour belongs to the noun that begins next after it: what somebody is, hair, eyes, clothes, hats, accessories.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from taixu.generate.avatars.cartoon.presets import CARTOONS

__all__ = ["is_cartoon", "meant_by_cartoon_words"]

_MOST_LETTERS = 2000
_DENIED = re.compile(r"\b(?:no|not|without)\s+(?:an?\s+|any\s+)?[a-z'-]+|(?:没有|不戴|不穿)[\u4e00-\u9fff]{1,2}")
_BESIDE = re.compile(r"\b(?:with|and|riding|holding|walking|like)\s+(?:an?|his|her|their|the)\s+(?:[a-z-]+\s+)?$")
"""What stands before somebody who is not whom it is about."""
_PEOPLE = re.compile(
    r"\b(?:man|woman|men|women|person|people|guy|lady|gentleman|sailor|boy|girl|doctor|teacher|grandm|grandp|he|she)"
    "|男|女|人|老师|医生|商人|学者|水手|奶奶|爷爷|孩"
)  # fmt: skip
_REACH, _REACH_SIGNS = 26, 5
"""Letters and signs that may stand between a colour and its noun."""


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def is_cartoon(prompt: str) -> bool:
    """Whether a prompt asks for a cartoon: it says so, or names somebody who can be nothing else."""
    text = _cleaned(prompt)
    if any(_places(word, text) for word in _data()["cartoon"].split()):
        return True
    rows = [row for row in _data()["nouns"] if row.get("who")]
    found = sorted((place, row["set"]["preset"]) for row in rows for place in _found(row, text))
    for place, _ in found:
        if not _BESIDE.search(text[:place]):
            people = _PEOPLE.search(re.sub("机器人|外星人|雪人|树人", "", text[:place])) or _PEOPLE.match(text[place + 1 :])
            return people is None
    return False


def meant_by_cartoon_words(prompt: str) -> dict[str, Any]:
    """Choices of a `CartoonSpec`, and ``preset``, that a prompt makes; what it does not speak of is left out."""
    text = _cleaned(prompt)
    result: dict[str, Any] = {}
    accessories: list[str] = []
    nouns: list[tuple[int, str]] = []
    somebody: list[tuple[int, dict[str, Any]]] = []
    for row in _data()["nouns"]:
        places = _found(row, text)
        if not places:
            continue
        nouns += [(place, row["hue"]) for place in places if row.get("hue")]
        if "preset" in row["set"]:
            if not _BESIDE.search(text[: places[0]]) or not somebody:
                somebody.append((places[0], row["set"]))
        else:
            accessories += [each for each in row["set"].get("accessories", ()) if each not in accessories]
            result |= {name: value for name, value in row["set"].items() if name != "accessories"}
    if somebody:
        result = {**max(somebody, key=lambda one: (one[1]["preset"] not in ("girl", "boy"), -one[0]))[1], **result}
    if accessories:  # beside what that character has anyway
        usual = CARTOONS[result["preset"]].get("accessories", ()) if "preset" in result else ()
        result["accessories"] = tuple(dict.fromkeys([*accessories, *usual]))[:8]
    for place, word, color in _colors(text):
        reach = _REACH if word.isascii() else _REACH_SIGNS
        after = sorted((at, hue) for at, hue in nouns if place < at <= place + len(word) + reach)
        if after:
            result.setdefault(after[0][1], color)
    return result


def _cleaned(prompt: str) -> str:
    return _DENIED.sub(" ", prompt[:_MOST_LETTERS].casefold())


def _places(word: str, text: str) -> list[int]:
    """Where a word begins in a text; English ones are whole, with or without an s."""
    if word.isascii():
        pattern = re.escape(word.replace("_", " ")).replace(r"\ ", r"[\s-]+")
        return [match.start() for match in re.finditer(rf"(?<![a-z]){pattern}(?:e?s)?(?![a-z])", text)]
    return [match.start() for match in re.finditer(re.escape(word), text)]


def _found(row: dict[str, Any], text: str) -> list[int]:
    """Where a row's words are, other words that hold them left out."""
    for other in row.get("not", "").split():
        for place in _places(other, text):
            text = text[:place] + " " * len(other) + text[place + len(other) :]
    return sorted({place for word in row["words"].split() for place in _places(word, text)})


def _colors(text: str) -> list[tuple[int, str, str]]:
    found = [(place, word, value) for word, value in _data()["colors"].items() for place in _places(word, text)]
    return sorted(found)
