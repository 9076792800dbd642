"""The frame of a character: how large everything is, where bones are, which bones move a place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from taixu.assets.humanoid import BONE_PARENTS, BONES
from taixu.generate.avatars.cartoon.spec import CartoonSpec

__all__ = ["Frame", "Proportions", "frame_of"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SIDES = (("left", 1.0), ("right", -1.0))
_FINGERS = ("Thumb", "Index", "Middle", "Ring")


@dataclass(frozen=True)
class Proportions:
    """What a kind of body is like.

    Attributes
    ----------
    head : float
        Height of the head, as a part of the whole at a `head_size` of a half.
    legs : float
        Length of legs, as a part of the height without the head.
    chest, belly, hips : float
        Half widths, as parts of that height.
    depth : float
        Of the trunk, against its width.
    arm, leg : float
        Radii of limbs, as parts of that height.
    reach : float
        Length of arms without hands.
    rise : float
        How far arms point up in the T-pose, so that they stand off when they hang: metres up a metre out.
    sunk : float
        How deep the head sits in the body, as a part of its height.
    """

    head: float = 0.46
    legs: float = 0.36
    chest: float = 0.178
    belly: float = 0.182
    hips: float = 0.178
    depth: float = 0.8
    arm: float = 0.062
    leg: float = 0.080
    reach: float = 0.36
    rise: float = 0.0
    sunk: float = 0.11
    foot: float = 1.0


@dataclass(frozen=True)
class Frame:
    """A character's measures, metres; left is +X, it faces +Z, its soles are at y = 0.

    Attributes
    ----------
    tall : float
        Height of the body without the head: the unit of the body.
    head_m : float
        Height of the head: the unit of the head.
    heads : float64 [b, 3]
        Where bones begin.
    """

    spec: CartoonSpec
    kind: Proportions
    tall: float
    head_m: float
    bones: tuple[str, ...]
    heads: Floats
    chest: float
    belly: float
    hips: float
    arm: float
    leg: float

    def bone(self, name: str) -> int:
        """The number of a bone."""
        return self.bones.index(name)

    def place(self, bone: str) -> Floats:
        """Where a bone begins."""
        return np.asarray(self.heads[self.bones.index(bone)])

    @property
    def parents(self) -> tuple[int, ...]:
        """The number of the bone above each, -1 for the hips."""
        found = []
        for bone in self.bones:
            above = BONE_PARENTS[BONES.index(bone)]
            while above >= 0 and BONES[above] not in self.bones:
                above = BONE_PARENTS[above]
            found.append(self.bones.index(BONES[above]) if above >= 0 else -1)
        return tuple(found)

    @property
    def middle(self) -> Floats:
        """The middle of the head."""
        return self.place("head") + (0.0, (0.5 - self.kind.sunk) * self.head_m, 0.0)

    @cached_property
    def levels(self) -> tuple[Floats, Floats]:
        """Heights in the trunk, and how far up the row of its bones they are."""
        heights = [self.place(bone)[1] for bone in ("spine", "chest", "upperChest", "neck")]
        return np.array([heights[0] - 0.1 * self.tall, *heights, heights[-1] + 0.08 * self.tall]), np.array(
            (0.0, 0.5, 1.5, 2.5, 3.5, 4.0)
        )

    def weights(self, points: Floats, *, arms: bool = True, legs: float = 1.0, apart_m: float = 0.0) -> tuple[Ints, Floats]:
        """Which bones move places of trunk and limbs, and how much: joints and weights [n, 4].

        Parameters
        ----------
        arms
            Whether arms do.
        legs
            How much legs do: less for skirts.
        apart_m
            Within which half width both legs share.
        """
        x, y, z = points.T
        size = np.abs(x)
        found = np.zeros((len(points), len(self.bones)))
        level = np.interp(y, *self.levels)
        low = np.minimum(np.floor(level).astype(int), 3)
        rows = np.arange(len(points))
        trunk = np.array([self.bone(bone) for bone in ("hips", "spine", "chest", "upperChest", "neck")])
        rest = np.ones(len(points))
        if arms:
            arm = self._arm_share(size, y)
            rest = rest - arm
            for side, sign in _SIDES:
                mine = np.where(x * sign > 0.0, arm, 0.0)
                self._add_arm(found, side, size, z, mine, y)
        thigh = self.place("leftUpperLeg")
        leg = legs * _smooth((thigh[1] + 0.05 * self.tall - y) / (0.12 * self.tall)) * rest
        leg = np.where(size > max(3.0 * self.hips, 2.5 * self.leg + thigh[0]), 0.0, leg)
        rest = rest - leg
        left = _smooth(0.5 + 0.5 * x / max(apart_m, 0.25 * self.leg))
        for (side, _), share in zip(_SIDES, (left, 1.0 - left), strict=True):
            self._add_leg(found, side, y, z, share * leg)
        found[rows, trunk[low]] += (1.0 - (level - low)) * rest
        found[rows, trunk[low + 1]] += (level - low) * rest
        joints = np.argsort(-found, axis=1, kind="stable")[:, :4]
        weights = np.take_along_axis(found, joints, 1)
        return joints.astype(np.int64), weights / weights.sum(1, keepdims=True)

    def lap_weights(self, points: Floats) -> tuple[Ints, Floats]:
        """What carries a skirt: the hips, below them both thighs, from the knees on the shins; joints and weights [n, 4]."""
        x, y, z = points.T
        thigh, knee = self.place("leftUpperLeg"), self.place("leftLowerLeg")
        legs = _smooth((thigh[1] + 0.04 * self.tall - y) / (0.10 * self.tall))
        shins = _smooth((knee[1] + 0.5 * self.leg - y) / (1.6 * self.leg))
        # Behind, calves push it back when knees bend, and so it hangs down from who sits.
        behind = _smooth(0.5 - z / (1.6 * self.leg)) * _smooth((thigh[1] - y) / (thigh[1] - knee[1]))
        shins = np.maximum(shins, behind)
        left = _smooth(0.5 + 0.5 * x / (1.6 * thigh[0]))
        shares = [1.0 - legs]
        names = ["hips"]
        for side, mine in (("left", left), ("right", 1.0 - left)):
            names += [f"{side}UpperLeg", f"{side}LowerLeg"]
            shares += [legs * mine * (1.0 - shins), legs * mine * shins]
        found = np.stack(shares, 1)
        order = np.argsort(-found, axis=1, kind="stable")[:, :4]
        weights = np.take_along_axis(found, order, 1)
        return np.array([self.bone(name) for name in names])[order], weights / weights.sum(1, keepdims=True)

    def _arm_share(self, size: Floats, y: Floats) -> Floats:
        shoulder = self.place("leftUpperArm")
        wide = 0.9 * self.arm
        out = _smooth((size - shoulder[0] + 0.5 * wide) / (2.0 * wide))
        high = _smooth((y - (shoulder[1] + self.kind.rise * (size - shoulder[0]) - 2.6 * self.arm)) / (1.2 * self.arm))
        far = size > self.place("leftLowerArm")[0]
        return np.asarray(out * np.where(far, 1.0, high))

    def _add_arm(self, found: Floats, side: str, size: Floats, z: Floats, share: Floats, y: Floats) -> None:
        elbow, wrist = self.place("leftLowerArm")[0], self.place("leftHand")[0]
        lower = _smooth(0.5 + (size - elbow) / (2.0 * self.arm))
        hand = _smooth(0.5 + (size - wrist) / (1.2 * self.arm))
        for bone, part in (("UpperArm", 1.0 - lower), ("LowerArm", lower - hand), ("Hand", hand)):
            found[:, self.bone(side + bone)] += share * np.maximum(part, 0.0)
        if f"{side}MiddleProximal" not in self.bones:
            return
        found_hand = found[:, self.bone(f"{side}Hand")]
        for finger in _FINGERS:
            names = [f"{side}{finger}{part}" for part in
                     (("Metacarpal", "Proximal", "Distal") if finger == "Thumb" else ("Proximal", "Intermediate", "Distal"))]
            if names[0] not in self.bones:
                continue
            at = np.array([self.place(name.replace("right", "left")) for name in names])
            near = self._near_finger(finger, size, z)
            along = (at[1] - at[0]) / np.linalg.norm(at[1] - at[0])
            reach = (np.stack([size, y, z], 1) - at[0]) @ along / np.linalg.norm(at[1] - at[0])
            taken = found_hand * near
            levels = np.clip(reach + 0.5, 0.0, 3.0)
            shares = [np.clip(1.0 - np.abs(levels - k), 0.0, 1.0) if k < 3 else np.clip(levels - 2.0, 0.0, 1.0) for k in range(4)]
            found_hand -= taken * (1.0 - shares[0])
            for name, part in zip(names, shares[1:], strict=True):
                found[:, self.bone(name)] += taken * part

    def _near_finger(self, finger: str, size: Floats, z: Floats) -> Floats:
        """1 for places of a finger, 0 for others."""
        mine = self.place(f"left{finger}{'Metacarpal' if finger == 'Thumb' else 'Proximal'}")
        if finger == "Thumb":
            return _smooth(0.5 + (z - mine[2] - 0.35 * self.arm) / (0.5 * self.arm))
        others = [one for one in _FINGERS[1:] if f"left{one}Proximal" in self.bones]
        thumb = self.place("leftThumbMetacarpal")
        no_thumb = 1.0 - _smooth(0.5 + (z - thumb[2] - 0.35 * self.arm) / (0.5 * self.arm)) * (size < mine[0] + 0.9 * self.arm)
        if len(others) == 1:
            return np.asarray(no_thumb)
        middles = {one: self.place(f"left{one}Proximal")[2] for one in others}
        nearest = np.abs(z[:, None] - np.array(list(middles.values()))).argmin(1)
        return np.asarray((nearest == list(middles).index(finger)) * no_thumb)

    def _add_leg(self, found: Floats, side: str, y: Floats, z: Floats, share: Floats) -> None:
        knee, ankle, toes = (self.place(f"left{bone}") for bone in ("LowerLeg", "Foot", "Toes"))
        lower = _smooth(0.5 + (knee[1] - y) / (1.6 * self.leg))
        foot = _smooth(0.5 + (ankle[1] - y) / (0.9 * self.leg))
        tip = _smooth(0.5 + (z - toes[2]) / (0.8 * self.leg)) * foot
        for bone, part in (("UpperLeg", 1.0 - lower), ("LowerLeg", lower - foot), ("Foot", foot - tip), ("Toes", tip)):
            found[:, self.bone(side + bone)] += share * np.maximum(part, 0.0)


def _smooth(value: Floats) -> Floats:
    t = np.clip(value, 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def frame_of(spec: CartoonSpec, kind: Proportions, *, fingers: tuple[str, ...]) -> Frame:
    """Measure a character.

    Parameters
    ----------
    fingers
        Which of each hand have bones.
    """
    share = kind.head * (0.72 + 0.56 * spec.head_size)
    head_m = share * spec.height_m
    tall = spec.height_m - head_m * (1.0 - kind.sunk)
    wide = 0.62 + 0.76 * spec.body_width
    long = 0.7 + 0.6 * spec.limb_length
    slim = 0.8 + 0.4 * spec.body_width
    legs = min(kind.legs * (0.75 + 0.5 * spec.limb_length), 0.55) * tall
    chest, belly, hips = (width * wide * tall for width in (kind.chest, kind.belly, kind.hips))
    arm, leg = kind.arm * slim * tall, kind.leg * slim * tall
    at: dict[str, tuple[float, float, float]] = {"hips": (0.0, legs + 0.05 * tall, 0.0)}
    low, top = legs + 0.05 * tall, 0.97 * tall
    for bone, part in (("spine", 0.14), ("chest", 0.40), ("upperChest", 0.66), ("neck", 0.93)):
        at[bone] = (0.0, low + (top - low) * part, 0.0)
    at["head"] = (0.0, top, 0.0)
    eye_y = top + (0.44 - kind.sunk) * head_m
    shoulder = 0.80 * (top - low) + low
    reach = kind.reach * long * tall
    for side, sign in _SIDES:
        at[f"{side}Eye"] = (sign * 0.16 * head_m, eye_y, 0.3 * head_m)
        thigh = max(0.56 * hips, 1.14 * leg)
        at[f"{side}UpperLeg"] = (sign * thigh, legs, 0.0)
        ankle = min(0.9 * leg, 0.3 * legs)
        at[f"{side}LowerLeg"] = (sign * thigh, ankle + 0.5 * (legs - ankle), 0.004 * tall)
        at[f"{side}Foot"] = (sign * thigh, ankle, -0.1 * leg)
        at[f"{side}Toes"] = (sign * thigh, 0.35 * ankle, 1.0 * leg * kind.foot)
        start = max(chest * 0.94, 0.4 * arm)
        at[f"{side}Shoulder"] = (sign * 0.4 * start, shoulder - 0.3 * kind.rise * start, 0.0)
        at[f"{side}UpperArm"] = (sign * start, shoulder, 0.0)
        for bone, part in (("LowerArm", 0.5), ("Hand", 1.0)):
            at[side + bone] = (sign * (start + part * reach), shoulder + part * reach * kind.rise, 0.0)
        _add_fingers(at, side, sign, fingers, 1.25 * arm)
    bones = tuple(bone for bone in BONES if bone in at)
    heads = np.array([at[bone] for bone in bones])
    return Frame(spec, kind, tall, head_m, bones, heads, chest, belly, hips, arm, leg)


def _add_fingers(at: dict[str, tuple[float, float, float]], side: str, sign: float, fingers: tuple[str, ...], hand: float) -> None:
    x, y, z = at[f"{side}Hand"]
    for finger in fingers:
        if finger == "Thumb":
            for number, part in enumerate(("Metacarpal", "Proximal", "Distal")):
                at[f"{side}Thumb{part}"] = (x + sign * (0.45 + 0.24 * number) * hand, y, z + (0.45 + 0.30 * number) * hand)
        else:
            across = {"Index": 0.55, "Middle": 0.0, "Ring": -0.55}[finger] if len(fingers) > 2 else 0.0
            for number, part in enumerate(("Proximal", "Intermediate", "Distal")):
                at[f"{side}{finger}{part}"] = (x + sign * (1.1 + 0.38 * number) * hand, y, z + across * hand)
