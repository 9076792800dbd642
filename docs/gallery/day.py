"""A stone circle at six hours of a day, under one sun, moon and sky: ``python docs/gallery/day.py PICTURE``."""

from __future__ import annotations

import sys
from math import cos, pi, sin

import numpy as np
from PIL import Image

import taixu as tx
from taixu.render import ViewCamera
from taixu.scene import Air

STONE, GRASS, HILL = (0.33, 0.31, 0.28, 1.0), (0.09, 0.12, 0.045, 1.0), (0.06, 0.09, 0.05, 1.0)
HOURS = ((5.2, 3.2), (6.6, 1.4), (12.0, 0.4), (18.0, 1.2), (19.1, 2.8), (23.0, 4.8))
"""Hours, and the stops that each is exposed by."""


def main(path: str, size: tuple[int, int] = (320, 270), samples: int = 6) -> None:
    """Build the circle and draw it at every hour, three beside each other."""
    rng = np.random.default_rng(5)
    with tx.App.headless(size=size) as app:

        def put(kind: str, extent: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...],
                turn: float = 0.0) -> None:  # fmt: skip
            turned = (0.0, sin(turn / 2), 0.0, cos(turn / 2))
            look = tx.Material(base_color=color, roughness=0.9)
            app.scene.spawn(kind, tx.Shape(kind, size=extent, bevel_m=0.12 if kind == "box" else 0.0), look, position=at,
                            rotation=turned)  # fmt: skip

        put("plane", (6000, 0, 6000), (0, 0, 0), GRASS)
        for k in range(14):
            x, wide, tall = -2300 + 360 * k, float(rng.uniform(500, 900)), float(rng.uniform(180, 420))
            put("sphere", (wide, tall, wide), (x, -10.0, -1500 - float(rng.uniform(0, 700))), HILL)
        for k in range(12):
            a = 2 * pi * k / 12
            x, z, tall = 6.5 * cos(a), 6.5 * sin(a), float(rng.uniform(2.6, 3.4))
            put("box", (1.2, 3.2, 0.7), (x, 1.5, z), STONE, pi / 2 - a + float(rng.uniform(-0.1, 0.1)))
            if k in (1, 4, 5, 8, 9, 11):
                b = a + pi / 12
                put("box", (0.75, 0.6, 3.6), (6.3 * cos(b), 3.4, 6.3 * sin(b)), STONE, -b)
            if k % 5 == 0:
                put("box", (0.8, 0.5, tall), (0.6 * x, 0.2, 0.6 * z), STONE, a)
        air = app.scene.spawn("air", Air(day=172, moon_phase=0.5, aerial=6.0, stars=2.0))
        camera = ViewCamera.looking((2.5, 1.7, 15.5), (0.0, 3.0, 0.0), fov_y_rad=0.75)
        pictures = []
        for hour, stops in HOURS:
            app.world.set(air.entity, Air, hour=hour)
            pictures.append(app.picture(camera=camera, samples=samples, settings={"exposure_ev": stops}).pixels[..., :3])
    rows = [np.concatenate(pictures[k : k + 3], 1) for k in (0, 3)]
    Image.fromarray(np.concatenate(rows)).save(path)


if __name__ == "__main__":
    main(sys.argv[1])
