"""One Python in its box: an instance of the image with its memory, its budgets and the calls into it.

The guest has two imports and no more: a line for the log, and arithmetic over whole columns in its own memory. Every
address that it names is checked against its memory as it is at that moment; views are used at once and dropped, for memory
may move when it grows. What runs over its budget traps, and a guest that trapped is dead: its memory may be half written.
"""

from __future__ import annotations

import ctypes
import struct
import weakref
from collections.abc import Callable
from contextvars import Context
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from taixu.mods.box import ops
from taixu.mods.box.raw_calls import Export, HostFunction, RawMemory
from taixu.mods.box.runtime import make_engine

if TYPE_CHECKING:
    from wasmtime import Func, FuncType, Memory, Store

__all__ = ["Guest", "GuestError", "Image", "Trapped", "load"]

MOST_LINE_BYTES = 4096
_PAGE = 65536
_BLOCK = 4096
_LINE_FUEL = 50_000  # a call into the host takes as long as so many instructions do
_OP_FUEL = 20_000
_PORTION_FUEL = 200_000
_START_FUEL = 1_000_000
_MESSAGE_BYTES = 64 << 10  # as .ci/image/link.py has it
_NO_DEADLINE = 1 << 40
_HEADER = struct.Struct("<8sII")
_MAGIC = b"taixu-g1"
_OPERATION = struct.Struct("<5I4xd")
_ANSWER = struct.Struct("<d")
_LIMITS = {"table_elements": 20_000, "instances": 1, "tables": 1, "memories": 1}
_EXPORTS = {
    "boot": "i32 i32 i32 i32 -> i64",
    "call": "i32 i32 i32 -> i64",
    "column": "i32 i32 i32 -> i64",
    "allocate": "i32 -> i32",
    "release": "i32 ->",
}
_REASONS = {"STACK_OVERFLOW": "stack", "INTERRUPT": "epoch", "OUT_OF_FUEL": "fuel"}


class Trapped(Exception):
    """The guest was stopped for good.

    Attributes
    ----------
    reason
        ``"fuel"``, ``"epoch"``, ``"memory"``, ``"stack"`` or ``"trap"``.
    text
        One line for the log.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(f"{reason}: {text}")
        self.reason = reason
        self.text = text


class GuestError(Exception):
    """A Python exception inside the guest, which lives on; its text is the traceback."""


class Image:
    """The compiled image, ready to be instantiated.

    Attributes
    ----------
    pristine
        The memory of an instance that nothing has run in, u1[bytes].
    """

    def __init__(self, path: Path) -> None:
        from wasmtime import Module

        self.engine = make_engine()
        self.module = Module.deserialize_file(self.engine, str(path))
        self.pristine: NDArray[np.uint8] = np.empty(0, np.uint8)
        first = Guest(self, 1 << 30, lambda level, text: None)
        self.pristine = np.frombuffer(first.view(0, first.memory_bytes), np.uint8).copy()

    def increment_epoch(self) -> None:
        """The watchdog's clock has moved by one step."""
        self.engine.increment_epoch()


def load(path: str | Path) -> Image:
    """Load the compiled image. It is native code: `path` must come from `taixu.mods.box.image.compiled`, which checks it."""
    return Image(Path(path))


