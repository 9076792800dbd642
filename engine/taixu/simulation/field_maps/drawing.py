"""Fields as meshes with colours: heat maps, layers of volumes, upright slices, contours, streamlines. In the box's coordinates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.errors import MachineError
from taixu.simulation.field_maps.colors import ramp
from taixu.simulation.field_maps.lattice import Lattice

__all__ = ["Paint", "contours", "layers", "streamlines", "upright"]

Floats = NDArray[np.float64]
_ABOVE_M = 0.05
_STEPS = 48
_STEP = 0.7
_STILL = 0.02
_MOST_CORNERS = 1 << 20


@dataclass(frozen=True, slots=True)
class Paint:
    """Which colours values have.

    Attributes
    ----------
    fades
        Whether the first colour is seen through: where there is nothing, nothing is shown.
    """

    low: float
    high: float
    colors: str
    opacity: float
    fades: bool

    def __call__(self, values: Floats) -> NDArray[np.float32]:
        """Linear RGBA, ``[..., 4]``; clear where a value is no number."""
        known = np.isfinite(values)
        shares = np.where(known, (values - self.low) / max(self.high - self.low, 1e-30), 0.0)
        alpha = np.where(known, self.opacity, 0.0) * (np.clip(shares * 6.0, 0.0, 1.0) if self.fades else 1.0)
        return np.concatenate([ramp(self.colors, shares), alpha[..., None].astype(np.float32)], axis=-1)


def layers(lattice: Lattice, values: Floats, paint: Paint, *, ground: Floats | None = None) -> Primitive:
    """Level sheets at the lattice's heights, from below: one is a heat map, several are a volume.

    ``values`` is ``[heights, rows, columns]``; ``ground`` (metres above the floor, ``[rows, columns]``) lifts the sheets.
    """
    x, z = np.meshgrid(lattice.x, lattice.z)
    sheets, first, corners = [], 0, []
    for height, sheet in zip(lattice.heights, values, strict=True):
        y = np.full(x.shape, height + _ABOVE_M) if ground is None else ground + height + _ABOVE_M
        colors = paint(sheet)
        sheets.append((np.stack([x, y, z], axis=-1).reshape(-1, 3), colors.reshape(-1, 4)))
        corners.append(first + _quads(colors[..., 3] > 0.002))
        first += x.size
    return _primitive(sheets, np.concatenate(corners), (0.0, 1.0, 0.0))


def upright(lattice: Lattice, values: Floats, paint: Paint) -> Primitive:
    """An upright sheet along x through the box's middle; the lattice's middle row is taken."""
    wall = values[:, values.shape[1] // 2]
    x, y = np.meshgrid(lattice.x, np.array(lattice.heights))
    colors = paint(wall)
    places = np.stack([x, y, np.zeros_like(x)], axis=-1)
    return _primitive([(places.reshape(-1, 3), colors.reshape(-1, 4))], _quads(colors[..., 3] > 0.002), (0.0, 0.0, 1.0))


def contours(lattice: Lattice, values: Floats, paint: Paint, *, levels: int, ground: Floats | None = None) -> Primitive:
    """Lines of equal value, ``[rows, columns]``, evenly between the first and the last colour.

    Raises
    ------
    MachineError
        When contourpy is not installed.
    """
    try:
        generator = import_module("contourpy").contour_generator
    except ImportError as error:
        raise MachineError("contours are found by contourpy, which is not installed: pip install 'taixu[city]'") from error
    found = generator(lattice.x, lattice.z, np.ma.masked_invalid(values))
    lines = []
    for level in np.linspace(paint.low, paint.high, levels + 2)[1:-1].tolist():
        color = paint(np.array(level))
        color[3] = 1.0
        for line in found.lines(level):
            places = np.stack([line[:, 0], _heights(lattice, line, ground), line[:, 1]], axis=-1)
            lines.append((places, np.ones(len(line)), np.broadcast_to(color, (len(line), 4))))
    return _ribbons(lines, width=min(lattice.cell) * 0.3)


def streamlines(lattice: Lattice, flow: Floats, paint: Paint, *, across: int) -> Primitive:
    """Lines along a flow, ``[2, rows, columns]`` (m/s along x and z), from evenly spread places; they widen the way it goes."""
    speed = np.hypot(*flow)
    most = float(speed.max(initial=0.0))
    if most <= 0.0:
        return _ribbons([], width=1.0)
    step = _STEP * min(lattice.cell)
    across_z = max(1, round(across * lattice.size[2] / lattice.size[0]))
    x, z = np.meshgrid(*((np.arange(count) + 0.5) / count * side - side / 2
                         for count, side in ((across, lattice.size[0]), (min(across_z, 64), lattice.size[2]))))  # fmt: skip
    at = np.stack([x.ravel(), z.ravel()], axis=-1)
    goes = _sample(lattice, speed, at) > _STILL * most
    at = at[goes]
    path, alive = [at], [np.ones(len(at), bool)]
    for _ in range(_STEPS):  # the midpoint rule, by equal steps of way
        half = at + _direction(lattice, flow, at) * step / 2
        at = at + _direction(lattice, flow, half) * step
        inside = (np.abs(at) < np.array([lattice.size[0], lattice.size[2]]) / 2).all(axis=1)
        path.append(at)
        alive.append(alive[-1] & inside & (_sample(lattice, speed, at) > _STILL * most))
    ways, lengths = np.stack(path, axis=1), np.stack(alive, axis=1).sum(axis=1)
    lines = []
    for way, length in zip(ways, lengths.tolist(), strict=True):
        if length < 4:
            continue
        way = way[:length]
        color = paint(_sample(lattice, speed, way))
        color[:, 3] = 1.0
        lines.append((np.stack([way[:, 0], np.full(length, _ABOVE_M), way[:, 1]], axis=-1), np.linspace(0.25, 1.0, length), color))
    return _ribbons(lines, width=min(lattice.cell) * 0.5)


def _direction(lattice: Lattice, flow: Floats, at: Floats) -> Floats:
    there = np.stack([_sample(lattice, part, at) for part in flow], axis=-1)
    return np.asarray(there / np.maximum(np.linalg.norm(there, axis=-1, keepdims=True), 1e-12))


def _sample(lattice: Lattice, values: Floats, at: Floats) -> Floats:
    """Values at places ``[n, 2]`` (x, z), between the four cells around each; beyond the edge as at the edge."""
    column = np.clip((at[:, 0] + lattice.size[0] / 2) / lattice.cell[0] - 0.5, 0, lattice.columns - 1)
    row = np.clip((at[:, 1] + lattice.size[2] / 2) / lattice.cell[1] - 0.5, 0, lattice.rows - 1)
    c, r = np.minimum(column.astype(np.intp), lattice.columns - 2), np.minimum(row.astype(np.intp), lattice.rows - 2)
    u, v = column - c, row - r
    north = values[r, c] * (1 - u) + values[r, c + 1] * u
    return np.asarray(north * (1 - v) + (values[r + 1, c] * (1 - u) + values[r + 1, c + 1] * u) * v)


def _heights(lattice: Lattice, line: Floats, ground: Floats | None) -> Floats:
    flat = np.full(len(line), lattice.heights[0] + 2 * _ABOVE_M)
    return flat if ground is None else flat + _sample(lattice, ground, line)


def _quads(seen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Triangles between four neighbours of which one is seen."""
    columns = seen.shape[1]
    row, column = np.nonzero(seen[:-1, :-1] | seen[1:, :-1] | seen[:-1, 1:] | seen[1:, 1:])
    first = row * columns + column
    return np.stack([first, first + columns, first + 1, first + 1, first + columns, first + columns + 1], axis=1).ravel()


