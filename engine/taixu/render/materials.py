"""Materials on the GPU: rows of parameters, groups of textures, and keys that decide which pipeline draws.

What must differ between two draws (pipeline, bound arrays) is in a material's `DrawKey`; everything else is in its row, so
that materials which differ in numbers only draw together. Textures that lie in one array and are read alike share a unit:
sixteen are all that OpenGL 4.3 promises a shader, and a material with every extension has twenty.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, ModelData
from taixu.gpu import BindGroup, Buffer, Device, Sampler, Texture
from taixu.render.bindings import StorageSlot, TextureSlot
from taixu.render.context import DrawKey
from taixu.render.looks import look_of
from taixu.render.material_rows import MATERIAL_ROW, Mappings, layers_of, material_row, materials_glsl, texture_refs
from taixu.render.signature import SRGB_SLOTS, TextureUse, signature, texture_slots_glsl
from taixu.render.surfaces import SurfaceLook, SurfaceRows, SurfaceShader
from taixu.render.texture_pool import TexturePool
from taixu.render.texture_pool import TextureSlot as PoolSlot
from taixu.scene import LibraryMaterial
from taixu.scene.impostors import Fade

__all__ = ["FIRST_UNIT", "BoundTexture", "MaterialTable"]

_log = logging.getLogger(__name__)

FIRST_UNIT = TextureSlot.SHADING + 5
"""Texture unit of a material's first array."""


@dataclass(frozen=True, slots=True)
class BoundTexture:
    """A texture of a material: where its texels are and how they are read."""

    slot: PoolSlot
    sampler: Sampler


_Pairs = tuple[tuple[int, Sampler], ...]  # pages and how they are read, by unit


