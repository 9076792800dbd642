"""Shallow water against what is known of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.errors import TaixuError
from taixu.simulation import Simulator
from taixu.simulation.water import Water

SECOND = 10**9
G = 9.80665


def _hills(seed: int, rows: int = 40, columns: int = 30) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Ground with houses on it."""
    rng = np.random.default_rng(seed)
    bed = np.cumsum(rng.normal(0, 0.1, (rows, columns)), axis=1)
    bed[10:14, 5:9] += 8.0
    return bed


def test_a_dam_break_is_ritters() -> None:
    """Over a dry bed: h = (2 c0 - x/t)^2 / 9g between -c0 t and 2 c0 t (Ritter 1892)."""
    depth = np.zeros((2, 400))
    depth[:, :200] = 2.0
    water = Water(np.zeros((2, 400)), cell=1.0, depth=depth, manning=0.0, period_secs=10.0)
    found = water.step(0, 10 * SECOND, {})["depth"][0]
    x, c0 = np.arange(400) + 0.5 - 200, np.sqrt(G * 2.0)
    exact = np.where(x < -c0 * 10, 2.0, np.where(x > 20 * c0, 0.0, (2 * c0 - x / 10) ** 2 / (9 * G)))
    assert np.abs(found - exact).sum() / exact.sum() < 0.01
    assert found[200] == pytest.approx(4 / 9 * 2.0, rel=0.03)  # at the dam it stays so
    water.close()


@pytest.mark.parametrize("turned", [False, True])
def test_a_lake_at_rest_stays_at_rest_over_any_ground(turned: bool) -> None:
    bed = _hills(3).T if turned else _hills(3)
    level = np.maximum(0.0, 1.0 - bed)
    water = Water(bed, cell=2.0, depth=level)
    said = water.step(0, 5 * SECOND, {})
    assert said["speed"].max() < 1e-9
    assert np.abs(said["depth"] - level).max() < 1e-6
    water.close()


@settings(max_examples=8)
@given(st.integers(0, 1000), st.floats(0, 3e-4), st.floats(0, 1e-4), st.sets(st.sampled_from(["west", "east", "north", "south"])))
def test_no_water_is_lost_or_made(seed: int, rain: float, drain: float, sides: set[str]) -> None:
    rng = np.random.default_rng(seed)
    bed = _hills(seed)
    water = Water(bed, cell=1.5, depth=rng.random(bed.shape) * (rng.random(bed.shape) < 0.3), open_sides=tuple(sides))
    for second in range(6):
        said = water.step(second * SECOND, SECOND, {"rain": np.array(rain), "drain": np.full(bed.shape, drain)})
        assert (said["depth"] >= 0).all()
    volumes = water.volumes
    assert volumes.error < 1e-12
    assert volumes.rained == pytest.approx(rain * 6 * bed.size * 1.5**2)
    assert volumes.left >= 0.0 and volumes.drained >= 0.0
    assert sides or volumes.left == 0.0
    water.close()


def test_open_sides_let_it_out_and_walls_do_not() -> None:
    slope = np.broadcast_to(np.linspace(0, 3, 30), (5, 30))
    left = {}
    for sides in ((), ("west",), ("east",)):
        water = Water(slope, cell=1.0, depth=0.2, open_sides=sides, period_secs=20.0)
        water.step(0, 20 * SECOND, {})
        left[sides] = water.volumes.left
        water.close()
    assert left[()] == 0.0
    assert left[("west",)] > 5.0 > left[("east",)] >= 0.0


def test_both_axes_are_alike() -> None:
    bed = _hills(5, 24, 24)
    depth = np.maximum(0.0, 0.5 - bed)
    depth[3:8, 2:6] += 1.0
    straight, turned = Water(bed, cell=1.0, depth=depth), Water(bed.T, cell=1.0, depth=depth.T)
    one, other = straight.step(0, 3 * SECOND, {}), turned.step(0, 3 * SECOND, {})
    assert np.allclose(one["depth"], other["depth"].T, atol=1e-9)
    straight.close()
    turned.close()


def test_a_run_repeats_whatever_threads_and_from_a_checkpoint() -> None:
    bed = _hills(7, 200, 30)  # four bands
    waters = [Water(bed, cell=1.0, depth=np.maximum(0.0, 0.3 - bed), threads=threads) for threads in (1, 3)]
    rain = {"rain": np.array(1e-4)}
    for second in range(2):
        for water in waters:
            water.step(second * SECOND, SECOND, rain)
    assert waters[0].state_hash() == waters[1].state_hash()
    again = Water(bed, cell=1.0)
    assert isinstance(again, Simulator)
    again.restore(waters[0].checkpoint())
    for water in (waters[0], again):
        water.step(2 * SECOND, SECOND, {})  # the weather goes on
    assert again.state_hash() == waters[0].state_hash() != waters[1].state_hash()
    assert again.volumes == waters[0].volumes
    for water in (*waters, again):
        water.close()


def test_what_is_poured_is_counted() -> None:
    water = Water(np.zeros((4, 4)), cell=2.0)
    water.step(0, SECOND, {"pour": np.full((4, 4), 0.5)})
    assert water.volumes.stored == pytest.approx(4 * 4 * 4 * 0.5) == water.volumes.rained
    water.close()


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        ({"bed": np.zeros(4)}, "rows and columns"),
        ({"bed": np.zeros((0, 4))}, "rows and columns"),
        ({"bed": [[0.0, np.nan]]}, "bed holds a number that is not finite"),
        ({"cell": 0.0}, "size above zero"),
        ({"cell": float("inf")}, "size above zero"),
        ({"depth": -1.0}, "below zero"),
        ({"depth": np.zeros((7, 7))}, "one number, or one for each"),
        ({"manning": np.inf}, "not finite"),
        ({"open_sides": ("up",)}, "not up"),
    ],
)
def test_bad_ground_is_one_sentence(made: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TaixuError, match=sentence):
        Water(**({"bed": np.zeros((2, 2)), "cell": 1.0} | made))


def test_bad_weather_and_states_are_one_sentence() -> None:
    water = Water(np.zeros((2, 2)), cell=1.0)
    with pytest.raises(TaixuError, match="rain holds a number"):
        water.step(0, SECOND, {"rain": np.array(np.nan)})
    other = Water(np.zeros((3, 2)), cell=1.0)
    with pytest.raises(TaixuError, match="no state of water over 2 x 2"):
        water.restore(other.checkpoint())
    water.close()
    other.close()
