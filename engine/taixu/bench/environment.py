"""From a sky to the light that shaders look up, where nothing is cached: what a new sky takes at its first start."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import Options, result

__all__ = ["defaults", "measure"]

defaults = Options(n=1, frames=4)

_HEIGHTS = (512, 1024)
_LIMIT_MS = 2000.0


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result for a sky 1024 texels wide and one for 2048; `busy_ms` is the processor's own time."""
    from taixu.gpu import create_device
    from taixu.render.environment import make_environment

    device = create_device()
    kept = os.environ.get("TAIXU_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["TAIXU_CACHE"] = folder
        try:
            make_environment(device, _sky(32, seed=0)).release()  # shaders are compiled
            for height in _HEIGHTS:
                times, busy = [], []
                for seed in range(min(options.frames, 10)):
                    sky = _sky(height, seed=seed)
                    start, busy_start = perf_counter(), process_time()
                    make_environment(device, sky).release()
                    times.append((perf_counter() - start) * 1e3)
                    busy.append((process_time() - busy_start) * 1e3)
                yield result(
                    "environment", np.array(times), n=1, size=f"{2 * height}x{height}", limit_ms=_LIMIT_MS,
                    busy_ms=round(float(np.median(busy))), gpu=device.capabilities.name,
                )  # fmt: skip
        finally:
            if kept is None:
                del os.environ["TAIXU_CACHE"]
            else:
                os.environ["TAIXU_CACHE"] = kept
    device.release()


def _sky(height: int, *, seed: int) -> NDArray[np.float32]:
    """Noise and a sun."""
    sky = np.random.default_rng(seed).uniform(0.1, 1.0, (height, 2 * height, 3)).astype(np.float32)
    sky[height // 3, height // 2] = 1e4
    return sky
