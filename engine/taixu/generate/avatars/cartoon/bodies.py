"""Bodies and hands, by kind. A body is solids of trunk, arms, legs and feet, which clothes are made from, too."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from taixu.generate.avatars.cartoon.colors import darker, lighter
from taixu.generate.avatars.cartoon.face import PATCH, painted_patch, trunk_canvas
from taixu.generate.avatars.cartoon.frame import Frame, Proportions
from taixu.generate.avatars.cartoon.nets import tube
from taixu.generate.avatars.cartoon.solids import Solid, ball, box, cone, joined_solids, limb, ring, slab_between, turned, turning
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["BODIES", "FINGERS", "HANDS", "Body", "solids_of"]


@dataclass(frozen=True)
class Body:
    """A kind of body: its proportions, and what makes it of a workshop that has its solids."""

    proportions: Proportions
    make: Callable[[Workshop], None]
    has_legs: bool = True
    has_arms: bool = True
    is_bare: bool = False
    """It has no use for shirts and trousers."""


def solids_of(frame: Frame, hands: str, body: Body) -> dict[str, Solid]:
    """Trunk, arms, hands, legs and feet; both sides in one, metres."""
    tall, depth = frame.tall, frame.kind.depth
    hip, neck = frame.place("hips")[1], frame.place("neck")[1]
    chest_y = hip + 0.66 * (neck - hip)
    trunk = joined_solids(
        ball((0.0, hip + 0.03 * tall, 0.0), (frame.hips, 0.13 * tall, frame.hips * depth)),
        ball((0.0, hip + 0.30 * (neck - hip), 0.01 * tall), (frame.belly, 0.20 * tall, frame.belly * depth)),
        ball((0.0, chest_y, 0.0), (frame.chest, 0.17 * tall, frame.chest * depth * 0.95)),
        limb((0.0, chest_y, 0.0), (0.0, frame.place("head")[1], 0.0), 0.58 * frame.chest, 0.42 * frame.chest), soft_m=0.10 * tall,
    )  # fmt: skip
    shoulder, wrist = frame.place("leftUpperArm"), frame.place("leftHand")
    arm = limb(shoulder * (0.7, 1.0, 1.0), wrist, 1.06 * frame.arm, 0.86 * frame.arm).mirrored()
    hand = HANDS[hands](frame).at(*wrist).mirrored()
    hip_joint, knee, ankle = frame.place("leftUpperLeg"), frame.place("leftLowerLeg"), frame.place("leftFoot")
    leg = joined_solids(limb(hip_joint, knee, 1.1 * frame.leg, 0.95 * frame.leg),
                        limb(knee, ankle, 0.95 * frame.leg, 0.86 * frame.leg),
                        soft_m=0.02 * tall).mirrored()  # fmt: skip
    return {"trunk": trunk, "arms": arm, "hands": hand, "legs": leg, "feet": foot(frame)}


def foot(frame: Frame, *, long: float = 1.0, wide: float = 1.0, high: float = 1.0) -> Solid:
    """Both feet, flat below."""
    ankle = frame.place("leftFoot")
    size, front = frame.leg, frame.leg * frame.kind.foot * long
    whole = joined_solids(
        ball((ankle[0], 0.55 * ankle[1], 0.62 * front), (1.20 * size * wide, 1.0 * max(ankle[1], 0.62 * size) * high,
                                                         1.32 * front)),
        ball((ankle[0], 0.6 * ankle[1], -0.15 * size), (1.0 * size, 1.0 * max(ankle[1], 0.66 * size), 0.9 * size)),
        soft_m=0.5 * size,
    )  # fmt: skip
    return whole.within(slab_between(0.0, 9.0), 0.2 * size).mirrored()


def _bare(work: Workshop, soft: float = 0.03) -> None:
    """All of the skin in one piece."""
    parts, tall = work.parts, work.frame.tall
    whole = joined_solids(parts["trunk"], joined_solids(parts["arms"], parts["hands"], soft_m=0.02 * tall), parts["legs"],
                          soft_m=soft * tall)  # fmt: skip
    whole = joined_solids(whole, parts["feet"], soft_m=0.02 * tall)
    work.trunk = whole
    work.add(whole, work.spec.skin, cell=0.0265, name="skin")


def _belly(work: Workshop, *, high: float = 0.0, wide: float = 0.70, color: str = "") -> None:
    """A patch of the second colour in front."""
    frame = work.frame
    hip, neck = frame.place("hips")[1], frame.place("neck")[1]
    middle, reach = hip + (0.36 + high) * (neck - hip), 0.43 * (neck - hip)
    unit = PATCH[0]
    narrow = 1.0 - 0.16 * unit[:, 1]
    drawing = np.stack([wide * frame.belly * unit[:, 0] * narrow, middle + reach * unit[:, 1]], 1)
    painted_patch(work, work.trunk, drawing, color or work.skin2, lift=0.0075)


def _child(work: Workshop) -> None:
    _bare(work)


def _plush(work: Workshop) -> None:
    _bare(work, 0.04)
    if not work.spec.outfit:
        _belly(work)
    _pads(work)


def _pads(work: Workshop) -> None:
    """Toes of an animal that wears no shoes."""
    if work.spec.outfit:
        return
    frame = work.frame
    ankle, size = frame.place("leftFoot"), frame.leg
    front = size * frame.kind.foot
    toes = [ball((ankle[0] + x * size, 0.42 * ankle[1], 1.62 * front), (0.36 * size, 0.40 * ankle[1] + 0.12 * size, 0.40 * size))
            for x in (-0.55, 0.0, 0.55)]  # fmt: skip
    work.add(joined_solids(*toes).within(slab_between(0.0, 9.0), 0.1 * size).mirrored(), work.skin2, cell=0.022)


def _stout(work: Workshop) -> None:
    _bare(work, 0.04)
    if not work.spec.outfit:
        _belly(work, wide=0.84)


def _dragon(work: Workshop) -> None:
    _bare(work, 0.04)
    frame = work.frame
    hip, neck = frame.place("hips")[1], frame.place("neck")[1]
    if not work.spec.outfit:
        _belly(work, wide=0.64)
        line = np.stack([np.linspace(-1.0, 1.0, 13), np.zeros(13)], 1)
        canvas = trunk_canvas(work, work.trunk)
        for number in range(4):  # between the plates of the belly
            part = -0.62 + 0.42 * number
            y = hip + 0.36 * (neck - hip) + 0.43 * (neck - hip) * part
            wide = 0.64 * frame.belly * np.sqrt(1.0 - part**2) * (1.0 - 0.16 * part) * 0.97
            flat = line * (wide, 1.0) + (0.0, y) + np.stack([np.zeros(13), 0.03 * frame.tall * (line[:, 0] ** 2 - 0.4)], 1)
            work.add(tube(canvas.on(flat, 0.008 * frame.tall), np.full(13, 0.0065 * frame.tall), 6), darker(work.skin2, 0.28),
                     paint="drawn", arms=False)
    _pads(work)


def _robot(work: Workshop) -> None:
    frame, spec = work.frame, work.spec
    tall, hip, neck = frame.tall, frame.place("hips")[1], frame.place("neck")[1]
    middle = 0.5 * (hip + neck)
    trunk = box((0.0, middle + 0.03 * tall, 0.0), (frame.chest * 1.06, 0.50 * (neck - hip), frame.chest * 0.82), 0.07 * tall)
    work.trunk = trunk
    work.parts["trunk"] = trunk
    work.add(trunk, spec.skin, cell=0.03)
    work.add(cone((0.0, neck - 0.005 * tall, 0.0), 0.085 * tall, 0.085 * tall, 0.05 * tall, 0.02 * tall), "#4a4f58", bone="neck",
             cell=0.03)
    work.add(box((0.0, hip - 0.015 * tall, 0.0), (frame.hips * 0.8, 0.07 * tall, frame.hips * 0.6), 0.035 * tall), "#4a4f58",
             cell=0.03,
             legs=0.0)  # fmt: skip
    panel = box((0.0, middle + 0.06 * tall, frame.chest * 0.80), (frame.chest * 0.62, 0.085 * tall, 0.025 * tall), 0.02 * tall)
    work.add(panel, work.skin2, cell=0.022, bone="chest")
    for x, color in ((-0.34, "#e8574a"), (0.0, "#f0b93a"), (0.34, "#52c07a")):
        light = ball((x * frame.chest, middle + 0.06 * tall, frame.chest * 0.80 + 0.02 * tall), (0.024 * tall,) * 3)
        work.add(light, color, cell=0.012, bone="chest", paint="glow")
    shoulder, elbow, wrist = (frame.place(f"left{bone}") for bone in ("UpperArm", "LowerArm", "Hand"))
    joints = [ball(shoulder, (1.35 * frame.arm,) * 3), ball(elbow, (0.95 * frame.arm,) * 3)]
    work.add(joined_solids(*joints).mirrored(), "#4a4f58", cell=0.024)
    upper, lower = limb(shoulder, elbow, 0.72 * frame.arm), limb(elbow + (0.25 * frame.arm, 0, 0), wrist, 0.95 * frame.arm,
                                                                 1.1 * frame.arm)
    work.add(joined_solids(upper, lower).mirrored(), spec.skin, cell=0.024)
    work.add(work.parts["hands"], "#4a4f58", cell=0.016)
    thigh, knee, ankle = (frame.place(f"left{bone}") for bone in ("UpperLeg", "LowerLeg", "Foot"))
    work.add(limb(thigh, knee, 0.6 * frame.leg).mirrored(), "#4a4f58", cell=0.026)
    work.add(limb(knee + (0, -0.1 * frame.leg, 0), ankle, 0.85 * frame.leg, 1.05 * frame.leg).mirrored(), spec.skin, cell=0.026)
    sole = box((ankle[0], 0.5 * ankle[1] + 0.02 * tall, 0.55 * frame.leg),
               (1.15 * frame.leg, 0.5 * ankle[1] + 0.02 * tall, 1.7 * frame.leg),
               0.03 * tall)  # fmt: skip
    work.add(sole.mirrored(), "#4a4f58", cell=0.026)


def _skeleton(work: Workshop) -> None:
    frame, spec = work.frame, work.spec
    tall, hip, neck = frame.tall, frame.place("hips")[1], frame.place("neck")[1]
    bone = 0.026 * tall
    spine = [ball((0.0, y, -0.01 * tall), (0.034 * tall, 0.026 * tall, 0.034 * tall))
             for y in np.linspace(hip, neck + 0.03 * tall, 8)]
    work.add(joined_solids(*spine, soft_m=0.012 * tall), spec.skin, cell=0.015, legs=0.0, arms=False)
    ribs = []
    for number in range(4):
        size = frame.chest * (0.72 + 0.14 * np.sin(1.0 + 0.6 * number))
        y = hip + (0.44 + 0.145 * number) * (neck - hip)
        ribs.append(turned(ring((0.0, 0.0, 0.0), size, 0.8 * bone, deep=0.72), turning(0.22), (0.0, y, 0.01 * tall)))
    work.add(joined_solids(*ribs), spec.skin, cell=0.0155, legs=0.0, arms=False)
    pelvis = joined_solids(ball((0.10 * tall, hip + 0.01 * tall, 0.0), (0.085 * tall, 0.07 * tall, 0.05 * tall)).mirrored(),
                           ball((0.0, hip - 0.03 * tall, 0.0), (0.05 * tall,) * 3), soft_m=0.05 * tall)  # fmt: skip
    work.add(pelvis, spec.skin, cell=0.02, legs=0.0)
    shoulder, elbow, wrist = (frame.place(f"left{name}") for name in ("UpperArm", "LowerArm", "Hand"))
    thigh, knee, ankle = (frame.place(f"left{name}") for name in ("UpperLeg", "LowerLeg", "Foot"))
    collar = limb((0.0, shoulder[1] + 0.02 * tall, 0.03 * tall), shoulder, 0.75 * bone)
    work.add(collar.mirrored(), spec.skin, cell=0.0155, arms=False)
    for a, b in ((shoulder, elbow), (elbow, wrist), (thigh, knee), (knee, ankle)):
        start, end = a + 0.10 * (b - a), b - 0.10 * (b - a)
        part = joined_solids(limb(start, end, bone), ball(start, (1.65 * bone,) * 3), ball(end, (1.65 * bone,) * 3),
                             soft_m=1.2 * bone)
        work.add(part.mirrored(), spec.skin, cell=0.0165)
    work.add(work.parts["hands"], spec.skin, cell=0.0125)
    sole = joined_solids(*(limb((ankle[0] + x * bone, 0.6 * bone, -0.02 * tall),
                                (ankle[0] + 1.6 * x * bone, 0.75 * bone, 0.11 * tall), bone, 0.8 * bone)
                           for x in (-1.0, 0.0, 1.0)), ball((ankle[0], 1.4 * bone, 0.0), (1.6 * bone,) * 3),
                         soft_m=bone)  # fmt: skip
    work.add(sole.within(slab_between(0.0, 9.0)).mirrored(), spec.skin, cell=0.0165)
    work.trunk = joined_solids(*ribs, *spine, pelvis)


def _ghost(work: Workshop) -> None:
    frame = work.frame
    tall, neck = frame.tall, frame.place("neck")[1]
    low = 0.06 * tall

    bell = cone((0.0, 0.5 * (low + neck) + 0.06 * tall, 0.0), 1.45 * frame.belly, 0.85 * frame.chest,
                0.5 * (neck - low) + 0.06 * tall, 0.05 * tall,
                flat=0.85)  # fmt: skip

    def wavy(p: np.ndarray) -> np.ndarray:
        turn = np.arctan2(p[:, 0], p[:, 2])
        hem = low + 0.055 * tall * np.sin(7.0 * turn)
        return np.asarray(np.maximum(bell.far(p), 0.8 * (hem - p[:, 1])))

    skirt = Solid(wavy, bell.low - 0.06 * tall, bell.high)
    hollow = ball((0.0, -0.06 * tall, 0.0), (1.15 * frame.belly, 0.34 * tall, 1.0 * frame.belly))
    arms = joined_solids(work.parts["arms"], work.parts["hands"], soft_m=0.03 * tall)
    whole = joined_solids(skirt.cut(hollow, 0.03 * tall), arms, soft_m=0.09 * tall)
    work.trunk = whole
    chains = []
    for number in range(6):
        turn = number * np.pi / 3.0
        out = np.array((np.sin(turn), 0.0, 0.85 * np.cos(turn)))
        top, bottom = 0.5 * frame.belly * out + (0.0, 0.42 * tall, 0.0), 1.3 * frame.belly * out + (0.0, 0.02 * tall, 0.0)
        chains.append(work.chain(f"hem {number + 1}", "hips", [top + (bottom - top) * part for part in (0.0, 0.5, 1.0)],
                                 stiffness=0.7,
                                 gravity=0.05))  # fmt: skip
    line = 0.40 * tall
    upper, lower = whole.within(slab_between(line - 0.03 * tall, 9.0)), whole.within(slab_between(-1.0, line))
    work.add(upper, work.spec.skin, cell=0.027, legs=0.0)
    work.add(lower, work.spec.skin, cell=0.027, bone="hips", chains=chains, inside=None)


def _snowman(work: Workshop) -> None:
    frame, tall = work.frame, work.frame.tall
    low, neck = 0.30 * tall, frame.place("neck")[1]
    below = ball((0.0, low, 0.0), (1.32 * frame.belly, 0.34 * tall, 1.24 * frame.belly)).within(slab_between(0.0, 9.0), 0.05 * tall)
    above = ball((0.0, 0.5 * (neck + low) + 0.14 * tall, 0.0), (0.98 * frame.belly, 0.27 * tall, 0.94 * frame.belly))
    work.trunk = joined_solids(below, above)
    work.parts["trunk"] = above
    work.add(below, work.spec.skin, cell=0.032, bone="hips")
    work.add(above, work.spec.skin, cell=0.032, arms=False, legs=0.0)
    work.add(work.parts["arms"], "#5d4030", cell=0.018)
    work.add(work.parts["hands"], "#5d4030", cell=0.013)
    for y in (0.44, 0.56, 0.68):
        z = float(_front(work.trunk, 0.0, y * tall, tall))
        work.add(ball((0.0, y * tall, z), (0.034 * tall, 0.034 * tall, 0.022 * tall)), "#33292b", cell=0.013, legs=0.0, arms=False)


def _front(solid: Solid, x: float, y: float, tall: float) -> float:
    """How far forward a solid reaches at a place."""
    z = np.linspace(0.9 * tall, 0.0, 400)
    inside = solid.far(np.stack([np.full(400, x), np.full(400, y), z], 1)) < 0.0
    return float(z[inside.argmax()]) if inside.any() else 0.0


def _trunk(work: Workshop) -> None:
    """A tree's: bark with roots for feet."""
    frame, tall = work.frame, work.frame.tall
    parts = work.parts
    roots = [limb((x * frame.leg + frame.place("leftFoot")[0], 0.10 * tall, z * frame.leg),
                  ((1.0 + 1.6 * x) * frame.leg + frame.place("leftFoot")[0], 0.02 * tall, 2.2 * z * frame.leg), 0.62 * frame.leg,
                  0.26 * frame.leg)
             for x, z in ((0.8, 0.7), (0.0, 1.0), (0.7, -0.8))]  # fmt: skip
    feet = joined_solids(*roots, soft_m=0.03 * tall).within(slab_between(0.0, 9.0), 0.01 * tall).mirrored()
    whole = joined_solids(parts["trunk"], parts["arms"], parts["legs"], parts["hands"], feet, soft_m=0.045 * tall)
    work.trunk = whole
    work.add(whole, work.spec.skin, cell=0.024, name="skin")
    for x, y, size in ((0.4, 0.62, 0.05), (-0.45, 0.45, 0.04), (0.2, 0.36, 0.045)):
        z = _front(parts["trunk"], x * frame.belly, y * tall, tall)
        knot = turned(ring((0, 0, 0), size * tall, 0.014 * tall, wide=0.8), turning(np.pi / 2, 0.5 * x),
                      (x * frame.belly, y * tall, z))
        work.add(knot, darker(work.spec.skin, 0.35), cell=0.014, arms=False)


