"""Physics of one world: what scripts and other parts of an app ask it, and what it does in a fixed step.

Each step first looks at what others changed, then reads the result of the step that was submitted a tick ago and writes
it back by columns, then hands over what changed and submits the next step. So what is submitted at tick k is read at
k+1, whether the engine runs in this process or in another.
"""

from __future__ import annotations

import dataclasses
import logging
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.app import Clock, Components, GameEvents
from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.scene import CELL_M, WorldTransforms

from .articulations import Articulations, Machine
from .base import BackendBase
from .batch import ALL_LAYERS, BodyBatch, BodyKind
from .bodies import BodyMirror, Look
from .components import RigidBody
from .crowding import MOST_IN_ONE_PLACE, uncrowded
from .engines import backend_name, make_backend
from .events import EventKind
from .joint_mirror import JointMirror
from .naming import named_all
from .placement import world_placements
from .poses import nlerp, rotate
from .protocol import Settings
from .settings import settings_of
from .shapes import Shape
from .walkers import Walkers
from .writeback import MovingRows, write_back

__all__ = ["SCENE_EVENT", "PhysicsScene"]

_log = logging.getLogger(__name__)
Handles = NDArray[np.uint64]

SCENE_EVENT = np.dtype(
    [
        ("kind", np.uint8),
        ("trigger", np.bool_),
        ("entity", np.uint64),
        ("other", np.uint64),
        ("point", np.float64, 3),
        ("normal", np.float32, 3),
        ("impulse", np.float32),
    ]
)
_NO_EVENTS = np.zeros(0, SCENE_EVENT)
TELEPORT_M = 3.0
"""A kinematic body that is moved farther than this within a tick is put there, not swept."""
_GAME_NAMES = {
    (EventKind.BEGIN, False): "collision_begin",
    (EventKind.END, False): "collision_end",
    (EventKind.BEGIN, True): "trigger_enter",
    (EventKind.END, True): "trigger_leave",
}


