"""Buses by the timetable of a GTFS feed, on a network of lanes.

A stop is some metres beside the street, and streets have two directions: of the lanes near each stop of a trip those are taken
whose way from stop to stop is the quickest (the matching of a course to a map, as Newson & Krumm, "Hidden Markov map matching
through noise and sparseness", 2009, with costs for probabilities). Trips of the same stops are matched once.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from taixu.assets.geodata.gtfs import TransitFeed, TransitTrip
from taixu.errors import TaixuError
from taixu.simulation.traffic.demand import Kind, Trip
from taixu.simulation.traffic.network import RoadNetwork, class_bits
from taixu.simulation.traffic.routing import Router

__all__ = ["BUS", "timetable_trips"]

BUS = Kind(length=12.0, gap=2.5, accel=1.2, decel=2.5, headway=1.4, fastest=22.0, category="bus")
_NEAR_M = 35.0
_CHOICES = 6
"""Lanes that are thought of at a stop."""
_METRE_SECS = 1.5
"""What a metre between stop and lane weighs against a second of driving: the far side of a street loses."""
_DWELL_SECS = 10.0
"""What people need at the doors: who is late halts no longer."""
_MOST_LEG_SECS = 3600.0
_MOST_PATTERNS = 20_000


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a run of stops halts: from which of them on, by lane and metres along it, and the edges from first to last."""

    first: int
    halts: tuple[tuple[str, float], ...]
    way: tuple[str, ...]
    lead_secs: float


def timetable_trips(
    network: RoadNetwork, feed: TransitFeed, place: Callable[[NDArray[np.float64]], NDArray[np.float64]], *,
    day: date | None = None, begin_secs: float = 0.0, kind: Kind = BUS,
) -> list[Trip]:  # fmt: skip
    """Trips of a day of a feed's bus lines that run on a network; of those that leave it, the longest part that lies on it.

    Parameters
    ----------
    place
        Leads longitudes and latitudes ``[n, 2]`` to x and z of the network, NaN where they do not lie there.
    day
        Without one, the first of the days on which most trips run.
    begin_secs
        Seconds after midnight at which the clock of the simulation begins. Who is on its way then begins at its next stop.

    Raises
    ------
    TaixuError
        When no bus of the feed finds a way on the network on that day.
    """
    runs = feed.runs_on(feed.busiest_day() if day is None else day)
    runs = [(trip, later) for trip, later in runs if feed.lines[trip.line].kind == "bus line"]
    matcher = _Matcher(network, feed, place, kind)
    found: list[Trip] = []
    for trip, later in sorted(runs, key=lambda run: (run[0].departs[0] + run[1], run[0].id)):
        match = matcher.match(trip.stops)
        if match is not None:
            made = _driven(feed, trip, match, matcher, later - begin_secs, kind)
            found += [made] if made is not None else []
    if not found:
        raise TaixuError(
            f"{feed.name}: none of its {len(runs):,} buses of that day finds a way on these streets; do they lie at its stops?"
        )
    return found


def _driven(feed: TransitFeed, trip: TransitTrip, match: _Match, matcher: _Matcher, later: float, kind: Kind) -> Trip | None:
    """A trip by the clock, from the first stop that it leaves after the clock begins; None where it is over."""
    here = slice(match.first, match.first + len(match.halts))
    departs = trip.departs[here] + later
    start = int(np.searchsorted(departs, 0.0))
    if start >= len(departs) - 1:
        return None
    if start:
        rest = matcher.match(trip.stops[match.first + start : here.stop])
        if rest is None or rest.first or len(rest.halts) != len(departs) - start:
            return None
        match, departs = rest, departs[start:]
    stops = [(lane, along, _DWELL_SECS) for lane, along in match.halts]
    begins = float(departs[0]) - match.lead_secs - 2 * _DWELL_SECS  # time to brake, too
    called = f"{feed.lines[trip.line].name} {trip.id} at {departs[0]:g} s"
    return Trip(begins, match.way, kind, tuple(stops), called, tuple(float(each) for each in departs))


