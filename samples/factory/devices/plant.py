"""Simulated devices of the factory: what they do follows from a seed and from what they are told, and they tell it by MQTT.

    python plant.py --url mqtt://127.0.0.1:1883

`taixu serve samples/factory` starts it by itself, beside a broker of its own.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Sequence

import layout
import numpy as np
from line import Line
from physics import PartWorld
from radio import Radio
from reports import Reports
from traffic import ROUNDS, Agv, Worker

_DOCKS = {"agv-1": "a", "agv-2": "b"}
_LANES = {"agv-1": [(11.0, -7.0), (11.0, 8.5), (17.2, 8.5)], "agv-2": [(12.6, 3.0), (12.6, 10.6), (17.2, 10.6)]}
"""From a line's pallet to the goods that go out."""
_LOOP = [(-26.0, 13.6), (14.0, 13.6), (14.0, 15.4), (-26.0, 15.4)]
_UNLOAD_SECS = 1.0
_AGAIN_SECS = 240.0
"""Between breakdowns that nobody asked for."""


class Plant:
    """Everything, step by step.

    Parameters
    ----------
    break_after
        Seconds until the first bearing fails.
    """

    def __init__(self, *, seed: int = 7, break_after: float = 40.0) -> None:
        rng = self._rng = np.random.default_rng(seed)
        self.parts = PartWorld()
        self.secs, self._break_at = 0.0, break_after
        self.lines = {name: Line(name, self.parts, rng, phase=phase) for name, phase in (("a", 8.0), ("b", 2.0))}
        self.agvs = {key: Agv(key, (layout.PALLET_X, layout.LINES[line])) for key, line in _DOCKS.items()}
        self.agvs["agv-3"] = Agv("agv-3", _LOOP[0], cruise=1.5)
        self.workers = {key: Worker(key, stops) for key, stops in ROUNDS.items()}
        self._unload = dict.fromkeys(_DOCKS, 0.0)
        self._legs = dict.fromkeys(_DOCKS, "dock")
        self._corner = 0

    @property
    def step_secs(self) -> float:
        """How long a step is."""
        return self.parts.step_secs

    def close(self) -> None:
        """Let go of the engine."""
        self.parts.close()

    def step(self) -> None:
        """One step of everything."""
        dt = self.step_secs
        self.secs += dt
        if self.secs >= self._break_at:
            self._break_at += _AGAIN_SECS
            belts = [belt for line in self.lines.values() for belt in line.belts.values()]
            (belts[1] if self.secs < _AGAIN_SECS else belts[int(self._rng.integers(len(belts)))]).motor.is_wearing = True
        for worker in self.workers.values():
            worker.step(dt)
        for line in self.lines.values():
            for arm in line.arms.values():
                x0, z0, x1, z1 = layout.CELLS[arm.key]
                arm.is_held = any(x0 < each.x < x1 and z0 < each.z < z1 for each in self.workers.values())
            line.step(dt)
        self._drive(dt)
        speeds = {(name, number): belt.speed for name, line in self.lines.items() for number, belt in line.belts.items()}
        self.parts.step(speeds)

    def _drive(self, dt: float) -> None:
        people = [(worker.x, worker.z) for worker in self.workers.values()]
        for rank, agv in enumerate(self.agvs.values()):
            others = [(other.x, other.z) for other in list(self.agvs.values())[:rank]]
            agv.step(dt, people + others)
            if agv.key in _DOCKS:
                self._serve(agv, self.lines[_DOCKS[agv.key]], dt)
            else:
                if agv.has_arrived:
                    self._corner = (self._corner + 1) % len(_LOOP)
                    agv.send([_LOOP[self._corner]])
                agv.state = "stopped" if agv.mode == "stop" else "driving"

    def _serve(self, agv: Agv, line: Line, dt: float) -> None:
        line.carry(agv)
        leg = self._legs[agv.key]
        if agv.mode == "stop":
            agv.state = "stopped"
            line.agv = None if line.agv is agv else line.agv
            return
        if leg == "dock" and agv.has_arrived:
            agv.state, line.agv = "loading", agv
            if len(agv.load) == len(layout.SLOTS) and line.arms["2"].is_idle:
                line.agv, line.slots_taken, self._legs[agv.key] = None, 0, "out"
                agv.send(_LANES[agv.key])
        elif leg == "out" and agv.has_arrived:
            agv.state = "unloading"
            self._unload[agv.key] += dt
            if self._unload[agv.key] > _UNLOAD_SECS:
                self._unload[agv.key] = 0.0
                if agv.load:
                    line.forget(agv.load.pop()[0])  # type: ignore[index]
                else:
                    self._legs[agv.key] = "dock"
                    agv.send([*reversed(_LANES[agv.key][:-1]), (layout.PALLET_X, line.z)])
        else:
            agv.state = "driving"

    def command(self, kind: str, key: str, value: object) -> str:
        """Do what somebody asks; says why not, if not."""
        belts = {belt.key: belt for line in self.lines.values() for belt in line.belts.values()}
        machines = {f"{kind}-{name}": machine for name, line in self.lines.items()
                    for kind, machine in (("press", line.press), ("mill", line.mill))}  # fmt: skip
        if kind == "agv" and key in self.agvs and value in ("go", "stop"):
            self.agvs[key].mode = str(value)
        elif kind == "run" and key in belts and value in ("running", "stopped"):
            return belts[key].command(str(value))
        elif kind == "run" and key in machines and value in ("running", "stopped"):
            machines[key].wanted = str(value)
        elif kind == "speed" and key in belts and isinstance(value, (int, float)) and 0 <= value <= 0.8:
            belts[key].setpoint = float(value)
        elif kind == "drill" and key in belts and value in ("none", "overheat"):
            belts[key].drill = str(value)
        else:
            return f"nobody here does {kind} {value!r} for {key!r}"
        return ""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run in real time until somebody ends it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", default=os.environ.get("TAIXU_BROKER_URL", "mqtt://127.0.0.1:1883"))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--break-after", type=float, default=40.0, metavar="S", help="when the first bearing fails; 40")
    parser.add_argument("--break-now", action="store_true", help="let it fail at once")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args(arguments)
    plant = Plant(seed=options.seed, break_after=1.0 if options.break_now else options.break_after)
    user, password = os.environ.get("TAIXU_BROKER_USER", ""), os.environ.get("TAIXU_BROKER_PASSWORD", "")
    radio = Radio(options.url, user=user, password=password)
    reports = Reports(plant, radio)
    print(f"the plant runs; it speaks to {options.url}")  # noqa: T201  (the server's log shows it)
    began, done = time.perf_counter(), 0
    try:
        while plant.secs < options.seconds:
            for kind, key, number, value in radio.orders():
                why = plant.command(kind, key, value)
                radio.answer(kind, key, number, why)
            plant.step()
            done += 1
            reports.tell(done)
            ahead = began + plant.secs - time.perf_counter()
            if ahead > 0:
                time.sleep(ahead)
            elif ahead < -0.5:  # the machine was busy: time that was lost is not caught up
                began -= ahead
    finally:
        radio.close()
        plant.close()


if __name__ == "__main__":
    main()
