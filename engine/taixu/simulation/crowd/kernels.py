"""One step of a crowd on floors that are linked cells.

Who walks where follows the collision-free speed model (A. Tordeux, M. Chraibi, A. Seyfried, Collision-free speed model for
pedestrian dynamics, Traffic and Granular Flow 2015): the direction is the way to the goal, bent by social forces that fall off with
distance; the speed is what the space ahead allows, ``min(wanted, (space - size) / headway)``. Nobody accelerates into anybody, so
steps may be long, and flow over density comes out as measured.

Floors are those of `taixu.navigation.FloorGrid`: ``links`` ``[4, floors]`` along -x, +x, -z, +z, ``column`` and ``row``.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.compiling import compiled

__all__ = ["bin_people", "choose_velocities", "label_floors", "move", "solve_costs"]

_F = NDArray[np.float64]
_I = NDArray[np.int32]

_FAR = 1e18
_ACROSS_M = 1.6
"""People farther above or below do not meet."""
_FELT = 6.0
"""Reaches beyond a touch at which others push no more: e^-6 of the push at a touch, less than a hundredth of the way."""
_AROUND = 512
"""Squares after which they are counted anew, each way: what a step costs follows from people, not from the size of the ground."""
_FARTHEST = _AROUND // 2 - 1


@compiled
def _heap_up(heap: _I, place: _I, costs: NDArray[np.float32], at: int) -> None:
    item = heap[at]
    while at > 0:
        parent = (at - 1) >> 1
        if costs[heap[parent]] <= costs[item]:
            break
        heap[at] = heap[parent]
        place[heap[at]] = at
        at = parent
    heap[at] = item
    place[item] = at


@compiled
def _heap_down(heap: _I, place: _I, costs: NDArray[np.float32], count: int) -> None:
    at, item = 0, heap[0]
    while True:
        child = 2 * at + 1
        if child >= count:
            break
        if child + 1 < count and costs[heap[child + 1]] < costs[heap[child]]:
            child += 1
        if costs[heap[child]] >= costs[item]:
            break
        heap[at] = heap[child]
        place[heap[at]] = at
        at = child
    heap[at] = item
    place[item] = at


@compiled
def _lowest(costs: NDArray[np.float32], one: int, other: int) -> float:
    cost = _FAR
    if one >= 0:
        cost = min(cost, float(costs[one]))
    if other >= 0:
        cost = min(cost, float(costs[other]))
    return cost


@compiled
def solve_costs(links: _I, slowness: NDArray[np.float32], goals: _I, cell: float, costs: NDArray[np.float32]) -> None:
    """The time from each floor to the nearest of the goals, by fast marching (J. Sethian 1996).

    Parameters
    ----------
    slowness
        Seconds a metre at a pace of 1 m/s, ``[floors]``; infinite where nobody goes.
    costs
        Written; `_FAR` and more where there is no way.
    """
    costs[:] = _FAR
    heap = np.empty(len(costs), np.int32)
    place = np.full(len(costs), -1, np.int32)
    count = 0
    for goal in goals:
        if costs[goal] > 0.0 and math.isfinite(slowness[goal]):
            costs[goal] = 0.0
            heap[count] = goal
            place[goal] = count
            count += 1
    while count > 0:
        floor = heap[0]
        place[floor] = -2  # its cost is known
        count -= 1
        if count > 0:
            heap[0] = heap[count]
            place[heap[0]] = 0
            _heap_down(heap, place, costs, count)
        for side in range(4):
            other = links[side, floor]
            if other < 0 or place[other] == -2 or not math.isfinite(slowness[other]):
                continue
            a = _lowest(costs, links[0, other], links[1, other])
            b = _lowest(costs, links[2, other], links[3, other])
            step = cell * float(slowness[other])
            low, high = min(a, b), max(a, b)
            if high - low >= step:
                cost = low + step
            else:
                cost = 0.5 * (low + high + math.sqrt(2.0 * step * step - (high - low) ** 2))
            if cost < costs[other]:
                costs[other] = cost
                if place[other] < 0:
                    heap[count] = other
                    place[other] = count
                    count += 1
                _heap_up(heap, place, costs, place[other])


@compiled
def label_floors(links: _I, label: _I) -> None:
    """Number floors, ``[floors]``, so that those between which there is a way have the same."""
    label[:] = -1
    stack = np.empty(len(label), np.int32)
    for first in range(len(label)):
        if label[first] >= 0:
            continue
        label[first] = first
        stack[0] = first
        count = 1
        while count > 0:
            count -= 1
            floor = stack[count]
            for side in range(4):
                other = links[side, floor]
                if other >= 0 and label[other] < 0:
                    label[other] = first
                    stack[count] = other
                    count += 1


@compiled
def bin_people(x: _F, y: _F, z: _F, radius: _F, size: float, order: _I, ordered: _F) -> _I:
    """Sort people by squares of the ground, all that have the same rest of `_AROUND` together.

    Writes who comes where into `order`, and places and radii in that order into `ordered`, ``[4, people]``. Returns where each
    square begins, ``[squares + 1]``.
    """
    first = np.zeros(_AROUND * _AROUND + 1, np.int32)
    square = np.empty(len(x), np.int32)
    for who in range(len(x)):
        square[who] = (math.floor(z[who] / size) % _AROUND) * _AROUND + math.floor(x[who] / size) % _AROUND
        first[square[who] + 1] += 1
    for number in range(1, len(first)):
        first[number] += first[number - 1]
    filled = first[:-1].copy()
    for who in range(len(x)):
        at = filled[square[who]]
        order[at] = who
        ordered[0, at], ordered[1, at], ordered[2, at], ordered[3, at] = x[who], y[who], z[who], radius[who]
        filled[square[who]] += 1
    return first


@compiled
def _part(first: _I, row: int, low: int, high: int, part: int) -> tuple[int, int]:
    """Who stand in the columns `low` to `high` of a row, as places in the order: squares that are counted anew make two parts."""
    row, low, high = (row % _AROUND) * _AROUND, low % _AROUND, high % _AROUND
    if low <= high:
        return (first[row + low], first[row + high + 1]) if part == 0 else (0, 0)
    return (first[row + low], first[row + _AROUND]) if part == 0 else (first[row], first[row + high + 1])


@compiled
def _downhill(costs: NDArray[np.float32], links: _I, floor: int) -> tuple[float, float]:
    """The unit vector along which the cost falls fastest; nought at a goal."""
    here = float(costs[floor])
    slopes = (0.0, 0.0)
    gx, gz = 0.0, 0.0
    for axis in range(2):
        low, high = links[2 * axis, floor], links[2 * axis + 1, floor]
        a = float(costs[low]) if low >= 0 else _FAR
        b = float(costs[high]) if high >= 0 else _FAR
        # Towards the cheaper side, as the costs were made.
        slope = 0.0
        if min(a, b) < here:
            slope = -(here - a) if a < b else here - b
        if axis == 0:
            gx = slope
        else:
            gz = slope
    length = math.sqrt(gx * gx + gz * gz)
    if length > 0.0:
        slopes = (gx / length, gz / length)
    return slopes


@compiled
def _fall(x: float) -> float:
    """e^x from -10 to 0, as the limit it is: 0.2 % off at -1, and a fifth of the work."""
    power = 1.0 + x * (1.0 / 256.0)
    power *= power
    power *= power
    power *= power
    power *= power
    power *= power
    power *= power
    power *= power
    return power * power


@compiled
def choose_velocities(
    x: _F, y: _F, z: _F, vx: _F, vz: _F, floor: _I, group: _I, radius: _F, pace: _F, headway: _F,
    order: _I, first: _I, ordered: _F, size: float, links: _I, costs: NDArray[np.float32], slowness: NDArray[np.float32],
    strength: float, reach: float, begin: int, end: int,
) -> None:  # fmt: skip
    """Set the velocities of those at places `begin` to `end` of the order from where all are.

    Parameters
    ----------
    ordered
        Places and radii in the order of squares, ``[4, people]``: neighbours lie side by side in memory.
    costs
        ``[groups, floors]``.
    strength, reach
        Of social forces: their share of the way's direction at a touch, and the metres in which they fall to 1/e.
    """
    sx, sy, sz, size_of = ordered[0], ordered[1], ordered[2], ordered[3]
    widest, felt, nearer = size_of.max(), _FELT * reach, 1.0 / reach
    # Who is felt, and where from here, how far, and the space between: nobody looks twice. Branches that nobody can foretell
    # would cost more than sums, so that all who may be felt are noted, and only those who are move the end of the list.
    noted, near = np.empty(len(order) + 1, np.int32), np.empty((len(order), 4))
    for at in range(begin, end):
        who = order[at]
        ex, ez = _downhill(costs[group[who]], links, floor[who])
        px, pz = ex, ez
        mx, my, mz, mine = sx[at], sy[at], sz[at], size_of[at]
        reach_m, count = mine + widest + felt, 0
        west, east = math.floor((mx - reach_m) / size), math.floor((mx + reach_m) / size)
        for row in range(math.floor((mz - reach_m) / size), math.floor((mz + reach_m) / size) + 1):
            for part in range(2):
                low, high = _part(first, row, west, east, part)
                for place in range(low, high):
                    dx, dz, far = mx - sx[place], mz - sz[place], mine + size_of[place] + felt
                    noted[count] = place
                    count += int(dx * dx + dz * dz <= far * far)
        felt_by = 0
        for number in range(count):
            place = noted[number]
            if place == at or abs(my - sy[place]) > _ACROSS_M:
                continue
            dx, dz = mx - sx[place], mz - sz[place]
            away = math.sqrt(dx * dx + dz * dz)
            space = away - mine - size_of[place]
            near[felt_by, 0], near[felt_by, 1], near[felt_by, 2], near[felt_by, 3] = -dx, -dz, space, mine + size_of[place]
            felt_by += 1
            if away < 1e-6:  # in one another: apart along a direction that is both's
                dx, dz, away = (1.0, 0.0, 1.0) if who < order[place] else (-1.0, 0.0, 1.0)
            push = strength * _fall(min(-space * nearer, 0.0)) / away
            px += push * dx
            pz += push * dz
        length = math.sqrt(px * px + pz * pz)
        if length < 1e-9:
            vx[who], vz[who] = 0.0, 0.0
            continue
        px, pz = px / length, pz / length
        wanted = pace[who] / float(slowness[floor[who]])
        space = wanted * headway[who]  # with more nobody is faster
        for number in range(felt_by):
            dx, dz = near[number, 0], near[number, 1]
            in_way = (dx * px + dz * pz > 0.0) & (abs(dx * pz - dz * px) <= near[number, 3])
            space = min(space, near[number, 2] if in_way else space)
        if space > felt:  # there is room as far as others are felt: look farther
            reach_m = min(space + mine + widest, _FARTHEST * size)
            west, east = math.floor((mx - reach_m) / size), math.floor((mx + reach_m) / size)
            for row in range(math.floor((mz - reach_m) / size), math.floor((mz + reach_m) / size) + 1):
                for part in range(2):
                    low, high = _part(first, row, west, east, part)
                    for place in range(low, high):
                        dx, dz = sx[place] - mx, sz[place] - mz
                        ahead = dx * px + dz * pz
                        touch = mine + size_of[place]
                        if ahead <= 0.0 or ahead >= space + touch or abs(dx * pz - dz * px) > touch:
                            continue
                        if place != at and abs(my - sy[place]) <= _ACROSS_M:
                            space = min(space, math.sqrt(dx * dx + dz * dz) - touch)
        speed = min(wanted, max(space, 0.0) / headway[who])
        vx[who], vz[who] = px * speed, pz * speed


@compiled
def _stride(
    links: _I, column: _I, row: _I, floor: int, x: float, z: float, dx: float, dz: float, cell: float
) -> tuple[int, float, float]:
    """Walk over cells; who meets a wall stops before it, along that axis alone."""
    tx, tz = x + dx, z + dz
    for _ in range(64):
        west, north = column[floor] * cell, row[floor] * cell
        out_x = -1 if tx < west else (1 if tx >= west + cell else 0)
        out_z = -1 if tz < north else (1 if tz >= north + cell else 0)
        if out_x == 0 and out_z == 0:
            break
        # Through the border that is met first.
        share_x = ((west if out_x < 0 else west + cell) - x) / (tx - x) if out_x != 0 and tx != x else 2.0
        share_z = ((north if out_z < 0 else north + cell) - z) / (tz - z) if out_z != 0 and tz != z else 2.0
        if share_x <= share_z:
            onto = links[0 if out_x < 0 else 1, floor]
            if onto < 0:
                tx = west + 1e-6 if out_x < 0 else west + cell - 1e-6
                continue
        else:
            onto = links[2 if out_z < 0 else 3, floor]
            if onto < 0:
                tz = north + 1e-6 if out_z < 0 else north + cell - 1e-6
                continue
        floor = onto
    west, north = column[floor] * cell, row[floor] * cell
    return floor, min(max(tx, west), west + cell - 1e-9), min(max(tz, north), north + cell - 1e-9)


@compiled
def move(
    x: _F, y: _F, z: _F, vx: _F, vz: _F, floor: _I, group: _I, links: _I, column: _I, row: _I, heights: NDArray[np.float32],
    costs: NDArray[np.float32], cell: float, dt: float, arrived: NDArray[np.bool_], begin: int, end: int,
) -> None:  # fmt: skip
    """Walk for `dt` seconds; velocities become what was walked, and `arrived` who stands a cell from the goal or nearer."""
    for who in range(begin, end):
        onto, tx, tz = _stride(links, column, row, floor[who], x[who], z[who], vx[who] * dt, vz[who] * dt, cell)
        vx[who], vz[who] = (tx - x[who]) / dt, (tz - z[who]) / dt
        floor[who], x[who], z[who] = onto, tx, tz
        y[who] = heights[onto]
        arrived[who] = costs[group[who], onto] <= np.float32(cell)
