"""What a mesh needs to be deformed: joint influences and morph targets, uploaded with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.model import Primitive
from taixu.gpu import Device
from taixu.render.word_pool import WordPool

__all__ = ["DeformData", "DeformPool"]


@dataclass(frozen=True)
class DeformData:
    """Of one mesh.

    Attributes
    ----------
    influence_first, influence_sets
        Words in the influence pool; sets of four joints (0: not skinned).
    delta_first, delta_parts, target_count
        Words in the delta pool; 1 position, 2 normals as well, 3 tangents as well.
    joint_spheres : float64[j, 4]
        Sphere of the vertices that each joint holds; radius -1 where it holds none.
    reach : float64[t]
        The farthest that a target moves a vertex at weight 1.
    """

    influence_first: int = 0
    influence_sets: int = 0
    influence_words: int = 0
    delta_first: int = 0
    delta_parts: int = 0
    delta_words: int = 0
    target_count: int = 0
    joint_spheres: NDArray[np.float64] = field(default_factory=lambda: np.zeros((0, 4)))
    reach: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


class DeformPool:
    """Influences and targets of all meshes that have them, by pool mesh."""

    def __init__(self, device: Device) -> None:
        self.influences = WordPool(device, 1, label="influences")
        self.deltas = WordPool(device, 1, label="morph targets")
        self._by_mesh: dict[int, DeformData] = {}

    def find(self, mesh: int) -> DeformData | None:
        """The data of a mesh, or None where nothing deforms it."""
        return self._by_mesh.get(mesh)

    def add(self, mesh: int, primitive: Primitive) -> None:
        """Take in what a primitive has; does nothing for a plain one."""
        influences, spheres = _influences(primitive)
        deltas, parts, reach = _deltas(primitive)
        if influences is None and deltas is None:
            return
        first = second = 0
        if influences is not None:
            first = self.influences.allocate(influences.size)
            self.influences.write(first, influences)
        if deltas is not None:
            second = self.deltas.allocate(deltas.size)
            self.deltas.write(second, deltas)
        self._by_mesh[mesh] = DeformData(
            first, 0 if influences is None else influences.shape[1], 0 if influences is None else influences.size,
            second, parts, 0 if deltas is None else deltas.size, len(reach), spheres, reach)  # fmt: skip

    def remove(self, mesh: int) -> None:
        """Give a mesh's words back."""
        data = self._by_mesh.pop(mesh, None)
        if data is not None:
            self.influences.free(data.influence_first, data.influence_words)
            self.deltas.free(data.delta_first, data.delta_words)


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
