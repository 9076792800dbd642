"""Loose bodies against what is known of things that fall, rest, float and are blown about."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from taixu.errors import TaixuError
from taixu.simulation import Conductor, Link, Simulator
from taixu.simulation.bodies import Bodies
from taixu.simulation.couplings import Raster, WaterAround
from taixu.simulation.water import Water

SECOND = 10**9
HEAVY_AND_LIGHT: dict[str, Any] = {"size": [[1, 1, 1], [2, 1, 3], [1, 1, 1]], "mass": [500, 900, 2500]}
PLACES = [[0, 3, 0], [6, 2, 0], [12, 2, 0]]


def test_they_fall_and_come_to_rest_on_the_ground() -> None:
    bodies = Bodies(PLACES, **HEAVY_AND_LIGHT)
    assert isinstance(bodies, Simulator)
    falling = bodies.step(0, SECOND // 2, {})
    assert falling["velocity"][0, 1] == pytest.approx(-9.81 * 0.5, rel=0.05)
    said = bodies.step(SECOND // 2, 8 * SECOND, {})
    assert np.allclose(said["place"][:, 1], 0.5, atol=0.02)
    assert said["counts"].tolist() == [0, 3, 0]


def test_what_is_lighter_than_water_floats_as_deep_as_archimedes_says() -> None:
    bodies = Bodies(PLACES, **HEAVY_AND_LIGHT)
    said = bodies.step(0, 30 * SECOND, {"surface": np.full(3, 6.0)})
    depth = np.array([500 / 1000, 900 / (2 * 3 * 1000)])  # of what is under water: mass over the water's that fits in a metre
    assert np.allclose(said["place"][:2, 1], 6.0 - depth + 0.5, atol=0.01)
    assert np.allclose(np.abs(said["rotation"][:2, 3]), 1.0, atol=0.01)
    assert said["place"][2, 1] == pytest.approx(0.5, abs=0.02)
    assert said["counts"][2] == 3
    dry = bodies.step(30 * SECOND, 10 * SECOND, {"surface": np.full(3, -1e9)})
    assert np.allclose(dry["place"][:, 1], 0.5, atol=0.02)


def test_wind_moves_what_floats_and_not_what_lies() -> None:
    bodies = Bodies(PLACES, **HEAVY_AND_LIGHT)
    bodies.step(0, 20 * SECOND, {"surface": np.full(3, 6.0)})
    said = bodies.step(20 * SECOND, 10 * SECOND, {"wind_x": np.array([15.0])})
    assert (said["place"][:2, 0] > [0.5, 6.5]).all()
    assert said["place"][2, 0] == pytest.approx(12.0, abs=0.05)


def test_a_rising_flood_lifts_them_off_a_slope() -> None:
    ground = np.tile(np.linspace(0.0, 4.0, 9), (9, 1))
    water = Water(ground, cell=2.0, depth=np.maximum(0.0, 2.0 - ground), name="water")
    bodies = Bodies([[3.0, 3.0, 9.0], [16.0, 5.0, 9.0]], mass=200.0, heights=ground, cell=2.0, corner=(1.0, 1.0))
    around = WaterAround(Raster(0.0, 0.0, 2.0, 9, 9), ground)
    conductor = Conductor([bodies, water], [Link("bodies.surface", ("bodies.place", "water.depth"), around)])
    conductor.advance(12 * SECOND)
    place = conductor.column("bodies.place")
    assert place is not None
    assert place[0, 1] == pytest.approx(2.0 - 0.2 + 0.5, abs=0.1)  # two tenths of a cube of 200 kg are under water
    assert place[1, 1] > 3.5


def test_a_checkpoint_goes_on_the_same_and_others_are_refused() -> None:
    bodies, again = Bodies(PLACES, **HEAVY_AND_LIGHT), Bodies(PLACES, **HEAVY_AND_LIGHT)
    bodies.step(0, 2 * SECOND, {"surface": np.array([1.0, 1.5, -1e9])})
    state = bodies.checkpoint()
    again.restore(state)
    for each in (bodies, again):
        each.step(2 * SECOND, 5 * SECOND, {"wind_x": np.array([9.0]), "push": np.ones((3, 3))})
    assert bodies.state_hash() == again.state_hash()
    before = again.state_hash()
    for damaged in (b"", state[:-40], state.replace(b"PK", b"KP"), Bodies([[0, 1, 0]]).checkpoint()):
        with pytest.raises(TaixuError, match="state|snapshot|Rapier"):
            again.restore(damaged)
    assert again.state_hash() == before


def test_nonsense_is_one_sentence() -> None:
    for at, more, sentence in (
        ([[0, np.nan, 0]], {}, "finite"), ([[0, 0, 0]], {"mass": -1}, "above zero"), ([[0, 0, 0]], {"size": [1, 2]}, "three sides"),
        ([[0, 0, 0]], {"heights": [[0.0]]}, "rows of finite heights"), (np.zeros((20000, 3)), {}, "there may be"),
    ):  # fmt: skip
        with pytest.raises(TaixuError, match=sentence):
            Bodies(at, **more)
    bodies = Bodies([[0, 1, 0]])
    for told in ({"surface": np.zeros(2)}, {"push": np.full((1, 3), np.inf)}):
        with pytest.raises(TaixuError, match="finite numbers"):
            bodies.step(0, SECOND, told)
