"""Shoes: the tights' feet let out, on soles that stand on the ground."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from taixu.generate.avatars.cloth import sheet_of
from taixu.generate.avatars.fabrics import fabric
from taixu.generate.avatars.garments import Layer
from taixu.generate.avatars.paints import colored
from taixu.generate.avatars.person import Person
from taixu.generate.avatars.shoe_facts import SHOES, ShoeFacts
from taixu.generate.avatars.spec import linear_color

__all__ = ["PARTS"]


@dataclass(frozen=True)
class _Shoes:
    facts: ShoeFacts

    def __call__(self, person: Person) -> list[Layer]:
        """Uppers and soles."""
        facts = self.facts
        color = linear_color(person.spec.shoe_color or facts.color)
        upper = fabric(facts.fabric, color)
        sole = colored("sole", linear_color(facts.sole_color), 0.7, double_sided=True)
        low = -0.805
        top = sheet_of(person, "helper-tights", lambda p: np.where(p.leg > 1.2, facts.top - p.at[:, 1], -1.0))
        if facts.open_toe:
            top = top.cut(np.where((top.at[:, 1] > -0.80), facts.open_toe - np.abs(np.sin((top.at[:, 2] + 0.05) * 38.0)), 1.0))
        up = np.clip((top.at[:, 1] + 0.76) / 0.2, 0.0, 1.0)
        shaped = top.moved((facts.ease_m + facts.shaft_m * up) * person.scale).smoothed(facts.smooth)
        shaped = replace(shaped, positions=np.maximum(shaped.positions, (-9.0, 0.004, -9.0)))
        base = sheet_of(person, "helper-tights", lambda p: np.where(p.leg > 1.2, low - p.at[:, 1], -1.0))
        flat = base.normals * (1.0, 0.0, 1.0)
        points = base.moved(flat * (facts.ease_m + 0.004) * person.scale).smoothed(2).positions
        inner = np.ones(len(points), bool)
        inner[np.unique(base.rim())] = False
        under = inner & (base.normals[:, 1] < 0.2)
        points[under, 1] = 0.0
        covers = top.covered(person) if not facts.open_toe else np.zeros(len(person.data.positions), bool)
        return [Layer("shoes", shaped, upper, covers, 0.004, fixed=False),
                Layer("soles", replace(base, positions=points), sole, np.zeros(len(person.data.positions), bool), 0.004,
                      fixed=True)]  # fmt: skip


PARTS: dict[str, Callable[[Person], list[Layer]]] = {name: _Shoes(facts) for name, facts in SHOES.items()}
