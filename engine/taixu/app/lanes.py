"""The queues behind the job service: threads that take the most urgent job and run it, here or in a worker process."""

from __future__ import annotations

import heapq
import threading
import traceback
from abc import ABC, abstractmethod
from itertools import count

from taixu.app.job import Job, JobError
from taixu.app.worker import takes_progress
from taixu.app.worker_process import WorkerProcess
from taixu.errors import MachineError, TaixuError, UsageError

__all__ = ["Lane", "ProcessLane", "ThreadLane"]

_ERRORS = {cls.__name__: cls for cls in (TaixuError, UsageError, MachineError)}


class Lane(ABC):
    """A queue by priority with up to `size` threads, started when work comes; each waits without cost."""

    def __init__(self, size: int, name: str) -> None:
        self._size = size
        self._name = name
        self._heap: list[tuple[int, int, Job]] = []
        self._order = count()
        self._change = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._running: set[Job] = set()
        self._idle = 0
        self._closed = False

    def put(self, job: Job) -> None:
        """Queue a job; higher priority first, then in order."""
        with self._change:
            if self._closed:
                raise JobError(f"{job.label}: the job service is closed")
            heapq.heappush(self._heap, (-job.priority, next(self._order), job))
            if self._idle < len(self._heap) and len(self._threads) < self._size:
                thread = threading.Thread(
                    target=self._serve, name=f"{self._name}-{len(self._threads)}", daemon=True
                )
                self._threads.append(thread)
                thread.start()
            self._change.notify()

    def close(self) -> None:
        """Cancel everything and end the threads and their workers; may be called twice."""
        with self._change:
            self._closed = True
            jobs = [job for _, _, job in self._heap] + list(self._running)
            self._heap.clear()
            self._change.notify_all()
        for job in jobs:
            job.cancel()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(10.0)

    def _take(self) -> Job | None:
        with self._change:
            while not self._heap:
                if self._closed:
                    return None
                self._idle += 1
                self._change.wait()
                self._idle -= 1
            job = heapq.heappop(self._heap)[2]
            self._running.add(job)
            return job

    def _leave(self, job: Job) -> None:
        with self._change:
            self._running.discard(job)

    @abstractmethod
    def _serve(self) -> None:
        """Take jobs and do them until there are no more."""


class ThreadLane(Lane):
    """Runs jobs in threads: for what waits for disks and networks."""

    def _serve(self) -> None:
        while (job := self._take()) is not None:
            if job.begin():
                _run_here(job)
            self._leave(job)


def _run_here(job: Job) -> None:
    assert callable(job.function)
    kwargs = dict(job.kwargs)
    try:
        if takes_progress(job.function):
            kwargs["progress"] = lambda fraction, text="", preview=None: job.report(fraction, text, preview)
        job.end("done", result=job.function(*job.args, **kwargs))
    except TaixuError as error:
        job.end("failed", error=error)
    except BaseException as error:
        text = f"{job.label}: {type(error).__name__}: {error}"
        job.end("failed", error=JobError(text, traceback.format_exc()))


class ProcessLane(Lane):
    """Runs jobs in worker processes, one for each thread; a worker that dies is replaced when the next job comes."""

    def _serve(self) -> None:
        worker: WorkerProcess | None = None
        try:
            while (job := self._take()) is not None:
                worker = _run_in_worker(job, worker)
                self._leave(job)
        finally:
            if worker is not None:
                worker.close()


def _run_in_worker(job: Job, worker: WorkerProcess | None) -> WorkerProcess | None:
    """Run a job to its end; gives the worker to use next, or None where it is gone."""
    if job.why_stopped():
        job.end_stopped()
        return worker
    try:
        if worker is None or not worker.alive:
            if worker is not None:
                worker.close()
            worker = WorkerProcess()
    except (BrokenPipeError, EOFError):
        job.end("failed", error=JobError(f"{job.label}: its worker process died as it began, and took nothing else with it"))
        return None
    except (MachineError, OSError) as error:
        job.end("failed", error=MachineError(f"{job.label}: {error}"))
        return None
    if not job.begin(worker):
        job.end_stopped()
        return worker
    timer = _start_timer(job)
    try:
        keep = _converse(job, worker)
    except (EOFError, OSError):
        job.release()
        ending = worker.close()
        if job.why_stopped():
            job.end_stopped()
        else:
            job.end("failed", error=JobError(
                f"{job.label}: its worker process died ({ending}) and took nothing else with it"
            ))
        return None
    except Exception as error:  # the arguments or the result cannot be pickled: the stream is still in step
        job.release()
        job.end("failed", error=JobError(
            f"{job.label}: what it takes or gives cannot travel between processes: {error}", traceback.format_exc()
        ))
        keep = True
    finally:
        if timer is not None:
            timer.cancel()
    if keep and not job.why_stopped():
        return worker
    worker.kill()
    worker.close()
    return None


def _start_timer(job: Job) -> threading.Timer | None:
    if job.timeout_secs is None:
        return None
    timer = threading.Timer(job.timeout_secs, job.stop, (f"not done in {job.timeout_secs:g} seconds, so it was ended",))
    timer.daemon = True
    timer.start()
    return timer


def _converse(job: Job, worker: WorkerProcess) -> bool:
    """Send a job and read until it ends; True when the worker can take another."""
    assert isinstance(job.function, str)
    worker.send(job.function, job.args, job.kwargs, memory_mb=job.memory_mb)
    while True:
        answer = worker.receive()
        if answer[0] == "progress":
            job.report(answer[1], answer[2], answer[3])
            continue
        job.release()
        if answer[0] == "done":
            job.end("done", result=answer[1])
        elif answer[0] == "refused":
            job.end("failed", error=_ERRORS.get(answer[1], TaixuError)(answer[2]))
        elif answer[0] == "memory":
            most = "the machine has" if job.memory_mb is None else f"the {job.memory_mb} MB that it may have"
            job.end("failed", error=JobError(f"{job.label}: needs more memory than {most}"))
            return False
        else:
            job.end("failed", error=JobError(f"{job.label}: {answer[2]}", answer[3]))
            return bool(answer[1])  # an empty class name: the worker could not read the request and has ended
        return True
