"""A scene whose pictures can be read: a white bar before a black board stands in one of sixteen places, a town lies behind.

Where the bar is in the picture says which number is shown, whatever drew the picture and however it was encoded. It gets elsewhere
in two ways: the camera moves sideways (an input), or the bar does (a reading). With the camera all else moves in the picture, so
that encoders have their usual work.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import App

__all__ = ["DEVICE", "DISTANCE_M", "PLACES", "build", "camera_for", "place_of", "read_code", "slot_centres", "town_key"]

PLACES = 16
SLOT_M = 0.9
DISTANCE_M = 10.0
FOV_DEG = 45.0
ASPECT = 16 / 9
DEVICE = "bar"
"""The bar's key: readings of "bar" with x (metres) move it."""
_KINDS = 8
_BRIGHT, _DARK = 110, 70


def build(app: App, count: int, *, origin: tuple[float, float, float] = (0.0, 0.0, 0.0), seed: int = 7) -> None:
    """Fill a world: board and bar at `origin`, and behind them a town of so many boxes, which are devices (`town_key`)."""
    from taixu.scene import Material, Name, Shape, Transform
    from taixu.twin import Device

    world = app.world
    x, y, z = origin
    world.spawn(Transform(translation=(x, y, z - 0.2)), Shape("box", size=(60.0, 1.8, 0.1)),
                Material(base_color=(0.0, 0.0, 0.0, 1.0), roughness=1.0), Name("Board"))  # fmt: skip
    world.spawn(Transform(translation=(x + place_of(0), y, z)), Shape("box", size=(0.8, 1.4, 0.1)),
                Material(base_color=(1.0, 1.0, 1.0, 1.0), roughness=1.0), Name("Bar"), Device(key=DEVICE))  # fmt: skip
    rng = np.random.default_rng(seed)
    places = np.stack([rng.uniform(-45, 45, count), rng.uniform(-14, 14, count), rng.uniform(-60, -4, count)])
    keys = np.array([town_key(number) for number in range(count)], object)
    for number in range(_KINDS):
        mine = slice(number, None, _KINDS)
        many, size, color = len(keys[mine]), rng.uniform(0.3, 1.8, 3), rng.uniform(0.05, 0.9, 3)
        if many:
            world.spawn_batch(many, {
                Transform: {"translation": (places[:, mine] + np.array(origin)[:, None]).astype(np.float32)},
                Shape: {"kind": "box", "size": np.repeat(size.astype(np.float32)[:, None], many, 1)},
                Material: {"base_color": np.repeat(np.append(color, 1.0).astype(np.float32)[:, None], many, 1)},
                Device: {"key": keys[mine]},
            })  # fmt: skip


def town_key(number: int) -> str:
    """The key of a box of the town."""
    return f"box-{number}"


def place_of(code: int) -> float:
    """Where the bar stands for a number, x in metres, seen by a camera in the middle."""
    return (code - (PLACES - 1) / 2) * SLOT_M


def camera_for(code: int, *, origin: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> dict[str, Any]:
    """A camera that sees the bar, where it stands at first, at a number's place."""
    x, y, z = origin
    x += place_of(0) - place_of(code)
    return {"eye": [x, y, z + DISTANCE_M], "target": [x, y, z], "fov_deg": FOV_DEG}


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
