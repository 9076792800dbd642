"""The other side of `Remote`: functions that a worker process calls, for the one simulator that it holds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app.worker import find_function
from taixu.errors import TaixuError
from taixu.simulation.simulator import Simulator

__all__ = ["about", "begin", "checkpoint", "restore", "step"]

_held: list[Simulator] = []
"""The one simulator of this process; what a job keeps in its module stays for the next."""


def begin(make: str, arguments: tuple[Any, ...]) -> None:
    """Make the simulator."""
    _held[:] = [find_function(make)(*arguments)]


def about() -> tuple[str, int]:
    """Its name, and its period in nanoseconds."""
    return _simulator().name, _simulator().period_ns


def step(time_ns: int, dt_ns: int, given: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
    """One step; gives what it said."""
    return {name: np.asarray(values) for name, values in _simulator().step(time_ns, dt_ns, given).items()}


def checkpoint() -> bytes:
    """Its state."""
    return _simulator().checkpoint()


def restore(state: bytes) -> None:
    """Become that state."""
    _simulator().restore(state)


def _simulator() -> Simulator:
    if not _held:
        raise TaixuError("this process holds no simulator yet")
    return _held[0]
