"""Timers on the GPU: pairs of timestamps, read when they are ready and never waited for."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager

from taixu.gpu.raw import GL
from taixu.gpu.raw import Constants as C

__all__ = ["GLTimers"]


class GLTimers:
    """Named timers of one context."""

    def __init__(self, gl: GL) -> None:
        self.gl = gl
        self._waiting: dict[str, list[tuple[int, int]]] = {}
        self._found: dict[str, float] = {}

    @contextmanager
    def time(self, name: str) -> Iterator[None]:
        """Time the work in the block."""
        gl = self.gl
        begin, end = gl.generate("Queries"), gl.generate("Queries")
        gl.glQueryCounter(begin, C.TIMESTAMP)
        try:
            yield
        finally:
            gl.glQueryCounter(end, C.TIMESTAMP)
            waiting = self._waiting.setdefault(name, [])
            waiting.append((begin, end))
            if len(waiting) > 16:
                self.collect()

    def collect(self) -> dict[str, float]:
        """Milliseconds by name, the latest that are in."""
        for name, waiting in self._waiting.items():
            while waiting and self._is_ready(waiting[0][1]):
                begin, end = waiting.pop(0)
                self._found[name] = (self._take(end) - self._take(begin)) / 1e6
        return dict(self._found)

    def _is_ready(self, query: int) -> bool:
        ready = ctypes.c_int()
        self.gl.glGetQueryObjectiv(query, C.QUERY_AVAILABLE, ctypes.byref(ready))
        return bool(ready.value)

    def _take(self, query: int) -> int:
        result = ctypes.c_uint64()
        self.gl.glGetQueryObjectui64v(query, C.QUERY_RESULT, ctypes.byref(result))
        self.gl.delete("Queries", query)
        return result.value
