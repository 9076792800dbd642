"""A camp at dusk: a fire with sparks that bounce, smoke, and a fountain: ``python docs/gallery/particles.py PICTURE``."""

from __future__ import annotations

import sys
from math import cos, sin

import taixu as tx
from taixu.render import ViewCamera
from taixu.scene import Particles

STONE, WOOD, GRASS = (0.3, 0.29, 0.27, 1.0), (0.22, 0.12, 0.06, 1.0), (0.06, 0.09, 0.035, 1.0)


def main(path: str, size: tuple[int, int] = (960, 540), samples: int = 4) -> None:
    """Build the camp and light its fire."""
    with tx.App.headless(size=size) as app:

        def put(kind: str, extent: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...],
                turn: float = 0.0) -> None:  # fmt: skip
            turned = (0.0, sin(turn / 2), 0.0, cos(turn / 2))
            look = tx.Material(base_color=color, roughness=0.85)
            app.scene.spawn(kind, tx.Shape(kind, size=extent), look, position=at, rotation=turned)

        put("box", (60, 0.2, 60), (0, -0.1, 0), GRASS)
        for k in range(11):
            a = k * 0.571
            put("sphere", (0.34, 0.26, 0.3), (-1.2 + 0.75 * cos(a), 0.08, 0.75 * sin(a)), STONE, a)
        for k in range(4):
            put("box", (1.0, 0.13, 0.13), (-1.2, 0.08 + 0.03 * k, 0.0), WOOD, 0.8 * k)
        for turn, at in ((0.5, (-3.0, 0.2, 0.6)), (2.3, (-0.9, 0.2, 2.0))):
            put("box", (1.7, 0.4, 0.4), at, WOOD, turn)
        put("cylinder", (2.2, 0.35, 2.2), (2.2, 0.17, -0.9), STONE)
        put("cylinder", (1.9, 0.03, 1.9), (2.2, 0.36, -0.9), (0.05, 0.1, 0.12, 1.0))
        put("cylinder", (0.3, 0.9, 0.3), (2.2, 0.45, -0.9), STONE)
        for k in range(9):
            put("cone", (1.6, 3.6 + 0.4 * (k % 3), 1.6), (-9 + 2.3 * k, 1.9, -7.0 - 1.1 * (k % 2)), (0.03, 0.06, 0.035, 1.0))
        fire, fountain = (-1.2, 0.12, 0.0), (2.2, 0.95, -0.9)
        app.scene.spawn("fire", Particles(kind="fire", amount=1.1, scale=1.1, soft_m=0.1), position=fire)
        app.scene.spawn("sparks", Particles(kind="sparks", amount=1.6, collides="ground", bounce=0.45), position=fire)
        app.scene.spawn("smoke", Particles(kind="smoke", amount=0.5, scale=0.8, soft_m=0.3), position=(-1.2, 1.6, 0.0))
        app.scene.spawn("water", Particles(kind="fountain", amount=1.6, scale=0.6, collides="ground", ground_m=0.37, bounce=0.25),
                        position=fountain)  # fmt: skip
        app.scene.spawn("splashes", Particles(kind="splash", scale=0.45), position=(2.2, 0.38, -0.9))
        glow = tx.Light(kind="point", color=(1.0, 0.5, 0.18), intensity=12.0, range_m=14.0)
        app.scene.spawn("firelight", glow, position=(-1.2, 0.9, 0.0))
        app.scene.spawn("sky", tx.Environment(sun_direction=(-0.7, 0.035, -0.6), turbidity=3.0, exposure_ev=0.3))
        camera = ViewCamera.looking((0.6, 1.7, 6.6), (0.25, 1.1, -0.6), fov_y_rad=0.75)
        app.picture(camera=camera, samples=samples).save(path)


if __name__ == "__main__":
    main(sys.argv[1])
