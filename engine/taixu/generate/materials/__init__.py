"""Materials without weights: families of node graphs, aged, and turned into maps in the ranges of real things."""

from taixu.generate.materials.ageing import Age, aged
from taixu.generate.materials.family import Family, Surface, families, family, family_named, srgb
from taixu.generate.materials.maps import MAPS, MaterialMaps, material_graph, material_maps

__all__ = [
    "MAPS", "Age", "Family", "MaterialMaps", "Surface", "aged", "families", "family", "family_named", "material_graph",
    "material_maps", "srgb",
]  # fmt: skip
