"""Small models for tests of meshes: one mesh of triangles, as a decoder would give it."""

from __future__ import annotations

import numpy as np
import trimesh
from numpy.typing import NDArray

from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import ModelData, Node, Scene

__all__ = ["ball", "model_of"]


def model_of(positions: NDArray[np.floating], faces: NDArray[np.integer], **attributes: NDArray[np.generic]) -> ModelData:
    """A model with one mesh, without normals unless they are given."""
    primitive = Primitive(
        {"POSITION": np.asarray(positions, np.float32), **attributes}, np.asarray(faces, np.uint32).reshape(-1)
    )  # fmt: skip
    return ModelData(name="thing", scenes=[Scene(nodes=[0])], scene=0, nodes=[Node(mesh=0)], meshes=[Mesh("thing", [primitive])])


def ball(subdivisions: int = 3) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Places and triangles of a closed ball of one metre's radius."""
    found = trimesh.creation.icosphere(subdivisions=subdivisions)
    return np.asarray(found.vertices, np.float64), np.asarray(found.faces, np.int64)
