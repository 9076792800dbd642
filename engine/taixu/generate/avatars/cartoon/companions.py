"""Things that cartoons hold in a hand. Each stands on the palm and points forward, as a hand does that hangs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.colors import darker
from taixu.generate.avatars.cartoon.nets import Skin, ellipsoid, tube
from taixu.generate.avatars.cartoon.solids import Solid, box, cone, joined_solids, limb, ring, turned, turning
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["COMPANIONS"]

Floats = NDArray[np.float64]


def _grip(work: Workshop, side: str) -> Floats:
    """The middle of a fist."""
    frame = work.frame
    sign = 1.0 if side == "left" else -1.0
    return np.asarray(frame.place(f"{side}Hand") + (sign * 1.25 * frame.arm, -0.35 * frame.arm, 0.0))


def _hold(work: Workshop, shape: Solid | Skin, color: str, *, side: str = "right", cell: float = 0.016,
          paint: str = "plain") -> None:
    work.add(shape, color, bone=f"{side}Hand", cell=cell, paint=paint)
    work.holds |= side == "right"


def _rod(work: Workshop, behind: float, ahead: float, radius: float, *, side: str = "right",
         up: float = 0.0) -> tuple[Solid, Floats, Floats]:
    """A rod through the fist, and its ends. A hand that hangs points it forward; `up` raises it, 1 to upright."""
    at, tall = _grip(work, side), work.frame.tall
    sign = -1.0 if side == "left" else 1.0
    way = np.array((sign * up, 0.0, np.sqrt(max(1.0 - up * up, 0.0))))
    back, front = at - behind * tall * way, at + ahead * tall * way
    return limb(back, front, radius * tall), back, front


def _staff(work: Workshop) -> None:
    tall = work.frame.tall
    shift = np.array((0.0, 0.0, 1.1 * work.frame.arm))
    rod, _, front = _rod(work, 0.33, 0.62, 0.020, up=1.0)
    _hold(work, rod.at(*shift), "#7a4f2f", cell=0.018)
    front = front + shift
    t = np.linspace(0.0, 1.6 * np.pi, 14)
    hook = np.array([front + tall * np.array((0.075 * (1 - np.cos(a)), 0.075 * np.sin(a), 0.0)) for a in t])
    _hold(work, tube(hook, np.linspace(0.021, 0.014, 14) * tall, 8), "#7a4f2f")
    _hold(work, ellipsoid(front + (0.075 * tall, 0, 0), np.full(3, 0.050 * tall)), work.spec.accent or "#7fe0f0", paint="glow")


def _wand(work: Workshop) -> None:
    tall = work.frame.tall
    rod, _, front = _rod(work, 0.05, 0.27, 0.014, up=0.45)
    _hold(work, rod, "#f6f1e4", cell=0.012)
    star = joined_solids(*(limb(front, front + 0.075 * tall * np.array((0.0, np.sin(a), np.cos(a))), 0.026 * tall, 0.008 * tall)
                           for a in 2 * np.pi * np.arange(5) / 5), soft_m=0.012 * tall)  # fmt: skip
    _hold(work, star, work.spec.accent or "#f2c14e", cell=0.012, paint="glow")


def _sword(work: Workshop) -> None:
    tall = work.frame.tall
    at = _grip(work, "right")
    _hold(work, limb(at - (0, 0, 0.075 * tall), at + (0, 0, 0.07 * tall), 0.020 * tall), "#5b3a29", cell=0.014)
    _hold(work, ellipsoid(at - (0, 0, 0.085 * tall), np.full(3, 0.028 * tall), rings=5), "#f2c14e", paint="metal")
    _hold(work, box(at + (0, 0, 0.085 * tall), np.array((0.026, 0.085, 0.022)) * tall, 0.018 * tall), "#f2c14e", cell=0.014,
          paint="metal")
    blade = limb(at + (0, 0, 0.10 * tall), at + (0, 0, 0.43 * tall), 0.048 * tall, 0.020 * tall)
    flat = Solid(lambda p: np.maximum(blade.far(p), np.abs(p[:, 0] - at[0]) - 0.014 * tall), blade.low, blade.high)
    _hold(work, flat, "#d7dee6", cell=0.013, paint="metal")


def _shield(work: Workshop) -> None:
    tall = work.frame.tall
    at = _grip(work, "left") + np.array((-0.2 * work.frame.arm, -0.10 * tall, 0.0))
    disc = cone((0, 0, 0), 0.185 * tall, 0.175 * tall, 0.026 * tall, 0.02 * tall)
    _hold(work, disc.at(*at), work.spec.accent or "#c8443c", side="left", cell=0.022)
    _hold(work, ring(at, 0.178 * tall, 0.024 * tall), "#d7dee6", side="left", cell=0.018, paint="metal")
    _hold(work, ellipsoid(at - (0, 0.022 * tall, 0), np.array((0.055, 0.030, 0.055)) * tall), "#f2c14e", side="left", paint="metal")


def _lantern(work: Workshop) -> None:
    tall = work.frame.tall
    at = _grip(work, "right") + np.array((-0.17 * tall, 0.0, 0.0))
    body = turned(cone((0, 0, 0), 0.062 * tall, 0.062 * tall, 0.07 * tall, 0.02 * tall), turning(0, 0, np.pi / 2), at)
    _hold(work, body, "#ffe08a", cell=0.016, paint="glow")
    for x in (-0.075, 0.075):
        lid = turned(cone((0, 0, 0), 0.075 * tall, 0.055 * tall, 0.018 * tall, 0.01 * tall), turning(0, 0, np.pi / 2),
                     at + (x * tall, 0, 0))
        _hold(work, lid, "#4a4038", cell=0.016)
    t = np.linspace(0, np.pi, 9)
    bow = np.array([at + tall * np.array((0.08 + 0.075 * np.sin(a), 0.0, 0.055 * np.cos(a))) for a in t])
    _hold(work, tube(bow, np.full(9, 0.009 * tall), 6), "#4a4038")


def _basket(work: Workshop) -> None:
    tall = work.frame.tall
    at = _grip(work, "left") + np.array((0.16 * tall, 0.0, 0.0))
    body = turned(cone((0, 0, 0), 0.095 * tall, 0.125 * tall, 0.065 * tall, 0.02 * tall), turning(0, 0, np.pi / 2), at)
    _hold(work, body, "#b8864a", side="left", cell=0.02)
    _hold(work, turned(ring((0, 0, 0), 0.122 * tall, 0.016 * tall), turning(0, 0, np.pi / 2), at - (0.06 * tall, 0, 0)), "#96693a",
          side="left", cell=0.016)
    t = np.linspace(0, np.pi, 11)
    bow = np.array([at + tall * np.array((-0.05 - 0.12 * np.sin(a), 0.0, 0.118 * np.cos(a))) for a in t])
    _hold(work, tube(bow, np.full(11, 0.013 * tall), 7), "#96693a", side="left")
    for y, z, color in ((0.04, 0.03, "#e8574a"), (-0.04, 0.02, "#f2c14e"), (0.0, -0.05, "#7fc14e")):
        _hold(work, ellipsoid(at + tall * np.array((-0.07, y, z)), np.full(3, 0.047 * tall), rings=6), work.spec.accent or color,
              side="left")


def _spoon(work: Workshop) -> None:
    tall = work.frame.tall
    rod, _, front = _rod(work, 0.08, 0.28, 0.016, up=0.45)
    _hold(work, rod, "#c89a62", cell=0.013)
    _hold(work, ellipsoid(front + (0, 0, 0.04 * tall), np.array((0.022, 0.048, 0.062)) * tall), "#c89a62")


def _balloon(work: Workshop) -> None:
    tall = work.frame.tall
    at = _grip(work, "left")
    top = at + tall * np.array((-0.55, 0.0, 0.20))
    path = np.array([at + (top - at) * k + tall * np.array((0, 0.0, 0.03 * np.sin(6 * k))) for k in np.linspace(0, 1, 9)])
    chain = work.chain("balloon", "leftHand", path[[0, 4, 8]], stiffness=0.3, gravity=-0.6, drag=0.5)
    work.add(tube(path, np.full(9, 0.006 * tall), 5), "#fffaf2", bone="leftHand", chains=(chain,))
    color = work.spec.accent or "#e8574a"
    work.add(ellipsoid(top + tall * np.array((-0.13, 0, 0.03)), np.array((0.155, 0.13, 0.13)) * tall), color, bone="leftHand",
             chains=(chain,))
    work.add(ellipsoid(top + tall * np.array((0.02, 0, 0.0)), np.array((0.02, 0.025, 0.025)) * tall, rings=4), darker(color, 0.2),
             bone="leftHand", chains=(chain,))


COMPANIONS: dict[str, Callable[[Workshop], None]] = {
    "staff": _staff, "wand": _wand, "sword": _sword, "shield": _shield, "lantern": _lantern, "basket": _basket, "spoon": _spoon,
    "balloon": _balloon,
}  # fmt: skip
