"""The simulators of a world as they run: made from its `Simulation` components, in its fixed steps, saved with its snapshots."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.ecs import World, row_count
from taixu.edit import Project
from taixu.errors import TaixuError
from taixu.navigation.floor_grid import FloorGrid
from taixu.navigation.navigator import Navigator
from taixu.scene import CELL_M, Transform
from taixu.script import ScriptHost
from taixu.simulation.conductor import Conductor, Link
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.remote import Remote
from taixu.simulation.simulator import Simulator
from taixu.simulation.worlds.components import Simulation
from taixu.simulation.worlds.kinds import Prepared, SimulatorKind, SimulatorKinds, Site
from taixu.simulation.worlds.meetings import MEETINGS
from taixu.simulation.worlds.settings import Settings

__all__ = ["Part", "Simulations", "advance_simulations", "step_copy", "world_time_ns"]

_log = logging.getLogger(__name__)
_MOST_PARTS = 64
_PATIENCE_SECS = 0.1
_GROUND_STEPS = 300
_Key = tuple[str, str, bool]


@dataclass(slots=True)
class Part:
    """One simulator of the world.

    Attributes
    ----------
    entity
        Who carries its `Simulation`.
    key
        What it was prepared from: kind and settings; and whether it has a process of its own.
    origin
        Where its coordinates begin, metres, ``[3]``.
    shown
        What it had said when its entities were last turned and sized; until it says more, they drive on.
    """

    name: str
    entity: int
    key: _Key
    kind: SimulatorKind
    prepared: Prepared
    simulator: Simulator
    origin: NDArray[np.float64]
    told: Mapping[str, Any] = field(default_factory=dict)
    shown: object = None

    @property
    def facts(self) -> Mapping[str, Any]:
        """What others need to know to meet it."""
        return self.prepared.facts


class Simulations:
    """The simulators of a world (a resource).

    Attributes
    ----------
    conductor
        None while the world names no simulator.
    parts
        Simulators by name.
    troubles
        Why some of the world's simulators, or links of them, are not there: a sentence each.
    """

    def __init__(self) -> None:
        self.conductor: Conductor | None = None
        self.parts: dict[str, Part] = {}
        self.troubles: list[str] = []
        self._prepared: dict[_Key, Prepared] = {}
        self._root = Path()
        self._pending = b""
        self._state_bytes = 0
        self._seen: list[int] = []
        self._tick = 0
        self._left_out, self._ground = False, 0
        """Whether some are left out, and on which ground: people are there once there is ground, whose model may come late."""
        self._untold: list[str] = []
        self._tell_at, self._asked_ground = -1, False
        """What is wrong as long as there is no ground is said from this step on: until then it may come."""

    def follow(self, world: World) -> None:
        """Make, change and close simulators as the world's components say."""
        since, self._tick = self._tick, world.tick
        tables = list(world.query(Simulation).tables())
        entities = [int(entity) for table in tables for entity in table.entities]
        looked_at = [(table, [cls for cls in (Simulation, Transform) if cls in table.types]) for table in tables]
        has_other_ground = self._left_out and _ground_version(world) != self._ground
        if entities != self._seen or has_other_ground or any(
            row_count(table.changed(types, since=since)) for table, types in looked_at
        ):  # fmt: skip
            self._seen = entities
            self._rebuild(world)
        if self._untold and world.resource(Clock).ticks >= self._tell_at:
            self._tell()
        if self._pending and self.conductor is not None:
            pending, self._pending = self._pending, b""
            try:
                arrays, facts = unpack(pending)
                alike = [name for name, key in facts["keys"].items() if name in self.parts and _hash(self.parts[name].key) == key]
                self.conductor.restore(arrays["conductor"].tobytes(), only=alike)
            except (TaixuError, KeyError) as error:
                self._say(f"Simulators begin anew: {error}")

    def advance(self, until_ns: int) -> None:
        """Go on to a time of the world's clock."""
        if self.conductor is not None:
            self.conductor.advance(until_ns)

    def close(self) -> None:
        """Close all simulators."""
        self._tell()
        self._end()

    def _end(self) -> None:
        if self.conductor is not None:
            self.conductor.close()
        self.conductor, self.parts, self._seen, self._tick = None, {}, [], 0

    # Snapshots, forks and hashes of the world

    def save_state(self) -> bytes:
        """A checkpoint of all; empty where there are none."""
        state = self._pending
        if not state and self.conductor is not None:
            whole = np.frombuffer(self.conductor.checkpoint(), np.uint8)
            state = pack({"conductor": whole}, {"keys": {name: _hash(part.key) for name, part in self.parts.items()}})
        self._state_bytes = len(state)
        return state

    def load_state(self, state: bytes) -> None:
        """Be as in a snapshot, from the next step on."""
        if not state:
            self.close()
        self._pending, self._state_bytes, self._tick = state, len(state), 0

    @property
    def state_bytes(self) -> int:
        """How large a checkpoint of all was when one was last taken, or what was said since where that is more."""
        said = () if self.conductor is None else (self.conductor.said(name) for name in self.parts)
        return max(self._state_bytes, sum(values.nbytes for columns in said for values in columns.values()))

    def state_hash(self) -> str:
        """What is hashed with the world; empty where nothing is simulated."""
        state = self.save_state()
        return hash_state(state) if state else ""

    def fork(self, world: World) -> Simulations:
        """For a copy of the world: it shares what was read and makes simulators of its own when it first steps."""
        other = Simulations()
        other._prepared, other._root = dict(self._prepared), self._root
        return other

    # Inside

    def _rebuild(self, world: World) -> None:
        now = world_time_ns(world)
        if world.has_resource(Project):
            self._root = world.resource(Project).root
        self.troubles, self._untold, self._left_out = [], [], False
        ticks = world.resource(Clock).ticks
        if self._tell_at < 0:
            self._tell_at = ticks + _GROUND_STEPS
        wait = False
        parts: dict[str, Part] = {}
        for table in world.query(Simulation).tables():
            for row, entity in enumerate(table.entities.tolist()):
                said: Simulation = table.value(Simulation, row)
                name, self._asked_ground = said.name or said.kind, False
                try:
                    if name in parts or "." in name or len(parts) >= _MOST_PARTS:
                        raise TaixuError(f"a world takes {_MOST_PARTS} simulators, each with a name of its own without dots")
                    parts[name] = self._part(world, name, said, entity)
                except TaixuError as error:
                    self._left_out = True
                    wait |= self._asked_ground and ticks < self._tell_at
                    self._say(f"The simulator {name} is left out: {error}", wait=wait)
        self._ground = _ground_version(world)
        if not parts:
            tick = self._tick
            self._end()
            self._tick = tick  # what is left out is looked at again when it changes, and said once
            self._seen = [int(entity) for table in world.query(Simulation).tables() for entity in table.entities]
            return
        kept = {name for name, part in parts.items() if name in self.parts and self.parts[name].simulator is part.simulator}
        links = [link for part in parts.values() for link in self._links(part, parts, wait=wait)]
        conductor = Conductor([part.simulator for part in parts.values()], links, start_ns=now)
        if self.conductor is not None:
            conductor.take_over(self.conductor, kept)
            for name, part in self.parts.items():
                if name not in kept:
                    part.simulator.close()
        self.conductor, self.parts = conductor, parts

    def _part(self, world: World, name: str, said: Simulation, entity: int) -> Part:
        kind = world.resource(SimulatorKinds).kind(said.kind)
        if not isinstance(said.told, Mapping):
            raise TaixuError("told takes an object: who says each of its columns")
        key = (said.kind, json.dumps(said.settings, sort_keys=True, default=str), said.process)
        if key not in self._prepared:
            trusted = world.has_resource(ScriptHost) and world.resource(ScriptHost).trusted
            prepared = kind.prepare(Settings(said.settings, self._root), Site(self._root, lambda: self._floors(world), trusted))
            if said.process:
                live = world.resource(Clock).max_steps is not None
                prepared = replace(prepared, make=partial(_remote, kind, said.settings, self._root, live=live))
        else:
            prepared = self._prepared[key]
        origin = np.zeros(3)
        if not prepared.in_world and world.has(entity, Transform):
            at = world.get(entity, Transform)
            origin = np.array(at.cell, np.float64) * CELL_M + np.array(at.translation, np.float64)
        before = self.parts.get(name)
        simulator = before.simulator if before is not None and before.key == key else prepared.make(name)
        self._prepared[key] = prepared  # what cannot be made is prepared anew, on other ground
        return Part(name, entity, key, kind, prepared, simulator, origin, said.told)

    def _floors(self, world: World) -> FloorGrid:
        self._asked_ground = True
        if not world.has_resource(Navigator):
            raise TaixuError("people want floors to walk on, and nothing here makes a navigation mesh")
        return world.resource(Navigator).wait(world).floors

    def _links(self, part: Part, parts: Mapping[str, Part], *, wait: bool) -> list[Link]:
        found = []
        for column, spec in part.told.items():
            try:
                found.append(_link(f"{part.name}.{column}", part, spec, parts))
            except TaixuError as error:
                self._say(f"The simulator {part.name} is not told {column}: {error}", wait=wait)
        return found

    def _say(self, sentence: str, *, wait: bool = False) -> None:
        self.troubles.append(sentence)
        if wait:
            self._untold.append(sentence)
        else:
            _log.warning("%s", sentence)

    def _tell(self) -> None:
        untold, self._untold = self._untold, []
        for sentence in untold:
            _log.warning("%s", sentence)


