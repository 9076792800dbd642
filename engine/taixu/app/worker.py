"""A worker process: ``python -m taixu.app.worker`` runs one job after the other for the process that started it.

It speaks through its standard input and output, which it takes away from everybody else first: what a job prints
goes to standard error. It ends as soon as its standard input does, so no worker outlives Taixu, however Taixu ends.
"""

from __future__ import annotations

import importlib
import inspect
import os
import queue
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from time import monotonic
from typing import Any, BinaryIO

from taixu.app.messages import pack_message, read_message, write_message
from taixu.errors import TaixuError

__all__ = ["find_function", "limit_memory", "main", "takes_progress"]

_PROGRESS_SECS = 0.05


def main() -> None:
    """Serve jobs until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that started us; it ends us
    requests, answers = _take_streams()
    inbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
    threading.Thread(target=_receive, args=(requests, inbox), daemon=True).start()
    while True:
        request = inbox.get()
        if "path" in request:
            sys.path[:] = request["path"]
            continue
        if not _run(request, answers):
            return


def _take_streams() -> tuple[BinaryIO, BinaryIO]:
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, answers


def _receive(requests: BinaryIO, inbox: queue.SimpleQueue[Any]) -> None:
    """Read ahead in a thread, so that the end of our parent ends us in the middle of a job."""
    try:
        while True:
            inbox.put(read_message(requests))
    except (EOFError, OSError):
        os._exit(0)
    except BaseException as error:  # what was sent cannot be unpickled here
        inbox.put({"broken": f"{type(error).__name__}: {error}"})


def _run(request: dict[str, Any], answers: BinaryIO) -> bool:
    """Run one job and answer; False when this process should end for a fresh one."""
    if "broken" in request:
        write_message(answers, pack_message(("failed", "", request["broken"], "")))
        return False
    try:
        limit_memory(request["memory_mb"])
        function = find_function(request["function"])
        arguments = dict(request["kwargs"])
        if takes_progress(function):
            arguments["progress"] = _Reporter(answers)
        parts = pack_message(("done", function(*request["args"], **arguments)))
    except MemoryError:
        limit_memory(None)
        write_message(answers, pack_message(("memory",)))
        return False
    except TaixuError as error:
        parts = pack_message(("refused", type(error).__name__, str(error), ""))
    except BaseException as error:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        parts = pack_message(("failed", type(error).__name__, text, traceback.format_exc()))
    limit_memory(None)
    write_message(answers, parts)
    return True


def find_function(name: str) -> Callable[..., Any]:
    """The function that ``module:function`` names."""
    module, _, attribute = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in attribute.split("."):
        found = getattr(found, part)
    if not callable(found):
        raise TypeError(f"{name} is not a function")
    function: Callable[..., Any] = found
    return function


def limit_memory(memory_mb: int | None) -> None:
    """Let this process have this much private memory (None: as much as it was started with), where the system can.

    Linux counts private writable mappings (``RLIMIT_DATA``), so libraries and shared memory are free.
    """
    try:
        import resource
    except ImportError:  # Windows
        return
    kind = resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS
    _, hard = resource.getrlimit(kind)
    soft = hard if memory_mb is None else memory_mb << 20
    if hard != resource.RLIM_INFINITY:
        soft = min(soft, hard) if memory_mb is not None else hard
    try:
        resource.setrlimit(kind, (soft, hard))
    except (ValueError, OSError):  # macOS refuses what is below the memory in use
        return


def takes_progress(function: Callable[..., Any]) -> bool:
    """Whether a function wants to report how far it is."""
    try:
        return "progress" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


class _Reporter:
    """What a job calls as ``progress(fraction, text, preview)``; passed on at most twenty times a second, previews too."""

    def __init__(self, answers: BinaryIO) -> None:
        self._answers = answers
        self._said = 0.0
        self._shown = 0.0

    def __call__(self, fraction: float, text: str = "", preview: Any = None) -> None:
        now = monotonic()
        if preview is not None and now - self._shown < _PROGRESS_SECS:
            preview = None
        if preview is not None or now - self._said >= _PROGRESS_SECS or fraction >= 1.0:
            self._said = now
            self._shown = now if preview is not None else self._shown
            write_message(self._answers, pack_message(("progress", float(fraction), str(text), preview)))


if __name__ == "__main__":
    main()
