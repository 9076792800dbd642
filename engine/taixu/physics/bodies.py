"""Following the world: which entities are bodies, and what has changed since the last step.

`BodyMirror.look` compares the world's columns with what physics last saw or wrote, by change ticks; nothing is done to
entities one by one unless they are new or edited. Rows that only moved within a table show as changed too, so values are
compared before anything is rebuilt: a body keeps its contacts and its sleep unless it really changed.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of, row_count
from taixu.scene import Model, Parent, Terrain, Transform

from .batch import IDENTITY_POSE, BodyBatch, BodyKind
from .body_batches import BodyDescriber, Spec
from .components import Articulation, Character, Collider, RigidBody
from .placement import world_placements, zone_keys

__all__ = ["BodyMirror", "Look"]

Handles = NDArray[np.uint64]
_NOBODY: Handles = np.empty(0, np.uint64)
_SHAPING = tuple(f.name for f in dataclasses.fields(RigidBody) if "velocity" not in f.name)
# Columns of what was last seen or written of an entity.
_PLACE, _VELOCITY, _SCALE = slice(0, 7), slice(7, 13), slice(13, 16)
_CROWD = 512
"""Bodies from which on their order in memory is felt (by 4 % of a step of a thousand)."""
_WALKER_SHAPE = ("radius_m", "height_m", "layer", "mask")


@dataclass
class Look:
    """What one look at the world found."""

    rebuilt: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    """Entity indices whose body must be made anew, made or removed."""
    moved: Handles = field(default_factory=lambda: _NOBODY)
    """Entities with a body whose transform somebody wrote."""
    pushed: Handles = field(default_factory=lambda: _NOBODY)
    """Entities with a body whose velocity somebody wrote."""
    everything: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to do."""
        return bool(len(self.rebuilt) or len(self.moved) or len(self.pushed))

    structural: bool = False
    """Whether any entity came, went or changed its components: rows and handles may not be what they were."""


