"""Sun and moon by the hour, and light in the atmosphere, against what is known of them."""

from __future__ import annotations

from math import radians

import numpy as np
import pytest

from taixu.ecs import World
from taixu.render import equirect
from taixu.render.air.heavens import SUN_COLOR, air_of, heavens_of, light_scale
from taixu.render.air.medium import GROUND_M, Medium, air_phase, haze_phase
from taixu.render.air.sky_picture import make_sky
from taixu.scene import Air

DAYS = {"midsummer": 172, "midwinter": 355, "spring": 80}


@pytest.fixture(scope="module")
def clear() -> Medium:
    return Medium(1.0)


@pytest.mark.parametrize(("day", "tilt"), [("midsummer", 23.44), ("midwinter", -23.44), ("spring", 0.0)])
@pytest.mark.parametrize("latitude", [-30.0, 10.0, 52.0])
def test_the_noon_sun_stands_as_high_as_latitude_and_season_say(day: str, tilt: float, latitude: float) -> None:
    sun = heavens_of(Air(hour=12, day=DAYS[day], latitude_rad=radians(latitude))).sun
    assert np.degrees(np.arcsin(sun[1])) == pytest.approx(90 - abs(latitude - tilt), abs=0.6)
    assert sun[2] * (latitude - tilt) >= 0, "south of the zenith (+Z) where the place lies north of the sun"
    assert abs(sun[0]) < 1e-6


def test_the_sun_rises_in_the_east_and_days_of_spring_are_twelve_hours_long() -> None:
    rise, before, after = (heavens_of(Air(hour=hour, day=80)).sun for hour in (6.0, 5.9, 6.1))
    assert rise[0] > 0.99
    assert before[1] < 0 < after[1]
    assert heavens_of(Air(hour=18.0, day=80)).sun[0] < -0.99


def test_a_full_moon_stands_where_the_sun_does_not_and_a_new_one_gives_no_light(clear: Medium) -> None:
    full = heavens_of(Air(hour=0.0, day=355, moon_phase=0.5))
    assert full.moon @ full.sun < -0.999
    assert full.moon[1] > 0.9, "a winter's full moon rides high"
    direction, light = full.brightest(clear)
    np.testing.assert_array_equal(direction, full.moon)
    assert light.max() > 0
    assert heavens_of(Air(hour=0.0, moon_phase=0.0)).moon_share == pytest.approx(0)
    noon = heavens_of(Air(hour=12.0))
    np.testing.assert_array_equal(noon.brightest(clear)[0], noon.sun)


def test_phases_send_on_all_that_is_scattered() -> None:
    cosine = np.linspace(-1, 1, 20001)
    for phase in (air_phase, haze_phase):
        assert np.trapezoid(phase(cosine), cosine) * 2 * np.pi == pytest.approx(1, abs=2e-3)


def test_the_zenith_lets_through_what_tables_of_the_air_say(clear: Medium) -> None:
    """Air alone, straight up: 0.97, 0.92 and 0.79 or so (optical depths of Bodhaine et al., 1999)."""
    air = Medium(0.0).transmittance(np.array([GROUND_M + 1.0]), np.array([1.0]))[0]
    assert air[1] == pytest.approx(np.exp(-13.558e-6 * 8000 - 1.881e-6 * 15000), rel=0.01)
    assert air[0] > air[1] > air[2] > 0.7
    low = clear.sunlight(np.array([GROUND_M + 300.0]), np.array([0.05]))[0]
    assert low[0] > 3 * low[2], "low suns are red"


def test_no_more_light_comes_down_than_came_in(clear: Medium) -> None:
    """A sun of irradiance 1 overhead over a black ground: the sky and the sun together stay below 1, and above 0.8."""
    black = Medium(1.0, ground=0.0)
    ups = (np.arange(40) + 0.5) / 40
    sky = black.seen(1.0, 1.0, ups, ups)
    down = (sky * (ups * 2 * np.pi / 40)[:, None]).sum(0) + black.sunlight(np.array([GROUND_M + 1.0]), np.ones(1))[0]
    assert (down < 1).all()
    assert (down > 0.78).all()
    # Light that scatters again is a good part of the blue, and little of the red: Hillaire's figure 6.
    again = clear.again(np.array([GROUND_M + 100.0]), np.array([0.7]))[0]
    assert 0 < again[0] < again[2] < 0.2


def test_skies_are_blue_by_day_red_in_the_evening_and_dark_at_night(clear: Medium) -> None:
    ground = np.array([0.3, 0.3, 0.3])
    noon, evening, night = (make_sky(heavens_of(Air(hour=hour)), clear, ground, height=32) for hour in (12.0, 19.1, 1.0))
    for sky in (noon, evening, night):
        assert np.isfinite(sky).all()
        assert sky.min() > 0
    assert noon[4, :, 2].mean() > 2 * noon[4, :, 0].mean()
    west = int(np.argmin(np.abs(equirect.directions(64, 32)[15, :, 0] + 1)))
    assert evening[15, west, 0] > 2 * evening[15, west, 2]
    assert night[:16].mean() < 0.05 * noon[:16].mean()
    # Noon's light is about that of the units: a white level surface is white.
    h = heavens_of(Air(hour=12.0))
    assert 2.5 < h.irradiance(clear)[0][1] * h.sun[1] < 4.5
    assert light_scale(clear) * SUN_COLOR[1] > 3


def test_a_haze_makes_skies_pale() -> None:
    pale, blue = (make_sky(heavens_of(Air(hour=12.0)), Medium(h), np.full(3, 0.3), height=32)[6].mean(0) for h in (6.0, 0.5))
    assert pale[2] / pale[0] < 0.7 * blue[2] / blue[0]


def test_pictures_are_made_by_half_degrees_and_switched_off_air_is_none() -> None:
    world = World()
    assert air_of(world) is None
    entity = world.spawn(Air(hour=9.0))
    found = air_of(world)
    assert found is not None
    assert found.hour == 9.0
    world.set(entity, Air, enabled=False)
    assert air_of(world) is None
    near, far = (heavens_of(Air(hour=hour)).rounded().sun for hour in (9.0, 9.01))
    assert np.degrees(np.arccos(np.clip(near @ far, -1, 1))) < 1.0
