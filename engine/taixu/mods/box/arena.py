"""Memory that the engine and the helper share: made by the engine, of one size for its whole life.

The size must be sealed. A helper that could shorten the memory would end the engine with a bus error at the next look.
Linux: an anonymous file with seals. macOS: POSIX shared memory, whose size can be set once. Windows: a section of the
paging file, which has no other size than its first.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import secrets
import sys
from importlib import import_module
from typing import Any

__all__ = ["Arena", "attach"]

_SYSTEM: str = sys.platform


class Arena:
    """Shared memory as the engine made it.

    Attributes
    ----------
    memory
        The mapped bytes.
    fd
        A descriptor to hand to the helper, -1 where it goes by name.
    token
        What `attach` needs in the helper.
    """

    def __init__(self, total_bytes: int) -> None:
        self.fd = -1
        if _SYSTEM == "win32":
            self.token = f"taixu-{secrets.token_hex(16)}"
            make: Any = mmap.mmap
            self.memory: mmap.mmap = make(-1, total_bytes, tagname=self.token)
            return
        self.fd = _make_file(total_bytes)
        self.token = str(self.fd)
        self.memory = mmap.mmap(self.fd, total_bytes)

    def forget(self, start: int, size: int) -> None:
        """Give pages back to the system where it can; they read as zeros afterwards."""
        if _SYSTEM == "linux":
            self.memory.madvise(mmap.MADV_REMOVE, start, size)

    def close(self) -> None:
        """Let the memory go; arrays over it keep the mapping, not the descriptor."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1
        with contextlib.suppress(BufferError):  # an array looks at it still: it goes with the last of them
            self.memory.close()


def attach(token: str, total_bytes: int) -> mmap.mmap:
    """Map, in the helper, the memory that the engine made."""
    if _SYSTEM == "win32":
        make: Any = mmap.mmap
        mapped: mmap.mmap = make(-1, total_bytes, tagname=token)
        return mapped
    fd = int(token)
    mapped = mmap.mmap(fd, total_bytes)  # keeps a descriptor of its own
    os.close(fd)
    return mapped


def _make_file(total_bytes: int) -> int:
    if _SYSTEM == "linux":
        import fcntl

        fd = os.memfd_create("taixu-mods", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
        os.ftruncate(fd, total_bytes)
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SEAL)
        return fd
    posix: Any = import_module("_posixshmem")
    name = f"/tx{secrets.token_hex(8)}"
    fd = posix.shm_open(name, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600)
    posix.shm_unlink(name)
    os.ftruncate(fd, total_bytes)
    return int(fd)
