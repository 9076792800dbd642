"""What a mesh needs to be deformed: joint influences and morph targets, uploaded with it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.gpu import Device
from taixu.render.blocks import Blocks
from taixu.render.row_buffer import grown
from taixu.render.word_pool import WordPool

__all__ = ["DeformPool"]

_ROW = np.dtype([(name, np.int32) for name in (
    "influence_first", "influence_sets", "influence_words", "delta_first", "delta_parts", "delta_words", "target_count",
    "joint_first", "joint_count", "reach_first", "has_loose",
)])  # fmt: skip


class DeformPool:
    """Influences and targets of all meshes that have them, by pool mesh.

    Attributes
    ----------
    rows : structured array
        By mesh, zeros for plain ones. ``influence_first``, ``influence_sets``: words in the pool, sets of four joints (0: not
        skinned); ``delta_first``, ``delta_parts``, ``target_count``: words, 1 position, 2 normals as well, 3 tangents as well;
        ``joint_first``, ``joint_count``: in `spheres`; ``reach_first``: in `reach`; ``has_loose``: vertices that no joint holds.
    spheres : float64[j, 4]
        Spheres of the vertices that each joint holds, in the mesh's space; radius -1 where it holds none.
    reach : float64[t]
        The farthest that a target moves a vertex at weight 1.
    """

    def __init__(self, device: Device) -> None:
        self.influences = WordPool(device, 1, label="influences")
        self.deltas = WordPool(device, 1, label="morph targets")
        self.rows = np.zeros(64, _ROW)
        self.spheres = np.zeros((0, 4))
        self.reach = np.zeros(0)
        self._joints, self._targets = Blocks(), Blocks()

    def add(self, mesh: int, primitive: Primitive) -> None:
        """Take in what a primitive has; does nothing for a plain one."""
        if mesh >= len(self.rows):
            rows = np.zeros(grown(len(self.rows), mesh + 1), _ROW)
            rows[: len(self.rows)] = self.rows
            self.rows = rows
        influences, spheres = _influences(primitive)
        deltas, parts, reach = _deltas(primitive)
        row = self.rows[mesh : mesh + 1]
        row[:] = np.zeros(1, _ROW)
        if influences is not None:
            row["influence_first"] = self.influences.allocate(influences.size)
            row["influence_sets"], row["influence_words"] = influences.shape[1], influences.size
            row["joint_first"], row["joint_count"] = self._joints.take(len(spheres), 1)[0], len(spheres)
            row["has_loose"] = bool((influences[:, :, 2:] == 0).all((1, 2)).any())
            self.influences.write(int(row["influence_first"][0]), influences)
            self.spheres = _put(self.spheres, int(row["joint_first"][0]), spheres)
        if deltas is not None:
            row["delta_first"] = self.deltas.allocate(deltas.size)
            row["delta_parts"], row["delta_words"], row["target_count"] = parts, deltas.size, len(reach)
            row["reach_first"] = self._targets.take(len(reach), 1)[0]
            self.deltas.write(int(row["delta_first"][0]), deltas)
            self.reach = _put(self.reach, int(row["reach_first"][0]), reach)

    def remove(self, mesh: int) -> None:
        """Give a mesh's words back."""
        row = self.rows[mesh : mesh + 1]
        if row["influence_words"][0]:
            self.influences.free(int(row["influence_first"][0]), int(row["influence_words"][0]))
            self._joints.give_back(row["joint_first"], row["joint_count"])
        if row["delta_words"][0]:
            self.deltas.free(int(row["delta_first"][0]), int(row["delta_words"][0]))
            self._targets.give_back(row["reach_first"], row["target_count"])
        row[:] = np.zeros(1, _ROW)


def _put(held: NDArray[np.float64], first: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Values from a place on, in an array that grows."""
    end = first + len(values)
    if end > len(held):
        more = np.zeros((grown(len(held), end), *held.shape[1:]))
        more[: len(held)] = held
        held = more
    held[first:end] = values
    return held


def _influences(primitive: Primitive) -> tuple[NDArray[np.uint32] | None, NDArray[np.float64]]:
    """Words [n, sets, 6] (joints in pairs, weights), and the joints' spheres."""
    have = primitive.attributes
    sets: list[int] = []
    while f"JOINTS_{len(sets)}" in have and f"WEIGHTS_{len(sets)}" in have and len(sets) < 4:
        sets.append(len(sets))
    if not sets:
        return None, np.zeros((0, 4))
    count = primitive.vertex_count
    joints = np.stack([np.asarray(have[f"JOINTS_{k}"], np.uint16) for k in sets], 1)
    weights = np.stack([np.asarray(have[f"WEIGHTS_{k}"], np.float32) for k in sets], 1)
    weights = np.maximum(np.nan_to_num(weights, posinf=0.0, neginf=0.0), 0.0)
    words = np.zeros((count, len(sets), 6), np.uint32)
    words[:, :, :2] = np.ascontiguousarray(joints).view(np.uint32)
    words[:, :, 2:] = np.ascontiguousarray(weights).view(np.uint32)
    return words, _joint_spheres(
        np.asarray(have["POSITION"], np.float64), joints.reshape(count, -1), weights.reshape(count, -1)
    )


def _joint_spheres(
    positions: NDArray[np.float64], joints: NDArray[np.uint16], weights: NDArray[np.float32]
) -> NDArray[np.float64]:
    vertex, slot = np.nonzero(weights > 0)
    if len(vertex) == 0:
        return np.zeros((0, 4))
    joint, points = joints[vertex, slot].astype(np.intp), positions[vertex]
    count = int(joint.max()) + 1
    low, high = np.full((count, 3), np.inf), np.full((count, 3), -np.inf)
    np.minimum.at(low, joint, points)
    np.maximum.at(high, joint, points)
    held = np.isfinite(low[:, 0])
    spheres = np.zeros((count, 4))
    spheres[:, 3] = -1.0
    spheres[held, :3] = (low[held] + high[held]) / 2
    radii = np.zeros(count)
    np.maximum.at(radii, joint, np.linalg.norm(points - spheres[joint, :3], axis=1))
    spheres[held, 3] = radii[held]
    return spheres


def _deltas(primitive: Primitive) -> tuple[NDArray[np.float32] | None, int, NDArray[np.float64]]:
    """Words [targets, n, 3 * parts], the parts, and the reach of each target."""
    targets, count = primitive.targets, primitive.vertex_count
    if not targets or not count:
        return None, 0, np.zeros(0)
    names: tuple[str, ...] = ("POSITION", "NORMAL", "TANGENT")
    parts = max((i + 1 for i, name in enumerate(names) if any(name in t for t in targets)), default=0)
    if parts == 0:
        return None, 0, np.zeros(0)
    words = np.zeros((len(targets), count, parts, 3), np.float32)
    for t, target in enumerate(targets):
        for i, name in enumerate(names[:parts]):
            if name in target:
                values: NDArray[Any] = np.nan_to_num(np.asarray(target[name], np.float32))
                words[t, :, i] = values[:, :3]
    reach = np.linalg.norm(words[:, :, 0].astype(np.float64), axis=2).max(1)
    return words, parts, reach
