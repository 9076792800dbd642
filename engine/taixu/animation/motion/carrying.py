"""Carrying: the right arm of who holds something, bent to hold it up or hanging beside the body, whatever the legs do."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.acts import stoutness
from taixu.animation.motion.body import Bodies
from taixu.animation.motion.figure import BONE, Carry, world_turns
from taixu.animation.motion.gait import Going
from taixu.animation.motion.hands import HANDS, shape_hand
from taixu.animation.motion.limbs import solve_limb
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.turns import F32, about, inverse, length, multiply, rotate

__all__ = ["ARM_ACTS", "RAISED_M", "carrying", "swing_of"]

ARM_ACTS = ("wave", "point", "cheer")
"""Acts that want the arm for themselves."""

RAISED_M = (-0.07, -0.50, 0.46)
"""From the shoulder to the hand that holds something up, in lengths of the arm; what stands on the ground is as long."""
_HANGING_M = (-0.17, -0.96, 0.05)
_ASIDE_M = (-0.62, -0.74, 0.14)
"""Of a hand that hangs beside a wide trunk and what it wears."""
_QUARTER = np.float32(np.pi / 2.0)
_TRUNK = ("hips", "spine", "chest", "upperChest", "rightShoulder")
_ELBOW_OUT = (-1.0, 0.25, 0.2)


def swing_of(phase: F32, pace: Going) -> F32:
    """How far an arm with something in its hand swings forward, radians [n]."""
    return np.asarray(0.13 * pace.effort * np.cos(2.0 * np.pi * phase - 0.25), np.float32)


def carrying(pose: Pose, bodies: Bodies, ways: Sequence[Carry], chosen: NDArray[np.intp], *, swing: F32) -> Pose:
    """The pose with the right arm as it carries; to be masked by `RIGHT_ARM`.

    The hand's own axes stay those of the body, so that what it holds is upright whatever spine and shoulders do.

    Parameters
    ----------
    pose : Pose
        What the body does, n columns.
    ways, chosen : intp array [n]
        How one can carry, and which of these each does; hands of unknown shape grip.
    swing : float32 array [n]
        How far a hanging arm swings forward, radians.
    """
    result = Pose(pose.turns.copy(), pose.hips.copy())
    is_raised = np.array([way.how == "raised" for way in ways])[chosen]
    worlds = world_turns(pose.turns, [BONE[bone] for bone in _TRUNK])
    place = bodies.hips + pose.hips * bodies.legs
    for above, bone in zip(_TRUNK, (*_TRUNK[1:], "rightUpperArm"), strict=True):
        place = place + rotate(worlds[BONE[above]], bodies.offsets[BONE[bone]])
    upper, lower = bodies.offsets[BONE["rightLowerArm"]], bodies.offsets[BONE["rightHand"]]
    arm = length(upper) + length(lower)
    raised, hanging, aside = (np.array(goal, np.float32)[:, None] * arm for goal in (RAISED_M, _HANGING_M, _ASIDE_M))
    hanging = hanging + stoutness(bodies) * (aside - hanging)
    reach = np.where(is_raised, raised, rotate(about("x", -swing), hanging)).astype(np.float32)
    sideways = np.broadcast_to(np.array(_ELBOW_OUT, np.float32)[:, None], reach.shape)
    turn, bend = solve_limb(upper, lower, (0.0, 1.0, 0.0), reach, sideways)
    result.turns[BONE["rightUpperArm"]] = multiply(inverse(worlds[BONE["rightShoulder"]]), turn)
    result.turns[BONE["rightLowerArm"]] = about("y", bend)
    # Fingers ahead and the thumb above, or fingers down and the thumb ahead; palms look inwards.
    ahead = multiply(about("x", np.full_like(bend, -_QUARTER)), about("z", np.full_like(bend, _QUARTER)))
    down = multiply(about("x", -swing), about("z", np.full_like(bend, _QUARTER)))
    hand = np.where(is_raised, ahead, down)
    result.turns[BONE["rightHand"]] = multiply(inverse(multiply(turn, about("y", bend))), hand)
    for number in np.unique(chosen).tolist():
        shape, rows = ways[number].hand, np.flatnonzero(chosen == number)
        some = result.take(rows)
        shape_hand(some, "right", -1.0, shape if shape in HANDS else "grip")
        result.put(rows, some)
    return result
