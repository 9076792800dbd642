"""Stops and lines of a feed of public transport as features of a map."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.features import MapData, Spot, Way
from taixu.assets.geodata.gtfs import TransitFeed, TransitTrip

__all__ = ["map_of_feed"]

_MOST_NAMED = 12
"""Lines that a stop names."""
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def map_of_feed(feed: TransitFeed) -> MapData:
    """A spot for each stop, with the lines that call there, and a way for each line: its longest shape, or from stop to stop.

    Lines say from when to when they run, on which days of the week, at how many stops, and how often on the busiest day.
    """
    made = MapData(crs="EPSG:4326", attribution=feed.attribution, follows=True)
    by_line: dict[str, list[TransitTrip]] = {}
    calling: dict[str, set[str]] = {}
    for trip in feed.trips.values():
        by_line.setdefault(trip.line, []).append(trip)
        for key in trip.stops:
            calling.setdefault(key, set()).add(trip.line)
    for stop in feed.stops.values():
        names = sorted({feed.lines[key].name for key in calling.get(stop.id, ())})
        said: dict[str, Any] = {"name": stop.name} if stop.name else {}
        if names:
            said |= {"lines": ", ".join(names[:_MOST_NAMED]) + (" ..." if len(names) > _MOST_NAMED else "")}
        place = np.array([stop.longitude_deg, stop.latitude_deg, np.nan])
        made.spots.append(Spot(stop.id, "stop", place, said | dict(stop.attributes)))
    begin, counts = feed.trips_by_day()
    day = begin + timedelta(days=int(counts.argmax())) if len(counts) else begin
    for line in feed.lines.values():
        trips = by_line.get(line.id, [])
        if not trips:
            continue
        today = [trip for trip in trips if feed.services[trip.service].runs(day)]
        first = min(float(trip.departs[0]) if not trip.every else min(each[0] for each in trip.every) for trip in trips)
        last = max(float(trip.departs[0]) if not trip.every else max(each[1] for each in trip.every) for trip in trips)
        weekdays = np.any([feed.services[trip.service].weekdays for trip in trips], axis=0)
        said = {
            "name": line.name, "line": line.kind, "from": _clock(first), "until": _clock(last),
            "days": ", ".join(name for name, runs in zip(_DAYS, weekdays) if runs),
            "trips_on_busiest_day": sum(trip.runs for trip in today), "stops": len({stop for trip in trips for stop in trip.stops}),
        }  # fmt: skip
        made.ways.append(Way(line.id, "line", _course(feed, trips), said | dict(line.attributes)))
    return made


def _course(feed: TransitFeed, trips: list[TransitTrip]) -> NDArray[np.float64]:
    shapes = [feed.shapes[key] for key in sorted({trip.shape for trip in trips}) if key in feed.shapes]
    if shapes:
        return max(shapes, key=lambda shape: float(np.hypot(*np.diff(shape, axis=0).T).sum()))
    longest = max(trips, key=lambda trip: len(trip.stops))
    return np.array([(feed.stops[key].longitude_deg, feed.stops[key].latitude_deg) for key in longest.stops])


def _clock(secs: float) -> str:
    return f"{int(secs // 3600):02d}:{int(secs // 60 % 60):02d}"
