"""Pictures of every type that a texture may name: found, kept through a GLB, and decoded."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import numpy as np
import pytest
from gltf_files import make_json
from PIL import Image, features

from taixu.assets.gltf import read_gltf, read_gltf_bytes
from taixu.assets.gltf.writer import write_glb
from taixu.assets.image import decode_image
from taixu.assets.model import Filter, TextureRef, Wrap

KINDS = {
    "WEBP": ("EXT_texture_webp", "image/webp"),
    "AVIF": ("EXT_texture_avif", "image/avif"),
    "DDS": ("MSFT_texture_dds", "image/vnd-ms.dds"),
}


def encode(kind: str) -> tuple[bytes, np.ndarray]:
    pixels = np.full((8, 8, 4), (200, 100, 50, 255), np.uint8)
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind)
    return stream.getvalue(), pixels


@pytest.mark.parametrize("has_fallback", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_textures_of_extensions(kind: str, has_fallback: bool, tmp_path: Path) -> None:
    if kind == "AVIF" and not features.check("avif"):
        pytest.skip("this Pillow decodes no AVIF")
    extension, mime = KINDS[kind]
    data, pixels = encode(kind)
    plain, _ = encode("PNG")
    images = [
        {"uri": f"data:{mime};base64,{base64.b64encode(data).decode()}"},
        {"uri": f"data:image/png;base64,{base64.b64encode(plain).decode()}"},
    ]
    texture = {"extensions": {extension: {"source": 0}}, **({"source": 1} if has_fallback else {})}
    text = make_json(extensionsUsed=[extension], images=images, textures=[texture])
    model = read_gltf_bytes(text, name="a.gltf")
    write_glb(model, tmp_path / "a.glb")
    for found in (model, read_gltf(tmp_path / "a.glb")):
        (one,) = found.textures
        assert one.image == 0
        assert one.fallback == (1 if has_fallback and (found is model or kind != "DDS") else None)
        shown = decode_image(found.images[0].read())
        np.testing.assert_allclose(shown[..., :3], pixels[..., :3], atol=4)


def test_where_a_texture_is_seen_survives(tmp_path: Path) -> None:
    png, _ = encode("PNG")
    transform = {"offset": [0.25, 0.5], "rotation": 0.5, "scale": [2, 3], "texCoord": 1}
    ref = {"index": 0, "texCoord": 2, "extensions": {"KHR_texture_transform": transform}}
    core = {"baseColorTexture": ref, "metallicRoughnessTexture": {"index": 0, "texCoord": 3}}
    sheen = {"sheenColorTexture": {"index": 0, "texCoord": 1}}
    text = make_json(
        extensionsUsed=["KHR_texture_transform", "KHR_materials_sheen"],
        images=[{"uri": f"data:image/png;base64,{base64.b64encode(png).decode()}"}],
        samplers=[{"magFilter": 9728, "minFilter": 9985, "wrapS": 33071, "wrapT": 33648}],
        textures=[{"source": 0, "sampler": 0}],
        materials=[{"pbrMetallicRoughness": core, "extensions": {"KHR_materials_sheen": sheen}}],
    )
    model = read_gltf_bytes(text, name="a.gltf")
    write_glb(model, tmp_path / "a.glb")
    for found in (model, read_gltf(tmp_path / "a.glb")):
        (material,), (sampler,) = found.materials, found.samplers
        seen = TextureRef(0, texcoord=1, offset=(0.25, 0.5), rotation_rad=0.5, scale=(2, 3))
        assert material.base_color_texture == seen
        assert material.metallic_roughness_texture == TextureRef(0, texcoord=3)
        assert material.sheen is not None
        assert material.sheen.color_texture == TextureRef(0, texcoord=1)
        assert (sampler.mag_filter, sampler.min_filter) == (Filter.NEAREST, Filter.LINEAR_MIPMAP_NEAREST)
        assert (sampler.wrap_s, sampler.wrap_t) == (Wrap.CLAMP_TO_EDGE, Wrap.MIRRORED_REPEAT)
