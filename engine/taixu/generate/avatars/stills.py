"""Avatars that hold still: bones and face of a model put where a pose has them, and the vertices written down so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion import acts
from taixu.animation.motion.body import Bodies
from taixu.animation.motion.carrying import ARM_ACTS, carrying, swing_of
from taixu.animation.motion.figure import BONE, Figure
from taixu.animation.motion.gait import going, place_feet
from taixu.animation.motion.locomotion import locomotion
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.style import Style
from taixu.assets.mesh import Mesh, Primitive
from taixu.assets.model import ModelData, Node, Scene

__all__ = ["POSES", "bone_matrices", "pose_of", "still"]

POSES = ("t-pose", "stand", "walk", "run", "sit", "wave", "point", "hold", "cheer", "talk", "arms up")
_SPEEDS = {"walk": 1.35, "run": 3.2}
_UP_RAD = 1.15


def pose_of(model: ModelData, name: str, *, phase: float = 0.12, secs: float = 0.4) -> tuple[Pose, Bodies]:
    """One of `POSES` for a model's body; ``phase`` is the part of a step, acts are at a time."""
    figure = Figure.of(model)
    bodies = Bodies.of([figure])
    if name == "t-pose":
        return Pose.rest(1), bodies
    style = Style.of(["neutral"], np.full(1, 7, np.uint32))
    at, seeds, phases = (np.full(1, value, np.float32) for value in (secs, 0.3, phase))
    pace = going(bodies, style, np.full(1, _SPEEDS.get(name, 0.0), np.float32), np.zeros(1, np.float32))
    pose = locomotion(bodies, style, pace, phases, place_feet(bodies, style, pace, phases), secs=at, seeds=seeds)
    if name == "sit":
        pose = acts.sit(bodies, style, secs=at, seeds=seeds)
    elif name in acts.GESTURES:
        mask = acts.UPPER_BODY if name == "cheer" else acts.RIGHT_ARM
        pose = pose.mixed(acts.GESTURES[name](bodies, style, secs=at, seeds=seeds), np.ones(1), mask=mask)
    elif name == "talk":
        pose = pose.mixed(acts.talk(bodies, style, secs=at, seeds=seeds), np.ones(1), mask=acts.UPPER_BODY)
    elif name == "arms up":
        for side, sign in (("left", 1.0), ("right", -1.0)):
            half = 0.5 * sign * _UP_RAD
            pose.turns[BONE[f"{side}UpperArm"], :, 0] = (0.0, 0.0, np.sin(half), np.cos(half))
            for bone in ("Shoulder", "LowerArm", "Hand"):
                pose.turns[BONE[side + bone], :, 0] = (0.0, 0.0, 0.0, 1.0)
    if figure.carry.how and name != "arms up" and name not in ARM_ACTS:
        held = carrying(pose, bodies, [figure.carry], np.zeros(1, np.intp), swing=swing_of(phases, pace))
        pose = pose.mixed(held, np.ones(1), mask=acts.RIGHT_ARM)
    return pose, bodies


def bone_matrices(model: ModelData, pose: Pose, bodies: Bodies) -> NDArray[np.float64]:
    """What each joint of the first skin does to vertices of the rest, float64 [j, 3, 4].

    The model's nodes have no turns at rest, which `make_avatar`'s have not.
    """
    assert model.avatar is not None
    skin, bones = model.skins[0], {node: bone for bone, node in model.avatar.humanoid.items()}
    hips = (bodies.hips + pose.hips * bodies.legs)[:, 0]
    world: dict[int, NDArray[np.float64]] = {}

    def placed(node: int) -> NDArray[np.float64]:
        if node not in world:
            local, about = np.eye(4), model.nodes[node]
            bone = bones.get(node)
            local[:3, 3] = hips if bone == "hips" else about.translation
            if bone is not None:
                local[:3, :3] = _matrix(pose.turns[BONE[bone], :, 0].astype(np.float64))
            world[node] = local if about.parent is None else placed(about.parent) @ local
        return world[node]

    found = np.stack([placed(node) for node in skin.joints])
    return np.asarray((found @ skin.inverse_bind_matrices.astype(np.float64))[:, :3])


def _matrix(turn: NDArray[np.float64]) -> NDArray[np.float64]:
    x, y, z, w = turn / np.linalg.norm(turn)
    return np.array(((1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
                     (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
                     (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y))))  # fmt: skip


def still(model: ModelData, pose: tuple[Pose, Bodies], moods: Mapping[str, float] | None = None) -> ModelData:
    """The model without skeleton and morph targets, as it looks in a pose with some of its expressions."""
    matrices = bone_matrices(model, *pose)
    meshes, shown = [], list(model.scenes[model.scene or 0].nodes)
    for number in shown:  # those below join as it goes
        node = model.nodes[number]
        shown += node.children
        if node.mesh is None:
            continue
        mesh = model.meshes[node.mesh]
        shares = _shares(model, number, moods or {})
        meshes.append(Mesh(mesh.name, [_stilled(part, matrices, shares) for part in mesh.primitives]))
    nodes = [Node(mesh.name, mesh=number) for number, mesh in enumerate(meshes)]
    return ModelData(
        name=model.name, meshes=meshes, nodes=nodes, materials=model.materials, textures=model.textures, images=model.images,
        samplers=model.samplers, scenes=[Scene(nodes=list(range(len(nodes))))], scene=0
    )  # fmt: skip


def _shares(model: ModelData, node: int, moods: Mapping[str, float]) -> dict[int, float]:
    assert model.avatar is not None
    found: dict[int, float] = {}
    for name, amount in moods.items():
        for bind in model.avatar.expressions[name].morphs:
            if bind.node == node:
                found[bind.index] = found.get(bind.index, 0.0) + bind.weight * amount
    return found


def _stilled(part: Primitive, matrices: NDArray[np.float64], shares: Mapping[int, float]) -> Primitive:
    attributes = dict(part.attributes)
    positions, normals = attributes["POSITION"].astype(np.float64), attributes["NORMAL"].astype(np.float64)
    for number, share in shares.items() if part.targets else ():
        positions = positions + share * part.targets[number]["POSITION"]
        normals = normals + share * part.targets[number].get("NORMAL", 0.0)
    joints, weights = attributes.pop("JOINTS_0"), attributes.pop("WEIGHTS_0").astype(np.float64)
    blend = np.einsum("vk,vkij->vij", weights, matrices[joints])
    positions = np.einsum("vij,vj->vi", blend[:, :, :3], positions) + blend[:, :, 3]
    normals = np.einsum("vij,vj->vi", blend[:, :, :3], normals)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    attributes |= {"POSITION": positions.astype(np.float32), "NORMAL": normals.astype(np.float32)}
    return replace(part, attributes=attributes, targets=[])
