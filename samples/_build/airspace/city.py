"""A city of a hundred blocks: streets with markings, pavements, houses with fronts in bays, what stands on roofs, trees."""

from __future__ import annotations

import random

import numpy as np
from factory.builder import Builder
from factory.paints import linear
from factory.solids import Solid, block, cylinder, lathe

from taixu.assets.model import ModelData

from .facades import BAY_M, FACADES, facade_pictures

__all__ = ["city"]

_PITCH, _BLOCKS, _STREET = 110.0, 10, 22.0
_HALF = _PITCH * _BLOCKS / 2
_STOREY = BAY_M
_STYLES = ("glass", "concrete", "brick", "balconies")


def _paint(code: str, roughness: float, metallic: float = 0.0) -> dict[str, object]:
    return {"base_color": linear(code), "roughness": roughness, "metallic": metallic}


_PAINTS = {
    **{name: _paint("#ffffff", 1.0) | {"metallic": 1.0} for name in FACADES},
    "asphalt": _paint("#4b4b4c", 0.95),
    "pavement": _paint("#8d8a84", 0.85),
    "marking": _paint("#d4d3cc", 0.7),
    "lawn": _paint("#56713a", 0.95),
    "land": _paint("#6a7452", 1.0),
    "roof": _paint("#77787a", 0.9),
    "gravel roof": _paint("#9b978d", 0.95),
    "parapet": _paint("#a9a69f", 0.8),
    "plant": _paint("#b3b7b9", 0.5, 0.6),
    "leaves": _paint("#4a6b33", 0.9),
    "fresh leaves": _paint("#6d8a3f", 0.9),
    "trunk": _paint("#4f4136", 0.95),
    "pad": _paint("#2f5d86", 0.6),
}


def _flat(wide: float, deep: float) -> Solid:
    """A rectangle that is seen from above alone."""
    x, z = wide / 2, deep / 2
    positions = np.array([(-x, 0.0, z), (x, 0.0, z), (x, 0.0, -z), (-x, 0.0, -z)])
    return Solid(positions, np.tile([0.0, 1.0, 0.0], (4, 1)), np.array([(0, 1, 2), (0, 2, 3)]))


def _standing(size: tuple[float, float, float], *, open_top: bool = False) -> Solid:
    """A box whose underside, and top where something lies on it, nobody sees."""
    whole = block(size)
    seen = (whole.normals[:, 1] > -0.5) & ~(open_top & (whole.normals[:, 1] > 0.5))
    number = np.cumsum(seen) - 1
    kept = whole.triangles[seen[whole.triangles].all(axis=1)]
    return Solid(whole.positions[seen], whole.normals[seen], number[kept])


def city() -> ModelData:
    """The model: a node for the ground and one for each block."""
    made = Builder("city", _PAINTS)
    for name in _STYLES:
        made.texture(name, facade_pictures(name))
    _ground(made)
    chance = random.Random(11)
    for i in range(_BLOCKS):
        for j in range(_BLOCKS):
            x, z = (i + 0.5) * _PITCH - _HALF, (j + 0.5) * _PITCH - _HALF
            _block(made, made.node(f"block {i + 1}-{j + 1}", (x, 0, z)), chance, x, z)
    return made.finish()


def _ground(made: Builder) -> None:
    node = made.node("ground")
    made.add(node, "land", block((16000, 0.2, 16000)), at=(0, -0.35, 0))
    made.add(node, "asphalt", block((2 * _HALF + _STREET, 0.2, 2 * _HALF + _STREET)), at=(0, -0.1, 0))
    for line in range(_BLOCKS + 1):
        across = line * _PITCH - _HALF
        for step in range(_BLOCKS):
            begin = step * _PITCH - _HALF + _STREET
            for dash in range(8):
                along = begin + dash * 9.4
                made.add(node, "marking", _flat(0.35, 4.0), at=(across, 0.03, along + 2))
                made.add(node, "marking", _flat(4.0, 0.35), at=(along + 2, 0.03, across))


