"""What a body should be, by the components of an entity and its parts; and the batch that an engine makes it of."""

from __future__ import annotations

import dataclasses
import logging
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import ModelData
from taixu.ecs import World, indices_of
from taixu.errors import TaixuError
from taixu.scene import Model, Terrain
from taixu.scene.models import ModelState
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.terrain import HeightField, Heights, TerrainState

from . import shapes
from .batch import IDENTITY_POSE, BodyBatch, BodyFlags, BodyKind
from .collider_shapes import NotLoaded, ShapeMaker
from .components import Character, Collider, RigidBody
from .naming import named
from .placement import world_placements
from .poses import compose, relative
from .shapes import Shape
from .validate import check_shape

__all__ = ["BodyDescriber", "Spec", "instances_of"]

_log = logging.getLogger(__name__)
Handles = NDArray[np.uint64]
_KINDS = {"static": BodyKind.STATIC, "kinematic": BodyKind.KINEMATIC, "dynamic": BodyKind.DYNAMIC}


@dataclass(frozen=True)
class _Part:
    """One collider of a body."""

    collider: Collider
    pose: tuple[float, ...]
    scale: tuple[float, ...]
    model: str
    ground: tuple[Any, ...] = ()
    """Of a heightfield that takes the heights of its entity's `Terrain`: what says which."""


Spec: TypeAlias = "tuple[Any, tuple[_Part, ...]]"
"""The `RigidBody` or `Character` (None of what stands still), and the colliders: equal ones mean equal bodies."""


class BodyDescriber:
    """Reads bodies out of a world."""

    def __init__(self) -> None:
        self.waiting: set[int] = set()
        """Entity indices of bodies with a collider whose model is still being loaded."""
        self._refused: set[str] = set()
        self._maker: ShapeMaker | None = None

    def complain_as(self, other: BodyDescriber) -> None:
        """Do not say again what another has said."""
        self._refused = other._refused

    def describe(
        self, world: World, indices: NDArray[Any], owner_of: NDArray[np.int64], origin: NDArray[np.int32]
    ) -> dict[int, Spec]:
        """What the bodies of these entities should be; entities that should have none are missing."""
        entities = world.entities_at(indices)
        entities = entities[world.alive(entities)]
        if not len(entities):
            return {}
        owners = indices_of(entities)
        heads: dict[int, Any] = {}
        for cls in (RigidBody, Character):
            having = _having(world, entities, cls)
            for entity, value in zip(having.tolist(), instances_of(world, having, cls), strict=True):
                calm = {"linear_velocity": (0, 0, 0), "angular_velocity": (0, 0, 0)} if cls is RigidBody else {
                    "velocity": (0, 0, 0), "jump_speed": 0.0, "fall_speed": 0.0, "grounded": False}  # fmt: skip
                heads.setdefault(entity & 0xFFFFFFFF, dataclasses.replace(value, **calm))
        members = np.flatnonzero(np.isin(owner_of, owners))
        parts: dict[int, list[_Part]] = {}
        if len(members):
            handles = world.entities_at(members)
            order = np.argsort(world.stable_ids(handles), kind="stable")
            members, handles = members[order], handles[order]
            owner_handles = world.entities_at(owner_of[members])
            poses, scales = world_placements(world, handles, origin)
            bases, _ = world_placements(world, owner_handles, origin)
            local = relative(bases, poses)
            local[members == owner_of[members]] = IDENTITY_POSE
            models = world.gather(handles, Model, "source")
            for i, collider in enumerate(instances_of(world, handles, Collider)):
                ground = _ground(world, int(handles[i])) if collider.shape == "heightfield" and not collider.data else ()
                part = _Part(collider, tuple(np.round(local[i], 6)), tuple(np.round(scales[i], 6)), str(models[i]), ground)
                parts.setdefault(int(owner_of[members[i]]), []).append(part)
        return {
            index: (heads.get(index), tuple(parts.get(index, ())))
            for index in owners.tolist()
            if index in heads or index in parts
        }

    def batch(
        self, world: World, entities: Handles, specs: list[tuple[int, Spec]], *, origin: NDArray[np.int32], all_contacts: bool
    ) -> BodyBatch:
        """Bodies of entities, in this order, by entity index and description."""
        n = len(entities)
        poses, _ = world_placements(world, entities, origin)
        batch_shapes: list[Shape] = []
        place: dict[bytes, int] = {}
        rows: list[tuple[Any, ...]] = []
        kinds, masses, flags = np.zeros(n, np.uint8), np.full(n, np.nan), np.full(n, BodyFlags.CAN_SLEEP, np.uint32)
        gravity, linear, angular = np.ones(n), np.zeros(n), np.zeros(n)
        for i, (index, (head, parts)) in enumerate(specs):
            if isinstance(head, RigidBody):
                kinds[i] = _KINDS[head.kind]
                masses[i] = head.mass_kg if head.mass_kg > 0 else np.nan
                flags[i] = (
                    BodyFlags.CAN_SLEEP * head.can_sleep | BodyFlags.CCD * head.ccd | BodyFlags.LOCK_ROTATION * head.lock_rotation
                )
                gravity[i], linear[i], angular[i] = head.gravity_scale, head.linear_damping, head.angular_damping
            elif isinstance(head, Character):
                kinds[i] = BodyKind.KINEMATIC
                rows.append((i, _index(batch_shapes, place, _walker_shape(head)), _feet_up(head), head, None))
            for part in parts:
                shape = self._shape(world, part, index, int(kinds[i]))
                if shape is not None:
                    rows.append((i, _index(batch_shapes, place, shape), part.pose, part.collider, part))
        colliders = BodyBatch.collider_rows(len(rows))
        for row, (body, shape_index, pose, source, part) in enumerate(rows):
            entry = colliders[row]
            entry["body"], entry["shape"], entry["pose"] = body, shape_index, pose
            entry["layer"], entry["mask"] = source.layer, source.mask
            entry["events"] = all_contacts
            if part is not None:
                entry["pose"] = _placed(pose, source, part.scale)
                entry["friction"], entry["restitution"] = source.friction, source.restitution
                entry["density"], entry["trigger"] = source.density, source.is_trigger
                entry["events"] = all_contacts or source.report_contacts
        velocities = world.gather_columns(entities, RigidBody, ("linear_velocity", "angular_velocity"))
        return BodyBatch(
            poses=poses,
            kinds=kinds,
            shapes=tuple(batch_shapes),
            colliders=colliders,
            masses_kg=masses,
            velocities=np.concatenate(velocities).T,
            gravity_scales=gravity,
            linear_dampings=linear,
            angular_dampings=angular,
            flags=flags,
        )

    def _shape(self, world: World, part: _Part, index: int, kind: int) -> Shape | None:
        """A part's shape; None, with a sentence in the log, when there is none yet or ever."""
        if self._maker is None:
            self._maker = ShapeMaker(lambda source: _model(world, source), lambda ground: _heights(world, ground))
        try:
            collider = part.collider
            if collider.shape == "mesh" and kind == BodyKind.DYNAMIC:
                # What moves by forces needs an inside: the mesh's hull.
                collider = dataclasses.replace(collider, shape="hull")
            shape = self._maker.make(collider, np.array(part.scale), part.model, part.ground)
            check_shape(shape, "A collider")
            if shape.kind.is_surface and kind == BodyKind.DYNAMIC:
                raise TaixuError("A dynamic body has a heightfield collider, which has no inside.")
            return shape
        except NotLoaded:
            self.waiting.add(index)
        except TaixuError as error:
            if str(error) not in self._refused:
                self._refused.add(str(error))
                owner = int(world.entities_at(np.array([index]))[0])
                _log.warning("%s: %s The entity goes without this collider.", named(world, owner), error)
        return None


