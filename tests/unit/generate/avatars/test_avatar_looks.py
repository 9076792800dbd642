"""Looks: one file in which somebody wears several colours, near and far, at the cost of one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.assets.gltf.reader import read_gltf_bytes
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.model import ModelData
from taixu.generate.avatars.chance import crowd
from taixu.generate.avatars.hair import hair_color
from taixu.generate.avatars.looks import looks_of
from taixu.generate.avatars.making import make_avatar
from taixu.generate.avatars.person import person_of
from taixu.generate.avatars.spec import AvatarSpec, linear_color

_COUNT = 4


@pytest.fixture(scope="module")
def looks() -> list[AvatarSpec]:
    spec = AvatarSpec(hair="bob", hair_color="#7a5a36", outfit="dress", variation=2)
    return looks_of(spec, _COUNT, np.random.Generator(np.random.PCG64(5)))


@pytest.fixture(scope="module")
def written(looks: list[AvatarSpec]) -> tuple[bytes, bytes]:
    return glb_bytes(make_avatar(looks[0])), glb_bytes(make_avatar(looks[0], looks[1:]))


@pytest.fixture(scope="module")
def worn(written: tuple[bytes, bytes]) -> ModelData:
    return read_gltf_bytes(written[1], name="looks.vrm")


def test_no_two_looks_wear_one_colour() -> None:
    for number, spec in enumerate(crowd(12, seed=3)):
        found = looks_of(spec, _COUNT, np.random.Generator(np.random.PCG64(number)))
        assert len({look.color for look in found}) == _COUNT
        assert not spec.color or found[0].color == spec.color
        assert {(look.hair, look.outfit, look.skin_tone, look.variation) for look in found} == {
            (spec.hair, spec.outfit, spec.skin_tone, spec.variation)}  # fmt: skip


def test_all_looks_share_what_one_has(written: tuple[bytes, bytes], worn: ModelData) -> None:
    assert worn.variants == ["look 2", "look 3", "look 4"]
    assert len(written[1]) < 1.01 * len(written[0])


def test_cloth_and_hair_are_coloured_in_every_level(worn: ModelData, looks: list[AvatarSpec]) -> None:
    for number, look in enumerate(looks[1:]):
        for node in ("clothes", "level1", "level2"):
            (mesh,) = (mesh for mesh in worn.meshes if mesh.name == node)
            shown = {worn.materials[part.variants.get(number, part.material or 0)].base_color[:3] for part in mesh.primitives}
            assert any(np.allclose(color, linear_color(look.color), atol=1e-5) for color in shown), (node, number)
            if node.startswith("level"):
                assert any(np.allclose(color, hair_color(person_of(look)), atol=1e-5) for color in shown), (node, number)
        skin = next(mesh for mesh in worn.meshes if mesh.name == "face").primitives[0]
        assert number not in skin.variants


def test_others_find_nothing_wrong(written: tuple[bytes, bytes], tmp_path: Path, gltf_validator: Callable[[Path], Any]) -> None:
    path = tmp_path / "looks.vrm"
    path.write_bytes(written[1])
    told = {each["code"] for each in gltf_validator(path)["issues"]["messages"] if each["severity"] < 2}
    assert told <= {"NODE_SKINNED_MESH_NON_ROOT", "MESH_PRIMITIVE_GENERATED_TANGENT_SPACE"}, told
