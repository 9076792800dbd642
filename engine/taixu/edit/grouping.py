"""Groups: an entity above others, which moves them all; what is grouped stays where it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import component_type
from taixu.edit.commands import Command, Despawn, Group, Reparent, Select, Spawn
from taixu.edit.ids import id_text
from taixu.edit.operations import Operation
from taixu.edit.parameters import EntitiesParameters
from taixu.edit.settle import with_selected
from taixu.math.affine import invert, transform_points
from taixu.scene import Node, Transform

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["GROUP_OPERATIONS", "topmost"]

_BARE = frozenset({"name", "transform", "parent", "visibility", "locked"})


@dataclass(frozen=True, slots=True)
class GroupParameters:
    """Which entities (those selected where none are named), and what their group is called."""

    entities: tuple[str, ...] = ()
    name: str = "Group"
    id: str = ""


def topmost(session: Session, entities: Iterable[str]) -> tuple[str, ...]:
    """Those of the entities that no other one of them stands above."""
    world = session.world
    chosen = {session.entity(text): text for text in entities}
    found = []
    for entity, text in chosen.items():
        node, seen = Node(world, entity).parent, {entity}
        while node is not None and node.entity not in chosen and node.entity not in seen:
            seen.add(node.entity)
            node = node.parent
        if node is None or node.entity not in chosen:
            found.append(text)
    return tuple(found)


def _with_id(session: Session, p: GroupParameters) -> GroupParameters:
    return replace(with_selected(session, p), id=p.id or session.new_id())


def _id_of(session: Session, p: GroupParameters) -> str:
    return p.id


def _group(session: Session, p: GroupParameters) -> Command | None:
    chosen = topmost(session, p.entities)
    if not chosen:
        return None
    world = session.world
    nodes = [Node(world, session.entity(text)) for text in chosen]
    parents = {node.parent for node in nodes}
    above = parents.pop() if len(parents) == 1 else None
    placed = np.array([node.world_position for node in nodes if Transform in node])
    center = (placed.min(0) + placed.max(0)) / 2 if len(placed) else np.zeros(3)
    block: dict[str, dict[str, Any]] = {"name": {"text": p.name}}
    if above is not None:
        center = transform_points(invert(above.world_matrix), center[None])[0]
        block["parent"] = {"entity": id_text(above.stable_id)}
    block["transform"] = {"position": [round(float(v), 6) for v in center]}
    return Group((Spawn({p.id: block}), *(Reparent(text, p.id) for text in chosen), Select((p.id,))))


def _ungroup(session: Session, p: EntitiesParameters) -> Command | None:
    world = session.world
    commands: list[Command] = []
    freed: list[str] = []
    gone: list[str] = []
    for text in topmost(session, p.entities):
        node = Node(world, session.entity(text))
        above = "" if node.parent is None else id_text(node.parent.stable_id)
        below = [id_text(child.stable_id) for child in node.children if not world.place(child.entity)[0].made]
        commands += [Reparent(child, above) for child in below]
        freed += below
        names = {component_type(cls).name for cls in world.types_of(node.entity) if component_type(cls).authored}
        if below and names <= _BARE:
            gone.append(text)
    if gone:
        commands.append(Despawn(tuple(gone)))
    return Group((*commands, Select(tuple(freed)))) if freed else None


def _blocked(session: Session) -> str:
    return "" if session.worlds and session.current.selection else "Nothing is selected."


GROUP_OPERATIONS = (
    Operation(
        "entity.group", "Group", plan=_group, parameters=GroupParameters, settle=_with_id, shortcut="Ctrl+G", blocked=_blocked,
        gives=_id_of, doc="Puts entities below a new one, whose id it gives; they stay where they are in the world.",
    ),
    Operation(
        "entity.ungroup", "Ungroup", plan=_ungroup, parameters=EntitiesParameters, settle=with_selected,
        shortcut="Ctrl+Shift+G", blocked=_blocked,
        doc="Frees what hangs below groups; a group that was nothing else goes.",
    ),
)  # fmt: skip
