"""One mod inside the helper: its guest, the copies between guest and shared memory, its log, its snapshot."""

from __future__ import annotations

import mmap
from collections.abc import Callable
from time import perf_counter_ns
from typing import Any, Protocol

from taixu.mods.box.limits import Layout
from taixu.mods.box.wire import MOST_LINE_BYTES, MOST_LINES, Ask, Column, Done, Op, Status, pack_logs

__all__ = ["Guests", "Room"]

_MOST_LOG_BYTES = 32 << 10
_ALL_LANES = 255


class Guests(Protocol):
    """What `taixu.mods.box.guest` gives; tests give another."""

    Guest: Any
    Trapped: type[Exception]
    GuestError: type[Exception]
    load: Callable[[str], Any]


class Log:
    """The lines of one call, capped in number and length."""

    def __init__(self) -> None:
        self.lines: list[tuple[int, str]] = []
        self.dropped = 0
        self._left_bytes = _MOST_LOG_BYTES

    def add(self, level: int, text: str) -> None:
        """Keep a line, or count it."""
        text = text[:MOST_LINE_BYTES]
        if len(self.lines) >= MOST_LINES or len(text) > self._left_bytes:
            self.dropped += 1
            return
        self._left_bytes -= len(text)
        self.lines.append((int(level), text))

    def take(self) -> tuple[list[tuple[int, str]], int]:
        """Give the lines and how many were too many, and begin anew."""
        taken = self.lines, self.dropped
        self.lines, self.dropped, self._left_bytes = [], 0, _MOST_LOG_BYTES
        return taken


