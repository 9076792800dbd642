"""The texels of a texture as places on the surface: where each is in the world, and how the surface stands there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.mesh_texturing.raster import triangle_weights, widest_triangles
from taixu.generate.mesh_texturing.subject import Subject

__all__ = ["Texels", "bake_texels", "fill_rest", "parts_of", "sample_bilinear"]

Floats = NDArray[np.float64]
Pixels = NDArray[np.float32]
_RIM_PX = 1.0
_PART = 1 << 15


@dataclass(frozen=True, slots=True)
class Texels:
    """Texels that a triangle covers, and those beside it that filtering reads.

    Attributes
    ----------
    size_px
        Of the square texture.
    pixels : int64 [m]
        ``y * size_px + x``, rising, the top row first.
    triangles : int64 [m]
    inside : bool [m]
        Whether the triangle covers the texel's middle; else it lies in the rim.
    positions, normals : float64 [m, 3]
        Metres; unit, as interpolation has it.
    tangents, bitangents : float64 [m, 3]
        As the renderer has them, not of unit length where they are interpolated.
    weights : float64 [m, 3]
        Of the triangle's corners.
    """

    size_px: int
    pixels: NDArray[np.int64]
    triangles: NDArray[np.int64]
    inside: NDArray[np.bool_]
    positions: Floats
    normals: Floats
    tangents: Floats
    bitangents: Floats
    weights: Floats

    def part(self, rows: slice) -> Texels:
        """Some of the texels."""
        return Texels(
            self.size_px, self.pixels[rows], self.triangles[rows], self.inside[rows], self.positions[rows], self.normals[rows],
            self.tangents[rows], self.bitangents[rows], self.weights[rows],
        )  # fmt: skip

    def picture(self, values: NDArray[np.floating], *, rest: float = 0.0) -> NDArray[np.float32]:
        """Values of the texels [m] or [m, c] as a picture, with a number where no texel is."""
        shape = (self.size_px**2, *values.shape[1:])
        whole = np.full(shape, rest, np.float32)
        whole[self.pixels] = values
        return whole.reshape(self.size_px, self.size_px, *values.shape[1:])

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Where texels are, [h, w]."""
        whole = np.zeros(self.size_px**2, bool)
        whole[self.pixels] = True
        return whole.reshape(self.size_px, self.size_px)


def bake_texels(subject: Subject, size_px: int, *, goes_on: bool = False) -> Texels:
    """Find the place of each texel.

    In the rim it is that of the edge beside it: both sides of a seam then have the colours that are there. Where `goes_on`, a
    triangle's plane goes on beyond its edge instead: what is known everywhere in space is then read the more truly.
    """
    triangles = np.flatnonzero(subject.own)
    corners = subject.texcoords[subject.triangles[triangles]] * size_px
    found = widest_triangles(corners, size_px, size_px, margin=_RIM_PX).reshape(-1)
    pixels = np.flatnonzero(found >= 0)
    parts = [_baked(subject, triangles, corners, pixels[rows], found, size_px, goes_on) for rows in parts_of(len(pixels))]
    if not parts:
        nothing = np.empty((0, 3))
        return Texels(size_px, pixels, pixels, np.empty(0, bool), nothing, nothing, nothing, nothing, nothing)
    local, inside, *others = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Texels(size_px, pixels, local, inside, *others)


def _baked(
    subject: Subject, triangles: NDArray[np.int64], corners: Floats, pixels: NDArray[np.int64], found: NDArray[np.int64],
    size_px: int, goes_on: bool,
) -> tuple[NDArray[Any], ...]:  # fmt: skip
    local = found[pixels]
    weights = triangle_weights(corners, local, pixels, size_px)
    inside = np.asarray((weights >= -1e-9).all(1), bool)
    weights = np.clip(weights, -0.5, 1.5) if goes_on else np.maximum(weights, 0.0)  # far out, a sliver's plane says little
    weights /= weights.sum(1, keepdims=True)
    vertices = subject.triangles[triangles[local]]
    normals = _mixed(weights, subject.normals[vertices])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    tangents = _mixed(weights, subject.tangents[vertices, :3])
    sign = np.where(subject.tangents[vertices[:, 0], 3:] < 0, -1.0, 1.0)
    positions = _mixed(weights, subject.positions[vertices])
    return triangles[local], inside, positions, normals, tangents, np.cross(normals, tangents) * sign, weights


