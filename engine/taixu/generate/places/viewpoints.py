"""Where to stand: a place from which much of the land is seen, lit from the side."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.landscapes import Landscape
from taixu.generate.places.noise import Array
from taixu.generate.places.water import DRY

__all__ = ["find_view"]

_STEPS = 48


def find_view(land: Landscape, sun: tuple[float, float, float], *, eye_m: float = 2.2) -> tuple[Array, Array]:
    """An eye and what it looks at, in metres of the terrain's frame.

    Of places on rings, in eight directions each: the more land and water is in sight, near and far, the better.
    """
    size, n = land.spec.size_m, 14
    random = np.random.Generator(np.random.PCG64([land.seed & 0xFFFFFFFF, 5]))
    top = float(max(land.heights.max(), land.water.max()))
    best, found = -1e9, (np.array([0.0, top + 10.0, 0.45 * size], np.float32), np.array([0.0, 0.0, -0.2 * size], np.float32))
    reach = 0.42 * size
    side = np.hypot(sun[0], sun[2]) or 1.0
    steepest, tries = 5.0, 160
    for number in range(tries):
        if number >= 80 and best < -1e8:
            steepest = 25.0  # there is no level ground: any ledge will do
        x, z = random.uniform(-0.36 * size, 0.36 * size, 2)
        ground = float(land.height_at(np.array([x]), np.array([z]))[0])
        if float(land.water_at(np.array([x]), np.array([z]))[0]) > ground - 0.3:
            continue
        around = land.height_at(x + np.array([-6.0, 6.0, 0.0, 0.0]), z + np.array([0.0, 0.0, -6.0, 6.0]))
        if float(np.ptp(around)) > steepest:
            continue  # too steep to stand
        bare = _bareness(land, x, z)
        if number >= 80 and steepest < 10.0:
            break
        for heading in np.arange(8) * (np.pi / 4) + random.uniform(0, np.pi / 4):
            dx, dz = float(np.sin(heading)), float(-np.cos(heading))
            turned = heading + np.linspace(-0.45, 0.45, n)
            far = np.geomspace(12.0, reach, _STEPS)
            px, pz = x + np.sin(turned)[:, None] * far, z - np.cos(turned)[:, None] * far
            inside = (np.abs(px) < size / 2) & (np.abs(pz) < size / 2)
            h = land.height_at(px, pz)
            wet = land.water_at(px, pz)
            h = np.where(wet > DRY / 2, np.maximum(h, wet), h)
            slope = (h - ground - eye_m) / far
            seen = (slope >= np.maximum.accumulate(slope, axis=1) - 1e-6) & inside
            # Near walls hide; tall things far away and water are worth seeing.
            value = (
                float(seen.mean())
                + 1.2 * float((seen & (far > 0.12 * reach)).mean())
                + 0.8 * float((seen & (wet > DRY / 2)).mean())
            )
            value += 2.2 * float(np.clip(np.where(seen, slope, 0).max(axis=1), 0, 0.35).mean())
            value -= 2.5 * float((slope[:, :14] > 0.12).mean()) + 1.2 * float((~inside).mean())
            along = (dx * sun[0] + dz * sun[2]) / side
            value *= 1.0 - 0.45 * max(along, 0.0) - 0.1 * max(-along - 0.6, 0.0)
            value -= 0.7 * bare
            if value > best:
                middle = float(
                    np.clip(
                        np.median(np.where(seen, slope, np.nan)[:, 10:][seen[:, 10:]]) if seen[:, 10:].any() else 0.0, -0.35, 0.2
                    )
                )
                best = value
                eye = np.array([x, ground + eye_m, z], np.float32)
                found = (eye, eye + np.array([dx, middle * 0.6 - 0.02, dz], np.float32) * np.float32(100.0))
    return found


def _bareness(land: Landscape, x: float, z: float) -> float:
    """How little of the first layer, where things grow, lies around a place."""
    n = len(land.weights)
    i = int(np.clip((x / land.spec.size_m + 0.5) * (n - 1), 4, n - 5))
    j = int(np.clip((z / land.spec.size_m + 0.5) * (n - 1), 4, n - 5))
    return float(land.weights[j - 4 : j + 5, i - 4 : i + 5].sum(-1).mean())
