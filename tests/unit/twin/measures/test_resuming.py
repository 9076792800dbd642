"""Measures go on after a restart, and after a kill, as if nothing had been."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from measured_line import MOTOR, NOW, SECOND, SQUARE

import taixu as tx
from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.scene import Name, Transform
from taixu.twin.device import Device
from taixu.twin.measures import Measures
from taixu.twin.measures.resuming import STATE_FILE, StateKeeper
from taixu.twin.measures.state import read_state, restore_state, state_of
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin
from taixu.twin.rules import Fence

MEASURES: list[dict[str, Any]] = [
    {"name": "takt", "takt": {"enters": ["B", "C"], "show": "mean"}, "where": "device.kind == 'part'"},
    {"name": "hits", "takt": {"enters": ["B", "C"], "show": "count"}, "where": "device.kind == 'part'"},
    {"name": "cycle", "takt": {"when": "motor.state == 'on'", "show": "last"}, "by": "entity"},
    {"name": "on", "value": "portion(motor.state == 'on', 600)", "by": "entity"},
    {"name": "since", "value": "held(motor.state == 'on')", "by": "entity"},
    {"name": "rate", "value": "rate(motor.temperature, 20)", "by": "entity"},
    {"name": "trend", "value": "trend(motor.temperature, 20)", "by": "entity"},
    {"name": "parts", "passages": {"settle": 1.0}, "where": "device.kind == 'part'"},
]
TICKS = 60


class Twin:
    """A twin whose things move by the clock alone."""

    def __init__(self, folder: Path | None) -> None:
        self.now = NOW
        self.app = tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: self.now),))
        self.app.register_component(MOTOR)
        for place, name in enumerate("ABC"):
            self.app.world.spawn(Transform((20.0 * place, 0.0, 0.0)), Name(name), Fence(points=SQUARE), stable_id=100 + place)
        for number in range(4):
            self.app.world.spawn(Transform(), MOTOR(), Device(key=f"p{number}", kind="part"), stable_id=1 + number)
        self.app.resource(WorldSettings).values["twin"] = {"measures": MEASURES, "measuring": {"per_sec": 100, "share": 1}}
        configure_twin(self.app.world)
        self.recorder = begin_recording(self.app, folder, project="p") if folder is not None else None

    def run(self, first: int, last: int) -> dict[str, Any]:
        """Seconds from one to another; what measures say in the end."""
        for second in range(first, last):
            self.now = NOW + second * SECOND
            for number in range(4):
                handle = self.app.world.find(1 + number)
                assert handle is not None
                self.app.world.set(handle, Transform, translation=(20.0 * ((second // (5 + number)) % 3), 0.0, 0.0))
                state = "on" if (second // (3 + number)) % 2 else "off"
                self.app.world.set(handle, MOTOR, state=state, temperature=float(second * number))
            self.app.run(ticks=1)
            if self.recorder is not None:
                self.recorder.writer.wait()
        measures = self.app.resource(Measures)
        assert measures.problems == {}
        ways = [[each.as_dict() for each in lineage.way(1)] for _, lineage in measures.lineages()]
        said = {each["name"]: {value["of"]: value["value"] for value in each["values"]} for each in measures.as_list()}
        return {"said": said, "ways": ways}


def equal(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one["ways"] == other["ways"]
    assert one["said"].keys() == other["said"].keys()
    for name, values in one["said"].items():
        unseen = 0.03 if name == "on" else 0.0  # seconds of a restart count neither way
        assert values == pytest.approx(other["said"][name], rel=1e-5, abs=unseen), name


@pytest.fixture(scope="module")
def uninterrupted() -> dict[str, Any]:
    twin = Twin(None)
    found = twin.run(0, TICKS)
    twin.app.close()
    assert found["said"]["hits"][""] > 10 and len(found["ways"][0]) > 5
    return found


def test_a_restart_is_as_if_nothing_had_been(tmp_path: Path, uninterrupted: dict[str, Any]) -> None:
    for first, last in ((0, 23), (23, 24), (24, 47)):
        twin = Twin(tmp_path / "r")
        twin.run(first, last)
        twin.app.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["r", "r.2", "r.3"]
    twin = Twin(tmp_path / "r")
    equal(twin.run(47, TICKS), uninterrupted)
    twin.app.close()


@pytest.mark.parametrize("kept_at", [0, 17, None])
def test_after_a_kill_what_the_recording_has_is_played_again(
    tmp_path: Path, uninterrupted: dict[str, Any], monkeypatch: pytest.MonkeyPatch, kept_at: int | None
) -> None:
    monkeypatch.setattr(StateKeeper, "step", lambda self, world: None)
    twin = Twin(tmp_path / "r")
    for second in range(30):
        twin.run(second, second + 1)
        if second == kept_at:
            (tmp_path / "kept").write_bytes(state_of(twin.app.resource(Measures), twin.app.world).to_bytes())
    twin.app.close()
    (tmp_path / "r" / STATE_FILE).unlink()
    if kept_at is not None:
        os.replace(tmp_path / "kept", tmp_path / "r" / STATE_FILE)
    twin = Twin(tmp_path / "r")
    equal(twin.run(30, TICKS), uninterrupted)
    twin.app.close()


def test_who_comes_again_later_is_where_he_was(tmp_path: Path) -> None:
    twin = Twin(tmp_path / "r")
    before = twin.run(0, 12)["said"]["hits"][""]
    twin.app.close()
    twin = Twin(tmp_path / "r")
    handles = twin.app.world.find_all(np.arange(1, 5, dtype=np.uint64))
    state = read_state((tmp_path / "r" / STATE_FILE).read_bytes())
    twin.app.world.despawn(handles)
    again = Measures(twin.app.resource(Measures).measures)
    restore_state(again, twin.app.world, state, after_pause=True)
    again.step(twin.app.world, now_ns=NOW + 12 * SECOND, at_once=True)
    for number in range(4):  # as readings bring them: with the ids that they had
        place = (20.0 * ((11 // (5 + number)) % 3), 0.0, 0.0)
        twin.app.world.spawn(Transform(place), MOTOR(), Device(key=f"p{number}", kind="part"), stable_id=1 + number)
    twin.app.run(ticks=1)
    again.step(twin.app.world, now_ns=NOW + 13 * SECOND, at_once=True)
    assert again.results["hits"].values[0] == before, "who stands in a zone has not entered it again"
    twin.app.close()


@pytest.mark.parametrize("harm", [b"", b"PK", b"x" * 1000])
def test_what_is_damaged_is_left(tmp_path: Path, harm: bytes) -> None:
    twin = Twin(tmp_path / "r")
    twin.run(0, 5)
    twin.app.close()
    file = tmp_path / "r" / STATE_FILE
    whole = file.read_bytes()
    for data in (harm, whole[: len(whole) // 2], whole.replace(b'"version": 1', b'"version": 9')):
        with pytest.raises(TaixuError, match="begin anew"):
            read_state(data)
    file.write_bytes(harm)
    twin = Twin(tmp_path / "r")
    twin.run(5, 8)
    twin.app.close()
