"""What stands on roofs: chimneys, dormers, and what a style calls for by name (sails, lantern, cross, clock, cap)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from taixu.generate.places.buildings.masses import Mass
from taixu.generate.places.buildings.openings import window_kit
from taixu.generate.places.buildings.plans import chance
from taixu.generate.places.buildings.roofs import Slab
from taixu.generate.places.buildings.soup import Frame, Soup, level_frame
from taixu.generate.places.buildings.style import Style

__all__ = ["build_crowns"]


def build_crowns(soup: Soup, style: Style, masses: Sequence[Mass], looks: dict[str, str], seed: int) -> None:
    """Put on roofs what belongs there."""
    for number, mass in enumerate(masses):
        main = number == 0
        if main and style.numbers["chimneys"] and mass.roof.kind != "flat":
            _chimneys(soup, mass, looks, round(style.numbers["chimneys"]), seed)
        if main and style.numbers["dormers"] > 0 and mass.roof.kind in ("gable", "hip", "mansard", "gambrel"):
            _dormers(soup, style, mass, looks, seed)
        if mass.roof.kind == "flat" and main and mass.plan.area > 150 and mass.eave_m > 9:
            _machines(soup, mass, looks, seed)
        extra = mass.part.extra
        if extra == "cross":
            _cross(soup, mass)
        elif extra == "sails":
            _sails(soup, mass, looks, seed)
        elif extra == "lantern":
            _lantern(soup, mass)
        elif extra == "clock":
            _clock(soup, mass)


def _chimneys(soup: Soup, mass: Mass, looks: dict[str, str], count: int, seed: int) -> None:
    slabs = [slab for slab in mass.roof.slabs if slab.shape.area > 3]
    for k in range(count):
        slab = slabs[min(int(chance(seed, "chimney", k) * len(slabs)), len(slabs) - 1)] if slabs else None
        if slab is None:
            return
        corners = np.asarray(slab.shape.exterior.coords)[:-1]
        high = slab.height_at(corners)
        top = corners[high > high.max() - 0.05].mean(0)
        middle = np.array(slab.shape.centroid.coords[0])
        at = top * 0.8 + middle * 0.2 + (chance(seed, "chimney across", k) - 0.5) * 0.1 * (corners[0] - corners[1])
        d = slab.edge[1] - slab.edge[0]
        frame = level_frame(0.0, at=(float(at[0]), float(at[1])), along=(float(d[0]), float(d[1])))
        foot, head = mass.roof.height_at(at) - 1.0, mass.roof.top_m + 0.65
        soup.box(looks["chimney"], frame, (-0.4, -0.3, foot), (0.4, 0.3, head), "lrudf")
        soup.box(looks["chimney"], frame, (-0.46, -0.36, head - 0.16), (0.46, 0.36, head - 0.02))
        for x in (-0.2, 0.2):
            soup.box("paint#a4583c", frame, (x - 0.11, -0.11, head - 0.05), (x + 0.11, 0.11, head + 0.3))


def _dormers(soup: Soup, style: Style, mass: Mass, looks: dict[str, str], seed: int) -> None:
    """Small houses with a window in the lowest slope of each long eave."""
    wide, tall = 1.3, 1.35
    for number, slab in enumerate(mass.roof.slabs):
        slope = float(np.hypot(*slab.normal))
        d = slab.edge[1] - slab.edge[0]
        length = float(np.hypot(*d))
        if not slab.is_lowest or length < 4.0 or slope < 0.45:
            continue
        d = d / length
        across = np.array([-d[1], d[0]])
        count = max(1, int((length - 1.5) / max(style.numbers["bay"] * 1.15, 2.2) * min(style.numbers["dormers"], 1.0)))
        inset = min(mass.facts.overhang + (0.45 if slope > 1.5 else 0.9), 1.8)
        for k in range(count):
            at = slab.edge[0] + d * (length * (k + 0.5) / count) + across * inset
            if not _stands_on(slab, at, d, across, wide) or chance(seed, "dormer", number, k) > style.numbers["dormers"] + 0.5:
                continue
            foot = float(slab.height_at(at)) - 0.05
            back = min((tall + 0.9) / slope + 0.3, 4.0)
            frame = Frame(np.array([at[0], foot, -at[1]]), np.array([d[0], 0.0, -d[1]]), np.array([0.0, 1.0, 0.0]),
                          np.array([-across[0], 0.0, across[1]]))  # fmt: skip
            _dormer(soup, frame, looks, wide, tall, back)


def _stands_on(slab: Slab, at: np.ndarray, d: np.ndarray, across: np.ndarray, wide: float) -> bool:
    import shapely

    foot = shapely.LineString([at - d * (wide / 2 + 0.3), at + d * (wide / 2 + 0.3)])
    return bool(slab.shape.buffer(1e-3).covers(foot))


def _dormer(soup: Soup, frame: Frame, looks: dict[str, str], wide: float, tall: float, back: float) -> None:
    import shapely

    half, peak = wide / 2, tall + 0.55
    face = shapely.Polygon([(-half, -0.3), (half, -0.3), (half, tall), (0, peak), (-half, tall)])
    hole = shapely.box(-half + 0.22, 0.3, half - 0.22, tall - 0.05)
    soup.polygon(looks["wall"], frame, face.difference(hole))
    kept = {"reveal": looks["wall"], "frame": looks["frame"], "glass": "glass_dark", "sill": looks["sill"]}
    kit = window_kit("casement", wide - 0.44, tall - 0.35, reveal=0.1, wall_m=0.14, looks=kept, sill=0.06)
    soup.stamp(kit.arrays(), frame.moved(-half + 0.22, 0.3))
    soup.box(looks["wall"], frame, (-half, -0.3, -back), (half, tall, 0.0), "lr")
    e, drop = 0.16, 0.16 * 0.55 / half
    for s in (-1, 1):
        low, top = (s * (half + e), tall - drop), (0.0, peak)
        a, b = ((low, top), (top, low))[s > 0]
        points = [(*a, 0.18), (*b, 0.18), (*b, -back), (*a, -back)]
        thick = [(x, y + 0.09, c) for x, y, c in points]
        soup.quad(looks["covering"], frame.at(thick))
        soup.quad(looks["under"], frame.at(points[::-1]))
        soup.quad(looks["fascia"], frame.at([points[0], points[1], thick[1], thick[0]]))


def _machines(soup: Soup, mass: Mass, looks: dict[str, str], seed: int) -> None:
    """Boxes of lifts and air on a flat roof."""
    import shapely

    middle = mass.top_plan.representative_point()
    frame = level_frame(
        mass.eave_m, at=(middle.x, middle.y), along=tuple(np.diff(np.asarray(mass.top_plan.exterior.coords)[:2], axis=0)[0])
    )
    inside = mass.top_plan.buffer(-1.0)
    for k in range(4):
        x, y = (chance(seed, "machine", k, 0) - 0.5) * 9, (chance(seed, "machine", k, 1) - 0.5) * 9
        a, b, high = (3.2, 2.6, 2.6) if k == 0 else (1.4, 1.0, 1.1)
        corners = frame.at(
            [(x - a / 2, y - b / 2, 0), (x + a / 2, y - b / 2, 0), (x + a / 2, y + b / 2, 0), (x - a / 2, y + b / 2, 0)]
        )
        if inside.covers(shapely.Polygon(np.column_stack([corners[:, 0], -corners[:, 2]]))):
            soup.box(
                looks["wall"] if k == 0 else "zinc", frame, (x - a / 2, y - b / 2, -0.1), (x + a / 2, y + b / 2, high), "udlrfb"
            )


def _cross(soup: Soup, mass: Mass) -> None:
    at = mass.roof.plan.centroid
    frame = level_frame(mass.roof.top_m - 0.2, at=(at.x, at.y), along=_along(mass))
    soup.box("iron", frame, (-0.05, -0.05, 0), (0.05, 0.05, 1.9))
    soup.box("iron", frame, (-0.5, -0.05, 1.2), (0.5, 0.05, 1.3))


def _along(mass: Mass) -> tuple[float, float]:
    d = np.diff(np.asarray(mass.plan.exterior.coords)[:2], axis=0)[0]
    return float(d[0]), float(d[1])


def _clock(soup: Soup, mass: Mass) -> None:
    """A face on each side, below the eave."""
    import shapely

    from taixu.generate.places.buildings.plans import loops_of
    from taixu.generate.places.buildings.soup import wall_frame

    ring = loops_of(mass.plan)[0]
    if len(ring) > 8:
        return
    for k in range(len(ring)):
        a, b = ring[k], ring[(k + 1) % len(ring)]
        length = float(np.hypot(*(b - a)))
        if length < 2.0:
            continue
        frame = wall_frame(a, b, mass.eave_m - 1.5).moved(length / 2, 0.0)
        soup.polygon("paint#e9e4d4", frame, shapely.Point(0, 0).buffer(0.85, quad_segs=8), out=0.05)
        soup.polygon("iron", frame, shapely.Point(0, 0).buffer(0.95, quad_segs=8), out=0.03)
        soup.box("iron", frame, (-0.04, -0.1, 0.05), (0.04, 0.7, 0.08))
        soup.box("iron", frame, (-0.1, -0.04, 0.05), (0.45, 0.04, 0.08))


def _lantern(soup: Soup, mass: Mass) -> None:
    """A lamp behind glass, and a gallery with a rail, on a round tower."""
    at = mass.top_plan.centroid
    radius = math.sqrt(mass.top_plan.area / math.pi)
    sides = 16
    t = np.arange(sides) / sides * 2 * math.pi
    y = mass.eave_m

    def ring(r: float, high: float) -> np.ndarray:
        return np.column_stack([at.x + r * np.cos(t), np.full(sides, high), -(at.y + r * np.sin(t))])

    wide = radius + 0.9
    soup.strip("iron", ring(wide, y - 0.25), ring(wide, y), closed=True)
    soup.strip("iron", ring(radius * 0.9, y - 0.6), ring(wide, y - 0.25), closed=True)
    soup.strip("iron", ring(wide, y), ring(0.01, y + 0.001), closed=True)
    for high in (0.5, 1.0):
        soup.strip("iron", ring(wide - 0.05, y + high), ring(wide - 0.05, y + high + 0.06), closed=True)
        soup.strip("iron", ring(wide - 0.06, y + high)[::-1], ring(wide - 0.06, y + high + 0.06)[::-1], closed=True)
    core = radius * 0.75
    soup.strip("paint#9c2f2a", ring(core, y), ring(core, y + 0.9), closed=True, smooth=True)
    soup.strip("glass", ring(core, y + 0.9), ring(core, y + 2.7), closed=True, smooth=True)
    soup.strip("lamp", ring(core * 0.35, y + 1.0), ring(core * 0.35, y + 2.3), closed=True, smooth=True)
    soup.strip("iron", ring(core * 0.35, y + 2.3), ring(0.01, y + 2.5), closed=True)
    soup.strip("paint#9c2f2a", ring(core + 0.25, y + 2.7), ring(0.05, y + 4.0), closed=True)
    soup.strip("paint#9c2f2a", ring(core + 0.25, y + 2.7)[::-1], ring(core, y + 2.7)[::-1], closed=True)
    for k in range(8):
        angle = k * math.pi / 4
        frame = level_frame(
            y, at=(at.x + core * math.cos(angle), at.y + core * math.sin(angle)), along=(math.cos(angle), math.sin(angle))
        )
        soup.box("iron", frame, (-0.04, -0.04, 0.9), (0.04, 0.04, 2.72))
    for k in range(sides):
        angle = t[k]
        frame = level_frame(
            y,
            at=(at.x + (wide - 0.05) * math.cos(angle), at.y + (wide - 0.05) * math.sin(angle)),
            along=(math.cos(angle), math.sin(angle)),
        )
        soup.box("iron", frame, (-0.03, -0.03, 0), (0.03, 0.03, 1.05))


def _sails(soup: Soup, mass: Mass, looks: dict[str, str], seed: int) -> None:
    """Four sails before the cap of a windmill, towards its front."""
    at = mass.top_plan.centroid
    radius = math.sqrt(mass.top_plan.area / math.pi)
    ring = np.asarray(mass.plan.exterior.coords)
    front = np.array([0.0, -1.0]) if len(ring) < 3 else (ring[0] + ring[1]) / 2 - np.array([at.x, at.y])
    front = front / max(float(np.hypot(*front)), 1e-9)
    out = np.array([front[0], 0.0, -front[1]])
    u = np.array([-front[1], 0.0, -front[0]])
    hub = np.array([at.x, mass.eave_m + 0.7, -at.y]) + out * (radius + 0.9)
    reach = min(mass.eave_m * 0.92, 9.5)
    axis = Frame(hub - out * 1.8, u, np.array([0.0, 1.0, 0.0]), out)
    soup.box("wood", axis, (-0.18, -0.18, 0), (0.18, 0.18, 2.1))
    turn = chance(seed, "sails") * math.pi / 2
    for k in range(4):
        a = turn + k * math.pi / 2
        v = u * math.cos(a) + np.array([0.0, 1.0, 0.0]) * math.sin(a)
        w = np.cross(out, v)
        frame = Frame(hub, w * -1.0, v, np.cross(w * -1.0, v))
        soup.box("wood", frame, (-0.09, 0, 0), (0.09, reach, 0.12))
        for m in range(int(reach * 0.82 / 0.42)):
            soup.box("wood", frame, (0.0, reach * 0.17 + m * 0.42, 0.03), (1.25, reach * 0.17 + m * 0.42 + 0.05, 0.07))
        for x in (0.6, 1.2):
            soup.box("wood", frame, (x, reach * 0.16, 0.02), (x + 0.05, reach, 0.06))
        soup.box("cloth#e4dcc6", frame, (0.08, reach * 0.17, 0.075), (1.2, reach * 0.97, 0.085))


