"""From a footprint and a style to masses: solids with walls and a roof each, and which of their walls stand free."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, box_around, loops_of, parts_of
from taixu.generate.places.buildings.roofs import Roof, make_roof
from taixu.generate.places.buildings.style import Part, RoofFacts, Style

if TYPE_CHECKING:
    from shapely import Polygon

__all__ = ["Mass", "Side", "masses_of", "sides_of"]


@dataclass(frozen=True)
class Mass:
    """A solid.

    Attributes
    ----------
    low_m, eave_m
        Where its walls begin and end.
    storeys
        Heights of its floors, from below; its last entry is the eave.
    roof
        With overhang; `shell_roof` is without.
    """

    part: Part
    plan: Polygon
    low_m: float
    eave_m: float
    floors: tuple[float, ...]
    facts: RoofFacts
    roof: Roof
    shell_roof: Roof
    top_plan: Polygon


@dataclass(frozen=True)
class Side:
    """A wall of a mass: from start to end of its plan, outside to the right."""

    start: Array
    end: Array
    kind: str
    blocked: tuple[tuple[float, float, float, float], ...] = ()

    @property
    def length(self) -> float:
        return float(np.hypot(*(self.end - self.start)))


def masses_of(style: Style, footprint: Polygon, front: Array, storeys: int, *, overhang: bool = True) -> list[Mass]:
    """The masses of a building; `front` is the direction out of its front. Without `overhang` roofs end at the walls."""
    import shapely
    from shapely.geometry.polygon import orient

    along = np.array([-front[1], front[0]])  # to the right for who looks out; the front wall runs this way
    corner, u, wide, deep = box_around(footprint, along)
    v = np.array([-u[1], u[0]])  # into the building
    made = []
    for part in style.parts:
        if part.shape == "footprint":
            plan = footprint
            if part.u != (0.0, 1.0) or part.v != (0.0, 1.0):
                cut = shapely.Polygon(
                    [
                        corner + u * wide * a + v * deep * b
                        for a, b in ((part.u[0], part.v[0]), (part.u[1], part.v[0]), (part.u[1], part.v[1]), (part.u[0], part.v[1]))
                    ]
                )
                plan = max(parts_of(footprint.intersection(cut)), key=lambda each: each.area, default=footprint)
        else:
            a0, a1 = corner @ u + wide * part.u[0], corner @ u + wide * part.u[1]
            b0, b1 = corner @ v + deep * part.v[0], corner @ v + deep * part.v[1]
            if part.shape == "round":
                t = (np.arange(part.sides) + 0.5) / part.sides * 2 * math.pi - math.pi / 2 - math.pi / part.sides
                radius = min(a1 - a0, b1 - b0) / 2
                plan = shapely.Polygon(
                    [u * ((a0 + a1) / 2 + radius * math.cos(x)) + v * ((b0 + b1) / 2 + radius * math.sin(x)) for x in t]
                )
            else:
                plan = shapely.Polygon([u * a + v * b for a, b in ((a0, b0), (a1, b0), (a1, b1), (a0, b1))])
        plan = orient(plan)
        if plan.area < 1.0:
            continue
        count = int(part.storeys) or storeys
        floor_m, ground_m = style.numbers["floor"], style.numbers["ground"]
        floors = [part.base]
        if part.height:
            steps = max(1, round(part.height / floor_m)) if part.storeys == 0 else int(part.storeys)
            floors += [part.base + part.height * (k + 1) / steps for k in range(steps)]
        else:
            for k in range(count):
                floors.append(floors[-1] + (ground_m if k == 0 and part.base == 0 else floor_m))
        facts = part.roof or style.roof
        eave = floors[-1]
        top_plan = plan
        if part.taper != 1.0:
            middle = np.array(plan.centroid.coords[0])
            top_plan = shapely.transform(plan, lambda at, c=middle, k=part.taper: (at - c) * k + c)
        made.append(_mass(part, plan, top_plan, floors, eave, facts, u, overhang=overhang))
    return made


def _mass(
    part: Part, plan: Any, top_plan: Any, floors: list[float], eave: float, facts: RoofFacts, along: Array, *, overhang: bool
) -> Mass:  # fmt: skip
    from shapely.geometry.polygon import orient

    pitch = math.radians(facts.pitch_deg)
    shell_roof = make_roof(top_plan, facts.kind, eave_m=eave, pitch_rad=pitch, most_m=facts.most, gables=facts.gables, along=along)
    roof = shell_roof
    if overhang and facts.overhang > 0 and facts.kind != "flat":
        wide = orient(
            max(parts_of(top_plan.buffer(facts.overhang, join_style="mitre", mitre_limit=2.5)), key=lambda each: each.area)
        )
        drop = facts.overhang * _first_slope(facts, pitch)
        roof = make_roof(
            wide, facts.kind, eave_m=eave - drop, pitch_rad=pitch, most_m=facts.most + drop, gables=facts.gables, along=along
        )
        if roof.kind != shell_roof.kind or len(roof.gables) != len(shell_roof.gables):
            roof = shell_roof
    return Mass(part, plan, floors[0], eave, tuple(floors), facts, roof, shell_roof, top_plan)


def _first_slope(facts: RoofFacts, pitch: float) -> float:
    return {"mansard": 0.0, "gambrel": 1.75, "curved": 0.25}.get(facts.kind, math.tan(pitch)) if facts.kind != "shed" else 0.0


def sides_of(mass: Mass, masses: Sequence[Mass], front: Array, neighbours: Sequence[tuple[Any, float]]) -> list[Side]:
    """The walls of a mass, with what they face and where something stands before them."""
    import shapely

    loops = loops_of(mass.plan)
    sides: list[Side] = []
    best, best_score = -1, 0.0
    raw: list[tuple[Array, Array, bool]] = []
    for number, loop in enumerate(loops):
        for k in range(len(loop)):
            a, b = loop[k], loop[(k + 1) % len(loop)]
            d = b - a
            length = float(np.hypot(*d))
            out = np.array([d[1], -d[0]]) / max(length, 1e-9)
            facing = float(out @ front)
            score = facing * min(length, 8.0) + 0.2 * float(((a + b) / 2) @ front) / max(length, 1.0)
            if number == 0 and facing > 0.6 and (best < 0 or score > best_score):
                best, best_score = len(raw), score
            raw.append((a, b, number > 0))
    others = [(other.plan, other.low_m, other.eave_m) for other in masses if other is not mass]
    others += [(plan, -50.0, height) for plan, height in neighbours]
    for k, (a, b, is_court) in enumerate(raw):
        d = (b - a) / max(float(np.hypot(*(b - a))), 1e-9)
        out = np.array([d[1], -d[0]])
        facing = float(out @ front)
        kind = "Front" if k == best else "Court" if is_court else "Back" if facing < -0.6 else "Side"
        probe = shapely.LineString([a + out * 0.12, b + out * 0.12])
        blocked = []
        for plan, low, high in others:
            if high <= mass.low_m or low >= mass.eave_m:
                continue
            for piece in shapely.get_parts(probe.intersection(plan.buffer(0.02))):
                if piece.geom_type == "LineString" and piece.length > 0.05:
                    points = (np.asarray(piece.coords) - a) @ d
                    blocked.append((float(points.min()) - 0.05, low, float(points.max()) + 0.05, high))
        sides.append(Side(a, b, kind, tuple(blocked)))
    return sides


