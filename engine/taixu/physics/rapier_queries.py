"""Rays, shape casts, nearest points, contacts and triggers in a Rapier world."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .base import no_hits
from .batch import BodyKind
from .events import TOUCH
from .protocol import CLOSEST, HIT
from .rapier_shapes import native_shape
from .shapes import Shape

if TYPE_CHECKING:
    from .rapier_backend import RapierBackend

__all__ = ["Queries"]

QUERY_GROUP = 1 << 31


class Queries:
    """The questions that a `RapierBackend` answers."""

    def __init__(self, backend: RapierBackend) -> None:
        self._backend = backend
        self.stale = True
        self._probes: dict[bytes, Any] = {}

    def _pipeline(self) -> Any:
        world = self._backend.world
        if self.stale:
            world.update_query_pipeline()
            self.stale = False
        return world.query_pipeline

    def _filter(self, mask: int, ignore: int) -> Any:
        b, rapier = self._backend, self._backend.rapier
        groups = rapier.InteractionGroups(rapier.Group.from_bits(QUERY_GROUP), rapier.Group.from_bits(mask))
        exclude = b.handles[ignore] if 0 <= ignore < len(b.handles) else None
        return rapier.QueryFilter(rapier.QueryFilterFlags.EXCLUDE_SENSORS, groups, None, exclude)

    def _probe(self, shape: Shape) -> Any:
        probe = self._probes.get(shape.key)
        if probe is None:
            if len(self._probes) >= 64:
                self._probes.clear()
            probe = self._probes[shape.key] = native_shape(self._backend.rapier, shape)
        return probe

    def raycast(self, origins: NDArray[Any], directions: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        hits = no_hits(len(origins))
        pipeline, ray = self._pipeline(), self._backend.rapier.Ray
        wanted, slots = self._filter(mask, ignore), self._backend.slot_of_collider
        cast = pipeline.cast_ray_and_get_normal
        for i, (origin, direction) in enumerate(zip(origins.tolist(), directions.tolist(), strict=True)):
            found = cast(ray(origin, direction), distance, True, wanted)
            if found is not None:
                collider, hit = found
                toi = hit.time_of_impact
                point = [o + d * toi for o, d in zip(origin, direction, strict=True)]
                hits[i] = (slots[collider.index, collider.generation], toi, point, hit.normal.to_tuple())
        return hits

    def shapecast(self, shape: Shape, pose: NDArray[Any], motion: NDArray[Any], mask: int, ignore: int) -> Any:
        hit = no_hits(1)[0]
        length = float(np.linalg.norm(motion))
        if length < 1e-12:
            return hit
        rapier = self._backend.rapier
        options = rapier.ShapeCastOptions(length, 0.0, False, True)
        direction = (motion / length).tolist()
        found = self._pipeline().cast_shape(
            (pose[:3].tolist(), pose[3:].tolist()), direction, self._probe(shape), options, self._filter(mask, ignore)
        )
        if found is not None:
            collider, cast = found
            slot = self._backend.slot_of_collider[collider.index, collider.generation]
            values = (slot, cast.time_of_impact, cast.witness1.to_tuple(), cast.normal1.to_tuple())
            hit = np.array([values], HIT)[0]
        return hit

    def closest(self, shape: Shape, pose: NDArray[Any], distance: float, mask: int, ignore: int) -> NDArray[Any]:
        """Bodies that the shape touches (exactly), and those within reach of it.

        Rapier measures no distances between shapes: they are those along the line from the shape's centre to the nearest
        point of the body, exact for spheres and else a little too long.
        """
        rapier, pipeline = self._backend.rapier, self._pipeline()
        place, probe = (pose[:3].tolist(), pose[3:].tolist()), self._probe(shape)
        wanted = self._filter(mask, ignore)
        touching: dict[tuple[int, int], Any] = {}
        pipeline.intersect_shape(place, probe, lambda h: touching.setdefault((h.index, h.generation), h) is not None, wanted)
        box = probe.compute_aabb(place)
        low, high = np.array(box.mins.to_tuple()) - distance, np.array(box.maxs.to_tuple()) + distance
        near = dict(touching)
        around = rapier.SharedShape.cuboid(*((high - low) / 2).tolist())
        middle = (((low + high) / 2).tolist(), (0.0, 0.0, 0.0, 1.0))
        pipeline.intersect_shape(middle, around, lambda h: near.setdefault((h.index, h.generation), h) is not None, wanted)
        rows = [row for key, h in sorted(near.items()) if (row := self._gap(shape, pose, h, key in touching, distance))]
        return np.array(sorted(rows, key=lambda row: row[:2]), CLOSEST) if rows else np.zeros(0, CLOSEST)

    def _gap(self, shape: Shape, pose: NDArray[Any], collider: Any, touching: bool, distance: float) -> tuple[Any, ...] | None:
        """One row of `closest`."""
        b, rapier = self._backend, self._backend.rapier
        key = (collider.index, collider.generation)
        only = rapier.QueryFilter.new().predicate(lambda h, _: (h.index, h.generation) == key)
        centre = pose[:3]
        projected = self._pipeline().project_point(centre.tolist(), True, only)
        if projected is None:
            return None
        point = np.array(projected[1].point.to_tuple())
        way = point - centre
        length = float(np.linalg.norm(way))
        normal = -way / length if length > 1e-9 else np.array((0.0, 1.0, 0.0))
        if touching:
            return (b.slot_of_collider[key], 0.0, point, normal)
        options = rapier.ShapeCastOptions(length, 0.0, True, True)
        place = (centre.tolist(), pose[3:].tolist())
        found = self._pipeline().cast_shape(place, (-normal).tolist(), self._probe(shape), options, only)
        if found is None or found[1].time_of_impact > distance:
            return None
        cast = found[1]
        return (b.slot_of_collider[key], cast.time_of_impact, cast.witness1.to_tuple(), cast.normal1.to_tuple())

    def touches(self) -> NDArray[Any]:
        """Who touches whom now: `TOUCH` rows of bodies that report contacts, and of triggers."""
        b = self._backend
        parts = [np.zeros(0, TOUCH)]
        if b.listeners:
            awake = np.zeros(len(b._kinds), bool)
            awake[b._awake_slots] = True
            asked = sorted(b.listeners) if len(b.listeners) < len(b._awake_slots) else b._awake_slots.tolist()
            rows = [row for slot in asked for collider in b.views[slot].colliders for row in self._contacts(collider)]
            if rows:
                parts.append(np.array(rows, TOUCH))
            parts.append(b._touching.resting(awake, b._bodies.alive))
        rows = [row for slot in sorted(b.triggers) for row in self._overlaps(slot, b.triggers[slot])]
        if rows:
            parts.append(np.array(rows, TOUCH))
        return np.concatenate(parts)

    def _contacts(self, collider: Any) -> list[tuple[Any, ...]]:
        b = self._backend
        rows = []
        for pair in b.world.narrow_phase.contact_pairs_with(collider):
            if not pair.has_any_active_contact:
                continue
            keys = [(c.index, c.generation) for c in (pair.collider1, pair.collider2)]
            one, two = b.slot_of_collider.get(keys[0], -1), b.slot_of_collider.get(keys[1], -1)
            if one < 0 or two < 0 or one == two or not (one in b.listeners or two in b.listeners):
                continue
            manifold = max(pair.manifolds, key=lambda m: max((-p.dist for p in m.points), default=-np.inf))
            deepest = min(manifold.points, key=lambda p: p.dist)
            place = b.world.colliders[pair.collider1].position.transform_point(deepest.local_p1).to_tuple()
            # Rapier's normal points from the first to the second.
            normal = np.array(manifold.data.normal.to_tuple())
            a, other, away = (one, two, -normal) if one < two else (two, one, normal)
            rows.append((a, other, False, place, away, pair.total_impulse_magnitude()))
        return rows

    def _overlaps(self, slot: int, colliders: list[Any]) -> list[tuple[Any, ...]]:
        b = self._backend
        found: set[int] = set()
        for collider in colliders:
            for one, two, touching in b.world.narrow_phase.intersection_pairs_with(collider):
                for handle in (one, two):
                    other = b.slot_of_collider.get((handle.index, handle.generation), -1)
                    if touching and other not in (slot, -1) and b._kinds[other] != BodyKind.STATIC:
                        found.add(other)
        zero = (0.0, 0.0, 0.0)
        return [(slot, other, True, zero, zero, 0.0) for other in sorted(found)]
