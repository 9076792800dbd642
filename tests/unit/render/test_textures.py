from __future__ import annotations

import io
import logging

import numpy as np
import pytest
from gpu_device import shared_device
from PIL import Image as Pillow

from taixu.assets.exr import encode_exr
from taixu.assets.image import encode_png
from taixu.assets.model import Filter, Image, Material, ModelData, Sampler, SpecularGlossiness, Texture, TextureRef, Wrap
from taixu.render.material_loading import TextureLoader, decode_texture, load_texture
from taixu.render.materials import MaterialTable
from taixu.render.signature import SLOTS
from taixu.render.texture_images import LARGEST_SIDE, make_texture_image, plain_image
from taixu.render.texture_kinds import TextureKind, kind_of
from taixu.render.texture_pool import TextureClass, TexturePool
from taixu.render.toon import TOON
from taixu.scene import LibraryMaterial


def png(color: tuple[int, int, int, int], size: tuple[int, int] = (4, 4)) -> Image:
    stream = io.BytesIO()
    Pillow.new("RGBA", size, color).save(stream, "PNG")
    return Image(mime="image/png", data=stream.getvalue())


def flat(value: int, size: tuple[int, int] = (4, 4)) -> np.ndarray:
    return np.full((size[1], size[0], 4), value, np.uint8)


def test_equal_sizes_share_a_page() -> None:
    pool = TexturePool(shared_device())
    pool.reserve([TextureClass("rgba8", 4, 4)] * 3)
    slots = [pool.add(plain_image(flat(i * 40))) for i in range(3)]
    assert len({s.page for s in slots}) == 1
    assert len({s.layer for s in slots}) == 3
    other = pool.add(plain_image(flat(1), srgb=True))
    assert other.page != slots[0].page
    pool.flush()
    array = pool.texture(slots[0].page)
    assert array.layers == 3
    assert array.levels == 3
    for i, slot in enumerate(slots):
        assert (array.read(level=0, layer=slot.layer) == i * 40).all()
        assert (array.read(level=2, layer=slot.layer) == i * 40).all()


def test_pages_grow_and_go() -> None:
    pool = TexturePool(shared_device())
    slots = [pool.add(plain_image(flat(i)), key=i) for i in range(20)]
    assert len({s.page for s in slots}) <= 6, "doubling keeps pages few"
    assert pool.take(3) == slots[3]
    pool.release(slots[3])
    assert pool.has(3), "it is used once more"
    for slot in slots:
        pool.release(slot)
    assert not pool.has(3)
    assert not any(pool.has_page(s.page) for s in slots)


def test_srgb_is_decoded_before_filtering() -> None:
    pool = TexturePool(shared_device())
    checker = np.zeros((2, 2, 4), np.uint8)
    checker[0, 0] = checker[1, 1] = 255
    page = pool.texture(pool.add(plain_image(checker, srgb=True)).page)
    pool.flush()
    assert abs(int(page.read(level=1, layer=0)[0, 0, 0]) - 188) <= 2  # half the light is 188, not 128


def test_own_mip_maps_lie_apart_and_stay() -> None:
    pool = TexturePool(shared_device())
    bumps = np.random.default_rng(2).integers(96, 160, (8, 8, 4)).astype(np.uint8)
    bumps[..., 2] = 255
    image = make_texture_image(bumps, TextureKind("normal"))
    assert [level.shape for level in image.levels] == [(8, 8, 4), (4, 4, 4), (2, 2, 4), (1, 1, 4)]
    slot, plain = pool.add(image), pool.add(plain_image(flat(9, (8, 8))))
    assert slot.page != plain.page
    pool.flush()
    for number, level in enumerate(image.levels):
        assert (pool.texture(slot.page).read(level=number, layer=slot.layer) == level).all()


