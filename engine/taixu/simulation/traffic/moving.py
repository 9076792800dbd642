"""Cars change lanes, drive on, and come onto the road."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.compiling import compiled
from taixu.simulation.traffic.following import NO_LINK, REACH, UNKNOWN_LINK, push_behind, reach, wanted_speed
from taixu.simulation.traffic.state import Cars, Roads, Room

__all__ = ["change_lanes", "enter", "move"]

_POLITE, _WORTH = 0.2, 0.3
"""Share of what it costs who is behind, and the least gain (m/s2) that one changes lanes for."""
_SAFE, _URGENT = 3.0, 7.0
"""How hard (m/s2) who is behind may have to brake: for gain, and for who must change."""
_STANDS = 0.1
_BLINKS = 3.0
"""Seconds between two changes of lanes."""
_EARLY = 200.0
"""Metres before the lane's end from which one takes the lane that is right for the streets after the next."""
_ASKS = 150.0
"""Metres before the lane's end from which others let one in."""
_GONE, _FAR = -1, 1e9


@compiled
def _steps_to(
    roads: Roads, ways: NDArray[np.int32], lane: int, at: int, end: int, wanted: int, kind: int, towards_far: bool
) -> int:
    """How many lanes over one gets onto `wanted` streets of its way; a large number where none does."""
    steps = 0
    while lane >= 0:
        if roads.allows[lane] & kind and reach(roads, ways, lane, at, end, kind) >= wanted:
            return steps
        lane = roads.far[lane] if towards_far else roads.near[lane]
        steps += 1
    return 1 << 20


@compiled
def _best_reach(roads: Roads, ways: NDArray[np.int32], lane: int, at: int, end: int, kind: int) -> int:
    """The most streets that any lane of this street gets one onto."""
    while roads.near[lane] >= 0:
        lane = roads.near[lane]
    best = 0
    while lane >= 0:
        if roads.allows[lane] & kind:
            best = max(best, reach(roads, ways, lane, at, end, kind))
        lane = roads.far[lane]
    return best


@compiled
def _place(cars: Cars, room: Room, lane: int, along: float) -> int:
    """The first place in the order of a lane's cars that is ahead of `along`."""
    low, high = room.first[lane], room.first[lane + 1]
    while low < high:
        middle = (low + high) // 2
        if cars.along[room.order[middle]] <= along:
            low = middle + 1
        else:
            high = middle
    return low


@compiled
def change_lanes(roads: Roads, cars: Cars, room: Room, towards_far: bool, dt: float) -> None:
    """Change to the neighbouring lanes of one side, where one must for one's way or gains by it (MOBIL: Kesting et al. 2007).

    One side a step, so that two never take the same gap.
    """
    for lane in range(len(roads.length)):
        other = roads.far[lane] if towards_far else roads.near[lane]
        if other < 0 or roads.across[lane]:
            continue
        for place in range(room.first[lane], room.first[lane + 1]):
            car = room.order[place]
            cars.changed[car] += 2.0 * dt  # each side's turn comes every other step
            if cars.changed[car] < _BLINKS or cars.rest[car] > 0.0:
                continue
            must = False
            at, end, kind = cars.at[car], cars.end[car], cars.kind[car]
            if not roads.allows[other] & kind:
                continue
            left = roads.length[lane] - cars.along[car]
            if at + 1 < end:
                best = _best_reach(roads, room.ways, lane, at, end, kind)
                here = reach(roads, room.ways, lane, at, end, kind)
                there = reach(roads, room.ways, other, at, end, kind)
                if here < best:
                    back = roads.near[lane] if towards_far else roads.far[lane]
                    over = _steps_to(roads, room.ways, other, at, end, best, kind, towards_far)
                    over_back = _steps_to(roads, room.ways, back, at, end, best, kind, not towards_far)
                    must = over <= over_back and (here == 0 or left < _EARLY)
                    if not must and there < here:
                        continue
                elif left < 20.0 + 2.0 * cars.speed[car]:
                    continue  # who is in front may be in the junction already
                elif there < here and (there == 0 or left < 2.0 * _EARLY):
                    continue
            if cars.stop[car] < cars.stop_end[car]:
                stop = room.stop_lane[cars.stop[car]]
                if stop == lane:
                    continue
                if stop >= 0 and roads.edge[stop] == roads.edge[lane]:
                    must = (stop > lane) == towards_far
                    if not must:
                        continue
            along, speed = cars.along[car], cars.speed[car]
            over_there = _place(cars, room, other, along)
            begin = room.first[other]
            ahead = room.order[over_there] if over_there < room.first[other + 1] else -1
            behind = room.order[over_there - 1] if over_there > begin else -1
            mine, theirs, before = push_behind(cars, car, wanted_speed(roads, cars, room, car, other), _FAR, speed), 0.0, 0.0
            free, rear = _FAR, along - cars.length[car]
            if ahead >= 0:
                free = cars.along[ahead] - cars.length[ahead] - along
                mine = push_behind(cars, car, wanted_speed(roads, cars, room, car, other), free, cars.speed[ahead])
            if behind >= 0:
                goal = wanted_speed(roads, cars, room, behind, other)
                theirs = push_behind(cars, behind, goal, rear - cars.along[behind], speed)
                if ahead >= 0:
                    before = push_behind(
                        cars, behind, goal, cars.along[ahead] - cars.length[ahead] - cars.along[behind], cars.speed[ahead]
                    )  # fmt: skip
                else:
                    before = push_behind(cars, behind, goal, _FAR, speed)
            safe = _URGENT if must else _SAFE
            fits = free >= 0.5 * cars.gap[car] and (behind < 0 or rear - cars.along[behind] >= 0.5 * cars.gap[behind])
            if not fits or theirs < -safe or mine < -safe:
                if must:  # it looks for a gap, and who is behind it there lets it in, both without haste
                    cars.most[car] = min(cars.most[car], max(mine, -cars.decel[car]))
                    if behind >= 0 and cars.along[behind] > rear:  # side by side: it goes on, and the one behind it lets us in
                        behind = room.order[over_there - 2] if over_there - 1 > begin else -1
                    if behind >= 0 and left < _ASKS and cars.along[behind] <= rear:
                        goal = wanted_speed(roads, cars, room, behind, other)
                        theirs = push_behind(cars, behind, goal, rear - cars.along[behind], speed)
                        cars.most[behind] = min(cars.most[behind], max(theirs, -0.7 * cars.decel[behind]))
                continue
            now = cars.acceleration[car]
            # Towards the kerb one goes back for little; away from it for more.
            if must or mine - now - _POLITE * (before - theirs) > (_WORTH if towards_far else -0.1) + 0.05:
                cars.lane[car] = other
                cars.along[car] = min(along * roads.length[other] / roads.length[lane], roads.length[other] - 0.01)
                cars.link[car] = UNKNOWN_LINK
                cars.changed[car] = 0.0


