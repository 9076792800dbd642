"""Everything that stands in a settlement, by what kind of place it is."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.buildings.model import model_of
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.settlements.writing import build_cell, squares_of
from taixu.generate.worlds.blocks import fill_blocks
from taixu.generate.worlds.farming import put_fields
from taixu.generate.worlds.fortifying import put_walls
from taixu.generate.worlds.furnishing import Furnisher
from taixu.generate.worlds.gardens import put_gardens
from taixu.generate.worlds.houses import write_houses, write_shared
from taixu.generate.worlds.paving import pave
from taixu.generate.worlds.stones import put_stones
from taixu.generate.worlds.streetside import put_beside, put_lamps, put_square, put_yards
from taixu.generate.worlds.waterside import furnish_beach, furnish_canal, furnish_quay

__all__ = ["furnish"]

_GARDENS = ("quay", "street", "grid", "farm", "scattered")
"""Layouts whose houses have room around them."""


def furnish(on: Furnisher, name: str) -> None:
    """Furnish a site: `name` is the kind's."""
    layout = on.kind.layout
    square = on.site.layout.square
    write_houses(on.stage, on.site.houses, on.palette, middle=(square[0], square[1]), lit=on.lit)
    _put_far_houses(on)
    pave(on)
    if layout == "quay":
        furnish_quay(on, name)
    elif layout == "canal":
        furnish_canal(on)
    elif layout == "walled":
        put_walls(on)
    elif layout == "farm":
        put_fields(on)
    elif layout == "beach":
        furnish_beach(on)
    put_square(on)
    put_lamps(on)
    put_beside(on)
    if layout == "blocks":
        fill_blocks(on)
    else:
        put_yards(on)
    if layout in _GARDENS:
        put_gardens(on)
    put_stones(on)


def _put_far_houses(on: Furnisher) -> None:
    """Houses far from the middle of a city, a model a square of the ground."""
    for cell, houses in sorted(squares_of(on.site.far).items()):
        levels, solid, middle = build_cell(houses, on.palette)
        name = f"block_{cell[0]}_{cell[1]}".replace("-", "m")
        on.stage.add("block", {
            "transform": {"position": [float(middle[0]), 0.0, float(-np.asarray(middle)[1])]},
            "model": {"source": write_shared(on.stage, name, model_of(levels, on.palette, name=name))},
            "collider": {
                "shape": "mesh", "source": on.stage.write(f"{name}_collider", model_of([solid], Palette(0), name=name)),
            },
        })  # fmt: skip
