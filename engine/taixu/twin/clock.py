"""The clock of a twin: the system's time as long as nobody sets it, and one that never goes back when somebody does.

Rules count seconds and recordings are sorted by time, so neither may see it go back. Where the system's clock is set forward, this
one goes with it at once. Where it is set back, this one goes on at half its pace until the other has caught up. Both are counted.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

__all__ = ["TwinClock"]

_log = logging.getLogger(__name__)
_JUMP_NS = 1_000_000_000
_CHATTER_NS = 60_000_000_000


class TwinClock:
    """Gives nanoseconds since 1970 that never become less (a resource).

    Parameters
    ----------
    wall_ns, steady_ns
        The system's clock, which may be set, and one that nobody sets.
    """

    def __init__(self, *, wall_ns: Callable[[], int] = time.time_ns, steady_ns: Callable[[], int] = time.monotonic_ns) -> None:
        self.jumps = 0
        """How often the system's clock was set by more than a second."""
        self.wall_ns = 0
        """What the system's clock said last."""
        self.went_back = False
        """Whether the last look found it set back."""
        self._wall, self._steady = wall_ns, steady_ns
        self._told = self._offset = 0
        self._before = 0
        self._said = -_CHATTER_NS

    def __call__(self) -> int:
        """The time now."""
        wall, steady = self._wall(), self._steady()
        offset, passed = wall - steady, steady - self._before
        self.went_back = False
        if self._told and abs(offset - self._offset) > _JUMP_NS:
            self._note(offset - self._offset, steady)
        self.wall_ns, self._offset, self._before = wall, offset, steady
        self._told = max(wall, self._told + passed // 2) if self._told else wall
        return self._told

    def _note(self, jump_ns: int, steady: int) -> None:
        self.jumps += 1
        self.went_back = jump_ns < 0
        if steady - self._said > _CHATTER_NS:
            self._said = steady
            _log.warning("The system's clock was set by %+.1f s; the twin's time goes on.", jump_ns / 1e9)

    def fork(self, world: object) -> TwinClock:
        return TwinClock(wall_ns=self._wall, steady_ns=self._steady)
