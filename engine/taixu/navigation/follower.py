"""Following a world's colliders: which pieces stand where, by change ticks."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.navigation.components import Agent
from taixu.navigation.pieces import Piece
from taixu.physics.batch import BodyBatch, BodyKind
from taixu.physics.bodies import BodyMirror
from taixu.physics.components import Character
from taixu.physics.naming import named
from taixu.physics.placement import world_placements
from taixu.physics.poses import compose
from taixu.scene import Parent

__all__ = ["ColliderFollower"]

_log = logging.getLogger(__name__)
_DEEPEST = 256
_STILL_LOOKS = 2
"""Looks at which a moved body has not moved: then it rests, and the mesh takes it as it is."""


@dataclass(slots=True)
class _Body:
    entity: int
    kind: int
    pose: NDArray[np.float64]
    shapes: list[tuple[Any, NDArray[np.float64]]]
    pieces: list[Piece] = field(default_factory=list)
    still: int = 0


def _is_somebody(world: World, entity: int) -> bool:
    """Whether an entity walks, or is part of who does."""
    for _ in range(_DEEPEST):
        if world.has(entity, Agent):
            return True
        if not world.has(entity, Parent):
            return False
        entity = int(world.get(entity, Parent).entity)
        if not world.alive(entity)[0]:
            return False
    return False


class ColliderFollower:
    """The pieces of a world.

    Static and kinematic bodies count; what forces move, who walks, and triggers do not. A body that moves is taken anew when
    it has come to rest.
    """

    def __init__(self) -> None:
        self._mirror = BodyMirror()
        self._mirror.has_origin = True  # the middle cell: places are those of the world
        self._bodies: dict[int, _Body] = {}
        self._moving: set[int] = set()
        self._next = 0
        self._refused: set[int] = set()

    def pieces(self) -> list[Piece]:
        """All pieces, in the order in which they came."""
        return [piece for body in self._bodies.values() for piece in body.pieces]

    def look(self, world: World) -> list[NDArray[np.float64]]:
        """Take in what has changed; gives boxes [2, 3] in which pieces came, went or changed."""
        mirror = self._mirror
        look = mirror.look(world)
        dirty: list[NDArray[np.float64]] = []
        if look or look.everything:
            removed, entities, batch = mirror.describe(world, look)
            for number in removed.tolist():
                dirty += self._forget(number)
            if batch is not None:
                numbers = np.arange(self._next, self._next + len(entities), dtype=np.int64)
                self._next += len(entities)
                mirror.made(world, entities, numbers, batch.kinds)
                dirty += self._enter(world, entities, numbers, batch)
            moved = world.living(look.moved)
            ids = mirror.body_of[indices_of(moved)] if len(moved) else np.zeros(0, np.int64)
            for number in ids[ids >= 0].tolist():
                body = self._bodies.get(number)
                if body is not None and body.kind != BodyKind.DYNAMIC:
                    body.still = 0
                    self._moving.add(number)
        mirror.seen(world)
        dirty += self._settle(world)
        return dirty

    def _enter(
        self, world: World, entities: NDArray[np.uint64], numbers: NDArray[np.int64], batch: BodyBatch
    ) -> list[NDArray[np.float64]]:
        dirty = []
        rows = batch.colliders[~batch.colliders["trigger"]]
        order = np.argsort(rows["body"], kind="stable")
        rows = rows[order]
        begin = np.searchsorted(rows["body"], np.arange(len(entities)), side="left")
        end = np.searchsorted(rows["body"], np.arange(len(entities)), side="right")
        for i, (entity, number) in enumerate(zip(entities.tolist(), numbers.tolist(), strict=True)):
            if world.has(entity, Character) or _is_somebody(world, entity):
                continue
            shapes = [(batch.shapes[int(row["shape"])], row["pose"].copy()) for row in rows[begin[i] : end[i]]]
            body = _Body(entity, int(batch.kinds[i]), np.asarray(batch.poses[i]).copy(), shapes)
            self._bodies[number] = body
            if body.kind != BodyKind.DYNAMIC:
                dirty += self._place(world, body)
        return dirty

    def _place(self, world: World, body: _Body) -> list[NDArray[np.float64]]:
        """Make the pieces of a body where it is; gives the boxes that changed."""
        before = body.pieces
        body.pieces = []
        for shape, pose in body.shapes:
            try:
                body.pieces.append(Piece.of_shape(shape, compose(body.pose, pose)))
            except TaixuError as error:
                if body.entity not in self._refused:
                    self._refused.add(body.entity)
                    _log.warning("%s: %s.", named(world, body.entity), error)
        return [piece.bounds for piece in (*before, *body.pieces)]

    def _forget(self, number: int) -> list[NDArray[np.float64]]:
        self._moving.discard(number)
        body = self._bodies.pop(number, None)
        return [] if body is None else [piece.bounds for piece in body.pieces]

    def _settle(self, world: World) -> list[NDArray[np.float64]]:
        dirty: list[NDArray[np.float64]] = []
        for number in sorted(self._moving):
            body = self._bodies[number]
            body.still += 1
            if body.still <= _STILL_LOOKS:
                continue
            self._moving.discard(number)
            if not world.alive(body.entity)[0]:
                continue
            poses, _ = world_placements(world, np.array([body.entity], np.uint64), self._mirror.origin)
            if np.abs(poses[0] - body.pose).max() > 1e-4 or not np.isfinite(poses).all():
                body.pose = poses[0]
                dirty += self._place(world, body)
        return dirty
