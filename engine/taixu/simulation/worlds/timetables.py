"""Feeds of GTFS in a world: buses as traffic, and what goes along its lines by the clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.geodata.gtfs import TransitFeed, read_gtfs
from taixu.errors import TaixuError
from taixu.simulation.traffic.demand import Trip
from taixu.simulation.traffic.network import RoadNetwork
from taixu.simulation.traffic.sumo import sumo_places
from taixu.simulation.traffic.timetable import timetable_trips
from taixu.simulation.transit import Run
from taixu.simulation.transit_feed import USUAL_LINES, LineCourse, line_courses, transit_runs
from taixu.simulation.worlds.settings import Settings

__all__ = ["buses_of", "transit_of"]

_CLOCK = re.compile(r"([0-4]?\d):([0-5]\d)")


def buses_of(settings: Settings, network: RoadNetwork, streets: Path) -> list[Trip]:
    """What ``timetable`` (a feed), ``timetable_day`` (2026-05-04) and ``timetable_begins`` (06:30, the clock's beginning) say.

    Where the streets lie on the earth is said by ``timetable_origin``, the latitude and longitude of their origin; without it by
    their own file.

    Raises
    ------
    TaixuError
        When one of them is none, or no bus finds a way.
    """
    feed, day, begin_secs = _taken(settings)
    place = _around(settings) if settings.has("timetable_origin") else sumo_places(streets)
    return timetable_trips(network, feed, place, day=day, begin_secs=begin_secs)


def transit_of(settings: Settings) -> tuple[list[Run], list[LineCourse]]:
    """Runs and lines of what `buses_of` takes and of ``lines``, kinds such as "tram line"; ``timetable_origin`` is wanted.

    Raises
    ------
    TaixuError
        When one of them is none, or nothing runs.
    """
    feed, day, begin_secs = _taken(settings)
    place, lines = _around(settings), settings.texts("lines") or list(USUAL_LINES)
    return transit_runs(feed, place, day=day, begin_secs=begin_secs, lines=lines), line_courses(feed, place, lines=lines)


def _taken(settings: Settings) -> tuple[TransitFeed, date | None, float]:
    """The feed, the day, and seconds after midnight at which the clock begins."""
    feed = read_gtfs(settings.file("timetable"))
    day, begins = settings.text("timetable_day"), settings.text("timetable_begins", "00:00")
    try:
        known = date.fromisoformat(day) if day else None
    except ValueError:
        raise TaixuError(f"timetable_day takes a day such as 2026-05-04, not {day!r:.30}") from None
    clock = _CLOCK.fullmatch(begins)
    if clock is None:
        raise TaixuError(f"timetable_begins takes a time such as 06:30, not {begins!r:.30}")
    return feed, known, int(clock[1]) * 3600.0 + int(clock[2]) * 60.0


def _around(settings: Settings) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Leads degrees to x and z around ``timetable_origin``."""
    latitude, longitude = settings.array("timetable_origin", shape=(2,)).tolist()
    if abs(latitude) > 90 or abs(longitude) > 180:
        raise TaixuError("timetable_origin takes a latitude and a longitude")
    frame = LocalFrame(latitude, longitude)

    def place(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(frame.to_local(degrees, "EPSG:4326")[:, :2] * (1.0, -1.0))

    return place
