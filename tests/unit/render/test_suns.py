"""Suns are taken out of skies without loss, and only where they matter."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.render import equirect
from taixu.render.suns import MOST_SUNS, SUN_BLOCK, SUN_TABLE, pack_suns, sun_table, take_suns


def sky_with(*suns: tuple[int, int, float], height: int = 128) -> np.ndarray:
    sky = np.full((height, 2 * height, 3), 0.2, np.float32)
    for row, column, radiance in suns:
        sky[row, column] = radiance
    return sky


def light_of(sky: np.ndarray) -> np.ndarray:
    total: np.ndarray = (sky.astype(float) * equirect.solid_angles(sky.shape[1], sky.shape[0])[:, None, None]).sum((0, 1))
    return total


@pytest.mark.parametrize("row", [0, 40, 127])
def test_no_light_is_lost(row: int) -> None:
    sky = sky_with((row, 17, 3e4))
    suns, rest = take_suns(sky)
    assert len(suns) == 1
    assert light_of(rest) + suns[0].light.sum(0) == pytest.approx(light_of(sky), rel=1e-5)
    assert suns[0].direction @ equirect.directions(256, 128)[row, 17] > 1 - 1e-6
    assert rest.max() == pytest.approx(0.2, rel=3e-3), "no hole and no rest"
    assert sky[row, 17, 0] == np.float32(3e4), "what was given stays as it is"


def test_skies_without_suns_are_left_alone() -> None:
    even = sky_with()
    d = equirect.directions(256, 128)
    wide = (even + 3.0 * np.exp(40 * (d[..., 1:2] - 1))).astype(np.float32)
    for sky in (even, wide, np.zeros((16, 32, 3), np.float32), sky_with((50, 3, 0.5))):
        suns, rest = take_suns(sky)
        assert suns == []
        assert rest is sky


def test_no_more_suns_than_shaders_look_up_and_brightest_first() -> None:
    suns, _ = take_suns(sky_with((30, 10, 1e3), (60, 90, 4e3), (90, 150, 3e3), (64, 200, 2e3)))
    assert len(suns) == MOST_SUNS
    assert [round(float(s.light.sum()), 6) for s in suns] == sorted((round(float(s.light.sum()), 6) for s in suns), reverse=True)


def test_a_table_is_the_clamped_cosine() -> None:
    (sun,), _ = take_suns(sky_with((40, 17, 3e4)))
    table = sun_table(sun)
    assert table.shape == (SUN_TABLE[1] + 1, SUN_TABLE[0], 3)
    assert np.array_equal(table[0], table[-1])
    cosine = np.linspace(-1, 1, SUN_TABLE[0]) ** 3
    expected = np.maximum(cosine, 0)[:, None] * sun.light.sum(0) / np.pi
    assert table[5] == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_directions_are_packed_finely() -> None:
    suns, _ = take_suns(sky_with((40, 17, 3e4)))
    packed = pack_suns(suns).astype(np.float16).astype(float)
    assert packed.shape == (MOST_SUNS * SUN_BLOCK[1], SUN_BLOCK[0], 4)
    assert packed[0, 0, :3] + packed[0, 1, :3] / 2048 == pytest.approx(suns[0].direction, abs=1e-6)
    assert packed[0, 0, 3] == 1
    assert packed[SUN_BLOCK[1], 0, 3] == 0, "there is no second one"
