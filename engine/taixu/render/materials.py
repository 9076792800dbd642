"""Materials on the GPU: rows of parameters, groups of textures, and keys that decide which pipeline draws.

A material is a row of `MATERIAL_ROW`, whose GLSL is generated from it, and up to seven texture slots. What must differ
between two draws (pipeline, bound arrays) is in its `DrawKey`; everything else is in the row, so that materials which
differ in numbers only draw together. Materials whose texture groups can be laid over each other (same arrays and
samplers where both use a slot) share a group.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, TextureRef
from taixu.gpu import BindGroup, Buffer, Device, Sampler, StructLayout, Texture

from .bindings import StorageSlot, TextureSlot
from .context import DrawKey
from .texture_pool import TexturePool
from .texture_pool import TextureSlot as PoolSlot

__all__ = [
    "MATERIAL_ROW",
    "SLOTS",
    "BoundTexture",
    "MaterialTable",
    "feature_defines",
    "material_row",
    "materials_glsl",
]

SLOTS = ("base_color", "metallic_roughness", "normal", "occlusion", "emissive", "specular", "specular_color")
"""Texture slots in the order of the shader's; slot i is bound to unit ``FIRST_UNIT + i``."""
SRGB_SLOTS = frozenset({"base_color", "emissive", "specular_color"})
FIRST_UNIT = TextureSlot.SHADING + 4

FEATURES = {"unlit": 1 << 0, "specular": 1 << 1, "transmission": 1 << 4}
"""Bits of the row's feature mask that this material sets; the list is in ``surface/inputs.glsl``."""

SLOT_MASK = (1 << len(SLOTS)) - 1
"""Low bits of `DrawKey.features`: which slots the shader looks up, as a lookup costs its time even where it is empty. The
texture group's number is above bit 8."""

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
        ("features", "u4"),
        ("alpha_mode", "u4"),
        ("double_sided", "u4"),
        ("transmission", "f4"),
        ("clearcoat", "f4"),
        ("clearcoat_roughness", "f4"),
        ("sheen_roughness", "f4"),
        ("slots", "f4", (2 * len(SLOTS), 4)),  # two rows a slot: u = xyz . (uv, 1), w layer or -1; v likewise, w set
    ],
)

_ALPHA_MODES = {"OPAQUE": 0, "MASK": 1, "BLEND": 2}


@dataclass(frozen=True, slots=True)
class BoundTexture:
    """A texture of a material: where its texels are and how they are read."""

    slot: PoolSlot
    sampler: Sampler


def materials_glsl() -> str:
    """The row, its block and the numbers of slots and units, in GLSL."""
    names = "".join(
        f"#define SLOT_{name.upper()} {i}\n#define TEXTURE_{name.upper()} {FIRST_UNIT + i}\n" for i, name in enumerate(SLOTS)
    )
    names += "".join(f"#define ALPHA_MODE_{name} {number}u\n" for name, number in _ALPHA_MODES.items())
    return names + MATERIAL_ROW.storage_block("Materials", binding=StorageSlot.MATERIALS, array="materials")


def feature_defines(features: int) -> dict[str, object]:
    """Defines that `DrawKey.features` stands for."""
    defines: dict[str, object] = {f"HAS_{name.upper()}": bool(features >> i & 1) for i, name in enumerate(SLOTS)}
    return {"TEXTURED": bool(features & SLOT_MASK), **defines}


def texture_refs(material: Material) -> dict[str, TextureRef]:
    """The material's textures by slot name, those that the shader reads."""
    layer = material.specular
    found = {
        "base_color": material.base_color_texture,
        "metallic_roughness": material.metallic_roughness_texture,
        "normal": material.normal_texture,
        "occlusion": material.occlusion_texture,
        "emissive": material.emissive_texture,
        "specular": layer.texture if layer else None,
        "specular_color": layer.color_texture if layer else None,
    }
    if material.specular_glossiness is not None:
        found["base_color"] = material.specular_glossiness.diffuse_texture
    if material.unlit:
        found = {"base_color": found["base_color"]}
    return {name: ref for name, ref in found.items() if ref is not None}


