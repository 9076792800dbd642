"""Which bus drives which trips: the fewest buses for a timetable, by the times that the trips take on the twin's own streets.

A bus goes on from one trip to another where it can be there in time, rest included. Chains of trips that share all trips among the
fewest buses are a least assignment of trips to followers (Dantzig & Fulkerson, "Minimizing the number of tankers to meet a fixed
schedule", 1954); among those, the one with the least empty driving.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.traffic import Traffic
from taixu.simulation.traffic.network import class_bits

__all__ = ["BusPlan", "BusTrip", "bus_trips", "plan_buses"]

_MOST_TRIPS = 2000
_DETOUR, _EMPTY_MPS = 1.3, 9.0
"""Streets are so much longer than the line through the air; an empty bus drives so fast."""


@dataclass(frozen=True, slots=True)
class BusTrip:
    """One trip of the timetable.

    Attributes
    ----------
    begin_secs, end_secs
        Of the clock: when it departs, and when it is there.
    start, end
        x and z, metres.
    """

    name: str
    begin_secs: float
    end_secs: float
    start: tuple[float, float]
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class BusPlan:
    """What the buses do.

    Attributes
    ----------
    blocks
        By bus, places of its trips in the list, one after the other.
    empty_secs
        Of all buses together, between trips.
    spare_secs
        The least that any bus has to spare before a trip; infinite where no bus has two.
    """

    blocks: tuple[tuple[int, ...], ...]
    empty_secs: float
    spare_secs: float

    def doubts(self, trips: Sequence[BusTrip], *, rest_secs: float = 120.0) -> list[str]:
        """What cannot be, a sentence each: trips that nobody or two drive, and buses that cannot be there in time."""
        driven = sorted(trip for block in self.blocks for trip in block)
        found = [] if driven == list(range(len(trips))) else ["not every trip is driven by one bus"]
        slack = _slack(trips, rest_secs)
        for bus, block in enumerate(self.blocks):
            found += [
                f"bus {bus + 1} is {-slack[one, other]:.0f} s late for {trips[other].name}"
                for one, other in pairwise(block)
                if slack[one, other] < -1e-6
            ]
        return found


def bus_trips(traffic: Traffic, *, now_secs: float, horizon_secs: float) -> tuple[list[BusTrip], list[str]]:
    """Trips of buses that depart within the horizon, timed on a copy of the traffic.

    Returns
    -------
    tuple
        Those that were there within twice the horizon, in the order of their departures; and the names of the others.
    """
    demand, network = traffic.demand, traffic.network
    buses = (demand.kinds["kind"] & class_bits(["bus", "coach"])) != 0
    soon = np.flatnonzero(buses & (demand.depart >= now_secs) & (demand.depart < now_secs + horizon_secs))
    copy = Traffic(demand, jump_secs=traffic.jump_secs)
    copy.restore(traffic.checkpoint())
    for second in range(round(2 * horizon_secs)):
        if (copy.arrived_secs[soon] >= 0).all():
            break
        copy.step(round((now_secs + second) * 1e9), 10**9, {})
    arrived = copy.arrived_secs
    lanes = np.searchsorted(network.arrays["edge"], np.arange(len(network.edges)))
    firsts, lasts = lanes[demand.ways[demand.firsts[soon]]], lanes[demand.ways[demand.firsts[soon + 1] - 1]]
    starts, _ = network.place(firsts, np.zeros(len(soon)))
    ends, _ = network.place(lasts, network.arrays["length"][lasts])
    trips, others = [], []
    for row, trip in enumerate(soon.tolist()):
        name = demand.trips[trip].name or f"trip {trip}"
        if arrived[trip] < 0:
            others.append(name)
            continue
        (x, z), (x1, z1) = starts[row].tolist(), ends[row].tolist()
        trips.append(BusTrip(name, float(demand.depart[trip]), float(arrived[trip]), (x, z), (x1, z1)))
    return trips, others


def plan_buses(trips: Sequence[BusTrip], *, rest_secs: float = 120.0) -> BusPlan:
    """Share trips among the fewest buses, and among those with the least empty driving.

    Raises
    ------
    TaixuError
        When OR-Tools is not installed, or there are too many trips or one that ends before it begins.
    """
    try:
        from ortools.graph.python import linear_sum_assignment
    except ImportError:
        raise TaixuError('plans of buses want OR-Tools: pip install "taixu[city]"') from None
    count = len(trips)
    if count > _MOST_TRIPS:
        raise TaixuError(f"buses are planned for {_MOST_TRIPS:,} trips at a time, not {count:,}")
    for trip in trips:
        if not np.isfinite([trip.begin_secs, trip.end_secs, *trip.start, *trip.end]).all() or trip.end_secs < trip.begin_secs:
            raise TaixuError(f"the trip {trip.name[:60]} ends before it begins, or at no time or place")
    if not count:
        return BusPlan((), 0.0, float("inf"))
    slack, empty = _slack(trips, rest_secs), _empty(trips)
    # A row and a column for each trip, and for each a bus that comes from the depot for it and one that goes there after it.
    # Where a trip follows another, the two that nobody wants then find each other.
    new_bus = int(empty.max() * count) + 1
    one, other = np.nonzero(slack >= 0)
    own = np.arange(count)
    left = np.concatenate([one, own, own + count, other + count])
    right = np.concatenate([other, own + count, own, one + count])
    cost = np.concatenate([np.round(empty[one, other]), np.full(count, new_bus), np.zeros(count + len(one))])
    solver = linear_sum_assignment.SimpleLinearSumAssignment()
    solver.add_arcs_with_cost(left.astype(np.int32), right.astype(np.int32), cost.astype(np.int64))
    if solver.solve() != solver.OPTIMAL:
        raise TaixuError("no plan of buses was found")
    after = {trip: solver.right_mate(trip) for trip in range(count) if solver.right_mate(trip) < count}
    led = set(after.values())
    blocks: list[tuple[int, ...]] = []
    for first in sorted((number for number in range(count) if number not in led), key=lambda each: trips[each].begin_secs):
        block = [first]
        while block[-1] in after:
            block.append(after[block[-1]])
        blocks.append(tuple(block))
    pairs = tuple(after.items())
    return BusPlan(
        tuple(blocks), float(sum(empty[pair] for pair in pairs)), float(min((slack[pair] for pair in pairs), default=np.inf))
    )


def _empty(trips: Sequence[BusTrip]) -> NDArray[np.float64]:
    """Seconds of empty driving from each trip's end to each trip's start."""
    ends, starts = np.array([trip.end for trip in trips]), np.array([trip.start for trip in trips])
    return np.asarray(np.linalg.norm(ends[:, None] - starts[None, :], axis=-1) * _DETOUR / _EMPTY_MPS)


def _slack(trips: Sequence[BusTrip], rest_secs: float) -> NDArray[np.float64]:
    """Seconds to spare where one trip follows another; below nought it cannot."""
    ends, begins = np.array([trip.end_secs for trip in trips]), np.array([trip.begin_secs for trip in trips])
    return np.asarray(begins[None, :] - ends[:, None] - rest_secs - _empty(trips))
