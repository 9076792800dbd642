"""Twins: readings into columns beside a bare numpy scatter, what recording costs and weighs, how soon any moment is back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time
from typing import Any

import numpy as np

from taixu.app import Components
from taixu.bench.day import measure_day
from taixu.bench.measure import Options, result, time_calls
from taixu.bench.readings import measure_sockets
from taixu.bench.search import measure_search
from taixu.ecs import World
from taixu.errors import MachineError
from taixu.scene import Transform
from taixu.twin import Batch, Device, Feed, Roster, decode_batch, encode_batch
from taixu.twin.bindings import read_bindings
from taixu.twin.frames import read_frames
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory.series import SeriesReader, in_buckets

__all__ = ["defaults", "measure"]

defaults = Options(n=1_000_000, frames=30)

_START_NS = 1_777_622_400_000_000_000
_BATCH = 1000
_TICKS_PER_SEC = 60
_CENTIMETRE = {"transform.translation": 0.01}


def measure(options: Options) -> Iterator[dict[str, Any]]:
    """Yield readings into columns, through sockets too; for two recordings, lossless and quantised, cost, weight and seeks; charts,
    how soon a day is open, and a search."""
    yield _readings(options)
    yield from measure_sockets(options)
    for name, errors in (("lossless", {}), ("within 1 cm", _CENTIMETRE)):
        yield from _recording(options, name, errors)
    yield from _series(options)
    yield from measure_day(options)
    yield from measure_search(options)


def _readings(options: Options) -> dict[str, Any]:
    """A million readings of places, in records of a thousand, as they come within a second of sixty ticks.

    CPU time of decoding and writing, so that a millisecond is a thousandth of a core at a million updates a second. Beside it the
    same rows put into three arrays by numpy, with nothing known of who, when and whether.
    """
    count = options.n
    world, feed = _fed_world(count)
    rng = np.random.default_rng(0)
    bare = np.zeros((3, count), np.float32)
    taken, scattered = [], []
    seconds = max(2, min(options.frames // 6, 5))
    for second in range(seconds + 1):
        picks = [rng.integers(0, count, _BATCH).astype(np.uint32) for _ in range(1_000_000 // _BATCH)]
        places = rng.uniform(-500, 500, (3, _BATCH)).astype(np.float32)
        base = _START_NS + second * 1_000_000_000
        records = [
            encode_batch(Batch("agv", numbers, np.full(_BATCH, base + i * 1_000_000), dict(zip("xyz", places))))
            for i, numbers in enumerate(picks)
        ]
        start = process_time()
        batches = [decode_batch(record) for record in records]
        for tick in range(_TICKS_PER_SEC):
            here = slice(len(batches) * tick // _TICKS_PER_SEC, len(batches) * (tick + 1) // _TICKS_PER_SEC)
            feed.take(world, batches[here], now_ns=base + 1_000_000_000)
        middle = process_time()
        for numbers in picks:
            bare[:, numbers] = places
        end = process_time()
        if second:
            taken.append((middle - start) * 1e3)
            scattered.append((end - middle) * 1e3)
    return result(
        "twin/readings", np.array(taken), n=count, readings=1_000_000, limit_ms=250.0, peer="numpy",
        bare_ms=round(float(np.median(scattered)), 1), written=feed.counts.written,
    )  # fmt: skip


def _fed_world(count: int) -> tuple[World, Feed]:
    world, components = World(), Components()
    for cls in (Transform, Device):
        components.register(cls)
    keys = np.array([f"agv-{i}" for i in range(count)], object)
    world.spawn_batch(count, {Transform: {}, Device: {"key": keys}})
    world.insert_resource(Roster())
    binding = {"topic": "agv", "from": ["x", "y", "z"], "to": "transform.position"}
    feed = Feed(read_bindings([binding], components, read_frames({})))
    names = Batch("agv", np.zeros(0, np.uint32), np.zeros(0, np.int64), {}, tuple(keys.tolist()))
    feed.take(world, [names], now_ns=_START_NS)
    return world, feed


def _recording(options: Options, name: str, errors: dict[str, float]) -> Iterator[dict[str, Any]]:
    """Vehicles that all drive, a tick a second: what a tick costs the world's thread, bytes an update, and seeks."""
    try:
        import zstandard  # noqa: F401
    except ImportError:
        raise MachineError('recordings need zstandard; pip install "taixu[twin]" brings it') from None
    count, ticks = options.n, options.frames
    rng = np.random.default_rng(0)
    places = rng.uniform(-500, 500, (3, count)).astype(np.float32)
    heading = rng.uniform(0, 2 * np.pi, count).astype(np.float32)
    speed = rng.uniform(0, 15, count).astype(np.float32)
    world = World()
    world.spawn_batch(count, {Transform: {"translation": places}})
    table = next(iter(world.query(Transform)))
    with TemporaryDirectory(prefix="taixu-bench-") as folder:
        recorder = Recorder(Path(folder) / "recording", errors=errors)

        def drive(tick: int) -> None:
            recorder.writer.wait()
            heading[:] += rng.normal(0, 0.05, count).astype(np.float32)
            places[0] += speed * np.cos(heading)
            places[2] += speed * np.sin(heading)
            table.set(Transform, "translation", places)

        def record(tick: int) -> None:
            recorder.record(world, now_ns=_START_NS + tick * 1_000_000_000)

        times = time_calls(record, ticks - 1, warm=1, before=drive)
        recorder.close()
        weight = sum(file.stat().st_size for file in Path(folder).rglob("*.taixulog"))
        limits = {"limit_bytes": 6.0} if errors else {}
        yield result(
            f"twin/recording, {name}", times, n=count, limit_ms=1000.0 / _TICKS_PER_SEC, ticks=ticks,
            bytes_an_update=round(weight / (count * ticks), 2), **limits,
        )  # fmt: skip
        recording = Recording(Path(folder) / "recording")
        order = rng.permutation(ticks)
        recording.moment(_START_NS, components=("transform",))
        seeks = time_calls(
            lambda i: recording.moment(_START_NS + int(order[i % ticks]) * 1_000_000_000, components=("transform",)), ticks, warm=1
        )
        yield result(
            f"twin/seek, {name}", seeks, n=count, limit_ms=50.0, updates=count * ticks, worst_ms=round(float(seeks.max()), 1),
            limit_worst_ms=400.0,
        )  # fmt: skip
        recording.close()


