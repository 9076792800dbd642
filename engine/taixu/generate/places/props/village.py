"""What stands in the streets of villages and on farms."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.solids import ball, lathe, prism, ring, rod, tube, wedge

__all__ = ["beehive", "bench", "bridge_rail", "campfire", "cart", "fence", "fountain", "gate", "gravestone", "haystack", "ladder",
    "lamp_post",
           "market_stall", "paifang", "paper_lantern", "scarecrow", "signpost", "stone_lantern", "stone_wall", "tent", "torch",
           "trough", "well", "wheelbarrow",
           "woodpile"]  # fmt: skip


def bench(b: Bench) -> None:
    """Boards on stone feet, with a back."""
    for x in (-0.65, 0.65):
        b.block("stone", 0.16, 0.4, 0.42, (x, 0, 0), bevel=0.03)
        b.block("dark wood", 0.07, 0.5, 0.05, (x, 0.38, -0.2), tilt=-0.16)
    for z in (-0.13, 0.0, 0.13):
        b.block("wood", 1.6, 0.045, 0.115, (0, 0.4, z))
    for y in (0.58, 0.73):
        b.block("wood", 1.6, 0.1, 0.035, (0, y, -0.2 - 0.16 * (y - 0.4)), tilt=-0.16)


def lamp_post(b: Bench) -> None:
    """Cast iron with a lantern."""
    b.add("iron", lathe([(0.2, 0), (0.2, 0.08), (0.13, 0.16), (0.11, 0.6), (0.14, 0.64), (0.06, 0.74), (0.05, 2.9), (0.08, 2.94),
        (0.1, 3.0)], sides=12))
    b.add("glow", lathe([(0.1, 3.02), (0.15, 3.32)], sides=6))
    for k in range(6):
        a = k * np.pi / 3
        c, s = float(np.cos(a)), float(np.sin(a))
        b.add("iron", rod((0.108 * c, 3.0, 0.108 * s), (0.16 * c, 3.34, 0.16 * s), 0.012, sides=5))
    b.add("iron", lathe([(0.2, 3.33), (0.2, 3.36), (0.07, 3.5), (0.03, 3.52), (0.03, 3.6)], sides=6))
    b.lamp((0, 3.15, 0), candela=30.0, range_m=16.0, color=(1.0, 0.66, 0.34))


def well(b: Bench) -> None:
    """Masonry, a roof on two posts, a bucket on its rope."""
    b.add("masonry", lathe([(0.78, 0), (0.8, 0.05), (0.76, 0.8), (0.8, 0.82), (0.8, 0.92), (0.56, 0.92), (0.56, 0.2), (0, 0.2)],
        sides=20))
    b.add("water", lathe([(0.565, 0.3), (0.565, 0.32), (0, 0.32)], sides=20))
    for x in (-0.68, 0.68):
        b.block("old wood", 0.12, 2.0, 0.12, (x, 0.3, 0))
    b.add("old wood", rod((-0.72, 1.6, 0), (0.72, 1.6, 0), 0.08, sides=10))
    b.add("rope", lathe([(0.1, -0.2), (0.1, 0.2)], sides=10).turned(z=np.pi / 2).moved(y=1.6),
        rod((0, 1.55, 0.09), (0, 1.1, 0.09), 0.014, sides=5))
    b.add("wood", lathe([(0.1, 0.82), (0.13, 1.06), (0.11, 1.06), (0.09, 0.86), (0, 0.86)], sides=12).moved(z=0.09))
    b.add("iron", tube([(0.72, 1.6, 0), (0.86, 1.6, 0), (0.86, 1.36, 0), (0.98, 1.36, 0)], 0.016, sides=6))
    for s in (-1, 1):
        b.block("red wood", 1.9, 0.05, 0.85, (0, 2.35, s * 0.34), tilt=s * 0.62)
    for x in (-0.68, 0.68):
        b.add("old wood", wedge(1.1, 0.42, 0.08).turned(y=np.pi / 2).moved(x, 2.1, 0))


def cart(b: Bench) -> None:
    """Two wheels and a shaft."""
    b.block("wood", 1.1, 0.07, 1.9, (0, 0.62, 0))
    for x in (-0.55, 0.55):
        for y in (0.74, 0.92):
            b.block("wood", 0.04, 0.13, 1.9, (x, y, 0))
        for z in (-0.9, 0.0, 0.9):
            b.block("dark wood", 0.06, 0.5, 0.06, (x, 0.6, z))
        b.add("wood", rod((x * 0.8, 0.62, 0.9), (x * 0.75, 0.5, 2.6), 0.04, sides=7))
    for y in (0.74, 0.92):
        b.block("wood", 1.06, 0.13, 0.04, (0, y, -0.93))
    b.add("dark wood", rod((-0.85, 0.5, -0.1), (0.85, 0.5, -0.1), 0.05, sides=8))
    for x in (-0.76, 0.76):
        wheel(b, 0.5, (x, 0.5, -0.1))


def wheel(b: Bench, radius: float, at: tuple[float, float, float]) -> None:
    """A wheel with spokes, its axle along x."""
    x, y, z = at
    b.add("dark wood", ring(radius - 0.045, 0.045, sides=20, around=6).turned(z=np.pi / 2).moved(x, y, z))
    b.add("iron", ring(radius - 0.004, 0.012, sides=20, around=6).scaled(1, 2.6, 1).turned(z=np.pi / 2).moved(x, y, z))
    b.add("dark wood", lathe([(0.07, -0.08), (0.08, 0), (0.07, 0.08)], sides=10).turned(z=np.pi / 2).moved(x, y, z))
    for k in range(8):
        a = k * np.pi / 4
        b.add("wood", rod((x, y, z), (x, y + (radius - 0.03) * float(np.cos(a)), z + (radius - 0.03) * float(np.sin(a))), 0.022,
            sides=5))


def wheelbarrow(b: Bench) -> None:
    """One wheel, two handles."""
    b.add("wood", prism([(-0.45, 0.35), (0.5, 0.35), (0.72, 0.68), (-0.55, 0.68)], 0.55).turned(y=-np.pi / 2))
    b.add("earth", lathe([(0.26, 0.66), (0.2, 0.74), (0, 0.8)], sides=10).scaled(0.9, 1, 1.6).moved(z=0.05))
    for x in (-0.24, 0.24):
        b.add("old wood", rod((x, 0.38, -1.15), (x * 0.3, 0.3, 0.85), 0.03, sides=7),
            rod((x, 0.38, -0.35), (x, 0.0, -0.42), 0.028, sides=6))
    wheel(b, 0.26, (0, 0.26, 0.78))


def fence(b: Bench) -> None:
    """Two metres of pickets along x."""
    for x in (-0.95, 0.95):
        b.block("old wood", 0.1, 1.15, 0.1, (x, -0.1, 0))
    for y in (0.3, 0.78):
        b.block("old wood", 2.0, 0.08, 0.04, (0, y, -0.03))
    for k in range(11):
        x, high = -0.9 + 0.18 * k, 0.98 + 0.04 * float(b.random.uniform(-1, 1))
        b.add("old wood", prism([(-0.05, 0.04), (0.05, 0.04), (0.05, high - 0.07), (0, high), (-0.05, high - 0.07)], 0.025)
              .turned(z=float(b.random.normal(0, 0.012))).moved(x, 0, 0.005))  # fmt: skip


def gate(b: Bench) -> None:
    """A field gate of 2.4 m between two posts."""
    for x in (-1.3, 1.3):
        b.block("old wood", 0.2, 1.5, 0.2, (x, -0.15, 0), bevel=0.03)
    for y in (0.2, 0.48, 0.76, 1.04):
        b.block("wood", 2.3, 0.1, 0.045, (0, y, 0))
    for x in (-1.1, 0, 1.1):
        b.block("wood", 0.1, 1.0, 0.05, (x, 0.16, 0.03))
    b.add("wood", rod((-1.1, 0.22, -0.035), (1.1, 1.08, -0.035), 0.035, sides=6))


def stone_wall(b: Bench) -> None:
    """Two metres of stones without mortar, along x."""
    for row in range(4):
        x = -1.0 + (0.12 if row % 2 else 0)
        while x < 0.95:
            wide = float(b.random.uniform(0.2, 0.42))
            wide = min(wide, 1.0 - x)
            b.block("stone", wide - 0.015, 0.24, 0.42 - 0.03 * row + 0.05 * float(b.random.uniform()),
                (x + wide / 2, 0.225 * row - 0.08, 0), bevel=0.045,
                    turn=float(b.random.normal(0, 0.03)))  # fmt: skip
            x += wide


def signpost(b: Bench) -> None:
    """With three arms."""
    b.block("old wood", 0.12, 2.5, 0.12, (0, 0, 0))
    for k, (y, turn) in enumerate(((2.2, 0.2), (1.95, 2.6), (1.7, -1.1))):
        long = 0.75 + 0.1 * k
        b.add("wood", prism([(0.04, -0.09), (long, -0.09), (long + 0.13, 0), (long, 0.09), (0.04, 0.09)],
            0.035).turned(y=turn).moved(0, y, 0))
    b.add("iron", lathe([(0.1, 2.5), (0.03, 2.58)], sides=8))


def bridge_rail(b: Bench) -> None:
    """Two metres of railing along x."""
    for x in (-0.95, 0.95):
        b.block("pale stone", 0.2, 1.05, 0.24, (x, 0, 0), bevel=0.02)
        b.block("pale stone", 0.26, 0.08, 0.3, (x, 1.05, 0))
    b.block("pale stone", 1.7, 0.14, 0.22, (0, 0, 0))
    b.block("pale stone", 1.7, 0.12, 0.22, (0, 0.84, 0))
    for k in range(5):
        b.add("pale stone", lathe([(0.06, 0.14), (0.09, 0.3), (0.045, 0.5), (0.05, 0.74), (0.07, 0.84)],
            sides=10).moved(-0.64 + 0.32 * k))


def fountain(b: Bench) -> None:
    """A basin with a bowl on a column."""
    b.add("pale stone", lathe([(1.7, 0), (1.7, 0.1), (1.55, 0.14), (1.55, 0.5), (1.68, 0.54), (1.68, 0.62), (1.35, 0.62),
        (1.35, 0.2), (0, 0.2)], sides=24))
    b.add("water", lathe([(1.352, 0.42), (1.352, 0.48), (0, 0.48)], sides=24))
    b.add("pale stone", lathe([(0.3, 0.2), (0.22, 0.6), (0.14, 1.1), (0.2, 1.3), (0.7, 1.52), (0.74, 1.6), (0.62, 1.6),
        (0.12, 1.44), (0.1, 1.9), (0.16, 1.98), (0, 2.1)], sides=20))
    b.add("water", lathe([(0.56, 1.53), (0.56, 1.565), (0, 1.565)], sides=20))


def market_stall(b: Bench) -> None:
    """A table of goods under a striped roof."""
    for x in (-1.1, 1.1):
        for z, high in ((-0.6, 2.45), (0.75, 2.1)):
            b.block("wood", 0.08, high, 0.08, (x, 0, z))
    b.block("wood", 2.2, 0.06, 1.0, (0, 0.82, 0.1))
    b.block("old wood", 2.2, 0.5, 0.04, (0, 0.3, 0.58))
    for k in range(8):
        b.block("red cloth" if k % 2 else "linen", 0.325, 0.025, 1.9, (-1.1375 + 0.325 * k, 2.28, 0.1), tilt=0.26, bevel=0.005)
        b.block("red cloth" if k % 2 else "linen", 0.325, 0.2, 0.02, (-1.1375 + 0.325 * k, 1.86, 1.01), bevel=0.005)
    for k, kind in enumerate(("fruit", "leaf", "flower", "fish", "fruit")):
        x = -0.86 + 0.43 * k
        b.block("old wood", 0.38, 0.12, 0.6, (x, 0.88, 0.15), bevel=0.008)
        for _ in range(9):
            dx, dz = b.random.uniform(-0.13, 0.13), b.random.uniform(-0.24, 0.24)
            b.add(kind, ball(0.055, sides=8).scaled(1, 1, 1.9 if kind == "fish" else 1).moved(x + float(dx),
                1.01 + 0.03 * float(b.random.uniform()), 0.15 + float(dz)))


def haystack(b: Bench) -> None:
    """Taller than a man."""
    b.add("straw", lathe([(1.1, 0), (1.35, 0.5), (1.3, 1.1), (0.85, 1.8), (0.3, 2.25), (0.0, 2.35)], sides=18))
    b.add("old wood", rod((0, 2.2, 0), (0.04, 2.75, 0.02), 0.035, sides=6))


def ladder(b: Bench) -> None:
    """Three metres, leaning back a little."""
    for x in (-0.22, 0.22):
        b.add("wood", rod((x, 0, 0), (x, 3.0, -0.75), 0.032, sides=7))
    for k in range(10):
        y = 0.28 + 0.28 * k
        b.add("old wood", rod((-0.22, y, -0.25 * y), (0.22, y, -0.25 * y), 0.02, sides=6))


def trough(b: Bench) -> None:
    """Stone, with water."""
    for x in (-0.85, 0.85):
        b.block("stone", 0.12, 0.5, 0.6, (x, 0, 0), bevel=0.02)
    for z in (-0.25, 0.25):
        b.block("stone", 1.6, 0.5, 0.1, (0, 0, z), bevel=0.02)
    b.block("stone", 1.6, 0.15, 0.42, (0, 0, 0))
    b.block("water", 1.6, 0.03, 0.42, (0, 0.36, 0), bevel=0.0)


def beehive(b: Bench) -> None:
    """Straw rings on a stool."""
    b.block("old wood", 0.6, 0.05, 0.6, (0, 0.4, 0))
    for x in (-0.22, 0.22):
        for z in (-0.22, 0.22):
            b.block("old wood", 0.06, 0.4, 0.06, (x, 0, z))
    for k in range(7):
        b.add("straw", ring(0.26 - 0.004 * k * k, 0.045, sides=16, around=6).moved(y=0.49 + 0.07 * k))
    b.add("straw", ball(0.16, sides=12, squash=0.8).moved(y=0.85))
    b.block("black", 0.09, 0.05, 0.02, (0, 0.46, 0.285), bevel=0.004)


def scarecrow(b: Bench) -> None:
    """A cross in a coat."""
    b.add("old wood", rod((0, 0, 0), (0, 1.9, 0), 0.035, sides=7), rod((-0.75, 1.45, 0), (0.75, 1.45, 0), 0.03, sides=7))
    b.add("blue cloth", lathe([(0.3, 0.75), (0.24, 1.2), (0.26, 1.45), (0.1, 1.55)], sides=12).scaled(1, 1, 0.6))
    for s in (-1, 1):
        b.add("blue cloth", tube([(s * 0.15, 1.46, 0), (s * 0.62, 1.43, 0)], [0.11, 0.09], sides=9))
        b.add("straw", tube([(s * 0.6, 1.43, 0), (s * 0.78, 1.4, 0)], [0.06, 0.03], sides=7))
    b.add("linen", ball(0.15, sides=12, squash=1.15).moved(y=1.76))
    b.add("straw", lathe([(0.3, 1.84), (0.3, 1.865), (0.14, 1.88), (0.12, 2.05), (0.0, 2.08)], sides=14))


def woodpile(b: Bench) -> None:
    """Logs between posts."""
    for x in (-0.95, 0.95):
        b.block("old wood", 0.09, 1.15, 0.09, (x, 0, 0))
    for row in range(5):
        for k in range(9 - row % 2):
            r = 0.1 + 0.008 * float(b.random.normal())
            x = -0.8 + 0.2 * k + (0.1 if row % 2 else 0)
            b.add("bark", rod((x, 0.1 + 0.175 * row, -0.3), (x, 0.1 + 0.175 * row, 0.3), min(r, 0.115), sides=8))
            b.add("wood", rod((x, 0.1 + 0.175 * row, 0.296), (x, 0.1 + 0.175 * row, 0.305), 0.085, sides=8))


def campfire(b: Bench) -> None:
    """Logs in a ring of stones, burning."""
    for k in range(10):
        a = k * 2 * np.pi / 10
        r = 0.1 + 0.03 * float(b.random.uniform())
        b.add("stone", ball(r, sides=8, squash=0.75).moved(0.55 * float(np.cos(a)), 0.05, 0.55 * float(np.sin(a))))
    for k in range(6):
        a = k * np.pi / 3 + 0.3
        c, s = float(np.cos(a)), float(np.sin(a))
        b.add("bark", rod((0.42 * c, 0.04, 0.42 * s), (-0.06 * c, 0.42, -0.06 * s), 0.05, sides=7))
    for k in range(5):
        a = k * 1.26
        x, z, h = 0.1 * float(np.cos(a)), 0.1 * float(np.sin(a)), 0.3 + 0.3 * float(b.random.uniform())
        b.add("flame", lathe([(0.03, 0.1), (0.07, 0.2), (0.0, 0.1 + h)], sides=6).moved(x, 0, z))
    b.lamp((0, 0.9, 0), candela=22.0, range_m=14.0, color=(1.0, 0.5, 0.2))


def tent(b: Bench) -> None:
    """Canvas over a pole, closed behind."""
    b.add("linen", prism([(-1.3, 0.0), (-1.2, 0.0), (0.0, 1.86), (1.2, 0.0), (1.3, 0.0), (0.0, 2.0)], 2.6))
    b.add("linen", prism([(-1.2, 0.0), (1.2, 0.0), (0.0, 1.88)], 0.04).moved(z=-1.25))
    for z in (-1.3, 1.35):
        b.add("wood", rod((0, 0, z), (0, 2.15, z), 0.035, sides=7))
    for x in (-1.0, 1.0):
        b.add("rope", rod((0, 2.1, 1.35), (x * 0.5, 0.0, 2.5), 0.01, sides=4))


def torch(b: Bench) -> None:
    """To stick into the ground."""
    b.add("wood", tube([(0, -0.2, 0), (0, 1.7, 0)], [0.03, 0.045], sides=7))
    b.add("iron", lathe([(0.06, 1.62), (0.1, 1.82), (0.08, 1.82), (0.05, 1.68), (0, 1.68)], sides=8))
    b.add("flame", lathe([(0.06, 1.76), (0.09, 1.86), (0.05, 2.0), (0.0, 2.14)], sides=7))
    b.lamp((0, 2.0, 0), candela=16.0, range_m=12.0, color=(1.0, 0.5, 0.2))


def gravestone(b: Bench) -> None:
    """Round above, sunk a little."""
    turn = np.linspace(0, np.pi, 9)
    arch = [(0.3 * float(np.cos(a)), 0.75 + 0.28 * float(np.sin(a))) for a in turn]
    b.add("stone", prism([(0.3, -0.1), *arch, (-0.3, -0.1)], 0.13).turned(x=float(b.random.normal(0, 0.04)),
        z=float(b.random.normal(0, 0.05))))
    b.block("stone", 0.8, 0.12, 0.34, (0, -0.02, 0), bevel=0.03)


def stone_lantern(b: Bench) -> None:
    """As in gardens of the east."""
    b.add("stone", lathe([(0.32, 0), (0.3, 0.12), (0.13, 0.2), (0.12, 0.9), (0.28, 1.0), (0.3, 1.08)], sides=6))
    b.add("glow", lathe([(0.13, 1.1), (0.13, 1.34)], sides=6))
    for k in range(6):
        a = k * np.pi / 3
        b.add("stone", rod((0.2 * float(np.cos(a)), 1.07, 0.2 * float(np.sin(a))),
            (0.2 * float(np.cos(a)), 1.37, 0.2 * float(np.sin(a))), 0.04, sides=6))
    b.add("stone", lathe([(0.44, 1.36), (0.46, 1.42), (0.2, 1.56), (0.08, 1.62), (0.1, 1.7), (0.0, 1.82)], sides=6))
    b.lamp((0, 1.25, 0), candela=8.0, range_m=8.0)


def paper_lantern(b: Bench) -> None:
    """Red, on a pole."""
    b.add("dark wood", tube([(0, 0, 0), (0, 2.6, 0)], 0.04, sides=8))
    b.add("dark wood", rod((0, 2.5, 0), (0.55, 2.56, 0), 0.025, sides=6))
    b.add("red glow", lathe([(0.1, 1.86), (0.2, 1.96), (0.23, 2.1), (0.2, 2.24), (0.1, 2.34)], sides=14).moved(0.48))
    for y in (1.84, 2.33):
        b.add("dark wood", lathe([(0.1, y), (0.1, y + 0.04)], sides=10).moved(0.48))
    b.add("brass", rod((0.48, 2.36, 0), (0.48, 2.55, 0), 0.008, sides=4), lathe([(0.03, 1.6), (0.015, 1.84)], sides=6).moved(0.48))
    b.lamp((0.48, 2.05, 0.4), candela=9.0, range_m=9.0, color=(1.0, 0.35, 0.16))


def paifang(b: Bench) -> None:
    """A gate over a street of the east, along x, 4.4 m wide."""
    for x in (-2.2, 2.2):
        b.add("red wood", tube([(x, 0, 0), (x, 4.6, 0)], 0.18, sides=14))
        b.add("stone", lathe([(0.36, 0), (0.36, 0.3), (0.26, 0.42)], sides=14).moved(x))
    for y, wide in ((3.4, 5.0), (4.2, 5.4)):
        b.block("red wood", wide, 0.26, 0.22, (0, y, 0))
    b.block("blue wood", 1.6, 0.5, 0.1, (0, 3.68, 0.05))
    for k, (y, wide) in enumerate(((4.55, 6.0), (5.15, 4.0))):
        curve = np.linspace(-1, 1, 11)
        top = [(wide / 2 * float(t), 0.38 + 0.3 * float(abs(t)) ** 3) for t in curve]
        low = [(wide / 2 * float(t), 0.1 + 0.3 * float(abs(t)) ** 3) for t in curve[::-1]]
        b.add("green wood", prism(low[::-1] + top[::-1], 0.9 - 0.2 * k).moved(y=y - 0.1))
        b.block("dark wood", wide * 0.75, 0.14, 0.5, (0, y - 0.12, 0))
    b.lamp((0, 3.0, 0), candela=6.0, range_m=9.0, color=(1.0, 0.5, 0.25))
