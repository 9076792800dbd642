"""`VRMC_springBone` and its extended colliders: hair, skirts and ears that swing."""

from __future__ import annotations

from taixu.assets.gltf.fields import Fields
from taixu.assets.humanoid import Avatar, Collider, ColliderGroup, Spring, SpringJoint
from taixu.assets.vrm.lists import direction, entries

__all__ = ["EXTENDED", "read_springs"]

EXTENDED = "VRMC_springBone_extended_collider"
_FAR = 1e4
_DOWN = (0.0, -1.0, 0.0)


def read_springs(fields: Fields, avatar: Avatar) -> None:
    """Read colliders, their groups and springs into an avatar; a node swings in one spring only."""
    sizes = fields.schema.sizes
    avatar.colliders = [_read_collider(entry) for entry in entries(fields, "colliders")]
    sizes["colliders"] = len(avatar.colliders)
    avatar.collider_groups = [
        ColliderGroup(entry.name, _references(entry, "colliders")) for entry in entries(fields, "colliderGroups")
    ]
    sizes["colliderGroups"] = len(avatar.collider_groups)
    taken: set[int] = set()
    for entry in entries(fields, "springs"):
        spring = Spring(entry.name, collider_groups=_references(entry, "colliderGroups"), center=entry.index("center", "nodes"))
        for part in entries(entry, "joints"):
            joint = _read_joint(part)
            if joint.node in taken:
                part.report.error(part.where, f"node {joint.node} swings already; the joint is left out")
                continue
            taken.add(joint.node)
            spring.joints.append(joint)
        avatar.springs.append(spring)


def _references(fields: Fields, name: str) -> list[int]:
    return fields.indices(name, name) if fields.data.get(name) else []


def _vector(fields: Fields, name: str, default: tuple[float, float, float] = (0.0, 0.0, 0.0)) -> tuple[float, float, float]:
    x, y, z = fields.numbers(name, default, minimum=-_FAR * 10, maximum=_FAR * 10)
    return x, y, z


def _read_collider(fields: Fields) -> Collider:
    extended = fields.extension(EXTENDED)
    shape = (extended if extended is not None else fields).object("shape")
    if shape is None:
        raise fields.fail("shape", "it is missing")
    collider = Collider(fields.need("node", "nodes"))
    if (sphere := shape.object("sphere")) is not None:
        found = sphere
    elif (capsule := shape.object("capsule")) is not None:
        collider.kind, found = "capsule", capsule
        collider.tail = _vector(found, "tail")
    elif extended is not None and (plane := shape.object("plane")) is not None:
        collider.kind, found = "plane", plane
        collider.normal = direction(_vector(found, "normal", (0.0, 0.0, 1.0)), (0.0, 0.0, 1.0))
    else:
        raise shape.fail("", "it is neither a sphere nor a capsule")
    collider.offset = _vector(found, "offset")
    collider.radius = found.number("radius", 0.0, minimum=0.0, maximum=_FAR)
    collider.inside = extended is not None and found.flag("inside")
    return collider


def _read_joint(fields: Fields) -> SpringJoint:
    return SpringJoint(
        fields.need("node", "nodes"),
        hit_radius=fields.number("hitRadius", 0.0, minimum=0.0, maximum=_FAR),
        stiffness=fields.number("stiffness", 1.0, minimum=0.0, maximum=1e3),
        gravity_power=fields.number("gravityPower", 0.0, minimum=-1e3, maximum=1e3),
        gravity_dir=direction(_vector(fields, "gravityDir", _DOWN), _DOWN),
        drag=fields.number("dragForce", 0.5, minimum=0.0, maximum=1.0),
    )
