"""Rapier through its official Python package: fast, single precision, and at home on every platform.

It has most of what the protocol asks natively; what this module adds is arrays. Body objects of `rapier3d` are live views
of the engine's state, so one is kept per body and read in a comprehension, awake bodies only. Rapier raises
`PanicException` (a `BaseException`) on garbage geometry, which is caught and refused like any other bad value.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

from . import native
from .base import BackendBase
from .batch import ALL_LAYERS, IDENTITY_POSE, BodyBatch, BodyFlags, BodyKind, JointBatch
from .mass import MassProperties
from .protocol import Articulation, Caps, Settings
from .rapier_articulation import RapierArticulation, load_urdf
from .rapier_joints import RapierJoints
from .rapier_queries import Queries
from .rapier_shapes import native_shape
from .shapes import Shape

__all__ = ["RapierBackend", "refusing_panics"]

ITERATIONS = 4
MAX_SPEED = 1.0e4
"""m/s; Rapier's own limit of 400 is below what falls from orbit."""
_POSE_IN_BYTES = np.array((6, 7, 8, 2, 3, 4, 5))
"""Where the numbers of a pose are among the float32 of a packed one: a head of two, the rotation, the translation."""
QUERY_BIT = 1 << 31
"""Queries are in a group of their own: every collider's filter holds that bit, and no collider is in that group."""


@contextlib.contextmanager
def refusing_panics(what: str) -> Iterator[None]:
    """Turn a panic of the engine into one sentence."""
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, TaixuError):
        raise
    except BaseException as error:
        raise TaixuError(
            f"Rapier refused {what} ({str(error).splitlines()[0] if str(error) else type(error).__name__})."
        ) from None


