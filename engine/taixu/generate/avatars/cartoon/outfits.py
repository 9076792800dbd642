"""Clothes of cartoons: the body let out, with round hems; skirts that swing."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.bodies import foot
from taixu.generate.avatars.cartoon.colors import darker, lighter
from taixu.generate.avatars.cartoon.cutting import cut_of
from taixu.generate.avatars.cartoon.nets import ellipsoid, tube
from taixu.generate.avatars.cartoon.solids import Solid, ball, box, joined_solids, limb, ring, slab_between, turned, turning
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["OUTFITS"]


def _tee(work: Workshop) -> None:
    cut = cut_of(work, "#e8574a", "#3f5f8a", "#f4efe6")
    cut.trousers(cut.color2, hem=-0.42)
    cut.shirt(cut.color)
    cut.shoes(cut.color3, sole="#fdfaf3" if cut.color3 != "#f4efe6" else "#d8574c")


def _striped(work: Workshop) -> None:
    cut = cut_of(work, "#f6f1e4", "#3d66a8", "#c9563c")
    cut.trousers("#3b4a63", hem=-0.85)
    cut.shirt(cut.color, sleeve=0.8)
    tall, trunk = cut.tall, work.parts["trunk"]
    for k in range(4):
        y = cut.y(0.16 + 0.20 * k)
        band = trunk.grown(0.021 * tall).within(slab_between(y, y + 0.045 * tall), 0.006 * tall)
        work.add(band, cut.color2, cell=0.020, inside=trunk, arms=False)
    cut.shoes(cut.color3, sole="#fdfaf3")


def _hoodie(work: Workshop) -> None:
    cut = cut_of(work, "#f0b93a", "#4b5563", "#f4efe6")
    cut.trousers(cut.color2, hem=-0.85)
    cut.shirt(cut.color, sleeve=0.97, out=0.026, hem=-0.16, neck=0.98)
    tall, frame = cut.tall, work.frame
    hood = turned(ring((0, 0, 0), 0.74 * frame.chest, 0.055 * tall, deep=0.95), turning(-0.30), (0.0, cut.y(0.94), -0.02 * tall))
    work.add(hood, darker(cut.color, 0.10), cell=0.024, bone="upperChest")
    cut.patch(darker(cut.color, 0.14), (0.0, 0.20), (0.52, 0.060), lift=0.031, square=0.8)
    for x in (-0.16, 0.16):
        path = np.array([(x * frame.chest, cut.y(at), cut.front(x * frame.chest, cut.y(at)) + 0.045 * tall)
                         for at in (0.84, 0.70, 0.58)])
        work.add(tube(path, np.full(3, 0.008 * tall), 6), "#fffaf2", arms=False)
    cut.shoes(cut.color3, sole="#c9563c")


def _overalls(work: Workshop) -> None:
    cut = cut_of(work, "#3d66a8", "#f0d24a", "#7a4a2c")
    cut.shirt(cut.color2, sleeve=0.5)
    cut.trousers(cut.color, hem=-0.85, waist=0.34, out=0.024)
    tall, frame, trunk = cut.tall, work.frame, work.parts["trunk"]
    bib = box((0.0, cut.y(0.50), 0.5 * frame.chest), (0.52 * frame.chest, 0.13 * tall, 0.7 * frame.chest), 0.03 * tall)
    work.add(trunk.grown(0.028 * tall).within(bib, 0.012 * tall), cut.color, cell=0.021, inside=trunk, arms=False)
    for sign in (1.0, -1.0):
        high = (0.50 * sign * frame.chest, cut.y(1.10), 0.0)
        front = limb((0.45 * sign * frame.chest, cut.y(0.60), 0.0), high, 0.036 * tall)
        back = limb((0.30 * sign * frame.chest, cut.y(0.16), 0.0), high, 0.036 * tall)
        over = trunk.grown(0.032 * tall)

        def region(p: NDArray[np.float64], front: Solid = front, back: Solid = back) -> NDArray[np.float64]:
            """Straps as they are seen from the front and from behind: chest and back are round."""
            flat = p * (1.0, 1.0, 0.0)
            return np.where(p[:, 2] > 0.0, front.far(flat), back.far(flat))

        worn = over.within(Solid(region, over.low, over.high), 0.008 * tall)
        work.add(worn, cut.color, cell=0.019, inside=trunk, arms=False)
    cut.buttons("#f2c14e", (0.60,), x=0.42)
    cut.buttons("#f2c14e", (0.60,), x=-0.42)
    cut.patch(darker(cut.color, 0.18), (0.0, 0.46), (0.26, 0.045), lift=0.0325, square=0.8)
    cut.shoes(cut.color3, sole=darker(cut.color3, 0.4))


def _dress(work: Workshop) -> None:
    cut = cut_of(work, "#ef8fb0", "#fff4ee", "#c9506f")
    cut.trousers(cut.color2, hem=-0.12, waist=0.1, out=0.008)
    cut.shirt(cut.color, sleeve=0.28, hem=0.10)
    cut.skirt(cut.color, trim=cut.color2)
    cut.belt(cut.color3, at=0.16, wide=0.045)
    cut.collar(cut.color2, size=0.026)
    cut.shoes(cut.color3)


def _gown(work: Workshop) -> None:
    cut = cut_of(work, "#a878d8", "#f6e3ff", "#f2c14e")
    cut.trousers(cut.color2, hem=-0.12, waist=0.1, out=0.008)
    cut.shirt(cut.color, sleeve=0.0, hem=0.10)
    tall, frame = cut.tall, work.frame
    puff = ball(frame.place("leftUpperArm") + (0.75 * frame.arm, 0.1 * frame.arm, 0.0),
                np.array((1.75, 1.65, 1.65)) * frame.arm).mirrored()
    work.add(puff, lighter(cut.color, 0.35), cell=0.022)
    cut.skirt(cut.color, hem=-0.95, flare=2.25, trim=cut.color3, folds=0.045)
    cut.belt(cut.color3, at=0.15, wide=0.04)
    cut.put(ball((0, 0, 0), np.array((0.034, 0.034, 0.02)) * tall), 0.0, 0.66, cut.color3, lift=0.018)
    cut.shoes(cut.color3)


def _robe(work: Workshop) -> None:
    cut = cut_of(work, "#4a4fa3", "#f2c14e", "#5b3a29")
    tall, frame = cut.tall, work.frame
    cut.shirt(cut.color, sleeve=0.0, hem=0.05, out=0.018)
    elbow, wrist = frame.place("leftLowerArm"), frame.place("leftHand")
    sleeve = joined_solids(limb(frame.place("leftUpperArm") * (0.8, 1, 1), elbow, 1.45 * frame.arm, 1.6 * frame.arm),
                           limb(elbow, wrist - (0.25 * frame.arm, 0, 0), 1.6 * frame.arm, 2.1 * frame.arm),
                           soft_m=0.02 * tall)  # fmt: skip
    end = float(wrist[0] - 0.1 * frame.arm)
    cut.wear(sleeve.within(Solid(lambda p: p[:, 0] - end, np.full(3, -9.0), np.array((end, 9.0, 9.0))), 0.02 * tall).mirrored(),
             cut.color)
    cuff = limb((end - 0.35 * frame.arm, wrist[1], 0.0), (end - 0.05 * frame.arm, wrist[1], 0.0), 2.0 * frame.arm)
    cuff = cuff.within(box((end - 0.2 * frame.arm, wrist[1], 0.0), (0.4 * frame.arm, 0.5 * tall, 0.5 * tall)), 0.008 * tall)
    work.add(cuff.grown(0.004 * tall).mirrored(), cut.color2, cell=0.020)
    cut.skirt(cut.color, hem=-0.70, flare=1.85, trim=cut.color2, folds=0.03)  # above the shoes, or steps push them through it
    cut.belt(cut.color3, at=0.10, buckle=cut.color2)
    cut.collar(cut.color2, size=0.030)
    cut.shoes(cut.color3)


def _armour(work: Workshop) -> None:
    cut = cut_of(work, "#aeb8c4", "#c8443c", "#f2c14e")
    tall, frame, parts = cut.tall, work.frame, work.parts
    cut.trousers("#55606e", hem=-0.9)
    cut.shirt("#55606e", sleeve=0.95, out=0.010)
    plate = parts["trunk"].grown(0.030 * tall).within(slab_between(cut.y(0.18), cut.y(0.97)), 0.02 * tall)
    work.add(plate, cut.color, cell=0.024, inside=parts["trunk"], arms=False, paint="metal")
    tabard = box((0.0, cut.y(0.02), 0.0), (0.50 * frame.hips, 0.16 * tall, 2.0 * frame.hips), 0.03 * tall)
    cloth = parts["trunk"].grown(0.040 * tall).within(tabard, 0.012 * tall)
    work.add(cloth, cut.color2, cell=0.022, inside=parts["trunk"].grown(0.01 * tall), arms=False, legs=0.3, apart_m=0.2 * tall)
    shoulder = ball(frame.place("leftUpperArm") + (0.45 * frame.arm, 0.55 * frame.arm, 0.0),
                    np.array((1.8, 1.35, 1.75)) * frame.arm)
    work.add(shoulder.mirrored(), cut.color, cell=0.022, paint="metal")
    wrist = frame.place("leftHand")
    gauntlet = limb(0.55 * frame.place("leftLowerArm") + 0.45 * wrist, wrist + (0.1 * frame.arm, 0, 0), 1.25 * frame.arm,
                    1.5 * frame.arm).mirrored()
    work.add(gauntlet, cut.color, cell=0.022, paint="metal")
    knee = ball(frame.place("leftLowerLeg") + (0.0, 0.0, 0.6 * frame.leg), np.array((0.9, 0.9, 0.75)) * frame.leg).mirrored()
    work.add(knee, cut.color, cell=0.022, paint="metal")
    boots = joined_solids(foot(frame).grown(0.014 * tall),
                          parts["legs"].grown(0.026 * tall).within(slab_between(0.0, cut.y(-0.55)), 0.02 * tall),
                          soft_m=0.02 * tall).within(slab_between(0.0, 9.0), 0.01 * tall)  # fmt: skip
    cut.wear(boots, cut.color, cell=0.022, paint="metal")
    cut.belt("#5b3a29", at=0.14, buckle=cut.color3)
    cut.patch(cut.color3, (0.0, 0.62), (0.20, 0.065), lift=0.034)


def _spacesuit(work: Workshop) -> None:
    cut = cut_of(work, "#f4f5f7", "#e8733a", "#5b6b7d")
    tall, frame = cut.tall, work.frame
    cut.trousers(cut.color, hem=-0.95, out=0.034)
    cut.shirt(cut.color, sleeve=0.97, out=0.034)
    for a, b, r in (("leftUpperLeg", "leftLowerLeg", 1.30 * frame.leg), ("leftLowerArm", "leftHand", 1.55 * frame.arm)):
        start, end = frame.place(a), frame.place(b)
        middle = 0.35 * start + 0.65 * end
        along = (end - start) / np.linalg.norm(end - start)
        band = limb(middle - along * 0.01 * tall, middle + along * 0.01 * tall, r).within(
            box(middle, np.abs(along) * 0.030 * tall + (1.0 - np.abs(along)) * tall), 0.01 * tall)  # fmt: skip
        work.add(band.mirrored(), cut.color2, cell=0.021)
    cut.collar(cut.color3, size=0.050, at=0.95)
    cut.put(box((0, 0, 0), np.array((0.095, 0.062, 0.03)) * tall, 0.02 * tall), 0.0, 0.55, cut.color3, lift=0.03, cell=0.018)
    for x, color in ((-0.30, "#e8574a"), (0.0, "#f0d24a"), (0.30, "#52c07a")):
        side = x * frame.chest * 0.8
        place = np.array((side, cut.y(0.55), cut.front(0.0, cut.y(0.55)) + 0.060 * tall))
        work.add(ellipsoid(place, np.array((0.016, 0.016, 0.012)) * tall, rings=5), color, arms=False, legs=0.0, paint="glow")
    pack = box((0.0, cut.y(0.52), -1.05 * frame.chest), np.array((0.72 * frame.chest, 0.20 * tall, 0.09 * tall)), 0.05 * tall)
    work.add(pack, cut.color3, cell=0.028, bone="chest")
    cut.shoes(cut.color2, sole=cut.color3, high=-0.75)
    hand = work.parts["hands"].grown(0.008 * tall)
    cut.wear(hand, cut.color3, cell=0.020)


def _ninja(work: Workshop) -> None:
    cut = cut_of(work, "#33394a", "#c8443c", "#20242e")
    cut.trousers(cut.color, hem=-0.85, out=0.020)
    cut.shirt(cut.color, sleeve=0.75, out=0.022, neck=0.97)
    tall, frame = cut.tall, work.frame
    for sign, lift in ((1.0, 0.0245), (-1.0, 0.027)):
        for k in range(5):
            part = k / 4.0
            cut.patch(darker(cut.color, 0.35), (sign * (0.36 - 0.55 * part), 0.92 - 0.62 * part), (0.085, 0.05), lift=lift)
    cut.belt(cut.color2, at=0.10, wide=0.06)
    knot = np.array((0.35 * frame.chest, cut.y(0.13), cut.front(0.0, cut.y(0.13)) + 0.035 * tall))
    for swing in (0.15, -0.25):
        path = np.array([knot + tall * np.array((swing * t, -0.20 * t, 0.02 * np.sin(3 * t))) for t in np.linspace(0, 1, 5)])
        chain = work.chain(f"sash {swing:+.2f}", "hips", path[::2], stiffness=0.5, gravity=0.2, meets=("leftUpperLeg",),
                           hit_m=0.015 * tall)
        work.add(tube(path, np.full(5, 0.028 * tall), 8, flat=0.35), cut.color2, bone="hips", chains=(chain,))
    wraps = work.parts["arms"].grown(0.010 * tall).within(
        Solid(lambda p: cut.arm_x(0.72) - np.abs(p[:, 0]), np.full(3, -9.0), np.full(3, 9.0)), 0.005 * tall)  # fmt: skip
    work.add(wraps, cut.color3, cell=0.020)
    cut.shoes(cut.color3, high=-0.72)


def _pirate(work: Workshop) -> None:
    cut = cut_of(work, "#8c2f39", "#f6f1e4", "#4a3326")
    tall, frame, parts = cut.tall, work.frame, work.parts
    cut.trousers("#3b3f52", hem=-0.6, out=0.020)
    cut.shirt(cut.color2, sleeve=0.2, out=0.014)
    coat = parts["trunk"].grown(0.034 * tall).within(slab_between(cut.y(-0.30), cut.y(0.98)), 0.02 * tall)
    slit = box((0.0, cut.y(0.4), 1.2 * frame.belly), (0.42 * frame.chest, 9.0, 1.0 * frame.belly))
    work.add(coat.cut(slit, 0.02 * tall), cut.color, cell=0.023, inside=parts["trunk"].grown(0.006 * tall))
    sleeves = parts["arms"].grown(0.026 * tall).within(
        Solid(lambda p: np.abs(p[:, 0]) - cut.arm_x(0.9), np.full(3, -9.0), np.full(3, 9.0)), 0.015 * tall)  # fmt: skip
    cut.wear(Solid(sleeves.far, parts["arms"].low - 0.05 * tall, parts["arms"].high + 0.05 * tall), cut.color)
    cuff = frame.place("leftHand") - (0.75 * frame.arm, 0, 0)
    work.add(limb(cuff - (0.2 * frame.arm, 0, 0), cuff + (0.2 * frame.arm, 0, 0), 1.62 * frame.arm).mirrored(), "#f2c14e",
             cell=0.021)
    cut.belt(cut.color3, at=0.12, buckle="#f2c14e", wide=0.06)
    cut.buttons("#f2c14e", (0.30, 0.52, 0.74), x=0.52)
    cut.buttons("#f2c14e", (0.30, 0.52, 0.74), x=-0.52)
    cut.shoes(cut.color3, high=-0.45)


def _chef(work: Workshop) -> None:
    cut = cut_of(work, "#fbfaf5", "#4a5568", "#e8574a")
    cut.trousers(cut.color2, hem=-0.85)
    cut.shirt(cut.color, sleeve=0.9, out=0.022, hem=-0.1)
    cut.buttons("#8d95a3", (0.30, 0.50, 0.70), x=0.22)
    cut.buttons("#8d95a3", (0.30, 0.50, 0.70), x=-0.22)
    tall, frame, trunk = cut.tall, work.frame, work.parts["trunk"]
    apron = box((0.0, cut.y(-0.02), 1.2 * frame.belly), (0.85 * frame.belly, 0.20 * tall, 1.05 * frame.belly), 0.03 * tall)
    work.add(trunk.grown(0.034 * tall).within(apron, 0.012 * tall), "#e9e4d8", cell=0.022, inside=trunk, arms=False, legs=0.5,
             apart_m=0.25 * tall)
    cut.collar(cut.color3, size=0.034, at=0.95)
    knot = np.array((0.0, cut.y(0.90), cut.front(0.0, cut.y(0.90)) + 0.045 * tall))
    for sign in (1.0, -1.0):
        work.add(ellipsoid(knot + tall * np.array((0.035 * sign, -0.015, 0.0)), np.array((0.042, 0.026, 0.02)) * tall,
                           turning(0, 0, -0.5 * sign)),
                 cut.color3, bone="upperChest")  # fmt: skip
    cut.shoes("#33373f")


def _suit(work: Workshop) -> None:
    cut = cut_of(work, "#3a4256", "#fbfaf5", "#c8443c")
    cut.trousers(cut.color, hem=-0.9)
    cut.shirt(cut.color, sleeve=0.95, out=0.022, hem=-0.12)
    unit_y = (0.62, 0.70, 0.78, 0.86)
    for k, at in enumerate(unit_y):
        cut.patch(cut.color2, (0.0, at), (0.05 + 0.055 * k, 0.050), lift=0.0265)
    tall = cut.tall
    tie = limb((0, 0.05 * tall, 0), (0, -0.07 * tall, 0.01 * tall), 0.015 * tall, 0.030 * tall, flat=0.5)
    cut.put(tie, 0.0, 0.66, cut.color3, lift=0.026, cell=0.015)
    cut.buttons("#20242e", (0.34, 0.18))
    cut.collar(cut.color2, size=0.024, at=0.95)
    cut.shoes("#2a211d")


def _sweater(work: Workshop) -> None:
    cut = cut_of(work, "#3f8a6a", "#f6f1e4", "#8a5a3c")
    cut.trousers("#4a5568", hem=-0.85)
    cut.shirt(cut.color, sleeve=0.95, out=0.026, hem=-0.1)
    tall, trunk = cut.tall, work.parts["trunk"]
    band = trunk.grown(0.0315 * tall).within(slab_between(cut.y(0.40), cut.y(0.40) + 0.085 * tall), 0.006 * tall)
    work.add(band, cut.color2, cell=0.021, inside=trunk, arms=False)
    for k in (-2, -1, 0, 1, 2):
        cut.patch(cut.color, (0.36 * k, 0.50), (0.11, 0.024), lift=0.036)
    cut.collar(darker(cut.color, 0.12), size=0.044, at=0.96)
    cut.shoes(cut.color3, sole="#f4efe6")


def _kimono(work: Workshop) -> None:
    cut = cut_of(work, "#d9536f", "#fff4ee", "#3d3a5c")
    tall, frame = cut.tall, work.frame
    cut.shirt(cut.color, sleeve=0.0, hem=0.0, out=0.018)
    shoulder, wrist = frame.place("leftUpperArm"), frame.place("leftHand")
    sleeve = joined_solids(limb(shoulder * (0.8, 1, 1), wrist - (0.4 * frame.arm, 0, 0), 1.45 * frame.arm, 1.55 * frame.arm),
                           box(0.35 * shoulder + 0.65 * wrist - (0, 1.9 * frame.arm, 0), np.array((2.1, 1.5, 0.75)) * frame.arm,
                               0.5 * frame.arm),
                           soft_m=0.03 * tall).mirrored()  # fmt: skip
    cut.wear(sleeve, cut.color)
    cut.skirt(cut.color, hem=-0.90, flare=1.2, trim=cut.color2, folds=0.0, top=1.08)
    cut.belt(cut.color3, at=0.12, wide=0.13)
    for k in range(6):
        cut.patch(cut.color2, (0.24 - 0.085 * k, 0.96 - 0.085 * k), (0.06, 0.030), lift=0.0235)
    for sign in (1.0, -1.0):
        bow = turned(ball((0, 0, 0), np.array((0.10, 0.065, 0.04)) * tall), turning(0, 0, 0.35 * sign))
        work.add(bow.at(0.085 * sign * tall, cut.y(0.28), -1.12 * frame.belly * frame.kind.depth), cut.color3, cell=0.022,
                 bone="spine")
    cut.shoes(cut.color3)


def _cape_suit(work: Workshop) -> None:
    """A hero's: tights, trunks, boots, gloves and a sign."""
    cut = cut_of(work, "#2f6fd0", "#e8473c", "#f2c14e")
    tall, frame, parts = cut.tall, work.frame, work.parts
    cut.trousers(cut.color, hem=-0.9, out=0.008)
    cut.shirt(cut.color, sleeve=0.95, out=0.008)
    pants = joined_solids(parts["trunk"].grown(0.018 * tall), parts["legs"].grown(0.018 * tall), soft_m=0.02 * tall)
    work.add(pants.within(slab_between(cut.y(-0.10), cut.y(0.12)), 0.015 * tall), cut.color2, cell=0.022, inside=work.trunk)
    cut.belt(cut.color3, at=0.10, wide=0.045)
    glove = joined_solids(parts["hands"].grown(0.008 * tall), limb(frame.place("leftHand") - (1.5 * frame.arm, 0, 0),
                                                                   frame.place("leftHand"),
                                                                  1.35 * frame.arm, 1.1 * frame.arm).mirrored())  # fmt: skip
    cut.wear(glove, cut.color2, cell=0.020)
    cut.patch(cut.color3, (0.0, 0.64), (0.34, 0.078), lift=0.013)
    cut.patch(cut.color2, (0.0, 0.64), (0.24, 0.052), lift=0.0155)
    cut.shoes(cut.color2, high=-0.45)


