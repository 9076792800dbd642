"""What people do besides going: sit, wave, point, hold, cheer, talk with their hands. Each is a pose as a function of time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.body import SIDES, Bodies
from taixu.animation.motion.figure import BONE, COUNT, world_turns
from taixu.animation.motion.gait import Feet, smooth
from taixu.animation.motion.hands import curl_fingers, shape_hand
from taixu.animation.motion.limbs import solve_limb
from taixu.animation.motion.locomotion import put_legs, wander
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.style import Style
from taixu.animation.motion.turns import F32, about, inverse, multiply, rotate

__all__ = ["ARMS", "GESTURES", "RIGHT_ARM", "UPPER_BODY", "cheer", "hold", "point", "sit", "stoutness", "talk", "wave"]

TAU = np.float32(2.0 * np.pi)
_STOUT = (0.16, 0.28)
"""From the middle to a hip joint, in lengths of the leg: people's are 0.13; from the second on, a trunk is a cartoon's."""
_BESIDE = 1.4
"""Where the sides of such a trunk are, in half widths of its shoulders."""


def _mask(*parts: str) -> NDArray[np.float32]:
    """1 for bones whose names hold one of the parts."""
    return np.array([float(any(part in bone for part in parts)) for bone in BONE], np.float32)


_HANDS = ("Shoulder", "Arm", "Hand", "Thumb", "Index", "Middle", "Ring", "Little")
ARMS = _mask(*_HANDS)
RIGHT_ARM = _mask("rightUpperArm", "rightLowerArm", *(f"right{part}" for part in _HANDS if part != "Arm"))
UPPER_BODY = ARMS + _mask("spine", "chest", "upperChest", "neck", "head") * (1.0 - ARMS)
assert len(ARMS) == COUNT


def sit(bodies: Bodies, style: Style, *, secs: F32, seeds: F32, seat_m: F32 | None = None) -> Pose:
    """Sit, hands on the thighs.

    Parameters
    ----------
    seat_m : float32 array [n], optional
        Height of the seat; where the knees are by default. The body's own point is where its feet would be if it stood up:
        the seat begins behind the calves.
    """
    pose = Pose.rest(bodies.count)
    legs = bodies.legs
    shin = np.abs(bodies.offsets[BONE["leftFoot"], 1]) + bodies.ankle
    seat = shin if seat_m is None else np.clip(seat_m, 0.2 * legs, 1.2 * shin)
    thigh = np.abs(bodies.offsets[BONE["leftLowerLeg"], 1])
    breath = np.sin(TAU * 0.22 * secs + seeds * 40.0)
    tip = -0.12 + 0.5 * style.stoop + 0.02 * wander(secs, seeds, 0.05, 11) * style.fidget
    pose.turns[BONE["hips"]] = multiply(about("y", 0.03 * wander(secs, seeds, 0.04, 12)), about("x", tip))
    joint = bodies.offsets[BONE["leftUpperLeg"], 1]
    pose.hips[1] = (seat + 0.09 * legs - joint - bodies.hips[1]) / legs
    pose.hips[2] = -(0.92 * thigh) / legs
    for bone, share in (("spine", 0.4), ("chest", 0.35), ("upperChest", 0.25)):
        pose.turns[BONE[bone]] = multiply(
            about("x", (0.10 + 0.9 * style.stoop - style.chest_out) * share + 0.012 * breath),
            about("y", 0.06 * wander(secs, seeds, 0.05, 13) * style.fidget * share),
        )
    glance = 0.25 * smooth(np.abs(wander(secs, seeds, 0.05, 14)), 0.2, 0.9) * np.sign(wander(secs, seeds, 0.05, 14))
    for bone, share in (("neck", 0.45), ("head", 0.55)):
        pose.turns[BONE[bone]] = multiply(about("y", glance * share), about("x", style.head_down * share + 0.02))
    ankles, headings = [], []
    for _, side in SIDES:
        ahead = 0.04 * legs * (1.0 + 0.8 * side * wander(secs, seeds, 0.013, 15))
        ankles.append(np.stack([side * bodies.width * 1.15 * style.width, bodies.ankle, ahead]))
        headings.append(np.full_like(legs, side * 0.14))
    still = np.zeros((2, bodies.count), np.float32)
    places = np.stack(ankles)
    put_legs(pose, bodies, Feet(places, np.stack(headings), still, still, still + 1.0, places, still), settle=False)
    _hands_on_thighs(pose, bodies)
    return pose


def _hands_on_thighs(pose: Pose, bodies: Bodies) -> None:
    worlds = world_turns(pose.turns)
    hips = bodies.hips + pose.hips * bodies.legs
    stout = stoutness(bodies)
    place = {0: hips}
    for bone in ("spine", "chest", "upperChest"):
        number = BONE[bone]
        place[number] = place[number - 1] + rotate(worlds[number - 1], bodies.offsets[number])
    for side, sign in SIDES:
        shoulder = place[BONE["upperChest"]] + rotate(worlds[BONE["upperChest"]], bodies.offsets[BONE[f"{side}Shoulder"]])
        top = shoulder + rotate(worlds[BONE[f"{side}Shoulder"]], bodies.offsets[BONE[f"{side}UpperArm"]])
        thigh = rotate(worlds[BONE[f"{side}UpperLeg"]], bodies.offsets[BONE[f"{side}LowerLeg"]])
        knee = hips + rotate(worlds[0], bodies.offsets[BONE[f"{side}UpperLeg"]]) + 0.62 * thigh
        goal = knee + np.stack([0.01 * sign * bodies.legs, 0.115 * bodies.legs, 0.0 * bodies.legs])
        beside = _BESIDE * np.abs(top[0])  # a wide trunk is in the way of thighs: hands go to the sides
        goal[0] = sign * (np.abs(goal[0]) + stout * np.maximum(beside - np.abs(goal[0]), 0.0))
        upper, lower = bodies.offsets[BONE[f"{side}LowerArm"]], bodies.offsets[BONE[f"{side}Hand"]]
        # Elbows point back and out: the hinge (-Y on the left, +Y on the right) lies across the upper arm.
        hinge_goal = np.broadcast_to(np.array([[-0.85], [-0.35 * sign], [-0.4 * sign]], np.float32), goal.shape)
        turn, bend = solve_limb(upper, lower, (0.0, -sign, 0.0), goal - top, hinge_goal)
        above = worlds[BONE[f"{side}Shoulder"]]
        pose.turns[BONE[f"{side}UpperArm"]] = multiply(inverse(above), turn)
        pose.turns[BONE[f"{side}LowerArm"]] = about("y", -sign * bend)
        forearm = multiply(turn, about("y", -sign * bend))
        flat = multiply(about("y", np.full_like(bend, -sign * (np.pi / 2 - 0.35))), about("z", np.full_like(bend, -sign * 0.1)))
        pose.turns[BONE[f"{side}Hand"]] = multiply(inverse(forearm), flat)
        curl_fingers(pose, side, sign, np.full_like(bend, 0.25))


def stoutness(bodies: Bodies) -> F32:
    """How much of a cartoon each is, [0, 1]: short limbs on a wide trunk below a large head, which arms go round."""
    return smooth(np.abs(bodies.offsets[BONE["leftUpperLeg"], 0]) / bodies.legs, *_STOUT)


def wave(bodies: Bodies, style: Style, *, secs: F32, seeds: F32) -> Pose:
    """Wave with the right hand; the rest of the pose is a T, to be masked by `RIGHT_ARM`."""
    pose = Pose.rest(bodies.count)
    beat = np.sin(TAU * (1.7 * style.tempo) * secs + seeds * 3.0)
    stout = stoutness(bodies)
    raised = 0.12 + 0.08 * style.swing + 0.6 * stout  # hands go beside a large head, not into it
    pose.turns[BONE["rightShoulder"]] = about("z", -0.12 + 0.0 * beat)
    pose.turns[BONE["rightUpperArm"]] = multiply(
        about("y", 0.45 + 0.0 * beat), about("z", 0.68 - raised + 0.05 * beat), about("x", -1.35 + 0.08 * beat)
    )
    pose.turns[BONE["rightLowerArm"]] = about("y", 1.75 - 1.4 * stout - 0.32 * beat)
    pose.turns[BONE["rightHand"]] = multiply(about("x", 0.35 + 0.0 * beat), about("y", 0.10 - 0.30 * beat))
    curl_fingers(pose, "right", -1.0, 0.10 + 0.06 * beat)
    return pose


def point(bodies: Bodies, style: Style, *, secs: F32, seeds: F32) -> Pose:
    """Point ahead with the right hand; to be masked by `RIGHT_ARM`."""
    pose = Pose.rest(bodies.count)
    sway = 0.02 * wander(secs, seeds, 0.3, 41)
    pose.turns[BONE["rightShoulder"]] = about("y", 0.12 + sway)
    pose.turns[BONE["rightUpperArm"]] = multiply(about("y", 1.28 + sway), about("z", 0.10 + sway), about("x", 0.15 + 0.0 * sway))
    pose.turns[BONE["rightLowerArm"]] = about("y", 0.16 - sway)
    pose.turns[BONE["rightHand"]] = about("x", 0.35 + sway)
    shape_hand(pose, "right", -1.0, "point")
    return pose


def hold(bodies: Bodies, style: Style, *, secs: F32, seeds: F32) -> Pose:
    """Hold something upright before oneself (a staff, a lantern) with the right hand; to be masked by `RIGHT_ARM`."""
    pose = Pose.rest(bodies.count)
    sway = 0.02 * wander(secs, seeds, 0.25, 43)
    pose.turns[BONE["rightUpperArm"]] = multiply(about("x", -0.30 + sway), about("z", 1.25 + sway), about("x", -0.25 + 0.0 * sway))
    pose.turns[BONE["rightLowerArm"]] = about("y", 1.45 + sway)
    pose.turns[BONE["rightHand"]] = about("x", -1.10 + sway)
    shape_hand(pose, "right", -1.0, "grip")
    return pose


def cheer(bodies: Bodies, style: Style, *, secs: F32, seeds: F32) -> Pose:
    """Shake raised fists; to be masked by `UPPER_BODY`."""
    pose = Pose.rest(bodies.count)
    beat = np.sin(TAU * (1.9 * style.tempo) * secs + seeds * 5.0)
    stout = stoutness(bodies)
    for side, sign in SIDES:
        pose.turns[BONE[f"{side}Shoulder"]] = about("z", sign * (0.16 + 0.0 * beat))
        pose.turns[BONE[f"{side}UpperArm"]] = multiply(
            about("y", -sign * (0.35 + 0.0 * beat)), about("z", sign * (0.72 - 0.75 * stout + 0.12 * beat)),
            about("x", -0.9 + 0.0 * beat)
        )
        pose.turns[BONE[f"{side}LowerArm"]] = about("y", -sign * (1.05 - 0.6 * stout - 0.35 * beat))
        shape_hand(pose, side, sign, "fist")
    lift = 0.04 * (1.0 + beat)
    for bone, share in (("spine", 0.2), ("chest", 0.3), ("neck", 0.3), ("head", 0.4)):
        pose.turns[BONE[bone]] = about("x", -share * lift)
    return pose


GESTURES = {"wave": wave, "point": point, "hold": hold, "cheer": cheer}
"""Acts that are functions of the body's style and of time alone, by name."""


