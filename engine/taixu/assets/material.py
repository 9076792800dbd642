"""Materials: the metallic-roughness core of glTF 2.0 and every ``KHR_materials_*`` as typed parameters.

An extension that a material does not have is None (or its neutral number), so a renderer asks
``material.clearcoat is not None`` and needs no knowledge of JSON. Factors are linear; colours are linear
Rec.709. Texture channels and formulas are those of the extension with the same name in the Khronos registry.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from taixu.assets.texture import TextureRef
from taixu.assets.toon import Toon

__all__ = [
    "AlphaMode", "Anisotropy", "Clearcoat", "DiffuseTransmission", "Iridescence", "Material", "Sheen",
    "Specular", "SpecularGlossiness", "Transmission", "Volume",
]  # fmt: skip

AlphaMode = Literal["OPAQUE", "MASK", "BLEND"]
Color = tuple[float, float, float]
WHITE: Color = (1.0, 1.0, 1.0)
BLACK: Color = (0.0, 0.0, 0.0)


@dataclass(slots=True)
class Clearcoat:
    """`KHR_materials_clearcoat`: a clear layer on top. Texture channels: factor R, roughness G."""

    factor: float = 0.0
    texture: TextureRef | None = None
    roughness: float = 0.0
    roughness_texture: TextureRef | None = None
    normal_texture: TextureRef | None = None


@dataclass(slots=True)
class Sheen:
    """`KHR_materials_sheen`: fibres of cloth. Texture channels: colour RGB (sRGB), roughness A."""

    color: Color = BLACK
    color_texture: TextureRef | None = None
    roughness: float = 0.0
    roughness_texture: TextureRef | None = None


@dataclass(slots=True)
class Transmission:
    """`KHR_materials_transmission`: light going through the surface. Texture channel: R."""

    factor: float = 0.0
    texture: TextureRef | None = None


@dataclass(slots=True)
class Volume:
    """`KHR_materials_volume`: what is inside. Lengths in metres; thickness texture channel: G.

    ``attenuation_distance_m`` may be infinite, which absorbs nothing.
    """

    thickness_m: float = 0.0
    thickness_texture: TextureRef | None = None
    attenuation_distance_m: float = float("inf")
    attenuation_color: Color = WHITE


@dataclass(slots=True)
class Specular:
    """`KHR_materials_specular`: dielectric reflection. Texture channels: factor A, colour RGB (sRGB)."""

    factor: float = 1.0
    texture: TextureRef | None = None
    color: Color = WHITE
    color_texture: TextureRef | None = None


@dataclass(slots=True)
class Iridescence:
    """`KHR_materials_iridescence`: a thin film, in nanometres. Texture channels: factor R, thickness G."""

    factor: float = 0.0
    texture: TextureRef | None = None
    ior: float = 1.3
    thickness_min_nm: float = 100.0
    thickness_max_nm: float = 400.0
    thickness_texture: TextureRef | None = None


@dataclass(slots=True)
class Anisotropy:
    """`KHR_materials_anisotropy`: brushed metal. Texture channels: direction RG, strength B."""

    strength: float = 0.0
    rotation_rad: float = 0.0
    texture: TextureRef | None = None


@dataclass(slots=True)
class DiffuseTransmission:
    """`KHR_materials_diffuse_transmission`: leaves, paper. Texture channels: factor A, colour RGB (sRGB)."""

    factor: float = 0.0
    texture: TextureRef | None = None
    color: Color = WHITE
    color_texture: TextureRef | None = None


@dataclass(slots=True)
class SpecularGlossiness:
    """`KHR_materials_pbrSpecularGlossiness` (archived): another core. Both textures sRGB; glossiness in A."""

    diffuse: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    diffuse_texture: TextureRef | None = None
    specular: Color = WHITE
    glossiness: float = 1.0
    texture: TextureRef | None = None


@dataclass(slots=True)
class Material:
    """A surface.

    Attributes
    ----------
    base_color : (float, float, float, float)
        Linear Rec.709 and opacity; multiplies `base_color_texture` (sRGB) and ``COLOR_0``.
    metallic, roughness : float
        In [0, 1]; multiply channels B and G of `metallic_roughness_texture`.
    normal_texture, occlusion_texture : TextureRef or None
        Their scale and strength are in ``TextureRef.strength``.
    emissive : (float, float, float)
        Linear; multiplies `emissive_texture` (sRGB) and `emissive_strength` (in the scene's units).
    alpha_mode, alpha_cutoff : "OPAQUE", "MASK" or "BLEND", float
        The cutoff counts for ``MASK`` only.
    double_sided, unlit : bool
        Both sides are drawn; no light falls on it (`KHR_materials_unlit`).
    ior, dispersion : float
        Index of refraction (1.5 unless said otherwise; 0 means infinite), and 20 / Abbe number.
    toon : Toon or None
        How it is drawn instead of by its reflection (`VRMC_materials_mtoon`, VRM 0); it comes before `unlit`.
    extensions : dict
        Every extension not read here, raw.
    """

    name: str = ""
    base_color: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)
    base_color_texture: TextureRef | None = None
    metallic: float = 1.0
    roughness: float = 1.0
    metallic_roughness_texture: TextureRef | None = None
    normal_texture: TextureRef | None = None
    occlusion_texture: TextureRef | None = None
    emissive: Color = BLACK
    emissive_texture: TextureRef | None = None
    emissive_strength: float = 1.0
    alpha_mode: AlphaMode = "OPAQUE"
    alpha_cutoff: float = 0.5
    double_sided: bool = False
    unlit: bool = False
    ior: float = 1.5
    dispersion: float = 0.0
    clearcoat: Clearcoat | None = None
    sheen: Sheen | None = None
    transmission: Transmission | None = None
    volume: Volume | None = None
    specular: Specular | None = None
    iridescence: Iridescence | None = None
    anisotropy: Anisotropy | None = None
    diffuse_transmission: DiffuseTransmission | None = None
    specular_glossiness: SpecularGlossiness | None = None
    toon: Toon | None = None
    extras: Any = None
    extensions: dict[str, Any] = field(default_factory=dict)

    def texture_refs(self) -> list[tuple[str, TextureRef]]:
        """List all textures in use, with their dotted names (``"clearcoat.normal_texture"``)."""
        found: list[tuple[str, TextureRef]] = []
        for owner, prefix in ((self, ""), *((getattr(self, name), f"{name}.") for name in _LAYERS)):
            if owner is None:
                continue
            for name in type(owner).__dataclass_fields__:
                value = getattr(owner, name)
                if isinstance(value, TextureRef):
                    found.append((prefix + name, value))
        return found


_LAYERS = (
    "clearcoat", "sheen", "transmission", "volume", "specular", "iridescence", "anisotropy",
    "diffuse_transmission", "specular_glossiness", "toon",
)  # fmt: skip