def _having(world: World, entities: Handles, cls: type) -> Handles:
    tables, _ = world.locate(entities)
    has = np.array([cls in world.table(int(table)).types for table in np.unique(tables)], bool)
    return entities[has[np.searchsorted(np.unique(tables), tables)]] if len(tables) else entities


def instances_of(world: World, entities: Handles, cls: type) -> list[Any]:
    """Components of many entities as instances."""
    if not len(entities):
        return []
    names = [f.name for f in dataclasses.fields(cls)]
    columns = world.gather_columns(entities, cls, names)
    lists = [list(map(tuple, column.T.tolist())) if column.ndim == 2 else column.tolist() for column in columns]
    return [cls(*values) for values in zip(*lists, strict=True)]


def _index(batch_shapes: list[Shape], place: dict[bytes, int], shape: Shape) -> int:
    found = place.get(shape.key)
    if found is None:
        found = place[shape.key] = len(batch_shapes)
        batch_shapes.append(shape)
    return found


def _walker_shape(walker: Character) -> Shape:
    return shapes.capsule(max(walker.radius_m, 0.01), max(walker.height_m, 0.0))


def _feet_up(walker: Character) -> tuple[float, ...]:
    return (0.0, walker.radius_m + walker.height_m / 2, 0.0, 0.0, 0.0, 0.0, 1.0)


def _placed(pose: tuple[float, ...], collider: Collider, scale: tuple[float, ...]) -> NDArray[np.float64]:
    offset = np.asarray(collider.offset, np.float64) * scale
    turn = np.asarray(collider.rotation, np.float64)
    length = float(np.linalg.norm(turn))
    return compose(pose, np.array([*offset, *(turn / length if length > 1e-6 else (0.0, 0.0, 0.0, 1.0))]))


def _model(world: World, source: str) -> ModelData | None:
    if not world.has_resource(ModelState):
        raise TaixuError(f"{source}: this world loads no models, so no collider can be made of one.")
    found = world.resource(ModelState).store.model(source)
    return None if found is None else found[0]


def _ground(world: World, entity: int) -> tuple[Any, ...]:
    """Which heights an entity's terrain has."""
    if not world.has(entity, Terrain):
        return ()
    found = world.get(entity, Terrain)
    states = world.resource(TerrainState) if world.has_resource(TerrainState) else None
    if states is not None and states.given(entity) is not None:  # somebody shapes it
        return (entity, states.versions[entity])
    if not found.source:
        return (entity, -1)
    return (found.source, float(found.size[0]), float(found.size[1]), float(found.low_m), float(found.high_m))


def _heights(world: World, ground: tuple[Any, ...]) -> HeightField:
    if len(ground) == 2:
        field = world.resource(TerrainState).given(ground[0])
        if field is None:
            raise NotLoaded
        return field
    source, size_x, size_z, low_m, high_m = ground
    path = world.resource(ShapeState).resolve(source)
    return world.resource(Heights).find(path, size=(size_x, size_z), low_m=low_m, high_m=high_m)
