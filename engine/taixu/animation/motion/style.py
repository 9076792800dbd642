"""How somebody moves: moods and seeds as numbers of posture and tempo, one column a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.turns import F32
from taixu.ecs.entity import mix64

__all__ = ["MOODS", "Style", "chance"]


@dataclass(frozen=True, slots=True, eq=False)
class Style:
    """Posture and tempo, float32 [n] each.

    Attributes
    ----------
    tempo, stride : array
        Factors of the rate of steps and, against it, of their length.
    bounce, sway, swing : array
        Factors of how far hips go up and down and sideways, and arms swing.
    stoop, head_down, chest_out : array
        Bends of spine, neck and chest, radians.
    spread, width : array
        How far arms stand off, radians, and feet apart, as a factor.
    bend : array
        Bend of the elbows at ease, radians.
    fidget : array
        Factor of what people do who stand.
    """

    tempo: F32
    stride: F32
    bounce: F32
    sway: F32
    swing: F32
    stoop: F32
    head_down: F32
    chest_out: F32
    spread: F32
    width: F32
    bend: F32
    fidget: F32

    @classmethod
    def of(cls, moods: Sequence[str], seeds: NDArray[np.uint32]) -> Style:
        """Styles of people; an unknown mood is neutral. A seed changes each number by up to an eighth."""
        table = np.array([MOODS.get(mood, MOODS["neutral"]) for mood in moods], np.float32).reshape(-1, len(_NAMES)).T
        wobble = 1.0 + 0.125 * (2.0 * np.stack([chance(seeds, 40 + row) for row in range(len(_NAMES))]) - 1.0)
        return cls(*(table * wobble).astype(np.float32))

    def take(self, rows: NDArray[np.intp]) -> Style:
        """Those of some rows."""
        return Style(*(getattr(self, name)[rows] for name in _NAMES))


_NAMES = tuple(one.name for one in fields(Style))
#             tempo stride bounce sway swing stoop head  chest spread width bend fidget
MOODS: dict[str, tuple[float, ...]] = {
    "neutral": (1.00, 1.0, 1.0, 1.0, 1.0, 0.02, 0.02, 0.00, 0.16, 1.0, 0.28, 1.0),
    "happy":   (1.06, 1.0, 1.7, 1.3, 1.4, -0.02, -0.05, 0.05, 0.20, 1.0, 0.40, 1.4),
    "sad":     (0.88, 1.0, 0.6, 0.8, 0.4, 0.18, 0.34, -0.06, 0.10, 0.9, 0.16, 0.6),
    "angry":   (1.12, 1.0, 0.9, 0.7, 1.3, 0.08, 0.10, 0.03, 0.26, 1.15, 0.55, 1.2),
    "tired":   (0.85, 1.0, 0.8, 1.3, 0.6, 0.14, 0.22, -0.04, 0.12, 1.1, 0.15, 0.7),
    "proud":   (0.95, 1.0, 1.0, 0.9, 1.0, -0.06, -0.08, 0.09, 0.22, 1.1, 0.28, 0.7),
    "scared":  (1.10, 1.0, 0.7, 0.7, 0.5, 0.10, 0.04, -0.05, 0.12, 0.85, 0.80, 1.6),
    "relaxed": (0.94, 1.0, 1.1, 1.25, 1.1, 0.00, 0.00, 0.01, 0.16, 1.05, 0.24, 1.0),
}  # fmt: skip
"""Numbers of each mood, in the order of `Style`."""


def chance(seeds: NDArray[np.uint32], number: int) -> F32:
    """One number from 0 to 1 for each seed, another for each `number`."""
    mixed = mix64(seeds.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(number + 1))
    return ((mixed >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24)).astype(np.float32)
