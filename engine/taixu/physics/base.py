"""What all backends share: ids, checked arguments, mass properties, events; an engine fills in the hooks.

Every public verb of the protocol is here. It checks its arguments (`validate`), keeps the books, and only then calls a
hook whose name begins with an underscore; a hook may trust its arguments entirely.
"""

from __future__ import annotations

import heapq
from abc import ABC, abstractmethod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError

from . import validate
from .batch import ALL_LAYERS, BodyBatch, BodyFlags, BodyKind, JointBatch, JointKind, MotorMode
from .casts import conservative_cast
from .events import EVENT, Touching
from .mass import MassProperties, body_mass
from .poses import compose, relative
from .protocol import HIT, Articulation, Caps, Settings
from .shapes import Shape

__all__ = ["BackendBase", "IdTable"]


class IdTable:
    """Hands out the smallest free id: the same calls give the same ids on every machine."""

    def __init__(self) -> None:
        self.alive = np.zeros(64, bool)
        self._free: list[int] = []
        self._end = 0

    @property
    def capacity(self) -> int:
        return len(self.alive)

    @property
    def ids(self) -> NDArray[np.int64]:
        """All ids alive, ascending."""
        return np.flatnonzero(self.alive)

    def allocate(self, n: int) -> NDArray[np.int64]:
        reused = [heapq.heappop(self._free) for _ in range(min(n, len(self._free)))]
        fresh = range(self._end, self._end + n - len(reused))
        self._end = max(self._end, fresh.stop)
        ids = np.array([*reused, *fresh], np.int64)
        while self._end > self.capacity:
            self.alive = np.concatenate([self.alive, np.zeros_like(self.alive)])
        self.alive[ids] = True
        return ids

    def free(self, ids: NDArray[np.int64]) -> None:
        self.alive[ids] = False
        for index in ids.tolist():
            heapq.heappush(self._free, index)


