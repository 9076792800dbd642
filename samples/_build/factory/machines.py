"""Machines of the lines: press, milling cell, conveyors, and the part that they make."""

from __future__ import annotations

from math import pi

from taixu.assets.model import ModelData

from .arm import Joint, urdf
from .builder import Builder
from .solids import block, cylinder, extrude, lathe

__all__ = [
    "BELT_M", "PART_M", "conveyor_model", "mill_model", "mill_urdf", "part_model", "portal_model", "press_model", "press_urdf",
]  # fmt: skip

BELT_M = 0.80
"""Height of the belts."""
PART_M = (0.32, 0.22, 0.32)
"""Extent of a part."""
_RAM = Joint("travel", "ram", (0, 0, 2.0), (0, 0, -1), 0, 0.55, 1.5, 90000, 900, ((0, 0, 0), (1.1, 0.9, 0.5)), "prismatic")
_DOOR = Joint("travel", "door", (0, -1.13, 1.35), (1, 0, 0), 0, 1.05, 1.2, 300, 60, ((0, 0, 0), (1.1, 0.06, 1.3)), "prismatic")


def press_urdf() -> str:
    """The press: a ram that goes down."""
    return urdf("press", "frame", (_RAM,), base_kg=9000, base_box=((0, 0, 1.6), (2.0, 2.0, 3.2)))


def mill_urdf() -> str:
    """The milling cell: a door that slides."""
    return urdf("mill", "frame", (_DOOR,), base_kg=6000, base_box=((0, 0, 1.2), (2.6, 2.2, 2.4)))


def press_model() -> ModelData:
    """A press with two columns; parts leave it over a chute along its x axis. Z up below the root, as in its URDF."""
    built = Builder("press")
    root = built.node("press", turn=((1, 0, 0), -pi / 2))
    frame = built.node("frame", parent=root)
    ram = built.node("ram", _RAM.origin, parent=frame)
    built.add(frame, "machine blue", block((1.9, 2.0, 0.85), 0.05), at=(0, 0, 0.46))
    built.add(frame, "dark", block((2.0, 2.1, 0.08), 0.02), at=(0, 0, 0.04))
    for side in (-1, 1):
        built.add(frame, "machine blue", block((1.3, 0.42, 2.6), 0.05), at=(-0.1, side * 0.76, 1.9))
        built.add(frame, "steel", block((0.12, 0.06, 1.4), 0.01), at=(-0.1, side * 0.52, 1.75))
    built.add(frame, "machine blue", block((1.6, 2.1, 0.7), 0.07), at=(-0.1, 0, 3.25))
    built.add(frame, "machine white", block((1.62, 1.2, 0.3), 0.03), at=(-0.1, 0, 3.25))
    built.add(frame, "machine gray", cylinder(0.32, 0.5, bevel=0.04, segments=20).along("z"), at=(-0.1, 0, 3.8))
    built.add(frame, "dark", cylinder(0.17, 0.6, bevel=0.03).along("x"), at=(-1.0, 0.4, 3.3))
    built.add(frame, "steel", block((1.1, 0.9, 0.14), 0.015), at=(-0.1, 0, 0.95))
    built.add(frame, "cast", block((0.8, 0.7, 0.12), 0.012), at=(-0.1, 0, 1.08))
    # The chute, on which parts slide to the belt.
    chute = block((1.1, 0.5, 0.02)).moved((1.15, 0, 1.0), axis=(0, 1, 0), angle=0.22)
    built.add(frame, "galvanised", chute)
    for side in (-1, 1):
        built.add(frame, "galvanised", block((1.1, 0.02, 0.16)).moved((1.15, side * 0.26, 1.07), axis=(0, 1, 0), angle=0.22))
        built.add(frame, "yellow", block((0.05, 0.05, 2.1), 0.01), at=(0.72, side * 1.08, 1.1))
    for height in (0.5, 1.2, 1.9):
        built.add(frame, "yellow", block((0.03, 2.16, 0.05), 0.01), at=(-1.02, 0, height))
    _panel(built, frame, (0.35, -1.25, 1.25))
    built.add(ram, "machine gray", block((1.15, 0.9, 0.7), 0.04), at=(-0.1, 0, 0.35))
    built.add(ram, "steel", block((0.8, 0.7, 0.14), 0.012), at=(-0.1, 0, -0.07))
    for side in (-0.3, 0.3):
        built.add(ram, "steel", cylinder(0.07, 0.9, segments=12).along("z"), at=(-0.1, side, 0.9))
    return built.finish()


