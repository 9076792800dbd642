"""Commands to devices: the latest, and new ones."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.describing import describe_control
from taixu.serve.door import Door, refusal
from taixu.serve.facts import FactsBoard
from taixu.serve.part import Part, operation
from taixu.twin.commands import Command, Ledger
from taixu.twin.rehearsal import LONGEST_SECS, Rehearsal, prepare_rehearsal

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["OrdersPart"]

_REHEARSED_SECS = 30.0
_MAX_DIGITS = 18
_COMMAND: dict[str, Any] = {
    "type": "object",
    "properties": {"control": {"type": "string"}, "entity": {"type": "string"}, "value": {"type": ["number", "string", "boolean"]}},
    "required": ["control", "entity", "value"],
}


class OrdersPart(Part):
    """``/controls``, ``/commands``, ``/commands/N/confirm``, ``/commands/rehearse``."""

    def __init__(self, board: FactsBoard) -> None:
        self._board = board
        self._rehearsing = asyncio.Lock()

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def commands(request: web.Request, guest: Guest) -> web.Response:
            return web.json_response({"commands": [command.as_dict() for command in self._board.get().commands]})

        async def controls(request: web.Request, guest: Guest) -> web.Response:
            found = await door.ask(lambda world: [describe_control(each) for each in world.resource(Ledger).controls.values()])
            return web.json_response({"controls": found})

        async def command(request: web.Request, guest: Guest) -> web.Response:
            try:
                wanted = await _read_order(request)
                sent = await door.ask(lambda world: _command(world, wanted, guest))
            except _NotAllowed as error:
                return refusal(str(error), 403)
            except _Unreadable as error:
                return refusal(str(error))
            except TaixuError as error:
                return refusal(str(error), 404)
            return web.json_response(sent.as_dict(), status=200 if sent.state in ("sent", "waiting") else 409)

        async def confirm(request: web.Request, guest: Guest) -> web.Response:
            number = request.match_info["number"]
            try:
                sent = await door.ask(lambda world: _confirm(world, int(number[:_MAX_DIGITS]), guest))
            except _NotAllowed as error:
                return refusal(str(error), 403)
            except TaixuError as error:
                return refusal(str(error), 404)
            return web.json_response(sent.as_dict(), status=200 if sent.state == "sent" else 409)

        async def rehearse(request: web.Request, guest: Guest) -> web.Response:
            if self._rehearsing.locked():
                return refusal("somebody rehearses just now; come again", 429, **{"Retry-After": "2"})
            async with self._rehearsing:  # one at a time: each has a copy of the world
                try:
                    wanted = await _read_order(request)
                    ready = await door.ask(lambda world: _prepare(world, wanted, guest))
                    told = await asyncio.to_thread(ready.run, seconds=wanted.seconds)
                except _NotAllowed as error:
                    return refusal(str(error), 403)
                except _Unreadable as error:
                    return refusal(str(error))
                except TaixuError as error:
                    return refusal(str(error), 404)
            return web.json_response(told.as_dict())

        return [
            web.get("/controls", door.need(Role.VIEW, controls)),
            web.get("/commands", door.need(Role.VIEW, commands)),
            web.post("/commands", door.need(Role.OPERATE, command)),
            web.post("/commands/rehearse", door.need(Role.OPERATE, rehearse)),
            web.post(r"/commands/{number:\d+}/confirm", door.need(Role.OPERATE, confirm)),
        ]

    def paths(self) -> dict[str, Any]:
        body = {"content": {"application/json": {"schema": _COMMAND}}}
        longer = _COMMAND | {"properties": _COMMAND["properties"] | {"seconds": {"type": "number", "maximum": LONGEST_SECS}}}
        ahead = {"content": {"application/json": {"schema": longer}}}
        number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}
        refused = "refused ones come back with 409 and why"
        return {
            "/controls": {"get": operation("What can be asked of devices.", {"type": "object"})},
            "/commands": {
                "get": operation("The latest commands, newest first.", {"type": "object"}),
                "post": operation(f"Ask a device for something; {refused}.", {"type": "object"}, requestBody=body),
            },
            "/commands/rehearse": {
                "post": operation("What a command would do, tried on a copy of the world.", {"type": "object"}, requestBody=ahead)
            },
            "/commands/{number}/confirm": {
                "post": operation(f"Agree to the command of somebody else; {refused}.", {"type": "object"}, parameters=[number])
            },
        }


@dataclass(frozen=True, slots=True)
class _Order:
    control: str
    entity: int
    value: Any
    seconds: float


class _Unreadable(TaixuError):
    """It is no command."""


class _NotAllowed(TaixuError):
    """Somebody may not do this."""


async def _read_order(request: web.Request) -> _Order:
    try:
        wanted = await request.json()
        control, entity = str(wanted["control"]), int(str(wanted["entity"]), 16)
        seconds = float(wanted.get("seconds", _REHEARSED_SECS))
        if not (0 <= entity < 1 << 64 and 0 <= seconds <= LONGEST_SECS):
            raise ValueError
        return _Order(control, entity, wanted["value"], seconds)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise _Unreadable('a command is {"control": "speed", "entity": "00000000000000aa", "value": 1.5}') from None


def _check_role(world: World, control: str, guest: Guest) -> None:
    known = world.resource(Ledger).controls.get(control)
    if known is not None and guest.role < Role[known.role.upper()]:
        raise _NotAllowed(f"{control} needs the role {known.role}")


def _command(world: World, order: _Order, guest: Guest) -> Command:
    _check_role(world, order.control, guest)
    return world.resource(Ledger).command(
        world, order.control, entity=order.entity, value=order.value, by=guest.name, now_ns=time.time_ns()
    )


def _confirm(world: World, number: int, guest: Guest) -> Command:
    waiting = world.resource(Ledger).find(number)
    if waiting is not None:
        _check_role(world, waiting.control, guest)
    return world.resource(Ledger).confirm(world, number, by=guest.name, now_ns=time.time_ns())


def _prepare(world: World, order: _Order, guest: Guest) -> Rehearsal:
    _check_role(world, order.control, guest)
    return prepare_rehearsal(world, order.control, entity=order.entity, value=order.value, now_ns=time.time_ns())
