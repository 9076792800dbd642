"""Mass, centre of mass and inertia of bodies, computed here once so that every backend moves them alike.

Closed forms for the primitives, exact integrals over signed tetrahedra for hulls (Blow and Binstock 2004), the parallel
axis theorem for compounds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

from .hulls import convex_hull
from .poses import rotate
from .shapes import Shape, ShapeKind

__all__ = ["MassProperties", "body_mass", "shape_mass"]


@dataclass(frozen=True)
class MassProperties:
    """What a rigid body weighs.

    Attributes
    ----------
    mass_kg : float
    centre : float64 [7]; position of the centre of mass and orientation of the principal axes in the body's frame.
    inertia : float64 [3]; principal moments, kg m2.
    """

    mass_kg: float
    centre: NDArray[np.float64]
    inertia: NDArray[np.float64]


def shape_mass(shape: Shape) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Volume (m3), centroid [3] and inertia about it [3, 3] at density one, in the shape's frame."""
    r, h = shape.radius_m, shape.height_m
    zero = np.zeros(3)
    if shape.kind is ShapeKind.BOX:
        x, y, z = shape.size_m
        v = x * y * z
        return v, zero, np.diag([y * y + z * z, x * x + z * z, x * x + y * y]) * v / 12
    if shape.kind is ShapeKind.SPHERE:
        v = 4 / 3 * np.pi * r**3
        return v, zero, np.eye(3) * 0.4 * v * r * r
    if shape.kind is ShapeKind.CYLINDER:
        v = np.pi * r * r * h
        side = v * (3 * r * r + h * h) / 12
        return v, zero, np.diag([side, v * r * r / 2, side])
    if shape.kind is ShapeKind.CAPSULE:
        tube, caps = np.pi * r * r * h, 4 / 3 * np.pi * r**3
        along = tube * r * r / 2 + caps * 0.4 * r * r
        across = tube * (3 * r * r + h * h) / 12 + caps * (0.4 * r * r + h * h / 4 + 3 / 8 * r * h)
        return tube + caps, zero, np.diag([across, along, across])
    if shape.kind is ShapeKind.HULL:
        faces = convex_hull(shape.points)
        if faces is not None:
            return _solid_mass(shape.points.astype(np.float64), faces)
        size = np.maximum(np.ptp(shape.bounds, axis=0), 1e-3)
        x, y, z = size
        inertia = np.diag([y * y + z * z, x * x + z * z, x * x + y * y]) * size.prod() / 12
        return float(size.prod()), shape.bounds.mean(axis=0), inertia
    return 0.0, zero, np.zeros((3, 3))


def body_mass(rows: NDArray[Any], shapes: tuple[Shape, ...], mass_kg: float) -> MassProperties:
    """Mass properties of a dynamic body with these `COLLIDER` rows; a finite `mass_kg` overrides the densities."""
    solids = [row for row in rows if not row["trigger"] and not shapes[row["shape"]].kind.is_surface]
    if not solids:
        mass = mass_kg if np.isfinite(mass_kg) else 1.0
        return MassProperties(mass, np.array((0, 0, 0, 0, 0, 0, 1.0)), np.full(3, 0.4 * mass * 0.25))
    parts = [(row, *shape_mass(shapes[row["shape"]])) for row in solids]
    masses = np.array([row["density"] * volume for row, volume, _, _ in parts])
    if not masses.sum() > 0:
        raise TaixuError(
            f"The colliders of a dynamic body weigh {masses.sum():g} kg: give the body a mass or them a density."
        )
    centres = np.array([row["pose"][:3] + rotate(row["pose"][3:], centroid) for row, _, centroid, _ in parts])
    centre = masses @ centres / masses.sum()
    inertia = np.zeros((3, 3))
    for (row, _, _, own), mass, place in zip(parts, masses, centres, strict=True):
        turn = rotate(np.tile(row["pose"][3:], (3, 1)), np.eye(3)).T
        away = place - centre
        inertia += turn @ (own * row["density"]) @ turn.T + mass * (away @ away * np.eye(3) - np.outer(away, away))
    total = float(masses.sum())
    if np.isfinite(mass_kg):
        inertia, total = inertia * (mass_kg / total), float(mass_kg)
    off = np.abs(inertia - np.diag(np.diag(inertia))).max()
    if off <= 1e-9 * np.trace(inertia):
        return MassProperties(total, np.array([*centre, 0, 0, 0, 1.0]), np.diag(inertia).copy())
    moments, axes = np.linalg.eigh(inertia)
    if np.linalg.det(axes) < 0:
        axes[:, 0] *= -1
    return MassProperties(total, np.array([*centre, *_quaternion(axes)]), moments)


def _solid_mass(points: NDArray[Any], faces: NDArray[Any]) -> tuple[float, NDArray[Any], NDArray[Any]]:
    origin = points.mean(axis=0)
    corners = points[faces] - origin  # [m, 3 corners, 3]
    volumes = np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])) / 6
    volume = float(volumes.sum())
    centroid = (volumes @ corners.sum(axis=1)) / 4 / volume
    total = corners.sum(axis=1)
    second = np.einsum("i,ija,ijb->ab", volumes, corners, corners) + np.einsum("i,ia,ib->ab", volumes, total, total)
    covariance = second / 20 - volume * np.outer(centroid, centroid)
    inertia = np.trace(covariance) * np.eye(3) - covariance
    return volume, centroid + origin, inertia


def _quaternion(matrix: NDArray[Any]) -> NDArray[np.float64]:
    """The unit quaternion of a rotation matrix, by the largest of its four components (Shepperd 1978)."""
    m = matrix
    t = np.array([1 + m[0, 0] - m[1, 1] - m[2, 2], 1 - m[0, 0] + m[1, 1] - m[2, 2],
                  1 - m[0, 0] - m[1, 1] + m[2, 2], 1 + np.trace(m)])  # fmt: skip
    rows = np.array([
        [t[0], m[0, 1] + m[1, 0], m[0, 2] + m[2, 0], m[2, 1] - m[1, 2]],
        [m[0, 1] + m[1, 0], t[1], m[1, 2] + m[2, 1], m[0, 2] - m[2, 0]],
        [m[0, 2] + m[2, 0], m[1, 2] + m[2, 1], t[2], m[1, 0] - m[0, 1]],
        [m[2, 1] - m[1, 2], m[0, 2] - m[2, 0], m[1, 0] - m[0, 1], t[3]],
    ])  # fmt: skip
    q = rows[int(np.argmax(t))]
    return q / np.linalg.norm(q)
