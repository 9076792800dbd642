"""A Windows job object around the helper: no children, no desktop, a limit of memory, and it ends with the engine."""

from __future__ import annotations

import ctypes
import struct
from typing import Any

from taixu.mods.box.lockdown import Layer

__all__ = ["Job"]

_EXTENDED_LIMITS, _UI_RESTRICTIONS = 9, 4
_ACTIVE_PROCESS, _PROCESS_MEMORY, _DIE_ON_EXCEPTION, _KILL_ON_CLOSE = 0x8, 0x100, 0x400, 0x2000
_ALL_UI = 0xFF


class Job:
    """The job of one helper; it lives as long as this object.

    Attributes
    ----------
    layer
        Whether it stands.
    """

    def __init__(self, process_handle: int, memory_bytes: int) -> None:
        self._handle = 0
        self._kernel: Any = None
        try:
            self._enclose(process_handle, memory_bytes)
            self.layer = Layer("job", True, "no children, no desktop, ends with the engine")
        except (OSError, AttributeError) as error:
            self.layer = Layer("job", False, str(error))

    def close(self) -> None:
        """End what is still in it."""
        if self._handle:
            self._kernel.CloseHandle(ctypes.c_void_p(self._handle))
            self._handle = 0

    def _enclose(self, process_handle: int, memory_bytes: int) -> None:
        make: Any = getattr(ctypes, "WinDLL")  # noqa: B009 (there is none on the machine that checks types)
        self._kernel = kernel = make("kernel32", use_last_error=True)
        kernel.CreateJobObjectW.restype = ctypes.c_void_p
        self._handle = kernel.CreateJobObjectW(None, None) or 0
        job = ctypes.c_void_p(self._handle)
        self._check(self._handle)
        # JOBOBJECT_EXTENDED_LIMIT_INFORMATION: basic limits, IO_COUNTERS (6 words of 64 bits), four sizes
        flags = _ACTIVE_PROCESS | _PROCESS_MEMORY | _DIE_ON_EXCEPTION | _KILL_ON_CLOSE
        basic = struct.pack("@qqIPPIPII", 0, 0, flags, 0, 0, 1, 0, 0, 0)
        basic += bytes(-len(basic) % 8)
        limits = basic + bytes(48) + struct.pack("@PPPP", memory_bytes, 0, 0, 0)
        self._check(kernel.SetInformationJobObject(job, _EXTENDED_LIMITS, limits, len(limits)))
        self._check(kernel.SetInformationJobObject(job, _UI_RESTRICTIONS, struct.pack("<I", _ALL_UI), 4))
        self._check(kernel.AssignProcessToJobObject(job, ctypes.c_void_p(process_handle)))

    def _check(self, answer: int) -> None:
        if not answer:
            error: Any = getattr(ctypes, "WinError")  # noqa: B009
            last: Any = getattr(ctypes, "get_last_error")  # noqa: B009
            raise error(last())
