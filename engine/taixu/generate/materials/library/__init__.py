"""Taixu's families of materials, by what they are made of."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

__all__ = ["load"]


def load() -> None:
    """Import them all: each module declares its own."""
    for found in iter_modules(__path__):
        import_module(f"{__name__}.{found.name}")
