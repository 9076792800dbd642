"""A surface made anew from a grid: closed, of two sides and one skin, whatever the triangles were that said where it is.

A place is inside where the rays through it, along both ways of all three axes, cross the surface more often inwards than outwards
in the mean: a winding number, which holes and crossings hardly change. What has no inside (a sheet) gets the thickness of a cell.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.errors import TaixuError
from taixu.generate.gate.baking import need_search
from taixu.generate.gate.closest import closest_on_triangles
from taixu.generate.gate.decimating import with_surfaces
from taixu.generate.gate.parting import part
from taixu.generate.gate.solids import Solid
from taixu.generate.surface_nets import surface_net

__all__ = ["rebuild"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
_MOST_HITS = 60_000_000
_NEAREST = 8
_SMOOTH = 4
_DRAWN = 0.92
"""How far vertices go to the former surface; all the way, those at a hole would fall together on its rim."""


def rebuild(model: ModelData, cells: int) -> ModelData:
    """All opaque triangles of each mesh as one closed surface out of a grid, so many cells along its longest side.

    Nothing has coordinates then; bones and morph targets are those of the nearest former vertex.

    Raises
    ------
    MachineError
        Where SciPy is not installed.
    TaixuError
        Where nothing is opaque, or the surface is too large for such a grid.
    """

    def anew(solid: Solid, share: float) -> tuple[Floats, Ints]:
        used, faces = np.unique(solid.faces, return_inverse=True)
        return _closed(solid.positions[used], faces.reshape(-1, 3).astype(np.int64), cells)

    return part(with_surfaces(model, anew))[0]


def _closed(positions: Floats, faces: Ints, cells: int) -> tuple[Floats, Ints]:
    low, high = positions.min(0), positions.max(0)
    cell = float((high - low).max()) / cells
    if cell <= 0.0:
        raise TaixuError("it has no extent that a grid could be laid over")
    origin = low - 2.0 * cell
    counts = (np.ceil((high - low) / cell) + 5).astype(int)
    points = (positions - origin) / cell + (0.0137, 0.0071, 0.0193)  # off the grid, or rays would run along edges
    inside = np.mean([_windings(points[:, order], faces, counts[list(order)]).transpose(np.argsort(order))
                      for order in ((0, 1, 2), (1, 2, 0), (2, 0, 1))], axis=0)  # fmt: skip
    solid = np.asarray(_blurred(inside) > 0.5)
    near = _near(points, faces, tuple(counts.tolist()))
    shell = near & ~_grown(solid)
    values = np.where(solid | shell, -0.5, 0.5)
    net, quads = surface_net(values)
    if not len(quads):
        raise TaixuError("a grid of so few cells finds nothing of it")
    triangles = np.concatenate([quads[:, [0, 1, 2]], quads[:, [0, 2, 3]]])
    net = _smoothed(net, triangles)
    is_sheet = shell[tuple(np.clip(np.rint(net).astype(int), 0, counts - 1).T)]
    target, far = _projected(net, points, faces)
    drawn = net + (target - net) * np.where(is_sheet | (far > 1.0), 0.0, _DRAWN)[:, None]
    return origin + (drawn - (0.0137, 0.0071, 0.0193)) * cell, triangles


def _windings(points: Floats, faces: Ints, counts: NDArray[np.integer]) -> Floats:
    """Winding numbers of a grid's places, the mean of both ways along the first axis: float64 [a, b, c]."""
    corners = points[faces]
    a, b, c = (corners[:, k, 1:] for k in range(3))
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    first = np.maximum(np.ceil(corners[:, :, 1:].min(1)), 0).astype(np.int64)
    last = np.minimum(np.floor(corners[:, :, 1:].max(1)), counts[1:] - 1).astype(np.int64)
    wide = np.maximum(last - first + 1, 0)
    hits = wide[:, 0] * wide[:, 1] * (np.abs(area) > 1e-12)
    if int(hits.sum()) > _MOST_HITS:
        raise TaixuError("its triangles overlap too often for a grid of so many cells; ask for fewer")
    which = np.repeat(np.arange(len(faces)), hits)
    step = np.arange(len(which)) - np.repeat(np.cumsum(hits) - hits, hits)
    y = first[which, 0] + step // np.maximum(wide[which, 1], 1)
    z = first[which, 1] + step % np.maximum(wide[which, 1], 1)
    u = ((b[which, 0] - y) * (c[which, 1] - z) - (b[which, 1] - z) * (c[which, 0] - y)) / area[which]
    v = ((c[which, 0] - y) * (a[which, 1] - z) - (c[which, 1] - z) * (a[which, 0] - y)) / area[which]
    w = 1.0 - u - v
    met = (u >= 0.0) & (v >= 0.0) & (w >= 0.0)
    which, y, z = which[met], y[met], z[met]
    x = u[met] * corners[which, 0, 0] + v[met] * corners[which, 1, 0] + w[met] * corners[which, 2, 0]
    sign = -np.sign(area[which])  # entered, along the axis, where the face looks back
    crossings = np.zeros((int(counts[0]) + 1, int(counts[1]), int(counts[2])))
    np.add.at(crossings, (np.clip(np.ceil(x).astype(int), 0, counts[0]), y, z), sign)
    before = np.cumsum(crossings, axis=0)
    total = before[-1]
    return np.asarray(before[:-1] - 0.5 * total[None])


