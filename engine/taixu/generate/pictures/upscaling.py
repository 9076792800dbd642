"""Larger pictures without weights: sharp interpolation, put right until it gives the small picture back, and grain of its own.

Tile after tile, so that a large picture takes the memory of a small one; tiles overlap by more than anything here reaches, so they
fit to the bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.pictures.filters import Values, blur, neighbours

__all__ = ["Kind", "Upscaling", "upscaled"]

Kind = str
"""What the numbers of a picture are: "color" (encoded as eyes see it), "normal" or "data"."""

_TILE = 192
_MARGIN = 32
_LOBES = 3
_ROUNDS = 2
_ALONG = 0.55  # how far what is averaged along an edge lies to both sides, in small pixels
_CLEAR = 1.0 / 512.0


@dataclass(frozen=True, slots=True)
class Upscaling:
    """How a picture is made larger.

    Attributes
    ----------
    factor
        2, 3 or 4.
    detail
        How much grain is added where the picture has some, 0 to 1; colours only.
    wraps
        Whether it repeats.
    kind, has_alpha
        What its numbers are; whether the last channel is alpha.
    """

    factor: int = 2
    detail: float = 0.0
    wraps: bool = False
    kind: Kind = "color"
    has_alpha: bool = False


def upscaled(
    pixels: NDArray[Any], how: Upscaling, *, seed: int = 0, progress: Callable[[float], None] | None = None
) -> NDArray[Any]:
    """A picture [h, w, c], uint8, uint16 or float32 (0 to 1), larger by a whole factor, of the same type.

    Interpolation is Lanczos'; edges are smoothed along themselves; then what is missing of the small picture is added until the
    large one, averaged, gives it back (iterative back-projection: Irani and Peleg, "Improving Resolution by Image Registration",
    1991). Grain continues the contrast that the finest octave has, in mean zero over each small pixel.
    """
    height, width, channels = pixels.shape
    factor = how.factor
    most = float(np.iinfo(pixels.dtype).max) if pixels.dtype.kind == "u" else 1.0
    result = np.empty((height * factor, width * factor, channels), pixels.dtype)
    corners = [(top, left) for top in range(0, height, _TILE) for left in range(0, width, _TILE)]
    for number, (top, left) in enumerate(corners):
        rows, columns = (min(start + _TILE, size) for start, size in ((top, height), (left, width)))
        at = _places(top, rows, height, how.wraps), _places(left, columns, width, how.wraps)
        small = pixels[at[0]][:, at[1]].astype(np.float32) / np.float32(most)
        large = _tile(small, how, at, seed)[_MARGIN * factor : -_MARGIN * factor, _MARGIN * factor : -_MARGIN * factor]
        large = np.clip(large, 0.0, 1.0)
        large = np.rint(large * np.float32(most)) if pixels.dtype.kind == "u" else large
        result[top * factor : rows * factor, left * factor : columns * factor] = large.astype(pixels.dtype)
        if progress is not None:
            progress((number + 1) / len(corners))
    return result


def _places(start: int, end: int, size: int, wraps: bool) -> NDArray[np.int64]:
    """Which rows (or columns) a tile reads, with its margins: round the edge, or reflected in it."""
    wanted = np.arange(start - _MARGIN, end + _MARGIN)
    if wraps:
        return wanted % size
    folded = wanted % (2 * size)
    return np.where(folded < size, folded, 2 * size - 1 - folded)


def _tile(small: Values, how: Upscaling, at: tuple[NDArray[np.int64], NDArray[np.int64]], seed: int) -> Values:
    if how.kind == "normal":
        made = _enlarged(small, how.factor) * 2.0 - 1.0
        long = np.linalg.norm(made[..., :3], axis=2, keepdims=True)
        made[..., :3] /= np.maximum(long, 1e-6)
        return np.asarray(made * 0.5 + 0.5, np.float32)
    if not how.has_alpha:
        large = _enlarged(small, how.factor)
        return large if how.kind != "color" or how.detail <= 0 else large + _grain(large, how, at, seed)
    alpha = small[..., -1:]
    covered = _enlarged(np.concatenate([small[..., :-1] * alpha, alpha], axis=2), how.factor)
    share = np.clip(covered[..., -1:], 0.0, 1.0)
    hidden = _lanczos(small[..., :-1], how.factor)  # what nobody sees keeps its colour, for filters that reach into it
    colors = np.where(share > _CLEAR, covered[..., :-1] / np.maximum(share, _CLEAR), hidden)
    if how.kind == "color" and how.detail > 0:
        colors = colors + _grain(np.asarray(colors, np.float32), how, at, seed)
    return np.concatenate([np.clip(colors, 0.0, 1.0), share], axis=2).astype(np.float32)


def _enlarged(small: Values, factor: int) -> Values:
    large = _along_edges(_lanczos(small, factor), factor)
    for _ in range(_ROUNDS):
        large = large + _lanczos(small - _averaged(large, factor), factor)
    return large


def _lanczos(small: Values, factor: int) -> Values:
    for axis in (0, 1):
        moved = np.moveaxis(small, axis, 0)
        padded = np.pad(moved, [(_LOBES, _LOBES), *[(0, 0)] * (moved.ndim - 1)], mode="edge")
        large = np.empty((len(moved) * factor, *moved.shape[1:]), np.float32)
        for phase, (first, weights) in enumerate(_phases(factor)):
            total = np.zeros_like(moved)
            for tap, weight in enumerate(weights):
                start = _LOBES + first + tap
                total += np.float32(weight) * padded[start : start + len(moved)]
            large[phase::factor] = total
        small = np.moveaxis(large, 0, axis)
    return np.ascontiguousarray(small)


@lru_cache(maxsize=8)
def _phases(factor: int) -> tuple[tuple[int, tuple[float, ...]], ...]:
    """For each place in a pixel: the first neighbour that counts, and the weights from there on."""
    found = []
    for phase in range(factor):
        at = (phase + 0.5) / factor - 0.5
        first = int(np.floor(at)) - _LOBES + 1
        away = at - np.arange(first, first + 2 * _LOBES)
        weights = np.sinc(away) * np.sinc(away / _LOBES)
        found.append((first, tuple(float(each) for each in weights / weights.sum())))
    return tuple(found)


def _averaged(large: Values, factor: int) -> Values:
    height, width = large.shape[0] // factor, large.shape[1] // factor
    return np.asarray(large.reshape(height, factor, width, factor, -1).mean(axis=(1, 3)), np.float32)


def _along_edges(large: Values, factor: int) -> Values:
    """What is in line on clear edges is averaged along them, which takes their stairs away."""
    bright = large.mean(axis=2)
    at = neighbours(bright, 1, wraps=False)
    across, along = 0.5 * (at(0, 1) - at(0, -1)), 0.5 * (at(1, 0) - at(-1, 0))
    sigma = 0.6 * factor
    xx, yy, xy = (blur(each, sigma, wraps=False) for each in (across * across, along * along, across * along))
    apart = np.sqrt((xx - yy) ** 2 + 4.0 * xy * xy)
    clear = apart / (xx + yy + 1e-5)
    angle = 0.5 * np.arctan2(2.0 * xy, xx - yy)  # of the gradient: edges run at right angles to it
    right, down = -np.sin(angle) * _ALONG * factor, np.cos(angle) * _ALONG * factor
    both = 0.5 * (_read(large, down, right) + _read(large, -down, -right))
    share = (0.5 * clear * clear)[..., None]
    return np.asarray(large * (1.0 - share) + both * share, np.float32)


def _read(values: Values, down: Values, right: Values) -> Values:
    """Values between pixels, some way off each: linear."""
    height, width = values.shape[:2]
    above, before = np.floor(down), np.floor(right)
    v, u = (down - above)[..., None], (right - before)[..., None]
    row = np.arange(height)[:, None] + above.astype(np.int64)
    column = np.arange(width)[None, :] + before.astype(np.int64)
    rows = [each.clip(0, height - 1) * width for each in (row, row + 1)]
    columns = [each.clip(0, width - 1) for each in (column, column + 1)]
    flat = values.reshape(height * width, -1)
    upper, lower = (flat[each + columns[0]] * (1 - u) + flat[each + columns[1]] * u for each in rows)
    return np.asarray(upper * (1 - v) + lower * v, np.float32)


def _grain(large: Values, how: Upscaling, at: tuple[NDArray[np.int64], NDArray[np.int64]], seed: int) -> Values:
    """Noise of the finest octave, as strong as the one above it leads to expect: contrast halves from octave to octave."""
    factor = how.factor
    bright = large.mean(axis=2)
    octave = blur(bright, 0.35 * factor, wraps=False) - blur(bright, 0.9 * factor, wraps=False)
    strength = np.sqrt(np.maximum(blur(octave * octave, 2.0 * factor, wraps=False), 0.0))
    rows, columns = ((each[:, None] * factor + np.arange(factor)).ravel() for each in at)
    noise = _noise(rows, columns, seed)
    noise = noise - np.repeat(np.repeat(_averaged(noise[..., None], factor)[..., 0], factor, 0), factor, 1)
    return np.asarray((how.detail * strength * noise)[..., None], np.float32)


def _noise(rows: NDArray[np.int64], columns: NDArray[np.int64], seed: int) -> Values:
    """Even noise about 0 with deviation 1, of a pixel's place and the seed alone (Jenkins' mixing, as in SplitMix64)."""
    with np.errstate(over="ignore"):
        mixed = rows.astype(np.uint64)[:, None] * np.uint64(0x9E3779B97F4A7C15) + columns.astype(np.uint64)[None, :]
        mixed += np.uint64((seed * 0xBF58476D1CE4E5B9) & (1 << 64) - 1)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        mixed ^= mixed >> np.uint64(31)
    even = (mixed >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24) - np.float32(0.5)
    return np.asarray(even * np.float32(np.sqrt(12.0)), np.float32)
