"""`SkinPalettes`: the joint matrices of all skinned meshes of a world in one array, ready to be uploaded.

A matrix takes a vertex from the mesh's space at rest to the mesh's space as the joints stand now:
``inverse(world_from_mesh) @ world_from_joint @ joint_from_mesh_at_rest``. It is relative to the mesh's entity, so
the renderer draws a skinned mesh with the entity's own matrix like any other, and great distances cancel out before
anything is rounded. (glTF lets the node of a skinned mesh stand anywhere: that is the same picture.)
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.animation.components import Skin
from taixu.ecs import ChangeLog, World, indices_of, row_count
from taixu.math.affine import compose_rows
from taixu.scene import CELL_M, WorldTransforms

__all__ = ["SkinPalettes", "update_skins"]

Handles = NDArray[np.uint64]
Rows12 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Skinned:
    entity: int
    joints: Handles
    inverse_binds: Rows12


class SkinPalettes:
    """Joint matrices by the `Skin` component (a resource).

    Attributes
    ----------
    matrices : float32 array [j, 12]
        3x4 matrices in rows, packed, mesh from mesh at rest.
    changes : ChangeLog
        Which rows changed: ``changes.since(tick, len(matrices))``.
    revision : int
        Goes up when offsets changed: everything is to be read again.
    """

    def __init__(self) -> None:
        self.matrices: Rows12 = np.zeros((0, 12), np.float32)
        self.changes = ChangeLog()
        self.revision = 0
        self._skinned: dict[int, _Skinned] = {}
        self._tick = -1
        self._stale = False
        self._meshes: Handles = np.zeros(0, np.uint64)
        self._joints: Handles = np.zeros(0, np.uint64)
        self._inverse_binds: Rows12 = np.zeros((0, 12), np.float32)
        self._owners: NDArray[np.intp] = np.zeros(0, np.intp)

    def add(self, world: World, entity: int, joints: Handles, inverse_binds: NDArray[np.float32]) -> None:
        """Skin an entity; it gets a `Skin`.

        Parameters
        ----------
        joints : uint64 array [j]
            Handles of the joints' entities; 0 stands at the origin of the world.
        inverse_binds : float32 array [j, 4, 4]
            joint_from_mesh at rest.
        """
        rows = np.ascontiguousarray(inverse_binds[:, :3], np.float32).reshape(-1, 12)
        self._skinned[entity] = _Skinned(entity, joints, rows)
        world.insert(entity, Skin(offset=0, count=len(joints)))
        self._stale = True

    def update(self, world: World) -> None:
        """Work out the matrices whose joints or mesh moved; after transforms were propagated."""
        self._drop_dead(world)
        if self._stale:
            self._pack(world)
        if not len(self._joints):
            return
        transforms = world.resource(WorldTransforms)
        rows = self._moved(transforms)
        self._tick = world.tick
        world.advance()
        if not len(rows):
            return
        owners = self._owners[rows]
        chosen, places = np.unique(owners, return_inverse=True)
        mesh_indices = indices_of(self._meshes[chosen])
        joint_indices = indices_of(self._joints[rows])
        mesh_from_world = _invert_rows(transforms.matrices[mesh_indices])
        world_from_joint = transforms.matrices[joint_indices]
        apart = transforms.cells[joint_indices] - transforms.cells[mesh_indices][places]
        if apart.any():  # a joint that was hung below another root
            world_from_joint = world_from_joint.copy()
            world_from_joint[:, 3::4] += apart * np.float32(CELL_M)
        mesh_from_joint = compose_rows(mesh_from_world[places], world_from_joint)
        self.matrices[rows] = compose_rows(mesh_from_joint, self._inverse_binds[rows])
        self.changes.mark(rows, world.tick)

    def _drop_dead(self, world: World) -> None:
        if not self._skinned:
            return
        structure = world.structure.since(self._tick)
        if structure is not None and not len(structure.despawned):
            return
        handles = np.array(list(self._skinned), np.uint64)
        for entity in handles[~world.alive(handles)].tolist():
            del self._skinned[entity]
            self._stale = True
        dead = ~world.alive(self._joints) & (self._joints != 0)
        self._joints = np.where(dead, np.uint64(0), self._joints)

    def _pack(self, world: World) -> None:
        skinned = list(self._skinned.values())
        counts = np.array([len(item.joints) for item in skinned], np.intp)
        self._meshes = np.array([item.entity for item in skinned], np.uint64)
        self._joints = np.concatenate([np.zeros(0, np.uint64), *(item.joints for item in skinned)])
        self._joints = np.where(world.alive(self._joints), self._joints, np.uint64(0))
        self._inverse_binds = np.concatenate([np.zeros((0, 12), np.float32), *(item.inverse_binds for item in skinned)])
        self._owners = np.repeat(np.arange(len(skinned)), counts)
        self.matrices = np.zeros((len(self._joints), 12), np.float32)
        if len(skinned):
            world.scatter(self._meshes, Skin, "offset", (np.cumsum(counts) - counts).astype(np.uint32))
        self._stale = False
        self._tick = -1
        self.revision += 1

    def _moved(self, transforms: WorldTransforms) -> NDArray[np.intp]:
        """Rows of all skins of which a joint or the mesh moved."""
        changed = transforms.changed(self._tick)
        if not row_count(changed):
            return np.empty(0, np.intp)
        moved = np.zeros(len(transforms.matrices), bool)
        moved[changed] = True
        touched = moved[indices_of(self._meshes)]
        np.logical_or.at(touched, self._owners, moved[indices_of(self._joints)])
        return np.flatnonzero(touched[self._owners])

    def fork(self, world: World) -> SkinPalettes:
        """A fork's models are placed anew, with skins of their own."""
        return SkinPalettes()


def update_skins(world: World) -> None:
    """Bring all joint matrices up to date (a system, after transforms were propagated)."""
    world.resource(SkinPalettes).update(world)


def _invert_rows(rows: Rows12) -> Rows12:
    """Inverses of 3x4 matrices in rows, [n, 12]; one that is flat (scaled to nothing) gives zeros."""
    m = rows.reshape(-1, 3, 4).astype(np.float64)
    linear, offset = m[:, :, :3], m[:, :, 3]
    adjugate = np.stack(
        [
            np.cross(linear[:, :, 1], linear[:, :, 2]),
            np.cross(linear[:, :, 2], linear[:, :, 0]),
            np.cross(linear[:, :, 0], linear[:, :, 1]),
        ],
        axis=1,
    )
    determinant = np.einsum("ni,ni->n", linear[:, :, 0], adjugate[:, 0])
    flat = np.abs(determinant) < 1e-30
    inverse = adjugate * np.where(flat, 0.0, 1.0 / np.where(flat, 1.0, determinant))[:, None, None]
    moved = -np.einsum("nij,nj->ni", inverse, offset)
    return np.concatenate([inverse, moved[:, :, None]], axis=2).reshape(-1, 12).astype(np.float32)
