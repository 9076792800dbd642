"""A surface that glows where it turns away, in lines that wander."""

from __future__ import annotations

from taixu.ecs import F32, Color3, field
from taixu.scene import surface

__all__ = ["Hologram"]


@surface("hologram", glsl="hologram.glsl", alpha="blend", double_sided=True)
class Hologram:
    """Light without a body."""

    color: Color3 = field(default=(0.1, 0.7, 1.0), minimum=0.0, doc="Linear.")
    brightness: F32 = field(default=1.5, minimum=0.0)
    lines_per_m: F32 = field(default=20.0, unit="1/m", minimum=0.0)
    speed_m: F32 = field(default=0.05, unit="m/s", doc="How fast the lines go up.")
