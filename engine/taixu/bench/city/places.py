"""A city of 4 km2 out of footprints, roads and heights, by the whole command; and a city that is opened."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from taixu.assets.paths import data_path
from taixu.bench.measure import Options, result

__all__ = ["made"]

_MAKE_LIMIT_SECS, _OPEN_LIMIT_SECS = 180.0, 5.0
_OPEN = """
from time import perf_counter
import resource, sys
import taixu as tx
began = perf_counter()
with tx.App.headless(size=(640, 360), trust=False) as app:
    app.open(sys.argv[1])
    app.settle()
    opened = perf_counter() - began
    print(opened, len(app.world))
"""


def made(options: Options) -> Iterator[dict[str, Any]]:
    """Yield two results: making, from the command's start to its end, with `cpu_secs` of all its processes; and opening."""
    import resource

    maps = data_path("samples") / "city" / "assets" / "map"
    with TemporaryDirectory() as place:
        out = Path(place) / "city"
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        began = perf_counter()
        subprocess.run(
            [sys.executable, "-m", "taixu", "generate", "city", "--from", str(maps / "district.geojson"), "--from",
             str(maps / "heights.tif"), "--out", str(out)],
            check=True, capture_output=True,
        )  # fmt: skip
        wall, after = perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
        size = sum(file.stat().st_size for file in out.rglob("*") if file.is_file())
        yield result(
            "city/footprints to city", np.array([wall * 1e3]), n=len(list(out.iterdir())), square_km=4.0, secs=round(wall, 1),
            cpu_secs=round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 1), size_mb=round(size / 2**20, 1),
            manual_steps=0, limit_secs=_MAKE_LIMIT_SECS, ratio=round(_MAKE_LIMIT_SECS / wall, 2),
        )  # fmt: skip
        yield _opened("made city", out / "place.world.json")
    yield _opened("sample", data_path("samples") / "city")


def _opened(name: str, path: Path) -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", _OPEN, str(path)], check=True, capture_output=True, text=True)
    secs, entities = done.stdout.split()[-2:]
    limits = {"limit_secs": _OPEN_LIMIT_SECS, "ratio": round(_OPEN_LIMIT_SECS / float(secs), 2)}
    return result(f"city/opened, {name}", np.array([float(secs) * 1e3]), n=int(entities), **limits)
