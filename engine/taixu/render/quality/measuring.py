"""Which tier a machine is up to: a fixed scene is drawn with each, from the quickest on, once for every device."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.render.disk_cache import content_key, find_array, keep_array
from taixu.render.quality.load import MOST_BUSY, Load, present_load
from taixu.render.quality.tiers import BUDGET_MS, TIERS

if TYPE_CHECKING:
    from taixu.app import App
    from taixu.gpu import Device

__all__ = ["BUDGET_MS", "best_tier", "costs_at", "kept_costs", "measure_tiers", "tier_costs"]

_SIZE = (640, 360)
_FRAMES = 3
_VERSION = 2
_DEAR = 2.0
"""What takes so many budgets at the measured size ends the measuring: better tiers take longer still."""


def best_tier(costs: dict[str, float], size: tuple[int, int], *, budget_ms: float = BUDGET_MS) -> str:
    """The best tier that draws a picture of `size` pixels within the budget; the lowest where none does."""
    chosen = next(iter(TIERS))
    for name, ms in costs_at(costs, size).items():
        if ms <= budget_ms:
            chosen = name
    return chosen


def costs_at(costs: dict[str, float], size: tuple[int, int]) -> dict[str, float]:
    """Milliseconds by tier of a picture of `size` pixels: they grow with the pixels, but for a tenth of them. `costs` are those of
    640x360.
    """
    pixels = size[0] * size[1] / (_SIZE[0] * _SIZE[1])
    grows = 0.1 + 0.9 * max(pixels, 0.1)
    return {name: costs[name] * grows for name in TIERS if name in costs}


def tier_costs(device: Device, *, again: bool = False) -> dict[str, float]:
    """Milliseconds of a frame of 640x360 by tier, measured once for a device of this name and kept in the user's cache.

    What was measured while others used the machine is not believed for long: it is measured again as soon as they do not.
    `again` measures now, and keeps what comes out.
    """
    key = _key(device)
    kept = None if again else _kept(key)
    if kept is not None and _is_believed(kept):
        return kept[0]
    load = Load()
    costs = measure_tiers(device)
    busy = load.share()
    if kept is None or busy <= kept[1]:
        keep_array("quality", key, np.array([busy, *costs.values()], np.float64))
        return costs
    return kept[0]


def kept_costs(device: Device) -> dict[str, float] | None:
    """What `tier_costs` gives without measuring; None where it would measure."""
    kept = _kept(_key(device))
    return kept[0] if kept is not None and _is_believed(kept) else None


def _key(device: Device) -> str:
    return content_key("tiers", _VERSION, device.capabilities.name, repr(TIERS))


def _is_believed(kept: tuple[dict[str, float], float]) -> bool:
    """Whether others left the machine alone, or would not do so now either."""
    return kept[1] <= MOST_BUSY or present_load() > MOST_BUSY


def _kept(key: str) -> tuple[dict[str, float], float] | None:
    """Costs that were measured before, and how busy others kept the machine meanwhile."""
    found = find_array("quality", key)
    if found is None or found.ndim != 1 or found.dtype.kind != "f" or not len(found):
        return None
    if not np.isfinite(found).all() or (found < 0.0).any():  # somebody's file
        return None
    return dict(zip(TIERS, found[1:].tolist(), strict=False)), float(found[0])


def measure_tiers(device: Device) -> dict[str, float]:
    """Draw the scene with each tier; the shortest of a few frames, milliseconds. Tiers behind one that is far too dear are
    left out.
    """
    from taixu.render.renderer import Renderer
    from taixu.render.views import View, ViewCamera

    app, renderer = _scene(), Renderer(device)
    camera = ViewCamera.looking((9.0, 6.0, 14.0), (0.0, 1.0, 0.0))
    costs: dict[str, float] = {}
    for name in TIERS:
        view = View(camera, _SIZE, name=f"measured {name}", quality=name)
        times: NDArray[np.float64] = np.zeros(_FRAMES + 1)
        for index in range(len(times)):  # the first compiles shaders
            start = perf_counter()
            renderer.render(app.world, [view], time_secs=0.0)
            device.finish()
            times[index] = (perf_counter() - start) * 1e3
        view.release()
        costs[name] = float(times[1:].min())
        if costs[name] > _DEAR * BUDGET_MS:
            break
    renderer.release()
    return costs


def _scene() -> App:
    """A ground with a few dozen things on it, in the sun."""
    from taixu.app import App, Stage
    from taixu.scene import Environment, Light, ScenePlugin, Shape, Transform

    app = App().add_plugin(ScenePlugin())
    world = app.world
    world.spawn(Environment())
    turned = (-0.5, 0.2, 0.1, 0.84)
    world.spawn(Transform(rotation=turned), Light(kind="directional", intensity=3.0))
    world.spawn(Transform(), Shape("plane", size=(40.0, 1.0, 40.0)))
    for x in range(-4, 5):
        for z in range(-4, 5):
            kind = ("box", "sphere", "cylinder")[(x + z) % 3]
            world.spawn(Transform(translation=(1.6 * x, 0.5, 1.6 * z)), Shape(kind))
    app.run_stage(Stage.APPLY)
    app.run_stage(Stage.PROPAGATE)
    return app
