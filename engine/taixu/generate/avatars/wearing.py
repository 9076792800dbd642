"""Putting on: an outfit and shoes over a body, and the skin that they hide left out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from taixu.generate.avatars.accessory_shapes import HAT_LINES
from taixu.generate.avatars.charts import skin_chart
from taixu.generate.avatars.garments import dressed
from taixu.generate.avatars.hair import head_of, over_cloth
from taixu.generate.avatars.parts import part_named
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.shoe_facts import BOOTS_OVER
from taixu.generate.avatars.surfaces import Piece

__all__ = ["worn"]

_OVER_TROUSERS = ("armour", "tunic")
"""Outfits whose hose goes into any shoes."""


def worn(person: Person, pieces: list[Piece]) -> list[Piece]:
    """The pieces with clothes, and without skin that lies under them."""
    spec = person.spec
    layers, extras = part_named("outfit", spec.outfit or "swimwear")(person)
    if spec.shoes:
        shoes = part_named("shoes", spec.shoes)(person)
        is_shaft_inside = spec.shoes not in BOOTS_OVER and spec.outfit not in _OVER_TROUSERS
        layers = [*shoes, *layers] if is_shaft_inside else [*layers, *shoes]
    cloth, covered = dressed(person, layers)
    hidden = np.zeros(len(person.data.positions), bool)
    hidden[: len(person.data.under)] = covered[person.data.under]
    result = []
    for piece in pieces:
        if piece.name == "body":
            rows = skin_chart("body").rows
            shown = ~hidden[rows][piece.triangles].all(1)
            result.append(piece.kept(np.asarray(shown)))
        else:
            result.append(piece)
    grown = [piece for kind, name in (("hair", spec.hair), ("brows", spec.brows), ("beard", spec.beard)) if name
             for piece in part_named(kind, name)(person)]  # fmt: skip
    trinkets = [piece for name in spec.accessories for piece in part_named("accessory", name)(person)]
    wound = [replace(piece, node="clothes") for piece in trinkets if piece.name == "scarf"]
    grown = [_over_scarf(person, over_cloth(person, _under_hats(person, piece), cloth), wound) for piece in grown]
    return [*result, *cloth, *grown, *trinkets, *(replace(extra, node="clothes") for extra in extras)]


def _over_scarf(person: Person, piece: Piece, scarf: list[Piece]) -> Piece:
    """Hair that is longer than a scarf reaches lies over it; shorter hair ends inside."""
    if piece.node != "hair" or not scarf or piece.positions[:, 1].min() > min(each.positions[:, 1].min() for each in scarf):
        return piece
    return over_cloth(person, piece, scarf, above_m=_OVER_SCARF_M)


def _under_hats(person: Person, piece: Piece) -> Piece:
    """Hair without what is under a hat."""
    lines = [HAT_LINES[name] for name in person.spec.accessories if name in HAT_LINES]
    if not lines or piece.name not in ("hair", "hair cap", "hair band"):
        return piece
    head = head_of(person)
    offset = (piece.positions - head.middle) / head.size
    above = offset[:, 1] - _SLOPE * offset[:, 2] > min(lines) - 0.006
    return piece.kept(np.asarray(~above[piece.triangles].any(1)))


_OVER_SCARF_M = 0.045
"""Above a scarf, where hair begins to go round it."""
_SLOPE = 0.13
"""Hats are higher in front."""
