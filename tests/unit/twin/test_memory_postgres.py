"""A recording in a real PostgreSQL: nothing is lost or doubled, whatever goes and comes back."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from databases import Database, find_postgres, running_database
from waiting import ends, until

import taixu as tx
from taixu.cli import main
from taixu.ecs import World
from taixu.edit import WorldSettings
from taixu.edit.declared import declared_component
from taixu.errors import TaixuError
from taixu.scene import Transform
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory import following as following_module
from taixu.twin.memory.following import Follower
from taixu.twin.memory.keeping import Keep, keep_recording
from taixu.twin.memory.postgres import PostgresSink, read_postgres
from taixu.twin.plugin import TwinPlugin, begin_recording

psycopg = pytest.importorskip("psycopg")
pytestmark = pytest.mark.skipif(find_postgres() is None, reason="there is no PostgreSQL server here")
if os.geteuid() == 0 and shutil.which("runuser") is None:
    pytest.skip("servers refuse root, and there is no runuser", allow_module_level=True)

NOW = 1_760_000_000_123_456_000
SECOND = 1_000_000_000
MOTOR = declared_component("motor", {"temperature": {"kind": "f32"}, "state": {"kind": "text"}})


@pytest.fixture(scope="module")
def server() -> Iterator[Database]:
    with running_database() as database:
        yield database


@pytest.fixture
def database(server: Database) -> Database:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute("drop table if exists taixu_recordings, taixu_values, taixu_events")
    return server


def rows(database: Database, question: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database.url) as connection:
        return connection.execute(question).fetchall()


class Plant:
    """Some motors that are recorded."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.folder = folder
        self.world, self.recorder = World(seed=1), Recorder(folder, about={"project": "p"}, **options)
        self.entities = self.world.spawn_batch(5, {Transform: {}, MOTOR: {}})
        self.ids = [f"{each:016x}" for each in self.world.stable_ids(self.entities).tolist()]
        self.ticks = 0

    def tick(self, count: int = 1) -> None:
        for _ in range(count):
            tick = self.ticks
            self.world.scatter(self.entities, MOTOR, "temperature", np.arange(5, dtype=np.float32) + tick)
            self.world.scatter(self.entities[:1], MOTOR, "state", np.array([f"s{tick} ' \\ 热\0"], object))
            self.world.scatter(self.entities[:2], Transform, "translation", np.full((3, 2), tick, np.float32))
            if tick % 10 == 0:
                self.recorder.note("alarm", number=tick, text="heiß\0")
            self.recorder.record(self.world, now_ns=NOW + tick * SECOND)
            self.recorder.writer.wait()
            self.ticks += 1


