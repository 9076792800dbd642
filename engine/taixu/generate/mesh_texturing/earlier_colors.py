"""The colours that a model has had, brought over to its new texture coordinates."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import decode_image
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.assets.texture import TextureRef
from taixu.errors import TaixuError
from taixu.generate.mesh_texturing.subject import BEFORE, Subject, Surface
from taixu.generate.mesh_texturing.texels import Texels, sample_bilinear

__all__ = ["earlier_colors", "keep_coordinates"]

Floats = NDArray[np.float64]


def keep_coordinates(model: ModelData, surfaces: Sequence[Surface]) -> None:
    """Note on each vertex where it lies in the texture that is there, before new coordinates are laid."""
    for surface in surfaces:
        ref = _material(model, surface).base_color_texture
        found = None if ref is None else surface.primitive.attributes.get(f"TEXCOORD_{ref.texcoord}")
        if ref is not None and found is not None and np.isfinite(found).all():
            surface.primitive.attributes[BEFORE] = _laid_out(found.astype(np.float64), ref)


def earlier_colors(model: ModelData, surfaces: Sequence[Surface], subject: Subject, texels: Texels) -> Floats:
    """The base colours of texels [m, 3], sRGB, 0 to 1; what has no texture has its material's colour.

    Raises
    ------
    TaixuError
        When a picture is damaged.
    """
    colors = np.zeros((len(texels.pixels), 3))
    whose = subject.surfaces[texels.triangles]
    places = np.einsum("mk,mkc->mc", texels.weights, subject.earlier[subject.triangles[texels.triangles]])
    for number in np.unique(whose):
        rows = np.flatnonzero(whose == number)
        material = _material(model, surfaces[int(number)])
        linear = np.tile(np.array(material.base_color[:3]), (len(rows), 1))
        picture = _picture(model, material)
        if picture is not None and np.isfinite(places[rows]).all():
            at = places[rows] - np.floor(places[rows])
            encoded = sample_bilinear(picture, at[:, 0] * picture.shape[1], at[:, 1] * picture.shape[0], wrap=True)
            linear = linear * np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
        linear = np.clip(linear, 0.0, 1.0)
        colors[rows] = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return colors


def _material(model: ModelData, surface: Surface) -> Material:
    index = surface.primitive.material
    return model.materials[index] if index is not None and 0 <= index < len(model.materials) else Material()


def _picture(model: ModelData, material: Material) -> Floats | None:
    ref = material.base_color_texture
    if ref is None or not 0 <= ref.texture < len(model.textures):
        return None
    texture = model.textures[ref.texture]
    for index in (texture.image, texture.fallback):
        if index is None:
            continue
        try:
            pixels = decode_image(model.images[index].read(), name=model.images[index].name or "the texture that is there")
        except OSError as error:
            raise TaixuError(f"the texture that is there cannot be read ({error.strerror}); set existing=replace") from error
        numbers = pixels.astype(np.float64) / (float(2 ** (8 * pixels.dtype.itemsize) - 1) if pixels.dtype.kind == "u" else 1.0)
        return numbers[..., :3] if numbers.shape[2] >= 3 else np.repeat(numbers[..., :1], 3, axis=-1)
    return None


def _laid_out(coordinates: Floats, ref: TextureRef) -> Floats:
    """As the texture is sampled (`KHR_texture_transform`)."""
    c, s = np.cos(ref.rotation_rad), np.sin(ref.rotation_rad)
    return coordinates * np.array(ref.scale) @ np.array([[c, s], [-s, c]]).T + np.array(ref.offset)
