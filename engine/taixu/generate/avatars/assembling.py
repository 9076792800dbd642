"""Pieces into a model: nodes of the skeleton, skins, meshes by node, materials, pictures, and what makes it a person."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from taixu.assets.humanoid import Avatar, AvatarMeta, LookAt
from taixu.assets.material import Material
from taixu.assets.mesh import Mesh, Primitive, Skin
from taixu.assets.model import ModelData, Node, Scene
from taixu.assets.texture import Image, Texture, TextureRef
from taixu.generate.avatars.expressions import UNITS, expressions_of
from taixu.generate.avatars.levels import COVERAGES, far_pieces, impostor_extras
from taixu.generate.avatars.paints import Paint, Picture
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.surfaces import Piece, joined
from taixu.generate.avatars.swinging import Capsule, add_chains

__all__ = ["assembled", "capsules_of"]


def assembled(person: Person, pieces: list[Piece]) -> ModelData:
    """A model of pieces; those of one node and one paint become one primitive."""
    model = ModelData(name=person.spec.name or "avatar")
    model.asset = {"copyright": "CC0-1.0; the body is MakeHuman's (CC0)"}
    bones = _add_skeleton(model, person)
    paints: dict[int, int] = {}
    avatar = Avatar(humanoid={bone: bones[number] for number, bone in enumerate(person.pose.bones)}, meta=_meta(person))
    pieces = add_chains(model, avatar, pieces, capsules_of(person))
    levels = far_pieces(person, pieces)
    model.nodes.append(Node("looks", extras={"MSFT_screencoverage": list(COVERAGES), **impostor_extras(person, pieces)}))
    looks = len(model.nodes) - 1
    pieces = [*pieces, *(piece for level in levels for piece in level)]
    far_nodes: list[int] = []
    for name in dict.fromkeys(piece.node for piece in pieces):
        groups: dict[int, list[Piece]] = {}
        for piece in pieces:
            if piece.node == name and len(piece.triangles):
                groups.setdefault(id(piece.paint), []).append(piece)
        has_units = any(piece.units for group in groups.values() for piece in group)
        primitives = []
        for group in groups.values():
            whole = joined(group, group[0].name)
            if id(whole.paint) not in paints:
                paints[id(whole.paint)] = _add_material(model, whole.paint)
            primitives.append(_primitive(whole, paints[id(whole.paint)], has_units=has_units))
        mesh = Mesh(name, primitives)
        if has_units:
            mesh.target_names = list(UNITS)
            mesh.weights = np.zeros(len(UNITS), np.float32)
        model.meshes.append(mesh)
        model.nodes.append(Node(name, mesh=len(model.meshes) - 1, skin=0))
        node = len(model.nodes) - 1
        if name.startswith("level"):
            far_nodes.append(node)
            continue
        model.nodes[node].parent = looks
        model.nodes[looks].children.append(node)
        if has_units:
            avatar.expressions = expressions_of(node)
            avatar.first_person[node] = "thirdPersonOnly"
        else:
            avatar.first_person[node] = "auto" if name == "body" else "thirdPersonOnly" if name == "hair" else "auto"
    head, eye = person.pose.heads[person.bone("head")], person.pose.heads[person.bone("leftEye")]
    avatar.look_at = LookAt(offset=(0.0, float(eye[1] - head[1]), float(eye[2] - head[2])))
    model.avatar = avatar
    model.nodes[looks].extensions["MSFT_lod"] = {"ids": far_nodes}
    model.extensions_used = ["MSFT_lod"]
    roots = [index for index, node in enumerate(model.nodes) if node.parent is None and index not in far_nodes]
    model.scenes = [Scene(nodes=roots)]
    model.scene = 0
    return model


def capsules_of(person: Person) -> dict[str, Capsule]:
    """Roughly the room of head, chest, hips and thighs, which what swings does not enter."""
    size = person.scale

    def bone(name: str) -> tuple[float, float, float]:
        x, y, z = person.pose.heads[person.bone(name)].tolist()
        return x, y, z

    head, skull = person.pose.heads[person.bone("head")], 0.5 * (person.joint("l-eye") + person.joint("r-eye"))
    middle = (0.0, float(skull[1]) + 0.025 * size, float(head[2]) + 0.012 * size)
    found = {
        "head": Capsule(middle, middle, 0.088 * size), "upperChest": Capsule(bone("neck"), bone("chest"), 0.088 * size),
        "hips": Capsule(bone("spine"), bone("hips"), 0.105 * size),
    }  # fmt: skip
    for side in ("left", "right"):
        found[f"{side}UpperLeg"] = Capsule(bone(f"{side}UpperLeg"), bone(f"{side}LowerLeg"), 0.068 * size)
    return found


def _meta(person: Person) -> AvatarMeta:
    return AvatarMeta(
        name=person.spec.name or "avatar", version="1", authors=["Taixu"], copyright_information="CC0-1.0",
        third_party_licenses="The body is made from MakeHuman's base mesh and targets and the Face Units pack, all CC0 1.0.",
        other_license_url="https://creativecommons.org/publicdomain/zero/1.0/", avatar_permission="everyone",
        commercial_usage="corporation", credit_notation="unnecessary", allow_redistribution=True, allow_violence=True,
        allow_political=True, modification="allowModificationRedistribution",
    )  # fmt: skip


def _add_skeleton(model: ModelData, person: Person) -> list[int]:
    """Nodes of the bones, without turns; gives their numbers."""
    pose = person.pose
    model.nodes.append(Node("root"))
    first = 1
    inverse = np.tile(np.eye(4, dtype=np.float32), (len(pose.bones), 1, 1))
    for number, (bone, parent) in enumerate(zip(pose.bones, pose.parents, strict=True)):
        above = parent + first if parent >= 0 else 0
        offset = pose.heads[number] - (pose.heads[parent] if parent >= 0 else 0.0)
        model.nodes.append(Node(bone, parent=above, translation=offset.astype(np.float32)))
        model.nodes[above].children.append(number + first)
        inverse[number, :3, 3] = -pose.heads[number]
    numbers = list(range(first, first + len(pose.bones)))
    model.skins.append(Skin("body", numbers, inverse, skeleton=0))
    return numbers


def _primitive(piece: Piece, material: int, *, has_units: bool) -> Primitive:
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
    return Primitive(attributes, piece.triangles.astype(np.uint32).ravel(), material=material, targets=targets)


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.where(length > 1e-9, vectors / np.maximum(length, 1e-9), (0.0, 1.0, 0.0))


def _add_material(model: ModelData, paint: Paint) -> int:
    def ref(picture: Picture | None, strength: float = 1.0, tiling: tuple[float, float] | None = None) -> TextureRef | None:
        if picture is None:
            return None
        return TextureRef(_add_picture(model, picture), scale=tiling or paint.tiling, strength=strength)

    model.materials.append(Material(
        paint.name, paint.color, ref(paint.picture), paint.metallic, paint.roughness, ref(paint.rough_picture),
        normal_texture=ref(paint.normal, paint.normal_strength, paint.normal_tiling), alpha_mode=paint.alpha,
        alpha_cutoff=paint.cutoff, double_sided=paint.double_sided, sheen=paint.sheen, clearcoat=paint.clearcoat, ior=paint.ior,
        emissive=paint.emissive
    ))  # fmt: skip
    return len(model.materials) - 1


def _add_picture(model: ModelData, picture: Picture) -> int:
    for number, image in enumerate(model.images):
        if image.name == picture.name:
            return number
    data = picture.encoded
    mime = "image/png" if data.startswith(b"\x89PNG") else "image/jpeg"
    model.images.append(Image(picture.name, mime, data))
    model.textures.append(Texture(len(model.images) - 1))
    return len(model.textures) - 1
