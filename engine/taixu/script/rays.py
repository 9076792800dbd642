"""Rays in batches, for scripts of both tiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from taixu.app import GameServices
from taixu.ecs import World
from taixu.errors import TaixuError
from taixu.script.entity import Entity
from taixu.script.transforms import ScriptTransforms
from taixu.script.vectors import Vec3
from taixu.script.wire import GameError

__all__ = ["Hit", "cast_all", "cast_rays"]


@dataclass(frozen=True, slots=True)
class Hit:
    """What a ray met."""

    entity: Entity | None
    position: Vec3
    normal: Vec3
    distance: float


def cast_rays(world: World, rays: Mapping[str, Any]) -> list[Hit | None]:
    """Cast rays as `game.raycasts` asks for them; one entry for each, None where it meets nothing."""
    hits: list[Hit | None] = []
    for found in cast_all(world, rays):
        if found is None:
            hits.append(None)
            continue
        handle = int(found["entity"])
        entity = Entity(world, handle) if handle else None
        hits.append(Hit(entity, Vec3(found["position"]), Vec3(found["normal"]), float(found["distance"])))
    return hits


def cast_all(world: World, rays: Mapping[str, Any]) -> list[dict[str, Any] | None]:
    """The same as plain facts: entity (a handle), position, normal, distance.

    Raises
    ------
    GameError
        If there are not as many directions as origins, one of them is zero, or the world has no bodies.
    """
    origins, directions = rays["origins"], rays["directions"]
    if len(origins) != len(directions):
        raise GameError(f"game.raycasts takes as many directions as origins, not {len(directions)} for {len(origins)}")
    if not all(map(any, directions)):
        raise GameError("game.raycasts takes directions that point somewhere; one is zero")
    cast = world.resource(GameServices).find("raycasts")
    if cast is None:
        raise GameError("game.raycasts needs a plugin (physics) that this world does not have")
    if not origins:
        return []
    world.resource(ScriptTransforms).flush(world)
    try:
        found: list[dict[str, Any] | None] = cast(
            world, origins, directions, max_distance=rays["max_distance"], mask=rays["mask"]
        )
    except TaixuError as error:
        raise GameError(str(error)) from None
    return found
