"""Roofs: a profile over the straight skeleton. Flat, hipped, gabled, mansard, gambrel and curved ones differ in that alone.

A profile is a list of (distance from the eave, height over it). A gable is a face of the skeleton that is folded up into the wall:
the ridge runs on to it. Everything stays planar, since a band of a face has one distance and one slope.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, parts_of, triangulate
from taixu.generate.places.buildings.skeleton import Face, straight_skeleton
from taixu.generate.places.buildings.soup import Frame, Soup, wall_frame

if TYPE_CHECKING:
    from shapely import Polygon

__all__ = ["PROFILES", "Roof", "Slab", "gutter", "make_roof"]

PROFILES = ("flat", "gable", "hip", "mansard", "gambrel", "curved", "shed", "cone")


@dataclass(frozen=True)
class Slab:
    """A planar part of a roof over a part of the plan.

    Attributes
    ----------
    normal, height
        The height at a point p of the plan is ``height + normal . p``: a slope in the plan, not a unit vector.
    edge : float64[2, 2]
        Where its eave is.
    """

    shape: Polygon
    normal: Array
    height: float
    edge: Array
    is_lowest: bool

    def height_at(self, points: Any) -> Array:
        """Heights over points of the plan [..., 2]."""
        found: Array = self.height + np.asarray(points) @ self.normal
        return found


@dataclass(frozen=True)
class Roof:
    """A roof over a plan (which may reach beyond the walls)."""

    plan: Polygon
    slabs: list[Slab]
    kind: str
    eave_m: float
    gables: list[int] = field(default_factory=list)

    @property
    def top_m(self) -> float:
        """Its highest point."""
        return max(
            (float(slab.height_at(np.asarray(slab.shape.exterior.coords)).max()) for slab in self.slabs), default=self.eave_m
        )

    def height_at(self, point: Any) -> float:
        """Its height over a point of the plan; the eave's where there is none."""
        import shapely

        where = shapely.Point(point)
        found = [float(slab.height_at(np.asarray(point))) for slab in self.slabs if slab.shape.distance(where) < 1e-6]
        return max(found, default=self.eave_m)

    def line_under(self, start: Array, end: Array) -> list[tuple[float, float]]:
        """Heights along a line of the plan, as (metres from its start, height), where they bend."""
        import shapely

        length = float(np.hypot(*(end - start)))
        if any(
            slab.is_lowest and abs(slab.edge[0] - start).max() < 1e-6 and abs(slab.edge[1] - end).max() < 1e-6
            for slab in self.slabs
        ):
            return [(0.0, self.eave_m), (length, self.eave_m)]  # it is an eave
        d = (end - start) / max(length, 1e-9)
        inward = np.array([-d[1], d[0]]) * 2e-4
        line = shapely.LineString([start + inward, end + inward])
        found: list[tuple[float, float]] = []
        for slab in self.slabs:
            for piece in shapely.get_parts(line.intersection(slab.shape)):
                if piece.geom_type == "LineString" and piece.length > 1e-3:
                    points = np.asarray(piece.coords)
                    found += [(float((p - start) @ d), float(slab.height_at(p))) for p in (points[0], points[-1])]
        found.sort()
        merged: list[tuple[float, float]] = []
        for at, high in found:
            if merged and at - merged[-1][0] < 2e-3:
                merged[-1] = (merged[-1][0], max(merged[-1][1], high))
            else:
                merged.append((min(max(at, 0.0), length), high))
        if len(merged) < 2:
            return [(0.0, self.eave_m), (length, self.eave_m)]
        merged[0], merged[-1] = (0.0, merged[0][1]), (length, merged[-1][1])
        return merged

    def build(self, soup: Soup, material: str, *, under: str, edge: str, thick_m: float) -> None:
        """Its surfaces, with thickness: tiles above, boards below, a fascia around."""
        for slab in self.slabs:
            _sloped(soup, material, slab, 0.0, back=False)
            if thick_m > 0:
                _sloped(soup, under, slab, -thick_m, back=True)
        if thick_m <= 0:
            return
        for ring in (self.plan.exterior, *self.plan.interiors):
            corners = np.asarray(ring.coords)
            for a, b in pairwise(corners):
                row = self.line_under(a, b)
                d = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
                points = np.array([a + d * at for at, _ in row])
                high = np.array([h for _, h in row])
                upper = np.column_stack([points[:, 0], high, -points[:, 1]])
                soup.strip(edge, upper - (0, thick_m, 0), upper)


