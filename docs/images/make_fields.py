"""Makes fields.jpg: how dense a crowd stands, how loud cars are, what a chimney brings, and what sensors say, over one town.

    python docs/images/make_fields.py fields.jpg
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from PIL import Image

import taixu as tx
from taixu.ecs import F32, component, field
from taixu.scene import Camera, Environment, Light, Material, Shape, Transform
from taixu.simulation.field_maps import FieldMap

SIZE = (480, 270)
EYE = (50.0, 62.0, 80.0)
TILT = (-0.2821, 0.2604, 0.0798, 0.9199)
"""Looks from there at the middle."""


@component("person")
class Person:
    """Somebody who stands there."""


@component("car")
class Car:
    """A source of noise."""


@component("chimney")
class Chimney:
    """A source of smoke."""

    grams_per_sec: F32 = field(default=3.0)


@component("sensor")
class Sensor:
    """Says how warm it is."""

    temperature: F32 = field(default=20.0, unit="°C")


MAPS: list[dict[str, Any]] = [
    {"kind": "density", "of": "person", "reach_m": 7.0, "cell_m": 1.0, "opacity": 0.85},
    {"kind": "noise", "of": "car", "show": "contours", "strength": 100.0, "reach_m": 120.0, "levels": 12.0, "low": 45.0,
     "high": 85.0, "colors": "spectrum"},
    {"kind": "plume", "of": "chimney.grams_per_sec", "show": "volume", "reach_m": 130.0, "levels": 20.0, "opacity": 0.95,
     "wind": 2.5, "wind_from_rad": -1.2, "high": 1500.0},
    {"kind": "measured", "of": "sensor.temperature", "reach_m": 75.0, "colors": "alarm", "opacity": 0.75},
]  # fmt: skip


def town(app: tx.App, number: int) -> None:
    """Houses with a square between them, and who makes one of the fields."""
    world, random = app.world, np.random.default_rng(4)
    for cls in (Person, Car, Chimney, Sensor):
        app.register_component(cls)
    world.spawn(Environment())
    world.spawn(Transform(translation=(0, 30, 0), rotation=(-0.5, 0.25, 0.1, 0.82)), Light(intensity=3.0))
    world.spawn(Transform(translation=(0, -0.1, 0)), Shape("box", (140, 0.2, 140)), Material(base_color=(0.42, 0.42, 0.4, 1)))
    for i, j in ((i, j) for i in range(-2, 3) for j in range(-2, 3) if (i, j) not in ((0, 0), (1, 0))):
        x, z, wide, deep = random.uniform((-2, -2, 9, 9), (2, 2, 13, 13)).tolist()
        height = float(random.uniform(5, 16))
        place = Transform(translation=(i * 22 + x, height / 2, j * 22 + z))
        world.spawn(place, Shape("box", (wide, height, deep)), Material(base_color=(0.78, 0.74, 0.68, 1)))
    if number == 0:
        for x, z in random.normal((8, 0), (12, 4), (220, 2)).tolist():
            world.spawn(Transform(translation=(x, 0.9, z)), Shape("capsule", (0.6, 1.8, 0.6)), Material(), Person())
    for x, z in ((11, 0), (-33, 11), (33, -33), (-11, 33)) if number == 1 else ():
        red = Material(base_color=(0.6, 0.05, 0.05, 1))
        world.spawn(Transform(translation=(x, 0.8, z)), Shape("box", (4.4, 1.5, 1.8)), red, Car())
    if number == 2:
        brick = Material(base_color=(0.5, 0.22, 0.18, 1))
        world.spawn(Transform(translation=(-11, 11, 0)), Shape("cylinder", (2.5, 22, 2.5)), brick)
        world.spawn(Transform(translation=(-11, 22, 0)), Chimney())
    for place, (x, z) in enumerate(((11, 0), (-33, 11), (33, -33), (-11, 33), (-11, -33), (33, 33)) if number == 3 else ()):
        mast = Shape("cylinder", (0.5, 5.0, 0.5))
        world.spawn(Transform(translation=(x, 2.5, z)), mast, Material(), Sensor(temperature=18.0 + 3 * place))


def main(out: str) -> None:
    """Draw all four."""
    sheet = Image.new("RGB", (2 * SIZE[0], 2 * SIZE[1]))
    for number, said in enumerate(MAPS):
        with tx.App.headless(size=SIZE) as app:
            town(app, number)
            app.world.spawn(Transform(translation=(0, 0.05, 0)), FieldMap(size=(130.0, 50.0, 130.0), **said))
            app.world.spawn(Transform(translation=EYE, rotation=TILT), Camera())
            for _ in range(3):
                app.frame(1 / 60)
            picture = Image.fromarray(np.asarray(app.picture(size=SIZE).pixels)[..., :3])
            sheet.paste(picture, ((number % 2) * SIZE[0], (number // 2) * SIZE[1]))
    sheet.save(out, quality=88)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "fields.jpg")
