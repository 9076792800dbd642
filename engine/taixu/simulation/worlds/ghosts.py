"""Branches seen as ghosts over the present: whatever stands elsewhere there, translucent, in the branch's colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Material, ModelData, Primitive
from taixu.ecs import I32, World, component, field
from taixu.scene import CELL_M, LibraryMaterial, LibraryMesh, MaterialLibrary, MeshInstance, MeshLibrary, Parent, Transform
from taixu.scene.transforms import split_position
from taixu.simulation.worlds.branches import Branch, Branches
from taixu.simulation.worlds.components import Simulated
from taixu.simulation.worlds.runs import Simulations
from taixu.simulation.worlds.surfaces import water_mesh

__all__ = ["Ghost", "GhostsShown", "show_ghosts"]

_MOST = 100_000
_ELSEWHERE_M = 0.05
_COLORS = ((0.05, 0.35, 1.0), (1.0, 0.3, 0.03), (0.1, 0.75, 0.15), (0.75, 0.05, 0.65), (0.9, 0.75, 0.05), (0.05, 0.7, 0.75),
           (0.5, 0.25, 0.9), (0.9, 0.1, 0.1))  # fmt: skip


@component("ghost", authored=False, made=True)
class Ghost:
    """Marks what stands for an entity of a branch."""

    branch: I32 = field(default=0, doc="Its number among those that are shown.")


class GhostsShown:
    """Which moment of each branch is seen (a resource)."""

    def __init__(self) -> None:
        self.seen: dict[str, tuple[int, int]] = {}
        self.numbers: dict[str, int] = {}

    def number(self, name: str) -> int:
        """A branch's number: the lowest that no other has."""
        if name not in self.numbers:
            taken = set(self.numbers.values())
            self.numbers[name] = next(number for number in range(len(taken) + 1) if number not in taken)
        return self.numbers[name]


def show_ghosts(world: World) -> None:
    """Bring ghosts to where branches are; a branch that just takes a step is looked at in a later frame."""
    shown, branches = world.resource(GhostsShown), {branch.name: branch for branch in world.resource(Branches) if branch.shown}
    for name in [name for name in shown.numbers if name not in branches]:
        _despawn(world, shown.numbers.pop(name))
        shown.seen.pop(name, None)
    for name, branch in branches.items():
        number = shown.number(name)
        if not branch.lock.acquire(blocking=not branch.is_running):
            continue
        try:
            moment = (branch.ticks, id(branch))
            if shown.seen.get(name) == moment:
                continue
            shown.seen[name] = moment
            found, waters = _elsewhere(world, branch), _waters(branch)
        finally:
            branch.lock.release()
        _despawn(world, number)
        _spawn(world, number, *found)
        for (part, origin), primitive in waters:
            water = LibraryMesh((primitive,), (_material(world, number),))
            mesh = world.resource(MeshLibrary).put(("ghost water", number, part), water)
            cell, offset = split_position(np.array(origin))
            world.spawn_batch(1, {
                Ghost: {"branch": number}, Transform: {"cell": cell, "translation": offset},
                MeshInstance: {"mesh": mesh, "cast_shadow": False},
            })  # fmt: skip


Found = tuple[NDArray[np.float64], NDArray[np.float32], NDArray[np.float32], NDArray[np.uint32]]


def _elsewhere(world: World, branch: Branch) -> Found:
    """Places, turns, sizes and meshes of what has a mesh and stands elsewhere in a branch, or only there."""
    parts: list[Found] = [(np.empty((3, 0)), np.empty((4, 0), np.float32), np.empty((3, 0), np.float32), np.empty(0, np.uint32))]
    for table in branch.world.query(Transform, MeshInstance, without=(Parent, Ghost)):
        mesh = table.read(MeshInstance, "mesh")
        there = _places(table.read(Transform, "cell"), table.read(Transform, "translation"))
        here = world.find_all(branch.world.stable_ids(table.entities))
        known = world.alive(here)
        both = here[known]
        moved = ~known
        moved[known] = np.sqrt(((_places(*(world.gather(both, Transform, name) for name in ("cell", "translation")))
                                 - there[:, known]) ** 2).sum(axis=0)) > _ELSEWHERE_M  # fmt: skip
        moved &= (mesh > 0) & table.read(MeshInstance, "visible")
        if Simulated in table.types:
            moved &= table.read(Simulated, "number") >= 0
        turns, sizes = table.read(Transform, "rotation")[:, moved], table.read(Transform, "scale")[:, moved]
        parts.append((there[:, moved], turns.copy(), sizes.copy(), mesh[moved]))
    places, turns, sizes, meshes = (np.concatenate(each, axis=-1)[..., :_MOST] for each in zip(*parts, strict=True))
    return places, turns, sizes, meshes


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


def _spawn(
    world: World, number: int, places: NDArray[np.float64], turns: NDArray[np.float32], sizes: NDArray[np.float32],
    meshes: NDArray[np.uint32],
) -> None:  # fmt: skip
    if not len(meshes):
        return
    kinds, which = np.unique(meshes, return_inverse=True)
    ghosts = np.array([_ghost_mesh(world, int(kind), number) for kind in kinds], np.uint32)
    cells, offsets = split_position(places)
    world.spawn_batch(len(meshes), {
        Ghost: {"branch": number}, Transform: {"cell": cells, "translation": offsets, "rotation": turns, "scale": sizes},
        MeshInstance: {"mesh": ghosts[which], "cast_shadow": False},
    })  # fmt: skip


def _despawn(world: World, number: int) -> None:
    for table in list(world.query(Ghost).tables()):
        mine = table.read(Ghost, "branch") == number
        if mine.any():
            world.despawn(table.entities[mine].copy())


def _ghost_mesh(world: World, mesh: int, number: int) -> int:
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
