"""Change logs: exact for those who keep up, never less than the truth for those who fall behind."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from taixu.ecs import F32, ChangeLog, Rows, World, component, field, merge_rows, row_count

COUNT = 3000


@component("grain")
class Grain:
    size: F32 = field(default=0.0)
    heat: F32 = field(default=0.0)


def as_set(rows: Rows) -> set[int]:
    return set(np.arange(COUNT)[rows].tolist())


@st.composite
def row_sets(draw: st.DrawFn) -> Rows:
    if draw(st.booleans()):
        start = draw(st.integers(0, COUNT))
        return slice(start, draw(st.integers(start, COUNT)))
    return np.array(draw(st.lists(st.integers(0, COUNT - 1), max_size=5, unique=True)), np.intp)


@given(st.lists(st.tuples(st.integers(0, 2), row_sets()), max_size=300), st.integers(0, 300))
def test_nothing_is_missed_however_late_one_asks(writes: list[tuple[int, Rows]], since: int) -> None:
    log, tick = ChangeLog(), 1
    happened: list[tuple[int, set[int]]] = []
    for wait, rows in writes:
        tick += wait
        log.mark(rows, tick)
        happened.append((tick, as_set(rows)))
    wanted = set().union(*(rows for when, rows in happened if when > since))
    assert wanted <= as_set(log.since(since, COUNT))


@given(st.lists(st.lists(row_sets(), max_size=8), max_size=100))
def test_exact_for_those_who_keep_up(frames: list[list[Rows]]) -> None:
    log = ChangeLog()
    for tick, frame in enumerate(frames, 1):
        for rows in frame:
            log.mark(rows, tick)
        wanted = set().union(*map(as_set, frame))
        found = log.since(tick - 1, COUNT)
        assert as_set(found) == wanted
        assert row_count(found) == len(wanted)


def test_all_rows_are_one_slice() -> None:
    log = ChangeLog()
    log.mark(np.array([3]), 1)
    log.mark_all(COUNT, 2)
    assert log.since(0, COUNT) == slice(0, COUNT)
    assert row_count(log.since(2, COUNT)) == 0


def test_beyond_the_horizon_whole_blocks_are_named() -> None:
    log = ChangeLog()
    for tick in range(1, 1000):
        log.mark(np.array([tick % 7]), tick)
    found = log.since(0, COUNT)
    assert set(range(7)) <= as_set(found)
    assert row_count(found) <= 256
    assert as_set(log.since(998, COUNT)) == {999 % 7}


def test_rows_that_went_are_not_named() -> None:
    log = ChangeLog()
    log.mark(np.array([5, 900]), 1)
    log.mark(slice(890, 1000), 1)
    assert as_set(log.since(0, 895)) == {5, *range(890, 895)}


@given(st.lists(row_sets(), max_size=6), st.integers(1, COUNT))
def test_merging(parts: list[Rows], count: int) -> None:
    wanted = {row for part in parts for row in as_set(part) if row < count}
    assert as_set(merge_rows(parts, count)) == wanted


def test_millions_of_marks_cost_no_memory_without_end() -> None:
    log = ChangeLog()
    rows = [np.arange(start, start + 1000) for start in range(0, 50_000, 1000)]
    for tick in range(1, 5000):
        log.mark(rows[tick % 50], tick)
    assert len(log._entries) <= 65
    assert log._indices <= (1 << 20) + 1000


@pytest.mark.parametrize("fields", [("size",), ("heat",), ("size", "heat")])
def test_a_table_tells_fields_apart(fields: tuple[str, ...]) -> None:
    world = World()
    world.spawn_batch(10, {Grain: {}})
    (table,) = world.query(Grain)
    tick = world.tick
    world.advance()
    table.set(Grain, "size", 1.0, rows=np.array([2]))
    table.set(Grain, "heat", 1.0, rows=np.array([5]))
    found = as_set(table.changed((Grain,), since=tick, fields=fields))
    assert found == {row for row, name in ((2, "size"), (5, "heat")) if name in fields}
    assert as_set(table.changed((Grain,), since=tick)) == {2, 5}


def test_a_write_that_raises_is_stamped_all_the_same() -> None:
    world = World()
    world.spawn_batch(3, {Grain: {}})
    (table,) = world.query(Grain)
    tick = world.tick
    world.advance()
    with pytest.raises(RuntimeError), table.write(Grain, "size") as sizes:
        sizes[0] = 7
        raise RuntimeError
    assert row_count(table.changed((Grain,), since=tick)) == 3


def test_views_are_read_only() -> None:
    world = World()
    world.spawn(Grain)
    (table,) = world.query(Grain)
    for view in (table.read(Grain, "size"), table.entities):
        with pytest.raises(ValueError, match="read-only"):
            view[0] = 1
