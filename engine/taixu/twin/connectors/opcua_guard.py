"""What a server of OPC UA may not do to us: send messages without end, or ones that grow in memory beyond all measure.

asyncua takes over whatever limits the server answers with, gathers a chunk of any length before it looks at it, and makes arrays of
nothing as long as a server claims. Here its client keeps to limits of our own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from taixu.errors import TaixuError

__all__ = ["MAX_MESSAGE_BYTES", "guard_client"]

MAX_MESSAGE_BYTES = 4 << 20
_MAX_CHUNK_BYTES = 65535
_MAX_NULLS = 4096
_LOUD = ("asyncua.client", "asyncua.common.connection", "asyncua.common.subscription", "asyncua.uaprotocol")
"""Loggers that tell whole stacks of what a source says in one sentence."""


def guard_client(client: Any, refuse: Callable[[str], None]) -> None:
    """Have a client, before it connects, hang up where the server sends more than `MAX_MESSAGE_BYTES` at once.

    Parameters
    ----------
    client
        An `asyncua.client.client.Client`.
    refuse
        Is told why, in a sentence.
    """
    from asyncua.common.connection import TransportLimits
    from asyncua.ua import ua_binary

    class Limits(TransportLimits):
        """Those of ours, whatever the server would like."""

        def update_client_limits(self, msg: Any) -> None:
            super().update_client_limits(msg)
            self.max_recv_buffer = _MAX_CHUNK_BYTES
            self.max_message_size, self.max_chunk_count = MAX_MESSAGE_BYTES, 0

        def is_msg_size_within_limit(self, sz: int) -> bool:
            if sz > MAX_MESSAGE_BYTES:
                refuse(f"the server sends a message of more than {MAX_MESSAGE_BYTES >> 20} MiB")
            return sz <= MAX_MESSAGE_BYTES

    for name in _LOUD:
        if logging.getLogger(name).level == logging.NOTSET:  # who wants to hear it sets a level
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    setattr(ua_binary.Primitives1, "Null", _Nulls)  # noqa: B010  types know nothing of it; found by name before what reads element by element
    make = client.uaclient._make_protocol

    def made() -> Any:
        protocol = make()
        protocol._connection._limits = Limits(_MAX_CHUNK_BYTES, _MAX_CHUNK_BYTES, 0, MAX_MESSAGE_BYTES)
        receive = protocol.data_received

        def data_received(data: bytes) -> None:
            receive(data)
            if len(protocol.receive_buffer or b"") > 2 * _MAX_CHUNK_BYTES:
                refuse("the server sends a chunk that is larger than agreed")
                protocol.receive_buffer = None
                protocol.disconnect_socket()

        protocol.data_received = data_received
        return protocol

    client.uaclient._make_protocol = made


class _Nulls:
    """Arrays of nothing: their elements take no bytes, so that a length of two billion fits into four."""

    @staticmethod
    def unpack_array(data: Any, length: int) -> tuple[None, ...]:
        if length > _MAX_NULLS:
            raise TaixuError(f"the server claims an array of {length:,} nothings")
        return (None,) * length

    @staticmethod
    def pack_array(values: Any) -> bytes:
        return len(values or ()).to_bytes(4, "little")
