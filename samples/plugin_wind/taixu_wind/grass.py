"""An importer: ``*.grass`` files, text with a blade of grass in each line, become models.

    # x z height, in metres
    0.0 0.0 0.3
    0.1 0.2 0.25
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from taixu.assets.model import Material, Mesh, ModelData, Node, Primitive, Scene
from taixu.errors import TaixuError

__all__ = ["read_grass"]

_MOST_BLADES = 1_000_000
_WIDTH = 0.04
"""Of a blade, times its height."""


def read_grass(path: Path) -> ModelData:
    """A model with one mesh of all blades, each a triangle that points up.

    Raises
    ------
    TaixuError
        When a line is not three finite numbers, or there are too many.
    """
    blades = _parse(path)
    x, z, height = blades.T
    half, nothing = height * _WIDTH, np.zeros_like(x)
    corners = np.stack(
        [np.stack([x - half, nothing, z], 1), np.stack([x + half, nothing, z], 1), np.stack([x, height, z], 1)], 1
    )
    positions = corners.reshape(-1, 3).astype(np.float32)
    normals = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (len(positions), 1))
    grass = Material(name="grass", base_color=(0.10, 0.32, 0.05, 1.0), metallic=0.0, roughness=0.9, double_sided=True)
    mesh = Mesh(name="blades", primitives=[Primitive({"POSITION": positions, "NORMAL": normals}, material=0)])
    return ModelData(
        name=path.stem, scenes=[Scene(nodes=[0])], scene=0, nodes=[Node(name="blades", mesh=0)], meshes=[mesh],
        materials=[grass], path=path,
    )  # fmt: skip


def _parse(path: Path) -> np.ndarray:
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            row = [float(word) for word in words]
        except ValueError:
            row = []
        if len(row) != 3 or not np.isfinite(row).all():
            raise TaixuError(f"{path}: line {number}: a blade is x, z and height in metres, not {line.strip()[:40]!r}")
        rows.append(row)
        if len(rows) > _MOST_BLADES:
            raise TaixuError(f"{path}: line {number}: more than {_MOST_BLADES:,} blades; split the file")
    return np.array(rows, np.float64).reshape(-1, 3)
