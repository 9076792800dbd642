"""What the rays of probes meet: trees of meshes that stay, under a tree of things that is made anew where something moved.

A ray needs no more of a surface than `taixu.render.traced_scene` keeps of a triangle. Who is deformed, what blends and what
stands for far things is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.render.bindings import FLAG_VISIBLE
from taixu.render.bvh import BoxPairs, build_pairs
from taixu.render.cards import CARD
from taixu.render.indirect.blocks import LOOK, PROBE_THING, ProbeSlot
from taixu.render.instances import NOT_DEFORMED
from taixu.render.meshes import MODES, SURFACE_DTYPE
from taixu.render.path_tracing.trees import boxes_around, mesh_tree, pack_nodes, thing_matrices, tree_box
from taixu.render.traced_scene import triangle_looks

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.extraction import WorldMirror
    from taixu.render.materials import MaterialTable

__all__ = ["MOST_THINGS", "MOST_TRIANGLES", "ProbeThings"]

MOST_THINGS, MOST_TRIANGLES = 4096, 1 << 20
"""The largest things are met, where there are more, as far as the triangles of their meshes go."""
_KEPT_SHAPES = 8192
_GROUND_M, _GROUND_FLATNESS = 15.0, 0.05
_TRIANGLES = MODES.index("triangles")


@dataclass(frozen=True)
class _Shape:
    """A mesh in a material, as rays meet it."""

    tree: BoxPairs
    triangles: NDArray[np.uint32]
    looks: NDArray[Any]  # one, or one a triangle
    box: NDArray[np.float64]


class ProbeThings:
    """The things of a world, on the device.

    Attributes
    ----------
    bounds : float64[2, 3]
        Low and high corner of all things but wide grounds, metres from the origin of `cell`.
    """

    def __init__(self, device: Device) -> None:
        self.device = device
        self.bounds = np.zeros((2, 3))
        self.cell = (0, 0, 0)
        self.count = self.node_count = 0
        self.depth = 1
        self._shapes: dict[tuple[Any, ...], _Shape] = {}
        self._seen: tuple[Any, ...] | None = None
        self._packed: tuple[tuple[Any, ...], ...] = ()
        self._firsts: tuple[NDArray[np.intp], ...] = ()
        self._below = np.zeros((0, 4, 4), np.uint32)
        self._buffers: dict[int, Buffer] = {}

    def follow(self, mirror: WorldMirror, materials: MaterialTable, world: World, *, cell: tuple[int, int, int]) -> bool:
        """Take over what changed; says whether anything did."""
        rows = _shown(mirror, materials)
        matrices, rows = thing_matrices(world, rows, cell)
        if len(rows) > MOST_THINGS:
            sizes = mirror.pool.rows["sphere"][rows["mesh"], 3] * np.abs(matrices[:, :, :3]).max((1, 2))
            largest = np.sort(np.argsort(-sizes, kind="stable")[:MOST_THINGS])
            matrices, rows = matrices[largest], rows[largest]
        versions = (materials.version, mirror.pool.version)
        seen: tuple[Any, ...] = (cell, versions, matrices, rows["mesh"].copy(), rows["material"].copy())
        if self._seen is not None and all(map(np.array_equal, self._seen, seen)):
            return False
        self._seen, self.cell = seen, cell
        self._take(mirror, materials, matrices, rows)
        return True

    def bind(self) -> None:
        """Bind what rays walk through."""
        for slot, buffer in self._buffers.items():
            self.device.bind_storage(slot, buffer)

    def release(self) -> None:
        """Give the memory back."""
        for buffer in self._buffers.values():
            buffer.release()
        self._buffers = {}

    def _take(
        self, mirror: WorldMirror, materials: MaterialTable, matrices: NDArray[np.float64], rows: NDArray[Any]
    ) -> None:
        names, which = np.unique(np.stack([rows["mesh"], rows["material"]], 1), axis=0, return_inverse=True)
        which = which.reshape(-1)
        wanted = tuple(_shape_key(mirror, materials, *name) for name in names.tolist())
        fitting, total = [], 0
        for name in wanted:
            count = int(mirror.pool.rows["index_count"][name[0]]) // 3
            fitting.append(total + count <= MOST_TRIANGLES)
            total += count if fitting[-1] else 0
        if not all(fitting):
            kept = np.array(fitting)[which]
            self._take(mirror, materials, matrices[kept], rows[kept])
            return
        self.count = len(rows)
        if self.count == 0:
            self.node_count, self.bounds = 0, np.zeros((2, 3))
            self._buffers = {slot: self._buffer(slot, np.zeros(64, np.uint32)) for slot in (11, 12, 13, 14)}
            self._packed = ()
            return
        shapes = [self._shape(mirror, materials, key) for key in wanted]
        if wanted != self._packed:
            self._pack(wanted, shapes)
        lows, highs = boxes_around(matrices, np.array([shape.box for shape in shapes])[which])
        told = ~_are_grounds(highs - lows)
        told |= not told.any()
        self.bounds = np.array([lows[told].min(0), highs[told].max(0)], np.float64)
        outside = build_pairs(lows, highs, leaf_size=1)
        first_nodes, first_looks = self._firsts
        above = pack_nodes(outside, 0, things=True)
        below = self._below.copy()  # numbers of nodes inside go on after those of the tree above
        refs = below[:, :2, 3].view(np.int32)
        below[:, :2, 3] = np.where(refs >= 0, refs + len(above), refs).astype(np.int32).view(np.uint32)
        nodes = np.concatenate([above, below])
        self.node_count = len(nodes)
        self.depth = outside.depth + max(shape.tree.depth for shape in shapes) + 2
        things = PROBE_THING.zeros(len(rows))
        turn = np.linalg.inv(matrices[:, :, :3])
        things["local_from_world"][:, :, :3] = turn
        things["local_from_world"][:, :, 3] = -np.einsum("nij,nj->ni", turn, matrices[:, :, 3])
        things["root"] = first_nodes[which] + len(above)
        things["first_look"] = first_looks[which]
        things["look_step"] = np.array([len(shape.looks) > 1 for shape in shapes])[which]
        two_sided = np.array([key.double_sided for key in materials.draw_keys], bool)
        things["is_two_sided"] = two_sided[materials.keys[rows["material"]]]
        self._buffers[ProbeSlot.NODES] = self._buffer(ProbeSlot.NODES, nodes)
        self._buffers[ProbeSlot.THINGS] = self._buffer(ProbeSlot.THINGS, things)

    def _pack(self, names: tuple[tuple[Any, ...], ...], shapes: list[_Shape]) -> None:
        """Trees, triangles and looks of all shapes, one after the other."""
        nodes = np.cumsum([0, *(len(shape.tree.refs) for shape in shapes)])
        triangles = np.cumsum([0, *(len(shape.triangles) for shape in shapes)])
        looks = np.cumsum([0, *(len(shape.looks) for shape in shapes)])
        self._below = np.concatenate(
            [pack_nodes(s.tree, int(n), triangles=int(t)) for s, n, t in zip(shapes, nodes, triangles, strict=False)]
        )
        self._firsts = (nodes[:-1], looks[:-1])
        self._buffers[ProbeSlot.TRIANGLES] = self._buffer(ProbeSlot.TRIANGLES, np.concatenate([s.triangles for s in shapes]))
        self._buffers[ProbeSlot.LOOKS] = self._buffer(ProbeSlot.LOOKS, np.concatenate([s.looks for s in shapes]))
        self._packed = names
        if len(self._shapes) > _KEPT_SHAPES:
            self._shapes = dict(zip(names, shapes, strict=True))

    def _buffer(self, slot: int, data: NDArray[Any]) -> Buffer:
        have = self._buffers.get(slot)
        if have is not None and have.size >= data.nbytes:
            have.write(np.ascontiguousarray(data))
            return have
        if have is not None:
            have.release()
        return self.device.buffer(np.ascontiguousarray(data), label="what probes see")

    def _shape(self, mirror: WorldMirror, materials: MaterialTable, key: tuple[Any, ...]) -> _Shape:
        found = self._shapes.get(key)
        if found is None:
            pool, mesh, material = mirror.pool, key[0], key[1]
            known = pool.rows[mesh]
            first, count = int(known["first_vertex"]), int(known["vertex_count"])
            positions = pool.positions.read(np.float32, offset=first * 12, count=count * 3).reshape(-1, 3)
            surfaces = pool.surfaces.read(SURFACE_DTYPE, offset=first * SURFACE_DTYPE.itemsize, count=count)
            indices = pool.indices.read(np.uint32, offset=int(pool.first_indices[mesh]) * 4, count=int(known["index_count"]))
            looks = triangle_looks(materials, material, surfaces, indices[: len(indices) // 3 * 3].reshape(-1, 3))
            diffuse, mirrored, emissive, _, coverage = looks
            tree, triangles = mesh_tree(mirror, mesh, positions, leave_out=coverage < 0.5)
            kept = LOOK.zeros(len(diffuse))
            kept["albedo"][:, :3] = np.clip(np.nan_to_num(diffuse + mirrored), 0.0, 0.98)
            kept["emission"][:, :3] = np.clip(np.nan_to_num(emissive), 0.0, 6.0e4)
            if (kept == kept[:1]).all():
                kept = kept[:1]
            found = self._shapes[key] = _Shape(tree, triangles, kept, tree_box(tree))
        return found


def _shape_key(mirror: WorldMirror, materials: MaterialTable, mesh: int, material: int) -> tuple[Any, ...]:
    """What, when it changes, makes a mesh in a material another shape."""
    known = mirror.pool.rows[mesh]
    place = (int(known["first_vertex"]), int(mirror.pool.first_indices[mesh]), int(known["index_count"]))
    return mesh, material, *place, int(materials.keys[material]), materials.row(material).tobytes()


def _are_grounds(extents: NDArray[np.float32]) -> NDArray[np.bool_]:
    """What lies flat and far around [n]: probes belong to what stands on it."""
    wide = extents[:, (0, 2)].max(1)
    found: NDArray[np.bool_] = (wide > _GROUND_M) & (extents[:, 1] < _GROUND_FLATNESS * wide)
    return found


def _shown(mirror: WorldMirror, materials: MaterialTable) -> NDArray[Any]:
    pool, rows = mirror.pool, mirror.renderables.rows[: mirror.renderables.high]
    keys = materials.keys[rows["material"]]
    solid = np.array([key.alpha != "blend" and key.shader != CARD.name for key in materials.draw_keys], bool)[keys]
    shown = (rows["mesh"] > 0) & (rows["flags"] & FLAG_VISIBLE > 0) & solid & (rows["deformed"] == NOT_DEFORMED)
    shown &= (pool.modes[rows["mesh"]] == _TRIANGLES) & (pool.rows["index_count"][rows["mesh"]] >= 3)
    return rows[shown]
