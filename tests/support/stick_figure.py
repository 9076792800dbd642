"""A person of sticks: a whole avatar (all bones, a face with morph targets, hair on springs) made of boxes on its bones."""

from __future__ import annotations

import numpy as np

from taixu.assets.humanoid import (
    BONE_NUMBERS,
    BONE_PARENTS,
    BONES,
    Avatar,
    AvatarMeta,
    Collider,
    ColliderGroup,
    Expression,
    LookAt,
    MorphBind,
    Spring,
    SpringJoint,
)
from taixu.assets.model import Material, Mesh, ModelData, Node, Primitive, Scene

__all__ = ["JOINTS", "stick_figure"]

_MIDDLE = {
    "hips": (0, 0.95, 0), "spine": (0, 1.05, 0), "chest": (0, 1.17, 0), "upperChest": (0, 1.3, 0), "neck": (0, 1.45, 0),
    "head": (0, 1.55, 0), "jaw": (0, 1.56, 0.04),
}  # fmt: skip
_LEFT = {
    "Eye": (0.03, 1.63, 0.08), "UpperLeg": (0.09, 0.9, 0), "LowerLeg": (0.09, 0.49, 0), "Foot": (0.09, 0.08, 0),
    "Toes": (0.09, 0.02, 0.12),
    "Shoulder": (0.04, 1.4, 0), "UpperArm": (0.17, 1.4, 0), "LowerArm": (0.44, 1.4, 0), "Hand": (0.68, 1.4, 0),
    "ThumbMetacarpal": (0.7, 1.39, 0.03), "ThumbProximal": (0.73, 1.39, 0.05), "ThumbDistal": (0.76, 1.39, 0.06),
    **{
        f"{finger}{part}": (0.77 + 0.03 * place, 1.4, z)
        for finger, z in (("Index", 0.03), ("Middle", 0.01), ("Ring", -0.01), ("Little", -0.03))
        for place, part in enumerate(("Proximal", "Intermediate", "Distal"))
    },
}  # fmt: skip
JOINTS: dict[str, tuple[float, float, float]] = {
    **_MIDDLE,
    **{f"left{bone}": place for bone, place in _LEFT.items()},
    **{f"right{bone}": (-x, y, z) for bone, (x, y, z) in _LEFT.items()},
}
"""Where each joint is at rest: metres, facing +Z."""
_FACE = ("aa", "ih", "ou", "ee", "oh", "blink", "happy", "lookUp")


def stick_figure(*, scale: float = 1.0, without: tuple[str, ...] = (), hair: bool = True, turn_rad: float = 0.0) -> ModelData:
    """Make the avatar.

    Parameters
    ----------
    scale : float
        Height as a part of 1.7 m.
    without : tuple of str
        Bones that it lacks.
    turn_rad : float
        Every bone's own axes are turned by so much about Y at rest: the figure looks the same.
    """
    model = ModelData(name="Stick figure", materials=[Material(base_color=(0.8, 0.6, 0.5, 1.0), metallic=0.0, roughness=0.8)])
    model.materials.append(Material(base_color=(0.2, 0.3, 0.7, 1.0), metallic=0.0, roughness=0.8))
    bones = [bone for bone in BONES if bone not in without]
    places = {bone: np.array(JOINTS[bone], np.float64) * scale for bone in bones}
    turn = np.array((0, np.sin(turn_rad / 2), 0, np.cos(turn_rad / 2)))
    unturn = np.array(((np.cos(turn_rad), 0, -np.sin(turn_rad)), (0, 1, 0), (np.sin(turn_rad), 0, np.cos(turn_rad))))
    humanoid: dict[str, int] = {}
    for bone in bones:
        above = BONE_PARENTS[BONE_NUMBERS[bone]]
        while above >= 0 and BONES[above] not in humanoid:
            above = BONE_PARENTS[above]
        node = Node(name=bone)
        if above < 0:
            node.translation[:] = places[bone]
            node.rotation[:] = turn
        else:
            node.parent = humanoid[BONES[above]]
            node.translation[:] = unturn @ (places[bone] - places[BONES[above]])
            model.nodes[node.parent].children.append(len(model.nodes))
        humanoid[bone] = len(model.nodes)
        model.nodes.append(node)
    for bone in bones:
        end = _end(bone, places, scale)
        thick = scale * (0.1 if bone in ("hips", "spine", "chest", "upperChest") else 0.09 if bone == "head" else 0.035)
        if any(part in bone for part in ("Thumb", "Index", "Middle", "Ring", "Little", "Eye", "jaw")):
            thick = 0.008 * scale
        blue = int(any(part in bone for part in ("Leg", "Foot", "hips")))
        corners = _box(end, thick)
        shape = Primitive({"POSITION": (corners @ unturn.T).astype(np.float32)}, _FACES.copy(), material=blue)
        if bone == "head":
            shape.targets = [{"POSITION": _bump(corners, number)} for number in range(len(_FACE))]
        model.nodes[humanoid[bone]].mesh = len(model.meshes)
        model.meshes.append(Mesh(bone, [shape], target_names=list(_FACE) if bone == "head" else []))
    avatar = Avatar(humanoid=humanoid, meta=AvatarMeta(name="Stick figure", authors=["Taixu"]))
    avatar.look_at = LookAt(offset=(0.0, 0.08 * scale, 0.06 * scale))
    avatar.expressions = {name: Expression([MorphBind(humanoid["head"], number)]) for number, name in enumerate(_FACE)}
    avatar.expressions["happy"].override_blink = "block"
    avatar.expressions["happy"].override_mouth = "blend"
    if hair:
        _add_hair(model, avatar, scale)
    model.scenes, model.scene = [Scene(nodes=[place for place, node in enumerate(model.nodes) if node.parent is None])], 0
    model.avatar = avatar
    return model


