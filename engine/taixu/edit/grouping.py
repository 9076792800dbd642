"""Groups: an entity above others, which moves them all; what is grouped stays where it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import compress
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import component_type, indices_of
from taixu.edit.commands import Command, Despawn, Group, Select, Spawn
from taixu.edit.component_columns import have
from taixu.edit.conditions import none_selected
from taixu.edit.families import families_of
from taixu.edit.ids import id_numbers, id_text
from taixu.edit.operations import Operation
from taixu.edit.parameters import EntitiesParameters
from taixu.edit.reparent_many import reparent_all
from taixu.edit.set_columns import handles_of_ids
from taixu.edit.settle import with_selected
from taixu.math.affine import invert, transform_points
from taixu.scene import CELL_M, Hierarchy, Node, Transform

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
    texts = tuple(dict.fromkeys(entities))
    handles = handles_of_ids(session, id_numbers(texts))
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    indices = indices_of(handles)
    is_chosen = np.zeros(world.index_capacity, bool)
    is_chosen[indices] = True
    is_below = np.zeros(len(indices), bool)
    above = hierarchy.parents_of(indices)
    while above.any():
        is_below |= is_chosen[above] & (above > 0)
        above = hierarchy.parents_of(above)
    return tuple(compress(texts, (~is_below).tolist()))


def _with_id(session: Session, p: GroupParameters) -> GroupParameters:
    return replace(with_selected(session, p), id=p.id or session.new_id())


def _id_of(session: Session, p: GroupParameters) -> str:
    return p.id


def _group(session: Session, p: GroupParameters) -> Command | None:
    chosen = topmost(session, p.entities)
    if not chosen:
        return None
    world = session.world
    handles = handles_of_ids(session, id_numbers(chosen))
    families = families_of(world, handles)
    above = Node(world, int(families.parents[0])) if len(families.parents) == 1 and families.parents[0] else None
    is_placed = have(world, handles, Transform)
    translations = world.gather(handles, Transform, "translation").T.astype(np.float64)
    is_root = (families.parents == 0)[families.which]
    translations[is_root] += world.gather(handles, Transform, "cell").T[is_root] * CELL_M
    matrices = families.matrices[families.which]
    placed = (np.einsum("nij,nj->ni", matrices[:, :3, :3], translations) + matrices[:, :3, 3])[is_placed]
    center = (placed.min(0) + placed.max(0)) / 2 if len(placed) else np.zeros(3)
    block: dict[str, dict[str, Any]] = {"name": {"text": p.name}}
    if above is not None:
        center = transform_points(invert(above.world_matrix), center[None])[0]
        block["parent"] = {"entity": id_text(above.stable_id)}
    block["transform"] = {"position": [round(float(v), 6) for v in center]}
    moved = reparent_all(session, chosen, p.id)
    assert moved is not None
    return Group((Spawn({p.id: block}), moved, Select((p.id,))))


def _ungroup(session: Session, p: EntitiesParameters) -> Command | None:
    world = session.world
    commands: list[Command] = []
    freed: list[str] = []
    gone: list[str] = []
    for text in topmost(session, p.entities):
        node = Node(world, session.entity(text))
        above = "" if node.parent is None else id_text(node.parent.stable_id)
        below = [id_text(child.stable_id) for child in node.children if not world.place(child.entity)[0].made]
        moved = reparent_all(session, below, above)
        commands += [moved] if moved is not None else []
        freed += below
        names = {component_type(cls).name for cls in world.types_of(node.entity) if component_type(cls).authored}
        if below and names <= _BARE:
            gone.append(text)
    if gone:
        commands.append(Despawn(tuple(gone)))
    return Group((*commands, Select(tuple(freed)))) if freed else None


GROUP_OPERATIONS = (
    Operation(
        "entity.group", "Group", plan=_group, parameters=GroupParameters, settle=_with_id, shortcut="Ctrl+G", blocked=none_selected,
        gives=_id_of, doc="Puts entities below a new one, whose id it gives; they stay where they are in the world.",
    ),
    Operation(
        "entity.ungroup", "Ungroup", plan=_ungroup, parameters=EntitiesParameters, settle=with_selected,
        shortcut="Ctrl+Shift+G", blocked=none_selected,
        doc="Frees what hangs below groups; a group that was nothing else goes.",
    ),
)  # fmt: skip