COLOR, DATA = TextureKind("color"), TextureKind("data")
KINDS = {
    "base_color": "color", "metallic_roughness": "data", "normal": "normal", "occlusion": "data", "emissive": "color",
    "specular": "data", "specular_color": "color", "specular_glossiness": "color", "clearcoat": "data",
    "clearcoat_roughness": "data", "clearcoat_normal": "normal", "sheen_color": "color", "sheen_roughness": "data",
    "transmission": "data", "thickness": "data", "iridescence": "data", "iridescence_thickness": "data",
    "anisotropy": "data", "diffuse_transmission": "data", "diffuse_transmission_color": "color",
}  # fmt: skip


def test_every_slot_has_its_colour_space() -> None:
    assert set(KINDS) == set(SLOTS), "a slot that the table does not know"
    assert {slot: kind_of(Material(), slot).name for slot in SLOTS} == KINDS
    for slot, name in KINDS.items():
        srgb = make_texture_image(flat(7), kind_of(Material(), slot)).format == "rgba8_srgb"
        assert srgb == (name == "color"), slot


def test_slots_of_toon_have_theirs() -> None:
    """VRMC_materials_mtoon 1.0: shade, matcap and rim are colours; shift, outline width and the mask of motion numbers."""
    expected = {
        "toon_shade": "color", "toon_matcap": "color", "toon_rim": "color",
        "toon_shift": "data", "toon_width": "data", "toon_mask": "data",
    }  # fmt: skip
    own = {slot: kind for slot, kind in TOON.textures.items() if slot not in SLOTS}
    assert own == expected
    assert {slot: kind_of(Material(), slot).name for slot in TOON.textures} == dict(TOON.textures)


def test_base_colours_are_what_the_alpha_mode_says() -> None:
    assert kind_of(Material(alpha_mode="BLEND"), "base_color") == TextureKind("blended")
    assert kind_of(Material(alpha_mode="MASK"), "base_color") == TextureKind("cut_out", 0.5)
    faint = Material(alpha_mode="MASK", alpha_cutoff=0.3, base_color=(1, 1, 1, 0.5))
    assert kind_of(faint, "base_color") == TextureKind("cut_out", 0.6), "the factor counts"
    old = Material(alpha_mode="MASK", specular_glossiness=SpecularGlossiness(diffuse=(1, 1, 1, 0.5)))
    assert kind_of(old, "base_color") == TextureKind("cut_out", 1.0)
    assert kind_of(Material(alpha_mode="MASK", alpha_cutoff=0.0), "base_color") == TextureKind("blended")
    assert kind_of(Material(alpha_mode="BLEND"), "emissive") == COLOR
    assert kind_of(Material(alpha_mode="MASK"), "sheen_roughness") == DATA


def test_any_image_has_four_channels() -> None:
    grey = np.array([[0, 65535]], np.uint16)
    assert make_texture_image(grey, COLOR).levels[0].tolist() == [[[0, 0, 0, 255], [255, 255, 255, 255]]]
    assert make_texture_image(np.full((1, 1, 3), 7, np.uint8), DATA).levels[0].tolist() == [[[7, 7, 7, 255]]]
    assert make_texture_image(np.full((1, 1, 2), 9, np.uint8), DATA).levels[0].tolist() == [[[9, 9, 9, 9]]]


def test_bits_are_kept_where_numbers_need_them() -> None:
    fine = np.array([[[32768, 32769, 65535]]], np.uint16)
    for kind in (DATA, TextureKind("normal")):
        made = make_texture_image(fine, kind)
        assert made.format == "rgba16"
        assert made.levels[0][0, 0, :3].tolist() == [32768, 32769, 65535]
    assert make_texture_image(fine, COLOR).format == "rgba8_srgb"
    assert make_texture_image(np.array([[[257 * 100, 257 * 100 + 128, 257 * 100 + 129]]], np.uint16), COLOR).levels[0][
        0, 0
    ].tolist() == [100, 100, 101, 255], "rounded, not cut off"
    light = make_texture_image(np.full((2, 2, 3), 1e6, np.float32), COLOR)
    assert light.format == "rgba16f"
    assert light.levels[0][0, 0].tolist() == [65504, 65504, 65504, 1]
    wild = make_texture_image(np.array([[[np.nan, np.inf, -np.inf]]], np.float32), DATA)
    assert wild.levels[0][0, 0].tolist() == [0, 65504, -65504, 1]


