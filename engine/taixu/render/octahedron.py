"""Directions on a square, and the atlas of squares that holds an environment's light.

A sphere of directions unfolds to a square through the octahedron: cheaper to look up than a cube, without seams once
each square has a border of one texel that repeats what lies over the fold, and plain 2D memory that any API uploads.
One atlas holds the sky as ever wider lobes see it, a tile each, and the sky itself, as sharp as it is: that tile stands
last and gives the atlas its size.

Mapping: Cigolle et al., "A Survey of Efficient Representations for Independent Unit Vectors", JCGT 3(2), 2014; here
+Y is the centre of the square.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "IRRADIANCE_TILE",
    "LEVELS",
    "LOWEST_ROUGHNESS",
    "SHEEN_LEVELS",
    "SMALLEST_MIRROR",
    "SUNS_PLACE",
    "AtlasLayout",
    "Tile",
    "atlas_layout",
    "direction_from_octahedron",
    "level_roughnesses",
    "octahedron_from_direction",
    "tile_directions",
    "tiles_glsl",
]

from .suns import MOST_SUNS, SUN_BLOCK, SUN_TABLE

Array = NDArray[np.floating[Any]]


@dataclass(frozen=True, slots=True)
class Tile:
    """A square of the atlas: left and top texel of its border, and the inner size without the border."""

    x: int
    y: int
    size: int


LOWEST_ROUGHNESS = 0.1
"""Perceptual roughness of level 1; level 0 is the sky itself."""
LEVELS = 9
"""Levels of roughness; from level 1 on each is rougher than the one before by the same factor, up to 1."""
SHEEN_LEVELS = (0.25, 0.5, 0.75, 1.0)
"""Perceptual roughness of the tiles for cloth, evenly spaced."""
_PLACES: tuple[Tile, ...] = (
    Tile(0, 0, 512),  # a texel is at most as wide as the lobe's half
    Tile(514, 0, 256),
    Tile(772, 0, 256),
    Tile(772, 258, 128),
    Tile(902, 258, 128),
    Tile(508, 516, 128),
    Tile(0, 516, 252),  # large, for so is the step where a low sun sets behind rough surfaces
    Tile(254, 516, 252),
)
IRRADIANCE_TILE = Tile(514, 258, 256)
"""Irradiance divided by pi, less that of suns."""
SUNS_PLACE = (640, 650)
"""Left and top texel of the tables of suns: `suns.pack_suns`."""
SHEEN_TILES: tuple[Tile, ...] = (Tile(772, 388, 128), Tile(902, 388, 128), Tile(638, 518, 128), Tile(768, 518, 128))
_MIRROR_X = 1032
_MIRROR_SIZES = (768, 1536, 2048)
_MIRROR_PER_ROW = 1.5
SMALLEST_MIRROR = _MIRROR_SIZES[0]
"""Edge of the tile of the sky itself, for small skies."""


@dataclass(frozen=True, slots=True)
class AtlasLayout:
    """Where the tiles of an atlas lie.

    Attributes
    ----------
    size
        Width and height of the atlas.
    mirror
        The sky itself.
    mirror_samples
        Along the edge of one of its texels, so that none of the sky's is lost.
    levels
        The sky as rough surfaces see it, from `LOWEST_ROUGHNESS` on: level 1 and up.
    irradiance
        Irradiance divided by pi, but for suns.
    sheen
        The sky as cloth sees it, for each of `SHEEN_LEVELS`.
    """

    size: tuple[int, int]
    mirror: Tile
    mirror_samples: int
    levels: tuple[Tile, ...] = _PLACES
    irradiance: Tile = IRRADIANCE_TILE
    sheen: tuple[Tile, ...] = SHEEN_TILES


def atlas_layout(sky_height: int) -> AtlasLayout:
    """The atlas for a sky of so many rows, whose texels the tile of the sky itself keeps about as they are."""
    size = next((s for s in _MIRROR_SIZES if s >= _MIRROR_PER_ROW * sky_height), _MIRROR_SIZES[-1])
    samples = max(1, ceil(_MIRROR_PER_ROW * sky_height / size))
    return AtlasLayout((_MIRROR_X + size + 2, size + 2), Tile(_MIRROR_X, 0, size), samples)


def level_roughnesses() -> Array:
    """Perceptual roughness of each level."""
    result: Array = np.append(0.0, LOWEST_ROUGHNESS ** np.linspace(1.0, 0.0, LEVELS - 1))
    return result


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
    """The constants of the atlas in GLSL: ``x, y, size`` of each tile; the mirror's size follows from the atlas'."""

    def rows(tiles: tuple[Tile, ...]) -> str:
        return ", ".join(f"ivec3({t.x}, {t.y}, {t.size})" for t in tiles)

    t = IRRADIANCE_TILE
    slope = (LEVELS - 2) / -np.log2(LOWEST_ROUGHNESS)
    return (
        f"const int ENVIRONMENT_LEVELS = {LEVELS};\n"
        f"const float ENVIRONMENT_LOWEST_ROUGHNESS = {LOWEST_ROUGHNESS};\n"
        f"const float ENVIRONMENT_LEVEL_SLOPE = {slope:.7f};\n"
        f"const int ENVIRONMENT_MIRROR_X = {_MIRROR_X};\n"
        f"const ivec3 ENVIRONMENT_IRRADIANCE = ivec3({t.x}, {t.y}, {t.size});\n"
        f"const ivec2 ENVIRONMENT_SUNS = ivec2({SUNS_PLACE[0]}, {SUNS_PLACE[1]});\n"
        f"const int ENVIRONMENT_MOST_SUNS = {MOST_SUNS};\n"
        f"const int ENVIRONMENT_SUN_ROWS = {SUN_BLOCK[1]};\n"
        f"const ivec2 ENVIRONMENT_SUN_TABLE = ivec2({SUN_TABLE[0]}, {SUN_TABLE[1]});\n"
        f"const ivec3 ENVIRONMENT_TILES[{len(_PLACES)}] = ivec3[]({rows(_PLACES)});\n"
        f"const vec2 ENVIRONMENT_SHEEN_SCALE = vec2({1 / (SHEEN_LEVELS[1] - SHEEN_LEVELS[0])}, {SHEEN_LEVELS[0]});\n"
        f"const ivec3 ENVIRONMENT_SHEEN_TILES[{len(SHEEN_TILES)}] = ivec3[]({rows(SHEEN_TILES)});\n"
    )
