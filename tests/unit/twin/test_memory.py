from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from taixu.app import Components
from taixu.ecs import World
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Name, Parent, Transform
from taixu.twin.batch import Batch
from taixu.twin.bindings import read_bindings
from taixu.twin.device import Device, Roster
from taixu.twin.feed import Feed
from taixu.twin.frames import read_frames
from taixu.twin.memory import Recorder, Recording, writer
from taixu.twin.memory.blocks import scan_blocks
from taixu.twin.memory.codecs import Reader, decode_numbers, decode_rows, encode_numbers, encode_rows

NOW = 1_760_000_000_000_000_000
SECOND = 1_000_000_000
MOTOR = declared_component("motor", {"temperature": {"kind": "f32"}, "state": {"kind": "text"}})


def recorded(folder: Path, **options: Any) -> tuple[World, Recorder, Any]:
    world = World(seed=1)
    keys = np.array([f"m{i}" for i in range(6)], object)
    entities = world.spawn_batch(6, {Transform: {}, MOTOR: {}, Device: {"key": keys}})
    recorder = Recorder(folder, about={"project": "p"}, **options)
    return world, recorder, entities


def column(recording: Recording, at: int, name: str = "temperature") -> dict[int, Any]:
    moment = recording.moment(at)
    tracks, values, _ = moment.column("motor", name)
    return dict(zip(moment.stable_ids[tracks].tolist(), values.tolist()))


@given(st.data())
@settings(max_examples=60)
def test_rows_and_numbers_come_back(data: st.DataObject) -> None:
    total = data.draw(st.integers(0, 600))
    picked = data.draw(st.lists(st.integers(0, max(total - 1, 0)), unique=True)) if total else []
    rows = np.array(sorted(picked), np.uint32)
    np.testing.assert_array_equal(decode_rows(Reader(encode_rows(rows, total)), total), rows)
    kind = np.dtype(data.draw(st.sampled_from(["<f4", "<f8", "<i4", "u1", "<u8", "?"])))
    rng = np.random.default_rng(len(rows))
    top = 2 if kind.kind == "b" else 256
    values, key = (rng.integers(0, top, (3, len(rows) * kind.itemsize), np.uint8) for _ in range(2))
    values, key = values.view(kind), key.view(kind)
    for before in (None, key):
        again = decode_numbers(Reader(encode_numbers(values, before)), kind, values.shape, before)
        np.testing.assert_array_equal(again.view(np.uint8), values.view(np.uint8))


