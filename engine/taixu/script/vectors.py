"""`Vec3` and `Quat` as scripts know them: immutable, in plain Python, so that both tiers share them.

Immutable, because `entity.position[1] += 1` on a copy would change nothing; one writes `entity.position +=
(0, 1, 0)`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import acos, cos, sin, sqrt
from typing import Any

__all__ = ["Quat", "Vec3"]

_new: Any = tuple.__new__


class Vec3(tuple[float, float, float]):
    """Three numbers with arithmetic; anything with three numbers may stand on the other side."""

    __slots__ = ()

    def __new__(cls, x: float | Iterable[float] = 0.0, y: float | None = None, z: float = 0.0) -> Vec3:
        if y is not None:
            return _vec3((float(x), float(y), float(z)))  # type: ignore[arg-type]
        if isinstance(x, (int, float)):
            return _vec3((float(x),) * 3)
        values = tuple(map(float, x))
        if len(values) != 3:
            raise ValueError(f"a Vec3 takes three numbers, not {len(values)}")
        return _vec3(values)

    @property
    def x(self) -> float:
        """First number."""
        return self[0]

    @property
    def y(self) -> float:
        """Second number."""
        return self[1]

    @property
    def z(self) -> float:
        """Third number."""
        return self[2]

    def __add__(self, other: Any) -> Vec3:
        x, y, z = other
        a, b, c = self
        return _new(Vec3, (a + x, b + y, c + z))

    __radd__ = __add__

    def __sub__(self, other: Any) -> Vec3:
        x, y, z = other
        a, b, c = self
        return _new(Vec3, (a - x, b - y, c - z))

    def __rsub__(self, other: Any) -> Vec3:
        x, y, z = other
        a, b, c = self
        return _new(Vec3, (x - a, y - b, z - c))

    def __mul__(self, other: Any) -> Vec3:
        if isinstance(other, (int, float)):
            a, b, c = self
            return _new(Vec3, (a * other, b * other, c * other))
        x, y, z = other
        return _vec3((self[0] * x, self[1] * y, self[2] * z))

    __rmul__ = __mul__

    def __truediv__(self, other: float) -> Vec3:
        return _vec3((self[0] / other, self[1] / other, self[2] / other))

    def __neg__(self) -> Vec3:
        return _vec3((-self[0], -self[1], -self[2]))

    def __repr__(self) -> str:
        return f"Vec3({self[0]:g}, {self[1]:g}, {self[2]:g})"

    @property
    def length(self) -> float:
        """Euclidean length."""
        return sqrt(self[0] * self[0] + self[1] * self[1] + self[2] * self[2])

    def normalized(self) -> Vec3:
        """The same direction with length one; zero stays zero."""
        length = self.length
        return self / length if length > 0.0 else self

    def dot(self, other: Sequence[float]) -> float:
        """Scalar product."""
        return self[0] * other[0] + self[1] * other[1] + self[2] * other[2]

    def cross(self, other: Sequence[float]) -> Vec3:
        """Vector product, right-handed."""
        x, y, z = other
        return Vec3(self[1] * z - self[2] * y, self[2] * x - self[0] * z, self[0] * y - self[1] * x)

    def distance(self, other: Sequence[float]) -> float:
        """Length of the difference."""
        return (self - other).length

    def lerp(self, other: Sequence[float], t: float) -> Vec3:
        """The point at `t` between itself (0) and the other (1)."""
        return self + (Vec3(other) - self) * t


def _vec3(values: tuple[float, ...]) -> Vec3:
    """A `Vec3` of three floats, unchecked: arithmetic is most of what scripts do."""
    return tuple.__new__(Vec3, values)


class Quat(tuple[float, float, float, float]):
    """A rotation as a unit quaternion (x, y, z, w)."""

    __slots__ = ()

    def __new__(cls, x: float | Iterable[float] = 0.0, y: float = 0.0, z: float = 0.0, w: float = 1.0) -> Quat:
        values = tuple(map(float, x)) if isinstance(x, Iterable) else (float(x), float(y), float(z), float(w))
        if len(values) != 4:
            raise ValueError(f"a Quat takes four numbers, not {len(values)}")
        return tuple.__new__(cls, values)

    @staticmethod
    def from_axis_angle(axis: Sequence[float], angle_rad: float) -> Quat:
        """A turn by an angle around an axis of any length."""
        x, y, z = Vec3(axis).normalized() * sin(angle_rad / 2.0)
        return Quat(x, y, z, cos(angle_rad / 2.0))

    @staticmethod
    def from_yaw(angle_rad: float) -> Quat:
        """A turn around the vertical, to the left seen from above."""
        return Quat.from_axis_angle((0.0, 1.0, 0.0), angle_rad)

    def __mul__(self, other: Any) -> Any:
        """Another rotation that comes first, or a vector that is turned."""
        if len(other) == 3:
            return self.rotate(other)
        ax, ay, az, aw = self
        bx, by, bz, bw = other
        return Quat(
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
            aw * bw - ax * bx - ay * by - az * bz,
        )

    def rotate(self, vector: Sequence[float]) -> Vec3:
        """The vector, turned."""
        axis, w = Vec3(self[0], self[1], self[2]), self[3]
        twice = axis.cross(vector) * 2.0
        return Vec3(vector) + twice * w + axis.cross(twice)

    def __neg__(self) -> Quat:
        return Quat(-self[0], -self[1], -self[2], -self[3])

    def __repr__(self) -> str:
        return f"Quat({self[0]:g}, {self[1]:g}, {self[2]:g}, {self[3]:g})"

    def inverse(self) -> Quat:
        """The turn back."""
        return Quat(-self[0], -self[1], -self[2], self[3])

    def normalized(self) -> Quat:
        """Scaled to length one; zero becomes no turn."""
        length = sqrt(sum(value * value for value in self))
        return Quat(value / length for value in self) if length > 0.0 else Quat()

    @property
    def forward(self) -> Vec3:
        """Where the front (-Z) points."""
        return self.rotate((0.0, 0.0, -1.0))

    @property
    def right(self) -> Vec3:
        """Where +X points."""
        return self.rotate((1.0, 0.0, 0.0))

    @property
    def up(self) -> Vec3:
        """Where +Y points."""
        return self.rotate((0.0, 1.0, 0.0))

    def slerp(self, other: Sequence[float], t: float) -> Quat:
        """The rotation at `t` on the shorter way to another (Shoemake 1985)."""
        to = Quat(other)
        cosine = sum(a * b for a, b in zip(self, to))
        if cosine < 0.0:
            to, cosine = -to, -cosine
        angle = acos(min(1.0, cosine))
        if angle < 1e-4:
            a, b = 1.0 - t, t
        else:
            a, b = sin((1.0 - t) * angle) / sin(angle), sin(t * angle) / sin(angle)
        return Quat(a * p + b * q for p, q in zip(self, to)).normalized()