def _vest(work: Workshop) -> None:
    """A cowboy's or farmer's: shirt, open vest, jeans, boots."""
    cut = cut_of(work, "#8a5a34", "#e9d8a6", "#5b3a24")
    tall, frame, parts = cut.tall, work.frame, work.parts
    cut.trousers("#3f5f8a", hem=-0.85)
    cut.shirt(cut.color2, sleeve=0.95, out=0.014, hem=0.10)
    vest = parts["trunk"].grown(0.032 * tall).within(slab_between(cut.y(0.05), cut.y(0.97)), 0.02 * tall)
    slit = box((0.0, cut.y(0.4), 1.2 * frame.belly), (0.40 * frame.chest, 9.0, 1.0 * frame.belly))
    work.add(vest.cut(slit, 0.02 * tall), cut.color, cell=0.022, inside=parts["trunk"], arms=False)
    cut.belt(cut.color3, at=0.06, buckle="#f2c14e")
    cut.shoes(cut.color3, high=-0.5)


def _pyjamas(work: Workshop) -> None:
    cut = cut_of(work, "#9ec5e8", "#ffffff", "#f6c6d4")
    cut.trousers(cut.color, hem=-0.9, out=0.024)
    cut.shirt(cut.color, sleeve=0.95, out=0.028, hem=-0.16)
    for x, at in ((-0.45, 0.25), (0.5, 0.35), (-0.2, 0.55), (0.35, 0.70), (-0.55, 0.75), (0.0, 0.14)):
        cut.patch(cut.color2, (x, at), (0.085, 0.024), lift=0.033)
    cut.buttons(cut.color2, (0.30, 0.50, 0.70))
    cut.shoes(cut.color3)


