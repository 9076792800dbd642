"""Who may speak to the server at all: programs of this machine that know its token. Each refusal is one sentence."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any

__all__ = ["MOST_BYTES", "guarded"]

MOST_BYTES = 1 << 20
"""Of a request."""

_HERE = frozenset({"127.0.0.1", "localhost", "[::1]"})


def guarded(app: Any, *, token: str, is_open: Callable[[], bool]) -> Callable[[Any, Any, Any], Awaitable[None]]:
    """An ASGI app that lets only those through who may come in.

    Web pages that a browser shows can reach loopback, too, also under a name that their maker chose (DNS rebinding):
    whoever names another host, or comes from a page, is refused before the token is looked at.
    """
    wanted = f"Bearer {token}".encode()

    async def guard(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            refusal = _refusal(scope, wanted) if is_open() else (503, "this world lets nobody in any more")
            if refusal is not None:
                status, body = refusal[0], refusal[1].encode() + b"\n"
                headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
                headers += [(b"content-length", str(len(body)).encode())]
                headers += [(b"www-authenticate", b"Bearer")] if status == 401 else []
                await send({"type": "http.response.start", "status": status, "headers": headers})
                await send({"type": "http.response.body", "body": body})
                return
        await app(scope, receive, send)

    return guard


def _refusal(scope: Any, wanted: bytes) -> tuple[int, str] | None:
    headers = dict(scope["headers"])
    host = headers.get(b"host", b"").decode("latin-1")
    if host.rpartition(":")[0] not in _HERE and host not in _HERE:
        return 421, "this world is at 127.0.0.1 alone"
    if b"origin" in headers and headers[b"origin"].decode("latin-1") not in (f"http://{host}", f"https://{host}"):
        return 403, "web pages are not let in"
    if not hmac.compare_digest(headers.get(b"authorization", b""), wanted):
        return 401, "this world asks for its token"
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > MOST_BYTES:
        return 413, f"a request holds {MOST_BYTES >> 20} MiB at the most"
    return None
