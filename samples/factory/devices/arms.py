"""Arms: where the joints stand for a place of the gripper, and programs of moves along which it goes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import acos, atan2, cos, hypot, pi, sin, sqrt

_FOOT, _SHOULDER_X, _SHOULDER_Y = 0.55, 0.175, 0.25
_UPPER, _LIFT, _REACH, _TOOL = 0.90, 0.175, 0.95, 0.335
_FORE, _LEAN = hypot(_LIFT, _REACH), atan2(_LIFT, _REACH)
Place = tuple[float, float, float]
"""Of the gripper's end in the arm's own cylinder: distance and angle from its axis, height above the floor."""


def joints_of(place: Place) -> tuple[float, float, float, float, float, float]:
    """Joint angles, radians, for a gripper that points straight down and keeps its sides parallel to the hall.

    The two links make a triangle whose third side leads to the wrist: law of cosines.
    """
    distance, turn, height = place
    r = distance - _SHOULDER_X
    h = height + _TOOL - _FOOT - _SHOULDER_Y
    span = min(hypot(r, h), _UPPER + _FORE - 1e-3)
    inner = acos(max(-1.0, min(1.0, (_UPPER**2 + span**2 - _FORE**2) / (2 * _UPPER * span))))
    bend = acos(max(-1.0, min(1.0, (_UPPER**2 + _FORE**2 - span**2) / (2 * _UPPER * _FORE))))
    shoulder = pi / 2 - (atan2(h, r) + inner)
    # Along the forearm's bone the angle from straight is pi - bend; the wrist lies above its axis by the lean.
    elbow = (pi - bend) - pi / 2 + _LEAN
    return turn, shoulder, elbow, 0.0, pi / 2 - shoulder - elbow, turn


def gripper_of(joints: tuple[float, ...]) -> Place:
    """Where the gripper's end is, for a wrist that points down: what `joints_of` answers, backwards."""
    turn, shoulder, elbow = joints[:3]
    pitch = shoulder + elbow
    r = _SHOULDER_X + _UPPER * sin(shoulder) + _REACH * cos(pitch) + _LIFT * sin(pitch)
    h = _FOOT + _SHOULDER_Y + _UPPER * cos(shoulder) - _REACH * sin(pitch) + _LIFT * cos(pitch) - _TOOL
    return r, turn, h


@dataclass
class Arm:
    """One arm.

    Attributes
    ----------
    x, z
        Where it stands.
    program
        Yields where to go next and how fast (a place and metres a second), or seconds to wait, or a function to call.
    """

    key: str
    x: float
    z: float
    place: Place = (1.25, pi / 2, 1.5)
    count: int = 0
    is_held: bool = False
    """Somebody is in its cell, or its cell was stopped."""
    speed: float = 0.0
    held: object | None = None
    _program: Iterator[object] | None = None
    _from: Place = (0.0, 0.0, 0.0)
    _to: Place | None = None
    _done: float = 0.0
    _takes: float = 0.0
    _wait: float = 0.0
    joints: tuple[float, ...] = field(default_factory=lambda: joints_of((1.25, pi / 2, 1.5)))

    @property
    def is_idle(self) -> bool:
        """Whether it has nothing to do."""
        return self._program is None

    def start(self, program: Iterator[object]) -> None:
        """Begin a program."""
        self._program = program

    def at(self) -> tuple[float, float, float]:
        """The gripper's end in the hall."""
        distance, turn, height = self.place
        return self.x + distance * cos(turn), height, self.z - distance * sin(turn)

    def step(self, dt: float) -> None:
        """Go on for some time."""
        self.speed = 0.0
        if self._program is None or self.is_held:
            return
        if self._wait > 0:
            self._wait -= dt
            return
        if self._to is None:
            self._next()
            return
        self._done = min(self._done + dt / self._takes, 1.0)
        t = self._done
        eased = t * t * t * (10 - 15 * t + 6 * t * t)  # no jerk at either end
        before = self.at()
        self.place = tuple(a + (b - a) * eased for a, b in zip(self._from, self._to))  # type: ignore[assignment]
        after = self.at()
        self.speed = sqrt(sum((a - b) ** 2 for a, b in zip(before, after))) / dt
        self.joints = joints_of(self.place)
        if t >= 1.0:
            self._to = None

    def _next(self) -> None:
        assert self._program is not None
        step = next(self._program, None)
        if step is None:
            self._program = None
        elif callable(step):
            step()
        elif isinstance(step, float):
            self._wait = step
        else:
            place, speed = step  # type: ignore[misc]
            self._from, self._to, self._done = self.place, place, 0.0
            (r0, t0, h0), (r1, t1, h1) = self._from, place
            way = sqrt((r1 - r0) ** 2 + (h1 - h0) ** 2) + abs(t1 - t0) * (r0 + r1) / 2
            self._takes = max(1.7 * way / speed, 0.25)


def place_of(arm: Arm, x: float, y: float, z: float) -> Place:
    """A place of the hall in an arm's cylinder; angles lie between -90 and 270 degrees, so that arms swing over the north."""
    dx, dz = x - arm.x, z - arm.z
    turn = atan2(-dz, dx)
    return hypot(dx, dz), turn + 2 * pi if turn < -pi / 2 - 0.01 else turn, y


def pick_and_place(arm: Arm, start: Place, end: Place, grip: object, release: object, *, over: float = 1.42) -> Iterator[object]:
    """A program: from above to the part, up, over, down, and up again."""
    yield (start[0], start[1], over), 4.6
    yield start, 2.0
    yield 0.15
    yield grip
    yield 0.1
    yield (start[0], start[1], over), 2.2
    yield (end[0], end[1], over), 3.6
    yield end, 1.8
    yield 0.1
    yield release
    yield 0.15
    yield (end[0], end[1], over), 2.2
