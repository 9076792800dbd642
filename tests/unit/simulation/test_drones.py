"""Drones against what is known of their flight."""

from __future__ import annotations

import numpy as np
import pytest

from taixu.errors import TaixuError
from taixu.simulation import Conductor, Link, Simulator
from taixu.simulation.drones import Drones
from taixu.simulation.weather import Weather

SECOND = 10**9


def test_they_fly_their_ways_and_stay_over_the_last_place() -> None:
    drones = Drones([[(0, 10, 0), (100, 10, 0), (100, 10, 50)], [(0, 5, 9)]], speed=[10.0, 5.0])
    assert isinstance(drones, Simulator)
    half = drones.step(0, 6 * SECOND, {})
    assert half["velocity"][0, 0] == pytest.approx(10.0, abs=0.2)
    assert half["left"].tolist() == [1, 0]
    assert half["counts"].tolist() == [1, 1]
    said = drones.step(6 * SECOND, 30 * SECOND, {})
    assert np.allclose(said["place"], [[100, 10, 50], [0, 5, 9]], atol=0.3)
    assert np.abs(said["velocity"]).max() < 0.1
    assert said["counts"].tolist() == [0, 2]


def test_it_leans_into_the_wind_by_as_much_as_the_air_pushes() -> None:
    conductor = Conductor(
        [Drones([[(0, 10, 0)]]), Weather([0.0], {"wind_x": [8.0], "wind_z": [0.0]}, period_secs=1.0)],
        [Link("drones.wind_x", ("weather.wind_x",)), Link("drones.wind_z", ("weather.wind_z",))],
    )
    conductor.advance(40 * SECOND)
    place, rotation = conductor.column("drones.place"), conductor.column("drones.rotation")
    assert place is not None
    assert rotation is not None
    assert np.abs(place[0] - [0, 10, 0]).max() < 0.5
    tilt = 2 * np.arctan2(rotation[0, 2], rotation[0, 3])  # about z: positive leans towards -x
    assert tilt == pytest.approx(np.arctan(0.25 * 8.0 / 9.80665), rel=0.02)


def test_a_storm_that_is_too_strong_carries_it_away() -> None:
    drones = Drones([[(0, 10, 0)]], tilt=0.3)
    said = drones.step(0, 20 * SECOND, {"wind": np.array([40.0, 0.0, 0.0])})
    assert said["place"][0, 0] > 50.0


def test_a_checkpoint_goes_on_the_same_and_others_are_refused() -> None:
    ways = [[(0, 0, 0), (30, 10, 0), (0, 5, 30)], [(1, 1, 1), (2, 2, 2)]]
    drones, again = Drones(ways, loops=True), Drones(ways, loops=True)
    drones.step(0, 5 * SECOND, {})
    again.restore(drones.checkpoint())
    for each in (drones, again):
        each.step(5 * SECOND, 20 * SECOND, {"wind_x": np.array(3.0)})
    assert drones.state_hash() == again.state_hash()
    with pytest.raises(TaixuError, match="other drones"):
        Drones([[(0, 0, 0)]]).restore(drones.checkpoint())
    for wrong in ([[]], [[(0, 0)]], [[(0, np.nan, 0)]]):
        with pytest.raises(TaixuError, match="way"):
            Drones(wrong)
    with pytest.raises(TaixuError, match="lift above one weight"):
        Drones(ways, lift=0.5)
