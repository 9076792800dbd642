"""The WebSocket of a viewer: where he looks, what he has shown, what he asks about; and the scene as it goes on.

A viewer sends JSON: ``{"look": {"at": [x, y, z], "reach": metres}}``, ``{"shown": n}`` (binary messages shown by now; who does not
say so is left out after six), ``{"tell": slot}``, answered by ``{"thing": {...}}``. What he hears is in `audience`.

``{"at": nanoseconds since 1970}`` shows the scene as it was then, ``{"at": ..., "speed": 4}`` plays from there, ``{"at": null}``
goes back to the present; with ``"known": true`` it is what was true then, by what is known now. ``{"moment": {"time_ns", "live",
"speed"}}`` says what is shown, and its ``alarms`` which were open then. Looks are told anew with the first frame of another moment.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.audience import Audience, Viewer
from taixu.serve.gaze import Gaze
from taixu.serve.past import Pasts

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["watch_socket"]

_MAX_MESSAGE = 4096
_MAX_VIEWERS = 1000
_MAX_WAITING = 1000
_HEARTBEAT_SECS = 20.0


async def watch_socket(
    request: web.Request, audience: Audience, *, pasts: Pasts, sockets: set[Any]
) -> web.StreamResponse:
    """Serve one viewer until he goes."""
    from aiohttp import WSMsgType, web

    if len(audience) >= _MAX_VIEWERS:
        return web.json_response({"error": "too many are watching; come again"}, status=503, headers={"Retry-After": "10"})
    socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE, compress=False, heartbeat=_HEARTBEAT_SECS)
    await socket.prepare(request)
    outbox: asyncio.Queue[str | bytes] = asyncio.Queue()
    viewer = Viewer(outbox.put_nowait)
    gaze = Gaze(viewer, audience, pasts)
    sending = asyncio.create_task(_send(socket, outbox))
    sockets.add(socket)
    try:
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            try:
                _hear(gaze, message.data)
            except TaixuError as error:
                viewer.send(json.dumps({"error": str(error)}, ensure_ascii=False))
            if outbox.qsize() > _MAX_WAITING:  # he asks, and reads no answers
                break
    finally:
        gaze.leave()
        sockets.discard(socket)
        sending.cancel()
        with suppress(asyncio.CancelledError, ConnectionError):
            await sending
        await socket.close()
    return socket


def _hear(gaze: Gaze, text: str) -> None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise TaixuError("a viewer says objects of JSON: look, shown, tell or at")
    if "look" in said:
        place = said["look"] if isinstance(said["look"], dict) else {}
        gaze.look(place.get("at"), place.get("reach"))
    if isinstance(said.get("shown"), int):
        gaze.shown(said["shown"])
    if "at" in said:
        gaze.go(said)
    if isinstance(said.get("tell"), int):
        thing = gaze.audience.tell(said["tell"])
        gaze.viewer.send(json.dumps({"thing": thing, "slot": said["tell"]}, ensure_ascii=False))


async def _send(socket: web.WebSocketResponse, outbox: asyncio.Queue[str | bytes]) -> None:
    """What waits here is bounded by what a viewer may have under way."""
    while True:
        message = await outbox.get()
        if isinstance(message, str):
            await socket.send_str(message)
        else:
            await socket.send_bytes(message)
