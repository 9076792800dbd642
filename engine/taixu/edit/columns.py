"""Column files: masses of entities with the same components, as the arrays that they are in memory.

Layout, little-endian: the magic ``TAIXUCOL``, a version and the header's length (two uint32), the header as JSON,
then the arrays, each starting at a multiple of 64 bytes after the header. The header lists groups; a group has a
count, the place of its stable ids, and for each component its version and for each field kind and place. Vectors are
component-major, ``[width, count]``; references are stable ids; text and data are lists in JSON. Nothing in the file
is executed or unpickled, and every number in it is checked against the file's size before it is used.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Kind, Table, World
from taixu.edit.findings import DocumentError, Finding
from taixu.edit.json_text import parse_json
from taixu.edit.values import is_default, plain_json
from taixu.errors import TaixuError

__all__ = ["MAX_COLUMN_BYTES", "MAX_ENTITIES", "ColumnComponent", "ColumnGroup", "group_of", "pack_columns", "unpack_columns"]

MAX_COLUMN_BYTES = 256 << 20
MAX_ENTITIES = 4_000_000

_MAGIC = b"TAIXUCOL"
_VERSION = 1
_ALIGNMENT = 64
_HEAD = struct.Struct("<8sII")

KINDS = {
    kind.name: kind
    for kind in (
        Kind("f32", "f4"), Kind("f64", "f8"), Kind("u8", "u1"), Kind("i32", "i4"), Kind("i64", "i8"),
        Kind("u32", "u4"), Kind("u64", "u8"), Kind("bool", "?"), Kind("vec2", "f4", 2), Kind("vec3", "f4", 3),
        Kind("vec4", "f4", 4), Kind("quat", "f4", 4), Kind("color3", "f4", 3), Kind("i32x3", "i4", 3),
        Kind("entity", "u8"), Kind("text", "O"), Kind("asset", "O"), Kind("data", "O"),
    )
}


@dataclass(slots=True)
class ColumnComponent:
    """A component of a group: fields that are the default everywhere are left out."""

    version: int
    fields: dict[str, tuple[Kind, NDArray[Any]]] = field(default_factory=dict)


@dataclass(slots=True)
class ColumnGroup:
    """Entities with the same components, in the order of their stable ids."""

    ids: NDArray[np.uint64]
    components: dict[str, ColumnComponent]


def group_of(world: World, table: Table) -> ColumnGroup:
    """All entities of a table.

    Raises
    ------
    TaixuError
        When a value cannot be saved.
    """
    ids = world.stable_ids(table.entities)
    order = np.argsort(ids, kind="stable")
    group = ColumnGroup(ids[order], {})
    for declared in table.components:
        if not declared.authored:
            continue
        part = group.components[declared.name] = ColumnComponent(declared.version)
        for fld in declared.fields:
            column = table.take(declared.cls, fld.name, order)
            if is_default(fld, column).all():
                continue
            if fld.kind.name == "entity":
                column = world.stable_ids(column)
            elif column.dtype.kind == "f" and not np.isfinite(column).all():
                raise TaixuError(f"{declared.name}.{fld.name} is not finite in an entity, so it cannot be saved")
            part.fields[fld.name] = (fld.kind, column)
    return group


def pack_columns(groups: list[ColumnGroup]) -> bytes:
    """The bytes of a column file."""
    places = _Places()
    header = {
        "groups": [
            {
                "count": len(group.ids),
                "ids": places.add(group.ids),
                "components": {
                    name: {
                        "version": part.version,
                        "fields": {
                            key: {"kind": kind.name, "place": places.add(values)}
                            for key, (kind, values) in sorted(part.fields.items())
                        },
                    }
                    for name, part in sorted(group.components.items())
                },
            }
            for group in groups
        ]
    }
    text = json.dumps(header, sort_keys=True, separators=(",", ":")).encode()
    text += b" " * (-(_HEAD.size + len(text)) % _ALIGNMENT)
    return b"".join([_HEAD.pack(_MAGIC, _VERSION, len(text)), text, *places.parts])


def unpack_columns(data: bytes, *, file: str = "") -> list[ColumnGroup]:
    """Read a column file.

    Raises
    ------
    DocumentError
        When it is damaged, or not what it says it is.
    """
    if len(data) < _HEAD.size or data[:8] != _MAGIC:
        raise _error(file, "", "is no column file")
    _, version, length = _HEAD.unpack_from(data)
    if version != _VERSION:
        raise _error(file, "", f"has version {version}; this Taixu reads version {_VERSION}")
    if length > min(len(data) - _HEAD.size, 16 << 20):
        raise _error(file, "header", "reaches beyond the end of the file: it is damaged")
    header = parse_json(data[_HEAD.size : _HEAD.size + length], file=file)
    body = _Body(memoryview(data)[_HEAD.size + length :], file)
    try:
        groups = [_group(body, raw, f"groups[{place}]") for place, raw in enumerate(header["groups"])]
    except (KeyError, TypeError, AttributeError, ValueError, OverflowError) as error:
        raise _error(file, "header", f"is damaged ({type(error).__name__}: {error!s:.80})") from None
    if sum(len(group.ids) for group in groups) > MAX_ENTITIES:
        raise _error(file, "", f"holds more than {MAX_ENTITIES:,} entities")
    return groups


class _Places:
    """Lays arrays one after the other."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self._end = 0

    def add(self, values: NDArray[Any]) -> list[int]:
        if values.dtype == object:
            data = json.dumps(plain_json(values.tolist()), sort_keys=True, ensure_ascii=True).encode()
        else:
            data = np.ascontiguousarray(values.astype(values.dtype.newbyteorder("<"), copy=False)).tobytes()
        start, self._end = self._end, self._end + len(data) + (-len(data) % _ALIGNMENT)
        self.parts += (data, b"\0" * (-len(data) % _ALIGNMENT))
        return [start, len(data)]


