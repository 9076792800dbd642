"""A viewer of pictures in Python: it decodes what comes, and says what it has shown."""

from __future__ import annotations

import asyncio
import io
import json
import struct
import time
from dataclasses import dataclass, field
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

__all__ = ["PictureClient", "Seen"]

_HEAD = struct.Struct("<4sIHHBBxxIIQ")


@dataclass
class Seen:
    """A picture that came."""

    number: int
    size: tuple[int, int]
    is_key: bool
    is_jpeg: bool
    level: int
    camera: int
    stream: int
    time_ns: int
    weight: int
    pixels: NDArray[np.uint8] | None
    """Decoded, [height, width, 3]; None where it could not be."""
    at: float = field(default_factory=time.perf_counter)


class PictureClient:
    """Talks to ``/pictures`` over an open WebSocket of aiohttp."""

    def __init__(self, socket: Any) -> None:
        self.socket = socket
        self.texts: list[dict[str, Any]] = []
        self.seen: list[Seen] = []
        self.acknowledges = True
        self.delay_secs = 0.0
        self._decoder: Any = None

    async def say(self, **words: Any) -> None:
        await self.socket.send_str(json.dumps(words))

    async def next(self, *, timeout_secs: float = 120.0) -> Seen | dict[str, Any]:
        """The next message; raises when the socket closes."""
        message = await self.socket.receive(timeout=timeout_secs)
        if isinstance(message.data, str):
            self.texts.append(json.loads(message.data))
            return self.texts[-1]
        if not isinstance(message.data, bytes):
            raise ConnectionError(f"closed with {self.socket.close_code}")
        seen = self._decode(message.data)
        self.seen.append(seen)
        if self.delay_secs:
            await asyncio.sleep(self.delay_secs)
        if self.acknowledges:
            await self.say(shown=seen.number)
        return seen

    async def picture(self, *, timeout_secs: float = 120.0) -> Seen:
        """The next picture."""
        while True:
            found = await self.next(timeout_secs=timeout_secs)
            if isinstance(found, Seen):
                return found

    async def text(self, name: str, *, timeout_secs: float = 120.0) -> Any:
        """What the next text of that name says."""
        while True:
            found = await self.next(timeout_secs=timeout_secs)
            if isinstance(found, dict) and name in found:
                return found[name]

    def _decode(self, data: bytes) -> Seen:
        magic, number, width, height, flags, level, camera, stream, time_ns = _HEAD.unpack_from(data)
        assert magic == b"TXP1"
        is_key, is_jpeg = bool(flags & 1), bool(flags & 2)
        body = data[_HEAD.size :]
        pixels = _jpeg(body) if is_jpeg else self._h264(body, is_key)
        return Seen(number, (width, height), is_key, is_jpeg, level, camera, stream, time_ns, len(data), pixels)

    def _h264(self, body: bytes, is_key: bool) -> NDArray[np.uint8] | None:
        if is_key:
            self._decoder = av.CodecContext.create("h264", "r")
            self._decoder.thread_count = 1
        if self._decoder is None:
            return None
        frames = self._decoder.decode(av.Packet(body))
        assert len(frames) == 1, "a picture is a packet, and comes out at once"
        return frames[0].to_ndarray(format="rgb24")


def _jpeg(body: bytes) -> NDArray[np.uint8]:
    from PIL import Image

    return np.asarray(Image.open(io.BytesIO(body)).convert("RGB"))
