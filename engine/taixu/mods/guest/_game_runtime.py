"""How a mod runs: callbacks, events, timers and routines in the same order as a project's own scripts have them."""

from __future__ import annotations

import json
import sys
from array import array
from random import Random

from _game_entity import entity_of, mark_places, refresh, show_components
from _game_event import Event
from _game_mirror import TIMES, mirror
from _game_numbers import flush
from _game_routines import RayBatch, TimerQueue, Wait, WaitEvent, ticks_of
from _game_stored import Stored
from _game_vectors import Quat, Vec3
from _game_wire import GameError, from_data, to_data

__all__ = ["MAKE", "NO_ACTION", "deliver", "run", "save", "say", "start_routine", "state"]

_CALLBACKS = ("on_start", "on_tick", "on_event", "on_save", "on_load")
_NOTHING_ELSE = "a routine yields game.wait(...), game.wait_event(...), game.raycasts(...) or nothing, not {}"
_FIELDS = "fields belong to components, which add() adds"
_LEVELS = {"info": 1, "warning": 2, "error": 3}


class ActionState:
    """An input action: value, held, pressed, released."""

    __slots__ = ("held", "pressed", "released", "value")

    def __init__(self, value=0.0, held=False, pressed=False, released=False):
        self.value, self.held, self.pressed, self.released = value, held, pressed, released

    def __bool__(self):
        return self.held

    def __float__(self):
        return self.value


class Mouse:
    """The mouse since the last step."""

    __slots__ = ("delta", "position", "wheel")

    def __init__(self, position=(0.0, 0.0), delta=(0.0, 0.0), wheel=(0.0, 0.0)):
        self.position, self.delta, self.wheel = tuple(position), tuple(delta), tuple(wheel)


class Hit:
    """What a ray met."""

    __slots__ = ("distance", "entity", "normal", "position")

    def __init__(self, entity, position, normal, distance):
        self.entity = entity_of(entity) if entity else None
        self.position, self.normal, self.distance = Vec3(position), Vec3(normal), distance


class State:
    """What the mod is, and where it is in time."""

    def __init__(self):
        self.entity = 0
        self.time = self.dt = 0.0
        self.tick = 0
        self.steps_per_sec = 60
        self.random = Random(0)
        self.timers = TimerQueue()
        self.waiting = []
        self.rays, self.rays_asked = {}, 0
        self.actions, self.mouse, self.joints = {}, Mouse(), {}
        self.commands, self.kinds = {}, ()
        self.stored = Stored(most_bytes=0)
        self.most_spawns = 0
        self.made = set()
        self.callbacks, self.module, self.loaded, self.files = {}, "", None, ()
        self.fields = ()
        self.started = False
        self.restored = None
        self.error = None


NO_ACTION = ActionState()
_read = json.JSONDecoder().raw_decode
_write = json.JSONEncoder(separators=(",", ":"), allow_nan=False).encode
state = State()
_log = None
MAKE = {"$entity": lambda number: entity_of(number), "$vec3": Vec3, "$quat": Quat}


def use_log(function):
    """Where lines of the mod go: `function(level, text)`."""
    global _log
    _log = function


def say(level, text):
    """Write a line to the console."""
    if level not in _LEVELS:
        raise GameError(f"game.log takes one of {', '.join(_LEVELS)} as level, not {repr(level)[:80]}")
    _log(_LEVELS[level], f"{_line()}\t{text}")


def _line():
    frame = sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_filename in state.files:
            return frame.f_lineno
        frame = frame.f_back
    return 0


# Life


def boot(config):
    """Take over what the engine says; the mod's top level runs before its first step."""
    mirror.describe(config)
    show_components()
    state.commands, state.kinds = config["commands"], config["event_kinds"]
    state.entity, state.most_spawns = config["entity"], config["most_spawns"]
    state.steps_per_sec = config["steps_per_sec"]
    state.random = Random(config["seed"])
    state.files = tuple(config["files"])
    state.module, state.fields = config["entry"], config["fields"]


def run(facts):
    """One step; gives what the engine is to do."""
    refresh(mirror.begin(facts))
    state.tick, state.time, state.dt = facts["tick"], facts["time"], facts["step"]
    if facts.keys() != TIMES:
        _take_in(facts)
    if state.error is None:
        _step(facts)
    mirror.settle()
    mark_places()
    flush()
    return _result()


def _take_in(facts):
    """What is said only when it changes."""
    if "made" in facts:
        state.made = set(facts["made"])
    if "actions" in facts:
        state.actions = {name: ActionState(*values) for name, values in facts["actions"].items()}
    if "mouse" in facts:
        state.mouse = Mouse(*facts["mouse"])
    if "joints" in facts:
        state.joints = {int(entity): values for entity, values in facts["joints"].items()}
    if "stored" in facts:
        state.stored = Stored(facts["stored"], most_bytes=mirror.capabilities["storage"] * 1024)


def _step(facts):
    if not state.started:
        _start()
    for number, hits in facts.get("rays", ()):
        batch = state.rays.pop(number, None)
        if batch is None:
            continue
        if isinstance(hits, str):
            _fail("game.raycasts", GameError(hits))
            return
        found = [None if hit is None else Hit(*hit) for hit in hits]
        for routine in batch.answer(found):
            _advance(routine, found)
    for kind, name, values in facts.get("events", ()):
        deliver(Event(kind, name, from_data(values, MAKE)))
    for timer in state.timers.take_due(state.tick):
        if not timer.cancelled and state.error is None:
            _call("a timer", timer.function)
            state.timers.repeat(timer)
    _callback("on_tick", facts["dt"])


