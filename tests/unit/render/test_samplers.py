from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from textured_card import TexturedCard

from taixu.assets.model import Filter, Material, Sampler, TextureRef, Wrap
from taixu.gpu import Capabilities, NullDevice
from taixu.render import stills
from taixu.render.material_loading import device_sampler

RED, GREEN, BLUE, WHITE = (255, 0, 0, 255), (0, 255, 0, 255), (0, 0, 255, 255), (255, 255, 255, 255)
FOUR = np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8)


def seen(sampler: Sampler, *, texels: np.ndarray = FOUR, pixels: int = 48, repeat: float = 1.0, **more: object) -> np.ndarray:
    material = Material(unlit=True, base_color_texture=TextureRef(0, **more))  # type: ignore[arg-type]
    return TexturedCard([texels], material, sampler=sampler, repeat=repeat).draw(pixels)[..., :3]


def test_every_sampler_of_a_file_is_asked_for_as_it_is() -> None:
    device = NullDevice()
    device.capabilities = Capabilities("a card", "", max_anisotropy=16.0)
    device.clear_calls()
    for mag, least, s, t in product((None, *list(Filter)[:2]), (None, *Filter), Wrap, Wrap):
        device_sampler(device, Sampler(mag_filter=mag, min_filter=least, wrap_s=s, wrap_t=t))
    asked = {call[1:] for call in device.calls if call[0] == "sampler"}
    wraps = {"repeat", "mirror", "clamp"}
    assert {call[3] for call in asked} == set(product(wraps, wraps))
    kinds = {(call[0], call[1], call[2], call[4]) for call in asked}
    expected = {
        (least, mag, mip, 8.0 if (least, mag, mip) == ("linear", "linear", "linear") else 1.0)
        for (least, mip), mag in product(product(("nearest", "linear"), ("none", "nearest", "linear")), ("nearest", "linear"))
    }
    assert kinds == expected
    device.capabilities = Capabilities("llvmpipe", "", max_anisotropy=16.0, is_software=True)
    device.clear_calls()
    device_sampler(device, Sampler(wrap_s=Wrap.CLAMP_TO_EDGE, wrap_t=Wrap.MIRRORED_REPEAT, min_filter=Filter.NEAREST))
    device_sampler(device, None)
    assert all(call[5] == 1.0 for call in device.calls if call[0] == "sampler")


def test_nearest_and_linear_magnify_as_the_file_says() -> None:
    hard = seen(Sampler(mag_filter=Filter.NEAREST, min_filter=Filter.NEAREST))
    assert {tuple(color) for color in hard.reshape(-1, 3).round(2).tolist()} == {(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)}
    assert hard[0, 0].tolist() == [1, 0, 0], "the first row is at the top"
    soft = seen(Sampler(wrap_s=Wrap.CLAMP_TO_EDGE, wrap_t=Wrap.CLAMP_TO_EDGE))
    assert len({tuple(color) for color in soft.reshape(-1, 3).round(2).tolist()}) > 200
    assert soft[24, 24] == pytest.approx([0.5, 0.5, 0.5], abs=0.05)


def test_wrapping_is_by_axis() -> None:
    hard = {"mag_filter": Filter.NEAREST, "min_filter": Filter.NEAREST}
    found = seen(Sampler(wrap_s=Wrap.MIRRORED_REPEAT, wrap_t=Wrap.CLAMP_TO_EDGE, **hard), repeat=2.0, pixels=32)
    first = [found[2, x].tolist() for x in (4, 12, 20, 28)]
    assert first == [[1, 0, 0], [0, 1, 0], [0, 1, 0], [1, 0, 0]], "mirrored along s"
    down = [found[y, 4].tolist() for y in (4, 12, 20, 28)]
    assert down == [[1, 0, 0], [0, 0, 1], [0, 0, 1], [0, 0, 1]], "held along t"
    plain = seen(Sampler(**hard), repeat=2.0, pixels=32)
    assert [plain[2, x].tolist() for x in (4, 12, 20, 28)] == [[1, 0, 0], [0, 1, 0]] * 2


def test_no_mip_maps_where_the_file_wants_none() -> None:
    checker = np.full((64, 64, 4), 255, np.uint8)
    checker[np.indices((64, 64)).sum(0) % 2 == 0, :3] = 0
    smooth = seen(Sampler(), texels=checker, pixels=15)
    rough = seen(Sampler(min_filter=Filter.NEAREST, mag_filter=Filter.NEAREST), texels=checker, pixels=15)
    assert smooth == pytest.approx(np.full_like(smooth, 0.5), abs=0.02)
    assert set(np.unique(rough.round(2))) == {0.0, 1.0}


def test_slots_are_laid_in_their_own_ways() -> None:
    """A base colour turned by a quarter and an emission scaled: `KHR_texture_transform` by slot."""
    hard = Sampler(mag_filter=Filter.NEAREST, min_filter=Filter.NEAREST)
    turned = seen(hard, pixels=8, rotation_rad=np.pi / 2, offset=(0.0, 1.0))
    # offset + R uv with R = [[0, 1], [-1, 0]]: u' = v, v' = 1 - u.
    corners = [turned[1, 1].tolist(), turned[1, 6].tolist(), turned[6, 1].tolist(), turned[6, 6].tolist()]
    assert corners == [[0, 0, 1], [1, 0, 0], [1, 1, 1], [0, 1, 0]]
    both = Material(
        base_color=(0, 0, 0, 1), emissive=(1, 1, 1), metallic=0.0, base_color_texture=TextureRef(0, rotation_rad=0.4),
        emissive_texture=TextureRef(0, scale=(2.0, 1.0)),
    )  # fmt: skip
    card = TexturedCard([FOUR], both, sampler=hard)
    row = card.draw(16)[2, :, :3]
    strongest = row.argmax(1).tolist()
    assert strongest == [0] * 4 + [1] * 4 + [0] * 4 + [1] * 4


def test_stills_look_up_finer_levels(monkeypatch: pytest.MonkeyPatch) -> None:
    """Frames that each see a part of the pixel keep fine lines that the level for whole pixels has lost."""
    lines = np.full((256, 256, 4), 255, np.uint8)
    lines[:, ::8, :3] = lines[:, 1::8, :3] = 0
    card = TexturedCard([lines], Material(unlit=True, base_color_texture=TextureRef(0)))
    fine = card.draw(100, samples=8)[5:-5, 5:-5, 0]
    monkeypatch.setattr(stills, "_SHARPEST", 0.0)
    plain = card.draw(100, samples=8)[5:-5, 5:-5, 0]
    assert fine.std() > 1.2 * plain.std()
    assert fine.mean() == pytest.approx(0.75, abs=0.01)
