"""Which chunks of endless ground eyes need, and which of those that are made cover the ground without a hole."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.generate.modifiers.blocks import CELL_M, Cell

__all__ = ["Spans", "children_of", "cover", "missing", "parent_of", "roots_around", "top_level", "wanted_chunks"]

SPLIT = 0.8
"""A chunk is divided when an eye is nearer than so many of its edges."""
Spans = Callable[[Cell], tuple[float, float] | None]
"""From how low to how high a chunk's ground reaches, where that is known."""


def children_of(cell: Cell) -> tuple[Cell, Cell, Cell, Cell]:
    """The four of the next finer level."""
    level, i, j = cell[0] - 1, 2 * cell[1], 2 * cell[2]
    return (level, i, j), (level, i + 1, j), (level, i, j + 1), (level, i + 1, j + 1)


def parent_of(cell: Cell) -> Cell:
    """The one that holds it."""
    level, i, j = cell
    return level + 1, i >> 1, j >> 1


def top_level(reach_m: float) -> int:
    """Of the chunks that lie farthest away."""
    level = 0
    while CELL_M * (1 << level) < reach_m / 3 and level < 14:
        level += 1
    return level


def roots_around(eyes: Sequence[NDArray[np.float64]], reach_m: float) -> list[Cell]:
    """The coarsest chunks within reach of an eye, the nearest first."""
    level = top_level(reach_m)
    edge = CELL_M * (1 << level)
    found: dict[Cell, float] = {}
    for eye in eyes:
        i0, i1 = (int(np.floor((eye[0] + side * reach_m) / edge)) for side in (-1, 1))
        j0, j1 = (int(np.floor((eye[2] + side * reach_m) / edge)) for side in (-1, 1))
        for j in range(j0, j1 + 1):
            for i in range(i0, i1 + 1):
                cell = (level, i, j)
                gap = _gap(cell, eye, None)
                if gap <= reach_m:
                    found[cell] = min(found.get(cell, np.inf), gap)
    return sorted(found, key=lambda cell: (found[cell], cell))


def wanted_chunks(roots: Sequence[Cell], eyes: Sequence[NDArray[np.float64]], spans: Spans) -> dict[Cell, float]:
    """The chunks that should be shown, with how far the nearest eye is, in edges."""
    wanted: dict[Cell, float] = {}
    waiting = list(roots)
    while waiting:
        cell = waiting.pop()
        gap = min(_gap(cell, eye, spans(cell)) for eye in eyes) / (CELL_M * (1 << cell[0]))
        if cell[0] > 0 and gap < SPLIT:
            waiting.extend(children_of(cell))
        else:
            wanted[cell] = gap
    return wanted


def cover(root: Cell, wanted: Container[Cell], made: Container[Cell]) -> list[Cell] | None:
    """Made chunks that cover a root without hole or overlap, as near to what is wanted as they come; None where there are none."""
    if root in wanted:
        if root in made:
            return [root]
        return _below(root, made, 2)
    if root[0] == 0:
        return [root] if root in made else None
    parts = [cover(child, wanted, made) for child in children_of(root)]
    if all(part is not None for part in parts):
        return [cell for part in parts for cell in part or ()]
    return [root] if root in made else None


def missing(roots: Sequence[Cell], wanted: dict[Cell, float], made: Container[Cell]) -> Iterator[Cell]:
    """What is to be made, the coarsest first and near before far: what stands for others until they come, comes first."""
    asked: dict[Cell, float] = {}
    for cell, gap in wanted.items():
        at, near = cell, gap * (1 << cell[0])
        while True:
            if at not in made:
                asked[at] = min(asked.get(at, np.inf), near)
            if at[0] >= roots[0][0]:
                break
            at = parent_of(at)
    yield from sorted(asked, key=lambda cell: (-cell[0], asked[cell], cell))


def _below(cell: Cell, made: Container[Cell], depth: int) -> list[Cell] | None:
    if cell[0] == 0 or depth == 0:
        return None
    found: list[Cell] = []
    for child in children_of(cell):
        part = [child] if child in made else _below(child, made, depth - 1)
        if part is None:
            return None
        found += part
    return found


def _gap(cell: Cell, eye: NDArray[np.float64], span: tuple[float, float] | None) -> float:
    """Metres from an eye to a chunk's box; as high as the eye where its span is not known."""
    edge = CELL_M * (1 << cell[0])
    dx = max(cell[1] * edge - eye[0], eye[0] - (cell[1] + 1) * edge, 0.0)
    dz = max(cell[2] * edge - eye[2], eye[2] - (cell[2] + 1) * edge, 0.0)
    dy = 0.0 if span is None else max(span[0] - eye[1], eye[1] - span[1], 0.0)
    return float(np.sqrt(dx * dx + dy * dy + dz * dz))
