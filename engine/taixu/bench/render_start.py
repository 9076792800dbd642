"""From a cold start of the program to the picture of a small model, with what a first start has cached."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from taixu.assets.paths import data_path
from taixu.bench.measure import Options, result

__all__ = ["defaults", "measure"]

defaults = Options(n=1, frames=3)

_LIMIT_MS = 2000.0


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result: ``taixu render`` of a sample's model, the first start not counted."""
    model = _small_model()
    width, height = options.size
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "model.png"
        command = [sys.executable, "-m", "taixu", "render", str(model), "--out", str(out), f"--size={width}x{height}"]
        times = []
        for _ in range(min(options.frames, 10) + 1):
            start = perf_counter()
            subprocess.run(command, check=True, capture_output=True)
            times.append((perf_counter() - start) * 1e3)
    yield result(
        "render-start", np.array(times[1:]), n=1, size=f"{width}x{height}", model=model.name, first_ms=round(times[0]),
        limit_ms=_LIMIT_MS,
    )  # fmt: skip


def _small_model() -> Path:
    """The smallest model of the samples."""
    files = [file for file in data_path("samples").rglob("*.glb") if "out" not in file.parts]
    return min(files, key=lambda file: (file.stat().st_size, file.name))
