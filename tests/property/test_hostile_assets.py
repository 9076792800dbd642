"""Damaged files load or are refused with one sentence: cut short, bits flipped, numbers swapped for absurd ones."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from waiting import ends

from taixu.assets.audio_clip import AudioClip, decode_audio, encode_wav
from taixu.assets.building import ModelBuilder
from taixu.assets.exr import decode_exr, encode_exr
from taixu.assets.hdr import decode_hdr, encode_hdr
from taixu.assets.image import decode_image, encode_jpeg, encode_png, encode_webp
from taixu.assets.importers import import_model
from taixu.assets.model import ModelData
from taixu.assets.sidecar import read_sidecar, sidecar_path
from taixu.assets.solids import turned_primitive
from taixu.assets.urdf import read_urdf
from taixu.assets.writers import write_model
from taixu.errors import TaixuError

ABSURD = (b"0", b"-1", b"4294967295", b"99999999999999", b"nan", b"1e309", b"x")


def sample_files() -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 255, (24, 20, 4), dtype=np.uint8)
    floats = np.exp(rng.normal(size=(24, 20, 3))).astype(np.float32)
    files = {
        "a.png": encode_png(pixels, text={"a": "b"}), "deep.png": encode_png(pixels.astype(np.uint16) * 257),
        "a.jpg": encode_jpeg(pixels), "a.webp": encode_webp(pixels), "a.hdr": encode_hdr(floats),
        "a.exr": encode_exr(floats), "a.wav": encode_wav(AudioClip(rng.normal(size=(300, 2)).astype(np.float32), 8000)),
    }
    for kind in ("TGA", "BMP", "GIF", "TIFF"):
        stream = io.BytesIO()
        Image.fromarray(pixels[..., :3]).save(stream, kind)
        files[f"a.{kind.lower()}"] = stream.getvalue()
    flat = (np.minimum(floats[..., [0, 1, 2, 0]], 12) * 20).astype(np.uint8)
    files["old.hdr"] = b"#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 24 +X 20\n" + flat.tobytes()
    return files


FILES = sample_files()
ROBOT = b"""<?xml version="1.0"?><robot name="r"><material name="m"><color rgba="1 0 0 1"/></material>
<link name="a"><inertial><origin xyz="0 0 1" rpy="0 0 0"/><mass value="2"/><inertia ixx="1" iyy="1" izz="1"/></inertial>
<visual><origin xyz="0 0 1"/><geometry><box size="1 2 3"/></geometry><material name="m"/></visual>
<collision><geometry><mesh filename="package://x/y.stl" scale="1 1 1"/></geometry></collision></link>
<link name="b"><visual><geometry><capsule radius="1" length="2"/></geometry></visual></link>
<joint name="j" type="revolute"><parent link="a"/><child link="b"/><axis xyz="0 0 1"/>
<limit lower="-1" upper="1" effort="1" velocity="1"/><mimic joint="j" multiplier="2"/></joint></robot>"""
SIDECAR = b"""version = 1
source = "https://example.org"
[settings]
scale = 2.5
[provenance]
seed = 7
parents = ["a"]
"""


@st.composite
def damage(draw: st.DrawFn, data: bytes) -> bytes:
    """Some damage to bytes."""
    kind = draw(st.sampled_from(("cut", "flip", "absurd", "doubled")))
    at = draw(st.integers(0, max(len(data) - 1, 0)))
    if kind == "cut":
        return data[:at]
    if kind == "flip":
        spots = draw(st.lists(st.tuples(st.integers(0, len(data) - 1), st.integers(1, 255)), min_size=1, max_size=8))
        changed = bytearray(data)
        for spot, mask in spots:
            changed[spot] ^= mask
        return bytes(changed)
    if kind == "absurd":
        digits = [index for index, value in enumerate(data) if 48 <= value <= 57] or [0]
        start = draw(st.sampled_from(digits))
        end = start
        while end < len(data) and (48 <= data[end] <= 57 or data[end] == 46):
            end += 1
        return data[:start] + draw(st.sampled_from(ABSURD)) + data[end:]
    return data[:at] + data[at // 2 : at] + data[at:]


def survives(action: Callable[[], object]) -> object:
    """The result, or None for a sentence."""
    with ends():
        try:
            return action()
        except TaixuError as error:
            assert str(error)
            assert "\n" not in str(error)
            return None


@pytest.mark.parametrize("name", [name for name in FILES if not name.endswith(("wav", "exr", "hdr"))])
@settings(max_examples=40)
@given(data=st.data())
def test_pictures(name: str, data: st.DataObject) -> None:
    broken = data.draw(damage(FILES[name]))
    pixels = survives(lambda: decode_image(broken, name=name, max_pixels=1 << 20))
    if pixels is not None:
        assert isinstance(pixels, np.ndarray)
        assert pixels.ndim == 3
        assert pixels.shape[0] * pixels.shape[1] <= 1 << 20


@pytest.mark.parametrize("name", ["a.hdr", "old.hdr"])
@settings(max_examples=150)
@given(data=st.data())
def test_radiance(name: str, data: st.DataObject) -> None:
    broken = data.draw(damage(FILES[name]))
    pixels = survives(lambda: decode_hdr(broken, max_pixels=1 << 20))
    assert pixels is None or np.isfinite(pixels).all()


@settings(max_examples=150)
@given(data=st.data())
def test_exr(data: st.DataObject) -> None:
    broken = data.draw(damage(FILES["a.exr"]))
    survives(lambda: decode_exr(broken, max_pixels=1 << 20))


@settings(max_examples=100)
@given(data=st.data())
def test_sounds(data: st.DataObject) -> None:
    broken = data.draw(damage(FILES["a.wav"]))
    clip = survives(lambda: decode_audio(broken, max_values=1 << 20))
    if clip is not None:
        assert isinstance(clip, AudioClip)
        assert clip.samples.size <= 1 << 20


@settings(max_examples=150)
@given(broken=damage(ROBOT))
def test_robots(broken: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("robot") / "a.urdf"
    file.write_bytes(broken)
    survives(lambda: read_urdf(file))
    survives(lambda: import_model(file))


@settings(max_examples=150)
@given(broken=damage(SIDECAR))
def test_sidecars(broken: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    file = tmp_path_factory.mktemp("sidecar") / "a.png"
    sidecar_path(file).write_bytes(broken)
    survives(lambda: read_sidecar(file))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    builder = ModelBuilder("ball")
    builder.node("ball", mesh=builder.mesh("ball", turned_primitive("sphere", radius_m=1, sides=6)))
    model = builder.finish()
    for suffix in (".obj", ".ply", ".stl", ".off", ".3mf"):
        write_model(folder / f"a{suffix}", model)
    triangle = "facet normal 0 0 1\nouter loop\nvertex 0 0 2\nvertex 1 0 2\nvertex 0 1 2\nendloop\nendfacet\n"
    (folder / "text.stl").write_text(f"solid a\n{triangle}endsolid a\n")
    (folder / "text.ply").write_text(
        "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\n"
        "element face 1\nproperty list uchar int vertex_indices\nend_header\n0 0 0\n1 0 0\n0 1 0\n3 0 1 2\n"
    )
    return folder


@pytest.mark.parametrize("name", ["a.obj", "a.ply", "a.stl", "a.off", "a.3mf", "text.stl", "text.ply"])
@settings(max_examples=60)
@given(data=st.data())
def test_models(name: str, models: Path, data: st.DataObject) -> None:
    broken = data.draw(damage((models / name).read_bytes()))
    file = models / f"broken-{name}"
    file.write_bytes(broken)
    model = survives(lambda: import_model(file))
    if model is not None:
        assert isinstance(model, ModelData)
        for mesh in model.meshes:
            for primitive in mesh.primitives:
                assert np.isfinite(primitive.attributes["POSITION"]).all()
                if primitive.indices is not None and len(primitive.indices):
                    assert primitive.indices.max() < primitive.vertex_count
