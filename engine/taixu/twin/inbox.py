"""The inbox: where connectors' threads leave batches, and the world's thread takes them once a frame."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from taixu.twin.batch import Batch

__all__ = ["Inbox", "Letter"]


@dataclass(frozen=True, slots=True)
class Letter:
    """A batch, and what to call (from any thread) when it is kept."""

    batch: Batch
    on_kept: Callable[[], None] | None = None


class Inbox:
    """A bounded queue (a resource).

    Parameters
    ----------
    max_readings
        So many may wait; who brings more is told to come again.
    """

    def __init__(self, *, max_readings: int = 4 << 20) -> None:
        self.max_readings = max_readings
        self.turned_away = 0
        """Batches that found no room."""
        self.on_put: Callable[[Batch], None] | None = None
        """Called with each batch that is left, in the thread that brings it; to be quick about."""
        self._letters: deque[Letter] = deque()
        self._waiting = 0
        self._lock = threading.Lock()

    def put(self, letter: Letter) -> bool:
        """Leave a batch; False where there is no room now, and the sender must keep it."""
        with self._lock:
            if self._waiting and self._waiting + len(letter.batch) > self.max_readings:
                self.turned_away += 1
                return False
            self._waiting += len(letter.batch)
            self._letters.append(letter)
        if self.on_put is not None:
            self.on_put(letter.batch)
        return True

    def take(self) -> list[Letter]:
        """Everything that waits."""
        with self._lock:
            letters = list(self._letters)
            self._letters.clear()
            self._waiting = 0
        return letters

    @property
    def waiting(self) -> int:
        """Readings that wait."""
        return self._waiting

    def fork(self, world: object) -> Inbox:
        return Inbox(max_readings=self.max_readings)
