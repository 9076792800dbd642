"""A building: masses of a style over a footprint become soups of three levels of detail, doors, lamps and a collider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.generate.places.buildings.deriving import Leaf, derive
from taixu.generate.places.buildings.facades import DoorPlace, Kits, Wall, build_wall
from taixu.generate.places.buildings.masses import Mass, Side, masses_of, sides_of
from taixu.generate.places.buildings.ornaments import ornament
from taixu.generate.places.buildings.plans import Array, chance
from taixu.generate.places.buildings.roofs import gutter
from taixu.generate.places.buildings.soup import Frame, Soup, wall_frame
from taixu.generate.places.buildings.style import Style

if TYPE_CHECKING:
    from shapely import Polygon

__all__ = ["Building", "make_building"]


@dataclass
class Building:
    """A building in the space of its footprint: x east, y up from the ground floor, z south.

    Attributes
    ----------
    levels
        Full, façades as pictures, and block; as many as were asked for.
    collider
        What bodies meet: doors are open in it.
    doors, lamps
        Places of doors, and of lamps as points.
    """

    style: Style
    footprint: Polygon
    levels: list[Soup]
    collider: Soup
    doors: list[DoorPlace] = field(default_factory=list)
    lamps: list[Array] = field(default_factory=list)
    rooms: list[Any] = field(default_factory=list)
    top_m: float = 0.0


def make_building(
    style: Style, footprint: Polygon, seed: int, *, front: Any = (0.0, -1.0), storeys: int = 0,
    neighbours: Sequence[tuple[Any, float]] = (), base_m: float = 1.0, levels: Sequence[int] = (0, 1, 2), inside: bool = True,
) -> Building:  # fmt: skip
    """Make a building over a cleaned footprint (`clean_footprint`).

    Parameters
    ----------
    front
        The direction of the plan that its front looks to: towards its road.
    storeys
        0 leaves it to the style and chance.
    neighbours
        Plans and heights of buildings beside it: walls against them are blind.
    base_m
        How deep its walls reach below the ground floor, for ground that slopes.
    levels
        Which levels of detail to make: 0 full, 1 façades as pictures, 2 block.
    inside
        Whether the full level has rooms.
    """
    from taixu.generate.places.buildings.mid_level import build_mid
    from taixu.generate.places.buildings.shells import build_shell

    out = np.asarray(front, np.float64)
    out = out / max(float(np.hypot(*out)), 1e-9)
    low, high = style.storeys
    count = storeys or low + min(int(chance(seed, "storeys") * (high - low + 1)), high - low)
    looks = style.looks(seed)
    masses = masses_of(style, footprint, out, count, overhang=0 in levels)
    made = Building(style, footprint, [], Soup(), top_m=max((mass.roof.top_m for mass in masses), default=0.0))
    walls = [(mass, side) for mass in masses for side in sides_of(mass, masses, out, neighbours)]
    for level in levels:
        if level == 0:
            made.levels.append(_full(made, masses, walls, looks, seed, base_m, inside))
        elif level == 1:
            made.levels.append(build_mid(style, masses, walls, looks, base_m))
        else:
            made.levels.append(build_shell(masses, looks, base_m))
    return made


def facts_of(style: Style, mass: Mass, side: Side) -> dict[str, Any]:
    """What rules know of a wall."""
    return {**style.numbers, "storeys": len(mass.floors) - 1, "storey": 0, "length": side.length, "high": mass.eave_m - mass.low_m}


def leaves_of(style: Style, mass: Mass, side: Side, seed: int, looks: dict[str, str]) -> list[Leaf]:
    """What the grammar makes of a wall, y counted from the ground floor's level of the mass."""
    if side.length < 0.4:
        return []
    start = style.rule_for(side.kind, mass.part.rules)
    if not start:
        return []
    return derive(style.rules, start, width=side.length, height=mass.eave_m - mass.low_m, known=facts_of(style, mass, side),
                  seed=(seed, mass.part.name, round(float(side.start[0]), 1), round(float(side.start[1]), 1)),
                  looks=looks)  # fmt: skip