def _raincoat(work: Workshop) -> None:
    """A wide coat to the knees with a hood on the back, and rubber boots."""
    cut = cut_of(work, "#f2c230", "#3d5a7a", "#d8473c")
    tall, frame = cut.tall, work.frame
    cut.trousers(cut.color2, hem=-0.80)
    cut.shirt(cut.color, sleeve=0.92, out=0.030, hem=0.02, neck=0.98)
    cut.skirt(cut.color, hem=-0.48, waist=0.22, flare=1.55, folds=0.0, top=1.12, name="coat")
    hood = turned(ring((0, 0, 0), 0.78 * frame.chest, 0.060 * tall, deep=0.95), turning(-0.45), (0.0, cut.y(0.95), -0.04 * tall))
    work.add(hood, cut.color, cell=0.024, bone="upperChest")
    cut.patch(lighter(cut.color, 0.35), (0.0, 0.50), (0.055, 0.30), lift=0.034, square=0.9)
    cut.buttons(cut.color2, (0.22, 0.45, 0.68, 0.88))
    cut.shoes(cut.color3, sole=darker(cut.color3, 0.4), high=-0.50)


def _tracksuit(work: Workshop) -> None:
    """Trousers and a jacket with stripes down the sides, a zip and a stand-up collar."""
    cut = cut_of(work, "#3a7bbf", "#f6f6f2", "#22262e")
    tall, frame, parts = cut.tall, work.frame, work.parts
    cut.trousers(cut.color, hem=-0.90, out=0.022)
    cut.shirt(cut.color, sleeve=0.95, out=0.025, hem=-0.10, neck=0.98)
    for low, high, solid, grown in ((cut.y(-0.88), cut.y(-0.12), parts["legs"], 0.034), (cut.y(0.60), 9.0, parts["arms"], 0.038)):
        over = solid.grown(grown * tall)
        far_out = float(frame.place("leftUpperLeg")[0]) + 0.45 * frame.leg if high < 9.0 else cut.arm_x(0.06)
        deep = 0.30 * (frame.leg if high < 9.0 else frame.arm)
        side = box((far_out + 1.0, 0.5 * (low + min(high, 2.0 * tall)), 0.0), (1.0, 2.0 * tall, deep), 0.005 * tall)
        top = slab_between(max(low, float(frame.place("leftUpperArm")[1])), 9.0) if high >= 9.0 else slab_between(low, high)
        reach = Solid(lambda p: np.abs(p[:, 0]) - cut.arm_x(0.90), np.full(3, -9.0), np.full(3, 9.0))
        stripe = over.within(side.mirrored(), 0.004 * tall).within(top, 0.004 * tall).within(reach, 0.004 * tall)
        work.add(stripe, cut.color2, cell=0.018, inside=solid)
    zip_path = np.array([(0.0, cut.y(at), cut.front(0.0, cut.y(at)) + 0.032 * tall) for at in (0.0, 0.3, 0.6, 0.92)])
    work.add(tube(zip_path, np.full(4, 0.010 * tall), 6), cut.color2, arms=False)
    cut.collar(cut.color2, size=0.036, at=0.96)
    cut.shoes(cut.color3, sole=cut.color2)


