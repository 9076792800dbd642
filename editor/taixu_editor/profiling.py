"""What frames cost, frame by frame: recorded while somebody looks, to be looked at again when one was slow."""

from __future__ import annotations

import gc
from collections import deque
from dataclasses import dataclass, field
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from taixu_editor.window import EditorWindow

__all__ = ["PARTS", "FrameRecord", "Recorder"]

PARTS = ("world", "panels", "painting", "rest")
"""Of a frame, in the order of its parts; the rest is waiting for the screen, and events."""

KEPT = 300
_KINDS = ("stages", "systems", "passes")
_MEMORY_FRAMES = 15
"""Between looks at the memory: a look reads a file of the system's."""


@dataclass(frozen=True, slots=True)
class FrameRecord:
    """A frame, in milliseconds.

    Attributes
    ----------
    parts
        By `PARTS`.
    stages, systems
        Of the world; the editor's own world runs few of them while nothing is played.
    passes
        On the GPU, by "view: pass": those whose times came in, which takes a frame or two.
    garbage_ms
        Python's collection of what nobody refers to, somewhere in the frame.
    """

    total_ms: float
    parts: dict[str, float]
    stages: dict[str, float]
    systems: dict[str, float]
    passes: dict[str, float]
    garbage_ms: float
    memory_mb: float
    entities: int
    made: int
    steps: int


@dataclass(slots=True)
class _World:
    """What is known of the world's part of a frame before the frame is over."""

    stages: dict[str, float] = field(default_factory=dict)
    systems: dict[str, float] = field(default_factory=dict)
    passes: dict[str, float] = field(default_factory=dict)
    garbage_ms: float = 0.0
    entities: int = 0
    made: int = 0
    steps: int = 0


class _Series:
    """Milliseconds of the latest frames by name, in a table that is written a column a frame: medians of it are quick."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._values = np.full((16, KEPT), np.nan)
        self._column = 0

    def add(self, values: dict[str, float]) -> None:
        """Another frame; who is not named in it cost nothing there, but is no pass of nothing."""
        self._column = (self._column + 1) % KEPT
        self._values[:, self._column] = np.nan
        for name, ms in values.items():
            row = self._rows.setdefault(name, len(self._rows))
            if row >= len(self._values):
                self._values = np.concatenate([self._values, np.full_like(self._values, np.nan)])
            self._values[row, self._column] = ms

    def medians(self) -> dict[str, tuple[float, float]]:
        """Median and 95th percentile of the frames that name them, by name."""
        ordered = np.sort(self._values[: len(self._rows)], 1)  # what is no number comes last
        counts = np.isfinite(ordered).sum(1)
        rows = np.arange(len(ordered))
        p50, p95 = (ordered[rows, (np.maximum(counts - 1, 0) * share).astype(int)] for share in (0.5, 0.95))
        found = zip(self._rows, p50.tolist(), p95.tolist(), counts.tolist(), strict=True)
        return {name: (low, high) for name, low, high, count in found if count}


class Recorder:
    """Keeps the latest frames; `frame` is called once in each while it records.

    Attributes
    ----------
    frames
        The latest ones, the last the latest.
    """

    def __init__(self, window: EditorWindow) -> None:
        self._window = window
        self.frames: deque[FrameRecord] = deque(maxlen=KEPT)
        self._series = {kind: _Series() for kind in _KINDS}
        self._world: _World | None = None
        self._passes: dict[str, float] = {}
        self._memory_mb, self._since_memory = 0.0, _MEMORY_FRAMES
        self._garbage_ms = self._garbage_since = 0.0
        self._ticks = 0
        self._measured: Any = None
        self._listens = False

    def frame(self) -> FrameRecord | None:
        """Take in the frame before this one, which is over now; gives it, where the one before was recorded as well."""
        window, before = self._window, self._world
        if not self._listens:
            gc.callbacks.append(self._hear)
            self._listens = True
        self._world = self._look()
        times = {name: secs * 1e3 for name, secs in window.times.latest.items()}
        if before is None or not times:
            return None
        self._since_memory += 1
        if self._since_memory >= _MEMORY_FRAMES:
            from taixu.bench.measure import held_mb

            self._memory_mb, self._since_memory = held_mb(), 0
        total = times.pop("frame", 0.0)
        parts = {name: times.get(name, 0.0) for name in PARTS}
        parts["rest"] = max(total - sum(parts.values()), 0.0)
        kept = (before.stages, before.systems, before.passes, before.garbage_ms)
        self.frames.append(FrameRecord(total, parts, *kept, self._memory_mb, before.entities, before.made, before.steps))
        for kind, values in zip(_KINDS, (before.stages, before.systems, before.passes), strict=True):
            self._series[kind].add(values)
        return self.frames[-1]

    def clear(self) -> None:
        """Forget what is recorded."""
        self.frames.clear()
        self._series = {kind: _Series() for kind in _KINDS}

    def stop(self) -> None:
        """Measure no more; what is recorded stays."""
        self._window.renderer.measures_passes = False
        if self._measured is not None:
            self._measured.measures_systems = False
        self._world = self._measured = None
        if self._listens:
            gc.callbacks.remove(self._hear)
            self._listens = False

    def totals(self) -> NDArray[np.float64]:
        """Milliseconds of the recorded frames."""
        return np.array([each.total_ms for each in self.frames], np.float64)

    def stacked(self) -> NDArray[np.float64]:
        """[part + 1, frame]: where each part begins above the others, and where the last ends."""
        rows = np.array([[each.parts[name] for name in PARTS] for each in self.frames], np.float64).reshape(-1, len(PARTS))
        return np.vstack([np.zeros(len(rows)), np.cumsum(rows, 1).T])

    def medians(self, kind: str) -> dict[str, tuple[float, float]]:
        """Median and 95th percentile of the recorded frames, by name; `kind` is "stages", "systems" or "passes"."""
        return self._series[kind].medians()

    def _look(self) -> _World:
        window = self._window
        window.renderer.measures_passes = True
        now = window.device.timings()
        found = _World(passes={name: ms for name, ms in now.items() if self._passes.get(name) != ms})
        self._passes = now
        found.garbage_ms, self._garbage_ms = self._garbage_ms, 0.0
        session = window.host.session
        if session.worlds:
            app = session.current.app
            diagnostics, world = app.diagnostics, session.world
            if self._measured is not diagnostics:
                if self._measured is not None:
                    self._measured.measures_systems = False
                self._measured = diagnostics
                diagnostics.measures_systems = True
            found.stages = {name: secs * 1e3 for name, secs in diagnostics.latest.items() if name != "frame"}
            found.systems = {name: secs * 1e3 for name, secs in diagnostics.latest_systems.items()}
            found.entities, found.made = len(world), sum(len(table) for table in world.tables if table.made)
            found.steps, self._ticks = max(app.clock.ticks - self._ticks, 0), app.clock.ticks
        return found

    def _hear(self, phase: str, info: dict[str, Any]) -> None:
        now = perf_counter()
        if phase == "start":
            self._garbage_since = now
        elif self._garbage_since:
            self._garbage_ms += (now - self._garbage_since) * 1e3