def _drop(work: Workshop) -> None:
    """A drop of jelly on two feet."""
    frame, tall = work.frame, work.frame.tall
    whole = joined_solids(ball((0.0, 0.36 * tall, 0.0), (1.5 * frame.belly, 0.34 * tall, 1.4 * frame.belly)), work.parts["trunk"],
                          soft_m=0.2 * tall).within(slab_between(0.0, 9.0), 0.1 * tall)  # fmt: skip
    whole = joined_solids(whole, work.parts["arms"], work.parts["hands"], soft_m=0.06 * tall)
    work.trunk = whole
    work.add(whole, work.spec.skin, cell=0.028, legs=0.35, apart_m=0.2 * tall)
    work.add(ball((0.35 * frame.belly, 0.55 * tall, 1.12 * frame.belly), (0.16 * frame.belly, 0.10 * tall, 0.1 * frame.belly)),
             lighter(work.spec.skin, 0.6), cell=0.02, arms=False)  # fmt: skip


BODIES: dict[str, Body] = {
    "child": Body(Proportions(), _child),
    "teen": Body(Proportions(head=0.33, legs=0.46, chest=0.150, belly=0.125, hips=0.130, depth=0.72, arm=0.044, leg=0.060,
                             reach=0.38), _child),
    "hero": Body(Proportions(head=0.34, legs=0.40, chest=0.215, belly=0.150, hips=0.135, depth=0.70, arm=0.066, leg=0.078,
                             reach=0.40), _child),
    "plush": Body(Proportions(head=0.47, sunk=0.15, legs=0.30, chest=0.165, belly=0.225, hips=0.205, depth=0.9, arm=0.076,
                              leg=0.098, reach=0.34, rise=0.18),
                  _plush),
    "stout": Body(Proportions(head=0.43, sunk=0.20, legs=0.19, chest=0.215, belly=0.285, hips=0.25, depth=0.9, arm=0.066,
                              leg=0.085, reach=0.36, rise=0.28),
                  _stout),
    "dragon": Body(Proportions(head=0.45, sunk=0.15, legs=0.30, chest=0.165, belly=0.225, hips=0.215, depth=0.95, arm=0.070,
                               leg=0.105, reach=0.32, rise=0.18),
                   _dragon),
    "robot": Body(Proportions(head=0.40, legs=0.34, chest=0.215, belly=0.20, hips=0.20, arm=0.062, leg=0.080, reach=0.38), _robot,
                  is_bare=True),
    "skeleton": Body(Proportions(head=0.43, legs=0.38, chest=0.165, belly=0.12, hips=0.15, arm=0.045, leg=0.06, reach=0.38),
                     _skeleton, is_bare=True),
    "ghost": Body(Proportions(head=0.50, sunk=0.22, legs=0.30, chest=0.20, belly=0.23, hips=0.2, arm=0.072, leg=0.05, reach=0.26,
                              rise=0.35), _ghost,
                  has_legs=False, is_bare=True),
    "snowman": Body(Proportions(head=0.34, legs=0.22, chest=0.20, belly=0.245, hips=0.2, arm=0.026, leg=0.08, reach=0.36,
                                rise=0.45, sunk=0.05),
                    _snowman, has_legs=False, is_bare=True),
    "trunk": Body(Proportions(head=0.42, sunk=0.16, legs=0.28, chest=0.150, belly=0.170, hips=0.175, depth=0.95, arm=0.046,
                              leg=0.088, reach=0.42), _trunk,
                  is_bare=True),
    "drop": Body(Proportions(head=0.52, sunk=0.2, legs=0.14, chest=0.31, belly=0.22, hips=0.22, arm=0.075, leg=0.07, reach=0.16,
                             rise=0.5), _drop,
                 has_legs=False, is_bare=True),
}  # fmt: skip


