"""Bodies: what years, build and sliders make of the base mesh.

Dense targets stand for corners of a space (gender, age, muscle, weight, height, proportions, chest, where ancestors came from);
a body is their sum, each by the product of its factors, as MakeHuman does it. Sliders move parts of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from math import prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from taixu.generate.avatars.asset import people_data

if TYPE_CHECKING:
    from taixu.generate.avatars.spec import AvatarSpec

__all__ = ["macro_weights", "shaped_rows", "slider_names"]

_AGES = (("baby", 1.0), ("child", 11.0), ("young", 25.0), ("old", 90.0))
_LEAST = 1e-6
_TALLNESS = 0.55
"""Of what targets of height could do: their ends are dwarfs and giants."""


def macro_weights(body: AvatarSpec) -> dict[str, float]:
    """How much of each dense target a body has; those that count for nothing are left out."""
    factors = {
        "male": body.masculinity, "female": 1.0 - body.masculinity, **_ages(body.age_years),
        **_three(body.muscle, "muscle"), **_three(body.weight, "weight"), **_three(body.chest, "cup"),
        **_three(body.firmness, "firmness"),
        "minheight": _TALLNESS * max(0.0, 1.0 - 2.0 * body.height), "maxheight": _TALLNESS * max(0.0, 2.0 * body.height - 1.0),
        "uncommonproportions": max(0.0, 1.0 - 2.0 * body.proportions),
        "idealproportions": max(0.0, 2.0 * body.proportions - 1.0),
    }  # fmt: skip
    people = {"african": body.african, "asian": body.asian, "caucasian": body.caucasian}
    total = sum(people.values())
    factors |= {name: share / total if total > 0 else 1.0 / 3.0 for name, share in people.items()}
    found = {name: prod(factors[each] for each in name.split(".")) for name in sorted(people_data().macro_names)}
    return {name: weight for name, weight in found.items() if weight > _LEAST}


def _three(amount: float, name: str) -> dict[str, float]:
    low, high = max(0.0, 1.0 - 2.0 * amount), max(0.0, 2.0 * amount - 1.0)
    return {f"min{name}": low, f"average{name}": 1.0 - low - high, f"max{name}": high}


def _ages(years: float) -> dict[str, float]:
    """Two neighbours share a person between them."""
    names, places = [name for name, _ in _AGES], [place for _, place in _AGES]
    at = float(np.interp(years, places, range(len(places))))
    return {name: max(0.0, 1.0 - abs(at - number)) for number, name in enumerate(names)}


@cache
def slider_names() -> tuple[str, ...]:
    """Parts of body and face that can be moved from -1 to 1."""
    names = (name for name in people_data().detail_names if name[-1] in "+-" and not name.startswith("unit:"))
    return tuple(dict.fromkeys(name[:-1] for name in names))


def shaped_rows(body: AvatarSpec, sliders: Mapping[str, float]) -> NDArray[np.float64]:
    """Vertices and joints of a body, float64 [r, 3] in metres; soles on the ground, y = 0.

    Parameters
    ----------
    sliders
        By name, from -1 to 1; names of asymmetries from 0 to 1.
    """
    data = people_data()
    rows = data.positions + data.macros(macro_weights(body))
    for name in sorted(sliders):
        amount = sliders[name]
        end = name if name in data.detail_names else f"{name}{'+' if amount > 0 else '-'}"
        if amount and end in data.detail_names:
            at, moved = data.detail(end)
            rows[at] += abs(amount) * moved
    rows[:, 1] -= rows[np.unique(data.quads[data.group("body")]), 1].min()
    return rows
