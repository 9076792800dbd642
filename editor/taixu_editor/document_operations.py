"""Worlds and prefabs that are open at once: opening one more, going from one to another, closing one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taixu.edit import Nothing, OpenWorld, Operation, Session
from taixu.edit.conditions import no_world
from taixu.edit.parameters import PathParameters
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["DOCUMENT_OPERATIONS"]


@dataclass(frozen=True, slots=True)
class NumberParameters:
    """Which of the open documents, counted from 0."""

    number: int


@dataclass(frozen=True, slots=True)
class CloseParameters:
    """Which of the open documents, counted from 0; the active one where none is named. What is unsaved is lost."""

    number: int | None = None


def _open(host: Host, p: PathParameters) -> None:
    host.open_document(p.path)


def _show(host: Host, p: NumberParameters) -> None:
    host.refuse_while_playing()
    host.session.activate(_entry(host.session, p.number))


def _close(host: Host, p: CloseParameters) -> None:
    host.refuse_while_playing()
    host.session.close(None if p.number is None else _entry(host.session, p.number))


def _next(host: Host, _: Nothing) -> None:
    _turn(host, 1)


def _previous(host: Host, _: Nothing) -> None:
    _turn(host, -1)


def _turn(host: Host, by: int) -> None:
    host.refuse_while_playing()
    session = host.session
    session.activate(session.worlds[(session.active + by) % len(session.worlds)])


def _entry(session: Session, number: int) -> OpenWorld:
    if not 0 <= number < len(session.worlds):
        raise TaixuError(f"there is no open document {number}; {len(session.worlds)} are open")
    return session.worlds[number]


def _alone(session: Session) -> str:
    return "" if len(session.worlds) > 1 else "no other document is open"


DOCUMENT_OPERATIONS = (
    Operation("document.open", "Open world or prefab", run=_open, parameters=PathParameters, blocked=no_world,
              doc="Opens a world or a prefab of the project beside those that are open."),
    Operation("document.show", "Go to document", run=_show, parameters=NumberParameters, blocked=no_world),
    Operation("document.drop", "Close document without a question", run=_close, parameters=CloseParameters, blocked=no_world,
              doc="Closes a document; what is not saved of it is lost."),
    Operation("document.next", "Next document", run=_next, shortcut="Ctrl+Tab", blocked=_alone),
    Operation("document.previous", "Previous document", run=_previous, shortcut="Ctrl+Shift+Tab", blocked=_alone),
)  # fmt: skip
"""They edit nothing."""
