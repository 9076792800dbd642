"""Events as scripts get them, made of input, of what plugins publish as columns, of timers and of messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import EventBatch
from taixu.platform import Input, InputMap
from taixu.script.event import Event
from taixu.script.vectors import Vec3

if TYPE_CHECKING:
    from taixu.ecs import World

__all__ = ["Event", "input_events", "unpack_batch"]


def input_events(world: World) -> list[Event]:
    """The input actions that went down or came up since the last fixed step."""
    if not (world.has_resource(Input) and world.has_resource(InputMap)):
        return []
    source, actions = world.resource(Input), world.resource(InputMap)
    if not (source.tick.pressed or source.tick.released):
        return []
    events = []
    for name in actions.actions:
        state = actions.state(name, source, edges=source.tick)
        for edge, pressed in ((state.pressed, True), (state.released, False)):
            if edge:
                events.append(Event("input", name, {"pressed": pressed, "value": state.value}))
    return events


def unpack_batch(batch: EventBatch, rows: NDArray[np.intp]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    """Rows of a batch as entity, other and facts; vectors of three become `Vec3`."""
    columns: dict[str, list[Any]] = {}
    for name, column in batch.columns.items():
        values = np.asarray(column)
        if values.ndim == 0:
            columns[name] = [values.item()] * len(rows)
        elif values.ndim == 1:
            columns[name] = values[rows].tolist()
        else:
            make = Vec3 if len(values) == 3 else tuple
            columns[name] = [make(vector) for vector in values[:, rows].T.tolist()]
    for place, (entity, other) in enumerate(zip(batch.entities[rows].tolist(), batch.others[rows].tolist())):
        yield entity, other, {name: column[place] for name, column in columns.items()}
