"""`Node`: a friendly view of one entity. It holds nothing but the world and the handle."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from taixu.ecs import NOBODY, World, indices_of
from taixu.errors import TaixuError
from taixu.math.affine import decompose, invert, matrix_from_trs
from taixu.math.quaternion import look_rotation
from taixu.scene.components import CELL_M, Name, Parent, Transform
from taixu.scene.hierarchy import Hierarchy, despawn_tree
from taixu.scene.transforms import split_position

__all__ = ["Node"]

T = TypeVar("T")
Vector = NDArray[np.float64]


class Node:
    """One entity as an object with attributes. Two nodes are equal when they name the same entity.

    For loops over thousands use queries: a node costs a few microseconds at every touch.
    """

    __slots__ = ("entity", "world")

    def __init__(self, world: World, entity: int) -> None:
        self.world = world
        self.entity = int(entity)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Node) and self.world is other.world and self.entity == other.entity

    def __hash__(self) -> int:
        return hash((id(self.world), self.entity))

    def __repr__(self) -> str:
        return f"<Node {self.name!r} {self.entity:#x}>" if self.alive else f"<dead Node {self.entity:#x}>"

    # Identity

    @property
    def alive(self) -> bool:
        """Whether the entity still exists."""
        return bool(self.world.alive(self.entity)[0])

    @property
    def stable_id(self) -> int:
        """The id that documents know it by."""
        return self.world.stable_id(self.entity)

    @property
    def name(self) -> str:
        """Its name; empty without one."""
        return self.world.get(self.entity, Name).text if self.world.has(self.entity, Name) else ""

    @name.setter
    def name(self, text: str) -> None:
        self.set(Name(text))

    # Components

    def __contains__(self, cls: type) -> bool:
        return self.world.has(self.entity, cls)

    def __getitem__(self, cls: type[T]) -> T:
        return self.world.get(self.entity, cls)

    def get(self, cls: type[T]) -> T | None:
        """A component, or None."""
        return self.world.get(self.entity, cls) if self.world.has(self.entity, cls) else None

    def set(self, *components: Any) -> Node:
        """Add components or replace them."""
        for item in components:
            cls = type(item)
            if self.world.has(self.entity, cls):
                fields = {fld.name: getattr(item, fld.name) for fld in item.__component__.fields}
                self.world.set(self.entity, cls, **fields)
            else:
                self.world.insert(self.entity, item)
        return self

    def change(self, cls: type, /, **fields: Any) -> Node:
        """Write fields of a component that it has."""
        self.world.set(self.entity, cls, **fields)
        return self

    def remove(self, *types: type) -> Node:
        """Take components away."""
        self.world.remove(self.entity, *types)
        return self

    # Place

    @property
    def position(self) -> Vector:
        """Metres, float64: in the world for roots, from the parent for children."""
        found = self.world.get(self.entity, Transform)
        offset = np.array(found.translation, float)
        return offset if self.parent else offset + np.array(found.cell) * CELL_M

    @position.setter
    def position(self, metres: ArrayLike) -> None:
        place = _vector(metres, 3, "position")
        if self.parent:
            self.world.set(self.entity, Transform, translation=place)
        else:
            cell, offset = split_position(place)
            self.world.set(self.entity, Transform, translation=offset, cell=cell)

    @property
    def rotation(self) -> Vector:
        """Unit quaternion x, y, z, w."""
        return np.array(self.world.get(self.entity, Transform).rotation, float)

    @rotation.setter
    def rotation(self, quaternion: ArrayLike) -> None:
        turned = _vector(quaternion, 4, "rotation")
        self.world.set(self.entity, Transform, rotation=turned / max(float(np.linalg.norm(turned)), 1e-12))

    @property
    def scale(self) -> Vector:
        """Scale along its axes."""
        return np.array(self.world.get(self.entity, Transform).scale, float)

    @scale.setter
    def scale(self, factors: ArrayLike) -> None:
        spread = np.broadcast_to(np.asarray(factors, float), 3)
        self.world.set(self.entity, Transform, scale=_vector(spread, 3, "scale"))

    @property
    def local_matrix(self) -> Vector:
        """Parent-from-local 4x4 (world-from-local for roots); what has no `Transform` adds nothing."""
        if Transform not in self:
            return np.eye(4)
        return matrix_from_trs(self.position, self.rotation, self.scale).astype(np.float64)

    @property
    def world_matrix(self) -> Vector:
        """World-from-local 4x4 in float64, worked out from the transforms as they are now."""
        chain = _ancestry(self)
        loop = chain[-1].parent
        if loop is not None:  # those who hang below themselves are roots
            chain = chain[: chain.index(loop) + 1]
        matrix: Vector = np.eye(4)
        for node in reversed(chain):
            matrix = matrix @ node.local_matrix
        return matrix

    @property
    def world_position(self) -> Vector:
        """Where it is in the world, in metres."""
        found: Vector = self.world_matrix[:3, 3]
        return found

    def look_at(self, target: ArrayLike, up: ArrayLike = (0.0, 1.0, 0.0)) -> Node:
        """Turn its -Z (the front of cameras and lights) towards a point of the world."""
        forward = _vector(target, 3, "target") - self.world_position
        if np.linalg.norm(forward) < 1e-9:
            raise TaixuError("look_at needs a target away from the node")
        above = self.parent
        if above:
            inward = invert(above.world_matrix)[:3, :3]
            forward, up = inward @ forward, inward @ np.asarray(up, float)
        self.rotation = look_rotation(forward, up)
        return self

    # Family

    @property
    def parent(self) -> Node | None:
        """The node that it moves with."""
        if not self.world.has(self.entity, Parent):
            return None
        above = self.world.get(self.entity, Parent).entity
        return Node(self.world, above) if above != NOBODY and self.world.alive(above)[0] else None

    @property
    def children(self) -> list[Node]:
        """The nodes that move with it, by stable id."""
        hierarchy = self.world.resource(Hierarchy)
        hierarchy.update(self.world)
        handles = self.world.entities_at(hierarchy.children_of(indices_of([self.entity])))
        order = np.argsort(self.world.stable_ids(handles), kind="stable")
        return [Node(self.world, handle) for handle in handles[order].tolist()]

    def walk(self) -> Iterator[Node]:
        """Itself and all below, parents first."""
        yield self
        for child in self.children:
            yield from child.walk()

    def attach(self, parent: Node | None, *, keep_place: bool = True) -> Node:
        """Hang it below another node, or nowhere; by default it stays where it is in the world."""
        if parent is not None and self in _ancestry(parent):
            raise TaixuError(f"{self.name!r} cannot hang below itself")
        matrix = self.world_matrix
        if parent is None:
            self.remove(Parent)
        else:
            self.set(Parent(parent.entity))
        if keep_place:
            local = matrix if parent is None else invert(parent.world_matrix) @ matrix
            self.position, self.rotation, self.scale = decompose(local)
        return self

    def despawn(self) -> None:
        """Remove it and all below it."""
        despawn_tree(self.world, self.entity)


def _ancestry(node: Node) -> list[Node]:
    """A node and those above it; a loop is walked once."""
    chain: list[Node] = []
    seen: set[int] = set()
    here: Node | None = node
    while here is not None and here.entity not in seen:
        seen.add(here.entity)
        chain.append(here)
        here = here.parent
    return chain


def _vector(values: ArrayLike, length: int, what: str) -> Vector:
    vector = np.asarray(values, np.float64)
    if vector.shape != (length,) or not np.isfinite(vector).all():
        raise TaixuError(f"{what} takes {length} finite numbers, not {values!r:.80}")
    return vector
