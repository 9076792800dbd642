"""The layers of a road network over a block of the ground."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Block, Bounds
from taixu.generate.modifiers.kinds import Inputs
from taixu.generate.modifiers.layers import Layers, Thing
from taixu.generate.places.buildings.model import bare, model_of
from taixu.generate.places.buildings.surfaces import Palette
from taixu.generate.places.roads.ground import flatten_ground
from taixu.generate.places.roads.kinds import kind_named
from taixu.generate.places.roads.layout import make_layout
from taixu.generate.places.roads.network import Road, make_graph
from taixu.generate.places.roads.profiles import make_profiles
from taixu.generate.places.roads.surfaces import RoadPart, build_junction, build_row

__all__ = ["bounds_of", "make_road_layers", "roads_of"]

_MARGIN_M = 40.0


def roads_of(parameters: Any, frame: Any) -> list[Road]:
    """Roads of a component, in the plane (east, north) of the stack.

    Raises
    ------
    TaixuError
        Where one cannot be read.
    """
    found = []
    rows = parameters.roads if isinstance(parameters.roads, (list, tuple)) else ()
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise TaixuError(f"road_network: road {number + 1} is not an object with points and a kind")
        try:
            points = np.asarray(row.get("points", ()), np.float64)
        except (TypeError, ValueError):
            points = np.zeros((0, 0))
        if points.ndim != 2 or points.shape[1] not in (2, 3) or not np.isfinite(points).all():
            raise TaixuError(f"road_network: road {number + 1} has points that are not rows of x and z")
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


def make_road_layers(block: Block, inputs: Inputs, seed: int) -> Layers:
    """Heights with roads led through, a mask of them, and a thing for each road between junctions and each junction."""
    del seed
    heights = np.asarray(inputs.grid("heights"), np.float32)
    roads = roads_of(inputs.parameters, inputs.frame)
    x, z = block.lines()

    def height_at(east: Any, north: Any) -> Any:
        low, high = block.bounds, 1e-6
        return inputs.height_at(np.clip(east, low.x0, low.x1 - high), np.clip(-np.asarray(north), low.z0, low.z1 - high))

    graph = make_graph(roads)
    if not graph.edges:
        return {"heights": heights.copy(), "mask.road": np.zeros(block.shape, np.float32), "things": []}
    layout = make_layout(graph, make_profiles(graph, height_at))
    flat, mask = flatten_ground(heights, x, -z, layout)
    palette = Palette(128)
    things: list[Thing] = []
    for row in layout.rows:
        middle = row.points[len(row.points) // 2]
        name = f"{graph.edges[row.edge].kind.name} {graph.edges[row.edge].name}"
        things.append(_thing(build_row(layout, row), name, (middle[0], float(row.heights[len(row.heights) // 2]),
            -middle[1]), palette))
    for junction in layout.junctions:
        at = graph.nodes[junction.node]
        things.append(_thing(build_junction(layout, junction), "junction", (at[0], junction.height, -at[1]), palette))
    held = [thing for thing in things if bool(block.holds(np.array([thing.position[0]]), np.array([thing.position[2]]))[0])]
    return {"heights": flat, "mask.road": mask, "things": held}


def _thing(part: RoadPart, name: str, at: tuple[float, float, float], palette: Palette) -> Thing:
    """A part as a thing around its place; its number hangs on that place."""
    from taixu.generate.places.buildings.soup import Frame, Soup

    where = np.round(np.asarray(at, np.float64), 2)
    axes = np.eye(3)
    back = Frame(-where, axes[0], axes[1], axes[2])
    shown, solid = Soup(), Soup()
    shown.extend(part.surface, frame=back)
    solid.extend(bare(part.collider), frame=back)
    number = int.from_bytes(hashlib.blake2b(f"{name}|{where.tolist()}".encode(), digest_size=7).digest(), "little")
    points, _, _, triangles = next(iter(solid.arrays().values()))
    collider = {"shape": "mesh", "data": {"points": np.round(points, 4).tolist(), "triangles": triangles.tolist()}, "friction": 0.9}
    place = (float(where[0]), float(where[1]), float(where[2]))
    return Thing(number, name, place, model=model_of([shown], palette, name=name), components={"collider": collider})
