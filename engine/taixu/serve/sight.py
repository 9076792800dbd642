"""What can be seen of a world, for who is elsewhere: things with their looks, and which of them moved.

The world's thread asks, a few times a second, what changed; the network's thread gets packed arrays. A thing is whatever is drawn
or shines (a shape, a node of a model, a link of a robot, made or not), and every device. Things have slots, small numbers that are
given again when a thing is gone. What things look like is told once and then by number: the hash of a mesh on the `MeshShelf`,
what it is painted with, a tint, a light, and what kind of device it belongs to. Numbers of looks that nothing has any more are
given again, so that who changes his colour all day does not fill anybody's memory.

Every thing says of whom it is a part: the nearest entity above it (or itself) that stands for a device, else the nearest that
somebody wrote down. That one's id is what is picked when the thing is clicked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World, row_count
from taixu.ecs.changes import Rows
from taixu.ecs.entity import indices_of
from taixu.scene import CELL_M, Hierarchy, Light, MeshInstance, MeshLibrary, WorldTransforms
from taixu.serve.nearest import nearest_above
from taixu.serve.shelf import MeshShelf
from taixu.serve.slots import Slots
from taixu.serve.turning import parts_of_matrices
from taixu.twin.device import Device

__all__ = ["SceneFrame", "Sight"]

_SEEN = (MeshInstance, Light, Device)
_LIGHT_FIELDS = ("kind", "color", "intensity", "range_m", "inner_angle_rad", "outer_angle_rad", "shadows")
_WHITE = 0xFFFFFFFF
_NOTHING: tuple[str, tuple[float, ...]] = ("", ())
_FEW = 8
"""One in so many entities is few: then only those are looked at."""
_NOBODY: NDArray[np.int64] = np.empty(0, np.int64)
_MANY_LOOKS = 1024
"""So many are known before any is given up."""


@dataclass(frozen=True, slots=True)
class SceneFrame:
    """What happened since the frame before.

    Attributes
    ----------
    looks
        Descriptions by number, of those that are told for the first time.
    told
        Slots, ``uint32[m]``, that came or look other than before.
    told_looks, told_ids
        Their looks, ``uint32[m]``, and the stable ids of what they are parts of, ``uint64[m]``.
    gone
        Slots, ``uint32[n]``, that nobody has any more.
    moved
        Slots, ``uint32[n]``; what came is among them.
    places
        ``float64[3, n]``, where they are now, in metres.
    rotations
        ``float32[4, n]``, unit quaternions.
    scales
        ``float32[3, n]``.
    """

    number: int
    time_ns: int
    looks: dict[int, dict[str, Any]]
    told: NDArray[np.uint32]
    told_looks: NDArray[np.uint32]
    told_ids: NDArray[np.uint64]
    gone: NDArray[np.uint32]
    moved: NDArray[np.uint32]
    places: NDArray[np.float64]
    rotations: NDArray[np.float32]
    scales: NDArray[np.float32]

    @property
    def is_empty(self) -> bool:
        """Whether nothing happened."""
        return not (len(self.told) or len(self.gone) or len(self.moved))


class _Codes:
    """Small numbers for values that are met again and again; 0 is nothing."""

    def __init__(self) -> None:
        self.values: list[Any] = [None]
        self._known: dict[Any, int] = {}

    def of(self, value: Any) -> int:
        if value == "":
            return 0
        code = self._known.get(value)
        if code is None:
            code = self._known[value] = len(self.values)
            self.values.append(value)
        return code


_COLUMNS = np.dtype([("mesh", "u4"), ("tint", "u4"), ("light", "u4"), ("kind", "u4"), ("shadow", "u4")])


class Sight:
    """Follows a world for viewers.

    Parameters
    ----------
    shelf
        Where meshes are put, for those who fetch them; one of its own by default.
    """

    def __init__(self, shelf: MeshShelf | None = None) -> None:
        self.shelf = MeshShelf() if shelf is None else shelf
        self._slots = Slots()
        self._rows = np.zeros(0, _COLUMNS)
        self._ids = np.zeros(0, np.uint64)
        self._look_of = np.zeros(0, np.int64)
        self._lights, self._kinds = _Codes(), _Codes()
        self._known_looks: dict[tuple[Any, ...], int] = {}
        self._free_looks: list[int] = []
        self._swept_at = _MANY_LOOKS
        self._hash_of: dict[int, tuple[str, tuple[float, ...]]] = {}
        self._kind_at = np.zeros(0, np.uint32)
        self._is_written, self._is_device = np.zeros(0, bool), np.zeros(0, bool)
        self._seen = -1
        self._library_seen = (0, 0)
        self._number = 0

    def slots_of(self, entities: NDArray[np.uint64]) -> tuple[int, ...]:
        """Slots of entities; -1 where one has none."""
        indices, of_index = indices_of(entities).astype(np.intp), self._slots.of_index
        known = indices < len(of_index)
        return tuple(np.where(known, of_index[np.where(known, indices, 0)], -1).tolist()) if len(of_index) else (-1,) * len(indices)

    def look(self, world: World, *, time_ns: int) -> SceneFrame:
        """What came, went, moved or looks other since the last call. Call it after transforms were propagated."""
        slots = self._slots
        slots.reserve(world.index_capacity)
        gone = self._gone(world)
        came, changed = self._read(world)
        others = self._find_wholes(world) if len(came) or len(gone) or self._wholes_changed(world) else came
        looks: dict[int, dict[str, Any]] = {}
        asked = np.concatenate([*changed, self._restocked(world), others, came])
        if not len(asked) and not len(gone) and not row_count(world.resource(WorldTransforms).changed(self._seen)):
            return self._nothing_new(world, time_ns)
        asked = np.unique(asked)
        told = self._tell(world, asked, np.concatenate([others, came]), looks)
        moved = self._moved(world, came)
        transforms = world.resource(WorldTransforms)
        indices = indices_of(slots.entities[moved])
        matrices = transforms.matrices[indices].astype(np.float64)
        places = matrices[:, [3, 7, 11]].T + transforms.cells[indices].T * CELL_M
        rotations, scales = parts_of_matrices(matrices.reshape(-1, 3, 4)[:, :, :3])
        self._number += 1
        self._seen = world.tick
        world.advance()
        return SceneFrame(
            self._number, time_ns, looks, told.astype(np.uint32), self._look_of[told].astype(np.uint32), self._ids[told],
            gone.astype(np.uint32), moved.astype(np.uint32), places, rotations, scales,
        )  # fmt: skip

    def _nothing_new(self, world: World, time_ns: int) -> SceneFrame:
        self._number += 1
        self._seen = world.tick
        world.advance()
        none, blank = np.empty(0, np.uint32), np.zeros((3, 0))
        turned, sized = np.zeros((4, 0), np.float32), np.zeros((3, 0), np.float32)
        return SceneFrame(self._number, time_ns, {}, none, none, np.empty(0, np.uint64), none, none, blank, turned, sized)

    def _gone(self, world: World) -> NDArray[np.int64]:
        slots = self._slots
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        if structure is None:
            held = np.flatnonzero(slots.entities[: slots.used] != 0)
        elif structure:
            held = slots.of_index[indices_of(structure.despawned)]
            held = np.unique(held[held >= 0])
        else:
            return _NOBODY
        gone = held[~world.alive(slots.entities[held])]
        if structure is not None and len(structure.moved):  # who lost all that could be seen
            lost = slots.of_index[indices_of(structure.moved)]
            lost = np.unique(lost[lost >= 0])
            kept = lost[world.alive(slots.entities[lost])]
            unseen = [slot for slot in kept.tolist() if not any(world.has(int(slots.entities[slot]), cls) for cls in _SEEN)]
            gone = np.union1d(gone, np.array(unseen, np.int64))
        if len(gone):
            slots.give_back(gone)
        return gone

    def _read(self, world: World) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
        """Take in rows that changed: slots that are new, and those that may look other."""
        came, changed = [_NOBODY], [_NOBODY]
        for table in world.tables:
            seen = [cls for cls in _SEEN if cls in table.types]
            if not seen or not table.count or table.touched <= self._seen:
                continue
            rows = table.changed(seen, since=self._seen) if self._seen >= 0 else slice(0, table.count)
            if not row_count(rows):
                continue
            entities = table.entities[rows]
            found = self._slots.of_index[indices_of(entities)]
            new = found < 0
            if new.any():
                found[new] = self._slots.take(entities[new])
                self._grow(self._slots.used)
                self._look_of[found[new]] = -1
                came.append(found[new])
            values = np.zeros(len(found), _COLUMNS)
            if MeshInstance in table.types:
                visible = table.read(MeshInstance, "visible")[rows]
                values["mesh"] = np.where(visible, world.resource(MeshLibrary).finest(table.read(MeshInstance, "mesh")[rows]), 0)
                values["tint"] = table.read(MeshInstance, "tint")[rows]
                values["shadow"] = table.read(MeshInstance, "cast_shadow")[rows]
            if Light in table.types:
                parts = [table.read(Light, name)[..., rows].T.tolist() for name in _LIGHT_FIELDS]
                lights = zip(*([tuple(each) if isinstance(each, list) else each for each in part] for part in parts))
                values["light"] = [self._lights.of(light) for light in lights]
            values["kind"] = self._rows["kind"][found]
            self._rows[found] = values
            changed.append(found)
        return np.concatenate(came), changed

    def _grow(self, count: int) -> None:
        more = max(count - len(self._ids), len(self._ids) // 2)
        if count > len(self._ids):
            self._rows = np.concatenate([self._rows, np.zeros(more, _COLUMNS)])
            self._ids = np.concatenate([self._ids, np.zeros(more, np.uint64)])
            self._look_of = np.concatenate([self._look_of, np.full(more, -1, np.int64)])

    def _restocked(self, world: World) -> NDArray[np.int64]:
        """Slots whose mesh, or a material of it, was replaced in the library."""
        new = self.shelf.follow(world, self._library_seen)
        self._library_seen = new.seen
        replaced = [number for number in self._hash_of if number in new.meshes]
        if not replaced:
            return np.empty(0, np.int64)
        for number in replaced:
            del self._hash_of[number]
        used = self._rows["mesh"][: self._slots.used]
        return np.flatnonzero(np.isin(used, replaced) & (self._slots.entities[: self._slots.used] != 0))

    def _wholes_changed(self, world: World) -> bool:
        structure = world.structure.since(self._seen)
        if structure is None or structure:
            return True
        hierarchy = world.resource(Hierarchy)
        hierarchy.update(world)
        if row_count(hierarchy.changes.since(self._seen, len(hierarchy.parents))):
            return True
        return any(row_count(table.changed((Device,), since=self._seen)) for table in world.query(Device).tables())

    def _find_wholes(self, world: World) -> NDArray[np.int64]:
        """Find what each thing is a part of; gives the slots for which that is another now.

        Where little happened only what it happened to is looked at, and what hangs below that.
        """
        hierarchy = world.resource(Hierarchy)
        hierarchy.update(world)
        touched = self._touched(world, hierarchy)
        self._is_written, self._is_device = (_grown(each, world.index_capacity) for each in (self._is_written, self._is_device))
        self._kind_at = _grown(self._kind_at, world.index_capacity)
        if touched is None:
            for table in world.tables:
                self._note(table, slice(0, table.count))
                if Device in table.types:
                    new = table.changed((Device,), since=self._seen) if self._seen >= 0 else slice(0, table.count)
                    self._note_kinds(table, new)
            held = np.flatnonzero(self._slots.entities[: self._slots.used] != 0)
        else:
            known, tables, rows = world.locate_living(world.entities_at(touched))
            self._is_written[touched] = self._is_device[touched] = False
            for number in np.unique(tables[known]).tolist():
                table, here = world.table(number), rows[known & (tables == number)].astype(np.intp)
                self._note(table, here)
                if Device in table.types:
                    self._note_kinds(table, here)
            held = self._slots.of_index[np.unique(np.concatenate([touched, hierarchy.descendants_of(touched)]))]
            held = held[held >= 0]
        own = indices_of(self._slots.entities[held]).astype(np.int64)
        device = nearest_above(hierarchy.parents, own, self._is_device)
        written = nearest_above(hierarchy.parents, own, self._is_written)
        whole = np.where(device > 0, device, np.where(written > 0, written, own))
        ids = world.stable_ids(world.entities_at(whole))
        codes = np.where(device > 0, self._kind_at[device], 0)
        other = (ids != self._ids[held]) | (codes != self._rows["kind"][held])
        self._ids[held], self._rows["kind"][held] = ids, codes
        return held[other]

    def _touched(self, world: World, hierarchy: Hierarchy) -> NDArray[np.intp] | None:
        """Indices of whom something happened to that a whole hangs on; None where it is many, or nobody knows."""
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        if structure is None:
            return None
        rows = hierarchy.changes.since(self._seen, len(hierarchy.parents))
        parts = [np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows]
        parts += [indices_of(handles) for handles in (structure.spawned, structure.moved, structure.despawned)]
        for table in world.query(Device):
            parts.append(indices_of(table.entities[table.changed((Device,), since=self._seen)]))
        return np.unique(np.concatenate(parts)) if sum(map(len, parts)) * _FEW < world.index_capacity else None

    def _note(self, table: Table, rows: Rows) -> None:
        """Note of entities whether somebody wrote them down, and whether they are devices."""
        indices = indices_of(table.entities[rows])
        self._is_written[indices] = not table.made
        self._is_device[indices] = Device in table.types

    def _note_kinds(self, table: Table, rows: Rows) -> None:
        kinds = table.take(Device, "kind", rows).tolist()
        self._kind_at[indices_of(table.entities[rows])] = [self._kinds.of(kind) for kind in kinds]

    def _tell(
        self, world: World, slots: NDArray[np.int64], certain: NDArray[np.int64], looks: dict[int, dict[str, Any]]
    ) -> NDArray[np.int64]:
        """Number the looks of slots; gives those whose look is another now, and the certain ones among them."""
        slots = slots[self._slots.entities[slots] != 0]
        if not len(slots):
            return slots
        self._sweep_looks()
        rows = self._rows[slots]
        first, which = _distinct(rows)
        numbers = np.array([self._look_number(world, row, looks) for row in rows[first]], np.int64)[which]
        told = slots[(numbers != self._look_of[slots]) | np.isin(slots, certain)]
        self._look_of[slots] = numbers
        return told

    def _look_number(self, world: World, row: Any, looks: dict[int, dict[str, Any]]) -> int:
        mesh = int(row["mesh"])
        if mesh and mesh not in self._hash_of:
            self._hash_of[mesh] = self.shelf.put(world.resource(MeshLibrary), world, mesh)
        others = (int(row["tint"]), int(row["light"]), int(row["kind"]), int(row["shadow"]))
        key = (*self._hash_of.get(mesh, _NOTHING), *others)
        number = self._known_looks.get(key)
        if number is None:
            number = self._free_looks.pop() if self._free_looks else len(self._known_looks)
            self._known_looks[key] = number
            looks[number] = self._described(*key)
        return number

    def _sweep_looks(self) -> None:
        """Give up the numbers of looks that nothing has, when there are many."""
        if self._free_looks or len(self._known_looks) < self._swept_at:
            return
        held = self._slots.entities[: self._slots.used] != 0
        used = set(np.unique(self._look_of[: self._slots.used][held]).tolist())
        kept = {key: number for key, number in self._known_looks.items() if number in used}
        self._free_looks = sorted(set(self._known_looks.values()) - used, reverse=True)
        self._known_looks = kept
        self._swept_at = max(_MANY_LOOKS, 2 * len(kept))

    def _described(
        self, mesh: str, paint: tuple[float, ...], tint: int, light: int, kind: int, shadow: int
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if mesh:
            found["mesh"], found["paint"] = mesh, list(paint)
            if tint != _WHITE:
                found["tint"] = [tint >> shift & 255 for shift in (0, 8, 16, 24)]
            if not shadow:
                found["shadow"] = False
        if light:
            found["light"] = dict(zip(_LIGHT_FIELDS, self._lights.values[light]))
        if kind:
            found["kind"] = self._kinds.values[kind]
        return found

    def _moved(self, world: World, came: NDArray[np.int64]) -> NDArray[np.int64]:
        transforms = world.resource(WorldTransforms)
        rows = transforms.changed(self._seen) if self._seen >= 0 else slice(0, len(transforms.matrices))
        indices = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        indices = indices[indices < len(self._slots.of_index)]
        slots = self._slots.of_index[indices]
        return np.unique(np.concatenate([slots[slots >= 0], came]))


def _grown(column: NDArray[Any], count: int) -> NDArray[Any]:
    """A column with room for more."""
    more = count - len(column)
    return np.concatenate([column, np.zeros(max(more, len(column) // 2), column.dtype)]) if more > 0 else column


def _distinct(rows: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each kind of row is first met, and for each row its kind."""
    code = np.zeros(len(rows), np.int64)
    for name in rows.dtype.names or ():
        column = rows[name]
        if (column != column[0]).any():  # those in which all are alike tell nobody apart
            values, which = np.unique(column, return_inverse=True)
            _, code = np.unique(code * len(values) + which, return_inverse=True)
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    return first, which
