"""What sits in holes of walls: frames, bars, glass, sills and shutters; and what a door leaves open.

A kit is the same thing wherever it stands: made once in a frame of its own (x right, y up, n out; the hole's lower left corner
at the origin), then stamped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.generate.places.buildings.soup import Frame, Soup

__all__ = ["KINDS", "Hole", "hole_shape", "window_kit"]

LOCAL = Frame(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), np.array([0, 0, 1.0]))

KINDS: dict[str, tuple[int, int, float, str]] = {
    # bars across, bars up, width of the frame, and the shape of the hole
    "casement": (2, 3, 0.055, "square"), "sash": (2, 4, 0.05, "square"), "french": (2, 3, 0.055, "square"),
    "plain": (1, 1, 0.05, "square"), "modern": (2, 1, 0.045, "square"), "lattice": (4, 5, 0.04, "square"),
    "chinese": (4, 4, 0.06, "square"), "shoji": (4, 4, 0.035, "square"), "arched": (2, 3, 0.06, "arch"),
    "gothic": (2, 4, 0.07, "point"), "round": (2, 2, 0.06, "round"), "slit": (1, 1, 0.03, "square"),
    "factory": (4, 4, 0.035, "square"), "shop": (2, 1, 0.06, "square"), "curtain": (1, 2, 0.06, "square"),
    "none": (0, 0, 0.0, "square"),
}  # fmt: skip


@dataclass(frozen=True)
class Hole:
    """A hole in a wall: its rectangle, its shape, and whether people walk through it."""

    x: float
    y: float
    w: float
    h: float
    shape: Any
    is_door: bool = False


def hole_shape(form: str, w: float, h: float) -> Any:
    """The outline of a hole of a size, its lower left corner at the origin."""
    import shapely

    if form == "round":
        return shapely.affinity.scale(shapely.Point(w / 2, h / 2).buffer(0.5, quad_segs=6), w, h)
    if form in ("arch", "point") and h > w * 0.55:
        spring = h - (w / 2 if form == "arch" else min(0.8 * w, 0.7 * h))
        t = np.linspace(0, math.pi, 13)
        if form == "arch":
            top = np.stack([w / 2 + w / 2 * np.cos(t), spring + w / 2 * np.sin(t)], 1)
        else:
            rise = h - spring
            s = np.linspace(0, 1, 7)
            right = np.stack([w - w / 2 * (1 - np.cos(s * math.pi / 2)) , spring + rise * np.sin(s * math.pi / 2)], 1)
            top = np.concatenate([right, (right * (-1, 1) + (w, 0))[::-1][1:]])
        return shapely.Polygon(np.concatenate([[(0, 0), (w, 0)], top]))
    return shapely.box(0, 0, w, h)


def window_kit(kind: str, w: float, h: float, *, reveal: float, wall_m: float, looks: dict[str, str], sill: float) -> Soup:
    """A window of a size: reveal, frame, bars, glass, sill."""
    across, up, wide, form = KINDS[kind]
    soup, shape = Soup(), hole_shape(form, w, h)
    ring = np.asarray(shape.exterior.coords)
    outer = LOCAL.at(np.column_stack([ring, np.zeros(len(ring))]))
    inner = LOCAL.at(np.column_stack([ring, np.full(len(ring), -wall_m)]))
    soup.strip(looks["reveal"], outer, inner)
    if kind == "none":
        return soup
    c = -reveal
    soup.polygon(looks["glass"], LOCAL, shape, out=c)
    hollow = shape.buffer(-wide, join_style="mitre")
    if hollow.is_empty:
        return soup
    frame = shape.difference(hollow)
    soup.polygon(looks["frame"], LOCAL, frame, out=c + 0.03)
    soup.polygon(looks["frame"], LOCAL, frame, out=c - 0.03, back=True)
    edge = np.asarray(hollow.exterior.coords)
    edge = edge if hollow.exterior.is_ccw else edge[::-1]
    soup.strip(looks["frame"], LOCAL.at(np.column_stack([edge, np.full(len(edge), c + 0.03)])),
               LOCAL.at(np.column_stack([edge, np.full(len(edge), c - 0.03)])))  # fmt: skip
    bar = wide * (0.45 if max(across, up) > 2 else 0.7)
    top = h if form == "square" else h * 0.97
    for k in range(1, across):
        x = w * k / across
        main = wide * 0.9 if kind in ("casement", "french", "arched", "gothic", "shop") and 2 * k == across else bar
        high = _height_inside(form, x, w, top)
        soup.box(
            looks["frame"], LOCAL, (x - main / 2, _low_inside(form, x, w, h), c - 0.025), (x + main / 2, high, c + 0.028), "lrfb"
        )
    for k in range(1, up):
        y = h * k / up
        main = wide if kind == "sash" and 2 * k == up else bar
        inset = _inset(form, y, w, h)
        soup.box(looks["frame"], LOCAL, (inset, y - main / 2, c - 0.022), (w - inset, y + main / 2, c + 0.024), "udfb")
    if sill > 0:
        soup.box(looks["sill"], LOCAL, (-0.06, -0.07, -reveal), (w + 0.06, 0.0, sill), "udlrf")
    return soup


def _height_inside(form: str, x: float, w: float, h: float) -> float:
    if form == "arch":
        return h - w / 2 + math.sqrt(max((w / 2) ** 2 - (x - w / 2) ** 2, 0.0))
    if form == "round":
        return h / 2 + h / 2 * math.sqrt(max(1 - (2 * x / w - 1) ** 2, 0.0))
    return h


def _low_inside(form: str, x: float, w: float, h: float) -> float:
    return h / 2 - h / 2 * math.sqrt(max(1 - (2 * x / w - 1) ** 2, 0.0)) if form == "round" else 0.0


def _inset(form: str, y: float, w: float, h: float) -> float:
    if form == "round":
        return w / 2 - w / 2 * math.sqrt(max(1 - (2 * y / h - 1) ** 2, 0.0))
    spring = h - w / 2 if form == "arch" else h - min(0.8 * w, 0.7 * h)
    if form == "arch" and y > spring:
        return w / 2 - math.sqrt(max((w / 2) ** 2 - (y - spring) ** 2, 0.0))
    if form == "point" and y > spring:
        return w / 2 * (1 - math.sqrt(max(1 - ((y - spring) / (h - spring)) ** 2, 0.0)))
    return 0.0
