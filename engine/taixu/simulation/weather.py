"""Weather by a table: what falls and blows at which hour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns

__all__ = ["Weather"]

_PER_HOUR = 1e-3 / 3600.0


class Weather:
    """A simulator that says the weather of a table, even between its rows and as at its ends before and after.

    It says ``rain`` (m/s, from mm/h) and whatever else the table names, each as one number.

    Parameters
    ----------
    secs
        Times of the rows, seconds of the clock, rising.
    columns
        Numbers by name, one a row: ``rain`` in mm/h; others as they are (``wind_x`` and ``wind_z`` in m/s, ``temperature`` in
        degrees Celsius, ``cloud`` from 0 to 1).

    Raises
    ------
    TaixuError
        When times do not rise, numbers are not finite, or it rains upwards.
    """

    def __init__(
        self, secs: Sequence[float], columns: Mapping[str, Sequence[float]], *, name: str = "weather", period_secs: float = 10.0
    ) -> None:
        self.name, self.period_ns = name, round(period_secs * 1e9)
        self._secs = np.asarray(secs, np.float64)
        self._table = {key: np.asarray(values, np.float64) for key, values in columns.items()}
        if self._secs.ndim != 1 or not len(self._secs) or not np.isfinite(self._secs).all() or (np.diff(self._secs) <= 0).any():
            raise TaixuError("weather wants times that rise")
        for key, values in self._table.items():
            if values.shape != self._secs.shape or not np.isfinite(values).all() or (key == "rain" and (values < 0).any()):
                raise TaixuError(f"weather wants a number of {key} for each of {len(self._secs)} times, and no rain below zero")
        self._now = 0.0

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """What it is at the step's end."""
        self._now = (time_ns + dt_ns) / 1e9
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """What it says after a step."""
        found = {key: np.array(np.interp(self._now, self._secs, values)) for key, values in self._table.items()}
        if "rain" in found:
            found["rain"] = found["rain"] * _PER_HOUR
        return found

    def checkpoint(self) -> bytes:
        """The time; the table is this simulator's."""
        return pack({"now": np.array(self._now)}, {})

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of."""
        arrays, _ = unpack(state)
        if "now" not in arrays or arrays["now"].shape != ():
            raise TaixuError("this is no state of weather")
        self._now = float(arrays["now"])

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """It holds nothing."""
