"""What carries, holds and guards: AGVs, racks, pallets, fences, and the takt board with its drums."""

from __future__ import annotations

from math import cos, pi

import numpy as np

from taixu.assets.model import ModelData

from .arm import Joint, urdf
from .builder import Builder
from .solids import Solid, block, cylinder, lathe

__all__ = ["BOARD_DRUMS", "agv_model", "board_model", "board_urdf", "fence_model", "rack_model", "tower_model"]

_SEGMENTS = {"0": "abcdef", "1": "bc", "2": "abged", "3": "abgcd", "4": "fgbc", "5": "afgcd", "6": "afgedc", "7": "abc",
             "8": "abcdefg", "9": "abcdfg"}  # fmt: skip
BOARD_DRUMS = tuple(f"{line}_{place}" for line in ("a", "b") for place in ("hundreds", "tens", "ones"))
"""The board's joints: three drums a line; each figure is a tenth of a turn."""


def agv_model() -> ModelData:
    """A flat carrier that looks along +x, with a pallet on its back whose deck is at 0.45 m."""
    built = Builder("agv")
    node = built.node("agv")
    built.add(node, "machine white", block((1.36, 0.17, 0.84), 0.05), at=(0, 0.2, 0))
    built.add(node, "dark", block((1.3, 0.1, 0.8), 0.03), at=(0, 0.09, 0))
    built.add(node, "dark", block((1.1, 0.02, 0.76), 0.006), at=(0, 0.293, 0))
    for end in (-1, 1):
        built.add(node, "yellow", block((0.05, 0.12, 0.8), 0.02), at=(end * 0.69, 0.12, 0))
        built.add(node, "eye", block((0.012, 0.025, 0.66)), at=(end * 0.684, 0.22, 0))
        built.add(node, "dark", cylinder(0.06, 0.07, bevel=0.01, segments=14), at=(end * 0.62, 0.31, end * 0.34))
    for side in (-1, 1):
        built.add(node, "machine blue", block((0.7, 0.05, 0.012)), at=(0, 0.2, side * 0.419))
        for x in (-0.42, 0.42):
            built.add(node, "rubber", cylinder(0.085, 0.07, bevel=0.012).along("z"), at=(x, 0.085, side * 0.34))
    _pallet(built, node, (0.0, 0.302, 0.0))
    return built.finish()


def _pallet(built: Builder, node: int, at: tuple[float, float, float]) -> None:
    """A wooden pallet of 1.2 by 0.8 m, 0.144 m high, standing at a place."""
    x, y, z = at
    for side in (-0.34, 0.0, 0.34):
        built.add(node, "wood", block((1.2, 0.02, 0.1)), at=(x, y + 0.01, z + side))
        for along in (-0.52, 0.0, 0.52):
            built.add(node, "wood", block((0.14, 0.078, 0.1)), at=(x + along, y + 0.06, z + side))
    for along in (-0.52, 0.0, 0.52):
        built.add(node, "wood", block((0.14, 0.022, 0.8)), at=(x + along, y + 0.11, z))
    for k in range(5):
        built.add(node, "wood", block((1.2, 0.022, 0.13)), at=(x, y + 0.133, z - 0.335 + 0.1675 * k))


def rack_model() -> ModelData:
    """A bay of a pallet rack along x: 2.8 m wide, 1.1 m deep, 4.6 m high, three levels that are full."""
    built = Builder("rack")
    node = built.node("rack")
    rng = np.random.default_rng(12)
    for x in (-1.4, 1.4):
        for z in (-0.5, 0.5):
            built.add(node, "rack blue", block((0.1, 4.6, 0.08), 0.01), at=(x, 2.3, z))
            built.add(node, "galvanised", block((0.16, 0.012, 0.14)), at=(x, 0.006, z))
        for k in range(4):
            brace = block((0.03, 1.45, 0.03)).moved((x, 0.75 + 1.05 * k, 0), axis=(1, 0, 0), angle=0.72 * (-1) ** k)
            built.add(node, "rack blue", brace)
    for z in (-0.5, 0.5):
        built.add(node, "yellow", block((0.14, 0.4, 0.1), 0.02), at=(-1.4, 0.2, z * 1.1))
        built.add(node, "yellow", block((0.14, 0.4, 0.1), 0.02), at=(1.4, 0.2, z * 1.1))
    for level in (1.5, 3.0):
        for z in (-0.5, 0.5):
            built.add(node, "rack orange", block((2.72, 0.12, 0.05), 0.008), at=(0, level, z))
    for level in (0.0, 1.56, 3.06):
        for x in (-0.68, 0.68):
            _pallet(built, node, (x, level, 0))
            _goods(built, node, (x, level + 0.146, 0), rng)
    return built.finish()


