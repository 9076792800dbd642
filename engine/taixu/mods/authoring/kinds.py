"""What things there are in the words of people: how they are called, and what one looks like where a mod makes its own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

__all__ = ["KINDS", "Kind", "kind_named", "plural"]

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing.

    Attributes
    ----------
    name
        In English; variables and entities are called so.
    words, signs
        In English (one of them) and in Chinese.
    shape, size, color
        What one is made of: a shape's kind, metres, linear colour.
    height_m
        Where it keeps itself, above the ground or above what it follows.
    is_light
        Whether it shines.
    """

    name: str
    words: tuple[str, ...]
    signs: tuple[str, ...]
    shape: str = "box"
    size: Vector = (1.0, 1.0, 1.0)
    color: Vector = (0.5, 0.5, 0.55)
    height_m: float = 0.5
    is_light: bool = False



def _read(name: str, row: dict[str, Any]) -> Kind:
    x, y, z = row["size"]
    red, green, blue = row["color"]
    return Kind(
        name, tuple(row["words"]), tuple(row["signs"]), row["shape"], (x, y, z), (red, green, blue), row["height_m"],
        row.get("is_light", False)
    )  # fmt: skip


KINDS = tuple(
    _read(name, row) for name, row in tomllib.loads(Path(__file__).with_name("kinds.toml").read_text("utf-8")).items()
)
"""All kinds that are known by name (``kinds.toml``); others are made as plain boxes."""


@cache
def kind_named(name: str) -> Kind:
    """A kind by its name; a plain box for a thing that is not known."""
    return next((kind for kind in KINDS if kind.name == name), Kind(name, (name.replace("_", " "),), ()))


def plural(word: str) -> str:
    """More than one: "butterflies", "boxes", "lamps"."""
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return f"{word[:-1]}ies"
    if word.endswith(("ss", "x", "ch", "sh", "s")):
        return f"{word}es"
    return word if word in ("fish", "sheep", "lava") else f"{word}s"
