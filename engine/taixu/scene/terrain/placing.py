"""Entities with a `Terrain` get tiles below them, as fine as eyes need."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World, row_count
from taixu.ecs.entity import mix64
from taixu.errors import TaixuError
from taixu.scene.cameras import main_camera
from taixu.scene.components import Camera, FromModel, Material, MeshInstance, Name, Parent, Transform
from taixu.scene.details import Eye
from taixu.scene.library import LibraryMesh, MeshLibrary
from taixu.scene.shape_meshes import ShapeState, look_number, looks_of
from taixu.scene.surfaces import surface_of_table
from taixu.scene.terrain.components import Terrain
from taixu.scene.terrain.heights import HeightField, Heights
from taixu.scene.terrain.tiles import Tile, TileTree, tile_mesh
from taixu.scene.transforms import WorldTransforms, propagate_transforms
from taixu.scene.visibility import update_visibility

__all__ = ["TerrainState", "local_eyes", "place_terrains", "show_terrains"]

_log = logging.getLogger(__name__)
_MOST_KEPT = 1500
_CHILD_NUMBERS = np.uint64(0x7E44_A1DE_0000_0001)
_UNSEEN = Eye(np.array([0.0, 1e5, 0.0]), 1.0e5)
"""Where nobody looks, tiles are as coarse as an eye far above would have them."""


@dataclass(slots=True)
class _Ground:
    look: tuple[Any, ...]
    tree: TileTree
    material: int
    library: MeshLibrary
    """What its numbers belong to: another project's world has another."""
    meshes: dict[Tile, int] = field(default_factory=dict)
    tiles: dict[Tile, int] = field(default_factory=dict)
    """Entities by tile."""
    asked: tuple[Any, ...] = ()


class TerrainState:
    """What `place_terrains` remembers (a resource)."""

    def __init__(self) -> None:
        self.tick = 0
        self.failures: dict[str, str] = {}
        self.grounds: dict[int, _Ground] = {}
        self.eyes: list[Eye] = []

    def field(self, entity: int) -> HeightField | None:
        """The heights of an entity's terrain, where they could be read."""
        found = self.grounds.get(entity)
        return None if found is None else found.tree.field

    def fork(self, world: World) -> TerrainState:
        return TerrainState()


def place_terrains(world: World) -> None:
    """Follow terrains that came, changed or went."""
    state = world.resource(TerrainState)
    if not state.grounds and not len(world.query(Terrain)):
        return
    since, state.tick = state.tick, world.tick
    structure = world.structure.since(since)
    if structure is None:  # a restored world: tiles that stand there are others'
        state.grounds.clear()
        _sweep(world)
        since = -1
    if any(ground.library is not world.resource(MeshLibrary) for ground in state.grounds.values()):  # another project was opened
        for ground in state.grounds.values():
            _clear(world, ground)
        state.grounds.clear()
        since = -1
    for entity in [one for one in state.grounds if not world.has(one, Terrain)]:
        _clear(world, state.grounds.pop(entity))
    edited: list[tuple[int, tuple[Any, ...]]] = []
    for table in world.query(Terrain):
        own = surface_of_table(table) or (Material if Material in table.types else None)
        rows = table.changed((Terrain,) if own is None else (Terrain, own), since=since)
        if not row_count(rows):
            continue
        looks = zip(looks_of(table, Terrain, rows), looks_of(table, own, rows), strict=True)
        edited += zip(table.entities[rows].tolist(), looks, strict=True)
    for entity, look in edited:
        known = state.grounds.get(entity)
        if known is None or known.look != look:
            if known is not None:
                _clear(world, state.grounds.pop(entity))
            _add(world, state, entity, look)
    world.advance()
    if edited or any(not ground.tiles for ground in state.grounds.values()):
        show_terrains(world, state.eyes or _eyes_of(world))


def show_terrains(world: World, eyes: Sequence[Eye]) -> None:
    """Show every terrain as these eyes need it."""
    state = world.resource(TerrainState)
    if not state.grounds or not eyes:
        return
    state.eyes = list(eyes)
    has_new = False
    for entity, ground in state.grounds.items():
        if world.alive(np.array([entity], np.uint64)).all():
            has_new |= _show(world, entity, ground, eyes)
    if has_new:
        update_visibility(world)
        propagate_transforms(world)


def _add(world: World, state: TerrainState, entity: int, look: tuple[Any, ...]) -> None:
    _, source, size, low_m, high_m, *_ = look[0]
    if not source:
        return
    try:
        path = world.resource(ShapeState).resolve(source)
        found = world.resource(Heights).find(path, size=(float(size[0]), float(size[1])), low_m=float(low_m), high_m=float(high_m))
    except TaixuError as error:
        if state.failures.get(source) != str(error):
            state.failures[source] = str(error)
            _log.warning("%s", error)
        return
    state.failures.pop(source, None)
    state.grounds[entity] = _Ground(
        look, TileTree(found), look_number(world, look[1]) if look[1] else 0, world.resource(MeshLibrary)
    )


