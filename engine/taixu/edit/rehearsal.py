"""Edits that are done, looked at, and undone. What they touched is found by ticks: a large world costs no more than a small one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, component_type
from taixu.edit.differences import Difference, difference
from taixu.edit.document import Block
from taixu.edit.history import History
from taixu.edit.world_document import blocks_of, document_of
from taixu.math.integers import distinct

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["Rehearsed", "Stage", "rehearsing"]

_ALL_IN_TEXT = 1 << 62
Handles = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What edits would change, and the edits with all filled in that they leave to the moment."""

    difference: Difference
    steps: tuple[tuple[str, Mapping[str, Any]], ...]


@dataclass(slots=True)
class Stage:
    """A session on which something is rehearsed."""

    session: Session
    since: int
    difference: Difference = field(default_factory=Difference)

    def compare(self) -> None:
        """Undo what was done, and find what it had changed."""
        world = self.session.world
        touched = self._touched(world)
        after = self._blocks(world, touched)
        _undo_all(self.session)
        again = self._touched(world)
        before = self._blocks(world, again)
        if touched is not None and again is not None and len(np.setdiff1d(again, touched)):
            while self.session.redo():  # undoing put back what nobody wrote, such as references to those who were gone
                pass
            after = self._blocks(world, self._touched(world))
            _undo_all(self.session)
        self.difference = difference(before, after)

    def _touched(self, world: World) -> Handles | None:
        """The living of whom anything may have changed; None where nobody knows."""
        structure = world.structure.since(self.since)
        if structure is None:
            return None
        found = [structure.spawned, structure.moved]
        for table in world.tables:
            if table.count and not table.made and table.touched > self.since:
                authored = [cls for cls in table.types if component_type(cls).authored]
                found.append(table.entities[table.changed(authored, since=self.since)])
        return world.living(distinct(np.concatenate([np.asarray(part, np.uint64) for part in found])))

    def _blocks(self, world: World, touched: Handles | None) -> dict[str, Block]:
        if touched is None:
            return document_of(world, columns_above=_ALL_IN_TEXT).document.entities
        return blocks_of(world, touched)


@contextmanager
def rehearsing(session: Session) -> Iterator[Stage]:
    """Whatever is done in the block is undone at its end, and history knows nothing of it."""
    entry = session.current
    history, selection = entry.history, entry.selection
    entry.history = History()
    entry.app.world.advance()
    try:
        yield Stage(session, entry.app.world.tick - 1)
    finally:
        try:
            _undo_all(session)
        finally:
            entry.history, entry.selection = history, selection


def _undo_all(session: Session) -> None:
    while session.undo():
        pass