_FACES = np.array(
    (0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5, 3, 7, 5), np.uint32
)


def _end(bone: str, places: dict[str, np.ndarray], scale: float) -> np.ndarray:
    """From a bone to where it ends, metres."""
    tips = {"head": (0, 0.15, 0.02), "Toes": (0, 0, 0.08), "Eye": (0, 0, 0.02), "jaw": (0, -0.02, 0.05), "Distal": (0.025, 0, 0)}
    for name, tip in tips.items():
        if bone.endswith(name):
            return np.array((-tip[0] if bone.startswith("right") else tip[0], *tip[1:])) * scale
    children = [one for one in places if one not in ("jaw",) and BONES[BONE_PARENTS[BONE_NUMBERS[one]]] == bone and one != "hips"]
    chosen = next((one for one in children if "Middle" in one), None) or (children[0] if children else None)
    return (places[chosen] - places[bone]) if chosen else np.array((0, 0.1, 0)) * scale


def _box(end: np.ndarray, thick: float) -> np.ndarray:
    """A box's corners from the origin to `end`."""
    along = end / (np.linalg.norm(end) or 1.0)
    side = np.cross(along, (0.0, 0.0, 1.0) if abs(along[2]) < 0.9 else (0.0, 1.0, 0.0))
    side /= np.linalg.norm(side)
    up = np.cross(side, along)
    return np.array([[*(x * thick * side + y * thick * up + z * end)] for z in (0, 1) for y in (-0.5, 0.5) for x in (-0.5, 0.5)])


def _bump(corners: np.ndarray, number: int) -> np.ndarray:
    moved = np.zeros((len(corners), 3), np.float32)
    moved[number % 8, 2] = 0.03
    return moved


def _add_hair(model: ModelData, avatar: Avatar, scale: float) -> None:
    above, chain = avatar.humanoid["head"], []
    for number in range(4):
        node = Node(name=f"hair {number}", parent=above)
        node.translation[:] = ((0, 0.12, -0.08) if number == 0 else (0, -0.08, 0))
        node.translation *= scale
        model.nodes[above].children.append(len(model.nodes))
        above = len(model.nodes)
        chain.append(SpringJoint(above, hit_radius=0.02 * scale, stiffness=0.5, gravity_power=0.1, drag=0.3))
        if number < 3:
            shape = Primitive({"POSITION": _box(np.array((0, -0.08 * scale, 0)), 0.03 * scale).astype(np.float32)}, _FACES.copy())
            node.mesh = len(model.meshes)
            model.meshes.append(Mesh(node.name, [shape]))
        model.nodes.append(node)
    avatar.colliders = [Collider(avatar.humanoid["head"], offset=(0.0, 0.06 * scale, 0.0), radius=0.07 * scale)]
    avatar.collider_groups = [ColliderGroup("head", [0])]
    avatar.springs = [Spring("hair", chain, [0])]
