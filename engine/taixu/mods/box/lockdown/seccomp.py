"""The list of system calls that the helper may still make, as a program for the kernel's packet filter.

Everything that is not on the list fails with EPERM; calls by another architecture's door (32 bit, x32) end the process.
Arguments count, too: bytes are received and sent on one descriptor only and without an address, memory is never mapped
or made executable, a futex only waits and wakes. There is no `read`, no `close`, no `clone`: nothing is left to open.
Numbers and structures: linux/filter.h, linux/seccomp.h, linux/audit.h and the kernel's system call tables.
"""

from __future__ import annotations

import ctypes
import os
import platform
import struct
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["ARCHITECTURES", "Rule", "assemble", "install", "make_rules"]

_LOAD, _JUMP_EQUAL, _JUMP_GREATER_EQUAL, _JUMP_ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_KILL_PROCESS, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_EPERM = 1
_SET_MODE_FILTER, _FLAG_TSYNC = 1, 1
_X32_BIT = 0x40000000


@dataclass(frozen=True)
class Architecture:
    """How one kind of processor names itself in the filter, and its numbers of the calls that matter here."""

    audit: int
    seccomp: int
    calls: dict[str, int]


ARCHITECTURES = {
    "x86_64": Architecture(
        0xC000003E,
        317,
        {
            "write": 1, "mmap": 9, "mprotect": 10, "munmap": 11, "brk": 12, "rt_sigprocmask": 14, "rt_sigreturn": 15,
            "sched_yield": 24, "madvise": 28, "nanosleep": 35, "sendto": 44, "recvfrom": 45, "exit": 60, "sigaltstack": 131,
            "futex": 202, "restart_syscall": 219, "clock_gettime": 228, "clock_nanosleep": 230, "exit_group": 231,
            "getrandom": 318,
        },
    ),
    "aarch64": Architecture(
        0xC00000B7,
        277,
        {
            "write": 64, "exit": 93, "exit_group": 94, "futex": 98, "nanosleep": 101, "clock_gettime": 113,
            "clock_nanosleep": 115, "sched_yield": 124, "restart_syscall": 128, "sigaltstack": 132, "rt_sigprocmask": 135,
            "rt_sigreturn": 139, "sendto": 206, "recvfrom": 207, "brk": 214, "munmap": 215, "mmap": 222, "mprotect": 226,
            "madvise": 233, "getrandom": 278,
        },
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Rule:
    """One allowed call.

    Attributes
    ----------
    call
        Its name.
    checks
        ``(argument, mask, values)``: the argument, less the bits of `mask`, is one of `values`, in its lower 32 bits.
    whole
        Arguments of which the upper 32 bits must be zero (addresses and flag words of 64 bits).
    """

    call: str
    checks: tuple[tuple[int, int, tuple[int, ...]], ...] = ()
    whole: tuple[int, ...] = ()


def make_rules(socket_fd: int) -> list[Rule]:
    """Give the rules of a process that talks on `socket_fd` and complains on descriptor 2; the most frequent come first."""
    read_write, futex_flags, dont_need = 0x3, 0x180, 4
    return [
        Rule("futex", ((1, futex_flags, (0, 1, 9, 10)),)),  # wait, wake, and both with a bit set
        Rule("recvfrom", ((0, 0, (socket_fd,)), (4, 0, (0,))), (4,)),
        Rule("sendto", ((0, 0, (socket_fd,)), (4, 0, (0,))), (4,)),
        Rule("clock_nanosleep"),
        Rule("clock_gettime"),
        Rule("mmap", ((2, read_write, (0,)),), (2,)),
        Rule("mprotect", ((2, read_write, (0,)),), (2,)),
        Rule("madvise", ((2, 0, (dont_need,)),)),
        Rule("munmap"),
        Rule("brk"),
        Rule("rt_sigreturn"),
        Rule("rt_sigprocmask"),
        Rule("sigaltstack"),
        Rule("nanosleep"),
        Rule("restart_syscall"),
        Rule("sched_yield"),
        Rule("getrandom"),
        Rule("write", ((0, 0, (2,)),)),
        Rule("exit"),
        Rule("exit_group"),
    ]


def assemble(architecture: Architecture, rules: Sequence[Rule]) -> bytes:
    """Give the filter's program: 8 bytes an instruction, as ``struct sock_filter`` has them.

    Every rule is a block of its own that ends in a verdict, so no jump is longer than its block.
    """
    program = [
        _step(_LOAD, 4),  # the architecture
        _step(_JUMP_EQUAL, architecture.audit, 1, 0),
        _step(_RETURN, _KILL_PROCESS),
        _step(_LOAD, 0),  # the call's number
    ]
    if architecture.audit == ARCHITECTURES["x86_64"].audit:
        program += [_step(_JUMP_GREATER_EQUAL, _X32_BIT, 0, 1), _step(_RETURN, _KILL_PROCESS)]
    for rule in rules:
        block = _check(rule)
        program += [_step(_JUMP_EQUAL, architecture.calls[rule.call], 0, len(block)), *block]
    return b"".join([*program, _step(_RETURN, _ERRNO | _EPERM)])


def _check(rule: Rule) -> list[bytes]:
    """Give the block that is run when the number fits: a refusal for every check that fails, then the allowance."""
    refuse = _step(_RETURN, _ERRNO | _EPERM)
    block: list[bytes] = []
    for argument, mask, values in rule.checks:
        block.append(_step(_LOAD, 16 + 8 * argument))  # lower half: both processors are little-endian
        if mask:
            block.append(_step(_AND, ~mask & 0xFFFFFFFF))
        block += [_step(_JUMP_EQUAL, value, len(values) - place, 0) for place, value in enumerate(values)]
        block.append(refuse)
    for argument in rule.whole:
        block += [_step(_LOAD, 20 + 8 * argument), _step(_JUMP_EQUAL, 0, 1, 0), refuse]
    return [*block, _step(_RETURN, _ALLOW)]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def install(socket_fd: int) -> None:
    """Put the filter over every thread of this process; OSError where the kernel does not take it."""
    architecture = ARCHITECTURES.get(platform.machine())
    if architecture is None:
        raise OSError(f"there is no list of system calls for {platform.machine()}")
    steps = assemble(architecture, make_rules(socket_fd))
    buffer = ctypes.create_string_buffer(steps, len(steps))
    program = _Program(len(steps) // 8, ctypes.cast(buffer, ctypes.c_void_p))
    libc = ctypes.CDLL(None, use_errno=True)
    answer = libc.syscall(
        ctypes.c_long(architecture.seccomp), ctypes.c_ulong(_SET_MODE_FILTER), ctypes.c_ulong(_FLAG_TSYNC), ctypes.byref(program)
    )
    if answer > 0:
        raise OSError(f"thread {answer} of this process could not take the filter")
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
