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
from taixu.render.bvh import build_pairs
from taixu.render.cards import CARD
from taixu.render.meshes import MODES
from taixu.render.path_tracing.bent import BentSurfaces
from taixu.render.path_tracing.blocks import EMITTING, SEEN_THROUGH, THING
from taixu.render.path_tracing.emitters import MOST_EMITTERS, find_emitting, pack_emitters
from taixu.render.path_tracing.trees import boxes_around, mesh_tree, pack_nodes, thing_matrices, tree_box

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
    matrices, rows = thing_matrices(world, rows, cell)
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
        tree, triangles = mesh_tree(mirror, mesh, bent.add(mesh, seat))
        trees.append(tree)
        corners.append(triangles)
    boxes = np.array([tree_box(tree) for tree in trees])
    lows, highs = boxes_around(matrices, boxes[mesh_of])
    outside = build_pairs(lows, highs, leaf_size=_OUTSIDE_LEAF)
    first_nodes = len(outside.refs) + np.cumsum([0, *(len(t.refs) for t in trees)])
    first_triangles = np.cumsum([0, *(len(t) for t in corners)])
    packed = [pack_nodes(outside, 0, things=True)]
    packed += [
        pack_nodes(t, int(node), triangles=int(triangle)) for t, node, triangle in zip(trees, first_nodes, first_triangles)
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


def _thing_rows(
    materials: MaterialTable, rows: NDArray[Any], matrices: NDArray[np.float64], keys: NDArray[np.int32]
) -> NDArray[Any]:
    out = THING.zeros(len(rows))
    turn = np.linalg.inv(matrices[:, :, :3])
    out["local_from_world"][:, :, :3] = turn
    out["local_from_world"][:, :, 3] = -np.einsum("nij,nj->ni", turn, matrices[:, :, 3])
    out["world_from_local"] = matrices
    out["material"], out["key"], out["tint"] = rows["material"], keys, rows["tint"]
    out["layers"] = rows["layers"]
    modes = materials.alpha_modes
    out["flags"] = np.where(modes[rows["material"]] > 0, SEEN_THROUGH, 0)
    return out
