"""The HTTP application: what all answers have in common; what is answered is the parts' business."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from taixu.serve.door import Door, Handler
from taixu.serve.part import Part
from taixu.twin.wire import MAX_RECORD_BYTES

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["make_application"]

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
}


def make_application(door: Door, parts: Sequence[Part]) -> Any:
    """The application; a part's answers may carry headers that replace the common ones."""
    from aiohttp import web

    @web.middleware
    async def keep_order(request: web.Request, handler: Handler) -> web.StreamResponse:
        return door.turned_away(request) or await handler(request)

    async def on_prepare(request: web.Request, response: web.StreamResponse) -> None:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)

    async def close_sockets(application: web.Application) -> None:
        for socket in list(door.sockets):
            await socket.close(code=1001, message=b"the server is stopping")

    application = web.Application(client_max_size=MAX_RECORD_BYTES, middlewares=[keep_order])
    application.on_response_prepare.append(on_prepare)
    application.on_shutdown.append(close_sockets)
    for part in parts:
        application.add_routes(part.routes(door))
    return application
