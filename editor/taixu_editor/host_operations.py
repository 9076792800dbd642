"""What can be done in an editor that edits nothing: saving, opening, undoing."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.edit import Nothing, Operation, Session
from taixu.edit.conditions import no_world
from taixu.edit.parameters import PathParameters
from taixu.errors import TaixuError
from taixu_editor.shipped import refuse_installed

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["HOST_OPERATIONS"]


@dataclass(frozen=True, slots=True)
class SaveParameters:
    """Where to; where it was opened from, if it is empty."""

    path: str = ""


def _undo(host: Host, _: Nothing) -> bool:
    return host.session.undo()


def _redo(host: Host, _: Nothing) -> bool:
    return host.session.redo()


def _open(host: Host, p: PathParameters) -> None:
    host.open(p.path)


def _save(host: Host, p: SaveParameters) -> str:
    if host.play.is_playing:
        raise TaixuError("a world that is played is not saved; stop it first, or keep its changes")
    target = Path(p.path) if p.path else host.session.current.path
    if target is not None:
        refuse_installed(target)
    return str(host.session.save(target))


def _nothing_to_undo(session: Session) -> str:
    return "" if session.worlds and session.history.undo_label else "there is nothing to undo"


def _nothing_to_redo(session: Session) -> str:
    return "" if session.worlds and session.history.redo_label else "there is nothing to do again"


HOST_OPERATIONS = (
    Operation("history.undo", "Undo", run=_undo, shortcut="Ctrl+Z", blocked=_nothing_to_undo),
    Operation("history.redo", "Redo", run=_redo, shortcut="Ctrl+Shift+Z", blocked=_nothing_to_redo),
    Operation("project.open", "Open", run=_open, parameters=PathParameters, shortcut="Ctrl+O"),
    Operation("world.save", "Save", run=_save, parameters=SaveParameters, shortcut="Ctrl+S", blocked=no_world),
)
"""Operations of every editor, with a window or without one."""
