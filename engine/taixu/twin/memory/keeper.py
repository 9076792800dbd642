"""Keeps a recording that is being written as short as its settings say, in a process of its own that is in nobody's way."""

from __future__ import annotations

import json
import logging
import subprocess
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from taixu.app.child_process import start_child
from taixu.errors import MachineError
from taixu.twin.memory.keeping import Keep, is_anything_due

__all__ = ["Keeper"]

_log = logging.getLogger(__name__)
_LOOK_SECS = 60.0
_PATIENCE_SECS = 600.0
"""After what went wrong nothing is tried for so long."""


class Keeper:
    """Looks once a minute whether something is due.

    Parameters
    ----------
    now_ns
        The clock.
    """

    def __init__(
        self, folder: Path, keep: Keep, *, now_ns: Callable[[], int] = time.time_ns, look_secs: float = _LOOK_SECS
    ) -> None:
        self._folder, self._keep, self._now_ns, self._look_secs = folder, keep, now_ns, look_secs
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="taixu keeping", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End; what is under way is broken off, and nothing is lost by it."""
        self._stopping.set()
        process = self._process
        if process is not None:
            process.terminate()
        self._thread.join()

    def _run(self) -> None:
        wait = self._look_secs
        while not self._stopping.wait(wait):
            wait = self._look_secs
            try:
                if is_anything_due(self._folder, self._keep, now_ns=self._now_ns()) and not self._work():
                    wait = _PATIENCE_SECS
            except MachineError as error:
                _log.warning("%s: %s", self._folder, error)
                wait = _PATIENCE_SECS
            except OSError as error:
                _log.warning("%s: what is old cannot be thinned (%s)", self._folder, error.strerror or error)
                wait = _PATIENCE_SECS

    def _work(self) -> bool:
        words = [str(self._folder), json.dumps(asdict(self._keep)), str(self._now_ns())]
        self._process = start_child(
            "taixu.twin.memory.keeping", *words, what="thinning", stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        if self._stopping.is_set():
            self._process.terminate()
        out, problem = self._process.communicate()
        code, self._process = self._process.returncode, None
        if code and not self._stopping.is_set():
            _log.warning("%s", problem.decode(errors="replace").strip()[-500:])
        elif not code:
            _log.info("%s: %s", self._folder, out.decode(errors="replace").strip())
        return not code
