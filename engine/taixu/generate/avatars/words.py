"""What words mean to the avatar generator, in English and Chinese. The words are in ``words.toml``.

Later meanings go before earlier ones, but accessories add up. A colour belongs to the noun after it: hair, beard, eyes,
or what is worn.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

__all__ = ["meant_by_words"]

_MOST_LETTERS = 2000
_TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*")
_DENIED = re.compile(r"\b(?:no|not|without)\s+(?:an?\s+|any\s+)?[a-z-]+|(?:没有|不戴|不穿)[\u4e00-\u9fff]{1,2}")
_NOUNS = {
    "eye_color": ("eyes eye eyed", "眼睛 眼眸 眼"), "beard_color": ("beard bearded moustache mustache goatee", "胡子 胡须 胡"),
    "hair_color": ("hair haired mohawk ponytail braids braid curls afro bun pigtails bob", "长发 短发 卷发 头发 发 马尾 辫子"),
}  # fmt: skip
_TABLES = {"eye_color": "eye_colors", "beard_color": "hair_colors", "hair_color": "hair_colors"}
_REACH = 3
"""Words that may stand between a colour and its noun."""
_REACH_SIGNS = 4
_KINDS_OF_HAIR = ("long", "short", "curly", "wavy")
_HUES_NOT_THEIR_OWN = re.compile("黑客|黑人|白人|金属|红木|白大褂|黄金|白胡子|白发|灰发|红发|金发|晒黑|白皙|黑皮肤")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


def meant_by_words(prompt: str) -> dict[str, Any]:
    """Choices of an `AvatarSpec` that a prompt makes; what it does not speak of is left out."""
    text = _DENIED.sub(" ", prompt[:_MOST_LETTERS].casefold())
    tokens = [match.group() for match in _TOKEN.finditer(text)]
    known = _forms(tokens)
    found: dict[str, Any] = {}
    accessories: list[str] = []
    for meaning in _data()["meanings"]:
        if not _said(meaning["words"], known, _without(text, meaning.get("not", ""))):
            continue
        for name, value in meaning["set"].items():
            if name == "accessories":
                accessories += [each for each in value if each not in accessories]
            else:
                found[name] = value
    if accessories:
        found["accessories"] = tuple(accessories)
    found |= _colors(tokens, text)
    return found


def _forms(tokens: list[str]) -> set[str]:
    """Words as they stand, their parts, with and without an s, and neighbours joined by a hyphen."""
    found: set[str] = set()
    for token in [*tokens, *(f"{a}-{b}" for a, b in pairwise(tokens))]:
        found |= {token, token.removesuffix("s")}
    for at, token in enumerate(tokens):
        found |= set(token.split("-"))
        if token in _KINDS_OF_HAIR:  # "long blonde hair"
            found |= {f"{token}-{noun}" for noun in ("hair", "beard") if noun in tokens[at + 1 : at + 1 + _REACH]}
    return found


def _without(text: str, words: str) -> str:
    for word in words.split():
        text = text.replace(word, " ")
    return text


def _said(words: str, known: set[str], text: str) -> bool:
    return any(word in known and (not word.isalpha() or re.search(rf"\b{word}",
                                                                  text) is not None) if word.isascii() else word in text
               for word in words.casefold().split())  # fmt: skip


def _colors(tokens: list[str], text: str) -> dict[str, Any]:
    """Each colour's noun."""
    data = _data()
    found: dict[str, Any] = {}
    words = [part for token in tokens for part in token.split("-")]
    nouns = {noun: name for name, (english, _) in _NOUNS.items() for noun in english.split()}
    for at, word in enumerate(words):
        if word not in data["colors"] and word not in data["hair_colors"] and word not in data["eye_colors"]:
            continue
        after = next((nouns[each] for each in words[at + 1 : at + 1 + _REACH] if each in nouns), "color")
        value = data[_TABLES.get(after, "colors")].get(word, data["colors"].get(word))
        if value:
            found.setdefault(after, value)
    signs = _HUES_NOT_THEIR_OWN.sub(lambda match: " " * len(match.group()), text)
    for at, sign in enumerate(signs):
        if sign.isascii() or not any(sign in data[table] for table in ("colors", "hair_colors", "eye_colors")):
            continue
        behind = signs[at + 1 : at + 1 + _REACH_SIGNS]
        places = [(behind.find(noun), name) for name, (_, chinese) in _NOUNS.items() for noun in chinese.split() if noun in behind]
        after = min(places)[1] if places else "color"
        value = data[_TABLES.get(after, "colors")].get(sign, data["colors"].get(sign))
        if value:
            found.setdefault(after, value)
    return found
