"""Hands: fingers bend as their shapes say, on both sides alike, and gestures use them."""

from __future__ import annotations

import numpy as np
import pytest
from stick_figure import stick_figure

from taixu.animation.motion.acts import GESTURES
from taixu.animation.motion.body import Bodies
from taixu.animation.motion.figure import BONE, Figure, world_turns
from taixu.animation.motion.graph import USUAL, read_graph
from taixu.animation.motion.hands import HANDS, shape_hand
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.style import Style

_FINGERS = ("Index", "Middle", "Ring", "Little")


def _bends(pose: Pose, side: str, finger: str) -> float:
    """How far a finger is bent in all, radians."""
    turns = [pose.turns[BONE[f"{side}{finger}{part}"], 3, 0] for part in ("Proximal", "Intermediate", "Distal")]
    return float(sum(2.0 * np.arccos(np.clip(abs(w), 0.0, 1.0)) for w in turns))


@pytest.mark.parametrize("shape", sorted(HANDS))
def test_both_hands_take_a_shape_alike(shape: str) -> None:
    pose = Pose.rest(3)
    shape_hand(pose, "left", 1.0, shape)
    shape_hand(pose, "right", -1.0, shape)
    assert np.allclose(np.linalg.norm(pose.turns, axis=1), 1.0, atol=1e-5)
    for finger in (*_FINGERS, "Thumb"):
        part = "Metacarpal" if finger == "Thumb" else "Proximal"
        left, right = (pose.turns[BONE[f"{side}{finger}{part}"], :, 0] for side in ("left", "right"))
        assert np.allclose(left, right * (1.0, -1.0, -1.0, 1.0), atol=1e-5), finger


def test_shapes_are_what_they_are_called() -> None:
    poses = {}
    for shape in HANDS:
        poses[shape] = Pose.rest(1)
        shape_hand(poses[shape], "right", -1.0, shape)
    assert all(_bends(poses["fist"], "right", finger) > 3.0 for finger in _FINGERS)
    assert all(_bends(poses["open"], "right", finger) < 0.5 for finger in _FINGERS)
    assert _bends(poses["point"], "right", "Index") < 0.3
    assert all(_bends(poses["point"], "right", finger) > 3.0 for finger in _FINGERS[1:])
    assert all(2.0 < _bends(poses["grip"], "right", finger) < 3.2 for finger in _FINGERS)


def test_gestures_hold_their_hands_where_they_are_said_to() -> None:
    bodies = Bodies.of([Figure.of(stick_figure())])
    style = Style.of(["neutral"], np.full(1, 7, np.uint32))
    secs, seeds = np.full(1, 0.4, np.float32), np.full(1, 0.3, np.float32)
    ahead = {}
    for name, gesture in GESTURES.items():
        pose = gesture(bodies, style, secs=secs, seeds=seeds)
        assert np.allclose(np.linalg.norm(pose.turns, axis=1), 1.0, atol=1e-4), name
        turn = world_turns(pose.turns)[BONE["rightLowerArm"], :, 0]
        x, y, z, w = turn
        along = -np.array((1 - 2 * (y * y + z * z), 2 * (x * y + z * w), 2 * (x * z - y * w)))  # a right arm lies along -X at rest
        ahead[name] = along
    assert ahead["point"][2] > 0.9
    assert ahead["hold"][2] > 0.6
    assert ahead["cheer"][1] > 0.6


def test_the_usual_graph_knows_them() -> None:
    names = {state.name for layer in USUAL.layers for state in layer.states}
    assert set(GESTURES) <= names
    own = read_graph('{"layers": [{"name": "a", "states": [{"name": "b", "motion": "cheer"}], "transitions": []}]}', name="own")
    assert own.layers[0].states[0].motion == "cheer"
