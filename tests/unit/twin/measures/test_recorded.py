"""What measures said is in the recording: at any moment, over time, and in tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from measured_line import MOTOR, NOW, SECOND, Line

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.serve.remembering import Remembering
from taixu.twin.memory import Recorder, Recording
from taixu.twin.memory.comparing import compare_moments
from taixu.twin.memory.export import export_tables
from taixu.twin.memory.measured import MEASURE_COLUMNS, measures_at
from taixu.twin.memory.restoring import fill_moment

MEASURES: list[dict[str, Any]] = [
    {"name": "mean", "unit": "degC", "value": "mean(motor.temperature)"},
    {"name": "nobody", "value": "mean(motor.temperature)", "where": "device.kind == 'ghost'"},
    {"name": "people", "value": "count(device.kind == 'person')", "by": "zone", "zones": ["A", "B"]},
    {"name": "double", "value": "motor.temperature * 2", "by": "entity", "where": "motor.temperature < 6"},
    {"name": "parts", "passages": {}, "where": "device.kind == 'part'"},
    {"name": "../takt", "takt": {"enters": "C", "show": "count"}, "where": "device.kind == 'part'"},
]  # fmt: skip
TICKS = 40


def sort(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [each | {"values": sorted(each["values"], key=lambda value: value["of"])} for each in told]


def drive(folder: Path, **options: Any) -> tuple[Line, dict[int, list[dict[str, Any]]]]:
    """Forty seconds of a line that is recorded; what measures said at each."""
    line = Line(*MEASURES)
    recorder = Recorder(folder, **options)
    said: dict[int, list[dict[str, Any]]] = {}
    for tick in range(TICKS):
        line.set("temperature", np.arange(6) + tick % 7)
        line.put(4, 40.0 * (tick % 5 == 0))
        if tick == 20:
            line.world.despawn(line.things[5:])
            line.things = line.things[:5]
            line.set = lambda name, values: line.world.scatter(line.things, MOTOR, name, np.asarray(values)[:5])  # type: ignore[method-assign]
        now = NOW + tick * SECOND
        line.step(tick, "mean")
        recorder.measure(line.measures.told())
        recorder.record(line.world, now_ns=now)
        recorder.writer.wait()
        said[now] = sort(line.measures.as_list())
    recorder.close()
    return line, said


@pytest.mark.parametrize("options", [{}, {"key_secs": 5.0}, {"segment_secs": 9.0}])
def test_any_moment_says_what_measures_said_then(tmp_path: Path, options: dict[str, Any]) -> None:
    line, said = drive(tmp_path / "r", **options)
    recording = Recording(tmp_path / "r")
    for now in (max(said), *said):
        found = sort(measures_at(recording.moment(now, components=MEASURE_COLUMNS)))
        assert found == said[now]
    moment = recording.moment(max(said))
    world = World()
    fill_moment(world, moment, line.components)
    assert len(world) == len(line.world) == 8, "the whole and zones are nobody"
    different = compare_moments(moment, recording.moment(NOW)).counts()
    assert "motor.temperature" in different and not any(name.startswith("measure") for name in different)


def test_a_measure_over_time(tmp_path: Path) -> None:
    line, said = drive(tmp_path / "r")
    remembering = Remembering(tmp_path / "r", line.components)

    def ask(name: str, of: str | int) -> dict[str, Any]:
        return remembering.measure_series(
            name, of, from_ns=NOW, to_ns=NOW + TICKS * SECOND, points=TICKS * 4, still_wanted=lambda: True
        )

    whole = ask("mean", "")
    expected = [each["values"][0]["value"] for each in (told[0] for told in said.values())]
    changes = [value for place, value in enumerate(expected) if not place or value != expected[place - 1]]
    assert np.allclose(whole["mean"], changes) and whole["before"]["value"] == expected[0]
    assert set(ask("people", "B")["mean"]) == {1.0}
    press = line.world.stable_id(int(line.things[0]))
    assert set(ask("double", press)["high"]) == {0.0, 2.0, 4.0, 6.0, 8.0, 10.0}
    assert ask("mean", "nowhere")["mean"] == [] == ask("nothing", "")["mean"]
    assert ask("nobody", "")["mean"] == []
    assert remembering.measures(NOW)[0]["name"] == "mean"
    with pytest.raises(TaixuError, match="later"):
        remembering.measure_series("mean", "", from_ns=NOW, to_ns=NOW, points=5, still_wanted=lambda: True)


def test_tables_have_measures_and_stay_in_their_folder(tmp_path: Path) -> None:
    duckdb = pytest.importorskip("duckdb")
    drive(tmp_path / "r")
    (tmp_path / "t").mkdir()
    rows = export_tables(Recording(tmp_path / "r"), tmp_path / "t" / "tables")
    assert rows["measure.value.people.parquet"] == 2 and rows["measure.value...%2Ftakt.parquet"] > 1
    assert {path.name for path in (tmp_path / "t" / "tables").iterdir()} == set(rows)
    assert [path.name for path in (tmp_path / "t").iterdir()] == ["tables"]
    tables = tmp_path / "t" / "tables"
    found = duckdb.sql(
        f"select z.value, v.value from '{tables}/measure.value.people.parquet' v join '{tables}/measure.of.of.parquet' z "
        "using (entity) order by 1"
    ).fetchall()
    assert found == [("A", 0.0), ("B", 1.0)]