def _mixed(weights: Floats, values: Floats) -> Floats:
    mixed: Floats = np.einsum("mk,mkc->mc", weights, values)
    return mixed


def parts_of(count: int) -> list[slice]:
    """Slices that cover so many rows, each small enough that what is computed of it stays near the processor."""
    return [slice(at, min(at + _PART, count)) for at in range(0, count, _PART)]


def fill_rest(picture: NDArray[np.float32], known: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Fill what no texel covers with what lies near, so that smaller copies (mip maps) mix in no colour of nobody.

    Means of ever larger squares, down and up again (push and pull).
    """
    plain = picture if picture.ndim == 3 else picture[..., None]
    first = np.where(known[..., None], plain, np.float32(0)).astype(np.float32)
    levels: list[tuple[Pixels, Pixels]] = [(first, known.astype(np.float32)[..., None])]
    while max(levels[-1][1].shape[:2]) > 1:
        color, weight = (_halved(each) for each in levels[-1])
        levels.append(((color / np.maximum(weight, 1e-9) * (weight > 0)).astype(np.float32), (weight > 0).astype(np.float32)))
    filled = levels[-1][0]
    for color, weight in reversed(levels[:-1]):
        filled = np.where(weight > 0, color, _doubled(filled, color.shape[:2]))
    return filled.reshape(picture.shape)


def _halved(values: Pixels) -> Pixels:
    """Half as wide and high; each pixel takes from four by four, so that it knows of what begins right beside its own."""
    for axis in (0, 1):
        count = values.shape[axis]
        pad = [(0, 0)] * 3
        pad[axis] = (1, 2 + count % 2)
        wide = np.moveaxis(np.pad(values, pad, mode="edge"), axis, 0)
        half = (count + 1) // 2
        parts = [wide[at : at + 2 * half : 2][:half] for at in range(4)]
        values = np.moveaxis(parts[0] / 8 + parts[1] * (3 / 8) + parts[2] * (3 / 8) + parts[3] / 8, 0, axis)
    return values.astype(np.float32)


def _doubled(values: Pixels, shape: tuple[int, ...]) -> Pixels:
    """Twice as wide and high, between the pixels' middles."""
    for axis, count in enumerate(shape[:2]):
        wide = np.moveaxis(np.pad(values, [(1, 1) if each == axis else (0, 0) for each in range(3)], mode="edge"), axis, 0)
        large = np.empty((2 * (len(wide) - 2), *wide.shape[1:]), np.float32)
        large[0::2] = wide[:-2] * 0.25 + wide[1:-1] * 0.75
        large[1::2] = wide[2:] * 0.25 + wide[1:-1] * 0.75
        values = np.moveaxis(large[:count], 0, axis)
    return values


def sample_bilinear(picture: NDArray[np.floating], x: Floats, y: Floats, *, wrap: bool = False) -> NDArray[np.float64]:
    """A picture [h, w] or [h, w, c] at places [m] in pixels, whose middles are at halves; it repeats, or ends at its edges."""
    height, width = picture.shape[:2]
    x0, y0 = np.floor(x - 0.5), np.floor(y - 0.5)
    fx, fy = x - 0.5 - x0, y - 0.5 - y0
    column, row = x0.astype(np.int64), y0.astype(np.int64)
    total = None
    flat = picture.reshape(height * width, -1)
    for dy, wy in ((0, 1 - fy), (1, fy)):
        r = (row + dy) % height if wrap else np.clip(row + dy, 0, height - 1)
        for dx, wx in ((0, 1 - fx), (1, fx)):
            c = (column + dx) % width if wrap else np.clip(column + dx, 0, width - 1)
            part = flat[r * width + c] * (wx * wy)[:, None]
            total = part if total is None else total + part
    assert total is not None
    return total.reshape(len(x), *picture.shape[2:]).astype(np.float64)
