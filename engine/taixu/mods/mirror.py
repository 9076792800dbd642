"""What one mod sees of a world: columns of the components that it may read, kept up to date by change ticks.

Every entity with such a component has a slot for as long as it lives, so the mod may hold on to it; only what changed
since the last look is gathered, and only columns in which something changed are copied into the sandbox.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import ComponentType, Field, Rows, Table, World, row_count
from taixu.errors import TaixuError
from taixu.mods.grants import Grants
from taixu.mods.mirror_column import MirrorColumn
from taixu.scene import Name, Parent, Transform
from taixu.script.wire import GameError, to_data

__all__ = ["CODES", "Seats", "WorldMirror"]

Handles = NDArray[np.uint64]
CODES = {"f4": "f", "f8": "d", "i4": "i", "i8": "q", "u4": "I", "u8": "Q", "u1": "B", "?": "?"}
"""Codes of `array` in the sandbox, by numpy type."""
_FEW = 256
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

    Attributes
    ----------
    handles, ids, masks : uint64[capacity]
        Who has which slot (0: nobody), by handle and by stable id, and the components as bits.
    writable : list of MirrorColumn
        Those that the mod may write.
    text_bytes : int
        How long the texts were that were given the last time.
    """

    def __init__(self, world: World, grants: Grants) -> None:
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
        self.reset()

    def reset(self) -> None:
        """Begin anew: the sandbox has forgotten everything."""
        self.capacity = 0
        self.handles, self.ids, self.masks = _NONE, _NONE, _NONE
        self._slots: NDArray[np.int32] = np.empty(0, np.int32)  # by entity index
        self._tick, self._value_tick, self._parent_tick, self._fresh = -1, -1, -1, True
        self._seats: tuple[int, Seats | None] | None = None
        self._free: list[int] = []
        self._used = 0
        for column in self.columns.values():
            column.values, column.dirty = column.item.empty(0), True

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
        indices = (handles & np.uint64(0xFFFFFFFF)).astype(np.intp)
        found = np.full(len(handles), -1, np.int32)
        inside = indices < len(self._slots)
        found[inside] = self._slots[indices[inside]]
        known = found >= 0
        found[known] = np.where(self.handles[found[known]] == handles[known], found[known], -1)
        return found

    # Following the world

    def follow(self, world: World) -> tuple[dict[str, Any], list[str]]:
        """Take in what changed since the last time; gives facts for the sandbox, and the keys of columns to copy."""
        facts: dict[str, Any] = {}
        rebuilt = self._follow_structure(world, facts)
        self.follow_values(world)
        self._follow_family(world, facts, structure=rebuilt)
        texts = self._texts(_MOST_FIRST_TEXT_BYTES if "reset" in facts else _MOST_TEXT_BYTES)
        if texts:
            facts["objects"] = texts
        self._tick = world.tick
        return facts, [key for key, column in self.columns.items() if column.dirty]

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

    def _follow_structure(self, world: World, facts: dict[str, Any]) -> bool:
        changes = None if self._fresh else world.structure.since(self._tick)
        if self._fresh or changes is None:
            self._build(world)
            facts.update(reset=True, rebuild=True, capacity=self.capacity)
            self._fresh = False
            return True
        if not changes:
            return False
        touched = np.unique(np.concatenate([changes.spawned, changes.despawned, changes.moved]))
        masks = self._masks_of(world, touched)
        slots = self.slots_of(touched)
        gone = (masks == 0) & (slots >= 0)
        come = (masks != 0) & (slots < 0)
        kept = (masks != 0) & (slots >= 0)
        left = self.ids[slots[gone]]
        self._give_back(slots[gone])
        slots[come] = self._take(world, touched[come])
        there = come | kept
        if there.any():
            places = slots[there]
            self.handles[places], self.masks[places] = touched[there], masks[there]
            self.ids[places] = world.stable_ids(touched[there])
            self._slots[(touched[there] & np.uint64(0xFFFFFFFF)).astype(np.intp)] = places
            self._gather_all(world, touched[there], places)
        facts["capacity"] = self.capacity
        if int(there.sum()) > _FEW or len(left) > _FEW:
            facts["rebuild"] = True
        else:
            facts["left"] = left.tolist()
            places = slots[there]
            facts["joined"] = list(zip(self.ids[places].tolist(), places.tolist(), self.masks[places].tolist()))
        return True

    def _build(self, world: World) -> None:
        tables = [table for table in world.tables if table.types & self._by_class.keys() and len(table)]
        found = np.concatenate([table.entities for table in tables]) if tables else _NONE
        stable = world.stable_ids(found)
        handles = found[np.argsort(stable, kind="stable")]
        self.reset()
        self._take(world, handles)
        count = len(handles)
        self.handles[:count], self.ids[:count] = handles, np.sort(stable)
        self.masks[:count] = self._masks_of(world, handles)
        self._slots[(handles & np.uint64(0xFFFFFFFF)).astype(np.intp)] = np.arange(count, dtype=np.int32)

    def _masks_of(self, world: World, handles: Handles) -> Handles:
        masks = np.zeros(len(handles), np.uint64)
        living = world.alive(handles)
        if living.any():
            tables, _ = world.locate(handles[living])
            by_table = {number: self._mask(world.table(number)) for number in np.unique(tables).tolist()}
            masks[living] = [by_table[number] for number in tables.tolist()]
        return masks

    def _mask(self, table: Table) -> int:
        return sum(bit for cls, bit in self._by_class.items() if cls in table.types)

    def _take(self, world: World, handles: Handles) -> NDArray[np.int32]:
        """Slots for entities that come: those given back first."""
        count = len(handles)
        reused = [self._free.pop() for _ in range(min(count, len(self._free)))]
        fresh = range(self._used, self._used + count - len(reused))
        self._used = fresh.stop
        if self._used > _MOST_ENTITIES:
            raise TaixuError(f"a mod would see more than {_MOST_ENTITIES:,} entities; let it read less common components")
        if self._used > self.capacity:
            some = self._used // (2 if self.capacity else 8)  # most worlds have at their beginning what they have later
            self._grow(self._used + max(64, some))
        if world.index_capacity > len(self._slots):
            grown = np.full(world.index_capacity, -1, np.int32)
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
        self._slots[(gone & np.uint64(0xFFFFFFFF)).astype(np.intp)] = -1
        self.handles[slots], self.ids[slots], self.masks[slots] = 0, 0, 0
        self._free += sorted(slots.tolist(), reverse=True)

    def follow_values(self, world: World) -> None:
        """Gather what was written since the last time; what is written from now on counts as new."""
        for table in world.tables:
            if not len(table) or table.touched <= self._value_tick:
                continue
            for column in self.columns.values():
                if column.declared.cls in table.types:
                    self._gather(world, table, column)
            for objects in self._objects:
                if objects.declared.cls in table.types:
                    _collect(world, table, objects, self._value_tick)
        self.pass_by(world)

    def pass_by(self, world: World) -> None:
        """What was written until now is known already."""
        self._value_tick = world.tick
        world.advance()

    def correct(self, column: MirrorColumn, slots: Any, good: NDArray[np.bool_], returned: NDArray[Any]) -> None:
        """Take over those of a mod's values that were written."""
        places = np.arange(self.capacity)[slots][good]
        column.values[..., places] = returned[..., places]

    def _gather_all(self, world: World, handles: Handles, slots: NDArray[np.int32]) -> None:
        """All columns of entities that have just been given slots."""
        for column in self.columns.values():
            bit = np.uint64(self._by_class[column.declared.cls])
            have = (self.masks[slots] & bit) != 0
            if have.any():
                values = world.gather(handles[have], column.declared.cls, column.item.name)
                column.values[..., slots[have]] = world.stable_ids(values) if column.item.kind.name == "entity" else values
                column.dirty = True

    def _gather(self, world: World, table: Table, column: MirrorColumn) -> None:
        cls, name = column.declared.cls, column.item.name
        if not table.is_changed(cls, name, since=self._value_tick):
            return
        rows = table.changed((cls,), since=self._value_tick, fields=(name,))
        if not row_count(rows):
            return
        slots = self.slots_of(table.entities[rows])
        values = table.take(cls, name, rows)
        if column.item.kind.name == "entity":
            values = world.stable_ids(values)
        known = slots >= 0
        column.values[..., slots[known]] = values[..., known]
        column.dirty = True

    def _follow_family(self, world: World, facts: dict[str, Any], *, structure: bool) -> None:
        """Who hangs below whom, who lies far out, and which entities models brought: sparse, and told when it changes."""
        tables = list(world.query(Parent).tables())
        if structure or any(row_count(table.changed((Parent,), since=self._parent_tick)) for table in tables):
            below = np.concatenate([table.entities for table in tables]) if tables else _NONE
            below = below[self.slots_of(below) >= 0]
            above = world.gather(below, Parent, "entity") if len(below) else _NONE
            held = world.alive(above)
            facts["parents"] = list(zip(world.stable_ids(below[held]).tolist(), world.stable_ids(above[held]).tolist()))
        self._parent_tick = world.tick
        cell = self.columns.get("transform.cell")
        if cell is not None and cell.dirty:
            far = cell.values.any(axis=0) & (self.handles != 0) & (self.masks & np.uint64(self._by_class[Transform]) != 0)
            facts["far"] = self.ids[far].tolist()
        if structure and Name in self._by_class:
            made = [table.entities for table in world.query(Name) if table.made]
            facts["made"] = [] if not made else world.stable_ids(np.concatenate(made)).tolist()

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
            described[declared.name] = {"bit": bit, "title": title, "fields": facts}
        return described


def _default(item: Field) -> Any:
    value = item.default
    return list(value) if isinstance(value, tuple) else value


def _longer(values: NDArray[Any], capacity: int) -> NDArray[Any]:
    grown = np.zeros((*values.shape[:-1], capacity), values.dtype)
    grown[..., : values.shape[-1]] = values
    return grown


def _collect(world: World, table: Table, objects: _Objects, since: int) -> None:
    cls, name = objects.declared.cls, objects.item.name
    if not table.is_changed(cls, name, since=since):
        return
    rows = table.changed((cls,), since=since, fields=(name,))
    if not row_count(rows):
        return
    ids = world.stable_ids(table.entities[rows]).tolist()
    values = table.take(cls, name, rows).tolist()
    if objects.item.kind.name != "data":
        objects.changed.update(zip(ids, values))
        return
    for number, value in zip(ids, values):
        try:
            objects.changed[number] = to_data(value, objects.key)
        except GameError:
            objects.changed[number] = None  # more than crosses
