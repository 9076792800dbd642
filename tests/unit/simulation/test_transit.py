"""Trams and trains that a feed of GTFS sends along its lines, and the lines themselves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from small_feed import LATITUDE, LONGITUDE, degrees, feed_tables, write_feed

pytest.importorskip("pyproj")

from taixu.app import App
from taixu.edit.project import Project
from taixu.errors import TaixuError
from taixu.scene import MeshInstance, ScenePlugin, Transform
from taixu.simulation.transit import MOST_SECTIONS, Run, Transit, along_course
from taixu.simulation.worlds import Simulated, Simulation, SimulationPlugin
from taixu.simulation.worlds.settings import Settings
from taixu.simulation.worlds.timetables import transit_of
from taixu.simulation.worlds.transit_lines import ribbon_mesh

_SAID = {
    "timetable": "town.zip", "timetable_day": "2026-05-04", "timetable_begins": "08:00", "timetable_origin": [LATITUDE, LONGITUDE]
}  # fmt: skip


def _trams() -> dict[str, str]:
    """The small feed's buses as trams that go east for 200 m and then north."""
    tables = feed_tables()
    tables["routes.txt"] = "route_id,route_short_name,route_type,route_color\nr1,7,0,FF0000\nr2,N,700,zz\n"
    tables["stops.txt"] = f"stop_id,stop_name,stop_lat,stop_lon\nA,Market,{degrees(60, -4)}\nB,Harbour,{degrees(204, 300)}\n"
    course = ((0, 0), (200, 0), (200, 400))
    rows = "".join(f"s,{degrees(*at)},{number}\n" for number, at in enumerate(course))
    tables["shapes.txt"] = "shape_id,shape_pt_lat,shape_pt_lon,shape_pt_sequence\n" + rows
    return tables


def _at(transit: Transit, secs: float) -> dict[str, np.ndarray]:
    return transit.step(round(secs * 1e9) - 10**9, 10**9, {})  # type: ignore[return-value]


def test_trams_keep_the_time_and_bend_with_their_line(tmp_path: Path) -> None:
    write_feed(tmp_path / "town.zip", _trams())
    runs, lines = transit_of(Settings(_SAID, tmp_path))
    assert len(runs) == 5 and len(lines) == 1 and lines[0].color == (1.0, 0.0, 0.0)
    transit = Transit(runs)
    waits = _at(transit, 20.0)
    assert waits["count"] == 1 and waits["number"].tolist() == [0, 1 << 32, 2 << 32] and not waits["speed"].any()
    assert waits["place"][0] == pytest.approx([60.0, 0.0], abs=0.5) and waits["place"][2] == pytest.approx([40.0, 0.0], abs=0.5)
    # From 08:00:30 to 08:02:00 it goes 140 m east and 300 m north: to the north is -z.
    goes = _at(transit, 30.0 + 90.0 * 155 / 440)
    assert goes["speed"][0] == pytest.approx(440 / 90, abs=0.1)
    assert goes["place"][0] == pytest.approx([200.0, -15.0], abs=0.5) and goes["heading"][0] == pytest.approx(-np.pi / 2, abs=0.01)
    assert -np.pi / 2 < goes["heading"][1] < 0 and goes["heading"][2] == pytest.approx(0.0, abs=0.01)
    fronts, backs = goes["place"][1:], goes["place"][:-1] - goes["place"][1:]
    assert np.isfinite(fronts).all() and (np.hypot(*backs.T) <= 10.01).all()
    kept = transit.checkpoint()
    assert _at(transit, 119.0)["place"][0] == pytest.approx([200.0, -295.0], abs=6.0)
    transit.restore(kept)
    assert transit.said()["place"].tobytes() == goes["place"].tobytes()
    assert _at(transit, 10 * 3600.0)["count"] == 0


