"""What swings about an avatar: chains of joints, how parts say that they hang on them, and what they do not enter.

A part that swings gives its pieces `Piece.chains`. Joints of such a piece that are below zero are those of its chains: -1 is the
first joint of the first chain, and so on through all of them; `hung_weights` makes them. `add_chains` then turns chains into
nodes, joints of the skin, springs and colliders (`VRMC_springBone`), each chain once, however many pieces share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.assets.humanoid import Avatar, Collider, ColliderGroup, Spring, SpringJoint
from taixu.assets.mesh import Skin
from taixu.assets.model import ModelData, Node

if TYPE_CHECKING:
    from taixu.generate.avatars.surfaces import Piece

__all__ = ["Capsule", "Chain", "add_chains", "hung_weights", "shared_weights"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Chain:
    """A chain of joints.

    Attributes
    ----------
    bone
        VRM's name of the bone that it hangs on.
    points : float64 [n + 1, 3]
        Its n joints in the T-pose, metres, and where the last one ends.
    hit_radius_m, stiffness, gravity, drag
        As in `SpringJoint`.
    meets
        Bones whose capsules it does not enter.
    """

    name: str
    bone: str
    points: Floats
    hit_radius_m: float = 0.02
    stiffness: float = 0.8
    gravity: float = 0.15
    drag: float = 0.4
    meets: tuple[str, ...] = ()

    @property
    def joint_count(self) -> int:
        """How many joints move something."""
        return len(self.points) - 1


@dataclass(frozen=True)
class Capsule:
    """A collider on a bone: from one point to another in the T-pose, metres; equal points are a sphere."""

    start: tuple[float, float, float]
    end: tuple[float, float, float]
    radius_m: float


def hung_weights(points: Floats, chains: Sequence[Chain], bone: int, *, nearest: int = 2) -> tuple[Ints, Floats]:
    """Joints and weights [n, 4] of points that hang on the nearest chains, or on a bone where these begin.

    Parameters
    ----------
    bone
        Number of the bone that all the chains hang on.
    nearest
        Between how many chains a point is shared, 1 or 2.
    """
    firsts = np.cumsum([0, *(chain.joint_count for chain in chains)])
    far, along = np.empty((2, len(chains), len(points)))
    for number, chain in enumerate(chains):
        far[number], along[number] = _nearest_on(chain.points, points)
    order = np.argsort(far, axis=0, kind="stable")[: min(nearest, len(chains))]
    closest = np.take_along_axis(far, order, 0)
    shares = 1.0 / np.maximum(closest, 1e-4) ** 2
    shares /= shares.sum(0)
    joints, weights = np.full((len(points), 4), bone, np.int64), np.zeros((len(points), 4))
    for place, chosen in enumerate(order):
        counts = np.array([chain.joint_count for chain in chains])[chosen]
        level = np.clip(np.take_along_axis(along, chosen[None], 0)[0] + 0.5, 0.0, counts)
        low = np.minimum(np.floor(level).astype(np.int64), counts - 1)
        part = level - low
        first = firsts[chosen]
        joints[:, 2 * place] = np.where(low > 0, -first - low, bone)
        joints[:, 2 * place + 1] = -1 - first - low
        weights[:, 2 * place], weights[:, 2 * place + 1] = shares[place] * (1.0 - part), shares[place] * part
    both = (joints[:, 0] == bone) & (joints[:, 2] == bone)  # a joint moves a vertex once
    weights[:, 0] += np.where(both, weights[:, 2], 0.0)
    weights[:, 2] = np.where(both, 0.0, weights[:, 2])
    return joints, weights


def shared_weights(own: tuple[Ints, Floats], other: tuple[Ints, Floats], share: Floats) -> tuple[Ints, Floats]:
    """Joints and weights [n, 4] between two of them, of which the other gets `share` [n]; the four largest are left.

    Parameters
    ----------
    own, other
        Joints and weights [n, k]; neither has a joint twice in a row, where it weighs something.
    """
    (joints, weights), (added, more) = own, other
    kept, hung = weights * (1.0 - share)[:, None], more * share[:, None]
    for column in range(added.shape[1]):
        same = (added[:, column, None] == joints) & (weights > 0.0)
        kept += np.where(same, hung[:, column, None], 0.0)
        hung[:, column] = np.where(same.any(1), 0.0, hung[:, column])
    all_joints, all_weights = np.concatenate([joints, added], 1), np.concatenate([kept, hung], 1)
    order = np.argsort(-all_weights, axis=1, kind="stable")[:, :4]
    chosen = np.take_along_axis(all_weights, order, 1)
    return np.take_along_axis(all_joints, order, 1), chosen / chosen.sum(1, keepdims=True)


def _nearest_on(path: Floats, points: Floats) -> tuple[Floats, Floats]:
    """How far points are from a path, and where along it, in segments; before it begins, below zero."""
    best, where = np.full(len(points), np.inf), np.zeros(len(points))
    for number in range(len(path) - 1):
        step = path[number + 1] - path[number]
        part = (points - path[number]) @ step / max(float(step @ step), 1e-12)
        held = np.clip(part, 0.0, 1.0)
        far = np.linalg.norm(points - path[number] - held[:, None] * step, axis=1)
        nearer = far < best
        best = np.where(nearer, far, best)
        where = np.where(nearer, number + (np.clip(part, -0.5, 1.0) if number == 0 else held), where)
    return best, where


def add_chains(model: ModelData, avatar: Avatar, pieces: list[Piece], capsules: Mapping[str, Capsule]) -> list[Piece]:
    """Give a model the chains of its pieces; the pieces come back with the skin's own joints.

    Parameters
    ----------
    model
        With the nodes of its skeleton, unturned, and its skin.
    capsules
        By bone.
    """
    skin = model.skins[0]
    numbers: dict[int, list[int]] = {}
    added: list[Floats] = []
    for chain in dict.fromkeys(chain for piece in pieces for chain in piece.chains):
        first = len(skin.joints)
        nodes = _add_nodes(model, avatar.humanoid[chain.bone], chain, _place(model, avatar.humanoid[chain.bone]))
        numbers[id(chain)] = list(range(first, first + chain.joint_count))
        skin.joints.extend(nodes[:-1])
        added.extend(chain.points[:-1])
        groups = [_group_of(model, avatar, bone, capsules[bone]) for bone in chain.meets if bone in capsules]
        avatar.springs.append(Spring(chain.name, [
            SpringJoint(node, chain.hit_radius_m, chain.stiffness, chain.gravity, (0.0, -1.0, 0.0), chain.drag) for node in nodes
        ], groups))  # fmt: skip
    if added:
        _bind(skin, np.array(added))
    return [_renumbered(piece, numbers) for piece in pieces]


def _bind(skin: Skin, points: Floats) -> None:
    matrices = np.tile(np.eye(4, dtype=np.float32), (len(points), 1, 1))
    matrices[:, :3, 3] = -points
    old = skin.inverse_bind_matrices
    assert old is not None, "the skeleton's own joints are bound first"
    skin.inverse_bind_matrices = np.concatenate([old, matrices])


def _add_nodes(model: ModelData, above: int, chain: Chain, place: Floats) -> list[int]:
    nodes = []
    for number, point in enumerate(chain.points):
        end = number == chain.joint_count
        model.nodes.append(Node(f"{chain.name} end" if end else f"{chain.name} {number + 1}", parent=above,
                                translation=(point - place).astype(np.float32)))  # fmt: skip
        nodes.append(len(model.nodes) - 1)
        model.nodes[above].children.append(nodes[-1])
        above, place = nodes[-1], point
    return nodes


def _place(model: ModelData, node: int) -> Floats:
    place, at = np.zeros(3), node
    while True:
        place = place + model.nodes[at].translation
        parent = model.nodes[at].parent
        if parent is None:
            return place
        at = parent


def _group_of(model: ModelData, avatar: Avatar, bone: str, capsule: Capsule) -> int:
    for number, group in enumerate(avatar.collider_groups):
        if group.name == bone:
            return number
    origin = _place(model, avatar.humanoid[bone])
    (x, y, z), (u, v, w) = (np.array(capsule.start) - origin).tolist(), (np.array(capsule.end) - origin).tolist()
    kind = "sphere" if capsule.start == capsule.end else "capsule"
    avatar.colliders.append(Collider(
        avatar.humanoid[bone], "sphere" if kind == "sphere" else "capsule", (x, y, z), capsule.radius_m,
        (0.0, 0.0, 0.0) if kind == "sphere" else (u, v, w)
    ))  # fmt: skip
    avatar.collider_groups.append(ColliderGroup(bone, [len(avatar.colliders) - 1]))
    return len(avatar.collider_groups) - 1


def _renumbered(piece: Piece, numbers: dict[int, list[int]]) -> Piece:
    if not piece.chains:
        return piece
    table = np.array([number for chain in piece.chains for number in numbers[id(chain)]], np.int64)
    joints = np.where(piece.joints < 0, table[np.clip(-1 - piece.joints, 0, len(table) - 1)], piece.joints)
    return replace(piece, joints=joints, chains=())
