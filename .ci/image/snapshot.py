"""Starts the linked Python once and keeps what its memory then holds: a module that begins where starting ended.

Everything that Python asks of its surroundings while it starts is answered here from one archive in memory, so that the
snapshot depends on nothing but the sources: no clock, no entropy, no file of this computer.
"""

from __future__ import annotations

import io
import re
import struct
import sys
import tarfile
import zipfile
from collections.abc import Mapping
from typing import Any

import wasm
from wasmtime import Config, Engine, Func, Instance, Memory, Module, Store

ARCHIVE = "/lib.zip"
_NO_SUCH_FILE = -1
_SHORTEST_GAP = 32  # a run of zeros shorter than this does not end a segment of data


def archive(standard_library: bytes, extra: Mapping[str, bytes]) -> bytes:
    """The standard library's sources and `extra` as an archive without dates, in the order of their names."""
    files: dict[str, bytes] = dict(extra)
    with tarfile.open(fileobj=io.BytesIO(standard_library)) as tar:
        for member in tar:
            if member.isfile() and member.name.endswith(".py") and not member.name.startswith(("test/", "idlelib/")):
                file = tar.extractfile(member)
                assert file is not None
                files.setdefault(member.name.removeprefix("./"), file.read())
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as made:
        for name in sorted(files):
            made.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), files[name])
    return out.getvalue()


