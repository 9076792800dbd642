"""Which parts of cartoons there are, by kind and name. Each module of parts says what it has."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["KINDS", "part_named", "part_names"]

_HOMES = {
    "body": ("bodies:BODIES",), "head": ("heads:HEADS",), "hands": ("bodies:HANDS",), "eyes": ("eyes:EYES",),
    "brows": ("eyes:BROWS",),
    "mouth": ("mouths:MOUTHS",), "nose": ("heads:NOSES",), "ears": ("ears:EARS",), "tail": ("ears:TAILS",), "hair": ("hair:HAIR",),
    "hat": ("hats:HATS",), "outfit": ("outfits:OUTFITS",), "accessory": ("accessories:ACCESSORIES", "companions:COMPANIONS"),
}  # fmt: skip
"""Modules of this package that hold parts of a kind, and the name of the dict."""
KINDS: tuple[str, ...] = tuple(_HOMES)


@cache
def _parts(kind: str) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for home in _HOMES[kind]:
        module, _, table = home.partition(":")
        found |= getattr(import_module(f"taixu.generate.avatars.cartoon.{module}"), table)
    return found


def part_names(kind: str) -> tuple[str, ...]:
    """Names of a kind of parts."""
    return tuple(_parts(kind))


def part_named(kind: str, name: str) -> Any:
    """A part that there is."""
    return _parts(kind)[name]
