"""Benchmarks of the renderer: S1, boxes that move every frame, and S2, many that stand still.

Each box is a full entity: a `Transform` that is written through the world's columns, propagated, extracted and drawn.
`python_ms` is what Python and the driver cost: measured in a process started with ``GALLIUM_NOOP=1`` (Mesa then skips
the rasteriser and leaves the rest) it is the whole frame without reading back; elsewhere, the time to submit.
"""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import App, Stage
from taixu.ecs import World
from taixu.gpu import Device, create_device
from taixu.render.pictures import Picture
from taixu.render.renderer import Renderer
from taixu.render.views import View, ViewCamera
from taixu.scene import MeshInstance, Transform
from taixu.scene.library import MeshLibrary, add_mesh
from taixu.scene.plugin import ScenePlugin
from taixu.scene.shapes import shape_mesh

__all__ = ["BoxScene", "bench_boxes", "box_grid"]

_STEP_SECS = 1 / 60
_FOV_RAD = np.radians(45.0)
_TINT = 0xFF95BCE7  # a warm wood, red in the low byte


def box_grid(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
    """Centres [3, n] on a cubic lattice of spacing 2 m round the origin, phases [n], and boxes on an edge."""
    edge = int(np.ceil(count ** (1 / 3) - 1e-9))
    i = np.arange(count)
    centers = np.stack([i % edge, (i // edge) % edge, i // (edge * edge)]).astype(np.float32) * 2 - (edge - 1)
    return centers, (i * 0.618034 % 1.0 * 2 * np.pi).astype(np.float32), edge


@dataclass
class BoxScene:
    """The world of S1 and S2."""

    app: App
    centers: NDArray[np.float32]
    phases: NDArray[np.float32]
    edge: int

    @classmethod
    def make(cls, count: int) -> BoxScene:
        """A world of `count` unit boxes."""
        app = App()
        app.add_plugin(ScenePlugin())
        centers, phases, edge = box_grid(count)
        mesh = add_mesh(app.world.resource(MeshLibrary), "box", shape_mesh("box", (1.0, 1.0, 1.0)))
        app.world.spawn_batch(count, {Transform: {"translation": centers}, MeshInstance: {"mesh": mesh, "tint": _TINT}})
        return cls(app, centers, phases, edge)

    @property
    def world(self) -> World:
        """The world."""
        return self.app.world

    def move(self, secs: float) -> None:
        """Put every box where it is at a time; writes the whole column."""
        swing = 0.5 * np.sin(3 * np.float32(secs) + self.phases)
        for table in self.world.query(Transform, MeshInstance):
            with table.write(Transform, "translation") as translations:
                for axis, factor in enumerate((1.0, 0.7, 0.4)):
                    np.multiply(swing, np.float32(factor), out=translations[axis])
                    translations[axis] += self.centers[axis]

    def camera(self, angle_rad: float) -> ViewCamera:
        """A camera on the circle round the lattice."""
        r = 3.2 * self.edge
        eye = (r * np.sin(angle_rad), 0.45 * r, r * np.cos(angle_rad))
        return ViewCamera.looking(eye, (0, 0, 0), fov_y_rad=_FOV_RAD, near_m=0.5, far_m=20.0 * self.edge)

    def propagate(self) -> None:
        """Run the stage that brings world transforms up to date."""
        self.app.run_stage(Stage.PROPAGATE)


def bench_boxes(name: str = "S1", *, count: int | None = None, frames: int = 60, size: tuple[int, int] = (640, 360),
                device: Device | None = None, picture: str = "") -> dict[str, Any]:  # fmt: skip
    """Run S1 or S2 and give its figures.

    Parameters
    ----------
    count
        Boxes: 10,000 for S1 and 100,000 for S2 where not given.
    picture
        File that the last frame goes to.

    Returns
    -------
    dict
        name, n, size, frames, fps, frame_ms (median), p95_ms, python_ms, update_ms, startup_secs, rss_peak_mb, gpu,
        noop.
    """
    if name not in ("S1", "S2"):
        raise ValueError(f"there are S1 and S2, not {name!r}")
    start = time.perf_counter()
    boxes = count or (10_000 if name == "S1" else 100_000)
    own = device is None
    device = device or create_device()
    scene, renderer = BoxScene.make(boxes), Renderer(device)
    view = View(scene.camera(0.6), size, quality="fast")
    is_noop = bool(os.environ.get("GALLIUM_NOOP"))
    whole, updates, submits = [], [], []
    startup = 0.0
    pixels: NDArray[Any] | None = None
    for i in range(frames + 3):
        begin = time.perf_counter()
        if name == "S1":
            scene.move(i * _STEP_SECS)
            scene.propagate()
        else:
            view.camera = scene.camera(0.6 + 2 * np.pi * i / 240)
        updated = time.perf_counter()
        renderer.render(scene.world, [view])
        submitted = time.perf_counter()
        if not is_noop:
            pixels = renderer.read(view)
        end = time.perf_counter()
        if i == 0:
            startup = end - start
        if i >= 3:
            whole.append((end - begin) * 1e3)
            updates.append((updated - begin) * 1e3)
            submits.append((submitted - begin) * 1e3)
    if picture and pixels is not None:
        Picture(np.ascontiguousarray(pixels)).save(picture)
    frame_ms = float(np.median(whole))
    result = {
        "name": name, "n": boxes, "size": f"{size[0]}x{size[1]}", "frames": frames, "fps": round(1000 / frame_ms, 2),
        "frame_ms": round(frame_ms, 3), "p95_ms": round(float(np.percentile(whole, 95)), 3),
        "python_ms": round(float(np.median(submits)), 3), "update_ms": round(float(np.median(updates)), 3),
        "startup_secs": round(startup, 2), "rss_peak_mb": _peak_mb(), "gpu": device.capabilities.name, "noop": is_noop,
    }  # fmt: skip
    view.release()
    renderer.release()
    if own:
        device.release()
    return result


def _peak_mb() -> int:
    try:
        import resource
    except ImportError:  # not on Windows
        return 0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
