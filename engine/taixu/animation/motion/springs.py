"""`Springs`: hair, skirts and ears of all avatars, as one array of joints.

VRM 1.0's spring bones: each joint keeps where its end was, goes on as it went (drag takes some of it), is drawn to rest and
down, keeps its length and leaves colliders. Joints of one depth are worked out together, so that a crowd costs as many steps
as the longest chain.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.people import People
from taixu.animation.motion.turns import F32, Array, dot, inverse, length, multiply, rotate, shortest, unit
from taixu.app import Clock
from taixu.assets.humanoid import Avatar
from taixu.assets.model import ModelData
from taixu.ecs import World, indices_of
from taixu.math.stacks import rotations_of
from taixu.scene import CELL_M, Transform, WorldTransforms
from taixu.scene.instantiate import Spawned

__all__ = ["Springs", "swing"]

Handles = NDArray[np.uint64]
_LONGEST_SECS = 0.05
_STEP_SECS = 1.0 / 60.0
_JUMP_M = 2.0
"""Who goes farther in a frame was put elsewhere, and hair does not follow through the air."""
_KINDS = {"sphere": 0, "capsule": 1, "plane": 2}


@dataclass(frozen=True, slots=True, eq=False)
class _Kind:
    """Springs of one model.

    Attributes
    ----------
    nodes, above, tails : intp array [j]
        Node of each joint, the node above it, and the node where it ends.
    previous : intp array [j]
        The joint above in the chain; -1 begins one.
    depth : intp array [j]
        Place in its chain.
    rest : float32 array [4, j]
        Rotation at rest.
    offsets, ends : float32 array [3, j]
        The node's translation, and its end in its own axes.
    numbers : float32 array [6, j]
        Hit radius, stiffness, gravity (three), drag.
    centers : intp array [j]
        Node, or -1 for the world.
    pairs : intp array [2, p]
        Joints and the colliders that they meet.
    colliders : intp array [2, c]
        Node and kind.
    shapes : float32 array [8, c]
        Offset, tail or normal, radius, 1 where it is inside out.
    """

    nodes: NDArray[np.intp]
    above: NDArray[np.intp]
    previous: NDArray[np.intp]
    depth: NDArray[np.intp]
    rest: F32
    offsets: F32
    ends: F32
    numbers: F32
    centers: NDArray[np.intp]
    pairs: NDArray[np.intp]
    colliders: NDArray[np.intp]
    shapes: F32


@dataclass(slots=True, eq=False)
class Springs:
    """Everything that swings in a world (a resource)."""

    _rigs: dict[int, tuple[ModelData, Handles]] = field(default_factory=dict)
    _kinds: dict[int, _Kind | None] = field(default_factory=dict)
    _models: list[ModelData] = field(default_factory=list)
    _stale: bool = False
    _tick: int = -1
    _joints: Handles = field(default_factory=lambda: np.zeros(0, np.uint64))
    _owners: Handles = field(default_factory=lambda: np.zeros(0, np.uint64))
    _collider_owners: Handles = field(default_factory=lambda: np.zeros(0, np.uint64))
    _all: _Kind | None = None
    _above: Handles = field(default_factory=lambda: np.zeros(0, np.uint64))
    _colliders: Handles = field(default_factory=lambda: np.zeros(0, np.uint64))
    _centers: Handles = field(default_factory=lambda: np.zeros(0, np.uint64))
    _tails: NDArray[np.float64] = field(default_factory=lambda: np.zeros((3, 0)))
    _before: NDArray[np.float64] = field(default_factory=lambda: np.zeros((3, 0)))
    _known: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, bool))
    _center: _Seen | None = None

    def add(self, spawned: Spawned) -> None:
        """Take a model that was placed; one that does not swing is left alone."""
        self._rigs.pop(spawned.owner, None)
        self._stale = True
        model = spawned.model
        if model.avatar is None or not model.avatar.springs:
            return
        if id(model) not in self._kinds:  # the list keeps the model, so its id stays its own
            self._kinds[id(model)] = _compile(model, model.avatar)
            self._models.append(model)
        if self._kinds[id(model)] is not None:
            self._rigs[spawned.owner] = model, spawned.entities

    def __len__(self) -> int:
        return len(self._joints)

    def _follow(self, world: World) -> None:
        structure = world.structure.since(self._tick)
        self._tick = world.tick
        if structure is None or len(structure.despawned):
            owners = np.array(list(self._rigs), np.uint64)
            for owner in owners[~world.alive(owners)].tolist():
                del self._rigs[owner]
                self._stale = True
        if not self._stale:
            return
        self._stale = False
        self._center = None
        kept = {int(handle): place for place, handle in enumerate(self._joints.tolist())}
        tails, before, known = self._tails, self._before, self._known
        parts: list[_Kind] = []
        joints, above, colliders, centers = [], [], [], []
        owners = np.array(list(self._rigs), np.uint64)
        for model, entities in self._rigs.values():
            kind = self._kinds[id(model)]
            assert kind is not None
            parts.append(kind)
            joints.append(entities[kind.nodes])
            above.append(entities[kind.above])
            colliders.append(entities[kind.colliders[0]])
            centers.append(np.where(kind.centers >= 0, entities[kind.centers], np.uint64(0)))
        none = np.zeros(0, np.uint64)
        self._joints, self._above = np.concatenate([none, *joints]), np.concatenate([none, *above])
        self._colliders, self._centers = np.concatenate([none, *colliders]), np.concatenate([none, *centers])
        self._all = _joined(parts)
        self._owners = np.repeat(owners, [len(part) for part in joints]) if joints else none
        self._collider_owners = np.repeat(owners, [len(part) for part in colliders]) if joints else none
        count = len(self._joints)
        self._tails, self._before, self._known = np.zeros((3, count)), np.zeros((3, count)), np.zeros(count, bool)
        for place, handle in enumerate(self._joints.tolist()):
            if handle in kept:
                self._tails[:, place], self._before[:, place] = tails[:, kept[handle]], before[:, kept[handle]]
                self._known[place] = known[kept[handle]]

    def swing(self, world: World) -> None:
        """Move everything on by a frame and write the joints' rotations."""
        if not self._rigs and not self._stale:
            return
        self._follow(world)
        kind = self._all
        if kind is None or not len(self._joints):
            return
        transforms = world.resource(WorldTransforms)
        asleep = world.resource(People).small if world.has_resource(People) else np.zeros(0, np.uint64)
        awake = ~np.isin(self._owners, asleep)
        self._known &= awake  # who wakes up swings from rest
        if not awake.any():
            return
        here = _Seen(transforms, self._above, awake)
        ready = here.stands
        secs = float(np.clip(world.resource(Clock).frame_secs, 0.0, _LONGEST_SECS))
        self._go_along(transforms)
        meets = _Seen(transforms, self._colliders, ~np.isin(self._collider_owners, asleep))
        steps = max(int(np.ceil(secs / _STEP_SECS - 1e-6)), 1)
        turns = kind.rest
        for _ in range(steps):
            turns = self._step(kind, here, meets, secs / steps)
        handles = self._joints[ready]
        if len(handles):
            alive = world.alive(handles)
            world.scatter(handles[alive], Transform, "rotation", turns[:, ready][:, alive])
        self._known |= ready

    def _go_along(self, transforms: WorldTransforms) -> None:
        """Take those along whose inertia is felt in the space of a center."""
        rows = np.flatnonzero(self._centers != 0)
        if not len(rows):
            return
        now, before = _Seen(transforms, self._centers[rows]), self._center
        self._center = now
        if before is None or len(before.scales) != len(rows):
            return
        turned = multiply(now.turns, inverse(before.turns))
        for places in (self._tails, self._before):
            places[:, rows] = now.places + rotate(turned, places[:, rows] - before.places)

    def _step(self, kind: _Kind, here: _Seen, meets: _Seen, secs: float) -> F32:
        count = len(self._joints)
        turns = np.empty((4, count), np.float32)
        world_turns = np.empty((4, count), np.float32)
        heads = np.empty((3, count))
        tails, before = self._tails, self._before
        shape = kind.shapes
        for depth in range(int(kind.depth.max()) + 1):
            rows = np.flatnonzero((kind.depth == depth) & here.known)
            up = kind.previous[rows]
            chained = up >= 0
            above_turn, above_place = here.turns[:, rows].copy(), here.places[:, rows].copy()
            scale = here.scales[rows]
            above_turn[:, chained] = world_turns[:, up[chained]]
            above_place[:, chained] = heads[:, up[chained]]
            head = above_place + rotate(above_turn, kind.offsets[:, rows] * scale)
            rest = multiply(above_turn, kind.rest[:, rows])
            end = kind.ends[:, rows] * scale
            size = length(end)
            straight = rotate(rest, end)
            fresh = ~self._known[rows] | (length(tails[:, rows] - head) > _JUMP_M + size)
            tail = np.where(fresh, head + straight, tails[:, rows])
            old = np.where(fresh, tail, before[:, rows])
            radius, stiffness, drag = kind.numbers[0, rows] * scale, kind.numbers[1, rows], kind.numbers[5, rows]
            gravity = kind.numbers[2:5, rows]
            new = tail + (tail - old) * (1.0 - drag)
            if secs > 0.0:
                new = new + unit(straight) * (stiffness * secs) * scale + gravity * secs * scale
            else:
                new = tail
            new = head + unit(new - head) * size
            new = self._pushed(kind, meets, rows, new, radius, head, size, shape)
            turn = shortest(unit(straight).astype(np.float32), unit(new - head).astype(np.float32))
            world_turns[:, rows] = multiply(turn, rest)
            local = multiply(inverse(above_turn), world_turns[:, rows])
            turns[:, rows] = unit(local)
            heads[:, rows] = head
            if secs > 0.0:
                before[:, rows], tails[:, rows] = tail, new
            else:
                before[:, rows], tails[:, rows] = old, tail
        self._known |= here.stands
        return turns

    def _pushed(
        self, kind: _Kind, meets: _Seen, rows: NDArray[np.intp], tails: Array, radius: F32, heads: Array, sizes: Array, shape: F32
    ) -> Array:
        """Tails brought out of colliders, one collider of each joint after the other."""
        if not kind.pairs.shape[1]:
            return tails
        places = np.full(len(self._joints), -1, np.intp)
        places[rows] = np.arange(len(rows))
        mine = np.flatnonzero(places[kind.pairs[0]] >= 0)
        joint, collider = places[kind.pairs[0, mine]], kind.pairs[1, mine]
        order = _turn_of(joint)
        for turn in range(int(order.max(initial=-1)) + 1):
            at, which = joint[order == turn], collider[order == turn]
            size = meets.scales[which]
            center = meets.places[:, which] + rotate(meets.turns[:, which], shape[0:3, which] * size)
            second = rotate(meets.turns[:, which], shape[3:6, which] * size)
            tail = tails[:, at]
            kinds = kind.colliders[1, which]
            along = meets.places[:, which] + second - center
            part = np.clip(dot(tail - center, along) / np.maximum(dot(along, along), 1e-12), 0.0, 1.0)
            nearest = np.where(kinds == 1, center + along * part, center)
            away = tail - nearest
            far = np.maximum(length(away), 1e-9)
            reach, inside = shape[6, which] * size, shape[7, which] > 0.5
            deep = np.where(inside, far - (reach - radius[at]), reach + radius[at] - far)
            push = away / far * np.where(inside, -1.0, 1.0)
            plane = kinds == 2
            normal = unit(second)
            deep = np.where(plane, radius[at] - dot(tail - center, normal), deep)
            push = np.where(plane, normal, push)
            moved = tail + push * np.maximum(deep, 0.0)
            moved = heads[:, at] + unit(moved - heads[:, at]) * sizes[at]
            tails[:, at] = np.where((deep > 0.0) & meets.stands[which], moved, tail)
        return tails

    def fork(self, world: World) -> Springs:
        """A fork's models are placed anew, and join it then."""
        return Springs()


