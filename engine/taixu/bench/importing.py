"""Reading models from disk: those of the samples, or those of the folder that ``TAIXU_CONTENT`` names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from taixu.assets.gltf import read_gltf
from taixu.assets.paths import data_path
from taixu.bench.measure import Options, result

__all__ = ["defaults", "measure"]

defaults = Options(n=40)


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result: milliseconds a file, and megabytes a second of what the files and their neighbours hold."""
    content = Path(os.environ["TAIXU_CONTENT"]) / "gltf" if "TAIXU_CONTENT" in os.environ else None
    folder = content if content is not None and content.is_dir() else data_path("samples")
    files = sorted(file for file in folder.rglob("*") if file.suffix in (".glb", ".gltf"))[: options.n]
    times, size = [], 0
    for file in files:
        start = perf_counter()
        read_gltf(file)
        times.append((perf_counter() - start) * 1e3)
        beside = [file] if file.suffix == ".glb" else [part for part in file.parent.iterdir() if part.is_file()]
        size += sum(part.stat().st_size for part in beside)
    total_secs = sum(times) / 1e3
    yield result(
        "import", np.array(times), n=len(files), folder=str(folder), megabytes_per_sec=round(size / 1e6 / total_secs, 1)
    )
