"""The HTTP application: what is asked, who may ask, and what is said."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.access import COOKIE, Access, Guest, Role, is_foreign
from taixu.serve.audience import Audience
from taixu.serve.errands import Errands
from taixu.serve.facts import FactsBoard, prometheus_text
from taixu.serve.ingest import ingest_request, ingest_socket
from taixu.serve.openapi import openapi
from taixu.serve.watching import watch_socket
from taixu.twin.commands import Ledger
from taixu.twin.inbox import Inbox
from taixu.twin.linting import binding_findings
from taixu.twin.plugin import acknowledge_alarm
from taixu.twin.wire import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["make_application"]

_log = logging.getLogger(__name__)
_RATE, _BURST = 200.0, 400.0
"""Requests a second from one address, and how many at once."""
_WRONG_TOKENS = 20.0
"""Wrong tokens a minute from one address."""
_MAX_ADDRESSES = 4096
_ERRAND_SECS = 5.0
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
}

Handler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]
GuestHandler = Callable[["web.Request", Guest], Awaitable["web.StreamResponse"]]


class _Buckets:
    """Allowances by address that fill up again with time."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, address: str, amount: float = 1.0) -> bool:
        now = time.monotonic()
        left, at = self._left.pop(address, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._rate)
        allowed = left >= amount
        self._left[address] = (left - amount if allowed else left, now)
        while len(self._left) > _MAX_ADDRESSES:
            self._left.popitem(last=False)
        return allowed


