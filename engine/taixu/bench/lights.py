"""Lights by the thousand: four thousand lamps of which a hundred are in sight, beside a world that has that hundred alone."""

from __future__ import annotations

from collections.abc import Iterator
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.bench.measure import Options, result

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render import Renderer, View

__all__ = ["IN_VIEW", "MOST_COST", "defaults", "measure"]

defaults = Options(n=4000, frames=20)

IN_VIEW = 100
MOST_COST = 1.25
"""How many times the frame of those in sight the frame of all may cost."""


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield the hundred, then all. `cost` is by the processor's time on software rasterisers, for others who work on the
    machine make frames longer; `python_ms` is what gathering and sorting lights takes of a frame.
    """
    from taixu.gpu import create_device
    from taixu.render import Renderer, View, ViewCamera

    device = create_device()
    renderer = Renderer(device)
    renderer.lighting.use_sky(np.full((8, 16, 3), 0.02, np.float32))
    camera = ViewCamera.looking((0, 4, 8), (0, 0, -8))
    scenes = [(_world(n), View(camera, options.size)) for n in (min(IN_VIEW, options.n), options.n)]
    frames, busy = np.zeros((2, options.frames)), np.zeros((2, options.frames))
    for scene in scenes:  # shaders are compiled, worlds extracted
        _draw(renderer, scene)
    for frame in range(options.frames):  # in turn: what else the machine does falls upon all alike
        for i, scene in enumerate(scenes):
            start, busy_start = perf_counter(), process_time()
            _draw(renderer, scene)
            frames[i, frame], busy[i, frame] = (perf_counter() - start) * 1e3, (process_time() - busy_start) * 1e3
    counted = busy if device.capabilities.is_software else frames
    for i, (world, view) in enumerate(scenes):
        more: dict[str, Any] = {"python_ms": round(_python_ms(world, view), 3)}
        if i:
            cost = float(counted[i].min() / counted[0].min())
            more |= {"cost": round(cost, 3), "limit_cost": MOST_COST, "ratio": round(MOST_COST / cost, 3)}
        size = f"{options.size[0]}x{options.size[1]}"
        lights = IN_VIEW if i == 0 else options.n
        yield result("lights", frames[i], n=lights, size=size, in_view=IN_VIEW, gpu=device.capabilities.name, **more)
        view.release()
    renderer.release()
    device.release()


def _draw(renderer: Renderer, scene: tuple[World, View]) -> None:
    world, view = scene
    renderer.render(world, [view])
    renderer.read(view)


def _python_ms(world: World, view: View) -> float:
    """The least of a few times of what a frame does with lights before the GPU has them."""
    from taixu.render.clusters import in_view
    from taixu.render.lights import gather_lights, light_rows, reach_spheres
    from taixu.render.views import view_planes

    times = []
    for _ in range(10):
        start = process_time()
        lights = gather_lights(world)
        light_rows(lights, view.camera.cell)
        in_view(view_planes(view), *reach_spheres(lights, view.camera.cell))
        times.append((process_time() - start) * 1e3)
    return min(times)


def _world(count: int) -> World:
    """A floor under lamps of 2.5 m reach without shadows: a hundred before the camera, the others behind it."""
    from taixu.app import App, Stage
    from taixu.assets.model import Material, ModelData
    from taixu.scene import Light, MeshInstance, Transform
    from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary, add_mesh
    from taixu.scene.plugin import ScenePlugin
    from taixu.scene.shapes import shape_mesh

    app = App()
    app.add_plugin(ScenePlugin())
    world, rng = app.world, np.random.default_rng(1)
    number = world.resource(MaterialLibrary).put("benched", LibraryMaterial(Material(metallic=0.0), ModelData()))
    mesh = add_mesh(world.resource(MeshLibrary), "floor", shape_mesh("box", (60.0, 1.0, 60.0)), material=number)
    world.spawn(Transform(translation=(0.0, -0.5, 0.0)), MeshInstance(mesh=mesh))
    seen = min(IN_VIEW, count)
    places = rng.uniform((-300, 0.5, 20), (300, 3, 600), (count, 3))
    places[:seen] = np.random.default_rng(2).uniform((-5, 0.5, -14), (5, 2, 0), (seen, 3))
    lamps = {"kind": np.full(count, "point", object), "intensity": np.full(count, 3.0, np.float32)}
    lamps |= {"range_m": np.full(count, 2.5, np.float32), "shadows": np.zeros(count, bool)}
    world.spawn_batch(count, {Transform: {"translation": places.T.astype(np.float32)}, Light: lamps})
    app.run_stage(Stage.PROPAGATE)
    return world
