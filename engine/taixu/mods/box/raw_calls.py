"""Calls between this process and WebAssembly without the conversions that wasmtime's Python package makes for each value.

A call through the package's own `Func` asks for types, makes objects and roots them: thirty microseconds, where a frame has
five hundred. Types are compared once here, when a function is bound; then numbers lie in an array that both sides know
(wasmtime's ``wasmtime_val_raw_t``: 16 bytes each, integers in the lowest). Only integers cross.
"""

from __future__ import annotations

import ctypes
import itertools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import ref

if TYPE_CHECKING:
    from wasmtime import Func, FuncType, Memory, Store

__all__ = ["Export", "HostFunction", "RawMemory", "signature"]

_WORDS = 4  # of 32 bits in a value
_Callback = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_size_t)
_Finalizer = ctypes.CFUNCTYPE(None, ctypes.c_void_p)


def _library() -> Any:
    from wasmtime import _ffi

    return _ffi


def signature(kind: FuncType) -> str:
    """A function's type as text: ``"i32 i32 -> i64"``."""
    return f"{' '.join(map(str, kind.params))} -> {' '.join(map(str, kind.results))}".strip()


class HostFunction:
    """A function of this process that a guest can call; it takes 32-bit integers and gives nothing.

    Parameters
    ----------
    answer : callable
        Is given the arguments as unsigned integers. What it raises traps the guest and is kept in `raised`.
    raised : list
        Takes the exceptions; whoever called the guest raises the first of them.

    Attributes
    ----------
    func : wasmtime.Func
        For instantiation. This object must live as long as the store does.
    """

    def __init__(self, store: Store, kind: FuncType, answer: Callable[..., None], raised: list[BaseException]) -> None:
        from wasmtime import Func

        library = _library()
        count = len(kind.params)
        if signature(kind) != " ".join(["i32"] * count + ["->"]):
            raise ValueError(f"a guest asks for a function {signature(kind)}, and only 32-bit integers cross")
        number = next(_numbers)
        self.words, self.end = ctypes.c_uint32 * (_WORDS * max(count, 1)), _WORDS * count
        self.answer, self.raised = answer, raised
        _hosts[number] = ref(self, lambda _: _hosts.pop(number, None))
        made = library.wasmtime_func_t()
        library.wasmtime_func_new_unchecked(
            store._context(),
            kind.ptr(),
            ctypes.cast(_enter, library.wasmtime_func_unchecked_callback_t),
            number,
            ctypes.cast(0, _Finalizer),
            ctypes.byref(made),
        )
        self.func: Func = Func._from_raw(made)


_numbers = itertools.count(1)
_hosts: dict[int, ref[HostFunction]] = {}
_Word = ctypes.c_uint32


# One entry for all: a callback is machine code, and none can be made any more once the process is locked.
def _answer(number: int, _caller: int, at: int, _count: int) -> int:
    raised: list[BaseException] = []
    try:
        host = _hosts[number]()
        if host is None:
            raise ValueError("a function that is gone was called")
        raised = host.raised
        if host.end == _WORDS:  # most calls: one number
            host.answer(_Word.from_address(at).value)
        else:
            host.answer(*host.words.from_address(at)[0 : host.end : _WORDS])
    except BaseException as error:
        from wasmtime import Trap

        raised.append(error)
        return int(ctypes.cast(Trap("refused")._consume(), ctypes.c_void_p).value or 0)
    return 0


_enter = _Callback(_answer)


class Export:
    """A function of the guest that takes and gives integers.

    Raises
    ------
    ValueError
        If its type is not `wanted`, a text as `signature` gives it.
    """

    def __init__(self, store: Store, func: Func, wanted: str) -> None:
        found = func.type(store)
        if signature(found) != wanted:
            raise ValueError(f"the image has a function {signature(found)} where one of {wanted} is meant")
        library = _library()
        self._store = store  # the context lives as long as it does
        self._count = max(len(found.params), len(found.results), 1)
        self._bits = 64 if wanted.endswith("i64") else 32
        self._values = (ctypes.c_uint64 * (2 * self._count))()
        self._trap = ctypes.POINTER(library.wasm_trap_t)()
        self._call = library.dll["wasmtime_func_call_unchecked"]
        self._call.restype = ctypes.POINTER(library.wasmtime_error_t)
        self._func = func._func
        self._first = (store._context(), ctypes.byref(self._func), self._values, ctypes.c_size_t(self._count))
        self._last = ctypes.byref(self._trap)

    def __call__(self, *arguments: int) -> int:
        """Call it; gives an unsigned integer, 0 for a function without a result.

        Raises
        ------
        wasmtime.Trap, wasmtime.WasmtimeError
            As wasmtime's own calls do.
        """
        values = self._values
        for place, value in enumerate(arguments):
            values[2 * place] = value & 0xFFFFFFFF
        error = self._call(*self._first, self._last)
        if error or self._trap:
            self._fail(error)
        return values[0] & ((1 << self._bits) - 1)

    def _fail(self, error: Any) -> None:
        from wasmtime import Trap, WasmtimeError

        library = _library()
        trap, self._trap = self._trap, ctypes.POINTER(library.wasm_trap_t)()
        self._last = ctypes.byref(self._trap)
        if error:
            raise WasmtimeError._from_ptr(error)
        raise Trap._from_ptr(trap)


class RawMemory:
    """Where the guest's memory begins and how long it is, asked anew at each use."""

    def __init__(self, store: Store, memory: Memory) -> None:
        library = _library()
        self._store = store  # the context lives as long as it does
        self._wrapped = memory
        self._memory = memory._memory
        self._base = library.dll["wasmtime_memory_data"]
        self._size = library.dll["wasmtime_memory_data_size"]
        self._base.restype, self._size.restype = ctypes.c_void_p, ctypes.c_size_t
        self._arguments = (store._context(), ctypes.byref(self._memory))

    def base(self) -> int:
        """The address in this process."""
        return int(self._base(*self._arguments) or 0)

    def size(self) -> int:
        """Bytes."""
        return int(self._size(*self._arguments))

    def grow(self, pages: int) -> None:
        """Make it larger by pages of 64 KB; wasmtime.WasmtimeError where it may not be."""
        self._wrapped.grow(self._store, pages)
