from __future__ import annotations

import json
import struct
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.errors import TaixuError
from taixu.twin.batch import Batch
from taixu.twin.wire import MAGIC, decode_batch, decode_json, encode_batch

NOW = 1_760_000_000_000_000_000


def batch(count: int = 5, *, keys: tuple[str, ...] = (), step_ns: int = 1000) -> Batch:
    numbers = np.arange(count, dtype=np.uint32)[::-1].copy()
    times = NOW + np.arange(count) * step_ns
    fields = {"x": np.linspace(0, 1, count, dtype=np.float32), "state": np.arange(count, dtype=np.uint8)}
    return Batch("agv/pose", numbers, times, fields, keys)


def same(one: Batch, other: Batch) -> None:
    assert (one.topic, one.keys) == (other.topic, other.keys)
    np.testing.assert_array_equal(one.numbers, other.numbers)
    np.testing.assert_array_equal(one.times_ns, other.times_ns)
    assert one.fields.keys() == other.fields.keys()
    for name, column in one.fields.items():
        assert column.dtype == other.fields[name].dtype
        np.testing.assert_array_equal(column, other.fields[name])


@pytest.mark.parametrize("step_ns", [0, 1, 1000, 10**9])
def test_what_is_written_is_read(step_ns: int) -> None:
    for count in (0, 1, 5):
        one = batch(count, keys=("a", "巴"), step_ns=step_ns)
        same(one, decode_batch(encode_batch(one)))


def test_columns_begin_at_multiples_of_eight_and_are_looked_at_in_place() -> None:
    data = encode_batch(batch(5))
    found = decode_batch(data)
    assert found.fields["x"].base is not None
    header = struct.unpack_from("<I", data, 8)[0]
    assert (24 + header) % 8 == 0 and len(data) % 8 == 0


def test_a_record_is_small() -> None:
    one = batch(1000)
    assert len(encode_batch(one)) < 1000 * (4 + 4 + 4 + 1) + 200


@given(st.data())
def test_damage_is_one_sentence(data: st.DataObject) -> None:
    whole = bytearray(encode_batch(batch(9, keys=("a", "b"))))
    if data.draw(st.booleans()):
        whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    else:
        del whole[data.draw(st.integers(0, len(whole) - 1)) :]
    with pytest.raises(TaixuError):
        decode_batch(bytes(whole))


def forged(count: int, header: bytes, columns: bytes = b"", *, base: int = NOW) -> bytes:
    header += b" " * (-len(header) % 8)
    rest = struct.pack("<q", base) + header + columns
    return MAGIC + struct.pack("<III", count, len(header), crc32(rest)) + rest


@pytest.mark.parametrize(
    ("record", "said"),
    [
        (forged(0xFFFFFFFF, b"{}"), "claims"),
        (forged(1, b"[]"), "object"),
        (forged(1, b"{" * 5000), "no JSON"),
        (forged(1, b'{"columns":[["x","f4"]]}'), "ends within"),
        (forged(1, b'{"columns":[["x","O"]]}'), "of type"),
        (forged(1, b'{"columns":[["key","f4"]]}', bytes(8)), "of type"),
        (forged(1, b'{"columns":[["x","f4"],["x","f4"]]}', bytes(16)), "two columns"),
        (forged(1, b'{"columns":[["x","f4"]]}', struct.pack("<fi", float("nan"), 0)), "finite"),
        (forged(1, b'{"topic":7}'), "topic"),
        (forged(1, b"{}", base=(1 << 63) - 1), "calendar"),
        (forged(1, b'{"columns":[["time","i8"]]}', struct.pack("<q", (1 << 63) - 1)), "calendar"),
    ],
)
def test_lies_are_one_sentence(record: bytes, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        decode_batch(record)


def test_json_of_all_shapes() -> None:
    (bare,) = decode_json("23.5", now_ns=NOW, topic="hall/temperature")
    assert bare.topic == "hall/temperature" and bare.fields["value"][0] == 23.5 and bare.times_ns[0] == NOW
    (flat,) = decode_json('{"temp": 3, "state": "on", "ok": true}', now_ns=NOW, topic="press")
    assert flat.fields["temp"][0] == 3 and flat.fields["state"][0] == "on" and flat.fields["ok"][0] == 1
    text = json.dumps(
        [
            {"topic": "a", "key": "k1", "time": 1760000000.25, "values": {"v": 1}},
            {"topic": "a", "key": "k2", "time": "2026-05-01T08:00:00Z", "values": {"v": 2.5}},
            {"topic": "a", "key": "k1", "values": {"w": 2}},
        ]
    )
    one, other = decode_json(text, now_ns=NOW)
    assert one.keys == ("k1", "k2") and one.numbers.tolist() == [0, 1]
    assert one.times_ns.tolist() == [1760000000_250_000_000, 1777622400_000_000_000]
    assert one.fields["v"].tolist() == [1.0, 2.5] and other.fields["w"].tolist() == [2]


@pytest.mark.parametrize(
    "text",
    [
        "{", "NaN", '{"v": NaN}', '{"v": 1e999}', '{"v": [1]}', '{"v": null}', "null", '{"time": true, "v": 1}',
        '{"time": "noon", "v": 1}', '{"time": "2726-05-01T08:00:00Z", "v": 1}', '{"time": "0001-01-01T00:00:00+14:00", "v": 1}',
        '{"time": "2026-05-01T08:00:00", "v": 1}', '{"time": 1e300, "v": 1}', '{"key": 3, "v": 1}',
        '{"v": ' + "9" * 400 + "}", "[" * 100_000, '{"topic": "' + "a" * 300 + '", "v": 1}',
    ],
)  # fmt: skip
def test_json_that_says_nothing_is_one_sentence(text: str) -> None:
    with pytest.raises(TaixuError):
        decode_json(text, now_ns=NOW, topic="t")