class PhysicsScene:
    """The physics of a world (a resource)."""

    def __init__(self, backend: str = "auto", *, worker: bool | None = None) -> None:
        self._wanted = backend
        self._worker = worker
        self.backend: BackendBase | None = None
        self.mirror = BodyMirror()
        self.joints = JointMirror()
        self.articulations = Articulations()
        self.walkers = Walkers()
        self.events: NDArray[Any] = _NO_EVENTS
        """What began, stayed and ended in the last step: `SCENE_EVENT` rows."""
        self.awake: Handles = np.empty(0, np.uint64)
        """Entities of the dynamic bodies that moved in the last step."""
        self.current = np.zeros((0, 7))
        """Poses by body id after the last step that was read, relative to the origin cell."""
        self.previous = np.zeros((0, 7))
        self._pending: list[tuple[int, NDArray[Any], NDArray[Any] | None]] = []
        self._submitted = False
        self._restored: Any = None
        self._rows = MovingRows.none()
        self._now = np.empty((9, 0))
        """Poses of those rows after the last step that was read."""
        self._settling = np.empty(0, np.int64)
        """Ids whose previous pose may differ from the current one."""

    # -- for users ------------------------------------------------------------------------------------------

    @property
    def engine(self) -> str:
        """The engine in use ("" before the first step)."""
        return self.backend.caps.name if self.backend is not None else ""

    @property
    def awake_count(self) -> int:
        """How many dynamic bodies are awake."""
        return len(self.awake)

    def raycast(
        self,
        origins: ArrayLike,
        directions: ArrayLike,
        *,
        max_distance: float = 1e4,
        mask: int = ALL_LAYERS,
        ignore: int = 0,
    ) -> NDArray[Any]:
        """First hits of rays.

        Parameters
        ----------
        origins, directions : [n, 3] or [3]
            World space, metres; directions of any length but zero.
        ignore
            An entity whose body is passed through.

        Returns
        -------
        structured array [n]
            ``entity`` (0 where nothing is hit), ``distance``, ``point`` [3], ``normal`` [3].
        """
        shift = self._shift
        missed = self._hits(np.full(len(np.atleast_2d(origins)), -1), None)
        hits = self._query(
            "raycast",
            np.atleast_2d(np.asarray(origins, np.float64)) - shift,
            np.atleast_2d(np.asarray(directions, np.float64)),
            max_distance=max_distance,
            mask=mask,
            ignore=self._body(ignore),
        )
        return missed if hits is None else self._hits(hits["body"], hits)

    def shapecast(
        self,
        shape: Shape,
        position: ArrayLike,
        motion: ArrayLike,
        *,
        rotation: ArrayLike = (0.0, 0.0, 0.0, 1.0),
        mask: int = ALL_LAYERS,
        ignore: int = 0,
    ) -> Any:
        """The first body that a convex shape (`taixu.physics.shapes`) meets along `motion` [3]; one row as of `raycast`."""
        pose = np.array([*(np.asarray(position, np.float64) - self._shift), *np.asarray(rotation, np.float64)])
        hit = self._query("shapecast", shape, pose, motion, mask=mask, ignore=self._body(ignore))
        if hit is None:
            return self._hits(np.full(1, -1), None)[0]
        return self._hits(np.atleast_1d(hit)["body"], np.atleast_1d(hit))[0]

    def overlaps(self, shape: Shape, position: ArrayLike, *, mask: int = ALL_LAYERS, ignore: int = 0) -> Handles:
        """Entities whose bodies touch a convex shape at a place."""
        pose = np.array([*(np.asarray(position, np.float64) - self._shift), 0, 0, 0, 1.0])
        near = self._query("closest", shape, pose, mask=mask, ignore=self._body(ignore))
        return np.empty(0, np.uint64) if near is None else np.unique(self.mirror.entity_of[near["body"]])

    def articulation(self, entity: int) -> Machine:
        """The machine of an entity with an `Articulation`: its joints' names, positions `q` and speeds `qd`.

        Raises
        ------
        TaixuError
            When it has none: before the first step, or where its file could not be used.
        """
        found = self.articulations.machines.get(int(entity))
        if found is None:
            raise TaixuError("An entity without a machine was asked for its joints; give it an Articulation, and let it run.")
        return found

    def _query(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Ask the engine; None before the first step, and when its process has just died."""
        if self.backend is None:
            return None
        try:
            return getattr(self.backend, name)(*args, **kwargs)
        except BrokenPipeError as error:
            self._recover(error)
            return None

    def apply_force(self, entity: int, force: ArrayLike, *, at: ArrayLike | None = None) -> None:
        """Push with a force [3] (N) at a point in the world (the centre of mass if left out), for the next step."""
        self._push(entity, np.asarray(force, np.float64), at)

    def apply_impulse(self, entity: int, impulse: ArrayLike, *, at: ArrayLike | None = None, dt: float = 1 / 60) -> None:
        """Push once with an impulse [3] (N s); `dt` is the fixed step."""
        self._push(entity, np.asarray(impulse, np.float64) / dt, at)

    def apply_torque(self, entity: int, torque: ArrayLike) -> None:
        """Turn with a torque [3] (N m), for the next step."""
        self._pending.append((entity, np.concatenate([np.zeros(3), np.asarray(torque, np.float64)]), None))

    def _push(self, entity: int, force: NDArray[Any], at: ArrayLike | None) -> None:
        if force.shape != (3,) or not np.isfinite(force).all():
            raise TaixuError(f"A push of {force.tolist()} was asked for; it is three finite numbers.")
        place = None if at is None else np.asarray(at, np.float64)
        self._pending.append((int(entity), np.concatenate([force, np.zeros(3)]), place))

    @property
    def _shift(self) -> NDArray[np.float64]:
        return np.asarray(self.mirror.origin * CELL_M, np.float64)

    def _body(self, entity: int) -> int:
        index = int(entity) & 0xFFFFFFFF
        if not entity or index >= len(self.mirror.body_of):
            return -1
        own = int(self.mirror.body_of[index])
        if own < 0 and self.mirror.owner_of[index] >= 0:
            own = int(self.mirror.body_of[self.mirror.owner_of[index]])
        return own

    def _hits(self, bodies: NDArray[Any], hits: NDArray[Any] | None) -> NDArray[Any]:
        result = np.zeros(len(bodies), SCENE_HIT)
        result["distance"] = np.inf
        if hits is not None:
            found = bodies >= 0
            result["entity"][found] = self.mirror.entity_of[bodies[found]]
            result["distance"], result["normal"] = hits["distance"], hits["normal"]
            result["point"][found] = hits["point"][found] + self._shift
        return result

    # -- a fixed step ---------------------------------------------------------------------------------------

    def step(self, world: World) -> None:
        """One fixed step; see the module."""
        backend = self._ready(world)
        mirror = self.mirror
        look = mirror.look(world)
        if self._restored is not None and self._resume(world, backend, look):
            look = Look()
        try:
            if self._submitted:
                self._collect(world, backend, look)
            removed = self._rebuild(world, backend, look)
            self.joints.update(world, backend, mirror, removed)
            self._articulate(world, backend, look)
            self._hand_over(world, backend, look)
            self.walkers.walk(world, self, backend)
            self._apply_pushes(world, backend)
            backend.step(1)
            self._submitted = True
        except BrokenPipeError as error:
            self._recover(error)
            return
        self.joints.seen(world)
        self.articulations.seen(world)
        mirror.seen(world)  # last: it advances the tick

    def _articulate(self, world: World, backend: BackendBase, look: Look) -> None:
        """Bring articulations up to date, and their nodes to where the links were read to be."""
        self.articulations.update(world, backend, self.mirror, look.structural)
        if not self.articulations.machines:
            return
        self._reserve(int(self.articulations.bodies.max(initial=-1)) + 1)
        self.articulations.write(world, self.mirror)

    def _ready(self, world: World) -> BackendBase:
        if self.backend is None:
            found = settings_of(world)
            name = backend_name(self._wanted if self._wanted != "auto" else found.backend)
            worker = found.worker if self._worker is None else self._worker
            settings = Settings(found.gravity, world.resource(Clock).step_secs, found.solver_iterations)
            self.backend = make_backend(name, settings, worker=worker)
            self.mirror.choose_origin(world)
            self.mirror.all_contacts = found.contacts == "all" or (found.contacts == "auto" and _has_scripts(world))
        return self.backend

    def _recover(self, error: BrokenPipeError) -> None:
        """The engine's process died: start another and make everything anew from the world, in the next step."""
        _log.warning("The physics worker ended unexpectedly (%s); its world is rebuilt from the last poses.", error)
        self.close()

    def _collect(self, world: World, backend: BackendBase, look: Look) -> None:
        """Read the step submitted a tick ago and write it into the columns."""
        poses = backend.poses()[0]
        self._reserve(len(poses))
        self.articulations.collect(poses)
        rows = self._moving_rows(world, backend.awake(), look)
        now = rows.take(poses)
        good = np.isfinite(now)
        if not good.all():
            finite = good.all(axis=0)
            self._repair(world, backend, rows.entities[~finite], rows.ids[~finite])
            poses = np.where(np.isfinite(poses).all(axis=1, keepdims=True), poses, self.current[: len(poses)])
            rows = MovingRows.of(world, self.mirror, rows.ids[finite])
            now = rows.take(poses)
        before = self._now if rows is self._rows else rows.take(self.current)
        self._take_over(poses, rows)
        self._rows, self._now = rows, now
        self.awake = rows.entities
        if len(rows.ids) and write_back(world, self.mirror, rows, before, now, world.resource(Clock).step_secs, look.pushed):
            self._rows = dataclasses.replace(rows, asked=None)
        self._publish(world, backend.events())

    def _take_over(self, poses: NDArray[np.float64], rows: MovingRows) -> None:
        """Poses by body id after the last two steps; what did not move was in the same place after both."""
        count = len(poses)
        if 2 * len(rows.ids) > count:  # a copy of all costs less than finding those that moved
            self.previous, self.current = self.current, self.previous
            self.current[:count] = poses
            self._settling = rows.ids
            return
        self.previous[self._settling] = self.current[self._settling]
        links = self.articulations.bodies
        self._settling = moving = np.concatenate([rows.ids, links]) if len(links) else rows.ids
        self.previous[moving] = self.current[moving]
        self.current[moving] = poses[moving]

    def carry(self, ids: NDArray[np.int64], poses: NDArray[np.float64]) -> None:
        """Note where kinematic bodies go in the step that is about to be submitted."""
        self.previous[ids] = self.current[ids]
        self.current[ids] = poses
        self._settling = np.concatenate([self._settling, ids])

    def _moving_rows(self, world: World, awake: NDArray[np.int64], look: Look) -> MovingRows:
        """The bodies to write back; those of the last time where they are the same."""
        calm = not (look.structural or len(look.moved) or len(look.rebuilt))
        asked = self._rows.asked
        if calm and asked is not None and (awake is asked or np.array_equal(awake, asked)):
            return self._rows
        mirror = self.mirror
        ids = awake[awake < len(mirror.entity_of)]
        ids = ids[(mirror.kind_of[ids] == BodyKind.DYNAMIC) & (mirror.entity_of[ids] > 0)]
        entities = mirror.entity_of[ids]
        keep = world.alive(entities)
        if len(look.moved):
            keep &= ~np.isin(entities, look.moved)
        if len(look.rebuilt):
            # What is no longer a dynamic body has its transform for itself from now on.
            for row in np.flatnonzero(keep & np.isin(indices_of(entities), look.rebuilt)):
                keep[row] = _is_dynamic(world, int(entities[row]))
        return MovingRows.of(world, mirror, ids[keep], asked=awake if calm else None)

    def _repair(self, world: World, backend: BackendBase, entities: Handles, ids: NDArray[Any]) -> None:
        """Bodies that an engine threw to infinity go back to where they last were, at rest."""
        _log.warning("Out of the range of numbers, so put back where they were: %s.", named_all(world, entities))
        backend.set_poses(ids, self.current[ids])
        backend.set_velocities(ids, np.zeros((len(ids), 6)))

    def _publish(self, world: World, events: NDArray[Any]) -> None:
        mirror = self.mirror
        if not len(events):
            self.events = _NO_EVENTS
            return
        self.events = np.zeros(len(events), SCENE_EVENT)
        for name in ("kind", "trigger", "normal", "impulse"):
            self.events[name] = events[name]
        self.events["entity"], self.events["other"] = mirror.entity_of[events["a"]], mirror.entity_of[events["b"]]
        self.events["point"] = events["point"] + self._shift
        if not world.has_resource(GameEvents):
            return
        game = world.resource(GameEvents)
        for (kind, trigger), name in _GAME_NAMES.items():
            rows = self.events[(self.events["kind"] == kind) & (self.events["trigger"] == trigger)]
            rows = rows[(rows["entity"] > 0) & (rows["other"] > 0)]
            if not len(rows):
                continue
            columns: dict[str, Any] = {}
            if name == "collision_begin":
                both = np.concatenate([rows, rows])
                normals = np.concatenate([rows["normal"], -rows["normal"]])
                columns = {"position": both["point"].T, "normal": normals.T, "impulse": both["impulse"]}
            game.publish(
                name,
                np.concatenate([rows["entity"], rows["other"]]),
                np.concatenate([rows["other"], rows["entity"]]),
                **columns,
            )

    def _rebuild(self, world: World, backend: BackendBase, look: Look) -> set[int]:
        if not len(look.rebuilt):
            return set()
        mirror = self.mirror
        if look.everything:
            mirror.choose_origin(world)
        remove, entities, batch = mirror.describe(world, look)
        if len(remove):
            backend.remove(remove)
        if batch is None:
            return set(remove.tolist())
        keep = uncrowded(batch)
        if not keep.all():
            _log.warning(
                "%d bodies stand in places that hold %d each already; those entities go without a body: spawn them apart.",
                int((~keep).sum()), MOST_IN_ONE_PLACE,
            )
            entities, batch = entities[keep], batch.take(np.flatnonzero(keep))
        try:
            ids = backend.create(batch)
            kinds = batch.kinds
        except TaixuError:
            entities, ids, kinds = self._create_singly(backend, entities, batch)
        self._reserve(int(ids.max(initial=-1)) + 1)
        mirror.made(world, entities, ids, kinds)
        poses, _ = world_placements(world, entities, mirror.origin)
        self.previous[ids] = self.current[ids] = poses
        return set(remove.tolist())

    def _create_singly(
        self, backend: BackendBase, entities: Handles, batch: BodyBatch
    ) -> tuple[Handles, NDArray[np.int64], NDArray[Any]]:
        """Something in the batch was refused: make what can be made, and say what cannot."""
        made: list[tuple[int, int]] = []
        for row in range(batch.n):
            try:
                made.append((row, int(backend.create(batch.take(np.array([row])))[0])))
            except TaixuError as error:
                _log.warning("%s The entity goes without a body.", error)
        rows = np.array([row for row, _ in made], np.intp)
        return entities[rows], np.array([body for _, body in made], np.int64), batch.kinds[rows]

    def _hand_over(self, world: World, backend: BackendBase, look: Look) -> None:
        """Transforms and velocities that others wrote."""
        if not len(look.moved) and not len(look.pushed):
            return
        mirror = self.mirror
        moved = look.moved[world.alive(look.moved)]
        ids = mirror.body_of[indices_of(moved)]
        moved, ids = moved[ids >= 0], ids[ids >= 0]
        ids, first = np.unique(ids, return_index=True)
        moved = moved[first]
        walking = np.isin(moved, self.walkers.entities)
        if len(ids):
            poses, _ = world_placements(world, moved, mirror.origin)
            good = np.isfinite(poses).all(axis=1) & (np.abs(poses[:, :3]) < 1e6).all(axis=1)
            if not good.all():
                _log.warning("%d transforms are not finite; their bodies stay where they were.", int((~good).sum()))
            kinematic = mirror.kind_of[ids] == BodyKind.KINEMATIC
            near = np.linalg.norm(poses[:, :3] - self.current[ids, :3], axis=1) <= TELEPORT_M
            swept = good & kinematic & near & ~walking
            if swept.any():
                backend.set_kinematic(ids[swept], poses[swept])
            put = good & ~swept & ~walking
            if put.any():
                backend.set_poses(ids[put], poses[put])
            self.carry(ids[swept], poses[swept])
            rest = good & ~swept
            self.current[ids[rest]] = poses[rest]
            self.previous[ids[put]] = poses[put]
        pushed = look.pushed[world.alive(look.pushed)]
        ids = mirror.body_of[indices_of(pushed)]
        dynamic = ids >= 0
        dynamic[dynamic] &= mirror.kind_of[ids[dynamic]] == BodyKind.DYNAMIC
        if dynamic.any():
            columns = [world.gather(pushed[dynamic], RigidBody, n) for n in ("linear_velocity", "angular_velocity")]
            rows = np.concatenate(columns).T.astype(np.float64)
            good = np.isfinite(rows).all(axis=1) & (np.abs(rows) < 1e5).all(axis=1)
            backend.set_velocities(ids[dynamic][good], rows[good])

    def _apply_pushes(self, world: World, backend: BackendBase) -> None:
        pending, self._pending = self._pending, []
        ids, wrenches = [], []
        for entity, wrench, at in pending:
            body = self._body(entity)
            if body < 0 or self.mirror.kind_of[body] != BodyKind.DYNAMIC or not world.alive(entity)[0]:
                continue
            if at is not None:
                pose = self.current[body]
                centre = pose[:3] + rotate(pose[3:], backend.centres([body])[0])
                wrench = np.concatenate([wrench[:3], np.cross(at - self._shift - centre, wrench[:3])])
            ids.append(body)
            wrenches.append(wrench)
        if ids:
            backend.apply(ids, np.array(wrenches))

    # -- between steps, snapshots, the end ------------------------------------------------------------------

    def show(self, world: World) -> None:
        """Show moving bodies between the last two steps, for the picture of this frame."""
        alpha = world.resource(Clock).alpha
        ids = self._rows.ids
        if alpha < 1e-6 or not len(ids) or not world.has_resource(WorldTransforms):
            return
        ids = ids[~self.mirror.nested[ids]]
        entities = self.mirror.entity_of[ids]
        alive = world.alive(entities)
        ids, entities = ids[alive], entities[alive]
        poses = nlerp(self.previous[ids], self.current[ids], alpha)
        cells = self.mirror.cells_of(indices_of(entities))
        poses[:, :3] -= (cells - self.mirror.origin) * CELL_M
        world.resource(WorldTransforms).show(
            entities, np.ascontiguousarray(poses[:, :3].T, np.float32), np.ascontiguousarray(poses[:, 3:].T, np.float32)
        )

    def _reserve(self, count: int) -> None:
        more = count - len(self.current)
        if more > 0:
            blank = np.tile((0, 0, 0, 0, 0, 0, 1.0), (more + count // 2, 1))
            self.current, self.previous = np.concatenate([self.current, blank]), np.concatenate([self.previous, blank])

    def close(self) -> None:
        """Give the engine back; a later step makes everything anew from the world."""
        if self.backend is not None:
            self.backend.close()
            self.backend = None
        self.mirror.forget_bodies()
        self.joints.forget()
        self.articulations.forget()
        self._submitted = False
        self._rows = MovingRows.none()

    def save_state(self) -> dict[str, Any]:
        state: dict[str, Any] = {
            "frames": dict(self.joints.frames), "walkers": self.walkers.save_state(), "machines": self.articulations.save_state()
        }
        if self.backend is not None and not state["machines"] and self.backend.caps.resumable and self._submitted:
            ids = np.flatnonzero(self.mirror.entity_of > 0)
            state["engine"] = self.backend.snapshot()
            state["bodies"] = (ids, self.mirror.entity_of[ids].copy())
            state["poses"] = (self.current.copy(), self.previous.copy(), self._rows.ids.copy())
        return state

    def load_state(self, state: dict[str, Any]) -> None:
        self.joints.frames = dict(state["frames"])
        self.walkers.load_state(state["walkers"])
        self.articulations.load_state(state["machines"], self.backend, self.mirror)
        self._pending.clear()
        self._restored = state

    def _resume(self, world: World, backend: BackendBase, look: Look) -> bool:
        """After a restore: go on exactly where the engine can; else everything is made anew from the columns."""
        state, self._restored = self._restored, None
        if "engine" in state and backend.caps.resumable:
            ids, entities = state["bodies"]
            if np.array_equal(np.flatnonzero(self.mirror.entity_of > 0), ids) and np.array_equal(
                self.mirror.entity_of[ids], entities
            ):
                backend.restore(state["engine"])
                current, previous, moving = state["poses"]
                self._reserve(len(current))
                self.current[: len(current)], self.previous[: len(previous)] = current, previous
                self._rows = MovingRows.of(world, self.mirror, moving)
                self._submitted = True
                return True
        self._submitted = False
        self._rows = MovingRows.none()
        return False

    def fork(self, world: World) -> PhysicsScene:
        other = PhysicsScene(self._wanted, worker=self._worker)
        other.joints.frames = dict(self.joints.frames)
        other.articulations.load_state(self.articulations.save_state(), None, other.mirror)
        return other


SCENE_HIT = np.dtype(
    [("entity", np.uint64), ("distance", np.float64), ("point", np.float64, 3), ("normal", np.float64, 3)]
)


def _is_dynamic(world: World, entity: int) -> bool:
    return world.has(entity, RigidBody) and world.get(entity, RigidBody).kind == "dynamic"


def _has_scripts(world: World) -> bool:
    """Whether anybody may listen: an entity with the component that is called "script"."""
    if not world.has_resource(Components):
        return False
    script = world.resource(Components).find("script")
    return script is not None and any(len(table) for table in world.query(script.cls))


