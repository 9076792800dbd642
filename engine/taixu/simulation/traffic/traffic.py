"""Traffic as a simulator: cars that follow one another, change lanes, heed lights and give way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns
from taixu.simulation.traffic.demand import Demand
from taixu.simulation.traffic.network import SignalProgram, class_bits
from taixu.simulation.traffic.routing import Router
from taixu.simulation.traffic.signals import plan_doubts, show_signals
from taixu.simulation.traffic.state import CAR_FIELDS, Cars, Roads, Room, no_cars, roads_of

__all__ = ["Traffic"]

_STEP_SECS = 0.5
_NO_LINK, _UNKNOWN_LINK = -1, -2
_BUSES = class_bits(["bus", "coach"])
_CLOSED = 0.02
"""A pace below this (share of the limit) shuts a lane for whoever looks for a way."""


class Traffic:
    """A simulator of traffic.

    It is told ``pace`` (share of the limit by lane; flooded streets are slow, zero shuts a lane and those who would come there look
    for another way), ``held`` (by lane: people cross), ``plan`` (which of `plans` the lights follow: 1 the first, 0 their own
    programs) and ``lights`` (what each link of all lights shows, in place of both). It says, a row a car, ``number`` (of its trip),
    ``lane``, ``along``, ``speed``, ``place`` (x and z, ``[n, 2]``), ``heading`` and ``bus`` (whether it is one); ``edge_cars`` and
    ``edge_speed`` by edge; and ``counts``: driving, waiting to come onto the road, arrived, jumped.

    Parameters
    ----------
    demand
        Who drives where, and the network.
    jump_secs
        Who has stood this long comes back at its next street, so that a knot does not stop a town; counted as ``jumped``.
    plans
        Other times for lights, by their names; those that a plan does not name keep their own.

    Raises
    ------
    MachineError
        When numba is missing.
    TaixuError
        When lights cannot show a plan.
    """

    def __init__(
        self, demand: Demand, *, name: str = "traffic", period_secs: float = 0.5, jump_secs: float = 300.0,
        plans: Sequence[Mapping[str, SignalProgram]] = (),
    ) -> None:  # fmt: skip
        self.name, self.period_ns = name, round(period_secs * 1e9)
        self.network, self.demand = demand.network, demand
        self.jump_secs = jump_secs
        self._roads: Roads = roads_of(self.network)
        lanes = len(self.network.lanes)
        edges = np.searchsorted(self._roads.edge, np.arange(len(self.network.edges) + 1))
        self._edge_first = edges.astype(np.int32)
        self._pace, self._held = np.ones(lanes), np.zeros(lanes, bool)
        self._lights: NDArray[np.int8] | None = None
        for plan in plans:
            if doubts := plan_doubts(self.network.signals, plan):
                raise TaixuError(doubts[0])
        self._programs = [self.network.signals, *({**self.network.signals, **plan} for plan in plans)]
        self._plan = 0
        self._links = sum(len(program.states[0]) for program in self.network.signals.values())
        self._cars, self._waiting = no_cars(), no_cars()
        self._ways = demand.ways.copy()
        self._next = 0
        self._entered, self._arrived = np.full(len(demand.trips), -1.0), np.full(len(demand.trips), -1.0)
        self._steps, self._jumped = 0, 0

    @property
    def cars(self) -> Cars:
        """Who drives just now; not to be written to."""
        return self._cars

    @property
    def ways(self) -> NDArray[np.int32]:
        """Streets of all ways, into which `Cars.at` and `Cars.end` lead; not to be written to."""
        return self._ways

    @property
    def entered_secs(self) -> NDArray[np.float64]:
        """When each trip came onto the road, seconds of the clock; -1 where it has not."""
        return self._entered.copy()

    @property
    def arrived_secs(self) -> NDArray[np.float64]:
        """When each trip was over; -1 where it is not."""
        return self._arrived.copy()

    @property
    def jumped(self) -> int:
        """How many were taken out of a knot."""
        return self._jumped

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Go on, half a second at a time."""
        self._listen(given)
        count = max(1, round(dt_ns / 1e9 / _STEP_SECS))
        for number in range(count):
            self._advance(time_ns / 1e9 + number * dt_ns / 1e9 / count, dt_ns / 1e9 / count)
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """What it says after a step."""
        cars = self._cars
        place, heading = self.network.place(cars.lane, cars.along)
        edge = self._roads.edge[cars.lane]
        counts = np.bincount(edge, minlength=len(self.network.edges))
        sums = np.bincount(edge, cars.speed, minlength=len(self.network.edges))
        return {
            "number": cars.number, "lane": cars.lane, "along": cars.along, "speed": cars.speed, "place": place, "heading": heading,
            "bus": (cars.kind > 0) & ((cars.kind & _BUSES) != 0),
            "edge_cars": counts, "edge_speed": np.divide(sums, counts, out=np.zeros(len(counts)), where=counts > 0),
            "counts": np.array([len(cars.lane), len(self._waiting.lane), int((self._arrived >= 0).sum()), self._jumped]),
        }  # fmt: skip

    def checkpoint(self) -> bytes:
        """Cars, who waits, ways that were found, and what it was told."""
        arrays: dict[str, NDArray[Any]] = {
            "pace": self._pace, "held": self._held, "ways": self._ways, "entered": self._entered, "arrived": self._arrived
        }  # fmt: skip
        arrays |= {f"car/{name}": column for name, column in self._cars._asdict().items()}
        arrays |= {f"waiting/{name}": column for name, column in self._waiting._asdict().items()}
        if self._lights is not None:
            arrays["lights"] = self._lights
        return pack(arrays, {"next": self._next, "steps": self._steps, "jumped": self._jumped, "plan": self._plan})

    def restore(self, state: bytes, *, plan: int | None = None) -> None:
        """Become what a checkpoint was taken of; network, demand and plans are this simulator's, and `plan` follows another."""
        arrays, facts = unpack(state)
        try:
            cars = Cars(**{name: arrays[f"car/{name}"].astype(dtype) for name, dtype in CAR_FIELDS.items()})
            waiting = Cars(**{name: arrays[f"waiting/{name}"].astype(dtype) for name, dtype in CAR_FIELDS.items()})
            numbers = {name: int(facts[name]) for name in ("next", "steps", "jumped", "plan")}
            ways, pace, held = arrays["ways"].astype(np.int32), arrays["pace"].astype(np.float64), arrays["held"].astype(bool)
            entered, arrived = arrays["entered"].astype(np.float64), arrays["arrived"].astype(np.float64)
        except (KeyError, TypeError, ValueError) as error:
            raise TaixuError("this is no state of traffic") from error
        alike = len(pace) == len(held) == len(self._pace) and len(entered) == len(arrived) == len(self._entered)
        lights = arrays.get("lights")
        lit = lights is None or (lights.dtype == np.int8 and lights.shape == (self._links,))
        if plan is not None:
            numbers["plan"] = plan
        planned = 0 <= numbers["plan"] < len(self._programs)
        if not alike or not lit or not planned or not self._fits(cars, ways) or not self._fits(waiting, ways):
            raise TaixuError("this is a state of other traffic: its streets or trips are not these")
        self._cars, self._waiting, self._ways, self._pace, self._held = cars, waiting, ways, pace, held
        self._entered, self._arrived, self._lights = entered, arrived, lights
        self._next, self._steps, self._jumped, self._plan = (numbers[name] for name in ("next", "steps", "jumped", "plan"))

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """It holds nothing."""

    def _fits(self, cars: Cars, ways: NDArray[np.int32]) -> bool:
        """Whether what kernels follow without looking leads nowhere else."""
        rows = len(cars.lane)
        return (
            all(len(column) == rows for column in cars)
            and all(bool(np.isfinite(column).all()) for column in cars)
            and bool(((cars.lane >= 0) & (cars.lane < len(self._pace))).all())
            and bool(((cars.number >= 0) & (cars.number < len(self._entered))).all())
            and bool(((cars.at >= 0) & (cars.at < cars.end) & (cars.end <= len(ways))).all())
            and bool(((cars.link >= _UNKNOWN_LINK) & (cars.link < len(self._roads.onto))).all())
            and bool(((cars.stop >= 0) & (cars.stop_end <= len(self.demand.stop_lane))).all())
            and bool(((ways >= 0) & (ways < len(self.network.edges))).all())
        )

    def _listen(self, given: Columns) -> None:
        for name, ours in (("pace", self._pace), ("held", self._held)):
            if name in given and given[name].shape != ours.shape:
                raise TaixuError(f"{name} wants one number for each of {len(ours)} lanes, not {given[name].shape}")
        if "pace" in given and not np.isfinite(given["pace"]).all():
            raise TaixuError("pace holds a number that is not finite")
        if "held" in given:
            self._held = given["held"].astype(bool)
        if "lights" in given:
            if given["lights"].shape != (self._links,):
                raise TaixuError(f"lights wants one number for each of {self._links} links, not {given['lights'].shape}")
            self._lights = given["lights"].astype(np.int8)
        if "plan" in given:
            number = given["plan"].ravel()
            if number.shape != (1,) or not 0 <= number[0] < len(self._programs):
                raise TaixuError(f"plan wants a number from 0 to {len(self._programs) - 1}")
            self._plan = int(number[0])
        if "pace" in given:
            pace = np.clip(given["pace"].astype(np.float64), 0.0, 1.0)
            shut = (pace < _CLOSED) & (self._pace >= _CLOSED)
            self._pace = pace
            if shut.any():
                self._lead_around(self._cars, self._roads.across[self._cars.lane])
                self._lead_around(self._waiting)

    def _advance(self, secs: float, dt: float) -> None:
        from taixu.simulation.traffic import following, moving

        self._call(secs)
        roads, cars = self._roads, self._cars
        lights = self._lights if self._lights is not None else show_signals(self._programs[self._plan], secs)
        lanes, demand = len(self._pace), self.demand
        room = Room(
            np.zeros(len(cars.lane), np.intp), np.zeros(lanes + 1, np.intp), lights, np.zeros(lanes), np.zeros(lanes), self._pace,
            self._held, self._ways, demand.stop_lane, demand.stop_along, demand.stop_secs,
            demand.stop_leaves,
        )  # fmt: skip
        following.order_cars(cars.lane, cars.along, room.order, room.first)
        following.choose_links(roads, cars, room)
        following.expect_arrivals(roads, cars, room)
        following.follow(roads, cars, room)
        coming = self._come(roads, room, secs)
        moving.change_lanes(roads, cars, room, self._steps % 2 == 1, dt)
        moving.move(roads, cars, room, dt, secs)
        self._steps += 1
        self._part(secs + dt, coming)

    def _call(self, secs: float) -> None:
        """Those whose time has come wait from now on."""
        last = int(np.searchsorted(self.demand.depart, secs, side="right"))
        if last > self._next:
            ready = self._ready(np.arange(self._next, last))
            if (self._pace < _CLOSED).any():
                self._lead_around(ready)
            self._waiting = _joined(self._waiting, ready)
            self._next = last

    def _come(self, roads: Roads, room: Room, secs: float) -> Cars:
        """Let those who wait onto the road, where there is room; they drive from the next step on."""
        from taixu.simulation.traffic import moving

        lanes = np.full(len(self._waiting.lane), -1, np.int32)
        moving.enter(roads, self._cars, room, self._edge_first, np.zeros(len(self._pace), bool), self._waiting, lanes)
        found = lanes >= 0
        coming = _taken(self._waiting, found)._replace(lane=lanes[found])
        self._waiting = _taken(self._waiting, ~found)
        self._entered[coming.number[self._entered[coming.number] < 0]] = secs
        return coming

    def _part(self, secs: float, coming: Cars) -> None:
        """Take out who has arrived or stood too long, and add who came."""
        cars = self._cars
        gone = cars.lane < 0
        self._arrived[cars.number[gone]] = secs
        stuck = ~gone & (cars.waited > self.jump_secs) & (cars.at + 1 < cars.end)
        if stuck.any():
            jumping = _taken(cars, stuck)
            jumping.at[:] += 1
            for column, value in ((jumping.lane, 0), (jumping.link, _UNKNOWN_LINK), (jumping.waited, 0.0), (jumping.rest, 0.0)):
                column[:] = value
            self._jumped += len(jumping.lane)
            self._waiting = _joined(self._waiting, jumping)
        if gone.any() or stuck.any():
            self._cars = _taken(cars, ~(gone | stuck))
        if len(coming.lane):
            self._cars = _joined(self._cars, coming)

    def _ready(self, trips: NDArray[np.intp]) -> Cars:
        """Rows of trips that begin."""
        demand, count = self.demand, len(trips)
        zeros = {name: np.zeros(count, dtype) for name, dtype in CAR_FIELDS.items()}
        return Cars(**(zeros | {name: values[trips] for name, values in demand.kinds.items()}))._replace(
            number=trips.astype(np.int32), link=np.full(count, _UNKNOWN_LINK, np.int32), at=demand.firsts[trips],
            end=demand.firsts[trips + 1], stop=demand.stop_firsts[trips], stop_end=demand.stop_firsts[trips + 1],
            changed=np.full(count, 10.0), most=np.full(count, 1e9),
        )  # fmt: skip

    def _lead_around(self, cars: Cars, across: NDArray[np.bool_] | None = None) -> None:
        """Lead those around whose ways lie over streets that are shut now; who finds no way keeps its own and waits.

        `across` says who is in a junction: they go on to the street that they are on the way to.
        """
        self._drop_ways()
        first = self._edge_first[:-1]
        pace = np.maximum.reduceat(self._pace * self._roads.limit, first)
        is_open = np.maximum.reduceat(self._pace, first) >= _CLOSED
        secs = np.divide(self._roads.length[first], pace, out=np.full(len(first), np.inf), where=is_open & (pace > 0))
        shut = np.concatenate([[0], np.cumsum(~is_open[self._ways])])
        touched = np.flatnonzero(shut[cars.end] > shut[np.minimum(cars.at + 1, cars.end)])
        starts, goals = self._ways[cars.at[touched]], self._ways[cars.end[touched] - 1]
        passable = secs.copy()
        passable[starts] = np.minimum(passable[starts], 1e6)  # who is there already may drive on
        added, at = [self._ways], len(self._ways)
        routers: dict[int, Router] = {}
        placed: dict[tuple[int, int, int], tuple[int, int] | None] = {}
        kinds = cars.kind[touched].tolist()
        for car, start, goal, kind in zip(touched.tolist(), starts.tolist(), goals.tolist(), kinds, strict=True):
            if (start, goal, kind) not in placed:
                if kind not in routers:
                    usable = np.maximum.reduceat((self._roads.allows & kind) != 0, first)
                    routers[kind] = Router(self.network, np.where(usable, passable, np.inf))
                way = routers[kind].way(start, goal)
                fits = way is not None and all(is_open[edge] for edge in way[1:])
                placed[start, goal, kind] = (at, at + len(way)) if fits and way is not None else None
                if fits:
                    added.append(np.array(way, np.int32))
                    at += len(added[-1])
            ends = placed[start, goal, kind]
            if ends is None:
                continue
            cars.at[car], cars.end[car] = ends
            if across is None or not across[car]:
                cars.link[car] = _UNKNOWN_LINK
        self._ways = np.concatenate(added)

    def _drop_ways(self) -> None:
        """Forget ways that were found for those who have driven them."""
        own = len(self.demand.ways)
        used = np.zeros(len(self._ways) + 1, np.int64)
        for cars in (self._cars, self._waiting):
            found = cars.at >= own
            np.add.at(used, cars.at[found], 1)
            np.add.at(used, cars.end[found], -1)
        kept = np.cumsum(used)[:-1] > 0
        kept[:own] = True
        place = np.cumsum(kept) - 1
        for cars in (self._cars, self._waiting):
            cars.at[:], cars.end[:] = place[cars.at], place[cars.end - 1] + 1
        self._ways = self._ways[kept]


def _taken(cars: Cars, chosen: NDArray[np.bool_]) -> Cars:
    return Cars(**{name: column[chosen] for name, column in cars._asdict().items()})


def _joined(first: Cars, second: Cars) -> Cars:
    return Cars(**{name: np.concatenate([column, getattr(second, name)]) for name, column in first._asdict().items()})
