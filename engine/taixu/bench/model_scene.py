"""The scene S3: a textured model on the ground under a sun with shadows, a camera that circles. Engines in other processes draw
the same.
"""

from __future__ import annotations

import math
from pathlib import Path

from taixu.assets.paths import data_path

__all__ = [
    "AMBIENT", "BACKGROUND", "FAR_M", "FOV_Y_DEG", "GROUND_M", "LOOK_AT", "NEAR_M", "SUN", "SUN_PLACE", "camera_place",
    "model_file",
]  # fmt: skip

FOV_Y_DEG = 45.0
NEAR_M, FAR_M = 0.1, 50.0
BACKGROUND = (0.1, 0.1, 0.12)
SUN_PLACE = (4.0, 8.0, 5.0)
"""It shines from there to the origin."""
SUN, AMBIENT = 3.0, 0.3
GROUND_M = 12.0
LOOK_AT = (0.0, 0.9, 0.0)
_RADIUS_M = 4.2


def model_file() -> Path:
    """A market stall: ten textures, 3,348 triangles."""
    return data_path("samples") / "village" / "assets" / "prop_market_stall.glb"


def camera_place(frame: int) -> tuple[float, float, float]:
    """Where the camera stands; it looks at `LOOK_AT`."""
    angle = 0.6 + math.tau * frame / 240
    return _RADIUS_M * math.sin(angle), 0.45 * _RADIUS_M, _RADIUS_M * math.cos(angle)
