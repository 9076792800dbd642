"""Pieces into a model: nodes of the skeleton, skins, meshes by node, materials, pictures, and what makes it a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from taixu.assets.humanoid import Avatar, LookAt
from taixu.assets.material import Material
from taixu.assets.model import ModelData, Scene
from taixu.assets.texture import Image, Texture, TextureRef
from taixu.generate.avatars.expressions import expressions_of
from taixu.generate.avatars.held import grip_extras, grip_place, held_reach
from taixu.generate.avatars.levels import COVERAGES, far_pieces
from taixu.generate.avatars.looks import add_variants, colors_of
from taixu.generate.avatars.nodes import add_grip, add_looks, add_mesh, add_skeleton, free_meta, hang_levels, primitive_of
from taixu.generate.avatars.paints import Paint, Picture
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.spec import AvatarSpec
from taixu.generate.avatars.surfaces import Piece, joined
from taixu.generate.avatars.swinging import Capsule, add_chains

__all__ = ["assembled", "capsules_of"]

_BODY_IS_OF = "The body is made from MakeHuman's base mesh and targets and the Face Units pack, all CC0 1.0."


def assembled(person: Person, pieces: list[Piece], looks: Sequence[AvatarSpec] = ()) -> ModelData:
    """A model of pieces; those of one node and one paint become one primitive. Other `looks` of the person are its variants."""
    colors = [colors_of(person), *(colors_of(replace(person, spec=look)) for look in looks)]
    varied = {color for color in colors[0] if color is not None} if looks else set()
    model = ModelData(name=person.spec.name or "avatar")
    model.asset = {"copyright": "CC0-1.0; the body is MakeHuman's (CC0)"}
    bones = add_skeleton(model, person.pose.bones, person.pose.parents, person.pose.heads)
    paints: dict[int, int] = {}
    avatar = Avatar(humanoid={bone: bones[number] for number, bone in enumerate(person.pose.bones)},
                    meta=free_meta(person.spec.name or "avatar", _BODY_IS_OF))  # fmt: skip
    holds = bool(person.spec.held)
    if holds:
        add_grip(model, avatar.humanoid["rightHand"], grip_place(person), grip_extras(person))
    pieces = add_chains(model, avatar, pieces, capsules_of(person))
    levels = far_pieces(person, pieces, varied)
    shown = add_looks(model, pieces, COVERAGES, held_m=held_reach(person) if holds else (0.0, 0.0))
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
            primitives.append(primitive_of(whole, paints[id(whole.paint)], has_units=has_units))
        is_far = name.startswith("level")
        node = add_mesh(model, name, primitives, above=None if is_far else shown, has_units=has_units)
        if is_far:
            far_nodes.append(node)
            continue
        if has_units:
            avatar.expressions = expressions_of(node)
        avatar.first_person[node] = "thirdPersonOnly" if has_units or name == "hair" else "auto"
    head, eye = person.pose.heads[person.bone("head")], person.pose.heads[person.bone("leftEye")]
    avatar.look_at = LookAt(offset=(0.0, float(eye[1] - head[1]), float(eye[2] - head[2])))
    model.avatar = avatar
    add_variants(model, colors)
    hang_levels(model, shown, far_nodes)
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


def _add_material(model: ModelData, paint: Paint) -> int:
    def ref(picture: Picture | None, strength: float = 1.0, tiling: tuple[float, float] | None = None) -> TextureRef | None:
        if picture is None:
            return None
        return TextureRef(_add_picture(model, picture), scale=tiling or paint.tiling, strength=strength)

    model.materials.append(Material(
        paint.name, paint.color, ref(paint.picture), paint.metallic, paint.roughness, ref(paint.rough_picture),
        normal_texture=ref(paint.normal, paint.normal_strength, paint.normal_tiling), alpha_mode=paint.alpha,
        alpha_cutoff=paint.cutoff, double_sided=paint.double_sided, sheen=paint.sheen, clearcoat=paint.clearcoat, ior=paint.ior,
        specular=paint.specular, emissive=paint.emissive
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