class Room:
    """One slot of the helper."""

    def __init__(self, number: int, guests: Guests, image: Any, memory: mmap.mmap, layout: Layout) -> None:
        self._number = number
        self._guests = guests
        self._image = image
        self._layout = layout
        self._slot = layout.slot(number)
        self._shared = memoryview(memory)
        self._guest: Any = None
        self._log = Log()
        self._pointers: dict[bytes, tuple[int, int]] = {}
        self._kept = b""
        self._incoming = bytearray()
        self._spent = 0
        self._tasks: dict[Op, Callable[[Ask], bytes]] = {
            Op.BOOT: self._boot,
            Op.CALL: self._call,
            Op.SNAPSHOT: self._snapshot,
            Op.FETCH: self._fetch,
            Op.PUT: self._put,
            Op.RESTORE: self._restore,
            Op.CLOSE: self._close,
        }

    def do(self, ask: Ask) -> Done:
        """Do what is asked. Whatever goes wrong inside a guest ends as a status, never as an exception."""
        began = perf_counter_ns()
        status, reason, payload = Status.OK, "", b""
        self._spent = 0
        try:
            payload = self._tasks[ask.op](ask)
        except self._guests.GuestError as error:
            status, reason = Status.ERROR, str(error)
        except self._guests.Trapped as error:
            status, reason = Status.TRAPPED, _say(error)
        except Exception as error:  # of the helper's own making: the guest cannot be trusted to be whole
            status, reason = Status.TRAPPED, f"broken: {type(error).__name__}: {error}"
        if status is Status.TRAPPED and ask.op is Op.CALL:
            self._guest = None
            self._pointers.clear()
        lines, refused = self._log.take()
        logs = pack_logs(lines)
        if len(payload) + len(logs) > self._layout.answered_bytes:
            status, reason = Status.ERROR, f"an answer of {len(payload)} bytes is longer than what may be answered"
            payload, refused = b"", refused + 1
        start = self._slot.answered
        self._shared[start : start + len(payload)] = payload
        self._shared[start + len(payload) : start + len(payload) + len(logs)] = logs
        guest = self._guest
        return Done(
            slot=self._number,
            op=ask.op,
            status=status,
            fuel=self._spent,
            micros=(perf_counter_ns() - began) // 1000,
            memory_bytes=int(guest.memory_bytes) if guest is not None else 0,
            payload_bytes=len(payload),
            logs_bytes=len(logs),
            refused=refused,
            snapshot_bytes=len(self._kept) if ask.op is Op.SNAPSHOT else 0,
            reason=reason,
        )

    def _boot(self, ask: Ask) -> bytes:
        """Make a new guest; the old one stays until the new one stands."""
        start = self._slot.asked
        config = bytes(self._shared[start : start + ask.first])
        sources = bytes(self._shared[start + ask.first : start + ask.first + ask.second])
        guest = self._guests.Guest(self._image, ask.memory_bytes, self._log.add)
        guest.allow(ask.fuel, ask.epochs)
        answer: bytes = guest.boot(config, sources)
        self._spent = int(guest.fuel_used)
        self._guest = guest
        self._pointers.clear()
        return answer

    def _call(self, ask: Ask) -> bytes:
        guest = self._need_guest()
        start = self._slot.asked
        payload = bytes(self._shared[start : start + ask.first])
        guest.allow(ask.fuel, ask.epochs)
        try:
            for column in ask.columns:
                pointer = self._find(column)
                if column.read:
                    guest.view(pointer, column.nbytes)[:] = self._area(column)
            answer: bytes = guest.call(ask.kind, payload)
        finally:
            self._spent = int(guest.fuel_used)
        self._copy_out(guest, ask.columns)
        return answer

    def _copy_out(self, guest: Any, columns: tuple[Column, ...]) -> None:
        """Copy what the guest wrote; where there is a mask, only the columns that it names."""
        touched = b""
        for column in columns:
            if column.is_mask:
                touched = bytes(guest.view(self._pointers[column.name][0], column.nbytes))
                self._area(column)[:] = touched
        written = (column for column in columns if column.write)
        for place, column in enumerate(written):
            lanes = _ALL_LANES if not touched else touched[place] if place < len(touched) else 0
            if lanes:
                _copy_lanes(self._area(column), guest.view(self._pointers[column.name][0], column.nbytes), lanes, column.lanes)

    def _find(self, column: Column) -> int:
        """Give the address of a column's buffer; the guest is asked, at its own cost, only when its length has changed."""
        known = self._pointers.get(column.name)
        if known is not None and known[1] == column.nbytes:
            return known[0]
        pointer = int(self._guest.column(column.name.decode("utf-8"), column.nbytes))
        self._pointers[column.name] = pointer, column.nbytes
        return pointer

    def _area(self, column: Column) -> memoryview:
        if column.offset + column.nbytes > self._layout.columns_bytes:
            raise ValueError("a column that is not within its area")
        start = self._slot.columns + column.offset
        return self._shared[start : start + column.nbytes]

    def _snapshot(self, ask: Ask) -> bytes:
        self._kept = b""
        kept: bytes = self._need_guest().snapshot()
        if len(kept) > ask.memory_bytes:
            raise self._guests.GuestError(f"a snapshot of {len(kept)} bytes is longer than the {ask.memory_bytes} that are kept")
        self._kept = kept
        return b""

    def _fetch(self, ask: Ask) -> bytes:
        piece = self._kept[ask.first : ask.first + ask.second]
        self._shared[self._slot.bulk : self._slot.bulk + len(piece)] = piece
        if ask.first + ask.second >= len(self._kept):
            self._kept = b""
        return b""

    def _put(self, ask: Ask) -> bytes:
        if ask.first == 0:
            self._incoming = bytearray(ask.memory_bytes)
        self._incoming[ask.first : ask.first + ask.second] = self._shared[self._slot.bulk : self._slot.bulk + ask.second]
        return b""

    def _restore(self, ask: Ask) -> bytes:
        held, self._incoming = bytes(self._incoming), bytearray()
        guest = self._guests.Guest(self._image, ask.memory_bytes, self._log.add)
        guest.allow(ask.fuel, ask.epochs)
        guest.restore(held)
        self._guest = guest
        self._pointers.clear()
        return b""

    def _close(self, ask: Ask) -> bytes:
        self._guest = None
        self._pointers.clear()
        self._kept, self._incoming = b"", bytearray()
        return b""

    def _need_guest(self) -> Any:
        if self._guest is None:
            raise self._guests.GuestError("there is no instance")
        return self._guest


def _copy_lanes(to: memoryview, source: memoryview, wanted: int, count: int) -> None:
    """Copy those of a column's lanes whose bits are set."""
    every = (1 << count) - 1
    if wanted & every == every:
        to[:] = source
        return
    nbytes = len(to) // count
    for lane in range(count):
        if wanted >> lane & 1:
            to[lane * nbytes : (lane + 1) * nbytes] = source[lane * nbytes : (lane + 1) * nbytes]


def _say(error: Exception) -> str:
    text = getattr(error, "text", "")
    reason = getattr(error, "reason", "trap")
    return f"{reason}: {text}" if text else str(reason)