def talk(bodies: Bodies, style: Style, *, secs: F32, seeds: F32, loudness: F32 | None = None) -> Pose:
    """Talk with the hands and the head; to be masked by `UPPER_BODY`.

    Parameters
    ----------
    loudness : float32 array [n], optional
        From 0 to 1: what the voice does just now moves hands and brows of the beat; 1 where there is no voice.
    """
    pose = Pose.rest(bodies.count)
    loud = np.ones(bodies.count, np.float32) if loudness is None else loudness
    for side, sign in SIDES:
        number = 20 + int(sign)
        busy = smooth(wander(secs, seeds, 0.16, number), -0.35, 0.45) * np.clip(0.4 + 0.6 * loud, 0.0, 1.0)
        beat = wander(secs, seeds, 0.85 * 1.0, number + 3) * busy
        wide = wander(secs, seeds, 0.33, number + 6) * busy
        forward = 0.08 + 0.30 * busy + 0.10 * beat * style.swing
        down = about("z", -sign * (1.5 - style.spread - 0.04 * busy - 0.05 * np.maximum(wide, 0.0)))
        pose.turns[BONE[f"{side}Shoulder"]] = about("z", sign * (0.02 + 0.03 * np.maximum(beat, 0.0)))
        inward = about("x", -0.12 + 0.42 * busy - 0.25 * wide)  # hands meet before the body, and part
        pose.turns[BONE[f"{side}UpperArm"]] = multiply(about("x", -forward), down, inward)
        pose.turns[BONE[f"{side}LowerArm"]] = about("y", -sign * (0.3 + 1.15 * busy + 0.22 * beat * style.swing))
        palm = about("x", -(0.1 + 0.75 * busy + 0.2 * wide))
        pose.turns[BONE[f"{side}Hand"]] = multiply(palm, about("z", -sign * (0.05 - 0.22 * beat)))
        curl_fingers(pose, side, sign, 0.35 - 0.18 * busy + 0.08 * beat)
    nod = 0.055 * wander(secs, seeds, 0.9, 30) * loud + 0.03 * wander(secs, seeds, 0.3, 31)
    turn = 0.09 * wander(secs, seeds, 0.22, 32)
    tilt = 0.06 * wander(secs, seeds, 0.17, 33)
    for bone, share in (("spine", 0.10), ("chest", 0.15), ("upperChest", 0.15), ("neck", 0.35), ("head", 0.65)):
        post = style.head_down if bone in ("neck", "head") else style.stoop * 0.8 - style.chest_out
        pose.turns[BONE[bone]] = multiply(about("y", turn * share), about("x", (nod + post) * share), about("z", tilt * share))
    return pose
