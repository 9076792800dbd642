"""What every object of a written document has: name, extras, extensions; and which extensions the document uses."""

from __future__ import annotations

import math
from pathlib import PurePath
from typing import Any, Protocol

import numpy as np

__all__ = ["Properties", "to_json"]

FEATURES = frozenset({"EXT_structural_metadata", "EXT_mesh_features", "EXT_instance_features"})
"""What refers to the tables of a document; where these could not be read it is left out."""
_KEEP: Any = object()


class _Described(Protocol):
    extras: Any


class Properties:
    """Finishes objects and remembers the extensions in use.

    Parameters
    ----------
    pointers : set of str
        What animations point to: an extension there must be written even where all its values are the usual
        ones.
    has_tables : bool
        Whether property tables are written, to which vertices may refer.
    """

    def __init__(self, pointers: set[str] | None = None, *, has_tables: bool = False) -> None:
        self._left_out = frozenset() if has_tables else FEATURES
        self.used: set[str] = set()
        self.required: set[str] = set()
        self._animated = {where for pointer in pointers or () for where in _ancestors(pointer)}

    def is_animated(self, where: str) -> bool:
        """Whether an animation points into the object at a JSON pointer."""
        return where in self._animated

    def extend(self, target: dict[str, Any], name: str, value: dict[str, Any]) -> None:
        """Give an object an extension."""
        self.used.add(name)
        target.setdefault("extensions", {})[name] = value

    def finish(self, target: dict[str, Any], source: _Described, *, extras: Any = _KEEP) -> dict[str, Any]:
        """Add name, extras and the untouched extensions of `source`."""
        name = getattr(source, "name", "")
        if name:
            target["name"] = name
        for extension, value in getattr(source, "extensions", {}).items():
            if extension not in self._left_out and isinstance(value, dict):
                self.extend(target, extension, to_json(value))
        left = source.extras if extras is _KEEP else extras
        if left is not None:
            target["extras"] = to_json(left)
        return target


def _ancestors(pointer: str) -> list[str]:
    parts = pointer.split("/")
    return ["/".join(parts[:count]) for count in range(1, len(parts))]


def to_json(value: Any) -> Any:
    """Turn what applications leave in extras into JSON: arrays to lists, paths to strings, infinities to null."""
    if isinstance(value, dict):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_json(item) for item in value]
    if isinstance(value, np.ndarray | np.generic):
        return to_json(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if value is None or isinstance(value, int | float):
        return value
    return str(value) if isinstance(value, PurePath) else None
