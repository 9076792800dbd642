"""A simulator in a process of its own: its crash, its hang and its nonsense stop nobody, and nothing of it is lost.

A thread of ours hands it steps and watches the clock. When the process ends, answers too late or says what is no finite number, it
is ended and started anew from its last checkpoint, and the steps since are taken again with what it was told then: so a run ends
in the same state as one in which nothing happened. A simulator that cannot say its state takes all its steps again. Who fails at
the same place each time is given up with one sentence.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app.worker_process import WorkerProcess
from taixu.errors import TaixuError
from taixu.simulation.packing import hash_state
from taixu.simulation.simulator import Columns, doubt_of

__all__ = ["Remote"]

_SIDE = "taixu.simulation.remote_side"
_MOST_BEHIND = 4096
_Step = tuple[int, int, dict[str, NDArray[Any]]]


class Remote:
    """A simulator that runs elsewhere, behind the same contract.

    Parameters
    ----------
    make
        ``module:function`` that gives the simulator, called in the process with `arguments`, which can be pickled.
    patience_secs
        How long a step is waited for. One that is late is told with a later one, and columns stay as they last were until then;
        without an end, a run repeats bit for bit.
    hang_secs
        A step that takes longer hangs, and the process is ended.
    tries
        How often one step may bring the process down before it is given up.
    keep_every
        Steps between two checkpoints.

    Attributes
    ----------
    restarts
        How often the process was started anew.

    Raises
    ------
    TaixuError
        When the simulator cannot be made.
    """

    def __init__(
        self, make: str, *arguments: Any, patience_secs: float = math.inf, hang_secs: float = 60.0, tries: int = 3,
        keep_every: int = 20,
    ) -> None:  # fmt: skip
        self.restarts = 0
        self._lost = ""
        self._make, self._arguments = make, arguments
        self._patience, self._hang, self._tries, self._keep_every = patience_secs, hang_secs, tries, keep_every
        self._base: bytes | None = None
        self._since: list[_Step] = []
        self._can_keep = True
        self._worker: WorkerProcess | None = None
        self._jobs: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]] | None] = queue.SimpleQueue()
        self._waiting: deque[Future[dict[str, NDArray[Any]]]] = deque()
        self._thread = threading.Thread(target=self._serve, name="taixu remote simulator", daemon=True)
        self._thread.start()
        try:
            self.name, self.period_ns = self._told(self._about)
        except BaseException:
            self.close()
            raise

    @property
    def trouble(self) -> str:
        """What it got over last, or is late with, in one sentence; empty where nothing happened."""
        return "it is late: its columns are older than they should be" if len(self._waiting) > 1 else self._lost

    def step(self, time_ns: int, dt_ns: int, given: Columns) -> Columns:
        """Hand a step on, and give what was said by now: nothing new where it is late."""
        step = (time_ns, dt_ns, {name: np.array(values) for name, values in given.items()})
        last = self._submit(lambda: self._take(step))
        self._waiting.append(last)
        with suppress(NotYet):
            last.exception(None if math.isinf(self._patience) else self._patience)
        said: dict[str, NDArray[Any]] = {}
        while self._waiting and self._waiting[0].done():
            said |= self._waiting.popleft().result()
        if len(self._waiting) > _MOST_BEHIND:
            raise TaixuError(f"it is more than {_MOST_BEHIND} steps late")
        return said

    def checkpoint(self) -> bytes:
        """Its whole state, once all steps are taken."""
        return bytes(self._told(lambda: self._ask("checkpoint")))

    def restore(self, state: bytes) -> None:
        """Become what a checkpoint was taken of."""
        self._told(lambda: self._restored(state))
        self._waiting.clear()

    def state_hash(self) -> str:
        """The hash of its checkpoint."""
        return hash_state(self.checkpoint())

    def close(self) -> None:
        """End its process, whatever it is at."""
        self._hang = 0.0
        self._jobs.put(None)
        worker = self._worker
        if worker is not None:
            worker.kill()
        self._thread.join(10.0)

    # In our thread

    def _serve(self) -> None:
        while (job := self._jobs.get()) is not None:
            work, answer = job
            try:
                answer.set_result(work())
            except BaseException as error:
                answer.set_exception(error)
        if self._worker is not None:
            self._worker.kill()
            self._worker.close()

    def _about(self) -> tuple[str, int]:
        name, period_ns = self._ask("about")
        return str(name), int(period_ns)

    def _take(self, step: _Step) -> dict[str, NDArray[Any]]:
        said: dict[str, NDArray[Any]] = self._ask("step", *step)
        self._since.append(step)
        if self._can_keep and len(self._since) >= self._keep_every:
            try:
                self._base, self._since = bytes(self._ask("checkpoint")), []
            except TaixuError:
                self._can_keep = False
        return said

    def _restored(self, state: bytes) -> None:
        self._ask("restore", state)
        self._base, self._since = state, []

    def _ask(self, what: str, *arguments: Any) -> Any:
        """Ask the process, in a new one where the old is lost."""
        for tried in range(1, self._tries + 1):
            try:
                worker = self._ready()
                return _checked(what, self._answer(worker, what, *arguments))
            except _LostError as lost:
                self._lost = f"{lost}; it is started anew and takes its steps again"
                self._drop()
                if self._hang <= 0.0:
                    raise TaixuError("it was closed") from lost
                self.restarts += 1
                if tried == self._tries:
                    raise TaixuError(f"{lost}, {tried} times at the same place") from lost
        raise AssertionError

    def _ready(self) -> WorkerProcess:
        """The process, with all steps taken."""
        if self._worker is None:
            self._worker = worker = WorkerProcess()
            self._answer(worker, "begin", self._make, self._arguments)
            if self._base is not None:
                self._answer(worker, "restore", self._base)
            for step in self._since:
                self._answer(worker, "step", *step)
        return self._worker

    def _answer(self, worker: WorkerProcess, what: str, *arguments: Any) -> Any:
        hung = threading.Event()

        def end() -> None:
            hung.set()
            worker.kill()

        watchdog = threading.Timer(self._hang, end)
        watchdog.daemon = True
        began = time.monotonic()
        watchdog.start()
        try:
            worker.send(f"{_SIDE}:{what}", arguments)
            kind, *rest = worker.receive()
        except (EOFError, OSError) as error:
            taken = time.monotonic() - began
            raise _LostError(f"its process did not answer in {taken:.1f} s" if hung.is_set() else "its process ended") from error
        finally:
            watchdog.cancel()
        if kind == "done":
            return rest[0]
        if kind == "refused":
            raise TaixuError(str(rest[1]))
        raise _LostError("its process ran out of memory" if kind == "memory" else f"it failed with {rest[1]}")

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.close()
            self._worker = None

    # From outside

    def _submit(self, work: Callable[[], Any]) -> Future[Any]:
        answer: Future[Any] = Future()
        self._jobs.put((work, answer))
        return answer

    def _told(self, work: Callable[[], Any]) -> Any:
        return self._submit(work).result()


class _LostError(Exception):
    """The process is gone, or what it says is worth nothing."""


def _checked(what: str, found: Any) -> Any:
    """An answer, if it is one that its kind of question has."""
    if what == "step":
        is_right = isinstance(found, dict) and all(isinstance(values, np.ndarray) for values in found.values())
        doubt = doubt_of(found) if is_right else "it answers with no columns"
        if doubt:
            raise _LostError(doubt)
    return found