class _Body:
    """The arrays of a file. Each byte is read once: arrays that overlap could ask for any amount of memory."""

    def __init__(self, data: memoryview, file: str) -> None:
        self._data = data
        self._left = len(data)
        self.file = file

    def part(self, place: Any, where: str) -> memoryview:
        start, size = place
        fits = type(start) is int and type(size) is int and start >= 0 and size >= 0
        if not fits or start + size > len(self._data) or size > self._left:
            raise self.error(where, "reaches beyond the end of the file: it is damaged")
        self._left -= size
        return self._data[start : start + size]

    def error(self, where: str, message: str) -> DocumentError:
        return _error(self.file, where, message)


def _group(body: _Body, raw: Any, where: str) -> ColumnGroup:
    count = raw["count"]
    if type(count) is not int or not 0 <= count <= MAX_ENTITIES:
        raise body.error(f"{where}.count", f"takes a number up to {MAX_ENTITIES:,}")
    ids = _array(body, KINDS["entity"], count, raw["ids"], f"{where}.ids")
    if count and (not ids.all() or not (np.diff(np.sort(ids)) > 0).all()):
        raise body.error(f"{where}.ids", "name an entity twice, or none")
    group = ColumnGroup(ids, {})
    for name, part in raw["components"].items():
        version = part["version"]
        if type(version) is not int or version < 1:
            raise body.error(f"{where}.{name}", "has no version")
        found = group.components[name] = ColumnComponent(version)
        for key, entry in part["fields"].items():
            kind = KINDS.get(entry["kind"])
            if kind is None:
                raise body.error(f"{where}.{name}.{key}", f"is of an unknown kind {entry['kind']!r:.40}")
            found.fields[key] = (kind, _array(body, kind, count, entry["place"], f"{where}.{name}.{key}"))
    return group


def _array(body: _Body, kind: Kind, count: int, place: Any, where: str) -> NDArray[Any]:
    part = body.part(place, where)
    if kind.is_object:
        values = parse_json(bytes(part), file=body.file)
        fits = isinstance(values, list) and len(values) == count
        if not fits or not (kind.name == "data" or all(isinstance(value, str) for value in values)):
            raise body.error(where, f"is no list of {count}: it is damaged")
        objects = np.empty(count, object)
        for row, value in enumerate(values):
            objects[row] = value
        return objects
    dtype = np.dtype(kind.dtype).newbyteorder("<")
    if len(part) != dtype.itemsize * kind.width * count:
        wanted = f"{count} values of {kind.name}"
        raise body.error(where, f"has {len(part)} bytes where {wanted} are wanted: it is damaged")
    array = np.frombuffer(part, np.uint8 if kind.dtype == "?" else dtype)
    if kind.dtype == "?":
        array = array != 0
    elif array.dtype.kind == "f" and not np.isfinite(array).all():
        raise body.error(where, "holds numbers that are not finite")
    native = array.astype(np.dtype(kind.dtype))
    return native if kind.width == 1 else native.reshape(kind.width, count)


def _error(file: str, where: str, message: str) -> DocumentError:
    return DocumentError(file, Finding("error", where, message))
