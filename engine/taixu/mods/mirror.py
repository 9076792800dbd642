"""What one mod sees of a world: columns of the components that it may read, kept up to date by change ticks.

Every entity with such a component has a slot for as long as it lives, so the mod may hold on to it. What changed is gathered
once for all mods (`taixu.mods.following`); here it is put into the mod's own slots, and only columns in which something
changed are copied into the sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, Field, Rows, Table, World
from taixu.errors import TaixuError
from taixu.mods.following import Family, Watched, WorldFollower, crossing_values
from taixu.mods.grants import Grants
from taixu.mods.mirror_column import MirrorColumn
from taixu.scene import Name, Transform

__all__ = ["CODES", "Seats", "WorldMirror"]

Handles = NDArray[np.uint64]
Places = tuple[Rows, NDArray[np.bool_] | None]
CODES = {"f4": "f", "f8": "d", "i4": "i", "i8": "q", "u4": "I", "u8": "Q", "u1": "B", "?": "?"}
"""Codes of `array` in the sandbox, by numpy type."""
_FEW = 256
_MOST_PLACES = 64
_MOST_ENTITIES = 1 << 17
_MOST_TEXT_BYTES = 128 << 10
_MOST_FIRST_TEXT_BYTES = 2 << 20
_ID_BYTES = 24
_encode = json.JSONEncoder(separators=(",", ":")).encode
_NONE = np.empty(0, np.uint64)


@dataclass(frozen=True, slots=True)
class Seats:
    """Where all slots lie, if they lie in one table: so are the worlds that mods move by columns.

    Attributes
    ----------
    rows
        Of slot after slot; where they are an unbroken run in another order, that run.
    order
        Then, which slot is in each row of the run; None where `rows` says it.
    """

    table: Table
    rows: Rows
    order: NDArray[np.intp] | None = None


@dataclass
class _Objects:
    """A field that holds texts or data: it crosses by value."""

    declared: ComponentType
    item: Field
    key: str
    changed: dict[int, Any] = field(default_factory=dict)


class WorldMirror:
    """The mirror of one mod.

    Parameters
    ----------
    world : World
    grants : Grants
    follower : WorldFollower
        What all mirrors of the world take from.

    Attributes
    ----------
    handles, ids, masks : uint64[capacity]
        Who has which slot (0: nobody), by handle and by stable id, and the components as bits.
    writable : list of MirrorColumn
        Those that the mod may write.
    text_bytes : int
        How long the texts were that were given the last time.
    """

    def __init__(self, world: World, grants: Grants, follower: WorldFollower) -> None:
        self._world, self._follower = world, follower
        self._readable = grants.readable(world)
        if len(self._readable) > 60:
            raise TaixuError(f"a mod reads at most 60 components, not {len(self._readable)}")
        self.bits = {name: place for place, name in enumerate(sorted(self._readable))}
        self.columns: dict[str, MirrorColumn] = {}
        self._objects: list[_Objects] = []
        for name, declared in self._readable.items():
            for item in declared.fields:
                key, writable = f"{name}.{item.name}", grants.writes(name, item.name)
                if not grants.reads(name, item.name):
                    continue
                if item.kind.is_object:
                    self._objects.append(_Objects(declared, item, key))
                else:
                    code = CODES[item.kind.dtype]
                    full = f"{code}:{item.kind.width}:{key}"
                    self.columns[key] = MirrorColumn(declared, item, writable, key, full, item.empty(0))
        self.text_bytes = 0
        self.writable = [column for column in self.columns.values() if column.writable]
        self._by_class = {declared.cls: 1 << self.bits[name] for name, declared in self._readable.items()}
        self._table_masks: Handles = _NONE
        self.reset()
        follower.watch(self)

    def reset(self) -> None:
        """Begin anew: the sandbox has forgotten everything."""
        self.capacity = 0
        self.handles, self.ids, self.masks = _NONE, _NONE, _NONE
        self._slots: NDArray[np.int32] = np.empty(0, np.int32)  # by entity index
        self._seen = -1
        self._family: Family | None = None
        self._told: dict[str, list[Any]] = {}
        self._seats: tuple[int, Seats | None] | None = None
        self._free: list[int] = []
        self._used = 0
        self._places: dict[int, tuple[Handles, Places]] = {}  # by the array of handles, as long as who has which slot stays
        for column in self.columns.values():
            column.values, column.dirty, column.seen = column.item.empty(0), True, -1
        for objects in self._objects:
            objects.changed.clear()

    @property
    def used(self) -> int:
        """How many slots were ever given."""
        return self._used

    def seats(self, world: World) -> Seats | None:
        """Where all slots lie, where that is one table."""
        version = world.structure.version
        if self._seats is None or self._seats[0] != version:
            self._seats = version, self._find_seats(world)
        return self._seats[1]

    def _find_seats(self, world: World) -> Seats | None:
        handles = self.handles[: self._used]
        living, tables, rows = world.locate_living(handles)
        if not len(handles) or not living.all() or (tables != tables[0]).any():
            return None
        table, count = world.table(int(tables[0])), len(rows)
        first, last = int(rows.min()), int(rows.max())
        if last - first + 1 != count:
            return Seats(table, rows.astype(np.intp))
        run = slice(first, first + count)
        order = np.empty(count, np.intp)
        order[rows - first] = np.arange(count)
        return Seats(table, run, None if (order[:-1] < order[1:]).all() else order)

    def slots_of(self, handles: Handles) -> NDArray[np.int32]:
        """Slots of entities; -1 for those without."""
        if not self.capacity:
            return np.full(len(handles), -1, np.int32)
        found = self._slots.take((handles & np.uint64(0xFFFFFFFF)).astype(np.intp), mode="clip")
        strange = self.handles.take(found, mode="wrap") != handles  # another of the same index, or nobody
        strange |= found < 0
        found[strange] = -1
        return found

    # Following the world

    @property
    def watched(self) -> list[Watched]:
        """What the follower gathers for it."""
        columns: list[MirrorColumn | _Objects] = [*self.columns.values(), *self._objects]
        return [Watched(each.declared, each.item, each.key) for each in columns]

    @property
    def seen(self) -> int:
        """The look that it has taken everything in of; -1 where it begins anew."""
        return self._seen

    def follow(self, number: int | None = None) -> tuple[dict[str, Any], list[str]]:
        """Take in what changed since the last time; gives facts for the sandbox, and the keys of columns to copy.

        `number` is that of a look after which nothing was written; by default there is one now.
        """
        facts: dict[str, Any] = {}
        number = self._follower.look() if number is None else number
        if self._seen < self._follower.oldest:
            self._build(number)
            facts.update(reset=True, rebuild=True, capacity=self.capacity)
            has_moved = True
        else:
            has_moved = self._follow_moves(facts)
            changed = self._follower.changed_since(self._seen)
            self._take_values(column for key in changed if (column := self.columns.get(key)) is not None)
            self._take_texts(changed)
        self._seen = number
        self._tell_family(facts, has_moved=has_moved)
        texts = self._texts(_MOST_FIRST_TEXT_BYTES if "reset" in facts else _MOST_TEXT_BYTES)
        if texts:
            facts["objects"] = texts
        return facts, [key for key, column in self.columns.items() if column.dirty]

    def catch_up(self, columns: Iterable[MirrorColumn]) -> None:
        """Take in what others wrote into some columns meanwhile."""
        self._follower.look()
        self._take_values(columns)

    def pass_by(self, columns: Iterable[MirrorColumn]) -> None:
        """What was written since `catch_up` is the mod's own, and no news to it."""
        number = self._follower.look(author=self)
        for column in columns:
            column.seen = number

    def _texts(self, most_bytes: int) -> dict[str, list[tuple[int, Any]]]:
        """Texts and data that changed, so many bytes of them in a step: what is left comes with the next one."""
        found: dict[str, list[tuple[int, Any]]] = {}
        self.text_bytes = 0
        for objects in self._objects:
            taken = []
            for number, value in objects.changed.items():
                nbytes = len(_encode(value)) + _ID_BYTES
                if self.text_bytes + nbytes > most_bytes and self.text_bytes:
                    break
                self.text_bytes += nbytes
                taken.append((number, value))
            for number, _ in taken:
                del objects.changed[number]
            if taken:
                found[objects.key] = taken
        return found

    def _follow_moves(self, facts: dict[str, Any]) -> bool:
        """Who came and went for this mod; the values of those that came are among what was gathered."""
        moves = self._follower.moved_since(self._seen)
        if moves is None:
            return False
        masks = self._masks_of(moves.tables)
        slots = self.slots_of(moves.entities)
        if not (masks.any() or (slots >= 0).any()):
            return False
        gone = (masks == 0) & (slots >= 0)
        come = (masks != 0) & (slots < 0)
        there = masks != 0
        left = self.ids[slots[gone]]
        self._give_back(slots[gone])
        slots[come] = self._take(moves.entities[come])
        if there.any():
            places = slots[there]
            self.handles[places], self.masks[places] = moves.entities[there], masks[there]
            self.ids[places] = moves.ids[there]
            self._slots[(moves.entities[there] & np.uint64(0xFFFFFFFF)).astype(np.intp)] = places
            self._make_up(moves.entities[there], places)
        facts["capacity"] = self.capacity
        if int(there.sum()) > _FEW or len(left) > _FEW:
            facts["rebuild"] = True
        else:
            facts["left"] = left.tolist()
            places = slots[there]
            facts["joined"] = list(zip(self.ids[places].tolist(), places.tolist(), self.masks[places].tolist()))
        return True

    def _build(self, number: int) -> None:
        world = self._world
        tables = [table for table in world.tables if table.types & self._by_class.keys() and len(table)]
        found = np.concatenate([table.entities for table in tables]) if tables else _NONE
        stable = world.stable_ids(found)
        order = np.argsort(stable, kind="stable")
        handles = found[order]
        self.reset()
        self._take(handles)
        count = len(handles)
        self.handles[:count], self.ids[:count] = handles, stable[order]
        numbers = np.repeat(np.array([table.id for table in tables], np.int32), [len(table) for table in tables])
        self.masks[:count] = self._masks_of(numbers[order])
        self._slots[(handles & np.uint64(0xFFFFFFFF)).astype(np.intp)] = np.arange(count, dtype=np.int32)
        for column in self.columns.values():
            column.seen = number
        for table in tables:
            places = self._places_of(table.entities)
            for column in self.columns.values():
                if column.declared.cls in table.types:
                    given = table.read(column.declared.cls, column.item.name)
                    _put(column, places, crossing_values(world, column.item, column.key, given))
            for objects in self._objects:
                if objects.declared.cls in table.types:
                    ids = world.stable_ids(table.entities).tolist()
                    values = table.read(objects.declared.cls, objects.item.name)
                    objects.changed.update(zip(ids, crossing_values(world, objects.item, objects.key, values)))

    def _masks_of(self, tables: NDArray[np.int32]) -> Handles:
        """Components that the mod sees, as bits, by table; 0 for the dead, whose table is -1."""
        known = self._table_masks
        if len(known) <= len(self._world.tables):
            masks = [sum(bit for cls, bit in self._by_class.items() if cls in table.types) for table in self._world.tables]
            known = self._table_masks = np.array([*masks, 0], np.uint64)
        found: Handles = known[tables]
        return found

    def _take(self, handles: Handles) -> NDArray[np.int32]:
        """Slots for entities that come: those given back first."""
        count = len(handles)
        self._places.clear()
        reused = [self._free.pop() for _ in range(min(count, len(self._free)))]
        fresh = range(self._used, self._used + count - len(reused))
        self._used = fresh.stop
        if self._used > _MOST_ENTITIES:
            raise TaixuError(f"a mod would see more than {_MOST_ENTITIES:,} entities; let it read less common components")
        if self._used > self.capacity:
            some = self._used // (2 if self.capacity else 8)  # most worlds have at their beginning what they have later
            self._grow(self._used + max(64, some))
        if self._world.index_capacity > len(self._slots):
            grown = np.full(self._world.index_capacity, -1, np.int32)
            grown[: len(self._slots)] = self._slots
            self._slots = grown
        return np.array([*reused, *fresh], np.int32)

    def _grow(self, capacity: int) -> None:
        self.handles, self.ids, self.masks = (_longer(item, capacity) for item in (self.handles, self.ids, self.masks))
        for column in self.columns.values():
            column.values, column.dirty = _longer(column.values, capacity), True
        self.capacity = capacity

    def _give_back(self, slots: NDArray[np.int32]) -> None:
        gone = self.handles[slots]
        self._places.clear()
        self._slots[(gone & np.uint64(0xFFFFFFFF)).astype(np.intp)] = -1
        self.handles[slots], self.ids[slots], self.masks[slots] = 0, 0, 0
        self._free += sorted(slots.tolist(), reverse=True)

    def correct(self, column: MirrorColumn, slots: Any, good: NDArray[np.bool_], returned: NDArray[Any]) -> None:
        """Take over those of a mod's values that were written."""
        places = np.arange(self.capacity)[slots][good]
        column.values[..., places] = returned[..., places]

    def _make_up(self, entities: Handles, slots: NDArray[np.int32]) -> None:
        """Those who came, in columns that were taken in further than it was known who was there."""
        for column in self.columns.values():
            if column.seen <= self._seen:
                continue
            bit = np.uint64(self._by_class[column.declared.cls])
            have = ((self.masks[slots] & bit) != 0) & self._world.alive(entities)
            if have.any():
                values = self._world.gather(entities[have], column.declared.cls, column.item.name)
                _put(column, (slots[have], None), crossing_values(self._world, column.item, column.key, values))

    def _take_values(self, columns: Iterable[MirrorColumn]) -> None:
        journals, number = self._follower.journals, self._follower.number
        for column in columns:
            journal = journals.get(column.key)
            gathered = None if journal is None else journal.since(max(column.seen, self._seen))
            if gathered is not None:
                _put(column, self._known_places(gathered.entities), gathered.values)
            column.seen = number

    def _known_places(self, handles: Handles) -> Places:
        """Those of an array that the follower gave: most columns change together, and step after step for the same entities."""
        known = self._places.get(id(handles))
        if known is None:
            if len(self._places) >= _MOST_PLACES:
                self._places.clear()
            known = self._places[id(handles)] = handles, self._places_of(handles)
        return known[1]

    def _places_of(self, handles: Handles) -> Places:
        """Slots of those that the mod sees; and which of all they are, None for all of them."""
        slots = self.slots_of(handles)
        inside = slots >= 0
        return (_run_of(slots), None) if inside.all() else (_run_of(slots[inside]), inside)

    def _take_texts(self, changed: Collection[str]) -> None:
        for objects in self._objects:
            gathered = self._follower.journals[objects.key].since(self._seen) if objects.key in changed else None
            if gathered is not None:
                ids = self._world.stable_ids(gathered.entities).tolist()
                objects.changed.update(pair for pair in zip(ids, gathered.values) if pair[0])

    def _tell_family(self, facts: dict[str, Any], *, has_moved: bool) -> None:
        """Who hangs below whom, who lies far out, and which entities models brought: sparse, and told when it changes."""
        family = self._follower.family
        if family is not self._family or has_moved:
            self._family = family
            here = self.slots_of(family.entities) >= 0
            self._tell(facts, "parents", list(zip(family.below[here].tolist(), family.above[here].tolist())))
            if Name in self._by_class:
                self._tell(facts, "made", family.made.tolist())
        cell = self.columns.get("transform.cell")
        if cell is not None and cell.dirty:
            ids = _NONE
            if cell.values.any():  # seldom, and this way it is seen soonest
                far = cell.values.any(axis=0) & (self.handles != 0) & (self.masks & np.uint64(self._by_class[Transform]) != 0)
                ids = self.ids[far]
            self._tell(facts, "far", ids.tolist())

    def _tell(self, facts: dict[str, Any], name: str, told: list[Any]) -> None:
        if self._told.get(name) != told:
            facts[name] = self._told[name] = told

    # What is said of components

    def describe(self, known: Any, allow: Callable[[str, str], bool]) -> dict[str, Any]:
        """Components with their fields, as the sandbox gets them when it boots."""
        described = {}
        for declared in known:
            facts = [
                [
                    item.name,
                    item.kind.name,
                    "" if item.kind.is_object else CODES[item.kind.dtype],
                    item.kind.width,
                    _default(item),
                    list(item.choices),
                    allow(declared.name, item.name),
                ]
                for item in declared.fields
            ]
            bit, title = self.bits.get(declared.name, -1), declared.cls.__name__
            described[declared.name] = {"bit": bit, "title": title, "fields": _encode(facts)}  # read there when needed
        return described


def _put(column: MirrorColumn, places: Places, values: NDArray[Any]) -> None:
    """Values of entities into their slots."""
    slots, inside = places
    if not isinstance(slots, slice) and not len(slots):
        return
    if inside is not None:
        values = values[..., inside]
    if column.values.ndim == 1:
        column.values[slots] = values
    else:
        for lane, given in zip(column.values, values):
            lane[slots] = given
    column.dirty = True


def _run_of(slots: NDArray[np.int32]) -> Rows:
    """Slots as numpy takes them soonest: an unbroken run as a slice."""
    first, last = (int(slots[0]), int(slots[-1])) if len(slots) else (0, -1)
    if 0 < len(slots) == last - first + 1 and (slots[1:] > slots[:-1]).all():
        return slice(first, last + 1)
    return slots.astype(np.intp)


def _default(item: Field) -> Any:
    value = item.default
    return list(value) if isinstance(value, tuple) else value


def _longer(values: NDArray[Any], capacity: int) -> NDArray[Any]:
    grown = np.zeros((*values.shape[:-1], capacity), values.dtype)
    grown[..., : values.shape[-1]] = values
    return grown
