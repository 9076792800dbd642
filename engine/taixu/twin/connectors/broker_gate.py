"""The gate of the embedded broker: packets of MQTT are looked at before amqtt sees them.

amqtt lets a client that shows no password take over the session of one that did, reads packets of any length, keeps any number
of retained messages, and takes in faster than it gives out. So whoever connects shows who he is here, and packets are whole, of
bounded length, and come no faster than they go.
"""

from __future__ import annotations

import asyncio
import hmac
import struct
from collections.abc import Callable

__all__ = ["CONNECT_SECS", "Connect", "GateError", "PacketReader", "read_connect", "read_packet"]

MAX_PACKET = 1 << 20
"""Bytes of a packet."""
MAX_TOPIC = 200
CONNECT_SECS = 10.0
_MAX_CONNECT = 4096
_CONNECT, _PUBLISH = 1, 3
_RETAIN = 0x01
_LONGEST_WAIT_SECS = 2.0
_WAIT_SECS = 0.01


class GateError(Exception):
    """A client that is not served any longer."""


class Connect:
    """What a client shows when it comes."""

    def __init__(self, client_id: str, user: str, password: bytes) -> None:
        self.client_id, self.user, self.password = client_id, user, password

    def shows(self, user: str, password: str) -> bool:
        """Whether it may come in."""
        is_known = hmac.compare_digest(self.user.encode(), user.encode())
        return hmac.compare_digest(self.password, password.encode()) and is_known


async def read_packet(reader: asyncio.StreamReader, *, most: int = MAX_PACKET, kind: int = 0) -> tuple[bytes, int]:
    """The next packet, and where in it what follows the fixed header begins.

    Raises
    ------
    GateError
        When it is longer than may be, or not of the kind that alone may come.
    asyncio.IncompleteReadError
        When nothing more comes.
    """
    head = bytearray(await reader.readexactly(2))
    if kind and head[0] >> 4 != kind:
        raise GateError("the first packet is no CONNECT")
    length, shift = head[1] & 0x7F, 7
    while head[-1] & 0x80:
        if len(head) > 4:
            raise GateError("a packet's length has more than four bytes")
        head += await reader.readexactly(1)
        length |= (head[-1] & 0x7F) << shift
        shift += 7
    if length > most:
        raise GateError(f"a packet of {length:,} bytes is too large; at most {most:,} are read")
    return bytes(head) + await reader.readexactly(length), len(head)


async def read_connect(reader: asyncio.StreamReader) -> tuple[bytes, Connect]:
    """The first packet, as it is and as it is meant.

    Raises
    ------
    GateError
        When it is none that may begin.
    """
    packet, at = await read_packet(reader, most=_MAX_CONNECT, kind=_CONNECT)
    try:
        return packet, _parse_connect(packet, at)
    except (struct.error, IndexError, UnicodeDecodeError):
        raise GateError("a CONNECT cannot be read") from None


def _parse_connect(packet: bytes, at: int) -> Connect:
    def take() -> bytes:
        nonlocal at
        (length,) = struct.unpack_from(">H", packet, at)
        at += 2 + length
        if at > len(packet):
            raise IndexError
        return packet[at - length : at]

    if take() != b"MQTT" or packet[at] != 4:
        raise GateError("only MQTT 3.1.1 is spoken here")
    flags = packet[at + 1]
    at += 4
    client_id = take().decode()
    if flags & 0x04:
        take(), take()
    user = take().decode() if flags & 0x80 else ""
    password = take() if flags & 0x40 else b""
    if len(client_id) > MAX_TOPIC:
        raise GateError("the client's id is too long")
    return Connect(client_id, user, password)


class PacketReader:
    """What amqtt reads from (its ``ReaderAdapter``): whole packets, none too long, and none faster than they go out again.

    Parameters
    ----------
    first
        What was read already.
    crowd
        How many times over what may wait in the broker is waiting: above 1 who publishes waits, above 4 he is sent away.
    may_retain
        Whether a message of the topic may be kept for those who come later.
    published
        Is told how long each published packet is.
    """

    def __init__(
        self, reader: asyncio.StreamReader, first: bytes, *, crowd: Callable[[], float], may_retain: Callable[[str], bool],
        published: Callable[[int], None],
    ) -> None:  # fmt: skip
        self._reader, self._left, self._at = reader, first, 0
        self._crowd, self._may_retain, self._published = crowd, may_retain, published

    async def read(self, n: int = -1) -> bytes:
        """The next `n` bytes, all that is left of the packet where it is -1; none at the end."""
        if self._at >= len(self._left):
            try:
                self._left, self._at = await self._next(), 0
            except (GateError, asyncio.IncompleteReadError, ConnectionError, UnicodeDecodeError, struct.error):
                self._left, self._at = b"", 0
                return b""
        end = len(self._left) if n < 0 else self._at + n
        data = self._left[self._at : end]
        self._at += len(data)
        return data

    def feed_eof(self) -> None:
        """Nothing more comes."""
        self._reader.feed_eof()

    async def _next(self) -> bytes:
        packet, at = await read_packet(self._reader)
        if packet[0] >> 4 != _PUBLISH:
            return packet
        (length,) = struct.unpack_from(">H", packet, at)
        if length > MAX_TOPIC:
            raise GateError(f"a topic of {length:,} bytes is too long")
        if packet[0] & _RETAIN and not self._may_retain(packet[at + 2 : at + 2 + length].decode()):
            packet = bytes((packet[0] & ~_RETAIN,)) + packet[1:]
        self._published(len(packet))
        waited = 0.0
        while self._crowd() > 1.0 and waited < _LONGEST_WAIT_SECS:
            await asyncio.sleep(_WAIT_SECS)
            waited += _WAIT_SECS
        if self._crowd() > 4.0:
            raise GateError("more is published than anybody takes")
        return packet
