"""How people avoid each other: optimal reciprocal collision avoidance, everybody at once.

Each neighbour allows a half-plane of velocities, and takes half of the trouble; the nearest allowed velocity to the wanted
one is a small linear programme a person (J. van den Berg, S. J. Guy, M. Lin, D. Manocha: Reciprocal n-body collision
avoidance, 2011). Here the programmes of all people are solved side by side, line by line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Pairs", "avoid", "find_pairs"]

Array = NDArray[Any]
_MOST_NEIGHBOURS = 8
_STOREY_M = 1.4
_EPS = 1e-9


@dataclass(frozen=True, slots=True)
class Pairs:
    """Who is near whom: person `a` sees `b`, as the neighbour of number `slot`."""

    a: NDArray[np.int64]
    b: NDArray[np.int64]
    slot: NDArray[np.int64]


def find_pairs(places: Array, reach_m: float) -> Pairs:
    """The nearest neighbours of people at places [n, 3] who stand on the same storey, at most so far away."""
    count = len(places)
    if count < 2:
        none = np.zeros(0, np.int64)
        return Pairs(none, none, none)
    cell = np.floor(places[:, [0, 2]] / reach_m).astype(np.int64)
    cell -= cell.min(axis=0)
    width = int(cell[:, 0].max()) + 3
    key = cell[:, 1] * width + cell[:, 0] + 1
    order = np.argsort(key, kind="stable")
    keys = key[order]
    a_parts, b_parts = [], []
    for shift in (-width, 0, width):  # a row of three cells is one run
        begin = np.searchsorted(keys, keys + shift - 1, side="left")
        end = np.searchsorted(keys, keys + shift + 1, side="right")
        counts = end - begin
        which = np.repeat(np.arange(count), counts)
        other = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + begin[which]
        a_parts.append(which)
        b_parts.append(other)
    a, b = order[np.concatenate(a_parts)], order[np.concatenate(b_parts)]
    apart = places[b] - places[a]
    away = apart[:, 0] ** 2 + apart[:, 2] ** 2
    near = (away < reach_m**2) & (a != b) & (np.abs(apart[:, 1]) < _STOREY_M)
    a, b, away = a[near], b[near], away[near]
    rank = np.argsort(a * (2 * reach_m**2) + away, kind="stable")
    a, b = a[rank], b[rank]
    first = np.searchsorted(a, np.arange(count))
    slot = np.arange(len(a)) - first[a]
    keep = slot < _MOST_NEIGHBOURS
    return Pairs(a[keep], b[keep], slot[keep])


def avoid(
    places: Array, velocities: Array, wanted: Array, radii: Array, speeds: Array, yields: Array, thinks: Array, pushes: Array,
    pairs: Pairs, *, ahead_secs: float, dt: float,
) -> NDArray[np.float64]:
    """Velocities [n, 2] near the wanted ones that touch nobody for a while.

    Parameters
    ----------
    places, velocities, wanted : float [n, 2]
        On the ground, x and z.
    radii, speeds : float [n]
        Of people, and the fastest that each goes.
    yields : bool [n]
        Who takes part in avoiding: others are walked around.
    thinks : bool [n]
        Who is asked now; others get what they want.
    pushes : bool [n]
        Who has lost patience: they come nearer to those who stand in the way.
    ahead_secs, dt : float
        How far one looks ahead, and the step's length.
    """
    chosen = _limited(wanted, speeds)
    active = thinks[pairs.a]
    if not active.any():
        return chosen
    a, b, slot = pairs.a[active], pairs.b[active], pairs.slot[active]
    point, direction = _half_planes(places, velocities, radii, yields, pushes, a, b, ahead_secs, dt)
    people, row = np.unique(a, return_inverse=True)
    lines = int(slot.max()) + 1
    points, directions = np.zeros((len(people), lines, 2)), np.zeros((len(people), lines, 2))
    given = np.zeros((len(people), lines), bool)
    points[row, slot], directions[row, slot], given[row, slot] = point, direction, True
    chosen[people] = _solve(points, directions, given, chosen[people], speeds[people])
    return chosen


def _limited(velocity: Array, speed: Array) -> Array:
    length = np.linalg.norm(velocity, axis=1)
    return velocity * np.minimum(1.0, speed / np.maximum(length, _EPS))[:, None]


def _det(a: Array, b: Array) -> Array:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def _half_planes(
    places: Array, velocities: Array, radii: Array, yields: Array, pushes: Array, a: Array, b: Array, ahead_secs: float, dt: float
) -> tuple[Array, Array]:
    """Borders of what is allowed: a point and a direction each, what is allowed lies to the left."""
    apart, relative = places[b] - places[a], velocities[a] - velocities[b]
    reach = radii[a] + np.where(pushes[a] & ~yields[b], 0.3, 1.0) * radii[b]
    square = np.maximum((apart**2).sum(axis=1), 1e-8)
    touching = square <= reach**2
    horizon = np.where(touching, dt * 8, ahead_secs)  # who overlaps parts gently
    away = relative - apart / horizon[:, None]
    length = np.maximum(np.linalg.norm(away, axis=1), _EPS)
    unit = away / length[:, None]
    towards = (away * apart).sum(axis=1)
    round_ = touching | ((towards < 0) & (towards**2 > reach**2 * length**2))
    leg = np.sqrt(np.maximum(square - reach**2, 0.0))
    left = _det(apart, away) > 0
    x, z = apart[:, 0], apart[:, 1]
    leg_left = np.stack([x * leg - z * reach, x * reach + z * leg], axis=1) / square[:, None]
    leg_right = -np.stack([x * leg + z * reach, z * leg - x * reach], axis=1) / square[:, None]
    side = np.where(left[:, None], leg_left, leg_right)
    direction = np.where(round_[:, None], np.stack([unit[:, 1], -unit[:, 0]], axis=1), side)
    change = np.where(
        round_[:, None], (reach / horizon - length)[:, None] * unit, (relative * side).sum(axis=1)[:, None] * side - relative
    )
    share = np.where(yields[b], 0.5, 1.0)[:, None]
    return velocities[a] + share * change, direction


def _solve(points: Array, directions: Array, given: Array, wanted: Array, speeds: Array) -> Array:
    """The velocities nearest to those wanted [n, 2] that all lines [n, k] allow; where none is, what is least forbidden."""
    result = wanted.copy()
    stuck = np.zeros(len(wanted), bool)
    for line in range(points.shape[1]):
        wrong = given[:, line] & (_det(directions[:, line], points[:, line] - result) > _EPS) & ~stuck
        who = np.flatnonzero(wrong)
        if not len(who):
            continue
        point, direction = points[who, line], directions[who, line]
        along = (point * direction).sum(axis=1)
        room = along**2 + speeds[who] ** 2 - (point**2).sum(axis=1)
        fails = room < 0
        half = np.sqrt(np.maximum(room, 0.0))
        low, high = -along - half, -along + half
        if line:
            others, offsets = directions[who, :line], point[:, None] - points[who, :line]
            slope, gap = _det(direction[:, None], others), _det(others, offsets)
            parallel, counts = np.abs(slope) <= _EPS, given[who, :line]
            fails |= (parallel & counts & (gap < 0)).any(axis=1)
            cut = gap / np.where(parallel, 1.0, slope)
            counts = counts & ~parallel
            high = np.minimum(high, np.where(counts & (slope >= 0), cut, np.inf).min(axis=1))
            low = np.maximum(low, np.where(counts & (slope < 0), cut, -np.inf).max(axis=1))
        fails |= low > high
        best = np.clip((direction * (wanted[who] - point)).sum(axis=1), low, np.maximum(low, high))
        result[who[~fails]] = (point + best[:, None] * direction)[~fails]
        stuck[who[fails]] = True
    who = np.flatnonzero(stuck)
    if len(who):
        result[who] = _least_wrong(points[who], directions[who], given[who], result[who], speeds[who])
    return result


def _least_wrong(points: Array, directions: Array, given: Array, result: Array, speeds: Array) -> Array:
    """Where no velocity is allowed by all: go half way to each line's allowed side in turn, some times over."""
    for _ in range(3):
        for line in range(points.shape[1]):
            direction = directions[:, line]
            wrong = np.maximum(_det(direction, points[:, line] - result), 0.0) * given[:, line]
            result = result + 0.7 * wrong[:, None] * np.stack([-direction[:, 1], direction[:, 0]], axis=1)
        result = _limited(result, speeds)
    return result
