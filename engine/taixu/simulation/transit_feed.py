"""Runs of public transport by the timetable of a GTFS feed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.gtfs import TransitFeed, TransitTrip
from taixu.errors import TaixuError
from taixu.simulation.transit import Run, along_course

__all__ = ["USUAL_LINES", "VEHICLES", "LineCourse", "Vehicle", "line_courses", "transit_runs"]

_MOST_PATTERNS = 20_000
_MOST_PAIRS = 1 << 22
"""Stops times points of a course: what is more goes from stop to stop."""
_NEAR_M = 500.0
"""Of stops from their course on the average: one that lies elsewhere is not theirs."""
_COLORS = {"tram": (0.75, 0.06, 0.05), "train": (0.05, 0.16, 0.5), "bus": (0.55, 0.35, 0.02)}
_PLACE = Callable[[NDArray[np.float64]], NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Vehicle:
    """What drives on a line: sections of one look, and how long each is (m)."""

    look: str
    sections: int
    section_m: float


VEHICLES = {
    "tram line": Vehicle("tram", 3, 10.0), "monorail line": Vehicle("tram", 3, 10.0), "funicular line": Vehicle("tram", 1, 10.0),
    "rail line": Vehicle("train", 4, 20.0), "metro line": Vehicle("train", 5, 20.0), "bus line": Vehicle("bus", 1, 12.0),
}  # fmt: skip
"""By kind of line; others are not driven."""
USUAL_LINES = ("tram line", "monorail line", "funicular line", "rail line")
"""Kinds that are seen on the ground, and are nobody else's: buses are traffic, and a metro is under it."""


@dataclass(frozen=True, slots=True, eq=False)
class LineCourse:
    """Where a line goes, x and z ``[n, 2]``, and its colour: linear RGB."""

    name: str
    points: NDArray[np.float64]
    color: tuple[float, float, float]


def transit_runs(
    feed: TransitFeed, place: _PLACE, *, day: date | None = None, begin_secs: float = 0.0, lines: Collection[str] = USUAL_LINES
) -> list[Run]:
    """The runs of a day, by when they begin; each look is a number of the sorted names of `VEHICLES`' looks.

    Parameters
    ----------
    place
        Leads longitudes and latitudes ``[n, 2]`` to x and z, metres.
    day
        Without one, the first of the days on which most trips run.
    begin_secs
        Seconds after midnight at which the clock begins; what is over then is left out.
    lines
        Kinds of lines, of `VEHICLES`.

    Raises
    ------
    TaixuError
        When a kind is none, or no such line runs on that day.
    """
    wrong = [each for each in lines if each not in VEHICLES]
    if wrong:
        raise TaixuError(f"there are no vehicles for a {wrong[0]!r:.40}; there are for {', '.join(sorted(VEHICLES))}")
    courses = _Courses(feed, place)
    looks = sorted({each.look for each in VEHICLES.values()})
    found = []
    for trip, later in feed.runs_on(feed.busiest_day() if day is None else day):
        kind, shift = feed.lines[trip.line].kind, later - begin_secs
        course = courses.of(trip) if kind in lines and trip.departs[-1] + shift >= 0 else None
        if course is not None:
            vehicle = VEHICLES[kind]
            times = (trip.arrives + shift, trip.departs + shift)
            found.append(Run(*course, *times, vehicle.sections, vehicle.section_m, looks.index(vehicle.look)))
    if not found:
        raise TaixuError(f"{feed.name}: no {' and no '.join(lines)} of it runs after the clock begins on that day")
    return sorted(found, key=lambda run: float(run.arrives[0]))


def line_courses(feed: TransitFeed, place: _PLACE, *, lines: Collection[str] = USUAL_LINES) -> list[LineCourse]:
    """Where each line of some kinds goes: every course that trips of it take, in the colour of the feed or of its kind."""
    courses = _Courses(feed, place)
    found: dict[tuple[str, int], LineCourse] = {}
    for trip in feed.trips.values():
        line = feed.lines[trip.line]
        course = courses.of(trip) if line.kind in lines else None
        if course is not None:
            color = _color(line.attributes.get("route_color"), VEHICLES[line.kind].look)
            found.setdefault((line.id, id(course[0])), LineCourse(line.name, course[0], color))
    return list(found.values())


class _Courses:
    """Courses of trips, each made once for all trips of one shape and the same stops."""

    def __init__(self, feed: TransitFeed, place: _PLACE) -> None:
        self.feed, self.place = feed, place
        self.shapes: dict[str, NDArray[np.float64]] = {}
        self.known: dict[tuple[str, tuple[str, ...]], tuple[NDArray[np.float64], NDArray[np.float64]] | None] = {}

    def of(self, trip: TransitTrip) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """The course, ``[n, 2]``, and metres along it of each stop; None where it has no length or lies nowhere."""
        key = (trip.shape, trip.stops)
        if key not in self.known:
            if len(self.known) >= _MOST_PATTERNS:
                raise TaixuError(f"{self.feed.name}: more than {_MOST_PATTERNS:,} different runs of stops; cut the feed")
            self.known[key] = self._made(trip)
        return self.known[key]

    def _made(self, trip: TransitTrip) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        listed = [self.feed.stops[each] for each in trip.stops]
        stops = self.place(np.array([(each.longitude_deg, each.latitude_deg) for each in listed]))
        if not np.isfinite(stops).all():
            return None
        shape = self._shape(trip.shape)
        if shape is not None and len(shape) * len(stops) <= _MOST_PAIRS:
            at = along_course(shape, stops)
            there = np.stack([np.interp(at, _metres(shape), shape[:, axis]) for axis in (0, 1)], axis=1)
            if at[-1] > at[0] and np.hypot(*(there - stops).T).mean() < _NEAR_M:
                return shape, at
        at = _metres(stops)
        return (stops, at) if at[-1] > 1e-3 else None

    def _shape(self, key: str) -> NDArray[np.float64] | None:
        if key in self.feed.shapes and key not in self.shapes:
            self.shapes[key] = self.place(self.feed.shapes[key])
        shape = self.shapes.get(key)
        return shape if shape is not None and np.isfinite(shape).all() else None


def _metres(course: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(course, axis=0).T))])


def _color(said: object, look: str) -> tuple[float, float, float]:
    """A feed's ``FF8000`` in linear light; what is none is the colour of such vehicles."""
    try:
        value = int(str(said).strip().lstrip("#"), 16) if len(str(said).strip().lstrip("#")) == 6 else -1
    except ValueError:
        value = -1
    if value < 0:
        return _COLORS[look]
    red, green, blue = (((value >> shift) & 255) / 255 for shift in (16, 8, 0))
    return (red**2.2, green**2.2, blue**2.2)
