"""One tileset that is shown: its tree, what is loaded of it within a budget, and what is on its way."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from taixu.app import Job, Jobs
from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.tiles3d.contents import TileContent, read_content
from taixu.assets.tiles3d.documents import Fresh, Pending, read_pending
from taixu.assets.tiles3d.tree import NOTHING, THERE, WANTED, Choice, Seen, TileTree
from taixu.errors import TaixuError
from taixu.scene.details import Eye

__all__ = ["Stream"]

_log = logging.getLogger(__name__)
_MOST_AT_ONCE = 4
_MOST_TOLD = 5
_COARSER = 1.25
_MOST_COARSE = 1e6
_MOST_ROUNDS = 10_000


@dataclass
class Stream:
    """A tileset's tiles as they come and go.

    Attributes
    ----------
    loaded
        Contents by row; the latest used at the end.
    shown
        Rows that eyes see.
    coarser
        By how much errors may be larger, so that the budget lasts.
    """

    path: Path
    frame: LocalFrame | None
    error_px: float
    budget: int
    tree: TileTree | None = None
    loaded: dict[int, list[TileContent]] = field(default_factory=dict)
    shown: list[int] = field(default_factory=list)
    coarser: float = 1.0
    used: int = 0
    dropped: list[int] = field(default_factory=list)
    """Rows that were forgotten since the caller looked."""
    _jobs: dict[tuple[int, bool], Job] = field(default_factory=dict)
    _asked: tuple[Any, ...] = ()
    _is_news: bool = True
    _is_failed: bool = False
    _told: int = 0

    def follow(self, eyes: Sequence[Eye], jobs: Jobs | None, *, patient: bool) -> bool:
        """Find out what these eyes need and have it read; says whether `shown` is new.

        Parameters
        ----------
        jobs
            What reads in the background; None reads here and now, one file a call.
        patient
            Read all that is needed before returning: for pictures that wait.
        """
        asked = tuple((*np.round(eye.position, 1).tolist(), round(eye.pixels_per_rad), eye.is_parallel) for eye in eyes)
        if asked != self._asked:
            self._asked, self._is_news = asked, True
            self.coarser = max(self.coarser / _COARSER, 1.0)  # elsewhere there may be less to see
        if not self._is_news or self._is_failed:
            return False
        before = self.shown
        seen = [Seen(eye.position, eye.pixels_per_m) for eye in eyes]
        for _ in range(_MOST_ROUNDS if patient else 1):
            self._is_news = False
            if self.tree is None:
                self._open(None if patient else jobs)
            else:
                choice = self.tree.choose(seen, self.error_px * self.coarser)
                self._keep(choice)
                self._start(choice, None if patient else jobs)
            if not self._is_news or self._is_failed:
                break
        return self.shown != before

    @property
    def is_waiting(self) -> bool:
        """Whether something is on its way."""
        return bool(self._jobs)

    def close(self) -> None:
        """Forget what is on its way."""
        for job in self._jobs.values():
            job.cancel()
        self._jobs.clear()
        self._is_failed = True

    def _open(self, jobs: Jobs | None) -> None:
        file = self.path.resolve()

        def take(fresh: Fresh) -> None:
            self.tree = TileTree.of(file.parent, fresh, self.frame)
            self._tell_findings(fresh)

        self._read((-1, True), read_pending, (Pending(file.parent, file),), jobs, take)

    def _start(self, choice: Choice, jobs: Jobs | None) -> None:
        tree = self.tree
        assert tree is not None
        for row in choice.expansions.tolist():
            if len(self._jobs) >= _MOST_AT_ONCE:
                return
            self._read((row, True), read_pending, (tree.pending[row][0],), jobs, partial(self._grow, row))
        for row in choice.contents.tolist():
            if len(self._jobs) >= _MOST_AT_ONCE:
                return
            if self.used >= self.budget:
                return
            self._read((row, False), _read_all, (tree, row), jobs, partial(self._arrive, row))

    def _read(
        self, key: tuple[int, bool], function: Callable[..., Any], args: tuple[Any, ...], jobs: Jobs | None,
        take: Callable[[Any], None],
    ) -> None:  # fmt: skip
        if key in self._jobs:
            return

        def ended(job: Job) -> None:
            if self._jobs.pop(key, None) is None:
                return
            self._is_news = True
            if job.error is not None:
                self._fail(key, job.error)
                return
            self._take(key, take, job.result)

        if jobs is not None:
            if key[0] >= 0 and not key[1] and self.tree is not None:
                self.tree.state[key[0]] = WANTED
            self._jobs[key] = jobs.submit_io(function, args, label=self.path.name, then=ended)
            return
        self._is_news = True
        try:
            found = function(*args)
        except TaixuError as error:
            self._fail(key, error)
            return
        self._take(key, take, found)

    def _take(self, key: tuple[int, bool], take: Callable[[Any], None], found: Any) -> None:
        try:
            take(found)
        except TaixuError as error:
            self._fail(key, error)

    def _fail(self, key: tuple[int, bool], error: Exception) -> None:
        row, is_expanding = key
        self._tell(str(error))
        if row < 0 or self.tree is None:
            self._is_failed = True
        else:
            self.tree.fail(row, TaixuError(str(error)), expanding=is_expanding)

    def _grow(self, row: int, fresh: Fresh) -> None:
        assert self.tree is not None
        self.tree.graft(row, fresh)
        self._tell_findings(fresh)

    def _arrive(self, row: int, made: list[TileContent]) -> None:
        assert self.tree is not None
        self.loaded[row] = made
        self.used += sum(each.size for each in made)
        self.tree.set_state(row, THERE)

    def _keep(self, choice: Choice) -> None:
        """Show what is chosen, and forget what was not needed for longest where there is too much."""
        tree = self.tree
        assert tree is not None
        self.shown = sorted(choice.shown.tolist())
        needed = {*self.shown, *choice.contents.tolist()}
        for row in self.shown:
            self.loaded[row] = self.loaded.pop(row)
        if self.used >= self.budget:
            for row in [each for each in self.loaded if each not in needed]:
                if self.used < 0.75 * self.budget:
                    break
                self.used -= sum(each.size for each in self.loaded.pop(row))
                tree.set_state(row, NOTHING)
                self.dropped.append(row)
            if len(choice.contents) and self.coarser < _MOST_COARSE:  # more is wanted than there is room for
                self.coarser *= _COARSER
                self._is_news = True

    def _tell_findings(self, fresh: Fresh) -> None:
        for finding in fresh.findings:
            self._tell(str(finding))

    def _tell(self, sentence: str) -> None:
        self._told += 1
        if self._told <= _MOST_TOLD:
            _log.warning("%s: %s", self.path.name, sentence)
        elif self._told == _MOST_TOLD + 1:
            _log.warning("%s: more of its files or tiles are broken; no more of them are told", self.path.name)


def _read_all(tree: TileTree, row: int) -> list[TileContent]:
    """A tile's contents; what cannot be read is left out, unless nothing is left."""
    made, errors = [], []
    for content in tree.contents[row]:
        try:
            made.append(read_content(content, tree.root, tree.transforms[row], tree.placement))
        except TaixuError as error:
            errors.append(error)
    if errors and not made:
        raise errors[0]
    return made
