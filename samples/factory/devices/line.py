"""A line: press, belt, arm, mill, arm, belt, inspection, arm, pallet. What happens in it follows from where the parts are."""

from __future__ import annotations

from collections.abc import Iterator
from math import atan2, cos, sin

import layout
import numpy as np
from arms import Arm, pick_and_place, place_of
from motors import Motor
from physics import Part, PartWorld
from traffic import Agv

_PRESS_SECS, _MILL_SECS = 14.0, 4.0
_HALF = layout.PART[1] / 2
_MECHANIC_SECS = 180.0
"""Where nobody resets a belt that tripped, somebody of the plant does after so long."""


class Belt:
    """A belt conveyor with its motor."""

    def __init__(self, key: str, rng: np.random.Generator) -> None:
        self.key = key
        self.motor = Motor(rng)
        self.setpoint, self.speed, self.wanted = 0.5, 0.5, "running"
        self.drill = "none"
        self.stood_secs = 0.0

    @property
    def state(self) -> str:
        """running, stopped or fault."""
        return "fault" if self.motor.has_tripped else self.wanted

    def step(self, dt: float) -> None:
        """Some time."""
        if self.drill == "overheat":
            self.motor.is_wearing = True
        target = self.setpoint if self.state == "running" else 0.0
        self.speed += max(-0.9 * dt, min(0.6 * dt, target - self.speed))
        self.motor.step(dt, abs(self.speed) / 0.5)
        self.stood_secs = self.stood_secs + dt if self.motor.has_tripped else 0.0
        if self.stood_secs > _MECHANIC_SECS:
            self.command("running")

    def command(self, state: str) -> str:
        """Run or stop; says why not, if not. To run after it tripped is to reset it."""
        why = self.motor.reset() if state == "running" and self.motor.has_tripped else ""
        if not why:
            self.wanted = state
            self.drill = "none" if state == "running" else self.drill
        return why


class Mill:
    """A milling cell: its door, and what lies in it."""

    def __init__(self, rng: np.random.Generator) -> None:
        self.motor = Motor(rng, warm=30.0, amps=14.0)
        self.door = 1.0
        self.part: Part | None = None
        self.is_done = False
        self.left_secs = 0.0
        self.count = 0
        self.wanted = "running"
        self.is_reached_into = False
        """An arm has its gripper in it: the door stays open."""

    @property
    def state(self) -> str:
        """running, waiting or stopped."""
        return self.wanted if self.wanted == "stopped" else "running" if self.left_secs > 0 else "waiting"

    def load(self, part: Part) -> None:
        """Clamp a part."""
        self.part, self.is_done, self.left_secs = part, False, _MILL_SECS

    def step(self, dt: float) -> None:
        """Some time."""
        busy = self.left_secs > 0 and self.wanted == "running"
        shut = busy and not self.is_reached_into
        self.door = max(0.0, min(1.0, self.door + (-dt if shut else dt) / 0.8))
        cutting = busy and self.door <= 0.0
        self.motor.step(dt, 1.0 if cutting else 0.15)
        if cutting:
            self.left_secs -= dt
            if self.left_secs <= 0:
                self.left_secs, self.is_done = 0.0, True
                self.count += 1


class Press:
    """A press: a stroke, and a part slides down its chute."""

    def __init__(self, rng: np.random.Generator, *, phase: float) -> None:
        self.motor = Motor(rng, warm=28.0, amps=22.0)
        self.clock = phase
        self.count = 0
        self.wanted = "running"
        self.is_blocked = False

    @property
    def state(self) -> str:
        """running, waiting or stopped."""
        return self.wanted if self.wanted == "stopped" else "waiting" if self.is_blocked else "running"

    @property
    def travel(self) -> float:
        """How far the ram is down, metres."""
        t = (self.clock - (_PRESS_SECS - 2.4)) / 2.4
        return 0.0 if t <= 0 else 0.5 * sin(min(t / 0.75, 1.0) * 3.14159) ** 2

    def step(self, dt: float, *, has_room: bool) -> bool:
        """Some time; whether a part falls out just now."""
        self.is_blocked = not has_room and self.clock > _PRESS_SECS - 2.5
        if self.wanted == "stopped" or self.is_blocked:
            self.motor.step(dt, 0.1)
            return False
        self.motor.step(dt, 1.0)
        self.clock += dt
        if self.clock < _PRESS_SECS:
            return False
        self.clock -= _PRESS_SECS
        self.count += 1
        return True


