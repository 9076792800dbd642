"""`Followers`: nodes that follow the rotation of others (`VRMC_node_constraint`), all avatars of a model at once."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.turns import F32, Array, inverse, mix, multiply, rotate, shortest, unit
from taixu.assets.humanoid import Constraint
from taixu.assets.model import ModelData
from taixu.ecs import World, indices_of
from taixu.math.stacks import rotations_of
from taixu.scene import Transform, WorldTransforms
from taixu.scene.instantiate import Spawned

__all__ = ["Followers", "follow_nodes", "followed"]

Handles = NDArray[np.uint64]
_AXES = {"X": (1.0, 0.0, 0.0), "Y": (0.0, 1.0, 0.0), "Z": (0.0, 0.0, 1.0)}


@dataclass(slots=True, eq=False)
class Followers:
    """Constraints of the models that stand in a world (a resource)."""

    _rigs: dict[int, tuple[ModelData, Handles]] = field(default_factory=dict)
    _tables: list[tuple[ModelData, NDArray[np.uint64]]] = field(default_factory=list)
    _stale: bool = False
    _tick: int = -1

    def add(self, spawned: Spawned) -> None:
        """Take a model that was placed; one without constraints is left alone."""
        self._rigs.pop(spawned.owner, None)
        self._stale = True
        if spawned.model.avatar is not None and spawned.model.avatar.constraints:
            self._rigs[spawned.owner] = spawned.model, spawned.entities

    def follow(self, world: World) -> None:
        """Turn everybody who follows; after poses, in an order in which sources are settled."""
        if not self._rigs and not self._tables:
            return
        structure = world.structure.since(self._tick)
        self._tick = world.tick
        if structure is None or len(structure.despawned):
            owners = np.array(list(self._rigs), np.uint64)
            for owner in owners[~world.alive(owners)].tolist():
                del self._rigs[owner]
                self._stale = True
        if self._stale:
            self._stale = False
            kinds: dict[int, tuple[ModelData, list[Handles]]] = {}
            for model, entities in self._rigs.values():
                kinds.setdefault(id(model), (model, []))[1].append(entities)
            self._tables = [(model, np.stack(entities, axis=1)) for model, entities in kinds.values()]
        for model, entities in self._tables:
            for constraint in model.avatar.constraints if model.avatar is not None else ():
                _turn(world, model, constraint, entities)

    def fork(self, world: World) -> Followers:
        """A fork's models are placed anew, and join it then."""
        return Followers()


def _turn(world: World, model: ModelData, constraint: Constraint, entities: Handles) -> None:
    own, source = entities[constraint.node], entities[constraint.source]
    there = world.alive(own) & world.alive(source)
    own, source = own[there], source[there]
    if not len(own):
        return
    rest = model.nodes[constraint.node].rotation[:, None].astype(np.float32)
    if constraint.kind == "aim":
        parent = model.nodes[constraint.node].parent
        above = entities[parent][there] if parent is not None else None
        turned = _aimed(world, rest, constraint, own, source, above)
    else:
        now = world.gather(source, Transform, "rotation")
        turned = followed(constraint, rest, model.nodes[constraint.source].rotation[:, None].astype(np.float32), now)
    mixed = mix(np.broadcast_to(rest, turned.shape), turned, constraint.weight)
    world.scatter(own, Transform, "rotation", mixed.astype(np.float32))


def followed(constraint: Constraint, rest: F32, source_rest: F32, source: Array) -> Array:
    """Local rotations [4, n] at full weight, for roll and rotation (VRMC_node_constraint 1.0)."""
    by = multiply(inverse(source_rest), source)
    if constraint.kind == "rotation":
        return multiply(np.broadcast_to(rest, by.shape), by)
    seen = multiply(inverse(rest), multiply(multiply(source_rest, by), inverse(source_rest)), rest)
    axis = np.broadcast_to(np.array(_AXES[constraint.axis], np.float32)[:, None], (3, seen.shape[1]))
    swing = shortest(axis, rotate(seen, axis))
    return multiply(np.broadcast_to(rest, seen.shape), inverse(swing), seen)


def _aimed(world: World, rest: F32, constraint: Constraint, own: Handles, source: Handles, above: Handles | None) -> Array:
    """Local rotations that point an axis at the source, by where everybody was in the last frame."""
    transforms = world.resource(WorldTransforms)
    matrices = [transforms.matrices[np.minimum(indices_of(who), len(transforms.matrices) - 1)] for who in (own, source)]
    away = (matrices[1][:, 3::4] - matrices[0][:, 3::4]).T
    if above is None:
        parent = np.tile(np.array([[0.0], [0.0], [0.0], [1.0]], np.float32), (1, len(own)))
    else:
        rows = transforms.matrices[np.minimum(indices_of(above), len(transforms.matrices) - 1)].reshape(-1, 3, 4).astype(np.float64)
        sizes = np.sqrt((rows[:, :, :3] ** 2).sum(axis=1))
        linear = np.where(sizes.min(axis=1)[:, None, None] > 1e-9, rows[:, :, :3] / np.maximum(sizes, 1e-12)[:, None, :], np.eye(3))
        parent = rotations_of(linear).T.astype(np.float32)
    sign = 1.0 if constraint.axis.startswith("Positive") else -1.0
    axis = np.array(_AXES[constraint.axis[-1]], np.float32)[:, None] * np.float32(sign)
    standing = multiply(parent, np.broadcast_to(rest, parent.shape))
    points = rotate(standing, np.broadcast_to(axis, (3, len(own))))
    wanted = np.where((away * away).sum(axis=0) > 1e-12, unit(away), points)
    return multiply(inverse(parent), shortest(points.astype(np.float32), wanted.astype(np.float32)), standing)


def follow_nodes(world: World) -> None:
    """Turn all nodes that follow others (a system)."""
    world.resource(Followers).follow(world)
