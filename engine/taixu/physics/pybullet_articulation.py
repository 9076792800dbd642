"""Machines from URDF files, as Bullet multibodies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError

from . import native
from .batch import BodyKind
from .joint_state import JointState
from .poses import compose, inverse
from .validate import MAX_EXTENT

if TYPE_CHECKING:
    from .pybullet_backend import PybulletBackend

__all__ = ["BulletArticulation", "load_urdf"]


class BulletArticulation(JointState):
    """A Bullet multibody."""

    def __init__(self, backend: PybulletBackend, uid: int, bodies: NDArray[np.int64], fixed: bool) -> None:
        self._backend = backend
        self._uid = uid
        self._fixed = fixed
        infos = [backend.bullet.getJointInfo(uid, i, physicsClientId=backend.client) for i in range(len(bodies) - 1)]
        base = backend.bullet.getBodyInfo(uid, physicsClientId=backend.client)[0].decode(errors="replace")
        self._parents = [info[16] for info in infos]
        moving = (backend.bullet.JOINT_REVOLUTE, backend.bullet.JOINT_PRISMATIC)
        self._links = [i for i, info in enumerate(infos) if info[2] in moving]
        self._spherical = [i for i, info in enumerate(infos) if info[2] == backend.bullet.JOINT_SPHERICAL]
        limits = np.array([infos[i][10] for i in self._links], np.float64)
        super().__init__(
            bodies,
            link_names=(base, *(info[12].decode(errors="replace") for info in infos)),
            joint_names=tuple(infos[i][1].decode(errors="replace") for i in self._links),
            max_forces=np.where(limits > 0, limits, 1e4),
        )
        self._motors = ""
        self._release()
        self.read()

    def _depth(self, row: int) -> int:
        """How many joints lie between a row of `bodies` and the root."""
        depth = 0
        while row > 0:
            row, depth = self._parents[row - 1] + 1, depth + 1
        return depth

    def _release(self) -> None:
        """Switch Bullet's built-in joint brakes off."""
        bullet, client = self._backend.bullet, self._backend.client
        for link in self._links:
            bullet.setJointMotorControl2(self._uid, link, bullet.VELOCITY_CONTROL, force=0.0, physicsClientId=client)
        for link in self._spherical:
            bullet.setJointMotorControlMultiDof(
                self._uid, link, bullet.POSITION_CONTROL, targetPosition=[0, 0, 0, 1], positionGain=0, velocityGain=0,
                force=[0, 0, 0], physicsClientId=client,
            )  # fmt: skip

    def reset(self, q: ArrayLike, qd: ArrayLike | None = None) -> None:
        """Put the joints at `q` with speeds `qd` at once."""
        angles, rates = self._check_coordinates(q, qd)
        backend = self._backend
        for link, angle, rate in zip(self._links, angles.tolist(), rates.tolist(), strict=True):
            backend.bullet.resetJointState(self._uid, link, angle, rate, physicsClientId=backend.client)
        self.read()

    def actuate(self) -> None:
        """Give the joints what `ctrl` says, for the next step."""
        if not self._links:
            return
        self._check_control()
        bullet, client = self._backend.bullet, self._backend.client
        if self._motors != self.mode:
            self._release()
            self._motors = self.mode
        values, forces = self._ctrl.tolist(), self.max_forces.tolist()
        if self.mode == "force":
            if any(values):
                bullet.setJointMotorControlArray(
                    self._uid, self._links, bullet.TORQUE_CONTROL, forces=values, physicsClientId=client
                )
        elif self.mode == "velocity":
            bullet.setJointMotorControlArray(
                self._uid,
                self._links,
                bullet.VELOCITY_CONTROL,
                targetVelocities=values,
                forces=forces,
                physicsClientId=client,
            )
        else:
            bullet.setJointMotorControlArray(
                self._uid,
                self._links,
                bullet.POSITION_CONTROL,
                targetPositions=values,
                forces=forces,
                physicsClientId=client,
            )

    def read(self) -> None:
        """Poses of the links and joint coordinates after a step."""
        backend, bullet, client = self._backend, self._backend.bullet, self._backend.client
        place, turn = bullet.getBasePositionAndOrientation(self._uid, physicsClientId=client)
        rows = [place + turn]
        if len(self.bodies) > 1:
            states = bullet.getLinkStates(
                self._uid, list(range(len(self.bodies) - 1)), computeForwardKinematics=1, physicsClientId=client
            )
            rows.extend(state[4] + state[5] for state in states)
        poses = np.array(rows)
        lost = np.flatnonzero(~_are_poses(poses))
        if len(lost):
            # Links without inertia have a frame of uninitialised memory in Bullet: they stand with their parent, at their
            # centre if it is known. A parent may come after its child in the file, so begin near the root.
            for link in sorted(lost.tolist(), key=self._depth):
                parent = poses[self._parents[link - 1] + 1] if link else backend.pose[self.bodies[0]]
                centre = np.array(states[link - 1][0]) if link else parent[:3]
                known = bool(_are_poses(np.array([[*centre, *parent[3:]]]))[0])
                poses[link] = [*(centre if known else parent[:3]), *parent[3:]]
        backend.pose[self.bodies] = poses
        if backend.offset[self.bodies[0]]:
            backend.pose[self.bodies[0]] = compose(rows[0], backend.body_from_centre[self.bodies[0]])
        if self._links:
            states = bullet.getJointStates(self._uid, self._links, physicsClientId=client)
            self._q[:] = [state[0] for state in states]
            self._qd[:] = [state[1] for state in states]

    def move(self, pose: NDArray[np.float64]) -> bool:
        """Put the root link at `pose` [7] at once; joints stay as they are."""
        backend, root = self._backend, self.bodies[0]
        centre = compose(pose, backend.centre_pose[root])
        speeds = backend.bullet.getBaseVelocity(self._uid, physicsClientId=backend.client)
        backend.bullet.resetBasePositionAndOrientation(
            self._uid, centre[:3].tolist(), centre[3:].tolist(), physicsClientId=backend.client
        )
        if not self._fixed:
            backend.bullet.resetBaseVelocity(self._uid, *speeds, physicsClientId=backend.client)
        self.read()
        return True

    def root_state(self) -> tuple[Any, ...]:
        """Pose and velocity of the root, for a snapshot."""
        bullet, client = self._backend.bullet, self._backend.client
        pose = bullet.getBasePositionAndOrientation(self._uid, physicsClientId=client)
        return pose, bullet.getBaseVelocity(self._uid, physicsClientId=client)

    def set_root_state(self, state: tuple[Any, ...]) -> None:
        bullet, client = self._backend.bullet, self._backend.client
        bullet.resetBasePositionAndOrientation(self._uid, *state[0], physicsClientId=client)
        bullet.resetBaseVelocity(self._uid, *state[1], physicsClientId=client)

    def remove(self) -> None:
        backend = self._backend
        backend.bullet.removeBody(self._uid, physicsClientId=backend.client)
        for index, slot in enumerate(self.bodies.tolist()):
            backend.slots.pop((self._uid, index - 1), None)
            backend.uids[slot] = -1


