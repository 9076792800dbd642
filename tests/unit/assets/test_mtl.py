"""MTL materials: every map that exporters write finds its place."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from taixu.assets.image import decode_image
from taixu.assets.importers import import_model
from taixu.assets.model import ModelData, TextureRef, Wrap
from taixu.assets.mtl import MtlMap, parse_mtl
from taixu.assets.mtl_material import normals_of_heights

OBJ = "mtllib a.mtl\nusemtl m\nv 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nvt 1 0\nvt 0 1\nf 1/1 2/2 3/3\n"


def save(path: Path, pixels: np.ndarray) -> None:
    Image.fromarray(pixels).save(path)


def read(folder: Path, *lines: str) -> ModelData:
    (folder / "a.obj").write_text(OBJ)
    (folder / "a.mtl").write_text("\n".join(("newmtl m", *lines)))
    return import_model(folder / "a.obj")


def pixels_of(model: ModelData, ref: TextureRef | None) -> np.ndarray:
    assert ref is not None
    image = model.textures[ref.texture].image
    assert image is not None
    return np.asarray(decode_image(model.images[image].read()))


def test_maps_and_their_options() -> None:
    found = parse_mtl(
        b"Kd 1 1 1\nnewmtl a b\nPr 0.5\nmap_Bump -bm 0.25 -o 0.5 0.25 wall of stone.png\n"
        b"map_Kd -s 2 3 1 -clamp on tex\\2.png\nKe nan 0 0\nnorm\nmap_Pm -blendu off m.png\n"
    )["a b"]
    assert found.numbers == {"pr": (0.5,)}
    assert found.maps == {
        "bump": MtlMap("wall of stone.png", offset=(0.5, 0.25), strength=0.25),
        "map_kd": MtlMap("tex/2.png", scale=(2, 3), clamp=True),
        "map_pm": MtlMap("m.png"),
    }


def test_roughness_and_metallic_maps_are_packed(tmp_path: Path) -> None:
    save(tmp_path / "rough.png", np.full((2, 2), 64, np.uint8))
    save(tmp_path / "metal.png", np.array([[0, 255]] * 4, np.uint8))
    model = read(tmp_path, "map_Pr rough.png", "map_Pm metal.png")
    (material,) = model.materials
    assert (material.metallic, material.roughness) == (1, 1)
    packed = pixels_of(model, material.metallic_roughness_texture)
    assert packed.shape == (4, 2, 3)
    assert (packed[..., 1] == 64).all()
    assert packed[:, 0, 2].tolist() == [0] * 4
    assert packed[:, 1, 2].tolist() == [255] * 4


def test_numbers_of_the_physical_lines(tmp_path: Path) -> None:
    (material,) = read(tmp_path, "Pr 0.25", "Pm 0.75", "Pc 0.5", "Pcr 0.125", "Ps 0.25", "Kd 1 1 1", "d 0.5").materials
    assert (material.roughness, material.metallic, material.alpha_mode) == (0.25, 0.75, "BLEND")
    assert material.clearcoat is not None
    assert (material.clearcoat.factor, material.clearcoat.roughness) == (0.5, 0.125)
    assert material.sheen is not None


def test_emission_colour_and_wrapping(tmp_path: Path) -> None:
    save(tmp_path / "glow.png", np.full((1, 1, 3), 255, np.uint8))
    model = read(tmp_path, "map_Ke glow.png", "map_Kd -clamp on -s 2 2 -o 0.5 0 glow.png")
    (material,) = model.materials
    assert material.emissive == (1, 1, 1)
    assert material.emissive_texture is not None
    ref = material.base_color_texture
    assert ref is not None
    assert (ref.scale, ref.offset) == ((2, 2), (0.5, -1))
    sampler = model.textures[ref.texture].sampler
    assert sampler is not None
    assert model.samplers[sampler].wrap_s == Wrap.CLAMP_TO_EDGE


@pytest.mark.parametrize("line", ["norm n.png", "map_Bump n.png", "bump -bm 0.5 n.png"])
def test_normal_maps_are_taken_as_they_are(line: str, tmp_path: Path) -> None:
    save(tmp_path / "n.png", np.full((4, 4, 3), (128, 128, 255), np.uint8))
    model = read(tmp_path, line)
    ref = model.materials[0].normal_texture
    assert (pixels_of(model, ref) == (128, 128, 255)).all()
    assert ref is not None
    assert ref.strength == (0.5 if "-bm" in line else 1)


def test_heights_become_normals(tmp_path: Path) -> None:
    ramp = np.tile(np.arange(0, 64, 8, dtype=np.uint8), (8, 1))
    save(tmp_path / "h.png", ramp)
    model = read(tmp_path, "map_Bump h.png")
    normals = pixels_of(model, model.materials[0].normal_texture).astype(float) / 127.5 - 1
    # Rising along +u by 8/255 a texel, 16 texels high: the normal leans to -u.
    slope = 16 * 8 / 255
    np.testing.assert_allclose(normals[4, 4], np.array((-slope, 0, 1)) / np.hypot(slope, 1), atol=0.01)
    down = normals_of_heights(ramp.T.astype(np.float32) / 255)
    assert down[4, 4, 1] > 127  # rising downwards is falling along +v's opposite: the normal leans up


def test_what_is_missing_is_noted(tmp_path: Path) -> None:
    model = read(tmp_path, "map_Pr none.png", "map_Kd ../../secret.png", "norm damaged.png", "map_d alpha.png")
    assert model.materials[0].metallic_roughness_texture is None
    assert model.materials[0].base_color_texture is None
    assert len(model.notes) == 4
    assert all(note.startswith("material 'm': ") and "\n" not in note for note in model.notes)


def test_a_damaged_map_is_noted(tmp_path: Path) -> None:
    stream = io.BytesIO()
    Image.fromarray(np.zeros((64, 64), np.uint8)).save(stream, "PNG")
    (tmp_path / "h.png").write_bytes(stream.getvalue()[:60])
    model = read(tmp_path, "map_Bump h.png")
    assert model.materials[0].normal_texture is None
    assert len(model.notes) == 1


def test_hostile_libraries_are_bounded() -> None:
    assert len(parse_mtl(b"".join(b"newmtl %d\n" % index for index in range(30_000)))) == 20_000
    assert parse_mtl(b"newmtl a\nmap_Kd " + b"-o " * 100_000)["a"].maps == {}
    assert parse_mtl(b"\xff\xfe\0newmtl") == {}
