"""The picture of a market by night under a hundred lamps: ``python docs/images/make_lamps.py lamps.jpg``."""

from __future__ import annotations

import sys

import numpy as np
from PIL import Image

from taixu.app import App, Stage
from taixu.assets.model import Material, ModelData
from taixu.gpu import create_device
from taixu.math import quaternion
from taixu.render import Renderer, ViewCamera, render_still
from taixu.scene import Environment, Light, MeshInstance, Transform
from taixu.scene.library import LibraryMaterial, MaterialLibrary, MeshLibrary, add_mesh
from taixu.scene.plugin import ScenePlugin
from taixu.scene.shapes import shape_mesh


def main(path: str, size: tuple[int, int] = (960, 540), samples: int = 12) -> None:
    """Build the market and draw it."""
    app = App()
    app.add_plugin(ScenePlugin())
    world, rng = app.world, np.random.default_rng(7)
    library, meshes = world.resource(MaterialLibrary), world.resource(MeshLibrary)

    def put(kind: str, scale: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...], *,
            roughness: float = 0.6, metallic: float = 0.0, glow: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> None:  # fmt: skip
        look = (color, roughness, metallic, glow)
        material = Material(base_color=(*color[:3], 1.0), roughness=roughness, metallic=metallic, emissive=glow)
        number = library.put(look, LibraryMaterial(material, ModelData()))
        mesh = add_mesh(meshes, (kind, scale, number), shape_mesh(kind, scale), material=number)
        world.spawn(Transform(translation=at), MeshInstance(mesh=mesh, cast_shadow=not any(glow)))

    def lamp(at: tuple[float, float, float], color: tuple[float, float, float], candela: float, reach: float) -> None:
        put("sphere", (0.14, 0.14, 0.14), at, (1.0, 1.0, 1.0), glow=tuple(2.5 * c for c in color))  # type: ignore[arg-type]
        world.spawn(Transform(translation=at),
                    Light(kind="point", color=color, intensity=candela, range_m=reach, width_m=0.14))  # fmt: skip

    put("box", (80, 1, 80), (0, -0.5, -15), (0.22, 0.21, 0.2), roughness=0.32)
    warm = ((1.0, 0.62, 0.28), (1.0, 0.75, 0.45), (1.0, 0.45, 0.2), (0.35, 0.6, 1.0), (1.0, 0.3, 0.45), (0.4, 1.0, 0.7))
    for row in range(7):
        for side in (-1, 1):
            z, x = 1.5 - 4.2 * row, side * 4.6
            cloth = rng.uniform(0.15, 0.6, 3)
            put("box", (2.8, 0.9, 1.4), (x, 0.45, z), (0.35, 0.2, 0.11))
            put("box", (3.2, 0.08, 2.2), (x, 2.6, z), tuple(cloth))
            for px in (-1.5, 1.5):
                for pz in (-1.0, 1.0):
                    put("box", (0.08, 2.6, 0.08), (x + px, 1.3, z + pz), (0.3, 0.3, 0.3), metallic=1.0, roughness=0.4)
            for _ in range(6):
                s = float(rng.uniform(0.14, 0.34))
                place = (x + float(rng.uniform(-1.2, 1.2)), 0.9 + s / 2, z + float(rng.uniform(-0.5, 0.5)))
                put("sphere" if rng.random() < 0.5 else "box", (s, s, s), place, tuple(rng.uniform(0.2, 0.9, 3)), roughness=0.35)
            for k in range(3):
                lamp((x - 1.0 + k, 2.3, z - side * 0.2), warm[int(rng.integers(0, 3))], 3.0, 5.0)
        for k in range(8):  # a string of lamps across the way
            t = k / 7 * 2 - 1
            lamp((3.0 * t, 3.5 + 0.6 * t * t, -0.6 - 4.2 * row), warm[(row + k) % 6], 5.0, 7.0)
    put("box", (26, 9, 1), (0, 4.5, -31), (0.4, 0.33, 0.28))
    for x in (-3.2, 3.2):  # windows that shine onto the way
        turned = tuple(float(v) for v in quaternion.look_rotation((0.0, -0.2, 1.0)))
        put("box", (2.6, 1.8, 0.05), (x, 3.2, -30.45), (1.0, 1.0, 1.0), glow=(2.2, 1.5, 0.8))
        world.spawn(Transform(translation=(x, 3.2, -30.3), rotation=turned),
                    Light(kind="area", color=(1.0, 0.7, 0.4), intensity=40.0, range_m=25.0, width_m=2.6, height_m=1.8))  # fmt: skip
    world.spawn(Environment(exposure_ev=1.2))
    app.run_stage(Stage.PROPAGATE)
    renderer = Renderer(create_device())
    renderer.lighting.use_sky(np.tile(np.linspace(0.02, 0.004, 32)[:, None, None] * (0.4, 0.6, 1.0), (1, 64, 1)).astype(np.float32))
    camera = ViewCamera.looking((0.6, 1.75, 5.5), (-0.2, 1.7, -10), fov_y_rad=0.95)
    still = render_still(renderer, world, camera, size=size, samples=samples, settings={"shadow_tiles": 128})
    Image.fromarray(still.pixels[..., :3]).save(path, quality=84, optimize=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "lamps.jpg")
