"""What words mean to the material generator: family, variant, colours and years, in English and Chinese.

A family's score is the sum of its words that are found, each by its weight; what a phrase is about stands before "with" and
"of" in English, and last, and at the end in Chinese. The words are in ``words.toml``; those of variants in ``variants.toml``.
A variant is meant where most of its words are; of two that are meant alike, it is the first.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.materials.colors import earthen
from taixu.generate.materials.family import Variant, families, family_named, hex_of, srgb

__all__ = ["family_scores", "parameters_of_words", "variant_meant"]

_WEIGHTS = {"sure": 4.0, "likely": 2.0, "maybe": 0.8}
_TOKEN = re.compile(r"[a-z]+(?:-[a-z]+)*")
_ASIDE = re.compile(r"\b(?:with|covered|under|after|between|and|on|over|in)\b")
_DENIED = re.compile(r"\b(?:no|not|without)\s+(?:any\s+)?[a-z-]+|没有[\u4e00-\u9fff]{1,2}")
_BEHIND_OF = 1.2  # "a wall of bricks" is about bricks
_MOST_LETTERS = 2000
_NOT_ITS_OWN = {"bole", "patina_color", "glow_color"}
"""Colours of what lies under or over a family: no word for a colour means them."""
_NO_COLORS = re.compile("青苔|苔青|青铜|青瓦|红木|黄铜|黑板|白蜡|银河")
"""Things whose names hold a colour's sign that says nothing of their colour."""
_EARTHEN = frozenset({
    "asphalt", "bark", "bricks", "cobbles", "concrete", "granite", "grass", "gravel", "ice", "moss", "mud", "planks", "roof tiles",
    "sand", "sandstone", "snow",
})  # fmt: skip
"""Families whose colours come out of the ground: a red brick is no red car."""
_LAST = 0.6  # what standing last is worth
_METALS = {
    "iron": "iron 铁", "steel": "steel stainless inox 钢 不锈钢", "aluminium": "aluminium aluminum alu 铝",
    "copper": "copper 铜", "brass": "brass 黄铜", "bronze": "bronze 青铜", "gold": "gold golden 黄金 纯金",
    "silver": "silver 银", "titanium": "titanium 钛", "chromium": "chrome chromium 铬",
    "zinc": "zinc galvanised galvanized pewter 锌", "lead": "lead 铅",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Words:
    families: dict[str, dict[str, float]]
    """Weights by word, by family."""
    colors: dict[str, str]
    ages: dict[str, list[tuple[float, tuple[str, ...]]]]
    against: dict[str, tuple[str, ...]]
    """What says that an age is not there."""


@cache
def _words() -> _Words:
    data = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))
    found: dict[str, dict[str, float]] = {}
    for family, lists in data["families"].items():
        found[family] = {word: _WEIGHTS[weight] for weight in ("maybe", "likely", "sure") for word in lists.get(weight, "").split()}
        for variant in family_named(family).variants.values():
            for word in (each[:-1] for each in variant.words if each.endswith("!")):
                found[family].setdefault(word, _WEIGHTS["sure"])
    ages = {name: [(float(amount), tuple(words.split())) for amount, words in rows.items()] for name, rows in data["age"].items()}
    against = {name: tuple(words.split()) for name, words in data["against"].items()}
    return _Words(found, data["colors"], ages, against)


def family_scores(prompt: str) -> dict[str, float]:
    """How much each family is meant, the most first; families without a word are left out."""
    text = _said(prompt)
    places = _places(text)
    aside = next((match.start() for match in _ASIDE.finditer(text) if match.start() > 0), len(text))
    behind_of = text.find(" of ")
    scores: dict[str, float] = {}
    for family, words in _words().families.items():
        total = 0.0
        longest: list[str] = []
        for word, weight in sorted(words.items(), key=lambda item: -len(item[0])):
            at = places.get(word, -1) if word.isascii() else text.rfind(word)
            is_counted = word + "s" in longest if word.isascii() else any(word in other for other in longest)
            if at < 0 or is_counted:
                continue
            longest.append(word)
            here = weight * (0.45 if at > aside else 1.0) * (_BEHIND_OF if 0 < behind_of < at <= aside else 1.0)
            if not word.isascii():
                here *= 0.7 + 0.3 * len(word)
            total += here + _LAST * weight / 4.0 * at / max(len(text), 1)
        if total > 0:
            scores[family] = total
    _correct(text, places, scores)
    return dict(sorted(scores.items(), key=lambda item: -item[1]))


def _said(prompt: str) -> str:
    """What a prompt says, small letters, no longer than is read; without what it says is not there."""
    return _DENIED.sub(" ", prompt[:_MOST_LETTERS].casefold())


def _places(text: str) -> dict[str, int]:
    """Where English words stand, with and without the s of a plural, and pairs of them with a hyphen between."""
    places: dict[str, int] = {}
    before: re.Match[str] | None = None
    for match in _TOKEN.finditer(text):
        if before is not None and text[before.end() : match.start()] == " ":
            places.setdefault(f"{before.group()}-{match.group()}", before.start())
        before = match
        for word in {match.group(), *match.group().split("-")}:
            places[word] = match.start()
            if word.endswith("s"):
                places.setdefault(word[:-1], match.start())
            else:
                places.setdefault(word + "s", match.start())
    return places


