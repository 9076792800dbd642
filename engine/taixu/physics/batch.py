"""What one hands to a backend: bodies and joints as columns, a batch at a time.

A batch is made once and read-only after that; `BodyBatch` and `JointBatch` fill what is left out. Poses are
(x, y, z, qx, qy, qz, qw), velocities (linear, angular), wrenches (force, torque), all in world space, float64.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .shapes import Shape

__all__ = [
    "ALL_LAYERS",
    "COLLIDER",
    "IDENTITY_POSE",
    "WORLD_BODY",
    "BodyBatch",
    "BodyFlags",
    "BodyKind",
    "JointBatch",
    "JointKind",
    "MotorMode",
]

Given: TypeAlias = Any
"""A column: whatever numpy makes an array of (or None) when a batch is made, an array of its own from then on."""

IDENTITY_POSE = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
ALL_LAYERS = 0x3FFFFFFF
"""Layers are bits 0 to 29; the two bits above belong to the backends."""
WORLD_BODY = -1
"""As a joint's `body_a`: the joint is anchored in the world."""


class BodyKind(IntEnum):
    """How a body moves: never, as it is told, or by forces."""

    STATIC = 0
    KINEMATIC = 1
    DYNAMIC = 2


class BodyFlags(IntFlag):
    """Per-body switches."""

    NONE = 0
    CAN_SLEEP = 1
    CCD = 2
    LOCK_ROTATION = 4


class JointKind(IntEnum):
    """What a joint leaves free; the axis is the X axis of its frames.

    `DISTANCE` holds the anchors at `limits[:, 1]`; `ROPE` lets them come closer; `SPRING` pulls them to `limits[:, 1]`.
    """

    FIXED = 0
    HINGE = 1
    SLIDER = 2
    BALL = 3
    DISTANCE = 4
    ROPE = 5
    SPRING = 6


class MotorMode(IntEnum):
    """What a hinge's or slider's motor aims at."""

    NONE = 0
    VELOCITY = 1
    POSITION = 2


COLLIDER = np.dtype(
    [
        ("body", np.int64),  # row in the batch
        ("shape", np.int64),  # index into the batch's shapes
        ("pose", np.float64, 7),  # in the body's frame
        ("friction", np.float64),
        ("restitution", np.float64),
        ("density", np.float64),  # kg/m3, where the body's mass is not given
        ("layer", np.uint32),
        ("mask", np.uint32),
        ("trigger", np.bool_),
        ("events", np.bool_),  # contacts of this collider are reported
    ]
)


def _column(values: ArrayLike | None, shape: tuple[int, ...], default: float, dtype: type = np.float64) -> NDArray[Any]:
    if values is None:
        return np.full(shape, default, dtype)
    return np.array(np.broadcast_to(np.asarray(values, dtype), shape))


