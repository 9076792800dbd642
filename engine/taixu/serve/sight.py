"""What can be seen of a world, for who is elsewhere: things with their looks, and which of them moved.

The world's thread asks, a few times a second, which matrices changed; the network's thread gets packed arrays. Things have slots,
small numbers that are given again when a thing is gone; a slot's generation says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import Table, World
from taixu.ecs.entity import indices_of
from taixu.scene import CELL_M, Light, Material, Model, Name, Shape, WorldTransforms
from taixu.twin.device import Device

__all__ = ["SceneFrame", "Sight"]

_SEEN = (Model, Shape, Light, Device)
"""What has any of these can be seen, or at least be pointed at."""


@dataclass(frozen=True, slots=True)
class SceneFrame:
    """What happened since the frame before.

    Attributes
    ----------
    things
        Descriptions by slot, of what came or looks other than before.
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
    things: dict[int, dict[str, Any]]
    gone: NDArray[np.uint32]
    moved: NDArray[np.uint32]
    places: NDArray[np.float64]
    rotations: NDArray[np.float32]
    scales: NDArray[np.float32]


@dataclass(slots=True)
class _Slots:
    """Slots by entity index, and back."""

    of_index: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    entities: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    free: list[int] = field(default_factory=list)
    used: int = 0

    def reserve(self, count: int) -> None:
        if count > len(self.of_index):
            self.of_index = np.concatenate([self.of_index, np.full(max(count - len(self.of_index), len(self.of_index) // 2), -1)])

    def take(self, entities: NDArray[np.uint64]) -> NDArray[np.int64]:
        reused = [self.free.pop() for _ in range(min(len(self.free), len(entities)))]
        fresh = np.arange(self.used, self.used + len(entities) - len(reused))
        self.used += len(fresh)
        slots = np.concatenate([np.array(reused, np.int64), fresh])
        if self.used > len(self.entities):
            self.entities = np.concatenate([self.entities, np.zeros(max(self.used, 64), np.uint64)])
        self.entities[slots] = entities
        self.of_index[indices_of(entities)] = slots
        return slots

    def give_back(self, slots: NDArray[np.int64]) -> None:
        indices = indices_of(self.entities[slots])
        mine = self.of_index[indices] == slots
        self.of_index[indices[mine]] = -1
        self.entities[slots] = 0
        self.free.extend(slots.tolist())


class Sight:
    """Follows a world for viewers."""

    def __init__(self) -> None:
        self._slots = _Slots()
        self._seen = -1
        self._number = 0

    def look(self, world: World, *, time_ns: int) -> SceneFrame:
        """What came, went, moved or looks other since the last call. Call it after transforms were propagated."""
        slots = self._slots
        slots.reserve(world.index_capacity)
        held = np.flatnonzero(slots.entities[: slots.used] != 0)
        gone = held[~world.alive(slots.entities[held])]
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        if structure is not None and len(structure.moved):  # who lost all that could be seen
            lost = slots.of_index[indices_of(structure.moved)]
            lost = np.unique(lost[lost >= 0])
            kept = world.alive(slots.entities[lost])
            gone = np.union1d(gone, lost[kept][[not self._is_seen(world, int(each)) for each in slots.entities[lost[kept]]]])
        if len(gone):
            slots.give_back(gone)
        things: dict[int, dict[str, Any]] = {}
        came: list[NDArray[np.int64]] = []
        for table in world.tables:
            if table.made or not table.count or not table.types.intersection(_SEEN) or table.touched <= self._seen:
                continue
            self._describe(world, table, things, came)
        moved = self._moved(world, came)
        transforms = world.resource(WorldTransforms)
        indices = indices_of(slots.entities[moved])
        matrices = transforms.matrices[indices].astype(np.float64)
        places = matrices[:, [3, 7, 11]].T + transforms.cells[indices].T * CELL_M
        rotations, scales = _parts(matrices.reshape(-1, 3, 4)[:, :, :3])
        self._seen = world.tick
        world.advance()
        self._number += 1
        return SceneFrame(self._number, time_ns, things, gone.astype(np.uint32), moved.astype(np.uint32), places, rotations, scales)

    def _is_seen(self, world: World, entity: int) -> bool:
        return any(world.has(entity, cls) for cls in _SEEN)

    def _describe(
        self, world: World, table: Table, things: dict[int, dict[str, Any]], came: list[NDArray[np.int64]]
    ) -> None:
        told = [cls for cls in (*_SEEN, Material, Name) if cls in table.types]
        rows = table.changed(told, since=self._seen) if self._seen >= 0 else slice(0, table.count)
        numbers = np.arange(table.count)[rows]
        if not len(numbers):
            return
        entities = table.entities[numbers]
        found = self._slots.of_index[indices_of(entities)]
        new = found < 0
        if new.any():
            found[new] = self._slots.take(entities[new])
            came.append(found[new])
        ids = world.stable_ids(entities).tolist()
        columns = {cls: _columns(table, cls, numbers) for cls in told}
        for place, slot in enumerate(found.tolist()):
            thing: dict[str, Any] = {"id": f"{ids[place]:016x}"}
            for cls, values in columns.items():
                thing[cls.__name__.lower()] = {name: column[place] for name, column in values.items()}
            things[slot] = thing

    def _moved(self, world: World, came: list[NDArray[np.int64]]) -> NDArray[np.int64]:
        transforms = world.resource(WorldTransforms)
        rows = transforms.changed(self._seen) if self._seen >= 0 else slice(0, len(transforms.matrices))
        indices = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
        indices = indices[indices < len(self._slots.of_index)]
        slots = self._slots.of_index[indices]
        return np.unique(np.concatenate([slots[slots >= 0], *came]))


_TOLD: dict[type, tuple[str, ...]] = {
    Model: ("source", "variant"), Shape: ("kind", "size", "bevel_m"), Light: ("kind", "color", "intensity", "range_m"),
    Device: ("key", "kind"), Name: ("text",),
    Material: ("base_color", "metallic", "roughness", "emissive", "emissive_strength", "base_color_texture"),
}  # fmt: skip


def _columns(table: Table, cls: type, rows: NDArray[np.intp]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for name in _TOLD[cls]:
        values = table.take(cls, name, rows)
        found[name] = values.T.tolist() if values.ndim == 2 else values.tolist()
    return found


def _parts(matrices: NDArray[np.float64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Rotations ``[4, n]`` and scales ``[3, n]`` of matrices ``[n, 3, 3]``; shear is left out, as glTF does.

    The quaternion is of the largest of its four squares (S. W. Shepperd, Quaternion from rotation matrix, 1978).
    """
    scales = np.linalg.norm(matrices, axis=1)
    scales[np.linalg.det(matrices) < 0, 0] *= -1.0
    m = matrices / np.where(np.abs(scales) > 1e-12, scales, 1.0)[:, None, :]
    trace = m[:, 0, 0] + m[:, 1, 1] + m[:, 2, 2]
    squares = np.stack([m[:, 0, 0] * 2 - trace, m[:, 1, 1] * 2 - trace, m[:, 2, 2] * 2 - trace, trace])
    largest = squares.argmax(axis=0)
    found = np.empty((4, len(m)))
    for k in range(4):
        here = largest == k
        if not here.any():
            continue
        r = m[here]
        double = np.sqrt(np.maximum(1.0 + squares[k, here], 1e-12))
        if k == 3:
            q = [r[:, 2, 1] - r[:, 1, 2], r[:, 0, 2] - r[:, 2, 0], r[:, 1, 0] - r[:, 0, 1], double * double]
        else:
            i, j = (k + 1) % 3, (k + 2) % 3
            q = [np.zeros(len(r))] * 4
            q[k], q[i], q[j] = double * double, r[:, i, k] + r[:, k, i], r[:, j, k] + r[:, k, j]
            q[3] = r[:, j, i] - r[:, i, j]
        found[:, here] = np.stack(q) / (2.0 * double)
    norms = np.linalg.norm(found, axis=0)
    return (found / np.where(norms > 0, norms, 1.0)).astype(np.float32), scales.T.astype(np.float32)
