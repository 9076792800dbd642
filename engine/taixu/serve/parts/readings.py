"""Readings, and where they go."""

from __future__ import annotations

import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.access import Guest, Role
from taixu.serve.door import Door, refusal
from taixu.serve.ingest import ingest_request, ingest_socket
from taixu.serve.part import Part, operation
from taixu.twin.inbox import Inbox
from taixu.twin.linting import binding_findings
from taixu.twin.wire import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["ReadingsPart"]

_READING = {
    "type": "object",
    "properties": {
        "topic": {"type": "string"}, "key": {"type": "string"},
        "time": {"oneOf": [{"type": "number", "description": "Since 1970."}, {"type": "string", "format": "date-time"}]},
        "values": {"type": "object", "additionalProperties": {"type": ["number", "string", "boolean"]}},
    },
    "required": ["topic", "values"],
}  # fmt: skip


class ReadingsPart(Part):
    """``/ingest`` and ``/bindings``."""

    def __init__(self, inbox: Inbox) -> None:
        self._inbox = inbox

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def bring(request: web.Request, guest: Guest) -> web.StreamResponse:
            return await ingest_request(request, self._inbox, source=guest.name, refuse=door.guard.refuse)

        async def stream(request: web.Request, guest: Guest) -> web.StreamResponse:
            return await ingest_socket(request, self._inbox, source=guest.name, sockets=door.sockets, refuse=door.guard.refuse)

        async def bindings(request: web.Request, guest: Guest) -> web.Response:
            try:
                found = await door.ask(lambda world: binding_findings(world, now_ns=time.time_ns()))
            except TaixuError as error:
                return refusal(str(error), 503)
            return web.json_response({"findings": [asdict(finding) for finding in found]})

        return [
            web.post("/ingest", door.need(Role.OPERATE, bring, most_bytes=MAX_RECORD_BYTES)),
            web.get("/ingest", door.need(Role.OPERATE, stream)),
            web.get("/bindings", door.need(Role.VIEW, bindings)),
        ]

    def paths(self) -> dict[str, Any]:
        either = {"oneOf": [_READING, {"type": "array", "items": _READING}]}
        binary = {"type": "string", "format": "binary"}
        body = {"application/json": {"schema": either}, "application/octet-stream": {"schema": binary}}
        kept = {"type": "object", "properties": {"kept": {"type": "integer"}}}
        return {
            "/ingest": {
                "get": operation('A WebSocket of readings: JSON or batch records; {"kept": n} acknowledges.'),
                "post": operation("Readings; answered when they are kept.", kept, requestBody={"content": body}),
            },
            "/bindings": {"get": operation("What is doubtful about bindings and devices just now.", {"type": "object"})},
        }
