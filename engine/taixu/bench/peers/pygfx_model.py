"""pygfx on wgpu: the model by its glTF loader, one sun with a shadow map."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench import model_scene
from taixu.bench.peers.common import Request, Skipped, measure_frames

__all__ = ["measure"]


def measure(request: Request) -> dict[str, Any]:
    """Draw the scene with pygfx."""
    try:
        import gltflib  # noqa: F401
        import pygfx as gfx
        from rendercanvas.offscreen import RenderCanvas
    except ImportError as missing:
        raise Skipped(f"pygfx's S3 wants pygfx and gltflib ({missing})") from None
    if not request.read_back:
        raise Skipped("pygfx draws by Vulkan, which has no driver that draws nothing")
    try:
        canvas = RenderCanvas(size=(request.width, request.height), pixel_ratio=1)
        renderer = gfx.renderers.WgpuRenderer(canvas, pixel_ratio=1, ppaa="none")
        adapter = gfx.renderers.wgpu.get_shared().adapter.info
    except RuntimeError as why:
        raise Skipped(f"pygfx finds no graphics adapter: {why}") from None
    scene = gfx.Scene()
    scene.add(gfx.Background.from_color([*model_scene.BACKGROUND, 1.0]))
    loaded = gfx.load_gltf(str(model_scene.model_file()), quiet=True)
    model = loaded.scene or loaded.scenes[0]
    scene.add(model)
    for mesh in model.iter(lambda thing: isinstance(thing, gfx.Mesh)):
        mesh.cast_shadow = True  # receiving shadows, too, ends the software driver of Mesa 22
    paint = gfx.MeshStandardMaterial(color="#cccccc", roughness=0.9, metalness=0)
    ground = gfx.Mesh(gfx.plane_geometry(model_scene.GROUND_M, model_scene.GROUND_M), paint)
    ground.local.rotation = (-math.sqrt(0.5), 0, 0, math.sqrt(0.5))
    ground.receive_shadow = True
    sun = gfx.DirectionalLight("#ffffff", model_scene.SUN, cast_shadow=True)
    sun.local.position = model_scene.SUN_PLACE
    sun.shadow.camera.width = sun.shadow.camera.height = 8
    scene.add(ground, sun, gfx.AmbientLight("#ffffff", model_scene.AMBIENT))
    # Its field of view is that of a square view of the same half perimeter.
    aspect = request.width / request.height
    fov = math.degrees(2 * math.atan(math.tan(math.radians(model_scene.FOV_Y_DEG / 2)) * (1 + aspect) / 2))
    camera = gfx.PerspectiveCamera(fov, aspect, depth_range=(model_scene.NEAR_M, model_scene.FAR_M))
    canvas.request_draw(lambda: renderer.render(scene, camera))

    def frame(index: int) -> NDArray[np.uint8]:
        camera.local.position = model_scene.camera_place(index)
        camera.look_at(model_scene.LOOK_AT)
        return np.ascontiguousarray(np.asarray(canvas.draw())[..., :3])

    return measure_frames(request, frame, version=gfx.__version__, gpu=adapter.get("device", ""))
