"""The middle level: walls as planes with pictures of the façade, roofs without thickness, no inside.

A style's ``Ground`` and ``Storey`` rules, unfolded over two bays, are painted once for each colour of wall; the picture
repeats along a wall as often as bays fit into it. So a thousand houses of a style share two pictures.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from taixu.generate.places.buildings.deriving import Leaf, derive
from taixu.generate.places.buildings.masses import Mass, Side
from taixu.generate.places.buildings.openings import KINDS
from taixu.generate.places.buildings.plans import Array, parts_of, triangulate
from taixu.generate.places.buildings.soup import Frame, Soup
from taixu.generate.places.buildings.style import Style
from taixu.generate.places.buildings.surfaces import Palette

__all__ = ["build_mid", "paint_row", "picture_name"]

_BAYS = 2


def picture_name(style: Style, looks: dict[str, str], rule: str) -> str:
    """What the picture of a row of windows is called."""
    parts = [looks[key].replace("#", "-") for key in ("wall", "frame", "shutter", "timber", "trim")]
    return f"facade_{style.name}_{rule}_{hashlib.blake2b('_'.join(parts).encode(), digest_size=5).hexdigest()}"


def build_mid(
    style: Style, masses: Sequence[Mass], walls: Sequence[tuple[Mass, Side]], looks: dict[str, str], base_m: float
) -> Soup:
    """Walls with pictures, roofs without thickness; its pictures are named in the materials."""
    import shapely

    from taixu.generate.places.buildings.building import outline_of, side_frame

    soup = Soup()
    floor_m, bay = style.numbers["floor"], style.numbers["bay"]
    for mass, side in walls:
        frame, _, high = side_frame(mass, side)
        outline = outline_of(mass, side, base_m)
        covered = any(x0 <= 0.3 and x1 >= side.length - 0.3 and top >= mass.eave_m - 0.3 for x0, _, x1, top in side.blocked)
        eave = mass.eave_m - mass.low_m if mass.part.taper == 1.0 else high
        if covered or side.length < 1.2 or (mass.part.rules and mass.part.rules + "Storey" not in style.rules):
            soup.polygon(looks["wall"], frame, outline)
            continue
        prefix = mass.part.rules if mass.part.rules + "Storey" in style.rules else ""
        times = max(1, round(side.length / (bay * _BAYS) + 0.1))
        first = mass.floors[1] - mass.floors[0] if len(mass.floors) > 1 else eave
        rows = max(1, round((eave - first) / floor_m)) if eave - first > 0.5 * floor_m else 0
        is_box = mass.part.taper == 1.0 and len(outline.exterior.coords) == 5 and outline.bounds[3] - eave < 0.02
        left = outline
        bands = [(prefix + "Ground" if prefix + "Ground" in style.rules else prefix + "Storey", 0.0, min(first, eave), 1)]
        if rows:
            bands.append((prefix + "Storey", first, eave, rows))
        for rule, low, top, count in bands:
            if rule not in style.rules:
                continue
            if is_box:  # most walls are: no polygons need be cut
                _band(soup, picture_name(style, looks, rule), frame, side.length, low, top, float(times), float(count))
                continue
            area = shapely.box(-1.0, low, side.length + 1.0, top)
            _scaled(
                soup,
                picture_name(style, looks, rule),
                frame,
                outline.intersection(area),
                times / side.length,
                count / (top - low),
                low,
            )
            left = left.difference(area)
        if is_box:
            down = -float(outline.bounds[1])
            if down > 0:
                _band(soup, looks["wall"], frame, side.length, -down, 0.0, side.length, down)
            continue
        soup.polygon(looks["wall"], frame, left)
    for mass in masses:
        if mass.roof.kind == "flat":
            soup.prism((looks["flat"], "", ""), mass.top_plan, mass.eave_m, mass.eave_m)
        else:
            mass.roof.build(soup, looks["covering"], under=looks["under"], edge=looks["fascia"], thick_m=0.0)
            if mass.roof is not mass.shell_roof:
                soup.prism(
                    ("", looks["under"], ""), mass.roof.plan.difference(mass.plan.buffer(-0.05)), mass.roof.eave_m, mass.roof.eave_m
                )
    return soup


def _band(soup: Soup, material: str, frame: Frame, length: float, low: float, top: float, across: float, up: float) -> None:
    """A rectangle of a wall with a picture that repeats so often across and upwards."""
    corners = frame.at([(0.0, low, 0.0), (length, low, 0.0), (length, top, 0.0), (0.0, top, 0.0)])
    soup.quad(material, corners, ((0.0, 0.0), (across, 0.0), (across, -up), (0.0, -up)))


def _scaled(soup: Soup, material: str, frame: Frame, shape: Any, across: float, up: float, low: float) -> None:
    """Fill a shape with a picture that repeats `across` times a metre to the right and `up` times a metre upwards."""
    for part in parts_of(shape):
        if part.area < 1e-4:
            continue
        points, triangles = triangulate(part)
        world = frame.at(np.column_stack([points, np.zeros(len(points))]))
        uvs = np.column_stack([points[:, 0] * across, (low - points[:, 1]) * up])
        soup.add(material, world, uvs, triangles, np.broadcast_to(frame.n, world.shape))


def paint_row(style: Style, looks: dict[str, str], rule: str, palette: Palette, *, px: int = 128) -> Array:
    """The picture of two bays of a storey, uint8[px, px, 3]; it repeats to the right, and upwards."""
    wide = style.numbers["bay"] * _BAYS
    high = style.numbers["ground"] if rule.endswith("Ground") else style.numbers["floor"]
    known = {**style.numbers, "storeys": 2, "storey": 1, "length": wide, "high": 2 * high}
    leaves = derive(style.rules, rule, width=wide, height=high, known=known, seed=("picture", style.name), looks=looks)
    pixels = _surface(palette, looks["wall"], px, wide, high)
    place = _Placer(pixels, px / wide, px / high, palette, looks)
    for wanted in (("paint",), ("timber", "band", "cornice", "pilaster", "panel", "fins", "sign", "box"), ("window", "shop",
        "arcade", "door", "gate", "opening"),
                   ("balcony", "rail", "awning", "column")):  # fmt: skip
        for leaf in leaves:
            if leaf.thing in wanted:
                place.draw(leaf)
    shown = np.where(pixels <= 0.0031308, pixels * 12.92, 1.055 * np.maximum(pixels, 1e-9) ** (1 / 2.4) - 0.055)
    return np.rint(np.clip(shown, 0, 1) * 255).astype(np.uint8)


def _surface(palette: Palette, name: str, px: int, wide: float, high: float) -> Array:
    colors, size_m = palette.colors_of(name)
    n = len(colors)
    x = ((np.arange(px) + 0.5) / px * wide / size_m * n).astype(int) % n
    y = ((np.arange(px) + 0.5) / px * high / size_m * n).astype(int) % n
    found: Array = np.array(colors[y[:, None], x[None]], np.float32)
    return found * 0.5 + found.mean((0, 1)) * 0.5  # fine grain would flicker far away


class _Placer:
    """Rectangles in metres, painted over each other."""

    def __init__(self, pixels: Array, across: float, up: float, palette: Palette, looks: dict[str, str]) -> None:
        self.pixels, self.across, self.up, self.palette, self.looks = pixels, across, up, palette, looks

    def fill(self, x0: float, y0: float, x1: float, y1: float, color: Any) -> None:
        n = len(self.pixels)
        a, b = round(x0 * self.across), round(x1 * self.across)
        c, d = n - round(y1 * self.up), n - round(y0 * self.up)
        self.pixels[max(c, 0) : max(d, 0), max(a, 0) : max(b, 0)] = color

    def mean(self, name: str) -> Any:
        colors, _ = self.palette.colors_of(name)
        return np.asarray(colors).reshape(-1, 3).mean(0)

    def draw(self, leaf: Leaf) -> None:
        x0, y0, x1, y1 = leaf.x, leaf.y, leaf.x + leaf.w, leaf.y + leaf.h
        if leaf.thing in ("window", "shop", "arcade", "opening"):
            kind = KINDS.get(leaf.word("kind", "plain"), KINDS["plain"])
            frame = self.mean(leaf.word("frame", self.looks["frame"]))
            if leaf.number("shutters", 0):
                wide = 0.5 * leaf.w
                for x in (x0 - wide - 0.03, x1 + 0.03):
                    self.fill(x, y0, x + wide, y1, self.mean(leaf.word("shutter", self.looks["shutter"])) * 0.85)
            if leaf.number("trim", 0):
                self.fill(x0 - 0.12, y0 - 0.06, x1 + 0.12, y1 + 0.12, self.mean(self.looks["trim"]))
            self.fill(x0, y0, x1, y1, frame * 0.75)
            t = 0.06
            glass = np.array([0.045, 0.06, 0.075]) if leaf.word("kind", "") != "shoji" else np.array([0.7, 0.66, 0.55])
            across, up = max(kind[0], 1), max(kind[1], 1)
            for k in range(across):
                for m in range(up):
                    a, b = x0 + t + (leaf.w - 2 * t) * k / across, x0 + t + (leaf.w - 2 * t) * (k + 1) / across
                    c, d = y0 + t + (leaf.h - 2 * t) * m / up, y0 + t + (leaf.h - 2 * t) * (m + 1) / up
                    bar = 0.02 if across * up > 1 else 0.0
                    self.fill(a + bar, c + bar, b - bar, d - bar, glass * (0.8 + 0.5 * m / up))
            if leaf.number("sill", 1.0) and kind[3] == "square":
                self.fill(x0 - 0.06, y0 - 0.08, x1 + 0.06, y0, self.mean(self.looks["sill"]))
        elif leaf.thing in ("door", "gate"):
            self.fill(x0, 0.0, x1, y1, self.mean(leaf.word("look", self.looks["door"])) * 0.9)
        elif leaf.thing == "paint":
            self.fill(x0, y0, x1, y1, self.mean(self.looks.get(leaf.word("look", "trim"), leaf.word("look", "trim"))))
        elif leaf.thing == "timber":
            color, t = self.mean(leaf.word("look", self.looks["timber"])), leaf.number("thick", 0.16)
            for box in ((x0, y0, x0 + t, y1), (x1 - t, y0, x1, y1), (x0, y0, x1, y0 + t), (x0, y1 - t, x1, y1)):
                self.fill(*box, color)
            if leaf.word("pattern", "frame") in ("cross", "brace", "chevron"):
                for k in range(24):
                    s = (k + 0.5) / 24
                    for slant in ((s,), (s, 1 - s))[leaf.word("pattern", "") != "brace"]:
                        self.fill(
                            x0 + leaf.w * s - t / 2,
                            y0 + leaf.h * slant - t / 2,
                            x0 + leaf.w * s + t / 2,
                            y0 + leaf.h * slant + t / 2,
                            color,
                        )
        elif leaf.thing == "balcony":
            self.fill(x0, y0 - 0.16, x1, y0, self.mean(self.looks["trim"]) * 0.7)
            rail = self.mean(leaf.word("look", self.looks["rail"]))
            self.fill(x0, y0 + 0.9, x1, y0 + 1.0, rail)
            n = max(2, int(leaf.w / 0.25))
            for k in range(n):
                self.fill(x0 + leaf.w * k / n, y0, x0 + leaf.w * k / n + 0.07, y0 + 0.95, rail)
        else:
            default = {"awning": "awning", "sign": "sign", "rail": "rail", "panel": "panel", "column": "trim"}.get(
                leaf.thing, "trim"
            )
            shade = 0.85 if leaf.thing in ("band", "cornice", "box") else 1.0
            self.fill(x0, y0, x1, y1, self.mean(leaf.word("look", self.looks[default])) * shade)
