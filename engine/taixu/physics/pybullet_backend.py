"""Bullet through pybullet, tuned as measured.

Free bodies use maximal coordinates (twice as fast as pybullet's default multibodies), jointed islands are compiled to
multibodies (`pybullet_islands`), because Bullet's Python interface has no hinge between free bodies. Native frames
are centres of mass with principal axes, so Bullet's inertia is exact for any compound. Warm starting is 0.85: the
built-in 0.1 lets piles collapse. Kinematic bodies are static ones that get a great mass and a velocity for the steps
in which they move: the solver then sees the velocity, but Bullet never integrates them.
"""

from __future__ import annotations

import pickle
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

from . import native
from .base import BackendBase
from .batch import IDENTITY_POSE, BodyBatch, BodyFlags, BodyKind, JointBatch
from .body_spec import BodySpec, body_spec, bullet_damping
from .mass import MassProperties
from .poses import compose, inverse
from .protocol import Articulation, Settings
from .pybullet_articulation import BulletArticulation, load_urdf
from .pybullet_caps import CAPS
from .pybullet_islands import Islands
from .pybullet_queries import Queries
from .pybullet_shapes import ShapeCache
from .shapes import Shape
from .sleep import SleepTracker
from .soft_joints import SoftJoints

__all__ = ["PybulletBackend"]

KINEMATIC_MASS = 1.0e7
ITERATIONS = 10
TUNING = {
    "contactSlop": 0.003, "contactERP": 0.2, "erp": 0.2, "warmStartingFactor": 0.85, "numSubSteps": 0,
    "collisionFilterMode": 0,
}  # fmt: skip


