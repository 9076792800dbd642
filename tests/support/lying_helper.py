"""A helper that says what a test makes it say, in the place of the helper's process."""

from __future__ import annotations

import dataclasses
from typing import Any

from taixu.mods.box.limits import Layout
from taixu.mods.box.lockdown import Layer
from taixu.mods.box.wire import Ask, Done, Inbox, Op, Status, decode_ask, encode, encode_done


class LyingHelper:
    """Stands where the helper's process is, and says what it is told to say."""

    layers: tuple[Layer, ...] = ()
    pid = 1
    complaints = ""

    def __init__(self, arena: Any, layout: Layout, image: str, **_: Any) -> None:
        self.asked: list[tuple[int, Ask]] = []
        self.out = encode(Op.READY, 0, b"[]")
        self.dead = False
        self.inbox = Inbox()

    def send(self, data: bytes) -> None:
        if self.dead:
            raise EOFError("gone")
        self.asked += [(message.serial, decode_ask(message)) for message in self.inbox.feed(data)]

    def answer(self, **lies: Any) -> None:
        """Answer what was asked first: truly, but for some numbers."""
        serial, ask = self.asked.pop(0)
        done = Done(ask.slot, ask.op, Status.OK, snapshot_bytes=100 if ask.op is Op.SNAPSHOT else 0)
        serial = lies.pop("serial", serial)
        self.out += encode_done(dataclasses.replace(done, **lies), serial)

    def flush(self) -> None:
        return

    def receive(self) -> bytes:
        if self.dead:
            raise EOFError("gone")
        data, self.out = self.out, b""
        return data

    def hear_complaints(self) -> None:
        return

    def wait_readable(self, timeout_secs: float, **_: object) -> None:
        return

    def end(self, *, dying: bool = False) -> str:
        self.dead = True
        return "status 0"
