"""Edits of a world's settings, as commands that can be undone."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from taixu.edit import Command, Session, WorldSettings

__all__ = ["SetSection", "section_of"]


@dataclass(frozen=True, slots=True)
class SetSection:
    """Put plain data under a name of the settings; None takes it away."""

    name: str
    value: Any

    def apply(self, session: Session) -> Command:
        """Set it; undone by setting what it was."""
        values = session.world.resource(WorldSettings).values
        before = values.get(self.name)
        if self.value is None:
            values.pop(self.name, None)
        else:
            values[self.name] = deepcopy(self.value)
        return SetSection(self.name, before)


def section_of(session: Session) -> dict[str, Any]:
    """A copy of what the active world's settings say of its twin."""
    return deepcopy(session.world.resource(WorldSettings).section("twin"))
