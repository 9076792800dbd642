"""Sources: how they are doing, and what can be found at their other side."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from taixu.app import App
from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.facts import FactsBoard
from taixu.serve.part import Part, operation
from taixu.twin.commands import Ledger

if TYPE_CHECKING:
    from aiohttp import web

    from taixu.serve.service import Service

__all__ = ["SourcesPart"]

_log = logging.getLogger(__name__)
_MAX_NODE = 500
_AT_ONCE = 4


class SourcesPart(Part):
    """``/sources`` and ``/sources/NAME/browse``."""

    def __init__(self, board: FactsBoard) -> None:
        self._board = board
        self._told: dict[str, tuple[str, str]] = {}
        self._browsing = asyncio.Semaphore(_AT_ONCE)

    def frame(self, app: App, service: Service) -> None:
        """Tell the log how sources are doing, when that changes."""
        for name, status in self._board.get().sources.items():
            now = (status["state"], status["problem"])
            if self._told.get(name) != now:
                self._told[name] = now
                level = logging.WARNING if status["problem"] else logging.INFO
                _log.log(level, "The source %s is %s%s", name, now[0], f": {now[1]}" if now[1] else ".")

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def sources(request: web.Request, guest: Guest) -> web.Response:
            return web.json_response({"sources": self._board.get().sources})

        async def browse(request: web.Request, guest: Guest) -> web.Response:
            name, node = request.match_info["name"], request.query.get("node", "")
            try:
                source = await door.ask(lambda world: world.resource(Ledger).source(name))
            except TaixuError as error:
                return refusal(str(error), 404)
            if len(node) > _MAX_NODE:
                return refusal("a node's id is not so long")
            if self._browsing.locked():
                return refusal("others are browsing; come again", 503, **{"Retry-After": "1"})
            async with self._browsing:
                try:
                    found = await asyncio.to_thread(source.browse, node)
                except TaixuError as error:
                    return refusal(str(error), 502)
            return web.json_response({"nodes": found})

        return [
            web.get("/sources", door.need(Role.VIEW, sources)),
            web.get("/sources/{name}/browse", door.need(Role.OPERATE, browse)),
        ]

    def paths(self) -> dict[str, Any]:
        name = {"name": "name", "in": "path", "required": True, "schema": {"type": "string"}}
        node = {"name": "node", "in": "query", "schema": {"type": "string"}}
        return {
            "/sources": {"get": operation("How sources are doing.", {"type": "object"})},
            "/sources/{name}/browse": {
                "get": operation("What is below a node of OPC UA.", {"type": "object"}, parameters=[name, node])
            },
        }
