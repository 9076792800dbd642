"""Reading avatars: VRM 1.0's extensions, or VRM 0's, or none."""

from __future__ import annotations

import math

from taixu.assets.gltf.fields import Fields
from taixu.assets.humanoid import (
    BONE_NUMBERS,
    PRESETS,
    Avatar,
    AvatarMeta,
    ColorBind,
    Expression,
    FirstPerson,
    LookAt,
    MorphBind,
    TextureBind,
)
from taixu.assets.model import ModelData
from taixu.assets.vrm.constraints import read_constraints
from taixu.assets.vrm.lists import checked_humanoid, entries, morph_count, radians, texts
from taixu.assets.vrm.springs import read_springs
from taixu.assets.vrm.vrm0 import face_front, read_vrm0

__all__ = ["COLOR_KINDS", "CONSTRAINT", "SPRINGS", "VRM", "VRM0", "read_avatar"]

VRM0, VRM, SPRINGS, CONSTRAINT = "VRM", "VRMC_vrm", "VRMC_springBone", "VRMC_node_constraint"
COLOR_KINDS = ("color", "emissionColor", "shadeColor", "matcapColor", "rimColor", "outlineColor")
_OVERRIDES = ("none", "block", "blend")
_MOST_EXPRESSIONS = 1000


def read_avatar(root: Fields, model: ModelData) -> Avatar | None:
    """Read what a document says of a person; a VRM 0 is turned to face +Z.

    Parameters
    ----------
    root : Fields
        The document.
    model : ModelData
        What was read from it; what becomes typed here leaves its raw extensions.

    Raises
    ------
    GltfError
        The avatar is broken.
    """
    old, vrm, springs = root.extension(VRM0), root.extension(VRM), root.extension(SPRINGS)
    constraints = read_constraints(root, model)
    for name in (VRM0, VRM, SPRINGS):
        model.extensions.pop(name, None)
    if vrm is None and old is not None:
        avatar = read_vrm0(old, model)
        face_front(model)
    elif vrm is not None:
        avatar = _read_vrm(vrm, model)
    elif springs is not None or constraints:
        avatar = Avatar()
    else:
        return None
    if springs is not None:
        read_springs(springs, avatar)
    avatar.constraints = constraints
    return avatar


def _read_vrm(fields: Fields, model: ModelData) -> Avatar:
    version = fields.text("specVersion")
    if version not in ("1.0", "1.0-beta"):
        fields.report.warning(fields.at("specVersion"), f"VRM {version[:20] or 'of no version'} is read as 1.0")
    humanoid = fields.object("humanoid")
    bones = None if humanoid is None else humanoid.object("humanBones")
    if bones is None:
        raise fields.fail("humanoid", "the avatar names no bones; export it as VRM 1.0 again")
    found: dict[str, int] = {}
    for bone in bones.data:
        entry = bones.object(bone)
        if bone not in BONE_NUMBERS:
            bones.report.error(bones.at(bone[:40]), "it is no bone of a humanoid, and is left out")
        elif entry is not None:
            found[bone] = entry.need("node", "nodes")
    avatar = Avatar(humanoid=checked_humanoid(found, bones, model))
    if (meta := fields.object("meta")) is not None:
        avatar.meta = _read_meta(meta)
    if (first := fields.object("firstPerson")) is not None:
        kinds: tuple[FirstPerson, ...] = ("auto", "both", "thirdPersonOnly", "firstPersonOnly")
        for entry in entries(first, "meshAnnotations"):
            kind = entry.choice("type", kinds, "auto")
            avatar.first_person[entry.need("node", "nodes")] = next(one for one in kinds if one == kind)
    if (look := fields.object("lookAt")) is not None:
        avatar.look_at = _read_look_at(look)
    if (expressions := fields.object("expressions")) is not None:
        for group in ("preset", "custom"):
            named = expressions.object(group)
            for name in [] if named is None else list(named.data)[:_MOST_EXPRESSIONS]:
                entry = None if named is None else named.object(name)
                if entry is not None and (group == "preset") != (name in PRESETS):
                    entry.report.error(entry.where[:120], f"it does not belong among the {group} expressions, and is left out")
                elif entry is not None:
                    avatar.expressions[name.encode("utf-8", "replace").decode()] = _read_expression(entry, model)
    return avatar