def _school_uniform(work: Workshop) -> None:
    """A blouse with a sailor's collar and a bow, and a pleated skirt."""
    cut = cut_of(work, "#f7f4ec", "#27365c", "#c8443c")
    tall, frame, trunk = cut.tall, work.frame, work.parts["trunk"]
    cut.trousers(cut.color2, hem=-0.12, waist=0.1, out=0.008)
    cut.shirt(cut.color, sleeve=0.55, hem=0.04, out=0.020)
    cut.skirt(cut.color2, hem=-0.50, flare=1.70, folds=0.09, trim=lighter(cut.color2, 0.25))
    flap = box((0.0, cut.y(0.84), -frame.chest), (0.85 * frame.chest, 0.09 * tall, 0.95 * frame.chest), 0.02 * tall)
    work.add(trunk.grown(0.036 * tall).within(flap, 0.010 * tall), cut.color2, cell=0.021, inside=trunk, arms=False)
    for k in range(5):
        for sign in (1.0, -1.0):
            cut.patch(cut.color2, (sign * (0.50 - 0.09 * k), 0.94 - 0.07 * k), (0.13, 0.034), lift=0.0245 + 0.0012 * k)
    knot = np.array((0.0, cut.y(0.60), cut.front(0.0, cut.y(0.60)) + 0.040 * tall))
    for sign in (1.0, -1.0):
        bow = ellipsoid(knot + tall * np.array((0.055 * sign, 0.005, 0.0)), np.array((0.052, 0.034, 0.022)) * tall,
                        turning(0, 0, 0.3 * sign))
        work.add(bow, cut.color3, bone="upperChest")
        tail = limb(knot, knot + tall * np.array((0.035 * sign, -0.10, 0.0)), 0.016 * tall, 0.026 * tall, flat=0.5)
        work.add(tail, cut.color3, cell=0.014, bone="upperChest")
    work.add(ellipsoid(knot, np.full(3, 0.026) * tall, rings=6), cut.color3, bone="upperChest")
    socks = work.parts["legs"].grown(0.010 * tall).within(slab_between(cut.y(-0.95), cut.y(-0.55)), 0.01 * tall)
    cut.wear(socks, cut.color)
    cut.shoes("#3a2a22")


OUTFITS: dict[str, Callable[[Workshop], None]] = {
    "t-shirt and shorts": _tee, "striped shirt": _striped, "hoodie": _hoodie, "sweater": _sweater, "overalls": _overalls,
    "dress": _dress, "gown": _gown,
    "robe": _robe, "armour": _armour, "space suit": _spacesuit, "ninja suit": _ninja, "pirate coat": _pirate,
    "chef's whites": _chef, "suit": _suit,
    "kimono": _kimono, "hero suit": _cape_suit, "vest and jeans": _vest, "pyjamas": _pyjamas,
    "raincoat": _raincoat, "tracksuit": _tracksuit, "school uniform": _school_uniform,
}  # fmt: skip
