"""People made: one by the whole command, a crowd by two processes, and how large those with names are."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench.measure import Options, result

__all__ = ["LIMITS", "defaults", "measure"]

defaults = Options(n=200, frames=3)

LIMITS = {"one_ms": 1500.0, "crowd_ms": 60_000.0, "triangles": 60_000, "bytes": 8_000_000}
"""What it must reach: an avatar by its command, two hundred of a crowd, and what one may weigh."""
_WORKERS = 2


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield the command's time, the crowd's (the limit counts for 200), and the heaviest of the presets."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        times = np.array([_command(folder, number) for number in range(options.frames + 1)])[1:]
        yield result("avatars/one", times, n=1, limit_ms=LIMITS["one_ms"])
        yield result("avatars/crowd", np.array([_crowd(folder, options.n)]), n=options.n, workers=_WORKERS,
                     limit_ms=LIMITS["crowd_ms"] * options.n / defaults.n)  # fmt: skip
        yield _weights()


def _command(folder: Path, number: int) -> float:
    """Milliseconds of ``taixu generate avatar``, with a cache of its own that is empty, with bytecode: an installed Taixu has it;
    the first run makes it here.
    """
    command = [sys.executable, "-m", "taixu", "generate", "avatar", "a woman in a coat", "--seed", str(number),
               "--out", str(folder / f"one{number}.vrm")]  # fmt: skip
    environment = os.environ | {"TAIXU_CACHE": str(folder / f"cache{number}"), "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
                                "PYTHONDONTWRITEBYTECODE": ""}  # fmt: skip
    start = perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment)
    return (perf_counter() - start) * 1e3


def _crowd(folder: Path, count: int) -> float:
    from taixu.app import Jobs
    from taixu.generate.avatars import crowd
    from taixu.generate.avatars.crowds import write_crowd

    start = perf_counter()
    with Jobs(workers=_WORKERS) as jobs:
        write_crowd(jobs, crowd(count, seed=1), folder)
    return (perf_counter() - start) * 1e3


def _weights() -> dict[str, Any]:
    from taixu.assets.gltf.writer import glb_bytes
    from taixu.generate.avatars import PRESETS, drawn, make_avatar

    triangles, sizes, times = {}, {}, []
    for number, (name, choices) in enumerate(PRESETS.items()):
        start = perf_counter()
        model = make_avatar(drawn(np.random.Generator(np.random.PCG64(number)), choices))
        sizes[name] = len(glb_bytes(model))
        times.append((perf_counter() - start) * 1e3)
        triangles[name] = sum(len(part.indices) // 3 for mesh in model.meshes if not mesh.name.startswith("level")
                              for part in mesh.primitives if part.indices is not None)  # fmt: skip
    heaviest, largest = max(triangles, key=triangles.__getitem__), max(sizes, key=sizes.__getitem__)
    return result(
        "avatars/presets", np.array(times), n=len(times), heaviest=heaviest, triangles=triangles[heaviest],
        limit_triangles=LIMITS["triangles"], largest=largest, bytes=sizes[largest], limit_bytes=LIMITS["bytes"]
    )  # fmt: skip
