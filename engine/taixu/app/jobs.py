"""The one job service: imports, thumbnails, generators and physics share its worker processes.

A job names its function as ``module:function``, because a worker is a fresh Python that was started by subprocess and
has nothing of ours in it: a user's unguarded script works, and a decoder that crashes on a hostile file takes its
worker with it and nothing else. Nothing is started before the first job, and idle workers wait on a pipe.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic
from typing import Any

from taixu.app.job import Job, JobError, Outbox
from taixu.app.lanes import Lane, ProcessLane, ThreadLane
from taixu.app.worker_process import WorkerProcess

__all__ = ["Job", "JobError", "Jobs", "WorkerProcess"]

_IO_THREADS = 4


class Jobs:
    """Background work in worker processes and threads (a resource).

    Parameters
    ----------
    workers
        The most worker processes; by default one less than the cores, between 1 and 4.
    memory_mb
        What a job may need unless it says otherwise (where the system can limit it).
    """

    def __init__(self, *, workers: int | None = None, memory_mb: int | None = 4096) -> None:
        size = min(max((os.cpu_count() or 2) - 1, 1), 4) if workers is None else max(workers, 1)
        self.memory_mb = memory_mb
        self._outbox = Outbox()
        self._processes = ProcessLane(size, "taixu-worker")
        self._threads = ThreadLane(_IO_THREADS, "taixu-io")
        self._own: list[WorkerProcess] = []
        self._submitted: list[Job] = []
        self._finalizer = weakref.finalize(self, _close, (self._processes, self._threads), self._own)

    def submit(
        self,
        function: str,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        label: str = "",
        priority: int = 0,
        memory_mb: int | None = None,
        timeout_secs: float | None = None,
        progress: Callable[[float, str], None] | None = None,
        then: Callable[[Job], None] | None = None,
    ) -> Job:
        """Run ``module:function`` in a worker process.

        Parameters
        ----------
        function
            Its name. A function with a parameter ``progress`` gets ``progress(fraction, text="", preview=None)`` to report with.
        args, kwargs
            What can be pickled; large arrays are not copied into the pickle.
        label
            How errors name the work, best the file; the function's name by default.
        priority
            Higher first.
        memory_mb, timeout_secs
            Limits; a job over one fails with a sentence.
        progress, then
            Called by `poll`: ``progress(fraction, text)`` while it runs, ``then(job)`` when it has ended.
        """
        job = Job(
            function, args, dict(kwargs or {}), label=label or function.rpartition(":")[2], priority=priority,
            memory_mb=self.memory_mb if memory_mb is None else memory_mb, timeout_secs=timeout_secs,
            progress=progress, then=then, outbox=self._outbox,
        )
        return self._put(self._processes, job)

    def submit_io(
        self,
        function: Callable[..., Any],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        label: str = "",
        priority: int = 0,
        then: Callable[[Job], None] | None = None,
    ) -> Job:
        """Run a function in a thread of this process: for what waits, or lets go of the interpreter's lock."""
        job = Job(
            function, args, dict(kwargs or {}), label=label or getattr(function, "__name__", "a job"),
            priority=priority, memory_mb=None, timeout_secs=None, progress=None, then=then, outbox=self._outbox,
        )
        return self._put(self._threads, job)

    def _put(self, lane: Lane, job: Job) -> Job:
        lane.put(job)
        if len(self._submitted) > 2 * self._outbox.pending + 16:
            self._submitted = self.unfinished
        self._submitted.append(job)
        with self._outbox.arrived:
            self._outbox.pending += 1
        return job

    @property
    def pending(self) -> int:
        """How many jobs have not ended."""
        return self._outbox.pending

    @property
    def unfinished(self) -> list[Job]:
        """The jobs that have not ended, in the order that they were submitted."""
        return [job for job in self._submitted if not job.done]

    def poll(self, max_secs: float | None = None) -> int:
        """Deliver what has happened since the last call, on the calling thread; gives how many jobs ended.

        Parameters
        ----------
        max_secs
            Leave the rest for the next call when this much time has gone by.
        """
        items, ended = self._outbox.items, 0
        if not items:
            return 0
        until = None if max_secs is None else monotonic() + max_secs
        while items:
            job, deliver = items.popleft()
            before = job.done
            try:
                deliver()
            finally:
                if job.done and not before:
                    ended += 1
                    with self._outbox.arrived:
                        self._outbox.pending -= 1
            if until is not None and monotonic() >= until:
                break
        return ended

    def wait(self, jobs: Job | Iterable[Job] | None = None, *, timeout_secs: float | None = None) -> bool:
        """Poll until some jobs (by default all) have ended; False when time ran out first.

        Only the thread that polls may call this.
        """
        wanted = None if jobs is None else [jobs] if isinstance(jobs, Job) else list(jobs)
        until = None if timeout_secs is None else monotonic() + timeout_secs
        while True:
            self.poll()
            if self.pending == 0 if wanted is None else all(job.done for job in wanted):
                return True
            left = None if until is None else until - monotonic()
            if left is not None and left <= 0.0:
                return False
            with self._outbox.arrived:
                self._outbox.arrived.wait_for(lambda: bool(self._outbox.items), left)

    def result(self, job: Job, *, timeout_secs: float | None = None) -> Any:
        """Wait for a job and give its result.

        Raises
        ------
        TaixuError
            Its error.
        JobError
            When it has not ended in time; it runs on.
        """
        if not self.wait(job, timeout_secs=timeout_secs):
            raise JobError(f"{job.label}: not done in {timeout_secs:g} seconds")
        if job.error is not None:
            raise job.error
        return job.result

    def open_worker(self) -> WorkerProcess:
        """A worker process of one's own, for work with a state; it ends with the service if not before."""
        worker = WorkerProcess()
        self._own.append(worker)
        return worker

    def close(self) -> None:
        """Cancel what has not ended, deliver that, and end all workers. Later jobs are refused."""
        self._finalizer()
        self.poll()

    def fork(self, world: object) -> Jobs:
        """A forked world shares the service."""
        return self

    def __enter__(self) -> Jobs:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


def _close(lanes: tuple[Lane, ...], workers: list[WorkerProcess]) -> None:
    for lane in lanes:
        lane.close()
    for worker in workers:
        worker.kill()
        worker.close()
    workers.clear()
