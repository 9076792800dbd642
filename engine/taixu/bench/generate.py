"""Materials made: how long all maps take and how soon something is seen, a family after the other, and their seams."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter, process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.diffusion import measure_overhead
from taixu.bench.measure import Options, result

__all__ = ["defaults", "measure"]

defaults = Options(n=44, frames=3)

_SIZE, _FIRST = 1024, 96
_LIMIT_MS, _LIMIT_FIRST_MS, _LIMIT_SEAM = 1500.0, 300.0, 1.05


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result a family, what the engine adds to a call of diffusers, and the medians of families last.

    `first_ms` is to the maps at 96 pixels, by numpy, as the generator's first look is; `busy_ms` the processor's own time,
    all cores together; `seam` the step over the edges beside the steepest line within.
    """
    from taixu.generate.materials import families, material_maps
    from taixu.gpu import create_device

    names = sorted(families())[: options.n]
    device = create_device()
    shown: dict[str, Any] = {"limit_ms": _LIMIT_MS, "limit_first_ms": _LIMIT_FIRST_MS, "limit_seam": _LIMIT_SEAM}
    medians, firsts, seams = [], [], []
    for name in names:
        start = perf_counter()
        material_maps(name, _FIRST)
        firsts.append((perf_counter() - start) * 1e3)
        material_maps(name, _FIRST, device=device)  # shaders are compiled
        times, busy = [], []
        for seed in range(min(options.frames, 10)):
            start, busy_start = perf_counter(), process_time()
            made = material_maps(name, _SIZE, seed=seed, device=device)
            times.append((perf_counter() - start) * 1e3)
            busy.append((process_time() - busy_start) * 1e3)
        seams.append(max(_seam(made.maps[key]) for key in ("base_color", "height", "roughness")))
        medians.append(float(np.median(times)))
        yield result(
            f"generate/{name}", np.array(times), n=1, size=f"{_SIZE}x{_SIZE}", first_ms=round(firsts[-1]),
            busy_ms=round(float(np.median(busy))), seam=round(seams[-1], 3), ratio=round(_LIMIT_MS / medians[-1], 2),
            gpu=device.capabilities.name, **shown,
        )  # fmt: skip
    yield from measure_overhead(options)
    yield result(
        "generate", np.array(medians), n=len(names), size=f"{_SIZE}x{_SIZE}", first_ms=round(float(np.median(firsts))),
        slowest={"family": names[int(np.argmax(medians))], "ms": round(max(medians))}, seam=round(max(seams), 3),
        ratio=round(_LIMIT_MS / max(medians), 2), gpu=device.capabilities.name, **shown,
    )  # fmt: skip
    device.release()


def _seam(picture: NDArray[Any]) -> float:
    ratios = []
    for axis in (0, 1):
        others = tuple(each for each in range(picture.ndim) if each != axis)
        lines = np.abs(np.diff(picture, axis=axis)).mean(axis=others)
        seam = np.abs(np.take(picture, 0, axis=axis) - np.take(picture, -1, axis=axis)).mean()
        ratios.append(float(seam / max(lines.max(), 1e-6)))
    return max(ratios)
