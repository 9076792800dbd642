"""Doors: leaves that turn on their hinges, as models of their own."""

from __future__ import annotations

import math

import numpy as np

from taixu.generate.places.buildings.facades import DoorPlace
from taixu.generate.places.buildings.soup import Frame, Soup

__all__ = ["door_key", "door_leaf", "door_rotation"]

_LOCAL = Frame(np.zeros(3), np.array([1.0, 0, 0]), np.array([0, 1.0, 0]), np.array([0, 0, 1.0]))


def door_key(door: DoorPlace) -> str:
    """Doors of the same key have the same model."""
    return f"{door.kind}_{door.look.replace('#', '-')}_{round(door.wide_m * 100)}x{round(door.high_m * 100)}"


def door_leaf(door: DoorPlace) -> Soup:
    """A door's leaf: its hinge at the origin, lying along +x when shut, +z towards who comes from outside."""
    soup, w, h, look = Soup(), door.wide_m - 0.02, door.high_m - 0.02, door.look
    if door.kind in ("glass", "modern"):
        for low, high in (
            ((0, 0.01), (0.09, h)),
            ((w - 0.09, 0.01), (w, h)),
            ((0.09, 0.01), (w - 0.09, 0.16)),
            ((0.09, h - 0.1), (w - 0.09, h)),
        ):
            soup.box(look, _LOCAL, (*low, -0.025), (*high, 0.025))
        soup.quad("glass", [(0.09, 0.16, 0), (w - 0.09, 0.16, 0), (w - 0.09, h - 0.1, 0), (0.09, h - 0.1, 0)])
    elif door.kind == "shoji":
        soup.box(look, _LOCAL, (0, 0.01, -0.02), (w, 0.3, 0.02))
        for k in range(4):
            soup.box(look, _LOCAL, (w * k / 3 - 0.015 if k else 0, 0.3, -0.018), (w * k / 3 + 0.015, h, 0.018))
            soup.box(look, _LOCAL, (0, 0.3 + (h - 0.32) * k / 3, -0.018), (w, 0.33 + (h - 0.32) * k / 3, 0.018))
        soup.box("paper", _LOCAL, (0.02, 0.3, -0.004), (w - 0.02, h - 0.02, 0.004), "fb")
    else:
        soup.box(look, _LOCAL, (0, 0.01, -0.03), (w, h, 0.03))
        rows = ((0.14, 0.42), (0.5, 0.93)) if door.kind == "panel" else ()
        for foot, head in rows:
            for x0, x1 in ((0.1, w / 2 - 0.05), (w / 2 + 0.05, w - 0.1)):
                for z in (-1, 1):
                    soup.box(look, _LOCAL, (x0, h * foot, 0.03 * z - 0.012), (x1, h * head, 0.03 * z + 0.012))
        if door.kind in ("plank", "gate", "barn"):
            for y in (0.18, 0.5, 0.82):
                soup.box(look, _LOCAL, (0.03, h * y - 0.06, -0.05), (w - 0.03, h * y + 0.06, -0.03))
            for y in (0.2, 0.8):
                soup.box("iron", _LOCAL, (0, h * y - 0.025, 0.03), (w * 0.6, h * y + 0.025, 0.042))
    for side in (0.05, -0.07):
        soup.box("iron", _LOCAL, (w - 0.12, 1.0, side), (w - 0.05, 1.04, side + 0.02))
    return soup


def door_rotation(door: DoorPlace, open_rad: float) -> list[float]:
    """The rotation (x, y, z, w) of a door's leaf: shut along its wall, or turned inwards."""
    along, out = np.asarray(door.along), np.asarray(door.out)
    heading = math.atan2(-along[2], along[0])
    # A turn by a positive angle moves the leaf's end towards up x along.
    inwards = -1.0 if float(np.cross(np.array([0.0, 1.0, 0.0]), along) @ out) > 0 else 1.0
    heading += inwards * open_rad
    return [0.0, math.sin(heading / 2), 0.0, math.cos(heading / 2)]
