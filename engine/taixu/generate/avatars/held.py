"""Things that people hold in the right hand: where the hand is, how it carries them, and what hangs on the node at the grip.

A thing is made as it is carried: the fist at the origin, up +Y, ahead +Z, the body at +X; metres, for somebody of 1.7 m. The node
``rightGrip`` below the hand moves it, and says in its extras how the arm is held (`taixu.animation.motion.figure.Carry`).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.held_things import GROUND, THINGS
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.surfaces import Piece

__all__ = ["PARTS", "grip_extras", "grip_place", "held_pieces", "held_reach"]

Floats = NDArray[np.float64]
PARTS = THINGS
_TURNS = {
    "raised": np.array(((0.0, 0.0, -1.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0))),
    "hanging": np.array(((0.0, 1.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 0.0, 1.0))),
}
"""From a thing's axes to those of a right hand in the T-pose, whose fingers point to -X and whose thumb points to +Z."""
_FINGERS = ("rightIndexProximal", "rightMiddleProximal", "rightRingProximal", "rightLittleProximal")


def grip_place(person: Person) -> Floats:
    """The middle of the fist in the T-pose, where bent fingers meet the palm."""
    wrist = person.pose.heads[person.bone("rightHand")]
    knuckles = np.mean([person.pose.heads[person.bone(bone)] for bone in _FINGERS], axis=0)
    return np.asarray(wrist + 1.02 * (knuckles - wrist) + (0.0, -0.028 * person.scale, 0.0))


def grip_extras(person: Person) -> dict[str, Any]:
    """What the node says of how it is carried."""
    thing = THINGS[person.spec.held]
    return {"carry": {"how": thing.how, "hand": thing.hand}}


def held_pieces(person: Person) -> list[Piece]:
    """Pieces of what somebody holds; they hang on the joint after those of the skeleton."""
    if not person.spec.held:
        return []
    thing = THINGS[person.spec.held]
    size, turn, place = person.scale, _TURNS[thing.how], grip_place(person)
    found = []
    for name, skin, paint in thing.make(_ground(person)):
        count = len(skin.positions)
        joints, weights = np.zeros((count, 4), np.int64), np.zeros((count, 4))
        joints[:, 0], weights[:, 0] = len(person.pose.bones), 1.0
        positions, flat = place + size * skin.positions @ turn.T, np.zeros((count, 2))
        found.append(Piece(name, positions, skin.normals @ turn.T, flat, skin.triangles, joints, weights, paint, {}, "held"))
    return found


def held_reach(person: Person) -> tuple[float, float]:
    """How high above the ground what is held reaches as it is carried, and how far from the body's axis, metres."""
    thing = THINGS[person.spec.held]
    points = np.concatenate([skin.positions for _, skin, _ in thing.make(_ground(person))]) * person.scale
    fist = (0.0, -0.30, 0.28) if thing.how == "raised" else (-0.1, -0.6, 0.03)
    placed = points + person.pose.heads[person.bone("rightUpperArm")] + np.array(fist) * person.scale
    return float(placed[:, 1].max()), float(np.linalg.norm(placed[:, [0, 2]], axis=1).max())


def _ground(person: Person) -> float:
    """Where the ground is below a fist that is held up, in units of things."""
    from taixu.animation.motion.carrying import RAISED_M  # with all that moves: who holds nothing needs none of it

    heads = person.pose.heads
    shoulder, elbow, wrist = (heads[person.bone(bone)] for bone in ("rightUpperArm", "rightLowerArm", "rightHand"))
    arm = float(np.linalg.norm(elbow - shoulder) + np.linalg.norm(wrist - elbow))
    return min(-(float(shoulder[1]) + RAISED_M[1] * arm) / person.scale, GROUND)
