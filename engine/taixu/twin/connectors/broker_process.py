"""The process of the embedded broker: amqtt behind a gate, until the pipe to whoever started it closes."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import sys
import threading
from typing import Any

from taixu.twin.connectors.broker_gate import CONNECT_SECS, GateError, PacketReader, read_connect

__all__ = ["serve"]

_MAX_CONNECTIONS = 256
_MAX_RETAINED = 10_000
_MAX_WAITING = 4096
_MAX_WAITING_BYTES = 64 << 20
_WHERE = "gate"
_REFUSED = bytes((0x20, 2, 0, 5))
"""CONNACK: not authorized."""


async def serve(*, port: int, user: str, password: str, ended: asyncio.Event, told: Any) -> None:
    """Run the broker; `told` hears the port once it listens.

    Raises
    ------
    OSError
        When it cannot listen.
    """
    from amqtt.adapters import StreamWriterAdapter
    from amqtt.broker import Broker

    broker = Broker({
        "listeners": {"default": {"type": "external"}, _WHERE: {"type": "external"}},
        "plugins": {"amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": False}},
    })  # fmt: skip
    await broker.start()
    open_connections, mean_bytes = 0, 0.0

    def crowd() -> float:
        waiting = broker._broadcast_queue.qsize() + len(broker._tasks_queue)  # amqtt tells of them in no other way
        return max(waiting / _MAX_WAITING, waiting * mean_bytes / _MAX_WAITING_BYTES)

    def may_retain(topic: str) -> bool:
        return topic in broker.retained_messages or len(broker.retained_messages) < _MAX_RETAINED

    def published(length: int) -> None:
        nonlocal mean_bytes
        mean_bytes += (length - mean_bytes) / 64

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_connections
        open_connections += 1
        try:
            if open_connections > _MAX_CONNECTIONS:
                return
            packet, connect = await asyncio.wait_for(read_connect(reader), CONNECT_SECS)
            if not connect.shows(user, password):
                writer.write(_REFUSED)
                await writer.drain()
                return
            packets = PacketReader(reader, packet, crowd=crowd, may_retain=may_retain, published=published)
            await broker.external_connected(packets, StreamWriterAdapter(writer), _WHERE)
        except (GateError, TimeoutError, asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            open_connections -= 1
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", port, limit=1 << 18)
    told(server.sockets[0].getsockname()[1])
    await ended.wait()
    server.close()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(broker.shutdown(), 3)


def _main() -> None:
    """Read what is wanted from the pipe, say where it listens, and end with the pipe."""
    logging.disable(logging.CRITICAL)  # nobody reads it
    wanted = json.loads(sys.stdin.readline())

    def tell(**facts: Any) -> None:
        with contextlib.suppress(OSError):
            sys.stdout.write(json.dumps(facts) + "\n")
            sys.stdout.close()

    async def run() -> None:
        ended, loop = asyncio.Event(), asyncio.get_running_loop()

        def watch() -> None:
            while sys.stdin.read(1):
                pass
            loop.call_soon_threadsafe(ended.set)

        threading.Thread(target=watch, daemon=True).start()
        await serve(**wanted, ended=ended, told=lambda port: tell(port=port))

    try:
        asyncio.run(run())
    except OSError as error:
        tell(error=f"the broker cannot listen on 127.0.0.1:{wanted['port']}: {error.strerror or error}")


if __name__ == "__main__":
    _main()
