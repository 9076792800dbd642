"""What stands in streets and gardens: lamps, signs, benches, fences, hedges, a well, market stalls; small models made by boxes."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.buildings.soup import Frame, Soup, level_frame

__all__ = ["bench", "bin_", "fence", "hedge", "lamp_post", "place", "road_sign", "stall", "stop_sign", "well"]

_LOCAL = Frame(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), np.array([0, 0, 1.0]))


def _post(soup: Soup, look: str, x: float, z: float, low: float, high: float, r0: float, r1: float, sides: int = 8) -> None:
    t = np.arange(sides) / sides * 2 * math.pi
    ring = np.column_stack([np.cos(t), np.zeros(sides), -np.sin(t)])
    soup.strip(look, ring * r0 + (x, low, z), ring * r1 + (x, high, z), closed=True, smooth=True)


def lamp_post(kind: str = "old") -> Soup:
    """A lamp; its arm, where it has one, points along +x."""
    soup = Soup()
    if kind == "modern":
        _post(soup, "steel", 0, 0, 0, 6.6, 0.09, 0.06)
        soup.box("steel", _LOCAL, (0, 6.5, -0.04), (1.7, 6.6, 0.04))
        soup.box("steel", _LOCAL, (1.1, 6.42, -0.12), (1.8, 6.52, 0.12))
        soup.box("lamp", _LOCAL, (1.15, 6.4, -0.09), (1.75, 6.425, 0.09))
    elif kind == "paper":
        _post(soup, "wood", 0, 0, 0, 2.2, 0.08, 0.07, 6)
        soup.box("wood", _LOCAL, (-0.05, 2.1, -0.04), (0.5, 2.18, 0.04))
        _post(soup, "paper#e8b070", 0.42, 0, 1.55, 2.05, 0.16, 0.16)
    else:
        _post(soup, "iron", 0, 0, 0, 0.5, 0.13, 0.09)
        _post(soup, "iron", 0, 0, 0.5, 2.9, 0.055, 0.04)
        _post(soup, "lamp", 0, 0, 2.95, 3.35, 0.12, 0.18, 6)
        _post(soup, "iron", 0, 0, 3.35, 3.6, 0.22, 0.02, 6)
        soup.box("iron", _LOCAL, (-0.14, 2.88, -0.14), (0.14, 2.95, 0.14))
    return soup


def road_sign() -> Soup:
    """A sign on a post."""
    import shapely

    soup = Soup()
    _post(soup, "steel", 0, 0, 0, 2.5, 0.035, 0.035, 6)
    face = Frame(np.array([0.05, 2.15, 0.0]), np.array([0, 0, -1.0]), np.array([0, 1.0, 0]), np.array([1.0, 0, 0]))
    soup.polygon("paint#b3352c", face, shapely.Point(0, 0).buffer(0.32, quad_segs=5))
    soup.polygon("paint#e8e6e0", face, shapely.Point(0, 0).buffer(0.24, quad_segs=5), out=0.006)
    soup.polygon("steel", face, shapely.Point(0, 0).buffer(0.32, quad_segs=5), back=True)
    return soup


def stop_sign() -> Soup:
    """The sign of a bus stop, with its timetable; it looks along +x and -x."""
    soup = Soup()
    _post(soup, "steel", 0, 0, 0, 2.6, 0.035, 0.035, 6)
    soup.box("paint#d8a820", _LOCAL, (-0.02, 2.15, 0.03), (0.02, 2.6, 0.48))
    soup.box("paint#e8e6e0", _LOCAL, (-0.025, 1.15, 0.04), (0.025, 1.6, 0.34))
    return soup


def bench() -> Soup:
    """A bench that looks along +z."""
    soup = Soup()
    for z in (-0.18, -0.02, 0.14):
        soup.box("planks", _LOCAL, (-0.85, 0.42, z), (0.85, 0.46, z + 0.13))
    for y in (0.58, 0.74):
        soup.box("planks", _LOCAL, (-0.85, y, -0.26), (0.85, y + 0.11, -0.22))
    for x in (-0.7, 0.64):
        soup.box("iron", _LOCAL, (x, 0, -0.24), (x + 0.06, 0.42, 0.24))
        soup.box("iron", _LOCAL, (x, 0.42, -0.28), (x + 0.06, 0.86, -0.24))
    return soup


def bin_() -> Soup:
    """A bin."""
    soup = Soup()
    _post(soup, "iron", 0, 0, 0, 0.85, 0.22, 0.25)
    _post(soup, "steel", 0, 0, 0.85, 0.92, 0.27, 0.2)
    return soup


def well() -> Soup:
    """A well with a roof."""
    soup = Soup()
    _post(soup, "rubble", 0, 0, 0, 0.85, 0.95, 0.95, 12)
    _post(soup, "rubble", 0, 0, 0.85, 0.86, 0.95, 0.65, 12)
    t = np.arange(12) / 12 * 2 * math.pi
    ring = np.column_stack([np.cos(t), np.zeros(12), -np.sin(t)])[::-1]
    soup.strip("rubble", ring * 0.65, ring * 0.65 + (0, 0.86, 0), closed=True)
    soup.strip("water", ring[::-1] * 0.65 + (0, 0.3, 0), ring[::-1] * 0.01 + (0, 0.3, 0), closed=True)
    for x in (-0.85, 0.73):
        soup.box("wood", _LOCAL, (x, 0.5, -0.06), (x + 0.12, 2.2, 0.06))
    soup.box("wood", _LOCAL, (-0.8, 1.6, -0.05), (0.8, 1.7, 0.05))
    for s in (1, -1):
        a = np.array([[-1.1, 2.1, 0.85 * s], [1.1, 2.1, 0.85 * s], [1.1, 2.75, 0.0], [-1.1, 2.75, 0.0]])
        soup.quad("shakes", a if s > 0 else a[[1, 0, 3, 2]])
        soup.quad("boards", (a - (0, 0.04, 0))[[1, 0, 3, 2]] if s > 0 else (a - (0, 0.04, 0)))
    return soup


def stall(color: str = "#a8443a") -> Soup:
    """A market stall: a counter with goods under cloth."""
    soup = Soup()
    for x in (-1.3, 1.22):
        for z, high in ((-0.8, 2.5), (0.8, 2.15)):
            soup.box("wood", _LOCAL, (x, 0, z - 0.04), (x + 0.08, high, z + 0.04))
    soup.box("planks", _LOCAL, (-1.35, 0.8, 0.0), (1.35, 0.88, 0.95))
    soup.box("boards#9a7a55", _LOCAL, (-1.3, 0.0, 0.86), (1.3, 0.8, 0.9))
    goods = ("#a8532a", "#5b7a35", "#b99a3a", "#7a3040")
    for k in range(4):
        x = -1.2 + k * 0.62
        soup.box("wood", _LOCAL, (x, 0.88, 0.12), (x + 0.54, 1.0, 0.85), "ulrfb")
        for m in range(8):
            a, b = x + 0.06 + (m % 4) * 0.115, 0.2 + (m // 4) * 0.3
            soup.box(f"paint{goods[k]}", _LOCAL, (a, 0.96, b), (a + 0.1, 1.07, b + 0.24), "ulrfb")
    for k in range(9):
        x0, x1 = -1.5 + k / 3, -1.5 + (k + 1) / 3
        look = f"cloth{color}" if k % 2 else "cloth#e4dcc8"
        top = [(x0, 2.1, 1.15), (x1, 2.1, 1.15), (x1, 2.55, -0.95), (x0, 2.55, -0.95)]
        soup.quad(look, top)
        soup.quad(look, [top[1], top[0], top[3], top[2]])
        soup.box(look, _LOCAL, (x0, 1.92, 1.14), (x1, 2.1, 1.16), "fb")
    return soup


def fence(soup: Soup, points: Array, heights: Array, kind: str = "picket") -> None:
    """A fence along points of the plan over ground."""
    for a, b, ha, hb in zip(points[:-1], points[1:], heights[:-1], heights[1:], strict=True):
        length = float(np.hypot(*(b - a)))
        if length < 0.4:
            continue
        d = (b - a) / length
        u = np.array([d[0] * length, hb - ha, -d[1] * length])
        long = float(np.linalg.norm(u))
        u /= long
        n = np.array([d[1], 0.0, d[0]])
        v = np.cross(n, u)  # upwards
        frame = Frame(np.array([a[0], ha, -a[1]]), u, v, n)
        if kind == "wall":
            soup.box("rubble", frame, (-0.1, -0.5, -0.17), (long + 0.1, 0.85, 0.17), "ulrfb")
            soup.box("stone", frame, (-0.12, 0.85, -0.21), (long + 0.12, 0.93, 0.21))
            continue
        if kind == "bamboo":
            soup.box("planks", frame, (0, 0.0, -0.03), (long, 1.35, 0.03))
        for y in (0.3, 0.72):
            soup.box("driftwood", frame, (0, y, -0.02), (long, y + 0.08, 0.02))
        count = max(1, int(long / (0.34 if kind == "picket" else 1.8)))
        for k in range(count + 1):
            x = long * k / count
            big = k in (0, count)
            wide, high = (0.06, 1.05) if big else (0.035, 0.92)
            soup.box("driftwood", frame, (x - wide, -0.25, -0.04 if big else 0.02), (x + wide, high, 0.04), "ulrfb")


def hedge(soup: Soup, points: Array, heights: Array, seed: int) -> None:
    """A hedge: a rounded bank of leaves, a little uneven."""
    for number, (a, b, ha, hb) in enumerate(zip(points[:-1], points[1:], heights[:-1], heights[1:], strict=True)):
        length = float(np.hypot(*(b - a)))
        if length < 0.6:
            continue
        count = max(2, int(length / 0.7))
        t = np.linspace(0, 1, count + 1)
        p = a + (b - a) * t[:, None]
        base = ha + (hb - ha) * t
        d = (b - a) / length
        left = np.array([-d[1], d[0]])
        wobble = np.array([chance(seed, "hedge", number, k) - 0.5 for k in range(count + 1)])
        outline = [(-0.42, -0.3), (-0.5, 0.45), (-0.33, 1.0), (0.0, 1.16), (0.33, 1.0), (0.5, 0.45), (0.42, -0.3)]
        rows = []
        for x, y in outline:
            q = p + left * x * (1 + 0.3 * wobble[:, None])
            rows.append(np.column_stack([q[:, 0], base + y * (1 + 0.22 * wobble), -q[:, 1]]))
        for low, high in pairwise(rows):
            soup.strip("hedge", low, high, smooth=True)
        for k in (0, -1):
            ring = np.array([row[k] for row in rows])
            soup.add("hedge", ring, ring[:, [0, 1]], [(0, m + 1, m) if k else (0, m, m + 1) for m in range(1, len(ring) - 1)])


def place(soup: Soup, what: Soup, x: float, y: float, z: float, turn: float) -> None:
    """Put a small model into a soup."""
    frame = level_frame(y, at=(x, -z), along=(math.cos(turn), math.sin(turn)))
    soup.extend(what, frame=Frame(frame.origin, frame.u, frame.n, -frame.v))


