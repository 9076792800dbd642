"""The buses of a feed of GTFS as traffic of a world."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.geodata.gtfs import read_gtfs
from taixu.errors import TaixuError
from taixu.simulation.traffic.demand import Trip
from taixu.simulation.traffic.network import RoadNetwork
from taixu.simulation.traffic.sumo import sumo_places
from taixu.simulation.traffic.timetable import timetable_trips
from taixu.simulation.worlds.settings import Settings

__all__ = ["buses_of"]

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
    feed = read_gtfs(settings.file("timetable"))
    day, begins = settings.text("timetable_day"), settings.text("timetable_begins", "00:00")
    try:
        known = date.fromisoformat(day) if day else None
    except ValueError:
        raise TaixuError(f"timetable_day takes a day such as 2026-05-04, not {day!r:.30}") from None
    clock = _CLOCK.fullmatch(begins)
    if clock is None:
        raise TaixuError(f"timetable_begins takes a time such as 06:30, not {begins!r:.30}")
    place: Callable[[NDArray[np.float64]], NDArray[np.float64]]
    if settings.has("timetable_origin"):
        latitude, longitude = settings.array("timetable_origin", shape=(2,)).tolist()
        if abs(latitude) > 90 or abs(longitude) > 180:
            raise TaixuError("timetable_origin takes a latitude and a longitude")
        frame = LocalFrame(latitude, longitude)

        def around(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.asarray(frame.to_local(degrees, "EPSG:4326")[:, :2] * (1.0, -1.0))
        place = around
    else:
        place = sumo_places(streets)
    begin_secs = int(clock[1]) * 3600.0 + int(clock[2]) * 60.0
    return timetable_trips(network, feed, place, day=known, begin_secs=begin_secs)
