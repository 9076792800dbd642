"""Avatars as models: whole numbers, one skeleton, a face that moves, cloth that hides what is under it, nothing too large."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from facing import against, part_against
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.humanoid import BONES, PRESETS
from taixu.assets.model import ModelData
from taixu.errors import UsageError
from taixu.generate.avatars.chance import crowd
from taixu.generate.avatars.expressions import UNITS
from taixu.generate.avatars.garments import Layer
from taixu.generate.avatars.making import make_avatar
from taixu.generate.avatars.nodes import primitive_of
from taixu.generate.avatars.parts import part_named, part_names
from taixu.generate.avatars.person import person_of
from taixu.generate.avatars.presets import PRESETS as PEOPLE
from taixu.generate.avatars.spec import AvatarSpec, read_spec, spec_json

_SAILOR = AvatarSpec(masculinity=0.95, age_years=70.0, hair="short", beard="full beard", outfit="pea coat", shoes="boots",
                     accessories=("sailor cap", "round glasses"), grey=0.5)  # fmt: skip


@pytest.fixture(scope="module")
def sailor() -> ModelData:
    return make_avatar(_SAILOR)


def test_every_number_is_one_and_weights_sum_to_one(sailor: ModelData) -> None:
    count = 0
    for mesh in sailor.meshes:
        for part in mesh.primitives:
            for name, values in part.attributes.items():
                assert np.isfinite(values).all(), (mesh.name, name)
            assert np.allclose(part.attributes["WEIGHTS_0"].sum(1), 1.0, atol=1e-5)
            assert np.allclose(np.linalg.norm(part.attributes["NORMAL"], axis=1), 1.0, atol=1e-4)
            assert part.attributes["JOINTS_0"].max() < len(sailor.skins[0].joints)
            assert part.indices is not None
            assert part.indices.max() < part.vertex_count
            count += 0 if mesh.name.startswith("level") else len(part.indices) // 3
    assert count <= 60_000


def test_it_is_small_and_stands_on_the_ground(sailor: ModelData) -> None:
    assert len(glb_bytes(sailor)) <= 8_000_000
    points = np.concatenate([part.attributes["POSITION"] for mesh in sailor.meshes for part in mesh.primitives])
    assert abs(points[:, 1].min()) < 0.01
    assert 1.5 < points[:, 1].max() < 2.2


def test_it_has_every_bone_in_a_t_pose_facing_forward(sailor: ModelData) -> None:
    avatar = sailor.avatar
    assert avatar is not None
    assert set(BONES) - set(avatar.humanoid) == {"jaw"}
    places = {bone: -sailor.skins[0].inverse_bind_matrices[number][:3, 3] for number, bone in enumerate(
        bone for bone in BONES if bone != "jaw")}  # fmt: skip
    assert all(np.array_equal(sailor.nodes[node].rotation, (0, 0, 0, 1)) for node in avatar.humanoid.values())
    for side, sign in (("left", 1.0), ("right", -1.0)):
        arm = places[f"{side}Hand"] - places[f"{side}UpperArm"]
        assert arm[0] * sign > 0.4
        assert np.abs(arm[1:]).max() < 0.02
    assert places["leftToes"][2] > places["leftFoot"][2] + 0.08  # +Z is forward


def test_the_face_has_all_units_and_expressions(sailor: ModelData) -> None:
    avatar = sailor.avatar
    assert avatar is not None
    assert set(PRESETS) <= set(avatar.expressions)
    face = next(mesh for mesh in sailor.meshes if mesh.target_names)
    assert tuple(face.target_names) == UNITS
    skin = face.primitives[0]
    for number, unit in enumerate(UNITS):
        reach = max(float(np.abs(part.targets[number]["POSITION"]).max()) for part in face.primitives)
        assert 0.0008 < reach < 0.06, unit
    jaw = skin.targets[UNITS.index("jawOpen")]["POSITION"]
    assert jaw[:, 1].min() < -0.02
    assert (np.abs(jaw).max(1) > 0).mean() < 0.9  # the skull stays


def test_the_same_words_make_the_same_bytes_in_another_process() -> None:
    spec = AvatarSpec(hair="bob", outfit="dress", variation=4)
    here = hashlib.sha256(glb_bytes(make_avatar(spec))).hexdigest()
    code = """
