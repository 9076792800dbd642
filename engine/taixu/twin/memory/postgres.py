"""A recording in PostgreSQL: values, events, and how far it came, in one transaction each time.

``taixu_values`` has a row for each value told: recording, entity (16 hexadecimal digits), field, ``at`` (when it was so), ``known``
(when we knew), ``late``, and ``number``, ``numbers`` (of vectors) or ``text``. ``taixu_events`` has what happened, as JSON. Times
are of a database's precision, a millionth of a second; the recording keeps the exact ones.
"""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterator, Mapping
from contextlib import suppress
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError
from taixu.twin.memory.following import Place, Portion, SinkAway, Told

__all__ = ["PostgresSink", "hexadecimal", "read_postgres"]

_TABLES = """
create table if not exists taixu_recordings (
    recording integer generated always as identity primary key, name text not null unique, about jsonb not null,
    segment text, "offset" bigint, known timestamptz
);
create table if not exists taixu_values (
    recording integer not null, entity text not null, field text not null, at timestamptz not null, known timestamptz not null,
    late boolean not null, number double precision, numbers double precision[], text text
);
create index if not exists taixu_values_of on taixu_values (field, entity, at);
create table if not exists taixu_events (
    recording integer not null, known timestamptz not null, tick bigint not null, kind text not null, facts jsonb not null
);
create index if not exists taixu_events_known on taixu_events (known);
"""
_LOCK = 0x7461697875  # "taixu": two that make tables at once would trip over each other
_COPY = "copy taixu_values (recording, entity, field, at, known, late, number, numbers, text) from stdin (format binary)"
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_EPOCH_US = 946_684_800_000_000
"""PostgreSQL counts from 2000."""
_FLOAT8 = 701
_ROWS_AT_ONCE = 50_000


