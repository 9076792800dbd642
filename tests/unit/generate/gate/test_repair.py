"""Fewer triangles that look the same, levels, colliders, and the generator that does it all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from shapes_in_gltf import ball, model_of

from taixu.assets.gltf import read_gltf, write_glb
from taixu.assets.image import decode_image
from taixu.assets.levels import levels_of
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.generate.gate import inspect_model
from taixu.generate.gate.closest import closest_on_triangles
from taixu.generate.gate.colliders import collider_model
from taixu.generate.gate.decimating import bake_look, decimate
from taixu.generate.gate.generator import RepairGenerator
from taixu.generate.gate.passing import GateWishes
from taixu.generate.request import Request

pytest.importorskip("fast_simplification")
pytest.importorskip("scipy")
pytest.importorskip("xatlas")


def painted_ball() -> ModelData:
    """A ball whose upper half is red and whose lower half is blue, by the colours of its vertices."""
    positions, faces = ball(4)
    colors = np.where(positions[:, 1:2] > 0, (0.8, 0.1, 0.1, 1.0), (0.1, 0.1, 0.8, 1.0)).astype(np.float32)
    model = model_of(positions, faces, NORMAL=np.float32(positions), COLOR_0=colors)
    model.materials.append(Material(name="paint", roughness=0.3))
    model.meshes[0].primitives[0].material = 0
    return model


def test_the_nearest_place_of_a_triangle() -> None:
    random = np.random.default_rng(5)
    corners, points = random.normal(size=(200, 3, 3)), random.normal(size=(200, 3)) * 2
    shares, squared = closest_on_triangles(points, corners)
    assert np.allclose(shares.sum(1), 1.0)
    assert shares.min() > -1e-9
    grid = np.array([(u, v) for u in np.linspace(0, 1, 60) for v in np.linspace(0, 1, 60) if u + v <= 1.0])
    tried = np.concatenate([1 - grid.sum(1, keepdims=True), grid], axis=1)
    apart = np.einsum("gk,tkc->tgc", tried, corners) - points[:, None]
    least = (apart**2).sum(2).min(1)
    assert (squared <= least + 1e-9).all()
    assert np.allclose(np.sqrt(squared), np.sqrt(least), atol=0.1)


def test_a_coarse_ball_wears_the_colours_of_the_fine_one() -> None:
    fine = painted_ball()
    coarse = bake_look(fine, decimate(fine, 300), 128)
    report = inspect_model(coarse)
    assert 200 <= report.triangles <= 400
    assert report.draws == 1
    (primitive,) = coarse.meshes[0].primitives
    assert "COLOR_0" not in primitive.attributes
    assert primitive.material is not None
    reference = coarse.materials[primitive.material].base_color_texture
    assert reference is not None
    number = coarse.textures[reference.texture].image
    assert number is not None
    pixels = decode_image(coarse.images[number].read(), name="baked").astype(int)
    texcoords, positions = primitive.attributes["TEXCOORD_0"], primitive.attributes["POSITION"]
    middles = texcoords[primitive.triangles()].mean(1)
    heights = positions[primitive.triangles()].mean(1)[:, 1]
    x, y = (np.clip((middles * 128).astype(int), 0, 127)).T
    sure = np.abs(heights) > 0.15
    redder = pixels[y, x, 0] > pixels[y, x, 2]
    assert (redder == (heights > 0))[sure].all()


def test_bones_and_morphs_are_those_of_the_nearest_vertex() -> None:
    fine = painted_ball()
    (primitive,) = fine.meshes[0].primitives
    positions = primitive.attributes["POSITION"]
    primitive.attributes["JOINTS_0"] = np.where(positions[:, :1] > 0, (1, 0, 0, 0), (2, 0, 0, 0)).astype(np.uint16)
    primitive.attributes["WEIGHTS_0"] = np.tile(np.float32((1, 0, 0, 0)), (len(positions), 1))
    primitive.targets.append({"POSITION": positions * np.float32(0.5)})
    (coarse,) = decimate(fine, 300).meshes[0].primitives
    clear = np.abs(coarse.attributes["POSITION"][:, 0]) > 0.2
    assert (coarse.attributes["JOINTS_0"][:, 0] == np.where(coarse.attributes["POSITION"][:, 0] > 0, 1, 2))[clear].all()
    assert np.allclose(coarse.targets[0]["POSITION"], coarse.attributes["POSITION"] * 0.5, atol=0.1)


def test_a_hull_and_parts() -> None:
    pytest.importorskip("coacd")
    positions, faces = ball(2)
    apart = np.concatenate([positions, positions + np.array((5.0, 0.0, 0.0))])
    two = model_of(apart, np.concatenate([faces, faces + len(positions)]))
    hull = collider_model(two, "hull")
    assert len(hull.meshes) == 1
    assert inspect_model(hull).size_m[0] == pytest.approx(7.0, abs=0.2)
    parts = collider_model(two, "parts", most=8)
    assert len(parts.meshes) == 2
    for mesh in parts.meshes:
        assert float(np.ptp(mesh.primitives[0].attributes["POSITION"], axis=0).max()) < 2.2
        assert mesh.primitives[0].vertex_count <= 64


def test_the_generator_mends_shrinks_and_reports(tmp_path: Path) -> None:
    fine = painted_ball()
    faces = fine.meshes[0].primitives[0].triangles().copy()
    faces[[1, 2, 3]] = faces[[1, 2, 3]][:, ::-1]
    fine.meshes[0].primitives[0].indices = faces.reshape(-1)
    write_glb(fine, tmp_path / "ball.glb")
    folder = tmp_path / "out"
    folder.mkdir()
    wanted = GateWishes(triangles=400, size_px=64, levels=2, collider="hull", size_m=3.0, pivot="bottom")
    request = Request("", 1, wanted, folder, parents=(tmp_path / "ball.glb",))
    made = RepairGenerator().generate(request, lambda *_: None)
    assert [each.role for each in made] == ["", "collider"]
    said = made[0].said
    assert [each["code"] for each in said["before"]["problems"]] == ["winding"]
    assert said["after"]["problems"] == []
    assert said["done"]["winding"] == 3
    report = inspect_model(read_gltf(made[0].path))
    assert max(report.size_m) == pytest.approx(3.0, abs=0.05)
    assert report.low_m[1] == pytest.approx(0.0, abs=0.02)
    levels = levels_of(read_gltf(made[0].path))
    assert len(levels) == 1 and len(said["levels"]) == 1, "a second one would have too few triangles"
    model, forms = read_gltf(made[0].path), next(iter(levels.values())).nodes
    counts = [sum(len(part.triangles()) for part in model.meshes[model.nodes[each].mesh or 0].primitives) for each in forms]
    assert counts == [report.triangles, said["levels"][0]] and counts[1] < counts[0] / 2
    worn = {part.material for each in forms for part in model.meshes[model.nodes[each].mesh or 0].primitives}
    assert len(worn) == 2 and len(model.images) == 2 * len({each.image for each in model.textures[: len(model.textures) // 2]})
    again = RepairGenerator().generate(Request("", 9, wanted, tmp_path, parents=(tmp_path / "ball.glb",)), lambda *_: None)
    assert again[0].path.read_bytes() == made[0].path.read_bytes()
