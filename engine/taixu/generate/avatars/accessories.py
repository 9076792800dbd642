"""Accessories: what is worn on head, face, neck, back and wrists."""

from __future__ import annotations

from collections.abc import Callable

from taixu.generate.avatars.accessory_shapes import HATS
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.surfaces import Piece
from taixu.generate.avatars.trinkets import TRINKETS

__all__ = ["PARTS"]

PARTS: dict[str, Callable[[Person], list[Piece]]] = {**HATS, **TRINKETS}
