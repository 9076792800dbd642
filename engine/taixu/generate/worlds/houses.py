"""Houses of closed solids: walls with windows and doors, roofs, chimneys; windows glow where lamps are lit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from taixu.generate.places.props.bench import Bench
from taixu.generate.places.props.solids import Solid, box, hull, lathe, prism, rod

__all__ = ["STYLES", "House", "HouseStyle", "build_house", "house_size"]


@dataclass(frozen=True)
class HouseStyle:
    """How houses are built.

    Attributes
    ----------
    walls
        Surfaces of which one is taken.
    roof
        "gable", "hip", "flat", "curved" or "none", and its surface; `pitch` is rise over half the width.
    storeys
        Least and most.
    wide, deep
        Metres, least and most.
    """

    walls: tuple[str, ...]
    roof: str
    roofing: tuple[str, ...]
    storeys: tuple[int, int] = (1, 2)
    wide: tuple[float, float] = (7.0, 10.0)
    deep: tuple[float, float] = (6.0, 8.0)
    pitch: float = 0.95
    storey_m: float = 2.8
    trim: str = "white wood"
    door: str = "blue wood"
    timber: str = ""
    chimney: str = "brick"
    base: str = "stone"
    balcony: bool = False
    overhang: float = 0.4
    shop: float = 0.0
    upper: str = ""


STYLES: dict[str, HouseStyle] = {
    "cottage": HouseStyle(("whitewash", "whitewash", "plaster yellow", "plaster blue"), "gable", ("slates", "roof tiles"),
        chimney="masonry"),
    "fisher hut": HouseStyle(("red wood", "blue wood", "white wood", "green wood"), "gable", ("slates",), (1, 1), (5.0, 6.5),
        (5.5, 7.0), 1.1, door="white wood"),
    "chalet": HouseStyle(("wood",), "gable", ("slates", "shingles"), (2, 2), (9.0, 12.0), (8.0, 10.0), 0.55, trim="white wood",
        door="green wood", balcony=True,
                         overhang=1.1, base="whitewash", chimney="whitewash"),
    "chapel": HouseStyle(("whitewash",), "gable", ("shingles",), (2, 2), (7.0, 7.5), (13.0, 15.0), 1.5, trim="pale stone",
        door="dark wood", chimney=""),
    "adobe": HouseStyle(("adobe",), "flat", ("adobe",), (1, 3), (6.0, 10.0), (6.0, 9.0), trim="dark wood", door="blue wood",
        chimney="", base="", overhang=0.0),
    "adobe tower": HouseStyle(("adobe",), "flat", ("adobe",), (4, 5), (4.5, 5.5), (4.5, 5.5), trim="dark wood", door="dark wood",
        chimney="", base="", overhang=0.0),
    "timbered": HouseStyle(("whitewash", "plaster yellow"), "gable", ("roof tiles",), (2, 3), (6.0, 8.5), (7.0, 9.0), 1.25,
        timber="dark wood", door="dark wood", trim="dark wood"),
    "townhouse": HouseStyle(("brick", "plaster yellow", "plaster blue"), "gable", ("slates", "roof tiles"), (2, 3), (6.0, 8.0),
        (8.0, 10.0), 0.9, door="green wood"),
    "bungalow": HouseStyle(("whitewash", "plaster blue", "brick"), "hip", ("shingles", "slates"), (1, 1), (11.0, 14.0), (8.0, 10.0),
        0.55, door="red wood", overhang=0.55, chimney="brick"),
    "family house": HouseStyle(("white wood", "plaster yellow", "plaster blue", "brick"), "gable", ("shingles", "slates"), (2, 2),
        (9.0, 11.0), (8.0, 9.5), 0.8, door="red wood"),
    "farmhouse": HouseStyle(("whitewash", "brick"), "gable", ("roof tiles",), (2, 2), (11.0, 14.0), (7.0, 8.5), 0.95,
        door="green wood"),
    "barn": HouseStyle(("red wood", "old wood"), "gable", ("shingles", "roof tiles"), (2, 2), (9.0, 11.0), (13.0, 17.0), 0.85,
        door="white wood", chimney=""),
    "warehouse": HouseStyle(("brick", "brick dark"), "gable", ("slates",), (2, 3), (11.0, 15.0), (12.0, 16.0), 0.6,
        door="green wood", chimney="", storey_m=3.4),
    "cabin": HouseStyle(("logs",), "gable", ("shingles", "moss"), (1, 1), (6.0, 8.0), (6.0, 7.5), 1.15, trim="dark wood",
        door="dark wood", chimney="stone", overhang=0.6),
    "chinese house": HouseStyle(("whitewash",), "curved", ("grey tiles",), (1, 2), (7.0, 10.0), (6.0, 8.0), 0.75, trim="dark wood",
        door="dark wood", chimney="", overhang=0.75,
                                upper="dark wood"),
    "chinese shop": HouseStyle(("dark wood", "red wood"), "curved", ("grey tiles",), (2, 2), (7.0, 9.0), (6.0, 7.5), 0.75,
        trim="dark wood", door="red wood", chimney="", overhang=0.9, balcony=True),
    "beach hut": HouseStyle(("wood", "blue wood", "white wood"), "hip", ("straw",), (1, 1), (5.0, 6.5), (5.0, 6.0), 1.1,
        trim="white wood", door="wood", chimney="", overhang=0.9, base="old wood"),
    "apartments": HouseStyle(("brick", "plaster yellow", "concrete wall", "brick dark"), "flat", ("concrete",), (4, 6),
        (14.0, 18.0), (12.0, 14.0), door="black", trim="white wood",
                             chimney="", overhang=0.25, storey_m=3.0, shop=0.6, balcony=True),
    "tower block": HouseStyle(("concrete wall", "whitewash"), "flat", ("concrete",), (8, 11), (15.0, 18.0), (14.0, 16.0),
        door="black", trim="steel", chimney="", overhang=0.0, storey_m=3.0, shop=1.0),
    "office": HouseStyle(("glass wall",), "flat", ("concrete",), (7, 14), (16.0, 19.0), (15.0, 18.0), door="steel", trim="steel",
        chimney="", overhang=0.0, storey_m=3.5),
}  # fmt: skip
"""By name."""


@dataclass(frozen=True)
class House:
    """A house: what it is made of, its plan, and where it shines.

    Attributes
    ----------
    bench
        All solids; the middle of the plan is the origin, the front looks to +z, the floor is at 0.
    wide, deep, high
        Of the walls, metres.
    """

    bench: Bench
    wide: float
    deep: float
    high: float


def house_size(name: str, seed: int) -> tuple[float, float, int]:
    """Width, depth and storeys of the house of a seed."""
    style = STYLES[name]
    random = np.random.Generator(np.random.PCG64([seed & 0xFFFFFFFF, 83]))
    wide = float(np.round(random.uniform(*style.wide) * 2) / 2)
    deep = float(np.round(random.uniform(*style.deep) * 2) / 2)
    return wide, deep, int(random.integers(style.storeys[0], style.storeys[1] + 1))


def build_house(name: str, seed: int, *, lit: bool) -> House:
    """Put a house together; the same name and seed give the same house."""
    style = STYLES[name]
    wide, deep, storeys = house_size(name, seed)
    bench = Bench(seed)
    wall = style.walls[int(bench.random.integers(len(style.walls)))]
    roofing = style.roofing[int(bench.random.integers(len(style.roofing)))]
    high = storeys * style.storey_m + (0.3 if style.roof == "flat" else 0.15)
    if name == "office":
        _curtain_wall(bench, wide, deep, high, style.storey_m)
    else:
        low = style.storey_m if style.upper and storeys > 1 else high
        bench.block(wall, wide, low + 1.6, deep, (0, -1.6, 0), bevel=0.02)
        if low < high:
            bench.block(style.upper, wide - 0.1, high - low, deep - 0.1, (0, low, 0), bevel=0.02)
    if style.base:
        bench.block(style.base, wide + 0.16, 2.0, deep + 0.16, (0, -1.6, 0), bevel=0.03)
    if name != "office":
        _openings(bench, style, name, (wide, deep, storeys), lit)
    if style.timber:
        _timbers(bench, style, wide, deep, storeys)
    _roof(bench, style, wall, roofing, (wide, deep, high), name)
    if name == "chapel":
        _belfry(bench, wall, roofing, deep, high)
    if style.chimney and bench.random.uniform() < 0.85:
        x = float(bench.random.choice([-1, 1])) * wide * 0.28
        top = high + (style.pitch * deep / 2 if style.roof != "flat" else 0.5) + 0.5
        bench.block(style.chimney, 0.6, top - high + 0.8, 0.6, (x, high - 0.8, -deep * 0.12), bevel=0.02)
        bench.block("stone", 0.75, 0.12, 0.75, (x, top, -deep * 0.12), bevel=0.02)
    return House(bench, wide, deep, high)


def _openings(bench: Bench, style: HouseStyle, name: str, size: tuple[float, float, int], lit: bool) -> None:
    wide, deep, storeys = size
    glass = "window light" if lit else "glass"
    barn = name in ("barn", "warehouse")
    for storey in range(storeys):
        y = storey * style.storey_m + 0.95
        for side, length in ((0, wide), (1, deep), (2, wide), (3, deep)):
            turn = side * np.pi / 2
            half = (deep if side % 2 == 0 else wide) / 2
            count = max(1, round(length / (3.6 if barn else 2.9)))
            for k in range(count):
                x = (k + 0.5) * length / count - length / 2
                is_door = side == 0 and storey == 0 and k == count // 2
                dark = lit and bench.random.uniform() < 0.4
                if is_door:
                    _door(bench, style, x, half, barn)
                elif bench.random.uniform() < (0.45 if barn else 0.94):
                    shop = storey == 0 and side == 0 and style.shop > bench.random.uniform()
                    w, h, low = (min(length / count - 0.7, 2.4), 1.75, y - 0.45) if shop else (1.05, 1.3, y)
                    _window(bench, style, (x, low, half), (w, h), turn, "glass" if dark else glass)
                if style.balcony and side == 0 and storey > 0 and (storeys == 2 or k % 2 == 0):
                    if storeys == 2 and k:
                        continue
                    _balcony(bench, style, 0.0 if storeys == 2 else x, storey * style.storey_m, half, length - 0.4 if storeys == 2
                        else 2.2)


def _placed(solid: Solid, at: tuple[float, float, float], turn: float) -> Solid:
    return solid.moved(*at).turned(y=turn)


def _window(bench: Bench, style: HouseStyle, at: tuple[float, float, float], size: tuple[float, float], turn: float,
    glass: str) -> None:
    x, y, z = at
    w, h = size
    bench.add(glass, _placed(box(w, h, 0.04, bevel=0), (x, y + h / 2, z + 0.01), turn))
    for sx in (-1, 1):
        bench.add(style.trim, _placed(box(0.09, h + 0.16, 0.12, bevel=0.01), (x + sx * (w / 2 + 0.03), y + h / 2, z + 0.03), turn))
    bench.add(style.trim, _placed(box(w + 0.2, 0.09, 0.12, bevel=0.01), (x, y + h + 0.04, z + 0.03), turn))
    bench.add(style.trim, _placed(box(w + 0.3, 0.07, 0.22, bevel=0.01), (x, y - 0.03, z + 0.06), turn))
    bench.add(style.trim, _placed(box(0.04, h, 0.06, bevel=0), (x, y + h / 2, z + 0.03), turn))
    bench.add(style.trim, _placed(box(w, 0.04, 0.06, bevel=0), (x, y + h * 0.55, z + 0.03), turn))


def _door(bench: Bench, style: HouseStyle, x: float, z: float, barn: bool) -> None:
    w, h = (3.2, 3.0) if barn else (1.05, 2.1)
    bench.add(style.door, box(w, h, 0.08, bevel=0.01).moved(x, h / 2 + 0.02, z + 0.03))
    for sx in (-1, 1):
        bench.add(style.trim, box(0.12, h + 0.12, 0.16, bevel=0.01).moved(x + sx * (w / 2 + 0.05), h / 2 + 0.02, z + 0.04))
    bench.add(style.trim, box(w + 0.35, 0.14, 0.18, bevel=0.01).moved(x, h + 0.1, z + 0.05))
    if barn:
        for sign in (-1, 1):
            bench.add(style.trim, rod((x - w / 2 * sign, 0.1, z + 0.09), (x + w / 2 * sign, h - 0.05, z + 0.09), 0.05, sides=6))
    else:
        bench.add("brass", box(0.05, 0.14, 0.06, bevel=0.01).moved(x + w * 0.36, 1.05, z + 0.09))
        bench.add("stone", box(w + 0.6, 0.5, 0.7, bevel=0.03).moved(x, -0.2, z + 0.3))
        bench.add("stone", box(w + 0.9, 0.5, 1.1, bevel=0.03).moved(x, -0.36, z + 0.45))


def _balcony(bench: Bench, style: HouseStyle, x: float, y: float, z: float, wide: float) -> None:
    bench.add(style.trim if style.trim != "white wood" else "wood", box(wide, 0.1, 1.0, bevel=0.01).moved(x, y, z + 0.5))
    rail = "wood" if style.walls == ("wood",) else style.trim
    bench.add(rail, box(wide, 0.08, 0.07, bevel=0.01).moved(x, y + 1.0, z + 0.96))
    count = max(3, round(wide / 0.35))
    for k in range(count + 1):
        bench.add(rail, box(0.06, 0.96, 0.05, bevel=0).moved(x - wide / 2 + 0.04 + k * (wide - 0.08) / count, y + 0.5, z + 0.96))


def _timbers(bench: Bench, style: HouseStyle, wide: float, deep: float, storeys: int) -> None:
    for side, length in ((0, wide), (1, deep), (2, wide), (3, deep)):
        half = (deep if side % 2 == 0 else wide) / 2
        turn = side * np.pi / 2
        for storey in range(1, storeys + 1):
            y = storey * style.storey_m
            bench.add(style.timber, _placed(box(length + 0.1, 0.2, 0.1, bevel=0.01), (0, y, half + 0.02), turn))
        count = max(1, round(length / 2.9))
        for k in range(count + 1):
            x = k * length / count - length / 2
            low = style.storey_m if 0 < k < count else 0.0
            tall = storeys * style.storey_m - low
            if tall > 0.5:
                bench.add(style.timber, _placed(box(0.18, tall, 0.1, bevel=0.01), (x * 0.995, low + tall / 2, half + 0.02), turn))
        for storey in range(1, storeys):
            for sign in (-1, 1):
                x = sign * (length / 2 - 0.65)
                y = storey * style.storey_m + style.storey_m / 2
                brace = box(0.14, style.storey_m * 1.02, 0.07, bevel=0.01).turned(z=sign * 0.42)
                bench.add(style.timber, _placed(brace, (x, y, half + 0.025), turn))


def _roof(bench: Bench, style: HouseStyle, wall: str, roofing: str, size: tuple[float, float, float], name: str) -> None:
    wide, deep, high = size
    over = style.overhang
    if style.roof == "flat":
        edge = 0.55 if name in ("adobe", "adobe tower") else 0.7
        for x, z, w, d in ((0, deep / 2, wide, 0.24), (0, -deep / 2, wide, 0.24), (wide / 2, 0, 0.24, deep),
            (-wide / 2, 0, 0.24, deep)):
            bench.block(wall if wall != "glass wall" else "steel", w + 0.24, edge, d + (0.24 if w < 1 else 0),
                (x * 0.985, high - 0.05, z * 0.985), bevel=0.05)
        bench.block(roofing, wide - 0.1, 0.1, deep - 0.1, (0, high - 0.06, 0))
        if name.startswith("adobe"):
            for k in range(4):
                bench.add("bark", rod((-wide * 0.36 + k * wide * 0.24, high - 0.45, deep / 2 - 0.2),
                    (-wide * 0.36 + k * wide * 0.24, high - 0.45, deep / 2 + 0.45), 0.08, sides=7))
        elif high > 9:
            bench.block("concrete", 3.2, 2.2, 3.0, (wide * 0.2, high, -deep * 0.15))
            bench.block("steel", 1.6, 1.0, 1.2, (-wide * 0.22, high, deep * 0.1), bevel=0.03)
        return
    # The ridge runs along the longer side.
    along_x = wide >= deep if name not in ("chalet", "chapel", "barn", "warehouse", "fisher hut", "timbered") else False
    span, long = (deep, wide) if along_x else (wide, deep)
    rise = style.pitch * span / 2
    turn = np.pi / 2 if along_x else 0.0
    thick = 0.2
    if style.roof == "hip":
        half_x, half_z = span / 2 + over, long / 2 + over
        ridge = max(long / 2 - span / 2 * 0.9, 0.25)
        drop = rise * over / (span / 2)
        bottom = [(-half_x, -drop, -half_z), (half_x, -drop, -half_z), (half_x, -drop, half_z), (-half_x, -drop, half_z)]
        solid = hull(np.array([*bottom, *[(x, y - 0.16, z) for x, y, z in bottom], (0, rise, -ridge), (0, rise, ridge)]))
        bench.add(roofing, solid.turned(y=turn).moved(y=high))
        return
    ends = 0.75 if style.roof != "curved" else 0.5
    points = np.linspace(0, 1, 9 if style.roof == "curved" else 2)

    def height(t: float) -> float:
        reach = 1 + over / (span / 2)
        down = t * reach
        straight = rise * (1 - down)
        return straight - (0.24 * rise * np.sin(np.pi * min(t, 1.0)) - 0.5 * max(down - 0.92, 0) * rise if style.roof == "curved"
            else 0)

    rim = [(float(t) * span / 2, height(float(t) / (1 + over / (span / 2))) - 0.03)
        for t in np.linspace(0, 1, 9 if style.roof == "curved" else 2)]
    gable = prism([*[(-x, y) for x, y in rim[::-1]], *[(x, y) for x, y in rim[1:]], (span / 2, -0.3), (-span / 2, -0.3)],
        long - 0.02)
    bench.add(wall if not style.upper else style.walls[0], gable.turned(y=turn).moved(y=high))
    for sign in (-1, 1):
        top = [(sign * t * (span / 2 + over), height(float(t)) + thick) for t in points]
        low = [(x, y - thick) for x, y in top[::-1]]
        bench.add(roofing, prism(top + low, long + 2 * ends).turned(y=turn).moved(y=high))
        if style.roof != "curved":
            for end in (-1, 1):
                a, b = (0.0, rise + thick * 0.4, end * (long / 2 + ends)), (sign * (span / 2 + over), height(1.0) + thick * 0.4,
                    end * (long / 2 + ends))
                bench.add(style.trim, _bar(a, b).turned(y=turn).moved(y=high))
    bench.add(roofing, box(0.3, 0.18, long + 2 * ends + 0.02, bevel=0.05).turned(y=turn).moved(y=high + rise + thick * 0.75))
    if style.roof == "curved":
        for end in (-1, 1):
            bench.add(roofing, box(0.3, 0.5, 0.5, bevel=0.1).turned(x=end * 0.5).moved(0, rise + thick + 0.15,
                end * (long / 2 + ends - 0.1)).turned(y=turn).moved(y=high))
    if name == "barn":
        return
    if rise > 2.2:  # a window under the ridge
        for end in (-1, 1):
            at = (0.0, high + rise * 0.28, long / 2)
            _window(bench, style, at, (0.7, 0.8), turn + (np.pi if end < 0 else 0.0), "glass")


def _bar(a: tuple[float, float, float], b: tuple[float, float, float]) -> Solid:
    """A square bar between two points of a plane z = const."""
    length = float(np.hypot(b[0] - a[0], b[1] - a[1]))
    lean = float(np.arctan2(b[1] - a[1], b[0] - a[0]))
    return box(length, 0.22, 0.08, bevel=0).turned(z=lean).moved((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, a[2])


def _belfry(bench: Bench, wall: str, roofing: str, deep: float, high: float) -> None:
    z = deep / 2 - 1.6
    bench.block(wall, 3.2, high + 9.0, 3.2, (0, -1.6, z), bevel=0.03)
    for turn in range(4):
        bench.add("black", box(0.9, 1.5, 0.1, bevel=0).moved(0, high + 5.6, 1.62).turned(y=turn * np.pi / 2).moved(z=z))
    bench.add(roofing, lathe([(2.5, high + 7.35), (1.5, high + 8.6), (0.0, high + 13.0)], sides=4, turn=np.pi / 4).moved(z=z))
    bench.add("dark wood", box(1.5, 2.6, 0.12, bevel=0.01).moved(0, 1.3, z + 1.63))
    bench.add("brass", rod((0, high + 12.8, z), (0, high + 14.0, z), 0.05, sides=6),
        rod((-0.35, high + 13.6, z), (0.35, high + 13.6, z), 0.05, sides=6))


def _curtain_wall(bench: Bench, wide: float, deep: float, high: float, storey: float) -> None:
    bench.block("glass wall", wide, high + 1.6, deep, (0, -1.6, 0), bevel=0.0)
    for k in range(int(high / storey) + 1):
        bench.block("steel", wide + 0.16, 0.35, deep + 0.16, (0, k * storey - 0.1, 0), bevel=0.02)
    for side, length in ((0, wide), (1, deep), (2, wide), (3, deep)):
        half = (deep if side % 2 == 0 else wide) / 2
        count = round(length / 1.9)
        for k in range(count + 1):
            x = k * length / count - length / 2
            bench.add("steel", box(0.09, high, 0.16, bevel=0).moved(x, high / 2, half + 0.02).turned(y=side * np.pi / 2))
    bench.block("steel", 4.0, 0.2, 2.0, (0, 2.9, deep / 2 + 0.9), bevel=0.03)
