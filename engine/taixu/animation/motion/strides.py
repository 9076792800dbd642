"""Strides: which moment of a stride the pictures of people who are far away show, and how a body stands at each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.body import Bodies
from taixu.animation.motion.figure import Figure
from taixu.animation.motion.gait import going, place_feet
from taixu.animation.motion.locomotion import locomotion
from taixu.animation.motion.style import Style
from taixu.animation.motion.turns import F32
from taixu.assets.model import ModelData
from taixu.ecs import ChangeLog, World
from taixu.math.affine import invert, rows_from_trs
from taixu.scene.impostors import STRIDES

__all__ = ["Strides", "stride_palettes", "strides_at"]

_PACE = 0.45
"""Of somebody who walks at ease, in the square root of gravity times the legs' length."""


class Strides:
    """Moments that pictures show, by entity index (a resource).

    Attributes
    ----------
    moments : uint32[capacity]
        0: standing; from 1 to `STRIDES`: parts of a stride, which begins where the left foot strikes.
    changes : ChangeLog
        Which indices changed, by tick.
    """

    def __init__(self) -> None:
        self.moments: NDArray[np.uint32] = np.zeros(0, np.uint32)
        self.changes = ChangeLog()

    def show(self, world: World, indices: NDArray[np.intp], moments: NDArray[np.uint32]) -> None:
        """Let the pictures of these entities show moments."""
        more = world.index_capacity - len(self.moments)
        if more > 0:
            self.moments = np.concatenate([self.moments, np.zeros(more, np.uint32)])
        other = self.moments[indices] != moments
        if other.any():
            self.moments[indices[other]] = moments[other]
            self.changes.mark(indices[other], world.tick)

    def fork(self, world: World) -> Strides:
        return Strides()


def strides_at(phases: F32, effort: F32) -> NDArray[np.uint32]:
    """The moment that is nearest to where people are in their strides, [n]; those who do not go stand."""
    nearest = np.floor(phases * STRIDES + 0.5).astype(np.int64) % STRIDES
    return np.where(effort > 0.1, nearest + 1, 0).astype(np.uint32)


def stride_palettes(figure: Figure, model: ModelData, node: int) -> NDArray[np.float32] | None:
    """Joint matrices of a skinned node at all moments, ``[1 + STRIDES, joints, 12]``, against the node; None where it has no skin.

    Everybody who has the figure walks alike here: what moods and seeds change is not seen from afar.
    """
    skin_number = model.nodes[node].skin
    if skin_number is None:
        return None
    skin, count = model.skins[skin_number], 1 + STRIDES
    bodies = Bodies.of([figure] * count)
    style = Style.of([""] * count, np.full(count, 1, np.uint32))
    speed = np.where(np.arange(count) > 0, _PACE * np.sqrt(9.81 * bodies.legs), 0.0).astype(np.float32)
    pace = going(bodies, style, speed, np.zeros(count, np.float32))
    phases = (np.maximum(np.arange(count) - 1, 0) / STRIDES).astype(np.float32)
    calm = np.zeros(count, np.float32)
    pose = locomotion(bodies, style, pace, phases, place_feet(bodies, style, pace, phases), secs=calm, seeds=calm + 0.5)
    turns = figure.local_rotations(pose.turns)
    hips = figure.hips_translations(bodies.hips + pose.hips * bodies.legs)
    bones = {int(place): number for number, place in enumerate(figure.nodes[figure.nodes >= 0].tolist())}
    worlds: dict[int, NDArray[np.float64]] = {}

    def world_of(place: int) -> NDArray[np.float64]:
        if place not in worlds:
            each = model.nodes[place]
            number = bones.get(place)
            local = each.parent_from_local().astype(np.float64)[None].repeat(count, 0)
            if number is not None:
                shift = hips if place == figure.nodes[0] else np.repeat(each.translation[:, None], count, 1)
                size = np.repeat(each.scale[:, None], count, 1)
                local[:, :3] = rows_from_trs(shift, turns[:, number], size, out=np.empty((count, 12), np.float32)).reshape(-1, 3, 4)
            worlds[place] = local if each.parent is None else world_of(each.parent) @ local
        return worlds[place]

    binds = np.tile(np.eye(4), (len(skin.joints), 1, 1))
    binds[: len(skin.inverse_bind_matrices)] = skin.inverse_bind_matrices[: len(binds)]
    mesh_from_model = invert(world_of(node)[0])
    found = np.stack([mesh_from_model @ world_of(joint) @ binds[row] for row, joint in enumerate(skin.joints)], 1)
    return np.ascontiguousarray(found[:, :, :3].reshape(count, -1, 12), np.float32)
