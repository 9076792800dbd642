"""A million things in one world that all move, drawn off screen: by a camera among them, and by one that sees them all."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import Options, result

__all__ = ["defaults", "measure"]

defaults = Options(n=1_000_000, frames=12, size=(640, 360))

_SPACING_M = 4.0
_SWAY_M = 1.5
_STEP_SECS = 1 / 60
_WARM = 2
_FAR_M = 400.0
"""So far sees who stands among them."""
_LIMIT_MS = 1000.0 / 10


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield a result for each camera: the whole frame from new places in columns to pixels in memory.

    `update_ms` is writing the columns and working out all matrices, `draw_ms` the rest: upload, cull, draw, read back. `copy_ms` is
    numpy that copies as many bytes as changed (a place and a matrix each), and `to_copy` how many times longer the update takes.
    The limit is ten frames a second, for the camera among them.
    """
    from taixu.app import App, Stage
    from taixu.gpu import create_device
    from taixu.render import Renderer, View, ViewCamera
    from taixu.scene import MeshInstance, Transform
    from taixu.scene.library import MeshLibrary, add_mesh
    from taixu.scene.plugin import ScenePlugin
    from taixu.scene.shapes import shape_mesh

    app = App()
    app.add_plugin(ScenePlugin())
    centres, phases, side_m = _grid(options.n)
    mesh = add_mesh(app.world.resource(MeshLibrary), "box", shape_mesh("box", (1.8, 1.5, 1.8)))
    app.world.spawn_batch(options.n, {Transform: {"translation": centres}, MeshInstance: {"mesh": mesh}})
    table = next(iter(app.world.query(Transform, MeshInstance)))
    device = create_device()
    renderer = Renderer(device)
    cameras = {
        "among them": ViewCamera.looking((0, 25, 0), (60, 0, 60), far_m=_FAR_M),
        "all of them": ViewCamera.looking((0, side_m * 0.7, side_m * 0.9), (0, 0, 0)),
    }
    copied = _copy_ms(options.n)
    for name, camera in cameras.items():
        view = View(camera, options.size, quality="fast")
        whole, updates, pixels = [], [], None
        for frame in range(_WARM + options.frames):
            moved = _moved(centres, phases, frame * _STEP_SECS)
            began = perf_counter()
            table.set(Transform, "translation", moved)
            app.run_stage(Stage.PROPAGATE)
            updated = perf_counter()
            renderer.render(app.world, [view])
            pixels = renderer.read(view)
            ended = perf_counter()
            if frame >= _WARM:
                whole.append((ended - began) * 1e3)
                updates.append((updated - began) * 1e3)
        assert pixels is not None
        assert pixels.std() > 1, "there is something to see"
        update_ms, times = float(np.median(updates)), np.array(whole)
        limits = {"limit_ms": _LIMIT_MS} if name == "among them" else {}
        yield result(
            f"million, {name}", times, n=options.n, size=f"{options.size[0]}x{options.size[1]}", update_ms=round(update_ms, 2),
            draw_ms=round(float(np.median(times)) - update_ms, 2), copy_ms=round(copied, 2),
            to_copy=round(update_ms / max(copied, 1e-6), 2), gpu=device.capabilities.name, **limits,
        )  # fmt: skip
        view.release()
    renderer.release()
    device.release()


def _grid(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """Centres ``[3, n]`` on the ground around the origin, phases ``[n]``, and how long a side is."""
    across = int(np.ceil(np.sqrt(count)))
    numbers = np.arange(count)
    side_m = across * _SPACING_M
    centres = np.zeros((3, count), np.float32)
    centres[0] = (numbers % across) * _SPACING_M - side_m / 2
    centres[2] = (numbers // across) * _SPACING_M - side_m / 2
    return centres, (numbers * 0.618034 % 1.0 * 2 * np.pi).astype(np.float32), side_m


def _moved(centres: NDArray[np.float32], phases: NDArray[np.float32], secs: float) -> NDArray[np.float32]:
    places = centres.copy()
    angles = phases + np.float32(3 * secs)
    places[0] += _SWAY_M * np.sin(angles)
    places[2] += _SWAY_M * np.cos(angles)
    return places


def _copy_ms(count: int) -> float:
    """Milliseconds in which numpy copies a place and a matrix of each."""
    source, target = np.ones((15, count), np.float32), np.zeros((15, count), np.float32)
    times = []
    for _ in range(9):
        began = perf_counter()
        target[:] = source
        times.append((perf_counter() - began) * 1e3)
    return float(np.median(times[1:]))
