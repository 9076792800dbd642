"""Cutting clothes of cartoons out of the body: shirts, trousers, belts, skirts that swing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cartoon.bodies import foot
from taixu.generate.avatars.cartoon.face import PATCH, painted_patch
from taixu.generate.avatars.cartoon.nets import ellipsoid, revolved
from taixu.generate.avatars.cartoon.solids import Solid, box, joined_solids, ring, slab_between
from taixu.generate.avatars.cartoon.workshop import Workshop

__all__ = ["Cut", "cut_of"]

Floats = NDArray[np.float64]
_SWINGS = 0.3
"""How much of a skirt swings: more, and knees of who walks or sits would come through."""


@dataclass(frozen=True)
class Cut:
    """Measures that clothes are cut by, metres."""

    work: Workshop
    color: str
    color2: str
    color3: str

    @property
    def tall(self) -> float:
        """The height that measures are parts of, metres."""
        return self.work.frame.tall

    def y(self, part: float) -> float:
        """Heights: 0 the hips, 1 the neck; below, -1 the soles."""
        frame = self.work.frame
        hip, neck = frame.place("hips")[1], frame.place("neck")[1]
        return float(hip + part * (neck - hip) if part >= 0 else hip * (1.0 + part))

    def arm_x(self, part: float) -> float:
        """Along the arm: 0 the shoulder, 1 the wrist."""
        frame = self.work.frame
        a, b = frame.place("leftUpperArm")[0], frame.place("leftHand")[0]
        return float(a + part * (b - a))

    def wear(self, solid: Solid, color: str, *, covers: bool = True, cell: float = 0.028, legs: float = 1.0, paint: str = "plain",
             apart: float = 0.0) -> None:  # fmt: skip
        """Put a piece of cloth on; what `covers` hides the skin below it."""
        if covers:
            self.work.covers.append(solid)
        self.work.add(solid, color, cell=cell, inside=self.work.trunk, legs=legs, paint=paint, apart_m=apart * self.tall)

    def shirt(self, color: str, *, sleeve: float = 0.4, hem: float = -0.05, out: float = 0.016, neck: float = 0.99,
              sleeve_color: str = "") -> None:
        """The trunk let out by `out`, from hem to neck, with sleeves as long as a part of the arm."""
        parts, tall = self.work.parts, self.tall
        trunk = parts["trunk"].grown(out * tall).within(slab_between(self.y(hem), self.y(neck)), 0.02 * tall)
        if sleeve <= 0.0:
            self.wear(trunk, color)
            return
        reach = self.arm_x(sleeve)
        arms = parts["arms"].grown(1.25 * out * tall)
        cut = Solid(lambda p: np.abs(p[:, 0]) - reach, np.array((-reach, -9.0, -9.0)), np.array((reach, 9.0, 9.0)))
        sleeves = arms.within(cut, 0.02 * tall)
        if sleeve_color:
            self.wear(sleeves, sleeve_color)
            self.wear(trunk, color)
            return
        self.wear(joined_solids(trunk, sleeves, soft_m=0.04 * tall), color)

    def trousers(self, color: str, *, hem: float = -0.55, waist: float = 0.14, out: float = 0.014) -> None:
        """The legs let out, from waist to hem."""
        parts, tall = self.work.parts, self.tall
        whole = joined_solids(parts["trunk"].grown(out * tall), parts["legs"].grown(1.2 * out * tall), soft_m=0.025 * tall)
        self.wear(whole.within(slab_between(self.y(hem), self.y(waist)), 0.018 * tall), color)

    def shoes(self, color: str, *, sole: str = "", high: float = 0.0) -> None:
        """Feet let out; with a sole in its colour, as boots up to `high`."""
        frame, tall = self.work.frame, self.tall
        shoe = foot(frame).grown(0.012 * tall).within(slab_between(0.0, 9.0), 0.01 * tall)
        if high:
            shaft = self.work.parts["legs"].grown(0.02 * tall).within(slab_between(0.0, self.y(high)), 0.015 * tall)
            shoe = joined_solids(shoe, shaft, soft_m=0.02 * tall)
        self.wear(shoe, color, cell=0.022)
        if sole:
            rim = foot(frame).grown(0.020 * tall).within(slab_between(0.0, 0.030 * tall), 0.012 * tall)
            self.wear(rim, sole, cell=0.020)

    def belt(self, color: str, *, at: float = 0.10, buckle: str = "", wide: float = 0.055) -> None:
        """A band around the trunk, with a buckle in its colour."""
        tall = self.tall
        trunk = self.work.parts["trunk"]
        band = trunk.grown(0.030 * tall).within(slab_between(self.y(at), self.y(at) + wide * tall), 0.012 * tall)
        self.work.add(band, color, cell=0.021, inside=trunk, arms=False)
        if buckle:
            self.put(box((0, 0, 0), np.array((0.042, 0.036, 0.016)) * tall, 0.01 * tall), 0.0, at, buckle, lift=0.03, up=0.5 * wide)

    def front(self, x: float, y_m: float) -> float:
        """How far forward the trunk is at a place."""
        z = np.linspace(0.9, -0.1, 400) * self.tall
        inside = self.work.parts["trunk"].far(np.stack([np.full(400, x), np.full(400, y_m), z], 1)) < 0.0
        return float(z[inside.argmax()]) if inside.any() else 0.0

    def put(self, solid: Solid, x: float, at: float, color: str, *, lift: float = 0.02, up: float = 0.0, cell: float = 0.014,
            paint: str = "plain") -> None:  # fmt: skip
        """Something small in front of the trunk; `x` in half widths of the chest."""
        side, y = x * self.work.frame.chest, self.y(at) + up * self.tall
        place = (side, y, self.front(side, y) + lift * self.tall)
        self.work.add(solid.at(*place), color, cell=cell, arms=False, legs=0.3, paint=paint)

    def buttons(self, color: str, heights: tuple[float, ...], *, x: float = 0.0, size: float = 0.019) -> None:
        """A row of buttons at these heights."""
        for at in heights:
            side, y = x * self.work.frame.chest, self.y(at)
            place = np.array((side, y, self.front(side, y) + 0.020 * self.tall))
            self.work.add(ellipsoid(place, np.array((size, size, 0.6 * size)) * self.tall, rings=5), color, arms=False, legs=0.0)

    def patch(self, color: str, middle: tuple[float, float], size: tuple[float, float], *, lift: float = 0.021,
              square: float = 0.0) -> None:
        """Painted on the front of a shirt; `square` makes it less round."""
        unit = PATCH[0].copy()
        if square:
            far = np.linalg.norm(unit, axis=1, keepdims=True)
            most = np.abs(unit).max(1, keepdims=True)
            unit = unit * (1.0 + square * (far / np.maximum(most, 1e-9) - 1.0))
        drawing = np.stack([(middle[0] + size[0] * unit[:, 0]) * self.work.frame.chest,
                            self.y(middle[1]) + size[1] * unit[:, 1] * self.tall], 1)
        painted_patch(self.work, self.work.parts["trunk"], drawing, color, lift=lift)

    def skirt(self, color: str, *, hem: float = -0.55, waist: float = 0.16, flare: float = 1.75, name: str = "skirt",
              folds: float = 0.05,
              trim: str = "", top: float = 1.05) -> None:  # fmt: skip
        """A bell on eight chains."""
        work, frame, tall = self.work, self.work.frame, self.tall
        low, high = self.y(hem), self.y(waist)
        narrow, wide = top * frame.belly, flare * frame.hips
        deep = frame.kind.depth * 1.02

        def radius(part: Floats) -> Floats:
            return np.asarray(narrow + (wide - narrow) * (0.75 * part + 0.25 * np.sin(0.5 * np.pi * part)))

        chains = []
        for number in range(8):
            turn = number * np.pi / 4.0
            out = np.array((np.sin(turn), 0.0, deep * np.cos(turn)))
            points = [out * (0.95 * narrow) + (0.0, high, 0.0)]
            points += [out * float(radius(np.array(part))) + (0.0, high + (low - high) * part, 0.0) for part in (0.45, 1.0)]
            chains.append(work.chain(f"{name} {number + 1}", "hips", points, stiffness=1.1, gravity=0.10, drag=0.45,
                                     meets=("leftUpperLeg", "rightUpperLeg"), hit_m=0.012 * tall))  # fmt: skip
        for first, last, out_m, own in ((0.0, 1.0, 0.0, color), (0.88, 1.01, 0.008 * tall, trim)):
            if own:
                part = np.linspace(first, last, 9 if not out_m else 3)
                profile = np.stack([radius(np.clip(part, 0.0, 1.0)) + out_m, high + (low - high) * part], 1)
                work.add(revolved(profile, 0.022 * tall + out_m, deep=deep, folds=folds * np.clip(part, 0.0, 1.0)), own,
                         bone="hips", chains=chains, swings=_SWINGS)

    def collar(self, color: str, *, size: float = 0.034, at: float = 0.93) -> None:
        """A ring around the neck."""
        frame, tall = self.work.frame, self.tall
        neck = float(np.interp(at, (0.7, 1.0), (0.80, 0.62))) * frame.chest
        self.work.add(ring((0.0, self.y(at), 0.005 * tall), neck, size * tall, deep=0.92), color, cell=0.021, bone="upperChest")


def cut_of(work: Workshop, first: str, second: str, third: str) -> Cut:
    """Measures of somebody, in the colours asked for, or these."""
    spec = work.spec
    return Cut(work, spec.color or first, spec.color2 or second, spec.color3 or third)
