"""The factory's twin: where readings come from and go to, what raises alarms, what can be commanded, and what is measured."""

from __future__ import annotations

from typing import Any

from .arm import JOINTS
from .logistics import BOARD_DRUMS

__all__ = ["twin_settings"]

_CELLS = ("Cell A1", "Cell A2", "Cell B1", "Cell B2")
_IN_A_CELL = " or ".join(f"inside('{cell}')" for cell in _CELLS)


def twin_settings() -> dict[str, Any]:
    """What stands in the world's settings under ``twin``."""
    return {
        "georeference": {"latitude_deg": 48.7758, "longitude_deg": 9.1829, "height_m": 247.0},
        "frames": {"hall": {"origin_m": [-30.0, 0.0, 18.0], "up": "z"}},
        "sources": {"plant": {"kind": "mqtt"}},
        "simulators": [{"script": "devices/plant.py", "source": "plant"}],
        "arrivals": [
            {"topic": "parts/pose", "components": {"model": {"source": "assets/part.glb"}}, "kind": "part", "at_most": 300,
             "gone_after": 4},
        ],
        "bindings": _bindings(),
        "rules": _rules(),
        "controls": _controls(),
        "measures": _measures(),
        "recording": {"errors": {"transform.translation": 0.002, "joints.*": 0.0005}},
    }  # fmt: skip


def _bind(topic: str, source: str | list[str], to: str, **more: Any) -> dict[str, Any]:
    return {"topic": topic, "from": source, "to": to, **more}


def _bindings() -> list[dict[str, Any]]:
    found = [_bind("arms/joints", joint.name, f"joints.{joint.name}", unit="deg") for joint in JOINTS]
    found.append(_bind("machines/travel", "mm", "slide.travel", unit="mm"))
    found += _placed("parts/pose", ["x", "y", "z"])
    found.append(_bind("parts/pose", ["rx", "ry", "rz", "rw"], "transform.rotation"))
    found += _placed("agvs/pose", ["x", "y"])
    found += _heading("agvs/pose")
    found.append(_bind("agvs/pose", "speed", "vehicle.speed"))
    found += _placed("tags/position", ["x", "y"], sigma="sigma", drift=1.2)
    found += _heading("tags/position")
    found.append(_bind("lamps/light", "light", "material.emissive_strength"))
    found += [_bind("belt/{key}", name, f"belt.{name}") for name in ("speed", "setpoint", "state", "parts")]
    for topic in ("belt/{key}", "machine/{key}"):
        found += [_bind(topic, name, f"motor.{name}") for name in ("temperature", "vibration", "current")]
    found.append(_bind("belt/{key}", "drill", "motor.drill"))
    found += [_bind("machine/{key}", name, f"machine.{name}") for name in ("state", "count")]
    found += [_bind("agv/{key}", name, f"vehicle.{name}") for name in ("state", "mode", "battery", "load")]
    found += [_bind("tag/{key}", name, f"tag.{name}") for name in ("battery", "accuracy")]
    found += [_bind("board/{key}", f"drum_{name}", f"drums.{name}", unit="deg") for name in BOARD_DRUMS]
    found += [_bind("board/{key}", name, f"takt.{name}") for name in ("parts_a", "parts_b", "seconds_a", "seconds_b")]
    return found


def _placed(topic: str, fields: list[str], **more: Any) -> list[dict[str, Any]]:
    return [_bind(topic, fields, "transform.position", unit="mm", frame="hall", **more)]


def _heading(topic: str) -> list[dict[str, Any]]:
    """A turn about the vertical, which both call up: the hall's z is the world's y."""
    return [_bind(topic, "qz", "transform.rotation.y"), _bind(topic, "qw", "transform.rotation.w")]


