"""Meshes in new textures look as they did: a material laid as a solid and aged by the shape, and a painter's pattern."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device
from textured_shapes import SHAPES, laid_out, paint_pattern

import taixu as tx
from golden import assert_golden
from taixu.assets.gltf import write_gltf
from taixu.assets.image import encode_png
from taixu.assets.model import Mesh, ModelData, Node
from taixu.cli.staging import open_thing
from taixu.generate.mesh_texturing.dressing import dress
from taixu.generate.mesh_texturing.painting import paint_views
from taixu.generate.mesh_texturing.placement import choose_views
from taixu.generate.mesh_texturing.solid_generator import MeshMaterialGenerator, MeshMaterialParameters
from taixu.generate.mesh_texturing.texels import fill_rest
from taixu.generate.request import Request

pytest.importorskip("xatlas", reason='xatlas is not installed (pip install "taixu[models]")')


def row_of_shapes() -> ModelData:
    """The shapes side by side."""
    names = ("box", "cup", "torus")
    nodes = [Node(name, mesh=i, translation=np.array((1.25 * (i - 1), 0, 0), np.float32)) for i, name in enumerate(names)]
    return ModelData("row", meshes=[Mesh(name, [SHAPES[name]()]) for name in names], nodes=nodes)


def tiles(folder: Path) -> list[Path]:
    """A material that nobody makes better tomorrow: blue tiles in white mortar, with bevels."""
    y, x = (np.mgrid[:256, :256] + 0.5) / 64
    off = np.stack([x - np.floor(x) - 0.5, 0.5 - (y - np.floor(y))], axis=-1)
    far = np.abs(off).max(-1)
    bevel = np.where((far > 0.38) & (far < 0.46), 1.0, 0.0)
    lean = np.where(np.abs(off) >= far[..., None] - 1e-9, np.sign(off), 0.0) * bevel[..., None]
    normal = np.stack([lean[..., 0], lean[..., 1], np.ones_like(far)], axis=-1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    is_tile = far < 0.46
    color = np.where(is_tile[..., None], (40, 90, 160), (225, 220, 210))
    orm = np.stack([np.full_like(far, 255), np.where(is_tile, 60, 230), 0 * far], axis=-1)
    maps = {"base_color": color, "normal": normal * 127.5 + 127.5, "orm": orm, "height": is_tile[..., None] * 200.0 + 20}
    files = [folder / f"tiles_{role}.png" for role in maps]
    for file, pixels in zip(files, maps.values(), strict=True):
        file.write_bytes(encode_png(np.rint(pixels).astype(np.uint8)))
    return files


def picture_of(file: Path) -> np.ndarray:
    with tx.App.headless(size=(360, 170)) as app:
        app.drawing.attach(shared_device())
        open_thing(app, file)
        return app.picture(samples=2).pixels


def test_a_material_on_meshes(tmp_path: Path) -> None:
    write_gltf(row_of_shapes(), tmp_path / "row.glb")
    wanted = MeshMaterialParameters(size_px=512, tile_m=0.8, edge_wear=0.5, hollow_dirt=0.7)
    request = Request("tiles", 5, wanted, tmp_path, parents=(tmp_path / "row.glb", *tiles(tmp_path)))
    made = MeshMaterialGenerator().generate(request, lambda *told: None)
    assert_golden(picture_of(made[0].path), "mesh_texturing/material", share=0.004)


def test_a_painted_pattern_on_meshes(tmp_path: Path) -> None:
    model = row_of_shapes()
    surfaces, subject, texels = laid_out(model, 512)
    colors = paint_views(subject, texels, choose_views(subject, 10), paint_pattern, view_px=384)
    picture = np.rint(fill_rest(texels.picture(colors), texels.covered) * 255).astype(np.uint8)
    dressed, _ = dress(model, surfaces, {"base_color": picture}, name="pattern", metallic=0.0, roughness=0.8)
    write_gltf(dressed, tmp_path / "painted.glb")
    assert_golden(picture_of(tmp_path / "painted.glb"), "mesh_texturing/painted", share=0.004)