def _panel(built: Builder, node: int, at: tuple[float, float, float]) -> None:
    """A control desk on a post; Z up, its screen looks along -y."""
    x, y, z = at
    built.add(node, "machine gray", block((0.08, 0.08, z), 0.015), at=(x, y, z / 2))
    tilt = {"axis": (1.0, 0.0, 0.0), "angle": -0.35}
    built.add(node, "machine white", block((0.5, 0.12, 0.4), 0.02).moved((x, y, z + 0.12), **tilt))
    built.add(node, "screen", block((0.34, 0.01, 0.24), 0.004).moved((x - 0.04, y - 0.06, z + 0.145), **tilt))
    built.add(node, "label", block((0.26, 0.004, 0.012)).moved((x - 0.06, y - 0.066, z + 0.2), **tilt))
    built.add(node, "eye", block((0.16, 0.004, 0.012)).moved((x - 0.11, y - 0.066, z + 0.16), **tilt))
    built.add(node, "red", cylinder(0.035, 0.05, bevel=0.01, segments=12).moved((x + 0.19, y - 0.07, z + 0.16)))


def mill_model() -> ModelData:
    """A machining centre whose door faces its -y axis (Z up below the root, as in its URDF): the model's +z."""
    built = Builder("mill")
    root = built.node("mill", turn=((1, 0, 0), -pi / 2))
    frame = built.node("frame", parent=root)
    door = built.node("door", _DOOR.origin, parent=frame)
    built.add(frame, "dark", block((2.6, 2.2, 0.22), 0.03), at=(0, 0, 0.11))
    built.add(frame, "machine white", block((2.6, 1.0, 2.1), 0.05), at=(0, 0.6, 1.27))
    for side, wide in ((-1, 0.72), (1, 0.72)):
        built.add(frame, "machine white", block((wide, 1.2, 2.1), 0.05), at=(side * (1.3 - wide / 2), -0.5, 1.27))
    built.add(frame, "machine white", block((1.3, 1.2, 0.36), 0.03), at=(0, -0.5, 2.14))
    built.add(frame, "machine white", block((1.3, 1.2, 0.48), 0.03), at=(0, -0.5, 0.46))
    built.add(frame, "machine blue", block((2.62, 0.03, 0.16), 0.01), at=(0, -1.1, 2.2))
    built.add(frame, "dark", block((1.2, 0.06, 1.34)), at=(0, 0.12, 1.34))
    # Inside: table, fixture, spindle.
    built.add(frame, "cast", block((0.9, 0.8, 0.1), 0.01), at=(0, -0.55, 0.78))
    built.add(frame, "steel", block((0.44, 0.44, 0.06), 0.01), at=(0, -0.7, 0.86))
    built.add(frame, "machine gray", block((0.5, 0.5, 0.5), 0.03), at=(0, -0.25, 1.9))
    spindle = lathe([(0, 0.14), (0.1, 0.14), (0.1, 0), (0.03, -0.05), (0.02, -0.16), (0, -0.16)], 14)
    built.add(frame, "steel", spindle.along("z"), at=(0, -0.3, 1.56))
    built.add(frame, "lamp", block((0.9, 0.04, 0.03)), at=(0, 0.06, 1.93))
    built.add(frame, "galvanised", block((0.5, 1.4, 0.55), 0.03), at=(1.5, 0.3, 0.5))
    built.add(frame, "machine gray", cylinder(0.2, 0.5, bevel=0.03).along("z"), at=(-0.7, 0.7, 2.5))
    _panel(built, frame, (1.12, -1.3, 1.2))
    # The door hangs before the opening, and slides to its right.
    built.add(door, "machine white", block((1.3, 0.05, 0.28), 0.012), at=(0, 0, 0.51))
    built.add(door, "machine white", block((1.3, 0.05, 0.28), 0.012), at=(0, 0, -0.51))
    for side in (-1, 1):
        built.add(door, "machine white", block((0.18, 0.05, 0.8), 0.012), at=(side * 0.56, 0, 0))
    built.add(door, "glass", block((0.96, 0.02, 0.76)))
    built.add(door, "steel", cylinder(0.016, 0.5, segments=8).along("z"), at=(-0.56, -0.06, 0))
    return built.finish()


