"""Simulators' columns become entities: one for each row, found by its number, moved by whole columns.

Between two steps of a simulator its entities drive on as fast as they did, so that what steps twice a second moves in every frame.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.ecs import World
from taixu.ecs.entity import mix64
from taixu.scene import MaterialLibrary, MeshInstance, MeshLibrary, Transform, split_position
from taixu.simulation.worlds.components import Simulated, Simulation
from taixu.simulation.worlds.kinds import Poses, SimulatorKind, SimulatorKinds
from taixu.simulation.worlds.looks import look_mesh
from taixu.simulation.worlds.runs import Part, Simulations

__all__ = ["dress_simulated", "place_simulated", "surface_entity"]

_SALT = np.uint64(0x51B0_1A7E_D000_0001)
_MOST_SHOWN = 1 << 20
_NAMES = ("owner", "number", "look")


def place_simulated(world: World, now_ns: int) -> None:
    """Bring the entities of all simulators to where they are at a time; those whose simulator is gone go."""
    runs = world.resource(Simulations)
    marked = world.query(Simulated)
    if not runs.parts and not len(marked):
        return
    owners = {part.entity for part in runs.parts.values()}
    for table in list(marked.tables()):
        lost = ~np.isin(table.read(Simulated, "owner"), np.fromiter(owners, np.uint64, len(owners)))
        if lost.any():
            world.despawn(table.entities[lost].copy())
    conductor = runs.conductor
    if conductor is None:
        return
    for name, part in runs.parts.items():
        said = conductor.said(name)
        poses = None if part.kind.poses is None else part.kind.poses(said)
        if poses is None or len(poses.number) > _MOST_SHOWN:
            continue
        standing = conductor.standings[name]
        relief = part.facts.get("relief")
        if relief is not None:
            poses.place[1] += relief.at(poses.place[0], poses.place[2])
        age = min(now_ns - conductor.said_ns(name), part.simulator.period_ns) / 1e9 if standing.runs else 0.0
        newest = next(iter(said.values()))
        _place(world, part, poses, max(age, 0.0), drives_on=part.shown is newest)
        part.shown = newest


def dress_simulated(world: World) -> None:
    """Give those a look who have none: who was brought back from a recording, which says where they were."""
    if not world.has_resource(SimulatorKinds) or not world.has_resource(MeshLibrary):
        return
    kinds = world.resource(SimulatorKinds)
    for table in list(world.query(Simulated, Transform, without=(MeshInstance,)).tables()):
        entities, owners, numbers, looks = (
            each.copy() for each in (table.entities, *(table.read(Simulated, name) for name in _NAMES))
        )
        for owner in np.unique(owners).tolist():
            mine = (owners == owner) & (numbers >= 0)
            if not world.alive([owner])[0] or not world.has(owner, Simulation):
                continue
            name = world.get(owner, Simulation).kind
            if mine.any() and name in kinds and kinds.kind(name).look:
                world.insert(entities[mine], MeshInstance())
                world.scatter(entities[mine], MeshInstance, "mesh", _meshes(world, kinds.kind(name), looks[mine]))
                world.scatter(entities[mine], MeshInstance, "tint", _tints(numbers[mine]))


def surface_entity(world: World, part: Part, mesh: int) -> None:
    """Have a simulator's surface be seen: one entity, with a mesh in the simulator's coordinates."""
    entities, numbers = _own(world, part)
    cell, offset = split_position(part.origin)
    if -1 in numbers:
        found = entities[numbers == -1]
        world.scatter(found, Transform, "cell", cell[:, None])
        world.scatter(found, Transform, "translation", offset[:, None])
        world.scatter(found, MeshInstance, "mesh", np.array([mesh], np.uint32))
        return
    world.spawn_batch(1, {
        Simulated: {"owner": part.entity, "number": -1}, Transform: {"cell": cell, "translation": offset},
        MeshInstance: {"mesh": mesh, "cast_shadow": False},
    }, stable_ids=_ids(world, part, np.array([-1])))  # fmt: skip


def _place(world: World, part: Part, poses: Poses, age: float, *, drives_on: bool) -> None:
    entities, numbers = _own(world, part)
    entities, numbers = entities[numbers >= 0], numbers[numbers >= 0]  # surfaces stay where they are
    ours, theirs = np.argsort(numbers), np.argsort(poses.number)
    if not np.array_equal(numbers[ours], poses.number[theirs]):
        entities, numbers = _matched(world, part, poses, entities, numbers)
        ours, drives_on = np.argsort(numbers), False
    if not len(entities):
        return
    entities = entities[ours]
    cells, offsets = split_position(poses.place[:, theirs] + poses.velocity[:, theirs] * age + part.origin[:, None])
    world.scatter(entities, Transform, "cell", cells)
    world.scatter(entities, Transform, "translation", offsets)
    if drives_on:
        return
    world.scatter(entities, Transform, "rotation", poses.rotation[:, theirs])
    if poses.size is not None:
        world.scatter(entities, Transform, "scale", poses.size[:, theirs])
    world.scatter(entities, Simulated, "speed", np.sqrt((poses.velocity[:, theirs] ** 2).sum(axis=0)).astype(np.float32))


def _matched(
    world: World, part: Part, poses: Poses, entities: NDArray[np.uint64], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Have an entity for each of the wanted numbers, and no other: entities and their numbers."""
    wanted = poses.number
    gone = ~np.isin(numbers, wanted)
    if gone.any():
        world.despawn(entities[gone])
        entities, numbers = entities[~gone], numbers[~gone]
    fresh = ~np.isin(wanted, numbers)
    new = wanted[fresh]
    if not len(new):
        return entities, numbers
    look = np.zeros(len(new), np.int32) if poses.look is None else poses.look[fresh]
    spawned = world.spawn_batch(len(new), {
        Simulated: {"owner": part.entity, "number": new, "look": look}, Transform: {},
        MeshInstance: {"mesh": _meshes(world, part.kind, look), "tint": _tints(new)},
    }, stable_ids=_ids(world, part, new))  # fmt: skip
    return np.concatenate([entities, spawned]), np.concatenate([numbers, new])