class MaterialTable:
    """All materials of a renderer; its `MaterialSource`.

    Material 0 exists from the start: glTF's default.
    """

    def __init__(self, device: Device, pool: TexturePool | None = None) -> None:
        self.device = device
        self.pool = pool or TexturePool(device)
        device.shaders.add_source("generated/materials.glsl", materials_glsl(device))
        device.shaders.add_source("generated/texture_slots.glsl", texture_slots_glsl())
        self.version = 0
        self.draw_keys: list[DrawKey] = []
        self._key_numbers: dict[DrawKey, int] = {}
        self._rows = MATERIAL_ROW.zeros(64)
        self._keys = np.zeros(64, np.int32)
        self._count = 0
        self._free: list[int] = []
        self._slots: dict[int, list[PoolSlot]] = {}
        self._groups: list[_Pairs] = []
        self._group_numbers: dict[_Pairs, int] = {}
        self._bind_groups: dict[tuple[int, str, bool, bool], BindGroup] = {}
        self._surfaces: dict[str, SurfaceRows] = {}
        self._own: dict[int, tuple[SurfaceRows, int]] = {}  # row of its surface, by material
        self._buffer: Buffer | None = None
        self._is_stale = True
        self._has_outlines = False
        self.add(Material())

    @property
    def keys(self) -> NDArray[np.int32]:
        """Index into `draw_keys` by material."""
        return self._keys[: self._count]

    @property
    def alpha_modes(self) -> NDArray[np.uint32]:
        """0 where a material hides what is behind, 1 where it has holes, 2 where that shows through; by material."""
        modes: NDArray[np.uint32] = self._rows["alpha_mode"][: self._count]
        return modes

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
        for name, rows in self._surfaces.items():
            if rows.flush():
                self._bind_groups = {key: group for key, group in self._bind_groups.items() if key[1] != name}
        return self._buffer

    @property
    def has_outlines(self) -> bool:
        """Whether there ever was a material with an outline."""
        return self._has_outlines

    def add(self, material: Material | LibraryMaterial, textures: dict[str, BoundTexture] | None = None) -> int:
        """Take in a material, or one with a surface of its own; `textures` by slot name, whose uses in the pool go over
        to the table.
        """
        if self._free:
            number = self._free.pop()
        else:
            number, self._count = self._count, self._count + 1
            if number == len(self._rows):
                grown = MATERIAL_ROW.zeros(2 * number)  # `concatenate` would pack what std430 pads
                grown[:number] = self._rows
                self._rows = grown
                self._keys = np.concatenate([self._keys, np.zeros(number, np.int32)])
        self._put(number, material, textures or {})
        return number

    def replace(
        self, number: int, material: Material | LibraryMaterial, textures: dict[str, BoundTexture] | None = None
    ) -> None:
        """Change a material in place: everything drawn with it changes."""
        old = self._slots.pop(number, [])
        self._put(number, material, textures or {})
        self._give_back(old)

    def remove(self, number: int) -> None:
        """Give a material and its textures back; the number will be used again."""
        self._give_back(self._slots.pop(number, []))
        self._forget_own(number)
        self._rows[number], self._keys[number] = self._rows[0], self._keys[0]
        self._free.append(number)
        self._is_stale = True
        self.version += 1

    def is_encoded(self, key: DrawKey) -> bool:
        """Whether all colours among a key's textures are stored in the sRGB encoding."""
        uses = [use for use in key.signature.textures if use.slot in SRGB_SLOTS]
        return bool(uses) and all(self.texture_of(key, use).format.name.endswith("_srgb") for use in uses)

    def bind_group(self, key: DrawKey, *, lean: bool = False, decodes: bool = True) -> BindGroup | None:
        """What to bind before drawing with a key; None where its materials read no texture.

        `lean` mixes no mip maps; without `decodes` what is in the sRGB encoding is read as it is.
        """
        rows = self._surfaces.get(key.shader)
        if key.group < 0 and rows is None:
            return None
        name = (key.group, key.shader if rows else "", lean, decodes)
        found = self._bind_groups.get(name)
        if found is None:
            pairs = self._groups[key.group] if key.group >= 0 else ()
            if not all(self.pool.has_page(page) for page, _ in pairs):
                return None  # no material has this key any more: the bins that are left of it are empty
            bindings = {
                FIRST_UNIT + i: (self.pool.texture(page), self.device.lean_sampler(sampler, decodes=decodes) if lean else sampler)
                for i, (page, sampler) in enumerate(pairs)
            }
            storages = {StorageSlot.SURFACES: rows.buffer} if rows else {}
            found = self.device.bind_group(textures=bindings, storages=storages, label="material textures")
            self._bind_groups[name] = found
        return found

    def key(self, number: int) -> DrawKey:
        """A material's draw key."""
        return self.draw_keys[int(self._keys[number])]

    def row(self, number: int) -> Any:
        """A material's row of `MATERIAL_ROW`."""
        return self._rows[number]

    def surface_shader(self, name: str) -> SurfaceShader:
        """The shader of a surface that some material has."""
        return self._surfaces[name].shader

    def texture_of(self, key: DrawKey, use: TextureUse) -> Texture:
        """The array that a texture of a key's signature lies in."""
        return self.pool.texture(self._groups[key.group][use.unit - FIRST_UNIT][0])

    def _put(self, number: int, entry: Material | LibraryMaterial, textures: dict[str, BoundTexture]) -> None:
        entry = LibraryMaterial(entry, ModelData()) if isinstance(entry, Material) else entry
        material, look = entry.material, look_of(entry)
        wanted = texture_refs(material) if look is None else look.refs
        refs = {name: ref for name, ref in wanted.items() if name in textures}
        ordered, mappings = {name: textures[name] for name in refs}, Mappings.of(refs).numbers
        pairs: list[tuple[int, Sampler]] = []
        uses: list[TextureUse] = []
        for name, bound in list(ordered.items()):
            pair = (bound.slot.page, bound.sampler)
            if pair not in pairs:
                if FIRST_UNIT + len(pairs) == self.device.capabilities.max_texture_units:
                    _log.warning("material %r has more kinds of textures than this device reads: no %s", material.name, name)
                    del ordered[name]
                    continue
                pairs.append(pair)
            uses.append(TextureUse(name, len(uses), mappings[name], FIRST_UNIT + pairs.index(pair)))
        self._rows[number] = material_row(material, {name: bound.slot.layer for name, bound in ordered.items()}, refs)
        self._slots[number] = [bound.slot for bound in textures.values()]
        self._forget_own(number)
        layers = layers_of(material) if look is None else look.layers
        key = DrawKey(
            alpha="blend" if "transmission" in layers else material.alpha_mode.lower(),
            double_sided=material.double_sided,
            unlit=material.unlit and material.toon is None,
            shader="standard",
            signature=signature(layers, tuple(uses)),
            group=self._group(tuple(pairs)),
        )
        if look is not None:
            key = self._with_look(key, number, look)
        if entry.sways:
            key = replace(key, sways=True)
        if entry.fade is not None and key.alpha != "blend" and not key.cuts_holes:
            key = self._with_fade(key, number, entry.fade)
        found = self._key_numbers.get(key)
        if found is None:
            found = self._key_numbers[key] = len(self.draw_keys)
            self.draw_keys.append(key)
        self._keys[number] = found
        self._is_stale = True
        self.version += 1

    def _with_look(self, key: DrawKey, number: int, look: SurfaceLook) -> DrawKey:
        """The key of a material that is drawn by another surface; its row goes to that surface's."""
        rows = self._surfaces.get(look.shader.name)
        if rows is None or rows.shader is not look.shader:  # a plugin that was loaded anew has another class
            look.shader.register(self.device)
            rows = self._surfaces[look.shader.name] = SurfaceRows(self.device, look.shader)
            self._bind_groups.clear()
        own = rows.add(look.values)
        self._own[number] = rows, own
        self._rows[number]["surface"] = own
        self._has_outlines |= look.is_outlined
        return replace(
            key, shader=look.shader.name, cuts_holes=look.cuts_holes, is_outlined=look.is_outlined,
            writes_depth=look.writes_depth, order=look.order,
        )  # fmt: skip

    def _with_fade(self, key: DrawKey, number: int, fade: Fade) -> DrawKey:
        """The key of a material that gives way to an impostor: as if it had holes, where that has its dots."""
        row = self._rows[number]
        row["fade_sphere"], row["fade_px"] = fade.sphere, (fade.from_px, fade.to_px)
        if key.alpha == "opaque":
            row["alpha_cutoff"] = -1.0  # no other holes
        return replace(key, alpha="mask", fades=True)

    def _forget_own(self, number: int) -> None:
        if number in self._own:
            rows, own = self._own.pop(number)
            rows.remove(own)

    def _group(self, pairs: _Pairs) -> int:
        """Number of these arrays and samplers, bound together; -1 where there are none."""
        if not pairs:
            return -1
        found = self._group_numbers.get(pairs)
        if found is None:
            found = self._group_numbers[pairs] = len(self._groups)
            self._groups.append(pairs)
        return found

    def _give_back(self, slots: list[PoolSlot]) -> None:
        for slot in slots:
            self.pool.release(slot)
        for name in [n for n in self._bind_groups if n[0] >= 0 and not all(self.pool.has_page(p) for p, _ in self._groups[n[0]])]:
            del self._bind_groups[name]  # its numbers of pages never come again