def material_row(material: Material, layers: dict[str, int]) -> NDArray[Any]:
    """The row of a material whose textures lie in these layers."""
    row = MATERIAL_ROW.zeros()
    row["base_color"], row["metallic"], row["roughness"] = material.base_color, material.metallic, material.roughness
    row["emissive"] = np.asarray(material.emissive) * material.emissive_strength
    row["specular_color"], row["specular"], row["ior"] = (1.0, 1.0, 1.0), 1.0, material.ior
    row["normal_scale"] = row["occlusion_strength"] = 1.0
    row["alpha_cutoff"], row["alpha_mode"] = material.alpha_cutoff, _ALPHA_MODES[material.alpha_mode]
    row["features"], row["double_sided"] = FEATURES["unlit"] if material.unlit else 0, material.double_sided
    if material.specular is not None:
        row["specular"], row["specular_color"] = material.specular.factor, material.specular.color
        row["features"] |= FEATURES["specular"]
    if material.transmission is not None and material.transmission.factor > 0:
        row["transmission"] = material.transmission.factor
        row["features"] |= FEATURES["transmission"]
    if material.specular_glossiness is not None:  # the archived model: diffuse and one gloss, without metal
        row["base_color"], row["metallic"] = material.specular_glossiness.diffuse, 0.0
        row["roughness"] = 1.0 - material.specular_glossiness.glossiness
    refs = texture_refs(material)
    for i, name in enumerate(SLOTS):
        ref = refs.get(name)
        if ref is None or name not in layers:
            row["slots"][2 * i] = (1, 0, 0, -1)
            row["slots"][2 * i + 1] = (0, 1, 0, 0)
            continue
        c, s = np.cos(ref.rotation_rad), np.sin(ref.rotation_rad)
        (sx, sy), (ox, oy) = ref.scale, ref.offset
        row["slots"][2 * i] = (c * sx, s * sy, ox, layers[name])
        row["slots"][2 * i + 1] = (-s * sx, c * sy, oy, min(ref.texcoord, 1))
        if name == "normal":
            row["normal_scale"] = ref.strength
        elif name == "occlusion":
            row["occlusion_strength"] = ref.strength
    return row


def _alpha(material: Material) -> str:
    """How the material is drawn: what light goes through is blended over what is behind."""
    through = material.transmission is not None and material.transmission.factor > 0
    return "blend" if through else material.alpha_mode.lower()


@dataclass
class _Group:
    """Arrays and samplers by slot name, bound together."""

    bound: dict[str, tuple[int, Sampler]] = field(default_factory=dict)  # page, sampler
    bind_group: BindGroup | None = None


