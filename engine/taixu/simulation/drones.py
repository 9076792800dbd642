"""Drones with four rotors that fly along waypoints, in the wind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns

__all__ = ["Drones"]

_G = 9.80665
_STEP_SECS = 0.05
_RESPONSE_SECS = 0.6
"""In how long a difference in speed is made up for, where rotors can."""
_DRAG = 0.25
"""Air's push for each m/s of it that goes past, 1/s (linear, as of small rotors: Mahony, Kumar & Corke 2012)."""
_STILL_M = 0.5
_MOST_DRONES, _MOST_POINTS = 1 << 18, 1 << 22


class Drones:
    """A simulator of drones as points that tilt to accelerate.

    A drone wants the speed that brings it to its waypoint and lets it stop there; rotors push it up to `lift` times its weight and
    `tilt` from the vertical; air that it moves through pushes back. It is told ``wind`` (m/s: x, y, z) or ``wind_x``, ``wind_z`` as
    weather says them. It says, a row a drone, ``number``, ``place`` and ``velocity`` ``[n, 3]``, ``rotation`` (quaternions,
    ``[n, 4]``) and ``left`` (waypoints before it); and ``counts``: under way, at their goal.

    Parameters
    ----------
    ways
        By drone: places ``[k >= 1, 3]``, metres; it starts at the first and stays over the last.
    speed
        m/s, of all or of each.
    loops
        Whether they begin again after the last.
    tilt
        Radians.
    lift
        The most push, in weights.
    reach
        Metres from a waypoint at which the next is taken.

    Raises
    ------
    TaixuError
        When a way is empty or not finite, or a number is not above zero.
    """

    def __init__(
        self, ways: Sequence[ArrayLike], *, speed: ArrayLike = 12.0, loops: bool = False, tilt: float = 0.6, lift: float = 2.0,
        reach: float = 2.0, name: str = "drones", period_secs: float = 0.1,
    ) -> None:  # fmt: skip
        self.name, self.period_ns = name, round(period_secs * 1e9)
        points = [np.asarray(way, np.float64) for way in ways]
        if len(points) > _MOST_DRONES or any(way.ndim != 2 or way.shape[1] != 3 or not len(way) for way in points):
            raise TaixuError(f"a drone wants a way of places (x, y, z), and there may be {_MOST_DRONES} of them")
        self._points = np.concatenate([*points, np.empty((0, 3))])
        if not np.isfinite(self._points).all() or len(self._points) > _MOST_POINTS:
            raise TaixuError(f"ways of drones want finite places, at most {_MOST_POINTS}")
        self._speed = np.broadcast_to(np.asarray(speed, np.float64), len(points)).copy()
        if not (self._speed > 0).all() or not 0 < tilt < 1.5 or not lift > 1 or not reach > 0:
            raise TaixuError("drones want a speed and a reach above zero, a tilt from 0 to 1.5 rad and a lift above one weight")
        self._tilt, self._lift, self._reach, self._loops = tilt, lift, reach, loops
        self._firsts = np.concatenate([[0], np.cumsum([len(way) for way in points])]).astype(np.int64)
        self._at = self._firsts[:-1].copy()
        self._place = self._points[self._at].copy()
        self._velocity, self._push = np.zeros_like(self._place), np.zeros_like(self._place)
        self._push[:, 1] = _G
        self._wind = np.zeros(3)

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Go on, a twentieth of a second at a time."""
        if "wind" in given:
            if given["wind"].shape != (3,):
                raise TaixuError(f"wind wants x, y and z, not {given['wind'].shape}")
            self._wind = given["wind"].astype(np.float64)
        for axis, name in ((0, "wind_x"), (2, "wind_z")):
            if name in given:
                self._wind[axis] = float(given[name].ravel()[0])
        if not np.isfinite(self._wind).all():
            raise TaixuError("wind holds a number that is not finite")
        count = max(1, round(dt_ns / 1e9 / _STEP_SECS))
        for _ in range(count):
            self._advance(dt_ns / 1e9 / count)
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """What it says after a step."""
        left = self._firsts[1:] - 1 - self._at
        at_goal = (left == 0) & (np.linalg.norm(self._points[self._at] - self._place, axis=1) < self._reach)
        return {
            "number": np.arange(len(self._place)), "place": self._place, "velocity": self._velocity, "rotation": self._rotation(),
            "left": left, "counts": np.array([int((~at_goal).sum()), int(at_goal.sum())]),
        }  # fmt: skip

    def checkpoint(self) -> bytes:
        """Places, velocities, waypoints and the wind; ways are this simulator's."""
        return pack({"at": self._at, "place": self._place, "velocity": self._velocity, "push": self._push, "wind": self._wind}, {})

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of."""
        arrays, _ = unpack(state)
        shape = self._place.shape
        try:
            at, wind = arrays["at"].astype(np.int64), arrays["wind"].astype(np.float64)
            place, velocity, push = (arrays[name].astype(np.float64) for name in ("place", "velocity", "push"))
        except (KeyError, ValueError) as error:
            raise TaixuError("this is no state of drones") from error
        fits = place.shape == velocity.shape == push.shape == shape and at.shape == shape[:1] and wind.shape == (3,)
        if not fits or ((at < self._firsts[:-1]) | (at >= self._firsts[1:])).any():
            raise TaixuError("this is a state of other drones: their ways are not these")
        self._at, self._wind, self._place, self._velocity, self._push = at, wind, place, velocity, push

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """It holds nothing."""

    def _advance(self, dt: float) -> None:
        ahead = self._points[self._at] - self._place
        away = np.linalg.norm(ahead, axis=1)
        last = self._at + 1 == self._firsts[1:]
        onward = (away < self._reach) & ~last
        if self._loops:
            around = (away < self._reach) & last
            self._at[around] = self._firsts[:-1][around]
        self._at[onward] += 1
        ahead = self._points[self._at] - self._place
        away = np.linalg.norm(ahead, axis=1)
        brakes = _G * np.tan(self._tilt) * 0.5
        pace = np.minimum(self._speed, np.sqrt(2.0 * brakes * away))
        pace = np.where(away < _STILL_M, away / _RESPONSE_SECS * 0.5, pace)
        wanted = ahead * (pace / np.maximum(away, 1e-9))[:, None]
        drag = -_DRAG * (self._velocity - self._wind)
        push = (wanted - self._velocity) / _RESPONSE_SECS - drag  # rotors make up for the wind
        push[:, 1] += _G
        push[:, 1] = np.clip(push[:, 1], 0.2 * _G, self._lift * _G)
        level = np.hypot(push[:, 0], push[:, 2])
        most = np.minimum(np.tan(self._tilt) * push[:, 1], np.sqrt(np.maximum((self._lift * _G) ** 2 - push[:, 1] ** 2, 0.0)))
        share = np.minimum(1.0, most / np.maximum(level, 1e-9))
        push[:, 0] *= share
        push[:, 2] *= share
        self._push = push
        self._velocity = self._velocity + (push + drag - np.array([0.0, _G, 0.0])) * dt
        self._place = self._place + self._velocity * dt

    def _rotation(self) -> NDArray[np.float64]:
        """Rotors push along the drone's own up: the least turn from the vertical to the push."""
        up = self._push / np.linalg.norm(self._push, axis=1, keepdims=True)
        turn = np.stack([up[:, 2], np.zeros(len(up)), -up[:, 0], 1.0 + up[:, 1]], axis=1)
        return turn / np.linalg.norm(turn, axis=1, keepdims=True)