def _rules() -> list[dict[str, Any]]:
    return [
        {"name": "motor hot", "when": "motor.temperature > 70", "for": 1, "until": "motor.temperature < 62", "severity": "high",
         "say": "{name}: the motor is at {motor.temperature:.0f} °C"},
        {"name": "motor overheats", "when": "motor.temperature > 85", "until": "motor.temperature < 70", "severity": "critical",
         "say": "{name}: the motor is at {motor.temperature:.0f} °C and will trip at 92 °C"},
        {"name": "vibration rises", "when": "motor.vibration > 4.5", "for": 1, "until": "motor.vibration < 2.8", "severity": "low",
         "say": "{name}: its bearing trembles with {motor.vibration:.1f} mm/s"},
        {"name": "line stopped", "when": "belt.state == 'fault'", "severity": "critical",
         "say": "{name} has tripped and stands still"},
        {"name": "person in cell", "when": f"device.kind == 'worker' and ({_IN_A_CELL})", "severity": "high",
         "say": "{name} is in a robot's cell"},
        {"name": "AGV near person", "when": "device.kind == 'agv' and vehicle.speed > 0.2 and near(\"device.kind == 'worker'\", 2.5)",
         "until": "not near(\"device.kind == 'worker'\", 4)", "severity": "low", "say": "{name} drives with {vehicle.speed:.1f} m/s, and somebody is near"},
        {"name": "pallet waits", "when": "vehicle.load >= 6 and vehicle.speed < 0.05", "for": 20, "severity": "low",
         "say": "{name} is full and does not drive"},
        {"name": "battery low", "when": "vehicle.battery < 25", "severity": "low", "say": "{name} has {vehicle.battery:.0f} % left"},
        {"name": "silent", "when": "device.kind != 'part' and age > 10", "for": 20, "severity": "low", "say": "nothing is heard of {name}"},
    ]  # fmt: skip


def _controls() -> list[dict[str, Any]]:
    nobody = f"not near(\"device.kind == 'worker' and ({_IN_A_CELL})\", 9)"
    return [
        {"name": "run", "field": "belt.state", "source": "plant", "topic": "run/{key}/set", "acknowledged_on": "run/{key}/ack",
         "choices": ["running", "stopped"], "timeout": 5},
        {"name": "speed", "field": "belt.setpoint", "source": "plant", "topic": "speed/{key}/set",
         "acknowledged_on": "speed/{key}/ack", "minimum": 0.0, "maximum": 0.8, "tolerance": 0.005, "timeout": 5, "only_if": [nobody]},
        {"name": "machine", "field": "machine.state", "source": "plant", "topic": "run/{key}/set", "acknowledged_on": "run/{key}/ack",
         "choices": ["running", "stopped"], "timeout": 20, "only_if": ["device.kind in ('press', 'mill')"]},
        {"name": "agv", "field": "vehicle.mode", "source": "plant", "topic": "agv/{key}/set", "acknowledged_on": "agv/{key}/ack",
         "choices": ["go", "stop"], "timeout": 5},
        {"name": "drill", "field": "motor.drill", "source": "plant", "topic": "drill/{key}/set", "acknowledged_on": "drill/{key}/ack",
         "choices": ["none", "overheat"], "timeout": 5, "only_if": ["device.kind == 'conveyor'", "belt.state == 'running'"]},
    ]  # fmt: skip


def _measures() -> list[dict[str, Any]]:
    zones = ["Line A", "Line B", "Goods out", "South aisle", "Cross aisle"]
    return [
        {"name": "takt", "unit": "s", "by": "zone", "where": "device.kind == 'part'", "takt": {"enters": ["Cell A2", "Cell B2"], "over": 300, "show": "mean"}},
        {"name": "parts per hour", "by": "zone", "where": "device.kind == 'part'", "takt": {"enters": ["Cell A2", "Cell B2"], "over": 600, "show": "per_hour"}},
        {"name": "parts", "by": "zone", "zones": zones, "value": "count(device.kind == 'part')"},
        {"name": "people", "by": "zone", "zones": [*zones, *_CELLS], "value": "count(device.kind == 'worker')"},
        {"name": "availability", "unit": "%", "by": "entity", "where": "device.kind in ('press', 'mill', 'robot')", "value": "100 * portion(machine.state == 'running', 600)"},
        {"name": "lines running", "unit": "%", "value": "100 * share(belt.state == 'running')"},
        {"name": "warmest motor", "unit": "degC", "value": "max(motor.temperature)"},
        {"name": "AGV to person", "unit": "m", "by": "entity", "where": "device.kind == 'agv'", "value": "nearest(\"device.kind == 'worker'\", 30)"},
        {"name": "passages", "by": "entity", "where": "device.kind == 'part'", "passages": {"settle": 0.5}},
    ]  # fmt: skip