def _ribbons(lines: Iterable[tuple[Floats, Floats, NDArray[np.float32]]], *, width: float) -> Primitive:
    """Flat bands along lines: places ``[k, 3]``, shares of the width, and colours."""
    sheets, corners, first = [], [], 0
    for places, shares, colors in lines:
        way = np.gradient(places, axis=0)
        aside = np.stack([-way[:, 2], np.zeros(len(way)), way[:, 0]], axis=-1)
        aside *= (width / 2 * shares / np.maximum(np.linalg.norm(aside, axis=-1), 1e-12))[:, None]
        sheets.append((np.concatenate([places - aside, places + aside]), np.concatenate([colors, colors])))
        k = len(places)
        at = first + np.arange(k - 1)
        corners.append(np.stack([at, at + 1, at + k, at + k, at + 1, at + k + 1], axis=1).ravel())
        first += 2 * k
        if first > _MOST_CORNERS:
            break
    return _primitive(sheets, np.concatenate(corners) if corners else np.empty(0, np.int64), (0.0, 1.0, 0.0))


def _primitive(
    sheets: list[tuple[Floats, NDArray[np.float32]]], corners: NDArray[np.int64], normal: tuple[float, float, float]
) -> Primitive:
    if not len(corners):  # a mesh of no triangles is no mesh: one without extent
        sheets, corners = [(np.zeros((1, 3)), np.zeros((1, 4), np.float32))], np.zeros(3, np.int64)
    places, colors = (np.concatenate([sheet[part] for sheet in sheets]) for part in (0, 1))
    used, indices = np.unique(corners, return_inverse=True)
    attributes = {
        "POSITION": places[used].astype(np.float32), "NORMAL": np.tile(np.array(normal, np.float32), (len(used), 1)),
        "COLOR_0": colors[used].astype(np.float32),
    }  # fmt: skip
    return Primitive(attributes, indices.astype(np.uint32))
