"""Where simulators meet: functions for `taixu.simulation.Link`, made once for a place and then only looked up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.navigation.floor_grid import FloorGrid
from taixu.simulation.traffic.network import RoadNetwork

__all__ = ["ClosedRoads", "CrossedRoads", "FloodedFloors", "FloodedRoads", "Raster", "WaterAround"]

_EVERY_M = 4.0
_DEEP_FOR_CARS_M = 0.3
_DEEP_FOR_PEOPLE_M = 1.0


@dataclass(frozen=True, slots=True)
class Raster:
    """Where a grid of cells lies: rows along z, columns along x.

    Attributes
    ----------
    x, z
        The corner of the first cell, metres.
    cell
        Metres.
    rows, columns
        How many cells there are.
    """

    x: float
    z: float
    cell: float
    rows: int
    columns: int

    def cells(self, x: NDArray[np.float64], z: NDArray[np.float64]) -> NDArray[np.int64]:
        """The cell of each place, counted row by row; -1 outside."""
        column, row = np.floor((x - self.x) / self.cell).astype(np.int64), np.floor((z - self.z) / self.cell).astype(np.int64)
        inside = (column >= 0) & (row >= 0) & (column < self.columns) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1)

    def read(self, values: NDArray[Any], cells: NDArray[np.int64]) -> NDArray[np.float64]:
        """What lies in cells; nought outside.

        Raises
        ------
        TaixuError
            When these are values of another grid.
        """
        return np.where(cells >= 0, self.checked(values).ravel()[np.maximum(cells, 0)], 0.0).astype(np.float64)

    def checked(self, values: NDArray[Any]) -> NDArray[Any]:
        """These values, if they are this grid's.

        Raises
        ------
        TaixuError
            When they are another grid's.
        """
        if values.shape != (self.rows, self.columns):
            raise TaixuError(f"a grid of {self.rows} x {self.columns} cells was given {values.shape} values")
        return values


class FloodedRoads:
    """Depth of water (m, a cell) to the pace of lanes: the slowest of what they lead through.

    Speed over depth follows Pregnolato et al. 2017 (doi 10.1016/j.trd.2017.06.020): ``v = 0.0009 w2 - 0.5529 w + 86.9448`` km/h at
    ``w`` mm, taken as a share of that in the dry; from 300 mm on nobody drives.
    """

    def __init__(self, network: RoadNetwork, raster: Raster) -> None:
        self._raster = raster
        along = [np.arange(0.0, lane.length + _EVERY_M, _EVERY_M).clip(max=lane.length) for lane in network.lanes]
        lanes = np.repeat(np.arange(len(along)), [len(each) for each in along])
        place, _ = network.place(lanes, np.concatenate(along))
        self._cells = raster.cells(place[:, 0], place[:, 1])
        self._first = np.searchsorted(lanes, np.arange(len(along)))

    def __call__(self, depth: NDArray[Any]) -> NDArray[np.float64]:
        """Share of the limit that one drives, ``[lanes]``."""
        deepest = np.maximum.reduceat(self._raster.read(depth, self._cells), self._first)
        wet = np.minimum(deepest, _DEEP_FOR_CARS_M) * 1000.0
        share = (0.0009 * wet**2 - 0.5529 * wet + 86.9448) / 86.9448
        return np.where(deepest >= _DEEP_FOR_CARS_M, 0.0, np.clip(share, 0.0, 1.0))


class ClosedRoads:
    """Streets that are closed while a number is above zero; of the others, what else slows them.

    Parameters
    ----------
    lanes
        Names of lanes, or of streets with all their lanes.
    flooded
        The pace of lanes by the depth of water, where that is told too.
    """

    def __init__(self, network: RoadNetwork, lanes: Sequence[str], flooded: FloodedRoads | None = None) -> None:
        wanted = set(lanes)
        self._closed = np.array([lane.name in wanted or lane.edge in wanted for lane in network.lanes], bool)
        missing = wanted - {lane.name for lane in network.lanes} - {lane.edge for lane in network.lanes}
        if missing:
            raise TaixuError(f"there is no lane or street {min(missing)[:60]!r}")
        self._flooded = flooded

    def __call__(self, closed: NDArray[Any], depth: NDArray[Any] | None = None) -> NDArray[np.float64]:
        """Share of the limit that one drives, ``[lanes]``."""
        pace = np.ones(len(self._closed)) if self._flooded is None or depth is None else self._flooded(depth)
        return np.where(self._closed & bool((closed > 0).any()), 0.0, pace)


class FloodedFloors:
    """Depth of water (m, a cell) to how much longer people take: twice as long at half a metre, and nobody from one metre on.

    Depth is counted at the ground; who stands higher than `above` over it walks in the dry.
    """

    def __init__(self, floors: FloorGrid, raster: Raster, ground: NDArray[Any], *, above: float = 1.0) -> None:
        at = floors.centres(np.arange(len(floors)))
        cells = raster.cells(at[:, 0], at[:, 2])
        low = at[:, 1] < raster.read(ground, cells) + above
        self._raster, self._cells = raster, np.where(low, cells, -1)

    def __call__(self, depth: NDArray[Any]) -> NDArray[np.float32]:
        """How much longer a metre takes, ``[floors]``."""
        deep = self._raster.checked(depth).ravel().astype(np.float64)
        longer = np.where(deep >= _DEEP_FOR_PEOPLE_M, 1e4, 1.0 + 2.0 * np.minimum(deep, _DEEP_FOR_PEOPLE_M)).astype(np.float32)
        return np.append(longer, np.float32(1.0))[self._cells]  # the last answers for -1; floors are many more than cells


class CrossedRoads:
    """Where people are to the lanes that they stop.

    Parameters
    ----------
    lanes
        Names of those that people may cross: lanes across junctions, or the streets behind them.
    within
        Metres from the lane's middle.
    """

    def __init__(self, network: RoadNetwork, lanes: Sequence[str], *, within: float = 2.0) -> None:
        unknown = [name for name in lanes if name not in network.lane_numbers]
        if unknown:
            raise TaixuError(f"people cannot cross {unknown[0]}: there is no such lane")
        self._count, self._within = len(network.lanes), within
        ends = [(number, pair) for number in (network.lane_numbers[name] for name in lanes)
                for pair in zip(network.lanes[number].points[:-1], network.lanes[number].points[1:], strict=True)]  # fmt: skip
        self._lane = np.array([number for number, _ in ends], np.intp)
        self._start = np.array([pair[0] for _, pair in ends]).reshape(-1, 2)
        self._run = np.array([pair[1] for _, pair in ends]).reshape(-1, 2) - self._start
        self._near = self._find_near()

    def _find_near(self) -> NDArray[np.int64]:
        """Squares that may hold somebody who crosses, sorted: most people stand in none of them."""
        side = max(self._within, 1.0)
        pieces = np.maximum(np.ceil(np.hypot(*self._run.T) / side), 1).astype(int)
        of = np.repeat(np.arange(len(pieces)), pieces)
        share = (np.arange(len(of)) - np.repeat(np.cumsum(pieces) - pieces, pieces)) / pieces[of]
        begins = np.concatenate([self._start[of] + share[:, None] * self._run[of], self._start + self._run])
        # Who is within reach of a piece is within two squares of where the piece begins.
        around = np.stack(np.meshgrid(np.arange(-2, 3), np.arange(-2, 3)), axis=-1).reshape(-1, 2) * side
        return np.unique(_squares((begins[:, None] + around).reshape(-1, 2), side))

    def __call__(self, place: NDArray[Any]) -> NDArray[np.bool_]:
        """Which lanes nobody drives onto just now, ``[lanes]``, by places ``[n, 3]`` of people."""
        held = np.zeros(self._count, bool)
        flat = place[:, [0, 2]]
        flat = flat[_among(_squares(flat, max(self._within, 1.0)), self._near)]
        length = np.maximum((self._run**2).sum(axis=1), 1e-12)
        for number, start, run, square in zip(self._lane, self._start, self._run, length, strict=True):
            share = np.clip(((flat - start) @ run) / square, 0.0, 1.0)
            held[number] |= bool((((flat - start - share[:, None] * run) ** 2).sum(axis=1) < self._within**2).any())
        return held


def _squares(places: NDArray[np.float64], side: float) -> NDArray[np.int64]:
    """The squares of the ground in which places ``[n, 2]`` are, a number each."""
    across, along = np.floor(places.T / side).astype(np.int64)
    return (across << 32) + along


def _among(numbers: NDArray[np.int64], these: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which numbers are among sorted ones: `numpy.isin` sorts them all each time."""
    if not len(these):
        return np.zeros(len(numbers), bool)
    return these[np.minimum(np.searchsorted(these, numbers), len(these) - 1)] == numbers


class WaterAround:
    """Heights of the water's surface around places: ``surface`` of loose bodies, which float in it.

    Parameters
    ----------
    raster
        Where the water's cells lie.
    bed
        Heights of the ground under them, metres, ``[rows, columns]``.
    """

    def __init__(self, raster: Raster, bed: NDArray[Any]) -> None:
        self._raster, self._bed = raster, np.asarray(bed, np.float64)

    def __call__(self, place: NDArray[Any], depth: NDArray[Any]) -> NDArray[np.float64]:
        """Metres, a number a row of places; far below where it is dry."""
        cells = self._raster.cells(place[:, 0], place[:, 2])
        deep, bed = self._raster.read(depth, cells), self._raster.read(self._bed, cells)
        return np.where((cells >= 0) & (deep > 0.01), bed + deep, -1e9)
