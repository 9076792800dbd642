"""Materials as rows of numbers: what shaders read of one, laid out for numpy and GLSL at once."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, TextureRef
from taixu.gpu import Device, StructLayout
from taixu.render.bindings import StorageSlot, TexelUnit, row_reader
from taixu.render.signature import LAYERS, PLAIN_MAPPINGS, SLOTS

__all__ = [
    "MATERIAL_ROW",
    "MOST_MAPPINGS",
    "MOST_TEXTURES",
    "Mappings",
    "layers_of",
    "material_row",
    "materials_glsl",
    "texture_refs",
]

_log = logging.getLogger(__name__)

MOST_MAPPINGS = 8
"""Transformed mappings of a material, besides the plain ones: what crosses from vertices to fragments is limited."""
MOST_TEXTURES = 24

MATERIAL_ROW = StructLayout(
    "StandardMaterial",
    [
        ("base_color", "f4", (4,)),
        ("emissive", "f4", (3,)),
        ("metallic", "f4"),
        ("specular_color", "f4", (3,)),
        ("roughness", "f4"),
        ("normal_scale", "f4"),
        ("occlusion_strength", "f4"),
        ("alpha_cutoff", "f4"),
        ("ior", "f4"),
        ("specular", "f4"),
        ("alpha_mode", "u4"),
        ("double_sided", "u4"),
        ("transmission", "f4"),
        ("sheen_color", "f4", (3,)),
        ("sheen_roughness", "f4"),
        ("attenuation_color", "f4", (3,)),
        ("attenuation_distance", "f4"),  # metres; 0: nothing is absorbed
        ("diffuse_transmission_color", "f4", (3,)),
        ("diffuse_transmission", "f4"),
        ("clearcoat", "f4"),
        ("clearcoat_roughness", "f4"),
        ("clearcoat_normal_scale", "f4"),
        ("thickness", "f4"),  # metres, in the mesh's own space
        ("iridescence", "f4"),
        ("iridescence_ior", "f4"),
        ("iridescence_thickness_min", "f4"),  # nanometres
        ("iridescence_thickness_max", "f4"),
        ("anisotropy_direction", "f4", (2,)),  # cosine and sine of the rotation
        ("anisotropy", "f4"),
        ("dispersion", "f4"),  # 20 / Abbe number
        ("glance", "u4"),  # base colour as sRGB in bytes, glass dimmed: all that the fast quality reads
        ("surface", "u4"),  # row among those of its own surface, where it is not the standard one
        ("fade_px", "f4", (2,)),  # of `taixu.scene.impostors.Fade`, as is the sphere
        ("fade_sphere", "f4", (4,)),
        ("texture_layers", "u4", (MOST_TEXTURES // 8, 4)),  # 16 bits a texture, in the signature's order
        ("mappings", "f4", (2 * MOST_MAPPINGS, 4)),  # two rows each: u = xyz . (uv, 1), w the set; v likewise
    ],
)

_ALPHA_MODES = {"OPAQUE": 0, "MASK": 1, "BLEND": 2}


def materials_glsl(device: Device) -> str:
    """The row, its block, and how it is read, in GLSL."""
    names = "".join(f"#define ALPHA_MODE_{name} {number}u\n" for name, number in _ALPHA_MODES.items())
    names += f"#define PLAIN_MAPPINGS {PLAIN_MAPPINGS}\n"
    block = MATERIAL_ROW.storage_block("Materials", binding=StorageSlot.MATERIALS, array="materials")
    reader = row_reader(
        device, MATERIAL_ROW, "material_row", array="materials", binding=StorageSlot.MATERIALS, unit=TexelUnit.MATERIALS
    )
    return names + block + reader


def layers_of(material: Material) -> tuple[str, ...]:
    """The layers that can be seen of a material, in the order of `LAYERS`."""
    m = material
    if m.unlit or m.toon is not None:
        return ()
    through = m.transmission is not None and m.transmission.factor > 0
    leaks = m.diffuse_transmission is not None and m.diffuse_transmission.factor > 0
    thick = m.volume is not None and m.volume.thickness_m > 0 and (through or leaks)
    found = {
        "clearcoat": m.clearcoat is not None and m.clearcoat.factor > 0,
        "sheen": m.sheen is not None and max(m.sheen.color) > 0,
        "transmission": through,
        "volume": thick,
        "iridescence": m.iridescence is not None and m.iridescence.factor > 0,
        "anisotropy": m.anisotropy is not None and m.anisotropy.strength != 0,
        "dispersion": m.dispersion > 0 and through and thick,
        "diffuse_transmission": leaks,
    }
    return tuple(name for name in LAYERS if found[name])


def texture_refs(material: Material) -> dict[str, TextureRef]:
    """The material's textures by slot name in the order of `SLOTS`: those that its shader reads."""
    m, layers = material, layers_of(material)
    found: dict[str, TextureRef | None] = {"base_color": m.base_color_texture}
    if not m.unlit:
        found |= {"normal": m.normal_texture, "occlusion": m.occlusion_texture, "emissive": m.emissive_texture}
        if m.specular_glossiness is None:
            found["metallic_roughness"] = m.metallic_roughness_texture
        if m.specular is not None:
            found |= {"specular": m.specular.texture, "specular_color": m.specular.color_texture}
    if m.specular_glossiness is not None:
        found["base_color"] = m.specular_glossiness.diffuse_texture
        found["specular_glossiness"] = None if m.unlit else m.specular_glossiness.texture
    if m.clearcoat is not None and "clearcoat" in layers:
        found["clearcoat"], found["clearcoat_roughness"] = m.clearcoat.texture, m.clearcoat.roughness_texture
        found["clearcoat_normal"] = m.clearcoat.normal_texture
    if m.sheen is not None and "sheen" in layers:
        found["sheen_color"], found["sheen_roughness"] = m.sheen.color_texture, m.sheen.roughness_texture
    if m.transmission is not None and "transmission" in layers:
        found["transmission"] = m.transmission.texture
    if m.volume is not None and "volume" in layers:
        found["thickness"] = m.volume.thickness_texture
    if m.iridescence is not None and "iridescence" in layers:
        found["iridescence"], found["iridescence_thickness"] = m.iridescence.texture, m.iridescence.thickness_texture
    if m.anisotropy is not None and "anisotropy" in layers:
        found["anisotropy"] = m.anisotropy.texture
    if m.diffuse_transmission is not None and "diffuse_transmission" in layers:
        found["diffuse_transmission"] = m.diffuse_transmission.texture
        found["diffuse_transmission_color"] = m.diffuse_transmission.color_texture
    return {name: ref for name in SLOTS if (ref := found.get(name)) is not None}