def _show(world: World, entity: int, ground: _Ground, eyes: Sequence[Eye]) -> bool:
    living = np.fromiter(ground.tiles.values(), np.uint64, len(ground.tiles))
    if len(living) and not world.alive(living).all():
        _clear(world, ground)
        ground.asked = ()
    local = local_eyes(world, entity, eyes)
    asked = tuple((*np.round(eye.position, 1).tolist(), round(eye.pixels_per_rad), eye.is_parallel) for eye in local)
    if asked == ground.asked and ground.tiles:
        return False
    ground.asked = asked
    wanted = dict.fromkeys(ground.tree.select(local, error_px=float(ground.look[0][5])))
    gone = [tile for tile in ground.tiles if tile not in wanted]
    new = [tile for tile in wanted if tile not in ground.tiles]
    if gone:
        world.despawn(np.array([ground.tiles.pop(tile) for tile in gone], np.uint64))
    if new:
        meshes = np.array([_mesh(world, entity, ground, tile) for tile in new], np.uint32)
        numbers = np.array([(level << 40) | (j << 20) | i for level, i, j in new], np.uint64)
        ids = mix64(mix64(numbers + _CHILD_NUMBERS) ^ np.uint64(world.stable_id(entity)))
        names = np.empty(len(new), object)
        names[:] = [f"tile {level}:{i},{j}" for level, i, j in new]
        made = world.spawn_batch(
            len(new),
            {
                Transform: {}, Name: {"text": names}, FromModel: {"owner": entity, "node": -1}, Parent: {"entity": entity},
                MeshInstance: {"mesh": meshes, "cast_shadow": bool(ground.look[0][6])},
            },
            stable_ids=ids,
        )  # fmt: skip
        ground.tiles.update(zip(new, made.tolist(), strict=True))
    _forget(ground)
    return bool(new or gone)


def _mesh(world: World, entity: int, ground: _Ground, tile: Tile) -> int:
    found = ground.meshes.pop(tile, None)
    if found is None:
        mesh = tile_mesh(ground.tree.field, tile, skirt_m=ground.tree.skirt_m(tile))
        entry = LibraryMesh((mesh,), (ground.material,))
        found = ground.library.put(("terrain", entity, id(ground), tile), entry)
    ground.meshes[tile] = found  # latest at the end
    return found


def _forget(ground: _Ground) -> None:
    """Empty the meshes that were not shown for longest."""
    if len(ground.meshes) <= _MOST_KEPT:
        return
    idle = [tile for tile in ground.meshes if tile not in ground.tiles]
    for tile in idle[: len(ground.meshes) - _MOST_KEPT // 2]:
        ground.library.replace(ground.meshes.pop(tile), LibraryMesh((), ()))


def local_eyes(world: World, entity: int, eyes: Sequence[Eye]) -> list[Eye]:
    """Eyes in an entity's frame; a scaled one keeps its angles."""
    places = world.resource(WorldTransforms)
    index = entity & 0xFFFFFFFF
    if index >= len(places.matrices):
        return list(eyes)
    matrix = places.matrix(index)
    try:
        inverse = np.linalg.inv(matrix)
    except np.linalg.LinAlgError:
        return list(eyes)
    scale = float(np.cbrt(abs(np.linalg.det(matrix[:3, :3]))))
    return [
        Eye(
            inverse[:3, :3] @ eye.position + inverse[:3, 3],
            eye.pixels_per_rad * (scale if eye.is_parallel else 1.0),
            eye.is_parallel,
        )
        for eye in eyes
    ]


def _eyes_of(world: World) -> list[Eye]:
    """The main camera's, for a picture of 720 rows."""
    entity = main_camera(world)
    if entity is None:
        return [_UNSEEN]
    camera, places = world.get(entity, Camera), world.resource(WorldTransforms)
    index = entity & 0xFFFFFFFF
    if index >= len(places.matrices):
        return [_UNSEEN]
    return [Eye(places.matrix(index)[:3, 3].copy(), 720.0 / min(max(float(camera.fov_y_rad), 0.05), pi))]


def _clear(world: World, ground: _Ground) -> None:
    living: NDArray[np.uint64] = world.living(np.fromiter(ground.tiles.values(), np.uint64, len(ground.tiles)))
    if len(living):
        world.despawn(living)
    ground.tiles.clear()
    for number in ground.meshes.values():
        ground.library.replace(number, LibraryMesh((), ()))
    ground.meshes.clear()


def _sweep(world: World) -> None:
    """Remove the tiles of a world that was restored."""
    owners = world.query(Terrain).entities
    lost = [table.entities[np.isin(table.read(FromModel, "owner"), owners)] for table in world.query(FromModel)]
    found = np.concatenate([np.empty(0, np.uint64), *lost])
    if len(found):
        world.despawn(found)
