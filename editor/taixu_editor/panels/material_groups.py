"""Parameters of the standard material in groups, and why one of them changes nothing just now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["GROUPS", "idle_reasons"]

GROUPS: dict[str, tuple[str, ...]] = {
    "Colour": ("base_color", "base_color_texture", "unlit"),
    "Surface": (
        "metallic", "roughness", "metallic_roughness_texture", "normal_texture", "occlusion_texture", "texture_scale",
        "double_sided",
    ),
    "Glow": ("emissive", "emissive_strength", "emissive_texture"),
    "Transparency": ("alpha_mode", "alpha_cutoff"),
}  # fmt: skip
"""Fields by title; what is in none follows at the end."""

_LIT = (
    "metallic", "roughness", "metallic_roughness_texture", "normal_texture", "occlusion_texture", "emissive", "emissive_strength",
    "emissive_texture",
)  # fmt: skip
_TEXTURES = ("base_color_texture", "metallic_roughness_texture", "normal_texture", "occlusion_texture", "emissive_texture")
NO_LIGHT = "An unlit surface shows its colour alone."
NO_GLOW = "Nothing glows: the emissive colour is black."
NO_MASK = "Only the alpha mode mask cuts off."
NO_TEXTURE = "There is no texture to repeat."


def idle_reasons(values: Mapping[str, Any]) -> dict[str, str]:
    """Fields that have no effect on how a material looks, with the reason; `values` as in documents, defaults left out or not."""
    reasons = {}
    if values.get("alpha_mode", "opaque") != "mask":
        reasons["alpha_cutoff"] = NO_MASK
    if not any(values.get("emissive", (0.0,))):
        reasons["emissive_strength"] = reasons["emissive_texture"] = NO_GLOW
    if not any(values.get(name) for name in _TEXTURES):
        reasons["texture_scale"] = NO_TEXTURE
    if values.get("unlit"):
        reasons |= dict.fromkeys(_LIT, NO_LIGHT)
    return reasons
