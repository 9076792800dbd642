"""Any footprint: the skeleton covers it, its block is closed, or one sentence says why it cannot be built on."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.errors import TaixuError

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("shapely") is None or importlib.util.find_spec("mapbox_earcut") is None,
    reason="shapely and mapbox-earcut (extra models) are not installed",
)
_STEPS = st.integers(-40, 40).map(lambda value: value / 2)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(_STEPS, _STEPS), min_size=3, max_size=11),
    st.sampled_from(["gable", "hip", "mansard", "gambrel", "curved", "flat"]),
)
def test_any_footprint_has_a_roof_over_all_of_it(points: list[tuple[float, float]], kind: str) -> None:
    from taixu.generate.places.buildings.plans import clean_footprint
    from taixu.generate.places.buildings.roofs import make_roof

    try:
        plan = clean_footprint(points)
    except TaixuError as error:
        assert str(error).startswith("footprint: ")
        return
    assert plan.is_valid and plan.exterior.is_ccw
    roof = make_roof(plan, kind, eave_m=3.0, pitch_rad=0.7)
    assert sum(slab.shape.area for slab in roof.slabs) == pytest.approx(plan.area, rel=2e-3, abs=0.02)
    for slab in roof.slabs:
        heights = slab.height_at(np.asarray(slab.shape.exterior.coords))
        assert np.isfinite(heights).all() and float(heights.min()) > 3.0 - 0.05
    again = make_roof(plan, kind, eave_m=3.0, pitch_rad=0.7)
    assert [slab.shape.wkb for slab in again.slabs] == [slab.shape.wkb for slab in roof.slabs]
