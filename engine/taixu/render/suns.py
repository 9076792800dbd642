"""Suns: what of a sky is so small and bright that the light of it ends in an edge, taken out and kept apart.

Where a sun sets behind a surface, irradiance has a kink. A tile of texels rounds it, however exact they are, and beside
a sun that is most of the light the rounding is several percent of the little that is left in the shade. So suns are
taken out of the sky before it is made into irradiance, and each gets a table of its own: by the cosine between it and
the normal, ever finer towards the edge, and by the side on which the sun is, for few suns are round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import equirect

__all__ = ["MOST_SUNS", "SUN_BLOCK", "SUN_TABLE", "Sun", "pack_suns", "sun_table", "take_suns"]

MOST_SUNS = 3
"""Shaders look all of them up, for every pixel."""
SUN_TABLE = (256, 32)
"""Texels by cosine and around the sun; the first around is repeated at the end."""
SUN_BLOCK = (2 + SUN_TABLE[0], SUN_TABLE[1] + 1)
"""Texels of one sun in the atlas: two for its direction, and its table."""
_RADIUS = 0.1
"""Of a sun with its glow, radians: what is wider has no edge."""
_CELLS = 64
"""Across a sun, in which its light is summed."""
_TEXEL = 0.014
"""Between the texels of the irradiance tile, radians."""
_LEAST = 1e-4
"""By how much of a sky's mean a tile may be off at an edge; suns that do less are not worth their cost."""
_FINE = 2048.0
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Sun:
    """A small bright part of a sky.

    Attributes
    ----------
    direction
        Unit vector to the middle of its light.
    directions, light
        Its points: unit vectors [n, 3], and radiance times solid angle, [n, 3].
    """

    direction: Array
    directions: Array
    light: Array


def take_suns(sky: NDArray[np.float32]) -> tuple[list[Sun], NDArray[np.float32]]:
    """The suns of an equirectangular sky, brightest first, and the sky without them (itself where there are none).

    Of a sun goes what is brighter than the ring around it, so that no hole is left. What is too weak or too wide to
    matter stays.

    Parameters
    ----------
    sky
        Linear Rec.709 radiance, [height, width, 3].
    """
    height, width = sky.shape[:2]
    angle = equirect.solid_angles(width, height).astype(np.float32)
    flux = (sky @ _LUMINANCE) * angle[:, None]
    total = float(flux.sum(dtype=np.float64))
    rest, suns = sky, list[Sun]()
    while total > 0 and len(suns) < MOST_SUNS:
        y, x = divmod(int((flux / angle[:, None]).argmax()), width)
        reach = int(np.ceil(1.5 * _RADIUS / np.pi * height)) + 1
        rows = slice(max(y - reach, 0), min(y + reach + 1, height))
        towards = equirect.directions(width, height, rows=rows)
        near = towards @ towards[y - rows.start, x]
        inside = near > np.cos(_RADIUS)
        ring = (near > np.cos(1.5 * _RADIUS)) & ~inside
        bright = flux[rows] / angle[rows, None]
        level = float(bright[ring].mean()) if ring.any() else 0.0
        share = np.where(inside, np.maximum(1.0 - level / np.maximum(bright, 1e-20), 0.0), 0.0)
        taken = share * flux[rows]
        weight, moment = max(float(taken.sum()), 1e-20), np.tensordot(taken, towards, 2)
        middle = moment / max(float(np.linalg.norm(moment)), 1e-20)
        half_width = np.sqrt(3.0 * max(1.0 - float(moment @ middle) / weight, 0.0))  # of an even stripe that spreads as far
        if not weight * _TEXEL**2 / max(4.0 * half_width, _TEXEL) > _LEAST * total:
            break
        light = rest[rows] * (share * angle[rows, None])[..., None]
        suns.append(_gathered(middle, towards[inside], light[inside]))
        rest = sky.copy() if rest is sky else rest
        rest[rows] *= (1.0 - share)[..., None].astype(np.float32)
        flux[rows] -= taken
    return suns, rest


def sun_table(sun: Sun) -> NDArray[np.float32]:
    """Irradiance divided by pi: ``[SUN_TABLE[1] + 1, SUN_TABLE[0], 3]``.

    Columns go by the cube root of the cosine between sun and normal, from -1 to 1; rows around the sun, by where the
    normal lies on a diamond, which needs no angles.
    """
    columns, rows = SUN_TABLE
    cosine = np.linspace(-1.0, 1.0, columns) ** 3
    quarter = np.arange(rows) * (4.0 / rows)
    across = np.where(quarter < 2, 1.0 - quarter, quarter - 3.0)
    up = np.where(quarter < 2, 1.0, -1.0) * (1.0 - np.abs(across))
    side = (across[:, None] * _frame(sun.direction)[0] + up[:, None] * _frame(sun.direction)[1]) / np.hypot(across, up)[:, None]
    normals = cosine[None, :, None] * sun.direction + np.sqrt(1.0 - cosine**2)[None, :, None] * side[:, None]
    edge = np.abs(cosine) < np.sin(1.2 * _RADIUS + 0.02)
    table = np.where((cosine > 0)[None, :, None], normals @ (sun.directions.T @ sun.light), 0.0)
    facing = normals[:, edge].reshape(-1, 3).astype(np.float32) @ sun.directions.T.astype(np.float32)
    table[:, edge] = (np.maximum(facing, 0.0) @ sun.light.astype(np.float32)).reshape(rows, -1, 3)
    return (np.concatenate([table, table[:1]]) / np.pi).astype(np.float32)


def pack_suns(suns: list[Sun]) -> NDArray[np.float32]:
    """What shaders read, blocks below each other: ``[MOST_SUNS * SUN_BLOCK[1], SUN_BLOCK[0], 4]``.

    The first texel of a block has 1 in its last channel where there is a sun. Directions stand in two half floats,
    coarse and fine: with one, light would end in a place that is off by a percent of it.
    """
    width, height = SUN_BLOCK
    texels = np.zeros((MOST_SUNS * height, width, 4), np.float32)
    for block, sun in zip(np.split(texels, MOST_SUNS), suns):
        coarse = sun.direction.astype(np.float16).astype(np.float64)
        block[0, 0] = (*coarse, 1.0)
        block[0, 1, :3] = (sun.direction - coarse) * _FINE
        block[:, 2:, :3] = np.minimum(sun_table(sun), 6.0e4)
    return texels


def _gathered(middle: Array, directions: Array, light: Array) -> Sun:
    """A sun of few points: of texels in the same small cell one, where their light is, for at poles they are many."""
    place = np.clip((directions @ _frame(middle).T / (2.0 * _RADIUS) * 0.5 + 0.5) * _CELLS, 0, _CELLS - 1).astype(int)
    _, cells = np.unique(place @ (1, _CELLS), return_inverse=True)
    moment, total = (np.stack([np.bincount(cells, part) for part in parts.T], 1)
                     for parts in (directions * (light @ _LUMINANCE)[:, None], light))  # fmt: skip
    lit = total.sum(1) > 0
    return Sun(middle, moment[lit] / np.linalg.norm(moment[lit], axis=1, keepdims=True), total[lit])


def _frame(d: Array) -> Array:
    """Two unit vectors across `d`, as shaders find them: [2, 3]."""
    a = np.cross(d, [0.0, 1.0, 0.0] if abs(d[1]) < 0.7 else [1.0, 0.0, 0.0])
    a /= np.linalg.norm(a)
    return np.stack([a, np.cross(d, a)])
