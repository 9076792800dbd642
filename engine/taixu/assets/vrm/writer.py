"""Writing avatars as VRM 1.0: the JSON of its extensions."""

from __future__ import annotations

import math
from typing import Any

from taixu.assets.gltf.properties import to_json
from taixu.assets.humanoid import PRESETS, Avatar, AvatarMeta, Collider, Constraint, Expression, LookAt
from taixu.assets.model import ModelData
from taixu.assets.vrm.springs import EXTENDED

__all__ = ["avatar_json", "constraint_json"]

_NOWHERE = [0.0, -10000.0, 0.0]
"""Where a collider that VRM 1.0's core cannot say stands for programs that know only that, as the extension wants it."""


def avatar_json(model: ModelData) -> dict[str, dict[str, Any]]:
    """Describe a model's avatar: the document's extensions by name, and ``VRMC_springBone_extended_collider`` (empty) where used.

    Parameters
    ----------
    model : ModelData
        With an `avatar`.
    """
    avatar = model.avatar
    if avatar is None:
        return {}
    result: dict[str, dict[str, Any]] = {}
    if avatar.humanoid:
        result["VRMC_vrm"] = _vrm_json(avatar, model)
    if avatar.springs or avatar.colliders:
        result["VRMC_springBone"] = _springs_json(avatar)
        if any(_is_extended(collider) for collider in avatar.colliders):
            result[EXTENDED] = {}
    return {name: to_json(value) for name, value in result.items()}


def constraint_json(constraint: Constraint) -> dict[str, Any]:
    """Describe a constraint: the extension ``VRMC_node_constraint`` of its node."""
    inner: dict[str, Any] = {"source": constraint.source, "weight": constraint.weight}
    if constraint.kind != "rotation":
        inner[f"{constraint.kind}Axis"] = constraint.axis
    return {"specVersion": "1.0", "constraint": {constraint.kind: inner}}


def _vrm_json(avatar: Avatar, model: ModelData) -> dict[str, Any]:
    result: dict[str, Any] = {
        "specVersion": "1.0",
        "meta": _meta_json(avatar.meta, model),
        "humanoid": {"humanBones": {bone: {"node": node} for bone, node in avatar.humanoid.items()}},
    }
    annotations = [
        {"node": node, "type": kind} for node, kind in avatar.first_person.items() if model.nodes[node].mesh is not None
    ]
    if annotations:
        result["firstPerson"] = {"meshAnnotations": annotations}
    if avatar.look_at is not None:
        result["lookAt"] = _look_at_json(avatar.look_at)
    expressions: dict[str, dict[str, Any]] = {}
    for name, expression in avatar.expressions.items():
        group = expressions.setdefault("preset" if name in PRESETS else "custom", {})
        group[name] = _expression_json(expression, model)
    if expressions:
        result["expressions"] = expressions
    return result


def _meta_json(meta: AvatarMeta, model: ModelData) -> dict[str, Any]:
    result: dict[str, Any] = {
        "name": meta.name or model.name or "Avatar",
        "version": meta.version,
        "authors": meta.authors or ["unknown"],
        "copyrightInformation": meta.copyright_information,
        "contactInformation": meta.contact_information,
        "references": meta.references,
        "thirdPartyLicenses": meta.third_party_licenses,
        "thumbnailImage": meta.thumbnail,
        "licenseUrl": meta.license_url or AvatarMeta().license_url,
        "otherLicenseUrl": meta.other_license_url,
        "avatarPermission": meta.avatar_permission,
        "allowExcessivelyViolentUsage": meta.allow_violence,
        "allowExcessivelySexualUsage": meta.allow_sexual,
        "commercialUsage": meta.commercial_usage,
        "allowPoliticalOrReligiousUsage": meta.allow_political,
        "allowAntisocialOrHateUsage": meta.allow_hate,
        "creditNotation": meta.credit_notation,
        "allowRedistribution": meta.allow_redistribution,
        "modification": meta.modification,
    }
    return {name: value for name, value in result.items() if value is not None and value not in ("", [])}


def _look_at_json(look: LookAt) -> dict[str, Any]:
    result: dict[str, Any] = {"offsetFromHeadBone": list(look.offset), "type": look.kind}
    for name in ("horizontal_inner", "horizontal_outer", "vertical_down", "vertical_up"):
        most, output = getattr(look, name)
        result["rangeMap" + "".join(word.title() for word in name.split("_"))] = {
            "inputMaxValue": math.degrees(most),
            "outputScale": math.degrees(output) if look.kind == "bone" else output,
        }
    return result


def _expression_json(expression: Expression, model: ModelData) -> dict[str, Any]:
    result: dict[str, Any] = {}
    if expression.is_binary:
        result["isBinary"] = True
    for theirs, value in (
        ("Blink", expression.override_blink), ("LookAt", expression.override_look_at), ("Mouth", expression.override_mouth),
    ):  # fmt: skip
        if value != "none":
            result[f"override{theirs}"] = value
    morphs = [
        {"node": bind.node, "index": bind.index, "weight": bind.weight}
        for bind in expression.morphs
        if model.nodes[bind.node].mesh is not None
    ]
    colors = [{"material": bind.material, "type": bind.kind, "targetValue": list(bind.value)} for bind in expression.colors]
    textures = [
        {"material": bind.material, "scale": list(bind.scale), "offset": list(bind.offset)} for bind in expression.textures
    ]
    for name, binds in (("morphTargetBinds", morphs), ("materialColorBinds", colors), ("textureTransformBinds", textures)):
        if binds:
            result[name] = binds
    return result


def _is_extended(collider: Collider) -> bool:
    return collider.inside or collider.kind == "plane"


def _collider_json(collider: Collider) -> dict[str, Any]:
    inner: dict[str, Any] = {"offset": list(collider.offset)}
    if collider.kind == "plane":
        inner["normal"] = list(collider.normal)
    else:
        inner["radius"] = collider.radius
    if collider.kind == "capsule":
        inner["tail"] = list(collider.tail)
    if not _is_extended(collider):
        return {"node": collider.node, "shape": {collider.kind: inner}}
    if collider.inside:
        inner["inside"] = True
    extended = {"specVersion": "1.0", "shape": {collider.kind: inner}}
    plain = {"sphere": {"offset": _NOWHERE, "radius": 0.0}}
    return {"node": collider.node, "shape": plain, "extensions": {EXTENDED: extended}}


def _springs_json(avatar: Avatar) -> dict[str, Any]:
    springs = []
    for spring in avatar.springs:
        if not spring.joints:
            continue
        entry: dict[str, Any] = {
            "joints": [
                {
                    "node": joint.node, "hitRadius": joint.hit_radius, "stiffness": joint.stiffness,
                    "gravityPower": joint.gravity_power, "gravityDir": list(joint.gravity_dir), "dragForce": joint.drag,
                }
                for joint in spring.joints
            ]
        }  # fmt: skip
        if spring.name:
            entry["name"] = spring.name
        if spring.collider_groups:
            entry["colliderGroups"] = spring.collider_groups
        if spring.center is not None:
            entry["center"] = spring.center
        springs.append(entry)
    groups = []
    for group in avatar.collider_groups:
        named = {"name": group.name} if group.name else {}
        groups.append({**named, "colliders": group.colliders})
    parts = {
        "colliders": [_collider_json(collider) for collider in avatar.colliders], "colliderGroups": groups, "springs": springs,
    }  # fmt: skip
    return {"specVersion": "1.0", **{name: value for name, value in parts.items() if value}}
