"""Entities with a `Tileset` get their tiles below them, as made entities."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.app import Jobs
from taixu.assets.geodata.frames import LocalFrame
from taixu.assets.model import Material, ModelData
from taixu.assets.tiles3d.contents import TileContent
from taixu.ecs import World
from taixu.ecs.entity import mix64
from taixu.errors import TaixuError
from taixu.scene.components import FromModel, MeshInstance, Name, Parent, Transform
from taixu.scene.details import Details, Eye
from taixu.scene.following import Follower, sweep_made
from taixu.scene.library import LibraryMaterial, LibraryMesh, MaterialLibrary, MeshLibrary
from taixu.scene.shape_meshes import ShapeState
from taixu.scene.terrain.placing import local_eyes, main_eyes
from taixu.scene.tilesets.components import Tileset
from taixu.scene.tilesets.streaming import Stream
from taixu.scene.transforms import propagate_transforms
from taixu.scene.visibility import update_visibility

__all__ = ["TilesetState", "place_tilesets", "show_tilesets"]

_log = logging.getLogger(__name__)
_CHILD_NUMBERS = np.uint64(0x711E_5E70_0000_0001)
_MOST_NEW = 8
"""Tiles that are given to a renderer in one frame: the rest comes in the next ones."""


@dataclass(slots=True)
class _Placed:
    stream: Stream
    cast_shadow: bool
    meshes: MeshLibrary
    materials: MaterialLibrary
    entities: dict[int, NDArray[np.uint64]] = field(default_factory=dict)
    """Of rows that stand in the world."""
    numbers: dict[int, list[int]] = field(default_factory=dict)
    """Meshes of rows that are loaded."""
    looks: dict[int, list[int]] = field(default_factory=dict)
    made: int = 0
    standing: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))
    """All of `entities`, so that one look finds out whether somebody removed one."""
    is_late: bool = False
    """Whether tiles wait for the next frame."""


class TilesetState:
    """What `place_tilesets` remembers (a resource)."""

    def __init__(self) -> None:
        self.follower = Follower(Tileset)
        self.placed: dict[int, _Placed] = {}
        self.eyes: list[Eye] = []

    @property
    def is_waiting(self) -> bool:
        """Whether tiles are on their way."""
        return any(each.stream.is_waiting for each in self.placed.values())

    def stream(self, entity: int) -> Stream | None:
        """What is loaded and shown of an entity's tileset."""
        found = self.placed.get(entity)
        return None if found is None else found.stream

    def fork(self, world: World) -> TilesetState:
        return TilesetState()


def place_tilesets(world: World) -> None:
    """Follow tilesets that came, changed or went, and what arrived of them."""
    state = world.resource(TilesetState)
    news = state.follower.follow(world)
    if news:
        if news.anew:
            for placed in state.placed.values():
                _clear(world, placed)
            state.placed.clear()
            sweep_made(world, Tileset)
        for entity in (*news.gone, *(entity for entity, _ in news.changed)):
            if entity in state.placed:
                _clear(world, state.placed.pop(entity))
        for entity, look in news.changed:
            _add(world, state, entity, look[0])
        world.advance()
    if state.placed:
        show_tilesets(world, state.eyes or main_eyes(world))


def show_tilesets(world: World, eyes: Sequence[Eye]) -> None:
    """Show every tileset as these eyes need it; what is missing comes in later frames."""
    state = world.resource(TilesetState)
    if not state.placed or not eyes:
        return
    state.eyes = list(eyes)
    is_patient = world.has_resource(Details) and world.resource(Details).patient
    jobs = world.resource(Jobs) if world.has_resource(Jobs) else None
    has_new = False
    for entity, placed in state.placed.items():
        if world.alive(np.array([entity], np.uint64)).all():
            is_other = placed.stream.follow(local_eyes(world, entity, eyes), jobs, patient=is_patient)
            if is_other or placed.is_late or placed.stream.dropped or not world.alive(placed.standing).all():
                has_new |= _show(world, entity, placed, most=1 << 30 if is_patient else _MOST_NEW)
    if has_new:
        update_visibility(world)
        propagate_transforms(world)


def _add(world: World, state: TilesetState, entity: int, look: tuple[Any, ...]) -> None:
    _, source, error_px, memory_mb, latitude, longitude, height, cast_shadow = look
    if not source:
        return
    is_somewhere = any(np.isfinite(each) and each for each in (latitude, longitude, height))
    frame = LocalFrame(float(np.clip(latitude, -90, 90)), float(longitude), float(height)) if is_somewhere else None
    try:
        path = world.resource(ShapeState).resolve(source)
    except TaixuError as error:
        _log.warning("%s", error)
        return
    stream = Stream(
        path, frame, float(np.clip(np.nan_to_num(error_px, nan=16.0), 1.0, 256.0)),
        int(np.clip(np.nan_to_num(memory_mb, nan=512.0), 16.0, 16384.0)) << 20,
    )  # fmt: skip
    state.placed[entity] = _Placed(stream, bool(cast_shadow), world.resource(MeshLibrary), world.resource(MaterialLibrary))


