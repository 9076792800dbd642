"""Along streets and before houses: lamps, things, the square, yards."""

from __future__ import annotations

import numpy as np

from taixu.generate.places.props.catalogue import PROPS
from taixu.generate.worlds.furnishing import Furnisher, along_street

__all__ = ["put_beside", "put_lamps", "put_square", "put_yards"]


def put_lamps(on: Furnisher) -> None:
    """Lamps at the edges of streets, from side to side."""
    if not on.kind.lamp:
        return
    for number, street in enumerate(on.site.layout.streets):
        for k, (x, z, ahead) in enumerate(along_street(street, on.kind.lamp_m, on.kind.lamp_m * 0.4)):
            sign = 1 if (k + number) % 2 else -1
            out = np.array([-ahead[1], ahead[0]]) * sign
            away = street.wide / 2 + 0.45 - (0.85 if street.paved else 0.0)
            px, pz = x + float(out[0]) * away, z + float(out[1]) * away
            if on.on_a_street(px, pz, but=street):
                continue
            on.put(on.kind.lamp, px, pz, float(np.arctan2(-out[0], -out[1])), on_street=True)


def put_beside(on: Furnisher) -> None:
    """Things along streets."""
    kinds = on.kind.beside
    if not kinds:
        return
    for street in on.site.layout.streets:
        for x, z, ahead in along_street(street, 5.5, 3.0):
            if on.random.uniform() < 0.35:
                continue
            kind = kinds[int(on.random.integers(len(kinds)))]
            sign = 1 if on.random.uniform() < 0.5 else -1
            out = np.array([-ahead[1], ahead[0]]) * sign
            wide, deep = on.size(kind)
            is_car = kind == "car"
            if is_car and street.road.wide_m < 6.0:
                continue
            away = street.wide / 2 + deep / 2 + 0.35 if not is_car else street.road.wide_m / 2 - wide / 2 - 0.1
            if street.road.pave_m > 2.0 and not is_car and deep < 1.0:  # at the kerb, where there is room to pass
                away = street.road.wide_m / 2 + 0.4 + deep / 2
            turn = float(np.arctan2(-out[0], -out[1])) + (np.pi / 2 if is_car else float(on.random.normal(0, 0.08)))
            px, pz = x + float(out[0]) * away, z + float(out[1]) * away
            if not on.on_a_street(px, pz, but=street):
                on.put(kind, px, pz, turn, on_street=is_car or away < street.wide / 2)


def put_square(on: Furnisher) -> None:
    """The middle of the square, then things around it."""
    x, z, radius = on.site.layout.square
    kinds = [kind for kind in on.kind.square if kind in PROPS]
    if not kinds:
        return
    wide = float(np.hypot(*on.size(kinds[0]))) / 2
    for k in range(60):  # in the middle, or beside the street that runs through it
        away, angle = radius * 0.12 * np.sqrt(k), 2.39996 * k
        px, pz = x + away * float(np.cos(angle)), z + away * float(np.sin(angle))
        if not on.on_a_street(px, pz, margin=wide) and on.put(kinds[0], px, pz,
            float(np.arctan2(on.site.shore[0], on.site.shore[1]))):
            break
    for k, kind in enumerate(kinds[1:]):
        for attempt in range(10):
            angle = (k + 0.35) * 2 * np.pi / max(len(kinds) - 1, 1) + attempt * 0.37
            away = radius * (0.72 if attempt < 5 else 0.9)
            px, pz = x + away * float(np.cos(angle)), z + away * float(np.sin(angle))
            if on.on_a_street(px, pz, margin=0.8):
                continue
            if on.put(kind, px, pz, float(np.arctan2(x - px, z - pz)), on_street=True):
                break


def put_yards(on: Furnisher) -> None:
    """Beside and before houses."""
    for lot in on.site.layout.lots:
        for _ in range(int(on.random.integers(1, 4))):
            kind = on.kind.yard[int(on.random.integers(len(on.kind.yard)))]
            wide, deep = on.size(kind)
            side = int(on.random.integers(3))
            if side == 0:
                u, v, turn = float(on.random.choice([-1, 1])) * lot.wide * 0.32, lot.deep / 2 + deep / 2 + 0.25, 0.0
            else:
                sign = 1 if side == 1 else -1
                u, v = sign * (lot.wide / 2 + (wide if kind == "car" else deep) / 2 + 0.4), float(on.random.uniform(-0.3,
                    0.4)) * lot.deep
                turn = 0.0 if kind == "car" else sign * np.pi / 2
            c, s = np.cos(lot.turn), np.sin(lot.turn)
            on.put(kind, lot.x + u * float(c) + v * float(s), lot.z - u * float(s) + v * float(c),
                lot.turn + turn + float(on.random.normal(0, 0.06)))  # fmt: skip
