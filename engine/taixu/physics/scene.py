"""Physics of one world: what scripts and other parts of an app ask it, and what it does in a fixed step.

Each step first looks at what others changed, then reads the result of the step that was submitted a tick ago and writes
it back by columns, then hands over what changed and submits the next step. So what is submitted at tick k is read at
k+1, whether the engine runs in this process or in another.
"""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.app import Clock, Components
from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.scene import CELL_M, WorldTransforms

from .articulations import Articulations, Coordinates, Machine
from .base import BackendBase
from .batch import BodyBatch, BodyKind
from .bodies import BodyMirror, Look
from .components import PHYSICS_COMPONENTS, RigidBody
from .crowding import MOST_IN_ONE_PLACE, uncrowded
from .engines import backend_name, make_backend
from .handover import Pushes, hand_over
from .joint_mirror import JointMirror
from .naming import named, named_all
from .placement import world_placements
from .poses import nlerp
from .protocol import Settings
from .scene_events import NO_EVENTS, publish_events
from .scene_queries import SceneQueries
from .settings import settings_of
from .walkers import Walkers
from .writeback import MovingRows, write_back

__all__ = ["PhysicsScene"]

_log = logging.getLogger(__name__)
_STEPS_TO_REST = 3
"""Until the last bodies of a world are out of the engine, and all has been said of them."""
Handles = NDArray[np.uint64]

@dataclass(frozen=True)
class _Wishes:
    """What an engine is made by."""

    name: str
    worker: bool
    settings: Settings
    all_contacts: bool


@dataclass
class _Draft:
    """Bodies that were made before the first step, for those who asked."""

    wishes: _Wishes
    coordinates: Coordinates
    """Of machines that were to be made where they were."""
    looks: int = 0
    """The first look, and those that found something to do: bodies made by those may come in another order."""


