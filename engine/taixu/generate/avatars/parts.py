"""Which parts there are: hair, brows, beards, outfits, shoes, accessories, what is held, by name. Each module says what it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

__all__ = ["part_named", "part_names"]

_HOMES = {
    "hair": ("hairstyles",),
    "brows": ("facial_hair:BROWS",),
    "beard": ("facial_hair:BEARDS",),
    "outfit": ("outfits",),
    "shoes": ("footwear",),
    "accessory": ("accessories",),
    "held": ("held",),
}  # fmt: skip
"""Modules under ``taixu.generate.avatars`` that hold parts of a kind, each in a dict: ``PARTS``, or the one that is named."""


@cache
def _parts(kind: str) -> Mapping[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for home in _HOMES[kind]:
        module, _, table = home.partition(":")
        found |= getattr(import_module(f"taixu.generate.avatars.{module}"), table or "PARTS")
    return found


def part_names(kind: str) -> tuple[str, ...]:
    """Names of a kind of parts."""
    return tuple(_parts(kind))


def part_named(kind: str, name: str) -> Callable[..., Any]:
    """A part that there is: a function of a `Person`, who has all colours."""
    return _parts(kind)[name]
