"""Wind for shaders that bend plants (`shaders/common/sway.glsl`)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.render.falling import weather_of

__all__ = ["STILL_AIR", "WIND_SLOT", "wind_block"]

WIND_SLOT = 7
"""Binding number of the block, beside those of `bindings.UniformSlot`."""
STILL_AIR = np.zeros((2, 4), np.float32)
_PERIOD_SECS = 3600.0
"""Times are taken modulo this: a phase of float32 stays good to a millisecond."""


def wind_block(world: World, time_secs: float, delta_secs: float) -> NDArray[np.float32]:
    """The block for a frame: velocity of the air, and the times of this frame and the last one."""
    weather = weather_of(world)
    if weather is None:
        return STILL_AIR
    now = time_secs % _PERIOD_SECS
    return np.array([[*weather.wind, 0.0], [now, now - delta_secs, 0.0, 0.0]], np.float32)