def make_roof(
    plan: Polygon, kind: str, *, eave_m: float, pitch_rad: float, most_m: float = 30.0, gables: str = "ends", along: Any = None
) -> Roof:
    """A roof over a plan.

    Parameters
    ----------
    kind
        One of `PROFILES`. Where a plan has no skeleton that numbers can find, the roof is flat.
    gables
        ``ends`` folds up short ends only, ``all`` every end.
    along
        Direction of the front, for ``shed``: it rises away from it.
    """
    slope = math.tan(min(max(pitch_rad, 0.02), 1.45))
    flat = Roof(plan, [Slab(plan, np.zeros(2), eave_m, np.asarray(plan.exterior.coords)[:2], True)], "flat", eave_m)
    if kind == "flat":
        return flat
    if kind == "shed":
        d = np.asarray(along if along is not None else (1.0, 0.0), np.float64)
        up = np.array([-d[1], d[0]]) / max(float(np.hypot(*d)), 1e-9)
        reach = np.asarray(plan.exterior.coords) @ up
        slab = Slab(plan, up * slope, eave_m - float(reach.min()) * slope, np.asarray(plan.exterior.coords)[:2], True)
        return Roof(plan, [slab], kind, eave_m)
    faces = straight_skeleton(plan)
    if faces is None:
        return flat
    folded: list[int] = []
    if kind in ("gable", "gambrel"):
        faces, folded = _folded(faces, all_ends=gables == "all")
    deepest = max(float(((np.asarray(face.shape.exterior.coords) - face.start) @ face.inwards).max()) for face in faces)
    profile = _profile(kind, slope, deepest, most_m)
    slabs = []
    for face in faces:
        slabs += _bands(face, profile, eave_m)
    return Roof(plan, slabs, kind, eave_m, folded)


def _profile(kind: str, slope: float, deepest: float, most_m: float) -> list[tuple[float, float]]:
    """(distance, height) from the eave to the deepest point."""
    top = min(deepest * slope, most_m)
    if kind == "mansard":
        wide = min(1.1, 0.55 * deepest)
        high = min(2.3 * wide, 3.4)
        return [(0.0, 0.0), (wide, high), (deepest, high + min((deepest - wide) * 0.28, 2.2))]
    if kind == "gambrel":
        bend = 0.38 * deepest
        return [(0.0, 0.0), (bend, bend * 1.75), (deepest, bend * 1.75 + (deepest - bend) * 0.55)]
    if kind == "curved":
        # A hanging curve, low at the eave and steep at the ridge, as roofs of China and Japan have it.
        shares = np.linspace(0.0, 1.0, 5)
        return [(float(t * deepest), float(top * (0.62 * t + 0.38 * t**2.2))) for t in shares]
    if deepest * slope > most_m:  # too wide for its pitch: a platform on top
        return [(0.0, 0.0), (most_m / slope, most_m), (deepest, most_m + 0.02 * (deepest - most_m / slope))]
    return [(0.0, 0.0), (deepest, deepest * slope)]


def _bands(face: Face, profile: list[tuple[float, float]], eave_m: float) -> list[Slab]:
    import shapely

    inwards, edge = face.inwards, np.stack([face.start, face.end])
    d = np.array([inwards[1], -inwards[0]])
    if len(profile) == 2:
        (a, h), (b, k) = profile
        slope = (k - h) / max(b - a, 1e-9)
        return [Slab(face.shape, inwards * slope, eave_m + h - slope * (a + float(face.start @ inwards)), edge, True)]
    found = []
    reach = 4.0 * (face.shape.length + 1.0)
    for (a, h), (b, k) in pairwise(profile):
        if b - a < 1e-6:
            continue
        last = b >= profile[-1][0] - 1e-9
        corners = [
            face.start - d * reach + inwards * (a if a > 0 else -1.0),
            face.start + d * reach + inwards * (a if a > 0 else -1.0),
        ]
        far = b + (1.0 if last else 0.0)
        corners += [face.start + d * reach + inwards * far, face.start - d * reach + inwards * far]
        slope = (k - h) / (b - a)
        for part in parts_of(face.shape.intersection(shapely.Polygon(corners))):
            if part.area > 1e-5:
                found.append(Slab(part, inwards * slope, eave_m + h - slope * (a + float(face.start @ inwards)), edge, a == 0.0))
    return found


