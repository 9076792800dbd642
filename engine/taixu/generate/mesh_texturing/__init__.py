"""Textures for meshes: painted from views by a diffusion model of the user's, or a procedural material, aged by the shape.

Both ways are the same steps over plain arrays, each in a module of its own: a model becomes one `Subject` (`subject`), gets texture
coordinates that serve (`coordinates`), and each texel finds its place in space (`texels`). Then `solid`, `shape` and `weathering`
say what a texel is made of; or `placement` chooses views, `views` draws their depth, and `painting` lays pictures of them upon the
texels (`projecting`) and fills in what no view sees (`filling`). `dressing` writes the model. All of it is numpy: a worker process
needs no GPU, and the same seed gives the same bytes.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.generate.mesh_texturing.painted_generator import PaintedMeshGenerator
    from taixu.generate.mesh_texturing.painting import Painter, Sitting, paint_views
    from taixu.generate.mesh_texturing.solid_generator import MeshMaterialGenerator

__all__ = ["MeshMaterialGenerator", "PaintedMeshGenerator", "Painter", "Sitting", "paint_views"]

_HOMES = {
    "MeshMaterialGenerator": "solid_generator", "PaintedMeshGenerator": "painted_generator", "Painter": "painting",
    "Sitting": "painting", "paint_views": "painting",
}  # fmt: skip


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(f"taixu.generate.mesh_texturing.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
