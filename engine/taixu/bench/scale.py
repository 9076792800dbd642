"""A million things of a hundred meshes that stand in a town, and a camera that walks through it: what a frame costs, and how it
follows what is visible.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench.measure import Options, result
from taixu.bench.runner import WITHOUT_GPU, run_lines

if TYPE_CHECKING:
    from taixu.render import ViewCamera

__all__ = ["MESHES", "Town", "defaults", "measure"]

defaults = Options(n=1_000_000, frames=12, size=(640, 360))

MESHES = 100
_KINDS = ("box", "cylinder", "cone", "box")
_SPACING_M = 3.0
_HOUSE_EVERY = 12
"""One thing in so many squared is a house: what hides others."""
_WARM = 3
_LIMIT_MS = 2.0
_STEP_M = 0.25


class Town:
    """Things on a square grid, a hundred shapes in turn, and houses between them."""

    def __init__(self, count: int) -> None:
        from taixu.app import App, Stage
        from taixu.scene import Environment, Light, MeshInstance, Transform
        from taixu.scene.library import MeshLibrary, add_mesh
        from taixu.scene.plugin import ScenePlugin
        from taixu.scene.shapes import shape_mesh

        self.app = App()
        self.app.add_plugin(ScenePlugin())
        library = self.app.world.resource(MeshLibrary)
        meshes = []
        for number in range(MESHES):
            kind, grade = _KINDS[number % len(_KINDS)], number // len(_KINDS)
            size = (0.6 + 0.04 * grade, 0.5 + 0.1 * grade, 0.6 + 0.03 * grade)
            meshes.append(add_mesh(library, (kind, grade), shape_mesh(kind, size)))
        house = add_mesh(library, "house", shape_mesh("box", (20.0, 9.0, 20.0)))
        across = int(np.ceil(np.sqrt(count)))
        numbers = np.arange(count)
        column, row = numbers % across, numbers // across
        self.side_m = across * _SPACING_M
        self.street_m = round(across / 2 / _HOUSE_EVERY) * _HOUSE_EVERY * _SPACING_M - self.side_m / 2 + 0.5 * _SPACING_M
        places = np.zeros((3, count), np.float32)
        places[0], places[2] = column * _SPACING_M - self.side_m / 2, row * _SPACING_M - self.side_m / 2
        is_house = (column % _HOUSE_EVERY == 6) & (row % _HOUSE_EVERY == 6)
        kinds = np.where(is_house, house, np.array(meshes, np.uint32)[(numbers * 7 + row * 13) % MESHES]).astype(np.uint32)
        places[1] = np.where(is_house, 4.5, 0.5)
        self.app.world.spawn_batch(count, {Transform: {"translation": places}, MeshInstance: {"mesh": kinds}})
        self.app.world.spawn(Transform(rotation=(-0.42, 0.3, 0.15, 0.84)), Light(kind="directional", intensity=3.0))
        self.app.world.spawn(Environment())
        self.app.run_stage(Stage.PROPAGATE)

    def camera(self, frame: int) -> ViewCamera:
        """At the height of eyes, in the street between two rows of houses."""
        from taixu.render import ViewCamera

        x, z = self.street_m, self.street_m - _STEP_M * frame
        return ViewCamera.looking((x, 1.8, z), (x + 8.0, 1.8, z - 30.0), fov_y_rad=float(np.radians(60.0)))


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield a result for culling by the frustum alone, and one for culling what is hidden as well.

    `python_ms` is what Python and the driver cost, in processor's time: a second process measures it with a driver that draws
    nothing. The limit is 2 ms, and `ratio` how many times below it that is. `tested` renderables are `outside` of the frustum,
    `hidden` or seen; `drawn` is what was drawn of them, with how many `triangles`.
    """
    bare: dict[str, float] = {}
    if not options.without_gpu:
        same = ["--n", str(options.n), "--frames", str(max(options.frames, 60)), "--size", f"{options.size[0]}x{options.size[1]}"]
        for found in run_lines("taixu.bench", ["scale", *same, "--without-gpu"], environment=WITHOUT_GPU):
            bare[found["name"]] = found["frame_ms"]
    town = Town(options.n)
    for name, culls in (("scale, frustum", False), ("scale, hidden culled", True)):
        times, counts = _frames(town, options, culls=culls)
        about = {"meshes": MESHES, "size": f"{options.size[0]}x{options.size[1]}", **counts}
        if bare:
            about |= {"python_ms": bare[name], "python_limit_ms": _LIMIT_MS, "ratio": round(_LIMIT_MS / max(bare[name], 1e-6), 2)}
        yield result(name, times, n=options.n, **about)
    town.app.close()


def _frames(town: Town, options: Options, *, culls: bool) -> tuple[NDArray[np.float64], dict[str, Any]]:
    """Milliseconds of each frame (of the processor's, where nothing is drawn), and what the last one drew."""
    from taixu.gpu import create_device
    from taixu.render import Renderer, View
    from taixu.render.counting import count_drawn
    from taixu.render.culling_hidden import count_culled

    device = create_device()
    renderer = Renderer(device)
    view = View(town.camera(0), options.size, settings={"culls_hidden": culls})
    times, now = [], process_time if options.without_gpu else perf_counter
    for frame in range(_WARM + options.frames):
        camera = town.camera(frame)
        began = now()
        view.camera = camera
        renderer.render(town.app.world, [view])
        if not options.without_gpu:
            renderer.read(view)
        if frame >= _WARM:
            times.append((now() - began) * 1e3)
    counts: dict[str, Any] = {"gpu": device.capabilities.name}
    if not options.without_gpu:
        drawn, culled = count_drawn(view), count_culled(view)
        counts |= {"drawn": drawn.instances, "triangles": drawn.triangles}
        if culled is not None:
            counts |= {"tested": culled.tested, "outside": culled.outside, "hidden": culled.hidden}
            counts |= {"newly_seen": culled.drawn_later}
    view.release()
    renderer.release()
    device.release()
    return np.array(times), counts
