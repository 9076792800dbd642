"""People: what a model says about its body, face, hair and terms, in the words of VRM 1.0.

`ModelData.avatar` holds an `Avatar` where the file has one (VRM 0 and 1.0 are read, VRM 1.0 is written). Everything
refers to nodes, materials and images of the model by index, and to bones by VRM 1.0's names. Lengths are metres and
angles radians, also where files say degrees. An avatar stands in a T-pose, faces +Z, Y up.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

__all__ = [
    "BONES", "BONE_NUMBERS", "BONE_PARENTS", "EMOTIONS", "PRESETS", "REQUIRED_BONES", "VISEMES", "Avatar", "AvatarMeta",
    "Collider", "ColliderGroup", "ColorBind", "Constraint", "ConstraintKind", "Expression", "FirstPerson", "LookAt",
    "MorphBind", "Override", "Spring", "SpringJoint", "TextureBind",
]  # fmt: skip

Vector = tuple[float, float, float]
Override = Literal["none", "block", "blend"]
FirstPerson = Literal["auto", "both", "thirdPersonOnly", "firstPersonOnly"]
ConstraintKind = Literal["roll", "aim", "rotation"]

_TORSO = (("hips", ""), ("spine", "hips"), ("chest", "spine"), ("upperChest", "chest"), ("neck", "upperChest"),
          ("head", "neck"), ("leftEye", "head"), ("rightEye", "head"), ("jaw", "head"))  # fmt: skip
_LIMB = (("UpperLeg", "hips"), ("LowerLeg", "UpperLeg"), ("Foot", "LowerLeg"), ("Toes", "Foot"),
         ("Shoulder", "upperChest"), ("UpperArm", "Shoulder"), ("LowerArm", "UpperArm"), ("Hand", "LowerArm"))  # fmt: skip
_FINGERS = (("Thumb", ("Metacarpal", "Proximal", "Distal")),
            *((finger, ("Proximal", "Intermediate", "Distal")) for finger in ("Index", "Middle", "Ring", "Little")))  # fmt: skip


def _bones() -> dict[str, str]:
    """Every bone and the one above it, those above first."""
    found = dict(_TORSO)
    for side in ("left", "right"):
        for bone, above in _LIMB:
            found[side + bone] = side + above if above[0].isupper() else above
        for finger, parts in _FINGERS:
            above = side + "Hand"
            for part in parts:
                found[side + finger + part] = above
                above = side + finger + part
    return found


_PARENTS = _bones()
BONES: tuple[str, ...] = tuple(_PARENTS)
"""The 55 bones of VRM 1.0; a bone comes after the one above it. Poses are arrays in this order."""
BONE_NUMBERS: dict[str, int] = {bone: number for number, bone in enumerate(BONES)}
BONE_PARENTS: tuple[int, ...] = tuple(BONE_NUMBERS[above] if above else -1 for above in _PARENTS.values())
"""The number of the bone above each; -1 for the hips."""
REQUIRED_BONES: tuple[str, ...] = (
    "hips", "spine", "head", "leftUpperLeg", "leftLowerLeg", "leftFoot", "rightUpperLeg", "rightLowerLeg", "rightFoot",
    "leftUpperArm", "leftLowerArm", "leftHand", "rightUpperArm", "rightLowerArm", "rightHand",
)  # fmt: skip
"""Without these it is no humanoid."""

EMOTIONS = ("happy", "angry", "sad", "relaxed", "surprised")
VISEMES = ("aa", "ih", "ou", "ee", "oh")
PRESETS: tuple[str, ...] = (
    *EMOTIONS, "neutral", *VISEMES, "blink", "blinkLeft", "blinkRight", "lookUp", "lookDown", "lookLeft", "lookRight",
)
"""Names of expressions that mean the same in every avatar; all others are the avatar's own."""


@dataclass(slots=True)
class MorphBind:
    """A morph target that an expression moves.

    Attributes
    ----------
    node : int
        A node with a mesh.
    index : int
        Which of the mesh's morph targets.
    weight : float
        From 0 to 1, at the expression's full weight.
    """

    node: int
    index: int
    weight: float = 1.0


@dataclass(slots=True)
class ColorBind:
    """A colour of a material that an expression changes.

    Attributes
    ----------
    kind : str
        ``color``, ``emissionColor``, ``shadeColor``, ``matcapColor``, ``rimColor`` or ``outlineColor``.
    value : (float, float, float, float)
        Linear RGBA at full weight.
    """

    material: int
    kind: str
    value: tuple[float, float, float, float]


@dataclass(slots=True)
class TextureBind:
    """How an expression moves all textures of a material, at full weight."""

    material: int
    scale: tuple[float, float] = (1.0, 1.0)
    offset: tuple[float, float] = (0.0, 0.0)


@dataclass(slots=True)
class Expression:
    """What a face does at weight 1.

    Attributes
    ----------
    is_binary : bool
        Weights of more than a half count as 1, others as 0.
    override_blink, override_look_at, override_mouth : "none", "block" or "blend"
        What becomes of blinking, gaze and mouth while it is shown: nothing, gone at once, or gone by as much.
    """

    morphs: list[MorphBind] = field(default_factory=list)
    colors: list[ColorBind] = field(default_factory=list)
    textures: list[TextureBind] = field(default_factory=list)
    is_binary: bool = False
    override_blink: Override = "none"
    override_look_at: Override = "none"
    override_mouth: Override = "none"


