"""Blended and transmissive renderables: few, and back to front, so the CPU sorts them in packed arrays.

What is transmissive shows a copy of what was drawn before it, bent and blurred (`behind`), and covers the rest. The list
says where a copy has to be made: before the first such surface, and again wherever one lies over something that was
drawn since, so that glass behind glass shows. Double-sided things are drawn in two turns, the far sides first. Of closed
ones that are hollow, as vases are, the surfaces behind the nearest one may have a turn of their own before it
(``view.settings["glass_layers"]`` 2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.gpu import Buffer, Device
from taixu.math.projection import frustum_planes
from taixu.render.bindings import FLAG_VISIBLE
from taixu.render.bins import Bin
from taixu.render.context import DrawKey
from taixu.render.extraction import WorldMirror
from taixu.render.instances import NOT_DEFORMED
from taixu.render.meshes import MODES
from taixu.render.row_buffer import grown
from taixu.render.views import View
from taixu.scene import CELL_M, WorldTransforms

__all__ = ["MOST_CAPTURES", "BlendedRun", "BlendedRuns", "is_transmissive", "plan_captures", "screen_rects", "sort_blended"]

MOST_CAPTURES = 4
"""Copies of what is behind in a frame, where ``view.settings["captures"]`` says nothing else."""
_MOST_TWO_TURN = 256  # more double-sided blended things than this are drawn in one turn each
_MOST_NESTED = 512
_INNER = 3


@dataclass(frozen=True, slots=True)
class BlendedRun:
    """Neighbours in the order that one pipeline draws: commands `first` to `first + count` of the list.

    `captures`: what was drawn so far has to be copied before it. `inner`: of its surfaces only those that lie behind its
    nearest ones are meant.
    """

    bin: Bin
    first: int
    count: int
    captures: bool = False
    inner: bool = False


@dataclass
class BlendedRuns:
    """A view's sorted blended renderables on the GPU."""

    commands: Buffer | None = None
    ids: Buffer | None = None

    def upload(self, device: Device, commands: NDArray[np.uint32], ids: NDArray[np.uint32]) -> None:
        """Write this frame's list."""
        if self.commands is None or self.commands.size < commands.nbytes:
            room = grown(0, len(ids))
            self.commands = device.buffer(room * 20, label="blended commands")
            self.ids = device.buffer(room * 4, label="blended ids")
        assert self.ids is not None
        self.commands.write(commands)
        self.ids.write(ids)


def is_transmissive(key: DrawKey) -> bool:
    """Whether what is drawn with this key shows what lies behind it, bent or blurred."""
    return "transmission" in key.signature.layers


def _is_hollow(key: DrawKey) -> bool:
    return is_transmissive(key) and "volume" in key.signature.layers and not key.double_sided


