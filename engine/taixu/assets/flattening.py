"""A model's meshes as they stand at rest: nodes, instances and skins worked into the vertices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.mesh import Mode, Primitive
from taixu.assets.model import ModelData, Node

__all__ = ["Piece", "flatten_model"]

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Piece:
    """Triangles (or points, where there are none) with one material, in the model's space.

    Attributes
    ----------
    positions, normals : [n, 3]
        Normals are unit ones, or None.
    texcoords : [n, 2] or None
        v down, as in glTF.
    colors : [n, 4] or None
        Linear, with alpha.
    triangles : uint32 [t, 3]
    material : int or None
    """

    name: str
    positions: Floats
    normals: Floats | None
    texcoords: NDArray[Any] | None
    colors: NDArray[Any] | None
    triangles: NDArray[np.uint32]
    material: int | None


def flatten_model(model: ModelData) -> list[Piece]:
    """List all triangles and points of the scene that is shown; lines are left out."""
    worlds = _world_matrices(model)
    pieces: list[Piece] = []
    for index, world in worlds.items():
        node = model.nodes[index]
        if node.mesh is None or not node.visible:
            continue
        mesh = model.meshes[node.mesh]
        for primitive in mesh.primitives:
            for matrices in _placings(model, node, world, worlds, primitive):
                piece = _piece(node.name or mesh.name or f"mesh {node.mesh}", primitive, matrices)
                if piece is not None:
                    pieces.append(piece)
    return pieces


def _world_matrices(model: ModelData) -> dict[int, Floats]:
    found: dict[int, Floats] = {}
    waiting = [(index, np.eye(4)) for index in reversed(model.roots())]
    while waiting:
        index, parent = waiting.pop()
        found[index] = parent @ model.nodes[index].parent_from_local().astype(np.float64)
        waiting.extend((child, found[index]) for child in reversed(model.nodes[index].children))
    return found


def _placings(
    model: ModelData, node: Node, world: Floats, worlds: dict[int, Floats], primitive: Primitive
) -> list[Floats]:
    """Matrices of a primitive: [4, 4] for each instance, or one [n, 4, 4] that has one for each vertex of a skin."""
    if node.skin is not None and "JOINTS_0" in primitive.attributes:
        skin = model.skins[node.skin]
        joints = np.stack([worlds.get(joint, np.eye(4)) for joint in skin.joints])
        if len(skin.inverse_bind_matrices) == len(joints):
            joints = joints @ skin.inverse_bind_matrices.astype(np.float64)
        weights = primitive.attributes["WEIGHTS_0"].astype(np.float64)
        return [np.einsum("nj,njxy->nxy", weights, joints[primitive.attributes["JOINTS_0"]])]
    if node.instances is None:
        return [world]
    place = node.instances
    return [
        world @ Node(translation=t, rotation=r, scale=s).parent_from_local().astype(np.float64)
        for t, r, s in zip(place.translations, place.rotations, place.scales, strict=True)
    ]


def _piece(name: str, primitive: Primitive, matrices: Floats) -> Piece | None:
    triangles = primitive.triangles()
    positions = primitive.attributes.get("POSITION")
    if positions is None or (not len(triangles) and primitive.mode != Mode.POINTS):
        return None
    linear, offset = matrices[..., :3, :3], matrices[..., :3, 3]
    moved = np.einsum("...xy,...y->...x", linear, positions.astype(np.float64)) + offset
    normals = primitive.attributes.get("NORMAL")
    turned = None
    if normals is not None:
        # The cofactor matrix turns normals as the inverse transpose does, and lives with flat scales.
        cofactors = np.cross(np.roll(linear, -1, axis=-2), np.roll(linear, -2, axis=-2))
        turned = np.einsum("...xy,...y->...x", cofactors, normals.astype(np.float64))
        lengths = np.linalg.norm(turned, axis=1, keepdims=True)
        turned = np.where(lengths > 0.0, turned / np.where(lengths > 0.0, lengths, 1.0), (0.0, 1.0, 0.0))
    mirrored = np.linalg.det(linear[0] if linear.ndim == 3 else linear) < 0.0
    if mirrored:
        triangles = triangles[:, ::-1]
        turned = None if turned is None else -turned
    return Piece(
        name, moved, turned, primitive.attributes.get("TEXCOORD_0"), primitive.attributes.get("COLOR_0"), triangles,
        primitive.material,
    )