def side_frame(mass: Mass, side: Side) -> tuple[Frame, float, float]:
    """The frame of a wall, how long its upper edge is and how high it is along the slant."""
    if mass.part.taper == 1.0:
        return wall_frame(side.start, side.end, mass.low_m), side.length, mass.eave_m - mass.low_m
    middle = np.array(mass.plan.centroid.coords[0])
    upright = wall_frame(side.start, side.end, mass.low_m)
    top = (side.start + side.end - 2 * middle) / 2 * mass.part.taper + middle
    foot = (side.start + side.end) / 2
    v = np.array([top[0] - foot[0], mass.eave_m - mass.low_m, -(top[1] - foot[1])])
    high = float(np.linalg.norm(v))
    v /= high
    return Frame(upright.origin, upright.u, v, np.cross(upright.u, v)), side.length * mass.part.taper, high


def outline_of(mass: Mass, side: Side, base_m: float) -> Any:
    """The polygon of a wall in its frame, from below ground to under the roof."""
    import shapely

    down = base_m if mass.part.base <= 0 else 0.0
    if mass.part.taper != 1.0:
        _, top, high = side_frame(mass, side)
        inset, flare = (side.length - top) / 2, (side.length - top) / 2 * down / high
        return shapely.Polygon([(-flare, -down), (side.length + flare, -down), (side.length - inset, high), (inset, high)])
    shape = shapely.Polygon([(0.0, -down), (side.length, -down), *profile_of(mass, side)])
    return shape if shape.is_valid else shape.buffer(0)


def profile_of(mass: Mass, side: Side) -> list[tuple[float, float]]:
    """The upper edge of a wall, from its right end to its left, in its frame."""
    row = mass.roof.line_under(side.start, side.end)
    if mass.roof.kind == "flat":
        return [(side.length, mass.eave_m - mass.low_m), (0.0, mass.eave_m - mass.low_m)]
    sunk = 0.5 * mass.facts.thick if mass.roof is not mass.shell_roof else 0.0
    return [(at, max(high - sunk, mass.low_m + 0.05) - mass.low_m) for at, high in reversed(row)]


def _full(
    made: Building,
    masses: list[Mass],
    walls: list[tuple[Mass, Side]],
    looks: dict[str, str],
    seed: int,
    base_m: float,
    inside: bool,
) -> Soup:
    from taixu.generate.places.buildings.crowns import build_crowns
    from taixu.generate.places.buildings.interiors import BuiltWall, build_inside, wall_colliders

    style, soup, kits = made.style, Soup(), Kits()
    built: list[BuiltWall] = []
    for mass, side in walls:
        leaves = leaves_of(style, mass, side, seed, looks)
        leaves += _gable_leaves(style, mass, side, seed, looks)
        if inside:
            leaves += _passages(style, mass, side, masses)
        frame, _, _ = side_frame(mass, side)
        outline = outline_of(mass, side, base_m)
        blocked = tuple((x0, low - mass.low_m, x1, high - mass.low_m) for x0, low, x1, high in side.blocked)
        kind = mass.part.interior or style.interior
        lined = inside and kind != "none"
        leaves = [_with_drop(leaf, base_m) for leaf in leaves]
        doors, found = build_wall(soup, Wall(frame, outline, leaves, style.numbers["wall_m"], blocked), looks=looks, kits=kits,
                                  inner=looks["inner"] if lined else "")  # fmt: skip
        made.doors += doors
        made.lamps += [frame.at((leaf.x + leaf.w / 2, leaf.y, 0.16)) for leaf in leaves if leaf.thing == "lamp"]
        for leaf in leaves:
            if leaf.thing == "steps":
                ornament(made.collider, frame, leaf, looks)
        built.append(BuiltWall(masses.index(mass), side, frame, outline, found))
    for mass in masses:
        facts = mass.facts
        if mass.roof.kind == "flat":
            _flat_roof(soup, mass, style, looks)
        else:
            mass.roof.build(soup, looks["covering"], under=looks["under"], edge=looks["fascia"], thick_m=facts.thick)
            if style.numbers["gutters"] and mass.roof.kind not in ("cone", "curved"):
                for slab in mass.roof.slabs:
                    if slab.is_lowest and float(np.hypot(*(slab.edge[1] - slab.edge[0]))) > 1.0:
                        gutter(soup, looks["gutter"], slab.edge[0], slab.edge[1], mass.roof.eave_m - facts.thick * 0.2)
    build_crowns(soup, style, masses, looks, seed)
    wall_colliders(made.collider, built, style.numbers["wall_m"])
    if inside:
        build_inside(made, soup, masses, built, looks, seed)
    return soup


