"""Crowded and torn edges, and surfaces made anew: what comes out has two sides and an inside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import trimesh
from hypothesis import given, settings
from hypothesis import strategies as st
from shapes_in_gltf import ball, model_of

from taixu.assets.gltf import read_gltf, write_glb
from taixu.assets.image import decode_image
from taixu.assets.material import Material
from taixu.assets.model import ModelData
from taixu.errors import TaixuError
from taixu.generate.gate import inspect_model
from taixu.generate.gate.decimating import bake_look
from taixu.generate.gate.generator import RepairGenerator
from taixu.generate.gate.parting import part, stitch
from taixu.generate.gate.passing import GateWishes
from taixu.generate.gate.rebuilding import rebuild
from taixu.generate.gate.topology import volume_of
from taixu.generate.request import Request


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    found = trimesh.creation.box(bounds=(low, high))
    return np.asarray(found.vertices, np.float64), np.asarray(found.faces, np.int64)


def both(*shapes: tuple[np.ndarray, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    starts = np.cumsum([0, *(len(points) for points, _ in shapes)])
    return (np.concatenate([points for points, _ in shapes]),
            np.concatenate([faces + start for (_, faces), start in zip(shapes, starts, strict=False)]))  # fmt: skip


def volume(model: ModelData) -> float:
    (primitive,) = model.meshes[0].primitives
    return float(volume_of(primitive.attributes["POSITION"].astype(np.float64), primitive.triangles().astype(np.int64)).sum()) / 6.0


def codes(model: ModelData) -> set[str]:
    return {each.code for each in inspect_model(model).problems}


def test_two_boxes_that_touch_in_an_edge_become_two_boxes() -> None:
    shape = both(box((0, 0, 0), (1, 1, 1)), box((1, 1, 0), (2, 2, 1)))
    assert "crowded" in codes(model_of(*shape))
    model, count = part(model_of(*shape))
    assert count == 1
    assert inspect_model(model).is_closed
    assert "winding" not in codes(model)
    assert volume(model) == pytest.approx(2.0, abs=1e-3)
    assert inspect_model(model).size_m == pytest.approx((2.0, 2.0, 1.0), abs=1e-3)
    assert part(model)[1] == 0


def test_four_boxes_about_one_edge_and_a_fin_on_a_wall() -> None:
    four = both(*(box((x, y, 0), (x + 1, y + 1, 1)) for x in (0, -1) for y in (0, -1) if x == y))
    fin = (np.array([(0.2, 1.0, 0.5), (0.8, 1.0, 0.5), (0.5, 2.0, 0.5)]), np.array([(0, 1, 2)]))
    points, faces = box((0, 0, 0), (1, 1, 1))
    edge = [next(k for k in range(8) if np.allclose(points[k], place)) for place in ((0, 0, 1), (1, 0, 1))]
    winged = np.concatenate([points, [(0.5, -1.0, 2.0)]]), np.concatenate([faces, [(*edge, 8)]])
    assert inspect_model(part(model_of(*four))[0]).is_closed
    model, count = part(model_of(*winged))
    assert count == 1
    assert "crowded" not in codes(model)
    assert "crowded" not in codes(model_of(*both((points, faces), fin))), "it touches in no edge"


def test_the_end_of_an_edge_on_another_is_joined_and_pictures_stay() -> None:
    points = np.array([(0, 0, 0), (2, 0, 0), (2, 1, 0), (0, 1, 0), (0.5, 0, 0), (1.25, 0, 0), (1, -1, 0)], float)
    faces = np.array([(0, 1, 2), (0, 2, 3), (0, 6, 4), (4, 6, 5), (5, 6, 1)])
    model, count = stitch(model_of(points, faces, TEXCOORD_0=np.float32(points[:, :2])))
    (primitive,) = model.meshes[0].primitives
    assert count == 2
    assert np.allclose(primitive.attributes["TEXCOORD_0"], primitive.attributes["POSITION"][:, :2], atol=1e-6)
    corners = primitive.attributes["POSITION"][primitive.triangles()].astype(float)
    areas = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])[:, 2] / 2.0
    assert (areas > 0.0).all()
    assert areas.sum() == pytest.approx(3.0)
    (problem,) = (each for each in inspect_model(model).problems if each.code == "holes")
    assert problem.count == 5, "none inside"
    assert stitch(model)[1] == 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_any_soup_is_parted(seed: int) -> None:
    random = np.random.default_rng(seed)
    points, faces = random.normal(size=(9, 3)), random.integers(0, 9, (24, 3))
    faces = faces[(faces[:, 0] != faces[:, 1]) & (faces[:, 1] != faces[:, 2]) & (faces[:, 2] != faces[:, 0])]
    _, first = np.unique(np.sort(faces, 1), axis=0, return_index=True)
    model, _ = part(model_of(points, faces[first]))
    assert "crowded" not in codes(model)
    assert inspect_model(model).triangles == len(first)


def crossing() -> ModelData:
    points, faces = ball(3)
    return model_of(*both((points, faces), (points * 0.7 + (0.8, 0.0, 0.0), faces)))


def torn() -> ModelData:
    points, faces = ball(3)
    return model_of(points, np.delete(faces, np.arange(0, len(faces), 37), axis=0))


def sheet() -> ModelData:
    return model_of(np.array([(0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)], float), np.array([(0, 1, 2), (0, 2, 3)]))


@pytest.mark.parametrize(("made", "wanted"), [(crossing, 4.189 + 1.437 - 0.70), (torn, 4.1), (sheet, 0.03)])
def test_a_surface_made_anew_is_closed_whatever_it_was(made: Callable[[], ModelData], wanted: float) -> None:
    pytest.importorskip("scipy")
    model = rebuild(made(), 40)
    report = inspect_model(model)
    assert report.is_closed
    assert not {"winding", "inside out", "crowded"} & codes(model)
    assert volume(model) == pytest.approx(wanted, rel=0.12, abs=0.03)


def test_its_look_is_baked_onto_it() -> None:
    for name in ("scipy", "xatlas"):
        pytest.importorskip(name)
    model = torn()
    (primitive,) = model.meshes[0].primitives
    at = primitive.attributes["POSITION"]
    primitive.attributes["COLOR_0"] = np.where(at[:, 1:2] > 0, (0.8, 0.1, 0.1, 1.0), (0.1, 0.1, 0.8, 1.0)).astype(np.float32)
    model.materials.append(Material(name="paint"))
    primitive.material = 0
    anew = bake_look(model, rebuild(model, 24), 64)
    pixels = np.concatenate([decode_image(image.read(), name="baked")[..., :3].reshape(-1, 3) for image in anew.images]).astype(int)
    assert ((pixels[:, 0] > 180) & (pixels[:, 2] < 120)).mean() > 0.05
    assert ((pixels[:, 2] > 180) & (pixels[:, 0] < 120)).mean() > 0.05


def test_what_has_no_extent_is_refused_in_one_sentence() -> None:
    pytest.importorskip("scipy")
    with pytest.raises(TaixuError) as caught:
        rebuild(model_of(np.zeros((3, 3)), np.array([(0, 1, 2)])), 32)
    assert "\n" not in str(caught.value)


def test_the_generator_makes_a_surface_anew(tmp_path: Path) -> None:
    for name in ("scipy", "xatlas", "fast_simplification"):
        pytest.importorskip(name)
    write_glb(crossing(), tmp_path / "two.glb")
    request = Request("", 1, GateWishes(rebuild=24, triangles=600, size_px=64), tmp_path, parents=(tmp_path / "two.glb",))
    (made,) = RepairGenerator().generate(request, lambda *_: None)
    assert made.said["done"]["rebuild"] == 1
    report = inspect_model(read_gltf(made.path))
    assert report.is_closed
    assert report.triangles < 700
    assert report.size_m == pytest.approx((2.5, 2.0, 2.0), abs=0.1)


@pytest.mark.parametrize("path", ["gltf/AnisotropyBarnLamp", "kits/kaykit-dungeon"])
def test_real_models_are_parted_and_stay_as_large(path: str, content: Path) -> None:
    count = 0
    for file in sorted((content / path).rglob("*.gl*"))[::9]:
        if file.suffix not in (".glb", ".gltf") or file.stat().st_size > 3_000_000:
            continue
        model = read_gltf(file)
        before, after = inspect_model(model), inspect_model(part(stitch(model)[0])[0])
        assert "crowded" not in {each.code for each in after.problems}, file.name
        assert after.size_m == pytest.approx(before.size_m, rel=1e-3), file.name
        count += 1
    if not count:
        pytest.skip(f"{content / path} is not there")


def test_hostile_models_are_mended_or_refused(content: Path) -> None:
    for file in sorted((content / "gltf-invalid").rglob("*.gl*"))[:40]:
        try:
            model = read_gltf(file)
        except TaixuError:
            continue
        mended = part(stitch(model)[0])[0]
        assert "crowded" not in {each.code for each in inspect_model(mended).problems}, file.name
