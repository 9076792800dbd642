"""Making entities as `game.spawn` asks for them, for scripts of both tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taixu.app import GameServices
from taixu.ecs import World
from taixu.scene import Model, Name, Node, Parent, Shape, Transform
from taixu.script.entity import Entity, component_named, fields_from_script
from taixu.script.transforms import ScriptTransforms
from taixu.script.vectors import Vec3

__all__ = ["SHAPES", "spawn_entity"]

SHAPES = ("box", "sphere", "cylinder", "capsule", "cone", "plane", "torus")


def spawn_entity(
    world: World,
    what: str = "",
    *,
    position: Sequence[float] = (0.0, 0.0, 0.0),
    rotation: Sequence[float] | None = None,
    scale: Sequence[float] | float = 1.0,
    name: str = "",
    parent: Entity | None = None,
    components: Mapping[str, Mapping[str, Any] | bool],
    stable_id: int | None = None,
) -> Entity:
    """Make an entity: a shape, a model or a prefab by path, or an empty one.

    Raises
    ------
    TaixuError
        If a component is unknown, or a value does not fit its field; then nothing was made.
    """
    world.resource(ScriptTransforms).flush(world)
    columns: dict[type, Any] = {}
    for key, fields in components.items():
        if fields is not False:
            declared = component_named(world, key)
            values = {} if isinstance(fields, bool) else fields
            columns[declared.cls] = declared.cls(**fields_from_script(world, declared, values))
    if what.endswith(".prefab.json"):
        named = {} if stable_id is None else {"stable_id": stable_id}
        entity = Entity(world, int(world.resource(GameServices).require("spawn_prefab")(world, what, **named)))
        world.insert(entity.handle, *columns.values())
        if parent is not None:
            Node(world, entity.handle).attach(Node(world, parent.handle), keep_place=False)
        if name:
            entity.name = name
        if scale != 1.0:
            entity.scale = scale
    else:
        if what in SHAPES:
            columns.setdefault(Shape, Shape(kind=what))
        elif what:
            columns.setdefault(Model, Model(source=what))
        if name:
            columns[Name] = Name(name)
        if parent is not None:
            columns[Parent] = Parent(parent.handle)
        columns.setdefault(Transform, Transform(scale=Vec3(scale)))
        entity = Entity(world, world.spawn(*columns.values(), stable_id=stable_id))
    entity.position = position
    if rotation is not None:
        entity.rotation = rotation
    return entity
