"""Trees of boxes that rays walk (`shaders/path_tracing/rays.glsl`): round the triangles of each mesh, and round all things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from taixu.render.bvh import LEAF_STEP, BoxPairs, build_pairs
from taixu.scene import CELL_M, WorldTransforms

if TYPE_CHECKING:
    from taixu.ecs import World
    from taixu.render.extraction import WorldMirror

__all__ = ["boxes_around", "mesh_tree", "pack_nodes", "thing_matrices", "tree_box"]

Floats = NDArray[np.float32]


def thing_matrices(world: World, rows: NDArray[Any], cell: tuple[int, int, int]) -> tuple[NDArray[np.float64], NDArray[Any]]:
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


def mesh_tree(
    mirror: WorldMirror, mesh: int, positions: Floats, *, leave_out: NDArray[np.bool_] | None = None
) -> tuple[BoxPairs, NDArray[np.uint32]]:
    """The tree of a mesh, and its triangles in the tree's order: uint32[n, 3, 4] of corner, number and two edges.

    Triangles of `leave_out` have no size: no ray meets them.
    """
    pool = mirror.pool
    known = pool.rows[mesh]
    indices = pool.indices.read(np.uint32, offset=int(pool.first_indices[mesh]) * 4, count=int(known["index_count"]))
    corners = np.nan_to_num(positions, posinf=0.0, neginf=0.0)[indices[: len(indices) // 3 * 3].reshape(-1, 3)]
    if leave_out is not None:
        corners[leave_out] = corners[leave_out, :1]
    tree = build_pairs(corners.min(1), corners.max(1))
    corners = corners[tree.order]
    triangles = np.zeros((len(corners), 3, 4), np.uint32)
    triangles[:, 0, :3] = corners[:, 0].view(np.uint32)
    triangles[:, 0, 3] = tree.order
    for k in (1, 2):
        triangles[:, k, :3] = np.ascontiguousarray(corners[:, k] - corners[:, 0]).view(np.uint32)
    return tree, triangles


def tree_box(tree: BoxPairs) -> NDArray[np.float64]:
    """Low and high corner of all that a tree holds: [2, 3]."""
    return np.array((tree.lows[0].min(0), np.where(np.isfinite(tree.highs[0]), tree.highs[0], -np.inf).max(0)), np.float64)


def boxes_around(matrices: NDArray[np.float64], boxes: NDArray[np.float64]) -> tuple[Floats, Floats]:
    """Boxes [n, 2, 3] as they lie in the world."""
    middle, half = boxes.mean(1), (boxes[:, 1] - boxes[:, 0]) / 2
    center = np.einsum("nij,nj->ni", matrices[:, :, :3], middle) + matrices[:, :, 3]
    reach = np.einsum("nij,nj->ni", np.abs(matrices[:, :, :3]), half)
    reach = reach * 1.000001 + np.abs(center) * 2e-7  # rounding must not cut anything off
    return (center - reach).astype(np.float32), (center + reach).astype(np.float32)


def pack_nodes(tree: BoxPairs, first_node: int, *, triangles: int = 0, things: bool = False) -> NDArray[np.uint32]:
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
