"""Entities by name, looked up once and remembered until a name or the set of entities changes."""

from __future__ import annotations

import numpy as np

from taixu.ecs import World, row_count
from taixu.scene import Name

__all__ = ["NameIndex"]


class NameIndex:
    """What `game.find` asks: scripts ask for the same few names in every step."""

    def __init__(self) -> None:
        self._tick = -1
        self._found: dict[str, int] = {}

    def find(self, world: World, name: str) -> int:
        """Return the entity of a name with the lowest stable id, a placed one before a model's node; 0 for none."""
        if self._changed(world):
            self._found.clear()
            self._tick = world.tick
            world.advance()
        known = self._found.get(name)
        if known is None:
            known = self._found[name] = _search(world, name)
        return known

    def _changed(self, world: World) -> bool:
        structure = world.structure.since(self._tick)
        if structure is None or structure:
            return True
        return any(row_count(table.changed((Name,), since=self._tick)) for table in world.query(Name).tables())


def _search(world: World, name: str) -> int:
    tables = list(world.query(Name))
    for made in (False, True):  # what people placed goes before the nodes of models
        found = [table.entities[table.read(Name, "text") == name] for table in tables if table.made == made]
        handles = np.concatenate(found) if found else np.empty(0, np.uint64)
        if len(handles):
            return int(handles[np.argmin(world.stable_ids(handles))])
    return 0
