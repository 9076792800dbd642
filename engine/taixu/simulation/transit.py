"""Public transport by the clock: vehicles that go along their courses as a timetable says.

They keep the time and meet nobody: what shares the road with others is `taixu.simulation.traffic`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns

__all__ = ["MOST_SECTIONS", "Run", "Transit", "along_course"]

MOST_SECTIONS = 16
_MOST_POINTS = 1 << 24


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A vehicle's run.

    Attributes
    ----------
    course : float64[points, 2]
        x and z, metres.
    at : float64[stops]
        How far along it each stop is, metres; never back.
    arrives, departs : float64[stops]
        Seconds of the clock; never back.
    sections, section_m
        Of how many parts the vehicle is, and how long each is.
    look
        Which of the looks its sections have.
    """

    course: NDArray[np.float64]
    at: NDArray[np.float64]
    arrives: NDArray[np.float64]
    departs: NDArray[np.float64]
    sections: int = 1
    section_m: float = 12.0
    look: int = 0


class Transit:
    """A simulator of vehicles that run by the clock: between two stops as fast as the time between them says.

    It says, a row a section of those who are under way, ``number`` (its run and, in the high half, its section), ``run``, ``place``
    (of its front: x and z, ``[n, 2]``), ``heading`` (radians from +x towards +z), ``speed`` and ``look``; and ``count``, how many
    vehicles those are.

    Parameters
    ----------
    runs
        Those that share a course share its array.

    Raises
    ------
    TaixuError
        When a run's numbers are not finite, go back, or do not fit together.
    """

    def __init__(self, runs: Sequence[Run], *, name: str = "transit", period_secs: float = 0.5) -> None:
        self.name, self.period_ns = name, round(period_secs * 1e9)
        for number, run in enumerate(runs):
            _check(run, f"run {number}")
        courses = {id(run.course): run.course for run in runs}
        if sum(map(len, courses.values())) + 2 * sum(len(run.at) for run in runs) > _MOST_POINTS:
            raise TaixuError("these runs have more points and stops than can be driven")
        order = {key: number for number, key in enumerate(courses)}
        self._course = np.array([order[id(run.course)] for run in runs], np.int64)
        self._lines = _Lines([_measured(course) for course in courses.values()])
        knots = [np.stack([np.ravel([run.arrives, run.departs], "F"), np.repeat(run.at, 2)], axis=1) for run in runs]
        self._times = _Lines([(each[:, 0], each[:, 1:]) for each in knots])
        self._begins = np.array([run.arrives[0] for run in runs])
        self._ends = np.array([run.departs[-1] for run in runs])
        self._sections = np.array([run.sections for run in runs], np.int64)
        self._section_m = np.array([run.section_m for run in runs])
        self._look = np.array([run.look for run in runs], np.int64)
        self._now = 0.0

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Where everybody is at the step's end."""
        self._now = (time_ns + dt_ns) / 1e9
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """What it says after a step."""
        running = np.flatnonzero((self._begins <= self._now) & (self._now <= self._ends))
        far, pace = self._times.at(running, np.full(len(running), self._now))
        sections = self._sections[running]
        rows = np.repeat(np.arange(len(running)), sections)
        run = running[rows]
        section = np.arange(len(rows)) - np.repeat(np.cumsum(sections) - sections, sections)
        front = far[rows, 0] - section * self._section_m[run]
        place, _ = self._lines.at(self._course[run], front)
        back, ahead = self._lines.at(self._course[run], front - self._section_m[run])
        chord = place - back
        chord = np.where((chord**2).sum(axis=1, keepdims=True) > 1e-6, chord, ahead)  # where a course turns back on itself
        return {
            "number": run + (section << 32), "run": run, "place": place, "heading": np.arctan2(chord[:, 1], chord[:, 0]),
            "speed": pace[rows, 0], "look": self._look[run], "count": np.array(len(running)),
        }  # fmt: skip

    def checkpoint(self) -> bytes:
        """The time; the timetable is this simulator's."""
        return pack({"now": np.array(self._now)}, {})

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of."""
        arrays, _ = unpack(state)
        if "now" not in arrays or arrays["now"].shape != ():
            raise TaixuError("this is no state of public transport")
        self._now = float(arrays["now"])

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """It holds nothing."""


class _Lines:
    """Many piecewise linear functions as one sorted line, so that each row asks its own at once.

    Parameters
    ----------
    pieces
        Of each function where it is known, ``[n]``, never falling, and its values there, ``[n, k]``.
    """

    def __init__(self, pieces: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]]) -> None:
        counts = np.array([len(where) for where, _ in pieces], np.int64)
        self.firsts = np.concatenate([[0], np.cumsum(counts)])
        self.where = np.concatenate([np.empty(0), *(where for where, _ in pieces)])
        width = pieces[0][1].shape[1] if pieces else 1
        self.values = np.concatenate([np.empty((0, width)), *(values for _, values in pieces)])

    def at(self, number: NDArray[np.int64], where: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Values of functions at places, and how fast they change there; beyond the ends they go on as they last did."""
        low, high = self.firsts[number], np.maximum(self.firsts[number + 1] - 2, self.firsts[number])
        first, last = low.copy(), high.copy()
        while (first < last).any():  # the last piece that begins at or before it: each row halves its own range
            middle = (first + last + 1) // 2
            before = self.where[middle] <= where
            first, last = np.where(before, middle, first), np.where(before, last, middle - 1)
        width = self.where[first + 1] - self.where[first]
        run = self.values[first + 1] - self.values[first]
        slope = np.divide(run, width[:, None], out=np.zeros_like(run), where=width[:, None] > 0)
        return self.values[first] + slope * (where - self.where[first])[:, None], slope


