"""Where cards stand: at their corners, below or above each other, and never over each other."""

from __future__ import annotations

from collections.abc import Sequence

from taixu.render.hud.cards import Card

__all__ = ["place_cards"]

Rect = tuple[float, float, float, float]


def place_cards(cards: Sequence[Card], *, size: tuple[int, int], margin: float, gap: float) -> list[tuple[Card, float, float]]:
    """Cards and the upper left corners where there is room for them; those for which there is none are left out.

    Who comes first gets its place; others go on from there towards the middle of the picture, then beside.
    """
    placed: list[Rect] = []
    found = []
    for card in cards:
        spot = _spot(card, placed, size, margin, gap)
        if spot is not None:
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
    for column in _columns(x, inwards, w, placed, gap, margin, rightmost):
        for row in (y, *edges):
            if margin <= row <= lowest and not any(_touch((column, row, w, h), rect, gap) for rect in placed):
                return round(column), round(row)
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


def _touch(a: Rect, b: Rect, gap: float) -> bool:
    near = gap - 0.5
    return a[0] < b[0] + b[2] + near and b[0] < a[0] + a[2] + near and a[1] < b[1] + b[3] + near and b[1] < a[1] + a[3] + near
