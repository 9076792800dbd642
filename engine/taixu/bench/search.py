"""Search: one question in words over a world and its recording, beside the same question as SQL over tables made for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np

from taixu.app import Components
from taixu.bench.measure import Options, result
from taixu.ecs import F32, World, component, field
from taixu.errors import TaixuError
from taixu.scene import Name, Transform
from taixu.twin.device import Device
from taixu.twin.memory import Recorder, Recording

__all__ = ["measure_search"]

_TICKS, _SECOND = 10, 1_000_000_000
_MORNING_NS = int(datetime(2026, 5, 2, 9, 0, tzinfo=UTC).timestamp()) * _SECOND
_WORDS = "every pump over 80 degrees within 50 m of line 3 last night"
_SIDE_M = 1000.0
_SQL = """select t.id, max(t.value) from told t join things s on s.id = t.id
          where s.kind = 'pump' and s.x * s.x + s.z * s.z <= 2500 and t.value > 80 and t.so_ns between ? and ? group by t.id"""


@component("gauge_heat")
class GaugeHeat:
    """What is searched for."""

    temperature: F32 = field(default=20.0, unit="degC")


def measure_search(options: Options) -> Iterator[dict[str, Any]]:
    """A tenth of `n` entities, and `n` values of a night: CPU time of the question from words to answer, and of the first one."""
    count = max(options.n // _TICKS, 100)
    rng = np.random.default_rng(0)
    world, ids, places = _world(count, rng)
    with TemporaryDirectory(prefix="taixu-bench-") as folder:
        recorder = Recorder(Path(folder) / "recording")
        table = max(world.query(GaugeHeat), key=lambda each: each.count)
        values = rng.uniform(20, 82, (_TICKS, count)).astype(np.float32)
        night_ns = _MORNING_NS - 12 * 3600 * _SECOND
        for tick in range(_TICKS):
            table.set(GaugeHeat, "temperature", values[tick])
            recorder.writer.wait()
            recorder.record(world, now_ns=night_ns + tick * 60 * _SECOND)
            world.advance()
        recorder.close()
        recording = Recording(Path(folder) / "recording")
        times, first_ms, found = _searched(world, recording, options.frames)
        recording.close()
    times_ns = night_ns + np.repeat(np.arange(_TICKS) * 60 * _SECOND, count)
    bare_ms, bare = _bare(ids, places, values, times_ns, options.frames)
    if found != bare:
        raise TaixuError(f"the search found {len(found)} things, and SQL {len(bare)}")
    yield result(
        "twin/search", times, n=count, rows=count * _TICKS, found=len(found), first_ms=round(first_ms, 1), limit_ms=1000.0,
        peer="duckdb", bare_ms=round(bare_ms, 1),
    )  # fmt: skip


def _world(count: int, rng: np.random.Generator) -> tuple[World, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    world, components = World(), Components()
    for cls in (Transform, Name, Device, GaugeHeat):
        components.register(cls)
    world.insert_resource(components)
    places = np.zeros((3, count), np.float32)
    places[[0, 2]] = rng.uniform(-_SIDE_M / 2, _SIDE_M / 2, (2, count))
    names = np.array([f"Pump {number}" for number in range(count)], object)
    handles = world.spawn_batch(
        count, {Transform: {"translation": places}, Name: {"text": names}, Device: {"kind": "pump"}, GaugeHeat: {}}
    )
    world.spawn(Transform(), Name("Line 3"))
    return world, world.stable_ids(handles), places


def _searched(world: World, recording: Recording, frames: int) -> tuple[np.ndarray[Any, Any], float, set[str]]:
    from taixu.twin.search.log import LogIndex
    from taixu.twin.search.looking import vocabulary_of
    from taixu.twin.search.reading import read_words
    from taixu.twin.search.searching import search_world
    from taixu.twin.search.things import Things

    things, log = Things(), LogIndex(recording)
    taken: list[float] = []
    found: set[str] = set()
    for _ in range(frames + 1):
        start = process_time()
        query = read_words(f"{_WORDS} first 500", vocabulary_of(world, things), now_ns=_MORNING_NS, zone=UTC)
        found = {each.id for each in search_world(world, query, things=things, log=log)}
        taken.append((process_time() - start) * 1e3)
    things.close()
    log.close()
    return np.array(taken[1:]), taken[0], found


def _bare(
    ids: np.ndarray[Any, Any], places: np.ndarray[Any, Any], values: np.ndarray[Any, Any], times_ns: np.ndarray[Any, Any],
    frames: int,
) -> tuple[float, set[str]]:
    from taixu.twin.search.base import Base

    base = Base()
    base.run("create table things (id ubigint, x double, z double, kind varchar)")
    base.run("create table told (id ubigint, so_ns bigint, value double)")
    base.insert("things", id=ids, x=places[0], z=places[2], kind=["pump"] * len(ids))
    base.insert("told", id=np.tile(ids, len(values)), so_ns=times_ns, value=values.astype(np.float64).ravel())
    taken = []
    found: set[str] = set()
    for _ in range(frames):
        start = process_time()
        rows = base.columns(_SQL, [_MORNING_NS - 15 * 3600 * _SECOND, _MORNING_NS - 3 * 3600 * _SECOND])[0]
        found = {f"{each:016x}" for each in rows.tolist()}
        taken.append((process_time() - start) * 1e3)
    base.close()
    return float(np.median(taken)), found
