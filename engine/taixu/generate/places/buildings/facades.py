"""Walls: an outline, leaves of the grammar, and what hides parts of it become surfaces with holes, kits in the holes, ornaments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from taixu.generate.places.buildings.deriving import Leaf
from taixu.generate.places.buildings.openings import KINDS, Hole, hole_shape, window_kit
from taixu.generate.places.buildings.ornaments import ORNAMENTS, ornament
from taixu.generate.places.buildings.plans import Array
from taixu.generate.places.buildings.soup import Frame, Soup

__all__ = ["DoorPlace", "Kits", "Wall", "build_wall", "holes_of"]

_HOLES = ("window", "door", "gate", "shop", "opening", "arcade")
_DOORS = ("door", "gate", "opening")


@dataclass(frozen=True)
class DoorPlace:
    """Where a door hangs: its hinge's foot, the direction in which it lies when shut, and its size.

    Attributes
    ----------
    position : float64[3]
        Of the foot of its hinge, in the building's space.
    along, out : float64[3]
        From the hinge along the shut door; and towards whoever comes from outside.
    kind, look
        What it looks like.
    """

    position: Array
    along: Array
    out: Array
    wide_m: float
    high_m: float
    kind: str
    look: str
    is_outer: bool = True


@dataclass(frozen=True)
class Wall:
    """A wall as it shall be built.

    Attributes
    ----------
    outline
        In the frame's plane.
    blocked
        Rectangles (x0, y0, x1, y1) where something else stands before it: nothing is set in there.
    """

    frame: Frame
    outline: Any
    leaves: Sequence[Leaf]
    thick_m: float
    blocked: Sequence[tuple[float, float, float, float]] = ()


@dataclass
class Kits:
    """Windows that were made already, for all walls of a style."""

    made: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)

    def window(
        self, kind: str, w: float, h: float, *, reveal: float, wall_m: float, looks: dict[str, str], sill: float
    ) -> dict[str, Any]:
        key = (kind, round(w, 3), round(h, 3), reveal, wall_m, sill, tuple(sorted(looks.items())))
        if key not in self.made:
            self.made[key] = window_kit(kind, w, h, reveal=reveal, wall_m=wall_m, looks=looks, sill=sill).arrays()
        return self.made[key]


def holes_of(wall: Wall) -> list[tuple[Leaf, Hole]]:
    """Leaves that are holes, where they fit: inside the outline, before nothing, over nothing that was there before."""
    import shapely

    inside = wall.outline.buffer(-0.04, join_style="mitre")
    found: list[tuple[Leaf, Hole]] = []
    for leaf in wall.leaves:
        if leaf.thing not in _HOLES:
            continue
        is_door = leaf.thing in _DOORS
        if leaf.w < 0.2 or leaf.h < 0.2:
            continue
        foot = 0.0 if is_door and leaf.y < 0.4 else leaf.y
        form = KINDS.get(leaf.word("kind", "plain"), KINDS["plain"])[3] if not is_door else leaf.word("form", "square")
        if leaf.thing == "arcade":
            form = "arch"
        if leaf.thing == "door" and form == "square":  # doors are as high as people need, whatever room the rules leave
            tall = min(leaf.h, leaf.number("high", 2.2) + leaf.number("fanlight", 0.0))
            leaf = Leaf(leaf.thing, leaf.x, leaf.y, leaf.w, tall, leaf.arguments)
        shape = shapely.transform(hole_shape(form, leaf.w, leaf.h), lambda at, x=leaf.x, y=foot: at + np.array((x, y)))
        room = inside.union(shapely.box(leaf.x - 0.1, foot - 0.3, leaf.x + leaf.w + 0.1, foot + 0.3)) if is_door else inside
        if not room.covers(shape.buffer(-0.01)):
            continue
        if "passage" not in leaf.arguments and any(leaf.x < x1 - 0.01 and leaf.x + leaf.w > x0 + 0.01
               and foot < y1 - 0.01 and foot + leaf.h > y0 + 0.01
               for x0, y0, x1, y1 in wall.blocked):  # fmt: skip
            continue
        if any(hole.shape.intersects(shape.buffer(-0.005)) for _, hole in found):
            continue
        found.append((leaf, Hole(leaf.x, foot, leaf.w, leaf.h, shape, is_door or leaf.thing == "arcade")))
    return found


def build_wall(
    soup: Soup, wall: Wall, *, looks: dict[str, str], kits: Kits, inner: str = "", plain: bool = False
) -> tuple[list[DoorPlace], list[Hole]]:
    """Build a wall into a soup; gives its doors and its holes.

    Parameters
    ----------
    inner
        Surface of its inner side; empty has none.
    plain
        Without kits and ornaments.
    """
    import shapely

    pairs = holes_of(wall)
    holes = [hole for _, hole in pairs]
    gone = shapely.unary_union([hole.shape for hole in holes]) if holes else shapely.Polygon()
    shown = wall.outline.difference(gone)
    rest = shown
    for leaf in wall.leaves:
        if leaf.thing != "paint":
            continue
        area = shapely.box(leaf.x, leaf.y if leaf.y > 0.01 else -50.0, leaf.x + leaf.w, leaf.y + leaf.h)
        soup.polygon(looks.get(leaf.word("look", "trim"), leaf.word("look", "trim")), wall.frame, rest.intersection(area))
        rest = rest.difference(area)
    soup.polygon(looks["wall"], wall.frame, rest)
    if inner:
        soup.polygon(inner, wall.frame, shown, out=-wall.thick_m, back=True)
    doors: list[DoorPlace] = []
    for leaf, hole in pairs:
        kept = {"reveal": leaf.word("reveal_look", looks["wall"]), "frame": leaf.word("frame", looks["frame"]),
                "glass": looks["glass"], "sill": looks["sill"]}  # fmt: skip
        if leaf.thing == "window" and leaf.word("kind", "plain") == "shoji":
            kept["glass"] = "paper"
        at = wall.frame.moved(hole.x, hole.y)
        if hole.is_door:
            doors += _door(soup, at, leaf, hole, kept, kits, wall, looks)
        else:
            kind = leaf.word("kind", "shop" if leaf.thing == "shop" else "plain")
            kind = kind if kind in KINDS else "plain"
            sill = 0.08 * leaf.number("sill", 1.0) if kind not in ("shop", "curtain") else 0.0
            reveal = min(leaf.number("reveal", 0.14), wall.thick_m * 0.8)
            soup.stamp(kits.window(kind, hole.w, hole.h, reveal=reveal, wall_m=wall.thick_m, looks=kept, sill=sill), at)
        if leaf.number("shutters", 0):
            ornament(soup, wall.frame, Leaf("shutters", hole.x, hole.y, hole.w, hole.h,
                     {"look": leaf.word("shutter", looks["shutter"])}), looks)  # fmt: skip
        if leaf.number("trim", 0):
            _trim(soup, wall.frame, hole, leaf.number("trim", 0.12), looks)
    if not plain:
        bounds = wall.outline.bounds
        for leaf in wall.leaves:
            if leaf.thing in ORNAMENTS and leaf.y + min(leaf.h, 0.2) <= bounds[3] + 0.7 and not _hidden(leaf, wall.blocked):
                ornament(soup, wall.frame, leaf, looks)
    return doors, holes


def _hidden(leaf: Leaf, blocked: Sequence[tuple[float, float, float, float]]) -> bool:
    x, y = leaf.x + leaf.w / 2, leaf.y + leaf.h / 2
    return any(x0 < x < x1 and y0 < y < y1 for x0, y0, x1, y1 in blocked)


def _trim(soup: Soup, frame: Frame, hole: Hole, wide: float, looks: dict[str, str]) -> None:
    """A surround of stone or wood."""
    import shapely

    foot = hole.y if hole.is_door else hole.y - wide * 0.5
    ring = hole.shape.buffer(wide, join_style="mitre").difference(hole.shape)
    ring = ring.intersection(shapely.box(hole.x - 9, foot, hole.x + hole.w + 9, hole.y + hole.h + 9))
    soup.polygon(looks["trim"], frame, ring, out=0.045)
    outer = hole.shape.buffer(wide, join_style="mitre").exterior
    if len(outer.coords) <= 30:
        points = [(x, max(y, foot)) for x, y in (outer.coords if outer.is_ccw else list(outer.coords)[::-1])]
        low = frame.at([(x, y, 0.0) for x, y in points])
        high = frame.at([(x, y, 0.045) for x, y in points])
        soup.strip(looks["trim"], low, high)


def _door(
    soup: Soup, at: Frame, leaf: Leaf, hole: Hole, kept: dict[str, str], kits: Kits, wall: Wall, looks: dict[str, str]
) -> list[DoorPlace]:
    """The hole of a door with its frame; the leaves of the door are things of their own."""
    thick = wall.thick_m
    soup.stamp(kits.window("none", hole.w, hole.h, reveal=0.0, wall_m=thick, looks=kept, sill=0), at)
    if leaf.thing == "opening" or leaf.thing == "arcade":
        return []
    deep = -min(0.12, thick * 0.6)
    fanlight = leaf.number("fanlight", 0.0)
    high = hole.h - fanlight
    for low, top in (
        ((0, 0), (0.07, hole.h)),
        ((hole.w - 0.07, 0), (hole.w, hole.h)),
        ((0.07, hole.h - 0.07), (hole.w - 0.07, hole.h)),
    ):
        soup.box(kept["frame"], at, (*low, deep - 0.05), (*top, deep + 0.04))
    if fanlight:
        soup.box(kept["frame"], at, (0.07, high - 0.06, deep - 0.05), (hole.w - 0.07, high, deep + 0.04))
        soup.quad(
            looks["glass"],
            at.at(
                [(0.07, high, deep), (hole.w - 0.07, high, deep), (hole.w - 0.07, hole.h - 0.07, deep), (0.07, hole.h - 0.07, deep)]
            ),
        )
    look, kind = leaf.word("look", looks["door"]), leaf.word("kind", "gate" if leaf.thing == "gate" else "panel")
    wings = int(leaf.number("wings", 2 if leaf.thing == "gate" else 1))
    clear = hole.w - 0.14
    tall = (high if fanlight else hole.h) - 0.07
    first = DoorPlace(at.at((0.07, 0.0, deep)), at.u, at.n, clear / wings, tall, kind, look)
    if wings < 2:
        return [first]
    return [first, DoorPlace(at.at((hole.w - 0.07, 0.0, deep)), -at.u, at.n, clear / 2, tall, kind, look)]
