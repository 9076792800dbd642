"""Triangles as models give them, as `ModelData`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Material
from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import ModelData, Node, Scene
from taixu.errors import TaixuError

__all__ = ["Y_UP_FROM_Z_UP", "model_of_triangles"]

Y_UP_FROM_Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]], np.float32)
"""Turns what was made with Z up, as Blender has it."""
_MOST_TRIANGLES = 20_000_000
_ROUGHNESS = 0.8


def model_of_triangles(
    positions: Any, triangles: Any, *, name: str, colors: Any = None, turn: NDArray[np.float32] | None = None
) -> ModelData:
    """One mesh, with a matt material.

    Parameters
    ----------
    positions, triangles
        [n, 3] numbers and [m, 3] indices below n.
    colors
        [n, 3], linear, from 0 to 1; None where it has none.
    turn
        [3, 3], laid on positions.

    Raises
    ------
    TaixuError
        When they are no such arrays; a model whose noise went wrong gives such things.
    """
    at = np.ascontiguousarray(positions, np.float32)
    corners = np.ascontiguousarray(triangles)
    is_mesh = at.shape[1:] == (3,) and corners.shape[1:] == (3,) and corners.dtype.kind in "iu"
    if not is_mesh or len(corners) > _MOST_TRIANGLES or (len(corners) and not 0 <= corners.min() <= corners.max() < len(at)):
        raise TaixuError(f"the model {name} gave something that is no mesh of triangles; try another seed")
    if not len(corners):
        return ModelData()
    if not np.isfinite(at).all():
        raise TaixuError(f"the model {name} gave places that are no numbers; try another seed, or another precision")
    at = at if turn is None else np.ascontiguousarray(at @ turn.T)
    attributes: dict[str, NDArray[Any]] = {"POSITION": at}
    if colors is not None:
        tints = np.clip(np.nan_to_num(np.asarray(colors, np.float32)), 0.0, 1.0)
        attributes["COLOR_0"] = np.ascontiguousarray(np.column_stack([tints, np.ones(len(tints), np.float32)]), np.float32)
    primitive = Primitive(attributes=attributes, indices=corners.astype(np.uint32).reshape(-1), material=0)
    return ModelData(
        nodes=[Node(name="mesh", mesh=0)], meshes=[Mesh(name="mesh", primitives=[primitive])], scenes=[Scene(nodes=[0])], scene=0,
        materials=[Material(name="made", metallic=0.0, roughness=_ROUGHNESS)],
    )  # fmt: skip
