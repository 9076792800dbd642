"""Parameters that say all: what they leave to the moment (who is selected, fresh ids) is filled in before an operation is done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["with_selected"]


def with_selected(session: Session, p: Any) -> Any:
    """Those that are selected, where the parameters name no `entities`."""
    return p if p.entities else replace(p, entities=session.current.selection)
