"""Plugins of others: found through the entry points ``taixu.plugins``, loaded when an app asks, never at import."""

from __future__ import annotations

from importlib.metadata import EntryPoint, entry_points
from typing import Any

from taixu.errors import TaixuError

__all__ = ["GROUP", "find_plugins", "load_plugin"]

GROUP = "taixu.plugins"


def find_plugins() -> list[EntryPoint]:
    """The installed plugins by name, unloaded."""
    return sorted(entry_points(group=GROUP), key=lambda point: point.name)


def load_plugin(point: EntryPoint) -> Any:
    """Import a plugin; a class is made into an object.

    Raises
    ------
    TaixuError
        When it cannot be imported.
    """
    try:
        found = point.load()
    except Exception as error:
        raise TaixuError(f"the plugin {point.name!r} ({point.value}) cannot be loaded: {error}") from error
    return found() if isinstance(found, type) else found
