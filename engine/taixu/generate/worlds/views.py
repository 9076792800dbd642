"""From where a settlement is seen, and from where the sun should shine then."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.generate.worlds.layouts import distance_to_line
from taixu.generate.worlds.sites import Site

__all__ = ["find_eye", "sun_azimuth"]


def find_eye(site: Site, taken: list[Any]) -> tuple[Any, Any]:
    """An eye a little above the roofs' feet and what it looks at: many houses in sight, none in the way, water if there is some."""
    land, layout = site.land, site.layout
    x0, z0, radius = layout.square
    middles = np.array([[lot.x, lot.z] for lot in layout.lots]) if layout.lots else np.zeros((0, 2))
    sizes = np.array([np.hypot(lot.wide, lot.deep) / 2 for lot in layout.lots])
    best, found = -1e9, (np.array([x0 + 30, 12.0, z0]), np.array([x0, 0.0, z0]))
    for away in (22.0, 30.0, 40.0, 52.0):
        for k in range(48):
            angle = k * np.pi / 24
            spot = np.array([x0 + away * np.cos(angle), z0 + away * np.sin(angle)])
            if float(np.abs(spot).max()) > land.spec.size_m / 2 - 6:
                continue
            ground = float(land.height_at(*(np.array([value], np.float32) for value in spot))[0])
            wet = float(land.water_at(spot[:1], spot[1:])[0])
            high = max(ground, wet) + (4.2 if away < 35 else 7.5)
            ahead = (np.array([x0, z0]) - spot) / away
            score = -0.02 * abs(away - 32)
            if len(middles):
                d = middles - spot
                along, across = d @ ahead, np.abs(d @ np.array([-ahead[1], ahead[0]]))
                if float((np.hypot(d[:, 0], d[:, 1]) - sizes).min()) < 5.0 or ((along > 0) & (along < away) & (across < sizes + 1.0)).any():
                    continue
                score += float(((along > 8) & (across < 0.55 * along + 3)).sum()) * 0.25
            on_street = min(float(distance_to_line(spot[None], street.line)[0]) for street in layout.streets) < 4 if layout.streets else False
            score += 0.8 * on_street
            if wet > ground:
                score -= 0.4
            sight = float(ahead @ np.array(site.shore))
            score += 0.9 * (1 - abs(sight - 0.55)) if site.land.sea_m is not None or len(layout.canal) else 0.0
            score -= 0.6 * sum(float(np.hypot(*(plan.mean(0) - spot))) < 3.5 for plan in taken)
            target = np.array([x0, float(land.height_at(np.array([x0], np.float32), np.array([z0], np.float32))[0]) + 1.6, z0])
            line = spot + (np.array([x0, z0]) - spot) * np.linspace(0.1, 0.9, 9)[:, None]
            rise = land.height_at(line[:, 0].astype(np.float32), line[:, 1].astype(np.float32)) - (high + (target[1] - high) * np.linspace(0.1, 0.9, 9))
            score -= 3.0 * float(np.maximum(rise + 0.8, 0).max())
            if score > best:
                best, found = score, (np.array([spot[0], high, spot[1]]), target)
    return found


def sun_azimuth(eye: Any, target: Any, *, low: bool) -> float:
    """Degrees from +Z to +X: behind and to the left of the eye; a low sun stands before it, to the side."""
    ahead = np.degrees(np.arctan2(target[0] - eye[0], target[2] - eye[2]))
    turn = 62.0 if low else 128.0
    return float((ahead + turn + 180.0) % 360.0 - 180.0)
