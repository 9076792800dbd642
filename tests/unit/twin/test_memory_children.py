"""Prefabs' children in a recording: what became of them since they were made is there again, and gone again before it happened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import taixu as tx
from taixu.defaults.past import open_past
from taixu.edit.prefab import FromPrefab, PrefabInstance
from taixu.scene import Name, Transform
from taixu.twin.device import Device
from taixu.twin.memory import Recording
from taixu.twin.memory.comparing import compare_moments
from taixu.twin.memory.series import SeriesReader
from taixu.twin.plugin import TwinPlugin, begin_recording
from taixu.twin.recalling import recall_moment

NOW = 1_760_000_000_000_000_000
STEP = 100_000_000
ABOVE = {"entity": "0000000000000001"}
PREFAB = {
    "format": "taixu.prefab", "version": 1, "root": "0000000000000001",
    "entities": {
        "0000000000000001": {"name": {"text": "Press"}, "transform": {}},
        "0000000000000002": {"name": {"text": "Lamp"}, "transform": {"translation": [0, 2, 0]}, "parent": ABOVE},
        "0000000000000003": {"name": {"text": "Ram"}, "transform": {}, "parent": ABOVE, "device": {"key": "ram"}, "gauge": {}},
    },
}  # fmt: skip
GAUGE = '[components.gauge]\nlevel = { kind = "f32" }\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "press.prefab.json").write_text(json.dumps(PREFAB))
    (tmp_path / "taixu.toml").write_text('[project]\nname = "Cell"\nfirst_world = "main.world.json"\n' + GAUGE)
    (tmp_path / "main.world.json").write_text('{"format": "taixu.world", "version": 1, "entities": {}}')
    return tmp_path


def seen(app: Any) -> dict[str, tuple[str, float, float]]:
    """Names, heights and levels of children, by the name of their owner and their path."""
    found = {}
    for table in app.world.query(FromPrefab, Transform):
        for entity in table.entities.tolist():
            child = app.world.get(entity, FromPrefab)
            gauge = next((cls for cls in app.world.types_of(entity) if cls.__name__.lower() == "gauge"), None)
            level = float(app.world.get(entity, gauge).level) if gauge is not None else 0.0
            height = float(app.world.get(entity, Transform).translation[1])
            owner = app.world.get(int(child.instance), Name).text
            found[f"{owner} {child.path}"] = (app.world.get(entity, Name).text, height, level)
    return found


def test_children_stand_as_they_stood(project: Path) -> None:
    now = NOW
    stood: dict[int, dict[str, tuple[str, float, float]]] = {}
    with tx.App.headless(plugins=(TwinPlugin(now_ns=lambda: now),)) as app:
        app.open(project)
        gauge = app.components.find("gauge")
        assert gauge is not None
        for name in ("A", "B"):
            app.world.spawn(Transform(), Name(text=name), PrefabInstance(source="press.prefab.json"), Device(key=name))
        app.settle()
        begin_recording(app, project / "r")
        for tick in range(12):
            now = NOW + tick * STEP
            children = {f"{app.world.get(int(app.world.get(e, FromPrefab).instance), Name).text} {app.world.get(e, Name).text}": e
                        for e in app.world.query(FromPrefab).entities.tolist()}  # fmt: skip
            if tick >= 3:
                app.world.set(children["A Ram"], gauge.cls, level=float(tick))
            if tick == 5:
                app.world.set(children["B Lamp"], Transform, translation=(0.0, 9.0, 0.0))
            if tick == 8:
                owner = next(e for e in app.world.query(PrefabInstance).entities.tolist() if app.world.get(e, Name).text == "B")
                app.world.despawn([owner])
            app.run(ticks=1)
            stood[now] = seen(app)
        ram = app.world.stable_id(next(e for name, e in children.items() if name == "A Ram"))
    assert stood[NOW]["A 0000000000000003"] == ("Ram", 0.0, 0.0) and len(stood[NOW]) == 4
    assert len(stood[now]) == 2 and stood[now]["A 0000000000000003"][2] == 11.0
    recording = Recording(project / "r")
    assert len(recording.moment(NOW).tracks) == 2, "children are no entities of their own"
    with open_past({"project": str(project)}) as past:
        for tick in (11, 2, 6, 4, 0, 7, 9, 5):
            assert recall_moment(past, recording.moment(NOW + tick * STEP)) == []
            assert seen(past) == stood[NOW + tick * STEP], tick
    different = compare_moments(recording.moment(NOW + 6 * STEP), recording.moment(NOW + 3 * STEP)).counts()
    assert different == {"gauge.level": 1}
    levels = SeriesReader(recording).samples("gauge", "level", entity=ram).values
    assert np.unique(levels).tolist() == [0.0, *map(float, range(3, 12))]
