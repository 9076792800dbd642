"""The table of marching cubes, derived: which of a cube's twelve edges the surface's triangles join, for each way its corners lie.

Bit x + 2 y + 4 z of a case says whether the corner (x, y, z) is inside. Edges: four along x, four along y, four along z, each
in the order (0, 0), (1, 0), (0, 1), (1, 1) of the other two axes; as Shap-E's decoder in diffusers has them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["cube_cases"]

_EDGES = [(0, 1), (2, 3), (4, 5), (6, 7), (0, 2), (1, 3), (4, 6), (5, 7), (0, 4), (1, 5), (2, 6), (3, 7)]
_FACES = [(0, 4, 6, 2), (1, 3, 7, 5), (0, 1, 5, 4), (2, 6, 7, 3), (0, 2, 3, 1), (4, 5, 7, 6)]
"""Corners anticlockwise, seen from outside."""
_MOST = 5


def cube_cases() -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Edges [256, 5, 3] and which triangles there are [256, 5]; their fronts look out."""
    cases, masks = np.zeros((256, _MOST, 3), np.int64), np.zeros((256, _MOST), bool)
    for case in range(256):
        triangles = [(loop[0], loop[i], loop[i + 1]) for loop in _loops(case) for i in range(1, len(loop) - 1)]
        for number, triangle in enumerate(triangles):
            cases[case, number], masks[case, number] = triangle, True
    return cases, masks


def _loops(case: int) -> list[list[int]]:
    """Rings of edges: on each face the surface goes from where its ring enters an inside corner to where it leaves it."""
    following: dict[int, int] = {}
    for face in _FACES:
        crossed = []
        for first, second in zip(face, (*face[1:], face[0]), strict=True):
            inside = case >> first & 1, case >> second & 1
            if inside[0] != inside[1]:
                crossed.append((_EDGES.index((min(first, second), max(first, second))), bool(inside[1])))
        if crossed and not crossed[0][1]:
            crossed = [*crossed[1:], crossed[0]]
        following |= {enter[0]: leave[0] for enter, leave in zip(crossed[::2], crossed[1::2], strict=True)}
    loops = []
    while following:
        start = next(iter(following))
        loop = [start]
        while (after := following.pop(loop[-1])) != start:
            loop.append(after)
        loops.append(loop)
    return loops
