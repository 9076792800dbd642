"""The inside: floors, ceilings, rooms with doors between them, stairs, furniture; and what bodies meet of all that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.generate.places.buildings.facades import DoorPlace
from taixu.generate.places.buildings.furnishing import furnish
from taixu.generate.places.buildings.masses import Mass, Side
from taixu.generate.places.buildings.openings import Hole
from taixu.generate.places.buildings.plans import chance, loops_of, parts_of
from taixu.generate.places.buildings.rooms import FloorPlan, make_plan
from taixu.generate.places.buildings.soup import Frame, Soup, wall_frame
from taixu.generate.places.buildings.stairs import build_flights, find_stairs

if TYPE_CHECKING:
    from taixu.generate.places.buildings.building import Building

__all__ = ["BuiltWall", "Room", "build_inside", "wall_colliders"]

_SLAB_M, _THIN_M, _DOOR_HIGH_M = 0.22, 0.1, 2.06
_ROOM_M2 = {"home": 15.0, "shop": 34.0, "office": 70.0}
_MOST_FURNISHED = 4
"""Storeys of towers whose desks are made; the others have floors and stairs."""


@dataclass(frozen=True)
class BuiltWall:
    """A wall as it was built: its side, frame, outline and holes."""

    mass: int
    side: Side
    frame: Frame
    outline: Any
    holes: Sequence[Hole]


@dataclass(frozen=True)
class Room:
    """A room: its shape, its floor's height, and what it is for."""

    shape: Any
    floor_m: float
    high_m: float
    kind: str
    storey: int


def wall_colliders(solid: Soup, walls: Sequence[BuiltWall], thick: float) -> None:
    """Walls as slabs with holes where people walk through."""
    import shapely

    for wall in walls:
        doors = [hole.shape for hole in wall.holes if hole.is_door]
        shape = wall.outline.difference(shapely.unary_union(doors)) if doors else wall.outline
        solid.polygon("concrete", wall.frame, shape)
        solid.polygon("concrete", wall.frame, shape, out=-thick, back=True)
        for hole in wall.holes:
            if hole.is_door:
                x0, y0, x1, y1 = hole.shape.bounds
                for low, high in (((x0 - 0.01, y0, -thick), (x0, y1, 0)), ((x1, y0, -thick), (x1 + 0.01, y1, 0))):
                    solid.box("concrete", wall.frame, low, high, "lr")


def build_inside(
    made: Building, soup: Soup, masses: Sequence[Mass], walls: Sequence[BuiltWall], looks: Mapping[str, str], seed: int
) -> None:
    """Floors, rooms, stairs and furniture of all masses."""
    import shapely

    style, solid = made.style, made.collider
    thick = style.numbers["wall_m"]
    for number, mass in enumerate(masses):
        kind = mass.part.interior or style.interior
        if kind == "none":
            continue
        whole = max(parts_of(mass.plan.buffer(-thick, join_style="mitre")), key=lambda part: part.area, default=shapely.Polygon())
        if whole.area < 3.0:
            continue
        mine = [wall for wall in walls if wall.mass == number]
        door_zones = [_before_door(wall, hole, thick) for wall in mine for hole in wall.holes if hole.is_door]
        storeys = len(mass.floors) - 1
        top = _at_height(mass, whole, mass.floors[-2])
        rise = max(b - a for a, b in pairwise(mass.floors))
        front = mine[0].side
        for wall in mine:
            front = wall.side if wall.side.kind == "Front" else front
        d = front.end - front.start
        stairs = None
        if storeys > 1:
            stairs = find_stairs(
                top, rise, door_zones, np.array([d[1], -d[0]]) / max(float(np.hypot(*d)), 1e-9), is_round=kind == "tower"
            )
        open_roof = kind in ("church", "barn")
        for storey in range(storeys):
            floor, ceiling = mass.floors[storey], mass.floors[storey + 1]
            shape = _at_height(mass, whole, floor)
            slab = _at_height(
                mass, max(parts_of(mass.plan.buffer(-thick * 0.5, join_style="mitre")), key=lambda part: part.area), floor
            )
            if stairs is not None and storey > 0:
                slab = slab.difference(stairs.hole)
            look = looks["ground_look"] if storey == 0 and kind != "home" else looks["floor_look"]
            below = looks["inner"]
            soup.prism((look, below if storey else "", look), slab, floor - _SLAB_M, floor)
            solid.prism(("concrete", "concrete" if storey else "", ""), slab, floor - _SLAB_M, floor)
            if storey == storeys - 1 and not open_roof:
                lid = _at_height(mass, whole, ceiling)
                soup.prism(("", looks["inner"], ""), lid.buffer(thick * 0.4), ceiling - 0.05, ceiling - 0.05)
            keep = [*door_zones] if storey == 0 else []
            if stairs is not None:
                keep.append(stairs.zone)
                if storey < storeys - 1:
                    build_flights(soup, solid, stairs, floor, ceiling, looks["floor_look"])
                if storey > 0:
                    _railing(soup, solid, stairs, floor)
            size = _ROOM_M2.get(kind, 1e9)
            if kind == "shop" and storey > 0:
                size = _ROOM_M2["home"]
            key = (seed, mass.part.name, storey)
            plan = (
                make_plan(shape, room_m2=size, keep=keep, seed=key)
                if size < 1e6 and (kind != "office" or storey < _MOST_FURNISHED)
                else FloorPlan([shape], [])
            )
            high = ceiling - floor - _SLAB_M
            zones = [*keep, *_partitions(made, soup, plan, floor, high, looks)]
            names = _kinds(plan, kind, storey, door_zones, key)
            for room, name in zip(plan.rooms, names, strict=True):
                made.rooms.append(Room(room, floor, high, name, storey))
                if storey < _MOST_FURNISHED:
                    furnish(soup, solid, room, name, floor, zones, (key, round(room.centroid.x, 1), round(room.centroid.y, 1)))
        if kind == "church":
            _pews(soup, solid, whole, mass.floors[0], front)