def test_stops_are_met_in_their_order_where_a_line_comes_back_beside_itself() -> None:
    there_and_back = np.array([[0.0, 0.0], [500.0, 0.0], [500.0, 3.0], [0.0, 3.0]])
    stops = np.array([[100.0, 2.0], [400.0, 1.0], [300.0, 1.0], [50.0, 1.0]])  # all but one are nearer to the other side
    at = along_course(there_and_back, stops)
    assert at == pytest.approx([100.0, 400.0, 703.0, 953.0])


@pytest.mark.parametrize(("wrong", "sentence"), [
    ({"lines": ["ferry line"]}, "no vehicles for a 'ferry line'"), ({"lines": ["rail line"]}, "no rail line of it runs"),
    ({"timetable_begins": "23:00"}, "runs after the clock begins"), ({"timetable_origin": [99, 0]}, "a latitude"),
])  # fmt: skip
def test_settings_that_drive_nothing_are_told(tmp_path: Path, wrong: dict[str, object], sentence: str) -> None:
    write_feed(tmp_path / "town.zip", _trams())
    with pytest.raises(TaixuError, match=sentence):
        transit_of(Settings(_SAID | wrong, tmp_path))


def test_runs_that_contradict_themselves_are_refused() -> None:
    line, at, times = np.array([[0.0, 0.0], [9.0, 0.0]]), np.array([0.0, 9.0]), np.array([0.0, 5.0])
    assert Transit([Run(line, at, times, times)]).said()["count"] == 1
    for run, sentence in (
        (Run(line, at, times[::-1], times), "go back"), (Run(line, at[::-1], times, times), "go back"),
        (Run(line * np.nan, at, times, times), "not finite"), (Run(line * 0, at, times, times), "no length"),
        (Run(line, at[:1], times, times), "two stops"), (Run(line, at, times, times, MOST_SECTIONS + 1), "sections"),
    ):  # fmt: skip
        with pytest.raises(TaixuError, match=sentence):
            Transit([run])


def test_ribbons_lie_flat_look_up_and_keep_their_width() -> None:
    ribbon = ribbon_mesh(np.array([[0.0, 0.0], [10.0, 0.0], [10.0, 0.0], [10.0, 10.0]]), np.full(4, 3.0), wide_m=2.0)
    assert ribbon is not None and ribbon_mesh(np.zeros((3, 2)), np.zeros(3)) is None
    place = ribbon.attributes["POSITION"]
    assert ribbon.indices is not None
    a, b, c = (place[ribbon.indices[start::3]] for start in range(3))
    assert (np.cross(b - a, c - a)[:, 1] > 0).all() and (place[:, 1] == 3.0).all()
    assert np.cross(b - a, c - a)[:, 1].sum() / 2 == pytest.approx(2.0 * 20.0)  # a mitre cuts as much inside as it adds outside


def test_a_world_shows_lines_and_sections_of_the_right_look(tmp_path: Path) -> None:
    write_feed(tmp_path / "town.zip", _trams())
    with App() as app:
        app.clock.steps_per_sec, app.clock.max_steps = 2, None
        app.add_plugin(ScenePlugin())
        app.add_plugin(SimulationPlugin())
        app.insert_resource(Project(tmp_path))
        owner = app.world.spawn(Simulation("transit", settings=_SAID), Transform((1000.0, 0.0, 0.0)))
        for _ in range(4):
            app.frame(0.5)
        numbers, look, meshes, tints = [], [], [], set()
        for table in app.world.query(Simulated, Transform):
            assert (table.read(Simulated, "owner") == np.uint64(owner)).all()
            numbers += table.read(Simulated, "number").tolist()
            look += table.read(Simulated, "look")[table.read(Simulated, "number") >= 0].tolist()
            tints |= set(table.read(MeshInstance, "tint")[table.read(Simulated, "number") >= 0].tolist())
            meshes += table.read(MeshInstance, "mesh").tolist()
        assert len(tints) == 1 and sorted(numbers) == [-1, 0, 1 << 32, 2 << 32]
        assert set(look) == {2} and len(set(meshes)) == 2 and all(meshes)