def _goods(built: Builder, node: int, place: tuple[float, float, float], rng: np.random.Generator) -> None:
    x, y, z = place
    kind = int(rng.integers(4))
    if kind == 0:  # crates
        paint = ("crate blue", "crate gray")[int(rng.integers(2))]
        for layer in range(3):
            for k in (-1, 1):
                for side in (-1, 1):
                    at = (x + k * 0.295, y + 0.135 + 0.275 * layer, z + side * 0.195)
                    built.add(node, paint, block((0.56, 0.26, 0.37), 0.015), at=at)
        return
    if kind == 1:  # one big box
        built.add(node, "cardboard", block((1.1, 0.85, 0.74), 0.01), at=(x, y + 0.43, z))
        built.add(node, "tape", block((1.102, 0.06, 0.745)), at=(x, y + 0.5, z))
        built.add(node, "stripe", block((0.2, 0.14, 0.002)), at=(x + 0.3, y + 0.6, z + 0.372))
        return
    for layer in range(2 + kind % 2):
        for k in range(3):
            for side in (-1, 1):
                paint = ("cardboard", "cardboard pale")[int(rng.integers(2))]
                lift = y + 0.16 + 0.315 * layer
                built.add(node, paint, block((0.37, 0.3, 0.37), 0.008), at=(x - 0.385 + 0.385 * k, lift, z + side * 0.195))
                built.add(node, "tape", block((0.05, 0.302, 0.374)), at=(x - 0.385 + 0.385 * k, lift, z + side * 0.195))


def fence_model() -> ModelData:
    """A mesh panel along +x from the origin: 1.5 m wide, 2 m high, with the post at its start."""
    built = Builder("fence")
    node = built.node("fence")
    built.add(node, "yellow", block((0.06, 2.05, 0.06), 0.006), at=(0, 1.025, 0))
    built.add(node, "yellow", block((0.16, 0.012, 0.12)), at=(0, 0.006, 0))
    for y in (0.16, 1.1, 2.0):
        built.add(node, "dark", block((1.44, 0.03, 0.025)), at=(0.75, y, 0))
    for x in (0.045, 1.455):
        built.add(node, "dark", block((0.025, 1.86, 0.025)), at=(x, 1.08, 0))
    for k in range(17):
        built.add(node, "dark", block((0.007, 1.84, 0.007)), at=(0.13 + 0.0775 * k, 1.08, 0))
    for k in range(9):
        built.add(node, "dark", block((1.41, 0.007, 0.007)), at=(0.75, 0.3 + 0.2 * k, 0))
    return built.finish()


def tower_model() -> ModelData:
    """The post of a signal tower, 0.5 m, on which lamps are put; its origin at its foot."""
    built = Builder("tower")
    node = built.node("tower")
    built.add(node, "dark", cylinder(0.05, 0.03, bevel=0.006, segments=14), at=(0, 0.015, 0))
    built.add(node, "steel", cylinder(0.018, 0.26, segments=10), at=(0, 0.15, 0))
    built.add(node, "dark", cylinder(0.052, 0.03, bevel=0.006, segments=14), at=(0, 0.285, 0))
    built.add(node, "dark", cylinder(0.05, 0.025, bevel=0.006, segments=14), at=(0, 0.655, 0))
    return built.finish()


def board_urdf() -> str:
    """The takt board: six drums on their axles."""
    joints = [_drum(name, number) for number, name in enumerate(BOARD_DRUMS)]
    return urdf("board", "case", joints, base_kg=120, base_box=((0, 0, 0.9), (3.4, 0.4, 1.8)), chain=False)


def _drum(name: str, number: int) -> Joint:
    line, place = divmod(number, 3)
    origin = (0.32 + 0.42 * place, 0.21, 1.2 - 0.68 * line)
    return Joint(name, f"drum {name}", origin, (1, 0, 0), -1000, 1000, 6, 2, 2, ((0, 0, 0), (0.36, 0.5, 0.5)), "continuous")