def _are_poses(rows: NDArray[Any]) -> NDArray[np.bool_]:
    """Which rows [n, 7] are places in a world with unit quaternions, and not whatever lay in memory."""
    sane = np.isfinite(rows) & (np.abs(np.where(np.isfinite(rows), rows, 0)) < MAX_EXTENT)
    lengths = np.square(np.where(sane[:, 3:], rows[:, 3:], 0.0)).sum(axis=1)
    return np.asarray(sane.all(axis=1) & (np.abs(lengths - 1) < 1e-3))


def load_urdf(backend: PybulletBackend, path: str, pose: NDArray[Any], fixed: bool) -> BulletArticulation:
    """Load a checked URDF; its links become bodies of the backend."""
    bullet, client = backend.bullet, backend.client
    try:
        with native.muted():
            uid = bullet.loadURDF(
                path, pose[:3].tolist(), pose[3:].tolist(), useFixedBase=fixed,
                flags=bullet.URDF_MAINTAIN_LINK_ORDER | bullet.URDF_USE_SELF_COLLISION_EXCLUDE_PARENT
                | bullet.URDF_USE_INERTIA_FROM_FILE,
                physicsClientId=client,
            )  # fmt: skip
    except bullet.error:
        uid = -1
    if uid < 0:
        raise TaixuError(f"{path}: Bullet cannot load this URDF; check its meshes and inertias.")
    count = bullet.getNumJoints(uid, physicsClientId=client) + 1
    bodies = backend._reserve(count)
    backend._kinds[bodies] = BodyKind.DYNAMIC
    backend._in_articulation[bodies] = True
    centre = np.array((0, 0, 0, 0, 0, 0, 1.0))
    info = bullet.getDynamicsInfo(uid, -1, physicsClientId=client)
    backend._masses[bodies[0]] = info[0]
    for index, slot in enumerate(bodies.tolist()):
        backend.uids[slot], backend.links[slot] = uid, index - 1
        backend.slots[uid, index - 1] = slot
        backend.centre_pose[slot] = backend.body_from_centre[slot] = centre
        backend.offset[slot] = False
        backend.sleep.wake(np.array([slot]))
        bullet.setCollisionFilterGroupMask(uid, index - 1, 1 << 1, -1, physicsClientId=client)
    root = bodies[0]
    centre_of_root = np.array([*info[3], *info[4]])
    backend.centre_pose[root] = centre_of_root if _are_poses(centre_of_root[None])[0] else centre
    backend.body_from_centre[root] = inverse(backend.centre_pose[root])
    backend.offset[root] = bool(np.abs(backend.centre_pose[root] - centre).max() > 1e-12)
    articulation = BulletArticulation(backend, uid, bodies, fixed)
    backend._articulation_bodies[articulation.id] = bodies
    return articulation