class BackendBase(ABC):
    """The public verbs; subclass it with an engine's hooks."""

    caps: Caps

    def __init__(self, settings: Settings | None = None) -> None:
        self.settings = settings or Settings()
        validate.check_step(0, self.settings.dt)
        validate.check_rows(self.settings.gravity, 3, "gravity", 1e6)
        self._bodies = IdTable()
        self._joints = IdTable()
        self._kinds = np.zeros(64, np.uint8)
        self._flags = np.zeros(64, np.uint32)
        self._masses = np.zeros(64)
        self._centres = np.zeros((64, 3))
        self._joint_kinds = np.zeros(64, np.uint8)
        self._joint_bodies = np.full((64, 2), -1, np.int64)
        self._joint_frames = np.zeros((64, 2, 7))
        self._articulation_bodies: dict[int, NDArray[np.int64]] = {}
        self._in_articulation = np.zeros(64, bool)
        self._touching = Touching()
        self._events = np.zeros(0, EVENT)
        self._mass_cache: dict[bytes, MassProperties] = {}

    # -- bodies ---------------------------------------------------------------------------------------------

    def create(self, batch: BodyBatch) -> NDArray[np.int64]:
        """Make the bodies of `batch` in its order; the ids, int64 [n]. Nothing is made when anything is refused."""
        validate.check_bodies(batch)
        masses = self._mass_properties(batch)
        ids = self._reserve(batch.n)
        self._kinds[ids], self._flags[ids] = batch.kinds, batch.flags
        self._masses[ids] = [0.0 if m is None else m.mass_kg for m in masses]
        self._centres[ids] = [(0.0, 0.0, 0.0) if m is None else m.centre[:3] for m in masses]
        try:
            self._create(ids, batch, masses)
        except BaseException:
            self._bodies.free(ids)
            raise
        return ids

    def remove(self, ids: ArrayLike) -> None:
        """Remove bodies and the joints on them."""
        ids = np.unique(self._ids(ids))
        if self._in_articulation[ids].any():
            raise TaixuError("A link of an articulation cannot be removed by itself; remove the articulation.")
        joined = self._joints.alive & np.isin(self._joint_bodies[: self._joints.capacity], ids).any(axis=1)
        if joined.any():
            self.remove_joints(np.flatnonzero(joined))
        self._remove(ids)
        self._bodies.free(ids)

    def centres(self, ids: ArrayLike) -> NDArray[np.float64]:
        """Centres of mass [n, 3] in the bodies' own frames."""
        return self._centres[self._ids(ids)]

    def set_gravity(self, gravity: ArrayLike) -> None:
        """Gravity [3], m/s2, from the next step on."""
        x, y, z = validate.check_rows(gravity, 3, "gravity", 1e6)[0].tolist()
        self.settings = Settings((x, y, z), self.settings.dt, self.settings.solver_iterations)
        self._set_gravity((x, y, z))

    def set_kinematic(self, ids: ArrayLike, poses: ArrayLike) -> None:
        """Move kinematic bodies to `poses` [n, 7] during the next step, pushing what is in the way."""
        ids = self._ids(ids, BodyKind.KINEMATIC, "moved as a kinematic one")
        self._set_kinematic(ids, self._same_rows(validate.check_poses(poses, "kinematic poses"), ids))

    def set_poses(self, ids: ArrayLike, poses: ArrayLike) -> None:
        """Teleport bodies to `poses` [n, 7] at once; velocities stay."""
        ids = self._loose(self._ids(ids))
        self._set_poses(ids, self._same_rows(validate.check_poses(poses, "poses"), ids))

    def set_velocities(self, ids: ArrayLike, velocities: ArrayLike) -> None:
        """Set the velocities [n, 6] (m/s of the centre of mass, rad/s) of dynamic bodies."""
        ids = self._loose(self._ids(ids, BodyKind.DYNAMIC, "given a velocity"))
        self._set_velocities(ids, self._same_rows(validate.check_rows(velocities, 6, "velocities", 1e6), ids))

    def apply(self, ids: ArrayLike, wrenches: ArrayLike) -> None:
        """Push dynamic bodies with `wrenches` [n, 6] (N at the centre of mass, N m), during the next step only."""
        ids = self._ids(ids, BodyKind.DYNAMIC, "pushed")
        self._apply(ids, self._same_rows(validate.check_rows(wrenches, 6, "wrenches"), ids))

    def wake(self, ids: ArrayLike) -> None:
        """Wake sleeping bodies."""
        self._wake(self._ids(ids))

    # -- joints ---------------------------------------------------------------------------------------------

    def create_joints(self, batch: JointBatch) -> NDArray[np.int64]:
        """Make joints between bodies; the ids, int64 [n]."""
        validate.check_joints(batch, self._bodies.alive, self._kinds)
        touched = np.concatenate([batch.bodies_a, batch.bodies_b])
        if self._in_articulation[touched[touched >= 0]].any():
            raise TaixuError("A joint ends at a link of an articulation; joints connect free bodies.")
        ids = self._joints.allocate(batch.n)
        if self._joints.capacity > len(self._joint_kinds):
            self._joint_kinds = _grown(self._joint_kinds, self._joints.capacity)
            self._joint_bodies = _grown(self._joint_bodies, self._joints.capacity)
            self._joint_frames = _grown(self._joint_frames, self._joints.capacity)
        self._joint_kinds[ids] = batch.kinds
        self._joint_bodies[ids, 0], self._joint_bodies[ids, 1] = batch.bodies_a, batch.bodies_b
        self._joint_frames[ids, 0], self._joint_frames[ids, 1] = batch.frames_a, batch.frames_b
        try:
            self._create_joints(ids, batch)
        except BaseException:
            self._joint_bodies[ids] = -1
            self._joints.free(ids)
            raise
        return ids

    def remove_joints(self, ids: ArrayLike) -> None:
        """Remove joints; the bodies go on by themselves."""
        ids = np.unique(validate.check_ids(ids, self._joints.alive, "joint"))
        self._remove_joints(ids)
        self._joint_bodies[ids] = -1
        self._joints.free(ids)

    def set_motors(self, ids: ArrayLike, modes: ArrayLike, targets: ArrayLike, forces: ArrayLike) -> None:
        """Aim the motors of hinges and sliders: `MotorMode`, target and greatest force, each [n]."""
        ids = validate.check_ids(ids, self._joints.alive, "joint")
        modes = np.broadcast_to(np.asarray(modes, np.int64), ids.shape)
        if modes.size and not (modes.min() >= 0 and modes.max() <= MotorMode.POSITION):
            raise TaixuError(f"A motor mode is one of {[int(m) for m in modes[:4]]}...; modes are 0 to 2.")
        if not np.isin(self._joint_kinds[ids], (JointKind.HINGE, JointKind.SLIDER)).all():
            raise TaixuError("A motor was set on a joint that is neither hinge nor slider; only those have motors.")
        n = len(ids)
        targets = validate.check_rows(np.broadcast_to(targets, (n,)), 1, "motor targets", 1e6)[:, 0]
        forces = validate.check_rows(np.broadcast_to(forces, (n,)), 1, "motor forces")[:, 0]
        if n and forces.min() < 0:
            raise TaixuError("A motor's force is negative; turn its target round instead.")
        self._set_motors(ids, modes, targets, forces)

    def joint_positions(self, ids: ArrayLike) -> NDArray[np.float64]:
        """Angles (rad, within half a turn) of hinges, offsets (m) of sliders, lengths of distances; zero else, [n]."""
        ids = validate.check_ids(ids, self._joints.alive, "joint")
        poses, bodies = self._read_poses(), self._joint_bodies[ids]
        placed = compose(poses[bodies], self._joint_frames[ids])
        placed = np.where(bodies[..., None] >= 0, placed, self._joint_frames[ids])
        between = relative(placed[:, 0], placed[:, 1])
        kinds = self._joint_kinds[ids]
        angles = 2 * np.arctan2(between[:, 3], between[:, 6])
        angles = (angles + np.pi) % (2 * np.pi) - np.pi
        lengths = np.linalg.norm(between[:, :3], axis=1)
        result = np.where(kinds == JointKind.HINGE, angles, 0.0)
        result = np.where(kinds == JointKind.SLIDER, between[:, 0], result)
        return np.where(kinds >= JointKind.DISTANCE, lengths, result)

    # -- stepping and reading -------------------------------------------------------------------------------

    def step(self, n: int = 1) -> None:
        """Advance by `n` fixed steps of `settings.dt`."""
        validate.check_step(n, self.settings.dt)
        if n:
            self._step(int(n))

    def poses(self, out: NDArray[Any] | None = None) -> NDArray[np.float64]:
        """Poses after the last step, float64 [worlds, bodies, 7]; rows of ids that are not alive mean nothing.

        Without `out` the result is the backend's own array: read it before the next step and do not write it.
        """
        return _into(self._read_poses()[None], out)

    def velocities(self, out: NDArray[Any] | None = None) -> NDArray[np.float64]:
        """Velocities (linear of the centre of mass, angular) after the last step, float64 [worlds, bodies, 6]."""
        return _into(self._read_velocities()[None], out)

    def awake(self) -> NDArray[np.int64]:
        """Ids of the dynamic and kinematic bodies that may have moved in the last step, ascending."""
        return self._awake()

    def events(self) -> NDArray[Any]:
        """What began, stayed and ended in the last step, `events.EVENT` rows."""
        return self._events

    # -- queries --------------------------------------------------------------------------------------------

    def raycast(
        self,
        origins: ArrayLike,
        directions: ArrayLike,
        *,
        max_distance: float = 1e4,
        mask: int = ALL_LAYERS,
        ignore: int = -1,
    ) -> NDArray[Any]:
        """First hits of rays [n, 3] along directions [n, 3] (any length but zero), `HIT` rows [n]; triggers are ignored."""
        origins = validate.check_rows(origins, 3, "ray origins", validate.MAX_EXTENT)
        directions = validate.check_rows(directions, 3, "ray directions")
        lengths = np.linalg.norm(directions, axis=1, keepdims=True)
        if len(origins) != len(directions):
            raise TaixuError(f"There are {len(origins)} ray origins but {len(directions)} directions; give as many.")
        if len(lengths) and lengths.min() < 1e-12:
            raise TaixuError("A ray's direction is zero; it must point somewhere.")
        distance = self._distance(max_distance)
        return self._raycast(origins, directions / lengths, distance, self._mask(mask), int(ignore))

    def closest(
        self,
        shape: Shape,
        pose: ArrayLike,
        *,
        max_distance: float = 0.0,
        mask: int = ALL_LAYERS,
        ignore: int = -1,
    ) -> NDArray[Any]:
        """What is within `max_distance` of a convex shape at `pose` [7]: `CLOSEST` rows ordered by body, at least one a body."""
        pose = self._probe(shape, pose)
        return self._closest(shape, pose, self._distance(max_distance), self._mask(mask), int(ignore))

    def shapecast(
        self, shape: Shape, pose: ArrayLike, motion: ArrayLike, *, mask: int = ALL_LAYERS, ignore: int = -1
    ) -> Any:
        """The first body that a convex shape meets on its way from `pose` [7] along `motion` [3]: one `HIT` row."""
        pose = self._probe(shape, pose)
        way = validate.check_rows(motion, 3, "motion", validate.MAX_EXTENT)[0]
        return self._shapecast(shape, pose, way, self._mask(mask), int(ignore))

    # -- articulations, snapshots ---------------------------------------------------------------------------

    def load_urdf(self, path: str, pose: ArrayLike, *, fixed: bool = False) -> int:
        """Load a machine from a URDF file with its root link at `pose` [7]; its id."""
        from .urdf import check_urdf

        text_path = check_urdf(path)
        return self._load_urdf(text_path, validate.check_poses(pose, "pose")[0], bool(fixed))

    def articulation(self, articulation_id: int) -> Articulation:
        """The articulation with this id."""
        if articulation_id not in self._articulation_bodies:
            raise TaixuError(f"There is no articulation with id {articulation_id}; load_urdf() returns them.")
        return self._articulation(articulation_id)

    def remove_articulation(self, articulation_id: int) -> None:
        """Remove a machine with all its links."""
        self.articulation(articulation_id)
        bodies = self._articulation_bodies.pop(articulation_id)
        self._remove_articulation(articulation_id)
        self._in_articulation[bodies] = False
        self._bodies.free(bodies)

    @abstractmethod
    def snapshot(self) -> bytes:
        """All that moves; `restore` brings it back into a backend with the same bodies (exactly, if `caps.resumable`)."""

    @abstractmethod
    def restore(self, snapshot: bytes) -> None:
        """Go back to a snapshot of this backend."""

    def close(self) -> None:
        """Give the engine back what it holds; the backend is not used afterwards."""
        self._mass_cache.clear()

    # -- helpers of the hooks -------------------------------------------------------------------------------

    def _reserve(self, n: int) -> NDArray[np.int64]:
        ids = self._bodies.allocate(n)
        if self._bodies.capacity > len(self._kinds):
            self._grow(self._bodies.capacity)
        return ids

    def _grow(self, capacity: int) -> None:
        self._kinds = _grown(self._kinds, capacity)
        self._flags = _grown(self._flags, capacity)
        self._masses = _grown(self._masses, capacity)
        self._centres = _grown(self._centres, capacity)
        self._in_articulation = _grown(self._in_articulation, capacity)

    def _mass_properties(self, batch: BodyBatch) -> list[MassProperties | None]:
        """One a body, None for those that never accelerate; equal bodies share the work."""
        order = np.argsort(batch.colliders["body"], kind="stable")
        rows = batch.colliders[order]
        bounds = np.searchsorted(rows["body"], np.arange(batch.n + 1))
        result: list[MassProperties | None] = []
        for i in range(batch.n):
            if batch.kinds[i] != BodyKind.DYNAMIC:
                result.append(None)
                continue
            own = rows[bounds[i] : bounds[i + 1]]
            parts = [batch.shapes[s].key for s in own["shape"]]
            key = b"".join([*parts, own["pose"].tobytes(), own["density"].tobytes(), own["trigger"].tobytes(),
                            batch.masses_kg[i : i + 1].tobytes()])  # fmt: skip
            if key not in self._mass_cache:
                if len(self._mass_cache) > 4096:
                    self._mass_cache.clear()
                self._mass_cache[key] = body_mass(own, batch.shapes, float(batch.masses_kg[i]))
            result.append(self._mass_cache[key])
        return result

    def _ids(self, ids: ArrayLike, kind: BodyKind | None = None, verb: str = "") -> NDArray[np.int64]:
        array = validate.check_ids(ids, self._bodies.alive, "body")
        if kind is not None and (self._kinds[array] != kind).any():
            wrong = int(array[np.argmax(self._kinds[array] != kind)])
            raise TaixuError(f"Body {wrong} is {BodyKind(self._kinds[wrong]).name.lower()} and cannot be {verb}.")
        return array

    def _loose(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        if self._in_articulation[ids].any():
            raise TaixuError("A link of an articulation moves by its joints; use articulation(id).reset().")
        return ids

    @staticmethod
    def _same_rows(rows: NDArray[Any], ids: NDArray[Any]) -> NDArray[Any]:
        if len(rows) == 1 and len(ids) != 1:
            return np.broadcast_to(rows, (len(ids), rows.shape[1]))
        if len(rows) != len(ids):
            raise TaixuError(f"There are {len(ids)} ids but {len(rows)} rows of values; give one row an id.")
        return rows

    @staticmethod
    def _distance(value: float) -> float:
        if not (np.isfinite(value) and 0 <= value <= validate.MAX_EXTENT):
            raise TaixuError(f"A query's distance is {value}; it must be from zero to {validate.MAX_EXTENT:g} m.")
        return float(value)

    @staticmethod
    def _mask(value: int) -> int:
        return int(value) & ALL_LAYERS

    def _probe(self, shape: Shape, pose: ArrayLike) -> NDArray[np.float64]:
        validate.check_shape(shape, "The query's shape")
        if shape.kind.is_surface:
            raise TaixuError("A query's shape is a surface; cast boxes, spheres, capsules, cylinders or hulls.")
        return validate.check_poses(pose, "query pose")[0]

    def _can_sleep(self, ids: NDArray[np.int64]) -> NDArray[np.bool_]:
        return (self._flags[ids] & BodyFlags.CAN_SLEEP) != 0

    # -- hooks ----------------------------------------------------------------------------------------------

    @abstractmethod
    def _create(self, ids: NDArray[Any], batch: BodyBatch, masses: list[MassProperties | None]) -> None: ...
    @abstractmethod
    def _remove(self, ids: NDArray[Any]) -> None: ...
    @abstractmethod
    def _create_joints(self, ids: NDArray[Any], batch: JointBatch) -> None: ...
    @abstractmethod
    def _remove_joints(self, ids: NDArray[Any]) -> None: ...
    @abstractmethod
    def _set_motors(self, ids: NDArray[Any], modes: NDArray[Any], targets: NDArray[Any], forces: NDArray[Any]) -> None: ...
    @abstractmethod
    def _set_gravity(self, gravity: tuple[float, float, float]) -> None: ...
    @abstractmethod
    def _set_kinematic(self, ids: NDArray[Any], poses: NDArray[Any]) -> None: ...
    @abstractmethod
    def _set_poses(self, ids: NDArray[Any], poses: NDArray[Any]) -> None: ...
    @abstractmethod
    def _set_velocities(self, ids: NDArray[Any], velocities: NDArray[Any]) -> None: ...
    @abstractmethod
    def _apply(self, ids: NDArray[Any], wrenches: NDArray[Any]) -> None: ...
    @abstractmethod
    def _wake(self, ids: NDArray[Any]) -> None: ...
    @abstractmethod
    def _step(self, n: int) -> None: ...
    @abstractmethod
    def _read_poses(self) -> NDArray[Any]: ...
    @abstractmethod
    def _read_velocities(self) -> NDArray[Any]: ...
    @abstractmethod
    def _awake(self) -> NDArray[Any]: ...
    @abstractmethod
    def _raycast(
        self, origins: NDArray[Any], directions: NDArray[Any], distance: float, mask: int, ignore: int
    ) -> NDArray[Any]: ...
    @abstractmethod
    def _closest(self, shape: Shape, pose: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]: ...

    def _shapecast(self, shape: Shape, pose: NDArray[Any], motion: NDArray[Any], mask: int, ignore: int) -> Any:
        return conservative_cast(self._closest, shape, pose, motion, mask, ignore)

    @abstractmethod
    def _load_urdf(self, path: str, pose: NDArray[Any], fixed: bool) -> int: ...
    @abstractmethod
    def _articulation(self, articulation_id: int) -> Articulation: ...
    @abstractmethod
    def _remove_articulation(self, articulation_id: int) -> None: ...


def no_hits(n: int) -> NDArray[Any]:
    """`n` `HIT` rows that hit nothing."""
    hits = np.zeros(n, HIT)
    hits["body"] = -1
    hits["distance"] = np.inf
    return hits


def _into(values: NDArray[Any], out: NDArray[Any] | None) -> NDArray[Any]:
    if out is None:
        return values
    out[:, : values.shape[1]] = values[:, : out.shape[1]]
    return out


def _grown(array: NDArray[Any], capacity: int) -> NDArray[Any]:
    fill = -1 if array.dtype == np.int64 else 0
    more = np.full((capacity - len(array), *array.shape[1:]), fill, array.dtype)
    return np.concatenate([array, more])
