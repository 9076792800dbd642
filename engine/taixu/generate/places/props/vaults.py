"""What stands in crypts, mines, temples, cellars and bases."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.solids import lathe, prism, rod, tube

__all__ = ["altar", "amphora", "brazier", "capsule", "console", "locker", "mine_cart", "pillar", "sarcophagus", "statue",
    "wall_torch", "wine_rack"]


def sarcophagus(b: Bench) -> None:
    """With a lid that has slipped."""
    b.block("stone", 1.0, 0.12, 2.2, (0, 0, 0), bevel=0.02)
    b.block("pale stone", 0.86, 0.62, 2.0, (0, 0.12, 0), bevel=0.03)
    b.block("stone", 0.98, 0.14, 2.16, (0.07, 0.75, 0.05), bevel=0.03, turn=0.06)
    b.block("stone", 0.5, 0.06, 1.6, (0.07, 0.89, 0.05), bevel=0.025, turn=0.06)


def pillar(b: Bench) -> None:
    """Three metres of stone."""
    b.block("stone", 0.7, 0.22, 0.7, (0, 0, 0), bevel=0.02)
    b.add("pale stone", lathe([(0.3, 0.2), (0.33, 0.28), (0.25, 0.36), (0.22, 2.5), (0.3, 2.62), (0.32, 2.7)], sides=16))
    b.block("stone", 0.72, 0.3, 0.72, (0, 2.7, 0), bevel=0.02)


def brazier(b: Bench) -> None:
    """A bowl of fire on a stand."""
    for k in range(3):
        a = k * 2 * np.pi / 3
        c, s = float(np.cos(a)), float(np.sin(a))
        b.add("iron", rod((0.32 * c, 0, 0.32 * s), (0.12 * c, 0.8, 0.12 * s), 0.022, sides=6))
    b.add("iron", lathe([(0.08, 0.74), (0.3, 0.86), (0.38, 1.02), (0.34, 1.02), (0.24, 0.9), (0, 0.86)], sides=14))
    for k in range(7):
        a, r = k * 2.4, 0.05 + 0.025 * k
        h = 0.2 + 0.2 * float(b.random.uniform())
        b.add("flame", lathe([(0.05, 0.92), (0.08, 1.02), (0.0, 1.0 + h)], sides=6).moved(r * float(np.cos(a)), 0,
            r * float(np.sin(a))))
    b.lamp((0, 1.5, 0), candela=8.0, range_m=13.0, color=(1.0, 0.62, 0.32))


def wall_torch(b: Bench) -> None:
    """Its wall is behind it (-z); hang it at a height of 1.7 m."""
    b.block("iron", 0.12, 0.3, 0.03, (0, -0.15, 0.015), bevel=0.006)
    b.add("iron", tube([(0, -0.05, 0.02), (0, -0.1, 0.12), (0, 0.0, 0.18)], 0.018, sides=6))
    b.add("wood", tube([(0, -0.2, 0.14), (0, 0.25, 0.24)], [0.022, 0.034], sides=7))
    b.add("flame", lathe([(0.035, 0.22), (0.065, 0.3), (0.04, 0.42), (0.0, 0.54)], sides=7).moved(0, 0, 0.25))
    b.lamp((0, 0.4, 0.42), candela=7.5, range_m=13.0, color=(1.0, 0.66, 0.36))


def altar(b: Bench) -> None:
    """With a cloth and two candles."""
    b.block("stone", 1.9, 0.2, 1.1, (0, 0, 0), bevel=0.02)
    b.block("pale stone", 1.5, 0.75, 0.7, (0, 0.2, 0), bevel=0.03)
    b.block("pale stone", 1.75, 0.12, 0.9, (0, 0.95, 0), bevel=0.02)
    b.block("red cloth", 0.6, 0.015, 0.94, (0, 1.07, 0), bevel=0.004)
    b.block("red cloth", 0.6, 0.4, 0.015, (0, 0.68, 0.462), bevel=0.004)
    for x in (-0.6, 0.6):
        b.add("brass", lathe([(0.1, 1.07), (0.03, 1.1), (0.03, 1.24), (0.06, 1.26)], sides=10).moved(x))
        b.add("paper", lathe([(0.028, 1.26), (0.028, 1.44)], sides=8).moved(x))
        b.add("flame", lathe([(0.012, 1.44), (0.016, 1.47), (0.0, 1.53)], sides=6).moved(x))
    b.lamp((0, 1.7, 0.3), candela=7.0, range_m=8.0, color=(1.0, 0.6, 0.3))


def statue(b: Bench) -> None:
    """Somebody in a robe, on a plinth."""
    b.block("stone", 0.8, 0.7, 0.8, (0, 0, 0), bevel=0.03, taper=0.9)
    b.add("pale stone", lathe([(0.32, 0.7), (0.3, 1.0), (0.22, 1.6), (0.27, 1.95), (0.24, 2.1), (0.09, 2.2), (0.08, 2.26)],
        sides=16).scaled(1, 1, 0.75))
    b.add("pale stone", lathe([(0.04, 2.22), (0.12, 2.3), (0.135, 2.42), (0.09, 2.54), (0.0, 2.57)], sides=12))
    for s in (-1, 1):
        b.add("pale stone", tube([(s * 0.25, 2.04, 0), (s * 0.31, 1.7, 0.05), (s * 0.06, 1.58, 0.24)], [0.085, 0.075, 0.055],
            sides=8))


def amphora(b: Bench) -> None:
    """Clay with two handles."""
    b.add("clay", lathe([(0.09, 0), (0.2, 0.25), (0.22, 0.45), (0.16, 0.66), (0.075, 0.76), (0.07, 0.88), (0.1, 0.92), (0.07, 0.92),
        (0.05, 0.8), (0, 0.8)], sides=14))
    for s in (-1, 1):
        b.add("clay", tube([(s * 0.07, 0.86, 0), (s * 0.17, 0.84, 0), (s * 0.18, 0.72, 0), (s * 0.15, 0.66, 0)], 0.016, sides=6))


def mine_cart(b: Bench) -> None:
    """Ore on four wheels, along z."""
    b.add("rust", prism([(-0.62, 0.36), (0.62, 0.36), (0.78, 0.95), (-0.78, 0.95)], 0.86).turned(y=-np.pi / 2))
    b.block("iron", 0.92, 0.06, 1.64, (0, 0.93, 0))
    for _ in range(14):
        x, z = b.random.uniform(-0.32, 0.32), b.random.uniform(-0.6, 0.6)
        r = float(b.random.uniform(0.1, 0.17))
        b.block("stone", r * 2, r * 1.6, r * 1.7, (float(x), 0.93, float(z)), bevel=r * 0.5, turn=float(b.random.uniform(0, 3)))
    b.block("iron", 0.5, 0.1, 1.3, (0, 0.26, 0))
    for z in (-0.45, 0.45):
        b.add("iron", rod((-0.42, 0.18, z), (0.42, 0.18, z), 0.03, sides=6))
        for x in (-0.38, 0.38):
            b.add("iron", lathe([(0.18, -0.035), (0.18, 0.035)], sides=14).turned(z=np.pi / 2).moved(x, 0.18, z))


def wine_rack(b: Bench) -> None:
    """Barrels lying in two rows."""
    from taixu.generate.places.props.solids import Solid

    def lying(x: float, y: float) -> list[tuple[str, Solid]]:
        heights = np.linspace(-0.45, 0.45, 7)
        wide = [0.27 + 0.08 * float(np.cos(np.pi * t / 0.9)) for t in heights]
        parts = [("wood", lathe(list(zip(wide, heights.tolist(), strict=True)), sides=16))]
        parts += [("iron", lathe([(r - 0.02, t - 0.025), (r, t - 0.025), (r, t + 0.025), (r - 0.02, t + 0.025)], sides=16)) for r,
            t in ((0.315, -0.34), (0.315, 0.34))]
        return [(name, solid.turned(x=np.pi / 2).moved(x, y, 0)) for name, solid in parts]

    for y, xs in ((0.5, (-0.76, 0.0, 0.76)), (1.12, (-0.38, 0.38))):
        for x in xs:
            for name, solid in lying(x, y):
                b.add(name, solid)
    for z in (-0.3, 0.3):
        b.block("dark wood", 2.4, 0.16, 0.12, (0, 0, z))
        for x in (-1.14, -0.38, 0.38, 1.14):
            b.block("dark wood", 0.12, 0.22, 0.12, (x, 0.1, z))


def console(b: Bench) -> None:
    """Screens and keys."""
    b.block("hull", 1.4, 0.75, 0.5, (0, 0, 0), bevel=0.03)
    b.add("hull", prism([(-0.25, 0.75), (0.42, 0.75), (0.42, 0.82), (-0.1, 1.3), (-0.25, 1.3)], 1.4).turned(y=-np.pi / 2))
    for x in (-0.45, 0.0, 0.45):
        b.block("cold glow", 0.38, 0.32, 0.01, (x, 0.88, 0.345), bevel=0.002, tilt=-0.83)
    b.lamp((0, 1.3, 0.6), candela=5.0, range_m=5.0, color=(0.4, 0.8, 1.0))


def locker(b: Bench) -> None:
    """Three doors."""
    b.block("hull", 1.5, 2.0, 0.5, (0, 0, 0), bevel=0.02)
    for x in (-0.49, 0.0, 0.49):
        b.block("white paint", 0.45, 1.84, 0.03, (x, 0.08, 0.25), bevel=0.008)
        b.block("black", 0.03, 0.16, 0.04, (x + 0.17, 1.0, 0.26), bevel=0.006)
        for k in range(3):
            b.block("black", 0.26, 0.02, 0.01, (x, 1.62 + 0.06 * k, 0.266), bevel=0.0)


def capsule(b: Bench) -> None:
    """A glowing tank."""
    b.add("hull", lathe([(0.6, 0), (0.6, 0.3), (0.48, 0.42)], sides=18))
    b.add("cold glow", lathe([(0.34, 0.4), (0.34, 2.0)], sides=18))
    for k in range(6):
        a = k * np.pi / 3
        x, z = 0.43 * float(np.cos(a)), 0.43 * float(np.sin(a))
        b.add("steel", rod((x, 0.38, z), (x, 2.06, z), 0.035, sides=7))
    b.add("hull", lathe([(0.48, 2.0), (0.58, 2.1), (0.58, 2.3), (0.3, 2.42)], sides=18))
    b.lamp((0, 1.2, 0.9), candela=4.0, range_m=8.0, color=(0.35, 0.8, 1.0))
