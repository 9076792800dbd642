"""Clips of other bodies become motion of any body: `HumanoidClip`, in poses against the T-pose.

A source may rest as it likes (legs apart, Z up, facing aside): its front and up are measured from its hips and head, and limbs
that do not rest as in a T-pose are brought to one. Hips move in parts of the legs' length, so that the tall stride.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.animation.motion.figure import ABOVE, COUNT
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.turns import F32, cross, dot, inverse, length, mix, multiply, rotate, shortest, unit
from taixu.animation.sampling import make_tracks
from taixu.assets.humanoid import BONE_NUMBERS, BONES, REQUIRED_BONES
from taixu.assets.model import Animation, ModelData
from taixu.errors import TaixuError
from taixu.math.stacks import rotations_of

__all__ = ["FRAMES_MOST", "RATE_HZ", "HumanoidClip", "bones_by_name", "find_bones", "humanoid_clip", "humanoid_clips"]

RATE_HZ = 30.0
FRAMES_MOST = 30_000
_TURNED = 0.12
"""Limbs that rest this much (radians) off a T-pose are brought to it; less is how a body is built."""


@dataclass(frozen=True, slots=True, eq=False)
class HumanoidClip:
    """Motion of nobody in particular.

    Attributes
    ----------
    turns : float32 array [k, 55, 4]
        Poses, `RATE_HZ` of them a second.
    hips : float32 array [k, 3]
        Against their place at rest, in legs' lengths.
    bones : bool array [55]
        Which bones it moves.
    expressions : dict of str to float32 array [k]
        Weights (VRMA).
    """

    name: str
    turns: F32
    hips: F32
    bones: NDArray[np.bool_]
    expressions: Mapping[str, F32] = field(default_factory=dict)

    @property
    def duration_secs(self) -> float:
        """Seconds from the first pose to the last."""
        return (len(self.turns) - 1) / RATE_HZ

    def sample(self, times: NDArray[np.floating], *, loop: bool = True) -> Pose:
        """Poses at some times, [n] seconds."""
        last = len(self.turns) - 1
        at = np.asarray(times, np.float64) * RATE_HZ
        at = np.mod(at, last) if loop and last > 0 else np.clip(at, 0.0, last)
        first = np.minimum(at.astype(np.intp), last)
        after = np.minimum(first + 1, last)
        part = (at - first).astype(np.float32)
        start, end = (np.moveaxis(self.turns[rows], (0, 2), (2, 0)) for rows in (first, after))  # [4, 55, n]
        hips = self.hips[first] + (self.hips[after] - self.hips[first]) * part[:, None]
        return Pose(np.ascontiguousarray(np.moveaxis(mix(start, end, part), 0, 1)), np.ascontiguousarray(hips.T))

    def in_place(self) -> HumanoidClip:
        """The same on the spot: what the hips gain from end to end on the ground is taken out."""
        hips = self.hips.copy()
        share = np.linspace(0.0, 1.0, len(hips), dtype=np.float32)[:, None]
        hips[:, ::2] -= hips[0, ::2] + (hips[-1, ::2] - hips[0, ::2]) * share
        return replace(self, hips=hips)

    def speed(self) -> float:
        """How fast the hips go over the ground, in legs' lengths a second."""
        gone = self.hips[-1, ::2] - self.hips[0, ::2]
        return float(np.hypot(*gone)) / max(self.duration_secs, 1e-6)


def humanoid_clips(model: ModelData) -> list[HumanoidClip]:
    """All animations of a model that has a body: an avatar, a VRMA, or bones with names that are known.

    Raises
    ------
    TaixuError
        When it has no body.
    """
    return [humanoid_clip(model, animation) for animation in model.animations]


