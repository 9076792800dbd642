"""Workers: simple figures with vest and helmet, well proportioned, some 1.78 m high, who look along +z."""

from __future__ import annotations

from math import pi

from taixu.assets.model import ModelData

from .builder import Builder
from .solids import Solid, Vector, arc, block, lathe

__all__ = ["worker_model"]


def worker_model(helmet: str = "helmet") -> ModelData:
    """A figure that stands at ease, one foot a little before the other."""
    built = Builder("worker")
    node = built.node("worker")
    for side, step in ((-1, 0.06), (1, -0.05)):
        hip, knee, heel = (side * 0.095, 0.9, 0.0), (side * 0.105, 0.5, step * 0.7 + 0.02), (side * 0.11, 0.1, step)
        built.add(node, "trousers", _limb(hip, knee, 0.088, 0.066), _limb(knee, heel, 0.066, 0.052))
        built.add(node, "boot", block((0.1, 0.11, 0.27), 0.035), at=(side * 0.115, 0.055, step + 0.05))
        built.add(node, "stripe", _limb(_between(knee, heel, 0.55), _between(knee, heel, 0.68), 0.064, 0.062))
        shoulder, elbow, hand = (side * 0.205, 1.42, 0.0), (side * 0.262, 1.13, -0.02), (side * 0.235, 0.9, 0.12)
        built.add(node, "vest", _limb(shoulder, _between(shoulder, elbow, 0.45), 0.066, 0.064))
        built.add(node, "trousers", _limb(_between(shoulder, elbow, 0.4), elbow, 0.05, 0.044), _limb(elbow, hand, 0.044, 0.034))
        palm = lathe(arc(0.046, 0.0, pi, 5), 10).scaled(0.8, 1.2, 1.0)
        built.add(node, "skin", palm.moved((hand[0], hand[1] - 0.03, hand[2] + 0.02)))
    hips = lathe([(0, 0.1), (0.155, 0.1), (0.165, 0.02), (0.15, -0.08), (0.06, -0.14), (0, -0.14)], 16).scaled(1, 1, 0.62)
    built.add(node, "trousers", hips.moved((0, 0.95, 0)))
    body = [(0, 0.33), (0.07, 0.325), (0.17, 0.28), (0.2, 0.2), (0.185, 0.05), (0.165, -0.12), (0.178, -0.26), (0, -0.26)]
    built.add(node, "vest", lathe(body, 18).scaled(1.06, 1, 0.66).moved((0, 1.22, 0)))
    for height, wide in ((1.06, 0.172), (1.17, 0.181)):
        band = lathe([(wide + 0.006, 0.025), (wide + 0.008, -0.025)], 18).scaled(1.06, 1, 0.67)
        built.add(node, "stripe", band.moved((0, height, 0)))
    for side in (-1, 1):
        built.add(node, "stripe", block((0.045, 0.3, 0.012), 0.005).moved((side * 0.1, 1.34, 0.116), axis=(1, 0, 0), angle=-0.16))
    built.add(node, "skin", lathe([(0.05, 0.06), (0.056, -0.06)], 12).moved((0, 1.56, 0.005)))
    head = lathe(arc(0.1, 0.0, pi, 9), 16).scaled(0.86, 1.16, 1.0)
    built.add(node, "skin", head.moved((0, 1.67, 0.02)), block((0.02, 0.035, 0.03), 0.008).moved((0, 1.65, 0.118)))
    cap = [*arc(0.125, 0.0, pi / 2, 6), (0.125, -0.012), (0.118, -0.012)]
    built.add(node, helmet, lathe(cap, 18).scaled(0.94, 0.95, 1.08).moved((0, 1.705, 0.012)))
    brim = lathe([(0.11, 0.008), (0.15, 0.0), (0.15, -0.008), (0.11, -0.008)], 18).scaled(0.88, 1, 1.0)
    built.add(node, helmet, brim.moved((0, 1.7, 0.035)), block((0.03, 0.02, 0.2), 0.008).moved((0, 1.82, 0.012)))
    return built.finish()


def _limb(start: Vector, end: Vector, first: float, second: float) -> Solid:
    """A tapered limb between two joints, rounded at both."""
    import numpy as np

    a, b = np.array(start), np.array(end)
    length = float(np.linalg.norm(b - a))
    top = arc(first, 0.0, pi / 2, 3)
    bottom = [(r, -length + y) for r, y in arc(second, pi / 2, pi, 3)]
    limb = lathe([*top, *bottom], 10)
    down = (b - a) / length
    axis = np.cross((0, -1, 0), down)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-6:
        return limb.moved(start)
    return limb.moved(start, axis=tuple(axis / sine), angle=float(np.arctan2(sine, -down[1])))


def _between(a: Vector, b: Vector, share: float) -> Vector:
    return (a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share)
