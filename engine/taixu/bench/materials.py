"""What layers of a material cost: spheres that fill the picture, drawn with each layer, with all, and with none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.bench.measure import Options, result

if TYPE_CHECKING:
    from taixu.assets.model import Material
    from taixu.ecs import World
    from taixu.render import Renderer, View

__all__ = ["MOST_COST", "defaults", "layered_materials", "measure"]

defaults = Options(n=15, frames=20)

MOST_COST = 2.5
"""How many times the plain material's frame all layers may cost."""
_ROWS = 3


def layered_materials() -> dict[str, Material]:
    """The plain material, one for each layer, those that only reflect all together, and all."""
    from taixu.assets import material as m

    plain = m.Material(base_color=(0.7, 0.3, 0.2, 1.0), metallic=0.0, roughness=0.4)
    reflecting: dict[str, Any] = {
        "clearcoat": m.Clearcoat(factor=1.0, roughness=0.1),
        "sheen": m.Sheen(color=(0.3, 0.4, 0.9), roughness=0.5),
        "iridescence": m.Iridescence(factor=0.7),
        "anisotropy": m.Anisotropy(strength=0.6, rotation_rad=0.3),
    }
    through: dict[str, Any] = {
        "transmission": m.Transmission(factor=0.5),
        "diffuse_transmission": m.DiffuseTransmission(factor=0.3, color=(0.8, 0.5, 0.3)),
    }
    volume: dict[str, Any] = {
        "volume": m.Volume(thickness_m=0.2, attenuation_distance_m=0.5, attenuation_color=(0.7, 0.9, 0.8)),
        "dispersion": 0.3,
    }
    each = {name: replace(plain, **{name: layer}) for name, layer in (reflecting | through).items()}
    each["volume"] = replace(plain, transmission=through["transmission"], volume=volume["volume"])
    each["dispersion"] = replace(each["volume"], dispersion=volume["dispersion"])
    return {
        "plain": plain,
        **each,
        "all that reflect": replace(plain, **reflecting),
        "all": replace(plain, **reflecting, **through, **volume),
    }


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield one result a material; `cost` says how many times the plain one's frame it takes, by the fastest of each.

    A software rasteriser's cost is counted in the processor's time: others who work on the machine make frames longer.
    """
    from taixu.gpu import create_device
    from taixu.render import Renderer

    device = create_device()
    renderer = Renderer(device)
    scenes = {name: _scene(material, options) for name, material in layered_materials().items()}
    times: dict[str, list[float]] = {name: [] for name in scenes}
    busy: dict[str, list[float]] = {name: [] for name in scenes}
    for scene in scenes.values():  # shaders are compiled, worlds extracted
        _draw(renderer, scene)
    for _ in range(options.frames):  # in turn: what else the machine does falls upon all alike
        for name, scene in scenes.items():
            start, busy_start = perf_counter(), process_time()
            _draw(renderer, scene)
            times[name].append((perf_counter() - start) * 1e3)
            busy[name].append((process_time() - busy_start) * 1e3)
    size = f"{options.size[0]}x{options.size[1]}"
    for name, taken in times.items():
        counted = busy if device.capabilities.is_software else times
        cost = round(min(counted[name]) / min(counted["plain"]), 3)
        more: dict[str, Any] = {"limit_cost": MOST_COST} if name.startswith("all") else {}
        yield result(
            "materials", np.array(taken), n=options.n, size=size, material=name, cost=cost, gpu=device.capabilities.name, **more
        )
    for _, view in scenes.values():
        view.release()
    renderer.release()
    device.release()


def _draw(renderer: Renderer, scene: tuple[World, View]) -> None:
    world, view = scene
    renderer.render(world, [view])
    renderer.read(view)


def _scene(material: Material, options: Options) -> tuple[World, View]:
    """Rows of spheres that touch each other, before the studio's sky, under a sun and two lamps."""
    from taixu.app import App, Stage
    from taixu.assets.model import ModelData
    from taixu.render import View, ViewCamera
    from taixu.scene import Light, MeshInstance, Transform
    from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary, add_mesh
    from taixu.scene.plugin import ScenePlugin
    from taixu.scene.shapes import shape_mesh

    app = App()
    app.add_plugin(ScenePlugin())
    world = app.world
    number = world.resource(MaterialLibrary).put("benched", LibraryMaterial(material, ModelData()))
    mesh = add_mesh(world.resource(MeshLibrary), "sphere", shape_mesh("sphere", (1.0, 1.0, 1.0)), material=number)
    columns = -(-options.n // _ROWS)
    i = np.arange(options.n)
    places = np.stack([i % columns - (columns - 1) / 2, i // columns - (_ROWS - 1) / 2, np.zeros(options.n)]).astype(np.float32)
    world.spawn_batch(options.n, {Transform: {"translation": places}, MeshInstance: {"mesh": mesh}})
    world.spawn(Transform(rotation=(-0.35, 0.2, 0.0, 0.91)), Light(intensity=2.0))
    for x in (-2.0, 2.0):
        world.spawn(Transform(translation=(x, 1.0, 2.0)), Light(kind="point", intensity=5.0, shadows=False))
    app.run_stage(Stage.PROPAGATE)
    camera = ViewCamera.looking((0, 0, 20.0), (0, 0, 0), fov_y_rad=2 * float(np.arctan(_ROWS / 40)))
    return world, View(camera, options.size)
