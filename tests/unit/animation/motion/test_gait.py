"""How people go: feet that stand do not slide, knees bend one way, nothing jumps, whatever body, speed and mood."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from stick_figure import stick_figure

from taixu.animation.motion import MOODS, Bodies, Figure, Pose, Style, joint_places
from taixu.animation.motion.acts import sit, talk, wave
from taixu.animation.motion.figure import BONE
from taixu.animation.motion.gait import Feet, going, place_feet
from taixu.animation.motion.locomotion import locomotion
from taixu.animation.motion.turns import about, rotate

BODIES = {
    "grown": {}, "child": {"scale": 0.55}, "giant": {"scale": 3.0}, "turned": {"turn_rad": 1.1},
    "few bones": {"without": ("chest", "upperChest", "neck", "leftShoulder", "rightShoulder", "leftToes", "rightToes", "jaw")},
}  # fmt: skip
SPEEDS = (-0.6, 0.0, 0.2, 0.7, 1.4, 2.0, 3.0, 5.0)
FRAMES = 240


def walk(body: str, *, speed: float, turning: float = 0.0, mood: str = "neutral", frames: int = FRAMES) -> dict[str, Any]:
    """A second of going, frame by frame, as one crowd of frames."""
    figure = Figure.of(stick_figure(**BODIES[body]))
    bodies = Bodies.of([figure] * frames)
    style = Style.of([mood] * frames, np.full(frames, 5, np.uint32))
    secs = np.arange(frames, dtype=np.float32) / 120.0
    tall = float(np.sqrt(bodies.legs[0] / 0.82))
    pace = going(bodies, style, np.full(frames, speed * tall, np.float32), np.full(frames, turning, np.float32))
    phase = (secs * pace.rate) % 1.0
    feet = place_feet(bodies, style, pace, phase.astype(np.float32))
    pose = locomotion(bodies, style, pace, phase, feet, secs=secs, seeds=np.full(frames, 0.4, np.float32))
    places = joint_places(pose.turns, bodies.hips + pose.hips * bodies.legs, bodies.offsets)
    legs = float(bodies.legs[0])
    return {"bodies": bodies, "pace": pace, "feet": feet, "pose": pose, "places": places, "secs": secs, "legs": legs}


def contact(found: dict[str, Any], number: int, side: str) -> np.ndarray:
    """Where in the world the part of the foot is that touches the ground, [3, frames]."""
    feet: Feet = found["feet"]
    bodies: Bodies = found["bodies"]
    pitch, ankle = feet.pitches[number], found["places"][BONE[f"{side}Foot"]]
    pivot = np.where(pitch > 0, -0.3 * bodies.ball, np.where(pitch < 0, bodies.ball, 0.0))
    under = np.stack([np.zeros_like(pivot), -bodies.ankle, pivot])
    point = ankle + rotate(about("y", feet.headings[number]), rotate(about("x", -pitch), under))
    speed, turning, secs = found["pace"].speed, found["pace"].turning, found["secs"]
    heading = turning * secs
    gone = np.stack([np.zeros_like(secs), np.zeros_like(secs), speed * secs])
    if abs(float(turning[0])) > 1e-6:
        gone = np.stack([speed / turning * (1 - np.cos(heading)), np.zeros_like(secs), speed / turning * np.sin(heading)])
    return rotate(about("y", heading), point) + gone


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("speed", SPEEDS)
def test_feet_that_stand_do_not_slide_and_do_not_sink(body: str, speed: float) -> None:
    found = walk(body, speed=speed, turning=0.5 if speed == 1.4 else 0.0)
    for number, side in enumerate(("left", "right")):
        planted = found["feet"].planted[number] > 0.5
        both = planted[1:] & planted[:-1]
        point = contact(found, number, side)
        pitch = found["feet"].pitches[number]
        same = both & (np.sign(pitch[1:]) == np.sign(pitch[:-1]))  # heel, sole and ball take turns
        slid = np.hypot(*(np.diff(point, axis=1)[::2])) / found["legs"]
        assert slid[same].max(initial=0.0) < 0.0035, "a foot on the ground slides"
        # Legs' lengths: what legs cannot reach at the end of long strides may lift a heel, never press a foot into the ground.
        heights = point[1] / found["legs"]
        assert heights[planted].min() > -0.02 and heights[planted].max() < 0.06
        ankles = found["places"][BONE[f"{side}Foot"]][1] / found["legs"]
        assert ankles.min() > 0.02


@pytest.mark.parametrize("mood", MOODS)
@pytest.mark.parametrize("speed", [0.0, 1.3, 3.5])
def test_knees_and_elbows_bend_one_way_and_turns_are_turns(speed: float, mood: str) -> None:
    found = walk("grown", speed=speed, mood=mood)
    pose: Pose = found["pose"]
    assert np.allclose(np.sqrt((pose.turns**2).sum(axis=1)), 1.0, atol=1e-5)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        knee, elbow = pose.turns[BONE[f"{side}LowerLeg"]], pose.turns[BONE[f"{side}LowerArm"]]
        assert (knee[0] * knee[3] >= -1e-6).all() and np.allclose(knee[1:3], 0.0, atol=1e-6)
        assert (-sign * elbow[1] * elbow[3] > 0.0).all() and np.allclose(elbow[::2], 0.0, atol=1e-6)
        bend = 2 * np.arctan2(knee[0], knee[3])
        assert bend.max() < 2.3 and (speed > 0 or bend.max() < 0.45)
    steps = np.abs(np.diff(found["places"], axis=2)).max() / found["legs"]
    assert steps < 0.12, "something jumps from one frame of 120 a second to the next"


def test_arms_swing_against_the_legs_and_heads_stay_level() -> None:
    found = walk("grown", speed=1.4)
    places = found["places"]
    feet = places[BONE["leftFoot"]][2] - places[BONE["rightFoot"]][2]
    hands = places[BONE["leftHand"]][2] - places[BONE["rightHand"]][2]
    assert np.corrcoef(feet, hands)[0, 1] < -0.8 and np.ptp(hands) > 0.3
    head = places[BONE["head"]]
    assert np.ptp(head[1]) < 0.07 and np.ptp(head[0]) < 0.08


def test_rates_of_steps_are_those_of_people() -> None:
    walking, running = walk("grown", speed=1.4)["pace"], walk("grown", speed=3.5)["pace"]
    assert 0.8 < walking.rate[0] < 1.15 and walking.running[0] == 0.0 and walking.duty[0] > 0.55
    assert 1.2 < running.rate[0] < 1.85 and running.running[0] == 1.0 and running.duty[0] < 0.4
    assert walk("child", speed=1.4)["pace"].rate[0] > walking.rate[0] * 1.2


def test_the_same_seed_moves_the_same_and_another_does_not() -> None:
    figures = [Figure.of(stick_figure())] * 3
    bodies, secs = Bodies.of(figures), np.full(3, 3.3, np.float32)
    style = Style.of(["neutral"] * 3, np.array((1, 1, 2), np.uint32))
    pose = talk(bodies, style, secs=secs, seeds=np.array((0.1, 0.1, 0.9), np.float32))
    assert np.array_equal(pose.turns[..., 0], pose.turns[..., 1]) and not np.array_equal(pose.turns[..., 0], pose.turns[..., 2])


@pytest.mark.parametrize("body", BODIES)
def test_who_sits_has_feet_on_the_ground_and_hands_on_the_thighs(body: str) -> None:
    figure = Figure.of(stick_figure(**BODIES[body]))
    bodies = Bodies.of([figure] * 16)
    style = Style.of(["neutral"] * 16, np.arange(16, dtype=np.uint32))
    pose = sit(bodies, style, secs=np.arange(16, dtype=np.float32), seeds=np.linspace(0, 1, 16, dtype=np.float32))
    places = joint_places(pose.turns, bodies.hips + pose.hips * bodies.legs, bodies.offsets)
    legs = bodies.legs
    for side in ("left", "right"):
        assert np.abs(places[BONE[f"{side}Foot"]][1] - bodies.ankle).max() < 0.01 * legs[0]
        knee, thigh, hand = (places[BONE[f"{side}{part}"]] for part in ("LowerLeg", "UpperLeg", "Hand"))
        assert (np.abs(knee[1] - thigh[1]) < 0.3 * legs).all() and (knee[2] > thigh[2] + 0.2 * legs).all()
        assert (hand[1] > np.minimum(knee[1], thigh[1])).all() and (hand[1] - np.maximum(knee[1], thigh[1]) < 0.25 * legs).all()
        assert (hand[2] > thigh[2]).all()


def test_who_waves_has_a_hand_above_the_shoulder_that_goes_to_and_fro() -> None:
    count = 60
    bodies = Bodies.of([Figure.of(stick_figure())] * count)
    style = Style.of(["happy"] * count, np.full(count, 3, np.uint32))
    pose = wave(bodies, style, secs=np.arange(count, dtype=np.float32) / 30, seeds=np.full(count, 0.2, np.float32))
    places = joint_places(pose.turns, bodies.hips, bodies.offsets)
    hand, shoulder = places[BONE["rightHand"]], places[BONE["rightUpperArm"]]
    assert (hand[1] > shoulder[1]).all() and np.ptp(hand[0]) > 0.08 and (hand[0] < -0.1).all()


def test_bones_that_are_not_there_change_nothing_below_them() -> None:
    """A model without a chest turns its arms and head as one with it."""
    turns = Pose.rest(1).turns
    for bone, angle in (("spine", 0.2), ("chest", 0.3), ("upperChest", -0.1), ("neck", 0.2), ("head", 0.1)):
        turns[BONE[bone]] = about("y", np.array([angle], np.float32))
    whole, less = Figure.of(stick_figure()), Figure.of(stick_figure(without=("chest", "upperChest", "neck")))
    from taixu.animation.motion.figure import world_turns

    assert np.allclose(world_turns(whole.folded(turns))[BONE["head"]], world_turns(less.folded(turns))[BONE["head"]], atol=1e-6)


def test_arms_of_stout_bodies_go_round_trunk_and_head() -> None:
    slim = Bodies.of([Figure.of(stick_figure())] * 8)
    offsets = slim.offsets.copy()
    for side in ("left", "right"):
        offsets[[BONE[f"{side}LowerLeg"], BONE[f"{side}Foot"]]] *= 0.35
    stout = replace(slim, offsets=offsets, legs=0.35 * slim.legs, hips=slim.hips * np.array([[1.0], [0.4], [1.0]], np.float32))
    style, secs = Style.of(["neutral"] * 8, np.arange(8, dtype=np.uint32)), np.linspace(0.0, 2.0, 8, dtype=np.float32)
    found = {}
    for name, bodies in (("slim", slim), ("stout", stout)):
        for act in (sit, wave):
            pose = act(bodies, style, secs=secs, seeds=np.full(8, 0.3, np.float32))
            places = joint_places(pose.turns, bodies.hips + pose.hips * bodies.legs, bodies.offsets)
            found[name, act] = np.abs(places[BONE["rightHand"]][0]) / np.abs(places[BONE["rightUpperArm"]][0])
    assert (found["slim", sit] < 1.1).all() and (found["stout", sit] > 1.25).all()
    assert (found["stout", wave] > 1.3 * found["slim", wave]).all()
