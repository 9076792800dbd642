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
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numpy.typing import NDArray

from taixu.mods.box import ops
from taixu.mods.box.runtime import make_engine

if TYPE_CHECKING:
    from wasmtime import Func, FuncType, Memory, Store

__all__ = ["Guest", "GuestError", "Image", "Trapped", "load"]

MOST_LINE_BYTES = 4096
_PAGE = 65536
_BLOCK = 4096
_LINE_FUEL = 1000
_OP_FUEL = 200
_ELEMENT_FUEL = 2
_PORTION_FUEL = 200_000
_START_FUEL = 1_000_000
_MESSAGE_BYTES = 64 << 10  # as .ci/image/link.py has it
_NO_DEADLINE = 1 << 40
_HEADER = struct.Struct("<8sII")
_MAGIC = b"taixu-g1"
_OPERATION = struct.Struct("<5I4xd")
_ANSWER = struct.Struct("<d")
_LIMITS = {"table_elements": 20_000, "instances": 1, "tables": 1, "memories": 1}
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
        self._allowed = 0
        self._dead = ""
        self._owed = 0
        self._whole: NDArray[np.uint8] = np.empty(0, np.uint8)
        self._base = 0
        self._message = 0
        self._store: Store
        self._memory: Memory
        self._functions: dict[str, Func] = {}
        self._instantiate()

    @property
    def fuel_used(self) -> int:
        """Fuel since the last `allow`."""
        self._settle()
        return self._allowed - self._store.get_fuel()

    @property
    def memory_bytes(self) -> int:
        """The memory of the instance now."""
        return int(self._memory.data_len(self._store))

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
        return self._bytes(pointer, nbytes).data

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
            self._memory.grow(self._store, pages - known // _PAGE)
        memory = np.frombuffer(self.view(0, pages * _PAGE), np.uint8).reshape(-1, _BLOCK)
        memory[blocks] = np.frombuffer(data, np.uint8, count * _BLOCK, _HEADER.size + 4 * count).reshape(-1, _BLOCK)

    def _instantiate(self) -> None:
        from wasmtime import Func, Instance, Store, WasmtimeError

        self._store = store = Store(self._image.engine)
        store.set_limits(memory_size=self._most_bytes, **_LIMITS)
        self.allow(_START_FUEL)
        # The functions live as long as the store does, so they must not hold the guest that holds the store.
        this = weakref.ref(self)
        answers: dict[str, Callable[..., Any]] = {
            "log": lambda *args: _alive(this)._write_line(*args),
            "colop": lambda *args: _alive(this)._calculate(*args),
        }
        try:
            imports = [Func(store, cast("FuncType", item.type), answers[item.name or ""]) for item in self._image.module.imports]
            exports = Instance(store, self._image.module, imports).exports(store)
        except WasmtimeError as error:
            raise self._die("memory", f"the mod's memory limit of {self._most_bytes} bytes is too small: {error}") from None
        self._memory = exports["memory"]  # type: ignore[assignment]
        self._message = int(exports["message"].value(store))  # type: ignore[union-attr]
        names = ("boot", "call", "column", "allocate", "release")
        self._functions = {name: exports[name] for name in names}  # type: ignore[misc]
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
                address = int(self._run("allocate", len(text))) & 0xFFFFFFFF
                places.append(address)
            if not address:
                raise self._die("memory", f"no memory is left in the mod for a message of {len(text)} bytes")
            self.view(address, len(text))[:] = text
            arguments += [_signed(address), len(text)]
        packed = int(self._run(name, *arguments, *after)) & 0xFFFFFFFFFFFFFFFF
        address, size = packed >> 32, packed & 0xFFFFFFFF
        answer = self._bytes(address, size).tobytes()
        for place in places:
            self._run("release", _signed(place))
        if answer[:1] == b"\0":
            return answer[1:]
        raise GuestError(answer[1:].decode("utf-8", "replace"))

    def _run(self, name: str, *arguments: int) -> Any:
        from wasmtime import Trap, WasmtimeError

        try:
            return self._functions[name](self._store, *arguments)
        except Trap as trap:
            code = trap.trap_code
            reason = _REASONS.get(code.name, "trap") if code is not None else "trap"
            if reason == "trap" and self.memory_bytes + _PAGE > self._most_bytes:
                reason = "memory"
            raise self._die(reason, _FIRST_WORDS[reason]) from None
        except Trapped as error:
            raise self._die(error.reason, error.text) from None
        except (WasmtimeError, ValueError, TypeError) as error:
            raise self._die("trap", str(error).splitlines()[0]) from None

    def _bytes(self, pointer: int, nbytes: int) -> NDArray[np.uint8]:
        """A part of memory as it is now: where it begins and how large it is are asked at each use."""
        base = ctypes.addressof(self._memory.data_ptr(self._store).contents)
        size = int(self._memory.data_len(self._store))
        if base != self._base or size != len(self._whole):
            self._whole = np.frombuffer(memoryview((ctypes.c_ubyte * size).from_address(base)).cast("B"), np.uint8)
            self._base = base
        return self._part(pointer, nbytes)

    def _part(self, pointer: int, nbytes: int) -> NDArray[np.uint8]:
        """A part of memory as `_bytes` found it just now, within one call from the guest."""
        size = len(self._whole)
        if not 0 <= pointer <= size or not 0 <= nbytes <= size - pointer:
            raise self._die("trap", f"{nbytes} bytes at {pointer} do not lie in the guest's memory")
        return self._whole[pointer : pointer + nbytes]

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
        text = self._bytes(pointer & 0xFFFFFFFF, length).tobytes().decode("utf-8", "replace")
        self._log(level if 1 <= level <= 3 else 1, text)

    def _calculate(self, pointer: int) -> None:
        """Do the operation whose six numbers lie at `pointer`, and put what it gives behind them."""
        place = self._bytes(pointer & 0xFFFFFFFF, _OPERATION.size + 8).data
        op, dst, a, b, n, k = _OPERATION.unpack_from(place)
        self._pay(_OP_FUEL + _ELEMENT_FUEL * min(n, ops.MOST_ELEMENTS))
        _ANSWER.pack_into(place, _OPERATION.size, ops.apply(self._numbers, op, dst, a, b, n, k))

    def _numbers(self, address: int, count: int, dtype: np.dtype[Any]) -> NDArray[Any]:
        return self._part(address, count * dtype.itemsize).view(dtype)


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


def _signed(value: int) -> int:
    """As WebAssembly's i32, which wasmtime's Python takes with a sign."""
    return value - (1 << 32) if value >= 1 << 31 else value
