"""Worlds in which things come and go for ever: a recording has no more tracks than are needed, and confuses nobody."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.scene import Transform
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory import writer as writer_module
from taixu.twin.memory.comparing import compare_moments
from taixu.twin.memory.series import SeriesReader
from taixu.twin.memory.thinning import thin_segment

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
PART = declared_component("part", {"level": {"kind": "f64"}, "name": {"kind": "text"}})
TICKS, LIVES = 200, 7


def drive(folder: Path) -> list[dict[int, tuple[float, str]]]:
    """Three come in each tick and go seven ticks later; what each tick knows of everybody, by stable id."""
    world, recorder = World(seed=3), Recorder(folder, segment_secs=20.0, key_secs=5.0)
    alive: list[int] = []
    seen = []
    for tick in range(TICKS):
        names = np.array([str(tick)] * 3, object)
        fresh = world.spawn_batch(3, {Transform: {}, PART: {"level": tick + np.arange(3) / 8, "name": names}})
        alive += fresh.tolist()
        if len(alive) > 3 * LIVES:
            world.despawn(np.array(alive[:3], np.uint64))
            del alive[:3]
        changed = np.array(alive[:: 1 + tick % 3], np.uint64)
        world.scatter(changed, PART, "level", world.gather(changed, PART, "level") + 1.0)
        recorder.record(world, now_ns=NOW + tick * SECOND)
        recorder.writer.wait()
        handles = np.array(alive, np.uint64)
        ids, levels, names = world.stable_ids(handles), world.gather(handles, PART, "level"), world.gather(handles, PART, "name")
        seen.append({each: (level, name) for each, level, name in zip(ids.tolist(), levels.tolist(), names.tolist())})
    recorder.close()
    return seen


def known(recording: Recording, tick: int) -> dict[int, tuple[float, str]]:
    moment = recording.moment(NOW + tick * SECOND)
    tracks, levels, _ = moment.column("part", "level")
    names = moment.column("part", "name")[1]
    return dict(zip(moment.stable_ids[tracks].tolist(), zip(levels.tolist(), names.tolist())))


def test_tracks_are_given_again_and_nobody_is_taken_for_another(tmp_path: Path) -> None:
    seen = drive(tmp_path / "r")
    recording = Recording(tmp_path / "r")
    for tick in (TICKS - 1, *range(0, TICKS, 3)):
        assert known(recording, tick) == seen[tick]
    tracks = len(recording.moment(NOW + (TICKS - 1) * SECOND).signatures)
    assert tracks < 3 * (LIVES + 1 + 2 * 22), f"{3 * TICKS} came, and {tracks} tracks are there"
    early, late = recording.moment(NOW + 50 * SECOND), recording.moment(NOW + 120 * SECOND)
    assert compare_moments(late, early).counts() == {"came": 3 * LIVES, "went": 3 * LIVES}, "none is both times there"
    known_late = recording.moment(NOW + 50 * SECOND, known_ns=NOW + 199 * SECOND)
    assert known_late.column("part", "level")[1].tolist() == early.column("part", "level")[1].tolist()
    one = next(iter(seen[100]))
    levels = SeriesReader(recording).samples("part", "level", entity=one).values.tolist()
    expected = [each[one][0] for each in seen if one in each]
    assert levels == [level for place, level in enumerate(expected) if not place or level != expected[place - 1]]
    for path in sorted((tmp_path / "r").glob("*.taixulog"))[:-1]:
        thin_segment(path, every_secs=4.0)
    thinned = Recording(tmp_path / "r")
    for tick in range(3, TICKS, 20):
        found = known(thinned, tick)
        assert all(name == seen[tick][each][1] for each, (_, name) in found.items() if each in seen[tick])


def test_many_who_went_begin_a_segment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "_MOST_GONE", 20)
    world, recorder = World(seed=1), Recorder(tmp_path / "r")
    for tick in range(100):
        handles = world.spawn_batch(5, {Transform: {}})
        recorder.record(world, now_ns=NOW + tick * SECOND)
        recorder.writer.wait()
        world.despawn(handles)
    recorder.close()
    assert len(list((tmp_path / "r").glob("*.taixulog"))) > 5
    recording = Recording(tmp_path / "r")
    for *_, ids, entry in recording.walk():
        assert len(ids) < 150, entry
    assert len(recording.moment(NOW + 99 * SECOND).tracks) == 5
