"""MTL materials as metallic-roughness ones: maps become textures, heights become normals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.building import ModelBuilder, linear_from_srgb
from taixu.assets.image import decode_image, encode_png
from taixu.assets.model import Clearcoat, Material, Sheen, TextureRef
from taixu.assets.mtl import MtlMap, MtlMaterial
from taixu.assets.texture import Sampler, Wrap
from taixu.errors import TaixuError

__all__ = ["material_of_mtl", "normals_of_heights"]

_MAX_PIXELS = 1 << 24
ReadFile = Callable[[str], bytes]


def material_of_mtl(source: MtlMaterial, builder: ModelBuilder, read: ReadFile) -> Material:
    """Make a material; maps that cannot be read are left out and noted in the model.

    Parameters
    ----------
    read
        Gives the bytes of a file by the name that the MTL has for it.
    """
    numbers = source.numbers
    alpha = numbers["d"][0] if "d" in numbers else 1.0 - numbers.get("tr", (0.0,))[0]
    alpha = min(max(alpha, 0.0), 1.0)
    red, green, blue = _color(source, "kd", 200.0 / 255.0)
    shininess = min(max(numbers.get("ns", (20.0,))[0], 0.0), 1e4)
    material = Material(
        name=source.name,
        base_color=(red, green, blue, alpha),
        metallic=_unit(source, "pm", 0.0),
        # Walter et al. 2007, section 5.1: Phong's exponent as Beckmann's width, whose root glTF calls roughness.
        roughness=_unit(source, "pr", (2.0 / (shininess + 2.0)) ** 0.25),
        emissive=_color(source, "ke", 0.0),
        alpha_mode="OPAQUE" if alpha >= 1.0 else "BLEND",
    )
    if _unit(source, "pc", 0.0) > 0.0:
        material.clearcoat = Clearcoat(factor=_unit(source, "pc", 0.0), roughness=_unit(source, "pcr", 0.0))
    if _unit(source, "ps", 0.0) > 0.0:
        amount = _unit(source, "ps", 0.0)
        material.sheen = Sheen(color=(amount, amount, amount), roughness=material.roughness)
    _Maps(source, builder, read).add_to(material)
    return material


class _Maps:
    """Turns the maps of one material into textures."""

    def __init__(self, source: MtlMaterial, builder: ModelBuilder, read: ReadFile) -> None:
        self.source = source
        self.builder = builder
        self.read = read

    def add_to(self, material: Material) -> None:
        maps = self.source.maps
        if "map_kd" in maps and (found := self._plain(maps["map_kd"])) is not None:
            material.base_color_texture = found
            if not any(material.base_color[:3]):  # exporters write black beside a texture, and mean white
                material.base_color = (1.0, 1.0, 1.0, material.base_color[3])
        if "map_d" in maps:
            if "map_kd" in maps and maps["map_d"].file == maps["map_kd"].file:
                material.alpha_mode = "BLEND" if material.alpha_mode == "BLEND" else "MASK"
            else:
                self._note("its map_d is left out: an opacity of its own has no place beside a colour map")
        if "map_ke" in maps and (found := self._plain(maps["map_ke"])) is not None:
            material.emissive_texture = found
            if not any(material.emissive):
                material.emissive = (1.0, 1.0, 1.0)
        self._add_metallic_roughness(material)
        if "norm" in maps:
            material.normal_texture = self._plain(maps["norm"])
        elif "bump" in maps:
            material.normal_texture = self._bump(maps["bump"])

    def _add_metallic_roughness(self, material: Material) -> None:
        """Pack ``map_Pr`` and ``map_Pm`` into G and B of one picture, each brought to the size of the larger."""
        maps = self.source.maps
        rough, metal = (self._channel(maps[name]) if name in maps else None for name in ("map_pr", "map_pm"))
        if rough is None and metal is None:
            return
        height, width = max(one.shape for one in (rough, metal) if one is not None)
        packed = np.full((height, width, 3), 255, np.uint8)
        if rough is not None:
            packed[..., 1] = _resized(rough, height, width)
            material.roughness = _unit(self.source, "pr", 1.0) or 1.0
        if metal is not None:
            packed[..., 2] = _resized(metal, height, width)
            material.metallic = _unit(self.source, "pm", 1.0) or 1.0
        where = maps.get("map_pr") or maps["map_pm"]
        material.metallic_roughness_texture = self._ref(encode_png(packed), f"{self.source.name} metallic roughness", where)

    def _bump(self, source: MtlMap) -> TextureRef | None:
        """Some exporters put a normal map here, whose mean is blue; all others mean heights."""
        pixels = self._pixels(source)
        if pixels is None:
            return None
        if pixels.shape[2] >= 3:
            means = pixels[..., :3].reshape(-1, 3).mean(axis=0)
            if means[2] > 0.6 and abs(means[0] - 0.5) < 0.2 and abs(means[1] - 0.5) < 0.2:
                found = self._plain(source)
                if found is not None:
                    found.strength = source.strength
                return found
        normals = normals_of_heights(pixels[..., 0], source.strength)
        return self._ref(encode_png(normals), f"{source.file} normals", source)

    def _channel(self, source: MtlMap) -> NDArray[np.uint8] | None:
        pixels = self._pixels(source)
        if pixels is None:
            return None
        return np.rint(pixels[..., 0] * np.float32(255.0)).astype(np.uint8)

    def _pixels(self, source: MtlMap) -> NDArray[np.float32] | None:
        """The values of a picture in [0, 1], as they are stored."""
        try:
            pixels: NDArray[Any] = decode_image(self.read(source.file), name=source.file, max_pixels=_MAX_PIXELS)
        except (TaixuError, OSError) as error:
            self._note(str(error))
            return None
        if pixels.dtype.kind == "f":
            self._note(f"the map {source.file[:200]!r} holds floats, which are not read here")
            return None
        return pixels.astype(np.float32) * np.float32(1.0 / np.iinfo(pixels.dtype).max)

    def _plain(self, source: MtlMap) -> TextureRef | None:
        try:
            return self._ref(self.read(source.file), source.file, source)
        except (TaixuError, OSError) as error:
            self._note(str(error))
            return None

    def _ref(self, data: bytes, name: str, source: MtlMap) -> TextureRef:
        ref = self.builder.texture(data, name=name)
        # MTL's v points up: 1 - (s v + o) with v = 1 - v'.
        ref.offset = (source.offset[0], 1.0 - source.scale[1] - source.offset[1])
        ref.scale = source.scale
        if source.clamp:
            model = self.builder.model
            model.samplers.append(Sampler(wrap_s=Wrap.CLAMP_TO_EDGE, wrap_t=Wrap.CLAMP_TO_EDGE))
            model.textures[ref.texture].sampler = len(model.samplers) - 1
        return ref

    def _note(self, message: str) -> None:
        note = f"material {self.source.name[:80]!r}: {message}"
        if note not in self.builder.model.notes[-100:] and len(self.builder.model.notes) < 1000:
            self.builder.model.notes.append(note)


def normals_of_heights(heights: NDArray[np.float32], strength: float = 1.0) -> NDArray[np.uint8]:
    """A tangent-space normal map (glTF's, +Y up) of heights that repeat.

    Parameters
    ----------
    heights : float32 [h, w]
        In [0, 1]; 1 is as high as sixteen texels are wide where the strength is 1.
    strength
        Multiplies the heights.

    Returns
    -------
    uint8 array [h, w, 3]
    """
    scale = np.float32(16.0 * strength / 2.0)
    slope_x = (np.roll(heights, -1, axis=1) - np.roll(heights, 1, axis=1)) * scale
    slope_y = (np.roll(heights, 1, axis=0) - np.roll(heights, -1, axis=0)) * scale  # rows go down, +Y up
    length = np.sqrt(slope_x * slope_x + slope_y * slope_y + 1.0)
    result = np.empty((*heights.shape, 3), np.uint8)
    for channel, values in enumerate((-slope_x, -slope_y, np.float32(1.0))):
        result[..., channel] = np.rint((values / length) * 127.5 + 127.5)
    return result


def _resized(values: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    rows = np.arange(height) * values.shape[0] // height
    columns = np.arange(width) * values.shape[1] // width
    return values[rows[:, None], columns]


def _unit(source: MtlMaterial, key: str, default: float) -> float:
    return float(min(max(source.numbers.get(key, (default,))[0], 0.0), 1.0))


def _color(source: MtlMaterial, key: str, default: float) -> tuple[float, float, float]:
    """A colour, taken as sRGB; one number stands for all three."""
    given = source.numbers.get(key, (default,))
    values = np.clip(np.array(given if len(given) == 3 else given[:1] * 3, np.float32), 0.0, 1.0)
    red, green, blue = (float(value) for value in linear_from_srgb(values))
    return red, green, blue
