"""The world of the template `factory`: two presses of boxes, and a twin of one source, one rule, one measure and one control."""

from __future__ import annotations

from math import atan2, hypot
from typing import Any

from kit import srgb

import taixu as tx
from taixu.math.quaternion import from_euler
from taixu.twin import Device

__all__ = ["build_starter", "starter_settings"]

Vector = tuple[float, float, float]
_TABLE_M = 0.9
_PRESSES = (-1.7, 1.7)


def starter_settings() -> dict[str, Any]:
    """What stands in the world's settings under ``twin``."""
    told = [{"topic": "press/{key}", "from": name, "to": f"press.{name}"} for name in ("state", "setpoint", "count", "temperature")]
    return {
        "sources": {"plant": {"kind": "mqtt"}},
        "simulators": [{"script": "devices/plant.py", "source": "plant"}],
        "bindings": [*told, {"topic": "ram/{key}", "from": "height", "to": "transform.translation.y", "unit": "mm"}],
        "rules": [
            {"name": "motor hot", "when": "press.temperature > 75", "for": 2, "until": "press.temperature < 70", "severity": "high",
             "say": "{name}: the motor is at {press.temperature:.0f} °C"},
        ],
        "measures": [
            {"name": "strokes a minute", "by": "entity", "where": "device.kind == 'press'", "value": "60 * rate(press.count, 30)"},
        ],
        "controls": [
            {"name": "speed", "source": "plant", "topic": "speed/{key}/set", "acknowledged_on": "speed/{key}/ack",
             "field": "press.setpoint", "minimum": 0.0, "maximum": 30.0, "tolerance": 0.01, "timeout": 8},
        ],
    }  # fmt: skip


def build_starter(world: tx.World, components: Any) -> None:
    """Fill an empty world; `components` finds those that the project declares."""
    _light(world)
    floor = tx.Material(base_color=srgb("#5b6168"), roughness=0.85)
    world.spawn("Floor", tx.Shape("box", size=(14, 0.2, 10)), floor, tx.Collider(size=(14, 0.2, 10)), position=(0, -0.1, 0))
    press = components.find("press").cls
    for number, x in enumerate(_PRESSES, 1):
        _press(world, number, x, press())


def _light(world: tx.World) -> None:
    world.spawn("Sky", tx.Environment(ground_color=(0.42, 0.44, 0.47), intensity=0.8, sun_direction=(-0.631, 0.683, 0.368)))
    sun = tx.Light(color=(1.0, 0.94, 0.84), intensity=4.0)
    world.spawn("Sun", sun, position=(-4, 5, 3), rotation=(-0.3185077, -0.4632461, -0.1829414, 0.8065286))
    at, to = (3.6, 3.2, 6.4), (0.0, 1.25, 0.0)
    dx, dy, dz = (a - b for a, b in zip(at, to))
    world.spawn("Camera", tx.Camera(), position=at, rotation=from_euler(atan2(dx, dz), -atan2(dy, hypot(dx, dz))))


def _press(world: tx.World, number: int, x: float, press: Any) -> None:
    """A table, which is the device; on it two posts, a head, and the ram, which is a device of its own."""
    body = tx.Material(base_color=srgb("#2f6f9f"), roughness=0.5)
    steel = tx.Material(base_color=srgb("#b9bec4"), metallic=1.0, roughness=0.35)
    tool = tx.Material(base_color=srgb("#f2a81d"), roughness=0.45)

    def block(name: str, size: Vector, at: Vector, paint: tx.Material, *more: Any, parent: tx.Node | None = None) -> tx.Node:
        shape = tx.Shape("box", size=size, bevel_m=0.03)
        return world.spawn(name, shape, paint, *more, position=at, parent=parent)

    key = f"press-{number}"
    foot = block(f"Press {number}", (1.5, _TABLE_M, 1.3), (x, _TABLE_M / 2, 0), body, Device(key, "press"), press)
    top = _TABLE_M / 2
    block("Bolster", (1.1, 0.08, 0.9), (0, top + 0.04, 0), steel, parent=foot)
    for name, side in (("Left post", -1), ("Right post", 1)):
        block(name, (0.22, 1.5, 0.7), (side * 0.62, top + 0.75, 0), body, parent=foot)
    block("Head", (1.5, 0.5, 0.9), (0, top + 1.75, 0), body, parent=foot)
    # The readings say how high the ram is over the table: its place is within a group that lies there.
    table = world.spawn("Table", position=(0, top + 0.08, 0), parent=foot)
    ram = world.spawn(f"Press {number} ram", Device(f"{key}.ram", "ram"), position=(0, 0.45, 0), parent=table)
    block("Slide", (0.94, 0.3, 0.6), (0, 0.33, 0), steel, parent=ram)
    block("Die", (0.6, 0.18, 0.45), (0, 0.09, 0), tool, parent=ram)
