"""A bar for long work: on a terminal, on standard error, and nowhere else."""

from __future__ import annotations

import sys
from time import monotonic
from typing import TextIO

__all__ = ["ProgressBar"]

_WIDTH = 24
_REDRAW_SECS = 0.1


class ProgressBar:
    """Counts work and draws a bar at most ten times a second; draws nothing in a pipe.

    Parameters
    ----------
    label
        What is being done.
    total
        Steps in all.
    stream
        Where to draw; standard error by default.
    """

    def __init__(self, label: str, total: int, *, stream: TextIO | None = None) -> None:
        self.label = label
        self.total = max(total, 1)
        self.done = 0
        self._stream = sys.stderr if stream is None else stream
        self._shown = self._stream is not None and self._stream.isatty()
        self._began = monotonic()
        self._drawn = 0.0

    def step(self, count: int = 1) -> None:
        """Count work that was done."""
        self.show((self.done + count) / self.total)
        self.done += count

    def show(self, fraction: float, text: str = "") -> None:
        """Show a fraction, 0 to 1, as jobs report it."""
        now = monotonic()
        if not self._shown or (now - self._drawn < _REDRAW_SECS and fraction < 1.0):
            return
        self._drawn = now
        fraction = min(max(fraction, 0.0), 1.0)
        left_secs = (now - self._began) * (1.0 - fraction) / max(fraction, 1e-6)
        bar = "#" * round(_WIDTH * fraction)
        note = f", {text}" if text else ""
        self._stream.write(f"\r{self.label} [{bar:<{_WIDTH}}] {fraction:4.0%}, {left_secs:.0f} s left{note}\x1b[K")
        self._stream.flush()

    def close(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
            self._shown = False

    def __enter__(self) -> ProgressBar:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