def _mittens(frame: Frame) -> Solid:
    h = 1.25 * frame.arm
    return joined_solids(
        ball((0.95 * h, 0.0, 0.0), (1.15 * h, 0.66 * h, 0.92 * h)), ball((1.45 * h, -0.02 * h, 0.0),
                                                                         (0.85 * h, 0.52 * h, 0.82 * h)),
        limb((0.45 * h, 0.0, 0.40 * h), (1.05 * h, -0.08 * h, 1.10 * h), 0.38 * h, 0.32 * h), soft_m=0.28 * h,
    )  # fmt: skip


def _four(frame: Frame) -> Solid:
    h = 1.25 * frame.arm
    fingers = [limb((1.0 * h, 0.0, z * h), (2.15 * h, -0.06 * h, 1.12 * z * h), 0.32 * h, 0.26 * h) for z in (0.55, 0.0, -0.55)]
    thumb = limb((0.45 * h, 0.0, 0.40 * h), (1.05 * h, -0.08 * h, 1.12 * h), 0.34 * h, 0.28 * h)
    return joined_solids(ball((0.75 * h, 0.0, 0.0), (0.85 * h, 0.50 * h, 0.84 * h)), *fingers, thumb, soft_m=0.14 * h)


def _paws(frame: Frame) -> Solid:
    h = 1.25 * frame.arm
    toes = [ball((1.55 * h, -0.05 * h, z * h), (0.42 * h, 0.44 * h, 0.36 * h)) for z in (0.5, 0.0, -0.5)]
    return joined_solids(ball((0.8 * h, 0.0, 0.0), (1.05 * h, 0.80 * h, 0.95 * h)), *toes, soft_m=0.18 * h)


