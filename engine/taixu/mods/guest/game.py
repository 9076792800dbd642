"""`import game` in a mod: the table of the interface, bound to what the engine mirrored into this sandbox."""

from __future__ import annotations

import _game_runtime as _runtime
from _game_entity import Entity
from _game_entity import Made as _Made
from _game_entity import entities_of as _entities_of
from _game_entity import entity_of as _entity_of
from _game_event import Event
from _game_fields import checked_field as _checked_field
from _game_functions import atan2, clamp, cos, exp, floor, largest, length, maximum, minimum, roll, sin, smallest, sqrt, sum, where
from _game_mirror import mirror as _mirror
from _game_routines import RayBatch as _RayBatch
from _game_routines import Wait as _Wait
from _game_routines import WaitEvent as _WaitEvent
from _game_routines import ticks_of as _ticks_of
from _game_tables import Columns as _Columns
from _game_vectors import Quat, Vec3
from _game_wire import GameError as _GameError
from _game_wire import check_call as _check_call
from _game_wire import from_data as _from_data
from _game_wire import to_data as _to_data

__all__ = [
    "Asset", "Color", "Entity", "Event", "Quat", "Vec3", "action", "apply_force", "apply_impulse", "atan2", "chat", "clamp",
    "columns", "cos", "despawn", "exp", "field", "find", "floor", "hide", "joint_positions", "largest", "length", "listen",
    "log", "maximum", "minimum", "mouse", "play_sound", "query", "raycast", "raycasts", "request", "roll", "send", "set",
    "set_joint_target", "set_velocity", "show_bar", "show_button", "show_input", "show_map", "show_text", "sin", "smallest",
    "spawn", "sqrt", "start", "store", "stored", "sum", "timer", "velocity", "wait", "wait_event", "where",
]  # fmt: skip

Color = Vec3
Asset = str
_SHAPES = ("box", "sphere", "cylinder", "capsule", "cone", "plane", "torus")
_state = _runtime.state


def __getattr__(name):
    """What changes from step to step."""
    match name:
        case "entity":
            if not _state.entity:
                raise _GameError("this mod belongs to no entity; find one with game.find or game.query")
            return _entity_of(_state.entity)
        case "time" | "dt" | "tick" | "random":
            return getattr(_state, name)
    raise AttributeError(f"module 'game' has no attribute {name!r}")


def field(default, *, min=None, max=None, unit="", doc="", choices=()):
    return default


def query(*components, without=()):
    return list(_mirror.listed(components, _names(without), _entities_of))


def columns(component, *fields, having=(), without=(), own=False):
    return _Columns(component, fields, _names(having), _names(without), bool(own))


def find(name):
    if "name" not in _mirror.bits:
        raise _GameError("this mod may not read 'name'; name it in its mod.toml, under [access] read")
    found = _mirror.named(name, _state.made)
    if not found:
        found = _min_of((number for number, item in _mirror.pending.items() if item.name == name), default=0)
    return _entity_of(found) if found else None


def spawn(
    what="", *, position=(0.0, 0.0, 0.0), rotation=None, scale=1.0, name="", parent=None, **components
):
    _mirror.may("spawn", "game.spawn")
    _call(
        "spawn", what=what, position=position, rotation=rotation, scale=scale, name=name, parent=parent
    )
    parts = {"transform": {}}
    if name:
        parts["name"] = {}
    for key, values in components.items():
        if values is not False:
            values = {} if values is True else values
            known = _mirror.check_names(key, values)
            parts[key] = {}
            for item, value in values.items():
                parts[key][item] = _checked_field(known[item], value)
    if what in _SHAPES:
        parts.setdefault("shape", {"kind": what})
    elif what and not what.endswith(".prefab.json"):
        parts.setdefault("model", {"source": what})
    if not _mirror.ids:
        raise _GameError(f"this mod may spawn {_state.most_spawns} entities in a step; spread them, or ask for more in mod.toml")
    number = _mirror.ids.pop(0)
    made = _Made(what, Vec3(position), rotation and Quat(rotation), Vec3(scale), name, parent, parts)
    _mirror.pending[number] = made
    _mirror.commands.append(["spawn", made, number])
    return _entity_of(number)


def despawn(entity=None):
    _order("despawn", entity=_self() if entity is None else entity)


def set(entities, component, **fields):
    _mirror.check_names(component, fields)
    entities = list(entities)
    for name, value in fields.items():
        if isinstance(value, list) and len(value) != len(entities):
            raise _GameError(f"game.set: {name} has {len(value)} values for {len(entities)} entities; give one for each")
        for place, entity in enumerate(entities):
            if entity.alive and _mirror.has(entity.id, component):
                setattr(getattr(entity, component), name, value[place] if isinstance(value, list) else value)


