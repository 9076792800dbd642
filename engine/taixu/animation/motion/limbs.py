"""Limbs of two bones: where must thigh and shin turn so that the foot is there? (Arms are the same with another hinge.)

The lower bone bends about a hinge, one way only, so that no knee is ever inverted; what is out of reach is pointed at.
"""

from __future__ import annotations

import numpy as np

from taixu.animation.motion.turns import F32, Array, cross, dot, length, multiply, rotate, shortest, turned_about, unit

__all__ = ["MOST_BEND_RAD", "solve_limb"]

MOST_BEND_RAD = 2.6


def solve_limb(upper: Array, lower: Array, hinge: tuple[float, float, float], reach: Array, sideways: Array) -> tuple[F32, F32]:
    """Bring the end of a limb to a place.

    Parameters
    ----------
    upper, lower : float32 arrays [3, n]
        The two bones at rest, from joint to joint, metres.
    hinge : (float, float, float)
        Unit axis at rest about which the lower bone bends by positive angles.
    reach : float32 array [3, n]
        From the limb's first joint to where its end shall be, in the same axes as the answer.
    sideways : float32 array [3, n]
        Where the hinge shall point, as far as it can.

    Returns
    -------
    float32 arrays [4, n], [n]
        The upper bone's turn, and the bend of the lower one about the hinge, in radians (the law of cosines, with bones that need
        not be straight at rest).
    """
    axis = np.broadcast_to(np.array(hinge, np.float32)[:, None], upper.shape)
    along = dot(axis, lower) * axis
    across = lower - along
    constant, cosine, sine = dot(upper, along), dot(upper, across), dot(upper, cross(axis, lower))
    wanted = (dot(reach, reach) - dot(upper, upper) - dot(lower, lower)) / 2.0 - constant
    greatest = np.maximum(np.hypot(cosine, sine), 1e-9)
    bend = np.arctan2(sine, cosine) + np.arccos(np.clip(wanted / greatest, -1.0, 1.0))
    bend = np.clip(bend, 0.0, MOST_BEND_RAD).astype(np.float32)
    whole = upper + along + across * np.cos(bend) + cross(axis, lower) * np.sin(bend)
    towards = unit(np.where(length(reach) > 1e-6, reach, whole))
    swing = shortest(unit(whole), towards)
    has, want = rotate(swing, axis), sideways
    has, want = has - dot(has, towards) * towards, want - dot(want, towards) * towards
    twist = np.arctan2(dot(towards, cross(has, want)), dot(has, want))
    return multiply(turned_about(towards, twist), swing).astype(np.float32), bend
