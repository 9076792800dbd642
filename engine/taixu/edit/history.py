"""Undo and redo."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

from taixu.edit.commands import Command, Group, Select, SetFields
from taixu.edit.findings import GoneError
from taixu.edit.set_columns import SetColumns
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["JOINED", "History", "Step"]

JOINED = "joined with the step before"
"""The `merge` of what belongs to the latest step, whatever that was: keys that a recorded change makes."""


@dataclass(slots=True)
class Step:
    """One entry: what undoes it while it is done, what does it again while it is undone."""

    label: str
    command: Command
    merge: Hashable = None
    """Steps of one drag share this, and become one."""
    secs: float = 0.0
    """How long it took the last time, done or undone."""
    is_edit: bool = True
    """Selecting is a step, but leaves nothing to be saved."""


class History:
    """What was done to a world, and can be undone."""

    def __init__(self) -> None:
        self._done: list[Step] = []
        self._undone: list[Step] = []
        self._saved: object = None
        """The latest edit when the world was saved; None stands for the bottom."""
        self._group: list[Command] | None = None

    @property
    def is_saved(self) -> bool:
        """Whether the world is as it was last saved."""
        return self._latest_edit() is self._saved

    def mark_saved(self) -> None:
        """The world was saved: later steps of a drag do not go into a step from before."""
        self._saved = self._latest_edit()

    def mark_unsaved(self) -> None:
        """What is in the file is none of this history's states."""
        self._saved = object()

    @property
    def undo_label(self) -> str:
        """What would be undone; empty for nothing."""
        return self._done[-1].label if self._done else ""

    @property
    def redo_label(self) -> str:
        """What would be done again; empty for nothing."""
        return self._undone[-1].label if self._undone else ""

    @property
    def undo_secs(self) -> float:
        """About how long undoing takes."""
        return self._done[-1].secs if self._done else 0.0

    @property
    def redo_secs(self) -> float:
        """About how long doing it again takes."""
        return self._undone[-1].secs if self._undone else 0.0

    def do(self, session: Session, command: Command, *, label: str = "", merge: Hashable = None) -> None:
        """Do a command and remember how to undo it.

        Parameters
        ----------
        merge
            Commands that follow one another with the same value become one step: a drag. `JOINED` makes a command part of the
            latest step.
        """
        started = perf_counter()
        inverse = command.apply(session)
        if self._group is not None:
            self._group.append(inverse)
            return
        self._undone.clear()
        top = self._done[-1] if self._done else None
        if merge == JOINED and top is not None and top is not self._saved:
            top.command, top.is_edit = Group((inverse, top.command)), True
            return
        merge = None if merge == JOINED else merge
        if merge is not None and top is not None and top.merge == merge and top is not self._saved:
            top.command = _earlier(top.command, inverse)
            return
        secs, is_edit = perf_counter() - started, not isinstance(inverse, Select)
        self._done.append(Step(label or type(command).__name__, inverse, merge, secs, is_edit))

    @contextmanager
    def group(self, session: Session, label: str) -> Iterator[None]:
        """All that is done in the block is one step; an exception undoes it."""
        if self._group is not None:
            yield
            return
        self._group, started = [], perf_counter()
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
            is_edit = not all(isinstance(inverse, Select) for inverse in inverses)
            self._done.append(Step(label, Group(tuple(reversed(inverses))), secs=perf_counter() - started, is_edit=is_edit))

    @property
    def steps(self) -> tuple[list[Step], list[Step]]:
        """What is done, earliest first, and what was undone, latest first: for panels that show it."""
        return list(self._done), list(self._undone)

    def _latest_edit(self) -> Step | None:
        return next((step for step in reversed(self._done) if step.is_edit), None)

    def undo(self, session: Session) -> bool:
        """Undo the latest step; False where there is none."""
        return self._step(session, self._done, self._undone)

    def take_back(self, session: Session, merge: Hashable) -> bool:
        """Undo the latest step where it is of this drag, and forget it: a drag that was given up never was."""
        if not self._done or self._done[-1].merge != merge:
            return False
        self._done[-1].command.apply(session)
        self._done.pop()
        return True

    def redo(self, session: Session) -> bool:
        """Do again what was undone last; False where there is nothing."""
        return self._step(session, self._undone, self._done)

    def _step(self, session: Session, source: list[Step], target: list[Step]) -> bool:
        if not source:
            return False
        step = source[-1]
        started = perf_counter()
        try:
            step.command = step.command.apply(session)
            step.secs = perf_counter() - started
        except GoneError as error:  # a prefab has lost what was edited: nothing can bring this step back
            source.pop()
            raise TaixuError(f"{step.label}: what was edited is gone from its prefab; this step is left out ({error})") from None
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
    if isinstance(first, SetColumns) and isinstance(second, SetColumns) and (both := first.after(second)) is not None:
        return both
    if isinstance(first, Group) and isinstance(second, Group) and len(first.commands) == len(second.commands):
        pairs = [_earlier(one, two) for one, two in zip(first.commands, second.commands)]
        if all(isinstance(one, SetFields) and found is one for one, found in zip(first.commands, pairs)):
            return first
    return Group((second, first))
