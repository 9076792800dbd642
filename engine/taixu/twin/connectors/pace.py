"""The pace of sources that were recorded: when what is of some time is due now, and what time it is told to be of."""

from __future__ import annotations

import threading
import time

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pace"]

_LONGEST_WAIT_SECS = 0.05


class Pace:
    """Plays times that begin at one moment as if they began now.

    Parameters
    ----------
    first_ns
        The first of them.
    speed
        How fast; 0 is as fast as it goes.
    shift
        Whether they are told as if it began now; else as they are.
    """

    def __init__(self, first_ns: int, *, speed: float, shift: bool) -> None:
        self.first_ns, self.speed, self.shift = first_ns, speed, shift
        self._began_ns, self._began = time.time_ns(), time.monotonic_ns()

    @property
    def due_ns(self) -> int:
        """What is of this time or before is due. By a clock that nobody sets."""
        if not self.speed:
            return (1 << 63) - 1
        return self.first_ns + int((time.monotonic_ns() - self._began) * self.speed)

    def wait(self, time_ns: int, closing: threading.Event) -> bool:
        """Wait a while, at most until something is due; True when it is to end."""
        secs = (time_ns - self.due_ns) / (self.speed or 1.0) * 1e-9
        return closing.wait(min(max(secs, 0.001), _LONGEST_WAIT_SECS))

    def told(self, times_ns: NDArray[np.int64]) -> NDArray[np.int64]:
        """What times are told."""
        if not self.shift:
            return times_ns
        return self._began_ns + ((times_ns - self.first_ns) / (self.speed or 1.0)).astype(np.int64)
