"""Generators at work: a queue on the job service, with progress, previews and an end that leaves nothing behind."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from taixu.app import Jobs
from taixu.app.job import Job, JobError
from taixu.errors import TaixuError, UsageError
from taixu.generate.cache import sweep, work_folder
from taixu.generate.generator import Generator
from taixu.generate.guards import find_guards
from taixu.generate.making import Result
from taixu.generate.order import Order
from taixu.generate.placing import Place, remove_laid, take_places
from taixu.generate.registry import Generators, reference_of

__all__ = ["Generation", "Generations"]

_MAKE = "taixu.generate.making:make"


class Generation:
    """An order on its way, made by `Generations.submit`. What it shows changes in `Jobs.poll` only.

    Attributes
    ----------
    order, generator
        What was asked of whom.
    result
        When it is done; None before, and where it failed.
    error
        Why it failed, or was cancelled, in one sentence; None otherwise.
    """

    def __init__(self, order: Order, generator: Generator, place: Place | None, folder: Path) -> None:
        self.order = order
        self.generator = generator
        self.result: Result | None = None
        self.error: TaixuError | None = None
        self._place = place
        self._folder = folder
        self._job: Job | None = None
        self._is_given_up = False
        self._is_over = False

    @property
    def state(self) -> str:
        """``queued``, ``running``, ``done``, ``failed`` or ``cancelled``."""
        if not self._is_over:
            return "running" if self._job is not None and self._job.state == "running" else "queued"
        return "done" if self.result is not None else "cancelled" if self._is_given_up else "failed"

    @property
    def is_over(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._is_over

    @property
    def progress(self) -> float:
        """The fraction done, 0 to 1."""
        return 0.0 if self._job is None else self._job.progress

    @property
    def text(self) -> str:
        """What is being done."""
        return "" if self._job is None else self._job.progress_text

    @property
    def preview(self) -> Any:
        """The latest that it has shown: uint8 [h, w, 3 or 4], or what the generator gives; None where it shows nothing."""
        return None if self._job is None else self._job.preview

    def cancel(self) -> None:
        """Give it up: nothing of it will be there. What is over stays as it is."""
        if not self._is_over:
            self._is_given_up = True
            if self._job is not None:
                self._job.cancel()

    def _end(self, job: Job) -> None:
        """The job is over: take the places, or leave no trace. Called by `Jobs.poll`."""
        try:
            if self._is_given_up:
                self.error = JobError(f"{self.generator.name}: cancelled")
            elif job.error is not None:
                self._is_given_up = job.state == "cancelled"
                self.error = job.error
            else:
                take_places(job.result.moves)
                self.result = job.result
        except TaixuError as error:
            self.error = error
        finally:
            self._is_over = True
            shutil.rmtree(self._folder, ignore_errors=True)
            if self._place is not None:
                remove_laid(self._place)


class Generations:
    """The queue of generators.

    Parameters
    ----------
    jobs
        The service whose worker processes do it; who polls that, hears of progress and ends.
    generators
        Those that are known; all that are installed by default.
    guards
        References of guards; those of installed plugins by default.
    """

    def __init__(self, jobs: Jobs, *, generators: Generators | None = None, guards: Iterable[str] | None = None) -> None:
        self.jobs = jobs
        self.generators = generators or Generators()
        self.guards = find_guards() if guards is None else tuple(guards)
        self._all: list[Generation] = []
        jobs.submit_io(sweep, label="leftovers of generators")

    @property
    def unfinished(self) -> list[Generation]:
        """Those that are not over, in their order."""
        self._all = [each for each in self._all if not each.is_over]
        return list(self._all)

    def submit(
        self,
        order: Order,
        *,
        out: Path | None = None,
        sign: bool = False,
        detached: bool = False,
        dated: bool = True,
        priority: int = 0,
        memory_mb: int | None = None,
        timeout_secs: float | None = None,
        progress: Callable[[float, str], None] | None = None,
        then: Callable[[Generation], None] | None = None,
    ) -> Generation:
        """Put an order into the queue.

        Parameters
        ----------
        out
            The main file, or what its name begins with; without it, the result stays in the cache. Pictures may be asked for as
            ``.jpg``.
        sign, detached, dated
            As in `Place`.
        priority
            Higher first.
        memory_mb, timeout_secs
            Limits; what the generator says it needs, and none.
        progress, then
            Called by `Jobs.poll`: ``progress(fraction, text)``, and ``then(generation)`` at the end.

        Raises
        ------
        UsageError
            When there is no such generator, or the file's ending is another than it writes. What else is wrong, the end tells.
        """
        generator = self.generators.find(order.generator, model=order.model, parents=order.parents)
        ticket = f"{os.getpid()}-{secrets.token_hex(6)}"
        place = None if out is None else _place(out, generator, ticket, sign=sign, detached=detached, dated=dated)
        made = Generation(order, generator, place, work_folder() / ticket)

        def end(job: Job) -> None:
            made._end(job)
            if then is not None:
                then(made)

        made._job = self.jobs.submit(
            _MAKE, (reference_of(generator), order, place, made._folder, self.guards), label=generator.name, priority=priority,
            memory_mb=memory_mb or generator.needs.memory_mb, timeout_secs=timeout_secs, progress=progress, then=end,
        )  # fmt: skip
        self._all = [*self.unfinished, made]
        return made

    def wait(self, generations: Generation | Iterable[Generation] | None = None, *, timeout_secs: float | None = None) -> bool:
        """Poll until some (by default all) are over; False when time ran out first."""
        wanted = (
            self.unfinished if generations is None else [generations] if isinstance(generations, Generation) else list(generations)
        )
        return self.jobs.wait([each._job for each in wanted if each._job is not None], timeout_secs=timeout_secs)

    def result(self, generation: Generation, *, timeout_secs: float | None = None) -> Result:
        """Wait for one and give its result.

        Raises
        ------
        TaixuError
            Its error; or that it has not ended in time, and it runs on.
        """
        if not self.wait(generation, timeout_secs=timeout_secs):
            raise JobError(f"{generation.generator.name}: not done in {timeout_secs:g} seconds")
        if generation.result is None:
            raise generation.error or JobError(f"{generation.generator.name}: came to nothing")
        return generation.result

    def make(self, order: Order, **options: Any) -> Result:
        """Submit, wait, and give the result; the options are those of `submit`."""
        return self.result(self.submit(order, **options))

    def cancel_all(self) -> None:
        """Give up whatever is not over."""
        for each in self.unfinished:
            each.cancel()


def _place(out: Path, generator: Generator, ticket: str, *, sign: bool, detached: bool, dated: bool) -> Place:
    if generator.makes_folder:
        if out.exists() and not out.is_dir():
            raise UsageError(f"{out} is a file; {generator.name} makes a folder, so name one")
        return Place(out.absolute(), "", ticket, sign, detached, dated)
    suffix = out.suffix.lower()
    jpeg = suffix if (generator.suffix, suffix) in ((".png", ".jpg"), (".png", ".jpeg"), (".vrm", ".glb")) else ""
    if suffix and suffix != generator.suffix and not jpeg:
        raise UsageError(f"{out}: {generator.name} writes {generator.suffix}, not {suffix}")
    if out.is_dir():
        raise UsageError(f"{out} is a folder; name a file in it")
    name = out.name.removesuffix(out.suffix) if suffix else out.name
    return Place(out.parent.absolute(), name, ticket, sign, detached, dated, jpeg)
