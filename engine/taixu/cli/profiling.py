"""What ``taixu run --profile`` says: the milliseconds of each pass of the pictures of a world that runs."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from taixu.defaults import App

__all__ = ["PassProfile", "table"]

_KEPT = 4096
_WARMING_FRAMES = 2
"""Frames that compile shaders and fill what is kept, and are left out."""


class PassProfile:
    """Follows an app's pictures; passes are timed by the device itself.

    Parameters
    ----------
    app
        Whose pictures.
    draws
        Whether `step` draws a picture of its own, where nothing else does.
    """

    def __init__(self, app: App, *, draws: bool) -> None:
        self._app, self._draws = app, draws
        self._passes: dict[str, list[float]] = {}
        self._latest: dict[str, float] = {}
        self._drawn: list[tuple[float, float]] = []
        self._steps = 0
        app.drawing.renderer.measures_passes = True

    def step(self) -> None:
        """Note what has come in since the last step, once a frame."""
        drawing = self._app.drawing
        if self._draws:
            start, busy = perf_counter(), process_time()
            drawing.read(drawing.frame(self._app.world, delta_secs=self._app.clock.step_secs))
            self._drawn.append(((perf_counter() - start) * 1e3, (process_time() - busy) * 1e3))
        now = drawing.device.timings()
        self._steps += 1
        if self._steps > _WARMING_FRAMES:
            for name, ms in now.items():
                if self._latest.get(name) != ms:  # else it did not run again
                    self._passes.setdefault(name, []).append(ms)
                    del self._passes[name][:-_KEPT]
        self._latest = now

    def report(self) -> dict[str, Any]:
        """`passes`: by option of the quality tiers, then by "view: pass", `runs` and `p50` and `p95` in milliseconds.

        With pictures of its own also `drawn`: how many, and the medians of the clock's (`p50`) and the processor's milliseconds
        (`busy_p50`, all cores together).
        """
        from taixu.render.quality import passes_by_option

        medians = {name: float(np.median(values)) for name, values in self._passes.items()}
        found: dict[str, Any] = {
            "passes": {
                option: {name: _percentiles(self._passes[name]) for name in sorted(each, key=medians.__getitem__, reverse=True)}
                for option, each in passes_by_option(medians).items()
            }
        }
        if warm := self._drawn[_WARMING_FRAMES:]:
            wall, busy = np.median(np.array(warm), 0)
            found["drawn"] = {"frames": len(warm), "p50": round(float(wall), 3), "busy_p50": round(float(busy), 3)}
        return found


def table(report: Mapping[str, Any]) -> list[str]:
    """A report's lines for people: each option with its passes below it, the most expensive first."""
    rows = [("ms", "p50", "p95")]
    for option, each in report["passes"].items():
        rows.append((option, f"{sum(found['p50'] for found in each.values()):.3f}", ""))
        rows += [(f"  {name}", f"{found['p50']:.3f}", f"{found['p95']:.3f}") for name, found in each.items()]
    width = max(len(row[0]) for row in rows)
    lines = [f"{row[0]:<{width}}  {row[1]:>9}  {row[2]:>9}".rstrip() for row in rows]
    if "drawn" in report:
        drawn = report["drawn"]
        lines.append(f"{drawn['frames']} pictures, {drawn['p50']} ms each, {drawn['busy_p50']} ms of the processor's time")
    return lines


def _percentiles(values: list[float]) -> dict[str, float]:
    p50, p95 = np.percentile(values, (50, 95))
    return {"runs": len(values), "p50": round(float(p50), 4), "p95": round(float(p95), 4)}
