"""A crowd as a simulator: thousands who walk to exits on the floors of a navigation mesh."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError
from taixu.navigation.floor_grid import FloorGrid
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns

__all__ = ["People"]

_MOST_PEOPLE = 1 << 20
_MOST_GOALS = 256
_LOOK_NS = 10_000_000_000
"""How often they take in that ground has become slower: to find new ways over all of it takes long."""
_STEP_SECS = 0.1
_SQUARE_M = 0.55
"""Of the squares by which people find one another: half of how far those of 0.2 m feel each other."""
_STRENGTH, _REACH_M = 3.0, 0.1
"""Of the social forces (Tordeux et al. 2015 use 5 and 0.1)."""
_HEADWAY_SECS = 0.95
"""With people of 0.2 m this gives Weidmann's (1993) speeds between one and three people a square metre."""
_STAIRS = 0.6
"""Share of the pace on stairs and ramps steeper than one in five (Weidmann 1993: 0.5 to 0.6)."""
_BAND = 2048
_MOST = {"headway": 60.0, "radius": 2.0, "pace": 20.0}
"""How far one looks for others follows from these."""
_FIELDS: dict[str, type[Any]] = {
    "number": np.int64, "x": np.float64, "y": np.float64, "z": np.float64, "vx": np.float64, "vz": np.float64, "floor": np.int32,
    "group": np.int32, "radius": np.float64, "pace": np.float64, "headway": np.float64,
}  # fmt: skip


