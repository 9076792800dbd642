"""Carriageways, kerbs, pavements, markings and junctions as surfaces."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import parts_of
from taixu.generate.places.buildings.soup import Soup, level_frame
from taixu.generate.places.roads.kinds import RoadKind
from taixu.generate.places.roads.layout import Arm, Junction, Layout, Row
from taixu.generate.places.roads.network import Array

__all__ = ["KERB_M", "Furniture", "RoadPart", "build_junction", "build_roads", "build_row", "lifted"]

KERB_M = 0.12
_SKIRT_M = 0.9
_LINE_M = 0.014
"""How high markings lie over the road."""


@dataclass
class Furniture:
    """Places beside roads: rows of x, y, z of the world, and turn about the vertical."""

    lamps: list[tuple[float, float, float, float]] = field(default_factory=list)
    signs: list[tuple[float, float, float, float]] = field(default_factory=list)
    crossings: list[tuple[float, float, float, float]] = field(default_factory=list)


@dataclass
class RoadPart:
    """A row or a junction as it is drawn, as it is walked on, and what stands beside it."""

    surface: Soup = field(default_factory=Soup)
    collider: Soup = field(default_factory=Soup)
    beside: Furniture = field(default_factory=Furniture)

    def take(self, other: RoadPart) -> None:
        """Add another part's."""
        self.surface.extend(other.surface)
        self.collider.extend(other.collider)
        for name in ("lamps", "signs", "crossings"):
            getattr(self.beside, name).extend(getattr(other.beside, name))


def build_roads(layout: Layout) -> RoadPart:
    """All rows and junctions in one."""
    whole = RoadPart()
    for row in layout.rows:
        whole.take(build_row(layout, row))
    for junction in layout.junctions:
        whole.take(build_junction(layout, junction))
    return whole


def build_row(layout: Layout, row: Row) -> RoadPart:
    """A road between two junctions: it hangs on its row and its class alone."""
    made, kind = RoadPart(), layout.graph.edges[row.edge].kind
    _row_surfaces(made.surface, made.collider, row, kind)
    _lamps(made.beside, row, kind)
    if kind.is_marked:
        _markings(made.surface, row, kind)
    return made


def build_junction(layout: Layout, junction: Junction) -> RoadPart:
    """A junction: it hangs on its arms and on the rows that begin there."""
    made = RoadPart()
    _junction_surfaces(made.surface, made.collider, layout, junction)
    _crossings(made.surface, made.beside, layout, junction)
    return made


def side_points(row: Row, away: float) -> Array:
    """Points beside the middle of a row, to the left; where a bend is tighter than that, they wait for each other."""
    points = row.points + row.left * away
    tangent = np.stack([row.left[:, 1], -row.left[:, 0]], 1)
    for k in range(1, len(points)):
        if float((points[k] - points[k - 1]) @ tangent[k - 1]) < 0.0:
            points[k] = points[k - 1]
    return points


def lifted(points: Array, heights: Any) -> Array:
    """Points of the plan in the world."""
    return np.column_stack([points[:, 0], np.broadcast_to(heights, len(points)), -points[:, 1]])


def _row_surfaces(soup: Soup, solid: Soup, row: Row, kind: RoadKind) -> None:
    half = kind.wide_m / 2
    right, left = side_points(row, -half), side_points(row, half)
    _band(soup, solid, kind.surface, right, left, row, 0.0)
    borders = [(right, -1.0), (left, 1.0)]
    if kind.pave_m:
        borders = []
        for side, inner in ((-1.0, right), (1.0, left)):
            kerb, outer = side_points(row, side * (half + 0.16)), side_points(row, side * (half + kind.pave_m))
            face = (inner, inner) if side < 0 else (inner[::-1], inner[::-1])
            high = row.heights if side < 0 else row.heights[::-1]
            for target in (soup, solid):
                target.strip("concrete", lifted(face[0], high)[::-1], lifted(face[1], high + KERB_M)[::-1])
            low_high = (kerb, inner) if side < 0 else (inner, kerb)
            _band(soup, solid, "concrete", *low_high, row, KERB_M)
            low_high = (outer, kerb) if side < 0 else (kerb, outer)
            _band(soup, solid, kind.pavement, *low_high, row, KERB_M)
            borders.append((outer, side))
    top = KERB_M if kind.pave_m else 0.0
    for border, side in borders:
        points, high = (border, row.heights) if side < 0 else (border[::-1], row.heights[::-1])
        bridge = row.is_bridge if side < 0 else row.is_bridge[::-1]
        deep = np.where(bridge, 0.75, _SKIRT_M if kind.pave_m else 0.5)
        look = "concrete" if kind.pave_m or bridge.any() else "sand" if kind.surface == "sand" else "earth"
        soup.strip(look, lifted(points, high + top - deep), lifted(points, high + top))
    if row.is_bridge.any():
        _bridge(soup, solid, row, half + kind.pave_m, top)


