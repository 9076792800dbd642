"""Python in its box for tests: the image is compiled once for all of them, into the user's cache."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest

AMPLE_FUEL = 1 << 50
MEMORY_BYTES = 64 << 20
# Evaluates (kind 0) or executes (kind 1) what it is sent; columns are arrays of bytes.
CONSOLE = """
import _box
from array import array

space = {"_box": _box, "array": array}
columns = {}

def boot(config):
    return b"booted " + config

def call(kind, payload):
    if kind == 0:
        return repr(eval(payload.decode(), space)).encode()
    exec(payload.decode(), space)
    return b""

def column(name, nbytes):
    columns[name] = space[name] = array("B", bytes(nbytes))
    return columns[name].buffer_info()[0]
"""


@cache
def boxed_image() -> Any:
    """The image, loaded; skips where wasmtime is missing."""
    pytest.importorskip("wasmtime", reason="mods need wasmtime, which is not installed here")
    from taixu.mods.box.guest import load
    from taixu.mods.box.image import compiled

    return load(compiled())


class Console:
    """A guest that evaluates what it is sent."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES, seed: int = 1, files: Mapping[str, str] | None = None) -> None:
        from taixu.mods.box.guest import Guest

        self.lines: list[tuple[int, str]] = []
        self.guest = Guest(boxed_image(), memory_bytes, lambda level, text: self.lines.append((level, text)))
        self.guest.allow(AMPLE_FUEL)
        sources = {"taixu_guest_main.py": CONSOLE, **(files or {})}
        self.booted = self.guest.boot(json.dumps({"seed": seed}).encode(), json.dumps(sources).encode())

    def value(self, expression: str) -> str:
        """The text of a value."""
        return self.guest.call(0, expression.encode()).decode()

    def do(self, code: str) -> None:
        """Execute statements."""
        self.guest.call(1, code.encode())
