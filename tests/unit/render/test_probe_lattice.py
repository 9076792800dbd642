"""Where probes stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.render.indirect.lattice import Lattice, fit_lattice

METRES = st.floats(-5000.0, 5000.0)
SIZES = st.floats(0.0, 300.0)


@given(st.tuples(METRES, METRES, METRES), st.tuples(SIZES, SIZES, SIZES), st.integers(8, 2000), st.floats(0.0, 50.0))
def test_no_more_probes_than_allowed(low: tuple[float, ...], size: tuple[float, ...], most: int, spacing: float) -> None:
    start = np.array(low)
    found = fit_lattice(start, start + size, spacing_m=spacing if spacing > 0.1 else 0.0, most=most)
    assert found.count <= max(most, 8)
    assert min(found.counts) >= 2


def test_a_box_that_fits_is_held_with_the_finest_spacing() -> None:
    low, high = np.array([-4.0, 0.0, -3.0]), np.array([4.0, 3.0, 3.0])
    coarse, fine = (fit_lattice(low, high, spacing_m=0.0, most=most) for most in (100, 1000))
    assert coarse.holds(low, high)
    assert fine.holds(low, high)
    assert fine.spacing_m < coarse.spacing_m
    assert fit_lattice(low, high, spacing_m=2.0, most=1000).spacing_m == 2.0


def test_where_all_is_too_much_probes_follow_the_eye() -> None:
    low, high = np.array([-500.0, 0.0, -500.0]), np.array([500.0, 20.0, 500.0])
    for x in (-499.0, 0.0, 123.0):
        eye = np.array([x, 2.0, 10.0])
        found = fit_lattice(low, high, spacing_m=0.0, most=1000, eye=eye)
        assert found.holds(eye, eye)
        assert not found.holds(low, high)


@pytest.mark.parametrize("step", [(1, 0, 0), (0, -2, 0), (-3, 1, 2)])
def test_a_box_that_moves_keeps_the_slots_of_what_stays(step: tuple[int, int, int]) -> None:
    counts = (5, 4, 6)
    before = Lattice(1.0, (-2, 3, 7), counts)
    first = tuple(a + b for a, b in zip(before.first, step, strict=True))
    after = Lattice(1.0, (first[0], first[1], first[2]), counts)
    old, new = before.points(), after.points()
    assert len(np.unique(new, axis=0)) == after.count
    assert (new >= after.first).all()
    assert (new < np.add(after.first, counts)).all()
    stays = np.prod([c - abs(s) for c, s in zip(counts, step, strict=True)])
    assert (old == new).all(1).sum() == stays
