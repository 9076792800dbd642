"""What of a material decides which shader draws it: the layers that it has, and how its textures are looked up.

Shaders are compiled for a signature: code of a layer, or of a texture, that a material lacks is not there. What differs
in numbers only lies in rows (`taixu.render.material_rows`) and draws together.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

__all__ = ["LAYERS", "PLAIN", "PLAIN_MAPPINGS", "SLOTS", "SRGB_SLOTS", "Signature", "TextureUse", "signature",
           "texture_slots_glsl"]  # fmt: skip

LAYERS = (
    "clearcoat", "sheen", "transmission", "volume", "iridescence", "anisotropy", "dispersion", "diffuse_transmission",
)  # fmt: skip
"""Layers over the metallic-roughness core (ior and specular are part of that); ``LAYER_<NAME>`` in GLSL."""

SLOTS = (
    "base_color", "metallic_roughness", "normal", "occlusion", "emissive", "specular", "specular_color",
    "specular_glossiness", "clearcoat", "clearcoat_roughness", "clearcoat_normal", "sheen_color", "sheen_roughness",
    "transmission", "thickness", "iridescence", "iridescence_thickness", "anisotropy", "diffuse_transmission",
    "diffuse_transmission_color",
)  # fmt: skip
"""Texture slots of the standard surface; ``HAS_<NAME>`` and ``sample_<name>`` in GLSL."""

SRGB_SLOTS = frozenset(
    {"base_color", "emissive", "specular_color", "specular_glossiness", "sheen_color", "diffuse_transmission_color",
     "toon_shade", "toon_matcap", "toon_rim"}
)
"""Slots whose colour channels are in the sRGB encoding."""

PLAIN_MAPPINGS = 2
"""Mappings 0 and 1 are the mesh's first and second set of coordinates; from 2 on they are transformed ones."""


@dataclass(frozen=True, slots=True)
class TextureUse:
    """A texture of a signature.

    Attributes
    ----------
    slot
        Which one of `SLOTS`.
    at
        Where the material's row holds its array layer.
    mapping
        Through which of the material's mappings it is seen.
    unit
        What its array is bound to.
    """

    slot: str
    at: int
    mapping: int
    unit: int


@dataclass(frozen=True, slots=True)
class Signature:
    """Layers in the order of `LAYERS`, textures in the order of `SLOTS`."""

    layers: tuple[str, ...] = ()
    textures: tuple[TextureUse, ...] = ()

    def defines(self) -> dict[str, object]:
        """What shaders are compiled with."""
        return dict(_defines(self))

    def only(self, *slots: str) -> Signature:
        """As it is to a shader that reads these textures and knows no layers."""
        return signature((), tuple(use for use in self.textures if use.slot in slots))


@cache
def signature(layers: tuple[str, ...], textures: tuple[TextureUse, ...]) -> Signature:
    """The one signature of these: who looks things up by it finds it without comparing."""
    return Signature(layers, textures)


PLAIN = signature((), ())
"""Of a material without layers and textures."""


@cache
def _defines(signature: Signature) -> dict[str, object]:
    defines: dict[str, object] = {f"LAYER_{name.upper()}": True for name in signature.layers}
    mappings = {use.slot: use.mapping for use in signature.textures}
    defines["TEXTURES"] = max((use.at + 1 for use in signature.textures), default=0)
    defines["MAPPINGS"] = max(0, *mappings.values(), PLAIN_MAPPINGS - 1) + 1 - PLAIN_MAPPINGS
    framed = [name for name in ("normal", "anisotropy", "clearcoat_normal") if name in mappings]
    if framed or "anisotropy" in signature.layers:  # tangents belong to the coordinates of the normal map
        defines |= {"WANTS_FRAME": True, "FRAME_MAPPING": mappings[framed[0]] if framed else 0}
    for use in signature.textures:
        name = use.slot.upper()
        defines |= {f"HAS_{name}": True, f"AT_{name}": use.at, f"MAPPING_{name}": use.mapping, f"UNIT_{name}": use.unit}
    return defines


def texture_slots_glsl(slots: tuple[str, ...] = SLOTS) -> str:
    """A sampler and a function `sample_<slot>(Fragment)` for each slot that a signature has."""
    return "".join(
        f"#ifdef HAS_{name.upper()}\n"
        f"layout(binding = UNIT_{name.upper()}) uniform sampler2DArray {name}_map;\n"
        f"vec4 sample_{name}(Fragment f) {{ return {'DECODED' if name in SRGB_SLOTS else ''}(SAMPLE_MAP({name}_map, "
        f"vec3(texture_coordinate(f, MAPPING_{name.upper()}), texture_layer(AT_{name.upper()})))); }}\n"
        "#endif\n"
        for name in slots
    )