def _show(world: World, entity: int, placed: _Placed, *, most: int) -> bool:
    stream = placed.stream
    if not world.alive(placed.standing).all():
        _despawn(world, placed, list(placed.entities))
    for row in stream.dropped:
        _forget(placed, row)
    lost = [row for row in stream.dropped if row in placed.entities]
    stream.dropped.clear()
    wanted = dict.fromkeys(stream.shown)
    new = [row for row in wanted if row not in placed.entities and row in stream.loaded]
    placed.is_late = len(new) > most
    old = [row for row in placed.entities if row not in wanted]
    if placed.is_late:  # what others will take the place of stays until all of them are there
        old = lost
    for row in new[:most]:
        placed.entities[row] = _spawn(world, entity, placed, row, stream.loaded[row])
    _despawn(world, placed, old)
    placed.standing = np.concatenate([np.zeros(0, np.uint64), *placed.entities.values()])
    return bool(new or old)


def _spawn(world: World, entity: int, placed: _Placed, row: int, contents: list[TileContent]) -> NDArray[np.uint64]:
    if row not in placed.numbers:
        _put(placed, row, contents)
    meshes: list[NDArray[Any]] = []
    translations: list[NDArray[Any]] = []
    rotations: list[NDArray[Any]] = []
    scales: list[NDArray[Any]] = []
    numbers = iter(placed.numbers[row])
    for content in contents:
        for node in content.model.nodes:
            number = next(numbers)
            if node.instances is None:
                translations.append(content.origin[None])
                rotations.append(np.array([[0.0, 0.0, 0.0, 1.0]]))
                scales.append(np.ones((1, 3)))
            else:
                translations.append(content.origin + node.instances.translations)
                rotations.append(node.instances.rotations)
                scales.append(node.instances.scales)
            meshes.append(np.full(len(translations[-1]), number, np.uint32))
    if not meshes:
        return np.zeros(0, np.uint64)
    mesh = np.concatenate(meshes)
    names = np.empty(len(mesh), object)
    names[:] = f"tile {row}"
    ids = mix64(mix64((np.uint64(row) << np.uint64(32)) + np.arange(len(mesh), dtype=np.uint64) + _CHILD_NUMBERS)
                ^ np.uint64(world.stable_id(entity)))  # fmt: skip
    ids[ids == 0] = 1
    made: NDArray[np.uint64] = world.spawn_batch(
        len(mesh),
        {
            Transform: {"translation": np.concatenate(translations).T.astype(np.float32),
                        "rotation": np.concatenate(rotations).T.astype(np.float32),
                        "scale": np.concatenate(scales).T.astype(np.float32)},
            Name: {"text": names}, FromModel: {"owner": entity, "node": -1}, Parent: {"entity": entity},
            MeshInstance: {"mesh": mesh, "cast_shadow": placed.cast_shadow},
        },
        stable_ids=ids,
    )  # fmt: skip
    return made


def _put(placed: _Placed, row: int, contents: list[TileContent]) -> None:
    """Put a tile's meshes and materials into the libraries."""
    numbers, looks = [], []
    for content in contents:
        model = content.model
        key = ("tile", id(placed), placed.made)
        placed.made += 1
        own = [placed.materials.put((*key, at), LibraryMaterial(material, model)) for at, material in enumerate(model.materials)]
        looks += own
        for at, node in enumerate(model.nodes):
            parts = model.meshes[node.mesh].primitives if node.mesh is not None else []
            materials = tuple(0 if each.material is None else own[each.material] for each in parts)
            numbers.append(placed.meshes.put((*key, at, "mesh"), LibraryMesh(tuple(parts), materials)))
    placed.numbers[row], placed.looks[row] = numbers, looks


def _forget(placed: _Placed, row: int) -> None:
    """Empty what a tile had in the libraries."""
    for number in placed.numbers.pop(row, ()):
        placed.meshes.replace(number, LibraryMesh((), ()))
    for number in placed.looks.pop(row, ()):
        placed.materials.replace(number, LibraryMaterial(Material(), ModelData()))


def _despawn(world: World, placed: _Placed, rows: list[int]) -> None:
    gone = [placed.entities.pop(row) for row in rows if row in placed.entities]
    if gone:
        living = world.living(np.concatenate(gone))
        if len(living):
            world.despawn(living)


def _clear(world: World, placed: _Placed) -> None:
    placed.stream.close()
    _despawn(world, placed, list(placed.entities))
    for row in list(placed.numbers):
        _forget(placed, row)
