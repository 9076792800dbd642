"""Ends scripts that do not end: a loop without a way out stops one script, and not the world.

A thread looks a few times a second how long the present call into a script has lasted, and raises `ScriptTooLong` in the
thread that runs it: between two of its own bytecodes, so that the traceback names the line. Code that waits inside C
(``time.sleep``) is ended by the process's alarm clock where scripts have it (`taixu.script.alarm`), and when it comes back
elsewhere. While a debugger traces, nobody is hurried.
"""

from __future__ import annotations

import ctypes
import sys
import threading
from time import monotonic

from taixu.script.alarm import arm_for, know

__all__ = ["ScriptTooLong", "Watchdog"]

_TURNS = 100


class ScriptTooLong(BaseException):
    """A call into a script lasted longer than it may. No `Exception`: a script that swallows those does not swallow it."""


class Watchdog:
    """Watches one call at a time.

    Parameters
    ----------
    limit_secs
        How long a call may last; 0 lets it last forever.
    """

    def __init__(self, limit_secs: float = 5.0) -> None:
        self.limit_secs = limit_secs
        self._since = 0.0  # when the call began; 0 while there is none
        self._depth = 0
        self._thread_id = 0
        self._raised = False
        self._lock = threading.Lock()
        self._watcher: threading.Thread | None = None
        self._closed = threading.Event()

    def begin(self) -> None:
        """A call begins; those inside it count as part of it."""
        self._depth += 1
        if self._depth > 1 or not self.limit_secs:
            return
        self._thread_id = threading.get_ident()
        self._since = monotonic()
        if self._watcher is None:
            know(self)
            self._watcher = threading.Thread(target=self._watch, name="script watchdog", daemon=True)
            self._watcher.start()
        arm_for(self)

    @property
    def since(self) -> float:
        """When the present call began, by the monotonic clock; 0 while there is none, and while a debugger traces."""
        return 0.0 if sys.gettrace() is not None else self._since

    def end(self) -> None:
        """The call is over; the exception may still arrive in here, and never after."""
        self._depth -= 1
        if self._depth:
            return
        # The watcher writes `_raised` before it looks at `_since`, and this writes `_since` before it looks at `_raised`:
        # one of the two sees the other.
        self._since = 0.0
        if self._raised:
            with self._lock:
                self._raised = False
            # Taken back, it would leave CPython's sign that something is pending set for good, at which a profiler hangs:
            # if it has not arrived yet, it does here, where the interpreter looks for it.
            for _ in range(_TURNS):
                pass

    def close(self) -> None:
        """Watch no more."""
        self._closed.set()

    def _watch(self) -> None:
        while not self._closed.wait(min(0.25, self.limit_secs / 4 or 0.25)):
            since = self._since
            if not since or self._raised or monotonic() - since < self.limit_secs or sys.gettrace() is not None:
                continue
            with self._lock:
                self._raised = True
                if self._since == since:
                    error = ctypes.py_object(ScriptTooLong)
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(self._thread_id), error)
                else:
                    self._raised = False