class RapierBackend(BackendBase):
    """The Rapier engine in this process."""

    def __init__(self, settings: Settings | None = None) -> None:
        super().__init__(settings)
        self.rapier = rapier = native.load("rapier3d")
        self.caps = _caps(rapier.__version__)
        self.world = rapier.PhysicsWorld(gravity=self.settings.gravity)
        # One thread: with more, equal runs are equal only as long as the pool splits the work alike.
        self.world.set_num_threads(1)
        parameters = self.world.integration_parameters
        parameters.dt = self.settings.dt
        parameters.normalized_max_linear_velocity = MAX_SPEED
        parameters.num_solver_iterations = self.settings.solver_iterations or ITERATIONS
        self.handles: list[Any] = [None] * 64
        self.views: list[Any] = [None] * 64
        self._poses_as_bytes = _has_pose_bytes(rapier)
        self.slot_of_body: dict[tuple[int, int], int] = {}
        self._slot_by_index = np.full(64, -1, np.int64)
        self.slot_of_collider: dict[tuple[int, int], int] = {}
        self.listeners: dict[int, list[Any]] = {}
        self.triggers: dict[int, list[Any]] = {}
        self.pose = np.tile(IDENTITY_POSE, (64, 1))
        self._velocity = np.zeros((64, 6))
        self._awake_slots = np.zeros(0, np.int64)
        self._shape_cache: dict[bytes, Any] = {}
        self._targets: dict[int, NDArray[Any]] = {}
        self._pushed: set[int] = set()
        self._articulations: dict[int, RapierArticulation] = {}
        self.joints = RapierJoints(self)
        self.queries = Queries(self)

    def _grow(self, capacity: int) -> None:
        more = capacity - len(self._kinds)
        super()._grow(capacity)
        self.handles += [None] * more
        self.views += [None] * more
        self.pose = np.concatenate([self.pose, np.tile(IDENTITY_POSE, (more, 1))])
        self._velocity = np.concatenate([self._velocity, np.zeros((more, 6))])

    # -- bodies ---------------------------------------------------------------------------------------------

    def _create(self, ids: NDArray[Any], batch: BodyBatch, masses: list[MassProperties | None]) -> None:
        rows = batch.colliders[np.argsort(batch.colliders["body"], kind="stable")]
        bounds = np.searchsorted(rows["body"], np.arange(batch.n + 1))
        made: list[int] = []
        try:
            with refusing_panics("a collider; simplify its mesh or hull"):
                for i, slot in enumerate(ids.tolist()):
                    self._create_one(slot, batch, i, rows[bounds[i] : bounds[i + 1]], masses[i])
                    made.append(slot)
        except BaseException:
            self._remove(np.array(made, np.int64))
            raise
        self._awake_slots = np.union1d(self._awake_slots, ids[batch.kinds == BodyKind.DYNAMIC])
        self.queries.stale = True

    def _create_one(
        self, slot: int, batch: BodyBatch, row: int, colliders: NDArray[Any], mass: MassProperties | None
    ) -> None:
        rapier, pose = self.rapier, batch.poses[row]
        builder = (rapier.RigidBody.fixed, rapier.RigidBody.kinematic_position_based, rapier.RigidBody.dynamic)[
            int(batch.kinds[row])
        ]()
        builder = builder.position((pose[:3].tolist(), pose[3:].tolist())).user_data(slot)
        if mass is not None:
            flags, velocity = int(batch.flags[row]), batch.velocities[row]
            builder = builder.linvel(velocity[:3].tolist()).angvel(velocity[3:].tolist())
            builder = builder.gravity_scale(float(batch.gravity_scales[row]))
            builder = builder.linear_damping(float(batch.linear_dampings[row]))
            builder = builder.angular_damping(float(batch.angular_dampings[row]))
            builder = builder.can_sleep(bool(flags & BodyFlags.CAN_SLEEP)).ccd_enabled(bool(flags & BodyFlags.CCD))
            builder = builder.additional_mass_properties(
                rapier.MassProperties(
                    mass.centre[:3].tolist(), mass.mass_kg, mass.inertia.tolist(), mass.centre[3:].tolist()
                )
            )
            if flags & BodyFlags.LOCK_ROTATION:
                builder = builder.locked_axes(rapier.LockedAxes.ROTATION_LOCKED)
        parts = [self._collider(batch.shapes[c["shape"]], c, slot) for c in colliders]
        handle = self.world.add_body(builder)
        self.handles[slot], self.views[slot] = handle, self.world.rigid_bodies.get(handle)
        self.enter(slot, handle)
        self.pose[slot] = pose
        for row_values, part in zip(colliders, parts, strict=True):
            collider = self.world.add_collider(part, handle)
            self.slot_of_collider[collider.index, collider.generation] = slot
            if row_values["trigger"]:
                self.triggers.setdefault(slot, []).append(collider)
            elif row_values["events"]:
                self.listeners.setdefault(slot, []).append(collider)

    def enter(self, slot: int, handle: Any) -> None:
        """Say which body a handle is."""
        self.slot_of_body[handle.index, handle.generation] = slot
        more = handle.index + 1 - len(self._slot_by_index)
        if more > 0:
            self._slot_by_index = np.concatenate([self._slot_by_index, np.full(more + handle.index, -1, np.int64)])
        self._slot_by_index[handle.index] = slot

    def _collider(self, shape: Shape, row: NDArray[Any], slot: int) -> Any:
        rapier = self.rapier
        built = self._shape_cache.get(shape.key)
        if built is None:
            if len(self._shape_cache) > 4096:
                self._shape_cache.clear()
            built = self._shape_cache[shape.key] = native_shape(rapier, shape)
        pose = row["pose"]
        groups = rapier.InteractionGroups(
            rapier.Group.from_bits(int(row["layer"]) & ALL_LAYERS),
            rapier.Group.from_bits(int(row["mask"]) & ALL_LAYERS | (0 if row["trigger"] else QUERY_BIT)),
        )
        mean = rapier.CoefficientCombineRule.GEOMETRIC_MEAN
        builder = rapier.Collider.new(built).position((pose[:3].tolist(), pose[3:].tolist())).density(0.0)
        builder = builder.friction(float(row["friction"])).friction_combine_rule(mean)
        builder = builder.restitution(float(row["restitution"])).restitution_combine_rule(mean)
        builder = builder.collision_groups(groups).sensor(bool(row["trigger"])).user_data(slot)
        if row["trigger"]:
            types = rapier.ActiveCollisionTypes
            builder = builder.active_collision_types(
                types.DYNAMIC_DYNAMIC | types.DYNAMIC_KINEMATIC | types.DYNAMIC_FIXED
                | types.KINEMATIC_FIXED | types.KINEMATIC_KINEMATIC
            )  # fmt: skip
        return builder

    def _remove(self, ids: NDArray[Any]) -> None:
        for slot in ids.tolist():
            handle = self.handles[slot]
            for collider in self.views[slot].colliders:
                self.slot_of_collider.pop((collider.index, collider.generation), None)
            self.world.remove_body(handle)
            self.slot_of_body.pop((handle.index, handle.generation), None)
            self._slot_by_index[handle.index] = -1
            self.handles[slot] = self.views[slot] = None
            self.listeners.pop(slot, None)
            self.triggers.pop(slot, None)
            self._targets.pop(slot, None)
            self._pushed.discard(slot)
        self._awake_slots = np.setdiff1d(self._awake_slots, ids)
        self.queries.stale = True

    # -- commands -------------------------------------------------------------------------------------------

    def _set_gravity(self, gravity: tuple[float, float, float]) -> None:
        self.world.gravity = gravity
        self.world.wake_up_all()

    def _set_kinematic(self, ids: NDArray[Any], poses: NDArray[Any]) -> None:
        for slot, pose in zip(ids.tolist(), poses, strict=True):
            self._targets[slot] = pose

    def _set_poses(self, ids: NDArray[Any], poses: NDArray[Any]) -> None:
        for slot, pose in zip(ids.tolist(), poses, strict=True):
            self._targets.pop(slot, None)
            self.views[slot].position = (pose[:3].tolist(), pose[3:].tolist())
            self.views[slot].wake_up(True)
        self.pose[ids] = poses
        self.queries.stale = True

    def _set_velocities(self, ids: NDArray[Any], velocities: NDArray[Any]) -> None:
        for slot, row in zip(ids.tolist(), velocities.tolist(), strict=True):
            view = self.views[slot]
            view.linvel, view.angvel = row[:3], row[3:]
            view.wake_up(True)

    def _apply(self, ids: NDArray[Any], wrenches: NDArray[Any]) -> None:
        for slot, row in zip(ids.tolist(), wrenches.tolist(), strict=True):
            view = self.views[slot]
            view.add_force(row[:3], True)
            view.add_torque(row[3:], True)
            self._pushed.add(slot)

    def _wake(self, ids: NDArray[Any]) -> None:
        for slot in ids.tolist():
            self.views[slot].wake_up(True)

    # -- stepping and reading -------------------------------------------------------------------------------

    def _step(self, n: int) -> None:
        starts = {slot: self.pose[slot].copy() for slot in self._targets}
        for i in range(n):
            for slot, target in self._targets.items():
                pose = target if i == n - 1 else _between(starts[slot], target, (i + 1) / n)
                self.views[slot].set_next_kinematic_position((pose[:3].tolist(), pose[3:].tolist()))
            for articulation in self._articulations.values():
                articulation.actuate()
            self.world.step()
            for slot in self._pushed:
                self.views[slot].reset_forces(False)
                self.views[slot].reset_torques(False)
            self._pushed.clear()
        self.queries.stale = True
        self._sync()

    def _sync(self) -> None:
        handles = self.world.active_bodies()
        indices = np.fromiter([handle.index for handle in handles], np.int64, len(handles))
        awake = np.sort(self._slot_by_index[indices[indices < len(self._slot_by_index)]])
        awake = awake[np.searchsorted(awake, 0) :]
        # Bodies that fell asleep in this step are read a last time.
        same = np.array_equal(awake, self._awake_slots)
        self._read(awake if same else np.union1d(awake, self._awake_slots))
        for slot, target in self._targets.items():
            self.pose[slot] = target
        moved = np.fromiter(self._targets, np.int64, len(self._targets))
        self._targets.clear()
        if len(moved):
            self._awake_slots = np.union1d(awake, moved)
        elif not same:  # who compares finds the same array at once
            self._awake_slots = awake
        for articulation in self._articulations.values():
            articulation.read()
        self._events = self._touching.update(self.queries.touches())

    def _read(self, slots: NDArray[Any]) -> None:
        if not len(slots):
            return
        views = map(self.views.__getitem__, slots.tolist())
        if self._poses_as_bytes:
            data = b"".join([view.position.to_bytes() for view in views])
            self.pose[slots] = np.frombuffer(data, np.float32).reshape(-1, 9).take(_POSE_IN_BYTES, axis=1)
        else:
            self.pose[slots] = [(*view.translation.to_tuple(), *view.rotation.to_tuple()) for view in views]

    def _read_poses(self) -> NDArray[Any]:
        return self.pose

    def _read_velocities(self) -> NDArray[Any]:
        ids = self._bodies.ids
        ids = ids[self._kinds[ids] == BodyKind.DYNAMIC]
        views = self.views
        rows = [(*view.linvel.to_tuple(), *view.angvel.to_tuple()) for view in map(views.__getitem__, ids.tolist())]
        if rows:
            self._velocity[ids] = rows
        return self._velocity

    def _awake(self) -> NDArray[Any]:
        return self._awake_slots

    # -- joints, queries, articulations ---------------------------------------------------------------------

    def _create_joints(self, ids: NDArray[Any], batch: JointBatch) -> None:
        with refusing_panics("a joint"):
            self.joints.add(ids, batch)

    def _remove_joints(self, ids: NDArray[Any]) -> None:
        self.joints.remove(ids)

    def _set_motors(self, ids: NDArray[Any], modes: NDArray[Any], targets: NDArray[Any], forces: NDArray[Any]) -> None:
        self.joints.set_motors(ids, modes, targets, forces)

    def _raycast(self, origins: NDArray[Any], directions: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        return self.queries.raycast(origins, directions, distance, mask, ignore)

    def _closest(self, shape: Shape, pose: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        with refusing_panics("a query"):
            return self.queries.closest(shape, pose, distance, mask, ignore)

    def _shapecast(self, shape: Shape, pose: NDArray[Any], motion: NDArray[Any], mask: int, ignore: int) -> Any:
        with refusing_panics("a query"):
            return self.queries.shapecast(shape, pose, motion, mask, ignore)

    def _load_urdf(self, path: str, pose: NDArray[Any], fixed: bool) -> int:
        with refusing_panics(f"{path}"):
            articulation = load_urdf(self, path, pose, fixed)
        self._articulations[articulation.id] = articulation
        self.queries.stale = True
        return articulation.id

    def _articulation(self, articulation_id: int) -> Articulation:
        return self._articulations[articulation_id]

    def _remove_articulation(self, articulation_id: int) -> None:
        self._articulations.pop(articulation_id).remove()
        self.queries.stale = True

    def snapshot(self) -> bytes:
        state = io.BytesIO()  # arrays alone: whoever restores it runs nothing that it brings
        np.savez(
            state, bodies=self._keys(), joints=_keys(self.joints.keys()), pose=self.pose, awake=self._awake_slots,
            world=np.frombuffer(self.world.snapshot(), np.uint8),
        )  # fmt: skip
        return state.getvalue()

    def _keys(self) -> NDArray[np.int64]:
        handles = enumerate(self.handles)
        return _keys([(slot, handle.index, handle.generation) for slot, handle in handles if handle is not None])

    def restore(self, snapshot: bytes) -> None:
        try:
            with np.load(io.BytesIO(snapshot), allow_pickle=False) as state:
                keys, joints, pose, awake, blob = (state[name] for name in ("bodies", "joints", "pose", "awake", "world"))
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            raise TaixuError("This is no snapshot of a Rapier world.") from error
        if not np.array_equal(keys, self._keys()) or not np.array_equal(joints, _keys(self.joints.keys())):
            raise TaixuError("The snapshot is of other bodies; restore() brings back motion, not bodies.")
        if self._articulations:
            raise TaixuError("A Rapier world with articulations cannot be restored; remove them first.")
        with refusing_panics("a snapshot"):
            self.world = self.rapier.PhysicsWorld.restore(blob.tobytes())
        self.world.set_num_threads(1)
        for slot, index, generation in keys.tolist():
            self.handles[slot] = self.rapier.RigidBodyHandle.from_raw_parts(index, generation)
            self.views[slot] = self.world.rigid_bodies.get(self.handles[slot])
        self.pose, self._awake_slots = pose.copy(), awake
        self.queries.stale = True
        self._touching.clear()


def _keys(rows: list[tuple[int, int, int]]) -> NDArray[np.int64]:
    """Slots with the engine's own numbers, ``[n, 3]``."""
    return np.array(rows, np.int64).reshape(-1, 3)


def _has_pose_bytes(rapier: Any) -> bool:
    """Whether this version packs a pose into bytes as expected: that is read four times as fast as its numbers are."""
    turn, place = (0.5, -0.5, 0.5, 0.5), (1.5, -2.5, 3.5)
    packed = rapier.Isometry3(list(place), list(turn)).to_bytes()
    return len(packed) == 36 and bool((np.frombuffer(packed, np.float32)[_POSE_IN_BYTES] == (*place, *turn)).all())


def _between(a: NDArray[Any], b: NDArray[Any], fraction: float) -> NDArray[Any]:
    from .poses import nlerp

    return nlerp(a, b, fraction)


def _caps(version: str) -> Caps:
    return Caps(
        name="rapier",
        version=version,
        precision=4,
        resumable=True,
        releases_gil=True,
        native=frozenset(
            [
                "box",
                "sphere",
                "capsule",
                "cylinder",
                "hull",
                "mesh",
                "heightfield",
                "compound",
                "kinematic",
                "ccd",
                "sleep",
                "raycast",
                "shapecast",
                "triggers",
                "urdf",
                "fixed",
                "hinge",
                "slider",
                "ball",
                "distance",
                "rope",
                "spring",
                "motors",
                "limits",
                "gravity_scale",
            ]
        ),
        emulated=frozenset(["events", "closest"]),
        notes={
            "events": "begin, stay and end come from comparing the touching pairs of successive steps",
            "closest": "distances are exact for spheres and for touching; other shapes are measured towards the nearest point",
            "resumable": "not with articulations",
        },
    )
