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
    found += [_bind("belt/{key}", name, f"belt.{name}") for name in ("speed", "setpoint", "state", "parts", "drill")]
    for topic in ("belt/{key}", "machine/{key}"):
        found += [_bind(topic, name, f"motor.{name}") for name in ("temperature", "vibration", "current")]
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


def _rule(name: str, severity: str, when: str, say: str, *, until: str = "", for_secs: float = 0.0) -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "when": when, "severity": severity, "say": say}
    if for_secs:
        found["for"] = for_secs
    if until:
        found["until"] = until
    return found


def _rules() -> list[dict[str, Any]]:
    somebody = "near(\"device.kind == 'worker'\", {})"
    return [
        _rule("motor hot", "high", "motor.temperature > 70", "{name}: the motor is at {motor.temperature:.0f} °C",
              until="motor.temperature < 62", for_secs=1),
        _rule("motor overheats", "critical", "motor.temperature > 85",
              "{name}: the motor is at {motor.temperature:.0f} °C and will trip at 92 °C", until="motor.temperature < 70"),
        _rule("vibration rises", "low", "motor.vibration > 4.5", "{name}: its bearing trembles with {motor.vibration:.1f} mm/s",
              until="motor.vibration < 2.8", for_secs=1),
        _rule("line stopped", "critical", "belt.state == 'fault'", "{name} has tripped and stands still"),
        _rule("person in cell", "high", f"device.kind == 'worker' and ({_IN_A_CELL})", "{name} is in a robot's cell", for_secs=0.5),
        _rule("AGV near person", "low", f"device.kind == 'agv' and vehicle.speed > 0.2 and {somebody.format(2.5)}",
              "{name} drives with {vehicle.speed:.1f} m/s, and somebody is near", until=f"not {somebody.format(4)}"),
        _rule("pallet waits", "low", "vehicle.load >= 6 and vehicle.speed < 0.05", "{name} is full and does not drive",
              for_secs=20),
        _rule("battery low", "low", "vehicle.battery < 25", "{name} has {vehicle.battery:.0f} % left"),
        _rule("silent", "low", "device.kind != 'part' and age > 10", "nothing is heard of {name}", for_secs=20),
    ]  # fmt: skip


def _control(name: str, field: str, topic: str = "", **more: Any) -> dict[str, Any]:
    topic = topic or name
    return {"name": name, "field": field, "source": "plant", "topic": f"{topic}/{{key}}/set",
            "acknowledged_on": f"{topic}/{{key}}/ack", "timeout": 8, **more}  # fmt: skip


def _controls() -> list[dict[str, Any]]:
    nobody = f"not near(\"device.kind == 'worker' and ({_IN_A_CELL})\", 9)"
    runs = ["running", "stopped"]
    return [
        _control("run", "belt.state", choices=runs),
        _control("speed", "belt.setpoint", minimum=0.0, maximum=0.8, tolerance=0.005, only_if=[nobody]),
        _control("machine", "machine.state", "run", choices=runs, timeout=20, only_if=["device.kind in ('press', 'mill')"]),
        _control("agv", "vehicle.mode", choices=["go", "stop"]),
        _control("drill", "belt.drill", choices=["none", "overheat"], only_if=["belt.state == 'running'"]),
    ]  # fmt: skip


def _measures() -> list[dict[str, Any]]:
    parts = {"where": "device.kind == 'part'"}
    zones = ["Line A", "Line B", "Goods out", "South aisle", "Cross aisle"]
    return [
        {"name": "takt", "unit": "s", "by": "zone", **parts,
         "takt": {"enters": ["Cell A2", "Cell B2"], "over": 300, "show": "mean"}},
        {"name": "parts per hour", "by": "zone", **parts,
         "takt": {"enters": ["Cell A2", "Cell B2"], "over": 600, "show": "per_hour"}},
        {"name": "parts", "by": "zone", "zones": zones, "value": "count(device.kind == 'part')"},
        {"name": "people", "by": "zone", "zones": [*zones, *_CELLS], "value": "count(device.kind == 'worker')"},
        {"name": "availability", "unit": "%", "by": "entity", "where": "device.kind in ('press', 'mill', 'robot')",
         "value": "100 * portion(machine.state == 'running', 600)"},
        {"name": "lines running", "unit": "%", "value": "100 * share(belt.state == 'running')"},
        {"name": "warmest motor", "unit": "degC", "value": "max(motor.temperature)"},
        {"name": "AGV to person", "unit": "m", "by": "entity", "where": "device.kind == 'agv'",
         "value": "nearest(\"device.kind == 'worker'\", 30)"},
        {"name": "passages", "by": "entity", **parts, "passages": {"settle": 0.5}},
    ]  # fmt: skip
