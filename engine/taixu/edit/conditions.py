"""Why an operation cannot be done now, where many have the same reason: what `Operation.blocked` says."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["no_project", "no_world", "none_selected"]


def no_world(session: Session) -> str:
    """Where nothing is open."""
    return "" if session.worlds else "no world is open"


def no_project(session: Session) -> str:
    """Where a world may be open, but no project with a manifest."""
    return "" if session.worlds and session.project.has_manifest else "no project is open"


def none_selected(session: Session) -> str:
    """Where nothing is selected."""
    return "" if session.worlds and session.current.selection else "nothing is selected"
