"""Open worlds follow files that moved: fields that name them, and what undo would bring back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from taixu.edit import Command, OpenWorld, PrefabLibrary, SetFields, make_prefabs
from taixu.edit.ids import id_text
from taixu.edit.instancing import InstanceState
from taixu_editor.assets.references import Renamed, rewritten

if TYPE_CHECKING:
    from taixu.edit import Session

__all__ = ["edit_open_worlds", "forget_prefabs", "replace_in_data"]


def edit_open_worlds(session: Session, renamed: Renamed, done: list[Callable[[], object]]) -> None:
    """Name files by their new paths in all open worlds; `done` gets what takes that back.

    The active one's history stays as it is: what is below this step is undone after it. Others' are undone by themselves, and
    would bring back paths that are no more.
    """

    def back(entry: OpenWorld, undo: Command) -> None:
        with session.within(entry):
            undo.apply(session)

    current = session.current
    for entry in session.worlds:
        with session.within(entry):
            for command in _field_edits(session, renamed):
                undo = command.apply(session)
                done.append(lambda entry=entry, undo=undo: back(entry, undo))  # type: ignore[misc]
        if entry is not current:
            former = [(step, step.command) for steps in entry.history.steps for step in steps]
            for step, command in former:
                step.command = replace_in_data(command, renamed)
            done.append(lambda former=former: _put_back(former))  # type: ignore[misc]


def forget_prefabs(session: Session, paths: list[str], renamed: Renamed) -> None:
    """Prefabs whose files were written, or are elsewhere, are read again, and their instances made anew."""
    for entry in session.worlds:
        if entry.app.world.has_resource(PrefabLibrary):
            library = entry.app.world.resource(PrefabLibrary)
            for path in {*paths, *map(renamed, paths)}:
                library.forget(path)
            if entry.app.world.has_resource(InstanceState):  # before anybody takes what is old in them for a difference
                make_prefabs(entry.app.world)


def replace_in_data(value: Any, renamed: Renamed) -> Any:
    """New paths in lists, tables, texts and commands; gives the very same object where nothing changes."""
    if isinstance(value, str):
        return renamed(value)
    if isinstance(value, bytes):  # a document's text
        changed_text = rewritten("", value, renamed)
        return value if changed_text == value else changed_text
    if isinstance(value, Mapping):
        changed = {key: replace_in_data(each, renamed) for key, each in value.items()}
        return changed if any(changed[key] is not value[key] for key in value) else value
    if isinstance(value, (list, tuple)):
        items = [replace_in_data(each, renamed) for each in value]
        if all(a is b for a, b in zip(items, value, strict=True)):
            return value
        return items if isinstance(value, list) else tuple(items)
    if is_dataclass(value) and not isinstance(value, type):
        held = {each.name: getattr(value, each.name) for each in fields(value) if each.init}
        parts = {name: replace_in_data(part, renamed) for name, part in held.items()}
        return value if all(parts[name] is held[name] for name in held) else replace(value, **parts)
    return value


def _put_back(former: list[tuple[Any, Command]]) -> None:
    for step, command in former:
        step.command = command


def _field_edits(session: Session, renamed: Renamed) -> list[Command]:
    """Edits of all authored fields that hold a path that moved: columns of texts are compared as a whole."""
    found: list[Command] = []
    world = session.world
    for table in world.tables:
        if not table.count or table.made:
            continue
        for declared in table.components:
            for fld in declared.fields if declared.authored else ():
                if fld.kind.name not in ("asset", "data"):
                    continue
                for row, value in enumerate(table.read(declared.cls, fld.name).tolist()):
                    changed = replace_in_data(value, renamed) if value else value
                    if changed is not value and changed != value:
                        owner = id_text(world.stable_id(int(table.entities[row])))
                        found.append(SetFields(owner, declared.name, {fld.name: changed}))
    return found
