"""Functions that the tests of the job service run in worker processes."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from taixu.errors import MachineError

__all__ = ["add", "crash", "double", "eat_memory", "fail", "pid", "print_much", "refuse", "sleep", "steps", "steps_shown"]

_calls = [0]


def add(a: int, b: int) -> int:
    return a + b


def double(values: np.ndarray) -> np.ndarray:
    values *= 2  # arrives writable
    return values


def pid() -> tuple[int, int]:
    _calls[0] += 1
    return os.getpid(), _calls[0]


def fail(text: str) -> None:
    raise ValueError(text)


def refuse() -> None:
    raise MachineError("chair.obj: too old")


def crash() -> None:
    ctypes.string_at(0)


def sleep(secs: float, mark: str = "") -> str:
    if mark:
        Path(mark).write_text(str(os.getpid()))
    time.sleep(secs)
    return "slept"


def eat_memory(megabytes: int) -> int:
    return len(np.ones(megabytes << 17)) >> 17


def steps(count: int, progress: Callable[[float, str], None]) -> int:
    for index in range(count):
        progress((index + 1) / count, f"step {index + 1}")
        time.sleep(0.06)
    return count


def steps_shown(count: int, progress: Callable[..., None]) -> int:
    for index in range(count):
        progress((index + 1) / count, "", np.full(3, index))
        time.sleep(0.06)
    return count


def print_much() -> int:
    print("x" * 100_000)
    return 7
