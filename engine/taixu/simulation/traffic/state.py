"""Cars and roads as kernels see them: named tuples of arrays, which numba takes apart."""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.traffic.network import RoadNetwork

__all__ = ["CAR_FIELDS", "Cars", "Roads", "Room", "no_cars", "roads_of"]

_F: TypeAlias = NDArray[np.float64]
_I: TypeAlias = NDArray[np.int32]


class Roads(NamedTuple):
    """What never changes; see `RoadNetwork.arrays`."""

    length: _F
    limit: _F
    edge: _I
    across: NDArray[np.bool_]
    near: _I
    far: _I
    allows: NDArray[np.int64]
    out_first: _I
    onto: _I
    via: _I
    signal: _I
    way_first: _I
    way: _I


class Cars(NamedTuple):
    """Who drives, a row each.

    Attributes
    ----------
    number
        Which trip of the demand this is.
    lane, along
        The lane, and how far its front is along it (m).
    speed, acceleration
        m/s, m/s2.
    link
        The connection it will take at the lane's end; `NO_LINK` where this lane does not lead there, `UNKNOWN_LINK` when it was
        not looked up.
    kind
        The bits of its class, of which a lane that it may use has one.
    at, end
        Its street's place in all ways, and where its way ends.
    stop, stop_end, rest
        The next of all stops, where its stops end, and how long (s) it still stands there.
    length, accel, decel, gap, headway, fastest, eager
        Metres; m/s2; m/s2; metres kept when standing; seconds kept behind others; m/s; share of the limit it drives.
    waited, changed
        Seconds since it last moved, and since it last changed lanes.
    most
        The most acceleration that leaves room for somebody who must change lanes, or finds oneself a gap, m/s2.
    travelled
        Metres.
    """

    number: _I
    lane: _I
    along: _F
    speed: _F
    acceleration: _F
    link: _I
    kind: NDArray[np.int64]
    at: _I
    end: _I
    stop: _I
    stop_end: _I
    rest: _F
    length: _F
    accel: _F
    decel: _F
    gap: _F
    headway: _F
    fastest: _F
    eager: _F
    waited: _F
    changed: _F
    most: _F
    travelled: _F


class Room(NamedTuple):
    """What a step looks up: who is where, what lights show, what is shut.

    Attributes
    ----------
    order, first
        Cars sorted by lane and place, and where each lane's begin ``[lanes + 1]``.
    lights
        What each link of all lights shows.
    soonest, patience
        By lane across a junction: in how many seconds the next car comes onto it, and how long that one has stood.
    pace
        By lane: how much of the limit one drives there just now; zero shuts it.
    held
        By lane: nobody drives onto it just now (people cross).
    ways, stop_lane, stop_along, stop_secs, stop_leaves
        Streets of all ways, one after another; all stops, with the seconds of the clock before which nobody goes on from there.
    """

    order: NDArray[np.intp]
    first: NDArray[np.intp]
    lights: NDArray[np.int8]
    soonest: _F
    patience: _F
    pace: _F
    held: NDArray[np.bool_]
    ways: _I
    stop_lane: _I
    stop_along: _F
    stop_secs: _F
    stop_leaves: _F


_WHOLE = frozenset({"number", "lane", "link", "at", "end", "stop", "stop_end"})
CAR_FIELDS: dict[str, np.dtype[Any]] = {
    name: np.dtype(np.int64 if name == "kind" else np.int32 if name in _WHOLE else np.float64) for name in Cars._fields
}  # fmt: skip


def no_cars() -> Cars:
    """Empty streets."""
    return Cars(**{name: np.zeros(0, dtype) for name, dtype in CAR_FIELDS.items()})


def roads_of(network: RoadNetwork) -> Roads:
    """A network as kernels see it."""
    return Roads(**network.arrays)