def _flippers(frame: Frame) -> Solid:
    h = frame.arm
    return joined_solids(ball((-0.5 * h, 0.0, 0.0), (3.2 * h, 0.62 * h, 1.5 * h)),
                         ball((1.6 * h, 0.0, -0.1 * h), (1.7 * h, 0.45 * h, 1.0 * h)),
                         soft_m=0.8 * h)  # fmt: skip


def _grippers(frame: Frame) -> Solid:
    h = 1.25 * frame.arm
    prongs = [limb((0.7 * h, 0.0, z * h), (1.7 * h, 0.0, 1.05 * z * h), 0.26 * h, 0.20 * h) for z in (0.72, -0.72)]
    tips = [limb((1.7 * h, 0.0, 1.05 * z * h), (2.1 * h, 0.0, 0.5 * z * h), 0.2 * h, 0.16 * h) for z in (0.72, -0.72)]
    return joined_solids(box((0.45 * h, 0.0, 0.0), (0.5 * h, 0.5 * h, 0.9 * h), 0.2 * h), *prongs, *tips, soft_m=0.08 * h)


def _bony(frame: Frame) -> Solid:
    h = 1.35 * frame.arm
    bone = 0.30 * h
    fingers = [limb((0.6 * h, 0.0, 0.6 * z * h), (2.2 * h, -0.05 * h, z * h), bone, 0.7 * bone) for z in (0.75, 0.0, -0.75)]
    thumb = limb((0.4 * h, 0.0, 0.3 * h), (1.1 * h, -0.06 * h, 1.25 * h), bone, 0.75 * bone)
    return joined_solids(ball((0.4 * h, 0.0, 0.0), (0.5 * h, 0.32 * h, 0.55 * h)), *fingers, thumb, soft_m=0.2 * h)