def test_deep_and_bright_pictures_reach_the_device() -> None:
    device = shared_device()
    pool = TexturePool(device)
    deep = Image(data=encode_png(np.array([[[1000, 33000, 65000]]], np.uint16)))
    bright = Image(data=encode_exr(np.array([[[0.25, 3.0, 1000.0]]], np.float32)))
    normal = pool.add(load_texture([deep], [TextureKind("normal")])[0])
    glow = pool.add(load_texture([bright], [COLOR])[0])
    pool.flush()
    assert pool.texture(normal.page).read(layer=0)[0, 0, :3].tolist() == [1000, 33000, 65000]
    assert pool.texture(glow.page).read(layer=0)[0, 0].tolist() == [0.25, 3.0, 1000.0, 1.0]


def test_large_colours_shrink_in_linear_light(caplog: pytest.LogCaptureFixture) -> None:
    stripes = np.zeros((4, LARGEST_SIDE + 2, 4), np.uint8)
    stripes[:, ::2, :3] = 255
    stripes[..., 3] = 255
    with caplog.at_level(logging.WARNING):
        made = make_texture_image(stripes, COLOR, name="wide.png")
    assert "wide.png" in caplog.text
    assert made.size == (LARGEST_SIDE // 2 + 1, 2)
    assert abs(int(made.levels[0][0, 0, 0]) - 188) <= 1
    assert make_texture_image(stripes, DATA).levels[0][0, 0, 0] in (127, 128)


def test_coordinates_beyond_the_second_set_are_said(caplog: pytest.LogCaptureFixture) -> None:
    table = MaterialTable(shared_device())
    model = ModelData(images=[png((1, 2, 3, 255))], textures=[Texture(image=0)])
    material = Material(name="wall", base_color_texture=TextureRef(0, texcoord=3))
    table.add(material, TextureLoader(table.pool)(LibraryMaterial(material, model)))
    assert "'wall' lays its base_color along TEXCOORD_3; it is drawn along TEXCOORD_1" in caplog.text


def test_a_broken_image_is_grey_or_its_fallback(caplog: pytest.LogCaptureFixture) -> None:
    torn, whole = Image(name="torn", data=b"\x89PNG\r\n\x1a\nnothing"), png((1, 2, 3, 255), (2, 2))
    assert decode_texture([torn])[0] is None
    assert "torn" in caplog.text
    grey, up = load_texture([torn], [COLOR, TextureKind("normal")])
    assert grey.levels[0].tolist() == [[[128, 128, 128, 255]]]
    assert up.levels[0].tolist() == [[[128, 128, 255, 0]]], "a missing normal map is flat"
    caplog.clear()
    assert load_texture([torn, whole], [DATA])[0].size == (2, 2)
    assert not caplog.text


def test_loader_shares_images_and_reads_samplers() -> None:
    table = MaterialTable(shared_device())
    loader = TextureLoader(table.pool)
    image = png((10, 20, 30, 255))
    model = ModelData(
        images=[image],
        samplers=[Sampler(min_filter=Filter.NEAREST, mag_filter=Filter.NEAREST, wrap_s=Wrap.CLAMP_TO_EDGE)],
        textures=[Texture(image=0, sampler=0), Texture(image=0)],
    )
    model.materials = [Material(base_color_texture=TextureRef(0), emissive_texture=TextureRef(1), normal_texture=TextureRef(1))]
    entry = LibraryMaterial(model.materials[0], model)
    bound = loader(entry)
    assert bound["base_color"].slot == bound["emissive"].slot, "one image, one layer"
    assert bound["base_color"].sampler is not bound["emissive"].sampler
    assert bound["normal"].slot.page != bound["base_color"].slot.page, "data and colours apart"
    again = loader(entry)
    assert again["base_color"].slot == bound["base_color"].slot
    loader.forget()
    for textures in (bound, again):
        table.remove(table.add(entry.material, textures))
    assert not table.pool.has_page(bound["normal"].slot.page)
