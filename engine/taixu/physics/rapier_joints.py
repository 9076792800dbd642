"""Rapier impulse joints from joint batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .batch import JointBatch, JointKind, MotorMode

if TYPE_CHECKING:
    from .rapier_backend import RapierBackend

__all__ = ["RapierJoints"]

VELOCITY_GAIN = 1.0e4
"""How hard a velocity motor holds its speed (1/s), within its greatest force."""


class RapierJoints:
    """The joints of one backend."""

    def __init__(self, backend: RapierBackend) -> None:
        self._backend = backend
        self._handles: dict[int, Any] = {}
        self._axes: dict[int, Any] = {}
        self._gains: dict[int, tuple[float, float]] = {}
        self._ground: Any = None

    def keys(self) -> list[tuple[int, int, int]]:
        return [(joint, handle.index, handle.generation) for joint, handle in sorted(self._handles.items())]

    def add(self, ids: NDArray[Any], batch: JointBatch) -> None:
        backend = self._backend
        for i, joint in enumerate(ids.tolist()):
            data = self._data(batch, i, joint)
            a, b = int(batch.bodies_a[i]), int(batch.bodies_b[i])
            one = backend.handles[a] if a >= 0 else self._world_body()
            self._handles[joint] = backend.world.impulse_joints.insert(one, backend.handles[b], data, True)

    def remove(self, ids: NDArray[Any]) -> None:
        for joint in ids.tolist():
            handle = self._handles.pop(joint, None)
            self._axes.pop(joint, None)
            self._gains.pop(joint, None)
            if handle is not None:
                self._backend.world.impulse_joints.remove(handle, True)

    def set_motors(self, ids: NDArray[Any], modes: NDArray[Any], targets: NDArray[Any], forces: NDArray[Any]) -> None:
        joints = self._backend.world.impulse_joints
        for joint, mode, target, force in zip(ids.tolist(), modes, targets, forces, strict=True):
            entry = joints.get(self._handles[joint])
            data = entry.data
            self._aim(data, joint, int(mode), float(target), float(force))
            entry.data = data
            for body in (entry.body1, entry.body2):
                self._backend.world.wake_up(body)

    def _world_body(self) -> Any:
        """The fixed body at the origin that joints to the world hang from."""
        if self._ground is None:
            self._ground = self._backend.world.add_body(self._backend.rapier.RigidBody.fixed())
        return self._ground

    def _data(self, batch: JointBatch, row: int, joint: int) -> Any:
        rapier, kind = self._backend.rapier, JointKind(int(batch.kinds[row]))
        masks = rapier.JointAxesMask
        low, high = (float(value) for value in batch.limits[row])
        frames = [(frame[:3].tolist(), frame[3:].tolist()) for frame in (batch.frames_a[row], batch.frames_b[row])]
        if kind is JointKind.SPRING:
            stiffness, damping = float(batch.stiffnesses[row]), float(batch.dampings[row])
            builder = rapier.SpringJointBuilder(high, stiffness, damping).spring_model(rapier.MotorModel.FORCE_BASED)
            builder = builder.local_anchor1(frames[0][0]).local_anchor2(frames[1][0])
            return builder.contacts_enabled(bool(batch.collide[row])).build()
        locked = {
            JointKind.FIXED: masks.LOCKED_FIXED_AXES,
            JointKind.HINGE: masks.LOCKED_REVOLUTE_AXES,
            JointKind.SLIDER: masks.LOCKED_PRISMATIC_AXES,
            JointKind.BALL: masks.LOCKED_SPHERICAL_AXES,
        }.get(kind, masks.empty())
        builder = rapier.GenericJointBuilder(locked).local_frame1(frames[0]).local_frame2(frames[1])
        builder = builder.contacts_enabled(bool(batch.collide[row]))
        if kind in (JointKind.DISTANCE, JointKind.ROPE):
            builder = builder.coupled_axes(masks.LIN_AXES)
            builder = builder.limits(rapier.JointAxis.LIN_X, high if kind is JointKind.DISTANCE else 0.0, high)
        axis = {JointKind.HINGE: rapier.JointAxis.ANG_X, JointKind.SLIDER: rapier.JointAxis.LIN_X}.get(kind)
        if axis is None:
            return builder.build()
        if np.isfinite(low) or np.isfinite(high):
            builder = builder.limits(axis, max(low, -1e6), min(high, 1e6))
        data = builder.build()
        self._axes[joint] = axis
        self._gains[joint] = (float(batch.stiffnesses[row]), float(batch.dampings[row]))
        self._aim(
            data, joint, int(batch.motor_modes[row]), float(batch.motor_targets[row]), float(batch.motor_forces[row])
        )
        return data

    def _aim(self, data: Any, joint: int, mode: int, target: float, force: float) -> None:
        axis, (stiffness, damping) = self._axes[joint], self._gains[joint]
        data.set_motor_model(axis, self._backend.rapier.MotorModel.ACCELERATION_BASED)
        if mode == MotorMode.VELOCITY:
            data.set_motor(axis, 0.0, target, 0.0, VELOCITY_GAIN)
        elif mode == MotorMode.POSITION:
            data.set_motor(axis, target, 0.0, stiffness, damping)
        else:
            data.set_motor(axis, 0.0, 0.0, 0.0, 0.0)
        data.set_motor_max_force(axis, min(force, 1e9) if mode else 0.0)
