"""A helper process with a small guest, written in WebAssembly text: real traps, fuel, epochs and memory that grows.

Kinds of call: 1 gives the payload back, 2 loops for ever, 3 takes memory until there is none, 4 calls itself for ever, 5 is
unreachable, 6 counts in the guest's memory and gives the count, 7 adds column ``b`` to column ``a`` (float32).
What a guest that has broken out of WebAssembly could do is done in Python: 20 ends the process, 21 stops it, 22 sends
nonsense, 23 floods the log, 24 gives an answer that is too long, 25 floods standard error, 26 raises as a mod's own
exception does, 27 answers twice.
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import time
from typing import Any

import wasmtime

_TEXT = """
(module
  (memory (export "memory") 4 2000)
  (func (export "loop") (loop $again (br $again)))
  (func (export "grow") (loop $again (br_if $again (i32.ne (memory.grow (i32.const 16)) (i32.const -1)))) unreachable)
  (func $deep (export "deep") (result i32) (i32.add (call $deep) (i32.const 1)))
  (func (export "stop") unreachable)
  (func (export "count") (result i32)
    (i32.store (i32.const 16) (i32.add (i32.load (i32.const 16)) (i32.const 1)))
    (i32.load (i32.const 16)))
  (func (export "reserve") (param $bytes i32) (result i32)
    (local $start i32)
    (local.set $start (i32.shl (memory.size) (i32.const 16)))
    (if (i32.eq (memory.grow (i32.add (i32.shr_u (local.get $bytes) (i32.const 16)) (i32.const 1))) (i32.const -1))
      (then unreachable))
    (local.get $start))
  (func (export "add") (param $a i32) (param $b i32) (param $n i32)
    (loop $again
      (f32.store (local.get $a) (f32.add (f32.load (local.get $a)) (f32.load (local.get $b))))
      (local.set $a (i32.add (local.get $a) (i32.const 4)))
      (local.set $b (i32.add (local.get $b) (i32.const 4)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))))
"""
_REASONS = {
    wasmtime.TrapCode.OUT_OF_FUEL: "fuel",
    wasmtime.TrapCode.INTERRUPT: "epoch",
    wasmtime.TrapCode.STACK_OVERFLOW: "stack",
}


class Trapped(Exception):
    def __init__(self, reason: str, text: str = "") -> None:
        super().__init__(reason, text)
        self.reason, self.text = reason, text


class GuestError(Exception):
    pass


class Image:
    def __init__(self) -> None:
        config = wasmtime.Config()
        config.consume_fuel = True
        config.epoch_interruption = True
        config.parallel_compilation = False
        self.engine = wasmtime.Engine(config)
        compiled = wasmtime.Module(self.engine, _TEXT).serialize()
        self.module = wasmtime.Module.deserialize(self.engine, compiled)

    def increment_epoch(self) -> None:
        self.engine.increment_epoch()


def load(path: str) -> Image:
    return Image()


class Guest:
    def __init__(self, image: Image, memory_bytes: int, log: Any) -> None:
        self._log = log
        self._store = wasmtime.Store(image.engine)
        self._store.set_limits(memory_size=memory_bytes)
        self._store.set_fuel(1 << 40)
        self._store.set_epoch_deadline(1000)
        self._exports: Any = wasmtime.Instance(self._store, image.module, []).exports(self._store)
        self._memory = self._exports["memory"]
        self._columns: dict[str, int] = {}
        self._fuel = 0

    def allow(self, fuel: int, epochs: int) -> None:
        self._fuel = fuel
        self._store.set_fuel(fuel)
        self._store.set_epoch_deadline(epochs)

    @property
    def fuel_used(self) -> int:
        return self._fuel - self._store.get_fuel()

    @property
    def memory_bytes(self) -> int:
        return self._memory.data_len(self._store)

    def boot(self, config: bytes, sources: bytes) -> bytes:
        if config == b"raise":
            raise GuestError("main.py:1: no")
        if config == b"loop":
            self._run("loop")
        self._log(1, "booted")
        return b"booted with " + sources

    def column(self, name: str, nbytes: int) -> int:
        self._columns[name] = self._run("reserve", nbytes)
        return self._columns[name]

    def view(self, pointer: int, nbytes: int) -> memoryview:
        if pointer < 0 or nbytes < 0 or pointer + nbytes > self.memory_bytes:
            raise Trapped("memory", "outside")
        base = ctypes.addressof(self._memory.data_ptr(self._store).contents)
        return memoryview((ctypes.c_ubyte * nbytes).from_address(base + pointer)).cast("B")

    def call(self, kind: int, payload: bytes) -> bytes:
        if kind >= 20:
            return _misbehave(self, kind, payload)
        if kind == 1:
            return payload
        if kind == 6:
            return str(self._run("count")).encode()
        if kind == 7:
            self._run("add", self._columns["a"], self._columns["b"], int(payload))
            return b""
        self._run({2: "loop", 3: "grow", 4: "deep", 5: "stop"}[kind])
        return b""

    def snapshot(self) -> bytes:
        return bytes(self.view(0, self.memory_bytes))

    def restore(self, data: bytes) -> None:
        if len(data) > self.memory_bytes:
            self._memory.grow(self._store, (len(data) - self.memory_bytes) >> 16)
        self.view(0, len(data))[:] = data

    def _run(self, name: str, *arguments: int) -> Any:
        try:
            return self._exports[name](self._store, *arguments)
        except wasmtime.Trap as trap:
            raise Trapped(_REASONS.get(trap.trap_code, "trap")) from None


def _misbehave(guest: Guest, kind: int, payload: bytes) -> bytes:
    import json

    fd = json.loads(sys.argv[1])["socket"]
    if kind == 20:
        os._exit(7)
    if kind == 21:
        while True:
            time.sleep(1)
    if kind == 22:
        libc.send(fd, payload, len(payload), 0)
    if kind == 23:
        for line in range(100_000):
            guest._log(1, "x" * 3000 if line % 2 else "y")
    if kind == 24:
        return bytes(int(payload))
    if kind == 25:
        for _ in range(200):
            os.write(2, b"z" * 10_000)
    if kind == 26:
        raise GuestError("main.py:3: ValueError: no")
    return b"done"


libc = ctypes.CDLL(None, use_errno=True)
assert signal.SIGINT  # imported before the doors close

if __name__ == "__main__":
    from taixu.mods.box.helper import main

    main(sys.modules[__name__])  # type: ignore[arg-type]
