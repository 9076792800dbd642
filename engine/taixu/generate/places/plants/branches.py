"""How trees branch: space colonisation for broad crowns, whorls for conifers.

Runions, Lane and Prusinkiewicz, "Modeling Trees with a Space Colonization Algorithm", 2007: points of air that want a leaf pull
the nearest twigs, which grow towards the mean of what pulls them; a point that is reached pulls no more. Thickness follows
the pipe model: what a branch feeds adds up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Branches", "colonise", "whorls"]

Points = NDArray[np.float64]


@dataclass(frozen=True)
class Branches:
    """A tree's skeleton.

    Attributes
    ----------
    points : float64[n, 3]
        Metres; the first is at the ground.
    parents : int64[n]
        The point below; the first one's is itself. Parents come before children.
    radii : float64[n]
        Metres.
    """

    points: Points
    parents: NDArray[np.int64]
    radii: Points

    @property
    def tips(self) -> NDArray[np.int64]:
        """Points that nothing grows from."""
        return np.setdiff1d(np.arange(len(self.points)), self.parents[1:])


def colonise(
    attractors: Points, *, trunk_m: float, step_m: float, reach_m: float, lean: Points, random: np.random.Generator,
    gravity: float = 0.0, thickness_m: float = 0.25, most: int = 900, exponent: float = 2.3,
) -> Branches:
    """Grow into points of air.

    Parameters
    ----------
    trunk_m
        Height below which nothing branches.
    step_m, reach_m
        Length of a twig's piece, and how near a point must be to be reached.
    gravity
        Pulls new pieces down, or, below 0, up.
    """
    count = max(2, round(trunk_m / step_m))
    t = np.linspace(0, 1, count)[:, None]
    sway = np.cumsum(random.normal(0, 0.05 * step_m, (count, 3)) * np.array([1, 0, 1]), axis=0)
    points = list(np.concatenate([t * np.array([0, trunk_m, 0]) + t**2 * lean * trunk_m + sway]))
    parents = [0, *range(count - 1)]
    open_air = attractors.copy()
    children = np.zeros(most + 64, np.int64)
    for _ in range(220):
        if not len(open_air) or len(points) > most:
            break
        tree = np.array(points)
        gaps = open_air[:, None, :] - tree[None, :, :]
        squares = np.einsum("ijk,ijk->ij", gaps, gaps)
        squares[:, : max(count - 2, 1)] += 4 * reach_m**2  # the trunk's lower part sends out nothing
        nearest = squares.argmin(1)
        pulls = np.zeros_like(tree)
        unit = gaps[np.arange(len(open_air)), nearest]
        unit /= np.maximum(np.linalg.norm(unit, axis=1, keepdims=True), 1e-9)
        np.add.at(pulls, nearest, unit)
        grown = np.unique(nearest)
        directions = pulls[grown]
        directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
        directions += random.normal(0, 0.16, directions.shape)
        directions[:, 1] -= gravity
        directions /= np.maximum(np.linalg.norm(directions, axis=1, keepdims=True), 1e-9)
        fresh = 0
        for index, direction in zip(grown.tolist(), directions, strict=True):
            if children[index] >= 3:
                continue
            children[index] += 1
            points.append(tree[index] + direction * step_m)
            parents.append(index)
            fresh += 1
            if len(points) > most:
                break
        if not fresh:
            break
        new = np.array(points[len(tree) :])
        away = ((open_air[:, None, :] - new[None]) ** 2).sum(-1).min(1) if len(new) else np.full(len(open_air), np.inf)
        open_air = open_air[away > reach_m**2]
    return _thickened(np.array(points), np.array(parents, np.int64), thickness_m, exponent)


def whorls(
    *, height_m: float, bare_m: float, reach_m: float, rows: int, droop: float, random: np.random.Generator, thickness_m: float,
    each: int = 5, cone: float = 1.0,
) -> Branches:
    """A straight stem with rings of branches, longest below."""
    stem = max(8, rows * 2)
    y = np.linspace(0, height_m, stem)
    sway = np.cumsum(random.normal(0, 0.004 * height_m, (stem, 2)), axis=0) * (np.arange(stem) / stem)[:, None]
    points = [np.array([sway[k, 0], y[k], sway[k, 1]]) for k in range(stem)]
    parents = [0, *range(stem - 1)]
    turn = random.uniform(0, 2 * np.pi)
    for row in range(rows):
        t = (row + random.uniform(-0.25, 0.25)) / rows
        at = bare_m + np.clip(t, 0, 1) * (height_m * 0.985 - bare_m)
        stem_at = int(np.clip(np.searchsorted(y, at), 1, stem - 1))
        length = reach_m * ((1 - t) ** cone * 0.94 + 0.06) * random.uniform(0.8, 1.1)
        turn += 2.4
        for k in range(each if length > 0.3 * reach_m else max(3, each - 1)):
            angle = turn + 2 * np.pi * k / each + random.normal(0, 0.16)
            parent, place = stem_at, np.array([points[stem_at][0], at, points[stem_at][2]])
            pieces = max(2, round(length / (0.22 * reach_m)))
            reach = length * random.uniform(0.75, 1.1)
            for piece in range(1, pieces + 1):
                s = piece / pieces
                fall = droop * reach * (s * 0.55 + 0.35 * s * s) - 0.22 * reach * s**3 * (droop > 0)
                where = place + np.array([np.cos(angle) * reach * s, -fall, np.sin(angle) * reach * s])
                points.append(where)
                parents.append(parent)
                parent = len(points) - 1
    return _thickened(np.array(points), np.array(parents, np.int64), thickness_m, 2.0)


def _thickened(points: Points, parents: NDArray[np.int64], thickest_m: float, exponent: float) -> Branches:
    load = np.zeros(len(points))
    has_child = np.zeros(len(points), bool)
    has_child[parents[1:]] = True
    load[~has_child] = 1.0
    for index in range(len(points) - 1, 0, -1):  # children come after their parents
        load[parents[index]] += load[index]
    radii = load ** (1 / exponent)
    radii = radii / radii.max() * thickest_m
    # The foot widens into roots.
    radii *= 1 + 0.55 * np.exp(-np.maximum(points[:, 1], 0) / (2.2 * thickest_m)) * (radii > 0.5 * thickest_m)
    return Branches(points, parents, np.maximum(radii, 0.006))
