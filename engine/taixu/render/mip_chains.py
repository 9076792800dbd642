"""Mip maps that a device cannot make: of normals, of what is blended, and of what has holes.

A chain is a list of arrays, level 0 first, each side half of the one before, rounded down. Texels of a level are means over
the texels that they cover, also where a side is odd. Large images are taken in strips, so that a chain needs little more
memory than the image.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["cut_out_chain", "normal_chain", "opacity_chain", "shrink_colors", "shrink_numbers"]

Floats = NDArray[np.float32]
_STRIP_TEXELS = 1 << 18
_MOST_SAMPLES = 1 << 16


def normal_chain(pixels: NDArray[Any]) -> list[NDArray[Any]]:
    """Mip maps of a normal map that know what they average.

    Rough where normals differ: a mean of unit normals is the shorter the more they scatter. With r its length, they are
    spread as a von Mises-Fisher lobe of concentration kappa = r (3 - r^2) / (1 - r^2) (Banerjee et al. 2005; Toksvig 2005
    reads gloss from the same length), whose slopes have the variance 1 / kappa along each axis. A microfacet lobe of
    roughness alpha whose facets are tilted so becomes one of alpha^2 + 2 / kappa, as for Beckmann's distribution alpha^2
    is twice the variance of slopes.

    Parameters
    ----------
    pixels : uint8 or uint16 [h, w, 3 or 4]
        As glTF stores them: red and green are x and y from -1 to 1, blue is z.

    Returns
    -------
    list of arrays [h, w, 4]
        Unit normals, and in alpha sqrt(2 / kappa), of the images' type. Level 0 is the image itself with no spread.
    """
    most = float(np.iinfo(pixels.dtype).max)
    first = np.zeros((*pixels.shape[:2], 4), pixels.dtype)
    first[..., :3] = pixels[..., :3]
    chain = [first]
    if max(pixels.shape[:2]) == 1:
        return chain
    mean = _halve_in_strips(pixels, _normals)
    while True:
        length = np.clip(np.linalg.norm(mean, axis=2, keepdims=True), 1e-6, 1.0)
        spread = np.sqrt(2 * (1 - length * length) / (length * (3 - length * length)))
        level = np.empty((*mean.shape[:2], 4), np.float32)
        level[..., :3] = mean * (0.5 / length) + 0.5
        level[..., 3:] = np.minimum(spread, 1.0)
        level *= most
        level += 0.5
        chain.append(level.astype(pixels.dtype))
        if max(mean.shape[:2]) == 1:
            return chain
        mean = _halve(mean)


def opacity_chain(pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Mip maps of colours with opacity: means in linear light, weighted by opacity, so that what cannot be seen leaves no
    fringe. Where nothing can be seen, level 0 too, colours are taken from the next coarser level.

    Parameters
    ----------
    pixels : uint8 [h, w, 4]
        Colours in the sRGB encoding, straight alpha.
    """
    return _filled(_weighted_levels(pixels), pixels)


def cut_out_chain(pixels: NDArray[np.uint8], cutoff: float) -> list[NDArray[np.uint8]]:
    """As `opacity_chain`, with opacity scaled in each level so that as much of it reaches the cutoff as in level 0.

    Castano, "Computing Alpha Mipmaps", 2010. Where a level is too even for that, which share of its texels stands is kept by
    a pattern. The chain ends at four texels a side: fewer could not hold a share.

    Parameters
    ----------
    pixels : uint8 [h, w, 4]
        Colours in the sRGB encoding, opacity.
    cutoff
        Least opacity that is there, in (0, 1].
    """
    chain = opacity_chain(pixels)
    kept = max(1, int(np.log2(max(1, min(pixels.shape[:2])))) - 1)
    chain = chain[:kept]
    wanted = float((_between_texels(_opacity(pixels)) >= cutoff).mean())
    for level in chain[1:]:
        level[..., 3] = np.rint(_covering(_opacity(level), cutoff, wanted) * 255)
    return chain


