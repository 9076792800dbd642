"""What every generated place has besides its ground: light, a camera, pictures that refer to each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from taixu.assets.atomic import write_atomic
from taixu.generate.generator import Made
from taixu.generate.places.spec import TerrainSpec
from taixu.generate.places.world_text import quaternion_towards
from taixu.generate.request import Request

__all__ = ["camera_at", "save_picture", "sky_of", "sun_of"]

_SUNS: dict[str, tuple[float, float, tuple[float, float, float], float, float]] = {
    # elevation and azimuth in degrees, colour, lux, haze of the sky
    "dawn": (7.0, 65.0, (1.0, 0.62, 0.38), 1.7, 3.6),
    "morning": (30.0, 50.0, (1.0, 0.91, 0.78), 3.0, 2.6),
    "noon": (58.0, 20.0, (1.0, 0.97, 0.92), 3.4, 2.2),
    "evening": (16.0, -60.0, (1.0, 0.78, 0.54), 3.0, 3.0),
    "dusk": (3.5, -75.0, (1.0, 0.48, 0.28), 1.0, 4.2),
}


def sun_of(spec: TerrainSpec) -> tuple[float, float, float]:
    """The direction towards the sun."""
    e, a = np.radians(_SUNS[spec.time][:2])
    return float(np.cos(e) * np.sin(a)), float(np.sin(e)), float(np.cos(e) * np.cos(a))


def sky_of(spec: TerrainSpec) -> dict[str, dict[str, Any]]:
    """The sky and the sun of a time of day, as entities."""
    _, _, color, lux, haze = _SUNS[spec.time]
    sun = sun_of(spec)
    return {
        "sky": {
            "environment": {
                "sun_direction": list(sun),
                "turbidity": haze,
                "tonemap": "neutral",
                "exposure_ev": {"dawn": 0.9, "evening": 0.6, "dusk": 1.2}.get(spec.time, 0.2),
            }
        },
        "sun": {
            "transform": {"rotation": quaternion_towards([-value for value in sun])},
            "light": {"color": list(color), "intensity": lux, "range_m": 600.0},
        },
    }


def camera_at(eye: Any, target: Any) -> dict[str, dict[str, Any]]:
    """A camera at an eye (three numbers) that looks at a target, as an entity."""
    ahead = np.asarray(target) - np.asarray(eye)
    return {
        "view": {
            "transform": {"position": np.asarray(eye).tolist(), "rotation": quaternion_towards(ahead)},
            "camera": {"fov_y_rad": 0.9, "near_m": 0.15},
        }
    }


def save_picture(request: Request, name: str, pixels: Any) -> Made:
    """A picture under its own name: pictures of a folder refer to each other."""
    from taixu.assets.image import encode_png

    file = request.folder / f"{name}.png"
    write_atomic(file, encode_png(pixels, level=1))
    return Made(file, name)
