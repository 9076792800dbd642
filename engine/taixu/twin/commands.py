"""Commands to devices, and a ledger of them: what was wanted, sent, acknowledged, and seen to have happened.

A world's settings say what can be commanded (``twin.controls``)::

    {"name": "speed", "field": "conveyor.speed", "source": "plant", "topic": "line/{key}/set",
     "acknowledged_on": "line/{key}/ack", "minimum": 0, "maximum": 2, "tolerance": 0.01, "timeout": 5,
     "only_if": ["not near(\\"device.kind == 'person'\\", 1)"]}

A command never writes the world's column: the device does, when it obeys and its readings come in. That is what "observed" means.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Literal

import numpy as np

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.batch import Batch
from taixu.twin.bindings import Target, TopicPattern, target_of
from taixu.twin.connectors import Connector
from taixu.twin.device import Device
from taixu.twin.rules import RuleEngine
from taixu.twin.rules.expression import Expression
from taixu.twin.rules.scope import read_condition
from taixu.twin.settings_lists import read_listed, read_object

__all__ = ["Command", "Control", "Ledger", "read_controls"]

State = Literal["sent", "acknowledged", "observed", "refused", "failed", "timed out"]
_OPEN = ("sent", "acknowledged")
_KEPT = 10_000
_MAX_CONTROLS = 1000
_KNOWN = frozenset({
    "name", "field", "source", "topic", "acknowledged_on", "minimum", "maximum", "choices", "tolerance", "timeout", "only_if",
})  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Control:
    """Something that can be commanded.

    Attributes
    ----------
    target
        The field in which it is seen that a command was obeyed.
    only_if
        Interlocks: conditions that must hold of the entity at the moment of the command.
    timeout_secs
        After it a command that was not observed has failed.
    """

    name: str
    target: Target
    source: str
    topic: str
    acknowledged_on: TopicPattern | None
    minimum: float
    maximum: float
    choices: tuple[str, ...]
    tolerance: float
    timeout_secs: float
    only_if: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Command:
    """One command, and how far it has come.

    Attributes
    ----------
    state
        "sent", "acknowledged" (the device said so), "observed" (its readings show it); or "refused" (by us, and why), "failed" (it
        could not be sent, and why), "timed out".
    """

    number: int
    control: str
    entity: int
    value: Any
    by: str
    state: State
    why: str
    asked_ns: int
    sent_ns: int = 0
    acknowledged_ns: int = 0
    ended_ns: int = 0

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON; the entity as documents write it."""
        facts = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return facts | {"entity": f"{self.entity:016x}"}


class Ledger:
    """All commands of a world (a resource).

    Parameters
    ----------
    controls
        What can be commanded.
    """

    def __init__(self, controls: Sequence[Control] = ()) -> None:
        self.controls = {control.name: control for control in controls}
        self.version = 0
        """Goes up with every change."""
        self._sources: dict[str, Connector] = {}
        self._commands: dict[int, Command] = {}
        self._open: set[int] = set()
        self._changed: list[Command] = []
        self._last = 0

    def connect(self, sources: Sequence[Connector]) -> None:
        """Say which connectors there are to send by."""
        self._sources = {source.link.name: source for source in sources}

    def source(self, name: str) -> Connector:
        """The connector of a name.

        Raises
        ------
        TaixuError
            When there is none.
        """
        found = self._sources.get(name)
        if found is None:
            raise TaixuError(f"there is no source {name[:60]!r}")
        return found

    def command(self, world: World, control: str, *, entity: int, value: Any, by: str, now_ns: int) -> Command:
        """Ask a device for something. What came of it stands in the command that is given, refusals too.

        Parameters
        ----------
        entity
            Stable id.

        Raises
        ------
        TaixuError
            When there is no such control or entity: nothing is noted then.
        """
        known = self.controls.get(control)
        if known is None:
            raise TaixuError(f"there is no control {control[:60]!r}; there are {', '.join(sorted(self.controls)) or 'none'}")
        handle = world.find(entity)
        if handle is None or not world.has(handle, Device) or not world.has(handle, known.target.cls):
            raise TaixuError(f"the entity {entity:016x} is no device with {known.target.cls.__name__}")
        self._last += 1
        asked = Command(self._last, control, entity, value, by, "refused", "", now_ns, ended_ns=now_ns)
        why = _value_doubt(known, value) or self._lock(world, known, handle)
        if why:
            return self._note(replace(asked, why=why))
        key = world.get(handle, Device).key
        try:
            source = self._sources.get(known.source)
            if source is None:
                raise TaixuError(f"the source {known.source!r} is not there")
            payload = json.dumps({"command": asked.number, "value": value}, ensure_ascii=False).encode()
            source.send(known.topic.replace("{key}", key), payload)
        except TaixuError as error:
            return self._note(replace(asked, state="failed", why=str(error)))
        self._open.add(asked.number)
        return self._note(replace(asked, state="sent", sent_ns=now_ns, ended_ns=0))

    def hear(self, batches: Sequence[Batch], *, now_ns: int) -> None:
        """Look for acknowledgements among what came in: ``{"command": 7}`` (and ``"ok": false, "why": "..."``)."""
        if not self._open:
            return
        answers = [each.acknowledged_on for each in self.controls.values() if each.acknowledged_on is not None]
        for batch in batches:
            if "command" in batch.fields and any(pattern.match(batch.topic)[0] for pattern in answers):
                self._hear(batch, now_ns)

    def step(self, world: World, *, now_ns: int) -> list[Command]:
        """See what was obeyed and what took too long. Gives all commands that changed since the last step."""
        for number in sorted(self._open):
            command = self._commands[number]
            control = self.controls[command.control]
            handle = world.find(command.entity)
            if handle is None:
                self._end(command, "failed", "the entity is gone", now_ns)
            elif _is_so(world, handle, control, command.value):
                self._end(command, "observed", "", now_ns)
            elif now_ns - command.sent_ns > control.timeout_secs * 1e9:
                self._end(command, "timed out", f"nothing was seen of it for {control.timeout_secs:g} s", now_ns)
        changed, self._changed = self._changed, []
        return changed

    @property
    def newest(self) -> list[Command]:
        """The latest hundred, newest first."""
        return [self._commands[number] for number in sorted(self._commands, reverse=True)[:100]]

    def find(self, number: int) -> Command | None:
        """A command by its number."""
        return self._commands.get(number)

    def _lock(self, world: World, control: Control, handle: int) -> str:
        engine = world.resource(RuleEngine)
        for condition in control.only_if:
            try:
                if not engine.holds_of(world, condition, handle):
                    return f"locked: {condition.text}"
            except TaixuError as error:  # a lock that cannot be asked is closed
                return f"locked: {error}"
        return ""

    def _hear(self, batch: Batch, now_ns: int) -> None:
        numbers = batch.fields["command"]
        for row, number in enumerate(numbers.tolist()):
            command = self._commands.get(int(number)) if isinstance(number, (int, float)) and isfinite(number) else None
            if command is None or command.state != "sent":
                continue
            said = batch.fields.get("ok")
            if said is not None and not said[row]:
                why = batch.fields.get("why")
                self._end(command, "failed", f"the device says: {why[row] if why is not None else 'no'}"[:300], now_ns)
            else:
                self._note(replace(command, state="acknowledged", acknowledged_ns=now_ns))

    def _end(self, command: Command, state: State, why: str, now_ns: int) -> None:
        self._open.discard(command.number)
        self._note(replace(command, state=state, why=why, ended_ns=now_ns))

    def _note(self, command: Command) -> Command:
        self._commands[command.number] = command
        self._changed.append(command)
        self.version += 1
        if len(self._commands) > _KEPT:
            for number in [each for each in self._commands if each not in self._open][: len(self._commands) - _KEPT]:
                del self._commands[number]
        return command

    def fork(self, world: World) -> Ledger:
        """A fork's commands reach no device."""
        return Ledger(tuple(self.controls.values()))


