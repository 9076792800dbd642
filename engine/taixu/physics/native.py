"""Importing engines that talk: pybullet prints to the process's standard output, which belongs to `--json`."""

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
    """Send what native code writes to descriptor 1 nowhere, while the block runs."""
    sys.stdout.flush()
    try:
        saved = os.dup(1)
    except OSError:  # no standard output at all (a windowed program)
        yield
        return
    sink = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(sink, 1)
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
        os.close(sink)


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
