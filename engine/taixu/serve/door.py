"""The door of the server: who may come in, how often, and how the network's thread asks the world's."""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.access import COOKIE, Access, Guest, Role, cookie_name, is_foreign
from taixu.serve.errands import Errands
from taixu.serve.guard import Guard

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["Door", "WorldSilentError", "refusal"]

_log = logging.getLogger(__name__)
_RATE, _BURST = 200.0, 400.0
"""Requests a second from one address, and how many at once."""
_WRONG_TOKENS = 20.0
"""Wrong tokens a minute from one address."""
_MAX_ADDRESSES = 4096
_ERRAND_SECS = 5.0
_BODY_SECS = 30.0

Handler = Callable[["web.Request"], Awaitable["web.StreamResponse"]]
GuestHandler = Callable[["web.Request", Guest], Awaitable["web.StreamResponse"]]
T = TypeVar("T")


def _is_embedded(headers: Any) -> bool:
    """Whether a page of another site asks for a part of itself (pictures, scripts): that says no origin. Links may be followed."""
    return headers.get("Sec-Fetch-Site") == "cross-site" and headers.get("Sec-Fetch-Mode") != "navigate"


def refusal(message: str, status: int = 400, **headers: str) -> web.Response:
    """An answer of one sentence."""
    from aiohttp import web

    return web.json_response({"error": message}, status=status, headers=headers)


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


class WorldSilentError(TaixuError):
    """The world's thread has other things to do."""


class Door:
    """What every part of the server needs to answer requests (the network's thread).

    Parameters
    ----------
    is_secure
        Whether it is served by TLS: cookies say so.
    stop
        Ends the program.
    guard
        Counts what is refused.
    """

    def __init__(
        self, access: Access, errands: Errands, *, is_secure: bool, stop: Callable[[], None], guard: Guard | None = None
    ) -> None:
        self.access, self.is_secure, self.stop, self.guard = access, is_secure, stop, guard or Guard()
        self.sockets: set[Any] = set()
        """Open WebSockets; who opens one puts it in and takes it out."""
        self.closed_to = ""
        """Why nothing can be told or asked of this world, in one sentence; empty where it can."""
        self._errands = errands
        self._requests, self._wrong = _Buckets(_RATE, _BURST), _Buckets(_WRONG_TOKENS / 60, _WRONG_TOKENS)

    def need(self, role: Role, handler: GuestHandler, *, most_bytes: int = 1 << 20) -> Handler:
        """A handler that only those get to who may do what it does, once all of a request is there.

        Parameters
        ----------
        most_bytes
            Of a request's body.
        """

        async def guarded(request: web.Request) -> web.StreamResponse:
            guest = self.access.guest(
                header=request.headers.get("Authorization", ""),
                cookie=request.cookies.get(cookie_name(request.host)) or request.cookies.get(COOKIE, ""),
                query=request.query.get("token", ""),
            )  # fmt: skip
            if guest is None:
                allowed = self._wrong.take(request.remote or "")
                self.guard.refuse("no_token")
                if allowed:
                    _log.warning("%s came without a valid token for %s", request.remote, request.path[:100])
                message = "a token is needed: Authorization: Bearer TOKEN" if allowed else "too many wrong tokens; wait a minute"
                return refusal(message, 401 if allowed else 429, **{"WWW-Authenticate": "Bearer"})
            if guest.role < role:
                self.guard.refuse("role")
                return refusal(f"this needs the role {role.name.lower()}", 403)
            try:
                return await self._body_problem(request, most_bytes) or await handler(request, guest)
            except WorldSilentError as error:
                return refusal(str(error), 503, **{"Retry-After": "1"})

        return guarded

    async def _body_problem(self, request: web.Request, most: int) -> web.Response | None:
        """Read a request's body, of those alone who may send one; gives why not, if not. Nobody may take all day over it."""
        from aiohttp import web

        if not request.can_read_body:
            return None
        if (request.content_length or 0) > most:
            self.guard.refuse("large_body")
            return refusal(f"a body of {request.content_length:,} bytes is too large; at most {most:,} are read", 413)
        try:
            await asyncio.wait_for(request.read(), _BODY_SECS)
        except TimeoutError:
            self.guard.refuse("slow_body")
            return refusal("the rest of the request does not come", 408, Connection="close")
        except web.HTTPRequestEntityTooLarge as error:
            self.guard.refuse("large_body")
            return refusal(error.text or "the request is too large", 413)
        return None

    async def ask(self, function: Callable[[World], T]) -> T:
        """Have the world's thread call a function with the world.

        Raises
        ------
        TaixuError
            What it raises.
        WorldSilentError
            When the world does not answer; those whom `need` lets in need not catch it.
        """
        asked = self._errands.ask(function)
        try:
            found: T = await asyncio.wait_for(asyncio.wrap_future(asked), _ERRAND_SECS)
        except TimeoutError:
            raise WorldSilentError("the world does not answer just now") from None
        return found

    def turned_away(self, request: web.Request) -> web.Response | None:
        """Why somebody is not let in, if he is not: pages of other origins, and who asks too often."""
        headers = request.headers
        if is_foreign(headers.get("Origin", ""), request.host) or _is_embedded(headers):
            self.guard.refuse("foreign_page")
            return refusal("pages of other origins are not served", 403)
        if not self._requests.take(request.remote or ""):
            self.guard.refuse("too_often")
            return refusal("too many requests; slow down", 429, **{"Retry-After": "1"})
        if self.closed_to and (request.method not in ("GET", "HEAD") or request.path == "/ingest") and request.path != "/stop":
            return refusal(self.closed_to, 409)
        return None