@dataclass
class BodyBatch:
    """`n` bodies to create, in this order.

    Parameters
    ----------
    poses : [n, 7]
    kinds : `BodyKind`, [n] or one for all; dynamic if left out.
    shapes : the shapes that colliders refer to.
    colliders : `COLLIDER` rows; left out, body i has the shape min(i, len(shapes) - 1) with default material.
    masses_kg : [n]; NaN (the default) takes the colliders' densities.
    velocities : [n, 6]
    gravity_scales, linear_dampings, angular_dampings : [n]; damping in 1/s.
    flags : `BodyFlags`, [n].
    """

    poses: Given
    kinds: Given = None
    shapes: tuple[Shape, ...] = ()
    colliders: Given = None
    masses_kg: Given = None
    velocities: Given = None
    gravity_scales: Given = None
    linear_dampings: Given = None
    angular_dampings: Given = None
    flags: Given = None
    n: int = field(init=False)

    def __post_init__(self) -> None:
        self.poses = np.array(self.poses, np.float64).reshape(-1, 7)
        self.n = n = len(self.poses)
        self.kinds = _column(self.kinds, (n,), BodyKind.DYNAMIC, np.uint8)
        self.masses_kg = _column(self.masses_kg, (n,), np.nan)
        self.velocities = _column(self.velocities, (n, 6), 0.0)
        self.gravity_scales = _column(self.gravity_scales, (n,), 1.0)
        self.linear_dampings = _column(self.linear_dampings, (n,), 0.0)
        self.angular_dampings = _column(self.angular_dampings, (n,), 0.0)
        self.flags = _column(self.flags, (n,), BodyFlags.CAN_SLEEP, np.uint32)
        self.shapes = tuple(self.shapes)
        if self.colliders is None:
            self.colliders = BodyBatch.collider_rows(n if self.shapes else 0)
            self.colliders["shape"] = np.minimum(np.arange(len(self.colliders)), max(len(self.shapes) - 1, 0))

    @staticmethod
    def collider_rows(n: int) -> NDArray[Any]:
        """`n` collider rows with default material, row i on body i and shape 0, to be edited before use."""
        rows = np.zeros(n, COLLIDER)
        rows["body"] = np.arange(n)
        rows["pose"] = IDENTITY_POSE
        rows["friction"], rows["density"] = 0.5, 1000.0
        rows["layer"], rows["mask"] = 1, ALL_LAYERS
        return rows

    def take(self, rows: NDArray[np.intp]) -> BodyBatch:
        """The batch of these rows only."""
        place = np.full(self.n, -1, np.int64)
        place[rows] = np.arange(len(rows))
        colliders = self.colliders[place[self.colliders["body"]] >= 0].copy()
        colliders["body"] = place[colliders["body"]]
        colliders = colliders[np.argsort(colliders["body"], kind="stable")]
        columns = (
            "poses",
            "kinds",
            "masses_kg",
            "velocities",
            "gravity_scales",
            "linear_dampings",
            "angular_dampings",
            "flags",
        )
        return BodyBatch(
            shapes=self.shapes, colliders=colliders, **{name: getattr(self, name)[rows] for name in columns}
        )


@dataclass
class JointBatch:
    """`n` joints to create.

    Parameters
    ----------
    kinds : `JointKind`, [n]
    bodies_a, bodies_b : body ids, [n]; `bodies_a` may be `WORLD_BODY`, its frame is then in world space.
    frames_a, frames_b : [n, 7], the joint's frame in each body; the joint is at rest where the two frames agree.
    limits : [n, 2], radians or metres; (-inf, inf) means free. Distance, rope and spring use the upper one as length.
    motor_modes : `MotorMode`, [n]; targets, forces: [n], rad/s or m/s (velocity), rad or m (position), N m or N.
    stiffnesses, dampings : [n], of position motors (1/s^2, 1/s, per unit of mass) and of springs (N/m, N s/m).
    collide : [n] bool, whether the two bodies still collide with each other.
    """

    kinds: Given
    bodies_a: Given
    bodies_b: Given
    frames_a: Given = None
    frames_b: Given = None
    limits: Given = None
    motor_modes: Given = None
    motor_targets: Given = None
    motor_forces: Given = None
    stiffnesses: Given = None
    dampings: Given = None
    collide: Given = None
    n: int = field(init=False)

    def __post_init__(self) -> None:
        self.kinds = np.atleast_1d(np.array(self.kinds, np.uint8))
        self.n = n = len(self.kinds)
        self.bodies_a = _column(self.bodies_a, (n,), WORLD_BODY, np.int64)
        self.bodies_b = _column(self.bodies_b, (n,), WORLD_BODY, np.int64)
        identity = np.tile(IDENTITY_POSE, (n, 1))
        self.frames_a = identity.copy() if self.frames_a is None else _column(self.frames_a, (n, 7), 0.0)
        self.frames_b = identity.copy() if self.frames_b is None else _column(self.frames_b, (n, 7), 0.0)
        self.limits = _column((-np.inf, np.inf) if self.limits is None else self.limits, (n, 2), 0.0)
        self.motor_modes = _column(self.motor_modes, (n,), MotorMode.NONE, np.uint8)
        self.motor_targets = _column(self.motor_targets, (n,), 0.0)
        self.motor_forces = _column(self.motor_forces, (n,), 0.0)
        self.stiffnesses = _column(self.stiffnesses, (n,), 0.0)
        self.dampings = _column(self.dampings, (n,), 0.0)
        self.collide = _column(self.collide, (n,), False, np.bool_)
