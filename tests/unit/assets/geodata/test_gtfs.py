"""Feeds of public transport: what is read, on which days it runs, and strangers' zips."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from small_feed import feed_tables, write_feed

from taixu.assets.geodata import gtfs, read_map
from taixu.assets.geodata.gtfs import line_kind, read_gtfs
from taixu.errors import TaixuError


def _changed(folder: Path, **tables: str | None) -> Path:
    changed = feed_tables() | {f"{name}.txt": text for name, text in tables.items() if text is not None}
    for name in [name for name, text in tables.items() if text is None]:
        del changed[f"{name}.txt"]
    return write_feed(folder / "town.gtfs", changed)


def test_a_feed_and_its_days(tmp_path: Path) -> None:
    feed = read_gtfs(write_feed(tmp_path / "town.zip"))
    assert (len(feed.stops), len(feed.trips), feed.attribution, feed.findings) == (3, 6, "Town Lines", [])
    assert feed.stops["A"].name == "Market" and feed.stops["A"].attributes["wheelchair_boarding"] == "1"
    assert {each.name: each.kind for each in feed.lines.values()} == {"7 Market - Harbour": "bus line", "Night line": "bus line"}
    assert feed.shapes["s"][0, 0] < feed.shapes["s"][1, 0]  # by its sequence, not by its rows
    begin, counts = feed.trips_by_day()
    assert begin == date(2026, 5, 4) and counts.tolist() == [5, 0, 6, 5, 5, 0, 0]
    assert feed.busiest_day() == date(2026, 5, 6)
    night = [(trip.id, trip.departs[0] + later) for trip, later in feed.runs_on(date(2026, 5, 6)) if trip.every]
    assert night == [("n", 24.5 * 3600), ("n", 25 * 3600), ("n", 25.5 * 3600)]
    assert not feed.runs_on(date(2026, 5, 5))


def test_a_folder_is_the_same_feed(tmp_path: Path) -> None:
    (tmp_path / "feed").mkdir()
    for name, text in feed_tables().items():
        (tmp_path / "feed" / name).write_text(text, encoding="utf-8")
    assert read_gtfs(tmp_path / "feed").trips.keys() == read_gtfs(write_feed(tmp_path / "town.zip")).trips.keys()


def test_times_that_lack_lie_between(tmp_path: Path) -> None:
    rows = ("t0,8:00:00,8:01:00,A,1", "t0,,,far,2", "t0,8:05:00,8:05:00,B,3")
    times = "\n".join(("trip_id,arrival_time,departure_time,stop_id,stop_sequence", *rows))
    trip = read_gtfs(_changed(tmp_path, stop_times=times)).trips["t0"]
    assert trip.arrives[1] == trip.departs[1] == 8 * 3600 + 180
    assert np.array_equal(trip.stops, ("A", "far", "B"))


def test_features_of_a_feed(tmp_path: Path) -> None:
    found = read_map(write_feed(tmp_path / "town.zip"))
    stop, line = found.spots[0], found.ways[0]
    assert found.follows and (stop.id, stop.kind, stop.attributes["lines"]) == ("A", "stop", "7 Market - Harbour, Night line")
    said = line.attributes
    assert (line.id, line.kind, said["line"], said["from"], said["until"]) == ("r1", "line", "bus line", "08:00", "08:40")
    assert said["days"] == "Mon, Tue, Wed, Thu, Fri" and said["trips_on_busiest_day"] == 5
    night = found.ways[1].attributes
    assert (night["from"], night["until"], night["trips_on_busiest_day"]) == ("24:30", "26:00", 3)
    assert (line_kind(0), line_kind(109), line_kind(999), line_kind(-1)) == ("tram line", "rail line", "tram line", "line")


def test_what_is_wrong_in_rows_is_told_and_the_rest_is_read(tmp_path: Path) -> None:
    tables = feed_tables()
    feed = read_gtfs(_changed(
        tmp_path, stops=tables["stops.txt"] + "C,Nowhere,95,11,\nD,Text,north,11,\n",
        trips=tables["trips.txt"] + "r9,week,lost,\n",
        frequencies="trip_id,start_time,end_time,headway_secs\nn,1:00:00,2:00:00,0\n",
        stop_times=tables["stop_times.txt"].replace("t1,08:12", "t1,07:12").replace("t2,08:20:00,08:20:30,A", "t2,08:20:00,8h,A"),
        calendar_dates=tables["calendar_dates.txt"] + "week,20261399,1\nweek,20260504,9\nweek\n",
    ))  # fmt: skip
    told = " ".join(str(each) for each in feed.findings)
    assert {"C", "D", "lost", "t1"} <= {each.where for each in feed.findings} and "times that go back" in told
    assert set(feed.trips) == {"t0", "t2", "t3", "t4", "n"} and not feed.trips["n"].every


@pytest.mark.parametrize(("tables", "sentence"), [
    ({"stops": None}, "no stops.txt"), ({"routes": "a,b\n1,2\n"}, "routes.txt has no column route_id"),
    ({"stops": "stop_id\n"}, "no stop that can be read"), ({"stop_times": None}, "no stop_times.txt"),
    ({"stop_times": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"}, "no trip that can be read"),
    ({"stops": 'stop_id,stop_lat,stop_lon\n"' + "a" * 200_000}, "stops.txt, line 2: it is no table"),
])  # fmt: skip
def test_feeds_that_are_none_are_one_sentence(tmp_path: Path, tables: dict[str, str | None], sentence: str) -> None:
    with pytest.raises(TaixuError, match=sentence):
        read_gtfs(_changed(tmp_path, **tables))


def test_hostile_zips_are_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = write_feed(tmp_path / "good.zip").read_bytes()
    end = good.rfind(b"PK\x05\x06")
    listed = good[: end + 12] + (1 << 24).to_bytes(4, "little") + good[end + 16 :]
    far = good[:end] + b"PK\x06\x07" + bytes(16) + good[end:]
    for data, sentence in ((b"", "no end"), (b"PK" * 400, "no end"), (good[: len(good) // 2], "no end"), (listed, "more files"),
                           (far, "more files"), (b"\0" * 300 + good[end:], "damaged")):  # fmt: skip
        (tmp_path / "bad.zip").write_bytes(data)
        with pytest.raises(TaixuError, match=sentence):
            read_gtfs(tmp_path / "bad.zip")
    broken = bytearray(good)
    broken[60:90] = bytes(30)
    (tmp_path / "bad.zip").write_bytes(broken)
    with pytest.raises(TaixuError):
        read_gtfs(tmp_path / "bad.zip")
    monkeypatch.setattr(gtfs, "_MOST_TABLE", 1 << 16)
    bomb = feed_tables() | {"shapes.txt": "0" * (1 << 20)}
    with pytest.raises(TaixuError, match=r"shapes.txt has more than 65,536 bytes"):
        read_gtfs(write_feed(tmp_path / "bomb.zip", bomb))
    monkeypatch.setattr(gtfs, "_MOST_RUNS", 2)
    with pytest.raises(TaixuError, match="more than 2 trips run"):
        read_gtfs(write_feed(tmp_path / "town.zip")).runs_on(date(2026, 5, 6))
    with zipfile.ZipFile(tmp_path / "paths.zip", "w") as archive:
        for name, text in feed_tables().items():
            archive.writestr(f"../../feed/{name}", text)
    with pytest.raises(TaixuError, match="no stops.txt"):
        read_gtfs(tmp_path / "paths.zip")


def test_feeds_of_others(content: Path) -> None:
    train = read_gtfs(content / "gtfs" / "caltrain-2017-07-24")
    assert (len(train.stops), len(train.lines), len(train.trips)) == (64, 4, 188)
    assert train.lines["Bu-129"].kind == "rail line" and train.busiest_day() == date(2017, 7, 17)
    assert len(train.runs_on(date(2017, 7, 17))) == 92  # weekday trains, as the published timetable says
    demo = read_gtfs(content / "gtfs" / "google-sample-feed-1.zip")
    assert (len(demo.stops), len(demo.lines), len(demo.runs_on(date(2007, 1, 6)))) == (9, 5, 144)
