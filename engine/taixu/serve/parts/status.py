"""How the server is doing, what it can be asked, and its end."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taixu.serve.access import Guest, Role
from taixu.serve.door import Door
from taixu.serve.facts import FactsBoard, prometheus_text
from taixu.serve.openapi import openapi
from taixu.serve.part import Part, operation

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["StatusPart"]

_STALE_SECS = 5.0


class StatusPart(Part):
    """``/healthz``, ``/metrics``, ``/state``, ``/openapi.json``, ``/stop``."""

    def __init__(self, board: FactsBoard, others: Sequence[Part]) -> None:
        self._board = board
        self._all = [self, *others]

    def routes(self, door: Door) -> list[Any]:
        from aiohttp import web

        async def healthz(request: web.Request) -> web.Response:
            age, stalled = self._board.age_secs, bool(self._board.get().recording_problem)
            well = age < _STALE_SECS and not stalled
            found = {"ok": well, "tick_age_secs": round(age, 3), "recording_stalled": stalled}
            return web.json_response(found, status=200 if well else 503)

        async def metrics(request: web.Request, guest: Guest) -> web.Response:
            text = prometheus_text(self._board.get(), connections=len(door.sockets), refused=door.guard.refused)
            return web.Response(text=text, content_type="text/plain", charset="utf-8")

        async def state(request: web.Request, guest: Guest) -> web.Response:
            return web.json_response(self._board.get().as_state())

        async def describe(request: web.Request, guest: Guest) -> web.Response:
            return web.json_response(openapi(self._all))

        async def end(request: web.Request, guest: Guest) -> web.Response:
            door.stop()
            return web.json_response({"stopping": True})

        return [
            web.get("/healthz", healthz),
            web.get("/metrics", door.need(Role.VIEW, metrics)),
            web.get("/openapi.json", door.need(Role.VIEW, describe)),
            web.get("/state", door.need(Role.VIEW, state)),
            web.post("/stop", door.need(Role.ADMIN, end)),
        ]

    def paths(self) -> dict[str, Any]:
        return {
            "/healthz": {"get": operation("Whether the world runs.", {"type": "object"}, security=[])},
            "/metrics": {"get": operation("Figures for Prometheus.")},
            "/openapi.json": {"get": operation("This document.", {"type": "object"})},
            "/state": {"get": operation("How the world is doing.", {"type": "object"})},
            "/stop": {"post": operation("End the server; needs the role admin.", {"type": "object"})},
        }
