"""``taixu sweep`` over a world with rain."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import taixu as tx
from taixu.cli.program import main
from taixu.edit import create_project
from taixu.simulation.worlds import Simulation


def test_a_world_runs_over_a_plan_and_equal_runs_are_equal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = tmp_path / "town"
    create_project(project)
    with tx.App.headless() as app:
        app.world.spawn(Simulation("weather", settings={"secs": [0], "rain": [10], "period_secs": 1}))
        app.world.spawn(Simulation("water", settings={"heights": [[0.0] * 4] * 4}, told={"rain": "weather.rain"}))
        app.save(project / "worlds" / "main.world.json")
    plan = {
        "world": "town", "seconds": 4, "vary": {"weather.rain": [[36], [3600]]},
        "measure": {"deep": {"column": "water.depth", "by": "max"}},
    }  # fmt: skip
    file = tmp_path / "rain.sweep.json"
    file.write_text(json.dumps(plan))
    assert main(["sweep", str(file), "--json", "--workers", "1"]) == 0
    report = json.loads(capsys.readouterr().out)
    deep = [run["measures"]["deep"] for run in report["runs"]]
    assert deep[-1] == pytest.approx(100 * deep[0])
    assert deep[0] > 0
    assert report["failed"] == []
    assert Path(report["out"]) == tmp_path / "rain-runs" / "report.html"
    assert "<svg" in Path(report["out"]).read_text()
    file.write_text(json.dumps(plan | {"vary": {"sea.level": [1]}}))
    assert main(["sweep", str(file), "--out", str(tmp_path / "other")]) == 1
    assert "there is no simulator 'sea'" in capsys.readouterr().err
