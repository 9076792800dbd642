"""What others did to bodies since the last step, handed to the engine: transforms and velocities written, pushes asked for."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.scene import CELL_M

from .base import BackendBase
from .batch import BodyKind
from .bodies import Look
from .components import RigidBody
from .naming import named_all
from .placement import world_placements
from .poses import rotate

if TYPE_CHECKING:
    from .scene import PhysicsScene

__all__ = ["TELEPORT_M", "Pushes", "hand_over"]

_log = logging.getLogger(__name__)

TELEPORT_M = 3.0
"""A kinematic body that is moved farther than this within a tick is put there, not swept."""


def hand_over(world: World, scene: PhysicsScene, backend: BackendBase, look: Look) -> None:
    """Transforms and velocities that others wrote."""
    if len(look.moved):
        _hand_over_places(world, scene, backend, look)
    if len(look.pushed):
        _hand_over_speeds(world, scene, backend, look)


def _hand_over_places(world: World, scene: PhysicsScene, backend: BackendBase, look: Look) -> None:
    mirror = scene.mirror
    moved = look.moved[world.alive(look.moved)]
    ids = mirror.body_of[indices_of(moved)]
    moved, ids = moved[ids >= 0], ids[ids >= 0]
    ids, first = np.unique(ids, return_index=True)
    moved = moved[first]
    if not len(ids):
        return
    walking = np.isin(moved, scene.walkers.entities)
    poses, _ = world_placements(world, moved, mirror.origin)
    good = np.isfinite(poses).all(axis=1) & (np.abs(poses[:, :3]) < 1e6).all(axis=1)
    if not good.all():
        _log.warning("Transforms that are not finite leave bodies where they were: %s.", named_all(world, moved[~good]))
    kinematic = mirror.kind_of[ids] == BodyKind.KINEMATIC
    near = np.linalg.norm(poses[:, :3] - scene.current[ids, :3], axis=1) <= TELEPORT_M
    swept = good & kinematic & near & ~walking
    if swept.any():
        backend.set_kinematic(ids[swept], poses[swept])
        scene.carry(ids[swept], poses[swept])
    put = good & ~swept & ~walking
    if put.any():
        backend.set_poses(ids[put], poses[put])
        scene.previous[ids[put]] = poses[put]
    rest = good & ~swept
    scene.current[ids[rest]] = poses[rest]


def _hand_over_speeds(world: World, scene: PhysicsScene, backend: BackendBase, look: Look) -> None:
    mirror = scene.mirror
    pushed = look.pushed[world.alive(look.pushed)]
    ids = mirror.body_of[indices_of(pushed)]
    dynamic = ids >= 0
    dynamic[dynamic] &= mirror.kind_of[ids[dynamic]] == BodyKind.DYNAMIC
    if not dynamic.any():
        return
    columns = world.gather_columns(pushed[dynamic], RigidBody, ("linear_velocity", "angular_velocity"))
    rows = np.concatenate(columns).T.astype(np.float64)
    good = np.isfinite(rows).all(axis=1) & (np.abs(rows) < 1e5).all(axis=1)
    if not good.all():
        wrong = named_all(world, pushed[dynamic][~good])
        _log.warning("Velocities beyond 100,000 or not finite are not taken over: %s.", wrong)
    backend.set_velocities(ids[dynamic][good], rows[good])


class Pushes:
    """Forces and torques that were asked for and wait for the next step."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, NDArray[Any], NDArray[Any] | None]] = []

    def clear(self) -> None:
        self._waiting.clear()

    def push(self, entity: int, force: NDArray[np.float64], at: ArrayLike | None) -> None:
        """Push with a force [3] (N) at a place in the world, or at the centre of mass."""
        if force.shape != (3,) or not np.isfinite(force).all():
            raise TaixuError(f"A push of {force.tolist()} was asked for; it is three finite numbers.")
        place = None if at is None else np.asarray(at, np.float64)
        self._waiting.append((int(entity), np.concatenate([force, np.zeros(3)]), place))

    def turn(self, entity: int, torque: NDArray[np.float64]) -> None:
        """Turn with a torque [3] (N m)."""
        self._waiting.append((int(entity), np.concatenate([np.zeros(3), torque]), None))

    def apply(self, world: World, scene: PhysicsScene, backend: BackendBase) -> None:
        """Give everything that waits to the engine; what is no dynamic body any more is left alone."""
        waiting, self._waiting = self._waiting, []
        ids, wrenches = [], []
        for entity, wrench, at in waiting:
            body = scene.body_of(entity)
            if body < 0 or scene.mirror.kind_of[body] != BodyKind.DYNAMIC or not world.alive(entity)[0]:
                continue
            if at is not None:
                pose = scene.current[body]
                centre = pose[:3] + rotate(pose[3:], backend.centres([body])[0])
                arm = at - scene.mirror.origin * CELL_M - centre
                wrench = np.concatenate([wrench[:3], np.cross(arm, wrench[:3])])
            ids.append(body)
            wrenches.append(wrench)
        if ids:
            backend.apply(ids, np.array(wrenches))