def _series(options: Options) -> Iterator[dict[str, Any]]:
    """An hour of a value of one of two hundred machines that all speak ten times a second, for a chart of 300 points: at first,
    and again when a second more was written.
    """
    machines, ticks = 200, max(options.frames * 1200, 2000)
    rng = np.random.default_rng(0)
    world = World()
    entities = world.spawn_batch(machines, {Transform: {}})
    table = next(iter(world.query(Transform)))
    with TemporaryDirectory(prefix="taixu-bench-") as folder:
        recorder = Recorder(Path(folder) / "recording")

        def record(tick: int) -> None:
            table.set(Transform, "translation", rng.normal(0, 1, (3, machines)).astype(np.float32))
            recorder.record(world, now_ns=_START_NS + tick * 100_000_000)
            recorder.writer.wait()

        for tick in range(ticks):
            record(tick)
        recording = Recording(Path(folder) / "recording")
        end_ns = _START_NS + ticks * 100_000_000
        ids = world.stable_ids(entities).tolist()

        def chart(reader: SeriesReader, entity: int) -> None:
            samples = reader.lane("transform", "translation", lane="x", entity=entity, since_ns=_START_NS, until_ns=end_ns)
            in_buckets(samples, since_ns=_START_NS, until_ns=end_ns, points=300)

        reader = SeriesReader(recording)
        first = time_calls(lambda i: chart(reader, ids[i % machines]), 3)
        yield result("twin/series, first", first, n=machines, ticks=ticks, limit_ms=2000.0)

        def write_on(i: int) -> None:
            for tick in range(ticks + 10 * i, ticks + 10 * i + 10):
                record(tick)
            recording.refresh()

        again = time_calls(lambda i: chart(reader, ids[0]), 5, before=write_on)
        yield result("twin/series, again", again, n=machines, ticks=ticks, limit_ms=100.0)
        recorder.close()
        recording.close()
