"""Directions on a square, and the atlas of squares that holds an environment's light.

A sphere of directions unfolds to a square through the octahedron: cheaper to look up than a cube, without seams once
each square has a border of one texel that repeats what lies over the fold, and plain 2D memory that any API uploads.
One atlas holds the mirror image (roughness 0), ever rougher reflections, and the irradiance, a tile each.

Mapping: Cigolle et al., "A Survey of Efficient Representations for Independent Unit Vectors", JCGT 3(2), 2014; here
+Y is the centre of the square.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "ATLAS_SIZE",
    "IRRADIANCE",
    "ROUGHNESS_TILES",
    "TILES",
    "Tile",
    "direction_from_octahedron",
    "octahedron_from_direction",
    "tile_directions",
    "tiles_glsl",
]

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the atlas: left and top texel of its border, and the inner size without the border."""

    x: int
    y: int
    size: int


ROUGHNESS_TILES = 9
"""Tile i < 9 holds perceptual roughness i / 8; sizes follow the width of the lobe."""
IRRADIANCE = 9
"""The tile that holds irradiance divided by pi."""
ATLAS_SIZE = (778, 584)
TILES: tuple[Tile, ...] = (
    Tile(0, 0, 512),
    Tile(514, 0, 256),
    Tile(514, 258, 128),
    Tile(644, 258, 128),
    Tile(514, 388, 64),
    Tile(580, 388, 64),
    Tile(646, 388, 64),
    Tile(712, 388, 64),
    Tile(514, 454, 64),
    Tile(580, 454, 128),
)


def octahedron_from_direction(d: Array) -> Array:
    """Unit vectors [..., 3] to points [..., 2] of the unit square."""
    p = d[..., (0, 2)] / np.abs(d).sum(-1, keepdims=True)
    folded = (1.0 - np.abs(p[..., ::-1])) * np.where(p >= 0, 1.0, -1.0)
    result: Array = 0.5 + 0.5 * np.where(d[..., 1:2] >= 0, p, folded)
    return result


def direction_from_octahedron(uv: Array) -> Array:
    """Points [..., 2] of the unit square, or up to one square over its edge, to unit vectors [..., 3]."""
    p = 2.0 * np.asarray(uv, np.float64) - 1.0
    for axis in (0, 1):  # over the edge the square continues mirrored about the middle of that edge
        over = np.abs(p[..., axis]) > 1.0
        p[..., axis] = np.where(over, np.sign(p[..., axis]) * 2.0 - p[..., axis], p[..., axis])
        p[..., 1 - axis] = np.where(over, -p[..., 1 - axis], p[..., 1 - axis])
    y = 1.0 - np.abs(p).sum(-1)
    x = np.where(y >= 0, p[..., 0], (1.0 - np.abs(p[..., 1])) * np.where(p[..., 0] >= 0, 1.0, -1.0))
    z = np.where(y >= 0, p[..., 1], (1.0 - np.abs(p[..., 0])) * np.where(p[..., 1] >= 0, 1.0, -1.0))
    d = np.stack([x, y, z], -1)
    result: Array = d / np.linalg.norm(d, axis=-1, keepdims=True)
    return result


def tile_directions(size: int) -> Array:
    """Directions of all texels of a tile with its border: [size + 2, size + 2, 3], row by row."""
    centre = (np.arange(-1, size + 1) + 0.5) / size
    return direction_from_octahedron(np.stack(np.meshgrid(centre, centre), -1))


def tiles_glsl() -> str:
    """The constants of the atlas in GLSL: ``x, y, size`` of each tile."""
    rows = ", ".join(f"ivec3({t.x}, {t.y}, {t.size})" for t in TILES)
    return (
        f"const int ENVIRONMENT_LEVELS = {ROUGHNESS_TILES};\nconst int ENVIRONMENT_IRRADIANCE = {IRRADIANCE};\n"
        f"const vec2 ENVIRONMENT_ATLAS = vec2({ATLAS_SIZE[0]}.0, {ATLAS_SIZE[1]}.0);\n"
        f"const ivec3 ENVIRONMENT_TILES[{len(TILES)}] = ivec3[]({rows});\n"
    )