def sort_blended(
    mirror: WorldMirror, places: WorldTransforms, view: View
) -> tuple[NDArray[np.uint32], NDArray[np.uint32], list[BlendedRun]]:
    """Commands [n, 5], object ids [n] and runs of the blended renderables in the view's frustum, far ones first."""
    slots = mirror.blended
    rows = mirror.renderables.rows[slots]
    wanted = ((rows["flags"] & FLAG_VISIBLE) != 0) & ((rows["layers"] & np.uint32(view.layers & 0xFFFFFFFF)) != 0)
    slots, rows = slots[wanted], rows[wanted]
    matrices = places.matrices[rows["transform"]].reshape(-1, 3, 4).astype(np.float64)
    spheres = mirror.pool.rows["sphere"][rows["mesh"]].astype(np.float64)
    spheres[:, :3] = np.einsum("nij,nj->ni", matrices[:, :, :3], spheres[:, :3]) + matrices[:, :, 3]
    spheres[:, 3] *= np.sqrt(np.square(matrices[:, :, :3]).sum(1).max(1))
    deformed = rows["deformed"] != NOT_DEFORMED
    spheres[deformed] = mirror.deformer.spheres_of(rows["deformed"][deformed])
    offsets = (places.cells[rows["transform"]] - np.array(view.camera.cell, np.int32)) * CELL_M
    centers, radii = spheres[:, :3] + offsets, spheres[:, 3]
    view_from_world = np.linalg.inv(view.camera.world_from_camera)
    clip_from_view = view.camera.clip_from_view(view.size[0] / view.size[1])
    planes = frustum_planes(clip_from_view @ view_from_world)
    inside = ((centers @ planes[:, :3].T + planes[:, 3]) >= -radii[:, None]).all(1)
    slots, rows, centers, radii, matrices = slots[inside], rows[inside], centers[inside], radii[inside], matrices[inside]
    if len(slots) == 0:
        return np.zeros((0, 5), np.uint32), np.zeros(0, np.uint32), []
    draw_keys, keys = mirror.materials.draw_keys, mirror.materials.keys[rows["material"]]
    clear = np.array([is_transmissive(key) for key in draw_keys], bool)[keys]
    seen = centers @ view_from_world[:3, :3].T + view_from_world[:3, 3]
    depths = seen[:, 2].copy()  # along -Z: the smallest is farthest
    if clear.any():
        depths = _containers_last(depths, centers, radii, clear)
    ranks = np.array([key.order for key in draw_keys], np.int64)[keys]
    order = np.lexsort((depths, ranks))
    hollow = np.array([_is_hollow(key) for key in draw_keys], bool)[keys] & (int(view.settings.get("glass_layers", 1)) > 1)
    turns, order = _turns(draw_keys, keys, mirror.pool.modes[rows["mesh"]], clear, hollow, order)
    slots, rows, clear, keys, deformed = slots[order], rows[order], clear[order], keys[order], deformed[inside][order]
    mirrored = np.linalg.det(matrices[order][:, :, :3]) < 0
    meshes = rows["mesh"]
    commands = np.zeros((len(slots), 5), np.uint32)
    commands[:, 0], commands[:, 1] = mirror.pool.rows["index_count"][meshes], 1
    commands[:, 2], commands[:, 3] = mirror.pool.first_indices[meshes], mirror.pool.rows["first_vertex"][meshes]
    commands[:, 4] = np.arange(len(slots))
    captures = np.zeros(len(slots), bool)
    if clear.any():
        rects = screen_rects(seen[order], radii[order], clip_from_view, parallel=view.camera.height_m > 0)
        captures[plan_captures(rects, clear, most=int(view.settings.get("captures", MOST_CAPTURES)))] = True
    modes = mirror.pool.modes[meshes]
    kinds = ((keys.astype(np.int64) * 8 + modes * 2 + mirrored) * 2 + deformed) * 4 + turns
    starts = np.flatnonzero(np.concatenate([[True], kinds[1:] != kinds[:-1]]) | captures)
    runs = []
    for start, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(kinds)], strict=True):
        key, mode = draw_keys[int(keys[start])], MODES[int(modes[start])]
        cull = _culled(key, mode, bool(mirrored[start]), int(turns[start]))
        item = Bin(key, int(keys[start]), mode, cull, start, stop - start, bool(deformed[start]))
        runs.append(BlendedRun(item, start, stop - start, bool(captures[start]), int(turns[start]) == _INNER))
    return commands, slots.astype(np.uint32), runs