class Line:
    """One of the two lines.

    Parameters
    ----------
    phase
        Seconds into the press's cycle at which it starts.
    """

    def __init__(self, name: str, parts: PartWorld, rng: np.random.Generator, *, phase: float) -> None:
        self.name, self.z, self._world, self._rng = name, layout.LINES[name], parts, rng
        self.press, self.mill = Press(rng, phase=phase), Mill(rng)
        self.belts = {number: Belt(f"belt-{name}{number}", rng) for number in layout.BELTS}
        self.arms = {number: Arm(f"arm-{name}{number}", x, self.z) for number, x in layout.ARM_X.items()}
        self.motors = {number: Motor(rng, warm=18.0, amps=4.0) for number in self.arms}
        self.parts: list[Part] = []
        self.finished = self.scrap = 0
        self.takt_secs, self._last_done, self._clock, self._made = 0.0, 0.0, 0.0, 0
        self.agv: Agv | None = None
        """Who stands there to be loaded."""
        self.slots_taken = 0
        for x in (-19.4, -16.2, -13.4):
            self._new((x, layout.BELT_TOP + _HALF + 0.01, self.z))
        for x in (-7.0, -3.6, -0.8, 1.6):
            self._new((x, layout.BELT_TOP + _HALF + 0.01, self.z))

    def _new(self, at: tuple[float, float, float]) -> Part:
        self._made += 1
        part = self._world.make(f"{self.name.upper()}{self._made:05d}", at, yaw=float(self._rng.normal(0, 0.06)))
        self.parts.append(part)
        return part

    def forget(self, part: Part) -> None:
        """A part leaves the plant."""
        self.parts.remove(part)
        self._world.remove(part)

    def step(self, dt: float) -> None:
        """Some time."""
        self._clock += dt
        for part in [part for part in self.parts if part.holder is None and part.position[1] < 0.3]:
            self.forget(part)  # it fell off: scrap
            self.scrap += 1
        for belt in self.belts.values():
            belt.step(dt)
        start = layout.BELTS["1"][0]
        if self.press.step(dt, has_room=self._nobody_between(start - 1.5, start + 0.7)):
            self._new((layout.PRESS_X + 0.8, 1.28, self.z))
        self.mill.step(dt)
        self._direct()
        for number, arm in self.arms.items():
            arm.step(dt)
            self.motors[number].step(dt, min(arm.speed / 1.5, 1.5))
            if isinstance(arm.held, Part):
                x, y, z = arm.at()
                self._world.put(arm.held, (x, y - _HALF, z), self._yaw(arm.held))
        if self.mill.part is not None and self.mill.part.holder is self.mill:
            x, y, dz = layout.FIXTURE
            self._world.put(self.mill.part, (x, y + _HALF, self.z + dz), 0.0)

    def count_on(self, number: str) -> int:
        """Parts on a belt."""
        start, length = layout.BELTS[number]
        return sum(1 for part in self.parts if part.holder is None and start < part.position[0] < start + length)

    def _nobody_between(self, low: float, high: float) -> bool:
        return not any(part.holder is None and low < part.position[0] < high for part in self.parts)

    def _waiting_at(self, number: str) -> Part | None:
        for part in self.parts:
            if part.holder is None and abs(part.position[0] - layout.PICK_X[number]) < 0.12 and part.position[1] < 1.05:
                return part
        return None

    def _direct(self) -> None:
        """Give idle arms something to do."""
        first, second, mill = self.arms["1"], self.arms["2"], self.mill
        if first.is_idle and mill.wanted == "running":
            if mill.part is not None and mill.is_done and mill.door >= 1.0 and self._nobody_between(-8.7, layout.PLACE_X + 0.5):
                first.start(self._take_out())
            elif mill.part is None and mill.door >= 1.0 and (part := self._waiting_at("1")) is not None:
                first.start(self._put_in(part))
        if second.is_idle and self.agv is not None and self.slots_taken < len(layout.SLOTS):
            part = self._waiting_at("2")
            if part is not None:
                second.start(self._stack(part))

    def _put_in(self, part: Part) -> Iterator[object]:
        arm, mill = self.arms["1"], self.mill
        at, fixture = self._top_of(part, arm), self._fixture(arm)
        mill.is_reached_into = True
        yield from pick_and_place(arm, at, fixture, lambda: self._grip(arm, part), lambda: self._clamp(arm, part), over=1.36)
        yield (0.95, fixture[1], 1.36), 3.0
        mill.is_reached_into = False

    def _take_out(self) -> Iterator[object]:
        arm, mill, part = self.arms["1"], self.mill, self.mill.part
        assert part is not None
        mill.is_reached_into = True
        end = place_of(arm, layout.PLACE_X, layout.BELT_TOP + layout.PART[1] + 0.03, self.z)

        def release() -> None:
            self._release(arm)
            arm.count += 1

        def grip() -> None:
            mill.part, mill.is_done = None, False
            self._grip(arm, part)

        yield from pick_and_place(arm, self._fixture(arm), end, grip, release, over=1.36)
        mill.is_reached_into = False

    def _stack(self, part: Part) -> Iterator[object]:
        arm, agv = self.arms["2"], self.agv
        assert agv is not None
        dx, dz = layout.SLOTS[self.slots_taken]
        self.slots_taken += 1
        end = place_of(arm, agv.x + dx, layout.DECK + layout.PART[1] + 0.01, agv.z + dz)

        def release() -> None:
            arm.held = None
            agv.load.append((part, dx, dz, self._yaw(part) - agv.heading))
            self._world.hold(part, agv)
            arm.count += 1
            self.finished += 1
            self.takt_secs = self._clock - self._last_done if self._last_done else _PRESS_SECS
            self._last_done = self._clock

        yield from pick_and_place(arm, self._top_of(part, arm), end, lambda: self._grip(arm, part), release, over=1.24)

    def _top_of(self, part: Part, arm: Arm) -> tuple[float, float, float]:
        x, y, z = part.position
        return place_of(arm, float(x), float(y) + _HALF, float(z))

    def _fixture(self, arm: Arm) -> tuple[float, float, float]:
        x, y, dz = layout.FIXTURE
        return place_of(arm, x, y + layout.PART[1], self.z + dz)

    def _grip(self, arm: Arm, part: Part) -> None:
        self._world.hold(part, arm)
        arm.held = part

    def _release(self, arm: Arm) -> None:
        if isinstance(arm.held, Part):
            self._world.let_go(arm.held)
        arm.held = None

    def _clamp(self, arm: Arm, part: Part) -> None:
        arm.held = None
        self._world.hold(part, self.mill)
        self.mill.load(part)

    def _yaw(self, part: Part) -> float:
        x, y, z, w = part.rotation
        return atan2(2 * (w * y + x * z), 1 - 2 * (y * y + x * x))

    def carry(self, agv: Agv) -> None:
        """Parts on an AGV go with it."""
        c, s = cos(agv.heading), sin(agv.heading)
        for part, dx, dz, yaw in agv.load:  # type: ignore[attr-defined]
            at = (agv.x + c * dx + s * dz, layout.DECK + _HALF, agv.z - s * dx + c * dz)
            self._world.put(part, at, yaw + agv.heading)
