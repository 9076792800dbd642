"""Commands to devices, and a ledger of them: what was wanted, confirmed, sent, acknowledged, and seen to have happened.

A command never writes the world's column: the device does, when it obeys and its readings come in. That is what "observed" means.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any, Literal

import numpy as np

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.batch import Batch
from taixu.twin.connectors import Connector
from taixu.twin.controls import Control, value_doubt
from taixu.twin.device import Device
from taixu.twin.rules import RuleEngine

__all__ = ["Command", "Ledger"]

State = Literal["waiting", "sent", "acknowledged", "observed", "refused", "failed", "timed out"]
_KEPT = 10_000
_CONFIRM_SECS = 120.0


@dataclass(frozen=True, slots=True)
class Command:
    """One command, and how far it has come.

    Attributes
    ----------
    state
        "waiting" (for somebody else to confirm it), "sent", "acknowledged" (the device said so), "observed" (its readings show it);
        or "refused" (by us, and why), "failed" (it could not be sent, and why), "timed out".
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
    confirmed_by: str = ""

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
        known, handle = self.control_of(world, control, entity=entity)
        self._last += 1
        asked = Command(self._last, control, entity, value, by, "refused", "", now_ns, ended_ns=now_ns)
        why = value_doubt(known, value) or self.locked(world, known, handle)
        if why:
            return self._note(replace(asked, why=why))
        if known.two_persons:
            self._open.add(asked.number)
            return self._note(replace(asked, state="waiting", why="somebody else must confirm it", ended_ns=0))
        return self._send(world, known, asked, handle, now_ns)

    def confirm(self, world: World, number: int, *, by: str, now_ns: int) -> Command:
        """Somebody else agrees to a command that waits for it; it is sent if its interlocks hold still.

        Raises
        ------
        TaixuError
            When there is no such command, it waits for nobody, or it is his own.
        """
        asked = self._commands.get(number)
        if asked is None:
            raise TaixuError(f"there is no command {number}")
        if asked.state != "waiting":
            raise TaixuError(f"command {number} waits for nobody: it is {asked.state}")
        if asked.by == by:
            raise TaixuError(f"command {number} is your own; somebody else must confirm it")
        known, handle = self.control_of(world, asked.control, entity=asked.entity)
        asked = replace(asked, confirmed_by=by, why="")
        self._open.discard(number)
        why = self.locked(world, known, handle)
        if why:
            return self._note(replace(asked, state="refused", why=why, ended_ns=now_ns))
        return self._send(world, known, asked, handle, now_ns)

    def control_of(self, world: World, control: str, *, entity: int) -> tuple[Control, int]:
        """A control by its name, and the handle of the device that it is to be used on.

        Raises
        ------
        TaixuError
            When there is no such control or entity.
        """
        known = self.controls.get(control)
        if known is None:
            raise TaixuError(f"there is no control {control[:60]!r}; there are {', '.join(sorted(self.controls)) or 'none'}")
        handle = world.find(entity)
        if handle is None or not world.has(handle, Device) or not world.has(handle, known.target.cls):
            raise TaixuError(f"the entity {entity:016x} is no device with {known.target.cls.__name__}")
        return known, handle

    def _send(self, world: World, known: Control, asked: Command, handle: int, now_ns: int) -> Command:
        key = world.get(handle, Device).key
        try:
            source = self._sources.get(known.source)
            if source is None:
                raise TaixuError(f"the source {known.source!r} is not there")
            payload = json.dumps({"command": asked.number, "value": asked.value}, ensure_ascii=False).encode()
            source.send(known.topic.replace("{key}", key), payload)
        except TaixuError as error:
            return self._note(replace(asked, state="failed", why=str(error), ended_ns=now_ns))
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
            elif command.state == "waiting":
                if now_ns - command.asked_ns > _CONFIRM_SECS * 1e9:
                    self._end(command, "timed out", f"nobody confirmed it within {_CONFIRM_SECS:g} s", now_ns)
            elif _is_so(world, handle, control, command.value):
                self._end(command, "observed", "", now_ns)
            elif now_ns - command.sent_ns > control.timeout_secs * 1e9:
                self._end(command, "timed out", f"nothing was seen of it for {control.timeout_secs:g} s", now_ns)
        changed, self._changed = self._changed, []
        return changed

    def set_back(self, to_ns: int) -> None:
        """The clock was set back: commands that are open wait from then on."""
        for number in self._open:
            asked = self._commands[number]
            self._note(replace(asked, asked_ns=min(asked.asked_ns, to_ns), sent_ns=min(asked.sent_ns, to_ns)))

    @property
    def newest(self) -> list[Command]:
        """The latest hundred, newest first."""
        return [self._commands[number] for number in sorted(self._commands, reverse=True)[:100]]

    def find(self, number: int) -> Command | None:
        """A command by its number."""
        return self._commands.get(number)

    def awaits(self, topic: str) -> bool:
        """Whether a reading of a topic may be an acknowledgement that somebody waits for (any thread)."""
        answers = (each.acknowledged_on for each in self.controls.values()) if self._open else ()
        return any(pattern is not None and pattern.match(topic)[0] for pattern in answers)

    def locked(self, world: World, control: Control, handle: int) -> str:
        """Which interlock forbids a control just now; nothing where none does."""
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


def _is_so(world: World, handle: int, control: Control, value: Any) -> bool:
    target = control.target
    held = world.gather(np.array([handle], np.uint64), target.cls, target.field.name)
    found = held[target.lane, 0] if target.lane >= 0 else held[0]
    if isinstance(value, (str, bool)):
        return bool(found == value)
    return abs(float(found) - value) <= control.tolerance
