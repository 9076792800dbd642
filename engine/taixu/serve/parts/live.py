"""News of the world for pages: how it does, alarms, commands, measures, who else watches, and what followed things say.

The world's thread gathers once for all who listen; what did not change is not told again. A listener says ``{"follow": [ids]}`` and
``{"eye": {"at": [x, y, z], "toward": [x, y, z]}}``; he hears objects with one of

* ``hello``: his name and role, the world's name, seconds of a step;
* ``facts``: as ``/state``, each second; ``alarms`` and ``cases`` (the 500 worst) and ``commands`` when they change; ``measures``
  (as ``/measures``) when they change, at most once a second;
* ``screen``: as `/screen`, when it changes (`taixu.serve.parts.screen`);
* ``presence``: everybody's name and where he looks, himself first; ``watching`` says how many there are;
* ``values``: ``{"id", "time_ns", "fields": {"motor.temperature": {"value", "unit", "age_secs"}}}`` of what he follows, when it
  changes, at most five times a second; ``{"id", "gone": true}`` where there is no such thing;
* ``error``: what was wrong with what he said.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.app import App
from taixu.ecs import World
from taixu.edit import Project
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.facts import FactsBoard
from taixu.serve.listeners import Listeners
from taixu.serve.listening import listen_socket
from taixu.serve.part import Part, operation
from taixu.serve.values import entity_values
from taixu.twin.commands import Command
from taixu.twin.processes import Case
from taixu.twin.rules import Alarm

if TYPE_CHECKING:
    from aiohttp import web

    from taixu.serve.service import Service

__all__ = ["LivePart"]

_VALUES_A_SEC = 5.0
_FACTS_SECS = 1.0
_PRESENCE_SECS = 0.5
_MAX_LISTED = 500
_AT_ONCE = 128
"""So many followed things are looked at in a frame, so that no frame waits for a crowd."""


class LivePart(Part):
    """``/live``."""

    def __init__(self, board: FactsBoard) -> None:
        self._board = board
        self.listeners = Listeners()
        """The network's thread's."""
        self._hello: dict[str, Any] = {}
        self._gathered = self._told_facts = self._told_presence = -1.0
        self._told: dict[str, Any] = {}
        self._due: list[int] = []
        """Followed things that are looked at in the next frames."""
        self._told_values: dict[int, dict[str, tuple[Any, str, int | None]] | None] = {}

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def live(request: web.Request, guest: Guest) -> web.StreamResponse:
            try:
                hello = await door.ask(lambda world: self._hello)  # the world may not have begun yet
            except TaixuError as error:
                return refusal(str(error), 503)
            return await listen_socket(request, self.listeners, guest, hello=hello, sockets=door.sockets)

        return [web.get("/live", door.need(Role.VIEW, live))]

    def paths(self) -> dict[str, Any]:
        return {"/live": {"get": operation("A WebSocket of news: alarms, commands, who watches, and what followed things say.")}}

    def frame(self, app: App, service: Service) -> None:
        now = time.perf_counter()
        if not self._hello:
            self._hello = {"world": _world_name(app.world), "step_secs": app.clock.step_secs}
        if now - self._told_facts >= _FACTS_SECS:
            self._told_facts = now
            service.call_soon(self.listeners.tell, "facts", self._board.get().as_state())
        if now - self._told_presence >= _PRESENCE_SECS:
            self._told_presence = now
            service.call_soon(self.listeners.tell_presence)
        if now - self._gathered >= 1.0 / _VALUES_A_SEC:
            self._gathered = now
            self._tell_changes(service)
            if not self._due:
                followed = self.listeners.followed
                self._told_values = {each: told for each, told in self._told_values.items() if each in followed}
                self._due = sorted(followed)
        if self._due:
            due, self._due = self._due[:_AT_ONCE], self._due[_AT_ONCE:]
            changed = self._changed_values(app.world, due, now_ns=time.time_ns())
            if changed:
                service.call_soon(self.listeners.tell_values, changed)

    def _tell_changes(self, service: Service) -> None:
        facts = self._board.get()
        listings: tuple[tuple[str, Sequence[Alarm | Case | Command]], ...] = (
            ("alarms", facts.alarms), ("cases", facts.cases), ("commands", facts.commands),
        )  # fmt: skip
        for subject, listed in listings:
            if self._told.get(subject) is not listed:  # boards are swapped as a whole
                self._told[subject] = listed
                service.call_soon(self.listeners.tell, subject, [each.as_dict() for each in listed[:_MAX_LISTED]])
        if self._told.get("measures") is not facts.measures:
            self._told["measures"] = facts.measures
            service.call_soon(self.listeners.tell, "measures", list(facts.measures))

    def _changed_values(self, world: World, followed: list[int], *, now_ns: int) -> dict[int, dict[str, Any]]:
        handles = world.find_all(np.array(followed, np.uint64))
        there = handles != 0
        changed: dict[int, dict[str, Any]] = {}
        found = iter(entity_values(world, handles[there]))
        for entity, is_there in zip(followed, there.tolist()):
            if not is_there:
                if self._told_values.get(entity, {}) is not None:
                    self._told_values[entity] = None
                    changed[entity] = {"id": f"{entity:016x}", "gone": True}
                continue
            values = next(found)
            said = {name: (value, unit, values.times_ns[name]) for name, (value, unit) in values.fields.items()}
            if self._told_values.get(entity) != said:
                self._told_values[entity] = said
                fields = values.as_dict(now_ns=now_ns)
                changed[entity] = {"id": f"{entity:016x}", "time_ns": values.time_ns, "fields": fields}
        return changed


def _world_name(world: World) -> str:
    if not world.has_resource(Project):
        return ""
    project = world.resource(Project)
    return project.name or project.root.resolve().name
