"""Taking an entity out of a view for a field that waits for one."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["Eyedropper"]


class Eyedropper:
    """Whether a field of a window waits for an entity, and which was clicked; there is one of these in each window."""

    def __init__(self) -> None:
        self.waiting = ""
        """The field that waits, by a key of its own; empty while none does."""
        self._found: tuple[str, str] | None = None

    def ask(self, key: str) -> None:
        """Give the next click in a view to a field."""
        self.waiting, self._found = key, None

    def cancel(self) -> None:
        """Wait no longer."""
        self.waiting = ""

    def take(self, entities: Sequence[str]) -> bool:
        """A view was clicked; True where a field waited, so that the click selects nothing."""
        if not self.waiting:
            return False
        if entities:
            self._found = (self.waiting, entities[-1])
        self.waiting = ""
        return True

    def answer(self, key: str) -> str:
        """What was clicked for a field, once; empty where nothing was."""
        if self._found is None or self._found[0] != key:
            return ""
        found, self._found = self._found[1], None
        return found
