"""What is copied and pasted: entities and components as text that any program may hold for a while."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.ecs import indices_of
from taixu.edit.commands import Command, Group, Insert, Select, SetFields, Spawn
from taixu.edit.copy_names import fresh_names
from taixu.edit.document import VERSION_KEY, Block
from taixu.edit.encode import encode_entities
from taixu.edit.grouping import topmost
from taixu.edit.ids import ID_PATTERN, id_numbers, id_text
from taixu.edit.json_text import parse_json
from taixu.edit.operations import Operation
from taixu.edit.prefab import rename_references
from taixu.edit.set_columns import handles_of_ids
from taixu.edit.settle import with_selected
from taixu.errors import TaixuError
from taixu.scene import Hierarchy

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["CLIPBOARD_OPERATIONS", "Copied", "copy_component", "copy_entities", "read_copied"]

_MAX_TEXT = 32 << 20


@dataclass(frozen=True, slots=True)
class Copied:
    """What a text holds: entities with their roots, or fields by component."""

    entities: dict[str, Block] = field(default_factory=dict)
    roots: tuple[str, ...] = ()
    components: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PasteParameters:
    """What to paste (as `copy_entities` writes it), and whom below; nobody where it is empty."""

    text: str
    parent: str = ""
    ids: tuple[str, ...] = ()
    """Of the copies, in the order of the ids copied; fresh ones where none are named."""


@dataclass(frozen=True, slots=True)
class PasteComponentParameters:
    """Components as `copy_component` writes them, for entities; those selected where none are named."""

    text: str
    entities: tuple[str, ...] = ()


def copy_entities(session: Session, entities: Iterable[str]) -> str:
    """Text that holds entities with all below them."""
    world, blocks = session.world, dict[str, Block]()
    roots = topmost(session, entities)
    hierarchy = world.resource(Hierarchy)
    hierarchy.update(world)
    handles = handles_of_ids(session, id_numbers(roots))
    below = world.living(world.entities_at(hierarchy.descendants_of(indices_of(handles))))
    tables, rows = world.locate(np.concatenate([handles, below]))
    for number in np.unique(tables).tolist():
        table = world.table(number)
        if not table.made:
            blocks |= encode_entities(world, table, rows[tables == number].astype(np.intp))
    return json.dumps({"taixu": "entities", "roots": list(roots), "entities": blocks}, ensure_ascii=False)


def copy_component(name: str, fields: Mapping[str, Any]) -> str:
    """Text that holds a component's fields, in the form of documents."""
    return json.dumps({"taixu": "components", "components": {name: dict(fields)}}, ensure_ascii=False)


def read_copied(text: str) -> Copied | None:
    """What a text holds that `copy_entities` or `copy_component` wrote; None where it is any other text."""
    if not text.startswith('{"taixu": ') or len(text) > _MAX_TEXT:
        return None
    try:
        raw = parse_json(text.encode(), file="the clipboard")
    except TaixuError:
        return None
    entities, components = raw.get("entities", {}), raw.get("components", {})
    roots = raw.get("roots", [])
    if not (_is_blocks(entities) and _is_block(components) and isinstance(roots, list)):
        return None
    return Copied(entities, tuple(root for root in roots if root in entities), components)


def _is_block(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(fields, dict) for fields in value.values())


def _is_blocks(value: Any) -> bool:
    import re

    return isinstance(value, dict) and all(re.match(ID_PATTERN, key) and _is_block(block) for key, block in value.items())


def _with_ids(session: Session, p: PasteParameters) -> PasteParameters:
    copied = read_copied(p.text)
    return p if copied is None or p.ids else replace(p, ids=session.new_ids(len(copied.entities)))


def _ids_of(session: Session, p: PasteParameters) -> list[str]:
    return list(p.ids)


def _paste(session: Session, p: PasteParameters) -> Command:
    copied = read_copied(p.text)
    if copied is None or not copied.entities:
        raise TaixuError("There is nothing to paste: copy entities first.")
    if p.parent:
        session.entity(p.parent)
    if len(p.ids) != len(copied.entities):
        raise TaixuError(f"Pasting {len(copied.entities)} entities takes as many ids, not {len(p.ids)}.")
    names = {int(key, 16): int(text, 16) for key, text in zip(sorted(copied.entities), p.ids)}
    called = _names_of(session, copied)
    made: dict[str, Block] = {}
    for key, block in copied.entities.items():
        block = rename_references(session.components, block, names)
        if key in copied.roots:
            block.pop("parent", None)
            if p.parent:
                block["parent"] = {"entity": p.parent}
            if key in called:
                block["name"] = {**block["name"], "text": called[key]}
            _say_place_alike(block, is_child=bool(p.parent))
        made[id_text(names[int(key, 16)])] = block
    roots = tuple(id_text(names[int(key, 16)]) for key in copied.roots)
    return Group((Spawn(made), Select(roots)))


def _names_of(session: Session, copied: Copied) -> dict[str, str]:
    """What the topmost ones are called, where somebody is called that already."""
    texts = {key: copied.entities[key].get("name", {}).get("text", "") for key in copied.roots}
    texts = {key: text for key, text in texts.items() if isinstance(text, str) and text}
    return dict(zip(texts, fresh_names(session.world, texts.values(), are_copies=False)))


def _say_place_alike(block: Block, *, is_child: bool) -> None:
    """What was a child's translation is a root's position, and the other way round."""
    transform = block.get("transform", {})
    before, after = ("position", "translation") if is_child else ("translation", "position")
    if before in transform:
        transform[after] = transform.pop(before)
    transform.pop("cell", None)


def _paste_components(session: Session, p: PasteComponentParameters) -> Command | None:
    copied = read_copied(p.text)
    if copied is None or not copied.components:
        raise TaixuError("There is no component to paste: copy one first.")
    commands: list[Command] = []
    for text in p.entities:
        entity = session.entity(text)
        for name, raw in copied.components.items():
            fields = {key: value for key, value in raw.items() if key != VERSION_KEY}
            has = session.world.has(entity, session.component(name))
            commands.append(SetFields(text, name, fields) if has else Insert(text, name, fields))
    return Group(tuple(commands)) if commands else None


CLIPBOARD_OPERATIONS = (
    Operation(
        "entity.paste_text", "Paste", plan=_paste, parameters=PasteParameters, settle=_with_ids,
        gives=_ids_of, doc="Makes copies of copied entities; gives their ids, in the order of those copied.",
    ),
    Operation(
        "component.paste", "Paste component", plan=_paste_components, parameters=PasteComponentParameters, settle=with_selected,
        doc="Adds copied components, or sets the fields of those that are there.",
    ),
)  # fmt: skip