class PhysicsScene(SceneQueries):
    """The physics of a world (a resource)."""

    def __init__(self, backend: str = "auto", *, worker: bool | None = None) -> None:
        self._wanted = backend
        self._worker = worker
        self.backend: BackendBase | None = None
        self.mirror = BodyMirror()
        self.joints = JointMirror()
        self.articulations = Articulations()
        self.walkers = Walkers()
        self.events: NDArray[Any] = NO_EVENTS
        """What began, stayed and ended in the last step: `SCENE_EVENT` rows."""
        self.awake: Handles = np.empty(0, np.uint64)
        """Entities of the dynamic bodies that moved in the last step."""
        self.current = np.zeros((0, 7))
        """Poses by body id after the last step that was read, relative to the origin cell."""
        self.previous = np.zeros((0, 7))
        self._pushes = Pushes()
        self._world: World | None = None
        self._draft: _Draft | None = None
        self._submitted = False
        self._restored: Any = None
        self._empty_steps = 0
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

    def apply_force(self, entity: int, force: ArrayLike, *, at: ArrayLike | None = None) -> None:
        """Push with a force [3] (N) at a point in the world (the centre of mass if left out), for the next step."""
        self._pushes.push(entity, np.asarray(force, np.float64), at)

    def apply_impulse(self, entity: int, impulse: ArrayLike, *, at: ArrayLike | None = None, dt: float = 1 / 60) -> None:
        """Push once with an impulse [3] (N s); `dt` is the fixed step."""
        self._pushes.push(entity, np.asarray(impulse, np.float64) / dt, at)

    def apply_torque(self, entity: int, torque: ArrayLike) -> None:
        """Turn with a torque [3] (N m), for the next step."""
        self._pushes.turn(entity, np.asarray(torque, np.float64))

    # -- a fixed step ---------------------------------------------------------------------------------------

    def step(self, world: World) -> None:
        """One fixed step; see the module. A world without bodies is left alone."""
        self._world = world
        self._empty_steps = 0 if self._has_work(world) else self._empty_steps + 1
        if self._empty_steps > _STEPS_TO_REST:
            self._pushes.clear()
            return
        backend = self._ready(world)
        look = self.mirror.look(world)
        if self._draft is not None:
            backend, look = self._keep_draft(world, backend, look)
        mirror = self.mirror
        if self._restored is not None and self._resume(world, backend, look):
            look = Look()
        try:
            if self._submitted:
                self._collect(world, backend, look)
            removed = self._rebuild(world, backend, look)
            self.joints.update(world, backend, mirror, removed)
            self._articulate(world, backend, look)
            hand_over(world, self, backend, look)
            self.walkers.walk(world, self, backend)
            self._pushes.apply(world, self, backend)
            backend.step(1)
            self._submitted = True
        except BrokenPipeError as error:
            self._recover(error)
            return
        self.joints.seen(world)
        self.articulations.seen(world)
        mirror.seen(world)  # last: it advances the tick

    def _has_work(self, world: World) -> bool:
        """Whether there is anything to step: bodies and their kin, or a state to begin from."""
        is_starting = not self._submitted or self._draft is not None or self._restored is not None
        return is_starting or any(len(world.query(cls)) for cls in PHYSICS_COMPONENTS)

    def _articulate(self, world: World, backend: BackendBase, look: Look) -> None:
        """Bring articulations up to date, and their nodes to where the links were read to be."""
        self.articulations.update(world, backend, self.mirror, look.structural)
        if not self.articulations.machines:
            return
        self._reserve(int(self.articulations.bodies.max(initial=-1)) + 1)
        self.articulations.write(world, self.mirror)

    def _ready(self, world: World) -> BackendBase:
        if self.backend is None:
            made = self._wishes(world)
            self.backend = make_backend(made.name, made.settings, worker=made.worker)
            self.mirror.choose_origin(world)
            self.mirror.all_contacts = made.all_contacts
        return self.backend

    def _wishes(self, world: World) -> _Wishes:
        """What the engine is to be, by the world as it is."""
        found = settings_of(world)
        return _Wishes(
            backend_name(self._wanted if self._wanted != "auto" else found.backend),
            found.worker if self._worker is None else self._worker,
            Settings(found.gravity, world.resource(Clock).step_secs, found.solver_iterations),
            found.contacts == "all" or (found.contacts == "auto" and _has_scripts(world)),
        )

    # -- before the first step ------------------------------------------------------------------------------

    def follow(self, world: World) -> None:
        """Say whose bodies these are, so that they can be asked before the first step."""
        self._world = world

    def _answering(self) -> BackendBase | None:
        """The engine, with the world's bodies in it.

        Before the first step that is a draft: bodies as the world is now, without a step. The first step goes on with it
        if nothing has changed since, and makes everything anew otherwise: whether somebody asked changes nothing.
        """
        world = self._world
        if not self._submitted and world is not None and self._restored is None:
            if self._draft is None:
                self._draft = _Draft(self._wishes(world), self.articulations.waiting)
            backend, draft = self._ready(world), self._draft
            look = self.mirror.look(world)
            draft.looks += bool(look) or not draft.looks
            self._rebuild(world, backend, look)
            self.articulations.update(world, backend, self.mirror, look.structural)
            self._reserve(len(backend.poses()[0]))
            hand_over(world, self, backend, look)
            self.articulations.seen(world)
            self.mirror.seen(world)
        return self.backend

    def _keep_draft(self, world: World, backend: BackendBase, look: Look) -> tuple[BackendBase, Look]:
        """The first step after somebody asked: the draft if it is what would be made now, else everything anew."""
        draft, self._draft = self._draft, None
        assert draft is not None
        if not look and draft.looks <= 1 and draft.wishes == self._wishes(world):
            return backend, look
        self.close()
        self.mirror = self.mirror.successor()
        self.articulations.start_anew(draft.coordinates)
        return self._ready(world), self.mirror.look(world)

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
        self.events = publish_events(world, self.mirror, backend.events())

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
                "%d bodies stand in places that hold %d each already; those entities go without a body, spawn them apart: %s.",
                int((~keep).sum()), MOST_IN_ONE_PLACE, named_all(world, entities[~keep]),
            )
            entities, batch = entities[keep], batch.take(np.flatnonzero(keep))
        try:
            ids = backend.create(batch)
            kinds = batch.kinds
        except TaixuError:
            entities, ids, kinds = self._create_singly(world, backend, entities, batch)
        self._reserve(int(ids.max(initial=-1)) + 1)
        mirror.made(world, entities, ids, kinds)
        poses, _ = world_placements(world, entities, mirror.origin)
        self.previous[ids] = self.current[ids] = poses
        return set(remove.tolist())

    def _create_singly(
        self, world: World, backend: BackendBase, entities: Handles, batch: BodyBatch
    ) -> tuple[Handles, NDArray[np.int64], NDArray[Any]]:
        """Something in the batch was refused: make what can be made, and say what cannot."""
        made: list[tuple[int, int]] = []
        for row in range(batch.n):
            try:
                made.append((row, int(backend.create(batch.take(np.array([row])))[0])))
            except TaixuError as error:
                _log.warning("%s: %s The entity goes without a body.", named(world, int(entities[row])), error)
        rows = np.array([row for row, _ in made], np.intp)
        return entities[rows], np.array([body for _, body in made], np.int64), batch.kinds[rows]

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
        self._draft = None
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
        self._pushes.clear()
        if self._draft is not None:
            self.close()
            self.mirror = self.mirror.successor()
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
                self._settling = moving
                self._submitted = True
                return True
        self._submitted = False
        self._rows = MovingRows.none()
        return False

    def fork(self, world: World) -> PhysicsScene:
        other = PhysicsScene(self._wanted, worker=self._worker)
        other.follow(world)
        other.joints.frames = dict(self.joints.frames)
        other.articulations.load_state(self.articulations.save_state(), None, other.mirror)
        return other


def _is_dynamic(world: World, entity: int) -> bool:
    return world.has(entity, RigidBody) and world.get(entity, RigidBody).kind == "dynamic"


def _has_scripts(world: World) -> bool:
    """Whether anybody may listen: an entity with the component that is called "script"."""
    if not world.has_resource(Components):
        return False
    script = world.resource(Components).find("script")
    return script is not None and any(len(table) for table in world.query(script.cls))
