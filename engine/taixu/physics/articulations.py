"""Following the world's articulations: machines are made from their files, told their targets, and seen where they are.

The engine knows links, the world knows the model's nodes, and the two meet by name. A node hangs in a hierarchy, so a link's
pose is written relative to the link (or owner) that its node hangs on: for all links of all machines at once.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite, sqrt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets import AssetDatabase
from taixu.ecs import World, row_count
from taixu.errors import TaixuError
from taixu.scene import CELL_M, FromModel, Model, Name, Parent, Transform

from . import protocol
from .base import BackendBase
from .bodies import BodyMirror
from .body_batches import instances_of
from .components import Articulation, RigidBody
from .naming import named
from .placement import into_parents, world_from_parents, world_placements
from .poses import compose, inverse, relative
from .urdf import summarise_urdf
from .validate import MAX_EXTENT

__all__ = ["Articulations", "Machine"]

_log = logging.getLogger(__name__)
Handles = NDArray[np.uint64]
Rows = NDArray[np.float64]
Coordinates = dict[int, tuple[Rows, Rows]]
_NOBODY: Handles = np.empty(0, np.uint64)

OWNER_FROM_BASE = np.array((0.0, 0.0, 0.0, -sqrt(0.5), 0.0, 0.0, sqrt(0.5)))
"""The pose that turns a robot's Z up to Y up."""
MOVED = 1e-6
"""An owner whose placement differs by more than this (metres, parts of a quaternion) was moved by somebody."""


@dataclass(eq=False)
class Machine:
    """An articulation that stands.

    Attributes
    ----------
    joint_names, link_names
        As in the file; fixed joints have no coordinate and are left out.
    bodies
        Body ids by link.
    q, qd
        [joints], radians and rad/s (metres and m/s of sliding joints) after the last step that was read.
    """

    entity: int
    joint_names: tuple[str, ...]
    link_names: tuple[str, ...]
    bodies: NDArray[np.int64]
    q: Rows
    qd: Rows
    is_fixed: bool
    root: int
    """Row of the base in `bodies`."""
    _told: protocol.Articulation
    _efforts: Rows
    _spec: _Spec

    def positions(self) -> dict[str, float]:
        """Joint positions by name."""
        return dict(zip(self.joint_names, self.q.tolist(), strict=True))


@dataclass(frozen=True)
class _Spec:
    """What a machine is made from; another one makes it anew."""

    source: str
    is_fixed: bool
    positions: tuple[tuple[str, Any], ...]


@dataclass(eq=False)
class _Binding:
    """Link nodes of all machines; rows count in the bodies of all machines, and after those in the owners."""

    nodes: Handles = field(default_factory=lambda: _NOBODY)
    """All nodes of the machines' models: others mean another binding."""
    entities: Handles = field(default_factory=lambda: _NOBODY)
    links: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))
    anchors: NDArray[np.intp] = field(default_factory=lambda: np.empty(0, np.intp))
    mounts: Rows = field(default_factory=lambda: np.empty((0, 7)))
    """Poses of the nodes' parents in the frames of their anchors."""
    scales: Rows = field(default_factory=lambda: np.empty((0, 3)))
    written: Rows = field(default_factory=lambda: np.empty((0, 7)))


