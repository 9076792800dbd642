"""Buildings of which a map knows the footprint: cleaned, with a height, a style, neighbours, and a side that looks to its road."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from taixu.assets.geodata import Area, MapData, Solid
from taixu.errors import TaixuError
from taixu.generate.places.buildings.plans import LEAST_M2, Array, box_around, clean_footprint
from taixu.generate.places.mapped.heights import LEAST_M, STOREY_M, Height, height_of
from taixu.generate.places.mapped.styling import fitted, roof_of, style_for
from taixu.generate.places.settlements.plan import Ground, House

__all__ = ["MappedHouse", "block_outline", "houses_of"]

_MOST_CORNERS = 160
"""Outlines with more are simplified: they were traced from pictures."""
_ROW_M = 0.3
"""Houses nearer to each other than this stand in a row."""
_BASE_M = 1.4


@dataclass(frozen=True)
class MappedHouse:
    """A house with what the map says of it.

    Attributes
    ----------
    top_m
        Its highest point above its ground.
    guessed
        What the map does not say.
    """

    house: House
    key: str
    height_m: float
    storeys: int
    lod: float
    guessed: tuple[str, ...]
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class _Plan:
    key: str
    shape: Any
    height: Height
    lod: float
    ground_m: float | None
    tags: Mapping[str, Any]


def houses_of(features: MapData, ground: Ground, roads: Any) -> list[MappedHouse]:
    """Houses of footprints and blocks; what cannot be built is told in the features' findings.

    Parameters
    ----------
    roads
        Lines of the plan that fronts look to; may be empty.
    """
    import shapely

    plans = [*_footprints(features), *_blocks(features)]
    if not plans:
        return []
    shapes = np.array([plan.shape for plan in plans], object)
    plans, shapes = _without_doubles(features, plans, shapes)
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=_ROW_M)
    one, other = one[one != other], other[one != other]
    beside: list[list[int]] = [[] for _ in plans]
    for a, b in zip(one.tolist(), other.tolist()):
        beside[a].append(b)
    fronts = _fronts(shapes, roads)
    floors = _floors(plans, ground)
    made: list[MappedHouse] = []
    for number, plan in enumerate(plans):
        try:
            made.append(_house(plan, fronts[number], floors[number], in_row=bool(beside[number])))
        except TaixuError as error:
            features.doubt(plan.key, f"{error}; it was left out")
            made.append(None)  # type: ignore[arg-type]
    for number, found in enumerate(made):
        if found is not None and beside[number]:
            near = tuple((made[k].house.footprint, made[k].height_m + floors[k] - floors[number])
                for k in sorted(beside[number]) if made[k] is not None)  # fmt: skip
            made[number] = replace(found, house=replace(found.house, neighbours=near))
    return [found for found in made if found is not None]


def block_outline(solid: Solid) -> Any:
    """The plan of a solid: all of its faces seen from above."""
    import shapely

    points = np.round(solid.points[:, :2], 3)
    faces = []
    for rings in solid.polygons:
        shape = shapely.Polygon(points[rings[0]], [points[ring] for ring in rings[1:] if len(ring) > 2])
        if shape.area > 0.01:
            faces.append(shape if shape.is_valid else shape.buffer(0))
    whole = shapely.union_all(faces, grid_size=0.001) if faces else shapely.Polygon()
    return whole.buffer(0.02, join_style="mitre").buffer(-0.02, join_style="mitre")


def _footprints(features: MapData) -> list[_Plan]:
    found = []
    for area in features.areas:
        if area.kind == "building":
            shape = _outline(features, area)
            if shape is not None:
                height = height_of(area.attributes, float(shape.area), area.id)
                if height.problem:
                    features.doubt(area.id, height.problem)
                found.append(_Plan(area.id, shape, height, 0.0, None, area.attributes))
    return found


def _outline(features: MapData, area: Area) -> Any:
    """A footprint that can be built on; None where there is none, which is told."""
    import shapely

    rings = [ring for ring in area.rings if len(ring) > 2]
    if not rings:
        features.doubt(area.id, "its outline has fewer than three corners, and it was left out")
        return None
    shape: Any = shapely.Polygon(rings[0], rings[1:])
    if not shape.is_valid:
        features.doubt(area.id, "its outline crosses or touches itself; its largest part was built")
    return _cleaned(features, area.id, shape)


def _cleaned(features: MapData, key: str, shape: Any) -> Any:
    import shapely

    if not shape.is_valid:
        parts = [part for part in shapely.get_parts(shapely.make_valid(shape)) if part.geom_type in ("Polygon", "MultiPolygon")]
        parts = [piece for part in parts for piece in shapely.get_parts(part)]
        shape = max(parts, key=lambda part: part.area, default=shapely.Polygon())
    if shape.area < LEAST_M2:
        features.doubt(key, f"it encloses {shape.area:.2g} m2; what is smaller than {LEAST_M2:g} m2 was left out")
        return None
    tolerance = 0.05
    while shapely.get_num_coordinates(shape) > _MOST_CORNERS and tolerance < 3.0:
        shape = shape.simplify(tolerance)
        tolerance *= 2
    try:
        return clean_footprint(np.asarray(shape.exterior.coords)[:-1],
            [np.asarray(ring.coords)[:-1] for ring in shape.interiors])  # fmt: skip
    except TaixuError as error:
        features.doubt(key, f"{error}; it was left out")
        return None


def _blocks(features: MapData) -> list[_Plan]:
    """What is modelled as a block only: its plan and height are known, its walls and its roof are not."""
    import shapely

    found = []
    for solid in features.solids:
        if solid.kind != "building" or solid.lod >= 2.0:
            continue
        low, high = float(solid.points[:, 2].min()), float(solid.points[:, 2].max())
        whole = block_outline(solid)
        parts = sorted(shapely.get_parts(whole), key=lambda part: -part.area)
        for number, part in enumerate(parts):
            if number and part.area < 8.0:
                continue
            shape = _cleaned(features, solid.id, part)
            if shape is None:
                continue
            if high - low < 0.5:  # a footprint in the form of a surface
                height = height_of(solid.attributes, float(shape.area), solid.id)
            else:
                height = Height(max(high - low, LEAST_M), max(1, round((high - low) / 3.1)), True, ("storeys",))
            key = solid.id if not number else f"{solid.id}#{number + 1}"
            found.append(_Plan(key, shape, height, solid.lod, low, solid.attributes))
    return found


def _without_doubles(features: MapData, plans: list[_Plan], shapes: Any) -> tuple[list[_Plan], Any]:
    """Of footprints that lie over each other, those that are modelled, then the larger."""
    import shapely

    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="overlaps")
    within = tree.query(shapes, predicate="covered_by")
    one, other = np.concatenate([one, within[0]]), np.concatenate([other, within[1]])
    keep = one != other
    one, other = one[keep], other[keep]
    areas = shapely.area(shapes)
    shared = shapely.area(shapely.intersection(shapes[one], shapes[other])) if len(one) else np.zeros(0)
    gone: set[int] = set()
    for a, b, both in zip(one.tolist(), other.tolist(), shared.tolist()):
        first, second = (plans[a].lod, areas[a], plans[a].key), (plans[b].lod, areas[b], plans[b].key)
        if both > 0.6 * min(areas[a], areas[b]) and first < second and b not in gone and a not in gone:
            gone.add(a)
            features.doubt(plans[a].key, f"it stands where {plans[b].key} stands, and was left out")
    left = [k for k in range(len(plans)) if k not in gone]
    return [plans[k] for k in left], shapes[left]


def _fronts(shapes: Any, roads: Any) -> list[Array]:
    """Directions from each plan towards its road; without roads its longest wall looks outwards."""
    import shapely

    lines = np.asarray(roads, object)
    nearest = np.zeros((2, 0), int)
    if len(lines):
        nearest = shapely.STRtree(lines).query_nearest(shapes, all_matches=False, max_distance=90.0)
    found: list[Array | None] = [None] * len(shapes)
    if nearest.size:
        joins = shapely.shortest_line(shapes[nearest[0]], lines[nearest[1]])
        ends = shapely.get_coordinates(joins).reshape(-1, 2, 2)
        for number, (a, b) in zip(nearest[0].tolist(), ends):
            if float(np.hypot(*(b - a))) > 0.2:
                found[number] = b - a
    made = []
    for shape, front in zip(shapes, found):
        _, u, wide, deep = box_around(shape)
        axes = [u, np.array([-u[1], u[0]])]
        axes += [-axis for axis in axes]
        if front is None:
            front = axes[1] if wide >= deep else axes[0]
        # Towards the road, but square to a wall.
        made.append(max(axes, key=lambda axis: float(axis @ front)))
    return made


def _floors(plans: Sequence[_Plan], ground: Ground) -> Array:
    """Heights of ground floors: where the data says, or a little above the mean of the ground below."""
    import shapely

    shapes = [plan.shape for plan in plans]
    points, of = shapely.get_coordinates(shapes, return_index=True)
    heights = ground.height_at(points[:, 0], points[:, 1])
    count = np.maximum(np.bincount(of, minlength=len(plans)), 1)
    mean: Array = np.bincount(of, heights, len(plans)) / count
    return np.array([mean[k] if plan.ground_m is None else plan.ground_m for k, plan in enumerate(plans)])


def _house(plan: _Plan, front: Array, floor_m: float, *, in_row: bool) -> MappedHouse:
    area, height = float(plan.shape.area), plan.height
    style = style_for(plan.tags, area, height, in_row=in_row, key=plan.key)
    corner, _, wide, deep = box_around(plan.shape, np.array([-front[1], front[0]]))
    del corner
    half = min(wide, deep) / 2
    total = height.height_m
    rise = max(total - max(2.1, 0.55 * total), 0.0) if height.has_roof else 6.0
    roof, is_guess = roof_of(plan.tags, style, area, half, rise)
    raised = 0.0 if roof.kind == "flat" else _rise(roof, half)
    eave = max(total - raised, 2.0) if height.has_roof else total
    storeys = max(1, min(height.storeys, round(eave / 2.2)))
    if "storeys" in height.guessed:
        storeys = max(1, round(eave / STOREY_M))
    style = fitted(style, plan.tags, storeys=storeys, eave_m=eave, roof=roof)
    seed = _seed(plan.key)
    top = total if height.has_roof else total + raised
    house = House(plan.key, style, plan.shape, front, storeys, seed, floor_m + 0.02, _BASE_M, pad_m=floor_m)
    guessed = (*height.guessed, *(("roof",) if is_guess else ()))
    return MappedHouse(house, plan.key, top, storeys, plan.lod, guessed, plan.tags)


def _rise(roof: Any, half: float) -> float:
    if roof.kind in ("mansard", "gambrel", "curved"):
        return min(float(roof.most), 0.8 * half)
    return min(float(roof.most), float(np.tan(np.radians(roof.pitch_deg))) * half)


def _seed(key: str) -> int:
    """One of a few, so that a town shares pictures of walls, but neighbours differ."""
    return int.from_bytes(hashlib.blake2b(key.encode(), digest_size=2).digest(), "little") % 12
