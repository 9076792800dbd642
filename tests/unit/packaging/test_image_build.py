"""The tools that make the image of Python for mods, on small modules."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

wasmtime = pytest.importorskip("wasmtime", reason="mods need wasmtime, which is not installed here")
_BUILD = Path(__file__).resolve().parents[3] / ".ci" / "image"


def _load(name: str):
    spec = importlib.util.spec_from_file_location(name, _BUILD / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def tools():
    before = dict(sys.modules)
    yield _load("wasm"), _load("snapshot")
    for name in ("wasm", "snapshot"):
        sys.modules.pop(name, None)
        if name in before:
            sys.modules[name] = before[name]


@given(st.integers(0, 2**32 - 1))
def test_numbers_are_read_as_written(tools, value):
    wasm, _ = tools
    assert wasm.read_unsigned(wasm.unsigned(value) + b"\xff", 0) == (value, len(wasm.unsigned(value)))


@given(st.integers(-(2**31), 2**31 - 1))
def test_signed_numbers_are_what_wasmtime_reads(tools, value):
    wasm, _ = tools
    body = b"\x01" + b"\x7f\x00\x41" + wasm.signed(value) + b"\x0b"
    exports = b"\x01" + wasm.name_bytes("g") + b"\x03\x00"
    module = wasm.MAGIC + wasm.section(wasm.GLOBAL, body) + wasm.section(wasm.EXPORT, exports)
    store = wasmtime.Store()
    instance = wasmtime.Instance(store, wasmtime.Module(store.engine, module), [])
    assert instance.exports(store)["g"].value(store) == value


def test_imports_get_other_names_and_nothing_else_changes(tools):
    wasm, _ = tools
    text = """(module (import "env" "f" (func $f (result i32))) (import "env" "g" (global i32))
      (func (export "go") (result i32) call $f))"""
    module = wasm.rewired(bytes(wasmtime.wat2wasm(text)), lambda item: ("other", f"{item.name}2"))
    assert [(item.module, item.name) for item in wasm.imports(module)] == [("other", "f2"), ("other", "g2")]
    assert wasm.exports(module) == {"go": (wasm.FUNC_KIND, 1)}
    wasmtime.Module(wasmtime.Engine(), module)


_COUNTER = """
(module
  (import "host" "log" (func (param i32 i32 i32)))
  (memory (export "memory") 1)
  (global $stack (export "__stack_pointer") (mut i32) (i32.const 64))
  (global $count (mut i32) (i32.const 0))
  (global $fixed i32 (i32.const 5))
  (data (i32.const 1000) "old")
  (func $begin (i32.store (i32.const 8) (i32.const 99)))
  (start $begin)
  (func (export "relocate") (i32.store8 (i32.const 1000) (i32.const 78)))
  (func (export "prepare") (result i32)
    (drop (memory.grow (i32.const 2)))
    (i32.store (i32.const 150000) (i32.const 7))
    (global.set $count (i32.const -3))
    (i32.const 0))
  (func (export "allocate") (param i32) (result i32) (i32.const 0))
  (func (export "release") (param i32))
  (func (export "next") (result i32)
    (global.set $count (i32.add (global.get $count) (global.get $fixed)))
    (global.get $count)))
"""


def test_a_snapshot_goes_on_where_the_start_ended(tools):
    _, snapshot = tools
    module = snapshot.snapshot(bytes(wasmtime.wat2wasm(_COUNTER)), b"")
    assert module == snapshot.snapshot(bytes(wasmtime.wat2wasm(_COUNTER)), b"")
    store = wasmtime.Store()
    compiled = wasmtime.Module(store.engine, module)
    log = wasmtime.Func(store, compiled.imports[0].type, lambda *_: None)
    exports = wasmtime.Instance(store, compiled, [log]).exports(store)
    memory = exports["memory"]
    assert memory.size(store) == 3
    assert bytes(memory.read(store, 1000, 1003)) == b"Nld"
    assert bytes(memory.read(store, 150000, 150004)) == b"\7\0\0\0"
    assert not any(memory.read(store, 0, 64))  # what was left on the stack is not kept
    assert exports["next"](store) == 2


@given(st.lists(st.tuples(st.integers(0, 2000), st.binary(max_size=40)), max_size=8))
def test_pieces_hold_all_that_is_not_zero(tools, writes):
    _, snapshot = tools
    memory = bytearray(2048)
    for at, data in writes:
        memory[at : at + len(data)] = data
    del memory[2048:]
    made = bytearray(len(memory))
    for at, piece in snapshot._pieces(bytes(memory)):
        assert piece[0]
        assert piece[-1]
        made[at : at + len(piece)] = piece
    assert made == memory


def test_the_archive_is_the_same_whatever_the_order(tools, tmp_path):
    import io
    import tarfile

    _, snapshot = tools
    archives = []
    for names in (["b.py", "a.py"], ["a.py", "b.py"]):
        out = io.BytesIO()
        with tarfile.open(fileobj=out, mode="w") as tar:
            for number, name in enumerate(names):
                info = tarfile.TarInfo(name)
                info.size, info.mtime = 1, number * 1000
                tar.addfile(info, io.BytesIO(b"#"))
        archives.append(snapshot.archive(out.getvalue(), {"taixu_guest.py": b"pass"}))
    assert archives[0] == archives[1]
