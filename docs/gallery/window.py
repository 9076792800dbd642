"""A room lit by what one window lets in, and by what its walls send on: ``python docs/gallery/window.py PICTURE``."""

from __future__ import annotations

import sys

import taixu as tx
from taixu.render import ViewCamera
from taixu.scene import LightProbes

WHITE, RED, BLUE = (0.78, 0.76, 0.72, 1.0), (0.55, 0.1, 0.06, 1.0), (0.12, 0.2, 0.42, 1.0)
WOOD, DARK = (0.33, 0.19, 0.1, 1.0), (0.12, 0.08, 0.05, 1.0)


def main(path: str, size: tuple[int, int] = (960, 540), samples: int = 12) -> None:
    """Build the room: the window is on the right, all else is closed."""
    with tx.App.headless(size=size) as app:

        def put(kind: str, extent: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...],
                *, roughness: float = 0.85, metallic: float = 0.0, bevel: float = 0.0) -> None:  # fmt: skip
            look = tx.Material(base_color=color, roughness=roughness, metallic=metallic)
            app.scene.spawn(kind, tx.Shape(kind, size=extent, bevel_m=bevel), look, position=at)

        put("box", (60, 0.2, 60), (0, -0.35, 0), (0.3, 0.36, 0.2, 1.0))
        put("box", (7.4, 0.25, 6.4), (0, -0.125, 0), WOOD, roughness=0.45)
        put("box", (7.4, 0.25, 6.4), (0, 3.125, 0), WHITE)
        put("box", (7.4, 3.4, 0.25), (0, 1.5, -3.1), WHITE)
        put("box", (7.4, 3.4, 0.25), (0, 1.5, 3.1), WHITE)
        put("box", (0.25, 3.4, 6.4), (-3.6, 1.5, 0), RED)
        put("box", (0.25, 1.0, 6.2), (3.6, 0.5, 0), WHITE)
        put("box", (0.25, 0.6, 6.2), (3.6, 2.75, 0), WHITE)
        for z, wide in ((-2.2, 1.8), (2.0, 2.2)):
            put("box", (0.25, 1.6, wide), (3.6, 1.7, z), WHITE)
        for z in (-1.3, -0.2, 0.9):
            put("box", (0.08, 1.5, 0.07), (3.6, 1.7, z), WHITE)
        put("box", (2.6, 0.02, 3.6), (-0.2, 0.01, 0.1), BLUE)
        put("box", (2.3, 0.42, 0.95), (-1.9, 0.26, -2.3), BLUE, bevel=0.08)
        put("box", (2.3, 0.85, 0.28), (-1.9, 0.55, -2.8), BLUE, bevel=0.1)
        put("cylinder", (1.1, 0.05, 1.1), (-0.3, 0.5, -0.4), WOOD, roughness=0.3)
        put("cylinder", (0.12, 0.5, 0.12), (-0.3, 0.25, -0.4), DARK)
        put("sphere", (0.26, 0.26, 0.26), (-0.15, 0.66, -0.3), (0.9, 0.62, 0.2, 1.0), roughness=0.2, metallic=1.0)
        put("cylinder", (0.18, 0.34, 0.18), (-0.55, 0.7, -0.55), (0.85, 0.85, 0.82, 1.0), roughness=0.15)
        for k in range(4):
            put("box", (1.5, 0.05, 0.32), (1.6, 0.7 + 0.55 * k, -2.8), WOOD)
            for i in range(7):
                tint = ((0.5, 0.12, 0.1, 1), (0.14, 0.3, 0.2, 1), (0.65, 0.5, 0.25, 1), (0.15, 0.2, 0.35, 1))[(3 * k + 5 * i) % 4]
                tall = 0.28 + 0.03 * ((i * 7 + k * 3) % 5)
                put("box", (0.07, tall, 0.22), (1.0 + 0.16 * i, 0.73 + tall / 2 + 0.55 * k, -2.78), tint)
        app.scene.spawn("sky", tx.Environment(sun_direction=(0.85, 0.62, 0.22), turbidity=2.5, exposure_ev=3.0))
        app.scene.spawn("probes", LightProbes(size_m=(7.0, 3.0, 6.0)), position=(0, 1.5, 0))
        camera = ViewCamera.looking((1.5, 1.5, 2.75), (-1.0, 1.05, -2.0), fov_y_rad=1.05)
        app.picture(camera=camera, samples=samples).save(path)


if __name__ == "__main__":
    main(sys.argv[1])
