"""Alarms: which are open, and that somebody has seen one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.facts import FactsBoard
from taixu.serve.part import Part, operation
from taixu.twin.plugin import acknowledge_alarm

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["AlarmsPart"]

_MAX_DIGITS = 18


class AlarmsPart(Part):
    """``/alarms`` and ``/alarms/N/acknowledge``."""

    def __init__(self, board: FactsBoard) -> None:
        self._board = board

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def alarms(request: web.Request, guest: Guest) -> web.Response:
            facts = self._board.get()
            return web.json_response({"alarms": [alarm.as_dict() for alarm in facts.alarms], "problems": facts.rule_problems})

        async def acknowledge(request: web.Request, guest: Guest) -> web.Response:
            number = request.match_info["number"]
            if len(number) > _MAX_DIGITS:
                return refusal("there is no such alarm", 404)
            try:
                alarm = await door.ask(lambda world: acknowledge_alarm(world, int(number), by=guest.name))
            except TaixuError as error:
                return refusal(str(error), 404)
            return web.json_response(alarm.as_dict())

        return [
            web.get("/alarms", door.need(Role.VIEW, alarms)),
            web.post(r"/alarms/{number:\d+}/acknowledge", door.need(Role.OPERATE, acknowledge)),
        ]

    def paths(self) -> dict[str, Any]:
        number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}
        return {
            "/alarms": {"get": operation("Alarms that are open, the worst first.", {"type": "object"})},
            "/alarms/{number}/acknowledge": {
                "post": operation("Say that an alarm was seen.", {"type": "object"}, parameters=[number])
            },
        }
