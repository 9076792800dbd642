"""Things that cartoons wear: glasses, scarves, capes, wings, beards and more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.colors import darker, lighter
from taixu.generate.avatars.cartoon.face import head_canvas
from taixu.generate.avatars.cartoon.nets import Skin, ellipsoid, sheet, tube
from taixu.generate.avatars.cartoon.solids import Solid, ball, box, cone, joined_solids, limb, ring, slab_between, turned, turning
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["ACCESSORIES"]

Floats = NDArray[np.float64]


def _accent(work: Workshop, usual: str) -> str:
    return work.spec.accent or usual


def _eyes(work: Workshop) -> tuple[float, float, float, float]:
    """Where eyes are and how large, in heights of the head: x, y, half width, half height."""
    layout, spec = work.layout, work.spec
    size = 0.68 + 0.64 * spec.eye_size
    return max(layout.eye_x * (0.78 + 0.44 * spec.eye_space), 1.1 * layout.eye_w
               * size), layout.eye_y, layout.eye_w * size, layout.eye_h * size


def _loop(work: Workshop, shape: Callable[[Floats], Floats], middle: tuple[float, float], size: tuple[float, float], color: str, *,
          thick: float = 0.014,
          lift: float = 0.05) -> None:  # fmt: skip
    """A closed frame before the head."""
    s = work.frame.head_m
    turn = np.linspace(0.0, 2 * np.pi, 33)
    unit = shape(turn)
    flat = np.array(middle) + unit * size
    canvas = head_canvas(work)
    on = canvas.on(flat * s + work.frame.middle[:2])
    depth = float(np.quantile(on[:, 2], 0.75)) + lift * s
    path = np.concatenate([on[:, :2], (0.45 * on[:, 2:] + 0.55 * depth + 0.35 * lift * s)], 1)
    work.add(tube(path, np.full(33, thick * s), 7), color, bone="head")


def _circle(turn: Floats) -> Floats:
    return np.stack([np.cos(turn), np.sin(turn)], 1)


def _square(turn: Floats) -> Floats:
    round_ = _circle(turn)
    return np.asarray(np.sign(round_) * np.abs(round_) ** 0.45)


def _glasses(work: Workshop, shape: Callable[[Floats], Floats], usual: str, *, fill: str = "", grow: float = 1.45) -> None:
    s = work.frame.head_m
    x, y, w, h = _eyes(work)
    size = min(max(w, 0.86 * h) * grow, x * 0.97)
    color = _accent(work, usual)
    canvas = head_canvas(work)
    for sign in (1.0, -1.0):
        _loop(work, shape, (sign * x, y), (size, size), color)
        if fill:
            unit = np.concatenate([np.zeros((1, 2)), shape(np.linspace(0, 2 * np.pi, 28, endpoint=False))])
            flat = (np.array((sign * x, y)) + unit * size) * s + work.frame.middle[:2]
            on = canvas.on(flat)
            depth = float(np.quantile(on[:, 2], 0.75)) + 0.05 * s
            points = np.concatenate([on[:, :2], 0.45 * on[:, 2:] + 0.55 * depth + 0.02 * s], 1)
            index = np.arange(1, 29)
            fan = np.stack([np.zeros(28, np.int64), index, np.roll(index, -1)], 1)
            work.add(Skin(points, np.broadcast_to((0.0, 0.0, 1.0), points.shape), fan), fill, bone="head", paint="drawn")
        temple = [canvas.on(np.array([[sign * (x + size), y]]) * s + work.frame.middle[:2])[0] + (0, 0, 0.022 * s)]
        temple += [work.on_head(sign * 0.50, y, 0.12), work.on_head(sign * 0.51, y - 0.01, -0.05)]
        work.add(tube(np.array(temple), np.full(3, 0.012 * s), 6), color, bone="head")
    bridge = np.array([[-(x - size), y + 0.02], [0.0, y + 0.035], [x - size, y + 0.02]])
    on = canvas.on(bridge * s + work.frame.middle[:2], 0.032 * s)
    work.add(tube(on, np.full(3, 0.012 * s), 6), color, bone="head")


def _patch(work: Workshop) -> None:
    s = work.frame.head_m
    x, y, w, h = _eyes(work)
    canvas = head_canvas(work)
    color = _accent(work, "#2b2024")
    unit = np.concatenate([np.zeros((1, 2)), *(r * _circle(np.linspace(0, 2 * np.pi, 24, endpoint=False)) for r in (0.6, 1.0))])
    flat = (np.array((x, y)) + unit * (1.45 * w, 1.22 * h)) * s + work.frame.middle[:2]
    lift = 0.026 * s * np.concatenate([[1.0], np.full(24, 0.95), np.full(24, 0.55)])
    a = 1 + np.arange(24)
    fan = np.stack([np.zeros(24, np.int64), a, np.roll(a, -1)], 1)
    rim = np.concatenate([np.stack([a, a + 24, np.roll(a, -1) + 24], 1), np.stack([a, np.roll(a, -1) + 24, np.roll(a, -1)], 1)])
    work.add(Skin(canvas.on(flat, lift), canvas.normals(flat), np.concatenate([fan, rim])), color, bone="head", paint="drawn")
    for a0, b0 in (((x + w, y + 0.6 * h), (0.50, y + 0.16)), ((x - w, y + h), (-0.40, 0.30))):
        strap = canvas.on((np.linspace(a0, b0, 8)) * s + work.frame.middle[:2], 0.012 * s)
        work.add(tube(strap, np.full(8, 0.013 * s), 6), color, bone="head")


def _scarf(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    color = _accent(work, "#d8443c")
    neck = frame.place("neck")[1]
    wide = max(0.80 * frame.chest, 0.155 * tall)
    work.add(ring((0.0, neck + 0.005 * tall, 0.012 * tall), wide, 0.060 * tall, deep=0.95), color, bone="upperChest", cell=0.026)
    for number, (x, long) in enumerate(((0.34, 0.30), (0.52, 0.24))):
        start = np.array((x * wide, neck - 0.01 * tall, 0.95 * wide))
        reach = float(_front(work.trunk, x * wide, neck - 0.5 * long * tall, tall))
        path = np.array([start + (0.02 * tall * k, -long * tall * k, (max(reach, start[2]) + 0.04 * tall
                                                                      - start[2]) * np.sin(0.5 * np.pi * k))
                         for k in np.linspace(0, 1, 7)])  # fmt: skip
        chain = work.chain(f"scarf {number + 1}", "upperChest", path[::2], stiffness=0.5, gravity=0.25, drag=0.35,
                           meets=("hips", "upperChest"),
                           hit_m=0.03 * tall)  # fmt: skip
        work.add(tube(path, tall * np.linspace(0.036, 0.050, 7), 8, flat=0.42), color, bone="upperChest", chains=(chain,))
        work.add(tube(path[-2:] + (0, -0.004 * tall, 0), np.array((0.0505, 0.053)) * tall, 8, flat=0.45), lighter(color, 0.6),
                 bone="upperChest", chains=(chain,))


def _front(solid: Solid, x: float, y: float, tall: float) -> float:
    z = np.linspace(0.9, 0.0, 300) * tall
    inside = solid.far(np.stack([np.full(300, x), np.full(300, y), z], 1)) < 0.0
    return float(z[inside.argmax()]) if inside.any() else 0.0


def _cape(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    color = _accent(work, "#c8374a")
    high, low = frame.place("neck")[1] + 0.0 * tall, 0.16 * frame.place("hips")[1]
    n, m = 9, 11
    across, down = np.meshgrid(np.linspace(-1, 1, m), np.linspace(0, 1, n))
    wide = (0.95 + 0.85 * down) * frame.chest
    x = across * wide
    back = -(0.80 * frame.chest * frame.kind.depth + 0.05 * tall + 0.20 * tall * down**1.3 + 0.55
             * (frame.belly - frame.chest) * np.sin(np.pi * np.clip(down * 1.3, 0, 1)).clip(0))
    z = back + 0.55 * frame.chest * np.abs(across) ** 2.4 * (1.0 - 0.6 * down) + 0.018 * tall * np.cos(across * 9.0) * down
    y = high - (high - low) * down - 0.03 * tall * np.abs(across) ** 2 * (1 - down)
    grid = np.stack([x, y, z], -1)
    chains = []
    for k in (0, 3, 7, 10):
        chains.append(work.chain(f"cape {k}", "upperChest", grid[[1, 4, 6, 8], k], stiffness=0.55, gravity=0.22, drag=0.4,
                                 meets=("hips", "upperChest",
                                 "leftUpperLeg", "rightUpperLeg"), hit_m=0.02 * tall))  # fmt: skip
    work.add(sheet(grid[:, ::-1], 0.020 * tall), color, bone="upperChest", chains=chains)
    work.add(ring((0.0, high + 0.005 * tall, 0.0), 0.80 * frame.chest, 0.032 * tall, deep=0.95), darker(color, 0.15),
             bone="upperChest", cell=0.023)
    clasp = np.array((0.0, high - 0.01 * tall, 0.80 * frame.chest))
    work.add(ellipsoid(clasp, np.array((0.036, 0.036, 0.022)) * tall), "#f2c14e", bone="upperChest")


def _wing_pair(work: Workshop, grid: Callable[[Floats, Floats], Floats], color: str, thick: float, *, rows: int = 7,
               columns: int = 9) -> None:
    frame, tall = work.frame, work.frame.tall
    u, v = np.meshgrid(np.linspace(0, 1, columns), np.linspace(0, 1, rows), indexing="ij")
    root = np.array((0.0, frame.place("upperChest")[1] + 0.06 * tall, -0.85 * frame.chest * frame.kind.depth))
    points = grid(u, v) * tall + root
    for side, sign in (("left", 1.0), ("right", -1.0)):
        flip = np.array((sign, 1.0, 1.0))
        mine = points * flip
        chain = work.chain(f"{side} wing", "upperChest", mine[[0, columns // 2, columns - 1], rows // 2], stiffness=1.8,
                           gravity=0.03, drag=0.3)
        ordered = mine if sign < 0 else mine[:, ::-1]
        work.add(sheet(ordered, thick * tall), color, bone="upperChest", chains=(chain,))


def _bat_wings(work: Workshop) -> None:
    def grid(u: Floats, v: Floats) -> Floats:
        scallop = 0.06 * np.abs(np.sin(3 * np.pi * v)) * u
        x = 0.06 + 0.44 * u * (1.0 - 0.35 * (1 - v)) - scallop
        y = 0.05 + 0.30 * u**0.8 * v - 0.24 * (1 - v) * (0.3 + u)
        return np.stack([x, y, -0.05 - 0.16 * u], -1)

    _wing_pair(work, grid, _accent(work, darker(work.spec.skin, 0.25)), 0.022)


def _feather_wings(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    color = _accent(work, "#fffaf2")
    root = np.array((0.0, frame.place("upperChest")[1] + 0.05 * tall, -0.85 * frame.chest * frame.kind.depth))
    for side, sign in (("left", 1.0), ("right", -1.0)):
        chain = work.chain(f"{side} wing", "upperChest", [root + tall * np.array((sign * x, y, z)) for x, y,
                                                          z in ((0.05, 0, 0), (0.22, 0.12, -0.10), (0.40, 0.16, -0.16))],
                           stiffness=1.8, gravity=0.02)  # fmt: skip
        for row, (count, long, lift) in enumerate(((6, 0.21, -0.02), (5, 0.15, 0.05), (4, 0.11, 0.10))):
            for k in range(count):
                t = k / (count - 1)
                at = root + tall * np.array((sign * (0.10 + 0.27 * t), lift + 0.13 * t - 0.4 * long * (1 - 0.4 * t),
                                             -0.06 - 0.12 * t + 0.02 * row))
                feather = ellipsoid(at, np.array((0.055, long * (0.75 + 0.3 * t), 0.024)) * tall,
                                    turning(0, 0.3 * sign, sign * (0.10 + 0.65 * t)), rings=6)
                work.add(feather, color if row else lighter(color, 0.5), bone="upperChest", chains=(chain,))


def _fairy_wings(work: Workshop) -> None:
    def upper(u: Floats, v: Floats) -> Floats:
        wide = np.sqrt(np.clip(1.0 - (2 * u - 1) ** 2, 0, 1)) * 0.13 + 0.012
        x, y = 0.04 + 0.40 * u, 0.02 + 0.33 * u
        return np.stack([x - (v - 0.5) * 2 * wide * 0.64, y + (v - 0.5) * 2 * wide * 0.77, -0.05 - 0.14 * u], -1)

    def lower(u: Floats, v: Floats) -> Floats:
        wide = np.sqrt(np.clip(1.0 - (2 * u - 1) ** 2, 0, 1)) * 0.095 + 0.012
        x, y = 0.04 + 0.28 * u, -0.02 - 0.20 * u
        return np.stack([x + (v - 0.5) * 2 * wide * 0.58, y + (v - 0.5) * 2 * wide * 0.81, -0.05 - 0.09 * u], -1)

    color = _accent(work, "#bfe6ff")
    for grid in (upper, lower):
        _wing_pair(work, grid, color, 0.014)


def _beard(work: Workshop) -> None:
    s, color = work.frame.head_m, work.spec.hair_color
    low = work.layout.mouth_y
    tip = work.on_head(0, -0.86, 0.26)
    ends = [work.on_head(0, low - 0.10, 0.40), work.on_head(0, -0.60, 0.36), tip]
    cheeks = work.head.grown(0.04 * s).within(ball(work.on_head(0, low - 0.20, 0.30), np.array((0.44, 0.25, 0.36)) * s), 0.05 * s)
    mouth = ball(work.on_head(0, low + 0.005, 0.55), np.array((0.135, 0.068, 0.4)) * s)
    work.add(cheeks.cut(mouth, 0.03 * s), color, bone="head", cell=0.028, inside=work.head)
    chain = work.chain("beard", "head", ends, stiffness=0.9, gravity=0.15, meets=("upperChest",))
    body = joined_solids(limb(ends[0] + (0, -0.06 * s, -0.06 * s), ends[1], 0.24 * s, 0.19 * s, flat=0.6),
                         limb(ends[1], tip, 0.19 * s, 0.02 * s, flat=0.6),
                         soft_m=0.05 * s)  # fmt: skip
    work.add(body.cut(mouth, 0.03 * s), color, bone="head", cell=0.032, chains=(chain,), inside=work.head)
    _moustache(work)


def _moustache(work: Workshop) -> None:
    s, color = work.frame.head_m, work.spec.hair_color
    canvas = head_canvas(work)
    y = work.layout.mouth_y + 0.066
    for sign in (1.0, -1.0):
        flat = np.array([(0.012 * sign, y), (0.075 * sign, y - 0.004), (0.135 * sign, y - 0.030), (0.185 * sign, y - 0.012)])
        path = canvas.on(flat * s + work.frame.middle[:2], 0.022 * s)
        work.add(tube(path, np.array((0.030, 0.040, 0.030, 0.007)) * s, 9), color, bone="head")


def _short_beard(work: Workshop) -> None:
    s = work.frame.head_m
    low = work.layout.mouth_y
    cheeks = work.head.grown(0.030 * s).within(ball(work.on_head(0, low - 0.165, 0.22), np.array((0.47, 0.235, 0.42)) * s),
                                               0.05 * s)
    mouth = ball(work.on_head(0, low + 0.02, 0.55), np.array((0.145, 0.085, 0.4)) * s)
    work.add(cheeks.cut(mouth, 0.03 * s), work.spec.hair_color, bone="head", cell=0.028, inside=work.head)


def _backpack(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    color = _accent(work, "#d88a3c")
    y, back = frame.place("chest")[1] + 0.05 * tall, -0.92 * frame.belly * frame.kind.depth
    pack = box((0.0, y, back - 0.06 * tall), np.array((0.165, 0.19, 0.10)) * tall, 0.07 * tall)
    pocket = box((0.0, y - 0.07 * tall, back - 0.15 * tall), np.array((0.11, 0.08, 0.045)) * tall, 0.035 * tall)
    work.add(pack, color, bone="chest", cell=0.028)
    work.add(pocket, darker(color, 0.15), bone="chest", cell=0.024)
    for sign in (1.0, -1.0):
        x = 0.62 * frame.chest * sign
        top = frame.place("leftUpperArm")[1]
        points = np.array([(x, y + 0.14 * tall, back), (x, top + 0.075 * tall, -0.2 * frame.chest),
                           (x, top + 0.02 * tall, _front(work.trunk, x, top + 0.02 * tall, tall) + 0.03 * tall),
                           (x, y, _front(work.trunk, x, y, tall) + 0.03 * tall), (1.2 * x, y - 0.10 * tall, 0.3 * frame.chest),
                           (x, y - 0.12 * tall, back)])  # fmt: skip
        work.add(tube(points, np.full(6, 0.026 * tall), 8, flat=0.5), darker(color, 0.3), bone="chest")


def _bow_tie(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    color = _accent(work, "#d8443c")
    y = frame.place("neck")[1] - 0.035 * tall
    place = np.array((0.0, y, _front(work.trunk, 0.0, y, tall) + 0.032 * tall))
    for sign in (1.0, -1.0):
        wing = limb(place, place + tall * np.array((0.085 * sign, 0.0, -0.012)), 0.018 * tall, 0.050 * tall, flat=0.5)
        work.add(wing, color, bone="upperChest", cell=0.018)
    work.add(ellipsoid(place, np.array((0.026, 0.030, 0.024)) * tall, rings=5), darker(color, 0.2), bone="upperChest")


def _necklace(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    color = _accent(work, "#f6f1e4")
    for k in range(13):
        a = (k - 6) * 0.24
        y = frame.place("neck")[1] - 0.05 * tall - 0.05 * tall * np.cos(a)
        x = 0.62 * frame.chest * np.sin(a)
        z = max(_front(work.trunk, x, y, tall), 0.2 * frame.chest) + 0.016 * tall
        work.add(ellipsoid(np.array((x, y, z)), np.full(3, 0.024 * tall), rings=5), color, bone="upperChest")


def _headphones(work: Workshop) -> None:
    s, color = work.frame.head_m, _accent(work, "#e8574a")
    t = np.linspace(-np.pi / 2 - 0.1, np.pi / 2 + 0.1, 17)
    path = np.array([work.on_head(0.57 * np.sin(a), 0.0 + 0.56 * np.cos(a), -0.02) for a in t])
    work.add(tube(path, np.full(17, 0.028 * s), 8), "#33373f", bone="head")
    for sign in (1.0, -1.0):
        cup = turned(cone((0, 0, 0), 0.155 * s, 0.13 * s, 0.07 * s, 0.04 * s), turning(z_rad=-np.pi / 2 * sign),
                     work.on_head(0.545 * sign, -0.07, -0.02))
        work.add(cup, color, bone="head", cell=0.028)


def _mask(work: Workshop) -> None:
    """A hero's, about the eyes."""
    s = work.frame.head_m
    x, y, w, h = _eyes(work)
    canvas = head_canvas(work)
    color = _accent(work, "#2b2024")
    t = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    for sign in (1.0, -1.0):
        inner = np.stack([np.cos(t) * 1.12 * w, np.sin(t) * 1.10 * h], 1)
        outer = np.stack([np.cos(t) * np.where(np.cos(t) * sign > 0, 2.0 * w, x), np.sin(t) * (1.5 + 0.25 * np.cos(t) * sign) * h],
                         1)
        flat = np.concatenate([inner, outer]) + (sign * x, y)
        a = np.arange(40)
        b = np.roll(a, -1)
        triangles = np.concatenate([np.stack([a, a + 40, b + 40], 1), np.stack([a, b + 40, b], 1)])
        where = flat * s + work.frame.middle[:2]
        work.add(Skin(canvas.on(where, 0.0052 * s), canvas.normals(where), triangles), color, bone="head", paint="drawn")


