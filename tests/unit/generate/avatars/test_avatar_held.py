"""Things in people's hands: made as they are carried, on a joint at the hand, upright whatever the legs do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.animation.motion.figure import BONE, CARRIES, Carry, Figure
from taixu.animation.motion.hands import HANDS
from taixu.assets.gltf import read_gltf, write_glb
from taixu.assets.model import ModelData
from taixu.errors import UsageError
from taixu.generate.avatars.held_things import THINGS
from taixu.generate.avatars.making import make_avatar
from taixu.generate.avatars.spec import AvatarSpec, read_spec
from taixu.generate.avatars.stills import bone_matrices, pose_of


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, ModelData]:
    """Two people, written and read again."""
    found = {}
    for held in ("umbrella", "bag"):
        path: Path = tmp_path_factory.mktemp("held") / f"{held}.vrm"
        write_glb(make_avatar(AvatarSpec(held=held, outfit="t-shirt and jeans")), path)
        found[held] = read_gltf(path)
    return found


@pytest.mark.parametrize("name", sorted(THINGS))
def test_things_are_whole_small_and_in_the_fist(name: str) -> None:
    thing = THINGS[name]
    assert thing.how in CARRIES and thing.hand in HANDS
    near, count = np.inf, 0
    for _, skin, _ in thing.make(-1.0):
        assert np.isfinite(skin.positions).all()
        assert np.allclose(np.linalg.norm(skin.normals, axis=1), 1.0, atol=1e-6)
        assert skin.triangles.min() >= 0 and skin.triangles.max() < len(skin.positions)
        corners = skin.positions[skin.triangles]
        faces = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
        outward = (faces * skin.normals[skin.triangles].sum(1)).sum(1)
        assert (outward > 0.0).mean() > 0.95, "triangles look outwards"
        near = min(near, float(np.linalg.norm(skin.positions, axis=1).min()))
        count += len(skin.triangles)
    assert near < 0.10
    assert count <= 2500
    assert all(np.abs(skin.positions).max() < 2.5 for _, skin, _ in thing.make(-1.0))


def test_things_differ_in_geometry() -> None:
    assert len(THINGS) >= 8
    shapes = {tuple((len(skin.positions), round(float(np.ptp(skin.positions)), 3)) for _, skin, _ in thing.make(-1.0))
              for thing in THINGS.values()}  # fmt: skip
    assert len(shapes) == len(THINGS)


def test_a_file_says_how_it_is_carried(made: dict[str, ModelData]) -> None:
    for held, carry in (("umbrella", Carry("raised", "grip")), ("bag", Carry("hanging", "grip"))):
        model = made[held]
        assert model.avatar is not None
        grip = next(number for number, node in enumerate(model.nodes) if node.name == "rightGrip")
        assert model.nodes[grip].parent == model.avatar.humanoid["rightHand"]
        assert grip in model.skins[0].joints
        assert any(mesh.name == "held" for mesh in model.meshes)
        assert Figure.of(model).carry == carry


@pytest.mark.parametrize(("held", "up"), [("umbrella", (0.0, 0.0, 1.0)), ("bag", (1.0, 0.0, 0.0))])
@pytest.mark.parametrize("pose", ["stand", "walk", "run", "sit", "talk"])
def test_what_is_held_stays_upright(made: dict[str, ModelData], held: str, up: tuple[float, float, float], pose: str) -> None:
    model = made[held]
    joint = [model.nodes[node].name for node in model.skins[0].joints].index("rightGrip")
    tilts = []
    for phase in (0.0, 0.25, 0.5, 0.75):
        matrix = bone_matrices(model, *pose_of(model, pose, phase=phase))[joint]
        tilts.append(np.degrees(np.arccos(np.clip((matrix[:, :3] @ up)[1], -1.0, 1.0))))
    assert max(tilts) < (1.0 if held == "umbrella" else 12.0)


def test_arms_that_act_are_left_to_the_act(made: dict[str, ModelData]) -> None:
    waving, _ = pose_of(made["umbrella"], "wave")
    standing, _ = pose_of(made["umbrella"], "stand")
    assert not np.allclose(waving.turns[BONE["rightUpperArm"]], standing.turns[BONE["rightUpperArm"]], atol=0.1)


def test_extras_of_others_are_no_carrying(made: dict[str, ModelData]) -> None:
    model = made["bag"]
    node = next(node for node in model.nodes if node.name == "rightGrip")
    usual = node.extras
    others: list[Any] = [None, [], {"carry": 3}, {"carry": {"how": ["raised"]}}, {"carry": {"how": "by the teeth"}}]
    for extras in others:
        node.extras = extras
        assert Figure.of(model).carry == Carry()
    node.extras = usual


def test_only_what_there_is_can_be_held() -> None:
    with pytest.raises(UsageError, match="there is no held 'umbrela'; did you mean 'umbrella'"):
        read_spec({"held": "umbrela"})
