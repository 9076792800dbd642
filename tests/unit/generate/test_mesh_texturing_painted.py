"""Meshes painted by diffusion models, all the way, with tiny ones that are built on the spot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from textured_shapes import laid_out, model_of, space_pattern, torus

from taixu.app import Jobs
from taixu.assets.gltf import read_gltf, write_gltf
from taixu.assets.image import decode_image, encode_png
from taixu.assets.material import Material
from taixu.assets.model import Image, Texture, TextureRef
from taixu.assets.solids import box_primitive
from taixu.errors import TaixuError, UsageError
from taixu.generate import Generations, Order
from taixu.generate.mesh_texturing.coordinates import lay_coordinates
from taixu.generate.mesh_texturing.dressing import dress
from taixu.generate.mesh_texturing.earlier_colors import earlier_colors, keep_coordinates
from taixu.generate.mesh_texturing.painted_generator import PaintedMeshGenerator, PaintedMeshParameters
from taixu.generate.mesh_texturing.subject import assemble, gather, stand_scales
from taixu.generate.mesh_texturing.texels import bake_texels, fill_rest
from taixu.generate.request import Request

for _needed in ("xatlas", "torch", "diffusers"):
    pytest.importorskip(_needed, reason=f"{_needed} is not installed")


class Stopped(Exception):
    """Somebody has had enough."""


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny SD and a tiny SDXL, a ControlNet for each, and a box."""
    import torch
    from tiny_pipelines import build_controlnet, build_sd, build_sdxl

    torch.set_num_threads(1)
    folder = tmp_path_factory.mktemp("tiny")
    build_sd(folder / "sd")
    build_sdxl(folder / "sdxl")
    for base in ("sd", "sdxl"):
        build_controlnet(folder / f"depth-{base}", folder / base)
    write_gltf(model_of(box_primitive((1, 1, 1))), folder / "box.glb")
    return folder


def weights(folder: Path, base: str) -> Path:
    return folder / f"depth-{base}" / "diffusion_pytorch_model.safetensors"


def paint(tiny: Path, out: Path, base: str = "sd", *, progress: Any = None, parents: Any = None, **given: Any) -> Path:
    from taixu.generate.diffusion import diffusion_facts

    out.mkdir(parents=True, exist_ok=True)
    seed = given.pop("seed", 3)
    wanted = PaintedMeshParameters(**{"size_px": 128, "views": 3, "steps": 2, "view_px": 64, "layout": "box", **given})
    parents = (tiny / "box.glb", weights(tiny, base)) if parents is None else parents
    request = Request("a crate", seed, wanted, out, model=diffusion_facts(str(tiny / base)), parents=parents)
    return PaintedMeshGenerator().generate(request, progress or (lambda *told: None))[0].path


def picture_of(file: Path) -> np.ndarray:
    model = read_gltf(file)
    return decode_image(model.images[0].read())


@pytest.mark.parametrize("base", ["sd", "sdxl"])
def test_the_whole_way_with_models_of_two_architectures(tiny: Path, tmp_path: Path, gltf_validator, base: str) -> None:
    told: list[tuple[float, str]] = []
    hear = lambda done, text="", look=None: told.append((done, text))  # noqa: E731
    file = paint(tiny, tmp_path, base, size_px=256, layout="best", progress=hear)
    report = gltf_validator(file)
    assert report["issues"]["numErrors"] == report["issues"]["numWarnings"] == 0
    assert picture_of(file).std() > 3
    shares = [done for done, _ in told]
    assert shares == sorted(shares)
    assert any("front view, step 1 of 2" in text for _, text in told)


def test_the_same_seed_paints_the_same_bytes_and_another_another(tiny: Path, tmp_path: Path) -> None:
    a, b, c = (paint(tiny, tmp_path / str(i), seed=seed, views=2).read_bytes() for i, seed in enumerate((3, 3, 4)))
    assert a == b != c


def test_depth_steers(tiny: Path, tmp_path: Path) -> None:
    """Other adherence, other pictures: the ControlNet is heard."""
    a, b = (picture_of(paint(tiny, tmp_path / str(share), adherence=share, views=1, mending=0.0)) for share in (0.0, 1.0))
    assert np.abs(a.astype(int) - b).mean() > 1


def test_normals_and_words_of_views_can_be_chosen(tiny: Path, tmp_path: Path) -> None:
    plain = picture_of(paint(tiny, tmp_path / "a", views=1, mending=0.0))
    for number, given in enumerate(({"control": "normal"}, {"names_views": False}, {"negative": "blurry"})):
        other = picture_of(paint(tiny, tmp_path / str(number), views=1, mending=0.0, **given))
        assert np.abs(other.astype(int) - plain).max() > 0


@pytest.mark.parametrize("step", [1, 3])
def test_it_can_be_given_up_in_the_middle_of_a_view(tiny: Path, tmp_path: Path, step: int) -> None:
    heard = 0

    def stop(done: float, text: str = "", look: Any = None) -> None:
        nonlocal heard
        heard += "step" in text
        if heard == step:
            raise Stopped

    with pytest.raises(Stopped):
        paint(tiny, tmp_path / "out", progress=stop)
    assert heard == step
    assert list((tmp_path / "out").iterdir()) == []


