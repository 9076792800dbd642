from __future__ import annotations

import io

import numpy as np
import pytest
from gpu_device import shared_device
from PIL import Image as Pillow

from taixu.assets.model import Filter, Image, Material, ModelData, Sampler, Specular, Texture, TextureRef, Wrap
from taixu.render.material_loading import TextureLoader, decode_texture
from taixu.render.materials import FIRST_UNIT, SLOT_MASK, SLOTS, BoundTexture, MaterialTable, material_row
from taixu.render.texture_pool import TextureClass, TexturePool, as_rgba8
from taixu.scene import LibraryMaterial


def png(color: tuple[int, int, int, int], size: tuple[int, int] = (4, 4)) -> Image:
    stream = io.BytesIO()
    Pillow.new("RGBA", size, color).save(stream, "PNG")
    return Image(mime="image/png", data=stream.getvalue())


def pixels(value: int, size: tuple[int, int] = (4, 4)) -> np.ndarray:
    return np.full((size[1], size[0], 4), value, np.uint8)


def test_equal_sizes_share_a_page() -> None:
    pool = TexturePool(shared_device())
    pool.reserve([TextureClass("rgba8", 4, 4)] * 3)
    slots = [pool.add(pixels(i * 40), srgb=False) for i in range(3)]
    assert len({s.page for s in slots}) == 1
    assert len({s.layer for s in slots}) == 3
    other = pool.add(pixels(1), srgb=True)
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
    slots = [pool.add(pixels(i), srgb=False, key=i) for i in range(20)]
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
    page = pool.texture(pool.add(checker, srgb=True).page)
    pool.flush()
    assert abs(int(page.read(level=1, layer=0)[0, 0, 0]) - 188) <= 2  # half the light is 188, not 128


def test_any_image_becomes_rgba8() -> None:
    grey = np.array([[0, 65535]], np.uint16)
    assert as_rgba8(grey).tolist() == [[[0, 0, 0, 255], [255, 255, 255, 255]]]
    assert as_rgba8(np.full((1, 1, 3), 7, np.uint8)).tolist() == [[[7, 7, 7, 255]]]
    assert as_rgba8(np.full((1, 1, 2), 9, np.uint8)).tolist() == [[[9, 9, 9, 9]]]


def test_a_broken_image_is_grey(caplog: pytest.LogCaptureFixture) -> None:
    assert decode_texture(Image(name="torn", data=b"\x89PNG\r\n\x1a\nnothing")).shape == (1, 1, 4)
    assert "torn" in caplog.text


def test_rows_hold_transforms_and_factors() -> None:
    ref = TextureRef(0, texcoord=1, offset=(0.25, 0.5), rotation_rad=np.pi / 2, scale=(2.0, 3.0), strength=0.4)
    row = material_row(
        Material(
            base_color=(0.1, 0.2, 0.3, 0.4),
            emissive=(1, 0, 0),
            emissive_strength=5.0,
            ior=1.33,
            normal_texture=ref,
            specular=Specular(factor=0.5, color=(1, 0, 1)),
            unlit=False,
        ),
        {"normal": 7},
    )
    assert row["base_color"] == pytest.approx([0.1, 0.2, 0.3, 0.4])
    assert row["emissive"] == pytest.approx([5, 0, 0])
    assert (row["specular"], row["ior"], row["normal_scale"]) == pytest.approx((0.5, 1.33, 0.4))
    i = SLOTS.index("normal")
    u, v = row["slots"][2 * i], row["slots"][2 * i + 1]
    assert u[3] == 7
    assert v[3] == 1
    # KHR_texture_transform: offset + R (scale uv), R = [[cos, sin], [-sin, cos]].
    uv = np.array([0.3, 0.7, 1.0])
    assert (u[:3] @ uv, v[:3] @ uv) == pytest.approx((0.25 + 3 * 0.7, 0.5 - 2 * 0.3), abs=1e-6)
    assert row["slots"][0][3] == -1, "no base colour texture"


def test_groups_are_laid_over_each_other() -> None:
    device = shared_device()
    table = MaterialTable(device)
    smooth = device.sampler()
    a, b = table.pool.add(pixels(1), srgb=True), table.pool.add(pixels(2, (8, 8)), srgb=False)
    one = table.add(Material(), {"base_color": BoundTexture(a, smooth)})
    two = table.add(Material(), {"normal": BoundTexture(b, smooth)})
    three = table.add(Material(), {"base_color": BoundTexture(table.pool.add(pixels(3), srgb=True), smooth)})
    groups = [table.draw_keys[table.keys[m]].features >> 8 for m in (one, two)]
    assert groups[0] == groups[1], "slots that do not clash are bound together"
    assert table.keys[three] != table.keys[one], "another page in the same slot"
    group = table.bind_group(table.draw_keys[table.keys[one]])
    assert group is not None
    units = {unit: texture for unit, texture, _ in group.textures}
    assert units[FIRST_UNIT] is table.pool.texture(a.page)
    assert units[FIRST_UNIT + SLOTS.index("normal")] is table.pool.texture(b.page)
    assert table.bind_group(table.draw_keys[table.keys[0]]) is None
    version = table.version
    table.replace(one, Material(alpha_mode="BLEND"))
    assert table.version > version
    assert not table.pool.has_page(a.page)
    assert table.draw_keys[table.keys[one]].features & SLOT_MASK == 0
    table.remove(two)
    assert table.add(Material(), {}) == two, "numbers are used again"


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