def humanoid_clip(model: ModelData, animation: Animation, bones: Mapping[str, int] | None = None) -> HumanoidClip:
    """Turn a clip of a model into motion of any body.

    Parameters
    ----------
    bones : mapping of str to int, optional
        Node by bone; found by the avatar, the VRMA's own list or names otherwise.
    """
    found = dict(bones) if bones is not None else find_bones(model)
    missing = [bone for bone in REQUIRED_BONES if bone not in found]
    if missing:
        raise TaixuError(f"{model.path or model.name or 'the model'}: there is no bone that could be {missing[0]}; name its bones")
    times = np.arange(max(round(animation.duration_secs * RATE_HZ), 1) + 1, dtype=np.float64) / RATE_HZ
    if len(times) > FRAMES_MOST:
        secs = f"{animation.duration_secs:.0f} s; cut it to {FRAMES_MOST / RATE_HZ:.0f} s"
        raise TaixuError(f"{model.path or model.name}: the clip takes {secs}")
    chain = _chain(model, found)
    rest_turn, rest_place = _worlds(model, chain, *_resting(model, chain))
    now_turn, now_place = _worlds(model, chain, *_sampled(model, chain, animation, times))
    at = {bone: rest_place[node][:, 0] for bone, node in found.items()}
    front = _front(at)
    back = inverse(front)
    spots = {bone: rotate(back[:, 0], place) for bone, place in at.items()}
    aligned = _aligned(spots)
    count = len(times)
    worlds = np.zeros((COUNT, 4, count), np.float32)
    turns = np.zeros((COUNT, 4, count), np.float32)
    for number, bone in enumerate(BONES):
        above = int(ABOVE[number])
        if bone not in found:
            worlds[number] = worlds[above]
            turns[number, 3] = 1.0
            continue
        node = found[bone]
        turned = multiply(back, now_turn[node], inverse(rest_turn[node]), front)
        if bone in aligned:
            turned = multiply(turned, inverse(aligned[bone]))
        worlds[number] = turned
        turns[number] = turned if above < 0 else multiply(inverse(worlds[above]), turned)
    legs, standing = _legs(spots)
    hips = rotate(back, now_place[found["hips"]]) / legs
    if standing:
        hips[1] -= spots["hips"][1] / legs
    else:
        feet = [rotate(back, now_place[node])[1] for bone, node in found.items() if bone.endswith(("Foot", "Toes"))]
        soles = np.min(feet, axis=0)
        hips[1] -= (np.quantile(soles, 0.05) + _stature(spots)) / legs
    hips[::2] -= hips[::2, :1]
    made = np.ascontiguousarray(np.moveaxis(turns / np.maximum(length(np.moveaxis(turns, 1, 0)), 1e-9)[:, None], 2, 0))
    present = np.array([bone in found for bone in BONES])
    weights = _expressions(model, animation, times)
    return HumanoidClip(animation.name, made, np.ascontiguousarray(hips.T, np.float32), present, weights)


def find_bones(model: ModelData) -> dict[str, int]:
    """Node by bone: of the avatar, of a VRMA, or by name."""
    if model.avatar is not None and model.avatar.humanoid:
        return dict(model.avatar.humanoid)
    listed = _vrma(model, "humanoid", "humanBones")
    if listed:
        return {bone: node for bone, node in listed.items() if bone in BONE_NUMBERS}
    return bones_by_name([node.name for node in model.nodes])


def _vrma(model: ModelData, *path: str) -> dict[str, int]:
    """A part of ``VRMC_vrm_animation`` that maps names to nodes."""
    value: object = model.extensions.get("VRMC_vrm_animation")
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    result: dict[str, int] = {}
    for name, entry in value.items() if isinstance(value, dict) else ():
        node = entry.get("node") if isinstance(entry, dict) else None
        if type(node) is int and 0 <= node < len(model.nodes):
            result[name] = node
    return result


def _chain(model: ModelData, bones: Mapping[str, int]) -> list[int]:
    """The bones' nodes and all above them, those above first."""
    order: list[int] = []
    known: set[int] = set()
    for node in bones.values():
        up: list[int] = []
        place: int | None = node
        while place is not None and place not in known:
            known.add(place)
            up.append(place)
            place = model.nodes[place].parent
        order += reversed(up)
    return order


_Locals = tuple[dict[int, F32], dict[int, F32]]


def _resting(model: ModelData, chain: list[int]) -> _Locals:
    return (
        {node: model.nodes[node].rotation[:, None].astype(np.float32) for node in chain},
        {node: model.nodes[node].translation[:, None].astype(np.float32) for node in chain},
    )


def _sampled(model: ModelData, chain: list[int], animation: Animation, times: NDArray[np.float64]) -> _Locals:
    turns, places = (
        {node: np.repeat(value, len(times), axis=1) for node, value in one.items()} for one in _resting(model, chain)
    )
    inside = set(chain)
    channels = [one for one in animation.channels if one.node in inside and one.path in ("rotation", "translation")]
    for track in make_tracks(channels, [one.path == "rotation" for one in channels]):
        values = track.sample(times)
        for column, number in enumerate(track.channels.tolist()):
            node = channels[number].node
            assert node is not None
            (turns if track.path == "rotation" else places)[node] = values[:, :, column]
    return turns, places


