"""The airspace's world: the city, a thousand drones where they begin, and what their readings mean."""

from __future__ import annotations

import sys
from math import radians
from pathlib import Path
from typing import Any

import taixu as tx
from taixu.twin import Device
from taixu.twin.rules import Fence

sys.path.insert(0, str(Path(__file__).parents[2] / "airspace" / "devices"))

from flights import Flights, key_of  # type: ignore[import-not-found]

__all__ = ["build_airspace", "twin_settings"]

_SUN = (-0.75, 0.62, 0.25)


def build_airspace(world: tx.World, components: Any) -> None:
    """Fill an empty world; `components` finds those that the project declares."""
    world.spawn("sky", tx.Environment(sun_direction=_SUN, turbidity=3.0, intensity=1.1, ground_color=(0.26, 0.25, 0.2)))
    sun = world.spawn("sun", tx.Light(kind="directional", color=(1.0, 0.93, 0.82), intensity=6.5, range_m=1800.0))
    sun.look_at(tuple(-each for each in _SUN))
    eye = world.spawn("camera", tx.Camera(fov_y_rad=radians(42), far_m=6000.0), position=(395.0, 205.0, 520.0))
    eye.look_at((-40, 88, 0))
    low = world.spawn("between houses", tx.Camera(fov_y_rad=radians(52), far_m=6000.0), position=(8.0, 92.0, 400.0))
    low.look_at((-4, 100, 0))
    world.spawn("City", tx.Model("assets/city.glb"))
    flights = Flights()
    places, flight = flights.places(0.0), components.find("flight").cls
    for number in range(flights.count):
        key = key_of(number)
        world.spawn(key, tx.Model("assets/drone.glb"), Device(key, "drone"), flight(), position=tuple(places[:, number].tolist()))
    square = [[-110, -110], [110, -110], [110, 110], [-110, 110]]
    world.spawn("Fair", Fence(points=square, bottom_m=0.0, top_m=60.0), position=(275, 0, -275))


def twin_settings() -> dict[str, Any]:
    """What stands in the world's settings under ``twin``."""
    conflict = 'conflict("flight.velocity", "flight.straight", 25, 8)'
    return {
        "georeference": {"latitude_deg": 22.5431, "longitude_deg": 114.0579, "height_m": 0.0},
        "frames": {"gps": {"crs": "EPSG:4979"}},
        "sources": {"radio": {"kind": "mqtt"}},
        "simulators": [{"script": "devices/traffic.py", "source": "radio"}],
        "bindings": [
            {"topic": "drones/state", "from": ["lon", "lat", "height"], "to": "transform.position", "frame": "gps"},
            {"topic": "drones/state", "from": "east", "to": "flight.velocity.x", "unit": "m/s"},
            {"topic": "drones/state", "from": "up", "to": "flight.velocity.y", "unit": "m/s"},
            {"topic": "drones/state", "from": "south", "to": "flight.velocity.z", "unit": "m/s"},
            {"topic": "drones/state", "from": "straight", "to": "flight.straight", "unit": "s"},
            {"topic": "drones/state", "from": "speed", "to": "flight.speed", "unit": "m/s"},
            {"topic": "drones/state", "from": "battery", "to": "flight.battery", "unit": "percent"},
        ],
        "rules": [
            {"name": "conflict ahead", "when": f"{conflict} < 20", "severity": "high", "say": "{name} comes too near another soon"},
            {"name": "too near", "when": 'near("device.kind == \'drone\'", 8)', "severity": "critical",
             "say": "{name} is within 8 m of another"},
            {"name": "no-fly area", "when": 'inside("Fair")', "severity": "critical", "say": "{name} is over the fair"},
            {"name": "battery low", "when": "flight.battery < 12", "until": "flight.battery > 20", "severity": "low",
             "say": "{name}: {flight.battery:.0f} % left"},
            {"name": "silent", "when": "age > 5", "for": 20, "severity": "low", "say": "{name} is silent"},
        ],
        "controls": [
            {"name": "speed", "field": "flight.speed", "source": "radio", "topic": "drones/{key}/set",
             "acknowledged_on": "drones/{key}/ack", "minimum": 6, "maximum": 14, "tolerance": 0.3, "timeout": 5},
        ],
        "recording": {"errors": {"transform.translation": 0.01}},
    }  # fmt: skip
