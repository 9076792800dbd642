"""Light from all around: an equirectangular sky made into what shaders look up, kept on disk by content.

The whole light of a sky lies in one atlas of octahedral squares (see `octahedron`): the sky itself, the sky as ever
rougher surfaces see it, as cloth sees it, and irradiance. All but the first are convolutions of the whole sky, made
exactly in spherical harmonics (see `harmonics`), so that neither samples nor suns leave a trace. Of irradiance, whose
edges no tile can hold, suns are kept apart (see `suns`). The result is kept by
the hash of the sky, so that the second start reads a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Device, ImageBinding, StructLayout, Texture

from . import equirect
from .disk_cache import cached_array, content_key, find_array, keep_array
from .harmonics import Harmonics, analyse, synthesise
from .lobes import Lobe, charlie_lobe, cosine_lobe, ggx_lobe, lobe_gains
from .octahedron import SHEEN_LEVELS, SUNS_PLACE, AtlasLayout, Tile, atlas_layout, level_roughnesses
from .reflectance import DFG_SIZE, energy_table
from .suns import Sun, pack_suns, take_suns

__all__ = [
    "EnvironmentMaps", "PreparedSky", "finish_environment", "make_dfg_texture", "make_environment", "prepare_environment",
]

_VERSION = 12
_LARGEST_HALF = 6.0e4
_TILE_BLOCK = StructLayout("Tile", [("place", "i4", (4,))], rules="std140")
_SHARPEST = 511
"""Degree of the harmonics that the narrowest lobe still sees."""
_WIDE = 255
_SMOOTH_ROWS = 32
_Wanted = tuple[Tile, Lobe, int]
"""A tile, the lobe it is for, and the last degree that this one sees."""


class EnvironmentMaps:
    """A sky on the device.

    Attributes
    ----------
    sky : Texture
        rgba16f, equirectangular, with mip maps: the background.
    atlas : Texture
        rgba16f, of `octahedron.atlas_layout`: the light.
    mean : float64[3]
        Radiance from all around, on average.
    smooth : float64[3, 4, 4]
        By channel the quadratic form of a normal (x, y, z, 1) that is near to irradiance / pi (`smooth_irradiance`).
    """

    def __init__(
        self, sky: Texture, atlas: Texture, mean: NDArray[np.float64], smooth: NDArray[np.float64]
    ) -> None:
        self.sky, self.atlas, self.mean, self.smooth = sky, atlas, mean, smooth

    def release(self) -> None:
        """Give the memory back."""
        self.sky.release()
        self.atlas.release()


def make_environment(device: Device, image: NDArray[np.floating[Any]]) -> EnvironmentMaps:
    """The maps of an equirectangular sky.

    Parameters
    ----------
    image
        Linear Rec.709 radiance, [height, width, 3], top row first; width is twice the height.
    """
    return finish_environment(device, prepare_environment(image))


@dataclass(slots=True)
class PreparedSky:
    """All of a sky's maps that needs no device: what takes time.

    Attributes
    ----------
    pixels : float32[height, width, 3]
    key
        What the atlas is kept under.
    light : float16[height, width, 4] or None
        The atlas, where it is known already.
    tiles
        Pictures for the atlas where it is not.
    """

    pixels: NDArray[np.float32]
    key: str
    layout: AtlasLayout
    light: NDArray[np.float16] | None = None
    tiles: list[tuple[Tile, NDArray[np.float32]]] = field(default_factory=list)
    suns: list[Sun] = field(default_factory=list)


def prepare_environment(image: NDArray[np.floating[Any]]) -> PreparedSky:
    """The part of `make_environment` that any thread can do."""
    pixels = np.ascontiguousarray(np.maximum(image[..., :3], 0.0), np.float32)
    layout = atlas_layout(len(pixels))
    prepared = PreparedSky(pixels, content_key("atlas", _VERSION, pixels), layout)
    light = find_array("environment", prepared.key)
    if light is not None and light.shape == (layout.size[1], layout.size[0], 4) and light.dtype == np.float16:
        prepared.light = light
    else:
        prepared.suns, rest = take_suns(pixels)
        prepared.tiles = list(_lobe_pictures(pixels, rest, layout))
    return prepared


def finish_environment(device: Device, prepared: PreparedSky, *, keep: bool = True) -> EnvironmentMaps:
    """The part of `make_environment` that the device does; `keep` the result on disk."""
    sky = _sky_texture(device, np.minimum(prepared.pixels, _LARGEST_HALF), "rgba16f")
    light = prepared.light
    if light is None:
        light = _fold(device, prepared)
        if keep and light[..., :3].any():  # there are drivers that draw nothing, for measuring
            keep_array("environment", prepared.key, light)
    atlas = device.texture(prepared.layout.size, "rgba16f", data=light, label="environment")
    height, width = prepared.pixels.shape[:2]
    shares = equirect.solid_angles(width, height) * (width / (4 * np.pi))
    mean = shares @ prepared.pixels.mean(1, dtype=np.float64)
    return EnvironmentMaps(sky, atlas, mean, smooth_irradiance(prepared.pixels))


def smooth_irradiance(pixels: NDArray[np.floating[Any]]) -> NDArray[np.float64]:
    """Irradiance / pi under a sky ``[h, w, 3]`` by harmonics of degree 2, as quadratic forms of (x, y, z, 1): ``[3, 4, 4]``.

    Ramamoorthi and Hanrahan, "An Efficient Representation for Irradiance Environment Maps", 2001: a hundredth off on average, more
    where one sun is all there is.
    """
    sky = equirect.shrink(np.asarray(pixels[..., :3], np.float32), _SMOOTH_ROWS)
    height, width = sky.shape[:2]
    x, y, z = np.moveaxis(equirect.directions(width, height).astype(np.float64), -1, 0)
    one = np.ones_like(x)
    shares = equirect.solid_angles(width, height)[:, None, None] * sky
    # Orthonormal harmonics, and what a cosine lobe over pi leaves of their degree.
    basis = ((0.282095, 1.0, one), (0.488603, 2 / 3, x), (0.488603, 2 / 3, y), (0.488603, 2 / 3, z),
             (1.092548, 0.25, x * y), (1.092548, 0.25, y * z), (1.092548, 0.25, z * x),
             (0.315392, 0.25, 3 * y * y - 1), (0.546274, 0.25, z * z - x * x))  # fmt: skip
    c = [scale * scale * kept * np.tensordot(values, shares, 2) for scale, kept, values in basis]
    forms = np.zeros((3, 4, 4))
    forms[:, 3, 3] = c[0] - c[7]
    for axis, found in enumerate(c[1:4]):
        forms[:, axis, 3] = forms[:, 3, axis] = found / 2
    for (a, b), found in zip(((0, 1), (1, 2), (2, 0)), c[4:7], strict=True):
        forms[:, a, b] = forms[:, b, a] = found / 2
    forms[:, 0, 0], forms[:, 1, 1], forms[:, 2, 2] = -c[8], 3 * c[7], c[8]
    return forms


def make_dfg_texture(device: Device) -> Texture:
    """The table of `reflectance.energy_table` as rgba16f."""
    table = cached_array("dfg", content_key("energy", DFG_SIZE), energy_table)
    return device.texture((DFG_SIZE, DFG_SIZE), "rgba16f", data=table.astype(np.float16), label="dfg")


def _sky_texture(device: Device, pixels: NDArray[np.float32], format: str) -> Texture:
    height, width = pixels.shape[:2]
    texels = np.ones((height, width, 4), np.float16 if format == "rgba16f" else np.float32)
    texels[..., :3] = pixels
    sky = device.texture((width, height), format, levels=None, data=texels, label="sky")
    device.make_mipmaps(sky)
    return sky


def _fold(device: Device, prepared: PreparedSky) -> NDArray[np.float16]:
    """The atlas, float16 [height, width, 4]."""
    layout = prepared.layout
    atlas = device.texture(layout.size, "rgba16f", label="environment being filtered")
    _unfold(device, atlas, prepared.pixels, layout.mirror, layout.mirror_samples)
    for tile, picture in prepared.tiles:
        _unfold(device, atlas, picture, tile, 0)
    texels = atlas.read().astype(np.float16)
    atlas.release()
    texels[..., 3] = 1.0
    _write_suns(texels, prepared.suns)
    return texels


def _write_suns(texels: NDArray[np.float16], suns: list[Sun]) -> None:
    x, y = SUNS_PLACE
    blocks = pack_suns(suns)
    texels[y : y + len(blocks), x : x + blocks.shape[1]] = blocks


def _lobe_pictures(
    pixels: NDArray[np.float32], rest: NDArray[np.float32], layout: AtlasLayout
) -> Iterator[tuple[Tile, NDArray[np.float32]]]:
    """Each tile but the mirror with the sky as its lobe sees it, equirectangular.

    Irradiance is that of `rest`, the sky without suns; the same array where it has none.
    """
    alphas = level_roughnesses()[1:] ** 2
    lobes: list[_Wanted] = [
        (tile, ggx_lobe(float(alpha)), _degree_of(float(alpha))) for tile, alpha in zip(layout.levels, alphas, strict=True)
    ]
    lobes += [(t, charlie_lobe(r * r), _WIDE) for t, r in zip(layout.sheen, SHEEN_LEVELS, strict=True)]
    diffuse: list[_Wanted] = [(layout.irradiance, cosine_lobe, _WIDE)]
    yield from _convolve(pixels, lobes + diffuse if rest is pixels else lobes)
    if rest is not pixels:
        yield from _convolve(rest, diffuse)


def _convolve(pixels: NDArray[np.float32], lobes: list[_Wanted]) -> Iterator[tuple[Tile, NDArray[np.float32]]]:
    degrees = sorted({degree for _, _, degree in lobes}, reverse=True)
    sky = pixels
    if len(pixels) < (degrees[0] + 1) // 2:  # finer points of light, so that narrow lobes see them as one
        height = 2 * len(pixels)
        sky = equirect.lookup(pixels, equirect.directions(2 * height, height)).astype(np.float32)
    sky = equirect.shrink(sky, degrees[0] + 1)
    reached = min(degrees[0], len(sky) - 1, sky.shape[1] // 2)
    harmonics: Harmonics | None = None
    for degree in degrees:
        same = [(tile, lobe) for tile, lobe, wanted in lobes if wanted == degree]
        gains = lobe_gains([lobe for _, lobe in same], min(degree, reached))
        gains = [gain * _sharpening(tile, len(gain)) for gain, (tile, _) in zip(gains, same, strict=True)]
        if harmonics is None:
            harmonics, pictures = analyse(sky, reached, gains=gains)
        else:
            pictures = synthesise(harmonics, gains, len(gains[0]))
        yield from zip((tile for tile, _ in same), pictures, strict=True)


def _sharpening(tile: Tile, count: int) -> NDArray[np.float64]:
    """By degree, what makes up for the bilinear lookup: between texels h apart it adds h^2 / 12 of the Laplacian.

    Bounded, so that nothing rings that is finer than texels.
    """
    degrees = np.arange(count)
    return 1.0 + np.minimum(degrees * (degrees + 1) * (4 * np.pi / tile.size**2) / 12, 0.4)


def _degree_of(alpha: float) -> int:
    """The last degree that a lobe of this width sees: what it leaves of degree l falls as exp(-2 alpha l).

    The widest ones end sharply where the surface does, and see more.
    """
    return next((d for d in (127, _WIDE) if alpha * d > 4.5), _SHARPEST) if alpha < 0.5 else _WIDE


def _unfold(device: Device, atlas: Texture, picture: NDArray[np.float32], tile: Tile, samples: int) -> None:
    height, width = picture.shape[:2]
    texels = np.ones((height, width, 4), np.float32)
    texels[..., :3] = picture
    source = device.texture((width, height), "rgba32f", data=texels, label="light being unfolded")
    smooth = device.sampler(mip="none", wrap=("repeat", "clamp"))
    device.bind(device.bind_group(textures={0: (source, smooth)}, images={0: ImageBinding(atlas)}))
    block = _TILE_BLOCK.zeros()
    block["place"] = (tile.x, tile.y, tile.size, samples)
    device.push_uniform(0, block)
    groups = (tile.size + 2 + 7) // 8
    device.dispatch(device.compute_pipeline("compute/prefilter.comp"), groups, groups)
    device.barrier()
    source.release()
