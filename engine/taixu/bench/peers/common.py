"""What the peers share: the request, the loop, and how a missing engine is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import peak_mb, time_calls

__all__ = ["Request", "Skipped", "measure_frames"]


class Skipped(Exception):
    """The engine cannot run here; the message says why."""


@dataclass(frozen=True)
class Request:
    """A scene to draw: how many boxes, how often, how large, and in which of the engine's ways."""

    scene: str
    variant: str
    n: int
    frames: int
    width: int
    height: int
    picture: Path | None = None
    read_back: bool = True


def measure_frames(request: Request, frame: Callable[[int], NDArray[np.uint8] | None], **about: Any) -> dict[str, Any]:
    """Time `frame`, which draws frame number i and gives its picture (top row first) when it is read back."""
    last: list[NDArray[np.uint8] | None] = [None]

    def call(index: int) -> None:
        last[0] = frame(index)

    times = time_calls(call, request.frames)
    if request.picture is not None and last[0] is not None:
        from PIL import Image

        Image.fromarray(last[0]).save(request.picture)
    median, high = np.percentile(times, (50, 95))
    return about | {
        "fps": round(1e3 / float(median), 2),
        "frame_ms": round(float(median), 3),
        "p95_ms": round(float(high), 3),
        "rss_peak_mb": peak_mb(),
    }
