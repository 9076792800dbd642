"""Materials taken apart: what may change while somebody watches is told as numbers, and what is left is fetched with the mesh.

A *paint* is what a material multiplies its textures with: colour, roughness and such. It goes with a look, by the state stream, so
that a machine that changes its colour costs some bytes and nobody a mesh. What is left of the material (its textures, how
transparent it is drawn, its coats) has ones in these places.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from taixu.assets.model import Material

__all__ = ["PAINT", "paint_of", "without_paint"]

PAINT = 9
"""Numbers of a paint: red, green, blue, alpha, metallic, roughness, and emitted red, green and blue; all linear."""


def paint_of(materials: Iterable[Material]) -> tuple[float, ...]:
    """The paints of materials, one after another, to five digits."""
    found: list[float] = []
    for each in materials:
        glow = (part * each.emissive_strength for part in each.emissive)
        found += (float(f"{part:.5g}") for part in (*each.base_color, each.metallic, each.roughness, *glow))
    return tuple(found)


def without_paint(material: Material) -> Material:
    """What is left of a material: ones where its paint is."""
    white = (1.0, 1.0, 1.0)
    return replace(material, base_color=(*white, 1.0), metallic=1.0, roughness=1.0, emissive=white, emissive_strength=1.0)
