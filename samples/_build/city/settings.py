"""The city's twin: what is told and commanded, what is measured, the three plans, and what else might be."""

from __future__ import annotations

from typing import Any

from city.map import FRAME

__all__ = ["twin_settings"]

_ROOM = "device.kind == 'control room'"
_SOUTH, _EVERYWHERE, _NORTH = 1, 2, 3
"""Groups of people by where they go; 0 is as usual."""


def twin_settings() -> dict[str, Any]:
    """What stands in the world's settings under ``twin``."""
    on_streets = {"where": "not inside('Square')"}
    return {
        "georeference": FRAME.settings(),
        "sources": {"town": {"kind": "mqtt"}},
        "simulators": [{"script": "devices/town.py", "source": "town"}],
        "bindings": [
            {"topic": "orders/{key}", "from": "exits", "to": "orders.exits"},
            {"topic": "orders/{key}", "from": "closed", "to": "orders.closed"},
            {"topic": "sky/{key}", "from": "hour", "to": "air.hour"},
        ],
        "controls": [
            _control("exits", "orders.exits", "orders/{key}/exits", minimum=-1, maximum=3),
            _control("barrier", "orders.closed", "orders/{key}/closed", minimum=-1, maximum=1),
            _control("hour", "air.hour", "sky/{key}/hour", minimum=0, maximum=24, tolerance=0.2),
        ],
        "measures": [
            {"name": "People in the stadium", "value": "count(simulated.number >= 0)", **_inside("Stadium")},
            {"name": "People on the square", "value": "count(simulated.number >= 0)", **_inside("Square")},
            {"name": "On the streets", "value": "count(simulated.number >= 0)", **on_streets},
            {"name": "Mean speed", "unit": "m/s", "value": "mean(simulated.speed)", **on_streets},
        ],
        "rules": [
            {"name": "streets closed", "when": "orders.closed > 0", "severity": "low",
             "say": "the streets at the stadium are closed"},
        ],
        "scenarios": [
            {"name": "cloudburst", "set": {"weather.rain": [160, 160, 160, 60, 10]}},
            {"name": "dry", "set": {"weather.rain": [0, 0, 0, 0, 0], "water.level": -9.0}},
            {"name": "night", "do": [{"control": "hour", "of": "device.kind == 'sky'", "value": 22}]},
        ],
        "plans": [
            _plan("every way out", _EVERYWHERE, prepare=60, closes=True),
            _plan("to the south station", _SOUTH, prepare=15),
            _plan("north by bus", _NORTH, prepare=240, needs={"bus": 20}, closes=True),
        ],
        "recording": {"errors": {"transform.translation": 0.05}},
    }  # fmt: skip


def _control(name: str, field: str, topic: str, **more: Any) -> dict[str, Any]:
    acknowledged = f"{topic.split('/', maxsplit=1)[0]}/+/ack"
    return {"name": name, "field": field, "source": "town", "topic": topic, "acknowledged_on": acknowledged, "timeout": 10, **more}


def _plan(name: str, exits: int, *, prepare: float, needs: dict[str, int] | None = None, closes: bool = False) -> dict[str, Any]:
    """Somebody gets ready, streets are closed where that belongs to it, people are sent, and wait to be out."""
    ready = {"name": "get ready", "role": "steward", "people": 8, "takes": prepare}
    steps: list[dict[str, Any]] = [ready | ({"needs": needs} if needs else {})]
    if closes:
        steps.append({"name": "close the streets", "after": ["get ready"], "do": [_act("barrier", 1)]})
    steps += [
        {"name": "open the gates", "after": [steps[-1]["name"]], "do": [_act("exits", exits)]},
        {"name": "clear the stadium", "after": ["open the gates"], "within": 600,
         "until": {"measure": "People in the stadium", "below": 1}},
        {"name": "clear the square", "after": ["clear the stadium"], "within": 900,
         "until": {"measure": "People on the square", "below": 1}},
    ]  # fmt: skip
    if closes:
        steps.append({"name": "open the streets", "after": ["clear the square"], "do": [_act("barrier", -1)]})
    return {
        "name": name, "roles": {"steward": 12}, "resources": {"bus": 24}, "steps": steps,
        "goals": [
            {"name": "stadium empty", "measure": "People in the stadium", "below": 1, "within": 420},
            {"name": "square empty", "measure": "People on the square", "below": 1, "within": 720, "weight": 2},
        ],
    }  # fmt: skip


def _act(control: str, value: float) -> dict[str, Any]:
    return {"control": control, "of": _ROOM, "value": value}


def _inside(fence: str) -> dict[str, str]:
    """What is in a fence."""
    return {"where": f"inside('{fence}')"}