class Guest:
    """An instance of the image.

    Parameters
    ----------
    image
        What `load` gave.
    memory_bytes
        So much its memory may grow to.
    log
        Takes the guest's lines: a level (1 information, 2 warning, 3 error) and a text of at most 4 KB.
    """

    def __init__(self, image: Image, memory_bytes: int, log: Callable[[int, str], None]) -> None:
        self._image = image
        self._most_bytes = memory_bytes
        self._log = log
        self._quiet = Context()  # in it operations on columns divide by nought without a word
        self._quiet.run(np.seterr, all="ignore")
        self._allowed = 0
        self._dead = ""
        self._owed = 0
        self._whole = memoryview(b"")
        self._size = self._base = 0
        self._message = 0
        self._store: Store
        self._memory: RawMemory
        self._functions: dict[str, Export] = {}
        self._answers: list[HostFunction] = []
        self._raised: list[BaseException] = []
        self._instantiate()

    @property
    def fuel_used(self) -> int:
        """Fuel since the last `allow`."""
        self._settle()
        return self._allowed - self._store.get_fuel()

    @property
    def memory_bytes(self) -> int:
        """The memory of the instance now."""
        return self._memory.size()

    def allow(self, fuel: int, epochs: int = _NO_DEADLINE) -> None:
        """Set the budget of what comes: fuel, and steps of the watchdog's clock from now on."""
        self._allowed = fuel
        self._owed = 0
        self._store.set_fuel(fuel)
        self._store.set_epoch_deadline(epochs)

    def boot(self, config: bytes, sources: bytes) -> bytes:
        """Load the mod.

        Parameters
        ----------
        config
            JSON; ``"seed"`` seeds `random`.
        sources
            JSON, a text by path: what can be imported.

        Returns
        -------
        bytes
            What ``taixu_guest_main.boot(config)`` gave.

        Raises
        ------
        GuestError
            If a Python exception left it.
        Trapped
            If a budget ran out, or the guest broke.
        """
        return self._ask("boot", (), config, sources)

    def call(self, kind: int, payload: bytes) -> bytes:
        """``taixu_guest_main.call(kind, payload)``; raises as `boot` does."""
        return self._ask("call", (kind,), payload)

    def column(self, name: str, nbytes: int) -> int:
        """The address of the column `name` of `nbytes` bytes in the guest's memory, made anew when it has another size."""
        answer = self._ask("column", (), name.encode(), after=(nbytes,))
        if len(answer) != 4:
            raise self._die("trap", "the guest's answer about a column is no address")
        address = int.from_bytes(answer, "little")
        self.view(address, nbytes)
        return address

    def view(self, pointer: int, nbytes: int) -> memoryview:
        """The guest's memory at an address, writable. Use it at once: it is void when the guest has run again.

        Raises
        ------
        Trapped
            If it does not lie in the guest's memory.
        """
        return self._bytes(pointer, nbytes)

    def snapshot(self) -> bytes:
        """The guest's whole state between two calls, as what differs from the image."""
        self._need_life()
        memory = np.frombuffer(self.view(0, self.memory_bytes), np.uint8)
        known = len(self._image.pristine)
        same = (memory[:known].view("u8") == self._image.pristine.view("u8")).reshape(-1, _BLOCK // 8).all(axis=1)
        changed = np.concatenate([~same, memory[known:].reshape(-1, _BLOCK).any(axis=1)])
        blocks = np.flatnonzero(changed).astype("<u4")
        header = _HEADER.pack(_MAGIC, len(memory) // _PAGE, len(blocks))
        return header + blocks.tobytes() + memory.reshape(-1, _BLOCK)[blocks].tobytes()

    def restore(self, data: bytes) -> None:
        """Become what `snapshot` gave, in a new instance; also a dead guest comes back so.

        Raises
        ------
        ValueError
            If `data` is no snapshot of a guest of this image within this guest's memory.
        """
        if len(data) < _HEADER.size:
            raise ValueError("a snapshot of a mod is cut short")
        magic, pages, count = _HEADER.unpack_from(data)
        known = len(self._image.pristine)
        fits = known <= pages * _PAGE <= self._most_bytes and count <= pages * (_PAGE // _BLOCK)
        if magic != _MAGIC or not fits or len(data) != _HEADER.size + count * (4 + _BLOCK):
            raise ValueError("this is no snapshot of a mod of this version, or it needs more memory than the mod may have")
        blocks = np.frombuffer(data, "<u4", count, _HEADER.size)
        if count and int(blocks.max()) >= pages * (_PAGE // _BLOCK):
            raise ValueError("a snapshot of a mod speaks of memory that it does not have")
        self._instantiate()
        if pages * _PAGE > known:
            self._memory.grow(pages - known // _PAGE)
        memory = np.frombuffer(self.view(0, pages * _PAGE), np.uint8).reshape(-1, _BLOCK)
        memory[blocks] = np.frombuffer(data, np.uint8, count * _BLOCK, _HEADER.size + 4 * count).reshape(-1, _BLOCK)

    def _instantiate(self) -> None:
        from wasmtime import Instance, Store, WasmtimeError

        store = Store(self._image.engine)
        store.set_limits(memory_size=self._most_bytes, **_LIMITS)
        # The functions live as long as the store does, so they must not hold the guest that holds the store.
        this = weakref.ref(self)
        answers: dict[str, Callable[..., Any]] = {
            "log": lambda *args: _alive(this)._write_line(*args),
            "colop": lambda at: _alive(this)._calculate(at),
        }
        raised: list[BaseException] = []
        self._answers = [
            HostFunction(store, cast("FuncType", item.type), answers[item.name or ""], raised)
            for item in self._image.module.imports
        ]
        self._raised = raised
        self._store = store
        self.allow(_START_FUEL)
        try:
            exports = Instance(store, self._image.module, [item.func for item in self._answers]).exports(store)
        except WasmtimeError as error:
            raise self._die("memory", f"the mod's memory limit of {self._most_bytes} bytes is too small: {error}") from None
        self._memory = RawMemory(store, cast("Memory", exports["memory"]))
        self._message = int(exports["message"].value(store))  # type: ignore[union-attr]
        self._functions = {name: Export(store, cast("Func", exports[name]), wanted) for name, wanted in _EXPORTS.items()}
        self._dead = ""

    def _need_life(self) -> None:
        if self._dead:
            raise Trapped("trap", f"the guest is dead since it was stopped ({self._dead})")

    def _die(self, reason: str, text: str) -> Trapped:
        self._dead = reason
        return Trapped(reason, text)

    def _ask(self, name: str, first: tuple[int, ...], *texts: bytes, after: tuple[int, ...] = ()) -> bytes:
        """Call an export with copies of `texts` in the guest's memory."""
        self._need_life()
        arguments = list(first)
        places: list[int] = []
        room, free = self._message, _MESSAGE_BYTES
        for text in texts:
            if len(text) <= free:
                address, room, free = room, room + len(text), free - len(text)
            else:
                address = self._run("allocate", len(text))
                places.append(address)
            if not address:
                raise self._die("memory", f"no memory is left in the mod for a message of {len(text)} bytes")
            self.view(address, len(text))[:] = text
            arguments += [address, len(text)]
        packed = self._run(name, *arguments, *after)
        address, size = packed >> 32, packed & 0xFFFFFFFF
        answer = self._bytes(address, size).tobytes()
        for place in places:
            self._run("release", place)
        if answer[:1] == b"\0":
            return answer[1:]
        raise GuestError(answer[1:].decode("utf-8", "replace"))

    def _run(self, name: str, *arguments: int) -> int:
        try:
            return self._quiet.run(self._functions[name], *arguments)
        except Exception as error:
            raise self._why(error) from None

    def _why(self, error: Exception) -> BaseException:
        """What is raised where a call into the guest failed."""
        from wasmtime import Trap, WasmtimeError

        if not isinstance(error, (Trap, WasmtimeError)):
            return error
        if self._raised:
            return self._refuse(self._raised[0])
        if isinstance(error, WasmtimeError):
            return self._die("trap", str(error).splitlines()[0])
        code = error.trap_code
        reason = _REASONS.get(code.name, "trap") if code is not None else "trap"
        if reason == "trap" and self.memory_bytes + _PAGE > self._most_bytes:
            reason = "memory"
        return self._die(reason, _FIRST_WORDS[reason])

    def _refuse(self, error: BaseException) -> BaseException:
        """What is raised for an exception of the host's own functions."""
        if isinstance(error, Trapped):
            return self._die(error.reason, error.text)
        if isinstance(error, (ValueError, TypeError)):
            return self._die("trap", str(error).splitlines()[0])
        self._dead = "trap"
        return error

    def _bytes(self, pointer: int, nbytes: int) -> memoryview:
        """A part of memory as it is now: where it begins and how large it is are asked at each use."""
        self._look()
        size = self._size
        if not 0 <= pointer <= size or not 0 <= nbytes <= size - pointer:
            raise self._outside(pointer, nbytes)
        return self._whole[pointer : pointer + nbytes]

    def _look(self) -> None:
        base, size = self._memory.base(), self._memory.size()
        if base != self._base or size != self._size:
            self._whole = memoryview((ctypes.c_ubyte * size).from_address(base)).cast("B")
            self._base, self._size = base, size

    def _outside(self, pointer: int, nbytes: int) -> Trapped:
        return self._die("trap", f"{nbytes} bytes at {pointer} do not lie in the guest's memory")

    def _pay(self, fuel: int) -> None:
        """Owe fuel for work of the host; it is taken in portions, and when the call ends."""
        self._owed += fuel
        if self._owed >= _PORTION_FUEL and not self._settle():
            raise Trapped("fuel", _FIRST_WORDS["fuel"])

    def _settle(self) -> bool:
        """Take what is owed, as far as there is fuel; whether there was enough."""
        owed, self._owed = self._owed, 0
        if owed:
            left = self._store.get_fuel()
            self._store.set_fuel(max(left - owed, 0))
            return owed <= left
        return True

    def _write_line(self, level: int, pointer: int, nbytes: int) -> None:
        length = min(nbytes & 0xFFFFFFFF, MOST_LINE_BYTES)
        self._pay(_LINE_FUEL + length)
        text = str(self._bytes(pointer & 0xFFFFFFFF, length), "utf-8", "replace")
        self._log(level if 1 <= level <= 3 else 1, text)

    def _calculate(self, pointer: int) -> None:
        """Do the operation whose six numbers lie at `pointer`, and put what it gives behind them."""
        place = self._bytes(pointer & 0xFFFFFFFF, _OPERATION.size + 8)
        op, dst, a, b, n, k = _OPERATION.unpack_from(place)
        asked = ops.list_of(self._numbers, dst, n) if op == ops.ALL else [(op, dst, a, b, n, k)]
        fuel = 0
        for each in asked:
            fuel += _OP_FUEL + ops.weight(each[0]) * max(0, min(each[4], ops.MOST_ELEMENTS))
        self._pay(fuel)
        _ANSWER.pack_into(place, _OPERATION.size, ops.apply_all(self._numbers, asked))

    def _numbers(self, address: int, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        """Numbers in memory as `_bytes` found it just now, within one call from the guest."""
        nbytes = count * dtype.itemsize
        if not 0 <= address <= self._size or not 0 <= nbytes <= self._size - address:
            raise self._outside(address, nbytes)
        return np.frombuffer(self._whole, dtype, count, address)


_FIRST_WORDS = {
    "fuel": "it ran longer than its budget allows",
    "epoch": "the watchdog stopped it",
    "memory": "its memory is full",
    "stack": "it called itself too deeply",
    "trap": "it broke its own interpreter",
}


def _alive(reference: weakref.ref[Guest]) -> Guest:
    guest = reference()
    if guest is None:
        raise ValueError("a guest that is gone was called")
    return guest
