"""Skies agree with the light that they give, and are the same every time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.assets.image import read_image
from taixu.errors import TaixuError
from taixu.generate.places.skies import TIMES, SkySpec, make_sky, parameters_of_words
from taixu.generate.places.skies.air import directions, solid_angles
from taixu.generate.places.skies.generator import SkyGenerator
from taixu.generate.request import Request


@pytest.mark.parametrize("time", sorted(TIMES))
def test_pictures_are_finite_and_skies_of_days_are_brighter_than_nights(time: str) -> None:
    sky = make_sky(SkySpec(time=time, width_px=64), 3)
    assert sky.image.shape == (32, 64, 3) and np.isfinite(sky.image).all() and (sky.image >= 0).all()
    night = make_sky(SkySpec(time="night", width_px=64), 3)
    assert time == "night" or sum(sky.level) > sum(night.level) * 0.3
    assert 0 < max(sky.color) <= 1.0001 and sky.intensity >= 0


def test_the_sun_in_the_picture_is_where_the_light_comes_from() -> None:
    sky = make_sky(SkySpec(elevation_deg=31.0, azimuth_deg=-47.0, clouds="none", cirrus=0.0, width_px=512), 1)
    brightest = np.unravel_index(int(sky.image.sum(-1).argmax()), sky.image.shape[:2])
    towards = directions(512, 256)[brightest]
    assert float(towards @ np.array(sky.direction)) > np.cos(np.radians(1.5))


def test_irradiance_of_level_ground_is_that_of_picture_and_light() -> None:
    sky = make_sky(SkySpec(time="morning", clouds="none", width_px=128), 1)
    up = directions(128, 64)[:32, :, 1]
    dome = (sky.image[:32] * (up * solid_angles(128, 64)[:32, None])[..., None]).sum((0, 1))
    light = np.array(sky.color) * sky.intensity * sky.direction[1]
    assert np.allclose(dome + light, sky.level, rtol=0.12)


def test_clouds_dim_the_light_and_low_suns_are_red() -> None:
    clear = make_sky(SkySpec(time="afternoon", clouds="none", width_px=64), 1)
    dull = make_sky(SkySpec(time="afternoon", clouds="stratus", cover=0.95, width_px=64), 1)
    low = make_sky(SkySpec(time="sunset", clouds="none", width_px=64), 1)
    assert dull.intensity < 0.3 * clear.intensity
    assert low.color[2] / low.color[0] < 0.6 * clear.color[2] / clear.color[0]
    assert clear.image[2, :, 2].mean() > 1.4 * clear.image[2, :, 0].mean(), "a clear zenith is blue"


def test_a_seed_gives_the_same_bytes() -> None:
    spec = SkySpec(time="evening", cover=0.5, width_px=64)
    assert make_sky(spec, 9).image.tobytes() == make_sky(spec, 9).image.tobytes()
    assert make_sky(spec, 9).image.tobytes() != make_sky(spec, 10).image.tobytes()


@pytest.mark.parametrize("spec", [SkySpec(time="tea"), SkySpec(haze=float("nan")), SkySpec(width_px=33), SkySpec(cover=1.5)])
def test_what_cannot_be_made_is_told(spec: SkySpec) -> None:
    with pytest.raises(TaixuError):
        make_sky(spec, 1)


def test_words() -> None:
    assert parameters_of_words("stormy evening") == {"time": "evening", "clouds": "storm", "cover": 0.86}
    assert parameters_of_words("晴朗的夜晚")["time"] == "night"
    with pytest.raises(TaixuError, match="no word says"):
        parameters_of_words("purple onions")


def test_the_generator_writes_a_picture_and_its_light(tmp_path: Path) -> None:
    made = SkyGenerator().generate(Request("dusk", 1, SkySpec(time="dusk", width_px=64), tmp_path), lambda *_, **__: None)
    assert read_image(made[0].path).shape == (32, 64, 3)
    assert '"environment"' in made[1].path.read_text() and made[0].said["exposure_ev"] > 1
