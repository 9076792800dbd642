"""Who is in front, and how hard to push: the car-following model, and what stops one at a junction.

The model is the improved intelligent driver (Treiber & Kesting, Traffic Flow Dynamics, 2013, 11.3.7), whose distance at rest is
exactly ``gap + headway * speed``. What is not a car (a red light, a stop, the end of a wrong lane) is a car that stands there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from taixu.simulation.compiling import compiled
from taixu.simulation.traffic.state import Cars, Roads, Room

__all__ = [
    "NO_LINK", "REACH", "UNKNOWN_LINK", "choose_links", "drive", "expect_arrivals", "follow", "leads", "leads_on_near_side",
    "order_cars", "push_behind", "reach", "wanted_speed",
]  # fmt: skip

NO_LINK, UNKNOWN_LINK = -1, -2
HARDEST = 9.0
"""No brake does more, m/s2."""
_FAR = 1e9
_STANDS = 0.1
_GO, _STOP_IF_YOU_CAN, _STOP = 0, 2, 3
_HOPS = 8
REACH = 3
"""How many streets ahead one looks for the right lane."""


@compiled
def drive(
    speed: float, wanted: float, accel: float, decel: float, gap: float, closing: float, space: float, headway: float
) -> float:
    """Acceleration, m/s2.

    Parameters
    ----------
    speed, wanted
        What one drives, and would on a free road, m/s.
    accel, decel
        What is comfortable, m/s2.
    gap
        Metres to who is in front.
    closing
        How much faster one is than they.
    space, headway
        Metres and seconds that one keeps.
    """
    if speed <= wanted:
        free = accel * (1.0 - (speed / wanted) ** 4)
    else:
        free = -decel * (1.0 - (wanted / speed) ** (accel * 4.0 / decel))
    if gap >= _FAR:
        return max(free, -HARDEST)
    near = (space + max(0.0, speed * headway + speed * closing / (2.0 * math.sqrt(accel * decel)))) / max(gap, 0.01)
    if speed <= wanted:
        if near >= 1.0:
            push = accel * (1.0 - near * near)
        elif free > 1e-9:
            push = free * (1.0 - near ** (2.0 * accel / free))
        else:
            push = free
    else:
        push = free + accel * (1.0 - near * near) if near >= 1.0 else free
    return max(push, -HARDEST)


@compiled
def push_behind(cars: Cars, car: int, wanted: float, gap: float, speed: float) -> float:
    """The acceleration of a car whose leader drives `speed` at a distance of `gap`."""
    closing = cars.speed[car] - speed
    return drive(cars.speed[car], wanted, cars.accel[car], cars.decel[car], gap, closing, cars.gap[car], cars.headway[car])


@compiled
def push_towards(cars: Cars, car: int, wanted: float, left: float) -> float:
    """The acceleration of a car that has to stand `left` metres from here."""
    speed = cars.speed[car]
    return drive(speed, wanted, cars.accel[car], cars.decel[car], max(left, 0.01), speed, 1.0, cars.headway[car])


@compiled
def wanted_speed(roads: Roads, cars: Cars, room: Room, car: int, lane: int) -> float:
    """What a car would drive on a lane that is its own, m/s."""
    return max(0.1, min(cars.fastest[car], roads.limit[lane] * room.pace[lane] * cars.eager[car]))


@compiled
def order_cars(lane: NDArray[np.int32], along: NDArray[np.float64], order: NDArray[np.intp], first: NDArray[np.intp]) -> None:
    """Sort cars by lane, place and row."""
    first[:] = 0
    for car in range(len(lane)):
        first[lane[car] + 1] += 1
    for number in range(1, len(first)):
        first[number] += first[number - 1]
    filled = first[:-1].copy()
    for car in range(len(lane)):
        at = filled[lane[car]]
        begin = first[lane[car]]
        while at > begin and along[order[at - 1]] > along[car]:
            order[at] = order[at - 1]
            at -= 1
        order[at] = car
        filled[lane[car]] += 1


@compiled
def leads(roads: Roads, lane: int, edge: int) -> bool:
    """Whether a lane goes on onto a street."""
    found = False
    for link in range(roads.out_first[lane], roads.out_first[lane + 1]):
        found = found or roads.edge[roads.onto[link]] == edge
    return found


@compiled
def leads_on_near_side(roads: Roads, lane: int, edge: int) -> bool:
    """Whether a lane nearer to the kerb leads onto `edge`."""
    lane = roads.near[lane]
    while lane >= 0:
        if leads(roads, lane, edge):
            return True
        lane = roads.near[lane]
    return False


@compiled
def _reach_one(roads: Roads, ways: NDArray[np.int32], lane: int, at: int, end: int, kind: int) -> int:
    return REACH if at + 1 >= end else (1 if leads(roads, lane, ways[at + 1]) else 0)


@compiled
def _reach_two(roads: Roads, ways: NDArray[np.int32], lane: int, at: int, end: int, kind: int) -> int:
    if at + 1 >= end:
        return REACH
    best = 0
    for link in range(roads.out_first[lane], roads.out_first[lane + 1]):
        if roads.edge[roads.onto[link]] == ways[at + 1] and roads.allows[roads.onto[link]] & kind:
            best = max(best, 1 + _reach_one(roads, ways, roads.onto[link], at + 1, end, kind))
    return best


@compiled
def reach(roads: Roads, ways: NDArray[np.int32], lane: int, at: int, end: int, kind: int) -> int:
    """How many streets of its way one gets onto from here without changing lanes: `REACH` and more are all that one looks for."""
    if at + 1 >= end:
        return REACH
    best = 0
    for link in range(roads.out_first[lane], roads.out_first[lane + 1]):
        if roads.edge[roads.onto[link]] == ways[at + 1] and roads.allows[roads.onto[link]] & kind:
            best = max(best, 1 + _reach_two(roads, ways, roads.onto[link], at + 1, end, kind))
    return min(best, REACH)


@compiled
def _link_to(roads: Roads, room: Room, lane: int, at: int, end: int, kind: int) -> int:
    """The connection from a lane onto the next street: the one that leads on the farthest, onto the lane with the fewest cars."""
    best, best_rank = NO_LINK, 1 << 30
    for link in range(roads.out_first[lane], roads.out_first[lane + 1]):
        onto = roads.onto[link]
        if roads.edge[onto] == room.ways[at + 1] and roads.allows[onto] & kind:
            short = REACH - min(_reach_two(roads, room.ways, onto, at + 1, end, kind), REACH)
            rank = short * (1 << 20) + room.first[onto + 1] - room.first[onto]
            if rank < best_rank:
                best, best_rank = link, rank
    return best


@compiled
def _next_link(roads: Roads, room: Room, lane: int, at: int, end: int, kind: int) -> int:
    """The connection at the end of a lane for who is on the street `at` of a way (on a lane across: on the way to the next)."""
    if roads.across[lane]:
        return roads.out_first[lane] if roads.out_first[lane] < roads.out_first[lane + 1] else NO_LINK
    if at + 1 >= end:
        return NO_LINK
    return _link_to(roads, room, lane, at, end, kind)


@compiled
def choose_links(roads: Roads, cars: Cars, room: Room) -> None:
    """Look up how to go on, for those who came onto another lane."""
    for car in range(len(cars.lane)):
        if cars.link[car] == UNKNOWN_LINK:
            cars.link[car] = _next_link(roads, room, cars.lane[car], cars.at[car], cars.end[car], cars.kind[car])


@compiled
def expect_arrivals(roads: Roads, cars: Cars, room: Room) -> None:
    """When the first car of each lane comes onto its lane across the junction."""
    room.soonest[:] = _FAR
    room.patience[:] = 0.0
    for lane in range(len(roads.length)):
        last = room.first[lane + 1]
        if last == room.first[lane] or roads.across[lane]:
            continue
        car = room.order[last - 1]
        link = cars.link[car]
        if link < 0 or roads.via[link] < 0:
            continue
        if roads.signal[link] >= 0 and room.lights[roads.signal[link]] >= _STOP_IF_YOU_CAN:
            continue
        secs = (roads.length[lane] - cars.along[car]) / max(cars.speed[car], 2.0)
        if secs < room.soonest[roads.via[link]]:
            room.soonest[roads.via[link]] = secs
            room.patience[roads.via[link]] = cars.waited[car]


@compiled
def _has_room(roads: Roads, cars: Cars, room: Room, link: int, car: int) -> bool:
    """Whether one would come to stand beyond the junction, not in it."""
    onto, via = roads.onto[link], roads.via[link]
    wanted = cars.length[car] + cars.gap[car]
    if via >= 0:
        for place in range(room.first[via], room.first[via + 1]):
            wanted += cars.length[room.order[place]] + cars.gap[room.order[place]]
    if room.first[onto] == room.first[onto + 1]:
        return wanted < roads.length[onto] + 20.0
    last = room.order[room.first[onto]]
    return cars.along[last] - cars.length[last] > wanted or cars.speed[last] > 3.0


@compiled
def _may_enter(roads: Roads, cars: Cars, room: Room, link: int, car: int, distance: float) -> bool:
    via = roads.via[link]
    speed, decel = cars.speed[car], cars.decel[car]
    if speed * speed > 2.0 * HARDEST * distance:
        return True  # nothing would stop it
    if room.held[via if via >= 0 else roads.onto[link]]:
        return False
    light = room.lights[roads.signal[link]] if roads.signal[link] >= 0 else 1
    if light == _STOP or (light == _STOP_IF_YOU_CAN and speed * speed < 2.0 * decel * distance):
        return False
    if light != _GO and via >= 0:
        crossing = roads.length[via] + cars.length[car]
        if speed > 4.0:
            away = (distance + crossing) / speed
        else:
            away = math.sqrt(2.0 * (distance + crossing) / cars.accel[car])
        for place in range(roads.way_first[link], roads.way_first[link + 1]):
            other = roads.way[place]
            if room.first[other + 1] > room.first[other]:
                return False
            # Who has stood longer goes first, so that four who wait for one another do not wait for ever.
            if room.soonest[other] < away + 0.5 and not (room.patience[other] > 0.0 and room.patience[other] < cars.waited[car]):
                return False
    return via < 0 or _has_room(roads, cars, room, link, car)


@compiled
def _look_ahead(roads: Roads, cars: Cars, room: Room, car: int, wanted: float) -> float:
    """The acceleration of who is first on its lane, for what comes after the lane's end."""
    speed, decel = cars.speed[car], cars.decel[car]
    lane, at, link = cars.lane[car], cars.at[car], cars.link[car]
    distance = roads.length[lane] - cars.along[car]
    far = max(40.0, speed * speed / decel + 3.0 * speed)
    push = push_behind(cars, car, wanted, _FAR, speed)
    for _ in range(_HOPS):
        if distance > far:
            break
        if link < 0:
            if roads.across[lane] or at + 1 < cars.end[car]:  # a wrong lane: it ends here
                push = min(push, push_towards(cars, car, wanted, distance))
            break
        if not roads.across[lane] and not _may_enter(roads, cars, room, link, car, distance):
            push = min(push, push_towards(cars, car, wanted, distance))
            break
        if not roads.across[lane]:
            at += 1
        lane = roads.via[link] if roads.via[link] >= 0 else roads.onto[link]
        slower = max(roads.limit[lane] * room.pace[lane] * cars.eager[car], 0.5)
        if slower < speed and distance > 0.0:  # brake as much as takes one there at that speed
            needed = (speed * speed - slower * slower) / (2.0 * distance)
            if needed > 0.5 * decel:
                push = min(push, -needed)
        if room.first[lane + 1] > room.first[lane]:
            other = room.order[room.first[lane]]
            gap = distance + cars.along[other] - cars.length[other]
            push = min(push, push_behind(cars, car, wanted, gap, cars.speed[other]))
            break
        distance += roads.length[lane]
        link = _next_link(roads, room, lane, at, cars.end[car], cars.kind[car])
    return max(push, -HARDEST)


