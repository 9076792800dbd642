"""The process in which mods run: it loads the image, locks itself up, and then does what the engine asks, one by one.

Two threads do it (see `taixu.mods.box.limits.LANES`). While WebAssembly runs it holds no lock of Python's, so whoever takes long in
the slow one hinders nobody in the other.

Started by `taixu.mods.box.launch` as ``python -I -m taixu.mods.box.helper <settings as JSON>``. By the time of the first
mod's first line nothing can be opened, started or mapped as code; what it needs was imported before.
"""

from __future__ import annotations

import contextlib
import gc
import json
import mmap
import os
import signal
import socket
import sys
import threading
import traceback
from queue import SimpleQueue
from typing import Any

from taixu.mods.box import arena, wire
from taixu.mods.box.limits import SLOW, Layout
from taixu.mods.box.lockdown import Layer, Plan, prepare, seal
from taixu.mods.box.rooms import Guests, Room
from taixu.mods.box.watch import Watch

__all__ = ["main", "take_socket"]

_SYSTEM: str = sys.platform  # by another name, for type checkers take the one for a constant
_SWITCH_SECS = 0.0002
"""So long a thread that wants to go on waits for one in Python's own code: host functions of one guest, a call of another."""
_STACK_BYTES = 16 << 20
_NICENESS = 5
"""Of the slow lane: whoever draws the frames comes first."""


class _Works:
    """The rooms, and whatever both lanes need to work in them."""

    def __init__(self, guests: Guests, image: Any, memory: mmap.mmap, layout: Layout, channel: socket.socket, watch: Watch) -> None:
        self._new = guests, image, memory, layout
        self._rooms: dict[int, Room] = {}
        self._memory, self._sign = memory, layout.sign
        self._watch = watch
        self._channel, self._turn = channel, threading.Lock()

    def do(self, ask: wire.Ask, serial: int) -> None:
        """Do what is asked and answer; never in two threads for one room."""
        room = self._rooms.get(ask.slot)
        if room is None:
            room = self._rooms[ask.slot] = Room(ask.slot, *self._new)
        self._memory[self._sign + ask.lane] = 1
        self._watch.begin(ask.lane)
        done = room.do(ask)
        self._watch.end(ask.lane)
        answer = wire.encode_done(done, serial)
        with self._turn:
            self._channel.sendall(answer)
        self._memory[self._sign + ask.lane] = 0


class _SlowLane:
    """The thread for what takes long. What must be made at a thread's first call into WebAssembly is made before it stands."""

    def __init__(self, guests: Guests, image: Any) -> None:
        self._asked: SimpleQueue[tuple[_Works, wire.Ask, int]] = SimpleQueue()
        self._stands = threading.Event()
        self._guests, self._image = guests, image
        threading.stack_size(_STACK_BYTES)
        threading.Thread(target=self._run, name="slow", daemon=True).start()
        self._stands.wait()

    def put(self, works: _Works, ask: wire.Ask, serial: int) -> None:
        """Have it done after what was asked before."""
        self._asked.put((works, ask, serial))

    def _run(self) -> None:
        if _SYSTEM == "linux":  # elsewhere it holds for whole processes
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICENESS)
        _warm(self._guests, self._image)
        self._stands.set()
        try:
            while True:
                works, ask, serial = self._asked.get()
                works.do(ask, serial)
        except BaseException:  # the engine is to know that this helper is none any more
            traceback.print_exc()
            os._exit(1)


def _warm(guests: Guests, image: Any) -> None:
    """Whatever is made at the first use is made now."""
    guests.Guest(image, 64 << 20, lambda level, text: None)


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
    _warm(guests, image)
    plan = Plan(
        socket_fd=channel.fileno(),
        memory_bytes=settings["memory_bytes"],
        parent_pid=settings["parent"],
    )
    layers = prepare(plan)
    works = _Works(guests, image, memory, layout, channel, Watch(image.increment_epoch))
    slow = _SlowLane(guests, image)
    sys.setswitchinterval(_SWITCH_SECS)
    layers += seal(plan)
    gc.collect()
    gc.freeze()
    channel.sendall(wire.encode(wire.Op.READY, 0, describe(layers)))
    inbox = wire.Inbox()
    while data := channel.recv(wire.MOST_BODY_BYTES):
        asked = [(wire.decode_ask(message), message.serial) for message in inbox.feed(data)]
        for ask, serial in asked:
            if ask.lane == SLOW:
                slow.put(works, ask, serial)
        for ask, serial in asked:
            if ask.lane != SLOW:
                works.do(ask, serial)
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