def _hash(key: _Key) -> str:
    """Whose states are alike: those of one kind and settings, in whatever process."""
    return hash_state("/".join(key[:2]).encode())


def advance_simulations(world: World, *, steps: int = 1) -> None:
    """Fixed steps of a world's simulators: go on to the end of the last, and move what they move; the clock is the caller's."""
    from taixu.simulation.worlds.hearing import hear_fields
    from taixu.simulation.worlds.placing import place_simulated

    runs = world.resource(Simulations)
    runs.follow(world)
    hear_fields(world, runs)
    until = world_time_ns(world, steps=steps)
    runs.advance(until)
    place_simulated(world, until)


def step_copy(world: World, *, steps: int = 1) -> None:
    """Fixed steps of a copy of a world, of which only the simulators go on: bodies, scripts and devices stand as they stood."""
    advance_simulations(world, steps=steps)
    world.resource(Clock).ticks += steps
    world.flush()
    world.advance()


def world_time_ns(world: World, *, steps: int = 0) -> int:
    """The time by which a world's simulators go: of its last fixed step, or of so many later."""
    clock = world.resource(Clock)
    return (clock.ticks + steps) * 1_000_000_000 // clock.steps_per_sec


def _ground_version(world: World) -> int:
    return world.resource(Navigator).version if world.has_resource(Navigator) else 0