@dataclass(frozen=True)
class Mappings:
    """How a material's textures are laid over its meshes.

    Attributes
    ----------
    numbers
        By slot: 0 and 1 for the mesh's own coordinates, from 2 on rows of `rows`.
    rows : float32[2 k, 4]
        Affine maps, as in `MATERIAL_ROW`.
    """

    numbers: dict[str, int]
    rows: NDArray[np.float32]

    @classmethod
    def of(cls, refs: dict[str, TextureRef]) -> Mappings:
        """The distinct mappings of these references."""
        numbers: dict[str, int] = {}
        known: dict[tuple[float, ...], int] = {}
        for slot, ref in refs.items():
            if not ref.transformed and ref.texcoord < PLAIN_MAPPINGS:
                numbers[slot] = ref.texcoord
                continue
            row = _affine(ref)
            if row not in known and len(known) == MOST_MAPPINGS:
                _log.warning("a material lays its textures in more than %d ways: %s is laid as the mesh says", MOST_MAPPINGS, slot)
                numbers[slot] = min(ref.texcoord, PLAIN_MAPPINGS - 1)
                continue
            numbers[slot] = PLAIN_MAPPINGS + known.setdefault(row, len(known))
        rows = np.array(list(known), np.float32).reshape(-1, 4)
        return cls(numbers, rows)


def _affine(ref: TextureRef) -> tuple[float, ...]:
    """`KHR_texture_transform`: offset + R (scale uv), R = [[cos, sin], [-sin, cos]]; and the set of coordinates."""
    c, s = float(np.cos(ref.rotation_rad)), float(np.sin(ref.rotation_rad))
    (sx, sy), (ox, oy) = ref.scale, ref.offset
    return (c * sx, s * sy, ox, float(min(ref.texcoord, PLAIN_MAPPINGS - 1)), -s * sx, c * sy, oy, 0.0)