def _read_meta(fields: Fields) -> AvatarMeta:
    usual = AvatarMeta()
    for name in ("name", "licenseUrl"):
        if not fields.text(name):
            fields.report.error(fields.at(name), "VRM 1.0 demands it")
    return AvatarMeta(
        name=fields.text("name")[:2000],
        version=fields.text("version")[:2000],
        authors=texts(fields, "authors"),
        copyright_information=fields.text("copyrightInformation")[:20000],
        contact_information=fields.text("contactInformation")[:20000],
        references=texts(fields, "references"),
        third_party_licenses=fields.text("thirdPartyLicenses")[:200000],
        thumbnail=fields.index("thumbnailImage", "images"),
        license_url=fields.text("licenseUrl", usual.license_url)[:2000],
        other_license_url=fields.text("otherLicenseUrl")[:2000],
        avatar_permission=fields.choice(
            "avatarPermission", ("onlyAuthor", "onlySeparatelyLicensedPerson", "everyone"), usual.avatar_permission
        ),
        allow_violence=fields.flag("allowExcessivelyViolentUsage"),
        allow_sexual=fields.flag("allowExcessivelySexualUsage"),
        commercial_usage=fields.choice(
            "commercialUsage", ("personalNonProfit", "personalProfit", "corporation"), usual.commercial_usage
        ),
        allow_political=fields.flag("allowPoliticalOrReligiousUsage"),
        allow_hate=fields.flag("allowAntisocialOrHateUsage"),
        credit_notation=fields.choice("creditNotation", ("required", "unnecessary"), usual.credit_notation),
        allow_redistribution=fields.flag("allowRedistribution"),
        modification=fields.choice(
            "modification", ("prohibited", "allowModification", "allowModificationRedistribution"), usual.modification
        ),
    )


def _read_look_at(fields: Fields) -> LookAt:
    kind = fields.choice("type", ("bone", "expression"), "bone")

    def read_range(name: str) -> tuple[float, float]:
        entry = fields.object(f"rangeMap{name}")
        if entry is None:
            return math.pi / 2, math.radians(10.0) if kind == "bone" else 1.0
        most = max(radians(entry, "inputMaxValue", 90.0), 1e-3)
        if kind == "bone":
            return most, radians(entry, "outputScale", 10.0)
        return most, entry.number("outputScale", 1.0, minimum=0.0, maximum=1.0)

    x, y, z = fields.numbers("offsetFromHeadBone", (0.0, 0.06, 0.0), minimum=-1e3, maximum=1e3)
    return LookAt(
        kind="bone" if kind == "bone" else "expression",
        offset=(x, y, z),
        horizontal_inner=read_range("HorizontalInner"),
        horizontal_outer=read_range("HorizontalOuter"),
        vertical_down=read_range("VerticalDown"),
        vertical_up=read_range("VerticalUp"),
    )


def _read_expression(fields: Fields, model: ModelData) -> Expression:
    result = Expression(is_binary=fields.flag("isBinary"))
    for theirs, ours in (("Blink", "blink"), ("LookAt", "look_at"), ("Mouth", "mouth")):
        setattr(result, f"override_{ours}", fields.choice(f"override{theirs}", _OVERRIDES, "none"))
    for entry in entries(fields, "morphTargetBinds"):
        node, index = entry.need("node", "nodes"), entry.integer("index")
        if index >= morph_count(model, node):
            entry.report.error(entry.where, f"node {node} has no morph target {index}; the bind is left out")
            continue
        result.morphs.append(MorphBind(node, index, entry.number("weight", 1.0, minimum=0.0, maximum=1.0)))
    for entry in entries(fields, "materialColorBinds"):
        kind = entry.choice("type", COLOR_KINDS, "color")
        red, green, blue, alpha = entry.numbers("targetValue", (1.0, 1.0, 1.0, 1.0), minimum=0.0, maximum=1e4)
        result.colors.append(ColorBind(entry.need("material", "materials"), kind, (red, green, blue, alpha)))
    for entry in entries(fields, "textureTransformBinds"):
        scale = entry.numbers("scale", (1.0, 1.0), minimum=-1e4, maximum=1e4)
        offset = entry.numbers("offset", (0.0, 0.0), minimum=-1e4, maximum=1e4)
        place = (scale[0], scale[1]), (offset[0], offset[1])
        result.textures.append(TextureBind(entry.need("material", "materials"), *place))
    return result
