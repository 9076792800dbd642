"""A thousand drones on circuits over streets: who is where at any time, and who falls behind.

All fly at one speed along closed rectangles of streets. Each block's side has two slots, and everybody sits in one; who goes east,
north, west or south does so nine metres above the one before. Circuits all take as long, so that a schedule without two in a slot
for one round has none for ever (`Flights` picks them one by one). Gusts then push single drones back out of theirs.
"""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PITCH_M", "SPEED_MPS", "STREETS", "Flights", "key_of"]

PITCH_M, STREETS = 110.0, 11
SPEED_MPS = 11.0
_SLOT_M = PITCH_M / 2
_SIDES = 8
"""Blocks along x and along z of a circuit, together."""
_SLOTS = 4 * _SIDES
_LOWEST_M, _STOREY_M, _LAYER_M = 62.0, 42.0, 9.0
_STOREYS = 5
_TURN_M = 26.0
_FILTER_SECS = 0.25
_GUST_SECS, _EVERY_SECS, _GUST_M = 26.0, 13.0, 42.0
_DIRECTIONS = ((1, 0), (0, -1), (-1, 0), (0, 1))
"""East, north, west, south: x goes east, z south."""

Points = NDArray[np.float64]


def key_of(number: int) -> str:
    """What a drone is called."""
    return f"D{number:04d}"


@dataclass(frozen=True)
class _Circuit:
    corners: tuple[tuple[int, int], ...]
    """Crossings of streets, by number, in the order of flight."""
    headings: tuple[int, ...]
    """The direction from each corner on."""
    storey: int
    slot: int