def _band(soup: Soup, solid: Soup, look: str, right: Array, left: Array, row: Row, up: float) -> None:
    """A band of a row between two borders; u across it and v along, both in metres at its middle, so bends do not stretch it."""
    n = len(right)
    across = np.hypot(*(left - right).T)
    s = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff((left + right) / 2, axis=0).T))])
    for target in (soup, solid):
        p = np.concatenate([lifted(right, row.heights + up), lifted(left, row.heights + up)])
        uv = np.concatenate([np.column_stack([across / 2, -s]), np.column_stack([-across / 2, -s])])
        k = np.arange(n - 1)
        triangles = np.concatenate([np.stack([k, k + 1, n + k + 1], 1), np.stack([k, n + k + 1, n + k], 1)])
        target.add(look, p, uv, triangles, _up_normals(p, triangles))


def _up_normals(p: Array, triangles: Array) -> Array:
    a, b, c = p[triangles[:, 0]], p[triangles[:, 1]], p[triangles[:, 2]]
    cross = np.cross(b - a, c - a)
    normals = np.zeros_like(p)
    for k in range(3):
        np.add.at(normals, triangles[:, k], cross)
    normals += (0, 1e-9, 0)
    made: Array = normals / np.linalg.norm(normals, axis=1, keepdims=True)
    return made


def _bridge(soup: Soup, solid: Soup, row: Row, half: float, top: float) -> None:
    """A deck's underside, parapets, and piers where it hangs in the air."""
    for first, last in _runs(row.is_bridge):
        first, last = max(first - 1, 0), min(last + 1, len(row.points) - 1)
        if last - first < 1:
            continue
        part = slice(first, last + 1)
        right, left = side_points(row, -half)[part], side_points(row, half)[part]
        high = row.heights[part]
        p = np.concatenate([lifted(right, high - 0.7 + top), lifted(left, high - 0.7 + top)])
        n = len(right)
        k = np.arange(n - 1)
        triangles = np.concatenate([np.stack([k, n + k + 1, k + 1], 1), np.stack([k, n + k, n + k + 1], 1)])
        soup.add("concrete", p, np.column_stack([p[:, 0], p[:, 2]]), triangles, np.broadcast_to((0.0, -1.0, 0.0), p.shape))
        for side, border in ((-1.0, right), (1.0, left)):
            inner = border - side * row.left[part] * 0.28
            out, inn = (border, inner) if side < 0 else (border[::-1], inner[::-1])
            h = high if side < 0 else high[::-1]
            for target in (soup, solid):
                target.strip("rubble", lifted(out, h + top), lifted(out, h + top + 0.95))
                target.strip("rubble", lifted(inn, h + top)[::-1], lifted(inn, h + top + 0.95)[::-1])
                target.strip("rubble", lifted(out, h + top + 0.95), lifted(inn, h + top + 0.95))
        for at in range(first + 2, last - 1, 3):
            d = np.array([row.left[at][1], -row.left[at][0]])
            frame = level_frame(
                float(row.heights[at]), at=(float(row.points[at][0]), float(row.points[at][1])), along=(float(d[0]), float(d[1]))
            )
            soup.box("rubble", frame, (-0.5, -half * 0.8, -14.0), (0.5, half * 0.8, -0.6), "lrfbu")


