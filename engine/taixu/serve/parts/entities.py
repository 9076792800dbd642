"""Entities: found by name, and all that is known of one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.describing import describe_entity
from taixu.serve.door import Door, refusal
from taixu.serve.finding import Finder
from taixu.serve.part import Part, operation

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["EntitiesPart"]

_USUAL, _MOST = 50, 500


class EntitiesPart(Part):
    """``/entities`` and ``/entities/ID``."""

    def __init__(self) -> None:
        self._finder = Finder()

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def search(request: web.Request, guest: Guest) -> web.Response:
            text, limit = request.query.get("search", ""), request.query.get("limit", str(_USUAL))
            if not limit.isdecimal() or not 1 <= int(limit[:9]) <= _MOST:
                return refusal(f"limit is a number from 1 to {_MOST}")
            try:
                found = await door.ask(lambda world: self._finder.find(world, text, limit=int(limit)))
            except TaixuError as error:
                return refusal(str(error), 503)
            return web.json_response({"entities": found})

        async def one(request: web.Request, guest: Guest) -> web.Response:
            stable_id = int(request.match_info["id"], 16)
            try:
                return web.json_response(await door.ask(lambda world: describe_entity(world, stable_id, now_ns=time.time_ns())))
            except TaixuError as error:
                return refusal(str(error), 404)

        return [
            web.get("/entities", door.need(Role.VIEW, search)),
            web.get("/entities/{id:[0-9a-f]{1,16}}", door.need(Role.VIEW, one)),
        ]

    def paths(self) -> dict[str, Any]:
        asked = [
            {"name": "search", "in": "query", "schema": {"type": "string"}},
            {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": _MOST}},
        ]
        number = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9a-f]{1,16}$"}}
        return {
            "/entities": {"get": operation("Entities by name, key or kind.", {"type": "object"}, parameters=asked)},
            "/entities/{id}": {"get": operation("All that is known of one entity.", {"type": "object"}, parameters=[number])},
        }