def read_controls(raw: Any, components: Components) -> list[Control]:
    """The controls of a world's settings.

    Raises
    ------
    TaixuError
        With the first that is wrong, and what is.
    """
    return read_listed(
        raw, lambda item: _read_control(item, components), where="twin.controls", most=_MAX_CONTROLS,
        name_of=lambda control: control.name,
    )  # fmt: skip


def _read_control(raw: Any, components: Components) -> Control:
    raw = read_object(raw, _KNOWN, what="a control")
    for key in ("name", "field", "source", "topic"):
        if not isinstance(raw.get(key), str) or not 0 < len(raw[key]) <= 400:
            raise TaixuError(f"a control says its {key} as a text")
    target = target_of(raw["field"], components)
    if target.is_position or target.width != 1:
        raise TaixuError(f"{raw['field']} is of several numbers; name one of its parts")
    if any(mark in raw["topic"] for mark in "+#"):
        raise TaixuError("a command goes to one topic: + and # are for listening")
    numbers = {}
    for key, usual in (("minimum", -1e15), ("maximum", 1e15), ("tolerance", 1e-6), ("timeout", 10.0)):
        value = raw.get(key, usual)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) <= 1e15:
            raise TaixuError(f"{key} takes a number")
        numbers[key] = float(value)
    if not 0 < numbers["timeout"] <= 86400 or numbers["tolerance"] < 0 or numbers["minimum"] > numbers["maximum"]:
        raise TaixuError("timeout is above 0 and at most a day, tolerance not below 0, minimum not above maximum")
    choices, locks, answers = raw.get("choices", []), raw.get("only_if", []), raw.get("acknowledged_on")
    if not isinstance(choices, list) or not all(isinstance(each, str) for each in choices):
        raise TaixuError("choices takes a list of texts")
    if not isinstance(locks, list) or len(locks) > 20:
        raise TaixuError("only_if takes a list of at most 20 conditions")
    return Control(
        raw["name"], target, raw["source"], raw["topic"],
        TopicPattern.read(answers) if isinstance(answers, str) else None,
        numbers["minimum"], numbers["maximum"], tuple(choices), numbers["tolerance"], numbers["timeout"],
        tuple(read_condition(each, components) for each in locks),
    )  # fmt: skip


def _value_doubt(control: Control, value: Any) -> str:
    kind = control.target.field.kind
    if kind.name == "text":
        allowed = control.choices or control.target.field.choices
        if not isinstance(value, str) or len(value) > 1000:
            return "the value must be a text"
        return "" if not allowed or value in allowed else f"the value must be one of {', '.join(allowed)}"
    if kind.name == "bool":
        return "" if isinstance(value, bool) else "the value must be true or false"
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value):
        return "the value must be a number"
    if not control.minimum <= value <= control.maximum:
        return f"the value must lie between {control.minimum:g} and {control.maximum:g}"
    return ""


def _is_so(world: World, handle: int, control: Control, value: Any) -> bool:
    target = control.target
    held = world.gather(np.array([handle], np.uint64), target.cls, target.field.name)
    found = held[target.lane, 0] if target.lane >= 0 else held[0]
    if isinstance(value, (str, bool)):
        return bool(found == value)
    return abs(float(found) - value) <= control.tolerance
