"""The layers of a road network over a block of the ground."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.kinds import Inputs
from taixu.generate.modifiers.layers import Layers, Thing
from taixu.generate.places.buildings.making_things import soup_thing
from taixu.generate.places.roads.ground import flatten_ground
from taixu.generate.places.roads.kinds import kind_named
from taixu.generate.places.roads.network import Road
from taixu.generate.places.roads.planning import RoadPlan, plan_roads
from taixu.generate.places.roads.surfaces import RoadPart, build_junction, build_row

__all__ = ["bounds_of", "flattened", "ground_of", "make_road_layers", "plan_road_network", "read_roads", "road_things", "roads_of"]

_MARGIN_M = 40.0


def roads_of(parameters: Any, frame: Any) -> list[Road]:
    """Roads of a component, in the plane (east, north) of the stack.

    Raises
    ------
    TaixuError
        Where one cannot be read.
    """
    return read_roads(parameters.roads, np.asarray(frame, np.float64), what="road_network")


def read_roads(rows: Any, frame: Any, *, what: str) -> list[Road]:
    """Roads from plain data.

    Raises
    ------
    TaixuError
        Where one cannot be read.
    """
    if not isinstance(rows, (list, tuple)):
        raise TaixuError(f"{what}: its roads are a list of objects with points and a kind")
    found = []
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise TaixuError(f"{what}: road {number + 1} is not an object with points and a kind")
        try:
            points = np.asarray(row.get("points", ()), np.float64)
        except (TypeError, ValueError, OverflowError):
            points = np.zeros((0, 0))
        if row.get("points", ()) in ([], ()):
            points = np.zeros((0, 2))
        if points.ndim != 2 or points.shape[1] not in (2, 3) or not np.isfinite(points).all():
            raise TaixuError(f"{what}: road {number + 1} has points that are not rows of x and z")
        kind = kind_named(str(row.get("kind", "street"))).name
        flat = points[:, [0, -1]]
        at = np.column_stack([flat[:, 0], np.zeros(len(flat)), flat[:, 1]]) @ frame[:3, :3].T + frame[:3, 3]
        found.append(Road(at[:, [0, 2]] * (1.0, -1.0), kind, bool(row.get("curved", True)), str(row.get("name", number + 1))[:40]))
    return found


def bounds_of(parameters: Any, frame: Any) -> Bounds | None:
    """A box around all roads; a point far away where there is none."""
    roads = [road for road in roads_of(parameters, np.asarray(frame, np.float64)) if len(road.points)]
    if not roads:
        return Bounds(1e9, 1e9, 1e9, 1e9)
    points = np.concatenate([np.asarray(road.points) for road in roads]) * (1.0, -1.0)
    return Bounds.of(points, margin_m=_MARGIN_M)


def plan_road_network(block: Block, inputs: Inputs, seed: int, before: RoadPlan | None) -> RoadPlan:
    """Decide where the roads of a component run."""
    del seed
    roads = roads_of(inputs.parameters, inputs.frame)
    return plan_roads(roads, ground_of(inputs, block.bounds), spacing_m=block.spacing_m, before=before)


def ground_of(inputs: Inputs, box: Bounds) -> Callable[[Any, Any], Any]:
    """Heights at east and north of points; beyond a box its border's."""

    def height_at(east: Any, north: Any) -> Any:
        high = 1e-6
        x, z = np.clip(east, box.x0, box.x1 - high), np.clip(-np.asarray(north), box.z0, box.z1 - high)
        return np.asarray(inputs.height_at(np.atleast_1d(x), np.atleast_1d(z)), np.float64)

    return height_at


def make_road_layers(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Heights with roads led through, a mask of them, and a thing for each road between junctions and each junction."""
    del seed
    plan: RoadPlan = inputs.plan
    heights, mask = flattened(plan, np.asarray(inputs.grid("heights"), np.float32), block)
    return {"heights": heights, "mask.road": mask, "things": road_things(plan, block, inputs)}


def flattened(plan: RoadPlan, heights: Any, block: Block, margin: int = 0) -> tuple[Any, Any]:
    """Heights of a block, and so many points around it, with roads led through; and how much of each point is road."""
    x, z = block.lines(margin)
    rows, junctions = plan.near(block.bounds.grown(margin * block.spacing_m))
    return flatten_ground(heights, x, -z, plan.layout, rows=rows, junctions=junctions, hanging=plan.hanging)


def road_things(plan: RoadPlan, block: Block, inputs: Inputs, *, lamp: str = "old") -> list[Thing]:
    """What is drawn of the roads whose middles lie in a block; what hangs on the same as before is the same."""
    layout, graph = plan.layout, plan.graph
    count, things = len(layout.rows), []
    for number in plan.pieces.within(block.bounds):
        key = plan.pieces.keys[number]
        if number < count:
            row = layout.rows[number]
            middle = row.points[len(row.points) // 2]
            at = (float(middle[0]), float(row.heights[len(row.heights) // 2]), float(-middle[1]))
            name = f"{graph.edges[row.edge].kind.name} {graph.edges[row.edge].name}"
            make = partial(build_row, layout, row)
        else:
            junction = layout.junctions[number - count]
            place = graph.nodes[junction.node]
            at, name = (float(place[0]), junction.height, float(-place[1])), "junction"
            make = partial(build_junction, layout, junction)
        if block.holds(np.array([at[0]]), np.array([at[2]]))[0]:
            sort = "road" if number < count else "junction"
            things += inputs.once(sort, key + lamp.encode(), partial(_things, make, name, at, lamp))
    return things


def _things(make: Callable[[], RoadPart], name: str, at: tuple[float, float, float], lamp: str) -> list[Thing]:
    """A part as a thing around its place; its number hangs on that place."""
    part = make()
    if lamp:
        from taixu.generate.places.settlements.furniture import lamp_post, place

        for x, y, z, turn in part.beside.lamps:
            place(part.surface, lamp_post(lamp), x, y, z, turn)
    where = np.round(np.asarray(at, np.float64), 2)
    number = int.from_bytes(hashlib.blake2b(f"{name}|{where.tolist()}".encode(), digest_size=7).digest(), "little")
    return [soup_thing(number, name, at, [part.surface], part.collider)]