class _Files:
    """The functions of the C library that the build answers: there is one file, and it is the archive."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.places: dict[int, int] = {}
        self.store: Store | None = None
        self.memory: Memory | None = None

    def _read(self, at: int, size: int) -> bytes:
        assert self.store is not None
        assert self.memory is not None
        return bytes(self.memory.read(self.store, at, at + size))

    def _write(self, at: int, data: bytes) -> None:
        assert self.store is not None
        assert self.memory is not None
        self.memory.write(self.store, data, at)

    def _path(self, at: int) -> str:
        return self._read(at & 0xFFFFFFFF, 256).split(b"\0")[0].decode()

    def _describe(self, at: int, mode: int, size: int) -> int:
        """The C structure `stat`: device, inode, links, mode, owner, group, ..., size, block size, blocks, times."""
        self._write(at, struct.pack("<QQQIIIIQqixxxxq", 1, 1, 1, mode, 0, 0, 0, 0, size, 4096, 0) + bytes(48))
        return 0

    def stat(self, path: int, out: int) -> int:
        name = self._path(path)
        if name == ARCHIVE:
            return self._describe(out, 0o100444, len(self.data))
        return self._describe(out, 0o040555, 0) if name == "/" else _NO_SUCH_FILE

    def fstat(self, number: int, out: int) -> int:
        return self._describe(out, 0o100444, len(self.data)) if number in self.places else _NO_SUCH_FILE

    def open(self, path: int, _flags: int, _more: int) -> int:
        if self._path(path) != ARCHIVE:
            return _NO_SUCH_FILE
        number = next(number for number in range(3, 99) if number not in self.places)
        self.places[number] = 0
        return number

    def fcntl(self, number: int, _command: int, _more: int) -> int:
        return 1 if number in self.places else _NO_SUCH_FILE  # "closed on exec" is all that Python asks about

    def read(self, number: int, out: int, size: int) -> int:
        place = self.places[number]
        piece = self.data[place : place + size]
        self._write(out, piece)
        self.places[number] += len(piece)
        return len(piece)

    def lseek(self, number: int, offset: int, whence: int) -> int:
        if number not in self.places:
            return _NO_SUCH_FILE
        base = (0, self.places[number], len(self.data))[whence]
        self.places[number] = base + offset
        return self.places[number]

    def tell(self, number: int) -> int:
        return self.lseek(number, 0, 1)

    def close(self, number: int) -> int:
        return 0 if self.places.pop(number, None) is not None else _NO_SUCH_FILE


def snapshot(module: bytes, files: bytes) -> bytes:
    """`module` after its start: its memory's content, its globals' values, no start function."""
    names = [f"snapshot {index}" for index in range(len(wasm.globals_of(module)))]
    config = Config()
    config.wasm_gc = config.wasm_function_references = True  # constants that are made of other constants
    store = Store(Engine(config))
    compiled = Module(store.engine, _with_globals_exported(module, names))
    answers = _Files(files)

    def log(level: int, at: int, size: int) -> None:
        print(answers._read(at, size).decode(), file=sys.stderr)

    def colop(_: int) -> None:
        raise ValueError("no columns while the image is made")

    own = {"log": log, "colop": colop}
    functions: list[Func] = []
    for item in compiled.imports:
        name = (item.name or "").removeprefix("__wasilibc_")
        functions.append(Func(store, item.type, own[name] if item.module == "host" else getattr(answers, name)))
    instance = Instance(store, compiled, functions)
    exports = instance.exports(store)
    answers.store, answers.memory = store, exports["memory"]
    exports["relocate"](store)
    status = exports["prepare"](store)
    if status:
        raise RuntimeError(f"Python did not start: step {status}")
    _scrub(store, exports, answers)
    memory = bytes(answers.memory.read(store, 0, answers.memory.data_len(store)))
    values = [exports[name].value(store) for name in names]
    below = exports["__stack_pointer"].value(store)
    return _frozen(module, bytes(below) + memory[below:], values)


def _scrub(store: Store, exports: Any, answers: _Files) -> None:
    """Write zeros over what was used and given back, for the image would carry it: take all free memory, and let it go."""
    assert answers.memory is not None
    store.set_limits(memory_size=answers.memory.data_len(store))
    taken: list[int] = []
    for power in range(20, 4, -1):
        while at := exports["allocate"](store, 1 << power):
            answers._write(at & 0xFFFFFFFF, bytes(1 << power))
            taken.append(at)
    for at in taken:
        exports["release"](store, at)


def _with_globals_exported(module: bytes, names: list[str]) -> bytes:
    first = sum(item.kind == wasm.GLOBAL_KIND for item in wasm.imports(module))
    out = bytearray(wasm.MAGIC)
    for number, body in wasm.sections(module):
        if number == wasm.EXPORT:
            count, at = wasm.read_unsigned(body, 0)
            more = b"".join(wasm.name_bytes(name) + b"\3" + wasm.unsigned(first + index) for index, name in enumerate(names))
            body = wasm.unsigned(count + len(names)) + body[at:] + more
        out += wasm.section(number, body)
    return bytes(out)


def _frozen(module: bytes, memory: bytes, values: list[int | float]) -> bytes:
    pieces = _pieces(memory)
    data = wasm.unsigned(len(pieces)) + b"".join(
        b"\0\x41" + wasm.signed(_as_signed(at)) + b"\x0b" + wasm.unsigned(len(piece)) + piece for at, piece in pieces
    )
    out = bytearray(wasm.MAGIC)
    for number, body in wasm.sections(module):
        if number in (wasm.START, wasm.CUSTOM):
            continue
        if number == wasm.MEMORY:
            body = b"\1\0" + wasm.unsigned(len(memory) // wasm.PAGE)
        elif number == wasm.GLOBAL:
            body = _global_section(module, values)
        elif number == wasm.DATA_COUNT:
            body = wasm.unsigned(len(pieces))
        elif number == wasm.DATA:
            body = data
        out += wasm.section(number, body)
    return bytes(out)


def _pieces(memory: bytes) -> list[tuple[int, bytes]]:
    """What is not zero, as addresses and bytes."""
    run = re.compile(rb"[^\0](?:.{0,%d}[^\0])*" % _SHORTEST_GAP, re.DOTALL)
    return [(found.start(), found.group()) for found in run.finditer(memory)]


def _as_signed(value: int) -> int:
    return value - (1 << 32) if value >= 1 << 31 else value


def _global_section(module: bytes, values: list[int | float]) -> bytes:
    out = bytearray(wasm.unsigned(len(values)))
    for (kind, mutable, _), value in zip(wasm.globals_of(module), values, strict=True):
        out += bytes([kind, mutable])
        if kind == 0x7F:
            out += b"\x41" + wasm.signed(int(value))
        elif kind == 0x7E:
            out += b"\x42" + wasm.signed(int(value))
        else:
            out += b"\x44" + struct.pack("<d", value) if kind == 0x7C else b"\x43" + struct.pack("<f", value)
        out += b"\x0b"
    return bytes(out)
