"""Furniture, simple but recognisable: boxes against the walls of rooms, off doors and stairs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from taixu.generate.places.buildings.plans import Array, chance, loops_of
from taixu.generate.places.buildings.soup import Frame, Soup

__all__ = ["furnish"]

Draw = Callable[[Soup, Frame, float], None]
# A thing: width along the wall, depth from it, height that bodies meet, and how it is drawn;
# x runs along the wall, z into the room.


def _boxes(soup: Soup, frame: Frame, rows: Sequence[tuple[str, tuple[float, float, float], tuple[float, float, float]]]) -> None:
    for look, low, high in rows:
        soup.box(look, frame, low, high)


def _bed(soup: Soup, f: Frame, t: float) -> None:
    cover = ("cloth#6a7f92", "cloth#8f5a4e", "cloth#7d8a5c", "cloth#8a7a9c")[int(t * 4)]
    _boxes(soup, f, [("wood", (0, 0, 0), (1.5, 0.95, 0.06)), ("wood", (0, 0.12, 0.06), (1.5, 0.32, 2.0)), ("cloth#e8e4da",
        (0.04, 0.32, 0.06), (1.46, 0.5, 1.98)),
                     (cover, (0.01, 0.33, 0.75), (1.49, 0.55, 2.01)), ("cloth#f2efe8", (0.15, 0.5, 0.12), (0.68, 0.62,
                         0.5)), ("cloth#f2efe8", (0.82, 0.5, 0.12), (1.35, 0.62, 0.5)),
                     ("wood", (0.02, 0, 1.9), (0.1, 0.12, 1.98)), ("wood", (1.4, 0, 1.9), (1.48, 0.12, 1.98))])  # fmt: skip


def _wardrobe(soup: Soup, f: Frame, t: float) -> None:
    _boxes(soup, f, [("planks", (0, 0, 0), (1.3, 2.0, 0.55)), ("wood", (0.02, 0.08, 0.55), (0.64, 1.94, 0.575)), ("wood",
        (0.66, 0.08, 0.55), (1.28, 1.94, 0.575)),
                     ("iron", (0.58, 0.95, 0.575), (0.61, 1.15, 0.6)), ("iron", (0.69, 0.95, 0.575), (0.72, 1.15,
                         0.6))])  # fmt: skip


def _shelf(soup: Soup, f: Frame, t: float) -> None:
    rows: list[Any] = [
        ("planks", (0, 0, 0), (0.04, 1.9, 0.3)),
        ("planks", (1.06, 0, 0), (1.1, 1.9, 0.3)),
        ("planks", (0, 0, 0), (1.1, 1.9, 0.02)),
    ]
    colors = ("paint#7a3b32", "paint#3d5a6b", "paint#6b6a3a", "paint#c9b98a")
    for k in range(5):
        y = 0.06 + k * 0.44
        rows.append(("planks", (0.04, y - 0.03, 0), (1.06, y, 0.3)))
        if k < 4:
            for m in range(4):
                x = 0.07 + m * 0.24
                rows.append((colors[(k + m + int(t * 4)) % 4], (x, y, 0.04), (x + 0.2, y + 0.24 + 0.05 * ((k * 3 + m) % 3), 0.24)))
    _boxes(soup, f, rows)


def _sofa(soup: Soup, f: Frame, t: float) -> None:
    look = ("cloth#5b6b58", "cloth#7a5148", "cloth#4d5a70", "cloth#8a7c64")[int(t * 4)]
    _boxes(soup, f, [(look, (0, 0.1, 0), (2.0, 0.85, 0.25)), (look, (0, 0.1, 0.2), (2.0, 0.42, 0.85)), (look, (0, 0.1, 0.2),
        (0.2, 0.6, 0.85)),
                     (look, (1.8, 0.1, 0.2), (2.0, 0.6, 0.85)), (look, (0.23, 0.42, 0.25), (0.98, 0.5, 0.83)), (look, (1.02,
                         0.42, 0.25), (1.77, 0.5, 0.83))])  # fmt: skip


def _table(soup: Soup, f: Frame, t: float) -> None:
    rows: list[Any] = [("planks", (0.45, 0.71, 0.5), (1.75, 0.76, 1.35))]
    rows += [("wood", (x, 0, z), (x + 0.07, 0.71, z + 0.07)) for x in (0.5, 1.63) for z in (0.55, 1.23)]
    for x, back in ((0.0, 0.0), (1.78, 0.38)):
        for z in (0.72,):
            rows += [
                ("wood", (x, 0.42, z), (x + 0.42, 0.46, z + 0.42)),
                ("wood", (x + back, 0.46, z), (x + back + 0.04, 0.92, z + 0.42)),
            ]
            rows += [("wood", (x + a, 0, z + b), (x + a + 0.04, 0.42, z + b + 0.04)) for a in (0, 0.38) for b in (0, 0.38)]
    rows.append(("ceramic", (1.0, 0.76, 0.85), (1.2, 0.88, 1.05)))
    _boxes(soup, f, rows)


def _kitchen(soup: Soup, f: Frame, t: float) -> None:
    rows: list[Any] = [("paint#cfd3c8", (0, 0.08, 0), (2.4, 0.86, 0.58)), ("stone", (0, 0.86, 0), (2.4, 0.9, 0.62)),
        ("iron", (1.7, 0.9, 0.08), (2.3, 0.915, 0.55)),
                       ("steel", (0.5, 0.9, 0.12), (1.05, 0.91, 0.5)), ("steel", (0.75, 0.9, 0.06), (0.79, 1.12, 0.1)),
                       ("paint#cfd3c8", (0, 1.45, 0), (1.6, 2.05, 0.33)),
                       ("iron", (1.75, 0.25, 0.58), (2.25, 0.7, 0.6))]  # fmt: skip
    rows += [("wood", (0.05 + 0.55 * k, 0.12, 0.58), (0.55 + 0.55 * k, 0.8, 0.6)) for k in range(3)]
    _boxes(soup, f, rows)


def _stove(soup: Soup, f: Frame, t: float) -> None:
    _boxes(
        soup,
        f,
        [
            ("brick_old", (0, 0, 0), (1.3, 1.1, 0.5)),
            ("iron", (0.3, 0.15, 0.5), (1.0, 0.75, 0.51)),
            ("brick_old", (0.25, 1.1, 0), (1.05, 2.3, 0.35)),
            ("planks", (-0.05, 1.1, 0), (1.35, 1.17, 0.58)),
        ],
    )


def _bath(soup: Soup, f: Frame, t: float) -> None:
    _boxes(soup, f, [("ceramic", (0, 0, 0), (1.6, 0.55, 0.1)), ("ceramic", (0, 0, 0.6), (1.6, 0.55, 0.7)), ("ceramic", (0,
        0, 0.1), (0.1, 0.55, 0.6)), ("ceramic", (1.5, 0, 0.1), (1.6, 0.55, 0.6)),
                     ("water", (0.1, 0, 0.1), (1.5, 0.32, 0.6))])  # fmt: skip


def _toilet(soup: Soup, f: Frame, t: float) -> None:
    _boxes(soup, f, [("ceramic", (0, 0, 0.15), (0.38, 0.42, 0.62)), ("ceramic", (0, 0.42, 0), (0.38, 0.82, 0.18))])


def _basin(soup: Soup, f: Frame, t: float) -> None:
    _boxes(
        soup,
        f,
        [
            ("ceramic", (0, 0.72, 0), (0.55, 0.86, 0.42)),
            ("ceramic", (0.2, 0, 0.1), (0.35, 0.72, 0.25)),
            ("glass_dark", (0.02, 1.2, 0), (0.53, 1.8, 0.02)),
        ],
    )


def _desk(soup: Soup, f: Frame, t: float) -> None:
    _boxes(soup, f, [("planks", (0, 0.71, 0.05), (1.5, 0.74, 0.8)), ("steel", (0.03, 0, 0.08), (0.07, 0.71, 0.75)),
        ("steel", (1.43, 0, 0.08), (1.47, 0.71, 0.75)),
                     ("iron", (0.5, 0.86, 0.2), (1.05, 1.2, 0.23)), ("iron", (0.74, 0.74, 0.2), (0.8, 0.9, 0.26)),
                     ("cloth#3a4450", (0.5, 0.44, 0.85), (1.0, 0.5, 1.3)),
                     ("cloth#3a4450", (0.5, 0.5, 1.26), (1.0, 1.0, 1.32)), ("iron", (0.72, 0.05, 1.05), (0.78, 0.44,
                         1.11))])  # fmt: skip


def _counter(soup: Soup, f: Frame, t: float) -> None:
    _boxes(
        soup,
        f,
        [
            ("planks", (0, 0, 0.9), (2.2, 0.95, 1.4)),
            ("wood", (-0.05, 0.95, 0.85), (2.25, 1.0, 1.45)),
            ("iron", (1.5, 1.0, 1.0), (1.85, 1.2, 1.3)),
        ],
    )
    _goods(soup, f, t)


def _goods(soup: Soup, f: Frame, t: float) -> None:
    rows: list[Any] = [("planks", (0, 0, 0), (2.0, 2.1, 0.03))]
    colors = ("paint#b0552e", "paint#c9a23f", "paint#5c7f4a", "paint#44607f", "paint#e0d8c4")
    for k in range(5):
        y = 0.12 + k * 0.42
        rows.append(("planks", (0, y - 0.04, 0), (2.0, y, 0.38)))
        rows += (
            [
                (colors[(k * 2 + m + int(t * 5)) % 5], (0.08 + m * 0.31, y, 0.06), (0.33 + m * 0.31, y + 0.26, 0.32))
                for m in range(6)
            ]
            if k < 5
            else []
        )
    _boxes(soup, f, rows)


def _crates(soup: Soup, f: Frame, t: float) -> None:
    _boxes(
        soup,
        f,
        [
            ("boards#9a7b52", (0, 0, 0.05), (1.0, 0.9, 0.95)),
            ("boards#8a6b42", (1.05, 0, 0.0), (1.95, 0.8, 0.9)),
            ("boards#a08458", (0.45, 0.9, 0.1), (1.25, 1.6, 0.85)),
        ],
    )


def _hay(soup: Soup, f: Frame, t: float) -> None:
    _boxes(
        soup,
        f,
        [
            ("thatch", (0, 0, 0), (1.2, 0.6, 0.8)),
            ("thatch", (1.25, 0, 0), (2.4, 0.6, 0.8)),
            ("thatch", (0.5, 0.6, 0.02), (1.7, 1.2, 0.8)),
        ],
    )


_THINGS: dict[str, tuple[float, float, float, Draw]] = {
    "bed": (1.5, 2.02, 0.55, _bed), "wardrobe": (1.3, 0.6, 2.0, _wardrobe), "shelf": (1.1, 0.3, 1.9, _shelf), "sofa": (2.0,
        0.85, 0.6, _sofa),
    "table": (2.2, 1.4, 0.76, _table), "kitchen": (2.4, 0.62, 0.9, _kitchen), "stove": (1.3, 0.58, 1.1, _stove),
    "bath": (1.6, 0.7, 0.55, _bath),
    "toilet": (0.38, 0.62, 0.8, _toilet), "basin": (0.55, 0.42, 0.86, _basin), "desk": (1.5, 1.4, 0.76, _desk),
    "counter": (2.2, 1.45, 2.1, _counter),
    "goods": (2.0, 0.4, 2.1, _goods), "crates": (1.95, 0.95, 1.6, _crates), "hay": (2.4, 0.8, 1.2, _hay),
}  # fmt: skip

_SETS: dict[str, tuple[str, ...]] = {
    "living": ("stove", "sofa", "table", "shelf", "shelf"), "kitchen": ("kitchen", "table", "shelf"), "bedroom": ("bed",
        "wardrobe", "shelf"),
    "bath": ("bath", "basin", "toilet"), "hall": ("shelf",), "office": ("desk",) * 8 + ("shelf", "shelf"),
    "shop": ("counter", "goods", "goods", "goods", "table"),
    "store": ("crates", "crates", "crates", "crates", "goods"), "barn": ("hay", "hay", "crates", "hay"), "tower": ("crates",),
}  # fmt: skip


def furnish(soup: Soup, solid: Soup, room: Any, kind: str, floor: float, keep: Sequence[Any], seed: object) -> int:
    """Put furniture of a kind of room on its floor; gives how many things found a place."""
    import shapely

    inside = room.buffer(-0.06, join_style="mitre")
    if inside.is_empty or inside.geom_type != "Polygon":
        return 0
    taken = list(keep)
    count = 0
    edges = [(loop[k], loop[(k + 1) % len(loop)]) for loop in loops_of(inside) for k in range(len(loop))]
    for number, name in enumerate(_SETS.get(kind, ())):
        wide, deep, high, draw = _THINGS[name]
        order = sorted(range(len(edges)), key=lambda k: chance(seed, number, k))
        placed = False
        for k in order:
            a, b = edges[k]
            length = float(np.hypot(*(b - a)))
            if length < wide:
                continue
            d = (b - a) / length
            n = np.array([-d[1], d[0]])
            for share in (0.05, 0.95, 0.5, 0.28, 0.72):
                at = a + d * (length - wide) * share
                spot = shapely.Polygon([at, at + d * wide, at + d * wide + n * deep, at + n * deep])
                if not inside.buffer(0.01).covers(spot) or any(spot.intersects(zone) for zone in taken):
                    continue
                frame = _standing(at, d, n, floor, wide)
                draw(soup, frame, chance(seed, number, "look"))
                solid.box("concrete", frame, (0, 0, 0), (wide, high, deep), "ulrfb")
                taken.append(spot.buffer(0.12, join_style="mitre"))
                placed = True
                count += 1
                break
            if placed:
                break
    return count


def _standing(at: Array, d: Array, n: Array, floor: float, wide: float) -> Frame:
    """From the wall's far end back along it, up, and into the room: right-handed."""
    end = at + d * wide
    return Frame(
        np.array([end[0], floor, -end[1]]), np.array([-d[0], 0.0, d[1]]), np.array([0.0, 1.0, 0.0]), np.array([n[0], 0.0, -n[1]])
    )
