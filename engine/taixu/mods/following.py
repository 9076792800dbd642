"""What happens in a world, followed once for all its mods: each of them takes from it what concerns the columns that it sees.

A look gathers what was written since the last one, in the columns that any mirror watches, and who came, went or changed; the
mirrors (`taixu.mods.mirror`) sort that into their own slots. So what a step costs grows with what changed in it, and hardly
with how many mods there are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol
from weakref import WeakSet

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, Field, Rows, Table, World, row_count
from taixu.scene import Name, Parent
from taixu.script.wire import GameError, to_data

__all__ = ["Family", "Gathered", "Journal", "Moves", "Watched", "Watcher", "WorldFollower", "crossing_values"]

Handles = NDArray[np.uint64]
_NONE = np.empty(0, np.uint64)
_MOST_ENTRIES = 24
_MOST_ROWS, _MOST_JOINED = 8, 64


@dataclass(frozen=True)
class Watched:
    """One field of one component that mirrors watch; `key` is "component.field"."""

    declared: ComponentType
    item: Field
    key: str


@dataclass(frozen=True, slots=True)
class Gathered:
    """Values of some entities as they were at a look.

    Attributes
    ----------
    number
        Of the look.
    entities
        Handles, uint64[n].
    values
        ``[n]`` or ``[width, n]``; entities as stable ids, texts and data as they cross, in a list.
    """

    number: int
    entities: Handles
    values: Any


@dataclass(frozen=True, slots=True)
class Moves:
    """Who came, went or has other components: handles, stable ids (0 for the dead), tables by id (-1 for the dead)."""

    number: int
    entities: Handles
    ids: Handles
    tables: NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Family:
    """Who hangs below whom: handles of those below, then stable ids of both; and ids of the named that models brought."""

    entities: Handles
    below: Handles
    above: Handles
    made: Handles

    def equals(self, other: Family) -> bool:
        """Whether it is the same."""
        pairs = ((self.entities, other.entities), (self.above, other.above), (self.made, other.made))
        return all(np.array_equal(mine, theirs) for mine, theirs in pairs)


class Watcher(Protocol):
    """Whoever takes from what is followed."""

    @property
    def watched(self) -> list[Watched]: ...


class _Entities:
    """Handles of rows and of several tables together, the same array each time: what changes together, and again in the next
    step, is found by mirrors at once, who look up an array's slots when they meet it first."""

    def __init__(self) -> None:
        self._version = -1
        self._rows: dict[int, list[tuple[Rows, Handles]]] = {}
        self._known: dict[tuple[int, ...], tuple[list[Handles], Handles]] = {}

    def begin(self, version: int) -> None:
        """A look begins, at a version of the world's structure: rows stay whose they are as long as it does."""
        if version != self._version or len(self._known) > _MOST_JOINED:
            self._version = version
            self._rows.clear()
            self._known.clear()

    def of_rows(self, table: Table, rows: Rows) -> Handles:
        """Who is in these rows."""
        known = self._rows.setdefault(table.id, [])
        for other, entities in known:
            if _same(rows, other):
                return entities
        found: Handles = table.entities[rows].copy()
        known.insert(0, (rows, found))
        del known[_MOST_ROWS:]
        return found

    def join(self, parts: list[Handles]) -> Handles:
        if len(parts) == 1:
            return parts[0]
        key = tuple(map(id, parts))
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = parts, np.concatenate(parts)  # the parts live as long as their ids are a key
        return found[1]


class Journal:
    """What was gathered of one column, look after look."""

    def __init__(self, watched: Watched, entities: _Entities) -> None:
        self.watched = watched
        self.latest = 0
        self._entities = entities
        self._entries: list[Gathered] = []
        self._since: dict[int, Gathered] = {}

    def add(self, gathered: Gathered) -> None:
        """Keep it; where there are many, the older half becomes one."""
        self.latest = gathered.number
        self._entries.append(gathered)
        self._since.clear()
        if len(self._entries) > _MOST_ENTRIES:
            half = len(self._entries) // 2
            self._entries[:half] = [_compact(self._entries[:half])]

    def since(self, number: int) -> Gathered | None:
        """What came after a look, in order: of an entity that stands in it twice the last value counts.

        Older values may be among it, where they hold still.
        """
        if self.latest <= number:
            return None
        found = self._since.get(number)
        if found is None:
            entries = [entry for entry in self._entries if entry.number > number]
            if not entries:
                return None
            found = self._since[number] = _put_together(entries, self._entities)
        return found

    def forget(self, number: int) -> None:
        """Let go of what came up to a look."""
        if self._entries and self._entries[0].number <= number:
            self._entries = [entry for entry in self._entries if entry.number > number]
            self._since.clear()