def _at_height(mass: Mass, shape: Any, height: float) -> Any:
    """A plan as it is at a height of a mass that narrows."""
    import shapely

    if mass.part.taper == 1.0:
        return shape
    share = (height - mass.low_m) / max(mass.eave_m - mass.low_m, 1e-6)
    scale = 1.0 + (mass.part.taper - 1.0) * share
    middle = np.array(mass.plan.centroid.coords[0])
    return shapely.transform(shape, lambda at: (at - middle) * scale + middle)


def _before_door(wall: BuiltWall, hole: Hole, thick: float) -> Any:
    """The floor just inside a door."""
    import shapely

    x0, _, x1, _ = hole.shape.bounds
    corners = wall.frame.at([(x0, 0, 0), (x1, 0, 0), (x1, 0, -thick - 1.15), (x0, 0, -thick - 1.15)])
    return shapely.Polygon(np.column_stack([corners[:, 0], -corners[:, 2]]))


def _partitions(made: Building, soup: Soup, plan: FloorPlan, floor: float, high: float, looks: Mapping[str, str]) -> list[Any]:
    """Walls between rooms; gives the floor before their doors."""
    import shapely

    zones = []
    half, look = _THIN_M / 2, looks["inner"]
    for wall in plan.partitions:
        frame = wall_frame(wall.start, wall.end, floor)
        length = float(np.hypot(*(wall.end - wall.start)))
        at = 0.0
        for low, top in (*wall.gaps, (length, length)):
            if low - at > 0.01:
                for target in (soup, made.collider):
                    target.box(look, frame, (at, 0, -half), (low, high, half), "lrfb")
            if top > low:
                tall = min(_DOOR_HIGH_M, high - 0.05)
                soup.box(look, frame, (low, tall, -half), (top, high, half), "dfb")
                for x0, x1 in ((low, low + 0.05), (top - 0.05, top)):
                    soup.box(looks["frame"], frame, (x0, 0, -half - 0.015), (x1, tall, half + 0.015), "lrfb")
                soup.box(looks["frame"], frame, (low, tall - 0.05, -half - 0.015), (top, tall, half + 0.015), "udfb")
                made.doors.append(
                    DoorPlace(
                        frame.at((low + 0.05, 0, 0)), frame.u, frame.n, top - low - 0.1, tall - 0.05, "panel", "paint#d9d4c6", False
                    )
                )
                corners = frame.at([(low, 0, -0.95), (top, 0, -0.95), (top, 0, 0.95), (low, 0, 0.95)])
                zones.append(shapely.Polygon(np.column_stack([corners[:, 0], -corners[:, 2]])))
            at = top
    return zones


