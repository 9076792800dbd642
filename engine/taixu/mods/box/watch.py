"""The helper's watchdog: one thread that counts epochs while a guest runs, and sleeps while none does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from taixu.mods.box.limits import EPOCH_SECS, LANES

__all__ = ["Watch"]

_IDLE_STEPS = 200


class Watch:
    """Counts epochs.

    Parameters
    ----------
    step
        Called every `EPOCH_SECS` while a guest runs.
    """

    def __init__(self, step: Callable[[], None]) -> None:
        self._at_work = [False] * LANES
        self._step = step
        self._wanted = threading.Event()
        threading.Thread(target=self._count, name="epochs", daemon=True).start()

    @property
    def running(self) -> bool:
        """Whether a guest runs."""
        return any(self._at_work)

    def begin(self, lane: int = 0) -> None:
        """A guest begins to run."""
        self._at_work[lane] = True
        if not self._wanted.is_set():
            self._wanted.set()

    def end(self, lane: int = 0) -> None:
        """No guest runs in a lane."""
        self._at_work[lane] = False

    def _count(self) -> None:
        idle = 0
        while True:
            time.sleep(EPOCH_SECS)
            if self.running:
                idle = 0
                self._step()
                continue
            idle += 1
            if idle > _IDLE_STEPS:  # after two quiet seconds it costs nothing
                self._wanted.clear()
                if not self.running:
                    self._wanted.wait()
                idle = 0
