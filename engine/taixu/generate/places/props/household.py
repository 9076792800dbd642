"""Furniture and what stands in houses."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.solids import ball, lathe, rod, tube

__all__ = ["barrel", "bed", "bucket", "chair", "chest", "crate", "flower_pot", "lantern", "sack", "shelf", "stool", "stove",
    "table"]


def barrel(b: Bench) -> None:
    """Staves and three hoops."""
    heights = np.linspace(0, 0.95, 7)
    wide = [0.29 + 0.09 * float(np.sin(np.pi * y / 0.95)) for y in heights]
    b.add("wood", lathe([(0.24, 0.03), *zip(wide, heights.tolist(), strict=True), (0.25, 0.95), (0.24, 0.9), (0, 0.9)], sides=18))
    for y, r in ((0.1, 0.322), (0.48, 0.386), (0.83, 0.325)):
        b.add("iron", lathe([(r - 0.03, y - 0.03), (r, y - 0.03), (r, y + 0.03), (r - 0.03, y + 0.03)], sides=18))


def crate(b: Bench) -> None:
    """Boards in a frame."""
    b.block("wood", 0.66, 0.66, 0.66, (0, 0.02, 0))
    for x in (-0.31, 0.31):
        for z in (-0.31, 0.31):
            b.block("old wood", 0.09, 0.7, 0.09, (x, 0, z))
    for y in (0.0, 0.61):
        for s in (-0.31, 0.31):
            b.block("old wood", 0.6, 0.09, 0.08, (0, y, s))
            b.block("old wood", 0.08, 0.09, 0.6, (s, y, 0))


def sack(b: Bench) -> None:
    """Full and tied."""
    b.add("linen", lathe([(0.2, 0), (0.28, 0.06), (0.29, 0.25), (0.22, 0.46), (0.08, 0.55), (0.07, 0.58), (0.13, 0.66),
        (0.0, 0.63)],
                         sides=14).scaled(1.0, 1.0, 0.8))  # fmt: skip
    b.add("rope", lathe([(0.05, 0.55), (0.088, 0.55), (0.088, 0.585), (0.05, 0.585)], sides=12).scaled(1, 1, 0.8))


def bucket(b: Bench) -> None:
    """With a bow."""
    b.add("old wood", lathe([(0.13, 0), (0.17, 0.3), (0.15, 0.3), (0.125, 0.04), (0, 0.04)], sides=14))
    for y, r in ((0.06, 0.142), (0.24, 0.166)):
        b.add("iron", lathe([(r - 0.01, y - 0.012), (r + 0.004, y - 0.012), (r + 0.004, y + 0.012), (r - 0.01, y + 0.012)],
            sides=14))
    turn = np.linspace(0, np.pi, 9)
    b.add("iron", tube([(0.165 * float(np.cos(a)), 0.27 + 0.17 * float(np.sin(a)), 0) for a in turn], 0.006, sides=5))


def flower_pot(b: Bench) -> None:
    """Clay with something in flower."""
    b.add("clay", lathe([(0.13, 0), (0.19, 0.24), (0.21, 0.24), (0.21, 0.3), (0.18, 0.3), (0.17, 0.26), (0, 0.26)], sides=16))
    b.add("earth", lathe([(0.172, 0.25), (0.172, 0.265), (0, 0.275)], sides=16))
    for k in range(9):
        a, r = k * 2.4, 0.03 + 0.11 * (k / 9) ** 0.5
        x, z, h = r * float(np.cos(a)), r * float(np.sin(a)), 0.42 + 0.12 * float(b.random.uniform())
        b.add("leaf", ball(0.075, sides=8, squash=0.8).moved(x, h - 0.1, z))
        b.add("flower", ball(0.035, sides=6, squash=0.7).moved(x * 1.35, h - 0.02, z * 1.35))
        b.add("leaf", rod((x * 0.5, 0.25, z * 0.5), (x * 1.3, h - 0.03, z * 1.3), 0.008, sides=5))


def table(b: Bench) -> None:
    """Of heavy boards."""
    b.block("wood", 1.5, 0.06, 0.8, (0, 0.72, 0))
    b.block("wood", 1.3, 0.08, 0.6, (0, 0.64, 0))
    for x in (-0.64, 0.64):
        for z in (-0.3, 0.3):
            b.block("wood", 0.08, 0.66, 0.08, (x, 0, z), taper=1.15)


def chair(b: Bench) -> None:
    """With a back of three rails."""
    b.block("wood", 0.42, 0.035, 0.42, (0, 0.44, 0))
    for x in (-0.18, 0.18):
        b.block("wood", 0.045, 0.44, 0.045, (x, 0, 0.18))
        b.block("wood", 0.045, 0.98, 0.045, (x, 0, -0.19), tilt=-0.05)
        b.block("wood", 0.03, 0.03, 0.36, (x, 0.2, 0))
    for y in (0.6, 0.74, 0.88):
        b.block("wood", 0.34, 0.06, 0.022, (0, y, -0.19 - 0.05 * y))


def stool(b: Bench) -> None:
    """Round, on three legs."""
    b.add("wood", lathe([(0.17, 0.42), (0.18, 0.43), (0.18, 0.46), (0.17, 0.47)], sides=16))
    for k in range(3):
        a = k * 2 * np.pi / 3
        c, s = float(np.cos(a)), float(np.sin(a))
        b.add("wood", rod((0.2 * c, 0.0, 0.2 * s), (0.1 * c, 0.43, 0.1 * s), 0.022, sides=7))


def bed(b: Bench) -> None:
    """With a blanket and a pillow."""
    for z, high in ((-1.0, 0.95), (1.0, 0.6)):
        b.block("dark wood", 1.0, high - 0.15, 0.06, (0, 0.12, z))
        for x in (-0.48, 0.48):
            b.block("dark wood", 0.08, high, 0.08, (x, 0, z))
    for x in (-0.47, 0.47):
        b.block("dark wood", 0.05, 0.18, 1.94, (x, 0.22, 0))
    b.block("linen", 0.9, 0.2, 1.92, (0, 0.28, 0), bevel=0.06)
    b.block("blue cloth", 0.96, 0.06, 1.2, (0, 0.46, 0.35), bevel=0.025)
    b.block("white wood", 0.6, 0.12, 0.34, (0, 0.47, -0.72), bevel=0.055)


def stove(b: Bench) -> None:
    """Iron, with fire behind its door and a pipe."""
    b.block("iron", 0.7, 0.62, 0.55, (0, 0.14, 0), bevel=0.02)
    b.block("iron", 0.78, 0.05, 0.62, (0, 0.76, 0))
    for x in (-0.28, 0.28):
        for z in (-0.2, 0.2):
            b.block("iron", 0.07, 0.15, 0.07, (x, 0, z))
    b.block("black", 0.34, 0.26, 0.03, (0, 0.32, 0.28))
    for k in range(4):
        b.block("flame", 0.05, 0.18, 0.015, (-0.11 + 0.075 * k, 0.36, 0.292))
    b.add("iron", tube([(0.0, 0.8, -0.16), (0.0, 2.1, -0.16)], 0.075, sides=12))
    b.add("brass", ball(0.022, sides=8).moved(0.2, 0.45, 0.3))
    b.lamp((0, 0.5, 0.55), candela=5.0, range_m=6.0)


def shelf(b: Bench) -> None:
    """With jars and books."""
    for x in (-0.58, 0.58):
        b.block("dark wood", 0.04, 1.9, 0.34, (x, 0, 0))
    b.block("dark wood", 1.16, 1.86, 0.02, (0, 0.02, -0.16))
    colors = ("red cloth", "blue cloth", "leaf", "paper", "dark wood", "clay")
    for row in range(5):
        y = 0.06 + 0.44 * row
        b.block("dark wood", 1.12, 0.035, 0.32, (0, y, 0), bevel=0.006)
        if row == 4:
            continue
        x = -0.5
        while x < 0.48:
            if b.random.uniform() < 0.3:
                r = float(b.random.uniform(0.045, 0.07))
                b.add("clay", lathe([(r * 0.7, 0), (r, 0.07), (r, 0.13), (r * 0.55, 0.17), (r * 0.6, 0.2)], sides=10).moved(x + r,
                    y + 0.035, 0))
                x += 2 * r + 0.02
            else:
                wide, high = float(b.random.uniform(0.03, 0.06)), float(b.random.uniform(0.2, 0.3))
                b.block(colors[int(b.random.integers(6))], wide, high, 0.2, (x + wide / 2, y + 0.035, -0.03), bevel=0.004)
                x += wide + 0.004


def lantern(b: Bench) -> None:
    """To stand or to hang."""
    b.add("iron", lathe([(0.11, 0), (0.11, 0.03), (0.09, 0.04)], sides=8))
    b.add("glow", lathe([(0.05, 0.05), (0.06, 0.12), (0.04, 0.2)], sides=8))
    for k in range(4):
        a = k * np.pi / 2 + np.pi / 4
        x, z = 0.09 * float(np.cos(a)), 0.09 * float(np.sin(a))
        b.add("iron", rod((x, 0.02, z), (x, 0.27, z), 0.009, sides=5))
    b.add("iron", lathe([(0.12, 0.26), (0.12, 0.28), (0.04, 0.35), (0.03, 0.37)], sides=8))
    turn = np.linspace(0, np.pi, 7)
    b.add("iron", tube([(0.05 * float(np.cos(a)), 0.36 + 0.08 * float(np.sin(a)), 0) for a in turn], 0.007, sides=5))
    b.lamp((0, 0.2, 0.0), candela=6.0, range_m=7.0)


def chest(b: Bench) -> None:
    """With a round lid and iron bands."""
    b.block("dark wood", 0.9, 0.42, 0.52, (0, 0, 0))
    turn = np.linspace(0, np.pi, 9)
    outline = [(0.26 * float(np.cos(a)), 0.16 * float(np.sin(a))) for a in turn]
    from taixu.generate.places.props.solids import prism

    b.add("dark wood", prism(outline, 0.9).turned(y=np.pi / 2).moved(y=0.43))
    for x in (-0.34, 0.34):
        b.block("iron", 0.05, 0.43, 0.54, (x, 0, 0), bevel=0.004)
        b.add("iron", prism([(1.05 * p, 1.07 * q) for p, q in outline], 0.05).turned(y=np.pi / 2).moved(x, 0.43))
    b.block("brass", 0.1, 0.14, 0.04, (0, 0.33, 0.26), bevel=0.006)
