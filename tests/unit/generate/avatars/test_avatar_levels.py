"""Levels of detail, crowds, sheets: what is written for those who stand further away, and of many people."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from facing import part_against

from taixu.app import Jobs
from taixu.assets.gltf import read_gltf
from taixu.assets.gltf.reader import read_gltf_bytes
from taixu.assets.gltf.writer import glb_bytes
from taixu.assets.model import ModelData
from taixu.generate.avatars.chance import crowd, drawn
from taixu.generate.avatars.crowds import write_crowd
from taixu.generate.avatars.expressions import UNITS
from taixu.generate.avatars.levels import COVERAGES
from taixu.generate.avatars.making import make_avatar
from taixu.generate.avatars.presets import PRESETS
from taixu.generate.avatars.spec import AvatarSpec
from taixu.generate.avatars.stills import POSES, pose_of, still

MOODS, VISEMES = ("happy", "angry", "sad", "relaxed", "surprised"), ("aa", "ih", "ou", "ee", "oh")


@pytest.fixture(scope="module")
def read_back() -> ModelData:
    spec = AvatarSpec(hair="long wavy", outfit="coat", accessories=("round glasses",), variation=3)
    return read_gltf_bytes(glb_bytes(make_avatar(spec)), name="coat.vrm")


def _triangles(model: ModelData, node: int) -> int:
    mesh = model.nodes[node].mesh
    own = 0 if mesh is None else sum(len(part.indices) // 3 for part in model.meshes[mesh].primitives if part.indices is not None)
    return own + sum(_triangles(model, child) for child in model.nodes[node].children)


def test_two_levels_and_an_impostor_are_written(read_back: ModelData) -> None:
    looks = next(number for number, node in enumerate(read_back.nodes) if node.name == "looks")
    ids = read_back.nodes[looks].extensions["MSFT_lod"]["ids"]
    extras = read_back.nodes[looks].extras
    assert extras["MSFT_screencoverage"] == list(COVERAGES)
    assert extras["impostor"]["height_m"] > 1.4
    finest = _triangles(read_back, looks)
    assert finest <= 60_000
    assert [_triangles(read_back, each) < share * finest for each, share in zip(ids, (0.46, 0.18), strict=True)] == [True, True]
    shown = set(read_back.scenes[0].nodes)
    assert not shown & set(ids)
    for each in ids:
        node = read_back.nodes[each]
        assert node.skin == 0
        assert node.parent is None
        assert node.mesh is not None
        assert not any(part.targets for part in read_back.meshes[node.mesh].primitives)


def test_everything_shows_its_front_where_its_normals_look(read_back: ModelData) -> None:
    """Triangles that look against their normals are black specks on a shirt, and hair lit from within."""
    parts = [part for mesh in read_back.meshes for part in mesh.primitives]
    assert sum(len(part.triangles()) for part in parts) > 30_000
    assert max(map(part_against, parts)) < 0.002


def test_the_last_level_is_one_surface_in_colours_as_large_as_the_first(read_back: ModelData) -> None:
    (last,) = [mesh for mesh in read_back.meshes if mesh.name == "level2"]
    (part,) = last.primitives
    assert part.attributes["COLOR_0"].min() >= 0.0
    assert len(np.unique(part.attributes["COLOR_0"].round(2), axis=0)) > 20
    finest = np.concatenate([each.attributes["POSITION"] for mesh in read_back.meshes if not mesh.name.startswith("level")
                             for each in mesh.primitives])  # fmt: skip
    for end in (np.min, np.max):
        assert np.allclose(end(part.attributes["POSITION"], axis=0), end(finest, axis=0), atol=0.04)


def test_stills_hold_a_pose_on_the_ground(read_back: ModelData) -> None:
    for pose in POSES:
        shown = still(read_back, pose_of(read_back, pose), {"happy": 1.0})
        assert not shown.skins
        points = np.concatenate([part.attributes["POSITION"] for mesh in shown.meshes for part in mesh.primitives])
        assert np.isfinite(points).all()
        assert -0.12 < points[:, 1].min() < 0.25, pose


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_those_with_names_are_within_the_budget_and_whole(name: str) -> None:
    model = make_avatar(drawn(np.random.Generator(np.random.PCG64(1)), PRESETS[name]))
    looks = next(number for number, node in enumerate(model.nodes) if node.name == "looks")
    assert _triangles(model, looks) <= 60_000
    assert max(part_against(part) for mesh in model.meshes for part in mesh.primitives) < 0.002
    written = glb_bytes(model)
    assert len(written) <= 8_000_000
    said = json.loads(written[20 : 20 + int.from_bytes(written[12:16], "little")])["extensions"]["VRMC_vrm"]
    assert {*MOODS, *VISEMES, "blink"} <= set(said["expressions"]["preset"])
    assert set(UNITS) <= set(said["expressions"]["custom"]) and len(UNITS) == 52
    assert said["lookAt"]["type"] in ("bone", "expression")
    assert said["meta"]["licenseUrl"].startswith("https://vrm.dev/licenses/")
    assert said["meta"]["otherLicenseUrl"].startswith("https://creativecommons.org/publicdomain/zero/")
    assert len(said["humanoid"]["humanBones"]) >= 54


def test_a_crowd_is_written_by_workers_and_twice_the_same(tmp_path: Path) -> None:
    people = crowd(2, seed=9)
    with Jobs(workers=1) as jobs:
        paths = write_crowd(jobs, people, tmp_path)
    assert [path.name for path in paths] == ["0001.vrm", "0002.vrm"]
    assert paths[1].read_bytes() == glb_bytes(make_avatar(people[1]))
    assert read_gltf(paths[0]).avatar is not None
