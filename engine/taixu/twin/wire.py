"""The batch record: readings as they travel, in binary for speed and in JSON for ease.

A binary record, little-endian (version 1)::

    0   4  b"TXB1"
    4   u32  number of readings, n
    8   u32  bytes of the header, h
    12  u32  CRC-32 (zlib's) of all that follows
    16  i64  base time, nanoseconds since 1970
    24  h    header: JSON {"topic": ..., "columns": [[name, type], ...], "keys": [...]}, padded with spaces to a multiple of 8
    ..       the columns one after another, n values each, each padded with zeros to a multiple of 8

Types are ``u1 i1 u2 i2 u4 i4 f4 i8 f8``. Two columns are special: ``key`` (u1, u2 or u4: which thing; without it row i is thing
i) and ``time`` (i4: microseconds after the base; i8: nanoseconds after the base; without it all are at the base). Columns start at
multiples of 8, so a browser can look at them as typed arrays without copying.

The JSON form is an object or a list of them: ``{"topic": "plant/press", "key": "press-4", "time": 1760000000.25, "values":
{"temperature": 71.5}}``. Objects within are fields by dotted names (``pose.x``); what is null is not said. Time is seconds since
1970, or ISO 8601 with its zone; without one it is now.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from math import inf, isfinite
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.twin.batch import MAX_READINGS, Batch

__all__ = ["MAGIC", "MAX_RECORD_BYTES", "decode_batch", "decode_json", "encode_batch"]

MAGIC = b"TXB1"
MAX_RECORD_BYTES = 64 << 20
_MAX_HEADER_BYTES = 4 << 20
_MAX_COLUMNS = 256
_MAX_NAME = 200
_DEEPEST = 8
_HEAD = struct.Struct("<4sIIIq")
_TYPES = {name: np.dtype("<" + name) for name in ("u1", "i1", "u2", "i2", "u4", "i4", "f4", "i8", "f8")}
_KEY_TYPES = ("u1", "u2", "u4")
_NS_OF_TIME = {"i4": 1000, "i8": 1}
_LATEST_NS = 1 << 62


def encode_batch(batch: Batch) -> bytes:
    """The binary record of a batch.

    Raises
    ------
    TaixuError
        When a column is of a type that records do not have (texts: use JSON).
    """
    count = len(batch)
    base = int(batch.times_ns.min()) if count else 0
    columns: list[tuple[str, NDArray[Any]]] = []
    if not np.array_equal(batch.numbers, np.arange(count, dtype=np.uint32)):
        columns.append(("key", batch.numbers.astype("<u4")))
    times = batch.times_ns - base
    if times.any():
        micros, rest = np.divmod(times, 1000)
        exact = not rest.any() and int(micros.max()) < 1 << 31
        columns.append(("time", micros.astype("<i4") if exact else times.astype("<i8")))
    for name, column in batch.fields.items():
        if column.dtype.kind not in "uif" or column.dtype.str[1:] not in _TYPES:
            raise TaixuError(f"the column {name[:40]!r} holds {column.dtype}, which a binary record cannot; send it as JSON")
        columns.append((name, column.astype(column.dtype.newbyteorder("<"), copy=False)))
    header: dict[str, Any] = {"topic": batch.topic, "columns": [[name, column.dtype.str[1:]] for name, column in columns]}
    if batch.keys:
        header["keys"] = list(batch.keys)
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    parts = [text]
    for _, column in columns:
        data = column.tobytes()
        parts += (data, bytes(-len(data) % 8))
    body = b"".join(parts)
    tail = struct.pack("<q", base)
    return _HEAD.pack(MAGIC, count, len(text), crc32(body, crc32(tail)), base) + body


def decode_batch(data: bytes, *, source: str = "") -> Batch:
    """Read a binary record. Columns look into `data` where they can.

    Raises
    ------
    TaixuError
        When it is none, is damaged, or claims too much.
    """
    if len(data) < _HEAD.size or data[:4] != MAGIC:
        raise TaixuError("this is no batch record: it must begin with TXB1")
    if len(data) > MAX_RECORD_BYTES:
        raise TaixuError(f"a record of {len(data):,} bytes is too large; at most {MAX_RECORD_BYTES:,} are read")
    _, count, header_bytes, checksum, base = _HEAD.unpack_from(data)
    if crc32(memoryview(data)[16:]) != checksum:
        raise TaixuError("a batch record is damaged: its checksum does not fit")
    if count > MAX_READINGS:
        raise TaixuError(f"a batch record claims {count:,} readings; at most {MAX_READINGS:,} are read")
    start = _HEAD.size
    if header_bytes > min(_MAX_HEADER_BYTES, len(data) - start) or header_bytes % 8:
        raise TaixuError(f"a batch record's header claims {header_bytes:,} bytes, which do not fit")
    topic, columns, keys = _header(bytes(data[start : start + header_bytes]))
    at = start + header_bytes
    found: dict[str, NDArray[Any]] = {}
    for name, kind in columns:
        size = count * kind.itemsize
        if at + size > len(data):
            raise TaixuError(f"a batch record of {topic!r} ends within its column {name!r}")
        found[name] = np.frombuffer(data, kind, count, at)
        at += size + -size % 8
    numbers = found.pop("key", None)
    times = found.pop("time", None)
    for name, column in found.items():
        if column.dtype.kind == "f" and not np.isfinite(column).all():
            raise TaixuError(f"a batch record of {topic!r} has values in {name!r} that are no finite numbers")
    return Batch(
        topic,
        np.arange(count, dtype=np.uint32) if numbers is None else numbers.astype(np.uint32, copy=False),
        _times(topic, base, times, count),
        found, keys, source,
    )  # fmt: skip


def _times(topic: str, base: int, times: NDArray[Any] | None, count: int) -> NDArray[np.int64]:
    if not -_LATEST_NS < base < _LATEST_NS:
        raise TaixuError(f"a batch record of {topic!r} is of a time that no calendar has")
    if times is None:
        return np.ndarray((count,), np.int64, struct.pack("=q", base), strides=(0,))  # one number that is read n times
    if times.dtype.itemsize == 8 and count and (int(times.max()) > _LATEST_NS or int(times.min()) < -_LATEST_NS):
        raise TaixuError(f"a batch record of {topic!r} has times that no calendar has")
    return times.astype(np.int64) * _NS_OF_TIME[times.dtype.str[1:]] + base


@lru_cache(maxsize=256)
def _known_header(text: bytes) -> tuple[str, tuple[tuple[str, np.dtype[Any]], ...], tuple[str, ...]]:
    return _read_header(text)


def _header(text: bytes) -> tuple[str, tuple[tuple[str, np.dtype[Any]], ...], tuple[str, ...]]:
    """Headers repeat: a thousand records a second of one device have the same one."""
    return _known_header(text) if len(text) <= 4096 else _read_header(text)


def _read_header(text: bytes) -> tuple[str, tuple[tuple[str, np.dtype[Any]], ...], tuple[str, ...]]:
    try:
        header = json.loads(text)
    except (ValueError, RecursionError):
        raise TaixuError("a batch record's header is no JSON") from None
    if not isinstance(header, dict):
        raise TaixuError("a batch record's header must be a JSON object")
    topic = header.get("topic", "")
    if not _is_name(topic):
        raise TaixuError("a batch record's topic must be a text of at most 200 characters")
    listed = header.get("columns", [])
    if not isinstance(listed, list) or len(listed) > _MAX_COLUMNS:
        raise TaixuError(f"a batch record of {topic!r} must list its columns, at most {_MAX_COLUMNS}")
    columns: dict[str, np.dtype[Any]] = {}
    for item in listed:
        if not (isinstance(item, list) and len(item) == 2 and _is_name(item[0]) and isinstance(item[1], str)):
            raise TaixuError(f"a batch record of {topic!r} must list columns as [name, type]")
        name, kind = item
        allowed: Iterable[str] = _KEY_TYPES if name == "key" else _NS_OF_TIME if name == "time" else _TYPES
        if kind not in allowed:
            raise TaixuError(f"a batch record of {topic!r} has {name!r} of type {kind[:20]!r}; it may be {', '.join(allowed)}")
        if name in columns:
            raise TaixuError(f"a batch record of {topic!r} has two columns {name!r}")
        columns[name] = _TYPES[kind]
    keys = header.get("keys", [])
    if not isinstance(keys, list) or len(keys) > MAX_READINGS or not all(map(_is_name, keys)):
        raise TaixuError(f"a batch record of {topic!r} must list its keys as texts of at most {_MAX_NAME} characters")
    return topic, tuple(columns.items()), tuple(keys)


def _is_name(value: object) -> bool:
    return isinstance(value, str) and len(value) <= _MAX_NAME and value.isprintable()


def decode_json(data: bytes | str, *, now_ns: int, topic: str = "", source: str = "") -> list[Batch]:
    """Read JSON: one reading, a list of them, or a bare number (the field ``value``).

    Parameters
    ----------
    now_ns
        The time of readings that say none.
    topic
        Of readings that say none, as MQTT's messages.

    Raises
    ------
    TaixuError
        When it is no JSON, or says what no reading can.
    """
    if len(data) > MAX_RECORD_BYTES:
        raise TaixuError(f"a message of {len(data):,} bytes is too large; at most {MAX_RECORD_BYTES:,} are read")
    try:
        found = json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise TaixuError(f"a message of {topic[:80]!r} is no JSON") from None
    readings = found if isinstance(found, list) else [found]
    if len(readings) > MAX_READINGS:
        raise TaixuError(f"a message holds {len(readings):,} readings; at most {MAX_READINGS:,} are read")
    groups: dict[tuple[str, tuple[str, ...]], list[tuple[str, int, Mapping[str, Any]]]] = {}
    for reading in readings:
        where, key, time_ns, values = _reading(reading, now_ns, topic)
        groups.setdefault((where, tuple(values)), []).append((key, time_ns, values))
    return [_gathered(where, names, rows, source) for (where, names), rows in groups.items()]


def _no_number(text: str) -> None:
    raise ValueError(f"{text} is no number of JSON")


def _reading(reading: Any, now_ns: int, topic: str) -> tuple[str, str, int, dict[str, Any]]:
    if isinstance(reading, (int, float, str)):
        reading = {"values": {"value": reading}}
    if not isinstance(reading, dict):
        raise TaixuError(f"a reading of {topic[:80]!r} must be a number, a text or an object")
    topic = reading.get("topic", topic)
    key = reading.get("key", "")
    values = reading.get("values")
    if values is None:  # as most devices write: {"temperature": 71.5}
        values = {name: value for name, value in reading.items() if name not in ("topic", "key", "time")}
    if not (_is_name(topic) and _is_name(key)):
        raise TaixuError("a reading's topic and key must be texts of at most 200 characters")
    if isinstance(values, dict) and any(value is None or isinstance(value, dict) for value in values.values()):
        values = dict(_flat(values, "", 0))
        if not values:
            raise TaixuError(f"a reading of {str(topic)[:80]!r} says nothing: all of its values are null")
    if not isinstance(values, dict) or len(values) > _MAX_COLUMNS or not all(map(_is_name, values)):
        raise TaixuError(f"a reading of {topic!r} must hold an object of at most {_MAX_COLUMNS} values")
    for name, value in values.items():
        if isinstance(value, float) and not isfinite(value):
            raise TaixuError(f"a reading of {topic!r} says {name!r} is {value}, which is too large for a number")
        if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
            raise TaixuError(f"a reading of {topic!r} says {name!r} is a number of {len(str(value))} digits, which is too large")
        if not isinstance(value, (bool, int, float, str)) or (isinstance(value, str) and len(value) > 4096):
            raise TaixuError(f"a reading of {topic!r} must say {name!r} as a number, true, false or a short text")
    return topic, key, _time_ns(reading.get("time"), now_ns, topic), values


def _flat(values: dict[str, Any], before: str, depth: int) -> Iterator[tuple[str, Any]]:
    """Fields of objects within objects, by dotted names."""
    for name, value in values.items():
        if isinstance(value, dict) and depth < _DEEPEST:
            yield from _flat(value, f"{before}{name}.", depth + 1)
        elif value is not None:
            yield before + name, value


def _time_ns(time: Any, now_ns: int, topic: str) -> int:
    if time is None:
        return now_ns
    if isinstance(time, str):
        try:
            moment = datetime.fromisoformat(time)
            secs = moment.timestamp() if moment.tzinfo is not None else inf
        except (ValueError, OverflowError):
            secs = inf
        if not abs(secs) < _LATEST_NS / 1e9:
            raise TaixuError(f"a reading of {topic!r} has the time {time[:40]!r}; write it as 2026-05-01T08:00:00Z")
        return round(secs * 1e6) * 1000
    if isinstance(time, bool) or not isinstance(time, (int, float)) or not abs(time) < _LATEST_NS / 1e9:
        raise TaixuError(f"a reading of {topic!r} has a time that no calendar has; write seconds since 1970")
    return time * 1_000_000_000 if isinstance(time, int) else round(time * 1e6) * 1000


def _gathered(
    topic: str, names: Sequence[str], rows: Sequence[tuple[str, int, Mapping[str, Any]]], source: str
) -> Batch:
    keys: dict[str, int] = {}
    numbers = np.array([keys.setdefault(key, len(keys)) for key, _, _ in rows], np.uint32)
    times = np.array([time_ns for _, time_ns, _ in rows], np.int64)
    fields = {name: _column([values[name] for _, _, values in rows]) for name in names}
    return Batch(topic, numbers, times, fields, tuple(keys), source)


def _column(values: list[Any]) -> NDArray[Any]:
    if any(isinstance(value, str) for value in values):
        column = np.empty(len(values), object)
        column[:] = values
        return column
    if all(isinstance(value, (bool, int)) for value in values):
        return np.array(values, np.int64)
    return np.array(values, np.float64)
