"""What the values of fields are: how many are about, how they move, how loud it is, what hangs in the air, what sensors say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.field_maps.lattice import Lattice, Things

__all__ = ["density", "flow", "measured", "noise", "plume"]

Floats = NDArray[np.float64]
_PARTS = 1 << 22


def density(lattice: Lattice, things: Things, *, reach: float) -> Floats:
    """Things a square metre, ``[1, rows, columns]``: each spread by a bell of half `reach` (m), whose whole is one."""
    sigma = max(reach / 2, min(lattice.cell) / 2)

    def bell(dx: Floats, dz: Floats, height: float, own: float) -> Floats:
        bell = np.exp(-(dx**2 + dz**2) / (2 * sigma**2))
        return np.asarray(bell / (bell.sum() * lattice.cell[0] * lattice.cell[1]))

    found = lattice.sum_over(things, things.strengths, bell, reach=3 * sigma)
    return np.maximum(found, 0.0)


def flow(lattice: Lattice, things: Things, *, reach: float) -> Floats:
    """How things move on the average, m/s along x and z, ``[2, rows, columns]``; nought where nobody is."""
    many = density(lattice, things, reach=reach)[0]
    moving = np.zeros((2, 2, lattice.rows, lattice.columns))
    if things.velocities is not None:
        for axis in (0, 1):
            for half, sign in enumerate((1.0, -1.0)):  # weights of one sign each: what transforms leave behind stays small
                of = Things(things.places, np.maximum(sign * things.velocities[axis], 0.0) * things.strengths)
                moving[axis, half] = density(lattice, of, reach=reach)[0]
    some = many > 1e-6 * max(float(many.max()), 1e-30)
    return np.where(some, (moving[:, 0] - moving[:, 1]) / np.where(some, many, 1.0), 0.0)


def noise(lattice: Lattice, things: Things, *, reach: float) -> Floats:
    """Sound pressure level, dB, ``[heights, rows, columns]``, of sources on hard ground whose sound powers add up.

    ``Lp = Lw - 10 log10(2 pi r^2)``: geometrical divergence over half a sphere (ISO 9613-2, equation 7, with the 3 dB of hard
    ground); what walls and air take is left out, so it is no less than what one would hear. Not a number where there is none.
    """
    least = min(lattice.cell) / 2

    def divergence(dx: Floats, dz: Floats, height: float, own: float) -> Floats:
        return np.asarray(1.0 / (2 * np.pi * np.maximum(dx**2 + dz**2 + (height - own) ** 2, least**2)))

    powers = 10.0 ** (np.clip(things.strengths, -200.0, 250.0) / 10.0)
    loudest = float(powers.max(initial=1e-20))
    found = lattice.sum_over(things, powers / loudest, divergence, reach=reach)
    floor = 1e-9 / (2 * np.pi * max(reach, 1.0) ** 2)  # what transforms leave behind is below: 90 dB under the loudest at its reach
    return np.where(found > floor, 10.0 * np.log10(np.maximum(found, floor) * loudest), np.nan)


def plume(lattice: Lattice, things: Things, *, wind_mps: float, wind_from_rad: float, reach: float) -> Floats:
    """What hangs in the air, micrograms a cubic metre, ``[heights, rows, columns]``, of sources in grams a second.

    The Gaussian plume over ground that gives all of it back, with the spread of towns in neutral air (G. Briggs, Diffusion
    estimation for small emissions, 1973: ``sigma_y = 0.16 x / sqrt(1 + 0.0004 x)``, ``sigma_z = 0.14 x / sqrt(1 + 0.0003 x)``).
    """
    along = np.array([-np.sin(wind_from_rad), np.cos(wind_from_rad)])  # from north: towards +z
    least = min(lattice.cell) / 2

    def spread(dx: Floats, dz: Floats, height: float, own: float) -> Floats:
        x, aside = dx * along[0] + dz * along[1], dx * along[1] - dz * along[0]
        down = np.maximum(x, least)
        wide, tall = 0.16 * down / np.sqrt(1 + 4e-4 * down), 0.14 * down / np.sqrt(1 + 3e-4 * down)
        wide, tall = np.maximum(wide, least), np.maximum(tall, least)  # within a cell it is mixed
        own = max(own, 0.0)
        up = np.exp(-((height - own) ** 2) / (2 * tall**2)) + np.exp(-((height + own) ** 2) / (2 * tall**2))
        there = np.exp(-(aside**2) / (2 * wide**2)) * up / (2 * np.pi * wind_mps * wide * tall)
        return np.where(x > -least, there, 0.0)

    grams = lattice.sum_over(things, np.maximum(things.strengths, 0.0), spread, reach=reach)
    return np.maximum(grams, 0.0) * 1e6


def measured(lattice: Lattice, things: Things, *, reach: float) -> Floats:
    """Between sensors, ``[heights, rows, columns]``: the mean of those within `reach`, weighed by Shepard's modified inverse
    distances (R. Franke, G. Nielson 1980: ``((R - d) / (R d))^2``); not a number where none is so near."""
    z, x = np.meshgrid(lattice.z, lattice.x, indexing="ij")
    found = np.full((len(lattice.heights), lattice.rows, lattice.columns), np.nan)
    if not len(things.strengths):
        return found
    for level, height in enumerate(lattice.heights):
        points = np.stack([x.ravel(), np.full(x.size, height), z.ravel()])
        said = np.full(x.size, np.nan)
        step = max(1, _PARTS // len(things.strengths))
        for first in range(0, x.size, step):
            part = points[:, first : first + step]
            square = sum((part[axis][:, None] - things.places[axis][None, :]) ** 2 for axis in range(3))
            far = np.sqrt(np.maximum(square, 1e-12))
            weight = (np.maximum(reach - far, 0.0) / (reach * far)) ** 2
            whole = weight.sum(axis=1)
            said[first : first + step] = np.where(whole > 0, weight @ things.strengths / np.where(whole > 0, whole, 1.0), np.nan)
        found[level] = said.reshape(x.shape)
    return found
