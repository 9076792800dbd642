"""A hall with fog, whose windows throw shafts of light: ``python docs/gallery/shafts.py PICTURE``."""

from __future__ import annotations

import sys

import taixu as tx
from taixu.render import ViewCamera
from taixu.scene import Fog, LightProbes

STONE, FLOOR = (0.5, 0.43, 0.35, 1.0), (0.3, 0.27, 0.24, 1.0)


def main(path: str, size: tuple[int, int] = (960, 540), samples: int = 6) -> None:
    """Build the hall: piers, a vault of beams, and things that stand in the light."""
    with tx.App.headless(size=size) as app:

        def box(extent: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...] = STONE) -> None:
            app.scene.spawn("stone", tx.Shape("box", size=extent), tx.Material(base_color=color, roughness=0.85), position=at)

        box((14, 0.2, 30), (0, -0.1, 0), FLOOR)
        box((14, 0.4, 30), (0, 7.2, 0))
        box((0.4, 7.4, 30), (-6, 3.5, 0))
        for z in (-14.8, 14.8):
            box((14, 7.4, 0.4), (0, 3.5, z))
        box((0.5, 1.6, 30), (6, 0.8, 0))
        box((0.5, 1.4, 30), (6, 6.5, 0))
        for k in range(9):
            z = -14.0 + 3.5 * k
            box((0.9, 7, 1.3), (6, 3.5, z))
            box((0.7, 7, 0.7), (-3.2, 3.5, z))
            box((14, 0.5, 0.4), (0, 6.8, z))
        for x, z, size_m in ((2.0, -3.0, 1.1), (3.0, -4.3, 0.8), (1.0, 3.0, 0.9), (-1.0, -7.0, 1.3)):
            box((size_m, size_m, size_m), (x, size_m / 2, z), (0.4, 0.26, 0.14, 1.0))
        app.scene.spawn("sky", tx.Environment(sun_direction=(1.0, 0.72, 0.18), turbidity=2.0, exposure_ev=2.3))
        app.scene.spawn("fog", Fog(density=0.09, falloff_m=100.0, glow=0.55, sky_light=0.05, shafts_m=40.0))
        app.scene.spawn("probes", LightProbes(size_m=(12.0, 7.0, 29.0)), position=(0, 3.5, 0))
        camera = ViewCamera.looking((-1.2, 1.7, 13.8), (0.9, 2.7, -4.0), fov_y_rad=0.95)
        app.picture(camera=camera, samples=samples).save(path)


if __name__ == "__main__":
    main(sys.argv[1])
