"""Importing engines that talk: pybullet prints where the program's own words belong."""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import os
import sys
from collections.abc import Iterator
from types import ModuleType

from taixu.errors import MachineError

__all__ = ["available", "load", "muted"]

_PIP = {"pybullet": "pybullet", "rapier3d": "rapier3d"}


@contextlib.contextmanager
def muted() -> Iterator[None]:
    """Send what native code writes to standard output and error nowhere, while the block runs."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved: list[tuple[int, int]] = []
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        for stream in (1, 2):
            with contextlib.suppress(OSError):  # a windowed program has neither
                saved.append((stream, os.dup(stream)))
                os.dup2(sink, stream)
        yield
    finally:
        _flush_native()
        for stream, copy in saved:
            os.dup2(copy, stream)
            os.close(copy)
        os.close(sink)


def _flush_native() -> None:
    """Empty the C library's own buffer, which would else be written after the block."""
    import ctypes

    with contextlib.suppress(OSError, TypeError, AttributeError):
        (ctypes.CDLL(None) if sys.platform != "win32" else ctypes.CDLL("msvcrt")).fflush(None)


def available(module: str) -> bool:
    """Whether an engine's module is installed, without importing it."""
    return importlib.util.find_spec(module) is not None


@functools.cache
def load(module: str) -> ModuleType:
    """The engine's module, or a sentence saying how to get it."""
    with muted():
        try:
            return importlib.import_module(module)
        except ImportError as error:
            raise MachineError(
                f"The physics engine {module} is not installed here ({error}); run: pip install {_PIP[module]}"
            ) from None
