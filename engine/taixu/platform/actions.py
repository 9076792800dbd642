"""Input actions: names that mean something to the game, bound to controls that a player can change.

An action has a value in [-1, 1]: bindings in `positive` push it up, those in `negative` down, axes add their
value outside the dead zone. A script asks for "jump" and never for the space bar.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taixu.errors import TaixuError
from taixu.platform.input import Edges, Input
from taixu.platform.keys import PAD_AXES

__all__ = ["Action", "ActionState", "InputMap"]


@dataclass(frozen=True, slots=True)
class Action:
    """Bindings of one action; controls are named as in `Input`: "key:w", "mouse:left", "pad:a",
    "pad_axis:left_x".
    """

    positive: tuple[str, ...] = ()
    negative: tuple[str, ...] = ()
    axes: tuple[str, ...] = ()
    dead_zone: float = 0.15


@dataclass(frozen=True, slots=True)
class ActionState:
    """An action in one step: `value` in [-1, 1], whether it is held, went down or came up.

    An axis counts as held past its middle.
    """

    value: float = 0.0
    held: bool = False
    pressed: bool = False
    released: bool = False

    def __bool__(self) -> bool:
        return self.held

    def __float__(self) -> float:
        return self.value


def _keys(*names: str) -> tuple[str, ...]:
    return tuple(f"key:{name}" for name in names)


_DEFAULTS: dict[str, Action] = {
    "move_x": Action((*_keys("d", "right"), "pad:right"), (*_keys("a", "left"), "pad:left"), ("pad_axis:left_x",)),
    "move_y": Action((*_keys("w", "up"), "pad:up"), (*_keys("s", "down"), "pad:down"), ("pad_axis:left_y",)),
    "look_x": Action(axes=("pad_axis:right_x",)),
    "look_y": Action(axes=("pad_axis:right_y",)),
    "jump": Action((*_keys("space"), "pad:a")),
    "interact": Action((*_keys("e"), "pad:x")),
    "fire": Action(("mouse:left",), axes=("pad_axis:right_trigger",)),
    "aim": Action(("mouse:right",), axes=("pad_axis:left_trigger",)),
    "run": Action((*_keys("left_shift"), "pad:left_stick")),
    "crouch": Action((*_keys("left_ctrl"), "pad:b")),
    "pause": Action((*_keys("escape"), "pad:start")),
}


class InputMap:
    """World resource: the named actions of a project.

    Parameters
    ----------
    actions : mapping of str to Action, optional
        The actions; by default the usual ones (move_x, move_y, look_x, look_y, jump, interact, fire, aim,
        run, crouch, pause).
    """

    def __init__(self, actions: Mapping[str, Action] | None = None) -> None:
        self.actions: dict[str, Action] = dict(_DEFAULTS if actions is None else actions)

    def state(self, name: str, source: Input, *, edges: Edges | None = None) -> ActionState:
        """Return the action's state.

        Parameters
        ----------
        name : str
            Name of the action; one that does not exist is never held.
        source : Input
            The controls.
        edges : Edges, optional
            Whose step is asked about: `source.frame` (default) or `source.tick`.
        """
        action = self.actions.get(name)
        if action is None:
            return ActionState()
        edges = source.frame if edges is None else edges
        controls = action.positive + action.negative + action.axes
        value = float(any(c in source.held for c in action.positive)) - any(c in source.held for c in action.negative)
        analogue = max((_outside(source.axes.get(a, 0.0), action.dead_zone) for a in action.axes), key=abs, default=0.0)
        return ActionState(
            value=min(1.0, max(-1.0, value + analogue)),
            held=any(c in source.held for c in controls),
            pressed=any(c in edges.pressed for c in controls),
            released=any(c in edges.released for c in controls),
        )

    def fork(self, world: object) -> InputMap:
        """A fork of the world asks for the same actions."""
        return self

    def to_data(self) -> dict[str, Any]:
        """Return the map as JSON- and TOML-able data; what is default in an action is left out."""
        data: dict[str, Any] = {}
        for name, action in sorted(self.actions.items()):
            entry: dict[str, Any] = {}
            for key in ("positive", "negative", "axes"):
                if getattr(action, key):
                    entry[key] = list(getattr(action, key))
            if action.dead_zone != Action().dead_zone:
                entry["dead_zone"] = action.dead_zone
            data[name] = entry
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any], *, with_defaults: bool = True) -> InputMap:
        """Return the map written by `to_data`; actions that it does not name keep their defaults unless told
        otherwise.

        Raises
        ------
        TaixuError
            If a binding is no control's name, or a value has the wrong type.
        """
        actions = dict(_DEFAULTS) if with_defaults else {}
        for name, entry in data.items():
            if not isinstance(entry, Mapping):
                raise TaixuError(f"input action {name!r} is {entry!r}; give it a table with positive, negative or axes")
            unknown = set(entry) - {"positive", "negative", "axes", "dead_zone"}
            if unknown:
                raise TaixuError(f"input action {name!r} has unknown {min(unknown)!r}; use positive, negative, axes or dead_zone")
            actions[name] = Action(
                positive=_controls(name, entry, "positive"),
                negative=_controls(name, entry, "negative"),
                axes=_controls(name, entry, "axes"),
                dead_zone=_dead_zone(name, entry.get("dead_zone", Action().dead_zone)),
            )
        return cls(actions)


def _outside(value: float, dead_zone: float) -> float:
    """Return the value rescaled so that it leaves the dead zone at 0 and still reaches 1."""
    size = abs(value)
    if size <= dead_zone:
        return 0.0
    return (1.0 if value > 0 else -1.0) * min(1.0, (size - dead_zone) / (1.0 - dead_zone))


def _controls(action: str, entry: Mapping[str, Any], key: str) -> tuple[str, ...]:
    names = entry.get(key, ())
    if isinstance(names, str):
        names = (names,)
    if not isinstance(names, (list, tuple)) or not all(isinstance(n, str) for n in names):
        raise TaixuError(f"input action {action!r} has {names!r} as {key}; give it a list of controls such as 'key:space'")
    for name in names:
        device, _, control = name.partition(":")
        pad = device.removesuffix("_axis")
        is_pad = pad == "pad" or (pad.startswith("pad") and pad[3:].isdigit())
        if key == "axes":
            good = is_pad and device.endswith("_axis") and control in PAD_AXES
        else:
            good = bool(control) and (device in ("key", "mouse") or (is_pad and not device.endswith("_axis")))
        if not good:
            kinds = f"'pad_axis:' and one of {', '.join(PAD_AXES)}" if key == "axes" else "'key:', 'mouse:' or 'pad:' and a name"
            raise TaixuError(f"input action {action!r} binds {name!r} as {key}; write {kinds}")
    return tuple(names)


def _dead_zone(action: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 <= value < 1.0:
        raise TaixuError(f"input action {action!r} has dead_zone {value!r}; give a number from 0 to below 1")
    return float(value)
