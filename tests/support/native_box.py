"""A stand-in for the box that mods run in: the guest's Python, run natively. In tests only: it holds nobody back."""

from __future__ import annotations

import builtins
import ctypes
from collections import deque
from collections.abc import Mapping
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np

from taixu.mods.box import ops

__all__ = ["NativeBoxed", "NativeGuest", "open_natively", "open_plainly"]


class NativeGuest:
    """The guest's modules and a mod's files, in a namespace of their own."""

    def __init__(self, sources: Mapping[str, str], *, bulk: bool) -> None:
        self._sources = dict(sources)
        self.modules: dict[str, Any] = {}
        self.logs: list[tuple[int, str]] = []
        box = SimpleNamespace(log=lambda level, text: self.logs.append((level, text)))
        if bulk:
            box.colop = lambda op, dst, a, b, n, k: ops.apply(_view, op, dst, a, b, n, k)
        self.modules["_box"] = box
        self._builtins = {**vars(builtins), "__import__": self._import, "print": self._print}

    def _print(self, *values: object, sep: str = " ", **_: object) -> None:
        self.modules["game"].log(sep.join(map(str, values)))

    def _import(self, name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
        found = self.modules.get(name)
        if found is not None:
            return found
        file = f"{name}.py"
        if file not in self._sources:
            return builtins.__import__(name, globals, locals, fromlist, level)
        module = self.modules[name] = ModuleType(name)
        module.__dict__["__builtins__"] = self._builtins
        try:
            exec(compile(self._sources[file], file, "exec"), module.__dict__)  # noqa: S102
        except BaseException:
            del self.modules[name]
            raise
        return module

    @property
    def main(self) -> Any:
        """The module that the engine calls."""
        return self._import("taixu_guest_main")


def _view(address: int, count: int, dtype: np.dtype[Any]) -> Any:
    return np.frombuffer((ctypes.c_ubyte * (count * dtype.itemsize)).from_address(address), dtype)


class NativeBoxed:
    """What `taixu.mods.box.BoxedMod` is, without a box: calls run when they are sent."""

    def __init__(self, name: str, sources: Mapping[str, str], config: bytes, *, bulk: bool = True) -> None:
        self.name = name
        self.guest = NativeGuest(sources, bulk=bulk)
        self.off = False
        self._columns: dict[str, Any] = {}
        self._replies: deque[Any] = deque()
        self._serial = 0
        self.sent: list[tuple[int, bytes, tuple[str, ...]]] = []
        self._reply("boot", self.guest.main.boot(config))

    @property
    def busy(self) -> bool:
        return any(reply.about == "call" for reply in self._replies)

    @property
    def has_news(self) -> bool:
        return bool(self._replies)

    def _reply(self, about: str, payload: bytes, status: str = "ok", reason: str = "") -> None:
        logs, self.guest.logs[:] = tuple(self.guest.logs), []
        self._replies.append(
            SimpleNamespace(
                about=about, serial=self._serial, status=status, reason=reason, payload=payload, fuel=1000, micros=1,
                memory_bytes=1 << 20, refused=0, logs=logs,
            )
        )  # fmt: skip

    def columns(self, name: str, dtype: Any, width: int, count: int) -> Any:
        shape = (count,) if width == 1 else (width, count)
        found = self._columns.get(name)
        if found is None or found.shape != shape:
            found = self._columns[name] = np.zeros(shape, dtype)
        return found

    def send(self, kind: int, payload: bytes, *, reads: Any = (), writes: Any = (), mask: str = "", fuel: int | None = None,
             slow: bool = False) -> int:
        assert not self.busy
        self._serial += 1
        self.sent.append((kind, payload, tuple(reads)))
        for name in reads:
            self._move(name, into=True)
        if mask:
            self.guest.main.column(mask, self._columns[mask].nbytes)
        try:
            answer = self.guest.main.call(kind, payload)
        except Exception as error:
            self._reply("call", b"", "error", f"{type(error).__name__}: {error}")
            return self._serial
        for name in (*writes, *([mask] if mask else [])):
            self._move(name, into=False)
        self._reply("call", answer)
        return self._serial

    def _move(self, name: str, *, into: bool) -> None:
        column = self._columns[name]
        address = self.guest.main.column(name, column.nbytes)
        view = _view(address, column.nbytes, np.dtype(np.uint8))
        flat = column.reshape(-1).view(np.uint8)
        if into:
            view[:] = flat
        else:
            flat[:] = view

    def poll(self, timeout_secs: float = 0.0) -> Any:
        return self._replies.popleft() if self._replies else None

    def snapshot(self, tag: int = 0) -> bool:
        return False

    def close(self) -> None:
        self.off = True


def open_natively(name: str, sources: Mapping[str, str], config: bytes, limits: Any) -> NativeBoxed:
    """Open the stand-in, with the host's column arithmetic."""
    return NativeBoxed(name, sources, config)


def open_plainly(name: str, sources: Mapping[str, str], config: bytes, limits: Any) -> NativeBoxed:
    """Open the stand-in without a host that calculates: columns are plain Python loops."""
    return NativeBoxed(name, sources, config, bulk=False)
