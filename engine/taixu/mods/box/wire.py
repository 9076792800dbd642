"""What the engine and the helper say to each other: small messages with a header, never anything large.

Payloads, sources, snapshots and columns lie in shared memory; a message says where and how long. So a message is at most
a few thousand bytes, both ways, whatever a mod does. The engine believes nothing: every number of a message is checked
against what can be, and the first that cannot ends the helper (`Malformed`).

A message: two bytes ``TX``, version, operation, serial number, length of the body (little-endian), body.
"""

from __future__ import annotations

import enum
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from taixu.mods.box.limits import LANES

__all__ = [
    "MOST_BODY_BYTES", "MOST_COLUMNS", "MOST_NAME_BYTES", "Ask", "Column", "Done", "Inbox", "Malformed", "Message", "Op", "Status",
    "decode_ask", "decode_done", "encode", "encode_ask", "encode_done", "pack_columns", "pack_logs", "unpack_logs",
]  # fmt: skip

VERSION = 1
MOST_BODY_BYTES = 1 << 16
MOST_REASON_BYTES = 2000
MOST_NAME_BYTES = 200
MOST_COLUMNS = 200
MOST_LINE_BYTES = 2000
MOST_LINES = 64
_MAGIC = b"TX"
_HEADER = struct.Struct("<2sBBII")
_ASK = struct.Struct("<HIQQIIIHB")
_COLUMN = struct.Struct("<BBIQ")
_DONE = struct.Struct("<HBBQIQIIIQH")
_LINE = struct.Struct("<BH")


class Malformed(ValueError):
    """What came is not what the other side can have meant."""


class Op(enum.IntEnum):
    """What is asked (1 to 8) and what is answered."""

    BOOT = 1
    CALL = 2
    SNAPSHOT = 3
    FETCH = 4
    PUT = 5
    RESTORE = 6
    CLOSE = 7
    READY = 16
    DONE = 17


class Status(enum.IntEnum):
    """How a call ended, in the helper's words."""

    OK = 0
    ERROR = 1
    TRAPPED = 2


@dataclass(frozen=True)
class Message:
    """One message, its body not yet decoded."""

    op: Op
    serial: int
    body: bytes


@dataclass(frozen=True)
class Column:
    """A column of a call: bytes of the slot's area for columns, copied in before, out after, or both.

    Attributes
    ----------
    name
        UTF-8, at most 200 bytes.
    offset, nbytes
        Where it lies in the area for columns.
    read, write
        Whether it is copied into the guest before the call, and out of it afterwards.
    is_mask
        It is copied out and says which of the call's written columns are: a byte each, in their order, with a bit for each lane,
        0 for those that the guest did not touch.
    lanes
        Of so many runs of equal length it consists: the numbers of a vector. At most eight.
    """

    name: bytes
    offset: int
    nbytes: int
    read: bool
    write: bool
    is_mask: bool = False
    lanes: int = 1


@dataclass(frozen=True)
class Ask:
    """Whatever the engine asks; numbers that an operation does not use are zero.

    Attributes
    ----------
    op
        BOOT: `first` bytes of configuration, then `second` of sources, `memory_bytes` at most. CALL: `kind`, `first` bytes
        of payload, `columns`. SNAPSHOT: none. FETCH and PUT: `first` is the offset, `second` the count; PUT's
        `memory_bytes` is the whole length. RESTORE: `memory_bytes`. CLOSE: none.
    slot
        The mod's place.
    epochs
        The watchdog's budget in steps.
    fuel
        The budget in instructions.
    packed
        The columns as `pack_columns` gives them, where they were packed before.
    lane
        Which of the helper's threads does it; see `taixu.mods.box.limits.LANES`.
    """

    op: Op
    slot: int
    epochs: int = 0
    fuel: int = 0
    memory_bytes: int = 0
    first: int = 0
    second: int = 0
    kind: int = 0
    columns: tuple[Column, ...] = ()
    packed: bytes = field(default=b"", compare=False, repr=False)
    lane: int = 0


@dataclass(frozen=True)
class Done:
    """The helper's answer to one `Ask`.

    Attributes
    ----------
    slot, op
        Of what was asked.
    status
        How it ended.
    fuel, micros, memory_bytes
        Spent, and held now.
    payload_bytes, logs_bytes
        Of what lies in the slot's area for answers: first the payload, then log lines.
    refused
        What the helper denied the guest: log lines over the cap, an answer too long.
    snapshot_bytes
        Of the snapshot that waits to be fetched.
    reason
        Why it is no OK.
    """

    slot: int
    op: Op
    status: Status
    fuel: int = 0
    micros: int = 0
    memory_bytes: int = 0
    payload_bytes: int = 0
    logs_bytes: int = 0
    refused: int = 0
    snapshot_bytes: int = 0
    reason: str = ""


@dataclass
class Inbox:
    """Bytes as they come from a stream, cut into messages.

    Attributes
    ----------
    most_body_bytes
        A message that claims more is malformed, before a byte of it is kept.
    """

    most_body_bytes: int = MOST_BODY_BYTES
    _held: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> Iterator[Message]:
        """Give the messages that are whole by now; raises `Malformed` at the first thing that is wrong."""
        self._held += data
        while len(self._held) >= _HEADER.size:
            magic, version, op, serial, length = _HEADER.unpack_from(self._held)
            if magic != _MAGIC or version != VERSION:
                raise Malformed(f"a message begins with {bytes(self._held[:4])!r}, not with this version's mark")
            if length > self.most_body_bytes:
                raise Malformed(f"a message of {length} bytes, more than {self.most_body_bytes}")
            try:
                known = Op(op)
            except ValueError:
                raise Malformed(f"a message asks for operation {op}, which there is not") from None
            if len(self._held) < _HEADER.size + length:
                return
            body = bytes(self._held[_HEADER.size : _HEADER.size + length])
            del self._held[: _HEADER.size + length]
            yield Message(known, serial, body)


