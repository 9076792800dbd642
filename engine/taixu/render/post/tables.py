"""Tables of colours: found by the path that a world names, read anew when the file changes, and brought to the device."""

from __future__ import annotations

from collections import OrderedDict
from pathlib import Path

import numpy as np

from taixu.assets.cube_lut import CubeLut, read_cube
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.gpu import Device, Texture

__all__ = ["MOST_CURVE", "Tables", "lut_texture"]

_KEPT = 4
MOST_CURVE = 4096
"""Points of curves on the device."""


class Tables:
    """The latest few tables, or what was wrong with their files."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, int], CubeLut | TaixuError] = OrderedDict()

    def find(self, world: World, path: str) -> CubeLut:
        """The table at a path of the world's project.

        Raises
        ------
        TaixuError, OSError
            Where it is missing or cannot be read; the file is looked into again when it has changed.
        """
        from taixu.assets import AssetDatabase

        file = world.resource(AssetDatabase).resolve(path) if world.has_resource(AssetDatabase) else Path(path)
        key = (str(file), file.stat().st_mtime_ns)
        if key not in self._kept:
            try:
                self._kept[key] = read_cube(file)
            except TaixuError as error:
                self._kept[key] = error
        self._kept.move_to_end(key)
        while len(self._kept) > _KEPT:
            self._kept.popitem(last=False)
        found = self._kept[key]
        if isinstance(found, TaixuError):
            raise found
        return found


def lut_texture(device: Device, lut: CubeLut) -> Texture:
    """A texture that is three-dimensional for a cube (red along x), and one row for curves."""
    table, size = lut.table, lut.size
    if table.ndim == 2 and size > MOST_CURVE:
        at, points = np.linspace(0, 1, MOST_CURVE), np.linspace(0, 1, size)
        table, size = np.stack([np.interp(at, points, table[:, i]) for i in range(3)], -1).astype(np.float32), MOST_CURVE
    texels = np.ones((*table.shape[:-1], 4), np.float16)
    texels[..., :3] = table
    if table.ndim == 2:
        return device.texture((size, 1), "rgba16f", data=texels[None], label="curves")
    return device.texture((size, size), "rgba16f", kind="3d", layers=size, data=texels, label="table of colours")
