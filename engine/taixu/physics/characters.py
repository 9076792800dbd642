"""A kinematic character controller: move and slide, on nothing but shape casts.

An upright capsule moves along what it wants, slides along what it meets, steps over what is low enough, is stopped by
slopes that are too steep and kept on the ground downhill. Built once above the protocol, so that characters walk
alike on every engine. A thin skin is kept to everything, so that casts start free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .protocol import Backend
from .shapes import Shape, capsule

__all__ = ["Moved", "Walker", "move_character"]

SKIN = 0.015
"""Metres kept between the capsule and everything."""
MAX_SLIDES = 5


@dataclass(frozen=True)
class Walker:
    """What walks; lengths in metres, `height_m` between the centres of the caps."""

    radius_m: float
    height_m: float
    step_m: float = 0.3
    max_slope_rad: float = np.pi / 4
    snap_m: float = 0.2
    mask: int = 0x3FFFFFFF
    ignore: int = -1


@dataclass(frozen=True)
class Moved:
    """What came of a move: the feet's new position [3], whether it stands, on what normal, and whom it pushed."""

    feet: NDArray[np.float64]
    grounded: bool
    ground_normal: NDArray[np.float64]
    ground_body: int
    hits: tuple[tuple[int, tuple[float, float, float], tuple[float, float, float]], ...]  # body, point, normal


class _Mover:
    def __init__(self, backend: Backend, walker: Walker, feet: NDArray[Any]) -> None:
        self.backend = backend
        self.walker = walker
        self.shape: Shape = capsule(walker.radius_m, walker.height_m)
        self.lift = np.array([0.0, walker.radius_m + walker.height_m / 2, 0.0])
        self.feet = np.array(feet, np.float64)
        self.hits: list[tuple[Any, ...]] = []
        self.floor = np.cos(walker.max_slope_rad)

    def cast(self, feet: NDArray[Any], motion: NDArray[Any]) -> Any:
        pose = np.array([*(feet + self.lift), 0.0, 0.0, 0.0, 1.0])
        return self.backend.shapecast(self.shape, pose, motion, mask=self.walker.mask, ignore=self.walker.ignore)

    def reach(self, feet: NDArray[Any], motion: NDArray[Any]) -> tuple[NDArray[Any], Any]:
        """How far the motion can go, keeping the skin; and what stopped it."""
        length = float(np.linalg.norm(motion))
        if length < 1e-9:
            return motion * 0.0, None
        direction = motion / length
        hit = self.cast(feet, direction * (length + SKIN))
        if hit["body"] < 0:
            return motion, None
        # The gap to keep lies along the normal: a grazing hit must stop earlier along the way.
        steep = max(-float(hit["normal"] @ direction), 0.05)
        allowed = max(float(hit["distance"]) - SKIN / steep, 0.0)
        return direction * min(allowed, length), hit

    def slide(self, motion: NDArray[Any], *, on_floor: bool) -> NDArray[Any]:
        """Move along `motion`, turning along what is in the way; what could not be done."""
        planes: list[NDArray[Any]] = []
        left = motion.copy()
        for _ in range(MAX_SLIDES):
            moved, hit = self.reach(self.feet, left)
            self.feet += moved
            if hit is None:
                return np.zeros(3)
            left = left - moved
            normal = np.array(hit["normal"])
            self.hits.append((int(hit["body"]), tuple(hit["point"].tolist()), tuple(normal.tolist())))
            if on_floor and normal[1] < self.floor:
                # A slope that is too steep is a wall: it must not lift the character.
                flat = normal * (1.0, 0.0, 1.0)
                length = float(np.linalg.norm(flat))
                if length > 1e-6 and normal[1] > -0.2:
                    normal = flat / length
            planes.append(normal)
            left = _along(left, planes)
            if float(left @ motion) <= 0 or float(np.linalg.norm(left)) < 1e-6:
                break
        return left

    def step_up(self, motion: NDArray[Any], start: NDArray[Any]) -> bool:
        """Try the same motion from a step higher, and down again; keep it when it got farther onto ground."""
        step = self.walker.step_m
        before = self.feet
        risen, _ = self.reach(start, np.array([0.0, step, 0.0]))
        ahead, _ = self.reach(start + risen, motion)
        down, ground = self.reach(start + risen + ahead, np.array([0.0, -float(risen[1]) - SKIN, 0.0]))
        farther = np.linalg.norm(ahead) > np.linalg.norm((before - start) * (1, 0, 1)) + 1e-4
        if not farther or ground is None or not self._walkable(start + risen + ahead, ground):
            return False
        self.feet = start + risen + ahead + down
        return True

    def _walkable(self, feet: NDArray[Any], ground: Any) -> bool:
        """Whether ground can be stood on: an edge of a step has a slanting normal but a flat top, which a ray finds."""
        if ground["normal"][1] >= self.floor:
            return True
        origin = np.array(ground["point"]) + np.array((0.0, self.walker.radius_m, 0.0))
        inward = (np.array(ground["point"]) - feet) * (1.0, 0.0, 1.0)
        length = float(np.linalg.norm(inward))
        if length > 1e-6:
            origin += inward / length * 0.02
        hit = self.backend.raycast(
            [origin], [(0.0, -1.0, 0.0)], max_distance=2 * self.walker.radius_m, mask=self.walker.mask,
            ignore=self.walker.ignore,
        )[0]  # fmt: skip
        return bool(hit["body"] >= 0 and hit["normal"][1] >= self.floor)


