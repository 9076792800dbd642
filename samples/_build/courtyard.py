"""The courtyard of the sample `mods`: a place with something for each of its ten mods, and nothing that moves but a car."""

from __future__ import annotations

from math import atan2, cos, pi, radians, sin

from kit import PALETTE, Kit, srgb

import taixu as tx
from taixu.animation import PropertyAnimation
from taixu.math.quaternion import from_euler

__all__ = ["build_courtyard"]

_TRACK = (10.6, 7.2)
"""Half axes of the oval, in x and z, in metres."""
_LAP_SECS = 9.0


def build_courtyard(world: tx.World) -> None:
    """Fill an empty world."""
    kit = Kit(world)
    _stage(kit, world)
    _track(kit)
    _car(kit, world)
    _garden(kit)
    _things(kit, world)
    _trees(kit)


def _paint(color: str, roughness: float = 0.8) -> tx.Material:
    return tx.Material(base_color=PALETTE.get(color) or srgb(color), roughness=roughness)


def _stage(kit: Kit, world: tx.World) -> None:
    sun = (-0.5, 0.62, 0.6)
    world.spawn("sky", tx.Environment(sun_direction=sun, turbidity=2.4, intensity=1.0, ground_color=(0.32, 0.36, 0.25)))
    world.spawn("sun", tx.Light(kind="directional", color=(1.0, 0.94, 0.84), intensity=3.2)).look_at(tuple(-part for part in sun))
    eye = world.spawn("camera", tx.Camera(fov_y_rad=radians(36), near_m=0.2), tx.AudioListener(), position=(0.0, 11.5, 25.0))
    eye.look_at((0, 1.2, -1.0))
    kit.solid("ground", "box", (80, 1, 70), _paint("#6f9a4e", 1.0), (0, -0.5, -6), bevel_m=0, collider={"friction": 0.8})
    kit.look("court", "box", (27, 0.04, 20.5), _paint("#cdbb9d", 0.95), (0, 0.0, 0), bevel_m=0.01)
    for name, size, at in (
        ("back wall", (27.6, 2.2, 0.5), (0, 1.1, -10.4)),
        ("left wall", (0.5, 1.1, 20.4), (-13.6, 0.55, 0)),
        ("right wall", (0.5, 1.1, 20.4), (13.6, 0.55, 0)),
    ):
        kit.solid(name, "box", size, _paint("#b5654a", 0.9), at, bevel_m=0.06)
        cap = tuple(part + 0.14 for part in size)
        kit.look(f"{name} cap", "box", (cap[0], 0.14, cap[2]), _paint("cream"), (at[0], 2 * at[1] + 0.07, at[2]))


def _place(part: float, out: float = 0.0) -> tuple[float, float]:
    """Where the track is, `part` of the way around, `out` metres outside of its middle."""
    angle = 2 * pi * part
    return (_TRACK[0] + out) * cos(angle), (_TRACK[1] + out) * sin(angle)


def _heading(part: float) -> float:
    """Yaw of who drives there: -Z is the front."""
    return atan2(_TRACK[0] * sin(2 * pi * part), -_TRACK[1] * cos(2 * pi * part))


def _track(kit: Kit) -> None:
    pieces = 72
    for number in range(pieces):
        (x, z), turn = _place(number / pieces), (_heading(number / pieces), 0.0, 0.0)
        kit.look("road", "box", (1.9, 0.03, 0.98), _paint("#4a4e57", 0.9), (x, 0.035, z), turn=turn, bevel_m=0)
        if number % 2:
            for side in (-1.02, 1.02):
                x, z = _place(number / pieces, side)
                kit.look("kerb", "box", (0.16, 0.06, 0.5), _paint("cream"), (x, 0.05, z), turn=turn, bevel_m=0.01)
    for number, color in enumerate(("red", "yellow", "blue", "green")):
        part = number / 4 + 0.07
        x, z = _place(part)
        gate = kit.solid(
            f"gate {number + 1}", "box", (2.4, 1.2, 0.5), _paint(color), (x, 0.9, z), turn=(_heading(part), 0, 0),
            collider={"is_trigger": True},
        )  # fmt: skip
        gate.remove(tx.Shape)
        for side in (-1.35, 1.35):
            kit.look("post", "box", (0.16, 1.9, 0.16), _paint(color), (side, 0.05, 0), parent=gate)
        kit.look("beam", "box", (2.86, 0.3, 0.2), _paint(color), (0, 1.1, 0), parent=gate)


