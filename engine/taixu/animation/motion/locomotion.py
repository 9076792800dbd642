"""Standing, walking, running and turning: whole bodies above the feet of `gait`."""

from __future__ import annotations

import numpy as np

from taixu.animation.motion.body import SIDES, Bodies
from taixu.animation.motion.figure import BONE
from taixu.animation.motion.gait import GRAVITY, Feet, Going, smooth
from taixu.animation.motion.hands import curl_fingers
from taixu.animation.motion.limbs import solve_limb
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.style import Style, chance
from taixu.animation.motion.turns import F32, about, inverse, length, multiply, rotate

__all__ = ["carry_arms", "locomotion", "put_legs", "wander"]

TAU = np.float32(2.0 * np.pi)
_SHARES = (("spine", 0.3), ("chest", 0.4), ("upperChest", 0.3))
_DOWN_RAD = 1.5
"""From the T-pose to an arm that hangs."""


def wander(secs: F32, seeds: F32, rate: float, number: int) -> F32:
    """Something that drifts between -1 and 1 and never repeats, [n]: sines whose rates have no common measure."""
    start = seeds * 91.7 + number * 7.31
    waves = np.sin(TAU * rate * secs + start) + 0.6 * np.sin(TAU * rate * 1.618 * secs + 1.7 * start) + 0.4 * np.sin(
        TAU * rate * 2.718 * secs + 2.9 * start
    )
    return (waves / 2.0).astype(np.float32)


"""How far each bone of the four fingers bends in a loose fist, radians."""


def locomotion(
    bodies: Bodies, style: Style, pace: Going, phase: F32, feet: Feet, *, secs: F32, seeds: F32, lift: F32 | float = 0.0
) -> Pose:
    """Pose people who stand, walk, run or turn.

    Parameters
    ----------
    feet : Feet
        Of the same phase; put on uneven ground before, where there is some.
    secs : float32 array [n]
        Time, for what goes on while somebody stands.
    seeds : float32 array [n]
        From 0 to 1: no two people breathe together.
    lift : float32 array [n], optional
        Hips are higher by so many legs' lengths.
    """
    pose = Pose.rest(bodies.count)
    around, twice = TAU * phase, 2.0 * TAU * phase
    running, effort = pace.running, pace.effort
    stand = 1.0 - effort
    breath = np.sin(TAU * (0.22 + 0.25 * running) * secs + seeds * 40.0)
    shift = wander(secs, seeds, 0.07, 1) * stand * style.fidget

    yaw = -(0.09 + 0.05 * running) * np.clip(pace.relative / 0.45, 0.0, 1.3) * np.cos(around) * style.swing
    list_ = 0.05 * np.sin(around - 0.4) * effort * style.sway + 0.035 * shift
    bank = -np.clip(pace.turning * pace.speed / GRAVITY, -0.35, 0.35) * 0.7
    lean = (0.02 + 0.10 * running) * effort + 0.02 * np.cos(twice) * effort
    pose.turns[BONE["hips"]] = multiply(about("y", yaw), about("x", lean), about("z", list_ + bank))

    sway = 0.022 * np.sin(around - 0.4) * effort * (1.0 - 0.6 * running) * style.sway + 0.03 * shift
    bob = 0.008 * np.cos(twice - 2.0) * effort * (1.0 - running) - 0.035 * np.cos(twice - 2.0 * TAU * pace.duty * 0.5) * running
    drop = 0.0005 + 0.016 * effort + 0.045 * running + 0.01 * np.abs(shift)
    pose.hips[0], pose.hips[1] = sway, bob * style.bounce - drop + lift
    pose.hips[2] = 0.012 * stand * wander(secs, seeds, 0.05, 2) * style.fidget + 0.02 * running

    counter = -yaw * (1.9 + 0.4 * running)
    tilt = 0.6 * (style.stoop + 0.06 * running) - 0.5 * lean
    for bone, share in _SHARES:
        pitch = tilt * share + 0.012 * breath * (1.0 if bone == "upperChest" else 0.4) - style.chest_out * share
        look = 0.05 * wander(secs, seeds, 0.06, 3) * stand * style.fidget
        pose.turns[BONE[bone]] = multiply(
            about("y", (counter + look) * share), about("x", pitch), about("z", -(list_ * 1.2 + bank * 0.4) * share)
        )
    glance = 0.16 * smooth(np.abs(wander(secs, seeds, 0.045, 4)), 0.25, 0.9) * np.sign(wander(secs, seeds, 0.045, 4)) * stand
    level = -(yaw + counter) + glance * style.fidget
    nod = style.head_down - (tilt + lean) * 0.8 + 0.015 * np.cos(twice - 0.6) * effort + 0.02 * wander(secs, seeds, 0.11, 5)
    for bone, share in (("neck", 0.45), ("head", 0.55)):
        pose.turns[BONE[bone]] = multiply(
            about("y", level * share), about("x", nod * share), about("z", (list_ * 0.2 - bank * 0.5) * share)
        )
    carry_arms(pose, style, pace, phase, breath=breath, secs=secs, seeds=seeds)
    put_legs(pose, bodies, feet)
    return pose


