"""Rotations as three angles in degrees, which stay as they were typed while the rotation is theirs."""

from __future__ import annotations

from collections.abc import Sequence
from math import asin, atan2, cos, degrees, pi, radians, sin

__all__ = ["EulerMemory", "angles_of", "quaternion_of"]


def quaternion_of(angles_deg: Sequence[float]) -> list[float]:
    """The unit quaternion x, y, z, w of turns about x, y, z: first about z, then x, then y (pitch, yaw, roll)."""
    x, y, z = (radians(v) / 2 for v in angles_deg)
    sx, cx, sy, cy, sz, cz = sin(x), cos(x), sin(y), cos(y), sin(z), cos(z)
    # y * x * z, written out.
    return [
        cy * sx * cz + sy * cx * sz,
        sy * cx * cz - cy * sx * sz,
        cy * cx * sz - sy * sx * cz,
        cy * cx * cz + sy * sx * sz,
    ]


def angles_of(quaternion: Sequence[float]) -> list[float]:
    """Angles in degrees about x, y, z of a rotation; x lies within a quarter turn."""
    length = sum(v * v for v in quaternion) ** 0.5 or 1.0
    x, y, z, w = (v / length for v in quaternion)
    up = max(-1.0, min(1.0, 2 * (w * x - y * z)))
    if abs(up) > 0.9999995:  # looking straight up or down: roll and yaw are one, and yaw takes it
        return [degrees(pi / 2 if up > 0 else -pi / 2), degrees(atan2(2 * (w * y - x * z), 1 - 2 * (y * y + z * z))), 0.0]
    pitch = asin(up)
    yaw = atan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
    roll = atan2(2 * (x * y + w * z), 1 - 2 * (x * x + z * z))
    return [degrees(pitch), degrees(yaw), degrees(roll)]


class EulerMemory:
    """Remembers which angles made a rotation, so that 270 is not shown as -90 while nobody turned it otherwise."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[list[float], list[float]]] = {}

    def angles(self, key: str, quaternion: Sequence[float]) -> list[float]:
        """Angles of a rotation that goes by a key."""
        found = self._known.get(key)
        if found is not None and abs(sum(a * b for a, b in zip(found[0], quaternion, strict=True))) > 1 - 1e-6:
            return list(found[1])
        return [round(v, 4) + 0.0 for v in angles_of(quaternion)]

    def turn(self, key: str, angles_deg: Sequence[float]) -> list[float]:
        """The rotation of angles that somebody gave."""
        quaternion = quaternion_of(angles_deg)
        if len(self._known) > 256:
            self._known.clear()
        self._known[key] = (quaternion, list(angles_deg))
        return quaternion
