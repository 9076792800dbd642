"""Runs Python source in WebAssembly, in a locked-down process: bytes and columns go in and out.

It knows nothing of worlds or manifests. There are two walls, one inside the other. WebAssembly is the first: a guest
reaches its own memory and the few functions it is handed. The second is the operating system's, for the day on which the
first has a hole: a process of its own that can open, start, load and signal nothing (`lockdown`). And the engine's side
(`Box`, `BoxedMod`) believes the process nothing. Names load what they need when they are first used, for the process
itself imports this package and must start quickly.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from taixu.mods.box.boxed import BoxedMod
    from taixu.mods.box.client import Box
    from taixu.mods.box.limits import Layout, Limits
    from taixu.mods.box.reply import Reply, Snapshot

_HOME_OF = {
    "Box": "client",
    "BoxedMod": "boxed",
    "Layout": "limits",
    "Limits": "limits",
    "Reply": "reply",
    "Snapshot": "reply",
}

__all__ = ["Box", "BoxedMod", "Layout", "Limits", "Reply", "Snapshot"]


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module 'taixu.mods.box' has no attribute {name!r}")
    found: object = getattr(import_module(f"taixu.mods.box.{home}"), name)
    globals()[name] = found
    return found