class People:
    """A simulator of a crowd.

    It is told ``shut`` (numbers of doors that are shut, as `doors` lists them), ``slow`` (by floor: how much longer a metre takes,
    as in water) and ``leave`` (the group that everybody joins now). It says, a row a person, ``number``, ``place`` (x, y, z),
    ``velocity`` (x and z) and ``group``; and ``counts``: walking, arrived.

    Parameters
    ----------
    floors
        Where one can walk (`taixu.navigation.NavigationMesh.floors`).
    places
        Where people start, metres, ``[n, 3]``; the nearest floors within a metre are taken.
    goals
        By group: where its people go, ``[k, 3]``; the nearest in time of them. Who comes there has arrived, and is gone.
    group
        Everybody's, as a place in `goals`.
    doors
        Each door's floors, as numbers: shut, nobody passes.
    pace
        What each would walk alone, m/s; by default normal with a mean of 1.34 and a deviation of 0.26 (Weidmann 1993), by `seed`.
    radius
        Metres.

    Raises
    ------
    TaixuError
        When somebody or a goal stands nowhere, or numbers are not finite.
    MachineError
        When numba is missing.
    """

    def __init__(
        self, floors: FloorGrid, places: ArrayLike, goals: Sequence[ArrayLike], *, group: ArrayLike = 0,
        doors: Sequence[NDArray[np.integer[Any]]] = (), pace: ArrayLike | None = None, radius: float = 0.2, seed: int = 0,
        name: str = "people", period_secs: float = 0.5, threads: int = 2,
    ) -> None:  # fmt: skip
        self.name, self.period_ns = name, round(period_secs * 1e9)
        self.floors = floors
        start = np.asarray(places, np.float64).reshape(-1, 3)
        count = len(start)
        if count > _MOST_PEOPLE or not 1 <= len(goals) <= _MOST_GOALS:
            raise TaixuError(f"a crowd takes {_MOST_PEOPLE} people at most and 1 to {_MOST_GOALS} goals, not {count}, {len(goals)}")
        if not np.isfinite(start).all():
            raise TaixuError("somebody of the crowd stands at a place that is not finite")
        on = floors.nearest(start, 1.0)
        if (on < 0).any():
            raise TaixuError(f"{int((on < 0).sum())} of {count} people stand where there is no floor within a metre")
        start = floors.places(on, start)
        if pace is None:
            pace = np.clip(np.random.default_rng(seed).normal(1.34, 0.26, count), 0.6, 2.1)
        self._people: dict[str, NDArray[Any]] = {
            "number": np.arange(count), "x": start[:, 0].copy(), "y": start[:, 1].copy(), "z": start[:, 2].copy(),
            "vx": np.zeros(count), "vz": np.zeros(count), "floor": on.astype(np.int32),
            "group": np.broadcast_to(group, count).astype(np.int32),
            "radius": np.full(count, float(radius)), "pace": np.broadcast_to(np.asarray(pace, np.float64), count).copy(),
            "headway": np.full(count, _HEADWAY_SECS),
        }  # fmt: skip
        if not ((self._people["pace"] > 0) & (self._people["pace"] < 20)).all() or not 0 < radius < 2:
            raise TaixuError("a crowd wants paces above zero m/s and below 20, and a radius above zero and below 2 m")
        if ((self._people["group"] < 0) | (self._people["group"] >= len(goals))).any():
            raise TaixuError(f"a crowd's groups are 0 to {len(goals) - 1}")
        self._goals = [self._floors_of(goal, number) for number, goal in enumerate(goals)]
        self._doors = [np.asarray(door, np.int32) for door in doors]
        if any(((door < 0) | (door >= len(floors))).any() for door in self._doors):
            raise TaixuError("a door is of floors that are not there")
        self._shut, self._slow = np.zeros(len(doors), bool), np.ones(0, np.float32)
        self._arrived = np.full(count, -1.0)
        self._links = floors.links
        self._slopes = self._find_slopes()
        self._costs: NDArray[np.float32] | None = None
        self._known: set[int] = set()
        self._slowness = self._slopes
        self._pool = ThreadPoolExecutor(max(1, threads), thread_name_prefix="taixu crowd")

    @property
    def arrived_secs(self) -> NDArray[np.float64]:
        """When each arrived, seconds of the clock; -1 where somebody has not."""
        return self._arrived.copy()

    @property
    def places(self) -> NDArray[np.float64]:
        """Where those are who walk, ``[n, 3]``."""
        return np.stack([self._people[axis] for axis in "xyz"], axis=1)

    def way_secs(self, places: ArrayLike, group: int = 0) -> NDArray[np.float64]:
        """How long the way of a group takes from places ``[n, 3]`` for somebody alone at 1 m/s; infinite where there is none."""
        on = self.floors.nearest(np.asarray(places, np.float64).reshape(-1, 3), 1.0)
        costs = self._solved({group})[group][np.maximum(on, 0)].astype(np.float64)
        return np.where((on < 0) | (costs > 1e17), np.inf, costs)

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Go on, a tenth of a second at a time."""
        self._listen(given, looks_around=(time_ns + dt_ns) // _LOOK_NS > time_ns // _LOOK_NS)
        count = max(1, round(dt_ns / 1e9 / _STEP_SECS))
        for number in range(count):
            self._advance(dt_ns / 1e9 / count, time_ns / 1e9 + (number + 1) * dt_ns / 1e9 / count)
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """What it says after a step."""
        people = self._people
        return {
            "number": people["number"], "place": self.places, "velocity": np.stack([people["vx"], people["vz"]], axis=1),
            "group": people["group"], "counts": np.array([len(people["x"]), int((self._arrived >= 0).sum())]),
        }  # fmt: skip

    def checkpoint(self) -> bytes:
        """People, who arrived when, and what it was told."""
        told = {"arrived": self._arrived, "shut": self._shut, "slow": self._slow}
        return pack({f"person/{name}": column for name, column in self._people.items()} | told, {})

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of; floors, goals and doors are this simulator's."""
        arrays, _ = unpack(state)
        try:
            people = {name: arrays[f"person/{name}"].astype(kind) for name, kind in _FIELDS.items()}
            arrived, slow = arrays["arrived"].astype(np.float64), arrays["slow"].astype(np.float32)
            shut = arrays["shut"].astype(bool)
        except (KeyError, ValueError) as error:
            raise TaixuError("this is no state of a crowd") from error
        if not self._fits(people, arrived) or len(shut) != len(self._shut) or len(slow) not in (0, len(self.floors)):
            raise TaixuError("this is a state of another crowd: its floors, goals or doors are not these")
        self._people, self._arrived, self._shut, self._slow = people, arrived, shut, slow
        self._costs = None

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """End its threads."""
        self._pool.shutdown()

    def _fits(self, people: Mapping[str, NDArray[Any]], arrived: NDArray[np.float64]) -> bool:
        """Whether what kernels follow without looking leads nowhere else."""
        count, floor, group = len(people["x"]), people["floor"], people["group"]
        if any(column.shape != (count,) for column in people.values()) or len(arrived) != len(self._arrived):
            return False
        west, north = self.floors.column[floor % len(self.floors)], self.floors.row[floor % len(self.floors)]
        near = np.abs(people["x"] / self.floors.cell_m - west) + np.abs(people["z"] / self.floors.cell_m - north) < 4
        return bool(
            ((floor >= 0) & (floor < len(self.floors)) & (group >= 0) & (group < len(self._goals)) & near).all()
            and ((people["number"] >= 0) & (people["number"] < len(arrived))).all()
            and all(((people[name] > 0) & (people[name] < most)).all() for name, most in _MOST.items())
        )

    def _floors_of(self, goal: ArrayLike, number: int) -> NDArray[np.int32]:
        points = np.asarray(goal, np.float64).reshape(-1, 3)
        on = self.floors.nearest(points, 1.0) if np.isfinite(points).all() else np.array([-1])
        if not len(on) or (on < 0).any():
            raise TaixuError(f"goal {number} of the crowd lies where there is no floor within a metre")
        return np.unique(on).astype(np.int32)

    def _find_slopes(self) -> NDArray[np.float32]:
        """How much longer a metre takes on stairs and ramps, by floor."""
        rise = np.zeros(len(self.floors), np.float32)
        for side in range(4):
            other = self._links[side]
            steps = np.abs(self.floors.y[np.maximum(other, 0)] - self.floors.y) / self.floors.cell_m
            rise = np.maximum(rise, np.where(other >= 0, steps, 0.0).astype(np.float32))
        return np.where(rise > 0.2, np.float32(1 / _STAIRS), np.float32(1.0))

    def _listen(self, given: Columns, *, looks_around: bool) -> None:
        if "shut" in given:
            numbers = given["shut"].astype(np.int64).ravel()
            if ((numbers < 0) | (numbers >= len(self._doors))).any():
                raise TaixuError(f"shut names doors that are not there; there are {len(self._doors)}")
            shut = np.isin(np.arange(len(self._doors)), numbers)
            if (shut != self._shut).any():
                self._shut, self._costs = shut, None
        if "slow" in given:
            slow = given["slow"].astype(np.float32)
            if slow.shape != (len(self.floors),) or not (slow >= 1.0).all():
                raise TaixuError("slow wants a number of one or more for each floor")
            if (looks_around or not len(self._slow)) and not np.array_equal(slow, self._slow):
                self._slow, self._costs = slow, None
        if "leave" in given and given["leave"].size:
            group = int(given["leave"].ravel()[0])
            if not 0 <= group < len(self._goals):
                raise TaixuError(f"leave names no group; there are {len(self._goals)}")
            self._people["group"][:] = group

    def _solved(self, groups: set[int]) -> NDArray[np.float32]:
        """Times to the goals of some groups, for the doors and the ground as they stand; those of others may be anything."""
        if self._costs is None:
            slowness = self._slopes * self._slow if len(self._slow) else self._slopes.copy()
            for door, is_shut in zip(self._doors, self._shut, strict=True):
                if is_shut:
                    slowness[door] = np.inf
            self._slowness, self._known = slowness, set()
            self._costs = np.empty((len(self._goals), len(self.floors)), np.float32)
            closed = [self._doors[number] for number in np.flatnonzero(self._shut)]
            self._walls = self._links if not closed else _without(self.floors.links, np.concatenate(closed))
        wanted = sorted(groups - self._known)
        if wanted:
            from taixu.simulation.crowd.kernels import solve_costs

            costs, slowness, cell = self._costs, self._slowness, self.floors.cell_m
            list(self._pool.map(lambda each: solve_costs(self._links, slowness, self._goals[each], cell, costs[each]), wanted))
            self._known.update(wanted)
        return self._costs

    _walls: NDArray[np.int32] | None = None

    def _advance(self, dt: float, secs: float) -> None:
        from taixu.simulation.crowd import kernels

        people = self._people
        costs = self._solved(set(np.flatnonzero(np.bincount(people["group"])).tolist()))
        count = len(people["x"])
        if not count:
            return
        order, ordered, near = np.empty(count, np.int32), np.empty((4, count)), np.empty(count, bool)
        first = kernels.bin_people(people["x"], people["y"], people["z"], people["radius"], _SQUARE_M, order, ordered)
        who: list[Any] = [people[name] for name in ("x", "y", "z", "vx", "vz", "floor", "group")]
        choosing: list[Any] = [*who, people["radius"], people["pace"], people["headway"], order, first, ordered, _SQUARE_M]
        choosing += [self._links, costs, self._slowness, _STRENGTH, _REACH_M]
        floors = self.floors
        moving: list[Any] = [*who, self._walls, floors.column, floors.row, floors.y, costs, floors.cell_m, dt, near]
        bands = [(begin, min(begin + _BAND, count)) for begin in range(0, count, _BAND)]
        list(self._pool.map(lambda band: kernels.choose_velocities(*choosing, *band), bands))
        list(self._pool.map(lambda band: kernels.move(*moving, *band), bands))
        if near.any():
            self._arrived[people["number"][near]] = secs
            self._people = {name: column[~near] for name, column in people.items()}


def _without(links: NDArray[np.int32], floors: NDArray[np.int32]) -> NDArray[np.int32]:
    """Links without the ways onto some floors; who stands there may leave."""
    shut = np.zeros(links.shape[1] + 1, bool)  # the last answers for -1
    shut[floors] = True
    return np.where(shut[links], -1, links).astype(np.int32)
