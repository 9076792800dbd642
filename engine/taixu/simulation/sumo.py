"""SUMO itself as a simulator, by libsumo: https://sumo.dlr.de/docs/Libsumo.html.

It is one program with one state: a process has room for one. Run it by `taixu.simulation.Remote`.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import MachineError, TaixuError
from taixu.simulation.packing import hash_state, pack, unpack
from taixu.simulation.simulator import Columns
from taixu.simulation.traffic.sumo import read_sumo_network

__all__ = ["Sumo", "start_sumo"]

_HEADER = re.compile(rb"<!--.*?-->", re.S)
_SLOWEST = 0.1
"""m/s: SUMO knows no lane that nobody drives on at all."""


class Sumo:
    """A simulator that SUMO computes.

    It is told ``pace`` (share of the limit by lane, in the order of `read_sumo_network`'s lanes) and says what our own traffic says
    of each car: ``number``, ``place``, ``speed``, ``heading``; and ``counts``: driving, still to come, arrived, taken out of a
    knot.

    Parameters
    ----------
    network
        The ``.net.xml``.
    demand
        Route files.
    additional
        Kinds, stops, lights.
    step_secs
        SUMO's own step.

    Raises
    ------
    MachineError
        When libsumo is missing.
    TaixuError
        When SUMO refuses the files, or runs in this process already.
    """

    def __init__(
        self, network: str | Path, demand: Sequence[str | Path], additional: Sequence[str | Path] = (), *, name: str = "sumo",
        period_secs: float = 1.0, step_secs: float = 1.0, seed: int = 0,
    ) -> None:  # fmt: skip
        try:
            import libsumo
        except ImportError as error:
            raise MachineError("SUMO itself wants libsumo: pip install 'taixu[city]'") from error
        if libsumo.isLoaded():
            raise TaixuError("SUMO runs in this process already; a second one wants a process of its own")
        self.name, self.period_ns = name, round(period_secs * 1e9)
        self._sumo: Any = libsumo
        words = ["sumo", "-n", str(network), "--step-length", f"{step_secs:g}", "--seed", str(seed)]
        words += ["--no-step-log", "--no-warnings", "--save-state.rng", "--save-state.precision", "16"]
        for option, files in (("-r", demand), ("-a", additional)):
            words += [option, ",".join(str(file) for file in files)] if files else []
        try:
            libsumo.start(words)
        except Exception as error:  # libsumo's exceptions share no class with others
            raise TaixuError(f"SUMO cannot begin: {str(error)[:300]}") from error
        lanes = read_sumo_network(network).lanes
        self._lanes, self._limits = [lane.name for lane in lanes], np.array([lane.limit for lane in lanes])
        self._pace = np.ones(len(lanes))
        self._numbers: dict[str, int] = {}
        self._arrived = self._jumped = 0
        self._start_ns = -1

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Have SUMO go on."""
        if self._start_ns < 0:
            self._start_ns = time_ns
        if "pace" in given:
            pace = np.clip(given["pace"].astype(np.float64), 0.0, 1.0)
            if pace.shape != self._pace.shape or not np.isfinite(pace).all():
                raise TaixuError(f"pace wants a finite number for each of {len(self._pace)} lanes")
            self._slow(np.flatnonzero(pace != self._pace), pace)
        until = (time_ns + dt_ns - self._start_ns) / 1e9
        sumo = self._sumo
        while sumo.simulation.getTime() < until - 1e-9:
            sumo.simulationStep()
            self._arrived += sumo.simulation.getArrivedNumber()
            self._jumped += sumo.simulation.getStartingTeleportNumber()
            self._follow(sumo.simulation.getDepartedIDList())
        return self.said()

    def said(self) -> dict[str, NDArray[Any]]:
        """What it says after a step; SUMO's north is -z."""
        constants = self._sumo.constants
        found = self._sumo.vehicle.getAllSubscriptionResults()
        rows = [(self._numbers[name], *each[constants.VAR_POSITION], each[constants.VAR_ANGLE], each[constants.VAR_SPEED])
                for name, each in found.items() if constants.VAR_POSITION in each]  # fmt: skip
        table = np.array(sorted(rows), np.float64).reshape(-1, 5)
        table = table[np.abs(table[:, 1]) < 1e9]  # who is just being taken out of a knot is nowhere
        angle = np.radians(table[:, 3])
        waiting = max(self._sumo.simulation.getMinExpectedNumber() - len(table), 0)
        return {
            "number": table[:, 0].astype(np.int64), "place": table[:, 1:3] * [1.0, -1.0], "speed": table[:, 4],
            "heading": np.arctan2(-np.cos(angle), np.sin(angle)),
            "counts": np.array([len(table), waiting, self._arrived, self._jumped]),
        }  # fmt: skip

    def checkpoint(self) -> bytes:
        """SUMO's own state file, and who has which number."""
        with tempfile.TemporaryDirectory(prefix="taixu-sumo-") as folder:
            file = Path(folder) / "state.xml"
            self._sumo.simulation.saveState(str(file))
            state = _HEADER.sub(b"", file.read_bytes(), count=1)  # it says when it was written
        names = np.frombuffer("\n".join(self._numbers).encode(), np.uint8)
        facts = {"arrived": self._arrived, "jumped": self._jumped, "start_ns": self._start_ns}
        return pack({"state": np.frombuffer(state, np.uint8), "names": names, "pace": self._pace}, facts)

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of; network and demand are this simulator's."""
        arrays, facts = unpack(state)
        try:
            pace, text = arrays["pace"].astype(np.float64), arrays["names"].tobytes().decode()
            numbers = {key: int(facts[key]) for key in ("arrived", "jumped", "start_ns")}
            if pace.shape != self._pace.shape:
                raise ValueError
            with tempfile.TemporaryDirectory(prefix="taixu-sumo-") as folder:
                file = Path(folder) / "state.xml"
                file.write_bytes(arrays["state"].tobytes())
                self._sumo.simulation.loadState(str(file))
        except Exception as error:  # libsumo's exceptions share no class with others
            raise TaixuError("this is no state of this traffic in SUMO") from error
        self._numbers = {name: number for number, name in enumerate(text.split("\n"))} if text else {}
        self._arrived, self._jumped, self._start_ns = numbers["arrived"], numbers["jumped"], numbers["start_ns"]
        self._slow(np.arange(len(pace)), pace)
        self._follow(self._sumo.vehicle.getIDList())

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """End SUMO."""
        self._sumo.close()

    def _slow(self, lanes: NDArray[np.intp], pace: NDArray[np.float64]) -> None:
        for lane in lanes.tolist():
            self._sumo.lane.setMaxSpeed(self._lanes[lane], max(float(pace[lane] * self._limits[lane]), _SLOWEST))
        self._pace = pace

    def _follow(self, names: Sequence[str]) -> None:
        constants = self._sumo.constants
        for name in names:
            self._numbers.setdefault(name, len(self._numbers))
            self._sumo.vehicle.subscribe(name, [constants.VAR_POSITION, constants.VAR_ANGLE, constants.VAR_SPEED])


def start_sumo(network: str, demand: list[str], additional: list[str], name: str, period_secs: float, step_secs: float) -> Sumo:
    """SUMO for a world, in the process that calls this."""
    return Sumo(network, demand, additional, name=name, period_secs=period_secs, step_secs=step_secs)