class _Seen:
    """Where entities are in the world: turns [4, n], places [3, n], scales [n], and whether they stand at all.

    Only those who are `wanted` are looked at; the others stand nowhere.
    """

    def __init__(self, transforms: WorldTransforms, handles: Handles, wanted: NDArray[np.bool_] | None = None) -> None:
        count, indices = len(handles), indices_of(handles)
        self.known = np.ones(count, bool) if wanted is None else wanted
        rows = np.flatnonzero(self.known & (indices < len(transforms.matrices)) & (handles != 0))
        found, cells = transforms.rows(indices[rows].astype(np.intp))
        matrices = found.reshape(-1, 3, 4).astype(np.float64)
        sizes = np.sqrt((matrices[:, :, :3] ** 2).sum(axis=1))
        stands = sizes.min(axis=1, initial=1e9) > 1e-9
        linear = np.where(stands[:, None, None], matrices[:, :, :3] / np.maximum(sizes, 1e-12)[:, None, :], np.eye(3))
        self.stands, self.scales = np.zeros(count, bool), np.ones(count, np.float32)
        self.turns, self.places = np.zeros((4, count), np.float32), np.zeros((3, count))
        self.turns[3] = 1.0
        self.stands[rows], self.scales[rows] = stands, np.where(stands, sizes[:, 1], 1.0)
        self.turns[:, rows] = rotations_of(linear).T
        self.places[:, rows] = matrices[:, :, 3].T + cells.T * CELL_M


