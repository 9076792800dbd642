"""Putting things where they belong: down to the floor, in front of the camera, onto a grid."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.edit import Command, Group, Operation, Session, SetFields
from taixu.edit.conditions import none_selected
from taixu.edit.parameters import EntitiesParameters
from taixu.edit.settle import with_selected
from taixu.physics import PhysicsScene
from taixu.render import visible_bounds
from taixu.scene import Hierarchy, Node, Transform
from taixu_editor.standing import visible_floor

__all__ = ["PLACING_OPERATIONS", "family_of"]

_CLEARANCE_M = 1e-3
_DEEPEST_M = 1e4


@dataclass(frozen=True, slots=True)
class GridParameters:
    """Whose places are rounded to a grid, and its step in metres."""

    step_m: float = 0.25
    entities: tuple[str, ...] = ()


def family_of(world: World, handle: int) -> NDArray[np.uint64]:
    """An entity with all below it."""
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    own = np.array([handle], np.uint64)
    return np.concatenate([own, world.living(world.entities_at(hierarchy.descendants_of(indices_of(own))))])


def _drop(session: Session, p: EntitiesParameters) -> Command | None:
    world = session.world
    commands: list[Command] = []
    for text in p.entities:
        handle = session.entity(text)
        if not world.has(handle, Transform):
            continue
        bounds = visible_bounds(world, family_of(world, handle))
        node = Node(world, handle)
        if bounds is None:
            bounds = np.stack([node.world_position, node.world_position])
        fall = float(bounds[0, 1]) - _floor_below(world, handle, bounds)
        if abs(fall) < 1e-6:
            continue
        place = node.world_position - np.array([0.0, fall, 0.0])
        commands.append(SetFields(text, "transform", {"position": [float(v) for v in _local(node, place)]}))
    return Group(tuple(commands)) if commands else None


def _floor_below(world: World, handle: int, bounds: NDArray[np.float64]) -> float:
    """Height of the first body under a box, by nine rays over its base; of what is seen there, where no body is; else 0."""
    xs, zs = (np.linspace(bounds[0, axis], bounds[1, axis], 5)[1:4] for axis in (0, 2))
    across = np.array([(x, bounds[0, 1] + _CLEARANCE_M, z) for x in xs for z in zs])
    if world.has_resource(PhysicsScene):
        down = np.tile([0.0, -1.0, 0.0], (len(across), 1))
        hits = world.resource(PhysicsScene).raycast(across, down, max_distance=_DEEPEST_M, ignore=handle)
        found = hits["point"][hits["entity"] != 0]
        if len(found):
            return float(found[:, 1].max())
    return visible_floor(world, family_of(world, handle), across) or 0.0


def _grid(session: Session, p: GridParameters) -> Command | None:
    step = max(p.step_m, 1e-4)
    commands: list[Command] = []
    for text in p.entities:
        handle = session.entity(text)
        if session.world.has(handle, Transform):
            place = Node(session.world, handle).position
            rounded = np.round(place / step) * step
            if not np.array_equal(rounded, place):
                commands.append(SetFields(text, "transform", {"position": [float(v) for v in rounded]}))
    return Group(tuple(commands)) if commands else None


def _local(node: Node, place: NDArray[np.float64]) -> Any:
    """A place of the world as a child's own position."""
    parent = node.parent
    if parent is None:
        return place
    from taixu.math.affine import invert

    return (np.asarray(invert(parent.world_matrix)) @ np.append(place, 1.0))[:3]


PLACING_OPERATIONS = (
    Operation(
        "entity.drop", "Drop to floor", plan=_drop, parameters=EntitiesParameters, settle=with_selected, shortcut="PgDn",
        blocked=none_selected, doc="Lets entities stand on what is below them.",
    ),
    Operation("entity.snap_to_grid", "Snap to grid", plan=_grid, parameters=GridParameters, settle=with_selected,
              blocked=none_selected, doc="Rounds places to steps of a grid."),
)  # fmt: skip
"""Edits that need to know what things look like and what they stand on."""