def _worlds(model: ModelData, chain: list[int], turns: dict[int, F32], places: dict[int, F32]) -> _Locals:
    """Turns and places in the model; scales above the bones count for places."""
    world_turns: dict[int, F32] = {}
    world_places: dict[int, F32] = {}
    scales: dict[int, F32] = {}
    for node in chain:
        above = model.nodes[node].parent
        own = model.nodes[node].scale[:, None].astype(np.float32)
        if above is None:
            world_turns[node], world_places[node], scales[node] = unit(turns[node]), places[node], own
        else:
            world_turns[node] = unit(multiply(world_turns[above], turns[node]))
            world_places[node] = world_places[above] + rotate(world_turns[above], places[node] * scales[above])
            scales[node] = scales[above] * own
    return world_turns, world_places


def _front(at: Mapping[str, F32]) -> F32:
    """The turn from the usual axes (left +X, up +Y, front +Z) to those of the source, [4, 1]."""
    left: Any = at["leftUpperLeg"] - at["rightUpperLeg"]
    if length(left) < 1e-6:
        left = at["leftUpperArm"] - at["rightUpperArm"]
    up: Any = at["head"] - at["hips"]
    if length(left) < 1e-6 or length(up) < 1e-6:
        raise TaixuError("the bones of the source all lie in one place: it has no body to learn from")
    left, up = unit(left), unit(up)
    # Bodies stand along an axis: a head a little forward must not tip the whole body.
    axis = int(np.argmax(np.abs(up)))
    straight = np.zeros(3, np.float32)
    straight[axis] = np.sign(up[axis])
    up = straight if abs(up[axis]) > 0.8 else up
    left = unit(left - dot(left, up) * up)
    matrix = np.stack([left, up, cross(left, up)], axis=1)
    return np.asarray(rotations_of(matrix[None].astype(np.float64))[0][:, None], np.float32)


_TPOSE = (
    ("UpperArm", "LowerArm", (1.0, 0.0, 0.0)), ("LowerArm", "Hand", (1.0, 0.0, 0.0)),
    ("UpperLeg", "LowerLeg", (0.0, -1.0, 0.0)), ("LowerLeg", "Foot", (0.0, -1.0, 0.0)),
)  # fmt: skip


def _aligned(spots: Mapping[str, F32]) -> dict[str, F32]:
    """For limbs that do not rest as in a T-pose: the turn from there to how they rest, inverted. [4, 1] each."""
    found: dict[str, F32] = {}
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for bone, below, wanted in _TPOSE:
            along = unit(spots[side + below] - spots[side + bone])[:, None]
            goal = np.array([[wanted[0] * sign], [wanted[1]], [wanted[2]]], np.float32)
            if np.arccos(np.clip(dot(along, goal), -1.0, 1.0))[0] > _TURNED:
                found[side + bone] = shortest(along.astype(np.float32), goal)
        if f"{side}LowerArm" in found:
            for bone in BONES:
                if bone.startswith(side) and any(part in bone for part in ("Hand", "Thumb", "Index", "Middle", "Ring", "Little")):
                    found[bone] = found[f"{side}LowerArm"]
    return found


def _legs(spots: Mapping[str, F32]) -> tuple[float, bool]:
    """Length of a leg, and whether the source rests with its feet at height 0."""
    thigh = float(length(spots["leftLowerLeg"] - spots["leftUpperLeg"]))
    shin = float(length(spots["leftFoot"] - spots["leftLowerLeg"]))
    legs = max(thigh + shin, 1e-6)
    lowest = min(float(spot[1]) for bone, spot in spots.items() if "Foot" in bone or "Toes" in bone)
    return legs, -0.1 * legs < lowest < 0.25 * legs and float(spots["hips"][1]) > 0.5 * legs


def _stature(spots: Mapping[str, F32]) -> float:
    """From the lowest joint of the feet up to the hips of who stands straight."""
    legs, _ = _legs(spots)
    foot = min(float(spots[bone][1] - spots["leftFoot"][1]) for bone in spots if bone in ("leftFoot", "leftToes"))
    return float(spots["hips"][1] - spots["leftUpperLeg"][1]) + legs - foot


