"""The second wall on Windows: a token without privileges at the lowest integrity, and mitigations that forbid new code.

The engine's side adds a job object (`taixu.mods.box.job`). All this leaves a gap, which is always reported: a process at
untrusted integrity cannot write to the user's things, but reads what everybody may read, and may use the network. Each
layer's state is what the system's own call returned.
"""

from __future__ import annotations

import ctypes
import struct
from typing import Any

from taixu.mods.box.lockdown.layer import Layer, Plan

__all__ = ["prepare"]

_TOKEN_ADJUST_PRIVILEGES, _TOKEN_ADJUST_DEFAULT, _TOKEN_QUERY = 0x20, 0x80, 0x8
_TOKEN_PRIVILEGES, _TOKEN_INTEGRITY_LEVEL = 3, 25
_PRIVILEGE_REMOVED = 4
_GROUP_INTEGRITY = 0x20
_MITIGATIONS = {  # PROCESS_MITIGATION_POLICY: (its number, its flags)
    "no new code": (2, 0x1),
    "strict handles": (3, 0x3),
    "no extension points": (6, 0x1),
    "no images from afar": (10, 0x3),
    "no child processes": (13, 0x1),
}


def prepare(plan: Plan) -> list[Layer]:
    """Drop privileges, lower the integrity, forbid new code; see the package."""
    layers = []
    if "token" in plan.layers:
        layers.append(_attempt("token", _lower_token))
    if "mitigations" in plan.layers:
        layers.append(_attempt("mitigations", _forbid_new_code))
    layers.append(Layer("files and network", False, "Windows lets the helper read what everybody may read, and use the network"))
    return layers


def _attempt(name: str, step: Any) -> Layer:
    try:
        return Layer(name, True, step())
    except (OSError, AttributeError) as error:
        return Layer(name, False, str(error))


def _lower_token() -> str:
    kernel, advapi = _libraries()
    token = ctypes.c_void_p()
    wanted = _TOKEN_ADJUST_PRIVILEGES | _TOKEN_ADJUST_DEFAULT | _TOKEN_QUERY
    _check(advapi.OpenProcessToken(ctypes.c_void_p(kernel.GetCurrentProcess()), wanted, ctypes.byref(token)))
    try:
        _remove_privileges(advapi, token)
        sid = ctypes.create_string_buffer(struct.pack("<BB6sI", 1, 1, b"\0\0\0\0\0\x10", 0))  # S-1-16-0: untrusted
        label = struct.pack("PI", ctypes.addressof(sid), _GROUP_INTEGRITY)
        label += bytes(-len(label) % struct.calcsize("P"))
        _check(advapi.SetTokenInformation(token, _TOKEN_INTEGRITY_LEVEL, label, len(label)))
    finally:
        kernel.CloseHandle(token)
    return "no privileges, untrusted integrity: writes to nothing of the user's"


def _remove_privileges(advapi: Any, token: ctypes.c_void_p) -> None:
    size = ctypes.c_uint32()
    advapi.GetTokenInformation(token, _TOKEN_PRIVILEGES, None, 0, ctypes.byref(size))
    held = ctypes.create_string_buffer(size.value)
    _check(advapi.GetTokenInformation(token, _TOKEN_PRIVILEGES, held, size, ctypes.byref(size)))
    (count,) = struct.unpack_from("<I", held)
    for place in range(count):
        struct.pack_into("<I", held, 4 + 12 * place + 8, _PRIVILEGE_REMOVED)  # after the 8 bytes of its name
    _check(advapi.AdjustTokenPrivileges(token, 0, held, 0, None, None))


def _forbid_new_code() -> str:
    kernel, _ = _libraries()
    stand: list[str] = []
    fail: list[str] = []
    for name, (policy, flags) in _MITIGATIONS.items():
        word = ctypes.c_uint32(flags)
        (stand if kernel.SetProcessMitigationPolicy(policy, ctypes.byref(word), 4) else fail).append(name)
    if fail:
        raise OSError(f"refused: {', '.join(fail)}; in force: {', '.join(stand) or 'none'}")
    return ", ".join(stand)


def _libraries() -> tuple[Any, Any]:
    make: Any = getattr(ctypes, "WinDLL")  # noqa: B009 (there is none on the machine that checks types)
    kernel, advapi = make("kernel32", use_last_error=True), make("advapi32", use_last_error=True)
    kernel.GetCurrentProcess.restype = ctypes.c_void_p
    kernel.CloseHandle.argtypes = (ctypes.c_void_p,)
    advapi.OpenProcessToken.argtypes = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
    advapi.GetTokenInformation.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
    advapi.SetTokenInformation.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_uint32)
    advapi.AdjustTokenPrivileges.argtypes = (
        ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p,
    )  # fmt: skip
    return kernel, advapi


def _check(answer: int) -> None:
    if not answer:
        error: Any = getattr(ctypes, "WinError")  # noqa: B009
        last: Any = getattr(ctypes, "get_last_error")  # noqa: B009
        raise error(last())