def _meshes(world: World, kind: SimulatorKind, look: NDArray[np.int32]) -> NDArray[np.uint32]:
    """The numbers of the meshes of a kind's looks; of one that it has not, the first."""
    names = (kind.look, *kind.other_looks)
    meshes, materials = world.resource(MeshLibrary), world.resource(MaterialLibrary)
    known = np.where((look >= 0) & (look < len(names)), look, 0)
    numbers = {each: look_mesh(meshes, materials, names[each]) for each in np.unique(known).tolist()}
    return np.array([numbers.get(each, 0) for each in range(len(names))], np.uint32)[known]


def _own(world: World, part: Part) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """A simulator's entities and their numbers."""
    entities, numbers = [np.empty(0, np.uint64)], [np.empty(0, np.int64)]
    for table in world.query(Simulated, Transform, MeshInstance):
        mine = table.read(Simulated, "owner") == np.uint64(part.entity)
        entities.append(table.entities[mine])
        numbers.append(table.read(Simulated, "number")[mine])
    return np.concatenate(entities), np.concatenate(numbers)


def _ids(world: World, part: Part, numbers: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Stable ids out of owner and number: the same in every copy of the world."""
    owner = np.array([world.stable_id(part.entity)], np.uint64)
    ids: NDArray[np.uint64] = mix64(mix64(owner ^ _SALT) ^ numbers.astype(np.int64).view(np.uint64))
    return np.where(ids == 0, np.uint64(1), ids)


_PAINTS = np.array([0xFFE8E6E2, 0xFF2B2A29, 0xFF8C8A87, 0xFF3A3FA8, 0xFF7A4B2A, 0xFF4F6B3A, 0xFFB9B4AC, 0xFF2F6FC4], np.uint32)
"""RGBA8, red in the low byte: what cars and coats are painted in."""


def _tints(numbers: NDArray[np.int64]) -> NDArray[np.uint32]:
    """Paints by the numbers' low halves: sections of one vehicle are painted alike."""
    return _PAINTS[(mix64(numbers.astype(np.uint64) & np.uint64(0xFFFFFFFF)) % np.uint64(len(_PAINTS))).astype(np.intp)]