def _kinds(plan: FloorPlan, kind: str, storey: int, door_zones: Sequence[Any], key: object) -> list[str]:
    """What rooms are for: by size, by what the house is for, by whether the front door leads into them."""
    if kind != "home" and not (kind == "shop" and storey > 0):
        if kind == "shop":
            order = sorted(range(len(plan.rooms)), key=lambda k: -plan.rooms[k].area)
            return ["shop" if k == order[0] else "store" for k in range(len(plan.rooms))]
        named = {"office": "office", "hall": "store", "barn": "barn", "church": "", "tower": "tower"}.get(kind, "")
        return [named] * len(plan.rooms)
    order = sorted(range(len(plan.rooms)), key=lambda k: (-round(plan.rooms[k].area, 1), k))
    names = ["bedroom"] * len(plan.rooms)
    if len(order) == 1:
        return ["living" if storey == 0 else "bedroom"]
    if storey == 0 and kind == "home":
        names[order[0]] = "living"
        if len(order) > 1:
            names[order[1]] = "kitchen"
        if len(order) > 2:
            names[order[-1]] = "bath"
        for k, room in enumerate(plan.rooms):
            if names[k] == "bedroom" and any(zone.intersects(room) for zone in door_zones):
                names[k] = "hall"
    elif len(order) > 2:
        names[order[-1]] = "bath"
        if chance(key, "study") < 0.3:
            names[order[1]] = "living"
    return names


def _railing(soup: Soup, solid: Soup, stairs: Any, floor: float) -> None:
    """A rail around the hole in a floor, open where the stairs arrive."""
    loops = loops_of(stairs.hole)
    ring = loops[0] if stairs.hole.exterior.is_ccw else loops[0][::-1]
    if stairs.is_round:
        return
    for k in range(len(ring)):
        a, b = ring[k], ring[(k + 1) % len(ring)]
        middle = (a + b) / 2
        if float((middle - stairs.at) @ stairs.along) < 0.05:
            continue
        frame = wall_frame(a, b, floor)
        length = float(np.hypot(*(b - a)))
        soup.box("wood", frame, (0, 0.88, -0.03), (length, 0.94, 0.03))
        solid.box("concrete", frame, (0, 0, -0.03), (length, 0.94, 0.03))
        count = max(2, int(length / 0.3))
        for m in range(count + 1):
            x = length * m / count
            soup.box("wood", frame, (x - 0.02, 0, -0.02), (x + 0.02, 0.88, 0.02), "lrfb")


def _pews(soup: Soup, solid: Soup, shape: Any, floor: float, front: Side) -> None:
    """Rows of pews with an aisle, and an altar at the far end."""
    d = front.end - front.start
    d = d / np.hypot(*d)
    into = np.array([-d[1], d[0]])
    points = np.asarray(shape.exterior.coords)
    middle = np.array(shape.centroid.coords[0])
    reach, wide = float(np.ptp(points @ into)), float(np.ptp(points @ d))
    start = middle - into * reach / 2
    frame = Frame(
        np.array([start[0], floor, -start[1]]),
        np.array([d[0], 0.0, -d[1]]),
        np.array([0.0, 1.0, 0.0]),
        np.array([-into[0], 0.0, into[1]]),
    )
    half = wide / 2 - 0.9
    for k in range(int((reach - 7.0) / 1.0)):
        z = -(2.6 + k * 1.0)
        for x0, x1 in ((-half, -0.8), (0.8, half)):
            soup.box("wood", frame, (x0, 0.42, z - 0.42), (x1, 0.46, z))
            soup.box("wood", frame, (x0, 0.0, z), (x1, 0.95, z + 0.05))
            solid.box("concrete", frame, (x0, 0.0, z - 0.42), (x1, 0.9, z + 0.05), "ulrfb")
    z = -(reach - 2.2)
    for target in (soup, solid):
        target.box("stone", frame, (-wide / 3, 0, z - 2.0), (wide / 3, 0.18, z + 1.2))
        target.box("ashlar#e6dfcd", frame, (-1.1, 0.18, z - 1.0), (1.1, 1.15, z - 0.2))
    soup.box("cloth#efeadd", frame, (-1.15, 1.15, z - 1.05), (1.15, 1.17, z - 0.15))
    soup.box("wood", frame, (-0.06, 1.2, z - 1.5), (0.06, 3.6, z - 1.4))
    soup.box("wood", frame, (-0.6, 2.7, z - 1.5), (0.6, 2.82, z - 1.4))


