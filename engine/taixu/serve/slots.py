"""Slots: small numbers for entities, given again when they are free."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from taixu.ecs.entity import indices_of

__all__ = ["Slots"]


@dataclass(slots=True)
class Slots:
    """Slots by entity index, and back."""

    of_index: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    entities: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    free: list[int] = field(default_factory=list)
    used: int = 0

    def reserve(self, count: int) -> None:
        """Make room for so many entity indices."""
        if count > len(self.of_index):
            self.of_index = np.concatenate([self.of_index, np.full(max(count - len(self.of_index), len(self.of_index) // 2), -1)])

    def take(self, entities: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Give entities that have none their slots."""
        reused = [self.free.pop() for _ in range(min(len(self.free), len(entities)))]
        fresh = np.arange(self.used, self.used + len(entities) - len(reused))
        self.used += len(fresh)
        slots = np.concatenate([np.array(reused, np.int64), fresh])
        if self.used > len(self.entities):
            self.entities = np.concatenate([self.entities, np.zeros(max(self.used, 64), np.uint64)])
        self.entities[slots] = entities
        self.of_index[indices_of(entities)] = slots
        return slots

    def give_back(self, slots: NDArray[np.int64]) -> None:
        """Let slots go."""
        indices = indices_of(self.entities[slots])
        mine = self.of_index[indices] == slots
        self.of_index[indices[mine]] = -1
        self.entities[slots] = 0
        self.free.extend(slots.tolist())
