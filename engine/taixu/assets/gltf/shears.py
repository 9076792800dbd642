"""Sheared nodes as glTF allows them: two nodes, for one translation, rotation and scale cannot say a shear."""

from __future__ import annotations

import copy

import numpy as np
from numpy.typing import NDArray

from taixu.assets.gltf.transforms import quaternion_from_matrix
from taixu.assets.model import Node

__all__ = ["split_shears"]


def split_shears(nodes: list[Node], *, moving: set[int]) -> tuple[list[Node], dict[int, int]]:
    """Replace each sheared node by two that multiply to it: A = U S V^T, the outer T U S, the inner V^T.

    The outer one keeps the index; the inner ones come after all others and carry mesh and children.

    Parameters
    ----------
    nodes : list of Node
        Left as they are.
    moving : set of int
        Animated nodes, which keep their nearest translation, rotation and scale.

    Returns
    -------
    nodes : list of Node
    inner : dict of int to int
        The inner node of each that was split.
    """
    result = list(nodes)
    inner: dict[int, int] = {}
    for index, node in enumerate(nodes):
        if node.matrix is None:
            continue
        result[index] = outer = copy.copy(node)
        outer.matrix = None
        if index in moving:
            continue
        left, scale, right = _decompose(node.matrix[:3, :3].astype(np.float64))
        outer.translation = node.matrix[:3, 3].copy()
        outer.rotation, outer.scale = quaternion_from_matrix(left), scale.astype(np.float32)
        carrier = Node(
            name=f"{node.name} (shear)" if node.name else "",
            rotation=quaternion_from_matrix(right),
            children=node.children,
            mesh=node.mesh,
            skin=node.skin,
            camera=node.camera,
            light=node.light,
            weights=node.weights,
            instances=node.instances,
        )
        outer.mesh = outer.skin = outer.camera = outer.light = outer.weights = outer.instances = None
        outer.children = [len(result)]
        inner[index] = len(result)
        result.append(carrier)
    return result, inner


Matrix = NDArray[np.float64]


def _decompose(linear: Matrix) -> tuple[Matrix, Matrix, Matrix]:
    """Give two rotations and the scale between them; mirroring goes into the scale."""
    left, scale, right = np.linalg.svd(linear)
    if np.linalg.det(left) < 0.0:
        left[:, 2], scale[2] = -left[:, 2], -scale[2]
    if np.linalg.det(right) < 0.0:
        right[2], scale[2] = -right[2], -scale[2]
    return left, scale, right
