"""Tangents for materials that follow them where a mesh has none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.material import Material
from taixu.assets.mesh import Primitive

__all__ = ["make_tangents", "needs_tangents"]


def needs_tangents(material: Material) -> bool:
    """Whether a layer follows tangents, and the material has no normal map that a renderer derives them from."""
    follows = material.anisotropy is not None or (material.clearcoat is not None and material.clearcoat.normal_texture is not None)
    return follows and material.normal_texture is None


def make_tangents(primitive: Primitive) -> NDArray[np.float32]:
    """Derive tangents from positions, normals and ``TEXCOORD_0``: along rising u, at a right angle to the normal.

    Each vertex takes the mean over its triangles, weighted by their area (Lengyel, Mathematics for 3D Game Programming
    and Computer Graphics, section 7.8); where that says nothing, any direction at a right angle to the normal.

    Returns
    -------
    float32 array [n, 4]
        w is the sign of the bitangent, which points along falling v in glTF.
    """
    positions = primitive.attributes["POSITION"].astype(np.float64)
    normals = primitive.attributes["NORMAL"].astype(np.float64)
    coordinates = primitive.attributes.get("TEXCOORD_0")
    along_u, along_v = np.zeros_like(positions), np.zeros_like(positions)
    if coordinates is not None:
        faces = primitive.triangles()
        edges = positions[faces[:, 1:]] - positions[faces[:, :1]]
        steps = coordinates.astype(np.float64)[faces[:, 1:]] - coordinates.astype(np.float64)[faces[:, :1]]
        area = steps[:, 0, 0] * steps[:, 1, 1] - steps[:, 1, 0] * steps[:, 0, 1]
        sign = np.sign(area)[:, None]
        u = (edges[:, 0] * steps[:, 1, 1:] - edges[:, 1] * steps[:, 0, 1:]) * sign
        v = (edges[:, 1] * steps[:, 0, :1] - edges[:, 0] * steps[:, 1, :1]) * sign
        for corner in range(3):
            np.add.at(along_u, faces[:, corner], u)
            np.add.at(along_v, faces[:, corner], v)
    tangents = along_u - normals * np.sum(along_u * normals, axis=1, keepdims=True)
    lengths = np.linalg.norm(tangents, axis=1)
    lost = lengths < 1e-12
    # The coordinate axis that the normal leans on least is never parallel to it.
    axes = np.eye(3)[np.abs(normals[lost]).argmin(axis=1)]
    tangents[lost] = np.cross(normals[lost], axes)
    lengths[lost] = np.maximum(np.linalg.norm(tangents[lost], axis=1), 1e-12)
    result = np.empty((len(positions), 4), np.float32)
    result[:, :3] = tangents / lengths[:, None]
    # With v pointing down, cross(normal, tangent) * w is the direction in which v falls.
    rising = np.sum(np.cross(normals, result[:, :3]) * along_v, axis=1)
    result[:, 3] = np.where(rising > 0.0, -1.0, 1.0)
    return result
