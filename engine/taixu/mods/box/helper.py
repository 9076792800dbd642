"""The process in which mods run: it loads the image, locks itself up, and then does what the engine asks, one by one.

Started by `taixu.mods.box.launch` as ``python -I -m taixu.mods.box.helper <settings as JSON>``. By the time of the first
mod's first line nothing can be opened, started or mapped as code; what it needs was imported before.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import sys
from typing import Any

from taixu.mods.box import arena, wire
from taixu.mods.box.limits import Layout
from taixu.mods.box.lockdown import Layer, Plan, prepare, seal
from taixu.mods.box.rooms import Guests, Room
from taixu.mods.box.watch import Watch

__all__ = ["main", "take_socket"]

_SYSTEM: str = sys.platform  # by another name, for type checkers take the one for a constant


def main(guests: Guests | None = None) -> None:
    """Serve until the engine's end of the socket closes.

    Parameters
    ----------
    guests
        What makes guests; `taixu.mods.box.guest` by default.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the engine, which ends this
    settings = json.loads(sys.argv[1])
    channel = take_socket(settings)
    layout = Layout(**settings["layout"])
    memory = arena.attach(settings["arena"], layout.total_bytes)
    guests = guests or _import_guests()
    image = guests.load(settings["image"])
    guests.Guest(image, 64 << 20, lambda level, text: None)  # whatever is made at the first use is made now
    plan = Plan(
        socket_fd=channel.fileno(),
        memory_bytes=settings["memory_bytes"],
        parent_pid=settings["parent"],
    )
    layers = prepare(plan)
    watch = Watch(image.increment_epoch)
    layers += seal(plan)
    gc.collect()
    gc.freeze()
    channel.sendall(wire.encode(wire.Op.READY, 0, describe(layers)))
    rooms: dict[int, Room] = {}
    inbox = wire.Inbox()
    while data := channel.recv(wire.MOST_BODY_BYTES):
        for message in inbox.feed(data):
            ask = wire.decode_ask(message)
            room = rooms.get(ask.slot)
            if room is None:
                room = rooms[ask.slot] = Room(ask.slot, guests, image, memory, layout)
            memory[layout.sign] = 1
            watch.begin()
            done = room.do(ask)
            watch.end()
            channel.sendall(wire.encode_done(done, message.serial))
            memory[layout.sign] = 0
    os._exit(0)


def _import_guests() -> Guests:
    from taixu.mods.box import guest

    found: Any = guest
    return found


def describe(layers: list[Layer]) -> bytes:
    """Give the report of the layers as the engine reads it."""
    return json.dumps([[layer.name, layer.stands, layer.detail] for layer in layers]).encode()


def take_socket(settings: dict[str, Any]) -> socket.socket:
    """Give the socket to the engine: by descriptor, or, on Windows, by what the engine wrote to the standard input."""
    if _SYSTEM == "win32":
        share: Any = getattr(socket, "fromshare")  # noqa: B009 (there is none on the machine that checks types)
        taken: socket.socket = share(sys.stdin.buffer.read())
        return taken
    return socket.socket(fileno=settings["socket"])


if __name__ == "__main__":
    main()