def encode(op: Op, serial: int, body: bytes) -> bytes:
    """Give a message's bytes."""
    return _HEADER.pack(_MAGIC, VERSION, op, serial, len(body)) + body


def encode_ask(ask: Ask, serial: int) -> bytes:
    """Give the bytes of what is asked."""
    head = _ASK.pack(ask.slot, ask.epochs, ask.fuel, ask.memory_bytes, ask.first, ask.second, ask.kind, len(ask.columns), ask.lane)
    return encode(ask.op, serial, head + (ask.packed or pack_columns(ask.columns)))


def pack_columns(columns: Sequence[Column]) -> bytes:
    """Give columns as a message has them, for `Ask.packed`."""
    parts: list[bytes] = []
    for column in columns:
        flags = column.read | column.write << 1 | column.is_mask << 2 | (column.lanes - 1) << 3
        parts += (_COLUMN.pack(flags, len(column.name), column.offset, column.nbytes), column.name)
    return b"".join(parts)


def decode_ask(message: Message) -> Ask:
    """Give what is asked; raises `Malformed`."""
    body = message.body
    if message.op >= Op.READY or len(body) < _ASK.size:
        raise Malformed(f"{message.op.name} of {len(body)} bytes asks for nothing")
    slot, epochs, fuel, memory_bytes, first, second, kind, count, lane = _ASK.unpack_from(body)
    if lane >= LANES:
        raise Malformed(f"a message for lane {lane}, and there are {LANES}")
    columns = _unpack_columns(body[_ASK.size :], count)
    return Ask(message.op, slot, epochs, fuel, memory_bytes, first, second, kind, columns, lane=lane)


@lru_cache(maxsize=256)  # they are the same in most steps
def _unpack_columns(data: bytes, count: int) -> tuple[Column, ...]:
    place = 0
    columns = []
    for _ in range(count):
        if place + _COLUMN.size > len(data):
            raise Malformed("a message ends within its columns")
        flags, name_bytes, offset, nbytes = _COLUMN.unpack_from(data, place)
        place += _COLUMN.size
        name = data[place : place + name_bytes]
        if len(name) != name_bytes:
            raise Malformed("a message ends within a column's name")
        place += name_bytes
        lanes = (flags >> 3 & 7) + 1
        columns.append(Column(name, offset, nbytes, bool(flags & 1), bool(flags & 2), bool(flags & 4), lanes))
    if place != len(data):
        raise Malformed(f"{len(data) - place} bytes too many")
    return tuple(columns)


def encode_done(done: Done, serial: int) -> bytes:
    """Give the bytes of an answer; a long reason is cut."""
    reason = done.reason.encode("utf-8", "replace")[:MOST_REASON_BYTES]
    head = _DONE.pack(
        done.slot, done.op, done.status, done.fuel, min(done.micros, 0xFFFFFFFF), done.memory_bytes, done.payload_bytes,
        done.logs_bytes, done.refused, done.snapshot_bytes, len(reason),
    )  # fmt: skip
    return encode(Op.DONE, serial, head + reason)


def decode_done(message: Message) -> Done:
    """Give the answer, its numbers within their types only; raises `Malformed`."""
    body = message.body
    if message.op is not Op.DONE or len(body) < _DONE.size:
        raise Malformed(f"{message.op.name} of {len(body)} bytes is no answer")
    slot, op, status, fuel, micros, memory, payload, logs, refused, snapshot, reason_bytes = _DONE.unpack_from(body)
    if reason_bytes > MOST_REASON_BYTES or len(body) != _DONE.size + reason_bytes:
        raise Malformed(f"an answer of {len(body)} bytes with a reason of {reason_bytes}")
    try:
        asked, ended = Op(op), Status(status)
    except ValueError as error:
        raise Malformed(f"an answer with {error}") from None
    reason = body[_DONE.size :].decode("utf-8", "replace")
    return Done(slot, asked, ended, fuel, micros, memory, payload, logs, refused, snapshot, reason)


def pack_logs(lines: Sequence[tuple[int, str]]) -> bytes:
    """Give log lines (level 0 to 255, text) as bytes; long lines are cut."""
    parts: list[bytes] = []
    for level, text in lines:
        data = text.encode("utf-8", "replace")[:MOST_LINE_BYTES]
        parts += (_LINE.pack(level & 255, len(data)), data)
    return b"".join(parts)


def unpack_logs(data: bytes) -> list[tuple[int, str]]:
    """Give the lines; raises `Malformed`."""
    lines: list[tuple[int, str]] = []
    place = 0
    while place < len(data):
        if place + _LINE.size > len(data) or len(lines) >= MOST_LINES:
            raise Malformed("log lines that end within a line, or are too many")
        level, length = _LINE.unpack_from(data, place)
        place += _LINE.size
        if length > MOST_LINE_BYTES or place + length > len(data):
            raise Malformed(f"a log line of {length} bytes where {len(data) - place} are left")
        lines.append((level, data[place : place + length].decode("utf-8", "replace")))
        place += length
    return lines