import hashlib
from taixu.assets.gltf.writer import glb_bytes
from taixu.generate.avatars.garments import Layer
from taixu.generate.avatars.making import make_avatar
from taixu.generate.avatars.nodes import primitive_of
from taixu.generate.avatars.spec import AvatarSpec
print(hashlib.sha256(glb_bytes(make_avatar(AvatarSpec(hair='bob', outfit='dress', variation=4)))).hexdigest())
"""
    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert there.stdout.strip() == here


@pytest.mark.parametrize("kind", ["hair", "brows", "beard", "shoes", "accessory"])
def test_all_parts_can_be_worn_and_differ_in_shape(kind: str) -> None:
    person = person_of(AvatarSpec(masculinity=0.6, age_years=40.0))
    seen = set()
    for name in part_names(kind):
        made = part_named(kind, name)(person)
        points = np.concatenate([getattr(piece, "sheet", piece).positions for piece in made])
        sewn = [piece.sheet.finished(person, name, piece.paint) if isinstance(piece, Layer) else piece for piece in made]
        assert max(part_against(primitive_of(piece, 0, has_units=False)) for piece in sewn) < 0.002, name
        if kind in ("shoes", "accessory"):  # locks twist
            assert max(against(piece.positions, piece.normals, piece.triangles) for piece in sewn) < 0.1, name
        assert np.isfinite(points).all(), name
        assert np.abs(points[:, 0]).max() < 1.1, name
        assert 0.0 - 1e-6 <= points[:, 1].min() < points[:, 1].max() < 2.6, name
        picture = next((piece.paint.picture.name for piece in made if kind == "brows"), "")
        seen.add((len(points), float(points.sum().round(4)), picture))
    assert len(seen) == len(part_names(kind)), "two are alike"
    assert len(part_names(kind)) >= {"hair": 20, "accessory": 20}.get(kind, 8)


def test_there_are_twenty_outfits_and_twenty_people() -> None:
    assert len(part_names("outfit")) >= 20
    assert len(PEOPLE) >= 20
    for name, choices in PEOPLE.items():
        assert read_spec({**choices, "name": name}).name == name


def test_specifications_survive_json() -> None:
    for spec in (*crowd(5, seed=3), _SAILOR, AvatarSpec()):
        assert read_spec(spec_json(spec)) == spec


@pytest.mark.parametrize("values", [
    {"weight": 2.0}, {"weight": float("nan")}, {"age_years": -1}, {"hair": "a thousand snakes"}, {"hair_color": "red"},
    {"accessories": ["crown"] * 13}, {"accessories": [7]}, {"sliders": {"nose_hump": 5.0}}, {"sliders": {"soul": 0.5}},
    {"unknown": 1},
    {"variation": -1}, {"name": "x" * 101}, "[1]", "{", "[" * 70000,
])  # fmt: skip
def test_hostile_specifications_are_refused_in_one_sentence(values: object) -> None:
    with pytest.raises(UsageError) as caught:
        read_spec(values)  # type: ignore[arg-type]
    assert "\n" not in str(caught.value)


@settings(max_examples=5, deadline=None)
@given(
    masculinity=st.floats(0, 1), age=st.floats(4, 95), weight=st.floats(0, 1), muscle=st.floats(0, 1), height=st.floats(0, 1),
    chest=st.floats(0, 1), variation=st.integers(0, 2**53)
)  # fmt: skip
def test_any_body_is_sound(
    masculinity: float, age: float, weight: float, muscle: float, height: float, chest: float, variation: int
) -> None:
    spec = replace(AvatarSpec(), masculinity=masculinity, age_years=age, weight=weight, muscle=muscle, height=height, chest=chest,
                   variation=variation)  # fmt: skip
    person = person_of(spec)
    body = np.unique(person.data.quads[person.data.group("body")])
    assert np.isfinite(person.rows).all()
    assert 0.65 < person.rows[body, 1].max() < 2.7
    lengths = np.linalg.norm(np.diff(person.pose.heads[[person.bone(name) for name in ("leftUpperLeg", "leftLowerLeg",
                                                                                       "leftFoot")]], axis=0), axis=1)
    assert (lengths > 0.1).all()
