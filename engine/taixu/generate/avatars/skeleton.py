"""The skeleton: bones of VRM 1.0 where the joints of a body are, and the body brought into a T-pose.

The base mesh stands with its arms lowered, which is how it was sculpted and how it is mostly seen. So vertices in the T-pose
are those that skinning brings back to just that shape (the blend of bone matrices is inverted a vertex), not the other way round.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.assets.humanoid import BONE_PARENTS, BONES
from taixu.generate.avatars.asset import PeopleData, people_data

__all__ = ["BONE_OF_RIG", "Posed", "posed"]

_FINGERS = {"Thumb": ("thumb", 1), "Index": ("index", 2), "Middle": ("middle", 3), "Ring": ("ring", 4), "Little": ("pinky", 5)}
_SPREAD = 0.45
"""How much of the fingers' fan is left."""


def _names() -> tuple[dict[str, str], dict[str, str]]:
    """The joint at which each VRM bone begins, and the VRM bone of each bone of the rig."""
    joints = {"hips": "pelvis", "spine": "spine-4", "chest": "spine-3", "upperChest": "spine-2", "neck": "neck", "head": "head"}
    rig = {"Root": "hips", "pelvis": "hips", "spine_01": "spine", "spine_02": "chest", "spine_03": "upperChest", "neck_01": "neck",
           "head": "head"}  # fmt: skip
    for side, letter in (("left", "l"), ("right", "r")):
        joints[f"{side}Eye"] = f"{letter}-eye"
        for bone, joint, name in (
            ("Shoulder", "clavicle", "clavicle"), ("UpperArm", "shoulder", "upperarm"), ("LowerArm", "elbow", "lowerarm"),
            ("Hand", "hand", "hand"), ("UpperLeg", "upper-leg", "thigh"), ("LowerLeg", "knee", "calf"), ("Foot", "ankle", "foot"),
            ("Toes", "foot-1", "ball"),
        ):  # fmt: skip
            joints[side + bone] = f"{letter}-{joint}"
            rig[f"{name}_{letter}"] = side + bone
        for finger, (name, number) in _FINGERS.items():
            parts = ("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else ("Proximal", "Intermediate", "Distal")
            for part, which in enumerate(parts, 1):
                joints[f"{side}{finger}{which}"] = f"{letter}-finger-{number}-{part}"
                rig[f"{name}_0{part}_{letter}"] = f"{side}{finger}{which}"
    return joints, rig


_JOINTS, BONE_OF_RIG = _names()


@dataclass(frozen=True)
class Posed:
    """A body in the T-pose.

    Attributes
    ----------
    rows : float64 [r, 3]
        Vertices and joints, metres.
    bones : tuple of str
        Those of VRM that it has, each after the one above it.
    heads : float64 [b, 3]
        Where they begin.
    parents : tuple of int
        The bone above each, -1 for the hips.
    joints, weights : int64 [v, 4], float64 [v, 4]
        Which bones move a vertex, and how much.
    """

    rows: NDArray[np.float64]
    bones: tuple[str, ...]
    heads: NDArray[np.float64]
    parents: tuple[int, ...]
    joints: NDArray[np.int64]
    weights: NDArray[np.float64]


def posed(rows: NDArray[np.float64]) -> Posed:
    """Bring a body into the T-pose."""
    data = people_data()
    bones = tuple(bone for bone in BONES if bone in _JOINTS)
    parents = tuple(bones.index(BONES[BONE_PARENTS[BONES.index(bone)]]) if BONE_PARENTS[BONES.index(bone)] >= 0 else -1
                    for bone in bones)  # fmt: skip
    heads = np.array([rows[data.joints[_JOINTS[bone]]] for bone in bones])
    turns = _turns(data, rows, bones)
    moved = heads.copy()
    world = np.tile(np.eye(3), (len(bones), 1, 1))
    for number, parent in enumerate(parents):
        if parent >= 0:
            world[number] = turns.get(bones[number], world[parent])
            moved[number] = moved[parent] + world[parent] @ (heads[number] - heads[parent])
    joints = np.array([bones.index(BONE_OF_RIG[name]) for name in data.bone_names])[data.bones]
    result = rows.copy()
    _unbend(result, joints, data.bone_weights, world, heads, moved)
    for joint, row in data.joints.items():
        nearest = _owner(joint, bones)
        result[row] = moved[nearest] + world[nearest] @ (rows[row] - heads[nearest])
    return Posed(result, bones, moved, parents, joints, data.bone_weights)


def _owner(joint: str, bones: tuple[str, ...]) -> int:
    """The bone that carries a joint."""
    for bone, name in _JOINTS.items():
        if name == joint:
            return bones.index(bone)
    side = {"l": "left", "r": "right"}.get(joint[:1] if joint[1:2] == "-" else "", "")
    if side and "finger" in joint:
        return bones.index(next(f"{side}{finger}Distal" for finger, (_, number) in _FINGERS.items() if f"finger-{number}" in joint))
    if side and "hand" in joint:
        return bones.index(f"{side}Hand")
    if side and ("toe" in joint or "foot" in joint):
        return bones.index(f"{side}Toes")
    return bones.index("hips" if joint == "ground" else "head")


def _unbend(
    rows: NDArray[np.float64], joints: NDArray[np.int64], weights: NDArray[np.float64], world: NDArray[np.float64],
    heads: NDArray[np.float64], moved: NDArray[np.float64]
) -> None:  # fmt: skip
    """Vertices that skinning brings back to where they are."""
    turned = np.abs(world - np.eye(3)).max((1, 2)) > 1e-9
    turned |= np.abs(heads - moved).max(1) > 1e-9
    touched = np.nonzero((turned[joints] & (weights > 0.0)).any(1))[0]
    back = world.transpose(0, 2, 1)
    shift = heads - np.einsum("bij,bj->bi", back, moved)
    chosen, shares = joints[touched], weights[touched]
    blend = np.einsum("vk,vkij->vij", shares, back[chosen])
    offset = np.einsum("vk,vki->vi", shares, shift[chosen])
    rows[touched] = np.linalg.solve(blend, (rows[touched] - offset)[..., None])[..., 0]


def _turns(data: PeopleData, rows: NDArray[np.float64], bones: tuple[str, ...]) -> dict[str, NDArray[np.float64]]:
    """The turn of each bone of arms and hands in the world."""
    found: dict[str, NDArray[np.float64]] = {}
    for side, letter, sign in (("left", "l", 1.0), ("right", "r", -1.0)):
        at = {name: rows[data.joints[f"{letter}-{name}"]] for name in ("shoulder", "elbow", "hand")}
        along = np.array((sign, 0.0, 0.0))
        knuckles = [rows[data.joints[f"{letter}-finger-{number}-1"]] for number in (2, 3, 5)]
        found[f"{side}UpperArm"] = _shortest(at["elbow"] - at["shoulder"], along)
        hand = _frame(knuckles[1] - at["hand"], knuckles[2] - knuckles[0])
        goal = _frame(along, np.array((0.0, 0.0, -1.0)))
        found[f"{side}Hand"] = goal @ hand.T
        lower = _shortest(at["hand"] - at["elbow"], along)
        found[f"{side}LowerArm"] = _about_x(0.5 * _roll(found[f"{side}Hand"] @ lower.T)) @ lower
        for finger, (_, number) in _FINGERS.items():
            if finger != "Thumb":
                joints = [rows[data.joints[f"{letter}-finger-{number}-{part}"]] for part in (1, 2, 3, 4)]
                first = found[f"{side}Hand"] @ (joints[1] - joints[0])
                aim = np.array((first[0], 0.0, _SPREAD * first[2]))
                for part, which in enumerate(("Proximal", "Intermediate", "Distal")):
                    turned = found[f"{side}Hand"] @ (joints[part + 1] - joints[part])
                    found[f"{side}{finger}{which}"] = _shortest(turned, aim) @ found[f"{side}Hand"]
    return found


def _unit(vector: NDArray[np.float64]) -> NDArray[np.float64]:
    return vector / max(float(np.linalg.norm(vector)), 1e-12)


def _frame(along: NDArray[np.float64], across: NDArray[np.float64]) -> NDArray[np.float64]:
    """A rotation whose first column is `along`, the last as near to `across` as can be."""
    x = _unit(along)
    z = _unit(across - x * float(across @ x))
    return np.stack([x, np.cross(z, x), z], 1)


def _shortest(start: NDArray[np.float64], end: NDArray[np.float64]) -> NDArray[np.float64]:
    """The least turn that brings one direction to another (Rodrigues)."""
    a, b = _unit(start), _unit(end)
    axis, cosine = np.cross(a, b), float(a @ b)
    cross = np.array(((0.0, -axis[2], axis[1]), (axis[2], 0.0, -axis[0]), (-axis[1], axis[0], 0.0)))
    return np.eye(3) + cross + cross @ cross / max(1.0 + cosine, 1e-9)


def _roll(turn: NDArray[np.float64]) -> float:
    """How far a turn goes about X."""
    return float(np.arctan2(turn[2, 1] - turn[1, 2], turn[1, 1] + turn[2, 2]))


def _about_x(angle_rad: float) -> NDArray[np.float64]:
    c, s = np.cos(angle_rad), np.sin(angle_rad)
    return np.array(((1.0, 0.0, 0.0), (0.0, c, -s), (0.0, s, c)))