def _car(kit: Kit, world: tx.World) -> None:
    keys = 96
    times = [_LAP_SECS * number / keys for number in range(keys + 1)]
    places = [_place(number / keys) for number in range(keys + 1)]
    turns = [from_euler(_heading(number / keys), 0, 0).tolist() for number in range(keys + 1)]
    tracks = {
        "transform.position": {"times": times, "values": [[x, 0.0, z] for x, z in places], "interpolation": "linear"},
        "transform.rotation": {"times": times, "values": turns, "interpolation": "linear"},
    }
    car = world.spawn(
        "car", tx.RigidBody(kind="kinematic"), tx.Collider(shape="box", size=(0.9, 0.6, 1.7), offset=(0, 0.45, 0)),
        PropertyAnimation(tracks=tracks), position=(_TRACK[0], 0, 0),
    )  # fmt: skip
    kit.look("chassis", "box", (0.95, 0.36, 1.8), _paint("orange", 0.25), (0, 0.42, 0), parent=car, bevel_m=0.12)
    kit.look("cabin", "box", (0.78, 0.34, 0.85), _paint("dark", 0.15), (0, 0.72, 0.1), parent=car, bevel_m=0.12)
    for x in (-0.45, 0.45):
        for z in (-0.55, 0.55):
            kit.look("wheel", "cylinder", (0.4, 0.2, 0.4), _paint("#22242a"), (x, 0.22, z), turn=(0, 0, pi / 2), parent=car)


def _garden(kit: Kit) -> None:
    for number in range(3):
        z = -2.6 + 1.9 * number
        kit.look(f"bed {number + 1}", "box", (4.6, 0.3, 1.1), _paint("#5b4231", 1.0), (-5.6, 0.15, z))
        kit.look("edge", "box", (4.8, 0.22, 1.3), _paint("wood"), (-5.6, 0.11, z))


def _things(kit: Kit, world: tx.World) -> None:
    kit.look("lamp post", "cylinder", (0.16, 3.0, 0.16), kit.metal(0.2, 0.5), (0, 1.5, 0.4), bevel_m=0)
    kit.look("lamp foot", "cylinder", (0.6, 0.2, 0.6), kit.metal(0.2, 0.5), (0, 0.1, 0.4))
    glass = tx.Material(base_color=(0.9, 0.85, 0.7, 1), emissive=(1.0, 0.78, 0.45), emissive_strength=0.0)
    kit.look("bulb", "sphere", (0.5, 0.5, 0.5), glass, (0, 3.2, 0.4), cast_shadow=False)
    world.spawn("lamp", tx.Light(kind="point", color=(1.0, 0.78, 0.45), intensity=0.0, range_m=16), position=(0, 3.2, 0.4))
    colors = ("red", "yellow", "teal", "purple", "orange", "blue")
    for number, color in enumerate(colors):  # a pyramid: three, two, one
        row = 0 if number < 3 else 1 if number < 5 else 2
        x = (number - (0, 3, 5)[row]) * 1.06 - 1.06 + row * 0.53
        kit.solid(f"crate {number + 1}", "box", (1, 1, 1), _paint(color, 0.6), (x, 0.52 + row * 1.01, -3.7), mass_kg=4)
    kit.solid("ball", "sphere", (0.9,) * 3, _paint("pink", 0.35), (2.2, 0.47, -2.2), mass_kg=2, collider={"restitution": 0.6})
    hoop = kit.solid("goal", "box", (2.0, 1.3, 0.8), _paint("cream"), (4.8, 0.65, -4.0), collider={"is_trigger": True})
    hoop.remove(tx.Shape)
    for side in (-1.0, 1.0):
        kit.look("goal post", "cylinder", (0.12, 1.4, 0.12), _paint("cream"), (side, 0.05, 0), parent=hoop)
    kit.look("goal bar", "box", (2.12, 0.12, 0.12), _paint("cream"), (0, 0.75, 0), parent=hoop, bevel_m=0.02)
    kit.look("table", "box", (3.0, 0.12, 2.2), _paint("wood"), (-3.2, 0.8, 3.2))
    for x in (-4.5, -1.9):
        kit.look("table leg", "box", (0.12, 0.8, 1.6), _paint("wood"), (x, 0.4, 3.2))
    kit.look("sand box", "box", (5.2, 0.24, 5.2), _paint("wood"), (5.3, 0.12, 0.8))


def _trees(kit: Kit) -> None:
    places = ((-16, -13, 5), (-9, -14.5, 6.2), (-2, -13.6, 5.2), (5, -15, 6.6), (11, -13.4, 5.4), (17, -12, 6), (17, -3, 5))
    for x, z, height in places:
        kit.look("trunk", "cylinder", (0.5, height, 0.5), _paint("#6b4a34", 1.0), (x, height / 2, z))
        kit.look("crown", "sphere", (3.6, 3.2, 3.6), _paint("#4f8440", 1.0), (x, height + 0.6, z))
        kit.look("crown", "sphere", (2.4, 2.2, 2.4), _paint("#5c9549", 1.0), (x + 0.9, height + 1.7, z + 0.6))
