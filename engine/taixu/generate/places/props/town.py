"""What stands in the streets of towns today."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.solids import ball, lathe, prism, rod, tube

__all__ = ["bicycle", "bicycle_rack", "bin", "bus_stop", "car", "container", "hydrant", "mailbox", "pallet", "picnic_table",
    "planter", "street_lamp",
           "street_sign", "traffic_light"]  # fmt: skip


def mailbox(b: Bench) -> None:
    """Red, with a slot."""
    b.add("iron", lathe([(0.16, 0), (0.16, 0.08), (0.06, 0.12), (0.05, 0.7)], sides=12))
    b.block("red paint", 0.46, 0.55, 0.36, (0, 0.68, 0), bevel=0.03)
    turn = np.linspace(0, np.pi, 9)
    b.add("red paint", prism([(0.18 * float(np.cos(a)), 0.13 * float(np.sin(a))) for a in turn],
        0.46).turned(y=np.pi / 2).moved(y=1.22))
    b.block("black", 0.3, 0.035, 0.02, (0, 1.1, 0.18), bevel=0.002)
    b.block("white paint", 0.22, 0.16, 0.012, (0, 0.86, 0.182), bevel=0.002)


def bin(b: Bench) -> None:
    """Slats around a can."""
    b.add("steel", lathe([(0.2, 0.04), (0.21, 0.78), (0.19, 0.78), (0.18, 0.1), (0, 0.1)], sides=16))
    for k in range(14):
        a = k * 2 * np.pi / 14
        x, z = 0.245 * float(np.cos(a)), 0.245 * float(np.sin(a))
        b.block("green paint", 0.075, 0.82, 0.02, (x, 0.02, z), turn=np.pi / 2 - float(a), bevel=0.006)
    b.add("green paint", lathe([(0.22, 0.8), (0.27, 0.8), (0.27, 0.86), (0.22, 0.87)], sides=18))


def street_lamp(b: Bench) -> None:
    """A mast with an arm over the road (+z)."""
    b.add("steel", lathe([(0.11, 0), (0.11, 0.6), (0.075, 0.7), (0.05, 5.6)], sides=10))
    b.add("steel", tube([(0, 5.4, 0), (0, 5.95, 0.25), (0, 6.05, 0.8), (0, 6.05, 1.3)], 0.045, sides=8))
    b.block("steel", 0.26, 0.1, 0.62, (0, 6.0, 1.5), bevel=0.03)
    b.block("glow", 0.2, 0.02, 0.5, (0, 5.985, 1.5), bevel=0.004)
    b.lamp((0, 5.8, 1.5), candela=80.0, range_m=24.0, color=(1.0, 0.8, 0.55))


def bicycle_rack(b: Bench) -> None:
    """Five hoops."""
    b.block("steel", 2.4, 0.05, 0.08, (0, 0, -0.3), bevel=0.01)
    b.block("steel", 2.4, 0.05, 0.08, (0, 0, 0.3), bevel=0.01)
    for k in range(5):
        x = -1.0 + 0.5 * k
        turn = np.linspace(0, np.pi, 9)
        b.add("steel", tube([(x, 0.03, 0.3), *[(x, 0.5 + 0.3 * float(np.sin(a)), 0.3 * float(np.cos(a))) for a in turn],
            (x, 0.03, -0.3)], 0.022, sides=7))


def bicycle(b: Bench) -> None:
    """Leaning on nothing; along z."""
    from taixu.generate.places.props.solids import ring

    for z in (-0.52, 0.52):
        b.add("rubber", ring(0.33, 0.02, sides=22, around=6).turned(z=np.pi / 2).moved(0, 0.35, z))
        for k in range(6):
            a = k * np.pi / 6
            c, s = 0.32 * float(np.cos(a)), 0.32 * float(np.sin(a))
            b.add("steel", rod((0, 0.35 - c, z - s), (0, 0.35 + c, z + s), 0.004, sides=4))
    for p, q in (((0, 0.35, -0.52), (0, 0.3, -0.08)), ((0, 0.35, -0.52), (0, 0.82, -0.22)), ((0, 0.3, -0.08), (0, 0.86, -0.24)),
                 ((0, 0.3, -0.08), (0, 0.78, 0.36)), ((0, 0.8, -0.22), (0, 0.82, 0.35)),
                 ((0, 0.35, 0.52), (0, 0.95, 0.32))):  # fmt: skip
        b.add("red paint", rod(p, q, 0.017, sides=6))
    b.add("black", tube([(-0.28, 1.0, 0.2), (-0.2, 1.02, 0.3), (0.2, 1.02, 0.3), (0.28, 1.0, 0.2)], 0.014, sides=6))
    b.block("black", 0.13, 0.05, 0.26, (0, 0.87, -0.27), bevel=0.02)


def hydrant(b: Bench) -> None:
    """Red iron."""
    b.add("red paint", lathe([(0.17, 0), (0.17, 0.05), (0.12, 0.08), (0.12, 0.5), (0.15, 0.53), (0.15, 0.58), (0.1, 0.68),
        (0.03, 0.74), (0.03, 0.79)], sides=14))
    for s in (-1, 1):
        b.add("red paint", lathe([(0.06, 0), (0.06, 0.16), (0.07, 0.16), (0.07, 0.2)], sides=8).turned(z=-s * np.pi / 2).moved(0,
            0.4, 0))


def street_sign(b: Bench) -> None:
    """A round sign on a pole."""
    b.add("steel", rod((0, 0, 0), (0, 2.7, 0), 0.03, sides=8))
    b.add("red paint", lathe([(0.3, -0.012), (0.3, 0.012)], sides=24).turned(x=np.pi / 2).moved(0, 2.45, 0.045))
    b.add("white paint", lathe([(0.23, -0.012), (0.23, 0.012)], sides=24).turned(x=np.pi / 2).moved(0, 2.45, 0.055))


def traffic_light(b: Bench) -> None:
    """Green now."""
    b.add("steel", lathe([(0.12, 0), (0.12, 0.3), (0.06, 0.4), (0.055, 2.6)], sides=10))
    b.block("black", 0.3, 0.86, 0.24, (0, 2.45, 0), bevel=0.03)
    for y, look in ((3.12, "red paint"), (2.87, "yellow paint"), (2.62, "green glow")):
        b.add(look, lathe([(0.095, 0), (0.08, 0.03), (0, 0.045)], sides=14).turned(x=np.pi / 2).moved(0, y, 0.115))


def bus_stop(b: Bench) -> None:
    """A shelter with a bench."""
    for x in (-1.5, 1.5):
        for z in (-0.6, 0.6):
            b.block("steel", 0.07, 2.3, 0.07, (x, 0, z), bevel=0.008)
    b.block("steel", 3.3, 0.1, 1.6, (0, 2.3, 0.05), bevel=0.02)
    b.block("glass", 2.9, 1.7, 0.02, (0, 0.4, -0.6), bevel=0.004)
    b.block("glass", 0.02, 1.7, 1.1, (-1.5, 0.4, 0), bevel=0.004)
    b.block("wood", 2.2, 0.05, 0.36, (0, 0.44, -0.36))
    for x in (-0.9, 0.9):
        b.block("steel", 0.05, 0.44, 0.3, (x, 0, -0.36))
    b.block("glow", 1.6, 0.02, 0.1, (0, 2.285, 0), bevel=0.003)
    b.lamp((0, 2.1, 0.1), candela=9.0, range_m=7.0, color=(0.9, 0.95, 1.0))


def picnic_table(b: Bench) -> None:
    """With its two benches."""
    for k in range(5):
        b.block("wood", 1.8, 0.04, 0.14, (0, 0.72, -0.3 + 0.15 * k))
    for z in (-0.66, 0.66):
        b.block("wood", 1.8, 0.04, 0.26, (0, 0.42, z))
    for x in (-0.65, 0.65):
        b.block("wood", 0.08, 0.09, 1.5, (x, 0.34, 0))
        b.add("wood", rod((x, 0, -0.55), (x, 0.72, -0.22), 0.045, sides=6), rod((x, 0, 0.55), (x, 0.72, 0.22), 0.045, sides=6))


def planter(b: Bench) -> None:
    """Concrete with a clipped bush."""
    b.block("concrete", 1.1, 0.5, 1.1, (0, 0, 0), bevel=0.03, taper=1.08)
    b.block("earth", 1.0, 0.06, 1.0, (0, 0.46, 0))
    for k in range(9):
        a = k * 2.4
        r = 0.36 * (k / 9) ** 0.5
        b.add("leaf", ball(0.26, sides=10, squash=0.9).moved(r * float(np.cos(a)), 0.68 + 0.1 * float(b.random.uniform()),
            r * float(np.sin(a))))


def pallet(b: Bench) -> None:
    """Of planks."""
    for k in range(5):
        b.block("old wood", 1.2, 0.025, 0.12, (0, 0.12, -0.36 + 0.18 * k), bevel=0.004)
    for x in (-0.5, 0, 0.5):
        b.block("old wood", 0.1, 0.095, 0.84, (x, 0.025, 0), bevel=0.004)
    for z in (-0.36, 0, 0.36):
        b.block("old wood", 1.2, 0.025, 0.1, (0, 0, z), bevel=0.004)


def container(b: Bench) -> None:
    """Six metres of corrugated steel along z."""
    paint = ("red paint", "blue paint", "green paint", "orange paint")[int(b.random.integers(4))]
    b.block(paint, 2.36, 2.5, 5.96, (0, 0.06, 0), bevel=0.01)
    for s in (-1, 1):
        for k in range(24):
            b.block(paint, 0.06, 2.3, 0.12, (s * 1.19, 0.16, -2.76 + 0.24 * k), bevel=0.015)
        for z in (-2.97, 2.97):
            b.block(paint, 0.12, 2.6, 0.12, (s * 1.16, 0, z), bevel=0.008)
        b.block(paint, 0.1, 0.14, 6.0, (s * 1.17, 0, 0))
        b.block(paint, 0.1, 0.1, 6.0, (s * 1.17, 2.5, 0))
        for x in (-0.75, -0.25):
            b.add("steel", rod((s * x, 0.2, 3.04), (s * x, 2.4, 3.04), 0.025, sides=6))


def car(b: Bench) -> None:
    """A small one, along z."""
    paint = ("red paint", "blue paint", "white paint", "green paint")[int(b.random.integers(4))]
    side = [(-1.9, 0.3), (1.85, 0.3), (1.95, 0.55), (1.75, 0.8), (0.95, 0.9), (0.35, 1.4), (-1.1, 1.42), (-1.75, 0.95),
        (-1.95, 0.85)]
    b.add(paint, prism(side, 1.62).turned(y=-np.pi / 2))
    glass = [(0.86, 0.92), (0.33, 1.34), (-1.05, 1.36), (-1.6, 0.96)]
    b.add("glass", prism(glass, 1.64).turned(y=-np.pi / 2))
    b.add("black", prism([(0.42, 0.9), (0.98, 0.9), (0.4, 1.38), (0.34, 1.36)], 1.4).turned(y=-np.pi / 2))
    for z in (-1.2, 1.2):
        for x in (-0.74, 0.74):
            b.add("rubber", lathe([(0.2, -0.1), (0.31, -0.1), (0.33, -0.06), (0.33, 0.06), (0.31, 0.1), (0.2, 0.1)],
                sides=18).turned(z=np.pi / 2).moved(x, 0.33, z))
            b.add("steel", lathe([(0.19, -0.105), (0.19, 0.105)], sides=12).turned(z=np.pi / 2).moved(x, 0.33, z))
    for x in (-0.6, 0.6):
        b.block("white paint", 0.26, 0.12, 0.04, (x, 0.6, 1.93), bevel=0.01)
        b.block("red paint", 0.2, 0.12, 0.03, (x, 0.75, -1.94), bevel=0.01)
    for z in (1.94, -1.95):
        b.block("black", 1.5, 0.14, 0.06, (0, 0.32, z), bevel=0.02)