def _twigs(frame: Frame) -> Solid:
    h = 2.2 * max(frame.arm, 0.024 * frame.tall)
    r = 0.26 * h
    twigs = [limb((0.0, 0.0, 0.0), end, 1.3 * r, 0.6 * r)
             for end in ((1.6 * h, 0.1 * h, 0.0), (1.15 * h, 0.5 * h, 0.55 * h), (1.15 * h, 0.35 * h, -0.6 * h))]  # fmt: skip
    return joined_solids(*twigs, soft_m=0.5 * r)


def _stubs(frame: Frame) -> Solid:
    h = frame.arm
    return joined_solids(ball((0.2 * h, 0.0, 0.0), (1.3 * h, 0.95 * h, 0.95 * h)),
                         ball((0.95 * h, -0.1 * h, 0.45 * h), (0.5 * h,) * 3),
                         soft_m=0.4 * h)  # fmt: skip


HANDS: dict[str, Callable[[Frame], Solid]] = {
    "mittens": _mittens, "fingers": _four, "paws": _paws, "flippers": _flippers, "grippers": _grippers, "bones": _bony,
    "twigs": _twigs,
    "stubs": _stubs,
}  # fmt: skip
FINGERS: dict[str, tuple[str, ...]] = {
    "mittens": ("Thumb", "Middle"), "fingers": ("Thumb", "Index", "Middle", "Ring"), "bones": ("Thumb", "Index", "Middle", "Ring"),
}  # fmt: skip
"""Which fingers of each kind of hands have bones."""
