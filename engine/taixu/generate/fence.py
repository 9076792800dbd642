"""A fence around a generator: what it writes by Python goes into its own folder, into caches and temporary folders, nowhere else.

It keeps mistakes from a user's files (a generator that writes beside its prompt, or into the working directory); it is no prison: a
plugin is a program that its user has chosen to run.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from taixu.assets.paths import cache_folder
from taixu.errors import TaixuError

__all__ = ["fenced"]

_inside: ContextVar[tuple[str, ...] | None] = ContextVar("taixu_fence", default=None)
_hooked: list[bool] = []
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CACHES = ("XDG_CACHE_HOME", "HF_HOME", "TORCH_HOME", "LOCALAPPDATA", "TORCHINDUCTOR_CACHE_DIR", "TRITON_CACHE_DIR")
"""Variables that say where libraries keep their caches; torch sets one of them itself, and worker processes inherit it."""
_FOLDERS = (".cache", ".triton", ".nv", ".config/matplotlib")
"""Where packages keep what they compile, from the user's folder."""
_TARGETS = {
    "os.rename": (0, 1), "os.remove": (0,), "os.rmdir": (0,), "os.mkdir": (0,), "os.symlink": (1,), "os.link": (1,),
    "os.truncate": (0,), "os.chmod": (0,), "os.chown": (0,),
}  # fmt: skip
"""Which arguments of an event name what is changed (Python's table of audit events)."""


class _OutsideError(TaixuError, PermissionError):
    """What packages take for a folder that cannot be written, and go on without, where they can."""


@contextmanager
def fenced(folder: Path) -> Iterator[None]:
    """Refuse in the block, on this thread, to write anywhere but below a folder, caches, devices and temporary folders."""
    if not _hooked:
        _hooked.append(True)
        sys.addaudithook(_watch)
    homes = [folder, cache_folder(), Path(tempfile.gettempdir()), Path("/dev"), Path("/proc")]
    homes += [Path.home() / each for each in _FOLDERS]
    named = (os.environ.get(name, "") for name in _CACHES)
    allowed = (*(str(each) for each in homes), *filter(None, named))
    token = _inside.set(tuple({os.path.realpath(each) for each in allowed} | {os.path.abspath(each) for each in allowed}))
    try:
        yield
    finally:
        _inside.reset(token)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    allowed = _inside.get(None)
    if allowed is None:
        return
    if event == "open":
        path, _, flags = arguments
        if isinstance(flags, int) and flags & _WRITES:
            _need_inside(path, allowed)
    elif event in _TARGETS:
        for place in _TARGETS[event]:
            _need_inside(arguments[place], allowed)


def _need_inside(path: Any, allowed: tuple[str, ...]) -> None:
    if not isinstance(path, (str, bytes, os.PathLike)):  # a file that is open already
        return
    name = os.path.abspath(os.fsdecode(path))
    if os.path.basename(os.path.dirname(name)) == "__pycache__" or os.path.basename(name) == "__pycache__":
        return
    if not any(name == each or name.startswith(each.rstrip(os.sep) + os.sep) for each in allowed):
        raise _OutsideError(f"it writes to {name}, outside of the folder that it was given, which generators may not")
