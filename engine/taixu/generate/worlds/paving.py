"""What is paved: roads with their junctions and pavements, and the square."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.buildings.model import bare, model_of
from taixu.generate.places.buildings.soup import Soup
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.worlds.furnishing import Furnisher
from taixu.generate.worlds.houses import write_shared
from taixu.generate.worlds.sites import SUNK_M

__all__ = ["pave"]

_UNDER_M = 0.02
"""How far the square lies under the roads that cross it."""


def pave(on: Furnisher) -> None:
    """Put roads and the square on the stage."""
    shown, solid = Soup(), Soup()
    shown.extend(on.site.layer.surface)
    solid.extend(on.site.layer.collider)
    look = {"gravel": "gravel", "earth": "", "sand": "", "asphalt": "paving"}.get(on.site.layout.streets[0].road.surface, "cobbles")
    if look and not on.kind.is_park:
        _square(on, look, shown, solid)
    if not shown.triangle_count:
        return
    model = write_shared(on.stage, "streets", model_of([shown], on.palette, name="streets"))
    met = on.stage.write("streets_collider", model_of([bare(solid)], Palette(0), name="streets"))
    on.stage.add("streets", {
        "transform": {}, "model": {"source": model, "cast_shadow": False},
        "collider": {"shape": "mesh", "source": met, "friction": 0.9},
    })  # fmt: skip


def _square(on: Furnisher, look: str, shown: Soup, solid: Soup) -> None:
    """A disc that lies on the ground, with a border that reaches into it."""
    x0, z0, radius = on.site.layout.square
    land = on.site.land
    rings, sides = max(4, int(radius * 1.2)), 44
    r = np.concatenate([np.linspace(0.01, radius, rings + 1), [radius]])
    a = np.arange(sides + 1) * (2 * np.pi / sides)
    x, z = x0 + r[:, None] * np.cos(a), z0 + r[:, None] * np.sin(a)
    ground = land.height_at(x.ravel().astype(np.float32), z.ravel().astype(np.float32)).reshape(x.shape)
    high = ground + SUNK_M - _UNDER_M
    high[-1] -= 0.6
    points = np.stack([x, high, z], -1).reshape(-1, 3)
    k = (np.arange(len(r) - 1)[:, None] * (sides + 1) + np.arange(sides)).ravel()
    faces = np.concatenate([np.stack([k, k + sides + 1, k + 1], 1), np.stack([k + 1, k + sides + 1, k + sides + 2], 1)])[:, ::-1]
    wet = (land.water_at(x, z) > ground - 0.05).ravel()
    faces = faces[~wet[faces].any(1)]
    if not len(faces):
        return
    corners = points[faces]
    area = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.tile([0.0, 1e-6, 0.0], (len(points), 1))
    for j in range(3):
        np.add.at(normals, faces[:, j], area * (area[:, 1:2] > 0.3 * np.linalg.norm(area, axis=1, keepdims=True)))
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    for soup in (shown, solid):
        soup.add(look, points, points[:, [0, 2]], faces, normals)
