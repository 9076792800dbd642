"""Starts the helper and holds the engine's end of what joins the two: a socket, shared memory, the helper's complaints."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import Any

from taixu.mods.box.arena import Arena
from taixu.mods.box.limits import Layout
from taixu.mods.box.lockdown import Layer

__all__ = ["HELPER", "MOST_RECEIVED_BYTES", "HelperProcess"]

_SYSTEM: str = sys.platform  # by another name, for type checkers take the one for a constant

HELPER = ("-m", "taixu.mods.box.helper")
MOST_RECEIVED_BYTES = 1 << 16
"""At a time; less than that has no more behind it."""
_MOST_COMPLAINT_BYTES = 16 << 10
_MOST_WAITING_BYTES = 8 << 20
_DYING_SECS = 0.05
_AWAKE_SECS = 0.0005 if (os.cpu_count() or 1) > 1 else 0.0
"""So long a wait looks again and again before it sleeps: most answers come sooner than a sleeper is woken."""
_WAKING_SECS = 0.0001
"""So soon the helper is at work where it has a processor; where it has none, it may wait for this process's."""


class HelperProcess:
    """A running helper, as the engine holds it. Nothing here waits but `wait_readable`.

    Attributes
    ----------
    layers
        What the engine put around the helper from outside.
    """

    def __init__(self, arena: Arena, layout: Layout, image: str, *, memory_bytes: int, program: Sequence[str] = HELPER) -> None:
        self.layers: list[Layer] = []
        self._job: Any = None
        self._complaints = bytearray()
        self._waiting = bytearray()
        self._poll: Any = None
        ours, theirs = socket.socketpair()
        settings = {
            "arena": arena.token,
            "image": image,
            "layout": dataclasses.asdict(layout),
            "memory_bytes": memory_bytes,
            "socket": theirs.fileno(),
            # A death signal is tied to the thread that starts a process, so only the thread that lives longest asks for it.
            "parent": os.getpid() if threading.current_thread() is threading.main_thread() else 0,
        }
        try:
            self._process = _start(theirs, arena, settings, program)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        self._socket = ours
        if self._process.stderr is not None:
            os.set_blocking(self._process.stderr.fileno(), False)
        if _SYSTEM == "win32":
            from taixu.mods.box.job import Job

            handle: Any = self._process
            self._job = Job(int(handle._handle), memory_bytes)
            self.layers.append(self._job.layer)

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    def send(self, data: bytes) -> None:
        """Hand bytes over, now or with a later `flush`; EOFError where the helper is gone or takes nothing for long."""
        self._waiting += data
        if len(self._waiting) > _MOST_WAITING_BYTES:
            raise EOFError("it takes no messages")
        self.flush()

    def flush(self) -> None:
        """Send what waits, as far as the socket takes it."""
        while self._waiting:
            try:
                sent = self._socket.send(self._waiting)
            except BlockingIOError:
                return
            except OSError as error:
                raise EOFError(str(error)) from None
            del self._waiting[:sent]

    def receive(self) -> bytes:
        """Give what has come, perhaps nothing; EOFError where the helper is gone."""
        try:
            data = self._socket.recv(MOST_RECEIVED_BYTES)
        except BlockingIOError:
            return b""
        except OSError as error:
            raise EOFError(str(error)) from None
        if not data:
            raise EOFError("it ended")
        return data

    def wait_readable(self, timeout_secs: float, *, is_at_work: Callable[[], bool]) -> None:
        """Wait until something has come, or the time is over: awake for a moment while the helper is at work beside this one."""
        with contextlib.suppress(OSError):
            if _SYSTEM == "win32":
                select.select([self._socket], [self._socket] if self._waiting else [], [], max(timeout_secs, 0.0))
                return
            if self._poll is None:
                self._poll = select.poll()  # unlike select, it takes descriptors over 1,024
            self._poll.register(self._socket, select.POLLIN | (select.POLLOUT if self._waiting else 0))
            begun, awake_secs = perf_counter(), min(timeout_secs, _AWAKE_SECS)
            while (passed := perf_counter() - begun) < awake_secs and (passed < _WAKING_SECS or is_at_work()):
                if self._poll.poll(0):
                    return
            self._poll.poll(max(timeout_secs, 0.0) * 1e3)

    def hear_complaints(self) -> None:
        """Keep the end of what the helper wrote to its standard error; a flood is read and dropped, a little at a time."""
        if self._process.stderr is None:
            return
        with contextlib.suppress(OSError):
            data = os.read(self._process.stderr.fileno(), 1 << 16)
            self._complaints += data
            del self._complaints[:-_MOST_COMPLAINT_BYTES]

    @property
    def complaints(self) -> str:
        """The end of what the helper wrote to its standard error."""
        return self._complaints.decode("utf-8", "replace")

    def end(self, *, dying: bool = False) -> str:
        """End it, whatever it does, and say how it ended; one that is `dying` by itself is given a moment for its status."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING_SECS if dying else 0.0)
        self._process.kill()
        status = self._process.wait()
        self.hear_complaints()
        if self._process.stderr is not None:
            self._process.stderr.close()
        self._socket.close()
        if self._job is not None:
            self._job.close()
        last = self.complaints.strip().splitlines()[-1:]
        return f"status {status}" + (f", {last[0][:300]}" if last else "")


def _start(theirs: socket.socket, arena: Arena, settings: dict[str, Any], program: Sequence[str]) -> subprocess.Popen[bytes]:
    """Start Python anew: nothing of the engine's environment, folder or descriptors but the two that are meant."""
    environment = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}  # Landlock binds a process of one thread
    if _SYSTEM == "win32":
        environment |= {name: os.environ[name] for name in ("SYSTEMROOT", "WINDIR") if name in os.environ}
        process = subprocess.Popen(
            [sys.executable, "-I", *program, json.dumps(settings)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment,
        )  # fmt: skip
        share: Any = theirs
        data = share.share(process.pid)
        assert process.stdin is not None
        process.stdin.write(data)
        process.stdin.close()
        return process
    return subprocess.Popen(
        [sys.executable, "-I", *program, json.dumps(settings)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        bufsize=0,
        cwd="/",
        env=environment,
        pass_fds=(theirs.fileno(), arena.fd),
        start_new_session=True,
    )