def _expressions(model: ModelData, animation: Animation, times: NDArray[np.float64]) -> dict[str, F32]:
    """Weights that a VRMA keeps as the x of nodes' translations."""
    named = {**_vrma(model, "expressions", "preset"), **_vrma(model, "expressions", "custom")}
    result: dict[str, F32] = {}
    for name, node in named.items():
        channels = [one for one in animation.channels if one.node == node and one.path == "translation"]
        for track in make_tracks(channels, [False] * len(channels)):
            result[name] = np.clip(track.sample(times)[0, :, 0], 0.0, 1.0)
    return result


_FINGERS = {"thumb": "Thumb", "index": "Index", "middle": "Middle", "ring": "Ring", "pinky": "Little", "little": "Little"}
_NAMED: dict[str, str] = {
    "hips": "hips", "hip": "hips", "pelvis": "hips", "root": "hips",
    "spine": "spine", "lowerback": "spine", "abdomen": "spine", "spine1": "chest", "chest": "chest", "spine2": "upperChest",
    "upperchest": "upperChest", "spine3": "upperChest", "neck": "neck", "neck1": "neck", "head": "head", "jaw": "jaw",
    **{
        f"{{side}}{name}": f"{{Side}}{bone}"
        for name, bone in (
            ("upleg", "UpperLeg"), ("upperleg", "UpperLeg"), ("thigh", "UpperLeg"), ("leg", "LowerLeg"), ("lowerleg", "LowerLeg"),
            ("calf", "LowerLeg"), ("shin", "LowerLeg"), ("foot", "Foot"), ("ankle", "Foot"), ("toebase", "Toes"), ("toe", "Toes"),
            ("toes", "Toes"), ("ball", "Toes"), ("shoulder", "Shoulder"), ("clavicle", "Shoulder"), ("collar", "Shoulder"),
            ("arm", "UpperArm"), ("upperarm", "UpperArm"), ("uparm", "UpperArm"), ("forearm", "LowerArm"), ("lowerarm", "LowerArm"),
            ("lowarm", "LowerArm"), ("hand", "Hand"), ("wrist", "Hand"), ("eye", "Eye"),
        )
    },
}  # fmt: skip


def bones_by_name(names: list[str]) -> dict[str, int]:
    """Find bones by what nodes are called: Mixamo, BVH (CMU and others), Blender's and Unreal's ways.

    The first node of a name counts. Where a spine begins with "LowerBack", "Spine" and "Spine1" are one higher.
    """
    plain = [_plain(name) for name in names]
    found: dict[str, int] = {}
    for place, (side, word) in enumerate(plain):
        bone = _finger(side, word) or _NAMED.get(f"{{side}}{word}" if side else word, "")
        if bone:
            found.setdefault(bone.replace("{Side}", side), place)
    words = {word: place for place, (side, word) in reversed(list(enumerate(plain))) if not side}
    if "lowerback" in words and "spine" in words:
        for bone, word in (("spine", "lowerback"), ("chest", "spine"), ("upperChest", "spine1")):
            if word in words:
                found[bone] = words[word]
    if "spine" not in found and "chest" in found:
        found["spine"] = found.pop("chest")
    return found


def _plain(name: str) -> tuple[str, str]:
    """Side ("left", "right" or "") and what is left of a name."""
    word = re.split(r"[:|]", name)[-1]
    word = re.sub(r"^(mixamorig\d*|bip\d*|def|j|armature)[ _.-]*", "", word, flags=re.IGNORECASE)
    match = re.match(r"(left|right)[ _.-]*(.+)\Z", word, re.IGNORECASE)
    side = ""
    if match:
        side, word = match[1].lower(), match[2]
    else:
        for pattern, place in ((r"(.+?)[ _.-]([lr])\Z", 2), (r"([lr])[ _.-](.+)\Z", 1), (r"(.+?)[ _.-]?(left|right)\Z", 2)):
            match = re.match(pattern, word, re.IGNORECASE)
            if match:
                side = "left" if match[place][0].lower() == "l" else "right"
                word = match[3 - place]
                break
    return side, re.sub(r"[^a-z0-9]", "", word.lower())


def _finger(side: str, word: str) -> str:
    match = re.match(r"(?:hand|finger)?(thumb|index|middle|ring|pinky|little)(?:finger)?0?([123])?\Z", word)
    if not side or not match or match[2] is None:
        return ""
    parts = ("Metacarpal", "Proximal", "Distal") if match[1] == "thumb" else ("Proximal", "Intermediate", "Distal")
    return f"{side}{_FINGERS[match[1]]}{parts[int(match[2]) - 1]}"


