"""Styles: a text file each, ``key: value`` lines, then rules of the grammar. Users write their own beside these.

    title: Fisher's cottage
    words: fisherman fishing cottage 渔家
    storeys: 1 2            # from, to
    wall: plaster#e9e4d6 | plaster#d9dfe0     # one of these, by chance
    roof: gable 46 overhang=0.3 thick=0.25    # kind, degrees
    part tower: u=0.3 0.7 v=0 0.3 storeys=4 roof=cone   # masses; without parts, the footprint alone

    Front = split y { ground: Ground | ~1: repeat y floor: Storey }
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.places.buildings.grammar import MOST_TEXT, Rules, parse_rules
from taixu.generate.places.buildings.plans import chance
from taixu.generate.places.buildings.roofs import PROFILES

__all__ = ["INTERIORS", "Part", "RoofFacts", "Style", "parse_style", "read_style", "style_names"]

_FOLDER = Path(__file__).with_name("styles")
INTERIORS = ("home", "shop", "office", "hall", "barn", "church", "tower", "none")
_LOOKS = {
    "wall": "plaster", "covering": "tiles", "trim": "ashlar", "frame": "paint#e8e4da", "glass": "glass",
    "sill": "ashlar#c9c3b6", "door": "wood",
    "shutter": "paint#5b7080", "plinth": "rubble", "under": "boards", "fascia": "boards", "timber": "paint#3a2a1e", "rail": "iron",
    "awning": "cloth#a03a32", "sign": "paint#2c3a34", "steps": "ashlar#b5aea2", "panel": "steel", "inner": "plaster#efeadf",
    "floor_look": "planks",
    "ground_look": "planks", "chimney": "brick", "gutter": "zinc", "flat": "concrete",
}  # fmt: skip
_NUMBERS = {
    "floor": 2.8, "ground": 3.0, "bay": 2.6, "wall_m": 0.32, "plinth_m": 0.35, "chimneys": 0.0, "dormers": 0.0,
    "gutters": 1.0, "lamps": 1.0,
    "party": 0.0, "parapet": 0.0, "setback": 3.0, "front_door": 1.0, "storey_plan": 1.0, "fence": 0.0, "base": 0.35,
}  # fmt: skip


@dataclass(frozen=True)
class RoofFacts:
    """Kind, pitch in degrees, metres of overhang and thickness."""

    kind: str = "gable"
    pitch_deg: float = 42.0
    overhang: float = 0.3
    thick: float = 0.18
    gables: str = "ends"
    most: float = 14.0


@dataclass(frozen=True)
class Part:
    """A mass, as shares of the box around the footprint (u along the front, v away from it)."""

    name: str
    u: tuple[float, float] = (0.0, 1.0)
    v: tuple[float, float] = (0.0, 1.0)
    shape: str = "footprint"
    storeys: float = 0.0
    height: float = 0.0
    base: float = 0.0
    taper: float = 1.0
    sides: int = 16
    rules: str = ""
    interior: str = ""
    roof: RoofFacts | None = None
    extra: str = ""


@dataclass(frozen=True)
class Style:
    """A way of building."""

    name: str
    title: str
    words: tuple[str, ...]
    storeys: tuple[int, int]
    width: tuple[float, float]
    depth: tuple[float, float]
    numbers: Mapping[str, float]
    surfaces: Mapping[str, tuple[str, ...]]
    roof: RoofFacts
    parts: tuple[Part, ...]
    interior: str
    rules: Rules = field(repr=False)

    def looks(self, seed: int) -> dict[str, str]:
        """A surface for each purpose, where there are several by chance."""
        return {
            name: kinds[min(int(chance(seed, "look", name) * len(kinds)), len(kinds) - 1)] for name, kinds in self.surfaces.items()
        }

    def rule_for(self, side: str, prefix: str = "") -> str:
        """The rule for a side: ``Front``, ``Side``, ``Back`` or ``Court``; empty where there is none."""
        chain = {"Front": ("Front",), "Side": ("Side", "Back"), "Back": ("Back", "Side"), "Court": ("Court", "Back", "Side")}[side]
        names = [prefix + name for name in (*chain, "Wall")] if prefix else list(chain)
        return next((name for name in names if name in self.rules), "")


@lru_cache(maxsize=1)
def style_names() -> tuple[str, ...]:
    """Styles that come with Taixu."""
    return tuple(sorted(file.stem for file in _FOLDER.glob("*.style")))


@lru_cache(maxsize=64)
def read_style(name: str) -> Style:
    """A style by its name, or of a file that ends in ``.style``.

    Raises
    ------
    TaixuError
        Where there is none, or it cannot be read.
    """
    from taixu.assets.paths import read_bytes

    file = Path(name) if name.endswith(".style") else _FOLDER / f"{name}.style"
    if not name.endswith(".style") and name not in style_names():
        raise TaixuError(f"no style of buildings is called {name[:40]!r}; there are {', '.join(style_names())}, or a file *.style")
    try:
        text = read_bytes(file, max_bytes=4 * MOST_TEXT).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise TaixuError(f"{file}: it cannot be read as a style ({error})") from None
    return parse_style(text, name=file.stem)


def parse_style(text: str, *, name: str) -> Style:
    """A style of a text.

    Raises
    ------
    TaixuError
        With the line or the rule that is wrong.
    """
    said: dict[str, str] = {}
    parts: list[Part] = []
    lines = text.splitlines()
    start = next((k for k, line in enumerate(lines) if re.match(r"[A-Z]\w*\s*=", line)), len(lines))
    for number, line in enumerate(lines[:start], 1):
        line = re.sub(r"(?<!\S)#(?![0-9a-fA-F]{6}\b).*", "", line).strip()
        if not line:
            continue
        key, colon, value = line.partition(":")
        key, value = key.strip(), value.strip()
        where = f"{name}.style, line {number}"
        if not colon:
            raise TaixuError(f"{where}: {line[:40]!r} is neither 'key: value' nor a rule")
        if key.startswith("part "):
            parts.append(_part(key[5:].strip(), value, where))
        elif key in ("title", "words", "storeys", "width", "depth", "roof", "interior") or key in _LOOKS or key in _NUMBERS:
            said[key] = value
        else:
            raise TaixuError(f"{where}: nothing is called {key[:40]!r}; there are title, words, storeys, width, depth, "
                             "roof, interior, part, "
                             f"{', '.join([*_NUMBERS, *_LOOKS])}")  # fmt: skip
    storeys = _two(said.get("storeys", "2 2"), name, "storeys")
    width, depth = _two(said.get("width", "8 11"), name, "width"), _two(said.get("depth", "7 9"), name, "depth")
    interior = said.get("interior", "home")
    if interior not in INTERIORS:
        raise TaixuError(f"{name}.style: interior is {interior!r}; it must be one of {', '.join(INTERIORS)}")
    style = Style(
        name, said.get("title", name), tuple(said.get("words", name).split()), (int(storeys[0]), int(storeys[1])), width, depth,
        {key: _number(said.get(key, str(value)), name, key) for key, value in _NUMBERS.items()},
        {key: tuple(each.strip() for each in said.get(key, value).split("|")) for key, value in _LOOKS.items()},
        _roof(said.get("roof", "gable 42"), f"{name}.style: roof"), tuple(parts) or (Part("main"),), interior,
        parse_rules("\n".join(lines[start:]), where=f"{name}.style"),
    )  # fmt: skip
    if not 1 <= style.storeys[0] <= style.storeys[1] <= 90:
        raise TaixuError(f"{name}.style: storeys are {storeys}; they go from 1 to 90")
    return style


def _number(text: str, name: str, key: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise TaixuError(f"{name}: {key} is {text[:40]!r}; it must be a number") from None
    if not -1000 < value < 1000:
        raise TaixuError(f"{name}: {key} is {text[:40]!r}, which is too much")
    return value


def _two(text: str, name: str, key: str) -> tuple[float, float]:
    values = [_number(word, name, key) for word in text.split()]
    if len(values) not in (1, 2):
        raise TaixuError(f"{name}: {key} is {text[:40]!r}; it must be one number or two")
    return values[0], values[-1]


def _roof(text: str, where: str) -> RoofFacts:
    words = text.split()
    if not words or words[0] not in PROFILES:
        raise TaixuError(f"{where} is {text[:40]!r}; it begins with one of {', '.join(PROFILES)}")
    given: dict[str, Any] = {"kind": words[0]}
    for word in words[1:]:
        key, equals, value = word.partition("=")
        if not equals:
            given["pitch_deg"] = _number(word, where, "pitch")
        elif key == "gables":
            given[key] = value
        elif key in ("overhang", "thick", "most"):
            given[key] = _number(value, where, key)
        else:
            raise TaixuError(f"{where}: nothing is called {key[:40]!r}; there are overhang, thick, most, gables")
    return RoofFacts(**given)


def _part(name: str, text: str, where: str) -> Part:
    given: dict[str, Any] = {"name": name}
    roof = ""
    for key, value in re.findall(r"(\w+)=((?:[^=]*?)(?=\s+\w+=|$))", text):
        value = value.strip()
        if key in ("u", "v"):
            given[key] = _two(value, where, key)
        elif key == "roof":
            roof = value.replace(",", " ").replace("~", "=")
        elif key in ("storeys", "height", "base", "taper"):
            given[key] = _number(value, where, key)
        elif key == "sides":
            given[key] = int(min(max(_number(value, where, key), 3), 64))
        elif key in ("shape", "rules", "interior", "extra"):
            given[key] = value
        else:
            raise TaixuError(
                f"{where}: a part has no {key[:40]!r}; it has u, v, shape, storeys, height, base, taper, sides, "
                "rules, interior, roof, extra"
            )
    if roof:
        given["roof"] = _roof(roof, where)
    if given.get("shape", "footprint") not in ("footprint", "box", "round"):
        raise TaixuError(f"{where}: shape is {given['shape']!r}; it must be footprint, box or round")
    return Part(**given)
