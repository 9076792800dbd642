"""Two pictures of people: ``python docs/images/make_people.py holding.jpg``, and with a folder that the command of the page made,
``python docs/images/make_people.py people-and-places.jpg alps``.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from PIL import Image

import taixu as tx
from taixu.animation.motion import Face, Motion
from taixu.generate.avatars import make_avatar
from taixu.generate.avatars.chance import drawn
from taixu.generate.avatars.presets import PRESETS
from taixu.generate.avatars.sheets import Look, sheet
from taixu.generate.avatars.words import meant_by_words
from taixu.generate.request import Request
from taixu.math import quaternion
from taixu.physics.plugin import raycast
from taixu.render import ViewCamera
from taixu.scene import Transform
from taixu.scene.instantiate import spawn_model

HOLDING = (("rosa", "basket"), ("fiona", "bucket"), ("mister finch", "suitcase"), ("priya", "lantern"), ("diego", "torch"),
           ("chen", "staff"), ("moses", "broom"))  # fmt: skip
MEADOW = (("a tall old sailor with a red beard", Motion(act="wave", seed=4), -0.95, 0.15),
          ("a woman with black hair in a green dress", Motion(act="talk", seed=5), 0.15, -0.25),
          ("a boy in a yellow sweater", Motion(seed=6), 1.05, -0.1))  # fmt: skip
"""Words, what they do, metres to the right of the middle, and how far they turn, radians."""
_AWAY_M = 5.2


def holding(out: Path) -> None:
    """Seven people who hold something, in a row."""
    people = [make_avatar(drawn(np.random.default_rng(1), {**PRESETS[name], "held": thing}, style="everyday"))
              for name, thing in HOLDING]  # fmt: skip
    Image.fromarray(sheet(people, (Look(-0.15),), height_px=330, abreast=len(people))).save(out, quality=88)


def meadow(out: Path, place: Path) -> None:
    """Three people on the meadow of a terrain, as its own camera sees it, from nearer the ground."""
    with tx.App.headless(size=(1440, 810), physics="rapier") as app:
        world = app.open(place / "place.world.json")
        view = next(world.nodes(tx.Camera))
        eye, ahead = view.position, view.world_matrix[:3, :3] @ (0.0, 0.0, -1.0)
        ahead = ahead * (1.0, 0.0, 1.0) / np.hypot(ahead[0], ahead[2])
        up = np.array((0.0, 1.0, 0.0))
        right = np.cross(ahead, up)

        def ground(at: np.ndarray) -> np.ndarray:
            hit = raycast(app.world, (float(at[0]), 2000.0, float(at[2])), (0.0, -1.0, 0.0), max_distance=4000.0)
            assert hit is not None, "there is ground below everybody"
            return np.array(hit["position"])

        app.run(ticks=1)
        middle = ground(eye + _AWAY_M * ahead)
        turn = float(np.arctan2(-ahead[0], -ahead[2]))
        for words, doing, aside, aim in MEADOW:
            spec = drawn(Request(words, 4, None, place).random("avatar"), meant_by_words(words), style="everyday")
            rotation = quaternion.from_axis_angle((0, 1, 0), turn + aim)
            standing = Transform(translation=tuple(ground(middle + aside * right)), rotation=tuple(rotation))
            spawn_model(app.world, app.world.spawn(standing, doing, Face()), make_avatar(spec), key=words)
        app.run(seconds=1.4)
        camera = ViewCamera.looking(middle - _AWAY_M * ahead + 1.6 * up, middle + 2.35 * up, fov_y_rad=0.80)
        picture = Image.fromarray(app.picture(camera=camera, samples=6).pixels[..., :3])
        picture.resize((960, 540), Image.Resampling.LANCZOS).save(out, quality=88)


if __name__ == "__main__":
    meadow(Path(sys.argv[1]), Path(sys.argv[2])) if len(sys.argv) > 2 else holding(Path(sys.argv[1]))
