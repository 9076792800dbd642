"""Avatars: VRM 0 and 1.0 read, hostile ones refused, VRM 1.0 written so that others load and move it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from stick_figure import stick_figure
from three_vrm import find_three_vrm

from taixu.assets.gltf import check_gltf, read_gltf, write_gltf
from taixu.assets.gltf.reader import read_gltf_bytes
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.humanoid import Avatar, Collider, Constraint
from taixu.assets.model import ModelData
from taixu.cli import main
from taixu.errors import TaixuError

ROOT = Path(__file__).parents[4]


def vrm_json() -> dict[str, Any]:
    """A small VRM 1.0 as JSON: bones alone, one below the other as they should be."""
    model = stick_figure()
    for node in model.nodes:
        node.mesh = None
    model.meshes, model.materials = [], []
    data = glb_bytes(model)
    size = int.from_bytes(data[12:16], "little")
    root: dict[str, Any] = json.loads(data[20 : 20 + size])
    return root


def read(root: dict[str, Any]) -> Avatar:
    avatar = read_gltf_bytes(json.dumps(root).encode(), name="a.vrm").avatar
    assert avatar is not None
    return avatar


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    model = stick_figure()
    assert model.avatar is not None
    model.avatar.colliders.append(Collider(3, "plane", normal=(0.0, 1.0, 0.0)))
    model.avatar.colliders.append(Collider(4, "capsule", (0.0, 0.1, 0.0), 0.1, tail=(0.0, 0.2, 0.0), inside=True))
    model.avatar.constraints = [Constraint(20, 12, "roll", "X", 0.5), Constraint(21, 5, "aim", "PositiveY"), Constraint(22, 9)]
    write_gltf(model, tmp_path / "a.vrm")
    again = read_gltf(tmp_path / "a.vrm").avatar
    assert again is not None and again.look_at is not None and model.avatar.look_at is not None
    assert again.look_at.vertical_up == pytest.approx(model.avatar.look_at.vertical_up)
    again.look_at = model.avatar.look_at
    assert sorted(again.constraints, key=lambda one: one.node) == model.avatar.constraints
    again.constraints = model.avatar.constraints
    assert again == model.avatar
    assert not [finding for finding in check_gltf(tmp_path / "a.vrm") if finding.severity != "info"]


def test_vrm0_becomes_vrm1(content: Path) -> None:
    model = read_gltf(content / "vrm" / "Godette_vrm0.vrm")
    avatar = model.avatar
    assert avatar is not None and len(avatar.humanoid) == 45 and "leftThumbMetacarpal" in avatar.humanoid
    assert {"aa", "happy", "sad", "relaxed", "blinkLeft", "lookDown"} <= avatar.expressions.keys()
    assert avatar.meta.authors == ["SirRichard94"] and avatar.meta.allow_redistribution and avatar.meta.thumbnail is not None
    assert avatar.look_at is not None and avatar.look_at.kind == "expression" and avatar.look_at.offset[2] == -0.122
    assert all(len(spring.joints) > 1 for spring in avatar.springs) and avatar.springs[0].joints[0].stiffness == 2.5
    assert world_places(model)[avatar.humanoid["leftHand"]][0] > 0.3, "its left is at +X: it faces +Z"
    toes, foot = (world_places(model)[avatar.humanoid[bone]] for bone in ("leftToes", "leftFoot"))
    assert toes[2] > foot[2] + 0.02


def world_places(model: ModelData) -> list[np.ndarray]:
    matrices: list[np.ndarray] = []
    for number in range(len(model.nodes)):
        matrix, above = np.eye(4), [number]
        while (parent := model.nodes[above[-1]].parent) is not None:
            above.append(parent)
        for place in above:
            matrix = model.nodes[place].parent_from_local() @ matrix
        matrices.append(matrix[:3, 3])
    return matrices


def test_a_model_may_have_springs_or_constraints_alone(content: Path) -> None:
    springs = read_gltf(content / "vrm" / "springbone" / "sphere-collider.gltf").avatar
    assert springs is not None and not springs.humanoid and len(springs.springs[0].joints) == 5
    followers = read_gltf(content / "vrm" / "constraint" / "cubes.gltf").avatar
    assert followers is not None and len(followers.constraints) == 2
    assert read_gltf(content / "vrm" / "test.vrma").avatar is None


HOSTILE = {
    "a bone is missing": (lambda vrm: vrm["humanoid"]["humanBones"].pop("leftHand"), "has no leftHand"),
    "a node that is not there": (lambda vrm: vrm["humanoid"]["humanBones"]["head"].update(node=10**9), "but there are"),
    "a negative node": (lambda vrm: vrm["humanoid"]["humanBones"]["head"].update(node=-1), "but there are"),
    "one node twice": (lambda vrm: vrm["humanoid"]["humanBones"]["head"].update(node=0), "needs a node of its own"),
    "bones in a knot": (lambda vrm: vrm["humanoid"]["humanBones"]["leftHand"].update(node=55), "does not hang on"),
    "no bones": (lambda vrm: vrm.pop("humanoid"), "names no bones"),
    "bones as a list": (lambda vrm: vrm["humanoid"].update(humanBones=[1, 2]), "not an object"),
    "a weight that is no number": (lambda vrm: vrm["expressions"].update(preset={"aa": {"isBinary": "yes"}}), "neither true"),
    "a name that is a number": (lambda vrm: vrm["meta"].update(name=3), "not a string"),
    "a picture that is not there": (lambda vrm: vrm["meta"].update(thumbnailImage=7), "but there are 0"),
    "an angle of infinity": (lambda vrm: vrm["lookAt"]["rangeMapVerticalUp"].update(inputMaxValue=[]), "finite"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_avatars_are_refused_in_one_sentence(name: str) -> None:
    spoil, said = HOSTILE[name]
    root = vrm_json()
    root["extensions"]["VRMC_vrm"].setdefault("expressions", {})
    spoil(root["extensions"]["VRMC_vrm"])
    with pytest.raises(TaixuError, match=said) as caught:
        read(root)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 300


def test_what_is_out_of_range_is_brought_into_it() -> None:
    root = vrm_json()
    joint = root["extensions"]["VRMC_springBone"]["springs"][0]["joints"][0]
    joint.update(dragForce=-5, gravityDir=[0, 0, 0], stiffness=1e30, hitRadius=-1)
    again = root["extensions"]["VRMC_springBone"]["springs"] + root["extensions"]["VRMC_springBone"]["springs"]
    root["extensions"]["VRMC_springBone"]["springs"] = again
    root["extensions"]["VRMC_vrm"]["expressions"] = {"preset": {"aa": {"morphTargetBinds": [{"node": 3, "index": 99}]}, "lol": {}}}
    avatar = read(root)
    first = avatar.springs[0].joints[0]
    assert (first.drag, first.gravity_dir, first.stiffness, first.hit_radius) == (0.0, (0.0, -1.0, 0.0), 1e3, 0.0)
    assert avatar.springs[1].joints == [], "a node swings in one spring only"
    assert list(avatar.expressions) == ["aa"] and not avatar.expressions["aa"].morphs


def test_constraints_in_a_circle_are_left_out() -> None:
    model = stick_figure()
    assert model.avatar is not None
    model.avatar.constraints = [Constraint(20, 21), Constraint(21, 20), Constraint(30, 4), Constraint(31, 30)]
    again = read_gltf_bytes(glb_bytes(model), name="a.glb").avatar
    assert again is not None and [one.node for one in again.constraints] == [30, 31]


@pytest.mark.parametrize("wrong", [{}, {"bones": [-1, 3, 10**9, "x"]}, {"bones": 5, "gravityDir": None}])
def test_sloppy_vrm0_is_read_all_the_same(wrong: dict[str, Any]) -> None:
    root = vrm_json()
    named = root["extensions"]["VRMC_vrm"]["humanoid"]["humanBones"]
    bones = [{"bone": bone, "node": entry["node"]} for bone, entry in named.items()]
    root["extensions"] = {"VRM": {
        "humanoid": {"humanBones": [*bones, {"bone": "tail", "node": 2}, {"bone": "jaw", "node": -1}]},
        "meta": {"texture": -1, "title": 5}, "firstPerson": {"firstPersonBone": -1, "meshAnnotations": [{"mesh": 9}]},
        "blendShapeMaster": {"blendShapeGroups": [{"presetName": "a", "binds": [{"mesh": -1}]}, {"name": "Surprised"}]},
        "secondaryAnimation": {"boneGroups": [wrong], "colliderGroups": [{"node": -1}]},
    }}  # fmt: skip
    root["extensionsUsed"] = ["VRM"]
    avatar = read(root)
    assert list(avatar.expressions) == ["aa", "surprised"] and avatar.meta.thumbnail is None


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_others_load_and_move_what_is_written(tmp_path: Path, gltf_validator: Any) -> None:
    load = find_three_vrm(ROOT / ".taixu" / "three-vrm")
    if isinstance(load, str):
        pytest.skip(load)
    file = tmp_path / "figure.vrm"
    write_gltf(stick_figure(turn_rad=0.7), file)
    assert gltf_validator(file)["issues"]["numErrors"] == 0
    report = load(file)
    assert (report["version"], report["authors"], report["lookAt"], report["joints"]) == ("1", ["Taixu"], "bone", 3)
    assert {"aa", "blink", "happy"} <= set(report["expressions"])
    assert report["moved"]["leftHand"][1] < report["rest"]["leftHand"][1] - 0.3, "the arm hangs lower"
    assert max(report["morphs"]) == 1.0 and report["swung"] > 0.01 and not report["warnings"]


def test_the_command_line_writes_people_alone_as_vrm(tmp_path: Path, content: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["convert", str(content / "vrm" / "Godette_vrm0.vrm"), str(tmp_path / "a.vrm")]) == 0
    assert main(["check", str(tmp_path / "a.vrm")]) == 0
    assert main(["convert", str(content / "bvh" / "01_01.bvh"), str(tmp_path / "b.vrm")]) == 1
    assert "it has no avatar" in capsys.readouterr().err and not (tmp_path / "b.vrm").exists()
