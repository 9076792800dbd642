"""Where cards stand: at their corners, below or above each other, and never over each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from taixu.render.hud.cards import Card

__all__ = ["place_cards"]

Rect = tuple[float, float, float, float]

_MOST_CARDS = 100
_MOST_HOMELESS = 2
"""Of one owner: then nothing more of theirs is tried, because looking is what takes time."""


def place_cards(cards: Sequence[Card], *, size: tuple[int, int], margin: float, gap: float) -> list[tuple[Card, float, float]]:
    """Cards and the upper left corners where there is room for them; those for which there is none are left out.

    Who comes first gets its place; others go on from there towards the middle of the picture, then beside.
    """
    placed: list[Rect] = []
    found = []
    homeless: Counter[int | str] = Counter()
    for card in cards[:_MOST_CARDS]:
        spot = _spot(card, placed, size, margin, gap) if homeless[card.owner] < _MOST_HOMELESS else None
        if spot is None:
            homeless[card.owner] += 1
            continue
        placed.append((*spot, card.width, card.height))
        found.append((card, *spot))
    return found


def _spot(card: Card, placed: list[Rect], size: tuple[int, int], margin: float, gap: float) -> tuple[float, float] | None:
    (width, height), w, h = size, card.width, card.height
    if w > width - 2 * margin or h > height - 2 * margin:
        margin = 0.0
    lowest, rightmost = height - margin - h, width - margin - w
    if lowest < 0 or rightmost < 0:
        return None
    right, down = card.offset
    corner = card.corner
    inwards = -1.0 if corner.endswith("right") else 1.0
    x = margin if corner.endswith("left") else width - margin - w if corner.endswith("right") else (width - w) / 2
    x = min(max(x + right, margin), rightmost)
    from_below = corner.startswith("bottom")
    y = margin + max(0.0, down) if corner.startswith("top") else lowest + min(0.0, down) if from_below else (height - h) / 2 + down
    y = min(max(y, margin), lowest)
    edges = [edge for _, top, _, high in placed for edge in (top + high + gap, top - gap - h)]
    edges.sort(key=lambda edge: (_is_behind(edge, y, from_below, corner), abs(edge - y)))
    rows = np.array([row for row in (y, *edges) if margin <= row <= lowest])
    taken = np.array(placed).reshape(-1, 4)
    near = gap - 0.5
    beside_rows = (rows[:, None] < taken[:, 1] + taken[:, 3] + near) & (taken[:, 1] < rows[:, None] + h + near)
    for column in _columns(x, inwards, w, placed, gap, margin, rightmost):
        beside = (column < taken[:, 0] + taken[:, 2] + near) & (taken[:, 0] < column + w + near)
        free = ~(beside_rows & beside).any(1)
        if free.any():
            return round(column), round(float(rows[free.argmax()]))
    return None


def _columns(x: float, inwards: float, w: float, placed: list[Rect], gap: float, margin: float, rightmost: float) -> list[float]:
    """Where else it may begin: at its own edge, then beside what stands there."""
    beside = [left + wide + gap if inwards > 0 else left - gap - w for left, _, wide, _ in placed]
    beyond = {edge for edge in beside if (edge - x) * inwards > 0 and margin <= edge <= rightmost}
    return [x, *sorted(beyond, key=lambda edge: abs(edge - x))]


def _is_behind(edge: float, y: float, from_below: bool, corner: str) -> bool:
    """Whether a height is nearer to the picture's edge than the one that is wanted: no card jumps a queue."""
    if corner.startswith("top"):
        return edge < y
    return edge > y if from_below else False
