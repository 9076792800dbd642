"""Parts as bodies: they fall out of the press, slide down the chute and ride on belts, all in Taixu's own physics."""

from __future__ import annotations

from math import radians

import layout
import numpy as np

import taixu as tx
from taixu.math.quaternion import from_euler
from taixu.scene import Transform

Vector = tuple[float, float, float]
_GRIP = 0.6 * 9.81
"""How hard a belt drags what lies on it, m/s2: friction times gravity."""


class Part:
    """A part; `holder` says who carries it. Only those that nobody carries are bodies."""

    def __init__(self, key: str, at: Vector, yaw: float) -> None:
        self.key = key
        self.node: tx.Node | None = None
        self.holder: object | None = None
        self.position = np.array(at, float)
        self.rotation = np.asarray(from_euler(yaw), float)


class PartWorld:
    """A world of its own, with nothing in it but what parts touch."""

    def __init__(self) -> None:
        self.app = tx.App.headless(physics="auto", plugins=())
        self.world = self.app.scene
        self.app.clock.steps_per_sec = 30
        self.parts: list[Part] = []
        self.step_secs = self.app.clock.step_secs
        for z in layout.LINES.values():
            self._line(z)

    def close(self) -> None:
        """Let go of the engine."""
        self.app.close()

    def _fixed(self, size: Vector, at: Vector, *, tilt: float = 0.0, friction: float = 0.0) -> None:
        self.world.spawn(tx.Collider(size=size, friction=friction), position=at, rotation=from_euler(0, 0, tilt))

    def _line(self, z: float) -> None:
        for start, length in layout.BELTS.values():
            middle = start + length / 2
            self._fixed((length, 0.2, 0.66), (middle, layout.BELT_TOP - 0.1, z))
            for side in (-1, 1):
                self._fixed((length, 0.3, 0.04), (middle, layout.BELT_TOP + 0.15, z + side * 0.325))
            self._fixed((0.04, 0.3, 0.66), (start + length - 0.06, layout.BELT_TOP + 0.15, z))  # the stop at its end
        chute = (layout.PRESS_X + 1.15, 1.0 - 0.1, z)
        self._fixed((1.1, 0.2, 0.56), chute, tilt=radians(-12.6), friction=0.02)
        for side in (-1, 1):
            self._fixed((1.1, 0.5, 0.04), (chute[0], 1.1, z + side * 0.27), tilt=radians(-12.6))

    def make(self, key: str, at: Vector, yaw: float = 0.0) -> Part:
        """A new part at a place."""
        part = Part(key, at, yaw)
        self.parts.append(part)
        self.let_go(part)
        return part

    def remove(self, part: Part) -> None:
        """It is gone."""
        self.hold(part, None)
        self.parts.remove(part)

    def hold(self, part: Part, holder: object | None) -> None:
        """From now on somebody carries it."""
        part.holder = holder
        if part.node is not None:
            self.app.world.despawn([part.node.entity])
            part.node = None

    def let_go(self, part: Part) -> None:
        """It falls from where it is."""
        part.holder = None
        body = tx.RigidBody(mass_kg=9.0, can_sleep=False, angular_damping=2.0)
        collider = tx.Collider(size=layout.PART, friction=0.15)
        part.node = self.world.spawn(body, collider, position=part.position, rotation=part.rotation)

    def put(self, part: Part, at: Vector, yaw: float) -> None:
        """Where a carried part is."""
        part.position = np.array(at, float)
        part.rotation = np.array([0.0, np.sin(yaw / 2), 0.0, np.cos(yaw / 2)])

    def step(self, speeds: dict[tuple[str, str], float]) -> None:
        """One step of physics, with belts (by line and number) at some speeds, m/s."""
        loose = [part for part in self.parts if part.node is not None]
        rows = np.array([part.node.entity for part in loose if part.node is not None], np.uint64)
        if loose:
            self._drag(loose, rows, speeds)
        self.app.frame(self.step_secs)
        if loose:
            places = self.app.world.gather(rows, Transform, "translation").T.astype(float)
            turns = self.app.world.gather(rows, Transform, "rotation").T.astype(float)
            for part, place, turn in zip(loose, places, turns):
                part.position, part.rotation = place, turn

    def _drag(self, loose: list[Part], rows: np.ndarray, speeds: dict[tuple[str, str], float]) -> None:
        velocity = self.app.world.gather(rows, tx.RigidBody, "linear_velocity").copy()
        x, y, z = np.array([part.position for part in loose]).T
        wanted = np.full(len(loose), np.nan)
        for (line, number), speed in speeds.items():
            start, length = layout.BELTS[number]
            on = (np.abs(z - layout.LINES[line]) < 0.5) & (x > start) & (x < start + length)
            wanted[on & (np.abs(y - layout.BELT_TOP - layout.PART[1] / 2) < 0.07)] = speed
        riding = np.isfinite(wanted)
        most = _GRIP * self.step_secs
        velocity[0, riding] += np.clip(wanted[riding] - velocity[0, riding], -most, most)
        velocity[2, riding] *= 0.7
        velocity[1, riding] = np.minimum(velocity[1, riding], 0.05)  # those behind push, and none climbs on another
        spin = self.app.world.gather(rows, tx.RigidBody, "angular_velocity").copy()
        spin[:, riding] *= np.array([[0.5], [0.8], [0.5]], np.float32)
        self.app.world.scatter(rows, tx.RigidBody, "linear_velocity", velocity)
        self.app.world.scatter(rows, tx.RigidBody, "angular_velocity", spin)
