"""Poses of a world's people and other bent things, for who is elsewhere.

A *body* is a model that stands and has meshes which joints bend or weights deform. It has a number, given again when it is
gone, and a skeleton, told once by hash. What a pose says are transforms of nodes within those above them, in steps (`quantised`),
so that what does not move costs nothing however far it is carried. The world's thread takes them a few times a second, of bodies
that somebody is near, and packs what is another step than before.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.components import Morph, Skin
from taixu.animation.morphs import MorphWeights
from taixu.assets.model import ModelData
from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.scene import CELL_M, FromModel, MeshInstance, Model, Transform, WorldTransforms
from taixu.scene.models import ModelState
from taixu.serve.quantised import pack_shifts, pack_sizes, pack_turns, pack_weights
from taixu.serve.runs import Runs, spread
from taixu.serve.sight import Sight
from taixu.serve.skeletons import Skeleton, SkeletonShelf, skeleton_of

__all__ = ["BodyFacts", "Change", "PoseFrame", "Poses"]

_Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """What is told of a body once.

    Attributes
    ----------
    skeleton
        Its hash.
    nodes, weights
        Where its rows begin and how many there are: of nodes, of weights.
    slots
        Of its meshes, in the skeleton's order.
    """

    skeleton: str
    nodes: tuple[int, int]
    weights: tuple[int, int]
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Rows ``intp[k]`` whose value is another now, and the values ``[k]`` or ``[3, k]``."""

    rows: _Rows
    values: NDArray[Any]


@dataclass(frozen=True, slots=True)
class PoseFrame:
    """What happened since the frame before: bodies that came, look other or went (None), and what moved within them."""

    told: dict[int, BodyFacts | None]
    turns: Change
    shifts: Change
    sizes: Change
    weights: Change


@dataclass(slots=True, eq=False)
class _Body:
    owner: int
    skeleton: Skeleton
    nodes: tuple[int, int]
    weights: tuple[int, int]
    meshes: NDArray[np.uint64]
    slots: tuple[int, ...]


@dataclass(slots=True, eq=False)
class _Columns:
    """What was taken last, by row."""

    entities: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    units: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    turns: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    shifts: NDArray[np.int16] = field(default_factory=lambda: np.zeros((3, 0), np.int16))
    sizes: NDArray[np.float16] = field(default_factory=lambda: np.zeros((3, 0), np.float16))

    def reserve(self, count: int) -> None:
        for name in ("entities", "units", "turns", "shifts", "sizes"):
            setattr(self, name, _grown(getattr(self, name), count))