def timer(seconds, function=None, *, repeat=False, name=""):
    ticks = _ticks_of(seconds, _state.steps_per_sec)
    if function is None:
        event = Event("timer", name)
        function = lambda: _runtime.deliver(event)  # noqa: E731
    return _state.timers.add(_state.tick + ticks, function, owner=None, every=ticks if repeat else 0)


def start(routine):
    _runtime.start_routine(routine)


def wait(seconds):
    _ticks_of(seconds, _state.steps_per_sec)
    return _Wait(seconds)


def wait_event(kind, name=""):
    return _WaitEvent(kind, name)


def send(name, to=None, **data):
    _order("send", name=name, to=to, data=_to_data(data, "game.send"))


def listen(kind):
    if kind not in _state.kinds:
        raise _GameError(f"there are no events of kind {kind!r}; there are {', '.join(_state.kinds)}")
    _order("listen", kind=kind)


def action(name):
    _mirror.may("input", "game.action")
    return _state.actions.get(name, _runtime.NO_ACTION)


def mouse():
    _mirror.may("input", "game.mouse")
    return _state.mouse


def play_sound(sound, *, at=None, volume=1.0, pitch=1.0):
    _order("play_sound", sound=sound, at=at, volume=volume, pitch=pitch)


def raycast(origin, direction, *, max_distance=1000.0, mask=0x3FFFFFFF, ignore=None):
    raise _GameError("a mod asks with game.raycasts, many rays at once; the answer comes in the next step")


def raycasts(origins, directions, *, max_distance=1000.0, mask=0x3FFFFFFF):
    batch = _RayBatch()
    _state.rays_asked += 1
    _order(
        "raycasts",
        batch=_state.rays_asked, origins=origins, directions=directions, max_distance=max_distance, mask=mask,
    )  # fmt: skip
    _state.rays[_state.rays_asked] = batch
    return batch


def apply_impulse(entity, impulse, *, at=None):
    _order("apply_impulse", entity=_living(entity, "apply_impulse"), impulse=impulse, at=at)


def apply_force(entity, force, *, at=None):
    _order("apply_force", entity=_living(entity, "apply_force"), force=force, at=at)


def set_velocity(entity, linear=None, *, angular=None):
    _order("set_velocity", entity=_living(entity, "set_velocity"), linear=linear, angular=angular)


def velocity(entity):
    body = _living(entity, "get_velocity").rigid_body
    return body.linear_velocity, body.angular_velocity


def joint_positions(entity):
    if "articulation" not in _mirror.bits:
        raise _GameError("this mod may not read 'articulation'; name it in its mod.toml, under [access] read")
    return dict(_state.joints.get(_living(entity, "joint_positions").id, {}))


def set_joint_target(entity, name, value):
    _order("set_joint_target", entity=_living(entity, "set_joint_target"), name=name, value=value)


def show_text(name, text, *, corner="top_left", offset=(0.0, 0.0), size=1.0, color=(1.0, 1.0, 1.0)):
    _order("show_text", name=name, text=text, corner=corner, offset=offset, size=size, color=color)


def show_button(name, text, *, corner="top_left", offset=(0.0, 0.0)):
    _order("show_button", name=name, text=text, corner=corner, offset=offset)


def show_bar(name, value, *, text="", corner="top_left", offset=(0.0, 0.0), color=(0.2, 0.7, 1.0)):
    _order("show_bar", name=name, value=value, text=text, corner=corner, offset=offset, color=color)


def show_input(name, hint="", *, text="", corner="top_left", offset=(0.0, 0.0)):
    _order("show_input", name=name, hint=hint, text=text, corner=corner, offset=offset)


def show_map(name, dots, *, colors=(), corner="top_left", offset=(0.0, 0.0), size=1.0):
    _order("show_map", name=name, dots=dots, colors=colors, corner=corner, offset=offset, size=size)


def hide(name=""):
    _order("hide", name=name)


def chat(text):
    _order("chat", text=text)


def store(key, value):
    _mirror.may("storage", "game.store")
    given = _call("store", key=key, value=value)
    _state.stored.put(given["key"], given["value"])
    _mirror.order("store", given)


def stored(key, default=None):
    _mirror.may("storage", "game.stored")
    value = _state.stored.values.get(key)
    return default if value is None else _from_data(value, _runtime.MAKE)


def request(name, url, *, method="GET", body=""):
    _order("request", name=name, url=url, method=method, body=body)


def log(*values, level="info"):
    _runtime.say(level, " ".join(map(str, values)))


def _call(name, /, **values):
    return _check_call(_state.commands[name]["arguments"], values, f"game.{name}")


def _order(name, /, **values):
    """Check a command by the engine's own table, and queue it."""
    _mirror.may(_state.commands[name]["capability"], f"game.{name}")
    _mirror.order(name, _call(name, **values))


def _self():
    return __getattr__("entity")


def _living(entity, what):
    if not entity.alive:
        raise _GameError(f"game.{what} was asked of an entity that is gone")
    return entity


def _names(names):
    return (names,) if isinstance(names, str) else tuple(names)


_min_of = min