def material_row(material: Material, layers: dict[str, int], refs: Mapping[str, TextureRef] | None = None) -> NDArray[Any]:
    """The row of a material whose textures lie in these array layers, by slot in the signature's order.

    `refs` are its textures by slot; by default those that the standard surface reads.
    """
    m, row, refs = material, MATERIAL_ROW.zeros(), texture_refs(material) if refs is None else refs
    row["base_color"], row["metallic"], row["roughness"] = m.base_color, m.metallic, m.roughness
    row["emissive"] = np.asarray(m.emissive) * m.emissive_strength
    row["specular_color"], row["specular"], row["ior"] = (1.0, 1.0, 1.0), 1.0, m.ior
    row["normal_scale"] = row["occlusion_strength"] = row["clearcoat_normal_scale"] = 1.0
    row["alpha_cutoff"], row["alpha_mode"] = m.alpha_cutoff, _ALPHA_MODES[m.alpha_mode]
    row["double_sided"], row["dispersion"] = m.double_sided, m.dispersion
    row["attenuation_color"], row["iridescence_ior"] = (1.0, 1.0, 1.0), 1.3
    for slot, field in (
        ("normal", "normal_scale"),
        ("occlusion", "occlusion_strength"),
        ("clearcoat_normal", "clearcoat_normal_scale"),
    ):
        if slot in refs:
            row[field] = refs[slot].strength
    _put_layers(m, row)
    row["glance"] = _glance(row)
    for at, slot in enumerate(layers):
        row["texture_layers"][at // 8, at // 2 % 4] |= np.uint32(layers[slot] << (16 * (at % 2)))
    rows = Mappings.of({slot: ref for slot, ref in refs.items() if slot in layers}).rows
    row["mappings"][: len(rows)] = rows
    return row


def _glance(row: NDArray[Any]) -> int:
    """What the fast quality takes a material for: its base colour in bytes, red lowest, sRGB; glass is seen through."""
    linear = np.clip(row["base_color"][:3].astype(float), 0.0, 1.0)
    shown = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
    alpha = float(np.clip(row["base_color"][3] * (1.0 - 0.8 * row["transmission"]), 0.0, 1.0))
    red, green, blue, opaque = (round(255 * each) for each in (*shown.tolist(), alpha))
    return red | green << 8 | blue << 16 | opaque << 24


def _put_layers(m: Material, row: NDArray[Any]) -> None:
    if m.specular is not None:
        row["specular"], row["specular_color"] = m.specular.factor, m.specular.color
    if m.specular_glossiness is not None:  # an infinite index of refraction leaves f0 to the specular colour
        row["base_color"], row["metallic"], row["ior"] = m.specular_glossiness.diffuse, 0.0, 0.0
        row["specular_color"], row["roughness"] = m.specular_glossiness.specular, 1.0 - m.specular_glossiness.glossiness
    if m.clearcoat is not None:
        row["clearcoat"], row["clearcoat_roughness"] = m.clearcoat.factor, m.clearcoat.roughness
    if m.sheen is not None:
        row["sheen_color"], row["sheen_roughness"] = m.sheen.color, m.sheen.roughness
    if m.transmission is not None:
        row["transmission"] = m.transmission.factor
    if m.volume is not None:
        distance = m.volume.attenuation_distance_m
        row["thickness"], row["attenuation_color"] = m.volume.thickness_m, m.volume.attenuation_color
        row["attenuation_distance"] = distance if np.isfinite(distance) else 0.0
    if m.iridescence is not None:
        row["iridescence"], row["iridescence_ior"] = m.iridescence.factor, m.iridescence.ior
        row["iridescence_thickness_min"] = m.iridescence.thickness_min_nm
        row["iridescence_thickness_max"] = m.iridescence.thickness_max_nm
    if m.anisotropy is not None:
        row["anisotropy"] = m.anisotropy.strength
        row["anisotropy_direction"] = np.cos(m.anisotropy.rotation_rad), np.sin(m.anisotropy.rotation_rad)
    if m.diffuse_transmission is not None:
        row["diffuse_transmission"] = m.diffuse_transmission.factor
        row["diffuse_transmission_color"] = m.diffuse_transmission.color