class Poses:
    """Follows the poses of a world for viewers.

    Parameters
    ----------
    sight
        Knows the slots of meshes: it has looked before, each time.
    shelf
        Where skeletons are put.
    """

    def __init__(self, sight: Sight, shelf: SkeletonShelf) -> None:
        self._sight, self._shelf = sight, shelf
        self._skeletons: dict[int, tuple[ModelData, Skeleton | None]] = {}
        self._bodies: dict[int, _Body] = {}
        self._number_of: dict[int, int] = {}
        self._free: list[int] = []
        self._node_runs, self._weight_runs = Runs(), Runs()
        self._columns = _Columns()
        self._weights: NDArray[np.int16] = np.zeros(0, np.int16)
        self._weight_at = np.zeros(0, np.intp)
        self._weights_seen: tuple[int, int] | None = None
        self._owners, self._meshes = np.zeros(0, np.uint64), np.zeros(0, np.uint64)
        self._slots: tuple[int, ...] = ()
        self._leads = np.zeros(0, np.intp)
        self._node_spans, self._weight_spans = (np.zeros((2, 0), np.intp) for _ in range(2))
        self._seen = -1
        self._is_stale = True

    def __len__(self) -> int:
        return len(self._bodies)

    def look(self, world: World, *, near: NDArray[np.float64] | None = None) -> PoseFrame:
        """What is another pose than at the last call.

        Parameters
        ----------
        near
            Boxes ``[k, 4]``, a middle and how far it reaches, metres: of bodies outside of all poses are not taken. None takes all.
        """
        told = self._follow(world)
        chosen = self._near(world, near)
        nodes, weights = spread(*self._node_spans[:, chosen]), spread(*self._weight_spans[:, chosen])
        turns, shifts, sizes = self._take_nodes(world, nodes)
        return PoseFrame(told, turns, shifts, sizes, self._take_weights(world, weights))

    # Who is there

    def _follow(self, world: World) -> dict[int, BodyFacts | None]:
        structure = world.structure.since(self._seen) if self._seen >= 0 else None
        if structure is not None and not structure and not self._is_stale:
            return {}
        self._seen, self._is_stale = world.tick, False
        world.advance()
        meshes = [table for cls in (Skin, Morph) for table in world.query(MeshInstance, FromModel, cls).tables()]
        owners = np.unique(np.concatenate([np.zeros(0, np.uint64), *(table.read(FromModel, "owner") for table in meshes)]))
        owners = world.living(owners)
        told = self._drop(world, owners)
        new = owners[[owner not in self._number_of for owner in owners.tolist()]]
        told |= self._add(world, new)
        self._index()
        return told

    def _drop(self, world: World, owners: NDArray[np.uint64]) -> dict[int, BodyFacts | None]:
        """Let bodies go that are there no more, or not whole."""
        entities = self._columns.entities
        alive = world.alive(entities)
        told: dict[int, BodyFacts | None] = {}
        is_whole = (
            np.isin(self._owners, owners).all()
            and alive[entities != 0].all()
            and self._sight.slots_of(self._meshes) == self._slots
        )
        if is_whole:
            return told
        held = set(owners.tolist())
        for number, body in list(self._bodies.items()):
            rows = slice(body.nodes[0], sum(body.nodes))
            if body.owner in held and alive[rows].all() and body.slots == self._sight.slots_of(body.meshes):
                continue
            told[number] = None
            del self._bodies[number], self._number_of[body.owner]
            entities[rows] = 0
            self._node_runs.give_back(*body.nodes)
            self._weight_runs.give_back(*body.weights)
            self._free.append(number)
        return told

    def _add(self, world: World, owners: NDArray[np.uint64]) -> dict[int, BodyFacts | None]:
        told: dict[int, BodyFacts | None] = {}
        if not len(owners):
            return told
        below = _Below(world, owners)
        for owner in owners.tolist():
            found = self._skeleton(world, owner)
            if found is None:
                continue
            entities = below.of(owner, found.nodes)
            meshes = below.of(owner, found.meshes)
            slots = self._sight.slots_of(meshes)
            if not entities.all() or min(slots) < 0:
                self._is_stale = True  # something of it comes later, or never
                continue
            number = self._free.pop() if self._free else len(self._bodies)
            body = _Body(
                owner, found, (self._node_runs.take(len(entities)), len(entities)),
                (self._weight_runs.take(len(found.rests)), len(found.rests)), meshes, slots,
            )  # fmt: skip
            self._bodies[number], self._number_of[owner] = body, number
            self._lay_out(body, entities)
            told[number] = BodyFacts(found.key, body.nodes, body.weights, slots)
        return told

    def _skeleton(self, world: World, owner: int) -> Skeleton | None:
        """That of an entity's model, while it has one that is read."""
        if not world.has(owner, Model) or not world.has_resource(ModelState):
            return None
        try:
            found = world.resource(ModelState).store.model(world.get(owner, Model).source)
        except TaixuError:
            return None
        if found is None:
            return None
        model = found[0]
        if id(model) not in self._skeletons:  # kept with its model, so that the id stays its own
            skeleton = skeleton_of(model)
            self._skeletons[id(model)] = (model, skeleton)
            if skeleton is not None:
                self._shelf.put(skeleton)
        return self._skeletons[id(model)][1]

    def _lay_out(self, body: _Body, entities: NDArray[np.uint64]) -> None:
        """A body's rows, as at rest."""
        columns, skeleton = self._columns, body.skeleton
        columns.reserve(self._node_runs.used)
        rows = slice(body.nodes[0], sum(body.nodes))
        columns.entities[rows], columns.units[rows] = entities, skeleton.unit_m
        columns.turns[rows], columns.shifts[:, rows], columns.sizes[:, rows] = skeleton.turns, skeleton.shifts, skeleton.sizes
        self._weights = _grown(self._weights, self._weight_runs.used)
        self._weights[body.weights[0] : sum(body.weights)] = skeleton.rests

    def _index(self) -> None:
        """Put together what each frame asks of all bodies."""
        bodies = self._bodies.values()
        self._owners = np.array([body.owner for body in bodies], np.uint64)
        self._meshes = np.concatenate([np.zeros(0, np.uint64), *(body.meshes for body in bodies)])
        self._slots = tuple(slot for body in bodies for slot in body.slots)
        self._leads = indices_of(np.array([body.meshes[0] for body in bodies], np.uint64)).astype(np.intp)
        self._node_spans = np.array([body.nodes for body in bodies], np.intp).reshape(-1, 2).T
        self._weight_spans = np.array([body.weights for body in bodies], np.intp).reshape(-1, 2).T
        self._weights_seen = None

    # Taking

    def _near(self, world: World, boxes: NDArray[np.float64] | None) -> NDArray[np.bool_]:
        if boxes is None or not len(self._leads):
            return np.ones(len(self._leads), bool)
        transforms = world.resource(WorldTransforms)
        places = transforms.matrices[self._leads][:, [3, 7, 11]].astype(np.float64) + transforms.cells[self._leads] * CELL_M
        inside = (np.abs(places[None] - boxes[:, None, :3]) <= boxes[:, None, 3:]).all(axis=2)
        return np.asarray(inside.any(axis=0))

    def _take_nodes(self, world: World, rows: _Rows) -> tuple[Change, Change, Change]:
        columns = self._columns
        if not len(rows):
            return _unchanged(columns.turns), _unchanged(columns.shifts), _unchanged(columns.sizes)
        rotations, translations, scales = world.gather_columns(
            columns.entities[rows], Transform, ("rotation", "translation", "scale")
        )
        return (
            _taken(columns.turns, rows, pack_turns(rotations)),
            _taken(columns.shifts, rows, pack_shifts(translations, columns.units[rows])),
            _taken(columns.sizes, rows, pack_sizes(scales)),
        )

    def _take_weights(self, world: World, rows: _Rows) -> Change:
        if not len(rows) or not world.has_resource(MorphWeights):
            return _unchanged(self._weights)
        weights = world.resource(MorphWeights)
        if self._weights_seen != (weights.revision, len(weights.values)):
            self._weights_seen = (weights.revision, len(weights.values))
            self._find_weights(world)
        at = self._weight_at[rows]
        known = at >= 0
        return _taken(self._weights, rows[known], pack_weights(weights.values[at[known]]))

    def _find_weights(self, world: World) -> None:
        """Where in `MorphWeights` each row lies."""
        self._weight_at = np.full(len(self._weights), -1, np.intp)
        for body in self._bodies.values():
            at = body.weights[0]
            for entity, count in zip(body.meshes.tolist(), body.skeleton.weights.tolist(), strict=True):
                if count and world.has(entity, Morph):
                    self._weight_at[at : at + count] = world.get(entity, Morph).offset + np.arange(count)
                at += count


