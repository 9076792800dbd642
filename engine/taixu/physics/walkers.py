"""Characters of a world, walked once a fixed step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Clock
from taixu.ecs import World, indices_of
from taixu.scene import CELL_M, Transform

from .base import BackendBase
from .batch import BodyKind
from .body_batches import instances_of
from .characters import Walker, move_character
from .components import Character
from .placement import into_parents, world_from_parents, world_placements
from .poses import compose, relative

if TYPE_CHECKING:
    from .scene import PhysicsScene

__all__ = ["Walkers"]

TERMINAL_SPEED = 60.0
_NOBODY = np.empty(0, np.uint64)


class Walkers:
    """Moves the entities with a `Character`, in the order of stable ids."""

    def __init__(self) -> None:
        self.entities: NDArray[np.uint64] = _NOBODY
        self._ground: dict[int, int] = {}  # entity to the body that it stands on

    def save_state(self) -> dict[int, int]:
        return dict(self._ground)

    def load_state(self, state: dict[int, int]) -> None:
        self._ground = dict(state)

    def walk(self, world: World, scene: PhysicsScene, backend: BackendBase) -> None:
        """Move everybody for one fixed step."""
        if not len(query := world.query(Character, Transform)):
            self.entities = _NOBODY
            return
        entities = query.entities
        entities = entities[np.argsort(world.stable_ids(entities), kind="stable")]
        ids = scene.mirror.body_of[indices_of(entities)]
        entities, ids = entities[ids >= 0], ids[ids >= 0]
        self.entities = entities
        if not len(entities):
            return
        walkers = instances_of(world, entities, Character)
        poses, _ = world_placements(world, entities, scene.mirror.origin)
        results = np.zeros((len(entities), 3))  # fall speed, grounded, jump speed
        for i, (entity, body, walker) in enumerate(zip(entities.tolist(), ids.tolist(), walkers, strict=True)):
            results[i] = self._walk_one(world, scene, backend, entity, body, walker, poses[i])
        backend.set_kinematic(ids, poses)
        scene.carry(ids, poses)
        self._write(world, scene, entities, poses, results)

    def _walk_one(
        self, world: World, scene: PhysicsScene, backend: BackendBase, entity: int, body: int, walker: Any, pose: NDArray[Any]
    ) -> tuple[float, float, float]:
        dt = world.resource(Clock).step_secs
        gravity = float(backend.settings.gravity[1]) * walker.gravity_scale
        fall = walker.fall_speed
        grounded = walker.grounded
        if grounded and walker.jump_speed > 0:
            fall, grounded = walker.jump_speed, False
        elif grounded:
            fall = 0.0
        fall = float(np.clip(fall + gravity * dt, -TERMINAL_SPEED, TERMINAL_SPEED))
        wish = np.nan_to_num(np.asarray(walker.velocity, np.float64) * (1, 0, 1)).clip(-100, 100)
        motion = wish * dt + (0.0, fall * dt, 0.0)
        feet = pose[:3] + self._carried(scene, entity, pose[:3])
        moved = move_character(
            backend,
            Walker(
                walker.radius_m, walker.height_m, walker.step_m, walker.max_slope_rad, walker.snap_m, walker.mask, body
            ),
            feet,
            motion,
            was_grounded=grounded,
        )
        pose[:3] = moved.feet
        self._ground[entity] = moved.ground_body if moved.grounded else -1
        if walker.push_force > 0 and wish.any():
            self._push(scene, backend, walker.push_force, moved.hits)
        if moved.grounded or (fall > 0 and moved.feet[1] - feet[1] < 0.5 * fall * dt):
            fall = 0.0
        return fall, float(moved.grounded), walker.jump_speed if not walker.grounded else 0.0

    def _carried(self, scene: PhysicsScene, entity: int, feet: NDArray[Any]) -> NDArray[Any]:
        """How the ground that it stands on has moved in the last step."""
        ground = self._ground.get(entity, -1)
        if ground < 0 or ground >= len(scene.mirror.entity_of) or not scene.mirror.entity_of[ground]:
            return np.zeros(3)
        place = np.array([*feet, 0, 0, 0, 1.0])
        return compose(scene.current[ground], relative(scene.previous[ground], place))[:3] - feet

    def _push(self, scene: PhysicsScene, backend: BackendBase, force: float, hits: tuple[Any, ...]) -> None:
        for body, _, normal in hits:
            if body >= 0 and scene.mirror.kind_of[body] == BodyKind.DYNAMIC:
                away = -np.array(normal) * (1.0, 0.0, 1.0) * force
                backend.apply([body], [[*away, 0.0, 0.0, 0.0]])

    def _write(
        self, world: World, scene: PhysicsScene, entities: NDArray[Any], poses: NDArray[Any], results: NDArray[Any]
    ) -> None:
        nested, parents, scales = world_from_parents(world, entities, scene.mirror.origin)
        local = poses.copy()
        local[nested] = into_parents(poses[nested], parents, scales)
        cells = scene.mirror.cells_of(indices_of(entities))
        local[~nested, :3] -= (cells[~nested] - scene.mirror.origin) * CELL_M
        translations = local[:, :3].T.astype(np.float32)
        world.scatter(entities, Transform, "translation", translations)
        rotations = world.gather(entities, Transform, "rotation")
        scene.mirror.wrote(indices_of(entities), np.concatenate([translations, rotations]))
        if nested.any():
            ids = scene.mirror.body_of[indices_of(entities[nested])]
            scene.mirror.wrote_nested(world, ids, entities[nested])
        world.scatter(entities, Character, "fall_speed", results[:, 0].astype(np.float32))
        world.scatter(entities, Character, "grounded", results[:, 1] > 0)
        world.scatter(entities, Character, "jump_speed", results[:, 2].astype(np.float32))
