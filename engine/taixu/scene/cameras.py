"""Which camera to look through."""

from __future__ import annotations

import numpy as np

from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.scene.components import Camera, Name

__all__ = ["camera_names", "main_camera"]

def main_camera(world: World, *, name: str = "") -> int | None:
    """The entity of the camera to look through: the one of a name, else that of the highest priority.

    Cameras of model files count only where they are named: what a modeller looked at is seldom the whole thing. Ties
    go by stable id.

    Raises
    ------
    TaixuError
        When there is no camera of that name.
    """
    found: list[tuple[int, int, int]] = []
    for table in world.query(Camera):
        if table.made and not name:
            continue
        texts = table.read(Name, "text") if Name in table.types else np.full(len(table), "", object)
        ids = world.stable_ids(table.entities)
        for row, priority in enumerate(table.read(Camera, "priority").tolist()):
            if not name or texts[row] == name:
                found.append((-priority, int(ids[row]), int(table.entities[row])))
    if name and not found:
        raise TaixuError(f"there is no camera {name!r}; there are {', '.join(camera_names(world)) or 'none'}")
    return min(found)[2] if found else None


def camera_names(world: World) -> list[str]:
    """The names that cameras have, sorted."""
    return sorted({str(text) for table in world.query(Camera, Name) for text in table.read(Name, "text")})
