"""The world as rays meet it: a tree of boxes round things, and one round the triangles of each mesh, shared by all its things.

Meshes, textures and materials stay where the rasteriser has them; what is added is 48 bytes a triangle, about 30 for the
trees, and 128 a thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.errors import TaixuError
from taixu.gpu import Buffer, Device
from taixu.render.bindings import FLAG_VISIBLE
from taixu.render.bvh import LEAF_STEP, BoxPairs, build_pairs
from taixu.render.cards import CARD
from taixu.render.meshes import MODES
from taixu.render.path_tracing.bent import BentSurfaces
from taixu.render.path_tracing.blocks import EMITTING, SEEN_THROUGH, THING
from taixu.render.path_tracing.emitters import MOST_EMITTERS, find_emitting, pack_emitters
from taixu.scene import CELL_M, WorldTransforms

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.extraction import WorldMirror
    from taixu.render.materials import MaterialTable

__all__ = ["Things", "gather_things"]

_TRIANGLES = MODES.index("triangles")
_OUTSIDE_LEAF = 1
"""Things a leaf holds: a ray goes into one at a time."""
_MOST_BYTES = 48 << 22
"""Of one list: leaves name triangles by 23 bits."""
Floats = NDArray[np.float32]


@dataclass
class Things:
    """What rays meet, on the device; relative to the camera's cell.

    Attributes
    ----------
    count, triangle_count, node_count
        Things, triangles of their meshes (each mesh once), nodes of all trees; zero where there is nothing.
    keys
        Draw keys that are met, by number.
    seen_through
        Those of `keys` that have holes, or are thin.
    depth
        Nodes that wait at most while a ray walks.
    surfaces
        Normals and the like of vertices: the pool's, or a copy with those of who is deformed behind.
    emitter_count, emitted
        Triangles that light is asked of, and what they send together: luminance times area, cd.
    """

    nodes: Buffer
    triangles: Buffer
    things: Buffer
    emitters: Buffer
    surfaces: Buffer
    count: int
    triangle_count: int
    node_count: int
    keys: tuple[int, ...]
    seen_through: tuple[int, ...]
    depth: int
    emitter_count: int = 0
    emitted: float = 0.0
    has_own_surfaces: bool = False

    def release(self) -> None:
        """Give the memory back."""
        for buffer in (self.nodes, self.triangles, self.things, self.emitters):
            buffer.release()
        if self.has_own_surfaces:
            self.surfaces.release()


def gather_things(
    device: Device, mirror: WorldMirror, materials: MaterialTable, world: World, *, cell: tuple[int, int, int], layers: int
) -> Things:
    """All that a view shows and that is made of triangles.

    Raises
    ------
    TaixuError
        Where it is more than the device binds at once.
    """
    pool, rows = mirror.pool, mirror.renderables.rows[: mirror.renderables.high]
    shown = (rows["mesh"] > 0) & (rows["flags"] & FLAG_VISIBLE > 0) & (rows["layers"] & layers > 0)
    shown &= (pool.modes[rows["mesh"]] == _TRIANGLES) & (pool.rows["index_count"][rows["mesh"]] >= 3)
    # Cards stand for what is far; the things themselves are there as well.
    shown &= np.array([key.shader != CARD.name for key in materials.draw_keys], bool)[materials.keys[rows["material"]]]
    rows = rows[shown]
    matrices, rows = _matrices(world, rows, cell)
    # Who is deformed has a shape of its own.
    shapes, mesh_of = np.unique(np.stack([rows["mesh"], rows["deformed"]], 1), axis=0, return_inverse=True)
    mesh_of = mesh_of.reshape(-1)
    meshes = shapes[:, 0]
    _refuse_too_much(device, len(rows), int(pool.rows["index_count"][meshes].sum()) // 3, pool.surfaces.size)
    if len(rows) == 0:
        nothing = device.buffer(np.zeros(64, np.uint32), label="nothing to meet")
        return Things(nothing, nothing, nothing, nothing, pool.surfaces, 0, 0, 0, (), (), 1)
    trees, corners = [], []
    bent = BentSurfaces(mirror)
    for mesh, seat in shapes.tolist():
        tree, triangles = _mesh_tree(mirror, mesh, bent.add(mesh, seat))
        trees.append(tree)
        corners.append(triangles)
    boxes = np.array([(t.lows[0].min(0), np.where(np.isfinite(t.highs[0]), t.highs[0], -np.inf).max(0)) for t in trees], np.float64)
    lows, highs = _boxes_around(matrices, boxes[mesh_of])
    outside = build_pairs(lows, highs, leaf_size=_OUTSIDE_LEAF)
    first_nodes = len(outside.refs) + np.cumsum([0, *(len(t.refs) for t in trees)])
    first_triangles = np.cumsum([0, *(len(t) for t in corners)])
    packed = [_packed(outside, 0, things=True)]
    packed += [
        _packed(t, int(node), triangles=int(triangle)) for t, node, triangle in zip(trees, first_nodes, first_triangles)
    ]
    nodes = np.concatenate(packed)
    keys = materials.keys[rows["material"]]
    thing_rows = _thing_rows(materials, rows, matrices, keys)
    thing_rows["root"] = first_nodes[mesh_of]
    thing_rows["first_vertex"] = np.array(bent.firsts, np.uint32)[mesh_of]
    thing_rows["first_index"] = pool.first_indices[rows["mesh"]]
    asked = np.flatnonzero(find_emitting(materials, rows["material"]))
    asked = asked[np.cumsum([len(corners[mesh_of[i]]) for i in asked.tolist()]) <= MOST_EMITTERS] if len(asked) else asked
    light = np.array([materials.row(int(rows["material"][i]))["emissive"] for i in asked.tolist()], np.float64).reshape(-1, 3)
    shining = [corners[mesh_of[i]][:, :, :3].copy().view(np.float32) for i in asked.tolist()]
    emitters = pack_emitters(matrices[asked], light, shining)
    if emitters.count:
        thing_rows["flags"][asked] |= EMITTING
    through = np.unique(keys[thing_rows["flags"] & SEEN_THROUGH > 0])
    return Things(
        device.buffer(nodes, label="path tracing nodes"),
        device.buffer(np.concatenate(corners), label="path tracing triangles"),
        device.buffer(thing_rows, label="path tracing things"),
        device.buffer(emitters.rows if emitters.count else np.zeros(16, np.float32), label="path tracing emitters"),
        bent.buffer(device),
        len(rows),
        int(first_triangles[-1]),
        len(nodes),
        tuple(np.unique(keys).tolist()),
        tuple(through.tolist()),
        outside.depth + max(t.depth for t in trees) + 2,
        emitters.count,
        emitters.power,
        bent.is_needed,
    )


def _refuse_too_much(device: Device, things: int, triangles: int, vertex_bytes: int) -> None:
    most = min(device.capabilities.max_storage_bytes, _MOST_BYTES)
    for what, count, size in (
        ("things", things, THING.dtype.itemsize), ("triangles", triangles, 48), ("bytes of vertices", vertex_bytes, 1),
    ):  # fmt: skip
        if count * size > most:
            raise TaixuError(
                f"the path tracer holds {most // size:,} {what} on this device and this world has {count:,}; "
                "show fewer (layers, visible), or take fewer samples, which draws without it"
            )


def _matrices(world: World, rows: NDArray[Any], cell: tuple[int, int, int]) -> tuple[NDArray[np.float64], NDArray[Any]]:
    """World from local, [n, 3, 4], relative to the cell, and the rows that have one; what has no size in some direction gets a
    very small one, and what is nowhere is left out.
    """
    if not world.has_resource(WorldTransforms):
        return np.zeros((0, 3, 4)), rows[:0]
    places = world.resource(WorldTransforms)
    index = rows["transform"].astype(np.intp)
    matrices = places.matrices[index].reshape(-1, 3, 4).astype(np.float64)
    matrices[:, :, 3] += (places.cells[index] - np.asarray(cell)) * CELL_M
    known = np.isfinite(matrices).all((1, 2)) & (np.abs(matrices[:, :, :3]).max((1, 2), initial=0.0) > 0.0)
    matrices, rows = matrices[known], rows[known]
    size = np.abs(matrices[:, :, :3]).max((1, 2))
    flat = np.abs(np.linalg.det(matrices[:, :, :3])) < 1e-12 * size**3
    if flat.any():
        u, s, v = np.linalg.svd(matrices[flat, :, :3])
        s = np.maximum(s, 1e-4 * s[:, :1])
        matrices[flat, :, :3] = (u * s[:, None, :]) @ v
    return matrices, rows


def _mesh_tree(mirror: WorldMirror, mesh: int, positions: Floats) -> tuple[BoxPairs, NDArray[np.uint32]]:
    """The tree of a mesh, and its triangles in the tree's order: uint32[n, 3, 4] of corner, number and two edges."""
    pool = mirror.pool
    known = pool.rows[mesh]
    indices = pool.indices.read(np.uint32, offset=int(pool.first_indices[mesh]) * 4, count=int(known["index_count"]))
    corners = np.nan_to_num(positions, posinf=0.0, neginf=0.0)[indices[: len(indices) // 3 * 3].reshape(-1, 3)]
    tree = build_pairs(corners.min(1), corners.max(1))
    corners = corners[tree.order]
    triangles = np.zeros((len(corners), 3, 4), np.uint32)
    triangles[:, 0, :3] = corners[:, 0].view(np.uint32)
    triangles[:, 0, 3] = tree.order
    for k in (1, 2):
        triangles[:, k, :3] = np.ascontiguousarray(corners[:, k] - corners[:, 0]).view(np.uint32)
    return tree, triangles


def _boxes_around(matrices: NDArray[np.float64], boxes: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """Boxes [n, 2, 3] as they lie in the world."""
    middle, half = boxes.mean(1), (boxes[:, 1] - boxes[:, 0]) / 2
    center = np.einsum("nij,nj->ni", matrices[:, :, :3], middle) + matrices[:, :, 3]
    reach = np.einsum("nij,nj->ni", np.abs(matrices[:, :, :3]), half)
    reach = reach * 1.000001 + np.abs(center) * 2e-7  # rounding must not cut anything off
    return (center - reach).astype(np.float32), (center + reach).astype(np.float32)


def _packed(tree: BoxPairs, first_node: int, *, triangles: int = 0, things: bool = False) -> NDArray[np.uint32]:
    """Nodes as shaders read them: uint32[n, 4, 4], low, high, low, high with what lies in them beside."""
    nodes = np.zeros((len(tree.refs), 4, 4), np.uint32)
    # Boxes as thin as a wall must not vanish in rounding.
    finite = np.isfinite(tree.lows)
    pad = np.where(finite, np.maximum(np.abs(tree.lows), np.abs(tree.highs)), 0.0).max() * np.float32(1e-6)
    for side in range(2):
        nodes[:, 2 * side, :3] = np.ascontiguousarray(tree.lows[:, side] - pad, np.float32).view(np.uint32)
        nodes[:, 2 * side + 1, :3] = np.ascontiguousarray(tree.highs[:, side] + pad, np.float32).view(np.uint32)
        refs = tree.refs[:, side]
        leaf = ~refs
        inside = tree.order[np.clip(leaf // LEAF_STEP, 0, len(tree.order) - 1)] if things else leaf + triangles * LEAF_STEP
        named = np.where(refs >= 0, refs + first_node, ~inside).astype(np.int32)
        nodes[:, side, 3] = named.view(np.uint32)
    return nodes


def _thing_rows(
    materials: MaterialTable, rows: NDArray[Any], matrices: NDArray[np.float64], keys: NDArray[np.int32]
) -> NDArray[Any]:
    out = THING.zeros(len(rows))
    turn = np.linalg.inv(matrices[:, :, :3])
    out["local_from_world"][:, :, :3] = turn
    out["local_from_world"][:, :, 3] = -np.einsum("nij,nj->ni", turn, matrices[:, :, 3])
    out["world_from_local"] = matrices
    out["material"], out["key"], out["tint"] = rows["material"], keys, rows["tint"]
    modes = materials.alpha_modes
    out["flags"] = np.where(modes[rows["material"]] > 0, SEEN_THROUGH, 0)
    return out
