"""How warnings speak of entities: by the name that people gave them, and by the id that documents know them by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.scene import Name

__all__ = ["named", "named_all"]

_MOST = 5


def named(world: World, entity: int) -> str:
    """An entity in words: ``'crate' (0x2a)``, or ``entity 0x2a`` where nobody named it."""
    stable = world.stable_id(entity)
    name = world.get(entity, Name).text if world.has(entity, Name) else ""
    return f"{name!r} ({stable:#x})" if name else f"entity {stable:#x}"


def named_all(world: World, entities: NDArray[np.uint64]) -> str:
    """Entities in words; of many the first few, and how many more there are."""
    listed = ", ".join(named(world, entity) for entity in entities[:_MOST].tolist())
    return f"{listed} and {len(entities) - _MOST} more" if len(entities) > _MOST else listed
