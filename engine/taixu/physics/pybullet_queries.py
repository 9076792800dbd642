"""Rays, nearest points, contacts and trigger overlaps in a Bullet world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .base import no_hits
from .batch import BodyKind
from .events import TOUCH
from .poses import compose, rotate
from .protocol import CLOSEST
from .shapes import Shape

if TYPE_CHECKING:
    from .pybullet_backend import PybulletBackend

__all__ = ["Queries"]

MAX_RAYS = 16_000
"""Bullet takes at most 16,384 rays in a batch."""
MAX_HITS = 64
"""Hits that a ray is asked for when the first one is to be ignored."""
TOUCH_DISTANCE = 0.005
"""Metres within which two surfaces count as touching; the solver's slop."""


class Queries:
    """The questions that a `PybulletBackend` answers."""

    def __init__(self, backend: PybulletBackend) -> None:
        self._backend = backend
        self._probes: dict[bytes, int] = {}

    def raycast(self, origins: NDArray[Any], directions: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        hits = no_hits(len(origins))
        ends = origins + directions * distance
        blocked = self._cast(hits, np.arange(len(origins)), origins, ends, distance, mask, ignore, None)
        # Rays that meet the ignored body first are asked for all their hits, which come in no order.
        for number in range(MAX_HITS):
            if not len(blocked):
                break
            blocked = self._cast(hits, blocked, origins, ends, distance, mask, ignore, number)
        return hits

    def _cast(
        self,
        hits: NDArray[Any],
        rows: NDArray[Any],
        origins: NDArray[Any],
        ends: NDArray[Any],
        distance: float,
        mask: int,
        ignore: int,
        number: int | None,
    ) -> NDArray[Any]:
        """Enter the hits of some rays: the first ones, or those of a number where nearer; the rays to go on with."""
        b = self._backend
        more = {} if number is None else {"reportHitNumber": number}
        go_on: list[NDArray[Any]] = [np.zeros(0, np.intp)]
        for begin in range(0, len(rows), MAX_RAYS):
            part = rows[begin : begin + MAX_RAYS]
            result = b.bullet.rayTestBatch(
                origins[part].tolist(), ends[part].tolist(), collisionFilterMask=mask << 1, physicsClientId=b.client, **more
            )
            found = np.array([b.slots.get((hit[0], hit[1]), -1) for hit in result], np.int64)
            reach = np.array([hit[2] for hit in result]) * distance
            better = (found >= 0) & (found != ignore) & (reach < hits["distance"][part])
            to = part[better]
            hits["body"][to], hits["distance"][to] = found[better], reach[better]
            hits["point"][to] = np.array([hit[3] for hit in result]).reshape(-1, 3)[better]
            hits["normal"][to] = np.array([hit[4] for hit in result]).reshape(-1, 3)[better]
            go_on.append(part[found == ignore] if number is None else part[[hit[0] >= 0 for hit in result]])
        return np.concatenate(go_on) if ignore >= 0 else go_on[0]

    def closest(self, shape: Shape, pose: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        low, high = world_bounds(shape, pose)
        rows: list[tuple[int, float, tuple[float, ...], tuple[float, ...]]] = []
        for slot in self._candidates(low - distance, high + distance):
            spec = self._backend.specs.get(slot)
            if slot == ignore or (spec is not None and not spec.layer & mask):
                continue
            for point in self._nearest(shape, pose, slot, distance):
                # Bullet's normal points from B (the body) towards A (the shape).
                rows.append((slot, point[8], point[6], point[7]))
        result = np.zeros(len(rows), CLOSEST)
        for i, row in enumerate(rows):
            result[i] = row
        return result

    def overlapping_body(self, slot: int, margin: float) -> set[int]:
        """Slots whose bounds come within `margin` of a body's."""
        b = self._backend
        low, high = b.bullet.getAABB(int(b.uids[slot]), int(b.links[slot]), physicsClientId=b.client)
        return set(self._candidates(np.array(low) - margin, np.array(high) + margin))

    def touches(self, listeners: list[int], triggers: list[int]) -> NDArray[Any]:
        """Who touches whom now: `TOUCH` rows of bodies that report contacts, and of triggers."""
        parts = [np.zeros(0, TOUCH)]
        if listeners:
            b = self._backend
            awake = np.zeros(len(b._kinds), bool)
            awake[b._awake()] = True
            parts += [self._contacts(listeners, awake), b._touching.resting(awake, b._bodies.alive)]
        rows = [row for slot in triggers for row in self._overlaps(slot)]
        if rows:
            parts.append(np.array(rows, TOUCH))
        return np.concatenate(parts)

    def neighbours(self, ids: NDArray[np.int64]) -> NDArray[np.int64]:
        """Pairs [m, 2] of these bodies and the dynamic or moving ones in contact with them."""
        b = self._backend
        get, client, slots = b.bullet.getContactPoints, b.client, b.slots
        pairs: set[tuple[int, int]] = set()
        for slot in ids.tolist():
            for point in get(bodyA=int(b.uids[slot]), physicsClientId=client) or ():
                other = slots.get((point[2], point[4]), -1)
                if other >= 0 and (b._kinds[other] == BodyKind.DYNAMIC or other in b._moving):
                    pairs.add((slot, other))
        return np.array(sorted(pairs), np.int64).reshape(-1, 2)

    def _contacts(self, listeners: list[int], awake: NDArray[np.bool_]) -> NDArray[Any]:
        """Contacts of bodies that report them, where one of the two is awake."""
        b = self._backend
        heard = np.zeros(len(b._kinds), bool)
        heard[listeners] = True
        stirring = np.flatnonzero(awake)
        get, client, slots = b.bullet.getContactPoints, b.client, b.slots
        points = [
            point
            for slot in (listeners if len(listeners) < len(stirring) else stirring.tolist())
            for point in get(bodyA=int(b.uids[slot]), linkIndexA=int(b.links[slot]), physicsClientId=client) or ()
        ]
        n = len(points)
        one = np.fromiter([slots.get((p[1], p[3]), -1) for p in points], np.int64, n)
        two = np.fromiter([slots.get((p[2], p[4]), -1) for p in points], np.int64, n)
        gap = np.fromiter([p[8] for p in points], np.float64, n)
        dynamic = b._kinds == int(BodyKind.DYNAMIC)
        keep = (gap <= TOUCH_DISTANCE) & (one >= 0) & (two >= 0) & (one != two)
        keep &= (heard[one] | heard[two]) & (dynamic[one] | dynamic[two])
        # The same contact comes twice where both bodies were asked: once is enough.
        seen = np.zeros(len(heard), bool)
        seen[listeners if len(listeners) < len(stirring) else stirring] = True
        rows = np.flatnonzero(keep & ~(seen[two] & (two < one)))
        one, two, gap = one[rows], two[rows], gap[rows]
        low, high = np.minimum(one, two), np.maximum(one, two)
        order = np.lexsort((gap, high, low))
        low, high = low[order], high[order]
        first = np.ones(len(order), bool)
        first[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
        starts = np.flatnonzero(first)
        touches = np.zeros(len(starts), TOUCH)
        if not len(starts):
            return touches
        deepest = [points[i] for i in rows[order[starts]].tolist()]
        force = np.array([points[i][9] for i in rows[order].tolist()])
        touches["a"], touches["b"] = low[starts], high[starts]
        touches["point"] = [point[6] for point in deepest]
        # Bullet's normal points from its second body towards its first.
        sign = np.where(one[order[starts]] == low[starts], 1.0, -1.0)
        touches["normal"] = np.array([point[7] for point in deepest]) * sign[:, None]
        touches["impulse"] = np.add.reduceat(force, starts) * b.settings.dt
        return touches

    def _overlaps(self, slot: int) -> list[tuple[Any, ...]]:
        b = self._backend
        found: set[int] = set()
        own = b.specs[slot]
        for shape, local, layer, mask in own.triggers:
            pose = compose(b.pose[slot], local)
            low, high = world_bounds(shape, pose)
            for other in self._candidates(low, high):
                spec = b.specs.get(other)
                if other == slot or other in found or b._kinds[other] == BodyKind.STATIC:
                    continue
                if spec is not None and not (spec.layer & mask and spec.mask & layer):
                    continue
                if self._nearest(shape, pose, other, 0.0):
                    found.add(other)
        zero = (0.0, 0.0, 0.0)
        return [(slot, other, True, zero, zero, 0.0) for other in sorted(found)]

    def _candidates(self, low: NDArray[Any], high: NDArray[Any]) -> list[int]:
        b = self._backend
        overlapping = b.bullet.getOverlappingObjects(low.tolist(), high.tolist(), physicsClientId=b.client) or ()
        return sorted({b.slots[key] for key in overlapping if key in b.slots})

    def _nearest(self, shape: Shape, pose: NDArray[Any], slot: int, distance: float) -> tuple[Any, ...]:
        b = self._backend
        probe = self._probes.get(shape.key)
        if probe is None:
            probe = self._probes[shape.key] = b.shapes.acquire([(shape, np.array((0, 0, 0, 0, 0, 0, 1.0)))])
        return (
            b.bullet.getClosestPoints(
                bodyA=-1,
                bodyB=int(b.uids[slot]),
                linkIndexB=int(b.links[slot]),
                distance=distance,
                collisionShapeA=probe,
                collisionShapePositionA=pose[:3].tolist(),
                collisionShapeOrientationA=pose[3:].tolist(),
                physicsClientId=b.client,
            )
            or ()
        )


def world_bounds(shape: Shape, pose: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """The axis-aligned box in the world around a shape at a pose."""
    low, high = shape.bounds
    centre = rotate(pose[3:], (low + high) / 2) + pose[:3]
    axes = np.abs(rotate(np.tile(pose[3:], (3, 1)), np.diag((high - low) / 2)))
    half = axes.sum(axis=0)
    return centre - half, centre + half
