"""A jetty on a lake, whose water is clear by the shore and mirrors its far side: ``python docs/gallery/water.py PICTURE``."""

from __future__ import annotations

import sys
from dataclasses import fields
from math import cos, sin

import numpy as np

import taixu as tx
from taixu.assets.model import Primitive
from taixu.render import ViewCamera
from taixu.scene import LibraryMesh, MeshInstance, MeshLibrary, ScreenReflections, WaterSurface
from taixu.scene.shape_meshes import look_number

SAND, GRASS, STONE, WOOD = (0.42, 0.34, 0.22), (0.1, 0.14, 0.05), (0.3, 0.29, 0.27, 1.0), (0.27, 0.17, 0.1, 1.0)
LEAF, RED, WHITE = (0.035, 0.07, 0.03, 1.0), (0.5, 0.05, 0.03, 1.0), (0.8, 0.79, 0.76, 1.0)
SIDE, HALF_M = 161, 60.0


def ground(x: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Heights in metres: a bay that opens towards -z, with banks and a hill behind."""
    shore = 5.0 + 2.5 * np.sin(0.21 * x + 1.0) + 1.2 * np.sin(0.5 * x)
    far = np.clip(np.hypot(x, z + 20.0) - 33.0, 0.0, 14.0) * (z < 0.0)
    return np.clip(0.2 * (z - shore), -4.0, 1.3) + 0.1 * np.sin(0.9 * x) * np.cos(0.7 * z) + 0.9 * far


def main(path: str, size: tuple[int, int] = (960, 540), samples: int = 6) -> None:
    """Build bank, water, jetty and boat."""
    rng = np.random.default_rng(3)
    x, z = np.meshgrid(np.linspace(-HALF_M, HALF_M, SIDE), np.linspace(-HALF_M, HALF_M, SIDE))
    height = ground(x, z)
    with tx.App.headless(size=size) as app:
        world = app.world

        def put(kind: str, extent: tuple[float, float, float], at: tuple[float, float, float], color: tuple[float, ...],
                turn: float = 0.0, roughness: float = 0.85) -> None:  # fmt: skip
            look = tx.Material(base_color=color, roughness=roughness)
            app.scene.spawn(kind, tx.Shape(kind, size=extent), look, position=at, rotation=(0.0, sin(turn / 2), 0.0, cos(turn / 2)))

        def lay(name: str, tall: np.ndarray, material: int, **more: np.ndarray) -> None:
            slope_z, slope_x = np.gradient(tall, 2 * HALF_M / (SIDE - 1))
            normal = np.stack([-slope_x, np.ones_like(tall), -slope_z], -1)
            first = (np.arange(SIDE - 1)[:, None] * SIDE + np.arange(SIDE - 1)).ravel()
            quads = np.stack([first, first + SIDE, first + 1, first + 1, first + SIDE, first + SIDE + 1], 1)
            parts = {"POSITION": np.stack([x, tall, z], -1), "NORMAL": normal / np.linalg.norm(normal, axis=-1, keepdims=True),
                     "TEXCOORD_0": np.stack([x, z], -1), **more}  # fmt: skip
            flat = {key: np.ascontiguousarray(value.reshape(SIDE * SIDE, -1), np.float32) for key, value in parts.items()}
            mesh = LibraryMesh((Primitive(flat, quads.ravel().astype(np.uint32)),), (material,))
            world.spawn(tx.Transform(), MeshInstance(mesh=world.resource(MeshLibrary).put((name,), mesh)))

        grown = np.clip((height - 0.35) * 2.0 + 0.3 * np.sin(3.1 * x) * np.sin(2.7 * z), 0.0, 1.0)[..., None]
        tint = np.concatenate([np.array(SAND) * (1 - grown) + np.array(GRASS) * grown, np.ones_like(grown)], -1)
        lay("bank", height, look_of(world, tx.Material(roughness=0.9)), COLOR_0=tint)
        water = WaterSurface(wave_m=2.2, roughness=0.1, murk_per_m=0.45, foam=0.25, haze_m=0.0)
        lay("water", np.zeros_like(height), look_of(world, water), TEXCOORD_1=np.stack([-height, np.zeros_like(height)], -1))

        for k in range(14):  # the jetty
            put("box", (1.7, 0.07, 0.5), (2.0, 0.62, 5.4 - 0.56 * k), WOOD, 0.02 * (-1) ** k)
        for k in range(4):
            for side in (-0.8, 0.8):
                put("cylinder", (0.16, 2.8, 0.16), (2.0 + side, -0.3, 4.6 - 2.2 * k), (0.16, 0.1, 0.06, 1.0))
        put("box", (0.9, 0.34, 2.6), (-0.9, 0.16, -0.6), RED, 0.35, 0.35)
        put("box", (0.7, 0.06, 2.3), (-0.9, 0.34, -0.6), WOOD, 0.35)
        for k in (-0.5, 0.4):
            put("box", (0.9, 0.06, 0.26), (-0.9 + k * sin(0.35), 0.42, -0.6 + k * cos(0.35)), WHITE, 0.35)
        for _ in range(46):
            a, b, wide = float(rng.uniform(-18, 18)), float(rng.uniform(-2, 7)), float(rng.uniform(0.15, 0.75))
            put("sphere", (wide, 0.6 * wide, 0.8 * wide), (a, float(ground(np.array(a), np.array(b))), b), STONE, 3 * a)
        for _ in range(150):
            a, far = float(rng.uniform(-2.75, -0.4)), float(rng.uniform(35.5, 39.3))
            tx_m, tz_m, tall = far * cos(a), -20.0 + far * sin(a), float(rng.uniform(3.0, 6.5))
            foot = float(ground(np.array(tx_m), np.array(tz_m)))
            put("cone", (0.45 * tall, tall, 0.45 * tall), (tx_m, foot + 0.45 * tall, tz_m), LEAF)
        app.scene.spawn("sky", tx.Environment(sun_direction=(-0.75, 0.2, -0.6), turbidity=2.6, exposure_ev=0.2))
        world.spawn(ScreenReflections(distance_m=120.0, thickness_m=1.0))
        camera = ViewCamera.looking((-3.4, 2.3, 9.8), (1.0, 0.4, -6.0), fov_y_rad=0.85)
        app.picture(camera=camera, samples=samples).save(path)


def look_of(world: tx.World, look: object) -> int:
    """The number of a material or a surface in the world's library."""
    return look_number(world, (type(look), *(getattr(look, part.name) for part in fields(look))))  # type: ignore[arg-type]


if __name__ == "__main__":
    main(sys.argv[1])
