"""What moves on the floor: AGVs along their lanes, and workers on their rounds."""

from __future__ import annotations

from collections.abc import Sequence
from math import atan2, cos, hypot, pi, sin

Point = tuple[float, float]


class Agv:
    """A carrier. It drives both ways, turns on the spot, and stops for whoever stands in its way.

    Attributes
    ----------
    heading
        Radians; 0 looks along x, and it counts anticlockwise seen from above.
    """

    def __init__(self, key: str, at: Point, *, heading: float = 0.0, cruise: float = 1.3) -> None:
        self.key, self.heading, self.cruise = key, heading, cruise
        self.x, self.z = at
        self.speed = 0.0
        self.battery = 92.0
        self.mode = "go"
        self.state = "waiting"
        self.load: list[object] = []
        self._way: list[Point] = []
        self._direction = 0.0

    @property
    def has_arrived(self) -> bool:
        """Whether it stands where it was sent."""
        return not self._way

    def send(self, way: Sequence[Point]) -> None:
        """Drive along some points."""
        self._way = list(way)

    def step(self, dt: float, obstacles: Sequence[Point]) -> None:
        """Go on for some time; `obstacles` are those for whom it stops."""
        self.battery = max(self.battery - dt * (0.012 if self.speed else 0.002), 0.0)
        if self.battery < 20:
            self.battery = 92.0  # its battery is changed while it is unloaded
        if not self._way:
            self.speed = 0.0
            return
        tx, tz = self._way[0]
        dx, dz = tx - self.x, tz - self.z
        left = hypot(dx, dz)
        if left < 0.02:
            self._way.pop(0)
            return
        self._direction = atan2(-dz, dx)
        off = (self._direction - self.heading + pi / 2) % pi - pi / 2  # backwards is as good as forwards
        if abs(off) > 0.02 and self.mode == "go":
            self.speed = 0.0
            self.heading += max(-1.3 * dt, min(1.3 * dt, off))
            return
        self.heading += off
        wanted = 0.0 if self.mode == "stop" or self._is_blocked(obstacles) else min(self.cruise, max(0.15, 1.1 * left))
        change = max(-2.5 * dt, min(0.8 * dt, wanted - self.speed))
        self.speed = max(self.speed + change, 0.0)
        step = min(self.speed * dt, left)
        self.x, self.z = self.x + dx / left * step, self.z + dz / left * step

    def _is_blocked(self, obstacles: Sequence[Point]) -> bool:
        ahead, aside = (cos(self._direction), -sin(self._direction)), (sin(self._direction), cos(self._direction))
        for x, z in obstacles:
            dx, dz = x - self.x, z - self.z
            along, across = dx * ahead[0] + dz * ahead[1], dx * aside[0] + dz * aside[1]
            if -0.3 < along < 2.2 and abs(across) < 0.95:
                return True
        return False


class Worker:
    """Somebody on a round: points, and how long he stays at each."""

    def __init__(self, key: str, stops: Sequence[tuple[float, float, float]], *, pace: float = 1.15) -> None:
        self.key, self.pace = key, pace
        self._stops = list(stops)
        self.x, self.z, self._stay = self._stops[0]
        self._next = 1
        self.yaw = 0.0
        self.battery = 88.0

    def step(self, dt: float) -> None:
        """Walk on."""
        self.battery = max(self.battery - dt * 0.002, 5.0)
        if self._stay > 0:
            self._stay -= dt
            return
        tx, tz, stay = self._stops[self._next]
        dx, dz = tx - self.x, tz - self.z
        left = hypot(dx, dz)
        step = self.pace * dt
        if left <= step:
            self.x, self.z, self._stay = tx, tz, stay
            self._next = (self._next + 1) % len(self._stops)
            return
        wanted = atan2(dx, dz)
        self.yaw += ((wanted - self.yaw + pi) % (2 * pi) - pi) * min(1.0, 8 * dt)
        self.x, self.z = self.x + dx / left * step, self.z + dz / left * step


ROUNDS: dict[str, list[tuple[float, float, float]]] = {
    # The foreman goes along the lines, and looks at presses and boards.
    "tag-1": [(-14.6, -2.1, 6), (-20.4, -2.1, 0), (-20.4, -4.6, 8), (-20.4, -2.1, 0), (0.0, -2.1, 7), (8.8, -2.1, 0), (8.8, 0.2, 6),
              (8.8, -2.1, 0), (-5.0, -2.1, 4)],
    # Who serves mill A: now and then a step into its cell, which stops the arm.
    "tag-2": [(-5.0, -10.2, 9), (-7.0, -9.0, 2), (-5.6, -9.0, 0), (-5.6, -8.4, 30), (-7.4, -8.1, 0), (-8.6, -8.0, 5),
              (-6.4, -8.3, 0)],
    # Shipping.
    "tag-3": [(18.6, 10.9, 5), (22.3, 10.9, 3), (22.3, 8.2, 6), (20.0, 6.2, 4), (22.3, 7.0, 0), (22.3, 10.9, 2)],
    # Across the south aisle, where an AGV drives.
    "tag-4": [(-9.6, 10.4, 8), (-9.6, 17.0, 5), (-9.6, 10.4, 0), (-13.0, 6.9, 7)],
}  # fmt: skip
