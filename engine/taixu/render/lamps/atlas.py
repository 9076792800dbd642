"""How lamps share the shadow atlas: which get maps, how large, and which sides of points are drawn.

While all maps that are wanted fit in full size, they have it. Else a lamp's maps are as large as what it lights is on the
screen, in three sizes. Sides of points that light nothing in sight are not drawn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.render.clusters import in_view
from taixu.render.lights import KINDS, Lights, reach_spheres
from taixu.render.views import View, view_planes

__all__ = ["CELLS", "DRAWN", "MOST_MAPS", "TILE", "LampMaps", "share_atlas", "sides_in_view"]

TILE = 512
"""Texels along the edge of the largest maps."""
CELLS = 16
"""Maps of that size, four in a row."""
MOST_MAPS = 128
"""Maps of a view at most, sides that are not drawn with them."""
DRAWN = 16
"""Maps that are drawn in a frame where ``view.settings["shadow_tiles"]`` says nothing."""
_SIZES = 3  # each half as wide as the one before
_APPARENT = (0.5, 0.2)  # half angles' tangents of what is lit, from which the first sizes are given
_FAR_M = 1e4


@dataclass(frozen=True)
class LampMaps:
    """A lamp that gets maps.

    Attributes
    ----------
    light
        Its row among the lights.
    places
        Left, lower edge and width of each map, texels from the corner of the lamps' part of the atlas; of width 0 where it is
        not drawn.
    """

    light: int
    places: tuple[tuple[int, int, int], ...]


def share_atlas(lights: Lights, view: View) -> list[LampMaps]:
    """Which lamps get which places, the most important first."""
    centers, reaches = reach_spheres(lights, view.camera.cell)
    planes = view_planes(view)
    wanted = np.flatnonzero((lights.kinds != 0) & lights.shadows)
    wanted = wanted[in_view(planes, centers[wanted], reaches[wanted])]
    eye, positions = view.camera.world_from_camera[:3, 3], lights.positions_from(view.camera.cell)
    importance = lights.colors[wanted].max(1) / (np.square(positions[wanted] - eye).sum(1) + 1.0)
    wanted = wanted[np.argsort(-importance, kind="stable")][:MOST_MAPS]
    sides = [_drawn_sides(lights, int(light), positions[light], planes) for light in wanted]
    most = int(np.clip(int(view.settings.get("shadow_tiles", DRAWN)), 0, MOST_MAPS))
    apart = np.linalg.norm(centers[wanted] - eye, axis=1)
    apparent = reaches[wanted] / np.maximum(apart - reaches[wanted], 1e-3)
    apparent = np.where(np.isfinite(reaches[wanted]) & (apart > reaches[wanted]), apparent, np.inf)
    sizes = np.zeros(len(wanted), int) if sum(map(sum, sides)) <= CELLS else np.searchsorted(-np.array(_APPARENT), -apparent)
    chosen: list[int] = []
    parts = maps = drawn = 0
    for i, (size, which) in enumerate(zip(sizes.tolist(), sides, strict=True)):
        more = sum(which)
        takes = more * 4 ** (_SIZES - 1 - size)
        if parts + takes <= CELLS * 4 ** (_SIZES - 1) and maps + len(which) <= MOST_MAPS and drawn + more <= most:
            chosen.append(i)
            parts, maps, drawn = parts + takes, maps + len(which), drawn + more
    places: dict[int, tuple[tuple[int, int, int], ...]] = {}
    first = 0  # the large ones first, so that each lies where a part of its size begins
    for i in sorted(chosen, key=lambda i: sizes[i]):
        step, mine = 4 ** (_SIZES - 1 - int(sizes[i])), []
        for is_drawn in sides[i]:
            mine.append((*_corner(first), TILE >> int(sizes[i])) if is_drawn else (0, 0, 0))
            first += step * is_drawn
        places[i] = tuple(mine)
    return [LampMaps(int(wanted[i]), places[i]) for i in chosen]


def sides_in_view(position: NDArray[np.float64], reach: float, planes: NDArray[np.floating]) -> list[bool]:
    """Which sides of a point (+X -X +Y -Y +Z -Z) light something between the planes."""
    far = reach if 0 < reach < _FAR_M else _FAR_M
    found = []
    for axis in range(6):
        corners = np.ones((4, 3))
        corners[:, axis // 2] = 1.0 if axis % 2 == 0 else -1.0
        others = [a for a in range(3) if a != axis // 2]
        corners[:, others] = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))
        points = np.concatenate([position[None], position + corners * far])
        found.append(not bool((points @ planes[:, :3].T + planes[:, 3] < 0).all(0).any()))
    return found


def _drawn_sides(lights: Lights, light: int, position: NDArray[np.float64], planes: NDArray[np.floating]) -> Sequence[bool]:
    if lights.kinds[light] != KINDS["point"]:
        return [True]
    return sides_in_view(position, float(lights.ranges[light]), planes)


def _corner(part: int) -> tuple[int, int]:
    """Where the n-th of the smallest parts lies: cells in rows of four, parts of a cell in halves of halves."""
    cell, inner = divmod(part, 4 ** (_SIZES - 1))
    x, y, step = (cell % 4) * TILE, (cell // 4) * TILE, TILE // 2
    for level in range(_SIZES - 2, -1, -1):
        quarter = inner // 4**level % 4
        x, y, step = x + (quarter % 2) * step, y + (quarter // 2) * step, step // 2
    return x, y