class Flights:
    """All flights.

    Parameters
    ----------
    count
        How many drones.
    """

    def __init__(self, count: int = 1000, *, seed: int = 7) -> None:
        self.count = count
        circuits = _schedule(count, random.Random(seed))
        self._distances = np.empty((count, 13))
        self._places = np.empty((count, 13, 3))
        self._starts = np.array([circuit.slot * _SLOT_M for circuit in circuits])
        for number, circuit in enumerate(circuits):
            self._distances[number], self._places[number] = _way(circuit)
        self._followed = _followed(circuits)
        self.behind_m = np.zeros(count)
        """How far each has fallen behind for good: somebody told it to fly slower or faster."""

    def places(self, secs: float) -> Points:
        """Where everybody is, ``[3, count]``, in metres."""
        along = self._along(secs)
        leg = self._leg(along)
        rows = np.arange(self.count)
        begin, end = self._distances[rows, leg], self._distances[rows, leg + 1]
        share = ((along - begin) / (end - begin))[:, None]
        return (self._places[rows, leg] * (1 - share) + self._places[rows, leg + 1] * share).T

    def velocities(self, secs: float) -> Points:
        """Metres a second, ``[3, count]``: of the last quarter of a second, as a drone's own filter has them."""
        return (self.places(secs) - self.places(secs - _FILTER_SECS)) / _FILTER_SECS

    def straight_secs(self, secs: float) -> NDArray[np.float64]:
        """How long each goes on straight and level, as drones announce it: 0 in a turn, and just after one."""
        along = self._along(secs)
        leg = self._leg(along)
        left = (self._distances[np.arange(self.count), leg + 1] - along) / SPEED_MPS
        return np.where((leg % 3 == 1) & (leg == self._leg(self._along(secs - _FILTER_SECS))), left, 0.0)

    def _leg(self, along: NDArray[np.float64]) -> NDArray[np.intp]:
        return np.clip((along[:, None] >= self._distances).sum(1) - 1, 0, 11)

    def _along(self, secs: float) -> NDArray[np.float64]:
        along: NDArray[np.float64] = self._starts + SPEED_MPS * secs - self.lags(secs) - self.behind_m
        return along % self._distances[0, -1]

    def lags(self, secs: float) -> NDArray[np.float64]:
        """How far gusts have pushed each back just now, in metres."""
        found = np.zeros(self.count)
        for gust in range(max(int((secs - _GUST_SECS) // _EVERY_SECS), 0), int(secs // _EVERY_SECS) + 1):
            since = secs - gust * _EVERY_SECS
            if 0 <= since <= _GUST_SECS and len(self._followed):
                number = self._followed[random.Random(gust).randrange(len(self._followed))]
                found[number] += _GUST_M * np.sin(np.pi * since / _GUST_SECS) ** 2
        return found


def _schedule(count: int, chance: random.Random) -> list[_Circuit]:
    """Circuits that never share a slot."""
    taken: set[tuple[int, ...]] = set()
    found: list[_Circuit] = []
    while len(found) < count:
        wide = chance.randint(2, _SIDES - 2)
        deep = _SIDES - wide
        x, z = chance.randrange(STREETS - wide), chance.randrange(STREETS - deep)
        corners = [(x, z + deep), (x + wide, z + deep), (x + wide, z), (x, z)]  # anticlockwise from above: east, north, ...
        headings = [0, 1, 2, 3]
        if chance.random() < 0.5:
            corners, headings = [(x, z), (x + wide, z), (x + wide, z + deep), (x, z + deep)], [0, 3, 2, 1]
        circuit = _Circuit(tuple(corners), tuple(headings), chance.randrange(_STOREYS), chance.randrange(_SLOTS))
        used = _slots(circuit)
        if taken.isdisjoint(used):
            taken.update(used)
            found.append(circuit)
    return found


def _slots(circuit: _Circuit) -> set[tuple[int, ...]]:
    """What a circuit takes: step of the round, storey, half street across and down, layer; all layers in between at a corner."""
    found: set[tuple[int, ...]] = set()
    for step, (x, z, layers) in enumerate(_stations(circuit)):
        found.update(((step - circuit.slot) % _SLOTS, circuit.storey, x, z, layer) for layer in layers)
    return found


def _stations(circuit: _Circuit) -> list[tuple[int, int, tuple[int, ...]]]:
    """Slots of a round, from the first corner on, with the layers that are crossed there."""
    found: list[tuple[int, int, tuple[int, ...]]] = []
    for number, (x, z) in enumerate(circuit.corners):
        heading, before = circuit.headings[number], circuit.headings[number - 1]
        end = circuit.corners[(number + 1) % 4]
        steps = 2 * (abs(end[0] - x) + abs(end[1] - z))
        dx, dz = _DIRECTIONS[heading]
        for step in range(steps):
            layers = tuple(range(min(heading, before), max(heading, before) + 1)) if step == 0 else (heading,)
            found.append((2 * x + dx * step, 2 * z + dz * step, layers))
    return found


def _way(circuit: _Circuit) -> tuple[NDArray[np.float64], Points]:
    """Waypoints of a round: before, at and after each corner; distances ``[13]``, places ``[13, 3]``."""
    middle = (STREETS - 1) / 2
    floor = _LOWEST_M + _STOREY_M * circuit.storey
    places, distances, travelled = [], [], 0.0
    for number, (x, z) in enumerate(circuit.corners):
        heading, before = circuit.headings[number], circuit.headings[number - 1]
        end = circuit.corners[(number + 1) % 4]
        at = np.array([(x - middle) * PITCH_M, 0.0, (z - middle) * PITCH_M])
        along = np.array([_DIRECTIONS[heading][0], 0.0, _DIRECTIONS[heading][1]])
        length = PITCH_M * (abs(end[0] - x) + abs(end[1] - z))
        height, last = floor + _LAYER_M * heading, floor + _LAYER_M * before
        for way, y in ((0.0, (height + last) / 2), (_TURN_M, height), (length - _TURN_M, height)):
            places.append(at + along * way + [0.0, y, 0.0])
            distances.append(travelled + way)
        travelled += length
    return np.array([*distances, travelled]), np.array([*places, places[0]])


def _followed(circuits: list[_Circuit]) -> list[int]:
    """Who has somebody in the next slot behind for a long stretch: a gust makes those two come near each other."""
    at = {
        (number, (step - circuit.slot) % _SLOTS): (circuit.storey, x, z, layers[0])
        for number, circuit in enumerate(circuits) for step, (x, z, layers) in enumerate(_stations(circuit))
    }  # fmt: skip
    when = {(step, where): number for (number, step), where in at.items()}
    found = []
    for number in range(len(circuits)):
        behind = [when.get((step, at[number, (step - 1) % _SLOTS])) for step in range(_SLOTS)]
        if any(each is not None and behind.count(each) >= 8 for each in behind):
            found.append(number)
    return found
