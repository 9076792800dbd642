"""Looking at things: head and neck as far as they turn, the eyes for the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.body import Bodies
from taixu.animation.motion.components import Gaze
from taixu.animation.motion.crowd import Crowd
from taixu.animation.motion.figure import BONE
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.turns import F32, Array, about, inverse, multiply, rotate
from taixu.assets.humanoid import LookAt
from taixu.ecs import World, indices_of
from taixu.scene import CELL_M, WorldTransforms

__all__ = ["HEAD_LIMITS", "Eyes", "turn_gazes"]

HEAD_LIMITS = (1.15, 0.6)
"""How far head and neck turn aside and up or down, radians."""
_WORLD_LIMITS = (1.6, 1.0)
_SPINE = ("hips", "spine", "chest", "upperChest")


class Eyes:
    """How the eyes of a crowd follow a gaze: each avatar's `LookAt` as columns.

    Attributes
    ----------
    ranges : float32 array [4, 2, n]
        Inner, outer, down and up: the angle that counts as full, and what the eyes do then.
    bones : bool array [n]
        Whether eye bones turn; otherwise expressions are shown.
    offsets : float32 array [3, n]
        Between the eyes, from the head.
    """

    def __init__(self, looks: Sequence[LookAt | None]) -> None:
        rows = [
            (look.horizontal_inner, look.horizontal_outer, look.vertical_down, look.vertical_up) if look else ((1.0, 0.0),) * 4
            for look in looks
        ]
        self.ranges = np.moveaxis(np.array(rows, np.float32).reshape(-1, 4, 2), 0, 2)
        self.bones = np.array([look is not None and look.kind == "bone" for look in looks], bool)
        self.offsets = np.array([look.offset if look else (0.0, 0.06, 0.0) for look in looks], np.float32).reshape(-1, 3).T

    def mapped(self, angles: Array, kind: int) -> F32:
        """What the eyes do for angles of at least 0, [n]; `kind` is a row of `ranges`."""
        most, output = self.ranges[kind]
        return np.asarray(np.clip(angles / most, 0.0, 1.0) * output, np.float32)


def turn_gazes(world: World, crowd: Crowd, bodies: Bodies, pose: Pose, gazing: NDArray[np.bool_], secs: float, eyes: Eyes) -> None:
    """Turn necks, heads and eyes towards what people look at; others' gazes go back ahead."""
    chest = pose.turns[0]
    head = bodies.hips + pose.hips * bodies.legs
    for bone in (*_SPINE[1:], "neck", "head"):
        head = head + rotate(chest, bodies.offsets[BONE[bone]])
        if bone in _SPINE:
            chest = multiply(chest, pose.turns[BONE[bone]])
    goal, weight, share = _goals(world, crowd, gazing)
    away = rotate(about("y", -crowd.headings), goal - crowd.places) - head - eyes.offsets
    flat = np.hypot(away[0], away[2])
    # In front of the chest's own turn, so that a swaying body does not take the gaze along.
    ahead = rotate(inverse(chest), away)
    yaw, pitch = np.arctan2(ahead[0], ahead[2]), np.arctan2(ahead[1], np.hypot(ahead[0], ahead[2]))
    seen = (np.abs(yaw) < 2.4) & (flat > 1e-3)
    wanted = np.stack([np.clip(yaw, -_WORLD_LIMITS[0], _WORLD_LIMITS[0]), np.clip(pitch, -_WORLD_LIMITS[1], _WORLD_LIMITS[1])])
    wanted = np.where(gazing & seen, wanted * weight, 0.0)
    speed = 1.0 - np.exp(-secs / 0.13)
    crowd.gazes = (crowd.gazes + (wanted - crowd.gazes) * speed).astype(np.float32)
    # What was there already (a nod, a glance) fades as the gaze takes over.
    mine = np.clip(weight, 0.0, 1.0) * (gazing & seen)
    turned = np.clip(crowd.gazes * share, -np.array(HEAD_LIMITS)[:, None], np.array(HEAD_LIMITS)[:, None])
    for bone, part in (("neck", 0.4), ("head", 0.6)):
        own = pose.turns[BONE[bone]].copy()
        own[:3] *= 1.0 - 0.8 * mine
        own /= np.sqrt((own * own).sum(axis=0))
        pose.turns[BONE[bone]] = multiply(about("y", turned[0] * part), about("x", -turned[1] * part), own)
    left, up = crowd.gazes - turned
    crowd.eyes[0], crowd.eyes[1] = left, up
    rise = np.where(up >= 0.0, eyes.mapped(up, 3), -eyes.mapped(-up, 2))
    outer, inner = eyes.mapped(np.abs(left), 1), eyes.mapped(np.abs(left), 0)
    crowd.eyes[2], crowd.eyes[3] = np.where(eyes.bones, 0.0, np.sign(left) * outer), np.where(eyes.bones, 0.0, rise)
    for bone, outwards in (("leftEye", left > 0.0), ("rightEye", left < 0.0)):
        turn = np.where(eyes.bones, np.sign(left) * np.where(outwards, outer, inner), 0.0)
        pose.turns[BONE[bone]] = multiply(about("y", turn), about("x", -np.where(eyes.bones, rise, 0.0)))


def _goals(world: World, crowd: Crowd, gazing: NDArray[np.bool_]) -> tuple[NDArray[np.float64], F32, F32]:
    """Where people look, [3, n] in the world; and weight and share of the head, [n]."""
    targets = world.gather(crowd.handles, Gaze, "target").astype(np.uint64)
    goals = world.gather(crowd.handles, Gaze, "point").astype(np.float64)
    weight, share = (world.gather(crowd.handles, Gaze, name) for name in ("weight", "head"))
    who = np.flatnonzero(gazing & (targets != 0))
    who = who[world.alive(targets[who])]
    if len(who):
        transforms = world.resource(WorldTransforms)
        indices = indices_of(targets[who])
        there = indices < len(transforms.matrices)
        who, indices = who[there], indices[there]
        rows, cells = transforms.rows(indices)
        goals[:, who] = rows[:, 3::4].T + cells.T * CELL_M
    return goals, weight, share
