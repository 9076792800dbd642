"""Where skin lies in its two pictures: the head has one of its own, widened about the face; the rest keeps the base mesh's layout.

The picture of the head also holds, in a strip at its left, the inside of the mouth and of the eyes' sockets.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.asset import people_data

__all__ = ["Chart", "skin_chart"]

_HEAD_BOX = ((0.641, 0.994), (0.182, 0.851))
_MIDDLE = 0.626
_STRIP = 0.13
_SPREAD = (1.2, 0.314, 1.2)
"""How much more room the middle gets than it has: above the nose, below it, to the sides."""
_ISLANDS = (((0.758, 0.924), (0.864, 0.988), (0.02, 0.30)), ((0.012, 0.077), (0.367, 0.453), (0.35, 0.60)),
            ((0.086, 0.151), (0.367, 0.453), (0.65, 0.90)))  # fmt: skip
"""Mouth and sockets: where they lie in the base mesh's layout, and which rows of the strip they get."""


@dataclass(frozen=True)
class Chart:
    """A part of the skin and its texture coordinates. Vertices are split where coordinates differ.

    Attributes
    ----------
    quads : int64 [f, 4]
        Into the chart's own vertices.
    rows : int64 [n]
        The base mesh's vertex of each of them.
    coordinates : float64 [n, 2]
        v down.
    layout : float64 [n, 2]
        The base mesh's own coordinates, v down.
    inner : bool [n]
        Inside of mouth or sockets.
    """

    quads: NDArray[np.int64]
    rows: NDArray[np.int64]
    coordinates: NDArray[np.float64]
    layout: NDArray[np.float64]
    inner: NDArray[np.bool_]


@cache
def skin_chart(part: str) -> Chart:
    """The chart of the ``head`` or of the ``body``."""
    data = people_data()
    body = data.group("body")
    middles = data.coordinates[data.corners[body]].mean(1)
    (u0, u1), (v0, v1) = _HEAD_BOX
    on_head = (middles[:, 0] > u0) & (middles[:, 0] < u1) & (middles[:, 1] > v0) & (middles[:, 1] < v1)
    is_high = data.positions[data.quads[body]].mean(1)[:, 1] > 0.6  # fingers reach into these boxes
    which = np.where(on_head & is_high, 0, -1)
    for number, ((a, b), (c, d), _) in enumerate(_ISLANDS, 1):
        which[(middles[:, 0] > a) & (middles[:, 0] < b) & (middles[:, 1] > c) & (middles[:, 1] < d) & is_high] = number
    chosen = body[(which >= 0) if part == "head" else (which < 0)]
    pairs = np.stack([data.quads[chosen].ravel(), data.corners[chosen].ravel()], 1)
    unique, inverse = np.unique(pairs, axis=0, return_inverse=True)
    layout = data.coordinates[unique[:, 1]]
    coordinates, inner = layout, np.zeros(len(unique), bool)
    if part == "head":
        owner = np.zeros(len(unique), np.int64)
        owner[inverse] = np.repeat(which[which >= 0], 4)
        coordinates, inner = _head(layout, owner), owner > 0
    return Chart(inverse.reshape(-1, 4), unique[:, 0], coordinates, layout, inner)


def _head(layout: NDArray[np.float64], owner: NDArray[np.int64]) -> NDArray[np.float64]:
    (u0, u1), (v0, v1) = _HEAD_BOX
    s, t = (layout[:, 0] - u0) / (u1 - u0) - _MIDDLE, (layout[:, 1] - v0) / (v1 - v0) - 0.5
    above, below, aside = _SPREAD
    across = np.where(s < 0.0, _widened(s / _MIDDLE, above), _widened(s / (1.0 - _MIDDLE), below))
    result = np.stack([_STRIP + (1.0 - _STRIP) * (0.5 + 0.5 * across), 0.5 + 0.5 * _widened(t / 0.5, aside)], 1)
    for number, ((a, b), (c, d), (low, high)) in enumerate(_ISLANDS, 1):
        at = owner == number
        result[at, 0] = 0.005 + (_STRIP - 0.02) * (layout[at, 0] - a) / (b - a)
        result[at, 1] = low + (high - low) * (layout[at, 1] - c) / (d - c)
    return np.clip(result, 0.002, 0.998)


def _widened(x: NDArray[np.float64], amount: float) -> NDArray[np.float64]:
    """From [-1, 1] to itself, steeper in the middle."""
    return x * (1.0 + amount) / (1.0 + amount * np.abs(x))
