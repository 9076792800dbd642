"""Solids as signed distances: primitives, and what joins, cuts and moves them. All are smooth, so that what is made of them is.

A `Solid` tells for points [n, 3] how far outside they are (below zero inside), and a box that holds it. Formulas of primitives
and of the smooth least value: Inigo Quilez, "Distance functions" (https://iquilezles.org/articles/distfunctions/).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Solid", "ball", "bowl", "box", "cone", "joined_solids", "limb", "ring", "slab_between", "turned", "turning"]

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Solid:
    """A solid.

    Attributes
    ----------
    far
        How far outside points [n, 3] are: [n].
    low, high : float64 [3]
        A box about it, metres.
    """

    far: Callable[[Floats], Floats]
    low: Floats
    high: Floats

    def grown(self, by_m: float) -> Solid:
        """The solid let out."""
        return Solid(lambda p: self.far(p) - by_m, self.low - by_m, self.high + by_m)

    def cut(self, other: Solid, soft_m: float = 0.0) -> Solid:
        """What of it is not in another, with a rounded edge."""
        return Solid(lambda p: -_least(-self.far(p), other.far(p), soft_m), self.low, self.high)

    def within(self, other: Solid, soft_m: float = 0.0) -> Solid:
        """What of it is in another, with a rounded edge."""
        return Solid(
            lambda p: -_least(-self.far(p), -other.far(p), soft_m), np.maximum(self.low, other.low),
            np.minimum(self.high, other.high)
        )

    def at(self, x: float, y: float, z: float) -> Solid:
        """The solid moved."""
        by = np.array((x, y, z))
        return Solid(lambda p: self.far(p - by), self.low + by, self.high + by)

    def mirrored(self) -> Solid:
        """The half at +X, and its mirror image."""

        def far(p: Floats) -> Floats:
            q = p.copy()
            q[:, 0] = np.abs(q[:, 0])
            return self.far(q)

        high, low = self.high.copy(), self.low.copy()
        low[0] = -high[0]
        return Solid(far, low, high)


def _least(a: Floats, b: Floats, soft_m: float) -> Floats:
    if soft_m <= 0.0:
        return np.minimum(a, b)
    near = np.maximum(soft_m - np.abs(a - b), 0.0) / soft_m
    return np.asarray(np.minimum(a, b) - near * near * soft_m * 0.25)


def joined_solids(*solids: Solid, soft_m: float = 0.0) -> Solid:
    """Solids as one, flowing into each other."""

    def far(p: Floats) -> Floats:
        result = solids[0].far(p)
        for solid in solids[1:]:
            result = _least(result, solid.far(p), soft_m)
        return result

    lows, highs = np.stack([solid.low for solid in solids]), np.stack([solid.high for solid in solids])
    return Solid(far, lows.min(0) - 0.25 * soft_m, highs.max(0) + 0.25 * soft_m)


def ball(middle: ArrayLike, radii: ArrayLike) -> Solid:
    """An ellipsoid."""
    center = np.asarray(middle, np.float64)
    size = np.broadcast_to(np.asarray(radii, np.float64), 3)

    def far(p: Floats) -> Floats:
        offset = (p - center) / size
        inner = np.sqrt(np.einsum("ij,ij->i", offset, offset))
        offset /= size
        slope = np.sqrt(np.einsum("ij,ij->i", offset, offset))
        return np.asarray(np.where(slope > 1e-9, inner * (inner - 1.0) / np.maximum(slope, 1e-9), -size.min()))

    return Solid(far, center - size, center + size)


def limb(start: ArrayLike, end: ArrayLike, first_m: float, last_m: float | None = None, *, flat: float = 1.0) -> Solid:
    """A rod with round ends, from one radius to another; `flat` is its depth (Z) against its width."""
    last = first_m if last_m is None else last_m
    squash = np.array((1.0, 1.0, 1.0 / flat))
    a, b = np.asarray(start, np.float64), np.asarray(end, np.float64)
    c, d = a * squash, b * squash
    along = d - c
    size = max(float(along @ along), 1e-12)

    def far(p: Floats) -> Floats:
        q = p * squash - c
        part = np.clip(q @ along / size, 0.0, 1.0)
        q -= part[:, None] * along
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", q, q)) - (first_m + (last - first_m) * part))

    most = np.array((1.0, 1.0, flat)) * max(first_m, last)
    return Solid(far, np.minimum(a, b) - most, np.maximum(a, b) + most)


def box(middle: ArrayLike, half: ArrayLike, round_m: float = 0.0) -> Solid:
    """A box with round edges, which are within its halves."""
    center, size = np.asarray(middle, np.float64), np.asarray(half, np.float64)

    def far(p: Floats) -> Floats:
        q = np.abs(p - center) - size + round_m
        outside = np.maximum(q, 0.0)
        return np.asarray(np.sqrt(np.einsum("ij,ij->i", outside, outside)) + np.minimum(q.max(1), 0.0) - round_m)

    return Solid(far, center - size, center + size)


def ring(middle: ArrayLike, radius_m: float, thick_m: float, *, wide: float = 1.0, deep: float = 1.0) -> Solid:
    """A torus about Y; `wide` and `deep` stretch it along X and Z."""
    center = np.asarray(middle, np.float64)
    stretch = np.array((wide, 1.0, deep))

    def far(p: Floats) -> Floats:
        q = (p - center) / stretch
        return np.asarray((np.hypot(np.hypot(q[:, 0], q[:, 2]) - radius_m, q[:, 1]) - thick_m) * min(wide, deep, 1.0))

    size = np.array((radius_m + thick_m, thick_m, radius_m + thick_m)) * stretch
    return Solid(far, center - size, center + size)


def cone(
    middle: ArrayLike, low_m: float, high_m: float, half_m: float, round_m: float = 0.0, *, flat: float = 1.0
) -> Solid:
    """A frustum about Y with round edges: its radii below and above, and half its height. `flat` is its depth against its width."""
    center = np.asarray(middle, np.float64)
    squash = np.array((1.0, 1.0, 1.0 / flat))
    lower, upper, half = low_m - round_m, high_m - round_m, half_m - round_m
    ends = np.array((upper, half))
    slope = np.array((upper - lower, 2.0 * half))

    def far(p: Floats) -> Floats:
        q = (p - center) * squash
        r, y = np.hypot(q[:, 0], q[:, 2]), q[:, 1]
        cap_x = r - np.minimum(r, np.where(y < 0.0, lower, upper))
        cap_y = np.abs(y) - half
        part = np.clip(((ends[0] - r) * slope[0] + (ends[1] - y) * slope[1]) / (slope @ slope), 0.0, 1.0)
        side_x, side_y = r - ends[0] + slope[0] * part, y - ends[1] + slope[1] * part
        sign = np.where((side_x < 0.0) & (cap_y < 0.0), -1.0, 1.0)
        return np.asarray(sign * np.sqrt(np.minimum(cap_x**2 + cap_y**2, side_x**2 + side_y**2)) - round_m)

    most = max(low_m, high_m)
    size = np.array((most, half_m, most * flat))
    return Solid(far, center - size, center + size)


def bowl(middle: ArrayLike, radii: ArrayLike, thick_m: float, cut_y: float) -> Solid:
    """The shell of an ellipsoid above a height."""
    whole = ball(middle, radii)
    shell = Solid(lambda p: np.abs(whole.far(p)) - thick_m, whole.low - thick_m, whole.high + thick_m)
    return shell.within(slab_between(cut_y, 100.0), thick_m)


def slab_between(low_y: float, high_y: float) -> Solid:
    """All between two heights."""
    middle, half = 0.5 * (low_y + high_y), 0.5 * (high_y - low_y)
    return Solid(lambda p: np.abs(p[:, 1] - middle) - half, np.array((-9.0, low_y, -9.0)), np.array((9.0, high_y, 9.0)))


def turning(x_rad: float = 0.0, y_rad: float = 0.0, z_rad: float = 0.0) -> Floats:
    """A rotation: about Z, then X, then Y."""
    (a, b, c), (d, e, f) = np.cos((x_rad, y_rad, z_rad)), np.sin((x_rad, y_rad, z_rad))
    about_x = np.array(((1.0, 0.0, 0.0), (0.0, a, -d), (0.0, d, a)))
    about_y = np.array(((b, 0.0, e), (0.0, 1.0, 0.0), (-e, 0.0, b)))
    about_z = np.array(((c, -f, 0.0), (f, c, 0.0), (0.0, 0.0, 1.0)))
    return np.asarray(about_y @ about_x @ about_z)


def turned(solid: Solid, turn: Floats, place: ArrayLike = (0.0, 0.0, 0.0)) -> Solid:
    """A solid turned about the origin, then moved."""
    by = np.asarray(place, np.float64)
    ends = np.stack([solid.low, solid.high])
    corners = np.stack([ends[choice, range(3)] for choice in product((0, 1), repeat=3)]) @ turn.T + by
    return Solid(lambda p: solid.far((p - by) @ turn), corners.min(0), corners.max(0))
