"""`World` as programs see it: nodes in, nodes out, over the columns of `taixu.ecs.World`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from taixu import ecs
from taixu.ecs import Query
from taixu.errors import TaixuError
from taixu.physics import Collider, RigidBody
from taixu.scene import FromModel, Model, Name, Node, Parent, Shape, Transform, split_position

__all__ = ["World"]


class World:
    """A friendly face of a world. `columns` is the world itself, for whole columns at once.

    Parameters
    ----------
    columns
        The world; a new one by default.
    """

    def __init__(self, columns: ecs.World | None = None) -> None:
        self.columns = ecs.World() if columns is None else columns

    def __eq__(self, other: object) -> bool:
        return isinstance(other, World) and self.columns is other.columns

    def __hash__(self) -> int:
        return hash(id(self.columns))

    def spawn(
        self, *parts: Any, position: ArrayLike = (0.0, 0.0, 0.0), rotation: ArrayLike = (0.0, 0.0, 0.0, 1.0),
        scale: ArrayLike = 1.0, parent: Node | None = None,
    ) -> Node:
        """Spawn an entity and give its node.

        A `RigidBody` that can be seen, as a `Shape` or a `Model`, and has no `Collider` gets one that fits it: the
        shape's own, or the model's convex hull. Robots (URDF) bring theirs.

        Parameters
        ----------
        parts
            A name first, if it has one, then components.
        position
            Metres: in the world, or from the parent.
        rotation
            Quaternion x, y, z, w.
        scale
            One factor, or three.
        parent
            What it moves with.
        """
        names = [Name(part) for part in parts if isinstance(part, str)]
        components = [part for part in parts if not isinstance(part, str)]
        if len(names) > 1:
            raise TaixuError("an entity has one name")
        if any(isinstance(part, Transform) for part in components):
            raise TaixuError("say where it is by position, rotation and scale, not by a Transform")
        links = [] if parent is None else [Parent(parent.entity)]
        components += _fitting_colliders(components)
        node = Node(self.columns, self.columns.spawn(Transform(), *names, *links, *components))
        node.position, node.rotation, node.scale = position, rotation, scale
        return node

    def spawn_many(self, components: Sequence[Any], *, positions: ArrayLike) -> Any:
        """Spawn one entity for each position ``[3, n]`` with these components (a list); gives ``uint64[n]``."""
        cells, offsets = split_position(np.asarray(positions, np.float64))
        columns: dict[type, dict[str, Any]] = {Transform: {"cell": cells, "translation": offsets}}
        for item in components:
            columns[type(item)] = {fld.name: getattr(item, fld.name) for fld in item.__component__.fields}
        return self.columns.spawn_batch(offsets.shape[1], columns)

    def find(self, name: str) -> Node | None:
        """The first node of a name; see `find_all`."""
        found = self.find_all(name)
        return found[0] if found else None

    def find_all(self, name: str) -> list[Node]:
        """All nodes of a name: what documents and programs made before the nodes of models, then by stable id."""
        handles: list[int] = []
        for table in self.columns.query(Name):
            rows = np.flatnonzero(table.read(Name, "text") == name)
            handles += table.entities[rows].tolist()
        nodes = [Node(self.columns, handle) for handle in handles]
        return sorted(nodes, key=lambda node: (FromModel in node, node.stable_id))

    def node(self, entity: int) -> Node:
        """The node of a handle."""
        return Node(self.columns, entity)

    def query(self, *types: type, without: tuple[type, ...] = ()) -> Query:
        """Whole columns of all entities with these components; see `taixu.ecs.World.query`."""
        return self.columns.query(*types, without=without)

    def nodes(self, *types: type) -> Iterator[Node]:
        """The entities with these components one by one: for dozens, not for thousands."""
        for handle in self.columns.query(*types).entities.tolist():
            yield Node(self.columns, handle)

    def __len__(self) -> int:
        return len(self.columns)

    def state_hash(self) -> str:
        """Equal for two worlds of equal authored state."""
        return self.columns.state_hash()

    def fork(self) -> World:
        """An independent copy."""
        return World(self.columns.fork())


def _fitting_colliders(components: Sequence[Any]) -> list[Collider]:
    """What a body needs so that it does not fall through the floor, where nobody said otherwise."""
    given = {type(component): component for component in components}
    if RigidBody not in given or Collider in given:
        return []
    shape, model = given.get(Shape), given.get(Model)
    if shape is not None:
        return [Collider("cylinder" if shape.kind == "torus" else shape.kind, size=shape.size)]
    if model is not None and not str(model.source).lower().endswith(".urdf"):
        return [Collider("hull")]
    return []