@compiled
def move(roads: Roads, cars: Cars, room: Room, dt: float, now: float) -> None:
    """Drive on for `dt` seconds from the clock's `now`; who reaches the end of its way has the lane -1."""
    for car in range(len(cars.lane)):
        speed, push = cars.speed[car], cars.acceleration[car]
        faster = speed + push * dt
        if faster <= 0.0:
            run = speed * speed / (-2.0 * push) if push < 0.0 else 0.0
            faster = 0.0
        else:
            run = 0.5 * (speed + faster) * dt
        cars.speed[car] = faster
        cars.along[car] += run
        cars.travelled[car] += run
        cars.waited[car] = cars.waited[car] + dt if faster < _STANDS else 0.0
        stop = cars.stop[car]
        if stop < cars.stop_end[car] and room.stop_lane[stop] == cars.lane[car]:
            if cars.rest[car] > 0.0:
                cars.rest[car] -= dt
                cars.waited[car] = 0.0
                if cars.rest[car] <= 0.0:
                    cars.stop[car] += 1
                    cars.rest[car] = 0.0
            elif faster < _STANDS and room.stop_along[stop] - cars.along[car] < 2.0:
                cars.rest[car] = max(room.stop_secs[stop], room.stop_leaves[stop] - now, dt)
        while cars.along[car] >= roads.length[cars.lane[car]]:
            lane, link = cars.lane[car], cars.link[car]
            if link < 0:
                if not roads.across[lane] and cars.at[car] + 1 >= cars.end[car]:
                    cars.lane[car] = _GONE
                else:  # the end of a wrong lane
                    cars.along[car] = roads.length[lane] - 1e-6
                    cars.speed[car] = 0.0
                break
            cars.along[car] -= roads.length[lane]
            if roads.via[link] >= 0:
                cars.lane[car] = roads.via[link]
            else:
                cars.lane[car] = roads.onto[link]
            if not roads.across[lane]:
                cars.at[car] += 1
            if cars.stop[car] < cars.stop_end[car] and room.stop_lane[cars.stop[car]] == lane:
                cars.stop[car] += 1  # driven past: it was on another lane
                cars.rest[car] = 0.0
            # A lane across has one way on; a street's is looked up when the next step begins.
            if roads.across[cars.lane[car]]:
                first = roads.out_first[cars.lane[car]]
                cars.link[car] = first if first < roads.out_first[cars.lane[car] + 1] else NO_LINK
            else:
                cars.link[car] = UNKNOWN_LINK
                break


@compiled
def enter(
    roads: Roads, cars: Cars, room: Room, edge_first: NDArray[np.int32], taken: NDArray[np.bool_], come: Cars,
    lanes: NDArray[np.int32],
) -> None:  # fmt: skip
    """Find room for those who wait to come onto the road.

    Parameters
    ----------
    edge_first
        Where each edge's lanes begin, ``[edges + 1]``.
    taken
        By lane: somebody came onto it in this step. Written.
    come
        Who waits, in the order of their departures; `along` and `speed` of those who come are written.
    lanes
        Written: the lane they come onto, or -1.
    """
    for car in range(len(lanes)):
        lanes[car] = -1
        edge = room.ways[come.at[car]]
        best, best_rank = -1, 1 << 30
        for lane in range(edge_first[edge], edge_first[edge + 1]):
            if not roads.allows[lane] & come.kind[car]:
                continue
            short = 1 + REACH - reach(roads, room.ways, lane, come.at[car], come.end[car], come.kind[car])
            rank = room.first[lane + 1] - room.first[lane] + (1 << 20) * short
            if rank < best_rank:
                best, best_rank = lane, rank
        if best < 0 or taken[best] or room.pace[best] <= 0.0:
            continue
        along = min(come.length[car], 0.5 * roads.length[best])
        wanted = min(come.fastest[car], roads.limit[best] * room.pace[best] * come.eager[car])
        if room.first[best] < room.first[best + 1]:
            last = room.order[room.first[best]]
            gap = cars.along[last] - cars.length[last] - along
            if gap < come.gap[car] + 0.5:
                continue
            wanted = min(wanted, max((gap - come.gap[car]) / come.headway[car], 0.0), cars.speed[last] + 0.5 * gap)
        wanted = min(wanted, (2.0 * 0.5 * come.decel[car] * max(roads.length[best] - along, 0.0)) ** 0.5)
        lanes[car] = best
        taken[best] = True
        come.along[car] = along
        come.speed[car] = wanted
