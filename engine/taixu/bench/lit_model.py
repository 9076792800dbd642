"""S3: a textured model under a sun with shadows."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np

from taixu.bench import model_scene
from taixu.bench.against_peers import compare_with_peers
from taixu.bench.measure import Options, result
from taixu.bench.runner import WITHOUT_GPU, run_lines

__all__ = ["defaults", "measure"]

defaults = Options(n=1, size=(1280, 720))

_WARM = 3
_SETTINGS = {
    "background": model_scene.BACKGROUND, "cascades": 1, "shadow_texels": 1024, "shadow_distance_m": 9.0, "occlusion": False,
    "lean_light": True,
}  # fmt: skip
"""One sun, one map of its shadows, no antialiasing: what the peers draw."""


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield this engine's result, and those of peers."""
    own = _own(options)
    if options.without_gpu:
        yield own
        return
    same = ["--frames", str(options.frames), "--size", f"{options.size[0]}x{options.size[1]}"]
    bare = next(run_lines("taixu.bench", ["S3", *same, "--without-gpu"], environment=WITHOUT_GPU))
    own["python_ms"] = bare["frame_ms"]
    yield own
    if options.peers:
        yield from compare_with_peers(own, ["--scene", "S3", *same])


def _own(options: Options) -> dict[str, Any]:
    from taixu.assets.gltf import read_gltf
    from taixu.defaults import App
    from taixu.gpu import create_device
    from taixu.render import Renderer, View
    from taixu.scene import Environment, Light, Shape, Transform
    from taixu.scene.instantiate import spawn_model

    device = create_device()
    renderer = Renderer(device)
    times = []
    with App.headless() as app:
        world = app.world
        spawn_model(world, world.spawn(Transform()), read_gltf(model_scene.model_file()))
        world.spawn(Transform(), Shape("plane", size=(model_scene.GROUND_M, 1.0, model_scene.GROUND_M)))
        sun = Light(kind="directional", intensity=model_scene.SUN)
        world.spawn(Transform(rotation=_towards_origin(model_scene.SUN_PLACE)), sun)
        world.spawn(Environment(intensity=model_scene.AMBIENT))
        app.settle()
        view = View(_camera(0), options.size, settings=_SETTINGS)
        for frame in range(_WARM + options.frames):
            view.camera = _camera(frame)
            began = perf_counter()
            renderer.render(world, [view])
            pixels = None if options.without_gpu else renderer.read(view)
            if frame >= _WARM:
                times.append((perf_counter() - began) * 1e3)
        if options.out and pixels is not None:
            from taixu.render import Picture

            Picture(np.ascontiguousarray(pixels)).save(options.out)
        view.release()
    renderer.release()
    name = device.capabilities.name
    device.release()
    return result("S3", np.array(times), n=1, size=f"{options.size[0]}x{options.size[1]}", gpu=name)


def _camera(frame: int) -> Any:
    from taixu.render import ViewCamera

    return ViewCamera.looking(
        model_scene.camera_place(frame), model_scene.LOOK_AT, fov_y_rad=float(np.radians(model_scene.FOV_Y_DEG)),
        near_m=model_scene.NEAR_M, far_m=model_scene.FAR_M,
    )


def _towards_origin(place: tuple[float, float, float]) -> tuple[float, float, float, float]:
    from taixu.math.quaternion import look_rotation

    x, y, z, w = look_rotation(-np.array(place)).tolist()
    return x, y, z, w