def shrink_colors(pixels: NDArray[np.uint8], *, by_opacity: bool = False) -> NDArray[np.uint8]:
    """Half as many texels a side: means in linear light, weighted by opacity where alpha is that; uint8 [h, w, 4], sRGB."""
    if by_opacity:
        return _encoded(_plain(_halve_in_strips(pixels, _weighted)))
    return _encoded(_halve_in_strips(pixels, _linear))


def shrink_numbers(pixels: NDArray[Any]) -> NDArray[Any]:
    """Half as many texels a side: plain means."""
    return _cast(_halve_in_strips(pixels, lambda strip: strip.astype(np.float32)), pixels.dtype)


def _cast(values: Floats, dtype: np.dtype[Any]) -> NDArray[Any]:
    return np.rint(values).astype(dtype) if np.issubdtype(dtype, np.integer) else values.astype(dtype)


def _normals(strip: NDArray[Any]) -> Floats:
    """Unit normals of texels."""
    vectors = strip[..., :3].astype(np.float32)
    vectors *= np.float32(2 / np.iinfo(strip.dtype).max)
    vectors -= 1
    squares = np.einsum("hwx,hwx->hw", vectors, vectors)
    vectors *= (1 / np.sqrt(np.maximum(squares, 1e-8)))[..., None]
    return vectors


# -- halving -----------------------------------------------------------------------------------------------------------
def _halve_rows(values: Floats, rows: int, first: int = 0) -> Floats:
    """Means of rows by two (by weighted threes where `rows`, all that there are, is odd); `values` begin at row 2 first."""
    if rows == 1:
        return values
    if rows % 2 == 0:
        return (values[0::2] + values[1::2]) * np.float32(0.5)
    half, count = rows // 2, (len(values) - 1) // 2
    at: Floats = np.arange(first, first + count, dtype=np.float32).reshape(-1, *[1] * (values.ndim - 1))
    share = np.float32(1 / rows)
    a, b, c = values[0:-1:2], values[1::2], values[2::2]
    return (a * (half - at) + b * np.float32(half) + c * (at + 1)) * share


def _halve(values: Floats) -> Floats:
    values = _halve_rows(values, values.shape[0])
    return np.ascontiguousarray(_halve_rows(values.swapaxes(0, 1), values.shape[1]).swapaxes(0, 1))


