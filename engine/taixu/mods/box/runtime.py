"""How WebAssembly is compiled and run here: the same settings where the image is compiled and where it is loaded."""

from __future__ import annotations

import hashlib
import json
import platform
from typing import TYPE_CHECKING, Any

from taixu.errors import MachineError

if TYPE_CHECKING:
    from wasmtime import Engine

__all__ = ["LEAST_VERSION", "MAX_STACK_BYTES", "configuration_key", "make_engine", "version_doubt"]

LEAST_VERSION = "50.0.1"
"""wasmtime's oldest release that no published hole concerns; see the guide's page on the box."""

MAX_STACK_BYTES = 1 << 20
"""Of the machine's stack, for calls inside the box; what goes deeper traps."""

_SETTINGS: dict[str, Any] = {
    # What CPython needs of WebAssembly, and nothing more: each proposal that is off is code that cannot be attacked.
    "wasm_threads": False,
    "wasm_memory64": False,
    "wasm_multi_memory": False,
    "wasm_gc": False,
    "wasm_function_references": False,
    "wasm_exceptions": False,
    "wasm_tail_call": False,
    "wasm_stack_switching": False,
    "wasm_simd": False,
    "wasm_relaxed_simd": False,
    "wasm_wide_arithmetic": False,
    "wasm_custom_page_sizes": False,
    "wasm_component_model": False,
    "shared_memory": False,
    "wasm_reference_types": True,
    "wasm_bulk_memory": True,
    "wasm_multi_value": True,
    # Budgets, and equal results on every machine.
    "consume_fuel": True,
    "epoch_interruption": True,
    "cranelift_nan_canonicalization": True,
    "max_wasm_stack": MAX_STACK_BYTES,
    "strategy": "cranelift",
    "cranelift_opt_level": "speed",
}


def make_engine() -> Engine:
    """wasmtime's engine with this project's settings.

    Raises
    ------
    MachineError
        If wasmtime is not installed, or so old that it has known holes. Mods are off then; they never run without the box.
    """
    try:
        from wasmtime import Config, Engine
    except ImportError:
        raise MachineError('mods need wasmtime, which is not installed here: pip install "taixu[mods]"') from None
    doubt = version_doubt()
    if doubt:
        raise MachineError(doubt)
    config = Config()
    for name, value in _SETTINGS.items():
        setattr(config, name, value)
    return Engine(config)


def version_doubt() -> str:
    """Why the wasmtime that is installed is not to be relied on; empty where it is."""
    from importlib.metadata import version

    found = version("wasmtime")
    if _numbers(found) >= _numbers(LEAST_VERSION):
        return ""
    return f"mods need wasmtime {LEAST_VERSION} or newer, for {found} has known holes: pip install -U \"taixu[mods]\""


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")[:3] if part.isdecimal())


def configuration_key() -> str:
    """A name that changes with everything that compiled code depends on: wasmtime, settings, processor, system."""
    from importlib.metadata import version

    facts = [version("wasmtime"), platform.system(), platform.machine(), sorted(_SETTINGS.items())]
    return hashlib.sha256(json.dumps(facts).encode()).hexdigest()[:16]
