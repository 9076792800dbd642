"""Materials on the GPU: rows of parameters, groups of textures, and keys that decide which pipeline draws.

What must differ between two draws (pipeline, bound arrays) is in a material's `DrawKey`; everything else is in its row, so
that materials which differ in numbers only draw together. Textures that lie in one array and are read alike share a unit:
sixteen are all that OpenGL 4.3 promises a shader, and a material with every extension has twenty.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material
from taixu.gpu import BindGroup, Buffer, Device, Sampler
from taixu.render.bindings import TextureSlot
from taixu.render.context import DrawKey
from taixu.render.material_rows import MATERIAL_ROW, Mappings, layers_of, material_row, materials_glsl, texture_refs
from taixu.render.signature import Signature, TextureUse, texture_slots_glsl
from taixu.render.texture_pool import TexturePool
from taixu.render.texture_pool import TextureSlot as PoolSlot

__all__ = ["FIRST_UNIT", "BoundTexture", "MaterialTable"]

_log = logging.getLogger(__name__)

FIRST_UNIT = TextureSlot.SHADING + 4
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
        device.shaders.add_source("generated/materials.glsl", materials_glsl())
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
        self._bind_groups: dict[int, BindGroup] = {}
        self._buffer: Buffer | None = None
        self._is_stale = True
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
        if key.group < 0:
            return None
        found = self._bind_groups.get(key.group)
        if found is None:
            pairs = self._groups[key.group]
            bindings = {FIRST_UNIT + i: (self.pool.texture(page), sampler) for i, (page, sampler) in enumerate(pairs)}
            found = self._bind_groups[key.group] = self.device.bind_group(textures=bindings, label="material textures")
        return found

    def _put(self, number: int, material: Material, textures: dict[str, BoundTexture]) -> None:
        refs = {name: ref for name, ref in texture_refs(material).items() if name in textures}
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
        self._rows[number] = material_row(material, {name: bound.slot.layer for name, bound in ordered.items()})
        self._slots[number] = [bound.slot for bound in textures.values()]
        layers = layers_of(material)
        key = DrawKey(
            alpha="blend" if "transmission" in layers else material.alpha_mode.lower(),
            double_sided=material.double_sided,
            unlit=material.unlit,
            shader="standard",
            signature=Signature(layers, tuple(uses)),
            group=self._group(tuple(pairs)),
        )
        found = self._key_numbers.get(key)
        if found is None:
            found = self._key_numbers[key] = len(self.draw_keys)
            self.draw_keys.append(key)
        self._keys[number] = found
        self._is_stale = True
        self.version += 1

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
        for number in [n for n in self._bind_groups if not all(self.pool.has_page(page) for page, _ in self._groups[n])]:
            del self._bind_groups[number]  # its numbers of pages never come again
