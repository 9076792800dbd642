"""As much of the WebAssembly binary format as linking and snapshots need: sections, imports, exports, globals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

MAGIC = b"\0asm\x01\0\0\0"
CUSTOM, TYPE, IMPORT, FUNCTION, TABLE, MEMORY, GLOBAL, EXPORT, START, ELEMENT, CODE, DATA, DATA_COUNT = range(13)
FUNC_KIND, TABLE_KIND, MEMORY_KIND, GLOBAL_KIND = range(4)
PAGE = 65536
TYPES = {0x7F: "i32", 0x7E: "i64", 0x7D: "f32", 0x7C: "f64"}


@dataclass(frozen=True)
class Import:
    """One import; `detail` is the type index of a function or the two bytes of a global's type."""

    module: str
    name: str
    kind: int
    detail: int | bytes | None


def read_unsigned(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def unsigned(value: int) -> bytes:
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if not value:
            return bytes([*out, byte])
        out.append(byte | 0x80)


def signed(value: int) -> bytes:
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        if (value == 0 and not byte & 0x40) or (value == -1 and byte & 0x40):
            return bytes([*out, byte])
        out.append(byte | 0x80)


def read_name(data: bytes, at: int) -> tuple[str, int]:
    size, at = read_unsigned(data, at)
    return data[at : at + size].decode(), at + size


def name_bytes(text: str) -> bytes:
    raw = text.encode()
    return unsigned(len(raw)) + raw


def sections(module: bytes) -> Iterator[tuple[int, bytes]]:
    """Section numbers and bodies, in file order."""
    if module[:8] != MAGIC:
        raise ValueError("not a WebAssembly module")
    at = 8
    while at < len(module):
        number = module[at]
        size, at = read_unsigned(module, at + 1)
        yield number, module[at : at + size]
        at += size


def section(number: int, body: bytes) -> bytes:
    return bytes([number]) + unsigned(len(body)) + body


def _skip_limits(body: bytes, at: int) -> int:
    flags = body[at]
    _, at = read_unsigned(body, at + 1)
    return read_unsigned(body, at)[1] if flags & 1 else at


def _read_import(body: bytes, at: int) -> tuple[Import, int, int]:
    """The import, where its description begins and where it ends."""
    module, at = read_name(body, at)
    name, at = read_name(body, at)
    begin, kind = at, body[at]
    at += 1
    detail: int | bytes | None = None
    if kind == FUNC_KIND:
        detail, at = read_unsigned(body, at)
    elif kind == TABLE_KIND:
        at = _skip_limits(body, at + 1)
    elif kind == MEMORY_KIND:
        at = _skip_limits(body, at)
    elif kind == GLOBAL_KIND:
        detail, at = body[at : at + 2], at + 2
    else:
        raise ValueError(f"an import of kind {kind}")
    return Import(module, name, kind, detail), begin, at


def imports(module: bytes) -> list[Import]:
    out: list[Import] = []
    for number, body in sections(module):
        if number == IMPORT:
            count, at = read_unsigned(body, 0)
            for _ in range(count):
                item, _, at = _read_import(body, at)
                out.append(item)
    return out


def exports(module: bytes) -> dict[str, tuple[int, int]]:
    """Kind and index of each export."""
    out: dict[str, tuple[int, int]] = {}
    for number, body in sections(module):
        if number == EXPORT:
            count, at = read_unsigned(body, 0)
            for _ in range(count):
                name, at = read_name(body, at)
                index, after = read_unsigned(body, at + 1)
                out[name] = (body[at], index)
                at = after
    return out


def function_types(module: bytes) -> list[tuple[list[str], list[str]]]:
    """Parameters and results of each type of the module's type section."""
    out: list[tuple[list[str], list[str]]] = []
    for number, body in sections(module):
        if number == TYPE:
            count, at = read_unsigned(body, 0)
            for _ in range(count):
                if body[at] != 0x60:
                    raise ValueError("a type that is no function's")
                at += 1
                both: list[list[str]] = []
                for _ in range(2):
                    size, at = read_unsigned(body, at)
                    both.append([TYPES[kind] for kind in body[at : at + size]])
                    at += size
                out.append((both[0], both[1]))
    return out


def globals_of(module: bytes) -> list[tuple[int, bool, bytes]]:
    """Value type, whether it is mutable, and the initial expression, of each global the module defines."""
    out: list[tuple[int, bool, bytes]] = []
    for number, body in sections(module):
        if number == GLOBAL:
            count, at = read_unsigned(body, 0)
            for _ in range(count):
                kind, mutable, begin = body[at], bool(body[at + 1]), at + 2
                at = begin
                while body[at] != 0x0B:
                    code = body[at]
                    at += 1
                    if code in (0x41, 0x42, 0x23):
                        _, at = read_unsigned(body, at)
                    elif code == 0x43:
                        at += 4
                    elif code == 0x44:
                        at += 8
                    elif code not in (0x6A, 0x7C):
                        raise ValueError(f"a global's initial value uses instruction {code:#x}")
                at += 1
                out.append((kind, mutable, body[begin:at]))
    return out


def exported_globals(module: bytes) -> dict[str, int]:
    """Exported constants: in a position-independent library the offsets of its data symbols."""
    own = globals_of(module)
    imported = sum(item.kind == GLOBAL_KIND for item in imports(module))
    out: dict[str, int] = {}
    for name, (kind, index) in exports(module).items():
        if kind == GLOBAL_KIND and index >= imported and own[index - imported][2][0] == 0x41:
            value, _ = read_unsigned(own[index - imported][2], 1)
            out[name] = value
    return out


def dynamic_needs(module: bytes) -> tuple[int, int, int]:
    """Bytes of data, their alignment in bytes and slots of the table that the library asks for (``dylink.0``)."""
    for number, body in sections(module):
        if number == CUSTOM:
            name, at = read_name(body, 0)
            while name == "dylink.0" and at < len(body):
                kind = body[at]
                size, at = read_unsigned(body, at + 1)
                if kind == 1:
                    memory, at = read_unsigned(body, at)
                    align, at = read_unsigned(body, at)
                    slots, at = read_unsigned(body, at)
                    return memory, 1 << align, slots
                at += size
    raise ValueError("not a position-independent library")


def rewired(module: bytes, renamed: Callable[[Import], tuple[str, str]]) -> bytes:
    """`module` with other names for its imports, and of its custom sections only the names of functions."""
    out = bytearray(MAGIC)
    for number, body in sections(module):
        if number == IMPORT:
            count, at = read_unsigned(body, 0)
            new = bytearray(unsigned(count))
            for _ in range(count):
                item, begin, at = _read_import(body, at)
                source, name = renamed(item)
                new += name_bytes(source) + name_bytes(name) + body[begin:at]
            body = bytes(new)
        elif number == CUSTOM and read_name(body, 0)[0] != "name":
            continue
        out += section(number, body)
    return bytes(out)
