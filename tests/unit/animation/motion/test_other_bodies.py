"""Clips of other bodies (BVH, VRMA, Mixamo's names) on any body."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from stick_figure import stick_figure

from taixu.animation.motion import Figure, HumanoidClip, Pose, humanoid_clip, humanoid_clips, joint_places
from taixu.animation.motion.figure import BONE
from taixu.animation.motion.retarget import bones_by_name, find_bones
from taixu.animation.motion.turns import about, multiply
from taixu.assets.bvh import read_bvh
from taixu.assets.gltf import read_gltf
from taixu.assets.humanoid import BONES
from taixu.assets.model import Animation, Channel, ModelData
from taixu.errors import TaixuError


def moved(model: ModelData, pose: Pose) -> Animation:
    """A pose as a clip of a model: two keys of every bone."""
    figure = Figure.of(model)
    turns = figure.local_rotations(pose.turns)
    times = np.array((0.0, 0.5), np.float32)
    channels = [
        Channel(int(node), "rotation", times, np.stack([turns[:, place, 0]] * 2).astype(np.float32))
        for place, node in enumerate(figure.nodes[figure.nodes >= 0])
    ]
    return Animation("a pose", channels)


def some_pose() -> Pose:
    pose = Pose.rest(1)
    for bone, axis, angle in (
        ("hips", "y", 0.4), ("chest", "x", 0.3), ("leftUpperArm", "z", -1.2), ("leftLowerArm", "y", -0.9),
        ("rightUpperLeg", "x", -1.0), ("rightLowerLeg", "x", 1.1), ("head", "y", -0.5), ("rightHand", "x", 0.6),
        ("leftIndexProximal", "z", -0.7),
    ):
        pose.turns[BONE[bone]] = about(axis, np.array([angle], np.float32))
    return pose


@pytest.mark.parametrize("turn_rad", [0.0, 0.9, 3.0])
def test_a_pose_comes_through_however_a_model_rests(turn_rad: float) -> None:
    source = stick_figure(turn_rad=turn_rad)
    clip = humanoid_clip(source, moved(source, some_pose()))
    assert np.allclose(np.abs((clip.turns[0] * some_pose().turns[..., 0]).sum(axis=1)), 1.0, atol=1e-4)
    assert np.allclose(clip.hips, 0.0, atol=1e-5) and clip.bones.all()


def test_a_source_that_faces_elsewhere_and_is_small_moves_the_same() -> None:
    source = stick_figure(scale=0.01)
    hips = source.nodes[source.avatar.humanoid["hips"]]  # type: ignore[union-attr]
    quarter = about("x", np.array([-np.pi / 2], np.float32))[:, 0]  # lies on its back: Z is up
    plain = humanoid_clip(source, moved(source, some_pose()))
    animation = moved(source, some_pose())
    for channel in animation.channels:
        if channel.node == source.avatar.humanoid["hips"]:  # type: ignore[union-attr]
            channel.values = multiply(quarter[:, None], channel.values.T).T.astype(np.float32)
    hips.rotation[:] = quarter
    hips.translation[:] = (hips.translation[0], hips.translation[2], -hips.translation[1])
    turned = humanoid_clip(source, animation)
    assert np.allclose(np.abs((turned.turns[0] * plain.turns[0]).sum(axis=1)), 1.0, atol=1e-3)


def test_limbs_that_rest_hanging_are_brought_to_a_tpose() -> None:
    """An A-pose with nothing moved keeps the arms where they hang."""
    source = stick_figure()
    figure = Figure.of(source)
    pose = Pose.rest(1)
    for side, sign in (("left", -1.0), ("right", 1.0)):
        pose.turns[BONE[f"{side}UpperArm"]] = about("z", np.array([0.8 * sign], np.float32))
    turns = figure.local_rotations(pose.turns)
    for place, node in enumerate(figure.nodes):
        source.nodes[node].rotation[:] = turns[:, place, 0]
    still = Channel(0, "rotation", np.zeros(1, np.float32), np.array([[0, 0, 0, 1.0]], np.float32))
    clip = humanoid_clip(source, Animation("still", [still]))
    wanted = pose.turns[BONE["leftUpperArm"], :, 0]
    assert abs(float(clip.turns[0, BONE["leftUpperArm"]] @ wanted)) == pytest.approx(1.0, abs=1e-3)


def test_a_real_bvh_moves_a_real_body(content: Path) -> None:
    model = read_bvh(content / "bvh" / "01_01.bvh")
    assert len(find_bones(model)) == 22 and model.animations[0].duration_secs == pytest.approx(22.9, abs=0.1)
    clip = humanoid_clips(model)[0]
    figure = Figure.of(stick_figure())
    times = np.linspace(0.5, clip.duration_secs - 0.5, 60)
    pose = clip.sample(times)
    legs = 0.82
    places = joint_places(pose.turns, figure.places[0][:, None] + pose.hips * legs, figure.offsets)
    feet = np.minimum(places[BONE["leftToes"]][1], places[BONE["rightToes"]][1])
    assert -0.12 < feet.min() < 0.1 and np.quantile(feet, 0.5) < 0.25, "it jumps, and lands on the ground"
    knees = pose.turns[[BONE["leftLowerLeg"], BONE["rightLowerLeg"]]]
    assert (2 * np.arcsin(np.clip(knees[:, 0], -1, 1)) > -0.25).all(), "no knee is inverted"
    assert (places[BONE["head"]][1] > places[0][1]).all()


def test_a_vrma_moves_its_one_arm(content: Path) -> None:
    clip = humanoid_clips(read_gltf(content / "vrm" / "test.vrma"))[0]
    turned = np.degrees(2 * np.arccos(np.clip(np.abs(clip.turns[:, :, 3]), 0, 1))).max(axis=0)
    assert [BONES[bone] for bone in np.flatnonzero(turned > 1.0)] == ["rightUpperArm"]
    assert clip.expressions["happy"].max() == 1.0 and clip.duration_secs == pytest.approx(3.0, abs=0.1)


def test_clips_can_stay_on_the_spot() -> None:
    hips = np.stack([np.linspace(0, 3, 31), np.full(31, 0.1), np.linspace(0, -1, 31)], axis=1).astype(np.float32)
    turns = np.tile(np.array((0, 0, 0, 1), np.float32), (31, 55, 1))
    clip = HumanoidClip("walk", turns, hips, np.ones(55, bool))
    assert clip.speed() == pytest.approx(10**0.5) and np.allclose(clip.in_place().hips[:, ::2], 0.0, atol=1e-6)
    assert np.allclose(clip.sample(np.array([1.25])).hips[:, 0], (0.75, 0.1, -0.25), atol=1e-5), "it begins anew after its end"


@pytest.mark.parametrize(
    ("names", "count"),
    [
        (["mixamorig:Hips", "mixamorig:Spine", "mixamorig:Head", "mixamorig:LeftUpLeg", "mixamorig:RightHandIndex2"], 5),
        (["hips", "spine", "upper_arm.L", "forearm.L", "hand.L", "thigh.R", "shin.R", "foot.R"], 8),
        (["pelvis", "spine_01", "clavicle_l", "upperarm_l", "lowerarm_l", "hand_l", "calf_r", "ball_r"], 7),
        (["Bip01 Pelvis", "Bip01 L Thigh", "Bip01 R Calf", "Bip01 Head"], 4),
        (["cube", "lamp", ""], 0),
    ],
)
def test_bones_are_known_by_name(names: list[str], count: int) -> None:
    assert len(bones_by_name(names)) == count


HEAD = "HIERARCHY\nROOT Hips\n{\nOFFSET 0 0 0\nCHANNELS 6 Xposition Yposition Zposition Zrotation Xrotation Yrotation\n"
TAIL = "End Site\n{\nOFFSET 0 1 0\n}\n}\nMOTION\nFrames: 1\nFrame Time: 0.1\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no MOTION"), ("MOTION", "does not begin"), (HEAD + TAIL + "1 2 3", "need 6 numbers"),
        (HEAD + TAIL + "a b c d e f", "no number"),
        (HEAD + TAIL.replace("Frames: 1", "Frames: 99999999999") + "1", "frames of"),
        (HEAD + TAIL.replace("0.1", "nan") + "1", "frames of"),
        (HEAD + TAIL + "1 2 3 4 5 inf", "not finite"), (HEAD.replace("0 0 0", "0 x 0") + TAIL, "must be numbers"),
        (HEAD.replace("CHANNELS 6", "CHANNELS 99") + TAIL, "channels"), (HEAD + "MOTION\nFrames: 1\nFrame Time: 1\n1", "cut off"),
        ("HIERARCHY\nROOT a\n" + "{\nJOINT b\n" * 600 + "{ MOTION", "more than"), ("HIERARCHY\n}\nMOTION", "too many"),
        ("HIERARCHY\nJOINT a { MOTION", "hangs on nothing"), (HEAD + "FOO 1\n}\nMOTION", "means nothing"),
        ("HIERARCHY\nROOT " + "a " * 100 + "MOTION", "missing"),
    ],
)  # fmt: skip
def test_hostile_bvh_is_refused_in_a_sentence(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "a.bvh"
    file.write_text(text)
    with pytest.raises(TaixuError, match=said) as caught:
        read_bvh(file)
    assert "\n" not in str(caught.value) and str(caught.value).startswith(str(file))


def test_a_body_without_arms_is_no_source() -> None:
    model = stick_figure()
    model.avatar = None
    model.nodes[model.nodes.index(next(node for node in model.nodes if node.name == "leftHand"))].name = "thing"
    with pytest.raises(TaixuError, match="leftHand"):
        humanoid_clip(model, Animation("a"))
