"""The WebSocket of a viewer of pictures: what he says, read and bounded; what he hears, sent as the gallery gives it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.pictures.gallery import Gallery, Viewer
from taixu.serve.pictures.wishes import read_camera, read_wish

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["FULL", "UNABLE", "Picker", "serve_pictures"]

Picker = Callable[[Viewer, float, float], Awaitable[dict[str, Any] | None]]

UNABLE, FULL = 4409, 4429
"""Codes that a socket is closed with."""
_MAX_MESSAGE = 4096
_HEARTBEAT_SECS = 20.0
_SAID_A_SEC, _SAID_AT_ONCE = 250.0, 500.0
_PICKS_A_SEC, _PICKS_AT_ONCE = 5.0, 10.0
_REASON_BYTES = 120


class _Allowance:
    """So many a second, and so many at once."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate, self._burst = rate, burst
        self._left, self._at = burst, time.monotonic()

    def take(self) -> bool:
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._rate)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


async def serve_pictures(
    request: web.Request, gallery: Gallery, pick: Picker, *, hello: Callable[[], Awaitable[dict[str, Any]]], sockets: set[Any]
) -> web.StreamResponse:
    """Serve one viewer until he goes.

    Parameters
    ----------
    pick
        Finds what is seen at a place of what somebody sees.
    hello
        Gives what is said first; raises `TaixuError` where nothing can be drawn.
    """
    from aiohttp import web

    socket = web.WebSocketResponse(max_msg_size=_MAX_MESSAGE, compress=False, heartbeat=_HEARTBEAT_SECS)
    await socket.prepare(request)
    sockets.add(socket)
    viewer: Viewer | None = None
    sending: asyncio.Task[None] | None = None
    try:
        try:
            said_first = await hello()
        except TaixuError as error:
            return await _refuse(socket, UNABLE, str(error))
        if gallery.is_full:
            return await _refuse(socket, FULL, "too many look at pictures already; the scene can still be drawn by the browser")
        outbox: asyncio.Queue[str | bytes] = asyncio.Queue()
        viewer = Viewer(outbox.put_nowait, outbox.qsize)
        gallery.enter(viewer)
        viewer.send(json.dumps({"pictures": said_first}, ensure_ascii=False))
        sending = asyncio.create_task(_send(socket, outbox))
        await _listen(socket, gallery, viewer, pick)
    finally:
        sockets.discard(socket)
        if viewer is not None:
            gallery.leave(viewer)
        if sending is not None:
            sending.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await sending
        await socket.close()
    return socket


async def _listen(socket: web.WebSocketResponse, gallery: Gallery, viewer: Viewer, pick: Picker) -> None:
    from aiohttp import WSMsgType

    said, picks = _Allowance(_SAID_A_SEC, _SAID_AT_ONCE), _Allowance(_PICKS_A_SEC, _PICKS_AT_ONCE)
    async for message in socket:
        if message.type is not WSMsgType.TEXT:
            return
        if not said.take():
            await socket.close(code=1008, message=b"too many messages")
            return
        try:
            words = _words(message.data)
            _hear(gallery, viewer, words)
            if "pick" in words:
                if not picks.take():
                    raise TaixuError("too many picks; slow down")
                await _pick(viewer, pick, words)
        except TaixuError as error:
            # An error is small, but whoever only makes errors and reads nothing would make them pile up.
            if viewer.waiting() < 100:
                viewer.send(json.dumps({"error": str(error)}, ensure_ascii=False))


def _words(text: str) -> dict[str, Any]:
    try:
        words = json.loads(text)
    except (ValueError, RecursionError):
        words = None
    if not isinstance(words, dict):
        raise TaixuError("a viewer says objects of JSON: want, camera, shown, key or pick")
    return words


def _hear(gallery: Gallery, viewer: Viewer, words: dict[str, Any]) -> None:
    if _is_count(words.get("shown")):
        gallery.acknowledge(viewer, words["shown"])
    if "camera" in words:
        number = words.get("number", 0)
        gallery.look(viewer, read_camera(words["camera"]), number & 0xFFFFFFFF if _is_count(number) else 0)
    if "want" in words:
        gallery.want(viewer, read_wish(words["want"], gallery.limits))
    if words.get("key") is True:
        gallery.begin_anew(viewer)


async def _pick(viewer: Viewer, pick: Picker, words: dict[str, Any]) -> None:
    place = words["pick"] if isinstance(words["pick"], dict) else {}
    x, y = place.get("x"), place.get("y")
    if not all(isinstance(each, (int, float)) and not isinstance(each, bool) and 0 <= each <= 1 for each in (x, y)):
        raise TaixuError('pick takes {"x": 0.25, "y": 0.5}, from 0 to 1')
    found = await pick(viewer, x, y)  # type: ignore[arg-type]
    token = words.get("as")
    viewer.send(json.dumps({"picked": found, "as": token if _is_count(token) else None}, ensure_ascii=False))


async def _refuse(socket: web.WebSocketResponse, code: int, sentence: str) -> web.WebSocketResponse:
    await socket.send_str(json.dumps({"error": sentence}, ensure_ascii=False))
    await socket.close(code=code, message=sentence.encode()[:_REASON_BYTES].decode(errors="ignore").encode())
    return socket


async def _send(socket: web.WebSocketResponse, outbox: asyncio.Queue[str | bytes]) -> None:
    """What waits here is bounded by what a viewer may have under way."""
    while True:
        message = await outbox.get()
        if isinstance(message, str):
            await socket.send_str(message)
        else:
            await socket.send_bytes(message)


def _is_count(raw: Any) -> bool:
    return isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 1 << 53
