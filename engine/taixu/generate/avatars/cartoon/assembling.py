"""Pieces into a model: bones, skin, swinging chains, meshes, MToon, and what makes it a person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.humanoid import Avatar, AvatarMeta, Expression, LookAt, MorphBind
from taixu.assets.mesh import Mesh, Primitive, Skin
from taixu.assets.model import ModelData, Node, Scene
from taixu.generate.avatars.cartoon.looks import EXPRESSIONS
from taixu.generate.avatars.cartoon.paints import add_materials
from taixu.generate.avatars.cartoon.workshop import Workshop
from taixu.generate.avatars.expressions import UNITS
from taixu.generate.avatars.surfaces import Piece, joined
from taixu.generate.avatars.swinging import Capsule, add_chains

__all__ = ["assembled_cartoon", "shown_pieces"]

_OUTLINE_M = 0.0042
"""Of somebody who is a metre tall."""


def assembled_cartoon(work: Workshop, pieces: list[Piece]) -> ModelData:
    """A model of all that is in the workshop; what has one paint is drawn at once."""
    spec, frame = work.spec, work.frame
    model = ModelData(name=spec.name or "cartoon")
    model.asset = {"copyright": "CC0-1.0"}
    nodes = _add_skeleton(model, work)
    avatar = Avatar(humanoid={bone: nodes[number] for number, bone in enumerate(frame.bones)}, meta=_meta(spec.name))
    pieces = add_chains(model, avatar, pieces, _capsules(work))
    used = list(dict.fromkeys(piece.paint.name for piece in pieces))
    materials = add_materials(model, work.palette, used, outline_m=2.0 * _OUTLINE_M * spec.outline * spec.height_m)
    for name in ("body", "head", "face"):
        mine = [piece for piece in pieces if piece.node == name]
        if not mine:
            continue
        mesh = Mesh(name, [_primitive([piece for piece in mine if piece.paint.name == paint], materials[paint], name == "face")
                           for paint in dict.fromkeys(piece.paint.name for piece in mine)])  # fmt: skip
        model.meshes.append(mesh)
        model.nodes.append(Node(name, mesh=len(model.meshes) - 1, skin=0))
        node = len(model.nodes) - 1
        avatar.first_person[node] = "auto" if name == "body" else "thirdPersonOnly"
        if name == "face":
            mesh.target_names = list(UNITS)
            mesh.weights = np.zeros(len(UNITS), np.float32)
            avatar.expressions = _expressions(node)
    head, eye = frame.place("head"), frame.place("leftEye")
    full = (np.radians(35.0), 1.0)
    avatar.look_at = LookAt("expression", (0.0, float(eye[1] - head[1]), float(eye[2] - head[2])), full, full, full, full)
    model.avatar = avatar
    model.scenes = [Scene(nodes=[index for index, node in enumerate(model.nodes) if node.parent is None])]
    model.scene = 0
    return model


def shown_pieces(work: Workshop) -> list[Piece]:
    """The pieces, bare skin without what lies deep under clothes."""
    found = []
    for piece in work.pieces:
        if piece.name == "skin" and work.covers:
            deep = np.zeros(len(piece.positions), bool)
            for cover in work.covers:
                deep |= cover.far(piece.positions) < -0.004 * work.frame.tall
            shown = ~deep[piece.triangles].all(1)
            if not shown.any():
                continue
            piece = piece.kept(np.asarray(shown))
        found.append(piece)
    return found


def _expressions(node: int) -> dict[str, Expression]:
    found = {}
    for name, units in EXPRESSIONS.items():
        found[name] = Expression([
            MorphBind(node, UNITS.index(unit), weight) for part, weight in units.items()
            for unit in ((part,) if part in UNITS else (f"{part}Left", f"{part}Right"))
        ])  # fmt: skip
    for mood in ("happy", "angry", "sad", "surprised"):
        found[mood].override_mouth = "blend"
    for mood in ("happy", "relaxed"):  # their eyes are shut already, or nearly so
        found[mood].override_blink = "block"
    for number, unit in enumerate(UNITS):
        found[unit] = Expression([MorphBind(node, number, 1.0)])
    return found


def _meta(name: str) -> AvatarMeta:
    return AvatarMeta(
        name=name or "cartoon", version="1", authors=["Taixu"], copyright_information="CC0-1.0",
        other_license_url="https://creativecommons.org/publicdomain/zero/1.0/", avatar_permission="everyone",
        commercial_usage="corporation", credit_notation="unnecessary", allow_redistribution=True, allow_violence=True,
        allow_political=True, modification="allowModificationRedistribution",
    )  # fmt: skip


def _add_skeleton(model: ModelData, work: Workshop) -> list[int]:
    frame = work.frame
    model.nodes.append(Node("root"))
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(frame.bones), 1, 1))
    for number, (bone, parent) in enumerate(zip(frame.bones, frame.parents, strict=True)):
        above = parent + 1 if parent >= 0 else 0
        offset = frame.heads[number] - (frame.heads[parent] if parent >= 0 else 0.0)
        model.nodes.append(Node(bone, parent=above, translation=offset.astype(np.float32)))
        model.nodes[above].children.append(number + 1)
        inverse[number, :3, 3] = -frame.heads[number]
    numbers = list(range(1, 1 + len(frame.bones)))
    model.skins.append(Skin("body", numbers, inverse, skeleton=0))
    return numbers


def _capsules(work: Workshop) -> dict[str, Capsule]:
    """The room of head, trunk and thighs."""
    frame = work.frame

    def at(bone: str) -> tuple[float, float, float]:
        x, y, z = frame.place(bone).tolist()
        return x, y, z

    x, y, z = frame.middle.tolist()
    found = {
        "head": Capsule((x, y, z), (x, y, z), 0.42 * frame.head_m),
        "upperChest": Capsule(at("upperChest"), at("chest"), 0.85 * frame.chest * frame.kind.depth),
        "hips": Capsule(at("spine"), at("hips"), 0.85 * frame.hips * frame.kind.depth),
    }
    for side in ("left", "right"):
        found[f"{side}UpperLeg"] = Capsule(at(f"{side}UpperLeg"), at(f"{side}LowerLeg"), frame.leg)
    return found


def _primitive(pieces: list[Piece], material: int, is_face: bool) -> Primitive:
    whole = joined(pieces, pieces[0].name)
    order = np.argsort(-whole.weights, axis=1, kind="stable")
    weights = np.take_along_axis(whole.weights, order, 1)
    joints = np.where(weights > 0.0, np.take_along_axis(whole.joints, order, 1), 0)
    normals = whole.normals / np.maximum(np.linalg.norm(whole.normals, axis=1, keepdims=True), 1e-9)
    attributes: dict[str, NDArray[np.generic]] = {
        "POSITION": whole.positions.astype(np.float32), "NORMAL": normals.astype(np.float32),
        "TEXCOORD_0": whole.coordinates.astype(np.float32), "JOINTS_0": joints.astype(np.uint16),
        "WEIGHTS_0": (weights / weights.sum(1, keepdims=True)).astype(np.float32),
    }  # fmt: skip
    targets = []
    for unit in UNITS if is_face else ():
        moved = np.zeros((len(whole.positions), 3), np.float32)
        if unit in whole.units:
            at, change, _ = whole.units[unit]
            moved[at] = change
        targets.append({"POSITION": moved})
    return Primitive(attributes, whole.triangles.astype(np.uint32).ravel(), material=material, targets=targets)
