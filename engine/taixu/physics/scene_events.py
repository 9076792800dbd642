"""Contacts of bodies as events of entities: an array for those who ask physics, and the game's events for scripts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import GameEvents
from taixu.ecs import World
from taixu.scene import CELL_M

from .bodies import BodyMirror
from .events import EventKind

__all__ = ["NO_EVENTS", "SCENE_EVENT", "publish_events"]

SCENE_EVENT = np.dtype(
    [
        ("kind", np.uint8),
        ("trigger", np.bool_),
        ("entity", np.uint64),
        ("other", np.uint64),
        ("point", np.float64, 3),
        ("normal", np.float32, 3),
        ("impulse", np.float32),
    ]
)
NO_EVENTS: NDArray[Any] = np.zeros(0, SCENE_EVENT)
_GAME_NAMES = {
    (EventKind.BEGIN, False): "collision_begin",
    (EventKind.END, False): "collision_end",
    (EventKind.BEGIN, True): "trigger_enter",
    (EventKind.END, True): "trigger_leave",
}


def publish_events(world: World, mirror: BodyMirror, events: NDArray[Any]) -> NDArray[Any]:
    """Events of a backend as `SCENE_EVENT` rows; what began and ended is told to the game too, to both sides of it."""
    if not len(events):
        return NO_EVENTS
    found = np.zeros(len(events), SCENE_EVENT)
    for name in ("kind", "trigger", "normal", "impulse"):
        found[name] = events[name]
    found["entity"], found["other"] = mirror.entity_of[events["a"]], mirror.entity_of[events["b"]]
    found["point"] = events["point"] + mirror.origin * CELL_M
    if not world.has_resource(GameEvents):
        return found
    game = world.resource(GameEvents)
    for (kind, trigger), name in _GAME_NAMES.items():
        rows = found[(found["kind"] == kind) & (found["trigger"] == trigger)]
        rows = rows[(rows["entity"] > 0) & (rows["other"] > 0)]
        if not len(rows):
            continue
        columns: dict[str, Any] = {}
        if name == "collision_begin":
            both = np.concatenate([rows, rows])
            normals = np.concatenate([rows["normal"], -rows["normal"]])
            columns = {"position": both["point"].T, "normal": normals.T, "impulse": both["impulse"]}
        game.publish(
            name,
            np.concatenate([rows["entity"], rows["other"]]),
            np.concatenate([rows["other"], rows["entity"]]),
            **columns,
        )
    return found
