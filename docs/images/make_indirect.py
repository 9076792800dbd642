"""A room that is lit by what its window lets in, without and with probes: ``python docs/images/make_indirect.py indirect.jpg``."""

from __future__ import annotations

import sys

import numpy as np
from PIL import Image

import taixu as tx
from taixu.render import ViewCamera
from taixu.scene import LightProbes

WHITE, RED, GREEN, WOOD = (0.75, 0.74, 0.72, 1.0), (0.6, 0.08, 0.06, 1.0), (0.2, 0.42, 0.16, 1.0), (0.35, 0.2, 0.1, 1.0)


def main(path: str, size: tuple[int, int] = (480, 400), samples: int = 8) -> None:
    """Build the room and draw it twice."""
    with tx.App.headless(size=size) as app:

        def box(extent: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...]) -> None:
            app.scene.spawn("box", tx.Shape("box", size=extent), tx.Material(base_color=color, roughness=0.9), position=at)

        box((40, 0.2, 40), (0, -0.3, 0), (0.35, 0.4, 0.25, 1.0))
        box((6.4, 0.2, 5.4), (0, -0.1, 0), WOOD)
        box((6.4, 0.2, 5.4), (0, 3.1, 0), WHITE)
        box((6.4, 3, 0.2), (0, 1.5, -2.6), WHITE)
        box((0.2, 3, 5), (-3.1, 1.5, 0), RED)
        for extent, at in (((0.2, 0.8, 5), 0.4), ((0.2, 0.5, 5), 2.75)):
            box(extent, (3.1, at, 0), GREEN)
        for z in (-1.75, 1.75):
            box((0.2, 1.7, 1.5), (3.1, 1.65, z), GREEN)
        box((1.2, 0.9, 1.2), (-1.2, 0.45, -1.2), WHITE)
        box((0.8, 1.8, 0.8), (1.2, 0.9, -1.7), WHITE)
        app.scene.spawn("sky", tx.Environment(sun_direction=(0.8, 0.5, 0.15), turbidity=2.5, exposure_ev=1.0))
        probes = app.scene.spawn("probes", LightProbes())
        camera = ViewCamera.looking((0, 1.6, 6.2), (0, 1.4, 0), fov_y_rad=0.85)
        pictures = []
        for enabled in (False, True):
            app.world.set(probes.entity, LightProbes, enabled=enabled)
            pictures.append(app.picture(camera=camera, samples=samples).pixels[..., :3])
    Image.fromarray(np.concatenate(pictures, 1)).save(path, quality=88)


if __name__ == "__main__":
    main(sys.argv[1])
