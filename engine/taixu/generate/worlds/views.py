"""From where a settlement is seen, and from where the sun should shine then."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.generate.worlds.sites import Site

__all__ = ["find_eye", "sun_azimuth"]


def find_eye(site: Site, taken: list[Any]) -> tuple[Any, Any]:
    """An eye over a street (or a canal) and what it looks at: houses on both sides, none in the way, water or mountains behind."""
    land, layout = site.land, site.layout
    x0, z0, _ = layout.square
    middles = np.array([[lot.x, lot.z] for lot in layout.lots]) if layout.lots else np.zeros((0, 2))
    sizes = np.array([np.hypot(lot.wide, lot.deep) / 2 for lot in layout.lots])
    lines = [layout.canal] if len(layout.canal) else [street.line for street in layout.streets]
    if land.sea_m is not None:  # along the shore
        lines = [layout.streets[0].line]
    # Of a city only what is near its square has windows that are set in.
    reach = layout.square[2] + 30.0 if site.far else 95.0
    best, found = -1e9, (np.array([x0 + 30, 12.0, z0]), np.array([x0, 0.0, z0]))
    for line in lines:
        lengths = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))])
        for at in np.arange(0.0, float(lengths[-1]), 4.0):
            spot = np.array([np.interp(at, lengths, line[:, axis]) for axis in (0, 1)])
            if float(np.abs(spot).max()) > land.spec.size_m / 2 - 8 or np.hypot(spot[0] - site.middle[0],
                spot[1] - site.middle[1]) > reach:
                continue
            for way in (1.0, -1.0):
                ahead_at = at + 30.0 * way
                if not 0 <= ahead_at <= lengths[-1]:
                    continue
                goal = np.array([np.interp(ahead_at, lengths, line[:, axis]) for axis in (0, 1)])
                score, high, low = _score(site, taken, middles, sizes, spot, goal)
                score += 0.5 * (len(layout.canal) > 0)
                if score > best:
                    best, found = score, (np.array([spot[0], high, spot[1]]), np.array([goal[0], low + 2.8, goal[1]]))
    return found


def _score(site: Site, taken: list[Any], middles: Any, sizes: Any, spot: Any, goal: Any) -> tuple[float, float, float]:
    """How good a view is, how high the eye is, and how high the ground where it looks."""
    land = site.land

    def level(point: Any) -> float:
        ground = float(land.height_at(*(np.array([value], np.float32) for value in point))[0])
        return max(ground, float(land.water_at(point[:1], point[1:])[0]))

    here, there = level(spot), level(goal)
    high = here + (5.8 if len(site.layout.canal) else 3.6)
    reach = max(float(np.hypot(*(goal - spot))), 1e-6)
    ahead = (goal - spot) / reach
    side = np.array([-ahead[1], ahead[0]])
    score = -0.015 * float(np.hypot(spot[0] - site.layout.square[0], spot[1] - site.layout.square[1]))
    if len(middles):
        d = middles - spot
        along, across = d @ ahead, d @ side
        away = np.hypot(d[:, 0], d[:, 1]) - sizes
        if float(away.min()) < 1.2 or ((along > 0) & (along < reach) & (np.abs(across) < sizes * 0.7)).any():
            score -= 6.0
        score -= 0.8 * max(4.0 - float(away.min()), 0.0)
        seen = (along > 4) & (np.abs(across) < 0.62 * along + 2) & (along < 75)
        left, right = float((seen & (across < 0)).sum()), float((seen & (across > 0)).sum())
        score += 0.22 * min(left + right, 12.0) + 0.25 * min(left, right, 4.0)
        score -= 0.12 * float((away[seen] < 3.0).sum()) if seen.any() else 0.0
    score -= 0.8 * sum(float(np.hypot(*(plan.mean(0) - spot - ahead * 2.0))) < 3.4 for plan in taken)
    score -= sum(_hides(plan, spot, ahead, side) for plan in taken)
    t = np.linspace(0.05, 0.95, 10)
    way = spot + (goal - spot) * t[:, None]
    rise = land.height_at(way[:, 0].astype(np.float32), way[:, 1].astype(np.float32)) - (high + (there + 2.0 - high) * t)
    score -= 3.0 * float(np.maximum(rise + 0.8, 0).max())
    far = spot + ahead * np.arange(60.0, 400.0, 20.0)[:, None]
    far = far[np.abs(far).max(1) < land.spec.size_m / 2 - 2]
    if len(far):  # mountains at the end of the street
        heights = land.height_at(far[:, 0].astype(np.float32), far[:, 1].astype(np.float32))
        score += 2.2 * float(np.clip((heights - high) / np.hypot(*(far - spot).T), 0, 0.5).max())
    if land.sea_m is not None:
        score += 1.6 * (1 - abs(float(ahead @ np.array(site.shore)) - 0.4))
    return score, high, there


def _hides(plan: Any, spot: Any, ahead: Any, side: Any) -> float:
    """How much a large thing across the way, as a bridge, spoils a view: the nearer, the more."""
    along, across = (plan - spot) @ ahead, (plan - spot) @ side
    wide, near = float(np.ptp(across)), float(along.min())
    is_before = -2.0 < near < 24.0 and float(along.max()) > 0.0 and float(across.min()) < 0.0 < float(across.max())
    return 5.0 * (1.0 - max(near, 0.0) / 24.0) if is_before and wide > 6.0 else 0.0


def sun_azimuth(eye: Any, target: Any, *, low: bool) -> float:
    """Degrees from +Z to +X: behind and to the left of the eye; a low sun stands before it, to the side."""
    ahead = np.degrees(np.arctan2(target[0] - eye[0], target[2] - eye[2]))
    turn = 62.0 if low else 128.0
    return float((ahead + turn + 180.0) % 360.0 - 180.0)
