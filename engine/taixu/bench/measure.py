"""Timing: frames until a count or a budget is reached, and the keys that every result has."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Options", "held_mb", "peak_mb", "resident_mb", "result", "time_calls"]


@dataclass(frozen=True)
class Options:
    """What a benchmark is asked.

    Attributes
    ----------
    n
        How many things.
    frames
        How many times at most.
    size
        Width and height of pictures in pixels.
    peers
        Whether to measure other engines too.
    without_gpu
        This process was started with a driver that draws nothing: what is left is Python and the driver.
    samples
        Frames that a picture is averaged of; 0 leaves it to the benchmark.
    scenes, content, out
        For benchmarks that draw scenes: which ones (by comma; all where empty), the folder of content that they are in
        (that of ``TAIXU_CONTENT`` where empty), and the folder for what is written (nothing is where empty).
    only
        For benchmarks of several parts: which ones, by comma; all where empty.
    """

    n: int
    frames: int = 60
    size: tuple[int, int] = (640, 360)
    peers: bool = False
    without_gpu: bool = False
    samples: int = 0
    scenes: str = ""
    content: str = ""
    out: str = ""
    only: str = ""


def time_calls(
    call: Callable[[int], object],
    count: int,
    *,
    warm: int = 3,
    budget_secs: float = 60.0,
    before: Callable[[int], object] | None = None,
) -> NDArray[np.float64]:
    """Milliseconds of each of `count` calls (fewer when the budget runs out), after `warm` unmeasured ones.

    `before` is called before each, unmeasured.
    """
    times: list[float] = []
    end = perf_counter() + budget_secs
    for index in range(warm + count):
        if before is not None:
            before(index)
        start = perf_counter()
        call(index)
        now = perf_counter()
        if index >= warm:
            times.append((now - start) * 1e3)
            if now > end:
                break
    return np.array(times)


def result(name: str, times_ms: NDArray[np.float64], *, n: int, **more: Any) -> dict[str, Any]:
    """A result with the keys that all have; `more` adds others.

    `frame_ms` is the median, `fps` its inverse. `limit_ms`, where given, is what the median may be, and `ratio` says
    how many times below it the median is.
    """
    median, high = np.percentile(times_ms, (50, 95))
    found: dict[str, Any] = {
        "name": name,
        "n": n,
        "fps": round(1e3 / max(float(median), 1e-6), 2),
        "frame_ms": round(float(median), 4),
        "p95_ms": round(float(high), 4),
        "rss_peak_mb": peak_mb(),
    } | more
    if "limit_ms" in found and "ratio" not in found:
        found["ratio"] = round(found["limit_ms"] / max(float(median), 1e-6), 2)
    return found


def resident_mb() -> float:
    """Memory of this process at the moment, in MiB; the peak where the system does not tell.

    What was freed and the allocator still keeps (glibc) is given back first: it is nobody's.
    """
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return peak_mb()
    import ctypes
    import resource

    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def peak_mb() -> int:
    """The most memory that this process has held, in MB (2^20 bytes)."""
    peak = _status_mb("VmHWM")  # ru_maxrss is inherited from the process that started this one
    if peak is not None:
        return int(peak)
    try:
        import resource
    except ImportError:  # Windows
        return 0
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return int(most // (1 << 20 if sys.platform == "darwin" else 1024))


def held_mb() -> float:
    """The memory that this process holds now, in MB; where the system does not say, the most that it has held."""
    held = _status_mb("VmRSS")
    return peak_mb() if held is None else held


def _status_mb(name: str) -> float | None:
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    lines = (line for line in status.read_text().splitlines() if line.startswith(f"{name}:"))
    return next((int(line.split()[1]) / 1024 for line in lines), None)
