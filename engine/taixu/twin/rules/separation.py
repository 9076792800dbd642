"""Who will come too near another soon: for conditions, over everybody who says how fast he moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Components
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.twin.conflicts import predict_conflicts

if TYPE_CHECKING:
    from taixu.twin.rules.ground import Ground

__all__ = ["EXAMPLE", "conflict_secs"]

EXAMPLE = 'conflict("drone.velocity", 20, 25, 8)'
_LONGEST_SECS = 600.0


def conflict_secs(
    world: World, ground: Ground, arguments: tuple[Any, ...]
) -> tuple[NDArray[np.uint64], NDArray[np.float64]]:
    """Handles, sorted, of those who have a velocity, and in how many seconds each is in conflict; infinite where in none.

    Parameters
    ----------
    arguments
        The field of velocities (metres a second in the world, as text), how many seconds everybody goes on so (a number, or a field
        as text), and the horizontal and the vertical minimum in metres.

    Raises
    ------
    TaixuError
        When they are something else.
    """
    velocity, ahead, horizontal, vertical = arguments
    if not all(isinstance(each, (int, float)) and not isinstance(each, bool) for each in (horizontal, vertical)):
        raise TaixuError(f"conflict takes the minima as numbers, as in {EXAMPLE}")
    cls, name = _field(world, velocity, width=3)
    until = _field(world, ahead, width=1) if isinstance(ahead, str) else None
    if until is None and (isinstance(ahead, bool) or not isinstance(ahead, (int, float)) or not 0 < ahead <= _LONGEST_SECS):
        raise TaixuError(f"conflict takes seconds up to {_LONGEST_SECS:g}, or a field that says them, as in {EXAMPLE}")
    owners, places, speeds, secs = [np.zeros(0, np.uint64)], [np.zeros((3, 0))], [np.zeros((3, 0))], [np.zeros(0)]
    for table in world.query(*dict.fromkeys((cls, until[0] if until is not None else cls))):
        owners.append(table.entities)
        places.append(ground.places(world, table))
        speeds.append(table.read(cls, name).astype(np.float64))
        long = table.read(*until).astype(np.float64) if until is not None else np.full(table.count, float(ahead))
        secs.append(np.clip(long, 0.0, _LONGEST_SECS))
    handles = np.concatenate(owners)
    found = predict_conflicts(
        np.concatenate(places, axis=1), np.concatenate(speeds, axis=1), ahead_secs=np.concatenate(secs),
        horizontal_m=float(horizontal), vertical_m=float(vertical),
    )  # fmt: skip
    soonest = np.full(len(handles), np.inf)
    for who in (found.first, found.second):
        np.minimum.at(soonest, who, found.begins_secs)
    order = np.argsort(handles)
    return handles[order], soonest[order]


def _field(world: World, text: Any, *, width: int) -> tuple[type, str]:
    component, _, name = text.partition(".") if isinstance(text, str) else ("", "", "")
    declared = world.resource(Components).find(component)
    fld = declared.by_name.get(name) if declared is not None else None
    if declared is None or fld is None or fld.kind.width != width or fld.kind.name in ("text", "data", "entity"):
        numbers = "three numbers" if width == 3 else "a number"
        raise TaixuError(f"conflict takes fields as text, and {str(text)[:60]!r} is none of {numbers}; as in {EXAMPLE}")
    return declared.cls, name
