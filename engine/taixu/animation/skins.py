"""`SkinPalettes`: which joints bend which mesh, for all skinned meshes of a world in packed arrays.

A joint's matrix takes a vertex from the mesh's space at rest to the mesh's space as the joints stand now:
``inverse(world_from_mesh) @ world_from_joint @ joint_from_mesh_at_rest``. It is relative to the mesh's entity, so
the renderer draws a skinned mesh with the entity's own matrix like any other, and great distances cancel out before
anything is rounded. (glTF lets the node of a skinned mesh stand anywhere: that is the same picture.)

Who draws multiplies on the device, for what is seen (`taixu.render.palettes`); here are the places, and the same in numpy
for whoever has no device.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.animation.components import Skin
from taixu.ecs import Rows, World, indices_of, row_count
from taixu.math.affine import compose_rows
from taixu.scene import CELL_M, WorldTransforms

__all__ = ["SkinPalettes", "update_skins"]

Handles = NDArray[np.uint64]
Rows12 = NDArray[np.float32]
Indices = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class _Skinned:
    entity: int
    joints: Handles
    inverse_binds: Rows12


class SkinPalettes:
    """Joints by the `Skin` component (a resource).

    Attributes
    ----------
    joints, meshes : intp arrays [j]
        Entity index of each row's joint (0: it stands at the origin of the world) and of the mesh that it bends.
    binds : intp array [j]
        Row of `inverse_binds`.
    inverse_binds : float32 array [b, 12]
        joint_from_mesh at rest, 3x4 in rows; skins that rest alike share theirs.
    revision : int
        Goes up when rows changed.
    """

    def __init__(self) -> None:
        self.joints: Indices = np.zeros(0, np.intp)
        self.meshes: Indices = np.zeros(0, np.intp)
        self.binds: Indices = np.zeros(0, np.intp)
        self.inverse_binds: Rows12 = np.zeros((0, 12), np.float32)
        self.revision = 0
        self._skinned: dict[int, _Skinned] = {}
        self._shared: dict[bytes, Rows12] = {}
        self._handles: Handles = np.zeros(0, np.uint64)
        self._places: WorldTransforms | None = None
        self._tick = -1
        self._stale = False

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
        self._skinned[entity] = _Skinned(entity, joints, self._shared.setdefault(rows.tobytes(), rows))
        world.insert(entity, Skin(offset=0, count=len(joints)))
        self._stale = True

    def update(self, world: World) -> None:
        """Follow who came and went."""
        self._places = world.resource(WorldTransforms)
        self._drop_dead(world)
        if self._stale:
            self._pack(world)
        self._tick = world.tick
        world.advance()

    @property
    def matrices(self) -> Rows12:
        """All joint matrices as everything stands now, [j, 12], 3x4 in rows; worked out each time."""
        if self._places is None or not len(self.joints):
            return np.zeros((0, 12), np.float32)
        transforms = self._places
        owners, places = np.unique(self.meshes, return_inverse=True)
        mesh_from_world = _invert_rows(transforms.matrices[owners])
        world_from_joint, cells = transforms.rows(self.joints)
        apart = cells - transforms.cells[self.meshes]
        if apart.any():  # a joint that was hung below another root
            world_from_joint[:, 3::4] += apart * np.float32(CELL_M)
        mesh_from_joint = compose_rows(mesh_from_world[places], world_from_joint)
        return compose_rows(mesh_from_joint, self.inverse_binds[self.binds])

    def moved(self, changed: Rows, count: int) -> NDArray[np.bool_]:
        """Rows whose joint or mesh is among `changed` entity indices below `count`, [j]."""
        if not row_count(changed):
            return np.zeros(len(self.joints), bool)
        mask = np.zeros(count, bool)
        mask[changed] = True
        return np.asarray(mask[self.joints] | mask[self.meshes])

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
        self._stale = self._stale or bool((~world.alive(self._handles) & (self._handles != 0)).any())

    def _pack(self, world: World) -> None:
        skinned = list(self._skinned.values())
        counts = np.array([len(item.joints) for item in skinned], np.intp)
        entities = np.array([item.entity for item in skinned], np.uint64)
        handles = np.concatenate([np.zeros(0, np.uint64), *(item.joints for item in skinned)])
        self._handles = np.where(world.alive(handles), handles, np.uint64(0))
        starts = np.cumsum(counts) - counts
        used = {id(item.inverse_binds): item.inverse_binds for item in skinned}
        self._shared = {key: rows for key, rows in self._shared.items() if id(rows) in used}
        self.inverse_binds = np.concatenate([np.zeros((0, 12), np.float32), *used.values()])
        firsts = dict(zip(used, np.cumsum([0, *(len(rows) for rows in used.values())]).tolist(), strict=False))
        binds = np.array([firsts[id(item.inverse_binds)] for item in skinned], np.intp)
        self.joints = indices_of(self._handles)
        self.meshes = np.repeat(indices_of(entities), counts)
        self.binds = np.arange(len(handles)) + np.repeat(binds - starts, counts)
        if len(skinned):
            world.scatter(entities, Skin, "offset", starts.astype(np.uint32))
        self._stale = False
        self.revision += 1

    def fork(self, world: World) -> SkinPalettes:
        """A fork's models are placed anew, with skins of their own."""
        return SkinPalettes()


def update_skins(world: World) -> None:
    """Bring the skins up to date with who is there (a system)."""
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
