"""Zones, distances, crossings and trends beside slow and plain ways to say the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.twin.measures.crossings import NOWHERE, Crossings
from taixu.twin.measures.lineage import Lineage
from taixu.twin.rules.fences import FenceShape, points_inside
from taixu.twin.rules.histories import Portion, Since, Trend
from taixu.twin.rules.nearness import nearest_m
from taixu.twin.rules.zone_map import ZoneMap

SECOND = 1_000_000_000
seeds = st.integers(0, 2**32 - 1)


def some_shapes(rng: np.random.Generator, count: int) -> list[FenceShape]:
    """Polygons of all sorts: some that cross themselves, some thin, some far away, some low."""
    shapes = []
    for _ in range(count):
        thin = (1.0, rng.choice([1.0, 0.01]))
        corners = rng.uniform(-1, 1, (int(rng.choice([3, 5, 8, 40])), 2)) * rng.choice([0.5, 20.0, 100.0]) * thin
        bottom = float(rng.uniform(-5, 3))
        shapes.append(FenceShape(corners + rng.uniform(-80, 80, 2), bottom, bottom + float(rng.uniform(0, 8))))
    return shapes


@settings(max_examples=25, deadline=None)
@given(seeds, st.integers(0, 12))
def test_a_map_of_zones_says_what_each_fence_says(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    shapes = some_shapes(rng, count)
    places = np.stack([rng.uniform(-150, 150, 2000), rng.uniform(-6, 12, 2000), rng.uniform(-150, 150, 2000)])
    if count:  # places at corners are the hard ones; on them rounding decides
        corners = np.concatenate([shape.corners for shape in shapes])
        corners += rng.normal(0, 1e-7, corners.shape)
        places[0, : len(corners)], places[2, : len(corners)] = corners.T
    places[:, rng.random(2000) < 0.02] = np.nan
    places[0, rng.random(2000) < 0.01] = np.inf
    members = ZoneMap(shapes).members(places)
    for zone, shape in enumerate(shapes):
        in_height = (places[1] >= shape.bottom_m) & (places[1] <= shape.top_m)
        wanted = points_inside(places[[0, 2]].T, shape.corners) & in_height & np.isfinite(places).all(axis=0)
        assert members.of(zone).tolist() == np.flatnonzero(wanted).tolist()


@settings(max_examples=40, deadline=None)
@given(seeds, st.integers(0, 60), st.integers(0, 60), st.sampled_from([0.5, 8.0, 200.0]))
def test_the_nearest_is_the_nearest(seed: int, count: int, others: int, within: float) -> None:
    rng = np.random.default_rng(seed)
    points, there = rng.uniform(-30, 30, (3, count)), rng.uniform(-30, 30, (3, others))
    points[:, rng.random(count) < 0.05] = np.nan
    selves = np.full(count, -1)
    for i in range(min(count, others) // 2):
        there[:, i], selves[i] = points[:, i], i
    found = nearest_m(points, there, within_m=within, selves=selves)
    for i in range(count):
        apart = [math.dist(points[:, i], there[:, k]) for k in range(others) if k != selves[i]]
        least = min((each for each in apart if each <= within), default=math.inf)
        assert found[i] == pytest.approx(least)


class SlowCrossings:
    """One entity at a time."""

    def __init__(self, settle_ns: int) -> None:
        self.settle_ns = settle_ns
        self.at: dict[int, tuple[int, int, int]] = {}  # where it counts as being, where it was seen last, since when

    def look(self, ids: Sequence[int], places: Sequence[int], now_ns: int) -> list[tuple[int, int, int, int]]:
        found = []
        for who, place in zip(ids, places):
            counts, seen, since = self.at.get(who, (NOWHERE, NOWHERE, 0))
            if place != seen:
                seen, since = place, now_ns
            if seen != counts and now_ns - since >= self.settle_ns:
                found.append((who, counts, seen, since))
                counts = seen
            self.at[who] = (counts, seen, since)
        return found


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from([0, 3]))
def test_crossings_are_what_one_would_note_by_hand(seed: int, settle: int) -> None:
    rng = np.random.default_rng(seed)
    quick, slow = Crossings(settle_secs=settle), SlowCrossings(settle * SECOND)
    ids = np.arange(1, 31, dtype=np.uint64) * np.uint64(7919)
    for step in range(40):
        some = np.flatnonzero(rng.random(30) < 0.8)
        places = rng.choice([NOWHERE, 0, 1], 30, p=[0.2, 0.6, 0.2]).astype(np.int32)
        crossed = quick.look(some, ids[some], places[some], now_ns=step * SECOND)
        wanted = slow.look(ids[some].tolist(), places[some].tolist(), step * SECOND)
        found: list[Any] = []
        if crossed is not None:
            columns = (crossed.ids, crossed.left, crossed.entered, crossed.times_ns)
            found = list(zip(*(column.tolist() for column in columns)))
        assert found == wanted
        if rng.random() < 0.1:
            gone = np.flatnonzero(rng.random(30) < 0.3)
            left = quick.forget(gone, now_ns=step * SECOND)
            there = [each for each in ids[gone].tolist() if slow.at.pop(each, (NOWHERE,))[0] != NOWHERE]
            assert (left.ids.tolist() if left is not None else []) == there


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_a_trend_is_the_median_of_all_slopes(seed: int) -> None:
    rng = np.random.default_rng(seed)
    trend, values = Trend(), rng.normal(size=(60, 5)).cumsum(axis=0).astype(np.float32)
    values[rng.random((60, 5)) < 0.1] = np.nan
    taken: list[int] = []
    for step in range(60):
        if not taken or step - taken[-1] >= 22 / 11:
            taken.append(step)
        slopes = trend.slope(np.arange(5), values[step].astype(float), step * SECOND, 22.0)
        recent = taken[-12:]
        for i in range(5):
            known = [(at, float(values[at, i])) for at in recent if not np.isnan(values[at, i])]
            pairs = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in combinations(known, 2)]
            spans = bool(known) and recent[-1] - known[0][0] >= 11
            wanted = float(np.median(pairs)) if pairs and spans else math.nan
            assert slopes[i] == pytest.approx(wanted, nan_ok=True, rel=1e-4, abs=1e-6)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_for_how_long_and_for_how_much_of_the_time(seed: int) -> None:
    rng = np.random.default_rng(seed)
    since, portion = Since(), Portion()
    began: dict[int, int] = {}
    held = np.zeros((200, 4))
    for step in range(200):
        holds = rng.random(4) < 0.7 if step % 10 < 8 else np.zeros(4, bool)
        secs = since.secs(np.arange(4), holds, step * SECOND)
        share = portion.share(np.arange(4), holds, step * SECOND, 60.0)
        held[step] = holds
        for i in range(4):
            began[i] = began.get(i, step) if holds[i] else -1
            if not holds[i]:
                del began[i]
            assert secs[i] == (step - began[i] if i in began else 0)
        if step >= 60:  # the oldest bucket is emptied whole: between eleven and twelve twelfths of the time count
            low, high = held[step - 59 : step + 1].mean(axis=0), held[step - 54 : step + 1].mean(axis=0)
            assert (np.minimum(low, high) - 0.1 <= share).all() and (share <= np.maximum(low, high) + 0.1).all()


def test_a_lineage_is_bounded_and_forgets_the_oldest() -> None:
    lineage, crossings = Lineage(["A", "B"], kept=10), Crossings()
    for step in range(50):
        places = np.array([step % 2], np.int32)
        crossed = crossings.look(np.array([3]), np.array([77], np.uint64), places, now_ns=step * SECOND)
        assert crossed is not None
        lineage.cross(crossed, ["P"])
    way = lineage.way(77)
    assert [each.entered_ns // SECOND for each in way] == list(range(40, 50))
    assert [each.left_ns // SECOND for each in way] == [*range(41, 50), 0] and way[-1].zone == "B"
    other = crossings.look(np.arange(4, 16), np.arange(100, 112, dtype=np.uint64), np.zeros(12, np.int32), now_ns=60 * SECOND)
    assert other is not None
    lineage.cross(other, [f"Q{i}" for i in range(12)])
    assert lineage.way(77) == [] and len(lineage.who_passed("A", from_ns=0, to_ns=99 * SECOND)) == 10
    gone = crossings.forget(np.array([3, 15]), now_ns=70 * SECOND)
    assert gone is not None
    lineage.cross(gone, ())
    assert [each.left_ns for each in lineage.way(111)] == [70 * SECOND], "and what is forgotten is not written to"
    copied = lineage.copy()
    copied.join("P", "Q1", time_ns=1)
    assert lineage.joined("P") == [] and copied.ancestors("Q1") == ["P"]
