"""Entities found by what they are called: name, key or kind, with whatever letters are typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World
from taixu.ecs.changes import row_count
from taixu.scene import Name
from taixu.twin.device import Device
from taixu.twin.rules.ground import table_places

__all__ = ["Finder"]

_END = "\n"
_PART = "\x1f"
_MOST_SEEN = 5000
_MAX_ASKED = 100


@dataclass(slots=True)
class _Called:
    """What a table's entities are called: one text, so that looking through a million is one call."""

    entities: NDArray[np.uint64]
    text: str
    ends: NDArray[np.int64]


class Finder:
    """Looks entities up; what they are called is read again only where it changed (the world's thread)."""

    def __init__(self) -> None:
        self._called: dict[int, _Called] = {}
        self._seen = -1

    def find(self, world: World, text: str, *, limit: int) -> list[dict[str, Any]]:
        """``{id, name, kind, at}`` of those whose name, key or kind has a text in it; those that begin with it first."""
        wanted = text[:_MAX_ASKED].casefold().strip().replace(_END, " ").replace(_PART, " ")
        self._refresh(world)
        found: list[tuple[tuple[int, str], Table, int]] = []
        for number in sorted(self._called, key=lambda each: (Device not in world.table(each).types, each)):
            if len(found) >= _MOST_SEEN or (not wanted and len(found) >= limit):
                break
            found += self._found(world.table(number), self._called[number], wanted, most=_MOST_SEEN - len(found))
        found.sort(key=lambda each: each[0])
        return [_told(world, table, row) for _, table, row in found[:limit]]

    def _refresh(self, world: World) -> None:
        since = self._seen
        tables = {table.id for cls in (Device, Name) for table in world.query(cls) if not table.made}
        for number in tables:
            table = world.table(number)
            known = self._called.get(number)
            same = known is not None and np.array_equal(known.entities, table.entities)
            classes = tuple(cls for cls in (Device, Name) if cls in table.types)
            if same and since >= 0 and not row_count(table.changed(classes, since=since)):
                continue
            self._called[number] = _read(table)
        for gone in self._called.keys() - tables:
            del self._called[gone]
        self._seen = world.tick
        world.advance()

    def _found(self, table: Table, called: _Called, wanted: str, *, most: int) -> list[tuple[tuple[int, str], Table, int]]:
        if not wanted:
            return [((Device not in table.types, ""), table, row) for row in range(min(table.count, most))]
        found: list[tuple[tuple[int, str], Table, int]] = []
        at = called.text.find(wanted)
        while at >= 0 and len(found) < most:
            row = int(np.searchsorted(called.ends, at, "right"))
            begin = int(called.ends[row - 1]) if row else 0
            said = called.text[begin : int(called.ends[row]) - 1]
            is_begin = any(part.startswith(wanted) for part in said.split(_PART))
            found.append(((0 if is_begin else 1, said), table, row))
            at = called.text.find(wanted, int(called.ends[row]))
        return found


def _read(table: Table) -> _Called:
    empty = [""] * table.count
    names = table.read(Name, "text").tolist() if Name in table.types else empty
    keys = table.read(Device, "key").tolist() if Device in table.types else empty
    kinds = table.read(Device, "kind").tolist() if Device in table.types else empty
    lines = [_PART.join(parts).casefold().replace(_END, " ") + _END for parts in zip(names, keys, kinds)]
    ends = np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)))
    return _Called(table.entities.copy(), "".join(lines), ends)


def _told(world: World, table: Table, row: int) -> dict[str, Any]:
    device = table.value(Device, row) if Device in table.types else Device()
    name = table.value(Name, row).text if Name in table.types else ""
    place = table_places(world, table, rows=np.array([row]))[:, 0]
    at = [round(each, 3) for each in place.tolist()] if np.isfinite(place).all() else None
    return {"id": f"{world.stable_id(int(table.entities[row])):016x}", "name": name or device.key, "kind": device.kind, "at": at}