def test_orders_are_carried_out_in_a_worker_and_recorded(tiny: Path, tmp_path: Path) -> None:
    settings = {"size_px": 256, "views": 1, "steps": 1, "view_px": 64, "mending": 0.0}
    order = Order("mesh", "a crate", 3, settings, str(tiny / "sd"), (tiny / "box.glb", weights(tiny, "sd")))
    with Jobs(workers=1) as jobs:
        generations = Generations(jobs)
        result = generations.make(order, out=tmp_path / "crate.glb")
        given_up = generations.submit(Order("painted-mesh", "a crate", 4, {**settings, "steps": 200}, order.model, order.parents))
        while given_up.progress < 0.06 and not given_up.is_over:
            generations.wait(given_up, timeout_secs=0.1)
        given_up.cancel()
        generations.wait(given_up)
    assert given_up.state == "cancelled"
    made = result.provenances[0]
    assert made.generator == "painted-mesh"
    assert made.model_hash
    assert len(made.parents) == 2
    assert made.source_type.endswith("rainedAlgorithmicMedia")
    assert made.mark


def test_what_is_missing_or_too_much_is_told_in_a_sentence(tiny: Path, tmp_path: Path) -> None:
    box = tiny / "box.glb"
    with pytest.raises(UsageError, match="needs a ControlNet"):
        paint(tiny, tmp_path, parents=(box,))
    with pytest.raises(UsageError, match="one mesh"):
        paint(tiny, tmp_path, parents=(box, box))
    with pytest.raises(TaixuError, match="ControlNet"):
        paint(tiny, tmp_path, parents=(box, tiny / "sd" / "unet" / "diffusion_pytorch_model.safetensors"))
    with pytest.raises(TaixuError, match="."):
        paint(tiny, tmp_path, controlnet="nobody/has-this", parents=(box,))


def textured_torus(folder: Path) -> tuple[Path, np.ndarray]:
    """A torus that wears the pattern of space in its own texture."""
    model = model_of(torus())
    surfaces, _, texels = laid_out(model, 256)
    picture = fill_rest(texels.picture(space_pattern(texels.positions)), texels.covered)
    dressed, _ = dress(model, surfaces, {"base_color": np.rint(picture * 255).astype(np.uint8)}, name="pattern")
    write_gltf(dressed, folder / "torus.glb")
    return folder / "torus.glb", picture


def test_colours_that_are_there_come_over_to_new_coordinates(tmp_path: Path) -> None:
    file, _ = textured_torus(tmp_path)
    model = read_gltf(file)
    surfaces = gather(model)
    keep_coordinates(model, surfaces)
    assert lay_coordinates(surfaces, 200, stand_scales(model, surfaces), anew=True) == "unwanted"
    subject = assemble(model, surfaces)
    texels = bake_texels(subject, 200)
    colors = earlier_colors(model, surfaces, subject, texels)
    error = np.abs(colors - space_pattern(texels.positions))
    assert error.mean() < 0.015
    assert np.quantile(error, 0.99) < 0.12


def test_materials_without_textures_are_their_colours_and_repeats_are_followed() -> None:
    box = box_primitive((1, 1, 1))
    box.attributes["TEXCOORD_0"] = np.tile(np.array(((0, 0), (1, 0), (1, 1), (0, 1)), np.float32), (6, 1))
    stripes = np.zeros((4, 8, 3), np.uint8)
    stripes[:, 4:] = 255
    model = model_of(box)
    model.images.append(Image("stripes", "image/png", encode_png(stripes)))
    model.textures.append(Texture(0))
    model.materials += [
        Material(base_color=(1, 0.5, 0.25, 1), base_color_texture=TextureRef(0, scale=(2.0, 1.0))),
        Material(base_color=(0.2, 0.2, 0.2, 1)),
    ]
    for material, wanted in ((0, 0.5), (1, 0.0)):
        box.material = material
        surfaces = gather(model)
        keep_coordinates(model, surfaces)
        lay_coordinates(surfaces, 128, stand_scales(model, surfaces))
        subject = assemble(model, surfaces)
        colors = earlier_colors(model, surfaces, subject, bake_texels(subject, 128))
        if material == 0:
            assert (colors[:, 0] > 0.5).mean() == pytest.approx(wanted, abs=0.05)
            assert np.median(colors[colors[:, 0] > 0.9], axis=0)[1] == pytest.approx(0.7354, abs=0.01)
        else:
            assert np.allclose(colors, 0.4845, atol=0.001)


def test_a_mesh_is_painted_over_its_own_colours(tiny: Path, tmp_path: Path) -> None:
    """The less it may change, the nearer it stays. (A tiny autoencoder forgets the picture, so only the order can be asked for.)"""
    file, before = textured_torus(tmp_path)
    given = {"existing": "repaint", "size_px": 256, "parents": (file, weights(tiny, "sd")), "mending": 0.0, "views": 2}
    kept, changed = (picture_of(paint(tiny, tmp_path / str(go), repaint=go, **given)) for go in (0.0, 1.0))
    far, near = (np.abs(each / 255.0 - before).mean() for each in (changed, kept))
    assert near < 0.02 < far
