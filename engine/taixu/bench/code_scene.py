"""A scene whose pictures can be read: a white bar before a black board stands in one of sixteen places, a town lies behind.

Where the bar is in the picture says which number is shown, whatever drew the picture and however it was encoded. It gets elsewhere in
two ways: the camera moves sideways (an input), or the bar does (a reading). All else moves in the picture as well, so that encoders
have their usual work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import App

__all__ = ["BAR_ID", "DEVICE", "FOV_DEG", "PLACES", "SLOT_M", "build", "camera_for", "place_of", "read_code", "slot_centres"]

PLACES = 16
SLOT_M = 0.9
DISTANCE_M = 10.0
FOV_DEG = 45.0
ASPECT = 16 / 9
DEVICE = "bar"
"""The bar's key: readings of "bar" with x (metres) move it."""
BAR_ID = "bar"
_BRIGHT, _DARK = 110, 70


def build(app: App, count: int, *, seed: int = 7) -> None:
    """Fill a world: board, bar, and a town of so many boxes."""
    from taixu.scene import Material, Name, Shape, Transform
    from taixu.twin import Device

    world = app.world
    world.spawn(Transform(translation=(0.0, 0.0, -0.2)), Shape("box", size=(60.0, 1.8, 0.1)),
                Material(base_color=(0.0, 0.0, 0.0, 1.0), roughness=1.0), Name("Board"))  # fmt: skip
    world.spawn(Transform(translation=(place_of(0), 0.0, 0.0)), Shape("box", size=(0.8, 1.4, 0.1)),
                Material(base_color=(1.0, 1.0, 1.0, 1.0), roughness=1.0), Name("Bar"), Device(key=DEVICE))  # fmt: skip
    if not count:
        return
    rng = np.random.default_rng(seed)
    places = np.stack([rng.uniform(-45, 45, count), rng.uniform(-14, 14, count), rng.uniform(-60, -4, count)]).astype(np.float32)
    palette = rng.uniform(0.05, 0.9, (8, 3))
    kinds = [(Shape("box", size=tuple(rng.uniform(0.3, 1.8, 3).tolist())), tuple(color)) for color in palette]
    for number, (shape, color) in enumerate(kinds):
        mine = slice(number, None, len(kinds))
        many = len(places[0, mine])
        if many:
            world.spawn_batch(many, {
                Transform: {"translation": places[:, mine]},
                Shape: {"kind": shape.kind, "size": np.repeat(np.array(shape.size, np.float32)[:, None], many, 1)},
                Material: {"base_color": np.repeat(np.array((*color, 1.0), np.float32)[:, None], many, 1)},
            })  # fmt: skip


def place_of(code: int) -> float:
    """Where the bar stands for a number, x in metres, seen by a camera in the middle."""
    return (code - (PLACES - 1) / 2) * SLOT_M


def camera_for(code: int, *, bar_x: float = place_of(0)) -> dict[str, Any]:
    """A camera that sees the bar at a number's place."""
    x = bar_x - place_of(code)
    return {"eye": [x, 0.0, DISTANCE_M], "target": [x, 0.0, 0.0], "fov_deg": FOV_DEG}


def slot_centres(width: int) -> NDArray[np.intp]:
    """Columns of the sixteen places' middles in a picture, 16 to 9, of that width."""
    seen_m = 2 * DISTANCE_M * np.tan(np.radians(FOV_DEG) / 2) * ASPECT
    centres = (np.arange(PLACES) - (PLACES - 1) / 2) * SLOT_M / seen_m + 0.5
    return np.rint(centres * width).astype(np.intp)


def read_code(pixels: NDArray[np.uint8]) -> int | None:
    """The number that a picture shows, uint8 [height, width, 3 or 4]; None where it shows none."""
    row = pixels[pixels.shape[0] // 2, slot_centres(pixels.shape[1]), :3].mean(axis=-1)
    bright = np.flatnonzero(row > _BRIGHT)
    return int(bright[0]) if len(bright) == 1 and (np.delete(row, bright) < _DARK).all() else None
