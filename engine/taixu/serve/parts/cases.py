"""Processes: what is declared, which cases are open, opening and moving one, and where all of them lose their time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.facts import FactsBoard
from taixu.serve.part import Part, operation
from taixu.serve.parts.history import HistoryPart, number_of
from taixu.serve.remembering import Remembering
from taixu.twin.processes import Cases, ProcessEngine, mine_cases
from taixu.twin.processes.engine import NotAllowed

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["CasesPart"]

_MAX_LISTED = 500
_MAX_DIGITS = 18
_OPENED: dict[str, Any] = {
    "type": "object",
    "properties": {"process": {"type": "string"}, "entity": {"type": "string"}},
    "required": ["process", "entity"],
}
_MOVED: dict[str, Any] = {"type": "object", "properties": {"to": {"type": "string"}}, "required": ["to"]}


class CasesPart(Part):
    """``/processes``, ``/processes/report``, ``/cases``, ``/cases/N``, ``/cases/N/move``.

    Parameters
    ----------
    history
        Knows how cases were before.
    """

    def __init__(self, board: FactsBoard, history: HistoryPart) -> None:
        self._board, self._history = board, history

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def processes(request: web.Request, guest: Guest) -> web.Response:
            found = await door.ask(lambda world: [each.as_dict() for each in world.resource(ProcessEngine).processes.values()])
            return web.json_response({"processes": found, "problems": self._board.get().process_problems})

        async def report(request: web.Request, guest: Guest) -> web.Response:
            try:
                span = [number_of(request.query[each], each) if each in request.query else None for each in ("from_ns", "to_ns")]
            except TaixuError as error:
                return refusal(str(error))
            return await self._history.answer(lambda remembering, _: _report(remembering, *span))

        async def cases(request: web.Request, guest: Guest) -> web.Response:
            if "at_ns" in request.query:
                try:
                    at_ns = number_of(request.query["at_ns"], "at_ns")
                except TaixuError as error:
                    return refusal(str(error))
                return await self._history.answer(lambda remembering, _: _listed(remembering.cases(at_ns).open))
            return web.json_response(_listed(self._board.get().cases))

        async def one(request: web.Request, guest: Guest) -> web.Response:
            number = int(request.match_info["number"][:_MAX_DIGITS])
            found = await door.ask(lambda world: world.resource(Cases).find(number))
            return refusal(f"there is no case {number}", 404) if found is None else web.json_response(found.as_dict())

        async def begin(request: web.Request, guest: Guest) -> web.Response:
            try:
                wanted = await request.json()
                process, entity = str(wanted["process"]), int(str(wanted["entity"]), 16)
                if not 0 <= entity < 1 << 64:
                    raise ValueError
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                return refusal('a case is opened by {"process": "repair", "entity": "00000000000000aa"}')

            def do(world: World) -> dict[str, Any]:
                engine, role = world.resource(ProcessEngine), guest.role.name.lower()
                return engine.open_case(world, process, entity, by=guest.name, role=role, now_ns=time.time_ns()).as_dict()

            return await _done(door, do)

        async def move(request: web.Request, guest: Guest) -> web.Response:
            number = int(request.match_info["number"][:_MAX_DIGITS])
            try:
                to = str((await request.json())["to"])
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                return refusal('a case is moved by {"to": "at work"}')

            def do(world: World) -> dict[str, Any]:
                engine, role = world.resource(ProcessEngine), guest.role.name.lower()
                return engine.move_case(world, number, to, by=guest.name, role=role, now_ns=time.time_ns()).as_dict()

            return await _done(door, do)

        return [
            web.get("/processes", door.need(Role.VIEW, processes)),
            web.get("/processes/report", door.need(Role.VIEW, report)),
            web.get("/cases", door.need(Role.VIEW, cases)),
            web.get(r"/cases/{number:\d+}", door.need(Role.VIEW, one)),
            web.post("/cases", door.need(Role.VIEW, begin)),  # processes say who may
            web.post(r"/cases/{number:\d+}/move", door.need(Role.VIEW, move)),
        ]

    def paths(self) -> dict[str, Any]:
        number = {"name": "number", "in": "path", "required": True, "schema": {"type": "integer"}}
        span = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("from_ns", "to_ns")]
        opened, moved = ({"content": {"application/json": {"schema": each}}} for each in (_OPENED, _MOVED))
        whole = {"type": "object"}
        return {
            "/processes": {"get": operation("State machines that entities go through.", whole)},
            "/processes/report": {
                "get": operation("How long each state takes, which ways cases go, and what holds them up.", whole, parameters=span)
            },
            "/cases": {
                "get": operation(
                    "Cases that are open, late ones first; or that were, at a time of the recording.", whole,
                    parameters=[{"name": "at_ns", "in": "query", "schema": {"type": "integer"}}],
                ),
                "post": operation("Open a case for an entity, where the process lets people do so.", whole, requestBody=opened),
            },
            "/cases/{number}": {"get": operation("One case, and where it has been.", whole, parameters=[number])},
            "/cases/{number}/move": {
                "post": operation("Bring a case into a state where people may.", whole, parameters=[number], requestBody=moved)
            },
        }  # fmt: skip


async def _done(door: Door, do: Any) -> web.Response:
    from aiohttp import web

    try:
        return web.json_response(await door.ask(do))
    except TaixuError as error:
        return refusal(str(error), 403 if isinstance(error, NotAllowed) else 409)


def _listed(cases: Any) -> dict[str, Any]:
    return {"cases": [each.as_dict() for each in cases[:_MAX_LISTED]], "open": len(cases)}


def _report(remembering: Remembering, from_ns: int | None, to_ns: int | None) -> dict[str, Any]:
    until_ns = remembering.recording.span_ns[1] if to_ns is None else to_ns
    reports = mine_cases(remembering.cases(until_ns), since_ns=from_ns, now_ns=until_ns)
    return {"from_ns": from_ns, "to_ns": until_ns, "processes": [each.as_dict() for each in reports]}
