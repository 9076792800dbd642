"""Which parts there are: hair, brows, beards, outfits, shoes, accessories, by name. Each module of parts says what it has."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.generate.avatars.person import Person
    from taixu.generate.avatars.surfaces import Piece

__all__ = ["Part", "part_named", "part_names"]

Part = "Callable[[Person], list[Piece]]"
"""Makes the pieces of a part for a person, who has all colours."""

_HOMES = {
    "hair": (),
    "brows": (),
    "beard": (),
    "outfit": (),
    "shoes": (),
    "accessory": (),
}  # fmt: skip
"""Modules under ``taixu.generate.avatars`` that hold parts of a kind, each in its dict ``PARTS``."""


@cache
def _parts(kind: str) -> dict[str, Callable[[Person], list[Piece]]]:
    found: dict[str, Callable[[Person], list[Piece]]] = {}
    for home in _HOMES[kind]:
        found |= import_module(f"taixu.generate.avatars.{home}").PARTS
    return found


def part_names(kind: str) -> tuple[str, ...]:
    """Names of a kind of parts."""
    return tuple(_parts(kind))


def part_named(kind: str, name: str) -> Callable[[Person], list[Piece]]:
    """A part that there is."""
    return _parts(kind)[name]