@dataclass(slots=True)
class LookAt:
    """How the eyes follow what is looked at.

    Each range is (angle of the gaze in radians that counts as full, what the eyes do then: an angle in radians for
    ``kind`` "bone", a weight for "expression").

    Attributes
    ----------
    kind : "bone" or "expression"
        Whether eye bones turn, or the expressions lookUp, lookDown, lookLeft, lookRight are shown.
    offset : (float, float, float)
        Between the eyes, in the head bone's space, metres.
    """

    kind: Literal["bone", "expression"] = "bone"
    offset: Vector = (0.0, 0.06, 0.0)
    horizontal_inner: tuple[float, float] = (1.5707964, 0.17453292)
    horizontal_outer: tuple[float, float] = (1.5707964, 0.17453292)
    vertical_down: tuple[float, float] = (1.5707964, 0.17453292)
    vertical_up: tuple[float, float] = (1.5707964, 0.17453292)


@dataclass(slots=True)
class Collider:
    """A shape that springs do not enter (or, inside out, do not leave), in its node's space.

    Attributes
    ----------
    kind : "sphere", "capsule" or "plane"
        A capsule goes from `offset` to `tail`; a plane keeps springs on the side of its `normal`.
    inside : bool
        Springs are kept within.
    """

    node: int
    kind: Literal["sphere", "capsule", "plane"] = "sphere"
    offset: Vector = (0.0, 0.0, 0.0)
    radius: float = 0.0
    tail: Vector = (0.0, 0.0, 0.0)
    normal: Vector = (0.0, 0.0, 1.0)
    inside: bool = False


@dataclass(slots=True)
class ColliderGroup:
    """Colliders that springs name together: indices into `Avatar.colliders`."""

    name: str = ""
    colliders: list[int] = field(default_factory=list)


@dataclass(slots=True)
class SpringJoint:
    """A joint that swings.

    Attributes
    ----------
    hit_radius : float
        Metres, for colliders.
    stiffness : float
        How strongly it goes back to rest.
    gravity_power, gravity_dir : float, (float, float, float)
        Pull, and its direction in the world.
    drag : float
        From 0 (swings on) to 1 (comes to rest at once).
    """

    node: int
    hit_radius: float = 0.0
    stiffness: float = 1.0
    gravity_power: float = 0.0
    gravity_dir: Vector = (0.0, -1.0, 0.0)
    drag: float = 0.5


@dataclass(slots=True)
class Spring:
    """A chain of joints, from the root down; the last one only says where the one before it ends.

    Attributes
    ----------
    collider_groups : list of int
        Indices into `Avatar.collider_groups`.
    center : int or None
        Node in whose space inertia is felt; None is the world.
    """

    name: str = ""
    joints: list[SpringJoint] = field(default_factory=list)
    collider_groups: list[int] = field(default_factory=list)
    center: int | None = None


@dataclass(slots=True)
class Constraint:
    """A node that follows the rotation of another (`VRMC_node_constraint`).

    Attributes
    ----------
    node, source : int
        Who follows, and whom.
    kind : "roll", "aim" or "rotation"
        The turn about one axis, pointing an axis at the source, or the whole rotation.
    axis : str
        "X", "Y", "Z" for a roll; "PositiveX", "NegativeX" ... for an aim.
    weight : float
        From 0 to 1.
    """

    node: int
    source: int
    kind: ConstraintKind = "rotation"
    axis: str = ""
    weight: float = 1.0


@dataclass(slots=True)
class AvatarMeta:
    """Who made an avatar and what others may do with it, in the values of VRM 1.0.

    Attributes
    ----------
    license_url : str
        VRM demands one; the usual one is that of the VRM public licence.
    thumbnail : int or None
        Image index.
    avatar_permission : str
        Who may be it: ``onlyAuthor``, ``onlySeparatelyLicensedPerson``, ``everyone``.
    commercial_usage : str
        ``personalNonProfit``, ``personalProfit`` or ``corporation``.
    credit_notation : str
        ``required`` or ``unnecessary``.
    modification : str
        ``prohibited``, ``allowModification`` or ``allowModificationRedistribution``.
    """

    name: str = ""
    version: str = ""
    authors: list[str] = field(default_factory=list)
    copyright_information: str = ""
    contact_information: str = ""
    references: list[str] = field(default_factory=list)
    third_party_licenses: str = ""
    thumbnail: int | None = None
    license_url: str = "https://vrm.dev/licenses/1.0/"
    other_license_url: str = ""
    avatar_permission: str = "onlyAuthor"
    allow_violence: bool = False
    allow_sexual: bool = False
    commercial_usage: str = "personalNonProfit"
    allow_political: bool = False
    allow_hate: bool = False
    credit_notation: str = "required"
    allow_redistribution: bool = False
    modification: str = "prohibited"


@dataclass(slots=True)
class Avatar:
    """What makes a model a person.

    Attributes
    ----------
    humanoid : dict of str to int
        Node by bone (`BONES`); `REQUIRED_BONES` are all there, or it is empty: a model may have springs and
        constraints alone.
    expressions : dict of str to Expression
        By name: `PRESETS`, and names of its own.
    look_at : LookAt or None
        None leaves the eyes alone.
    first_person : dict of int to str
        By node with a mesh, who sees it: ``both``, ``thirdPersonOnly``, ``firstPersonOnly``, or ``auto`` (as when it is
        not there): what hangs on the head is hidden from the eyes of the avatar itself.
    """

    humanoid: dict[str, int] = field(default_factory=dict)
    expressions: dict[str, Expression] = field(default_factory=dict)
    look_at: LookAt | None = None
    springs: list[Spring] = field(default_factory=list)
    colliders: list[Collider] = field(default_factory=list)
    collider_groups: list[ColliderGroup] = field(default_factory=list)
    first_person: dict[int, FirstPerson] = field(default_factory=dict)
    meta: AvatarMeta = field(default_factory=AvatarMeta)
    constraints: list[Constraint] = field(default_factory=list)
