"""How busy others keep the machine: what is measured beside them says little of it."""

from __future__ import annotations

import os
from pathlib import Path
from time import perf_counter, process_time

__all__ = ["MOST_BUSY", "Load", "present_load"]

MOST_BUSY = 0.25
"""Share of the processor that others may use while something is measured."""
_STAT = Path("/proc/stat")
_IDLE = (3, 4)
"""Of the numbers of a line: waiting, and waiting for a disk; the last two are in the first already."""


class Load:
    """What others use of the processor from now on; nothing is known of it but on Linux."""

    def __init__(self) -> None:
        self._began, self._own, self._all = perf_counter(), process_time(), _busy_secs()

    def share(self) -> float:
        """Their share of all cores since then, 0 to 1."""
        everybody, cores = _busy_secs(), os.cpu_count() or 1
        if everybody is None or self._all is None:
            return 0.0
        others = everybody - self._all - (process_time() - self._own)
        return min(max(others / max((perf_counter() - self._began) * cores, 1e-3), 0.0), 1.0)


def present_load() -> float:
    """Tasks that wanted a core in the last minute, by core, at most 1; 0 where the system does not say."""
    try:
        return min(os.getloadavg()[0] / (os.cpu_count() or 1), 1.0)
    except (AttributeError, OSError):
        return 0.0


def _busy_secs() -> float | None:
    """Seconds of the processor that all tasks have used since the machine started."""
    try:
        numbers = [int(word) for word in _STAT.read_text().split("\n", 1)[0].split()[1:9]]
        return sum(value for at, value in enumerate(numbers) if at not in _IDLE) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, AttributeError):
        return None
