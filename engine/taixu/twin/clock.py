"""The clock of a twin: the system's time as long as nobody sets it, and one that does not go back when somebody does.

Rules count seconds and recordings are sorted by time, so neither may see it go back. Where the system's clock is set forward, this
one goes with it at once. Where it is set back by a little, this one goes on at half its pace until the other has caught up: that
takes as long again as the clock was set back. Where it is more than ten minutes ahead, that would distort for too long: it steps
back, too, and a new epoch begins (see `taixu.twin.epochs`): what counts seconds begins anew, and so does the recording. All of it
is counted and told.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

__all__ = ["TwinClock"]

_log = logging.getLogger(__name__)
_JUMP_NS = 1_000_000_000
_STEP_NS = 600_000_000_000
_CHATTER_NS = 60_000_000_000


class TwinClock:
    """Gives nanoseconds since 1970 that never become less within an epoch (a resource).

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
        self.epoch = 1
        """Goes up when this clock stepped back, too."""
        self.stepped_ns = 0
        """By how much it did at last."""
        self._wall, self._steady = wall_ns, steady_ns
        self._told = self._offset = 0
        self._before = 0
        self._said = -_CHATTER_NS

    def __call__(self) -> int:
        """The time now."""
        wall, steady = self._wall(), self._steady()
        offset, passed = wall - steady, steady - self._before
        jump_ns = offset - self._offset if self._told and abs(offset - self._offset) > _JUMP_NS else 0
        ahead_ns = self._told + passed - wall if self._told else 0
        self.went_back = jump_ns < 0
        self.jumps += jump_ns != 0
        self.wall_ns, self._offset, self._before = wall, offset, steady
        if ahead_ns > _STEP_NS:
            self.epoch, self.stepped_ns, self.went_back = self.epoch + 1, ahead_ns, True
            self._told = wall
            _log.warning("The clock was set back by %s: epoch %d of the twin's time begins.", _span(ahead_ns), self.epoch)
            return wall
        if jump_ns:
            self._tell(jump_ns, ahead_ns, steady)
        self._told = max(wall, self._told + passed // 2) if self._told else wall
        return self._told

    def _tell(self, jump_ns: int, ahead_ns: int, steady: int) -> None:
        if steady - self._said <= _CHATTER_NS:
            return
        self._said = steady
        if jump_ns > 0:
            _log.warning("The clock was set forward by %s, and the twin's time with it.", _span(jump_ns))
        else:
            goes_on = _span(2 * max(ahead_ns, 0))
            _log.warning("The clock was set back by %s: the twin's time goes at half its pace for %s.", _span(-jump_ns), goes_on)

    def fork(self, world: object) -> TwinClock:
        return TwinClock(wall_ns=self._wall, steady_ns=self._steady)


def _span(span_ns: int) -> str:
    """A time in its largest unit: 2 h, 1.5 min, 20 s."""
    secs = span_ns / 1e9
    for unit, length in (("d", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if secs >= 0.999 * length:
            return f"{secs / length:.3g} {unit}"
    return f"{secs:.3g} s"
