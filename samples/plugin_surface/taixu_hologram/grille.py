"""Enamelled sheet metal with round holes: a masked surface with a layer."""

from __future__ import annotations

from taixu.ecs import F32, Color3, Vec2, field
from taixu.scene import ColorTexture, surface

__all__ = ["Grille"]


@surface("grille", glsl="grille.glsl", layers=("clearcoat",), alpha="mask", double_sided=True)
class Grille:
    """Sheet metal with holes, in two colours."""

    color: Color3 = field(default=(0.6, 0.02, 0.02), doc="Linear.")
    second_color: Color3 = field(default=(0.9, 0.9, 0.85), doc="Of every other row.")
    holes: Vec2 = field(default=(16.0, 8.0), doc="How many, along both texture coordinates.")
    hole_size: F32 = field(default=0.6, minimum=0.0, maximum=1.0, doc="Of the distance between holes.")
    decor: ColorTexture = field(default="", doc="Multiplies the colours.")
