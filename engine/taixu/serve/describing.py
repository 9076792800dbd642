"""All that is known of one entity, for an operator who has clicked it."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from taixu.ecs import World, component_type
from taixu.errors import TaixuError
from taixu.scene import Name
from taixu.serve.values import entity_values
from taixu.twin.commands import Ledger
from taixu.twin.controls import Control
from taixu.twin.device import Device
from taixu.twin.measures import Lineage, Measures
from taixu.twin.rules import Alarms, RuleEngine
from taixu.twin.rules.ground import table_places

__all__ = ["describe_entity", "describe_lineage"]

_MAX_PASSAGES = 200


def describe_entity(world: World, stable_id: int, *, now_ns: int) -> dict[str, Any]:
    """Name, device, fields with their ages, measures, controls, open alarms, zones that it is in, and its way through the plant.

    Raises
    ------
    TaixuError
        When there is no such entity.
    """
    handle = world.find(stable_id)
    if handle is None:
        raise TaixuError(f"there is no entity {stable_id:016x}")
    table, row = world.place(handle)
    device = world.get(handle, Device) if world.has(handle, Device) else Device()
    name = world.get(handle, Name).text if world.has(handle, Name) else ""
    (values,) = entity_values(world, np.array([handle], np.uint64))
    place = table_places(world, table, rows=np.array([row]))
    fences = world.resource(RuleEngine).senses.ground.fences
    controls = [each for each in world.resource(Ledger).controls.values() if each.target.cls in table.types and device.key]
    measures = world.resource(Measures)
    return {
        "id": f"{stable_id:016x}",
        "name": name or device.key,
        "device": {"key": device.key, "kind": device.kind},
        "time_ns": values.time_ns,
        "fields": values.as_dict(now_ns=now_ns),
        "measures": measures.of_entity(stable_id),
        "controls": [describe_control(each) for each in controls],
        "alarms": [alarm.as_dict() for alarm in world.resource(Alarms).open if alarm.entity == stable_id],
        "zones": [name for name, shape in fences.items() if shape.holds(place)[0]],
        "lineage": [
            describe_lineage(lineage, stable_id) | {"measure": name}
            for name, lineage in measures.lineages()
            if lineage.way(stable_id)
        ],
    }


def describe_control(control: Control) -> dict[str, Any]:
    """What can be asked of a device, and within which limits; None where there is none."""
    target = control.target
    lane = "" if target.lane < 0 else "." + "xyzw"[target.lane]
    kind = target.field.kind.name
    return {
        "name": control.name,
        "field": f"{component_type(target.cls).name}.{target.field.name}{lane}",
        "kind": "text" if kind == "text" else "bool" if kind == "bool" else "number",
        "unit": target.field.unit,
        "minimum": _limit(control.minimum),
        "maximum": _limit(control.maximum),
        "choices": list(control.choices or target.field.choices),
        "role": control.role,
        "two_persons": control.two_persons,
    }


def describe_lineage(lineage: Lineage, part: int) -> dict[str, Any]:
    """A part's way, and what it was joined with."""
    key = lineage.key_of(part)
    return {
        "part": f"{part:016x}",
        "key": key,
        "passages": [each.as_dict() for each in lineage.way(part)[-_MAX_PASSAGES:]],
        "joined": [{"part": each.part, "into": each.into, "time_ns": each.time_ns} for each in lineage.joined(key)] if key else [],
        "contains": lineage.ancestors(key) if key else [],
    }


def _limit(value: float) -> float | None:
    return value if isfinite(value) and abs(value) < 1e15 else None
