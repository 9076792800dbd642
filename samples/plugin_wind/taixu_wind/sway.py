"""A component and the system that follows it: things that lean with the wind."""

from __future__ import annotations

import numpy as np

from taixu.app import Clock
from taixu.ecs import F32, World, component, field
from taixu.scene import Transform

__all__ = ["Sway", "sway"]


@component("sway")
class Sway:
    """Leans with the wind along X, and back."""

    lean_rad: F32 = field(default=0.2, unit="rad", minimum=0.0, doc="Greatest lean.")
    period_secs: F32 = field(default=2.0, unit="s", minimum=0.1)


def sway(world: World) -> None:
    """Lean everything at once: columns in, columns out. Gusts travel along X at 4 m/s."""
    now_secs = world.resource(Clock).now_secs
    for table in world.query(Transform, Sway):
        along_m = table.read(Transform, "translation")[0]
        turns = (now_secs - along_m / 4.0) / table.read(Sway, "period_secs")
        half_rad = -0.5 * table.read(Sway, "lean_rad") * (0.6 + 0.4 * np.sin(turns * 2 * np.pi))
        with table.write(Transform, "rotation") as rotations:  # [4, n]: x, y, z, w
            rotations[:2] = 0.0
            rotations[2], rotations[3] = np.sin(half_rad), np.cos(half_rad)
