"""Hats and helmets of cartoons, from the head let out; hair under them goes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.colors import darker, lighter
from taixu.generate.avatars.cartoon.nets import Skin, around, ellipsoid, tube
from taixu.generate.avatars.cartoon.solids import Solid, ball, box, cone, joined_solids, limb, ring, slab_between, turned, turning
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["HATS"]

Floats = NDArray[np.float64]


def _own(work: Workshop, usual: str) -> str:
    return work.spec.hat_color or usual


def _room(work: Workshop, above: float, *, tilt: float = -0.18) -> None:
    """No hair above a height, higher in front by the tilt."""
    middle, s = work.frame.middle, work.frame.head_m

    def far(p: Floats) -> Floats:
        q = (p - middle) / s
        return np.asarray((above - tilt * q[:, 2] - q[:, 1]) * s)

    work.hat = Solid(far, work.head.low, work.head.high)


def _add(work: Workshop, solid: Solid | Skin, color: str, *, cell: float = 0.032, paint: str = "plain") -> None:
    work.add(solid, color, bone="head", cell=cell, inside=work.head, paint=paint)


def _crown(work: Workshop, above: float, out: float, *, tilt: float = -0.18) -> Solid:
    """The head let out, above a tilted height."""
    middle, s, head = work.frame.middle, work.frame.head_m, work.head

    def cut(p: Floats) -> Floats:
        q = (p - middle) / s
        return np.asarray((above - tilt * q[:, 2] - q[:, 1]) * s)

    return head.grown(out * s).within(Solid(cut, head.low - 0.5 * s, head.high + 0.5 * s), 0.02 * s)


def _brim(work: Workshop, y: float, size: float, thick: float, *, tilt: float = 0.18) -> Skin:
    return _bent_brim(work, lambda r, turn: np.asarray(y - 0.02 * np.clip((r - 0.42) / 0.3, 0.0, 1.0) + 0.0 * turn),
                      lambda turn: np.full(len(turn), size),
                      thick, tilt=tilt)


def _bent_brim(work: Workshop, height: Callable[[Floats, Floats], Floats], edge: Callable[[Floats], Floats], thick: float, *,
               tilt: float = 0.0) -> Skin:
    """A brim whose height depends on how far out and where about the head it is."""
    s, segments = work.frame.head_m, 44
    turn: Floats = np.asarray(np.arange(segments) * (2 * np.pi / segments), np.float64)
    part = np.linspace(0.0, 1.0, 8)[:, None]
    r: Floats = np.asarray(0.36 + (edge(turn)[None] - 0.36) * part, np.float64)
    up = height(r, np.broadcast_to(turn, r.shape))
    points = np.stack([r * np.sin(turn), up, r * np.cos(turn)], -1) @ turning(-tilt).T
    return around(points * s + work.frame.middle, 2.0 * thick * s)


def _wizard(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#4a4fa3")
    _room(work, 0.19)
    _add(work, _brim(work, 0.22, 0.72, 0.028), color, cell=0.030)
    t = np.linspace(0.0, 1.0, 12)[:, None]
    path = work.on_head(0, 0.20, -0.03) + s * np.concatenate([0.10 * t**3, 0.92 * t - 0.10 * t**3, -0.10 * t - 0.28 * t**3], 1)
    radii = s * (0.49 * (1.0 - t[:, 0]) ** 0.85 + 0.012)
    radii[0] *= 1.02
    chain = work.chain("hat", "head", path[[5, 8, 11]], stiffness=1.6, gravity=0.05, drag=0.3)
    work.add(tube(path, radii, 22), color, bone="head", chains=(chain,))
    band = turned(ring((0, 0, 0), 0.455 * s, 0.036 * s), turning(-0.16), work.on_head(0, 0.265, -0.03))
    _add(work, band, work.spec.accent or "#f2c14e", cell=0.022)
    for turn, up in ((0.35, 0.42), (-0.55, 0.50), (0.0, 0.66)):
        r = 0.49 * (1.0 - (up - 0.20) / 0.92) ** 0.85 - 0.02
        star = ellipsoid(work.on_head(r * np.sin(turn), up, r * np.cos(turn) - 0.05), np.array((0.045, 0.045, 0.02)) * s,
                         turning(-0.4, turn), rings=5)
        _add(work, star, work.spec.accent or "#f2c14e")


def _pirate(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#2f2a33")
    _room(work, 0.15)
    _add(work, _crown(work, 0.16, 0.075), color)
    def fold(turn: Floats) -> Floats:  # up in front and behind, points at the sides
        return np.asarray(0.5 + 0.5 * np.cos(2.0 * turn))

    brim = _bent_brim(work, lambda r, turn: 0.19 + 0.44 * fold(turn) * np.clip((r - 0.50) / 0.16, 0.0, 1.0) ** 0.8 - 0.05
                      * (r - 0.4) * np.cos(turn),
                      lambda turn: 0.80 - 0.15 * fold(turn), 0.026)  # fmt: skip
    _add(work, brim, color)
    skull = work.on_head(0, 0.42, 0.665)
    _add(work, ellipsoid(skull, np.array((0.085, 0.075, 0.03)) * s, turning(-0.1)), "#fbf6ea")
    _add(work, ellipsoid(skull + s * np.array((0, -0.075, 0.006)), np.array((0.045, 0.032, 0.025)) * s, turning(-0.1), rings=5),
         "#fbf6ea")
    for x in (-0.03, 0.03):
        _add(work, ellipsoid(skull + s * np.array((x, 0.004, 0.026)), np.array((0.018, 0.022, 0.012)) * s, rings=4), "#2b2024",
             paint="drawn")


def _chef(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#fbfaf5")
    _room(work, 0.20)
    band = turned(cone((0, 0, 0), 0.435 * s, 0.43 * s, 0.115 * s, 0.02 * s), turning(-0.10), work.on_head(0, 0.34, -0.03))
    _add(work, band, color)
    puffs = [ball(work.on_head(0.30 * np.sin(k * 1.0472), 0.60, 0.28 * np.cos(k * 1.0472) - 0.05), 0.235 * s) for k in range(6)]
    _add(work, joined_solids(*puffs, ball(work.on_head(0, 0.66, -0.05), 0.28 * s), soft_m=0.05 * s), color, cell=0.036)


def _knight(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#aeb8c4")
    _room(work, -9.0)
    head, middle = work.head, work.frame.middle
    shell = head.grown(0.055 * s)
    face = box(work.on_head(0, -0.20, 0.62), np.array((0.385, 0.335, 0.5)) * s, 0.16 * s)
    bottom = slab_between(float(work.on_head(0, -0.42, 0)[1]), 99.0)
    _add(work, shell.within(bottom, 0.02 * s).cut(face, 0.03 * s), color, paint="metal", cell=0.034)
    ridge = [middle + s * np.array((0.0, 0.53 * np.cos(a), 0.53 * np.sin(a) - 0.01)) for a in np.linspace(0.75, -1.9, 12)]
    _add(work, tube(np.array(ridge), np.full(12, 0.035 * s), 8), color, paint="metal")
    visor = head.grown(0.085 * s).within(box(work.on_head(0, 0.19, 0.3), np.array((0.75, 0.075, 0.5)) * s, 0.03 * s), 0.02 * s)
    _add(work, visor, darker(color, 0.18), paint="metal", cell=0.026)
    for sign in (1.0, -1.0):
        _add(work, ellipsoid(work.on_head(0.555 * sign, 0.14, 0.02), np.array((0.05, 0.09, 0.09)) * s),
             work.spec.accent or "#f2c14e")
    t = np.linspace(0.0, 1.0, 10)
    plume = np.stack([np.zeros(10), 0.50 + 0.30 * np.sin(2.4 * t), -0.02 - 0.62 * t], 1)
    path = np.array([work.on_head(*each) for each in plume])
    chain = work.chain("plume", "head", path[::3], stiffness=1.0, gravity=0.08, drag=0.3)
    work.add(tube(path, s * (0.03 + 0.105 * np.sin(np.pi * t) ** 0.7), 12), work.spec.accent or "#d8443c", bone="head",
             chains=(chain,))


def _space(work: Workshop) -> None:
    s = work.frame.head_m
    shell = ball(work.on_head(0, 0.02, -0.02), np.array((0.645, 0.615, 0.60)) * s)
    face = box(work.on_head(0, -0.05, 0.66), np.array((0.485, 0.385, 0.60)) * s, 0.26 * s)
    above = slab_between(float(work.on_head(0, -0.46, 0)[1]), 99.0)
    hull = shell.within(above, 0.03 * s).cut(face, 0.035 * s)
    _add(work, hull, _own(work, "#f4f5f7"), cell=0.033)
    t = np.linspace(0.0, 2 * np.pi, 41)
    unit = np.stack([np.cos(t), np.sin(t)], 1)
    flat = np.sign(unit) * np.abs(unit) ** 0.72 * (0.478, 0.372) + (0.0, -0.045)
    z = 0.60 * np.sqrt(np.clip(1.0 - (flat[:, 0] / 0.645) ** 2 - ((flat[:, 1] - 0.02) / 0.615) ** 2, 0.05, 1.0)) - 0.02
    rim = np.array([work.on_head(x, y, depth) for (x, y), depth in zip(flat, z, strict=True)])
    _add(work, tube(rim, np.full(41, 0.034 * s), 8), work.spec.accent or "#e8733a")
    _add(work, ring(work.on_head(0, -0.45, 0), 0.44 * s, 0.055 * s), _own(work, "#f4f5f7"))
    for sign in (1.0, -1.0):
        disc = turned(cone((0, 0, 0), 0.13 * s, 0.11 * s, 0.045 * s, 0.02 * s), turning(z_rad=-np.pi / 2 * sign),
                      work.on_head(0.64 * sign, 0.0, -0.04))
        _add(work, disc, work.spec.accent or "#e8733a", cell=0.026)
    rod = np.linspace(work.on_head(0.66, 0.05, 0), work.on_head(0.70, 0.42, 0), 4)
    _add(work, tube(rod, np.full(4, 0.012 * s), 6), "#5b6b7d")
    _add(work, ellipsoid(rod[-1], np.full(3, 0.035 * s), rings=5), "#e8574a")


def _ninja(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#33394a")
    _room(work, -9.0)
    slit = box(work.on_head(0, work.layout.eye_y + 0.03, 0.6), np.array((0.43, 0.155, 0.55)) * s, 0.12 * s)
    _add(work, work.head.grown(0.042 * s).cut(slit, 0.03 * s), color, cell=0.034)
    band = work.head.grown(0.062 * s).within(slab_between(*(float(work.on_head(0, y, 0)[1]) for y in (0.17, 0.285))), 0.012 * s)
    red = work.spec.accent or "#c8443c"
    _add(work, band, red, cell=0.026)
    z = 0.30
    plate = box(work.on_head(0, 0.228, z), np.array((0.17, 0.05, 0.3)) * s, 0.02 * s)
    _add(work, work.head.grown(0.078 * s).within(plate, 0.01 * s), "#b9c2cc", cell=0.022, paint="metal")
    for swing in (0.10, -0.12):
        t = np.linspace(0.0, 1.0, 7)[:, None]
        path = work.on_head(0.02, 0.22, -0.52) + s * np.concatenate([swing * 2 * t, -0.26 * t - 0.1 * t**2, -0.40 * t], 1)
        chain = work.chain(f"band {swing:+.2f}", "head", path[::2], stiffness=0.5, gravity=0.15, drag=0.25)
        work.add(tube(path, s * np.linspace(0.05, 0.07, 7), 8, flat=0.3), red, bone="head", chains=(chain,))
    work.layout.has_mouth = False


def _kings(work: Workshop) -> None:
    _crown_of(work, _own(work, "#f2c14e"), 0.36, 0.34, 6, 0.20)


def _tiara(work: Workshop) -> None:
    s, gold = work.frame.head_m, _own(work, "#f2c14e")
    y = 0.36
    t = np.linspace(-1.15, 1.15, 15)
    path = np.array([work.on_head(0.43 * np.sin(a), y + 0.04 * np.cos(a), 0.38 * np.cos(a) - 0.02) for a in t])
    _add(work, tube(path, np.full(15, 0.026 * s), 8), gold, paint="metal")
    for a, high, color in ((0.0, 0.115, "#e8577a"), (0.42, 0.085, "#7fd0f0"), (-0.42, 0.085, "#7fd0f0"), (0.8, 0.06, gold),
                           (-0.8, 0.06, gold)):
        place = work.on_head(0.43 * np.sin(a), y + 0.035 + 0.5 * high, 0.39 * np.cos(a) - 0.02)
        _add(work, ellipsoid(place, np.array((0.36 * high + 0.01, 0.62 * high, 0.03)) * s, turning(0, a), rings=5), gold,
             paint="metal")
        _add(work, ellipsoid(place + s * np.array((0.0, 0.0, 0.026)), np.array((0.026, 0.032, 0.016)) * s, turning(0, a), rings=5),
             color)


def _crown_of(work: Workshop, color: str, y: float, radius: float, points: int, high: float) -> None:
    s = work.frame.head_m
    middle = work.on_head(0, y + 0.09, -0.03)

    def far(p: Floats) -> Floats:
        q = (p - middle) / s
        turn = np.arctan2(q[:, 0], q[:, 2])
        top = 0.05 + high * np.abs(np.cos(0.5 * points * turn)) ** 1.3
        r = np.hypot(q[:, 0], q[:, 2]) - radius - 0.10 * q[:, 1]
        return np.asarray(np.maximum(np.abs(r) - 0.030, np.maximum(q[:, 1] - top, -0.09 - q[:, 1]) * 0.6) * s)

    reach = np.array((radius + 0.12, high + 0.12, radius + 0.12)) * s
    _add(work, Solid(far, middle - reach, middle + reach), color, cell=0.021, paint="metal")
    for k in range(points):
        turn = 2 * np.pi * k / points
        place = middle + s * np.array((np.sin(turn) * (radius + 0.045 + 0.1 * high), high + 0.055,
                                       np.cos(turn) * (radius + 0.045 + 0.1 * high)))
        _add(work, ellipsoid(place, np.full(3, 0.036 * s), rings=5), color, paint="metal")
        gem = middle + s * np.array((np.sin(turn) * (radius + 0.028), -0.01, np.cos(turn) * (radius + 0.028)))
        _add(work, ellipsoid(gem, np.full(3, 0.034 * s), rings=5), "#e8574a" if k % 2 else "#4aa3e8")


def _top(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#2f2a33")
    _room(work, 0.20)
    _add(work, _brim(work, 0.27, 0.60, 0.030, tilt=0.10), color, cell=0.028)
    body = turned(cone((0, 0.24 * s, 0), 0.40 * s, 0.44 * s, 0.27 * s, 0.03 * s), turning(-0.10), work.on_head(0, 0.27, 0))
    _add(work, body, color)
    band = turned(cone((0, 0.075 * s, 0), 0.415 * s, 0.42 * s, 0.055 * s, 0.01 * s), turning(-0.10), work.on_head(0, 0.27, 0))
    _add(work, band, work.spec.accent or "#c8443c", cell=0.026)


def _straw(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#e6c878")
    _room(work, 0.18)
    _add(work, _brim(work, 0.22, 0.80, 0.026), color, cell=0.030)
    _add(work, _crown(work, 0.20, 0.06), lighter(color, 0.12))
    band = work.head.grown(0.078 * s).within(turned(slab_between(-0.045 * s, 0.045 * s), turning(-0.18),
                                                    work.on_head(0, 0.285, 0)), 0.01 * s)
    _add(work, Solid(band.far, work.head.low - 0.1 * s, work.head.high + 0.1 * s), work.spec.accent or "#d8574c", cell=0.025)


def _cap(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#d8473c")
    _room(work, 0.12)
    _add(work, _crown(work, 0.13, 0.055), color)
    shade = turned(ball((0, 0, 0.30 * s), np.array((0.36, 0.035, 0.40)) * s), turning(0.10), work.on_head(0, 0.185, 0.28))
    _add(work, shade, darker(color, 0.15), cell=0.026)
    _add(work, ellipsoid(work.on_head(0, 0.535, -0.01), np.array((0.045, 0.025, 0.045)) * s, rings=5), darker(color, 0.2))


def _beanie(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#3f8a6a")
    _room(work, 0.12)
    _add(work, _crown(work, 0.15, 0.065), color)
    rim = turned(slab_between(-0.075 * s, 0.075 * s), turning(-0.18), work.on_head(0, 0.19, 0))
    cuff = work.head.grown(0.092 * s).within(rim, 0.03 * s)
    _add(work, Solid(cuff.far, work.head.low - 0.12 * s, work.head.high + 0.12 * s), lighter(color, 0.25), cell=0.028)
    _add(work, ellipsoid(work.on_head(0, 0.60, -0.02), np.full(3, 0.115 * s)), work.spec.accent or "#fbf6ea")


def _santa(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#d8473c")
    _room(work, 0.14)
    t = np.linspace(0.0, 1.0, 13)[:, None]
    path = work.on_head(0, 0.22, -0.02) + s * np.concatenate([0.44 * t**2, 0.60 * t - 0.36 * t**3, -0.06 * t - 0.06 * t**2], 1)
    chain = work.chain("hat", "head", path[[5, 9, 12]], stiffness=0.8, gravity=0.2, drag=0.3)
    work.add(tube(path, s * (0.475 * (1.0 - 0.88 * t[:, 0]) ** 0.8), 20), color, bone="head", chains=(chain,))
    work.add(ellipsoid(path[-1], np.full(3, 0.095 * s)), "#fffaf2", bone="head", chains=(chain,))
    rim = turned(slab_between(-0.06 * s, 0.06 * s), turning(-0.18), work.on_head(0, 0.20, 0))
    fur = work.head.grown(0.085 * s).within(rim, 0.05 * s)
    _add(work, Solid(fur.far, work.head.low - 0.12 * s, work.head.high + 0.12 * s), "#fffaf2", cell=0.028)


def _cowboy(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#9a6a3a")
    _room(work, 0.18)
    brim = _bent_brim(work, lambda r, turn: 0.23 + 0.75 * np.clip(np.abs(r * np.sin(turn)) - 0.40, 0.0, 1.0) ** 1.4
                      - 0.05 * np.clip(np.abs(r * np.cos(turn)) - 0.35, 0.0, 1.0), lambda turn: 0.74 + 0.08 * np.sin(turn) ** 2,
                      0.024)  # fmt: skip
    _add(work, brim, color)
    body = cone(work.on_head(0, 0.40, -0.01), 0.47 * s, 0.36 * s, 0.20 * s, 0.09 * s)
    dent = ball(work.on_head(0, 0.64, -0.01), np.array((0.11, 0.10, 0.30)) * s)
    _add(work, body.cut(dent, 0.08 * s), color)
    _add(work, ring(work.on_head(0, 0.285, -0.01), 0.462 * s, 0.034 * s), work.spec.accent or "#4a2f1c", cell=0.022)


def _flower(work: Workshop) -> None:
    s = work.frame.head_m
    middle = work.on_head(0.33, 0.33, 0.26)
    turn = turning(-0.45, 0.75)
    for k in range(6):
        a = k * np.pi / 3.0
        at = middle + turn @ (s * np.array((0.085 * np.cos(a), 0.085 * np.sin(a), 0.02)))
        _add(work, ellipsoid(at, np.array((0.062, 0.062, 0.026)) * s, turn, rings=5), _own(work, "#f6a6c1"))
    _add(work, ellipsoid(middle + turn @ np.array((0, 0, 0.04 * s)), np.array((0.055, 0.055, 0.035)) * s, turn, rings=5),
         work.spec.accent or "#f2c14e")


def _bow(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#e8574a")
    middle = work.on_head(0.20, 0.455, 0.12)
    for sign in (1.0, -1.0):
        wing = turned(joined_solids(limb((0.02 * s * sign, 0, 0), (0.17 * sign * s, 0.03 * s, 0), 0.03 * s, 0.105 * s, flat=0.5)),
                      turning(0, 0.2, -0.35), middle)
        _add(work, wing, color, cell=0.024)
    _add(work, ellipsoid(middle, np.array((0.05, 0.05, 0.045)) * s, rings=5), darker(color, 0.15))


def _sprout(work: Workshop) -> None:
    s = work.frame.head_m
    top = work.on_head(0, 0.66, 0)
    path = np.linspace(work.on_head(0, 0.44, 0), top, 4)
    chain = work.chain("sprout", "head", path[::3], stiffness=1.2, gravity=0.0, drag=0.2)
    work.add(tube(path, np.full(4, 0.022 * s), 7), "#5f9a3a", bone="head", chains=(chain,))
    for sign in (1.0, -1.0):
        leaf = ellipsoid(top + s * np.array((0.11 * sign, 0.045, 0)), np.array((0.125, 0.03, 0.075)) * s,
                         turning(0, 0, 0.4 * sign), rings=6)
        work.add(leaf, _own(work, "#7fc14e"), bone="head", chains=(chain,))


def _bucket(work: Workshop) -> None:
    s, color = work.frame.head_m, _own(work, "#8d95a3")
    _room(work, 0.20)
    body = turned(cone((0, 0.12 * s, 0), 0.44 * s, 0.35 * s, 0.24 * s, 0.02 * s), turning(-0.14, 0, -0.12),
                  work.on_head(0, 0.32, 0))
    _add(work, body, color, paint="metal")
    rim = turned(ring((0, -0.10 * s, 0), 0.445 * s, 0.030 * s), turning(-0.14, 0, -0.12), work.on_head(0, 0.32, 0))
    _add(work, rim, darker(color, 0.2), cell=0.024, paint="metal")


HATS: dict[str, Callable[[Workshop], None]] = {
    "wizard's hat": _wizard, "pirate hat": _pirate, "chef's hat": _chef, "knight's helmet": _knight, "space helmet": _space,
    "ninja hood": _ninja,
    "crown": _kings, "tiara": _tiara, "top hat": _top, "straw hat": _straw, "cap": _cap, "beanie": _beanie, "santa hat": _santa,
    "cowboy hat": _cowboy,
    "flower": _flower, "bow": _bow, "sprout": _sprout, "bucket": _bucket,
}  # fmt: skip
