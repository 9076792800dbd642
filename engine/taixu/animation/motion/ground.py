"""Feet on the ground: they stay where they stand, and stand on what is there.

What a foot stands on is asked of whoever provides rays (`raycasts` of the app's services), a part of the crowd each frame;
where nobody does, the ground is level.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.body import Bodies
from taixu.animation.motion.crowd import Crowd
from taixu.animation.motion.gait import Feet, Going, smooth
from taixu.animation.motion.turns import F32, Array, about, rotate, shortest
from taixu.app import GameServices
from taixu.ecs import World

__all__ = ["RAYS_A_FRAME", "find_ground", "hold_feet", "stand_on_ground"]

RAYS_A_FRAME = 256
_REACH = 0.6
"""How far above and below the person ground is looked for, in legs' lengths."""


def hold_feet(crowd: Crowd, bodies: Bodies, pace: Going, feet: Feet, moving: NDArray[np.bool_], secs: F32) -> Feet:
    """Let feet that stand stay where they are in the world, however the person's speed changes meanwhile.

    `moving` are those who do go through the world as they step; others step on the spot. `secs` [n] is the time since feet were
    held last.
    """
    ankles = feet.ankles.copy()
    soles = feet.soles.copy()
    back = about("y", -crowd.headings)
    for number in (0, 1):
        planted = (feet.planted[number] > 0.5) & crowd.seen & moving
        here = _to_world(crowd, feet.soles[number])
        fresh = planted & ~crowd.locked[number]
        crowd.locks[number][:, fresh] = here[:, fresh]
        crowd.locked[number] = planted
        away = rotate(back, crowd.locks[number] - crowd.places) - feet.soles[number]
        away[1] = 0.0
        far = np.sqrt(away[0] ** 2 + away[2] ** 2) > 0.3 * bodies.legs
        # Who stands comes to rest on both feet; who was put elsewhere stands there.
        ease = np.where(far, 0.0, 1.0 - (1.0 - pace.effort) * (1.0 - np.exp(-secs / 0.35)))
        away = away * ease
        crowd.locks[number] = np.where(planted, _to_world(crowd, feet.soles[number] + away), crowd.locks[number])
        shift = np.where(planted, away, crowd.shifts[number] * np.exp(-secs / 0.07))
        crowd.shifts[number] = shift
        ankles[number] += crowd.shifts[number]
        soles[number] += np.where(planted, crowd.shifts[number], 0.0)
    return replace(feet, ankles=ankles, soles=soles)


def find_ground(world: World, crowd: Crowd, bodies: Bodies, feet: Feet, wanted: NDArray[np.bool_], secs: F32, frame: int) -> None:
    """Look for the ground below the soles of some people, and go over to it smoothly."""
    cast = world.resource(GameServices).find("raycasts") if world.has_resource(GameServices) else None
    if cast is None or not wanted.any():
        return
    rows = np.flatnonzero(wanted & crowd.seen)
    most = RAYS_A_FRAME // 2
    if len(rows) > most:
        rows = rows[(np.arange(most) + frame * most) % len(rows)]
    if not len(rows):
        return
    high = _REACH * bodies.legs[rows]
    above = np.stack([0 * high, high, 0 * high])
    starts = np.concatenate([(_to_world(crowd, feet.soles[number])[:, rows] + above).T for number in (0, 1)])
    down = np.broadcast_to(np.array((0.0, -1.0, 0.0)), starts.shape)
    hits = cast(world, starts, down, max_distance=float(2.0 * high.max()))
    single = world.resource(GameServices).find("raycast")
    owners = crowd.handles[rows]
    for number in (0, 1):
        heights, normals = np.zeros(len(rows), np.float32), np.tile(np.array([[0.0], [1.0], [0.0]], np.float32), (1, len(rows)))
        for place in range(len(rows)):  # rays are cast one by one anyway
            hit = hits[number * len(rows) + place]
            if hit is not None and hit["entity"] == int(owners[place]) and single is not None:
                start = starts[number * len(rows) + place]
                hit = single(world, start, (0.0, -1.0, 0.0), max_distance=float(2.0 * high[place]), ignore=int(owners[place]))
            if hit is not None and hit["normal"][1] > 0.4:
                heights[place] = hit["position"][1] - crowd.places[1, rows[place]]
                normals[:, place] = hit["normal"]
        share = 1.0 - np.exp(-secs[rows] / 0.05)
        heights = np.clip(heights, -_REACH * bodies.legs[rows], _REACH * bodies.legs[rows])
        crowd.heights[number, rows] += (heights - crowd.heights[number, rows]) * share
        crowd.normals[number][:, rows] += (normals - crowd.normals[number][:, rows]) * share


def stand_on_ground(crowd: Crowd, bodies: Bodies, feet: Feet, wanted: NDArray[np.bool_], secs: F32) -> tuple[Feet, F32]:
    """Lift the feet to the ground that was found.

    Returns
    -------
    Feet, float32 array [n]
        And by how much hips come after the person's own height, which may jump on stairs, metres.
    """
    rise = np.where(crowd.seen, crowd.places[1] - crowd.highs, 0.0)
    rise = np.where(np.abs(rise) < 0.5 * bodies.legs, rise, 0.0) * np.exp(-secs / 0.12)
    crowd.highs = crowd.places[1] - rise
    ankles, tilts = feet.ankles.copy(), np.empty((2, 4, bodies.count), np.float32)
    back = about("y", -crowd.headings)
    up = np.tile(np.array([[0.0], [1.0], [0.0]]), (1, bodies.count))
    slack = np.zeros((2, bodies.count), np.float32)
    for number in (0, 1):
        planted, flown = feet.planted[number] > 0.5, feet.flown[number]
        # In the air a foot is above where it was and where it goes, until it is nearly there.
        other = np.maximum(crowd.heights[number], crowd.heights[1 - number] * (flown < 0.55))
        height = np.where(planted, crowd.heights[number], other)
        ankles[number][1] += np.where(wanted, height, 0.0)
        pushing = smooth(-feet.pitches[number], 0.02, 0.35)
        slack[number] = np.where(wanted, np.maximum(crowd.heights[1 - number] - height, 0.0) * pushing, 0.0)
        normal = rotate(back, crowd.normals[number])
        normal = np.where(wanted, normal, up)
        tilts[number] = shortest(up, normal / np.sqrt((normal * normal).sum(axis=0)))
    return replace(feet, ankles=ankles, tilts=tilts, slack=slack), np.where(wanted, -rise, 0.0).astype(np.float32)


def _to_world(crowd: Crowd, places: Array) -> NDArray[np.float64]:
    turned: NDArray[np.float64] = rotate(about("y", crowd.headings), places).astype(np.float64) + crowd.places
    return turned