class Articulations:
    """The articulations of one world."""

    def __init__(self) -> None:
        self.machines: dict[int, Machine] = {}
        """By entity handle, in the order in which they were made."""
        self.bodies = np.empty(0, np.int64)
        """Body ids of all links of all machines."""
        self._coordinates: Coordinates = {}  # of machines that are to be made where they were
        self._owners: Handles = _NOBODY
        self._known = np.empty((0, 7))  # where the owners were
        self._poses = np.empty((0, 7))
        self._binding: _Binding | None = None
        self._refused: dict[int, _Spec] = {}
        self._warned: set[str] = set()
        self._tick = -1

    # -- a step, in this order ------------------------------------------------------------------------------

    def collect(self, poses: Rows) -> None:
        """Take poses by body id and joint coordinates after a step."""
        if not self.machines:
            return
        for machine in self.machines.values():
            machine.q, machine.qd = machine._told.q.copy(), machine._told.qd.copy()
        now = poses[self.bodies]
        good: NDArray[np.bool_] = np.asarray(np.isfinite(now).all(axis=1))
        self._poses[good] = now[good]
        if not good.all():
            self._restart_lost(good)

    def update(self, world: World, backend: BackendBase, mirror: BodyMirror, structural: bool) -> None:
        """Make, remove and steer machines after the bodies have been brought up to date."""
        since = self._tick
        if not self.machines and not len(world.query(Articulation)):
            return
        if since < 0 or structural or self._edited(world, since):
            self._follow(world, backend, mirror)
        elif len(self._owners):
            self._move(world, backend, mirror)
        if self.machines and (self._binding is None or structural):
            self._bind(world, mirror)

    def write(self, world: World, mirror: BodyMirror) -> None:
        """Owners of loose machines and nodes of links go where the links are."""
        binding = self._binding
        if binding is None or not self.machines:
            return
        self._move_owners(world, mirror)
        anchors = np.concatenate([self._poses, self._known])[binding.anchors]
        local = into_parents(self._poses[binding.links], compose(anchors, binding.mounts), binding.scales)
        rows = np.flatnonzero((np.abs(local - binding.written) > 1e-9).any(axis=1))
        if len(rows):
            binding.written[rows] = local[rows]
            _scatter(world, binding.entities[rows], local[rows])

    def seen(self, world: World) -> None:
        """What is written from now on counts as new; before the tick is advanced."""
        self._tick = world.tick

    # -- losing and restoring the engine --------------------------------------------------------------------

    def save_state(self) -> Coordinates:
        """Joint coordinates by entity."""
        return {entity: (machine.q.copy(), machine.qd.copy()) for entity, machine in self.machines.items()}

    def load_state(self, state: Coordinates, backend: BackendBase | None, mirror: BodyMirror) -> None:
        """Make all machines anew in the next step, with these coordinates."""
        for entity in list(self.machines):
            if backend is not None:
                self._drop(backend, mirror, entity)
        self.forget()
        self._coordinates = dict(state)

    def forget(self) -> None:
        """The engine is gone; the next update makes the machines anew where they were."""
        self._coordinates |= self.save_state()
        self.machines.clear()
        self._refused.clear()
        self._changed()
        self._tick = -1

    @property
    def waiting(self) -> Coordinates:
        """Joint coordinates of machines that are to be made where they were."""
        return dict(self._coordinates)

    def start_anew(self, coordinates: Coordinates) -> None:
        """The engine is gone, and with it all machines; they are made with these coordinates, as if for the first time."""
        self.forget()
        self._coordinates = dict(coordinates)

    def _restart_lost(self, good: NDArray[np.bool_]) -> None:
        """Machines that an engine threw to infinity begin anew."""
        first = 0
        for machine in self.machines.values():
            end = first + len(machine.bodies)
            if not good[first:end].all():
                _log.warning("The machine of %s left the range of numbers and begins anew.", machine._spec.source)
                machine.q, machine.qd = machine.q * 0, machine.qd * 0
                machine._spec = _Spec("", machine.is_fixed, ())
                self._tick = -1
            first = end

    # -- making ---------------------------------------------------------------------------------------------

    def _edited(self, world: World, since: int) -> bool:
        return any(
            row_count(table.changed((Articulation,), since=since)) for table in world.query(Articulation)
        ) or any(
            row_count(table.changed((Model,), since=since, fields=("source",))) for table in world.query(Articulation, Model)
        )

    def _move(self, world: World, backend: BackendBase, mirror: BodyMirror) -> None:
        """Take machines along whose owner's placement somebody else wrote."""
        poses, _ = world_placements(world, self._owners, mirror.origin)
        places = np.isfinite(poses).all(axis=1) & (np.abs(poses[:, :3]) < MAX_EXTENT).all(axis=1)
        again = []
        for row in np.flatnonzero(places & (np.abs(poses - self._known) > MOVED).any(axis=1)).tolist():
            machine = self.machines[int(self._owners[row])]
            if not machine._told.move(compose(poses[row], OWNER_FROM_BASE)):
                again.append(machine.entity)
            self._known[row] = poses[row]
            rows = np.isin(self.bodies, machine.bodies)
            self._poses[rows] = backend.poses()[0][self.bodies[rows]]
        for entity in again:  # its engine cannot: it is made anew where its owner is
            self._drop(backend, mirror, entity)
        if again:
            self._follow(world, backend, mirror)

    def _follow(self, world: World, backend: BackendBase, mirror: BodyMirror) -> None:
        """Bring the machines in line with the components."""
        entities = np.concatenate([_NOBODY, *(table.entities for table in world.query(Articulation, Transform))])
        entities = entities[np.argsort(world.stable_ids(entities), kind="stable")]
        wanted = dict(zip(entities.tolist(), instances_of(world, entities, Articulation), strict=True))
        specs = {entity: _spec(world, entity, one) for entity, one in wanted.items()}
        for entity, machine in list(self.machines.items()):
            if specs.get(entity) != machine._spec:
                same_file = machine._spec.source == getattr(specs.get(entity), "source", None)
                self._drop(backend, mirror, entity, keep=same_file and machine._spec.positions == specs[entity].positions)
        if self._owners.size:
            self._move(world, backend, mirror)
        for entity in wanted:
            if entity not in self.machines and self._refused.get(entity) != specs[entity]:
                try:
                    self._make(world, backend, mirror, entity, specs[entity])
                    self._refused.pop(entity, None)
                except TaixuError as error:
                    self._refused[entity] = specs[entity]
                    _log.warning("%s: %s The entity goes without its articulation.", named(world, entity), error)
        for entity, machine in self.machines.items():
            self._steer(backend, machine, wanted[entity])
        self._coordinates.clear()

    def _make(self, world: World, backend: BackendBase, mirror: BodyMirror, entity: int, spec: _Spec) -> None:
        if not spec.source:
            return
        if world.has(entity, RigidBody):
            raise TaixuError(f"{spec.source}: its entity is a rigid_body too; an articulation brings bodies of its own.")
        path = str(_file(world, spec.source))
        hanging = {child for _, _, _, child in summarise_urdf(path).joints}
        place, _ = world_placements(world, np.array([entity], np.uint64), mirror.origin)
        told = backend.articulation(backend.load_urdf(path, compose(place[0], OWNER_FROM_BASE), fixed=spec.is_fixed))
        root = next(row for row, name in enumerate(told.link_names) if row == len(told.link_names) - 1 or name not in hanging)
        start = _values(spec.positions, told.joint_names, self._warn(spec.source))
        q, qd = self._coordinates.get(entity, (start, np.zeros_like(start)))
        if len(q) == len(start) and (q.any() or qd.any()):
            told.reset(q, qd)
        self.machines[entity] = Machine(
            entity, told.joint_names, told.link_names, told.bodies, told.q.copy(), told.qd.copy(), spec.is_fixed, root,
            told, told.max_forces.copy(), spec,
        )  # fmt: skip
        mirror.enter_links(told.bodies, entity)
        self._changed()
        self._poses = np.array(backend.poses()[0][self.bodies])
        self._known, _ = world_placements(world, self._owners, mirror.origin)

    def _drop(self, backend: BackendBase, mirror: BodyMirror, entity: int, *, keep: bool = True) -> None:
        machine = self.machines.pop(entity)
        if keep:
            self._coordinates[entity] = (machine.q, machine.qd)
        mirror.forget_links(machine.bodies)
        backend.remove_articulation(int(machine.bodies[0]))
        rows = ~np.isin(self.bodies, machine.bodies)
        self._poses, self._known = self._poses[rows], self._known[self._owners != entity]
        self._changed()

    def _changed(self) -> None:
        """The machines are others: what lies in rows is laid anew."""
        self._owners = np.array(list(self.machines), np.uint64)
        self.bodies = np.concatenate([np.empty(0, np.int64), *(machine.bodies for machine in self.machines.values())])
        self._binding = None

    def _steer(self, backend: BackendBase, machine: Machine, wanted: Articulation) -> None:
        told = machine._told
        ctrl = _values(_pairs(wanted.targets), machine.joint_names, self._warn(machine._spec.source))
        forces = np.full_like(machine._efforts, wanted.max_force) if wanted.max_force > 0 else machine._efforts
        if told.mode == wanted.mode and np.array_equal(told.ctrl, ctrl) and np.array_equal(told.max_forces, forces):
            return
        told.mode, told.ctrl = wanted.mode, ctrl
        told.max_forces[:] = forces
        backend.wake(machine.bodies)

    def _warn(self, source: str) -> Any:
        def warn(text: str) -> None:
            if (sentence := f"{source}: {text}") not in self._warned:
                self._warned.add(sentence)
                _log.warning("%s", sentence)

        return warn

    # -- nodes ----------------------------------------------------------------------------------------------

    def _bind(self, world: World, mirror: BodyMirror) -> None:
        """Find the nodes of all links by name."""
        found: list[tuple[int, int, str, int]] = []  # owner, node, name, entity
        for table in world.query(FromModel, Name, Transform):
            owners = table.read(FromModel, "owner")
            rows = np.flatnonzero(np.isin(owners, self._owners))
            columns = owners[rows], table.read(FromModel, "node")[rows], table.read(Name, "text")[rows], table.entities[rows]
            found.extend(zip(*(column.tolist() for column in columns), strict=True))
        # A robot's file has a node for the whole robot first, that may be called as a link is; then come links, then shapes.
        found.sort(key=lambda item: (item[1] == 0, item[1]))
        nodes = np.array([item[3] for item in found], np.uint64)
        if self._binding is not None and np.array_equal(nodes, self._binding.nodes):
            return
        by_name: dict[tuple[int, str], int] = {}
        for owner, _, name, entity in found:
            by_name.setdefault((owner, name), entity)
        row_of: dict[int, int] = {}
        names = [(entity, name) for entity, machine in self.machines.items() for name in machine.link_names]
        for row, key in enumerate(names):
            if key in by_name:
                row_of[by_name[key]] = row
        owner_rows = {owner: len(names) + row for row, owner in enumerate(self.machines)}
        entities = np.array(list(row_of), np.uint64)
        above = world.gather(entities, Parent, "entity") if len(entities) else _NOBODY
        anchors = np.array([_climb(world, int(one), row_of, owner_rows) for one in above], np.uint64)
        place_of = {**row_of, **owner_rows}
        poses, scales = world_placements(world, above, mirror.origin)
        bases, _ = world_placements(world, anchors, mirror.origin)
        self._binding = _Binding(
            nodes, entities, np.array(list(row_of.values()), np.intp),
            np.array([place_of[one] for one in anchors.tolist()], np.intp),
            relative(bases, poses), scales, np.full((len(entities), 7), np.inf),
        )  # fmt: skip

    def _move_owners(self, world: World, mirror: BodyMirror) -> None:
        """Owners of machines with a loose base go with it."""
        first, loose, roots = 0, [], []
        for row, machine in enumerate(self.machines.values()):
            if not machine.is_fixed:
                loose.append(row)
                roots.append(first + machine.root)
            first += len(machine.bodies)
        if not loose:
            return
        poses = compose(self._poses[roots], inverse(OWNER_FROM_BASE))
        went = (np.abs(poses - self._known[loose]) > MOVED).any(axis=1)
        if not went.any():
            return
        rows = np.array(loose)[went]
        entities, local = self._owners[rows], poses[went]
        nested, parents, scales = world_from_parents(world, entities, mirror.origin)
        local[nested] = into_parents(local[nested], parents, scales)
        cells = world.gather(entities, Transform, "cell").T
        local[~nested, :3] -= (cells[~nested] - mirror.origin) * CELL_M
        _scatter(world, entities, local)
        self._known[rows], _ = world_placements(world, entities, mirror.origin)


