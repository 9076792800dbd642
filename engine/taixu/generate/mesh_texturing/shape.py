"""What the shape of a model says of its surface: how open each place is to the sky, and whether it is an edge or a hollow."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.mesh_texturing.placement import sample_surface
from taixu.generate.mesh_texturing.raster import height_range
from taixu.generate.mesh_texturing.subject import Subject
from taixu.generate.mesh_texturing.texels import Texels, bake_texels, parts_of
from taixu.generate.mesh_texturing.views import directions_around

__all__ = ["bake_curvature", "bake_openness", "spread_from_coarse"]

Floats = NDArray[np.float64]
_DIRECTIONS = 64
"""An even number: half of them are looked from, and across."""
_FEW_DIRECTIONS = 24
_HEAVY = 250_000
"""So many triangles are drawn slowly, and hide the steps between few lamps better."""
_LOOK_PX = 288
_MOST_AT_A_TIME = 16
_COARSE_PX = 384
_PER_CUBE = 5.0


def spread_from_coarse(subject: Subject, texels: Texels, bake: Callable[[Texels], Floats]) -> Floats:
    """What `bake` says of texels, [m] or [m, k], found on a coarser texture where theirs is fine, and blended between its texels.

    Only coarse texels that lie near in space and face the same way are blended: nothing leaks over a seam.
    """
    if texels.size_px <= _COARSE_PX * 4 // 3:
        return bake(texels)
    coarse = bake_texels(subject, _COARSE_PX)
    values = bake(coarse)
    rows = np.full(_COARSE_PX**2, -1)
    rows[coarse.pixels] = np.arange(len(coarse.pixels))
    found = [_between_coarse(coarse, rows, values, texels.part(part), subject) for part in parts_of(len(texels.pixels))]
    return np.concatenate(found)


def _between_coarse(coarse: Texels, rows: NDArray[np.int64], values: Floats, texels: Texels, subject: Subject) -> Floats:
    ratio = _COARSE_PX / texels.size_px
    x, y = ((texels.pixels % texels.size_px) + 0.5) * ratio - 0.5, ((texels.pixels // texels.size_px) + 0.5) * ratio - 0.5
    x0, y0 = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    reach = 9.0 * subject.area_m2 / max(len(coarse.pixels), 1)
    total, weights = np.zeros((len(x), *values.shape[1:])), np.zeros(len(x))
    for dy in (-1, 0, 1, 2):
        for dx in (-1, 0, 1, 2):
            column, row = x0 + dx, y0 + dy
            inside = (column >= 0) & (column < _COARSE_PX) & (row >= 0) & (row < _COARSE_PX)
            there = np.where(inside, rows[np.clip(row, 0, _COARSE_PX - 1) * _COARSE_PX + np.clip(column, 0, _COARSE_PX - 1)], -1)
            gap = coarse.positions[there] - texels.positions
            agree = np.einsum("mk,mk->m", coarse.normals[there], texels.normals)
            spread = np.maximum(2.0 - np.abs(x - column), 0) * np.maximum(2.0 - np.abs(y - row), 0)
            is_near = (there >= 0) & (np.einsum("mk,mk->m", gap, gap) < reach)
            weight = np.where(is_near, spread**2 * np.clip(agree, 1e-3, 1.0) + 1e-9, 0.0)
            total += (values[there].T * weight).T
            weights += weight
    mean: Floats = values.mean(0)
    spread_out: Floats = np.where(weights > 0, total.T / np.maximum(weights, 1e-30), mean[..., None]).T
    return spread_out


def bake_openness(subject: Subject, texels: Texels) -> Floats:
    """How much of the half sphere over each texel is open, [m], weighted by the cosine: 1 in the open, 0 in a deep hole.

    Far-off lamps all round, in pairs across from each other, and for each pair a picture of what its light meets first.
    """
    open_, whole = np.zeros(len(texels.positions)), np.zeros(len(texels.positions))
    for direction in directions_around(_DIRECTIONS if len(subject.triangles) < _HEAVY else _FEW_DIRECTIONS):
        if direction[1] < 0:
            continue  # what stands highest from above stands lowest from below: one picture serves both
        cosines = texels.normals @ direction
        for side, lit in zip((1, -1), _are_lit(subject, texels, direction, cosines), strict=True):
            rows = np.flatnonzero(cosines * side > 0.02)
            whole[rows] += np.abs(cosines[rows])
            open_[rows] += np.abs(cosines[rows]) * lit[rows]
    return np.clip(open_ / np.maximum(whole, 1e-9), 0.0, 1.0)


def _are_lit(subject: Subject, texels: Texels, direction: Floats, cosines: Floats) -> tuple[Floats, Floats]:
    """How far each texel [m] is reached by light from a direction, and from the one across from it, 0 to 1."""
    above = np.array((0.0, 1.0, 0.0)) if abs(direction[1]) < 0.9 else np.array((1.0, 0.0, 0.0))
    right = np.cross(above, direction)
    right /= np.linalg.norm(right)
    axes = np.stack([right, np.cross(direction, right), direction])
    radius = subject.radius_m * 1.02

    def place(points: Floats) -> tuple[Floats, Floats]:
        local = (points - subject.centre) @ axes.T
        return (local[:, :2] / radius + 1) * (_LOOK_PX / 2), local[:, 2]

    at, height = place(subject.positions)
    low, high = height_range(at[subject.triangles], height[subject.triangles], _LOOK_PX, _LOOK_PX)
    at, height = place(texels.positions)
    lean = np.sqrt(np.maximum(1 - cosines**2, 0.0)) / np.maximum(np.abs(cosines), 0.02)
    slack = 2 * radius / _LOOK_PX * (0.8 + 1.2 * np.minimum(lean, 12.0))
    x0, y0 = np.floor(at[:, 0] - 0.5).astype(np.int64), np.floor(at[:, 1] - 0.5).astype(np.int64)
    fx, fy = at[:, 0] - 0.5 - x0, at[:, 1] - 0.5 - y0
    from_above, from_below = np.zeros(len(height)), np.zeros(len(height))
    for dy, wy in ((0, 1 - fy), (1, fy)):
        for dx, wx in ((0, 1 - fx), (1, fx)):
            there = np.clip(y0 + dy, 0, _LOOK_PX - 1) * _LOOK_PX + np.clip(x0 + dx, 0, _LOOK_PX - 1)
            from_above += np.where(high.reshape(-1)[there] <= height + slack, wx * wy, 0.0)
            from_below += np.where(low.reshape(-1)[there] >= height - slack, wx * wy, 0.0)
    return from_above, from_below


def bake_curvature(subject: Subject, texels: Texels, reach_m: float) -> Floats:
    """Whether each texel lies on an edge (1), on something flat (0) or in a hollow (-1), [m], looking so far around.

    The surface around a place lies below its tangent plane where it bulges, and above it in hollows: how steeply, in the mean
    over points strewn evenly over the surface.
    """
    count = int(np.clip(_PER_CUBE * subject.area_m2 / reach_m**2, 2_000, 150_000))
    points = sample_surface(subject, count, 1)
    low = np.minimum(points.positions.min(0), texels.positions.min(0)) - reach_m
    cells = np.floor((points.positions - low) / reach_m).astype(np.int64)
    keys = _key(cells)
    order = np.argsort(keys, kind="stable")
    keys, places, normals = keys[order], points.positions[order], points.normals[order]
    mine = np.floor((texels.positions - low) / reach_m).astype(np.int64)
    total, weights = np.zeros(len(mine)), np.zeros(len(mine))
    for step in range(27):
        key = _key(mine + np.array((step // 9 - 1, step // 3 % 3 - 1, step % 3 - 1)))
        first, end = np.searchsorted(keys, key), np.searchsorted(keys, key, "right")
        for rank in range(min(int((end - first).max()), _MOST_AT_A_TIME)):
            rows = np.flatnonzero(first + rank < end)
            other = first[rows] + rank
            gap = texels.positions[rows] - places[other]
            far = np.linalg.norm(gap, axis=1)
            # A board's other side is no neighbour.
            facing = np.einsum("mk,mk->m", normals[other], texels.normals[rows]) > -0.4
            weight = np.where(facing, np.clip(1 - (far / reach_m) ** 2, 0.0, 1.0), 0.0)
            lift = np.einsum("mk,mk->m", gap, texels.normals[rows]) / np.maximum(far, 0.15 * reach_m)
            total[rows] += weight * lift
            weights[rows] += weight
    return np.clip(3.0 * total / np.maximum(weights, 0.5), -1.0, 1.0)


def _key(cells: NDArray[np.int64]) -> NDArray[np.int64]:
    key: NDArray[np.int64] = (cells[:, 0] << 42) + (cells[:, 1] << 21) + cells[:, 2]
    return key