def board_model() -> ModelData:
    """A board of 3.4 by 1.7 m whose figures are drums, as on the counters of old; Z up below the root, it looks along -y."""
    built = Builder("board")
    root = built.node("board", turn=((1, 0, 0), -pi / 2))
    case = built.node("case", parent=root)
    built.add(case, "dark", block((3.4, 0.8, 0.12), 0.02), at=(0, 0.2, 1.64))
    built.add(case, "dark", block((3.4, 0.8, 0.12), 0.02), at=(0, 0.2, 0.06))
    built.add(case, "dark", block((3.3, 0.04, 1.6)), at=(0, 0.58, 0.85))
    built.add(case, "dark", block((1.82, 0.8, 1.56), 0.02), at=(-0.79, 0.2, 0.85))
    built.add(case, "dark", block((0.36, 0.8, 1.56), 0.02), at=(1.52, 0.2, 0.85))
    for low, high in ((0.0, 0.385), (0.655, 1.065), (1.335, 1.7)):  # masks with windows between them, as high as a figure
        built.add(case, "dark", block((1.4, 0.03, high - low)), at=(0.74, -0.185, (low + high) / 2))
    for line, y in (("a", 1.2), ("b", 0.52)):
        for solid in _lettering(f"LINE {line.upper()}", 0.2):
            built.add(case, "label", solid.moved((-0.88, -0.202, y)))
    for solid in _lettering("PARTS", 0.1):
        built.add(case, "digit", solid.moved((-0.88, -0.202, 0.86)))
    for side in (-1.3, 1.3):
        built.add(case, "machine gray", block((0.06, 0.06, 3.0)), at=(side, 0.16, 3.1))
    for number, name in enumerate(BOARD_DRUMS):
        node = built.node(f"drum {name}", _drum(name, number).origin, parent=case)
        _figures(built, node)
    return built.finish()


def _figures(built: Builder, node: int) -> None:
    radius = 0.37
    edge = radius * np.tan(pi / 10) * 2
    profile = [(0.0, 0.19), (radius, 0.19), (radius, -0.19), (0.0, -0.19)]
    drum = lathe(profile, 10).along("x")
    built.add(node, "screen", drum.moved(axis=(1, 0, 0), angle=pi / 10))
    for figure in range(10):
        # Figure k looks along -y when the drum has turned by k tenths.
        for solid in _seven(str(figure), edge * 0.86):
            face = solid.moved((0, -radius * cos(pi / 10) - 0.002, 0))
            built.add(node, "digit", face.moved(axis=(1, 0, 0), angle=-figure * pi / 5))


def _seven(figure: str, height: float) -> list[Solid]:
    """A figure of seven bars in x and z, as high as a face of the drum; the drum's faces are wide, so it stands broad."""
    h, w, t = height / 2, 0.062, 0.03
    bars = {
        "a": ((2 * w, 0.006, t), (0, 0, h - t / 2)), "g": ((2 * w, 0.006, t), (0, 0, 0)),
        "d": ((2 * w, 0.006, t), (0, 0, -h + t / 2)), "b": ((t, 0.006, h), (w, 0, h / 2)), "c": ((t, 0.006, h), (w, 0, -h / 2)),
        "e": ((t, 0.006, h), (-w, 0, -h / 2)), "f": ((t, 0.006, h), (-w, 0, h / 2)),
    }  # fmt: skip
    return [block(bars[name][0]).moved(bars[name][1]) for name in _SEGMENTS[figure]]


_LETTERS = {
    "A": "0e11111f111111", "B": "1e11111e11111e", "E": "1f10101e10101f", "I": "0e04040404040e", "L": "1010101010101f",
    "N": "11191915131311", "P": "1e11111e101010", "R": "1e11111e141211", "S": "0f10100e01011e", "T": "1f040404040404",
    " ": "0" * 14,
}  # fmt: skip
"""Seven rows from the top, two hexadecimal digits each, five bits from the left."""


def _lettering(text: str, height: float) -> list[Solid]:
    """Letters of small boxes in x and z, centred; runs of cells are one box."""
    cell = height / 7
    width = (len(text) * 6 - 1) * cell
    found = []
    for place, letter in enumerate(text):
        code = _LETTERS[letter]
        for row in range(7):
            bits = int(code[2 * row : 2 * row + 2], 16)
            column = 0
            while column < 5:
                start = column
                while column < 5 and bits >> (4 - column) & 1:
                    column += 1
                if column > start:
                    x = -width / 2 + (place * 6 + (start + column) / 2) * cell
                    found.append(block(((column - start) * cell, 0.01, cell)).moved((x, 0, (3 - row) * cell)))
                column += 1
    return found