def _spec(world: World, entity: int, wanted: Articulation) -> _Spec:
    source = wanted.source or (world.get(entity, Model).source if world.has(entity, Model) else "")
    return _Spec(source, wanted.fixed, _pairs(wanted.positions))


def _file(world: World, source: str) -> Path:
    return world.resource(AssetDatabase).resolve(source) if world.has_resource(AssetDatabase) else Path(source)


def _pairs(data: Any) -> tuple[tuple[str, Any], ...]:
    """What a document says by joint name, in one order."""
    return tuple(sorted((str(name), value) for name, value in data.items())) if isinstance(data, Mapping) else ()


def _values(pairs: tuple[tuple[str, Any], ...], joint_names: tuple[str, ...], warn: Any) -> Rows:
    """Numbers by joint; 0 for those that are not named."""
    values = np.zeros(len(joint_names))
    rows = {name: row for row, name in enumerate(joint_names)}
    for name, value in pairs:
        if name not in rows:
            warn(f"has no joint {name!r} that moves; it has {', '.join(joint_names[:8]) or 'none'}.")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or abs(value) > 1e6:
            warn(f"joint {name!r} was given {value!r}, which is no number within a million.")
        else:
            values[rows[name]] = value
    return values


def _climb(world: World, entity: int, links: Mapping[int, int], owners: Mapping[int, int]) -> int:
    """The first link or owner from an entity upwards."""
    while entity not in links and entity not in owners:
        entity = int(world.gather(np.array([entity], np.uint64), Parent, "entity")[0])
    return entity


def _scatter(world: World, entities: Handles, poses: Rows) -> None:
    values = np.ascontiguousarray(poses.T, np.float32)
    world.scatter(entities, Transform, "translation", values[:3])
    world.scatter(entities, Transform, "rotation", values[3:])
