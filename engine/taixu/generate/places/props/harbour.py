"""What belongs to water: boats, nets, buoys, piers."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.solids import Solid, ball, box, lathe, prism, ring, rod, tube

__all__ = ["anchor", "bollard", "buoy", "cannon", "crane", "fish_rack", "jetty", "lobster_pot", "net_rack", "parasol", "rowboat",
    "sailboat", "sampan",
           "sun_lounger"]  # fmt: skip


def shell(long: float, wide: float, high: float, *, thick: float = 0.05, rise: float = 0.25, blunt: float = 0.0) -> Solid:
    """An open hull along z, bow at +z: outer and inner skin joined at the rim, closed."""
    stations, around = 15, 11
    t = np.linspace(-1, 1, stations)
    half = wide / 2 * np.clip(1 - np.abs(t) ** 2.4 * np.where(t > 0, 1.0, 1 - blunt), 0.02, 1) ** 0.75
    keel = high * np.clip(np.abs(t) ** 3 * np.where(t > 0, 0.75, 0.4), 0, 0.9)
    rim = high + rise * np.abs(t) ** 2.2 * np.where(t > 0, 1.0, 0.55)
    turn = np.linspace(-np.pi / 2, np.pi / 2, around)

    def skin(inset: float) -> np.ndarray:
        rows = []
        for k in range(stations):
            w, low = max(half[k] - inset, 0.006), min(keel[k] + inset, rim[k] - 0.02)
            x = w * np.sign(np.sin(turn)) * np.abs(np.sin(turn)) ** 0.55
            y = rim[k] - (rim[k] - low) * np.cos(turn) ** 0.6
            z = np.full(around, t[k] * (long / 2 - inset))
            rows.append(np.stack([x, y, z], 1))
        return np.concatenate(rows)

    outer, inner = skin(0.0), skin(thick)
    n = len(outer)
    i, j = (grid.ravel() for grid in np.meshgrid(np.arange(stations - 1), np.arange(around - 1), indexing="ij"))
    a = i * around + j
    quads = np.concatenate([np.stack([a, a + 1, a + around + 1], 1), np.stack([a, a + around + 1, a + around], 1)])
    directed = {(int(p), int(q)) for face in quads[:, ::-1] for p, q in zip(face, np.roll(face, -1), strict=True)}
    rim_edges = sorted((p, q) for p, q in directed if (q, p) not in directed)
    strip = [(q, p, p + n) for p, q in rim_edges] + [(q, p + n, q + n) for p, q in rim_edges]
    triangles = np.concatenate([quads[:, ::-1], quads + n, np.array(strip)])
    solid = Solid(np.concatenate([outer, inner]), triangles)
    corners = solid.points[solid.triangles]
    volume = float(np.einsum("ij,ij->i", corners[:, 0], np.cross(corners[:, 1], corners[:, 2])).sum())
    return solid if volume > 0 else Solid(solid.points, solid.triangles[:, ::-1])


def rowboat(b: Bench) -> None:
    """With benches and oars."""
    b.add("blue wood", shell(3.8, 1.45, 0.55))
    for z in (-0.9, 0.1, 1.0):
        b.block("wood", 1.16 - 0.2 * abs(z), 0.04, 0.24, (0, 0.38, z))
    for x in (-0.3, 0.3):
        b.add("wood", rod((x, 0.45, -1.2), (x * 1.2, 0.5, 1.1), 0.022, sides=6))
        b.block("wood", 0.13, 0.02, 0.5, (x, 0.44, -1.35))


def sailboat(b: Bench) -> None:
    """A fishing boat with a cabin and a furled sail."""
    b.add("white wood", shell(6.4, 2.2, 1.1, rise=0.5, blunt=0.6))
    b.block("wood", 1.7, 0.05, 4.4, (0, 0.72, -0.3))
    b.block("white wood", 1.3, 0.85, 1.5, (0, 0.75, -0.9), bevel=0.03)
    b.block("red wood", 1.5, 0.08, 1.75, (0, 1.6, -0.9))
    for x in (-0.66, 0.66):
        b.block("glass", 0.02, 0.35, 0.8, (x, 1.1, -0.9), bevel=0.004)
    b.block("glass", 0.9, 0.35, 0.02, (0, 1.1, -0.14), bevel=0.004)
    b.add("wood", tube([(0, 0.7, 0.7), (0, 5.6, 0.7)], [0.08, 0.04], sides=8))
    b.add("wood", rod((0, 1.9, 0.7), (0, 2.0, -2.2), 0.045, sides=7))
    b.add("linen", tube([(0, 2.03, 0.5), (0.03, 2.08, -0.8), (0, 2.1, -2.1)], [0.1, 0.14, 0.06], sides=8))
    for z in (3.0, -2.9):
        b.add("rope", rod((0, 5.5, 0.7), (0, 1.4, z), 0.01, sides=4))


def sampan(b: Bench) -> None:
    """A flat boat with a mat roof."""
    b.add("dark wood", shell(4.6, 1.3, 0.5, rise=0.4, blunt=0.75))
    turn = np.linspace(0, np.pi, 10)
    outside = [(0.6 * float(np.cos(a)), 0.5 + 0.8 * float(np.sin(a))) for a in turn]
    inside = [(0.56 * float(np.cos(a)), 0.5 + 0.76 * float(np.sin(a))) for a in turn[::-1]]
    b.add("straw", prism(outside + inside, 1.6).moved(z=-0.3))
    b.block("wood", 1.0, 0.04, 3.0, (0, 0.26, 0))
    b.add("wood", rod((0.3, 0.35, -2.2), (0.25, 0.9, 1.2), 0.025, sides=6))


def net_rack(b: Bench) -> None:
    """Nets that dry over a rail."""
    for x in (-1.5, 0.0, 1.5):
        b.add("old wood", rod((x, 0, -0.45), (x, 1.75, 0.03), 0.045, sides=7), rod((x, 0, 0.45), (x, 1.75, -0.03), 0.045, sides=7))
    b.add("old wood", rod((-1.7, 1.66, 0), (1.7, 1.66, 0), 0.045, sides=8))
    for side in (-1, 1):
        for k in range(13):
            x = -1.45 + 0.24 * k
            low = 0.45 + 0.16 * float(np.sin(k * 1.3))
            b.add("rope", rod((x, 1.7, side * 0.02), (x + 0.06 * float(b.random.normal()), low, side * 0.34), 0.009, sides=4))
        for k in range(6):
            y = 1.55 - 0.18 * k
            z = side * (0.05 + (1.7 - y) * 0.27)
            b.add("rope", rod((-1.47, y, z), (1.47, y + 0.04 * float(b.random.normal()), z), 0.008, sides=4))
    for k in range(6):
        b.add("orange paint", ball(0.06, sides=8).moved(-1.3 + 0.5 * k, 0.62, 0.33))


def fish_rack(b: Bench) -> None:
    """Fish hung up to dry."""
    for x in (-1.2, 1.2):
        b.block("old wood", 0.09, 2.0, 0.09, (x, 0, 0))
    for y, z in ((1.9, 0.0), (1.45, 0.0)):
        b.add("old wood", rod((-1.3, y, z), (1.3, y, z), 0.035, sides=7))
        for k in range(12):
            x = -1.05 + 0.19 * k
            b.add("fish", lathe([(0.0, -0.34), (0.04, -0.26), (0.045, -0.15), (0.02, -0.05), (0.035, 0.0)], sides=7).scaled(1, 1,
                0.5).moved(x, y - 0.02, z))


def buoy(b: Bench) -> None:
    """A cone on a float."""
    b.add("red paint", lathe([(0.3, 0), (0.5, 0.1), (0.5, 0.35), (0.36, 0.42), (0.1, 1.5)], sides=16))
    b.add("white paint", lathe([(0.26, 0.74), (0.265, 0.75), (0.205, 1.05), (0.2, 1.05)], sides=16))
    b.add("iron", rod((0, 1.45, 0), (0, 1.75, 0), 0.025, sides=6),
        ring(0.1, 0.02, sides=12, around=5).turned(x=np.pi / 2).moved(y=1.85))


def lobster_pot(b: Bench) -> None:
    """Hoops and a net on a board."""
    b.block("old wood", 0.5, 0.04, 0.9, (0, 0.02, 0))
    turn = np.linspace(0, np.pi, 9)
    for z in (-0.42, 0.0, 0.42):
        b.add("wood", tube([(0.25 * float(np.cos(a)), 0.05 + 0.34 * float(np.sin(a)), z) for a in turn], 0.016, sides=5))
    for a in np.linspace(0.15, np.pi - 0.15, 9):
        x, y = 0.25 * float(np.cos(a)), 0.05 + 0.34 * float(np.sin(a))
        b.add("rope", rod((x, y, -0.43), (x, y, 0.43), 0.008, sides=4))
    b.add("rope", ring(0.12, 0.015, sides=12, around=5).turned(x=np.pi / 2).moved(0, 0.2, 0.43))


def anchor(b: Bench) -> None:
    """Rusty, leaning back."""
    lean = -0.35
    parts = [rod((0, 0.1, 0), (0, 1.35, 0), 0.055, sides=8), rod((-0.4, 1.15, 0), (0.4, 1.15, 0), 0.04, sides=8),
             ring(0.11, 0.03, sides=14, around=6).turned(x=np.pi / 2).moved(y=1.48)]  # fmt: skip
    turn = np.linspace(np.pi * 1.08, np.pi * 1.92, 9)
    parts.append(tube([(0.55 * float(np.cos(a)), 0.62 + 0.55 * float(np.sin(a)), 0) for a in turn],
        [0.035, 0.05, 0.06, 0.065, 0.07, 0.065, 0.06, 0.05, 0.035], sides=8))
    for s in (-1, 1):
        parts.append(prism([(0, 0), (0.2, 0.06), (0.0, 0.3), (-0.04, 0.02)], 0.05).scaled(s, 1, 1) if s > 0 else
                     prism([(0, 0), (-0.2, 0.06), (0.0, 0.3), (0.04, 0.02)], 0.05))  # fmt: skip
        parts[-1] = parts[-1].moved(s * 0.5, 0.38, 0)
    b.add("rust", *[part.turned(x=lean).moved(y=0.02) for part in parts])


def bollard(b: Bench) -> None:
    """To tie ships to."""
    b.add("iron", lathe([(0.24, 0), (0.24, 0.05), (0.16, 0.1), (0.15, 0.4), (0.22, 0.48), (0.22, 0.54), (0.12, 0.6)], sides=14))
    b.add("rope", ring(0.185, 0.035, sides=16, around=6).moved(y=0.2), ring(0.19, 0.035, sides=16, around=6).moved(y=0.26))


def jetty(b: Bench) -> None:
    """Six metres of planks on piles, along z; its deck at a height of 0."""
    for k in range(20):
        b.block("old wood", 2.0, 0.06, 0.27, (0.02 * float(b.random.normal()), -0.06, -2.85 + 0.3 * k), bevel=0.01)
    for x in (-0.8, 0.8):
        b.block("old wood", 0.14, 0.18, 6.0, (x, -0.24, 0))
        for z in (-2.6, 0.0, 2.6):
            b.add("bark", tube([(x, -4.5, z), (x, 0.35 if x > 0 else -0.1, z)], 0.12, sides=9))


def crane(b: Bench) -> None:
    """For a quay, on four legs."""
    for x in (-1.6, 1.6):
        for z in (-1.6, 1.6):
            b.block("yellow paint", 0.3, 5.0, 0.3, (x, 0, z))
        b.block("yellow paint", 0.25, 0.3, 3.2, (x, 2.6, 0))
    b.block("yellow paint", 3.6, 0.5, 3.6, (0, 5.0, 0))
    b.block("blue paint", 2.0, 1.9, 2.4, (0, 5.5, -0.6), bevel=0.05)
    b.block("glass", 1.4, 0.8, 0.05, (0, 6.2, 0.6))
    for x in (-0.4, 0.4):
        b.add("yellow paint", rod((x, 6.2, 0.6), (x * 0.4, 12.0, 8.0), 0.12, sides=6))
    for k in range(7):
        t = k / 7
        y, z, w = 6.2 + 5.8 * t, 0.6 + 7.4 * t, 0.4 * (1 - 0.6 * t)
        b.add("yellow paint", rod((-w, y, z), (w, y + 0.6, z + 0.8), 0.05, sides=5))
    b.add("black", rod((0, 12.0, 8.0), (0, 4.6, 8.0), 0.025, sides=5), rod((0, 7.4, -0.6), (0, 12.0, 8.0), 0.025, sides=5))
    b.add("iron", tube([(0, 4.6, 8.0), (0, 4.2, 8.0), (0.15, 4.05, 8.0), (0.25, 4.25, 8.0)], 0.06, sides=7))


def parasol(b: Bench) -> None:
    """For a beach."""
    b.add("white wood", rod((0, -0.3, 0), (0, 2.35, 0), 0.03, sides=8))
    for k in range(8):
        a, c = k * np.pi / 4, (k + 1) * np.pi / 4
        top = np.array([0.0, 2.45, 0.0])
        edge = [np.array([1.5 * np.cos(t), 1.95, 1.5 * np.sin(t)]) for t in (a, c)]
        points = np.stack([top, edge[0], edge[1]])
        points = np.concatenate([points, points - (0, 0.03, 0)])
        faces = np.array([(0, 2, 1), (3, 4, 5), (0, 1, 4), (0, 4, 3), (1, 2, 5), (1, 5, 4), (2, 0, 3), (2, 3, 5)])
        b.add("red cloth" if k % 2 else "linen", Solid(points, faces))


def sun_lounger(b: Bench) -> None:
    """Slats and a raised back."""
    for k in range(9):
        b.block("wood", 0.62, 0.03, 0.1, (0, 0.3, -0.1 + 0.13 * k), bevel=0.006)
    b.add("linen", box(0.6, 0.06, 0.75, bevel=0.02).turned(x=0.6).moved(0, 0.52, -0.45))
    b.block("linen", 0.6, 0.05, 1.1, (0, 0.33, 0.4), bevel=0.02)
    for x in (-0.3, 0.3):
        b.block("wood", 0.05, 0.06, 1.9, (x, 0.26, 0.15))
        for z in (-0.6, 0.95):
            b.block("wood", 0.05, 0.28, 0.05, (x, 0, z))


def cannon(b: Bench) -> None:
    """For a rampart."""
    b.add("iron", lathe([(0.0, -0.12), (0.05, -0.1), (0.05, 0.0), (0.17, 0.02), (0.18, 0.3), (0.14, 0.9), (0.13, 1.5), (0.16, 1.55),
        (0.16, 1.65), (0.07, 1.65), (0.07, 1.4), (0, 1.4)], sides=14)
          .turned(x=np.pi / 2 - 0.12).moved(0, 0.55, -0.6))  # fmt: skip
    for x in (-0.22, 0.22):
        b.block("dark wood", 0.08, 0.32, 1.1, (x, 0.2, -0.15))
        for z in (-0.5, 0.25):
            b.add("dark wood", lathe([(0.16, -0.05), (0.16, 0.05)], sides=12).turned(z=np.pi / 2).moved(x * 1.35, 0.16, z))
