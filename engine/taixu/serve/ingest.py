"""Readings by HTTP and by WebSocket, acknowledged when they are kept."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError
from taixu.serve.guard import gather
from taixu.twin.batch import Batch
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.wire import MAGIC, MAX_RECORD_BYTES, decode_batch, decode_json

if TYPE_CHECKING:
    from aiohttp import web

__all__ = ["ingest_request", "ingest_socket"]

_KEPT_SECS = 10.0
_TRY_SECS = 0.005
_QUIET_SECS = 60.0


def read_readings(data: bytes | str, *, source: str) -> list[Batch]:
    """Batches of a message: a batch record, or JSON.

    Raises
    ------
    TaixuError
        When it is neither.
    """
    if isinstance(data, bytes) and data[:4] == MAGIC:
        return [decode_batch(data, source=source)]
    return decode_json(data, now_ns=time.time_ns(), source=source)


class Kept:
    """Counts what was kept, over threads, and wakes who waits in the loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self.count = 0
        self.changed = asyncio.Event()
        self._untold = 0
        self._lock = threading.Lock()

    def add(self, counts: Sequence[int]) -> None:
        """More was kept (called by the writer's thread). The loop is woken once for all that is kept until it looks."""
        with self._lock:
            is_woken, self._untold = self._untold > 0, self._untold + sum(counts)
            if is_woken or not self._untold:
                return
        try:
            self._loop.call_soon_threadsafe(self._look)
        except RuntimeError:  # the server has gone
            return

    def _look(self) -> None:
        with self._lock:
            self.count += self._untold
            self._untold = 0
        self.changed.set()

    async def wait_for(self, count: int, *, secs: float) -> bool:
        """Wait until so many are kept."""
        end = self._loop.time() + secs
        while self.count < count:
            self.changed.clear()
            try:
                await asyncio.wait_for(self.changed.wait(), end - self._loop.time())
            except TimeoutError:
                return False
        return True


async def put(inbox: Inbox, batches: list[Batch], kept: Kept, *, secs: float) -> bool:
    """Leave batches in the inbox; where it is full, wait: the sender is not read meanwhile."""
    for batch in batches:
        letter = Letter(batch, kept.add, len(batch))
        waited = 0.0
        while not inbox.put(letter):
            if waited > secs:
                return False
            await asyncio.sleep(_TRY_SECS)
            waited += _TRY_SECS
    return True


async def ingest_request(request: web.Request, inbox: Inbox, *, source: str, refuse: Callable[[str], None]) -> web.Response:
    """One message of readings; answered when all of it is kept. `refuse` counts what is none."""
    from aiohttp import web

    data = await request.read()
    try:
        batches = read_readings(data, source=source)
    except TaixuError as error:
        refuse("bad_reading")
        return web.json_response({"error": str(error)}, status=400)
    kept = Kept(asyncio.get_running_loop())
    total = sum(len(batch) for batch in batches)
    if not await put(inbox, batches, kept, secs=_KEPT_SECS):
        return web.json_response({"error": "too much is waiting; come again"}, status=503, headers={"Retry-After": "1"})
    if not await kept.wait_for(total, secs=_KEPT_SECS):
        return web.json_response({"error": "nothing can be kept just now; send it again"}, status=503, headers={"Retry-After": "5"})
    return web.json_response({"kept": total})


async def ingest_socket(
    request: web.Request, inbox: Inbox, *, source: str, sockets: set[Any], refuse: Callable[[str], None]
) -> web.WebSocketResponse:
    """A stream of messages; ``{"kept": n}`` says how many readings of this connection are kept by now."""
    from aiohttp import WSMsgType, web

    socket = web.WebSocketResponse(max_msg_size=MAX_RECORD_BYTES, compress=False, heartbeat=_QUIET_SECS / 2)
    await socket.prepare(request)
    sockets.add(socket)
    gather(request.transport)
    kept = Kept(asyncio.get_running_loop())
    acknowledging = asyncio.create_task(_acknowledge(socket, kept))
    try:
        async for message in socket:
            if message.type not in (WSMsgType.BINARY, WSMsgType.TEXT):
                break
            try:
                batches = read_readings(message.data, source=source)
            except TaixuError as error:
                refuse("bad_reading")
                await socket.send_str(json.dumps({"error": str(error)}, ensure_ascii=False))
                continue
            if not await put(inbox, batches, kept, secs=_QUIET_SECS):
                break
    finally:
        acknowledging.cancel()
        sockets.discard(socket)
        await socket.close()
    return socket


async def _acknowledge(socket: web.WebSocketResponse, kept: Kept) -> None:
    told = 0
    while True:
        await kept.changed.wait()
        kept.changed.clear()
        if kept.count > told:
            told = kept.count
            await socket.send_str(f'{{"kept": {told}}}')
