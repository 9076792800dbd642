"""Measures, and the ways of parts."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.describing import describe_lineage
from taixu.serve.door import Door, refusal
from taixu.serve.facts import FactsBoard
from taixu.serve.part import Part, operation
from taixu.serve.parts.history import HistoryPart, number_of
from taixu.twin.arrivals import arrival_id
from taixu.twin.device import Roster
from taixu.twin.measures import Measures

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["MeasuresPart"]

_LATEST_NS = (1 << 63) - 1


class MeasuresPart(Part):
    """``/measures`` and ``/lineage``.

    Parameters
    ----------
    history
        Knows what measures said before.
    """

    def __init__(self, board: FactsBoard, history: HistoryPart) -> None:
        self._board, self._history = board, history

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def measures(request: web.Request, guest: Guest) -> web.Response:
            if "at_ns" in request.query:
                try:
                    at_ns = number_of(request.query["at_ns"], "at_ns")
                except TaixuError as error:
                    return refusal(str(error))
                return await self._history.answer(lambda remembering, _: {"measures": remembering.measures(at_ns), "problems": {}})
            facts = self._board.get()
            return web.json_response({"measures": list(facts.measures), "problems": facts.measure_problems})

        async def lineage(request: web.Request, guest: Guest) -> web.Response:
            asked = request.query
            try:
                span = int(asked.get("from_ns", "0")), int(asked.get("to_ns", str(_LATEST_NS)))
            except ValueError:
                return refusal("from_ns and to_ns are nanoseconds since 1970")
            if not all(0 <= each <= _LATEST_NS for each in span) or ("part" in asked) == ("zone" in asked):
                return refusal("ask for ?part=KEY, or for ?zone=NAME and from_ns, to_ns")
            try:
                if "part" in asked:
                    found = await door.ask(lambda world: _ways_of(world, asked["part"]))
                else:
                    found = await door.ask(lambda world: _who_passed(world, asked["zone"], *span))
            except TaixuError as error:
                return refusal(str(error), 503)
            return web.json_response({"lineage": found})

        return [web.get("/measures", door.need(Role.VIEW, measures)), web.get("/lineage", door.need(Role.VIEW, lineage))]

    def paths(self) -> dict[str, Any]:
        asked = [
            {"name": name, "in": "query", "schema": {"type": kind}}
            for name, kind in (("part", "string"), ("zone", "string"), ("from_ns", "integer"), ("to_ns", "integer"))
        ]
        return {
            "/measures": {
                "get": operation(
                    "What is measured, by entity, by zone and whole; or what was, at a time of the recording.", {"type": "object"},
                    parameters=[{"name": "at_ns", "in": "query", "schema": {"type": "integer"}}],
                )
            },
            "/lineage": {
                "get": operation(
                    "A part's way and what it was joined with; or which parts were in a zone.", {"type": "object"}, parameters=asked
                )
            },
        }


def _ways_of(world: World, part: str) -> list[dict[str, Any]]:
    """By key, also of parts that have gone; or by id."""
    roster = world.resource(Roster)
    ids = [*world.stable_ids(roster.find([part])).tolist(), arrival_id(part)]
    with suppress(ValueError):
        ids.append(int(part, 16))
    return [
        describe_lineage(lineage, each) | {"measure": name}
        for name, lineage in world.resource(Measures).lineages()
        for each in dict.fromkeys(ids)
        if 0 < each < 1 << 64 and lineage.way(each)
    ]


def _who_passed(world: World, zone: str, from_ns: int, to_ns: int) -> list[dict[str, Any]]:
    return [
        {"measure": name, "part": f"{each.part:016x}", "key": lineage.key_of(each.part)} | each.as_dict()
        for name, lineage in world.resource(Measures).lineages()
        for each in lineage.who_passed(zone, from_ns=from_ns, to_ns=to_ns)
    ]
