"""How many want to pass lights: by movement, and from one junction's lights to the next's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.traffic import Traffic
from taixu.simulation.traffic.network import RoadNetwork, class_bits

__all__ = ["Platoons", "SignalFlows", "signal_flows"]


@dataclass(frozen=True, slots=True)
class Platoons:
    """Those who pass one light after another, a row each.

    Attributes
    ----------
    first, then
        Links of lights, in the order of all (`RoadNetwork.link_starts`).
    secs
        From one to the other, at the limit.
    weight
        Vehicles, buses counting for more.
    """

    first: NDArray[np.int64]
    then: NDArray[np.int64]
    secs: NDArray[np.float64]
    weight: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SignalFlows:
    """Flows over a time.

    Attributes
    ----------
    by_link
        Vehicles a second that want to pass each link of all lights, ``[links]``; of a movement over several lanes each has its
        share.
    lane
        From which lane each link leads, ``[links]``; -1 for those of nobody. What leaves one lane shares its line.
    platoons
        Between lights that follow one another.
    """

    by_link: NDArray[np.float64]
    lane: NDArray[np.int64]
    platoons: Platoons


def signal_flows(traffic: Traffic, *, now_secs: float, horizon_secs: float, bus_weight: float = 1.0) -> SignalFlows:
    """What the trips of a demand, and those who drive now, want of the lights of their ways.

    Parameters
    ----------
    now_secs, horizon_secs
        Trips count that depart from now on and within the horizon; of those who drive, what is left of their ways.
    bus_weight
        For how many cars a bus counts between lights.
    """
    network, demand = traffic.network, traffic.demand
    cars = traffic.cars
    soon = np.flatnonzero((demand.depart >= now_secs) & (demand.depart < now_secs + horizon_secs))
    buses = class_bits(["bus", "coach", "tram"])
    pieces, weights = [], []
    for trip in soon.tolist():
        pieces.append(demand.ways[demand.firsts[trip] : demand.firsts[trip + 1]])
        weights.append(bus_weight if demand.kinds["kind"][trip] & buses else 1.0)
    ways = traffic.ways
    for at, end, kind in zip(cars.at.tolist(), cars.end.tolist(), cars.kind.tolist(), strict=True):
        pieces.append(ways[at:end])
        weights.append(bus_weight if kind & buses else 1.0)
    lengths = np.array([len(piece) for piece in pieces], np.int64)
    edges = np.concatenate([*pieces, np.zeros(0, np.int32)]).astype(np.int64)
    owner = np.repeat(np.arange(len(pieces)), lengths)
    return _counted(network, edges, owner, np.array(weights), horizon_secs)


def _counted(
    network: RoadNetwork, edges: NDArray[np.int64], owner: NDArray[np.int64], weights: NDArray[np.float64], secs: float
) -> SignalFlows:
    arrays, count = network.arrays, len(network.edges)
    links = sum(len(program.states[0]) for program in network.signals.values())
    lane = np.repeat(np.arange(len(network.lanes)), np.diff(arrays["out_first"]))
    lit = (arrays["signal"] >= 0) & ~arrays["across"][lane]
    keys = arrays["edge"][lane[lit]].astype(np.int64) * count + arrays["edge"][arrays["onto"][lit]]
    signal = arrays["signal"][lit].astype(np.int64)
    lane_of = np.full(links, -1, np.int64)
    lane_of[signal] = lane[lit]
    order = np.argsort(keys, kind="stable")
    keys, signal = keys[order], signal[order]
    moves, first, served = np.unique(keys, return_index=True, return_counts=True)
    # Turns of ways from one street into the next, where lights stand.
    turns = np.flatnonzero(owner[1:] == owner[:-1])
    wanted = edges[turns] * count + edges[turns + 1]
    found = np.minimum(np.searchsorted(moves, wanted), max(len(moves) - 1, 0)) if len(moves) else np.zeros(len(wanted), np.intp)
    hit = moves[found] == wanted if len(moves) else np.zeros(len(wanted), bool)
    turns, found = turns[hit], found[hit]
    by_move = np.bincount(found, minlength=len(moves))
    by_link = np.zeros(links)
    np.add.at(by_link, signal, np.repeat(by_move / np.maximum(served, 1), served))
    # From one lit turn of a way to its next: the streets between, at their limits.
    edge_first = np.searchsorted(arrays["edge"], np.arange(count))
    took = arrays["length"][edge_first] / arrays["limit"][edge_first]
    clock = np.concatenate([[0.0], np.cumsum(took[edges])])
    follows = np.flatnonzero(owner[turns[1:]] == owner[turns[:-1]])
    before, after = turns[follows], turns[follows + 1]
    secs_between = clock[after + 1] - clock[before + 1]
    pairs = found[follows] * len(moves) + found[follows + 1]
    kinds, back = np.unique(pairs, return_inverse=True)
    weight = np.bincount(back, weights[owner[before]], minlength=len(kinds))
    mean: NDArray[np.float64] = np.bincount(back, secs_between, minlength=len(kinds)) / np.bincount(back, minlength=len(kinds))
    link_of = signal[first] if len(moves) else np.zeros(0, np.int64)
    count_of_moves = max(len(moves), 1)
    platoons = Platoons(link_of[kinds // count_of_moves], link_of[kinds % count_of_moves], mean, np.asarray(weight, np.float64))
    return SignalFlows(by_link / secs, lane_of, platoons)