@compiled
def follow(roads: Roads, cars: Cars, room: Room) -> None:
    """Set everybody's acceleration from where all are now."""
    for lane in range(len(roads.length)):
        for place in range(room.first[lane], room.first[lane + 1]):
            car = room.order[place]
            wanted = wanted_speed(roads, cars, room, car, lane)
            if place + 1 < room.first[lane + 1]:
                other = room.order[place + 1]
                gap = cars.along[other] - cars.length[other] - cars.along[car]
                push = push_behind(cars, car, wanted, gap, cars.speed[other])
            else:
                push = _look_ahead(roads, cars, room, car, wanted)
            if cars.link[car] == NO_LINK and cars.at[car] + 1 < cars.end[car]:
                # Who must go towards the far side stops a car's length early: two who must change places can.
                left = roads.length[lane] - cars.along[car]
                if roads.far[lane] >= 0 and not leads_on_near_side(roads, lane, room.ways[cars.at[car] + 1]):
                    left = left - cars.length[car] - 2.0 * cars.gap[car] - 1.0
                push = min(push, push_towards(cars, car, wanted, left))
            if cars.stop[car] < cars.stop_end[car] and room.stop_lane[cars.stop[car]] == lane:
                left = room.stop_along[cars.stop[car]] - cars.along[car]
                if left > -5.0:
                    push = min(push, push_towards(cars, car, wanted, left))
            cars.acceleration[car] = min(push, cars.most[car])
            cars.most[car] = _FAR
