"""The surface of a landscape's water as a mesh, coarse where it is wide."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, Mesh, ModelData, Node, Primitive
from taixu.generate.places.grids import spread
from taixu.generate.places.landscapes import Landscape
from taixu.generate.places.water import DRY

__all__ = ["water_model"]

_BLOCK = 16
_OPEN_SEA_M = 24_000.0


def water_model(land: Landscape) -> ModelData | None:
    """A model with the water's surface in the terrain's frame; None where there is none.

    TEXCOORD_0 is metres along x and z; TEXCOORD_1 is how deep it is there.
    """
    water, size = land.water, land.spec.size_m
    if not (water > DRY / 2).any():
        return None
    m = len(water)
    wet = water > DRY / 2
    level = np.where(wet, water, spread(water, 2))
    known = level > DRY / 2
    step = size / (m - 1)
    # A square is water where a corner is, and all its corners have a level.
    some = wet[:-1, :-1] | wet[:-1, 1:] | wet[1:, :-1] | wet[1:, 1:]
    full = known[:-1, :-1] & known[:-1, 1:] & known[1:, :-1] & known[1:, 1:]
    squares = some & full
    corners: list[NDArray[Any]] = []
    blocks = (m - 1) // _BLOCK
    taken = np.zeros_like(squares)
    for bj in range(blocks):
        for bi in range(blocks):
            rows, columns = slice(bj * _BLOCK, (bj + 1) * _BLOCK), slice(bi * _BLOCK, (bi + 1) * _BLOCK)
            part = water[bj * _BLOCK : (bj + 1) * _BLOCK + 1, bi * _BLOCK : (bi + 1) * _BLOCK + 1]
            if part.min() > DRY / 2 and float(np.ptp(part)) < 1e-3 and _deep(land, part, bi, bj, step):
                taken[rows, columns] = True
                corners.append(np.array([[bi * _BLOCK, bj * _BLOCK, _BLOCK]]))
    j, i = np.nonzero(squares & ~taken)
    corners.append(np.stack([i, j, np.ones_like(i)], 1))
    boxes = np.concatenate(corners)
    at = np.concatenate([boxes[:, :2] + boxes[:, 2:] * np.array(offset) for offset in ((0, 0), (0, 1), (1, 0), (1, 1))])
    points, inverse = np.unique(at, axis=0, return_inverse=True)
    quad = inverse.reshape(4, -1).T
    triangles = np.concatenate([quad[:, [0, 1, 2]], quad[:, [2, 1, 3]]])
    x = (points[:, 0] * step - size / 2).astype(np.float32)
    z = (points[:, 1] * step - size / 2).astype(np.float32)
    y = level[points[:, 1], points[:, 0]]
    depth = y - land.height_at(x, z)
    positions = np.stack([x, y, z], 1).astype(np.float32)
    if land.sea_m is not None:
        positions, depth, triangles = _with_open_sea(land, positions, depth, triangles)
    positions = positions - np.array([0.0, 0.04, 0.0], np.float32)
    count = len(positions)
    attributes = {
        "POSITION": positions.astype(np.float32),
        "NORMAL": np.tile(np.array([0, 1, 0], np.float32), (count, 1)),
        "TEXCOORD_0": positions[:, [0, 2]].astype(np.float32),
        "TEXCOORD_1": np.stack([depth, np.zeros(count)], 1).astype(np.float32),
    }
    primitive = Primitive(attributes, triangles.astype(np.uint32).reshape(-1), material=0)
    look = Material(name="water", base_color=(0.03, 0.09, 0.1, 0.85), metallic=0.0, roughness=0.1, alpha_mode="BLEND")
    return ModelData(nodes=[Node(name="water", mesh=0)], meshes=[Mesh("water", [primitive])], materials=[look])


def _deep(land: Landscape, part: NDArray[Any], bi: int, bj: int, step: float) -> bool:
    """Whether the ground lies well below all of a block: shores want fine squares."""
    line = np.linspace(0, _BLOCK, 9) * step - land.spec.size_m / 2
    z, x = np.meshgrid(line + bj * _BLOCK * step, line + bi * _BLOCK * step, indexing="ij")
    return float(part.min() - land.height_at(x, z).max()) > 4.0


def _with_open_sea(land: Landscape, positions: Any, depth: Any, triangles: Any) -> tuple[Any, Any, Any]:
    """The sea goes on beyond the square, to the horizon."""
    near, far = land.spec.size_m / 2, land.spec.size_m / 2 + _OPEN_SEA_M
    line = np.array([-far, -near, near, far])
    z, x = np.meshgrid(line, line, indexing="ij")
    extra = np.stack([x.ravel(), np.full(16, land.sea_m), z.ravel()], 1)
    quads = [
        (j * 4 + i, (j + 1) * 4 + i, j * 4 + i + 1, (j + 1) * 4 + i + 1) for j in range(3) for i in range(3) if (i, j) != (1, 1)
    ]
    quad = np.array(quads) + len(positions)
    return (
        np.concatenate([positions, extra]).astype(np.float32), np.concatenate([depth, np.full(16, 60.0)]),
        np.concatenate([triangles, quad[:, [0, 1, 2]], quad[:, [2, 1, 3]]]),
    )  # fmt: skip
