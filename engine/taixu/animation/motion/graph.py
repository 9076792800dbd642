"""`StateGraph`: which motion a person is in, as data (JSON), and how all people's states go on together.

A graph is layers; a layer has states and transitions. A state names a motion: one of the functions ("move", "sit",
"wave", "point", "hold", "cheer", "talk", "none"), a clip, or a blend of clips along a parameter. Later layers lie on earlier ones
through a mask of bones.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.acts import ARMS, RIGHT_ARM, UPPER_BODY
from taixu.animation.motion.turns import F32
from taixu.assets.humanoid import BONE_NUMBERS
from taixu.errors import TaixuError

__all__ = ["MASKS", "USUAL", "Layer", "State", "StateGraph", "Transition", "read_graph"]

MASKS: dict[str, F32] = {
    "all": np.ones(len(BONE_NUMBERS), np.float32), "upper_body": UPPER_BODY, "arms": ARMS, "right_arm": RIGHT_ARM,
}  # fmt: skip
MOTIONS = ("move", "sit", "wave", "point", "hold", "cheer", "talk", "none")
PARAMETERS = ("speed", "turning", "secs")
_MOST = 200


@dataclass(frozen=True, slots=True)
class State:
    """A motion with a name.

    Attributes
    ----------
    motion : str
        "move", "sit", "wave", "point", "hold", "cheer", "talk", "none", or "clip".
    clips : tuple of (float, str)
        For clips: where along `along` each is shown alone, and its name; one clip needs no `along`.
    along : str
        Parameter of the blend.
    loop : bool
        Of clips.
    mask : str
        Bones that it moves, within its layer.
    """

    name: str
    motion: str = "none"
    clips: tuple[tuple[float, str], ...] = ()
    along: str = "speed"
    loop: bool = True
    mask: str = "all"


@dataclass(frozen=True, slots=True)
class Transition:
    """A way from state to state, taken when all its conditions hold.

    Attributes
    ----------
    source, target : int
        States by number; a source of -1 is any other.
    conditions : tuple of (str, str, value)
        Parameter, "above", "below", "is" or "not", and what it is compared with.
    secs : float
        Time of the change.
    """

    source: int
    target: int
    conditions: tuple[tuple[str, str, Any], ...]
    secs: float = 0.3


@dataclass(frozen=True, slots=True)
class Layer:
    """States of which each person is in one; the first is where everybody begins."""

    name: str
    mask: str
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]


@dataclass(frozen=True, slots=True)
class StateGraph:
    """A whole graph."""

    layers: tuple[Layer, ...] = field(default=())

    def step(self, layer: int, states: NDArray[np.int32], parameters: dict[str, NDArray[Any]]) -> tuple[NDArray[np.int32], F32]:
        """The states that people go over to, and the times of the change.

        Parameters
        ----------
        states : int32 array [n]
            Where they are.
        parameters : dict of str to array [n]
            "speed" (m/s), "turning" (rad/s), "secs" (in this state), and "act" (objects, text).

        Returns
        -------
        int32 array [n], float32 array [n]
            The same states where nothing changes.
        """
        following, secs = states.copy(), np.zeros(len(states), np.float32)
        for way in self.layers[layer].transitions:
            taken = (following == states) & (states != way.target)
            if way.source >= 0:
                taken &= states == way.source
            for name, relation, value in way.conditions:
                if not taken.any():
                    break
                taken &= _holds(parameters[name], relation, value)
            following[taken], secs[taken] = way.target, way.secs
        return following, secs


def _holds(values: NDArray[Any], relation: str, wanted: Any) -> NDArray[np.bool_]:
    if relation == "above":
        return np.asarray(values > wanted)
    if relation == "below":
        return np.asarray(values < wanted)
    same = np.asarray(values == wanted)
    return same if relation == "is" else ~same


def read_graph(text: str, *, name: str = "graph") -> StateGraph:
    """Read a graph from JSON.

    Raises
    ------
    TaixuError
        What is wrong, and where.
    """
    if len(text) > 1_000_000:
        raise TaixuError(f"{name}: it has more than a million characters; a state graph is small")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TaixuError(f"{name}: it is no JSON ({error})") from None
    layers = _list(data, "layers", name)
    return StateGraph(tuple(_read_layer(layer, f"{name}: layers/{place}") for place, layer in enumerate(layers)))


def _list(data: Any, key: str, where: str) -> list[Any]:
    found = data.get(key, []) if isinstance(data, dict) else None
    if not isinstance(found, list) or len(found) > _MOST or not all(isinstance(one, dict) for one in found):
        raise TaixuError(f"{where}: '{key}' must be a list of at most {_MOST} objects")
    return found


def _text(data: dict[str, Any], key: str, usual: str, where: str, among: tuple[str, ...] = ()) -> str:
    found = data.get(key, usual)
    if not isinstance(found, str) or (among and found not in among):
        raise TaixuError(f"{where}/{key}: it must be {'one of ' + ', '.join(among) if among else 'a text'}")
    return found


def _number(value: Any, where: str) -> float:
    if type(value) not in (int, float) or not abs(value) < 1e6:
        raise TaixuError(f"{where}: it must be a number")
    return float(value)


def _read_layer(data: dict[str, Any], where: str) -> Layer:
    states: list[State] = []
    for place, entry in enumerate(_list(data, "states", where)):
        at = f"{where}/states/{place}"
        clips = tuple(
            (_number(one.get("at", 0.0), f"{at}/clips/at"), _text(one, "clip", "", f"{at}/clips"))
            for one in _list(entry, "clips", at)
        )
        states.append(State(
            _text(entry, "name", f"state {place}", at),
            "clip" if clips else _text(entry, "motion", "none", at, MOTIONS),
            tuple(sorted(clips)),
            _text(entry, "along", "speed", at, PARAMETERS),
            entry.get("loop", True) is True,
            _text(entry, "mask", "all", at, tuple(MASKS)),
        ))  # fmt: skip
    if not states:
        raise TaixuError(f"{where}: it needs a state")
    names = {state.name: number for number, state in enumerate(states)}
    ways: list[Transition] = []
    for place, entry in enumerate(_list(data, "transitions", where)):
        at = f"{where}/transitions/{place}"
        source, target = _text(entry, "from", "*", at), _text(entry, "to", "", at)
        if target not in names or (source != "*" and source not in names):
            raise TaixuError(f"{at}: there is no state '{target if target not in names else source}'")
        conditions = tuple(_read_condition(one, f"{at}/when") for one in _list(entry, "when", at))
        secs = min(max(_number(entry.get("secs", 0.3), f"{at}/secs"), 0.0), 60.0)
        ways.append(Transition(names.get(source, -1), names[target], conditions, secs))
    mask = _text(data, "mask", "all", where, tuple(MASKS))
    return Layer(_text(data, "name", "", where), mask, tuple(states), tuple(ways))


def _read_condition(data: dict[str, Any], where: str) -> tuple[str, str, Any]:
    parameter = _text(data, "parameter", "act", where, (*PARAMETERS, "act"))
    relations = ("is", "not") if parameter == "act" else ("above", "below")
    for relation in relations:
        if relation in data:
            value = data[relation]
            if parameter == "act" and not isinstance(value, str):
                raise TaixuError(f"{where}/{relation}: it must be a text")
            return parameter, relation, value if parameter == "act" else _number(value, f"{where}/{relation}")
    raise TaixuError(f"{where}: it must say '{relations[0]}' or '{relations[1]}' of {parameter}")


USUAL_JSON = """
{"layers": [
  {"name": "body", "states": [{"name": "move", "motion": "move"}, {"name": "sit", "motion": "sit"}],
   "transitions": [
     {"from": "move", "to": "sit", "secs": 0.9, "when": [{"parameter": "act", "is": "sit"}]},
     {"from": "sit", "to": "move", "secs": 0.8, "when": [{"parameter": "act", "not": "sit"}]}]},
  {"name": "hands", "states": [
     {"name": "free", "motion": "none"},
     {"name": "wave", "motion": "wave", "mask": "right_arm"},
     {"name": "point", "motion": "point", "mask": "right_arm"},
     {"name": "hold", "motion": "hold", "mask": "right_arm"},
     {"name": "cheer", "motion": "cheer", "mask": "upper_body"},
     {"name": "talk", "motion": "talk", "mask": "upper_body"}],
   "transitions": [
     {"to": "wave", "secs": 0.45, "when": [{"parameter": "act", "is": "wave"}]},
     {"to": "point", "secs": 0.4, "when": [{"parameter": "act", "is": "point"}]},
     {"to": "hold", "secs": 0.5, "when": [{"parameter": "act", "is": "hold"}]},
     {"to": "cheer", "secs": 0.4, "when": [{"parameter": "act", "is": "cheer"}]},
     {"to": "talk", "secs": 0.6, "when": [{"parameter": "act", "is": "talk"}, {"parameter": "speed", "below": 0.8}]},
     {"from": "wave", "to": "free", "secs": 0.5, "when": [{"parameter": "act", "not": "wave"}]},
     {"from": "point", "to": "free", "secs": 0.5, "when": [{"parameter": "act", "not": "point"}]},
     {"from": "hold", "to": "free", "secs": 0.5, "when": [{"parameter": "act", "not": "hold"}]},
     {"from": "cheer", "to": "free", "secs": 0.5, "when": [{"parameter": "act", "not": "cheer"}]},
     {"from": "talk", "to": "free", "secs": 0.6, "when": [{"parameter": "act", "not": "talk"}]}]}
]}
"""
USUAL = read_graph(USUAL_JSON, name="the usual graph")
"""What people do who have no graph of their own."""