def _remote(kind: SimulatorKind, settings: Any, root: Path, name: str, *, live: bool) -> Remote:
    """A simulator in a process of its own; while somebody looks, nobody waits long for it."""
    prepare = f"{kind.prepare.__module__}:{kind.prepare.__qualname__}"
    patience = _PATIENCE_SECS if live else math.inf
    return Remote("taixu.simulation.worlds.kinds:make_elsewhere", prepare, settings, str(root), name, patience_secs=patience)


def _link(into: str, part: Part, spec: Any, parts: Mapping[str, Part]) -> Link:
    if isinstance(spec, str):
        of, by = [spec], None
    else:
        options = Settings(spec, Path())
        of, kind = options.texts("of"), options.text("by")
        if kind not in MEETINGS or not of:
            raise TaixuError(f"there is no way to meet called {kind!r:.60}; there are {', '.join(MEETINGS)}, each of some column")
        by = MEETINGS[kind](part, [_source(name, parts) for name in of], options)
        options.done()
    for name in of:
        _source(name, parts)
    return Link(into, tuple(of), by)


def _source(name: str, parts: Mapping[str, Part]) -> Part:
    who, _, column = name.partition(".")
    if who not in parts or not column:
        raise TaixuError(f"{name[:60]} is no column of a simulator that runs here")
    return parts[who]
