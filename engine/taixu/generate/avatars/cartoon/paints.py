"""Paints of cartoons: one small picture of swatches that all plain parts share, its shade, and MToon over it.

So a character is drawn with few materials, whatever the number of its colours. Each vertex of a plain part has the coordinates of
its swatch's middle; the iris of drawn eyes lies in the same picture.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray

from taixu.assets.image import encode_png
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.assets.texture import Image, Texture, TextureRef
from taixu.assets.toon import Toon
from taixu.generate.avatars.cartoon.colors import rgb, shade_of
from taixu.generate.avatars.paints import Paint

__all__ = ["DRAWN", "GLOW", "METAL", "PLAIN", "Palette", "add_materials"]

PLAIN, DRAWN, METAL, GLOW = "plain", "drawn", "metal", "glow"
"""Matt with an outline; without one (faces); shining like metal; alight."""
_SIZE, _SWATCH, _COLUMNS = 256, 16, 8
_IRIS = (128, 0, 128)


class Palette:
    """Colours that were asked for, in the order in which they were, and paints."""

    def __init__(self) -> None:
        self.colors: dict[str, int] = {}
        self.iris: NDArray[np.float64] | None = None
        self._paints = {name: Paint(name) for name in (PLAIN, DRAWN, METAL, GLOW)}

    def paint(self, name: str) -> Paint:
        """The paint of a name; the same object each time."""
        return self._paints[name]

    def place(self, color: str) -> NDArray[np.float64]:
        """Coordinates of a colour's swatch."""
        number = self.colors.setdefault(color, len(self.colors))
        column, row = number % _COLUMNS, number // _COLUMNS % (_SIZE // _SWATCH)
        return (np.array((column, row)) + 0.5) * _SWATCH / _SIZE

    @staticmethod
    def iris_place(unit: NDArray[np.float64]) -> NDArray[np.float64]:
        """Coordinates in the picture of the iris, for places in the unit disc, y up."""
        left, top, size = _IRIS
        return np.stack([left + size * (0.5 + 0.48 * unit[:, 0]), top + size * (0.5 - 0.48 * unit[:, 1])], 1) / _SIZE

    def picture(self) -> NDArray[np.float64]:
        """sRGB from 0 to 1, [256, 256, 3]."""
        pixels = np.ones((_SIZE, _SIZE, 3))
        for color, number in self.colors.items():
            column, row = number % _COLUMNS * _SWATCH, number // _COLUMNS % (_SIZE // _SWATCH) * _SWATCH
            pixels[row : row + _SWATCH, column : column + _SWATCH] = rgb(color)
        if self.iris is not None:
            left, top, size = _IRIS
            pixels[top : top + size, left : left + size] = self.iris
        return pixels


def add_materials(model: ModelData, palette: Palette, used: list[str], *, outline_m: float) -> dict[str, int]:
    """Give a model the materials of the paints in use; their numbers by name."""
    pixels = palette.picture()
    base, shade = _add_picture(model, "palette", pixels), _add_picture(model, "palette shade", shade_of(pixels))
    usual = Toon(shade_color=(1.0, 1.0, 1.0), shade_texture=TextureRef(shade), shading_toony=0.72, shading_shift=-0.08,
                 gi_equalization=0.85, rim_color=(0.10, 0.10, 0.12), rim_fresnel_power=4.0, rim_lift=0.02)  # fmt: skip
    lined = replace(usual, outline_mode="world", outline_width=outline_m, outline_color=(0.22, 0.17, 0.19)) if outline_m else usual
    found = {}
    for name in used:
        look = Material(name, base_color_texture=TextureRef(base), metallic=0.0, roughness=0.9)
        look.toon = lined if name == PLAIN else usual
        if name == METAL:
            ball = _add_picture(model, "metal", _metal_ball())
            look.toon = replace(lined, matcap_texture=TextureRef(ball), matcap_color=(0.55, 0.55, 0.55), shading_toony=0.5,
                                rim_color=(0.2, 0.2, 0.22))  # fmt: skip
            look.metallic, look.roughness = 0.6, 0.35
        elif name == GLOW:
            look.emissive, look.emissive_texture = (0.9, 0.9, 0.9), TextureRef(base)
        model.materials.append(look)
        found[name] = len(model.materials) - 1
    return found


def _add_picture(model: ModelData, name: str, pixels: NDArray[np.float64]) -> int:
    data = encode_png(np.rint(np.clip(pixels, 0.0, 1.0) * 255).astype(np.uint8))
    model.images.append(Image(name, "image/png", data))
    model.textures.append(Texture(len(model.images) - 1))
    return len(model.textures) - 1


@cache
def _ball() -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    grid = (np.arange(128) + 0.5) / 64.0 - 1.0
    x, down = np.meshgrid(grid, grid)
    y = -down
    return x, y, np.sqrt(np.clip(1.0 - x * x - y * y, 0.0, 1.0))


@cache
def _metal_ball() -> NDArray[np.float64]:
    """A metal ball in a studio: bright above, a dark horizon, a bright floor; added to the colour."""
    x, y, z = _ball()
    sky = np.clip((y - 0.05) / 0.25, 0.0, 1.0) * (0.55 + 0.45 * y)
    floor = np.clip((-y - 0.25) / 0.5, 0.0, 1.0) * 0.30
    lamp = np.exp(-(((x + 0.38) / 0.20) ** 2 + ((y - 0.52) / 0.14) ** 2)) * 0.9
    grey = 0.55 * sky + floor + lamp + 0.12 * (1.0 - z)
    return np.asarray(np.clip(grey[..., None] * (0.95, 0.98, 1.0), 0.0, 1.0))