def _correct(text: str, places: dict[str, int], scores: dict[str, float]) -> None:
    """What words mean together is more than each alone."""
    rusts = any(word in places for word in ("rusty", "rusted", "rust")) or "锈" in text.replace("不锈", "")
    hues = [name for name in _words().colors if name not in ("orange", "brown", "red") and _has(name, text, places)]
    if rusts and (hues or scores.get("painted metal", 0.0) >= 4.0) and "rust" in scores:
        scores["painted metal"] = max(scores.get("painted metal", 0.0), 0.0) + 4.0
    elif rusts and "rust" in scores:
        scores["rust"] += 3.0
    if any(word in places for word in ("mossy", "overgrown")) or "长满" in text:
        scores.pop("moss", None)
    if len(scores) > 1 and scores.get("moss", 0.0) and any(score >= 4.0 for name, score in scores.items() if name != "moss"):
        scores["moss"] *= 0.8


def _is_taken_back(age: str, text: str, places: dict[str, int]) -> bool:
    """Of words that contradict each other ("old", "new") the later one holds."""
    said = [_last(word, text, places) for _, words in _words().ages[age] for word in words]
    against = [_last(word, text, places) for word in _words().against.get(age, ())]
    return max(against, default=-1) > max(said, default=-1)


def _last(word: str, text: str, places: dict[str, int]) -> int:
    return places.get(word, -1) if word.isascii() else text.rfind(word)


def _has(word: str, text: str, places: dict[str, int]) -> bool:
    return word in places if word.isascii() else word in text


def parameters_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of a prompt: its family, colour, metal and years.

    Raises
    ------
    TaixuError
        When no word names a family, or anything like one.
    """
    scores = family_scores(prompt)
    text = _said(prompt)
    places = _places(text)
    family = next(iter(scores), "") or _nearest(places)
    if not family:
        known = ", ".join(sorted(families()))
        raise TaixuError(f"no word names a material that can be made; there are {known}")
    meant: dict[str, Any] = {"family": family}
    variant = variant_meant(family, prompt)
    if variant:
        meant["variant"] = variant
    sliders = _sliders(family, text, places, family_named(family).variants.get(variant, Variant("", {})))
    if sliders:
        meant["sliders"] = ", ".join(f"{name}={value}" for name, value in sliders.items())
    for name, rows in _words().ages.items():
        if name == "moss" and family == "moss":
            continue
        amount = max((amount for amount, words in rows if any(_has(word, text, places) for word in words)), default=0.0)
        if amount and not _is_taken_back(name, text, places):
            meant[name] = amount
    return meant


def variant_meant(family: str, prompt: str) -> str:
    """The variant of a family that a prompt means; empty where none is."""
    text = _said(prompt)
    places = _places(text)
    best, most = "", 0.0
    for name, variant in family_named(family).variants.items():
        total = 0.0
        found: list[str] = []
        for word in sorted((each.rstrip("!") for each in variant.words), key=len, reverse=True):
            if word.isascii():
                total += 1.0 if word in places else 0.0
            elif word in text and not any(word in other for other in found):
                found.append(word)
                total += 0.6 + 0.4 * len(word)
        if total > most + 1e-9:
            best, most = name, total
    return best


def _sliders(family: str, text: str, places: dict[str, int], variant: Variant) -> dict[str, str]:
    known = family_named(family).sliders
    found: dict[str, str] = {}
    if "metal" in known:
        usual = _METALS.get(str(variant.sliders.get("metal", "")), "").split()
        named = [metal for metal, words in _METALS.items() if any(_has(word, text, places) for word in words.split())]
        if named and not any(_has(word, text, places) for word in usual):
            found["metal"] = named[-1]
    colors = [name for name, value in known.items() if isinstance(value.default, tuple) and name not in _NOT_ITS_OWN]
    if not colors:
        return found
    asides = next((match.start() for match in _ASIDE.finditer(text) if match.start() > 0), len(text))
    text = _NO_COLORS.sub(lambda match: " " * len(match.group()), text)
    # A variant knows what "white lines" or "black ice" look like better than the word alone.
    meant = set(variant.words) | ({"grey", "gray", "white", "灰", "白"} if colors[0] == "dye" else set())
    hues = {name: value for name, value in _words().colors.items() if name not in meant}
    hits = sorted((at, value) for name, value in hues.items() if (at := _at(name, text, places)) >= 0)
    mains, seconds = [hit for hit in hits if hit[0] < asides], [hit for hit in hits if hit[0] >= asides]
    if mains:
        hue = earthen(mains[0][1]) if family in _EARTHEN else mains[0][1]
        found[colors[0]] = _shaded(hue, text, places)
    if seconds and len(colors) > 1:
        found[colors[1]] = seconds[0][1]
    elif not mains and any(_has(word, text, places) for word in ("dark", "light", "pale", "深", "浅")):
        found[colors[0]] = _shaded(hex_of(variant.sliders.get(colors[0], known[colors[0]].default)), text, places)
    return found


def _at(name: str, text: str, places: dict[str, int]) -> int:
    return places.get(name, -1) if name.isascii() else text.find(name)


def _shaded(color: str, text: str, places: dict[str, int]) -> str:
    factor = 1.0
    if any(_has(word, text, places) for word in ("dark", "deep", "深", "暗")):
        factor = 0.45
    elif any(_has(word, text, places) for word in ("light", "pale", "bleached", "faded", "浅", "淡")):
        factor = 1.6
    r, g, b = srgb(color)
    return hex_of((min(r * factor, 0.9), min(g * factor, 0.9), min(b * factor, 0.9)))


def _nearest(places: dict[str, int]) -> str:
    """The family of the word that is spelt most like one of these."""
    owners = {word: family for family, words in _words().families.items() for word, weight in words.items() if weight >= 2.0}
    for word in sorted(places, key=lambda each: -places[each]):
        close = get_close_matches(word, owners, 1, 0.8) if len(word) > 3 else []
        if close:
            return owners[close[0]]
    return ""
