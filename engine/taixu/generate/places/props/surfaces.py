"""What props are made of: families of the material generator at a small size, and plain colours."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from taixu.assets.image import encode_jpeg
from taixu.assets.model import Image, Material, ModelData, Texture, TextureRef

__all__ = ["GRAINED", "SURFACES", "Look", "add_look"]


@dataclass(frozen=True)
class Look:
    """A surface.

    Attributes
    ----------
    family
        Of the material generator; empty is plain.
    color
        Linear; multiplies the family's, which is brought to an even grey first where `gray` is set.
    tile_m
        Metres that a picture covers; 0 takes the family's own.
    """

    family: str = ""
    color: tuple[float, float, float] = (1.0, 1.0, 1.0)
    rough: float = 0.8
    metal: float = 0.0
    tile_m: float = 0.0
    gray: bool = False
    emissive: tuple[float, float, float] = (0.0, 0.0, 0.0)
    strength: float = 1.0
    alpha: float = 1.0
    sliders: dict[str, Any] = field(default_factory=dict, hash=False)


SURFACES: dict[str, Look] = {
    "wood": Look("planks", (0.95, 0.85, 0.72), 0.75, sliders={"boards": 6}),
    "old wood": Look("planks", (0.8, 0.82, 0.85), 0.85, sliders={"greying": 0.8, "boards": 5}),
    "dark wood": Look("planks", (0.42, 0.33, 0.27), 0.7, sliders={"boards": 6}),
    "red wood": Look("planks", (0.85, 0.16, 0.1), 0.5, gray=True),
    "blue wood": Look("planks", (0.12, 0.3, 0.55), 0.55, gray=True),
    "green wood": Look("planks", (0.14, 0.34, 0.2), 0.55, gray=True),
    "white wood": Look("planks", (0.85, 0.83, 0.78), 0.6, gray=True),
    "bark": Look("bark", (0.9, 0.85, 0.8), 0.95),
    "stone": Look("sandstone", (0.44, 0.43, 0.41), 0.92, tile_m=1.4, gray=True),
    "pale stone": Look("sandstone", (0.72, 0.66, 0.55), 0.88, gray=True),
    "flagstones": Look("cobbles", (0.34, 0.33, 0.31), 0.85, tile_m=2.4, gray=True),
    "rock": Look("sandstone", (0.2, 0.17, 0.14), 0.95, tile_m=2.2, gray=True),
    "brick floor": Look("bricks", (0.36, 0.24, 0.18), 0.9, tile_m=1.6, gray=True),
    "temple floor": Look("terrazzo", (0.42, 0.36, 0.27), 0.5, tile_m=2.0, gray=True),
    "temple wall": Look("sandstone", (0.62, 0.5, 0.33), 0.9, tile_m=2.5, gray=True),
    "panel floor": Look("hull panels", (0.2, 0.22, 0.25), 0.5, tile_m=2.0, gray=True),
    "vault": Look("plaster", (0.3, 0.27, 0.23), 0.95, tile_m=2.0, gray=True),
    "temple vault": Look("sandstone", (0.4, 0.32, 0.22), 0.92, tile_m=2.5, gray=True),
    "hull wall": Look("painted metal", (0.36, 0.4, 0.44), 0.5, tile_m=2.4, gray=True),
    "masonry": Look("bricks", (0.46, 0.44, 0.4), 0.92, gray=True),
    "brick": Look("bricks", (1.0, 1.0, 1.0), 0.9),
    "concrete": Look("concrete", (1.0, 1.0, 1.0), 0.9),
    "whitewash": Look("plaster", (0.74, 0.71, 0.65), 0.92, gray=True, tile_m=2.5),
    "plaster yellow": Look("plaster", (0.7, 0.5, 0.25), 0.92, gray=True, tile_m=2.5),
    "plaster blue": Look("plaster", (0.36, 0.47, 0.55), 0.92, gray=True, tile_m=2.5),
    "adobe": Look("plaster", (0.6, 0.38, 0.22), 0.95, gray=True, tile_m=3.0),
    "brick dark": Look("bricks", (0.26, 0.15, 0.11), 0.92, gray=True),
    "concrete wall": Look("concrete", (0.5, 0.48, 0.45), 0.92, gray=True, tile_m=3.0),
    "glass wall": Look("", (0.1, 0.16, 0.2), 0.06, 0.3),
    "logs": Look("planks", (0.5, 0.35, 0.22), 0.85, sliders={"boards": 4}),
    "slates": Look("roof tiles", (0.16, 0.17, 0.19), 0.7, gray=True, tile_m=1.6),
    "roof tiles": Look("roof tiles", (0.5, 0.19, 0.1), 0.85, gray=True, tile_m=1.8),
    "grey tiles": Look("roof tiles", (0.12, 0.125, 0.13), 0.8, gray=True, tile_m=1.2),
    "shingles": Look("roof tiles", (0.2, 0.15, 0.11), 0.9, gray=True, tile_m=1.4),
    "moss": Look("moss", (0.5, 0.55, 0.4), 0.95, tile_m=1.0),
    "window light": Look("", (0.9, 0.7, 0.4), 0.4, emissive=(1.0, 0.5, 0.16), strength=0.45),
    "cobbles": Look("cobbles", (0.3, 0.29, 0.27), 0.85, tile_m=2.2, gray=True),
    "asphalt": Look("asphalt", (0.09, 0.09, 0.095), 0.9, tile_m=2.5, gray=True),
    "dirt": Look("mud", (0.3, 0.22, 0.14), 0.95, tile_m=3.0, gray=True),
    "pavement": Look("concrete", (0.4, 0.39, 0.37), 0.9, tile_m=2.0, gray=True),
    "castle wall": Look("bricks", (0.4, 0.37, 0.33), 0.95, tile_m=2.4, gray=True),
    "crop": Look("grass", (0.5, 0.42, 0.12), 0.95, tile_m=1.5, gray=True),
    "crop green": Look("grass", (0.16, 0.3, 0.07), 0.95, tile_m=1.5, gray=True),
    "clay": Look("plaster", (0.55, 0.23, 0.12), 0.85, tile_m=0.8, gray=True),
    "earth": Look("mud", (0.5, 0.4, 0.32), 0.95),
    "iron": Look("hammered metal", (0.06, 0.06, 0.065), 0.55, 0.6, tile_m=0.4, gray=True),
    "steel": Look("brushed metal", (0.55, 0.56, 0.58), 0.35, 1.0, gray=True),
    "rust": Look("rust", (1.0, 1.0, 1.0), 0.85),
    "brass": Look("", (0.72, 0.5, 0.2), 0.35, 1.0),
    "red paint": Look("painted metal", (0.62, 0.05, 0.04), 0.4, gray=True, tile_m=0.8),
    "blue paint": Look("painted metal", (0.05, 0.16, 0.42), 0.4, gray=True, tile_m=0.8),
    "green paint": Look("painted metal", (0.05, 0.2, 0.09), 0.45, gray=True, tile_m=0.8),
    "yellow paint": Look("painted metal", (0.8, 0.5, 0.03), 0.45, gray=True, tile_m=0.8),
    "white paint": Look("painted metal", (0.8, 0.8, 0.78), 0.4, gray=True, tile_m=0.8),
    "orange paint": Look("painted metal", (0.8, 0.2, 0.03), 0.45, gray=True, tile_m=0.8),
    "hull": Look("hull panels", (0.55, 0.58, 0.62), 0.45, gray=True, tile_m=1.6),
    "linen": Look("denim", (0.72, 0.67, 0.55), 0.95, tile_m=0.3, gray=True),
    "red cloth": Look("denim", (0.6, 0.06, 0.05), 0.95, tile_m=0.3, gray=True),
    "blue cloth": Look("denim", (0.06, 0.16, 0.42), 0.95, tile_m=0.3, gray=True),
    "rope": Look("denim", (0.5, 0.38, 0.22), 0.95, tile_m=0.12, gray=True),
    "straw": Look("fur", (0.62, 0.45, 0.16), 0.95, tile_m=0.5, gray=True),
    "leaf": Look("moss", (0.16, 0.3, 0.07), 0.9, tile_m=0.4, gray=True),
    "flower": Look("", (0.75, 0.1, 0.2), 0.8),
    "fruit": Look("", (0.75, 0.28, 0.03), 0.5),
    "fish": Look("", (0.5, 0.55, 0.6), 0.25),
    "paper": Look("paper", (0.9, 0.85, 0.72), 0.9, gray=True),
    "black": Look("", (0.015, 0.015, 0.017), 0.7),
    "rubber": Look("rubber", (0.05, 0.05, 0.05), 0.9, tile_m=0.3, gray=True),
    "glass": Look("", (0.55, 0.65, 0.68), 0.08),
    "water": Look("", (0.02, 0.06, 0.07), 0.05),
    "glow": Look("", (1.0, 0.8, 0.5), 0.5, emissive=(1.0, 0.62, 0.26), strength=4.0),
    "red glow": Look("", (0.9, 0.15, 0.08), 0.7, emissive=(1.0, 0.16, 0.05), strength=2.5),
    "cold glow": Look("", (0.6, 0.9, 1.0), 0.4, emissive=(0.35, 0.8, 1.0), strength=5.0),
    "green glow": Look("", (0.2, 0.8, 0.3), 0.4, emissive=(0.1, 1.0, 0.3), strength=2.0),
    "flame": Look("", (1.0, 0.5, 0.1), 0.9, emissive=(1.0, 0.36, 0.07), strength=4.5),
}
"""By name."""
GRAINED = frozenset({"planks", "bark"})
"""Families that run in one direction."""


def add_look(model: ModelData, name: str, *, size: int) -> tuple[int, float]:
    """Put a surface into a model; gives its number there, and how many metres a picture covers."""
    look = SURFACES[name]
    material = Material(
        name=name, base_color=(*look.color, look.alpha), metallic=look.metal, roughness=look.rough, emissive=look.emissive,
        emissive_strength=look.strength, alpha_mode="OPAQUE" if look.alpha >= 1 else "BLEND",
    )  # fmt: skip
    tile = 1.0
    if look.family:
        color, normal, tile = _pictures(name, size)
        for role, data in (("color", color), ("normal", normal)):
            model.images.append(Image(name=f"{name} {role}", data=data, mime="image/jpeg"))
            model.textures.append(Texture(image=len(model.images) - 1))
        material.base_color_texture = TextureRef(texture=len(model.textures) - 2)
        material.normal_texture = TextureRef(texture=len(model.textures) - 1)
    model.materials.append(material)
    return len(model.materials) - 1, tile


@lru_cache(maxsize=64)
def _pictures(name: str, size: int) -> tuple[bytes, bytes, float]:
    """Colour and normals as JPEG, and the metres that they cover."""
    from taixu.generate.materials.maps import material_maps

    look = SURFACES[name]
    made = material_maps(look.family, size, seed=7, **look.sliders)
    color = made.maps["base_color"].astype(np.float32)
    if look.gray:  # only how light and dark it is; the surface's own colour multiplies
        gray = color @ np.array([0.2126, 0.7152, 0.0722], np.float32)
        color = np.repeat((gray / max(float(gray.mean()), 1e-4) * 0.72)[..., None], 3, -1)
    color = np.clip(color, 0, 1)
    coded = np.where(color <= 0.0031308, 12.92 * color, 1.055 * np.maximum(color, 1e-6) ** (1 / 2.4) - 0.055)
    normal = made.maps["normal"] * 0.5 + 0.5
    as_bytes = [np.rint(np.clip(each, 0, 1) * 255).astype(np.uint8) for each in (coded, normal)]
    return encode_jpeg(as_bytes[0], quality=82), encode_jpeg(as_bytes[1], quality=88), look.tile_m or made.size_m