def carry_arms(pose: Pose, style: Style, pace: Going, phase: F32, *, breath: F32, secs: F32, seeds: F32) -> None:
    """Let the arms hang and swing against the legs, elbows and fingers loosely bent."""
    effort, running = pace.effort, pace.running
    reach = (0.32 * np.clip(pace.relative / 0.45, 0.0, 1.2) * (1.0 - running) + 0.72 * running) * style.swing
    for side, sign in SIDES:
        forward = -sign * np.cos(TAU * phase - 0.25) * reach * effort
        forward = forward + 0.06 * effort - 0.16 * running + 0.03 * wander(secs, seeds, 0.09, 6 + int(sign)) * (1.0 - effort)
        spread = style.spread + 0.10 * running + 0.01 * breath
        down = about("z", -sign * (_DOWN_RAD - spread))
        inward = about("y", -sign * 0.12 * running)
        pose.turns[BONE[f"{side}Shoulder"]] = about("z", sign * (0.02 + 0.012 * breath))
        pose.turns[BONE[f"{side}UpperArm"]] = multiply(inward, about("x", -forward), down, about("x", np.full_like(spread, -0.1)))
        bend = style.bend * (1.0 - running) + 1.45 * running + np.clip(forward, -0.1, 1.0) * (0.35 + 0.1 * running)
        pose.turns[BONE[f"{side}LowerArm"]] = about("y", -sign * np.clip(bend, 0.05, 2.2))
        rolled = about("x", 0.3 - 0.1 * running)  # palms at ease look a little back
        hangs = multiply(about("z", -sign * (0.08 + 0.05 * forward)), about("y", -sign * 0.1 * effort))
        pose.turns[BONE[f"{side}Hand"]] = multiply(rolled, hangs)
        curl_fingers(pose, side, sign, 0.35 + 0.75 * running + 0.08 * chance((seeds * 65535).astype(np.uint32), 3))


def put_legs(pose: Pose, bodies: Bodies, feet: Feet, *, settle: bool = True) -> None:
    """Bring both feet to their places, hips lowered where legs would not reach.

    Parameters
    ----------
    settle : bool
        Whether hips may come down for that.
    """
    offsets, turn = bodies.offsets, pose.turns[BONE["hips"]]
    hips = bodies.hips + pose.hips * bodies.legs
    joints = [rotate(turn, offsets[BONE[f"{side}UpperLeg"]]) for side, _ in SIDES]
    if settle:
        hips[1] = _within_reach(bodies, hips, joints, feet)
        pose.hips[1] = (hips[1] - bodies.hips[1]) / bodies.legs
    for number, (side, _) in enumerate(SIDES):
        thigh, shin = offsets[BONE[f"{side}LowerLeg"]], offsets[BONE[f"{side}Foot"]]
        heading = about("y", 0.6 * feet.headings[number])
        sideways = rotate(heading, rotate(turn, np.broadcast_to(np.array([[1.0], [0.0], [0.0]], np.float32), thigh.shape)))
        upper, bend = solve_limb(thigh, shin, (1.0, 0.0, 0.0), feet.ankles[number] - hips - joints[number], sideways)
        lower = about("x", bend)
        foot = multiply(about("y", feet.headings[number]), about("x", -feet.pitches[number]))
        if feet.tilts is not None:
            foot = multiply(feet.tilts[number], foot)
        pose.turns[BONE[f"{side}UpperLeg"]] = multiply(inverse(turn), upper)
        pose.turns[BONE[f"{side}LowerLeg"]] = lower
        pose.turns[BONE[f"{side}Foot"]] = multiply(inverse(multiply(upper, lower)), foot)
        pose.turns[BONE[f"{side}Toes"]] = about("x", -feet.toes[number])


def _within_reach(bodies: Bodies, hips: F32, joints: list[F32], feet: Feet) -> F32:
    """The height of the hips, or as much lower as the farther foot asks; a smooth least value, so that nothing jumps."""
    soft = 0.004 * bodies.legs
    heights = [hips[1]]
    for number, (side, _) in enumerate(SIDES):
        whole = 0.998 * (length(bodies.offsets[BONE[f"{side}LowerLeg"]]) + length(bodies.offsets[BONE[f"{side}Foot"]]))
        away = feet.ankles[number] - hips - joints[number]
        level = np.sqrt(away[0] ** 2 + away[2] ** 2)
        rise = np.sqrt(np.maximum(whole * whole - level * level, (0.3 * whole) ** 2))
        slack = 0.0 if feet.slack is None else feet.slack[number]
        heights.append(feet.ankles[number][1] + rise - joints[number][1] + slack)
    lowest = np.minimum(np.minimum(heights[0], heights[1]), heights[2])
    total = sum(np.exp(-(height - lowest) / soft) for height in heights)
    result: F32 = (lowest - soft * np.log(total)).astype(np.float32)
    return result
