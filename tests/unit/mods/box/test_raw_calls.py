"""Calls without wasmtime's conversions: the same numbers cross, and what is not as it should be is refused."""

from __future__ import annotations

import gc
from typing import Any

import pytest

wasmtime = pytest.importorskip("wasmtime", reason="mods need wasmtime, which is not installed here")

from taixu.mods.box import raw_calls  # noqa: E402
from taixu.mods.box.raw_calls import Export, HostFunction, RawMemory, signature  # noqa: E402
from taixu.mods.box.runtime import make_engine  # noqa: E402

MODULE = """
(module
  (import "host" "tell" (func $tell (param i32 i32)))
  (memory (export "memory") 1 4)
  (func (export "join") (param i32 i32) (result i64)
    (i64.or (i64.shl (i64.extend_i32_u (local.get 0)) (i64.const 32)) (i64.extend_i32_u (local.get 1))))
  (func (export "forward") (param i32 i32) (call $tell (local.get 0) (local.get 1)))
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "spin") (loop (br 0)))
)
"""


class Instance:
    """The module above, with a host that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, ...]] = []
        self.raised: list[BaseException] = []
        self.store = wasmtime.Store(make_engine())
        self.store.set_fuel(1_000_000)
        self.store.set_epoch_deadline(1 << 40)
        module = wasmtime.Module(self.store.engine, wasmtime.wat2wasm(MODULE))
        self.hosts = [HostFunction(self.store, item.type, self.tell, self.raised) for item in module.imports]
        self.exports: Any = wasmtime.Instance(self.store, module, [item.func for item in self.hosts]).exports(self.store)
        self.memory = RawMemory(self.store, self.exports["memory"])

    def tell(self, *numbers: int) -> None:
        self.told.append(numbers)
        if numbers[0] == 13:
            raise LookupError("no thirteenth")

    def bind(self, name: str, wanted: str) -> Export:
        return Export(self.store, self.exports[name], wanted)


def test_numbers_cross_without_a_sign() -> None:
    instance = Instance()
    join, forward = instance.bind("join", "i32 i32 -> i64"), instance.bind("forward", "i32 i32 ->")
    for pair in ((0, 0), (1, 2), (0xFFFFFFFF, 0x80000000), (7, 0xFFFFFFFF)):
        assert join(*pair) == pair[0] << 32 | pair[1]
        forward(*pair)
    assert instance.told == [(0, 0), (1, 2), (0xFFFFFFFF, 0x80000000), (7, 0xFFFFFFFF)]


def test_an_exception_of_the_host_traps_and_is_kept() -> None:
    instance = Instance()
    forward = instance.bind("forward", "i32 i32 ->")
    with pytest.raises((wasmtime.Trap, wasmtime.WasmtimeError)):
        forward(13, 0)
    assert [str(error) for error in instance.raised] == ["no thirteenth"]
    forward(1, 1)
    assert instance.told[-1] == (1, 1)


def test_traps_are_traps() -> None:
    instance = Instance()
    with pytest.raises(wasmtime.Trap) as caught:
        instance.bind("store", "i32 i32 ->")(70_000, 1)
    assert caught.value.trap_code is wasmtime.TrapCode.MEMORY_OUT_OF_BOUNDS
    with pytest.raises(wasmtime.Trap) as caught:
        instance.bind("spin", "->")()
    assert caught.value.trap_code is wasmtime.TrapCode.OUT_OF_FUEL


def test_memory_is_asked_for_as_it_is() -> None:
    instance = Instance()
    assert instance.memory.size() == 1 << 16
    assert instance.bind("grow", "-> i32")() == 1
    instance.memory.grow(1)
    assert instance.memory.size() == 3 << 16
    assert instance.memory.base()
    with pytest.raises(wasmtime.WasmtimeError):
        instance.memory.grow(2)
    assert instance.bind("grow", "-> i32")() == 3
    assert instance.bind("grow", "-> i32")() == 0xFFFFFFFF, "no more than it may have"


def test_functions_of_other_types_are_refused() -> None:
    instance = Instance()
    assert signature(instance.exports["join"].type(instance.store)) == "i32 i32 -> i64"
    with pytest.raises(ValueError, match="i32 i32 -> i64"):
        instance.bind("join", "i32 -> i64")
    wide = wasmtime.FuncType([wasmtime.ValType.i64()], [])
    with pytest.raises(ValueError, match="only 32-bit integers"):
        HostFunction(instance.store, wide, instance.tell, [])


def test_nothing_is_left_of_those_that_are_gone() -> None:
    gc.collect()
    before = len(raw_calls._hosts)
    for _ in range(20):
        Instance()
    gc.collect()
    assert len(raw_calls._hosts) <= before
