"""Commands to devices: the latest, and new ones."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.facts import FactsBoard
from taixu.serve.part import Part, operation
from taixu.twin.commands import Ledger

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["OrdersPart"]

_COMMAND = {
    "type": "object",
    "properties": {"control": {"type": "string"}, "entity": {"type": "string"}, "value": {"type": ["number", "string", "boolean"]}},
    "required": ["control", "entity", "value"],
}


class OrdersPart(Part):
    """``/commands``."""

    def __init__(self, board: FactsBoard) -> None:
        self._board = board

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def commands(request: web.Request, guest: Guest) -> web.Response:
            return web.json_response({"commands": [command.as_dict() for command in self._board.get().commands]})

        async def command(request: web.Request, guest: Guest) -> web.Response:
            try:
                wanted = await request.json()
                control, entity = str(wanted["control"]), int(str(wanted["entity"]), 16)
                value = wanted["value"]
            except (ValueError, KeyError, TypeError, RecursionError):
                return refusal('a command is {"control": "speed", "entity": "00000000000000aa", "value": 1.5}')
            try:
                sent = await door.ask(
                    lambda world: world.resource(Ledger).command(
                        world, control, entity=entity, value=value, by=guest.name, now_ns=time.time_ns()
                    )
                )
            except TaixuError as error:
                return refusal(str(error), 404)
            return web.json_response(sent.as_dict(), status=200 if sent.state == "sent" else 409)

        return [web.get("/commands", door.need(Role.VIEW, commands)), web.post("/commands", door.need(Role.OPERATE, command))]

    def paths(self) -> dict[str, Any]:
        body = {"content": {"application/json": {"schema": _COMMAND}}}
        return {
            "/commands": {
                "get": operation("The latest commands, newest first.", {"type": "object"}),
                "post": operation(
                    "Ask a device for something; refused ones come back with 409 and why.", {"type": "object"}, requestBody=body
                ),
            },
        }