class PybulletBackend(BackendBase):
    """The Bullet engine in this process; see `worker` for having it in another."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.bullet = bullet = native.load("pybullet")
        self.client = bullet.connect(bullet.DIRECT)
        if self.client < 0:
            raise TaixuError("Bullet has no room for another world in this process; close worlds that are not used.")
        self.caps = CAPS
        bullet.setPhysicsEngineParameter(
            **TUNING,
            fixedTimeStep=self.settings.dt,
            numSolverIterations=self.settings.solver_iterations or ITERATIONS,
            physicsClientId=self.client,
        )
        bullet.setGravity(*self.settings.gravity, physicsClientId=self.client)
        self.shapes = ShapeCache(bullet, self.client)
        self.specs: dict[int, BodySpec] = {}
        self.uids = np.full(64, -1, np.int64)
        self.links = np.full(64, -1, np.int64)
        self.slots: dict[tuple[int, int], int] = {}
        self.centre_pose = np.tile(IDENTITY_POSE, (64, 1))  # centre of mass in the body's frame
        self.body_from_centre = np.tile(IDENTITY_POSE, (64, 1))
        self.offset = np.zeros(64, bool)  # the centre is not the body's frame
        self.pose = np.tile(IDENTITY_POSE, (64, 1))
        self.radii = np.zeros(64)
        self._velocity = np.zeros((64, 6))
        self._velocity_fresh = False
        self._targets: dict[int, NDArray[Any]] = {}
        self._moving: set[int] = set()
        self._scaled: dict[int, float] = {}
        self._new_locked: list[int] = []
        self._listeners: list[int] | None = None
        self._trigger_slots: list[int] | None = None
        self._readable: NDArray[np.int64] | None = None
        self._dynamic: NDArray[np.int64] | None = None
        self.sleep = SleepTracker(self.settings.dt)
        self.islands = Islands(self)
        self.soft = SoftJoints(self)
        self.queries = Queries(self)
        self._articulations: dict[int, BulletArticulation] = {}

    def close(self) -> None:
        if self.client >= 0:
            self.bullet.disconnect(physicsClientId=self.client)
            self.client = -1

    def _grow(self, capacity: int) -> None:
        more = capacity - len(self._kinds)
        super()._grow(capacity)
        for name, fill in (("uids", -1), ("links", -1), ("offset", False), ("radii", 0.0)):
            old = getattr(self, name)
            setattr(self, name, np.concatenate([old, np.full(more, fill, old.dtype)]))
        for name in ("centre_pose", "body_from_centre", "pose"):
            setattr(self, name, np.concatenate([getattr(self, name), np.tile(IDENTITY_POSE, (more, 1))]))
        self._velocity = np.concatenate([self._velocity, np.zeros((more, 6))])
        self.sleep.grow(capacity)

    # -- bodies ---------------------------------------------------------------------------------------------

    def _create(self, ids: NDArray[Any], batch: BodyBatch, masses: list[MassProperties | None]) -> None:
        rows = batch.colliders[np.argsort(batch.colliders["body"], kind="stable")]
        bounds = np.searchsorted(rows["body"], np.arange(batch.n + 1))
        made: list[int] = []
        try:
            for i, slot in enumerate(ids.tolist()):
                spec = body_spec(batch, i, rows[bounds[i] : bounds[i + 1]], masses[i])
                made.append(slot)
                self.adopt(slot, spec, batch.poses[i])
                self.make_free(slot, batch.velocities[i])
        except BaseException:
            self._remove(np.array(made, np.int64))
            raise
        self._forget_lists()

    def adopt(self, slot: int, spec: BodySpec, pose: NDArray[Any]) -> None:
        """Enter a body in the books, without a native one yet."""
        self.specs[slot] = spec
        self.pose[slot] = pose
        centre = spec.mass.centre if spec.mass else np.array(IDENTITY_POSE)
        self.centre_pose[slot], self.body_from_centre[slot] = centre, inverse(centre)
        self.offset[slot] = bool(np.abs(centre - IDENTITY_POSE).max() > 0)
        self.radii[slot] = spec.radius_m
        self.sleep.wake(np.array([slot]))
        if spec.gravity_scale != 1.0 and spec.mass:
            self._scaled[slot] = spec.gravity_scale

    def make_free(self, slot: int, velocity: NDArray[Any]) -> None:
        """Make the native maximal-coordinate body of a slot at `pose[slot]`."""
        bullet, spec = self.bullet, self.specs[slot]
        mass = spec.mass.mass_kg if spec.mass else 0.0
        centre = compose(self.pose[slot], self.centre_pose[slot])
        from_centre = self.body_from_centre[slot] if self.offset[slot] else None
        parts = [(s, p if from_centre is None else compose(from_centre, p)) for s, p in spec.solids]
        shape = self.shapes.acquire(parts)
        uid = bullet.createMultiBody(
            mass,
            shape,
            -1,
            centre[:3].tolist(),
            centre[3:].tolist(),
            useMaximalCoordinates=True,
            physicsClientId=self.client,
        )
        if uid < 0:
            raise TaixuError("Bullet refused a body; its collider cannot be used.")
        self.uids[slot], self.links[slot] = uid, -1
        self.slots[uid, -1] = slot
        self.tune(slot)
        if spec.mass is not None:
            if spec.flags & BodyFlags.LOCK_ROTATION:
                self._new_locked.append(slot)
            if np.any(velocity):
                bullet.resetBaseVelocity(uid, velocity[:3].tolist(), velocity[3:].tolist(), physicsClientId=self.client)
        self._forget_lists()

    def tune(self, slot: int) -> None:
        """Hand a body's material, mass and damping to Bullet; friction and restitution combine as geometric means."""
        spec, uid, link = self.specs[slot], int(self.uids[slot]), int(self.links[slot])
        more: dict[str, Any] = {}
        if spec.mass is not None:
            locked = spec.flags & BodyFlags.LOCK_ROTATION
            more["mass"] = spec.mass.mass_kg
            more["localInertiaDiagonal"] = [0.0, 0.0, 0.0] if locked else spec.mass.inertia.tolist()
            if spec.flags & BodyFlags.CCD and spec.solids:
                thin = min(float(np.ptp(s.bounds, axis=0).min()) for s, _ in spec.solids)
                more["ccdSweptSphereRadius"] = 0.4 * thin
        self.bullet.changeDynamics(
            uid,
            link,
            lateralFriction=spec.friction**0.5,
            restitution=spec.restitution**0.5,
            linearDamping=bullet_damping(spec.linear_damping),
            angularDamping=bullet_damping(spec.angular_damping),
            physicsClientId=self.client,
            **more,
        )
        self.bullet.setCollisionFilterGroupMask(uid, link, spec.group, spec.native_mask, physicsClientId=self.client)

    def drop_native(self, slot: int) -> None:
        """Remove a slot's native free body."""
        uid = int(self.uids[slot])
        if uid < 0:
            return
        self.bullet.removeBody(uid, physicsClientId=self.client)
        self.slots.pop((uid, -1), None)
        self.uids[slot] = -1
        self._forget_lists()

    def _remove(self, ids: NDArray[Any]) -> None:
        near = self._near(ids)
        for slot in ids.tolist():
            self.drop_native(slot)
            self.specs.pop(slot, None)
            self._targets.pop(slot, None)
            self._moving.discard(slot)
            self._scaled.pop(slot, None)
        self._forget_lists()
        self._wake(near[self._bodies.alive[near] & ~np.isin(near, ids)])

    def _near(self, ids: NDArray[Any]) -> NDArray[np.int64]:
        """Sleeping bodies that may rest on these."""
        if not self.sleep.asleep.any():
            return np.zeros(0, np.int64)
        found: set[int] = set()
        for slot in ids.tolist():
            if self.uids[slot] >= 0:
                found.update(self.queries.overlapping_body(slot, 0.05))
        near = np.array(sorted(found), np.int64)
        return near[self.sleep.asleep[near]] if len(near) else near

    def _forget_lists(self) -> None:
        self._listeners = self._trigger_slots = self._readable = self._dynamic = None

    # -- commands -------------------------------------------------------------------------------------------

    def _set_gravity(self, gravity: tuple[float, float, float]) -> None:
        self._rest_kinematic()
        self.bullet.setGravity(*gravity, physicsClientId=self.client)
        self._wake(self._readables())

    def _set_kinematic(self, ids: NDArray[Any], poses: NDArray[Any]) -> None:
        for slot, pose in zip(ids.tolist(), poses, strict=True):
            self._targets[slot] = pose

    def _set_poses(self, ids: NDArray[Any], poses: NDArray[Any]) -> None:
        near = self._near(ids)
        self.islands.mark(ids)
        self.pose[ids] = poses
        for slot in ids.tolist():
            self._targets.pop(slot, None)
            if not self.islands.holds(slot):
                self._put(slot)
        self._wake(np.concatenate([ids[self._kinds[ids] == BodyKind.DYNAMIC], near]))

    def _put(self, slot: int) -> None:
        centre = compose(self.pose[slot], self.centre_pose[slot])
        velocity = None
        if self._kinds[slot] == BodyKind.DYNAMIC:  # resetting a pose stops a body
            velocity = self.bullet.getBaseVelocity(int(self.uids[slot]), physicsClientId=self.client)
        self.bullet.resetBasePositionAndOrientation(
            int(self.uids[slot]), centre[:3].tolist(), centre[3:].tolist(), physicsClientId=self.client
        )
        if velocity is not None:
            self.bullet.resetBaseVelocity(int(self.uids[slot]), *velocity, physicsClientId=self.client)

    def _set_velocities(self, ids: NDArray[Any], velocities: NDArray[Any]) -> None:
        self._wake(ids)
        self._read_velocities()
        self._velocity[ids] = velocities
        for slot, row in zip(ids.tolist(), velocities.tolist(), strict=True):
            if self.islands.holds(slot):
                self.islands.mark(np.array([slot]))
            else:
                self.bullet.resetBaseVelocity(int(self.uids[slot]), row[:3], row[3:], physicsClientId=self.client)

    def _apply(self, ids: NDArray[Any], wrenches: NDArray[Any]) -> None:
        self.islands.flush()
        asleep = ids[self.sleep.asleep[ids]]
        if len(asleep):
            self._wake(asleep)
        bullet, frame = self.bullet, self.bullet.WORLD_FRAME
        places = compose(self.pose[ids], self.centre_pose[ids])[:, :3].tolist()
        pushed, turned = np.any(wrenches[:, :3] != 0, axis=1), np.any(wrenches[:, 3:] != 0, axis=1)
        for i, (uid, link) in enumerate(zip(self.uids[ids].tolist(), self.links[ids].tolist(), strict=True)):
            if pushed[i]:
                bullet.applyExternalForce(
                    uid, link, wrenches[i, :3].tolist(), places[i], frame, physicsClientId=self.client
                )
            if turned[i]:
                bullet.applyExternalTorque(uid, link, wrenches[i, 3:].tolist(), frame, physicsClientId=self.client)

    def _wake(self, ids: NDArray[Any]) -> None:
        asleep = ids[self.sleep.asleep[ids]]
        self._set_activation(asleep, self.bullet.ACTIVATION_STATE_DISABLE_SLEEPING)
        self.sleep.wake(ids)

    def _set_activation(self, ids: NDArray[Any], state: int) -> None:
        change = self.bullet.changeDynamics
        for uid, link in zip(self.uids[ids].tolist(), self.links[ids].tolist(), strict=True):
            if link < 0:
                change(uid, -1, activationState=state, physicsClientId=self.client)

    # -- stepping and reading -------------------------------------------------------------------------------

    def _step(self, n: int) -> None:
        self.islands.flush()
        self._start_kinematic(n)
        self.islands.follow(self._targets)
        step, client = self.bullet.stepSimulation, self.client
        for _ in range(n):
            if self._scaled:
                self._apply_gravity_scales()
            self.soft.apply()
            for articulation in self._articulations.values():
                articulation.actuate()
            step(physicsClientId=client)
            if self._new_locked:
                self._straighten()
            if self.soft:
                self._sync(1)
        if not self.soft:
            self._sync(n)
        for slot, pose in self._targets.items():
            self.pose[slot] = pose
            self._put(slot)
        self._targets.clear()
        self._collect_events()

    def _straighten(self) -> None:
        """Bullet takes over an inertia in a body's first step: undo the turning of those that must not turn."""
        for slot in self._new_locked:
            if self._bodies.alive[slot] and slot in self.specs and self.links[slot] < 0:
                uid = int(self.uids[slot])
                place, _ = self.bullet.getBasePositionAndOrientation(uid, physicsClientId=self.client)
                linear, _ = self.bullet.getBaseVelocity(uid, physicsClientId=self.client)
                turn = compose(self.pose[slot], self.centre_pose[slot])[3:].tolist()
                self.bullet.resetBasePositionAndOrientation(uid, place, turn, physicsClientId=self.client)
                self.bullet.resetBaseVelocity(uid, linear, (0.0, 0.0, 0.0), physicsClientId=self.client)
        self._new_locked.clear()

    def _start_kinematic(self, n: int) -> None:
        from .poses import spin

        self._rest_kinematic(keep=self._targets.keys())
        dt = n * self.settings.dt
        for slot, target in self._targets.items():
            now = self.pose[slot]
            linear = (target[:3] - now[:3]) / dt
            angular = spin(now[3:], target[3:], dt)
            uid = int(self.uids[slot])
            if slot not in self._moving:
                inertia = [KINEMATIC_MASS] * 3
                self.bullet.changeDynamics(
                    uid, -1, mass=KINEMATIC_MASS, localInertiaDiagonal=inertia, physicsClientId=self.client
                )
                self._moving.add(slot)
            self.bullet.resetBaseVelocity(uid, linear.tolist(), angular.tolist(), physicsClientId=self.client)
            if linear.any() or angular.any():
                self._wake(self._near(np.array([slot])))

    def _rest_kinematic(self, keep: Any = ()) -> None:
        for slot in sorted(self._moving - set(keep)):
            self.bullet.changeDynamics(int(self.uids[slot]), -1, mass=0.0, physicsClientId=self.client)
            self.bullet.resetBaseVelocity(int(self.uids[slot]), [0, 0, 0], [0, 0, 0], physicsClientId=self.client)
            self._moving.discard(slot)

    def _apply_gravity_scales(self) -> None:
        gravity = np.array(self.settings.gravity)
        ids = np.array([slot for slot in self._scaled if not self.sleep.asleep[slot]], np.int64)
        if len(ids):
            scales = np.array([self._scaled[slot] - 1.0 for slot in ids.tolist()])
            wrenches = np.zeros((len(ids), 6))
            wrenches[:, :3] = (scales * self._masses[ids])[:, None] * gravity
            self._apply(ids, wrenches)

    def _readables(self) -> NDArray[np.int64]:
        """Free dynamic bodies, whose poses Bullet changes."""
        if self._readable is None:
            ids = self._bodies.ids
            self._readable = ids[(self._kinds[ids] == BodyKind.DYNAMIC) & (self.links[ids] < 0) & (self.uids[ids] >= 0)]
            self._readable = self._readable[
                ~self.islands.members(self._readable) & ~self._in_articulation[self._readable]
            ]
        return self._readable

    def _sync(self, steps: int) -> None:
        """Read the poses of bodies that may have moved, and put those to sleep that did not for long."""
        self._velocity_fresh = False
        ids = self.sleep.to_read(self._readables(), self.pose, self.radii)
        if len(ids):
            get, client = self.bullet.getBasePositionAndOrientation, self.client
            nested = [get(uid, client) for uid in self.uids[ids].tolist()]
            after = np.fromiter(chain.from_iterable(chain.from_iterable(nested)), np.float64, 7 * len(ids)).reshape(
                -1, 7
            )
            offset = self.offset[ids]
            if offset.any():
                after[offset] = compose(after[offset], self.body_from_centre[ids[offset]])
            was = self.sleep.asleep[ids]
            self.sleep.update(ids, self.pose[ids], after, self._can_sleep(ids), steps)
            woken = ids[was & ~self.sleep.asleep[ids]]
            self.pose[ids] = after
            if len(woken):
                self._set_activation(woken, self.bullet.ACTIVATION_STATE_DISABLE_SLEEPING)
            tired = self.sleep.settle(ids, self.queries.neighbours, steps)
            if len(tired):
                self._set_activation(tired, self.bullet.ACTIVATION_STATE_SLEEP)
        self.islands.read(steps)
        for articulation in self._articulations.values():
            articulation.read()

    def _read_poses(self) -> NDArray[Any]:
        self.islands.flush()
        return self.pose

    def _read_velocities(self) -> NDArray[Any]:
        self.islands.flush()
        if not self._velocity_fresh:
            ids = self._readables()
            get, client = self.bullet.getBaseVelocity, self.client
            awake = ids[~self.sleep.asleep[ids]]
            self._velocity[ids] = 0.0
            nested = [get(uid, client) for uid in self.uids[awake].tolist()]
            flat = np.fromiter(chain.from_iterable(chain.from_iterable(nested)), np.float64, 6 * len(awake))
            self._velocity[awake] = flat.reshape(-1, 6)
            self.islands.read_velocities(self._velocity)
            self._velocity_fresh = True
        return self._velocity

    def _awake(self) -> NDArray[Any]:
        if self._dynamic is None:
            ids = self._bodies.ids
            self._dynamic = ids[self._kinds[ids] == BodyKind.DYNAMIC]
        ids = self._dynamic
        asleep = self.sleep.asleep
        if asleep.any():
            ids = ids[~asleep[ids]]
        if self._moving:
            ids = np.union1d(ids, np.fromiter(self._moving, np.int64))
        return ids

    def _collect_events(self) -> None:
        if self._listeners is None or self._trigger_slots is None:
            self._listeners = [slot for slot, spec in sorted(self.specs.items()) if spec.events]
            self._trigger_slots = [slot for slot, spec in sorted(self.specs.items()) if spec.triggers]
        self._events = self._touching.update(self.queries.touches(self._listeners, self._trigger_slots))

    # -- joints, queries, articulations ---------------------------------------------------------------------

    def _create_joints(self, ids: NDArray[Any], batch: JointBatch) -> None:
        self._wake(batch.bodies_b)
        self._wake(batch.bodies_a[batch.bodies_a >= 0])
        hard = self.soft.add(ids, batch)
        self.islands.add(ids, batch, hard)

    def _remove_joints(self, ids: NDArray[Any]) -> None:
        touched = np.unique(self._joint_bodies[ids])
        self._wake(touched[touched >= 0])
        self.soft.remove(ids)
        self.islands.remove(ids)

    def _set_motors(self, ids: NDArray[Any], modes: NDArray[Any], targets: NDArray[Any], forces: NDArray[Any]) -> None:
        self.islands.set_motors(ids, modes, targets, forces)

    def _raycast(self, origins: NDArray[Any], directions: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        self.islands.flush()
        return self.queries.raycast(origins, directions, distance, mask, ignore)

    def _closest(self, shape: Shape, pose: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        self.islands.flush()
        return self.queries.closest(shape, pose, distance, mask, ignore)

    def _load_urdf(self, path: str, pose: NDArray[Any], fixed: bool) -> int:
        articulation = load_urdf(self, path, pose, fixed)
        self._articulations[articulation.id] = articulation
        self._forget_lists()
        return articulation.id

    def _articulation(self, articulation_id: int) -> Articulation:
        return self._articulations[articulation_id]

    def _remove_articulation(self, articulation_id: int) -> None:
        self._articulations.pop(articulation_id).remove()
        self._forget_lists()

    def snapshot(self) -> bytes:
        ids = self._bodies.ids
        machines = {key: (a.root_state(), a.q.copy(), a.qd.copy()) for key, a in self._articulations.items()}
        state = (ids, self._read_poses()[ids].copy(), self._read_velocities()[ids].copy(), machines)
        return pickle.dumps(state, protocol=5)

    def restore(self, snapshot: bytes) -> None:
        ids, poses, velocities, machines = pickle.loads(snapshot)
        if not np.array_equal(ids, self._bodies.ids) or machines.keys() != self._articulations.keys():
            raise TaixuError("The snapshot is of other bodies; restore() brings back motion, not bodies.")
        loose = ~self._in_articulation[ids]
        self._set_poses(ids[loose], poses[loose])
        dynamic = loose & (self._kinds[ids] == BodyKind.DYNAMIC)
        self._set_velocities(ids[dynamic], velocities[dynamic])
        for key, (root, q, qd) in machines.items():
            self._articulations[key].set_root_state(root)
            self._articulations[key].reset(q, qd)
        self._touching.clear()