def _near(points: Floats, faces: Ints, counts: tuple[int, ...]) -> NDArray[np.bool_]:
    """Places of the grid next to the surface, found by samples half a cell apart."""
    found = np.zeros(counts, bool)
    corners = points[faces]
    longest = np.sqrt(((corners - corners[:, [1, 2, 0]]) ** 2).sum(2).max(1))
    steps = np.maximum(np.ceil(longest * 2.0), 1.0).astype(np.int64)
    if int((steps * steps).sum()) > _MOST_HITS:
        raise TaixuError("its triangles overlap too often for a grid of so many cells; ask for fewer")
    for count in np.unique(steps).tolist():
        mine = corners[steps == count]
        i, j = np.nonzero(np.add.outer(np.arange(count + 1), np.arange(count + 1)) <= count)
        u, v = i / count, j / count
        for at in range(0, len(mine), max(1, 1_000_000 // len(u))):
            block = mine[at : at + max(1, 1_000_000 // len(u))]
            a, b, c = block[:, :1], block[:, 1:2], block[:, 2:]
            places = np.rint(a + (b - a) * u[:, None] + (c - a) * v[:, None]).astype(int).reshape(-1, 3)
            found[tuple(np.clip(places, 0, np.array(counts) - 1).T)] = True
    return found


def _blurred(values: Floats) -> Floats:
    """The mean of each place and its neighbours: what a ray that slipped through a hole says alone does not count."""
    for axis in range(3):
        values = 0.5 * values + 0.25 * (np.roll(values, 1, axis) + np.roll(values, -1, axis))
    return values


def _grown(solid: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With all neighbours, over corners too."""
    found = solid
    for axis in range(3):
        more = found.copy()
        for way in (1, -1):
            more |= np.roll(found, way, axis)
        found = more
    return found


def _smoothed(points: Floats, triangles: Ints) -> Floats:
    """Each vertex half way to the mean of its neighbours, few times: steps of the grid go."""
    ends = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    degree = np.maximum(np.bincount(ends[:, 0], minlength=len(points)), 1)[:, None]
    for _ in range(_SMOOTH):
        total = np.stack([np.bincount(ends[:, 0], points[ends[:, 1], axis], len(points)) for axis in range(3)], 1)
        points = 0.5 * points + 0.5 * total / degree
    return points


def _projected(points: Floats, positions: Floats, faces: Ints) -> tuple[Floats, Floats]:
    """The nearest places on triangles whose middles are near, and how far."""
    corners = positions[faces]
    samples = np.concatenate([corners.mean(1), corners[:, 0], corners[:, 1], corners[:, 2]])
    owner = np.tile(np.arange(len(faces)), 4)
    _, nearest = need_search()(samples).query(points, k=min(_NEAREST, len(samples)))
    nearest = owner[nearest.reshape(len(points), -1)]
    best, place = np.full(len(points), np.inf), points.copy()
    for column in nearest.T:
        shares, squared = closest_on_triangles(points, corners[column])
        better = squared < best
        best[better] = squared[better]
        place[better] = np.einsum("nk,nkc->nc", shares[better], corners[column][better])
    return place, np.sqrt(best)
