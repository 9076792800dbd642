"""How much a viewer can take: pictures under way by what he acknowledges, and steps down in quality while he is full."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from math import ceil

__all__ = ["LEVELS", "Level", "Pace"]


@dataclass(frozen=True, slots=True)
class Level:
    """What is left of a wish: the shares of its bits and of its edges, and how coarse JPEGs are (mjpeg's quantiser, 2 to 31)."""

    bits: float
    edge: float
    quantiser: int


LEVELS = (Level(1.0, 1.0, 4), Level(0.6, 1.0, 6), Level(0.35, 1.0, 9), Level(0.3, 0.75, 9), Level(0.15, 0.5, 12))
"""First fewer bits, then fewer pixels."""

_FEWEST, _MOST = 3, 10
_REVIEW_SECS = 1.0
_FULL_SHARE, _FREE_SHARE = 0.3, 0.03
_SETTLE_SECS = 2.0
_HOLD_SECS, _LONGEST_HOLD_SECS = 6.0, 60.0


class Pace:
    """One viewer's acknowledgements.

    So many pictures may be under way as fill the way there and back, and two more; at least three. A viewer who is full for a third
    of a second goes down a level. Once he had room for some seconds he goes up again; where that was too much, the next time comes
    later.

    Parameters
    ----------
    fps
        Pictures a second that he wishes for.
    now
        Seconds of any clock that does not go back.
    """

    def __init__(self, fps: int, now: float) -> None:
        self.fps = fps
        self.level = 0
        self.delay_secs = 0.0
        """From sending to acknowledging, lately."""
        self._under_way: deque[tuple[int, float]] = deque()
        self._least_delay: float | None = None
        self._full_since: float | None = None
        self._full_secs = 0.0
        self._reviewed = self._changed = self._raised = now
        self._free_since = now
        self._hold_secs = _HOLD_SECS

    @property
    def under_way(self) -> int:
        """Pictures that were sent and are not acknowledged."""
        return len(self._under_way)

    @property
    def most(self) -> int:
        """So many may be."""
        return min(max(ceil((self._least_delay or 0.0) * self.fps) + 2, _FEWEST), _MOST)

    @property
    def has_room(self) -> bool:
        """Whether one more may be sent."""
        return len(self._under_way) < self.most

    def sent(self, number: int, now: float) -> None:
        """A picture was sent; numbers go up."""
        self._under_way.append((number, now))
        if not self.has_room and self._full_since is None:
            self._full_since = now

    def shown(self, number: int, now: float) -> None:
        """All pictures up to this one have been shown, or dropped."""
        while self._under_way and self._under_way[0][0] <= number:
            delay = now - self._under_way.popleft()[1]
            self.delay_secs += (delay - self.delay_secs) * 0.2
            # What the way takes at the least, forgotten slowly: it may have become longer.
            self._least_delay = delay if self._least_delay is None else min(self._least_delay * 1.01, delay)
        if self.has_room and self._full_since is not None:
            self._full_secs += now - self._full_since
            self._full_since = None

    def forget(self) -> None:
        """Nothing is under way any more (he begins anew)."""
        self._under_way.clear()
        self._full_since = None

    def review(self, now: float) -> bool:
        """Choose the level, once a second; gives whether it is another."""
        elapsed = now - self._reviewed
        if elapsed < _REVIEW_SECS:
            return False
        if self._full_since is not None:
            self._full_secs += now - self._full_since
            self._full_since = now
        share, self._full_secs, self._reviewed = self._full_secs / elapsed, 0.0, now
        if share > _FREE_SHARE:
            self._free_since = now
        if share > _FULL_SHARE and self.level < len(LEVELS) - 1 and now - self._changed >= _SETTLE_SECS:
            if now - self._raised < 2 * _HOLD_SECS and self._raised > 0 and self._changed == self._raised:
                self._hold_secs = min(self._hold_secs * 2, _LONGEST_HOLD_SECS)
            self.level += 1
        elif self.level > 0 and now - self._free_since >= self._hold_secs and now - self._changed >= self._hold_secs:
            self.level -= 1
            self._raised = now
        else:
            return False
        self._changed = self._free_since = now
        return True
