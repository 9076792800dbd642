"""A mesh's primitives as one heap of triangles over places, and the way back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.mesh import Mesh, Mode, Primitive
from taixu.assets.model import ModelData
from taixu.generate.gate.topology import welded

__all__ = ["Solid", "flat_faces", "solids_of", "with_primitives"]

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SHORTEST_M = 1e-12


@dataclass(slots=True)
class Solid:
    """Triangles of a mesh.

    Attributes
    ----------
    mesh
        Which one of the model.
    numbers
        Which of its primitives have triangles.
    corners : int64 [t, 3]
        Vertices, counted through all those primitives.
    whose : int64 [t]
        Which primitive each triangle is of, an index into `numbers`.
    starts : int64 [p + 1]
        Where each primitive's vertices begin.
    positions : float64 [k, 3]
        Places: vertices at one place are one.
    places : int64 [n]
        The place of each vertex.
    """

    mesh: int
    numbers: list[int]
    corners: Ints
    whose: Ints
    starts: Ints
    positions: Floats
    places: Ints

    @property
    def faces(self) -> Ints:
        """Triangles over places, [t, 3]."""
        return self.places[self.corners]

    def keep(self, rows: NDArray[Any]) -> None:
        """Leave out all other triangles."""
        self.corners, self.whose = self.corners[rows], self.whose[rows]


def solids_of(model: ModelData) -> Iterator[Solid]:
    """The triangles of each mesh, of those that have some at places that are numbers."""
    for index, mesh in enumerate(model.meshes):
        numbers = [
            number for number, each in enumerate(mesh.primitives)
            if each.mode >= Mode.TRIANGLES and each.vertex_count and len(each.triangles())
        ]  # fmt: skip
        if not numbers:
            continue
        parts = [mesh.primitives[number] for number in numbers]
        vertices = np.concatenate([each.attributes["POSITION"] for each in parts]).astype(np.float64)
        if not np.isfinite(vertices).all():
            continue
        starts = np.cumsum([0, *(each.vertex_count for each in parts)])
        lists = [each.triangles().astype(np.int64) for each in parts]
        corners = np.concatenate([each + start for each, start in zip(lists, starts, strict=False)])
        whose = np.repeat(np.arange(len(parts)), [len(each) for each in lists])
        firsts, places = welded(vertices)
        yield Solid(index, numbers, corners, whose, starts, vertices[firsts], places)


def flat_faces(positions: Floats, faces: Ints) -> NDArray[np.bool_]:
    """Triangles without area, [t]: their height is a ten-millionth of their longest side."""
    a, b, c = (positions[faces[:, corner]] for corner in range(3))
    doubled = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    longest = np.max([((b - a) ** 2).sum(1), ((c - b) ** 2).sum(1), ((a - c) ** 2).sum(1)], axis=0)
    return np.asarray(doubled <= np.maximum(longest * 1e-7, _SHORTEST_M**2), bool)


def with_primitives(model: ModelData, made: dict[tuple[int, int], Primitive | None]) -> ModelData:
    """The model with some primitives changed, by mesh and number; None leaves one out."""
    meshes: list[Mesh] = []
    for index, mesh in enumerate(model.meshes):
        parts = [made.get((index, number), each) for number, each in enumerate(mesh.primitives)]
        meshes.append(replace(mesh, primitives=[each for each in parts if each is not None]))
    return replace(model, meshes=meshes)
