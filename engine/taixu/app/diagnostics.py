"""Where the time of frames goes: seconds by stage, frame by frame."""

from __future__ import annotations

from collections import deque

import numpy as np

__all__ = ["Diagnostics"]

_KEPT_FRAMES = 4096


class Diagnostics:
    """Timings of the latest frames by stage, and counters by name (a resource).

    Attributes
    ----------
    latest, latest_systems
        Seconds of the frame that ended last, by stage and by system; systems only while `measures_systems`.
    """

    def __init__(self) -> None:
        self.counters: dict[str, float] = {}
        self.measures_systems = False
        self.latest: dict[str, float] = {}
        self.latest_systems: dict[str, float] = {}
        self._systems: dict[str, float] = {}
        self._now: dict[str, float] = {}
        self._frames: dict[str, deque[float]] = {}

    def add(self, name: str, secs: float) -> None:
        """Add seconds to a stage of the present frame."""
        self._now[name] = self._now.get(name, 0.0) + secs

    @property
    def systems(self) -> dict[str, float] | None:
        """Where seconds of systems are added, or None where nobody wants them."""
        return self._systems if self.measures_systems else None

    def end_frame(self, secs: float) -> None:
        """Close the present frame, which took `secs` in all."""
        self.add("frame", secs)
        for name, value in self._now.items():
            self._frames.setdefault(name, deque(maxlen=_KEPT_FRAMES)).append(value)
        self.latest, self._now = self._now, {}
        self.latest_systems, self._systems = self._systems, {}

    def milliseconds(self) -> dict[str, dict[str, float]]:
        """By stage (and ``frame``) the median and the 95th percentile of the latest frames, in milliseconds."""
        found = {}
        for name, values in self._frames.items():
            p50, p95 = np.percentile(np.array(values) * 1e3, (50, 95))
            found[name] = {"p50": round(float(p50), 3), "p95": round(float(p95), 3)}
        return found
