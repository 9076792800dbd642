"""What a mod may not do with its own entities either: components that reach further than the entity that carries them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from taixu.ecs import ComponentType
from taixu.script.wire import GameError

__all__ = ["FAR_REACHING", "check_far_reaching"]

FAR_REACHING = frozenset({"audio_listener", "camera", "device", "environment", "fence"})
"""Of these one anywhere changes what all see and hear, or what a twin's devices and rules do: they want to be granted."""
_PREFAB_CHANGES = ("added", "overrides", "removed")


def check_far_reaching(
    declared: ComponentType, fields: Mapping[str, Any], *, may_touch: Callable[[str], Any], may_move: Callable[[int], None]
) -> None:
    """Refuse values that reach for somebody else's entity or component.

    Parameters
    ----------
    fields
        Values as they crossed, entities as handles.
    may_touch
        Raises where no mod may change a component of that name.
    may_move
        Raises where the mod may not move the body with that handle.

    Raises
    ------
    GameError
        With what it was that may not be.
    """
    if declared.name == "prefab_instance":
        for name in _PREFAB_CHANGES:
            if fields.get(name):
                raise GameError(f"a mod places prefabs as they are; leave {name!r} out, and change what was placed")
    elif declared.name == "property_animation":
        tracks = fields.get("tracks")
        for key in tracks if isinstance(tracks, Mapping) else ():
            may_touch(str(key).partition(".")[0])
    elif declared.name == "joint":
        for name in ("a", "b"):
            body = fields.get(name)
            if isinstance(body, int) and body:
                may_move(body)
