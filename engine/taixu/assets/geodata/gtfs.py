"""Timetables of public transport as GTFS: https://gtfs.org/documentation/schedule/reference/.

Stops, routes, trips, calendars, shapes and frequencies; fares, transfers and translations are not read. A feed is a zip from a
stranger, or a folder of its tables.
"""

from __future__ import annotations

import csv
import io
import math
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.findings import Finding
from taixu.assets.geodata.features import MapData, tidy_attributes
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError

__all__ = ["GTFS_SUFFIXES", "Line", "Service", "Stop", "TransitFeed", "TransitTrip", "line_kind", "read_gtfs"]

GTFS_SUFFIXES = (".gtfs", ".zip")
_MOST_ZIP, _MOST_TABLE = 64 << 20, 128 << 20
_MOST_LISTED = 1 << 20
"""Bytes of an archive's list of contents: a feed has twenty tables."""
_MOST_ROWS = 2_000_000
_MOST_STOPS, _MOST_TRIPS, _MOST_RUNS = 200_000, 1 << 20, 200_000
_MOST_DAYS = 3660
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_KINDS = {0: "tram line", 1: "metro line", 2: "rail line", 3: "bus line", 4: "ferry line", 5: "tram line", 6: "cable car line",
          7: "funicular line", 11: "bus line", 12: "monorail line"}  # fmt: skip
