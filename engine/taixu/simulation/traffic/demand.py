"""Who wants to drive: trips as columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.traffic.network import RoadNetwork, class_bits

__all__ = ["CAR", "Demand", "Kind", "Trip"]

_MOST_TRIPS = 1 << 22


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of vehicle; the defaults are a car's.

    Attributes
    ----------
    length, gap
        Metres, and metres kept when standing.
    accel, decel
        What is comfortable, m/s2.
    headway
        Seconds kept behind others.
    fastest
        m/s.
    eager
        The share of the limit that it drives.
    category
        Its class, which says what lanes it may use: one of `CLASSES`, or ``ignoring`` for all.
    """

    length: float = 4.6
    gap: float = 2.0
    accel: float = 1.8
    decel: float = 3.0
    headway: float = 1.2
    fastest: float = 55.0
    eager: float = 1.0
    category: str = "passenger"

    def __post_init__(self) -> None:
        for name in self.__slots__:
            value = getattr(self, name)
            if name != "category" and not 0 < value < 1e4:
                raise TaixuError(f"a kind of vehicle wants {name} above zero, not {value}")


CAR = Kind()


@dataclass(frozen=True, slots=True)
class Trip:
    """One trip.

    Attributes
    ----------
    depart
        Seconds of the clock.
    way
        Names of edges from the first to the last.
    kind
        What drives.
    stops
        Lane, metres along it, and seconds, in the order of the way.
    name
        How it is called; empty where nobody asks.
    leaves
        By stop, seconds of the clock before which it does not go on from there; none: whenever its seconds are over.
    """

    depart: float
    way: tuple[str, ...]
    kind: Kind = CAR
    stops: tuple[tuple[str, float, float], ...] = ()
    name: str = ""
    leaves: tuple[float, ...] = ()


@dataclass
class Demand:
    """Trips in the order of their departures, as columns.

    Parameters
    ----------
    network
        Whose edges the ways are of.
    trips
        In any order.

    Raises
    ------
    TaixuError
        When a way is empty or names what is not there, streets of it do not meet, or a departure is not finite.
    """

    network: RoadNetwork
    trips: list[Trip] = field(default_factory=list)

    def __post_init__(self) -> None:
        if len(self.trips) > _MOST_TRIPS:
            raise TaixuError(f"traffic takes at most {_MOST_TRIPS} trips, not {len(self.trips)}")
        edges, lanes = self.network.edge_numbers, self.network.lane_numbers
        meets = {(int(before), int(after)) for before, after in self.network.steps}
        self.trips = sorted(self.trips, key=lambda trip: trip.depart)
        ways: list[int] = []
        firsts = [0]
        stops: list[tuple[int, float, float, float]] = []
        stop_firsts = [0]
        for trip in self.trips:
            called = trip.name or f"at {trip.depart:g} s"
            if not np.isfinite(trip.depart):
                raise TaixuError(f"the trip {called} departs at no time")
            unknown = [name for name in trip.way if name not in edges]
            if unknown or not trip.way:
                raise TaixuError(f"the trip {called} drives " + (f"on {unknown[0]}, which is no street" if unknown else "nowhere"))
            way = [edges[name] for name in trip.way]
            for before, after in pairwise(way):
                if (before, after) not in meets:
                    raise TaixuError(
                        f"the trip {called} cannot turn from {self.network.edges[before]} into {self.network.edges[after]}"
                    )
            if trip.leaves and (len(trip.leaves) != len(trip.stops) or not np.isfinite(trip.leaves).all()):
                raise TaixuError(f"the trip {called} wants a time for each of its {len(trip.stops)} stops")
            for (name, along, secs), leaves in zip(trip.stops, trip.leaves or (-np.inf,) * len(trip.stops)):
                if name not in lanes or not np.isfinite(along) or not 0 <= secs < 1e7:
                    raise TaixuError(f"the trip {called} cannot stop on the lane {name} at {along} m for {secs} s")
                stops.append((lanes[name], along, secs, leaves))
            ways += way
            firsts.append(len(ways))
            stop_firsts.append(len(stops))
        self.depart = np.array([trip.depart for trip in self.trips], np.float64)
        self.ways = np.array(ways, np.int32)
        self.firsts = np.array(firsts, np.int32)
        self.stop_firsts = np.array(stop_firsts, np.int32)
        self.stop_lane = np.array([stop[0] for stop in stops], np.int32)
        self.stop_along = np.array([stop[1] for stop in stops], np.float64)
        self.stop_secs = np.array([stop[2] for stop in stops], np.float64)
        self.stop_leaves = np.array([stop[3] for stop in stops], np.float64)
        names = ("length", "accel", "decel", "gap", "headway", "fastest", "eager")
        self.kinds: dict[str, NDArray[Any]] = {
            name: np.array([getattr(trip.kind, name) for trip in self.trips], np.float64) for name in names
        }
        self.kinds["kind"] = np.array([class_bits([trip.kind.category]) for trip in self.trips], np.int64)
