"""A hall with a polished floor, that mirrors the sky, what a probe sees, and the picture, too:
``python docs/images/make_reflections.py reflections.jpg``.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from PIL import Image

import taixu as tx
from taixu.render import ViewCamera
from taixu.scene import LightProbes, ReflectionProbe, ScreenReflections

WALL, WOOD, BLUE = (0.75, 0.72, 0.66, 1.0), (0.35, 0.2, 0.1, 1.0), (0.1, 0.2, 0.45, 1.0)


def main(path: str, size: tuple[int, int] = (400, 300), samples: int = 4) -> None:
    """Build the hall and draw it three times."""
    with tx.App.headless(size=size) as app:

        def box(extent: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...], **look: Any) -> None:
            material = tx.Material(base_color=color, **({"roughness": 0.9} | look))
            app.scene.spawn("box", tx.Shape("box", size=extent), material, position=at)

        box((8.4, 0.2, 8.4), (0, -0.1, 0), (0.6, 0.58, 0.55, 1.0), metallic=1.0, roughness=0.06)
        box((8.4, 0.2, 8.4), (0, 4.1, 0), WALL)
        box((8.4, 4, 0.2), (0, 2, -4.1), BLUE)
        box((0.2, 4, 8), (-4.1, 2, 0), WALL)
        for z in (-3.5, -1.5, 0.5, 2.5):  # windows between piers
            box((0.3, 4, 0.7), (4.1, 2, z), WALL)
        for at in ((-2, 0.9, -2.4), (2, 0.9, -2.4)):
            box((0.7, 1.8, 0.7), at, WOOD)
            gold = tx.Material(base_color=(0.95, 0.75, 0.4, 1.0), metallic=1.0, roughness=0.15)
            app.scene.spawn("ball", tx.Shape("sphere", size=(0.8, 0.8, 0.8)), gold, position=(at[0], 2.2, at[2]))
        paint = tx.Material(base_color=(0.6, 0.03, 0.02, 1.0), roughness=0.08)
        app.scene.spawn("lacquer", tx.Shape("sphere", size=(1.6, 1.6, 1.6)), paint, position=(0, 0.8, -1.2))
        app.scene.spawn("sky", tx.Environment(sun_direction=(0.8, 0.45, 0.25), turbidity=2.5, exposure_ev=0.8))
        app.scene.spawn("light", LightProbes())
        probe = app.scene.spawn("probe", ReflectionProbe(size_m=(8, 4, 8), resolution=256), position=(0, 2, 0))
        screen = app.scene.spawn("screen", ScreenReflections())
        camera = ViewCamera.looking((-0.6, 1.7, 4.0), (0, 1.3, -1.5), fov_y_rad=1.0)
        pictures = []
        for probes, rays in ((False, False), (True, False), (True, True)):
            app.world.set(probe.entity, ReflectionProbe, enabled=probes)
            app.world.set(screen.entity, ScreenReflections, enabled=rays)
            pictures.append(app.picture(camera=camera, samples=samples).pixels[..., :3])
    Image.fromarray(np.concatenate(pictures, 1)).save(path, quality=88)


if __name__ == "__main__":
    main(sys.argv[1])
