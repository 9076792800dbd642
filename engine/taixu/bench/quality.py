"""Quality tiers: a sample's frame with each, and what each option of a tier costs, by leaving it out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import Options, result

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.render import View

__all__ = ["SOFTWARE_FPS", "defaults", "measure", "table"]

defaults = Options(n=1, frames=5, size=(640, 360), scenes="samples/playground")

SOFTWARE_FPS = 20.0
"""What two cores that draw by themselves are to reach with the low tier."""
_SOFTWARE_CORES = 2


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield a result for each tier.

    `limit_ms` is a frame of a window at 60 a second, and `ratio` how many times below it the tier is. `options_ms` says how much
    more a frame costs with each option than without it: of the processor's time where that draws (`counted`: "processor"), which
    other work does not change much, else of the clock's; less than `noise_ms`, by which two equal views differ, is
    nothing. `passes_ms` is the GPU's own time of passes, by option. `busy_ms` is the processor's time of a frame; of the low tier
    in software `busy_ratio` says how many times it goes into what two cores have for a frame at 20 a second.
    """
    from taixu.assets.paths import find_sample
    from taixu.defaults import App
    from taixu.render.quality import TIERS

    with App.headless(size=options.size, trust=True) as app:
        app.open(find_sample(Path(options.scenes or defaults.scenes)))
        app.run(ticks=1)
        app.settle()
        for tier in TIERS:
            yield _measure_tier(app, tier, options)


def table(results: Sequence[dict[str, Any]]) -> str:
    """Tiers side by side: milliseconds of a frame, and of each option."""
    names = list(dict.fromkeys(name for found in results for name in found["options_ms"]))
    rows = [("", *(str(found["name"]).removeprefix("quality, ") for found in results))]
    rows.append(("frame", *(f"{found['frame_ms']:.1f}" for found in results)))
    rows.append(("processor", *(f"{found['busy_ms']:.1f}" for found in results)))
    rows.append(("times below the limit", *(f"{found['ratio']:.2f}" for found in results)))
    rows.append(("noise", *(f"{found['noise_ms']:.1f}" for found in results)))
    if any("busy_ratio" in found for found in results):
        kept = (f"{found['busy_ratio']:.2f}" if "busy_ratio" in found else "–" for found in results)
        rows.append((f"times below {SOFTWARE_FPS:.0f} a second", *kept))
    for name in names:
        rows.append((name, *(f"{ms:.1f}" if (ms := found["options_ms"].get(name)) is not None else "–" for found in results)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.rjust(width) if at else cell.ljust(width) for at, (cell, width)
                               in enumerate(zip(row, widths, strict=True))) for row in rows)  # fmt: skip


def _measure_tier(app: App, tier: str, options: Options) -> dict[str, Any]:
    from taixu.render import View
    from taixu.render.quality import BUDGET_MS, options_of, passes_by_option

    drawing, renderer = app.drawing, app.drawing.renderer
    camera = drawing.camera(app.world, aspect=options.size[0] / options.size[1])
    without = options_of(tier)
    views = [View(camera, options.size, name="whole", quality=tier)]
    for off in without.values():
        view = View(camera, options.size, name="without", quality=tier, settings={k: v for k, v in off.items() if k != "samples"})
        view.samples = int(off.get("samples", view.samples))
        views.append(view)
    views.append(View(camera, options.size, name="whole again", quality=tier))
    times, busy = np.zeros((2, len(views), options.frames))
    for view in views:  # shaders are compiled
        _draw(app, view)
    for frame in range(options.frames):  # in turn: what else the machine does falls upon all alike
        for place, view in enumerate(views):
            start, busy_start = perf_counter(), process_time()
            _draw(app, view)
            times[place, frame], busy[place, frame] = (perf_counter() - start) * 1e3, (process_time() - busy_start) * 1e3
    renderer.measures_passes = True  # which takes time of its own
    _draw(app, views[0])
    renderer.measures_passes = False
    capabilities = drawing.device.capabilities
    counted: NDArray[np.float64] = (busy if capabilities.is_software else times).min(1)
    drawing.device.finish()
    passes = {name: ms for name, ms in drawing.device.timings().items() if name.startswith("whole: ")}
    by_option = {name: round(sum(each.values()), 3) for name, each in passes_by_option(passes).items()}
    for view in views:
        view.release()
    whole, noise = float(counted[[0, -1]].min()), float(abs(counted[0] - counted[-1]))
    busy_ms = round(float(busy[0].min()), 3)
    limits: dict[str, float] = {}
    if tier == "low" and capabilities.is_software:
        limit = _SOFTWARE_CORES * 1e3 / SOFTWARE_FPS
        limits = {"limit_busy_ms": limit, "busy_ratio": round(limit / max(busy_ms, 1e-3), 2)}
    costs = {name: round(whole - ms, 3) for name, ms in zip(without, counted[1:-1].tolist(), strict=True)}
    return result(
        f"quality, {tier}", times[0], n=len(app.world), size=f"{options.size[0]}x{options.size[1]}", limit_ms=round(BUDGET_MS, 3),
        counted="processor" if capabilities.is_software else "clock", options_ms=costs,
        noise_ms=round(noise, 3), passes_ms=by_option, gpu=capabilities.name,
        busy_ms=busy_ms, **limits,
    )  # fmt: skip


def _draw(app: App, view: View) -> None:
    app.drawing.renderer.render(app.world, [view])
    app.drawing.renderer.read(view)