def _earrings(work: Workshop) -> None:
    s = work.frame.head_m
    for sign in (1.0, -1.0):
        hoop = turned(ring((0, 0, 0), 0.06 * s, 0.014 * s), turning(0, 0, np.pi / 2), work.on_head(0.50 * sign, -0.24, 0.0))
        work.add(hoop, _accent(work, "#f2c14e"), bone="head", cell=0.014, paint="metal")


def _bell(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    neck = frame.place("neck")[1] - 0.01 * tall
    wide = max(0.72 * frame.chest, 0.15 * tall)
    work.add(ring((0.0, neck, 0.01 * tall), wide, 0.030 * tall), _accent(work, "#d8443c"), bone="upperChest", cell=0.022)
    work.add(ellipsoid(np.array((0.0, neck - 0.05 * tall, wide + 0.025 * tall)), np.full(3, 0.050 * tall)), "#f2c14e",
             bone="upperChest", paint="metal")


def _belt_bag(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    color = _accent(work, "#8a5a34")
    y = frame.place("spine")[1]
    band = work.trunk.grown(0.034 * tall).within(slab_between(y, y + 0.045 * tall), 0.01 * tall)
    reach = 1.25 * frame.belly
    band = Solid(band.far, np.array((-reach, y - 0.02 * tall, -reach)), np.array((reach, y + 0.07 * tall, reach)))
    work.add(band, darker(color, 0.3), cell=0.022, inside=work.trunk, arms=False)
    bag = box((0.95 * frame.belly, y - 0.01 * tall, 0.45 * frame.belly), np.array((0.05, 0.065, 0.065)) * tall, 0.03 * tall)
    work.add(bag, color, cell=0.022, bone="hips")


ACCESSORIES: dict[str, Callable[[Workshop], None]] = {
    "round glasses": lambda work: _glasses(work, _circle, "#33292b"), "square glasses": lambda work: _glasses(work, _square,
                                                                                                              "#33292b"),
    "sunglasses": lambda work: _glasses(work, _square, "#20242e", fill="#20242e"), "eye patch": _patch, "scarf": _scarf,
    "cape": _cape,
    "bat wings": _bat_wings, "angel wings": _feather_wings, "fairy wings": _fairy_wings, "long beard": _beard,
    "moustache": _moustache,
    "beard": _short_beard, "backpack": _backpack, "bow tie": _bow_tie, "necklace": _necklace, "headphones": _headphones,
    "mask": _mask,
    "earrings": _earrings, "collar with a bell": _bell, "belt bag": _belt_bag,
}  # fmt: skip
