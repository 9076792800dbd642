from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Transform
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory.chronicle import Chronicle
from taixu.twin.memory.comparing import compare_moments
from taixu.twin.memory.cursor import Cursor
from taixu.twin.memory.series import Samples, SeriesReader, in_buckets

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
MOTOR = declared_component("motor", {"temperature": {"kind": "f32"}, "state": {"kind": "text"}, "load": {"kind": "f32"}})


Told = dict[int, list[tuple[int, Any]]]


def drive(folder: Path, *, ticks: int = 60, seed: int = 0, **options: Any) -> tuple[World, Recorder, Told]:
    """A world in which some change, come and go; and what was said of the temperature of each, by stable id."""
    world, recorder = World(seed=1), Recorder(folder, **options)
    entities = list(world.spawn_batch(7, {Transform: {}, MOTOR: {}}))
    rng = np.random.default_rng(seed)
    told: Told = {world.stable_id(int(each)): [(NOW, 0.0)] for each in entities}
    for tick in range(ticks):
        now = NOW + tick * SECOND
        if tick % 7 == 3:
            world.despawn(np.array([entities.pop(0)], np.uint64))
        if tick:
            some = rng.choice(np.array(entities, np.uint64), int(rng.integers(1, len(entities) + 1)), replace=False)
            values = rng.random(len(some)).astype(np.float32)
            world.scatter(some, MOTOR, "temperature", values)
            for entity, value in zip(some.tolist(), values.tolist()):
                told[world.stable_id(entity)].append((now, value))
        if tick % 4 == 1:
            entities.append(np.uint64(world.spawn(MOTOR(temperature=float(tick)))))
            told[world.stable_id(int(entities[-1]))] = [(now, float(tick))]
        recorder.writer.wait()
        recorder.record(world, now_ns=now)
    return world, recorder, told


@pytest.mark.parametrize(
    "options", [{}, {"key_rows": 1.0}, {"key_rows": 2.0, "segment_bytes": 4000}, {"errors": {"motor.temperature": 0.001}}]
)
def test_a_value_over_time_is_what_was_told(tmp_path: Path, options: dict[str, Any]) -> None:
    _, recorder, told = drive(tmp_path / "r", **options)
    recorder.close()
    reader = SeriesReader(Recording(tmp_path / "r"))
    for entity, expected in told.items():
        for _ in range(2):  # the second time from what was kept
            samples = reader.samples("motor", "temperature", entity=entity)
            assert samples.every == 1 and samples.times_ns.tolist() == [each[0] for each in expected]
            np.testing.assert_allclose(samples.values, [each[1] for each in expected], atol=0.001 if "errors" in options else 0)
        since, until = NOW + 20 * SECOND, NOW + 40 * SECOND
        part = reader.samples("motor", "temperature", entity=entity, since_ns=since, until_ns=until)
        inside = [each[0] for each in expected if since < each[0] <= until]
        before = [each[0] for each in expected if each[0] <= since][-1:]
        is_there = bool(inside) or len(part.times_ns)  # who is gone by then has no value before it either
        assert part.times_ns.tolist() == (before + inside if is_there else [])
    assert not len(reader.samples("motor", "nothing", entity=next(iter(told))).times_ns)
    assert not len(reader.samples("motor", "temperature", entity=12345).times_ns)


def test_what_is_being_written_is_read_at_once(tmp_path: Path) -> None:
    world, recorder, _ = drive(tmp_path / "r", ticks=3, key_rows=2.0, segment_bytes=3000)
    recorder.writer.wait()
    recording = Recording(tmp_path / "r")
    reader, cursor = SeriesReader(recording), Cursor(recording)
    some = world.query(MOTOR).entities[:1]
    entity = world.stable_id(int(some[0]))
    for tick in range(3, 60):
        world.scatter(some, MOTOR, "temperature", np.array([tick], np.float32))
        world.scatter(some, MOTOR, "state", np.array([f"s{tick}"], object))
        recorder.note("seen", tick=tick)
        recorder.record(world, now_ns=NOW + tick * SECOND)
        recorder.writer.wait()
        recording.refresh()
        assert recording.span_ns[1] == NOW + tick * SECOND
        samples = reader.samples("motor", "temperature", entity=entity)
        assert samples.values[-1] == tick and samples.times_ns[-1] == NOW + tick * SECOND
        assert reader.samples("motor", "state", entity=entity).values[-1] == f"s{tick}"
        _, values, _ = cursor.moment(NOW + tick * SECOND).column("motor", "temperature")
        assert tick in values
    assert recording.generation == 0 and len(list((tmp_path / "r").glob("*.taixulog"))) > 1
    recorder.close()


def test_a_cursor_agrees_with_a_seek(tmp_path: Path) -> None:
    _, recorder, _ = drive(tmp_path / "r", key_rows=2.0)
    recorder.close()
    recording = Recording(tmp_path / "r")
    cursor = Cursor(recording)
    kept = []
    for second in [*range(0, 60, 3), 10, 11, 50, 49]:
        at = NOW + second * SECOND
        gone_to, sought = cursor.moment(at), Recording(tmp_path / "r").moment(at)
        kept.append((gone_to, sought))
    for gone_to, sought in kept:  # all at the end: those that were given out before have not changed
        assert gone_to.tick == sought.tick
        np.testing.assert_array_equal(gone_to.signatures, sought.signatures)
        for key, column in sought.columns.items():
            here = gone_to.tracks[column.known[gone_to.tracks]]
            np.testing.assert_array_equal(gone_to.columns[key].values[..., here], column.values[..., here])


