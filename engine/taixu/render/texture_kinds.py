"""What a texture is to a material: colours or numbers, normals, holes. It decides encoding, mip maps and format.

=============  =====================================  ======================================================
kind           slots                                  how its mip maps are made
=============  =====================================  ======================================================
``color``      `SRGB_SLOTS`                           averages in linear light
``blended``    base colour of ``BLEND``               averages in linear light, weighted by opacity
``cut_out``    base colour of ``MASK``                the same; opacity is scaled so that coverage stays
``normal``     ``normal``, ``clearcoat_normal``       mean normals; how much they scatter, in alpha
``data``       all others                             averages
=============  =====================================  ======================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from taixu.assets.model import Material
from taixu.render.signature import SRGB_SLOTS

__all__ = ["NORMAL_SLOTS", "TextureKind", "kind_of"]

NORMAL_SLOTS = frozenset({"normal", "clearcoat_normal"})
"""Slots that hold normals in tangent space."""


@dataclass(frozen=True, slots=True)
class TextureKind:
    """What a texture is; `cutoff` is the opacity in the texture below which there is a hole (``cut_out``)."""

    name: Literal["color", "blended", "cut_out", "normal", "data"]
    cutoff: float = 0.0

    @property
    def is_srgb(self) -> bool:
        """Whether colours are in the sRGB encoding."""
        return self.name not in ("normal", "data")


def kind_of(material: Material, slot: str) -> TextureKind:
    """What the texture in a slot is to a material."""
    if slot in NORMAL_SLOTS:
        return TextureKind("normal")
    if slot == "base_color" and material.alpha_mode == "BLEND":
        return TextureKind("blended")
    if slot == "base_color" and material.alpha_mode == "MASK":
        return _cut_out(material)
    return TextureKind("color" if slot in SRGB_SLOTS else "data")


def _cut_out(material: Material) -> TextureKind:
    gloss = material.specular_glossiness
    opacity = (material.base_color if gloss is None else gloss.diffuse)[3]
    cutoff = material.alpha_cutoff / opacity if opacity > 0 else 0.0
    # A cutoff of 0 hides nothing and one above 1 everything, whatever the texture says.
    return TextureKind("cut_out", round(cutoff, 3)) if 0.0 < cutoff <= 1.0 else TextureKind("blended")
