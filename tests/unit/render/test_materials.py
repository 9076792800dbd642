from __future__ import annotations

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.assets.model import (
    Clearcoat,
    Material,
    Sheen,
    Specular,
    TextureRef,
    Transmission,
    Volume,
)
from taixu.render.material_rows import MATERIAL_ROW, MOST_MAPPINGS, Mappings, layers_of, material_row
from taixu.render.materials import FIRST_UNIT, BoundTexture, MaterialTable
from taixu.render.signature import Signature
from taixu.render.texture_images import plain_image


def pixels(value: int, size: tuple[int, int] = (4, 4)) -> np.ndarray:
    return np.full((size[1], size[0], 4), value, np.uint8)


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
    assert row["texture_layers"][0, 0] == 7
    u, v = row["mappings"][:2]
    assert u[3] == 1, "the second set"
    # KHR_texture_transform: offset + R (scale uv), R = [[cos, sin], [-sin, cos]].
    uv = np.array([0.3, 0.7, 1.0])
    assert (u[:3] @ uv, v[:3] @ uv) == pytest.approx((0.25 + 3 * 0.7, 0.5 - 2 * 0.3), abs=1e-6)


def test_equal_mappings_are_one() -> None:
    moved = TextureRef(0, offset=(0.5, 0.0))
    found = Mappings.of({"base_color": TextureRef(0), "normal": moved, "occlusion": TextureRef(1, texcoord=1), "emissive": moved})
    assert found.numbers == {"base_color": 0, "normal": 2, "occlusion": 1, "emissive": 2}
    assert found.rows.shape == (2, 4)


def test_more_mappings_than_cross_to_fragments_are_said(caplog: pytest.LogCaptureFixture) -> None:
    refs = {f"slot {i}": TextureRef(0, offset=(0.01 * i, 0.0)) for i in range(1, MOST_MAPPINGS + 3)}
    found = Mappings.of(refs)
    assert len(found.rows) == 2 * MOST_MAPPINGS
    assert found.numbers[f"slot {MOST_MAPPINGS + 1}"] == 0
    assert "more than" in caplog.text


def test_textures_of_one_array_share_a_unit() -> None:
    device = shared_device()
    table = MaterialTable(device)
    smooth, hard = device.sampler(), device.sampler(filter="nearest")
    a, b = table.pool.add(plain_image(pixels(1), srgb=True)), table.pool.add(plain_image(pixels(2, (8, 8)), srgb=False))
    material = Material(base_color_texture=TextureRef(0), normal_texture=TextureRef(1), emissive_texture=TextureRef(0))
    one = table.add(material, {"base_color": BoundTexture(a, smooth), "normal": BoundTexture(b, smooth)})
    key = table.draw_keys[table.keys[one]]
    assert [(use.slot, use.unit) for use in key.signature.textures] == [("base_color", FIRST_UNIT), ("normal", FIRST_UNIT + 1)]
    group = table.bind_group(key)
    assert group is not None
    units = {unit: texture for unit, texture, _ in group.textures}
    assert units == {FIRST_UNIT: table.pool.texture(a.page), FIRST_UNIT + 1: table.pool.texture(b.page)}
    again = table.pool.add(plain_image(pixels(3), srgb=True), key="c")
    c = BoundTexture(again, smooth)
    assert table.pool.take("c") is not None
    two = table.add(material, {"base_color": c, "emissive": c})
    assert {use.unit for use in table.draw_keys[table.keys[two]].signature.textures} == {FIRST_UNIT}
    three = table.add(
        Material(base_color_texture=TextureRef(0)), {"base_color": BoundTexture(table.pool.add(plain_image(pixels(4))), hard)}
    )
    assert table.draw_keys[table.keys[three]].group != key.group, "read in another way"
    assert table.bind_group(table.draw_keys[table.keys[0]]) is None
    version = table.version
    table.replace(one, Material(alpha_mode="BLEND"))
    assert table.version > version
    assert not table.pool.has_page(a.page)
    assert table.draw_keys[table.keys[one]].signature == Signature()
    table.remove(two)
    assert table.add(Material(), {}) == two, "numbers are used again"


def test_more_materials_than_there_was_room_for_keep_their_layout() -> None:
    table = MaterialTable(shared_device())
    numbers = [table.add(Material(ior=1.0 + i / 100, dispersion=i / 100)) for i in range(70)]
    size = MATERIAL_ROW.dtype.itemsize
    rows = np.frombuffer(table.buffer.read(count=(numbers[-1] + 1) * size).tobytes(), MATERIAL_ROW.dtype)
    assert rows["dispersion"][numbers] == pytest.approx([i / 100 for i in range(70)], abs=1e-6)
    assert rows["ior"][numbers] == pytest.approx([1.0 + i / 100 for i in range(70)], abs=1e-6)


def test_layers_that_cannot_be_seen_are_not_compiled() -> None:
    assert (
        layers_of(Material(clearcoat=Clearcoat(), sheen=Sheen(roughness=0.5), volume=Volume(thickness_m=1.0), dispersion=0.1)) == ()
    )
    glass = Material(transmission=Transmission(0.9), volume=Volume(thickness_m=1.0), dispersion=0.1)
    assert layers_of(glass) == ("transmission", "volume", "dispersion")