def assert_whole(database: Database, plant: Plant, *, first: int = 0) -> None:
    """Everything is there once."""
    asked = "select entity, count(*), count(distinct at), min(number), max(number) from taixu_values"
    found = {each[0]: each[1:] for each in rows(database, f"{asked} where field = 'motor.temperature' group by entity")}
    assert found == {
        each: (plant.ticks - first, plant.ticks - first, float(place + first), float(place + plant.ticks - 1))
        for place, each in enumerate(plant.ids)
    }
    assert rows(database, "select count(*) from taixu_values") == [(Recording(plant.folder).rows,)]
    assert rows(database, "select count(*) from taixu_events") == [(-(-plant.ticks // 10),)]


def test_values_and_events_are_as_they_were(database: Database, tmp_path: Path) -> None:
    plant = Plant(tmp_path / "r")
    plant.tick(12)
    plant.recorder.close()
    follower = Follower(plant.folder, PostgresSink(database.url), name="postgres")
    follower.close()
    assert_whole(database, plant)
    assert follower.problem == "" and follower.known_ns == NOW + 11 * SECOND
    of_one = f"where field = 'motor.temperature' and entity = '{plant.ids[2]}'"
    at = rows(database, f"select at, known, late, number from taixu_values {of_one} order by at")
    assert at[3][0].timestamp() == pytest.approx((NOW + 3 * SECOND) / 1e9, abs=1e-6) and at[3][0] == at[3][1]
    assert at[3][2:] == (False, 5.0)
    vectors = rows(database, "select numbers from taixu_values where field = 'transform.translation' order by at desc limit 1")
    assert vectors == [([11.0, 11.0, 11.0],)]
    texts = rows(database, "select text from taixu_values where field = 'motor.state' order by at desc limit 1")
    assert texts == [("s11 ' \\ 热",)]
    assert rows(database, "select kind, facts->>'text' from taixu_events order by known") == [("alarm", "heiß")] * 2
    assert rows(database, "select about->>'project', segment from taixu_recordings") == [("p", "000001.taixulog")]


def test_it_follows_what_is_being_written(database: Database, tmp_path: Path) -> None:
    plant = Plant(tmp_path / "r", segment_bytes=3000)
    follower = Follower(plant.folder, PostgresSink(database.url), name="postgres")
    for _ in range(5):
        plant.tick(7)
        until(lambda: follower.known_ns == NOW + (plant.ticks - 1) * SECOND)
        assert_whole(database, plant)
    plant.recorder.close()
    follower.close()
    assert len(list(plant.folder.glob("*.taixulog"))) > 2


def test_an_outage_loses_and_doubles_nothing(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following_module, "_WAITS_SECS", (0.1,))
    monkeypatch.setattr(following_module, "_PORTION_BLOCKS", 3)
    plant = Plant(tmp_path / "r", segment_bytes=3000)
    follower = Follower(plant.folder, PostgresSink(database.url), name="postgres")
    for _ in range(3):
        plant.tick(20)
        database.stop()
        with ends():  # the world waits for nobody
            plant.tick(20)
        until(lambda: "PostgreSQL" in follower.problem)
        database.start()
    plant.tick(1)
    until(lambda: follower.known_ns == NOW + (plant.ticks - 1) * SECOND)
    assert follower.problem == ""
    assert_whole(database, plant)
    plant.recorder.close()
    follower.close()


def test_restarts_go_on_where_it_was(database: Database, tmp_path: Path) -> None:
    plant = Plant(tmp_path / "r", segment_bytes=3000)
    for count in (1, 30, 0, 5):
        plant.tick(count)
        Follower(plant.folder, PostgresSink(database.url), name="postgres").close()
        assert_whole(database, plant)
    plant.recorder.close()


def test_two_at_once_bring_everything_once(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following_module, "_WAITS_SECS", (0.05,))
    monkeypatch.setattr(following_module, "_PORTION_BLOCKS", 5)
    plant = Plant(tmp_path / "r")
    plant.tick(100)
    plant.recorder.close()
    both = [Follower(plant.folder, PostgresSink(database.url), name=name) for name in ("one", "two")]
    until(lambda: max(each.known_ns for each in both) == NOW + 99 * SECOND)
    for each in both:
        each.close()
    assert_whole(database, plant)


def test_only_wanted_fields_are_brought(database: Database, tmp_path: Path) -> None:
    plant = Plant(tmp_path / "r")
    plant.tick(3)
    plant.recorder.close()
    Follower(plant.folder, PostgresSink(database.url), name="p", fields=frozenset({"transform.translation", "motor"})).close()
    fields = rows(database, "select distinct field from taixu_values order by 1")
    assert fields == [("motor.state",), ("motor.temperature",), ("transform.translation",)]


def test_what_was_not_brought_yet_is_not_thinned(database: Database, tmp_path: Path) -> None:
    plant = Plant(tmp_path / "r", segment_bytes=3000)
    plant.tick(20)
    follower = Follower(plant.folder, PostgresSink(database.url), name="postgres")
    until(lambda: follower.known_ns == NOW + 19 * SECOND)
    follower.close()
    plant.tick(40)
    later = NOW + 100 * 3600 * SECOND
    brought = rows(database, "select segment from taixu_recordings")[0][0]
    kept = keep_recording(plant.folder, Keep(full_hours=1, days=1), now_ns=later, is_written=True)
    assert kept.dropped and max(kept.dropped) < brought
    Follower(plant.folder, PostgresSink(database.url), name="postgres").close()
    of_one = f"where field = 'motor.temperature' and entity = '{plant.ids[3]}'"
    assert rows(database, f"select count(*), count(distinct at) from taixu_values {of_one}") == [(60, 60)]
    plant.recorder.close()


def test_a_world_brings_its_recording(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWIN_DB", database.url)
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        app.register_component(MOTOR)
        app.scene.spawn("Motor", MOTOR(temperature=33.0))
        app.resource(WorldSettings).values["twin"] = {"recording": {"postgres": {"url_variable": "TWIN_DB", "fields": ["motor"]}}}
        recorder = begin_recording(app, tmp_path / "r")
        app.run(ticks=3)
        assert [each.name for each in recorder.followers] == ["postgres"]
    asked = "select field, number, text from taixu_values order by 1"
    assert rows(database, asked) == [("motor.state", None, ""), ("motor.temperature", 33.0, None)]


def test_a_finished_recording_is_brought_by_a_command(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TWIN_DB", database.url)
    plant = Plant(tmp_path / "r")
    plant.tick(10)
    plant.recorder.close()
    for new in (Recording(plant.folder).rows, 0):
        assert main(["replay", str(plant.folder), "--to-postgres", "TWIN_DB"]) == 0
        assert f"{new} values" in capsys.readouterr().out
    assert_whole(database, plant)
    assert main(["replay", str(plant.folder), "--to-postgres", "NO_SUCH_DB"]) == 1


@pytest.mark.parametrize("said", [[], {}, {"url_variable": 5}, {"url_variable": "A", "x": 1}, {"url_variable": "A", "fields": "b"}])
def test_wrong_settings_are_one_sentence(said: Any) -> None:
    with pytest.raises(TaixuError, match=r"twin\.recording\.postgres"):
        read_postgres(said, {"A": "host=x"})


def test_the_address_comes_from_the_environment() -> None:
    assert read_postgres({"url_variable": "A", "fields": ["motor"]}, {"A": "host=x"}) == ("host=x", frozenset({"motor"}))
    with pytest.raises(TaixuError, match="no TWIN_DB"):
        read_postgres({"url_variable": "TWIN_DB"}, {})
    assert read_postgres(None) is None
