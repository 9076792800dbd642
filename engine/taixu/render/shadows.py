"""Where shadow maps look: cascades of the sun, spots, and the six sides of points, as tiles of one atlas.

Depth texture arrays are slow or missing in places, so the maps share one depth texture. The upper left square holds the
cascades of the first directional light with shadows; local lights share the rows below it (`taixu.render.lamps.atlas`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import StructLayout
from taixu.math.projection import frustum_planes, orthographic, perspective
from taixu.math.vectors import cross
from taixu.render.lamps.atlas import MOST_MAPS, LampMaps, share_atlas
from taixu.render.lights import KINDS, Lights, radii
from taixu.render.views import View

__all__ = ["SHADOW_ROW", "ShadowTile", "cascade_splits", "fit_cascade", "plan_shadows"]

CASCADES = 4
TILE = 1024
MOST_TILES = CASCADES + MOST_MAPS
ATLAS_WIDTH = 2 * TILE
_SUN_ONLY_HEIGHT, _FULL_HEIGHT = 2 * TILE, 4 * TILE
_NEAR_M, _DISTANCE_M = 0.02, 80.0
_AREA_HALF = np.radians(70.0)  # what is farther aside gets little of an area, and no shadow

SHADOW_ROW = StructLayout(
    "ShadowRow",
    [
        ("clip_from_world", "f4", (4, 4)),
        ("rect", "f4", (4,)),  # lower left corner and size in the atlas, 0..1
        ("texel_size", "f4"),  # metres that a texel covers; at a distance of 1 m for a perspective
        ("far_depth", "f4"),  # where a cascade ends, along the view
        ("soft", "f4"),  # of suns the tangent of their half angle, of lights with a place minus their radius; 0: edges are sharp
        ("depth_m", "f4"),  # metres from depth 1 to 0 of a parallel one, else depth times distance
    ],
)


@dataclass(frozen=True)
class ShadowTile:
    """A map to be drawn.

    Attributes
    ----------
    clip_from_world : float64[4, 4]
        World relative to the camera's cell.
    viewport
        x, y, width, height in texels of the atlas, from its lower left; of no size where nothing in sight asks for the map.
    texel_size, far_depth, soft, depth_m
        As in `SHADOW_ROW`.
    is_parallel
        Casters before the near plane count too.
    """

    clip_from_world: NDArray[np.float64]
    viewport: tuple[int, int, int, int]
    texel_size: float
    far_depth: float
    is_parallel: bool
    soft: float = 0.0
    depth_m: float = 1.0

    @cached_property
    def planes(self) -> NDArray[np.floating[Any]]:
        """Of what can cast shadows there, [6, 4]."""
        planes = frustum_planes(self.clip_from_world)
        if self.is_parallel:
            planes[5] = (0.0, 0.0, 0.0, 1.0)  # casters before the near plane count: their depth is clamped
        return planes


def cascade_splits(near_m: float, far_m: float, *, count: int = CASCADES, evenness: float = 0.15) -> NDArray[np.float64]:
    """Depths where cascades begin and end, [count + 1], mostly exponential.

    Zhang et al., "Parallel-Split Shadow Maps for Large-scale Virtual Environments", 2006.
    """
    t = np.arange(count + 1) / count
    return evenness * (near_m + (far_m - near_m) * t) + (1 - evenness) * near_m * (far_m / near_m) ** t


def fit_cascade(
    corners: NDArray[np.float64], direction: NDArray[np.float64], *, size: int = TILE
) -> tuple[NDArray[np.float64], float]:
    """A parallel projection along `direction` around the eight `corners` of a slice of the view, [8, 3].

    A sphere around the slice keeps the scale while the camera turns, and whole texels keep edges still while it moves.
    Gives clip_from_world and the metres that a texel covers.
    """
    center = corners.sum(0) / len(corners)  # `mean` takes longer to look at what it is given
    radius = float(np.linalg.norm(corners - center, axis=1).max())
    radius = float(2.0 ** (np.ceil(np.log2(max(radius, 1e-3)) * 8) / 8))  # steps, so that rounding never shows
    texel = 2 * radius / (size - 2)
    back = -direction / np.linalg.norm(direction)
    helper = np.array([0.0, 1.0, 0.0]) if abs(back[1]) < 0.99 else np.array([1.0, 0.0, 0.0])
    right = cross(helper, back)
    right /= np.linalg.norm(right)
    rotation = np.stack([right, cross(back, right), back])
    place = rotation @ center
    place[:2] = np.round(place[:2] / texel) * texel
    view = np.eye(4)
    view[:3, :3] = rotation
    view[:3, 3] = -place
    view[2, 3] -= 2 * radius  # the sphere's centre lies two radii before the light's plane
    extent = texel * size
    return orthographic(extent, extent, 0.0, 4 * radius) @ view, texel


def plan_shadows(lights: Lights, view: View) -> tuple[list[ShadowTile], NDArray[np.int32], int]:
    """A view's maps: tiles, first tile and count by light [n, 2] (-1: it has none), the atlas's height."""
    wants, radius = view.settings.get("soft_shadows"), radii(lights)
    owners = np.full((lights.count, 2), -1, np.int32)
    tiles: list[ShadowTile] = []
    suns = np.flatnonzero((lights.kinds == 0) & lights.shadows)
    if len(suns):
        sun = int(suns[0])
        turn = view.history.get("light_jitter", (0.0, 0.0))
        tiles = _cascades(view, _turned(lights.directions[sun], turn), reach_m=float(lights.ranges[sun]) or _DISTANCE_M,
                          soft=radius[sun] if wants and "light_jitter" not in view.history else 0.0)  # fmt: skip
        owners[sun] = (0, len(tiles))
    shared = share_atlas(lights, view) if len(lights.kinds) > lights.directional_count else []
    positions = lights.positions_from(view.camera.cell) if shared else lights.positions
    for maps in shared:
        owners[maps.light] = (len(tiles), len(maps.places))
        tiles += _local(lights, maps, positions[maps.light], radius[maps.light] if wants is not False else 0.0)
    return tiles, owners, _FULL_HEIGHT if any(t.viewport[1] >= _SUN_ONLY_HEIGHT for t in tiles) else _SUN_ONLY_HEIGHT


def shadow_rows(tiles: list[ShadowTile], height: int) -> NDArray[Any]:
    """Rows for the GPU."""
    rows = SHADOW_ROW.zeros(max(1, len(tiles)))
    for row, tile in zip(rows, tiles, strict=False):
        x, y, w, h = tile.viewport
        row["clip_from_world"] = tile.clip_from_world.T  # GLSL reads columns
        row["rect"] = (x / ATLAS_WIDTH, y / height, w / ATLAS_WIDTH, h / height)
        row["texel_size"], row["far_depth"] = tile.texel_size, tile.far_depth
        row["soft"], row["depth_m"] = tile.soft, tile.depth_m
    return rows


def _turned(direction: NDArray[np.float64], turn: tuple[float, float]) -> NDArray[np.float64]:
    """A direction moved across by two small angles (tangents), for suns that are not points."""
    helper = np.array([0.0, 1.0, 0.0]) if abs(direction[1]) < 0.99 else np.array([1.0, 0.0, 0.0])
    a = cross(helper, direction)
    a /= np.linalg.norm(a)
    moved = direction + a * turn[0] + cross(direction, a) * turn[1]
    result: NDArray[np.float64] = moved / np.linalg.norm(moved)
    return result


_CORNERS = np.array([(-1.0, -1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, 1.0), (-1.0, 1.0, 1.0)])


def _cascades(view: View, direction: NDArray[np.float64], *, reach_m: float, soft: float) -> list[ShadowTile]:
    camera = view.camera
    near = max(camera.near_m, 0.05)
    far = float(view.settings.get("shadow_distance_m", reach_m))
    if camera.far_m > 0:
        far = min(far, camera.far_m)
    aspect = view.size[0] / view.size[1]
    count = min(max(int(view.settings.get("cascades", CASCADES)), 1), CASCADES)
    splits = cascade_splits(near, max(far, near * 2), count=count)
    texels = min(max(int(view.settings.get("shadow_texels", TILE)), 64), TILE)
    up = np.tan(camera.fov_y_rad / 2)
    tiles = []
    for i in range(count):
        corners = np.empty((8, 3))
        for j, depth in enumerate((splits[i] if i else 0.0, splits[i + 1])):
            half = camera.height_m / 2 if camera.height_m > 0 else up * depth
            corners[4 * j : 4 * j + 4] = _CORNERS * (half * aspect, half, -depth)
        pose = camera.world_from_camera
        world = corners @ pose[:3, :3].T + pose[:3, 3]
        clip, texel = fit_cascade(world, direction, size=texels)
        viewport = ((i % 2) * TILE, (i // 2) * TILE, texels, texels)
        deep = 1.0 / float(np.linalg.norm(clip[2, :3]))
        tiles.append(ShadowTile(clip, viewport, texel, float(splits[i + 1]), True, soft, deep))
    return tiles


_SIDES = (  # right, up and forward of the sides +X -X +Y -Y +Z -Z; any up will do, as shadows are looked up by matrix
    ((0, 0, -1), (0, 1, 0), (1, 0, 0)),
    ((0, 0, 1), (0, 1, 0), (-1, 0, 0)),
    ((1, 0, 0), (0, 0, -1), (0, 1, 0)),
    ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((-1, 0, 0), (0, 1, 0), (0, 0, -1)),
)


def _local(lights: Lights, maps: LampMaps, position: NDArray[np.float64], radius: float) -> list[ShadowTile]:
    light = maps.light
    if lights.kinds[light] == 1:
        axes, half = [np.array(side, float) for side in _SIDES], np.pi / 4
    else:  # an area looks as a wide spot from its middle
        forward = lights.directions[light]
        helper = np.array([0.0, 1.0, 0.0]) if abs(forward[1]) < 0.99 else np.array([1.0, 0.0, 0.0])
        right = cross(forward, helper)
        right /= np.linalg.norm(right)
        axes, half = [np.stack([right, cross(right, forward), forward])], float(lights.angles[light, 1])
        if lights.kinds[light] == KINDS["area"]:
            half = _AREA_HALF
    half = min(half, np.radians(80.0))
    tiles = []
    for (right, up, forward), (x, y, width) in zip(axes, maps.places, strict=True):
        texels = max(width, 64)
        spread = np.tan(half) * texels / (texels - 4)  # a margin for filtering across sides
        view = np.eye(4)
        view[:3, :3] = np.stack([right, up, -forward])
        view[:3, 3] = -view[:3, :3] @ position
        clip = perspective(2 * float(np.arctan(spread)), 1.0, _NEAR_M) @ view
        viewport = (x, _SUN_ONLY_HEIGHT + y, width, width) if width else (0, 0, 0, 0)
        tiles.append(ShadowTile(clip, viewport, 2 * spread / texels, 0.0, False, -radius, _NEAR_M))
    return tiles
