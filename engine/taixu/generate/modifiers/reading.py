"""Stacks as they stand in a world, read into plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.ecs.component import component_type
from taixu.errors import TaixuError
from taixu.generate.modifiers.blocks import Bounds
from taixu.generate.modifiers.components import Modifier, Modifiers
from taixu.generate.modifiers.kinds import ModifierKinds
from taixu.generate.modifiers.stacks import Ground, Stack, Step, digest
from taixu.scene.components import Name, Parent, Transform
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.terrain import Heights, Terrain, TerrainGround

__all__ = ["StepReader", "modifiers_of", "read_ground", "read_stack"]

_MOST_BYTES, _MOST_PIXELS = 1 << 28, 1 << 26


def modifiers_of(world: World) -> dict[int, list[int]]:
    """Entities with a `Modifier` by parent, in the order of their steps."""
    found: dict[int, list[tuple[float, int, int]]] = {}
    for table in world.query(Modifier, Parent):
        entities = table.entities
        rows = zip(
            table.read(Parent, "entity").tolist(), table.read(Modifier, "order").tolist(), world.stable_ids(entities).tolist(),
            entities.tolist(), strict=True,
        )  # fmt: skip
        for parent, order, stable, entity in rows:
            found.setdefault(parent, []).append((order, stable, entity))
    return {parent: [entity for _, _, entity in sorted(steps)] for parent, steps in found.items()}


@dataclass(slots=True)
class StepReader:
    """Reads steps, and keeps those whose entities stay as they were.

    Attributes
    ----------
    known
        Step by entity, with what it was read from.
    """

    known: dict[int, tuple[tuple[Any, ...], Step]]

    def read(self, world: World, entity: int, seed: int) -> Step | None:
        """A modifier's step; None where it is off, or of no kind that is known.

        Raises
        ------
        TaixuError
            Where its parameters are none.
        """
        own = world.get(entity, Modifier)
        if not own.enabled:
            return None
        kinds = world.resource(ModifierKinds).by_component
        types = sorted((cls for cls in world.types_of(entity) if cls in kinds), key=lambda cls: component_type(cls).name)
        name = world.get(entity, Name).text if world.has(entity, Name) else ""
        if not types:
            return None
        if len(types) > 1:
            raise TaixuError(
                f"modifier {name!r}: it has {' and '.join(component_type(cls).name for cls in types)}; a step is one of them"
            )
        parameters: Any = world.get(entity, types[0])
        place = world.get(entity, Transform) if world.has(entity, Transform) else Transform()
        look = (parameters, own.seed, seed, place, name)
        known = self.known.get(entity)
        if known is not None and known[0] == look:
            return known[1]
        stable = world.stable_id(entity)
        chance = int(digest("seed", seed, stable, own.seed)[:15], 16)
        step = Step.of(kinds[types[0]], parameters, id=stable, frame=_frame(place), seed=chance, name=name)
        self.known[entity] = (look, step)
        return step


def read_stack(world: World, entity: int, steps: list[Step], ground: Ground | None) -> Stack:
    """The stack of an entity.

    Raises
    ------
    TaixuError
        Where it cannot be made.
    """
    own = world.get(entity, Modifiers)
    area = None
    if not own.endless:
        size = tuple(float(edge) for edge in own.size)
        if not all(size):
            if ground is not None:
                size = ground.size
            elif world.has(entity, Terrain):
                size = tuple(float(edge) for edge in world.get(entity, Terrain).size)
        if not (len(size) == 2 and all(np.isfinite(size)) and min(size) > 0):
            raise TaixuError("modifiers: there is no ground; give a size, or a terrain beside them, or make them endless")
        area = Bounds(-size[0] / 2, -size[1] / 2, size[0] / 2, size[1] / 2)
    return Stack(tuple(steps), area, float(own.spacing_m), ground).check()


def read_ground(world: World, entity: int) -> Ground | None:
    """The heights of the file of the terrain beside a stack.

    Raises
    ------
    TaixuError
        Where they cannot be read.
    """
    if not world.has(entity, Terrain):
        return None
    own = world.get(entity, Terrain)
    if not own.source:
        return None
    size = (float(own.size[0]), float(own.size[1]))
    path = world.resource(ShapeState).resolve(own.source)
    field = world.resource(Heights).find(path, size=size, low_m=float(own.low_m), high_m=float(own.high_m))
    return Ground(field.heights, field.size, _weights(world, entity))


def _weights(world: World, entity: int) -> NDArray[np.float32] | None:
    """The map of weights of the ground beside a terrain; None where there is none that can be read."""
    from taixu.assets.image import decode_image
    from taixu.assets.paths import read_bytes

    source = world.get(entity, TerrainGround).weights if world.has(entity, TerrainGround) else ""
    if not source:
        return None
    try:
        path = world.resource(ShapeState).resolve(source)
        pixels = decode_image(read_bytes(path, max_bytes=_MOST_BYTES), name=str(path), max_pixels=_MOST_PIXELS)
    except TaixuError:
        return None  # the ground itself tells
    if pixels.ndim != 3 or pixels.shape[2] != 4 or pixels.dtype != np.uint8:
        return None
    return pixels.astype(np.float32) / np.float32(255)


def _frame(place: Transform) -> NDArray[np.float64]:
    turn = np.asarray(place.rotation, np.float64)
    length = float(np.linalg.norm(turn))
    turn = turn / length if length > 1e-9 else np.array([0.0, 0.0, 0.0, 1.0])
    x, y, z, w = turn
    matrix = np.eye(4)
    matrix[:3, :3] = np.array([
        [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
        [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
        [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
    ]) * np.asarray(place.scale, np.float64)[None, :]  # fmt: skip
    matrix[:3, 3] = place.translation
    return matrix