def move_character(
    backend: Backend, walker: Walker, feet: NDArray[Any], motion: NDArray[Any], *, was_grounded: bool
) -> Moved:
    """Move a character's feet [3] by `motion` [3] (its own wish and its fall together), as far as the world lets it."""
    mover = _Mover(backend, walker, feet)
    rising = motion[1] > 1e-6
    level = motion * (1.0, 0.0, 1.0)
    if float(np.linalg.norm(level)) > 1e-9:
        start = mover.feet.copy()
        left = mover.slide(level, on_floor=True)
        blocked = float(np.linalg.norm(level)) - float(np.linalg.norm((mover.feet - start) * (1, 0, 1))) > 1e-4
        if blocked and was_grounded and walker.step_m > 0 and np.isfinite(left).all():
            mover.step_up(level, start)
    fall = np.array([0.0, motion[1], 0.0])
    if was_grounded and not rising:
        fall[1] = min(fall[1], -walker.snap_m)
    moved, ground = mover.reach(mover.feet, fall)
    grounded, normal, body = False, np.zeros(3), -1
    if ground is not None and fall[1] <= 0:
        normal, body = np.array(ground["normal"]), int(ground["body"])
        grounded = mover._walkable(mover.feet + moved, ground)
        if grounded or not was_grounded:
            mover.feet = mover.feet + moved
        if not grounded:
            # Too steep to stand on: the rest of the fall goes down along the slope.
            mover.slide(np.array([0.0, min(motion[1], 0.0), 0.0]) - moved, on_floor=False)
    elif was_grounded and not rising:
        # Nothing within snapping distance: an edge. It falls by its own speed only.
        mover.feet = mover.feet + np.array((0.0, max(min(motion[1], 0.0), moved[1]), 0.0))
    else:
        mover.feet = mover.feet + moved
    return Moved(mover.feet, grounded, normal, body, tuple(mover.hits))


def _along(motion: NDArray[Any], planes: list[NDArray[Any]]) -> NDArray[Any]:
    """The motion without what goes into any of the planes [3] met so far."""
    for plane in planes:
        into = float(motion @ plane)
        if into < 0:
            motion = motion - plane * into
    if all(float(motion @ plane) >= -1e-6 for plane in planes):
        return motion
    if len(planes) >= 2:
        crease = np.cross(planes[-2], planes[-1])
        length = float(np.linalg.norm(crease))
        if length > 1e-6:
            crease = crease / length
            motion = crease * float(motion @ crease)
            if all(float(motion @ plane) >= -1e-6 for plane in planes):
                return motion
    return np.zeros(3)
