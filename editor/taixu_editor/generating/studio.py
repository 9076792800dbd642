"""The studio: the queue of a host's wishes, the look at the present one, and what came of all of them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError, UsageError
from taixu_editor.generating.history import Entry, History, history_of
from taixu_editor.generating.keeping import keep_files, kept_files
from taixu_editor.generating.looking import Looking, workers
from taixu_editor.generating.scripts import files_of, keep_script, names_in, world_to_try
from taixu_editor.generating.task import Task
from taixu_editor.generating.wish import Wish

if TYPE_CHECKING:
    from taixu.app import Job, Jobs
    from taixu.generate import Generations, Generator, Generators
    from taixu_editor.host import Host

__all__ = ["Studio"]

_log = logging.getLogger(__name__)
_MOST_TASKS = 200
TICKS = 240
"""How long a mod is tried: four seconds of the world."""


class Studio:
    """What a host generates.

    Attributes
    ----------
    tasks
        The queue in its order: what runs, what waits, and what failed and was not seen yet.
    looking
        The first look at the wish that somebody is turning sliders of.
    on_made, on_failed
        Are told of each task that came to a result, or to nothing.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self.tasks: list[Task] = []
        self.looking = Looking(host)
        self.on_made: list[Callable[[Task], None]] = []
        self.on_failed: list[Callable[[Task], None]] = []
        self._jobs: Jobs | None = None
        self._generations: Generations | None = None
        self._generators: Generators | None = None
        self._root: Path | None = None
        self._small: dict[tuple[Path, str], list[str] | None] = {}
        self._then: dict[str, list[Callable[[Entry], None]]] = {}
        self._keeping = 0
        self._trials: dict[str, dict[str, Any] | None] = {}

    # -- what is there -----------------------------------------------------------------------------------------------
    @property
    def generators(self) -> Generators:
        """All that are installed; read when they are first asked for."""
        if self._generators is None:
            from taixu.generate import Generators

            self._generators = Generators()
        return self._generators

    @property
    def history(self) -> History:
        """Results of the open project.

        Raises
        ------
        UsageError
            When none is open.
        """
        if not self._host.session.worlds:
            raise UsageError("no project is open whose history of results there could be")
        return history_of(self._host.session.project.root)

    def generator_of(self, wish: Wish) -> Generator:
        """Who makes it.

        Raises
        ------
        UsageError
            When nobody does.
        """
        return self.generators.find(wish.generator, model=wish.model)

    @property
    def running(self) -> list[Task]:
        """Tasks that are being made."""
        return [each for each in self.tasks if each.state == "running"]

    @property
    def waiting(self) -> list[Task]:
        """Tasks that have not begun."""
        return [each for each in self.tasks if each.state == "queued"]

    @property
    def is_busy(self) -> bool:
        """Whether anything is on its way."""
        return bool(self._keeping) or self.looking.is_busy or any(not each.is_over for each in self.tasks)

    # -- the queue ---------------------------------------------------------------------------------------------------
    def start(self, wish: Wish, *, of: str = "", then: Callable[[Entry], None] | None = None) -> Task:
        """Put a wish at the end of the queue; `then` gets what comes of it.

        Raises
        ------
        UsageError
            When nobody makes such things, or a parent lies outside of the project. What else is wrong, the task tells.
        """
        history = self.history
        if len([each for each in self.tasks if not each.is_over]) >= _MOST_TASKS:
            raise UsageError(f"{_MOST_TASKS} tasks are waiting; let some of them end first")
        generator = self.generator_of(wish)
        if generator.makes == "script" and "names" not in wish.settings:  # words are tied to what there is
            wish = replace(wish, settings={**wish.settings, "names": names_in(self._host.session)})
        wish.order(self._host.session.project)
        task = Task(wish, generator, of=of if of in history else "")
        self._root = self._host.session.project.root
        if then is not None:
            self._then.setdefault(task.id, []).append(then)
        self.tasks.append(task)
        self._begin_next()
        return task

    def find_task(self, id: str) -> Task:
        """A task of the queue.

        Raises
        ------
        UsageError
            When there is none.
        """
        for each in self.tasks:
            if each.id == id:
                return each
        raise UsageError(f"there is no task {id[:20]!r} in the queue; generate.queue lists those that are")

    def after(self, id: str, then: Callable[[Entry], None]) -> None:
        """Call `then` with what comes of a task, if anything does."""
        if any(each.id == id for each in self.tasks):
            self._then.setdefault(id, []).append(then)

    def cancel(self, task: Task) -> None:
        """Give it up, and take it out of the queue; of what failed, take the sentence away."""
        task.is_cancelled = True
        if task.generation is not None:
            task.generation.cancel()
        self.tasks = [each for each in self.tasks if each is not task]
        self._then.pop(task.id, None)

    def cancel_all(self) -> None:
        """Empty the queue."""
        for each in list(self.tasks):
            self.cancel(each)

    def move(self, task: Task, place: int) -> None:
        """Put a task that waits at another place among those that wait; 0 comes next."""
        if task.state != "queued":
            return
        waiting = [each for each in self.waiting if each is not task]
        waiting.insert(min(max(place, 0), len(waiting)), task)
        others = [each for each in self.tasks if each.state != "queued"]
        self.tasks = [*others, *waiting]

    # -- results -----------------------------------------------------------------------------------------------------
    def kept(self, entry: Entry) -> tuple[str, ...]:
        """Its files in the project; nothing where it was not kept there, or somebody took one away."""
        return kept_files(self._host.session.project, entry)

    def keep(self, entry: Entry, *, folder: str = "", name: str = "") -> tuple[str, ...]:
        """Copy its files into the project and wait for it; gives their paths.

        Raises
        ------
        TaixuError
            When they cannot be made again, or written.
        """
        if not folder and not name and (kept := self.kept(entry)):
            return kept
        if not entry.cached():
            self._ready().make(entry.wish.order(self._host.session.project))
        if entry.makes == "script":
            return self._remember(entry, keep_script(self._host, entry, name=name))
        kept = keep_files(self._host.session.project, self.generators, entry, folder=folder, name=name)
        return self._remember(entry, kept)

    def keep_soon(
        self, entry: Entry, then: Callable[[tuple[str, ...]], None], *, folder: str = "", name: str = "",
        failed: Callable[[str], None] = _log.error,
    ) -> None:  # fmt: skip
        """Copy its files into the project in the background, made again where the cache has dropped them; `then` gets the paths."""
        if not folder and not name and (kept := self.kept(entry)):
            then(kept)
            return
        if not entry.cached():
            self.start(entry.wish, then=lambda made: self.keep_soon(made, then, folder=folder, name=name, failed=failed))
            return
        project = self._host.session.project
        if entry.makes == "script":  # small files, and an edit: it is in the history at once
            try:
                kept = keep_script(self._host, entry, name=name)
            except TaixuError as error:
                failed(str(error))
                return
            then(self._remember(entry, kept))
            return

        def end(job: Job) -> None:
            self._keeping -= 1
            if job.error is not None:
                failed(str(job.error))
            elif self._host.session.project is project:
                then(self._remember(entry, job.result))

        self._keeping += 1
        self._ready().jobs.submit_io(
            partial(keep_files, project, self.generators, entry, folder=folder, name=name), label=entry.label, then=end
        )

    def trial(self, entry: Entry) -> dict[str, Any] | None:
        """How a mod stood its trial in the box (see `taixu.defaults.mod_trials.Trial`); None while it runs."""
        if entry.key in self._trials:
            return self._trials[entry.key]
        self._trials[entry.key] = None

        def end(job: Job) -> None:
            self._trials[entry.key] = job.result or {"error": str(job.error or "it came to nothing")}

        arguments = (files_of(entry.cached()), world_to_try(self._host.session), TICKS)
        self._ready().jobs.submit(
            "taixu.defaults.mod_trials:try_mod_as_data", arguments, label=entry.label, memory_mb=4096, then=end
        )
        return None

    def try_now(self, entry: Entry) -> dict[str, Any]:
        """The same, waited for.

        Raises
        ------
        UsageError
            When it is no mod.
        """
        from time import sleep

        if entry.makes != "script":
            raise UsageError(f"{entry.label!r} is no mod; it cannot be tried")
        while (found := self.trial(entry)) is None:
            self.frame()
            sleep(0.01)
        return found

    def small(self, entry: Entry) -> dict[str, Path] | None:
        """Its small pictures by name (``base_color``, ``picture``); None while they are made, empty where there are none."""
        folder = self.history.folder_of(entry)
        key = (folder, entry.key)
        names = self._small.get(key, False)
        if names is False:
            there = sorted(file.name for file in folder.glob("*.png"))
            if there:
                names = self._small[key] = there
            else:
                names = self._small[key] = self._make_small(entry, folder, key)
        if names is None or not isinstance(names, list):
            return None
        return {Path(name).stem: folder / name for name in names}

    def _make_small(self, entry: Entry, folder: Path, key: tuple[Path, str]) -> list[str] | None:
        """Ask a worker for them."""
        cached = entry.cached()
        if not cached:
            return []
        files = [(str(file), role) for file, (_, role) in zip(cached, entry.files, strict=True)]

        def end(job: Job) -> None:
            self._small[key] = job.result or []
            if job.error is not None:
                _log.info("no picture of a result: %s", job.error)

        self._ready().jobs.submit(
            "taixu_editor.generating.small:make_small", (files, str(folder)), label=entry.label, priority=2, then=end
        )
        return None

    def _remember(self, entry: Entry, kept: tuple[str, ...]) -> tuple[str, ...]:
        if entry.id in self.history:
            self.history.change(self.history.find(entry.id), kept=kept)
        return kept

    # -- the frame ---------------------------------------------------------------------------------------------------
    def frame(self) -> None:
        """Take in what has arrived, begin what comes next; what belongs to a project that was closed is given up."""
        session = self._host.session
        if self._root is not None and (not session.worlds or session.project.root != self._root):
            self.cancel_all()
            self.looking.clear()
            self._small.clear()
            self._root = None
        if self._jobs is not None and self._jobs.pending:
            self._jobs.poll()
        for task in self.running:
            if task.generation is not None and task.generation.is_over:
                self._end(task)
        self._begin_next()
        self.looking.frame()

    def wait(self, tasks: list[Task], *, timeout_secs: float | None = None) -> bool:
        """Frames go by until some tasks are over, for who has no frames of their own; False when time ran out first."""
        from time import monotonic, sleep

        until = None if timeout_secs is None else monotonic() + timeout_secs
        while not all(each.is_over for each in tasks):
            if until is not None and monotonic() > until:
                return False
            self.frame()
            sleep(0.005)
        return True

    def close(self) -> None:
        """Give up everything, and end the workers."""
        self.cancel_all()
        self.looking.close()
        jobs, self._jobs, self._generations = self._jobs, None, None
        if jobs is not None:
            jobs.close()

    def _begin_next(self) -> None:
        while len(self.running) < workers() and self.waiting:
            task = self.waiting[0]
            try:
                task.generation = self._ready().submit(task.wish.order(self._host.session.project))
            except TaixuError as error:
                self._fail(task, str(error))

    def _end(self, task: Task) -> None:
        assert task.generation is not None
        result = task.generation.result
        if result is None:
            self._fail(task, str(task.generation.error))
            return
        task.entry = self.history.add(task.wish, result, makes=task.generator.makes, of=task.of)
        self.tasks = [each for each in self.tasks if each is not task]
        for tell in self.on_made:
            tell(task)
        for then in self._then.pop(task.id, []):
            then(task.entry)

    def _fail(self, task: Task, error: str) -> None:
        task.error = error
        self._then.pop(task.id, None)
        for tell in self.on_failed:
            tell(task)

    def _ready(self) -> Generations:
        from taixu.app import Jobs
        from taixu.generate import Generations

        if self._generations is None:
            self._jobs = Jobs(workers=workers())
            self._generations = Generations(self._jobs, generators=self.generators)
        return self._generations
