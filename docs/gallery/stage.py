"""A stage: spots in colours through haze, areas of light behind, a band's things: ``python docs/gallery/stage.py PICTURE``."""

from __future__ import annotations

import sys
from math import cos, pi, sin
from typing import Any

import taixu as tx
from taixu.math import quaternion
from taixu.render import ViewCamera
from taixu.scene import Fog
from taixu.scene.post import Bloom

BLACK, STEEL, WOOD = (0.02, 0.02, 0.025, 1.0), (0.5, 0.5, 0.52, 1.0), (0.16, 0.09, 0.05, 1.0)
COLORS = ((1.0, 0.12, 0.25), (0.2, 0.35, 1.0), (1.0, 0.65, 0.25), (0.1, 0.9, 0.8), (0.75, 0.15, 1.0), (1.0, 0.12, 0.25))


def main(path: str, size: tuple[int, int] = (960, 540), samples: int = 8) -> None:
    """Build the stage and light it."""
    with tx.App.headless(size=size) as app:

        def put(kind: str, extent: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...],
                turn: float = 0.0, **look: Any) -> None:  # fmt: skip
            material = tx.Material(base_color=color, **({"roughness": 0.6} | look))
            turned = (0.0, sin(turn / 2), 0.0, cos(turn / 2))
            app.scene.spawn(kind, tx.Shape(kind, size=extent), material, position=at, rotation=turned)

        def facing(start: tuple[float, float, float], end: tuple[float, float, float]) -> tuple[float, ...]:
            return tuple(float(v) for v in quaternion.look_rotation([b - a for a, b in zip(start, end, strict=True)]))

        put("box", (16, 0.8, 9), (0, -0.4, -2), WOOD, roughness=0.22)
        put("box", (40, 0.2, 30), (0, -0.9, 8), BLACK, roughness=0.8)
        put("box", (18, 9, 0.3), (0, 4, -6.6), BLACK, roughness=0.9)
        for y in (8.6, 9.0):
            put("box", (13, 0.08, 0.08), (0, y, -1.5), STEEL, metallic=1.0, roughness=0.35)
        for k in range(14):
            put("box", (0.05, 0.4, 0.05), (-6.5 + k, 8.8, -1.5), STEEL, metallic=1.0, roughness=0.35)
        for k, color in enumerate(COLORS):
            start, end = (-5.5 + 2.2 * k, 8.2, -1.5), (1.6 * (-1) ** k + 0.5 * (k - 2.5), 0.0, -2.0 + 0.5 * (k % 3))
            put("cylinder", (0.36, 0.4, 0.36), (start[0], 8.6, start[2]), BLACK)
            put("sphere", (0.2, 0.2, 0.2), (start[0], 8.36, start[2]), BLACK, emissive=tuple(14.0 * c for c in color))
            beam = tx.Light(kind="spot", color=color, intensity=1150.0, range_m=20.0, inner_angle_rad=0.1, outer_angle_rad=0.17,
                            width_m=0.15)  # fmt: skip
            app.scene.spawn("beam", beam, position=start, rotation=facing(start, end))
        for x, color in ((-5.2, (0.25, 0.4, 1.0)), (0.0, (1.0, 0.3, 0.5)), (5.2, (0.25, 0.4, 1.0))):  # panels
            put("box", (2.0, 3.2, 0.05), (x, 2.6, -6.3), BLACK, emissive=tuple(0.9 * c for c in color))
            panel = tx.Light(kind="area", color=color, intensity=14.0, range_m=14.0, width_m=2.0, height_m=3.2)
            app.scene.spawn("panel", panel, position=(x, 2.6, -6.2), rotation=facing((0, 0, 0), (0.0, -0.05, 1.0)))
        front = tx.Light(kind="spot", color=(1.0, 0.86, 0.7), intensity=420.0, range_m=30.0, inner_angle_rad=0.2,
                         outer_angle_rad=0.32, width_m=0.3)  # fmt: skip
        app.scene.spawn("front", front, position=(4.5, 6.5, 9.0), rotation=facing((4.5, 6.5, 9.0), (0.0, 0.8, -2.0)))
        drums = ((0.0, -3.6, 0.62, 0.46), (-0.75, -3.1, 0.36, 0.26), (-0.2, -2.9, 0.32, 0.24), (0.8, -3.0, 0.42, 0.4))
        for x, z, wide, tall in drums:
            put("cylinder", (wide, tall, wide), (x, 0.35 + tall / 2, z), (0.5, 0.03, 0.04, 1.0), roughness=0.2)
            put("cylinder", (wide + 0.02, 0.03, wide + 0.02), (x, 0.36 + tall, z), STEEL, metallic=1.0, roughness=0.2)
        for x, z, y in ((-1.15, -3.5, 1.25), (1.2, -3.5, 1.35), (1.35, -3.0, 1.05)):
            put("cylinder", (0.03, y, 0.03), (x, y / 2, z), STEEL, metallic=1.0, roughness=0.3)
            put("cylinder", (0.55, 0.012, 0.55), (x, y, z), (0.9, 0.68, 0.3, 1.0), metallic=1.0, roughness=0.18)
        for x in (-3.6, -2.7, 2.9, 3.8):
            put("box", (0.8, 1.1, 0.5), (x, 0.55, -3.8), BLACK, roughness=0.7)
            put("cylinder", (0.3, 0.02, 0.3), (x, 1.12, -3.8), STEEL, metallic=1.0)
        for x, z in ((-2.2, -1.2), (0.0, -0.6), (2.4, -1.3)):
            put("cylinder", (0.34, 0.03, 0.34), (x, 0.015, z), BLACK)
            put("cylinder", (0.025, 1.5, 0.025), (x, 0.75, z), STEEL, metallic=1.0, roughness=0.25)
            put("sphere", (0.09, 0.12, 0.09), (x, 1.55, z), STEEL, metallic=1.0, roughness=0.35)
        for k in range(34):  # those who listen
            a = 2 * pi * ((k * 0.618) % 1.0)
            x, z, y = -7.0 + 14.0 * ((k * 0.381) % 1.0), 3.2 + 1.2 * (k % 3) + 0.2 * cos(a), 0.45 + 0.12 * sin(a)
            put("sphere", (0.24, 0.3, 0.26), (x, y, z), BLACK)
            put("cylinder", (0.46, 1.2, 0.3), (x, y - 0.75, z), BLACK)
        app.scene.spawn("sky", tx.Environment(intensity=0.002, exposure_ev=1.2))
        app.scene.spawn("haze", Fog(density=0.03, falloff_m=100.0, glow=0.35, sky_light=0.0, shafts_m=30.0))
        app.scene.spawn("bloom", Bloom(intensity=0.06))
        camera = ViewCamera.looking((-1.6, 1.5, 9.5), (0.0, 2.35, -2.0), fov_y_rad=0.78)
        app.picture(camera=camera, samples=samples, settings={"shadow_tiles": 32}).save(path)


if __name__ == "__main__":
    main(sys.argv[1])