_EXTENDED = {1: "rail line", 2: "bus line", 4: "metro line", 7: "bus line", 8: "bus line", 9: "tram line", 10: "ferry line",
             13: "cable car line", 14: "funicular line"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stop:
    """Where people get on and off; degrees of WGS 84."""

    id: str
    name: str
    longitude_deg: float
    latitude_deg: float
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """A route of the feed; its kind is "bus line", "tram line" and so on."""

    id: str
    name: str
    kind: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TransitTrip:
    """A run of a line along its stops.

    Attributes
    ----------
    stops
        Ids, in their order.
    arrives, departs : float64[stops]
        Seconds of the day of its service, which may be more than a day has; times that the feed leaves out lie between their
        neighbours.
    every
        Where it runs by frequency: from, to (seconds of the day) and seconds between two; its times then count from each beginning.
    """

    id: str
    line: str
    service: str
    shape: str
    headsign: str
    stops: tuple[str, ...]
    arrives: NDArray[np.float64]
    departs: NDArray[np.float64]
    every: tuple[tuple[float, float, float], ...] = ()

    @property
    def runs(self) -> int:
        """How often it runs on a day of its service."""
        return sum(math.ceil((end - begin) / step) for begin, end, step in self.every) if self.every else 1


@dataclass(frozen=True, slots=True)
class Service:
    """Days on which trips run: weekdays from Monday on, between two days, and single days more or less."""

    weekdays: tuple[bool, ...]
    first: date
    last: date
    added: frozenset[date]
    removed: frozenset[date]

    def runs(self, day: date) -> bool:
        """Whether it runs on a day."""
        usual = self.first <= day <= self.last and self.weekdays[day.weekday()]
        return day in self.added or (usual and day not in self.removed)


@dataclass
class TransitFeed:
    """A feed, by ids.

    Attributes
    ----------
    shapes : float64[n, 2] each
        Longitude and latitude.
    """

    name: str
    stops: dict[str, Stop]
    lines: dict[str, Line]
    trips: dict[str, TransitTrip]
    services: dict[str, Service]
    shapes: dict[str, NDArray[np.float64]]
    attribution: str = ""
    findings: list[Finding] = field(default_factory=list)

    def trips_by_day(self) -> tuple[date, NDArray[np.int64]]:
        """The calendar's first day, and how many trips run on each day from then on; of very long ones the first ten years."""
        spans = [each for each in self.services.values() if any(each.weekdays) and each.first <= each.last]
        ends = [day for each in self.services.values() for day in each.added]
        ends += [day for each in spans for day in (each.first, each.last)]
        if not ends:
            return date.min, np.zeros(0, np.int64)
        begin = min(ends)
        counts = np.zeros(min((max(ends) - begin).days + 1, _MOST_DAYS), np.int64)
        weekday = (begin.weekday() + np.arange(len(counts))) % 7
        trips: dict[str, int] = {}
        for trip in self.trips.values():
            trips[trip.service] = trips.get(trip.service, 0) + 1
        for key, count in trips.items():
            service, runs = self.services[key], np.zeros(len(counts), bool)
            if service.first <= service.last:
                runs[max((service.first - begin).days, 0) : max((service.last - begin).days + 1, 0)] = True
                runs &= np.array(service.weekdays)[weekday]
            for days, does in ((service.removed, False), (service.added, True)):
                at = np.array([(day - begin).days for day in days], np.int64)
                runs[at[(at >= 0) & (at < len(counts))]] = does
            counts += count * runs
        return begin, counts

    def busiest_day(self) -> date:
        """The first of the days on which most trips run.

        Raises
        ------
        TaixuError
            When nothing ever runs.
        """
        begin, counts = self.trips_by_day()
        if not counts.any():
            raise TaixuError(f"{self.name}: its calendar has no day on which anything runs")
        return begin + timedelta(days=int(counts.argmax()))

    def runs_on(self, day: date) -> list[tuple[TransitTrip, float]]:
        """Trips of a day, and how much later (s) than their times each runs: once, or as often as their frequency says.

        Raises
        ------
        TaixuError
            When there are more than can be driven.
        """
        trips = [trip for trip in self.trips.values() if self.services[trip.service].runs(day)]
        if sum(trip.runs for trip in trips) > _MOST_RUNS:
            raise TaixuError(f"{self.name}: more than {_MOST_RUNS:,} trips run on {day}")
        found: list[tuple[TransitTrip, float]] = []
        for trip in trips:
            starts = [start for begin, end, step in trip.every for start in np.arange(begin, end, step).tolist()]
            found += [(trip, start - float(trip.departs[0])) for start in starts] if trip.every else [(trip, 0.0)]
        return found

    def doubt(self, where: str, message: str) -> None:
        """Say what is wrong with one row; the others go on."""
        self._said.doubt(where, message)

    def __post_init__(self) -> None:
        self._said = MapData(findings=self.findings)


def line_kind(number: int) -> str:
    """What a route type is, of the standard's or of the extended ones (of Google's extension)."""
    return _KINDS.get(number) or _EXTENDED.get(number // 100, "line")


def read_gtfs(path: str | Path) -> TransitFeed:
    """A feed: a zip, or a folder of its tables.

    Raises
    ------
    TaixuError
        When it is none; what is wrong in single rows is among its findings.
    """
    file = Path(path)
    if file.is_dir():
        return _Reading(file.name, lambda name: _table_of_folder(file, name)).feed()
    data = read_bytes(file, max_bytes=_MOST_ZIP)
    _check_list(file, data)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            # Some feeds lie in a folder of their archive.
            tables = [info for info in archive.infolist() if info.filename.count("/") < 2]
            names = {info.filename.rpartition("/")[2]: info for info in reversed(tables)}
            return _Reading(file.name, lambda name: _table_of_zip(file, archive, names.get(name), name)).feed()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise TaixuError(f"{file.name}: is no zip of GTFS, or is damaged ({str(error)[:80]})") from None


def _check_list(file: Path, data: bytes) -> None:
    """Refuse an archive whose list of contents would fill the memory before anything is read."""
    end = data.rfind(b"PK\x05\x06", max(len(data) - 65_557, 0))
    if end < 0 or len(data) - end < 22:
        raise TaixuError(f"{file.name}: is no zip of GTFS, or is damaged (it has no end)")
    listed = int.from_bytes(data[end + 12 : end + 16], "little")
    if listed > _MOST_LISTED or data[max(end - 20, 0) : end].startswith(b"PK\x06\x07"):
        raise TaixuError(f"{file.name}: lists more files than a feed of GTFS has")


def _table_of_folder(folder: Path, name: str) -> bytes | None:
    file = folder / name
    return read_bytes(file, max_bytes=_MOST_TABLE) if file.exists() else None


def _table_of_zip(file: Path, archive: zipfile.ZipFile, info: zipfile.ZipInfo | None, name: str) -> bytes | None:
    if info is None:
        return None
    with archive.open(info) as stream:
        data = stream.read(_MOST_TABLE + 1)  # whatever its header says of its size
    if len(data) > _MOST_TABLE:
        raise TaixuError(f"{file.name}: {name} has more than {_MOST_TABLE:,} bytes; cut the feed")
    return data


class _Reading:
    def __init__(self, name: str, table: Callable[[str], bytes | None]) -> None:
        self.name, self.table = name, table
        self.made = TransitFeed(name, {}, {}, {}, {}, {})

    def feed(self) -> TransitFeed:
        for read in (self._stops, self._lines, self._services, self._shapes, self._trips):
            read()
        made = self.made
        agencies = [row.get("agency_name", "") for row in self._rows("agency.txt")][:3]
        made.attribution = ", ".join(filter(None, agencies))[:200]
        if not made.stops or not made.trips:
            lacks = "trip" if made.stops else "stop"
            raise TaixuError(f"{self.name}: it holds no {lacks} that can be read; is it a feed of GTFS?")
        return made

    def _rows(self, name: str, *, needs: tuple[str, ...] = (), most: int = _MOST_ROWS) -> Iterator[dict[str, str]]:
        data = self.table(name)
        if data is None:
            if needs and name not in ("shapes.txt", "calendar.txt", "calendar_dates.txt", "frequencies.txt"):
                raise TaixuError(f"{self.name}: there is no {name} in it; is it a feed of GTFS?")
            return
        rows = csv.reader(io.StringIO(data.decode("utf-8-sig", "replace"), newline=""))
        try:
            head = [each.strip() for each in next(rows, [])]
            lacking = [each for each in needs if each not in head]
            if lacking:
                raise TaixuError(f"{self.name}: {name} has no column {lacking[0]}")
            for number, row in enumerate(rows, 2):
                if number > most + 1:
                    raise TaixuError(f"{self.name}: {name} has more than {most:,} rows; cut the feed")
                if row:
                    yield dict.fromkeys(head, "") | dict(zip(head, map(str.strip, row)))
        except csv.Error as error:
            raise TaixuError(f"{self.name}: {name}, line {rows.line_num}: it is no table ({error})") from None

    def _stops(self) -> None:
        for row in self._rows("stops.txt", needs=("stop_id",), most=_MOST_STOPS):
            key = row["stop_id"]
            lon, lat = _number(row.get("stop_lon")), _number(row.get("stop_lat"))
            if not key or not (abs(lon) <= 180 and abs(lat) <= 90):
                if row.get("location_type", "") not in ("3", "4"):  # parts of stations may lie nowhere
                    self.made.doubt(key, "the stop lies nowhere on the earth, and was left out")
                continue
            about = {name: value for name, value in row.items() if name not in ("stop_id", "stop_lat", "stop_lon", "stop_name")}
            self.made.stops[key] = Stop(key, row.get("stop_name", "")[:200], lon, lat, tidy_attributes(about))

    def _lines(self) -> None:
        for row in self._rows("routes.txt", needs=("route_id", "route_type")):
            short, long = row.get("route_short_name", ""), row.get("route_long_name", "")
            said = " ".join(filter(None, (short, "" if long == short else long)))
            kind = _number(row["route_type"])
            about = {name: value for name, value in row.items() if name != "route_id"}
            key, number = row["route_id"], int(kind) if 0 <= kind < 1e4 else -1
            self.made.lines[key] = Line(key, (said or key)[:200], line_kind(number), tidy_attributes(about))

    def _services(self) -> None:
        usual: dict[str, tuple[tuple[bool, ...], date, date]] = {}
        for row in self._rows("calendar.txt", needs=("service_id", "start_date", "end_date", *_DAYS)):
            first, last = _day(row["start_date"]), _day(row["end_date"])
            if first is None or last is None:
                self.made.doubt(row["service_id"], "its calendar names a day that is none, and was left out")
                continue
            usual[row["service_id"]] = (tuple(row[name] == "1" for name in _DAYS), first, last)
        special: dict[str, tuple[set[date], set[date]]] = {}
        for row in self._rows("calendar_dates.txt", needs=("service_id", "date", "exception_type")):
            day = _day(row["date"])
            if day is not None and row["exception_type"] in ("1", "2"):
                special.setdefault(row["service_id"], (set(), set()))[int(row["exception_type"]) - 1].add(day)
        for key in usual.keys() | special.keys():
            days, first, last = usual.get(key, ((False,) * 7, date.max, date.min))
            added, removed = special.get(key, (set(), set()))
            self.made.services[key] = Service(days, first, last, frozenset(added), frozenset(removed))

    def _shapes(self) -> None:
        found: dict[str, list[tuple[float, float, float]]] = {}
        for row in self._rows("shapes.txt", needs=("shape_id", "shape_pt_lat", "shape_pt_lon", "shape_pt_sequence")):
            point = tuple(_number(row[name]) for name in ("shape_pt_sequence", "shape_pt_lon", "shape_pt_lat"))
            if np.isfinite(point).all() and abs(point[1]) <= 180 and abs(point[2]) <= 90:
                found.setdefault(row["shape_id"], []).append((point[0], point[1], point[2]))
        for key, points in found.items():
            if len(points) > 1:
                self.made.shapes[key] = np.array(sorted(points))[:, 1:]

    def _trips(self) -> None:
        about: dict[str, dict[str, str]] = {}
        for row in self._rows("trips.txt", needs=("route_id", "service_id", "trip_id"), most=_MOST_TRIPS):
            if row["route_id"] in self.made.lines and row["service_id"] in self.made.services:
                about[row["trip_id"]] = row
            else:
                self.made.doubt(row["trip_id"], "the trip is of a route or a calendar that is not there, and was left out")
        every: dict[str, list[tuple[float, float, float]]] = {}
        for row in self._rows("frequencies.txt", needs=("trip_id", "start_time", "end_time", "headway_secs")):
            begin, end, step = _seconds(row["start_time"]), _seconds(row["end_time"]), _number(row["headway_secs"])
            if 1 <= step < 1e6 and begin < end:
                every.setdefault(row["trip_id"], []).append((begin, end, step))
            else:
                self.made.doubt(row["trip_id"], "its frequency is none, and was left out")
        calls: list[tuple[str, float, str, float, float]] = []
        for row in self._rows("stop_times.txt", needs=("trip_id", "stop_id", "stop_sequence", "arrival_time", "departure_time")):
            if row["trip_id"] in about and row["stop_id"] in self.made.stops:
                arrives, departs = _seconds(row["arrival_time"]), _seconds(row["departure_time"])
                both = (departs if np.isnan(arrives) else arrives, arrives if np.isnan(departs) else departs)
                calls.append((row["trip_id"], _number(row["stop_sequence"]), row["stop_id"], *both))
        calls.sort(key=lambda call: call[:2])
        for key, group in groupby(calls, key=lambda call: call[0]):
            rows = list(group)
            times = _filled(np.array([row[3:] for row in rows]))
            if times is None or len(rows) < 2:
                self.made.doubt(key, "the trip has fewer than two stops, or times that go back, and was left out")
                continue
            said = about[key]
            self.made.trips[key] = TransitTrip(key, said["route_id"], said["service_id"], said.get("shape_id", ""),
                said.get("trip_headsign", "")[:200], tuple(row[2] for row in rows), times[:, 0], times[:, 1],
                tuple(every.get(key, ())))  # fmt: skip


def _filled(times: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Arrivals and departures ``[n, 2]`` with those that lack between their neighbours; None where they go back or ends lack."""
    known = np.flatnonzero(np.isfinite(times).all(1))
    if len(known) < 2 or known[0] != 0 or known[-1] != len(times) - 1:
        return None
    lacking = np.setdiff1d(np.arange(len(times)), known)
    if len(lacking):
        # From the departure of the last that is known to the arrival of the next.
        before = known[np.searchsorted(known, lacking) - 1]
        after = known[np.searchsorted(known, lacking)]
        share = (lacking - before) / (after - before)
        times[lacking] = (times[before, 1] + share * (times[after, 0] - times[before, 1]))[:, None]
    return times if (np.diff(times.ravel()) >= 0).all() else None


def _number(text: str | None) -> float:
    try:
        value = float(text) if text else np.nan
    except ValueError:
        return float("nan")
    return value if abs(value) < 1e9 else float("nan")


def _seconds(text: str) -> float:
    """``25:10:00`` in seconds after midnight (noon less twelve hours); NaN where it is none."""
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        return float("nan")
    hours, minutes, seconds = map(int, parts)
    return float(hours * 3600 + minutes * 60 + seconds) if minutes < 60 and seconds < 60 else float("nan")


def _day(text: str) -> date | None:
    if len(text) != 8 or not text.isascii() or not text.isdigit():
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None
