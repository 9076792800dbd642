"""Sweeps: plans, runs that survive, reports."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from taixu.errors import TaixuError
from taixu.simulation.sweeps import Measure, measured, read_plan, run_plan, write_report

GOOD = {
    "world": "city", "seconds": 3, "vary": {"water.x": [1, 2, -2], "water.side": ["<west>", "east"]},
    "measure": {"y": {"column": "water.depth", "by": "max"}},
}  # fmt: skip


def _plan(folder: Path, **changes: Any) -> Path:
    file = folder / "a.sweep.json"
    file.write_text(json.dumps(GOOD | changes))
    return file


def test_finished_runs_are_kept_when_others_die_and_the_next_call_does_the_rest(tmp_path: Path) -> None:
    plan = read_plan(_plan(tmp_path))
    (tmp_path / "weak").touch()
    steps: list[tuple[int, int]] = []
    runs, failed = run_plan(
        plan, tmp_path / "out", function="sweep_cases:squared", arguments=(str(tmp_path),),
        progress=lambda done, total: steps.append((done, total)),
    )  # fmt: skip
    assert [run.case["water.x"] for run in runs.values()] == [1, 1, 2, 2]
    assert [run.measures["y"] for run in runs.values()] == [1.0, 1.0, 4.0, 4.0]
    assert len(failed) == 2
    assert steps[0] == (0, 6)
    assert steps[-1] == (6, 6)
    (tmp_path / "weak").unlink()
    damaged = next((tmp_path / "out" / "runs").glob("*.json"))
    damaged.write_text("{")
    (tmp_path / "log").write_text("")
    again, failed = run_plan(plan, tmp_path / "out", function="sweep_cases:squared", arguments=(str(tmp_path),), workers=1)
    assert not failed
    assert [run.measures["y"] for run in again.values()] == [1.0, 1.0, 4.0, 4.0, 4.0, 4.0]
    assert len((tmp_path / "log").read_text().split()) == 3  # the two that died, and the one whose file was damaged
    write_report(plan, list(again.values()), ["why <not>"], tmp_path / "out" / "report.html")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<west>" not in page
    assert "why &lt;not&gt;" in page
    parts = ["<svg" + rest.split("</svg>")[0] + "</svg>" for rest in page.split("<svg")[1:]]
    plots = [ElementTree.fromstring(part) for part in parts]
    assert [len(plot.findall("circle")) for plot in plots] == [6, 6]


def test_a_refusal_is_its_sentence(tmp_path: Path) -> None:
    plan = read_plan(_plan(tmp_path, vary={"water.x": [-1]}))
    runs, failed = run_plan(plan, tmp_path, function="sweep_cases:squared", arguments=(str(tmp_path),))
    assert not runs
    assert "the pump is dry" in next(iter(failed.values()))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"world": 3}, "world takes the path"),
        ({"seconds": 0}, "seconds takes a number"),
        ({"seconds": True}, "seconds takes a number"),
        ({"vary": {"water": [1]}}, "vary takes lists"),
        ({"vary": {"water.x": []}}, "vary takes lists"),
        ({"vary": {f"water.{name}": list(range(99)) for name in "abcd"}}, "more than 100000 runs"),
        ({"measure": {}}, "measure takes, by name"),
        ({"measure": {"y": {"column": "water.depth", "by": "guess"}}}, "measure.y takes a column"),
        ({"measure": {"y": {"column": "water", "by": "max"}}}, "measure.y takes a column"),
        ({"color": 1}, "and nothing else"),
    ],
)
def test_what_is_wrong_with_a_plan_is_one_sentence(tmp_path: Path, changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(TaixuError, match=sentence):
        read_plan(_plan(tmp_path, **changes))


def test_measures() -> None:
    values = np.array([[3.0, 1.0], [2.0, 4.0]])
    found = {by: measured(values, Measure("a.b", by)) for by in ("max", "min", "mean", "sum", "count", "2")}
    assert found == {"max": 4.0, "min": 1.0, "mean": 2.5, "sum": 10.0, "count": 4.0, "2": 2.0}
    assert measured(np.zeros(0), Measure("a.b", "sum")) == 0.0
    for wrong, by, sentence in ((None, "max", "nobody said"), (np.zeros(0), "max", "has no max"), (np.zeros(2), "2", "none at 2")):
        with pytest.raises(TaixuError, match=sentence):
            measured(wrong, Measure("a.b", by))


def test_equal_cases_have_equal_keys_and_others_do_not(tmp_path: Path) -> None:
    plan, other = read_plan(_plan(tmp_path)), read_plan(_plan(tmp_path, seconds=4))
    keys = {plan.key(case) for case in plan.cases}
    assert len(keys) == 6
    assert keys == {read_plan(_plan(tmp_path)).key(case) for case in plan.cases}
    assert not keys & {other.key(case) for case in other.cases}