class MaterialTable:
    """All materials of a renderer; its `MaterialSource`.

    Material 0 exists from the start: glTF's default.
    """

    def __init__(self, device: Device, pool: TexturePool | None = None) -> None:
        self.device = device
        self.pool = pool or TexturePool(device)
        device.shaders.add_source("generated/materials.glsl", materials_glsl())
        self.version = 0
        self.draw_keys: list[DrawKey] = []
        self._key_numbers: dict[DrawKey, int] = {}
        self._rows = MATERIAL_ROW.zeros(64)
        self._keys = np.zeros(64, np.int32)
        self._count = 0
        self._free: list[int] = []
        self._slots: dict[int, list[PoolSlot]] = {}
        self._groups: list[_Group] = []
        self._buffer: Buffer | None = None
        self._is_stale = True
        self._blank: Texture | None = None
        self.add(Material())

    @property
    def keys(self) -> NDArray[np.int32]:
        """Index into `draw_keys` by material."""
        return self._keys[: self._count]

    @property
    def buffer(self) -> Buffer:
        """The rows, written when something changed."""
        if self._buffer is None or self._buffer.size < self._rows.nbytes:
            self._buffer = self.device.buffer(self._rows.nbytes, label="materials")
            self._is_stale = True
        if self._is_stale:
            self._buffer.write(self._rows)
            self._is_stale = False
        self.pool.flush()
        return self._buffer

    def add(self, material: Material, textures: dict[str, BoundTexture] | None = None) -> int:
        """Take in a material; `textures` by slot name, whose uses in the pool go over to the table."""
        if self._free:
            number = self._free.pop()
        else:
            number, self._count = self._count, self._count + 1
            if number == len(self._rows):
                self._rows = np.concatenate([self._rows, MATERIAL_ROW.zeros(number)])
                self._keys = np.concatenate([self._keys, np.zeros(number, np.int32)])
        self._put(number, material, textures or {})
        return number

    def replace(self, number: int, material: Material, textures: dict[str, BoundTexture] | None = None) -> None:
        """Change a material in place: everything drawn with it changes."""
        old = self._slots.pop(number, [])
        self._put(number, material, textures or {})
        self._give_back(old)

    def remove(self, number: int) -> None:
        """Give a material and its textures back; the number will be used again."""
        self._give_back(self._slots.pop(number, []))
        self._rows[number], self._keys[number] = self._rows[0], self._keys[0]
        self._free.append(number)
        self._is_stale = True
        self.version += 1

    def bind_group(self, key: DrawKey) -> BindGroup | None:
        """What to bind before drawing with a key; None where its materials read no texture."""
        if not key.features & SLOT_MASK:
            return None
        group = self._groups[key.features >> 8]
        if group.bind_group is None:
            blank = (self._blank_texture(), self.device.sampler())
            bindings = {
                FIRST_UNIT + i: (self.pool.texture(group.bound[name][0]), group.bound[name][1]) if name in group.bound else blank
                for i, name in enumerate(SLOTS)
            }
            group.bind_group = self.device.bind_group(textures=bindings, label="material textures")
        return group.bind_group

    def _put(self, number: int, material: Material, textures: dict[str, BoundTexture]) -> None:
        self._rows[number] = material_row(material, {name: bound.slot.layer for name, bound in textures.items()})
        self._slots[number] = [bound.slot for bound in textures.values()]
        features = 0
        if textures:
            group = self._group({name: (b.slot.page, b.sampler) for name, b in textures.items()})
            features = group << 8 | sum(1 << i for i, name in enumerate(SLOTS) if name in textures)
        key = DrawKey(
            alpha=_alpha(material),
            double_sided=material.double_sided,
            unlit=material.unlit,
            shader="standard",
            features=features,
        )
        found = self._key_numbers.get(key)
        if found is None:
            found = self._key_numbers[key] = len(self.draw_keys)
            self.draw_keys.append(key)
        self._keys[number] = found
        self._is_stale = True
        self.version += 1

    def _group(self, bound: dict[str, tuple[int, Sampler]]) -> int:
        """A group that these textures fit into, widened where it leaves slots open."""
        for number, group in enumerate(self._groups):
            if all(group.bound.get(name, pair) == pair for name, pair in bound.items()):
                if not bound.keys() <= group.bound.keys():
                    group.bound.update(bound)
                    group.bind_group = None
                return number
        self._groups.append(_Group(dict(bound)))
        return len(self._groups) - 1

    def _give_back(self, slots: list[PoolSlot]) -> None:
        for slot in slots:
            self.pool.release(slot)
        for group in self._groups:  # what no material uses any more leaves its place in the group open
            gone = [name for name, (page, _) in group.bound.items() if not self.pool.has_page(page)]
            for name in gone:
                del group.bound[name]
            if gone:
                group.bind_group = None

    def _blank_texture(self) -> Texture:
        if self._blank is None:
            self._blank = self.device.texture((1, 1), "rgba8", kind="2d_array", data=np.full((1, 1, 1, 4), 255, np.uint8))
        return self._blank
