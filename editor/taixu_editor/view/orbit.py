"""The camera of a view: it turns around a point, walks and flies, and glides to where it is sent."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import cos, pi, sin, tan

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.render import ViewCamera

__all__ = ["AXIS_VIEWS", "STEEPEST", "OrbitCamera"]

AXIS_VIEWS: dict[str, tuple[float, float]] = {
    "front": (0.0, 0.0), "back": (pi, 0.0), "right": (pi / 2, 0.0), "left": (-pi / 2, 0.0), "top": (0.0, pi / 2),
    "bottom": (0.0, -pi / 2),
}  # fmt: skip
"""Turn about the vertical and height above the horizon from which each side is seen, radians."""

STEEPEST = pi / 2 - 1e-4
"""How far above the horizon a camera goes, radians."""
_NEAREST_M, _FARTHEST_M = 0.001, 1e7


@dataclass
class OrbitCamera:
    """Where a view looks from.

    Attributes
    ----------
    pivot : float64[3]
        What it turns around, metres of the world.
    turn_rad, height_rad
        Where it stands as seen from the pivot: about the vertical from +Z, and above the horizon.
    distance_m
        From the pivot.
    is_parallel
        Whether the projection is parallel; it covers then what perspective covers at the pivot.
    """

    pivot: NDArray[np.float64] = field(default_factory=lambda: np.zeros(3))
    turn_rad: float = 0.6
    height_rad: float = 0.45
    distance_m: float = 8.0
    fov_y_rad: float = pi / 4
    is_parallel: bool = False
    _goal: OrbitCamera | None = field(default=None, repr=False)
    _camera: tuple[tuple[float, ...], ViewCamera] | None = field(default=None, repr=False, compare=False)

    @property
    def back(self) -> NDArray[np.float64]:
        """Unit vector from the pivot to the camera."""
        flat = cos(self.height_rad)
        return np.array([flat * sin(self.turn_rad), sin(self.height_rad), flat * cos(self.turn_rad)])

    @property
    def eye(self) -> NDArray[np.float64]:
        """Where it stands."""
        return self.pivot + self.back * self.distance_m

    @property
    def axes(self) -> NDArray[np.float64]:
        """Right, up and back as rows."""
        across, along, high, flat = cos(self.turn_rad), sin(self.turn_rad), sin(self.height_rad), cos(self.height_rad)
        return np.array([[across, 0.0, -along], [-high * along, flat, -high * across], [flat * along, high, flat * across]])

    @property
    def faced_axis(self) -> int:
        """The axis that a parallel picture is taken along, 0 or 2; 1, the upright one, for any other."""
        sides = np.abs(self.back[[0, 2]]) > 0.9999
        return (0 if sides[0] else 2) if self.is_parallel and sides.any() else 1

    def camera(self) -> ViewCamera:
        """As the renderer wants it; the same one until something about it is different."""
        key = self.key()
        if self._camera is None or self._camera[0] != key:
            self._camera = (key, self._made())
        return self._camera[1]

    def _made(self) -> ViewCamera:
        _, up, back = self.axes
        height_m = 2 * self.distance_m * tan(self.fov_y_rad / 2) if self.is_parallel else 0.0
        # A parallel view stands far back, so that nothing is behind it.
        eye = self.pivot + back * (max(self.distance_m, 1.0) * 50 if self.is_parallel else self.distance_m)
        near = 0.01 if self.is_parallel else min(max(self.distance_m / 500, 1e-5), 0.1)
        return ViewCamera.looking(eye, eye - back, up=up, fov_y_rad=self.fov_y_rad, near_m=near, height_m=height_m)

    def orbit(self, turn_rad: float, height_rad: float) -> None:
        """Turn around the pivot."""
        self._goal = None
        self.turn_rad = (self.turn_rad + turn_rad + pi) % (2 * pi) - pi
        self.height_rad = float(np.clip(self.height_rad + height_rad, -STEEPEST, STEEPEST))

    def look(self, turn_rad: float, height_rad: float) -> None:
        """Turn the head: the eye stays, the pivot moves."""
        eye = self.eye
        self.orbit(turn_rad, height_rad)
        self.pivot = eye - self.back * self.distance_m

    def pan(self, right: float, up: float) -> None:
        """Move sideways, in heights of the picture at the pivot."""
        self._goal = None
        metres = 2 * self.distance_m * tan(self.fov_y_rad / 2)
        axes = self.axes
        self.pivot = self.pivot + (axes[0] * right + axes[1] * up) * metres

    def dolly(self, notches: float, *, towards: ArrayLike | None = None) -> None:
        """Come nearer by turns of the wheel; a point that is looked `towards` stays where it is in the picture."""
        self._goal = None
        before = self.distance_m
        self.distance_m = float(np.clip(before * 0.85**notches, _NEAREST_M, _FARTHEST_M))
        if towards is not None:
            share = 1 - self.distance_m / before
            self.pivot = self.pivot + (np.asarray(towards, float) - self.pivot) * share

    def fly(self, motion: ArrayLike, metres: float) -> None:
        """Move eye and pivot along `motion` (right, up, forwards)."""
        right, up, forwards = np.asarray(motion, float)
        axes = self.axes
        self._goal = None
        self.pivot = self.pivot + (axes[0] * right + np.array([0.0, up, 0.0]) - axes[2] * forwards) * metres

    def focus(self, bounds: ArrayLike) -> None:
        """Glide until a box [2, 3] fills most of the picture."""
        low, high = np.asarray(bounds, float)
        if not np.isfinite([low, high]).all():
            return
        radius = max(float(np.linalg.norm(high - low)) / 2, _NEAREST_M)
        goal = self._target()
        goal.pivot = (low + high) / 2
        goal.distance_m = float(np.clip(1.25 * radius / sin(self.fov_y_rad / 2), _NEAREST_M, _FARTHEST_M))
        self._goal = goal

    def go(self, eye: ArrayLike, distance_m: float) -> None:
        """Glide to a place, looking the way it looks, with the pivot at a distance before it."""
        goal = self._target()
        goal.distance_m = float(np.clip(distance_m, _NEAREST_M, _FARTHEST_M))
        goal.pivot = np.asarray(eye, float) - self.back * goal.distance_m
        self._goal = goal

    def face(self, side: str) -> None:
        """Glide to one of `AXIS_VIEWS`."""
        goal = self._target()
        goal.turn_rad, goal.height_rad = AXIS_VIEWS[side][0], float(np.clip(AXIS_VIEWS[side][1], -STEEPEST, STEEPEST))
        self._goal = goal

    def copy_from(self, other: OrbitCamera) -> None:
        """Glide to where another camera is: a bookmark."""
        self._goal = replace(other, pivot=other.pivot.copy(), _goal=None)

    def stay(self) -> None:
        """Glide no further."""
        self._goal = None

    @property
    def is_gliding(self) -> bool:
        """Whether it is on its way."""
        return self._goal is not None

    def advance(self, delta_secs: float) -> bool:
        """Glide on; whether it is still on its way."""
        goal = self._goal
        if goal is None:
            return False
        share = 1 - 0.5 ** (delta_secs / 0.05)
        turn = (goal.turn_rad - self.turn_rad + pi) % (2 * pi) - pi
        ratio = goal.distance_m / self.distance_m
        if (
            abs(turn) + abs(goal.height_rad - self.height_rad) < 1e-3
            and abs(ratio - 1) < 1e-3
            and (float(np.linalg.norm(goal.pivot - self.pivot)) < 1e-3 * self.distance_m)
        ):
            share = 1.0
            self._goal = None
        self.pivot = self.pivot + (goal.pivot - self.pivot) * share
        self.turn_rad += turn * share
        self.height_rad += (goal.height_rad - self.height_rad) * share
        self.distance_m *= ratio**share
        return True

    def ray(self, x: float, y: float, aspect: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Origin and unit direction through a point of the picture, (0, 0) upper left and (1, 1) lower right."""
        axes, half = self.axes, tan(self.fov_y_rad / 2)
        across = axes[0] * ((2 * x - 1) * aspect * half) + axes[1] * ((1 - 2 * y) * half)
        if self.is_parallel:
            return self.pivot + across * self.distance_m + axes[2] * 1000.0, -axes[2]
        direction = across - axes[2]
        return self.eye, direction / np.linalg.norm(direction)

    def key(self) -> tuple[float, ...]:
        """Changes when the picture does."""
        return (*self.pivot.tolist(), self.turn_rad, self.height_rad, self.distance_m, self.fov_y_rad, float(self.is_parallel))

    def _target(self) -> OrbitCamera:
        return replace(self._goal or self, pivot=(self._goal or self).pivot.copy(), _goal=None)
