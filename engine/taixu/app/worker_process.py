"""The process that started a worker, seen from this side: start, send, receive, kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, BinaryIO

from taixu.app.messages import pack_message, read_message, write_message
from taixu.errors import MachineError

__all__ = ["WorkerProcess"]

_LEAVE_SECS = 2.0


class WorkerProcess:
    """A running ``python -m taixu.app.worker``, started by subprocess, never by fork.

    What its jobs keep in their modules stays there from one to the next: whoever needs a process of its own with
    a state (physics) opens one through `Jobs.open_worker`.

    Raises
    ------
    MachineError
        When no process can be started.
    """

    def __init__(self) -> None:
        if not sys.executable:
            raise MachineError("no worker process can be started: this Python does not know its own executable")
        environment = dict(os.environ)
        # The worker finds taixu where we did; -P keeps the working directory, which may be anybody's, off its path.
        folder = str(Path(__file__).resolve().parents[2])
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, environment.get("PYTHONPATH", ""))))
        # Workers run side by side, so BLAS threads in each would only wait for one another; and one thread sums in one order,
        # however many cores there are.
        environment.setdefault("OPENBLAS_NUM_THREADS", "1")
        options: dict[str, Any] = {}
        if sys.platform == "win32":
            options["creationflags"] = subprocess.CREATE_NEW_PROCESS_GROUP
        else:
            options["process_group"] = 0  # Ctrl-C in a terminal reaches us alone
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "taixu.app.worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                env=environment, pipesize=1 << 20, **options,
            )
        except OSError as error:
            raise MachineError(f"no worker process can be started: {error}") from error
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests: BinaryIO = self._process.stdin  # type: ignore[assignment]
        self._answers: BinaryIO = self._process.stdout  # type: ignore[assignment]
        self._closing = threading.Lock()
        if hasattr(os, "waitid"):
            threading.Thread(target=_end_group_after, args=(self._process.pid,), name="taixu-worker-group", daemon=True).start()
        write_message(self._requests, pack_message({"path": [entry for entry in sys.path if entry]}))

    @property
    def pid(self) -> int:
        """The system's number of the process."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def send(
        self, function: str, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None,
        *, memory_mb: int | None = None,
    ) -> None:
        """Have the worker call ``module:function``; `receive` gives what came of it.

        Raises
        ------
        OSError
            When the worker has died.
        """
        request = {"function": function, "args": tuple(args), "kwargs": dict(kwargs or {}), "memory_mb": memory_mb}
        write_message(self._requests, pack_message(request))

    def receive(self) -> tuple[Any, ...]:
        """Wait for the next answer.

        Returns
        -------
        tuple
            ``("done", value)``, ``("progress", fraction, text, preview)``, ``("refused", class name, sentence, "")`` for
            a `TaixuError`, ``("failed", class name, text, traceback)`` or ``("memory",)``.

        Raises
        ------
        EOFError
            When the worker has died.
        """
        answer: tuple[Any, ...] = read_message(self._answers)
        return answer

    def kill(self) -> None:
        """End the process and what it has started at once; a thread in `receive` gets EOFError. Safe from every thread."""
        self._process.kill()

    def close(self) -> str:
        """End the process and take it off the system's list; says how it ended.

        Only the thread that sends and receives may call this.
        """
        with self._closing:
            for stream in (self._requests, self._answers):
                with suppress(OSError):  # it died with a request half written
                    stream.close()
            try:
                status = self._process.wait(_LEAVE_SECS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                status = self._process.wait()
        if status < 0:
            try:
                return signal.Signals(-status).name
            except ValueError:
                return f"signal {-status}"
        return f"status {status}"


def _end_group_after(pid: int) -> None:
    """Wait for a worker's end, however it comes, and end what its jobs have left running in its process group.

    A process that a job has forked would else outlive it, and hold the other end of the pipe on which we wait for an answer.
    """
    with suppress(OSError):
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # it stays to be waited for by who started it
    with suppress(OSError):
        os.killpg(pid, signal.SIGKILL)
