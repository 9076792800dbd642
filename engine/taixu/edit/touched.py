"""Which fields a history has touched: what a person edited, apart from what a world did by itself."""

from __future__ import annotations

from taixu.edit.commands import Command, Despawn, Group, Insert, Remove, Reparent, RevertEntries, SetEntries, SetFields, Spawn
from taixu.edit.history import History
from taixu.edit.ids import id_texts
from taixu.edit.respawn import Respawn
from taixu.edit.set_columns import SetColumns
from taixu.edit.set_many import SetMany

__all__ = ["Touched", "touched_by"]

Touched = frozenset[tuple[str, str, str]]
"""Entity, component and field; an empty field stands for the whole component, an empty component for the whole entity."""

_STORED = {"translation": "position", "cell": "position"}
"""Fields that documents call otherwise."""


def touched_by(history: History) -> Touched:
    """What the steps touched that are done and not undone."""
    found: set[tuple[str, str, str]] = set()
    for step in history.steps[0]:
        if step.is_edit:
            _collect(step.command, found)
    return frozenset(found)


def _collect(command: Command, found: set[tuple[str, str, str]]) -> None:
    """Of the command that undoes a step: it names the same fields as the one that was done."""
    match command:
        case Group(commands=commands):
            for each in commands:
                _collect(each, found)
        case SetFields(entity=entity, component=component, fields=fields):
            found.update((entity, component, _STORED.get(name, name)) for name in fields)
        case SetMany(component=component, values=values):
            found.update((entity, component, _STORED.get(name, name)) for entity, fields in values.items() for name in fields)
        case Insert(entity=entity, component=component) | Remove(entity=entity, component=component):
            found.add((entity, component, ""))
        case SetColumns(component=component, ids=ids, columns=columns):
            names = {_STORED.get(name, name) for name in columns}
            found.update((entity, component, name) for entity in id_texts(ids) for name in names)
        case Respawn(parts=parts):
            found.update((entity, "", "") for part in parts for entity in id_texts(part.ids))
        case Spawn(blocks=blocks):
            found.update((entity, "", "") for entity in blocks)
        case Despawn(entities=entities):
            found.update((entity, "", "") for entity in entities)
        case Reparent(entity=entity):
            found.update(((entity, "parent", ""), (entity, "transform", "")))
        case SetEntries(instance=entity) | RevertEntries(instance=entity):
            found.add((entity, "prefab_instance", ""))
