"""Walking, running and turning as a function of phase and speed: where the feet are, then everything above follows.

A foot on the ground stays where it is in the world: seen from the body it moves back as fast as the body goes on, on an arc
where the body turns. It rolls over heel, sole and ball. Rates of steps go with the root of speed, as walking people's do;
lengths are parts of the legs' length, speeds parts of ``sqrt(g * leg)`` (Froude), so that children trip along and giants
stride. Numbers are after Winter, "Biomechanics and Motor Control of Human Movement", and Alexander's dynamic similarity.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.body import SIDES, Bodies
from taixu.animation.motion.style import Style
from taixu.animation.motion.turns import F32, about, rotate

__all__ = ["Feet", "Going", "going", "place_feet", "smooth"]

GRAVITY = 9.81
_FRONT = 0.42
"""Share of a stance in which the foot is before the hips."""
_NO_SPEED = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class Going:
    """What follows from speed, float32 [n] each.

    Attributes
    ----------
    speed, turning : array
        Metres a second forward, radians a second to the left.
    relative : array
        Speed of the feet as a part of ``sqrt(g * leg)``.
    rate : array
        Strides (two steps) a second.
    running : array
        0 walks, 1 runs.
    duty : array
        Share of a stride in which a foot is on the ground.
    effort : array
        0 stands, 1 goes at an ordinary pace.
    """

    speed: F32
    turning: F32
    relative: F32
    rate: F32
    running: F32
    duty: F32
    effort: F32

    def take(self, rows: NDArray[np.intp]) -> Going:
        """That of some people."""
        return Going(*(getattr(self, one.name)[rows] for one in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Feet:
    """Where both feet are, seen from the point below the body, in its axes; the left one first.

    Attributes
    ----------
    ankles : float32 array [2, 3, n]
        Metres.
    headings, pitches, toes : float32 arrays [2, n]
        Turn about the vertical, tip of the foot up, and the toes' bend against the sole, radians.
    planted : float32 array [2, n]
        1 on the ground, 0 in the air.
    soles : float32 array [2, 3, n]
        Below the ankle on the ground: where the foot stands, or will stand next, as seen from the body as it is now.
    flown : float32 array [2, n]
        How much of its way through the air a foot has made.
    tilts : float32 array [2, 4, n] or None
        From level ground to that which the feet stand on.
    slack : float32 array [2, n] or None
        By how much hips need not come down for a foot that pushes off from a lower step: it leaves the ground instead, metres.
    """

    ankles: F32
    headings: F32
    pitches: F32
    toes: F32
    planted: F32
    soles: F32
    flown: F32
    tilts: F32 | None = None
    slack: F32 | None = None

    def take(self, rows: NDArray[np.intp]) -> Feet:
        """Those of some people."""
        values: dict[str, Any] = {one.name: getattr(self, one.name) for one in fields(self)}
        kept: dict[str, Any] = {name: None if value is None else value[..., rows] for name, value in values.items()}
        return Feet(**kept)


def smooth(values: NDArray[np.floating], start: float = 0.0, end: float = 1.0) -> F32:
    """0 before the start, 1 after the end, and a smooth step between."""
    part = np.clip((values - start) / (end - start), 0.0, 1.0)
    result: F32 = (part * part * (3.0 - 2.0 * part)).astype(np.float32)
    return result


def going(bodies: Bodies, style: Style, speed: F32, turning: F32) -> Going:
    """Say how people go at a speed (m/s) while they turn (rad/s)."""
    pace = np.sqrt(GRAVITY * bodies.legs)
    relative = np.sqrt(speed * speed + (0.35 * bodies.legs * turning) ** 2) / pace
    rate = 0.42 * np.where(relative < 1.0, np.sqrt(relative), np.maximum(relative, 1e-6) ** 0.35) * pace / bodies.legs
    rate = np.maximum(rate, 0.14 * pace / bodies.legs) * style.tempo
    running = smooth(relative, 0.64, 0.82)
    walking_duty = 0.66 - 0.07 * np.clip(relative / 0.5, 0.0, 1.0)
    running_duty = 0.37 - 0.06 * np.clip((relative - 0.8) / 0.8, 0.0, 1.0)
    duty = walking_duty + (running_duty - walking_duty) * running
    effort = smooth(relative, _NO_SPEED, 0.3)
    return Going(*(one.astype(np.float32) for one in (speed, turning, relative, rate, running, duty, effort)))


def place_feet(bodies: Bodies, style: Style, pace: Going, phase: F32) -> Feet:
    """Place the feet.

    Parameters
    ----------
    phase : float32 array [n]
        Where in a stride, from 0 to 1; the left foot strikes at 0, the right one at a half.
    """
    parts = [
        _place_foot(bodies, style, pace, (phase + start) % 1.0, side)
        for (_, side), start in zip(SIDES, (0.0, 0.5), strict=True)
    ]
    return Feet(*(np.stack(rows).astype(np.float32) for rows in zip(*parts, strict=True)))


def _place_foot(bodies: Bodies, style: Style, pace: Going, phase: F32, side: float) -> tuple[F32, ...]:
    legs, running, duty = bodies.legs, pace.running, pace.duty
    forward = np.clip(pace.speed / (0.4 * np.sqrt(GRAVITY * legs)), 0.0, 1.0)
    strike = (0.36 * (1.0 - running) + 0.04 * running) * forward
    push = (0.80 * (1.0 - running) + 0.95 * running) * (0.12 + 0.88 * forward) * smooth(pace.relative, _NO_SPEED, 0.25)
    stance = np.clip(phase / duty, 0.0, 1.0)
    swing = np.clip((phase - duty) / (1.0 - duty), 0.0, 1.0)
    in_air = phase >= duty
    lifts_at = 0.60 - 0.12 * running
    rise = np.clip((stance - lifts_at) / (1.0 - lifts_at), 0.0, 1.0) ** 1.7
    pitch_down = strike * (1.0 - smooth(stance, 0.0, 0.16)) - push * rise
    pitch_up = -push * (1.0 - smooth(swing, 0.0, 0.6)) + strike * smooth(swing, 0.45, 1.0)
    pitch = np.where(in_air, pitch_up, pitch_down)

    width = bodies.width * style.width * (0.88 - 0.23 * pace.effort - 0.25 * running)
    toe_out = side * 0.11 * (1.0 - 0.6 * running)

    def planted(at: F32 | float, tip: F32) -> tuple[F32, F32, F32]:
        """Ankle, heading and sole where a foot on the ground is at a part `at` of its stance."""
        secs = (at - _FRONT) * duty / pace.rate
        angle = pace.turning * secs
        gone_ahead = pace.speed * secs * np.sinc(angle / np.pi)
        aside = np.where(np.abs(angle) > 1e-4, (1.0 - np.cos(angle)) / np.where(angle == 0.0, 1.0, angle), 0.0)
        gone_aside = pace.speed * secs * aside
        sole: F32 = np.stack([side * width - gone_aside, np.zeros_like(width), -gone_ahead])
        heading = toe_out - angle
        sole = rotate(about("y", -angle), sole)
        return sole + rotate(about("y", heading), _rolled(bodies, tip)), heading, sole

    here, heading, sole = planted(stance, pitch_down)
    left, left_heading, _ = planted(1.0, -push)
    next_, next_heading, landing = planted(0.0, strike)
    landing[2] += pace.speed * (1.0 - swing) * (1.0 - duty) / pace.rate
    air_secs = (1.0 - duty) / pace.rate
    away = np.stack([np.zeros_like(legs), np.zeros_like(legs), -pace.speed * air_secs * 0.55])
    flown: F32 = _curve(left, away, next_, away, swing)
    kick = (0.04 + 0.03 * forward) * (1.0 - running) + (0.10 + 0.22 * np.clip(pace.relative - 0.7, 0.0, 1.0)) * running
    height = legs * kick * smooth(pace.relative, 0.0, 0.12) * np.sin(np.pi * swing ** (0.9 - 0.15 * running))
    flown[1] += height
    ankle = np.where(in_air, flown, here)
    heading = np.where(in_air, left_heading + (next_heading - left_heading) * smooth(swing), heading)
    toes = np.where(in_air, push * (1.0 - smooth(swing, 0.0, 0.4)), push * rise)
    flies = in_air & (pace.effort > 0.01)  # who stands has both feet on the ground, wherever in a stride that is
    return ankle, heading, pitch, toes, np.where(flies, 0.0, 1.0), np.where(flies, landing, sole), np.where(flies, swing, 0.0)


def _rolled(bodies: Bodies, pitch: F32) -> F32:
    """From where the ankle stands on a flat foot to where it is when the foot tips about heel (up) or ball (down), [3, n]."""
    heel, ball, ankle = -0.3 * bodies.ball, bodies.ball, bodies.ankle
    pivot = np.where(pitch > 0.0, heel, ball)
    ahead, up = -pivot, ankle
    return np.stack([
        np.zeros_like(pivot), ahead * np.sin(pitch) + up * np.cos(pitch), pivot + ahead * np.cos(pitch) - up * np.sin(pitch),
    ])  # fmt: skip


def _curve(start: F32, leaving: F32, end: F32, arriving: F32, part: F32) -> F32:
    """A cubic Hermite curve."""
    two, three = part * part, part * part * part
    ends = (2 * three - 3 * two + 1) * start + (3 * two - 2 * three) * end
    result: F32 = ends + (three - 2 * two + part) * leaving + (three - two) * arriving
    return result