def along_course(course: NDArray[np.float64], stops: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far along a course its stops are, in their order: of all ways to go forwards the one with the least squares of distances.

    Parameters
    ----------
    course, stops : float64[n, 2]
        Metres.

    Returns
    -------
    float64[stops]
        Metres along the course, never falling.
    """
    runs, begins = np.diff(course, axis=0), course[:-1]
    squares = np.maximum((runs**2).sum(axis=1), 1e-12)
    lengths = np.sqrt((runs**2).sum(axis=1))
    starts = np.concatenate([[0.0], np.cumsum(lengths)[:-1]])
    pieces, best = np.arange(len(runs)), np.zeros(len(runs))
    places = np.empty((len(stops), len(runs)))
    chosen = np.empty((len(stops), len(runs)), np.int32)
    for number, stop in enumerate(stops):
        share = np.clip(((stop - begins) * runs).sum(axis=1) / squares, 0.0, 1.0)
        places[number] = starts + share * lengths
        away = ((begins + share[:, None] * runs - stop) ** 2).sum(axis=1)
        # From an earlier piece, the least of them, or from the same one; there, going back costs as lying beside it does.
        least = np.minimum.accumulate(best)
        fell = np.concatenate([[True], best[1:] < least[:-1]])
        earlier = np.maximum.accumulate(np.where(fell, pieces, 0))
        same = best + (np.maximum(places[number - 1] - places[number], 0.0) ** 2 if number else 0.0)
        before = np.concatenate([[np.inf], least[:-1]])
        chosen[number] = np.where(before < same, np.concatenate([[0], earlier[:-1]]), pieces)
        best = np.minimum(before, same) + away
    piece = int(best.argmin())
    found = np.empty(len(stops))
    for number in reversed(range(len(stops))):
        found[number] = places[number, piece]
        piece = int(chosen[number, piece])
    return np.asarray(np.maximum.accumulate(found))


def _measured(course: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A course without points that lie on their neighbours, by metres along it."""
    apart = np.hypot(*np.diff(course, axis=0).T)
    kept = np.concatenate([[True], apart > 1e-6])
    return np.concatenate([[0.0], np.cumsum(apart[kept[1:]])]), course[kept]


def _check(run: Run, called: str) -> None:
    count = len(run.at)
    fits = run.course.ndim == 2 and run.course.shape[1] == 2 and len(run.course) > 1
    if not fits or count < 2 or not run.arrives.shape == run.departs.shape == run.at.shape == (count,):
        raise TaixuError(f"{called}: a run takes a course of points, and two stops or more with their times")
    times = np.ravel([run.arrives, run.departs], "F")
    is_finite = all(np.isfinite(each).all() for each in (run.course, run.at, times))
    if not is_finite or (np.diff(times) < 0).any() or (np.diff(run.at) < 0).any():
        raise TaixuError(f"{called}: its stops and times are not finite, or go back")
    if not 1 <= run.sections <= MOST_SECTIONS or not 0.1 <= run.section_m <= 1000.0:
        raise TaixuError(f"{called}: a vehicle has 1 to {MOST_SECTIONS} sections of 0.1 to 1000 m")
    if not np.hypot(*np.diff(run.course, axis=0).T).sum() > 1e-3:
        raise TaixuError(f"{called}: its course has no length")
