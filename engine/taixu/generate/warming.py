"""What a worker reads while a command still looks for its generator: imports, and data that all of a kind share."""

from __future__ import annotations

from importlib import import_module

__all__ = ["warm"]

_SHARED = {"avatar": "taixu.generate.avatars.shared"}
"""Modules with a function ``read_shared``, by what is asked for."""


def warm(kind: str, prompt: str = "") -> None:
    """Import what makes things, and read what those of a kind have in common: the next job in this process ends sooner."""
    import_module("taixu.generate.making")
    if kind in _SHARED:
        import_module(_SHARED[kind]).read_shared(prompt)