def _start():
    module = _call("its top level", _load)
    if state.error is not None:
        return
    state.started, state.loaded = True, module
    state.callbacks = {name: getattr(module, name) for name in _CALLBACKS if callable(getattr(module, name, None))}
    for name, kind, value in state.fields:
        value = from_data(value, MAKE)
        if kind == "Entity":
            value = _entity_named(value)
        elif kind in ("Vec3", "Color"):
            value = Vec3(value)
        elif kind == "Quat":
            value = Quat(value)
        setattr(module, name, value)
    if state.restored is not None:
        facts, state.restored = state.restored, None
        version, words, left = facts["random"]
        state.random.setstate((version, tuple(array("I", bytes.fromhex(words)) if isinstance(words, str) else words), left))
        for name, value in facts["fields"].items():
            if any(name == item for item, _, _ in state.fields):
                setattr(module, name, from_data(value, MAKE))
        if "on_load" in state.callbacks:
            _callback("on_load", from_data(facts["state"], MAKE))
            return
    result = _callback("on_start")
    if hasattr(result, "send") and state.error is None:
        start_routine(result)


def _load():
    return __import__(state.module)


def _entity_named(name):
    if not name or not isinstance(name, str):
        return name or None
    try:
        number = int(name, 0)
    except ValueError:
        import game

        return game.find(name)
    return entity_of(number) if number in mirror.rows else None


def save():
    """What is kept over a reload: fields, chance, and what `on_save` gives."""
    if not state.started or state.error is not None:
        return None
    fields = {name: getattr(state.loaded, name, None) for name, _, _ in state.fields}
    version, words, left = state.random.getstate()
    kept = {
        "fields": to_data(fields, "a field"),
        "random": (version, array("I", words).tobytes().hex(), left),  # six hundred numbers, as a text
        "state": to_data(_callback("on_save"), "what on_save gives"),
    }
    return None if state.error is not None else kept


def load(facts):
    """Start from what was kept, in the next step."""
    state.restored = facts


# Calls


def _callback(name, *arguments):
    function = state.callbacks.get(name)
    return None if function is None or state.error is not None else _call(name, function, *arguments)


def _call(where, function, *arguments):
    """Run code of the mod; an exception stops the mod and is told in one line."""
    try:
        return function(*arguments)
    except (Exception, SystemExit) as error:
        _fail(where, error)
        return None


def _fail(where, error):
    path, line, trace = state.files[0] if state.files else state.module, 0, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in state.files:
            path, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
        trace = trace.tb_next
    if isinstance(error, SyntaxError) and error.filename in state.files:
        path, line = error.filename, error.lineno or 0
    what = str(error) if isinstance(error, GameError) else f"{type(error).__name__}: {error}"
    if what.startswith("AttributeError: 'Entity' object has no attribute"):
        name = what.split("'")[3]
        what = f"AttributeError: entities have no attribute and no component {name!r}; {_FIELDS}"
    text = " ".join(f"{path}:{line}: {what}".split())
    state.error = {"where": where, "path": path, "line": line, "text": text[:2000]}
    state.waiting.clear()
    state.timers = TimerQueue()


def deliver(event):
    """Give an event to `on_event` and to the routines that wait for it."""
    if state.error is not None:
        return
    _callback("on_event", event)
    if state.waiting:
        ready = [routine for wait, routine in state.waiting if event.matches(wait.kind, wait.name)]
        state.waiting = [(w, r) for w, r in state.waiting if not event.matches(w.kind, w.name)]
        for routine in ready:
            _advance(routine, event)


def start_routine(routine):
    """Run a generator up to its first `yield`, and go on whenever that says."""
    if not hasattr(routine, "send"):
        raise GameError(f"game.start takes a generator (a function with yield, called), not {repr(routine)[:80]}")
    _advance(routine, None)


def _advance(routine, value):
    if state.error is not None:
        return
    finished = []

    def go_on():
        try:
            return routine.send(value)
        except StopIteration:
            finished.append(True)
            return None

    where = f"routine {getattr(routine, '__name__', '')!r}"
    asked = _call(where, go_on)
    if finished or state.error is not None:
        return
    if isinstance(asked, WaitEvent):
        state.waiting.append((asked, routine))
    elif isinstance(asked, RayBatch) and not asked.ready:
        asked.routines.append(routine)
    elif isinstance(asked, RayBatch):
        _later(1, routine, asked.hits)
    elif asked is None or isinstance(asked, Wait):
        _later(1 if asked is None else ticks_of(asked.seconds, state.steps_per_sec), routine, None)
    else:
        _fail(where, GameError(_NOTHING_ELSE.format(repr(asked)[:80])))


def _later(ticks, routine, value):
    state.timers.add(state.tick + ticks, lambda: _advance(routine, value), owner=None)


def _result():
    orders = [["spawn", item[1].order(item[2])] if len(item) == 3 else item for item in mirror.commands]
    mirror.commands.clear()
    found = {}
    if orders:
        found["commands"] = orders
    if state.error is not None:
        found["error"] = state.error
    return found


def decode(payload):
    """Facts of the engine."""
    return _read(payload.decode())[0] if payload else {}


def encode(facts):
    """An answer to the engine."""
    return _write(facts).encode() if facts else b""
