"""One step of shallow water over a band of rows.

Finite volumes of first order: HLL fluxes (Harten, Lax, van Leer 1983) between states that are reconstructed over the higher of two
beds (Audusse et al. 2004), which keeps water at rest at rest over any bed and depths above zero. Where a cell would give more than
it has, what flows out is scaled down on both sides of its edges, so that no mass is made. Friction is Manning's, half implicit.

Arrays are ``[rows, columns]`` in float64: depth (m), momenta along x and z (m2/s), bed (m). A flux array holds the edge before a
cell: ``[rows, columns + 1]`` along x, ``[rows + 1, columns]`` along z, and in its last axis the mass, the momentum across the edge
as each side gets it (their pressures on the bed differ), and the momentum along it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.compiling import compiled

__all__ = ["add_sources", "cross_fluxes", "fastest_wave", "limit_outflow", "update_cells"]

_F = NDArray[np.float64]

GRAVITY = 9.80665
DRY = 1e-6
"""Below this depth (m) water does not move by itself; its volume stays."""
MASS, BEFORE, AFTER, ALONG = 0, 1, 2, 3


@compiled
def _speed(momentum: float, depth: float) -> float:
    return momentum / depth if depth > DRY else 0.0


@compiled
def _edge(flux: _F, hl: float, ul: float, vl: float, zl: float, hr: float, ur: float, vr: float, zr: float) -> None:
    """The flux over one edge, from the left cell to the right."""
    bed = max(zl, zr)
    left, right = max(0.0, hl + zl - bed), max(0.0, hr + zr - bed)
    cl, cr = math.sqrt(GRAVITY * left), math.sqrt(GRAVITY * right)
    mass, across, along = 0.0, 0.0, 0.0
    if left > 0.0 or right > 0.0:
        if left <= DRY:
            slow, fast = ur - 2.0 * cr, ur + cr
        elif right <= DRY:
            slow, fast = ul - cl, ul + 2.0 * cl
        else:
            mean_u, mean_c = 0.5 * (ul + ur) + cl - cr, 0.5 * (cl + cr) + 0.25 * (ul - ur)
            slow, fast = min(ul - cl, mean_u - mean_c), max(ur + cr, mean_u + mean_c)
        ml, mr = left * ul, right * ur
        pl, pr = ml * ul + 0.5 * GRAVITY * left * left, mr * ur + 0.5 * GRAVITY * right * right
        if slow >= 0.0:
            mass, across = ml, pl
        elif fast <= 0.0:
            mass, across = mr, pr
        else:
            width = fast - slow
            mass = (fast * ml - slow * mr + slow * fast * (right - left)) / width
            across = (fast * pl - slow * pr + slow * fast * (mr - ml)) / width
        along = mass * (vl if mass > 0.0 else vr)
    flux[MASS] = mass
    flux[BEFORE] = across + 0.5 * GRAVITY * (hl * hl - left * left)
    flux[AFTER] = across + 0.5 * GRAVITY * (hr * hr - right * right)
    flux[ALONG] = along


@compiled
def cross_fluxes(
    depth: _F, along_x: _F, along_z: _F, bed: _F, flux_x: _F, flux_z: _F, sides: NDArray[np.bool_], first: int, last: int
) -> None:
    """Fluxes over the edges before the rows `first` to `last`, and of the last row's far edge where it is the grid's.

    `sides` says whether water leaves freely at the sides of low x, high x, low z and high z; else, and for what would come in,
    there is a wall.
    """
    rows, columns = depth.shape
    for row in range(first, last):
        for column in range(columns + 1):
            left, right = max(column - 1, 0), min(column, columns - 1)
            hl, hr = depth[row, left], depth[row, right]
            ul, ur = _speed(along_x[row, left], hl), _speed(along_x[row, right], hr)
            vl, vr = _speed(along_z[row, left], hl), _speed(along_z[row, right], hr)
            if column == 0:
                ul = ur if sides[0] and ur < 0.0 else -ur
            elif column == columns:
                ur = ul if sides[1] and ul > 0.0 else -ul
            _edge(flux_x[row, column], hl, ul, vl, bed[row, left], hr, ur, vr, bed[row, right])
    for row in range(first, rows + 1 if last == rows else last):
        before, after = max(row - 1, 0), min(row, rows - 1)
        for column in range(columns):
            hl, hr = depth[before, column], depth[after, column]
            ul, ur = _speed(along_z[before, column], hl), _speed(along_z[after, column], hr)
            vl, vr = _speed(along_x[before, column], hl), _speed(along_x[after, column], hr)
            if row == 0:
                ul = ur if sides[2] and ur < 0.0 else -ur
            elif row == rows:
                ur = ul if sides[3] and ul > 0.0 else -ul
            _edge(flux_z[row, column], hl, ul, vl, bed[before, column], hr, ur, vr, bed[after, column])


@compiled
def limit_outflow(depth: _F, flux_x: _F, flux_z: _F, share: _F, per_length: float, first: int, last: int) -> None:
    """How much of its outflow a cell can give: one where it has enough. `per_length` is the step over the cell's size (s/m)."""
    columns = depth.shape[1]
    for row in range(first, last):
        for column in range(columns):
            out = (
                max(0.0, -flux_x[row, column, MASS])
                + max(0.0, flux_x[row, column + 1, MASS])
                + max(0.0, -flux_z[row, column, MASS])
                + max(0.0, flux_z[row + 1, column, MASS])
            ) * per_length
            share[row, column] = depth[row, column] / out if out > depth[row, column] else 1.0


