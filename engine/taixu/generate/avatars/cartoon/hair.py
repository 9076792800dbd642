"""Hair of cartoons: solid shapes of a few clumps, and tails that swing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.colors import darker
from taixu.generate.avatars.cartoon.ears import curve
from taixu.generate.avatars.cartoon.nets import ellipsoid, tube
from taixu.generate.avatars.cartoon.solids import Solid, ball, joined_solids, limb, slab_between
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["HAIR"]

Floats = NDArray[np.float64]
Place = tuple[float, float, float]


def _cap(work: Workshop, *, thick: float = 0.045, front: float = 0.16, side: float = -0.02, back: float = -0.28, lobes: float = 0.0,
         count: int = 5, part: float = 9.0) -> Solid:  # fmt: skip
    """The head let out above a hairline: its height in front, at the sides and behind; lobes make a fringe of locks."""
    s, middle, head = work.frame.head_m, work.frame.middle, work.head

    def far(p: Floats) -> Floats:
        q = (p - middle) / s
        turn = np.arctan2(q[:, 0], q[:, 2])  # 0 in front
        a = np.abs(turn)
        line = np.where(a < 1.25, front + (side - front) * _ease(a / 1.25 * 1.15 - 0.15),
                        side + (back - side) * _ease((a - 1.25) / 0.9))
        if lobes:
            line = line - lobes * np.abs(np.sin(0.5 * count * (turn - (part if part < 8.0 else 0.0)))) * (a < 1.45)
        away = _ease((np.hypot(q[:, 0], q[:, 2] + 0.06) - 0.10) / 0.30)
        ridge = 0.016 * away * (np.abs(np.sin(5.5 * turn + 1.2 * q[:, 1])) - 0.6)  # clumps that run down from the crown
        shell = head.far(p) - thick * s * (0.75 + 0.45 * np.clip(q[:, 1] + 0.2, 0.0, 0.6)) - ridge * s
        below = (line - q[:, 1]) * s * 0.75
        soft = 0.035 * s
        near = np.maximum(soft - np.abs(shell - below), 0.0) / soft
        return np.asarray(np.maximum(shell, below) + near * near * soft * 0.25)

    return Solid(far, head.low - thick * s * 1.3, head.high + thick * s * 1.3)


def _ease(value: Floats) -> Floats:
    t = np.clip(value, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def _add(work: Workshop, *solids: Solid, soft: float = 0.03, cell: float = 0.034) -> None:
    whole = joined_solids(*solids, soft_m=soft * work.frame.head_m) if len(solids) > 1 else solids[0]
    work.add(whole, work.spec.hair_color, bone="head", cell=cell, inside=work.head, is_hair=True)


def _lock(work: Workshop, start: Place, end: Place, first: float, last: float = 0.012, *, flat: float = 1.0) -> Solid:
    s = work.frame.head_m
    return limb(work.on_head(*start), work.on_head(*end), first * s, last * s, flat=flat)


def _lump(work: Workshop, at: Place, size: Place) -> Solid:
    return ball(work.on_head(*at), np.array(size) * work.frame.head_m)


def _tail(work: Workshop, name: str, points: list[Place], radii: list[float], *, stiffness: float = 0.7, gravity: float = 0.12,
          flat: float = 1.0,
          sides: int = 12) -> None:  # fmt: skip
    """A tail of hair that swings."""
    known = np.linspace(0.0, 1.0, len(points))
    t = np.linspace(0.0, 1.0, 13)
    places = np.array([work.on_head(*point) for point in points])
    path = np.stack([curve(known, places[:, axis], t) for axis in range(3)], 1)
    size = np.maximum(curve(known, np.array(radii), t), 0.004) * work.frame.head_m
    chain = work.chain(name, "head", path[::4], stiffness=stiffness, gravity=gravity, drag=0.35, meets=("upperChest", "head"),
                       hit_m=0.35 * float(size.mean()))  # fmt: skip
    work.add(tube(path, size, sides, flat=flat), work.spec.hair_color, bone="head", chains=(chain,))


def _band(work: Workshop, at: Place, size: float = 0.06) -> None:
    s = work.frame.head_m
    work.add(ellipsoid(work.on_head(*at), np.array((size, size, size)) * s, rings=6), work.spec.accent or "#e8574a", bone="head")


def _short(work: Workshop) -> None:
    quiff = [_lock(work, (-0.20 + 0.11 * k, 0.40, 0.22), (-0.06 + 0.13 * k, 0.27 + 0.03 * (k % 2), 0.46), 0.13, 0.05)
             for k in range(4)]
    _add(work, _cap(work, front=0.22, side=0.02, back=-0.26, thick=0.05), *quiff, soft=0.06)


def _bowl(work: Workshop) -> None:
    _add(work, _cap(work, thick=0.075, front=0.115, side=-0.05, back=-0.20, lobes=0.03, count=13))


def _bob(work: Workshop) -> None:
    sides = [_lump(work, (0.43 * sign, -0.20, -0.02), (0.13, 0.25, 0.26)) for sign in (1.0, -1.0)]
    _add(work, _cap(work, thick=0.07, front=0.13, side=-0.30, back=-0.40, lobes=0.075, count=7), *sides, soft=0.08)


def _spiky(work: Workshop) -> None:
    spikes = []
    for ring, (count, up, out, long) in enumerate(((5, 0.50, 0.16, 0.30), (8, 0.34, 0.36, 0.26), (9, 0.08, 0.44, 0.20))):
        for k in range(count):
            turn = 2 * np.pi * (k + 0.5 * ring) / count
            if ring == 2 and np.cos(turn) > 0.15:
                continue
            x, z = np.sin(turn), np.cos(turn)
            spikes.append(_lock(work, (0.75 * out * x, 0.85 * up, 0.70 * out * z - 0.03),
                                ((out + 0.55 * long) * x, up + 0.62 * long, (out + 0.45 * long) * z - 0.07), 0.135,
                                0.012))  # fmt: skip
    fringe = [_lock(work, (0.16 * k, 0.36, 0.30), (0.19 * k + 0.03, 0.155, 0.47), 0.10, 0.014) for k in (-1.4, -0.5, 0.45, 1.4)]
    _add(work, _cap(work, front=0.24, side=0.0, back=-0.25), *spikes, *fringe, soft=0.05)


def _swept(work: Workshop) -> None:
    """A long fringe to one side."""
    locks = [_lock(work, (0.22 - 0.06 * k, 0.42, 0.16 + 0.02 * k), (-0.10 - 0.115 * k, 0.20 - 0.055 * k, 0.46 - 0.045 * k), 0.145,
                   0.03) for k in range(4)]
    tuft = _lock(work, (0.25, 0.40, 0.16), (0.44, 0.12, 0.26), 0.12, 0.02)
    _add(work, _cap(work, front=0.24, side=-0.06, back=-0.32, thick=0.055), *locks, tuft, soft=0.05)


def _long(work: Workshop) -> None:
    _add(work, _cap(work, thick=0.06, front=0.21, side=-0.22, back=-0.30, lobes=0.09, count=5), soft=0.06)
    for name, x, z, wide in (("back", 0.0, -0.36, 0.26), ("left", 0.26, -0.31, 0.17), ("right", -0.26, -0.31, 0.17)):
        _tail(work, f"hair {name}", [(x, 0.05, z), (1.12 * x, -0.25, z - 0.06), (1.2 * x, -0.58, z - 0.09),
                                     (1.15 * x, -0.88, z - 0.03)],
              [0.85 * wide, wide, 0.85 * wide, 0.25 * wide], flat=0.62)  # fmt: skip
    for name, sign in (("left", 1.0), ("right", -1.0)):
        _tail(work, f"lock {name}", [(0.44 * sign, 0.05, 0.14), (0.495 * sign, -0.18, 0.15), (0.47 * sign, -0.42, 0.17),
                                     (0.42 * sign, -0.60, 0.20)],
              [0.07, 0.085, 0.065, 0.012], stiffness=0.9)  # fmt: skip


def _ponytail(work: Workshop) -> None:
    _add(work, _cap(work, front=0.20, side=-0.02, back=-0.25, lobes=0.075, count=5, thick=0.05), soft=0.05)
    _band(work, (0.0, 0.24, -0.47))
    _tail(work, "ponytail", [(0, 0.22, -0.44), (0, 0.26, -0.66), (0, -0.06, -0.80), (0.02, -0.42, -0.68)],
          [0.06, 0.15, 0.14, 0.012])


def _twintails(work: Workshop) -> None:
    _add(work, _cap(work, front=0.20, side=-0.06, back=-0.26, lobes=0.085, count=7, thick=0.055), soft=0.05)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        _band(work, (0.46 * sign, 0.25, -0.14))
        _tail(work, f"{side} tail", [(0.44 * sign, 0.25, -0.14), (0.68 * sign, 0.22, -0.18), (0.74 * sign, -0.16, -0.18),
                                     (0.60 * sign, -0.52, -0.12)],
              [0.055, 0.135, 0.125, 0.010])  # fmt: skip


def _buns(work: Workshop) -> None:
    _add(work, _cap(work, front=0.20, side=-0.04, back=-0.24, lobes=0.085, count=7, thick=0.05), soft=0.05)
    for sign in (1.0, -1.0):
        _band(work, (0.30 * sign, 0.39, -0.06), 0.075)
        work.add(ellipsoid(work.on_head(0.36 * sign, 0.48, -0.07), np.array((0.155, 0.145, 0.15)) * work.frame.head_m),
                 work.spec.hair_color,
                 bone="head", is_hair=True)  # fmt: skip


def _bun(work: Workshop) -> None:
    _add(work, _cap(work, front=0.20, side=0.0, back=-0.24, lobes=0.05, count=5, thick=0.045), soft=0.05)
    work.add(ellipsoid(work.on_head(0, 0.46, -0.20), np.array((0.18, 0.17, 0.17)) * work.frame.head_m), work.spec.hair_color,
             bone="head", is_hair=True)
    _band(work, (0, 0.37, -0.17), 0.12)


def _curly(work: Workshop) -> None:
    lumps = []
    for k in range(46):
        y = 1.0 - 1.45 * (k + 0.5) / 46
        turn = k * 2.39996
        r = np.sqrt(max(1.0 - y * y, 0.0))
        x, z = r * np.sin(turn), r * np.cos(turn)
        if y < 0.32 and z > 0.25:
            continue
        lumps.append(_lump(work, (0.50 * x, 0.04 + 0.47 * y, 0.47 * z - 0.02), (0.125, 0.125, 0.125)))
    _add(work, _cap(work, front=0.22, side=-0.08, back=-0.28, thick=0.05), *lumps, soft=0.03, cell=0.032)


def _afro(work: Workshop) -> None:
    puff = ball(work.on_head(0, 0.20, -0.09), np.array((0.70, 0.60, 0.60)) * work.frame.head_m)
    face = ball(work.on_head(0, -0.16, 0.62), np.array((0.46, 0.42, 0.55)) * work.frame.head_m)
    whole = puff.cut(face, 0.10 * work.frame.head_m).within(slab_between(float(work.on_head(0, -0.24, 0)[1]), 99.0),
                                                            0.1 * work.frame.head_m)
    _add(work, whole, cell=0.038)


def _mohawk(work: Workshop) -> None:
    spikes = []
    for k in range(7):
        turn = -0.75 + 0.42 * k
        out, up = np.sin(turn), np.cos(turn)
        spikes.append(_lock(work, (0.0, 0.05 + 0.42 * up, -0.02 - 0.40 * out),
                            (0.0, 0.05 + (0.80 - 0.03 * k) * up, -0.02 - (0.72 - 0.02 * k) * out - 0.05),
                            0.095, 0.03))  # fmt: skip
    _add(work, *spikes, soft=0.05)
    work.add(_cap(work, thick=0.012, front=0.20, side=0.02, back=-0.18), darker(work.spec.hair_color, 0.15), bone="head",
             cell=0.034, inside=work.head,
             is_hair=True)  # fmt: skip


def _braids(work: Workshop) -> None:
    _add(work, _cap(work, front=0.17, side=-0.06, back=-0.26, lobes=0.08, count=4, thick=0.05), soft=0.05)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        points: list[Place] = [(0.45 * sign, -0.12, 0.02), (0.52 * sign, -0.32, 0.08), (0.50 * sign, -0.54, 0.12),
                               (0.46 * sign, -0.76, 0.15)]
        places = np.array([work.on_head(*point) for point in points])
        t = np.linspace(0.0, 1.0, 7)
        path = np.stack([curve(np.linspace(0, 1, 4), places[:, axis], t) for axis in range(3)], 1)
        chain = work.chain(f"{side} braid", "head", path[::2], stiffness=0.8, gravity=0.15, meets=("upperChest",))
        for k, at in enumerate(path):
            size = (0.092, 0.082, 0.088) if k < 6 else (0.062, 0.075, 0.06)
            work.add(ellipsoid(at, np.array(size) * work.frame.head_m, rings=6), work.spec.hair_color, bone="head", chains=(chain,))
        work.add(ellipsoid(0.4 * path[5] + 0.6 * path[6], np.array((0.075, 0.035, 0.075)) * work.frame.head_m, rings=5),
                 work.spec.accent or "#e8574a",
                 bone="head", chains=(chain,))  # fmt: skip


def _tuft(work: Workshop) -> None:
    _add(work, _lock(work, (0, 0.42, 0.06), (0.10, 0.68, 0.02), 0.07), _lock(work, (0, 0.43, 0.0), (-0.08, 0.62, -0.04), 0.06),
         _lock(work, (0.02, 0.42, 0.10), (0.16, 0.56, 0.12), 0.06), soft=0.03, cell=0.022)  # fmt: skip


def _leaves(work: Workshop) -> None:
    """A crown of foliage."""
    lumps = []
    for k in range(30):
        y = 1.0 - 1.35 * (k + 0.5) / 30
        turn = k * 2.39996
        r = np.sqrt(max(1.0 - y * y, 0.0))
        lumps.append(_lump(work, (0.50 * r * np.sin(turn), 0.42 + 0.28 * y, 0.44 * r * np.cos(turn) - 0.03), (0.185, 0.165, 0.18)))
    _add(work, *lumps, soft=0.05, cell=0.034)
    s = work.frame.head_m
    for x, y, z in ((0.38, 0.36, 0.42), (-0.32, 0.56, 0.34), (0.05, 0.70, 0.28), (-0.52, 0.34, 0.18)):
        work.add(ellipsoid(work.on_head(x, y, z), np.array((0.055,) * 3) * s, rings=6), work.spec.accent or "#e8574a", bone="head")


def _flame(work: Workshop) -> None:
    locks = [_lock(work, (0, 0.30, -0.05), (0.0, 0.86, -0.20), 0.27, 0.015),
             _lock(work, (0.16, 0.30, 0.02), (0.30, 0.66, -0.08), 0.19, 0.012),
             _lock(work, (-0.16, 0.30, 0.02), (-0.26, 0.72, -0.12), 0.20, 0.012),
             _lock(work, (0.04, 0.32, 0.14), (-0.04, 0.58, 0.22), 0.16, 0.012)]  # fmt: skip
    _add(work, _cap(work, front=0.26, side=0.06, back=-0.15, thick=0.05), *locks, soft=0.08)


def _pompadour(work: Workshop) -> None:
    """A thick roll above the forehead, combed back at the sides."""
    roll = [_lump(work, (0.30 * k, 0.47 - 0.06 * abs(k), 0.34 - 0.07 * abs(k)), (0.19, 0.17, 0.22))
            for k in (-1.0, -0.33, 0.33, 1.0)]  # fmt: skip
    wings = [_lock(work, (0.40 * sign, 0.24, 0.20), (0.47 * sign, 0.08, -0.30), 0.11, 0.06) for sign in (1.0, -1.0)]
    _add(work, _cap(work, front=0.27, side=0.02, back=-0.24, thick=0.05), *roll, *wings, soft=0.07)


def _side_braid(work: Workshop) -> None:
    """One thick braid over the left shoulder."""
    fringe = [_lock(work, (0.18 - 0.10 * k, 0.41, 0.18), (-0.10 - 0.11 * k, 0.19 - 0.04 * k, 0.44 - 0.04 * k), 0.13, 0.03)
              for k in range(3)]  # fmt: skip
    _add(work, _cap(work, front=0.22, side=-0.10, back=-0.34, thick=0.06), *fringe, soft=0.05)
    points: list[Place] = [(0.26, -0.26, -0.34), (0.46, -0.40, -0.18), (0.47, -0.62, 0.12), (0.40, -0.86, 0.24),
                           (0.36, -1.08, 0.26)]  # fmt: skip
    places = np.array([work.on_head(*point) for point in points])
    t = np.linspace(0.0, 1.0, 9)
    path = np.stack([curve(np.linspace(0, 1, 5), places[:, axis], t) for axis in range(3)], 1)
    chain = work.chain("side braid", "head", path[::2], stiffness=0.8, gravity=0.15, meets=("upperChest",))
    for k, at in enumerate(path[:-1]):
        size = np.array((0.135, 0.115, 0.125)) * (1.0 - 0.035 * k) * work.frame.head_m
        work.add(ellipsoid(at, size, rings=7), work.spec.hair_color, bone="head", chains=(chain,))
    band, tip = (np.array(size) * work.frame.head_m for size in ((0.075, 0.045, 0.075), (0.085, 0.12, 0.075)))
    work.add(ellipsoid(0.5 * (path[7] + path[8]), band, rings=6), work.spec.accent or "#e8574a", bone="head", chains=(chain,))
    work.add(ellipsoid(path[8], tip, rings=6), work.spec.hair_color, bone="head", chains=(chain,))


def _ringlets(work: Workshop) -> None:
    """Two tails that wind down like corkscrews."""
    _add(work, _cap(work, front=0.19, side=-0.08, back=-0.28, lobes=0.08, count=5, thick=0.055), soft=0.05)
    t = np.linspace(0.0, 1.0, 25)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        _band(work, (0.45 * sign, 0.16, -0.06), 0.075)
        turn = 2.0 * np.pi * 3.2 * t
        wide = 0.105 * (1.0 - 0.55 * t)
        path = np.array([work.on_head(sign * (0.58 + w * np.cos(a)), 0.14 - 0.92 * k, -0.04 + w * np.sin(a))
                         for k, a, w in zip(t, turn, wide, strict=True)])  # fmt: skip
        middle = np.array([work.on_head(sign * 0.58, y, -0.04) for y in (0.14, -0.17, -0.48, -0.80)])
        chain = work.chain(f"{side} ringlet", "head", middle, stiffness=0.7, gravity=0.12, drag=0.35, meets=("upperChest",))
        size = (0.095 * np.minimum(1.0, 0.55 + 3.0 * t) * (1.0 - 0.72 * t)) * work.frame.head_m
        work.add(tube(path, size, 10), work.spec.hair_color, bone="head", chains=(chain,))


def _blunt(work: Workshop) -> None:
    """Straight: a cut fringe, cheek-long sides and a long back, all ending in a line."""
    _add(work, _cap(work, front=0.12, side=-0.24, back=-0.40, thick=0.075), soft=0.05)
    s = work.frame.head_m
    for sign in (1.0, -1.0):
        panel = ball(work.on_head(0.44 * sign, -0.20, 0.16), np.array((0.085, 0.50, 0.16)) * s)
        low = float(work.on_head(0, -0.42, 0)[1])
        _add(work, panel.within(slab_between(low, 99.0), 0.015 * s), cell=0.030)
    _tail(work, "hair back", [(0, 0.0, -0.40), (0, -0.35, -0.46), (0, -0.75, -0.46), (0, -1.10, -0.44)], [0.10, 0.12, 0.125, 0.12],
          flat=3.2, sides=16)  # fmt: skip


HAIR: dict[str, Callable[[Workshop], None]] = {
    "short": _short, "bowl": _bowl, "bob": _bob, "spiky": _spiky, "swept": _swept, "long": _long, "ponytail": _ponytail,
    "twin tails": _twintails,
    "buns": _buns, "bun": _bun, "curly": _curly, "afro": _afro, "mohawk": _mohawk, "braids": _braids, "tuft": _tuft,
    "leaves": _leaves, "flame": _flame, "pompadour": _pompadour, "side braid": _side_braid, "ringlets": _ringlets, "blunt": _blunt,
}  # fmt: skip
