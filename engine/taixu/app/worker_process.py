"""The process that started a worker, seen from this side: start, send, receive, kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, BinaryIO

from taixu.app.child_process import start_child
from taixu.app.messages import pack_message, read_message, write_message

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
        self._process = start_child(
            "taixu.app.worker", what="a worker process", stdin=subprocess.PIPE, stdout=subprocess.PIPE, pipesize=1 << 20
        )
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