def _passages(style: Style, mass: Mass, side: Side, masses: list[Mass]) -> list[Leaf]:
    """Openings to masses that touch this wall, where both have an inside and their floors are level."""
    import shapely

    found: list[Leaf] = []
    if (mass.part.interior or style.interior) == "none":
        return found
    d = (side.end - side.start) / max(side.length, 1e-9)
    line = shapely.LineString([side.start, side.end])
    for other in masses:
        if other is mass or (other.part.interior or style.interior) == "none" or abs(other.low_m - mass.low_m) > 0.05:
            continue
        for piece in shapely.get_parts(line.intersection(other.plan.buffer(0.05))):
            if piece.geom_type == "LineString" and piece.length > 2.6:
                at = float((np.asarray(piece.coords).mean(0) - side.start) @ d)
                found.append(Leaf("opening", at - 0.75, 0.0, 1.5, 2.4, {"passage": 1.0}))
    return found


def _with_drop(leaf: Leaf, base_m: float) -> Leaf:
    if leaf.thing != "steps" or isinstance(leaf.arguments.get("drop", 0.0), (int, float)):
        return leaf
    return Leaf(leaf.thing, leaf.x, leaf.y, leaf.w, leaf.h, {**leaf.arguments, "drop": base_m})


def _gable_leaves(style: Style, mass: Mass, side: Side, seed: int, looks: dict[str, str]) -> list[Leaf]:
    """Leaves in the triangle over the eave, in the largest upright box that stands in it."""
    name = mass.part.rules + "Gable"
    if name not in style.rules or mass.part.taper != 1.0 or mass.roof.kind == "flat":
        return []
    profile = profile_of(mass, side)
    low, top = mass.eave_m - mass.low_m, max(high for _, high in profile)
    if top - low < 1.2:
        return []
    peak = max(profile, key=lambda point: point[1])[0]
    half = 0.43 * min(peak, side.length - peak)
    high = (top - low) * 0.5
    leaves = derive(style.rules, name, width=2 * half, height=high, known=facts_of(style, mass, side), seed=(seed, "gable",
        round(peak, 1)),
                    looks=looks)  # fmt: skip
    return [Leaf(leaf.thing, leaf.x + peak - half, leaf.y + low, leaf.w, leaf.h, leaf.arguments) for leaf in leaves]


def _flat_roof(soup: Soup, mass: Mass, style: Style, looks: dict[str, str]) -> None:
    """A deck, with a parapet where the style has one."""
    import shapely

    high = style.numbers["parapet"]
    if high <= 0 or mass.top_plan.area < 6:
        soup.prism((looks["flat"], "", ""), mass.top_plan, mass.eave_m, mass.eave_m)
        return
    thick = 0.22
    deck = mass.top_plan.buffer(-thick, join_style="mitre")
    soup.prism((looks["flat"], "", ""), deck, mass.eave_m, mass.eave_m)
    ring = shapely.difference(mass.top_plan, deck)
    soup.prism((looks["trim"], "", looks["wall"]), ring, mass.eave_m, mass.eave_m + high)