class _Matcher:
    def __init__(self, network: RoadNetwork, feed: TransitFeed, place: Callable[..., NDArray[np.float64]], kind: Kind) -> None:
        self.network = network
        arrays = network.arrays
        first = np.unique(arrays["edge"], return_index=True)[1]
        fits = (arrays["allows"] & class_bits([kind.category])) != 0
        self.usable = np.flatnonzero(fits & ~arrays["across"])
        self.secs = arrays["length"] / np.minimum(arrays["limit"], kind.fastest)
        self.edge_secs = np.where(np.maximum.reduceat(fits, first), self.secs[first], np.inf)
        self.router = Router(network, self.edge_secs)
        self.names = list(feed.stops)
        degrees = np.array([(each.longitude_deg, each.latitude_deg) for each in feed.stops.values()])
        self.places = dict(zip(self.names, place(degrees)))
        self.known: dict[tuple[str, ...], _Match | None] = {}
        self.near: dict[str, list[tuple[int, float, float]]] = {}
        self.legs: dict[tuple[int, int], tuple[float, list[int]] | None] = {}
        lines = [network.lanes[lane].points for lane in self.usable.tolist()]
        boxes = [(*line.min(0), *line.max(0)) for line in lines]
        self._boxes = np.array(boxes).reshape(-1, 4)

    def match(self, stops: tuple[str, ...]) -> _Match | None:
        """Where trips of such stops drive and halt."""
        if stops not in self.known:
            if len(self.known) > _MOST_PATTERNS:
                raise TaixuError(f"its trips have more than {_MOST_PATTERNS:,} different runs of stops; cut the feed")
            self.known[stops] = self._matched(stops)
        return self.known[stops]

    def _matched(self, stops: tuple[str, ...]) -> _Match | None:
        """The longest run of stops that the network joins, by the quickest ways."""
        best: tuple[int, list[tuple[int, int]]] = (0, [])
        first = 0
        layers: list[list[tuple[float, int]]] = []
        for number, stop in enumerate(stops):
            here = self._near(stop)
            layer = self._layer(layers[-1], self._near(stops[number - 1]), here) if layers else []
            if not layer:  # a run begins anew
                first, layer = number, [(_METRE_SECS * away, -1) for _, _, away in here]
                layers = []
            if not here:
                layers = []
                continue
            layers.append(layer)
            if len(layers) > len(best[1]):
                best = (first, self._traced(layers))
        at, chosen = best
        if len(chosen) < 2:
            return None
        halts = [self._near(stops[at + number])[choice] for number, choice in chosen]
        edge = self.network.arrays["edge"]
        way = [int(edge[halts[0][0]])]
        for before, after in pairwise(halts):
            leg = self._leg(before, after)
            way += leg[1][1:] if leg is not None else []
        lead = float(self.secs[halts[0][0]]) * halts[0][1] / float(self.network.arrays["length"][halts[0][0]])
        names = tuple(self.network.edges[each] for each in way)
        return _Match(at, tuple((self.network.lanes[lane].name, along) for lane, along, _ in halts), names, lead)

    def _layer(
        self, costs: list[tuple[float, int]], before: list[tuple[int, float, float]], here: list[tuple[int, float, float]]
    ) -> list[tuple[float, int]]:
        """By lane of a stop the least cost to halt there, and which of the lanes before leads to it; empty where none does."""
        found = []
        for halt in here:
            least, led = np.inf, -1
            for number, start in enumerate(before):
                leg = self._leg(start, halt) if np.isfinite(costs[number][0]) else None
                if leg is not None and costs[number][0] + leg[0] < least:
                    least, led = costs[number][0] + leg[0], number
            found.append((least + _METRE_SECS * halt[2], led))
        return found if any(np.isfinite(cost) for cost, _ in found) else []

    def _traced(self, layers: list[list[tuple[float, int]]]) -> list[tuple[int, int]]:
        choice = int(np.argmin([cost for cost, _ in layers[-1]]))
        back = []
        for number in reversed(range(len(layers))):
            back.append((number, choice))
            choice = layers[number][choice][1]
        return back[::-1]

    def _leg(self, start: tuple[int, float, float], goal: tuple[int, float, float]) -> tuple[float, list[int]] | None:
        """Seconds and edges from halt to halt."""
        edge, length = self.network.arrays["edge"], self.network.arrays["length"]
        a, b = int(edge[start[0]]), int(edge[goal[0]])
        if a == b:
            ahead = goal[1] - start[1]
            return (float(self.secs[goal[0]] * ahead / length[goal[0]]), [a]) if ahead > 0 and start[0] == goal[0] else None
        if (a, b) not in self.legs:
            way = self.router.way(a, b)
            self.legs[a, b] = (float(self.edge_secs[way[1:-1]].sum()), way) if way is not None else None
        leg = self.legs[a, b]
        if leg is None:
            return None
        rest = self.secs[start[0]] * (1 - start[1] / length[start[0]]) + self.secs[goal[0]] * goal[1] / length[goal[0]]
        total = leg[0] + float(rest)
        return (total, leg[1]) if total < _MOST_LEG_SECS else None

    def _near(self, stop: str) -> list[tuple[int, float, float]]:
        """Lanes at a stop, the nearest of each street: lane, metres along it where one halts, metres away."""
        if stop not in self.near:
            point = self.places[stop]
            by_edge: dict[int, tuple[int, float, float]] = {}
            boxes = self._boxes
            with np.errstate(invalid="ignore"):
                close = (boxes[:, :2] <= point + _NEAR_M).all(1) & (boxes[:, 2:] >= point - _NEAR_M).all(1)
            for lane in self.usable[close].tolist():
                along, away = _onto(self.network.lanes[lane].points, point)
                edge = int(self.network.arrays["edge"][lane])
                if away < _NEAR_M and (edge not in by_edge or away < by_edge[edge][2]):
                    length = float(self.network.arrays["length"][lane])
                    # A bus comes onto the road with its whole length, and halts before the crossing.
                    low, high = min(BUS.length + 2.0, 0.6 * length), max(length - 2.0, 0.6 * length)
                    by_edge[edge] = (lane, min(max(along * length, low), high), away)
            self.near[stop] = sorted(by_edge.values(), key=lambda each: (each[2], each[0]))[:_CHOICES]
        return self.near[stop]


def _onto(points: NDArray[np.float64], point: NDArray[np.float64]) -> tuple[float, float]:
    """The share of a line's length where it is nearest to a point, and how far that is."""
    runs = np.diff(points, axis=0)
    lengths = np.maximum(np.hypot(*runs.T), 1e-9)
    share = np.clip(((point - points[:-1]) * runs).sum(1) / lengths**2, 0.0, 1.0)
    away = np.hypot(*(points[:-1] + share[:, None] * runs - point).T)
    nearest = int(away.argmin())
    return float((lengths[:nearest].sum() + share[nearest] * lengths[nearest]) / lengths.sum()), float(away[nearest])