def _turn_of(numbers: NDArray[np.intp]) -> NDArray[np.intp]:
    """Of equal numbers: which of them each is."""
    order = np.argsort(numbers, kind="stable")
    ordered = numbers[order]
    starts = np.concatenate([[0], np.flatnonzero(np.diff(ordered)) + 1]) if len(ordered) else np.zeros(0, np.intp)
    first = np.zeros(len(ordered), np.intp)
    first[starts] = starts
    result = np.empty(len(numbers), np.intp)
    result[order] = np.arange(len(numbers)) - np.maximum.accumulate(first) if len(numbers) else 0
    return result


def _compile(model: ModelData, avatar: Avatar) -> _Kind | None:
    nodes: list[int] = []
    previous: list[int] = []
    depth: list[int] = []
    ends: list[NDArray[np.float32]] = []
    numbers: list[tuple[float, ...]] = []
    centers: list[int] = []
    pairs: list[tuple[int, int]] = []
    for spring in avatar.springs:
        for place, (joint, following) in enumerate(zip(spring.joints, spring.joints[1:], strict=False)):
            end = _end(model, joint.node, following.node)
            if end is None or model.nodes[joint.node].parent is None:
                break
            # A joint hangs on the one before it only where it is that one's child.
            hangs = place > 0 and model.nodes[joint.node].parent == spring.joints[place - 1].node
            previous.append(len(nodes) - 1 if hangs else -1)
            depth.append(depth[-1] + 1 if hangs else 0)
            for group in spring.collider_groups:
                pairs.extend((len(nodes), collider) for collider in avatar.collider_groups[group].colliders)
            nodes.append(joint.node)
            ends.append(end)
            x, y, z = (joint.gravity_power * part for part in joint.gravity_dir)
            numbers.append((joint.hit_radius, joint.stiffness, x, y, z, joint.drag))
            centers.append(-1 if spring.center is None else spring.center)
    if not nodes:
        return None
    shapes = [
        (*one.offset, *(one.normal if one.kind == "plane" else one.tail), one.radius, float(one.inside)) for one in avatar.colliders
    ]
    return _Kind(
        np.array(nodes, np.intp),
        np.array([model.nodes[node].parent for node in nodes], np.intp),
        np.array(previous, np.intp),
        np.array(depth, np.intp),
        np.stack([model.nodes[node].rotation for node in nodes], 1).astype(np.float32),
        np.stack([model.nodes[node].translation for node in nodes], 1).astype(np.float32),
        np.stack(ends, 1).astype(np.float32),
        np.array(numbers, np.float32).T.copy(),
        np.array(centers, np.intp),
        np.array(pairs, np.intp).reshape(-1, 2).T.copy(),
        np.array([(one.node, _KINDS[one.kind]) for one in avatar.colliders], np.intp).reshape(-1, 2).T.copy(),
        np.array(shapes, np.float32).reshape(-1, 8).T.copy(),
    )


