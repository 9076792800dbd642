"""A simulator that fails at a chosen step, once or each time: for what runs in processes of their own."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import numpy as np

from taixu.errors import TaixuError
from taixu.simulation import Columns
from taixu.simulation.packing import hash_state, pack, unpack

__all__ = ["Faulty"]


class Faulty:
    """Adds up what it is told. At the step `at` it does `what`, for as long as no file `once` is there.

    `what` is crash, hang, late, nan, raise or refuse; with `keeps` False it cannot say its state.
    """

    def __init__(self, what: str, at: int, once: str, keeps: bool = True, name: str = "faulty") -> None:
        self.name, self.period_ns = name, 10**9
        self._what, self._at, self._once, self._keeps = what, at, Path(once), keeps
        self.sum, self.steps = 0.0, 0

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        self.steps += 1
        self.sum += float(given["x"].sum()) if "x" in given else 1.0
        if self.steps == self._at and not self._once.exists():
            if self._what != "refuse":
                self._once.touch()
            if self._what == "crash":
                os.kill(os.getpid(), signal.SIGKILL)
            elif self._what in ("hang", "late"):
                time.sleep(600.0 if self._what == "hang" else 0.5)
            elif self._what == "nan":
                return {"sum": np.array([np.nan])}
            elif self._what == "raise":
                raise ZeroDivisionError("by nought")
            elif self._what == "refuse":
                raise TaixuError("the pump is dry")
        return {"sum": np.array([self.sum])}

    def checkpoint(self) -> bytes:
        if not self._keeps:
            raise TaixuError("it cannot say its state")
        return pack({"sum": np.array(self.sum), "steps": np.array(self.steps)}, {})

    def restore(self, state: bytes) -> None:
        arrays, _ = unpack(state)
        self.sum, self.steps = float(arrays["sum"]), int(arrays["steps"])

    def state_hash(self) -> str:
        return hash_state(self.checkpoint())

    def close(self) -> None:
        pass
