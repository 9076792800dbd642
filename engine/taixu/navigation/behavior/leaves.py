"""Leaves: what people do, by components that others act on (`Agent`, `Motion`, `Face`, `Gaze`)."""

from __future__ import annotations

from collections.abc import Callable
from math import atan2
from typing import Any

import numpy as np

from taixu.animation.motion.components import Face, Gaze, Motion
from taixu.app import Clock, Components, GameEvents
from taixu.ecs import World, component_type
from taixu.navigation.agents import Agents
from taixu.navigation.behavior.document import Node, is_place
from taixu.navigation.behavior.mind import FAILURE, RUNNING, SUCCESS, Mind, steps_of
from taixu.navigation.components import Agent
from taixu.navigation.navigator import Navigator
from taixu.physics.placement import world_placements
from taixu.scene import Name, Transform

__all__ = ["WorldBody"]

_ORIGIN = np.zeros(3, np.int32)
_PATIENCE_SECS = 10.0
_LONGEST_WALK_SECS = 600.0
_LOOK_EVERY = 15


class WorldBody:
    """The bodies of all minds of a world: leaves read and write its components."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rate = world.resource(Clock).steps_per_sec
        self._names: dict[str, int] = {}
        self._structure = -1

    # -- what minds ask -------------------------------------------------------------------------------------

    def begin(self, mind: Mind, node: Node) -> str:
        """Start a leaf."""
        return _BEGIN[node.kind](self, mind, node)

    def go_on(self, mind: Mind, node: Node) -> str:
        """Ask a leaf that runs how it goes."""
        return _GO_ON.get(node.kind, WorldBody._until)(self, mind, node)

    def end(self, mind: Mind, node: Node) -> None:
        """Break a leaf off."""
        if node.kind in _WALKS:
            self._stop(mind)
        elif node.kind in _ACTS:
            self._act(mind, "")

    def holds(self, mind: Mind, test: dict[str, Any]) -> bool:
        """Whether something is so."""
        if "not" in test:
            return not self.holds(mind, test["not"])
        if "all" in test:
            return all(self.holds(mind, part) for part in test["all"])
        if "any" in test:
            return any(self.holds(mind, part) for part in test["any"])
        if "near" in test:
            there, here = self._place_of(mind, test["near"]), self._here(mind.entity)
            return there is not None and here is not None and float(np.linalg.norm(there - here)) <= float(test["within"])
        found = mind.memory.get(test["key"]) if "key" in test else self._field(mind, test)
        if "set" in test:
            return (found is not None) == bool(test["set"])
        if "is" in test:
            return bool(found == mind.value(test["is"]))
        if not isinstance(found, (int, float)):
            return False
        return found > test.get("over", -np.inf) and found < test.get("under", np.inf)

    # -- leaves ---------------------------------------------------------------------------------------------

    def _if(self, mind: Mind, node: Node) -> str:
        return SUCCESS if self.holds(mind, node.values["test"]) else FAILURE

    def _set(self, mind: Mind, node: Node) -> str:
        key = mind.value(node.values["key"])
        if not isinstance(key, str) or (len(mind.memory) >= 256 and key not in mind.memory):
            return FAILURE
        mind.memory[key] = mind.value(node.values["value"])
        return SUCCESS

    def _wait(self, mind: Mind, node: Node) -> str:
        return self._for(mind, node, steps_of(mind, node.values.get("secs"), 1.0, steps_per_sec=self.rate))

    def _for(self, mind: Mind, node: Node, steps: int) -> str:
        mind.states[node.number] = {"until": mind.now + steps}
        return self._until(mind, node)

    def _until(self, mind: Mind, node: Node) -> str:
        until = mind.states[node.number]["until"]
        if mind.now >= until:
            self.end(mind, node)
            return SUCCESS
        mind.wake_at(until)
        return RUNNING

    def _go_to(self, mind: Mind, node: Node) -> str:
        place = mind.value(node.values["place"])
        if place == "random":
            place = self._random(mind, mind.value(node.values.get("within", 30.0)))
        elif isinstance(place, (list, tuple)) and place and all(is_place(item) for item in place):
            place = mind.choose(list(place))
        elif isinstance(place, str):
            found = self._place_of(mind, place)
            place = None if found is None else found.tolist()
        if not is_place(place) or not self.world.has(mind.entity, Agent):
            return FAILURE
        return self._walk(mind, node, goal=tuple(float(part) for part in place), target=0)

    def _go_near(self, mind: Mind, node: Node) -> str:
        who = self._who(mind, node.values["what"])
        if who is None or not self.world.has(mind.entity, Agent):
            return FAILURE
        return self._walk(mind, node, target=who, near=self._number(mind, node, "near", 1.2))

    def _follow(self, mind: Mind, node: Node) -> str:
        status = self._go_near(mind, node)
        if status == RUNNING:
            state = mind.states[node.number]
            state["whom"] = self._who(mind, node.values["what"])
            state["until"] = mind.now + steps_of(mind, node.values.get("secs"), 10.0, steps_per_sec=self.rate)
        return status

    def _flee(self, mind: Mind, node: Node) -> str:
        there, here = self._place_of(mind, node.values["what"]), self._here(mind.entity)
        mesh = self.world.resource(Navigator).mesh
        if there is None or here is None or mesh is None or not self.world.has(mind.entity, Agent):
            return FAILURE
        far = self._number(mind, node, "metres", 10.0)
        angles = np.arctan2(*(here - there)[[0, 2]]) + np.linspace(-1.5, 1.5, 9)
        tries = here + far * np.stack([np.sin(angles), np.zeros(9), np.cos(angles)], axis=1)
        places = mesh.nearest(tries)
        home = mesh.nearest_floors(here)
        floors = mesh.nearest_floors(np.nan_to_num(places))
        good = np.isfinite(places).all(axis=1) & (floors >= 0) & (home[0] >= 0)
        good[good] = mesh.islands[mesh.floors.polygon[floors[good]]] == mesh.islands[mesh.floors.polygon[home[0]]]
        if not good.any():
            return FAILURE
        away = np.where(good, np.linalg.norm(np.nan_to_num(places) - there, axis=1), -1.0)
        return self._walk(mind, node, goal=tuple(places[int(np.argmax(away))].tolist()), target=0)

    def _walk(self, mind: Mind, node: Node, **where: Any) -> str:
        speed = node.values.get("speed")
        fields = {"near": 0.0, **where}
        fields["near_m"] = self._number(mind, node, "near", fields.pop("near"))
        if speed is not None:
            fields["speed"] = self._number(mind, node, "speed", 1.4)
        self.world.set(mind.entity, Agent, going=True, **fields)
        mind.states[node.number] = {"until": mind.now + int(_LONGEST_WALK_SECS * self.rate), "blocked": 0, "begun": mind.now}
        mind.wake_at(mind.states[node.number]["until"])
        return RUNNING

    def _walking(self, mind: Mind, node: Node) -> str:
        state = mind.states[node.number]
        agent = self.world.get(mind.entity, Agent) if self.world.has(mind.entity, Agent) else None
        if agent is None:
            return FAILURE
        if not agent.going and mind.now > state["begun"] + 1:
            return SUCCESS if agent.state == "arrived" else FAILURE
        if agent.state == "blocked":
            patience = steps_of(mind, node.values.get("patience"), _PATIENCE_SECS, steps_per_sec=self.rate)
            state["blocked"] = state["blocked"] or mind.now + patience
            if mind.now >= state["blocked"]:
                self._stop(mind)
                return FAILURE
            mind.wake_at(min(state["blocked"], mind.now + _LOOK_EVERY * 4))
        else:
            state["blocked"] = 0
        if mind.now >= state["until"]:
            self._stop(mind)
            return FAILURE
        mind.wake_at(min(state["until"], mind.now + self.rate * 5))
        return RUNNING

    def _following(self, mind: Mind, node: Node) -> str:
        state = mind.states[node.number]
        whom = state["whom"]
        if mind.now >= state["until"] or not self.world.alive(whom)[0]:
            self._stop(mind)
            return SUCCESS if mind.now >= state["until"] else FAILURE
        here, there = self._here(mind.entity), self._here(whom)
        near = self._number(mind, node, "near", 1.2)
        far = here is not None and there is not None and float(np.linalg.norm(there - here)) > near + 0.6
        if far and not self.world.get(mind.entity, Agent).going:
            self.world.set(mind.entity, Agent, going=True, target=whom)
        mind.wake_at(min(state["until"], mind.now + _LOOK_EVERY))
        return RUNNING

    def _face(self, mind: Mind, node: Node) -> str:
        there, here = self._place_of(mind, node.values["what"]), self._here(mind.entity)
        if there is None or here is None:
            return FAILURE
        self._turn_to(mind, there - here)
        return self._for(mind, node, steps_of(mind, node.values.get("secs"), 1.0, steps_per_sec=self.rate))

    def _turn_to(self, mind: Mind, way: Any) -> None:
        self.world.resource(Agents).face(mind.entity, atan2(float(way[0]), float(way[2])))

    def _say(self, mind: Mind, node: Node) -> str:
        text = mind.value(node.values["text"])
        text = mind.choose(text) if isinstance(text, list) and text else text
        if not isinstance(text, str):
            return FAILURE
        self._speak(mind, text)
        return self._for(mind, node, steps_of(mind, node.values.get("secs"), 0.8 + 0.07 * len(text), steps_per_sec=self.rate))

    def _speak(self, mind: Mind, text: str) -> None:
        if self.world.has(mind.entity, Face):
            self.world.set(mind.entity, Face, saying=text)

    def _doing(self, mind: Mind, node: Node) -> str:
        act = {"sit": "sit", "wave": "wave"}.get(node.kind) or mind.value(node.values["act"])
        usual = {"sit": 10.0, "wave": 2.0}.get(node.kind, 4.0)
        self._act(mind, act if isinstance(act, str) else "")
        return self._for(mind, node, steps_of(mind, node.values.get("secs"), usual, steps_per_sec=self.rate))

    def _talk(self, mind: Mind, node: Node) -> str:
        who = self._who(mind, node.values["what"])
        there, here = (None if who is None else self._here(who)), self._here(mind.entity)
        if there is None or here is None or float(np.linalg.norm(there - here)) > 4.0:
            return FAILURE
        self._turn_to(mind, there - here)
        if self.world.has(mind.entity, Gaze):
            self.world.set(mind.entity, Gaze, target=who)
        self._act(mind, "talk")
        text = mind.value(node.values.get("text"))
        text = mind.choose(text) if isinstance(text, list) and text else text
        if isinstance(text, str):
            self._speak(mind, text)
        return self._for(mind, node, steps_of(mind, node.values.get("secs"), 4.0, steps_per_sec=self.rate))

    def _call(self, mind: Mind, node: Node) -> str:
        name = mind.value(node.values["name"])
        if not isinstance(name, str):
            return FAILURE
        entities = np.array([mind.entity], np.uint64)
        names = np.empty(1, object)
        names[0] = name
        self.world.resource(GameEvents).publish("message", entities, name=names)
        return SUCCESS

    # -- hands ----------------------------------------------------------------------------------------------

    def _act(self, mind: Mind, act: str) -> None:
        if self.world.alive(mind.entity)[0] and self.world.has(mind.entity, Motion):
            self.world.set(mind.entity, Motion, act=act)

    def _stop(self, mind: Mind) -> None:
        if self.world.alive(mind.entity)[0] and self.world.has(mind.entity, Agent):
            self.world.set(mind.entity, Agent, going=False, target=0)

    def _number(self, mind: Mind, node: Node, key: str, usual: float) -> float:
        value = mind.value(node.values.get(key, usual))
        return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < 1e6 else usual

    def _here(self, entity: int) -> Any:
        """Where an entity is, [3]; None where that is nowhere."""
        if not self.world.alive(entity)[0] or not self.world.has(entity, Transform):
            return None
        poses, _ = world_placements(self.world, np.array([entity], np.uint64), _ORIGIN)
        return poses[0, :3] if np.isfinite(poses[0]).all() else None

    def _who(self, mind: Mind, given: Any) -> int | None:
        """The entity of a name, as the world has it or as the blackboard does."""
        name = mind.value(given)
        if not isinstance(name, str):
            return None
        if self._structure != self.world.structure.version:
            self._structure, self._names = self.world.structure.version, {}
            for table in self.world.query(Name):
                for text, entity in zip(table.read(Name, "text").tolist(), table.entities.tolist(), strict=True):
                    self._names.setdefault(text, entity)
        found = self._names.get(name)
        return found if found is not None and self.world.alive(found)[0] else None

    def _place_of(self, mind: Mind, given: Any) -> Any:
        """The place of an entity by name, or one that the blackboard holds."""
        value = mind.value(given)
        if is_place(value):
            return np.asarray(value, np.float64)
        who = self._who(mind, value)
        return None if who is None else self._here(who)

    def _random(self, mind: Mind, within: Any) -> Any:
        mesh = self.world.resource(Navigator).mesh
        here = self._here(mind.entity)
        if mesh is None or here is None:
            return None
        home = mind.memory.setdefault("home", here.tolist())
        far = float(within) if isinstance(within, (int, float)) else 30.0
        middle = np.asarray(home, np.float64) if is_place(home) else here
        begin = mesh.nearest_floors(here)
        if begin[0] < 0:
            return None
        angles = np.array([mind.chance() for _ in range(8)]) * 2 * np.pi
        away = far * np.sqrt([mind.chance() for _ in range(8)])
        tries = middle + np.stack([np.sin(angles) * away, np.zeros(8), np.cos(angles) * away], axis=1)
        floors = mesh.nearest_floors(tries)
        good = np.flatnonzero(floors >= 0)
        good = good[mesh.islands[mesh.floors.polygon[floors[good]]] == mesh.islands[mesh.floors.polygon[begin[0]]]]
        return mesh.floors.places(floors[good[:1]], tries[good[:1]])[0].tolist() if len(good) else None

    def _field(self, mind: Mind, test: dict[str, Any]) -> Any:
        name, _, part = test["field"].partition(".")
        declared = self.world.resource(Components).find(name)
        who = self._who(mind, test["of"]) if "of" in test else mind.entity
        if declared is None or part not in component_type(declared.cls).by_name:
            return None
        if who is None or not self.world.has(who, declared.cls):
            return None
        return getattr(self.world.get(who, declared.cls), part)


_Leaf = Callable[[WorldBody, Mind, Node], str]
_BEGIN: dict[str, _Leaf] = {
    "if": WorldBody._if, "set": WorldBody._set, "wait": WorldBody._wait, "go_to": WorldBody._go_to, "go_near": WorldBody._go_near,
    "follow": WorldBody._follow, "flee": WorldBody._flee, "face": WorldBody._face, "say": WorldBody._say, "act": WorldBody._doing,
    "sit": WorldBody._doing, "wave": WorldBody._doing, "talk_to": WorldBody._talk, "call": WorldBody._call,
}  # fmt: skip
_GO_ON: dict[str, _Leaf] = {
    "go_to": WorldBody._walking, "go_near": WorldBody._walking, "flee": WorldBody._walking, "follow": WorldBody._following,
}
_WALKS, _ACTS = frozenset(_GO_ON), frozenset(("act", "sit", "wave", "talk_to"))