class _Below:
    """Entities of the nodes of some models that stand."""

    def __init__(self, world: World, owners: NDArray[np.uint64]) -> None:
        parts = []
        for table in world.query(FromModel).tables():
            of = table.read(FromModel, "owner")
            here = np.flatnonzero(np.isin(of, owners))
            parts.append((of[here], table.read(FromModel, "node")[here], table.entities[here]))
        owned, nodes, entities = (np.concatenate(each) for each in zip(*parts, strict=True))
        order = np.lexsort((nodes, owned))
        self._owners, self._nodes, self._entities = owned[order], nodes[order].astype(np.intp), entities[order]

    def of(self, owner: int, nodes: NDArray[np.intp]) -> NDArray[np.uint64]:
        """Those of some nodes; 0 where there is none."""
        begin, end = np.searchsorted(self._owners, np.uint64(owner)), np.searchsorted(self._owners, np.uint64(owner), side="right")
        have = self._nodes[begin:end]
        at = np.minimum(np.searchsorted(have, nodes), len(have) - 1)
        return np.where(have[at] == nodes, self._entities[begin:end][at], np.uint64(0))


def _taken(column: NDArray[Any], rows: _Rows, values: NDArray[Any]) -> Change:
    """Write values into rows of a column; gives those that are others now."""
    is_other = column[..., rows] != values
    is_other = is_other.any(axis=0) if is_other.ndim == 2 else is_other
    rows, values = rows[is_other], values[..., is_other]
    column[..., rows] = values
    return Change(rows, values)


def _unchanged(column: NDArray[Any]) -> Change:
    return Change(np.zeros(0, np.intp), column[..., :0])


def _grown(column: NDArray[Any], count: int) -> NDArray[Any]:
    """A column with room for so many rows."""
    more = count - column.shape[-1]
    if more <= 0:
        return column
    more = max(more, column.shape[-1] // 2)
    return np.concatenate([column, np.zeros((*column.shape[:-1], more), column.dtype)], axis=-1)
