"""What simulators hear of the world's components: columns of simulators of the kind ``fields``."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.simulation.worlds.runs import Part, Simulations

__all__ = ["hear_fields"]


def hear_fields(world: World, runs: Simulations) -> None:
    """Say what the fields say now that simulators listen to; a simulator whose entity has no such field is set aside."""
    conductor = runs.conductor
    for name, part in runs.parts.items():
        fields = part.facts.get("fields", {})
        if conductor is None or not fields or not conductor.standings[name].runs:
            continue
        try:
            said = {column: _value(world, part, field) for column, field in fields.items()}
        except TaixuError as error:
            conductor.set_aside(name, str(error))
            continue
        for column, value in said.items():
            conductor.say(f"{name}.{column}", value)


def _value(world: World, part: Part, field: str) -> NDArray[np.float64]:
    """One number; none where it is below zero, which is how a field says nothing."""
    component, _, name = field.partition(".")
    declared = world.resource(Components).find(component)
    fld = None if declared is None else declared.by_name.get(name)
    if declared is None or fld is None or fld.kind.is_object or fld.kind.width != 1 or not world.has(part.entity, declared.cls):
        raise TaixuError(f"its entity has no number {field[:60]}")
    value = np.asarray(world.gather([part.entity], declared.cls, name), np.float64).ravel()
    if not np.isfinite(value).all():
        raise TaixuError(f"{field} is no finite number")
    return value[value >= 0]
