"""Branches seen as ghosts over the present: whatever stands elsewhere there, translucent, in the branch's colour."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, ModelData, Primitive
from taixu.ecs import World
from taixu.scene import CELL_M, LibraryMaterial, LibraryMesh, MaterialLibrary, MeshInstance, MeshLibrary, Parent, Transform
from taixu.scene.transforms import split_position
from taixu.simulation.worlds.branches import Branch, Branches
from taixu.simulation.worlds.components import Ghost, Simulated
from taixu.simulation.worlds.differing import Pair, pairs_of
from taixu.simulation.worlds.runs import Simulations
from taixu.simulation.worlds.surfaces import water_mesh

__all__ = ["GhostsShown", "show_ghosts"]

_MOST = 100_000
_ELSEWHERE_M = 0.05
_SHARE, _LEAST_SECS = 0.1, 0.05
"""Of the present's time that a branch's ghosts may take, and how long they stand at least."""
_COLORS = ((0.05, 0.35, 1.0), (1.0, 0.3, 0.03), (0.1, 0.75, 0.15), (0.75, 0.05, 0.65), (0.9, 0.75, 0.05), (0.05, 0.7, 0.75),
           (0.5, 0.25, 0.9), (0.9, 0.1, 0.1))  # fmt: skip


class GhostsShown:
    """Which moment of each branch is seen (a resource)."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[int, int]] = {}
        self.numbers: dict[str, int] = {}
        self.due: dict[str, float] = {}
        """When a branch that runs is looked at again, by `time.perf_counter`: what costs more is moved less often."""

    def number(self, name: str) -> int:
        """A branch's number: the lowest that no other has."""
        if name not in self.numbers:
            taken = set(self.numbers.values())
            self.numbers[name] = next(number for number in range(len(taken) + 1) if number not in taken)
        return self.numbers[name]

    def color(self, name: str) -> str:
        """The colour of a branch's ghosts as pages write it; empty where none are seen."""
        if name not in self.numbers:
            return ""
        linear = np.array(_COLORS[self.numbers[name] % len(_COLORS)])
        shown = np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)
        return "#" + "".join(f"{each:02x}" for each in np.rint(255 * shown).astype(int).tolist())


def show_ghosts(world: World) -> None:
    """Bring ghosts to where branches are; a branch that just takes a step is looked at in a later frame."""
    world.resource(Branches).look_after()
    shown, branches = world.resource(GhostsShown), {branch.name: branch for branch in world.resource(Branches) if branch.shown}
    for name in [name for name in shown.numbers if name not in branches]:
        number = shown.numbers.pop(name)
        _bring(world, number, _nothing())
        _show_waters(world, number, [])
        shown.seen.pop(name, None)
        shown.due.pop(name, None)
    for name, branch in branches.items():
        number = shown.number(name)
        if not branch.lock.acquire(blocking=False):
            continue
        try:
            moment, began = (branch.ticks, id(branch)), time.perf_counter()
            if shown.seen.get(name) == moment or (branch.is_running and began < shown.due.get(name, 0.0)):
                continue
            shown.seen[name] = moment
            found, waters = _elsewhere(world, branch), _waters(branch)
        finally:
            branch.lock.release()
        _bring(world, number, found._replace(meshes=_ghost_meshes(world, found.meshes, number)))
        _show_waters(world, number, waters)
        ended = time.perf_counter()
        shown.due[name] = ended + max((ended - began) / _SHARE, _LEAST_SECS)


class Found(NamedTuple):
    """Whose ghosts are seen: stable ids, and places, turns, sizes and meshes of as many."""

    ids: NDArray[np.uint64]
    places: NDArray[np.float64]
    turns: NDArray[np.float32]
    sizes: NDArray[np.float32]
    meshes: NDArray[np.uint32]


def _nothing() -> Found:
    f32 = np.float32
    return Found(np.empty(0, np.uint64), np.empty((3, 0)), np.empty((4, 0), f32), np.empty((3, 0), f32), np.empty(0, np.uint32))


def _elsewhere(world: World, branch: Branch) -> Found:
    """What has a mesh and stands elsewhere in a branch, or only there."""
    parts = [_nothing()]
    pairs = {pair.second.id: pair for pair in pairs_of(world, branch.world)}
    for table in branch.world.query(Transform, MeshInstance, without=(Parent, Ghost)).tables():
        pair = pairs.get(table.id)
        if pair is not None and all(_is_same(pair, name) for name in ("cell", "translation")):
            continue  # houses stand where they stand
        mesh, ids = table.read(MeshInstance, "mesh"), branch.world.stable_ids(table.entities)
        there = _places(table.read(Transform, "cell"), table.read(Transform, "translation"))
        here = world.find_all(ids)
        known = world.alive(here)
        both = here[known]
        moved = ~known
        moved[known] = np.sqrt(((_places(*(world.gather(both, Transform, name) for name in ("cell", "translation")))
                                 - there[:, known]) ** 2).sum(axis=0)) > _ELSEWHERE_M  # fmt: skip
        moved &= (mesh > 0) & table.read(MeshInstance, "visible")
        if Simulated in table.types:
            moved &= table.read(Simulated, "number") >= 0
        turns, sizes = table.read(Transform, "rotation")[:, moved], table.read(Transform, "scale")[:, moved]
        parts.append(Found(ids[moved], there[:, moved], turns.copy(), sizes.copy(), mesh[moved]))
    return Found(*(np.concatenate(each, axis=-1)[..., :_MOST] for each in zip(*parts, strict=True)))


def _is_same(pair: Pair, name: str) -> bool:
    return np.array_equal(pair.first.read(Transform, name), pair.second.read(Transform, name))


