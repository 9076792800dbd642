"""pygfx on wgpu: a mesh for each box, or one instanced mesh whose matrices are uploaded each frame."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench import boxes
from taixu.bench.peers.common import Request, Skipped, measure_frames

__all__ = ["measure"]


def measure(request: Request) -> dict[str, Any]:
    """Draw the scene with pygfx."""
    try:
        import pygfx as gfx
        from rendercanvas.offscreen import RenderCanvas
    except ImportError:
        raise Skipped('pygfx is not installed; pip install "taixu[bench]" brings it') from None
    if not request.read_back:
        raise Skipped("pygfx draws by Vulkan, which has no driver that draws nothing")
    try:
        canvas = RenderCanvas(size=(request.width, request.height), pixel_ratio=1)
        renderer = gfx.renderers.WgpuRenderer(canvas, pixel_ratio=1, ppaa="none")
        adapter = gfx.renderers.wgpu.get_shared().adapter.info
    except RuntimeError as why:
        raise Skipped(f"pygfx finds no graphics adapter: {why}") from None
    centres, phases, edge = boxes.grid(request.n)
    scene = gfx.Scene()
    scene.add(gfx.Background.from_color([*boxes.BACKGROUND, 1.0]))
    sun = gfx.DirectionalLight("#ffffff", boxes.SUN * math.pi)
    sun.local.position = boxes.SUN_DIRECTION
    scene.add(sun, gfx.AmbientLight("#ffffff", boxes.AMBIENT * math.pi))
    # Its field of view is that of a square view of the same half perimeter.
    aspect = request.width / request.height
    fov = math.degrees(2 * math.atan(math.tan(math.radians(boxes.FOV_Y_DEG / 2)) * (1 + aspect) / 2))
    camera = gfx.PerspectiveCamera(fov, aspect, depth_range=(boxes.NEAR, boxes.FAR * edge))
    put = (_nodes if request.variant == "nodes" else _instances)(gfx, scene, centres)
    canvas.request_draw(lambda: renderer.render(scene, camera))

    def frame(index: int) -> NDArray[np.uint8]:
        if request.scene == "S1":
            put(boxes.moved(centres, phases, index))
        camera.local.position = boxes.camera_position(request.scene, edge, index)
        camera.look_at((0, 0, 0))
        return np.ascontiguousarray(np.asarray(canvas.draw())[..., :3])

    return measure_frames(request, frame, version=gfx.__version__, gpu=adapter.get("device", ""))


def _nodes(gfx: Any, scene: Any, places: NDArray[np.float32]) -> Any:
    geometry, material = gfx.box_geometry(1, 1, 1), gfx.MeshPhongMaterial(color=boxes.COLOR)
    meshes = []
    for place in places.T.tolist():
        mesh = gfx.Mesh(geometry, material)
        mesh.local.position = place
        scene.add(mesh)
        meshes.append(mesh)

    def put(now: NDArray[np.float32]) -> None:
        for mesh, place in zip(meshes, now.T.tolist()):
            mesh.local.position = place

    return put


def _instances(gfx: Any, scene: Any, places: NDArray[np.float32]) -> Any:
    mesh = gfx.InstancedMesh(gfx.box_geometry(1, 1, 1), gfx.MeshPhongMaterial(color=boxes.COLOR), places.shape[1])
    scene.add(mesh)
    matrices = mesh.instance_buffer.data["matrix"]
    matrices[:] = np.eye(4, dtype=np.float32)

    def put(now: NDArray[np.float32]) -> None:
        matrices[:, 3, :3] = now.T
        mesh.instance_buffer.update_full()

    put(places)
    return put
