"""Who follows entities with a component: which came, changed or went since the last look, and when to begin anew."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from taixu.ecs import World, row_count
from taixu.scene.components import FromModel, Material
from taixu.scene.library import MeshLibrary
from taixu.scene.shape_meshes import looks_of
from taixu.scene.surfaces import surface_of_table

__all__ = ["Follower", "News", "sweep_made"]

Look = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class News:
    """What happened.

    Attributes
    ----------
    anew
        The world was restored, or another project's is shown: nothing that is known counts, and what stands there is others'.
    gone
        Entities that were known and lost the component, or died.
    changed
        Entities that came, or look otherwise than they did, with their looks: the component's class and values, and those of their
        surface where that is asked for.
    """

    anew: bool = False
    gone: tuple[int, ...] = ()
    changed: tuple[tuple[int, tuple[Look, ...]], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.anew or self.gone or self.changed)


@dataclass(slots=True)
class Follower:
    """Remembers the looks of entities with a component.

    Attributes
    ----------
    component
        Whom it follows.
    with_surface
        Whether their surface (or `Material`) is part of their look.
    """

    component: type
    with_surface: bool = False
    tick: int = 0
    looks: dict[int, tuple[Look, ...]] = field(default_factory=dict)
    _library: MeshLibrary | None = None

    def follow(self, world: World) -> News:
        """What happened since the last call; what is written from now on counts as new."""
        if not self.looks and not len(world.query(self.component)):
            return News()
        since, self.tick = self.tick, world.tick
        library = world.resource(MeshLibrary)
        anew = world.structure.since(since) is None or (self._library is not None and self._library is not library)
        self._library = library
        gone: tuple[int, ...] = ()
        if anew:
            self.looks.clear()
            since = -1
        else:
            gone = tuple(one for one in self.looks if not world.has(one, self.component))
            for entity in gone:
                del self.looks[entity]
        changed = []
        for table in world.query(self.component):
            own = (surface_of_table(table) or (Material if Material in table.types else None)) if self.with_surface else None
            rows = table.changed((self.component,) if own is None else (self.component, own), since=since)
            if not row_count(rows):
                continue
            parts = [looks_of(table, self.component, rows)]
            if self.with_surface:
                parts.append(looks_of(table, own, rows))
            for entity, look in zip(table.entities[rows].tolist(), zip(*parts, strict=True), strict=True):
                if self.looks.get(entity) != look:
                    self.looks[entity] = look
                    changed.append((entity, look))
        world.advance()
        return News(anew, gone, tuple(changed))

    def forget(self, entities: Iterable[int]) -> None:
        """Tell of these again, as if they came."""
        for entity in entities:
            self.looks.pop(entity, None)


def sweep_made(world: World, component: type) -> None:
    """Remove what stands below entities with a component in a world that was restored."""
    owners = world.query(component).entities
    lost = [table.entities[np.isin(table.read(FromModel, "owner"), owners)] for table in world.query(FromModel)]
    found = np.concatenate([np.empty(0, np.uint64), *lost])
    if len(found):
        world.despawn(found)