def test_any_moment_is_as_it_was(tmp_path: Path) -> None:
    world, recorder, entities = recorded(tmp_path / "r", key_rows=2.0)
    rng = np.random.default_rng(0)
    stood: dict[int, tuple[dict[int, float], dict[int, str]]] = {}
    for tick in range(40):
        now = NOW + tick * SECOND
        living = world.living(entities)
        some = rng.choice(living, 3, replace=False)
        world.scatter(some, MOTOR, "temperature", rng.random(3).astype(np.float32))
        if tick == 7:
            world.despawn(living[:1])
        if tick == 9:
            world.spawn(MOTOR(temperature=77.0, state="new"), Name("late comer"))
        if tick == 12:
            world.remove(living[1:2], Device)
        if tick % 5 == 0:
            world.scatter(world.living(entities)[:2], MOTOR, "state", np.array([f"s{tick}", "热"], object))
        recorder.writer.wait()
        recorder.record(world, now_ns=now)
        here = world.query(MOTOR).entities
        ids = world.stable_ids(here).tolist()
        stood[now] = (
            dict(zip(ids, world.gather(here, MOTOR, "temperature").tolist())),
            dict(zip(ids, world.gather(here, MOTOR, "state").tolist())),
        )
    recorder.close()
    recording = Recording(tmp_path / "r")
    assert recording.about["project"] == "p" and len(recording.ticks) == 40
    for now, (temperatures, states) in stood.items():
        assert column(recording, now + SECOND // 2) == temperatures
        assert column(recording, now, "state") == states
    moment = recording.moment(NOW + 39 * SECOND)
    assert {moment.names[i] for i in moment.signatures[moment.tracks].tolist()} == {
        ("device", "motor", "transform"), ("motor", "name"), ("motor", "transform"),
    }  # fmt: skip
    with pytest.raises(TaixuError, match="begins later"):
        recording.moment(NOW - 1)


def test_references_are_kept_by_stable_id(tmp_path: Path) -> None:
    world, recorder, entities = recorded(tmp_path / "r")
    world.insert(entities[1], Parent(int(entities[0])))
    recorder.record(world, now_ns=NOW)
    recorder.close()
    tracks, values, _ = Recording(tmp_path / "r").moment(NOW).column("parent", "entity")
    assert values.tolist() == [world.stable_id(int(entities[0]))] and len(tracks) == 1


def fed(folder: Path) -> tuple[World, Recorder, Feed]:
    world, recorder, _ = recorded(folder)
    components = Components()
    for cls in (Transform, Device, MOTOR):
        components.register(cls)
    world.insert_resource(Roster())
    bindings = read_bindings([{"topic": "t", "from": "v", "to": "motor.temperature"}], components, read_frames({}))
    return world, recorder, Feed(bindings)


def say(world: World, recorder: Recorder, feed: Feed, at: list[int], values: list[float], *, now: int) -> None:
    batch = Batch("t", np.zeros(len(at), np.uint32), np.array(at), {"v": np.array(values)}, ("m0",))
    recorder.take(feed.take(world, [batch], now_ns=now))
    recorder.record(world, now_ns=now)


def test_what_was_seen_and_what_was_true(tmp_path: Path) -> None:
    world, recorder, feed = fed(tmp_path / "r")
    say(world, recorder, feed, [NOW + 1], [10.0], now=NOW + 2)
    say(world, recorder, feed, [NOW + 30, NOW + 20], [30.0, 20.0], now=NOW + 40)
    say(world, recorder, feed, [NOW + 10], [11.0], now=NOW + 50)
    recorder.close()
    recording = Recording(tmp_path / "r")
    thing = world.stable_id(int(world.query(MOTOR).entities[0]))

    def true(at: int, known: int) -> float:
        moment = recording.moment(NOW + at, known_ns=NOW + known)
        tracks, values, _ = moment.column("motor", "temperature")
        return float(values[moment.stable_ids[tracks] == thing][0])

    assert column(recording, NOW + 15)[thing] == 10.0, "the operator had not heard of more"
    assert true(15, 15) == 10.0 and true(15, 45) == 10.0, "what is known of a moment may not change yet"
    assert true(15, 60) == 11.0, "a late reading tells what was true"
    assert true(25, 60) == 20.0, "and so does one that a newer one followed at once"
    assert true(35, 60) == 30.0
    times, values = recording.history("motor", "temperature", stable_id=thing)
    assert times[-4:].tolist() == [NOW + 1, NOW + 10, NOW + 20, NOW + 30] and values[-4:].tolist() == [10.0, 11.0, 20.0, 30.0]


def test_quantised_columns_keep_their_promise(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "r", errors={"transform.translation": 0.01})
    world = World()
    entities = world.spawn_batch(1000, {Transform: {}})
    rng = np.random.default_rng(0)
    places = rng.uniform(-5000, 5000, (3, 1000)).astype(np.float32)
    for tick in range(6):
        places += rng.normal(0, 0.5, places.shape).astype(np.float32)
        world.scatter(entities, Transform, "translation", places)
        recorder.record(world, now_ns=NOW + tick)
        recorder.writer.wait()
        _, values, _ = Recording(tmp_path / "r").moment(NOW + tick).column("transform", "translation")
        assert np.abs(values - places).max() <= 0.01 + 5000 * 2**-24, "a centimetre, and what float32 cannot say"
    world.scatter(entities[:1], Transform, "translation", np.array([[1e12], [0], [0]], np.float32))
    recorder.record(world, now_ns=NOW + 10)
    recorder.close()
    _, values, _ = Recording(tmp_path / "r").moment(NOW + 10).column("transform", "translation")
    assert values[0, 0] == np.float32(1e12), "what such small steps cannot hold is kept exactly"


def test_events_and_acknowledgements(tmp_path: Path) -> None:
    world, recorder, _ = recorded(tmp_path / "r")
    kept: list[int] = []
    recorder.note("alarm", text="超温")
    recorder.when_written(lambda: kept.append([*scan_blocks(next((tmp_path / "r").glob("*.taixulog")))][-1].tick))
    recorder.record(world, now_ns=NOW)
    recorder.writer.wait()
    assert len(kept) == 1, "after the tick is in the file"
    recorder.close()
    assert list(Recording(tmp_path / "r").events()) == [{"known_ns": NOW, "tick": kept[0], "kind": "alarm", "text": "超温"}]


@pytest.mark.parametrize("cut", [0, 1, 47, 200, 0.25, 0.5, 0.9, -1])
def test_wherever_a_kill_struck_the_rest_is_whole(tmp_path: Path, cut: float) -> None:
    world, recorder, entities = recorded(tmp_path / "r")
    for tick in range(10):
        world.scatter(entities, MOTOR, "temperature", np.full(6, tick, np.float32))
        recorder.record(world, now_ns=NOW + tick)
    recorder.close()
    (file,) = (tmp_path / "r").glob("*.taixulog")
    size = file.stat().st_size
    os.truncate(file, int(cut * size) if 0 < cut < 1 else int(cut) % (size + 1) - (cut < 0))
    try:
        recording = Recording(tmp_path / "r")
    except TaixuError as error:
        assert cut in (0, 1, 47, 200) and str(error)
        return
    last = int(recording.ticks[-1]) if len(recording.ticks) else NOW - 1
    for tick in range(last - NOW + 1):
        assert set(column(recording, NOW + tick).values()) == {float(tick)}


@given(st.data())
@settings(max_examples=60)
def test_damage_is_one_sentence(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("m") / "r"
    world, recorder, entities = recorded(folder)
    for tick in range(3):
        world.scatter(entities, MOTOR, "temperature", np.full(6, tick, np.float32))
        recorder.record(world, now_ns=NOW + tick)
    recorder.close()
    (file,) = folder.glob("*.taixulog")
    raw = bytearray(file.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    file.write_bytes(bytes(raw))
    try:
        recording = Recording(folder)
        for tick in recording.ticks.tolist():
            recording.moment(tick, known_ns=NOW + 10)
        list(recording.events())
    except TaixuError as error:
        assert "\n" not in str(error)


def test_a_full_disk_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "_RETRY_SECS", 0.01)
    world, recorder, _ = recorded(tmp_path / "r")
    real, full = os.pwrite, [True]

    def pwrite(file: int, data: bytes, at: int) -> int:
        if full[0]:
            real(file, data[: len(data) // 2], at)
            raise OSError(28, "No space left on device")
        return real(file, data, at)

    monkeypatch.setattr(os, "pwrite", pwrite)
    recorder.record(world, now_ns=NOW)
    while "No space" not in recorder.writer.problem:
        pass
    full[0] = False
    recorder.writer.wait()
    assert recorder.writer.problem == ""
    recorder.close()
    assert len(Recording(tmp_path / "r").ticks) == 1


def test_a_folder_that_is_none_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TaixuError, match="no recording"):
        Recording(tmp_path)
    (tmp_path / "recording.json").write_text(json.dumps({"format": "taixu.recording", "version": 9}))
    with pytest.raises(TaixuError, match="version 9"):
        Recording(tmp_path)
    with pytest.raises(TaixuError, match="not empty"):
        Recorder(tmp_path)