def _end(model: ModelData, node: int, end: int) -> NDArray[np.float32] | None:
    """Where the end of a joint is in its own axes at rest; None where the end does not hang on it."""
    place = np.zeros(4)
    place[3] = 1.0
    while end != node:
        above = model.nodes[end].parent
        place = model.nodes[end].parent_from_local().astype(np.float64) @ place
        if above is None:
            return None
        end = above
    found = place[:3].astype(np.float32)
    return found if float(np.linalg.norm(found)) > 1e-6 else None


def _joined(parts: list[_Kind]) -> _Kind | None:
    """The springs of many avatars, one after the other."""
    if not parts:
        return None
    counts, colliders = [len(one.nodes) for one in parts], [one.colliders.shape[1] for one in parts]
    starts, first = np.cumsum([0, *counts[:-1]]), np.cumsum([0, *colliders[:-1]])
    previous = [np.where(one.previous >= 0, one.previous + start, -1) for one, start in zip(parts, starts, strict=True)]
    pairs = [one.pairs + np.array([[a], [b]]) for one, a, b in zip(parts, starts, first, strict=True)]
    flat = {name: np.concatenate([getattr(one, name) for one in parts]) for name in ("nodes", "above", "depth", "centers")}
    wide = {
        name: np.concatenate([getattr(one, name) for one in parts], axis=1)
        for name in ("rest", "offsets", "ends", "numbers", "colliders", "shapes")
    }
    return _Kind(previous=np.concatenate(previous), pairs=np.concatenate(pairs, axis=1), **flat, **wide)


def swing(world: World) -> None:
    """Move everything that swings on by a frame (a system)."""
    world.resource(Springs).swing(world)


