"""Streets and lots of a settlement, in metres about its middle; which way the water lies decides how it is turned."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.places.buildings.style import read_style
from taixu.generate.places.roads.kinds import RoadKind, kind_named
from taixu.generate.worlds.houses import house_size
from taixu.generate.worlds.kinds import Kind

__all__ = ["Layout", "Lot", "Street", "distance_to_line", "lay_out", "meet", "rectangle"]

Array = NDArray[Any]
_FORMS = 6
"""Of a style: houses share them."""
_GARDENS = {"grid": (7.0, 6.0), "scattered": (9.0, 5.0), "farm": (13.0, 9.0), "beach": (7.0, 4.0), "canal": (0.7, 0.9),
    "walled": (0.8, 1.0), "street": (5.0, 3.0), "oasis": (2.2, 2.0)}
"""Metres between houses, and from the street to the house."""


@dataclass(frozen=True)
class Street:
    """A street: its middle line, its class of roads, and on which sides houses stand along it."""

    line: Array
    kind: str
    left: bool = True
    right: bool = True

    @property
    def road(self) -> RoadKind:
        """Its class."""
        return kind_named(self.kind)

    @property
    def wide(self) -> float:
        """Metres, with its pavements."""
        return self.road.wide_m + 2 * self.road.pave_m

    @property
    def paved(self) -> bool:
        """Whether it has pavements."""
        return self.road.pave_m > 0


@dataclass(frozen=True)
class Lot:
    """A place for a house: middle, direction of its front (turn about y), what stands there, and its plan."""

    x: float
    z: float
    turn: float
    style: str
    seed: int
    wide: float
    deep: float

    @property
    def corners(self) -> Array:
        """Of the plan, float64[4, 2]."""
        return rectangle(self.x, self.z, self.wide, self.deep, self.turn)


@dataclass
class Layout:
    """A settlement's plan.

    Attributes
    ----------
    streets, lots
        What it consists of.
    square
        Middle and radius of the open place.
    canal
        Middle line of a canal; empty without one.
    wall_m
        Radius of a wall around; 0 without one.
    """

    streets: list[Street] = field(default_factory=list)
    lots: list[Lot] = field(default_factory=list)
    square: tuple[float, float, float] = (0.0, 0.0, 9.0)
    canal: Array = field(default_factory=lambda: np.zeros((0, 2)))
    wall_m: float = 0.0


def rectangle(x: float, z: float, wide: float, deep: float, turn: float) -> Array:
    """Corners of a rectangle on the ground, turned about y."""
    c, s = np.cos(turn), np.sin(turn)
    corners = np.array([(-wide / 2, -deep / 2), (wide / 2, -deep / 2), (wide / 2, deep / 2), (-wide / 2, deep / 2)])
    return np.stack([x + corners[:, 0] * c + corners[:, 1] * s, z - corners[:, 0] * s + corners[:, 1] * c], 1)


def lay_out(kind: Kind, name: str, count: int, shore: tuple[float, float], seed: int, fits: Any) -> Layout:
    """Streets and lots.

    Parameters
    ----------
    count
        Houses that are wanted; fewer where there is no room.
    shore
        Direction to the water (or any other), unit.
    fits
        Function of corners [4, 2] that says whether the ground bears a house there.
    """
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFFFFFFFFFF, 101]))
    to = np.array(shore)
    along = np.array([-to[1], to[0]])
    plan = Layout()
    widths = [sum(read_style(style).width) / 2 for style in kind.houses]
    reach = 22.0 + 0.6 * count * (sum(widths) / max(len(widths), 1))
    main, side = kind.main, kind.side

    def curve(a: Any, b: Any, bend: float, points: int = 24) -> Array:
        a, b = np.asarray(a, float), np.asarray(b, float)
        t = np.linspace(0, 1, points)[:, None]
        side = np.array([-(b - a)[1], (b - a)[0]]) / max(float(np.hypot(*(b - a))), 1e-6)
        return a + (b - a) * t + side * (np.sin(np.pi * t) * bend + 0.25 * bend * np.sin(3 * np.pi * t))

    if kind.layout == "quay":
        half = min(reach * 0.55, 85.0)
        plan.streets.append(Street(curve(-along * half, along * half, 3.0), main))
        plan.streets.append(Street(curve(-to * 3, -to * (half * 0.75), 5.0), side))
        plan.streets.append(Street(curve(-to * 36 - along * half * 0.6, -to * 36 + along * half * 0.6, -4.0), side))
        plan.square = (float(-to[0] * 2), float(-to[1] * 2), 8.0)
    elif kind.layout == "grid":
        step = 56.0
        for k in (-1, 0, 1):
            edge = step + 22
            plan.streets.append(Street(curve(along * k * step - to * edge, along * k * step + to * edge, 0.0), main))
            plan.streets.append(Street(curve(to * k * step - along * edge, to * k * step + along * edge, 0.0), main))
        middle = (along + to) * step / 2
        plan.square = (float(middle[0]), float(middle[1]), step / 2 - 9.0)
    elif kind.layout == "walled":
        plan.wall_m = 30.0 + 1.35 * count
        half = plan.wall_m
        plan.streets.append(Street(curve(-along * half, along * (half + 45), 4.0), main))
        plan.streets.append(Street(curve(-to * half * 0.8, to * half * 0.8, -4.0), side))
        ring = np.linspace(0, 2 * np.pi, 40)
        inner = half * 0.62
        plan.streets.append(Street(np.stack([np.cos(ring), np.sin(ring)], 1) * inner, side))
        plan.square = (0.0, 0.0, 11.0)
    elif kind.layout == "farm":
        plan.streets.append(Street(curve(-along * 150, along * 150, 12.0), main, left=False))
        plan.streets.append(Street(curve(np.zeros(2), -to * 60, 6.0), side))
        plan.square = (float(-to[0] * 16), float(-to[1] * 16), 9.0)
    elif kind.layout == "canal":
        half = min(reach * 0.5, 75.0)
        plan.canal = curve(-along * (half + 60), along * (half + 60), 7.0, 60)
        inner = plan.canal[np.abs(plan.canal @ along) <= half]
        ahead = np.gradient(inner, axis=0)
        out = np.stack([ahead[:, 1], -ahead[:, 0]], 1) / np.hypot(*ahead.T)[:, None]
        out = out * np.sign(out @ to)[:, None]
        for sign in (-1, 1):  # along the walls, a step away from them
            plan.streets.append(Street(inner + out * sign * 7.2, main, left=sign > 0, right=sign < 0))
        for sign in (-1, 1):
            plan.streets.append(Street(curve(to * sign * 10, to * sign * 52, 3.0), side))
        middle = to * 13
        plan.square = (float(middle[0]), float(middle[1]), 6.0)
    elif kind.layout == "scattered":
        plan.streets.append(Street(curve(-along * 62, along * 62, 14.0), main))
        plan.streets.append(Street(curve(np.zeros(2), -to * 46, 9.0), side))
        plan.square = (0.0, 0.0, 9.0)
    elif kind.layout == "beach":
        plan.streets.append(Street(curve(-along * 60, along * 60, 4.0), main, left=False))
        plan.streets.append(Street(curve(-to * 2, -to * 34, 5.0), side))
        plan.square = (float(to[0] * 9), float(to[1] * 9), 6.0)
    elif kind.layout == "oasis":
        plan.streets.append(Street(curve(-along * 52, along * 52, 9.0), main))
        plan.streets.append(Street(curve(to * 30, -to * 48, 7.0), side))
        plan.streets.append(Street(curve(-to * 30 - along * 46, -to * 30 + along * 46, -6.0), side))
        plan.square = (0.0, 0.0, 11.0)
    else:
        half = min(reach * 0.62, 80.0)
        plan.streets.append(Street(curve(-along * half, along * half, 8.0), main))
        plan.streets.append(Street(curve(np.zeros(2), -to * half * 0.7, 6.0), side))
        plan.streets.append(Street(curve(along * 6, along * 10 + to * half * 0.6, -5.0), side))
        plan.square = (0.0, 0.0, 10.0)
    _fill(plan, kind, name, count, random, seed, fits)
    return plan


def _fill(plan: Layout, kind: Kind, name: str, count: int, random: np.random.Generator, seed: int, fits: Any) -> None:
    """Houses along streets, fronts towards them; none meets another, a street, or the square."""
    styles = [style for style, share in kind.houses.items() if share > 0]
    shares = np.array([kind.houses[style] for style in styles])
    shares = shares / shares.sum()
    for number, style in enumerate(kind.landmarks):
        _landmark(plan, style, 16.0 * number, fits, seed)
    gap, setback = _GARDENS.get(kind.layout, (2.6, 1.6))
    candidates = []
    for number, street in enumerate(plan.streets):
        steps = np.hypot(*np.diff(street.line, axis=0).T)
        lengths = np.concatenate([[0], np.cumsum(steps)])
        for side, wanted in ((1.0, street.left), (-1.0, street.right)):
            if not wanted:
                continue
            at = 4.0
            k = 0
            while at < lengths[-1] - 4.0 and k < 60:
                style = styles[int(random.choice(len(styles), p=shares))]
                own = (seed * 1009 + (number * 131 + k * 7 + int(side > 0)) % _FORMS) & 0x7FFFFFFF
                wide, deep = house_size(style, own)
                at += wide / 2
                if at >= lengths[-1]:
                    break
                x, z = (float(np.interp(at, lengths, street.line[:, axis])) for axis in (0, 1))
                ahead = np.array([np.interp(at + 1, lengths, street.line[:, axis]) - np.interp(at - 1, lengths,
                    street.line[:, axis]) for axis in (0, 1)])
                ahead /= max(float(np.hypot(*ahead)), 1e-6)
                out = np.array([ahead[1], -ahead[0]]) * side
                away = street.wide / 2 + setback + deep / 2 + float(random.uniform(0, 0.4 if gap < 1 else 1.5))
                turn = float(np.arctan2(-out[0], -out[1]))
                middle = np.array([x, z]) + out * away
                near = abs(at - lengths[-1] / 2) + float(random.uniform(0, 6))
                candidates.append((near + 6.0 * number, Lot(float(middle[0]), float(middle[1]), turn, style, own, wide, deep)))
                at += wide / 2 + gap + float(random.uniform(0, gap * 0.6))
                k += 1
    candidates.sort(key=lambda pair: (pair[0], pair[1].x, pair[1].z))
    for _, lot in candidates:
        if len(plan.lots) >= count:
            break
        if _is_free(plan, lot.corners, margin=min(gap, 2.0) * 0.5) and fits(lot.corners):
            plan.lots.append(lot)


def _landmark(plan: Layout, style: str, away_m: float, fits: Any, seed: int) -> None:
    """One house near the square, or some way from it, that looks towards it."""
    wide, deep = house_size(style, seed)
    for k in range(40):
        angle = 0.7 + k * 2.39996
        away = plan.square[2] + deep / 2 + 3.0 + away_m + 0.9 * k
        x, z = plan.square[0] + away * float(np.cos(angle)), plan.square[1] + away * float(np.sin(angle))
        lot = Lot(x, z, float(np.arctan2(plan.square[0] - x, plan.square[1] - z)), style, seed & 0x7FFFFFFF, wide, deep)
        if _is_free(plan, lot.corners, margin=1.0) and fits(lot.corners):
            plan.lots.append(lot)
            return


def _is_free(plan: Layout, corners: Array, *, margin: float) -> bool:
    u, v = (g.ravel()[:, None] for g in np.meshgrid(np.linspace(0, 1, 8), np.linspace(0, 1, 8)))
    spots = corners[0] + u * (corners[1] - corners[0]) + v * (corners[3] - corners[0])
    for street in plan.streets:
        if float(distance_to_line(spots, street.line).min()) < street.wide / 2 + 0.5:
            return False
    if len(plan.canal) and float(distance_to_line(spots, plan.canal).min()) < 6.6:
        return False
    if plan.wall_m and float(np.hypot(*spots.T).max()) > plan.wall_m - 3.0:
        return False
    if float(np.hypot(spots[:, 0] - plan.square[0], spots[:, 1] - plan.square[1]).min()) < plan.square[2]:
        return False
    return not any(meet(corners, other.corners, margin=margin) for other in plan.lots)


def distance_to_line(points: Array, line: Array) -> Array:
    """Of points [n, 2] to a line of points [m, 2], float64[n]."""
    a, b = line[:-1], line[1:]
    d = b - a
    t = np.clip(((points[:, None] - a) * d).sum(-1) / np.maximum((d * d).sum(-1), 1e-9), 0, 1)
    nearest = a + d * t[..., None]
    result: Array = np.sqrt(((points[:, None] - nearest) ** 2).sum(-1)).min(1)
    return result


def meet(a: Array, b: Array, *, margin: float = 0.0) -> bool:
    """Whether two rectangles on the ground are nearer than a margin (axes that part them: Gottschalk, 1996)."""
    for first, second in ((a, b), (b, a)):
        for k in (0, 1):
            axis = first[k + 1] - first[k]
            axis = axis / max(float(np.hypot(*axis)), 1e-9)
            p, q = first @ axis, second @ axis
            if p.max() + margin <= q.min() or q.max() + margin <= p.min():
                return False
    return True