def _halve_in_strips(pixels: NDArray[Any], decode: Callable[[NDArray[Any]], Floats]) -> Floats:
    rows, columns = pixels.shape[:2]
    half = max(1, rows // 2)
    step = max(1, _STRIP_TEXELS // columns // 2)
    parts = []
    for first in range(0, half, step):
        last = min(half, first + step)
        strip = decode(pixels[2 * first : 2 * last + (rows % 2 if rows > 1 else 0)])
        narrow = _halve_rows(strip.swapaxes(0, 1), columns).swapaxes(0, 1)
        parts.append(_halve_rows(narrow, rows, first))
    return np.concatenate(parts)


# -- colours with opacity ----------------------------------------------------------------------------------------------
@cache
def _linear_by_byte() -> Floats:
    x = np.arange(256) / 255
    return np.where(x <= 0.04045, x / 12.92, ((x + 0.055) / 1.055) ** 2.4).astype(np.float32)


@cache
def _byte_by_linear() -> NDArray[np.uint8]:
    """sRGB bytes of linear values in 65536 steps."""
    x = np.arange(65536) / 65535
    return np.rint(np.where(x <= 0.0031308, x * 12.92, 1.055 * x ** (1 / 2.4) - 0.055) * 255).astype(np.uint8)


def _weighted(pixels: NDArray[np.uint8]) -> Floats:
    """Linear colours times opacity, opacity."""
    alpha = pixels[..., 3:].astype(np.float32) * np.float32(1 / 255)
    return np.concatenate([_linear_by_byte()[pixels[..., :3]] * alpha, alpha], axis=2)


def _linear(pixels: NDArray[np.uint8]) -> Floats:
    return np.concatenate([_linear_by_byte()[pixels[..., :3]], pixels[..., 3:] * np.float32(1 / 255)], axis=2)


def _plain(weighted: Floats) -> Floats:
    alpha = weighted[..., 3:]
    return np.concatenate([weighted[..., :3] / np.maximum(alpha, 1e-6), alpha], axis=2)


def _encoded(level: Floats) -> NDArray[np.uint8]:
    out = np.empty(level.shape, np.uint8)
    out[..., :3] = _byte_by_linear()[(np.clip(level[..., :3], 0, 1) * 65535 + 0.5).astype(np.uint16)]
    out[..., 3] = np.clip(level[..., 3] * 255 + 0.5, 0, 255)
    return out


def _weighted_levels(pixels: NDArray[np.uint8]) -> list[Floats]:
    """Levels 1 and on."""
    if max(pixels.shape[:2]) == 1:
        return []
    levels = [_halve_in_strips(pixels, _weighted)]
    while max(levels[-1].shape[:2]) > 1:
        levels.append(_halve(levels[-1]))
    return levels


def _filled(levels: list[Floats], pixels: NDArray[np.uint8]) -> list[NDArray[np.uint8]]:
    """Colours of all levels, those that nobody sees from the next coarser one."""
    chain: list[NDArray[np.uint8]] = []
    for weighted in reversed(levels):
        level, unseen = _encoded(_plain(weighted)), weighted[..., 3] <= 0
        chain.append(_fill(level, unseen, chain[-1]) if chain else level)
    chain.append(_fill(pixels.copy(), pixels[..., 3] == 0, chain[-1]) if chain else pixels)
    return chain[::-1]


def _fill(level: NDArray[np.uint8], unseen: NDArray[np.bool_], coarser: NDArray[np.uint8]) -> NDArray[np.uint8]:
    y, x = np.nonzero(unseen)
    level[y, x, :3] = coarser[np.minimum(y // 2, coarser.shape[0] - 1), np.minimum(x // 2, coarser.shape[1] - 1), :3]
    return level


# -- coverage ----------------------------------------------------------------------------------------------------------
def _opacity(pixels: NDArray[np.uint8]) -> Floats:
    return pixels[..., 3].astype(np.float32) * np.float32(1 / 255)


def _between_texels(alpha: Floats) -> NDArray[Any]:
    """What a sampler that filters reads, at places spread evenly over the texels; repeats at the edges."""
    side = int(np.clip(np.sqrt(_MOST_SAMPLES / alpha.size), 1, 8))
    if side == 1:
        return alpha
    right, below = np.roll(alpha, -1, 1), np.roll(alpha, -1, 0)
    across = np.roll(below, -1, 1)
    at = ((np.arange(side) + 0.5) / side).astype(np.float32)
    v, u = at[:, None, None, None], at[None, :, None, None]
    return (alpha * (1 - u) + right * u) * (1 - v) + (below * (1 - u) + across * u) * v


def _covering(alpha: Floats, cutoff: float, wanted: float) -> Floats:
    """Opacity scaled so that the wanted share of it reaches the cutoff."""
    if not 0.0 < wanted < 1.0:
        return alpha
    scaled = alpha
    for uneven in (0.0, 0.1, 0.3, 1.0):
        shape = alpha + np.float32(uneven) * _pattern(*alpha.shape)
        least, most = -16.0, 16.0  # scaled by powers of two; where there is a pattern shifted, which goes below nothing
        for _ in range(12):
            middle = (least + most) / 2
            scaled = np.clip(shape + np.float32(middle / 8) if uneven else shape * np.float32(2.0**middle), 0, 1)
            share = float((_between_texels(np.rint(scaled * 255) * np.float32(1 / 255)) >= cutoff).mean())
            least, most = (middle, most) if share < wanted else (least, middle)
        if abs(share - wanted) < 0.04:
            break
    return scaled


@cache
def _pattern(rows: int, columns: int) -> Floats:
    """Numbers from -0.5 to 0.5 spread evenly at every scale: Roberts' sequence in two dimensions, 2018."""
    y, x = np.mgrid[:rows, :columns]
    return ((x * 0.7548776662 + y * 0.5698402910) % 1.0 - 0.5).astype(np.float32)
