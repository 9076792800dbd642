"""Roads as lanes, in flat arrays.

Lanes of streets and lanes across junctions are the same thing. A connection says how one goes on from a lane's end: onto which lane
of the next street, by way of which lane across the junction, under which light, and giving way to whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError

__all__ = ["CLASSES", "Connection", "Lane", "RoadNetwork", "SignalProgram", "class_bits"]

_MOST_LANES = 1 << 21

CLASSES = (
    "passenger", "bus", "coach", "taxi", "delivery", "truck", "trailer", "motorcycle", "moped", "bicycle", "emergency", "authority",
    "army", "vip", "private", "hov", "evehicle", "tram", "rail_urban", "rail", "rail_electric", "rail_fast", "subway", "ship",
    "pedestrian", "custom1", "custom2", "wheelchair", "scooter", "container", "cable_car", "drone", "aircraft",
)  # fmt: skip
"""Classes of vehicles, as SUMO calls them: https://sumo.dlr.de/docs/Definition_of_Vehicles%2C_Vehicle_Types%2C_and_Routes.html."""


def class_bits(names: Iterable[str]) -> int:
    """Classes as bits; ``ignoring`` is all, who may drive anywhere.

    Raises
    ------
    TaixuError
        When there is no such class.
    """
    found = 0
    for name in names:
        if name == "ignoring":
            return -1
        if name not in CLASSES:
            raise TaixuError(f"there is no class of vehicles called {name!r:.40}")
        found |= 1 << CLASSES.index(name)
    return found


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane.

    Attributes
    ----------
    name
        Unlike any other lane's.
    edge
        The street, or the way across a junction, that it belongs to.
    points
        Its middle, metres, ``[n >= 2, 2]``: x and z.
    length
        Metres, which need not be the line's.
    limit
        Speed, m/s.
    across
        Whether it lies in a junction.
    classes
        Of `CLASSES`, whose vehicles may use it; none of them are all.
    """

    name: str
    edge: str
    points: NDArray[np.float64]
    length: float
    limit: float
    across: bool = False
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Connection:
    """How one goes on from a lane's end.

    Attributes
    ----------
    lane, onto, via
        Names of lanes: where one is, where one comes out, and the one across the junction (none: they touch).
    signal, link
        Which lights, and the place in their states that is for us; empty where there are none.
    gives_way_to
        Lanes across the junction whose traffic comes first.
    """

    lane: str
    onto: str
    via: str = ""
    signal: str = ""
    link: int = 0
    gives_way_to: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignalProgram:
    """Lights that change by the clock.

    Attributes
    ----------
    states
        A text a phase, a letter a link: ``G`` go, ``g`` go and give way, ``y`` stop if you can, ``r`` stop, ``o`` and ``O`` off.
    seconds
        How long each phase lasts.
    offset
        When, of the clock, the first phase begins.
    """

    states: tuple[str, ...]
    seconds: tuple[float, ...]
    offset: float = 0.0


@dataclass(frozen=True)
class RoadNetwork:
    """A network of lanes.

    Parameters
    ----------
    lanes
        Lanes of one edge lie together, the first at the kerb.
    connections
        Where one may go.
    signals
        Lights by name.

    Raises
    ------
    TaixuError
        When a name is there twice or leads nowhere, or a length, limit or phase is not above zero.
    """

    lanes: Sequence[Lane]
    connections: Sequence[Connection]
    signals: Mapping[str, SignalProgram] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.lanes or len(self.lanes) > _MOST_LANES:
            raise TaixuError(f"roads want between 1 and {_MOST_LANES} lanes, not {len(self.lanes)}")
        if len(self.lane_numbers) != len(self.lanes):
            raise TaixuError("two lanes share a name")
        done: set[str] = set()
        for number, lane in enumerate(self.lanes):
            shape = lane.points.shape
            if len(shape) != 2 or shape[0] < 2 or shape[1] != 2 or not np.isfinite(lane.points).all():
                raise TaixuError(f"the lane {lane.name} wants two points and more, all of them finite")
            if not (0 < lane.length < 1e6 and 0 < lane.limit < 1e3):
                raise TaixuError(f"the lane {lane.name} wants a length and a limit above zero, not {lane.length}, {lane.limit}")
            if number and self.lanes[number - 1].edge != lane.edge:
                done.add(self.lanes[number - 1].edge)
            if lane.edge in done:
                raise TaixuError(f"the lanes of {lane.edge} do not lie together")
        for link in self.connections:
            for name in (link.lane, link.onto, *filter(None, (link.via,)), *link.gives_way_to):
                if name not in self.lane_numbers:
                    raise TaixuError(f"the connection from {link.lane} to {link.onto} names a lane that is not there: {name}")
            if link.signal:
                program = self.signals.get(link.signal)
                if program is None or not 0 <= link.link < len(program.states[0]):
                    raise TaixuError(f"the connection from {link.lane} to {link.onto} has no light {link.signal}, {link.link}")
        for name, program in self.signals.items():
            phases, seconds = program.states, program.seconds
            if len({len(state) for state in phases}) != 1 or len(phases) != len(seconds) or not all(secs > 0 for secs in seconds):
                raise TaixuError(f"the lights {name} want phases of one length, each with a time above zero")

    @cached_property
    def lane_numbers(self) -> dict[str, int]:
        """Lanes by name."""
        return {lane.name: number for number, lane in enumerate(self.lanes)}

    @cached_property
    def edges(self) -> list[str]:
        """Names of edges, in the order of their lanes."""
        return list(dict.fromkeys(lane.edge for lane in self.lanes))

    @cached_property
    def edge_numbers(self) -> dict[str, int]:
        """Edges by name."""
        return {name: number for number, name in enumerate(self.edges)}

    @cached_property
    def arrays(self) -> dict[str, NDArray[Any]]:
        """What kernels read.

        By lane: ``length``, ``limit``, ``edge``, ``across``, ``near`` and ``far`` (the neighbours towards the kerb and away from
        it, or -1), ``allows`` (bits of classes), ``out_first`` ``[lanes + 1]`` into connections. By connection, sorted by lane:
        ``onto``, ``via`` (or -1), ``signal`` (a place among all lights' links, or -1), ``way_first`` ``[connections + 1]`` into
        ``way``, the lanes that come first.
        """
        number = self.lane_numbers
        edge = np.array([self.edge_numbers[lane.edge] for lane in self.lanes], np.int32)
        lanes = np.arange(len(self.lanes), dtype=np.int32)
        joined = np.concatenate([[False], edge[1:] == edge[:-1], [False]])
        links = sorted(self.connections, key=lambda link: (number[link.lane], number[link.onto]))
        starts = self.link_starts
        outs = np.bincount([number[link.lane] for link in links], minlength=len(lanes)) if links else np.zeros(len(lanes), np.intp)
        ways = [[number[name] for name in link.gives_way_to] for link in links]
        return {
            "length": np.array([lane.length for lane in self.lanes]),
            "limit": np.array([lane.limit for lane in self.lanes]),
            "edge": edge,
            "across": np.array([lane.across for lane in self.lanes]),
            "near": np.where(joined[:-1], lanes - 1, -1).astype(np.int32),
            "far": np.where(joined[1:], lanes + 1, -1).astype(np.int32),
            "allows": np.array([class_bits(lane.classes) if lane.classes else -1 for lane in self.lanes], np.int64),
            "out_first": np.concatenate([[0], np.cumsum(outs)]).astype(np.int32),
            "onto": np.array([number[link.onto] for link in links], np.int32),
            "via": np.array([number[link.via] if link.via else -1 for link in links], np.int32),
            "signal": np.array([starts[link.signal] + link.link if link.signal else -1 for link in links], np.int32),
            "way_first": np.concatenate([[0], np.cumsum([len(way) for way in ways])]).astype(np.int32),
            "way": np.array([lane for way in ways for lane in way], np.int32),
        }

    @cached_property
    def link_starts(self) -> dict[str, int]:
        """Where each lights' links begin among all of them."""
        starts, at = {}, 0
        for name, program in self.signals.items():
            starts[name] = at
            at += len(program.states[0])
        return starts

    @cached_property
    def steps(self) -> NDArray[np.int32]:
        """From which street one comes onto which, ``[n, 2]``, without lanes across junctions, sorted."""
        edge, across = self.arrays["edge"], self.arrays["across"]
        ends = [(self.lane_numbers[link.lane], self.lane_numbers[link.onto]) for link in self.connections]
        found = {(int(edge[lane]), int(edge[onto])) for lane, onto in ends if not across[lane]}
        return np.array(sorted(found), np.int32).reshape(-1, 2)

    @cached_property
    def _lines(self) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
        """All points, where each lane's begin ``[lanes + 1]``, and how far along its lane (0 to 1) each point lies."""
        counts = [len(lane.points) for lane in self.lanes]
        shares = []
        for lane in self.lanes:
            along = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(lane.points, axis=0).T))])
            shares.append(along / along[-1] if along[-1] > 0 else np.linspace(0.0, 1.0, len(along)))
        points = np.concatenate([lane.points for lane in self.lanes])
        return points, np.concatenate([[0], np.cumsum(counts)]), np.concatenate(shares)

    def place(self, lanes: NDArray[np.integer[Any]], along: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where on the ground somebody is.

        Parameters
        ----------
        lanes
            Numbers, ``[n]``.
        along
            How far from the lane's beginning, metres.

        Returns
        -------
        tuple
            x and z, metres, ``[n, 2]``; the angle of travel, radians, from +x towards +z.
        """
        points, firsts, shares = self._lines
        # One sorted line of all lanes: a lane's number and the share along it.
        keys = np.repeat(np.arange(len(self.lanes)), np.diff(firsts)) * 2.0 + shares
        share = np.clip(along / self.arrays["length"][lanes], 0.0, 1.0)
        before = np.searchsorted(keys, lanes * 2.0 + share, side="right") - 1
        before = np.clip(before, firsts[lanes], firsts[lanes + 1] - 2)
        width = shares[before + 1] - shares[before]
        part = np.divide(share - shares[before], width, out=np.zeros_like(share), where=width > 0)[:, None]
        run = points[before + 1] - points[before]
        return points[before] + part * run, np.arctan2(run[:, 1], run[:, 0])
