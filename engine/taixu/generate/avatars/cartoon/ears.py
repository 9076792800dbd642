"""Ears, horns, antennas and tails, by kind."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.colors import darker, mixed
from taixu.generate.avatars.cartoon.nets import ellipsoid, meshed, tube
from taixu.generate.avatars.cartoon.solids import Solid, ball, joined_solids, limb, turned, turning
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["EARS", "TAILS", "curve"]

Floats = NDArray[np.float64]


def _pair(work: Workshop, outer: Solid, inner: Solid | None, *, color: str = "", color2: str = "", cell: float = 0.027) -> None:
    work.add(outer.mirrored(), color or work.spec.skin, bone="head", cell=cell, inside=work.head)
    if inner is not None:
        work.add(inner.mirrored(), color2 or work.skin2, bone="head", cell=cell, inside=outer.mirrored())


def _swinging(work: Workshop, outer: Solid, inner: Solid | None, path: list[Floats], *, cell: float = 0.027, stiffness: float = 1.0,
              gravity: float = 0.05) -> None:  # fmt: skip
    """Both ears on a chain each; what is given is the left one."""
    for side, sign in (("left", 1.0), ("right", -1.0)):
        flip = np.array((sign, 1.0, 1.0))
        chain = work.chain(f"{side} ear", "head", [point * flip for point in path], stiffness=stiffness, gravity=gravity, drag=0.3)
        for shape, color in ((outer, work.spec.skin), (inner, work.skin2)):
            if shape is not None:
                skin = meshed(shape, cell * work.frame.head_m)
                triangles = skin.triangles if sign > 0 else skin.triangles[:, ::-1]
                skin = type(skin)(skin.positions * flip, skin.normals * flip, triangles)
                work.add(skin, color, bone="head", chains=(chain,), inside=work.head if shape is outer else None)


def _dish(work: Workshop, x: float, y: float, z: float, size: tuple[float, float, float], turn: Floats) -> tuple[Solid, Solid]:
    """A round ear, and the hollow of the other colour."""
    s = work.frame.head_m
    a, b, c = (s * each for each in size)
    outer = turned(ball((0, 0, 0), (a, b, c)), turn, work.on_head(x, y, z))
    inner = turned(ball((0, -0.05 * b, 0.55 * c), (0.66 * a, 0.66 * b, 0.62 * c)), turn, work.on_head(x, y, z))
    return outer, inner


def _blade(work: Workshop, low: tuple[float, float, float], high: tuple[float, float, float], wide: float, thick: float = 0.4, *,
           front: float = 0.0) -> tuple[Solid, Solid]:  # fmt: skip
    """A pointed ear, wide below, and its hollow."""
    s = work.frame.head_m
    start, end = work.on_head(*low), work.on_head(*high)
    outer = limb(start, end, wide * s, 0.12 * wide * s, flat=thick)
    lift = np.array((0.0, 0.02, 0.0)) * s + np.array((front, 0.0, 0.62 * wide * thick)) * s
    inner = limb(start + lift, start + 0.80 * (end - start) + lift, 0.58 * wide * s, 0.08 * wide * s, flat=thick)
    return outer, inner


def _human(work: Workshop) -> None:
    s = work.frame.head_m
    outer = turned(ball((0, 0, 0), (0.055 * s, 0.085 * s, 0.062 * s)), turning(0, -0.35), work.on_head(0.475, -0.09, 0.0))
    inner = turned(ball((0.012 * s, 0, 0.024 * s), (0.035 * s, 0.052 * s, 0.040 * s)), turning(0, -0.35),
                   work.on_head(0.485, -0.09, 0.005))
    _pair(work, outer, inner, color2=mixed(work.spec.skin, "#d0504a", 0.28), cell=0.02)


def _elf(work: Workshop) -> None:
    s = work.frame.head_m
    outer = limb(work.on_head(0.42, -0.10, 0.0), work.on_head(0.74, 0.08, -0.10), 0.085 * s, 0.012 * s, flat=0.5)
    _pair(work, outer, None, cell=0.021)


def _bear(work: Workshop) -> None:
    _pair(work, *_dish(work, 0.335, 0.375, -0.03, (0.155, 0.155, 0.085), turning(-0.1, 0.25, -0.5)))


def _mouse(work: Workshop) -> None:
    _pair(work, *_dish(work, 0.42, 0.41, -0.06, (0.245, 0.245, 0.075), turning(-0.1, 0.3, -0.6)))


def _cat(work: Workshop) -> None:
    _pair(work, *_blade(work, (0.30, 0.26, -0.02), (0.44, 0.60, -0.03), 0.165, 0.5), cell=0.025)


def _fox(work: Workshop) -> None:
    outer, inner = _blade(work, (0.30, 0.24, -0.04), (0.47, 0.72, -0.07), 0.185, 0.46)
    _pair(work, outer, inner, cell=0.025)
    s = work.frame.head_m
    tip = outer.grown(0.006 * s).within(ball(work.on_head(0.47, 0.74, -0.07), 0.17 * s), 0.01 * s)
    work.add(tip.mirrored(), darker(work.spec.skin, 0.75), bone="head", cell=0.02, inside=outer.mirrored())


def _rabbit(work: Workshop) -> None:
    s = work.frame.head_m
    path = [work.on_head(0.16, 0.36, -0.04), work.on_head(0.21, 0.66, -0.06), work.on_head(0.27, 0.92, -0.09),
            work.on_head(0.35, 1.14, -0.13)]
    outer = joined_solids(limb(path[0], path[2], 0.105 * s, 0.135 * s, flat=0.55),
                          limb(path[2], path[3], 0.135 * s, 0.055 * s, flat=0.55),
                          soft_m=0.03 * s)  # fmt: skip
    lift = np.array((0.0, 0.0, 0.052 * s))
    inner = joined_solids(limb(path[0] + lift, path[2] + lift, 0.05 * s, 0.082 * s, flat=0.55),
                          limb(path[2] + lift, 0.35 * path[2] + 0.65 * path[3] + lift, 0.082 * s, 0.02 * s, flat=0.55),
                          soft_m=0.03 * s)  # fmt: skip
    _swinging(work, outer, inner, path, stiffness=1.6)


def _floppy(work: Workshop) -> None:
    s = work.frame.head_m
    path = [work.on_head(0.36, 0.33, -0.02), work.on_head(0.53, 0.20, 0.0), work.on_head(0.585, -0.03, 0.03),
            work.on_head(0.575, -0.24, 0.06)]
    outer = joined_solids(limb(path[0], path[1], 0.085 * s, 0.115 * s, flat=0.9),
                          limb(path[1], path[2], 0.10 * s, 0.13 * s, flat=1.15),
                          limb(path[2], path[3], 0.125 * s, 0.095 * s, flat=1.15), soft_m=0.08 * s)  # fmt: skip
    chains_color = darker(work.spec.skin, 0.35)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        flip = np.array((sign, 1.0, 1.0))
        chain = work.chain(f"{side} ear", "head", [point * flip for point in path], stiffness=0.8, gravity=0.15, drag=0.3)
        skin = meshed(outer, 0.028 * s)
        skin = type(skin)(skin.positions * flip, skin.normals * flip, skin.triangles if sign > 0 else skin.triangles[:, ::-1])
        work.add(skin, chains_color, bone="head", chains=(chain,), inside=work.head)


def _horns(work: Workshop) -> None:
    s = work.frame.head_m
    for sign in (1.0, -1.0):
        t = np.linspace(0.0, 1.0, 9)[:, None]
        path = work.on_head(0.20 * sign, 0.36, -0.05) + s * np.concatenate([sign * 0.16 * t, 0.34 * t, -0.22 * t**2], 1)
        radii = s * 0.068 * (1.0 - 0.88 * t[:, 0]) * (1.0 + 0.10 * np.cos(np.arange(9) * np.pi))
        work.add(tube(path, radii, 10), work.skin2, bone="head")
    spines = [ellipsoid(work.on_head(0, y, z), np.array((0.045, 0.085, 0.07)) * s, turning(a), rings=6)
              for y, z, a in ((0.49, 0.02, 0.0), (0.44, -0.22, -0.5), (0.30, -0.39, -1.0))]  # fmt: skip
    for spine in spines:
        work.add(spine, work.skin2, bone="head")
    outer = limb(work.on_head(0.43, 0.02, -0.06), work.on_head(0.74, 0.14, -0.16), 0.09 * s, 0.015 * s, flat=0.45)
    _pair(work, outer, None, cell=0.022)


def _bull(work: Workshop) -> None:
    s = work.frame.head_m
    for sign in (1.0, -1.0):
        t = np.linspace(0.0, 1.0, 9)[:, None]
        path = work.on_head(0.36 * sign, 0.27, 0.0) + s * np.concatenate([sign * 0.22 * np.sin(1.6 * t), 0.34 * t**1.6, 0.05 * t],
                                                                         1)
        work.add(tube(path, s * 0.07 * (1.0 - 0.85 * t[:, 0]), 10), "#f3e6cf", bone="head")


def _antennas(work: Workshop) -> None:
    s = work.frame.head_m
    for side, sign in (("left", 1.0), ("right", -1.0)):
        t = np.linspace(0.0, 1.0, 7)[:, None]
        path = work.on_head(0.17 * sign, 0.44, 0.0) + s * np.concatenate([sign * 0.16 * t**1.5, 0.32 * t, 0.03 * t], 1)
        chain = work.chain(f"{side} antenna", "head", path[::3], stiffness=1.5, gravity=0.02, drag=0.2)
        work.add(tube(path, np.full(7, 0.020 * s), 8), work.spec.skin, bone="head", chains=(chain,))
        work.add(ellipsoid(path[-1], np.array((0.055,) * 3) * s, rings=7), work.skin2, bone="head", chains=(chain,))


def _antenna(work: Workshop) -> None:
    s = work.frame.head_m
    path = np.linspace(work.on_head(0, 0.40, 0), work.on_head(0, 0.60, 0), 4)
    chain = work.chain("antenna", "head", path[::3], stiffness=2.0, gravity=0.0, drag=0.2)
    work.add(tube(path, np.array((0.030, 0.018, 0.018, 0.018)) * s, 8), "#4a4f58", bone="head", chains=(chain,))
    work.add(ellipsoid(path[-1], np.array((0.06,) * 3) * s, rings=8), "#e8574a", bone="head", chains=(chain,), paint="glow")


def _fins(work: Workshop) -> None:
    s = work.frame.head_m
    outer = joined_solids(*(limb(work.on_head(0.44, -0.04, -0.02), work.on_head(*tip), 0.06 * s, 0.022 * s, flat=0.5)
                            for tip in ((0.70, 0.16, -0.10), (0.74, -0.02, -0.12), (0.69, -0.18, -0.10))),
                          soft_m=0.07 * s)  # fmt: skip
    _pair(work, outer, None, color=work.skin2, cell=0.022)


EARS: dict[str, Callable[[Workshop], None]] = {
    "human": _human, "elf": _elf, "bear": _bear, "mouse": _mouse, "cat": _cat, "fox": _fox, "rabbit": _rabbit, "floppy": _floppy,
    "horns": _horns, "bull": _bull, "antennas": _antennas, "antenna": _antenna, "fins": _fins,
}  # fmt: skip


def _tail(work: Workshop, path: Floats, radii: Floats, *, stiffness: float = 0.9, tip: str = "", tip_from: float = 0.7,
          gravity: float = 0.03) -> None:
    """A tail along a path from the hips, in heights of the body; its end may have another colour."""
    frame = work.frame
    start = np.array((0.0, frame.place("hips")[1], -0.75 * frame.hips * frame.kind.depth))
    t = np.linspace(0.0, 1.0, 19)
    known = np.linspace(0.0, 1.0, len(path))
    smooth = np.stack([curve(known, path[:, axis], t) for axis in range(3)], 1) * frame.tall + start
    size = curve(known, radii, t) * frame.tall
    chain = work.chain("tail", "hips", smooth[::6], stiffness=stiffness, gravity=gravity, drag=0.25, meets=("hips",),
                       hit_m=0.02 * frame.tall)
    work.add(tube(smooth, size, 12), work.spec.skin, bone="hips", chains=(chain,))
    if tip:
        first = int(tip_from * 18)
        grown = size[first:] + 0.006 * frame.tall
        grown[0] *= 0.9
        work.add(tube(smooth[first:], grown, 12), tip, bone="hips", chains=(chain,))


def curve(known: Floats, values: Floats, at: Floats) -> Floats:
    """Between values, without corners (Catmull and Rom)."""
    padded = np.concatenate([[2 * values[0] - values[1]], values, [2 * values[-1] - values[-2]]])
    place = np.clip(at, 0.0, 1.0) * (len(known) - 1)
    i = np.minimum(place.astype(int), len(known) - 2)
    u = place - i
    a, b, c, d = (padded[i + k] for k in range(4))
    return np.asarray(0.5 * (2 * b + (c - a) * u + (2 * a - 5 * b + 4 * c - d) * u**2 + (3 * b - a - 3 * c + d) * u**3))


def _bushy(work: Workshop) -> None:
    path = np.array(((0, 0, 0.02), (0, -0.02, -0.16), (0, 0.08, -0.33), (0, 0.28, -0.40), (0.0, 0.47, -0.34)))
    _tail(work, path, np.array((0.035, 0.075, 0.125, 0.115, 0.012)), tip=work.skin2, tip_from=0.62, stiffness=1.1)


def _cats(work: Workshop) -> None:
    path = np.array(((0, 0, 0.02), (0.02, -0.02, -0.18), (0.06, 0.12, -0.30), (0.05, 0.30, -0.28), (-0.03, 0.42, -0.20)))
    _tail(work, path, np.array((0.036, 0.034, 0.032, 0.032, 0.020)), tip="", stiffness=0.9)


def _bobtail(work: Workshop) -> None:
    frame = work.frame
    middle = np.array((0.0, frame.place("hips")[1] + 0.02 * frame.tall, -0.95 * frame.hips * frame.kind.depth - 0.01 * frame.tall))
    work.add(ellipsoid(middle, np.array((0.085, 0.085, 0.08)) * frame.tall), work.skin2, bone="hips")


def _lizard(work: Workshop) -> None:
    path = np.array(((0, 0.02, 0.06), (0, -0.10, -0.14), (0.0, -0.20, -0.32), (0.02, -0.17, -0.50), (0.05, -0.04, -0.62)))
    _tail(work, path, np.array((0.125, 0.105, 0.075, 0.045, 0.008)), stiffness=1.4)
    frame = work.frame
    start = np.array((0.0, frame.place("hips")[1], -0.75 * frame.hips * frame.kind.depth))
    for number, (y, z, size) in enumerate(((0.085, -0.07, 0.040), (-0.015, -0.20, 0.036), (-0.10, -0.33, 0.030))):
        at = start + frame.tall * np.array((0.0, y, z))
        work.add(ellipsoid(at, frame.tall * np.array((0.4 * size, size, size)), turning(-0.7), rings=5), work.skin2, bone="hips",
                 name=f"spine {number}")


def _wagging(work: Workshop) -> None:
    path = np.array(((0, 0.0, 0.02), (0, 0.06, -0.10), (0, 0.18, -0.17), (0, 0.29, -0.15)))
    _tail(work, path, np.array((0.045, 0.045, 0.038, 0.016)), stiffness=1.2)


def _stubby(work: Workshop) -> None:
    path = np.array(((0, 0.0, 0.05), (0, 0.0, -0.06), (0, 0.03, -0.13)))
    _tail(work, path, np.array((0.07, 0.05, 0.015)), stiffness=1.5)


def _thin(work: Workshop) -> None:
    path = np.array(((0, -0.02, 0.02), (0.02, -0.10, -0.16), (-0.04, -0.06, -0.34), (0.04, 0.05, -0.46), (0.08, 0.16, -0.44)))
    _tail(work, path, np.array((0.024, 0.020, 0.016, 0.013, 0.008)))


TAILS: dict[str, Callable[[Workshop], None]] = {
    "bushy": _bushy, "long": _cats, "bobtail": _bobtail, "lizard": _lizard, "wagging": _wagging, "stubby": _stubby, "thin": _thin,
}  # fmt: skip
