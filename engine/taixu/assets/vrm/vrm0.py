"""VRM 0 in VRM 1.0's terms.

Its writers were many and its files are sloppy: an index of -1 means none, and what refers to nothing is left out with a
finding. Only what would leave a body without its bones is refused. Sources: the VRM 0 schema, and how VRM 1.0's
specification says that files are migrated.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from taixu.assets.gltf.fields import Fields
from taixu.assets.humanoid import (
    BONE_NUMBERS,
    Avatar,
    AvatarMeta,
    Collider,
    ColliderGroup,
    ColorBind,
    Expression,
    FirstPerson,
    LookAt,
    MorphBind,
    Spring,
    SpringJoint,
    TextureBind,
)
from taixu.assets.model import ModelData, Node
from taixu.assets.vrm.lists import checked_humanoid, direction, entries, morph_count

__all__ = ["face_front", "read_vrm0"]

_END_M = 0.07
"""How far the last joint of a chain reaches, which VRM 0 leaves to the program (and all programs take this)."""
_THUMBS = {"ThumbProximal": "ThumbMetacarpal", "ThumbIntermediate": "ThumbProximal"}
_NAMES = {
    "a": "aa", "i": "ih", "u": "ou", "e": "ee", "o": "oh", "joy": "happy", "angry": "angry", "sorrow": "sad", "fun": "relaxed",
    "neutral": "neutral", "blink": "blink", "blink_l": "blinkLeft", "blink_r": "blinkRight", "lookup": "lookUp",
    "lookdown": "lookDown", "lookleft": "lookLeft", "lookright": "lookRight",
}  # fmt: skip
_COLORS = {
    "_Color": "color", "_EmissionColor": "emissionColor", "_ShadeColor": "shadeColor", "_RimColor": "rimColor",
    "_OutlineColor": "outlineColor",
}  # fmt: skip
_LICENCES = {
    "CC0": "https://creativecommons.org/publicdomain/zero/1.0/",
    **{
        f"CC_{kind}": f"https://creativecommons.org/licenses/{kind.lower().replace('_', '-')}/4.0/"
        for kind in ("BY", "BY_NC", "BY_SA", "BY_NC_SA", "BY_ND", "BY_NC_ND")
    },
}
_FIRST_PERSON: dict[str, FirstPerson] = {
    "Both": "both", "ThirdPersonOnly": "thirdPersonOnly", "FirstPersonOnly": "firstPersonOnly",
}  # fmt: skip
Vector = tuple[float, float, float]


def read_vrm0(fields: Fields, model: ModelData) -> Avatar:
    """Read the extension ``VRM``."""
    avatar = Avatar()
    if (humanoid := fields.object("humanoid")) is not None:
        avatar.humanoid = _read_bones(humanoid, model)
    if (meta := fields.object("meta")) is not None:
        avatar.meta = _read_meta(meta, model)
    if (first := fields.object("firstPerson")) is not None:
        avatar.look_at = _read_look_at(first)
        users = _users(model)
        for entry in entries(first, "meshAnnotations"):
            for node in users.get(_index(entry, "mesh", len(model.meshes)), ()):
                avatar.first_person[node] = _FIRST_PERSON.get(entry.text("firstPersonFlag"), "auto")
    if (master := fields.object("blendShapeMaster")) is not None:
        avatar.expressions = _read_expressions(master, model)
    if (secondary := fields.object("secondaryAnimation")) is not None:
        _read_springs(secondary, avatar, model)
    return avatar


def face_front(model: ModelData) -> None:
    """Turn the whole model by half a circle: VRM 0 looks along -Z.

    A node is added above the roots (at the end, so that no index changes), and clips, skins and springs stay as they are.
    """
    done: dict[int, int] = {}
    scenes = [scene.nodes for scene in model.scenes] or [model.roots()]
    for roots in scenes:
        fresh = [root for root in roots if root not in done and model.nodes[root].parent is None]
        if fresh:
            turned = Node(name="VRM 0 front", children=fresh)
            turned.rotation[:] = (0.0, 1.0, 0.0, 0.0)
            model.nodes.append(turned)
            for root in fresh:
                done[root] = len(model.nodes) - 1
                model.nodes[root].parent = done[root]
        roots[:] = list(dict.fromkeys(done.get(root, root) for root in roots))


def _index(fields: Fields, name: str, count: int) -> int:
    """Take a reference; -1 where there is none."""
    value = fields.data.get(name)
    if value is None or (type(value) is int and value == -1):
        return -1
    if type(value) is not int or not 0 <= value < count:
        fields.report.error(fields.at(name), f"it refers to none of the {count} that there are, and is left out")
        return -1
    return value


def _indices(fields: Fields, name: str, count: int) -> list[int]:
    values = fields.data.get(name)
    found = [value for value in values if type(value) is int and 0 <= value < count] if isinstance(values, list) else []
    return list(dict.fromkeys(found))


def _vector(fields: Fields, name: str, default: Vector) -> Vector:
    entry = fields.object(name)
    if entry is None:
        return default
    x, y, z = (entry.number(axis, 0.0, minimum=-1e4, maximum=1e4) for axis in "xyz")
    return x, y, z


def _word(fields: Fields, name: str) -> str:
    value = fields.data.get(name)
    return value.encode("utf-8", "replace").decode()[:2000] if isinstance(value, str) else ""


def _users(model: ModelData) -> dict[int, list[int]]:
    """Nodes by the mesh that they show."""
    users: dict[int, list[int]] = {}
    for place, node in enumerate(model.nodes):
        if node.mesh is not None:
            users.setdefault(node.mesh, []).append(place)
    return users


def _read_bones(fields: Fields, model: ModelData) -> dict[str, int]:
    found: dict[str, int] = {}
    for entry in entries(fields, "humanBones"):
        bone, node = _word(entry, "bone"), _index(entry, "node", len(model.nodes))
        for old, new in _THUMBS.items():
            if bone.endswith(old):
                bone = bone.removesuffix(old) + new
                break
        if node >= 0 and bone in BONE_NUMBERS:
            found.setdefault(bone, node)
    return checked_humanoid(found, fields, model) if found else {}


def _read_meta(fields: Fields, model: ModelData) -> AvatarMeta:
    licence = _word(fields, "licenseName")
    open_terms = licence in _LICENCES
    texture = _index(fields, "texture", len(model.textures))
    allowed = {name: _word(fields, f"{name}UssageName") == "Allow" for name in ("violent", "sexual", "commercial")}
    author = _word(fields, "author")
    return AvatarMeta(
        name=_word(fields, "title"),
        version=_word(fields, "version"),
        authors=[author] if author else [],
        contact_information=_word(fields, "contactInformation"),
        references=[reference] if (reference := _word(fields, "reference")) else [],
        thumbnail=model.textures[texture].image if texture >= 0 else None,
        other_license_url=_LICENCES.get(licence) or _word(fields, "otherLicenseUrl") or _word(fields, "otherPermissionUrl"),
        avatar_permission={
            "Everyone": "everyone", "ExplicitlyLicensedPerson": "onlySeparatelyLicensedPerson",
        }.get(_word(fields, "allowedUserName"), "onlyAuthor"),
        allow_violence=allowed["violent"],
        allow_sexual=allowed["sexual"],
        commercial_usage="personalProfit" if allowed["commercial"] else "personalNonProfit",
        credit_notation="unnecessary" if licence == "CC0" else "required",
        allow_redistribution=open_terms,
        modification="allowModificationRedistribution" if open_terms and not licence.endswith("_ND") else "prohibited",
    )  # fmt: skip


def _read_look_at(fields: Fields) -> LookAt:
    kind: Literal["bone", "expression"] = "expression" if _word(fields, "lookAtTypeName") == "BlendShape" else "bone"

    def read_range(name: str) -> tuple[float, float]:
        entry = fields.object(f"lookAt{name}")
        most, usual = 90.0, 10.0 if kind == "bone" else 1.0
        if entry is not None:
            most = entry.number("xRange", most, minimum=0.1, maximum=180.0)
            usual = entry.number("yRange", usual, minimum=0.0, maximum=180.0)
        return math.radians(most), math.radians(usual) if kind == "bone" else min(usual, 1.0)

    x, y, z = _vector(fields, "firstPersonBoneOffset", (0.0, 0.06, 0.0))
    return LookAt(
        kind=kind,
        offset=(x, y, -z),
        horizontal_inner=read_range("HorizontalInner"),
        horizontal_outer=read_range("HorizontalOuter"),
        vertical_down=read_range("VerticalDown"),
        vertical_up=read_range("VerticalUp"),
    )


def _read_expressions(fields: Fields, model: ModelData) -> dict[str, Expression]:
    users = _users(model)
    materials: dict[str, int] = {}
    for number, material in enumerate(model.materials):
        materials.setdefault(material.name, number)
    result: dict[str, Expression] = {}
    for entry in entries(fields, "blendShapeGroups"):
        own = _word(entry, "name")
        name = _NAMES.get(_word(entry, "presetName").lower()) or ("surprised" if own.lower() == "surprised" else own)
        if not name or name in result:
            continue
        expression = result[name] = Expression(is_binary=entry.data.get("isBinary") is True)
        for bind in entries(entry, "binds"):
            index = bind.integer("index", 0, minimum=-1)
            weight = bind.number("weight", 100.0, minimum=0.0, maximum=100.0) / 100.0
            for node in users.get(_index(bind, "mesh", len(model.meshes)), ()):
                if 0 <= index < morph_count(model, node):
                    expression.morphs.append(MorphBind(node, index, weight))
        for value in entries(entry, "materialValues"):
            _read_value(value, materials.get(_word(value, "materialName")), expression)
    return result


def _read_value(fields: Fields, material: int | None, expression: Expression) -> None:
    values: Any = fields.data.get("targetValue")
    name = _word(fields, "propertyName")
    if material is None or not isinstance(values, list) or len(values) != 4:
        return
    if any(type(value) not in (int, float) or not abs(value) < 1e4 for value in values):
        fields.report.error(fields.at("targetValue"), "it is not a list of four finite numbers")
        return
    a, b, c, d = (float(value) for value in values)
    if name == "_MainTex_ST":  # Unity's v points up
        expression.textures.append(TextureBind(material, (a, b), (c, 1.0 - d - b)))
    elif name in _COLORS:
        expression.colors.append(ColorBind(material, _COLORS[name], (a, b, c, d)))


def _read_springs(fields: Fields, avatar: Avatar, model: ModelData) -> None:
    for entry in entries(fields, "colliderGroups"):
        group = ColliderGroup(f"group {len(avatar.collider_groups)}")
        avatar.collider_groups.append(group)
        node = _index(entry, "node", len(model.nodes))
        for one in entries(entry, "colliders") if node >= 0 else ():
            x, y, z = _vector(one, "offset", (0.0, 0.0, 0.0))
            group.colliders.append(len(avatar.colliders))
            radius = one.number("radius", 0.0, minimum=0.0, maximum=1e4)
            avatar.colliders.append(Collider(node, offset=(x, y, -z), radius=radius))  # Unity's Z points the other way
    taken: set[int] = set()
    nodes = len(model.nodes)
    for entry in entries(fields, "boneGroups"):
        center = _index(entry, "center", nodes)
        groups = _indices(entry, "colliderGroups", len(avatar.collider_groups))
        settings: dict[str, Any] = {
            "hit_radius": entry.number("hitRadius", 0.02, minimum=0.0, maximum=1e4),
            "stiffness": entry.number("stiffiness", 1.0, minimum=0.0, maximum=1e3),  # so it is spelled
            "gravity_power": entry.number("gravityPower", 0.0, minimum=-1e3, maximum=1e3),
            "gravity_dir": direction(_vector(entry, "gravityDir", (0.0, -1.0, 0.0)), (0.0, -1.0, 0.0)),
            "drag": entry.number("dragForce", 0.5, minimum=0.0, maximum=1.0),
        }
        for bone in _indices(entry, "bones", nodes):
            for chain in _chains(bone, taken, model):
                spring = Spring(_word(entry, "comment"), collider_groups=groups, center=center if center >= 0 else None)
                spring.joints = [SpringJoint(node, **settings) for node in chain]
                avatar.springs.append(spring)


def _chains(root: int, taken: set[int], model: ModelData) -> list[list[int]]:
    """A tree of joints as chains: each goes on with the first child, and every other child begins one of its own."""
    chains: list[list[int]] = []
    waiting = [root]
    while waiting:
        node: int | None = waiting.pop()
        chain: list[int] = []
        while node is not None and node not in taken:
            taken.add(node)
            chain.append(node)
            children = model.nodes[node].children
            waiting.extend(children[:0:-1])
            node = children[0] if children else None
        if chain:
            chain.append(_add_end(chain[-1], model))
            chains.append(chain)
    return chains


def _add_end(node: int, model: ModelData) -> int:
    """Add a node where the last joint of a chain ends: along its bone."""
    last = model.nodes[node]
    x, y, z = direction((*last.translation.tolist(),), (0.0, -1.0, 0.0))
    end = Node(name=f"{last.name} end", parent=node)
    end.translation[:] = (x * _END_M, y * _END_M, z * _END_M)
    model.nodes.append(end)
    last.children.append(len(model.nodes) - 1)
    return len(model.nodes) - 1
