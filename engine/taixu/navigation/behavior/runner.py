"""`Behaviors`: the minds of a world, asked when something happens to them or when they said that they want to be."""

from __future__ import annotations

import copy
import heapq
import logging
from pathlib import Path
from typing import Any

import numpy as np

from taixu.app import Clock, GameEvents
from taixu.assets.paths import data_path
from taixu.ecs import World, row_count
from taixu.errors import TaixuError
from taixu.navigation.behavior.document import Tree, read_tree
from taixu.navigation.behavior.leaves import WorldBody
from taixu.navigation.behavior.mind import Mind
from taixu.navigation.components import Behavior
from taixu.physics.naming import named
from taixu.scene.shape_meshes import ShapeState

__all__ = ["Behaviors", "think"]

_log = logging.getLogger(__name__)
_REST_SECS = 1.0
"""Before a tree that has come to its end begins again."""
_MOST_A_STEP = 500
"""Minds that are asked in one step; the others wait for the next."""


class Behaviors:
    """What everybody does (a resource)."""

    def __init__(self) -> None:
        self._minds: dict[int, Mind] = {}
        self._given: dict[int, tuple[str, int]] = {}  # tree and seed that each mind was made of
        self._boards: dict[int, Any] = {}
        self._queue: list[tuple[int, int, int]] = []
        self._order = 0
        self._trees: dict[tuple[str, int], Tree] = {}
        self._tick = -1
        self._structure = -1
        self._cursor: int | None = None
        self._refused: set[str] = set()
        self._body: WorldBody | None = None

    def doing(self, entity: int) -> list[str]:
        """What an entity does just now: the nodes of its tree from the root to what runs; empty where it has no tree."""
        mind = self._minds.get(int(entity))
        return [] if mind is None else mind.path()

    def blackboard(self, entity: int) -> dict[str, Any]:
        """What an entity's blackboard holds now."""
        mind = self._minds.get(int(entity))
        return {} if mind is None else dict(mind.memory)

    @property
    def waiting(self) -> int:
        """How many minds there are."""
        return len(self._minds)

    def step(self, world: World) -> None:
        """Ask those who are due."""
        if not self._minds and not len(world.query(Behavior)):
            return
        now = world.resource(Clock).ticks
        if self._body is None or self._body.world is not world:
            self._body = WorldBody(world)
        self._enter(world, now)
        self._hear(world, now)
        asked = 0
        while self._queue and self._queue[0][0] <= now and asked < _MOST_A_STEP:
            step, _, entity = heapq.heappop(self._queue)
            mind = self._minds.get(entity)
            if mind is None or mind.wake != step:
                continue  # it has been asked since
            asked += 1
            self._ask(world, mind, now)

    def _ask(self, world: World, mind: Mind, now: int) -> None:
        assert self._body is not None
        if mind.ended:
            mind.ended = False
            mind.states.clear()
        mind.tick(self._body, now)
        if mind.ended:
            mind.wake = now + round(_REST_SECS * self._body.rate)
        self._push(mind)

    def _push(self, mind: Mind) -> None:
        self._order += 1
        heapq.heappush(self._queue, (mind.wake, self._order, mind.entity))

    def _hear(self, world: World, now: int) -> None:
        """Who has arrived or can go no further wants to know at once."""
        events = world.resource(GameEvents)
        if self._cursor is None:
            self._cursor = events.cursor
        for batch in events.since(self._cursor):
            if batch.kind in ("arrived", "blocked"):
                for entity in batch.entities.tolist():
                    mind = self._minds.get(entity)
                    if mind is not None and not mind.ended and mind.wake > now:
                        mind.wake = now
                        self._push(mind)
        self._cursor = events.cursor

    def _enter(self, world: World, now: int) -> None:
        """Follow the components: new ones get a mind, changed ones another, and who is gone is forgotten."""
        changed: list[int] = []
        for table in world.query(Behavior):
            rows = table.changed((Behavior,), since=self._tick)
            if row_count(rows):
                changed += table.entities[rows].tolist()
        self._tick = world.tick
        world.advance()
        if world.structure.version != self._structure:
            self._structure = world.structure.version
            here = set(world.query(Behavior).entities.tolist())
            for entity in [entity for entity in self._minds if entity not in here]:
                self._drop(entity)
        if not changed:
            return
        handles = np.array(changed, np.uint64)
        for entity in handles[np.argsort(world.stable_ids(handles), kind="stable")].tolist():
            found = world.get(entity, Behavior)
            given = (found.tree, found.seed)
            same = self._given.get(entity) == given and self._boards.get(entity) == found.blackboard
            if same and (entity in self._minds) == bool(found.active):
                continue
            self._drop(entity)
            self._given[entity], self._boards[entity] = given, found.blackboard
            if found.active:
                self._start(world, entity, found, now)

    def _start(self, world: World, entity: int, found: Behavior, now: int) -> None:
        try:
            tree = self._tree(world, found.tree)
        except TaixuError as error:
            if str(error) not in self._refused:
                self._refused.add(str(error))
                _log.warning("%s: %s; nothing is done.", named(world, entity), error)
            return
        board = found.blackboard if isinstance(found.blackboard, dict) else {}
        memory = {**copy.deepcopy(tree.blackboard), **copy.deepcopy(board)}
        stable = world.stable_id(entity)
        mind = Mind(entity, tree, memory, found.seed * 0x9E3779B9 + 1 if found.seed else stable)
        self._minds[entity] = mind
        # Not all in one step, nor all at the same moment.
        mind.wake = now + int(mind.chance() * 30)
        self._push(mind)

    def _drop(self, entity: int) -> None:
        self._given.pop(entity, None)
        self._boards.pop(entity, None)
        mind = self._minds.pop(entity, None)
        if mind is not None and self._body is not None:
            mind.stop(self._body)

    def _tree(self, world: World, source: str) -> Tree:
        if not source.endswith(".json"):
            path = data_path("assets") / "behaviors" / f"{Path(source).name}.behavior.json"
            if not path.is_file():
                known = ", ".join(sorted(item.name.split(".")[0] for item in path.parent.glob("*.behavior.json")))
                raise TaixuError(f"there is no behaviour {source!r}; there are {known}, or the path of a *.behavior.json")
        else:
            path = Path(world.resource(ShapeState).resolve(source)) if world.has_resource(ShapeState) else Path(source)
        try:
            key = (str(path), path.stat().st_mtime_ns)
        except OSError:
            key = (str(path), -1)
        if key not in self._trees:
            self._trees[key] = read_tree(path)
        return self._trees[key]

    # -- copies ---------------------------------------------------------------------------------------------

    def save_state(self) -> dict[str, Any]:
        """Where everybody is in the trees."""
        return {
            "minds": {
                entity: (mind.tree, copy.deepcopy((mind.memory, mind.states, mind.cooling)), mind.wake, mind.ended, mind._chance)
                for entity, mind in self._minds.items()
            },
            "given": dict(self._given), "boards": dict(self._boards), "queue": list(self._queue), "order": self._order,
        }  # fmt: skip

    def load_state(self, state: dict[str, Any]) -> None:
        """Go on as when the state was saved."""
        self._minds = {}
        for entity, (tree, kept, wake, ended, chance) in state["minds"].items():
            mind = Mind(entity, tree, {}, chance)
            mind.memory, mind.states, mind.cooling = copy.deepcopy(kept)
            mind.wake, mind.ended = wake, ended
            self._minds[entity] = mind
        self._given, self._boards = dict(state["given"]), dict(state["boards"])
        self._queue, self._order = list(state["queue"]), state["order"]
        self._tick, self._structure, self._cursor = -1, -1, None

    def fork(self, world: object) -> Behaviors:
        other = Behaviors()
        other.load_state(self.save_state())
        return other


def think(world: World) -> None:
    """Let everybody who is due go on in the tree."""
    world.resource(Behaviors).step(world)
