"""Shapes of hands: how far each finger is bent, from flat to a fist."""

from __future__ import annotations

import numpy as np

from taixu.animation.motion.figure import BONE
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.turns import F32, about, multiply

__all__ = ["HANDS", "curl_fingers", "shape_hand"]

_CURLS = np.array([part * (0.85 + 0.1 * finger) for finger in range(4) for part in (0.75, 1.05, 0.7)], np.float32)
_SPREADS = np.array([spread if part == 0 else 0.0 for spread in (0.13, 0.02, -0.07, -0.16) for part in range(3)], np.float32)
_THUMB = (("Metacarpal", 0.15), ("Proximal", 0.35), ("Distal", 0.5))

HANDS: dict[str, tuple[float, float, float, float, float, float, float]] = {
    "relaxed": (0.35, 0.30, 0.34, 0.38, 0.42, 0.0, 0.0), "open": (0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0),
    "fist": (1.25, 1.45, 1.45, 1.40, 1.35, 0.0, 0.55), "point": (1.2, 0.03, 1.40, 1.40, 1.35, 0.0, 0.45),
    "grip": (0.95, 1.02, 1.04, 1.06, 1.08, 0.0, 0.65),
    "wrap": (0.75, 0.60, 0.62, 0.64, 0.66, 0.0, 0.75), "thumb up": (-0.25, 1.45, 1.45, 1.40, 1.35, 0.0, 0.0),
}
"""By name: how far thumb and fingers are bent (1 is a loose fist), how far they are spread, how far the thumb goes across."""


def curl_fingers(pose: Pose, side: str, sign: float, curl: F32) -> None:
    """Bend the fingers of a hand: 0 is flat, 1 a loose fist, 1.4 a tight one."""
    first = BONE[f"{side}IndexProximal"]  # the twelve bones of four fingers follow each other
    pose.turns[first : first + 12] = np.moveaxis(about("z", -sign * curl * _CURLS[:, None]), 1, 0)
    _bend_thumb(pose, side, sign, curl, np.zeros_like(curl))


def shape_hand(pose: Pose, side: str, sign: float, shape: str) -> None:
    """Give everybody's hand one of `HANDS`."""
    thumb, *fingers, spread, across = HANDS[shape]
    count = np.ones((1, pose.count), np.float32)
    first = BONE[f"{side}IndexProximal"]
    bent = about("z", -sign * np.repeat(np.array(fingers, np.float32), 3)[:, None] * _CURLS[:, None] * count)
    aside = about("y", -sign * spread * _SPREADS[:, None] * count)
    pose.turns[first : first + 12] = np.moveaxis(multiply(aside, bent), 1, 0)
    _bend_thumb(pose, side, sign, thumb * count[0], across * count[0])


def _bend_thumb(pose: Pose, side: str, sign: float, curl: F32, across: F32) -> None:
    for part, share in _THUMB:
        bend = sign * curl * share
        turn = multiply(about("y", 0.8 * bend), about("z", -0.35 * bend))
        if part == "Metacarpal":
            turn = multiply(about("x", 0.9 * across), turn)
        pose.turns[BONE[f"{side}Thumb{part}"]] = turn