def _block(made: Builder, node: int, chance: random.Random, x: float, z: float) -> None:
    side = _PITCH - _STREET
    made.add(node, "pavement", _standing((side, 0.3, side)), at=(0, 0.05, 0))
    if chance.random() < 0.08:
        _park(made, node, chance, side)
        return
    inner = side - 9
    near = max(0.0, 1 - (x * x + z * z) ** 0.5 / (_HALF * 1.05))  # higher towards the middle
    halves = chance.choice([(1, 1), (2, 1), (1, 2), (2, 2), (2, 2), (3, 2)])
    wide, deep = inner / halves[0], inner / halves[1]
    for i in range(halves[0]):
        for j in range(halves[1]):
            w, d = wide * chance.uniform(0.74, 0.96), deep * chance.uniform(0.74, 0.96)
            at = ((i + 0.5) * wide - inner / 2, (j + 0.5) * deep - inner / 2)
            storeys = max(3, round(chance.uniform(4, 9) + near * near * chance.uniform(4, 44)))
            _house(made, node, chance, at, (w, d), storeys)
    for place in range(12):
        along, edge = (place % 3 - 1) * side * 0.3, side / 2 - 2.2
        spot = ((along, edge), (along, -edge), (edge, along), (-edge, along))[place // 3]
        if chance.random() < 0.7:
            _tree(made, node, chance, spot)


def _house(
    made: Builder, node: int, chance: random.Random, at: tuple[float, float], size: tuple[float, float], storeys: int
) -> None:
    w, d = (max(round(each / BAY_M), 2) * BAY_M for each in size)
    style = chance.choice(_STYLES[:2] if storeys > 22 else _STYLES)
    foot = 0.2
    if storeys > 16 and w > 5 * BAY_M and d > 5 * BAY_M:  # a tower on a broad foot
        base = chance.randint(3, 5)
        _body(made, node, "concrete", at, (w, d), foot, base)
        made.add(node, "roof", _flat(w, d), at=(at[0], foot + base * _STOREY, at[1]))
        w, d, foot = (round(w * 0.72 / BAY_M) * BAY_M, round(d * 0.72 / BAY_M) * BAY_M, foot + base * _STOREY)
        storeys -= base
    top = _body(made, node, style, at, (w, d), foot, storeys)
    made.add(node, "parapet", _standing((w + 0.5, 0.8, d + 0.5)), at=(at[0], top + 0.4, at[1]))
    made.add(node, chance.choice(["roof", "gravel roof"]), _flat(w - 0.6, d - 0.6), at=(at[0], top + 0.83, at[1]))
    for _ in range(chance.randint(1, 3)):
        sx, sy, sz = chance.uniform(2, 5), chance.uniform(1.4, 3), chance.uniform(2, 5)
        x, z = chance.uniform(-w / 2 + 4, w / 2 - 4), chance.uniform(-d / 2 + 4, d / 2 - 4)
        made.add(node, "plant", _standing((sx, sy, sz)), at=(at[0] + x, top + 0.8 + sy / 2, at[1] + z))
    if storeys < 12 and min(w, d) > 18 and chance.random() < 0.25:
        made.add(node, "pad", cylinder(4.2, 0.25, segments=20), at=(at[0], top + 0.9, at[1]))
        made.add(node, "marking", cylinder(2.2, 0.28, segments=20), at=(at[0], top + 0.9, at[1]))


def _body(
    made: Builder, node: int, style: str, at: tuple[float, float], size: tuple[float, float], foot: float, storeys: int
) -> float:
    height = storeys * _STOREY
    body = _standing((size[0], height, size[1]), open_top=True)
    body = body.moved((size[0] / 2, height / 2, size[1] / 2))  # bays begin at a corner
    start = len(made.model.nodes)
    part = made.node(f"house {start}", (at[0] - size[0] / 2, foot, at[1] - size[1] / 2), parent=node)
    made.add(part, style, body, uv_m=BAY_M * 4)
    return foot + height


def _park(made: Builder, node: int, chance: random.Random, side: float) -> None:
    made.add(node, "lawn", block((side - 8, 0.3, side - 8)), at=(0, 0.15, 0))
    made.add(node, "pavement", block((side - 8, 0.32, 4)), at=(0, 0.15, 0))
    made.add(node, "pavement", block((4, 0.32, side - 8)), at=(0, 0.15, 0))
    for _ in range(46):
        spot = (chance.uniform(5, side / 2 - 7) * chance.choice([-1, 1]), chance.uniform(5, side / 2 - 7) * chance.choice([-1, 1]))
        _tree(made, node, chance, spot)


def _tree(made: Builder, node: int, chance: random.Random, at: tuple[float, float]) -> None:
    height, crown = chance.uniform(6, 11), chance.uniform(2.0, 3.4)
    made.add(node, "trunk", _standing((0.4, height * 0.5, 0.4), open_top=True), at=(at[0], height * 0.25, at[1]))
    leaves = lathe([(0.0, -0.85), (0.92, -0.4), (0.85, 0.45), (0.0, 1.0)], segments=6)
    shape = leaves.scaled(crown, height * 0.34, crown).moved(angle=chance.uniform(0, 6))
    made.add(node, chance.choice(["leaves", "fresh leaves"]), shape, at=(at[0], height * 0.68, at[1]))
