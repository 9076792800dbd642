"""Agents of a world: goals in, steps of the crowd, transforms and states out, all by columns."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock, GameEvents
from taixu.ecs import World
from taixu.navigation.components import Agent
from taixu.navigation.crowd import ARRIVED, BLOCKED, IDLE, STATES, Crowd
from taixu.navigation.navigator import Navigator
from taixu.physics.placement import world_placements
from taixu.scene import CELL_M, Parent, Transform

__all__ = ["Agents", "walk_agents"]

Handles = NDArray[np.uint64]
_FOLLOW_EVERY = 15
_FOLLOW_M = 0.5
_ORIGIN = np.zeros(3, np.int32)
_NOWHERE = (0.0, -1e6, 0.0)
_TEXTS = np.array(STATES, object)


class Agents:
    """Who walks in a world (a resource).

    Attributes
    ----------
    entities : uint64 [n]
        In the order of stable ids.
    crowd : Crowd
        What is known of each, in that order.
    """

    def __init__(self) -> None:
        self.entities: Handles = np.zeros(0, np.uint64)
        self.crowd = Crowd()
        self._structure = -1
        self._wrote = np.zeros((0, 3), np.float32)
        self._goals = np.zeros((0, 3), np.float32)
        self._going = np.zeros(0, bool)
        self._states = np.zeros(0, np.uint8)
        self._cells = np.zeros((0, 3), np.int32)
        self._sound: NDArray[np.bool_] = np.zeros(0, bool)

    def step(self, world: World) -> None:
        """One fixed step of everybody."""
        if world.structure.version != self._structure:
            self._enter(world)
        mesh = world.resource(Navigator).mesh
        if not len(self.entities) or mesh is None:
            return
        self._read(world)
        self.crowd.step(mesh, world.resource(Clock).step_secs)
        self._write(world)

    def face(self, entity: int, yaw_rad: float) -> None:
        """Turn somebody who stands, as fast as people turn; 0 is +z, a quarter turn +x."""
        self.crowd.facing[self.entities == entity] = yaw_rad

    def _enter(self, world: World) -> None:
        """Find out who is here."""
        self._structure = world.structure.version
        entities = world.query(Agent, Transform, without=(Parent,)).entities
        entities = entities[np.argsort(world.stable_ids(entities), kind="stable")]
        if np.array_equal(entities, self.entities):
            return
        order = np.argsort(self.entities, kind="stable")
        place = np.searchsorted(self.entities, entities, sorter=order) if len(self.entities) else np.zeros(len(entities), np.int64)
        number = order[np.minimum(place, len(order) - 1)] if len(order) else np.zeros(len(entities), np.int64)
        kept = np.where(self.entities[number] == entities, number, -1) if len(self.entities) else np.full(len(entities), -1)
        self.crowd.rearrange(kept)
        old = kept >= 0
        for name, width, value in (("_wrote", 3, np.nan), ("_goals", 3, np.nan), ("_going", 0, False), ("_states", 0, IDLE)):
            column: Any = getattr(self, name)
            fresh = np.full((len(entities), width) if width else len(entities), value, column.dtype)
            fresh[old] = column[kept[old]]
            setattr(self, name, fresh)
        self.entities = entities

    def _read(self, world: World) -> None:
        """Take in what others wrote: places, goals, who goes."""
        crowd, entities = self.crowd, self.entities
        names = ("goal", "target", "going", "speed", "radius_m", "near_m")
        goal, target, going, speed, radius, near = world.gather_columns(entities, Agent, names)
        translation, rotation, cell = world.gather_columns(entities, Transform, ("translation", "rotation", "cell"))
        self._cells = cell.T
        crowd.speeds = np.clip(np.nan_to_num(speed), 0.0, 20.0).astype(float)
        crowd.radii = np.clip(np.nan_to_num(radius), 0.05, 5.0).astype(float)
        crowd.near = np.maximum(np.nan_to_num(near), 0.0).astype(float)
        put = np.flatnonzero(~(np.abs(translation.T - self._wrote) < 1e-5).all(axis=1))
        if len(put):
            places = translation.T[put].astype(np.float64) + self._cells[put] * CELL_M
            sound = np.isfinite(places).all(axis=1)
            crowd.put(put[sound], places[sound])
            x, y, z, w = np.nan_to_num(rotation[:, put[sound]]).astype(np.float64)
            crowd.yaws[put[sound]] = np.arctan2(2 * (x * z + w * y), 1 - 2 * (x * x + y * y))
            self._wrote[put] = translation.T[put]
        self._sound = np.asarray(np.isfinite(translation).all(axis=0), bool)
        crowd.places[~self._sound] = _NOWHERE
        going &= self._sound
        goals = goal.T.copy()
        follows = np.flatnonzero(going & (target > 0))
        if len(follows):
            self._follow(world, follows, target[follows], goals)
        going = np.asarray(going & np.isfinite(goals).all(axis=1), bool)
        begins = going & (~self._going | ~(goals == self._goals).all(axis=1))
        ends = np.flatnonzero(self._going & ~going)
        who = np.flatnonzero(begins)
        crowd.set_goals(who, goals[who].astype(np.float64))
        crowd.going = going.copy()
        if len(ends):
            stopped = ends[(crowd.states[ends] != ARRIVED)]
            crowd.stop(stopped)
        self._going, self._goals = going, np.where(going[:, None], goals, self._goals)

    def _follow(self, world: World, who: NDArray[Any], targets: Handles, goals: NDArray[Any]) -> None:
        """Goals of those who go to somebody: where that is, told anew when it has moved."""
        alive = world.alive(targets)
        who, targets = who[alive], targets[alive]
        poses, _ = world_placements(world, targets, _ORIGIN)
        known = self._goals[who]
        moved = ~(np.linalg.norm(poses[:, :3] - known, axis=1) < _FOLLOW_M) | ~self._going[who]
        goals[who] = np.where(moved[:, None], poses[:, :3], known)

    def _write(self, world: World) -> None:
        """Tell the world where everybody is now."""
        crowd = self.crowd
        local = (crowd.places - self._cells * CELL_M).astype(np.float32)
        moved = np.flatnonzero((local != self._wrote).any(axis=1) | (np.abs(crowd.velocities) > 1e-6).any(axis=1) | crowd.turning)
        moved = moved[self._sound[moved]]
        if len(moved):
            entities = self.entities[moved]
            half = 0.5 * crowd.yaws[moved]
            turns = np.zeros((4, len(moved)), np.float32)
            turns[1], turns[3] = np.sin(half), np.cos(half)
            world.scatter(entities, Transform, "translation", local[moved].T)
            world.scatter(entities, Transform, "rotation", turns)
            self._wrote[moved] = local[moved]
        changed = np.flatnonzero(crowd.states != self._states)
        if len(changed):
            world.scatter(self.entities[changed], Agent, "state", _TEXTS[crowd.states[changed]])
            arrived = changed[crowd.states[changed] == ARRIVED]
            blocked = changed[crowd.states[changed] == BLOCKED]
            if len(arrived):
                world.scatter(self.entities[arrived], Agent, "going", False)
                self._going[arrived] = False
            events = world.resource(GameEvents)
            for kind, who in (("arrived", arrived), ("blocked", blocked)):
                events.publish(kind, self.entities[who])
            self._states = crowd.states.copy()

    def save_state(self) -> dict[str, Any]:
        """What goes into snapshots: how everybody moves just now."""
        return {"entities": self.entities.copy(), "crowd": self.crowd.save_state(), **{n: getattr(self, n).copy() for n in _OWN}}

    def load_state(self, state: dict[str, Any]) -> None:
        self.entities = state["entities"].copy()
        self.crowd.load_state(state["crowd"])
        for name in _OWN:
            setattr(self, name, state[name].copy())
        self._structure = -1

    def fork(self, world: object) -> Agents:
        other = Agents()
        other.load_state(self.save_state())
        return other


_OWN = ("_wrote", "_goals", "_going", "_states")


def walk_agents(world: World) -> None:
    """Keep the mesh up to date, and let everybody take a step."""
    world.resource(Navigator).update(world)
    world.resource(Agents).step(world)