class PostgresSink:
    """Brings recordings into a PostgreSQL database.

    Parameters
    ----------
    url
        ``postgresql://user:password@host/database``, or what libpq takes.

    Raises
    ------
    MachineError
        When the extra is missing.
    """

    def __init__(self, url: str) -> None:
        try:
            import psycopg
        except ImportError:
            raise MachineError('PostgreSQL needs psycopg; pip install "taixu[twin]" brings it') from None
        self._psycopg: Any = psycopg
        self._url = url
        self._connection: Any = None
        self._recording = 0
        self._place: Place | None = None

    def open(self, recording: str, about: dict[str, Any]) -> Place | None:
        """Connect, make tables where there are none, and see how far this recording came."""
        self.close()
        try:
            self._connection = self._psycopg.connect(self._url, connect_timeout=10, application_name="taixu")
            with self._connection.transaction():
                self._connection.execute("select pg_advisory_xact_lock(%s)", (_LOCK,))
                self._connection.execute(_TABLES)
                self._connection.execute(
                    "insert into taixu_recordings (name, about) values (%s, %s) on conflict (name) do nothing",
                    (recording, _json(about)),
                )
                found = self._connection.execute(
                    'select recording, segment, "offset" from taixu_recordings where name = %s', (recording,)
                ).fetchone()
        except self._psycopg.Error as error:
            raise SinkAway(f"PostgreSQL: {_sentence(error)}; it is tried again") from None
        self._recording = found[0]
        self._place = None if found[1] is None else (found[1], found[2])
        return self._place

    def take(self, portion: Portion) -> None:
        """Keep a portion and its place in one transaction."""
        try:
            with self._connection.transaction():
                mine = self._connection.execute(
                    'select segment, "offset" from taixu_recordings where recording = %s for update', (self._recording,)
                ).fetchone()
                if mine is None or (None if mine[0] is None else tuple(mine)) != self._place:
                    raise SinkAway("PostgreSQL: somebody else brings this recording, too; it is looked at anew")
                if portion.values:
                    with self._connection.cursor() as cursor, cursor.copy(_COPY) as copy:
                        copy.write(_HEADER)
                        for told in portion.values:
                            for data in packed_rows(told, self._recording):
                                copy.write(data)
                        copy.write(_TRAILER)
                self._bring_events(portion)
                self._connection.execute(
                    'update taixu_recordings set segment = %s, "offset" = %s, known = to_timestamp(%s) where recording = %s',
                    (*portion.place, portion.known_ns / 1e9, self._recording),
                )
        except self._psycopg.Error as error:
            raise SinkAway(f"PostgreSQL: {_sentence(error)}; it is tried again") from None
        self._place = portion.place

    def close(self) -> None:
        """Let the connection go."""
        if self._connection is not None:
            with suppress(self._psycopg.Error):
                self._connection.close()
            self._connection = None

    def _bring_events(self, portion: Portion) -> None:
        if not portion.events:
            return
        copying = "copy taixu_events (recording, known, tick, kind, facts) from stdin"
        with self._connection.cursor() as cursor, cursor.copy(copying) as copy:
            for known_ns, tick, event in portion.events:
                known = np.datetime64(known_ns // 1000, "us").item().isoformat() + "+00"
                copy.write_row((self._recording, known, tick, _clean(str(event.get("kind", ""))), _json(event)))


def packed_rows(told: Told, recording: int) -> Iterator[bytes]:
    """Rows as PostgreSQL's binary COPY takes them (Protocol: COPY, "Binary Format")."""
    entry = told.entry
    name = f"{entry.column.component}.{entry.column.field}".encode()
    for start in range(0, len(told.ids), _ROWS_AT_ONCE):
        here = slice(start, start + _ROWS_AT_ONCE)
        ids, times, values = told.ids[here], entry.times_ns[here], entry.values[..., here]
        if entry.column.is_object:
            yield _text_rows(ids, times, values, recording=recording, name=name, told=told)
        else:
            yield _number_rows(ids, times, values, recording=recording, name=name, told=told)


def _number_rows(
    ids: NDArray[np.uint64], times_ns: NDArray[np.int64], values: NDArray[Any], *, recording: int, name: bytes, told: Told
) -> bytes:
    width = len(values) if values.ndim == 2 else 1
    fields: list[tuple[str, str]] = [
        ("count", ">i2"), ("n0", ">i4"), ("recording", ">i4"), ("n1", ">i4"), ("entity", "S16"), ("n2", ">i4"),
        ("field", f"S{len(name)}"), ("n3", ">i4"), ("at", ">i8"), ("n4", ">i4"), ("known", ">i8"), ("n5", ">i4"), ("late", "u1"),
    ]  # fmt: skip
    if width == 1:
        fields += [("n6", ">i4"), ("number", ">f8"), ("n7", ">i4"), ("n8", ">i4")]
    else:
        fields += [("n6", ">i4"), ("n7", ">i4"), ("head", ">i4", (5,))]  # type: ignore[list-item]
        for lane in range(width):
            fields += [(f"l{lane}", ">i4"), (f"v{lane}", ">f8")]
        fields.append(("n8", ">i4"))
    rows = np.zeros(len(ids), np.dtype(fields))
    rows["count"], rows["recording"], rows["field"], rows["late"] = 9, recording, name, told.is_late
    rows["n0"], rows["n1"], rows["n2"], rows["n3"], rows["n4"], rows["n5"] = 4, 16, len(name), 8, 8, 1
    rows["entity"], rows["at"], rows["known"] = hexadecimal(ids), _microseconds(times_ns), _microseconds(np.array(told.known_ns))
    rows["n8"] = -1
    if width == 1:
        rows["n6"], rows["number"], rows["n7"] = 8, values, -1
    else:
        rows["n6"], rows["n7"], rows["head"] = -1, 20 + 12 * width, (1, 0, _FLOAT8, width, 1)
        for lane in range(width):
            rows[f"l{lane}"], rows[f"v{lane}"] = 8, values[lane]
    return rows.tobytes()


def _text_rows(
    ids: NDArray[np.uint64], times_ns: NDArray[np.int64], values: NDArray[Any], *, recording: int, name: bytes, told: Told
) -> bytes:
    known = int(_microseconds(np.array(told.known_ns)))
    parts = []
    for entity, at, value in zip(hexadecimal(ids).tolist(), _microseconds(times_ns).tolist(), values.tolist()):
        text = _clean(value if isinstance(value, str) else _json(value)).encode()
        head = struct.pack(">hii", 9, 4, recording) + struct.pack(">i", 16) + entity + struct.pack(">i", len(name)) + name
        parts.append(head + struct.pack(">iqiqiBiii", 8, at, 8, known, 1, int(told.is_late), -1, -1, len(text)) + text)
    return b"".join(parts)


def hexadecimal(ids: NDArray[np.uint64]) -> NDArray[Any]:
    """Ids as 16 digits each, ``S16[n]``."""
    nibbles = (ids[:, None] >> np.arange(60, -1, -4, dtype=np.uint64)) & np.uint64(15)
    digits = np.frombuffer(b"0123456789abcdef", np.uint8)[nibbles.astype(np.intp)]
    return np.ascontiguousarray(digits).view("S16")[:, 0]


def _microseconds(times_ns: NDArray[np.int64]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = times_ns // 1000 - _EPOCH_US
    return found


def _json(value: Any) -> str:
    return json.dumps(_plain(value), ensure_ascii=False)


def _plain(value: Any) -> Any:
    """JSON without what PostgreSQL does not hold: numbers that are none, and some signs."""
    if isinstance(value, Mapping):
        return {_clean(str(name)): _plain(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, float):
        return value if isfinite(value) else None
    return value if value is None or isinstance(value, (bool, int)) else _clean(str(value))


def _clean(text: str) -> str:
    """Text without zeros and halves of signs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _sentence(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


def read_postgres(said: Any, environment: Mapping[str, str] = os.environ) -> tuple[str, frozenset[str]] | None:
    """Settings (``twin.recording.postgres``): the address, out of the environment, and which fields; None where there are none.

    Raises
    ------
    TaixuError
        When something in them is wrong.
    """
    if said is None:
        return None
    if not isinstance(said, Mapping) or set(said) - {"url_variable", "fields"} or not isinstance(said.get("url_variable"), str):
        raise TaixuError('twin.recording.postgres takes {"url_variable": "TWIN_DB"}, and "fields" where not all are wanted')
    fields = said.get("fields", [])
    if not isinstance(fields, list) or not all(isinstance(each, str) for each in fields):
        raise TaixuError('twin.recording.postgres.fields takes a list such as ["motor", "transform.translation"]')
    url = environment.get(said["url_variable"], "")
    if not url:
        raise TaixuError(f"the environment has no {said['url_variable']}, which twin.recording.postgres wants the address from")
    return url, frozenset(fields)
