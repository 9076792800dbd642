"""Entities with a `Terrain` get tiles below them, as fine as eyes need."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import pi
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.ecs.entity import mix64
from taixu.errors import TaixuError
from taixu.scene.cameras import main_camera
from taixu.scene.components import Camera, FromModel, MeshInstance, Name, Parent, Transform
from taixu.scene.details import Eye
from taixu.scene.following import Follower, sweep_made
from taixu.scene.library import LibraryMesh, MeshLibrary
from taixu.scene.shape_meshes import ShapeState, look_number
from taixu.scene.terrain.components import Terrain
from taixu.scene.terrain.heights import HeightField, Heights
from taixu.scene.terrain.tiles import Area, Tile, TileTree, caster_mesh, tile_mesh
from taixu.scene.transforms import WorldTransforms, propagate_transforms
from taixu.scene.visibility import update_visibility

__all__ = ["TerrainState", "local_eyes", "main_eyes", "place_terrains", "show_terrains"]

_log = logging.getLogger(__name__)
_MOST_KEPT = 1500
_MOST_CHANGES = 64
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
    free: list[int] = field(default_factory=list)
    """Numbers of meshes that nobody shows any more."""
    made: int = 0
    asked: tuple[Any, ...] = ()


class TerrainState:
    """What `place_terrains` remembers (a resource)."""

    def __init__(self) -> None:
        self.follower = Follower(Terrain, with_surface=True)
        self.failures: dict[str, str] = {}
        self.grounds: dict[int, _Ground] = {}
        self.eyes: list[Eye] = []
        self.versions: dict[int, int] = {}
        """By entity, how often its heights were given."""
        self._changes: dict[int, deque[tuple[int, tuple[Area, ...] | None]]] = {}
        self._given: dict[int, HeightField] = {}
        self._fresh: set[int] = set()

    def field(self, entity: int) -> HeightField | None:
        """The heights of an entity's terrain, where they could be read."""
        if entity in self._given:
            return self._given[entity]
        found = self.grounds.get(entity)
        return None if found is None else found.tree.field

    def given(self, entity: int) -> HeightField | None:
        """The heights that somebody gave an entity's terrain in place of its file's."""
        return self._given.get(entity)

    def give(self, world: World, entity: int, field: HeightField, *, areas: Sequence[Area] | None = None) -> None:
        """Let a terrain have these heights in place of its file's.

        Parameters
        ----------
        areas
            Rectangles (x0, z0, x1, z1) around which alone they differ from those before; None is everywhere.
        """
        before = self._given.get(entity)
        self._given[entity] = field
        version = self.versions[entity] = self.versions.get(entity, 0) + 1
        known = self._changes.setdefault(entity, deque(maxlen=_MOST_CHANGES))
        known.append((version, None if areas is None or before is None else tuple(areas)))
        ground = self.grounds.get(entity)
        if ground is None or areas is None or before is None or ground.tree.field is not before:
            self._fresh.add(entity)
            return
        lost = ground.tree.change(field, areas)
        ground.asked = ()
        stale = [tile for tile in ground.meshes if tile in lost]
        for tile in stale:
            mesh = tile_mesh(field, tile, skirt_m=ground.tree.skirt_m(tile)) if tile in ground.tiles else None
            entry = LibraryMesh((), ()) if mesh is None else LibraryMesh((mesh,), (ground.material,))
            ground.library.replace(ground.meshes[tile], entry)
            if mesh is None:
                ground.free.append(ground.meshes.pop(tile))

    def changed_since(self, entity: int, version: int) -> list[Area] | None:
        """Rectangles in which given heights changed since a version; None where that is not known, or they are all others."""
        known = self._changes.get(entity, ())
        newer = [areas for number, areas in known if number > version]
        if len(newer) != self.versions.get(entity, 0) - version or any(areas is None for areas in newer):
            return None
        return [area for areas in newer for area in areas or ()]

    def take_back(self, entity: int) -> None:
        """Let it have its file's heights again."""
        if self._given.pop(entity, None) is not None:
            self.versions[entity] = self.versions.get(entity, 0) + 1
            self._changes.pop(entity, None)
            self._fresh.add(entity)

    def fork(self, world: World) -> TerrainState:
        return TerrainState()


def place_terrains(world: World) -> None:
    """Follow terrains that came, changed or went."""
    state = world.resource(TerrainState)
    news = state.follower.follow(world)
    fresh, state._fresh = state._fresh, set()
    if not news and not fresh:
        return
    if news.anew:
        for ground in state.grounds.values():
            _clear(world, ground)
        state.grounds.clear()
        sweep_made(world, Terrain)
    for entity in news.gone:
        state._given.pop(entity, None)
    again = {entity: state.follower.looks[entity] for entity in fresh if entity in state.follower.looks}
    for entity in (*news.gone, *again, *(entity for entity, _ in news.changed)):
        if entity in state.grounds:
            _clear(world, state.grounds.pop(entity))
    for entity, look in {**again, **dict(news.changed)}.items():
        _add(world, state, entity, look)
    world.advance()
    show_terrains(world, state.eyes or main_eyes(world))


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
    found = state.given(entity)
    if found is None:
        if not source:
            return
        try:
            path = world.resource(ShapeState).resolve(source)
            found = world.resource(Heights).find(
                path, size=(float(size[0]), float(size[1])), low_m=float(low_m), high_m=float(high_m)
            )
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
        entry = LibraryMesh((mesh,), (ground.material,), far_caster=(caster_mesh(mesh), ground.material))
        if ground.free:
            found = ground.free.pop()
            ground.library.replace(found, entry)
        else:
            found = ground.library.put(("terrain", entity, id(ground), ground.made), entry)
            ground.made += 1
    ground.meshes[tile] = found  # latest at the end
    return found


def _forget(ground: _Ground) -> None:
    """Empty the meshes that were not shown for longest."""
    if len(ground.meshes) <= _MOST_KEPT:
        return
    idle = [tile for tile in ground.meshes if tile not in ground.tiles]
    for tile in idle[: len(ground.meshes) - _MOST_KEPT // 2]:
        number = ground.meshes.pop(tile)
        ground.library.replace(number, LibraryMesh((), ()))
        ground.free.append(number)


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
            eye.wants_meshes,
        )
        for eye in eyes
    ]


def main_eyes(world: World) -> list[Eye]:
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