def _runs(flags: Array) -> list[tuple[int, int]]:
    padded = np.concatenate([[False], flags, [False]])
    starts, ends = np.flatnonzero(~padded[:-1] & padded[1:]), np.flatnonzero(padded[:-1] & ~padded[1:]) - 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _markings(soup: Soup, row: Row, kind: RoadKind) -> None:
    total = float(row.along[-1])
    if total < 12:
        return
    spots: list[tuple[float, float, float, float]] = []  # from, to, middle, width
    if kind.lanes >= 2:
        at = 5.0
        while at + 3 < total - 5 and kind.lanes == 2:
            spots.append((at, at + 3.0, 0.0, 0.12))
            at += 7.0
    if kind.lanes >= 4:
        spots += [(4.6, total - 4.6, 0.12, 0.11), (4.6, total - 4.6, -0.12, 0.11)]
        for lane in range(1, kind.lanes // 2):
            where = lane * kind.wide_m / kind.lanes
            at = 5.0
            while at + 3 < total - 5:
                spots += [(at, at + 3.0, where, 0.11), (at, at + 3.0, -where, 0.11)]
                at += 8.0
    if not kind.pave_m:
        spots += [(0.5, total - 0.5, kind.wide_m / 2 - 0.3, 0.12), (0.5, total - 0.5, -kind.wide_m / 2 + 0.3, 0.12)]
    short = [spot for spot in spots if spot[1] - spot[0] < 3.5]
    _dashes(soup, row, np.array(short).reshape(-1, 4))
    for low, high, middle, wide in spots:
        if high - low >= 3.5:
            _stripe(soup, row, low, high, middle, wide)


def _dashes(soup: Soup, row: Row, spots: Array) -> None:
    """Short straight marks: rows of from, to, middle and width."""
    ends = []
    for column in (0, 1):
        at = spots[:, column]
        points = np.stack([np.interp(at, row.along, row.points[:, k]) for k in (0, 1)], 1)
        left = np.stack([np.interp(at, row.along, row.left[:, k]) for k in (0, 1)], 1)
        left /= np.maximum(np.hypot(*left.T), 1e-9)[:, None]
        heights = np.interp(at, row.along, row.heights) + _LINE_M
        for side in (-0.5, 0.5):
            ends.append(lifted(points + left * (spots[:, 2] + side * spots[:, 3])[:, None], heights))
    if len(spots):
        soup.quads("line", np.stack([ends[0], ends[2], ends[3], ends[1]], 1))


def _stripe(soup: Soup, row: Row, low: float, high: float, middle: float, wide: float) -> None:
    marks = np.unique(np.concatenate([[low], row.along[(row.along > low) & (row.along < high)], [high]]))
    points = np.stack([np.interp(marks, row.along, row.points[:, k]) for k in (0, 1)], 1)
    left = np.stack([np.interp(marks, row.along, row.left[:, k]) for k in (0, 1)], 1)
    left /= np.hypot(*left.T)[:, None]
    heights = np.interp(marks, row.along, row.heights) + _LINE_M
    right, far = points + left * (middle - wide / 2), points + left * (middle + wide / 2)
    soup.strip("line", lifted(right, heights), lifted(far, heights))


def _lamps(beside: Furniture, row: Row, kind: RoadKind) -> None:
    total = float(row.along[-1])
    if not kind.lamp_m or total < 10:
        return
    count = max(1, round(total / kind.lamp_m))
    away = kind.wide_m / 2 + (0.45 if kind.pave_m else 0.3)
    for k in range(count):
        at = total * (k + 0.5) / count
        for side in ((1.0,), (-1.0,))[k % 2] if kind.wide_m < 12 else (1.0, -1.0):
            p = np.array([np.interp(at, row.along, row.points[:, m]) for m in (0, 1)])
            n = np.array([np.interp(at, row.along, row.left[:, m]) for m in (0, 1)])
            n /= max(float(np.hypot(*n)), 1e-9)
            spot = p + n * side * away
            high = float(np.interp(at, row.along, row.heights)) + (KERB_M if kind.pave_m else 0.0)
            towards = -n * side  # a lamp's arm points along its +x
            beside.lamps.append((float(spot[0]), high, float(-spot[1]), float(np.arctan2(towards[1], towards[0]))))


def _shape(layout: Layout, junction: Junction, extra: float) -> Any:
    """What arms cover, with rounded corners; `extra` on both sides of them."""
    import shapely

    stubs = []
    for arm in junction.arms:
        kind = layout.graph.edges[arm.edge].kind
        if arm.cut_m > 0.05 and len(arm.points) > 1:
            stubs.append(
                shapely.LineString(arm.points).buffer(
                    kind.wide_m / 2 + (extra if kind.pave_m else min(extra, 0.0)), cap_style="flat", join_style="mitre"
                )
            )
    if junction.is_round:
        stubs.append(shapely.Point(layout.graph.nodes[junction.node]).buffer(junction.radius_m + extra, quad_segs=12))
    whole = shapely.unary_union(stubs, grid_size=1e-4)
    halves = [layout.graph.edges[arm.edge].kind.wide_m / 2 for arm in junction.arms]
    middle = shapely.Point(layout.graph.nodes[junction.node]).buffer(max(min(halves) * 0.9 + extra * 0.5, 0.5), quad_segs=4)
    corner = 1.8 if not junction.is_round else 4.0
    reach = corner if extra <= 0 else max(corner - extra * 0.6, 0.4)
    closed = whole.union(middle).buffer(reach, quad_segs=4).buffer(-reach, quad_segs=4).union(whole)
    cuts = shapely.unary_union([_beyond(layout, arm) for arm in junction.arms])
    shape = shapely.difference(closed, cuts)
    return max(parts_of(shape), key=lambda part: part.area, default=shapely.Polygon())


def _beyond(layout: Layout, arm: Arm) -> Any:
    """What lies on the far side of an arm's cut, near it."""
    import shapely

    if len(arm.points) < 2 or arm.cut_m < 0.05:
        return shapely.Polygon()
    kind = layout.graph.edges[arm.edge].kind
    d = arm.points[-1] - arm.points[-2]
    d = d / max(float(np.hypot(*d)), 1e-9)
    n = np.array([-d[1], d[0]]) * (kind.wide_m / 2 + kind.pave_m + 0.02)
    end = arm.points[-1]
    return shapely.Polygon([end - n, end - n + d * 4, end + n + d * 4, end + n])


def _junction_surfaces(soup: Soup, solid: Soup, layout: Layout, junction: Junction) -> None:
    import shapely

    kinds = [layout.graph.edges[arm.edge].kind for arm in junction.arms]
    main = max(kinds, key=lambda kind: (kind.rank, kind.name))
    roadway = _shape(layout, junction, 0.0)
    paved = max(kind.pave_m for kind in kinds)
    cuts = shapely.unary_union([_cut_line(layout, arm) for arm in junction.arms])
    frame = level_frame(junction.height)
    island = shapely.Polygon()
    if junction.is_round:
        island = shapely.Point(layout.graph.nodes[junction.node]).buffer(
            max(junction.radius_m - main.wide_m * 0.85, 2.0), quad_segs=10
        )
        for target in (soup, solid):
            target.prism(("grass", "", "concrete"), island, junction.height - 0.1, junction.height + 0.2)
    for target in (soup, solid):
        target.polygon(main.surface, frame, roadway.difference(island))
    outer = roadway
    if paved:
        outer = _shape(layout, junction, paved).union(roadway)
        pavement = next((kind.pavement for kind in kinds if kind.pave_m), "paving")
        for target in (soup, solid):
            target.polygon(pavement, level_frame(junction.height + KERB_M), outer.difference(roadway.buffer(1e-6)))
            _rim(target, "concrete", roadway, cuts, junction.height, junction.height + KERB_M, inwards=True)
    top = KERB_M if paved else 0.0
    _rim(
        soup, "concrete" if paved else "earth", outer, cuts, junction.height + top - _SKIRT_M, junction.height + top, inwards=False
    )


def _cut_line(layout: Layout, arm: Arm) -> Any:
    import shapely

    kind = layout.graph.edges[arm.edge].kind
    if len(arm.points) < 2:
        return shapely.LineString()
    d = arm.points[-1] - arm.points[-2]
    d = d / max(float(np.hypot(*d)), 1e-9)
    n = np.array([-d[1], d[0]]) * (kind.wide_m / 2 + kind.pave_m + 0.3)
    return shapely.LineString([arm.points[-1] - n, arm.points[-1] + n])


def _rim(soup: Soup, look: str, shape: Any, cuts: Any, low: float, high: float, *, inwards: bool) -> None:
    """Upright faces along an outline, but not where arms go on."""
    import shapely

    for part in parts_of(shape):
        ring = np.asarray(part.exterior.coords)
        ring = ring if part.exterior.is_ccw else ring[::-1]
        a, b = ring[:-1], ring[1:]
        at_cut = (shapely.distance(cuts, shapely.points((a + b) / 2)) < 5e-3) & (
            shapely.distance(cuts, shapely.points(a * 0.9 + b * 0.1)) < 5e-3
        )
        a, b = (a[~at_cut], b[~at_cut]) if not inwards else (b[~at_cut], a[~at_cut])
        soup.quads(look, np.stack([lifted(a, low), lifted(b, low), lifted(b, high), lifted(a, high)], 1))


def _crossings(soup: Soup, beside: Furniture, layout: Layout, junction: Junction) -> None:
    """Zebra stripes over arms with pavements, just beyond the junction."""
    if len(junction.arms) < 3:
        return
    for arm in junction.arms:
        row = layout.rows[arm.edge]
        kind = layout.graph.edges[arm.edge].kind
        total = float(row.along[-1])
        if not (kind.is_marked and kind.pave_m) or total < 14:
            continue
        low, high = (0.6, 3.4) if arm.starts else (total - 3.4, total - 0.6)
        count = max(2, int(kind.wide_m / 1.0))
        across = -kind.wide_m / 2 + kind.wide_m * (np.arange(count) + 0.5) / count
        _dashes(soup, row, np.column_stack([np.full(count, low), np.full(count, high), across, np.full(count, 0.5)]))
        at = (low + high) / 2
        p = np.array([np.interp(at, row.along, row.points[:, m]) for m in (0, 1)])
        n = np.array([np.interp(at, row.along, row.left[:, m]) for m in (0, 1)])
        y = float(np.interp(at, row.along, row.heights))
        beside.crossings.append((float(p[0]), y, float(-p[1]), float(np.arctan2(n[1], n[0]))))
        side = -1.0 if arm.starts else 1.0
        spot = p + n / max(float(np.hypot(*n)), 1e-9) * side * -(kind.wide_m / 2 + 0.5)
        beside.signs.append((float(spot[0]), y + KERB_M, float(-spot[1]), float(np.arctan2(n[1], n[0]))))
