"""Distances, ropes and springs for an engine that has none: forces computed before each step.

A distance or rope gets the force that brings its anchors to the wanted length within a few steps, by the effective mass
along the line between them (Baumgarte stabilisation); a spring gets Hooke's force, integrated implicitly so that
stiff springs stay stable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .batch import JointBatch, JointKind
from .poses import compose, rotate

if TYPE_CHECKING:
    from .pybullet_backend import PybulletBackend

__all__ = ["SoftJoints"]

CORRECTION = 0.3
"""The part of the length error that is taken back in one step."""


class SoftJoints:
    """All joints of these kinds in one backend, as columns."""

    def __init__(self, backend: PybulletBackend) -> None:
        self._backend = backend
        self._ids = np.zeros(0, np.int64)
        self._kinds = np.zeros(0, np.uint8)
        self._bodies = np.zeros((0, 2), np.int64)
        self._anchors = np.zeros((0, 2, 3))
        self._lengths = np.zeros(0)
        self._stiffnesses = np.zeros(0)
        self._dampings = np.zeros(0)
        self._last = np.zeros((0, 2, 3))

    def __bool__(self) -> bool:
        return len(self._ids) > 0

    def add(self, ids: NDArray[Any], batch: JointBatch) -> NDArray[np.bool_]:
        """Take the joints of these kinds; the mask of those left for others."""
        soft = batch.kinds >= JointKind.DISTANCE
        if soft.any():
            bodies = np.stack([batch.bodies_a, batch.bodies_b], axis=1)[soft]
            anchors = np.stack([batch.frames_a[soft, :3], batch.frames_b[soft, :3]], axis=1)
            self._ids = np.concatenate([self._ids, ids[soft]])
            self._kinds = np.concatenate([self._kinds, batch.kinds[soft]])
            self._bodies = np.concatenate([self._bodies, bodies])
            self._anchors = np.concatenate([self._anchors, anchors])
            self._lengths = np.concatenate([self._lengths, batch.limits[soft, 1]])
            self._stiffnesses = np.concatenate([self._stiffnesses, batch.stiffnesses[soft]])
            self._dampings = np.concatenate([self._dampings, batch.dampings[soft]])
            self._last = np.concatenate([self._last, self._world_anchors(bodies, anchors)])
        return ~soft

    def remove(self, ids: NDArray[Any]) -> None:
        keep = ~np.isin(self._ids, ids)
        for name in ("_ids", "_kinds", "_bodies", "_anchors", "_lengths", "_stiffnesses", "_dampings", "_last"):
            setattr(self, name, getattr(self, name)[keep])

    def apply(self) -> None:
        """Push the joined bodies for the coming step."""
        if not len(self._ids):
            return
        backend, dt = self._backend, self._backend.settings.dt
        places = self._world_anchors(self._bodies, self._anchors)
        speeds = (places - self._last) / dt
        self._last = places
        dynamic = (self._bodies >= 0) & (backend._masses[self._bodies] > 0)
        asleep = backend.sleep.asleep[self._bodies] | ~dynamic
        line = places[:, 1] - places[:, 0]
        lengths = np.linalg.norm(line, axis=1)
        along = line / np.maximum(lengths, 1e-9)[:, None]
        inverse_mass, arms = self._inverse_masses(places, along, dynamic)
        gravity = (along @ np.array(backend.settings.gravity))[:, None] * dynamic * dt
        speed = np.einsum("ij,ij->i", speeds[:, 1] - speeds[:, 0], along) + gravity[:, 1] - gravity[:, 0]
        error = lengths - self._lengths
        weight = np.maximum(inverse_mass, 1e-12)
        force = -(CORRECTION * error / dt + speed) / (dt * weight)
        rope = self._kinds == JointKind.ROPE
        force = np.where(rope & ((error + speed * dt <= 0) | (force > 0)), 0.0, force)
        k, c = self._stiffnesses, self._dampings
        spring = -(k * (error + speed * dt) + c * speed) / (1 + (c * dt + k * dt * dt) * weight)
        force = np.where(self._kinds == JointKind.SPRING, spring, force)
        force = np.where(asleep.all(axis=1), 0.0, force)
        for end, sign in ((0, -1.0), (1, 1.0)):
            rows = dynamic[:, end] & (force != 0)
            if rows.any():
                push = (sign * force)[rows, None] * along[rows]
                wrenches = np.concatenate([push, np.cross(arms[rows, end], push)], axis=1)
                backend._apply(self._bodies[rows, end], wrenches)

    def _world_anchors(self, bodies: NDArray[Any], anchors: NDArray[Any]) -> NDArray[Any]:
        poses = self._backend.pose[bodies]
        moved = rotate(poses[..., 3:], anchors) + poses[..., :3]
        return np.where(bodies[..., None] >= 0, moved, anchors)

    def _inverse_masses(
        self, places: NDArray[Any], along: NDArray[Any], dynamic: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        """Inverse effective mass along each line, and the arms from the centres of mass to the anchors [n, 2, 3]."""
        backend = self._backend
        centres = compose(backend.pose[self._bodies], backend.centre_pose[self._bodies])
        arms = np.where(dynamic[..., None], places - centres[..., :3], 0.0)
        total = np.zeros(len(places))
        for end in (0, 1):
            rows = np.flatnonzero(dynamic[:, end])
            if not len(rows):
                continue
            slots = self._bodies[rows, end]
            inertia = np.array([backend.specs[slot].mass.inertia for slot in slots.tolist()])  # type: ignore[union-attr]
            turn = centres[rows, end, 3:] * (-1, -1, -1, 1)
            lever = rotate(turn, np.cross(arms[rows, end], along[rows]))
            total[rows] += 1 / backend._masses[slots] + (lever * lever / np.maximum(inertia, 1e-12)).sum(axis=1)
        return total, arms