def screen_rects(
    seen: NDArray[np.float64], radii: NDArray[np.float64], clip_from_view: NDArray[np.float64], *, parallel: bool
) -> NDArray[np.float64]:
    """Boxes [n, 4] (low x, y, high x, y in normalised device coordinates, cut to the screen) around spheres.

    Parameters
    ----------
    seen
        Centres in view space, [n, 3].
    radii
        Of the spheres, [n].
    """
    scale = np.array([clip_from_view[0, 0], clip_from_view[1, 1]])
    if parallel:
        middle, half = seen[:, :2] * scale, radii[:, None] * scale
        return np.clip(np.concatenate([middle - half, middle + half], 1), -1.0, 1.0)
    # Tangents of the sphere seen from the eye, in the plane of each axis.
    depth = -seen[:, 2]
    whole = depth <= radii * 1.02
    rects = np.empty((len(seen), 4))
    safe = np.where(whole, 2.0 * np.maximum(radii, 1e-6), depth)
    for axis in (0, 1):
        across = np.where(whole, 0.0, seen[:, axis])
        angle, spread = np.arctan2(across, safe), np.arcsin(np.clip(radii / np.hypot(across, safe), 0.0, 1.0))
        low, high = angle - spread, angle + spread
        rects[:, axis] = np.where(low > -1.55, np.tan(np.maximum(low, -1.55)) * scale[axis], -1.0)
        rects[:, axis + 2] = np.where(high < 1.55, np.tan(np.minimum(high, 1.55)) * scale[axis], 1.0)
    rects[whole] = (-1.0, -1.0, 1.0, 1.0)
    return np.clip(rects, -1.0, 1.0)


def plan_captures(rects: NDArray[np.float64], clear: NDArray[np.bool_], *, most: int = MOST_CAPTURES) -> list[int]:
    """Where in the sorted list a copy of what is behind has to be made.

    Before the first transmissive thing, and before each one that lies over something drawn since the last copy. Where
    that is more than `most`, those that cover most of the screen stay, and the first.
    """
    found: list[int] = []
    for i in np.flatnonzero(clear).tolist():
        if not found:
            found.append(i)
            continue
        since = rects[found[-1] : i]
        touches = (since[:, :2] < rects[i, 2:]).all(1) & (since[:, 2:] > rects[i, :2]).all(1)
        if touches.any():
            found.append(i)
    if len(found) > max(most, 1):
        areas = (rects[found, 2:] - rects[found, :2]).prod(1)
        areas[0] = np.inf
        found = sorted(np.array(found)[np.argsort(-areas, kind="stable")[: max(most, 1)]].tolist())
    return found


def _containers_last(
    depths: NDArray[np.float64], centers: NDArray[np.float64], radii: NDArray[np.float64], clear: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Depths in which glass comes after what is within it, as water in a cup is."""
    outer = np.flatnonzero(clear)
    if len(outer) * len(depths) > _MOST_NESTED**2:
        return depths
    apart = np.linalg.norm(centers[outer][:, None] - centers[None], axis=-1)
    within = (apart + radii[None] <= radii[outer][:, None] * 1.001) & (radii[None] < radii[outer][:, None] * 0.999)
    result = depths.copy()
    for i in np.argsort(radii[outer], kind="stable").tolist():
        inner = within[i]
        if inner.any():
            result[outer[i]] = max(result[outer[i]], float(result[inner].max()) + 1e-6)
    return result


def _turns(
    draw_keys: Sequence[DrawKey], keys: NDArray[np.int32], modes: NDArray[np.uint8],
    clear: NDArray[np.bool_],
    hollow: NDArray[np.bool_],
    order: NDArray[np.intp],
) -> tuple[NDArray[np.int64], NDArray[np.intp]]:  # fmt: skip
    """The order with some things in it twice, and by entry its turn: 0 all sides, 1 far sides, 2 near sides, or `_INNER`."""
    double = np.array([key.double_sided for key in draw_keys], bool)[keys] & (modes == MODES.index("triangles"))
    if int(double.sum()) > _MOST_TWO_TURN:
        double &= clear
    triangles = modes == MODES.index("triangles")
    twice = (double | (hollow & triangles))[order]
    entries = np.repeat(order, np.where(twice, 2, 1))
    turns = np.zeros(len(entries), np.int64)
    second = np.concatenate([[False], entries[1:] == entries[:-1]])
    turns[double[entries]] = 1
    turns[second & double[entries]] = 2
    turns[~second & (hollow & triangles & ~double)[entries]] = _INNER
    return turns, entries


def _culled(key: DrawKey, mode: str, mirrored: bool, turn: int) -> str:
    plain = "front" if mirrored else "back"
    if turn in (1, 2):
        return plain if turn == 2 else ("back" if mirrored else "front")
    return "none" if key.double_sided or mode != "triangles" else plain
