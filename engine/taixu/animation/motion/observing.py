"""What is seen of a crowd each frame: where everybody is, how fast he goes, and how large he looks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.components import Motion
from taixu.animation.motion.crowd import Crowd
from taixu.animation.motion.turns import F32
from taixu.ecs import World, indices_of
from taixu.scene import CELL_M, Eye, WorldTransforms

__all__ = ["observe", "sizes_px"]

_HEIGHT_M = 1.75
_FASTEST_MPS = 14.0
"""Who is faster was put elsewhere."""


def observe(world: World, crowd: Crowd, secs: float) -> F32:
    """Look where everybody is and how fast; give their scales."""
    transforms = world.resource(WorldTransforms)
    indices = indices_of(crowd.handles)
    known = indices < len(transforms.matrices)
    rows = np.zeros((len(indices), 12), np.float32)
    rows[known] = transforms.matrices[indices[known]]
    cells = np.zeros((len(indices), 3), np.int64)
    cells[known] = transforms.cells[indices[known]]
    forward, up = rows[:, 2::4].T.astype(np.float64), rows[:, 1::4].T
    scale = np.sqrt((up * up).sum(axis=0))
    stands = scale > 1e-6
    scale = np.where(stands, scale, 1.0).astype(np.float32)
    places = rows[:, 3::4].T + cells.T * CELL_M
    headings = np.arctan2(forward[0], forward[2])
    names = ("measured", "speed", "turn_speed")
    measured, told_speed, told_turn = (world.gather(crowd.handles, Motion, name) for name in names)
    measured = measured.astype(bool)
    speed, turning = told_speed.astype(np.float64), told_turn.astype(np.float64)
    if secs > 0.0 and measured.any():
        moved = (places - crowd.places) / secs
        seen = moved[0] * np.sin(headings) + moved[2] * np.cos(headings)
        around = (headings - crowd.headings + np.pi) % (2 * np.pi) - np.pi
        jumped = ~crowd.seen | (np.abs(seen) > _FASTEST_MPS * scale)
        speed = np.where(measured, np.where(jumped, 0.0, seen), speed)
        turning = np.where(measured, np.where(jumped, 0.0, np.clip(around / secs, -6.0, 6.0)), turning)
    share = 1.0 - np.exp(-secs / 0.1)
    settled = crowd.seen | measured
    crowd.speeds = np.where(settled, crowd.speeds + (speed - crowd.speeds) * share, speed).astype(np.float32)
    crowd.turnings = np.where(settled, crowd.turnings + (turning - crowd.turnings) * share, turning).astype(np.float32)
    crowd.highs = np.where(crowd.seen, crowd.highs, places[1])
    crowd.places, crowd.headings, crowd.seen = places, headings, stands
    return scale


def sizes_px(crowd: Crowd, scale: F32, eyes: Sequence[Eye]) -> NDArray[np.float64]:
    """How tall everybody is in pixels, to the eye that sees him largest, [n]."""
    sizes = np.zeros(len(crowd))
    for eye in eyes:
        away = np.linalg.norm(crowd.places - np.asarray(eye.position)[:, None], axis=0)
        sizes = np.maximum(sizes, _HEIGHT_M * scale * eye.pixels_per_m(away))
    return sizes
