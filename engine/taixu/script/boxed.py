"""Scripts of the project that run as mods: who runs them reads here which there are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["BoxedScript"]


@dataclass(frozen=True, slots=True)
class BoxedScript:
    """A script that an entity wants to have run as a mod.

    Attributes
    ----------
    path
        In the project.
    stable_id
        Of the entity.
    fields
        Values that differ from the script's own.
    """

    path: str
    stable_id: int
    fields: Mapping[str, Any] = field(default_factory=dict)