def _folded(faces: list[Face], *, all_ends: bool) -> tuple[list[Face], list[int]]:
    """Triangles over short edges folded up: the ridge runs on to the wall."""
    import shapely

    shapes = [face.shape for face in faces]
    gone: list[int] = []
    for number, face in enumerate(faces):
        ring = np.asarray(face.shape.exterior.coords)[:-1]
        if len(ring) > 3:
            ring = np.asarray(face.shape.simplify(1e-3).exterior.coords)[:-1]
        if len(ring) != 3:
            continue
        away = (ring - face.start) @ face.inwards
        apex = ring[int(np.argmax(away))]
        edge_m = float(np.hypot(*(face.end - face.start)))
        if not all_ends and edge_m > 2.6 * float(away.max()):
            continue
        beside = [k for k in range(len(faces)) if k != number and faces[k].shape.distance(shapely.Point(apex)) < 1e-3]
        # Both neighbours share the ridge that starts in the apex; it must reach the wall between the edge's ends.
        ends = [k for k in beside if min(np.hypot(*(faces[k].end - face.start)), np.hypot(*(faces[k].start - face.end))) < 1e-3]
        if len(ends) != 2 or any(k in gone for k in ends):
            continue
        n1, n2 = faces[ends[0]].inwards, faces[ends[1]].inwards
        ridge = np.array([-(n1 - n2)[1], (n1 - n2)[0]])
        if np.hypot(*ridge) < 1e-6:
            continue
        ridge /= np.hypot(*ridge)
        slant = float(ridge @ face.inwards)
        if abs(slant) < 0.3:
            continue
        foot = apex - ridge * (float((apex - face.start) @ face.inwards) / slant)
        along = float((foot - face.start) @ (face.end - face.start)) / edge_m**2
        if not 0.15 < along < 0.85:
            continue
        for k in ends:
            side = (
                face.start
                if min(np.hypot(*(faces[k].end - face.start)), np.hypot(*(faces[k].start - face.start))) < 1e-3
                else face.end
            )
            shapes[k] = shapely.unary_union([shapes[k], shapely.Polygon([side, foot, apex])], grid_size=1e-6)
        gone.append(number)
    kept = [Face(face.start, face.end, shape) for k, (face, shape) in enumerate(zip(faces, shapes, strict=True))
            if k not in gone and shape.geom_type == "Polygon"]  # fmt: skip
    if len(kept) != len(faces) - len(gone):
        return faces, []
    return kept, gone


def _sloped(soup: Soup, material: str, slab: Slab, shift: float, *, back: bool) -> None:
    """A slab's surface, u along its eave and v up its slope."""
    points, triangles = triangulate(slab.shape)
    d = slab.edge[1] - slab.edge[0]
    d = d / max(float(np.hypot(*d)), 1e-9)
    across = np.array([-d[1], d[0]])
    stretch = math.sqrt(1.0 + float(slab.normal @ slab.normal))
    uv = np.column_stack([(points - slab.edge[0]) @ d, -((points - slab.edge[0]) @ across) * stretch])
    high = slab.height_at(points) + shift
    normal = np.array([-slab.normal[0], 1.0, slab.normal[1]]) / stretch
    world = np.column_stack([points[:, 0], high, -points[:, 1]])
    soup.add(
        material, world, uv, triangles[:, ::-1] if back else triangles, np.broadcast_to(-normal if back else normal, world.shape)
    )


def gutter(soup: Soup, material: str, a: Array, b: Array, height: float) -> None:
    """A channel along an eave, below its edge."""
    frame: Frame = wall_frame(a, b, height)
    length = float(np.hypot(*(b - a)))
    soup.box(material, frame, (0.0, -0.13, -0.02), (length, -0.01, 0.0 + 0.11), "udlrf")

