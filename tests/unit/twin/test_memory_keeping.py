"""Recordings are thinned and dropped by their age, in one step a segment, and what was noted stays whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import taixu as tx
from taixu.cli import main
from taixu.ecs import World
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Transform
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory.checking import recording_doubts
from taixu.twin.memory.keeper import Keeper
from taixu.twin.memory.keeping import Keep, is_anything_due, keep_recording, read_keep
from taixu.twin.memory.series import SeriesReader, in_buckets
from taixu.twin.memory.thinning import UNFINISHED
from taixu.twin.plugin import TwinPlugin, begin_recording

NOW = 1_760_000_400_000_000_000
SECOND = 1_000_000_000
HOUR = 3600 * SECOND
END = NOW + 4 * HOUR + 60 * SECOND
MOTOR = declared_component("motor", {"temperature": {"kind": "f32"}, "state": {"kind": "text"}})


def recorded(folder: Path, *, hours: int = 4, a_minute: int = 10, **options: Any) -> tuple[World, int]:
    """Hours of six motors, a segment an hour; each minute one is hot for a moment, and every half hour somebody goes and comes."""
    world, recorder = World(seed=1), Recorder(folder, **options)
    entities = list(world.spawn_batch(6, {Transform: {}, MOTOR: {}}))
    first = world.stable_id(int(entities[0]))
    rng = np.random.default_rng(0)
    step = 60 // a_minute
    for second in range(0, hours * 3600, step):
        if second % 1800 == 900:
            world.despawn(np.array([entities.pop()], np.uint64))
            entities.append(np.uint64(world.spawn(MOTOR(temperature=1.0), Transform())))
            recorder.note("alarm", number=second, severity="high", text=f"at {second}", raised_ns=NOW + second * SECOND)
        handles = np.array(entities, np.uint64)
        heat = rng.normal(20, 1, len(entities)).astype(np.float32)
        if second % 60 == 30:
            heat[0] = 99.0
        world.scatter(handles, MOTOR, "temperature", heat)
        world.scatter(handles, Transform, "translation", rng.normal(0, 1, (3, len(entities))).astype(np.float32))
        if second % 300 == 0:
            world.scatter(handles[:1], MOTOR, "state", np.array([f"s{second}"], object))
        recorder.record(world, now_ns=NOW + second * SECOND)
        recorder.writer.wait()
    recorder.close()
    return world, first


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    folder = tmp_path_factory.mktemp("keep") / "night"
    return folder, recorded(folder)[1]


@pytest.fixture
def copy(night: tuple[Path, int], tmp_path: Path) -> Path:
    folder = tmp_path / "copy"
    folder.mkdir()
    for path in night[0].iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.taixulog"))


def test_what_is_old_is_thinned_and_still_true(night: tuple[Path, int], copy: Path) -> None:
    whole, first = Recording(night[0]), night[1]
    reading = Recording(copy)
    reader = SeriesReader(reading)
    before = reader.samples("motor", "temperature", entity=first)
    keep = Keep(full_hours=2, then_every_secs=60)
    kept = keep_recording(copy, keep, now_ns=END, is_written=True)
    assert kept.thinned == ("000001.taixulog", "000002.taixulog") and kept.dropped == () and kept.saved_bytes > 0
    assert not is_anything_due(copy, keep, now_ns=END)
    assert keep_recording(copy, keep, now_ns=END, is_written=True).thinned == ()
    sizes = [path.stat().st_size for path in segments(copy)]
    assert sizes[0] < sizes[3] / 4
    assert recording_doubts(copy) == []
    reading.refresh()
    assert reading.generation == 1 and len(reading.ticks) < len(whole.ticks) * 0.6
    assert list(reading.events()) == [event | {"tick": event["tick"]} for event in whole.events()], "what was noted is whole"
    for minute in range(1, 235):
        at = NOW + minute * 60 * SECOND - 1
        then, now = whole.moment(at), reading.moment(at)
        if minute > 125:
            assert then.tick == now.tick
        assert now.known_ns > then.known_ns - 60 * SECOND
        if now.tick == then.tick:
            for key, column in then.columns.items():
                tracks = then.tracks[column.known[then.tracks]]
                np.testing.assert_array_equal(column.values[..., tracks], now.columns[key].values[..., tracks])
    after = reader.samples("motor", "temperature", entity=first)
    assert len(after.times_ns) < len(before.times_ns) * 0.7
    span = {"since_ns": NOW, "until_ns": NOW + 2 * HOUR, "points": 12}
    then, now = in_buckets(before, **span), in_buckets(after, **span)
    assert now["low"] == then["low"] and now["high"] == then["high"], "extremes stay, with their times"
    assert reader.samples("motor", "state", entity=first).values.tolist()[-3:] == ["s13500", "s13800", "s14100"]


def test_what_is_too_old_or_too_much_goes(copy: Path) -> None:
    kept = keep_recording(copy, Keep(days=0.1), now_ns=END, is_written=True)
    assert kept.dropped == ("000001.taixulog",)
    recording = Recording(copy)
    assert NOW + HOUR <= recording.span_ns[0] < NOW + HOUR + 60 * SECOND
    with pytest.raises(TaixuError, match="begins later"):
        recording.moment(NOW)
    size = sum(path.stat().st_size for path in copy.glob("0*"))
    budget = Keep(at_most_gb=size * 0.7 / 1e9)
    assert is_anything_due(copy, budget, now_ns=END)
    keep_recording(copy, budget, now_ns=END, is_written=True)
    assert [path.name for path in segments(copy)] == ["000003.taixulog", "000004.taixulog"]
    keep_recording(copy, Keep(at_most_gb=1e-9, days=1e-6), now_ns=END, is_written=True)
    assert [path.name for path in segments(copy)] == ["000004.taixulog"], "what is being written is left alone"
    recording.refresh()
    assert recording.moment(END).tick > 0


def test_a_kill_leaves_one_or_the_other(copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep, now = Keep(full_hours=1, then_every_secs=60), END
    before = {path.name: path.read_bytes() for path in segments(copy)}
    real = os.replace

    def killed(source: Any, target: Any) -> None:
        if str(target).endswith(".taixulog"):
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(os, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        keep_recording(copy, keep, now_ns=now, is_written=True)
    assert {path.name: path.read_bytes() for path in segments(copy)} == before
    for cut in (0, 10, 2000):  # what a kill leaves of the new one is nobody's segment
        (copy / f"000001.taixulog{UNFINISHED}").write_bytes(before["000001.taixulog"][:cut])
        assert len(Recording(copy).ticks) == 2400
    monkeypatch.setattr(os, "replace", real)
    assert keep_recording(copy, keep, now_ns=now, is_written=True).thinned
    assert not list(copy.glob(f"*{UNFINISHED}")) and recording_doubts(copy) == []


def test_processes_that_are_killed_while_they_thin(copy: Path) -> None:
    keep = '{"full_hours": 0.5, "then_every_secs": 30}'
    words = [sys.executable, "-m", "taixu.twin.memory.keeping", copy, keep, str(NOW + 5 * HOUR)]
    for wait in (0.2, 0.35, 0.5):
        program = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL)
        time.sleep(wait)
        program.kill()
        program.wait()
        assert [finding for finding in recording_doubts(copy) if finding.severity == "error"] == []
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True, check=True)
    assert "saved_bytes" in done.stdout and recording_doubts(copy) == []
    assert len(Recording(copy).ticks) < 2400 * 0.6


def test_damage_is_left_alone(copy: Path) -> None:
    data = bytearray(segments(copy)[0].read_bytes())
    data[4] = 77  # its first block is none that is known, so there is no keyframe to begin with
    segments(copy)[0].write_bytes(bytes(data[:100]))
    with pytest.raises(TaixuError, match="damaged"):
        keep_recording(copy, Keep(full_hours=1), now_ns=END, is_written=True)
    assert segments(copy)[0].read_bytes() == bytes(data[:100])


@pytest.mark.parametrize(
    "said", [[], {"hours": 1}, {"days": -1}, {"days": True}, {"full_hours": 1, "then_every_secs": 0}, {"at_most_gb": float("nan")}]
)
def test_wrong_settings_are_one_sentence(said: Any) -> None:
    with pytest.raises(TaixuError, match=r"twin\.recording\.keep"):
        read_keep(said)


def test_a_keeper_works_while_its_recording_is_written(tmp_path: Path) -> None:
    recorded(tmp_path / "r", hours=2, a_minute=4)
    keeper = Keeper(tmp_path / "r", Keep(full_hours=1, then_every_secs=600), now_ns=lambda: NOW + 3 * HOUR, look_secs=0.05)
    size = segments(tmp_path / "r")[0].stat().st_size
    end = time.monotonic() + 120.0
    while segments(tmp_path / "r")[0].stat().st_size == size and time.monotonic() < end:
        time.sleep(0.02)
    keeper.close()
    assert segments(tmp_path / "r")[0].stat().st_size < size / 3
    assert recording_doubts(tmp_path / "r") == []


def test_the_worlds_settings_start_it(tmp_path: Path) -> None:
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        app.resource(WorldSettings).values["twin"] = {"recording": {"keep": {"days": 0}}}
        begin_recording(app, tmp_path / "a")
        app.resource(WorldSettings).values["twin"] = {"recording": {"keep": {"day": 1}}}
        with pytest.raises(TaixuError, match="keep takes"):
            begin_recording(app, tmp_path / "b")


def test_the_command_thins_what_is_at_rest(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for path in segments(copy):
        os.utime(path, (1, 1))
    assert main(["replay", str(copy), "--thin", "60", "--but-last", "1"]) == 0
    assert "2 segments thinned" in capsys.readouterr().out
    assert main(["replay", str(copy), "--thin", "0"]) == 2
