"""What the engine and the helper say to each other: there and back, and what is refused."""

from __future__ import annotations

import struct
from dataclasses import astuple

import pytest

from taixu.mods.box.limits import Layout
from taixu.mods.box.wire import (
    MOST_BODY_BYTES,
    Ask,
    Column,
    Done,
    Inbox,
    Malformed,
    Message,
    Op,
    Status,
    decode_ask,
    decode_done,
    encode,
    encode_ask,
    encode_done,
    pack_logs,
    unpack_logs,
)

COLUMNS = (
    Column(b"Transform.position", 64, 120_000, True, True),
    Column("列".encode(), 0, 4, False, True),
    Column(b"m", 4, 2, False, False, True),
)
ASK = Ask(Op.CALL, 3, epochs=500, fuel=1 << 40, memory_bytes=1 << 33, first=10, second=20, kind=7, columns=COLUMNS)
DONE = Done(3, Op.CALL, Status.TRAPPED, 1 << 40, 12, 1 << 26, 5, 6, 7, 1 << 26, "fuel: 太多")


def only(data: bytes) -> Message:
    (message,) = Inbox().feed(data)
    return message


def test_there_and_back() -> None:
    asked = only(encode_ask(ASK, 99))
    assert (asked.op, asked.serial, decode_ask(asked)) == (Op.CALL, 99, ASK)
    done = only(encode_done(DONE, 99))
    assert (done.serial, decode_done(done)) == (99, DONE)


def test_messages_come_in_any_pieces() -> None:
    data = encode_ask(ASK, 1) + encode_done(DONE, 2) + encode(Op.READY, 0, b"[]")
    inbox = Inbox()
    come = [message for byte in data for message in inbox.feed(bytes([byte]))]
    assert come == list(Inbox().feed(data))
    assert [message.serial for message in come] == [1, 2, 0]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"XT" + bytes(10), "mark"),
        (b"TX\x09" + bytes(9), "mark"),
        (b"TX\x01\x00" + bytes(8), "operation 0"),
        (b"TX\x01\x11\0\0\0\0" + struct.pack("<I", MOST_BODY_BYTES + 1), "65537 bytes"),
    ],
)
def test_a_bad_header_is_refused_before_its_body(data: bytes, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        list(Inbox().feed(data))


@pytest.mark.parametrize("cut", range(0, 90, 7))
def test_cut_bodies_are_refused(cut: int) -> None:
    body = only(encode_ask(ASK, 1)).body
    with pytest.raises(Malformed):
        decode_ask(Message(Op.CALL, 1, body[:cut]))
    body = only(encode_done(DONE, 1)).body
    if cut < len(body):
        with pytest.raises(Malformed):
            decode_done(Message(Op.DONE, 1, body[:cut]))


def test_bodies_with_more_than_they_say_are_refused() -> None:
    with pytest.raises(Malformed, match="1 bytes too many"):
        decode_ask(Message(Op.CALL, 1, only(encode_ask(ASK, 1)).body + b"x"))
    with pytest.raises(Malformed):
        decode_done(Message(Op.DONE, 1, only(encode_done(DONE, 1)).body + b"x"))
    with pytest.raises(Malformed):
        decode_done(Message(Op.READY, 1, only(encode_done(DONE, 1)).body))


def test_unknown_words_in_an_answer_are_refused() -> None:
    body = bytearray(only(encode_done(DONE, 1)).body)
    body[3] = 9  # the status
    with pytest.raises(Malformed, match="9 is not a valid Status"):
        decode_done(Message(Op.DONE, 1, bytes(body)))


def test_logs_there_and_back() -> None:
    lines = [(1, "one"), (3, "三"), (2, "")]
    assert unpack_logs(pack_logs(lines)) == lines
    assert unpack_logs(pack_logs([(1, "x" * 5000)])) == [(1, "x" * 2000)]
    assert len(unpack_logs(pack_logs([(1, "")] * 64))) == 64
    for data in (b"\x01", b"\x01\xff\xffabc", b"\x01\x04\x00abc", pack_logs([(1, "")] * 65)):
        with pytest.raises(Malformed):
            unpack_logs(data)


def test_slots_do_not_overlap() -> None:
    layout = Layout(slots=3, asked_bytes=1 << 16, answered_bytes=2 << 16, bulk_bytes=3 << 16, columns_bytes=4 << 16)
    edges = [edge for number in range(3) for edge in astuple(layout.slot(number))]
    sizes = [1 << 16, 2 << 16, 3 << 16, 4 << 16] * 3
    assert edges == [sum(sizes[:place]) for place in range(12)]
    assert layout.total_bytes == sum(sizes) + (1 << 16)
    assert layout.sign == sum(sizes)
    with pytest.raises(IndexError):
        layout.slot(3)
    with pytest.raises(ValueError, match="whole pages"):
        Layout(columns_bytes=1000)
