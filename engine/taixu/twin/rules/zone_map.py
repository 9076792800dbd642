"""All fences in one raster: who is inside of which of a hundred areas, for a million at once.

Each cell of the raster knows the areas that it lies in and those whose edge crosses it. A point's cell says at once where it is;
only what stands on an edge is asked of the fence itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.twin.rules.fences import EDGE, FenceShape, points_inside, raster

__all__ = ["Members", "ZoneMap"]

_CELLS, _CELLS_FOR_MANY = 512, 256
_MANY = 200
_FEW_CORNERS = 24
_CHUNK = 1 << 15
Points = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Members:
    """Who is inside of what: pairs of rows and areas, sorted by area.

    Attributes
    ----------
    rows, zones
        ``intp[k]``, ``uint16[k]``.
    starts
        ``intp[areas + 1]``: where the pairs of each area begin.
    """

    rows: Rows
    zones: NDArray[np.uint16]
    starts: NDArray[np.intp]

    def of(self, zone: int) -> Rows:
        """Rows inside of one area."""
        return self.rows[self.starts[zone] : self.starts[zone + 1]]


class ZoneMap:
    """A raster of fences that stand still.

    Parameters
    ----------
    shapes
        At most 65,535.
    """

    def __init__(self, shapes: Sequence[FenceShape]) -> None:
        self.shapes = tuple(shapes)
        self._side = _CELLS if len(shapes) <= _MANY else _CELLS_FOR_MANY
        corners = [shape.corners for shape in shapes] or [np.zeros((1, 2))]
        self._low = np.min([each.min(axis=0) for each in corners], axis=0)
        size = np.maximum(np.max([each.max(axis=0) for each in corners], axis=0) - self._low, 1e-6)
        self._cell = size * (1 + 1e-9) / self._side
        self._bottoms = np.array([shape.bottom_m for shape in shapes])
        self._tops = np.array([shape.top_m for shape in shapes])
        self._has_many = np.array([len(shape.corners) > _FEW_CORNERS for shape in shapes], bool)
        few = [shape.corners[:1] if len(shape.corners) > _FEW_CORNERS else shape.corners for shape in shapes]
        most = max(map(len, few), default=0) + 1
        self._corners = np.zeros((2, most, len(shapes)))
        """The corners of areas that have few, ``[2, k, areas]``; the first one again until there are enough."""
        for zone, each in enumerate(few):
            self._corners[:, :, zone] = np.concatenate([each, np.repeat(each[:1], most - len(each), axis=0)]).T
        self._build()

    def members(self, places: Points) -> Members:
        """Which of ``float64[3, n]`` places lie inside of which areas; NaN is nowhere."""
        count = places.shape[1]
        labels = np.empty(count, np.int32)
        for start in range(0, count, _CHUNK):
            end = min(start + _CHUNK, count)
            labels[start:end] = self._labels_at(places[:, start:end])
        busy = np.flatnonzero(labels)
        labels = labels[busy]
        counts = self._counts[labels]
        rows = np.repeat(busy, counts)
        ends = np.cumsum(counts)
        entries = np.arange(len(rows)) + np.repeat(self._offsets[labels] - (ends - counts), counts)
        zones, on_edge = self._zones[entries], self._on_edge[entries]
        kept = np.ones(len(rows), bool)
        heights = places[1]
        if len(rows) and not (heights.min() >= self._bottoms.max() and heights.max() <= self._tops.min()):  # NaN is neither
            at = heights[rows]
            kept = (at >= self._bottoms[zones]) & (at <= self._tops[zones])
        edges = np.flatnonzero(on_edge & kept)
        for start in range(0, len(edges), _CHUNK):
            part = edges[start : start + _CHUNK]
            kept[part] = self._are_inside(places[0, rows[part]], places[2, rows[part]], zones[part])
        rows, zones = rows[kept], zones[kept]
        order = np.argsort(zones, kind="stable")
        rows, zones = rows[order], zones[order]
        return Members(rows, zones, np.searchsorted(zones, np.arange(len(self.shapes) + 1)))

    def _labels_at(self, places: Points) -> NDArray[np.int32]:
        """Labels of the cells of a few places: so few that all of it stays near the processor."""
        side = self._side
        with np.errstate(invalid="ignore"):
            x = np.clip((places[0] - self._low[0]) / self._cell[0] + 1, 0, side + 1).astype(np.int32)
            z = np.clip((places[2] - self._low[1]) / self._cell[1] + 1, 0, side + 1).astype(np.int32)
            x *= side + 2
            x += z
            nowhere = ~np.isfinite(places[0] + places[1] + places[2])
        x[nowhere] = 0
        return self._labels[x]

    def _are_inside(self, x: NDArray[np.float64], z: NDArray[np.float64], zones: NDArray[np.uint16]) -> NDArray[np.bool_]:
        """Whether places lie inside of one area each, exactly, as `points_inside` says it; areas of many corners one by one."""
        inside = np.zeros(len(x), bool)
        x0, z0 = self._corners[:, :, zones]
        with np.errstate(divide="ignore", invalid="ignore"):
            for k in range(len(x0) - 1):
                crosses = (z < z0[k]) != (z < z0[k + 1])
                inside ^= crosses & (x < x0[k] + (z - z0[k]) / (z0[k + 1] - z0[k]) * (x0[k + 1] - x0[k]))
        for zone in np.unique(zones[self._has_many[zones]]).tolist():
            here = np.flatnonzero(zones == zone)
            inside[here] = points_inside(np.stack([x[here], z[here]], axis=1), self.shapes[zone].corners)
        return inside

    def _build(self) -> None:
        """Labels of cells (0: nothing is there), and for each label its areas."""
        side = self._side
        codes = np.zeros((side + 2, side + 2), np.uint64)
        rng = np.random.default_rng(0)
        parts: list[tuple[tuple[int, int], NDArray[np.uint8]]] = []
        for shape in self.shapes:
            low = np.clip(np.floor((shape.corners.min(axis=0) - self._low) / self._cell).astype(int) - 1, 0, side - 1)
            high = np.clip(np.floor((shape.corners.max(axis=0) - self._low) / self._cell).astype(int) + 1, 0, side - 1)
            states = raster(shape.corners, low=self._low + low * self._cell, cell=self._cell, cells=tuple(high - low + 1))
            inside, edge = rng.integers(1, 1 << 63, 2, dtype=np.uint64)  # sums of these tell sets of areas apart
            here = codes[low[0] + 1 : high[0] + 2, low[1] + 1 : high[1] + 2]
            here += np.array([0, inside, edge], np.uint64)[states]
            parts.append(((int(low[0]) + 1, int(low[1]) + 1), states))
        _, first, labels = np.unique(codes.ravel(), return_index=True, return_inverse=True)
        self._labels = labels.ravel().astype(np.int32)  # nothing has the least code, and so label 0
        at_x, at_z = np.divmod(first, side + 2)
        pairs: list[tuple[Rows, int, NDArray[np.bool_]]] = []
        for zone, ((x, z), states) in enumerate(parts):
            near = np.flatnonzero(
                (at_x >= x) & (at_x < x + states.shape[0]) & (at_z >= z) & (at_z < z + states.shape[1])
            )
            found = states[at_x[near] - x, at_z[near] - z]
            pairs.append((near[found > 0], zone, found[found > 0] == EDGE))
        labelled = np.concatenate([near for near, _, _ in pairs]) if pairs else np.empty(0, np.intp)
        order = np.argsort(labelled, kind="stable")
        zones = [np.full(len(near), zone, np.uint16) for near, zone, _ in pairs]
        self._zones = np.concatenate([*zones, np.empty(0, np.uint16)])[order]
        self._on_edge = np.concatenate([*(edge for _, _, edge in pairs), np.empty(0, bool)])[order]
        self._counts = np.bincount(labelled, minlength=len(first))
        self._offsets = np.cumsum(self._counts) - self._counts


