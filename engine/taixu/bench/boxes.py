"""The scenes S1 and S2: a cube of boxes, one light, a camera. Engines in other processes draw the same."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "AMBIENT", "BACKGROUND", "COLOR", "FAR", "FOV_Y_DEG", "NEAR", "SUN", "SUN_DIRECTION", "camera_position",
    "grid", "moved",
]  # fmt: skip

FOV_Y_DEG = 45.0
NEAR = 0.5
COLOR = (0.8, 0.5, 0.3)
BACKGROUND = (0.1, 0.1, 0.12)
SUN_DIRECTION = (0.4, 0.8, 0.45)
"""Towards the sun."""
SUN, AMBIENT = 0.75, 0.25
FAR = 20.0
"""Times the number of boxes along an edge."""

_SWAY = np.array([[1.0], [0.7], [0.4]], np.float32)


def grid(count: int) -> tuple[NDArray[np.float32], NDArray[np.float32], int]:
    """Centres ``[3, n]`` on a cubic lattice of spacing 2 around the origin, phases ``[n]``, and boxes along an edge."""
    edge = math.ceil(round(count ** (1 / 3), 6))
    index = np.arange(count)
    centres = np.stack([index % edge, (index // edge) % edge, index // (edge * edge)]).astype(np.float32)
    phases = (index * 0.618034 % 1.0 * math.tau).astype(np.float32)
    return centres * 2 - (edge - 1), phases, edge


def moved(centres: NDArray[np.float32], phases: NDArray[np.float32], frame: int) -> NDArray[np.float32]:
    """Where the boxes of S1 are at a frame."""
    places: NDArray[np.float32] = centres + 0.5 * np.sin(np.float32(frame / 20) + phases) * _SWAY
    return places


def camera_position(scene: str, edge: int, frame: int) -> tuple[float, float, float]:
    """Where the camera stands; it looks at the origin. It circles in S2."""
    angle = 0.6 if scene == "S1" else 0.6 + math.tau * frame / 240
    radius = 3.2 * edge
    return radius * math.sin(angle), 0.45 * radius, radius * math.cos(angle)
