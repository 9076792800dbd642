"""Shoes: the tights' feet let out, on flat soles that stand on the ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.cloth import Sheet, sheet_of
from taixu.generate.avatars.fabrics import fabric
from taixu.generate.avatars.garments import Layer, let_out
from taixu.generate.avatars.paints import colored
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.shoe_facts import SHOES, ShoeFacts
from taixu.generate.avatars.spec import linear_color
from taixu.generate.avatars.surfaces import triangle_normals

__all__ = ["PARTS"]

Floats = NDArray[np.float64]
_ROUND = 40
_DIRECTIONS = 48
_LOW = -0.790
"""In the base mesh: what of a foot is lower says how wide its sole is."""


@dataclass(frozen=True)
class _Shoes:
    facts: ShoeFacts

    def __call__(self, person: Person) -> list[Layer]:
        """Uppers and soles."""
        facts = self.facts
        color = linear_color(person.spec.shoe_color or facts.color)
        upper = fabric(facts.fabric, color)
        sole = colored("sole", linear_color(facts.sole_color), 0.7, double_sided=True)
        top = sheet_of(person, "helper-tights", lambda p: np.where(p.leg > 1.2, facts.top - p.at[:, 1], -1.0))
        up = np.clip((top.at[:, 1] + 0.76) / 0.2, 0.0, 1.0)
        ease = (facts.ease_m + facts.shaft_m * up) * person.scale
        shaped = let_out(top, top.moved(ease).smoothed(facts.smooth).rims_smoothed(4), ease)
        shaped = replace(shaped, positions=np.maximum(shaped.positions, (-9.0, 0.004, -9.0)))
        base = sheet_of(person, "helper-tights", lambda p: np.where(p.leg > 1.2, _LOW - p.at[:, 1], -1.0))
        nothing = np.zeros(len(person.data.positions), bool)
        soles = [Layer("sole", _sole(base, side, facts, person.scale), sole, nothing, 0.002, fixed=True) for side in (1.0, -1.0)]
        return [Layer("shoes", shaped, upper, top.covered(person), 0.004, fixed=False), *soles]


def _sole(foot: Sheet, side: float, facts: ShoeFacts, size: float) -> Sheet:
    """A plate under one foot: its outline let out, from the ground to a little above the foot's underside."""
    mine = np.nonzero(foot.at[:, 0] * side > 0)[0]
    flat = foot.positions[mine][:, [0, 2]]
    middle = 0.5 * (flat.min(0) + flat.max(0))
    theta = np.linspace(0.0, 2.0 * np.pi, _DIRECTIONS, endpoint=False)
    support = ((flat - middle) @ np.stack([np.sin(theta), np.cos(theta)])).max(0)
    turn = np.linspace(0.0, 2.0 * np.pi, _ROUND, endpoint=False)
    least = np.cos(turn[:, None] - theta)
    reach = np.where(least > 0.05, support / np.maximum(least, 0.05), np.inf).min(1)
    outward = np.stack([np.sin(turn), np.cos(turn)], 1)
    high = facts.sole_m + 0.007 * size
    rings = []
    for y, out in ((0.0, -0.9), (0.0, 0.0), (0.15 * high, 0.0035), (0.80 * high, 0.0035), (high, 0.002), (high, -0.006)):
        wide = np.maximum(reach + (facts.ease_m + out) * size, 0.0) if out > -0.5 else np.zeros(_ROUND)
        at = middle + wide[:, None] * outward
        rings.append(np.stack([at[:, 0], np.full(_ROUND, y), at[:, 1]], 1))
    points = np.concatenate(rings)
    toes = np.clip((points[:, 2] - middle[1]) / (0.13 * size), 0.0, 1.0)
    points[:, 1] += np.where(points[:, 1] > 0.001, 0.004 * size * toes**2, 0.0)
    index = np.arange(len(points)).reshape(len(rings), _ROUND)
    a, b, c, d = index[:-1], index[1:], np.roll(index[1:], -1, 1), np.roll(index[:-1], -1, 1)
    triangles = np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([a, d, c], -1).reshape(-1, 3)])
    near = mine[((points[:, None, ::2] - flat[None]) ** 2).sum(2).argmin(1)]
    return Sheet(points, triangle_normals(points, triangles), points[:, [0, 2]], foot.weights[near], foot.at[near], foot.arm[near],
                 foot.leg[near], foot.rows[near], triangles)  # fmt: skip


PARTS: dict[str, Callable[[Person], list[Layer]]] = {name: _Shoes(facts) for name, facts in SHOES.items()}
