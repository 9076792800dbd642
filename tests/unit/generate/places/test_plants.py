"""Plants and stones: whole meshes with levels of detail, the same again, named in two languages."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.assets.gltf import read_gltf, write_gltf
from taixu.errors import TaixuError
from taixu.generate.places.plants import KINDS, PlantSpec, plant_model
from taixu.generate.places.plants.branches import colonise, whorls
from taixu.generate.places.plants.generator import parameters_of_words
from taixu.generate.places.plants.meshes import lump


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_whole(kind: str, tmp_path: object) -> None:
    model = plant_model(PlantSpec(kind, texture_px=64, age=0.3), 4)
    counts = []
    for mesh in model.meshes:
        counts.append(sum(len(part.triangles()) for part in mesh.primitives))
        for part in mesh.primitives:
            for values in part.attributes.values():
                assert np.isfinite(values).all()
            assert part.triangles().max() < part.vertex_count
            assert np.allclose(np.linalg.norm(part.attributes["NORMAL"], axis=1), 1, atol=1e-3)
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] <= 60
    assert [node.name for node in model.nodes] == [f"lod{k}" for k in range(len(counts))]
    assert [node.visible for node in model.nodes] == [True, *[False] * (len(counts) - 1)]


def test_a_plant_is_made_again_and_written(tmp_path) -> None:  # type: ignore[no-untyped-def]
    files = []
    for name in ("a", "b"):
        write_gltf(plant_model(PlantSpec("birch", season="autumn", texture_px=64), 9), tmp_path / f"{name}.glb")
        files.append((tmp_path / f"{name}.glb").read_bytes())
    assert files[0] == files[1]
    back = read_gltf(tmp_path / "a.glb")
    assert [node.visible for node in back.nodes] == [True, False, False]


def test_trees_stand_on_the_ground_and_are_as_tall_as_asked() -> None:
    model = plant_model(PlantSpec("oak", height_m=9.0, texture_px=64), 2)
    points = np.concatenate([part.attributes["POSITION"] for part in model.meshes[0].primitives])
    assert abs(float(points[:, 1].min())) < 0.4
    assert 6.0 < float(points[:, 1].max()) < 13.0


def test_branches_grow_from_below_and_thin_out() -> None:
    random = np.random.default_rng(1)
    air = random.normal(0, 1, (120, 3)) + np.array([0, 4, 0])
    for tree in (
        colonise(air, trunk_m=2.0, step_m=0.3, reach_m=0.45, lean=np.zeros(3), random=random),
        whorls(height_m=8.0, bare_m=1.0, reach_m=2.0, rows=8, droop=0.3, random=random, thickness_m=0.2),
    ):
        assert (tree.parents[1:] < np.arange(1, len(tree.points))).all()
        assert (tree.radii > 0).all()
        assert (tree.radii[1:] <= tree.radii[tree.parents[1:]] * 1.6).all()


def test_stones_are_closed() -> None:
    for detail in (2, 5):
        triangles = lump(detail=detail, seed=3)["indices"].reshape(-1, 3)
        edges = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
        forth = {tuple(edge) for edge in edges.tolist()}
        assert len(forth) == len(edges)
        assert all((b, a) in forth for a, b in forth)


def test_words_in_two_languages() -> None:
    assert parameters_of_words("an old oak in autumn") == {"kind": "oak", "season": "autumn", "age": 1.0}
    assert parameters_of_words("冬天的白桦") == {"kind": "birch", "season": "winter"}
    assert parameters_of_words("a few rocks")["kind"] == "rock"
    with pytest.raises(TaixuError, match="no word names a plant"):
        parameters_of_words("a red bicycle")
    with pytest.raises(TaixuError, match="no plant"):
        plant_model(PlantSpec("bicycle"), 1)