@compiled
def _scale(flux: _F, before: float, after: float) -> float:
    return before if flux[MASS] > 0.0 else after


@compiled
def update_cells(
    depth: _F, along_x: _F, along_z: _F, bed: _F, flux_x: _F, flux_z: _F, share: _F, dt: float, size: float, manning: _F,
    first: int, last: int,
) -> float:  # fmt: skip
    """Move what flows, and rub the ground; gives the depth that left over the grid's sides, summed over cells (m)."""
    rows, columns = depth.shape
    per = dt / size
    left_grid = 0.0
    for row in range(first, last):
        for column in range(columns):
            own = share[row, column]
            west = _scale(flux_x[row, column], share[row, column - 1] if column > 0 else 1.0, own)
            east = _scale(flux_x[row, column + 1], own, share[row, column + 1] if column + 1 < columns else 1.0)
            north = _scale(flux_z[row, column], share[row - 1, column] if row > 0 else 1.0, own)
            south = _scale(flux_z[row + 1, column], own, share[row + 1, column] if row + 1 < rows else 1.0)
            fw, fe, fn, fs = flux_x[row, column], flux_x[row, column + 1], flux_z[row, column], flux_z[row + 1, column]
            mw, me, mn, ms = fw[MASS] * west, fe[MASS] * east, fn[MASS] * north, fs[MASS] * south
            if column == 0:
                left_grid -= mw * per
            if column == columns - 1:
                left_grid += me * per
            if row == 0:
                left_grid -= mn * per
            if row == rows - 1:
                left_grid += ms * per
            h = max(0.0, depth[row, column] + per * (mw - me + mn - ms))
            qx = along_x[row, column] + per * (fw[AFTER] - fe[BEFORE] + fn[ALONG] * north - fs[ALONG] * south)
            qz = along_z[row, column] + per * (fn[AFTER] - fs[BEFORE] + fw[ALONG] * west - fe[ALONG] * east)
            if h <= DRY:
                qx, qz = 0.0, 0.0
            else:
                rub = dt * GRAVITY * manning[row, column] ** 2 * math.sqrt(qx * qx + qz * qz) / h ** (7.0 / 3.0)
                qx, qz = qx / (1.0 + rub), qz / (1.0 + rub)
            depth[row, column], along_x[row, column], along_z[row, column] = h, qx, qz
    return left_grid


@compiled
def fastest_wave(depth: _F, along_x: _F, along_z: _F, first: int, last: int) -> float:
    """The fastest that anything moves along one axis, m/s."""
    fastest = 0.0
    for row in range(first, last):
        for column in range(depth.shape[1]):
            h = depth[row, column]
            if h > DRY:
                fastest = max(fastest, max(abs(along_x[row, column]), abs(along_z[row, column])) / h + math.sqrt(GRAVITY * h))
    return fastest


@compiled
def add_sources(depth: _F, along_x: _F, along_z: _F, rain: _F, drain: _F, dt: float, first: int, last: int) -> float:
    """Add rain and take what drains swallow (both m/s); gives the depth that was drained, summed over cells (m)."""
    drained = 0.0
    for row in range(first, last):
        for column in range(depth.shape[1]):
            h = depth[row, column] + rain[row, column] * dt
            taken = min(h, drain[row, column] * dt)
            if taken > 0.0 and h > 0.0:  # what goes down takes its momentum along
                along_x[row, column] *= (h - taken) / h
                along_z[row, column] *= (h - taken) / h
            depth[row, column] = h - taken
            drained += taken
    return drained
