"""One piece of background work: its state, progress, result or error, and its cancelling."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from taixu.app.worker_process import WorkerProcess
from taixu.errors import TaixuError

__all__ = ["Job", "JobError", "Outbox"]


class JobError(TaixuError):
    """A job that failed by itself: an exception in it, a worker that died, its limits.

    Attributes
    ----------
    details
        The traceback in the worker, for ``--debug``; empty where there is none.
    """

    def __init__(self, message: str, details: str = "") -> None:
        super().__init__(message)
        self.details = details


class Outbox:
    """What happened in the background and was not delivered yet."""

    def __init__(self) -> None:
        self.items: deque[tuple[Job, Callable[[], None]]] = deque()
        self.arrived = threading.Condition()
        self.pending = 0
        """Jobs that were submitted and whose end was not delivered."""

    def put(self, job: Job, deliver: Callable[[], None]) -> None:
        """Have `deliver` called by the next `Jobs.poll`."""
        with self.arrived:
            self.items.append((job, deliver))
            self.arrived.notify_all()


class Job:
    """Background work, made by `Jobs`. What it shows changes in `Jobs.poll` only, never in the middle of a frame.

    Attributes
    ----------
    label
        What it works on, as its errors name it.
    state
        ``queued``, ``running``, ``done``, ``failed`` or ``cancelled``.
    progress
        Fraction done, 0 to 1, and `progress_text`.
    preview
        The latest that it has shown of what becomes its result; None where it shows nothing.
    result
        What the function returned; None before, and where it failed.
    error
        Why it failed or was cancelled; None otherwise.
    """

    def __init__(
        self,
        function: str | Callable[..., Any],
        args: Sequence[Any],
        kwargs: dict[str, Any],
        *,
        label: str,
        priority: int,
        memory_mb: int | None,
        timeout_secs: float | None,
        progress: Callable[[float, str], None] | None,
        then: Callable[[Job], None] | None,
        outbox: Outbox,
    ) -> None:
        self.function = function
        self.args = tuple(args)
        self.kwargs = kwargs
        self.label = label
        self.priority = priority
        self.memory_mb = memory_mb
        self.timeout_secs = timeout_secs
        self.state = "queued"
        self.progress = 0.0
        self.progress_text = ""
        self.preview: Any = None
        self.result: Any = None
        self.error: TaixuError | None = None
        self._on_progress = progress
        self._then = then
        self._outbox = outbox
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None
        self._stopped = ""  # why it was ended from outside: set once
        self._ended = False

    @property
    def done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self.state in ("done", "failed", "cancelled")

    def cancel(self) -> None:
        """Give it up: what is queued never starts, a worker process is killed, a thread's result is dropped."""
        self.stop("cancelled")

    # What follows is called by the threads that run jobs.

    def stop(self, reason: str) -> None:
        """End it for a reason; the first one counts."""
        with self._lock:
            if self._ended:
                return
            self._stopped = self._stopped or reason
            if self._worker is not None:
                self._worker.kill()
                return  # the thread that waits for the worker sees its end
        if reason == "cancelled":
            self.end_stopped()

    def begin(self, worker: WorkerProcess | None = None) -> bool:
        """Take it from the queue; False when it was cancelled meanwhile."""
        with self._lock:
            if self._stopped or self._ended:
                return False
            self._worker = worker
        self._outbox.put(self, lambda: self._show_running())
        return True

    def release(self) -> None:
        """The worker is free again, or dead: cancelling must not kill what it does next."""
        with self._lock:
            self._worker = None

    def why_stopped(self) -> str:
        """Why it was ended from outside; empty when it was not."""
        return self._stopped

    def report(self, fraction: float, text: str, preview: Any = None) -> None:
        """Progress, from the thread that runs it."""
        self._outbox.put(self, lambda: self._show_progress(fraction, text, preview))

    def end(self, state: str, *, result: Any = None, error: TaixuError | None = None) -> None:
        """The end, from the thread that ran it; only the first counts."""
        with self._lock:
            if self._ended:
                return
            self._ended = True
            self._worker = None
        self._outbox.put(self, lambda: self._show_end(state, result, error))

    def end_stopped(self) -> None:
        """The end of what was stopped from outside."""
        if self._stopped == "cancelled":
            self.end("cancelled", error=JobError(f"{self.label}: cancelled"))
        else:
            self.end("failed", error=JobError(f"{self.label}: {self._stopped}"))

    # What follows is called by Jobs.poll.

    def _show_running(self) -> None:
        if not self.done:
            self.state = "running"

    def _show_progress(self, fraction: float, text: str, preview: Any) -> None:
        if self.done:
            return
        self.preview = self.preview if preview is None else preview
        self.progress, self.progress_text = min(max(fraction, 0.0), 1.0), text
        if self._on_progress is not None:
            self._on_progress(self.progress, text)

    def _show_end(self, state: str, result: Any, error: TaixuError | None) -> None:
        self.state, self.result, self.error = state, result, error
        if state == "done":
            self.progress = 1.0
        then, self._then, self._on_progress = self._then, None, None
        self.args, self.kwargs = (), {}
        if then is not None:
            then(self)
