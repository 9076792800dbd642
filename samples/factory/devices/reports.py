"""What devices tell, and how often: joints and places many times a second, states now and then."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import layout
import numpy as np
from arms import Arm
from radio import Radio

if TYPE_CHECKING:
    from plant import Plant

_JOINTS = ("turn", "shoulder", "elbow", "roll", "wrist", "flange")
_TENTH_DEG = 36.0
_SIGMA_MM = 120.0
"""Of the workers' tags."""
_COLORS = {"running": "green", "driving": "green", "waiting": "yellow", "stopped": "yellow", "fault": "red"}


class Reports:
    """Tells by radio how a plant is doing."""

    def __init__(self, plant: Plant, radio: Radio, *, seed: int = 11) -> None:
        self._plant, self._radio = plant, radio
        self._rng = np.random.default_rng(seed)
        self._lamps: dict[str, float] = {}

    def tell(self, step: int) -> None:
        """What is due after a step, of which there are thirty a second."""
        now = time.time_ns()
        self._joints(now)
        self._parts(now)
        if step % 2 == 0:
            self._slides(now)
            self._vehicles(now)
        if step % 3 == 0:
            self._tags(now)
        if step % 6 == 0:
            self._belts()
        if step % 15 == 0:
            self._machines()
            self._lights(now, every=step % 60 == 0)
        if step % 30 == 0:
            self._states()

    def _joints(self, now: int) -> None:
        arms = [arm for line in self._plant.lines.values() for arm in line.arms.values()]
        angles = np.degrees(np.array([arm.joints for arm in arms]).T)
        self._radio.tell_many("arms/joints", [arm.key for arm in arms], now, dict(zip(_JOINTS, angles)))

    def _parts(self, now: int) -> None:
        parts = [part for line in self._plant.lines.values() for part in line.parts]
        if not parts:
            return
        x, y, z = np.array([part.position for part in parts]).T
        rx, ry, rz, rw = np.array([part.rotation for part in parts]).T
        # Places in the hall's millimetres; turns as the cameras' library gives them, with y upwards.
        east, north = layout.to_hall_mm(x, z)
        columns = {"x": east, "y": north, "z": y * 1e3, "rx": rx, "ry": ry, "rz": rz, "rw": rw}
        self._radio.tell_many("parts/pose", [part.key for part in parts], now, columns)

    def _slides(self, now: int) -> None:
        lines = self._plant.lines
        keys = [f"{kind}-{name}" for kind in ("press", "mill") for name in lines]
        travel = [line.press.travel * 1e3 for line in lines.values()] + [line.mill.door * 1000.0 for line in lines.values()]
        self._radio.tell_many("machines/travel", keys, now, {"mm": travel})

    def _vehicles(self, now: int) -> None:
        agvs = list(self._plant.agvs.values())
        places = np.array([layout.to_hall_mm(agv.x, agv.z) for agv in agvs]).T
        half = np.array([agv.heading for agv in agvs]) / 2
        columns = {"x": places[0], "y": places[1], "qz": np.sin(half), "qw": np.cos(half), "speed": [agv.speed for agv in agvs]}
        self._radio.tell_many("agvs/pose", [agv.key for agv in agvs], now, columns)

    def _tags(self, now: int) -> None:
        workers = list(self._plant.workers.values())
        places = np.array([layout.to_hall_mm(each.x, each.z) for each in workers])
        places += self._rng.normal(0, _SIGMA_MM, places.shape)
        half = np.array([each.yaw for each in workers]) / 2
        sigma = np.full(len(workers), _SIGMA_MM)
        columns = {"x": places[:, 0], "y": places[:, 1], "sigma": sigma, "qz": np.sin(half), "qw": np.cos(half)}
        self._radio.tell_many("tags/position", [each.key for each in workers], now, columns)

    def _belts(self) -> None:
        for line in self._plant.lines.values():
            for number, belt in line.belts.items():
                motor = belt.motor
                self._radio.tell(
                    f"belt/{belt.key}", speed=round(belt.speed, 3), setpoint=belt.setpoint, state=belt.state, drill=belt.drill,
                    temperature=round(motor.temperature, 2), vibration=round(motor.vibration, 3), current=round(motor.current, 2),
                    parts=line.count_on(number),
                )  # fmt: skip

    def _machines(self) -> None:
        for name, line in self._plant.lines.items():
            for kind, machine in (("press", line.press), ("mill", line.mill)):
                self._motor(f"machine/{kind}-{name}", machine.motor, state=machine.state, count=machine.count)
            for number, arm in line.arms.items():
                self._motor(f"machine/{arm.key}", line.motors[number], state=arm_state(arm), count=arm.count)

    def _motor(self, topic: str, motor: Any, **more: Any) -> None:
        heat, tremble, amps = round(motor.temperature, 2), round(motor.vibration, 3), round(motor.current, 2)
        self._radio.tell(topic, temperature=heat, vibration=tremble, current=amps, **more)

    def _states(self) -> None:
        plant = self._plant
        for agv in plant.agvs.values():
            charge = round(agv.battery, 2)
            self._radio.tell(f"agv/{agv.key}", state=agv.state, mode=agv.mode, battery=charge, load=len(agv.load))
        for worker in plant.workers.values():
            self._radio.tell(f"tag/{worker.key}", battery=round(worker.battery, 2), accuracy=_SIGMA_MM / 1e3)
        board: dict[str, float] = {}
        for name, line in plant.lines.items():
            board |= {f"parts_{name}": line.finished, f"seconds_{name}": round(line.takt_secs, 2)}
            for place, figure in zip(("hundreds", "tens", "ones"), f"{line.finished % 1000:03d}"):
                board[f"drum_{name}_{place}"] = int(figure) * _TENTH_DEG
        self._radio.tell("board/board", **board)

    def _lights(self, now: int, *, every: bool) -> None:
        states: dict[str, str] = {}
        for name, line in self._plant.lines.items():
            states |= {f"press-{name}": line.press.state, f"mill-{name}": line.mill.state}
            states |= {belt.key: belt.state for belt in line.belts.values()}
        colors = ("green", "yellow", "red")
        lit = {f"{key}.{color}": 3.0 * (color == _COLORS[state]) for key, state in states.items() for color in colors}
        changed = lit if every else {key: light for key, light in lit.items() if self._lamps.get(key) != light}
        self._lamps = lit
        self._radio.tell_many("lamps/light", list(changed), now, {"light": list(changed.values())})


def arm_state(arm: Arm) -> str:
    """running, waiting or stopped."""
    return "stopped" if arm.is_held else "waiting" if arm.is_idle else "running"