def conveyor_model(length: float) -> ModelData:
    """A belt conveyor along +x from the origin, `length` metres, its belt at `BELT_M`."""
    built = Builder("conveyor")
    node = built.node("conveyor")
    middle = length / 2
    built.add(node, "belt", block((length - 0.12, 0.035, 0.62), 0.004), at=(middle, BELT_M - 0.018, 0))
    built.add(node, "galvanised", block((length - 0.2, 0.06, 0.6)), at=(middle, BELT_M - 0.075, 0))
    for end in (0.07, length - 0.07):
        built.add(node, "steel", cylinder(0.065, 0.66, segments=14).along("z"), at=(end, BELT_M - 0.066, 0))
    for side in (-1, 1):
        built.add(node, "machine gray", block((length, 0.16, 0.045), 0.008), at=(middle, BELT_M - 0.07, side * 0.345))
        built.add(node, "steel", cylinder(0.014, length - 0.1, segments=6).along("x"), at=(middle, BELT_M + 0.1, side * 0.31))
        built.add(node, "steel", cylinder(0.014, length - 0.1, segments=6).along("x"), at=(middle, BELT_M + 0.2, side * 0.31))
    count = max(2, round(length / 2.4) + 1)
    for k in range(count):
        x = 0.35 + (length - 0.7) * k / (count - 1)
        for side in (-1, 1):
            built.add(node, "machine gray", block((0.07, BELT_M - 0.1, 0.05), 0.006), at=(x, (BELT_M - 0.1) / 2, side * 0.34))
            built.add(node, "dark", block((0.14, 0.02, 0.1)), at=(x, 0.01, side * 0.34))
            built.add(node, "steel", block((0.02, 0.24, 0.02)), at=(x, BELT_M + 0.09, side * 0.345))
        built.add(node, "machine gray", block((0.05, 0.05, 0.64)), at=(x, 0.25, 0))
    # Drive at the far end.
    built.add(node, "green", cylinder(0.095, 0.3, bevel=0.015, segments=18).along("z"), at=(length - 0.5, 0.5, 0.52))
    for k in range(5):
        built.add(node, "green", cylinder(0.108, 0.012, segments=18).along("z"), at=(length - 0.5, 0.5, 0.44 + 0.045 * k))
    built.add(node, "dark", block((0.16, 0.2, 0.14), 0.02), at=(length - 0.5, 0.52, 0.32))
    built.add(node, "green", block((0.1, 0.06, 0.1), 0.01), at=(length - 0.5, 0.62, 0.52))
    built.add(node, "yellow", block((0.42, 0.05, 0.06), 0.01), at=(length - 0.5, 0.32, 0.52))
    return built.finish()


def portal_model() -> ModelData:
    """An inspection portal that parts pass through along x, with cameras in it."""
    built = Builder("portal")
    node = built.node("portal")
    for side in (-1, 1):
        built.add(node, "machine white", block((0.7, 1.75, 0.18), 0.03), at=(0, 0.875, side * 0.56))
    built.add(node, "machine white", block((0.7, 0.2, 1.3), 0.03), at=(0, 1.78, 0))
    built.add(node, "machine blue", block((0.71, 0.06, 1.31), 0.01), at=(0, 1.72, 0))
    for x in (-0.2, 0.2):
        built.add(node, "dark", block((0.09, 0.14, 0.09), 0.01), at=(x, 1.6, 0))
        built.add(node, "eye", cylinder(0.03, 0.02, segments=12), at=(x, 1.525, 0))
    built.add(node, "lamp", block((0.03, 0.02, 0.8)), at=(0, 1.67, 0))
    return built.finish()


def part_model() -> ModelData:
    """A pump housing: a cast body with a bored flange, its origin in its middle."""
    built = Builder("part")
    node = built.node("part")
    w, h, d = PART_M
    built.add(node, "enamel", block((w, 0.05, d), 0.012), at=(0, -h / 2 + 0.025, 0))
    corners = ((1, -0.42), (1, 0.42), (0.42, 1), (-0.42, 1), (-1, 0.42), (-1, -0.42), (-0.42, -1), (0.42, -1))
    octagon = [(x * 0.13, y * 0.13) for x, y in corners]
    built.add(node, "enamel", extrude(octagon, 0.11, 0.012).moved(axis=(1, 0, 0), angle=pi / 2).moved((0, -0.01, 0)))
    bore = [(0.05, 0.0), (0.055, 0.055), (0.085, 0.055), (0.095, 0.045), (0.095, 0.0)]
    built.add(node, "steel", lathe([*bore], 18).moved((0, h / 2 - 0.055, 0)))
    built.add(node, "dark", cylinder(0.052, 0.01, segments=18), at=(0, h / 2 - 0.05, 0))
    for x in (-1, 1):
        for z in (-1, 1):
            built.add(node, "brass", cylinder(0.018, 0.03, segments=6), at=(x * 0.125, -h / 2 + 0.06, z * 0.125))
    built.add(node, "cast", cylinder(0.05, 0.08, bevel=0.008, segments=12).along("x"), at=(0.13, 0, 0))
    return built.finish()
