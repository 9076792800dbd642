"""A banner on three joints, with one morph target: the smallest thing that is bent and morphed."""

from __future__ import annotations

import numpy as np

from taixu.assets.mesh import Mesh, Primitive, Skin
from taixu.assets.model import Material, ModelData, Node, Scene

__all__ = ["FLAG", "bent_banner"]

FLAG = 4
"""The node of its mesh."""
_SIDE = 0.5


def bent_banner(*, color: tuple[float, float, float, float] = (0.9, 0.05, 0.05, 1.0)) -> ModelData:
    """Half a metre wide, two metres high, bent at 0, 2/3 and 4/3; the target lets the top grow by a metre to +X."""
    rows = np.linspace(0.0, 2.0, 13)
    corners = np.array([(x * _SIDE / 2, y, z) for z in (-0.05, 0.05) for y in rows for x in (-1, 1)], np.float32)
    count = 2 * len(rows)
    faces = []
    for side in range(2):
        for row in range(len(rows) - 1):
            a = side * count + 2 * row
            quad = ((a, a + 1, a + 3), (a, a + 3, a + 2))
            faces += [corner[::-1] if side == 0 else corner for corner in quad]
    joints, weights = np.zeros((len(corners), 4), np.uint16), np.zeros((len(corners), 4), np.float32)
    joints[:, 0] = np.minimum((corners[:, 1] / (2 / 3) + 1e-3).astype(np.uint16), 2)
    weights[:, 0] = 1.0
    moved = np.zeros_like(corners)
    moved[:, 0] = np.where(corners[:, 1] > 1.9, 1.0, 0.0)
    normals = np.repeat(np.array(((0, 0, -1), (0, 0, 1)), np.float32), count, axis=0)
    primitive = Primitive(
        {"POSITION": corners, "NORMAL": normals, "JOINTS_0": joints, "WEIGHTS_0": weights},
        np.array(faces, np.uint32).reshape(-1), material=0, targets=[{"POSITION": moved}],
    )  # fmt: skip
    nodes = [Node(name="banner", children=[1, FLAG])]
    for number in range(3):
        node = Node(name=f"joint {number}", parent=number, children=[number + 2] if number < 2 else [])
        node.translation[:] = (0, 0 if number == 0 else 2 / 3, 0)
        nodes.append(node)
    nodes.append(Node(name="flag", parent=0, mesh=0, skin=0))
    binds = np.stack([np.eye(4, dtype=np.float32)] * 3)
    binds[:, 1, 3] = (0, -2 / 3, -4 / 3)
    return ModelData(
        name="Banner", nodes=nodes, scenes=[Scene(nodes=[0])], scene=0, meshes=[Mesh("flag", [primitive])],
        skins=[Skin(joints=[1, 2, 3], inverse_bind_matrices=binds)],
        materials=[Material(base_color=color, metallic=0.0, roughness=0.8)],
    )  # fmt: skip
