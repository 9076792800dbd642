"""Entities of a world by what they are, a page at a time; it costs what is shown, not what there is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.edit import blocks_of, id_number
from taixu.scene import Name

if TYPE_CHECKING:
    from taixu.edit import Session

__all__ = ["find_entities"]

_MOST = 500
_MOST_BYTES = 1 << 20
Handles = NDArray[np.uint64]


def find_entities(session: Session, *, component: str = "", name: str = "", ids: Sequence[str] = (), after: str = "",
                  limit: int = 50) -> dict[str, Any]:  # fmt: skip
    """Entities that match all that is asked for, as documents hold them.

    Parameters
    ----------
    after
        The id of the last entity of the page before; ``next`` of that page.
    limit
        Of a page, at most 500; it also ends before 1 MiB.

    Returns
    -------
    dict
        ``count`` of all that match, ``entities`` of this page by id, ``next`` (empty on the last page), and how many entities have
        each component of the world.

    Raises
    ------
    TaixuError
        When nobody has declared the component, or an id is none.
    """
    world = session.world
    found = _matching(world, session.component(component) if component else None, name.lower())
    numbers = world.stable_ids(found)
    if ids:
        wanted = np.array([id_number(text) for text in ids[:_MOST]], np.uint64)
        found, numbers = _chosen(found, numbers, np.isin(numbers, wanted))
    count = len(found)
    if after:
        found, numbers = _chosen(found, numbers, numbers > np.uint64(id_number(after)))
    order = np.argsort(numbers)[: min(max(limit, 1), _MOST)]
    page = _within_room(blocks_of(world, found[order]))
    has_more = len(found) > len(page)
    return {
        "count": count, "entities": page, "next": next(reversed(page)) if has_more and page else "",
        "components": _components(world),
    }  # fmt: skip


def _matching(world: World, cls: type | None, name: str) -> Handles:
    parts = [np.empty(0, np.uint64)]
    for table in world.tables:
        if not table.count or table.made or (cls is not None and cls not in table.types):
            continue
        handles = table.entities
        if name:
            if Name not in table.types:
                continue
            handles = handles[[name in str(text).lower() for text in table.read(Name, "text")]]
        parts.append(handles)
    return np.concatenate(parts)


def _chosen(found: Handles, numbers: Handles, mask: NDArray[np.bool_]) -> tuple[Handles, Handles]:
    return found[mask], numbers[mask]


def _within_room(blocks: dict[str, Any]) -> dict[str, Any]:
    """Those that fit; the first one always, shortened to what it consists of where it is too large by itself."""
    page: dict[str, Any] = {}
    room = _MOST_BYTES
    for entity, block in blocks.items():
        room -= len(json.dumps(block))
        if room < 0:
            if not page:
                page[entity] = dict.fromkeys(block, "too much to show")
            break
        page[entity] = block
    return page


def _components(world: World) -> dict[str, int]:
    counts: dict[str, int] = {}
    for table in world.tables:
        if table.count and not table.made:
            for declared in table.components:
                if declared.authored:
                    counts[declared.name] = counts.get(declared.name, 0) + table.count
    return dict(sorted(counts.items()))