def test_a_long_range_is_sampled_and_says_so(tmp_path: Path) -> None:
    world, recorder, _ = drive(tmp_path / "r", ticks=2, key_secs=1e9, key_rows=1e9)
    some = world.query(MOTOR).entities[:1]
    entity = world.stable_id(int(some[0]))
    for tick in range(2, 300):
        world.scatter(some, MOTOR, "temperature", np.array([np.sin(tick)], np.float32))
        recorder.writer.wait()
        recorder.record(world, now_ns=NOW + tick * SECOND)
    recorder.close()
    recording = Recording(tmp_path / "r")
    samples = SeriesReader(recording, max_ticks=100).samples("motor", "temperature", entity=entity)
    assert samples.every == 3 and 60 < len(samples.times_ns) < 140
    with pytest.raises(TaixuError, match="nobody waits"):
        SeriesReader(recording).samples("motor", "temperature", entity=entity, still_wanted=lambda: False)


def test_buckets() -> None:
    times = np.arange(1000, dtype=np.int64)
    values = np.where(times == 500, 99.0, np.where(times == 501, np.nan, 1.0))
    found = in_buckets(Samples(times, values), since_ns=0, until_ns=999, points=10)
    assert len(found["times_ns"]) == 10 and found["low"] == [1.0] * 10
    assert [place for place, each in enumerate(found["high"]) if each == 99.0] == [5]
    assert found["mean"][0] == 1.0 and found["mean"][5] == pytest.approx((98 * 1 + 99) / 99, rel=0.02)
    few = in_buckets(Samples(times[:3], np.array([1.0, 2.0, 3.0])), since_ns=0, until_ns=999, points=10)
    assert few["times_ns"] == [0] and few["low"] == [1.0] and few["high"] == [3.0]
    assert in_buckets(Samples(times[:0], values[:0]), since_ns=0, until_ns=9, points=10)["mean"] == []


def test_moments_are_compared(tmp_path: Path) -> None:
    world, recorder = World(seed=1), Recorder(tmp_path / "r")
    one, two = world.spawn_batch(2, {MOTOR: {}})
    recorder.record(world, now_ns=NOW)
    world.scatter(np.array([one]), MOTOR, "state", np.array(["fault"], object))
    went, came = world.stable_id(int(two)), world.stable_id(int(world.spawn(MOTOR())))
    world.despawn(np.array([two]))
    recorder.record(world, now_ns=NOW + SECOND)
    recorder.close()
    recording = Recording(tmp_path / "r")
    found = compare_moments(recording.moment(NOW + SECOND), recording.moment(NOW))
    assert found.came.tolist() == [came] and found.went.tolist() == [went]
    assert found.counts() == {"came": 1, "went": 1, "motor.state": 1}
    assert found.columns["motor", "state"].tolist() == [world.stable_id(int(one))]


def test_marks_and_the_alarms_of_a_moment(tmp_path: Path) -> None:
    world, recorder, _ = drive(tmp_path / "r", ticks=1)
    chronicle: Chronicle | None = None

    def note(second: int, kind: str, **facts: Any) -> None:
        nonlocal chronicle
        recorder.note(kind, **facts)
        recorder.record(world, now_ns=NOW + second * SECOND)
        recorder.writer.wait()
        if chronicle is None:
            chronicle = Chronicle(Recording(tmp_path / "r"))
        else:
            chronicle._recording.refresh()
        chronicle.refresh()

    hot = {"number": 1, "rule": "hot", "severity": "critical", "text": "too hot", "raised_ns": NOW + SECOND}
    note(1, "alarm", **hot, cleared_ns=0, acknowledged_by="")
    note(2, "alarm", number=2, rule="slow", severity="low", text="slow", raised_ns=NOW, cleared_ns=0, acknowledged_by="")
    note(3, "alarm_acknowledged", **hot, cleared_ns=0, acknowledged_by="eve")
    note(4, "alarm_over", **hot, cleared_ns=NOW + 4 * SECOND, acknowledged_by="eve")
    assert chronicle is not None
    assert chronicle.alarms(NOW) == []
    assert [alarm["number"] for alarm in chronicle.alarms(NOW + 2 * SECOND)] == [1, 2]
    assert chronicle.alarms(NOW + 3 * SECOND)[0]["acknowledged_by"] == "eve"
    assert [alarm["number"] for alarm in chronicle.alarms(NOW + 9 * SECOND)] == [2]
    for _ in range(600):
        recorder.note("alarm", number=3, severity="info", text="x", raised_ns=0)
    note(5, "command", control="speed")
    marks = chronicle.marks()
    assert len(marks) == 500 and marks[0] == {"time_ns": NOW + SECOND, "kind": "alarm", "text": "too hot", "severity": "critical"}
    recorder.close()


def test_nothing_is_written_while_nothing_happens(tmp_path: Path) -> None:
    world, recorder, _ = drive(tmp_path / "r", ticks=1)
    for step in range(1, 181):
        recorder.record(world, now_ns=NOW + step * SECOND // 60)
        recorder.writer.wait()
    recorder.close()
    recording = Recording(tmp_path / "r")
    assert len(recording.ticks) == 4 and recording.span_ns[1] == NOW + 3 * SECOND


def test_a_clock_that_is_put_back_puts_nothing_back(tmp_path: Path) -> None:
    world, recorder, _ = drive(tmp_path / "r", ticks=3)
    recorder.note("later")
    recorder.record(world, now_ns=NOW - 100 * SECOND)
    recorder.close()
    assert Recording(tmp_path / "r").ticks.tolist() == [NOW, NOW + SECOND, NOW + 2 * SECOND, NOW + 2 * SECOND]
