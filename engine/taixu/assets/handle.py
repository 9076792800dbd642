"""Handles: small names for things that come later, change, and go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

from taixu.errors import TaixuError

__all__ = ["Handle", "HandleTable"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Handle:
    """An asset: an index into a table, and the generation of what stands there.

    A handle of something that was released finds nothing, even when its index is used again.
    """

    kind: str
    index: int
    generation: int


class HandleTable(Generic[T]):
    """Entries by handle; indices are used again, with the next generation."""

    def __init__(self) -> None:
        self._entries: list[T | None] = []
        self._generations: list[int] = []
        self._free: list[int] = []

    def add(self, kind: str, entry: T) -> Handle:
        """Store an entry."""
        if self._free:
            index = self._free.pop()
            self._entries[index] = entry
        else:
            index = len(self._entries)
            self._entries.append(entry)
            self._generations.append(0)
        return Handle(kind, index, self._generations[index])

    def remove(self, handle: Handle) -> None:
        """Drop an entry; its handles are dead."""
        if self.find(handle) is not None:
            self._entries[handle.index] = None
            self._generations[handle.index] += 1
            self._free.append(handle.index)

    def find(self, handle: Handle) -> T | None:
        """The entry, or None when it was removed."""
        if handle.index >= len(self._entries) or self._generations[handle.index] != handle.generation:
            return None
        return self._entries[handle.index]

    def __getitem__(self, handle: Handle) -> T:
        found = self.find(handle)
        if found is None:
            raise TaixuError(f"the {handle.kind} asset {handle.index} was released")
        return found

    def __len__(self) -> int:
        return len(self._entries) - len(self._free)
