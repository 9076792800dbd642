"""Undo and redo."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from taixu.edit.commands import Command, Group, SetFields

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["History", "Step"]

_MAX_STEPS = 1000


@dataclass(slots=True)
class Step:
    """One entry: what undoes it while it is done, what does it again while it is undone."""

    label: str
    command: Command
    merge: Hashable = None
    """Steps of one drag share this, and become one."""


class History:
    """What was done to a world, and can be undone."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._saved: object = None
        """The step that was on top when the world was saved; None stands for the bottom."""
        self._group: list[Command] | None = None

    @property
    def is_saved(self) -> bool:
        """Whether the world is as it was last saved."""
        return (self._done[-1] if self._done else None) is self._saved

    def mark_saved(self) -> None:
        """The world was saved: later steps of a drag do not go into a step from before."""
        self._saved = self._done[-1] if self._done else None

    @property
    def undo_label(self) -> str:
        """What would be undone; empty for nothing."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What would be done again; empty for nothing."""
        return self._undone[-1].label if self._undone else ""

    def do(self, session: Session, command: Command, *, label: str = "", merge: Hashable = None) -> None:
        """Do a command and remember how to undo it.

        Parameters
        ----------
        merge
            Commands that follow one another with the same value become one step: a drag.
        """
        inverse = command.apply(session)
        if self._group is not None:
            self._group.append(inverse)
            return
        self._undone.clear()
        top = self._done[-1] if self._done else None
        if merge is not None and top is not None and top.merge == merge and top is not self._saved:
            top.command = _earlier(top.command, inverse)
            return
        self._done.append(Step(label or type(command).__name__, inverse, merge))
        if len(self._done) > _MAX_STEPS:
            if self._saved is None:
                self._saved = object()  # what was saved cannot be reached any more
            del self._done[0]

    @contextmanager
    def group(self, session: Session, label: str) -> Iterator[None]:
        """All that is done in the block is one step; an exception undoes it."""
        if self._group is not None:
            yield
            return
        self._group = []
        try:
            yield
        except BaseException:
            for inverse in reversed(self._group):
                inverse.apply(session)
            self._group = None
            raise
        inverses, self._group = self._group, None
        if inverses:
            self._undone.clear()
            self._done.append(Step(label, Group(tuple(reversed(inverses)))))

    def undo(self, session: Session) -> bool:
        """Undo the latest step; False where there is none."""
        return self._step(session, self._done, self._undone)

    def redo(self, session: Session) -> bool:
        """Do again what was undone last; False where there is nothing."""
        return self._step(session, self._undone, self._done)

    def _step(self, session: Session, source: list[Step], target: list[Step]) -> bool:
        if not source:
            return False
        step = source[-1]
        step.command = step.command.apply(session)
        source.pop()
        step.merge = None
        target.append(step)
        return True


def _earlier(first: Command, second: Command) -> Command:
    """What undoes two steps, second first; two settings of the same fields are undone by the first alone."""
    if isinstance(first, SetFields) and isinstance(second, SetFields):
        same = (first.entity, first.component) == (second.entity, second.component)
        if same and second.fields.keys() <= first.fields.keys():
            return first
    if isinstance(first, Group) and isinstance(second, Group) and len(first.commands) == len(second.commands):
        pairs = [_earlier(one, two) for one, two in zip(first.commands, second.commands)]
        if all(isinstance(one, SetFields) and found is one for one, found in zip(first.commands, pairs)):
            return first
    return Group((second, first))
