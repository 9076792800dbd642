"""The second wall on Linux: privileges, ids, limits, memory, Landlock, system calls.

The order matters. Parents and ids come first, for a change of ids forgets the death signal; Landlock binds the thread that
asks and what that thread starts, so it comes while there is one; the limit on processes comes after the last thread, the
list of system calls at the very end and over all threads.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import struct
from collections.abc import Callable

from taixu.mods.box.lockdown import seccomp
from taixu.mods.box.lockdown.layer import Layer, Plan

__all__ = ["prepare", "seal"]

_SET_PDEATHSIG, _SET_DUMPABLE, _SET_NO_NEW_PRIVS, _GET_NO_NEW_PRIVS, _CAP_AMBIENT, _SET_MDWE = 1, 4, 38, 39, 47, 65
_CAPABILITIES_VERSION_3 = 0x20080522
_LANDLOCK_CREATE, _LANDLOCK_RESTRICT = 444, 446
_NOBODY = 65534

_libc = ctypes.CDLL(None, use_errno=True)


def prepare(plan: Plan) -> list[Layer]:
    """Put up everything that a process of one thread can have; see the package."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "wb") as file:
        file.write(b"1000")  # where memory runs out, this process goes before the engine
    steps: list[tuple[str, Callable[[Plan], str]]] = [
        ("ids", _drop_ids),
        ("parent", _tie_to_parent),
        ("privileges", _drop_privileges),
        ("limits", _limit),
        ("memory", _forbid_new_code),
        ("landlock", _restrict_paths),
    ]
    return [_put_up(name, step, plan) for name, step in steps if name in plan.layers]


def seal(plan: Plan) -> list[Layer]:
    """Forbid new processes and threads, then all system calls that are not on the list."""
    layers = []
    if "limits" in plan.layers:
        layers.append(_put_up("processes", _limit_processes, plan))
    if "seccomp" in plan.layers:
        layers.append(_put_up("seccomp", _filter_calls, plan))
    return layers


def _put_up(name: str, step: Callable[[Plan], str], plan: Plan) -> Layer:
    try:
        return Layer(name, True, step(plan))
    except (OSError, ValueError) as error:
        return Layer(name, False, str(error))


def _drop_ids(plan: Plan) -> str:
    if os.geteuid() != 0:
        if os.getuid() != os.geteuid() or os.getgid() != os.getegid():
            raise OSError("the process has two identities at once")
        return f"runs as user {os.getuid()}, who is not root"
    with contextlib.suppress(PermissionError):  # a container without the right to; looked at below
        os.setgroups([])
    os.setresgid(_NOBODY, _NOBODY, _NOBODY)
    os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    if os.getresuid() != (_NOBODY,) * 3 or os.getresgid() != (_NOBODY,) * 3:
        raise OSError("root's ids could not be dropped")
    if set(os.getgroups()) - {_NOBODY}:
        raise OSError("runs as nobody, but some of root's groups could not be dropped")
    return "runs as nobody"


def _tie_to_parent(plan: Plan) -> str:
    if plan.parent_pid == 0:
        return "ends when the engine's end of the socket closes"
    _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != plan.parent_pid:
        os._exit(0)  # it went before the signal was asked for
    return "the kernel ends it with the engine"


def _drop_privileges(plan: Plan) -> str:
    _prctl(_SET_NO_NEW_PRIVS, 1)
    _prctl(_CAP_AMBIENT, 4)  # clear them all
    header = struct.pack("=Ii", _CAPABILITIES_VERSION_3, 0)
    _call(_libc.capset(header, struct.pack("=6I", 0, 0, 0, 0, 0, 0)))
    _prctl(_SET_DUMPABLE, 0)  # after the ids: changing them sets it anew
    _libc.personality(ctypes.c_ulong(0))  # a flag of it would make all readable memory executable
    if _libc.prctl(_GET_NO_NEW_PRIVS, 0, 0, 0, 0) != 1:
        raise OSError("the kernel did not keep no-new-privileges")
    return "no new privileges, no capabilities, cannot be traced or dumped"


def _limit(plan: Plan) -> str:
    with open("/proc/self/statm", "rb") as file:
        pages = file.read().split()
    now_pages, data_pages = int(pages[0]), int(pages[5])
    page = resource.getpagesize()
    limits = {
        resource.RLIMIT_AS: now_pages * page + plan.address_bytes,
        resource.RLIMIT_DATA: data_pages * page + plan.memory_bytes,
        resource.RLIMIT_CPU: plan.cpu_secs,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for kind, most in limits.items():
        hard = resource.getrlimit(kind)[1]
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (most, most))
    return f"{plan.memory_bytes >> 20} MB of memory, {plan.cpu_secs} s of processor time, no files written"


def _forbid_new_code(plan: Plan) -> str:
    """Memory once writable never becomes executable (Linux 6.3); the list of system calls says the same again."""
    try:
        _prctl(_SET_MDWE, 1)
    except OSError:
        if "seccomp" in plan.layers:
            return "by the list of system calls alone: this kernel is older than 6.3"
        raise
    return "memory never becomes executable"


def _restrict_paths(plan: Plan) -> str:
    """Handle every right that this kernel's Landlock knows, and allow none of them."""
    abi = _libc.syscall(ctypes.c_long(_LANDLOCK_CREATE), None, ctypes.c_size_t(0), ctypes.c_uint(1))
    if abi < 1:
        code = ctypes.get_errno()
        raise OSError(code, f"this kernel has no Landlock: {os.strerror(code)}")
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        raise OSError(f"{threads} threads run already, and Landlock would bind one")
    files = (1 << 16) - 1 if abi >= 5 else (1 << 15) - 1 if abi >= 3 else (1 << 14) - 1 if abi == 2 else (1 << 13) - 1
    words = [files]
    if abi >= 4:
        words.append(3)  # bind and connect by TCP
    if abi >= 6:
        words.append(3)  # abstract Unix sockets, signals
    attributes = struct.pack(f"={len(words)}Q", *words)
    ruleset = _call(_libc.syscall(ctypes.c_long(_LANDLOCK_CREATE), attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint(0)))
    try:
        _call(_libc.syscall(ctypes.c_long(_LANDLOCK_RESTRICT), ctypes.c_int(ruleset), ctypes.c_uint(0)))
    finally:
        os.close(ruleset)
    return f"no path{', no port' if abi >= 4 else ''}{', no signal' if abi >= 6 else ''} (Landlock {abi})"


def _limit_processes(plan: Plan) -> str:
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    return "no new process, thread or descriptor"


def _filter_calls(plan: Plan) -> str:
    seccomp.install(plan.socket_fd)
    return f"{len(seccomp.make_rules(plan.socket_fd))} system calls are left"


def _prctl(option: int, value: int) -> None:
    zero = ctypes.c_ulong(0)
    _call(_libc.prctl(ctypes.c_int(option), ctypes.c_ulong(value), zero, zero, zero))


def _call(answer: int) -> int:
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return answer
