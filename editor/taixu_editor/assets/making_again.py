"""Making files again that are out of date, in the background, one result after the other: each reads what the last has made."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.app import Job
from taixu.edit import Operation
from taixu.edit.conditions import no_world
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.generate import Generation, Generations, Generators
    from taixu.generate.remaking import RemakeStep
    from taixu_editor.host import Host

__all__ = ["ORIGIN_OPERATIONS", "MakingAgain"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class MakeAgainParameters:
    """A file that was generated, which is made again with all that hangs below it; or nothing, for all that is out of date."""

    path: str = ""
    discard_edits: bool = field(default=False, metadata={"doc": "replace files that were changed by hand, too"})


class MakingAgain:
    """Files that are being made again.

    Attributes
    ----------
    made, kept
        Paths in the project: made again, and left as they are because a hand had changed them.
    error
        Why it ended before all was made; what was made by then stays.
    """

    def __init__(
        self, host: Host, path: str = "", *, discard_edits: bool = False, then: Callable[[MakingAgain], object] | None = None,
    ) -> None:  # fmt: skip
        self.path = path
        self.made: list[str] = []
        self.kept: list[str] = []
        self.error = ""
        self.is_over = False
        self._host, self._then, self._discards = host, then, discard_edits
        self._project = host.session.project
        self._steps: list[RemakeStep] = []
        self._generations: Generations | None = None
        self._running: Generation | None = None
        host.jobs.submit_io(_plan, (self._project.root, path), label=path or "lineage", then=self._planned)

    @property
    def text(self) -> str:
        """What is being made."""
        return "" if self._running is None else self._running.order.generator

    def cancel(self) -> None:
        """Give up what is not made yet; no half file stays."""
        self._steps.clear()
        if self._running is not None:
            self._running.cancel()

    def _planned(self, job: Job) -> None:
        from taixu.generate import Generations

        if job.result is None:
            self._end("" if job.error is None else str(job.error))
            return
        generators, self._steps = job.result
        self._generations = Generations(self._host.jobs, generators=generators)
        self._next()

    def _next(self) -> None:
        assert self._generations is not None
        while self._steps:
            step = self._steps.pop(0)
            if step.edited and not self._discards:
                self.kept += step.edited
                continue
            try:
                self._running = self._generations.submit(step.order, out=step.out, then=self._made)
            except TaixuError as error:
                self._end(str(error))
            return
        self._end("")

    def _made(self, generation: Generation) -> None:
        if generation.result is None:
            self._end(str(generation.error or ""))
            return
        self.made += [Path(file).relative_to(self._project.root).as_posix() for file in generation.result.files]
        self._next()

    def _end(self, error: str) -> None:
        self.is_over, self.error, self._running = True, error, None
        if self._then is not None:
            self._then(self)


def _plan(root: Path, path: str) -> tuple[Generators, list[RemakeStep]]:
    """What is to be made, in a thread: it reads sidecars and hashes files."""
    from taixu.generate import Generators, Lineage, plan_remake

    generators = Generators()
    return generators, plan_remake(Lineage.read(root), generators, path or None)


def _make_again(host: Host, p: MakeAgainParameters) -> None:
    if p.path:
        file = host.session.project.file(p.path)
        if not file.is_file():
            raise TaixuError(f"{p.path}: there is no such file in the project any more")
    MakingAgain(host, p.path, discard_edits=p.discard_edits, then=_tell)


def _tell(making: MakingAgain) -> None:
    if making.error:
        _log.error("%s", making.error)
    for path in making.kept:
        _log.warning("%s: was changed by hand, and is kept", path)


ORIGIN_OPERATIONS = (
    Operation(
        "asset.make_again", "Make again", run=_make_again, parameters=MakeAgainParameters, blocked=no_world,
        doc="Makes a generated file and what hangs below it again, or all that is out of date, in the background; what was changed "
        "by hand is kept.",
    ),
)
"""What can be done with where files came from."""
