"""`Entity`: an entity as scripts see it, and `ComponentView`: one component of it, with fields as attributes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from taixu.app import Components
from taixu.ecs import ComponentType, Field, World
from taixu.errors import TaixuError
from taixu.scene import Node, Parent, Transform
from taixu.script.transforms import ScriptTransforms
from taixu.script.vectors import Quat, Vec3

__all__ = ["ComponentView", "Entity", "component_named", "field_from_script", "field_to_script", "fields_from_script"]


NO_ATTRIBUTE = "entities have no attribute and no component {}; fields belong to components, which add() adds"


class Entity:
    """An entity of the world; see `taixu.script.api.ENTITY_API`. Components are attributes by name.

    Two are equal when they name the same entity. One whose entity is gone raises at every touch but `alive`.
    """

    __slots__ = ("_node",)

    _node: Node

    def __init__(self, world: World, handle: int) -> None:
        object.__setattr__(self, "_node", Node(world, handle))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Entity) and self._node == other._node

    def __hash__(self) -> int:
        return hash(self._node)

    def __repr__(self) -> str:
        return f"<Entity {self.name or hex(self.id)}>" if self.alive else "<Entity that is gone>"

    def __getattr__(self, name: str) -> ComponentView:
        if name.startswith("_"):
            raise AttributeError(name)
        declared = self._node.world.resource(Components).find(name)
        if declared is None:
            raise AttributeError(NO_ATTRIBUTE.format(repr(name)))
        if not self._node.world.has(self._node.entity, declared.cls):
            raise AttributeError(f"entity {self.name or hex(self.id)!r} has no {name!r}; add it with add({name!r})")
        if declared.cls in (Transform, Parent):
            self._flush()
        return ComponentView(self._node, declared)

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(getattr(type(self), name, None), property):
            object.__setattr__(self, name, value)
        else:
            raise AttributeError(NO_ATTRIBUTE.format(repr(name)))

    @property
    def handle(self) -> int:
        """The world's handle, for the engine's own use."""
        return self._node.entity

    @property
    def id(self) -> int:
        """Stable id."""
        return self._node.stable_id

    @property
    def alive(self) -> bool:
        """Whether it still exists."""
        return self._node.alive

    @property
    def name(self) -> str:
        """Its name; empty without one."""
        return self._node.name

    @name.setter
    def name(self, text: str) -> None:
        self._node.name = text

    @property
    def position(self) -> Vec3:
        """Metres: in the world for roots, from the parent for children."""
        node = self._node
        return node.world.resource(ScriptTransforms).position(node.world, node.entity)

    @position.setter
    def position(self, metres: Sequence[float]) -> None:
        node = self._node
        node.world.resource(ScriptTransforms).set_position(node.world, node.entity, metres)

    @property
    def x(self) -> float:
        """First number of its position."""
        return self.position[0]

    @x.setter
    def x(self, metres: float) -> None:
        _, y, z = self.position
        self.position = (metres, y, z)

    @property
    def y(self) -> float:
        """Second number of its position, its height."""
        return self.position[1]

    @y.setter
    def y(self, metres: float) -> None:
        x, _, z = self.position
        self.position = (x, metres, z)

    @property
    def z(self) -> float:
        """Third number of its position."""
        return self.position[2]

    @z.setter
    def z(self, metres: float) -> None:
        x, y, _ = self.position
        self.position = (x, y, metres)

    @property
    def rotation(self) -> Quat:
        """Unit quaternion."""
        node = self._node
        return node.world.resource(ScriptTransforms).rotation(node.world, node.entity)

    @rotation.setter
    def rotation(self, quaternion: Sequence[float]) -> None:
        node = self._node
        node.world.resource(ScriptTransforms).set_rotation(node.world, node.entity, quaternion)

    @property
    def scale(self) -> Vec3:
        """Scale along its axes."""
        node = self._node
        return node.world.resource(ScriptTransforms).scale(node.world, node.entity)

    @scale.setter
    def scale(self, factors: Sequence[float] | float) -> None:
        node = self._node
        node.world.resource(ScriptTransforms).set_scale(node.world, node.entity, factors)

    @property
    def world_position(self) -> Vec3:
        """Metres in the world."""
        self._flush()
        return Vec3(self._node.world_position.tolist())

    @property
    def parent(self) -> Entity | None:
        """The entity that it moves with."""
        above = self._node.parent
        return None if above is None else Entity(above.world, above.entity)

    @property
    def children(self) -> list[Entity]:
        """The entities that move with it, by stable id."""
        return [Entity(child.world, child.entity) for child in self._node.children]

    def has(self, component: str) -> bool:
        """Whether it has a component."""
        return self._node.world.has(self._node.entity, component_named(self._node.world, component).cls)

    def add(self, component: str, /, **fields: Any) -> None:
        """Add a component, or set fields of the one it has."""
        world, entity = self._node.world, self._node.entity
        declared = component_named(world, component)
        self._flush()
        values = fields_from_script(world, declared, fields)
        if world.has(entity, declared.cls):
            world.set(entity, declared.cls, **values)
        else:
            world.insert(entity, declared.cls(**values))

    def remove(self, component: str) -> None:
        """Take a component away."""
        self._flush()
        self._node.remove(component_named(self._node.world, component).cls)

    def look_at(self, target: Sequence[float]) -> None:
        """Turn its front (-Z) towards a point of the world."""
        self._flush()
        self._node.look_at(target)

    def _flush(self) -> None:
        self._node.world.resource(ScriptTransforms).flush(self._node.world)


class ComponentView:
    """One component of one entity: reading an attribute reads the world, setting one writes it."""

    __slots__ = ("_declared", "_node")

    _node: Node
    _declared: ComponentType

    def __init__(self, node: Node, declared: ComponentType) -> None:
        object.__setattr__(self, "_node", node)
        object.__setattr__(self, "_declared", declared)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        item = self._declared.by_name.get(name)
        if item is None:
            raise AttributeError(self._no_field(name))
        value = getattr(self._node.world.get(self._node.entity, self._declared.cls), name)
        return field_to_script(self._node.world, item, value)

    def __setattr__(self, name: str, value: Any) -> None:
        item = self._declared.by_name.get(name)
        if item is None:
            raise AttributeError(self._no_field(name))
        world = self._node.world
        world.set(self._node.entity, self._declared.cls, **{name: field_from_script(world, item, value)})

    def __repr__(self) -> str:
        return repr(self._node.world.get(self._node.entity, self._declared.cls))

    def _no_field(self, name: str) -> str:
        return f"{self._declared.name!r} has no field {name!r}; it has {', '.join(self._declared.by_name)}"


def component_named(world: World, name: str) -> ComponentType:
    """Return the component that documents call `name`.

    Raises
    ------
    TaixuError
        If the app knows none of that name.
    """
    declared = world.resource(Components).find(name)
    if declared is None:
        known = ", ".join(item.name for item in world.resource(Components))
        raise TaixuError(f"there is no component {name!r}; there are {known}")
    return declared


def fields_from_script(world: World, declared: ComponentType, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return a script's values of a component's fields as the world stores them."""
    declared.check_names(fields)
    return {name: field_from_script(world, declared.by_name[name], value) for name, value in fields.items()}


def field_to_script(world: World, item: Field, value: Any) -> Any:
    """Return a stored value as scripts get it: vectors with arithmetic, entities as `Entity` or None."""
    match item.kind.name:
        case "vec3" | "color3":
            return Vec3(value)
        case "quat":
            return Quat(value)
        case "entity":
            return Entity(world, value) if value and world.alive(value)[0] else None
    return value


def field_from_script(world: World, item: Field, value: Any) -> Any:
    """Return a script's value as the world stores it."""
    if item.kind.name == "entity":
        return value.handle if isinstance(value, Entity) else 0 if value is None else value
    if item.choices and value not in item.choices:
        raise TaixuError(f"field {item.name!r} takes one of {', '.join(item.choices)}, not {value!r:.80}")
    return value
