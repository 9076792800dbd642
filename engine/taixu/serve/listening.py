"""The WebSocket of a listener: what he follows, where he looks; and the news as it comes."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.access import Guest
from taixu.serve.listeners import Listener, Listeners, hear

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["listen_socket"]

_MAX_MESSAGE = 4096
_HEARTBEAT_SECS = 20.0
_TOO_MUCH = 1008


async def listen_socket(
    request: web.Request, listeners: Listeners, guest: Guest, *, hello: dict[str, Any], sockets: set[Any]
) -> web.StreamResponse:
    """Serve one listener until he goes."""
    from aiohttp import WSMsgType, web

    if listeners.is_full:
        return web.json_response({"error": "too many are watching; come again"}, status=503, headers={"Retry-After": "10"})
    socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE, compress=False, heartbeat=_HEARTBEAT_SECS)
    await socket.prepare(request)
    listener = Listener(guest)
    told = {"name": guest.name, "role": guest.role.name.lower(), **hello}
    listener.tell("hello", json.dumps({"hello": told}, ensure_ascii=False))
    listeners.enter(listener)
    sockets.add(socket)
    sending = asyncio.create_task(_send(socket, listener))
    try:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            if not listener.may_speak():
                await socket.close(code=_TOO_MUCH, message=b"too many messages; slow down")
                break
            try:
                hear(listeners, listener, message.data)
            except TaixuError as error:
                listener.tell("error", json.dumps({"error": str(error)}, ensure_ascii=False))
    finally:
        listeners.leave(listener)
        sockets.discard(socket)
        sending.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await sending
        await socket.close()
    return socket


async def _send(socket: web.WebSocketResponse, listener: Listener) -> None:
    """A message is taken when the one before has gone: who reads slowly gets newer ones, not more."""
    while True:
        await listener.wake.wait()
        listener.wake.clear()
        while listener.waiting:
            subject = next(iter(listener.waiting))
            await socket.send_str(listener.waiting.pop(subject))
