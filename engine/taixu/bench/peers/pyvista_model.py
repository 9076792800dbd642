"""PyVista (VTK): the model by its glTF importer, one sun with shadows."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench import model_scene
from taixu.bench.peers.common import Request, measure_frames
from taixu.bench.peers.pyvista_window import Window

__all__ = ["measure"]


def measure(request: Request) -> dict[str, Any]:
    """Draw the scene with PyVista."""
    window = Window(request, model_scene.BACKGROUND, model_scene.FOV_Y_DEG, (model_scene.NEAR_M, model_scene.FAR_M))
    window.plotter.import_gltf(str(model_scene.model_file()), set_camera=False)
    side = model_scene.GROUND_M
    ground = window.pv.Plane(center=(0, 0, 0), direction=(0, 1, 0), i_size=side, j_size=side)
    window.plotter.add_mesh(ground, color="#cccccc", pbr=True, roughness=0.9, metallic=0, reset_camera=False)
    window.add_sun(model_scene.SUN_PLACE, model_scene.SUN)
    window.plotter.enable_shadows()

    def frame(index: int) -> NDArray[np.uint8] | None:
        return window.draw(model_scene.camera_place(index), model_scene.LOOK_AT)

    return measure_frames(request, frame, **window.about())
