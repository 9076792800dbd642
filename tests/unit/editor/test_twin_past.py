"""A recorded moment in a copy of the world, exactly."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from twins import record_desk

from taixu.defaults import App
from taixu.scene import Transform
from taixu.twin.memory import Recording
from taixu.twin.memory.restoring import fill_moment
from taixu.twin.plugin import TwinPlugin
from taixu_editor.host import Host

DESK = Path(__file__).parents[2] / "ui" / "worlds" / "desk"


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    import json

    root = tmp_path_factory.mktemp("past") / "desk"
    shutil.copytree(DESK, root)
    world = next((root / "worlds").glob("*.world.json"))
    document = json.loads(world.read_text())
    binding = {"topic": "hall/{key}/pose", "from": ["x", "y", "z"], "to": "transform.position", "unit": "mm"}
    document.setdefault("settings", {})["twin"] = {"bindings": [binding], "rules": [{"name": "high", "when": "y > 1"}]}
    document["entities"]["00000000000000c0"]["device"] = {"key": "cart 7"}
    world.write_text(json.dumps(document))
    return root, record_desk(root / "morning", world)


def frames_until_rest(host: Host) -> None:
    past, end = host.twin.the_past, time.monotonic() + 120.0
    while not past.is_open or past.is_busy or past.known_ns == 0:
        assert time.monotonic() < end, past.problem
        host.frame(0.02)
        time.sleep(0.005)


def test_moments_are_those_of_the_recording_and_closing_brings_the_document_back(recorded: tuple[Path, Path]) -> None:
    root, folder = recorded
    host = Host(trust=True)
    host.open(root)
    before = host.session.world.state_hash()
    host.do("past.open", path=str(folder))
    frames_until_rest(host)
    past, recording = host.twin.the_past, Recording(folder)
    first, last = recording.span_ns
    for share in (0.5, 1.0, 0.1, 0.0, 0.7):
        host.do("past.seek", at_ns=int(first + (last - first) * share))
        host.frame(0.02)
        frames_until_rest(host)
        for _ in range(3):
            host.frame(0.0)
        with App.headless(plugins=(TwinPlugin(),)) as app:
            app.components.declare(host.session.project.components)
            moment = recording.moment(past.at_ns)
            fill_moment(app.world, moment, app.components)
            world = host.twin.world
            assert world is not None
            ids = moment.stable_ids[moment.tracks]
            here, there = world.find_all(ids), app.world.find_all(ids)
            assert here.all()
            assert (world.gather(here, Transform, "translation") == app.world.gather(there, Transform, "translation")).all()
    assert [mark.kind for mark in past.marks] == ["alarm"]
    recording.close()
    host.do("past.close")
    assert host.twin.world is None
    assert host.session.world.state_hash() == before
    host.close()


def test_rules_are_tried_in_the_background(recorded: tuple[Path, Path]) -> None:
    root, folder = recorded
    host = Host(trust=True)
    host.open(root)
    host.do("past.open", path=str(folder))
    frames_until_rest(host)
    host.do("twin.set_rule", rule={"name": "higher", "when": "y > 1.5"})
    host.do("past.try_rules")
    tried, end = host.twin.the_past.tried, time.monotonic() + 120.0
    assert tried is not None
    while tried.alarms is None and not tried.problem:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert [alarm.rule for alarm in tried.alarms or ()] == ["high", "higher"]
    host.close()


def test_what_is_no_recording_is_said(recorded: tuple[Path, Path], tmp_path: Path) -> None:
    root, _ = recorded
    host = Host(trust=True)
    host.open(root)
    host.do("past.open", path=str(tmp_path))
    past, end = host.twin.the_past, time.monotonic() + 120.0
    while not past.problem:
        assert time.monotonic() < end
        host.frame(0.02)
    assert "no recording" in past.problem
    host.close()