def _places(cell: NDArray[np.int32], offset: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(cell.astype(np.float64) * CELL_M + offset, np.float64)


def _waters(branch: Branch) -> list[tuple[tuple[str, tuple[float, ...]], Primitive]]:
    runs = branch.world.resource(Simulations)
    found: list[tuple[tuple[str, tuple[float, ...]], Primitive]] = []
    for name, part in runs.parts.items():
        said = {} if runs.conductor is None else runs.conductor.said(name)
        if "bed" in part.facts and "depth" in said:
            primitive = water_mesh(part.facts["bed"], said["depth"], None, cell=part.facts["cell"])
            found.append(((name, tuple(part.origin.tolist())), primitive))
    return found


def _show_waters(world: World, number: int, waters: list[tuple[tuple[str, tuple[float, ...]], Primitive]]) -> None:
    """Surfaces of a branch's water: a mesh that is replaced stays with its entity."""
    meshes = world.resource(MeshLibrary)
    wanted = {
        meshes.put(("ghost water", number, part), LibraryMesh((primitive,), (_material(world, number),))): origin
        for (part, origin), primitive in waters
    }
    entities, _, shown = _own(world, number, is_water=True)
    gone = ~np.isin(shown, list(wanted))
    if gone.any():
        world.despawn(entities[gone])
    for mesh in wanted.keys() - set(shown.tolist()):
        cell, offset = split_position(np.array(wanted[mesh]))
        world.spawn_batch(1, {
            Ghost: {"branch": number, "of": 0}, Transform: {"cell": cell, "translation": offset},
            MeshInstance: {"mesh": mesh, "cast_shadow": False},
        })  # fmt: skip


def _own(
    world: World, number: int, *, is_water: bool
) -> tuple[NDArray[np.uint64], NDArray[np.uint64], NDArray[np.uint32]]:
    """A branch's ghosts: entities, of whom they are, and their meshes."""
    parts = [(np.empty(0, np.uint64), np.empty(0, np.uint64), np.empty(0, np.uint32))]
    for table in world.query(Ghost, MeshInstance):
        of = table.read(Ghost, "of")
        mine = (table.read(Ghost, "branch") == number) & ((of == 0) == is_water)
        parts.append((table.entities[mine], of[mine], table.read(MeshInstance, "mesh")[mine]))
    entities, of, meshes = (np.concatenate(each) for each in zip(*parts, strict=True))
    return entities, of, meshes


def _bring(world: World, number: int, found: Found) -> None:
    """Move a branch's ghosts to where they are; who is new comes, and who is not there any more goes."""
    entities, of, meshes = _own(world, number, is_water=False)
    gone = ~np.isin(of, found.ids)
    if gone.any():
        world.despawn(entities[gone])
        entities, of, meshes = entities[~gone], of[~gone], meshes[~gone]
    cells, offsets = split_position(found.places)
    new = ~np.isin(found.ids, of)
    if new.any():
        world.spawn_batch(int(new.sum()), {
            Ghost: {"branch": number, "of": found.ids[new]},
            Transform: {"cell": cells[:, new], "translation": offsets[:, new], "rotation": found.turns[:, new],
                        "scale": found.sizes[:, new]},
            MeshInstance: {"mesh": found.meshes[new], "cast_shadow": False},
        })  # fmt: skip
    if not len(entities):
        return
    order = np.argsort(found.ids)
    rows = order[np.searchsorted(found.ids, of, sorter=order)]
    for name, values in (("cell", cells), ("translation", offsets), ("rotation", found.turns), ("scale", found.sizes)):
        world.scatter(entities, Transform, name, values[:, rows])
    library = world.resource(MeshLibrary)
    other = library.finest(meshes) != library.finest(found.meshes[rows])  # whichever form is shown just now
    if other.any():
        world.scatter(entities[other], MeshInstance, "mesh", found.meshes[rows][other])


def _ghost_meshes(world: World, meshes: NDArray[np.uint32], number: int) -> NDArray[np.uint32]:
    kinds, which = np.unique(meshes, return_inverse=True)
    ghosts = np.array([_ghost_mesh(world, int(kind), number) for kind in kinds], np.uint32)
    return ghosts[which] if len(kinds) else meshes


def _ghost_mesh(world: World, mesh: int, number: int) -> int:
    """The ghost of a mesh, with coarser forms where what it is of has some without impostors."""
    meshes = world.resource(MeshLibrary)
    levels = meshes.levels_of(mesh)
    if levels is None or levels.impostor:
        return _ghost_form(world, int(meshes.finest(np.array([mesh], np.uint32))[0]), number)
    forms = tuple(_ghost_form(world, each, number) for each in levels.numbers)
    meshes.put_levels(replace(levels, numbers=forms))
    return forms[0]


def _ghost_form(world: World, mesh: int, number: int) -> int:
    meshes = world.resource(MeshLibrary)
    key = ("ghost", mesh, number)
    known = meshes.find(key)
    if known is not None and meshes[known].primitives is meshes[mesh].primitives:
        return known
    entry = meshes[mesh]
    return meshes.put(key, LibraryMesh(entry.primitives, (_material(world, number),) * len(entry.primitives), entry.weights))


def _material(world: World, number: int) -> int:
    materials = world.resource(MaterialLibrary)
    color = _COLORS[number % len(_COLORS)]
    ghost = Material(name="ghost", base_color=(*color, 0.38), metallic=0.0, roughness=0.5, alpha_mode="BLEND", emissive=color)
    ghost.emissive_strength = 0.25
    key = ("ghost", number)
    return materials.find(key) or materials.put(key, LibraryMaterial(ghost, ModelData(materials=[ghost])))
