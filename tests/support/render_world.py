"""Small worlds for tests of the renderer."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.app import App, Stage
from taixu.assets.model import Material
from taixu.ecs import World
from taixu.scene import MeshInstance, Transform
from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary, add_mesh
from taixu.scene.plugin import ScenePlugin
from taixu.scene.shapes import shape_mesh

__all__ = ["SmallWorld"]


class SmallWorld:
    """A world with a library of simple shapes."""

    def __init__(self) -> None:
        self.app = App()
        self.app.add_plugin(ScenePlugin())

    @property
    def world(self) -> World:
        return self.app.world

    def material(self, **fields: Any) -> int:
        from taixu.assets.model import ModelData

        library = self.world.resource(MaterialLibrary)
        return library.put(("test", len(library)), LibraryMaterial(Material(**fields), ModelData()))

    def mesh(self, kind: str = "box", size: tuple[float, float, float] = (1.0, 1.0, 1.0), *, material: int = 0) -> int:
        return add_mesh(
            self.world.resource(MeshLibrary), (kind, size, material), shape_mesh(kind, size), material=material
        )

    def spawn(self, count: int, mesh: Any, *, translation: Any = (0, 0, 0), **columns: Any) -> np.ndarray:
        """`count` entities; other columns belong to `Transform` (rotation, scale, cell) or `MeshInstance`."""
        places = {k: columns.pop(k) for k in ("rotation", "scale", "cell") if k in columns}
        return self.world.spawn_batch(
            count, {Transform: {"translation": translation, **places}, MeshInstance: {"mesh": mesh, **columns}}
        )

    def propagate(self) -> None:
        self.app.run_stage(Stage.PROPAGATE)