def make_application(
    access: Access, inbox: Inbox, board: FactsBoard, errands: Errands, audience: Audience, *, is_secure: bool,
    stop: Callable[[], None],
) -> Any:  # fmt: skip
    """The application.

    Parameters
    ----------
    is_secure
        Whether it is served by TLS: cookies say so.
    stop
        Ends the program.
    """
    from aiohttp import web

    requests, wrong = _Buckets(_RATE, _BURST), _Buckets(_WRONG_TOKENS / 60, _WRONG_TOKENS)
    sockets: set[Any] = set()

    def need(role: Role, handler: GuestHandler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            address = request.remote or ""
            guest = access.guest(
                header=request.headers.get("Authorization", ""), cookie=request.cookies.get(COOKIE, ""),
                query=request.query.get("token", ""),
            )  # fmt: skip
            if guest is None:
                allowed = wrong.take(address)
                _log.warning("%s came without a valid token for %s", address, request.path)
                message = "a token is needed: Authorization: Bearer TOKEN" if allowed else "too many wrong tokens; wait a minute"
                return web.json_response(
                    {"error": message}, status=401 if allowed else 429, headers={"WWW-Authenticate": "Bearer"}
                )
            if guest.role < role:
                return web.json_response({"error": f"this needs the role {role.name.lower()}"}, status=403)
            return await handler(request, guest)

        return guarded

    @web.middleware
    async def keep_order(request: web.Request, handler: Handler) -> web.StreamResponse:
        if is_foreign(request.headers.get("Origin", ""), request.host):
            return web.json_response({"error": "pages of other origins are not served"}, status=403)
        if not requests.take(request.remote or ""):
            return web.json_response({"error": "too many requests; slow down"}, status=429, headers={"Retry-After": "1"})
        return await handler(request)

    async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
        response.headers.update(_HEADERS)

    async def healthz(request: web.Request) -> web.Response:
        age = (time.time_ns() - board.get().now_ns) / 1e9
        alive = age < 5.0
        return web.json_response({"ok": alive, "tick_age_secs": round(age, 3)}, status=200 if alive else 503)

    async def metrics(request: web.Request, guest: Guest) -> web.Response:
        return web.Response(text=prometheus_text(board.get(), connections=len(sockets)), content_type="text/plain", charset="utf-8")

    async def state(request: web.Request, guest: Guest) -> web.Response:
        facts = board.get()
        return web.json_response({
            "tick": facts.tick, "time_ns": facts.now_ns, "entities": facts.entities, "readings": facts.counts,
            "waiting": facts.waiting, "recorded_bytes": facts.recorded_bytes, "recording_problem": facts.recording_problem,
            "sources": facts.sources,
        })  # fmt: skip

    async def alarms(request: web.Request, guest: Guest) -> web.Response:
        facts = board.get()
        return web.json_response({"alarms": [alarm.as_dict() for alarm in facts.alarms], "problems": facts.rule_problems})

    async def commands(request: web.Request, guest: Guest) -> web.Response:
        return web.json_response({"commands": [command.as_dict() for command in board.get().commands]})

    async def command(request: web.Request, guest: Guest) -> web.Response:
        try:
            wanted = await request.json()
            control, entity = str(wanted["control"]), int(str(wanted["entity"]), 16)
            value = wanted["value"]
        except (ValueError, KeyError, TypeError, RecursionError):
            message = 'a command is {"control": "speed", "entity": "00000000000000aa", "value": 1.5}'
            return web.json_response({"error": message}, status=400)
        try:
            asked = errands.ask(
                lambda world: world.resource(Ledger).command(
                    world, control, entity=entity, value=value, by=guest.name, now_ns=time.time_ns()
                )
            )
            sent = await asyncio.wait_for(asyncio.wrap_future(asked), _ERRAND_SECS)
        except TimeoutError:
            return web.json_response({"error": "the world does not answer just now"}, status=503)
        except TaixuError as error:
            return web.json_response({"error": str(error)}, status=404)
        return web.json_response(sent.as_dict(), status=200 if sent.state == "sent" else 409)

    async def bindings(request: web.Request, guest: Guest) -> web.Response:
        try:
            asked = errands.ask(lambda world: binding_findings(world, now_ns=time.time_ns()))
            found = await asyncio.wait_for(asyncio.wrap_future(asked), _ERRAND_SECS)
        except TimeoutError:
            return web.json_response({"error": "the world does not answer just now"}, status=503)
        except TaixuError as error:
            return web.json_response({"error": str(error)}, status=503)
        return web.json_response({"findings": [asdict(finding) for finding in found]})

    async def acknowledge(request: web.Request, guest: Guest) -> web.Response:
        number = request.match_info["number"]
        if len(number) > 18:
            return web.json_response({"error": "there is no such alarm"}, status=404)
        try:
            done = errands.ask(lambda world: acknowledge_alarm(world, int(number), by=guest.name))
            alarm = await asyncio.wait_for(asyncio.wrap_future(done), _ERRAND_SECS)
        except TimeoutError:
            return web.json_response({"error": "the world does not answer just now"}, status=503)
        except TaixuError as error:
            return web.json_response({"error": str(error)}, status=404)
        return web.json_response(alarm.as_dict())

    async def bring(request: web.Request, guest: Guest) -> web.StreamResponse:
        return await ingest_request(request, inbox, source=guest.name)

    async def stream(request: web.Request, guest: Guest) -> web.StreamResponse:
        return await ingest_socket(request, inbox, source=guest.name, sockets=sockets)

    async def watch(request: web.Request, guest: Guest) -> web.StreamResponse:
        return await watch_socket(request, audience, sockets=sockets)

    async def describe(request: web.Request, guest: Guest) -> web.Response:
        return web.json_response(openapi())

    async def end(request: web.Request, guest: Guest) -> web.Response:
        stop()
        return web.json_response({"stopping": True})

    async def enter(request: web.Request, guest: Guest) -> web.Response:
        """A page's token goes from the address into a cookie at once: addresses are logged and shown."""
        if "token" in request.query:
            response = web.Response(status=303, headers={"Location": "/"})
            response.set_cookie(COOKIE, request.query["token"], httponly=True, samesite="Strict", secure=is_secure)
            return response
        return await state(request, guest)

    async def close_sockets(application: web.Application) -> None:
        for socket in list(sockets):
            await socket.close(code=1001, message=b"the server is stopping")

    application = web.Application(client_max_size=MAX_RECORD_BYTES, middlewares=[keep_order])
    application.on_response_prepare.append(on_prepare)
    application.on_shutdown.append(close_sockets)
    application.add_routes([
        web.get("/", need(Role.VIEW, enter)),
        web.get("/healthz", healthz),
        web.get("/metrics", need(Role.VIEW, metrics)),
        web.get("/openapi.json", need(Role.VIEW, describe)),
        web.get("/state", need(Role.VIEW, state)),
        web.get("/watch", need(Role.VIEW, watch)),
        web.get("/bindings", need(Role.VIEW, bindings)),
        web.get("/commands", need(Role.VIEW, commands)),
        web.post("/commands", need(Role.OPERATE, command)),
        web.get("/alarms", need(Role.VIEW, alarms)),
        web.post(r"/alarms/{number:\d+}/acknowledge", need(Role.OPERATE, acknowledge)),
        web.post("/ingest", need(Role.OPERATE, bring)),
        web.get("/ingest", need(Role.OPERATE, stream)),
        web.post("/stop", need(Role.ADMIN, end)),
    ])  # fmt: skip
    return application