class WorldFollower:
    """Follows a world for mirrors.

    Attributes
    ----------
    number : int
        Of the last look that found something.
    oldest : int
        What happened up to this look is forgotten: whoever has not seen it begins anew.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self.number = self.oldest = 0
        self.journals: dict[str, Journal] = {}
        self._tick = -1
        self._watchers: WeakSet[Watcher] = WeakSet()
        self._entities = _Entities()
        self._changed_since: dict[int, list[str]] = {}
        self._count, self._all_known = 0, True
        self._by_table: dict[int, list[Journal]] = {}
        self._only: dict[str, Watcher | None] = {}
        self._moves: list[Moves] = []
        self._moved_since: dict[int, Moves] = {}
        self._family = Family(_NONE, _NONE, _NONE, _NONE)
        self._is_family_old = True

    def watch(self, watcher: Watcher) -> None:
        """From now on what it watches is gathered."""
        self._watchers.add(watcher)
        self._all_known = False

    def look(self, author: Watcher | None = None) -> int:
        """Take in what happened since the last look; gives the number of the last that found something.

        Parameters
        ----------
        author
            Whose doing it is: where nobody else watches a column it is not gathered.
        """
        world = self._world
        changes = None if self._tick < 0 else world.structure.since(self._tick)
        if changes is None:
            self._begin_anew()
            return self.number
        touched = [table for table in world.tables if table.touched > self._tick]
        if not changes and not touched:
            return self.number
        self._learn()
        self.number += 1
        self._changed_since.clear()
        if changes:
            self._note_moves(np.unique(np.concatenate([changes.spawned, changes.despawned, changes.moved])))
        self._entities.begin(world.structure.version)
        found: dict[str, list[Gathered]] = {}
        for table in touched:
            if len(table):
                self._gather(table, author, found)
        for key, parts in found.items():
            self.journals[key].add(_put_together(parts, self._entities))
        self._tick = world.tick
        world.advance()
        return self.number

    def changed_since(self, number: int) -> list[str]:
        """Keys of the columns of which something was gathered after a look."""
        found = self._changed_since.get(number)
        if found is None:
            found = self._changed_since[number] = [key for key, journal in self.journals.items() if journal.latest > number]
        return found

    def moved_since(self, number: int) -> Moves | None:
        """Who came, went or changed after a look, each once, as it is now; None where nobody did."""
        if not self._moves or self._moves[-1].number <= number:
            return None
        if number not in self._moved_since:
            self._moved_since[number] = _one_of([moves for moves in self._moves if moves.number > number])
        return self._moved_since[number]

    def forget(self, number: int) -> None:
        """Let go of what was gathered up to a look: whoever has not seen it until now begins anew."""
        if number <= self.oldest:
            return
        self.oldest = number
        self._moves = [moves for moves in self._moves if moves.number > number]
        self._moved_since.clear()
        for journal in self.journals.values():
            journal.forget(number)

    @property
    def family(self) -> Family:
        """Who hangs below whom, as of the last look; the same object while that stays."""
        if self._is_family_old:
            self._is_family_old = False
            found = self._find_family()
            if not found.equals(self._family):
                self._family = found
        return self._family

    def _begin_anew(self) -> None:
        self.number += 1
        self.forget(self.number)
        self._is_family_old = True
        self._tick = self._world.tick
        self._world.advance()

    def _learn(self) -> None:
        """Which columns are watched, after somebody came or went."""
        if self._all_known and self._count == len(self._watchers):
            return
        only: dict[str, Watcher | None] = {}
        known: dict[str, Watched] = {}
        for watcher in self._watchers:
            for watched in watcher.watched:
                only[watched.key] = None if watched.key in only else watcher
                known[watched.key] = watched
        self._only = only
        self._changed_since.clear()
        self.journals = {key: self.journals.get(key) or Journal(watched, self._entities) for key, watched in known.items()}
        self._by_table.clear()
        self._count, self._all_known = len(self._watchers), True

    def _note_moves(self, entities: Handles) -> None:
        world = self._world
        living, tables, _ = world.locate_living(entities)
        ids = world.stable_ids(entities)
        self._moves.append(Moves(self.number, entities, ids, np.where(living, tables, -1).astype(np.int32)))
        self._moved_since.clear()
        self._is_family_old = True
        if len(self._moves) > _MOST_ENTRIES:
            half = len(self._moves) // 2
            self._moves[:half] = [_one_of(self._moves[:half])]

    def _gather(self, table: Table, author: Watcher | None, found: dict[str, list[Gathered]]) -> None:
        if Parent in table.types and not self._is_family_old:
            self._is_family_old = table.is_changed(Parent, "entity", since=self._tick)
        journals = self._by_table.get(table.id)
        if journals is None:
            journals = [each for each in self.journals.values() if each.watched.declared.cls in table.types]
            self._by_table[table.id] = journals
        for journal in journals:
            watched = journal.watched
            cls, name = watched.declared.cls, watched.item.name
            if not table.is_changed(cls, name, since=self._tick):
                continue
            if author is not None and self._only[watched.key] is author:
                continue
            rows = table.changed((cls,), since=self._tick, fields=(name,))
            if not row_count(rows):
                continue
            entities = self._entities.of_rows(table, rows)
            values = crossing_values(self._world, watched.item, watched.key, table.take(cls, name, rows))
            found.setdefault(watched.key, []).append(Gathered(self.number, entities, values))

    def _find_family(self) -> Family:
        world = self._world
        tables = list(world.query(Parent).tables())
        entities = np.concatenate([table.entities for table in tables]) if tables else _NONE
        above = np.concatenate([table.read(Parent, "entity") for table in tables]) if tables else _NONE
        held = world.alive(above)
        entities = entities[held]
        made = [table.entities for table in world.query(Name) if table.made]
        return Family(
            entities, world.stable_ids(entities), world.stable_ids(above[held]),
            world.stable_ids(np.concatenate(made)) if made else _NONE,
        )  # fmt: skip


def crossing_values(world: World, item: Field, key: str, values: NDArray[Any]) -> Any:
    """Values of a field as a sandbox knows them: entities by stable id, texts and data in a list, None for what does not cross."""
    kind = item.kind
    if kind.name == "entity":
        return world.stable_ids(values)
    if not kind.is_object:
        return values
    if kind.name != "data":
        return values.tolist()
    return [_crossing(value, key) for value in values.tolist()]


def _crossing(value: Any, key: str) -> Any:
    try:
        return to_data(value, key)
    except GameError:
        return None  # more than crosses


def _same(rows: Rows, known: Rows) -> bool:
    if isinstance(rows, slice) or isinstance(known, slice):
        return isinstance(rows, slice) and isinstance(known, slice) and rows == known
    return rows is known or np.array_equal(rows, known)


def _one_of(parts: list[Moves]) -> Moves:
    entities = np.concatenate([part.entities for part in parts])
    last = _last_of_each(entities)
    ids, tables = (np.concatenate([getattr(part, name) for part in parts])[last] for name in ("ids", "tables"))
    return Moves(parts[-1].number, entities[last], ids, tables)


def _last_of_each(entities: Handles) -> NDArray[np.intp]:
    """Where each entity stands for the last time."""
    _, first = np.unique(entities[::-1], return_index=True)
    found: NDArray[np.intp] = len(entities) - 1 - first
    return found


def _put_together(entries: list[Gathered], entities: _Entities) -> Gathered:
    """Several as one, the values one after the other."""
    if len(entries) == 1:
        return entries[0]
    if isinstance(entries[0].values, list):
        values: Any = [value for entry in entries for value in entry.values]
    else:
        values = np.concatenate([entry.values for entry in entries], axis=-1)
    return Gathered(entries[-1].number, entities.join([entry.entities for entry in entries]), values)


def _compact(entries: list[Gathered]) -> Gathered:
    """Several as one, in which each entity stands once, with its last value."""
    found = _put_together(entries, _Entities())
    last = _last_of_each(found.entities)
    values = [found.values[place] for place in last.tolist()] if isinstance(found.values, list) else found.values[..., last]
    return Gathered(found.number, found.entities[last], values)
