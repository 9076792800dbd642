"""Readers in processes of their own: native code that ends its process on some bytes takes nothing else with it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable

from taixu.app.child_process import start_child
from taixu.errors import TaixuError

__all__ = ["read_apart", "run_apart"]

_REFUSED = 3
"""Exit status of a reader that says why on stderr."""
_LONGEST_SECS = 900.0
_MOST_BYTES = 8 << 30


def read_apart(module: str, *arguments: str, name: str, what: str, gave_up: str) -> bytes:
    """What ``python -m module arguments...`` writes of a file.

    Parameters
    ----------
    name
        The file's, for errors.
    what
        How the process is called where it cannot be started.
    gave_up
        What is said of a file on which it ended without a word.

    Raises
    ------
    TaixuError
        When the reader refuses the file, ends on it, or takes longer than a quarter of an hour.
    """
    child = start_child(module, *arguments, what=what,
                        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
    try:
        made, said = child.communicate(timeout=_LONGEST_SECS)
    except BaseException as error:
        child.kill()
        child.communicate()
        if isinstance(error, subprocess.TimeoutExpired):
            raise TaixuError(f"{name}: it took longer than {_LONGEST_SECS:g} s to read; split it into parts") from None
        raise
    if child.returncode == _REFUSED:
        raise TaixuError(said.decode(errors="replace").strip())
    if child.returncode:
        raise TaixuError(f"{name}: {gave_up}")
    return made


def run_apart(work: Callable[[], bytes]) -> int:
    """What such a module's process does: its work's bytes on stdout, or why not on stderr; the exit status.

    Whatever else the work's libraries print goes to stderr, and never among the bytes.
    """
    import os

    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with contextlib.suppress(ImportError, ValueError, OSError):  # not on Windows
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MOST_BYTES, _MOST_BYTES))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        made = work()
    except TaixuError as error:
        sys.stderr.write(str(error))
        return _REFUSED
    with out:
        out.write(made)
    return 0