class BodyMirror:
    """The bodies of one world, by entity index and by body id."""

    def __init__(self) -> None:
        self.body_of = np.full(0, -1, np.int64)
        """Body id by entity index."""
        self.owner_of = np.full(0, -1, np.int64)
        """By entity index of a collider: the index of the entity whose body it is part of."""
        self.entity_of = np.zeros(0, np.uint64)
        """Entity by body id."""
        self.kind_of = np.zeros(0, np.uint8)
        self.nested = np.zeros(0, bool)
        """By body id: the entity has a parent."""
        self.origin = np.zeros(3, np.int32)
        """The cell that the engine's coordinates count from."""
        self.has_origin = False
        self.all_contacts = False
        self._known = np.zeros((16, 0), np.float32)  # by index; columns above
        self._known_cells = np.zeros((0, 3), np.int32)
        self._known_poses = np.zeros((0, 7))  # of nested ones, in the world
        self._specs: dict[int, Spec] = {}
        self._describer = BodyDescriber()
        self._tick = -1

    # -- looking --------------------------------------------------------------------------------------------

    def look(self, world: World) -> Look:
        """What changed since the last look; nothing is done about it yet."""
        self._reserve(world.index_capacity)
        since = self._tick
        structure = world.structure.since(since) if since >= 0 else None
        if structure is not None and not structure and not self._describer.waiting and not self._touched(world, since):
            return Look()
        everything = structure is None
        if everything:
            since = -1
            dirty = self._all_owners(world)
        else:
            assert structure is not None
            touched = np.concatenate([structure.spawned, structure.despawned, structure.moved])
            dirty = self._edited(world, since)
            if self._concerns_us(world, touched) or self._reparented(world, since):
                dirty |= self._new_owners(world)
                dirty |= set(self._owners(indices_of(touched)).tolist())
        dirty |= self._describer.waiting
        self._describer.waiting = set()
        moved, stretched = self._moved(world, since)
        dirty |= stretched
        pushed = self._pushed(world, since)
        return Look(np.array(sorted(dirty), np.int64), moved, pushed, everything, bool(everything or structure))

    @staticmethod
    def _touched(world: World, since: int) -> bool:
        """Whether anything at all was written to entities that may be bodies, or stand above one."""
        return any(table.touched > since for table in world.query(Transform).tables())

    def seen(self, world: World) -> None:
        """What is written from now on counts as new."""
        self._tick = world.tick
        world.advance()

    def _concerns_us(self, world: World, touched: Handles) -> bool:
        if not len(touched):
            return False
        indices = indices_of(touched)
        if (self.body_of[indices] >= 0).any() or (self.owner_of[indices] >= 0).any():
            return True
        tables, _ = world.locate(world.living(touched))
        ours = {RigidBody, Collider, Character, Parent}
        return any(world.table(int(table)).types & ours for table in np.unique(tables))

    def _reparented(self, world: World, since: int) -> bool:
        return any(row_count(table.changed((Parent,), since=since)) for table in world.query(Parent, Transform))

    def _all_owners(self, world: World) -> set[int]:
        return self._new_owners(world) | set(np.flatnonzero(self.body_of >= 0).tolist())

    def _owners(self, indices: NDArray[Any]) -> NDArray[np.int64]:
        owners = self.owner_of[indices]
        return np.unique(np.concatenate([owners[owners >= 0], indices[self.body_of[indices] >= 0]]))

    def _new_owners(self, world: World) -> set[int]:
        """Find the body of every collider again; the owners that gained or lost one, and the bodies without any."""
        is_body = np.zeros(len(self.body_of), bool)
        found: list[NDArray[Any]] = []
        for cls in (RigidBody, Character):
            for table in world.query(cls, Transform):
                found.append(indices_of(table.entities))
                is_body[found[-1]] = True
        colliders = [table.entities for table in world.query(Collider, Transform)]
        entities = np.concatenate([_NOBODY, *colliders])
        owner = np.full(len(entities), -1, np.int64)
        current = entities.copy()
        open_ = np.arange(len(entities))
        for _ in range(256):
            if not len(open_):
                break
            here = indices_of(current[open_])
            stop = is_body[here]
            owner[open_[stop]] = here[stop]
            open_ = open_[~stop]
            above = world.gather(current[open_], Parent, "entity")
            living = world.alive(above) & (above > 0)
            open_ = open_[living]
            current[open_] = above[living]
        alone = owner < 0
        owner[alone] = indices_of(entities[alone])
        old = self.owner_of
        self.owner_of = np.full_like(old, -1)
        self.owner_of[indices_of(entities)] = owner
        changed = np.flatnonzero(old != self.owner_of)
        dirty = set(old[changed].tolist()) | set(self.owner_of[changed].tolist())
        bodies = np.unique(np.concatenate([*found, owner])) if len(found) or len(owner) else np.empty(0, np.int64)
        have = np.flatnonzero(self.body_of >= 0)
        dirty |= set(np.setxor1d(bodies, have).tolist())
        dirty.discard(-1)
        return dirty

    def _edited(self, world: World, since: int) -> set[int]:
        """Owners of bodies and colliders whose own fields were written."""
        found: list[NDArray[Any]] = []
        for cls, names in (
            (RigidBody, _SHAPING),
            (Collider, None),
            (Character, _WALKER_SHAPE),
            (Model, ("source",)),
            (Terrain, None),
        ):
            for table in world.query(cls, Collider, Transform) if cls in (Model, Terrain) else world.query(cls, Transform):
                rows = table.changed((cls,), since=since, fields=names)
                if row_count(rows):
                    found.append(indices_of(table.entities[rows]))
        return set(self._owners(np.concatenate(found)).tolist()) if found else set()

    def _moved(self, world: World, since: int) -> tuple[Handles, set[int]]:
        """Entities with bodies that were moved, and owners whose scale or parts changed."""
        moved: list[Handles] = [_NOBODY]
        stretched: set[int] = set()
        any_change = False
        names = ("translation", "rotation", "scale", "cell")
        for table in world.query(Transform):
            rows = table.changed((Transform,), since=since)
            if not row_count(rows):
                continue
            any_change = True
            entities = table.entities[rows]
            indices = indices_of(entities)
            ours = (self.body_of[indices] >= 0) | (self.owner_of[indices] >= 0)
            if not ours.any():
                continue
            rows = np.arange(rows.start, rows.stop)[ours] if isinstance(rows, slice) else rows[ours]
            entities, indices = entities[ours], indices[ours]
            now = np.concatenate([table.take(Transform, name, rows) for name in names[:2]])
            scales = table.take(Transform, "scale", rows)
            cells = table.take(Transform, "cell", rows).T
            known = self._known[:, indices]
            stretch = (scales != known[_SCALE]).any(axis=0)
            shifted = (now != known[_PLACE]).any(axis=0) | (cells != self._known_cells[indices]).any(axis=1)
            self._known[_PLACE, indices], self._known[_SCALE, indices] = now, scales
            self._known_cells[indices] = cells
            part = self.owner_of[indices] != indices
            part &= self.owner_of[indices] >= 0
            stretched.update(self._owners(indices[stretch | (shifted & part)]).tolist())
            ids = self.body_of[indices]
            here = shifted & (ids >= 0)
            here[here] &= ~self.nested[ids[here]]
            moved.append(entities[here])
        if any_change:
            moved.append(self._nested_moved(world))
        return np.concatenate(moved), stretched

    def _nested_moved(self, world: World) -> Handles:
        """Bodies below parents, found by where they are now: any of their parents may have moved."""
        ids = np.flatnonzero(self.nested)
        entities = self.entity_of[ids]
        alive = world.alive(entities)
        ids, entities = ids[alive], entities[alive]
        if not len(ids):
            return _NOBODY
        poses, _ = world_placements(world, entities, self.origin)
        differs = (np.abs(poses - self._known_poses[ids]) > 1e-7).any(axis=1)
        self._known_poses[ids[differs]] = poses[differs]
        return entities[differs]

    def _pushed(self, world: World, since: int) -> Handles:
        pushed: list[Handles] = [_NOBODY]
        for table in world.query(RigidBody, Transform):
            rows = table.changed((RigidBody,), since=since, fields=("linear_velocity", "angular_velocity"))
            if not row_count(rows):
                continue
            entities = table.entities[rows]
            indices = indices_of(entities)
            now = np.concatenate([table.take(RigidBody, n, rows) for n in ("linear_velocity", "angular_velocity")])
            differs = (now != self._known[_VELOCITY, indices]).any(axis=0) & (self.body_of[indices] >= 0)
            self._known[_VELOCITY, indices] = now
            pushed.append(entities[differs])
        return np.concatenate(pushed)

    # -- writing back ---------------------------------------------------------------------------------------

    def wrote(self, indices: Any, values: NDArray[np.float32]) -> None:
        """Remember what physics wrote itself: translation, rotation and, where written, velocities: [7 or 13, n]."""
        self._known[: len(values), indices] = values

    def wrote_cells(self, indices: NDArray[Any], cells: NDArray[Any]) -> None:
        self._known_cells[indices] = cells.T

    def wrote_nested(self, world: World, ids: NDArray[Any], entities: Handles) -> None:
        self._known_poses[ids], _ = world_placements(world, entities, self.origin)

    def cells_of(self, indices: NDArray[Any]) -> NDArray[np.int32]:
        """Cells [n, 3] of root entities as last seen."""
        return self._known_cells[indices]

    # -- building -------------------------------------------------------------------------------------------

    def describe(self, world: World, look: Look) -> tuple[NDArray[np.int64], Handles, BodyBatch | None]:
        """Turn a look into work: body ids to remove, entities to make bodies for (by stable id), and their batch."""
        remove: list[int] = []
        make: list[tuple[int, Spec]] = []
        described = self._describer.describe(world, look.rebuilt, self.owner_of, self.origin)
        for index in look.rebuilt.tolist():
            spec = described.get(index)
            old = int(self.body_of[index])
            alive = old < 0 or bool(world.alive(self.entity_of[old : old + 1])[0])
            if spec is not None and old >= 0 and alive and self._specs.get(index) == spec and not look.everything:
                continue
            if old >= 0:
                remove.append(old)
                self.entity_of[old], self.nested[old] = 0, False
                self.body_of[index] = -1
            self._specs.pop(index, None)
            if spec is not None:
                self._specs[index] = spec
                make.append((index, spec))
        if not make:
            return np.array(remove, np.int64), _NOBODY, None
        entities = world.entities_at(np.array([item[0] for item in make]))
        order = self._making_order(world, entities)
        entities = entities[order]
        batch = self._describer.batch(
            world, entities, [make[i] for i in order], origin=self.origin, all_contacts=self.all_contacts
        )
        for index in self._describer.waiting:  # what it will be is not known yet
            self._specs.pop(index, None)
        return np.array(remove, np.int64), entities, batch

    def _making_order(self, world: World, entities: Handles) -> NDArray[np.intp]:
        """By stable id; of a crowd neighbours first, so that an engine finds in its caches what touches.

        That depends on nothing but the world's state, so equal worlds are made alike.
        """
        order = np.argsort(world.stable_ids(entities), kind="stable")
        if len(entities) < _CROWD:
            return order
        poses, _ = world_placements(world, entities[order], self.origin)
        return order[np.argsort(zone_keys(poses[:, :3]), kind="stable")]

    def made(self, world: World, entities: Handles, ids: NDArray[np.int64], kinds: NDArray[Any]) -> None:
        """Enter bodies that were made."""
        indices = indices_of(entities)
        if len(ids) and int(ids.max()) >= len(self.entity_of):
            self._reserve_bodies(2 * int(ids.max()) + 64)
        self.body_of[indices] = ids
        self.entity_of[ids] = entities
        self.kind_of[ids] = kinds
        parents = world.gather(entities, Parent, "entity")
        self.nested[ids] = world.alive(parents) & (parents > 0)
        self._known_poses[ids], _ = world_placements(world, entities, self.origin)
        columns = world.gather_columns(entities, Transform, ("translation", "rotation", "scale"))
        self._known[_PLACE, indices], self._known[_SCALE, indices] = np.concatenate(columns[:2]), columns[2]
        self._known_cells[indices] = world.gather(entities, Transform, "cell").T
        velocities = world.gather_columns(entities, RigidBody, ("linear_velocity", "angular_velocity"))
        self._known[_VELOCITY, indices] = np.concatenate(velocities)

    def enter_links(self, ids: NDArray[np.int64], entity: int) -> None:
        """Links of an articulation are met as its entity; nothing is written back to that from here."""
        if int(ids.max()) >= len(self.entity_of):
            self._reserve_bodies(2 * int(ids.max()) + 64)
        self.entity_of[ids], self.kind_of[ids], self.nested[ids] = entity, BodyKind.STATIC, False

    def forget_links(self, ids: NDArray[np.int64]) -> None:
        self.entity_of[ids] = 0

    def successor(self) -> BodyMirror:
        """A mirror that knows nothing of the world yet, but what was said to people already."""
        other = BodyMirror()
        other._describer.complain_as(self._describer)
        return other

    def forget_bodies(self) -> None:
        """All bodies are gone (the engine was lost): the next look makes them anew."""
        self.body_of[:] = -1
        self.entity_of[:] = 0
        self.nested[:] = False
        self._specs.clear()
        self._tick = -1

    def choose_origin(self, world: World) -> None:
        """Count from the cell in the middle of everything that is to be a body."""
        if self.has_origin:
            return
        cells = [table.read(Transform, "cell") for cls in (RigidBody, Collider, Character, Articulation)
                 for table in world.query(cls, Transform, without=(Parent,))]  # fmt: skip
        if cells:
            self.origin = np.rint(np.median(np.concatenate(cells, axis=1), axis=1)).astype(np.int32)
            self.has_origin = True

    def _reserve(self, capacity: int) -> None:
        more = capacity - len(self.body_of)
        if more > 0:
            self.body_of = np.concatenate([self.body_of, np.full(more, -1, np.int64)])
            self.owner_of = np.concatenate([self.owner_of, np.full(more, -1, np.int64)])
            self._known = np.concatenate([self._known, np.zeros((16, more), np.float32)], axis=1)
            self._known_cells = np.concatenate([self._known_cells, np.zeros((more, 3), np.int32)])

    def _reserve_bodies(self, capacity: int) -> None:
        more = capacity - len(self.entity_of)
        self.entity_of = np.concatenate([self.entity_of, np.zeros(more, np.uint64)])
        self.kind_of = np.concatenate([self.kind_of, np.zeros(more, np.uint8)])
        self.nested = np.concatenate([self.nested, np.zeros(more, bool)])
        self._known_poses = np.concatenate([self._known_poses, np.tile(IDENTITY_POSE, (more, 1))])
