"""What words mean in both languages, and names as runs of tokens, so that "Line 3", "line-3", "LINE3" and "3号线" are one."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

__all__ = ["Lexicon", "lexicon", "phrases_of", "plain", "said", "words_alike"]

_SPLIT = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_HAN = re.compile(r"([\u3400-\u9fff])")
_SIGNS = re.compile(r"(?:[^\w\n|]|_)+")
_NUMERALS = str.maketrans("一二三四五六七八九", "123456789")
_NUMBERED = re.compile(r"[一二三四五六七八九](?=号)")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """Words by what they mean, and the other way round."""

    units: Mapping[str, str]
    values: Mapping[str, str]
    states: Mapping[str, str]
    things: Mapping[str, tuple[str, ...]]
    """English words and what Chinese calls it."""
    thing_of: Mapping[str, str]
    """Chinese words and their English one."""
    idle: frozenset[str]
    """Words that say nothing."""


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The words of ``lexicon.toml``."""
    read = tomllib.loads(Path(__file__).with_name("lexicon.toml").read_text(encoding="utf-8"))
    turned = {
        part: {word: meaning for meaning, words in read[part].items() for word in words} for part in ("units", "values", "states")
    }
    things = {english: tuple(words) for english, words in read["things"].items()}
    thing_of = {word: english for english, words in things.items() for word in words}
    return Lexicon(**turned, things=things, thing_of=thing_of, idle=frozenset(read["idle"]["words"]))


def plain(text: str) -> str:
    """A text without differences that nobody means: case, wide letters, spaces, numerals before 号."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _NUMBERED.sub(lambda found: found[0].translate(_NUMERALS), text)
    return " ".join(text.split())


def said(text: str) -> str:
    """Names as tokens between spaces, a line each: letters, digits and Chinese signs apart; "|" stays. All lines at once."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _HAN.sub(r" \1 ", _SPLIT.sub(" ", text))
    return re.sub(r" *\n *", " \n ", f" {_SIGNS.sub(' ', text).strip(' ')} ")


def words_alike(word: str) -> list[str]:
    """A word, what one of many is called, and what the other language calls it."""
    found = [word]
    if word.isascii():
        found += [word[: -len(end)] for end in ("es", "s") if word.endswith(end) and len(word) > len(end) + 2]
    words = lexicon()
    for each in list(found):
        found += words.things.get(each, ())
        if each in words.thing_of:
            english = words.thing_of[each]
            found += [english, *words.things[english]]
    return list(dict.fromkeys(found))


def phrases_of(name: str) -> list[str]:
    """Runs of tokens by which a name may be found, in either language: "3号线" is line 3, "pump 7" is 7号泵."""
    name = plain(name).strip(" \"'“”‘’「」.,;:!?。，；：！？")
    found = [name]
    words = lexicon()
    for chinese in sorted(words.thing_of, key=len, reverse=True):
        if name.endswith(chinese) and len(name) > len(chinese):
            found.append(f"{words.thing_of[chinese]} {name[: -len(chinese)].strip().removesuffix('号')}")
            break
        if name.startswith(chinese) and len(name) > len(chinese):
            found.append(f"{words.thing_of[chinese]} {name[len(chinese) :].strip()}")
            break
    first, _, rest = name.partition(" ")
    for chinese in words.things.get(first, ()) if rest else ():
        found += [f"{rest}号{chinese}", f"{rest}{chinese}", f"{chinese}{rest}"]
    if " " not in name:
        found += words_alike(name)
    runs = (re.sub(r"\s+", " ", said(each.replace("|", " "))) for each in found)
    return [run for run in dict.fromkeys(runs) if run.strip()]
