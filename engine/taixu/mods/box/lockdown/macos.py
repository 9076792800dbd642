"""The second wall on macOS: Seatbelt with everything denied, and limits.

Written from Apple's headers and the profiles of browsers; this project's tests run it where they run on a Mac, and its
state is what `sandbox_init` returned. `sandbox_init` is called deprecated since 2012 and is what browsers use today.
"""

from __future__ import annotations

import ctypes
import os
import resource

from taixu.mods.box.lockdown.layer import Layer, Plan

__all__ = ["prepare", "seal"]

# Memory that grows and descriptors that are open need no rule; everything that names something does.
_PROFILE = b"(version 1)\n(deny default)\n"


def prepare(plan: Plan) -> list[Layer]:
    """Set the limits; see the package."""
    if "limits" not in plan.layers:
        return []
    try:
        for kind in (resource.RLIMIT_CORE, resource.RLIMIT_FSIZE, resource.RLIMIT_MEMLOCK):
            resource.setrlimit(kind, (0, 0))
        hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
        secs = plan.cpu_secs if hard == resource.RLIM_INFINITY else min(plan.cpu_secs, hard)
        resource.setrlimit(resource.RLIMIT_CPU, (secs, secs))
    except (OSError, ValueError) as error:
        return [Layer("limits", False, str(error))]
    # macOS does not keep RLIMIT_AS: what a guest may grow to is WebAssembly's word alone.
    return [Layer("limits", True, f"{plan.cpu_secs} s of processor time, no files written")]


def seal(plan: Plan) -> list[Layer]:
    """Enter the sandbox, as the last step."""
    layers = []
    if "sandbox" in plan.layers:
        layers.append(_enter_sandbox())
    if "limits" in plan.layers:
        try:
            if os.geteuid() != 0:  # for root this limit does not count
                resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
        except (OSError, ValueError) as error:
            layers.append(Layer("processes", False, str(error)))
    return layers


def _enter_sandbox() -> Layer:
    try:
        library = ctypes.CDLL("/usr/lib/libSystem.B.dylib")
        library.sandbox_init.argtypes = (ctypes.c_char_p, ctypes.c_uint64, ctypes.POINTER(ctypes.c_char_p))
        library.sandbox_init.restype = ctypes.c_int
        library.sandbox_free_error.argtypes = (ctypes.c_char_p,)
        complaint = ctypes.c_char_p()
        answer = library.sandbox_init(_PROFILE, 0, ctypes.byref(complaint))
    except (OSError, AttributeError) as error:
        return Layer("sandbox", False, f"Seatbelt cannot be reached: {error}")
    if answer != 0:
        said = complaint.value.decode("utf-8", "replace") if complaint.value else "sandbox_init refused"
        return Layer("sandbox", False, said)
    return Layer("sandbox", True, "Seatbelt denies everything")
