"""What all avatars have in a model: bones as nodes, pieces as primitives, licence, and the node whose levels of detail they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.assets.humanoid import AvatarMeta
from taixu.assets.mesh import Mesh, Primitive, Skin
from taixu.assets.model import ModelData, Node
from taixu.generate.avatars.expressions import UNITS
from taixu.generate.avatars.surfaces import Piece, as_lit

__all__ = ["add_grip", "add_looks", "add_mesh", "add_skeleton", "free_meta", "hang_levels", "primitive_of"]

Floats = NDArray[np.float64]

def free_meta(name: str, third_party: str = "") -> AvatarMeta:
    """Everything is allowed to everybody."""
    return AvatarMeta(
        name=name, version="1", authors=["Taixu"], copyright_information="CC0-1.0", third_party_licenses=third_party,
        other_license_url="https://creativecommons.org/publicdomain/zero/1.0/", avatar_permission="everyone",
        commercial_usage="corporation", credit_notation="unnecessary", allow_redistribution=True, allow_violence=True,
        allow_political=True, modification="allowModificationRedistribution",
    )  # fmt: skip


def add_skeleton(model: ModelData, bones: Sequence[str], parents: Sequence[int], heads: Floats) -> list[int]:
    """Nodes of bones that begin at `heads` [b, 3], without turns, and the skin that they move; gives their numbers."""
    model.nodes.append(Node("root"))
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(bones), 1, 1))
    for number, (bone, parent) in enumerate(zip(bones, parents, strict=True)):
        above = parent + 1 if parent >= 0 else 0
        offset = heads[number] - (heads[parent] if parent >= 0 else 0.0)
        model.nodes.append(Node(bone, parent=above, translation=offset.astype(np.float32)))
        model.nodes[above].children.append(number + 1)
        inverse[number, :3, 3] = -heads[number]
    numbers = list(range(1, 1 + len(bones)))
    model.skins.append(Skin("body", numbers, inverse, skeleton=0))
    return numbers


def add_grip(model: ModelData, hand: int, place: Floats, extras: dict[str, Any]) -> None:
    """A joint at the middle of a hand, the next one of the skin, that moves what is held and says how."""
    skin, at = model.skins[0], model.nodes[hand]
    old = skin.inverse_bind_matrices
    assert old is not None, "the skeleton's own joints are bound first"
    bind = np.eye(4, dtype=np.float32)
    bind[:3, 3] = -place
    offset = (old[skin.joints.index(hand), :3, 3] + place).astype(np.float32)
    model.nodes.append(Node("rightGrip", parent=hand, translation=offset, extras=extras))
    at.children.append(len(model.nodes) - 1)
    skin.joints.append(len(model.nodes) - 1)
    skin.inverse_bind_matrices = np.concatenate([old, bind[None]])


def primitive_of(piece: Piece, material: int, *, has_units: bool) -> Primitive:
    """A piece as a primitive; with a morph target for every unit of the face, or with none."""
    order = np.argsort(-piece.weights, axis=1, kind="stable")
    weights = np.take_along_axis(piece.weights, order, 1)
    joints = np.where(weights > 0.0, np.take_along_axis(piece.joints, order, 1), 0)
    weights = weights / weights.sum(1, keepdims=True)
    attributes: dict[str, NDArray[np.generic]] = {
        "POSITION": piece.positions.astype(np.float32), "NORMAL": _unit(piece.normals).astype(np.float32),
        "TEXCOORD_0": piece.coordinates.astype(np.float32), "JOINTS_0": joints.astype(np.uint16),
        "WEIGHTS_0": weights.astype(np.float32),
    }  # fmt: skip
    if piece.colors is not None:
        attributes["COLOR_0"] = piece.colors.astype(np.float32)
    turns = any(tilt.any() for _, _, tilt in piece.units.values())
    targets = []
    still = np.zeros((len(piece.positions), 3), np.float32)  # one for all units that leave it alone, which is written once
    for unit in UNITS if has_units else ():
        moved, turned = still, still
        if unit in piece.units:
            at, change, tilt = piece.units[unit]
            moved, turned = np.zeros((2, len(piece.positions), 3), np.float32)
            moved[at], turned[at] = change, tilt
        targets.append({"POSITION": moved, "NORMAL": turned} if turns else {"POSITION": moved})
    triangles = as_lit(piece.triangles, piece.positions, _unit(piece.normals))  # locks twist, narrow cloth folds over
    return Primitive(attributes, triangles.astype(np.uint32).ravel(), material=material, targets=targets)


def add_mesh(model: ModelData, name: str, primitives: list[Primitive], *, above: int | None, has_units: bool) -> int:
    """A mesh on a node of its own below `above`, moved by the skin; gives the node."""
    mesh = Mesh(name, primitives)
    if has_units:
        mesh.target_names = list(UNITS)
        mesh.weights = np.zeros(len(UNITS), np.float32)
    model.meshes.append(mesh)
    model.nodes.append(Node(name, mesh=len(model.meshes) - 1, skin=0, parent=above))
    node = len(model.nodes) - 1
    if above is not None:
        model.nodes[above].children.append(node)
    return node


def add_looks(
    model: ModelData, pieces: Sequence[Piece], coverages: Sequence[float], *, held_m: tuple[float, float] = (0.0, 0.0)
) -> int:
    """The node that the finest meshes hang on; gives its number.

    Its extras say of the impostor the box about the avatar with arms at its sides, from which it is drawn.

    Parameters
    ----------
    coverages
        Shares of the picture's area that the avatar takes in its T-pose, below which the next level is shown.
    held_m
        How high, and how far from the middle, what is held reaches.
    """
    shown = [piece.positions for piece in pieces if len(piece.positions) and piece.node != "held"]
    top = max(float(points[:, 1].max()) for points in shown)
    trunk = np.concatenate([points[points[:, 1] > 0.6 * top] for points in shown])
    above = trunk[np.abs(trunk[:, 0]) < 0.45 * top][:, [0, 2]] if top < 1.4 else np.zeros((1, 2))  # heads of cartoons are wide
    reach = max(0.30 * top, float(np.abs(above).max(initial=0.0)))
    top, reach = max(top, held_m[0]), max(reach, held_m[1])
    box = {"height_m": round(top, 4), "radius_m": round(reach, 4), "middle": [0.0, round(top / 2.0, 4), 0.0]}
    model.nodes.append(Node("looks", extras={"MSFT_screencoverage": list(coverages), "impostor": box}))
    return len(model.nodes) - 1


def hang_levels(model: ModelData, looks: int, far_nodes: list[int]) -> None:
    """Write which nodes stand for `looks` from afar; they are in no scene."""
    model.nodes[looks].extensions["MSFT_lod"] = {"ids": far_nodes}
    model.extensions_used = ["MSFT_lod"]


def _unit(vectors: Floats) -> Floats:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(length > 1e-9, vectors / np.maximum(length, 1e-9), (0.0, 1.0, 0.0))
